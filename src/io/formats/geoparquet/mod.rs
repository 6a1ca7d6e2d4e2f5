//! GeoParquet 1.1 (OGC 24-013), and plain Parquet with coordinates or geometries in columns.
//!
//! The crates `parquet` and `arrow` read and write the columns. The crate `geoparquet` (0.9) is built on them and
//! decodes the geometries of a batch at once: one broken value fails the batch, where here it is a problem of its row.

mod calendar;
mod columns;
mod footer;
mod groups;
mod guard;
mod int96;
mod metadata;
mod pages;
mod read;
mod schema;
mod thrift;
mod unpacked;
mod values;
mod write;

pub(in crate::io) use self::columns::RowArrays;
pub(in crate::io) use self::read::GeoParquetReader;
pub(in crate::io) use self::unpacked::Unpacked;
pub(in crate::io) use self::write::GeoParquetWriter;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};

/// How a Parquet file begins and ends.
pub(in crate::io) const MAGIC: &[u8] = b"PAR1";

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Parquet, problem: problem.into() })
}
