//! Where something happened.

use std::fmt;

/// Where something happened, as far as it is known.
///
/// ```
/// use taizhou_corridor::error::Location;
///
/// let place = Location { file: Some("sites.csv".to_owned()), row: Some(3), ..Location::default() };
/// assert_eq!(place.to_string(), "sites.csv, row 3");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The file as the user named it; `-` is standard input or output.
    pub file: Option<String>,
    /// The line of the file, from 1.
    pub line: Option<u64>,
    /// The row (record or feature) of the file, from 1, not counting a header.
    pub row: Option<u64>,
    /// The id of the feature.
    pub feature: Option<String>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.clone(),
            self.line.map(|line| format!("line {line}")),
            self.row.map(|row| format!("row {row}")),
            self.feature.as_ref().map(|id| format!("feature `{id}`")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}
