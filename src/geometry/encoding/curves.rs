//! Linearisation of curves other than circular arcs: Bézier curves of the third degree, and arcs of ellipses.

use geo::Coord;

use super::arcs::{Arcs, MAX_VERTICES};
use crate::error::GeometryProblem;
use crate::maths::{atan2, hypot, sin_cos};

/// The arc of an ellipse between two positions on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ellipse {
    pub(crate) centre: Coord<f64>,
    pub(crate) semi_major: f64,
    pub(crate) semi_minor: f64,
    /// The direction of the major axis, counter-clockwise from the first coordinate, in radians.
    pub(crate) rotation: f64,
    pub(crate) sweep: Sweep,
}

/// Which of the arcs between two positions is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sweep {
    /// The shorter one; of two halves, the one to the left if it is counter-clockwise.
    Minor {
        is_counter_clockwise: bool,
    },
    Major {
        is_counter_clockwise: bool,
    },
    /// All of it.
    Complete,
}

impl Arcs {
    /// Appends a Bézier curve of the third degree, which begins at the end of the line.
    pub(super) fn push_bezier(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        [start, first, second, end]: [Coord<f64>; 4],
    ) -> Result<(), GeometryProblem> {
        let from = line.len();
        // The same vertices in either direction, so that neighbours share them.
        let is_backwards = (end.x, end.y) < (start.x, start.y);
        let control = if is_backwards { [end, second, first, start] } else { [start, first, second, end] };
        // An edge of a share 1/n of the parameter is off by an eighth of the second derivative times 1/n² at most. The
        // second derivative is largest at one of the ends.
        let bend =
            |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| 6.0 * hypot(a.x - 2.0 * b.x + c.x, a.y - 2.0 * b.y + c.y);
        let [a, b, c, d] = control;
        let edges = self.edges((bend(a, b, c).max(bend(b, c, d)) / (8.0 * self.tolerance)).sqrt())?;
        line.extend((1..edges).map(|step| {
            let t = step as f64 / edges as f64;
            let s = 1.0 - t;
            a * (s * s * s) + b * (3.0 * s * s * t) + c * (3.0 * s * t * t) + d * (t * t * t)
        }));
        if is_backwards {
            line[from..].reverse();
        }
        line.push(end);
        Ok(())
    }

    /// Appends an arc of an ellipse, which begins at the end of the line.
    pub(super) fn push_ellipse(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        start: Coord<f64>,
        end: Coord<f64>,
        ellipse: Ellipse,
    ) -> Result<(), GeometryProblem> {
        use std::f64::consts::{FRAC_PI_4, PI, TAU};
        let Ellipse { centre, semi_major, semi_minor, rotation, sweep } = ellipse;
        if !(semi_major.abs() > 0.0 && semi_minor.abs() > 0.0) {
            // It has no area, and no angles.
            line.push(end);
            return Ok(());
        }
        let from = line.len();
        let is_backwards = (end.x, end.y) < (start.x, start.y);
        let (first, last) = if is_backwards { (end, start) } else { (start, end) };
        let (sin, cos) = sin_cos(rotation);
        let angle = |at: Coord<f64>| {
            let off = at - centre;
            atan2((off.y * cos - off.x * sin) / semi_minor, (off.x * cos + off.y * sin) / semi_major)
        };
        let (first_angle, last_angle) = (angle(first), angle(last));
        // From −π to π, the shorter way.
        let short = {
            let difference = last_angle - first_angle;
            difference - TAU * (difference / TAU).round()
        };
        // The direction of the two halves.
        let turned = |is_counter_clockwise: bool| if is_counter_clockwise == is_backwards { -PI } else { PI };
        let span = match sweep {
            Sweep::Complete => TAU,
            Sweep::Minor { is_counter_clockwise } | Sweep::Major { is_counter_clockwise }
                if short.abs() > PI - 1e-9 =>
            {
                turned(is_counter_clockwise)
            }
            Sweep::Minor { .. } => short,
            Sweep::Major { .. } if short > 0.0 => short - TAU,
            Sweep::Major { .. } => short + TAU,
        };
        let bend = span * span * semi_major.abs().max(semi_minor.abs());
        let edges = (bend / (8.0 * self.tolerance)).sqrt().max(span.abs() / FRAC_PI_4);
        let edges = self.edges(edges)?;
        line.extend((1..edges).map(|step| {
            let (sine, cosine) = sin_cos(first_angle + span * (step as f64 / edges as f64));
            let (along, across) = (semi_major * cosine, semi_minor * sine);
            Coord { x: centre.x + along * cos - across * sin, y: centre.y + along * sin + across * cos }
        }));
        if is_backwards {
            line[from..].reverse();
        }
        line.push(end);
        Ok(())
    }

    /// The number of edges, at least one, if there is room for their vertices.
    fn edges(&mut self, edges: f64) -> Result<usize, GeometryProblem> {
        self.has_arcs = true;
        let edges = edges.ceil().max(1.0);
        if edges.is_nan() || edges > self.remaining as f64 {
            return Err(GeometryProblem::ArcsTooLarge { limit: MAX_VERTICES });
        }
        self.remaining -= edges as usize;
        Ok(edges as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::geometry::encoding::ArcTolerance;

    fn arcs() -> Arcs {
        Arcs::new(ArcTolerance::of(&Crs::Epsg(4549)))
    }

    /// Ellipses of all shapes: every vertex is on the ellipse, and every edge within a millimetre of it.
    #[test]
    fn ellipses_are_followed_within_a_millimetre() {
        for (semi_major, ratio, rotation) in
            [(100.0, 0.5, 0.3), (2_000.0, 0.01, 2.0), (50.0, 1.0, -1.0), (10.0, 2.5, 0.0)]
        {
            let centre = Coord { x: 633_800.0, y: 3_171_800.0 };
            let semi_minor = semi_major * ratio;
            let at = |angle: f64| {
                let ((sin, cos), (sine, cosine)) = (f64::sin_cos(rotation), f64::sin_cos(angle));
                let (along, across) = (semi_major * cosine, semi_minor * sine);
                Coord { x: centre.x + along * cos - across * sin, y: centre.y + along * sin + across * cos }
            };
            let off = |position: Coord<f64>| {
                let (sin, cos) = rotation.sin_cos();
                let (dx, dy) = (position.x - centre.x, position.y - centre.y);
                (((dx * cos + dy * sin) / semi_major).hypot((dy * cos - dx * sin) / semi_minor) - 1.0).abs()
            };
            for (start, end, sweep, span) in [
                (0.2, 2.2, Sweep::Minor { is_counter_clockwise: true }, 2.0),
                (2.2, 0.2, Sweep::Minor { is_counter_clockwise: false }, -2.0),
                (0.2, 2.2, Sweep::Major { is_counter_clockwise: false }, 2.0 - std::f64::consts::TAU),
                (1.0, 1.0, Sweep::Complete, std::f64::consts::TAU),
                (0.5, 0.5 + std::f64::consts::PI, Sweep::Minor { is_counter_clockwise: true }, std::f64::consts::PI),
                (0.5, 0.5 + std::f64::consts::PI, Sweep::Major { is_counter_clockwise: false }, -std::f64::consts::PI),
            ] {
                let ellipse = Ellipse { centre, semi_major, semi_minor, rotation, sweep };
                let mut line = vec![at(start)];
                arcs().push_ellipse(&mut line, at(start), at(end), ellipse).unwrap();
                assert!(line.iter().all(|vertex| off(*vertex) < 1e-7), "{ellipse:?}");
                let count = line.len() - 1;
                for (step, ends) in line.windows(2).enumerate() {
                    let between = at(start + span * (step as f64 + 0.5) / count as f64);
                    let middle = (ends[0] + ends[1]) / 2.0;
                    assert!((between.x - middle.x).hypot(between.y - middle.y) < 1e-3, "{ellipse:?} {step}");
                }
            }
        }
    }

    #[test]
    fn bezier_curves_are_followed_within_a_millimetre_in_either_direction() {
        let control =
            [(633_800.0, 3_171_800.0), (633_850.0, 3_171_900.0), (633_950.0, 3_171_700.0), (633_990.0, 3_171_810.0)];
        let control = control.map(|(x, y)| Coord { x, y });
        let at = |t: f64| {
            let s = 1.0 - t;
            control[0] * (s * s * s)
                + control[1] * (3.0 * s * s * t)
                + control[2] * (3.0 * s * t * t)
                + control[3] * (t * t * t)
        };
        let mut line = vec![control[0]];
        arcs().push_bezier(&mut line, control).unwrap();
        let count = line.len() - 1;
        assert!((40..600).contains(&count), "{count}");
        for (step, ends) in line.windows(2).enumerate() {
            let (between, middle) = (at((step as f64 + 0.5) / count as f64), (ends[0] + ends[1]) / 2.0);
            assert!((between.x - middle.x).hypot(between.y - middle.y) < 1e-3);
        }
        let mut back = vec![control[3]];
        let [a, b, c, d] = control;
        arcs().push_bezier(&mut back, [d, c, b, a]).unwrap();
        back.reverse();
        assert_eq!(line, back);
    }

    #[test]
    fn degenerate_and_oversized_curves_end() {
        let at = |x: f64| Coord { x, y: 0.0 };
        let mut line = vec![at(0.0)];
        arcs().push_bezier(&mut line, [at(0.0); 4]).unwrap();
        assert_eq!(line.len(), 2);
        let ellipse = |semi_major: f64| Ellipse {
            centre: at(0.0),
            semi_major,
            semi_minor: semi_major,
            rotation: 0.0,
            sweep: Sweep::Complete,
        };
        for semi_major in [0.0, f64::NAN] {
            assert!(arcs().push_ellipse(&mut vec![at(1.0)], at(1.0), at(1.0), ellipse(semi_major)).is_ok());
        }
        for far in [1e30, f64::INFINITY] {
            assert!(arcs().push_ellipse(&mut vec![at(1.0)], at(1.0), at(1.0), ellipse(far)).is_err());
            assert!(arcs().push_bezier(&mut vec![at(0.0)], [at(0.0), at(far), at(-far), at(1.0)]).is_err());
        }
    }
}
