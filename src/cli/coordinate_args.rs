//! `--at 121.4 28.6`: PowerShell passes the unquoted value `121.4,28.6` as two arguments, and people type a space.

use std::ffi::OsString;

/// Joins two numbers after `--at`, each an argument of its own, into one value. A number alone is never a valid value
/// of `--at`, so that no valid command line changes.
pub(super) fn join_coordinates(arguments: &mut Vec<OsString>) {
    let mut at = 0;
    while at < arguments.len() && arguments[at] != "--" {
        let value = if arguments[at] == "--at" { Some(at + 1) } else { starts_with_at(&arguments[at]).then_some(at) };
        if let Some(joined) = value.and_then(|value| joined(arguments.get(value)?, arguments.get(value + 1)?)) {
            let value = value.unwrap_or(at);
            arguments[value] = joined;
            arguments.remove(value + 1);
        }
        at += 1;
    }
}

fn starts_with_at(argument: &OsString) -> bool {
    argument.to_str().is_some_and(|text| text.starts_with("--at="))
}

/// `121.4`, `121.4,` or `--at=121.4`, and `28.6` or `,28.6`.
fn joined(first: &OsString, second: &OsString) -> Option<OsString> {
    const COMMAS: [char; 2] = [',', '，'];
    let first = first.to_str()?.trim_end_matches(COMMAS);
    let second = second.to_str()?.trim_matches(COMMAS);
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let number = first.strip_prefix("--at=").unwrap_or(first);
    (is_number(number) && is_number(second)).then(|| OsString::from(format!("{first},{second}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined_line(line: &str) -> String {
        let mut arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        join_coordinates(&mut arguments);
        let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
        texts.join(" ")
    }

    #[test]
    fn two_numbers_are_one_position() {
        for line in
            ["locate --at 121.4 28.6", "locate --at 121.4, 28.6", "locate --at 121.4 ,28.6", "locate --at 121.4， 28.6"]
        {
            assert_eq!(joined_line(line), "locate --at 121.4,28.6");
        }
        assert_eq!(joined_line("locate --at=121.4 28.6 -q"), "locate --at=121.4,28.6 -q");
        assert_eq!(joined_line("locate --at -1 -2 --at 3 4"), "locate --at -1,-2 --at 3,4");
    }

    #[test]
    fn other_command_lines_are_unchanged() {
        for line in [
            "locate --at 121.4,28.6 7",
            "locate --at 121.4",
            "locate --at",
            "locate --at 121.4 --at 28.6",
            "locate --uncertainty 5 6",
            "locate -- --at 1 2",
        ] {
            assert_eq!(joined_line(line), line);
        }
    }
}
