//! Elementary functions, the same to the last bit on every platform.
//!
//! The standard library calls those of the platform's C library, which differ in the last bit from one system to
//! another, and with them the last digit of a result. These come from the crate `libm`, a port of musl to Rust.
//! `clippy.toml` disallows the methods of `f64` in the library. What IEEE 754 defines exactly (`sqrt`, `abs`, `floor`,
//! `round`, `to_radians`, a product) is used as it is.
//!
//! Some dependencies call the platform's functions: `geographiclib-rs` (geodesic distances, azimuths and areas), and
//! `resvg` (pixels of a PNG). Their results may differ in the last bits of a double, which is far below the digits that
//! are written: 0.01 m of a distance is 10⁷ such units. `geo`, `robust`, `rstar` and `i_overlay` use exact operations
//! where this crate calls them.

/// Sine and cosine of an angle in radians.
pub(crate) fn sin_cos(angle: f64) -> (f64, f64) {
    libm::sincos(angle)
}

/// Sine and cosine of an angle in degrees, exact at multiples of 90°.
#[inline]
pub(crate) fn sin_cos_deg(angle_deg: f64) -> (f64, f64) {
    if angle_deg.abs() <= 45.0 {
        return libm::sincos(angle_deg.to_radians());
    }
    // The difference is exact: no digit is lost to a rounded π.
    let quarters = (angle_deg / 90.0).round();
    let (sin, cos) = libm::sincos((angle_deg - 90.0 * quarters).to_radians());
    match quarters.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// Sine and cosine of a number of half turns: sin πx and cos πx. A large number loses no digits to a rounded π.
#[inline]
pub(crate) fn sin_cos_half_turns(half_turns: f64) -> (f64, f64) {
    let quarters = (2.0 * half_turns).round();
    let (sin, cos) = libm::sincos((half_turns - 0.5 * quarters) * std::f64::consts::PI);
    // Without branches, which a processor could not predict.
    let quarters = quarters as i64;
    let (sin, cos) = if quarters & 1 == 0 { (sin, cos) } else { (cos, sin) };
    let signed = |size: f64, is_negative: bool| if is_negative { -size } else { size };
    (signed(sin, quarters & 2 != 0), signed(cos, (quarters ^ (quarters << 1)) & 2 != 0))
}

/// The arc sine.
pub(crate) fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// The length of a vector.
pub(crate) fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// A power of ten: exact up to 10²², its reciprocal to the last bit.
pub(crate) fn power_of_ten(exponent: i32) -> f64 {
    /// Beyond this all powers are infinite.
    const MAX: u32 = 310;
    let power = (0..exponent.unsigned_abs().min(MAX)).fold(1.0, |power, _| power * 10.0);
    if exponent < 0 { 1.0 / power } else { power }
}

/// The exponent of the power of ten up to a positive number: the logarithm to base ten, rounded down.
pub(crate) fn decimal_exponent(number: f64) -> i32 {
    let text = format!("{number:e}");
    text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// The exponent of the power of two up to a positive number: the logarithm to base two, rounded down.
#[cfg(feature = "tiles")]
pub(crate) fn binary_exponent(number: f64) -> i32 {
    libm::ilogb(number)
}

/// The arc tangent of `y / x`, in radians, in the quadrant of the point (x, y).
pub(crate) fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// The arc tangent.
pub(crate) fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// The tangent of an angle in radians.
pub(crate) fn tan(angle: f64) -> f64 {
    libm::tan(angle)
}

/// The hyperbolic sine.
pub(crate) fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// The inverse hyperbolic sine.
pub(crate) fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_and_cosines_of_quarter_turns_are_exact() {
        let of = |angle_deg| sin_cos_deg(angle_deg);
        assert_eq!((of(0.0), of(90.0), of(-90.0)), ((0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)));
        assert_eq!((of(180.0), of(-180.0), of(270.0)), ((0.0, -1.0), (0.0, -1.0), (-1.0, 0.0)));
        for i in 0..720 {
            let angle_deg = 0.5 + f64::from(i) - 360.0;
            let ((sin, cos), (plain_sin, plain_cos)) = (sin_cos_deg(angle_deg), sin_cos(angle_deg.to_radians()));
            assert!((sin - plain_sin).abs() < 1e-15 && (cos - plain_cos).abs() < 1e-15, "{angle_deg}");
        }
        assert!(of(f64::NAN).0.is_nan() && of(f64::INFINITY).0.is_nan());
    }

    #[test]
    fn sines_of_half_turns_are_those_of_radians() {
        for i in -4000..4000 {
            let half_turns = f64::from(i) / 97.0;
            let ((sin, cos), plain) = (sin_cos_half_turns(half_turns), half_turns * std::f64::consts::PI);
            assert!((sin - plain.sin()).abs() < 3e-14 && (cos - plain.cos()).abs() < 3e-14, "{half_turns}");
        }
        let of = |half_turns| sin_cos_half_turns(half_turns);
        assert_eq!((of(0.5), of(1e9), of(-1.5), of(-1.0)), ((1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.0, -1.0)));
        assert!(of(f64::NAN).0.is_nan() && of(f64::INFINITY).0.is_nan());
    }

    #[test]
    fn powers_of_ten_are_those_of_their_decimals() {
        for exponent in -22..=22 {
            assert_eq!(power_of_ten(exponent), format!("1e{exponent}").parse::<f64>().unwrap(), "{exponent}");
        }
        assert_eq!((power_of_ten(i32::MAX), power_of_ten(i32::MIN)), (f64::INFINITY, 0.0));
        for (number, exponent) in [(1000.0, 3), (999.999, 2), (0.001, -3), (5.0, 0), (0.099, -2)] {
            assert_eq!(decimal_exponent(number), exponent, "{number}");
        }
    }
}
