//! A plan file as it was read: everything in it that can be used, and a list of what is wrong.

use std::collections::HashMap;

use crate::error::{PlanProblem, Result};
use crate::plan::reading::{Reader, put_together, read_features};
use crate::plan::{Feature, FeatureId, Finding, LayerFeature, Level, Plan, RawFeature, Severity, refuse};

/// A plan file as it was read: what is usable, and what is wrong.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
///
/// // Two errors; `Plan::from_geojson` would stop at the first.
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"core""#, r#""parent":"centre""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// assert_eq!(outline.findings().len(), 2);
/// assert_eq!(outline.features().len(), 16);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct UncheckedPlan {
    features: Vec<UncheckedFeature>,
    findings: Vec<Finding>,
    has_levels: bool,
}

/// A feature of a plan file.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
///
/// let open = PLAN_GEOJSON.replace("[121.3565,28.6175]]]", "[121.3565,28.6176]]]");
/// let outline = UncheckedPlan::read(open.as_bytes())?;
/// let broken: Vec<(u64, &str)> = outline
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
    /// Its place in the file, from 1.
    pub row: u64,
    /// What could be read of it; the shape is empty where there is none.
    pub feature: Feature,
    /// Whether the shape is a valid polygon.
    pub is_valid: bool,
    pub(super) parent_id: Option<String>,
}

impl UncheckedPlan {
    /// Reads a plan, or a layer where no feature has a level. Fails where there is no feature
    /// collection at all; everything else is a finding.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// assert!(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?.findings().is_empty());
    /// assert!(UncheckedPlan::read(b"[]").is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(json: &[u8]) -> Result<UncheckedPlan> {
        Reader::new(json)?.read(None)
    }

    /// Reads a layer, its features known by a property or by their id.
    ///
    /// ```
    /// use taizhou_corridor::plan::UncheckedPlan;
    ///
    /// let parcels = br#"{"type": "FeatureCollection", "features": [
    ///     {"type": "Feature", "properties": {"block": "A-01"}, "geometry": null},
    ///     {"type": "Feature", "properties": {}, "geometry": null}]}"#;
    /// let outline = UncheckedPlan::read_layer(parcels, Some("block"))?;
    /// let codes: Vec<&str> = outline.findings().iter().map(|finding| finding.problem.code()).collect();
    /// assert_eq!(codes, ["no-geometry", "missing-property", "no-geometry"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_layer(json: &[u8], name_field: Option<&str>) -> Result<UncheckedPlan> {
        Reader::new(json)?.read(Some(name_field))
    }

    /// Reads features of another format as [`read`](UncheckedPlan::read) does.
    pub(crate) fn of_features(features: impl Iterator<Item = RawFeature>) -> UncheckedPlan {
        read_features(features.map(Ok).collect(), vec![], None)
    }

    /// A layer of features that were read one by one, in their order.
    pub(crate) fn of_layer(features: impl Iterator<Item = LayerFeature>) -> UncheckedPlan {
        put_together(features, vec![], false)
    }

    /// Adds what is worth a word of all of the file.
    pub(crate) fn note(&mut self, problem: PlanProblem) {
        self.findings.push(Finding { severity: Severity::Info, ..Finding::of_file(problem) });
    }

    /// Puts together what was read, and links it.
    pub(super) fn new(features: Vec<UncheckedFeature>, findings: Vec<Finding>, has_levels: bool) -> UncheckedPlan {
        let mut outline = UncheckedPlan { features, findings, has_levels };
        outline.link();
        outline
    }

    /// Whether the features have the levels of a plan.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// assert!(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?.has_levels());
    /// assert!(!UncheckedPlan::read_layer(PLAN_GEOJSON.as_bytes(), None)?.has_levels());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn has_levels(&self) -> bool {
        self.has_levels
    }

    /// The features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// let outline = UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?;
    /// assert!(outline.features().iter().all(|feature| feature.is_valid));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn features(&self) -> &[UncheckedFeature] {
        &self.features
    }

    /// What is wrong with the file and each of its features by itself.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
    ///
    /// let wrong = PLAN_GEOJSON.replace(r#""published_area_km2":41"#, r#""published_area_km2":"41""#);
    /// let outline = UncheckedPlan::read(wrong.as_bytes())?;
    /// let finding = &outline.findings()[0];
    /// assert_eq!((finding.row, finding.problem.code()), (Some(2), "bad-property"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The plan. Fails at the first error among the findings.
    ///
    /// ```
    /// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, Severity};
    ///
    /// // Warnings are no reason to refuse a plan.
    /// let without_source = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
    /// let outline = UncheckedPlan::read(without_source.as_bytes())?;
    /// assert_eq!(outline.findings()[0].severity, Severity::Warning);
    /// assert!(outline.into_plan().is_ok());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn into_plan(self) -> Result<Plan> {
        refuse(self.findings)?;
        Ok(Plan::new(self.features.into_iter().map(|feature| feature.feature).collect(), !self.has_levels))
    }
}

impl UncheckedPlan {
    /// Resolves parents, and finds what is wrong between features: ids, parents, roots.
    fn link(&mut self) {
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(self.features.len());
        let mut found = vec![];
        let finding = |number: usize, problem: PlanProblem| {
            let feature = &self.features[number];
            let (row, id) = (Some(feature.row), Some(feature.feature.id.clone()));
            Finding { row, feature: id, ..Finding::of_file(problem) }
        };
        for (number, feature) in self.features.iter().enumerate() {
            if by_id.insert(&feature.feature.id, number).is_some() {
                // In a layer two features of one name are one answer; in a plan, none.
                let severity = if self.has_levels { Severity::Error } else { Severity::Info };
                found.push(Finding { severity, ..finding(number, PlanProblem::DuplicateId) });
            }
        }
        let mut parents = vec![None; self.features.len()];
        for (number, feature) in self.features.iter().enumerate() {
            let (Some(level), Some(parent)) = (feature.feature.level, &feature.parent_id) else { continue };
            parents[number] = by_id.get(parent.as_str()).copied().filter(|&parent| {
                self.features[parent].feature.level.is_some_and(|above| above.depth() + 1 == level.depth())
            });
            if parents[number].is_none() {
                found.push(finding(number, PlanProblem::UnknownParent { parent: parent.clone() }));
            }
        }
        if self.has_levels {
            let count = self.features.iter().filter(|feature| feature.feature.level == Some(Level::Corridor)).count();
            if count != 1 {
                found.push(Finding::of_file(PlanProblem::Roots { count }));
            }
        }
        for (feature, parent) in self.features.iter_mut().zip(parents) {
            feature.feature.parent = parent.map(FeatureId::new);
        }
        self.findings.extend(found);
    }
}
