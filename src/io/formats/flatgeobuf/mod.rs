//! FlatGeobuf: a header, a packed R-tree and features, each a FlatBuffer.
//!
//! The tables, the Hilbert sort and the R-tree are those of the crate `flatgeobuf` (6.0). Its reader and writer are not
//! used: the reader allocates by the declared length of a feature and panics if a property is truncated, and the writer
//! rejects features of another type than the first, or writes no type to the header.

#[cfg(feature = "flatgeobuf")]
mod geometry;
#[cfg(feature = "flatgeobuf")]
mod read;
#[cfg(feature = "flatgeobuf")]
mod write;

#[cfg(feature = "flatgeobuf")]
use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Driver, Format, Signature, StyleSupport};

static DRIVER: Driver = Driver {
    signature: Signature::Bytes(|start| start.starts_with(b"fgb") && start.get(4..7) == Some(b"fgb")),
    styles: StyleSupport::Sidecar,
    ..Driver::new("flatgeobuf", &["fgb"], "FlatGeobuf", CODEC)
};

#[cfg(feature = "flatgeobuf")]
const CODEC: Codec = Codec::Built(
    |source, _| Ok(Box::new(read::FlatGeobufReader::new(source)?)),
    |output, table| {
        let schema = table.schema_of_geometries();
        Ok(Box::new(write::FlatGeobufWriter::new(output, &schema, table.added, table.options)?))
    },
);
#[cfg(not(feature = "flatgeobuf"))]
const CODEC: Codec = Codec::WithFeature("flatgeobuf");

impl Format {
    /// FlatGeobuf: features as FlatBuffers with a spatial index; needs the feature `flatgeobuf`.
    pub const FLATGEOBUF: Format = Format::of(&DRIVER);
}

/// The magic bytes of a file; the fourth byte is the version.
#[cfg(feature = "flatgeobuf")]
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

#[cfg(feature = "flatgeobuf")]
fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::FlatGeobuf, problem: problem.into() })
}
