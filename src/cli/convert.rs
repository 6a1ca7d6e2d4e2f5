//! `corridor convert`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::pipeline;
use crate::cli::progress::Progress;
use crate::cli::run_query::stop_at_first;
use crate::cli::table_args::{
    CarryArgs, FormatArg, ReadArgs, WriteArgs, added_fields, report_invalid, report_read, report_written,
};
use crate::cli::ui::Ui;
use crate::error::{InvalidRows, Result, RowProblem};
use crate::io::{self, Block, BlockReader, EncodedRows, Format, Rows, WriteOptions, Writer};
use crate::query::reason::reason;
use crate::table::{AnswerTable, Batch, Field, Kind, Value};

/// Convert a table to another format or coordinate system.
///
/// Attributes are kept: leading zeros of codes, all digits of long ids, dates and Chinese text. Anything a format
/// cannot represent is reported. Coordinates that stay in their system keep every digit.
///
/// A row whose geometry cannot be read, or is outside the area of its coordinate system, is kept without geometry
/// and counted; the exit code is then 1. --mark adds a column with the reason.
#[derive(Args)]
pub(super) struct ConvertArgs {
    /// The file to convert; - for standard input
    input: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    carry: CarryArgs,
    #[command(flatten)]
    write: WriteArgs,
    /// Output format; by default from the file extension, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Add a column `reason`: what is wrong with the row, empty if nothing
    #[arg(long)]
    mark: bool,
    /// Stop at the first row without a usable geometry
    #[arg(long)]
    strict: bool,
}

/// Rows by what became of them.
#[derive(Default)]
struct Counts {
    rows: u64,
    /// Rows that came without a geometry.
    bare: u64,
    invalid: InvalidRows,
}

pub(super) fn run(args: ConvertArgs, ui: &Ui) -> Result<Outcome> {
    let format = match (args.format, args.write.output.file()) {
        (Some(FormatArg(format)), _) => Some(format),
        (None, Some(path)) => Some(Format::of_path(path)?),
        (None, None) => None,
    };
    let mut rows = args.read.open(args::input(&args.input), ui)?;
    let format = format.unwrap_or(if args.write.excel { Format::CSV } else { rows.format() });
    let mut options = args.write.options(format, rows.crs())?;
    if options.written_crs() == rows.crs() {
        options = WriteOptions { is_in_source_crs: true, ..options };
        rows = rows.in_source_crs();
    }
    let schema = args.carry.schema(&rows)?;
    let mark = args.mark.then(|| Field::new("reason", Kind::Text));
    let marks: Vec<Field> = added_fields(mark.into_iter(), &schema, ui);
    let mut writer = io::create(args.write.create()?, &schema, &marks, &options)?;
    let progress = Progress::of(&rows, args.write.output.file().is_none(), ui);
    let counts = write_all(&mut rows, progress, &mut writer, &args)?;
    let losses = writer.finish()?;
    report_read(&rows, ui);
    let file = args.write.name();
    report_written(&losses, &options, &file, ui);
    let texts = ui.texts();
    report_invalid(&counts.invalid, rows.file(), ui);
    if counts.invalid.count > 0 {
        ui.info(&texts.without_geometry(rows.file(), counts.invalid.count, counts.rows, args.mark));
    }
    let summary = texts.converted(&file, counts.rows, counts.bare, format.as_str(), &options.written_crs());
    if args.write.output.file().is_some() {
        ui.info(&summary);
    } else {
        ui.verbose(&summary);
    }
    Ok(if counts.invalid.count > 0 { Outcome::Findings } else { Outcome::Done })
}

/// What is written of a block.
enum Ready {
    Rendered(Counts, EncodedRows),
    Rows(Batch),
}

/// Writes all rows, made ready by all cores.
fn write_all(rows: &mut Rows, progress: Progress, writer: &mut Writer, args: &ConvertArgs) -> Result<Counts> {
    let file = rows.file().to_owned();
    let answers = |batch: &Batch| if args.mark { reasons(batch) } else { AnswerTable::none(batch) };
    let rendering = writer.encoder_factory();
    let worker = || {
        let (mut reader, mut renderer) = (BlockReader::default(), None);
        let (rendering, answers) = (&rendering, &answers);
        move |block: Block| -> Result<Option<Ready>> {
            let Some(mut batch) = reader.read(block)? else { return Ok(None) };
            let Some(rendering) = rendering else { return Ok(Some(Ready::Rows(batch))) };
            let renderer = match &mut renderer {
                Some(renderer) => renderer,
                none => none.insert(rendering.encoder()?),
            };
            renderer.reproject(&mut batch);
            let rendered = renderer.encode_reprojected(&batch, &answers(&batch));
            Ok(Some(Ready::Rendered(counted(&batch), rendered)))
        }
    };
    let mut counts = Counts::default();
    let mut count = |found: Counts| {
        counts.append(found);
        stop_at_first(&counts.invalid, args.strict)
    };
    let next_block = || {
        progress.read(rows);
        rows.next_block()
    };
    let written = pipeline::run(pipeline::threads(), next_block, worker, |ready| {
        let row_count = match ready? {
            None => 0,
            Some(Ready::Rendered(found, rendered)) => {
                let row_count = found.rows;
                count(found)?;
                writer.write_encoded(rendered)?;
                row_count
            }
            Some(Ready::Rows(mut batch)) => {
                writer.reproject(&mut batch);
                count(counted(&batch))?;
                writer.write_reprojected(&batch, &answers(&batch))?;
                batch.len() as u64
            }
        };
        progress.done(row_count as usize);
        Ok(())
    });
    written.map_err(|error| error.in_file(file))?;
    progress.end();
    Ok(counts)
}

impl Counts {
    /// Adds what was counted of the rows behind.
    fn append(&mut self, behind: Counts) {
        self.rows += behind.rows;
        self.bare += behind.bare;
        self.invalid.append(behind.invalid);
    }
}

/// What is wrong with a row; a row may well have no geometry.
fn problem_of(batch: &Batch, number: usize) -> Option<&RowProblem> {
    batch.shape(number).err().filter(|problem| !matches!(problem, RowProblem::NullGeometry))
}

fn counted(batch: &Batch) -> Counts {
    let mut counts = Counts { rows: batch.len() as u64, ..Counts::default() };
    for (number, row) in (0..batch.len()).zip(batch.first_row()..) {
        counts.bare += u64::from(matches!(batch.shape(number), Err(RowProblem::NullGeometry)));
        if let Some(problem) = problem_of(batch, number) {
            counts.invalid.add(row, problem);
        }
    }
    counts
}

/// Why each row is without a geometry, for those that should have one.
fn reasons(batch: &Batch) -> AnswerTable<'static> {
    let mut answers = AnswerTable::new(1);
    for number in 0..batch.len() {
        let text = problem_of(batch, number).map(|problem| reason(problem, false));
        answers.push(number, [Value::text(text)]);
    }
    answers
}
