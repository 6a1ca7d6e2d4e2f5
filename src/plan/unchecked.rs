//! A plan file as read, before validation: its usable content and the findings about it.

use std::collections::HashMap;

use crate::crs::Plane;
use crate::error::{PlanProblem, Result};
use crate::maths::hypot;
use crate::plan::reading::{Reader, collect_features, read_features};
use crate::plan::{
    Feature, FeatureId, Finding, Level, OutlineOptions, Plan, RawFeature, ReadFeature, Severity, reject_errors,
};
use crate::units::Metres;

/// A plan file as read: its usable features and the findings about them.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
///
/// // Two errors; `Plan::from_geojson` reports the first only.
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"core""#, r#""parent":"centre""#);
/// let unchecked = UncheckedPlan::read(wrong.as_bytes())?;
/// assert_eq!(unchecked.findings().len(), 2);
/// assert_eq!(unchecked.features().len(), 16);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct UncheckedPlan {
    pub(super) features: Vec<UncheckedFeature>,
    pub(super) findings: Vec<Finding>,
    has_levels: bool,
    plane: Plane,
}

/// A feature of a plan file, possibly invalid.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
///
/// let open = PLAN_GEOJSON.replace("[121.3565,28.6175]]]", "[121.3565,28.6176]]]");
/// let unchecked = UncheckedPlan::read(open.as_bytes())?;
/// let broken: Vec<(u64, &str)> = unchecked
///     .features()
///     .iter()
///     .filter(|feature| !feature.is_valid)
///     .map(|feature| (feature.row, feature.feature.id.as_str()))
///     .collect();
/// assert_eq!(broken, [(2, "core")]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct UncheckedFeature {
    /// The position in the file, from 1.
    pub row: u64,
    /// The feature as far as it could be read; its shape is empty if there is none.
    pub feature: Feature,
    /// Whether the shape is a valid polygon.
    pub is_valid: bool,
    pub(super) parent_id: Option<String>,
}

impl UncheckedPlan {
    /// Reads a plan, or a flat dataset if no feature has a level. Errors if the text is not a feature collection, a
    /// feature or a polygon; all other problems become findings.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// assert!(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?.findings().is_empty());
    /// assert!(UncheckedPlan::read(b"[]").is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(json: &[u8]) -> Result<UncheckedPlan> {
        Reader::new(json)?.read(false, &OutlineOptions::default())
    }

    /// Reads a flat dataset, whose features are identified by a property or by their id. Errors as
    /// [`read`](UncheckedPlan::read) does.
    ///
    /// ```
    /// use taizhou_corridor::plan::UncheckedPlan;
    ///
    /// let parcels = br#"{"type": "FeatureCollection", "features": [
    ///     {"type": "Feature", "properties": {"block": "A-01"}, "geometry": null},
    ///     {"type": "Feature", "properties": {}, "geometry": null}]}"#;
    /// let unchecked = UncheckedPlan::read_flat(parcels, Some("block"))?;
    /// let codes: Vec<&str> = unchecked.findings().iter().map(|finding| finding.problem.code()).collect();
    /// assert_eq!(codes, ["no-geometry", "missing-property", "no-geometry"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_flat(json: &[u8], name_field: Option<&str>) -> Result<UncheckedPlan> {
        Reader::new(json)?.read(true, &OutlineOptions::named(name_field))
    }

    /// Reads a plan or layer whose properties the options name. Errors as [`read`](UncheckedPlan::read) does, and if no
    /// feature has a property that the options name.
    ///
    /// ```
    /// use taizhou_corridor::plan::{OutlineOptions, PLAN_GEOJSON, PlanField, UncheckedPlan};
    ///
    /// // The levels of the bundled plan, by another name of theirs.
    /// let own = PLAN_GEOJSON.replace("\"level\":", "\"级别\":").replace("\"zone\"", "\"片区\"");
    /// let fields = vec![PlanField::parse("level=级别").unwrap()];
    /// let options = OutlineOptions { fields, ..OutlineOptions::default() };
    /// assert!(UncheckedPlan::read_with(own.as_bytes(), &options)?.has_levels());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_with(json: &[u8], options: &OutlineOptions) -> Result<UncheckedPlan> {
        Reader::new(json)?.read(options.name_field.is_some(), options)
    }

    /// Builds a plan from features of another format, with the rules of [`read_with`](UncheckedPlan::read_with).
    pub(crate) fn of_features(
        features: impl Iterator<Item = RawFeature>,
        options: &OutlineOptions,
        plane: &Plane,
    ) -> UncheckedPlan {
        read_features(features.map(Ok).collect(), vec![], false, options, plane)
    }

    /// A flat dataset from features that were read one by one, in order.
    pub(crate) fn of_flat(features: impl Iterator<Item = ReadFeature>, plane: &Plane) -> UncheckedPlan {
        collect_features(features, vec![], false, plane)
    }

    /// Adds the accuracy of the transformation of the file to that of the outlines, by the sum of squares, to the next
    /// millimetre. Outlines that state none stay without.
    pub(crate) fn widen_accuracy(&mut self, by: Metres) {
        if by.0 > 0.0 {
            for feature in self.features.iter_mut().map(|feature| &mut feature.feature) {
                let Some(accuracy) = &mut feature.accuracy else { continue };
                *accuracy = Metres((hypot(accuracy.0, by.0) * 1e3).ceil() / 1e3);
                feature.properties.insert("accuracy_m".to_owned(), accuracy.0.into());
            }
        }
    }

    /// Adds a finding of severity `info` about the file as a whole.
    pub(crate) fn note(&mut self, problem: PlanProblem) {
        self.findings.push(Finding { severity: Severity::Info, ..Finding::of_file(problem) });
    }

    /// Links the features to their parents.
    pub(super) fn new(
        features: Vec<UncheckedFeature>,
        findings: Vec<Finding>,
        has_levels: bool,
        plane: Plane,
    ) -> UncheckedPlan {
        let mut unchecked = UncheckedPlan { features, findings, has_levels, plane };
        unchecked.link();
        unchecked
    }

    /// Whether the features have the levels of a plan.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// assert!(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?.has_levels());
    /// assert!(!UncheckedPlan::read_flat(PLAN_GEOJSON.as_bytes(), None)?.has_levels());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn has_levels(&self) -> bool {
        self.has_levels
    }

    /// The plane in which the edges of the shapes are straight.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// assert!(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?.plane().is_lon_lat());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// let unchecked = UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?;
    /// assert!(unchecked.features().iter().all(|feature| feature.is_valid));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn features(&self) -> &[UncheckedFeature] {
        &self.features
    }

    /// The findings about the file and about single features; [`check`](crate::plan::check::check) adds those between
    /// features.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// let wrong = PLAN_GEOJSON.replace(r#""published_area_km2":41"#, r#""published_area_km2":"41""#);
    /// let unchecked = UncheckedPlan::read(wrong.as_bytes())?;
    /// let finding = &unchecked.findings()[0];
    /// assert_eq!((finding.row, finding.problem.code()), (Some(2), "bad-property"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The plan. Errors with the first finding of severity `error`.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, Severity};
    ///
    /// // A plan with warnings is accepted.
    /// let without_source = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
    /// let unchecked = UncheckedPlan::read(without_source.as_bytes())?;
    /// assert_eq!(unchecked.findings()[0].severity, Severity::Warning);
    /// assert!(unchecked.into_plan().is_ok());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn into_plan(self) -> Result<Plan> {
        reject_errors(self.findings)?;
        let features = self.features.into_iter().map(|feature| feature.feature).collect();
        Ok(Plan::new(features, !self.has_levels, self.plane))
    }
}

impl UncheckedPlan {
    /// Resolves parents and adds findings about duplicate ids, unknown parents and the number of roots.
    fn link(&mut self) {
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(self.features.len());
        let mut findings = vec![];
        let finding = |index: usize, problem: PlanProblem| {
            let feature = &self.features[index];
            let (row, id) = (Some(feature.row), Some(feature.feature.id.clone()));
            Finding { row, feature: id, ..Finding::of_file(problem) }
        };
        for (index, feature) in self.features.iter().enumerate() {
            if by_id.insert(&feature.feature.id, index).is_some() {
                // In a flat dataset, features may share a name; in a plan, ids must be unique.
                let severity = if self.has_levels { Severity::Error } else { Severity::Info };
                findings.push(Finding { severity, ..finding(index, PlanProblem::DuplicateId) });
            }
        }
        let mut parents = vec![None; self.features.len()];
        for (index, feature) in self.features.iter().enumerate() {
            let (Some(level), Some(parent)) = (feature.feature.level, &feature.parent_id) else { continue };
            parents[index] = by_id.get(parent.as_str()).copied().filter(|&parent| {
                self.features[parent].feature.level.is_some_and(|above| above.depth() + 1 == level.depth())
            });
            if parents[index].is_none() {
                findings.push(finding(index, PlanProblem::UnknownParent { parent: parent.clone() }));
            }
        }
        if self.has_levels {
            let count = self.features.iter().filter(|feature| feature.feature.level == Some(Level::Corridor)).count();
            if count != 1 {
                findings.push(Finding::of_file(PlanProblem::Roots { count }));
            }
        }
        for (feature, parent) in self.features.iter_mut().zip(parents) {
            feature.feature.parent = parent.map(FeatureId::new);
        }
        self.findings.extend(findings);
    }
}
