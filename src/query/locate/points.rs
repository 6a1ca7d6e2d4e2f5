//! Batches of points for SQL engines: points in the same set of zones share one answer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash};

use geo::Coord;

#[cfg(feature = "datafusion")]
use crate::crs::CoordNormalizer;
#[cfg(feature = "datafusion")]
use crate::error::{Result, RowProblem};
use crate::geometry::position::PointLocation;
#[cfg(feature = "datafusion")]
use crate::index::{FeatureSetInterner, ProjectedCellIndex};
use crate::index::{NAN_COORD, QuickHasher};
use crate::plan::FeatureId;
use crate::query::locate::{Answer, Locator};
use crate::units::Metres;

/// The distinct answers for a batch of points: points in the same zones share an answer.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::Locator;
///
/// let plan = Plan::bundled();
/// let points = [Some(coord! { x: 121.36898, y: 28.6559 }), None, Some(coord! { x: 121.3690, y: 28.6560 })];
/// let distinct = Locator::new(&plan).without_distance().classify(points.into_iter());
/// assert_eq!(distinct.of_points, [0, 1, 0]);
/// assert_eq!(distinct.answers[0].as_ref().unwrap().zone, Some(plan.id_of("core")?));
/// assert_eq!(distinct.answers[1], None);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DistinctAnswers {
    /// For each point, the index of its answer.
    pub of_points: Vec<u32>,
    /// The answers, without distances; `None` for missing points.
    pub answers: Vec<Option<Answer>>,
}

impl DistinctAnswers {
    fn add<K: Hash + Eq>(
        &mut self,
        known: &mut HashMap<K, u32, BuildHasherDefault<QuickHasher>>,
        key: K,
        answer: impl FnOnce(&K) -> Option<Answer>,
    ) {
        let index = match known.entry(key) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                self.answers.push(answer(entry.key()));
                *entry.insert(self.answers.len() as u32 - 1)
            }
        };
        self.of_points.push(index);
    }
}

impl Locator<'_> {
    /// The answers for points (degrees), without distances; fast for large batches, since each set of zones is answered
    /// once. A missing point has the answer `None`.
    pub fn classify(&self, points: impl ExactSizeIterator<Item = Option<Coord<f64>>>) -> DistinctAnswers {
        let mut distinct = DistinctAnswers { of_points: Vec::with_capacity(points.len()), answers: vec![] };
        match self.sets(points.len()) {
            Some(mut sets) => {
                let mut known = HashMap::default();
                for point in points {
                    let set = point.map(|point| sets.containing(point));
                    distinct.add(&mut known, set, |set| set.map(|set| self.shared_answer(sets.get(set))));
                }
            }
            None => {
                let points: Vec<_> = points.collect();
                let containments = self.index().containing_batch(points.iter().map(|point| point.unwrap_or(NAN_COORD)));
                let mut known = HashMap::default();
                for (index, point) in points.iter().enumerate() {
                    let containing = point.map(|_| containments.of(index));
                    distinct.add(&mut known, containing, |containing| {
                        containing.map(|containing| self.shared_answer(containing))
                    });
                }
            }
        }
        distinct
    }

    /// The same for coordinates in the system of `normalizer`, most of which need not be transformed. `None` if
    /// there is no cell index.
    #[cfg(feature = "datafusion")]
    pub(crate) fn classify_in(
        &self,
        system: &ProjectedCellIndex,
        normalizer: &mut CoordNormalizer,
        pairs: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Option<DistinctAnswers> {
        let mut sets = FeatureSetInterner::with_system(self.cells(pairs.len())?, system);
        let set_ids = system.containing(&mut sets, normalizer, pairs);
        let mut distinct = DistinctAnswers { of_points: Vec::with_capacity(pairs.len()), answers: vec![] };
        let mut known = HashMap::default();
        for (pair, set) in pairs.iter().zip(set_ids) {
            let set = pair.is_ok().then_some(set);
            distinct.add(&mut known, set, |set| set.map(|set| self.shared_answer(sets.get(set))));
        }
        Some(distinct)
    }

    /// The answer for each point (degrees), given its position uncertainty at 95 %; `None` for missing points.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let locator = Locator::new(&plan);
    /// let (airport, uncertainty) = (coord! { x: 121.429, y: 28.5622 }, Metres(300.0));
    /// let mut answers = vec![];
    /// locator.locate_each([Some((airport, uncertainty)), None].into_iter(), |answer| answers.push(answer));
    /// assert_eq!(answers, [Some(locator.locate(airport, uncertainty)), None]);
    /// ```
    pub fn locate_each(
        &self,
        points: impl ExactSizeIterator<Item = Option<(Coord<f64>, Metres)>>,
        mut report: impl FnMut(Option<Answer>),
    ) {
        if let Some(mut sets) = self.sets(points.len()) {
            for point in points {
                report(point.map(|(point, uncertainty)| {
                    let id = sets.containing(point);
                    self.first(point, uncertainty, sets.get(id))
                }));
            }
            return;
        }
        let points: Vec<_> = points.collect();
        let containments =
            self.index().containing_batch(points.iter().map(|point| point.map_or(NAN_COORD, |(point, _)| point)));
        for (index, point) in points.into_iter().enumerate() {
            report(point.map(|(point, uncertainty)| self.first(point, uncertainty, containments.of(index))));
        }
    }

    /// The answer for any point that exactly these features contain.
    fn shared_answer(&self, containing: &[(FeatureId, PointLocation)]) -> Answer {
        let containing = self.filter_by_level(containing);
        self.answer_without_distance(&containing, self.first_of_partition(&containing))
    }
}
