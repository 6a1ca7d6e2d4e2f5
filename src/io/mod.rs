//! Bytes to rows and rows to bytes: one file a format.
//!
//! ```
//! use taizhou_corridor::io::{self, Input, ReadOptions};
//!
//! let csv = b"id,lon,lat\n0701,121.36898,28.65590\n";
//! let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
//! let batch = rows.next_batch()?.unwrap();
//! assert_eq!(batch.columns(), ["id", "lon", "lat"]);
//! assert_eq!(batch.row(0).cell(0).unwrap().text(), "0701");
//! assert_eq!(batch.sites()[0].as_ref().unwrap().x, 121.36898);
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod columns;
mod csv;
mod format;
mod geojson;
mod input;
mod json_scanner;
mod output;
mod plan_geojson;
mod xlsx;

pub use self::csv::CsvWriter;
pub use self::format::Format;
pub use self::geojson::GeoJsonWriter;
pub use self::input::Input;
pub use self::output::Output;
pub use self::plan_geojson::{ExportOptions, write_plan};
pub use self::xlsx::XlsxWriter;

use crate::crs::{AxisOrder, Crs, Settler};
use crate::error::{Error, ErrorKind, Result};
use crate::table::{Answers, Batch, Schema};

/// How rows are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format; without one the file's ending tells, or its first character.
    pub format: Option<Format>,
    /// The system of the coordinates; without one that which the file declares, else longitude,
    /// latitude on WGS 84 or CGCS2000.
    pub crs: Option<Crs>,
    /// Which coordinate comes first.
    pub axis_order: AxisOrder,
    /// The sheet of a workbook that has several.
    pub layer: Option<String>,
    /// The column that holds the longitude or easting; without one it is known by its name.
    pub lon_field: Option<String>,
    /// The column that holds the latitude or northing.
    pub lat_field: Option<String>,
}

/// A table that is being read, batch by batch.
pub struct Rows {
    file: String,
    format: Format,
    reader: Reader,
    settler: Settler,
}

enum Reader {
    Csv(csv::CsvReader),
    GeoJson(geojson::GeoJsonReader),
    Xlsx(Box<xlsx::XlsxReader>),
}

/// Opens a table of sites. Fails where it cannot be read, is empty, or has no coordinate columns.
///
/// All columns are known from the start: GeoJSON is read through once for that before its rows are
/// read (from a temporary copy where it comes from a pipe).
pub fn open(input: Input, options: &ReadOptions) -> Result<Rows> {
    let file = input.name().to_owned();
    let in_file = |error: Error| error.in_file(file.clone());
    let mut source = input.open().map_err(in_file)?;
    let format = match options.format {
        Some(format) => format,
        None => source.guess_format().map_err(in_file)?,
    };
    let reader = match format {
        Format::Csv => csv::CsvReader::new(source, options).map(Reader::Csv),
        Format::Xlsx => xlsx::XlsxReader::new(source, options).map(|reader| Reader::Xlsx(Box::new(reader))),
        Format::GeoJson | Format::NdJson => {
            geojson::GeoJsonReader::new(source, format == Format::NdJson).map(Reader::GeoJson)
        }
    };
    let reader = reader.map_err(in_file)?;
    let declared = match &reader {
        Reader::Csv(_) | Reader::Xlsx(_) => None,
        Reader::GeoJson(reader) => reader.crs(),
    };
    let crs = match (declared, options.crs) {
        (Some(declared), Some(given)) if declared != given => {
            let (declared, given) = (declared.to_string(), given.to_string());
            return Err(in_file(Error::new(ErrorKind::CrsConflict { declared, given })));
        }
        (declared, given) => declared.or(given).unwrap_or(Crs::Crs84),
    };
    let settler = Settler::new(crs, options.axis_order).map_err(in_file)?;
    Ok(Rows { reader, file, format, settler })
}

impl Rows {
    /// The file as the user named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The format it is read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The system of the coordinates as the file has them; in [`Batch::sites`] they are longitude,
    /// latitude.
    pub fn crs(&self) -> Crs {
        self.settler.crs()
    }

    /// Which coordinate comes first in the file, once the first row is read.
    pub fn axis_order(&self) -> AxisOrder {
        self.settler.axis_order()
    }

    /// The columns.
    pub fn schema(&self) -> &Schema {
        match &self.reader {
            Reader::Csv(reader) => reader.schema(),
            Reader::GeoJson(reader) => reader.schema(),
            Reader::Xlsx(reader) => reader.schema(),
        }
    }

    /// The encoding of the text, as far as it is known by now: `UTF-8` or `GB18030`.
    pub fn encoding(&self) -> &'static str {
        match &self.reader {
            Reader::Csv(reader) => reader.encoding(),
            Reader::GeoJson(_) | Reader::Xlsx(_) => "UTF-8",
        }
    }

    /// The columns that hold longitude and latitude; none where rows have geometries.
    pub fn coordinate_columns(&self) -> Option<(&str, &str)> {
        match &self.reader {
            Reader::Csv(reader) => Some(reader.coordinate_columns()),
            Reader::GeoJson(_) => None,
            Reader::Xlsx(reader) => Some(reader.coordinate_columns()),
        }
    }

    /// The next rows; none at the end. Fails where the file cannot be read on; a row that is wrong
    /// by itself is no failure, it says so in [`Batch::sites`].
    pub fn next_batch(&mut self) -> Result<Option<Batch>> {
        let batch = match &mut self.reader {
            Reader::Csv(reader) => reader.next_batch(),
            Reader::GeoJson(reader) => reader.next_batch(),
            Reader::Xlsx(reader) => reader.next_batch(),
        };
        let mut batch = batch.map_err(|error| error.in_file(self.file.clone()))?;
        if let Some(batch) = &mut batch {
            self.settler.settle(batch.sites_mut());
        }
        Ok(batch)
    }
}

/// Writes the rows of a table with what a query adds to them.
pub trait RowWriter {
    /// Writes the answers, each with the row it belongs to.
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()>;

    /// Writes what stands at the end, and commits the output.
    fn finish(self: Box<Self>) -> Result<()>;
}
