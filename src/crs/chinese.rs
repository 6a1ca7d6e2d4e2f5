//! GCJ-02 and BD-09, the shifted coordinates of Chinese web maps: forward and inverse.
//!
//! Amap and Tencent maps show GCJ-02 (国测局坐标, 火星坐标), Baidu maps BD-09 on top of it. Both shift longitude and latitude by
//! hundreds of metres, varying with the location: at the corridor by 0.5 km and 1.1 km. The formulas are those in
//! public use; that of GCJ-02 is a reconstruction, not a published standard. Coordinates in these systems are for
//! display only, not for surveying.

use std::f64::consts::PI;

use geo::{Coord, coord};

use crate::maths::{atan2, hypot, sin_cos, sin_cos_deg, sin_cos_half_turns};

/// WGS 84 to GCJ-02, both longitude, latitude in degrees. As in the public formula, positions outside a box around
/// China are not shifted.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::gcj02_from_wgs84;
///
/// let shifted = gcj02_from_wgs84(coord! { x: 121.3689816, y: 28.6558954 });
/// assert!((shifted.x - 121.3733934).abs() < 1e-7 && (shifted.y - 28.6529299).abs() < 1e-7);
/// ```
pub fn gcj02_from_wgs84(position: Coord<f64>) -> Coord<f64> {
    if !is_shifted(position) {
        return position;
    }
    // Krassovsky 1940: the ellipsoid of the formula.
    const A: f64 = 6_378_245.0;
    const E2: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (position.x - 105.0, position.y - 35.0);
    let (sin_lat, cos_lat) = sin_cos_deg(position.y);
    let w2 = 1.0 - E2 * sin_lat * sin_lat;
    let w = w2.sqrt();
    // The sine terms are metres, as if the degree were 180/π m long; hence the radii.
    let (of_x, of_y) = (Waves::of(x), Waves::of(y));
    let shared = of_x.sum([0.0, 0.0, 0.0, 0.0, 20.0, 20.0]);
    let north = north_polynomial(x, y) + shared + of_y.sum([320.0, 160.0, 40.0, 20.0, 0.0, 0.0]);
    let east = east_polynomial(x, y) + shared + of_x.sum([300.0, 150.0, 40.0, 20.0, 0.0, 0.0]);
    let north = north * 180.0 / (A * (1.0 - E2) / (w2 * w) * PI);
    let east = east * 180.0 / (A / w * cos_lat * PI);
    position + coord! { x: east, y: north }
}

/// GCJ-02 to WGS 84: the inverse of [`gcj02_from_wgs84`], to less than 10⁻⁹ degrees.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::wgs84_from_gcj02;
///
/// let site = wgs84_from_gcj02(coord! { x: 121.3733934, y: 28.6529299 });
/// assert!((site.x - 121.3689816).abs() < 1e-7 && (site.y - 28.6558954).abs() < 1e-7);
/// ```
pub fn wgs84_from_gcj02(position: Coord<f64>) -> Coord<f64> {
    inverse(gcj02_from_wgs84, position)
}

/// WGS 84 to BD-09.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::bd09_from_wgs84;
///
/// let shifted = bd09_from_wgs84(coord! { x: 121.36898, y: 28.6559 });
/// assert!((shifted.x - 121.36898 - 0.0109).abs() < 1e-3); // about 1.1 km
/// ```
pub fn bd09_from_wgs84(position: Coord<f64>) -> Coord<f64> {
    bd09_from_gcj02(gcj02_from_wgs84(position))
}

/// BD-09 to WGS 84: the inverse of [`bd09_from_wgs84`], to less than 10⁻⁹ degrees.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{bd09_from_wgs84, wgs84_from_bd09};
///
/// let site = coord! { x: 121.36898, y: 28.6559 };
/// let again = wgs84_from_bd09(bd09_from_wgs84(site));
/// assert!((again.x - site.x).abs() < 1e-9 && (again.y - site.y).abs() < 1e-9);
/// ```
pub fn wgs84_from_bd09(position: Coord<f64>) -> Coord<f64> {
    wgs84_from_gcj02(inverse(bd09_from_gcj02, position))
}

fn bd09_from_gcj02(position: Coord<f64>) -> Coord<f64> {
    /// Half turns a degree.
    const TURN: f64 = 3000.0 / 180.0;
    let Coord { x, y } = position;
    let radius = hypot(x, y) + 0.000_02 * sin_cos_half_turns(y * TURN).0;
    let angle = atan2(y, x) + 0.000_003 * sin_cos_half_turns(x * TURN).1;
    let (sin, cos) = sin_cos(angle);
    coord! { x: radius * cos + 0.006_5, y: radius * sin + 0.006 }
}

/// Whether the public formula shifts a position: a box around China.
fn is_shifted(position: Coord<f64>) -> bool {
    (72.004..=137.834_7).contains(&position.x) && (0.829_3..=55.827_1).contains(&position.y)
}

fn north_polynomial(x: f64, y: f64) -> f64 {
    -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt()
}

fn east_polynomial(x: f64, y: f64) -> f64 {
    300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt()
}

/// The sines of the formula at a number of degrees, of 1/30, 1/12, 1/3, 1, 2 and 6 half turns a degree.
struct Waves([f64; 6]);

impl Waves {
    /// From two angles, by the formulas for multiples.
    #[inline]
    fn of(degrees: f64) -> Waves {
        let (sin, cos) = sin_cos_half_turns(degrees / 60.0);
        let sin2 = sin * sin;
        let (thirtieth, twelfth) = (2.0 * sin * cos, sin * (5.0 - sin2 * (20.0 - 16.0 * sin2)));
        let (third, cos) = sin_cos_half_turns(degrees / 3.0);
        let (one, cos_one) = (third * (3.0 - 4.0 * third * third), cos * (4.0 * cos * cos - 3.0));
        let two = 2.0 * one * cos_one;
        Waves([thirtieth, twelfth, third, one, two, two * (3.0 - 4.0 * two * two)])
    }

    /// The sum of the waves with these amplitudes in metres, times the factor 2/3 of the formula.
    #[inline]
    fn sum(&self, metres: [f64; 6]) -> f64 {
        self.0.iter().zip(metres).map(|(sin, metres)| sin * metres).sum::<f64>() * 2.0 / 3.0
    }
}

/// Inverts a shift by fixed-point iteration. The shift changes by less than a thousandth of the distance, so each step
/// adds three digits; at the edge of the box around China it is discontinuous, so the number of steps is bounded.
fn inverse(shift: fn(Coord<f64>) -> Coord<f64>, position: Coord<f64>) -> Coord<f64> {
    let mut guess = position;
    for _ in 0..20 {
        let miss = shift(guess) - position;
        guess = guess - miss;
        if miss.x.abs() < 1e-12 && miss.y.abs() < 1e-12 {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_near(a: Coord<f64>, b: (f64, f64), within: f64) -> bool {
        (a.x - b.0).abs() < within && (a.y - b.1).abs() < within
    }

    /// Pairs published with the widely used open implementations (coordtransform), and one of the
    /// corridor.
    #[test]
    fn agrees_with_published_pairs() {
        let tiananmen = coord! { x: 116.404, y: 39.915 };
        assert!(is_near(gcj02_from_wgs84(tiananmen), (116.410_244_499_169_38, 39.916_404_281_501_64), 1e-12));
        assert!(is_near(bd09_from_gcj02(tiananmen), (116.410_369_493_710_29, 39.921_336_993_510_21), 1e-12));
        // The published inverses use the shift at the shifted position and are off by a few 10⁻⁵ degrees.
        assert!(is_near(wgs84_from_gcj02(tiananmen), (116.397_755_500_830_61, 39.913_595_718_498_36), 1e-4));
        assert!(is_near(inverse(bd09_from_gcj02, tiananmen), (116.397_627_291_193_15, 39.908_656_739_576_31), 1e-4));
        let corridor = coord! { x: 121.368_981_6, y: 28.655_895_4 };
        assert!(is_near(gcj02_from_wgs84(corridor), (121.373_393_4, 28.652_929_9), 5e-8));
    }

    #[test]
    fn nothing_is_shifted_outside_china() {
        let london = coord! { x: -0.1276, y: 51.5072 };
        assert_eq!(gcj02_from_wgs84(london), london);
        assert_eq!(wgs84_from_gcj02(london), london);
    }

    proptest! {
        #[test]
        fn inverse_undoes_forward(x in 74.0..135.0, y in 18.0..54.0) {
            let site = coord! { x: x, y: y };
            prop_assert!(is_near(wgs84_from_gcj02(gcj02_from_wgs84(site)), (x, y), 1e-9));
            prop_assert!(is_near(gcj02_from_wgs84(wgs84_from_gcj02(site)), (x, y), 1e-9));
            prop_assert!(is_near(wgs84_from_bd09(bd09_from_wgs84(site)), (x, y), 1e-9));
            prop_assert!(is_near(bd09_from_wgs84(wgs84_from_bd09(site)), (x, y), 1e-9));
        }

        /// The inverse terminates with finite coordinates everywhere.
        #[test]
        fn every_position_has_a_finite_result(x in -180.0..180.0, y in -90.0..90.0) {
            let site = coord! { x: x, y: y };
            for image in [gcj02_from_wgs84(site), wgs84_from_gcj02(site), bd09_from_wgs84(site), wgs84_from_bd09(site)] {
                prop_assert!(image.x.is_finite() && image.y.is_finite());
            }
        }
    }
}
