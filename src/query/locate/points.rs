//! The same question for points in columns, as an engine has them: each set of zones is answered once.

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

/// Points by their answers: those that the same zones hold have the same one.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::Locator;
///
/// let plan = Plan::bundled();
/// let points = [Some(coord! { x: 121.36898, y: 28.6559 }), None, Some(coord! { x: 121.3690, y: 28.6560 })];
/// let classes = Locator::new(&plan).without_distance().classify(points.into_iter());
/// assert_eq!(classes.of_points, [0, 1, 0]);
/// assert_eq!(classes.answers[0].as_ref().unwrap().zone, Some(plan.id_of("core")?));
/// assert_eq!(classes.answers[1], None);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DistinctAnswers {
    /// Of each point, the place of its answer.
    pub of_points: Vec<u32>,
    /// The answers, without distances; none for what is no point.
    pub answers: Vec<Option<Answer>>,
}

impl DistinctAnswers {
    fn add<K: Hash + Eq>(
        &mut self,
        known: &mut HashMap<K, u32, BuildHasherDefault<QuickHasher>>,
        key: K,
        answer: impl FnOnce(&K) -> Option<Answer>,
    ) {
        let class = match known.entry(key) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                self.answers.push(answer(entry.key()));
                *entry.insert(self.answers.len() as u32 - 1)
            }
        };
        self.of_points.push(class);
    }
}

impl Locator<'_> {
    /// The answers for points (degrees), without distances: for so many points that it pays to answer each
    /// set of zones once. What is no point has no answer.
    pub fn classify(&self, points: impl ExactSizeIterator<Item = Option<Coord<f64>>>) -> DistinctAnswers {
        let mut classes = DistinctAnswers { of_points: Vec::with_capacity(points.len()), answers: vec![] };
        match self.sets(points.len()) {
            Some(mut sets) => {
                let mut known = HashMap::default();
                for point in points {
                    let set = point.map(|point| sets.containing(point));
                    classes.add(&mut known, set, |set| set.map(|set| self.class(sets.get(set))));
                }
            }
            None => {
                let points: Vec<_> = points.collect();
                let holdings = self.index().containing_batch(points.iter().map(|point| point.unwrap_or(NAN_COORD)));
                let mut known = HashMap::default();
                for (place, point) in points.iter().enumerate() {
                    let holding = point.map(|_| holdings.of(place));
                    classes.add(&mut known, holding, |holding| holding.map(|holding| self.class(holding)));
                }
            }
        }
        classes
    }

    /// The same for pairs of numbers in the system of `settler`, most of which need not be transformed. None
    /// where there is no grid.
    #[cfg(feature = "datafusion")]
    pub(crate) fn classify_in(
        &self,
        system: &ProjectedCellIndex,
        settler: &mut CoordNormalizer,
        pairs: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Option<DistinctAnswers> {
        let mut sets = FeatureSetInterner::with_system(self.grid(pairs.len())?, system);
        let holding = system.containing(&mut sets, settler, pairs);
        let mut classes = DistinctAnswers { of_points: Vec::with_capacity(pairs.len()), answers: vec![] };
        let mut known = HashMap::default();
        for (pair, set) in pairs.iter().zip(holding) {
            let set = pair.is_ok().then_some(set);
            classes.add(&mut known, set, |set| set.map(|set| self.class(sets.get(set))));
        }
        Some(classes)
    }

    /// The answer for each point (degrees) that is known to within so many metres at 95 %; none for what is
    /// no point.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Locator;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let locator = Locator::new(&plan);
    /// let (airport, within) = (coord! { x: 121.429, y: 28.5622 }, Metres(300.0));
    /// let mut answers = vec![];
    /// locator.locate_each([Some((airport, within)), None].into_iter(), |answer| answers.push(answer));
    /// assert_eq!(answers, [Some(locator.locate(airport, within)), None]);
    /// ```
    pub fn locate_each(
        &self,
        points: impl ExactSizeIterator<Item = Option<(Coord<f64>, Metres)>>,
        mut found: impl FnMut(Option<Answer>),
    ) {
        if let Some(mut sets) = self.sets(points.len()) {
            for point in points {
                found(point.map(|(point, uncertainty)| {
                    let id = sets.containing(point);
                    self.first(point, uncertainty, sets.get(id))
                }));
            }
            return;
        }
        let points: Vec<_> = points.collect();
        let holdings =
            self.index().containing_batch(points.iter().map(|point| point.map_or(NAN_COORD, |(point, _)| point)));
        for (place, point) in points.into_iter().enumerate() {
            found(point.map(|(point, uncertainty)| self.first(point, uncertainty, holdings.of(place))));
        }
    }

    /// The answer for any point that these zones hold.
    fn class(&self, holding: &[(FeatureId, PointLocation)]) -> Answer {
        let holding = self.filter_by_level(holding);
        self.answer_without_distance(&holding, self.partition_of(&holding))
    }
}
