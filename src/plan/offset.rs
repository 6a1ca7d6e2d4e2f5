//! A plan whose features are enlarged or shrunk by a distance.

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::geometry::offset::{grow, shrink};
use crate::geometry::validity::first_validation_error_in;
use crate::parallel;
use crate::plan::{Feature, FeatureId, PUBLISHED, Plan};
use crate::units::Metres;

/// A plan whose features are offset, and what became of them.
#[derive(Debug, Clone)]
pub struct OffsetPlan {
    /// The plan.
    pub plan: Plan,
    /// The ids of features of which nothing is left.
    pub vanished: Vec<String>,
}

/// The largest offset, in metres: farther, a boundary is no longer near its outline, and offsets of large shapes would
/// meet around the Earth.
pub const MAX_OFFSET_M: f64 = 100_000.0;

/// The property of features that are offset.
const PROPERTY: &str = "offset_m";

impl Plan {
    /// Enlarges each feature to all points within a geodesic distance of it, or for a negative distance shrinks it to
    /// those that are farther from its boundary. Features keep their level, parent and accuracy, and get a property
    /// `offset_m`; published areas are left out, since they are of the features as they were. Features of which nothing
    /// is left are left out, too; the parent of others is then the next that is left.
    ///
    /// # Errors
    /// [`ErrorKind::NothingLeft`] if no feature is left, [`ErrorKind::OffsetTooLarge`] beyond [`MAX_OFFSET_M`].
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let plan = Plan::bundled();
    /// let smaller = plan.offset(Metres(-30.0))?;
    /// assert!(smaller.vanished.is_empty());
    /// assert_eq!(smaller.plan.feature("core")?.properties["offset_m"], -30.0);
    /// let area = |plan: &Plan| plan.plane().area(&plan.feature("core").unwrap().shape);
    /// assert!(area(&smaller.plan) < area(&plan));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn offset(&self, distance: Metres) -> Result<OffsetPlan> {
        if distance.0.is_nan() || distance.0.abs() > MAX_OFFSET_M {
            return Err(Error::new(ErrorKind::OffsetTooLarge { max_metres: MAX_OFFSET_M }));
        }
        let shapes = parallel::map(&self.features, |feature| match distance.0 < 0.0 {
            true => shrink(&feature.shape, &self.plane, Metres(-distance.0)),
            false => grow(&feature.shape, &self.plane, distance),
        });
        // The index of each feature that is left.
        let mut count = 0;
        let mut index = |is_left: bool| {
            count += usize::from(is_left);
            is_left.then(|| count - 1)
        };
        let indexes: Vec<Option<usize>> = shapes.iter().map(|shape| index(!shape.0.is_empty())).collect();
        let (mut features, mut vanished) = (vec![], vec![]);
        for ((feature, shape), is_left) in self.features.iter().zip(shapes).zip(indexes.iter().map(Option::is_some)) {
            if !is_left {
                vanished.push(feature.id.clone());
                continue;
            }
            if let Some(error) = first_validation_error_in(&shape, &self.plane) {
                let problem = RowProblem::Shape(error.problem);
                return Err(Error::new(ErrorKind::Row(problem)).at_feature(feature.id.clone()));
            }
            let mut parents = std::iter::successors(feature.parent, |&parent| self[parent].parent);
            let parent = parents.find_map(|parent| indexes[parent.index()]).map(FeatureId::new);
            let mut properties = feature.properties.clone();
            PUBLISHED.iter().for_each(|(name, _)| drop(properties.remove(*name)));
            properties.insert(PROPERTY.to_owned(), distance.0.into());
            features.push(Feature { parent, properties, shape, published_area: None, ..feature.clone() });
        }
        if features.is_empty() {
            return Err(Error::new(ErrorKind::NothingLeft { metres: -distance.0 }));
        }
        let plane = self.plane.clone();
        Ok(OffsetPlan { plan: Plan { features, offset: Some(distance), plane, ..*self }, vanished })
    }

    /// The distance by which features are enlarged, or for a negative one shrunk; `None` if they are as in the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// assert_eq!(Plan::bundled().offset_distance(), None);
    /// ```
    pub fn offset_distance(&self) -> Option<Metres> {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Level;

    #[test]
    fn the_hierarchy_is_kept_without_what_vanishes() {
        let plan = Plan::bundled();
        let OffsetPlan { plan: smaller, vanished } = plan.offset(Metres(-450.0)).unwrap();
        assert!(
            !vanished.is_empty() && vanished.iter().all(|id| plan.feature(id).unwrap().level == Some(Level::Cluster))
        );
        assert_eq!(smaller.features().len() + vanished.len(), plan.features().len());
        for (id, feature) in smaller.iter() {
            let before = plan.feature(&feature.id).unwrap();
            let parent = |plan: &Plan, parent: Option<FeatureId>| parent.map(|parent| plan[parent].id.clone());
            assert_eq!(parent(&smaller, smaller[id].parent), parent(&plan, before.parent));
            assert_eq!((feature.accuracy, feature.published_area), (before.accuracy, None));
            assert!(smaller.plane().area(&feature.shape) < plan.plane().area(&before.shape));
        }
        let nothing = plan.offset(Metres(-50_000.0)).unwrap_err();
        assert!(matches!(nothing.kind(), ErrorKind::NothingLeft { metres } if *metres == 50_000.0));
        for metres in [2e7, -2e7, f64::INFINITY, f64::NAN] {
            let error = plan.offset(Metres(metres)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OffsetTooLarge { .. }), "{metres}");
        }
    }
}
