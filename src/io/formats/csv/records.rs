//! Splitting delimited text into records and fields, without copying.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{Memchr3, memchr, memchr3, memchr3_iter};

/// Further fields are not stored, so that a record of commas does not fill the memory.
pub(super) const MAX_FIELDS: usize = 1 << 16;

/// Iterates over records. CR, LF or CRLF end a line; empty lines are skipped; a field that starts with a quote ends at
/// the next quote that is not doubled.
pub(super) struct Records<'t> {
    text: &'t [u8],
    delimiter: u8,
    at: usize,
    /// Delimiters and line ends, for text without quotes.
    separators: Option<Memchr3<'t>>,
}

/// A record.
pub(super) struct Record {
    /// The range in the text, without the line end.
    pub(super) range: Range<usize>,
    /// Whether it contains a quote.
    pub(super) has_quotes: bool,
    /// Whether it ends in a line end rather than at the end of the text.
    pub(super) is_ended: bool,
    /// Whether the text ends within quotes.
    pub(super) is_unclosed: bool,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub(super) enum Field {
    /// A field without quotes.
    Plain(Range<usize>),
    /// A field that starts with a quote, its range including quotes.
    Quoted(Range<usize>),
}

impl Field {
    /// The range in the text.
    pub(super) fn range(&self) -> Range<usize> {
        match self {
            Field::Plain(range) | Field::Quoted(range) => range.clone(),
        }
    }

    /// The unquoted content.
    pub(super) fn content<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match self {
            Field::Plain(range) => Cow::Borrowed(&text[range.clone()]),
            Field::Quoted(range) => {
                let mut content = vec![];
                let mut rest = &text[range.start + 1..range.end];
                while let Some(quote) = memchr(b'"', rest) {
                    content.extend_from_slice(&rest[..quote]);
                    rest = &rest[quote + 1..];
                    if rest.first() != Some(&b'"') {
                        // After the closing quote, text is literal.
                        break;
                    }
                    content.push(b'"');
                    rest = &rest[1..];
                }
                content.extend_from_slice(rest);
                Cow::Owned(content)
            }
        }
    }
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t [u8], delimiter: u8) -> Records<'t> {
        let separators = memchr(b'"', text).is_none().then(|| memchr3_iter(delimiter, b'\n', b'\r', text));
        Records { text, delimiter, at: 0, separators }
    }

    /// The position after the last record and the first byte of its line end.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next record; `fields` is replaced by its fields.
    #[inline]
    pub(super) fn next(&mut self, fields: &mut Vec<Field>) -> Option<Record> {
        fields.clear();
        if self.separators.is_some() { self.next_without_quotes(fields) } else { self.next_with_quotes(fields) }
    }

    #[inline]
    fn next_without_quotes(&mut self, fields: &mut Vec<Field>) -> Option<Record> {
        let separators = self.separators.as_mut()?;
        let (mut start, mut field) = (self.at, self.at);
        for mark in separators {
            if self.text[mark] == self.delimiter {
                push(fields, Field::Plain(field..mark));
                field = mark + 1;
                continue;
            }
            self.at = mark + 1;
            if mark > start {
                push(fields, Field::Plain(field..mark));
                return Some(Record { range: start..mark, has_quotes: false, is_ended: true, is_unclosed: false });
            }
            (start, field) = (self.at, self.at);
        }
        self.at = self.text.len();
        if start == self.at {
            return None;
        }
        push(fields, Field::Plain(field..self.at));
        Some(Record { range: start..self.at, has_quotes: false, is_ended: false, is_unclosed: false })
    }

    fn next_with_quotes(&mut self, fields: &mut Vec<Field>) -> Option<Record> {
        let text = self.text;
        self.at += text[self.at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        if self.at == text.len() {
            return None;
        }
        let start = self.at;
        let mut at = start;
        let mut is_unclosed = false;
        let end_of_field =
            |from: usize| memchr3(self.delimiter, b'\n', b'\r', &text[from..]).map_or(text.len(), |count| from + count);
        loop {
            let field = at;
            if text.get(field) == Some(&b'"') {
                let mut is_as_it_is = true;
                at += 1;
                let end = loop {
                    let Some(count) = memchr(b'"', &text[at..]) else {
                        is_unclosed = true;
                        at = text.len();
                        break at;
                    };
                    at += count + 1;
                    match text.get(at) {
                        None | Some(b'\n' | b'\r') => break at - 1,
                        Some(&byte) if byte == self.delimiter => break at - 1,
                        Some(b'"') => {
                            is_as_it_is = false;
                            at += 1;
                        }
                        Some(_) => {
                            is_as_it_is = false;
                            at = end_of_field(at);
                            break at;
                        }
                    }
                };
                push(fields, if is_as_it_is { Field::Plain(field + 1..end) } else { Field::Quoted(field..at) });
            } else {
                at = end_of_field(at);
                push(fields, Field::Plain(field..at));
            }
            match text.get(at) {
                Some(&byte) if byte == self.delimiter => at += 1,
                next => {
                    let is_ended = next.is_some();
                    self.at = at + usize::from(is_ended);
                    let has_quotes = memchr(b'"', &text[start..at]).is_some();
                    return Some(Record { range: start..at, has_quotes, is_ended, is_unclosed });
                }
            }
        }
    }
}

#[inline]
fn push(fields: &mut Vec<Field>, field: Field) {
    if fields.len() < MAX_FIELDS {
        fields.push(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields_of(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut records = Records::new(text, b',');
        let (mut fields, mut all) = (vec![], vec![]);
        while records.next(&mut fields).is_some() {
            all.push(fields.iter().map(|field| field.content(text).into_owned()).collect());
        }
        all
    }

    fn expected(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn records_of_any_text_are_those_of_the_csv_crate() {
        for text in
            ["", "\n", "a", "a,", ",", "a\r\nb", "\"a\"\"b\"x,c", "\"\"", "a\rb\n\nc\"d", "\"a\nb\",\"", "\"a\"\""]
        {
            assert_eq!(fields_of(text.as_bytes()), expected(text.as_bytes()), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn records_are_those_of_the_csv_crate(text in "[ab,\"\r\n]{0,24}", plain in "[ab,\r\n]{0,24}") {
            for text in [text, plain] {
                prop_assert_eq!(fields_of(text.as_bytes()), expected(text.as_bytes()), "{:?}", text);
            }
        }
    }
}
