//! Arguments about the properties of one's own outline, shared by the commands that read one.

use clap::Args;

use crate::cli::args;
use crate::cli::usage::ValueProblem;
use crate::plan::{LevelName, OutlineOptions, PlanField};
use crate::units::{AreaUnit, Metres};

/// They need a file of one's own: `command.rs` adds that, since its argument differs between commands.
#[derive(Args)]
pub(super) struct OutlineArgs {
    /// Accuracy of the outlines in metres (95 %), for features that do not state their own
    #[arg(long, value_name = "METRES", value_parser = args::distance)]
    plan_accuracy: Option<f64>,
    /// Properties of a plan that the file has under other names, as accuracy_m=精度,published_area_km2=规划面积; of a published area also the unit, as 规划面积:ha
    #[arg(long, value_name = "PROPERTY=FIELD", value_delimiter = ',', value_parser = field)]
    plan_fields: Vec<PlanField>,
    /// What the levels in the file mean, as 片区=zone,核心区=core
    #[arg(long, value_name = "NAME=LEVEL", value_delimiter = ',', value_parser = level)]
    plan_levels: Vec<LevelName>,
}

impl OutlineArgs {
    /// The ids of these arguments.
    pub(super) const IDS: [&str; 3] = ["plan_accuracy", "plan_fields", "plan_levels"];

    pub(super) fn options(&self, name_field: Option<&str>) -> OutlineOptions {
        OutlineOptions {
            name_field: name_field.map(str::to_owned),
            fields: self.plan_fields.clone(),
            levels: self.plan_levels.clone(),
            accuracy: self.plan_accuracy.map(Metres),
        }
    }
}

fn field(text: &str) -> Result<PlanField, ValueProblem> {
    PlanField::parse(text).ok_or_else(|| match AreaUnit::is_unknown_at_end_of(text) {
        true => ValueProblem::AreaUnit,
        false => ValueProblem::PlanField,
    })
}

fn level(text: &str) -> Result<LevelName, ValueProblem> {
    LevelName::parse(text).ok_or(ValueProblem::LevelName)
}
