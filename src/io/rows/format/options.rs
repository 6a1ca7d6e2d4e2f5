//! How tables are read and written.

use crate::crs::{AxisOrder, Crs};
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::rows::format::Format;

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
    /// The system of the coordinates, whatever the file declares: of a file that declares a wrong one.
    pub override_crs: Option<Crs>,
    /// Which coordinate comes first.
    pub axis_order: AxisOrder,
    /// The encoding of the text, in CSV, GeoJSON, KML, survey TXT and the tables of shapefiles; without one, what the
    /// text and the file tell.
    pub encoding: Option<InputEncoding>,
    /// The sheet of a workbook that has several, or the table of an archive of several, by its name.
    pub layer: Option<String>,
    /// The column that holds the longitude or easting; without one it is known by its name.
    pub lon_field: Option<String>,
    /// The column that holds the latitude or northing.
    pub lat_field: Option<String>,
    /// The column that holds the geometry as well-known text.
    pub wkt_field: Option<String>,
    /// Whether a column of well-known text is the place of a row that has columns of coordinates as well: parcels
    /// are asked for. Otherwise such a table is refused until one is named.
    pub prefers_wkt: bool,
}

/// How rows are written.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{Format, WriteOptions};
///
/// // For a survey: eastings and northings in zone 40, to the millimetre.
/// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), decimals: Some(3), ..WriteOptions::new(Format::CSV) };
/// assert_eq!(options.written_crs(), Crs::Epsg(4549));
/// // GeoJSON has longitudes and latitudes, whatever the rows came in.
/// let options = WriteOptions { source_crs: Crs::Epsg(4549), ..WriteOptions::new(Format::GEOJSON) };
/// assert_eq!(options.written_crs(), Crs::Crs84);
/// ```
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// The format.
    pub format: Format,
    /// The system that the rows came in: [`Rows::crs`](crate::io::Rows::crs).
    pub source_crs: Crs,
    /// Whether the batches still are in that system
    /// ([`Rows::in_source_crs`](crate::io::Rows::in_source_crs)), and not in longitude, latitude.
    pub is_in_source_crs: bool,
    /// The system to write; without one that of the source, or longitude, latitude where a format knows
    /// no other.
    pub crs: Option<Crs>,
    /// The decimals to round coordinates to; without a number those that were brought to another system
    /// are rounded to a tenth of a millimetre (9 decimals of a degree), and all others stay as they are.
    pub decimals: Option<usize>,
    /// The encoding of text, where the format leaves a choice; without one that which is usual for it.
    pub encoding: Option<Encoding>,
    /// Whether CSV is for Excel: with a byte order mark, and text that would be run as a formula guarded.
    pub for_excel: bool,
    /// The name of the layer or sheet; without one that of the file.
    pub layer: Option<String>,
}

impl WriteOptions {
    /// Rows in longitude and latitude, as they are.
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
        }
    }

    /// The system of the coordinates that are written.
    pub fn written_crs(&self) -> Crs {
        let otherwise = if self.format.is_lon_lat_only() { Crs::Crs84 } else { self.source_crs.clone() };
        self.crs.clone().unwrap_or(otherwise)
    }

    /// Whether coordinates are written as they came.
    pub(in crate::io) fn is_as_written(&self) -> bool {
        self.written_crs().coincides(&self.source_crs) && self.decimals.is_none()
    }
}
