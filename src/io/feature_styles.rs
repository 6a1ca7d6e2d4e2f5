//! How the rows of a plan's table are drawn, for formats that say so.

use crate::error::Result;
use crate::io::ExportOptions;
use crate::plan::palette::{Paint, paints};
use crate::plan::{Level, Plan};

/// The entries of the chosen features, in the order of the rows of [`plan_table`](crate::io::plan_table).
pub(super) struct FeatureStyles {
    pub(super) entries: Vec<FeatureStyle>,
    /// The plan's warning about what it is.
    pub(super) notice: Option<String>,
}

/// A feature, and how it is drawn.
pub(super) struct FeatureStyle {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) name_en: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) paint: Paint,
}

impl FeatureStyles {
    pub(super) fn new(plan: &Plan, options: &ExportOptions) -> Result<FeatureStyles> {
        let paints = paints(plan);
        let entry = |number: usize| {
            let zone = &plan.features()[number];
            let (id, name, name_en) = (zone.id.clone(), zone.name.clone(), zone.name_en.clone());
            FeatureStyle { id, name, name_en, level: zone.level, paint: paints[number] }
        };
        let entries = options.chosen(plan)?.into_iter().map(entry).collect();
        Ok(FeatureStyles { entries, notice: plan.notice().map(str::to_owned) })
    }

    /// Each way of drawing once, in the order of the rows.
    pub(super) fn paints(&self) -> Vec<Paint> {
        let mut paints: Vec<Paint> = vec![];
        for entry in &self.entries {
            if !paints.contains(&entry.paint) {
                paints.push(entry.paint);
            }
        }
        paints
    }
}
