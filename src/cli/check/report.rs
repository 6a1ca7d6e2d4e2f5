//! `corridor check --report`

use std::path::Path;

use crate::cli::check::CheckArgs;
use crate::cli::check::files::{CheckedFile, Findings};
use crate::cli::report_args::ReportMap;
use crate::cli::ui::Ui;
use crate::error::Result;
use crate::plan::{Feature, Plan, UncheckedPlan};
use crate::report::Source;
use crate::report::check::{ReportNotes, write_report};
use crate::report::document::WrittenDocument;

impl CheckArgs {
    /// Writes the report, if one is asked for; it is not yet committed.
    pub(super) fn write_report(
        &self,
        files: &[CheckedFile],
        findings: &Findings,
        ui: &Ui,
    ) -> Result<Option<WrittenDocument>> {
        let Some(target) = self.report.target(&self.output, ui)? else { return Ok(None) };
        let checked = ui.texts().checked(self.scope(files)).map(str::to_owned);
        let is_coverage = self.coverage.is_given();
        let notes = ReportNotes {
            outcome: findings.summary.iter().cloned().chain(checked).collect(),
            methods: if is_coverage { ui.lang.coverage_methods(&self.coverage.options()) } else { vec![] },
        };
        let mut source = self.source(files, ui);
        let map = plan_of(files).filter(|plan| !plan.features().is_empty());
        if let Some(plan) = map.as_ref().and_then(|plan| self.report.plan_of_map(plan, &target)) {
            let alone = <&[CheckedFile; 1]>::try_from(files).ok().map(|[file]| file);
            let name = alone.filter(|file| file.path.is_some()).map(file_name);
            let title = Some(stems(files).join(ui.lang.list_separator()));
            ReportMap::of_findings(&plan, &findings.all).draw_named(&mut source, title, name, ui)?;
        }
        write_report(target, &findings.all, &notes, &source, ui.lang).map(Some)
    }

    /// What the cover says. Its reader has no use for the folders of this machine.
    fn source(&self, files: &[CheckedFile], ui: &Ui) -> Source {
        let mut systems: Vec<String> = files.iter().map(|file| ui.texts().system_of(&file.crs, None)).collect();
        systems.dedup();
        let separator = ui.lang.list_separator();
        Source {
            file: files.iter().map(file_name).collect::<Vec<_>>().join(separator),
            crs: systems.join(separator),
            ..self.report.own_source(ui)
        }
    }
}

/// The name of a file without its folder.
fn file_name(file: &CheckedFile) -> String {
    let name = file.path.as_deref().map(Path::new).and_then(Path::file_name);
    name.map_or_else(|| file.name.clone(), |name| name.to_string_lossy().into_owned())
}

/// The names of the files without their extensions.
fn stems(files: &[CheckedFile]) -> Vec<String> {
    let stem = |file| {
        let name = file_name(file);
        Path::new(&name).file_stem().map_or(name.clone(), |stem| stem.to_string_lossy().into_owned())
    };
    files.iter().map(stem).collect()
}

/// What is drawn in a report: a plan, or the features of all files that have a valid polygon. `None` if there are more
/// than can be distinguished, or if they are in different planes.
fn plan_of(files: &[CheckedFile]) -> Option<Plan> {
    const MAX_FEATURES: usize = 20_000;
    let valid = || files.iter().flat_map(|file| file.outline.features()).filter(|feature| feature.is_valid);
    let plane = files[0].outline.plane();
    if valid().count() > MAX_FEATURES || files.iter().any(|file| file.outline.plane() != plane) {
        return None;
    }
    if let [file] = files
        && file.outline.has_levels()
        && let Ok(plan) = UncheckedPlan::clone(&file.outline).into_plan()
    {
        return Some(plan);
    }
    let features = valid().map(|feature| Feature { level: None, parent: None, ..feature.feature.clone() });
    Some(Plan::new(features.collect(), true, plane.clone()))
}
