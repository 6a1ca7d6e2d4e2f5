//! PROJ strings: `+proj=tmerc +lon_0=121 …`.
//!
//! Those of systems that this crate computes are read here. All are checked before they reach PROJ, which writes to
//! standard error if it cannot parse them: the safe crate `proj` (0.31) cannot silence it; only `proj-sys` binds
//! `proj_log_level`, as an unsafe function.

use serde_json::{Value, json};

use crate::crs::structure::{Datum, rounded_to_fifteen_digits};

/// The keys and values of a PROJ string.
struct Parts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Parts<'a> {
        let part = |part: &'a str| {
            let part = part.trim_start_matches('+');
            part.split_once('=').unwrap_or((part, ""))
        };
        Parts(text.split_whitespace().map(part).collect())
    }

    /// The first value of a key, as PROJ takes it.
    fn value(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|part| part.0 == key).map(|part| part.1)
    }

    /// A number to fifteen digits, or a default; `None` if it is not a number.
    fn number(&self, key: &str, default: f64) -> Option<f64> {
        let value = self.value(key).map_or(Some(default), |value| value.parse().ok());
        value.filter(|value: &f64| value.is_finite()).map(rounded_to_fifteen_digits)
    }

    /// An angle in degrees.
    fn angle_deg(&self, key: &str) -> Option<f64> {
        self.value(key).map_or(Some(0.0), angle_deg).map(rounded_to_fifteen_digits)
    }
}

/// The definition as PROJJSON, without axes that PROJ would name; `None` if it is not a system on CGCS2000 or WGS 84
/// that this crate computes. The ellipsoid of either implies its datum: PROJ itself writes CGCS2000 this way.
pub(super) fn projjson(text: &str) -> Option<Value> {
    let parts = Parts::of(text);
    if is_web_mercator(&parts) {
        return Some(projected(
            text,
            &Datum::Wgs84,
            json!({
                "method": {"name": "Popular Visualisation Pseudo Mercator"},
                "parameters": [
                    degrees("Latitude of natural origin", 0.0),
                    degrees("Longitude of natural origin", 0.0),
                    metres("False easting", 0.0),
                    metres("False northing", 0.0),
                ],
            }),
        ));
    }
    if !is_proj_string(text) {
        return None;
    }
    const KEYS: [&str; 18] = [
        "proj", "lat_0", "lon_0", "k", "k_0", "x_0", "y_0", "zone", "south", "ellps", "datum", "a", "rf", "towgs84",
        "units", "type", "no_defs", "wktext",
    ];
    if !parts.0.iter().all(|(key, _)| KEYS.contains(key)) || parts.value("units").is_some_and(|unit| unit != "m") {
        return None;
    }
    let datum = datum(&parts)?;
    let (meridian_deg, scale, false_easting_m, false_northing_m) = match parts.value("proj")? {
        "longlat" | "latlong" | "lonlat" | "latlon" => return is_plain(&parts).then(|| geographic(text, &datum)),
        "utm" if is_plain(&parts) => {
            let zone = parts.number("zone", f64::NAN)?;
            let false_northing_m = if parts.value("south").is_some() { 10_000_000.0 } else { 0.0 };
            (6.0 * zone - 183.0, 0.9996, 500_000.0, false_northing_m)
        }
        "tmerc" if parts.value("zone").is_none() && parts.value("south").is_none() => {
            let scale = parts.number(if parts.value("k_0").is_some() { "k_0" } else { "k" }, 1.0)?;
            (parts.angle_deg("lon_0")?, scale, parts.number("x_0", 0.0)?, parts.number("y_0", 0.0)?)
        }
        _ => return None,
    };
    let parameters = json!([
        degrees("Latitude of natural origin", parts.angle_deg("lat_0")?),
        degrees("Longitude of natural origin", meridian_deg),
        {"name": "Scale factor at natural origin", "value": scale, "unit": "unity"},
        metres("False easting", false_easting_m),
        metres("False northing", false_northing_m),
    ]);
    let conversion = json!({"method": {"name": "Transverse Mercator"}, "parameters": parameters});
    Some(projected(text, &datum, conversion))
}

/// The definition, as PROJJSON, of a system in degrees or a transverse Mercator projection on another ellipsoid, whose
/// datum is not known.
pub(super) fn on_other_ellipsoid(text: &str) -> Option<Value> {
    let parts = Parts::of(text);
    let (semi_major_m, inverse_flattening) = match (parts.value("ellps"), parts.value("a"), parts.value("rf")) {
        (Some("krass"), None, None) => (6_378_245.0, 298.3),
        (Some("IAU76"), None, None) => (6_378_140.0, 298.257),
        (None, Some(a), Some(rf)) => (a.parse::<f64>().ok()?, rf.parse::<f64>().ok()?),
        _ => return None,
    };
    // The same on CGCS2000, whose ellipsoid is then replaced.
    let others = text.split_whitespace().filter(|part| {
        let key = part.trim_start_matches('+').split('=').next().unwrap_or_default();
        !["ellps", "a", "rf"].contains(&key)
    });
    let mut definition = projjson(&format!("{} +ellps=GRS80", others.collect::<Vec<_>>().join(" ")))?;
    definition["name"] = text.into();
    let base = if definition["type"] == "ProjectedCRS" { &mut definition["base_crs"] } else { &mut definition };
    base["datum"]["name"] = "unknown".into();
    base["datum"]["ellipsoid"] =
        json!({"name": "unknown", "semi_major_axis": semi_major_m, "inverse_flattening": inverse_flattening});
    Some(definition)
}

/// Web Mercator as PROJ has it today, and as it is written for all software: a sphere, with the grid `@null` that keeps
/// latitudes as they are.
fn is_web_mercator(parts: &Parts<'_>) -> bool {
    let is = |key: &str, expected: f64| parts.number(key, expected) == Some(expected);
    let is_at_origin = is("lon_0", 0.0) && is("x_0", 0.0) && is("y_0", 0.0) && is("k", 1.0) && is("k_0", 1.0);
    let has_only = |known: &[&str]| {
        let common = ["proj", "lon_0", "x_0", "y_0", "k", "k_0", "units", "type", "no_defs", "wktext"];
        parts.0.iter().all(|(key, _)| common.contains(key) || known.contains(key))
    };
    let is_metres = parts.value("units").is_none_or(|unit| unit == "m");
    let is_method = match parts.value("proj") {
        Some("webmerc") => datum(parts) == Some(Datum::Wgs84) && has_only(&["ellps", "datum", "a", "rf"]),
        Some("merc") => {
            let is_sphere = ["a", "b"].iter().all(|axis| parts.number(axis, 0.0) == Some(6_378_137.0));
            let is_unshifted = parts.value("nadgrids") == Some("@null") && is("lat_ts", 0.0);
            is_sphere && is_unshifted && has_only(&["a", "b", "lat_ts", "nadgrids"])
        }
        _ => false,
    };
    is_method && is_at_origin && is_metres
}

/// Whether no parameter of a projection is given.
fn is_plain(parts: &Parts<'_>) -> bool {
    ["lat_0", "lon_0", "k", "k_0", "x_0", "y_0"].iter().all(|key| parts.value(key).is_none())
}

fn datum(parts: &Parts<'_>) -> Option<Datum> {
    let is_shifted = parts.value("towgs84").is_some_and(|shift| !shift.split(',').all(|by| by.parse() == Ok(0.0)));
    let size = (parts.value("a").map(str::parse::<f64>), parts.value("rf").map(str::parse::<f64>));
    match (parts.value("datum"), parts.value("ellps"), size) {
        _ if is_shifted => None,
        (Some("WGS84"), None | Some("WGS84"), (None, None)) if parts.value("towgs84").is_none() => Some(Datum::Wgs84),
        (None, Some("WGS84"), (None, None)) => Some(Datum::Wgs84),
        (None, Some("GRS80"), (None, None)) => Some(Datum::Cgcs2000),
        (None, None, (Some(Ok(6_378_137.0)), Some(Ok(Datum::WGS84)))) => Some(Datum::Wgs84),
        (None, None, (Some(Ok(6_378_137.0)), Some(Ok(Datum::CGCS2000)))) => Some(Datum::Cgcs2000),
        _ => None,
    }
}

/// An angle in degrees, or in degrees, minutes and seconds: `120d30'E`.
fn angle_deg(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let (text, is_negative) = match text.strip_suffix(['W', 'S']) {
        Some(text) => (text, true),
        None => (text.strip_suffix(['E', 'N']).unwrap_or(text), text.starts_with('-')),
    };
    let text = text.trim_start_matches('-');
    let (degrees, rest) = text.split_once('d').unwrap_or((text, ""));
    let (minutes, rest) = rest.split_once('\'').unwrap_or(("", rest));
    let seconds = rest.trim_end_matches('"');
    let part = |part: &str| if part.is_empty() { Some(0.0) } else { part.parse::<f64>().ok() };
    let value = part(degrees)? + part(minutes)? / 60.0 + part(seconds)? / 3600.0;
    Some(if is_negative { -value } else { value })
}

fn degrees(name: &str, value: f64) -> Value {
    json!({"name": name, "value": value, "unit": "degree"})
}

fn metres(name: &str, value: f64) -> Value {
    json!({"name": name, "value": value, "unit": "metre"})
}

fn geographic(name: &str, datum: &Datum) -> Value {
    let (datum, inverse_flattening) = match datum {
        Datum::Wgs84 => ("World Geodetic System 1984", Datum::WGS84),
        _ => ("CGCS2000", Datum::CGCS2000),
    };
    let axis = |name: &str, abbreviation: &str, direction: &str| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": "degree"});
    json!({
        "type": "GeographicCRS",
        "name": name,
        "datum": {
            "type": "GeodeticReferenceFrame",
            "name": datum,
            "ellipsoid": {"semi_major_axis": 6_378_137, "inverse_flattening": inverse_flattening},
        },
        "coordinate_system": {
            "subtype": "ellipsoidal",
            "axis": [axis("Longitude", "lon", "east"), axis("Latitude", "lat", "north")],
        },
    })
}

fn projected(name: &str, datum: &Datum, conversion: Value) -> Value {
    let axis = |name: &str, abbreviation: &str, direction: &str| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": "metre"});
    json!({
        "type": "ProjectedCRS",
        "name": name,
        "base_crs": geographic("unknown", datum),
        "conversion": conversion,
        "coordinate_system": {
            "subtype": "Cartesian",
            "axis": [axis("Easting", "E", "east"), axis("Northing", "N", "north")],
        },
    })
}

/// Whether a text is a PROJ string of a single projection with numbers, ellipsoids, datums and units only: no files and
/// no pipeline steps.
pub(super) fn is_proj_string(text: &str) -> bool {
    let parts = Parts::of(text);
    let value = |key: &str| parts.value(key);
    let number = |key: &str| value(key).and_then(|value| value.parse::<f64>().ok());
    let has_two_parallels = || {
        let first = number("lat_1").unwrap_or(0.0);
        (first + number("lat_2").unwrap_or(first)).abs() > 1e-9
    };
    let is_complete = match value("proj").unwrap_or_default() {
        "utm" => number("zone").is_some(),
        "lcc" | "aea" | "eqdc" => has_two_parallels(),
        name => PROJECTIONS.contains(&name),
    };
    is_complete && parts.0.iter().all(|&(key, value)| is_well_formed(key, value))
}

/// Whether a key of a PROJ string may have a value.
fn is_well_formed(key: &str, value: &str) -> bool {
    let number = || value.parse::<f64>().ok().filter(|number| number.is_finite());
    // Degrees, minutes and seconds as PROJ writes them: 120d30'E.
    let is_angle = || {
        let is_part = |c: char| c.is_ascii_digit() || ".d'\"".contains(c);
        let bare = value.trim_start_matches('-').trim_end_matches(['N', 'S', 'E', 'W']);
        number().is_some() || bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().all(is_part)
    };
    match key {
        "proj" => true,
        "lat_0" | "lat_1" | "lat_2" | "lat_ts" => is_angle() && number().is_none_or(|lat| lat.abs() <= 90.0),
        "lon_0" | "lonc" | "alpha" | "gamma" => is_angle(),
        "x_0" | "y_0" => number().is_some(),
        "k" | "k_0" | "a" | "b" | "R" | "to_meter" => number().is_some_and(|number| number > 0.0),
        "rf" => number().is_some_and(|number| number > 1.0),
        "zone" => value.parse::<u8>().is_ok_and(|zone| (1..=60).contains(&zone)),
        "towgs84" => {
            let mut numbers = value.split(',');
            [3, 7].contains(&value.split(',').count()) && numbers.all(|number| number.parse::<f64>().is_ok())
        }
        "ellps" => ELLIPSOIDS.contains(&value),
        "datum" => DATUMS.contains(&value),
        "units" => UNITS.contains(&value),
        "type" => value == "crs",
        "south" | "no_defs" | "wktext" => value.is_empty(),
        _ => false,
    }
}

const PROJECTIONS: [&str; 22] = [
    "longlat", "latlong", "lonlat", "latlon", "tmerc", "etmerc", "utm", "merc", "webmerc", "lcc", "aea", "laea",
    "omerc", "eqc", "cea", "sinu", "cass", "poly", "aeqd", "stere", "gnom", "robin",
];
const ELLIPSOIDS: [&str; 20] = [
    "GRS80",
    "WGS84",
    "krass",
    "IAU76",
    "WGS72",
    "WGS66",
    "WGS60",
    "GRS67",
    "bessel",
    "intl",
    "clrk66",
    "clrk80",
    "clrk80ign",
    "airy",
    "mod_airy",
    "evrst30",
    "aust_SA",
    "helmert",
    "hough",
    "sphere",
];
const DATUMS: [&str; 10] =
    ["WGS84", "NAD83", "NAD27", "GGRS87", "potsdam", "carthage", "hermannskogel", "ire65", "nzgd49", "OSGB36"];
const UNITS: [&str; 10] = ["m", "km", "dm", "cm", "mm", "ft", "us-ft", "mi", "us-mi", "kmi"];
