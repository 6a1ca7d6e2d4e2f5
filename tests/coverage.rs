//! The coverage check on the cases of `tests/data/coverage`: reports about other programs, and arrangements that are hard.

mod common;

use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/coverage");

/// Code, feature, other feature, area; what is expected may be `*`, which is any, and a code with `+` any number of findings.
type Row = [String; 4];

/// The findings of a run, with the severities, and its exit code.
fn findings(files: &str, options: &str) -> (Vec<Row>, Vec<String>, i32) {
    let fixed = ["-q", "check", "--name-field", "id", "--coverage", "-f", "csv"];
    let arguments: Vec<&str> = fixed.into_iter().chain(files.split(' ')).chain(options.split(' ')).collect();
    let output = common::run(Path::new(FOLDER), &arguments);
    let code = output.status.code().unwrap();
    assert!(code < 2, "{arguments:?}: {}", common::stderr(&output));
    let text = common::stdout(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let titles = reader.headers().unwrap().clone();
    let column = |name: &str| titles.iter().position(|title| title == name).unwrap();
    let of_finding = ["code", "feature", "other_feature", "area_m2"].map(column);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows = records.iter().map(|record| of_finding.map(|column| record[column].to_owned())).collect();
    (rows, records.iter().map(|record| record[column("severity")].to_owned()).collect(), code)
}

fn is_met([code, feature, other, area]: &Row, found: &Row) -> bool {
    let is = |expected: &str, found: &str| expected == "*" || expected == found;
    // Four decimals are written.
    let is_area = match (area.parse::<f64>(), found[3].parse::<f64>()) {
        (Ok(expected), Ok(area)) => (area - expected).abs() <= 1.5e-4 + 1e-6 * expected,
        _ => is(area, &found[3]),
    };
    is(code, &found[0]) && is(feature, &found[1]) && is(other, &found[2]) && is_area
}

/// The differences between what is expected and found.
fn differences(expected: &str, found: &[Row]) -> Vec<String> {
    let mut left: Vec<&Row> = found.iter().collect();
    let mut differences = vec![];
    for finding in expected.split("; ").filter(|text| *text != "-") {
        let row: Row = finding.split('/').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        if let Some(code) = row[0].strip_suffix('+') {
            left.retain(|found| found[0] != code);
            continue;
        }
        match left.iter().position(|found| is_met(&row, found)) {
            Some(index) => drop(left.remove(index)),
            None => differences.push(format!("not found: {finding}")),
        }
    }
    differences.extend(left.iter().map(|row| format!("not expected: {}", row.join("/"))));
    differences
}

#[test]
fn cases_have_the_findings_that_are_expected() {
    let table = std::fs::read_to_string(Path::new(FOLDER).join("cases.tsv")).unwrap();
    let mut failures = vec![];
    let mut count = 0;
    for line in table.lines().skip(1) {
        let [case, files, options, expected, _reason] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let (found, severities, code) = findings(files, options);
        let differences = differences(expected, &found);
        if !differences.is_empty() {
            failures.push(format!("{case} ({options}): {}", differences.join("; ")));
        }
        assert_eq!(code == 1, severities.iter().any(|severity| severity != "info"), "{case}: {severities:?}");
        for (row, severity) in found.iter().zip(&severities) {
            let is_info = ["arcs", "hole", "unmatched-corner"].contains(&row[0].as_str());
            assert_eq!(severity == "info", is_info, "{case}: {row:?} {severity}");
        }
        count += 1;
    }
    assert!(count > 60, "{count}");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}
