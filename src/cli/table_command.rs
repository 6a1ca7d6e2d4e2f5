//! What the commands over tables share: `locate`, `overlay`, `nearest`, `convert`.

use std::path::{self, PathBuf};

use clap::Args;
use geo::Coord;

use crate::cli::args::{self, CrsArgs};
use crate::cli::boundary_args::BoundaryTable;
use crate::cli::progress::ProgressLine;
use crate::cli::table_args::{OutputFormat, ReadArgs, WriteArgs};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, write_text};
use crate::crs::{AxisOrder, CoordNormalizer, IntoPlane, Plane};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{FlatTable, Format, Input, Output, Rows, WriteOptions, Writer};
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane};
use crate::query::reason::ReasonText;
use crate::query::{QuerySummary, TableQuery};
use crate::report::locate::TextWriter;
use crate::run::{AnsweredTable, Finished, TableRun, answer_format};

#[derive(Args)]
pub(super) struct TableArgs {
    #[command(flatten)]
    pub(super) read: ReadArgs,
    #[command(flatten)]
    pub(super) write: WriteArgs,
    /// Write only these columns of the input (comma-separated) and all added ones; `id` and `wkt` or `lon,lat` name ids and geometries that are not columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    fields: Vec<String>,
    /// Output format; by default from the file extension, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<OutputFormat>,
    /// Stop at the first invalid row
    #[arg(long)]
    strict: bool,
}

impl TableArgs {
    /// The format that the options determine.
    pub(super) fn output_format(&self) -> Result<Option<OutputFormat>> {
        self.write.format(self.format)
    }

    /// Opens a table of sites.
    pub(super) fn open<'a>(&'a self, input: Input, ui: &'a Ui) -> Result<OpenTable<'a>> {
        let format = self.output_format()?;
        Ok(self.opened(self.read.open(input, ui)?, format, ui))
    }

    /// Opens a table of parcels, where well-known text precedes columns of coordinates.
    pub(super) fn open_parcels<'a>(&'a self, input: Input, ui: &'a Ui) -> Result<OpenTable<'a>> {
        let rows = self.read.open_parcels(input, ui)?;
        Ok(self.opened(rows, self.output_format()?, ui))
    }

    fn opened<'a>(&'a self, rows: Rows, format: Option<OutputFormat>, ui: &'a Ui) -> OpenTable<'a> {
        let format = format.unwrap_or(OutputFormat::Table(answer_format(&rows)));
        OpenTable { args: self, format, rows, ui }
    }
}

/// A table that is open, and the format of its answers.
pub(super) struct OpenTable<'a> {
    args: &'a TableArgs,
    pub(super) rows: Rows,
    pub(super) format: OutputFormat,
    ui: &'a Ui,
}

/// The boundary points of a batch.
pub(super) struct BoundaryBatch<'b> {
    pub(super) parcels: &'b [BoundaryParcel],
    pub(super) plane: &'b BoundaryPlane,
}

impl OpenTable<'_> {
    /// How the column `reason` is worded.
    pub(super) fn reason_text(&self) -> ReasonText {
        if self.args.write.is_localized() { self.ui.lang.reason_text() } else { self.format.reason_text(self.ui.lang) }
    }

    /// Runs a query as [`run`](OpenTable::run) does, and writes its parcels to a table of boundary points, if there is
    /// one: these are passed with each batch.
    pub(super) fn run_with_boundaries<Q: TableQuery>(
        self,
        query: &Q,
        mut boundaries: Option<&mut BoundaryTable<'_>>,
        with_repair: bool,
        writes_rows: bool,
        mut on_batch: impl FnMut(&mut Q::Summary, Option<BoundaryBatch<'_>>) -> Result<()>,
    ) -> Result<AnsweredTable<Q::Summary>> {
        let crs = match self.format {
            OutputFormat::Table(format) => {
                WriteOptions { source_crs: self.rows.crs(), ..self.args.write.options(format, self.ui.lang)? }
                    .written_crs()
            }
            OutputFormat::Text => self.args.write.to_crs.clone().unwrap_or_else(|| self.rows.crs()),
        };
        let keep = BoundaryTable::keep(boundaries.as_deref(), query, with_repair, crs);
        let answered = self.run(&keep, writes_rows, |found| {
            let parcels = boundaries.as_mut().map(|table| table.add(found)).transpose()?;
            let plane = boundaries.as_ref().and_then(|table| table.plane());
            let batch = parcels.as_deref().zip(plane).map(|(parcels, plane)| BoundaryBatch { parcels, plane });
            on_batch(&mut found.summary, batch)
        })?;
        Ok(answered.map(|found| found.summary))
    }

    /// Runs a query; its rows are written unless `writes_rows` is false.
    pub(super) fn run<'r, Q: TableQuery>(
        self,
        query: &'r Q,
        writes_rows: bool,
        on_batch: impl FnMut(&mut Q::Summary) -> Result<()> + 'r,
    ) -> Result<AnsweredTable<Q::Summary>> {
        let OpenTable { args, rows, format, ui } = self;
        let to_standard_output = writes_rows && args.write.output.file().is_none();
        let mut progress = ProgressLine::of(&rows, to_standard_output, ui);
        let mut run = TableRun::new(rows, query);
        if !args.fields.is_empty() {
            run = run.only_fields(&args.fields)?;
        }
        ui.report(ui.texts().of_added(&query.fields(), run.added_fields()));
        if writes_rows {
            run = written(run, &args.write, format, ui)?;
        }
        let answered = run.strict(args.strict).on_batch(on_batch).on_progress(|state| progress.show(state)).run()?;
        progress.end();
        Ok(answered)
    }
}

/// The run, its rows written as the options say.
fn written<'r, Q: TableQuery>(
    run: TableRun<'r, Q>,
    write: &WriteArgs,
    format: OutputFormat,
    ui: &Ui,
) -> Result<TableRun<'r, Q>> {
    match format {
        OutputFormat::Table(format) => {
            let options = write.options(format, ui.lang)?;
            run.write(write.create()?, options)
        }
        OutputFormat::Text => run.write_with(write.options(Format::CSV, ui.lang)?, |schema, added, options| {
            let table = FlatTable::new(schema, added, options).for_people();
            Writer::new(Box::new(TextWriter::new(write.create()?, table, ui.lang)), options)
        }),
    }
}

#[derive(Args)]
pub(super) struct SummaryArgs {
    /// Write counts by zone and certainty as JSON to this file, - for standard output; rows are then written only with -o
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

impl SummaryArgs {
    /// The file of the summary.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.summary.as_ref()
    }

    /// Whether rows are written, and not the summary alone.
    pub(super) fn leaves_rows(&self, write: &WriteArgs) -> bool {
        self.summary.is_none() || write.output.output.is_some()
    }

    /// The output of the summary; it cannot be that of the rows.
    pub(super) fn output(&self, write: &WriteArgs) -> Result<Option<Output>> {
        let Some(path) = &self.summary else { return Ok(None) };
        let absolute = |path: &PathBuf| path::absolute(path).ok();
        if write.output.output.as_ref().is_some_and(|rows| absolute(rows) == absolute(path)) {
            return Err(Error::new(ErrorKind::SameOutput(path.display().to_string())));
        }
        match path.as_os_str() == "-" {
            true => Ok(Some(Output::stream("-", std::io::stdout()))),
            false => write.output.create_other(path).map(Some),
        }
    }
}

/// Sites, in a table or on the command line.
#[derive(Args)]
#[group(id = "sites", required = true, multiple = false, args = ["input", "at"])]
pub(super) struct SiteArgs {
    /// Sites, in any supported format; - for standard input
    pub(super) input: Option<PathBuf>,
    /// A site given directly: longitude,latitude in degrees; may be repeated
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true, conflicts_with_all = ["fields", "summary"])]
    pub(super) at: Vec<String>,
}

impl SiteArgs {
    /// The table; that of the sites on the command line has their coordinates alone.
    pub(super) fn table(&self, crs: &CrsArgs) -> Result<Input> {
        if let Some(path) = &self.input {
            return Ok(args::input(path));
        }
        self.in_plane(crs, &Plane::LON_LAT)?;
        let mut csv = String::from(match (crs.of_command_line()?.is_degrees(), crs.axis_order()) {
            (true, AxisOrder::NorthEast) => "lat,lon\n",
            (true, _) => "lon,lat\n",
            (false, _) => "x,y\n",
        });
        for at in &self.at {
            let Coord { x, y } = numbers(at)?;
            csv.push_str(&format!("{x},{y}\n"));
        }
        Ok(Input::bytes("--at", csv))
    }

    /// The sites on the command line in a plane.
    pub(super) fn in_plane(&self, crs: &CrsArgs, plane: &Plane) -> Result<Vec<Coord<f64>>> {
        let mut sites = self.at.iter().map(|at| numbers(at).map(Ok)).collect::<Result<Vec<_>>>()?;
        let system = crs.of_command_line()?;
        let order = match crs.axis_order() {
            AxisOrder::Auto if system.has_northing_as_x() => AxisOrder::NorthEast,
            order => order,
        };
        let mut normalizer = CoordNormalizer::new(system, order)?;
        normalizer.to_system_order(&mut sites);
        IntoPlane::new(Some(&normalizer), plane).sites(&mut sites);
        Ok(sites.into_iter().collect::<Result<Vec<_>, _>>()?)
    }
}

/// Two numbers, separated by a comma, a full-width comma or a space.
fn numbers(text: &str) -> Result<Coord<f64>> {
    let parts: Vec<Option<f64>> =
        text.split([',', '，', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        &[Some(x), Some(y)] if x.is_finite() && y.is_finite() => Ok(Coord { x, y }),
        _ => Err(Error::new(ErrorKind::BadPosition(text.to_owned()))),
    }
}

/// Writes the summary of a query, if there is an output for it.
pub(super) fn write_summary(output: Option<Output>, json: impl FnOnce() -> String) -> Result<()> {
    output.map_or(Ok(()), |output| write_text(output, &json()))
}

/// Reports a finished run: the notes on the table, the losses of the format, the invalid rows with their sentence.
pub(super) fn report<S: QuerySummary>(
    finished: &Finished<S>,
    write: &WriteArgs,
    invalid_sentence: impl FnOnce(&str, u64, u64) -> String,
    ui: &Ui,
) {
    ui.report(ui.texts().of_run(finished, &write.name(), invalid_sentence));
}

/// Invalid rows are findings.
pub(super) fn outcome(summary: &impl QuerySummary) -> Outcome {
    if summary.invalid().count > 0 { Outcome::Findings } else { Outcome::Done }
}
