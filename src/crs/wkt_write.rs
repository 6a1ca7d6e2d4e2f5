//! Writing definitions as WKT 1 (OGC 01-009), in the dialects of ESRI and GDAL: the systems that this crate computes.
//!
//! Entries of the register are byte for byte as PROJ writes them. A definition without an entry keeps the letters of its
//! name in the dialect of ESRI, where PROJ would leave nothing of a Chinese one.

use crate::crs::formula::parameters_of;
use crate::crs::structure::{Datum, axis_names_east_first};
use crate::crs::systems::utm_zone;
use crate::crs::transverse_mercator::Parameters;
use crate::crs::{Crs, GaussKruegerZone};

/// The dialects of WKT 1.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WktDialect {
    Esri,
    Gdal,
}

/// A CRS as WKT 1; `None` if it is not one that this crate computes.
pub(super) fn wkt(crs: &Crs, dialect: WktDialect) -> Option<String> {
    match (crs, dialect) {
        (Crs::Crs84 | Crs::Epsg(4326), _) => Some(geographic(true, dialect)),
        (Crs::Cgcs2000 | Crs::Epsg(4490), _) => Some(geographic(false, dialect)),
        (Crs::Gcj02 | Crs::Bd09, _) => Some(shifted(crs)),
        (Crs::Epsg(3857), WktDialect::Esri) => Some(web_mercator_of_esri()),
        (Crs::Epsg(3857), WktDialect::Gdal) => Some(web_mercator_of_gdal()),
        (_, WktDialect::Esri) => transverse_mercator_of_esri(crs, &parameters_of(crs)?),
        (_, WktDialect::Gdal) => transverse_mercator_of_gdal(crs, &parameters_of(crs)?),
    }
}

fn transverse_mercator_of_esri(crs: &Crs, parameters: &Parameters) -> Option<String> {
    let name = esri_name(crs)?;
    let is_gauss_kruger = ["gauss", "gk_"].iter().any(|word| name.to_lowercase().contains(word));
    let method = if is_gauss_kruger { "Gauss_Kruger" } else { "Transverse_Mercator" };
    let values = [
        ("False_Easting", parameters.false_easting_m),
        ("False_Northing", parameters.false_northing_m),
        ("Central_Meridian", parameters.central_meridian_deg),
        ("Scale_Factor", parameters.scale),
        ("Latitude_Of_Origin", parameters.origin_latitude_deg),
    ];
    let values = values.map(|(name, value)| format!("PARAMETER[\"{name}\",{}],", with_decimals(value))).concat();
    let base = geographic(parameters.is_wgs84(), WktDialect::Esri);
    Some(format!("PROJCS[\"{name}\",{base},PROJECTION[\"{method}\"],{values}UNIT[\"Meter\",1.0]]"))
}

fn transverse_mercator_of_gdal(crs: &Crs, parameters: &Parameters) -> Option<String> {
    let definition = crs.projjson()?;
    let name = definition["name"].as_str()?.replace('"', "\"\"");
    let values = [
        ("latitude_of_origin", parameters.origin_latitude_deg),
        ("central_meridian", parameters.central_meridian_deg),
        ("scale_factor", parameters.scale),
        ("false_easting", parameters.false_easting_m),
        ("false_northing", parameters.false_northing_m),
    ];
    let values = values.map(|(name, value)| format!("PARAMETER[\"{name}\",{}],", fifteen_digits(value))).concat();
    // GDAL leaves out axes that begin with the north, as its readers expect the easting first.
    let axes = axis_names_east_first(&definition).map_or_else(String::new, |[east, north]| {
        format!(",AXIS[\"{}\",EAST],AXIS[\"{}\",NORTH]", east.replace('"', "\"\""), north.replace('"', "\"\""))
    });
    let base = geographic(parameters.is_wgs84(), WktDialect::Gdal);
    let code = crs.epsg().map_or_else(String::new, |code| format!(",AUTHORITY[\"EPSG\",\"{code}\"]"));
    Some(format!("PROJCS[\"{name}\",{base},PROJECTION[\"Transverse_Mercator\"],{values}{METRE}{axes}{code}]"))
}

const METRE: &str = "UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]]";

fn web_mercator_of_esri() -> String {
    let names = ["False_Easting", "False_Northing", "Central_Meridian", "Standard_Parallel_1", "Auxiliary_Sphere_Type"];
    let values = names.map(|name| format!("PARAMETER[\"{name}\",0.0],")).concat();
    let base = geographic(true, WktDialect::Esri);
    format!(
        "PROJCS[\"WGS_1984_Web_Mercator_Auxiliary_Sphere\",{base},PROJECTION[\"Mercator_Auxiliary_Sphere\"],{values}\
         UNIT[\"Meter\",1.0]]"
    )
}

/// WKT 1 has no method for Web Mercator: GDAL adds its PROJ string.
fn web_mercator_of_gdal() -> String {
    let base = geographic(true, WktDialect::Gdal);
    format!(
        "PROJCS[\"WGS 84 / Pseudo-Mercator\",{base},PROJECTION[\"Mercator_1SP\"],PARAMETER[\"central_meridian\",0],\
         PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],PARAMETER[\"false_northing\",0],{METRE},\
         AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH],EXTENSION[\"PROJ4\",\"+proj=merc +a=6378137 +b=6378137 \
         +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs\"],\
         AUTHORITY[\"EPSG\",\"3857\"]]"
    )
}

fn geographic(is_wgs84: bool, dialect: WktDialect) -> String {
    let flattening = if is_wgs84 { Datum::WGS84 } else { Datum::CGCS2000 };
    if dialect == WktDialect::Esri {
        let [name, datum, ellipsoid] = match is_wgs84 {
            true => ["GCS_WGS_1984", "D_WGS_1984", "WGS_1984"],
            false => ["GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000"],
        };
        return format!(
            "GEOGCS[\"{name}\",DATUM[\"{datum}\",SPHEROID[\"{ellipsoid}\",6378137.0,{flattening}]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
        );
    }
    let ([name, datum, ellipsoid], [code, datum_code, ellipsoid_code]) = match is_wgs84 {
        true => (["WGS 84", "WGS_1984", "WGS 84"], [4326, 6326, 7030]),
        false => (["China Geodetic Coordinate System 2000", "China_2000", "CGCS2000"], [4490, 1043, 1024]),
    };
    format!(
        "GEOGCS[\"{name}\",DATUM[\"{datum}\",SPHEROID[\"{ellipsoid}\",6378137,{flattening},\
         AUTHORITY[\"EPSG\",\"{ellipsoid_code}\"]],AUTHORITY[\"EPSG\",\"{datum_code}\"]],\
         PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
         UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"{code}\"]]"
    )
}

/// The shifted systems have no register entry and no known datum. They get a name of their own, so that they are not
/// mistaken for another CRS.
fn shifted(crs: &Crs) -> String {
    format!(
        "GEOGCS[\"{crs}\",DATUM[\"{crs}\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
         PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]"
    )
}

/// The name in ArcGIS.
fn esri_name(crs: &Crs) -> Option<String> {
    if let Some(zone) = GaussKruegerZone::of(crs) {
        let width = if zone.width_deg() == 3 { "3_Degree_" } else { "" };
        return Some(match zone.has_prefix {
            true => format!("CGCS2000_{width}GK_Zone_{}", zone.number),
            false => format!("CGCS2000_{width}GK_CM_{}E", zone.central_meridian_deg()),
        });
    }
    match crs {
        Crs::Epsg(code) => utm_zone(*code).map(|(zone, hemisphere, _)| format!("WGS_1984_UTM_Zone_{zone}{hemisphere}")),
        Crs::Defined(definition) => Some(words_joined(definition.name())),
        _ => None,
    }
}

/// A name with an underscore for what is between its words: ArcGIS takes nothing else.
fn words_joined(name: &str) -> String {
    for suffix in ["(m)", "(ftUS)", "(E-N)", "(N-E)"] {
        if let Some(rest) = name.strip_suffix(suffix) {
            return words_joined(rest) + suffix;
        }
    }
    let words = name.split(|c: char| !(c.is_alphanumeric() || c == '+' || c == '-')).filter(|word| !word.is_empty());
    words.collect::<Vec<&str>>().join("_")
}

fn with_decimals(value: f64) -> String {
    let text = fifteen_digits(value);
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

/// As `%.15g` in C, which fifteen digits of a double survive.
fn fifteen_digits(value: f64) -> String {
    crate::crs::structure::rounded_to_fifteen_digits(value).to_string()
}
