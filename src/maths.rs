//! Elementary functions, the same to the last bit on every platform.
//!
//! The standard library calls those of the platform's C library, which differ in the last bit from one system to
//! another, and with them the last digit of a result. These come from the crate `libm`, a port of musl to Rust.
//! `clippy.toml` disallows the methods of `f64` in the whole crate; what IEEE 754 defines exactly (`sqrt`, `abs`,
//! `floor`, `round` …) is used as it is, and a power with a whole exponent is a product.

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
}
