//! GeoPackage (OGC 12-128r17): layers of features in an SQLite database.
//!
//! The crate `geozero` (0.15) reads and writes GeoPackage geometries through `sqlx`, whose SQLite would be a second one
//! besides that of PROJ; `rusqlite` uses the same.

mod blob;
mod read;
mod styles;
mod write;

pub(in crate::io) use read::GeoPackageReader;
pub(crate) use write::GeoPackageWriter;

use crate::error::{Error, ErrorKind};

/// A name in SQL, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A file that is not as it should be.
fn broken(detail: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed { what: "GeoPackage", detail: detail.to_string() })
}
