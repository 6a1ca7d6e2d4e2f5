//! The Helmert transformation of 7 parameters between geocentric coordinates, and the similarity of 4 parameters between
//! planes.
//!
//! The formulas of the former are those of IOGP Publication 373-7-2 (Geomatics Guidance Note 7, part 2: Coordinate
//! Conversions and Transformations including Formulas), methods 1033 (position vector) and 1032 (coordinate frame), which
//! are linear in the rotations. PROJ has them too; by hand they need no PROJ, and the way back is the exact inverse, where
//! that of PROJ is off by the squares of the rotations (4 mm at 5″).

use geo::Coord;

use crate::crs::{Helmert, PlaneAxis, RotationConvention, Similarity};
use crate::maths::{atan2, hypot, sin_cos, sin_cos_deg};

/// A geocentric position in metres.
type Position = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// An ellipsoid of revolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ellipsoid {
    pub(super) semi_major_m: f64,
    pub(super) inverse_flattening: f64,
}

impl Ellipsoid {
    fn flattening(self) -> f64 {
        1.0 / self.inverse_flattening
    }

    /// The square of the first eccentricity.
    fn eccentricity2(self) -> f64 {
        self.flattening() * (2.0 - self.flattening())
    }

    /// The geocentric position of a longitude and latitude in degrees at a height.
    fn geocentric(self, position: Coord<f64>, height_m: f64) -> Position {
        let ((sin_lon, cos_lon), (sin_lat, cos_lat)) = (sin_cos_deg(position.x), sin_cos_deg(position.y));
        let eccentricity2 = self.eccentricity2();
        let normal_m = self.semi_major_m / (1.0 - eccentricity2 * sin_lat * sin_lat).sqrt();
        let across_m = (normal_m + height_m) * cos_lat;
        [across_m * cos_lon, across_m * sin_lon, (normal_m * (1.0 - eccentricity2) + height_m) * sin_lat]
    }

    /// The longitude and latitude in degrees and the height of a geocentric position near the surface.
    ///
    /// B. R. Bowring: Transformation from spatial to geographical coordinates. Survey Review 23 (1976) 323–327,
    /// doi:10.1179/sre.1976.23.181.323. The second step makes the error of the first negligible.
    fn geographic(self, [x, y, z]: Position) -> (Coord<f64>, f64) {
        let (flattening, eccentricity2) = (self.flattening(), self.eccentricity2());
        let semi_minor_m = self.semi_major_m * (1.0 - flattening);
        let across_m = hypot(x, y);
        // The reduced latitude, and the latitude, by their sines and cosines.
        let mut reduced = atan2(z, (1.0 - flattening) * across_m);
        let mut latitude = (0.0, 0.0);
        for _ in 0..2 {
            let (sin, cos) = sin_cos(reduced);
            let second2 = eccentricity2 / (1.0 - eccentricity2);
            latitude = (
                z + second2 * semi_minor_m * sin * sin * sin,
                across_m - eccentricity2 * self.semi_major_m * cos * cos * cos,
            );
            reduced = atan2((1.0 - flattening) * latitude.0, latitude.1);
        }
        let latitude = atan2(latitude.0, latitude.1);
        let (sin, cos) = sin_cos(latitude);
        let normal_m = self.semi_major_m / (1.0 - eccentricity2 * sin * sin).sqrt();
        let height_m = across_m * cos + z * sin - self.semi_major_m * self.semi_major_m / normal_m;
        (Coord { x: atan2(y, x).to_degrees(), y: latitude.to_degrees() }, height_m)
    }
}

/// Between the ellipsoid of an earlier datum and that of CGCS2000, for positions on the former.
#[derive(Debug, Clone)]
pub(super) struct Shift {
    from: Ellipsoid,
    to: Ellipsoid,
    translation_m: Position,
    matrix: Matrix,
    inverse: Matrix,
}

impl Shift {
    pub(super) fn new(from: Ellipsoid, to: Ellipsoid, parameters: &Helmert) -> Shift {
        let radians = |arcsec: f64| (arcsec / 3600.0).to_radians();
        // The coordinate frame turns the other way.
        let sign = match parameters.convention {
            RotationConvention::PositionVector => 1.0,
            RotationConvention::CoordinateFrame => -1.0,
        };
        let [rx, ry, rz] =
            [parameters.rx_arcsec, parameters.ry_arcsec, parameters.rz_arcsec].map(|r| sign * radians(r));
        let scale = 1.0 + parameters.scale_ppm * 1e-6;
        let matrix = [[1.0, -rz, ry], [rz, 1.0, -rx], [-ry, rx, 1.0]].map(|row| row.map(|value| scale * value));
        let translation_m = [parameters.dx_m, parameters.dy_m, parameters.dz_m];
        Shift { from, to, translation_m, matrix, inverse: inverse(&matrix) }
    }

    /// The longitude and latitude on CGCS2000 of one on the ellipsoid of the earlier datum; its height is left out.
    pub(super) fn forward(&self, position: Coord<f64>) -> Coord<f64> {
        let [x, y, z] = product(&self.matrix, self.from.geocentric(position, 0.0));
        let [dx, dy, dz] = self.translation_m;
        self.to.geographic([x + dx, y + dy, z + dz]).0
    }

    /// The inverse of [`forward`](Shift::forward): the position on the earlier ellipsoid, not one above it.
    pub(super) fn inverse(&self, position: Coord<f64>) -> Coord<f64> {
        let [dx, dy, dz] = self.translation_m;
        let (mut height_m, mut image) = (0.0, position);
        // Verticals differ by some 10⁻⁵, so that each step leaves 10⁻⁵ of the height.
        for _ in 0..3 {
            let [x, y, z] = self.to.geocentric(position, height_m);
            let (at, above_m) = self.from.geographic(product(&self.inverse, [x - dx, y - dy, z - dz]));
            height_m -= above_m;
            image = at;
        }
        image
    }
}

fn product(matrix: &Matrix, [x, y, z]: Position) -> Position {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// By cofactors. The matrix is close to a multiple of unity: parameters are bounded.
fn inverse(m: &Matrix) -> Matrix {
    let cofactor = |row: usize, column: usize| {
        let at = |down: usize, right: usize| m[(row + down) % 3][(column + right) % 3];
        at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
    };
    let determinant = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum::<f64>();
    std::array::from_fn(|row| std::array::from_fn(|column| cofactor(column, row) / determinant))
}

/// From one plane to another: x′ = dx + k (x cos α − y sin α), y′ = dy + k (x sin α + y cos α).
#[derive(Debug, Clone)]
pub(super) struct PlaneShift {
    delta: Coord<f64>,
    /// k cos α, k sin α; with the easting first, the angle is counter-clockwise.
    cos: f64,
    sin: f64,
}

impl PlaneShift {
    pub(super) fn new(parameters: &Similarity) -> PlaneShift {
        let (sin, cos) = sin_cos_deg(parameters.rotation_arcsec / 3600.0);
        let (dx, dy) = (parameters.dx_m, parameters.dy_m);
        // From x to y is clockwise where x is the northing.
        let (delta, sin) = match parameters.x_axis {
            PlaneAxis::East => (Coord { x: dx, y: dy }, sin),
            PlaneAxis::North => (Coord { x: dy, y: dx }, -sin),
        };
        PlaneShift { delta, cos: parameters.scale * cos, sin: parameters.scale * sin }
    }

    /// Easting and northing in the target plane.
    pub(super) fn forward(&self, Coord { x, y }: Coord<f64>) -> Coord<f64> {
        Coord { x: self.delta.x + self.cos * x - self.sin * y, y: self.delta.y + self.sin * x + self.cos * y }
    }

    pub(super) fn inverse(&self, coord: Coord<f64>) -> Coord<f64> {
        let Coord { x, y } = coord - self.delta;
        let square = self.cos * self.cos + self.sin * self.sin;
        Coord { x: (self.cos * x + self.sin * y) / square, y: (self.cos * y - self.sin * x) / square }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::earlier::CGCS2000;

    fn parameters(convention: RotationConvention) -> Helmert {
        Helmert {
            dx_m: -19.457,
            dy_m: 71.235,
            dz_m: 31.981,
            rx_arcsec: 2.113,
            ry_arcsec: -1.334,
            rz_arcsec: 3.271,
            scale_ppm: -4.83,
            convention,
        }
    }

    /// The example of IOGP Publication 373-7-2, methods 1033 and 1032: WGS 72 to WGS 84.
    #[test]
    fn agrees_with_the_published_example() {
        for (convention, rz_arcsec) in
            [(RotationConvention::PositionVector, 0.554), (RotationConvention::CoordinateFrame, -0.554)]
        {
            let (rx_arcsec, ry_arcsec) = (0.0, 0.0);
            let wgs72 = Helmert {
                dx_m: 0.0,
                dy_m: 0.0,
                dz_m: 4.5,
                rx_arcsec,
                ry_arcsec,
                rz_arcsec,
                scale_ppm: 0.219,
                convention,
            };
            let shift = Shift::new(CGCS2000, CGCS2000, &wgs72);
            let image = product(&shift.matrix, [3_657_660.66, 255_768.55, 5_201_382.11]);
            let expected = [3_657_660.78, 255_778.43, 5_201_387.75];
            for ((image, delta), expected) in image.into_iter().zip(shift.translation_m).zip(expected) {
                assert!((image + delta - expected).abs() < 0.006, "{image} {expected}");
            }
        }
    }

    #[test]
    fn inverses_undo_forwards() {
        let krasovsky = Ellipsoid { semi_major_m: 6_378_245.0, inverse_flattening: 298.3 };
        for convention in RotationConvention::ALL {
            let shift = Shift::new(krasovsky, CGCS2000, &parameters(convention));
            for number in 0..10_000_u32 {
                let at = Coord { x: -180.0 + f64::from(number % 360), y: -85.0 + f64::from(number) * 0.017 };
                let back = shift.inverse(shift.forward(at));
                let moved = (back.x - at.x).rem_euclid(360.0);
                assert!(moved.min(360.0 - moved) < 1e-11 && (back.y - at.y).abs() < 1e-12, "{at:?} {back:?}");
            }
        }
        for x_axis in [PlaneAxis::North, PlaneAxis::East] {
            let (target, scale) = (crate::crs::Crs::Epsg(4549), 1.000_012_3);
            let similarity =
                Similarity { dx_m: 3_150_000.0, dy_m: 500_000.0, rotation_arcsec: 3712.5, scale, x_axis, target };
            let shift = PlaneShift::new(&similarity);
            let at = Coord { x: 12_345.678, y: -2_345.678 };
            let back = shift.inverse(shift.forward(at));
            assert!((back.x - at.x).abs() < 1e-8 && (back.y - at.y).abs() < 1e-8, "{back:?}");
        }
    }

    /// x′ = dx + k (x cos α − y sin α), whatever x is.
    #[test]
    fn rotations_are_from_x_to_y() {
        let at = |x_axis| {
            let target = crate::crs::Crs::Epsg(4549);
            let quarter = Similarity { dx_m: 100.0, dy_m: 7.0, rotation_arcsec: 324_000.0, scale: 1.0, x_axis, target };
            PlaneShift::new(&quarter).forward(Coord { x: 1.0, y: 0.0 })
        };
        // East becomes north by a turn from east to north, and south by one from north to east.
        assert_eq!(at(PlaneAxis::East), Coord { x: 100.0, y: 8.0 });
        assert_eq!(at(PlaneAxis::North), Coord { x: 7.0, y: 99.0 });
    }
}
