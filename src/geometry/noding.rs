//! Edges that all but run along each other, made to do so.
//!
//! The overlay cuts edges where they cross, and rounds the place to its integers. Of two edges that are less than such a
//! step apart all the way, each cut moves them across each other anew, twice as often: between long ones it ends in
//! stairs of 100,000 steps (5 s for two four-cornered polygons). So where two edges cross, and are so near to each other
//! at both ends of what they have in common, both are led through these ends, and run along each other between them.

use std::f64::consts::PI;
use std::ops::ControlFlow;

use i_overlay::i_float::int::point::IntPoint;

use crate::geometry::edge_tree::{Bounds, intersecting_pairs, place_in};

type Corner = IntPoint<i64>;

/// Edges are moved by no more than this, in steps of the integers: beyond it, what a cut is rounded by leads no edge
/// across another.
const REACH: f64 = 2.0;

/// What is common has to be this long: short edges make few steps.
const LONG: f64 = (1u64 << 20) as f64;

/// Leads edges of rings (without their last corners) that all but run along each other through each other's ends.
/// Whether there were any.
pub(super) fn lead_along(rings: &mut [Vec<Corner>]) -> bool {
    /// What is led anew may come near to others; this ends it, should it not end by itself.
    const ROUNDS: usize = 8;
    let rounds = (0..ROUNDS).take_while(|_| lead_once(rings)).count();
    rounds > 0
}

/// An edge: its ring, its place there, and its ends.
type Edge = (usize, usize, [Corner; 2]);

fn lead_once(rings: &mut [Vec<Corner>]) -> bool {
    let edges = edges_of(rings);
    // The ring, the place, how far along the edge, and what it is led through.
    let mut led: Vec<(usize, usize, i128, Corner)> = vec![];
    visit_near_parallels(&edges, &mut |a, b| {
        let pair = [edges[a], edges[b]];
        for corner in ends_of_common(pair[0].2, pair[1].2).into_iter().flatten() {
            for (ring, place, [start, end]) in pair {
                if corner != start && corner != end {
                    led.push((ring, place, dot(start, end, corner), corner));
                }
            }
        }
    });
    led.sort_unstable_by_key(|&(ring, place, along, corner)| (ring, place, along, corner.x, corner.y));
    led.dedup();
    for of_ring in led.chunk_by(|a, b| a.0 == b.0) {
        let corners = &mut rings[of_ring[0].0];
        let mut between = of_ring.iter().peekable();
        let mut through = Vec::with_capacity(corners.len() + of_ring.len());
        for (place, &corner) in corners.iter().enumerate() {
            through.push(corner);
            while let Some(&(.., next)) = between.next_if(|&&(_, of_place, ..)| of_place == place) {
                through.push(next);
            }
        }
        *corners = through;
    }
    !led.is_empty()
}

fn edges_of(rings: &[Vec<Corner>]) -> Vec<Edge> {
    let edges_of_ring = |(ring, corners): (usize, &Vec<Corner>)| {
        let next = corners.iter().cycle().skip(1);
        let ends = corners.iter().zip(next).map(|(&start, &end)| [start, end]);
        ends.enumerate().map(move |(place, ends)| (ring, place, ends)).collect::<Vec<_>>()
    };
    rings.iter().enumerate().flat_map(edges_of_ring).collect()
}

/// Calls `visit` with the numbers of any two edges that may cross and be near each other at both ends of what they have
/// in common, some twice.
///
/// Such edges lead into the same direction but for 2 · `REACH` / `LONG` to either side. The edges of one direction are
/// looked at in a plane that is turned into it: there their boxes are thin, and few meet, however many edges meet in a
/// corner or run side by side.
fn visit_near_parallels(edges: &[Edge], visit: &mut impl FnMut(usize, usize)) {
    /// Half a turn is divided into so many.
    const DIRECTIONS: f64 = (1u32 << 18) as f64;
    // What is near the end of a direction is in the middle of one that is shifted by half.
    for shift in [0.0, 0.5] {
        let mut directions: Vec<(u32, usize)> = Vec::with_capacity(edges.len());
        for (number, &(.., [start, end])) in edges.iter().enumerate() {
            let (x, y) = ((end.x - start.x) as f64, (end.y - start.y) as f64);
            if x.hypot(y) > LONG / 2.0 {
                let half_turns = y.atan2(x) / PI + 1.0;
                directions.push(((half_turns * DIRECTIONS + shift).rem_euclid(DIRECTIONS) as u32, number));
            }
        }
        directions.sort_unstable();
        for of_one in directions.chunk_by(|a, b| a.0 == b.0).filter(|of_one| of_one.len() > 1) {
            let turned = turned_boxes(edges, of_one);
            let _ = intersecting_pairs(turned.iter().map(|of_one| of_one.0), usize::MAX, &mut |a, b| {
                visit(turned[a].1, turned[b].1);
                ControlFlow::<()>::Continue(())
            });
        }
    }
}

/// The boxes of edges with what is near them, in a plane turned into the direction of the first, those that are near
/// each other one after the other.
fn turned_boxes(edges: &[Edge], of_one: &[(u32, usize)]) -> Vec<(Bounds, usize)> {
    let (.., [origin, to]) = edges[of_one[0].1];
    let length = length(origin, to);
    let (cos, sin) = ((to.x - origin.x) as f64 / length, (to.y - origin.y) as f64 / length);
    let around = |corner: Corner| {
        let (x, y) = ((corner.x - origin.x) as f64, (corner.y - origin.y) as f64);
        // Coordinates have 53 bits, of which the turn makes the last few wrong.
        let reach = REACH + (x.abs() + y.abs()) * 2f64.powi(-50);
        let (along, beside) = (x * cos + y * sin, y * cos - x * sin);
        Bounds { low: [along - reach, beside - reach], high: [along + reach, beside + reach] }
    };
    let turned = |&(_, number): &(u32, usize)| {
        let [start, end] = edges[number].2.map(around);
        (start.with(end), number)
    };
    let mut boxes: Vec<(Bounds, usize)> = of_one.iter().map(turned).collect();
    let whole = boxes.iter().map(|of_one| of_one.0).fold(Bounds::NOTHING, Bounds::with);
    boxes.sort_by_cached_key(|of_one| place_in(whole, of_one.0));
    boxes
}

/// Where two edges cross, and are near each other from one end of what they have in common to the other: these ends.
fn ends_of_common(a: [Corner; 2], b: [Corner; 2]) -> Option<[Corner; 2]> {
    let crosses = |[start, end]: [Corner; 2], [from, to]: [Corner; 2]| {
        cross(start, end, from).signum() * cross(start, end, to).signum() < 0
    };
    if !crosses(a, b) || !crosses(b, a) {
        return None;
    }
    let b = if dot(a[0], a[1], b[0]) <= dot(a[0], a[1], b[1]) { b } else { [b[1], b[0]] };
    let first = if dot(a[0], a[1], b[0]) > 0 { b[0] } else { a[0] };
    let last = if dot(a[1], a[0], b[1]) > 0 { b[1] } else { a[1] };
    let is_near = |[start, end]: [Corner; 2], corner| {
        cross(start, end, corner).unsigned_abs() as f64 <= REACH * length(start, end)
    };
    let are_near = [first, last].iter().all(|&corner| is_near(a, corner) && is_near(b, corner));
    (are_near && length(first, last) > LONG).then_some([first, last])
}

fn length(a: Corner, b: Corner) -> f64 {
    ((b.x - a.x) as f64).hypot((b.y - a.y) as f64)
}

/// Twice the area of a triangle, exactly: coordinates are below 2⁶¹.
fn cross(a: Corner, b: Corner, c: Corner) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

/// How far `c` is along the way from `a` to `b`, times its length.
fn dot(a: Corner, b: Corner, c: Corner) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.x - a.x) + i128::from(b.y - a.y) * i128::from(c.y - a.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::step_count;

    #[test]
    fn edges_that_cross_at_an_angle_stay() {
        let ring = |corners: &[(i64, i64)]| corners.iter().map(|&(x, y)| IntPoint::new(x, y)).collect::<Vec<_>>();
        let mut rings = vec![ring(&[(0, 0), (100, 0), (100, 100), (0, 100)]), ring(&[(50, 50), (150, 40), (150, 150)])];
        let before = rings.clone();
        assert!(!lead_along(&mut rings));
        assert_eq!(rings, before);
    }

    #[test]
    fn edges_that_all_but_run_along_each_other_share_what_is_common() {
        let ring = |corners: &[(i64, i64)]| corners.iter().map(|&(x, y)| IntPoint::new(x, y)).collect::<Vec<_>>();
        // The lower edge of the second is one step above that of the first, and then one below.
        let mut rings = vec![
            ring(&[(0, 0), (9_000_000, 0), (0, 500_000)]),
            ring(&[(1000, 1), (8_000_000, -1), (8_000_000, 700_000)]),
        ];
        assert!(lead_along(&mut rings));
        assert_eq!(rings[0], ring(&[(0, 0), (1000, 1), (8_000_000, -1), (9_000_000, 0), (0, 500_000)]));
        assert_eq!(rings[1], ring(&[(1000, 1), (8_000_000, -1), (8_000_000, 700_000)]));
    }
    #[test]
    fn edges_that_meet_in_one_corner_or_run_side_by_side_take_few_steps() {
        let steps = |count: i64| {
            let hub = IntPoint::new(0, 0);
            let fan = (0..count)
                .map(|i| vec![hub, IntPoint::new(1 << 40, i << 24), IntPoint::new(1 << 40, (2 * i + 1) << 23)]);
            let strip = |i: i64| {
                let corners = [(2 * i, 0), (2 * i, 1 << 40), (2 * i + 1, 1 << 40), (2 * i + 1, 0)];
                corners.map(|(i, y)| IntPoint::new(y + (i << 30), y)).to_vec()
            };
            let mut rings: Vec<_> = fan.chain((0..count).map(strip)).collect();
            step_count::steps_of(|| assert!(!lead_along(&mut rings)))
        };
        let [few, many] = [steps(500), steps(4000)];
        assert!(many < 16 * few, "{few} {many}");
    }
}
