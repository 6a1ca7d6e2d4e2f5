//! Which zone holds a site, and how sure is that?

mod answer;
mod column;
mod points;
mod rows;
mod summary;

pub use answer::{Answer, Certainty};
pub use column::LocateColumn;
pub use points::DistinctAnswers;
pub use rows::RowLocator;
pub use summary::LocateSummary;

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use geo::{Coord, CoordsIter};

use crate::geometry::position::PointLocation;
use crate::index::{CellIndex, FeatureIndex, FeatureSetInterner};
use crate::plan::{FeatureId, Level, Plan};
use crate::units::Metres;

/// Next to one for every four corners of the plan: about the questions to the R-tree by which cells would have saved
/// as much time as it takes to make them. (Twenty zones of 11,000 corners: a question takes 1 µs by the R-tree and next to
/// nothing by cells, which take 13 ms. A million squares: 2.5 and 0.5 µs, 1.4 s. 200,000 parcels: 1.3 and 0.8 µs, 0.7 s.
/// The plan that comes with the crate: 0.07 µs, 8 ms.)
const SITES_WORTH_A_GRID: usize = 16_384;

/// And so many for every zone: small ones are soon asked without cells.
const SITES_OF_A_ZONE: usize = 20;

/// Answers which zone holds a site.
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
    /// Made once so many sites were asked for that it pays; none within if the plan is too large for it.
    grid: OnceLock<Option<CellIndex>>,
    asked: AtomicUsize,
    worth_a_grid: usize,
    /// Whether somebody makes the grid, or has.
    is_made: AtomicBool,
    max_level: Level,
    /// The level of each feature: questions go through them in any order, and features are far from each other.
    levels: Vec<Option<Level>>,
    with_distance: bool,
    /// The largest accuracy that any feature states.
    roughest: Metres,
}

impl<'p> Locator<'p> {
    /// Prepares a plan for questions.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // In a layer every feature is an answer, the first that holds the site.
    /// let layer = Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name"))?;
    /// let station = Locator::new(&layer).locate(coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
    /// assert_eq!(layer[station.zone.unwrap()].id, "台州湾科创走廊");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(plan: &'p Plan) -> Locator<'p> {
        let accuracies = plan.features().iter().filter_map(|zone| zone.accuracy);
        let roughest = Metres(accuracies.map(|accuracy| accuracy.0).fold(0.0, f64::max));
        let corners: usize = plan.features().iter().map(|zone| zone.shape.coords_count()).sum();
        Locator {
            index: FeatureIndex::new(plan),
            grid: OnceLock::new(),
            asked: AtomicUsize::new(0),
            worth_a_grid: SITES_WORTH_A_GRID + corners / 4 + SITES_OF_A_ZONE * plan.features().len(),
            is_made: AtomicBool::new(false),
            max_level: Level::Cluster,
            levels: plan.features().iter().map(|zone| zone.level).collect(),
            with_distance: true,
            roughest,
        }
    }

    /// Answers down to this level only: at [`Level::Zone`], clusters are left out, and distance and
    /// certainty are those of the core or the zone.
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
    /// // To the boundary of the core; to that of the High-Speed Rail New District it would be 349 m.
    /// assert_eq!(station.distance_to_boundary.unwrap().0.round(), 739.0);
    /// ```
    pub fn max_level(mut self, finest: Level) -> Locator<'p> {
        self.max_level = finest;
        self
    }

    /// Leaves out distances and certainty, which cost most of the time.
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

    /// The plan that is asked.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // Names for the numbers of an answer.
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

    /// The index that it asks.
    pub(crate) fn index(&self) -> &FeatureIndex<'p> {
        &self.index
    }

    /// Whether any outline states how accurate it is.
    pub(crate) fn states_accuracy(&self) -> bool {
        self.plan().features().iter().any(|zone| zone.accuracy.is_some())
    }

    /// The accuracy of the roughest outline.
    pub(crate) fn roughest(&self) -> Metres {
        self.roughest
    }

    /// The answer for a site at a position (degrees) that is known to within `uncertainty` at 95 %.
    ///
    /// On a border that several zones share, the answer is the first in plan order;
    /// [`Answer::boundary_of`] lists all.
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
    /// let ids: Vec<&str> = corner.boundary_of.iter().map(|&number| plan[number].id.as_str()).collect();
    /// assert_eq!(ids, ["core", "jiaojiang", "central-innovation-district"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn locate(&self, site: Coord<f64>, uncertainty: Metres) -> Answer {
        self.first(site, uncertainty, &self.index.containing(site))
    }

    /// One answer for each zone that holds the site, in plan order; a single answer without a zone
    /// where none does.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let answers = Locator::new(&plan).locate_all(coord! { x: 121.44, y: 28.6584 }, Metres(0.0));
    /// let finest: Vec<&str> = answers.iter().map(|answer| plan[answer.most_specific.unwrap()].id.as_str()).collect();
    /// assert_eq!(finest, ["central-innovation-district", "jiaojiang"]);
    /// ```
    pub fn locate_all(&self, site: Coord<f64>, uncertainty: Metres) -> Vec<Answer> {
        let mut answers = vec![];
        self.each(site, uncertainty, &self.index.containing(site), |answer| answers.push(answer));
        answers
    }

    /// The sets of zones that hold sites, for somebody who asks for so many; none before it pays.
    fn sets(&self, sites: usize) -> Option<FeatureSetInterner<'_>> {
        self.grid(sites).map(FeatureSetInterner::new)
    }

    /// The grid, for somebody who asks for so many sites; none before it pays.
    pub(crate) fn grid(&self, sites: usize) -> Option<&CellIndex> {
        let asked = self.asked.fetch_add(sites, Ordering::Relaxed) + sites;
        if let Some(grid) = self.grid.get() {
            return grid.as_ref();
        }
        // While one makes it, the R-tree answers all others.
        if asked < self.worth_a_grid || self.is_made.swap(true, Ordering::Relaxed) {
            return None;
        }
        self.grid.get_or_init(|| CellIndex::new(self.plan())).as_ref()
    }

    /// The answer for a site that these zones hold.
    fn first(&self, site: Coord<f64>, uncertainty: Metres, holding: &[(FeatureId, PointLocation)]) -> Answer {
        let holding = self.filter_by_level(holding);
        self.answer(site, uncertainty, &holding, self.partition_of(&holding))
    }

    /// The first of the partition among them.
    fn partition_of(&self, holding: &[(FeatureId, PointLocation)]) -> Option<FeatureId> {
        holding.iter().map(|&(number, _)| number).find(|&number| self.is_partition(number))
    }

    /// Gives one answer for each of them; tells what is made of the first, and how many there are.
    fn each<T>(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        holding: &[(FeatureId, PointLocation)],
        mut give: impl FnMut(Answer) -> T,
    ) -> (T, usize) {
        let holding = self.filter_by_level(holding);
        let mut answer = |zone| give(self.answer(site, uncertainty, &holding, zone));
        let mut zones = holding.iter().map(|&(number, _)| number).filter(|&number| self.is_partition(number));
        let first = answer(zones.next());
        (first, 1 + zones.map(|zone| answer(Some(zone))).count())
    }

    /// As [`Plan::is_partition`].
    fn is_partition(&self, number: FeatureId) -> bool {
        self.levels[number.index()].is_none_or(Level::is_partition)
    }

    /// Those down to the finest level that is asked for.
    fn filter_by_level<'h>(&self, holding: &'h [(FeatureId, PointLocation)]) -> Cow<'h, [(FeatureId, PointLocation)]> {
        if self.max_level == Level::Cluster {
            return Cow::Borrowed(holding);
        }
        let is_asked =
            |number: FeatureId| self.levels[number.index()].is_none_or(|level| level.depth() <= self.max_level.depth());
        holding.iter().copied().filter(|&(number, _)| is_asked(number)).collect()
    }

    fn answer(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        holding: &[(FeatureId, PointLocation)],
        zone: Option<FeatureId>,
    ) -> Answer {
        let mut answer = self.answer_without_distance(holding, zone);
        if self.with_distance {
            self.measure(site, uncertainty, &mut answer);
        }
        answer
    }

    /// The answer without distances.
    fn answer_without_distance(&self, holding: &[(FeatureId, PointLocation)], zone: Option<FeatureId>) -> Answer {
        let plan = self.plan();
        let cluster = holding.iter().map(|&(number, _)| number).find(|&number| {
            self.levels[number.index()] == Some(Level::Cluster) && (zone.is_none() || plan[number].parent == zone)
        });
        let finest = cluster.or(zone).or(holding.first().map(|&(number, _)| number));
        let position = holding
            .iter()
            .find(|&&(number, _)| Some(number) == zone.or(finest))
            .map_or(PointLocation::Outside, |&(_, position)| position);
        let boundary_of = holding
            .iter()
            .filter(|(_, position)| *position == PointLocation::Boundary)
            .map(|&(number, _)| number)
            .collect();
        Answer {
            position,
            zone,
            cluster,
            most_specific: finest,
            boundary_of,
            nearest_zone: None,
            distance_to_boundary: None,
            certainty: None,
            uncertain_because_of: None,
        }
    }

    fn measure(&self, site: Coord<f64>, uncertainty: Metres, answer: &mut Answer) {
        let nearest = match answer.most_specific {
            // On the boundary, exactly: no residue of a computed distance.
            Some(finest) if answer.boundary_of.contains(&finest) => Some((finest, Metres(0.0))),
            Some(finest) => Some((finest, self.index.distance_to_boundary(finest, site))),
            None => self.index.nearest(site),
        };
        let Some((number, distance)) = nearest else { return };
        if answer.most_specific.is_none() {
            answer.nearest_zone = Some(number);
        }
        answer.distance_to_boundary = Some(distance);
        answer.uncertain_because_of =
            self.uncertain_because_of(site, uncertainty, (number, distance), &answer.boundary_of);
        let states_accuracy = self.plan()[number].accuracy.is_some();
        answer.certainty = match answer.uncertain_because_of {
            Some(_) => Some(Certainty::Uncertain),
            None => states_accuracy.then_some(Certainty::Certain),
        };
    }

    /// A feature whose boundary may lie on the other side of the site: that of the answer, or the first
    /// in plan order that would change it. The corridor is left out, since the core and the zones are
    /// the same line.
    fn uncertain_because_of(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        (measured, distance): (FeatureId, Metres),
        boundary_of: &[FeatureId],
    ) -> Option<FeatureId> {
        let plan = self.plan();
        let is_doubtful = |number: FeatureId, distance: Metres| {
            let accuracy = plan[number].accuracy;
            accuracy.is_some_and(|accuracy| Certainty::of(distance, accuracy, uncertainty) == Certainty::Uncertain)
        };
        if is_doubtful(measured, distance) {
            return Some(measured);
        }
        let farthest = Metres(self.roughest.0.hypot(uncertainty.0));
        self.index
            .by_distance(site)
            .take_while(|&(_, at_least)| at_least <= farthest)
            .filter(|&(number, at_least)| {
                let is_asked = plan[number]
                    .level
                    .is_none_or(|level| level > Level::Corridor && level.depth() <= self.max_level.depth());
                number != measured && is_asked && is_doubtful(number, at_least)
            })
            .map(|(number, _)| number)
            .filter(|&number| {
                let is_on = boundary_of.contains(&number);
                is_doubtful(number, if is_on { Metres(0.0) } else { self.index.distance_to_boundary(number, site) })
            })
            .min()
    }
}
