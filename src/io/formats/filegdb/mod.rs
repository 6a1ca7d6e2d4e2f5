//! File geodatabases of Esri (`.gdb`): a folder, or an archive of one, with a table in each pair of files `.gdbtable` and
//! `.gdbtablx`. They are read, not written.
//!
//! Esri has not published the format. This follows the description that E. Rouault derived from files: *FGDB Spec*,
//! <https://github.com/rouault/dump_gdbtable/wiki/FGDB-Spec>, and, for the types of ArcGIS Pro 3.2 and the 64-bit object ids,
//! how the driver OpenFileGDB of GDAL 3.12 reads them. Curves are as in the *Extended Shapefile Record Format* of Esri
//! (2012). Versions 9 and 10 are read; layers in Compressed Data Format, which is not described, are not.
//!
//! There is no crate for the format; GDAL is a C++ library.

mod catalog;
mod codes;
mod cursor;
mod curves;
mod definition;
mod fields;
mod geometry;
mod index;
mod read;
mod tables;
mod times;
mod values;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Content, Driver, Format};

static DRIVER: Driver = Driver {
    content: Content::Files,
    folder_file: Some(catalog::FILE),
    read_endings: &["gdbtable"],
    is_stream: false,
    has_layers: true,
    has_domains: true,
    ..Driver::new(
        "filegdb",
        &["gdb"],
        "Esri file geodatabase: a .gdb folder, or an archive of one (read only)",
        Codec::Reader(|source, options| Ok(Box::new(read::FileGdbReader::new(source, options)?))),
    )
};

impl Format {
    /// A file geodatabase of Esri, which is read and not written.
    pub const FILEGDB: Format = Format::of(&DRIVER);
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::FileGeodatabase, problem: problem.into() })
}
