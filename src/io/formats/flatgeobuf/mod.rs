//! FlatGeobuf: a header, a packed R-tree and features, each a FlatBuffer.
//!
//! Of the crate `flatgeobuf` (6.0) the tables, the Hilbert sort and the R-tree are used, not its reader and writer: the
//! reader allocates by the declared length of a feature and panics where a property is cut off, and the writer refuses
//! features of another kind than the first, or names no kind at all in the header.

mod geometry;
mod read;
mod write;

pub(in crate::io) use read::FlatGeobufReader;
pub(in crate::io) use write::FlatGeobufWriter;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};

/// How a file begins; the fourth byte is the version.
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::FlatGeobuf, problem: problem.into() })
}
