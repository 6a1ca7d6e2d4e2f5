//! The files that are checked, and the findings about them.

use std::mem::ManuallyDrop;
use std::path::Path;

use crate::cli::args;
use crate::cli::check::CheckArgs;
use crate::cli::ui::Ui;
use crate::crs::Crs;
use crate::error::Result;
use crate::plan::{Finding, PLAN_GEOJSON, Severity, UncheckedPlan};
use crate::plan_io::OutlineRead;

/// A file that was read.
pub(super) struct CheckedFile {
    /// As it was given; `None` for the bundled plan and standard input.
    pub(super) path: Option<String>,
    /// The name in messages.
    pub(super) name: String,
    /// What its features are called after, among those of several files.
    prefix: Option<String>,
    pub(super) crs: Crs,
    /// It is never freed, since that takes long for many features.
    pub(super) outline: ManuallyDrop<UncheckedPlan>,
}

/// Reads all files, or the bundled plan if there is none.
pub(super) fn read_files(args: &CheckArgs, ui: &Ui) -> Result<Vec<CheckedFile>> {
    if args.file.is_empty() {
        let outline = ManuallyDrop::new(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?);
        let name = ui.texts().bundled_plan().to_owned();
        return Ok(vec![CheckedFile { path: None, name, prefix: None, crs: Crs::Crs84, outline }]);
    }
    let options = args.outline.options(args.name_field.as_deref());
    let prefixes = prefixes(&args.file);
    let read = |(path, prefix)| {
        let input = args::input(path);
        let name = input.name().to_owned();
        let OutlineRead { outline, crs, .. } = args.read.read(input, &options, ui)?;
        let path = Some(path.display().to_string()).filter(|path| path != "-");
        Ok(CheckedFile { path, name, prefix, crs, outline: ManuallyDrop::new(outline) })
    };
    args.file.iter().zip(prefixes).map(read).collect()
}

/// The name of each of several files, or its path where names are repeated.
fn prefixes<P: AsRef<Path>>(paths: &[P]) -> Vec<Option<String>> {
    let name = |path: &P| path.as_ref().file_name().unwrap_or(path.as_ref().as_os_str()).to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().map(name).collect();
    let is_unique = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
    let prefix = |(path, name): (&P, &String)| match is_unique(name) {
        true => name.clone(),
        false => path.as_ref().display().to_string(),
    };
    match paths {
        [_] => vec![None],
        several => several.iter().zip(&names).map(|named| Some(prefix(named))).collect(),
    }
}

impl CheckedFile {
    /// The id of one of its features among those of all files; `None` if it stays as it is.
    pub(super) fn prefixed_id(&self, id: &str) -> Option<String> {
        self.prefix.as_ref().map(|prefix| format!("{prefix}:{id}"))
    }

    /// Whether this is the id of one of its features.
    pub(super) fn has_prefix_of(&self, id: &str) -> bool {
        self.prefix.as_ref().is_none_or(|prefix| id.strip_prefix(prefix.as_str()).is_some_and(|id| id.starts_with(':')))
    }

    /// A finding about it among those of all files.
    pub(super) fn prefixed(&self, mut finding: Finding) -> Finding {
        let row = finding.row.map(|row| format!("#{row}"));
        match finding.feature.as_ref().or(row.as_ref()) {
            Some(feature) => finding.feature = self.prefixed_id(feature).or(finding.feature.take()),
            None => finding.feature = self.prefix.clone(),
        }
        finding
    }
}

/// Findings, each with the number of its file.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    files: Vec<usize>,
    /// What was checked as a coverage, and what is not listed.
    pub(super) summary: Option<String>,
}

impl Findings {
    pub(super) fn extend(&mut self, file: usize, findings: impl IntoIterator<Item = Finding>) {
        self.all.extend(findings);
        self.files.resize(self.all.len(), file);
    }

    /// The findings, each with its file.
    pub(super) fn with_files<'f>(
        &'f self,
        files: &'f [CheckedFile],
    ) -> impl Iterator<Item = (&'f CheckedFile, &'f Finding)> {
        self.files.iter().map(|&file| &files[file]).zip(&self.all)
    }

    /// Whether there is a warning or an error.
    pub(super) fn has_problems(&self) -> bool {
        self.all.iter().any(|finding| finding.severity > Severity::Info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PlanProblem;

    #[test]
    fn features_of_several_files_are_called_after_them() {
        assert_eq!(prefixes(&["d/a.gpkg"]), [None]);
        let prefixes = prefixes(&["d/a.gpkg", "b.shp", "e/a.gpkg"]);
        assert_eq!(prefixes, ["d/a.gpkg", "b.shp", "e/a.gpkg"].map(|name| Some(name.to_owned())));
    }

    #[test]
    fn findings_name_their_file() {
        let outline = ManuallyDrop::new(UncheckedPlan::read(PLAN_GEOJSON.as_bytes()).unwrap());
        let prefix = Some("a.gpkg".to_owned());
        let file = CheckedFile { path: None, name: String::new(), prefix, crs: Crs::Crs84, outline };
        let finding = Finding::of_file(PlanProblem::DuplicateId);
        let feature = |finding: &Finding| file.prefixed(finding.clone()).feature.unwrap();
        assert_eq!(feature(&finding), "a.gpkg");
        assert_eq!(feature(&Finding { row: Some(3), ..finding.clone() }), "a.gpkg:#3");
        assert_eq!(feature(&Finding { row: Some(3), feature: Some("A".to_owned()), ..finding.clone() }), "a.gpkg:A");
        assert!(file.has_prefix_of("a.gpkg:A") && !file.has_prefix_of("a.gpkg2:A") && !file.has_prefix_of("A"));
        let alone = CheckedFile { prefix: None, ..file };
        assert_eq!(alone.prefixed(finding.clone()), finding);
        assert!(alone.has_prefix_of("A"));
    }
}
