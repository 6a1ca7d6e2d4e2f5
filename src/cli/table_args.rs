//! Arguments of the commands that read rows and write rows, and what they mean.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::args::{self, CrsArgs, OutputArgs, report_notes};
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::{AxisOrder, Crs};
use crate::error::{Error, ErrorKind, InvalidRows, Result, RowProblem};
use crate::io::{
    self, Encoding, FlatTable, Format, Input, InputEncoding, Loss, Output, ReadOptions, Rows, WriteOptions, Writer,
};
use crate::messages::{self, Lang};
use crate::query::reason::{ReasonText, reason};
use crate::report::locate::TextWriter;
use crate::table::{Field, GeometrySource, Schema, distinct_names, unused_name};

/// A format as it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FormatArg(pub(super) Format);

impl ValueEnum for FormatArg {
    fn value_variants<'a>() -> &'a [FormatArg] {
        const ALL: [FormatArg; Format::ALL.len()] = {
            let mut all = [FormatArg(Format::CSV); Format::ALL.len()];
            let mut i = 0;
            while i < all.len() {
                all[i] = FormatArg(Format::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let endings = self.0.endings().iter().filter(|ending| **ending != self.0.as_str());
        Some(PossibleValue::new(self.0.as_str()).aliases(endings.copied()).help(self.0.about()))
    }
}

/// A table of a format, or one for people.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputFormat {
    Table(Format),
    Text,
}

impl OutputFormat {
    /// How the column `reason` is worded: for people in their language.
    pub(super) fn reason_text(self, lang: Lang) -> ReasonText {
        match self {
            OutputFormat::Text => lang.reason_text(),
            OutputFormat::Table(_) => reason,
        }
    }
}

impl ValueEnum for OutputFormat {
    fn value_variants<'a>() -> &'a [OutputFormat] {
        const ALL: [OutputFormat; Format::ALL.len() + 1] = {
            let mut all = [OutputFormat::Text; Format::ALL.len() + 1];
            let mut i = 0;
            while i < Format::ALL.len() {
                all[i] = OutputFormat::Table(Format::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            OutputFormat::Table(format) => FormatArg(*format).to_possible_value(),
            OutputFormat::Text => Some(PossibleValue::new("text").help("table for people")),
        }
    }
}

#[derive(Args)]
pub(super) struct ReadArgs {
    /// Input format; by default from the file extension, else detected from its first bytes
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FormatArg>,
    /// Text encoding of the input (WHATWG label): utf-8, gb18030, big5, utf-16le, windows-1252; by default detected
    #[arg(long, value_name = "ENCODING", value_parser = args::input_encoding)]
    input_encoding: Option<InputEncoding>,
    /// Layer or sheet of an input with several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    #[command(flatten)]
    pub(super) crs: CrsArgs,
    /// Column of the longitude or easting, if its name is not recognised
    #[arg(long, value_name = "COLUMN", requires = "lat_field")]
    lon_field: Option<String>,
    /// Column of the latitude or northing, if its name is not recognised
    #[arg(long, value_name = "COLUMN", requires = "lon_field")]
    lat_field: Option<String>,
    /// Column of the geometry as WKT or hexadecimal WKB, if its name is not recognised
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["lon_field", "lat_field"])]
    wkt_field: Option<String>,
}

impl ReadArgs {
    pub(super) fn open(&self, input: Input, ui: &Ui) -> Result<Rows> {
        self.open_with(input, false, ui)
    }

    /// A table of parcels: well-known text comes before columns of coordinates.
    pub(super) fn open_parcels(&self, input: Input, ui: &Ui) -> Result<Rows> {
        self.open_with(input, true, ui)
    }

    fn open_with(&self, input: Input, prefers_wkt: bool, ui: &Ui) -> Result<Rows> {
        let options = ReadOptions {
            format: self.input_format.map(|FormatArg(format)| format),
            crs: self.crs.crs(),
            override_crs: self.crs.override_crs(),
            axis_order: self.crs.axis_order(),
            encoding: self.input_encoding,
            layer: self.layer.clone(),
            lon_field: self.lon_field.clone(),
            lat_field: self.lat_field.clone(),
            wkt_field: self.wkt_field.clone(),
            prefers_wkt,
        };
        let rows = io::open(input, &options)?;
        let has_columns = matches!(rows.schema().geometry_source, GeometrySource::Columns(..) | GeometrySource::Wkt(_));
        let unfit = [
            ("--layer", self.layer.is_some() && !rows.has_layers()),
            ("--lon-field", self.lon_field.is_some() && !has_columns),
            ("--wkt-field", self.wkt_field.is_some() && !has_columns),
        ];
        if let Some((option, _)) = unfit.into_iter().find(|(_, is_unfit)| *is_unfit) {
            let format = rows.format().to_string();
            return Err(Error::new(ErrorKind::OptionMismatch { option, format }).in_file(rows.file()));
        }
        if let Some(declared) = rows.overruled_crs() {
            ui.info(&ui.texts().overruled_crs(rows.file(), Some(declared), &rows.crs()));
        }
        ui.verbose(&ui.texts().reads(rows.file(), rows.format().as_str(), rows.coordinate_columns(), &rows.crs()));
        Ok(rows)
    }
}

/// The format of answers where none is asked for: that of the input, if it has a place for them.
pub(super) fn format_of_answers(rows: &Rows) -> OutputFormat {
    OutputFormat::Table(if rows.format().has_fixed_fields() { Format::CSV } else { rows.format() })
}

/// Says what the reader found out on its way.
pub(super) fn report_read(rows: &Rows, ui: &Ui) {
    report_notes(rows.file(), &rows.notes(), ui);
    if rows.encoding() != "UTF-8" {
        ui.verbose(&ui.texts().encoding(rows.file(), rows.encoding()));
    }
    if rows.with_arcs() > 0 {
        ui.info(&ui.texts().arcs(rows.file(), rows.with_arcs()));
    }
    if rows.with_empty_members() > 0 {
        ui.info(&ui.texts().empty_members(rows.file(), rows.with_empty_members()));
    }
    if rows.axis_order() == AxisOrder::NorthEast {
        ui.verbose(&ui.texts().north_first(rows.file()));
    }
    if rows.beyond_area() > 0 {
        ui.info(&ui.texts().beyond_area(rows.file(), rows.beyond_area(), &rows.crs()));
    }
    if rows.crs().is_shifted() {
        ui.info(&ui.texts().shifted(&rows.crs()));
    }
}

#[derive(Args)]
pub(super) struct CarryArgs {
    /// Write only these columns of the input (comma-separated) and all added ones; `id` and `wkt` or `lon,lat` name ids and geometries that are not columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) fields: Vec<String>,
}

impl CarryArgs {
    /// What is written of the rows' own columns.
    pub(super) fn schema(&self, rows: &Rows) -> Result<Schema> {
        if self.fields.is_empty() {
            return Ok(rows.schema().clone());
        }
        rows.schema().only(&self.fields).map_err(|name| {
            let columns = rows.schema().flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
            Error::new(ErrorKind::UnknownColumn { name, columns }).in_file(rows.file())
        })
    }
}

fn decimals(text: &str) -> Result<u8, ValueProblem> {
    args::whole_number(text, 0, 15)
}

#[derive(Args)]
pub(super) struct WriteArgs {
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// Coordinate system of the output, as with --crs; by default that of the input, in GeoJSON and KML WGS84
    #[arg(long, value_name = "CRS", value_parser = args::crs)]
    pub(super) to_crs: Option<Crs>,
    /// Decimals of the output coordinates; by default all, and after a transformation 9 for degrees or 4 for metres
    #[arg(long, value_name = "DECIMALS", value_parser = decimals)]
    pub(super) precision: Option<u8>,
    /// Text encoding of the output, in CSV, shapefiles and survey TXT: UTF-8 or GB18030
    #[arg(long, value_name = "ENCODING", value_parser = args::output_encoding)]
    encoding: Option<Encoding>,
    /// Name of the output layer or sheet; by default that of the file
    #[arg(long, value_name = "NAME")]
    pub(super) to_layer: Option<String>,
    /// Write CSV for Excel: with a byte order mark; cells that Excel would evaluate as formulas are prefixed with an apostrophe
    #[arg(long)]
    pub(super) excel: bool,
}

impl WriteArgs {
    /// How rows are written in a format.
    pub(super) fn options(&self, format: Format, source_crs: Crs) -> Result<WriteOptions> {
        let mismatch = |option| Error::new(ErrorKind::OptionMismatch { option, format: format.to_string() });
        if self.excel && format != Format::CSV {
            return Err(mismatch("--excel"));
        }
        if self.encoding.is_some() && !format.has_encodings() {
            return Err(mismatch("--encoding"));
        }
        if self.to_layer.is_some() && !format.has_layers() {
            return Err(mismatch("--to-layer"));
        }
        Ok(WriteOptions {
            source_crs,
            crs: self.to_crs.clone(),
            decimals: self.precision.map(usize::from),
            encoding: self.encoding,
            for_excel: self.excel,
            layer: self.to_layer.clone(),
            ..WriteOptions::new(format)
        })
    }

    /// What is said of a format of maps, which is no table.
    pub(super) fn options_of_map(&self, format: &str) -> Result<WriteOptions> {
        let mismatch = |option| Error::new(ErrorKind::OptionMismatch { option, format: format.to_owned() });
        if self.excel {
            return Err(mismatch("--excel"));
        }
        if self.encoding.is_some() {
            return Err(mismatch("--encoding"));
        }
        Ok(WriteOptions { crs: self.to_crs.clone(), ..WriteOptions::new(Format::GEOJSON) })
    }

    /// The format of answers: the one that was asked for, else that of the file's ending.
    pub(super) fn format(&self, asked: Option<OutputFormat>) -> Result<Option<OutputFormat>> {
        Ok(match (asked, self.output.file()) {
            (Some(format), _) => Some(format),
            (None, Some(path)) => Some(OutputFormat::Table(Format::of_path(path)?)),
            (None, None) => self.excel.then_some(OutputFormat::Table(Format::CSV)),
        })
    }

    /// What rows with these added columns are written with, and how.
    pub(super) fn writer(
        &self,
        format: OutputFormat,
        rows: &Rows,
        schema: &Schema,
        added: &[Field],
        ui: &Ui,
    ) -> Result<(WriteOptions, Writer)> {
        match format {
            // Its fields are given: the answer has no place among them.
            OutputFormat::Table(format) if format.has_fixed_fields() => {
                let format = format.to_string();
                Err(Error::new(ErrorKind::NoAnswerColumns { format }))
            }
            OutputFormat::Table(format) => {
                let is_in_source_crs = rows.is_in_source_crs();
                let options = WriteOptions { is_in_source_crs, ..self.options(format, rows.crs())? };
                let writer = io::create(self.create()?, schema, added, &options)?;
                Ok((options, writer))
            }
            OutputFormat::Text => {
                let is_in_source_crs = rows.is_in_source_crs();
                let options = WriteOptions { is_in_source_crs, ..self.options(Format::CSV, rows.crs())? };
                let text =
                    TextWriter::new(self.create()?, FlatTable::new(schema, added, &options).for_people(), ui.lang);
                let writer = Writer::new(Box::new(text), &options)?;
                Ok((options, writer))
            }
        }
    }

    /// Whether coordinates are written in the system that rows come in.
    pub(super) fn keeps_system_of(&self, rows: &Rows, format: OutputFormat) -> Result<bool> {
        let format = match format {
            OutputFormat::Table(format) => format,
            OutputFormat::Text => Format::CSV,
        };
        Ok(self.options(format, rows.crs())?.written_crs() == rows.crs())
    }

    pub(super) fn create(&self) -> Result<Output> {
        self.output.create()
    }

    /// The name of the output, for messages.
    pub(super) fn name(&self) -> String {
        self.output.file().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }
}

#[derive(Args)]
pub(super) struct SummaryArgs {
    /// Write counts by zone and certainty as JSON to this file, - for standard output; rows are then written only with -o
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

impl SummaryArgs {
    /// Whether rows are written, and not the summary alone.
    pub(super) fn leaves_rows(&self, write: &WriteArgs) -> bool {
        self.summary.is_none() || write.output.output.is_some()
    }

    /// What the summary is written to, if it is wanted; it cannot be where the rows are.
    pub(super) fn output(&self, write: &WriteArgs) -> Result<Option<Output>> {
        let Some(path) = &self.summary else { return Ok(None) };
        let absolute = |path: &PathBuf| std::path::absolute(path).ok();
        if write.output.output.as_ref().is_some_and(|rows| absolute(rows) == absolute(path)) {
            return Err(Error::new(ErrorKind::SameOutput(path.display().to_string())));
        }
        match path.as_os_str() == "-" {
            true => Ok(Some(Output::stream("-", std::io::stdout()))),
            false => write.output.create_other(path).map(Some),
        }
    }
}

/// Names the first invalid rows, and says how many there are beyond them.
pub(super) fn report_invalid(invalid: &InvalidRows, file: &str, ui: &Ui) {
    for error in invalid.errors() {
        ui.info(&messages::error(&error.in_file(file), ui.lang));
    }
    let listed = invalid.first.len() as u64;
    if invalid.count > listed {
        ui.info(&ui.texts().and_more(invalid.count - listed));
    }
    let is_of_system = |problem: &RowProblem| {
        use RowProblem::{LatitudeRange, LongitudeRange, OtherCrs, OtherDatum, OtherGaussKruegerZone};
        matches!(
            problem,
            LatitudeRange { .. }
                | LongitudeRange { .. }
                | OtherGaussKruegerZone { .. }
                | OtherCrs { .. }
                | OtherDatum { .. }
        )
    };
    let off = invalid.first.iter().map(|(_, problem)| problem).find(|problem| is_of_system(problem));
    if let Some(advice) = off.and_then(|problem| messages::advice(&Error::new(problem.clone()), ui.lang)) {
        ui.info(advice);
    }
}

/// The columns that a query adds; one that the input has already gets a number behind its name.
pub(super) fn added_fields(fields: impl Iterator<Item = Field>, schema: &Schema, ui: &Ui) -> Vec<Field> {
    let flat: Vec<String> = schema.flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
    let mut taken = [distinct_names(&flat), flat].concat();
    let mut added = vec![];
    for field in fields {
        let name = unused_name(&field.name, &taken);
        if name != field.name {
            ui.info(&ui.texts().renamed(&field.name, &name));
        }
        taken.push(name.clone());
        added.push(Field { name, ..field });
    }
    added
}

/// Says what the format that was written could not hold, and what its coordinates are good for.
pub(super) fn report_written(losses: &[Loss], options: &WriteOptions, file: &str, ui: &Ui) {
    for loss in losses {
        ui.info(&format!("{file}{}{}", ui.texts().colon, ui.texts().loss(loss)));
    }
    let crs = options.written_crs();
    if crs.is_shifted() && crs != options.source_crs {
        ui.info(&ui.texts().shifted(&crs));
    }
}
