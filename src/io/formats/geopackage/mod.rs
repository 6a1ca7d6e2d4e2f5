//! GeoPackage (OGC 12-128r17): layers of features in an SQLite database.
//!
//! The crate `geozero` (0.15) reads and writes GeoPackage geometries through `sqlx`, which would add a second copy of
//! SQLite; `rusqlite` shares that of PROJ.

#[cfg(feature = "geopackage")]
mod blob;
#[cfg(feature = "geopackage")]
mod database;
#[cfg(feature = "geopackage")]
mod files;
#[cfg(feature = "geopackage")]
mod read;
#[cfg(feature = "geopackage")]
mod styles;
#[cfg(feature = "geopackage")]
mod write;

#[cfg(feature = "geopackage")]
use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Driver, Format, IdColumn, Signature, StyleSupport};

static DRIVER: Driver = Driver {
    signature: Signature::Bytes(|start| start.starts_with(b"SQLite format 3\0")),
    is_stream: false,
    has_layers: true,
    ids: IdColumn::OfTexts,
    styles: StyleSupport::Embedded,
    ..Driver::new("gpkg", &["gpkg"], "GeoPackage", CODEC)
};

#[cfg(feature = "geopackage")]
const CODEC: Codec = Codec::Built(
    |source, options| Ok(Box::new(read::GeoPackageReader::new(source, options)?)),
    |output, table| Ok(Box::new(write::GeoPackageWriter::new(output, table)?)),
);
#[cfg(not(feature = "geopackage"))]
const CODEC: Codec = Codec::WithFeature("geopackage");

impl Format {
    /// Layers of features in an SQLite database (OGC 12-128); needs the feature `geopackage`.
    pub const GEOPACKAGE: Format = Format::of(&DRIVER);
}

/// A quoted identifier in SQL.
#[cfg(feature = "geopackage")]
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(feature = "geopackage")]
fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::GeoPackage, problem: problem.into() })
}
