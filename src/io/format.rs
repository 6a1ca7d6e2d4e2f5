//! The formats of tables, and how they are told apart.

use std::fmt;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// A format of tables.
///
/// ```
/// use taizhou_corridor::io::Format;
///
/// assert_eq!(Format::NdJson.to_string(), "ndjson");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180), UTF-8.
    Csv,
    /// An RFC 7946 feature collection, or a single feature.
    GeoJson,
    /// GeoJSON features, one a line; with or without the record separators of RFC 8142.
    NdJson,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The format that the ending of a file name tells.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::of_path("sites.CSV".as_ref())?, Format::Csv);
    /// assert!(Format::of_path("sites.doc".as_ref()).is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_path(path: &Path) -> Result<Format> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Format::Csv),
            "geojson" | "json" => Ok(Format::GeoJson),
            "ndjson" | "jsonl" | "geojsonl" | "geojsons" | "geojsonseq" => Ok(Format::NdJson),
            "xlsx" => Ok(Format::Xlsx),
            _ => Err(Error::new(ErrorKind::UnknownFormat(path.display().to_string()))),
        }
    }

    /// The word for it: `csv`, `geojson`, `ndjson`, `xlsx`.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::GeoJson.as_str(), "geojson");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::GeoJson => "geojson",
            Format::NdJson => "ndjson",
            Format::Xlsx => "xlsx",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
