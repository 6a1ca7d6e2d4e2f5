//! The definitions of systems that files carry, written and recognised: WKT (OGC 01-009, in ESRI's and
//! GDAL's words) and PROJJSON.

use serde_json::Value;

use crate::crs::Crs;
use crate::crs::transform::{self, Wording};

/// The system that a file declares: none, one that is known, or the name of one that is not.
pub(crate) type Declared = Result<Option<Crs>, String>;

/// Longer texts are no definitions.
const LONGEST: usize = 1 << 16;

impl Crs {
    /// Whether its coordinates are degrees. Unlike [`is_lon_lat`](Crs::is_lon_lat) it asks PROJ about an
    /// EPSG entry.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Epsg(4258).is_degrees()); // ETRS89
    /// assert!(!Crs::Epsg(4549).is_degrees());
    /// ```
    pub fn is_degrees(self) -> bool {
        let is_geographic = || self.projjson().is_some_and(|definition| definition["type"] == "GeographicCRS");
        self.is_lon_lat() || is_geographic()
    }

    /// The decimals that hold a tenth of a millimetre.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!(Crs::Crs84.fine_decimals(), 9);
    /// assert_eq!(Crs::Epsg(4549).fine_decimals(), 4);
    /// ```
    pub fn fine_decimals(self) -> usize {
        if self.is_degrees() { 9 } else { 4 }
    }

    /// Its code in the EPSG register, where it is an entry.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!((Crs::Crs84.epsg(), Crs::Bd09.epsg()), (Some(4326), None));
    /// ```
    pub fn epsg(self) -> Option<u32> {
        match self {
            Crs::Crs84 => Some(4326),
            Crs::Cgcs2000 => Some(4490),
            Crs::Epsg(code) => Some(code),
            Crs::Gcj02 | Crs::Bd09 => None,
        }
    }

    /// Its definition as WKT 1 in ESRI's words, as a `.prj` file has it; none where these know none.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// let wkt = Crs::Epsg(4549).wkt_of_esri().unwrap();
    /// assert!(wkt.starts_with(r#"PROJCS["CGCS2000_3_Degree_GK_CM_120E""#));
    /// ```
    pub fn wkt_of_esri(self) -> Option<String> {
        self.wkt(Wording::Esri)
    }

    /// Its definition as WKT 1 in GDAL's words, as a GeoPackage has it; none where these know none.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Cgcs2000.wkt_of_gdal().unwrap().contains(r#"AUTHORITY["EPSG","4490"]"#));
    /// ```
    pub fn wkt_of_gdal(self) -> Option<String> {
        self.wkt(Wording::Gdal)
    }

    fn wkt(self, wording: Wording) -> Option<String> {
        let Some(code) = self.epsg() else { return Some(shifted_wkt(self)) };
        let definition = self.projjson()?;
        // PROJ's way to say that it has no words is one that this crate does not survive.
        let method = definition["conversion"]["method"]["name"].as_str().unwrap_or_default();
        let axes = definition["coordinate_system"]["axis"].as_array().map_or(0, Vec::len);
        let is_sayable = definition["type"] == "GeographicCRS" && axes == 2
            || definition["type"] == "ProjectedCRS" && METHODS_OF_WKT_1.contains(&method);
        if is_sayable { transform::wkt(&format!("EPSG:{code}"), wording) } else { None }
    }

    /// Its definition as PROJJSON.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert_eq!(Crs::Epsg(4549).projjson().unwrap()["id"]["code"], 4549);
    /// assert_eq!(Crs::Gcj02.projjson().unwrap()["name"], "GCJ-02");
    /// ```
    pub fn projjson(self) -> Option<Value> {
        let definition = match (self, self.epsg()) {
            // Longitude first, as coordinates are written.
            (Crs::Crs84, _) => "OGC:CRS84".to_owned(),
            (_, Some(code)) => format!("EPSG:{code}"),
            (_, None) => shifted_wkt(self),
        };
        serde_json::from_str(&transform::projjson(&definition)?).ok()
    }

    /// The system of a definition as WKT, of whatever version and wording.
    pub(crate) fn of_wkt(wkt: &str) -> Declared {
        if wkt.trim().is_empty() {
            return Ok(None);
        }
        let name = || wkt.split('"').nth(1).unwrap_or(wkt).trim().chars().take(80).collect::<String>();
        // PROJ talks on standard error about what is no WKT at all.
        let keyword = wkt.trim_start().split(['[', '(']).next().unwrap_or_default().trim_end();
        let is_wkt = KEYWORDS.contains(&keyword.to_ascii_uppercase().as_str()) && wkt.len() < LONGEST;
        let projjson = is_wkt.then(|| transform::projjson(wkt)).flatten();
        let projjson = projjson.and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(name)?;
        Crs::of_projjson(&projjson)
    }

    /// The system of a definition as PROJJSON.
    pub(crate) fn of_projjson(definition: &Value) -> Declared {
        if definition.is_null() {
            return Ok(None);
        }
        let name = definition["name"].as_str().unwrap_or("a system without a name").to_owned();
        match name.as_str() {
            "GCJ-02" => return Ok(Some(Crs::Gcj02)),
            "BD-09" => return Ok(Some(Crs::Bd09)),
            _ => {}
        }
        let known = match (&definition["id"]["authority"], &definition["id"]["code"]) {
            (Value::String(authority), Value::Number(code)) if authority == "EPSG" => {
                format!("EPSG:{code}").parse().ok()
            }
            (Value::String(authority), Value::String(code)) if authority == "OGC" => code.parse().ok(),
            _ => by_structure(definition),
        };
        known.map(Some).ok_or(name)
    }
}

/// The words that a definition as WKT begins with.
const KEYWORDS: [&str; 12] = [
    "PROJCS",
    "GEOGCS",
    "COMPD_CS",
    "LOCAL_CS",
    "GEOCCS",
    "PROJCRS",
    "GEOGCRS",
    "GEODCRS",
    "BASEGEOGCRS",
    "COMPOUNDCRS",
    "BOUNDCRS",
    "ENGCRS",
];

/// The projection methods that WKT 1 has words for.
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

/// The shifted systems have no entry in a register, and no datum that could be told: a name of their own,
/// so that they are not taken for something else.
fn shifted_wkt(crs: Crs) -> String {
    format!(
        "GEOGCS[\"{crs}\",DATUM[\"{crs}\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
         PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]"
    )
}

/// A system of China, or a common one of WGS 84, by what its definition says.
fn by_structure(definition: &Value) -> Option<Crs> {
    let datum_of = |geographic: &Value| match &geographic["datum_ensemble"]["name"] {
        Value::String(name) => Some(name.clone()),
        _ => geographic["datum"]["name"].as_str().map(str::to_owned),
    };
    let lon_lat = |datum: Option<String>| {
        let datum: String = datum?.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let is = |names: [&str; 3]| names.iter().any(|name| datum.contains(name));
        if is(["china2000", "chinageodetic", "cgcs2000"]) {
            Some(Crs::Cgcs2000)
        } else {
            is(["worldgeodeticsystem1984", "wgs1984", "wgs84"]).then_some(Crs::Crs84)
        }
    };
    if definition["type"] == "GeographicCRS" {
        return lon_lat(datum_of(definition));
    }
    let base = lon_lat(datum_of(&definition["base_crs"]))?;
    let unit = &definition["coordinate_system"]["axis"][0]["unit"];
    let is_metre = unit == "metre" || unit["conversion_factor"].as_f64() == Some(1.0);
    if definition["type"] != "ProjectedCRS" || !is_metre {
        return None;
    }
    let conversion = &definition["conversion"];
    let parameter = |name: &str| {
        let parameters = conversion["parameters"].as_array()?;
        parameters.iter().find(|parameter| parameter["name"] == name)?["value"].as_f64()
    };
    match conversion["method"]["name"].as_str()? {
        "Popular Visualisation Pseudo Mercator" if base == Crs::Crs84 => Some(Crs::Epsg(3857)),
        "Transverse Mercator" if parameter("Latitude of natural origin") == Some(0.0) => {
            let meridian_deg = parameter("Longitude of natural origin")?;
            let scale = parameter("Scale factor at natural origin")?;
            let false_easting = parameter("False easting")?;
            transverse_mercator(base, meridian_deg, scale, false_easting, parameter("False northing")?)
        }
        _ => None,
    }
}

fn transverse_mercator(
    base: Crs,
    meridian_deg: f64,
    scale: f64,
    false_easting_m: f64,
    false_northing_m: f64,
) -> Option<Crs> {
    let whole = |value: f64| (value.fract() == 0.0).then_some(value as i64);
    if base == Crs::Crs84 && scale == 0.9996 && false_easting_m == 500_000.0 {
        let zone = whole((meridian_deg + 183.0) / 6.0).filter(|zone| (1..=60).contains(zone))?;
        let first = match false_northing_m {
            0.0 => 32_600,
            10_000_000.0 => 32_700,
            _ => return None,
        };
        return u32::try_from(first + zone).ok().map(Crs::Epsg);
    }
    if base != Crs::Cgcs2000 || scale != 1.0 || false_northing_m != 0.0 {
        return None;
    }
    // Zones of 3 degrees: 25 to 45 around 75° to 135°; of 6 degrees: 13 to 23.
    let zone = whole(meridian_deg / 3.0).filter(|zone| (25..=45).contains(zone))?;
    let prefix = whole((false_easting_m - 500_000.0) / 1e6)?;
    let code = if prefix == 0 {
        4534 + zone - 25
    } else if prefix == zone {
        4513 + zone - 25
    } else if (13..=23).contains(&prefix) && meridian_deg == (6 * prefix - 3) as f64 {
        4491 + prefix - 13
    } else {
        return None;
    };
    u32::try_from(code).ok().map(Crs::Epsg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_recognised() {
        let codes = [4549, 4528, 4529, 4550, 4513, 4554, 4491, 32651, 32751, 3857, 4258];
        let systems = codes.map(Crs::Epsg).into_iter();
        for crs in systems.chain([Crs::Crs84, Crs::Cgcs2000, Crs::Gcj02, Crs::Bd09]) {
            assert_eq!(Crs::of_projjson(&crs.projjson().unwrap()), Ok(Some(crs)), "{crs}");
            assert_eq!(Crs::of_wkt(&crs.wkt_of_gdal().unwrap()), Ok(Some(crs)), "{crs}");
            if crs != Crs::Epsg(4258) {
                assert_eq!(Crs::of_wkt(&crs.wkt_of_esri().unwrap()), Ok(Some(crs)), "{crs}");
            }
        }
    }

    /// In ESRI's words there are no codes: the parameters tell.
    #[test]
    fn words_of_other_software_are_understood() {
        let gk = |false_easting: &str, meridian: &str, datum: &str| {
            format!(
                "PROJCS[\"a name of its own\",GEOGCS[\"{datum}\",DATUM[\"{datum}\",SPHEROID[\"S\",6378137,298.257222101]],\
                 PRIMEM[\"Greenwich\",0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Gauss_Kruger\"],\
                 PARAMETER[\"False_Easting\",{false_easting}],PARAMETER[\"False_Northing\",0],\
                 PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",1],\
                 PARAMETER[\"Latitude_Of_Origin\",0],UNIT[\"Meter\",1]]"
            )
        };
        assert_eq!(Crs::of_wkt(&gk("40500000", "120", "D_China_2000")), Ok(Some(Crs::Epsg(4528))));
        assert_eq!(Crs::of_wkt(&gk("500000", "123", "D_CGCS2000")), Ok(Some(Crs::Epsg(4550))));
        assert_eq!(Crs::of_wkt(&gk("20500000", "117", "CGCS_2000")), Ok(Some(Crs::Epsg(4498))));
        // A zone with the prefix of another, a local meridian, another datum.
        for (easting, meridian, datum) in
            [("41500000", "120", "D_China_2000"), ("500000", "121", "D_China_2000"), ("500000", "120", "D_Xian_1980")]
        {
            assert_eq!(Crs::of_wkt(&gk(easting, meridian, datum)), Err("a name of its own".to_owned()));
        }
        assert_eq!(Crs::of_wkt("no wkt"), Err("no wkt".to_owned()));
        assert_eq!(Crs::of_wkt(" "), Ok(None));
    }

    #[test]
    fn what_wkt_1_cannot_say_is_not_said() {
        // Hotine oblique Mercator, a system with heights, and a geocentric one.
        assert_eq!(Crs::Epsg(3375).wkt_of_esri(), None);
        assert_eq!((Crs::Epsg(4979).wkt_of_esri(), Crs::Epsg(4979).wkt_of_gdal()), (None, None));
        assert_eq!(Crs::Epsg(4978).wkt_of_gdal(), None);
        assert_eq!(Crs::Epsg(1).projjson(), None);
    }
}
