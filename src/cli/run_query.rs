//! The answers of a query for all rows of a table, by all cores.

use crate::cli::pipeline;
use crate::cli::progress::Progress;
use crate::crs::CoordNormalizer;
use crate::error::{InvalidRows, Result};
use crate::io::{Block, BlockReader, EncodedRows, Rows, Writer};
use crate::table::{AnswerTable, Batch};

/// What is written of a block.
enum Ready<'a> {
    Nothing,
    Rendered(EncodedRows),
    Rows(Batch, AnswerTable<'a>),
}

/// Answers all blocks on this many threads, and writes them in input order.
///
/// `answer` returns the counts of a batch and the rows to write; sites of rows left in their own system have yet to
/// be checked by the normalizer. `count` is called for each batch in input order, before it is written.
pub(super) fn answer_all<'a, C: Send>(
    threads: usize,
    rows: &mut Rows,
    progress: Progress,
    mut writer: Option<&mut Writer>,
    answer: impl Fn(Batch, Option<&CoordNormalizer>) -> (C, Option<(Batch, AnswerTable<'a>)>) + Sync,
    mut count: impl FnMut(C) -> Result<()>,
) -> Result<()> {
    let rendering = writer.as_ref().and_then(|writer| writer.encoder_factory());
    let is_in_own_system = rows.is_in_source_crs();
    let worker = || {
        let mut reader = BlockReader::default();
        let mut renderer = None;
        let (rendering, answer) = (&rendering, &answer);
        move |block: Block| -> Result<Option<(usize, C, Ready<'a>)>> {
            let read = if is_in_own_system {
                reader.read_unchecked(block)?.map(|(batch, normalizer)| (batch, Some(&*normalizer)))
            } else {
                reader.read(block)?.map(|batch| (batch, None))
            };
            let Some((batch, normalizer)) = read else { return Ok(None) };
            let row_count = batch.len();
            let (counts, answered) = answer(batch, normalizer);
            let ready = match (answered, rendering) {
                (None, _) => Ready::Nothing,
                (Some((batch, answers)), None) => Ready::Rows(batch, answers),
                (Some((batch, answers)), Some(rendering)) => {
                    let renderer = match &mut renderer {
                        Some(renderer) => renderer,
                        none => none.insert(rendering.encoder()?),
                    };
                    Ready::Rendered(renderer.encode(batch, &answers))
                }
            };
            Ok(Some((row_count, counts, ready)))
        }
    };
    let next_block = || {
        progress.read(rows);
        rows.next_block()
    };
    pipeline::run(threads, next_block, worker, |answered| {
        let Some((row_count, counts, ready)) = answered? else { return Ok(()) };
        count(counts)?;
        match (ready, &mut writer) {
            (Ready::Rendered(rendered), Some(writer)) => writer.write_encoded(rendered)?,
            (Ready::Rows(batch, answers), Some(writer)) => writer.write(batch, &answers)?,
            _ => {}
        }
        progress.done(row_count);
        Ok(())
    })?;
    progress.end();
    Ok(())
}

/// Stops at the first invalid row where that is wished (`--strict`).
pub(super) fn stop_at_first(invalid: &InvalidRows, is_strict: bool) -> Result<()> {
    match invalid.errors().next() {
        Some(error) if is_strict => Err(error),
        _ => Ok(()),
    }
}
