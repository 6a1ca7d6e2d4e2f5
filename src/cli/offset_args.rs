//! Options that enlarge or shrink the features of a plan or layer.

use clap::Args;

use crate::cli::args;
use crate::cli::ui::Ui;
use crate::error::Result;
use crate::plan::{OffsetPlan, Plan};
use crate::units::Metres;

#[derive(Args)]
pub(super) struct OffsetArgs {
    /// Shrink the zones: use only what is farther than this from their boundaries: 30, 30m, 1.5km
    #[arg(long, value_name = "DISTANCE", value_parser = args::distance, conflicts_with = "grow")]
    setback: Option<f64>,
    /// Enlarge the zones: use all that is within this distance of them: 30, 30m, 1.5km
    #[arg(long, value_name = "DISTANCE", value_parser = args::distance)]
    grow: Option<f64>,
}

impl OffsetArgs {
    /// The plan of a file with the offset, if there is one; what vanishes is reported.
    pub(super) fn apply(&self, plan: Plan, file: &str, ui: &Ui) -> Result<Plan> {
        let distance_m = self.grow.unwrap_or_default() - self.setback.unwrap_or_default();
        if distance_m == 0.0 {
            return Ok(plan);
        }
        let OffsetPlan { plan, vanished } = plan.offset(Metres(distance_m)).map_err(|error| error.in_file(file))?;
        ui.info(&ui.texts().is_offset(file, Metres(distance_m), &vanished));
        Ok(plan)
    }
}
