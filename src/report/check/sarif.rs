//! Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format, 2023).

use serde_json::{Map, Value as Json, json};

use super::{FileFinding, feature, values};
use crate::messages::{self, Lang};
use crate::plan::Severity;

/// The schema that a log names.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The findings as a SARIF log of one run. Its rules are the codes of the findings, with a name of each in English, and
/// in Chinese as a translation.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::report::check::{FileFinding, sarif};
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let findings: Vec<FileFinding<'_>> =
///     outline.findings().iter().map(|finding| FileFinding { file: Some("own.geojson"), finding }).collect();
/// let log: serde_json::Value = serde_json::from_str(&sarif(&findings)).unwrap();
/// let result = &log["runs"][0]["results"][0];
/// assert_eq!((&result["ruleId"], &result["level"]), (&"unknown-parent".into(), &"error".into()));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn sarif(findings: &[FileFinding<'_>]) -> String {
    let mut codes: Vec<&str> = vec![];
    let results: Vec<Json> = findings
        .iter()
        .map(|about| {
            let code = about.finding.problem.code();
            let index = codes.iter().position(|known| *known == code).unwrap_or_else(|| {
                codes.push(code);
                codes.len() - 1
            });
            result(about, index)
        })
        .collect();
    let rules = |lang: Lang| -> Vec<Json> {
        let rule = |code: &&str| json!({ "id": code, "shortDescription": { "text": lang.finding_name(code) } });
        codes.iter().map(rule).collect()
    };
    let driver = json!({
        "name": "corridor",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "language": "en-US",
        "rules": rules(Lang::En),
    });
    let translation = json!({
        "name": "corridor",
        "language": "zh-CN",
        "contents": ["localizedData"],
        "translationMetadata": { "name": "zh-CN" },
        "rules": rules(Lang::Zh),
    });
    let run = json!({
        "tool": { "driver": driver },
        "language": "en-US",
        "columnKind": "unicodeCodePoints",
        "translations": [translation],
        "results": results,
    });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    format!("{log:#}\n")
}

fn result(about: &FileFinding<'_>, rule_index: usize) -> Json {
    let FileFinding { file, finding } = *about;
    let mut location = Map::new();
    if let Some(file) = file {
        location.insert("physicalLocation".to_owned(), json!({ "artifactLocation": { "uri": uri(file) } }));
    }
    if let Some(name) = feature(finding) {
        let name = json!([{ "name": name, "fullyQualifiedName": name, "kind": "element" }]);
        location.insert("logicalLocations".to_owned(), name);
    }
    let [.., lon, lat, _, area, width] = values(finding);
    let numbers = [("lon", lon), ("lat", lat), ("area_m2", area), ("width_m", width)];
    let mut properties: Map<String, Json> =
        numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_f64()?.into()))).collect();
    if let Some(other) = finding.problem.other() {
        properties.insert("other_feature".to_owned(), other.into());
    }
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let mut result = json!({
        "ruleId": finding.problem.code(),
        "ruleIndex": rule_index,
        "level": level,
        "message": { "text": messages::finding(finding, Lang::En) },
    });
    if !location.is_empty() {
        result["locations"] = json!([location]);
    }
    if !properties.is_empty() {
        result["properties"] = properties.into();
    }
    result
}

/// A path as a URI: relative if it is, as tools expect that join it to the root of a repository.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    let start = if is_drive {
        "file:///"
    } else if path.starts_with('/') {
        "file://"
    } else {
        ""
    };
    let mut uri = start.to_owned();
    for (index, byte) in path.strip_prefix("./").unwrap_or(&path).bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            b':' if is_drive && index == 1 => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::tests::findings;

    fn log(file: Option<&str>) -> Json {
        let findings = findings();
        let of_file: Vec<_> = findings.iter().map(|finding| FileFinding { file, finding }).collect();
        serde_json::from_str(&sarif(&of_file)).unwrap()
    }

    fn names(object: &Json) -> Vec<&str> {
        object.as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The members that the published schema requires and allows; it takes no others but in `properties`.
    #[test]
    fn logs_have_the_members_of_the_schema() {
        let log = log(Some("数据/a b.gpkg"));
        let check = |object: &Json, required: &[&str], allowed: &[&str]| {
            let found = names(object);
            assert!(required.iter().all(|name| found.contains(name)), "{required:?}: {object:#}");
            assert!(found.iter().all(|name| required.contains(name) || allowed.contains(name)), "{object:#}");
        };
        check(&log, &["version", "runs"], &["$schema", "inlineExternalProperties", "properties"]);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        check(run, &["tool"], &["results", "language", "columnKind", "translations"]);
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        check(&run["tool"], &["driver"], &["extensions", "properties"]);
        let component = ["version", "semanticVersion", "language", "rules", "contents"];
        check(&run["tool"]["driver"], &["name"], &component);
        check(&run["translations"][0], &["name"], &[&component[..], &["translationMetadata"]].concat());
        check(&run["translations"][0]["translationMetadata"], &["name"], &[]);
        for rule in [&run["tool"]["driver"], &run["translations"][0]].map(|component| &component["rules"][0]) {
            check(rule, &["id"], &["shortDescription"]);
            check(&rule["shortDescription"], &["text"], &["markdown", "properties"]);
        }
        for result in run["results"].as_array().unwrap() {
            check(result, &["message"], &["ruleId", "ruleIndex", "level", "locations", "properties"]);
            check(&result["message"], &["text"], &[]);
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            let location = &result["locations"][0];
            check(location, &[], &["physicalLocation", "logicalLocations"]);
            check(&location["physicalLocation"], &["artifactLocation"], &["region"]);
            check(&location["physicalLocation"]["artifactLocation"], &[], &["uri", "uriBaseId"]);
            check(&location["logicalLocations"][0], &[], &["name", "fullyQualifiedName", "kind"]);
        }
    }

    #[test]
    fn results_say_what_is_wrong_and_where() {
        let log = log(Some("数据/a b.gpkg"));
        let results = &log["runs"][0]["results"];
        assert_eq!([0, 1, 2].map(|index| results[index]["level"].clone()), ["error", "note", "warning"]);
        let overlap = &results[0];
        let uri = &overlap["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "%E6%95%B0%E6%8D%AE/a%20b.gpkg");
        assert_eq!(overlap["locations"][0]["logicalLocations"][0]["name"], "A");
        let expected =
            json!({"lon": 121.4000005, "lat": 28.655, "area_m2": 12.5, "width_m": 0.1, "other_feature": "B, 2"});
        assert_eq!(overlap["properties"], expected);
        assert!(results[2].get("properties").is_none());
        let names = [&log["runs"][0]["tool"]["driver"], &log["runs"][0]["translations"][0]]
            .map(|component| component["rules"][0]["shortDescription"]["text"].as_str().unwrap().to_owned());
        assert!(names[0].is_ascii() && !names[1].is_ascii(), "{names:?}");
    }

    #[test]
    fn what_is_no_file_has_no_physical_location() {
        let location = &log(None)["runs"][0]["results"][0]["locations"][0];
        assert_eq!(names(location), ["logicalLocations"]);
        let none: Json = serde_json::from_str(&sarif(&[])).unwrap();
        assert_eq!(none["runs"][0]["results"], json!([]));
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("./a/b.gpkg"), "a/b.gpkg");
        assert_eq!(uri(r"a\b#1.gpkg"), "a/b%231.gpkg");
        assert_eq!(uri("/data/a.gpkg"), "file:///data/a.gpkg");
        assert_eq!(uri(r"C:\data\a:b.gpkg"), "file:///C:/data/a%3Ab.gpkg");
    }
}
