//! Linearisation of circular arcs.
//!
//! The crate `geozero` (0.15) reads curves but does not linearise them. GDAL does, by default in steps
//! of 4° whatever the radius, and is a C++ library.

use geo::kernels::{Kernel, RobustKernel};
use geo::{Coord, Orientation};

use crate::crs::Crs;
use crate::error::GeometryProblem;
use crate::maths::{asin, atan2, hypot, sin_cos};

/// The maximum deviation of straight edges from the arcs they approximate.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
///
/// let circle = "CIRCULARSTRING (0 0, 100 0, 0 0)";
/// let vertices = |arcs| match from_wkt(circle, arcs).unwrap().geometry {
///     Some(geo::Geometry::LineString(line)) => line.0.len(),
///     _ => 0,
/// };
/// // A diameter of a hundred metres, and of a hundred degrees.
/// assert!(vertices(ArcTolerance::of(&Crs::Epsg(4549))) < 1_000);
/// assert!(vertices(ArcTolerance::of(&Crs::Crs84)) > 100_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArcTolerance(f64);

impl ArcTolerance {
    /// One millimetre on the ground, in the unit of a CRS.
    pub fn of(crs: &Crs) -> ArcTolerance {
        // Projected lengths may be up to a tenth too short.
        const GROUND_M: f64 = 0.9e-3;
        ArcTolerance(GROUND_M / longest_unit_m(crs))
    }

    /// The tolerance for coordinates that are stretched by a factor afterwards.
    pub(crate) fn finer(self, stretch: f64) -> ArcTolerance {
        if stretch.is_finite() && stretch > 0.0 { ArcTolerance(self.0 / stretch) } else { self }
    }

    /// The tolerance in the unit of the coordinates.
    pub(super) fn units(self) -> f64 {
        self.0
    }
}

impl Default for ArcTolerance {
    /// The tolerance for longitude and latitude.
    fn default() -> ArcTolerance {
        ArcTolerance::of(&Crs::Crs84)
    }
}

/// The maximum length on the ground of a CRS's unit, in metres. A degree is longest along the meridian at the pole.
fn longest_unit_m(crs: &Crs) -> f64 {
    const DEGREE_M: f64 = 111_694.0;
    if crs.is_lon_lat() {
        return DEGREE_M;
    }
    let definition = crs.projjson().unwrap_or_default();
    let horizontal = definition.pointer("/components/0").unwrap_or(&definition);
    let unit = &horizontal["coordinate_system"]["axis"][0]["unit"];
    let factor = unit["conversion_factor"].as_f64().filter(|factor| *factor > 0.0);
    match factor {
        Some(radians) if unit["type"] == "AngularUnit" => radians.to_degrees() * DEGREE_M,
        Some(metres) => metres,
        None if unit == "degree" => DEGREE_M,
        None => 1.0,
    }
}

/// Linearises the arcs of one geometry.
pub(super) struct Arcs {
    pub(super) tolerance: f64,
    /// The number of vertices that may still be created.
    pub(super) remaining: usize,
    pub(super) has_arcs: bool,
}

/// The maximum number of vertices for the arcs of one geometry: enough for thirty full circles with a radius of a
/// thousand kilometres, or three thousand with a radius of a hundred metres.
pub(super) const MAX_VERTICES: usize = 1 << 21;

impl Arcs {
    pub(super) fn new(tolerance: ArcTolerance) -> Arcs {
        Arcs { tolerance: tolerance.0, remaining: MAX_VERTICES, has_arcs: false }
    }

    /// The line for a circular string. Its positions are alternately ends of arcs and points on them; all of them are
    /// kept. Fails if there are too few positions or an even number of them.
    pub(super) fn line(&mut self, control: &[Coord<f64>]) -> Result<Vec<Coord<f64>>, GeometryProblem> {
        if control.is_empty() {
            return Ok(vec![]);
        }
        if control.len() < 3 || control.len().is_multiple_of(2) {
            return Err(GeometryProblem::CircularString(control.len()));
        }
        self.has_arcs = true;
        let mut line = vec![control[0]];
        for index in (2..control.len()).step_by(2) {
            self.push(&mut line, [control[index - 2], control[index - 1], control[index]])?;
        }
        Ok(line)
    }

    /// Appends an arc to a line that ends where the arc begins.
    pub(super) fn push(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        [start, middle, end]: [Coord<f64>; 3],
    ) -> Result<(), GeometryProblem> {
        let from = line.len();
        // The same vertices in either direction, so that neighbours share them.
        let is_backwards = (end.x, end.y) < (start.x, start.y);
        let (first, last) = if is_backwards { (end, start) } else { (start, end) };
        // Half the central angle, positive to the left, equals the inscribed angle (Euclid, Elements, III.20).
        let half_angle = |from: Coord<f64>, to: Coord<f64>, on: Coord<f64>| {
            if start == end {
                // A full circle: `middle` is diametrically opposite.
                return std::f64::consts::FRAC_PI_2;
            }
            let (a, b) = (from - on, to - on);
            let size = atan2((a.x * b.y - a.y * b.x).abs(), a.x * b.x + a.y * b.y);
            match RobustKernel::orient2d(from, to, on) {
                Orientation::CounterClockwise => size,
                Orientation::Clockwise => -size,
                Orientation::Collinear => 0.0,
            }
        };
        self.push_part(line, first, middle, half_angle(first, middle, last))?;
        line.push(middle);
        self.push_part(line, middle, last, half_angle(middle, last, first))?;
        if is_backwards {
            line[from..].reverse();
        }
        line.push(end);
        Ok(())
    }

    /// Appends the vertices between the ends of an arc, whose central angle is twice `half_angle`.
    fn push_part(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        from: Coord<f64>,
        to: Coord<f64>,
        half_angle: f64,
    ) -> Result<(), GeometryProblem> {
        let (chord, sin_half) = (to - from, sin_cos(half_angle).0);
        let radius = hypot(chord.x, chord.y) / (2.0 * sin_half.abs());
        // Collinear or equal positions.
        if sin_half == 0.0 || radius == 0.0 {
            return Ok(());
        }
        // The largest central angle of an edge within the tolerance; at most 45°, so that small circles are not reduced
        // to triangles.
        let max_angle = 4.0 * asin((self.tolerance / (2.0 * radius)).sqrt().min(1.0));
        let edges = (2.0 * half_angle.abs() / max_angle.min(std::f64::consts::FRAC_PI_4)).ceil();
        if edges.is_nan() || edges > self.remaining as f64 {
            return Err(GeometryProblem::ArcsTooLarge { limit: MAX_VERTICES });
        }
        let edges = edges as usize;
        self.remaining -= edges;
        // Each vertex is computed from its chord to the start: the centre of a flat arc is too far away for precise
        // arithmetic.
        line.extend((1..edges).map(|step| {
            let half_step = half_angle * step as f64 / edges as f64;
            let (sin, cos) = sin_cos(half_angle - half_step);
            let stretch = sin_cos(half_step).0 / sin_half;
            let turned = Coord { x: chord.x * cos + chord.y * sin, y: chord.y * cos - chord.x * sin };
            Coord { x: from.x + stretch * turned.x, y: from.y + stretch * turned.y }
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coords(pairs: &[(f64, f64)]) -> Vec<Coord<f64>> {
        pairs.iter().map(|&(x, y)| Coord { x, y }).collect()
    }

    fn line(tolerance: f64, pairs: &[(f64, f64)]) -> Result<Vec<Coord<f64>>, GeometryProblem> {
        Arcs::new(ArcTolerance(tolerance)).line(&coords(pairs))
    }

    /// Random arcs: every vertex lies on the circle, every edge is within the tolerance of it, all control positions
    /// are kept, and there are at most a third more vertices than needed.
    #[test]
    fn edges_stay_within_the_tolerance() {
        let mut seed = 7_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        for number in 0..2_000 {
            let (radius, tolerance) = (10f64.powf(6.0 * random() - 1.0), 0.9e-3);
            let centre = Coord { x: 4.0e5 + 1e5 * random(), y: 3.1e6 + 1e5 * random() };
            let (first, sweep) = (7.0 * random(), (0.01 + 6.2 * random()) * if number % 2 == 0 { 1.0 } else { -1.0 });
            let on = |share: f64| {
                let (sin, cos) = (first + sweep * share).sin_cos();
                Coord { x: centre.x + radius * cos, y: centre.y + radius * sin }
            };
            let control = [on(0.0), on(0.2 + 0.6 * random()), on(1.0)];
            let line = Arcs::new(ArcTolerance(tolerance)).line(&control).unwrap();
            assert!(control.iter().all(|vertex| line.contains(vertex)));
            let off = |vertex: Coord<f64>| ((vertex.x - centre.x).hypot(vertex.y - centre.y) - radius).abs();
            // The rounding of the control positions, magnified by the radius.
            let rounding = 1e-8 * (1.0 + radius / (control[0] - control[1]).x.hypot((control[0] - control[1]).y));
            assert!(line.iter().all(|&vertex| off(vertex) < 1e-5 + rounding), "{radius} {sweep}");
            let middles = line.windows(2).map(|ends| (ends[0] + ends[1]) / 2.0);
            assert!(middles.clone().all(|middle| off(middle) < tolerance + 1e-5 + rounding), "{radius} {sweep}");
            let length: f64 = line.windows(2).map(|ends| (ends[1] - ends[0]).x.hypot((ends[1] - ends[0]).y)).sum();
            assert!((length / (radius * sweep.abs()) - 1.0).abs() < 0.03, "{radius} {sweep} {length}");
            let needed = sweep.abs() / (8.0 * tolerance / radius).sqrt();
            assert!((line.len() as f64) < 1.34 * needed + 12.0, "{radius} {sweep}: {} of {needed}", line.len());
        }
    }

    #[test]
    fn tolerance_is_one_millimetre_in_every_unit() {
        // Metres, US feet, grads, degrees with heights.
        for (code, unit_m) in [
            (4549, 1.0),
            #[cfg(feature = "proj")]
            (2225, 0.304_800_6),
            #[cfg(feature = "proj")]
            (4807, 100_525.0),
            #[cfg(feature = "proj")]
            (4979, 111_694.0),
        ] {
            let ArcTolerance(units) = ArcTolerance::of(&Crs::Epsg(code));
            assert!((units * unit_m / 0.9e-3 - 1.0).abs() < 1e-4, "EPSG:{code}: {units}");
        }
    }

    #[test]
    fn both_directions_have_the_same_vertices() {
        let arc = [(633_800.0, 3_171_850.0), (633_901.5, 3_171_888.25), (633_950.0, 3_171_990.0)];
        let mut backwards = arc;
        backwards.reverse();
        let mut line_back = line(1e-3, &backwards).unwrap();
        line_back.reverse();
        assert_eq!(line(1e-3, &arc).unwrap(), line_back);
    }

    #[test]
    fn degenerate_arcs_are_straight() {
        // Collinear, collinear beyond the end, and equal positions.
        for pairs in [
            [(0.0, 0.0), (1.0, 1.0), (3.0, 3.0)],
            [(0.0, 0.0), (5.0, 5.0), (3.0, 3.0)],
            [(0.0, 0.0), (0.0, 0.0), (3.0, 4.0)],
            [(3.0, 4.0), (0.0, 0.0), (0.0, 0.0)],
        ] {
            assert_eq!(line(1e-3, &pairs).unwrap(), coords(&pairs));
        }
        // Flatter than the tolerance: the control positions are kept.
        assert_eq!(line(1e-3, &[(0.0, 0.0), (50.0, 1e-4), (100.0, 0.0)]).unwrap().len(), 3);
    }

    #[test]
    fn a_full_circle_is_given_by_the_opposite_point() {
        let circle = line(1e-3, &[(10.0, 0.0), (-10.0, 0.0), (10.0, 0.0)]).unwrap();
        assert!(circle.first() == circle.last() && circle.iter().any(|vertex| (vertex.y - 10.0).abs() < 1e-3));
        assert!(circle.iter().all(|vertex| (vertex.x.hypot(vertex.y) - 10.0).abs() < 1e-12));
        assert_eq!(line(1e-3, &[(1.0, 2.0); 3]).unwrap(), coords(&[(1.0, 2.0); 3]));
        // Even a tiny circle encloses an area.
        assert!(line(1.0, &[(0.0, 0.0), (1e-3, 0.0), (0.0, 0.0)]).unwrap().len() >= 9);
    }

    #[test]
    fn invalid_and_oversized_arcs_are_errors() {
        assert!(line(1e-3, &[(0.0, 0.0), (1.0, 1.0)]).is_err());
        assert!(line(1e-3, &[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (3.0, 0.0)]).is_err());
        for far in [1e10, 1e100, f64::MAX] {
            assert!(line(1e-3, &[(0.0, 0.0), (far, far), (far, 0.0)]).is_err(), "{far}");
        }
        // Non-finite coordinates are reported elsewhere, by code that knows the CRS.
        for not_finite in [f64::NAN, f64::INFINITY] {
            assert!(line(1e-3, &[(0.0, 0.0), (not_finite, 1.0), (2.0, 0.0)]).is_ok_and(|line| line.len() == 3));
        }
        // Many circles, none of them too large by itself, exceed the total limit.
        let many: Vec<(f64, f64)> = (0..100_001).map(|step| (1e5 * f64::from(step % 2), 0.0)).collect();
        assert!(line(1e-3, &many).is_err());
    }
}
