//! The text of GeoJSON files as required by RFC 8259: decoded to UTF-8, and without `NaN` and `Infinity`.

use std::borrow::Cow;
use std::io::Read;

use memchr::memmem;

use crate::error::Result;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::{Rereadable, Source};
use crate::io::rows::note::ReadNote;

/// A file whose text can be read in UTF-8 several times.
pub(super) struct Text {
    file: Rereadable,
    /// The encoding, if it is not UTF-8.
    encoding: Option<InputEncoding>,
    is_guessed: bool,
}

impl Text {
    /// The encoding is the given one, that of a byte order mark, or detected: UTF-8 if all text is valid UTF-8, else
    /// GB18030.
    pub(super) fn new(mut source: Source, given: Option<InputEncoding>) -> Result<Text> {
        let known = source.encoding(given)?;
        let file = source.rereadable()?;
        let (encoding, is_guessed) = match known {
            Some(encoding) => (encoding, false),
            None => {
                let evidence = file.evidence()?;
                let encoding = if evidence.is_utf8() { Encoding::Utf8 } else { evidence.encoding() };
                (encoding.into(), evidence.may_be_gb18030())
            }
        };
        let encoding = Some(encoding).filter(|encoding| *encoding != Encoding::Utf8.into());
        Ok(Text { file, encoding, is_guessed })
    }

    /// Reads the text from the start. Each pass must end before the next begins.
    pub(super) fn pass(&self) -> Result<Source> {
        let source = self.file.pass()?;
        Ok(match self.encoding {
            Some(encoding) => source.decoded(encoding),
            None => source,
        })
    }

    pub(super) fn encoding(&self) -> InputEncoding {
        self.encoding.unwrap_or(InputEncoding::UTF_8)
    }

    /// Notes about the encoding.
    pub(super) fn notes(&self) -> impl Iterator<Item = ReadNote> {
        let guessed = self.is_guessed.then_some(ReadNote::EncodingGuessed { encoding: self.encoding() });
        let foreign = self.encoding.map(|encoding| ReadNote::JsonEncoding { encoding });
        guessed.into_iter().chain(foreign)
    }
}

/// A text in UTF-8, with `null` for `NaN` and `Infinity`, and the notes about it.
pub(crate) fn json_text(source: Source, given: Option<InputEncoding>) -> Result<(Vec<u8>, Vec<ReadNote>)> {
    let text = Text::new(source, given)?;
    let mut notes: Vec<ReadNote> = text.notes().collect();
    let mut json = vec![];
    { text.pass()?.reader }.read_to_end(&mut json).map_err(read_error)?;
    if let Ok(text) = std::str::from_utf8(&json)
        && let (Cow::Owned(finite), count @ 1..) = replace_non_finite(text)
    {
        notes.push(ReadNote::NotFinite { count });
        json = finite.into_bytes();
    }
    Ok((json, notes))
}

/// The literals of non-finite numbers.
const NON_FINITE: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Replaces `NaN` and `Infinity`, as written by Python, by `null`, and returns their number.
pub(super) fn replace_non_finite(json: &str) -> (Cow<'_, str>, u64) {
    let bytes = json.as_bytes();
    if memmem::find(bytes, b"NaN").is_none() && memmem::find(bytes, b"Infinity").is_none() {
        return (Cow::Borrowed(json), 0);
    }
    let (mut text, mut copied, mut count) = (String::with_capacity(json.len()), 0, 0);
    let (mut position, mut may_begin) = (0, true);
    while let Some(&byte) = bytes.get(position) {
        let word = NON_FINITE.into_iter().find(|word| may_begin && bytes[position..].starts_with(word.as_bytes()));
        if let Some(word) = word {
            let end = position + word.len();
            if bytes.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}')) {
                text.push_str(&json[copied..position]);
                text.push_str("null");
                (copied, count) = (end, count + 1);
            }
            position = end;
        } else if byte == b'"' {
            position = end_of_string(bytes, position);
        } else {
            position += 1;
        }
        may_begin = byte.is_ascii_whitespace() || matches!(byte, b':' | b'[' | b',');
    }
    text.push_str(&json[copied..]);
    (Cow::Owned(text), count)
}

/// The end of the string that starts here.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(found) = bytes.get(position..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        position += found + 1;
        if bytes[position - 1] == b'"' {
            return position;
        }
        // Skip the escaped byte, which may be a quote.
        position += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_none_are_null() {
        for (text, expected, count) in [
            (r#"{"a":NaN,"b": -Infinity ,"c":[Infinity,NaN]}"#, r#"{"a":null,"b": null ,"c":[null,null]}"#, 4),
            (r#"{"NaN":"NaN","a":"\",NaN"}"#, r#"{"NaN":"NaN","a":"\",NaN"}"#, 0),
            (r#"{"a":NaNa,"b":nan,"c":xNaN,"d":--Infinity}"#, r#"{"a":NaNa,"b":nan,"c":xNaN,"d":--Infinity}"#, 0),
            ("NaN", "null", 1),
            ("\"NaN", "\"NaN", 0),
            ("\"NaN\\", "\"NaN\\", 0),
        ] {
            assert_eq!(replace_non_finite(text), (Cow::Borrowed(expected), count), "{text}");
        }
    }

    proptest! {
        /// Valid JSON is unchanged, whatever its strings contain.
        #[test]
        fn sound_json_stays(texts in prop::collection::vec("[NaInfity\\-\"\\\\,:\\[ ]{0,12}", 0..6)) {
            let json = serde_json::json!({"a": texts, "NaN": 1}).to_string();
            prop_assert_eq!(replace_non_finite(&json), (Cow::Borrowed(json.as_str()), 0));
        }

        #[test]
        fn no_text_panics(text in "[NaInfity\\-\"\\\\,:\\[ 台]{0,40}") {
            let _ = replace_non_finite(&text);
        }
    }
}
