//! Findings as workflow commands of GitHub Actions.

use std::fmt::Write;

use super::{FileFinding, feature};
use crate::messages::{self, Lang};
use crate::plan::Severity;

/// The findings as workflow commands, one a line, which a runner of GitHub Actions shows as annotations.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::report::check::{FileFinding, github};
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// let findings: Vec<FileFinding<'_>> =
///     outline.findings().iter().map(|finding| FileFinding { file: Some("a, b.geojson"), finding }).collect();
/// let start = "::error file=a%2C b.geojson,title=unknown-parent::scientist-startup-base: its parent `lucheng` is";
/// assert!(github(&findings).starts_with(start));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn github(findings: &[FileFinding<'_>]) -> String {
    let mut text = String::new();
    for &FileFinding { file, finding } in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let file = file.map_or(String::new(), |file| format!("file={},", property(&file.replace('\\', "/"))));
        let about = feature(finding).map_or(String::new(), |feature| format!("{feature}: "));
        let at = finding.at.map_or(String::new(), |at| format!(" ({:.7}, {:.7})", at.x, at.y));
        let message = data(&format!("{about}{}{at}", messages::finding(finding, Lang::En)));
        let title = property(finding.problem.code());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "::{command} {file}title={title}::{message}");
    }
    text
}

/// Escapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Finding;
    use crate::report::check::tests::findings;

    #[test]
    fn each_finding_is_a_command() {
        let findings = findings();
        let of_file: Vec<_> =
            findings.iter().map(|finding| FileFinding { file: Some("d/50%:a.gpkg"), finding }).collect();
        let text = github(&of_file);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("::error file=d/50%25%3Aa.gpkg,title=overlap::A: it overlaps `B, 2`"), "{text}");
        assert!(lines[0].ends_with(" (121.4000005, 28.6550000)"), "{text}");
        assert!(lines[1].starts_with("::notice file="), "{text}");
        assert!(lines[2].starts_with("::warning file="), "{text}");
    }

    #[test]
    fn nothing_in_a_name_begins_another_command() {
        let finding = Finding { feature: Some("A\n::error::100%\r".to_owned()), ..findings()[2].clone() };
        let text = github(&[FileFinding { file: None, finding: &finding }]);
        assert_eq!(text.lines().count(), 1);
        assert!(text.starts_with("::warning title=missing-property::A%0A::error::100%25%0D: the property"), "{text}");
    }
}
