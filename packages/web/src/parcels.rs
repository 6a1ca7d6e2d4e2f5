//! The functions about parcels: what lies in each zone, and sums of it.

use corridor_front_end::{ParcelChoice, read_options};
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::messages::{Lang, Marked, Message};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::overlay::{KeepParcels, OverlaidParcels, OverlayColumn, OverlaySummary, ParcelSummary};
use taizhou_corridor::report;

use crate::files::{files_of, text_file};
use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::{Request, RequestFile};
use crate::table::{Table, table_reply, write_choice};
use crate::text_format::TextFormat;

/// The reply about parcels.
pub(crate) fn parcel_reply(
    files: Vec<ReplyFile>,
    (plan, lang): (&Plan, Lang),
    (file, found): (&str, &OverlaySummary),
    mut messages: Vec<Message>,
) -> Replied {
    let texts = lang.texts();
    messages.extend(texts.of_changes(file, found));
    let summary = report::summary::overlay(plan, found);
    table_reply(files, &summary, texts.overlay_summary(file, found), &messages, lang.notice_of(plan))
}

pub(crate) fn overlay(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang) = (request.file()?, request.lang);
    let read = ReadOptions { prefers_wkt: true, ..read_options(&mut request.options)? };
    let choice = ParcelChoice::take(&mut request.options)?;
    if choice.parcel_columns.class.is_some() {
        return sums(file, read, choice, &mut request, plan);
    }
    let write = write_choice(&mut request.options)?;
    request.options.finish()?;

    let table = Table::open(file, &read, lang)?;
    let overlayer = choice.overlayer(plan, &table.rows.crs(), choice.parcel_columns.of(&table.rows)?.stated);
    let is_marked = [OverlayColumn::Relation, OverlayColumn::Reason].iter().all(|it| choice.columns.contains(it));
    let marked = if is_marked { Marked::Column("relation") } else { Marked::No };
    let texts = lang.texts();
    let done = table.run(&overlayer, write)?.finish(|file, bad, rows| texts.invalid_rows(file, bad, rows, marked))?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary);
    Ok(parcel_reply(files_of(done.memory)?, (plan, lang), (rows.file(), found), done.messages))
}

/// The areas of classes of parcels in each zone.
fn sums(
    file: RequestFile,
    read: ReadOptions,
    choice: ParcelChoice,
    request: &mut Request,
    plan: &Plan,
) -> Result<Replied, Problem> {
    let lang = request.lang;
    let format = TextFormat::take(&mut request.options, &[TextFormat::Text, TextFormat::Csv, TextFormat::Json])?;
    let output = request.options.text("output")?;
    let is_strict = request.options.flag("strict")?;
    request.options.finish()?;

    let table = Table::open(file, &read, lang)?;
    let name = output.unwrap_or_else(|| table.output_name(format.ending()));
    let summary_options = choice.parcel_columns.of(&table.rows)?;
    let overlayer = choice.overlayer(plan, &table.rows.crs(), summary_options.stated);
    let mut parcels = ParcelSummary::new(overlayer.overlayer(), summary_options);
    let query = KeepParcels(&overlayer);
    let take = |found: &mut OverlaidParcels| {
        found.batches.drain(..).for_each(|(batch, of_batch)| parcels.add(&batch, &of_batch));
        Ok(())
    };
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    let done = table.count(&query, is_strict, take)?.finish(invalid)?;
    let (twice, field) =
        (parcels.counted_twice(overlayer.overlayer()), choice.parcel_columns.class.unwrap_or_default());
    let text = match format {
        TextFormat::Text => report::sums::table(parcels.sums(), &twice, &field, lang),
        TextFormat::Csv => report::sums::records(parcels.sums(), &twice).to_csv(),
        TextFormat::Json | TextFormat::GeoJson => report::sums::records(parcels.sums(), &twice).to_json(),
    };
    let (rows, found) = (&done.finished.rows, &done.finished.summary.counts);
    Ok(parcel_reply(text_file(name, &text)?, (plan, lang), (rows.file(), found), done.messages))
}
