//! `corridor overlay`

mod layer_map;
mod layers;

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::cli::against_args::AgainstArgs;
use crate::cli::args::{self, PlanArgs};
use crate::cli::boundary_args::{BoundaryArgs, BoundaryTable};
use crate::cli::report_args::{ReportArgs, ReportMap};
use crate::cli::table_args::OutputFormat;
use crate::cli::table_command::{self, BoundaryBatch, SummaryArgs, TableArgs, write_summary};
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, write_text};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, Output, Rows};
use crate::messages::Marked;
use crate::plan::{Level, Plan};
use crate::query::overlay::{
    KeepParcels, LayerColumn, OverlaidParcels, OverlayColumn, Overlayer, ParcelSummary, ParcelSummaryOptions,
    RowOverlayer,
};
use crate::report;
use crate::report::parcels::ParcelReport;
use crate::run::ParcelColumns;
use crate::units::{AreaUnit, Metres, SquareMetres};

/// Which zones does each parcel lie in, how much of it in each, and how certain is that?
///
/// Reads parcels (polygons) and writes a row for each parcel and zone that it intersects: their relation, the area
/// and the share of the part, and which part is the largest. The part outside all zones gets its own row, so that
/// the shares of a parcel add up to 1. Areas are on the ellipsoid of CGCS2000. A row without a valid polygon is
/// kept, marked `invalid` with a reason, and counted; the exit code is then 1.
#[derive(Args)]
#[command(group(ArgGroup::new("labelled").multiple(true).args(["report", "boundary_points"])))]
pub(super) struct OverlayArgs {
    /// Parcels, in any supported format; - for standard input
    input: PathBuf,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    against: AgainstArgs,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    summary: SummaryArgs,
    /// Overlay level: the level of the features that parcels are overlaid with
    #[arg(long, value_name = "LEVEL", default_value = "zone", value_parser = args::level)]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<ChosenColumn>,
    /// One row for each parcel: its largest part, and all shares in one column; with --against, columns for each layer
    #[arg(long)]
    wide: bool,
    /// Leave out parts smaller than this area in square metres, but never the largest
    #[arg(long, value_name = "M2", default_value = "0", value_parser = amount, conflicts_with = "against")]
    min_area: f64,
    /// Leave out parts with a smaller share of their parcel, but never the largest
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = amount, conflicts_with = "against")]
    min_share: f64,
    /// Instead, sum the area of each class in each zone, with the number of its parcels there; classes are the values of this column
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["wide", "pieces", "columns", "fields", "min_area", "min_share", "to_crs", "precision", "encoding", "to_layer", "excel", "headers", "against"])]
    sum_by: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    boundary: BoundaryArgs,
    /// Column with the stated area of each parcel, to compare with the computed one
    #[arg(long, value_name = "COLUMN", conflicts_with = "against")]
    stated_area: Option<String>,
    /// Unit of the stated areas, if the column name has none: m2, ha, mu, km2
    #[arg(long, value_name = "UNIT", value_parser = args::area_unit, requires = "stated_area")]
    stated_unit: Option<AreaUnit>,
    /// Tolerance for stated areas in the report, in parts per million
    #[arg(long, value_name = "PPM", default_value = "1000", value_parser = amount)]
    area_tolerance: f64,
    /// Ignore parts narrower than this in `relation`, in metres; by default 0, and 0.0001 if parcels and plan are in different planes
    #[arg(long, value_name = "METRES", value_parser = amount)]
    sliver_width: Option<f64>,
    /// Repair invalid polygons, and note it in `reason`
    #[arg(long)]
    repair: bool,
    /// Write the parts themselves as geometries, for a map
    #[arg(long, conflicts_with = "wide")]
    pieces: bool,
}

fn amount(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::Number)
}

/// A column of the overlay with zones, of that with layers, or of both.
#[derive(Clone, Copy, PartialEq)]
struct ChosenColumn {
    of_zones: Option<OverlayColumn>,
    of_layers: Option<LayerColumn>,
}

impl ChosenColumn {
    fn name(self) -> &'static str {
        self.of_zones.map(OverlayColumn::as_str).or(self.of_layers.map(LayerColumn::as_str)).unwrap_or_default()
    }
}

fn column(name: &str) -> Result<ChosenColumn, ValueProblem> {
    let of_layers = args::one_of(LayerColumn::ALL, LayerColumn::as_str, name).ok();
    match args::one_of(OverlayColumn::ALL, OverlayColumn::as_str, name) {
        Err(problem) if of_layers.is_none() => Err(problem),
        of_zones => Ok(ChosenColumn { of_zones: of_zones.ok(), of_layers }),
    }
}

/// The chosen columns, each once, of those that there are.
fn chosen<T: Copy>(
    columns: &[ChosenColumn],
    of: fn(&ChosenColumn) -> Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<Vec<T>> {
    let none = |column: ChosenColumn| {
        let columns = all.iter().map(|&column| name(column).to_owned()).collect();
        Error::new(ErrorKind::UnknownColumn { name: column.name().to_owned(), columns })
    };
    args::distinct(columns).into_iter().map(|column| of(&column).ok_or_else(|| none(column))).collect()
}

impl OverlayArgs {
    /// Whether the rows or the sums are written, and not a report alone.
    fn has_table(&self) -> bool {
        let write = &self.table.write;
        // Sums are not in a table of boundary points.
        let has_others = self.report.is_given() || self.boundary.boundary_points.is_some() && self.sum_by.is_none();
        (!has_others && self.summary.leaves_rows(write)) || write.output.output.is_some()
    }

    /// The columns of the answer, each once.
    fn answer_columns(&self) -> Result<Vec<OverlayColumn>> {
        if !self.columns.is_empty() {
            return chosen(&self.columns, |column| column.of_zones, &OverlayColumn::ALL, OverlayColumn::as_str);
        }
        Ok(OverlayColumn::of_answer(self.wide, self.stated_area.is_some()))
    }

    /// The same of an overlay with layers.
    fn layer_columns(&self) -> Result<Vec<LayerColumn>> {
        if !self.columns.is_empty() {
            return chosen(&self.columns, |column| column.of_layers, &LayerColumn::ALL, LayerColumn::as_str);
        }
        Ok(LayerColumn::of_answer(self.wide))
    }

    /// The columns of labels, classes and stated areas.
    fn summary_options(&self, rows: &Rows) -> Result<ParcelSummaryOptions> {
        let columns = ParcelColumns {
            label: self.boundary.label.clone(),
            class: self.sum_by.clone(),
            stated_area: self.stated_area.clone(),
            stated_unit: self.stated_unit,
            tolerance_ppm: self.area_tolerance,
        };
        columns.of(rows)
    }

    fn overlayer<'p>(
        &self,
        plan: &'p Plan,
        columns: &[OverlayColumn],
        options: &ParcelSummaryOptions,
        uncertainty: Metres,
    ) -> RowOverlayer<'p> {
        let overlayer = Overlayer::new(plan).at_level(self.level).with_uncertainty(uncertainty);
        let mut overlayer =
            RowOverlayer::new(overlayer, columns).without_slivers(SquareMetres(self.min_area), self.min_share);
        if self.wide {
            overlayer = overlayer.wide();
        }
        if self.pieces {
            overlayer = overlayer.as_pieces();
        }
        if let Some(width) = self.sliver_width {
            overlayer = overlayer.with_sliver_width(Metres(width));
        }
        if self.repair {
            overlayer = overlayer.repairing();
        }
        match options.stated {
            Some((column, unit)) => overlayer.with_stated_area(column, unit),
            None => overlayer,
        }
    }

    /// The table of boundary points.
    fn boundary_table<'u>(&self, rows: &Rows, ui: &'u Ui) -> Result<Option<BoundaryTable<'u>>> {
        let write = &self.table.write;
        let others = [self.report.file(), self.summary.file()];
        self.boundary.table(rows, write.to_crs.as_ref(), &write.output, &others, ui)
    }

    /// The output of the sums, and its format.
    fn sum_output(&self) -> Result<(Output, OutputFormat)> {
        let format = match self.table.format {
            None => self.table.write.output.format(OutputFormat::Text, |ending| match ending {
                "txt" => Some(OutputFormat::Text),
                "csv" => Some(OutputFormat::Table(Format::CSV)),
                "json" => Some(OutputFormat::Table(Format::GEOJSON)),
                _ => None,
            })?,
            Some(OutputFormat::Text) => OutputFormat::Text,
            Some(OutputFormat::Table(format)) if [Format::CSV, Format::GEOJSON].contains(&format) => {
                OutputFormat::Table(format)
            }
            Some(OutputFormat::Table(format)) => {
                let format = format.to_string();
                return Err(Error::new(ErrorKind::OptionMismatch { option: "--sum-by", format }));
            }
        };
        Ok((self.table.write.create()?, format))
    }
}

pub(super) fn run(args: OverlayArgs, ui: &Ui) -> Result<Outcome> {
    if args.against.is_given() {
        return layers::run(&args, ui);
    }
    let OverlayArgs { table, summary, .. } = &args;
    let columns = args.answer_columns()?;
    let plan = args.plan.load(ui)?;
    let open = table.open_parcels(args::input(&args.input), ui)?;
    let options = args.summary_options(&open.rows)?;
    let uncertainty = open.rows.crs().shift_accuracy();
    let overlayer = args.overlayer(&plan, &columns, &options, uncertainty).with_reasons(open.reason_text());
    let writes_rows = args.has_table() && args.sum_by.is_none();
    let sum_output = if args.has_table() && args.sum_by.is_some() { Some(args.sum_output()?) } else { None };
    let summary_output = summary.output(&table.write)?;
    let mut parcels = ParcelSummary::new(overlayer.overlayer(), options);
    let target = args.report.target(&table.write.output, ui)?;
    let plan_of_map = target.as_ref().and_then(|target| args.report.plan_of_map(&plan, target));
    let mut map = plan_of_map.as_deref().map(ReportMap::new);
    let mut report = match target {
        Some(target) => {
            let report = ParcelReport::new(target, &parcels, ui.lang)?;
            Some(if args.boundary.boundary_points.is_some() { report.with_boundary_points()? } else { report })
        }
        None => None,
    };
    let mut boundaries = args.boundary_table(&open.rows, ui)?;
    let (kept, repair) = (boundaries.as_mut(), args.repair);

    let answered = if args.sum_by.is_some() || report.is_some() {
        let take = |found: &mut OverlaidParcels, boundaries: Option<BoundaryBatch<'_>>| {
            if let (Some(report), Some(BoundaryBatch { parcels, plane })) = (&mut report, boundaries) {
                report.add_boundary_points(parcels, plane)?;
            }
            for (batch, of_batch) in found.batches.drain(..) {
                parcels.add(&batch, &of_batch);
                if let Some(report) = &mut report {
                    report.add(&batch, &of_batch, &parcels)?;
                }
                if let Some(map) = &mut map {
                    map.add_parcels(&of_batch, &plan);
                }
            }
            Ok(())
        };
        let keep = KeepParcels(&overlayer);
        open.run_with_boundaries(&keep, kept, repair, writes_rows, take)?.map(|found| found.counts)
    } else {
        open.run_with_boundaries(&overlayer, kept, repair, writes_rows, |_, _| Ok(()))?
    };
    // What takes long comes first, so that all files get their names at once.
    let report = match report {
        Some(report) => {
            let mut source = args.report.source(Some(&args.input), &answered.rows, &args.plan, ui);
            if let Some(map) = map {
                map.draw_into(&mut source, &args.plan, ui)?;
            }
            let by = args.sum_by.as_deref();
            Some(report.finish(&source, &parcels, overlayer.overlayer(), &answered.summary, by)?)
        }
        None => None,
    };
    let boundaries = boundaries.map(BoundaryTable::finish).transpose()?;
    let finished = answered.finish()?;
    if let (Some(output), Some(field)) = (sum_output, &args.sum_by) {
        write_sums(output, &parcels, &parcels.counted_twice(overlayer.overlayer()), field, ui)?;
    }
    if let Some(report) = report {
        args.report.commit(report, ui)?;
    }
    if let Some(boundaries) = boundaries {
        boundaries.commit()?;
    }
    write_summary(summary_output, || report::summary::overlay(&plan, &finished.summary))?;

    let is_marked =
        writes_rows && [OverlayColumn::Relation, OverlayColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("relation") } else { Marked::No };
    let invalid = |file: &str, invalid, rows| ui.texts().invalid_rows(file, invalid, rows, marked);
    table_command::report(&finished, &table.write, invalid, ui);
    ui.report(ui.texts().of_changes(finished.rows.file(), &finished.summary));
    let sentence = ui.texts().overlay_summary(finished.rows.file(), &finished.summary);
    // Sums speak for themselves.
    if args.sum_by.is_none() || table.write.output.file().is_some() || args.report.is_given() {
        ui.result(&sentence, table.write.output.file().is_some() || args.report.is_given());
    }
    ui.disclaimer(&plan);
    Ok(table_command::outcome(&finished.summary))
}

/// Writes the sums, as a table for people or for programs.
fn write_sums(
    (output, format): (Output, OutputFormat),
    parcels: &ParcelSummary<'_>,
    twice: &[SquareMetres],
    field: &str,
    ui: &Ui,
) -> Result<()> {
    let text = match format {
        OutputFormat::Text => report::sums::table(parcels.sums(), twice, field, ui.lang),
        OutputFormat::Table(format) if format == Format::CSV => report::sums::records(parcels.sums(), twice).to_csv(),
        OutputFormat::Table(_) => report::sums::records(parcels.sums(), twice).to_json(),
    };
    write_text(output, &text)
}
