//! Which systems are computed here rather than by PROJ: the zones of China, UTM, Web Mercator, definitions that reduce to
//! a transverse Mercator projection on CGCS2000 or WGS 84, and such on other datums with the user's own parameters.

use geo::Coord;
use serde_json::Value;

use crate::crs::datum_shift::ShiftMethod;
use crate::crs::defined::Basis;
use crate::crs::earlier::CGCS2000;
use crate::crs::helmert::{Ellipsoid, PlaneShift, Shift};
use crate::crs::structure::{Datum, axes_are_metres, parameter_deg, parameter_m, parameter_one};
use crate::crs::systems::utm_zone;
use crate::crs::transverse_mercator::{Parameters, TransverseMercator};
use crate::crs::{Crs, GaussKruegerZone, web_mercator};

/// From longitude and latitude in degrees to easting and northing in metres, or to degrees on another datum.
pub(super) enum Formula {
    TransverseMercator(Box<TransverseMercator>),
    WebMercator,
    /// On another datum: a projection, or degrees.
    Shifted {
        projection: Option<Box<TransverseMercator>>,
        shift: Box<Shift>,
    },
    /// A local plane, beside another.
    Plane {
        target: Box<Formula>,
        shift: PlaneShift,
        offset_m: f64,
    },
}

impl Formula {
    /// The formula of a CRS; `None` if it needs PROJ.
    pub(super) fn of(crs: &Crs) -> Option<Formula> {
        match crs {
            Crs::Epsg(3857) => Some(Formula::WebMercator),
            Crs::Defined(definition) if !matches!(definition.basis(), Basis::Usable) => {
                Formula::shifted(definition.basis())
            }
            _ => Some(Formula::TransverseMercator(Box::new(TransverseMercator::new(&parameters_of(crs)?)))),
        }
    }

    /// The formula of a system on another datum.
    fn shifted(basis: &Basis) -> Option<Formula> {
        let Basis::Shifted(bound) = basis else { return None };
        let (shift, system) = &**bound;
        match shift.method() {
            ShiftMethod::Helmert(parameters) => Some(Formula::Shifted {
                projection: system.projection.as_ref().map(|it| Box::new(TransverseMercator::new(it))),
                shift: Box::new(Shift::new(system.ellipsoid?, CGCS2000, parameters)),
            }),
            ShiftMethod::Similarity(parameters) => Some(Formula::Plane {
                target: Box::new(Formula::of(&parameters.target)?),
                shift: PlaneShift::new(parameters),
                offset_m: system.offset_m,
            }),
        }
    }

    /// Replaces positions by their eastings and northings; those outside the domain are not numbers: latitudes beyond
    /// 90°, longitudes beyond ten radians (the limit of PROJ; within it they are taken modulo a turn), and positions far
    /// from the central meridian, see [`TransverseMercator::forward`].
    pub(super) fn forward(&self, coords: &mut [Coord<f64>]) {
        match self {
            Formula::TransverseMercator(projection) => {
                coords
                    .iter_mut()
                    .for_each(|coord| *coord = on_globe(*coord).map_or(NAN_COORD, |at| projection.forward(at)));
            }
            Formula::WebMercator => {
                coords.iter_mut().for_each(|coord| *coord = on_globe(*coord).map_or(NAN_COORD, web_mercator::forward));
            }
            Formula::Shifted { projection, shift } => {
                let image = |at: Coord<f64>| match projection {
                    Some(projection) => projection.forward(shift.inverse(at)),
                    None => shift.inverse(at),
                };
                coords.iter_mut().for_each(|coord| *coord = on_globe(*coord).map_or(NAN_COORD, image));
            }
            Formula::Plane { target, shift, offset_m } => {
                target.forward(coords);
                coords.iter_mut().for_each(|coord| {
                    *coord = shift.inverse(*coord);
                    coord.x -= offset_m;
                });
            }
        }
    }

    /// Replaces eastings and northings by their positions; those outside the domain are not numbers.
    pub(super) fn inverse(&self, coords: &mut [Coord<f64>]) {
        let normal = |at: Coord<f64>| Coord { x: within_half_turn(at.x), y: at.y };
        match self {
            Formula::TransverseMercator(projection) => {
                coords.iter_mut().for_each(|coord| *coord = normal(projection.inverse(*coord)));
            }
            Formula::WebMercator => coords.iter_mut().for_each(|coord| *coord = normal(web_mercator::inverse(*coord))),
            Formula::Shifted { projection, shift } => coords.iter_mut().for_each(|coord| {
                let position = match projection {
                    Some(projection) => projection.inverse(*coord),
                    None => *coord,
                };
                *coord = on_globe(position).map_or(NAN_COORD, |at| normal(shift.forward(at)));
            }),
            Formula::Plane { target, shift, offset_m } => {
                coords.iter_mut().for_each(|coord| {
                    coord.x += offset_m;
                    *coord = shift.forward(*coord);
                });
                target.inverse(coords);
            }
        }
    }
}

/// What has no image.
pub(super) const NAN_COORD: Coord<f64> = Coord { x: f64::NAN, y: f64::NAN };

/// A position with a longitude between −180° and 180°, if it is one.
#[inline]
fn on_globe(position: Coord<f64>) -> Option<Coord<f64>> {
    /// Ten radians.
    const MAX_LONGITUDE_DEG: f64 = 572.957_795_130_823_2;
    let is_position = position.x.abs() <= MAX_LONGITUDE_DEG && position.y.abs() <= 90.0;
    is_position.then(|| Coord { x: within_half_turn(position.x), y: position.y })
}

/// A longitude between −180° and 180°.
#[inline]
pub(super) fn within_half_turn(longitude_deg: f64) -> f64 {
    if longitude_deg.abs() <= 180.0 { longitude_deg } else { longitude_deg - 360.0 * (longitude_deg / 360.0).round() }
}

const SEMI_MAJOR_M: f64 = 6_378_137.0;

/// The parameters of a CRS that is a transverse Mercator projection in metres on CGCS2000 or WGS 84.
pub(super) fn parameters_of(crs: &Crs) -> Option<Parameters> {
    match crs {
        Crs::Epsg(_) => of_zone(crs).or_else(|| of_utm(crs)),
        Crs::Defined(definition) => of_definition(&serde_json::from_str(definition.projjson()).ok()?),
        Crs::Crs84 | Crs::Cgcs2000 | Crs::Gcj02 | Crs::Bd09 => None,
    }
}

fn of_zone(crs: &Crs) -> Option<Parameters> {
    let zone = GaussKruegerZone::of(crs)?;
    Some(Parameters {
        semi_major_m: SEMI_MAJOR_M,
        inverse_flattening: Datum::CGCS2000,
        origin_latitude_deg: 0.0,
        central_meridian_deg: f64::from(zone.central_meridian_deg()),
        scale: 1.0,
        false_easting_m: zone.false_easting_m(),
        false_northing_m: 0.0,
    })
}

fn of_utm(crs: &Crs) -> Option<Parameters> {
    let (zone, _, false_northing_m) = utm_zone(crs.epsg()?)?;
    Some(Parameters {
        semi_major_m: SEMI_MAJOR_M,
        inverse_flattening: Datum::WGS84,
        origin_latitude_deg: 0.0,
        central_meridian_deg: 6.0 * f64::from(zone) - 183.0,
        scale: 0.9996,
        false_easting_m: 500_000.0,
        false_northing_m,
    })
}

/// The parameters of a definition in PROJJSON.
pub(super) fn of_definition(definition: &Value) -> Option<Parameters> {
    let inverse_flattening = match Datum::of(&definition["base_crs"]) {
        Datum::Cgcs2000 => Datum::CGCS2000,
        Datum::Wgs84 => Datum::WGS84,
        Datum::Other => return None,
    };
    transverse_mercator_of(definition, Ellipsoid { semi_major_m: SEMI_MAJOR_M, inverse_flattening })
}

/// The parameters of a definition in PROJJSON that is a transverse Mercator projection in metres, on an ellipsoid.
pub(super) fn transverse_mercator_of(definition: &Value, ellipsoid: Ellipsoid) -> Option<Parameters> {
    let conversion = &definition["conversion"];
    if conversion["method"]["name"] != "Transverse Mercator" || !axes_are_metres(definition) {
        return None;
    }
    let parameters = Parameters {
        semi_major_m: ellipsoid.semi_major_m,
        inverse_flattening: ellipsoid.inverse_flattening,
        origin_latitude_deg: parameter_deg(conversion, "Latitude of natural origin")?,
        central_meridian_deg: parameter_deg(conversion, "Longitude of natural origin")?,
        scale: parameter_one(conversion, "Scale factor at natural origin")?,
        false_easting_m: parameter_m(conversion, "False easting")?,
        false_northing_m: parameter_m(conversion, "False northing")?,
    };
    let is_usable = parameters.origin_latitude_deg.abs() <= 90.0 && parameters.scale > 0.0;
    is_usable.then_some(parameters)
}

#[cfg(test)]
mod tests {
    use geo::coord;
    use proptest::prelude::*;

    use super::*;

    /// All systems with a code, by their formulas.
    fn codes() -> impl Iterator<Item = u32> {
        (4491..=4554).chain(32_601..=32_660).chain(32_701..=32_760).chain([3857])
    }

    #[test]
    fn systems_with_formulas_are_those_documented() {
        assert!(codes().all(|code| Formula::of(&Crs::Epsg(code)).is_some()));
        for code in [4490, 4555, 32_600, 32_661, 32_700, 32_761, 2385, 3395, 900_913] {
            assert!(Formula::of(&Crs::Epsg(code)).is_none(), "{code}");
        }
    }

    /// EPSG Guidance Note 7-2, method 1024.
    #[test]
    fn web_mercator_agrees_with_the_worked_example_of_epsg() {
        let mut at = [coord! { x: -(100.0 + 20.0 / 60.0), y: 24.0 + 22.0 / 60.0 + 54.433 / 3600.0 }];
        Formula::WebMercator.forward(&mut at);
        assert!((at[0].x + 11_169_055.58).abs() < 0.01 && (at[0].y - 2_800_000.00).abs() < 0.01, "{at:?}");
    }

    #[test]
    fn positions_off_the_globe_have_no_image() {
        let has_image = |formula: &Formula, x: f64, y: f64| {
            let mut at = [coord! { x: x, y: y }];
            formula.forward(&mut at);
            at[0].x.is_finite() && at[0].y.is_finite()
        };
        for formula in [4549, 32_651, 3857].map(|code| Formula::of(&Crs::Epsg(code)).unwrap()) {
            for (x, y) in [(121.0, 90.1), (600.0, 28.0), (f64::NAN, 0.0), (0.0, f64::INFINITY), (f64::INFINITY, 1.0)] {
                assert!(!has_image(&formula, x, y), "{x} {y}");
            }
            assert!(has_image(&formula, 121.0, 28.0) && has_image(&formula, 481.0, -28.0));
        }
        // A right angle from the meridian the projection is infinite.
        let zone = Formula::of(&Crs::Epsg(4549)).unwrap();
        assert!(!has_image(&zone, 210.0, 0.0) && !has_image(&zone, 30.0, 0.0) && has_image(&zone, 120.0, 90.0));
    }

    proptest! {
        /// Beyond the width of any zone, and in both hemispheres.
        #[test]
        fn inverse_undoes_forward(code in prop::sample::select(codes().collect::<Vec<_>>()), x in -10.0..10.0, y in -84.0..84.0) {
            let crs = Crs::Epsg(code);
            let meridian = of_zone(&crs).or(of_utm(&crs)).map_or(0.0, |parameters| parameters.central_meridian_deg);
            let formula = Formula::of(&crs).unwrap();
            let site = coord! { x: within_half_turn(meridian + x), y: y };
            let mut at = [site];
            formula.forward(&mut at);
            formula.inverse(&mut at);
            let off = within_half_turn(at[0].x - site.x).abs().max((at[0].y - site.y).abs());
            prop_assert!(off <= 1e-12, "EPSG:{code} {site:?}: {off:e}");
        }
    }
}
