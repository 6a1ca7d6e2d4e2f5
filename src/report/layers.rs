//! The report on parcels and layers: how much of each parcel is in each layer.

use crate::error::{Result, RowProblem};
use crate::messages::text::one_line;
use crate::messages::{Lang, LayerTexts, ParcelTexts};
use crate::plan::{Level, Plan};
use crate::query::QuerySummary;
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane};
use crate::query::overlay::{CoveredParcel, FindingKind, LayerSummary, LayersSummary};
use crate::report::Source;
use crate::report::boundary_points::BoundarySection;
use crate::report::document::{
    BarChart, DocumentTarget, DocumentWriter, Figure, Head, Section, Table, WrittenDocument,
};
use crate::report::parcels::{count, text};
use crate::report::text::Align;
use crate::table::{Batch, Value};
use crate::units::{AreaUnit, Metres, SquareMetres};

/// What a report says of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSource {
    name: String,
    file: String,
    crs: String,
    features: u64,
    /// The least and the greatest accuracy that features state, in metres.
    accuracy_m: Option<(f64, f64)>,
    /// Whether all features state theirs.
    is_accuracy_of_all: bool,
    offset: Option<Metres>,
    /// That its outline is not official.
    notice: Option<String>,
}

impl LayerSource {
    /// A layer with its name and file, and its features of a level, in the language of the report.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::report::layers::LayerSource;
    ///
    /// let plan = Plan::bundled();
    /// let source = |level| LayerSource::new("zones", "plan.geojson", &plan, level, Lang::En);
    /// assert_eq!(source(Level::Zone), source(Level::Core));
    /// ```
    pub fn new(name: &str, file: &str, plan: &Plan, level: Level, lang: Lang) -> LayerSource {
        let is_overlaid = |of: Option<Level>| of.is_none_or(|of| of.depth() == level.depth());
        let features = || plan.features().iter().filter(|feature| is_overlaid(feature.level));
        let stated = || features().filter_map(|feature| Some(feature.accuracy?.0));
        let (least, greatest) =
            stated().fold((f64::INFINITY, 0.0_f64), |(a, b), metres| (a.min(metres), b.max(metres)));
        LayerSource {
            name: name.to_owned(),
            file: file.to_owned(),
            crs: plan.plane().crs().to_string(),
            features: features().count() as u64,
            accuracy_m: (least <= greatest).then_some((least, greatest)),
            is_accuracy_of_all: stated().count() == features().count(),
            offset: plan.offset_distance(),
            notice: lang.notice_of(plan),
        }
    }

    fn accuracy(&self, texts: &LayerTexts) -> String {
        match self.accuracy_m {
            None => texts.none_stated.to_owned(),
            Some((least, greatest)) => {
                let stated = if least == greatest { least.to_string() } else { format!("{least}–{greatest}") };
                if self.is_accuracy_of_all { stated } else { format!("{stated} / {}", texts.none_stated) }
            }
        }
    }
}

/// Writes a report on parcels and layers, batch by batch.
///
/// ```
/// use taizhou_corridor::io::{self, Input, Output, ReadOptions};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::{Level, Plan};
/// use taizhou_corridor::query::overlay::{Layer, LayerColumn, LayerOverlayer, LayersSummary, Overlayer};
/// use taizhou_corridor::report::{Source, document::{DocumentTarget, ReportFormat}, layers::{LayerReport, LayerSource}};
/// use taizhou_corridor::run::TableRun;
///
/// let csv = "block,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
/// let rows = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?;
/// let plan = Plan::bundled();
/// let layer = Layer { name: "corridor".to_owned(), overlayer: Overlayer::new(&plan) };
/// let overlayer = LayerOverlayer::new(vec![layer], &LayerColumn::ALL).keeping_parcels();
///
/// let (output, memory) = Output::memory("report.md");
/// let layers = vec![LayerSource::new("corridor", "plan.geojson", &plan, Level::Zone, Lang::En)];
/// let target = DocumentTarget::new(output, ReportFormat::Markdown);
/// let mut report = LayerReport::new(target, layers, Some(0), Lang::En)?;
/// let take = |found: &mut LayersSummary| found.batches.drain(..).try_for_each(|(batch, parcels)| report.add(&batch, &parcels));
/// let summary = TableRun::new(rows, &overlayer).on_batch(take).run()?.summary;
/// let source = Source { file: "blocks.csv".to_owned(), crs: "WGS84".to_owned(), ..Source::default() };
/// report.finish(&source, &summary)?.commit()?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.contains("| 1 | A | 216.6965 | 3,250.448 | within | 2,166,965.41 | 100.00 | certain |"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct LayerReport {
    writer: DocumentWriter,
    boundaries: Option<BoundarySection>,
    layers: Vec<LayerSource>,
    label: Option<usize>,
    lang: Lang,
    texts: &'static ParcelTexts,
    layer_texts: &'static LayerTexts,
}

impl LayerReport {
    /// Begins a report on parcels and layers; `label` is the index of the column with the labels of
    /// parcels.
    pub fn new(
        target: DocumentTarget,
        layers: Vec<LayerSource>,
        label: Option<usize>,
        lang: Lang,
    ) -> Result<LayerReport> {
        let (texts, layer_texts) = (lang.parcel_texts(), lang.layer_texts());
        let (left, right) = (Align::Left, Align::Right);
        let mut head = vec![
            (texts.row.to_owned(), right),
            (texts.parcel.to_owned(), left),
            (texts.in_unit(texts.parcel_area, texts.hectares), right),
            (texts.in_unit(texts.parcel_area, texts.mu), right),
        ];
        for layer in &layers {
            let of_layer = |quantity: &str| layer_texts.of_layer(&layer.name, quantity);
            head.push((of_layer(texts.relation), left));
            head.push((of_layer(&texts.in_unit(texts.parcel_area, texts.square_metres)), right));
            head.push((of_layer(texts.share), right));
            if layer.accuracy_m.is_some() {
                head.push((of_layer(texts.certainty), left));
            }
        }
        head.push((texts.note.to_owned(), left));
        let writer = DocumentWriter::new(target, lang, head)?;
        Ok(LayerReport { writer, boundaries: None, layers, label, lang, texts, layer_texts })
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
    pub fn add(&mut self, batch: &Batch, parcels: &[Result<CoveredParcel, RowProblem>]) -> Result<()> {
        let name = |value: &'static str| text(self.lang.texts().value_name(value));
        for (row_index, parcel) in parcels.iter().enumerate() {
            let label = self.label.and_then(|column| batch.row(row_index).cell(column));
            let label = label.map_or(String::new(), |cell| cell.shown().into_owned());
            let mut values = vec![count(batch.first_row() + row_index as u64), text(one_line(&label))];
            match parcel {
                Ok(parcel) => {
                    values.push(Value::number(Some(parcel.area.ha()), 4));
                    values.push(Value::number(Some(parcel.area.mu()), 3));
                    for (cover, layer) in parcel.covers.iter().zip(&self.layers) {
                        // Most parcels are outside most layers.
                        let is_in = cover.area.0 > 0.0;
                        values.push(text(self.layer_texts.relation(cover.relation)));
                        values.push(Value::number(is_in.then_some(cover.area.0), 2));
                        values.push(Value::number(is_in.then_some(100.0 * cover.share), 2));
                        if layer.accuracy_m.is_some() {
                            values.push(name(cover.certainty.map_or("not assessed", |certainty| certainty.as_str())));
                        }
                    }
                    let repaired = parcel.repaired.as_ref().map(|repair| FindingKind::Repaired(repair.problem.clone()));
                    values.push(Value::text(
                        repaired.map(|about| self.texts.finding_text(&about, None, AreaUnit::Hectares)),
                    ));
                }
                Err(problem) => {
                    values.resize(self.writer.width(0) - 1, Value::Null);
                    values.push(text(self.texts.finding_text(
                        &FindingKind::Invalid(problem.clone()),
                        None,
                        AreaUnit::Hectares,
                    )));
                }
            }
            self.writer.row(0, &values)?;
        }
        Ok(())
    }

    /// Writes the rest of the report, which is not yet committed.
    pub fn finish(self, source: &Source, summary: &LayersSummary) -> Result<WrittenDocument> {
        let LayerReport { texts, layer_texts, .. } = self;
        let section = |title: &str, paragraphs, table| Section {
            title: title.to_owned(),
            paragraphs,
            table,
            ..Section::default()
        };
        let short = |(head, rows)| Some(Table::Short { head, rows });
        let names: Vec<&str> = self.layers.iter().map(|layer| layer.name.as_str()).collect();
        let outcome = self.lang.texts().layers_summary(&one_line(&source.file), &names, summary);
        let mut method = layer_texts.methods();
        let notices: Vec<String> = self.layers.iter().filter_map(|layer| layer.notice.clone()).collect();
        method.extend(notices.iter().cloned());
        method.push(format!("{} corridor {}", texts.made_with, env!("CARGO_PKG_VERSION")));
        let (head, rows) = self.coverage(summary);
        let chart = BarChart {
            title: self.lang.report_texts().parcels_by_layer().to_owned(),
            columns: vec![head.len() - 1],
            rows: rows.len(),
        };
        let mut coverage = section(self.lang.report_texts().coverage(), vec![], Some(Table::Short { head, rows }));
        coverage.figures.push(Figure::Bars(chart));
        let boundaries = self.boundaries.as_ref().and_then(BoundarySection::section);
        let mut sections =
            vec![section(texts.summary, [vec![outcome], notices].concat(), short(self.summary(summary)))];
        sections.extend(source.map_section(self.lang));
        sections.extend([
            coverage,
            section(layer_texts.layers, vec![], short(self.layer_table())),
            section(layer_texts.parcels, vec![], Some(Table::Streamed(0))),
        ]);
        sections.extend(boundaries);
        sections.push(section(texts.method, method, None));
        let cover = source.cover(layer_texts.title, None, self.lang);
        self.writer.finish(&cover, &sections)
    }

    fn summary(&self, summary: &LayersSummary) -> (Head, Vec<Vec<Value<'static>>>) {
        let (texts, report) = (self.texts, self.lang.report_texts());
        let area = |unit: fn(SquareMetres) -> f64, decimals| Value::number(Some(unit(summary.parcel_area)), decimals);
        let mut rows = vec![
            (report.counted(texts.rows, texts.row_count), count(summary.rows())),
            (report.counted(texts.invalid, texts.row_count), count(summary.invalid.count)),
            (report.counted(texts.repaired, texts.count), count(summary.repaired)),
            (texts.in_unit(texts.area, texts.hectares), area(SquareMetres::ha, 4)),
            (texts.in_unit(texts.area, texts.mu), area(SquareMetres::mu, 2)),
        ];
        if let Some(distance) = self.layers.iter().find_map(|layer| layer.offset) {
            rows.push((self.lang.texts().offset_name().to_owned(), text(self.lang.texts().offset(distance))));
        }
        let head = [texts.item, texts.value].map(|name| (name.to_owned(), Align::Left));
        (head.to_vec(), rows.into_iter().map(|(item, value)| vec![text(item), value]).collect())
    }

    /// How many parcels, and how much of them, each layer has.
    fn coverage(&self, summary: &LayersSummary) -> (Head, Vec<Vec<Value<'static>>>) {
        let (texts, layer_texts) = (self.texts, self.layer_texts);
        let (left, right) = (Align::Left, Align::Right);
        let mut head: Head = vec![(layer_texts.layer.to_owned(), left)];
        let counts = [layer_texts.within, layer_texts.straddling, layer_texts.touching, layer_texts.outside];
        head.extend(counts.map(|name| (name.to_owned(), right)));
        head.push((layer_texts.uncertain.to_owned(), right));
        for unit in [texts.square_metres, texts.hectares, texts.mu] {
            head.push((texts.in_unit(layer_texts.covered, unit), right));
        }
        head.push((texts.share.to_owned(), right));
        let none = LayerSummary::default();
        let rows = self.layers.iter().enumerate().map(|(index, layer)| {
            let found = summary.layers.get(index).unwrap_or(&none);
            let share = (summary.parcel_area.0 > 0.0).then(|| 100.0 * found.area.0 / summary.parcel_area.0);
            let is_assessed = found.certain + found.uncertain > 0;
            let mut row = vec![text(one_line(&layer.name))];
            row.extend([found.within, found.straddling, found.touching, found.outside].map(count));
            row.push(match is_assessed {
                true => count(found.uncertain),
                false => text(self.lang.texts().value_name("not assessed")),
            });
            row.push(Value::number(Some(found.area.0), 2));
            row.push(Value::number(Some(found.area.ha()), 4));
            row.push(Value::number(Some(found.area.mu()), 2));
            row.push(Value::number(share, 2));
            row
        });
        (head, rows.collect())
    }

    /// Where each layer comes from.
    fn layer_table(&self) -> (Head, Vec<Vec<Value<'static>>>) {
        let (texts, layer_texts) = (self.texts, self.layer_texts);
        let (left, right) = (Align::Left, Align::Right);
        let head: Head = vec![
            (layer_texts.layer.to_owned(), left),
            (texts.file.to_owned(), left),
            (texts.system.to_owned(), left),
            (layer_texts.features.to_owned(), right),
            (layer_texts.accuracy.to_owned(), right),
        ];
        let rows = self.layers.iter().map(|layer| {
            let mut row = vec![text(one_line(&layer.name)), text(one_line(&layer.file)), text(one_line(&layer.crs))];
            row.extend([count(layer.features), text(layer.accuracy(layer_texts))]);
            row
        });
        (head, rows.collect())
    }
}
