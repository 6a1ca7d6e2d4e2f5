//! Arguments shared by several commands.

use std::ffi::OsString;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::datum_shift::datum_shift;
use crate::cli::offset_args::OffsetArgs;
use crate::cli::outline_args::OutlineArgs;
use crate::cli::outline_file::read_outline;
use crate::cli::progress::ProgressArg;
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::crs::{AxisOrder, Crs, DatumShift};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Encoding, Input, InputEncoding, Output, ReadOptions};
use crate::messages::Lang;
use crate::plan::{Level, Plan};
use crate::plan_io::OutlineRead;
use crate::units::AreaUnit;

/// The values of `--lang`.
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
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Print detected formats, columns and plan
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// How to report progress
    #[arg(long, value_enum, global = true, value_name = "MODE", default_value_t, hide_default_value = true)]
    pub(super) progress: ProgressArg,
    /// Exit with 0 instead of 1 where there are findings, such as invalid rows
    #[arg(long, global = true)]
    pub(super) exit_zero: bool,
    /// Fail if the name of a file, sheet or column, or a title, suggests GCJ-02 or BD-09 and no coordinate system is given
    #[arg(long, global = true)]
    pub(super) strict_crs: bool,
    /// Settings file; by default corridor.toml in the working directory, if it exists
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Use no settings file
    #[arg(long, global = true)]
    no_config: bool,
}

impl CommonArgs {
    pub(super) fn lang(&self) -> Lang {
        self.lang.map_or_else(lang_of_environment, Lang::from)
    }
}

/// The language of the environment variables, in the order of precedence of POSIX, else that of the system.
fn lang_of_environment() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    // Windows has the language in its settings instead.
    #[cfg(windows)]
    let locale = locale.or_else(sys_locale::get_locale);
    locale.map_or(Lang::En, |locale| Lang::of_locale(&locale))
}

/// The value of an option in arguments that are not parsed yet.
pub(super) fn value_of_option<'a>(arguments: &'a [OsString], option: &str) -> Option<&'a str> {
    let mut texts = arguments.iter().take_while(|text| *text != "--").filter_map(|argument| argument.to_str());
    while let Some(text) = texts.next() {
        match text.strip_prefix(option) {
            Some("") => return texts.next(),
            Some(rest) if rest.starts_with('=') => return rest.strip_prefix('='),
            _ => {}
        }
    }
    None
}

/// The language of arguments that are not parsed yet, needed for help and parse errors.
pub(super) fn lang_of(arguments: &[OsString], of_settings: Option<Lang>) -> Lang {
    match value_of_option(arguments, "--lang") {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => of_settings.unwrap_or_else(lang_of_environment),
    }
}

#[derive(Args)]
pub(super) struct PlanArgs {
    /// Your own plan or polygon layer, in any supported format, instead of the bundled, indicative plan
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Coordinate system of the plan; by default what the file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = crs, requires = "plan")]
    plan_crs: Option<Crs>,
    /// Your own 4 or 7 parameters from the system of the plan to CGCS2000, as with --datum-shift
    #[arg(long, value_name = "FILE", value_parser = datum_shift, requires = "plan")]
    plan_datum_shift: Option<DatumShift>,
    /// Text encoding of the plan (WHATWG label); by default detected
    #[arg(long, value_name = "ENCODING", value_parser = input_encoding, requires = "plan")]
    plan_encoding: Option<InputEncoding>,
    /// Coordinate system of the plan, overriding what the file declares: for files with a wrong declaration
    #[arg(long, value_name = "CRS", value_parser = crs, requires = "plan", conflicts_with = "plan_crs")]
    override_plan_crs: Option<Crs>,
    /// Layer of a plan file with several layers
    #[arg(long, value_name = "NAME", requires = "plan")]
    plan_layer: Option<String>,
    /// Read the plan as a flat polygon layer, its features identified by this property
    #[arg(long, value_name = "PROPERTY", requires = "plan")]
    name_field: Option<String>,
    #[command(flatten)]
    pub(super) offset: OffsetArgs,
    #[command(flatten)]
    outline: OutlineArgs,
}

impl PlanArgs {
    /// The plan to query. It is never freed, since that takes long for many features.
    pub(super) fn load(&self, ui: &Ui) -> Result<ManuallyDrop<Plan>> {
        let Some(path) = &self.plan else {
            let plan = self.offset.apply(Plan::bundled(), ui.texts().bundled_plan(), ui)?;
            return Ok(ManuallyDrop::new(plan));
        };
        let input = input(path);
        let name = input.name().to_owned();
        let options = ReadOptions {
            crs: self.plan_crs.clone(),
            override_crs: self.override_plan_crs.clone(),
            datum_shift: self.plan_datum_shift.clone(),
            encoding: self.plan_encoding,
            layer: self.plan_layer.clone(),
            ..ReadOptions::default()
        };
        let outline_options = self.outline.options(self.name_field.as_deref());
        let OutlineRead { outline, .. } = read_outline(input, options, &outline_options, "--plan-crs", ui)?;
        ui.report(ui.texts().of_outline(&name, &outline));
        let plan = outline.into_plan().map_err(|error| error.in_file(name.clone()))?;
        if self.name_field.is_some() && plan.features().iter().any(has_level) {
            ui.info(&ui.texts().levels_ignored(&name));
        }
        ui.verbose(&ui.texts().uses_plan(&name, plan.features().len(), plan.is_flat()));
        self.offset.apply(plan, &name, ui).map(ManuallyDrop::new)
    }
}

impl PlanArgs {
    /// The name of the plan file without its folder, which is private to this machine.
    pub(super) fn file_name(&self) -> Option<String> {
        Some(self.plan.as_ref()?.file_name()?.to_string_lossy().into_owned())
    }

    /// The transformation of the plan, for reports.
    pub(super) fn datum_shift(&self) -> Option<&DatumShift> {
        self.plan_datum_shift.as_ref()
    }

    /// The name of the plan file without its extension.
    pub(super) fn file_stem(&self) -> Option<String> {
        Some(self.plan.as_ref()?.file_stem()?.to_string_lossy().into_owned())
    }
}

fn has_level(zone: &crate::plan::Feature) -> bool {
    let level = zone.properties.get("level").and_then(|level| level.as_str());
    level.is_some_and(|level| level.parse::<Level>().is_ok())
}

#[derive(Args, Clone)]
pub(super) struct OutputArgs {
    /// Write to this file instead of standard output; the extension sets the format
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

    /// The format of the file extension, among those of a command; `otherwise` if the output is not a file.
    pub(super) fn format<F>(&self, otherwise: F, of_ending: impl Fn(&str) -> Option<F>) -> Result<F> {
        let Some(path) = self.file() else { return Ok(otherwise) };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        of_ending(&ending).ok_or_else(|| Error::new(ErrorKind::UnknownFormat(path.display().to_string())))
    }

    /// Another output file, such as a report or summary.
    pub(super) fn create_other(&self, path: &PathBuf) -> Result<Output> {
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

/// A coordinate reference system: a name, a code, a definition, or `@` and the file of a definition.
pub(super) fn crs(text: &str) -> Result<Crs> {
    /// Longer files are not CRS definitions.
    const MAX_BYTES: u64 = 1 << 16;
    // What is on another datum is refused where there is no datum shift.
    let Some(path) = text.strip_prefix('@') else { return Crs::parse_on_any_datum(text) };
    let mut bytes = vec![];
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| Error::new(ErrorKind::Read(error)).in_file(path))?;
    Crs::parse_on_any_datum(&String::from_utf8_lossy(&bytes))
}

/// A number that is not negative.
pub(super) fn amount(text: &str, quantity: Quantity) -> Result<f64, ValueProblem> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(ValueProblem::Amount(quantity)),
    }
}

/// A distance in metres, with or without its unit.
pub(super) fn distance(text: &str) -> Result<f64, ValueProblem> {
    // A name precedes any shorter name that is its suffix.
    const UNITS: [(&str, f64); 9] = [
        ("km", 1000.0),
        ("公里", 1000.0),
        ("千米", 1000.0),
        ("cm", 0.01),
        ("厘米", 0.01),
        ("mm", 0.001),
        ("毫米", 0.001),
        ("m", 1.0),
        ("米", 1.0),
    ];
    let text = text.trim().to_ascii_lowercase();
    let of_unit = |(unit, metres)| text.strip_suffix(unit).map(|number| (number, metres));
    let (number, metres) = UNITS.into_iter().find_map(of_unit).unwrap_or((&text, 1.0));
    match number.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value * metres),
        _ => Err(ValueProblem::Distance),
    }
}

/// An area in square metres, or with its unit.
pub(super) fn area(text: &str) -> Result<f64, ValueProblem> {
    let (number, unit) = AreaUnit::at_end_of(text.trim()).unwrap_or((text, AreaUnit::SquareMetres));
    match number.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(unit.of(value).0),
        _ => Err(ValueProblem::Area),
    }
}

/// An angle in degrees.
pub(super) fn degrees(text: &str) -> Result<f64, ValueProblem> {
    amount(text.trim_end_matches(['°', '度']), Quantity::Degrees)
}

/// A whole number in an inclusive range.
pub(super) fn whole_number<T: TryFrom<u32>>(text: &str, min: u32, max: u32) -> Result<T, ValueProblem> {
    let value = text.parse().ok().filter(|value| (min..=max).contains(value));
    value.and_then(|value| T::try_from(value).ok()).ok_or(ValueProblem::WholeNumber { min, max })
}

/// The value with this name.
pub(super) fn one_of<T: Copy, const N: usize>(
    all: [T; N],
    name_of: fn(T) -> &'static str,
    name: &str,
) -> Result<T, ValueProblem> {
    let known = || ValueProblem::OneOf(all.map(name_of).to_vec());
    all.into_iter().find(|&one| name_of(one) == name).ok_or_else(known)
}

pub(super) fn level(name: &str) -> Result<Level, ValueProblem> {
    one_of(Level::ALL, Level::as_str, name)
}

pub(super) fn area_unit(name: &str) -> Result<AreaUnit, ValueProblem> {
    name.parse().map_err(|_| ValueProblem::OneOf(vec!["m2", "ha", "mu", "km2"]))
}

pub(super) fn input_encoding(label: &str) -> Result<InputEncoding, ValueProblem> {
    label.parse().map_err(|_| ValueProblem::Encoding)
}

pub(super) fn output_encoding(name: &str) -> Result<Encoding, ValueProblem> {
    name.parse().map_err(|_| ValueProblem::OneOf(vec!["UTF-8", "GB18030", "GBK"]))
}

/// The distinct values of a list, in order of first appearance.
pub(super) fn distinct<T: Copy + PartialEq>(all: &[T]) -> Vec<T> {
    let mut distinct = vec![];
    for &one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// The values of `--axis`.
#[derive(Clone, Copy, ValueEnum)]
enum AxisArg {
    /// Detected from the values in Gauss-Krüger zones
    Auto,
    /// Easting or longitude first
    En,
    /// Northing or latitude first
    Ne,
}

#[derive(Args)]
pub(super) struct CrsArgs {
    /// Coordinate system of the input: WGS84, CGCS2000, GCJ02, BD09, EPSG:nnnn, an ArcGIS name, or a definition (WKT, PROJJSON, +proj=…, @FILE.prj); by default what the file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = crs)]
    crs: Option<Crs>,
    /// Coordinate system of the input, overriding what the file declares: for files with a wrong declaration
    #[arg(long, value_name = "CRS", value_parser = crs, conflicts_with = "crs")]
    override_crs: Option<Crs>,
    /// Your own 4 or 7 parameters from Beijing 54, Xi'an 80 or a local system to CGCS2000, in a TOML file
    #[arg(long, value_name = "FILE", value_parser = datum_shift)]
    datum_shift: Option<DatumShift>,
    /// Order of the coordinates in the input
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

    pub(super) fn datum_shift(&self) -> Option<DatumShift> {
        self.datum_shift.clone()
    }

    /// The system of coordinates on the command line, for which no file declares one. Errors if the datum shift is for
    /// another.
    pub(super) fn of_command_line(&self) -> Result<Crs> {
        let given = self.override_crs().or(self.crs());
        let Some(shift) = &self.datum_shift else { return Ok(given.unwrap_or(Crs::Crs84)) };
        let bound = given.as_ref().map_or_else(|| shift.own_system(), |crs| shift.bind(crs));
        bound.ok_or_else(|| {
            let crs = given.unwrap_or(Crs::Crs84).to_string();
            Error::new(ErrorKind::ShiftNotApplicable { shift: shift.name().to_owned(), crs })
        })
    }

    pub(super) fn axis_order(&self) -> AxisOrder {
        match self.axis {
            AxisArg::Auto => AxisOrder::Auto,
            AxisArg::En => AxisOrder::EastNorth,
            AxisArg::Ne => AxisOrder::NorthEast,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        let metres = |text| distance(text).ok();
        let texts = ["500", "1.5km", "0.5 m", "10cm", "2毫米", "3厘米", "1公里", "2千米", "4米"];
        let expected = [500.0, 1500.0, 0.5, 0.1, 0.002, 0.03, 1000.0, 2000.0, 4.0];
        assert_eq!(texts.map(metres), expected.map(Some));
        assert_eq!(["", "m", "-1", "1mi", "1dm"].map(metres), [None; 5]);
    }

    #[test]
    fn areas_have_units() {
        let square_metres = |text| area(text).ok();
        let texts = ["0.01", "1m2", "1.5 亩", "0.1公顷", "1km²", "2 ㎡"];
        assert_eq!(texts.map(square_metres), [0.01, 1.0, 1000.0, 1000.0, 1e6, 2.0].map(Some));
        assert_eq!(["", "m2", "-1", "1万亩", "1acre", "inf"].map(square_metres), [None; 6]);
    }

    #[test]
    fn angles_are_in_degrees() {
        assert_eq!(
            ["1", "0.5°", "2度", "-1", "x"].map(|text| degrees(text).ok()),
            [Some(1.0), Some(0.5), Some(2.0), None, None]
        );
    }
}
