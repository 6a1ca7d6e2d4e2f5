//! KML 2.2 (OGC 07-147r2) of Google Earth and others, and KMZ, which is KML in a ZIP archive.
//!
//! The crate `kml` (0.15) is not used: it builds the whole document in memory, recursively. Here a stream of XML events
//! (`quick-xml`) needs memory for one placemark.

mod archive;
mod document;
mod geometry;
mod placemarks;
mod read;
mod styles;
mod write;

use memchr::memmem;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Content, CrsSupport, Driver, Format, Signature, StyleSupport, ZipMember};

static DRIVER: Driver = Driver {
    content: Content::Text,
    signature: Signature::Text(is_kml),
    zip_members: &[ZipMember { path: "doc.kml", is_certain: false }],
    crs: CrsSupport::LonLat,
    styles: StyleSupport::Embedded,
    ..Driver::new(
        "kml",
        &["kml", "kmz"],
        "KML 2.2, or KMZ",
        Codec::Built(
            |source, options| Ok(Box::new(read::KmlReader::new(source, options)?)),
            |output, table| Ok(Box::new(write::KmlWriter::new(output, table)?)),
        ),
    )
};

impl Format {
    /// KML 2.2, or KMZ.
    pub const KML: Format = Format::of(&DRIVER);
}

fn is_kml(text: &str) -> bool {
    text.starts_with('<') && memmem::find(&text.as_bytes()[..text.len().min(1 << 12)], b"<kml").is_some()
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Kml, problem: problem.into() })
}

/// A processing instruction of files we write: names of placemarks are copies of a column, for display on maps.
const NAMES_ARE_COPIES: &str = "corridor-names-are-copies";
