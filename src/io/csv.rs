//! CSV: read as text in UTF-8 or GB18030 (of which GBK and GB 2312 are parts), written as RFC 4180
//! but for lines that end in a line feed.

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::sync::Arc;

use ::csv::{ByteRecord, QuoteStyle, ReaderBuilder, WriterBuilder};
use geo::Coord;

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::columns::{coordinate_columns, number};
use crate::io::input::{Source, read_error};
use crate::io::{Output, ReadOptions, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Schema, Value};

pub(super) struct CsvReader {
    reader: ::csv::Reader<LastByte<Box<dyn Read>>>,
    decoder: Decoder,
    schema: Schema,
    columns: Arc<Vec<String>>,
    lon: usize,
    lat: usize,
    row: u64,
    /// Line and row of the last record, if its last field goes over lines.
    quoted_since: Option<(u64, u64)>,
}

/// So much of a file is looked at before its first row is read.
const START_BYTES: u64 = 1 << 20;

impl CsvReader {
    pub(super) fn new(source: Source, options: &ReadOptions) -> Result<CsvReader> {
        let mut source = source.reader;
        let mut start = vec![];
        source.by_ref().take(START_BYTES).read_to_end(&mut start).map_err(read_error)?;
        let mut decoder = Decoder::of_start(&start);
        let delimiter = delimiter(&start);
        let whole = LastByte { reader: Box::new(Cursor::new(start).chain(source)) as Box<dyn Read>, last: 0 };
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(whole);
        let header = reader.byte_headers().map_err(csv_error)?;
        let columns: Vec<String> = match decoder.decode(header) {
            Some(names) => names.into_iter().map(Cow::into_owned).collect(),
            None => return Err(Error::new(ErrorKind::NotUtf8).at_line(1)),
        };
        if columns.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Empty));
        }
        let (lon, lat) = coordinate_columns(&columns, options)?;
        let schema = Schema { columns: columns.clone(), coordinates: Some((lon, lat)), ..Schema::default() };
        Ok(CsvReader { reader, decoder, schema, columns: Arc::new(columns), lon, lat, row: 0, quoted_since: None })
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The name of the encoding, as far as it is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        match self.decoder.encoding {
            Some(Encoding::Gb18030) => "GB18030",
            Some(Encoding::Utf8) | None => "UTF-8",
        }
    }

    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        let mut record = ByteRecord::new();
        while !batch.is_full() {
            if !self.reader.read_byte_record(&mut record).map_err(csv_error)? {
                self.refuse_open_quote()?;
                break;
            }
            self.row += 1;
            let line = record.position().map_or(0, |position| position.line());
            let at_record = |kind: ErrorKind| Error::new(kind).at_line(line).at_row(self.row);
            let ends_in_lines = record.iter().next_back().is_some_and(|field| field.contains(&b'\n'));
            self.quoted_since = ends_in_lines.then_some((line, self.row));
            let Some(fields) = self.decoder.decode(&record) else { return Err(at_record(ErrorKind::NotUtf8)) };
            for (column, field) in fields.iter().take(self.columns.len()).enumerate() {
                batch.cell(column, Cell::Text(field));
            }
            batch.end_row(self.site(&fields));
        }
        Ok(batch.finish(self.columns.clone()))
    }

    /// A field with a line end in it was quoted. Where it is the last of the file, the quote behind it is
    /// the last byte, or it was never closed and holds all the rows behind it.
    fn refuse_open_quote(&self) -> Result<()> {
        match self.quoted_since {
            Some((line, row)) if self.reader.get_ref().last != b'"' => {
                Err(Error::new(ErrorKind::Truncated("a quoted field")).at_line(line).at_row(row))
            }
            _ => Ok(()),
        }
    }

    fn site(&self, fields: &[Cow<'_, str>]) -> Result<Coord<f64>, RowProblem> {
        let expected = self.columns.len();
        if fields.len() != expected {
            let extra = fields.iter().skip(expected).map(|field| field.to_string()).collect();
            return Err(RowProblem::FieldCount { found: fields.len(), expected, extra });
        }
        let number = |column: usize| number(&self.columns[column], &fields[column]);
        Ok(Coord { x: number(self.lon)?, y: number(self.lat)? })
    }
}

/// Remembers the last byte that was read and is no line end.
struct LastByte<R> {
    reader: R,
    last: u8,
}

impl<R: Read> Read for LastByte<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(&last) = buffer[..count].iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
            self.last = last;
        }
        Ok(count)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Gb18030,
}

/// Commas, quotes and line ends are never a part of a character in either encoding, so that records
/// are told apart before they are decoded. A file has one encoding: that of its start, or, where this
/// is all ASCII, that of the first record that is not.
struct Decoder {
    encoding: Option<Encoding>,
}

impl Decoder {
    /// A byte order mark means UTF-8. Else the start is UTF-8 if most of what is not ASCII in it is: a
    /// few wrong bytes are an error in such a file, and no reason to read all of it as something else.
    fn of_start(start: &[u8]) -> Decoder {
        if start.starts_with("\u{feff}".as_bytes()) {
            return Decoder { encoding: Some(Encoding::Utf8) };
        }
        let (mut characters, mut wrong) = (0_usize, 0_usize);
        for chunk in start.utf8_chunks() {
            characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            wrong += usize::from(!chunk.invalid().is_empty());
        }
        Decoder {
            encoding: match (characters, wrong) {
                (0, 0) => None,
                (characters, wrong) if characters > 2 * wrong => Some(Encoding::Utf8),
                _ => Some(Encoding::Gb18030),
            },
        }
    }

    /// The fields of a record as text; none where they are not in the file's encoding.
    fn decode<'r>(&mut self, record: &'r ByteRecord) -> Option<Vec<Cow<'r, str>>> {
        if self.encoding.is_none() && !record.as_slice().is_ascii() {
            let is_utf8 = std::str::from_utf8(record.as_slice()).is_ok();
            self.encoding = Some(if is_utf8 { Encoding::Utf8 } else { Encoding::Gb18030 });
        }
        if self.encoding == Some(Encoding::Gb18030) {
            let decode = |field| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(field);
            return record.iter().map(decode).collect();
        }
        record.iter().map(|field| std::str::from_utf8(field).ok().map(Cow::Borrowed)).collect()
    }
}

/// What separates the fields of the header: a comma, unless there is none but semicolons or tabs.
fn delimiter(start: &[u8]) -> u8 {
    let mut in_quotes = false;
    let header: Vec<u8> = start
        .iter()
        .copied()
        .take_while(|&byte| {
            in_quotes ^= byte == b'"';
            in_quotes || byte != b'\n'
        })
        .collect();
    [b',', b';', b'\t'].into_iter().find(|delimiter| header.contains(delimiter)).unwrap_or(b',')
}

fn csv_error(error: ::csv::Error) -> Error {
    let line = error.position().map(|position| position.line());
    let text = error.to_string();
    let error = match error.into_kind() {
        ::csv::ErrorKind::Io(error) => read_error(error),
        _ => Error::new(ErrorKind::Csv(text)),
    };
    line.into_iter().fold(error, Error::at_line)
}

/// Writes rows as CSV: the columns of the table, then those of the answers.
///
/// Of GeoJSON features the id and the position of a point become columns too
/// ([`Schema::flat_columns`]).
///
/// ```
/// use taizhou_corridor::io::{self, CsvWriter, Input, Output, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{Answers, Value};
///
/// // What a row came with stays as it was written: the code's zero, the digits of the coordinates.
/// let sites = Input::bytes("sites.csv", "code,lon,lat\n0701,121.36898,28.65590\n");
/// let mut rows = io::open(sites, &ReadOptions::default())?;
/// let batch = rows.next_batch()?.unwrap();
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("answers.csv");
/// let output = Output::create(&path, false)?;
/// let mut writer = CsvWriter::new(output, rows.schema(), &["zone".to_owned()], false)?;
/// let mut answers = Answers::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// writer.write(&batch, &answers)?;
/// Box::new(writer).finish()?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "code,lon,lat,zone\n0701,121.36898,28.65590,core\n");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct CsvWriter {
    writer: ::csv::Writer<Output>,
    schema: Schema,
    for_excel: bool,
}

impl CsvWriter {
    /// Writes the header. With `for_excel` the file begins with a byte order mark, and text that Excel
    /// would run as a formula is led in by an apostrophe.
    ///
    /// ```
    /// use taizhou_corridor::io::{CsvWriter, Output, RowWriter};
    /// use taizhou_corridor::table::Schema;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("for_excel.csv");
    /// let schema = Schema { columns: vec!["名称".to_owned()], ..Schema::default() };
    /// let writer = CsvWriter::new(Output::create(&path, false)?, &schema, &["zone".to_owned()], true)?;
    /// Box::new(writer).finish()?;
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "\u{feff}名称,zone\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(mut output: Output, schema: &Schema, added: &[String], for_excel: bool) -> Result<CsvWriter> {
        let mut header = schema.flat_columns();
        header.extend(added.iter().cloned());
        if for_excel {
            output.text("\u{feff}")?;
        }
        let writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).flexible(true).from_writer(output);
        let mut writer = CsvWriter { writer, schema: schema.clone(), for_excel };
        writer.record(header.iter().map(|name| Cow::Borrowed(name.as_str())))?;
        Ok(writer)
    }

    fn record<'t>(&mut self, fields: impl Iterator<Item = Cow<'t, str>>) -> Result<()> {
        let for_excel = self.for_excel;
        let fields = fields.map(|field| if for_excel { guarded(field) } else { field });
        self.writer.write_record(fields.map(Bytes)).map_err(|error| match error.into_kind() {
            ::csv::ErrorKind::Io(error) => self.failed(error),
            // Only an output can fail here: the fields are text, and records may differ in length.
            _ => self.failed(std::io::ErrorKind::InvalidData.into()),
        })
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::new(ErrorKind::Write(error)).in_file(self.writer.get_ref().name())
    }
}

/// Text that Excel would run as a formula, led in by an apostrophe; a number such as −1.5 never is.
fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number();
    if is_risky { Cow::Owned(format!("'{text}")) } else { text }
}

/// The csv crate takes bytes.
struct Bytes<'t>(Cow<'t, str>);

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl RowWriter for CsvWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        for (number, values) in answers.iter() {
            let mut fields = self.schema.flat_row(batch, number);
            fields.extend(values.iter().map(|value| match value {
                Value::Text(text) => Cow::Borrowed(text.as_ref()),
                other => Cow::Owned(other.to_string()),
            }));
            self.record(fields.into_iter())?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let name = self.writer.get_ref().name().to_owned();
        let output = self.writer.into_inner().map_err(|error| {
            let error = std::io::Error::new(error.error().kind(), error.error().to_string());
            Error::new(ErrorKind::Write(error)).in_file(name)
        })?;
        output.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_formulas() {
        for text in ["=1+1", "+cmd", "-x", "@sum", "\tx"] {
            assert_eq!(guarded(text.into()), format!("'{text}"));
        }
        for text in ["-1.5", "+3", "x=1", "", "1e5"] {
            assert_eq!(guarded(text.into()), text);
        }
    }

    #[test]
    fn a_file_has_one_encoding() {
        let encoding = |start: &[u8]| Decoder::of_start(start).encoding;
        assert_eq!(encoding(b"lon,lat"), None);
        assert_eq!(encoding("名称".as_bytes()), Some(Encoding::Utf8));
        assert_eq!(encoding(b"\xcc\xa8\xd6\xdd"), Some(Encoding::Gb18030));
        assert_eq!(encoding("\u{feff}a".as_bytes()), Some(Encoding::Utf8));
        // One wrong byte among Chinese names does not make them something else.
        assert_eq!(encoding(&["台州台州".as_bytes(), b"M\xe1laga"].concat()), Some(Encoding::Utf8));
        // Two GBK names that happen to be UTF-8, and one that is not.
        assert_eq!(encoding(b"\xd1\xa7,\xcc\xa8,\xd6\xdd\xbb\xc6"), Some(Encoding::Gb18030));
    }

    #[test]
    fn the_first_record_that_is_not_ascii_tells() {
        let record = |bytes: &[u8]| ByteRecord::from(vec![bytes]);
        let mut decoder = Decoder::of_start(b"a");
        assert_eq!(decoder.decode(&record(b"b")).unwrap()[0], "b");
        assert_eq!(decoder.decode(&record(b"\xcc\xa8\xd6\xdd")).unwrap()[0], "台州");
        // 㐀, four bytes long; and no text at all.
        assert_eq!(decoder.decode(&record(b"\x81\x39\xee\x39")).unwrap()[0], "\u{3400}");
        assert_eq!(decoder.decode(&record(b"\xff\xff")), None);
        let mut decoder = Decoder::of_start("台".as_bytes());
        assert_eq!(decoder.decode(&record(b"\xcc\xa8\xd6\xdd")), None);
    }

    #[test]
    fn fields_are_separated_by_what_the_header_has() {
        for (start, expected) in [
            ("a,b;c\n", b','),
            ("a;b\n1,5;2\n", b';'),
            ("a\tb", b'\t'),
            ("a", b','),
            ("", b','),
            ("\"a\nb\";c\n", b';'),
        ] {
            assert_eq!(delimiter(start.as_bytes()), expected, "{start}");
        }
    }
}
