//! The edges of one zone in an R-tree, for the distance from a point to its boundary.
//!
//! The tree lives in geocentric space, in metres: there a straight line is never longer than the way
//! along the ellipsoid, whatever the latitude, so that a box tells a lower bound of the distance. In
//! degrees, the nearest box need not hold the nearest edge.

use geo::{Coord, MultiPolygon};
use rstar::{AABB, RTree, RTreeObject};

use crate::geometry::distance::Edge;
use crate::geometry::measure::rings;
use crate::index::search::{Nearby, by_distance};
use crate::units::Metres;

pub(super) struct Boundary(RTree<IndexedEdge>);

impl Boundary {
    pub(super) fn new(shape: &MultiPolygon<f64>) -> Boundary {
        Boundary(RTree::bulk_load(edges(shape).map(IndexedEdge).collect()))
    }

    /// The distance from a point to the nearest edge; if it is not below `limit`, any number that
    /// is not either.
    pub(super) fn distance(&self, point: Coord<f64>, limit: Metres) -> Metres {
        self.nearest(point, limit).0
    }

    /// The same, and where on the boundary it is nearest.
    pub(super) fn nearest(&self, point: Coord<f64>, limit: Metres) -> (Metres, Coord<f64>) {
        let mut best_m = limit.0;
        let mut found = (Metres(f64::INFINITY), point);
        for (IndexedEdge(edge), lower_bound_m) in by_distance(&self.0, point) {
            if lower_bound_m > best_m {
                break;
            }
            let reach = edge.nearest(point);
            if reach.0 < found.0 {
                found = reach;
            }
            best_m = best_m.min(found.0.0);
        }
        found
    }
}

/// The box that holds the whole boundary in geocentric space; none if there is no edge.
pub(super) fn geocentric_box_m(shape: &MultiPolygon<f64>) -> Option<([f64; 3], [f64; 3])> {
    edges(shape).map(|edge| edge.geocentric_box_m()).reduce(|(low, high), (edge_low, edge_high)| {
        (
            std::array::from_fn(|i| f64::min(low[i], edge_low[i])),
            std::array::from_fn(|i| f64::max(high[i], edge_high[i])),
        )
    })
}

fn edges(shape: &MultiPolygon<f64>) -> impl Iterator<Item = Edge> {
    shape.iter().flat_map(rings).flat_map(|ring| ring.lines()).flat_map(|line| Edge::split(line.start, line.end))
}

#[derive(Debug)]
struct IndexedEdge(Edge);

impl RTreeObject for IndexedEdge {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> AABB<[f64; 3]> {
        let (low, high) = self.0.geocentric_box_m();
        AABB::from_corners(low, high)
    }
}

impl Nearby for IndexedEdge {
    fn chord_m(&self, place_m: [f64; 3]) -> f64 {
        self.0.lower_bound_m(place_m)
    }
}
