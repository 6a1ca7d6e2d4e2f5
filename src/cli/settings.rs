//! Settings that spare repeated options: `corridor.toml` in the working directory, or the file of `--config`.
//!
//! Keys are the long names of options. They are added to the command line as these options, so that values are
//! checked in one place; an option on the command line wins over a setting that it replaces or conflicts with.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use toml::de::{DeTable, DeValue};

use crate::cli::args::value_of_option;
use crate::error::{Error, ErrorKind, Result};
use crate::messages::Lang;

/// The default settings file.
const FILE: &str = "corridor.toml";

/// The options that a settings file may have.
const KEYS: [&str; 19] = [
    "lang",
    "plan",
    "plan-crs",
    "override-plan-crs",
    "plan-datum-shift",
    "plan-encoding",
    "plan-layer",
    "name-field",
    "plan-accuracy",
    "plan-fields",
    "plan-levels",
    "crs",
    "override-crs",
    "datum-shift",
    "axis",
    "input-encoding",
    "uncertainty",
    "uncertainty-field",
    "fields",
];

/// The options that take a list.
const LISTS: [&str; 3] = ["fields", "plan-fields", "plan-levels"];

/// Commands that use only the language: those without a plan or table, and `check` and `plan`, whose options describe
/// the file that they read.
const LANG_ONLY: [&str; 5] = ["check", "plan", "completions", "man", "help"];

/// The content of a settings file, with paths relative to the working directory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    file: PathBuf,
    values: Vec<(&'static str, String)>,
}

/// The settings that a command uses, for messages and reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct UsedSettings {
    pub(super) file: String,
    pub(super) keys: Vec<&'static str>,
}

impl Settings {
    /// Reads the settings for a command line, unless it has `--no-config`. The file of `--config` must exist.
    pub(super) fn find(arguments: &[OsString]) -> Result<Option<Settings>> {
        let given = value_of_option(arguments, "--config").map(PathBuf::from);
        let has = |option: &str| arguments.iter().take_while(|text| *text != "--").any(|text| text == option);
        if has("--no-config") || (given.is_none() && !Path::new(FILE).is_file()) {
            return Ok(None);
        }
        let file = given.unwrap_or_else(|| PathBuf::from(FILE));
        let name = file.display().to_string();
        let text = fs::read_to_string(&file);
        let text = text.map_err(|error| Error::new(ErrorKind::Open(error)).in_file(name.clone()))?;
        let values = read(&text).map_err(|error| error.in_file(name))?;
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let values = values.into_iter().map(|(key, value)| (key, in_folder(&folder, key, value))).collect();
        Ok(Some(Settings { file, values }))
    }

    pub(super) fn lang(&self) -> Option<Lang> {
        match self.values.iter().find(|(key, _)| *key == "lang")?.1.as_str() {
            "en" => Some(Lang::En),
            "zh" => Some(Lang::Zh),
            _ => None,
        }
    }

    /// Adds the settings that the command has as options and that no argument replaces.
    pub(super) fn add_to(&self, arguments: &mut Vec<OsString>, root: &Command) -> UsedSettings {
        let used = self.used(arguments, root).unwrap_or_default();
        let keys = used.iter().map(|(key, _)| *key).collect();
        let at = position_of_command(arguments, root).map_or(arguments.len(), |position| position + 1);
        let options = used.iter().map(|(key, value)| OsString::from(format!("--{key}={value}")));
        arguments.splice(at..at, options);
        UsedSettings { file: self.file.display().to_string(), keys }
    }

    fn used(&self, arguments: &[OsString], root: &Command) -> Option<Vec<&(&'static str, String)>> {
        // Errors of the command line are reported when it is parsed.
        let matches = root.clone().ignore_errors(true).try_get_matches_from(arguments).ok()?;
        let (name, matches) = matches.subcommand()?;
        let command = root.find_subcommand(name)?;
        let is_allowed = |key: &str| key == "lang" || !LANG_ONLY.contains(&name);
        Some(self.values.iter().filter(|(key, _)| is_allowed(key) && is_applicable(key, command, matches)).collect())
    }
}

/// Whether no given option replaces or excludes a setting.
fn is_applicable(key: &str, command: &Command, matches: &ArgMatches) -> bool {
    let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let Some(option) = command.get_arguments().find(|argument| argument.get_long() == Some(key)) else {
        return false;
    };
    // Options about the plan of the settings do not apply to another plan.
    if is_given(option.get_id().as_str()) || (key != "plan" && is_of_plan(key) && is_given("plan")) {
        return false;
    }
    if option.is_global_set() {
        return true;
    }
    let conflicts = |one: &clap::Arg, other: &clap::Arg| {
        command.get_arg_conflicts_with(one).iter().any(|conflict| conflict.get_id() == other.get_id())
    };
    let given = command.get_arguments().filter(|other| !other.is_global_set() && is_given(other.get_id().as_str()));
    given.into_iter().all(|given| !conflicts(option, given) && !conflicts(given, option))
}

fn is_of_plan(key: &str) -> bool {
    key == "name-field" || key.contains("plan-")
}

/// The index of the command name. Values of options before it may be equal to the name.
fn position_of_command(arguments: &[OsString], root: &Command) -> Option<usize> {
    let takes_value = |text: &str| {
        let mut options = root.get_arguments().filter(|option| option.get_action().takes_values());
        options.any(|option| option.get_long().is_some_and(|long| text == format!("--{long}")))
    };
    let mut is_value = true;
    for (position, argument) in arguments.iter().enumerate() {
        let text = argument.to_str().unwrap_or_default();
        if !is_value && root.find_subcommand(text).is_some() {
            return Some(position);
        }
        is_value = takes_value(text);
    }
    None
}

/// The keys and values of a settings file, in order.
fn read(text: &str) -> Result<Vec<(&'static str, String)>> {
    let line_at = |position: usize| 1 + text.bytes().take(position).filter(|&byte| byte == b'\n').count() as u64;
    let table = DeTable::parse(text).map_err(|error| {
        let line = line_at(error.span().map_or(0, |span| span.start));
        Error::new(ErrorKind::BadToml(error.message().to_owned())).at_line(line)
    })?;
    let mut values = vec![];
    for (name, value) in table.get_ref() {
        let line = line_at(name.span().start);
        let Some(key) = KEYS.into_iter().find(|key| *key == name.get_ref().as_ref()) else {
            let known = KEYS.map(str::to_owned).to_vec();
            return Err(Error::new(ErrorKind::UnknownSetting { key: name.get_ref().to_string(), known }).at_line(line));
        };
        let value = text_of_value(value.get_ref(), LISTS.contains(&key));
        let value = value.ok_or_else(|| Error::new(ErrorKind::BadSetting { key: key.to_owned() }).at_line(line))?;
        values.push((line, key, value));
    }
    values.sort_by_key(|(line, ..)| *line);
    Ok(values.into_iter().map(|(_, key, value)| (key, value)).collect())
}

/// The text of a string or number, or of a list if the option takes one.
fn text_of_value(value: &DeValue<'_>, takes_list: bool) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Array(list) if takes_list => {
            let texts: Option<Vec<String>> = list.iter().map(|text| text_of_value(text.get_ref(), false)).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

/// Makes a path value relative to the folder of the settings file.
fn in_folder(folder: &Path, key: &str, value: String) -> String {
    let joined = |path: &str| folder.join(path).to_string_lossy().into_owned();
    match (key, value.strip_prefix('@')) {
        ("plan", _) if value != "-" => joined(&value),
        ("datum-shift" | "plan-datum-shift", _) => joined(&value),
        ("crs" | "override-crs" | "plan-crs" | "override-plan-crs", Some(path)) => format!("@{}", joined(path)),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command::command;

    fn settings(values: &[(&'static str, &str)]) -> Settings {
        let values = values.iter().map(|&(key, value)| (key, value.to_owned())).collect();
        Settings { file: PathBuf::from("corridor.toml"), values }
    }

    fn with(settings: &Settings, line: &str) -> String {
        let mut arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        settings.add_to(&mut arguments, &command(Lang::En));
        arguments.iter().map(|text| text.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_win_over_settings() {
        let settings = settings(&[
            ("lang", "zh"),
            ("plan", "own.gpkg"),
            ("plan-crs", "EPSG:4549"),
            ("crs", "GCJ02"),
            ("fields", "id"),
        ]);
        for (line, expected) in [
            (
                "corridor -q locate a.csv",
                "corridor -q locate --lang=zh --plan=own.gpkg --plan-crs=EPSG:4549 --crs=GCJ02 --fields=id a.csv",
            ),
            // Options about one plan do not apply to another.
            (
                "corridor locate a.csv --plan b.gpkg",
                "corridor locate --lang=zh --crs=GCJ02 --fields=id a.csv --plan b.gpkg",
            ),
            (
                "corridor --lang en locate a.csv --plan-crs 4550",
                "corridor --lang en locate --plan=own.gpkg --crs=GCJ02 --fields=id a.csv --plan-crs 4550",
            ),
            // Options that exclude a setting, in either direction.
            (
                "corridor locate --at 1,2 --override-crs BD09",
                "corridor locate --lang=zh --plan=own.gpkg --plan-crs=EPSG:4549 --at 1,2 --override-crs BD09",
            ),
            (
                "corridor overlay a.shp --sum-by use",
                "corridor overlay --lang=zh --plan=own.gpkg --plan-crs=EPSG:4549 --crs=GCJ02 a.shp --sum-by use",
            ),
            ("corridor areas", "corridor areas --lang=zh --plan=own.gpkg --plan-crs=EPSG:4549"),
            ("corridor check a.shp", "corridor check --lang=zh a.shp"),
            (
                "corridor --config locate convert a.csv",
                "corridor --config locate convert --lang=zh --crs=GCJ02 --fields=id a.csv",
            ),
        ] {
            assert_eq!(with(&settings, line), expected);
        }
    }

    #[test]
    fn values_are_texts_numbers_and_lists() {
        let text = "# own outline\ncrs = 4549\nuncertainty = 1.5\nfields = [\"地块编号\", 'use']\nlang = \"zh\"\n";
        let values = [("crs", "4549"), ("uncertainty", "1.5"), ("fields", "地块编号,use"), ("lang", "zh")];
        assert_eq!(read(text).unwrap(), values.map(|(key, value)| (key, value.to_owned())));
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, line, expected) in [
            ("\nplans = 1", 2, "there is no setting `plans`"),
            ("lang = 'zh'\n\ncrs = true", 3, "`crs` is not text or a number"),
            ("crs = [1]", 1, "`crs` is not text or a number"),
            ("[plan]\nfile = 'a'", 1, "`plan` is not text or a number"),
            ("lang = 'zh'\ncrs = ", 2, "not valid TOML"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.location().line, Some(line), "{text}");
            assert!(error.kind().to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_settings() {
        let moved = |key, value: &str| in_folder(Path::new("../office"), key, value.to_owned());
        assert_eq!(moved("plan", "own.gpkg"), "../office/own.gpkg");
        assert_eq!(moved("plan", "/data/own.gpkg"), "/data/own.gpkg");
        assert_eq!(moved("crs", "@local.prj"), "@../office/local.prj");
        assert_eq!(moved("crs", "EPSG:4549"), "EPSG:4549");
    }
}
