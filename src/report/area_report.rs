//! The area report: the areas of a plan beside the published figures, with a map, a chart and overlaps.

use crate::error::Result;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::{FeatureId, Plan};
use crate::query::areas::{Method, Overlap, ZoneArea};
use crate::report::Source;
use crate::report::describe::sources;
use crate::report::document::{
    BarChart, DocumentTarget, DocumentWriter, Figure, Head, Section, Table, WrittenDocument,
};
use crate::report::parcels::text;
use crate::report::text::Align;
use crate::table::Value;
use crate::units::{Metres, SquareMetres};

/// Writes the report on the areas of a plan, which is not yet committed. `areas` are those by each method, as
/// [`areas`](crate::query::areas::areas) has them, `overlaps` the pairs of features that overlap.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, overlaps};
/// use taizhou_corridor::report::{Source, area_report, document::{DocumentTarget, ReportFormat}};
///
/// let plan = Plan::bundled();
/// let (output, memory) = Output::memory("areas.md");
/// let target = DocumentTarget::new(output, ReportFormat::Markdown);
/// let areas = areas(&plan, &[Method::Ellipsoid])?;
/// area_report::write(target, &plan, &areas, &overlaps(&plan), &Source::default(), Lang::En)?.commit()?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.contains("| Central Innovation Core | core | 500 | 41.0000 |"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write(
    target: DocumentTarget,
    plan: &Plan,
    areas: &[ZoneArea],
    overlaps: &[Overlap],
    source: &Source,
    lang: Lang,
) -> Result<WrittenDocument> {
    let (parcel_texts, texts, fixed) = (lang.parcel_texts(), lang.report_texts(), lang.texts());
    let notice = lang.notice_of(plan);
    let total_name = if plan.is_flat() { fixed.total_of_layer } else { fixed.total };
    let total = areas.iter().find(|area| area.zone.is_none());
    let mut outcome: Vec<String> = total
        .map(|total| texts.area_outcome(total_name, total.size.area.km2(), total.published.map(SquareMetres::km2)))
        .into_iter()
        .collect();
    outcome.extend(notice.clone());
    let mut sections =
        vec![Section { title: parcel_texts.summary.to_owned(), paragraphs: outcome, ..Section::default() }];
    sections.extend(source.map_section(lang));

    let mut methods: Vec<Method> = areas.iter().map(|area| area.method.clone()).collect();
    methods.dedup();
    for method in &methods {
        let of_method: Vec<&ZoneArea> = areas.iter().filter(|area| area.method == *method).collect();
        let (head, rows) = table(plan, &of_method, total_name, lang);
        let title = match methods.len() {
            1 => texts.areas().to_owned(),
            _ => parcel_texts.in_unit(texts.areas(), &method.to_string()),
        };
        sections.push(Section {
            title,
            paragraphs: vec![fixed.method_note(method.clone())],
            table: Some(Table::Short { head, rows }),
            ..Section::default()
        });
    }
    sections.extend(methods.first().map(|method| zones(plan, areas, method, lang)));
    sections.extend(overlap_section(plan, overlaps, lang));

    let mut method: Vec<String> = notice.into_iter().collect();
    if let Some(root) = plan.root() {
        let label = lang.map_texts().source;
        method.extend(sources(plan, root, lang).into_iter().map(|source| format!("{label}{source}")));
    }
    method.push(format!("{} corridor {}", parcel_texts.made_with, env!("CARGO_PKG_VERSION")));
    sections.push(Section { title: parcel_texts.method.to_owned(), paragraphs: method, ..Section::default() });
    let writer = DocumentWriter::new(target, lang, vec![])?;
    writer.finish(&source.cover(texts.area_title(), Some(plan), lang), &sections)
}

/// All features, then the total.
fn table(plan: &Plan, areas: &[&ZoneArea], total: &str, lang: Lang) -> (Head, Vec<Vec<Value<'static>>>) {
    let (parcel_texts, texts, fixed) = (lang.parcel_texts(), lang.report_texts(), lang.texts());
    let words = fixed.outline_words();
    let (left, right) = (Align::Left, Align::Right);
    let mut head: Head = vec![(fixed.name.to_owned(), left)];
    if !plan.is_flat() {
        head.push((fixed.level.to_owned(), left));
    }
    head.push((parcel_texts.in_unit(words.accuracy, words.metres), right));
    for unit in [parcel_texts.square_kilometres, parcel_texts.hectares, parcel_texts.mu] {
        head.push((parcel_texts.in_unit(parcel_texts.parcel_area, unit), right));
    }
    head.push((parcel_texts.in_unit(texts.perimeter(), texts.kilometres()), right));
    head.push((parcel_texts.in_unit(parcel_texts.published, parcel_texts.square_kilometres), right));
    head.push((parcel_texts.in_unit(words.difference, parcel_texts.square_kilometres), right));
    head.push((parcel_texts.in_unit(words.difference, "ppm"), right));
    let row = |area: &&ZoneArea| {
        let feature = area.zone.map(|zone| &plan[zone]);
        let mut row = vec![text(feature.map_or_else(|| total.to_owned(), |it| one_line(lang.name_of(it))))];
        if !plan.is_flat() {
            row.push(Value::text(feature.and_then(|it| it.level).map(|level| fixed.level_name(level))));
        }
        row.push(match feature.map(|it| it.accuracy) {
            Some(None) => text(words.not_stated),
            Some(Some(Metres(metres))) => Value::number(Some(metres), usize::from(metres.fract() != 0.0)),
            None => Value::Null,
        });
        let published_km2 = area.published.map(SquareMetres::km2);
        row.extend([
            Value::number(Some(area.size.area.km2()), 4),
            Value::number(Some(area.size.area.ha()), 2),
            Value::number(Some(area.size.area.mu()), 1),
            Value::number(Some(area.size.perimeter.km()), 3),
            published_km2
                .map_or(Value::Null, |figure| Value::Float { value: figure, decimals: Some(decimals_of(figure)) }),
            Value::number(area.difference().map(SquareMetres::km2), 4),
            Value::number(area.difference_ppm(), 1),
        ]);
        row
    };
    (head, areas.iter().map(row).collect())
}

/// As many decimals as were published, at most those of a square metre.
fn decimals_of(figure: f64) -> usize {
    figure.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len().min(6))
}

/// The core and the zones, which do not overlap, with their shares.
fn zones(plan: &Plan, areas: &[ZoneArea], method: &Method, lang: Lang) -> Section<'static> {
    let (parcel_texts, texts) = (lang.parcel_texts(), lang.report_texts());
    let is_zone = |area: &&ZoneArea| area.method == *method && area.zone.is_some_and(|zone| plan.is_partition(zone));
    let zones: Vec<&ZoneArea> = areas.iter().filter(is_zone).collect();
    let all: f64 = zones.iter().map(|area| area.size.area.0).sum();
    let head: Head = vec![
        (parcel_texts.zone.to_owned(), Align::Left),
        (parcel_texts.in_unit(parcel_texts.parcel_area, parcel_texts.square_kilometres), Align::Right),
        (parcel_texts.share.to_owned(), Align::Right),
    ];
    let row = |area: &&ZoneArea| {
        let name = area.zone.map(|zone| one_line(lang.name_of(&plan[zone])));
        let share = (all > 0.0).then(|| 100.0 * area.size.area.0 / all);
        vec![Value::text(name), Value::number(Some(area.size.area.km2()), 4), Value::number(share, 2)]
    };
    let rows: Vec<Vec<Value<'static>>> = zones.iter().map(row).collect();
    let chart = BarChart { title: texts.areas_by().to_owned(), columns: vec![1], rows: rows.len() };
    Section {
        title: parcel_texts.zones.to_owned(),
        figures: vec![Figure::Bars(chart)],
        table: Some(Table::Short { head, rows }),
        ..Section::default()
    }
}

/// The pairs of features that overlap, without those of which one is in the other by the levels of the plan.
fn overlap_section(plan: &Plan, overlaps: &[Overlap], lang: Lang) -> Option<Section<'static>> {
    /// Longer lists are for programs: `corridor areas --overlaps`.
    const MAX_PAIRS: usize = 1_000;
    let fixed = lang.texts();
    let is_nested = |a: FeatureId, b: FeatureId| plan.path(a).contains(&b) || plan.path(b).contains(&a);
    let pairs: Vec<&Overlap> = overlaps.iter().filter(|pair| !is_nested(pair.a, pair.b)).take(MAX_PAIRS).collect();
    if pairs.is_empty() {
        return None;
    }
    let name = |zone: FeatureId| text(one_line(lang.name_of(&plan[zone])));
    let head: Head = vec![
        (fixed.name.to_owned(), Align::Left),
        (fixed.name.to_owned(), Align::Left),
        (fixed.overlaps.to_owned(), Align::Right),
    ];
    let rows =
        pairs.iter().map(|pair| vec![name(pair.a), name(pair.b), Value::number(Some(pair.area.km2()), 4)]).collect();
    Some(Section {
        title: lang.report_texts().overlaps().to_owned(),
        table: Some(Table::Short { head, rows }),
        ..Section::default()
    })
}
