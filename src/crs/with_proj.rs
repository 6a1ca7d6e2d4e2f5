//! Systems that only PROJ knows, by the crate `proj`: their operations, definitions and areas of use. This is the only
//! file that uses it.

use std::borrow::Cow;

use geo::Coord;
use proj::Proj;
use proj::wkt::WktVersion;
use serde_json::Value;

use crate::crs::Crs;
use crate::crs::register::is_system;
use crate::crs::transform::{no_such_crs, unusable_crs};
use crate::crs::wkt_write::WktDialect;
use crate::error::{CrsProblem, Error, ErrorKind, LibraryMessage, Result};
use crate::panics;

/// CGCS2000 and WGS 84 are treated as equal; `new_known_crs` normalises their axes to longitude, latitude.
const LON_LAT: [&str; 2] = ["EPSG:4490", "EPSG:4326"];

/// An operation of PROJ between longitude, latitude and a CRS. It is not `Send`, and takes milliseconds to create.
pub(super) struct Operation(Proj);

impl Operation {
    /// From longitude, latitude to `crs`.
    pub(super) fn to_crs(crs: &Crs) -> Result<Operation> {
        operation(crs, |lon_lat, crs| Proj::new_known_crs(lon_lat, crs, None)).map(Operation)
    }

    /// From `crs` to longitude, latitude.
    pub(super) fn from_crs(crs: &Crs) -> Result<Operation> {
        operation(crs, |lon_lat, crs| Proj::new_known_crs(crs, lon_lat, None)).map(Operation)
    }

    /// Transforms coordinates in place.
    pub(super) fn apply(&self, coords: &mut [Coord<f64>]) -> std::result::Result<(), CrsProblem> {
        self.0.convert_array(coords).map(drop).map_err(|error| problem_of(&error))
    }
}

/// The operation between a CRS and CGCS2000 or WGS 84. An error if PROJ has only a “ballpark” transformation between
/// the datums, as for Beijing 54 or Xi'an 80: results would be wrong by a hundred metres without notice.
fn operation(
    crs: &Crs,
    create: impl Fn(&str, &str) -> std::result::Result<Proj, proj::ProjCreateError>,
) -> Result<Proj> {
    let text = text_of(crs);
    let definition = projjson(&text).ok_or_else(|| no_such_crs(crs))?;
    if let Some(problem) = problem_of_type(&definition) {
        return Err(unusable_crs(crs, problem));
    }
    for lon_lat in LON_LAT {
        // PROJ's wrapper panics where PROJ gives no reason.
        let result = panics::catch(|| create(lon_lat, &text));
        let result = result.ok_or_else(|| unusable_crs(crs, CrsProblem::NoOperation))?;
        let proj = result.map_err(|error| unusable_crs(crs, problem_of(&error)))?;
        let steps = proj.proj_info().description.unwrap_or_default();
        // Without a description there are several operations, none of them accurate everywhere.
        if !steps.contains("Ballpark") && !steps.contains("unavailable") {
            return Ok(proj);
        }
    }
    let datum = datum_of(&definition).unwrap_or_else(|| crs.to_string());
    Err(Error::new(ErrorKind::OtherDatum { crs: crs.to_string(), datum }))
}

/// The name of the datum of a CRS in PROJJSON.
fn datum_of(root: &Value) -> Option<String> {
    let mut definition = root;
    for within in ["components", "source_crs", "base_crs"] {
        definition = match &definition[within] {
            Value::Null => definition,
            Value::Array(parts) => parts.first()?,
            part => part,
        };
    }
    let name = |frame: &str| definition[frame]["name"].as_str();
    name("datum").or(name("datum_ensemble")).map(str::to_owned)
}

/// Why a CRS in PROJJSON is not two-dimensional: vertical, temporal, engineering or geocentric. PROJ has no operation
/// for these, in which case its wrapper panics, or one that needs three coordinates.
fn problem_of_type(definition: &Value) -> Option<CrsProblem> {
    let subtype = definition["coordinate_system"]["subtype"].as_str();
    match (definition["type"].as_str().unwrap_or_default(), subtype) {
        ("GeodeticCRS", Some("Cartesian")) => Some(CrsProblem::Geocentric),
        (kind, _) => {
            let operation = ["GeographicCRS", "GeodeticCRS", "ProjectedCRS", "CompoundCRS", "BoundCRS"];
            let is_known = operation.iter().any(|operation| kind.ends_with(operation));
            (!is_known).then_some(CrsProblem::NotHorizontal)
        }
    }
}

/// The area of use of a CRS: west, south, east, north in degrees.
pub(super) fn area_of_use_deg(crs: &Crs) -> Option<[f64; 4]> {
    let area = system(&text_of(crs))?.area_of_use().ok()?.0?;
    Some([area.west, area.south, area.east, area.north])
}

/// A CRS as WKT 1 on one line, as in `.prj` files; `None` if that cannot express it.
pub(super) fn wkt(crs: &Crs, dialect: WktDialect) -> Option<String> {
    let text = text_of(crs);
    let definition = projjson(&text)?;
    // The wrapper panics if PROJ cannot express a CRS, so it is not called then.
    let method = definition["conversion"]["method"]["name"].as_str().unwrap_or_default();
    let axes = definition["coordinate_system"]["axis"].as_array().map_or(0, Vec::len);
    let is_sayable = definition["type"] == "GeographicCRS" && axes == 2
        || definition["type"] == "ProjectedCRS" && METHODS_OF_WKT_1.contains(&method);
    if !is_sayable {
        return None;
    }
    let version = match dialect {
        WktDialect::Esri => WktVersion::Wkt1_Esri,
        WktDialect::Gdal => WktVersion::Wkt1_Gdal,
    };
    let text = system(&text)?.as_wkt(Some(version), None).ok()?;
    Some(text.lines().map(str::trim).collect())
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

/// A CRS, given by its code or as WKT, as PROJJSON; `None` if PROJ does not know it.
pub(super) fn projjson(definition: &str) -> Option<Value> {
    serde_json::from_str(&system(definition)?.to_projjson(Some(false), None, None).ok()?).ok()
}

/// A CRS as PROJJSON.
pub(super) fn definition(crs: &Crs) -> Option<Value> {
    projjson(&text_of(crs))
}

/// The text from which PROJ creates a CRS.
fn text_of(crs: &Crs) -> Cow<'_, str> {
    match (crs, crs.epsg()) {
        (Crs::Defined(definition), _) => definition.projjson().into(),
        (_, Some(code)) => format!("EPSG:{code}").into(),
        (_, None) => crs.to_string().into(),
    }
}

/// A CRS, given by its code or as WKT; `None` if PROJ does not know it.
fn system(definition: &str) -> Option<Proj> {
    let code = definition.strip_prefix("EPSG:").and_then(|code| code.parse().ok());
    if code.is_some_and(|code| !is_system(code)) {
        return None;
    }
    // PROJ's wrapper panics where PROJ gives no reason.
    panics::catch(|| Proj::new(definition))?.ok()
}

/// Classifies an error of PROJ's wrapper, which has only texts that would not help users.
fn problem_of(error: &dyn std::error::Error) -> CrsProblem {
    match error.to_string() {
        text if text.contains("Unknown error") => CrsProblem::Unknown,
        text if text.contains("No inverse operation") => CrsProblem::NoInverse,
        text => LibraryMessage::new("PROJ", text).into(),
    }
}

#[cfg(test)]
mod tests {
    use geo::coord;
    use proptest::prelude::*;

    use super::*;
    use crate::crs::formula::Formula;
    use crate::crs::names::datum_of_code;
    use crate::crs::recognise::is_computed;
    use crate::crs::wkt_tree::Element;
    use crate::crs::{systems, wkt_read, wkt_write};

    /// All codes of systems that this crate computes.
    fn codes() -> impl Iterator<Item = u32> {
        (4491..=4554).chain(32_601..=32_660).chain(32_701..=32_760).chain([3857])
    }

    #[test]
    fn systems_are_described_as_by_proj() {
        let named = codes().chain([4326, 4490]).map(Crs::Epsg).chain([Crs::Crs84, Crs::Cgcs2000]);
        for crs in named {
            let text = if crs == Crs::Crs84 { "OGC:CRS84".into() } else { text_of(&crs) };
            assert_eq!(crs.projjson().unwrap().to_string(), projjson(&text).unwrap().to_string(), "{crs}");
            assert_eq!(systems::area_of_use_deg(&crs), area_of_use_deg(&crs), "{crs}");
            for dialect in [WktDialect::Esri, WktDialect::Gdal] {
                assert_eq!(wkt_write::wkt(&crs, dialect), wkt(&crs, dialect), "{crs}");
            }
        }
        for crs in [Crs::Gcj02, Crs::Bd09] {
            let wkt = wkt_write::wkt(&crs, WktDialect::Gdal).unwrap();
            assert_eq!(crs.projjson(), projjson(&wkt), "{crs}");
        }
    }

    /// Definitions without a code, except that PROJ has no codes for the datum and puts parameters into the order of the
    /// alphabet.
    #[test]
    fn definitions_are_written_as_by_proj() {
        for (lat, lon, k, x, y, datum) in [
            (0.0, 121.0, 1.0, 500_000.0, 0.0, "+ellps=GRS80"),
            (10.25, 121.5, 0.9999, 40_500_000.5, -1000.0, "+datum=WGS84"),
            (-90.0, -121.333_333_333_333, 0.9996, 0.001, -123_456.789, "+datum=WGS84"),
            (0.0, 0.001, 1.000_025, 1e6, 0.1, "+ellps=WGS84"),
        ] {
            let text = format!("+proj=tmerc +lat_0={lat} +lon_0={lon} +k={k} +x_0={x} +y_0={y} {datum} +units=m");
            let crs: Crs = text.parse().unwrap();
            for dialect in [WktDialect::Esri, WktDialect::Gdal] {
                let (ours, theirs) = (wkt_write::wkt(&crs, dialect).unwrap(), wkt(&crs, dialect).unwrap());
                let parts = |text: &str| {
                    let codes = [",AUTHORITY[\"EPSG\",\"1024\"]", ",AUTHORITY[\"EPSG\",\"1043\"]"];
                    let text = codes.iter().fold(text.to_owned(), |text, code| text.replace(code, ""));
                    let mut parts: Vec<String> = text.split(",PARAMETER").map(str::to_owned).collect();
                    let last = parts.pop().unwrap();
                    let (parameter, rest) = last.split_once("],").unwrap();
                    parts.extend([format!("{parameter}]"), rest.to_owned()]);
                    parts.sort();
                    parts
                };
                assert_eq!(parts(&ours), parts(&theirs));
            }
        }
    }

    /// A text that PROJ writes for a CRS in each form of WKT.
    fn written(definition: &str) -> Vec<String> {
        use WktVersion::{Wkt1_Esri, Wkt1_Gdal, Wkt2_2015, Wkt2_2015_Simplified, Wkt2_2019, Wkt2_2019_Simplified};
        let versions = [Wkt1_Esri, Wkt1_Gdal, Wkt2_2015, Wkt2_2015_Simplified, Wkt2_2019, Wkt2_2019_Simplified];
        versions.map(|version| system(definition).unwrap().as_wkt(Some(version), None).unwrap()).to_vec()
    }

    /// Our reading of a text is that of PROJ, and PROJ is not needed for it.
    fn assert_is_read_alike(text: &str) {
        let element = Element::first(text).unwrap().0;
        assert!(wkt_read::projjson(&element).is_some_and(|definition| is_computed(&definition)), "{text}");
        let (ours, theirs) = (Crs::of_wkt(text), Crs::of_projjson(&projjson(text).unwrap()));
        assert_eq!(ours, theirs, "{text}");
        assert_eq!(ours.map(|crs| crs.unwrap().to_string()), theirs.map(|crs| crs.unwrap().to_string()), "{text}");
    }

    fn without_codes(wkt: &str) -> String {
        let mut text: String = wkt.lines().map(str::trim).collect();
        for start in [",AUTHORITY[\"", ",ID[\""] {
            while let Some(at) = text.find(start) {
                let end = at + text[at..].find(']').unwrap() + 1;
                text.replace_range(at..end, "");
            }
        }
        text
    }

    #[test]
    fn what_proj_writes_is_read_alike() {
        let utm = (32_601..=32_660).chain(32_701..=32_760).step_by(7);
        for code in (4491..=4554).chain(utm).chain([3857, 4326, 4490]) {
            for text in written(&format!("EPSG:{code}")) {
                assert_is_read_alike(&text);
                // By its parameters, if there is no code.
                assert_is_read_alike(&without_codes(&text));
            }
        }
        assert_is_read_alike(&written("OGC:CRS84")[1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Definitions without a code, of any parameters.
        #[test]
        fn definitions_are_read_alike(
            (lat, lon) in (-90.0..90.0, -180.0..180.0),
            (x, y) in (-1e8..1e8, -1e8..1e8),
            scale in 0.5..2.0,
            decimals in 0_usize..12,
            is_wgs84: bool,
            is_north_first: bool,
        ) {
            let datum = if is_wgs84 { "+datum=WGS84" } else { "+ellps=GRS80" };
            let text = format!(
                "+proj=tmerc +lat_0={lat:.decimals$} +lon_0={lon:.decimals$} +k={scale:.12} +x_0={x:.decimals$} \
                 +y_0={y:.decimals$} {datum} +units=m"
            );
            let crs = Crs::of_text(&text).unwrap().unwrap();
            // The reading of the PROJ string is that of PROJ.
            let theirs = projjson(&format!("{text} +type=crs")).unwrap();
            let value = |definition: &Value, name: &str| {
                let parameters = definition["conversion"]["parameters"].as_array().unwrap();
                parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["value"].as_f64().unwrap()
            };
            let mut definition = crs.projjson().unwrap();
            for parameter in theirs["conversion"]["parameters"].as_array().unwrap() {
                let name = parameter["name"].as_str().unwrap();
                let (ours, theirs) = (value(&definition, name), value(&theirs, name));
                prop_assert!((ours - theirs).abs() <= 1e-14 * theirs.abs().max(1.0), "{}: {} {}", name, ours, theirs);
            }
            if is_north_first {
                definition["coordinate_system"]["axis"].as_array_mut().unwrap().reverse();
            }
            for text in written(&definition.to_string()) {
                assert_is_read_alike(&text);
            }
        }
    }

    #[test]
    fn codes_of_earlier_datums_are_those_of_proj() {
        for code in (2320..=2450).chain(4210..=4220).chain(4550..=4830).chain(21_400..=21_500) {
            let datum = projjson(&format!("EPSG:{code}")).and_then(|definition| datum_of(&definition));
            let earlier = datum.filter(|datum| ["Beijing 1954", "Xian 1980", "New Beijing"].contains(&datum.as_str()));
            assert_eq!(datum_of_code(code), earlier.as_deref(), "{code}");
        }
    }

    /// All systems with a code that this crate computes, with the degrees around each that it is used for: the zone and
    /// the one beside it.
    fn systems() -> Vec<(Crs, [f64; 4])> {
        let area = |crs: &Crs| area_of_use_deg(crs).unwrap();
        let zones = codes().filter(|&code| code != 3857).map(Crs::Epsg).map(|crs| {
            let [west, south, east, north] = area(&crs);
            let width = if matches!(crs, Crs::Epsg(4513..=4554)) { 3.0 } else { 6.0 };
            (crs, [west - width, south, east + width, north])
        });
        zones.chain([(Crs::Epsg(3857), area(&Crs::Epsg(3857)))]).collect()
    }

    /// The largest differences to PROJ, forward and back, and of the round trip: metres, degrees, degrees.
    fn largest_differences(points: usize) -> (f64, f64, f64) {
        let systems = systems();
        let each = points.div_ceil(systems.len());
        let mut largest = (0.0_f64, 0.0_f64, 0.0_f64);
        for (number, (crs, [west, south, east, north])) in systems.into_iter().enumerate() {
            let part = |i: usize, step: f64| ((number * each + i) as f64 * step).fract();
            let sites: Vec<Coord<f64>> = (0..each)
                .map(|i| {
                    coord! {
                        x: west + (east - west) * part(i, 0.754_877_666_246_693),
                        y: south + (north - south) * part(i, 0.569_840_290_998_053),
                    }
                })
                .collect();
            let formula = Formula::of(&crs).unwrap();
            let (mut ours, mut theirs) = (sites.clone(), sites.clone());
            formula.forward(&mut ours);
            Operation::to_crs(&crs).unwrap().apply(&mut theirs).unwrap();
            let plane = theirs.clone();
            let off = |a: &[Coord<f64>], b: &[Coord<f64>]| {
                let one = |(a, b): (&Coord<f64>, &Coord<f64>)| (a.x - b.x).abs().max((a.y - b.y).abs());
                a.iter().zip(b).map(one).fold(0.0, f64::max)
            };
            largest.0 = largest.0.max(off(&ours, &theirs));
            formula.inverse(&mut ours);
            let turn = |x: f64| x - 360.0 * (x / 360.0).round();
            let normal = |sites: &[Coord<f64>]| -> Vec<Coord<f64>> {
                sites.iter().map(|at| coord! { x: turn(at.x - west), y: at.y }).collect()
            };
            largest.2 = largest.2.max(off(&normal(&ours), &normal(&sites)));
            let mut ours = plane.clone();
            formula.inverse(&mut ours);
            Operation::from_crs(&crs).unwrap().apply(&mut theirs).unwrap();
            largest.1 = largest.1.max(off(&normal(&ours), &normal(&theirs)));
        }
        largest
    }

    /// Ten nanometres, and as many degrees as a tenth of a micrometre.
    fn assert_close((forward_m, inverse_deg, round_trip_deg): (f64, f64, f64)) {
        assert!(forward_m <= 1e-8, "{forward_m:e} m");
        assert!(inverse_deg <= 1e-12, "{inverse_deg:e} degrees");
        assert!(round_trip_deg <= 1e-12, "{round_trip_deg:e} degrees");
    }

    #[test]
    fn formulas_agree_with_proj() {
        assert_close(largest_differences(20_000));
    }

    #[test]
    #[ignore = "a million points"]
    fn formulas_agree_with_proj_on_a_million_points() {
        assert_close(largest_differences(1_000_000));
    }

    /// What PROJ refuses or takes far from the meridian and off the globe, the formulas do.
    #[test]
    fn formulas_have_the_domain_of_proj() {
        for code in [4549, 32_651, 32_760, 3857] {
            let crs = Crs::Epsg(code);
            let (formula, forward) = (Formula::of(&crs).unwrap(), Operation::to_crs(&crs).unwrap());
            let inverse = Operation::from_crs(&crs).unwrap();
            let is_image = |at: &Coord<f64>| at.x.is_finite() && at.y.is_finite();
            for x in -60..=60 {
                for y in -30..=30 {
                    let site = coord! { x: 10.0 * f64::from(x), y: 3.3 * f64::from(y) };
                    let (mut ours, mut theirs) = ([site], [site]);
                    formula.forward(&mut ours);
                    let is_refused = forward.apply(&mut theirs).is_err() || !is_image(&theirs[0]);
                    // At a right angle from the meridian rounding decides.
                    if (ours[0].x.abs() - 16.7e6).abs() > 1e6 && (theirs[0].x.abs() - 16.7e6).abs() > 1e6 {
                        assert_eq!(is_refused, !is_image(&ours[0]), "EPSG:{code} {site:?} {ours:?} {theirs:?}");
                    }
                    let plane = coord! { x: 4e5 * f64::from(x), y: 4e5 * f64::from(y) };
                    let (mut ours, mut theirs) = ([plane], [plane]);
                    formula.inverse(&mut ours);
                    let is_refused = inverse.apply(&mut theirs).is_err() || !is_image(&theirs[0]);
                    assert_eq!(is_refused, !is_image(&ours[0]), "EPSG:{code} {plane:?} {ours:?} {theirs:?}");
                }
            }
        }
    }
}
