//! Which zone holds a site, and how sure is that?

mod rows;

pub use rows::{Column, RowLocator, Tally};

use geo::Coord;

use crate::geometry::position::Position;
use crate::index::ZoneIndex;
use crate::plan::{Level, Plan, ZoneNumber};
use crate::units::Metres;

/// How sure an answer is, given the accuracy of the outline and of the site's own position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Every boundary that could change the answer is farther away than its outline and the site are
    /// off.
    Certain,
    /// One is not: the site may lie on its other side.
    Uncertain,
}

impl Certainty {
    /// The word for it in tables: `certain`, `uncertain`.
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Certain => "certain",
            Certainty::Uncertain => "uncertain",
        }
    }

    /// Uncertain where the distance is at most √(accuracy² + uncertainty²), both at 95 %.
    pub fn of(distance: Metres, accuracy: Metres, uncertainty: Metres) -> Certainty {
        if distance.0 <= accuracy.0.hypot(uncertainty.0) { Certainty::Uncertain } else { Certainty::Certain }
    }
}

/// The answer for a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Inside a zone, on its boundary, or outside of all.
    pub position: Position,
    /// The feature of the partition that holds the site: the core or a zone; in a layer, any feature.
    pub zone: Option<ZoneNumber>,
    /// The cluster that holds it.
    pub cluster: Option<ZoneNumber>,
    /// The finest feature that holds it; its path is the answer in full.
    pub finest: Option<ZoneNumber>,
    /// All features on whose boundary it lies, in plan order.
    pub boundary_of: Vec<ZoneNumber>,
    /// From outside, the nearest zone.
    pub nearest_zone: Option<ZoneNumber>,
    /// To the boundary of the finest feature, or from outside to the nearest zone. None where it was
    /// not asked for.
    pub distance_to_boundary: Option<Metres>,
    /// None where the plan does not state the accuracy of that outline, or no distance was asked for.
    pub certainty: Option<Certainty>,
    /// Of an uncertain answer, the feature whose boundary is nearer than the outline is accurate. It
    /// need not be the one that the distance leads to: a rough outline reaches farther.
    pub doubt: Option<ZoneNumber>,
}

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
/// assert_eq!(plan.zones()[station.zone.unwrap()].id, "core");
///
/// // Outside, but within the accuracy of the outline.
/// let library = locator.locate(coord! { x: 121.41386, y: 28.66118 }, Metres(50.0));
/// assert_eq!(library.zone, None);
/// assert_eq!(library.certainty, Some(Certainty::Uncertain));
/// ```
pub struct Locator<'p> {
    index: ZoneIndex<'p>,
    finest: Level,
    with_distance: bool,
    /// The largest accuracy that any feature states.
    roughest: Metres,
}

impl<'p> Locator<'p> {
    /// Prepares a plan for questions.
    pub fn new(plan: &'p Plan) -> Locator<'p> {
        let accuracies = plan.zones().iter().filter_map(|zone| zone.accuracy);
        let roughest = Metres(accuracies.map(|accuracy| accuracy.0).fold(0.0, f64::max));
        Locator { index: ZoneIndex::new(plan), finest: Level::Cluster, with_distance: true, roughest }
    }

    /// Answers down to this level only: at [`Level::Zone`], clusters are left out, and distance and
    /// certainty are those of the core or the zone.
    pub fn down_to(mut self, finest: Level) -> Locator<'p> {
        self.finest = finest;
        self
    }

    /// Leaves out distances and certainty, which cost most of the time.
    pub fn without_distance(mut self) -> Locator<'p> {
        self.with_distance = false;
        self
    }

    /// The plan that is asked.
    pub fn plan(&self) -> &'p Plan {
        self.index.plan()
    }

    /// The answer for a site at a position (degrees) that is known to within `uncertainty` at 95 %.
    ///
    /// On a border that several zones share, the answer is the first in plan order;
    /// [`Answer::boundary_of`] lists all.
    pub fn locate(&self, site: Coord<f64>, uncertainty: Metres) -> Answer {
        let holding = self.holding(site);
        let zone = holding.iter().map(|&(number, _)| number).find(|&number| self.plan().is_partition(number));
        self.answer(site, uncertainty, &holding, zone)
    }

    /// One answer for each zone that holds the site, in plan order; a single answer without a zone
    /// where none does.
    pub fn locate_all(&self, site: Coord<f64>, uncertainty: Metres) -> Vec<Answer> {
        let holding = self.holding(site);
        let zones: Vec<_> =
            holding.iter().map(|&(number, _)| number).filter(|&number| self.plan().is_partition(number)).collect();
        if zones.is_empty() {
            return vec![self.answer(site, uncertainty, &holding, None)];
        }
        zones.into_iter().map(|zone| self.answer(site, uncertainty, &holding, Some(zone))).collect()
    }

    fn holding(&self, site: Coord<f64>) -> Vec<(ZoneNumber, Position)> {
        let mut holding = self.index.holding(site);
        holding.retain(|&(number, _)| self.plan().zones()[number].level.is_none_or(|level| level <= self.finest));
        holding
    }

    fn answer(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        holding: &[(ZoneNumber, Position)],
        zone: Option<ZoneNumber>,
    ) -> Answer {
        let zones = self.plan().zones();
        let cluster = holding.iter().map(|&(number, _)| number).find(|&number| {
            zones[number].level == Some(Level::Cluster) && (zone.is_none() || zones[number].parent == zone)
        });
        let finest = cluster.or(zone).or(holding.first().map(|&(number, _)| number));
        let position = holding
            .iter()
            .find(|&&(number, _)| Some(number) == zone.or(finest))
            .map_or(Position::Outside, |&(_, position)| position);
        let boundary_of =
            holding.iter().filter(|(_, position)| *position == Position::Boundary).map(|&(number, _)| number).collect();
        let mut answer = Answer {
            position,
            zone,
            cluster,
            finest,
            boundary_of,
            nearest_zone: None,
            distance_to_boundary: None,
            certainty: None,
            doubt: None,
        };
        if self.with_distance {
            self.measure(site, uncertainty, &mut answer);
        }
        answer
    }

    fn measure(&self, site: Coord<f64>, uncertainty: Metres, answer: &mut Answer) {
        let nearest = match answer.finest {
            Some(finest) => Some((finest, self.index.distance_to_boundary(finest, site))),
            None => self.index.nearest(site),
        };
        let Some((number, distance)) = nearest else { return };
        if answer.finest.is_none() {
            answer.nearest_zone = Some(number);
        }
        answer.distance_to_boundary = Some(distance);
        answer.doubt = self.doubt(site, uncertainty, number, distance);
        let states_accuracy = self.plan().zones()[number].accuracy.is_some();
        answer.certainty = match answer.doubt {
            Some(_) => Some(Certainty::Uncertain),
            None => states_accuracy.then_some(Certainty::Certain),
        };
    }

    /// A feature whose boundary may lie on the other side of the site: that of the answer, or the first
    /// in plan order that would change it. The corridor is left out, since the core and the zones are
    /// the same line.
    fn doubt(
        &self,
        site: Coord<f64>,
        uncertainty: Metres,
        measured: ZoneNumber,
        distance: Metres,
    ) -> Option<ZoneNumber> {
        let zones = self.plan().zones();
        let is_doubtful = |number: ZoneNumber, distance: Metres| {
            let accuracy = zones[number].accuracy;
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
                let is_asked = zones[number].level.is_none_or(|level| Level::Corridor < level && level <= self.finest);
                number != measured && is_asked && is_doubtful(number, at_least)
            })
            .filter(|&(number, _)| is_doubtful(number, self.index.distance_to_boundary(number, site)))
            .map(|(number, _)| number)
            .min()
    }
}
