//! Reading the attributes of a shapefile: a dBASE III table. Numbers keep their digits.

use std::borrow::Cow;
use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::error::{Error, ErrorKind, FileKind, FilePart, FileProblem, Result};
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::stored::StoredReader;
use crate::io::formats::shapefile::encoding::Detector;
use crate::io::rows::note::ReadNote;
use crate::io::rows::typed::date;
use crate::table::{BatchBuilder, CellText, Field, Kind, distinct_names};

const HEADER_BYTES: usize = 32;
const FIELD_BYTES: usize = 32;

/// The terminator of the field descriptors.
pub(super) const LIST_END: u8 = 0x0d;

/// The mark of deleted records.
const DELETED: u8 = b'*';

/// The maximum number of fields, more than any program writes.
const MAX_FIELDS: usize = 1024;

/// The number of digits for which every number fits 64 bits.
const SAFE_DIGITS: usize = 18;

pub(super) struct DbfReader {
    reader: BufReader<StoredReader>,
    fields: Vec<Column>,
    encoding: InputEncoding,
    note: Option<ReadNote>,
    records: u32,
    next: u32,
    record: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Column {
    name: Vec<u8>,
    letter: u8,
    start: usize,
    width: usize,
    kind: Kind,
}

impl Column {
    fn is_text(&self) -> bool {
        !matches!(self.letter, b'N' | b'F' | b'D' | b'L')
    }

    /// The bytes of a field without padding, and whether there was none.
    fn content<'r>(&self, record: &'r [u8]) -> (&'r [u8], bool) {
        let whole = record.get(self.start..self.start + self.width).unwrap_or_default();
        let is_filling = |byte: &u8| matches!(byte, b' ' | 0);
        let end = whole.iter().rposition(|byte| !is_filling(byte)).map_or(0, |last| last + 1);
        (&whole[..end], end == whole.len())
    }
}

fn malformed(problem: FileProblem) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::DbaseTable, problem })
}

fn truncated(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Error::new(ErrorKind::Truncated(FilePart::Record)),
        _ => read_error(error),
    }
}

impl DbfReader {
    /// Reads the header, and all texts once to detect their encoding.
    pub(super) fn new(file: StoredReader, cpg: Option<&str>, given: Option<InputEncoding>) -> Result<DbfReader> {
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut header = [0; HEADER_BYTES];
        reader.read_exact(&mut header).map_err(truncated)?;
        if header[0] & 7 == 4 {
            return Err(malformed(FileProblem::Dbase7));
        }
        let u16_at = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let records = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let (header_bytes, record_bytes) = (u16_at(8), u16_at(10));
        let mut fields = columns(&mut reader, header_bytes)?;
        if fields.last().map_or(1, |last| last.start + last.width) > record_bytes.max(1) {
            return Err(malformed(FileProblem::FieldsBeyondRecord));
        }
        let data = reader.get_ref().size_bytes()?.saturating_sub(header_bytes as u64);
        if u64::from(records) * record_bytes as u64 > data || records > 0 && record_bytes == 0 {
            return Err(Error::new(ErrorKind::Truncated(FilePart::Record)));
        }
        reader.seek(SeekFrom::Start(header_bytes as u64)).map_err(read_error)?;
        let record = vec![0; record_bytes];
        let encoding = InputEncoding::UTF_8;
        let mut table = DbfReader { reader, fields: vec![], encoding, note: None, records, next: 0, record };
        table.scan(&mut fields, Detector::new(given, cpg, header[29]))?;
        table.fields = fields;
        table.reader.seek(SeekFrom::Start(header_bytes as u64)).map_err(read_error)?;
        table.next = 0;
        Ok(table)
    }

    /// Reads all texts to detect their encoding, and long numbers to check whether they fit 64 bits.
    fn scan(&mut self, fields: &mut [Column], mut detector: Detector) -> Result<()> {
        fields.iter().for_each(|field| detector.add(&field.name, field.name.len() >= 10));
        let is_of_interest =
            |field: &Column| field.is_text() || field.kind == Kind::Integer && field.width > SAFE_DIGITS;
        let mut watched: Vec<&mut Column> = fields.iter_mut().filter(|field| is_of_interest(field)).collect();
        if !watched.is_empty() {
            while let Some(record) = self.advance()? {
                for field in &mut watched {
                    let (content, is_full) = field.content(record);
                    if field.is_text() {
                        detector.add(content, is_full);
                    } else if number(content).is_some_and(|number| number.parse::<i64>().is_err()) {
                        field.kind = Kind::Real;
                    }
                }
            }
        }
        (self.encoding, self.note) = (detector.encoding(), detector.note());
        Ok(())
    }

    pub(super) fn fields(&self) -> Result<Vec<Field>> {
        let name = |field: &Column| {
            let name = self.encoding.decode_field(&field.name, field.name.len() >= 10);
            name.map(|name| name.trim_end().to_owned()).ok_or_else(|| self.not_text())
        };
        let names = self.fields.iter().map(name).collect::<Result<Vec<_>>>()?;
        Ok(distinct_names(&names)
            .into_iter()
            .zip(&self.fields)
            .map(|(name, field)| Field::new(name, field.kind))
            .collect())
    }

    pub(super) fn encoding(&self) -> InputEncoding {
        self.encoding
    }

    /// The note about an uncertain encoding.
    pub(super) fn note(&self) -> Option<ReadNote> {
        self.note.clone()
    }

    fn not_text(&self) -> Error {
        Error::new(ErrorKind::NotText { encoding: self.encoding.name() })
    }

    /// The number of records, including deleted ones.
    pub(super) fn records(&self) -> u32 {
        self.records
    }

    fn advance(&mut self) -> Result<Option<&[u8]>> {
        if self.next == self.records {
            return Ok(None);
        }
        self.reader.read_exact(&mut self.record).map_err(truncated)?;
        self.next += 1;
        Ok(Some(&self.record))
    }

    /// Reads the next record, and returns whether it is not deleted. `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<bool>> {
        Ok(self.advance()?.map(|record| record.first() != Some(&DELETED)))
    }

    /// The cells of the current record.
    pub(super) fn cells(&self, batch: &mut BatchBuilder) -> Result<()> {
        for (index, field) in self.fields.iter().enumerate() {
            let (content, is_full) = field.content(&self.record);
            if field.is_text() && !content.is_empty() {
                let text = self.encoding.decode_field(content, is_full);
                batch.cell(index, CellText::Text(&text.ok_or_else(|| self.not_text())?));
                continue;
            }
            let content = std::str::from_utf8(content).unwrap_or_default().trim();
            match (field.letter, content) {
                (b'L', "T" | "t" | "Y" | "y") => batch.cell(index, CellText::Json("true")),
                (b'L', "F" | "f" | "N" | "n") => batch.cell(index, CellText::Json("false")),
                (b'D', date) => match iso_date(date) {
                    Some(date) => batch.cell(index, CellText::Text(&date)),
                    None => batch.cell(index, CellText::Json("null")),
                },
                (b'N' | b'F', digits) => {
                    batch.cell(index, CellText::Json(number(digits.as_bytes()).as_deref().unwrap_or("null")));
                }
                _ => batch.cell(index, CellText::Json("null")),
            }
        }
        Ok(())
    }
}

/// Reads the field descriptors after the header.
fn columns(reader: &mut impl Read, header_bytes: usize) -> Result<Vec<Column>> {
    let mut fields: Vec<Column> = vec![];
    let mut start = 1;
    for _ in 0..(header_bytes.saturating_sub(HEADER_BYTES) / FIELD_BYTES).min(MAX_FIELDS) {
        let mut field = [0; FIELD_BYTES];
        reader.read_exact(&mut field[..1]).map_err(truncated)?;
        if field[0] == LIST_END {
            break;
        }
        reader.read_exact(&mut field[1..]).map_err(truncated)?;
        let name: Vec<u8> = field[..11].iter().copied().take_while(|&byte| byte != 0).collect();
        let (letter, width, decimals) = (field[11].to_ascii_uppercase(), usize::from(field[16]), field[17]);
        // Fields without width have no values, and their number is not limited by the record.
        if width == 0 {
            continue;
        }
        if !letter.is_ascii_graphic() {
            return Err(malformed(FileProblem::FieldType(fields.len() + 1)));
        }
        let kind = match (letter, decimals) {
            (b'N', 0) if width <= 20 => Kind::Integer,
            (b'N' | b'F', _) => Kind::Real,
            (b'D', _) => Kind::Date,
            (b'L', _) => Kind::Boolean,
            _ => Kind::Text,
        };
        fields.push(Column { name, letter, start, width, kind });
        start += width;
    }
    Ok(fields)
}

/// A number as JSON with its digits, without trailing zeros of decimals. `None` if the field is empty or filled with
/// asterisks, which programs write if it is too narrow.
fn number(content: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(content).ok()?.trim_matches([' ', '\0']);
    if let Ok(integer) = text.parse::<i64>() {
        let is_plain = text == "0" || !text.trim_start_matches('-').starts_with(['0', '+']) && !text.starts_with('+');
        return Some(if is_plain { Cow::Borrowed(text) } else { Cow::Owned(integer.to_string()) });
    }
    // Some programs write a decimal comma.
    let value: f64 = text.replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite())?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let is_json = is_plain && !(digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit));
    Some(match text.split_once('.') {
        Some((_, decimals)) if is_json => {
            let filling = decimals.len() - decimals.trim_end_matches('0').len();
            Cow::Borrowed(&text[..text.len() - filling.min(decimals.len() - 1)])
        }
        None if is_json => Cow::Borrowed(text),
        _ => Cow::Owned(serde_json::Number::from_f64(value)?.to_string()),
    })
}

/// A date as ISO 8601; other text is unchanged.
fn iso_date(text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let dashed = match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    };
    Some(if date(&dashed).is_some() { dashed } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (written, json) in [
            ("330003000000000123", "330003000000000123"),
            ("  -7", "-7"),
            ("007", "7"),
            ("-007", "-7"),
            ("+5", "5"),
            ("0", "0"),
            ("-0", "0"),
            ("12.500", "12.5"),
            ("12.000", "12.0"),
            ("121.36898123456789", "121.36898123456789"),
            ("0.10", "0.1"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("00.5", "0.5"),
            ("1,5", "1.5"),
            ("-1.25e-10", "-1.25e-10"),
            ("1.50000000000e+003", "1500.0"),
            ("99999999999999999999", "99999999999999999999"),
        ] {
            let found = number(written.as_bytes()).unwrap();
            assert_eq!(found, json, "{written}");
            assert!(serde_json::from_str::<serde_json::Number>(&found).is_ok(), "{written}");
        }
        for nothing in ["", "   ", "*****", "nan", "inf", "-", ".", "1 2", "x"] {
            assert_eq!(number(nothing.as_bytes()), None, "{nothing}");
        }
    }

    #[test]
    fn dates_are_those_of_iso_8601() {
        assert_eq!(iso_date("20221114").as_deref(), Some("2022-11-14"));
        assert_eq!(iso_date("20230229").as_deref(), Some("20230229"));
        assert_eq!(iso_date("00000000"), None);
        assert_eq!(iso_date(""), None);
    }
}
