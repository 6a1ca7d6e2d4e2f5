//! Formats that are recognised but not supported, and unsupported parts of supported formats.

use std::fmt;

use crate::error::LibraryMessage;

/// A format that is recognised but not supported.
///
/// ```
/// use taizhou_corridor::error::{ErrorKind, ForeignFormat};
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let drawing = Input::bytes("site.dwg", "AC1032");
/// let error = io::open(drawing, &ReadOptions::default()).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::Foreign { format: ForeignFormat::Dwg, .. }));
/// assert_eq!(error.to_string(), "site.dwg: it is a DWG drawing, which is not supported");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named after the format")]
#[non_exhaustive]
pub enum ForeignFormat {
    MapInfoTab,
    MapInfoMif,
    Dwg,
    Gml,
    Gpx,
    Osm,
    EsriJson,
    TopoJson,
    Html,
    ExcelXml,
    Et,
    Xlsb,
    Document,
    Pdf,
    Image,
    Rar,
    SevenZip,
    Tar,
    Compressed,
    NestedZip,
    AccessDatabase,
    Sqlite,
    Arrow,
    Tiles,
    ShapefilePart,
    Xml,
}

impl ForeignFormat {
    /// All of them.
    pub const ALL: [ForeignFormat; 26] = [
        ForeignFormat::MapInfoTab,
        ForeignFormat::MapInfoMif,
        ForeignFormat::Dwg,
        ForeignFormat::Gml,
        ForeignFormat::Gpx,
        ForeignFormat::Osm,
        ForeignFormat::EsriJson,
        ForeignFormat::TopoJson,
        ForeignFormat::Html,
        ForeignFormat::ExcelXml,
        ForeignFormat::Et,
        ForeignFormat::Xlsb,
        ForeignFormat::Document,
        ForeignFormat::Pdf,
        ForeignFormat::Image,
        ForeignFormat::Rar,
        ForeignFormat::SevenZip,
        ForeignFormat::Tar,
        ForeignFormat::Compressed,
        ForeignFormat::NestedZip,
        ForeignFormat::AccessDatabase,
        ForeignFormat::Sqlite,
        ForeignFormat::Arrow,
        ForeignFormat::Tiles,
        ForeignFormat::ShapefilePart,
        ForeignFormat::Xml,
    ];
}

impl fmt::Display for ForeignFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ForeignFormat::MapInfoTab => "a MapInfo TAB file",
            ForeignFormat::MapInfoMif => "a MapInfo MIF file",
            ForeignFormat::Dwg => "a DWG drawing",
            ForeignFormat::Gml => "a GML file",
            ForeignFormat::Gpx => "a GPX file",
            ForeignFormat::Osm => "an OpenStreetMap file",
            ForeignFormat::EsriJson => "Esri JSON (not GeoJSON)",
            ForeignFormat::TopoJson => "TopoJSON (not GeoJSON)",
            ForeignFormat::Html => "a web page (HTML)",
            ForeignFormat::ExcelXml => "an Excel 2003 XML spreadsheet",
            ForeignFormat::Et => "a WPS spreadsheet (.et)",
            ForeignFormat::Xlsb => "a binary Excel workbook (.xlsb)",
            ForeignFormat::Document => "a text document",
            ForeignFormat::Pdf => "a PDF document",
            ForeignFormat::Image => "an image",
            ForeignFormat::Rar => "a RAR archive",
            ForeignFormat::SevenZip => "a 7z archive",
            ForeignFormat::Tar => "a tar archive",
            ForeignFormat::Compressed => "a file compressed with bzip2, xz or zstd",
            ForeignFormat::NestedZip => "a zip archive inside a zip archive",
            ForeignFormat::AccessDatabase => "an Access database or personal geodatabase (.mdb)",
            ForeignFormat::Sqlite => "an SQLite database without GeoPackage tables",
            ForeignFormat::Arrow => "an Arrow or Feather file",
            ForeignFormat::Tiles => "a file of map tiles",
            ForeignFormat::ShapefilePart => "a companion file of a shapefile (such as .dbf or .shx)",
            ForeignFormat::Xml => "an XML file of an unknown kind",
        })
    }
}

/// Why a valid file of a supported format cannot be read.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind, Unsupported};
///
/// let error = Error::new(ErrorKind::Unsupported(Unsupported::Compression("LZO"))).in_file("sites.parquet");
/// assert_eq!(error.to_string(), "sites.parquet: it is compressed with LZO, which is not supported");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// How geometries are encoded in a column of GeoParquet.
    #[error("its geometries are encoded as `{0}`")]
    GeometryEncoding(String),
    /// How columns are compressed.
    #[error("it is compressed with {0}")]
    Compression(&'static str),
    /// A KML file without placemarks, which links to other files.
    #[error("it has no placemarks, only links to other files (NetworkLink)")]
    Links,
    /// A layer of a file geodatabase in Compressed Data Format or Smart Data Compression.
    #[error("its layer `{0}` is compressed (CDF/SDC)")]
    CompressedLayer(String),
    /// It is encrypted.
    #[error("it is encrypted")]
    Encryption,
    /// How the values of a column are encoded.
    #[error("it uses the encoding {0}")]
    ColumnEncoding(String),
    /// Any other message of the library that reads the file.
    #[error("it uses {0}")]
    Library(LibraryMessage),
}
