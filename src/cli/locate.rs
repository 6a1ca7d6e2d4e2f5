//! `corridor locate`

use clap::Args;

use crate::cli::args::{self, PlanArgs};
use crate::cli::report_args::{ReportArgs, ReportMap};
use crate::cli::table_args::OutputFormat;
use crate::cli::table_command::{self, OpenTable, SiteArgs, SummaryArgs, TableArgs, write_summary};
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, write_text};
use crate::error::Result;
use crate::maths::hypot;
use crate::messages::Marked;
use crate::plan::{Level, Plan};
use crate::query::locate::{KeepSites, LocateColumn, LocateSummary, LocatedSites, Locator, RowLocator};
use crate::report;
use crate::report::document::DocumentTarget;
use crate::report::locate::card;
use crate::report::sites::SiteReport;
use crate::run::{Finished, column_of};
use crate::units::Metres;

/// Which zone contains each site, how far is its boundary, and how certain is that?
///
/// Reads sites from a file in any supported format and writes them with the answer in additional columns; the
/// sites' own columns and the order of rows are kept. A row without a usable position is kept, marked `invalid`
/// with a reason, and counted; the exit code is then 1.
///
/// Coordinates are longitude and latitude in degrees on WGS 84 or CGCS2000, unless --crs names another system. In a
/// Gauss-Krüger zone, axis order and zone prefix are detected from the values. GCJ-02 and BD-09 cannot be detected
/// from the values; pass --crs.
#[derive(Args)]
pub(super) struct LocateArgs {
    #[command(flatten)]
    sites: SiteArgs,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    summary: SummaryArgs,
    #[command(flatten)]
    report: ReportArgs,
    /// Column that labels the sites in the report; by default one with a matching name
    #[arg(long, value_name = "COLUMN", requires = "report")]
    label: Option<String>,
    /// Position uncertainty of the sites in metres (95 %), taken into account in `certainty`
    #[arg(long, value_name = "METRES", default_value = "0", value_parser = metres, allow_hyphen_values = true)]
    uncertainty: f64,
    /// Column with the position uncertainty of each site in metres; --uncertainty applies where it is empty
    #[arg(long, value_name = "COLUMN", conflicts_with = "at")]
    uncertainty_field: Option<String>,
    /// Most specific level of the answer: zone leaves out clusters
    #[arg(long, value_name = "LEVEL", default_value = "cluster", value_parser = args::level)]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<LocateColumn>,
    /// One row for each site and zone that contains it; a site in no zone keeps one row
    #[arg(long)]
    long: bool,
}

fn metres(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::Metres)
}

fn column(name: &str) -> Result<LocateColumn, ValueProblem> {
    args::one_of(LocateColumn::ALL, LocateColumn::as_str, name)
}

pub(super) fn run(args: LocateArgs, ui: &Ui) -> Result<Outcome> {
    let LocateArgs { sites, table, summary, .. } = &args;
    let plan = args.plan.load(ui)?;
    let has_columns = args.long || !args.columns.is_empty();
    let is_card = match table.output_format()? {
        None => !has_columns,
        Some(format) => format == OutputFormat::Text,
    };
    if !sites.at.is_empty() && is_card && !args.report.is_given() {
        return cards(&args, &plan, ui);
    }
    let open = table.open(sites.table(&table.read.crs)?, ui)?;
    args.uncertainty_field.as_ref().map(|name| column_of(&open.rows, name)).transpose()?;
    let columns = if args.columns.is_empty() { LocateColumn::ALL.to_vec() } else { args::distinct(&args.columns) };
    let mut locator = RowLocator::new(Locator::new(&plan).max_level(args.level), &columns)
        .with_uncertainty(Metres(args.uncertainty), args.uncertainty_field.clone())
        .with_shift_accuracy(open.rows.crs().shift_accuracy())
        .with_reasons(open.reason_text());
    if args.long {
        locator = locator.long();
    }
    let summary_output = summary.output(&table.write)?;
    let target = args.report.target(&table.write.output, ui)?;
    if summary_output.is_some() || target.is_some() {
        locator = locator.counting_zones();
    }
    let writes_rows = target.is_none() && summary.leaves_rows(&table.write) || table.write.output.output.is_some();
    let finished = match target {
        Some(target) => reported(&args, &plan, open, &locator, target, writes_rows, ui)?,
        None => open.run(&locator, writes_rows, |_| Ok(()))?.finish()?,
    };
    let found = &finished.summary;
    write_summary(summary_output, || report::summary::locate(&plan, found))?;
    let is_marked = writes_rows && [LocateColumn::Position, LocateColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("position") } else { Marked::No };
    let invalid = |file: &str, invalid, rows| ui.texts().invalid_rows(file, invalid, rows, marked);
    table_command::report(&finished, &table.write, invalid, ui);
    let has_distances = args.report.is_given() || columns.iter().any(|column| column.needs_distance());
    let sentence = ui.texts().locate_summary(finished.rows.file(), found, has_distances);
    ui.result(&sentence, table.write.output.file().is_some() || args.report.is_given());
    ui.disclaimer(&plan);
    Ok(table_command::outcome(found))
}

/// Answers the sites of a table, and writes the report on them.
fn reported(
    args: &LocateArgs,
    plan: &Plan,
    open: OpenTable<'_>,
    locator: &RowLocator<'_>,
    target: DocumentTarget,
    writes_rows: bool,
    ui: &Ui,
) -> Result<Finished<LocateSummary>> {
    let named = args.label.as_ref().map(|name| column_of(&open.rows, name)).transpose()?;
    let label = named.or_else(|| open.rows.name_column());
    let plan_of_map = args.report.plan_of_map(plan, &target);
    let mut map = plan_of_map.as_deref().map(ReportMap::new);
    let report = SiteReport::new(target, plan, label, ui.lang)?;
    let mut report = report.with_uncertainty(Metres(args.uncertainty));
    let take = |found: &mut LocatedSites| {
        for (batch, sites) in found.batches.drain(..) {
            report.add(&batch, &sites)?;
            if let Some(map) = &mut map {
                map.add_sites(&sites);
            }
        }
        Ok(())
    };
    let answered = open.run(&KeepSites(locator), writes_rows, take)?.map(|found| found.counts);
    let mut source = args.report.source(args.sites.input.as_deref(), &answered.rows, &args.plan, ui);
    if let Some(map) = map {
        map.draw_into(&mut source, &args.plan, ui)?;
    }
    // What takes long comes first, so that all files get their names at once.
    let report = report.finish(&source, &answered.summary)?;
    let finished = answered.finish()?;
    args.report.commit(report, ui)?;
    Ok(finished)
}

/// The sites of the command line, answered for people.
fn cards(args: &LocateArgs, plan: &Plan, ui: &Ui) -> Result<Outcome> {
    let locator = Locator::new(plan).max_level(args.level);
    let crs = args.table.read.crs.of_command_line()?;
    if let Some(shift) = crs.datum_shift() {
        ui.verbose(&ui.texts().shifted_by("--at", shift));
    }
    let uncertainty = Metres(hypot(args.uncertainty, crs.shift_accuracy().0));
    let mut text = String::new();
    for site in args.sites.in_plane(&args.table.read.crs, plan.plane())? {
        let answer = locator.locate(site, uncertainty);
        text.push_str(&card(plan, site, uncertainty, &answer, ui.lang));
    }
    if let Some(notice) = ui.lang.notice_of(plan) {
        text.push_str(&format!("\n{notice}\n"));
    }
    write_text(args.table.write.create()?, &text)?;
    Ok(Outcome::Done)
}
