//! The header of a file and its delimiter.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::error::{Error, ErrorKind, Result};
use crate::io::formats::csv::CsvReader;
use crate::io::formats::csv::block::too_many_fields;
use crate::io::formats::csv::records::{Field, MAX_FIELDS, Records};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::header::{self, MAX_ROWS};
use crate::io::rows::sheet::head::{HeadRow, Header};

/// The first records of a file, and the position after each.
#[derive(Default)]
struct Head {
    rows: Vec<HeadRow>,
    ends: Vec<usize>,
}

impl CsvReader {
    /// The header, and the end of its record; sets the delimiter. If the delimiter of the first line separates no header,
    /// another may, since titles have none.
    pub(super) fn find_header(&mut self, is_given: bool, options: &ReadOptions) -> Result<(Header, usize)> {
        let (first, last) = (self.delimiter, options.header_rows.as_ref().map_or(0, |rows| *rows.end()));
        let is_sought = options.header_rows.is_some() || options.coord_field.is_some();
        // Most files need no search.
        let head = self.head(first, if is_sought { MAX_ROWS } else { 2 }, last)?;
        let Some(start) = head.rows.first() else { return Err(Error::new(ErrorKind::Empty)) };
        self.check_text(&start.cells)?;
        if is_sought || header::is_plain(&head.rows, options) {
            match header::find(&head.rows, options) {
                Err(_) if is_sought && !is_given => {}
                found => {
                    return found.map(|header| {
                        let end = head.ends[header.last];
                        (header, end)
                    });
                }
            }
        }
        let mut refused: Option<Error> = None;
        let others = DELIMITERS.into_iter().filter(|&other| !is_given && other != first);
        for delimiter in std::iter::once(first).chain(others) {
            let head = self.head(delimiter, MAX_ROWS, last)?;
            match header::find(&head.rows, options) {
                Ok(header) => {
                    self.delimiter = delimiter;
                    let end = head.ends[header.last];
                    return Ok((header, end));
                }
                Err(error) => {
                    let columns = |error: &Error| match error.kind() {
                        ErrorKind::NoCoordinateColumns { columns } | ErrorKind::UnknownColumn { columns, .. } => {
                            columns.len()
                        }
                        // Several ways to read a header are more than none.
                        _ => MAX_FIELDS,
                    };
                    // The delimiter that separates most is likely the right one.
                    if refused.as_ref().is_none_or(|refused| columns(refused) < columns(&error)) {
                        refused = Some(error);
                    }
                }
            }
        }
        Err(refused.unwrap_or_else(|| Error::new(ErrorKind::NoHeader)))
    }

    /// The first records that are whole, as many as are asked for or end before this line.
    fn head(&self, delimiter: u8, count: usize, last_line: u64) -> Result<Head> {
        let encoding = self.decoder.encoding.unwrap_or_default();
        let mut records = Records::new(&self.rest, delimiter);
        let (mut fields, mut head) = (vec![], Head::default());
        let (mut at, mut line) = (0, self.lines + 1);
        while let Some(record) = records.next(&mut fields) {
            line += memchr_iter(b'\n', &self.rest[at..record.range.start]).count() as u64;
            at = record.range.start;
            if head.rows.len() >= count && line > last_line || !record.is_ended && !self.is_at_end {
                break;
            }
            let is_first = head.rows.is_empty();
            if fields.len() == MAX_FIELDS && is_first {
                return Err(too_many_fields().at_line(line));
            }
            let cell = |field: &Field| encoding.decode(&field.content(&self.rest)).map(Cow::into_owned);
            let cells: Option<Vec<String>> = fields.iter().map(cell).collect();
            match cells {
                Some(cells) => head.rows.push(HeadRow { number: line, cells }),
                None if is_first => {
                    return Err(Error::new(ErrorKind::NotText { encoding: self.decoder.name() }).at_line(line));
                }
                None => break,
            }
            head.ends.push(records.position());
        }
        Ok(head)
    }

    /// Errors if the first cells are not text: binary data have many zero bytes; in text, a few may be stray characters.
    fn check_text(&self, cells: &[String]) -> Result<()> {
        let zeros: usize = cells.iter().map(|name| name.matches('\0').count()).sum();
        let bytes: usize = cells.iter().map(String::len).sum();
        if bytes >= 16 && 4 * zeros >= bytes {
            return Err(Error::new(ErrorKind::NotText { encoding: self.decoder.name() }).at_line(1));
        }
        Ok(())
    }
}

/// The delimiters that are recognised, in order of precedence.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter of the first line: a comma, unless there are only others. In TSV files, tabs take precedence.
pub(super) fn delimiter(start: &[u8], is_tsv: bool) -> u8 {
    let (mut has, mut in_quotes) = ([false; 256], false);
    for &byte in start {
        in_quotes ^= byte == b'"';
        match byte {
            b'\n' if !in_quotes => break,
            // Quoted characters are not delimiters.
            _ => has[usize::from(byte)] |= !in_quotes,
        }
    }
    let first = if is_tsv { b'\t' } else { b',' };
    let order = std::iter::once(first).chain(DELIMITERS);
    order.into_iter().find(|&delimiter| has[usize::from(delimiter)]).unwrap_or(first)
}

/// Takes off a first line that names the delimiter for Excel, `sep=;`.
pub(super) fn take_separator_line(rest: &mut Vec<u8>) -> Option<u8> {
    let line = &rest[..memchr(b'\n', rest)?];
    let end = line.len() + 1;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, separator) = line.split_at_checked(4)?;
    let &[separator] = separator else { return None };
    let is_separator = separator.is_ascii() && !separator.is_ascii_alphanumeric() && separator != b'"';
    if !is_separator || !name.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    rest.drain(..end);
    Some(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_separated_by_what_the_header_has() {
        assert_eq!(delimiter(b"a,b;c\td", true), b'\t');
        assert_eq!(delimiter(b"a,b;c", true), b',');
        for (start, expected) in [
            ("a,b;c\n", b','),
            ("\"a, b\";c\n", b';'),
            ("a;b\n1,5;2\n", b';'),
            ("a\tb", b'\t'),
            ("a|b", b'|'),
            ("a|b;c", b';'),
            ("a", b','),
            ("", b','),
            ("\"a\nb\";c\n", b';'),
        ] {
            assert_eq!(delimiter(start.as_bytes(), false), expected, "{start}");
        }
    }
}
