//! Coordinate reference systems, and the one rule about axes: inside this crate x is always the
//! longitude or the easting, y the latitude or the northing.
//!
//! CGCS2000 (EPSG:4490) and WGS 84 coincide to a few centimetres; longitude and latitude on either
//! are treated as equal.

mod transform;

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
    /// An entry of the EPSG register, in the units and with the axes it has, easting first.
    Epsg(u32),
}

impl FromStr for Crs {
    type Err = String;

    /// Reads `CRS84`, `WGS84`, `CGCS2000` (all longitude, latitude) or `EPSG:nnnn`, in any case.
    fn from_str(text: &str) -> Result<Crs, String> {
        match text.to_ascii_uppercase().as_str() {
            "CRS84" | "OGC:CRS84" | "WGS84" | "CGCS2000" => Ok(Crs::Crs84),
            upper => upper
                .strip_prefix("EPSG:")
                .and_then(|code| code.parse().ok())
                .map(Crs::Epsg)
                .ok_or_else(|| format!("`{text}` is not a coordinate reference system such as EPSG:4549")),
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crs::Crs84 => f.write_str("OGC:CRS84"),
            Crs::Epsg(code) => write!(f, "EPSG:{code}"),
        }
    }
}

/// The name in a `crs` member of GeoJSON (2008), unless it is longitude, latitude on WGS 84 or
/// CGCS2000, which says nothing new.
pub(crate) fn foreign_crs_member(crs: &serde_json::Value) -> Option<String> {
    if crs.is_null() {
        return None;
    }
    let name = crs.pointer("/properties/name").and_then(|name| name.as_str());
    let name = name.map_or_else(|| crs.to_string(), str::to_owned);
    let harmless = ["CRS84", "4326", "4490"].iter().any(|code| name.ends_with(&format!(":{code}")));
    (!harmless).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crs_member_is_foreign_unless_it_says_what_geojson_is() {
        let named = |name: &str| foreign_crs_member(&serde_json::json!({"type": "name", "properties": {"name": name}}));
        assert_eq!(named("urn:ogc:def:crs:OGC:1.3:CRS84"), None);
        assert_eq!(named("urn:ogc:def:crs:EPSG::4490"), None);
        assert_eq!(named("urn:ogc:def:crs:EPSG::4549").as_deref(), Some("urn:ogc:def:crs:EPSG::4549"));
        assert!(foreign_crs_member(&serde_json::json!({"type": "link"})).is_some());
        assert_eq!(foreign_crs_member(&serde_json::Value::Null), None);
    }

    #[test]
    fn refuses_what_is_no_crs() {
        for text in ["", "EPSG:", "EPSG:x", "EPSG:-1", "4549", "Xi'an 80"] {
            assert!(text.parse::<Crs>().is_err(), "{text}");
        }
    }
}
