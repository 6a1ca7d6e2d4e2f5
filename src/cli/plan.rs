//! `corridor plan`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{self, OutputArgs};
use crate::cli::outline_args::OutlineArgs;
use crate::cli::outline_file::OutlineFileArgs;
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, WriteOptions};
use crate::messages;
use crate::plan::{PlanDraft, Severity, check::check};
use crate::plan_io::{self, ExportOptions};

/// Make a plan from your own polygons: their hierarchy, accuracy, published areas and source.
///
/// Which feature lies in which gives the levels: the corridor contains all others, zones lie in it, clusters in the
/// zones. Without a corridor, the union of the outer features is added as one. What was assumed is reported. The
/// plan is written as GeoPackage in the system of the file, or as GeoJSON, and is checked as corridor check does;
/// the exit code is 1 if there are warnings.
#[derive(Args)]
pub(super) struct PlanNewArgs {
    /// What to do: make a new plan
    #[arg(value_enum, value_name = "ACTION")]
    action: Action,
    /// Polygons, in any supported format; - for standard input
    file: PathBuf,
    #[command(flatten)]
    read: OutlineFileArgs,
    #[command(flatten)]
    outline: OutlineArgs,
    /// Title of the plan; by default the name of the file
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Name of the corridor, if none of the polygons is it; by default the title
    #[arg(long, value_name = "NAME")]
    corridor_name: Option<String>,
    /// Id or name of the zone that is the core
    #[arg(long, value_name = "ID")]
    core: Option<String>,
    /// Standing of the outline; by default indicative
    #[arg(long, value_enum, value_name = "AUTHORITY")]
    authority: Option<AuthorityArg>,
    /// Where the outline and the figures come from; by default the name of the file
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Bodies that issued the plan
    #[arg(long, value_name = "TEXT")]
    published_by: Option<String>,
    /// Date of the plan document: YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = date)]
    published_on: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format: gpkg or geojson; by default from the file extension, else geojson
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<PlanFormat>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    New,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AuthorityArg {
    Indicative,
    Official,
}

/// The formats that keep the names of all properties, the order of features and, as text, their ids.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    Gpkg,
    Geojson,
}

/// A date as in plan files.
fn date(text: &str) -> Result<String, ValueProblem> {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
    let days = match [parts.next(), parts.next(), parts.next(), parts.next()] {
        [Some((4, Some(_))), Some((2, Some(month))), Some((2, Some(day))), None] => {
            Some(day).filter(|day| (1..=12).contains(&month) && (1..=31).contains(day))
        }
        _ => None,
    };
    days.map(|_| text.to_owned()).ok_or(ValueProblem::Date)
}

impl PlanNewArgs {
    fn format(&self) -> Result<PlanFormat> {
        match self.format {
            Some(format) => Ok(format),
            None => {
                let of_ending = |ending: &str| match ending {
                    "gpkg" => Some(PlanFormat::Gpkg),
                    "geojson" | "json" => Some(PlanFormat::Geojson),
                    _ => None,
                };
                self.output.format(PlanFormat::Geojson, of_ending).map_err(|error| match error.kind() {
                    ErrorKind::UnknownFormat(name) => Error::new(ErrorKind::UnknownPlanFormat(name.clone())),
                    _ => error,
                })
            }
        }
    }

    fn draft(&self) -> PlanDraft {
        // Standard input has no name.
        let file = Some(&self.file).filter(|path| path.as_os_str() != "-").cloned().unwrap_or_else(|| "plan".into());
        let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = || file.file_name().map(|name| name.to_string_lossy().into_owned());
        let title = self.title.clone().or_else(stem).unwrap_or_default();
        PlanDraft {
            name: self.corridor_name.clone(),
            core: self.core.clone(),
            is_official: self.authority == Some(AuthorityArg::Official),
            published_by: self.published_by.clone(),
            published_on: self.published_on.clone(),
            notice: messages::INDICATIVE_NOTICE.to_owned(),
            ..PlanDraft::new(title, self.source.clone().or_else(name).unwrap_or_default())
        }
    }
}

pub(super) fn run(args: PlanNewArgs, ui: &Ui) -> Result<Outcome> {
    let Action::New = args.action;
    let format = args.format()?;
    let texts = ui.texts();
    let input = args::input(&args.file);
    let name = input.name().to_owned();
    let options = args.outline.options(None);
    let read = args.read.read(input, &options, ui)?;
    let (outline, assumptions) =
        args.draft().plan(read.outline, &options).map_err(|error| error.in_file(name.clone()))?;
    for assumption in &assumptions {
        ui.info(&texts.of_file(&name, &texts.assumption(assumption)));
    }
    if args.authority.is_none() {
        ui.info(&texts.of_file(&name, texts.assumed_indicative()));
    }
    let findings = check(&outline, None);
    let plan = outline.into_plan().map_err(|error| error.in_file(name.clone()))?;

    /// Decimals of degrees: 0.1 mm.
    const DECIMALS: usize = 9;
    let (table_format, crs) = match format {
        // Other programs cannot read these systems without more being known.
        PlanFormat::Gpkg if read.crs.is_shifted() || read.crs.datum_shift().is_some() => {
            (Format::GEOPACKAGE, Crs::Cgcs2000)
        }
        PlanFormat::Gpkg => (Format::GEOPACKAGE, read.crs),
        PlanFormat::Geojson => (Format::GEOJSON, Crs::Crs84),
    };
    let write = WriteOptions { crs: Some(crs.clone()), ..WriteOptions::new(table_format) };
    let export = ExportOptions { crs, decimals: DECIMALS, ..ExportOptions::default() };
    let written = args.output.file().map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    let (count, losses) = plan_io::export_plan(&plan, &export, args.output.create()?, &write)?;
    ui.report(texts.of_written(&losses, &write, &written));
    let corners = plan_io::added_corners(&plan, &plan_io::options_for(&export, &write))? as u64;
    if format == PlanFormat::Geojson && !plan.plane().is_lon_lat() {
        ui.info(&texts.of_file(&written, &texts.edges_of_geojson(corners)));
    } else if corners > 0 {
        ui.info(&texts.corners_added(&written, corners));
    }
    for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
        ui.info(&messages::finding_in_file(&written, finding, ui.lang));
    }
    if args.output.file().is_some() {
        ui.info(&texts.wrote(&written, count as u64, table_format.as_str()));
    }
    let has_warnings = findings.iter().any(|finding| finding.severity > Severity::Info);
    Ok(if has_warnings { Outcome::Findings } else { Outcome::Done })
}
