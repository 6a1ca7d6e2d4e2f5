//! Traversal of an R-tree in geocentric coordinates in order of distance from a position.
//!
//! The straight-line distance to a box is a lower bound of the geodesic distance to its contents, and a tight one
//! nearby. Far away it is too small by kilometres, so that a whole plan would seem as near as its nearest edge. There
//! the geodesic to the centre of the box gives a better bound: the distance to any other point of the box is shorter by
//! at most the distance between the two (triangle inequality).
//!
//! The search of `rstar` (`nearest_neighbor_iter`) uses only the first of these bounds.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use geo::Coord;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, ParentNode, RTree, RTreeNode, RTreeObject};

use crate::geometry::measure::{MIN_RADIUS_M, distance, geocentric_m, geodetic_deg};
use crate::geometry::step_count::count_step;
use crate::maths::asin;

/// An item with a geocentric bounding box, in metres.
pub(super) trait DistanceBound: RTreeObject<Envelope = AABB<[f64; 3]>> {
    /// A lower bound of the straight-line distance from a point to the item.
    fn chord_m(&self, point_m: [f64; 3]) -> f64 {
        chord_to_box_m(&self.envelope(), point_m)
    }
}

impl<T> DistanceBound for GeomWithData<Rectangle<[f64; 3]>, T> {}

/// The items of a tree with a lower bound of their distance from a position (degrees), in metres, in ascending order.
pub(super) fn by_distance<T: DistanceBound>(tree: &RTree<T>, from: Coord<f64>) -> ByDistance<'_, T> {
    // Enough for most searches, and small enough for the allocator's fast path.
    let mut queue = BinaryHeap::with_capacity(40);
    queue.push(QueueEntry { lower_bound_m: 0.0, node: Node::Parent(tree.root()) });
    ByDistance { from, point_m: geocentric_m(from), queue }
}

pub(super) struct ByDistance<'t, T: DistanceBound> {
    from: Coord<f64>,
    point_m: [f64; 3],
    queue: BinaryHeap<QueueEntry<'t, T>>,
}

impl<'t, T: DistanceBound> Iterator for ByDistance<'t, T> {
    type Item = (&'t T, f64);

    fn next(&mut self) -> Option<(&'t T, f64)> {
        while let Some(QueueEntry { lower_bound_m, node }) = self.queue.pop() {
            let parent = match node {
                Node::Leaf(item) => return Some((item, lower_bound_m)),
                Node::Parent(parent) => parent,
            };
            for child in parent.children() {
                let (node, chord_m) = match child {
                    RTreeNode::Leaf(leaf) => (Node::Leaf(leaf), leaf.chord_m(self.point_m)),
                    RTreeNode::Parent(node) => (Node::Parent(node), chord_to_box_m(&node.envelope(), self.point_m)),
                };
                count_step();
                // A child is never nearer than its parent.
                let lower_bound_m = lower_bound_m.max(self.lower_bound_m(&child.envelope(), chord_m));
                self.queue.push(QueueEntry { lower_bound_m, node });
            }
        }
        None
    }
}

impl<T: DistanceBound> ByDistance<'_, T> {
    /// A lower bound of the geodesic distance to a box, given the straight-line distance.
    fn lower_bound_m(&self, bounds: &AABB<[f64; 3]>, chord_m: f64) -> f64 {
        /// An upper bound of the error of computed geodesics.
        const ROUNDING_M: f64 = 1e-6;
        /// Up to this distance a chord is less than 1.1 m shorter than its arc: computing a geodesic costs more than
        /// visiting the few boxes that it would save.
        const NEAR_M: f64 = 1e5;
        if chord_m < NEAR_M {
            return chord_m;
        }
        let (low, high) = (bounds.lower(), bounds.upper());
        let half2_m2: f64 = (0..3).map(|i| square((high[i] - low[i]) / 2.0)).sum();
        // The chord of a circle is shorter than its arc by about this much, which is the most that can be gained.
        let gain_m = chord_m * chord_m * chord_m / (24.0 * MIN_RADIUS_M * MIN_RADIUS_M);
        if half2_m2 >= gain_m * gain_m {
            return chord_m;
        }
        let centre = geodetic_deg(std::array::from_fn(|i| (low[i] + high[i]) / 2.0));
        let centre_m = geocentric_m(centre);
        let radius2_m2: f64 =
            (0..3).map(|i| square((centre_m[i] - low[i]).abs().max((high[i] - centre_m[i]).abs()))).sum();
        chord_m.max(distance(self.from, centre).0 - max_arc_m(radius2_m2.sqrt()) - ROUNDING_M)
    }
}

/// The maximum length of a geodesic between two points of the ellipsoid with a given straight-line distance.
///
/// The curvature of a geodesic is never larger than that of the circle with the ellipsoid's smallest radius of
/// curvature, and the ends of a curve are never nearer to each other than those of a circular arc of the same length
/// and at least the same curvature (Schur 1921; S. S. Chern, Curves and Surfaces in Euclidean Space, 1967).
fn max_arc_m(chord_m: f64) -> f64 {
    // Beyond about a thousand kilometres the geodesic might be longer than half of that circle.
    if chord_m > 1e6 { f64::INFINITY } else { 2.0 * MIN_RADIUS_M * asin(chord_m / (2.0 * MIN_RADIUS_M)) }
}

fn square(x: f64) -> f64 {
    x * x
}

fn chord_to_box_m(bounds: &AABB<[f64; 3]>, point_m: [f64; 3]) -> f64 {
    let (low, high) = (bounds.lower(), bounds.upper());
    (0..3).map(|i| square(point_m[i] - point_m[i].clamp(low[i], high[i]))).sum::<f64>().sqrt()
}

enum Node<'t, T: DistanceBound> {
    Leaf(&'t T),
    Parent(&'t ParentNode<T>),
}

/// A node or leaf to be visited.
struct QueueEntry<'t, T: DistanceBound> {
    lower_bound_m: f64,
    node: Node<'t, T>,
}

impl<T: DistanceBound> Ord for QueueEntry<'_, T> {
    /// Reversed, so that the max-heap returns the nearest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.lower_bound_m.total_cmp(&self.lower_bound_m)
    }
}

impl<T: DistanceBound> PartialOrd for QueueEntry<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: DistanceBound> PartialEq for QueueEntry<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: DistanceBound> Eq for QueueEntry<'_, T> {}

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

    /// The nearest zone by brute force.
    fn nearest_of_all(index: &FeatureIndex<'_>, site: Coord<f64>) -> (FeatureId, f64) {
        let all: Vec<_> = index.plan().ids().map(|zone| (zone, index.distance_to_boundary(zone, site).0)).collect();
        let least_m = all.iter().map(|zone| zone.1).fold(f64::INFINITY, f64::min);
        *all.iter().find(|zone| zone.1 <= least_m + 1e-6).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nearest_zone_equals_brute_force_from_anywhere(x in -180.0..180.0, y in -90.0..90.0, region in 0..4u8, off in -0.01..0.01) {
            let site = match region {
                0 => coord! { x: x, y: y },
                // North of the squares, and near their antipode.
                1 => coord! { x: 121.3006 + off, y: y },
                2 => coord! { x: -58.6994 + off, y: -28.6 - off },
                _ => coord! { x: 121.3 + off, y: 28.6 - off },
            };
            let index = FeatureIndex::new(&SQUARES);
            let (zone, distance) = index.nearest(site).unwrap();
            prop_assert_eq!((zone, distance.0), nearest_of_all(&index, site));
            // Bounds never exceed the distance, and are ascending.
            let mut previous = 0.0;
            for (zone, at_least) in index.by_distance(site) {
                prop_assert!(previous <= at_least.0 && at_least <= index.distance_to_boundary(zone, site));
                previous = at_least.0;
            }
        }

        #[test]
        fn geodesics_are_never_longer_than_the_maximum_arc(x in -180.0..180.0, y in -90.0..90.0, dx in -2.0..2.0, dy in -2.0..2.0_f64) {
            let (from, to) = (coord! { x: x, y: y }, coord! { x: x + dx, y: f64::clamp(y + dy, -90.0, 90.0) });
            let (a, b) = (geocentric_m(from), geocentric_m(to));
            let chord_m = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
            prop_assert!(distance(from, to).0 <= max_arc_m(chord_m) + 1e-6);
        }
    }

    #[test]
    fn distant_searches_visit_only_the_near_side() {
        for site in [coord! { x: 121.3, y: 40.3 }, coord! { x: 0.0, y: 0.0 }, coord! { x: -58.69, y: -28.6 }] {
            let steps = [24, 96].map(|side| {
                let plan = step_count::squares(side);
                let index = FeatureIndex::new(&plan);
                // Builds the lazy trees, so that they are not counted.
                index.nearest(site);
                step_count::steps_of(|| assert!(index.nearest(site).is_some()))
            });
            // Sixteen times as many squares, but four times as many along a side.
            assert!(steps[1] < 6 * steps[0], "{site:?} {steps:?}");
        }
    }
}
