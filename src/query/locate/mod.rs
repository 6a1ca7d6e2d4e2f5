//! Which zone contains a site, and how certain is the answer?

mod answer;
mod column;
mod keep_sites;
mod points;
mod rows;
mod summary;

pub use answer::{Answer, Certainty};
pub use column::LocateColumn;
pub use keep_sites::{KeepSites, LocatedSite, LocatedSites};
pub use points::DistinctAnswers;
pub use rows::RowLocator;
pub use summary::LocateSummary;

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use geo::{Coord, CoordsIter};

use crate::geometry::position::PointLocation;
use crate::index::{CellIndex, FeatureIndex, FeatureSetInterner};
use crate::maths::hypot;
use crate::plan::{FeatureId, Level, Plan};
use crate::units::Metres;

/// The cell index is built after this many sites plus one for every four vertices of the plan: about the id of R-tree
/// lookups after which cells would have saved as much time as building them takes. (Twenty zones of 11,000 vertices: a
/// lookup takes 1 µs in the R-tree and almost nothing in cells, which take 13 ms to build. A million squares: 2.5 and
/// 0.5 µs, 1.4 s. 200,000 parcels: 1.3 and 0.8 µs, 0.7 s. The bundled plan: 0.07 µs, 8 ms.)
const MIN_SITES_FOR_CELLS: usize = 16_384;

/// And this many for each feature: lookups in small features are fast without cells.
const MIN_SITES_PER_FEATURE: usize = 20;

/// Finds the zone that contains a site.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::{Certainty, Locator};
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let locator = Locator::new(&plan);
///
/// let station = locator.locate(coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
/// assert_eq!(plan[station.zone.unwrap()].id, "core");
///
/// // Outside, but within the accuracy of the outline.
/// let library = locator.locate(coord! { x: 121.41386, y: 28.66118 }, Metres(50.0));
/// assert_eq!(library.zone, None);
/// assert_eq!(library.certainty, Some(Certainty::Uncertain));
/// ```
pub struct Locator<'p> {
    index: FeatureIndex<'p>,
    /// Built once enough sites were located for it to pay off; `None` within if the plan is too large for it.
    cells: OnceLock<Option<CellIndex>>,
    located: AtomicUsize,
    min_sites_for_cells: usize,
    /// Whether a thread builds the cells, or has built them.
    is_building_cells: AtomicBool,
    max_level: Level,
    /// The level of each feature, in one array for cache locality.
    levels: Vec<Option<Level>>,
    with_distance: bool,
    /// The largest accuracy value of any feature.
    max_accuracy: Metres,
    /// Whether all features state an accuracy.
    all_state_accuracy: bool,
}

impl<'p> Locator<'p> {
    /// Prepares a plan for queries.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // In a flat dataset, the answer is the first feature that contains the site.
    /// let layer = Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name"))?;
    /// let station = Locator::new(&layer).locate(coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
    /// assert_eq!(layer[station.zone.unwrap()].id, "台州湾科创走廊");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(plan: &'p Plan) -> Locator<'p> {
        let accuracies = plan.features().iter().filter_map(|zone| zone.accuracy);
        let max_accuracy = Metres(accuracies.map(|accuracy| accuracy.0).fold(0.0, f64::max));
        let corners: usize = plan.features().iter().map(|zone| zone.shape.coords_count()).sum();
        Locator {
            index: FeatureIndex::new(plan),
            cells: OnceLock::new(),
            located: AtomicUsize::new(0),
            min_sites_for_cells: MIN_SITES_FOR_CELLS + corners / 4 + MIN_SITES_PER_FEATURE * plan.features().len(),
            is_building_cells: AtomicBool::new(false),
            max_level: Level::Cluster,
            levels: plan.features().iter().map(|zone| zone.level).collect(),
            with_distance: true,
            max_accuracy,
            all_state_accuracy: plan.features().iter().all(|zone| zone.accuracy.is_some()),
        }
    }

    /// Ignores features below this level: with [`Level::Zone`], clusters are ignored, and distance and certainty refer
    /// to the core or the zone.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let locator = Locator::new(&plan).max_level(Level::Zone);
    /// let station = locator.locate(coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
    /// assert_eq!(station.cluster, None);
    /// // To the boundary of the core; the High-Speed Rail New District's is 349 m away.
    /// assert_eq!(station.distance_to_boundary.unwrap().0.round(), 739.0);
    /// ```
    pub fn max_level(mut self, level: Level) -> Locator<'p> {
        self.max_level = level;
        self
    }

    /// Omits distances and certainty, which take most of the time.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let square = Locator::new(&plan).without_distance().locate(coord! { x: 121.40988, y: 28.65798 }, Metres(50.0));
    /// assert_eq!(square.zone, Some(plan.id_of("core")?));
    /// assert_eq!((square.distance_to_boundary, square.certainty), (None, None));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn without_distance(mut self) -> Locator<'p> {
        self.with_distance = false;
        self
    }

    /// The plan.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // The name of the zone in an answer.
    /// fn zone_name<'p>(locator: &Locator<'p>, x: f64, y: f64) -> Option<&'p str> {
    ///     let zone = locator.locate(coord! { x: x, y: y }, Metres(0.0)).zone?;
    ///     Some(&locator.plan()[zone].name)
    /// }
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(zone_name(&Locator::new(&plan), 121.28624, 28.68899), Some("黄岩永宁江科创带"));
    /// ```
    pub fn plan(&self) -> &'p Plan {
        self.index.plan()
    }

    /// The spatial index.
    pub(crate) fn index(&self) -> &FeatureIndex<'p> {
        &self.index
    }

    /// Whether any feature states an accuracy.
    pub(crate) fn states_accuracy(&self) -> bool {
        self.plan().features().iter().any(|zone| zone.accuracy.is_some())
    }

    /// Whether all features state an accuracy.
    pub(crate) fn all_state_accuracy(&self) -> bool {
        self.all_state_accuracy
    }

    /// The accuracy of the least accurate outline.
    pub(crate) fn max_accuracy(&self) -> Metres {
        self.max_accuracy
    }

    /// The answer for a site (degrees) with a position uncertainty in metres at 95 %.
    ///
    /// On a border shared by several zones, the answer is the first in plan order; [`Answer::boundary_of`] lists all.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // A corner that the core shares with a zone and with one of its clusters.
    /// let plan = Plan::bundled();
    /// let corner = Locator::new(&plan).locate(coord! { x: 121.44, y: 28.6584 }, Metres(0.0));
    /// assert_eq!((corner.position, corner.zone), (PointLocation::Boundary, Some(plan.id_of("core")?)));
    /// let ids: Vec<&str> = corner.boundary_of.iter().map(|&id| plan[id].id.as_str()).collect();
    /// assert_eq!(ids, ["core", "jiaojiang", "central-innovation-district"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn locate(&self, site: Coord<f64>, uncertainty: Metres) -> Answer {
        self.first(site, uncertainty, &self.index.containing(site))
    }

    /// The answer for a site without distance and certainty.
    pub(crate) fn locate_without_distance(&self, site: Coord<f64>) -> Answer {
        let containing = self.index.containing(site);
        let containing = self.filter_by_level(&containing);
        self.answer_without_distance(&containing, self.first_of_partition(&containing))
    }

    /// One answer for each zone that contains the site, in plan order; a single answer without a zone if none does.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let answers = Locator::new(&plan).locate_all(coord! { x: 121.44, y: 28.6584 }, Metres(0.0));
    /// let most_specific: Vec<&str> = answers.iter().map(|answer| plan[answer.most_specific.unwrap()].id.as_str()).collect();
    /// assert_eq!(most_specific, ["central-innovation-district", "jiaojiang"]);
    /// ```
    pub fn locate_all(&self, site: Coord<f64>, uncertainty: Metres) -> Vec<Answer> {
        let mut answers = vec![];
        self.each(site, uncertainty, &self.index.containing(site), |answer| answers.push(answer));
        answers
    }

    /// An interner of feature sets for a batch of this size; `None` until building the cells would pay off.
    fn sets(&self, sites: usize) -> Option<FeatureSetInterner<'_>> {
        self.cells(sites).map(FeatureSetInterner::new)
    }

    /// The cell index for a batch of this size; `None` until building it would pay off.
    pub(crate) fn cells(&self, sites: usize) -> Option<&CellIndex> {
        let located = self.located.fetch_add(sites, Ordering::Relaxed) + sites;
        if let Some(cells) = self.cells.get() {
            return cells.as_ref();
        }
        // While one thread builds the cells, the others use the R-tree.
        if located < self.min_sites_for_cells || self.is_building_cells.swap(true, Ordering::Relaxed) {
            return None;
        }
        self.cells.get_or_init(|| CellIndex::new(self.plan())).as_ref()
    }

    /// The answer for a site, given the features that contain it.
    fn first(&self, site: Coord<f64>, uncertainty: Metres, containing: &[(FeatureId, PointLocation)]) -> Answer {
        let containing = self.filter_by_level(containing);
        self.answer(site, uncertainty, &containing, self.first_of_partition(&containing))
    }

    /// The first feature of the partition.
    fn first_of_partition(&self, containing: &[(FeatureId, PointLocation)]) -> Option<FeatureId> {
        containing.iter().map(|&(id, _)| id).find(|&id| self.is_partition(id))
    }

    /// Calls `give` with one answer for each zone; returns the result for the first and the id of answers.
    fn each<T>(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        containing: &[(FeatureId, PointLocation)],
        mut give: impl FnMut(Answer) -> T,
    ) -> (T, usize) {
        let containing = self.filter_by_level(containing);
        let mut answer = |zone| give(self.answer(site, uncertainty, &containing, zone));
        let mut zones = containing.iter().map(|&(id, _)| id).filter(|&id| self.is_partition(id));
        let first = answer(zones.next());
        (first, 1 + zones.map(|zone| answer(Some(zone))).count())
    }

    /// The same as [`Plan::is_partition`], from `levels`.
    fn is_partition(&self, id: FeatureId) -> bool {
        self.levels[id.index()].is_none_or(Level::is_partition)
    }

    /// The features not below the requested level.
    fn filter_by_level<'h>(
        &self,
        containing: &'h [(FeatureId, PointLocation)],
    ) -> Cow<'h, [(FeatureId, PointLocation)]> {
        if self.max_level == Level::Cluster {
            return Cow::Borrowed(containing);
        }
        let is_requested =
            |id: FeatureId| self.levels[id.index()].is_none_or(|level| level.depth() <= self.max_level.depth());
        containing.iter().copied().filter(|&(id, _)| is_requested(id)).collect()
    }

    fn answer(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        containing: &[(FeatureId, PointLocation)],
        zone: Option<FeatureId>,
    ) -> Answer {
        let mut answer = self.answer_without_distance(containing, zone);
        if self.with_distance {
            self.measure(site, uncertainty, &mut answer);
        }
        answer
    }

    fn answer_without_distance(&self, containing: &[(FeatureId, PointLocation)], zone: Option<FeatureId>) -> Answer {
        let plan = self.plan();
        let cluster = containing
            .iter()
            .map(|&(id, _)| id)
            .find(|&id| self.levels[id.index()] == Some(Level::Cluster) && (zone.is_none() || plan[id].parent == zone));
        let most_specific = cluster.or(zone).or(containing.first().map(|&(id, _)| id));
        let position = containing
            .iter()
            .find(|&&(id, _)| Some(id) == zone.or(most_specific))
            .map_or(PointLocation::Outside, |&(_, position)| position);
        let boundary_of =
            containing.iter().filter(|(_, position)| *position == PointLocation::Boundary).map(|&(id, _)| id).collect();
        Answer {
            position,
            zone,
            cluster,
            most_specific,
            boundary_of,
            nearest_zone: None,
            distance_to_boundary: None,
            certainty: None,
            uncertain_because_of: None,
        }
    }

    fn measure(&self, site: Coord<f64>, uncertainty: Metres, answer: &mut Answer) {
        let nearest = match answer.most_specific {
            // Exactly 0 on the boundary, without rounding errors.
            Some(most_specific) if answer.boundary_of.contains(&most_specific) => Some((most_specific, Metres(0.0))),
            Some(most_specific) => Some((most_specific, self.index.distance_to_boundary(most_specific, site))),
            None => self.index.nearest(site),
        };
        let Some((id, distance)) = nearest else { return };
        if answer.most_specific.is_none() {
            answer.nearest_zone = Some(id);
        }
        answer.distance_to_boundary = Some(distance);
        answer.uncertain_because_of = self.uncertain_because_of(site, uncertainty, (id, distance), &answer.boundary_of);
        let states_accuracy = self.plan()[id].accuracy.is_some();
        answer.certainty = match answer.uncertain_because_of {
            Some(_) => Some(Certainty::Uncertain),
            None => states_accuracy.then_some(Certainty::Certain),
        };
    }

    /// A feature whose true boundary may lie on the other side of the site: that of the answer, or the first in plan
    /// order that would change it. The corridor is ignored, since its boundary is that of the core and the zones.
    fn uncertain_because_of(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        (measured, distance): (FeatureId, Metres),
        boundary_of: &[FeatureId],
    ) -> Option<FeatureId> {
        let plan = self.plan();
        let is_within_accuracy = |id: FeatureId, distance: Metres| {
            let accuracy = plan[id].accuracy;
            accuracy.is_some_and(|accuracy| Certainty::of(distance, accuracy, uncertainty) == Certainty::Uncertain)
        };
        if is_within_accuracy(measured, distance) {
            return Some(measured);
        }
        let farthest = Metres(hypot(self.max_accuracy.0, uncertainty.0));
        self.index
            .by_distance(site)
            .take_while(|&(_, at_least)| at_least <= farthest)
            .filter(|&(id, at_least)| {
                let is_requested = plan[id]
                    .level
                    .is_none_or(|level| level > Level::Corridor && level.depth() <= self.max_level.depth());
                id != measured && is_requested && is_within_accuracy(id, at_least)
            })
            .map(|(id, _)| id)
            .filter(|&id| {
                let is_on_boundary = boundary_of.contains(&id);
                is_within_accuracy(
                    id,
                    if is_on_boundary { Metres(0.0) } else { self.index.distance_to_boundary(id, site) },
                )
            })
            .min()
    }
}
