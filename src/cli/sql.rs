//! `corridor sql`

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::engine::{Query, ResultFormat, write_answer};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Plan;

/// Query tables with SQL, with the zones as functions of a position.
///
/// A table is a file name in quotes; several files: 'points/*.parquet', or a folder: 'points/'. Tables are CSV, JSON
/// (one object a line) and Parquet or GeoParquet. Functions are corridor_zone(lon, lat), corridor_path,
/// corridor_distance_m, corridor_certainty and others named like the columns of locate, and corridor_overlay(wkb); a
/// coordinate system may follow the arguments: corridor_zone(x, y, 'EPSG:4549'). The answer for a row without a usable
/// position is null. The order of rows is the engine's, unless the query has ORDER BY.
#[derive(Args)]
pub(super) struct SqlArgs {
    /// A query: SELECT …
    query: String,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<FormArg>,
    /// Number of partitions that are processed in parallel; by default the number of cores
    #[arg(long, value_name = "COUNT", value_parser = partitions)]
    partitions: Option<u16>,
}

fn partitions(text: &str) -> Result<u16, ValueProblem> {
    args::whole_number(text, 1, 4096)
}

/// The values of `--format`.
#[derive(Clone, Copy, ValueEnum)]
enum FormArg {
    /// Table for people
    Text,
    /// Comma-separated values
    Csv,
    /// Apache Parquet
    Parquet,
}

impl From<FormArg> for ResultFormat {
    fn from(form: FormArg) -> ResultFormat {
        match form {
            FormArg::Text => ResultFormat::Text,
            FormArg::Csv => ResultFormat::Csv,
            FormArg::Parquet => ResultFormat::Parquet,
        }
    }
}

pub(super) fn run(args: SqlArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let form = match args.format {
        Some(form) => form.into(),
        None => {
            args.output.format(ResultFormat::Text, ResultFormat::of_ending).map_err(|error| match error.kind() {
                ErrorKind::UnknownFormat(name) => Error::new(ErrorKind::UnknownResultFormat(name.clone())),
                _ => error,
            })?
        }
    };
    let partitions = args.partitions.map_or_else(crate::parallel::available_threads, usize::from);
    let mut query = Query::new(&args.query, Plan::clone(&plan), partitions)?;
    let output = args.output.create()?;
    let output = if form == ResultFormat::Parquet { output.for_binary("parquet")? } else { output };
    let rows = write_answer(&mut query, form, output)?;
    match args.output.file() {
        Some(path) => ui.info(&ui.texts().answered(&path.display().to_string(), rows)),
        None => ui.verbose(&ui.texts().answered("-", rows)),
    }
    ui.disclaimer(&plan);
    Ok(Outcome::Done)
}
