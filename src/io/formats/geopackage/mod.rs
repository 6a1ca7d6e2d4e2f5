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

use crate::error::{Error, ErrorKind, FileKind, FileProblem};

/// A name in SQL, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::GeoPackage, problem: problem.into() })
}
