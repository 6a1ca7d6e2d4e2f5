//! The messages of a query over a table, in the order in which they are reported.

use crate::crs::AxisOrder;
use crate::error::{Error, Hint, InvalidRows, PlanProblem, RowProblem};
use crate::io::{Loss, ReadNote, Rows, TxtDialect, WriteOptions};
use crate::messages::{self, Texts};
use crate::plan::{Problem, UncheckedPlan};
use crate::query::QuerySummary;
use crate::query::overlay::OverlaySummary;
use crate::run::{Finished, Written};
use crate::table::Field;

/// A message about a table or a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The text, in the language of the [`Texts`].
    pub text: String,
    /// Whether it is a detail: what was detected, as on most files.
    pub is_detail: bool,
}

impl Message {
    fn info(text: impl Into<String>) -> Message {
        Message { text: text.into(), is_detail: false }
    }

    fn detail(text: String) -> Message {
        Message { text, is_detail: true }
    }
}

impl Texts {
    /// The messages about a table that is open: an overridden declaration, the detected format and coordinates.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n"), &ReadOptions::default())?;
    /// let messages = Lang::En.texts().of_opened(&rows);
    /// assert!(messages[0].text.starts_with("a.csv: read as csv") && messages[0].is_detail);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_opened(&self, rows: &Rows) -> Vec<Message> {
        let overridden = rows
            .overridden_crs()
            .map(|declared| Message::info(self.overridden_crs(rows.file(), Some(declared), &rows.crs())));
        let reads = self.reads(rows.file(), rows.format().as_str(), rows.coordinate_columns(), &rows.crs());
        let header =
            rows.header_rows().filter(|rows| *rows.end() > 1).map(|header| self.header_in(rows.file(), &header));
        let pair = rows.pair_column().map(|(column, order)| self.pairs(rows.file(), column, order));
        let crs = rows.crs();
        let shift = crs.datum_shift().map(|shift| self.shifted_by(rows.file(), shift));
        let dialect = rows.txt_dialect().filter(|dialect| *dialect != TxtDialect::Survey);
        let dialect = dialect.map(|dialect| self.of_file(rows.file(), self.txt_dialect(dialect)));
        let details = [Some(reads), dialect, shift, header, pair].into_iter().flatten().map(Message::detail);
        overridden.into_iter().chain(details).collect()
    }

    /// The messages about columns that a query adds, and whose names the table has taken.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::table::{Field, Kind};
    ///
    /// let [zone, renamed] = ["zone", "zone_2"].map(|name| Field::new(name, Kind::Text));
    /// let messages = Lang::En.texts().of_added(&[zone], &[renamed]);
    /// assert_eq!(messages[0].text, "the input already has a column `zone`: the result is written as `zone_2`");
    /// ```
    pub fn of_added(&self, fields: &[Field], added: &[Field]) -> Vec<Message> {
        let renamed = fields.iter().zip(added).filter(|(field, added)| field.name != added.name);
        renamed.map(|(field, added)| Message::info(self.renamed(&field.name, &added.name))).collect()
    }

    /// The messages of a finished run: about the table that was read, the output of this name, and the invalid rows with
    /// their sentence, which is made of the file, the number of invalid rows and that of all.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::messages::{Lang, Marked};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
    /// use taizhou_corridor::run::TableRun;
    ///
    /// let plan = Plan::bundled();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]);
    /// let rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,\n"), &ReadOptions::default())?;
    /// let finished = TableRun::new(rows, &locator).run()?.finish()?;
    /// let texts = Lang::En.texts();
    /// let sentence = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    /// let messages: Vec<String> = texts.of_run(&finished, "-", sentence).into_iter().map(|it| it.text).collect();
    /// assert_eq!(messages, ["a.csv, row 1: `lat` is empty", "a.csv: 1 of 1 row invalid (kept)"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_run<S: QuerySummary>(
        &self,
        finished: &Finished<S>,
        output: &str,
        invalid_sentence: impl FnOnce(&str, u64, u64) -> String,
    ) -> Vec<Message> {
        let Finished { summary, rows, written } = finished;
        let mut messages = self.of_read(rows);
        if let Some(Written { losses, options }) = written {
            messages.extend(self.of_written(losses, options, output));
        }
        messages.extend(self.of_invalid(summary.invalid(), rows));
        if summary.invalid().count > 0 {
            let sentence = invalid_sentence(rows.file(), summary.invalid().count, summary.rows());
            messages.push(Message::info(sentence));
        }
        messages
    }

    /// What was found out while reading.
    pub(crate) fn of_read(&self, rows: &Rows) -> Vec<Message> {
        let file = rows.file();
        let mut messages = self.of_notes(file, &rows.notes(), "--crs");
        if rows.encoding() != "UTF-8" {
            messages.push(Message::detail(self.encoding(file, rows.encoding())));
        }
        if rows.with_arcs() > 0 {
            messages.push(Message::info(self.arcs(file, rows.with_arcs())));
        }
        if rows.with_empty_members() > 0 {
            messages.push(Message::info(self.empty_members(file, rows.with_empty_members())));
        }
        if rows.spelled() > 0 {
            messages.push(Message::detail(self.spelled(file, rows.spelled())));
        }
        if rows.axis_order() == AxisOrder::NorthEast {
            messages.push(Message::detail(self.north_first(file)));
        }
        if rows.beyond_area() > 0 {
            messages.push(Message::info(self.beyond_area(file, rows.beyond_area(), &rows.crs())));
        }
        if rows.crs().is_shifted() {
            messages.push(Message::info(self.shifted(&rows.crs())));
        }
        messages
    }

    /// The notes of a reader; `crs_option` is the option that names the coordinate system of the file.
    pub fn of_notes(&self, file: &str, notes: &[ReadNote], crs_option: &str) -> Vec<Message> {
        notes.iter().map(|note| Message::info(self.read_note(file, note, crs_option))).collect()
    }

    /// What the output format cannot represent, and what its coordinates are for.
    pub(crate) fn of_written(&self, losses: &[Loss], options: &WriteOptions, file: &str) -> Vec<Message> {
        let mut messages: Vec<Message> =
            losses.iter().map(|loss| Message::info(self.of_file(file, &self.loss(loss)))).collect();
        let crs = options.written_crs();
        if crs.is_shifted() && crs != options.source_crs {
            messages.push(Message::info(self.shifted(&crs)));
        }
        messages
    }

    /// The first invalid rows and the number of the others, with advice where the coordinate system is the cause.
    pub(crate) fn of_invalid(&self, invalid: &InvalidRows, rows: &Rows) -> Vec<Message> {
        let file = rows.file();
        let remarks = (invalid.remarks > 0).then(|| Message::info(self.remarks(file, invalid.remarks)));
        let mut messages: Vec<Message> = remarks.into_iter().collect();
        messages.extend(invalid.errors().map(|error| Message::info(messages::error(&error.in_file(file), self.lang))));
        let listed = invalid.first.len() as u64;
        if invalid.count > listed {
            messages.push(Message::info(self.and_more(invalid.count - listed)));
        }
        let is_of_crs = |problem: &&RowProblem| {
            use RowProblem::{LatitudeRange, LongitudeRange, OtherCrs, OtherDatum, OtherGaussKruegerZone};
            matches!(
                problem,
                LatitudeRange { .. }
                    | LongitudeRange { .. }
                    | OtherGaussKruegerZone { .. }
                    | OtherCrs { .. }
                    | OtherDatum { .. }
            )
        };
        let problem = invalid.first.iter().map(|(_, problem)| problem).find(is_of_crs);
        messages.extend(problem.and_then(|problem| self.crs_advice(problem, rows)).map(Message::info));
        messages
    }

    /// What to do about coordinates that are not those of the system, with the columns or the zone.
    fn crs_advice(&self, problem: &RowProblem, rows: &Rows) -> Option<String> {
        let hint = match problem {
            RowProblem::LatitudeRange { hint, .. } | RowProblem::LongitudeRange { hint, .. } => *hint,
            _ => Hint::None,
        };
        match (hint, hint.epsg(), rows.coordinate_columns()) {
            (Hint::Swapped, _, Some((x, y))) => Some(self.swap_columns(x, y)),
            (_, Some(code), _) => Some(self.name_zone(code)),
            _ => messages::advice(&Error::new(problem.clone()), self.lang).map(str::to_owned),
        }
    }

    /// The messages about changed parcels: repaired ones and omitted parts.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::query::overlay::OverlaySummary;
    ///
    /// let found = OverlaySummary { repaired: 1, ..OverlaySummary::default() };
    /// let messages = Lang::En.texts().of_changes("parcels.shp", &found);
    /// assert_eq!(messages[0].text, "parcels.shp: 1 parcel repaired: see column `reason`");
    /// ```
    pub fn of_changes(&self, file: &str, found: &OverlaySummary) -> Vec<Message> {
        let texts = [
            (found.with_narrow_parts > 0).then(|| self.narrow_parts(file, found.with_narrow_parts)),
            (found.slivers > 0).then(|| self.slivers(file, found.slivers, found.sliver_area)),
        ];
        let repairs = self.of_repairs(file, found.repaired, &found.invalid);
        repairs.into_iter().chain(texts.into_iter().flatten().map(Message::info)).collect()
    }

    /// The messages about parcels that were repaired, and those that could not be.
    pub(crate) fn of_repairs(&self, file: &str, repaired: u64, invalid: &InvalidRows) -> Vec<Message> {
        let texts = [
            (repaired > 0).then(|| self.repaired(file, repaired)),
            (invalid.not_repairable > 0).then(|| self.not_repairable(file, invalid.not_repairable)),
        ];
        texts.into_iter().flatten().map(Message::info).collect()
    }

    /// The messages about a plan that was read: what was changed in its geometries, and levels that are not used.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, UncheckedPlan};
    ///
    /// let outline = UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?;
    /// assert!(Lang::En.texts().of_outline("plan.geojson", &outline).is_empty());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_outline(&self, file: &str, outline: &UncheckedPlan) -> Vec<Message> {
        self.of_findings(file, outline, |problem| {
            matches!(
                problem,
                PlanProblem::Arcs { .. } | PlanProblem::EmptyMembers { .. } | PlanProblem::LevelsIgnored { .. }
            )
        })
    }

    /// The same about a layer, which has no levels.
    #[cfg(feature = "cli")]
    pub(crate) fn of_layer(&self, file: &str, outline: &UncheckedPlan) -> Vec<Message> {
        self.of_findings(file, outline, |problem| {
            matches!(problem, PlanProblem::Arcs { .. } | PlanProblem::EmptyMembers { .. })
        })
    }

    fn of_findings(&self, file: &str, outline: &UncheckedPlan, is_reported: fn(&PlanProblem) -> bool) -> Vec<Message> {
        let findings = outline.findings().iter();
        let reported =
            findings.filter(|finding| matches!(&finding.problem, Problem::Plan(problem) if is_reported(problem)));
        reported.map(|finding| Message::info(self.of_file(file, &messages::finding(finding, self.lang)))).collect()
    }
}
