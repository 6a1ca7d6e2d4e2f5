//! Coordinate reference systems, and the axis rule: in this crate x is always the longitude or easting, y the latitude
//! or northing.
//!
//! CGCS2000 (EPSG:4490) and WGS 84 coincide to a few centimetres; longitude and latitude on either
//! are treated as equal.

mod chinese;
mod datum_shift;
#[cfg(all(test, feature = "proj"))]
mod datum_shift_tests;
mod defined;
mod definition;
mod earlier;
mod formula;
mod gauss_krueger;
mod helmert;
mod into_plane;
mod local_plane;
mod names;
mod normalize;
mod plane;
mod proj_string;
mod recognise;
mod register;
mod structure;
mod systems;
mod transform;
mod transverse_mercator;
mod web_mercator;
#[cfg(feature = "proj")]
mod with_proj;
#[cfg(not(feature = "proj"))]
#[path = "without_proj.rs"]
mod with_proj;
mod wkt_read;
mod wkt_tree;
mod wkt_write;

pub use chinese::{bd09_from_wgs84, gcj02_from_wgs84, wgs84_from_bd09, wgs84_from_gcj02};
pub use datum_shift::{DatumShift, Helmert, PlaneAxis, RotationConvention, ShiftMethod, ShiftSource, Similarity};
pub use defined::Definition;
pub use earlier::EarlierDatum;
pub use gauss_krueger::GaussKruegerZone;
pub(crate) use into_plane::{BetweenPlanes, IntoPlane, in_plane_of_table};
pub(crate) use local_plane::LocalPlane;
pub(crate) use names::plain_name;
pub(crate) use normalize::within_limits;
pub use normalize::{CoordNormalizer, lon_lat};
pub use plane::Plane;
pub(crate) use recognise::{Declared, Unusable, declared_name, unusable};
pub use transform::Transformer;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// A coordinate reference system.
///
/// ```
/// use taizhou_corridor::crs::Crs;
///
/// assert_eq!("epsg:4549".parse(), Ok(Crs::Epsg(4549)));
/// assert_eq!(Crs::Crs84.to_string(), "OGC:CRS84");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Crs {
    /// Longitude, latitude in degrees on WGS 84, as in GeoJSON.
    Crs84,
    /// Longitude, latitude in degrees on CGCS2000 (EPSG:4490): the same coordinates under the name used by Chinese
    /// surveys.
    Cgcs2000,
    /// GCJ-02 (国测局坐标): longitude, latitude as used by Amap and Tencent maps.
    Gcj02,
    /// BD-09: longitude, latitude as used by Baidu maps.
    Bd09,
    /// An EPSG entry in its own units, easting first.
    Epsg(u32),
    /// A CRS given by a full definition, without a register entry; easting first.
    Defined(Definition),
}

impl Crs {
    /// Whether its coordinates are longitude and latitude in degrees. False for EPSG entries and definitions, which are
    /// not looked up.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Bd09.is_lon_lat());
    /// assert!(!Crs::Epsg(4549).is_lon_lat());
    /// ```
    pub fn is_lon_lat(&self) -> bool {
        !matches!(self, Crs::Epsg(_) | Crs::Defined(_))
    }

    /// Whether coordinates are equal in both systems.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Crs84.coincides(&Crs::Cgcs2000));
    /// assert!(!Crs::Crs84.coincides(&Crs::Gcj02));
    /// ```
    pub fn coincides(&self, other: &Crs) -> bool {
        let is_plain = |crs: &Crs| matches!(crs, Crs::Crs84 | Crs::Cgcs2000);
        self == other || is_plain(self) && is_plain(other)
    }

    /// Whether it is a shifted system of web maps, for display only.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Gcj02.is_shifted());
    /// assert!(!Crs::Crs84.is_shifted());
    /// ```
    pub fn is_shifted(&self) -> bool {
        matches!(self, Crs::Gcj02 | Crs::Bd09)
    }

    /// Reads a name or a definition as [`FromStr`] does, with an error that has a kind.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!(Crs::parse("CGCS2000_3_Degree_GK_CM_120E")?, Crs::Epsg(4549));
    /// assert_eq!(Crs::parse("nowhere").unwrap_err().kind().code(), "no-such-crs");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Crs, Error> {
        let none = |crs: String| Error::new(ErrorKind::NoSuchCrs { crs, similar: None });
        match Crs::of_text(text) {
            Ok(crs) => crs.ok_or_else(|| none(String::new())),
            Err(Unusable::Unknown(name)) => Err(none(name)),
            Err(unusable) => Err(unusable.into()),
        }
    }

    /// Reads a name or a definition as [`parse`](Crs::parse), also of a system on another datum, which cannot be used
    /// before it is [bound](DatumShift::bind) to a transformation.
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, Transformer};
    ///
    /// let xian = Crs::parse_on_any_datum("Xian_1980_3_Degree_GK_Zone_40")?;
    /// assert_eq!(xian, Crs::Epsg(2364));
    /// assert!(Transformer::from_crs(xian).is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn parse_on_any_datum(text: &str) -> Result<Crs, Error> {
        match Crs::of_text(text) {
            Err(Unusable::OtherDatum { system: Some(crs), .. } | Unusable::NeedsProj { system: Some(crs), .. }) => {
                Ok(crs)
            }
            _ => Crs::parse(text),
        }
    }
}

impl FromStr for Crs {
    type Err = String;

    /// Reads a name, a code or a definition: `WGS84`, `CGCS2000`, `GCJ02`, `BD09` in any case, with or without a
    /// hyphen; a code of the EPSG register (`EPSG:4549`, `4549`, as a URN or URI); names used by ArcGIS and EPSG for
    /// systems on CGCS2000 and WGS 84 (`CGCS2000_3_Degree_GK_CM_120E`); WKT, PROJJSON, or `+proj=…`.
    ///
    /// A definition is at most 64 KiB. No files or grids are opened.
    fn from_str(text: &str) -> Result<Crs, String> {
        const CHOICE: &str = "use WGS84, CGCS2000, GCJ02, BD09, a code as EPSG:4549, a name of ArcGIS, or a definition";
        match Crs::of_text(text) {
            Ok(Some(crs)) => Ok(crs),
            Ok(None) => Err(format!("no system is named; {CHOICE}")),
            Err(Unusable::Unknown(name)) => Err(format!("unknown system `{name}`; {CHOICE}")),
            Err(unusable) => Err(Error::from(unusable).to_string()),
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
            Crs::Defined(definition) => f.write_str(definition.name()),
        }
    }
}

/// The order of the two coordinates in a file.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
///
/// // The order of degrees cannot be detected: pass it if the latitude is first.
/// let mut station = [Ok(coord! { x: 28.65590, y: 121.36898 })];
/// CoordNormalizer::new(Crs::Crs84, AxisOrder::NorthEast)?.normalize(&mut station);
/// assert_eq!(station[0], Ok(coord! { x: 121.36898, y: 28.65590 }));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AxisOrder {
    /// Detected from the values in Gauss-Krüger zones; otherwise easting or longitude first.
    #[default]
    Auto,
    /// Easting or longitude first.
    EastNorth,
    /// Northing or latitude first, as in survey files.
    NorthEast,
}

/// The CRS of a `crs` member of GeoJSON (2008).
pub(crate) fn crs_of_member(crs: &serde_json::Value) -> Declared {
    if crs.is_null() {
        return Ok(None);
    }
    if let ("EPSG", Some(code)) = (crs["type"].as_str().unwrap_or_default(), crs.pointer("/properties/code")) {
        return declared_name(&format!("EPSG:{}", code.as_str().map_or_else(|| code.to_string(), str::to_owned)));
    }
    match crs.pointer("/properties/name").and_then(|name| name.as_str()) {
        Some(name) => declared_name(name),
        None => Err(unusable(crs.to_string().chars().take(80).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crs_members_are_read() {
        let named = |name: &str| crs_of_member(&serde_json::json!({"type": "name", "properties": {"name": name}}));
        assert_eq!(named("urn:ogc:def:crs:OGC:1.3:CRS84"), Ok(Some(Crs::Crs84)));
        assert_eq!(named("urn:ogc:def:crs:EPSG::4490"), Ok(Some(Crs::Cgcs2000)));
        assert_eq!(named("EPSG:4549"), Ok(Some(Crs::Epsg(4549))));
        assert_eq!(named("http://www.opengis.net/def/crs/EPSG/0/4549"), Ok(Some(Crs::Epsg(4549))));
        let code =
            |code: serde_json::Value| crs_of_member(&serde_json::json!({"type": "EPSG", "properties": {"code": code}}));
        assert_eq!((code(4549.into()), code("4490".into())), (Ok(Some(Crs::Epsg(4549))), Ok(Some(Crs::Cgcs2000))));
        // Other authorities are not EPSG.
        assert_eq!(named("ESRI:102100"), Err(Unusable::Unknown("ESRI:102100".to_owned())));
        assert_eq!(named("local"), Err(Unusable::Unknown("local".to_owned())));
        let xian = named("Xian_1980_3_Degree_GK_CM_120E").unwrap_err();
        assert!(matches!(xian, Unusable::OtherDatum { datum, .. } if datum == "Xian 1980"));
        assert!(crs_of_member(&serde_json::json!({"type": "link"})).is_err());
        assert_eq!(crs_of_member(&serde_json::Value::Null), Ok(None));
    }

    #[test]
    fn names_are_case_insensitive() {
        for (text, crs) in
            [("wgs-84", Crs::Crs84), ("EPSG:4490", Crs::Cgcs2000), ("gcj-02", Crs::Gcj02), ("BD09", Crs::Bd09)]
        {
            assert_eq!(text.parse(), Ok(crs.clone()));
            assert_eq!(crs.to_string().parse(), Ok(crs));
        }
    }

    #[test]
    fn rejects_unknown_names() {
        for text in ["", "EPSG:", "EPSG:x", "EPSG:-1", "-4549", "@4549", "Xi'an 80"] {
            assert!(text.parse::<Crs>().is_err(), "{text}");
        }
    }
}
