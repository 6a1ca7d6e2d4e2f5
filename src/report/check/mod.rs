//! Findings as tables, in every format that is written, and as annotations for pipelines.

pub mod changes;
mod document;
mod github;
mod rows;
mod sarif;

pub use document::{ReportNotes, write_report};
pub use github::github;
pub use rows::{FindingRows, write};
pub use sarif::sarif;

use crate::error::{Result, width_decimals};
use crate::io::{Format, Output, WriteOptions};
use crate::messages::text::grouped;
use crate::messages::{self, Lang};
use crate::plan::check::Scope;
use crate::plan::{Finding, Severity};
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::{Schema, Value};
use crate::units::SquareMetres;

/// The columns of findings.
const COLUMNS: [&str; 9] =
    ["code", "severity", "feature", "message", "lon", "lat", "other_feature", "area_m2", "width_m"];

/// The decimals of areas, in square metres.
const AREA_DECIMALS: usize = 4;

/// A finding with the file that it is about.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::report::check::FileFinding;
///
/// let wrong = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let about = FileFinding { file: Some("own.geojson"), finding: &outline.findings()[0] };
/// assert_eq!(about.finding.problem.code(), "missing-property");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileFinding<'a> {
    /// The file as it was named; `None` for what is no file.
    pub file: Option<&'a str>,
    /// The finding.
    pub finding: &'a Finding,
}

/// The findings for programs.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::report;
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let csv = report::check::records(outline.findings()).to_csv();
/// assert!(csv.contains("\nunknown-parent,error,feilong-lake-community,"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn records(findings: &[Finding]) -> Records<'_> {
    let mut records = Records::new(&COLUMNS);
    findings.iter().for_each(|finding| records.push(values(finding).to_vec()));
    records
}

/// The values of a finding, one for each column.
fn values(finding: &Finding) -> [Value<'_>; COLUMNS.len()] {
    let problem = &finding.problem;
    [
        Value::text(Some(problem.code())),
        Value::text(Some(finding.severity.as_str())),
        Value::text(feature(finding)),
        Value::text(Some(messages::finding(finding, Lang::En))),
        Value::number(finding.at.map(|at| at.x), 7),
        Value::number(finding.at.map(|at| at.y), 7),
        Value::text(problem.other()),
        Value::number(problem.area().map(|area| area.0), AREA_DECIMALS),
        Value::number(problem.width().map(|width| width.0), 5),
    ]
}

/// The findings for people, with a note of what is not checked in a layer.
///
/// ```
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check::Scope};
/// use taizhou_corridor::report::check::table;
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let text = table(outline.findings(), Scope::of(&outline), Lang::En);
/// assert!(text.ends_with("errors: 3, warnings: 0, info: 0\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(findings: &[Finding], scope: Scope, lang: Lang) -> String {
    let texts = lang.texts();
    let checked = texts.checked(scope).map_or(String::new(), |checked| format!("{checked}\n"));
    if findings.is_empty() {
        return format!("{}\n{checked}", texts.no_findings);
    }
    let (left, right) = (Align::Left, Align::Right);
    let mut table = TextTable::new(
        [
            (texts.severity, left),
            (texts.feature, left),
            (texts.code, left),
            (texts.message, left),
            (texts.heading("other_feature"), left),
            (texts.heading("area_m2"), right),
            (texts.heading("width_m"), right),
            (texts.at, left),
        ]
        .map(|(name, align)| (name.to_owned(), align)),
    );
    for finding in findings {
        let problem = &finding.problem;
        let width = problem.width().map(|width| grouped(width.0, width_decimals(width)));
        table.push([
            texts.severity_name(finding.severity).to_owned(),
            feature(finding).unwrap_or_default(),
            problem.code().to_owned(),
            messages::finding(finding, lang),
            problem.other().unwrap_or_default().to_owned(),
            problem.area().map_or(String::new(), |area| grouped(area.0, area_decimals(area))),
            width.unwrap_or_default(),
            finding.at.map_or(String::new(), |at| format!("{:.7}, {:.7}", at.x, at.y)),
        ]);
    }
    format!("{}\n{}\n{checked}", table.render(), count_line(findings, lang))
}

/// The decimals of areas for people, in square metres: more where they are small.
fn area_decimals(area: SquareMetres) -> usize {
    if area.0 < 0.1 { 6 } else { 2 }
}

/// The number of findings by severity, in a line.
fn count_line(findings: &[Finding], lang: Lang) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    lang.texts().finding_count(count(Severity::Error), count(Severity::Warning), count(Severity::Info))
}

/// The findings as a feature collection: the area of each as polygons, else its location as a point, or `null` if that
/// is unknown.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check};
/// use taizhou_corridor::report;
///
/// // A corner of the core, moved across its border with Jiaojiang: where do they overlap?
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check::check(&UncheckedPlan::read(moved.as_bytes())?, None);
/// let map: serde_json::Value = serde_json::from_str(&report::check::geojson(&findings)?).unwrap();
/// let overlap = map["features"].as_array().unwrap().iter().find(|f| f["properties"]["code"] == "overlap").unwrap();
/// assert_eq!(overlap["geometry"]["type"], "Polygon");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn geojson(findings: &[Finding]) -> Result<String> {
    let (output, memory) = Output::memory("findings.geojson");
    write(output, findings, &WriteOptions::new(Format::GEOJSON))?;
    Ok(String::from_utf8_lossy(&memory.into_bytes()).into_owned())
}

/// The column of the severity in a table of findings; `None` for another table.
///
/// ```
/// use taizhou_corridor::report::check::severity_column;
/// use taizhou_corridor::table::{GeometrySource, Schema};
///
/// let names = ["code", "severity", "feature", "message", "lon", "lat"];
/// assert_eq!(severity_column(&Schema::of_text(names, GeometrySource::Columns(4, 5))), Some(1));
/// assert_eq!(severity_column(&Schema::of_text(["code", "severity"], GeometrySource::Shapes)), None);
/// ```
pub fn severity_column(schema: &Schema) -> Option<usize> {
    let [code, severity, feature, message, ..] = COLUMNS;
    let has_others = [code, feature, message].iter().all(|name| schema.position(name).is_some());
    schema.position(severity).filter(|_| has_others)
}

/// The id of the feature, or its row in the file.
fn feature(finding: &Finding) -> Option<String> {
    finding.feature.clone().or(finding.row.map(|row| format!("#{row}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{CoverageProblem, PlanProblem};
    use crate::plan::Problem;
    use crate::units::{Metres, SquareMetres};
    use geo::{Coord, MultiPolygon, polygon};

    /// Findings with an area, with a location alone, and with neither.
    pub(super) fn findings() -> Vec<Finding> {
        let about = |severity, problem: Problem, feature: &str| Finding {
            severity,
            row: Some(1),
            feature: Some(feature.to_owned()),
            ..Finding::of_file(problem)
        };
        let (area, width) = (SquareMetres(12.5), Metres(0.1));
        // Clockwise, as a kernel may have it.
        let strip: MultiPolygon<f64> =
            polygon![(x: 121.4, y: 28.65), (x: 121.4, y: 28.66), (x: 121.400001, y: 28.66), (x: 121.400001, y: 28.65)]
                .into();
        let overlap =
            about(Severity::Error, CoverageProblem::Overlap { other: "B, 2".to_owned(), area, width }.into(), "A");
        let corner = about(Severity::Info, CoverageProblem::UnmatchedCorner { other: "A".to_owned() }.into(), "B, 2");
        vec![
            Finding { at: Some(Coord { x: 121.4000005, y: 28.655 }), shape: Some(strip), ..overlap },
            Finding { at: Some(Coord { x: 121.41, y: 28.65 }), ..corner },
            about(Severity::Warning, PlanProblem::MissingProperty { name: "name".to_owned() }.into(), "C"),
        ]
    }

    #[test]
    fn other_features_areas_and_widths_have_columns() {
        let findings = findings();
        let csv = records(&findings).to_csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "code,severity,feature,message,lon,lat,other_feature,area_m2,width_m");
        assert!(lines[1].starts_with("overlap,error,A,"), "{csv}");
        assert!(lines[1].ends_with(",121.4000005,28.6550000,\"B, 2\",12.5000,0.10000"), "{csv}");
        assert!(lines[2].ends_with(",121.4100000,28.6500000,A,,"), "{csv}");
        let json = records(&findings[2..]).to_json();
        assert!(json.ends_with("\"other_feature\":null,\"area_m2\":null,\"width_m\":null}\n]\n"), "{json}");
    }

    #[test]
    fn columns_that_no_finding_has_are_not_shown() {
        let findings = findings();
        let head = |findings: &[Finding]| table(findings, Scope::Plan, Lang::En).lines().next().unwrap().to_owned();
        let words = |line: String| line.split("  ").filter(|word| !word.is_empty()).count();
        assert_eq!((words(head(&findings)), words(head(&findings[2..]))), (8, 4));
        assert!(table(&findings, Scope::Plan, Lang::Zh).contains(" 12.50 "));
    }

    #[test]
    fn a_layer_of_several_polygons_could_be_checked_further() {
        for lang in [Lang::En, Lang::Zh] {
            let says = |scope| table(&[], scope, lang).contains("--coverage");
            assert!(says(Scope::Layer { has_several: true }));
            assert!(!says(Scope::Layer { has_several: false }) && !says(Scope::Coverage) && !says(Scope::Plan));
            assert_eq!(table(&[], Scope::Plan, lang).lines().count(), 1);
        }
    }
}
