//! Transformation between longitude and latitude and other CRSs: by the formulas of this crate where it has them,
//! otherwise by PROJ.

use geo::Coord;

use crate::crs::chinese::{bd09_from_wgs84, gcj02_from_wgs84, wgs84_from_bd09, wgs84_from_gcj02};
use crate::crs::defined::Basis;
use crate::crs::formula::Formula;
use crate::crs::register::similar;
use crate::crs::{Crs, with_proj};
use crate::error::{CrsProblem, Error, ErrorKind, Result};
use crate::maths::hypot;

/// Transforms coordinates from longitude, latitude (degrees, CGCS2000 or WGS 84) to another coordinate reference
/// system, or back: by formulas of this crate for CGCS2000, WGS 84, Gauss-Krüger zones, UTM, Web Mercator, GCJ-02, BD-09
/// and definitions of such systems, by PROJ (feature `proj`) for others. It is not `Send`; creating one with PROJ takes
/// milliseconds, so reuse it.
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
    Forward(Formula),
    Inverse(Formula),
    Proj(with_proj::Operation),
}

impl Transformer {
    /// From longitude, latitude to `crs`. Fails if it is unknown, on a datum without an exact transformation, or needs
    /// PROJ in a build without it.
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
            Crs::Epsg(4326 | 4490) => Step::Identity,
            Crs::Epsg(_) | Crs::Defined(_) => match Formula::of(&crs) {
                Some(formula) => Step::Forward(formula),
                None if datum_of(&crs).is_some() => return Err(other_datum(&crs)),
                None => Step::Proj(with_proj::Operation::to_crs(&crs)?),
            },
        };
        Ok(Transformer { crs, step })
    }

    /// From `crs` to longitude, latitude. Fails as [`to_crs`](Transformer::to_crs).
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
            Crs::Epsg(4326 | 4490) => Step::Identity,
            Crs::Epsg(_) | Crs::Defined(_) => match Formula::of(&crs) {
                Some(formula) => Step::Inverse(formula),
                None if datum_of(&crs).is_some() => return Err(other_datum(&crs)),
                None => Step::Proj(with_proj::Operation::from_crs(&crs)?),
            },
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
            Step::Identity => return Ok(()),
            Step::Shift(shift) => coords.iter_mut().for_each(|coord| *coord = shift(*coord)),
            Step::Forward(formula) => formula.forward(coords),
            Step::Inverse(formula) => formula.inverse(coords),
            Step::Proj(operation) => {
                operation.apply(coords).map_err(|problem| unusable_crs(&self.crs, problem))?;
            }
        }
        let is_finite = |coord: &Coord<f64>| coord.x.is_finite() && coord.y.is_finite();
        if coords.iter().all(is_finite) { Ok(()) } else { Err(unusable_crs(&self.crs, CrsProblem::OutsideArea)) }
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
        let length = hypot(ends[1].x - ends[0].x, ends[1].y - ends[0].y);
        if (50.0..200.0).contains(&length) { Ok(()) } else { Err(unusable_crs(&self.crs, CrsProblem::NotMetres)) }
    }
}

/// The datum of a definition that cannot be used without a shift.
fn datum_of(crs: &Crs) -> Option<&str> {
    match crs {
        Crs::Defined(definition) => match definition.basis() {
            Basis::OtherDatum(datum) => Some(datum),
            _ => None,
        },
        _ => None,
    }
}

fn other_datum(crs: &Crs) -> Error {
    let datum = datum_of(crs).unwrap_or_default().to_owned();
    Error::new(ErrorKind::OtherDatum { crs: crs.to_string(), datum })
}

/// A code that is not a CRS.
pub(super) fn no_such_crs(crs: &Crs) -> Error {
    let similar = crs.epsg().and_then(similar).map(|code| format!("EPSG:{code}"));
    Error::new(ErrorKind::NoSuchCrs { crs: crs.to_string(), similar })
}

/// A CRS that cannot be used for a reason.
pub(super) fn unusable_crs(crs: &Crs, problem: CrsProblem) -> Error {
    Error::new(ErrorKind::Crs { crs: crs.to_string(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::coord;

    #[test]
    #[cfg(feature = "proj")]
    fn crs_without_two_coordinates_are_rejected() {
        // Heights, depths, and an engineering CRS.
        for code in [5802, 5714, 5737, 5800] {
            let error = Transformer::to_crs(Crs::Epsg(code)).err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains("not a horizontal system")), "{code}");
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
        assert!(check(4326).is_err());
        #[cfg(feature = "proj")]
        assert!(check(2240).is_err());
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
