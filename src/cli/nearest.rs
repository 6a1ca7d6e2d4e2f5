//! `corridor nearest`

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{self, PlanArgs};
use crate::cli::progress::Progress;
use crate::cli::run_query::{answer_all, stop_at_first};
use crate::cli::table_args::{
    CarryArgs, OutputFormat, ReadArgs, SummaryArgs, WriteArgs, added_fields, format_of_answers, report_invalid,
    report_read, report_written,
};
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::cli::{Outcome, pipeline, write_text};
use crate::error::Result;
use crate::plan::{FeatureId, Level};
use crate::query::nearest::{NearestColumn, NearestFinder, NearestSummary};
use crate::report;
use crate::units::Metres;

/// Which zone is nearest to each site, how far is it, and in which direction?
///
/// Distances are geodesic on the ellipsoid of CGCS2000, exact to a micrometre; a site inside a zone has the
/// distance 0, unless --boundary is given. Bearings are degrees clockwise from north. With --within, sites
/// that are farther away are left out.
#[derive(Args)]
pub(super) struct NearestArgs {
    /// Sites, in any supported format; - for standard input
    input: PathBuf,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    carry: CarryArgs,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    summary: SummaryArgs,
    /// Output format; by default from the file extension, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Only sites within this distance: 500, 500m, 1.5km
    #[arg(long, value_name = "DISTANCE", value_parser = distance)]
    within: Option<f64>,
    /// Measure to the boundary, from inside too
    #[arg(long)]
    boundary: bool,
    /// Only the feature with this id; may be repeated
    #[arg(long, value_name = "ID", conflicts_with = "level")]
    id: Vec<String>,
    /// Only features of this level; by default the core and the zones
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Option<Level>,
    /// Stop at the first row without a usable position
    #[arg(long)]
    strict: bool,
}

fn distance(text: &str) -> Result<f64, ValueProblem> {
    let (number, metres) = match text.trim() {
        text if text.ends_with("km") => (&text[..text.len() - 2], 1000.0),
        text => (text.strip_suffix('m').unwrap_or(text), 1.0),
    };
    match number.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value * metres),
        _ => Err(ValueProblem::Distance),
    }
}

pub(super) fn run(args: NearestArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let mut finder = NearestFinder::new(&plan);
    if !args.id.is_empty() {
        finder = finder.among(&args.id.iter().map(|id| plan.id_of(id)).collect::<Result<Vec<_>>>()?);
    } else if let Some(level) = args.level {
        let is_asked = |&zone: &FeatureId| plan[zone].level == Some(level);
        finder = finder.among(&plan.ids().filter(is_asked).collect::<Vec<_>>());
    }
    if args.boundary {
        finder = finder.to_boundary();
    }
    let format = args.write.format(args.format)?;
    let mut rows = args.read.open(args::input(&args.input), ui)?;
    let schema = args.carry.schema(&rows)?;
    let added = added_fields(NearestColumn::ALL.iter().map(|column| column.field()), &schema, ui);
    let format = format.unwrap_or_else(|| format_of_answers(&rows));
    let finder = finder.with_reasons(format.reason_text(ui.lang));
    let summary = args.summary.output(&args.write)?;
    let mut written = match args.summary.leaves_rows(&args.write) {
        true => Some(args.write.writer(format, &rows, &schema, &added, ui)?),
        false => None,
    };
    let within = Metres(args.within.unwrap_or(f64::INFINITY));
    let mut tally = NearestSummary::default();
    let (file, progress) = (rows.file().to_owned(), Progress::of(&rows, args.write.output.file().is_none(), ui));
    answer_all(
        pipeline::threads(),
        &mut rows,
        progress,
        written.as_mut().map(|(_, writer)| writer),
        |batch, _| {
            let mut tally = NearestSummary::default();
            let answers = finder.answer(&batch, &NearestColumn::ALL, within, &mut tally);
            (tally, Some((batch, answers)))
        },
        |found| {
            tally.append(found);
            stop_at_first(&tally.invalid, args.strict)
        },
    )
    .map_err(|error| error.in_file(file))?;
    let losses = match written {
        Some((options, writer)) => Some((writer.finish()?, options)),
        None => None,
    };
    if let Some(output) = summary {
        write_text(output, &report::summary::nearest(&plan, &tally))?;
    }
    report_read(&rows, ui);
    if let Some((losses, options)) = losses {
        report_written(&losses, &options, &args.write.name(), ui);
    }
    report_invalid(&tally.invalid, rows.file(), ui);
    if tally.invalid.count > 0 {
        ui.info(&ui.texts().refused_sites(rows.file(), tally.invalid.count, tally.rows()));
    }
    let summary = ui.texts().nearest_tally(rows.file(), &tally);
    if args.write.output.file().is_some() || tally.beyond > 0 {
        ui.info(&summary);
    } else {
        ui.verbose(&summary);
    }
    ui.disclaimer(&plan);
    Ok(if tally.invalid.count > 0 { Outcome::Findings } else { Outcome::Done })
}
