//! Which zones could matter to a point: R-trees over the zones' boxes and the zones' edges, and tiles and cells that
//! spare the most frequent question the way through them.
//!
//! This is the only room that names `rstar`. Its queries return feature ids.

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
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use crate::geometry::position::{PointLocation, position};
use crate::plan::{FeatureId, Plan};
use crate::units::Metres;
use boundary::Boundary;

/// An index over the zones of a plan.
///
/// **Borders.** A zone is a closed set: its boundary belongs to it. [`holding`](FeatureIndex::containing)
/// lists a point on a shared border with every zone that shares it, each as
/// [`PointLocation::Boundary`]; so that no point of a region that zones cover without a gap is without a
/// zone. The decision is exact for the given doubles: one unit in the last place off an edge is off
/// it.
///
/// **Cost.** Building it looks once at each corner of the zones. Points are told by tiles over the zones' boxes where these
/// are of about one size, as parcels are: 0.4 µs a point in 200,000 parcels, asked many at once. All else is told by R-trees
/// over boxes and over the edges of a zone, n log n steps each, made when they are first asked.
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
/// let ids: Vec<&str> = index.containing(station).iter().map(|&(number, _)| plan[number].id.as_str()).collect();
/// assert_eq!(ids, ["corridor", "core", "high-speed-rail-district"]);
/// ```
pub struct FeatureIndex<'p> {
    plan: &'p Plan,
    boxes: Boxes,
    /// All features by their geocentric boxes.
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
        // Those of many zones are looked for in all of the memory: by all cores.
        let bounds: Vec<Option<Rect<f64>>> =
            plan.features().par_iter().with_min_len(1 << 12).map(|zone| zone.shape.bounding_rect()).collect();
        FeatureIndex {
            plan,
            boxes: Boxes::new((0..).zip(bounds).filter_map(|(number, bounds)| Some((number, bounds?)))),
            geocentric: OnceLock::new(),
            boundaries: plan.features().iter().map(|_| OnceLock::new()).collect(),
            searched: None,
        }
    }

    /// Searches the boundaries of these features alone: the others are not even passed on the way to them.
    pub(crate) fn searching(mut self, searched: Vec<bool>) -> FeatureIndex<'p> {
        self.searched = Some(searched);
        self.geocentric = OnceLock::new();
        self
    }

    /// The plan that is indexed.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let index = FeatureIndex::new(&plan);
    /// let (number, _) = index.containing(coord! { x: 121.27, y: 28.66 })[1];
    /// assert_eq!(index.plan()[number].name, "黄岩永宁江科创带");
    /// ```
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// All features that a point (degrees) lies in or on the boundary of, in plan order.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::FeatureIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // On the border of the core and a zone, inside the corridor.
    /// let plan = Plan::bundled();
    /// let holding = FeatureIndex::new(&plan).containing(coord! { x: 121.44, y: 28.6584 });
    /// assert_eq!(holding[0], (plan.id_of("corridor")?, PointLocation::Inside));
    /// assert_eq!(holding[1], (plan.id_of("core")?, PointLocation::Boundary));
    /// assert_eq!(holding[2], (plan.id_of("jiaojiang")?, PointLocation::Boundary));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn containing(&self, point: Coord<f64>) -> Vec<(FeatureId, PointLocation)> {
        let mut holding = vec![];
        self.boxes.each_holding(point, |number| {
            let id = FeatureId::new(number);
            match position(point, &self.plan[id].shape) {
                PointLocation::Outside => {}
                position => holding.push((id, position)),
            }
        });
        holding
    }

    /// The zones whose boxes meet a box (degrees), in the order of the plan.
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
        self.boxes.meeting(bounds).into_iter().map(FeatureId::new).collect()
    }

    /// All pairs of features whose boxes meet, the lower number first, in plan order.
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

    /// The geodesic distance from a point (degrees) to the boundary of a zone, holes included.
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
    pub fn distance_to_boundary(&self, number: FeatureId, point: Coord<f64>) -> Metres {
        self.boundary(number).distance(point, Metres(f64::INFINITY))
    }

    /// The geodesic distance from a point (degrees) to the boundary of a zone, and the point of the boundary
    /// that is nearest.
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
    pub fn nearest_on_boundary(&self, number: FeatureId, point: Coord<f64>) -> (Metres, Coord<f64>) {
        self.boundary(number).nearest(point, Metres(f64::INFINITY))
    }

    /// The zone of the partition (in a layer, the feature) whose boundary is nearest to a point, and
    /// the geodesic distance; the first in plan order among equals. None if the plan has no zones.
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

    /// The same among the zones that are asked for.
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
    pub fn nearest_of(&self, point: Coord<f64>, is_asked: impl Fn(FeatureId) -> bool) -> Option<(FeatureId, Metres)> {
        let mut best: Option<(FeatureId, Metres)> = None;
        // Once the lower bound is beyond the best distance, so is everything behind it.
        for (candidate, at_least) in self.by_distance(point) {
            let limit = best.map_or(Metres(f64::INFINITY), |(_, distance)| distance);
            if at_least > limit {
                break;
            }
            if !is_asked(candidate) {
                continue;
            }
            let distance = self.boundary(candidate).distance(point, limit);
            let is_first = best.is_some_and(|(number, _)| distance == limit && candidate < number);
            if distance < limit || is_first {
                best = Some((candidate, distance));
            }
        }
        best
    }

    /// All features with a lower bound of the distance from a point (degrees) to their boundary, the
    /// smallest bound first: for searches that know when to stop.
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
    ///     .take_while(|&(_, at_least)| at_least <= Metres(5_000.0))
    ///     .filter(|&(number, _)| index.distance_to_boundary(number, station) <= Metres(5_000.0))
    ///     .map(|(number, _)| &plan[number])
    ///     .filter(|zone| zone.level == Some(Level::Cluster))
    ///     .map(|zone| zone.id.as_str())
    ///     .collect();
    /// assert_eq!(near, ["high-speed-rail-district", "sanjiang-future-city", "central-innovation-district"]);
    /// ```
    pub fn by_distance(&self, point: Coord<f64>) -> impl Iterator<Item = (FeatureId, Metres)> {
        // Nothing is near what is no place: distances that are not a number have no order.
        let is_place = point.x.is_finite() && point.y.is_finite();
        search::by_distance(self.geocentric(), point)
            .take_while(move |_| is_place)
            .map(|(candidate, lower_bound_m)| (candidate.data, Metres(lower_bound_m)))
    }

    fn boundary(&self, number: FeatureId) -> &Boundary {
        self.boundaries[number.index()].get_or_init(|| Boundary::new(&self.plan[number].shape))
    }

    fn geocentric(&self) -> &RTree<GeomWithData<Rectangle<[f64; 3]>, FeatureId>> {
        self.geocentric.get_or_init(|| {
            let is_searched =
                |number: &FeatureId| self.searched.as_ref().is_none_or(|searched| searched[number.index()]);
            let boxes = self.plan.ids().filter(is_searched).filter_map(|id| {
                let (low, high) = boundary::geocentric_box_m(&self.plan[id].shape)?;
                Some(GeomWithData::new(Rectangle::from_corners(low, high), id))
            });
            RTree::bulk_load(boxes.collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::distance::Edge;
    use crate::geometry::measure::rings;
    use geo::coord;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PLAN: LazyLock<Plan> = LazyLock::new(Plan::bundled);
    static INDEX: LazyLock<FeatureIndex<'static>> = LazyLock::new(|| FeatureIndex::new(&PLAN));

    /// By trying every edge.
    fn naive_distance(number: FeatureId, point: Coord<f64>) -> f64 {
        let edges = PLAN[number].shape.iter().flat_map(rings).flat_map(|ring| ring.lines());
        edges
            .flat_map(|line| Edge::split(line.start, line.end))
            .map(|e| e.distance(point).0)
            .fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn distances_equal_every_edge_tried(x in 121.0..121.7, y in 28.4..28.9, number in 0usize..16) {
            let (point, number) = (coord! { x: x, y: y }, FeatureId::new(number));
            prop_assert_eq!(INDEX.distance_to_boundary(number, point).0, naive_distance(number, point));
        }

        #[test]
        fn the_nearest_zone_equals_every_zone_tried(x in 115.0..125.0, y in 20.0..35.0) {
            let point = coord! { x: x, y: y };
            let expected = PLAN.partition().map(|number| (number, naive_distance(number, point)));
            let expected = expected.reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap();
            let (number, distance) = INDEX.nearest(point).unwrap();
            prop_assert_eq!((number, distance.0), expected);
        }
    }
}
