//! Writing CRS definitions for files: WKT 1 (OGC 01-009, in the ESRI and GDAL dialects) and PROJJSON.

use serde_json::Value;

use crate::crs::structure::parameter_deg;
use crate::crs::wkt_write::{self, WktDialect};
use crate::crs::{Crs, DatumShift, ShiftMethod, systems, with_proj};

impl Crs {
    /// Whether its coordinates are degrees. Unlike [`is_lon_lat`](Crs::is_lon_lat), it looks up EPSG entries.
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

    /// The area of use: west, south, east, north in degrees.
    pub(super) fn area_of_use_deg(&self) -> Option<[f64; 4]> {
        match self {
            Crs::Defined(_) => match self.datum_shift().map(DatumShift::method) {
                Some(ShiftMethod::Similarity(parameters)) => parameters.target.area_of_use_deg(),
                _ => self.strip_deg(),
            },
            _ => systems::area_of_use_deg(self).or_else(|| with_proj::area_of_use_deg(self)),
        }
    }

    /// The six-degree strip around the central meridian of a transverse Mercator: west, south, east, north, in degrees.
    fn strip_deg(&self) -> Option<[f64; 4]> {
        const WIDTH_DEG: f64 = 6.0;
        let definition = self.projjson()?;
        let conversion = &definition["conversion"];
        let meridian_deg = parameter_deg(conversion, "Longitude of natural origin")?;
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
            Crs::Defined(definition) => definition.epsg(),
            Crs::Gcj02 | Crs::Bd09 => None,
        }
    }

    /// Its definition as ESRI WKT 1, as in `.prj` files; `None` if that
    /// cannot express it, or PROJ would be needed and is not part of the build.
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

    /// Its definition as GDAL WKT 1, as in GeoPackage; `None` if that
    /// cannot express it, or PROJ would be needed and is not part of the build.
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
        wkt_write::wkt(self, dialect).or_else(|| with_proj::wkt(self, dialect))
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
        match self {
            Crs::Defined(definition) => serde_json::from_str(definition.projjson()).ok(),
            _ => systems::projjson(self).or_else(|| with_proj::definition(self)),
        }
    }
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
