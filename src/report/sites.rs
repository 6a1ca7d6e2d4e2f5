//! The site report: the zones of sites, their counts by zone and certainty, invalid rows.

use crate::error::{Result, RowProblem};
use crate::geometry::position::PointLocation;
use crate::messages::text::one_line;
use crate::messages::{Lang, ParcelTexts, ReportTexts, problem};
use crate::plan::{FeatureId, Plan};
use crate::query::locate::{Certainty, LocateSummary, LocatedSite};
use crate::query::{CertaintyCounts, QuerySummary};
use crate::report::Source;
use crate::report::describe::sources;
use crate::report::document::{
    BarChart, DocumentTarget, DocumentWriter, Figure, Head, Section, Table, WrittenDocument,
};
use crate::report::outline;
use crate::report::parcels::{count, text};
use crate::report::text::Align;
use crate::table::{Batch, Value};
use crate::units::Metres;

/// Writes a site report, batch by batch.
///
/// ```
/// use taizhou_corridor::io::{self, Input, Output, ReadOptions};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::locate::{KeepSites, LocateColumn, LocatedSites, Locator, RowLocator};
/// use taizhou_corridor::report::{Source, document::{DocumentTarget, ReportFormat}, sites::SiteReport};
/// use taizhou_corridor::run::TableRun;
///
/// let plan = Plan::bundled();
/// let locator = RowLocator::new(Locator::new(&plan), &LocateColumn::ALL);
/// let rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let label = rows.label_column();
///
/// let (output, memory) = Output::memory("report.md");
/// let mut report = SiteReport::new(DocumentTarget::new(output, ReportFormat::Markdown), &plan, label, Lang::En)?;
/// let query = KeepSites(&locator);
/// let take = |found: &mut LocatedSites| found.batches.drain(..).try_for_each(|(batch, sites)| report.add(&batch, &sites));
/// let found = TableRun::new(rows, &query).on_batch(take).run()?;
/// let source = Source { file: "landmarks.csv".to_owned(), crs: "WGS84".to_owned(), ..Source::default() };
/// report.finish(&source, &found.summary.counts)?.commit()?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.contains("| Central Innovation Core | 5 | 15.62 |"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct SiteReport<'p> {
    writer: DocumentWriter,
    plan: &'p Plan,
    label: Option<usize>,
    uncertainty: Metres,
    lang: Lang,
    parcel_texts: &'static ParcelTexts,
    texts: ReportTexts,
    invalid: Vec<Vec<Value<'static>>>,
}

impl<'p> SiteReport<'p> {
    /// The most invalid rows that are listed apart; each is in the table of sites, too.
    pub const MAX_INVALID: usize = 1_000;

    /// Begins a report of sites in a plan; `label` is the index of the column with their names.
    pub fn new(target: DocumentTarget, plan: &'p Plan, label: Option<usize>, lang: Lang) -> Result<SiteReport<'p>> {
        let (parcel_texts, texts) = (lang.parcel_texts(), lang.report_texts());
        let (left, right) = (Align::Left, Align::Right);
        let fixed = lang.texts();
        let mut head: Head = vec![
            (parcel_texts.row.to_owned(), right),
            (texts.site().to_owned(), left),
            (fixed.position.to_owned(), left),
            (parcel_texts.zone.to_owned(), left),
        ];
        if !plan.is_flat() {
            head.push((fixed.cluster.to_owned(), left));
        }
        head.extend([
            (fixed.nearest_zone.to_owned(), left),
            (texts.distance().to_owned(), right),
            (parcel_texts.certainty.to_owned(), left),
            (texts.longitude().to_owned(), right),
            (texts.latitude().to_owned(), right),
            (parcel_texts.note.to_owned(), left),
        ]);
        let writer = DocumentWriter::new(target, lang, head)?;
        let (uncertainty, invalid) = (Metres(0.0), vec![]);
        Ok(SiteReport { writer, plan, label, uncertainty, lang, parcel_texts, texts, invalid })
    }

    /// States the position uncertainty of all sites (95 %).
    pub fn with_uncertainty(mut self, uncertainty: Metres) -> SiteReport<'p> {
        self.uncertainty = uncertainty;
        self
    }

    /// Writes the sites of a batch.
    pub fn add(&mut self, batch: &Batch, sites: &[Result<LocatedSite, RowProblem>]) -> Result<()> {
        for (row_index, site) in sites.iter().enumerate() {
            let row = batch.first_row() + row_index as u64;
            let label = self.label.and_then(|column| batch.row(row_index).cell(column));
            let label = label.map_or(String::new(), |cell| one_line(&cell.shown()));
            let values = match site {
                Ok(site) => self.row(row, label, site),
                Err(found) => {
                    let problem_text = one_line(&problem(found, self.lang));
                    let mut values = vec![count(row), text(label.clone())];
                    // A total or a note is no site.
                    let position = (!found.is_remark()).then(|| self.lang.texts().value_name("invalid"));
                    values.push(Value::text(position));
                    values.resize(self.writer.width(0) - 1, Value::Null);
                    values.push(text(self.parcel_texts.in_unit(&problem_text, found.code())));
                    if !found.is_remark() && self.invalid.len() < SiteReport::MAX_INVALID {
                        self.invalid.push(vec![count(row), text(label), text(problem_text), text(found.code())]);
                    }
                    values
                }
            };
            self.writer.row(0, &values)?;
        }
        Ok(())
    }

    fn row(&self, row: u64, label: String, site: &LocatedSite) -> Vec<Value<'static>> {
        let texts = self.lang.texts();
        let LocatedSite { position, answer } = site;
        let name =
            |zone: Option<FeatureId>| Value::text(zone.map(|zone| one_line(self.lang.name_of(&self.plan[zone]))));
        let zone = match (answer.zone.or(answer.most_specific), answer.position) {
            (None, PointLocation::Outside) => text(self.parcel_texts.in_no_zone),
            (zone, _) => name(zone),
        };
        let mut values = vec![count(row), text(label), text(texts.value_name(answer.position.as_str())), zone];
        if !self.plan.is_flat() {
            values.push(name(answer.cluster));
        }
        values.push(name(answer.nearest_zone));
        values.push(Value::number(answer.distance_to_boundary.map(|distance| distance.0), 1));
        let certainty = answer.certainty.map_or("not assessed", Certainty::as_str);
        values.push(text(texts.value_name(certainty)));
        // A millionth of a degree is a decimetre.
        values.extend([position.x, position.y].map(|degrees| Value::number(Some(degrees), 6)));
        let others: Vec<String> =
            answer.boundary_of.iter().map(|&zone| one_line(self.lang.name_of(&self.plan[zone]))).collect();
        let note = (!others.is_empty()).then(|| format!("{}{}{}", texts.boundary_of, texts.colon, others.join("; ")));
        values.push(Value::text(note));
        values
    }

    /// Writes the rest of the report, which is not yet committed. The summary has the counts of zones:
    /// [`KeepSites`](crate::query::locate::KeepSites).
    pub fn finish(self, source: &Source, summary: &LocateSummary) -> Result<WrittenDocument> {
        let (parcel_texts, texts) = (self.parcel_texts, self.texts);
        let notice = self.lang.notice_of(self.plan);
        let mut paragraphs = vec![texts.site_outcome(summary)];
        paragraphs.extend(notice.clone());
        let mut sections = vec![Section {
            title: parcel_texts.summary.to_owned(),
            paragraphs,
            table: Some(self.summary(summary)),
            ..Section::default()
        }];
        sections.extend(source.map_section(self.lang));
        sections.push(self.zones(summary));
        sections.push(outline::section(self.plan, source.outline.as_deref(), self.lang)?);
        let title = texts.sites().to_owned();
        sections.push(Section { title, table: Some(Table::Streamed(0)), ..Section::default() });
        if summary.invalid.count > 0 {
            sections.push(self.invalid(summary.invalid.count));
        }
        let mut method = texts.site_methods(self.uncertainty.0);
        method.extend(notice);
        if let Some(root) = self.plan.root() {
            let label = self.lang.map_texts().source;
            method.extend(sources(self.plan, root, self.lang).into_iter().map(|source| format!("{label}{source}")));
        }
        method.push(format!("{} corridor {}", parcel_texts.made_with, env!("CARGO_PKG_VERSION")));
        sections.push(Section { title: parcel_texts.method.to_owned(), paragraphs: method, ..Section::default() });
        self.writer.finish(&source.cover(texts.site_title(), Some(self.plan), self.lang), &sections)
    }

    fn summary(&self, summary: &LocateSummary) -> Table<'static> {
        let (parcel_texts, texts) = (self.parcel_texts, self.texts);
        let (each, of_rows) = (parcel_texts.count, parcel_texts.row_count);
        let total = summary.zones.total();
        let mut rows = vec![
            (parcel_texts.rows, of_rows, summary.rows()),
            (texts.inside(), each, summary.inside),
            (texts.on_boundary(), each, summary.boundary),
            (texts.outside(), each, summary.outside),
            (texts.invalid_rows(), "", summary.invalid.count),
        ];
        if summary.invalid.remarks > 0 {
            rows.push((texts.remarks(), "", summary.invalid.remarks));
        }
        if total.certain + total.uncertain > 0 {
            rows.push((texts.certain(), each, total.certain));
            rows.push((texts.uncertain(), each, total.uncertain));
        }
        if total.not_assessed > 0 {
            rows.push((texts.not_assessed(), each, total.not_assessed));
        }
        let head = [parcel_texts.item, parcel_texts.value].map(|name| (name.to_owned(), Align::Left)).to_vec();
        let rows = rows.into_iter().map(|(item, unit, value)| vec![text(texts.counted(item, unit)), count(value)]);
        Table::Short { head, rows: rows.collect() }
    }

    /// The zones of the plan, with and without sites, and what is outside.
    fn zones(&self, summary: &LocateSummary) -> Section<'static> {
        let (parcel_texts, texts) = (self.parcel_texts, self.texts);
        let found: Vec<(Option<FeatureId>, CertaintyCounts)> = summary.zones.iter().collect();
        let total = summary.zones.total();
        let is_found = |zone: Option<FeatureId>| found.iter().any(|(of, _)| *of == zone);
        // Of a layer with many features, those with sites.
        let shows_all = self.plan.partition().count() <= BarChart::MAX_ROWS;
        let zones = self.plan.ids().filter(|&zone| is_found(Some(zone)) || shows_all && self.plan.is_partition(zone));
        let zones: Vec<Option<FeatureId>> = zones.map(Some).chain([None]).collect();

        let columns = texts.certainties(total);
        let mut head: Head = vec![
            (parcel_texts.zone.to_owned(), Align::Left),
            (texts.site_count().to_owned(), Align::Right),
            (texts.share_of_sites().to_owned(), Align::Right),
        ];
        head.extend(columns.iter().map(|(name, _)| (texts.counted(name, parcel_texts.count), Align::Right)));
        let row = |name: String, counts: CertaintyCounts| {
            let share = (total.rows() > 0).then(|| 100.0 * counts.rows() as f64 / total.rows() as f64);
            let mut row = vec![text(name), count(counts.rows()), Value::number(share, 2)];
            row.extend(columns.iter().map(|(_, of)| count(of(counts))));
            row
        };
        let counts = |zone: &Option<FeatureId>| {
            found.iter().find(|(of, _)| of == zone).map(|(_, counts)| *counts).unwrap_or_default()
        };
        let name = |zone: &Option<FeatureId>| match zone {
            Some(zone) => one_line(self.lang.name_of(&self.plan[*zone])),
            None => parcel_texts.in_no_zone.to_owned(),
        };
        let mut rows: Vec<_> = zones.iter().map(|zone| row(name(zone), counts(zone))).collect();
        let chart =
            BarChart { title: texts.sites_by_zone().to_owned(), columns: (3..head.len()).collect(), rows: rows.len() };
        rows.push(row(parcel_texts.sum.to_owned(), total));
        Section {
            title: parcel_texts.zones.to_owned(),
            figures: vec![Figure::Bars(chart)],
            table: Some(Table::Short { head, rows }),
            ..Section::default()
        }
    }

    fn invalid(&self, rows: u64) -> Section<'static> {
        let (parcel_texts, texts) = (self.parcel_texts, self.texts);
        let listed = self.invalid.len() as u64;
        let head: Head = vec![
            (parcel_texts.row.to_owned(), Align::Right),
            (texts.site().to_owned(), Align::Left),
            (texts.problem().to_owned(), Align::Left),
            (parcel_texts.code.to_owned(), Align::Left),
        ];
        Section {
            title: texts.invalid_rows().to_owned(),
            paragraphs: (listed < rows).then(|| texts.first_invalid(listed, rows)).into_iter().collect(),
            table: Some(Table::Short { head, rows: self.invalid.clone() }),
            ..Section::default()
        }
    }
}
