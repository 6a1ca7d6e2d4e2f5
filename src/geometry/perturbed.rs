//! Where edges of two shapes meet if the first shape is shifted by (ε, ε²), for an ε smaller than any difference of
//! doubles (simulation of simplicity, Edelsbrunner and Mücke 1990): decided exactly, by the predicates of `robust`.

use geo::kernels::{Kernel, Orientation};
use geo::{Coord, GeoNum, Line};

use crate::geometry::box_tree::Bounds;

pub(super) struct Crossing {
    pub(super) at: Coord<f64>,
    /// Whether the perturbed edge enters the other shape there.
    pub(super) enters: bool,
}

pub(super) enum EdgeIntersection {
    None,
    /// They meet, but not after the perturbation.
    Touch,
    /// They cross after the perturbation; `is_proper` if they cross without it as well.
    Crossing {
        crossing: Crossing,
        is_proper: bool,
    },
}

/// How an edge of the perturbed shape intersects an edge of the other.
pub(super) fn intersect_edges(edge: Line<f64>, other_edge: Line<f64>) -> EdgeIntersection {
    let exact = [
        orientation(other_edge, edge.start),
        orientation(other_edge, edge.end),
        orientation(edge, other_edge.start),
        orientation(edge, other_edge.end),
    ];
    let is_degenerate = exact.contains(&Orientation::Collinear);
    let [start, end] = [edge.start, edge.end].map(|point| perturbed_point_side(other_edge, point));
    let [from, to] = [other_edge.start, other_edge.end].map(|point| perturbed_edge_side(edge, point));
    if start == end || from == to {
        let lies_on = |line: Line<f64>, point: Coord<f64>, side: Orientation| {
            let bounds = Bounds::of(&line);
            let is_within = (bounds.low[0]..=bounds.high[0]).contains(&point.x)
                && (bounds.low[1]..=bounds.high[1]).contains(&point.y);
            side == Orientation::Collinear && is_within
        };
        let touches = is_degenerate
            && (lies_on(other_edge, edge.start, exact[0])
                || lies_on(other_edge, edge.end, exact[1])
                || lies_on(edge, other_edge.start, exact[2])
                || lies_on(edge, other_edge.end, exact[3]));
        return if touches { EdgeIntersection::Touch } else { EdgeIntersection::None };
    }
    let crossing = Crossing { at: crossing_point(edge, other_edge), enters: end == Orientation::CounterClockwise };
    EdgeIntersection::Crossing { crossing, is_proper: !is_degenerate }
}

/// The rounded point where two edges cross. It does not depend on the direction of the edges, so that the parts of a
/// shape in two neighbours add up to the whole.
fn crossing_point(edge: Line<f64>, other_edge: Line<f64>) -> Coord<f64> {
    let eastward = |edge: Line<f64>| {
        let is_westward = (edge.end.x, edge.end.y) < (edge.start.x, edge.start.y);
        if is_westward { Line::new(edge.end, edge.start) } else { edge }
    };
    let (edge, other_edge) = (eastward(edge), eastward(other_edge));
    let (along, delta) = (other_edge.delta(), edge.delta());
    let cross = |a: Coord<f64>, b: Coord<f64>| a.x * b.y - a.y * b.x;
    let (start, end) = (cross(along, edge.start - other_edge.start), cross(along, edge.end - other_edge.start));
    let t = start / (start - end);
    // For nearly collinear edges any point on them will do.
    let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.5 };
    if t < 0.5 { edge.start + delta * t } else { edge.end - delta * (1.0 - t) }
}

pub(super) fn orientation(line: Line<f64>, point: Coord<f64>) -> Orientation {
    <f64 as GeoNum>::Ker::orient2d(line.start, line.end, point)
}

/// On which side of a line a point lies after it is perturbed by (ε, ε²).
pub(super) fn perturbed_point_side(line: Line<f64>, point: Coord<f64>) -> Orientation {
    match orientation(line, point) {
        Orientation::Collinear => {
            let along = line.delta();
            // (ε, ε²) is to the right of any line that runs north, and to the left of one that runs due east.
            side_of(if along.y != 0.0 { -along.y } else { along.x })
        }
        exact => exact,
    }
}

/// On which side of a line that is perturbed by (ε, ε²) a point lies.
pub(super) fn perturbed_edge_side(line: Line<f64>, point: Coord<f64>) -> Orientation {
    match orientation(line, point) {
        Orientation::Collinear => {
            let along = line.delta();
            side_of(if along.y != 0.0 { along.y } else { -along.x })
        }
        exact => exact,
    }
}

fn side_of(sign: f64) -> Orientation {
    if sign > 0.0 { Orientation::CounterClockwise } else { Orientation::Clockwise }
}
