//! The parcel report: the zones of parcels, totals and findings.

use crate::error::{Result, RowProblem};
use crate::messages::text::one_line;
use crate::messages::{Lang, ParcelTexts};
use crate::plan::{FeatureId, Level, Plan};
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane};
use crate::query::overlay::{
    FindingKind, OverlapPairs, OverlaySummary, Overlayer, Parcel, ParcelSummary, Relation, stated_area,
};
use crate::query::{CertaintyCounts, QuerySummary};
use crate::report::Source;
use crate::report::boundary_points::BoundarySection;
use crate::report::describe::sources;
use crate::report::document::{
    BarChart, DocumentTarget, DocumentWriter, Figure, Head, Section, Table, WrittenDocument,
};
use crate::report::outline;
use crate::report::text::Align;
use crate::table::{Batch, Value};
use crate::units::{AreaUnit, SquareMetres};

/// Writes a parcel report, batch by batch.
///
/// ```
/// use taizhou_corridor::io::{self, Input, Output, ReadOptions};
/// use taizhou_corridor::plan::{Level, Plan};
/// use taizhou_corridor::query::overlay::{ParcelSummary, ParcelSummaryOptions, Overlayer, RowOverlayer, OverlaySummary};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::{Source, document::{DocumentTarget, ReportFormat}, parcels::ParcelReport};
///
/// let csv = "block,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
/// let batch = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let plan = Plan::bundled();
/// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[]);
/// let options = ParcelSummaryOptions { label: Some(0), ..ParcelSummaryOptions::default() };
/// let mut summary = ParcelSummary::new(overlayer.overlayer(), options);
/// let mut counts = OverlaySummary::default();
///
/// let (output, memory) = Output::memory("report.md");
/// let mut report = ParcelReport::new(DocumentTarget::new(output, ReportFormat::Markdown), &summary, Lang::En)?;
/// let parcels = overlayer.parcels(&batch);
/// counts.count(&batch, &parcels);
/// summary.add(&batch, &parcels);
/// report.add(&batch, &parcels, &summary)?;
/// let source = Source { file: "blocks.csv".to_owned(), crs: "WGS84".to_owned(), ..Source::default() };
/// report.finish(&source, &summary, overlayer.overlayer(), &counts, None)?.commit()?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.contains("| 1 | A | Jiaojiang Sci-Tech Valley | straddles | 79.01 |"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct ParcelReport<'p> {
    writer: DocumentWriter,
    boundaries: Option<BoundarySection>,
    plan: &'p Plan,
    lang: Lang,
    texts: &'static ParcelTexts,
}

impl<'p> ParcelReport<'p> {
    /// Begins a report of parcels that are summarised in `summary`.
    pub fn new(target: DocumentTarget, summary: &ParcelSummary<'p>, lang: Lang) -> Result<ParcelReport<'p>> {
        let texts = lang.parcel_texts();
        let (left, right) = (Align::Left, Align::Right);
        let mut head = vec![
            (texts.row.to_owned(), right),
            (texts.parcel.to_owned(), left),
            (texts.zone.to_owned(), left),
            (texts.relation.to_owned(), left),
            (texts.share.to_owned(), right),
            (texts.parts.to_owned(), left),
            (texts.in_unit(texts.parcel_area, texts.hectares), right),
            (texts.in_unit(texts.parcel_area, texts.mu), right),
        ];
        if let Some((_, unit)) = summary.options().stated {
            head.push((texts.in_unit(texts.stated, lang.report_texts().unit(unit)), right));
            head.push((texts.in_unit(texts.difference, texts.square_metres), right));
        }
        head.push((texts.certainty.to_owned(), left));
        head.push((texts.note.to_owned(), left));
        let writer = DocumentWriter::new(target, lang, head)?;
        Ok(ParcelReport { writer, boundaries: None, plan: summary.sums().plan(), lang, texts })
    }

    /// With a section of boundary points.
    pub fn with_boundary_points(mut self) -> Result<Self> {
        self.boundaries = Some(BoundarySection::new(&mut self.writer, self.lang)?);
        Ok(self)
    }

    /// Writes boundary points, in a report with a section of them.
    pub fn add_boundary_points(&mut self, parcels: &[BoundaryParcel], plane: &BoundaryPlane) -> Result<()> {
        match &mut self.boundaries {
            Some(section) => section.add(&mut self.writer, parcels, plane),
            None => Ok(()),
        }
    }

    /// Writes the parcels of a batch.
    pub fn add(
        &mut self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        summary: &ParcelSummary<'p>,
    ) -> Result<()> {
        let unit = stated_unit(summary);
        for (row_index, parcel) in parcels.iter().enumerate() {
            let row = batch.first_row() + row_index as u64;
            let mut values = vec![count(row), text(one_line(&summary.label(batch, row_index)))];
            let stated = summary.options().stated;
            match parcel {
                Ok(parcel) => {
                    let membership = &parcel.membership;
                    let part = &membership.parts[membership.majority];
                    let relation = match part.relation {
                        Relation::Outside if part.share < 1.0 => Relation::Straddles,
                        relation => relation,
                    };
                    values.push(text(self.zone_name(part.zone)));
                    values.push(text(self.lang.texts().value_name(relation.as_str())));
                    values.push(Value::number(Some(100.0 * part.share), 2));
                    values.push(text(self.parts(parcel)));
                    values.push(Value::number(Some(membership.parcel_area.ha()), 4));
                    values.push(Value::number(Some(membership.parcel_area.mu()), 3));
                    if let Some(column) = stated {
                        let stated = stated_area(batch.row(row_index), column).map(|stated| stated.area);
                        let (value, decimals) = in_unit(column.1, stated);
                        values.push(Value::number(value, decimals));
                        let difference_m2 = stated.map(|stated| membership.parcel_area.0 - stated.0);
                        values.push(Value::number(difference_m2, 1));
                    }
                    let certainty = membership.certainty.map_or("not assessed", |certainty| certainty.as_str());
                    values.push(text(self.lang.texts().value_name(certainty)));
                    let repaired = parcel.repaired.as_ref().map(|repair| FindingKind::Repaired(repair.problem.clone()));
                    values.push(Value::text(repaired.map(|about| self.texts.finding_text(&about, None, unit))));
                }
                Err(problem) => {
                    values.push(Value::Null);
                    values.push(text(self.lang.texts().value_name("invalid")));
                    let blank = if stated.is_some() { 7 } else { 5 };
                    values.extend(std::iter::repeat_n(Value::Null, blank));
                    values.push(text(self.texts.finding_text(&FindingKind::Invalid(problem.clone()), None, unit)));
                }
            }
            self.writer.row(0, &values)?;
        }
        Ok(())
    }

    /// Writes the rest of the report, which is not yet committed. `class_field` is the column that defines the classes,
    /// if any.
    pub fn finish(
        self,
        source: &Source,
        summary: &ParcelSummary<'p>,
        overlayer: &Overlayer<'p>,
        counts: &OverlaySummary,
        class_field: Option<&str>,
    ) -> Result<WrittenDocument> {
        let texts = self.texts;
        let overlaps = summary.overlaps(overlayer);
        let section = |title: &str, paragraphs: Vec<String>, head: Head, rows: Vec<Vec<Value<'static>>>| Section {
            title: title.to_owned(),
            paragraphs,
            table: (!rows.is_empty()).then_some(Table::Short { head, rows }),
            ..Section::default()
        };
        let notice = self.lang.notice_of(self.plan);
        let mut sections = vec![];
        let mut paragraphs = vec![texts.outcome(counts)];
        paragraphs.extend(notice.clone());
        let (head, rows) = self.summary(summary, &overlaps, overlayer.level(), counts);
        sections.push(section(texts.summary, paragraphs, head, rows));
        sections.extend(source.map_section(self.lang));
        let (head, rows) = self.zones(summary, counts);
        sections.push(section(texts.zones, vec![], head, rows));
        sections.push(self.coverage(summary, &overlaps));
        sections.push(outline::section(self.plan, source.outline.as_deref(), self.lang)?);
        if let Some(field) = class_field {
            let (head, rows) = self.classes(summary, field);
            sections.push(section(texts.classes, vec![], head, rows));
        }
        let parcels =
            Section { title: texts.parcels.to_owned(), table: Some(Table::Streamed(0)), ..Section::default() };
        sections.push(parcels);
        sections.extend(self.boundaries.as_ref().and_then(BoundarySection::section));
        let (head, rows) = self.findings(summary, &overlaps);
        let message = if rows.is_empty() {
            texts.no_findings.to_owned()
        } else {
            texts.finding_counts(summary.finding_counts(), overlaps.pair_count)
        };
        sections.push(section(texts.findings, vec![message], head, rows));
        let mut method = texts.methods(self.level_name(overlayer.level()), self.plan.plane(), summary);
        if texts.is_not_assessed(counts) {
            method.push(texts.certainty_outcome(counts));
        }
        method.extend(notice);
        if let Some(root) = self.plan.root() {
            let label = self.lang.map_texts().source;
            method.extend(sources(self.plan, root, self.lang).into_iter().map(|source| format!("{label}{source}")));
        }
        method.push(format!("{} corridor {}", texts.made_with, env!("CARGO_PKG_VERSION")));
        sections.push(section(texts.method, method, vec![], vec![]));
        self.writer.finish(&source.cover(texts.title, Some(self.plan), self.lang), &sections)
    }

    /// The name of the overlay level; `None` for a flat plan.
    fn level_name(&self, level: Level) -> Option<&'static str> {
        (!self.plan.is_flat()).then(|| self.lang.texts().level_name(level))
    }

    fn zone_name(&self, zone: Option<FeatureId>) -> String {
        zone.map_or(self.texts.in_no_zone.to_owned(), |zone| one_line(self.lang.name_of(&self.plan[zone])))
    }

    /// All parts with their shares, if there are several.
    fn parts(&self, parcel: &Parcel) -> String {
        let met = parcel.membership.parts.iter().filter(|part| part.relation != Relation::Touches);
        let parts: Vec<String> =
            met.map(|part| format!("{} {:.2} %", self.zone_name(part.zone), 100.0 * part.share)).collect();
        if parts.len() > 1 { parts.join("; ") } else { String::new() }
    }

    fn summary(
        &self,
        summary: &ParcelSummary<'_>,
        overlaps: &OverlapPairs,
        level: Level,
        counts: &OverlaySummary,
    ) -> (Head, Vec<Vec<Value<'static>>>) {
        let (texts, report) = (self.texts, self.lang.report_texts());
        let mut rows = vec![];
        let mut line = |item: &str, unit: &str, value: Value<'static>| {
            rows.push(vec![text(report.counted(item, unit)), value]);
        };
        line(texts.level, "", text(self.level_name(level).unwrap_or(texts.no_levels)));
        for (item, value, unit) in [
            (texts.rows, counts.rows(), texts.row_count),
            (texts.within, counts.within, texts.count),
            (texts.straddling, counts.straddling, texts.count),
            (texts.outside, counts.outside, texts.count),
            (texts.invalid, counts.invalid.count, texts.row_count),
            (texts.repaired, counts.repaired, texts.count),
        ] {
            line(item, unit, count(value));
        }
        if texts.is_not_assessed(counts) {
            line(self.lang.texts().certainty, "", text(self.lang.texts().not_assessed_reason()));
        } else if counts.rows() > counts.invalid.rows() {
            line(texts.uncertain, texts.count, count(counts.uncertain));
            if counts.not_assessed > 0 {
                line(texts.not_assessed, texts.count, count(counts.not_assessed));
            }
        }
        let sums = summary.sums();
        let whole = whole_area(summary);
        let outside = sums.total(sums.columns().len() - 1);
        let inside = SquareMetres(whole.0 - outside.0);
        for (item, area) in [(texts.area, whole), (texts.area_in_zones, inside), (texts.area_in_no_zone, outside)] {
            line(item, texts.square_kilometres, Value::number(Some(area.km2()), 4));
            line(item, texts.hectares, Value::number(Some(area.ha()), 4));
            line(item, texts.mu, Value::number(Some(area.mu()), 2));
        }
        line(texts.overlapping, texts.count, count(overlaps.pair_count));
        let twice = SquareMetres(overlaps.areas.iter().map(|area| area.0).sum());
        line(texts.counted_twice, texts.hectares, Value::number(Some(twice.ha()), 4));
        if let (Some(sum), Some((_, unit))) = (summary.stated(), summary.options().stated) {
            let name = report.unit(unit);
            line(texts.with_stated, texts.count, count(sum.parcels));
            for (item, area) in [(texts.stated, sum.stated), (texts.computed, sum.computed)] {
                let (value, decimals) = in_unit(unit, Some(area));
                line(item, name, Value::number(value, decimals));
            }
            let difference_m2 = sum.computed.0 - sum.stated.0;
            line(texts.difference, texts.square_metres, Value::number(Some(difference_m2), 1));
            if sum.stated.0 > 0.0 {
                line(texts.difference, "ppm", Value::number(Some(difference_m2 / sum.stated.0 * 1e6), 1));
            }
        }
        if counts.slivers > 0 {
            line(texts.left_out, texts.count, count(counts.slivers));
            line(texts.left_out, texts.square_metres, Value::number(Some(counts.sliver_area.0), 2));
        }
        let head = [(texts.item, Align::Left), (texts.value, Align::Left)];
        (head.map(|(name, align)| (name.to_owned(), align)).to_vec(), rows)
    }

    /// How many parcels each zone has.
    fn zones(&self, summary: &ParcelSummary<'_>, counts: &OverlaySummary) -> (Head, Vec<Vec<Value<'static>>>) {
        let (texts, report) = (self.texts, self.lang.report_texts());
        let by_certainty: Vec<(Option<FeatureId>, CertaintyCounts)> = counts.zones.iter().collect();
        let certainties = report.certainties(counts.zones.total());
        let mut head = vec![(texts.zone.to_owned(), Align::Left)];
        for unit in [texts.hectares, texts.mu] {
            head.push((texts.in_unit(self.lang.texts().zone_area, unit), Align::Right));
        }
        let counted = [texts.within_it, texts.straddling, texts.touching, texts.majority].into_iter();
        let counted = counted.chain(certainties.iter().map(|(name, _)| *name));
        head.extend(counted.map(|name| (report.counted(name, texts.count), Align::Right)));
        let columns = summary.sums().columns().iter().zip(summary.counts());
        let rows = columns.map(|(&zone, counts)| {
            let whole = zone.map(|zone| self.plan.plane().area(&self.plan[zone].shape));
            let found = by_certainty.iter().find(|(of, _)| *of == zone).map(|(_, found)| *found).unwrap_or_default();
            let mut row = vec![text(self.zone_name(zone))];
            row.push(Value::number(whole.map(SquareMetres::ha), 4));
            row.push(Value::number(whole.map(SquareMetres::mu), 2));
            row.extend([counts.within, counts.straddling, counts.touching, counts.majority].map(count));
            row.extend(certainties.iter().map(|(_, of)| count(of(found))));
            row
        });
        (head, rows.collect())
    }

    /// How much of each zone parcels cover, and how much of all parcels is there.
    fn coverage(&self, summary: &ParcelSummary<'_>, overlaps: &OverlapPairs) -> Section<'static> {
        let (texts, report) = (self.texts, self.lang.report_texts());
        let mut head = vec![(texts.zone.to_owned(), Align::Left)];
        for (quantity, unit) in [
            (texts.covered, texts.hectares),
            (texts.covered, texts.mu),
            (texts.counted_twice, texts.hectares),
            (texts.not_covered, texts.hectares),
        ] {
            head.push((texts.in_unit(quantity, unit), Align::Right));
        }
        head.push((texts.covered_share.to_owned(), Align::Right));
        head.push((report.share_of_parcels().to_owned(), Align::Right));
        let sums = summary.sums();
        let all = whole_area(summary);
        let rows = sums.totals().into_iter().enumerate().map(|(column, total)| {
            let zone = sums.columns()[column].map(|zone| &self.plan[zone]);
            let whole = zone.map(|zone| self.plan.plane().area(&zone.shape));
            let covered = total.area;
            let once = SquareMetres(covered.0 - overlaps.areas[column].0);
            let uncovered = whole.map(|whole| SquareMetres((whole.0 - once.0).max(0.0)));
            vec![
                text(self.zone_name(sums.columns()[column])),
                Value::number(Some(covered.ha()), 4),
                Value::number(Some(covered.mu()), 2),
                Value::number(Some(overlaps.areas[column].ha()), 4),
                Value::number(uncovered.map(SquareMetres::ha), 4),
                Value::number(whole.map(|whole| 100.0 * once.0 / whole.0), 2),
                Value::number((all.0 > 0.0).then(|| 100.0 * covered.0 / all.0), 2),
            ]
        });
        let rows: Vec<_> = rows.collect();
        let title = report.parcels_by_zone().to_owned();
        let chart = BarChart { title, columns: vec![head.len() - 1], rows: rows.len() };
        Section {
            title: report.coverage().to_owned(),
            figures: vec![Figure::Bars(chart)],
            table: Some(Table::Short { head, rows }),
            ..Section::default()
        }
    }

    fn classes(&self, summary: &ParcelSummary<'_>, field: &str) -> (Head, Vec<Vec<Value<'static>>>) {
        let texts = self.texts;
        let sums = summary.sums();
        let totals = sums.totals();
        let shown: Vec<usize> = (0..totals.len()).filter(|&column| totals[column].area.0 > 0.0).collect();
        let mut head = vec![(one_line(field), Align::Left), (texts.parcels.to_owned(), Align::Right)];
        for &column in &shown {
            head.push((texts.in_unit(&self.zone_name(sums.columns()[column]), texts.hectares), Align::Right));
        }
        head.push((texts.in_unit(texts.sum, texts.hectares), Align::Right));
        head.push((texts.in_unit(texts.sum, texts.mu), Align::Right));
        let row = |name: String, parcels: u64, areas: &dyn Fn(usize) -> SquareMetres, whole: SquareMetres| {
            let mut row = vec![text(name), count(parcels)];
            row.extend(shown.iter().map(|&column| Value::number(Some(areas(column).ha()), 4)));
            row.push(Value::number(Some(whole.ha()), 4));
            row.push(Value::number(Some(whole.mu()), 2));
            row
        };
        let mut rows: Vec<_> = sums
            .classes()
            .iter()
            .map(|class| {
                row(
                    self.lang.texts().class(&class.class),
                    class.parcels,
                    &|column| class.in_column(column).area,
                    class.whole,
                )
            })
            .collect();
        let parcels = sums.classes().iter().map(|class| class.parcels).sum();
        let whole = SquareMetres(sums.classes().iter().map(|class| class.whole.0).sum());
        rows.push(row(texts.sum.to_owned(), parcels, &|column| totals[column].area, whole));
        (head, rows)
    }

    fn findings(&self, summary: &ParcelSummary<'_>, overlaps: &OverlapPairs) -> (Head, Vec<Vec<Value<'static>>>) {
        let texts = self.texts;
        let findings = summary.findings().iter().map(|finding| {
            let zone = match finding.kind {
                FindingKind::Sliver { zone: Some(zone), .. } => Some(self.zone_name(Some(zone))),
                _ => None,
            };
            let message = texts.finding_text(&finding.kind, zone.as_deref(), stated_unit(summary));
            (finding.row, finding.label.clone(), finding.kind.code(), message)
        });
        let overlaps =
            overlaps.pairs.iter().map(|pair| (pair.rows.0, pair.labels.0.clone(), "overlap", texts.overlap(pair)));
        let mut found: Vec<_> = findings.chain(overlaps).collect();
        found.sort_by_key(|(row, ..)| *row);
        let rows = found.into_iter().map(|(row, label, code, message)| {
            vec![count(row), text(one_line(&label)), text(code), text(one_line(&message))]
        });
        let head = vec![
            (texts.row.to_owned(), Align::Right),
            (texts.parcel.to_owned(), Align::Left),
            (texts.code.to_owned(), Align::Left),
            (texts.finding.to_owned(), Align::Left),
        ];
        (head, rows.collect())
    }
}

/// The area of all parcels.
fn whole_area(summary: &ParcelSummary<'_>) -> SquareMetres {
    SquareMetres(summary.sums().classes().iter().map(|class| class.whole.0).sum())
}

/// The unit of the stated areas.
fn stated_unit(summary: &ParcelSummary<'_>) -> AreaUnit {
    summary.options().stated.map_or(AreaUnit::Hectares, |(_, unit)| unit)
}

/// An area in a unit, with the decimals that show a square metre or better.
fn in_unit(unit: AreaUnit, area: Option<SquareMetres>) -> (Option<f64>, usize) {
    let decimals = match unit {
        AreaUnit::SquareMetres => 2,
        AreaUnit::Hectares => 4,
        AreaUnit::Mu => 3,
        AreaUnit::SquareKilometres => 6,
    };
    (area.map(|area| area.0 / unit.of(1.0).0), decimals)
}

pub(super) fn text(text: impl Into<std::borrow::Cow<'static, str>>) -> Value<'static> {
    Value::text(Some(text))
}

pub(super) fn count(count: u64) -> Value<'static> {
    Value::number(Some(count as f64), 0)
}
