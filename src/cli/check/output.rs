//! The formats of findings.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::cli::check::CheckArgs;
use crate::cli::check::files::{CheckedFile, Findings};
use crate::cli::table_args::FormatArg;
use crate::cli::ui::Ui;
use crate::cli::write_text;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, Output, WriteOptions};
use crate::query::boundary_points::BoundaryPlane;
use crate::report::check::{FileFinding, github, records, sarif, table, write};

/// A form of findings: for people, as a table, or for pipelines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FindingsFormat {
    Text,
    Json,
    Table(Format),
    Sarif,
    GitHub,
}

impl ValueEnum for FindingsFormat {
    fn value_variants<'a>() -> &'a [FindingsFormat] {
        static ALL: LazyLock<Vec<FindingsFormat>> = LazyLock::new(|| {
            // Columns cannot be added to fixed fields.
            let tables = Format::WRITTEN.into_iter().filter(|format| !format.has_fixed_fields());
            let others = [FindingsFormat::Json, FindingsFormat::Sarif, FindingsFormat::GitHub];
            [FindingsFormat::Text].into_iter().chain(tables.map(FindingsFormat::Table)).chain(others).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            FindingsFormat::Text => PossibleValue::new("text").help("table for people"),
            FindingsFormat::Json => PossibleValue::new("json").help("array of objects"),
            // Its other extension is that of the array.
            FindingsFormat::Table(format) if *format == Format::GEOJSON => {
                PossibleValue::new("geojson").help(format.about())
            }
            FindingsFormat::Table(format) => return FormatArg(*format).to_possible_value(),
            FindingsFormat::Sarif => PossibleValue::new("sarif").help("SARIF 2.1.0, for code scanning"),
            FindingsFormat::GitHub => PossibleValue::new("github").help("annotations of GitHub Actions"),
        })
    }
}

impl FindingsFormat {
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl CheckArgs {
    /// The format that the options determine.
    pub(super) fn findings_format(&self) -> Result<FindingsFormat> {
        let format = match (self.format, self.output.file()) {
            // The output is the layer, in the format of its extension.
            (None, Some(_)) if self.fix.is_given() => FindingsFormat::Text,
            (Some(format), _) => format,
            (None, None) => FindingsFormat::Text,
            (None, Some(path)) => {
                let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                match ending.to_ascii_lowercase().as_str() {
                    "txt" => FindingsFormat::Text,
                    "json" => FindingsFormat::Json,
                    "sarif" => FindingsFormat::Sarif,
                    _ => FindingsFormat::Table(Format::of_path(path)?),
                }
            }
        };
        match format {
            FindingsFormat::Table(format) if format.has_fixed_fields() => {
                Err(Error::new(ErrorKind::NoAnswerColumns { format: format.to_string() }))
            }
            format => Ok(format),
        }
    }

    /// Writes the findings.
    pub(super) fn write(
        &self,
        format: FindingsFormat,
        files: &[CheckedFile],
        findings: &Findings,
        ui: &Ui,
    ) -> Result<()> {
        let output = self.output.create()?;
        let with_files = || -> Vec<FileFinding<'_>> {
            let found = findings.with_files(files);
            found.map(|(file, finding)| FileFinding { file: file.path.as_deref(), finding }).collect()
        };
        let text = match format {
            FindingsFormat::Text => table(&findings.all, self.scope(files), ui.lang),
            FindingsFormat::Table(format) if format == Format::CSV => records(&findings.all).to_csv(),
            FindingsFormat::Json => records(&findings.all).to_json(),
            FindingsFormat::Sarif => sarif(&with_files()),
            FindingsFormat::GitHub => github(&with_files()),
            FindingsFormat::Table(format) => return write_rows(format, files, findings, output, ui),
        };
        write_text(output, &text)
    }
}

/// Writes the findings as rows, in longitude and latitude where the format has them.
fn write_rows(format: Format, files: &[CheckedFile], findings: &Findings, output: Output, ui: &Ui) -> Result<()> {
    let crs = (!format.holds(&Crs::Crs84)).then(|| plane_for(files, findings)).flatten();
    let layer_field = (format == Format::DXF).then(|| "code".to_owned());
    let options = WriteOptions { crs, layer_field, ..WriteOptions::new(format) };
    let name = output.name().to_owned();
    let rows = write(output, &findings.all, &options)?;
    if rows.are_points {
        ui.info(&ui.texts().findings_as_points(&name, format.as_str()));
    }
    ui.report(ui.texts().of_written(&rows.losses, &options, &name));
    Ok(())
}

/// The system of the first file for a format without degrees, or the Gauss-Krüger zone of the first finding.
fn plane_for(files: &[CheckedFile], findings: &Findings) -> Option<Crs> {
    let own = files.first().map(|file| &file.crs).filter(|crs| !crs.is_degrees() && crs.datum_shift().is_none());
    let zone = || Some(BoundaryPlane::near(findings.all.iter().find_map(|finding| finding.at)?)?.crs().clone());
    own.cloned().or_else(zone)
}
