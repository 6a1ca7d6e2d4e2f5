//! KML 2.2 (OGC 07-147r2), as Google Earth and its like show it, and KMZ, the same in a ZIP archive.
//!
//! The crate `kml` (0.15) builds the whole document in memory, by a recursion as deep as its folders. Here a stream of
//! XML events (`quick-xml`) holds one placemark at a time.

mod archive;
mod document;
mod geometry;
mod placemarks;
mod read;
mod styles;
mod write;

pub(in crate::io) use self::read::KmlReader;
pub(crate) use self::write::KmlWriter;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Kml, problem: problem.into() })
}

/// A processing instruction: the names of the placemarks stand in a column too, and were written a second
/// time for those who look at a map.
const NAMES_ARE_COPIES: &str = "corridor-names-are-copies";
