//! `corridor check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs};
use crate::cli::outline_args::OutlineArgs;
use crate::cli::outline_file::OutlineFileArgs;
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, write_text};
use crate::error::Result;
use crate::plan::{PLAN_GEOJSON, Severity, UncheckedPlan, check::check};
use crate::report::check::{geojson, records, table};

/// Validate an outline: rings, ids, hierarchy, partition, published areas.
///
/// Without a file, the bundled plan is validated. The exit code is 1 if there are errors (the plan
/// cannot be used) or warnings. Codes are the same in every language.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// A plan or polygon layer, in any supported format; - for standard input
    file: Option<PathBuf>,
    #[command(flatten)]
    read: OutlineFileArgs,
    /// Read it as a flat polygon layer, its features identified by this property
    #[arg(long, value_name = "PROPERTY", requires = "file")]
    name_field: Option<String>,
    #[command(flatten)]
    outline: OutlineArgs,
    /// Tolerance for published areas, in parts per million; by default, an area must round to its published figure
    #[arg(long, value_name = "PPM", value_parser = ppm, allow_hyphen_values = true)]
    area_tolerance: Option<f64>,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<FindingsFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FindingsFormat {
    Text,
    Csv,
    Json,
    Geojson,
}

fn ppm(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::PartsPerMillion)
}

pub(super) fn run(args: CheckArgs, ui: &Ui) -> Result<Outcome> {
    let outline = match &args.file {
        None => UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?,
        Some(path) => {
            let options = args.outline.options(args.name_field.as_deref());
            args.read.read(args::input(path), &options, ui)?.outline
        }
    };
    let findings = check(&outline, args.area_tolerance);
    let format = match args.format {
        Some(format) => format,
        None => args.output.format(FindingsFormat::Text, |ending| match ending {
            "txt" => Some(FindingsFormat::Text),
            "csv" => Some(FindingsFormat::Csv),
            "json" => Some(FindingsFormat::Json),
            "geojson" => Some(FindingsFormat::Geojson),
            _ => None,
        })?,
    };
    let text = match format {
        FindingsFormat::Text => table(&findings, outline.has_levels(), ui.lang),
        FindingsFormat::Csv => records(&findings).to_csv(),
        FindingsFormat::Json => records(&findings).to_json(),
        FindingsFormat::Geojson => geojson(&findings),
    };
    write_text(args.output.create()?, &text)?;
    let is_valid = findings.iter().all(|finding| finding.severity == Severity::Info);
    Ok(if is_valid { Outcome::Done } else { Outcome::Findings })
}
