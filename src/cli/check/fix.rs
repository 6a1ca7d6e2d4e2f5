//! `corridor check --coverage --fix`

use std::collections::HashSet;

use clap::Args;
use geo::MultiPolygon;

use crate::cli::check::CheckArgs;
use crate::cli::check::coverage::Features;
use crate::cli::check::files::CheckedFile;
use crate::cli::check::output::FindingsFormat;
use crate::cli::ui::Ui;
use crate::cli::{Outcome, args, write_text};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{self, Format, Output, WriteOptions};
use crate::plan::Severity;
use crate::query::coverage::{CoverageFix, RepairedRows, check_coverage, fix_coverage};
use crate::report::check::changes::{ListedChange, records, table};
use crate::run::TableRun;

/// The repair of a coverage.
#[derive(Args)]
pub(super) struct FixArgs {
    /// Repair what has one right answer, and write the layer to the file of -o: spikes, repeated shapes, corners up to 1 mm apart, missing corners, overlaps and gaps below the gap width. All changes are listed, as text or by -f csv or json
    #[arg(long, requires_all = ["coverage", "output", "file"], conflicts_with = "report")]
    fix: bool,
    /// Overlaps and gaps go to the feature with the larger number in this property; by default, and among equals, to that with the longer common border
    #[arg(long, value_name = "PROPERTY", requires = "fix")]
    fix_priority: Option<String>,
}

impl FixArgs {
    pub(super) fn is_given(&self) -> bool {
        self.fix
    }

    /// The priority of each feature; not a number where it has none. Errors if no feature has the property.
    fn priorities(&self, features: &Features<'_>) -> Result<Option<Vec<f64>>> {
        let Some(property) = &self.fix_priority else { return Ok(None) };
        let of_feature = |value: Option<&serde_json::Value>| match value {
            Some(serde_json::Value::String(text)) => text.trim().parse().unwrap_or(f64::NAN),
            other => other.and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN),
        };
        let properties = || features.features.iter().map(|feature| &feature.feature.properties);
        if properties().any(|properties| properties.contains_key(property)) {
            return Ok(Some(properties().map(|properties| of_feature(properties.get(property))).collect()));
        }
        let mut columns: Vec<String> = vec![];
        for name in properties().flat_map(|properties| properties.keys()) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        Err(Error::new(ErrorKind::UnknownColumn { name: property.clone(), columns }))
    }
}

impl CheckArgs {
    /// Writes the repaired layer, and lists the changes.
    pub(super) fn fix(&self, file: &CheckedFile, format: FindingsFormat, ui: &Ui) -> Result<Outcome> {
        let features = Features::of(std::slice::from_ref(file));
        let (plane, options) = (file.outline.plane(), self.coverage.options());
        let priorities = self.fix.priorities(&features).map_err(|error| error.in_file(file.name.clone()))?;
        let given = features.coverage();
        let fix = fix_coverage(&given, plane, priorities.as_deref(), &options);
        let list = self.list_of_changes(&fix, &features, format, ui)?;
        self.write_layer(file, &features, &fix, ui)?;
        write_text(Output::stream("-", std::io::stdout()), &list)?;
        // What is left.
        let mut repaired = given;
        for (feature, shape) in repaired.iter_mut().zip(&fix.shapes) {
            feature.shape = shape.as_ref().unwrap_or(feature.shape);
        }
        repaired.retain(|feature| !feature.shape.0.is_empty());
        let left = check_coverage(&repaired, plane, None, &options);
        let warnings = left.findings.iter().filter(|finding| finding.severity > Severity::Info).count() as u64;
        let changed: HashSet<usize> = fix.changes.iter().map(|change| change.feature).collect();
        ui.info(&ui.texts().coverage_fixed(&fix.changes, changed.len() as u64, warnings));
        let has_errors = file.outline.findings().iter().any(|finding| finding.severity > Severity::Info);
        Ok(if warnings > 0 || has_errors { Outcome::Findings } else { Outcome::Done })
    }

    fn list_of_changes(
        &self,
        fix: &CoverageFix,
        features: &Features<'_>,
        format: FindingsFormat,
        ui: &Ui,
    ) -> Result<String> {
        let id = |feature: usize| features.features[feature].feature.id.as_str();
        let changes: Vec<ListedChange<'_>> = fix
            .changes
            .iter()
            .map(|change| ListedChange { change, feature: id(change.feature), other: change.other.map(id) })
            .collect();
        match format {
            FindingsFormat::Text => Ok(table(&changes, ui.lang)),
            FindingsFormat::Json => Ok(records(&changes).to_json()),
            FindingsFormat::Table(format) if format == Format::CSV => Ok(records(&changes).to_csv()),
            format => Err(Error::new(ErrorKind::OptionMismatch { option: "--fix", format: format.name() })),
        }
    }

    /// Writes the rows of the file, with the repaired shapes.
    fn write_layer(&self, file: &CheckedFile, features: &Features<'_>, fix: &CoverageFix, ui: &Ui) -> Result<()> {
        let (Some(path), Some(source)) = (self.output.file(), self.file.first()) else { return Ok(()) };
        let format = Format::of_path(path)?;
        let shapes = features.features.iter().zip(&fix.shapes);
        let changed = |(feature, shape): (&&crate::plan::UncheckedFeature, &Option<MultiPolygon<f64>>)| {
            Some((feature.row, shape.clone()?))
        };
        let query = RepairedRows::new(file.outline.plane(), shapes.filter_map(changed));
        let rows = io::open(args::input(source), &self.read.options())?;
        let run = TableRun::new(rows, &query).write(self.output.create()?, WriteOptions::new(format))?;
        let finished = run.run()?.finish()?;
        let invalid = |file: &str, invalid, rows| ui.texts().kept_unrepaired(file, invalid, rows);
        ui.report(ui.texts().of_run(&finished, &path.display().to_string(), invalid));
        Ok(())
    }
}
