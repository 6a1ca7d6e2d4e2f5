//! The report on findings, for people: how many of which kind, and each with its place.

use super::{area_decimals, count_line, feature};
use crate::error::{Result, width_decimals};
use crate::messages::text::one_line;
use crate::messages::{self, Lang};
use crate::plan::{Finding, Severity};
use crate::report::Source;
use crate::report::document::{DocumentTarget, DocumentWriter, Head, Section, Table, WrittenDocument};
use crate::report::parcels::text;
use crate::report::text::Align;
use crate::table::Value;
use crate::units::SquareMetres;

/// What a report on findings says besides them.
///
/// ```
/// use taizhou_corridor::report::check::ReportNotes;
///
/// let notes = ReportNotes { outcome: vec!["3 features checked as a coverage".to_owned()], ..ReportNotes::default() };
/// assert!(notes.methods.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportNotes {
    /// What was checked, and what is not listed, in sentences.
    pub outcome: Vec<String>,
    /// How it was checked.
    pub methods: Vec<String>,
}

/// Writes the report on findings, which is not yet committed.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check::check};
/// use taizhou_corridor::report::check::{ReportNotes, write_report};
/// use taizhou_corridor::report::{Source, document::{DocumentTarget, ReportFormat}};
///
/// // A corner of the core, moved across its border with Jiaojiang.
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check(&UncheckedPlan::read(moved.as_bytes())?, None);
/// let (output, memory) = Output::memory("findings.md");
/// let target = DocumentTarget::new(output, ReportFormat::Markdown);
/// let source = Source { file: "own.geojson".to_owned(), ..Source::default() };
/// write_report(target, &findings, &ReportNotes::default(), &source, Lang::En)?.commit()?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.contains("| Overlap (overlap) | warning | 1 |"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write_report(
    target: DocumentTarget,
    findings: &[Finding],
    notes: &ReportNotes,
    source: &Source,
    lang: Lang,
) -> Result<WrittenDocument> {
    let (parcel_texts, texts, fixed) = (lang.parcel_texts(), lang.report_texts(), lang.texts());
    let mut writer = DocumentWriter::new(target, lang, head(lang))?;
    for (index, finding) in findings.iter().enumerate() {
        writer.row(0, &row(index as i64 + 1, finding, lang))?;
    }
    let is_sound = findings.is_empty();
    let mut outcome = vec![if is_sound { fixed.no_findings.to_owned() } else { count_line(findings, lang) }];
    outcome.extend(notes.outcome.iter().cloned());
    let mut sections =
        vec![Section { title: parcel_texts.summary.to_owned(), paragraphs: outcome, ..Section::default() }];
    sections.extend(source.map_section(lang));
    if !is_sound {
        let table = Some(counts(findings, lang));
        sections.push(Section { title: texts.findings_by_kind().to_owned(), table, ..Section::default() });
        let table = Some(Table::Streamed(0));
        sections.push(Section { title: texts.all_findings().to_owned(), table, ..Section::default() });
    }
    let mut methods = notes.methods.clone();
    methods.push(format!("{} corridor {}", parcel_texts.made_with, env!("CARGO_PKG_VERSION")));
    sections.push(Section { title: parcel_texts.method.to_owned(), paragraphs: methods, ..Section::default() });
    writer.finish(&source.cover(texts.check_title(), None, lang), &sections)
}

/// The name of a kind with its code.
fn kind(finding: &Finding, lang: Lang) -> String {
    let code = finding.problem.code();
    lang.parcel_texts().in_unit(lang.finding_name(code), code)
}

fn area(area: Option<SquareMetres>) -> Value<'static> {
    area.map_or(Value::Null, |area| Value::number(Some(area.0), area_decimals(area)))
}

/// The number of findings of each kind and severity, and their area; the most severe first.
fn counts(findings: &[Finding], lang: Lang) -> Table<'static> {
    let (parcel_texts, texts, fixed) = (lang.parcel_texts(), lang.report_texts(), lang.texts());
    let mut kinds: Vec<(Severity, &str, &Finding, i64, Option<f64>)> = vec![];
    for finding in findings {
        let (severity, code) = (finding.severity, finding.problem.code());
        let known = kinds.iter().position(|known| (known.0, known.1) == (severity, code));
        let index = known.unwrap_or_else(|| {
            kinds.push((severity, code, finding, 0, None));
            kinds.len() - 1
        });
        let (.., count, area_m2) = &mut kinds[index];
        *count += 1;
        if let Some(area) = finding.problem.area() {
            *area_m2 = Some(area_m2.unwrap_or(0.0) + area.0);
        }
    }
    kinds.sort_by(|a, b| b.0.cmp(&a.0).then(b.3.cmp(&a.3)));
    let head: Head = vec![
        (texts.kind_of_finding().to_owned(), Align::Left),
        (fixed.severity.to_owned(), Align::Left),
        (texts.number_of_findings().to_owned(), Align::Right),
        (parcel_texts.in_unit(parcel_texts.parcel_area, parcel_texts.square_metres), Align::Right),
    ];
    let row = |(severity, _, finding, count, area_m2): (Severity, &str, &Finding, i64, Option<f64>)| {
        vec![
            text(kind(finding, lang)),
            text(fixed.severity_name(severity)),
            Value::Integer(count),
            area(area_m2.map(SquareMetres)),
        ]
    };
    Table::Short { head, rows: kinds.into_iter().map(row).collect() }
}

fn head(lang: Lang) -> Head {
    let (parcel_texts, texts, fixed) = (lang.parcel_texts(), lang.report_texts(), lang.texts());
    let (left, right) = (Align::Left, Align::Right);
    vec![
        (texts.number().to_owned(), right),
        (fixed.severity.to_owned(), left),
        (texts.kind_of_finding().to_owned(), left),
        (fixed.feature.to_owned(), left),
        (fixed.heading("other_feature").to_owned(), left),
        (parcel_texts.in_unit(parcel_texts.parcel_area, parcel_texts.square_metres), right),
        (parcel_texts.in_unit(texts.width(), fixed.outline_words().metres), right),
        (texts.longitude().to_owned(), right),
        (texts.latitude().to_owned(), right),
        (fixed.message.to_owned(), left),
    ]
}

fn row(number: i64, finding: &Finding, lang: Lang) -> Vec<Value<'static>> {
    let problem = &finding.problem;
    let width = problem.width();
    vec![
        Value::Integer(number),
        text(lang.texts().severity_name(finding.severity)),
        text(kind(finding, lang)),
        Value::text(feature(finding).as_deref().map(one_line)),
        Value::text(problem.other().map(one_line)),
        area(problem.area()),
        width.map_or(Value::Null, |width| Value::number(Some(width.0), width_decimals(width))),
        Value::number(finding.at.map(|at| at.x), 7),
        Value::number(finding.at.map(|at| at.y), 7),
        text(one_line(&messages::finding(finding, lang))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Output;
    use crate::report::check::tests::findings;
    use crate::report::document::ReportFormat;

    fn written(findings: &[Finding], format: ReportFormat, lang: Lang) -> Vec<u8> {
        let (output, memory) = Output::memory("report");
        let notes = ReportNotes { outcome: vec!["checked".to_owned()], methods: vec!["exact".to_owned()] };
        let source = Source { file: "a.gpkg".to_owned(), ..Source::default() };
        write_report(DocumentTarget::new(output, format), findings, &notes, &source, lang).unwrap().commit().unwrap();
        memory.into_bytes()
    }

    #[test]
    fn findings_are_counted_and_listed_in_words() {
        let text = String::from_utf8(written(&findings(), ReportFormat::Markdown, Lang::Zh)).unwrap();
        assert!(text.contains("| 重叠（overlap） | 错误 | 1 | 12.50 |"), "{text}");
        assert!(text.contains("| 拐点不对应（unmatched-corner） | 提示 | 1 |  |"), "{text}");
        assert!(text.contains("错误1项，警告1项，提示1项") && text.contains("checked") && text.contains("exact"));
        let overlap = "| 1 | 错误 | 重叠（overlap） | A | B, 2 | 12.50 | 0.100 | 121.4000005 | 28.6550000 |";
        assert!(text.contains(overlap), "{text}");
        // The most severe first.
        let places = ["错误 | 1", "警告 | 1", "提示 | 1"].map(|words| text.find(words).unwrap());
        assert!(places.is_sorted());
    }

    #[test]
    fn each_format_has_a_report() {
        for format in [ReportFormat::Workbook, ReportFormat::Docx, ReportFormat::Html] {
            assert!(written(&findings(), format, Lang::En).len() > 1000, "{format:?}");
        }
        let text = String::from_utf8(written(&[], ReportFormat::Markdown, Lang::En)).unwrap();
        assert!(text.contains("No problems found.") && !text.contains("| Severity"), "{text}");
    }
}
