//! The area that shapes cover together, without building what they cover.
//!
//! The boundary of what they cover is made of the pieces of each boundary that no other shape covers. Along an
//! edge, the number of other shapes around it changes where it crosses theirs; as in
//! [`overlap`](crate::geometry::overlap), that is decided exactly, and only the places of crossings are rounded.

use geo::Line;

use crate::geometry::joins::Bounds;
use crate::geometry::overlap::{Edges, Meeting, Sum, meet};
use crate::units::SquareMetres;

/// The area that valid shapes cover together, on the ellipsoid; of that what lies within any of some other shapes,
/// if there are any. For each shape, `neighbours` has the numbers of those whose boxes meet its own.
pub(crate) fn covered_area(shapes: &[&Edges], neighbours: &[Vec<usize>], within: &[&Edges]) -> SquareMetres {
    let bounds = shapes.iter().map(|shape| shape.bounds()).fold(Bounds::NOTHING, Bounds::with);
    let mut sum = Sum::new(bounds);
    let enclosing: Vec<Other<'_>> =
        within.iter().map(|&edges| Other { edges, is_earlier: false, kind: WITHIN }).collect();
    for (number, shape) in shapes.iter().enumerate() {
        if !within.is_empty() && !within.iter().any(|within| within.bounds().meets(shape.bounds())) {
            continue;
        }
        let beside = neighbours[number].iter();
        let beside = beside.map(|&other| Other { edges: shapes[other], is_earlier: other < number, kind: COVERING });
        let others: Vec<Other<'_>> = beside.chain(enclosing.iter().copied()).collect();
        follow(shape, bounds, &others, &mut sum, |depths| {
            depths[COVERING] == 0 && (within.is_empty() || depths[WITHIN] > 0)
        });
    }
    for (number, shape) in within.iter().enumerate() {
        let beside = enclosing.iter().enumerate().filter(|&(other, _)| other != number);
        let beside = beside.map(|(other, &shape)| Other { is_earlier: other < number, ..shape });
        let covering = shapes.iter().map(|&edges| Other { edges, is_earlier: true, kind: COVERING });
        let others: Vec<Other<'_>> = covering.chain(beside).collect();
        follow(shape, bounds, &others, &mut sum, |depths| depths[COVERING] > 0 && depths[WITHIN] == 0);
    }
    SquareMetres(sum.area_m2.max(0.0))
}

/// A shape that another is laid over: of two, the earlier is the one that is thought of as moved.
#[derive(Clone, Copy)]
struct Other<'a> {
    edges: &'a Edges,
    is_earlier: bool,
    kind: usize,
}

/// The kinds of shapes that are counted.
const COVERING: usize = 0;
const WITHIN: usize = 1;

/// Follows the edges of a shape, as far as they come near, and adds what is to be kept where so many shapes of
/// each kind are around.
fn follow(shape: &Edges, bounds: Bounds, others: &[Other<'_>], sum: &mut Sum, keeps: impl Fn([i32; 2]) -> bool) {
    let mut crossings = vec![];
    shape.visit_near(bounds, &mut |edge| {
        let near = Bounds::of(&edge);
        let mut depths = [0; 2];
        crossings.clear();
        for other in others.iter().filter(|other| other.edges.bounds().meets(near)) {
            let holds = if other.is_earlier {
                other.edges.moved_holds(edge.start)
            } else {
                other.edges.holds_moved(edge.start)
            };
            depths[other.kind] += i32::from(holds);
            other.edges.visit_near(near, &mut |across| {
                let meeting = if other.is_earlier { meet(across, edge) } else { meet(edge, across) };
                if let Meeting::Crossing { crossing, .. } = meeting {
                    // Where the other enters, this one leaves.
                    let enters = crossing.enters != other.is_earlier;
                    let (along, way) = (edge.delta(), crossing.at - edge.start);
                    let place = along.x * way.x + along.y * way.y;
                    crossings.push((place, crossing.at, other.kind, if enters { 1 } else { -1 }));
                }
            });
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut start = edge.start;
        for &(_, at, kind, change) in &crossings {
            if keeps(depths) {
                sum.add(Line::new(start, at));
            }
            depths[kind] += change;
            start = at;
        }
        if keeps(depths) {
            sum.add(Line::new(start, edge.end));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::clip::{intersection, union};
    use crate::geometry::measure::ellipsoid_area;
    use geo::{Coord, MultiPolygon, Polygon};
    use proptest::prelude::*;

    /// Polygons on a coarse grid, so that borders are shared all the time, or beside it by next to nothing.
    fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
        let offset = prop::sample::select(vec![0.0, 0.0, 1e-12, -3e-14, 1e-7]);
        (-3..4i32, -3..4i32, prop::collection::vec(1..5i32, 8), offset).prop_map(|(x, y, radii, offset)| {
            let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
            let corners = directions.iter().zip(radii).map(|(&(east, north), radius)| Coord {
                x: 121.0 + f64::from(x + east * radius) * 0.001 + offset,
                y: 28.0 + f64::from(y + north * radius) * 0.001,
            });
            Polygon::new(corners.collect(), vec![]).into()
        })
    }

    fn area_m2(shapes: &[MultiPolygon<f64>], within: &[MultiPolygon<f64>]) -> f64 {
        let edges = |shapes: &[MultiPolygon<f64>]| shapes.iter().map(Edges::new).collect::<Vec<_>>();
        let (shapes, within) = (edges(shapes), edges(within));
        let all = |number: usize| (0..shapes.len()).filter(|&other| other != number).collect();
        let neighbours: Vec<Vec<usize>> = (0..shapes.len()).map(all).collect();
        covered_area(&shapes.iter().collect::<Vec<_>>(), &neighbours, &within.iter().collect::<Vec<_>>()).0
    }

    proptest! {
        #[test]
        fn equals_the_area_of_the_union(
            shapes in prop::collection::vec(star(), 1..7),
            within in prop::collection::vec(star(), 1..4),
        ) {
            let covered = union(&shapes);
            let expected = ellipsoid_area(&covered).0;
            prop_assert!((area_m2(&shapes, &[]) - expected).abs() < 1e-4);
            let expected = ellipsoid_area(&intersection(&covered, &union(&within))).0;
            prop_assert!((area_m2(&shapes, &within) - expected).abs() < 1e-4, "{}", area_m2(&shapes, &within) - expected);
        }
    }
}
