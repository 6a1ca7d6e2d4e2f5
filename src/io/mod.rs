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
pub use self::output::{Output, remove_unfinished};
pub use self::plan_geojson::{ExportOptions, write_plan};
pub use self::xlsx::XlsxWriter;

use crate::crs::{AxisOrder, Crs, Settler};
use crate::error::{Error, ErrorKind, Result};
use crate::table::{Answers, Batch, Schema};
use columns::tells_coordinate;

/// How rows are read.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let csv = "E,N\n633838.222,3171898.561\n";
/// let options = ReadOptions {
///     crs: Some(Crs::Epsg(4549)),
///     lon_field: Some("E".to_owned()),
///     lat_field: Some("N".to_owned()),
///     ..ReadOptions::default()
/// };
/// let batch = io::open(Input::bytes("survey.csv", csv), &options)?.next_batch()?.unwrap();
/// assert!((batch.sites()[0].as_ref().unwrap().x - 121.36898).abs() < 1e-8);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
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
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::LANDMARKS_CSV;
///
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let mut northernmost = f64::NEG_INFINITY;
/// while let Some(batch) = rows.next_batch()? {
///     northernmost = batch.sites().iter().flatten().fold(northernmost, |north, site| north.max(site.y));
/// }
/// assert_eq!(northernmost, 28.69905);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
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
///
/// ```
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let open = |csv: &str| io::open(Input::bytes("sites.csv", csv), &ReadOptions::default());
/// assert!(open("Lng,Lat\n121.36898,28.65590\n").is_ok());
/// let error = open("lon,lng,lat\n121.3,121.4,28.6\n").err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::AmbiguousColumns { axis: "longitude", .. }));
/// assert_eq!(error.place().file.as_deref(), Some("sites.csv"));
/// ```
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
    // A system that cannot be used is the file's fault where the file declares it.
    let culprit = declared.map(|_| file.clone());
    let settler = |order| {
        Settler::new(crs, order).map_err(|error| culprit.iter().fold(error, |error, file| error.in_file(file.clone())))
    };
    let mut rows = Rows { reader, file, format, settler: settler(options.axis_order)? };
    // Columns that say which coordinate they hold are in no order to be swapped.
    if rows.coordinate_columns().is_some_and(|(x, y)| tells_coordinate(x) && tells_coordinate(y))
        && options.axis_order == AxisOrder::NorthEast
    {
        rows.settler = settler(AxisOrder::EastNorth)?;
    }
    Ok(rows)
}

impl Rows {
    /// The file as the user named it.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let standard_input = Input::reader("-", "lon,lat\n121.4,28.65\n".as_bytes());
    /// assert_eq!(io::open(standard_input, &ReadOptions::default())?.file(), "-");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The format it is read as.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, ReadOptions};
    ///
    /// // Without an ending, the first character tells.
    /// let piped = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}}]}"#;
    /// assert_eq!(io::open(Input::bytes("-", piped), &ReadOptions::default())?.format(), Format::GeoJson);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn format(&self) -> Format {
        self.format
    }

    /// The system of the coordinates as the file has them; in [`Batch::sites`] they are longitude,
    /// latitude.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // An old GeoJSON file that names a system.
    /// let old = r#"{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:4549"}},
    ///     "features": [{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [633838.222, 3171898.561]}}]}"#;
    /// assert_eq!(io::open(Input::bytes("old.geojson", old), &ReadOptions::default())?.crs(), Crs::Epsg(4549));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn crs(&self) -> Crs {
        self.settler.crs()
    }

    /// Which coordinate comes first in the file, once the first row is read.
    ///
    /// ```
    /// use taizhou_corridor::crs::{AxisOrder, Crs};
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // Chinese survey files call the northing x.
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let mut rows = io::open(Input::bytes("survey.csv", "x,y\n3171898.561,633838.222\n"), &options)?;
    /// assert_eq!(rows.axis_order(), AxisOrder::Told);
    /// rows.next_batch()?;
    /// assert_eq!(rows.axis_order(), AxisOrder::NorthEast);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn axis_order(&self) -> AxisOrder {
        self.settler.axis_order()
    }

    /// The columns.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // Known before any row is read: a column that appears late, too.
    /// let lines = r#"{"type":"Feature","properties":{"name":"台州站"},"geometry":null}
    /// {"type":"Feature","properties":{"kind":"park"},"geometry":null}"#;
    /// let rows = io::open(Input::bytes("sites.ndjson", lines), &ReadOptions::default())?;
    /// assert_eq!(rows.schema().columns, ["name", "kind"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn schema(&self) -> &Schema {
        match &self.reader {
            Reader::Csv(reader) => reader.schema(),
            Reader::GeoJson(reader) => reader.schema(),
            Reader::Xlsx(reader) => reader.schema(),
        }
    }

    /// The encoding of the text, as far as it is known by now: `UTF-8` or `GB18030`.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // 台州 as Excel in China saves it.
    /// let csv = b"name,lon,lat\n\xcc\xa8\xd6\xdd,121.36898,28.65590\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!((batch.row(0).cell(0).unwrap().text().as_ref(), rows.encoding()), ("台州", "GB18030"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn encoding(&self) -> &'static str {
        match &self.reader {
            Reader::Csv(reader) => reader.encoding(),
            Reader::GeoJson(_) | Reader::Xlsx(_) => "UTF-8",
        }
    }

    /// The columns that hold longitude and latitude; none where rows have geometries.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::bytes("sites.csv", "纬度,经度\n28.65590,121.36898\n"), &ReadOptions::default())?;
    /// assert_eq!(rows.coordinate_columns(), Some(("经度", "纬度")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn coordinate_columns(&self) -> Option<(&str, &str)> {
        let Schema { columns, coordinates, .. } = self.schema();
        coordinates.map(|(x, y)| (columns[x].as_str(), columns[y].as_str()))
    }

    /// The next rows; none at the end. Fails where the file cannot be read on; a row that is wrong
    /// by itself is no failure, it says so in [`Batch::sites`].
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "lon,lat\n121.36898,28.65590\neast,north\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "not-a-number");
    /// assert!(rows.next_batch()?.is_none());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
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
///
/// ```
/// use taizhou_corridor::error::Result;
/// use taizhou_corridor::io::{self, Input, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{Answers, Batch, Value};
///
/// /// A format of your own: a line a site, for a log.
/// struct Log(Vec<String>);
///
/// impl RowWriter for Log {
///     fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
///         for (row, values) in answers.iter() {
///             let name = batch.row(row).cell(0).map_or("-".into(), |cell| cell.text());
///             self.0.push(format!("{name} {}", values[0]));
///         }
///         Ok(())
///     }
///
///     fn finish(self: Box<Self>) -> Result<()> {
///         Ok(())
///     }
/// }
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
/// let mut answers = Answers::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// let mut log = Log(vec![]);
/// log.write(&batch, &answers)?;
/// assert_eq!(log.0, ["台州站 core"]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub trait RowWriter {
    /// Writes the answers, each with the row it belongs to.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, CsvWriter, Input, Output, ReadOptions, RowWriter};
    /// use taizhou_corridor::table::{Answers, Value};
    ///
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n121.5,28.7\n");
    /// let mut rows = io::open(sites, &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.csv");
    /// let mut writer = CsvWriter::new(Output::create(&path, false)?, rows.schema(), &["zone".to_owned()], false)?;
    /// // A row may have several answers, or none.
    /// let mut answers = Answers::new(1);
    /// answers.push(0, [Value::text(Some("core"))]);
    /// answers.push(0, [Value::text(Some("jiaojiang"))]);
    /// writer.write(&batch, &answers)?;
    /// Box::new(writer).finish()?;
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "lon,lat,zone\n121.4,28.65,core\n121.4,28.65,jiaojiang\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()>;

    /// Writes what stands at the end, and commits the output.
    ///
    /// ```
    /// use taizhou_corridor::io::{GeoJsonWriter, Output, RowWriter};
    ///
    /// // Until then there is no file.
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.geojson");
    /// let writer: Box<dyn RowWriter> = Box::new(GeoJsonWriter::collection(Output::create(&path, false)?, &[])?);
    /// assert!(!path.exists());
    /// writer.finish()?;
    /// assert!(path.exists());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    fn finish(self: Box<Self>) -> Result<()>;
}
