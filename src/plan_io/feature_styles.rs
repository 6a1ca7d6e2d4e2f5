//! Styles of the rows of a plan table.

use crate::error::Result;
use crate::io::{FeatureStyle, FeatureStyles};
use crate::plan::palette::paints;
use crate::plan::{FeatureId, Plan};
use crate::plan_io::features::ExportOptions;

/// The styles of the selected features, in the order of the rows of [`plan_table`](crate::plan_io::plan_table).
pub(super) fn feature_styles(plan: &Plan, options: &ExportOptions) -> Result<FeatureStyles> {
    let paints = paints(plan);
    let entry = |id: FeatureId| {
        let feature = &plan[id];
        let paint = paints[id.index()];
        let (id, name, name_en) = (feature.id.clone(), feature.name.clone(), feature.name_en.clone());
        FeatureStyle { id, name, name_en, level: feature.level, paint }
    };
    let entries = options.chosen(plan)?.into_iter().map(entry).collect();
    Ok(FeatureStyles { entries, notice: plan.notice().map(str::to_owned) })
}
