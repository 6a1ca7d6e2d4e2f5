//! Coordinate reference systems, and the one rule about axes: inside this crate x is always the
//! longitude or the easting, y the latitude or the northing.
//!
//! CGCS2000 (EPSG:4490) and WGS 84 coincide to a few centimetres; longitude and latitude on either
//! are treated as equal.

mod chinese;
mod definition;
mod gauss_krueger;
mod register;
mod settle;
mod transform;

pub use chinese::{bd09_from_wgs84, gcj02_from_wgs84, wgs84_from_bd09, wgs84_from_gcj02};
pub(crate) use definition::Declared;
pub use gauss_krueger::GaussKruegerZone;
pub(crate) use settle::within_limits;
pub use settle::{Settler, lon_lat};
pub use transform::Transformer;

use std::fmt;
use std::str::FromStr;

/// A coordinate reference system.
///
/// ```
/// use taizhou_corridor::crs::Crs;
///
/// assert_eq!("epsg:4549".parse(), Ok(Crs::Epsg(4549)));
/// assert_eq!(Crs::Crs84.to_string(), "OGC:CRS84");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crs {
    /// Longitude, latitude in degrees on WGS 84, as GeoJSON has them.
    Crs84,
    /// Longitude, latitude in degrees on CGCS2000 (EPSG:4490): the same numbers, under the name that
    /// Chinese surveys use.
    Cgcs2000,
    /// GCJ-02 (国测局坐标): longitude, latitude as Amap and Tencent maps show them.
    Gcj02,
    /// BD-09: longitude, latitude as Baidu maps show them.
    Bd09,
    /// An entry of the EPSG register, in the units and with the axes it has, easting first.
    Epsg(u32),
}

impl Crs {
    /// Whether its coordinates are degrees of longitude and latitude (of an EPSG entry, that is not
    /// known here, and taken for no).
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Bd09.is_lon_lat());
    /// assert!(!Crs::Epsg(4549).is_lon_lat());
    /// ```
    pub fn is_lon_lat(self) -> bool {
        !matches!(self, Crs::Epsg(_))
    }

    /// Whether a coordinate is the same in both.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Crs84.coincides(Crs::Cgcs2000));
    /// assert!(!Crs::Crs84.coincides(Crs::Gcj02));
    /// ```
    pub fn coincides(self, other: Crs) -> bool {
        let is_plain = |crs| matches!(crs, Crs::Crs84 | Crs::Cgcs2000);
        self == other || is_plain(self) && is_plain(other)
    }

    /// Whether it shifts coordinates for web maps: for display, not for surveying.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Gcj02.is_shifted());
    /// assert!(!Crs::Crs84.is_shifted());
    /// ```
    pub fn is_shifted(self) -> bool {
        matches!(self, Crs::Gcj02 | Crs::Bd09)
    }
}

impl FromStr for Crs {
    type Err = String;

    /// Reads `WGS84`, `CRS84`, `EPSG:4326`, `CGCS2000`, `EPSG:4490` (all longitude, latitude), `GCJ02`, `BD09` or `EPSG:nnnn`, in any case, with or without a hyphen.
    fn from_str(text: &str) -> Result<Crs, String> {
        let upper = text.trim().to_ascii_uppercase();
        match upper.replace('-', "").as_str() {
            "CRS84" | "OGC:CRS84" | "WGS84" => Ok(Crs::Crs84),
            "CGCS2000" => Ok(Crs::Cgcs2000),
            "GCJ02" => Ok(Crs::Gcj02),
            "BD09" => Ok(Crs::Bd09),
            _ => match upper.strip_prefix("EPSG:").and_then(|code| code.parse().ok()) {
                Some(4326) => Ok(Crs::Crs84),
                Some(4490) => Ok(Crs::Cgcs2000),
                Some(code) => Ok(Crs::Epsg(code)),
                None => Err(format!("`{text}` is none of WGS84, CGCS2000, GCJ02, BD09, EPSG:nnnn")),
            },
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crs::Crs84 => f.write_str("OGC:CRS84"),
            Crs::Cgcs2000 => f.write_str("EPSG:4490"),
            Crs::Gcj02 => f.write_str("GCJ-02"),
            Crs::Bd09 => f.write_str("BD-09"),
            Crs::Epsg(code) => write!(f, "EPSG:{code}"),
        }
    }
}

/// Which of two coordinates of a file comes first.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, Crs, Settler};
///
/// // Degrees do not tell which of them is the latitude: say so, where it comes first.
/// let mut station = [Ok(coord! { x: 28.65590, y: 121.36898 })];
/// Settler::new(Crs::Crs84, AxisOrder::NorthEast)?.settle(&mut station);
/// assert_eq!(station[0], Ok(coord! { x: 121.36898, y: 28.65590 }));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AxisOrder {
    /// By the numbers, where they tell: in Gauss-Krüger zones. Else the easting.
    #[default]
    Told,
    /// The easting or longitude.
    EastNorth,
    /// The northing or latitude, as in survey files.
    NorthEast,
}

/// The system that a `crs` member of GeoJSON (2008) names; its name where that is none we know.
pub(crate) fn crs_of_member(crs: &serde_json::Value) -> Result<Option<Crs>, String> {
    if crs.is_null() {
        return Ok(None);
    }
    let name = crs.pointer("/properties/name").and_then(|name| name.as_str());
    let name = name.map_or_else(|| crs.to_string(), str::to_owned);
    let code = name.rsplit(':').next().unwrap_or_default();
    let known = if code == "CRS84" { Ok(Crs::Crs84) } else { format!("EPSG:{code}").parse() };
    known.map(Some).map_err(|_| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crs_member_names_a_system() {
        let named = |name: &str| crs_of_member(&serde_json::json!({"type": "name", "properties": {"name": name}}));
        assert_eq!(named("urn:ogc:def:crs:OGC:1.3:CRS84"), Ok(Some(Crs::Crs84)));
        assert_eq!(named("urn:ogc:def:crs:EPSG::4490"), Ok(Some(Crs::Cgcs2000)));
        assert_eq!(named("EPSG:4549"), Ok(Some(Crs::Epsg(4549))));
        assert_eq!(named("local"), Err("local".to_owned()));
        assert!(crs_of_member(&serde_json::json!({"type": "link"})).is_err());
        assert_eq!(crs_of_member(&serde_json::Value::Null), Ok(None));
    }

    #[test]
    fn names_are_read_in_any_case() {
        for (text, crs) in
            [("wgs-84", Crs::Crs84), ("EPSG:4490", Crs::Cgcs2000), ("gcj-02", Crs::Gcj02), ("BD09", Crs::Bd09)]
        {
            assert_eq!(text.parse(), Ok(crs));
            assert_eq!(crs.to_string().parse(), Ok(crs));
        }
    }

    #[test]
    fn refuses_what_is_no_crs() {
        for text in ["", "EPSG:", "EPSG:x", "EPSG:-1", "4549", "Xi'an 80"] {
            assert!(text.parse::<Crs>().is_err(), "{text}");
        }
    }
}
