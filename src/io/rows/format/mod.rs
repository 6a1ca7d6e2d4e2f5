//! Table formats.

mod driver;
mod options;

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::crs::Crs;

pub(crate) use self::driver::StyleSupport;
pub(in crate::io) use self::driver::{Codec, Content, CrsSupport, Driver, IdColumn, NewTable, Signature, ZipMember};
pub use self::options::{ReadOptions, Wording, WriteOptions};

/// A table format.
///
/// ```
/// use taizhou_corridor::io::Format;
///
/// assert_eq!(Format::NDJSON.to_string(), "ndjson");
/// ```
#[derive(Clone, Copy)]
pub struct Format(&'static Driver);

impl Format {
    /// The format of a driver.
    pub(in crate::io) const fn of(driver: &'static Driver) -> Format {
        Format(driver)
    }

    /// Its driver.
    pub(in crate::io) fn driver(self) -> &'static Driver {
        self.0
    }

    /// The name: `csv`, `geojson`.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::GEOJSON.as_str(), "geojson");
    /// ```
    pub fn as_str(self) -> &'static str {
        self.0.name
    }

    /// Whether an input encoding can be given.
    pub(in crate::io) fn is_text(self) -> bool {
        self.0.has_encodings || self.0.content == Content::Text
    }

    /// Where styles of features are stored.
    pub(crate) fn style_support(self) -> StyleSupport {
        self.0.styles
    }

    /// Whether rows are GeoJSON features, with ids.
    pub(crate) fn has_feature_ids(self) -> bool {
        self.0.has_feature_ids
    }

    /// The default file extension.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::SURVEY_TXT.ending(), "txt");
    /// ```
    pub fn ending(self) -> &'static str {
        self.0.endings[0]
    }

    /// All file extensions, the default first.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::KML.endings(), ["kml", "kmz"]);
    /// ```
    pub fn endings(self) -> &'static [&'static str] {
        self.0.endings
    }

    /// A short description.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert_eq!(Format::XLSX.about(), "Excel workbook");
    /// ```
    pub fn about(self) -> &'static str {
        self.0.title
    }

    /// Whether the format is defined to have longitude and latitude.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::GEOJSON.is_lon_lat_only() && !Format::CSV.is_lon_lat_only());
    /// ```
    pub fn is_lon_lat_only(self) -> bool {
        matches!(self.0.crs, CrsSupport::LonLat | CrsSupport::LonLatAndShifted)
    }

    /// Whether a file of it can have several layers or sheets.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::XLSX.has_layers() && !Format::CSV.has_layers());
    /// ```
    pub fn has_layers(self) -> bool {
        self.0.has_layers
    }

    /// Whether it can be written in several encodings.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::CSV.has_encodings() && !Format::GEOJSON.has_encodings());
    /// ```
    pub fn has_encodings(self) -> bool {
        self.0.has_encodings
    }

    /// Whether it is written, and not only read.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::GEOPACKAGE.is_written() && !Format::FILEGDB.is_written());
    /// ```
    pub fn is_written(self) -> bool {
        !matches!(self.0.codec, Codec::Reader(_))
    }

    /// Whether its fields have aliases and domains of coded values, which options of reading use.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::FILEGDB.has_domains() && !Format::GEOPACKAGE.has_domains());
    /// ```
    pub fn has_domains(self) -> bool {
        self.0.has_domains
    }

    /// Whether its fields are fixed, so that columns of a query cannot be added.
    ///
    /// ```
    /// use taizhou_corridor::io::Format;
    ///
    /// assert!(Format::SURVEY_TXT.has_fixed_fields() && !Format::CSV.has_fixed_fields());
    /// ```
    pub fn has_fixed_fields(self) -> bool {
        self.0.has_fixed_fields
    }

    /// Whether it can be written in a CRS. GeoJSON in the shifted systems of Chinese web maps is common, though not
    /// part of its standard.
    pub(crate) fn holds(self, crs: &Crs) -> bool {
        match self.0.crs {
            CrsSupport::Any => true,
            CrsSupport::Projected => !crs.is_degrees(),
            CrsSupport::LonLat => crs.coincides(&Crs::Crs84),
            CrsSupport::LonLatAndShifted => crs.coincides(&Crs::Crs84) || crs.is_shifted(),
        }
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Format {}

impl Hash for Format {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
