//! A cell of a table, as in its file.

use std::borrow::Cow;

/// The content of a cell.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::table::CellText;
///
/// // Digits are kept as in the file.
/// let feature = r#"{"type": "Feature", "properties": {"size": 12.50},
///     "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}}"#;
/// let batch = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?.next_batch()?.unwrap();
/// assert_eq!(batch.row(0).cell(0), Some(CellText::Json("12.50")));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellText<'a> {
    /// A text.
    Text(&'a str),
    /// A JSON value as in the file: `12.50`, `"a\u00e9"`, `null`, `[1, 2]`.
    Json(&'a str),
}

impl<'a> CellText<'a> {
    /// The cell as a text: the content of a JSON string, an empty text for `null`, otherwise the JSON.
    ///
    /// ```
    /// use taizhou_corridor::table::CellText;
    ///
    /// assert_eq!(CellText::Text("0701").text(), "0701");
    /// assert_eq!(CellText::Json(r#""\u53f0\u5dde""#).text(), "台州");
    /// assert_eq!(CellText::Json("null").text(), "");
    /// ```
    pub fn text(self) -> Cow<'a, str> {
        match self {
            CellText::Text(text) => Cow::Borrowed(text),
            CellText::Json("null") => Cow::Borrowed(""),
            CellText::Json(json) if json.starts_with('"') => {
                serde_json::from_str(json).map_or(Cow::Borrowed(json), Cow::Owned)
            }
            CellText::Json(json) => Cow::Borrowed(json),
        }
    }

    /// The cell for display: a decimal with more digits than a double can represent becomes the shortest decimal of the
    /// same double. Integers keep their digits, as they may be ids.
    ///
    /// ```
    /// use taizhou_corridor::table::CellText;
    ///
    /// // As written for a decimal column of a shapefile.
    /// assert_eq!(CellText::Json("72.709999999999994").shown(), "72.71");
    /// assert_eq!(CellText::Json("330003000000000123").shown(), "330003000000000123");
    /// ```
    pub fn shown(self) -> Cow<'a, str> {
        const DIGITS_OF_DOUBLE: usize = 15;
        let CellText::Json(json) = self else { return self.text() };
        let digits = json.bytes().filter(u8::is_ascii_digit).count();
        let is_decimal = json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && json.contains('.');
        match json.parse::<f64>() {
            Ok(value) if is_decimal && digits > DIGITS_OF_DOUBLE && value.is_finite() && value.abs() < 1e15 => {
                let shortest = format!("{value:?}");
                Cow::Owned(shortest.strip_suffix(".0").map(str::to_owned).unwrap_or(shortest))
            }
            _ => self.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_displayed_with_their_significant_digits() {
        let cases = [
            ("24.149999999999999", "24.15"),
            ("-24.149999999999999", "-24.15"),
            ("121.36898000000001", "121.36898000000001"),
            ("9.5217000000000007e+003", "9521.7"),
            ("1.000000000000000000", "1"),
            ("12.50", "12.50"),
            ("330003000000000123", "330003000000000123"),
            ("1234567890123456.500", "1234567890123456.500"),
            ("[72.709999999999994]", "[72.709999999999994]"),
        ];
        for (json, text) in cases {
            assert_eq!(CellText::Json(json).shown(), text);
        }
        assert_eq!(CellText::Text("72.709999999999994").shown(), "72.709999999999994");
    }

    #[test]
    fn json_is_converted_to_text() {
        let cases = [(r#""台\u5dde""#, "台州"), ("null", ""), ("1.50", "1.50"), ("[1, 2]", "[1, 2]"), ("true", "true")];
        for (json, text) in cases {
            assert_eq!(CellText::Json(json).text(), text);
        }
    }
}
