//! Which zones does a parcel meet, how much of it lies in each, and how sure is that?

mod account;
mod column;
mod coverage;
mod rows;
mod sums;
mod tally;

pub use account::{About, Account, AccountOptions, Remark, StatedSum, ZoneCount};
pub use column::Column;
pub use coverage::{Coverage, Repeat, Repeats};
pub use rows::{Parcel, RowOverlayer, stated_area};
pub use sums::{ClassSum, Sums};
pub use tally::Tally;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use geo::{BoundingRect, Coord, MultiPolygon};

use crate::geometry::clip::{difference, intersection, union};
use crate::geometry::measure::{distance, ellipsoid_area, perimeter};
use crate::geometry::overlap::{Edges, Overlap};
use crate::geometry::position::{Position, position};
use crate::plan::{Level, Plan, ZoneNumber};
use crate::query::locate::{Certainty, Locator};
use crate::units::{Metres, SquareMetres};

/// How a parcel lies relative to a zone.
///
/// ```
/// use taizhou_corridor::query::overlay::Relation;
///
/// assert_eq!(Relation::Straddles.as_str(), "straddles");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// All of it lies in the zone; it may reach the boundary from inside.
    Within,
    /// A part of it lies in the zone.
    Straddles,
    /// It meets the boundary of the zone, and nothing of it lies in the zone.
    Touches,
    /// It lies in none of the zones, or a part of it does.
    Outside,
}

impl Relation {
    /// The word for it in tables: `within`, `straddles`, `touches`, `outside`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Within => "within",
            Relation::Straddles => "straddles",
            Relation::Touches => "touches",
            Relation::Outside => "outside",
        }
    }
}

/// What of a parcel lies in a zone, or in none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The zone; none for what lies in none.
    pub zone: Option<ZoneNumber>,
    /// How the parcel lies relative to it.
    pub relation: Relation,
    /// The area of the part, on the ellipsoid.
    pub area: SquareMetres,
    /// Its share of the parcel, 0 to 1.
    pub share: f64,
    /// The length of its boundary, where it is neither all of the parcel nor what lies in no zone.
    perimeter: Option<Metres>,
}

impl Part {
    /// Twice the area by the length of the part's boundary: for a sliver, how wide it is. None for what lies in
    /// no zone, unless that is all of the parcel.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Overlayer;
    ///
    /// // Some 9.8 m by 1.1 km, in the core.
    /// let strip: MultiPolygon =
    ///     polygon![(x: 121.42, y: 28.65), (x: 121.4201, y: 28.65), (x: 121.4201, y: 28.66), (x: 121.42, y: 28.66)].into();
    /// let membership = Overlayer::new(&Plan::bundled()).overlay(&strip);
    /// let width = membership.parts[0].mean_width(&strip).unwrap();
    /// assert!((9.6..9.8).contains(&width.0));
    /// ```
    pub fn mean_width(&self, parcel: &MultiPolygon<f64>) -> Option<Metres> {
        let perimeter = match self.relation {
            Relation::Within => perimeter(parcel),
            Relation::Outside if self.share == 1.0 => perimeter(parcel),
            _ => self.perimeter?,
        };
        Some(Metres(if perimeter.0 > 0.0 { 2.0 * self.area.0 / perimeter.0 } else { 0.0 }))
    }
}

/// The zones that a parcel meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The area of the parcel, on the ellipsoid.
    pub parcel_area: SquareMetres,
    /// The parts in the order of the plan; what lies in no zone comes last.
    pub parts: Vec<Part>,
    /// Which of the parts is the largest.
    pub majority: usize,
    /// Whether the majority stays the same wherever the true boundaries lie within their accuracy; none
    /// where the outlines do not state it.
    pub certainty: Option<Certainty>,
}

/// Lays parcels over the zones of a plan.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{Overlayer, Relation};
///
/// // A block on the border of the core and Jiaojiang.
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let plan = Plan::bundled();
/// let membership = Overlayer::new(&plan).overlay(&block);
/// let zones: Vec<&str> =
///     membership.parts.iter().map(|part| plan.zones()[part.zone.unwrap()].id.as_str()).collect();
/// assert_eq!(zones, ["core", "jiaojiang"]);
/// assert!(membership.parts.iter().all(|part| part.relation == Relation::Straddles));
/// let shares: f64 = membership.parts.iter().map(|part| part.share).sum();
/// assert!((shares - 1.0).abs() < 1e-9);
/// ```
pub struct Overlayer<'p> {
    locator: Locator<'p>,
    level: Level,
    edges: Vec<OnceLock<Edges>>,
    /// Whether two zones have more in common than their border, for those that were asked.
    overlapping: Mutex<HashMap<(ZoneNumber, ZoneNumber), bool>>,
}

/// What is smaller is the rounding of a sum of areas.
const NOISE: SquareMetres = SquareMetres(1e-7);

impl<'p> Overlayer<'p> {
    /// Lays parcels over the core and the zones of a plan, or over all features of a layer.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Overlayer;
    ///
    /// let plan = Plan::bundled();
    /// let core = &plan.find("core")?.shape;
    /// // A zone lies within itself, and touches its neighbours.
    /// let membership = Overlayer::new(&plan).overlay(core);
    /// assert_eq!(membership.parts[0].share, 1.0);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(plan: &'p Plan) -> Overlayer<'p> {
        let locator = Locator::new(plan).down_to(Level::Zone);
        let edges = plan.zones().iter().map(|_| OnceLock::new()).collect();
        Overlayer { locator, level: Level::Zone, edges, overlapping: Mutex::default() }
    }

    /// Lays parcels over the features of another level.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::overlay::{Overlayer, Relation};
    ///
    /// let plan = Plan::bundled();
    /// let membership = Overlayer::new(&plan).at_level(Level::Cluster).overlay(&plan.find("core")?.shape);
    /// // What of the core lies in no cluster.
    /// assert_eq!(membership.parts.last().unwrap().relation, Relation::Outside);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn at_level(mut self, level: Level) -> Overlayer<'p> {
        self.level = level;
        self.locator = self.locator.down_to(level);
        self
    }

    /// The level of the features that parcels are laid over.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.locator.plan()
    }

    /// The zones that a valid shape (degrees) meets, and how much of it lies in each.
    pub fn overlay(&self, parcel: &MultiPolygon<f64>) -> Membership {
        let parcel_area = ellipsoid_area(parcel);
        let mut parts = vec![];
        if let Some(bounds) = parcel.bounding_rect() {
            let edges = OnceCell::new();
            for zone in self.locator.index().near(bounds).into_iter().filter(|&zone| self.is_asked(zone)) {
                parts.extend(self.part(parcel, &edges, parcel_area, zone));
            }
        }
        let rest = self.rest(parcel, parcel_area, &parts);
        // Less than can be written, or than shares are good to.
        let noise = SquareMetres(5e-7_f64.min((1e-9 * parcel_area.0).max(1e-8)));
        if parts.is_empty() || rest > noise {
            let share = if parts.iter().all(|part| part.share == 0.0) { 1.0 } else { rest.0 / parcel_area.0 };
            parts.push(Part { zone: None, relation: Relation::Outside, area: rest, share, perimeter: None });
        }
        let largest = |best: usize, place: usize| if parts[place].area > parts[best].area { place } else { best };
        let majority = (0..parts.len()).fold(0, largest);
        let certainty = self.certainty(parcel, parts[majority].zone);
        Membership { parcel_area, parts, majority, certainty }
    }

    /// The part of a parcel in a zone, as a shape to be shown: like all overlays, rounded to some 10 µm.
    pub fn piece(&self, parcel: &MultiPolygon<f64>, membership: &Membership, part: &Part) -> MultiPolygon<f64> {
        let zones = self.plan().zones();
        match (part.zone, part.relation) {
            (_, Relation::Within) => parcel.clone(),
            (Some(zone), _) => intersection(parcel, &zones[zone].shape),
            (None, _) => {
                let met = membership.parts.iter().filter_map(|part| part.zone).map(|zone| &zones[zone].shape);
                let met = union(met);
                if met.0.is_empty() { parcel.clone() } else { difference(parcel, &met) }
            }
        }
    }

    /// Whether parcels are laid over this feature.
    fn is_asked(&self, zone: ZoneNumber) -> bool {
        let level = self.plan().zones()[zone].level;
        level.is_none_or(|level| level.depth() == self.level.depth())
    }

    fn edges_of(&self, zone: ZoneNumber) -> &Edges {
        self.edges[zone].get_or_init(|| Edges::new(&self.plan().zones()[zone].shape))
    }

    fn part(
        &self,
        parcel: &MultiPolygon<f64>,
        edges: &OnceCell<Edges>,
        parcel_area: SquareMetres,
        zone: ZoneNumber,
    ) -> Option<Part> {
        let of_zone = self.edges_of(zone);
        let part = |relation, area: SquareMetres, perimeter| {
            let share = if relation == Relation::Within { 1.0 } else { (area.0 / parcel_area.0).clamp(0.0, 1.0) };
            Some(Part { zone: Some(zone), relation, area, share, perimeter })
        };
        let bounds = parcel.bounding_rect()?;
        if !of_zone.comes_near(bounds) {
            // No boundary near: one corner tells for all.
            let corner = parcel.0.first()?.exterior().0.first().copied()?;
            return if of_zone.holds_off_boundary(corner) { part(Relation::Within, parcel_area, None) } else { None };
        }
        let overlap = edges.get_or_init(|| Edges::new(parcel)).overlap(of_zone);
        let Overlap { area, perimeter, crosses, touches } = overlap;
        // Without a crossing, what is common is all, nothing, or a part that ends in a corner or at an edge.
        let tolerance = NOISE.0.max(1e-12 * parcel_area.0);
        if crosses {
            part(Relation::Straddles, area, Some(perimeter))
        } else if area.0 >= parcel_area.0 - tolerance {
            part(Relation::Within, parcel_area, None)
        } else if area.0 > tolerance {
            part(Relation::Straddles, area, Some(perimeter))
        } else if touches {
            part(Relation::Touches, SquareMetres(0.0), Some(Metres(0.0)))
        } else {
            None
        }
    }

    /// The area that lies in no zone.
    fn rest(&self, parcel: &MultiPolygon<f64>, parcel_area: SquareMetres, parts: &[Part]) -> SquareMetres {
        if parts.iter().any(|part| part.relation == Relation::Within) {
            return SquareMetres(0.0);
        }
        let met: Vec<ZoneNumber> = parts.iter().filter(|part| part.area.0 > 0.0).filter_map(|part| part.zone).collect();
        let pairs = met.iter().enumerate().flat_map(|(i, &a)| met[i + 1..].iter().map(move |&b| (a, b)));
        let covered_m2 = if pairs.into_iter().any(|(a, b)| self.do_overlap(a, b)) {
            let zones = self.plan().zones();
            let pieces: Vec<_> = met.iter().map(|&zone| intersection(parcel, &zones[zone].shape)).collect();
            ellipsoid_area(&union(&pieces)).0
        } else {
            parts.iter().map(|part| part.area.0).sum()
        };
        SquareMetres((parcel_area.0 - covered_m2).max(0.0))
    }

    fn do_overlap(&self, a: ZoneNumber, b: ZoneNumber) -> bool {
        let mut known = self.overlapping.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry((a, b)).or_insert_with(|| self.edges_of(a).overlap(self.edges_of(b)).area.0 > 1e-3)
    }

    /// The majority is certain where more than half of the parcel stays in its zone whatever the true
    /// boundaries are, within their accuracy.
    fn certainty(&self, parcel: &MultiPolygon<f64>, majority: Option<ZoneNumber>) -> Option<Certainty> {
        /// So many places in the parcel tell how much of it is certain.
        const ENOUGH: u32 = 16;
        if !self.locator.states_accuracy() {
            return None;
        }
        let bounds = parcel.bounding_rect()?;
        let centre = bounds.center();
        let radius_m = distance(centre, bounds.min()).0.max(distance(centre, bounds.max()).0);
        let stays = |place: Coord<f64>, uncertainty: Metres| {
            let answer = self.locator.locate(place, uncertainty);
            let holds = match self.level {
                Level::Corridor => answer.finest,
                Level::Core | Level::Zone => answer.zone,
                Level::Cluster => answer.cluster,
            };
            (answer.certainty, holds == majority)
        };
        // What is certain at the centre of a circle, with its radius to spare, is certain all over it.
        let accuracy_m = self.locator.roughest().0;
        let spare = Metres((2.0 * accuracy_m * radius_m + radius_m * radius_m).sqrt());
        match stays(centre, spare) {
            (None, _) => return None,
            (Some(Certainty::Certain), true) => return Some(Certainty::Certain),
            _ => {}
        }
        // A finer net where few of its places fall into the parcel.
        for places in [6, 12, 24, 48] {
            let (mut inside, mut certain) = (0, 0);
            for (i, j) in (0..places).flat_map(|i| (0..places).map(move |j| (i, j))) {
                let part = |k: u32| (f64::from(k) + 0.5) / f64::from(places);
                let place = Coord {
                    x: bounds.min().x + part(i) * bounds.width(),
                    y: bounds.min().y + part(j) * bounds.height(),
                };
                if position(place, parcel) == Position::Inside {
                    inside += 1;
                    certain += u32::from(stays(place, Metres(0.0)) == (Some(Certainty::Certain), true));
                }
            }
            if inside >= ENOUGH {
                return Some(if 2 * certain > inside { Certainty::Certain } else { Certainty::Uncertain });
            }
        }
        Some(Certainty::Uncertain)
    }
}
