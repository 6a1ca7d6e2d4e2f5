//! The transverse Mercator projection on an ellipsoid, by Krüger's series to the sixth power of the third flattening.
//!
//! C. F. F. Karney: Transverse Mercator with an accuracy of a few nanometers. Journal of Geodesy 85 (2011) 475–485,
//! doi:10.1007/s00190-011-0445-3. Equation numbers in comments are those of this paper. From the conformal latitude back
//! to the geographic one: C. F. F. Karney: On auxiliary latitudes. Survey Review 56 (2024) 165–180,
//! doi:10.1080/00396265.2023.2217604, equation (A5).
//!
//! Where the paper has logarithms and hyperbolic functions of angles, this uses their algebra: a point close to its
//! meridian needs the sine and cosine of two angles (one on the way back), square roots, and short polynomials.

use geo::{Coord, coord};

use crate::crs::formula::{NAN_COORD, within_half_turn};
use crate::crs::structure::Datum;
use crate::maths::{asinh, atan2, sin_cos, sin_cos_deg, sinh};

/// The order of the series.
const ORDER: usize = 6;

/// Coordinates farther from the meridian have no image: η, in radians of the sphere. The limit of PROJ, about 150° or
/// 16,700 km; the series is of use as far as some 4,000 km.
const MAX_ETA: f64 = 2.623_395_162_778;

/// A transverse Mercator projection: easting and northing in metres from longitude and latitude in degrees, and back.
#[derive(Debug, Clone)]
pub(super) struct TransverseMercator {
    central_meridian_deg: f64,
    false_easting_m: f64,
    /// The northing of the equator.
    equator_m: f64,
    /// The radius of the rectifying sphere, times the scale on the meridian.
    radius_m: f64,
    eccentricity2: f64,
    /// From the conformal sphere to the plane, (35).
    alpha: [f64; ORDER],
    /// From the plane to the conformal sphere, (36).
    beta: [f64; ORDER],
    /// From the conformal to the geographic latitude.
    gamma: [f64; ORDER],
}

/// The parameters of a transverse Mercator projection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parameters {
    /// The semi-major axis of the ellipsoid.
    pub semi_major_m: f64,
    /// Its inverse flattening.
    pub inverse_flattening: f64,
    /// Latitude of natural origin.
    pub origin_latitude_deg: f64,
    /// Longitude of natural origin.
    pub central_meridian_deg: f64,
    /// Scale factor at natural origin.
    pub scale: f64,
    /// False easting.
    pub false_easting_m: f64,
    /// False northing.
    pub false_northing_m: f64,
}

impl Parameters {
    /// Whether the ellipsoid is that of WGS 84; otherwise it is that of CGCS2000.
    pub(super) fn is_wgs84(&self) -> bool {
        self.inverse_flattening == Datum::WGS84
    }
}

impl TransverseMercator {
    pub(super) fn new(parameters: &Parameters) -> TransverseMercator {
        let flattening = 1.0 / parameters.inverse_flattening;
        let n = flattening / (2.0 - flattening);
        let n2 = n * n;
        // (14)
        let radius_m = parameters.scale * parameters.semi_major_m / (1.0 + n)
            * (1.0 + n2 * (0.25 + n2 * (1.0 / 64.0 + n2 / 256.0)));
        let mut projection = TransverseMercator {
            central_meridian_deg: parameters.central_meridian_deg,
            false_easting_m: parameters.false_easting_m,
            equator_m: 0.0,
            radius_m,
            eccentricity2: flattening * (2.0 - flattening),
            alpha: series(n, &ALPHA),
            beta: series(n, &BETA),
            gamma: series(n, &GAMMA),
        };
        let on_meridian = coord! { x: parameters.central_meridian_deg, y: parameters.origin_latitude_deg };
        projection.equator_m = parameters.false_northing_m - projection.forward(on_meridian).y;
        projection
    }

    /// The same projection with another central meridian, its coordinates relative to a position (degrees) on it.
    pub(super) fn with_origin(&self, position: Coord<f64>) -> TransverseMercator {
        let mut projection = TransverseMercator {
            central_meridian_deg: position.x,
            false_easting_m: 0.0,
            equator_m: 0.0,
            ..self.clone()
        };
        projection.equator_m = -projection.forward(position).y;
        projection
    }

    /// Easting and northing of a longitude and latitude; not a number near the two points of the equator 90° from the
    /// meridian, where the projection is infinite.
    #[inline]
    pub(super) fn forward(&self, position: Coord<f64>) -> Coord<f64> {
        let longitude_deg = within_half_turn(position.x - self.central_meridian_deg);
        let (sin_lon, cos_lon) = sin_cos_deg(longitude_deg);
        let (sin_lat, cos_lat) = sin_cos_deg(position.y);
        // σ of (9), and √(1 + σ²) − 1: σ is at most 0.0067.
        let sigma = self.sigma(sin_lat);
        let sigma2 = sigma * sigma;
        let excess = sigma2 * (0.5 - sigma2 * (0.125 - sigma2 / 16.0));
        // τ′ of (7), times the cosine of the latitude; then (10), all over the same denominator.
        let north = sin_lat + sin_lat * excess - sigma;
        let (across, east) = (cos_lat * cos_lon, cos_lat * sin_lon);
        let (across2, east2) = (across * across + north * north, east * east);
        let hypotenuse = (across2 + east2).sqrt();
        // ξ′ differs little from the latitude, η′ from zero: both angles are those of small ratios.
        let aside = cos_lat * (sin_lat * ((1.0 - cos_lon) + excess) - sigma);
        let along = across * cos_lat + north * sin_lat;
        let xi = position.y.to_radians() + angle_of(aside, along);
        let eta = {
            let ratio = east / hypotenuse;
            if ratio.abs() < SMALL { ratio * odd(ratio * ratio) } else { asinh(east / across2.sqrt()) }
        };
        let per = 1.0 / across2;
        let double = Double {
            sin: 2.0 * north * across * per,
            cos: (across * across - north * north) * per,
            sinh: 2.0 * east * hypotenuse * per,
            cosh: 1.0 + 2.0 * east2 * per,
        };
        // (11)
        let (more_xi, more_eta) = double.series(&self.alpha);
        let eta = eta + more_eta;
        if eta.abs() > MAX_ETA {
            return NAN_COORD;
        }
        coord! { x: self.false_easting_m + self.radius_m * eta, y: self.equator_m + self.radius_m * (xi + more_xi) }
    }

    /// Longitude and latitude of an easting and northing; not a number outside the domain.
    #[inline]
    pub(super) fn inverse(&self, position: Coord<f64>) -> Coord<f64> {
        let xi = (position.y - self.equator_m) / self.radius_m;
        let eta = (position.x - self.false_easting_m) / self.radius_m;
        if eta.abs() > MAX_ETA {
            return NAN_COORD;
        }
        let (sin_xi, cos_xi) = sin_cos(xi);
        let sinh_eta = if eta.abs() < SMALL { eta * sinh_ratio(eta * eta) } else { sinh(eta) };
        let cosh_eta = (1.0 + sinh_eta * sinh_eta).sqrt();
        let double = Double {
            sin: 2.0 * sin_xi * cos_xi,
            cos: cos_xi * cos_xi - sin_xi * sin_xi,
            sinh: 2.0 * sinh_eta * cosh_eta,
            cosh: 1.0 + 2.0 * sinh_eta * sinh_eta,
        };
        // (15), with the functions of the differences by the addition theorems.
        let (less_xi, less_eta) = double.series(&self.beta);
        let (north, across, east) = if less_xi.abs() < TINY && less_eta.abs() < TINY {
            let (sin, cos) = (less_xi * sin_ratio(less_xi * less_xi), cosine(less_xi * less_xi));
            let (sinh, cosh) = (less_eta * sin_ratio(-less_eta * less_eta), cosine(-less_eta * less_eta));
            (sin_xi * cos - cos_xi * sin, cos_xi * cos + sin_xi * sin, sinh_eta * cosh - cosh_eta * sinh)
        } else {
            let (sin, cos) = sin_cos(xi - less_xi);
            (sin, cos, sinh(eta - less_eta))
        };
        // (17) and (18); the conformal latitude differs little from ξ′.
        let longitude = angle_of(east, across);
        let across2 = across * across + east * east;
        let horizontal = across2.sqrt();
        let per = 1.0 / (across2 + north * north);
        let aside = if across > 0.0 { -east * east / (horizontal + across) } else { across - horizontal };
        let more = angle_of(north * aside, horizontal * across + north * north);
        let sin = 2.0 * north * horizontal * per;
        let cos = (across2 - north * north) * per;
        let latitude = (xi - less_xi) + more + sine_series(&self.gamma, sin, cos);
        coord! { x: self.central_meridian_deg + longitude.to_degrees(), y: latitude.to_degrees() }
    }

    /// σ = sinh(e·artanh(e·sin φ)), (9).
    #[inline]
    fn sigma(&self, sin_lat: f64) -> f64 {
        let e2 = self.eccentricity2;
        // e² is 0.0067: eight terms of the inverse hyperbolic tangent, three of the hyperbolic sine.
        let x = e2 * sin_lat * sin_lat;
        let angle = e2 * sin_lat * odd(x);
        let angle2 = angle * angle;
        angle * (1.0 + angle2 * (1.0 / 6.0 + angle2 / 120.0))
    }
}

/// Below this the series of [`odd`] is exact to the last bit: 6° from the meridian.
const SMALL: f64 = 0.1;

/// The angle of a vector, in radians; fast if it is close to the first axis.
#[inline]
fn angle_of(aside: f64, along: f64) -> f64 {
    let ratio = aside / along;
    if ratio.abs() < SMALL && along > 0.0 { ratio * odd(-ratio * ratio) } else { atan2(aside, along) }
}

/// artanh(√x) / √x, and arctan(√−x) / √−x for negative x: 1 + x/3 + x²/5 + …, for |x| < 0.01.
#[inline]
fn odd(x: f64) -> f64 {
    const C: [f64; 8] = [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0];
    let x2 = x * x;
    let (low, high) = ((C[0] + C[1] * x) + (C[2] + C[3] * x) * x2, (C[4] + C[5] * x) + (C[6] + C[7] * x) * x2);
    low + high * (x2 * x2)
}

/// sinh(√x) / √x for x < 0.01.
#[inline]
fn sinh_ratio(x: f64) -> f64 {
    1.0 + x * (1.0 / 6.0 + x * (1.0 / 120.0 + x * (1.0 / 5040.0 + x / 362_880.0)))
}

/// Below this [`sin_ratio`] and [`cosine`] are exact to the last bit.
const TINY: f64 = 2e-3;

/// sin(√x) / √x, and sinh for negative x.
#[inline]
fn sin_ratio(x: f64) -> f64 {
    1.0 - x * (1.0 / 6.0 - x / 120.0)
}

/// cos(√x), and cosh for negative x.
#[inline]
fn cosine(x: f64) -> f64 {
    1.0 - x * (0.5 - x * (1.0 / 24.0 - x / 720.0))
}

/// The functions of twice the angles ξ and η.
struct Double {
    sin: f64,
    cos: f64,
    sinh: f64,
    cosh: f64,
}

impl Double {
    /// The real and imaginary part of Σ cₖ sin 2k(ξ + iη), summed by Clenshaw's recurrence.
    #[inline]
    fn series(&self, coefficients: &[f64; ORDER]) -> (f64, f64) {
        // 2 cos 2ζ.
        let (re, im) = (2.0 * self.cos * self.cosh, -2.0 * self.sin * self.sinh);
        let [c1, c2, c3, c4, c5, c6] = *coefficients;
        // The first step, without the products with zero.
        let (mut now, mut before) = ((c5 + re * c6, im * c6), (c6, 0.0));
        for coefficient in [c4, c3, c2, c1] {
            // The sum that waits for the last step comes last.
            let next = ((coefficient - before.0) + (re * now.0 - im * now.1), (re * now.1 + im * now.0) - before.1);
            (now, before) = (next, now);
        }
        // sin 2ζ.
        let (sin, cos) = (self.sin * self.cosh, self.cos * self.sinh);
        (now.0 * sin - now.1 * cos, now.0 * cos + now.1 * sin)
    }
}

/// Σ cₖ sin 2kx, from the sine and cosine of 2x.
#[inline]
fn sine_series(coefficients: &[f64; ORDER], sin: f64, cos: f64) -> f64 {
    let [c1, c2, c3, c4, c5, c6] = *coefficients;
    let double = 2.0 * cos;
    let (mut now, mut before) = (c5 + double * c6, c6);
    for coefficient in [c4, c3, c2, c1] {
        (now, before) = ((coefficient - before) + double * now, now);
    }
    now * sin
}

/// The coefficients of a series from those of their polynomials: row k has the powers k + 1 … 6 of n.
fn series(n: f64, rows: &[&[f64]; ORDER]) -> [f64; ORDER] {
    let mut power = 1.0;
    rows.map(|row| {
        power *= n;
        power * row.iter().rev().fold(0.0, |sum, &coefficient| sum * n + coefficient)
    })
}

/// (35)
const ALPHA: [&[f64]; ORDER] = [
    &[1.0 / 2.0, -2.0 / 3.0, 5.0 / 16.0, 41.0 / 180.0, -127.0 / 288.0, 7_891.0 / 37_800.0],
    &[13.0 / 48.0, -3.0 / 5.0, 557.0 / 1_440.0, 281.0 / 630.0, -1_983_433.0 / 1_935_360.0],
    &[61.0 / 240.0, -103.0 / 140.0, 15_061.0 / 26_880.0, 167_603.0 / 181_440.0],
    &[49_561.0 / 161_280.0, -179.0 / 168.0, 6_601_661.0 / 7_257_600.0],
    &[34_729.0 / 80_640.0, -3_418_889.0 / 1_995_840.0],
    &[212_378_941.0 / 319_334_400.0],
];

/// (36)
const BETA: [&[f64]; ORDER] = [
    &[1.0 / 2.0, -2.0 / 3.0, 37.0 / 96.0, -1.0 / 360.0, -81.0 / 512.0, 96_199.0 / 604_800.0],
    &[1.0 / 48.0, 1.0 / 15.0, -437.0 / 1_440.0, 46.0 / 105.0, -1_118_711.0 / 3_870_720.0],
    &[17.0 / 480.0, -37.0 / 840.0, -209.0 / 4_480.0, 5_569.0 / 90_720.0],
    &[4_397.0 / 161_280.0, -11.0 / 504.0, -830_251.0 / 7_257_600.0],
    &[4_583.0 / 161_280.0, -108_847.0 / 3_991_680.0],
    &[20_648_693.0 / 638_668_800.0],
];

const GAMMA: [&[f64]; ORDER] = [
    &[2.0, -2.0 / 3.0, -2.0, 116.0 / 45.0, 26.0 / 45.0, -2_854.0 / 675.0],
    &[7.0 / 3.0, -8.0 / 5.0, -227.0 / 45.0, 2_704.0 / 315.0, 2_323.0 / 945.0],
    &[56.0 / 15.0, -136.0 / 35.0, -1_262.0 / 105.0, 73_814.0 / 2_835.0],
    &[4_279.0 / 630.0, -332.0 / 35.0, -399_572.0 / 14_175.0],
    &[4_174.0 / 315.0, -144_838.0 / 6_237.0],
    &[601_676.0 / 22_275.0],
];
