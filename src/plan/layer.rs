//! A plan file as a layer to overlay parcels with: its features need no ids, and may be repaired.

use std::collections::HashSet;

use crate::error::{PlanProblem, Result};
use crate::geometry::repair::repair_in;
use crate::plan::{Finding, Plan, Problem, Severity, UncheckedPlan};

impl UncheckedPlan {
    /// Repairs invalid polygons as `overlay --repair` does those of parcels. Returns their number; those that cannot be
    /// repaired keep their findings.
    ///
    /// ```
    /// use taizhou_corridor::plan::UncheckedPlan;
    ///
    /// let bow_tie = br#"{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "Polygon",
    ///     "coordinates": [[[121.4, 28.6], [121.5, 28.7], [121.5, 28.6], [121.4, 28.7], [121.4, 28.6]]]}}"#;
    /// let mut layer = UncheckedPlan::read_flat(bow_tie, None)?;
    /// assert_eq!(layer.repair(), 1);
    /// assert_eq!(layer.into_plan()?.features()[0].shape.0.len(), 2);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repair(&mut self) -> u64 {
        let plane = self.plane().clone();
        let mut repaired = HashSet::new();
        for feature in self.features.iter_mut().filter(|feature| !feature.is_valid) {
            if let Some(shape) = repair_in(&feature.feature.shape, &plane) {
                feature.feature.shape = shape;
                feature.is_valid = true;
                repaired.insert(feature.row);
            }
        }
        let is_repaired = |finding: &Finding| {
            let is_of_shape = matches!(finding.problem, Problem::Shape(_));
            is_of_shape && finding.severity == Severity::Error && finding.row.is_some_and(|row| repaired.contains(&row))
        };
        self.findings.retain(|finding| !is_repaired(finding));
        repaired.len() as u64
    }

    /// The layer, in which features need no ids. Errors with the first other finding of severity `error`.
    ///
    /// ```
    /// use taizhou_corridor::plan::UncheckedPlan;
    ///
    /// let field = br#"{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
    ///     "coordinates": [[[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]]]}}"#;
    /// assert_eq!(UncheckedPlan::read(field)?.into_layer()?.features().len(), 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn into_layer(mut self) -> Result<Plan> {
        if !self.has_levels() {
            self.findings.retain(|finding| !matches!(finding.problem, Problem::Plan(PlanProblem::MissingId { .. })));
        }
        self.into_plan()
    }
}
