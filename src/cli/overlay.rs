//! `corridor overlay`

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
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, pipeline, write_text};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, Output, Rows, WriteOptions, Writer};
use crate::plan::Level;
use crate::query::overlay::{
    OverlayColumn, OverlaySummary, Overlayer, ParcelSummary, ParcelSummaryOptions, RowOverlayer,
};
use crate::report;
use crate::report::document::ReportFormat;
use crate::report::parcels::{ParcelReport, Source};
use crate::table::GeometrySource;
use crate::units::{AreaUnit, SquareMetres};

/// Which zones does each parcel lie in, how much of it in each, and how certain is that?
///
/// Reads parcels (polygons) and writes a row for each parcel and zone that it intersects: their relation, the area
/// and the share of the part, and which part is the largest. The part outside all zones gets its own row, so that
/// the shares of a parcel add up to 1. Areas are on the ellipsoid of CGCS2000. A row without a valid polygon is
/// kept, marked `invalid` with a reason, and counted; the exit code is then 1.
#[derive(Args)]
pub(super) struct OverlayArgs {
    /// Parcels, in any supported format; - for standard input
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
    /// Overlay level: the level of the features that parcels are overlaid with
    #[arg(long, value_name = "LEVEL", default_value = "zone", value_parser = args::level)]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<OverlayColumn>,
    /// One row for each parcel: its largest part, and all shares in one column
    #[arg(long)]
    wide: bool,
    /// Leave out parts smaller than this area in square metres, but never the largest
    #[arg(long, value_name = "M2", default_value = "0", value_parser = amount)]
    min_area: f64,
    /// Leave out parts with a smaller share of their parcel, but never the largest
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = amount)]
    min_share: f64,
    /// Instead, sum the area of each class in each zone, with the number of its parcels there; classes are the values of this column
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["wide", "pieces", "columns", "fields", "min_area", "min_share"])]
    sum_by: Option<String>,
    /// Write a report: an Excel workbook, a web page or Markdown, by the extension (xlsx, html, md); it has all parts, and rows are then written only with -o
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Column that labels the parcels in the report; by default one with a matching name
    #[arg(long, value_name = "COLUMN", requires = "report")]
    label: Option<String>,
    /// Column with the stated area of each parcel, to compare with the computed one
    #[arg(long, value_name = "COLUMN")]
    stated_area: Option<String>,
    /// Unit of the stated areas, if the column name has none: m2, ha, mu, km2
    #[arg(long, value_name = "UNIT", value_parser = args::area_unit, requires = "stated_area")]
    stated_unit: Option<AreaUnit>,
    /// Tolerance for stated areas in the report, in parts per million
    #[arg(long, value_name = "PPM", default_value = "1000", value_parser = amount)]
    area_tolerance: f64,
    /// Repair invalid polygons, and note it in `reason`
    #[arg(long)]
    repair: bool,
    /// Write the parts themselves as geometries, for a map
    #[arg(long, conflicts_with = "wide")]
    pieces: bool,
    /// Stop at the first row without a valid polygon
    #[arg(long)]
    strict: bool,
}

fn amount(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::Number)
}

fn column(name: &str) -> Result<OverlayColumn, ValueProblem> {
    args::one_of(OverlayColumn::ALL, OverlayColumn::as_str, name)
}

impl OverlayArgs {
    /// Whether the rows or the sums are written, and not a report alone.
    fn writes_rows(&self) -> bool {
        (self.report.is_none() && self.summary.leaves_rows(&self.write)) || self.write.output.output.is_some()
    }

    /// The columns of the answer, each once.
    fn answer_columns(&self) -> Vec<OverlayColumn> {
        if !self.columns.is_empty() {
            return args::distinct(&self.columns);
        }
        let mut columns = if self.wide { OverlayColumn::WIDE.to_vec() } else { OverlayColumn::LONG.to_vec() };
        if self.stated_area.is_some() {
            let reason = columns.len() - 1;
            columns.splice(reason..reason, [OverlayColumn::StatedAreaM2, OverlayColumn::StatedDifferenceM2]);
        }
        columns
    }

    /// What an account goes by.
    fn account_options(&self, rows: &Rows) -> Result<ParcelSummaryOptions> {
        let place = |name: &String| {
            rows.schema().position(name).ok_or_else(|| {
                let kind = ErrorKind::UnknownColumn { name: name.clone(), columns: rows.schema().names() };
                Error::new(kind).in_file(rows.file())
            })
        };
        let stated = match &self.stated_area {
            Some(name) => {
                let unit = self.stated_unit.or_else(|| AreaUnit::at_end_of(name).map(|(_, unit)| unit));
                // The column of survey TXT is in hectares.
                let known = rows.stated_area().filter(|&(column, _)| rows.schema().fields[column].name == *name);
                let unit = unit.or(known.map(|(_, unit)| unit));
                let column = place(name)?;
                let none = || Error::new(ErrorKind::NoUnit { column: name.clone() }).in_file(rows.file());
                Some((column, unit.ok_or_else(none)?))
            }
            None => rows.stated_area(),
        };
        Ok(ParcelSummaryOptions {
            label: self.label.as_ref().map(place).transpose()?.or_else(|| rows.label_column()),
            class: self.sum_by.as_ref().map(place).transpose()?,
            stated,
            tolerance_ppm: self.area_tolerance,
        })
    }

    fn row_format(&self, rows: &Rows) -> Result<OutputFormat> {
        Ok(self.write.format(self.format)?.unwrap_or_else(|| format_of_answers(rows)))
    }

    /// The rows of the answer: what they are written with, and where.
    fn row_output(&self, rows: &Rows, columns: &[OverlayColumn], ui: &Ui) -> Result<(WriteOptions, Writer)> {
        let format = self.row_format(rows)?;
        let mut schema = self.carry.schema(rows)?;
        let added = added_fields(columns.iter().map(|column| column.field()), &schema, ui);
        if self.pieces {
            schema.geometry_source = GeometrySource::Shapes;
        }
        self.write.writer(format, rows, &schema, &added, ui)
    }

    /// The output of the sums, and its format.
    fn sum_output(&self) -> Result<(Output, OutputFormat)> {
        let format = match self.format {
            None => self.write.output.format(OutputFormat::Text, |ending| match ending {
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
        Ok((self.write.create()?, format))
    }

    fn report<'p>(&self, account: &ParcelSummary<'p>, ui: &Ui) -> Result<Option<ParcelReport<'p>>> {
        let Some(path) = &self.report else { return Ok(None) };
        // With --overwrite, one would silently replace the other.
        let absolute = |path: &PathBuf| std::path::absolute(path).ok();
        if self.write.output.file().is_some_and(|rows| absolute(rows) == absolute(path)) {
            return Err(Error::new(ErrorKind::SameOutput(path.display().to_string())));
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let unknown = || Error::new(ErrorKind::UnknownReportFormat(path.display().to_string()));
        let form = ReportFormat::of_ending(ending).ok_or_else(unknown)?;
        ParcelReport::new(self.write.output.create_other(path)?, form, account, ui.lang).map(Some)
    }
}

pub(super) fn run(args: OverlayArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let mut rows = args.read.open_parcels(args::input(&args.input), ui)?;
    let options = args.account_options(&rows)?;
    let columns = args.answer_columns();
    let mut overlayer = RowOverlayer::new(Overlayer::new(&plan).at_level(args.level), &columns)
        .without_slivers(SquareMetres(args.min_area), args.min_share);
    if args.wide {
        overlayer = overlayer.wide();
    }
    if args.repair {
        overlayer = overlayer.repairing();
    }
    if let Some((column, unit)) = options.stated {
        overlayer = overlayer.with_stated_area(column, unit);
    }
    let is_sum = args.sum_by.is_some();
    if args.writes_rows() && !is_sum {
        overlayer = overlayer.with_reasons(args.row_format(&rows)?.reason_text(ui.lang));
    }
    let mut row_output = if args.writes_rows() && !is_sum { Some(args.row_output(&rows, &columns, ui)?) } else { None };
    let sum_output = if args.writes_rows() && is_sum { Some(args.sum_output()?) } else { None };
    let summary = args.summary.output(&args.write)?;
    let mut account = ParcelSummary::new(overlayer.overlayer(), options);
    let mut report = args.report(&account, ui)?;
    let needs_account = is_sum || report.is_some();

    let mut tally = OverlaySummary::default();
    let file = rows.file().to_owned();
    let writes_rows = row_output.is_some();
    let progress = Progress::of(&rows, writes_rows && args.write.output.file().is_none(), ui);
    answer_all(
        pipeline::threads(),
        &mut rows,
        progress,
        row_output.as_mut().map(|(_, writer)| writer),
        |batch, _| {
            let mut tally = OverlaySummary::default();
            let parcels = overlayer.parcels(&batch);
            tally.count(&batch, &parcels);
            let kept = needs_account.then(|| batch.clone());
            let answered = if !writes_rows {
                None
            } else if args.pieces {
                overlayer.pieces(&batch, &parcels, &mut tally)
            } else {
                let answers = overlayer.answer(&batch, &parcels, &mut tally);
                Some((RowOverlayer::repaired(batch, &parcels), answers))
            };
            ((tally, kept.map(|batch| (batch, parcels))), answered)
        },
        |(found, kept)| {
            tally.append(found);
            stop_at_first(&tally.invalid, args.strict)?;
            let Some((batch, parcels)) = kept else { return Ok(()) };
            account.add(&batch, &parcels);
            match &mut report {
                Some(report) => report.add(&batch, &parcels, &account),
                None => Ok(()),
            }
        },
    )
    .map_err(|error| error.in_file(file))?;

    let is_marked =
        row_output.is_some() && columns.contains(&OverlayColumn::Relation) && columns.contains(&OverlayColumn::Reason);
    // What takes long comes first, so that all files get their names at once.
    let report = match report {
        Some(report) => {
            // Where a file lay on this machine is nobody else's business.
            let name = args.input.file_name().map(|name| name.to_string_lossy().into_owned());
            let file = name.unwrap_or_else(|| rows.file().to_owned());
            let crs = ui.texts().system_of(&rows.crs(), rows.overruled_crs());
            let (format, outline) = (rows.format().to_string(), args.plan.file_name());
            let source = Source { file, format, crs, outline, settings: ui.settings() };
            Some(report.finish(&source, &account, overlayer.overlayer(), &tally, args.sum_by.as_deref())?)
        }
        None => None,
    };
    let written = match row_output {
        Some((options, writer)) => Some((writer.finish()?, options)),
        None => None,
    };
    if let (Some((output, format)), Some(field)) = (sum_output, &args.sum_by) {
        let twice = account.counted_twice(overlayer.overlayer());
        let text = match format {
            OutputFormat::Text => report::sums::table(account.sums(), &twice, field, ui.lang),
            OutputFormat::Table(format) if format == Format::CSV => {
                report::sums::records(account.sums(), &twice).to_csv()
            }
            OutputFormat::Table(_) => report::sums::records(account.sums(), &twice).to_json(),
        };
        write_text(output, &text)?;
    }
    if let Some(report) = report {
        report.commit()?;
    }
    if let Some(output) = summary {
        write_text(output, &report::summary::overlay(&plan, &tally))?;
    }
    report_read(&rows, ui);
    if let Some((losses, options)) = written {
        report_written(&losses, &options, &args.write.name(), ui);
    }
    report_summary(&tally, is_marked, rows.file(), ui);
    let sentence = ui.texts().overlay_summary(rows.file(), &tally);
    if args.write.output.file().is_some() || args.report.is_some() {
        ui.info(&sentence);
    } else if !is_sum {
        ui.verbose(&sentence);
    }
    ui.disclaimer(&plan);
    Ok(if tally.invalid.count > 0 { Outcome::Findings } else { Outcome::Done })
}

/// Says what became of rows that are no parcels, or not as they came.
fn report_summary(tally: &OverlaySummary, is_marked: bool, file: &str, ui: &Ui) {
    report_invalid(&tally.invalid, file, ui);
    if tally.invalid.count > 0 {
        ui.info(&ui.texts().invalid_rows(file, tally.invalid.count, tally.rows(), is_marked.then_some("relation")));
    }
    if tally.repaired > 0 {
        ui.info(&ui.texts().repaired(file, tally.repaired));
    }
    if tally.not_repairable > 0 {
        ui.info(&ui.texts().not_repairable(file, tally.not_repairable));
    }
    if tally.slivers > 0 {
        ui.info(&ui.texts().slivers(file, tally.slivers, tally.sliver_area));
    }
}
