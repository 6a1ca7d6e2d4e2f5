//! What is in a tree of boxes in geocentric space, the nearest to a position first.
//!
//! Straight through the earth is never longer than along it, and next to a position it is hardly shorter: the way to a
//! box tells how far what is in it is at least. Far away that falls short by kilometres, and all of a plan would seem
//! as near as its nearest edge. There the geodesic to one place in the box tells more: the way to any other place is
//! shorter by no more than the way between the two (the inequality of the triangle).
//!
//! The search of `rstar` (`nearest_neighbor_iter`) orders by the first of these bounds alone.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use geo::Coord;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, ParentNode, RTree, RTreeNode, RTreeObject};

use crate::geometry::measure::{MIN_RADIUS_M, distance, geocentric_m, geodetic_deg};
use crate::geometry::step_count::count_step;

/// What lies in a box in geocentric space, in metres.
pub(super) trait Nearby: RTreeObject<Envelope = AABB<[f64; 3]>> {
    /// No place in it is nearer than this, straight through the earth.
    fn chord_m(&self, place_m: [f64; 3]) -> f64 {
        chord_to_box_m(&self.envelope(), place_m)
    }
}

impl<T> Nearby for GeomWithData<Rectangle<[f64; 3]>, T> {}

/// All that is in a tree with a lower bound of the distance from a position (degrees), in metres, in ascending order.
pub(super) fn by_distance<T: Nearby>(tree: &RTree<T>, from: Coord<f64>) -> ByDistance<'_, T> {
    // Most searches need no more, and what is this small is allocated without a lock.
    let mut open = BinaryHeap::with_capacity(40);
    open.push(Open { lower_bound_m: 0.0, node: Node::Parent(tree.root()) });
    ByDistance { from, place_m: geocentric_m(from), open }
}

pub(super) struct ByDistance<'t, T: Nearby> {
    from: Coord<f64>,
    place_m: [f64; 3],
    open: BinaryHeap<Open<'t, T>>,
}

impl<'t, T: Nearby> Iterator for ByDistance<'t, T> {
    type Item = (&'t T, f64);

    fn next(&mut self) -> Option<(&'t T, f64)> {
        while let Some(Open { lower_bound_m, node }) = self.open.pop() {
            let parent = match node {
                Node::Leaf(found) => return Some((found, lower_bound_m)),
                Node::Parent(parent) => parent,
            };
            for child in parent.children() {
                let (node, chord_m) = match child {
                    RTreeNode::Leaf(leaf) => (Node::Leaf(leaf), leaf.chord_m(self.place_m)),
                    RTreeNode::Parent(node) => (Node::Parent(node), chord_to_box_m(&node.envelope(), self.place_m)),
                };
                count_step();
                // What is in a part of a box is no nearer than all that is in it.
                let lower_bound_m = lower_bound_m.max(self.lower_bound_m(&child.envelope(), chord_m));
                self.open.push(Open { lower_bound_m, node });
            }
        }
        None
    }
}

impl<T: Nearby> ByDistance<'_, T> {
    /// How far what is in a box is at least, if it is as far straight through the earth.
    fn lower_bound_m(&self, bounds: &AABB<[f64; 3]>, chord_m: f64) -> f64 {
        /// What the computed geodesics are off by is less.
        const ROUNDING_M: f64 = 1e-6;
        /// Up to here a chord is less than 1.1 m shorter than its arc: a geodesic costs more than the few boxes it spares.
        const NEAR_M: f64 = 1e5;
        if chord_m < NEAR_M {
            return chord_m;
        }
        let (low, high) = (bounds.lower(), bounds.upper());
        let half2_m2: f64 = (0..3).map(|i| ((high[i] - low[i]) / 2.0).powi(2)).sum();
        // By about so much the chord of a circle is shorter than its arc: no more is to be gained.
        let gain_m = chord_m.powi(3) / (24.0 * MIN_RADIUS_M.powi(2));
        if half2_m2 >= gain_m * gain_m {
            return chord_m;
        }
        let centre = geodetic_deg(std::array::from_fn(|i| (low[i] + high[i]) / 2.0));
        let centre_m = geocentric_m(centre);
        let reach2_m2: f64 =
            (0..3).map(|i| (centre_m[i] - low[i]).abs().max((high[i] - centre_m[i]).abs()).powi(2)).sum();
        chord_m.max(distance(self.from, centre).0 - arc_at_most_m(reach2_m2.sqrt()) - ROUNDING_M)
    }
}

/// No geodesic of the ellipsoid is longer than this between two places that are so far apart straight through the earth.
///
/// Its curvature is nowhere more than that of the smallest circle that the ellipsoid curves by, and a curve that is bent
/// less than an arc of a circle, and as long, has its ends no nearer to each other (Schur 1921; S. S. Chern, Curves and
/// Surfaces in Euclidean Space, 1967).
fn arc_at_most_m(chord_m: f64) -> f64 {
    // Beyond some thousand kilometres the shortest way might be longer than half of that circle.
    if chord_m > 1e6 { f64::INFINITY } else { 2.0 * MIN_RADIUS_M * (chord_m / (2.0 * MIN_RADIUS_M)).asin() }
}

fn chord_to_box_m(bounds: &AABB<[f64; 3]>, place_m: [f64; 3]) -> f64 {
    let (low, high) = (bounds.lower(), bounds.upper());
    (0..3).map(|i| (place_m[i] - place_m[i].clamp(low[i], high[i])).powi(2)).sum::<f64>().sqrt()
}

enum Node<'t, T: Nearby> {
    Leaf(&'t T),
    Parent(&'t ParentNode<T>),
}

/// What is still to be looked at.
struct Open<'t, T: Nearby> {
    lower_bound_m: f64,
    node: Node<'t, T>,
}

impl<T: Nearby> Ord for Open<'_, T> {
    /// The nearest is the greatest: it leaves the heap first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.lower_bound_m.total_cmp(&self.lower_bound_m)
    }
}

impl<T: Nearby> PartialOrd for Open<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Nearby> PartialEq for Open<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Nearby> Eq for Open<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::step_count;
    use crate::index::FeatureIndex;
    use crate::plan::{FeatureId, Plan};
    use geo::coord;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static SQUARES: LazyLock<Plan> = LazyLock::new(|| step_count::squares(12));

    /// The nearest of all zones, each tried.
    fn nearest_of_all(index: &FeatureIndex<'_>, site: Coord<f64>) -> (FeatureId, f64) {
        let all = index.plan().ids().map(|zone| (zone, index.distance_to_boundary(zone, site).0));
        all.reduce(|best, zone| if zone.1 < best.1 { zone } else { best }).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_nearest_from_anywhere_is_that_of_all(x in -180.0..180.0, y in -90.0..90.0, way in 0..4u8, off in -0.01..0.01) {
            let site = match way {
                0 => coord! { x: x, y: y },
                // North of them, and on the other side of the earth.
                1 => coord! { x: 121.3006 + off, y: y },
                2 => coord! { x: -58.6994 + off, y: -28.6 - off },
                _ => coord! { x: 121.3 + off, y: 28.6 - off },
            };
            let index = FeatureIndex::new(&SQUARES);
            let (zone, distance) = index.nearest(site).unwrap();
            prop_assert_eq!((zone, distance.0), nearest_of_all(&index, site));
            // No bound is beyond what it bounds, and they ascend.
            let mut before = 0.0;
            for (zone, at_least) in index.by_distance(site) {
                prop_assert!(before <= at_least.0 && at_least <= index.distance_to_boundary(zone, site));
                before = at_least.0;
            }
        }

        #[test]
        fn no_geodesic_is_longer_than_its_arc(x in -180.0..180.0, y in -90.0..90.0, dx in -2.0..2.0, dy in -2.0..2.0_f64) {
            let (from, to) = (coord! { x: x, y: y }, coord! { x: x + dx, y: f64::clamp(y + dy, -90.0, 90.0) });
            let (a, b) = (geocentric_m(from), geocentric_m(to));
            let chord_m = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
            prop_assert!(distance(from, to).0 <= arc_at_most_m(chord_m) + 1e-6);
        }
    }

    #[test]
    fn far_away_no_more_is_looked_at_than_lies_along_the_near_side() {
        for site in [coord! { x: 121.3, y: 40.3 }, coord! { x: 0.0, y: 0.0 }, coord! { x: -58.69, y: -28.6 }] {
            let looked_at = [24, 96].map(|in_a_row| {
                let plan = step_count::squares(in_a_row);
                let index = FeatureIndex::new(&plan);
                // What is made once is made.
                index.nearest(site);
                step_count::steps_of(|| assert!(index.nearest(site).is_some()))
            });
            // Sixteen times as many squares, four times as many in a row.
            assert!(looked_at[1] < 6 * looked_at[0], "{site:?} {looked_at:?}");
        }
    }
}
