//! `corridor layers`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, write_text};
use crate::error::Result;
use crate::io::{self, Input, InputEncoding, ReadOptions};
use crate::report::layer_list::{records, table};

/// List the layers of a file: rows, types of geometries, coordinate system, fields.
///
/// Layers of a GeoPackage, file geodatabase or drawing, sheets of a workbook, tables in an archive; any other file is one layer.
/// Each is read to its end. A table without geometries and coordinate columns has its fields alone. The exit code is 1
/// if a layer cannot be read.
#[derive(Args)]
pub(super) struct LayersArgs {
    /// A file in any supported format
    #[arg(value_name = "FILE")]
    container: PathBuf,
    /// Text encoding of the input (WHATWG label): utf-8, gb18030, big5, utf-16le, windows-1252; by default detected
    #[arg(long, value_name = "ENCODING", value_parser = args::input_encoding)]
    input_encoding: Option<InputEncoding>,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<ListFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Text,
    Csv,
    Json,
}

pub(super) fn run(args: LayersArgs, ui: &Ui) -> Result<Outcome> {
    let options = ReadOptions { encoding: args.input_encoding, ..ReadOptions::default() };
    let layers = io::layers(|| Input::path(&args.container), &options)?;
    let format = match args.format {
        Some(format) => format,
        None => args.output.format(ListFormat::Text, |ending| match ending {
            "txt" => Some(ListFormat::Text),
            "csv" => Some(ListFormat::Csv),
            "json" => Some(ListFormat::Json),
            _ => None,
        })?,
    };
    let text = match format {
        ListFormat::Text => table(&layers, ui.lang),
        ListFormat::Csv => records(&layers).to_csv(),
        ListFormat::Json => records(&layers).to_json(),
    };
    write_text(args.output.create()?, &text)?;
    let is_read = layers.iter().all(|layer| layer.problem.is_none());
    Ok(if is_read { Outcome::Done } else { Outcome::Findings })
}
