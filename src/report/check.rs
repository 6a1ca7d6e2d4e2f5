//! Findings as tables and as GeoJSON.

use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};

use crate::messages::{self, Lang};
use crate::plan::{Finding, Severity};
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;

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
    let mut records = Records::new(&["code", "severity", "feature", "message", "lon", "lat"]);
    for finding in findings {
        records.push(vec![
            Value::text(Some(finding.problem.code())),
            Value::text(Some(finding.severity.as_str())),
            Value::text(feature(finding)),
            Value::text(Some(messages::finding(finding, Lang::En))),
            Value::number(finding.at.map(|at| at.x), 7),
            Value::number(finding.at.map(|at| at.y), 7),
        ]);
    }
    records
}

/// The findings for people, with a note of what is not checked if features have no levels.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let text = report::check::table(outline.findings(), outline.has_levels(), Lang::En);
/// assert!(text.ends_with("errors: 3, warnings: 0, info: 0\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(findings: &[Finding], has_levels: bool, lang: Lang) -> String {
    let texts = lang.texts();
    let checked = if has_levels { String::new() } else { format!("{}\n", texts.checked_without_levels) };
    if findings.is_empty() {
        return format!("{}\n{checked}", texts.no_findings);
    }
    let head = [texts.severity, texts.feature, texts.code, texts.message, texts.at];
    let mut table = TextTable::new(head.map(|name| (name.to_owned(), Align::Left)));
    for finding in findings {
        table.push([
            texts.severity_name(finding.severity).to_owned(),
            feature(finding).unwrap_or_default(),
            finding.problem.code().to_owned(),
            messages::finding(finding, lang),
            finding.at.map_or(String::new(), |at| format!("{:.7}, {:.7}", at.x, at.y)),
        ]);
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = texts.finding_count(count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    format!("{}\n{counts}\n{checked}", table.render())
}

/// The findings as a feature collection: points, or `null` geometries if the location is unknown.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check};
/// use taizhou_corridor::report;
///
/// // A corner of the core, moved across its border with Jiaojiang: where do they overlap?
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check::check(&UncheckedPlan::read(moved.as_bytes())?, None);
/// let map: serde_json::Value = serde_json::from_str(&report::check::geojson(&findings)).unwrap();
/// let overlap = map["features"].as_array().unwrap().iter().find(|f| f["properties"]["code"] == "overlap").unwrap();
/// assert_eq!(overlap["geometry"]["type"], "Point");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn geojson(findings: &[Finding]) -> String {
    let features = findings.iter().map(|finding| {
        let mut properties = JsonObject::new();
        properties.insert("code".to_owned(), finding.problem.code().into());
        properties.insert("severity".to_owned(), finding.severity.as_str().into());
        properties.insert("feature".to_owned(), feature(finding).into());
        properties.insert("message".to_owned(), messages::finding(finding, Lang::En).into());
        // A location out of range cannot be shown on a map; the message contains it.
        let at = finding.at.filter(|at| at.x.abs() <= 180.0 && at.y.abs() <= 90.0);
        let geometry = at.map(|at| Geometry::new(GeometryValue::new_point([at.x, at.y])));
        Feature { bbox: None, geometry, id: None, properties: Some(properties), foreign_members: None }
    });
    let collection = FeatureCollection { bbox: None, features: features.collect(), foreign_members: None };
    format!("{collection}\n")
}

/// The id of the feature, or its row in the file.
fn feature(finding: &Finding) -> Option<String> {
    finding.feature.clone().or(finding.row.map(|row| format!("#{row}")))
}
