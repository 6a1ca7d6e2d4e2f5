//! Options of reading and writing tables.

use std::ops::RangeInclusive;

use crate::crs::{AxisOrder, Crs, DatumShift};
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::rows::format::Format;
use crate::io::rows::geoparquet_version::GeoParquetVersion;
use crate::io::rows::txt_dialect::{TxtDialect, TxtNumbering};

/// Options of reading.
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
    /// The format; by default from the file extension or the first bytes.
    pub format: Option<Format>,
    /// The CRS of the coordinates; by default the one that the file declares, else longitude and latitude on WGS 84 or
    /// CGCS2000.
    pub crs: Option<Crs>,
    /// The CRS of the coordinates, overriding what the file declares: for files with a wrong declaration.
    pub override_crs: Option<Crs>,
    /// The transformation to CGCS2000 of a system on an earlier datum, or of a local one: of the given or declared system,
    /// or of a table that declares none if the transformation is for one system alone. Errors if it is for another.
    pub datum_shift: Option<DatumShift>,
    /// Whether to fail, and not only to note it, if no CRS is given or declared, and a name suggests GCJ-02 or BD-09: that
    /// of the file, the sheet or a column, or a title.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::io::{self, Input, ReadNote, ReadOptions};
    ///
    /// let csv = "lng_gcj02,lat_gcj02\n121.37339,28.65331\n";
    /// let rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// assert!(matches!(rows.notes()[0], ReadNote::ShiftedSystem { word: "gcj", .. }));
    /// let strict = ReadOptions { strict_crs: true, ..ReadOptions::default() };
    /// let error = io::open(Input::bytes("sites.csv", csv), &strict).err().unwrap();
    /// assert!(matches!(error.kind(), ErrorKind::SystemNotGiven { .. }));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub strict_crs: bool,
    /// The axis order.
    pub axis_order: AxisOrder,
    /// The encoding of the text, in CSV, GeoJSON, KML, survey TXT and the tables of shapefiles; by default declared or
    /// detected.
    pub encoding: Option<InputEncoding>,
    /// The name of a layer or sheet of a file, or of a table in an archive, with several.
    pub layer: Option<String>,
    /// The column of the longitude or easting; by default recognised by its name.
    pub lon_field: Option<String>,
    /// The column of the latitude or northing; by default recognised by its name.
    pub lat_field: Option<String>,
    /// The column of both coordinates, `121.4,28.65`; by default recognised by its name and cells. Their order is the
    /// [axis order](ReadOptions::axis_order), by default that of the cells.
    pub coord_field: Option<String>,
    /// The rows of the header of a sheet or text, from 1; by default recognised. Those above are not read, and names in
    /// several rows are joined: `坐标_经度`.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "a,b,c\n1,2,3\nname,lon,lat\n台州站,121.36898,28.65590\n";
    /// let options = ReadOptions { header_rows: Some(3..=3), ..ReadOptions::default() };
    /// let rows = io::open(Input::bytes("sites.csv", csv), &options)?;
    /// assert_eq!(rows.schema().names(), ["name", "lon", "lat"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub header_rows: Option<RangeInclusive<u64>>,
    /// The column of the geometry as WKT or hexadecimal WKB; by default recognised by its name.
    pub wkt_field: Option<String>,
    /// Whether a WKT column takes precedence over coordinate columns, as for parcels. Otherwise a table with both is an
    /// error unless one is given.
    pub prefers_wkt: bool,
    /// Whether the columns of a file geodatabase are named by the aliases of its fields; a field without one keeps its
    /// name.
    pub uses_aliases: bool,
    /// Whether codes in a file geodatabase become the names that their domains give them, and the codes of subtypes
    /// those of the subtypes; a code without a name stays.
    pub decodes_domains: bool,
    /// The dialect of survey TXT; by default recognised by the shape of the lines.
    pub txt_dialect: Option<TxtDialect>,
    /// Whether the table is read for its attributes alone: text and workbooks then need no columns of coordinates or
    /// geometries, and their first row of about full width is the header.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let options = ReadOptions { attributes_only: true, ..ReadOptions::default() };
    /// let mut rows = io::open(Input::bytes("areas.csv", "id,control_km2\ncore,41\n"), &options)?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(batch.row(0).cell(1).unwrap().text(), "41");
    /// assert!(batch.shape(0).is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub attributes_only: bool,
}

/// Options of writing.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{Format, WriteOptions};
///
/// // For a survey: eastings and northings in zone 40, to the millimetre.
/// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), decimals: Some(3), ..WriteOptions::new(Format::CSV) };
/// assert_eq!(options.written_crs(), Crs::Epsg(4549));
/// // GeoJSON is in longitude and latitude, whatever the CRS of the input.
/// let options = WriteOptions { source_crs: Crs::Epsg(4549), ..WriteOptions::new(Format::GEOJSON) };
/// assert_eq!(options.written_crs(), Crs::Crs84);
/// ```
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// The format.
    pub format: Format,
    /// The CRS of the input: [`Rows::crs`](crate::io::Rows::crs).
    pub source_crs: Crs,
    /// Whether batches are in that CRS ([`Rows::in_source_crs`](crate::io::Rows::in_source_crs)), and not in longitude
    /// and latitude.
    pub is_in_source_crs: bool,
    /// The CRS to write; by default that of the input, or longitude and latitude if the format has no other.
    pub crs: Option<Crs>,
    /// The decimals to round coordinates to; by default, reprojected coordinates are rounded to 0.1 mm (4 decimals of a
    /// metre, 9 of a degree), and others are unchanged.
    pub decimals: Option<usize>,
    /// The encoding of text, if the format has several; by default the usual one of the format.
    pub encoding: Option<Encoding>,
    /// Whether CSV is for Excel: with a byte order mark, and formulas escaped.
    pub for_excel: bool,
    /// The name of the layer or sheet; by default that of the file.
    pub layer: Option<String>,
    /// The dialect of survey TXT; by default that of the land survey, in a file `.dat` points of CASS.
    pub txt_dialect: Option<TxtDialect>,
    /// The version of GeoParquet; by default 2.0.
    pub geoparquet_version: Option<GeoParquetVersion>,
    /// How corners are numbered in survey TXT.
    pub txt_numbering: TxtNumbering,
    /// Whether rings in survey TXT are open: the first corner is not repeated at the end.
    pub txt_open_rings: bool,
    /// The column that names the layer of each row in a drawing; by default the zone that a query adds, else the column
    /// `layer`, else all rows are in one [layer](WriteOptions::layer).
    pub layer_field: Option<String>,
    /// The column that is written as a text in each polygon of a drawing; by default none.
    pub text_field: Option<String>,
    /// How the columns that a query adds are worded in a workbook for people; by default as for programs.
    pub wording: Option<Wording>,
}

/// The words of the columns that a query adds, in a language.
///
/// ```
/// use taizhou_corridor::messages::Lang;
///
/// let wording = Lang::Zh.wording();
/// assert_eq!(((wording.heading)("certainty"), (wording.value)("uncertain")), ("可信度".to_owned(), "不确定"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Wording {
    /// The heading of a column, by its name.
    pub heading: fn(&str) -> String,
    /// A value; what is no word of the answers stays as it is.
    pub value: for<'t> fn(&'t str) -> &'t str,
}

impl WriteOptions {
    /// Options for rows in longitude and latitude, unchanged.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{Format, WriteOptions};
    ///
    /// assert_eq!(WriteOptions::new(Format::XLSX).written_crs(), Crs::Crs84);
    /// ```
    pub fn new(format: Format) -> WriteOptions {
        WriteOptions {
            format,
            source_crs: Crs::Crs84,
            is_in_source_crs: false,
            crs: None,
            decimals: None,
            encoding: None,
            for_excel: false,
            layer: None,
            txt_dialect: None,
            geoparquet_version: None,
            txt_numbering: TxtNumbering::Parcel,
            txt_open_rings: false,
            layer_field: None,
            text_field: None,
            wording: None,
        }
    }

    /// The CRS of the output.
    pub fn written_crs(&self) -> Crs {
        let otherwise = if self.format.is_lon_lat_only() { Crs::Crs84 } else { self.source_crs.clone() };
        self.crs.clone().unwrap_or(otherwise)
    }

    /// Whether coordinates are written unchanged.
    pub(in crate::io) fn is_as_written(&self) -> bool {
        self.written_crs().coincides(&self.source_crs) && self.decimals.is_none()
    }
}
