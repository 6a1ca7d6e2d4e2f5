//! GeoParquet 1.0 to 2.0 (OGC 24-013), Parquet with its own geometry types or those of GeoArrow, and plain Parquet with
//! columns of coordinates or geometries.
//!
//! The crates `parquet` and `arrow` read and write the columns. The crate `geoparquet` (0.9), which is built on them,
//! is not used: it decodes the geometries of a batch at once, so that one invalid value fails the batch rather than its
//! row.

#[cfg(feature = "parquet")]
mod calendar;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(feature = "parquet")]
mod compression;
#[cfg(feature = "parquet")]
mod decoded_rows;
#[cfg(feature = "parquet")]
mod extent;
#[cfg(feature = "parquet")]
mod footer;
#[cfg(feature = "parquet")]
mod geoarrow;
#[cfg(feature = "parquet")]
mod geometry_column;
#[cfg(feature = "parquet")]
mod groups;
#[cfg(feature = "parquet")]
mod guard;
#[cfg(feature = "parquet")]
mod int96;
#[cfg(feature = "parquet")]
mod metadata;
#[cfg(feature = "parquet")]
mod native;
#[cfg(feature = "parquet")]
mod pages;
#[cfg(feature = "parquet")]
mod read;
#[cfg(feature = "parquet")]
mod schema;
#[cfg(feature = "parquet")]
mod thrift;
#[cfg(feature = "parquet")]
mod values;
#[cfg(feature = "parquet")]
mod write;

#[cfg(feature = "parquet")]
use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Driver, Format, Signature};

static DRIVER: Driver = Driver {
    signature: Signature::Bytes(|start| start.starts_with(MAGIC)),
    is_stream: false,
    ..Driver::new("geoparquet", &["parquet", "geoparquet"], "GeoParquet 2.0, or Parquet", CODEC)
};

#[cfg(feature = "parquet")]
const CODEC: Codec = Codec::Built(
    |source, options| Ok(Box::new(read::GeoParquetReader::new(source, options)?)),
    |output, table| {
        let schema = table.schema_of_geometries();
        Ok(Box::new(write::GeoParquetWriter::new(output, &schema, table.added, table.options)))
    },
);
#[cfg(not(feature = "parquet"))]
const CODEC: Codec = Codec::WithFeature("parquet");

impl Format {
    /// GeoParquet 2.0 (1.0 and 1.1 are read, too), or Parquet with coordinates in columns.
    pub const GEOPARQUET: Format = Format::of(&DRIVER);
}

/// The magic bytes at the start and end of a file.
const MAGIC: &[u8] = b"PAR1";

#[cfg(feature = "parquet")]
fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Parquet, problem: problem.into() })
}
