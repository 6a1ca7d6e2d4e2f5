//! Snapping of nearly collinear edges before an overlay.
//!
//! The overlay splits edges where they cross and rounds the intersection to integer coordinates. If two edges are less
//! than one unit apart along their whole overlap, each split makes them cross again, twice as often: between long edges
//! this ends in a staircase of 100,000 steps (5 s for two quadrilaterals). Therefore, where two edges cross and are
//! within that distance at both ends of their overlap, both ends are inserted into both edges, which then coincide
//! between them.

use std::f64::consts::PI;
use std::ops::ControlFlow;

use i_overlay::i_float::int::point::IntPoint;

use crate::geometry::box_tree::{Bounds, intersecting_pairs, morton_code};
use crate::maths::{atan2, hypot};

type Corner = IntPoint<i64>;

/// The largest displacement of an edge, in integer units: beyond it, the rounding of an intersection cannot make edges
/// cross again.
const MAX_SHIFT: f64 = 2.0;

/// The minimum length of the overlap of two edges: short ones make few steps.
const MIN_LENGTH: f64 = (1u64 << 20) as f64;

/// Snaps nearly collinear edges of rings (given without their closing vertices) to each other. Returns whether there
/// were any.
pub(super) fn snap_near_collinear(rings: &mut [Vec<Corner>]) -> bool {
    /// Inserted vertices may bring edges close to others; this limit guarantees termination.
    const MAX_ROUNDS: usize = 8;
    let rounds = (0..MAX_ROUNDS).take_while(|_| snap_once(rings)).count();
    rounds > 0
}

/// An edge: its ring, its index in the ring, and its ends.
type Edge = (usize, usize, [Corner; 2]);

fn snap_once(rings: &mut [Vec<Corner>]) -> bool {
    let edges = edges_of(rings);
    // The ring, the edge's index in it, the position along the edge, and the vertex to insert.
    let mut insertions: Vec<(usize, usize, i128, Corner)> = vec![];
    visit_near_parallels(&edges, &mut |a, b| {
        let pair = [edges[a], edges[b]];
        for vertex in overlap_ends(pair[0].2, pair[1].2).into_iter().flatten() {
            for (ring, index, [start, end]) in pair {
                if vertex != start && vertex != end {
                    insertions.push((ring, index, dot(start, end, vertex), vertex));
                }
            }
        }
    });
    insertions.sort_unstable_by_key(|&(ring, index, along, vertex)| (ring, index, along, vertex.x, vertex.y));
    insertions.dedup();
    for of_ring in insertions.chunk_by(|a, b| a.0 == b.0) {
        let vertices = &mut rings[of_ring[0].0];
        let mut pending = of_ring.iter().peekable();
        let mut with_insertions = Vec::with_capacity(vertices.len() + of_ring.len());
        for (index, &vertex) in vertices.iter().enumerate() {
            with_insertions.push(vertex);
            while let Some(&(.., vertex)) = pending.next_if(|&&(_, of_edge, ..)| of_edge == index) {
                with_insertions.push(vertex);
            }
        }
        *vertices = with_insertions;
    }
    !insertions.is_empty()
}

fn edges_of(rings: &[Vec<Corner>]) -> Vec<Edge> {
    let edges_of_ring = |(ring, vertices): (usize, &Vec<Corner>)| {
        let next = vertices.iter().cycle().skip(1);
        let ends = vertices.iter().zip(next).map(|(&start, &end)| [start, end]);
        ends.enumerate().map(move |(index, ends)| (ring, index, ends)).collect::<Vec<_>>()
    };
    rings.iter().enumerate().flat_map(edges_of_ring).collect()
}

/// Calls `visit` with the indexes of each pair of edges that may cross and be close together at both ends of their
/// overlap. Some pairs are visited twice.
///
/// The directions of such edges differ by at most 2 · `MAX_SHIFT` / `MIN_LENGTH` to either side. The edges of each
/// direction are compared in a plane rotated into it: there their boxes are thin and few of them intersect, however
/// many edges share a vertex or run side by side.
fn visit_near_parallels(edges: &[Edge], visit: &mut impl FnMut(usize, usize)) {
    /// The number of direction bins in half a turn.
    const DIRECTIONS: f64 = (1u32 << 18) as f64;
    // Directions near the end of a bin are in the middle of one when the bins are shifted by half.
    for shift in [0.0, 0.5] {
        let mut directions: Vec<(u32, usize)> = Vec::with_capacity(edges.len());
        for (index, &(.., [start, end])) in edges.iter().enumerate() {
            let (x, y) = ((end.x - start.x) as f64, (end.y - start.y) as f64);
            if hypot(x, y) > MIN_LENGTH / 2.0 {
                let half_turns = atan2(y, x) / PI + 1.0;
                directions.push(((half_turns * DIRECTIONS + shift).rem_euclid(DIRECTIONS) as u32, index));
            }
        }
        directions.sort_unstable();
        for same_direction in directions.chunk_by(|a, b| a.0 == b.0).filter(|same_direction| same_direction.len() > 1) {
            let rotated = rotated_boxes(edges, same_direction);
            let _ = intersecting_pairs(rotated.iter().map(|entry| entry.0), usize::MAX, &mut |a, b| {
                visit(rotated[a].1, rotated[b].1);
                ControlFlow::<()>::Continue(())
            });
        }
    }
}

/// The buffered boxes of edges in a plane rotated into the direction of the first, in Morton order.
fn rotated_boxes(edges: &[Edge], same_direction: &[(u32, usize)]) -> Vec<(Bounds, usize)> {
    let (.., [origin, to]) = edges[same_direction[0].1];
    let length = length(origin, to);
    let (cos, sin) = ((to.x - origin.x) as f64 / length, (to.y - origin.y) as f64 / length);
    let buffered = |vertex: Corner| {
        let (x, y) = ((vertex.x - origin.x) as f64, (vertex.y - origin.y) as f64);
        // The rotation loses the last few of the 53 bits of a coordinate.
        let buffer = MAX_SHIFT + (x.abs() + y.abs()) / (1_u64 << 50) as f64;
        let (along, beside) = (x * cos + y * sin, y * cos - x * sin);
        Bounds { low: [along - buffer, beside - buffer], high: [along + buffer, beside + buffer] }
    };
    let rotated = |&(_, index): &(u32, usize)| {
        let [start, end] = edges[index].2.map(buffered);
        (start.union(end), index)
    };
    let mut boxes: Vec<(Bounds, usize)> = same_direction.iter().map(rotated).collect();
    let whole = boxes.iter().map(|entry| entry.0).fold(Bounds::EMPTY, Bounds::union);
    boxes.sort_by_cached_key(|entry| morton_code(whole, entry.0));
    boxes
}

/// The ends of the overlap of two edges that cross and are close together at both ends.
fn overlap_ends(a: [Corner; 2], b: [Corner; 2]) -> Option<[Corner; 2]> {
    let crosses = |[start, end]: [Corner; 2], [from, to]: [Corner; 2]| {
        cross(start, end, from).signum() * cross(start, end, to).signum() < 0
    };
    if !crosses(a, b) || !crosses(b, a) {
        return None;
    }
    let b = if dot(a[0], a[1], b[0]) <= dot(a[0], a[1], b[1]) { b } else { [b[1], b[0]] };
    let first = if dot(a[0], a[1], b[0]) > 0 { b[0] } else { a[0] };
    let last = if dot(a[1], a[0], b[1]) > 0 { b[1] } else { a[1] };
    let is_near = |[start, end]: [Corner; 2], vertex| {
        cross(start, end, vertex).unsigned_abs() as f64 <= MAX_SHIFT * length(start, end)
    };
    let are_near = [first, last].iter().all(|&vertex| is_near(a, vertex) && is_near(b, vertex));
    (are_near && length(first, last) > MIN_LENGTH).then_some([first, last])
}

fn length(a: Corner, b: Corner) -> f64 {
    hypot((b.x - a.x) as f64, (b.y - a.y) as f64)
}

/// Twice the signed area of a triangle. Exact, as coordinates are below 2⁶¹.
fn cross(a: Corner, b: Corner, c: Corner) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

/// The dot product of `b` − `a` and `c` − `a`.
fn dot(a: Corner, b: Corner, c: Corner) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.x - a.x) + i128::from(b.y - a.y) * i128::from(c.y - a.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::step_count;

    #[test]
    fn edges_that_cross_at_an_angle_are_unchanged() {
        let ring = |vertices: &[(i64, i64)]| vertices.iter().map(|&(x, y)| IntPoint::new(x, y)).collect::<Vec<_>>();
        let mut rings = vec![ring(&[(0, 0), (100, 0), (100, 100), (0, 100)]), ring(&[(50, 50), (150, 40), (150, 150)])];
        let before = rings.clone();
        assert!(!snap_near_collinear(&mut rings));
        assert_eq!(rings, before);
    }

    #[test]
    fn nearly_collinear_edges_share_their_overlap() {
        let ring = |vertices: &[(i64, i64)]| vertices.iter().map(|&(x, y)| IntPoint::new(x, y)).collect::<Vec<_>>();
        // The lower edge of the second starts one unit above that of the first and ends one unit below it.
        let mut rings = vec![
            ring(&[(0, 0), (9_000_000, 0), (0, 500_000)]),
            ring(&[(1000, 1), (8_000_000, -1), (8_000_000, 700_000)]),
        ];
        assert!(snap_near_collinear(&mut rings));
        assert_eq!(rings[0], ring(&[(0, 0), (1000, 1), (8_000_000, -1), (9_000_000, 0), (0, 500_000)]));
        assert_eq!(rings[1], ring(&[(1000, 1), (8_000_000, -1), (8_000_000, 700_000)]));
    }
    #[test]
    fn fans_and_parallel_strips_take_few_steps() {
        let steps = |count: i64| {
            let hub = IntPoint::new(0, 0);
            let fan = (0..count)
                .map(|i| vec![hub, IntPoint::new(1 << 40, i << 24), IntPoint::new(1 << 40, (2 * i + 1) << 23)]);
            let strip = |i: i64| {
                let vertices = [(2 * i, 0), (2 * i, 1 << 40), (2 * i + 1, 1 << 40), (2 * i + 1, 0)];
                vertices.map(|(i, y)| IntPoint::new(y + (i << 30), y)).to_vec()
            };
            let mut rings: Vec<_> = fan.chain((0..count).map(strip)).collect();
            step_count::steps_of(|| assert!(!snap_near_collinear(&mut rings)))
        };
        let [few, many] = [steps(500), steps(4000)];
        assert!(many < 16 * few, "{few} {many}");
    }
}
