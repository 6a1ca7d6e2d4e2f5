//! Edges that all but run along each other, made to do so.
//!
//! The overlay cuts edges where they cross, and rounds the place to its integers. Of two edges that are less than such a
//! step apart all the way, each cut moves them across each other anew, twice as often: between long ones it ends in
//! stairs of 100,000 steps (5 s for two four-cornered polygons). So where two edges cross, and are so near to each other
//! at both ends of what they have in common, both are led through these ends, and run along each other between them.

use std::ops::ControlFlow;

use geo::{Coord, Line};
use i_overlay::i_float::int::point::IntPoint;

use crate::geometry::joins::{Bounds, meeting_pairs, place_in};

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
    let line = |[a, b]: [Corner; 2]| {
        let coord = |corner: Corner| Coord { x: corner.x as f64, y: corner.y as f64 };
        Line::new(coord(a), coord(b))
    };
    let lines: Vec<Line<f64>> = edges.iter().map(|&(.., ends)| line(ends)).collect();
    // The ring, the place, how far along the edge, and what it is led through.
    let mut led: Vec<(usize, usize, i128, Corner)> = vec![];
    let _ = meeting_pairs(&lines, usize::MAX, &mut |a, b| {
        let pair = [edges[a], edges[b]];
        for corner in ends_of_common(pair[0].2, pair[1].2).into_iter().flatten() {
            for (ring, place, [start, end]) in pair {
                if corner != start && corner != end {
                    led.push((ring, place, dot(start, end, corner), corner));
                }
            }
        }
        ControlFlow::<()>::Continue(())
    });
    led.sort_unstable_by_key(|&(ring, place, along, _)| (ring, place, along));
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

/// All edges, those of near rings near each other.
fn edges_of(rings: &[Vec<Corner>]) -> Vec<Edge> {
    let bounds = |ring: &Vec<Corner>| {
        let at = |corner: &Corner| [corner.x as f64, corner.y as f64];
        ring.iter().map(|corner| Bounds { low: at(corner), high: at(corner) }).fold(Bounds::NOTHING, Bounds::with)
    };
    let of_rings: Vec<Bounds> = rings.iter().map(bounds).collect();
    let whole = of_rings.iter().copied().fold(Bounds::NOTHING, Bounds::with);
    let mut order: Vec<usize> = (0..rings.len()).collect();
    order.sort_by_cached_key(|&ring| place_in(whole, of_rings[ring]));
    let edges_of_ring = |ring: usize| {
        let corners = &rings[ring];
        let next = corners.iter().cycle().skip(1);
        corners.iter().zip(next).enumerate().map(move |(place, (&start, &end))| (ring, place, [start, end]))
    };
    order.into_iter().flat_map(edges_of_ring).collect()
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
}
