//! GeoPackage (OGC 12-128r17): layers of features in an SQLite database.
//!
//! The crate `geozero` (0.15) reads and writes GeoPackage geometries through `sqlx`, which would add a second copy of
//! SQLite; `rusqlite` shares that of PROJ.

mod blob;
mod read;
mod styles;
mod write;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Driver, Format, IdColumn, Signature, StyleSupport};

static DRIVER: Driver = Driver {
    signature: Signature::Bytes(|start| start.starts_with(b"SQLite format 3\0")),
    is_stream: false,
    has_layers: true,
    ids: IdColumn::OfTexts,
    styles: StyleSupport::Embedded,
    ..Driver::new(
        "gpkg",
        &["gpkg"],
        "GeoPackage",
        Codec::Built(
            |source, options| Ok(Box::new(read::GeoPackageReader::new(source, options)?)),
            |output, table| Ok(Box::new(write::GeoPackageWriter::new(output, table)?)),
        ),
    )
};

impl Format {
    /// Layers of features in an SQLite database (OGC 12-128).
    pub const GEOPACKAGE: Format = Format::of(&DRIVER);
}

/// A quoted identifier in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::GeoPackage, problem: problem.into() })
}
