//! The EPSG entries that this crate computes itself, as PROJ describes them: names, definitions and areas of use.
//!
//! They are longitude and latitude on CGCS2000 and WGS 84, the zones of China, UTM and Web Mercator.

use serde_json::{Map, Value, json};

use crate::crs::structure::Datum;
use crate::crs::{Crs, GaussKruegerZone};

/// For one or two codes each: west, south, east and north in degrees, and the name of the area, between tabs. A test
/// compares them with PROJ's database.
const AREAS: &str = include_str!("systems.txt");

/// The area of use: west, south, east, north in degrees.
pub(super) fn area_of_use_deg(crs: &Crs) -> Option<[f64; 4]> {
    area(crs).map(|area| area.bounds_deg)
}

/// The definition as PROJJSON; `None` for a CRS that is not one of them.
pub(super) fn projjson(crs: &Crs) -> Option<Value> {
    let definition = match crs {
        Crs::Crs84 => {
            let name = "WGS 84 (CRS84)";
            let axes = ellipsoidal_axes([LONGITUDE, LATITUDE]);
            with_usage(geographic_wgs84(name, axes), "Not known.", &WORLD, json!({"authority": "OGC", "code": "CRS84"}))
        }
        Crs::Gcj02 | Crs::Bd09 => shifted(crs),
        // With the axes of the register, unlike CRS84.
        Crs::Epsg(4326) => with_usage(geographic(Datum::Wgs84), OF_DEGREES, &WORLD, id(4326)),
        Crs::Cgcs2000 | Crs::Epsg(4490) => with_usage(geographic(Datum::Cgcs2000), OF_DEGREES, &area(crs)?, id(4490)),
        Crs::Epsg(_) => projected(crs)?,
        Crs::Defined(_) => return None,
    };
    let mut named = Map::new();
    named.insert("$schema".to_owned(), "https://proj.org/schemas/v0.7/projjson.schema.json".into());
    named.extend(definition);
    Some(named.into())
}

/// The scope of longitude and latitude.
const OF_DEGREES: &str = "Horizontal component of 3D system.";

struct Area<'a> {
    bounds_deg: [f64; 4],
    name: &'a str,
}

const WORLD: Area<'static> = Area { bounds_deg: [-180.0, -90.0, 180.0, 90.0], name: "World." };

fn area(crs: &Crs) -> Option<Area<'static>> {
    let code = match crs {
        Crs::Crs84 | Crs::Epsg(4326) => return Some(WORLD),
        Crs::Cgcs2000 => 4490,
        Crs::Epsg(code) => *code,
        Crs::Gcj02 | Crs::Bd09 | Crs::Defined(_) => return None,
    };
    AREAS.lines().find_map(|line| {
        let mut columns = line.split('\t');
        columns.next()?.split(' ').find(|known| known.parse() == Ok(code))?;
        let mut bound = || columns.next()?.parse::<f64>().ok();
        let bounds_deg = [bound()?, bound()?, bound()?, bound()?];
        Some(Area { bounds_deg, name: columns.next()? })
    })
}

fn projected(crs: &Crs) -> Option<Map<String, Value>> {
    let Crs::Epsg(code) = *crs else { return None };
    if code == 3857 {
        return web_mercator(code, &area(crs)?);
    }
    let (datum, scope, name, conversion, axes, values) = match (GaussKruegerZone::of(crs), utm_zone(code)) {
        (Some(zone), _) => {
            let (name, conversion) = names(zone);
            let scope = match zone.width_deg() {
                3 => "Cadastre, engineering survey, topographic mapping (large scale).",
                _ => "Topographic mapping (medium scale).",
            };
            let values = (f64::from(zone.central_meridian_deg()), 1.0, zone.false_easting_m(), 0.0);
            (Datum::Cgcs2000, scope, name, conversion, [("Northing", "X", "north"), ("Easting", "Y", "east")], values)
        }
        (None, Some((zone, hemisphere, false_northing_m))) => {
            let values = (6.0 * f64::from(zone) - 183.0, 0.9996, 500_000.0, false_northing_m);
            let conversion = format!("UTM zone {zone}{hemisphere}");
            let scope = "Navigation and medium accuracy spatial referencing.";
            let axes = [("Easting", "E", "east"), ("Northing", "N", "north")];
            (Datum::Wgs84, scope, format!("WGS 84 / {conversion}"), conversion, axes, values)
        }
        (None, None) => return None,
    };
    let (meridian_deg, scale, false_easting_m, false_northing_m) = values;
    let parameters = [
        ("Latitude of natural origin", 0.0, "degree", 8801),
        ("Longitude of natural origin", meridian_deg, "degree", 8802),
        ("Scale factor at natural origin", scale, "unity", 8805),
        ("False easting", false_easting_m, "metre", 8806),
        ("False northing", false_northing_m, "metre", 8807),
    ];
    let conversion = conversion_of(&conversion, ("Transverse Mercator", 9807), &parameters);
    let definition = projected_crs(&name, datum, conversion, cartesian_axes(axes));
    Some(with_usage(definition, scope, &area(crs)?, id(code)))
}

fn web_mercator(code: u32, area: &Area<'_>) -> Option<Map<String, Value>> {
    let parameters = [
        ("Latitude of natural origin", 0.0, "degree", 8801),
        ("Longitude of natural origin", 0.0, "degree", 8802),
        ("False easting", 0.0, "metre", 8806),
        ("False northing", 0.0, "metre", 8807),
    ];
    let method = ("Popular Visualisation Pseudo Mercator", 1024);
    let conversion = conversion_of("Popular Visualisation Pseudo-Mercator", method, &parameters);
    let axes = cartesian_axes([("Easting", "X", "east"), ("Northing", "Y", "north")]);
    let definition = projected_crs("WGS 84 / Pseudo-Mercator", Datum::Wgs84, conversion, axes);
    Some(with_usage(definition, "Web mapping and visualisation.", area, id(code)))
}

/// The zone of UTM on WGS 84 with an EPSG code, its hemisphere and its false northing in metres.
pub(super) fn utm_zone(code: u32) -> Option<(u32, char, f64)> {
    match code {
        32_601..=32_660 => Some((code - 32_600, 'N', 0.0)),
        32_701..=32_760 => Some((code - 32_700, 'S', 10_000_000.0)),
        _ => None,
    }
}

/// The names of a zone's CRS and of its conversion.
fn names(zone: GaussKruegerZone) -> (String, String) {
    let strip = match (zone.has_prefix, zone.number, zone.central_meridian_deg()) {
        (true, number, _) => format!("zone {number}"),
        (false, _, meridian_deg) => format!("CM {meridian_deg}E"),
    };
    let of_width = |degrees: u32| format!("{degrees}-degree Gauss-Kruger {strip}");
    let plain = format!("Gauss-Kruger {strip}");
    let name = if zone.width_deg() == 3 { of_width(3) } else { plain.clone() };
    // A meridian of both widths has one conversion for them.
    let conversion = match (zone.has_prefix, zone.central_meridian_deg() % 6 == 3) {
        (false, true) => plain,
        _ => of_width(zone.width_deg()),
    };
    (format!("CGCS2000 / {name}"), conversion)
}

fn projected_crs(name: &str, datum: Datum, conversion: Value, axes: Value) -> Map<String, Value> {
    let code = if datum == Datum::Wgs84 { 4326 } else { 4490 };
    let mut base = geographic(datum);
    base.insert("id".to_owned(), id(code));
    object([
        ("type", "ProjectedCRS".into()),
        ("name", name.into()),
        ("base_crs", base.into()),
        ("conversion", conversion),
        ("coordinate_system", axes),
    ])
}

fn geographic(datum: Datum) -> Map<String, Value> {
    let axes = ellipsoidal_axes([LATITUDE, LONGITUDE]);
    if datum == Datum::Wgs84 {
        return geographic_wgs84("WGS 84", axes);
    }
    let datum = json!({
        "type": "GeodeticReferenceFrame",
        "name": "China 2000",
        "ellipsoid": {"name": "CGCS2000", "semi_major_axis": 6_378_137, "inverse_flattening": Datum::CGCS2000},
    });
    object([
        ("type", "GeographicCRS".into()),
        ("name", "China Geodetic Coordinate System 2000".into()),
        ("datum", datum),
        ("coordinate_system", axes),
    ])
}

fn geographic_wgs84(name: &str, axes: Value) -> Map<String, Value> {
    /// The realizations of the ensemble, with their codes.
    const MEMBERS: [(&str, u32); 8] = [
        ("Transit", 1166),
        ("G730", 1152),
        ("G873", 1153),
        ("G1150", 1154),
        ("G1674", 1155),
        ("G1762", 1156),
        ("G2139", 1309),
        ("G2296", 1383),
    ];
    let member =
        |(name, code): (&str, u32)| json!({"name": format!("World Geodetic System 1984 ({name})"), "id": id(code)});
    let ensemble = json!({
        "name": "World Geodetic System 1984 ensemble",
        "members": MEMBERS.map(member),
        "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6_378_137, "inverse_flattening": Datum::WGS84},
        "accuracy": "2.0",
        "id": id(6326),
    });
    object([
        ("type", "GeographicCRS".into()),
        ("name", name.into()),
        ("datum_ensemble", ensemble),
        ("coordinate_system", axes),
    ])
}

/// The shifted systems have no register entry and no known datum. They get a name of their own, so that they are not
/// mistaken for another CRS.
fn shifted(crs: &Crs) -> Map<String, Value> {
    let name = crs.to_string();
    let axes = [("Longitude", "lon", "east"), ("Latitude", "lat", "north")];
    let datum = json!({
        "type": "GeodeticReferenceFrame",
        "name": name,
        "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6_378_137, "inverse_flattening": Datum::WGS84},
    });
    object([
        ("type", "GeographicCRS".into()),
        ("name", name.into()),
        ("datum", datum),
        ("coordinate_system", ellipsoidal_axes(axes)),
    ])
}

fn conversion_of(name: &str, method: (&str, u32), parameters: &[(&str, f64, &str, u32)]) -> Value {
    let parameter = |&(name, value, unit, code): &(&str, f64, &str, u32)| json!({"name": name, "value": number(value), "unit": unit, "id": id(code)});
    let parameters: Vec<Value> = parameters.iter().map(parameter).collect();
    json!({"name": name, "method": {"name": method.0, "id": id(method.1)}, "parameters": parameters})
}

/// The name, the abbreviation and the direction of an axis.
type Axis = (&'static str, &'static str, &'static str);

const LATITUDE: Axis = ("Geodetic latitude", "Lat", "north");
const LONGITUDE: Axis = ("Geodetic longitude", "Lon", "east");

fn ellipsoidal_axes(axes: [Axis; 2]) -> Value {
    json!({"subtype": "ellipsoidal", "axis": axes.map(|axis| axis_of(axis, "degree"))})
}

fn cartesian_axes(axes: [Axis; 2]) -> Value {
    json!({"subtype": "Cartesian", "axis": axes.map(|axis| axis_of(axis, "metre"))})
}

fn axis_of((name, abbreviation, direction): Axis, unit: &str) -> Value {
    json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit})
}

/// A definition with its scope, area and code.
fn with_usage(mut definition: Map<String, Value>, scope: &str, area: &Area<'_>, id: Value) -> Map<String, Value> {
    let [west, south, east, north] = area.bounds_deg.map(number);
    let bbox =
        json!({"south_latitude": south, "west_longitude": west, "north_latitude": north, "east_longitude": east});
    definition.extend(object([("scope", scope.into()), ("area", area.name.into()), ("bbox", bbox), ("id", id)]));
    definition
}

fn id(code: u32) -> Value {
    json!({"authority": "EPSG", "code": code})
}

/// Whole numbers without decimals.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { (value as i64).into() } else { value.into() }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
