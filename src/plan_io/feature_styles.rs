//! How the rows of a plan's table are drawn.

use crate::error::Result;
use crate::io::{FeatureStyle, FeatureStyles};
use crate::plan::Plan;
use crate::plan::palette::paints;
use crate::plan_io::features::ExportOptions;

/// The styles of the chosen features, in the order of the rows of [`plan_table`](crate::plan_io::plan_table).
pub(super) fn feature_styles(plan: &Plan, options: &ExportOptions) -> Result<FeatureStyles> {
    let paints = paints(plan);
    let entry = |number: usize| {
        let zone = &plan.features()[number];
        let (id, name, name_en) = (zone.id.clone(), zone.name.clone(), zone.name_en.clone());
        FeatureStyle { id, name, name_en, level: zone.level, paint: paints[number] }
    };
    let entries = options.chosen(plan)?.into_iter().map(entry).collect();
    Ok(FeatureStyles { entries, notice: plan.notice().map(str::to_owned) })
}
