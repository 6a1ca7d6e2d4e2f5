//! `corridor check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs, report_notes};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, write_text};
use crate::crs::Crs;
use crate::error::Result;
use crate::io::{InputEncoding, ReadOptions};
use crate::plan::{PLAN_GEOJSON, Severity, UncheckedPlan, check::check};
use crate::plan_io;
use crate::report::check::{geojson, records, table};

/// Check an outline: rings, ids, hierarchy, partition, published areas.
///
/// Without a file, the bundled plan is checked. The exit code is 1 where there are errors (the plan
/// cannot be used) or warnings. Codes are the same in every language.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// A plan or polygon layer, of any format that is read; - for standard input
    file: Option<PathBuf>,
    /// System of its coordinates; by default what the file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file")]
    crs: Option<Crs>,
    /// Encoding of its text, by its label: utf-8, gb18030, big5, utf-16le; by default told by the text
    #[arg(long, value_name = "ENCODING", requires = "file")]
    input_encoding: Option<InputEncoding>,
    /// System of its coordinates whatever the file declares: of a file that declares a wrong one
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file", conflicts_with = "crs")]
    override_crs: Option<Crs>,
    /// Layer of a file that has several
    #[arg(long, value_name = "NAME", requires = "file")]
    layer: Option<String>,
    /// Read it as a flat layer whose features are known by this property
    #[arg(long, value_name = "PROPERTY", requires = "file")]
    name_field: Option<String>,
    /// How far an area may be off its published figure, in parts per million; by default, what rounds to the figure
    #[arg(long, value_name = "PPM", value_parser = ppm, allow_hyphen_values = true)]
    area_tolerance: Option<f64>,
    #[command(flatten)]
    output: OutputArgs,
    /// Format of the output; by default that of the file's ending, else text
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

fn ppm(text: &str) -> Result<f64, String> {
    args::amount(text, "a number of parts per million")
}

pub(super) fn run(args: CheckArgs, talk: &Ui) -> Result<Outcome> {
    let outline = match &args.file {
        None => UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?,
        Some(path) => {
            let input = args::input(path);
            let name = input.name().to_owned();
            if let Some(crs) = &args.override_crs {
                talk.info(&talk.words().overruled_crs(&name, None, crs));
            }
            let options = ReadOptions {
                crs: args.crs.clone(),
                override_crs: args.override_crs.clone(),
                encoding: args.input_encoding,
                layer: args.layer.clone(),
                prefers_wkt: true,
                ..ReadOptions::default()
            };
            let (outline, notes) = plan_io::read_plan_with_notes(input, &options, args.name_field.as_deref())?;
            report_notes(&name, &notes, talk);
            outline
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
        FindingsFormat::Text => table(&findings, outline.has_levels(), talk.lang),
        FindingsFormat::Csv => records(&findings).to_csv(),
        FindingsFormat::Json => records(&findings).to_json(),
        FindingsFormat::Geojson => geojson(&findings),
    };
    write_text(args.output.create()?, &text)?;
    let is_sound = findings.iter().all(|finding| finding.severity == Severity::Info);
    Ok(if is_sound { Outcome::Done } else { Outcome::Findings })
}
