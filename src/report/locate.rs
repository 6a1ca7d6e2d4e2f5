//! Answers of `locate` for people.

use std::borrow::Cow;

use geo::Coord;

use crate::error::Result;
use crate::geometry::position::PointLocation;
use crate::io::{FlatTable, Loss, Output, RowWriter};
use crate::messages::Lang;
use crate::messages::base_name;
use crate::messages::text::one_line;
use crate::plan::{FeatureId, Plan};
use crate::query::locate::Answer;
use crate::report::text::{Align, TextTable};
use crate::table::{AnswerTable, Batch};
use crate::units::Metres;

/// The answer for one site, a line per fact. The site is in the plane of the plan.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::Locator;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::locate::card;
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let (station, uncertainty) = (coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
/// let answer = Locator::new(&plan).locate(station, uncertainty);
/// let card = card(&plan, station, uncertainty, &answer, Lang::Zh);
/// assert!(card.contains("台州湾科创走廊 → 中央创新核 → 高铁新区\n"));
/// ```
pub fn card(plan: &Plan, site: Coord<f64>, uncertainty: Metres, answer: &Answer, lang: Lang) -> String {
    let texts = lang.texts();
    let name = |id: FeatureId| {
        let zone = &plan[id];
        format!("{} [{}]", one_line(lang.name_of(zone)), one_line(&zone.id))
    };
    let mut lines = vec![(texts.position, texts.value_name(answer.position.as_str()).to_owned())];
    lines.extend(answer.zone.map(|id| (texts.zone, name(id))));
    lines.extend(answer.cluster.map(|id| (texts.cluster, name(id))));
    if let Some(most_specific) = answer.most_specific.filter(|_| !plan.is_flat()) {
        let path: Vec<String> =
            plan.path(most_specific).into_iter().map(|n| one_line(lang.name_of(&plan[n]))).collect();
        lines.push((texts.path, path.join(" → ")));
    }
    if !answer.boundary_of.is_empty() {
        let names: Vec<String> = answer.boundary_of.iter().map(|&id| name(id)).collect();
        lines.push((texts.boundary_of, names.join(", ")));
    }
    let measured = answer.nearest_zone.or(answer.most_specific);
    if let (Some(id), Some(distance)) = (measured, answer.distance_to_boundary) {
        let zone = &plan[id];
        let is_outside = answer.position == PointLocation::Outside;
        lines.push((texts.distance, texts.distance_to(distance.0, &one_line(lang.name_of(zone)), is_outside)));
        if answer.certainty.is_none() {
            lines.push((texts.certainty, texts.not_assessed_reason().to_owned()));
        } else {
            let because_of = answer.uncertain_because_of.map(|id| {
                let zone = &plan[id];
                (one_line(lang.name_of(zone)), zone.accuracy.map_or(0.0, |accuracy| accuracy.0))
            });
            lines.push((texts.certainty, texts.certainty_reason(because_of, uncertainty.0)));
        }
    }
    use unicode_width::UnicodeWidthStr;
    let width = lines.iter().map(|(title, _)| title.width()).max().unwrap_or(0);
    let position = plan.plane().position(site);
    let mut text = format!("{}, {}\n", shown_deg(position.x), shown_deg(position.y));
    for (title, value) in lines {
        let space = " ".repeat(width - title.width());
        text.push_str(&format!("  {title}{space}  {value}\n"));
    }
    text
}

/// A longitude or latitude for people, rounded to 9 decimals, a tenth of a millimetre.
fn shown_deg(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// Writes rows as a table for people. It keeps all rows in memory until the end, to align the columns.
///
/// ```
/// use taizhou_corridor::io::{self, FlatTable, Format, Input, Output, ReadOptions, RowWriter, WriteOptions};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::locate::TextWriter;
/// use taizhou_corridor::table::{AnswerTable, Field, Kind, Value};
///
/// let mut rows = io::open(Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n"), &ReadOptions::default())?;
/// let batch = rows.next_batch()?.unwrap();
/// let added = ["position", "nearest_zone"].map(|name| Field::new(name, Kind::Text));
/// let flat = FlatTable::new(rows.schema(), &added, &WriteOptions::new(Format::CSV));
/// let (output, written) = Output::memory("-");
/// let mut writer = TextWriter::new(output, flat, Lang::Zh);
/// let mut answers = AnswerTable::new(2);
/// answers.push(0, [Value::text(Some("inside")), Value::text(Some("core"))]);
/// writer.write(&batch, &answers)?;
/// Box::new(writer).finish()?;
/// // Columns of answers have translated headings, those of the input keep theirs.
/// let text = String::from_utf8(written.into_bytes()).unwrap();
/// assert!(text.starts_with("lon    lat    位置"));
/// assert!(text.ends_with("121.4  28.65  内部  core\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct TextWriter {
    output: Output,
    flat: FlatTable,
    lang: Lang,
    table: TextTable,
    /// The index of the column `certainty` among those of the answer.
    certainty: Option<usize>,
    /// The index of the column that tells whether a row is valid.
    outcome: Option<usize>,
}

impl TextWriter {
    /// A table of these columns.
    pub fn new(output: Output, flat: FlatTable, lang: Lang) -> TextWriter {
        let texts = lang.texts();
        let own = flat.fields().len() - flat.added();
        let headings = flat.names().into_iter().enumerate().map(|(position, name)| match position {
            position if position < own => (name, Align::Left),
            _ => {
                let usual = base_name(&name);
                let is_number = ["_m", "_m2", "_deg"].iter().any(|unit| usual.ends_with(unit))
                    || usual == "share"
                    || usual.ends_with("_share");
                (texts.answer_heading(&name), if is_number { Align::Right } else { Align::Left })
            }
        });
        let table = TextTable::new(headings);
        let names = flat.names().split_off(own);
        let position = |sought: &[&str]| names.iter().position(|name| sought.contains(&base_name(name)));
        let certainty = position(&["certainty"]);
        let outcome = position(&["position", "relation"]);
        TextWriter { output, flat, lang, table, certainty, outcome }
    }
}

impl RowWriter for TextWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let texts = self.lang.texts();
        let own = self.flat.fields().len() - self.flat.added();
        for (row_index, values) in answers.iter() {
            let mut cells = self.flat.row(batch, row_index, values);
            let is_answered = match self.outcome {
                Some(outcome) => !matches!(cells[own + outcome].as_ref(), "invalid" | ""),
                None => batch.shape(row_index).is_ok(),
            };
            if let Some(certainty) = self.certainty
                && cells[own + certainty].is_empty()
                && is_answered
            {
                cells[own + certainty] = Cow::Borrowed("not assessed");
            }
            let cells = cells.into_iter().enumerate();
            let shown = |(position, text): (usize, Cow<'_, str>)| match position {
                position if position < own => text.into_owned(),
                _ => texts.value_name(&text).to_owned(),
            };
            self.table.push(cells.map(shown));
        }
        Ok(())
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        self.flat.keeps_text()
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        self.output.text(&self.table.render())?;
        self.output.commit()?;
        Ok(vec![])
    }
}
