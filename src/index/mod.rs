//! Spatial indexes over the zones of a plan: R-trees over their boxes and edges, and bucket and cell grids that speed
//! up the most frequent query, point-in-polygon.
//!
//! This is the only module that uses `rstar`. Its queries return feature ids.

mod boundary;
mod boxes;
mod buckets;
mod cells;
mod containments;
mod search;

pub use boxes::Boxes;
pub(crate) use cells::QuickHasher;
pub use cells::{CellIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
pub(crate) use containments::{Containments, NAN_COORD};

use std::sync::OnceLock;

use geo::{BoundingRect, Coord, Rect};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use crate::geometry::distance::Edge;
use crate::geometry::position::{PointLocation, position};
use crate::parallel;
use crate::plan::{FeatureId, Plan};
use crate::units::Metres;
use boundary::Boundary;

/// Distances that differ by no more than this are equal: the accuracy of a geodesic to an edge. Near a corner that zones
/// share, rounding would decide otherwise, and differently on each platform.
const EQUAL_DISTANCE: Metres = Metres(1e-6);

/// An index over the zones of a plan.
///
/// **Borders.** A zone is a closed set: its boundary belongs to it. [`containing`](FeatureIndex::containing) lists
/// every zone that shares the border for a point on it, each as [`PointLocation::Boundary`]. So every point of a region
/// that zones cover without gaps has a zone. The decision is exact for the given doubles: a point one ulp off an edge
/// is not on it.
///
/// **Cost.** Building it reads each vertex of the zones once. If the boxes of the zones are of similar size, as with
/// parcels, point queries use a bucket grid: 0.4 µs per point in 200,000 parcels, in batches. All other queries use
/// R-trees over boxes and over the edges of a zone, which are built on first use in n log n steps.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::geometry::position::PointLocation;
/// use taizhou_corridor::index::FeatureIndex;
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let index = FeatureIndex::new(&plan);
/// let station = coord! { x: 121.36898, y: 28.6559 };
/// let ids: Vec<&str> = index.containing(station).iter().map(|&(id, _)| plan[id].id.as_str()).collect();
/// assert_eq!(ids, ["corridor", "core", "high-speed-rail-district"]);
/// ```
pub struct FeatureIndex<'p> {
    plan: &'p Plan,
    boxes: Boxes,
    /// All features by geocentric box.
    geocentric: OnceLock<RTree<GeomWithData<Rectangle<[f64; 3]>, FeatureId>>>,
    boundaries: Vec<OnceLock<Boundary>>,
    /// The features whose boundaries are searched; by default all.
    searched: Option<Vec<bool>>,
}

impl<'p> FeatureIndex<'p> {
    /// Indexes the zones of a plan.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let index = FeatureIndex::new(&plan);
    /// let airport = coord! { x: 121.429, y: 28.5622 };
    /// assert!(index.containing(airport).is_empty());
    /// ```
    pub fn new(plan: &'p Plan) -> FeatureIndex<'p> {
        // For many zones this is limited by memory access, so it runs in parallel.
        let bounds: Vec<Vec<Option<Rect<f64>>>> =
            parallel::map(plan.features().chunks(1 << 12).collect::<Vec<_>>(), |zones| {
                zones.iter().map(|zone| zone.shape.bounding_rect()).collect()
            });
        FeatureIndex {
            plan,
            boxes: Boxes::new(
                (0..).zip(bounds.into_iter().flatten()).filter_map(|(number, bounds)| Some((number, bounds?))),
            ),
            geocentric: OnceLock::new(),
            boundaries: plan.features().iter().map(|_| OnceLock::new()).collect(),
            searched: None,
        }
    }

    /// Restricts boundary searches to these features; the others are not even visited.
    pub(crate) fn restricted_to(mut self, searched: Vec<bool>) -> FeatureIndex<'p> {
        self.searched = Some(searched);
        self.geocentric = OnceLock::new();
        self
    }

    /// The indexed plan.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let index = FeatureIndex::new(&plan);
    /// let (id, _) = index.containing(coord! { x: 121.27, y: 28.66 })[1];
    /// assert_eq!(index.plan()[id].name, "黄岩永宁江科创带");
    /// ```
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// All features that a point of the plan's plane lies in or on the boundary of, in plan order.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // On the border of the core and a zone, inside the corridor.
    /// let plan = Plan::bundled();
    /// let zones = FeatureIndex::new(&plan).containing(coord! { x: 121.44, y: 28.6584 });
    /// assert_eq!(zones[0], (plan.id_of("corridor")?, PointLocation::Inside));
    /// assert_eq!(zones[1], (plan.id_of("core")?, PointLocation::Boundary));
    /// assert_eq!(zones[2], (plan.id_of("jiaojiang")?, PointLocation::Boundary));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn containing(&self, point: Coord<f64>) -> Vec<(FeatureId, PointLocation)> {
        let mut zones = vec![];
        self.boxes.for_each_containing(point, |number| {
            let id = FeatureId::new(number);
            match position(point, &self.plan[id].shape) {
                PointLocation::Outside => {}
                position => zones.push((id, position)),
            }
        });
        zones
    }

    /// The zones whose bounding boxes intersect a box of the plan's plane, in plan order.
    ///
    /// ```
    /// use geo::{Rect, coord};
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let block = Rect::new(coord! { x: 121.46, y: 28.65 }, coord! { x: 121.48, y: 28.66 });
    /// assert!(FeatureIndex::new(&plan).near(block).contains(&plan.id_of("core")?));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn near(&self, bounds: Rect<f64>) -> Vec<FeatureId> {
        self.boxes.intersecting(bounds).into_iter().map(FeatureId::new).collect()
    }

    /// All pairs of features whose bounding boxes intersect, each with the lower id first, in plan order.
    ///
    /// ```
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let pairs = FeatureIndex::new(&plan).intersecting_pairs();
    /// let core = plan.id_of("core")?;
    /// assert!(pairs.contains(&(core, plan.id_of("high-speed-rail-district")?)));
    /// assert!(!pairs.contains(&(core, plan.id_of("mould-industry-area")?)));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn intersecting_pairs(&self) -> Vec<(FeatureId, FeatureId)> {
        let pairs = self.boxes.intersecting_pairs().into_iter();
        pairs.map(|(a, b)| (FeatureId::new(a), FeatureId::new(b))).collect()
    }

    /// The geodesic distance from a point of the plan's plane to the boundary of a zone, holes included.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // From inside the core, where the station is.
    /// let plan = Plan::bundled();
    /// let station = coord! { x: 121.36898, y: 28.6559 };
    /// let distance = FeatureIndex::new(&plan).distance_to_boundary(plan.id_of("core")?, station);
    /// assert_eq!(format!("{:.1} m", distance.0), "739.5 m");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn distance_to_boundary(&self, id: FeatureId, point: Coord<f64>) -> Metres {
        self.boundary(id).distance(self.position(point), Metres(f64::INFINITY))
    }

    /// The geodesic distance from a point of the plan's plane to the boundary of a zone, and the nearest position
    /// (degrees) of the boundary.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::measure;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let library = coord! { x: 121.41386, y: 28.66118 };
    /// let (distance, foot) = FeatureIndex::new(&plan).nearest_on_boundary(plan.id_of("core")?, library);
    /// assert!((measure::distance(library, foot).0 - distance.0).abs() < 1e-6);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn nearest_on_boundary(&self, id: FeatureId, point: Coord<f64>) -> (Metres, Coord<f64>) {
        self.boundary(id).nearest(self.position(point), Metres(f64::INFINITY))
    }

    /// The edges of the boundary of a zone that may be as near to a point of the plan's plane as this.
    pub(crate) fn edges_within(&self, id: FeatureId, point: Coord<f64>, limit: Metres) -> impl Iterator<Item = &Edge> {
        self.boundary(id).within(self.position(point), limit)
    }

    /// The zone of the partition (in a flat dataset, the feature) whose boundary is nearest to a point, and the
    /// geodesic distance. If several are equally near, to the micrometre that distances are exact to, the first in plan
    /// order. `None` if the plan has no zones.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let library = coord! { x: 121.41386, y: 28.66118 };
    /// let (zone, distance) = FeatureIndex::new(&plan).nearest(library).unwrap();
    /// assert_eq!(plan[zone].id, "core");
    /// assert_eq!(format!("{:.1} m", distance.0), "16.8 m");
    /// ```
    pub fn nearest(&self, point: Coord<f64>) -> Option<(FeatureId, Metres)> {
        self.nearest_of(point, |zone| self.plan.is_partition(zone))
    }

    /// Like [`nearest`](FeatureIndex::nearest), among the zones that `is_wanted` accepts.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// let library = coord! { x: 121.41386, y: 28.66118 };
    /// let is_cluster = |zone| plan[zone].level == Some(Level::Cluster);
    /// let (zone, _) = FeatureIndex::new(&plan).nearest_of(library, is_cluster).unwrap();
    /// assert_eq!(plan[zone].id, "central-innovation-district");
    /// ```
    pub fn nearest_of(&self, point: Coord<f64>, is_wanted: impl Fn(FeatureId) -> bool) -> Option<(FeatureId, Metres)> {
        let position = self.position(point);
        let mut least_m = f64::INFINITY;
        let mut nearest: Vec<(FeatureId, Metres)> = vec![];
        // Candidates are in order of their lower bounds, so the search ends at the first beyond the best distance.
        for (candidate, lower_bound) in self.by_distance(point) {
            let limit = Metres(least_m + EQUAL_DISTANCE.0);
            if lower_bound > limit {
                break;
            }
            if !is_wanted(candidate) {
                continue;
            }
            let distance = self.boundary(candidate).distance(position, limit);
            if distance <= limit {
                least_m = least_m.min(distance.0);
                nearest.push((candidate, distance));
            }
        }
        let equals = nearest.into_iter().filter(|(_, distance)| distance.0 <= least_m + EQUAL_DISTANCE.0);
        equals.min_by_key(|&(id, _)| id)
    }

    /// All features with a lower bound of the distance from a point of the plan's plane to their boundary, in ascending order:
    /// for searches with their own stop criterion.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::units::Metres;
    ///
    /// // Which clusters have their boundary within 5 km of the station? Most are not even measured.
    /// let plan = Plan::bundled();
    /// let index = FeatureIndex::new(&plan);
    /// let station = coord! { x: 121.36898, y: 28.6559 };
    /// let near: Vec<&str> = index
    ///     .by_distance(station)
    ///     .take_while(|&(_, lower_bound)| lower_bound <= Metres(5_000.0))
    ///     .filter(|&(id, _)| index.distance_to_boundary(id, station) <= Metres(5_000.0))
    ///     .map(|(id, _)| &plan[id])
    ///     .filter(|zone| zone.level == Some(Level::Cluster))
    ///     .map(|zone| zone.id.as_str())
    ///     .collect();
    /// assert_eq!(near, ["high-speed-rail-district", "sanjiang-future-city", "central-innovation-district"]);
    /// ```
    pub fn by_distance(&self, point: Coord<f64>) -> impl Iterator<Item = (FeatureId, Metres)> {
        // Distances from a non-finite point are NaN and have no order.
        let position = self.position(point);
        let is_finite = position.x.is_finite() && position.y.is_finite();
        search::by_distance(self.geocentric(), position)
            .take_while(move |_| is_finite)
            .map(|(candidate, lower_bound_m)| (candidate.data, Metres(lower_bound_m)))
    }

    /// The position (degrees) of a point of the plan's plane.
    fn position(&self, point: Coord<f64>) -> Coord<f64> {
        self.plan.plane().position(point)
    }

    fn boundary(&self, id: FeatureId) -> &Boundary {
        self.boundaries[id.index()].get_or_init(|| Boundary::new(&self.plan[id].shape, self.plan.plane()))
    }

    fn geocentric(&self) -> &RTree<GeomWithData<Rectangle<[f64; 3]>, FeatureId>> {
        self.geocentric.get_or_init(|| {
            let is_searched = |id: &FeatureId| self.searched.as_ref().is_none_or(|searched| searched[id.index()]);
            let boxes = self.plan.ids().filter(is_searched).filter_map(|id| {
                let (low, high) = boundary::geocentric_box_m(&self.plan[id].shape, self.plan.plane())?;
                Some(GeomWithData::new(Rectangle::from_corners(low, high), id))
            });
            RTree::bulk_load(boxes.collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::rings;
    use geo::coord;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PLAN: LazyLock<Plan> = LazyLock::new(Plan::bundled);
    static INDEX: LazyLock<FeatureIndex<'static>> = LazyLock::new(|| FeatureIndex::new(&PLAN));

    /// Brute force over all edges.
    fn naive_distance(id: FeatureId, point: Coord<f64>) -> f64 {
        let edges = PLAN[id].shape.iter().flat_map(rings).flat_map(|ring| ring.lines());
        edges
            .flat_map(|line| Edge::split(line.start, line.end))
            .map(|e| e.distance(point).0)
            .fold(f64::INFINITY, f64::min)
    }

    /// The first in plan order among those that are nearest to the micrometre.
    fn first_of_nearest(all: &[(FeatureId, f64)]) -> (FeatureId, f64) {
        let least_m = all.iter().map(|zone| zone.1).fold(f64::INFINITY, f64::min);
        *all.iter().find(|zone| zone.1 <= least_m + 1e-6).unwrap()
    }

    proptest! {
        #[test]
        fn distances_equal_brute_force(x in 121.0..121.7, y in 28.4..28.9, number in 0usize..16) {
            let (point, id) = (coord! { x: x, y: y }, FeatureId::new(number));
            prop_assert_eq!(INDEX.distance_to_boundary(id, point).0, naive_distance(id, point));
        }

        #[test]
        fn nearest_zone_equals_brute_force(x in 115.0..125.0, y in 20.0..35.0) {
            let point = coord! { x: x, y: y };
            let all: Vec<_> = PLAN.partition().map(|id| (id, naive_distance(id, point))).collect();
            let (id, distance) = INDEX.nearest(point).unwrap();
            prop_assert_eq!((id, distance.0), first_of_nearest(&all));
        }

        #[test]
        fn near_a_shared_corner_the_first_zone_is_nearest(x in -40i32..40, y in -40i32..40) {
            // Up to forty steps of a double from a corner that the core and two zones share.
            let ulps = |value: f64, count: i32| f64::from_bits(value.to_bits().wrapping_add_signed(count.into()));
            let point = coord! { x: ulps(121.3533, x), y: ulps(28.6605, y) };
            let (id, distance) = INDEX.nearest(point).unwrap();
            prop_assert_eq!(PLAN[id].id.as_str(), "core");
            prop_assert!(distance.0 < 1e-6, "{:?}", distance);
        }
    }
}
