//! A cell of a table, as it was written.

use std::borrow::Cow;

/// What stands in a cell.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::table::Cell;
///
/// // Digits stay as they were written.
/// let feature = r#"{"type": "Feature", "properties": {"size": 12.50},
///     "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}}"#;
/// let batch = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?.next_batch()?.unwrap();
/// assert_eq!(batch.row(0).cell(0), Some(Cell::Json("12.50")));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A text.
    Text(&'a str),
    /// A JSON value as it is written: `12.50`, `"a\u00e9"`, `null`, `[1, 2]`.
    Json(&'a str),
}

impl<'a> Cell<'a> {
    /// The cell as a text: of a JSON string its content, of `null` nothing, else the JSON.
    ///
    /// ```
    /// use taizhou_corridor::table::Cell;
    ///
    /// assert_eq!(Cell::Text("0701").text(), "0701");
    /// assert_eq!(Cell::Json(r#""\u53f0\u5dde""#).text(), "台州");
    /// assert_eq!(Cell::Json("null").text(), "");
    /// ```
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Json("null") => Cow::Borrowed(""),
            Cell::Json(json) if json.starts_with('"') => {
                serde_json::from_str(json).map_or(Cow::Borrowed(json), Cow::Owned)
            }
            Cell::Json(json) => Cow::Borrowed(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_as_text() {
        let cases = [(r#""台\u5dde""#, "台州"), ("null", ""), ("1.50", "1.50"), ("[1, 2]", "[1, 2]"), ("true", "true")];
        for (json, text) in cases {
            assert_eq!(Cell::Json(json).text(), text);
        }
    }
}
