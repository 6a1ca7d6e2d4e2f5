//! Writing CRS definitions for files: WKT 1 (OGC 01-009, in the ESRI and GDAL dialects) and PROJJSON.

use std::borrow::Cow;

use serde_json::Value;

use crate::crs::Crs;
use crate::crs::structure::{is_degree, scale_of};
use crate::crs::with_proj::{self, WktDialect};

impl Crs {
    /// Whether its coordinates are degrees. Unlike [`is_lon_lat`](Crs::is_lon_lat), it looks up EPSG entries in PROJ.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Epsg(4258).is_degrees()); // ETRS89
    /// assert!(!Crs::Epsg(4549).is_degrees());
    /// ```
    pub fn is_degrees(&self) -> bool {
        let is_geographic = || self.projjson().is_some_and(|definition| definition["type"] == "GeographicCRS");
        self.is_lon_lat() || is_geographic()
    }

    /// The six-degree strip around the central meridian of a transverse Mercator: west, south, east, north, in degrees.
    pub(super) fn strip_deg(&self) -> Option<[f64; 4]> {
        const WIDTH_DEG: f64 = 6.0;
        let definition = self.projjson()?;
        let conversion = &definition["conversion"];
        let of_meridian = |parameter: &&Value| parameter["name"] == "Longitude of natural origin";
        let meridian = conversion["parameters"].as_array()?.iter().find(of_meridian)?;
        let meridian_deg = meridian["value"].as_f64().filter(|_| scale_of(&meridian["unit"]).is_some_and(is_degree))?;
        let side = |by: f64| (meridian_deg + by + 180.0).rem_euclid(360.0) - 180.0;
        let is_strip = conversion["method"]["name"] == "Transverse Mercator";
        is_strip.then(|| [side(-WIDTH_DEG / 2.0), -84.0, side(WIDTH_DEG / 2.0), 84.0])
    }

    /// The number of decimals for a resolution of 0.1 mm.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!(Crs::Crs84.fine_decimals(), 9);
    /// assert_eq!(Crs::Epsg(4549).fine_decimals(), 4);
    /// ```
    pub fn fine_decimals(&self) -> usize {
        if self.is_degrees() { 9 } else { 4 }
    }

    /// Its EPSG code, if it has one.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!((Crs::Crs84.epsg(), Crs::Bd09.epsg()), (Some(4326), None));
    /// ```
    pub fn epsg(&self) -> Option<u32> {
        match self {
            Crs::Crs84 => Some(4326),
            Crs::Cgcs2000 => Some(4490),
            Crs::Epsg(code) => Some(*code),
            Crs::Gcj02 | Crs::Bd09 | Crs::Defined(_) => None,
        }
    }

    /// Its definition as ESRI WKT 1, as in `.prj` files; `None` if that cannot express it.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// let wkt = Crs::Epsg(4549).wkt_of_esri().unwrap();
    /// assert!(wkt.starts_with(r#"PROJCS["CGCS2000_3_Degree_GK_CM_120E""#));
    /// ```
    pub fn wkt_of_esri(&self) -> Option<String> {
        self.wkt(WktDialect::Esri)
    }

    /// Its definition as GDAL WKT 1, as in GeoPackage; `None` if that cannot express it.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Cgcs2000.wkt_of_gdal().unwrap().contains(r#"AUTHORITY["EPSG","4490"]"#));
    /// ```
    pub fn wkt_of_gdal(&self) -> Option<String> {
        self.wkt(WktDialect::Gdal)
    }

    fn wkt(&self, dialect: WktDialect) -> Option<String> {
        if self.is_shifted() {
            return Some(shifted_wkt(self));
        }
        let definition = self.projjson()?;
        // The wrapper panics if PROJ cannot express a CRS, so it is not called then.
        let method = definition["conversion"]["method"]["name"].as_str().unwrap_or_default();
        let axes = definition["coordinate_system"]["axis"].as_array().map_or(0, Vec::len);
        let is_sayable = definition["type"] == "GeographicCRS" && axes == 2
            || definition["type"] == "ProjectedCRS" && METHODS_OF_WKT_1.contains(&method);
        if is_sayable { with_proj::wkt(&self.proj_definition(), dialect) } else { None }
    }

    /// Its definition as PROJJSON.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!(Crs::Epsg(4549).projjson().unwrap()["id"]["code"], 4549);
    /// assert_eq!(Crs::Gcj02.projjson().unwrap()["name"], "GCJ-02");
    /// ```
    pub fn projjson(&self) -> Option<Value> {
        let definition = match self {
            // Longitude first, the order in which coordinates are written.
            Crs::Crs84 => "OGC:CRS84".into(),
            Crs::Defined(definition) => return serde_json::from_str(definition.projjson()).ok(),
            _ => self.proj_definition(),
        };
        serde_json::from_str(&with_proj::projjson(&definition)?).ok()
    }

    /// The text from which PROJ creates it.
    pub(super) fn proj_definition(&self) -> Cow<'_, str> {
        match (self, self.epsg()) {
            (Crs::Defined(definition), _) => definition.projjson().into(),
            (_, Some(code)) => format!("EPSG:{code}").into(),
            (_, None) => shifted_wkt(self).into(),
        }
    }
}

/// The projection methods that WKT 1 supports.
const METHODS_OF_WKT_1: [&str; 8] = [
    "Transverse Mercator",
    "Popular Visualisation Pseudo Mercator",
    "Mercator (variant A)",
    "Mercator (variant B)",
    "Lambert Conic Conformal (1SP)",
    "Lambert Conic Conformal (2SP)",
    "Albers Equal Area",
    "Lambert Azimuthal Equal Area",
];

/// The shifted systems have no register entry and no known datum. They get a name of their own, so that they are not
/// mistaken for another CRS.
fn shifted_wkt(crs: &Crs) -> String {
    format!(
        "GEOGCS[\"{crs}\",DATUM[\"{crs}\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
         PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_that_wkt_1_cannot_express_have_none() {
        // Hotine oblique Mercator, a system with heights, and a geocentric one.
        assert_eq!(Crs::Epsg(3375).wkt_of_esri(), None);
        assert_eq!((Crs::Epsg(4979).wkt_of_esri(), Crs::Epsg(4979).wkt_of_gdal()), (None, None));
        assert_eq!(Crs::Epsg(4978).wkt_of_gdal(), None);
        assert_eq!(Crs::Epsg(1).projjson(), None);
    }
}
