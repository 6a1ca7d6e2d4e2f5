//! FlatGeobuf: a header, a packed R-tree and features, each a FlatBuffer.
//!
//! Of the crate `flatgeobuf` the tables and the R-tree are used, not its reader and writer: that reader
//! trusts the lengths in a feature, and that writer has to know the kind of geometry beforehand.

mod geometry;
mod read;
mod write;

pub(super) use read::FlatGeobufReader;
pub(super) use write::FlatGeobufWriter;

use crate::error::{Error, ErrorKind};

/// How a file begins; the fourth byte is the version.
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

/// A file that is not as it should be.
fn broken(detail: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed { what: "FlatGeobuf file", detail: detail.to_string() })
}
