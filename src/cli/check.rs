//! `corridor check`

mod coverage;
mod files;
mod fix;
mod output;
mod report;

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{self, OutputArgs};
use crate::cli::check::coverage::CoverageArgs;
use crate::cli::check::files::{CheckedFile, Findings, read_files};
use crate::cli::check::fix::FixArgs;
use crate::cli::check::output::FindingsFormat;
use crate::cli::outline_args::OutlineArgs;
use crate::cli::outline_file::OutlineFileArgs;
use crate::cli::report_args::ReportArgs;
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::error::{Error, ErrorKind, PlanProblem, Result};
use crate::plan::check::{Scope, check};
use crate::plan::{Finding, Problem};

/// Validate an outline or a polygon layer: rings, ids, hierarchy, partition, published areas; overlaps, gaps and borders.
///
/// Without a file, the bundled plan is validated. Several files are checked one after another, or with --coverage as
/// one: do their polygons cover an area without overlaps and gaps? The exit code is 1 if there are errors (the file
/// cannot be used as a plan) or warnings. Codes are the same in every language.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// Plans or polygon layers, in any supported format; - for standard input
    file: Vec<PathBuf>,
    #[command(flatten)]
    read: OutlineFileArgs,
    /// Read them as flat polygon layers, their features identified by this property
    #[arg(long, value_name = "PROPERTY", requires = "file")]
    name_field: Option<String>,
    #[command(flatten)]
    outline: OutlineArgs,
    /// Tolerance for published areas, in parts per million; by default, an area must round to its published figure
    #[arg(long, value_name = "PPM", value_parser = ppm, allow_hyphen_values = true)]
    area_tolerance: Option<f64>,
    #[command(flatten)]
    coverage: CoverageArgs,
    #[command(flatten)]
    fix: FixArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<FindingsFormat>,
}

fn ppm(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::PartsPerMillion)
}

pub(super) fn run(args: CheckArgs, ui: &Ui) -> Result<Outcome> {
    let format = args.findings_format()?;
    let files = read_files(&args, ui)?;
    if args.fix.is_given() {
        let [file @ CheckedFile { path: Some(_), .. }] = files.as_slice() else {
            return Err(Error::new(ErrorKind::OneFileOnly { option: "--fix" }));
        };
        return args.fix(file, format, ui);
    }
    let findings = args.check(&files, ui)?;
    // What takes long comes first, so that all files get their names at once.
    let report = args.write_report(&files, &findings, ui)?;
    if report.is_none() || args.output.output.is_some() {
        args.write(format, &files, &findings, ui)?;
    }
    if let Some(report) = report {
        args.report.commit(report, ui)?;
    }
    Ok(if findings.has_problems() { Outcome::Findings } else { Outcome::Done })
}

impl CheckArgs {
    /// The findings about each file, and about the features of all as one coverage.
    fn check(&self, files: &[CheckedFile], ui: &Ui) -> Result<Findings> {
        let mut findings = Findings::default();
        for (index, file) in files.iter().enumerate() {
            let found = check(&file.outline, self.area_tolerance);
            let found = found.into_iter().filter(|finding| !(self.coverage.is_given() && replaces(file, finding)));
            findings.extend(index, found.map(|finding| file.prefixed(finding)));
        }
        if self.coverage.is_given() {
            let summary = self.coverage.check(files, &mut findings, ui)?;
            ui.info(&summary);
            findings.summary = Some(summary);
        }
        Ok(findings)
    }

    /// What was checked of all files: of a layer less than of a plan.
    fn scope(&self, files: &[CheckedFile]) -> Scope {
        let scopes = files.iter().map(|file| match Scope::of(&file.outline) {
            Scope::Layer { .. } if self.coverage.is_given() => Scope::Coverage,
            scope => scope,
        });
        scopes.max().unwrap_or(Scope::Plan)
    }
}

/// Whether the check of a coverage takes the place of a finding: it has the overlaps of a partition, and features of a
/// layer have numbers where they have no ids.
fn replaces(file: &CheckedFile, finding: &Finding) -> bool {
    match finding.problem {
        Problem::Plan(PlanProblem::Overlap { .. }) => true,
        Problem::Plan(PlanProblem::MissingId { .. }) => !file.outline.has_levels(),
        _ => false,
    }
}
