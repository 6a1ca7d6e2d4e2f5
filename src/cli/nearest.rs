//! `corridor nearest`

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{self, PlanArgs};
use crate::cli::table_args::OutputFormat;
use crate::cli::table_command::{self, SiteArgs, SummaryArgs, TableArgs, write_summary};
use crate::cli::ui::Ui;
use crate::error::Result;
use crate::messages::Marked;
use crate::plan::Level;
use crate::query::nearest::{NearestColumn, NearestFinder, RowNearestFinder};
use crate::report;
use crate::units::Metres;

/// Which zone is nearest to each site, how far is it, and in which direction?
///
/// Distances are geodesic on the ellipsoid of CGCS2000, exact to a micrometre; a site inside a zone has the
/// distance 0, unless --boundary is given. Bearings are degrees clockwise from north. With --within, sites
/// that are farther away are left out.
#[derive(Args)]
pub(super) struct NearestArgs {
    #[command(flatten)]
    sites: SiteArgs,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    summary: SummaryArgs,
    /// Only sites within this distance: 500, 500m, 1.5km
    #[arg(long, value_name = "DISTANCE", value_parser = args::distance)]
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
}

pub(super) fn run(args: NearestArgs, ui: &Ui) -> Result<Outcome> {
    let NearestArgs { sites, table, summary, .. } = &args;
    let plan = args.plan.load(ui)?;
    let mut finder = NearestFinder::new(&plan);
    if !args.id.is_empty() {
        finder = finder.among(&args.id.iter().map(|id| plan.id_of(id)).collect::<Result<Vec<_>>>()?);
    } else if let Some(level) = args.level {
        finder = finder.at_level(level);
    }
    if args.boundary {
        finder = finder.to_boundary();
    }
    let mut open = table.open(sites.table(&table.read.crs)?, ui)?;
    if !sites.at.is_empty() && table.output_format()?.is_none() {
        open.format = OutputFormat::Text;
    }
    let finder = RowNearestFinder::new(finder, &NearestColumn::ALL)
        .within(Metres(args.within.unwrap_or(f64::INFINITY)))
        .with_reasons(open.reason_text());
    let summary_output = summary.output(&table.write)?;
    let finished = open.run(&finder, summary.leaves_rows(&table.write), |_| Ok(()))?.finish()?;
    let found = &finished.summary;
    write_summary(summary_output, || report::summary::nearest(&plan, found))?;
    let invalid = |file: &str, invalid, rows| ui.texts().invalid_rows(file, invalid, rows, Marked::Reason);
    table_command::report(&finished, &table.write, invalid, ui);
    let sentence = ui.texts().nearest_summary(finished.rows.file(), found);
    ui.result(&sentence, table.write.output.file().is_some() || found.beyond > 0);
    ui.disclaimer(&plan);
    Ok(table_command::outcome(found))
}
