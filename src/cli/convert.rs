//! `corridor convert`

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::boundary_args::{BoundaryArgs, BoundaryTable};
use crate::cli::table_args::OutputFormat;
use crate::cli::table_command::{self, TableArgs};
use crate::cli::ui::Ui;
use crate::error::Result;
use crate::io::Format;
use crate::query::convert::Conversion;

/// Convert a table to another format or coordinate system.
///
/// Attributes are kept: leading zeros of codes, all digits of long ids, dates and Chinese text. Anything a format
/// cannot represent is reported. Coordinates that stay in their system keep every digit.
///
/// A row whose geometry cannot be read, or is outside the area of its coordinate system, is kept without geometry
/// and counted; the exit code is then 1. --mark adds a column with the reason.
#[derive(Args)]
#[command(group(ArgGroup::new("labelled").args(["boundary_points"])))]
pub(super) struct ConvertArgs {
    /// The file to convert; - for standard input
    input: PathBuf,
    #[command(flatten)]
    table: TableArgs,
    /// Add a column `reason`: what is wrong with the row, empty if nothing
    #[arg(long)]
    mark: bool,
    #[command(flatten)]
    boundary: BoundaryArgs,
}

pub(super) fn run(args: ConvertArgs, ui: &Ui) -> Result<Outcome> {
    let table = &args.table;
    let mut open = table.open(args::input(&args.input), ui)?;
    if table.output_format()?.is_none() {
        let format = open.rows.format();
        open.format = OutputFormat::Table(if format.is_written() { format } else { Format::CSV });
    }
    let query = if args.mark { Conversion::new().with_reason_text(open.reason_text()) } else { Conversion::new() };
    let format = open.format;
    let write = &table.write;
    let mut boundaries = args.boundary.table(&open.rows, write.to_crs.as_ref(), &write.output, &[], ui)?;
    let answered = open.run_with_boundaries(&query, boundaries.as_mut(), false, true, |_, _| Ok(()))?;
    let boundaries = boundaries.map(BoundaryTable::finish).transpose()?;
    let finished = answered.finish()?;
    if let Some(boundaries) = boundaries {
        boundaries.commit()?;
    }
    let converted = &finished.summary;
    let invalid = |file: &str, invalid, rows| ui.texts().without_geometry(file, invalid, rows, args.mark);
    table_command::report(&finished, &table.write, invalid, ui);
    let crs = finished.written.as_ref().map_or_else(|| finished.rows.crs(), |written| written.options.written_crs());
    let sentence = ui.texts().converted(&table.write.name(), converted, format.name(), &crs);
    ui.result(&sentence, table.write.output.file().is_some());
    Ok(table_command::outcome(converted))
}
