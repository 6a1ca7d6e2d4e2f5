//! Reading definitions in WKT: as PROJJSON, by which all kinds of definitions are recognised.
//!
//! Of all the methods of WKT this knows those of the systems that this crate computes; others keep their names, and
//! PROJ reads them.

use serde_json::{Value, json};

use crate::crs::names::plain_name;
use crate::crs::structure::{is_degree, rounded_to_fifteen_digits};
use crate::crs::wkt_tree::Element;

const GEOGRAPHIC: [&str; 7] =
    ["GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "BASEGEOGCRS", "BASEGEODCRS"];
const PROJECTED: [&str; 3] = ["PROJCS", "PROJCRS", "PROJECTEDCRS"];

/// The horizontal part of a definition in PROJJSON, with what bounds or compounds it. `None` if it is not the definition
/// of a CRS on the Earth.
pub(super) fn projjson(element: &Element) -> Option<Value> {
    let keyword = element.keyword.as_str();
    if PROJECTED.contains(&keyword) {
        return Some(bound(projected(element)?, element.child(&GEOGRAPHIC)?));
    }
    if GEOGRAPHIC.contains(&keyword) {
        return Some(bound(geographic(element)?, element));
    }
    match keyword {
        "COMPD_CS" | "COMPOUNDCRS" => {
            let horizontal = element.children.iter().find_map(projjson)?;
            Some(json!({"type": "CompoundCRS", "name": element.name()?, "components": [horizontal]}))
        }
        "BOUNDCRS" => {
            let source = projjson(element.child(&["SOURCECRS"])?.children.first()?)?;
            let shift = element.child(&["ABRIDGEDTRANSFORMATION"])?.children("PARAMETER");
            Some(bound_crs(source, shift.map(|parameter| parameter.number(1)).collect::<Option<Vec<f64>>>()?))
        }
        _ => None,
    }
}

/// A definition with the datum shift of version 1.
fn bound(definition: Value, geographic: &Element) -> Value {
    let shift = geographic.child(&["DATUM"]).and_then(|datum| datum.child(&["TOWGS84"]));
    match shift {
        Some(shift) => bound_crs(definition, (0..shift.values.len()).filter_map(|index| shift.number(index)).collect()),
        None => definition,
    }
}

fn bound_crs(source: Value, shift: Vec<f64>) -> Value {
    let parameters: Vec<Value> = shift.into_iter().map(|value| json!({"value": value})).collect();
    json!({"type": "BoundCRS", "source_crs": source, "transformation": {"parameters": parameters}})
}

fn geographic(element: &Element) -> Option<Value> {
    let datum = element.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let ellipsoid = datum.child(&["SPHEROID", "ELLIPSOID"])?;
    let axis_unit = ellipsoid.child(&["LENGTHUNIT", "UNIT"]).map_or(Some(1.0), |unit| unit.number(1));
    let mut frame = json!({
        "name": without_code(datum.name()?),
        "ellipsoid": {
            "name": ellipsoid.name()?,
            "semi_major_axis": ellipsoid.number(1)? * axis_unit?,
            "inverse_flattening": ellipsoid.number(2)?,
        },
    });
    if let Some(meridian) =
        element.child(&["PRIMEM", "PRIMEMERIDIAN"]).filter(|meridian| meridian.number(1) != Some(0.0))
    {
        frame["prime_meridian"] = json!({"name": meridian.name()?, "longitude": meridian.number(1)?});
    }
    let is_ensemble = datum.keyword == "ENSEMBLE";
    if !is_ensemble {
        frame["type"] = "GeodeticReferenceFrame".into();
    }
    let mut definition = json!({"type": "GeographicCRS", "name": element.name()?});
    definition[if is_ensemble { "datum_ensemble" } else { "datum" }] = frame;
    let axes = [("Longitude", "lon", "east"), ("Latitude", "lat", "north")];
    definition["coordinate_system"] = coordinate_system(element, "ellipsoidal", &angular_unit(element), axes);
    Some(with_id(definition, element))
}

fn projected(element: &Element) -> Option<Value> {
    let base = element.child(&GEOGRAPHIC)?;
    let conversion = element.child(&["CONVERSION"]).unwrap_or(element);
    let method = conversion.child(&["METHOD", "PROJECTION"])?.name()?;
    let length = linear_unit(element);
    let angle = angular_unit(base);
    let read = |parameter: &Element| {
        let name = parameter.name()?;
        let name = PARAMETERS.into_iter().find(|(plain, _)| *plain == plain_name(name)).map_or(name, |(_, name)| name);
        let unit = match name {
            _ if name.starts_with("Scale") => "unity".into(),
            _ if name.starts_with("False") => parameter
                .child(&["LENGTHUNIT", "UNIT"])
                .map_or_else(|| length.clone(), |unit| unit_of(unit, "LinearUnit")),
            _ => parameter
                .child(&["ANGLEUNIT", "UNIT"])
                .map_or_else(|| angle.clone(), |unit| unit_of(unit, "AngularUnit")),
        };
        Some(json!({"name": name, "value": rounded_to_fifteen_digits(parameter.number(1)?), "unit": unit}))
    };
    let parameters = conversion.children("PARAMETER").map(read).collect::<Option<Vec<Value>>>()?;
    let conversion = match plain_name(method).as_str() {
        "transversemercator" | "gausskruger" => {
            json!({"name": "unnamed", "method": {"name": "Transverse Mercator"}, "parameters": parameters})
        }
        _ if is_web_mercator(element, method, &parameters) => json!({
            "name": "unnamed",
            "method": {"name": "Popular Visualisation Pseudo Mercator"},
            "parameters": parameters_of_web_mercator(parameters),
        }),
        _ => json!({"name": "unnamed", "method": {"name": method}, "parameters": parameters}),
    };
    let axes = [("Easting", "E", "east"), ("Northing", "N", "north")];
    let definition = json!({
        "type": "ProjectedCRS",
        "name": Some(element.name()?).filter(|name| !name.is_empty()).unwrap_or("unnamed"),
        "base_crs": geographic(base)?,
        "conversion": conversion,
        "coordinate_system": coordinate_system(element, "Cartesian", &length, axes),
    });
    Some(with_id(definition, element))
}

/// The parameters of the transverse Mercator and Web Mercator projections, in both dialects of version 1 and in version
/// 2, without punctuation; and their names in the register.
const PARAMETERS: [(&str, &str); 9] = [
    ("latitudeoforigin", "Latitude of natural origin"),
    ("latitudeofnaturalorigin", "Latitude of natural origin"),
    ("centralmeridian", "Longitude of natural origin"),
    ("longitudeofnaturalorigin", "Longitude of natural origin"),
    ("scalefactor", "Scale factor at natural origin"),
    ("scalefactoratnaturalorigin", "Scale factor at natural origin"),
    ("falseeasting", "False easting"),
    ("falsenorthing", "False northing"),
    ("standardparallel1", "Latitude of 1st standard parallel"),
];

/// Web Mercator has a method of its own in version 2 and in ArcGIS; GDAL adds a PROJ string to that of a sphere.
fn is_web_mercator(element: &Element, method: &str, parameters: &[Value]) -> bool {
    let is = |name: &str, expected: f64| {
        let mut values = parameters.iter().filter(|parameter| parameter["name"] == name);
        values.all(|parameter| parameter["value"].as_f64() == Some(expected))
    };
    let is_unscaled = is("Scale factor at natural origin", 1.0)
        && is("Latitude of natural origin", 0.0)
        && is("Latitude of 1st standard parallel", 0.0)
        && is("Auxiliary_Sphere_Type", 0.0);
    let is_method = match plain_name(method).as_str() {
        "popularvisualisationpseudomercator" | "mercatorauxiliarysphere" => true,
        "mercator1sp" => element.children("EXTENSION").any(|extension| {
            let text = extension.values.get(1).map_or("", String::as_str);
            ["+proj=merc ", "+a=6378137 ", "+b=6378137 ", "+nadgrids=@null"].iter().all(|part| text.contains(part))
        }),
        _ => false,
    };
    is_method && is_unscaled
}

fn parameters_of_web_mercator(mut parameters: Vec<Value>) -> Vec<Value> {
    const NAMES: [&str; 4] =
        ["Latitude of natural origin", "Longitude of natural origin", "False easting", "False northing"];
    parameters.retain(|parameter| NAMES.iter().any(|name| parameter["name"] == *name));
    if !parameters.iter().any(|parameter| parameter["name"] == NAMES[0]) {
        parameters.push(json!({"name": NAMES[0], "value": 0.0, "unit": "degree"}));
    }
    parameters
}

/// The axes of an element, or those that readers expect without.
fn coordinate_system(element: &Element, subtype: &str, unit: &Value, axes: [(&str, &str, &str); 2]) -> Value {
    let kind = if subtype == "Cartesian" { "LinearUnit" } else { "AngularUnit" };
    let read = |axis: &Element| {
        let (name, abbreviation) = axis_name(axis.name().unwrap_or_default());
        let direction = axis.values.get(1).map(|direction| direction.to_ascii_lowercase()).unwrap_or_default();
        let own = axis.child(&["LENGTHUNIT", "ANGLEUNIT", "UNIT"]).map(|unit| unit_of(unit, kind));
        let unit = own.unwrap_or_else(|| unit.clone());
        json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit})
    };
    let mut read: Vec<Value> = element.children("AXIS").map(read).collect();
    if read.is_empty() {
        let axis = |(name, abbreviation, direction): (&str, &str, &str)| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit});
        read.extend(axes.map(axis));
    }
    json!({"subtype": subtype, "axis": read})
}

/// The name and the abbreviation of an axis, which version 2 has in one text: `easting (E)`.
fn axis_name(text: &str) -> (String, String) {
    let split = text.strip_suffix(')').and_then(|text| text.split_once('('));
    let (name, abbreviation) = split.map_or((text, ""), |(name, abbreviation)| (name.trim(), abbreviation));
    let mut letters = name.chars();
    let name = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    (name, abbreviation.to_owned())
}

fn angular_unit(element: &Element) -> Value {
    let unit = element.child(&["UNIT", "ANGLEUNIT"]);
    unit.map_or_else(|| "degree".into(), |unit| unit_of(unit, "AngularUnit"))
}

fn linear_unit(element: &Element) -> Value {
    let unit = element.child(&["UNIT", "LENGTHUNIT"]);
    unit.map_or_else(|| "metre".into(), |unit| unit_of(unit, "LinearUnit"))
}

fn unit_of(unit: &Element, kind: &str) -> Value {
    let scale = unit.number(1).unwrap_or(f64::NAN);
    match kind {
        "LinearUnit" if scale == 1.0 => "metre".into(),
        "AngularUnit" if is_degree(scale) => "degree".into(),
        _ => json!({"type": kind, "name": unit.name().unwrap_or_default(), "conversion_factor": scale}),
    }
}

/// A datum without the prefix of ArcGIS.
fn without_code(datum: &str) -> String {
    datum.strip_prefix("D_").map_or_else(|| datum.to_owned(), |name| name.replace('_', " "))
}

/// A definition with the code of its element.
fn with_id(mut definition: Value, element: &Element) -> Value {
    if let Some([authority, code, ..]) = element.child(&["AUTHORITY", "ID"]).map(|id| id.values.as_slice()) {
        definition["id"] = json!({"authority": authority, "code": code});
    }
    definition
}
