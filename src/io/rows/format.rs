//! The formats of tables, and how they are told apart.

use std::fmt;
use std::path::Path;

use crate::crs::Crs;
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
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// An RFC 7946 feature collection, or a single feature.
    GeoJson,
    /// GeoJSON features, one a line.
    NdJson,
    /// GeoJSON features, each led in by a record separator (RFC 8142).
    GeoJsonSeq,
    /// An Excel workbook.
    Xlsx,
    /// The text file in which Chinese land surveys hand in parcels.
    SurveyTxt,
    /// Layers of features in an SQLite database (OGC 12-128).
    GeoPackage,
    /// Features as FlatBuffers behind a spatial index; with the feature `flatgeobuf`.
    FlatGeobuf,
    /// An ESRI shapefile: several files of one name.
    Shapefile,
    /// KML 2.2 of Google Earth and its like, or KMZ.
    Kml,
    /// GeoParquet 1.1, or Parquet with coordinates in columns.
    GeoParquet,
}

/// What is to be known of a format.
struct Description {
    format: Format,
    name: &'static str,
    /// Endings of file names; the first is the usual one.
    endings: &'static [&'static str],
    is_lon_lat_only: bool,
    has_layers: bool,
    has_encodings: bool,
    about: &'static str,
}

const ABOUT: [Description; 12] = [
    Description {
        format: Format::Csv,
        name: "csv",
        endings: &["csv"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: true,
        about: "comma-separated values",
    },
    Description {
        format: Format::Tsv,
        name: "tsv",
        endings: &["tsv", "tab"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: true,
        about: "tab-separated values",
    },
    Description {
        format: Format::GeoJson,
        name: "geojson",
        endings: &["geojson", "json"],
        is_lon_lat_only: true,
        has_layers: false,
        has_encodings: false,
        about: "RFC 7946 feature collection",
    },
    Description {
        format: Format::NdJson,
        name: "ndjson",
        endings: &["ndjson", "jsonl", "geojsonl"],
        is_lon_lat_only: true,
        has_layers: false,
        has_encodings: false,
        about: "GeoJSON features, one a line",
    },
    Description {
        format: Format::GeoJsonSeq,
        name: "geojsonseq",
        endings: &["geojsonseq", "geojsons"],
        is_lon_lat_only: true,
        has_layers: false,
        has_encodings: false,
        about: "GeoJSON text sequence (RFC 8142)",
    },
    Description {
        format: Format::Xlsx,
        name: "xlsx",
        endings: &["xlsx"],
        is_lon_lat_only: false,
        has_layers: true,
        has_encodings: false,
        about: "Excel workbook",
    },
    Description {
        format: Format::SurveyTxt,
        name: "survey-txt",
        endings: &["txt"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: true,
        about: "parcels of a Chinese land survey",
    },
    Description {
        format: Format::GeoPackage,
        name: "gpkg",
        endings: &["gpkg"],
        is_lon_lat_only: false,
        has_layers: true,
        has_encodings: false,
        about: "GeoPackage",
    },
    Description {
        format: Format::FlatGeobuf,
        name: "flatgeobuf",
        endings: &["fgb"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: false,
        about: "FlatGeobuf",
    },
    Description {
        format: Format::Shapefile,
        name: "shapefile",
        endings: &["shp"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: true,
        about: "ESRI shapefile: .shp, .dbf and their companions",
    },
    Description {
        format: Format::Kml,
        name: "kml",
        endings: &["kml", "kmz"],
        is_lon_lat_only: true,
        has_layers: false,
        has_encodings: false,
        about: "KML 2.2, or KMZ",
    },
    Description {
        format: Format::GeoParquet,
        name: "geoparquet",
        endings: &["parquet", "geoparquet"],
        is_lon_lat_only: false,
        has_layers: false,
        has_encodings: false,
        about: "GeoParquet 1.1, or Parquet",
    },
];

impl Format {
    /// All formats.
    pub const ALL: [Format; ABOUT.len()] = {
        let mut all = [Format::Csv; ABOUT.len()];
        let mut i = 0;
        while i < ABOUT.len() {
            all[i] = ABOUT[i].format;
            i += 1;
        }
        all
    };

    fn row(self) -> &'static Description {
        // Each format has its line: a test looks.
        ABOUT.iter().find(|about| about.format == self).unwrap_or(&ABOUT[0])
    }

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
        let about = ABOUT.iter().find(|about| about.endings.contains(&ending.as_str()));
        about.map(|about| about.format).ok_or_else(|| Error::new(ErrorKind::UnknownFormat(path.display().to_string())))
    }

    /// The word for it: `csv`, `geojson`.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::GeoJson.as_str(), "geojson");
    /// ```
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Whether its text may be in any encoding: all but those that say what they are in.
    pub(in crate::io) fn is_text(self) -> bool {
        self.has_encodings() || self.is_json() || self == Format::Kml
    }

    /// Whether it is features of GeoJSON, as one text or as several.
    pub(in crate::io) fn is_json(self) -> bool {
        matches!(self, Format::GeoJson | Format::NdJson | Format::GeoJsonSeq)
    }

    /// Whether it is no text.
    pub(in crate::io) fn is_binary(self) -> bool {
        matches!(self, Format::Xlsx | Format::GeoPackage | Format::FlatGeobuf | Format::GeoParquet)
    }

    /// The usual ending of its files.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::SurveyTxt.ending(), "txt");
    /// ```
    pub fn ending(self) -> &'static str {
        self.row().endings[0]
    }

    /// All endings of its files, the usual one first.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::Kml.endings(), ["kml", "kmz"]);
    /// ```
    pub fn endings(self) -> &'static [&'static str] {
        self.row().endings
    }

    /// What it is, in a few words.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::Xlsx.about(), "Excel workbook");
    /// ```
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// Whether its coordinates are longitude and latitude by its definition.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::GeoJson.is_lon_lat_only() && !Format::Csv.is_lon_lat_only());
    /// ```
    pub fn is_lon_lat_only(self) -> bool {
        self.row().is_lon_lat_only
    }

    /// Whether a file of it can have several layers or sheets.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::Xlsx.has_layers() && !Format::Csv.has_layers());
    /// ```
    pub fn has_layers(self) -> bool {
        self.row().has_layers
    }

    /// Whether its text can be in one of several encodings.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::Csv.has_encodings() && !Format::GeoJson.has_encodings());
    /// ```
    pub fn has_encodings(self) -> bool {
        self.row().has_encodings
    }

    /// Whether it can be written in a system. Web maps take GeoJSON and KML in the shifted systems, though
    /// these standards do not know them.
    pub(crate) fn holds(self, crs: &Crs) -> bool {
        !self.is_lon_lat_only() || crs.coincides(&Crs::Crs84) || crs.is_shifted() && self != Format::Kml
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_its_name_and_endings() {
        for format in Format::ALL {
            assert_eq!(format.row().format, format);
            for ending in format.row().endings {
                assert_eq!(Format::of_path(format!("a.{ending}").as_ref()).unwrap(), format);
            }
        }
    }
}
