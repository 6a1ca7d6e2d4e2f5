//! Answers to “which zone holds this site?”, for people.

use std::borrow::Cow;

use geo::Coord;

use crate::error::Result;
use crate::geometry::position::Position;
use crate::io::{Output, RowWriter};
use crate::plan::{Plan, ZoneNumber};
use crate::query::locate::Answer;
use crate::report::lang::Lang;
use crate::report::text::{Align, TextTable, one_line};
use crate::table::{Answers, Batch, Schema, Value};
use crate::units::Metres;

/// The answer for one site, a line a fact.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::Locator;
/// use taizhou_corridor::report::{lang::Lang, locate::card};
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let (station, uncertainty) = (coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
/// let answer = Locator::new(&plan).locate(station, uncertainty);
/// let card = card(&plan, station, uncertainty, &answer, Lang::Zh);
/// assert!(card.contains("台州湾科创走廊 → 中央创新核 → 高铁新区\n"));
/// ```
pub fn card(plan: &Plan, site: Coord<f64>, uncertainty: Metres, answer: &Answer, lang: Lang) -> String {
    let words = lang.words();
    let name = |number: ZoneNumber| {
        let zone = &plan.zones()[number];
        format!("{} [{}]", one_line(lang.name_of(zone)), one_line(&zone.id))
    };
    let mut lines = vec![(words.position, words.of_value(answer.position.as_str()).to_owned())];
    lines.extend(answer.zone.map(|number| (words.zone, name(number))));
    lines.extend(answer.cluster.map(|number| (words.cluster, name(number))));
    if let Some(finest) = answer.finest.filter(|_| !plan.is_layer()) {
        let path: Vec<String> =
            plan.path(finest).into_iter().map(|n| one_line(lang.name_of(&plan.zones()[n]))).collect();
        lines.push((words.path, path.join(" → ")));
    }
    if !answer.boundary_of.is_empty() {
        let names: Vec<String> = answer.boundary_of.iter().map(|&number| name(number)).collect();
        lines.push((words.boundary_of, names.join(", ")));
    }
    let measured = answer.nearest_zone.or(answer.finest);
    if let (Some(number), Some(distance)) = (measured, answer.distance_to_boundary) {
        let zone = &plan.zones()[number];
        let is_outside = answer.position == Position::Outside;
        lines.push((words.distance, words.distance_to(distance.0, &one_line(lang.name_of(zone)), is_outside)));
        if answer.certainty.is_some() {
            let doubt = answer.doubt.map(|number| {
                let zone = &plan.zones()[number];
                (one_line(lang.name_of(zone)), zone.accuracy.map_or(0.0, |accuracy| accuracy.0))
            });
            lines.push((words.certainty, words.certainty_reason(doubt, uncertainty.0)));
        }
    }
    use unicode_width::UnicodeWidthStr;
    let width = lines.iter().map(|(title, _)| title.width()).max().unwrap_or(0);
    let mut text = format!("{}, {}\n", shown_deg(site.x), shown_deg(site.y));
    for (title, value) in lines {
        let space = " ".repeat(width - title.width());
        text.push_str(&format!("  {title}{space}  {value}\n"));
    }
    text
}

/// A longitude or latitude for people: to 9 decimals, a tenth of a millimetre, and no further than it
/// has digits.
fn shown_deg(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// Writes rows as a table for people. It holds all of them until the end, to align the columns.
///
/// ```
/// use taizhou_corridor::io::{self, Input, Output, ReadOptions, RowWriter};
/// use taizhou_corridor::report::{lang::Lang, locate::TextWriter};
/// use taizhou_corridor::table::{Answers, Value};
///
/// let mut rows = io::open(Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n"), &ReadOptions::default())?;
/// let batch = rows.next_batch()?.unwrap();
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("answers.txt");
/// let added = ["position", "zone"].map(str::to_owned);
/// let mut writer = TextWriter::new(Output::create(&path, false)?, rows.schema(), &added, Lang::Zh);
/// let mut answers = Answers::new(2);
/// answers.push(0, [Value::text(Some("inside")), Value::text(Some("core"))]);
/// writer.write(&batch, &answers)?;
/// Box::new(writer).finish()?;
/// assert!(std::fs::read_to_string(&path).unwrap().ends_with("121.4  28.65  内部  core\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct TextWriter {
    output: Output,
    schema: Schema,
    lang: Lang,
    table: TextTable,
}

impl TextWriter {
    /// A table with the columns of the input and those of the answers.
    ///
    /// ```
    /// use taizhou_corridor::io::{Output, RowWriter};
    /// use taizhou_corridor::report::{lang::Lang, locate::TextWriter};
    /// use taizhou_corridor::table::Schema;
    ///
    /// // The columns of the answers are headed by words, those of the input as they are.
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.txt");
    /// let schema = Schema { columns: vec!["code".to_owned()], ..Schema::default() };
    /// let writer = TextWriter::new(Output::create(&path, false)?, &schema, &["nearest_zone".to_owned()], Lang::En);
    /// Box::new(writer).finish()?;
    /// assert!(std::fs::read_to_string(&path).unwrap().starts_with("code  Nearest zone\n"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(output: Output, schema: &Schema, added: &[String], lang: Lang) -> TextWriter {
        let words = lang.words();
        let own = schema.flat_columns().into_iter().map(|name| (name, Align::Left));
        let ours = added.iter().map(|name| {
            let align = if name.ends_with("_m") { Align::Right } else { Align::Left };
            (words.heading(name).to_owned(), align)
        });
        let table = TextTable::new(own.chain(ours));
        TextWriter { output, schema: schema.clone(), lang, table }
    }
}

impl RowWriter for TextWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        let words = self.lang.words();
        for (number, values) in answers.iter() {
            let own = self.schema.flat_row(batch, number).into_iter().map(Cow::into_owned);
            let ours = values.iter().map(|value| match value {
                Value::Text(text) => words.of_value(text).to_owned(),
                other => other.to_string(),
            });
            self.table.push(own.chain(ours));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.output.text(&self.table.render())?;
        self.output.commit()
    }
}
