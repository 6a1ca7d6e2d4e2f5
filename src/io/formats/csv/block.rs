//! Whole records of a file, which are parsed by any thread.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr_iter;

use crate::error::{Error, ErrorKind, FilePart, Result, RowProblem};
use crate::io::bytes::encoding::Encoding;
use crate::io::formats::csv::records::{Field, MAX_FIELDS, Records};
use crate::io::rows::block::ParseBlock;
use crate::io::rows::columns::{end_row, remark_of_short_row};
use crate::io::rows::geometries::GeometryReader;
use crate::table::{Batch, BatchBuilder, GeometrySource};

/// Whole records of a file, not parsed yet.
pub(super) struct CsvBlock {
    pub(super) bytes: Vec<u8>,
    pub(super) first_row: u64,
    pub(super) rows: u64,
    pub(super) lines_before: u64,
    pub(super) delimiter: u8,
    pub(super) encoding: Encoding,
    /// The encoding for error messages.
    pub(super) encoding_name: &'static str,
    pub(super) columns: Arc<Vec<String>>,
    pub(super) geometry_source: GeometrySource,
    pub(super) geometries: Arc<GeometryReader>,
}

impl ParseBlock for CsvBlock {
    fn parse(self: Box<Self>) -> Result<Option<Batch>> {
        self.into_batch()
    }
}

impl CsvBlock {
    /// The rows; `None` if all lines are empty.
    pub(super) fn into_batch(self) -> Result<Option<Batch>> {
        let CsvBlock { bytes, first_row, rows, lines_before, delimiter, encoding, .. } = self;
        let (encoding_name, columns, geometry_source, geometries) =
            (self.encoding_name, self.columns, self.geometry_source, self.geometries);
        let mut text = match encoding.decode_all(bytes) {
            Ok(text) => text,
            Err(bytes) => {
                let error = Error::new(ErrorKind::NotText { encoding: encoding_name });
                return Err(match find_undecodable(encoding, &bytes, delimiter) {
                    Some((number, record)) => {
                        error.at_line(line_of(&bytes, &record, lines_before)).at_row(first_row + number)
                    }
                    None => error,
                });
            }
        };
        let expected = columns.len();
        // A header that ends in a comma has a last column without a name, which rows may lack.
        let named = columns.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
        let mut batch = BatchBuilder::new(first_row);
        batch.expect(rows as usize, (rows as usize).saturating_mul(expected).min(text.len()));
        // Unquoted copies of quoted fields are appended to the text.
        let mut unquoted = String::new();
        let mut records = Records::new(text.as_bytes(), delimiter);
        let mut fields: Vec<Field> = vec![];
        let mut row = first_row;
        while let Some(record) = records.next(&mut fields) {
            if record.has_quotes {
                for field in fields.iter_mut().filter(|field| matches!(field, Field::Quoted(_))) {
                    let start = text.len() + unquoted.len();
                    unquoted.push_str(&String::from_utf8_lossy(&field.content(text.as_bytes())));
                    *field = Field::Plain(start..text.len() + unquoted.len());
                }
            }
            let cell = |column: usize| {
                let Range { start, end } = fields.get(column).map_or(0..0, Field::range);
                if end <= text.len() { &text[start..end] } else { &unquoted[start - text.len()..end - text.len()] }
            };
            // The quote was never closed, so that the field contains all following rows.
            if record.is_unclosed && fields.len().checked_sub(1).is_some_and(|last| cell(last).contains('\n')) {
                let line = line_of(text.as_bytes(), &record.range, lines_before);
                return Err(Error::new(ErrorKind::Truncated(FilePart::QuotedField)).at_line(line).at_row(row));
            }
            if fields.len() == MAX_FIELDS {
                return Err(too_many_fields()
                    .at_line(line_of(text.as_bytes(), &record.range, lines_before))
                    .at_row(row));
            }
            for (column, field) in fields.iter().take(expected).enumerate() {
                batch.cell_at(column, field.range());
            }
            // Rows may end in a comma that the header does not have.
            let is_whole = (named..=expected).contains(&fields.len())
                || fields.len() > expected && (expected..fields.len()).all(|column| cell(column).trim().is_empty());
            if is_whole {
                if fields.len() == expected && !record.has_quotes {
                    batch.record_at(record.range);
                }
                end_row(&mut batch, geometry_source, &columns, &geometries, |column| Cow::Borrowed(cell(column)));
            } else {
                let remark = (fields.len() < expected)
                    .then(|| remark_of_short_row(geometry_source, fields.len(), |column| Cow::Borrowed(cell(column))))
                    .flatten();
                let extra = (expected..fields.len()).map(|column| cell(column).to_owned()).collect();
                let problem = RowProblem::FieldCount { found: fields.len(), expected, extra };
                batch.end_row(Err(remark.unwrap_or(problem)));
            }
            row += 1;
        }
        text.push_str(&unquoted);
        batch.records(text, delimiter);
        Ok(batch.finish(columns))
    }
}

pub(super) fn too_many_fields() -> Error {
    Error::new(ErrorKind::TooManyFields { limit: MAX_FIELDS })
}

/// The first record that is invalid in the encoding: its index and range.
fn find_undecodable(encoding: Encoding, bytes: &[u8], delimiter: u8) -> Option<(u64, Range<usize>)> {
    let mut records = Records::new(bytes, delimiter);
    let mut fields = vec![];
    let mut number = 0;
    while let Some(record) = records.next(&mut fields) {
        if encoding.decode(&bytes[record.range.clone()]).is_none() {
            return Some((number, record.range));
        }
        number += 1;
    }
    None
}

/// The line number of the start of a record.
fn line_of(bytes: &[u8], record: &Range<usize>, lines_before: u64) -> u64 {
    lines_before + 1 + memchr_iter(b'\n', &bytes[..record.start]).count() as u64
}
