//! The datums of China before CGCS2000, and the systems on them that have EPSG codes: degrees, and Gauss-Krüger zones.
//! Without parameters of their own (`DatumShift`) they cannot be used.

use serde_json::{Value, json};

use crate::crs::GaussKruegerZone;
use crate::crs::helmert::Ellipsoid;
use crate::crs::names::earlier_datum;
use crate::crs::structure::Datum;

/// A datum before CGCS2000.
///
/// ```
/// use taizhou_corridor::crs::EarlierDatum;
///
/// assert_eq!(EarlierDatum::of_name("1980西安坐标系"), Some(EarlierDatum::Xian1980));
/// assert_eq!(EarlierDatum::Beijing1954.to_string(), "Beijing 1954");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EarlierDatum {
    /// Beijing 1954 (1954北京坐标系), on the ellipsoid of Krasovsky.
    Beijing1954,
    /// Xi'an 1980 (1980西安坐标系), on the ellipsoid of the IAG of 1975.
    Xian1980,
    /// New Beijing (新1954北京坐标系), on the ellipsoid of Krasovsky.
    NewBeijing,
}

impl EarlierDatum {
    const ALL: [EarlierDatum; 3] = [EarlierDatum::Beijing1954, EarlierDatum::Xian1980, EarlierDatum::NewBeijing];

    /// The name in the EPSG register.
    pub fn as_str(self) -> &'static str {
        match self {
            EarlierDatum::Beijing1954 => "Beijing 1954",
            EarlierDatum::Xian1980 => "Xian 1980",
            EarlierDatum::NewBeijing => "New Beijing",
        }
    }

    /// The datum with this name, or a name of a system on it, in English or Chinese.
    pub fn of_name(name: &str) -> Option<EarlierDatum> {
        EarlierDatum::ALL.into_iter().find(|datum| datum.as_str() == name).or_else(|| earlier_datum(name))
    }

    /// The datum of a system by its EPSG code.
    pub fn of_code(code: u32) -> Option<EarlierDatum> {
        match code {
            4555 | 4568..=4589 | 4652..=4656 | 4766..=4800 | 4812 | 4822 => Some(EarlierDatum::NewBeijing),
            4214 => Some(EarlierDatum::Beijing1954),
            4610 => Some(EarlierDatum::Xian1980),
            code => zone_of_code(code).map(|(datum, _)| datum),
        }
    }

    pub(super) fn ellipsoid(self) -> Ellipsoid {
        match self {
            EarlierDatum::Beijing1954 | EarlierDatum::NewBeijing => KRASOVSKY,
            EarlierDatum::Xian1980 => IAG_1975,
        }
    }
}

impl std::fmt::Display for EarlierDatum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Krassowsky 1940: EPSG 7024.
const KRASOVSKY: Ellipsoid = Ellipsoid { semi_major_m: 6_378_245.0, inverse_flattening: 298.3 };

/// IAG 1975: EPSG 7049.
const IAG_1975: Ellipsoid = Ellipsoid { semi_major_m: 6_378_140.0, inverse_flattening: 298.257 };

/// CGCS2000: EPSG 1024.
pub(super) const CGCS2000: Ellipsoid = Ellipsoid { semi_major_m: 6_378_137.0, inverse_flattening: Datum::CGCS2000 };

/// The zone of an EPSG code on Beijing 1954 or Xi'an 1980.
pub(super) fn zone_of_code(code: u32) -> Option<(EarlierDatum, GaussKruegerZone)> {
    let (datum, number, has_prefix) = match code {
        2401..=2421 => (EarlierDatum::Beijing1954, code - 2401 + 25, true),
        2422..=2442 => (EarlierDatum::Beijing1954, code - 2422 + 25, false),
        21_413..=21_423 => (EarlierDatum::Beijing1954, code - 21_413 + 13, true),
        21_453..=21_463 => (EarlierDatum::Beijing1954, code - 21_453 + 13, false),
        // Retired entries of the same systems.
        21_473..=21_483 => (EarlierDatum::Beijing1954, code - 21_473 + 13, false),
        2327..=2337 => (EarlierDatum::Xian1980, code - 2327 + 13, true),
        2338..=2348 => (EarlierDatum::Xian1980, code - 2338 + 13, false),
        2349..=2369 => (EarlierDatum::Xian1980, code - 2349 + 25, true),
        2370..=2390 => (EarlierDatum::Xian1980, code - 2370 + 25, false),
        _ => return None,
    };
    Some((datum, GaussKruegerZone { number, has_prefix }))
}

/// The EPSG code of a zone on Beijing 1954 or Xi'an 1980.
pub(super) fn code_of_zone(datum: EarlierDatum, zone: GaussKruegerZone) -> Option<u32> {
    let first = match datum {
        EarlierDatum::Beijing1954 => 2401..=21_463,
        EarlierDatum::Xian1980 => 2327..=2390,
        EarlierDatum::NewBeijing => return None,
    };
    first.into_iter().find(|&code| zone_of_code(code) == Some((datum, zone)))
}

/// The definition of an entry as PROJJSON.
pub(super) fn projjson(code: u32) -> Option<Value> {
    let geographic = |datum: EarlierDatum| {
        let Ellipsoid { semi_major_m, inverse_flattening } = datum.ellipsoid();
        let ellipsoid = match datum {
            EarlierDatum::Xian1980 => "IAG 1975",
            EarlierDatum::Beijing1954 | EarlierDatum::NewBeijing => "Krassowsky 1940",
        };
        let axis = |name: &str, abbreviation: &str, direction: &str| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": "degree"});
        json!({
            "type": "GeographicCRS",
            "name": datum.as_str(),
            "datum": {
                "type": "GeodeticReferenceFrame",
                "name": datum.as_str(),
                "ellipsoid": {
                    "name": ellipsoid,
                    "semi_major_axis": semi_major_m,
                    "inverse_flattening": inverse_flattening,
                },
            },
            "coordinate_system": {
                "subtype": "ellipsoidal",
                "axis": [axis("Geodetic latitude", "Lat", "north"), axis("Geodetic longitude", "Lon", "east")],
            },
            "id": {"authority": "EPSG", "code": if datum == EarlierDatum::Xian1980 { 4610 } else { 4214 }},
        })
    };
    match code {
        4214 => return Some(geographic(EarlierDatum::Beijing1954)),
        4610 => return Some(geographic(EarlierDatum::Xian1980)),
        _ => {}
    }
    let (datum, zone) = zone_of_code(code)?;
    let width = if zone.width_deg() == 3 { "3-degree " } else { "" };
    let strip = match zone.has_prefix {
        true => format!("zone {}", zone.number),
        false => format!("CM {}E", zone.central_meridian_deg()),
    };
    let parameter = |name: &str, value: f64, unit: &str| json!({"name": name, "value": value, "unit": unit});
    let axis = |name: &str, abbreviation: &str, direction: &str| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": "metre"});
    Some(json!({
        "type": "ProjectedCRS",
        "name": format!("{datum} / {width}Gauss-Kruger {strip}"),
        "base_crs": geographic(datum),
        "conversion": {
            "name": format!("{width}Gauss-Kruger {strip}"),
            "method": {"name": "Transverse Mercator"},
            "parameters": [
                parameter("Latitude of natural origin", 0.0, "degree"),
                parameter("Longitude of natural origin", f64::from(zone.central_meridian_deg()), "degree"),
                parameter("Scale factor at natural origin", 1.0, "unity"),
                parameter("False easting", zone.false_easting_m(), "metre"),
                parameter("False northing", 0.0, "metre"),
            ],
        },
        "coordinate_system": {"subtype": "Cartesian", "axis": [axis("Northing", "X", "north"), axis("Easting", "Y", "east")]},
        "id": {"authority": "EPSG", "code": code},
    }))
}
