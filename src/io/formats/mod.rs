//! The table formats: a module for each, and the list of all.

mod csv;
mod dxf;
mod filegdb;
mod flatgeobuf;
mod geojson;
mod geopackage;
mod geoparquet;
mod kml;
mod shapefile;
mod survey_txt;
mod xlsx;

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::io::rows::format::Format;

pub(crate) use self::geojson::{json_text, kind_of};
pub(crate) use self::xlsx::{catch_panic_as_io_error, sequential_worksheet};

impl Format {
    /// All formats, in the order in which they are listed and detected.
    pub const ALL: [Format; 14] = [
        Format::CSV,
        Format::TSV,
        Format::GEOJSON,
        Format::NDJSON,
        Format::GEOJSON_SEQ,
        Format::XLSX,
        Format::SURVEY_TXT,
        Format::GEOPACKAGE,
        Format::FLATGEOBUF,
        Format::SHAPEFILE,
        Format::KML,
        Format::GEOPARQUET,
        Format::DXF,
        Format::FILEGDB,
    ];

    /// The formats that are written, in the same order.
    pub const WRITTEN: [Format; 13] = [
        Format::CSV,
        Format::TSV,
        Format::GEOJSON,
        Format::NDJSON,
        Format::GEOJSON_SEQ,
        Format::XLSX,
        Format::SURVEY_TXT,
        Format::GEOPACKAGE,
        Format::FLATGEOBUF,
        Format::SHAPEFILE,
        Format::KML,
        Format::GEOPARQUET,
        Format::DXF,
    ];

    /// The format of a file extension.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::of_path("sites.CSV".as_ref())?, Format::CSV);
    /// assert!(Format::of_path("sites.doc".as_ref()).is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_path(path: &Path) -> Result<Format> {
        let ending = ending_of(path);
        let format = Format::ALL.into_iter().find(|format| format.endings().contains(&ending.as_str()));
        format.ok_or_else(|| Error::new(ErrorKind::UnknownFormat(path.display().to_string())))
    }

    /// The format of the extension of a file that is read.
    pub(in crate::io) fn of_input(path: &Path) -> Option<Format> {
        let ending = ending_of(path);
        let is_read = |format: &Format| format.driver().read_endings.contains(&ending.as_str());
        Format::of_path(path).ok().or_else(|| Format::ALL.into_iter().find(is_read))
    }
}

fn ending_of(path: &Path) -> String {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_its_name_and_endings() {
        let mut names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Format::ALL.len());
        let written: Vec<Format> = Format::ALL.into_iter().filter(|format| format.is_written()).collect();
        assert_eq!(written, Format::WRITTEN);
        for format in Format::ALL {
            for ending in format.endings() {
                assert_eq!(Format::of_path(format!("a.{ending}").as_ref()).unwrap(), format);
            }
        }
    }
}
