//! CSV: read as text in UTF-8 or GB18030 (of which GBK and GB 2312 are parts), written as RFC 4180.
//!
//! Commas, quotes and line ends are never a part of a character in either encoding, so that records
//! are told apart before they are decoded. A file is UTF-8 until a field is not; from there on it is
//! GB18030.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use ::csv::{ByteRecord, QuoteStyle, ReaderBuilder, WriterBuilder};
use geo::Coord;

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::columns::{coordinate_columns, number};
use crate::io::input::{Source, read_error};
use crate::io::{Output, ReadOptions, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Schema, Value};

pub(super) struct CsvReader {
    reader: ::csv::Reader<BufReader<Box<dyn Read>>>,
    encoding: Encoding,
    schema: Schema,
    columns: Arc<Vec<String>>,
    lon: usize,
    lat: usize,
    row: u64,
}

impl CsvReader {
    pub(super) fn new(mut source: Source, options: &ReadOptions) -> Result<CsvReader> {
        let delimiter = delimiter(source.reader.fill_buf().map_err(read_error)?);
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(source.reader);
        let mut encoding = Encoding::Utf8;
        let header = reader.byte_headers().map_err(csv_error)?;
        let columns: Vec<String> = match encoding.decode(header) {
            Some(names) => names.into_iter().map(Cow::into_owned).collect(),
            None => return Err(Error::new(ErrorKind::NotUtf8).at_line(1)),
        };
        if columns.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Empty));
        }
        let (lon, lat) = coordinate_columns(&columns, options)?;
        let schema = Schema { columns: columns.clone(), has_geometry: false, has_ids: false };
        Ok(CsvReader { reader, encoding, schema, columns: Arc::new(columns), lon, lat, row: 0 })
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The name of the encoding, as far as it is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        match self.encoding {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gb18030 => "GB18030",
        }
    }

    pub(super) fn coordinate_columns(&self) -> (&str, &str) {
        (&self.columns[self.lon], &self.columns[self.lat])
    }

    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        let mut record = ByteRecord::new();
        while !batch.is_full() && self.reader.read_byte_record(&mut record).map_err(csv_error)? {
            self.row += 1;
            let line = record.position().map_or(0, |position| position.line());
            let Some(fields) = self.encoding.decode(&record) else {
                return Err(Error::new(ErrorKind::NotUtf8).at_line(line).at_row(self.row));
            };
            for (column, field) in fields.iter().take(self.columns.len()).enumerate() {
                batch.cell(column, Cell::Text(field));
            }
            batch.end_row(self.site(&fields));
        }
        Ok(batch.finish(self.columns.clone()))
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Gb18030,
}

impl Encoding {
    /// The fields of a record as text; none where they are neither UTF-8 nor GB18030.
    fn decode<'r>(&mut self, record: &'r ByteRecord) -> Option<Vec<Cow<'r, str>>> {
        if *self == Encoding::Utf8 {
            let fields: Result<Vec<_>, _> =
                record.iter().map(|field| std::str::from_utf8(field).map(Cow::Borrowed)).collect();
            if let Ok(fields) = fields {
                return Some(fields);
            }
        }
        let gb18030 = encoding_rs::GB18030;
        let fields: Option<Vec<_>> =
            record.iter().map(|field| gb18030.decode_without_bom_handling_and_without_replacement(field)).collect();
        *self = Encoding::Gb18030;
        fields
    }
}

/// What separates the fields of a header: a comma, unless there is none but semicolons or tabs.
fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|&byte| byte == b'\n').next().unwrap_or(start);
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
pub struct CsvWriter {
    writer: ::csv::Writer<Output>,
    schema: Schema,
    for_excel: bool,
}

impl CsvWriter {
    /// Writes the header. With `for_excel` the file begins with a byte order mark, and text that Excel
    /// would run as a formula is led in by an apostrophe.
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
    let is_risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
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
    fn a_file_is_gb18030_from_where_it_is_not_utf_8() {
        let mut encoding = Encoding::Utf8;
        let decode = |encoding: &mut Encoding, bytes: &[u8]| {
            encoding.decode(&ByteRecord::from(vec![bytes])).map(|fields| fields[0].to_string())
        };
        assert_eq!(decode(&mut encoding, "台州".as_bytes()).as_deref(), Some("台州"));
        assert_eq!(decode(&mut encoding, b"\xcc\xa8\xd6\xdd").as_deref(), Some("台州"));
        assert_eq!(encoding, Encoding::Gb18030);
        // 㐀, four bytes long.
        assert_eq!(decode(&mut encoding, b"\x81\x39\xee\x39").as_deref(), Some("\u{3400}"));
        assert_eq!(decode(&mut encoding, b"\xff\xff"), None);
    }

    #[test]
    fn fields_are_separated_by_what_the_header_has() {
        for (start, expected) in [("a,b;c\n", b','), ("a;b\n1,5;2\n", b';'), ("a\tb", b'\t'), ("a", b','), ("", b',')] {
            assert_eq!(delimiter(start.as_bytes()), expected, "{start}");
        }
    }
}
