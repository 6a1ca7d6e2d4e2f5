//! Arguments of the commands that read rows and write rows, and what they mean.

use std::ops::RangeInclusive;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::args::{self, CrsArgs, OutputArgs};
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{
    self, Encoding, Format, GeoParquetVersion, Input, InputEncoding, Output, ReadOptions, Rows, TxtDialect,
    TxtNumbering, WriteOptions,
};
use crate::messages::Lang;
use crate::query::reason::{ReasonText, reason};
use crate::run::{check_read_options, check_write_options};

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
    pub(super) fn name(self) -> &'static str {
        match self {
            OutputFormat::Text => "text",
            OutputFormat::Table(format) => format.as_str(),
        }
    }

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
        const ALL: [OutputFormat; Format::WRITTEN.len() + 1] = {
            let mut all = [OutputFormat::Text; Format::WRITTEN.len() + 1];
            let mut i = 0;
            while i < Format::WRITTEN.len() {
                all[i] = OutputFormat::Table(Format::WRITTEN[i]);
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
    /// Column of both coordinates, as 121.4,28.65; their order is that of --axis, by default that of the values
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["lon_field", "lat_field", "wkt_field"])]
    coord_field: Option<String>,
    /// Row of the column names, or two as 3-4; by default recognised below titles
    #[arg(long, value_name = "ROW", value_parser = header_rows)]
    header_row: Option<RangeInclusive<u64>>,
    /// Column of the geometry as WKT or hexadecimal WKB, if its name is not recognised
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["lon_field", "lat_field"])]
    wkt_field: Option<String>,
    /// Name columns by the names of the fields or by their aliases, in a file geodatabase
    #[arg(long, value_enum, value_name = "NAMES", default_value = "name", hide_default_value = true)]
    field_names: FieldNames,
    /// Show the names that domains and subtypes give to codes, in a file geodatabase
    #[arg(long)]
    domains: bool,
    /// Dialect of a survey TXT that is read, as in --txt-dialect; by default recognised by its lines
    #[arg(long, value_name = "DIALECT", value_parser = txt_dialect)]
    input_dialect: Option<TxtDialect>,
}

/// What the columns of a file geodatabase are named by.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FieldNames {
    Name,
    Alias,
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
        let format = self.input_format.map(|FormatArg(format)| format);
        let options = ReadOptions {
            format: format.or(self.input_dialect.map(|_| Format::SURVEY_TXT)),
            crs: self.crs.crs(),
            override_crs: self.crs.override_crs(),
            datum_shift: self.crs.datum_shift(),
            strict_crs: ui.is_strict_crs(),
            axis_order: self.crs.axis_order(),
            encoding: self.input_encoding,
            layer: self.layer.clone(),
            lon_field: self.lon_field.clone(),
            lat_field: self.lat_field.clone(),
            coord_field: self.coord_field.clone(),
            header_rows: self.header_row.clone(),
            wkt_field: self.wkt_field.clone(),
            prefers_wkt,
            uses_aliases: self.field_names == FieldNames::Alias,
            decodes_domains: self.domains,
            txt_dialect: self.input_dialect,
            attributes_only: false,
        };
        let rows = io::open(input, &options)?;
        check_read_options(&rows, &options)?;
        ui.report(ui.texts().of_opened(&rows));
        Ok(rows)
    }
}

/// A row or two of a header, from 1: `3`, `3-4`.
fn header_rows(text: &str) -> Result<RangeInclusive<u64>, ValueProblem> {
    const MAX: u32 = 1_048_576;
    let row = |text: &str| args::whole_number::<u64>(text.trim(), 1, MAX);
    match text.split_once('-') {
        None => row(text).map(|row| row..=row),
        Some((first, last)) => Ok(row(first)?..=row(last)?),
    }
}

fn txt_dialect(name: &str) -> Result<TxtDialect, ValueProblem> {
    args::one_of(TxtDialect::ALL, TxtDialect::as_str, name)
}

fn txt_numbering(name: &str) -> Result<TxtNumbering, ValueProblem> {
    args::one_of(TxtNumbering::ALL, TxtNumbering::as_str, name)
}

fn geoparquet_version(name: &str) -> Result<GeoParquetVersion, ValueProblem> {
    args::one_of(GeoParquetVersion::ALL, GeoParquetVersion::as_str, name)
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
    /// Text encoding of the output, in CSV, shapefiles, survey TXT and DXF: UTF-8 or GB18030
    #[arg(long, value_name = "ENCODING", value_parser = args::output_encoding)]
    encoding: Option<Encoding>,
    /// Name of the output layer or sheet; by default that of the file
    #[arg(long, value_name = "NAME")]
    pub(super) to_layer: Option<String>,
    /// Column that names the layer of each row, in DXF; by default the zone that the command adds, else `layer`
    #[arg(long, value_name = "COLUMN", conflicts_with = "to_layer")]
    layer_field: Option<String>,
    /// Column that is written as a text in each polygon, in DXF
    #[arg(long, value_name = "COLUMN")]
    text_field: Option<String>,
    /// Dialect of survey TXT that is written: survey, one-map, linkage, zhejiang or cass (points); by default survey, for .dat cass
    #[arg(long, value_name = "DIALECT", value_parser = txt_dialect)]
    txt_dialect: Option<TxtDialect>,
    /// Version of GeoParquet that is written: 2.0 with the Parquet type GEOMETRY and statistics of row groups, or 1.1 for older software; by default 2.0
    #[arg(long, value_name = "VERSION", value_parser = geoparquet_version)]
    geoparquet_version: Option<GeoParquetVersion>,
    /// Number the corners of a survey TXT from 1 in each parcel, in each ring, or on through the file; by default parcel
    #[arg(long, value_name = "SCOPE", value_parser = txt_numbering)]
    corner_numbers: Option<TxtNumbering>,
    /// Do not repeat the first corner at the end of a ring in a survey TXT
    #[arg(long)]
    open_rings: bool,
    /// Write CSV for Excel: with a byte order mark; cells that Excel would evaluate as formulas are prefixed with an apostrophe
    #[arg(long)]
    pub(super) excel: bool,
    /// Headers and fixed values of the added columns in a workbook: for programs, or in the language of --lang
    #[arg(long, value_enum, value_name = "NAMES", default_value = "names", hide_default_value = true)]
    headers: Headers,
}

/// How the columns of the answer are worded.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Headers {
    /// the same in every language
    Names,
    /// for people
    Localized,
}

impl WriteArgs {
    /// How rows are written in a format.
    pub(super) fn options(&self, format: Format, lang: Lang) -> Result<WriteOptions> {
        let options = WriteOptions {
            crs: self.to_crs.clone(),
            decimals: self.precision.map(usize::from),
            encoding: self.encoding,
            for_excel: self.excel,
            layer: self.to_layer.clone(),
            txt_dialect: self.txt_dialect,
            geoparquet_version: self.geoparquet_version,
            txt_numbering: self.corner_numbers.unwrap_or_default(),
            txt_open_rings: self.open_rings,
            layer_field: self.layer_field.clone(),
            text_field: self.text_field.clone(),
            wording: self.is_localized().then(|| lang.wording()),
            ..WriteOptions::new(format)
        };
        check_write_options(&options)?;
        Ok(options)
    }

    /// Whether the answers in a workbook are worded for people.
    pub(super) fn is_localized(&self) -> bool {
        self.headers == Headers::Localized
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

    /// The output format that the options determine.
    pub(super) fn format(&self, format: Option<OutputFormat>) -> Result<Option<OutputFormat>> {
        if self.excel && format == Some(OutputFormat::Text) {
            return Err(Error::new(ErrorKind::OptionMismatch { option: "--excel", format: "text".to_owned() }));
        }
        if self.is_localized() && format == Some(OutputFormat::Text) {
            return Err(Error::new(ErrorKind::OptionMismatch {
                option: "--headers localized",
                format: "text".to_owned(),
            }));
        }
        Ok(match (format, self.output.file()) {
            (Some(format), _) => Some(format),
            (None, Some(path)) => Some(OutputFormat::Table(Format::of_path(path)?)),
            (None, None) => self.excel.then_some(OutputFormat::Table(Format::CSV)),
        })
    }

    pub(super) fn create(&self) -> Result<Output> {
        self.output.create()
    }

    /// The name of the output, for messages.
    pub(super) fn name(&self) -> String {
        self.output.file().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }
}
