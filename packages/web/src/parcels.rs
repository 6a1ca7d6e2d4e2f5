//! The functions about parcels: what lies in each zone, and sums of it.

use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::messages::{Lang, Marked, Message};
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::overlay::{
    KeepParcels, OverlaidParcels, OverlayColumn, OverlaySummary, Overlayer, ParcelSummary, RowOverlayer,
};
use taizhou_corridor::report;
use taizhou_corridor::run::ParcelColumns;
use taizhou_corridor::units::{AreaUnit, Metres, SquareMetres};

use crate::files::{files_of, text_file};
use crate::options::{Options, TextFormat};
use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::{Request, RequestFile};
use crate::table::{Table, read_options, table_reply, write_choice};

/// The options about how parcels are overlaid, and which of their columns have a meaning.
pub(crate) struct ParcelChoice {
    pub(crate) read: ReadOptions,
    level: Level,
    columns: Vec<OverlayColumn>,
    is_wide: bool,
    as_pieces: bool,
    is_repaired: bool,
    min_area: SquareMetres,
    min_share: f64,
    sliver_width: Option<Metres>,
    pub(crate) parcel_columns: ParcelColumns,
}

impl ParcelChoice {
    pub(crate) fn take(options: &mut Options) -> Result<ParcelChoice, Problem> {
        const UNITS: [(&str, AreaUnit); 4] = [
            ("m2", AreaUnit::SquareMetres),
            ("ha", AreaUnit::Hectares),
            ("mu", AreaUnit::Mu),
            ("km2", AreaUnit::SquareKilometres),
        ];
        let usual = ParcelColumns::default();
        Ok(ParcelChoice {
            read: ReadOptions { prefers_wkt: true, ..read_options(options)? },
            level: options.level("level")?.unwrap_or(Level::Zone),
            columns: options.some_of("columns", &OverlayColumn::ALL, OverlayColumn::as_str)?,
            is_wide: options.flag("wide")?,
            as_pieces: options.flag("pieces")?,
            is_repaired: options.flag("repair")?,
            min_area: SquareMetres(options.amount("minArea")?.unwrap_or_default()),
            min_share: options.amount("minShare")?.unwrap_or_default(),
            sliver_width: options.amount("sliverWidth")?.map(Metres),
            parcel_columns: ParcelColumns {
                label: options.text("label")?,
                class: options.text("sumBy")?,
                stated_area: options.text("statedArea")?,
                stated_unit: options.one_of("statedUnit", &UNITS, |(name, _)| name)?.map(|(_, unit)| unit),
                tolerance_ppm: options.amount("areaTolerance")?.unwrap_or(usual.tolerance_ppm),
            },
        })
    }

    /// The columns of the answer.
    fn columns(&self) -> Vec<OverlayColumn> {
        match self.columns.as_slice() {
            [] => OverlayColumn::of_answer(self.is_wide, self.parcel_columns.stated_area.is_some()),
            chosen => chosen.to_vec(),
        }
    }

    pub(crate) fn overlayer<'p>(&self, plan: &'p Plan, stated: Option<(usize, AreaUnit)>) -> RowOverlayer<'p> {
        let mut overlayer = RowOverlayer::new(Overlayer::new(plan).at_level(self.level), &self.columns())
            .without_slivers(self.min_area, self.min_share);
        if self.is_wide {
            overlayer = overlayer.wide();
        }
        if self.as_pieces {
            overlayer = overlayer.as_pieces();
        }
        if let Some(width) = self.sliver_width {
            overlayer = overlayer.with_sliver_width(width);
        }
        if self.is_repaired {
            overlayer = overlayer.repairing();
        }
        match stated {
            Some((column, unit)) => overlayer.with_stated_area(column, unit),
            None => overlayer,
        }
    }
}

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
    let choice = ParcelChoice::take(&mut request.options)?;
    if choice.parcel_columns.class.is_some() {
        return sums(file, choice, &mut request, plan);
    }
    let write = write_choice(&mut request.options)?;
    request.options.finish()?;

    let table = Table::open(file, &choice.read, lang)?;
    let columns = choice.columns();
    let overlayer = choice.overlayer(plan, choice.parcel_columns.of(&table.rows)?.stated);
    let is_marked = [OverlayColumn::Relation, OverlayColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("relation") } else { Marked::No };
    let texts = lang.texts();
    let done = table.run(&overlayer, write)?.finish(|file, bad, rows| texts.invalid_rows(file, bad, rows, marked))?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary);
    Ok(parcel_reply(files_of(done.memory)?, (plan, lang), (rows.file(), found), done.messages))
}

/// The areas of classes of parcels in each zone.
fn sums(file: RequestFile, choice: ParcelChoice, request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    let lang = request.lang;
    let format = TextFormat::take(&mut request.options, &[TextFormat::Text, TextFormat::Csv, TextFormat::Json])?;
    let output = request.options.text("output")?;
    let is_strict = request.options.flag("strict")?;
    request.options.finish()?;

    let table = Table::open(file, &choice.read, lang)?;
    let name = output.unwrap_or_else(|| table.output_name(format.ending()));
    let summary_options = choice.parcel_columns.of(&table.rows)?;
    let overlayer = choice.overlayer(plan, summary_options.stated);
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
