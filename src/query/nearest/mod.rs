//! Which zone is nearest to a site, how far is it, and in which direction?

mod rows;

use geo::Coord;

use crate::geometry::measure::bearing_deg;
use crate::geometry::position::PointLocation;
use crate::index::FeatureIndex;
use crate::plan::{FeatureId, Level, Plan};
use crate::units::Metres;

pub use self::rows::{NearestColumn, NearestSummary, RowNearestFinder};

/// The zone nearest to a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// The zone.
    pub zone: FeatureId,
    /// The geodesic distance to the zone; 0 inside, or the distance to the boundary with
    /// [`NearestFinder::to_boundary`].
    pub distance: Metres,
    /// The initial bearing of the geodesic in degrees clockwise from north; `None` if the distance is 0.
    pub bearing_deg: Option<f64>,
}

/// Finds the nearest zone.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::nearest::NearestFinder;
///
/// let plan = Plan::bundled();
/// let airport = coord! { x: 121.429, y: 28.5622 };
/// let nearest = NearestFinder::new(&plan).nearest(airport).unwrap();
/// assert_eq!(plan[nearest.zone].id, "jiaojiang");
/// assert_eq!(format!("{:.1} m", nearest.distance.0), "3800.6 m");
/// ```
pub struct NearestFinder<'p> {
    index: FeatureIndex<'p>,
    is_searched: Vec<bool>,
    to_boundary: bool,
}

impl<'p> NearestFinder<'p> {
    /// Searches the core and the zones of a plan, or all features of a flat dataset.
    pub fn new(plan: &'p Plan) -> NearestFinder<'p> {
        let is_searched: Vec<bool> = plan.ids().map(|zone| plan.is_partition(zone)).collect();
        NearestFinder {
            index: FeatureIndex::new(plan).restricted_to(is_searched.clone()),
            is_searched,
            to_boundary: false,
        }
    }

    /// Searches the features of this level only.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::nearest::NearestFinder;
    ///
    /// let plan = Plan::bundled();
    /// let nearest = NearestFinder::new(&plan).at_level(Level::Corridor).nearest(coord! { x: 121.429, y: 28.5622 });
    /// assert_eq!(plan[nearest.unwrap().zone].level, Some(Level::Corridor));
    /// ```
    pub fn at_level(self, level: Level) -> NearestFinder<'p> {
        let plan = self.index.plan();
        let of_level: Vec<FeatureId> = plan.ids().filter(|&zone| plan[zone].level == Some(level)).collect();
        self.among(&of_level)
    }

    /// Searches these features only.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::nearest::NearestFinder;
    ///
    /// let plan = Plan::bundled();
    /// let finder = NearestFinder::new(&plan).among(&[plan.id_of("luqiao")?]);
    /// let airport = coord! { x: 121.429, y: 28.5622 };
    /// assert_eq!(plan[finder.nearest(airport).unwrap().zone].id, "luqiao");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn among(mut self, zones: &[FeatureId]) -> NearestFinder<'p> {
        self.is_searched = vec![false; self.is_searched.len()];
        for &zone in zones {
            if let Some(is_searched) = self.is_searched.get_mut(zone.index()) {
                *is_searched = true;
            }
        }
        self.index = self.index.restricted_to(self.is_searched.clone());
        self
    }

    /// Measures to the boundary also from inside.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::nearest::NearestFinder;
    ///
    /// let plan = Plan::bundled();
    /// let station = coord! { x: 121.36898, y: 28.6559 };
    /// assert_eq!(NearestFinder::new(&plan).nearest(station).unwrap().distance.0, 0.0);
    /// assert!(NearestFinder::new(&plan).to_boundary().nearest(station).unwrap().distance.0 > 700.0);
    /// ```
    pub fn to_boundary(mut self) -> NearestFinder<'p> {
        self.to_boundary = true;
        self
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.index.plan()
    }

    /// The zone nearest to a site in the plan's plane; the first in plan order among equals. `None` if no feature is searched.
    pub fn nearest(&self, site: Coord<f64>) -> Option<Nearest> {
        let containing = self.index.containing(site).into_iter().find(|&(zone, position)| {
            self.is_searched[zone.index()] && (position == PointLocation::Boundary || !self.to_boundary)
        });
        if let Some((zone, _)) = containing {
            return Some(Nearest { zone, distance: Metres(0.0), bearing_deg: None });
        }
        let (zone, _) = self.index.nearest_of(site, |zone| self.is_searched[zone.index()])?;
        let (distance, foot) = self.index.nearest_on_boundary(zone, site);
        let position = self.plan().plane().position(site);
        Some(Nearest { zone, distance, bearing_deg: bearing_deg(position, foot) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::{distance, rings};
    use geo::coord;
    use proptest::prelude::*;

    proptest! {
        /// Compares with a golden-section search along every edge of every zone.
        #[test]
        fn equals_a_search_along_all_edges(x in 121.1..121.6, y in 28.5..28.8) {
            let plan = Plan::bundled();
            let site = coord! { x: x, y: y };
            let found = NearestFinder::new(&plan).to_boundary().nearest(site).unwrap();
            let mut best = f64::INFINITY;
            for zone in plan.partition() {
                for edge in plan[zone].shape.iter().flat_map(rings).flat_map(|ring| ring.lines()) {
                    let at = |t: f64| distance(site, edge.start + edge.delta() * t).0;
                    // Golden section: the distance along an edge has one minimum.
                    const GOLDEN: f64 = 0.618_033_988_749_894_8;
                    let (mut low, mut high) = (0.0_f64, 1.0_f64);
                    let (mut left, mut right) = (1.0 - GOLDEN, GOLDEN);
                    let (mut at_left, mut at_right) = (at(left), at(right));
                    for _ in 0..36 {
                        if at_left < at_right {
                            (high, right, at_right) = (right, left, at_left);
                            left = high - GOLDEN * (high - low);
                            at_left = at(left);
                        } else {
                            (low, left, at_left) = (left, right, at_right);
                            right = low + GOLDEN * (high - low);
                            at_right = at(right);
                        }
                    }
                    best = best.min(at((low + high) / 2.0));
                }
            }
            prop_assert!(found.distance.0 <= best + 1e-6 && best < found.distance.0 + 1e-4, "{:?} {}", found, best);
            // The foot point is on the boundary.
            let (_, foot) = FeatureIndex::new(&plan).nearest_on_boundary(found.zone, site);
            prop_assert!((distance(site, foot).0 - found.distance.0).abs() < 1e-6);
        }
    }
}
