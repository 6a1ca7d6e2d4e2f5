//! Transformation between longitude and latitude and other CRSs. This is the only file that uses `proj`.

use geo::Coord;
use proj::Proj;
use proj::wkt::WktVersion;

use crate::crs::Crs;
use crate::crs::chinese::{bd09_from_wgs84, gcj02_from_wgs84, wgs84_from_bd09, wgs84_from_gcj02};
use crate::crs::register::{is_system, similar};
use crate::error::{CrsProblem, Error, ErrorKind, LibraryMessage, Result};
use crate::panics;

/// Transforms coordinates from longitude, latitude (degrees, CGCS2000 or WGS 84) to another coordinate reference
/// system, or back. It is not `Send`; creating one takes milliseconds, so reuse it.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{Crs, Transformer};
///
/// let mut site = [coord! { x: 121.45, y: 28.65 }];
/// Transformer::to_crs(Crs::Epsg(4549))?.apply(&mut site)?;
/// assert!((site[0].x - 641_767.968).abs() < 1e-3); // easting in m
/// assert!((site[0].y - 3_171_338.022).abs() < 1e-3); // northing in m
/// Transformer::from_crs(Crs::Epsg(4549))?.apply(&mut site)?;
/// assert!((site[0].x - 121.45).abs() < 1e-11);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Transformer {
    crs: Crs,
    step: Step,
}

enum Step {
    Identity,
    Shift(fn(Coord<f64>) -> Coord<f64>),
    Proj(Proj),
}

/// CGCS2000 and WGS 84 are treated as equal; `new_known_crs` normalises their axes to longitude, latitude.
const LON_LAT: [&str; 2] = ["EPSG:4490", "EPSG:4326"];

impl Transformer {
    /// From longitude, latitude to `crs`. Fails if PROJ does not know it.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{Crs, Transformer};
    ///
    /// // The same plane without and with the zone prefix of the easting.
    /// let mut bare = [coord! { x: 121.36898, y: 28.6559 }];
    /// let mut prefixed = bare;
    /// Transformer::to_crs(Crs::Epsg(4549))?.apply(&mut bare)?;
    /// Transformer::to_crs(Crs::Epsg(4528))?.apply(&mut prefixed)?;
    /// assert!((prefixed[0].x - bare[0].x - 40e6).abs() < 1e-6);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn to_crs(crs: Crs) -> Result<Transformer> {
        let step = match crs {
            Crs::Crs84 | Crs::Cgcs2000 => Step::Identity,
            Crs::Gcj02 => Step::Shift(gcj02_from_wgs84),
            Crs::Bd09 => Step::Shift(bd09_from_wgs84),
            Crs::Epsg(_) | Crs::Defined(_) => {
                Step::Proj(operation(&crs, |lon_lat, crs| Proj::new_known_crs(lon_lat, crs, None))?)
            }
        };
        Ok(Transformer { crs, step })
    }

    /// From `crs` to longitude, latitude. Fails if PROJ does not know it.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{Crs, Transformer};
    ///
    /// // Picked on a Baidu map.
    /// let mut site = [coord! { x: 121.379953, y: 28.658587 }];
    /// Transformer::from_crs(Crs::Bd09)?.apply(&mut site)?;
    /// assert!((site[0].x - 121.36898).abs() < 1e-6 && (site[0].y - 28.6559).abs() < 1e-6);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn from_crs(crs: Crs) -> Result<Transformer> {
        let step = match crs {
            Crs::Crs84 | Crs::Cgcs2000 => Step::Identity,
            Crs::Gcj02 => Step::Shift(wgs84_from_gcj02),
            Crs::Bd09 => Step::Shift(wgs84_from_bd09),
            Crs::Epsg(_) | Crs::Defined(_) => {
                Step::Proj(operation(&crs, |lon_lat, crs| Proj::new_known_crs(crs, lon_lat, None))?)
            }
        };
        Ok(Transformer { crs, step })
    }

    /// The CRS other than longitude, latitude.
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, Transformer};
    ///
    /// assert_eq!(Transformer::to_crs(Crs::Epsg(4549))?.crs().to_string(), "EPSG:4549");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn crs(&self) -> Crs {
        self.crs.clone()
    }

    /// Transforms coordinates in place: x is the longitude or easting, y the latitude or northing. Fails if one cannot
    /// be transformed; it is unspecified which of them have been replaced by then.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{Crs, Transformer};
    /// use taizhou_corridor::error::ErrorKind;
    ///
    /// let mut nowhere = [coord! { x: 121.37, y: 28.66 }, coord! { x: 121.37, y: f64::INFINITY }];
    /// let error = Transformer::to_crs(Crs::Epsg(4549))?.apply(&mut nowhere).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Crs { crs, .. } if crs == "EPSG:4549"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn apply(&self, coords: &mut [Coord<f64>]) -> Result<()> {
        match &self.step {
            Step::Identity => {}
            Step::Shift(shift) => coords.iter_mut().for_each(|coord| *coord = shift(*coord)),
            Step::Proj(proj) => {
                proj.convert_array(coords).map_err(|error| unusable_crs(&self.crs, problem_of(&error)))?;
                if !coords.iter().all(|coord| coord.x.is_finite() && coord.y.is_finite()) {
                    return Err(unusable_crs(&self.crs, CrsProblem::OutsideArea));
                }
            }
        }
        Ok(())
    }

    /// Fails unless the target is a plane in metres near a position (degrees).
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{Crs, Transformer};
    ///
    /// let station = coord! { x: 121.36898, y: 28.6559 };
    /// assert!(Transformer::to_crs(Crs::Epsg(4549))?.check_metric(station).is_ok());
    /// assert!(Transformer::to_crs(Crs::Epsg(2240))?.check_metric(station).is_err()); // feet
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn check_metric(&self, near: Coord<f64>) -> Result<()> {
        // A hundred metres to the north; the scale of projections differs by less than half of that here.
        let step_deg = 0.0009;
        let mut ends = [near, Coord { x: near.x, y: near.y + step_deg }];
        self.apply(&mut ends)?;
        let length = (ends[1].x - ends[0].x).hypot(ends[1].y - ends[0].y);
        if (50.0..200.0).contains(&length) { Ok(()) } else { Err(unusable_crs(&self.crs, CrsProblem::NotMetres)) }
    }
}

/// The operation between a CRS and CGCS2000 or WGS 84. An error if PROJ has only a “ballpark” transformation between
/// the datums, as for Beijing 54 or Xi'an 80: results would be wrong by a hundred metres without notice.
fn operation(
    crs: &Crs,
    create: impl Fn(&str, &str) -> std::result::Result<Proj, proj::ProjCreateError>,
) -> Result<Proj> {
    let text = crs.proj_definition();
    let definition = projjson(&text).ok_or_else(|| unknown_crs(crs))?;
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

fn unknown_crs(crs: &Crs) -> Error {
    let similar = crs.epsg().and_then(similar).map(|code| format!("EPSG:{code}"));
    Error::new(ErrorKind::NoSuchCrs { crs: crs.to_string(), similar })
}

/// The name of the datum of a CRS in PROJJSON.
fn datum_of(json: &str) -> Option<String> {
    let root: serde_json::Value = serde_json::from_str(json).ok()?;
    let mut definition = &root;
    for within in ["components", "source_crs", "base_crs"] {
        definition = match &definition[within] {
            serde_json::Value::Null => definition,
            serde_json::Value::Array(parts) => parts.first()?,
            part => part,
        };
    }
    let name = |frame: &str| definition[frame]["name"].as_str();
    name("datum").or(name("datum_ensemble")).map(str::to_owned)
}

/// Why a CRS in PROJJSON is not two-dimensional: vertical, temporal, engineering or geocentric. PROJ has no operation
/// for these, in which case its wrapper panics, or one that needs three coordinates.
fn problem_of_type(json: &str) -> Option<CrsProblem> {
    #[derive(serde::Deserialize)]
    struct Definition {
        r#type: String,
        coordinate_system: Option<CoordinateSystem>,
    }
    #[derive(serde::Deserialize)]
    struct CoordinateSystem {
        subtype: String,
    }
    let found = serde_json::from_str::<Definition>(json).ok();
    let subtype = found.as_ref().and_then(|found| Some(found.coordinate_system.as_ref()?.subtype.as_str()));
    match (found.as_ref().map_or("", |found| &found.r#type), subtype) {
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
    let area = system(&crs.proj_definition())?.area_of_use().ok()?.0?;
    Some([area.west, area.south, area.east, area.north])
}

/// The dialects of WKT 1.
#[derive(Clone, Copy)]
pub(super) enum WktDialect {
    Esri,
    Gdal,
}

/// A CRS as WKT 1. PROJ must be able to express it, or its wrapper panics.
pub(super) fn wkt(definition: &str, dialect: WktDialect) -> Option<String> {
    let version = match dialect {
        WktDialect::Esri => WktVersion::Wkt1_Esri,
        WktDialect::Gdal => WktVersion::Wkt1_Gdal,
    };
    let text = system(definition)?.as_wkt(Some(version), None).ok()?;
    // On one line, as in `.prj` files.
    Some(text.lines().map(str::trim).collect())
}

/// A CRS, given by its code or as WKT, as PROJJSON; `None` if PROJ does not know it.
pub(super) fn projjson(definition: &str) -> Option<String> {
    system(definition)?.to_projjson(Some(false), None, None).ok()
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

fn unusable_crs(crs: &Crs, problem: CrsProblem) -> Error {
    Error::new(ErrorKind::Crs { crs: crs.to_string(), problem })
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
    use super::*;
    use geo::coord;

    #[test]
    fn crs_without_two_coordinates_are_rejected() {
        // Heights, depths, and an engineering CRS.
        for code in [5802, 5714, 5737, 5800] {
            let error = Transformer::to_crs(Crs::Epsg(code)).err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains("not a system of positions")), "{code}");
        }
        // With heights.
        assert!(Transformer::to_crs(Crs::Epsg(4979)).is_ok());
    }

    /// Reference values of PROJ 9.6.2's own `cs2cs`, and of two independent implementations, for
    /// 121.45° E, 28.65° N.
    #[test]
    fn agrees_with_reference_values() {
        let expected = [
            (4549, 641_767.967_894_306_3, 3_171_338.022_119_174),
            (4528, 40_641_767.967_894, 3_171_338.022_119_174),
            (4550, 348_453.674_784_1, 3_171_460.790_230_5),
            (32651, 348_514.293_314_8, 3_170_192.206_006_6),
        ];
        for (code, x, y) in expected {
            let mut site = [coord! { x: 121.45, y: 28.65 }];
            Transformer::to_crs(Crs::Epsg(code)).unwrap().apply(&mut site).unwrap();
            assert!((site[0].x - x).abs() < 1e-4 && (site[0].y - y).abs() < 1e-4, "EPSG:{code}: {site:?}");
            Transformer::from_crs(Crs::Epsg(code)).unwrap().apply(&mut site).unwrap();
            assert!((site[0].x - 121.45).abs() < 1e-11 && (site[0].y - 28.65).abs() < 1e-11, "EPSG:{code}: {site:?}");
        }
    }

    #[test]
    fn lon_lat_is_unchanged() {
        let mut site = [coord! { x: 121.45, y: 28.65 }];
        Transformer::to_crs(Crs::Crs84).unwrap().apply(&mut site).unwrap();
        assert_eq!(site, [coord! { x: 121.45, y: 28.65 }]);
    }

    #[test]
    fn degrees_and_feet_are_not_metres() {
        let check = |code| Transformer::to_crs(Crs::Epsg(code)).unwrap().check_metric(coord! { x: 121.45, y: 28.65 });
        assert!(check(4549).is_ok() && check(3857).is_ok() && check(32651).is_ok());
        assert!(check(4326).is_err() && check(2240).is_err());
        assert!(Transformer::to_crs(Crs::Crs84).unwrap().check_metric(coord! { x: 121.45, y: 28.65 }).is_err());
    }

    #[test]
    fn datums_without_an_accurate_transformation_are_rejected() {
        for code in [4610, 4214, 2385, 2437, 4978] {
            let error = Transformer::from_crs(Crs::Epsg(code)).map(|_| ()).unwrap_err();
            let is_refused = match error.kind() {
                ErrorKind::OtherDatum { datum, .. } => !datum.is_empty(),
                ErrorKind::Crs { .. } => code == 4978,
                _ => false,
            };
            assert!(is_refused, "EPSG:{code}: {error}");
        }
        for code in [4510, 3857, 32651] {
            assert!(Transformer::from_crs(Crs::Epsg(code)).is_ok(), "EPSG:{code}");
        }
    }

    #[test]
    fn an_unknown_code_is_an_error() {
        assert!(Transformer::to_crs(Crs::Epsg(1)).is_err());
    }
}
