//! An R-tree over the edges of one zone, for the distance from a point to its boundary.
//!
//! The tree is in geocentric coordinates, in metres: a straight line there is never longer than the geodesic, at any
//! latitude, so that the distance to a box is a lower bound. In degrees, the nearest box need not contain the nearest
//! edge.

use geo::{Coord, MultiPolygon};
use rstar::{AABB, RTree, RTreeObject};

use crate::crs::Plane;
use crate::geometry::distance::Edge;
use crate::geometry::measure::rings;
use crate::index::search::{DistanceBound, by_distance};
use crate::units::Metres;

pub(super) struct Boundary(RTree<IndexedEdge>);

impl Boundary {
    pub(super) fn new(shape: &MultiPolygon<f64>, plane: &Plane) -> Boundary {
        Boundary(RTree::bulk_load(edges(shape, plane).map(IndexedEdge).collect()))
    }

    /// The distance from a position (degrees) to the nearest edge. If that is `limit` or more, the result is some value of `limit`
    /// or more.
    pub(super) fn distance(&self, point: Coord<f64>, limit: Metres) -> Metres {
        self.nearest(point, limit).0
    }

    /// The edges that may be as near to a position (degrees) as this, nearest first.
    pub(super) fn within(&self, point: Coord<f64>, limit: Metres) -> impl Iterator<Item = &Edge> {
        by_distance(&self.0, point).take_while(move |&(_, at_least_m)| at_least_m <= limit.0).map(|(edge, _)| &edge.0)
    }

    /// Like [`Boundary::distance`], with the nearest point of the boundary.
    pub(super) fn nearest(&self, point: Coord<f64>, limit: Metres) -> (Metres, Coord<f64>) {
        let mut best_m = limit.0;
        let mut nearest = (Metres(f64::INFINITY), point);
        for (IndexedEdge(edge), lower_bound_m) in by_distance(&self.0, point) {
            if lower_bound_m > best_m {
                break;
            }
            let candidate = edge.nearest(point);
            if candidate.0 < nearest.0 {
                nearest = candidate;
            }
            best_m = best_m.min(nearest.0.0);
        }
        nearest
    }
}

/// The geocentric bounding box of the whole boundary; `None` if there are no edges.
pub(super) fn geocentric_box_m(shape: &MultiPolygon<f64>, plane: &Plane) -> Option<([f64; 3], [f64; 3])> {
    edges(shape, plane).map(|edge| edge.geocentric_box_m()).reduce(|(low, high), (edge_low, edge_high)| {
        (
            std::array::from_fn(|i| f64::min(low[i], edge_low[i])),
            std::array::from_fn(|i| f64::max(high[i], edge_high[i])),
        )
    })
}

fn edges(shape: &MultiPolygon<f64>, plane: &Plane) -> impl Iterator<Item = Edge> {
    shape.iter().flat_map(rings).flat_map(|ring| ring.lines()).flat_map(|line| plane.edges(line))
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

impl DistanceBound for IndexedEdge {
    fn chord_m(&self, point_m: [f64; 3]) -> f64 {
        self.0.lower_bound_m(point_m)
    }
}
