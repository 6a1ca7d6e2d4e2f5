//! Analysis of PROJJSON definitions: the datum, the matching EPSG entry, and a rebuilt definition with numbers and
//! names only.

use serde_json::{Map, Value, json};

use crate::crs::Crs;
use crate::crs::helmert::Ellipsoid;
use crate::crs::names::{crs_of_name, datum_of_name, plain_name};
use crate::crs::register::is_system;

/// The register entry whose code a definition has, unless it contradicts the entry.
pub(super) fn by_id(definition: &Value) -> Option<Crs> {
    let ids = definition["ids"].as_array().map_or(&[][..], Vec::as_slice);
    let named = std::iter::once(&definition["id"]).chain(ids).find_map(|id| {
        let code = match &id["code"] {
            Value::String(code) => code.clone(),
            code => code.as_u64()?.to_string(),
        };
        match id["authority"].as_str()? {
            "EPSG" => crs_of_name(&format!("EPSG:{code}")).filter(|crs| crs.epsg().is_some_and(is_system)),
            "OGC" => crs_of_name(&format!("OGC:{code}")),
            _ => None,
        }
    });
    named.filter(|crs| !contradicts(definition, crs))
}

/// Whether a definition differs from its register entry in ellipsoid, datum name or parameters: then its code is stale.
fn contradicts(definition: &Value, named: &Crs) -> bool {
    let Some(registered) = named.projjson() else { return false };
    // Compared to fifteen or ten digits, the precision of common software.
    let differ = |a: Option<f64>, b: Option<f64>| matches!((a, b), (Some(a), Some(b)) if (a - b).abs() > 1e-8 * b.abs().max(1.0));
    let (ours, theirs) = (geographic_of(definition), geographic_of(&registered));
    let has_other_parameter = parameters(definition).iter().any(|parameter| {
        let same = parameters(&registered).iter().find(|registered| registered["name"] == parameter["name"]);
        let value = |parameter: &Value| Some(parameter["value"].as_f64()? * scale_of(&parameter["unit"])?);
        same.is_some_and(|registered| differ(value(parameter), value(registered)))
    });
    has_other_parameter
        || differ(semi_major_axis(ours), semi_major_axis(theirs))
        || datum_of_name(datum_name(ours)) != datum_of_name(datum_name(theirs))
}

fn geographic_of(definition: &Value) -> &Value {
    if definition["type"] == "ProjectedCRS" { &definition["base_crs"] } else { definition }
}

fn parameters(definition: &Value) -> &[Value] {
    definition["conversion"]["parameters"].as_array().map_or(&[][..], Vec::as_slice)
}

/// The semi-major axis of the ellipsoid in metres, if it is a plain number.
pub(super) fn semi_major_axis(geographic: &Value) -> Option<f64> {
    frame(geographic)["ellipsoid"]["semi_major_axis"].as_f64()
}

/// The ellipsoid of a datum on the meridian of Greenwich.
pub(super) fn ellipsoid_of(geographic: &Value) -> Option<Ellipsoid> {
    let frame = frame(geographic);
    let meridian = &frame["prime_meridian"];
    let is_greenwich = meridian.is_null() || meridian["longitude"].as_f64() == Some(0.0);
    let number = |key: &str| frame["ellipsoid"][key].as_f64().filter(|value| value.is_finite());
    let semi_major_m = number("semi_major_axis")?;
    let inverse_flattening = match number("inverse_flattening") {
        Some(value) => value,
        None => semi_major_m / (semi_major_m - number("semi_minor_axis")?),
    };
    let is_earth = (6.3e6..6.5e6).contains(&semi_major_m) && (200.0..400.0).contains(&inverse_flattening);
    (is_greenwich && is_earth).then_some(Ellipsoid { semi_major_m, inverse_flattening })
}

/// Whether a datum has the name of CGCS2000.
pub(super) fn is_name_of_cgcs2000(name: &str) -> bool {
    let plain = plain_name(name);
    ["china2000", "chinageodetic", "cgcs2000", "2000国家大地"].iter().any(|name| plain.contains(name))
}

/// The datum of a CRS.
#[derive(Debug, PartialEq)]
pub(super) enum Datum {
    Cgcs2000,
    Wgs84,
    Other,
}

impl Datum {
    /// Inverse flattenings. The semi-major axis of both is 6,378,137 m.
    pub(super) const CGCS2000: f64 = 298.257_222_101;
    pub(super) const WGS84: f64 = 298.257_223_563;

    /// Determined by name and ellipsoid: a local plane at a town's mean elevation keeps the name but has another
    /// ellipsoid.
    pub(super) fn of(geographic: &Value) -> Datum {
        let frame = frame(geographic);
        let plain = plain_name(datum_name(geographic));
        let is_wgs84 = ["worldgeodeticsystem1984", "wgs1984", "wgs84"].iter().any(|name| plain.contains(name));
        let meridian = &frame["prime_meridian"];
        let is_greenwich = meridian.is_null() || meridian["longitude"].as_f64() == Some(0.0);
        let has = |inverse_flattening| is_greenwich && has_ellipsoid(&frame["ellipsoid"], inverse_flattening);
        if is_name_of_cgcs2000(&plain) && (has(Datum::CGCS2000) || has(Datum::WGS84)) {
            Datum::Cgcs2000
        } else if is_wgs84 && has(Datum::WGS84) {
            Datum::Wgs84
        } else {
            Datum::Other
        }
    }
}

fn frame(geographic: &Value) -> &Value {
    if geographic["datum_ensemble"].is_object() { &geographic["datum_ensemble"] } else { &geographic["datum"] }
}

pub(super) fn datum_name(geographic: &Value) -> &str {
    frame(geographic)["name"].as_str().unwrap_or("?")
}

/// Whether a datum on the ellipsoid of CGCS2000 or WGS 84 is declared as unknown.
pub(super) fn is_unknown_datum(geographic: &Value) -> bool {
    let name = plain_name(datum_name(geographic));
    let name = name.strip_prefix('d').unwrap_or(&name);
    let ellipsoid = &frame(geographic)["ellipsoid"];
    let is_modern = has_ellipsoid(ellipsoid, Datum::CGCS2000) || has_ellipsoid(ellipsoid, Datum::WGS84);
    is_modern
        && ["unknown", "notspecified", "unnamed", "userdefined", "custom", "grs1980"]
            .iter()
            .any(|no| name.starts_with(no))
}

/// Whether an ellipsoid has the size of CGCS2000 and WGS 84 and a given inverse flattening.
pub(super) fn has_ellipsoid(ellipsoid: &Value, inverse_flattening: f64) -> bool {
    let is =
        |key: &str, value: f64, tolerance: f64| ellipsoid[key].as_f64().is_some_and(|x| (x - value).abs() < tolerance);
    is("semi_major_axis", 6_378_137.0, 1e-4) && is("inverse_flattening", inverse_flattening, 5e-7)
}

/// Rebuilds a definition from known elements: numbers with their units, and names. `None` if it has others.
pub(super) fn plain(definition: &Value, datum: &Datum, is_projected: bool) -> Option<Value> {
    let geographic = if is_projected { &definition["base_crs"] } else { definition };
    let registered = match datum {
        Datum::Cgcs2000 => Some(Crs::Cgcs2000),
        Datum::Wgs84 => Some(Crs::Crs84),
        Datum::Other => by_id(geographic),
    };
    // From the register entry if there is one; otherwise from its datum.
    let base = match registered.and_then(|crs| crs.epsg()) {
        Some(code) => {
            let mut base = Crs::Epsg(code).projjson()?;
            base.as_object_mut()?.remove("$schema");
            base
        }
        None => geographic_crs(geographic)?,
    };
    if !is_projected {
        return Some(base);
    }
    let conversion = &definition["conversion"];
    let method = known_name(&conversion["method"]["name"])?;
    let mut parameters = vec![];
    for parameter in conversion["parameters"].as_array().map_or(&[][..], Vec::as_slice) {
        let (name, value) =
            (known_name(&parameter["name"])?, parameter["value"].as_f64().filter(|value| value.is_finite())?);
        parameters.push(json!({"name": name, "value": value, "unit": unit(&parameter["unit"])?}));
    }
    parameters.sort_by_key(|parameter| parameter["name"].to_string());
    Some(json!({
        "type": "ProjectedCRS",
        "name": definition["name"].as_str()?,
        "base_crs": base,
        "conversion": {"name": "unnamed", "method": {"name": method}, "parameters": parameters},
        "coordinate_system": axes(&definition["coordinate_system"])?,
    }))
}

/// The parameters that determine the coordinates of a rebuilt definition, without its name and axis names.
pub(super) fn essence(definition: &Value) -> String {
    let base = geographic_of(definition);
    let parameter =
        |parameter: &Value| (parameter["name"].clone(), parameter["value"].clone(), scale_of(&parameter["unit"]));
    let mut axes: Vec<String> = definition["coordinate_system"]["axis"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|axis| format!("{} {:?}", axis["direction"], scale_of(&axis["unit"])))
        .collect();
    axes.sort();
    let method = &definition["conversion"]["method"]["name"];
    let parameters: Vec<_> = parameters(definition).iter().map(parameter).collect();
    format!("{} {method} {parameters:?} {axes:?}", frame(base))
}

/// Rebuilds a geographic CRS that is in no register.
fn geographic_crs(definition: &Value) -> Option<Value> {
    let frame = frame(definition);
    let ellipsoid = keep_keys(&frame["ellipsoid"], &["name", "semi_major_axis", "inverse_flattening", "radius"])?;
    let mut datum = json!({"type": "GeodeticReferenceFrame", "name": frame["name"].as_str()?, "ellipsoid": ellipsoid});
    if !frame["prime_meridian"].is_null() {
        // Its longitude may have a unit, which would be lost.
        frame["prime_meridian"]["longitude"].as_f64()?;
        datum["prime_meridian"] = keep_keys(&frame["prime_meridian"], &["name", "longitude"])?;
    }
    let (name, axes) = (definition["name"].as_str()?, axes(&definition["coordinate_system"])?);
    Some(json!({"type": "GeographicCRS", "name": name, "datum": datum, "coordinate_system": axes}))
}

/// The texts and numbers of an object with these keys only.
fn keep_keys(object: &Value, keys: &[&str]) -> Option<Value> {
    let object = object.as_object()?;
    let mut kept = Map::new();
    for &key in keys {
        match object.get(key) {
            Some(value @ (Value::String(_) | Value::Number(_))) => kept.insert(key.to_owned(), value.clone()),
            _ => None,
        };
    }
    Some(kept.into())
}

/// The name of a method or parameter. PROJ would interpret method names such as `PROJ …` and `+proj=…`.
fn known_name(name: &Value) -> Option<&str> {
    name.as_str().filter(|name| !name.starts_with("PROJ") && !name.contains(['+', '=']))
}

fn axes(system: &Value) -> Option<Value> {
    let axes = system["axis"].as_array().filter(|axes| axes.len() == 2)?;
    let axis = |axis: &Value| {
        let mut plain = keep_keys(axis, &["name", "abbreviation", "direction"])?;
        plain["unit"] = unit(&axis["unit"])?;
        Some(plain)
    };
    let axes = axes.iter().map(axis).collect::<Option<Vec<_>>>()?;
    Some(json!({"subtype": system["subtype"].as_str()?, "axis": axes}))
}

fn unit(unit: &Value) -> Option<Value> {
    match unit {
        Value::String(name) => Some(name.as_str().into()),
        Value::Null => None,
        _ => keep_keys(unit, &["type", "name", "conversion_factor"]),
    }
}

/// The conversion factor of a unit to metres, radians or unity.
pub(super) fn scale_of(unit: &Value) -> Option<f64> {
    match unit.as_str() {
        Some("metre" | "unity") => Some(1.0),
        Some("degree") => Some(1_f64.to_radians()),
        Some(_) => None,
        // WKT gives a degree to fifteen digits.
        None => {
            unit["conversion_factor"].as_f64().map(|scale| if is_degree(scale) { 1_f64.to_radians() } else { scale })
        }
    }
}

pub(super) fn is_degree(scale: f64) -> bool {
    (scale / 1_f64.to_radians() - 1.0).abs() < 1e-9
}

/// Whether the axes of a projected CRS are east and north, in either order, in metres.
pub(super) fn axes_are_metres(definition: &Value) -> bool {
    let axes = definition["coordinate_system"]["axis"].as_array().map_or(&[][..], Vec::as_slice);
    let is_axis = |direction: &str| axes.iter().any(|axis| axis["direction"] == direction);
    let is_plain = axes.len() == 2 && is_axis("east") && is_axis("north");
    is_plain && axes.iter().all(|axis| scale_of(&axis["unit"]) == Some(1.0))
}

/// The names of the axes of a projected CRS whose first is the easting.
pub(super) fn axis_names_east_first(definition: &Value) -> Option<[&str; 2]> {
    match definition["coordinate_system"]["axis"].as_array()?.as_slice() {
        [first, second] if first["direction"] == "east" => Some([first["name"].as_str()?, second["name"].as_str()?]),
        _ => None,
    }
}

/// A number to fifteen digits, as many as definitions have in common software.
pub(super) fn rounded_to_fifteen_digits(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// A parameter of a conversion in degrees.
pub(super) fn parameter_deg(conversion: &Value, name: &str) -> Option<f64> {
    parameter(conversion, name, is_degree)
}

/// A parameter of a conversion in metres.
pub(super) fn parameter_m(conversion: &Value, name: &str) -> Option<f64> {
    parameter(conversion, name, |scale| scale == 1.0)
}

/// A parameter of a conversion without a unit.
pub(super) fn parameter_one(conversion: &Value, name: &str) -> Option<f64> {
    parameter(conversion, name, |scale| scale == 1.0)
}

fn parameter(conversion: &Value, name: &str, is_unit: fn(f64) -> bool) -> Option<f64> {
    let parameter = conversion["parameters"].as_array()?.iter().find(|parameter| parameter["name"] == name)?;
    scale_of(&parameter["unit"]).filter(|&scale| is_unit(scale))?;
    parameter["value"].as_f64().filter(|value| value.is_finite())
}

/// The EPSG entry of a projected CRS of China, or of a common one on WGS 84.
pub(super) fn entry(definition: &Value, datum: &Datum) -> Option<Crs> {
    let axes = definition["coordinate_system"]["axis"].as_array()?;
    if !axes.iter().all(|axis| scale_of(&axis["unit"]) == Some(1.0)) {
        return None;
    }
    let conversion = &definition["conversion"];
    let degrees = |name: &str| parameter_deg(conversion, name);
    let metres = |name: &str| parameter_m(conversion, name);
    match conversion["method"]["name"].as_str()? {
        "Popular Visualisation Pseudo Mercator" if *datum == Datum::Wgs84 => {
            let is_zero = |value: Option<f64>| value == Some(0.0);
            let is_plain = is_zero(degrees("Longitude of natural origin"))
                && is_zero(metres("False easting"))
                && is_zero(metres("False northing"));
            is_plain.then_some(Crs::Epsg(3857))
        }
        "Transverse Mercator" if degrees("Latitude of natural origin") == Some(0.0) => {
            let meridian_deg = degrees("Longitude of natural origin")?;
            let scale = parameter_one(conversion, "Scale factor at natural origin")?;
            transverse_mercator(datum, meridian_deg, scale, metres("False easting")?, metres("False northing")?)
        }
        _ => None,
    }
}

fn transverse_mercator(
    datum: &Datum,
    meridian_deg: f64,
    scale: f64,
    false_easting_m: f64,
    false_northing_m: f64,
) -> Option<Crs> {
    let whole = |value: f64| (value.fract() == 0.0).then_some(value as i64);
    if *datum == Datum::Wgs84 && scale == 0.9996 && false_easting_m == 500_000.0 {
        let zone = whole((meridian_deg + 183.0) / 6.0).filter(|zone| (1..=60).contains(zone))?;
        let first = match false_northing_m {
            0.0 => 32_600,
            10_000_000.0 => 32_700,
            _ => return None,
        };
        return u32::try_from(first + zone).ok().map(Crs::Epsg);
    }
    if *datum != Datum::Cgcs2000 || scale != 1.0 || false_northing_m != 0.0 {
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
