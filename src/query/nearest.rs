//! Which zone is nearest to a site, how far is it, and in which direction?

use geo::Coord;

use crate::error::InvalidRows;
use crate::geometry::measure::bearing_deg;
use crate::geometry::position::PointLocation;
use crate::index::FeatureIndex;
use crate::plan::{FeatureId, Plan};
use crate::query::ZoneCounts;
use crate::query::reason::{ReasonText, reason};
use crate::table::{AnswerTable, Batch, Field, Kind, Value};
use crate::units::Metres;

/// A column that `nearest` adds. Its name does not depend on the language.
///
/// ```
/// use taizhou_corridor::query::nearest::NearestColumn;
///
/// assert_eq!(NearestColumn::BearingDeg.field().name, "bearing_deg");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NearestColumn {
    /// The id of the nearest zone.
    NearestZone,
    /// The name of that zone.
    NearestZoneName,
    /// The geodesic distance in metres; 0 inside.
    DistanceM,
    /// The initial bearing in degrees clockwise from north; empty inside.
    BearingDeg,
    /// Why a row is invalid.
    Reason,
}

impl NearestColumn {
    /// All columns, in output order.
    pub const ALL: [NearestColumn; 5] = [
        NearestColumn::NearestZone,
        NearestColumn::NearestZoneName,
        NearestColumn::DistanceM,
        NearestColumn::BearingDeg,
        NearestColumn::Reason,
    ];

    /// The field of a table: name and kind.
    pub fn field(self) -> Field {
        let (name, kind) = match self {
            NearestColumn::NearestZone => ("nearest_zone", Kind::Text),
            NearestColumn::NearestZoneName => ("nearest_zone_name", Kind::Text),
            NearestColumn::DistanceM => ("distance_m", Kind::Real),
            NearestColumn::BearingDeg => ("bearing_deg", Kind::Real),
            NearestColumn::Reason => ("reason", Kind::Text),
        };
        Field::new(name, kind)
    }
}

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
    reason: ReasonText,
}

impl<'p> NearestFinder<'p> {
    /// Searches the core and the zones of a plan, or all features of a flat dataset.
    pub fn new(plan: &'p Plan) -> NearestFinder<'p> {
        let is_searched: Vec<bool> = plan.ids().map(|zone| plan.is_partition(zone)).collect();
        NearestFinder {
            index: FeatureIndex::new(plan).restricted_to(is_searched.clone()),
            is_searched,
            to_boundary: false,
            reason,
        }
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

    /// Words the column `reason` in another way than [`reason`] does, as for people.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, NearestSummary};
    /// use taizhou_corridor::units::Metres;
    ///
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let finder = NearestFinder::new(&plan).with_reasons(|problem, _| problem.code().to_uppercase());
    /// let mut summary = NearestSummary::default();
    /// let answers = finder.answer(&batch, &[NearestColumn::Reason], Metres(f64::INFINITY), &mut summary);
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "MISSING-COORDINATE");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_reasons(mut self, reason: ReasonText) -> NearestFinder<'p> {
        self.reason = reason;
        self
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.index.plan()
    }

    /// The nearest zone; the first in plan order among equals. `None` if no feature is searched.
    pub fn nearest(&self, site: Coord<f64>) -> Option<Nearest> {
        let containing = self.index.containing(site).into_iter().find(|&(zone, position)| {
            self.is_searched[zone.index()] && (position == PointLocation::Boundary || !self.to_boundary)
        });
        if let Some((zone, _)) = containing {
            return Some(Nearest { zone, distance: Metres(0.0), bearing_deg: None });
        }
        let (zone, _) = self.index.nearest_of(site, |zone| self.is_searched[zone.index()])?;
        let (distance, foot) = self.index.nearest_on_boundary(zone, site);
        Some(Nearest { zone, distance, bearing_deg: bearing_deg(site, foot) })
    }

    /// Answers the rows of a batch with these columns and adds them to the summary. Sites farther away than `within`
    /// are omitted.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
    /// use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, NearestSummary};
    /// use taizhou_corridor::units::Metres;
    ///
    /// let landmarks = Input::bytes("landmarks.csv", LANDMARKS_CSV);
    /// let batch = io::open(landmarks, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let mut summary = NearestSummary::default();
    /// NearestFinder::new(&plan).answer(&batch, &[NearestColumn::DistanceM], Metres(500.0), &mut summary);
    /// assert_eq!((summary.written, summary.beyond), (19, 13));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn answer(
        &self,
        batch: &Batch,
        columns: &[NearestColumn],
        within: Metres,
        summary: &mut NearestSummary,
    ) -> AnswerTable<'p> {
        let plan = self.plan();
        let mut answers = AnswerTable::new(columns.len());
        for (row_index, site) in batch.sites().iter().enumerate() {
            let nearest = match site {
                Ok(site) => self.nearest(*site),
                Err(problem) => {
                    summary.invalid.add(batch.first_row() + row_index as u64, problem);
                    let value = |column: &NearestColumn| match column {
                        NearestColumn::Reason => Value::text(Some((self.reason)(problem, false))),
                        _ => Value::Null,
                    };
                    answers.push(row_index, columns.iter().map(value));
                    continue;
                }
            };
            if nearest.is_none_or(|nearest| nearest.distance > within) && within.0.is_finite() {
                summary.beyond += 1;
                continue;
            }
            summary.written += 1;
            summary.zones.add(nearest.map(|nearest| nearest.zone), None);
            let zone = nearest.map(|nearest| &plan[nearest.zone]);
            answers.push(
                row_index,
                columns.iter().map(|column| match column {
                    NearestColumn::NearestZone => Value::text(zone.map(|zone| zone.id.as_str())),
                    NearestColumn::NearestZoneName => Value::text(zone.map(|zone| zone.name.as_str())),
                    NearestColumn::DistanceM => Value::number(nearest.map(|nearest| nearest.distance.0), 3),
                    NearestColumn::BearingDeg => Value::number(nearest.and_then(|nearest| nearest.bearing_deg), 4),
                    NearestColumn::Reason => Value::Null,
                }),
            );
        }
        answers
    }
}

/// Counts of answers, for a summary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NearestSummary {
    /// Sites with an answer.
    pub written: u64,
    /// Sites beyond the limit, which are left out.
    pub beyond: u64,
    /// Rows without an answer.
    pub invalid: InvalidRows,
    /// Sites with an answer by their nearest zone; their certainty is not assessed.
    pub zones: ZoneCounts,
}

impl NearestSummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.written + self.beyond + self.invalid.count
    }

    /// Adds the counts of later rows.
    ///
    /// ```
    /// use taizhou_corridor::query::nearest::NearestSummary;
    ///
    /// let mut summary = NearestSummary { written: 3, ..NearestSummary::default() };
    /// summary.append(NearestSummary { written: 1, beyond: 2, ..NearestSummary::default() });
    /// assert_eq!((summary.written, summary.rows()), (4, 6));
    /// ```
    pub fn append(&mut self, later: NearestSummary) {
        self.written += later.written;
        self.beyond += later.beyond;
        self.invalid.append(later.invalid);
        self.zones.append(later.zones);
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
