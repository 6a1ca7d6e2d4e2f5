//! What can be wrong with JSON, and with GeoJSON.

use crate::error::LibraryMessage;

/// Why a text is not JSON.
///
/// ```
/// use taizhou_corridor::error::{ErrorKind, JsonProblem};
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let sites = Input::bytes("sites.geojson", r#"{"type": "FeatureCollection" "features": []}"#);
/// let error = io::open(sites, &ReadOptions::default()).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::Json(JsonProblem::Unexpected { found: b'"', .. })));
/// assert_eq!(error.to_string(), r#"sites.geojson, line 1: it is not JSON: expected `,` or `}` after a member, found `\"`"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonProblem {
    /// An unexpected byte.
    #[error("expected {expected}, found `{}`", found.escape_ascii())]
    Unexpected {
        /// What was expected.
        expected: JsonToken,
        /// The byte found.
        found: u8,
    },
    /// There is a second member `features`.
    #[error("expected one member `features`, found another")]
    SecondFeatures,
    /// Punctuation is missing.
    #[error("expected {}", either(.0))]
    Expected(Vec<char>),
    /// A value is missing.
    #[error("expected a value")]
    ExpectedValue,
    /// A word is neither true nor false nor null.
    #[error("expected true, false or null")]
    ExpectedWord,
    /// The name of a member is not a string.
    #[error("the name of a member must be a string")]
    NameNotString,
    /// A trailing comma.
    #[error("trailing comma")]
    TrailingComma,
    /// Text follows the value.
    #[error("trailing characters")]
    TrailingCharacters,
    /// An invalid escape sequence in a string.
    #[error("invalid escape")]
    InvalidEscape,
    /// An invalid number.
    #[error("invalid number")]
    InvalidNumber,
    /// A number is too large.
    #[error("number out of range")]
    NumberOutOfRange,
    /// A string has a control character.
    #[error("control character (U+0000 to U+001F) in a string")]
    ControlCharacter,
    /// Values are nested too deeply.
    #[error("values are nested too deep")]
    NestedTooDeep,
    /// Any other error of the parser.
    #[error(transparent)]
    Library(#[from] LibraryMessage),
}

/// What is expected in JSON.
///
/// ```
/// use taizhou_corridor::error::JsonToken;
///
/// assert_eq!(JsonToken::Name.to_string(), "the name of a member");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonToken {
    /// A comma or bracket after a feature.
    #[error("`,` or `]` after a feature")]
    AfterFeature,
    /// A comma or brace after a member.
    #[error("`,` or `}}` after a member")]
    AfterMember,
    /// The colon after the name of a member.
    #[error("`:` after the name of a member")]
    AfterName,
    /// The name of a member.
    #[error("the name of a member")]
    Name,
    /// A value.
    #[error("a value")]
    Value,
}

fn either(characters: &[char]) -> String {
    characters.iter().map(|character| format!("`{character}`")).collect::<Vec<_>>().join(" or ")
}

impl From<&serde_json::Error> for JsonProblem {
    /// Errors are recognised by their text, since the codes of `serde_json` are private.
    fn from(error: &serde_json::Error) -> JsonProblem {
        let text = error.to_string();
        // Line and column are relative to the text of a feature.
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        match text {
            "expected `:`" => JsonProblem::Expected(vec![':']),
            "expected `,` or `]`" => JsonProblem::Expected(vec![',', ']']),
            "expected `,` or `}`" => JsonProblem::Expected(vec![',', '}']),
            "expected value" => JsonProblem::ExpectedValue,
            "expected ident" => JsonProblem::ExpectedWord,
            "key must be a string" => JsonProblem::NameNotString,
            "trailing comma" => JsonProblem::TrailingComma,
            "trailing characters" => JsonProblem::TrailingCharacters,
            "invalid escape" => JsonProblem::InvalidEscape,
            "invalid number" => JsonProblem::InvalidNumber,
            "number out of range" => JsonProblem::NumberOutOfRange,
            "recursion limit exceeded" => JsonProblem::NestedTooDeep,
            text if text.starts_with("control character") => JsonProblem::ControlCharacter,
            text => LibraryMessage::new("serde_json", text).into(),
        }
    }
}

/// What is expected at a place in GeoJSON.
///
/// ```
/// use taizhou_corridor::error::GeoJsonExpected;
///
/// assert_eq!(GeoJsonExpected::Object.to_string(), "a GeoJSON object");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GeoJsonExpected {
    /// An object.
    #[error("a GeoJSON object")]
    Object,
    /// An object with a known `type`.
    #[error("a Feature, a geometry, or a FeatureCollection with `features`")]
    FeatureOrGeometry,
    /// A feature collection, since there is a member `features`.
    #[error("a FeatureCollection around `features`")]
    Collection,
    /// The `crs` of the preceding objects.
    #[error("the same `crs` in all of the file")]
    SameCrs,
}

/// What was found instead.
///
/// ```
/// use taizhou_corridor::error::GeoJsonFound;
///
/// assert_eq!(GeoJsonFound::Text("\"Topology\"".to_owned()).to_string(), "\"Topology\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GeoJsonFound {
    /// The text of the file, shortened.
    #[error("{0}")]
    Text(String),
    /// An object without a `type`.
    #[error("an object without a `type`")]
    NoType,
    /// Nothing.
    #[error("none")]
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_parser_are_known_by_their_kind() {
        let problem = |text: &str| JsonProblem::from(&serde_json::from_str::<serde_json::Value>(text).unwrap_err());
        for (text, expected) in [
            ("{\"a\" 1}", JsonProblem::Expected(vec![':'])),
            ("[1 2]", JsonProblem::Expected(vec![',', ']'])),
            ("{\"a\":1 2}", JsonProblem::Expected(vec![',', '}'])),
            ("[,]", JsonProblem::ExpectedValue),
            ("nil", JsonProblem::ExpectedWord),
            ("{a:1}", JsonProblem::NameNotString),
            ("[1,]", JsonProblem::TrailingComma),
            ("1 2", JsonProblem::TrailingCharacters),
            (r#""\x""#, JsonProblem::InvalidEscape),
            ("1.x", JsonProblem::InvalidNumber),
            ("\"\n\"", JsonProblem::ControlCharacter),
            (&"[".repeat(1_000), JsonProblem::NestedTooDeep),
        ] {
            assert_eq!(problem(text), expected, "{text}");
        }
        assert!(matches!(problem(r#""\ud800""#), JsonProblem::Library(_)));
    }
}
