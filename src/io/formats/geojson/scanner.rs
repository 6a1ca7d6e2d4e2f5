//! Splits a stream of GeoJSON into features, without loading it into memory.
//!
//! The stream is a feature collection with members in any order, a single feature or geometry, or a sequence of these
//! with or without the record separators of RFC 8142. The scanner only follows strings, brackets and commas; features
//! are parsed later by a JSON parser.
//!
//! The crate `geojson` (1.0) has such a stream, `FeatureReader`, but assumes that the first `[` of the file starts the
//! features, so that it fails on a `bbox` before them and on an empty collection. Its properties are parsed values,
//! which lose the digits of numbers.

use std::io::{BufRead, BufReader, Read};

use memchr::{memchr_iter, memchr2};

use crate::error::{Error, ErrorKind, FilePart, GeoJsonExpected, GeoJsonFound, JsonProblem, JsonToken, Result};
use crate::io::bytes::errors::read_error;

/// The maximum size of a feature in bytes: some millions of vertices.
pub(super) const MAX_FEATURE_BYTES: usize = 256 << 20;

/// A part of the stream: a member of `features`, or a top-level value.
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// The line of its start, from 1.
    pub(super) line: u64,
    /// Whether it is a top-level value.
    pub(super) is_top_level: bool,
}

/// The types of geometries, as JSON.
const GEOMETRIES: [&str; 7] = [
    "\"Point\"",
    "\"MultiPoint\"",
    "\"LineString\"",
    "\"MultiLineString\"",
    "\"Polygon\"",
    "\"MultiPolygon\"",
    "\"GeometryCollection\"",
];

/// Whether a `type`, as JSON, is that of a geometry.
pub(super) fn is_geometry(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| GEOMETRIES.contains(&kind))
}

pub(super) struct Scanner {
    bytes: Bytes,
    state: ScanState,
    is_sequence: bool,
    /// Whether there was any value.
    has_values: bool,
    /// The `type` and `crs` members of the current collection, as JSON.
    kind: Option<String>,
    crs: Option<String>,
    /// The `crs` member of the values read so far, which may be absent.
    file_crs: Option<Option<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScanState {
    /// Between top-level values.
    TopLevel,
    /// In the array `features`, before its first member or after another.
    Features { is_first: bool },
    /// After that array, in the members of its collection.
    AfterFeatures,
}

impl Scanner {
    /// In a sequence, top-level values may be anything; else they are collections, features or geometries.
    pub(super) fn new(reader: BufReader<Box<dyn Read>>, is_sequence: bool) -> Scanner {
        let bytes = Bytes { reader, line: 1, kept: vec![], is_keeping: false };
        Scanner {
            bytes,
            state: ScanState::TopLevel,
            is_sequence,
            has_values: false,
            kind: None,
            crs: None,
            file_crs: None,
        }
    }

    /// The `crs` member of the file, as JSON, after the file is read.
    pub(super) fn crs(&self) -> Option<&str> {
        self.file_crs.as_ref()?.as_deref()
    }

    /// The next part; `None` at the end.
    pub(super) fn next_piece(&mut self) -> Result<Option<Piece<'_>>> {
        loop {
            match self.state {
                ScanState::TopLevel => {
                    self.bytes.skip_byte_order_mark(!self.has_values)?;
                    let Some(first) = self.bytes.peek_value(true)? else {
                        return if self.has_values { Ok(None) } else { Err(Error::new(ErrorKind::Empty)) };
                    };
                    self.has_values = true;
                    let line = self.bytes.line;
                    if first != b'{' && self.is_sequence {
                        self.bytes.keep();
                        self.bytes.value(FilePart::JsonValue)?;
                        return self.bytes.piece(line, true).map(Some);
                    }
                    if first != b'{' {
                        let found = GeoJsonFound::Text(format!("`{}`", first.escape_ascii()));
                        return Err(not_geojson(GeoJsonExpected::Object, found, line));
                    }
                    self.bytes.keep();
                    self.bytes.next()?;
                    (self.kind, self.crs) = (None, None);
                    if self.members(true)? {
                        let is_known = self.kind.as_deref() == Some("\"Feature\"") || is_geometry(self.kind.as_deref());
                        if !self.is_sequence && !is_known {
                            let found = self.kind.take().map_or(GeoJsonFound::NoType, GeoJsonFound::Text);
                            return Err(not_geojson(GeoJsonExpected::FeatureOrGeometry, found, line));
                        }
                        self.check_crs(line)?;
                        return self.bytes.piece(line, true).map(Some);
                    }
                }
                ScanState::Features { is_first } => match self.bytes.peek_value(false)? {
                    None => return Err(truncated(FilePart::FeatureCollection)),
                    Some(b']') => {
                        self.bytes.next()?;
                        self.state = ScanState::AfterFeatures;
                    }
                    Some(first) => {
                        if !is_first {
                            self.bytes.expect(first, b',', JsonToken::AfterFeature)?;
                            if self.bytes.peek_value(false)?.is_none() {
                                return Err(truncated(FilePart::FeatureCollection));
                            }
                        }
                        self.state = ScanState::Features { is_first: false };
                        let line = self.bytes.line;
                        self.bytes.keep();
                        self.bytes.value(FilePart::Feature)?;
                        return self.bytes.piece(line, false).map(Some);
                    }
                },
                ScanState::AfterFeatures => {
                    self.members(false)?;
                    self.state = ScanState::TopLevel;
                    self.check_crs(self.bytes.line)?;
                    let kind = self.kind.take().map_or(GeoJsonFound::NoType, GeoJsonFound::Text);
                    if kind != GeoJsonFound::Text("\"FeatureCollection\"".to_owned()) {
                        return Err(not_geojson(GeoJsonExpected::Collection, kind, self.bytes.line));
                    }
                }
            }
        }
    }

    /// All top-level values of a file must have the same CRS.
    fn check_crs(&mut self, line: u64) -> Result<()> {
        let crs = self.crs.clone();
        match self.file_crs.get_or_insert_with(|| crs.clone()) {
            agreed if *agreed == crs => Ok(()),
            _ => {
                let found = crs.map_or(GeoJsonFound::Nothing, GeoJsonFound::Text);
                Err(not_geojson(GeoJsonExpected::SameCrs, found, line))
            }
        }
    }

    /// Reads the members of a top-level object up to its end (true) or its array of features (false).
    fn members(&mut self, mut is_first: bool) -> Result<bool> {
        const WHAT: FilePart = FilePart::JsonObject;
        loop {
            let next = self.bytes.peek_value(false)?.ok_or_else(|| truncated(WHAT))?;
            if next == b'}' {
                self.bytes.next()?;
                return Ok(true);
            }
            if !is_first {
                self.bytes.expect(next, b',', JsonToken::AfterMember)?;
            }
            is_first = false;
            let next = self.bytes.peek_value(false)?.ok_or_else(|| truncated(WHAT))?;
            if next != b'"' {
                return Err(self.bytes.unexpected(JsonToken::Name, next));
            }
            let name = self.bytes.kept_value(WHAT)?;
            let next = self.bytes.peek_value(false)?.ok_or_else(|| truncated(WHAT))?;
            self.bytes.expect(next, b':', JsonToken::AfterName)?;
            let next = self.bytes.peek_value(false)?.ok_or_else(|| truncated(WHAT))?;
            let is_feature = self.kind.as_deref() == Some("\"Feature\"");
            match name.as_str() {
                "\"features\"" if next == b'[' && !is_feature && self.state == ScanState::TopLevel => {
                    self.bytes.drop_kept();
                    self.bytes.next()?;
                    self.state = ScanState::Features { is_first: true };
                    return Ok(false);
                }
                "\"features\"" if self.state == ScanState::AfterFeatures => {
                    return Err(Error::new(ErrorKind::Json(JsonProblem::SecondFeatures)).at_line(self.bytes.line));
                }
                "\"type\"" => self.kind = Some(self.bytes.kept_value(WHAT)?),
                "\"crs\"" => self.crs = Some(self.bytes.kept_value(WHAT)?),
                _ => self.bytes.value(WHAT)?,
            }
        }
    }
}

fn truncated(part: FilePart) -> Error {
    Error::new(ErrorKind::Truncated(part))
}

fn not_geojson(expected: GeoJsonExpected, found: GeoJsonFound, line: u64) -> Error {
    Error::new(ErrorKind::NotGeoJson { expected, found }).at_line(line)
}

/// The state of skipping a value.
#[derive(Default)]
struct ValueState {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    /// Whether the value has ended.
    is_whole: bool,
    /// Whether it is a number or literal, which ends before the next delimiter.
    is_scalar: bool,
}

impl ValueState {
    /// The number of bytes that belong to the value.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let mut position = 0;
        while position < bytes.len() && !self.is_whole {
            if self.in_string {
                position += self.take_text(&bytes[position..]);
            } else if self.depth > 0 {
                let skipped = bytes[position..].iter().position(|&byte| IS_STRUCTURE[usize::from(byte)]);
                let Some(skipped) = skipped else { return bytes.len() };
                position += skipped + 1;
                match bytes[position - 1] {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    _ => self.depth -= 1,
                }
                self.is_whole = self.depth == 0;
            } else {
                match bytes[position] {
                    b'"' | b'{' | b'[' if self.is_scalar => return position,
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth = 1,
                    b'}' | b']' | b',' | b':' => return position,
                    byte if byte.is_ascii_whitespace() => return position,
                    _ => self.is_scalar = true,
                }
                position += 1;
            }
        }
        position
    }

    /// The number of bytes that belong to the current string.
    fn take_text(&mut self, bytes: &[u8]) -> usize {
        if std::mem::take(&mut self.is_escaped) {
            return 1;
        }
        match memchr2(b'"', b'\\', bytes) {
            None => bytes.len(),
            Some(position) => {
                self.is_escaped = bytes[position] == b'\\';
                self.in_string = self.is_escaped;
                self.is_whole = !self.in_string && self.depth == 0;
                position + 1
            }
        }
    }
}

/// Quotes and brackets, the only bytes that change the state outside of strings.
const IS_STRUCTURE: [bool; 256] = {
    let mut is_structure = [false; 256];
    let mut position = 0;
    while position < 5 {
        is_structure[b"\"{[]}"[position] as usize] = true;
        position += 1;
    }
    is_structure
};

/// The bytes of the stream, which counts lines and can record bytes.
struct Bytes {
    reader: BufReader<Box<dyn Read>>,
    line: u64,
    kept: Vec<u8>,
    is_keeping: bool,
}

impl Bytes {
    fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.reader.fill_buf().map_err(read_error)?.first().copied())
    }

    /// Takes one byte, which was peeked before.
    fn next(&mut self) -> Result<()> {
        self.take_while(|_, taken| taken == 0)
    }

    /// Takes bytes while the predicate holds, which gets the byte and the number of bytes taken.
    fn take_while(&mut self, mut go_on: impl FnMut(u8, usize) -> bool) -> Result<()> {
        let mut taken = 0;
        loop {
            let buffer = self.reader.fill_buf().map_err(read_error)?;
            let count = buffer.iter().enumerate().take_while(|&(i, &byte)| go_on(byte, taken + i)).count();
            let is_all = count == buffer.len() && count > 0;
            taken += count;
            self.take(count)?;
            if !is_all {
                return Ok(());
            }
        }
    }

    /// Takes a number of bytes, which are in the buffer.
    fn take(&mut self, count: usize) -> Result<()> {
        let taken = &self.reader.buffer()[..count];
        self.line += memchr_iter(b'\n', taken).count() as u64;
        if self.is_keeping {
            self.kept.extend_from_slice(taken);
            if self.kept.len() > MAX_FEATURE_BYTES {
                let limit_bytes = MAX_FEATURE_BYTES;
                return Err(Error::new(ErrorKind::TooLong { limit_bytes }).at_line(self.line));
            }
        }
        self.reader.consume(count);
        Ok(())
    }

    /// Peeks the next byte that is not white space.
    fn peek_value(&mut self, skip_separators: bool) -> Result<Option<u8>> {
        self.take_while(|byte, _| byte.is_ascii_whitespace() || (skip_separators && byte == 0x1e))?;
        self.peek()
    }

    fn skip_byte_order_mark(&mut self, at_start: bool) -> Result<()> {
        let mark = "\u{feff}".as_bytes();
        if at_start && self.reader.fill_buf().map_err(read_error)?.starts_with(mark) {
            self.reader.consume(mark.len());
        }
        Ok(())
    }

    fn expect(&mut self, found: u8, expected: u8, what: JsonToken) -> Result<()> {
        if found == expected { self.next() } else { Err(self.unexpected(what, found)) }
    }

    fn unexpected(&self, expected: JsonToken, found: u8) -> Error {
        Error::new(ErrorKind::Json(JsonProblem::Unexpected { expected, found })).at_line(self.line)
    }

    /// Takes one value: a string, a number, a literal, or everything up to the closing bracket.
    fn value(&mut self, what: FilePart) -> Result<()> {
        let mut state = ValueState::default();
        loop {
            let buffer = self.reader.fill_buf().map_err(read_error)?;
            if buffer.is_empty() {
                break;
            }
            let count = state.take(buffer);
            let is_all = count == buffer.len();
            self.take(count)?;
            if !is_all {
                break;
            }
        }
        match self.peek()? {
            None if !state.is_whole => Err(truncated(what)),
            Some(found) if !state.is_whole && !state.is_scalar => Err(self.unexpected(JsonToken::Value, found)),
            _ => Ok(()),
        }
    }

    /// Takes one value and returns its text.
    fn kept_value(&mut self, what: FilePart) -> Result<String> {
        let was_keeping = std::mem::replace(&mut self.is_keeping, true);
        let start = self.kept.len();
        self.value(what)?;
        self.is_keeping = was_keeping;
        let text = String::from_utf8_lossy(&self.kept[start..]).into_owned();
        if !was_keeping {
            self.kept.truncate(start);
        }
        Ok(text)
    }

    fn keep(&mut self) {
        self.kept.clear();
        self.is_keeping = true;
    }

    fn drop_kept(&mut self) {
        self.kept.clear();
        self.is_keeping = false;
    }

    /// The bytes recorded since [`keep`](Bytes::keep).
    fn piece(&mut self, line: u64, is_top_level: bool) -> Result<Piece<'_>> {
        self.is_keeping = false;
        let text = std::str::from_utf8(&self.kept)
            .map_err(|_| Error::new(ErrorKind::NotText { encoding: "UTF-8" }).at_line(line))?;
        Ok(Piece { text, line, is_top_level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads through a small buffer, so that its ends are at every position of the text.
    fn pieces(text: &str, buffer: usize) -> Result<Vec<String>> {
        let reader: Box<dyn Read> = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut scanner = Scanner::new(BufReader::with_capacity(buffer, reader), false);
        let mut found = vec![];
        while let Some(piece) = scanner.next_piece()? {
            found.push(piece.text.to_owned());
        }
        Ok(found)
    }

    #[test]
    fn members_come_in_any_order() {
        let cases = [
            (r#"{"type":"FeatureCollection","features":[{"a":1},{"a":2}]}"#, vec![r#"{"a":1}"#, r#"{"a":2}"#]),
            (
                r#"{"bbox":[1,2],"name":"[","features":[ {"a":"]}"} ],"type":"FeatureCollection"}"#,
                vec![r#"{"a":"]}"}"#],
            ),
            (r#"{"features":[],"type":"FeatureCollection","x":{"features":[1]}}"#, vec![]),
            (r#"{"type":"Feature","features":[1],"p":"\"}"}"#, vec![r#"{"type":"Feature","features":[1],"p":"\"}"}"#]),
            ("{\"type\":\"Feature\"}\n{\"type\":\"Feature\"}\n", vec![r#"{"type":"Feature"}"#; 2]),
            ("\u{1e}{\"type\":\"Feature\"}\n\u{1e}{\"type\":\"Feature\"}\n", vec![r#"{"type":"Feature"}"#; 2]),
            (r#"{"type":"FeatureCollection","features":[null, 1.5 ,"x",[{}]]}"#, vec!["null", "1.5", r#""x""#, "[{}]"]),
        ];
        for (text, expected) in cases {
            for buffer in [3, 4, 7, 4096] {
                assert_eq!(pieces(text, buffer).unwrap(), expected, "{text}");
            }
        }
        assert_eq!(pieces("\u{feff}{\"type\":\"Feature\"}", 4096).unwrap().len(), 1);
    }

    #[test]
    fn what_is_cut_off_or_no_json_is_an_error() {
        let kind = |text: &str| pieces(text, 16).unwrap_err().kind().to_string();
        for text in [
            "{",
            r#"{"type""#,
            r#"{"type":"FeatureCollection","features":[{"a":"#,
            r#"{"features":[{}"#,
            r#"{"features":[{},"#,
        ] {
            assert!(kind(text).contains("truncated"), "{text}: {}", kind(text));
        }
        for text in [r#"{"features":[{} {}]}"#, r#"{"a" 1}"#, r#"{"a":1 "b":2}"#, r#"{a:1}"#, r#"{"features":[,]}"#] {
            assert!(kind(text).contains("not JSON"), "{text}: {}", kind(text));
        }
        assert!(kind("").contains("empty"));
        assert!(kind(" \n ").contains("empty"));
        assert!(kind("[1]").contains("GeoJSON object"));
        assert!(kind(r#"{"type":"Topology"}"#).contains("a Feature, a geometry, or a FeatureCollection"));
        assert!(kind(r#"{"type":"FeatureCollection"}"#).contains("with `features`"));
        assert!(kind(r#"{"features":[],"type":"FeatureCollection","features":[{}]}"#).contains("one member"));
        let mixed = "{\"type\":\"Feature\",\"crs\":1}\n{\"type\":\"Feature\"}";
        assert!(kind(mixed).contains("the same `crs`"));
        assert!(kind(r#"{"type":"Topology","features":[]}"#).contains("Topology"));
    }

    #[test]
    fn lines_are_counted() {
        let text = "{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"a\":\n1},\n{}]}";
        let reader: Box<dyn Read> = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut scanner = Scanner::new(BufReader::new(reader), false);
        assert_eq!(scanner.next_piece().unwrap().unwrap().line, 3);
        assert_eq!(scanner.next_piece().unwrap().unwrap().line, 5);
    }

    proptest! {
        /// Any bytes end or fail without a panic.
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(br#"{}[]",:\ntf1"features"type"#.to_vec()), 0..60)) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let _ = pieces(&text, 5);
            let _ = pieces(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{text}"), 5);
        }

        /// The scanner finds the same features as a parser.
        #[test]
        fn equals_a_parser(names in prop::collection::vec("[\\PC\"\\\\\\[\\]{},]{0,6}", 0..6)) {
            let features: Vec<_> = names.iter().map(|name| serde_json::json!({"n": name, "l": [name]})).collect();
            let text = serde_json::json!({"bbox": [1, 2], "features": features, "type": "FeatureCollection"}).to_string();
            let expected: Vec<String> = features.iter().map(|feature| feature.to_string()).collect();
            prop_assert_eq!(pieces(&text, 5).unwrap(), expected);
        }
    }
}
