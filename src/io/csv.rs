//! CSV: text in UTF-8 or GB18030 (of which GBK and GB 2312 are parts), written as RFC 4180 but for lines
//! that end in a line feed.

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::columns::{carrier, end_row};
use crate::io::flat::Flat;
use crate::io::input::{Source, read_error};
use crate::io::read::RowReader;
use crate::io::{Encoding, Loss, Output, ReadOptions, RowWriter, WriteOptions};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Schema};
use ::csv::{ByteRecord, QuoteStyle, ReaderBuilder, WriterBuilder};

pub(super) struct CsvReader {
    reader: ::csv::Reader<LastByte<Box<dyn Read>>>,
    decoder: Decoder,
    schema: Schema,
    columns: Arc<Vec<String>>,
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
        let schema = Schema::of_text(&columns, carrier(&columns, options)?);
        Ok(CsvReader { reader, decoder, schema, columns: Arc::new(columns), row: 0, quoted_since: None })
    }
}

impl RowReader for CsvReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn encoding(&self) -> &'static str {
        match self.decoder.encoding {
            Some(Encoding::Gb18030) => "GB18030",
            Some(Encoding::Utf8) | None => "UTF-8",
        }
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
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
            let expected = self.columns.len();
            if fields.len() == expected {
                end_row(&mut batch, self.schema.carrier, &self.columns, |column| Cow::Borrowed(&fields[column]));
            } else {
                let extra = fields.iter().skip(expected).map(|field| field.to_string()).collect();
                batch.end_row(Err(RowProblem::FieldCount { found: fields.len(), expected, extra }));
            }
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

impl CsvReader {
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
        let encoding = self.encoding.unwrap_or(Encoding::Utf8);
        record.iter().map(|field| encoding.decode(field)).collect()
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

/// Writes rows as CSV.
pub(super) struct CsvWriter {
    writer: ::csv::Writer<Output>,
    flat: Flat,
    encoding: Encoding,
    for_excel: bool,
}

impl CsvWriter {
    /// Writes the header. For Excel, a file in UTF-8 begins with a byte order mark, and text that Excel
    /// would run as a formula is led in by an apostrophe.
    pub(super) fn new(mut output: Output, flat: Flat, delimiter: u8, options: &WriteOptions) -> Result<CsvWriter> {
        let for_excel = options.for_excel;
        let encoding = options.encoding.unwrap_or_default();
        if for_excel && encoding == Encoding::Utf8 {
            output.text("\u{feff}")?;
        }
        let mut builder = WriterBuilder::new();
        builder.quote_style(QuoteStyle::Necessary).flexible(true).delimiter(delimiter);
        let mut writer = CsvWriter { writer: builder.from_writer(output), flat, encoding, for_excel };
        writer.record(writer.flat.names().into_iter().map(Cow::Owned).collect())?;
        Ok(writer)
    }

    fn record(&mut self, fields: Vec<Cow<'_, str>>) -> Result<()> {
        let CsvWriter { writer, encoding, for_excel, .. } = self;
        let mut written = Ok(());
        for field in fields {
            let field = if *for_excel { guarded(field) } else { field };
            written = written.and_then(|()| writer.write_field(encoding.encode(&field)));
        }
        written.and_then(|()| writer.write_record(None::<&[u8]>)).map_err(|error| match error.into_kind() {
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

impl RowWriter for CsvWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        for (number, values) in answers.iter() {
            let row = self.flat.row(batch, number, values);
            self.record(row)?;
        }
        Ok(())
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        self.flat.keeps_text()
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let name = self.writer.get_ref().name().to_owned();
        let output = self.writer.into_inner().map_err(|error| {
            let error = std::io::Error::new(error.error().kind(), error.error().to_string());
            Error::new(ErrorKind::Write(error)).in_file(name)
        })?;
        output.commit()?;
        Ok(vec![])
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
