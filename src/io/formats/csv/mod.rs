//! CSV in UTF-8 or GB18030 (a superset of GBK and GB 2312), written as RFC 4180, except that lines end in LF.
//!
//! A file is split into blocks of whole records, which is fast; blocks are parsed in parallel. Records without quotes
//! are not copied when they are parsed, and are written unchanged.
//!
//! The crate `csv` (1.4), which writes the tables of reports, is not used to read: it copies every record to a buffer
//! without quotes, so that records could not be written unchanged, and it accepts a quote that is never closed.

mod block;
mod decoder;
mod head;
mod records;
mod writer;

use std::io::Read;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memmem, memrchr2};

use self::block::CsvBlock;
use self::decoder::Decoder;
use self::head::{delimiter, take_separator_line};
use self::records::{Field, Records};
use self::writer::CsvWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::encoding::srid_of_text;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;
use crate::io::rows::block::RawBlock;
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::{Codec, Content, Driver, Format, ReadOptions};
use crate::io::rows::geometries::{GeometryReader, distinct};
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::io::rows::sheet::head::Header;
use crate::table::{Batch, GeometrySource, Schema};

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

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
