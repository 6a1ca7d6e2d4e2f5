//! `corridor describe`

use clap::Args;

use crate::cli::args::{OutputArgs, PlanArgs};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, write_text};
use crate::error::Result;
use crate::report::describe::page;

/// What does the plan say about the corridor, a zone or a cluster?
///
/// Roles, industries, projects, targets for 2026 and 2035, sources, and what is not published.
/// Without an ID, it describes the corridor and lists the ids of all features in it.
#[derive(Args)]
pub(super) struct DescribeArgs {
    /// Id or name of a feature, or part of it: jiaojiang, 椒江
    id: Option<String>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: DescribeArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let id = args.id.or_else(|| plan.root().or(plan.features().first()).map(|zone| zone.id.clone()));
    let number = plan.find_by_part(&id.unwrap_or_default())?;
    write_text(args.output.create()?, &page(&plan, number, ui.lang))?;
    Ok(Outcome::Done)
}
