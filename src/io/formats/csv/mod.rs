//! CSV in UTF-8 or GB18030 (a superset of GBK and GB 2312), written as RFC 4180, except that lines end in LF.
//!
//! A file is split into blocks of whole records, which is fast; blocks are parsed in parallel. Records without quotes
//! are not copied when they are parsed, and are written unchanged.
//!
//! The crate `csv` (1.4), which writes the tables of reports, is not used to read: it copies every record to a buffer
//! without quotes, so that records could not be written unchanged, and it accepts a quote that is never closed.

mod records;
mod writer;

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memmem, memrchr2};

use self::records::{Field, MAX_FIELDS, Records};
use self::writer::CsvWriter;
use crate::error::{Error, ErrorKind, FilePart, Result, RowProblem};
use crate::geometry::encoding::srid_of_text;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::bytes::input::Source;
use crate::io::bytes::stored::Stored;
use crate::io::rows::block::{ParseBlock, RawBlock};
use crate::io::rows::columns::{end_row, remark_of_short_row};
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::{Codec, Content, Driver, Format, ReadOptions};
use crate::io::rows::geometries::{GeometryReader, distinct};
use crate::io::rows::header::{self, MAX_ROWS};
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::io::rows::sheet::head::{HeadRow, Header};
use crate::table::{Batch, BatchBuilder, GeometrySource, Schema};

/// What CSV and TSV have in common.
const TEXT: Driver = Driver {
    content: Content::Text,
    has_encodings: true,
    is_flat: true,
    ..Driver::new(
        "csv",
        &["csv"],
        "comma-separated values",
        Codec::Built(
            |source, options| Ok(Box::new(CsvReader::new(source, false, options)?)),
            |output, table| {
                let flat = FlatTable::new(table.schema, table.added, table.options);
                Ok(Box::new(CsvWriter::new(output, flat, b',', table.options)?))
            },
        ),
    )
};

static DRIVER: Driver = TEXT;

static TSV: Driver = Driver {
    name: "tsv",
    endings: &["tsv", "tab"],
    title: "tab-separated values",
    codec: Codec::Built(
        |source, options| Ok(Box::new(CsvReader::new(source, true, options)?)),
        |output, table| {
            let flat = FlatTable::new(table.schema, table.added, table.options);
            Ok(Box::new(CsvWriter::new(output, flat, b'\t', table.options)?))
        },
    ),
    ..TEXT
};

impl Format {
    /// Comma-separated values with a header (RFC 4180).
    pub const CSV: Format = Format::of(&DRIVER);

    /// Tab-separated values with a header.
    pub const TSV: Format = Format::of(&TSV);
}

pub(in crate::io) struct CsvReader {
    source: Box<dyn Read>,
    is_at_end: bool,
    /// The number of bytes read.
    read_bytes: u64,
    /// Bytes that are read but not in a block yet.
    rest: Vec<u8>,
    decoder: Decoder,
    delimiter: u8,
    schema: Schema,
    header: Header,
    columns: Arc<Vec<String>>,
    geometries: Arc<GeometryReader>,
    /// The numbers of rows and line ends before `rest`.
    rows: u64,
    lines: u64,
}

/// The first records of a file, and the position after each.
#[derive(Default)]
struct Head {
    rows: Vec<HeadRow>,
    ends: Vec<usize>,
}

/// The number of bytes examined before the first row is read.
const START_BYTES: usize = 1 << 20;

/// The approximate size of a block, unless a record is larger.
const BLOCK_BYTES: usize = 1 << 17;

/// The maximum size of a record, as for a GeoJSON feature. It bounds records with a quote that is never closed.
const MAX_RECORD_BYTES: usize = 256 << 20;

impl CsvReader {
    pub(in crate::io) fn new(mut source: Source, prefers_tabs: bool, options: &ReadOptions) -> Result<CsvReader> {
        let original = source.encoding(options.encoding)?;
        let (source, encoding) = match original {
            None => (source, None),
            Some(utf8) if utf8 == InputEncoding::UTF_8 => (source, Some(Encoding::Utf8)),
            Some(gb18030) if gb18030 == InputEncoding::GB18030 => (source, Some(Encoding::Gb18030)),
            Some(other) => (source.decoded(other), Some(Encoding::Utf8)),
        };
        let stored = source.stored().cloned();
        let mut reader = CsvReader {
            source: Box::new(source.reader),
            is_at_end: false,
            read_bytes: 0,
            rest: vec![],
            decoder: Decoder { encoding, original, note: None, stored },
            delimiter: b',',
            schema: Schema::default(),
            header: Header::default(),
            columns: Arc::default(),
            geometries: Arc::default(),
            rows: 0,
            lines: 0,
        };
        reader.fill(START_BYTES)?;
        if reader.rest.starts_with(BYTE_ORDER_MARK) {
            reader.rest.drain(..BYTE_ORDER_MARK.len());
        }
        let given = take_separator_line(&mut reader.rest);
        reader.lines = u64::from(given.is_some());
        reader.delimiter = given.unwrap_or_else(|| delimiter(&reader.rest, prefers_tabs));
        reader.fill_record()?;
        let (header, end) = reader.find_header(given.is_some(), options)?;
        reader.lines += memchr_iter(b'\n', &reader.rest[..end]).count() as u64;
        reader.rest.drain(..end);
        let Header { names: columns, geometry_source, .. } = &header;
        reader.schema = Schema::of_text(columns, *geometry_source);
        reader.columns = Arc::new(columns.clone());
        reader.header = header;
        Ok(reader)
    }

    /// Reads until the first record is whole.
    fn fill_record(&mut self) -> Result<()> {
        let mut fields = vec![];
        loop {
            let record = Records::new(&self.rest, self.delimiter).next(&mut fields);
            if self.is_at_end || record.is_some_and(|record| record.is_ended) {
                return self.decoder.detect(&self.rest, !self.is_at_end, self.read_bytes);
            }
            self.fill(self.next_size(self.rest.len(), self.lines + 1, None)?)?;
        }
    }

    /// The header, and the end of its record; sets the delimiter. If the delimiter of the first line separates no header,
    /// another may, since titles have none.
    fn find_header(&mut self, is_given: bool, options: &ReadOptions) -> Result<(Header, usize)> {
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

    /// Reads until this many bytes are in `rest`, or to the end of the file.
    fn fill(&mut self, bytes: usize) -> Result<()> {
        let missing = bytes.saturating_sub(self.rest.len());
        if missing > 0 && !self.is_at_end {
            let count = self.source.by_ref().take(missing as u64).read_to_end(&mut self.rest).map_err(read_error)?;
            self.is_at_end = count < missing;
            self.read_bytes += count as u64;
        }
        Ok(())
    }

    /// The number of bytes to read next if no record ends in this many.
    fn next_size(&self, bytes: usize, line: u64, row: Option<u64>) -> Result<usize> {
        let bytes = self.rest.len().max(bytes);
        if bytes < MAX_RECORD_BYTES {
            return Ok(bytes.saturating_mul(2).min(MAX_RECORD_BYTES));
        }
        let error = Error::new(ErrorKind::TooLong { limit_bytes: MAX_RECORD_BYTES }).at_line(line);
        Err(match row {
            Some(row) => error.at_row(row),
            None => error,
        })
    }

    /// The next records; `None` at the end.
    fn next_records(&mut self) -> Result<Option<CsvBlock>> {
        let mut bytes = BLOCK_BYTES;
        let (end, rows) = loop {
            self.fill(bytes)?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            match self.whole_records() {
                (0, _) => bytes = self.next_size(bytes, self.lines + 1, Some(self.rows + 1))?,
                found => break found,
            }
        };
        let mut rest = Vec::with_capacity(BLOCK_BYTES.max(self.rest.len() - end));
        rest.extend_from_slice(&self.rest[end..]);
        self.rest.truncate(end);
        let bytes = std::mem::replace(&mut self.rest, rest);
        self.decoder.detect(&bytes, false, self.read_bytes - self.rest.len() as u64)?;
        let block = CsvBlock {
            first_row: self.rows + 1,
            rows,
            lines_before: self.lines,
            delimiter: self.delimiter,
            encoding: self.decoder.encoding.unwrap_or_default(),
            encoding_name: self.decoder.name(),
            columns: self.columns.clone(),
            geometry_source: self.schema.geometry_source,
            geometries: self.geometries.clone(),
            bytes,
        };
        self.rows += rows;
        self.lines += memchr_iter(b'\n', &block.bytes).count() as u64;
        Ok(Some(block))
    }

    /// The end of the last whole record in `rest`, and the number of records.
    fn whole_records(&self) -> (usize, u64) {
        let bytes = self.rest.as_slice();
        if memchr(b'"', bytes).is_none() {
            let end = if self.is_at_end { bytes.len() } else { memrchr2(b'\n', b'\r', bytes).map_or(0, |at| at + 1) };
            let whole = &bytes[..end];
            let has_empty_lines = whole.starts_with(b"\n") || memmem::find(whole, b"\n\n").is_some();
            if !has_empty_lines && memchr(b'\r', whole).is_none() {
                let ends = memchr_iter(b'\n', whole).count();
                return (end, ends as u64 + u64::from(!whole.is_empty() && !whole.ends_with(b"\n")));
            }
        }
        let mut records = Records::new(bytes, self.delimiter);
        let mut fields = vec![];
        let (mut end, mut rows) = (0, 0);
        while let Some(record) = records.next(&mut fields) {
            if record.is_ended || self.is_at_end {
                (end, rows) = (records.position(), rows + 1);
            }
        }
        // Empty lines may follow the last record.
        let is_rest_empty = bytes[end..].iter().all(|byte| matches!(byte, b'\n' | b'\r'));
        (if self.is_at_end || is_rest_empty { bytes.len() } else { end }, rows)
    }
}

impl RowReader for CsvReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn encoding(&self) -> &'static str {
        let encoding = self.decoder.original.or(self.decoder.encoding.map(InputEncoding::from));
        encoding.unwrap_or(InputEncoding::UTF_8).name()
    }

    fn notes(&self) -> Vec<ReadNote> {
        self.decoder.note.clone().into_iter().collect()
    }

    fn header(&self) -> Option<&Header> {
        Some(&self.header)
    }

    fn srids(&mut self) -> Result<Vec<u32>> {
        let GeometrySource::Wkt(column) = self.schema.geometry_source else { return Ok(vec![]) };
        let mut records = Records::new(&self.rest, self.delimiter);
        let (mut fields, mut found) = (vec![], vec![]);
        while let Some(record) = records.next(&mut fields) {
            if record.is_ended || self.is_at_end {
                let cell = fields.get(column).map(|field: &Field| field.content(&self.rest)).unwrap_or_default();
                found.extend(srid_of_text(&String::from_utf8_lossy(&cell)));
            }
        }
        Ok(distinct(found.into_iter()))
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        while let Some(block) = self.next_records()? {
            if let Some(batch) = block.into_batch()? {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        Ok(self.next_records()?.map(|block| RawBlock::Unparsed(Box::new(block))))
    }
}

/// Whole records of a file, not parsed yet.
pub(in crate::io) struct CsvBlock {
    bytes: Vec<u8>,
    first_row: u64,
    rows: u64,
    lines_before: u64,
    delimiter: u8,
    encoding: Encoding,
    /// The encoding for error messages.
    encoding_name: &'static str,
    columns: Arc<Vec<String>>,
    geometry_source: GeometrySource,
    geometries: Arc<GeometryReader>,
}

impl ParseBlock for CsvBlock {
    fn parse(self: Box<Self>) -> Result<Option<Batch>> {
        self.into_batch()
    }
}

impl CsvBlock {
    /// The rows; `None` if all lines are empty.
    fn into_batch(self) -> Result<Option<Batch>> {
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

fn too_many_fields() -> Error {
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

/// The encoding of a file. Delimiters, quotes and line ends are never part of a character in UTF-8 or GB18030, so that
/// records can be split before they are decoded. A file has one encoding: that of its start, or, if the start is ASCII,
/// of the first other record; if that is valid in both encodings, later text decides.
struct Decoder {
    encoding: Option<Encoding>,
    /// The encoding of the file, if it is given or has a byte order mark. Other encodings are already decoded to UTF-8.
    original: Option<InputEncoding>,
    /// The note that the encoding was guessed or is doubtful.
    note: Option<ReadNote>,
    /// The bytes, if they can be read ahead.
    stored: Option<Stored>,
}

impl Decoder {
    /// Detects the encoding from text, whose last character may be cut, and which ends at this offset of the file.
    fn detect(&mut self, text: &[u8], is_cut: bool, end: u64) -> Result<()> {
        if self.encoding.is_some() || text.is_ascii() {
            return Ok(());
        }
        let mut evidence = EncodingEvidence::default();
        evidence.add(text, is_cut);
        let is_decided = evidence.is_decisive();
        if let Some(stored) = self.stored.as_ref().filter(|_| !is_decided) {
            evidence.add_stored_from(stored, end)?;
        }
        let encoding = evidence.encoding();
        let is_guessed = evidence.is_ambiguous() || self.stored.is_none() && !is_decided;
        let guessed = is_guessed.then(|| ReadNote::EncodingGuessed { encoding: encoding.into() });
        let doubtful = || evidence.is_doubtful().then(|| ReadNote::EncodingDoubtful { encoding: encoding.into() });
        self.note = guessed.or_else(doubtful);
        self.encoding = Some(encoding);
        Ok(())
    }

    /// The encoding for error messages.
    fn name(&self) -> &'static str {
        match (self.original, self.encoding) {
            (Some(original), _) => original.name(),
            (None, Some(Encoding::Gb18030)) => "UTF-8/GB18030",
            (None, Some(Encoding::Utf8) | None) => "UTF-8",
        }
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The delimiters that are recognised, in order of precedence.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter of the first line: a comma, unless there are only others. In TSV files, tabs take precedence.
fn delimiter(start: &[u8], is_tsv: bool) -> u8 {
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
fn take_separator_line(rest: &mut Vec<u8>) -> Option<u8> {
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
