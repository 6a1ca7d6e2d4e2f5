//! Arguments that several commands share, and what they mean.

use std::ffi::OsString;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::help;
use crate::cli::progress::ProgressArg;
use crate::cli::ui::Ui;
use crate::crs::{AxisOrder, Crs, typed};
use crate::error::{Error, ErrorKind, PlanProblem, Result};
use crate::io::{Input, InputEncoding, Output, ReadNote, ReadOptions};
use crate::messages::{self, Lang};
use crate::plan::{Finding, Level, Plan, Problem};
use crate::plan_io;

/// A language as it is typed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LangArg {
    En,
    Zh,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Lang {
        match lang {
            LangArg::En => Lang::En,
            LangArg::Zh => Lang::Zh,
        }
    }
}

#[derive(Args)]
pub(super) struct CommonArgs {
    /// Language of messages and reports; by default that of the locale
    #[arg(long, value_enum, global = true, value_name = "LANG")]
    lang: Option<LangArg>,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say what was chosen: formats, columns, plan
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// Who is told how far long work on a table is
    #[arg(long, value_enum, global = true, value_name = "WHO", default_value_t, hide_default_value = true)]
    pub(super) progress: ProgressArg,
}

impl CommonArgs {
    pub(super) fn lang(&self) -> Lang {
        self.lang.map_or_else(lang_of_environment, Lang::from)
    }
}

/// The language of the environment, as POSIX orders its variables.
fn lang_of_environment() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.map_or(Lang::En, |locale| Lang::of_locale(&locale))
}

/// The language, before the arguments are understood: the help is in it.
pub(super) fn lang_of(arguments: &[OsString]) -> Lang {
    let mut texts = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(text) = texts.next() {
        let value = if text == "--lang" { texts.next() } else { text.strip_prefix("--lang=") };
        match value {
            Some("zh") => return Lang::Zh,
            Some("en") => return Lang::En,
            _ => {}
        }
    }
    lang_of_environment()
}

/// The command with its help from a table, by path: `locate`, `locate.at`; `.lang` for what every
/// command has.
pub(super) fn localised<F>(mut command: clap::Command, path: &str, text_of: &F) -> clap::Command
where
    F: Fn(&str) -> Option<&'static str>,
{
    if let Some(about) = text_of(path) {
        command = command.about(about.lines().next().unwrap_or_default()).long_about(about);
    }
    let flag = |name: &'static str, short: char, action: clap::ArgAction, text: &'static str| {
        clap::Arg::new(name).short(short).long(name).action(action).help(text).help_heading(help::OPTIONS)
    };
    command = command
        .help_template(help::TEMPLATE)
        .subcommand_help_heading(help::COMMANDS)
        .mut_args(|argument| {
            let heading = if argument.is_positional() { help::ARGUMENTS } else { help::OPTIONS };
            argument.help_heading(heading)
        })
        .disable_help_flag(true)
        .arg(flag("help", 'h', clap::ArgAction::Help, help::HELP));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(flag("version", 'V', clap::ArgAction::Version, help::VERSION));
    }
    let ids: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for id in ids.iter().filter(|id| !matches!(id.as_str(), "help" | "version")) {
        let is_common = matches!(id.as_str(), "lang" | "quiet" | "verbose" | "progress");
        let key = if is_common { format!(".{id}") } else { format!("{path}.{id}") };
        if let Some(text) = text_of(&key) {
            command = command.mut_arg(id, |argument| argument.help(text).long_help(text));
        }
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |sub| localised(sub, &name, text_of));
    }
    command
}

/// Says what a reader found out about a file.
pub(super) fn report_notes(file: &str, notes: &[ReadNote], talk: &Ui) {
    for note in notes {
        talk.info(&talk.words().read_note(file, note));
    }
}

#[derive(Args)]
pub(super) struct PlanArgs {
    /// A plan or polygon layer of your own, of any format that is read, instead of the bundled, indicative one
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// System of the plan's coordinates; by default what the file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = crs, requires = "plan")]
    plan_crs: Option<Crs>,
    /// Encoding of the plan's text, by its label; by default told by the text
    #[arg(long, value_name = "ENCODING", requires = "plan")]
    plan_encoding: Option<InputEncoding>,
    /// System of the plan's coordinates whatever the file declares: of a file that declares a wrong one
    #[arg(long, value_name = "CRS", value_parser = crs, requires = "plan", conflicts_with = "plan_crs")]
    override_plan_crs: Option<Crs>,
    /// Layer of a plan file that has several
    #[arg(long, value_name = "NAME", requires = "plan")]
    plan_layer: Option<String>,
    /// Read the plan as a flat layer whose features are known by this property
    #[arg(long, value_name = "PROPERTY", requires = "plan")]
    name_field: Option<String>,
}

impl PlanArgs {
    /// The plan that is asked. It is there until the process ends: of many features, freeing each takes long.
    pub(super) fn load(&self, talk: &Ui) -> Result<ManuallyDrop<Plan>> {
        let Some(path) = &self.plan else { return Ok(ManuallyDrop::new(Plan::bundled())) };
        let input = input(path);
        let name = input.name().to_owned();
        let options = ReadOptions {
            crs: self.plan_crs.clone(),
            override_crs: self.override_plan_crs.clone(),
            encoding: self.plan_encoding,
            layer: self.plan_layer.clone(),
            prefers_wkt: true,
            ..ReadOptions::default()
        };
        if let Some(crs) = &self.override_plan_crs {
            talk.info(&talk.words().overruled_crs(&name, None, crs));
        }
        let (outline, notes) = plan_io::read_plan_with_notes(input, &options, self.name_field.as_deref())?;
        report_notes(&name, &notes, talk);
        let is_changed = |finding: &&Finding| {
            matches!(finding.problem, Problem::Plan(PlanProblem::Arcs { .. } | PlanProblem::EmptyMembers { .. }))
        };
        for finding in outline.findings().iter().filter(is_changed) {
            talk.info(&talk.words().of_file(&name, &messages::finding(finding, talk.lang)));
        }
        let plan = outline.into_plan().map_err(|error| error.in_file(name.clone()))?;
        if self.name_field.is_some() && plan.features().iter().any(has_level) {
            talk.info(&talk.words().levels_ignored(&name));
        }
        talk.verbose(&talk.words().uses_plan(&name, plan.features().len(), plan.is_flat()));
        Ok(ManuallyDrop::new(plan))
    }
}

impl PlanArgs {
    /// What the plan's file is called; where it lay on this machine is nobody else's business.
    pub(super) fn file_name(&self) -> Option<String> {
        Some(self.plan.as_ref()?.file_name()?.to_string_lossy().into_owned())
    }

    /// What the plan's file is called, without its ending.
    pub(super) fn file_stem(&self) -> Option<String> {
        Some(self.plan.as_ref()?.file_stem()?.to_string_lossy().into_owned())
    }
}

fn has_level(zone: &crate::plan::Feature) -> bool {
    let level = zone.properties.get("level").and_then(|level| level.as_str());
    level.is_some_and(|level| level.parse::<Level>().is_ok())
}

#[derive(Args)]
pub(super) struct OutputArgs {
    /// Write to this file instead of standard output; its ending tells the format
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the output file if it exists
    #[arg(long)]
    overwrite: bool,
}

impl OutputArgs {
    /// The file, if the output is one.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.output.as_ref().filter(|path| path.as_os_str() != "-")
    }

    /// The format that the file's ending tells, of those that a command writes; `otherwise` where the
    /// output is no file.
    pub(super) fn format<F>(&self, otherwise: F, of_ending: impl Fn(&str) -> Option<F>) -> Result<F> {
        let Some(path) = self.file() else { return Ok(otherwise) };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        of_ending(&ending).ok_or_else(|| Error::new(ErrorKind::UnknownFormat(path.display().to_string())))
    }

    /// Another file that is written along with it.
    pub(super) fn create_beside(&self, path: &PathBuf) -> Result<Output> {
        Output::create(path, self.overwrite)
    }

    pub(super) fn create(&self) -> Result<Output> {
        match self.file() {
            Some(path) => Output::create(path, self.overwrite),
            None => {
                let output = Output::stream("-", std::io::stdout());
                Ok(if std::io::stdout().is_terminal() { output.at_terminal() } else { output })
            }
        }
    }
}

/// A file, or standard input for `-`.
pub(super) fn input(path: &PathBuf) -> Input {
    if path.as_os_str() == "-" { Input::reader("-", std::io::stdin()) } else { Input::path(path) }
}

/// A system of coordinates: a name, a code, a definition, or a file with one.
pub(super) fn crs(text: &str) -> Result<Crs> {
    /// Longer files are no definitions.
    const MAX_BYTES: u64 = 1 << 16;
    let Some(path) = text.strip_prefix('@') else { return typed(text) };
    let mut bytes = vec![];
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| Error::new(ErrorKind::Read(error)).in_file(path))?;
    typed(&String::from_utf8_lossy(&bytes))
}

/// A number that is not negative.
pub(super) fn amount(text: &str, what: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(format!("{what}, 0 or more, is expected")),
    }
}

/// What is called so.
pub(super) fn one_of<T: Copy, const N: usize>(
    all: [T; N],
    name_of: fn(T) -> &'static str,
    name: &str,
) -> Result<T, String> {
    let known = || format!("there are {}", all.map(name_of).join(", "));
    all.into_iter().find(|&one| name_of(one) == name).ok_or_else(known)
}

/// Those of a list, each once.
pub(super) fn distinct<T: Copy + PartialEq>(all: &[T]) -> Vec<T> {
    let mut distinct = vec![];
    for &one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// The order of coordinates as it is typed.
#[derive(Clone, Copy, ValueEnum)]
enum AxisArg {
    /// Told by the numbers where they can: in Gauss-Krüger zones
    Auto,
    /// Easting or longitude first
    En,
    /// Northing or latitude first
    Ne,
}

#[derive(Args)]
pub(super) struct CrsArgs {
    /// System of the input's coordinates: WGS84, CGCS2000, GCJ02, BD09, EPSG:nnnn, a name of ArcGIS, or a definition (WKT, PROJJSON, +proj=…, @FILE.prj); by default what the file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = crs)]
    crs: Option<Crs>,
    /// System of the input's coordinates whatever the file declares: of a file that declares a wrong one
    #[arg(long, value_name = "CRS", value_parser = crs, conflicts_with = "crs")]
    override_crs: Option<Crs>,
    /// Which coordinate comes first in the input
    #[arg(long, value_enum, value_name = "ORDER", default_value = "auto")]
    axis: AxisArg,
}

impl CrsArgs {
    pub(super) fn crs(&self) -> Option<Crs> {
        self.crs.clone()
    }

    pub(super) fn override_crs(&self) -> Option<Crs> {
        self.override_crs.clone()
    }

    /// The system of coordinates that no file declares anything of.
    pub(super) fn of_command_line(&self) -> Crs {
        self.override_crs().or(self.crs()).unwrap_or(Crs::Crs84)
    }

    pub(super) fn axis_order(&self) -> AxisOrder {
        match self.axis {
            AxisArg::Auto => AxisOrder::Auto,
            AxisArg::En => AxisOrder::EastNorth,
            AxisArg::Ne => AxisOrder::NorthEast,
        }
    }
}
