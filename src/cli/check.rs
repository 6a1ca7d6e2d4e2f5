//! `corridor check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs};
use crate::cli::datum_shift::datum_shift;
use crate::cli::outline_args::OutlineArgs;
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, write_text};
use crate::crs::{Crs, DatumShift};
use crate::error::Result;
use crate::io::{InputEncoding, ReadOptions};
use crate::plan::{PLAN_GEOJSON, Severity, UncheckedPlan, check::check};
use crate::plan_io;
use crate::report::check::{geojson, records, table};

/// Validate an outline: rings, ids, hierarchy, partition, published areas.
///
/// Without a file, the bundled plan is validated. The exit code is 1 if there are errors (the plan
/// cannot be used) or warnings. Codes are the same in every language.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// A plan or polygon layer, in any supported format; - for standard input
    file: Option<PathBuf>,
    /// Coordinate system of the file; by default what it declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file")]
    crs: Option<Crs>,
    /// Text encoding of the file (WHATWG label): utf-8, gb18030, big5, utf-16le; by default detected
    #[arg(long, value_name = "ENCODING", value_parser = args::input_encoding, requires = "file")]
    input_encoding: Option<InputEncoding>,
    /// Coordinate system of the file, overriding what it declares: for files with a wrong declaration
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file", conflicts_with = "crs")]
    override_crs: Option<Crs>,
    /// Your own 4 or 7 parameters from Beijing 54, Xi'an 80 or a local system to CGCS2000, in a TOML file
    #[arg(long, value_name = "FILE", value_parser = datum_shift, requires = "file")]
    datum_shift: Option<DatumShift>,
    /// Layer of a file with several layers
    #[arg(long, value_name = "NAME", requires = "file")]
    layer: Option<String>,
    /// Read it as a flat polygon layer, its features identified by this property
    #[arg(long, value_name = "PROPERTY", requires = "file")]
    name_field: Option<String>,
    #[command(flatten)]
    outline: OutlineArgs,
    /// Tolerance for published areas, in parts per million; by default, an area must round to its published figure
    #[arg(long, value_name = "PPM", value_parser = ppm, allow_hyphen_values = true)]
    area_tolerance: Option<f64>,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<FindingsFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FindingsFormat {
    Text,
    Csv,
    Json,
    Geojson,
}

fn ppm(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::PartsPerMillion)
}

pub(super) fn run(args: CheckArgs, ui: &Ui) -> Result<Outcome> {
    let outline = match &args.file {
        None => UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?,
        Some(path) => {
            let input = args::input(path);
            let name = input.name().to_owned();
            if let Some(crs) = &args.override_crs {
                ui.info(&ui.texts().overridden_crs(&name, None, crs));
            }
            if let Some(shift) = &args.datum_shift {
                ui.verbose(&ui.texts().shifted_by(&name, shift));
            }
            let options = ReadOptions {
                crs: args.crs.clone(),
                override_crs: args.override_crs.clone(),
                datum_shift: args.datum_shift.clone(),
                encoding: args.input_encoding,
                layer: args.layer.clone(),
                prefers_wkt: true,
                ..ReadOptions::default()
            };
            let outline_options = args.outline.options(args.name_field.as_deref());
            let read = plan_io::read_outline(input, &options, &outline_options)?;
            ui.report(ui.texts().of_notes(&name, &read.notes));
            read.outline
        }
    };
    let findings = check(&outline, args.area_tolerance);
    let format = match args.format {
        Some(format) => format,
        None => args.output.format(FindingsFormat::Text, |ending| match ending {
            "txt" => Some(FindingsFormat::Text),
            "csv" => Some(FindingsFormat::Csv),
            "json" => Some(FindingsFormat::Json),
            "geojson" => Some(FindingsFormat::Geojson),
            _ => None,
        })?,
    };
    let text = match format {
        FindingsFormat::Text => table(&findings, outline.has_levels(), ui.lang),
        FindingsFormat::Csv => records(&findings).to_csv(),
        FindingsFormat::Json => records(&findings).to_json(),
        FindingsFormat::Geojson => geojson(&findings),
    };
    write_text(args.output.create()?, &text)?;
    let is_valid = findings.iter().all(|finding| finding.severity == Severity::Info);
    Ok(if is_valid { Outcome::Done } else { Outcome::Findings })
}
