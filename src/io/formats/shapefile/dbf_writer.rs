//! Writing the attributes of a shapefile: a dBASE III table. Rows are buffered in a temporary file, since column widths
//! depend on all of them.

use std::borrow::Cow;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::SpooledTempFile;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::output::Output;
use crate::io::bytes::stored::spool_in;
use crate::io::formats::shapefile::dbf::LIST_END;
use crate::io::rows::loss::Loss;
use crate::table::{Field, Kind, Value};

/// The maximum number of bytes of a field and of its name.
const FIELD_BYTES: usize = 254;
const NAME_BYTES: usize = 10;

/// The maximum number of columns.
pub(super) const MAX_COLUMNS: usize = 255;

/// The width of integers in GDAL, which reads wider ones as floating point.
const INTEGER_BYTES: usize = 18;

/// The minimum and maximum width of floating-point numbers; the maximum is that of GDAL.
const REAL_BYTES: [usize; 2] = [19, 24];

/// The code page of GBK, and its language id.
const GBK_PAGE: &str = "936";
const GBK_LANGUAGE: u8 = 0x4d;

pub(super) struct DbfWriter {
    spool: BufWriter<SpooledTempFile>,
    encoding: Encoding,
    columns: Vec<Column>,
    rows: u32,
    /// Whether there are characters that GBK lacks.
    exceeds_gbk: bool,
}

struct Column {
    name: Vec<u8>,
    text_name: String,
    kind: Kind,
    /// The maximum length of values, and for numbers, of the characters before and after the decimal point.
    widest: usize,
    before_point: usize,
    after_point: usize,
    truncated: u64,
    /// The number of replaced characters.
    replaced: u64,
}

impl DbfWriter {
    /// Rows are buffered in `folder`.
    pub(super) fn new(fields: &[Field], encoding: Encoding, folder: Option<&Path>) -> io::Result<DbfWriter> {
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let spool = BufWriter::with_capacity(1 << 16, spool_in(Some(folder)));
        let mut writer = DbfWriter { spool, encoding, columns: vec![], rows: 0, exceeds_gbk: false };
        for field in fields {
            let text_name = writer.short_name(&field.name);
            let name = writer.encode(&text_name).into_owned();
            let kind = field.kind;
            writer.columns.push(Column {
                name,
                text_name,
                kind,
                widest: 0,
                before_point: 1,
                after_point: 1,
                truncated: 0,
                replaced: 0,
            });
        }
        Ok(writer)
    }

    /// The names of the columns in the file.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.text_name.as_str())
    }

    /// A name that fits, and differs from those of other columns in more than case.
    fn short_name(&self, name: &str) -> String {
        let plain: String = name.trim_end().chars().map(|c| if c.is_control() { '_' } else { c }).collect();
        let plain = if plain.is_empty() { "_".to_owned() } else { plain };
        let is_free = |name: &String| {
            let same = |other: &str| other.to_lowercase() == name.to_lowercase();
            !self.names().any(same)
        };
        let numbered = (2u32..).map(|number| {
            let ending = format!("_{number}");
            format!("{}{ending}", self.encoding.start_of(&plain, NAME_BYTES - ending.len()))
        });
        // Trailing blanks would be read as padding.
        let truncated = self.encoding.start_of(&plain, NAME_BYTES).trim_end().to_owned();
        std::iter::once(truncated.clone()).chain(numbered).find(is_free).unwrap_or(truncated)
    }

    /// Encodes text, without zero bytes, which would end it.
    fn encode<'t>(&mut self, text: &'t str) -> Cow<'t, [u8]> {
        let bytes = self.encoding.encode(text);
        self.exceeds_gbk |= self.encoding == Encoding::Gb18030 && exceeds_gbk(&bytes);
        if bytes.contains(&0) {
            return bytes.iter().map(|&byte| if byte == 0 { b' ' } else { byte }).collect();
        }
        bytes
    }

    /// Buffers a row.
    pub(super) fn row(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        self.rows += 1;
        for (index, value) in row.iter().enumerate().take(self.columns.len()) {
            let text = match value {
                Value::Null => Cow::Borrowed(""),
                Value::Text(text) if self.columns[index].kind == Kind::Date => Cow::Owned(text.replace('-', "")),
                Value::Text(text) => Cow::Borrowed(text.as_ref()),
                Value::Integer(number) => Cow::Owned(number.to_string()),
                Value::Float { value: number, .. } => Cow::Owned(number.to_string()),
                Value::Bool(value) => Cow::Borrowed(if *value { "T" } else { "F" }),
            };
            let kept = self.encoding.start_of(&text, FIELD_BYTES);
            let bytes = match value {
                // Very small and large numbers keep their digits with an exponent.
                Value::Float { value: number, .. } if text.len() > REAL_BYTES[1] => {
                    self.columns[index].before_point = REAL_BYTES[1];
                    Cow::Owned(format!("{number:e}").into_bytes())
                }
                _ => self.encode(kept),
            };
            let column = &mut self.columns[index];
            column.truncated += u64::from(kept.len() < text.len() && matches!(value, Value::Text(_)));
            if matches!(value, Value::Text(_)) {
                column.replaced += self.encoding.unheld(kept) + kept.matches('\0').count() as u64;
            }
            column.widest = column.widest.max(bytes.len());
            if matches!(value, Value::Float { .. }) {
                let (before, after) = text.split_once('.').unwrap_or((&text, ""));
                column.before_point = column.before_point.max(before.len());
                column.after_point = column.after_point.max(after.len());
            }
            // Values are not longer than a field, so their length fits a byte.
            self.spool.write_all(&[bytes.len() as u8])?;
            self.spool.write_all(&bytes)?;
        }
        Ok(())
    }

    /// Writes the table, and returns the text of the `.cpg` file, and truncated and replaced values.
    pub(super) fn finish(self, output: &mut Output, limit_bytes: u64) -> Result<(&'static str, Vec<Loss>)> {
        let name = output.name().to_owned();
        let write_error = |error: io::Error| Error::new(ErrorKind::Write(error)).in_file(name.clone());
        let widths: Vec<(u8, usize, usize)> = self.columns.iter().map(Column::layout).collect();
        let record_bytes = 1 + widths.iter().map(|(_, width, _)| width).sum::<usize>();
        let header_bytes = 33 + 32 * widths.len();
        let file_bytes = header_bytes as u64 + u64::from(self.rows) * record_bytes as u64 + 1;
        if file_bytes > limit_bytes {
            return Err(Error::new(ErrorKind::TooLarge { format: "shapefile".to_owned(), limit_bytes }));
        }
        let (page, language) = match self.encoding {
            Encoding::Utf8 => ("UTF-8", 0),
            // GB18030 is not a Windows code page.
            Encoding::Gb18030 if self.exceeds_gbk => ("GB18030", 0),
            Encoding::Gb18030 => (GBK_PAGE, GBK_LANGUAGE),
        };
        let mut header = vec![0; 32];
        // dBASE III without memos; a fixed date, so that the same rows give the same file.
        header[..4].copy_from_slice(&[3, 100, 1, 1]);
        header[4..8].copy_from_slice(&self.rows.to_le_bytes());
        // Both fit 16 bits: 255 columns of 254 bytes.
        header[8..10].copy_from_slice(&(header_bytes as u16).to_le_bytes());
        header[10..12].copy_from_slice(&(record_bytes as u16).to_le_bytes());
        header[29] = language;
        for (column, &(letter, width, decimals)) in self.columns.iter().zip(&widths) {
            let mut field = [0; 32];
            field[..column.name.len()].copy_from_slice(&column.name);
            (field[11], field[16], field[17]) = (letter, width as u8, decimals as u8);
            header.extend(field);
        }
        header.push(LIST_END);
        output.write_all(&header).map_err(write_error)?;
        let mut spool = self.spool.into_inner().map_err(|error| write_error(error.into_error()))?;
        spool.seek(SeekFrom::Start(0)).map_err(write_error)?;
        let mut spool = BufReader::with_capacity(1 << 16, spool);
        let mut record = vec![];
        let mut value = [0; FIELD_BYTES + 1];
        for _ in 0..self.rows {
            record.clear();
            record.push(b' ');
            for &(letter, width, decimals) in &widths {
                spool.read_exact(&mut value[..1]).map_err(write_error)?;
                let length = usize::from(value[0]);
                spool.read_exact(&mut value[..length]).map_err(write_error)?;
                push(&mut record, &value[..length], letter, width, decimals);
            }
            output.write_all(&record).map_err(write_error)?;
        }
        output.write_all(&[0x1a]).map_err(write_error)?;
        let losses = self.columns.into_iter().flat_map(|Column { text_name: field, truncated, replaced, .. }| {
            let was_cut =
                (truncated > 0).then(|| Loss::Cut { field: field.clone(), limit_bytes: FIELD_BYTES, count: truncated });
            was_cut.into_iter().chain((replaced > 0).then_some(Loss::Characters { field, count: replaced }))
        });
        Ok((page, losses.collect()))
    }
}

impl Column {
    /// The type letter, width and number of decimals.
    fn layout(&self) -> (u8, usize, usize) {
        match self.kind {
            Kind::Integer => (b'N', self.widest.max(INTEGER_BYTES), 0),
            Kind::Real => {
                let width = self.before_point + 1 + self.after_point;
                let [min, max] = REAL_BYTES;
                if width <= max { (b'N', width.max(min), self.after_point) } else { (b'F', max, 15) }
            }
            Kind::Boolean => (b'L', 1, 0),
            Kind::Date => (b'D', 8, 0),
            Kind::Text | Kind::DateTime | Kind::Json => (b'C', self.widest.max(1), 0),
        }
    }
}

/// Whether text has characters that GBK lacks: these have four bytes in GB18030, the second of which is a digit.
fn exceeds_gbk(bytes: &[u8]) -> bool {
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        if *byte >= 0x80 && bytes.next().is_some_and(u8::is_ascii_digit) {
            return true;
        }
    }
    false
}

/// Appends a value, padded to the width of its field.
fn push(record: &mut Vec<u8>, value: &[u8], letter: u8, width: usize, decimals: usize) {
    let end = record.len() + width;
    if value.is_empty() && letter == b'L' {
        // Blanks would be read as false, and as 1970-01-01 in dates.
        record.push(b'?');
    } else if value.is_empty() && letter == b'D' {
        record.resize(end, b'0');
    } else if letter == b'N' && !value.is_empty() {
        let after = value.iter().rev().position(|&byte| byte == b'.');
        let missing = decimals - after.unwrap_or(0).min(decimals) + usize::from(decimals > 0 && after.is_none());
        record.resize(end.saturating_sub(value.len() + missing), b' ');
        record.extend(value);
        if decimals > 0 && after.is_none() {
            record.push(b'.');
        }
        record.resize(end, b'0');
    } else if letter == b'F' {
        record.resize(end.saturating_sub(value.len()), b' ');
        record.extend(value);
    } else {
        record.extend(value);
    }
    record.resize(end, b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fields: &[Field], rows: &[Vec<Value<'_>>], encoding: Encoding) -> (Vec<u8>, &'static str, Vec<Loss>) {
        let mut writer = DbfWriter::new(fields, encoding, Some(&std::env::temp_dir())).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        let (mut output, memory) = Output::memory("test.dbf");
        let (page, losses) = writer.finish(&mut output, u64::MAX).unwrap();
        output.commit().unwrap();
        (memory.into_bytes(), page, losses)
    }

    #[test]
    fn values_fill_their_fields() {
        let kinds = [Kind::Integer, Kind::Real, Kind::Boolean, Kind::Date, Kind::Text];
        let fields = kinds.map(|kind| Field::new(format!("{kind:?}"), kind));
        let full = vec![
            Value::Integer(-7),
            Value::float(12.25),
            Value::Bool(true),
            Value::Text("2022-11-14".into()),
            Value::Text("台州".into()),
        ];
        let whole = vec![Value::Integer(1), Value::float(100.0), Value::Bool(false), Value::Null, Value::Null];
        let (bytes, ..) = written(&fields, &[full, whole, vec![const { Value::Null }; 5]], Encoding::Utf8);
        let records = String::from_utf8(bytes[33 + 32 * 5..].to_vec()).unwrap();
        let expected = [
            "                 -7              12.25T20221114台州",
            "                  1             100.00F00000000      ",
            &format!("{:38}?00000000{:6}", "", ""),
        ];
        assert_eq!(records, expected.concat() + "\u{1a}");
    }

    #[test]
    fn numbers_have_all_their_digits() {
        for numbers in [&[121.36898123456789, 0.1][..], &[1e300, 0.5], &[5e-324, -1.7976931348623157e308], &[-0.0]] {
            let rows: Vec<Vec<Value<'_>>> = numbers.iter().map(|&number| vec![Value::float(number)]).collect();
            let (bytes, ..) = written(&[Field::new("a", Kind::Real)], &rows, Encoding::Utf8);
            let width = usize::from(bytes[32 + 16]);
            let back: Vec<f64> = bytes[65..]
                .chunks_exact(1 + width)
                .map(|record| std::str::from_utf8(record).unwrap().trim().parse().unwrap())
                .collect();
            assert_eq!(back, numbers);
            assert!(bytes[32 + 17] > 0, "a number without decimals is read as a whole one");
        }
    }

    #[test]
    fn a_table_has_its_limit() {
        let mut writer = DbfWriter::new(&[Field::new("a", Kind::Integer)], Encoding::Utf8, None).unwrap();
        writer.row(&[Value::Integer(1)]).unwrap();
        // A header of 65 bytes, a record of 19, an end mark of one.
        let (mut output, _) = Output::memory("test.dbf");
        let error = writer.finish(&mut output, 84).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { limit_bytes: 84, .. }), "{error}");
    }

    #[test]
    fn names_are_short_and_distinct() {
        let names = |names: &[&str], encoding| {
            let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, Kind::Text)).collect();
            let writer = DbfWriter::new(&fields, encoding, Some(&std::env::temp_dir())).unwrap();
            let names: Vec<String> = writer.names().map(str::to_owned).collect();
            assert!(writer.columns.iter().all(|column| column.name.len() <= NAME_BYTES));
            names
        };
        let long = ["地块编号名称", "地块编号面积", "distance_to_boundary", "DISTANCE_to"];
        assert_eq!(names(&long, Encoding::Utf8), ["地块编", "地块_2", "distance_t", "DISTANCE_2"]);
        assert_eq!(names(&long[..2], Encoding::Gb18030), ["地块编号名", "地块编号面"]);
        let blank = ["a long   name", "a long ", "  "];
        assert_eq!(names(&blank, Encoding::Utf8), ["a long   n", "a long", "_"]);
        assert_eq!(names(&["123456789 b"], Encoding::Utf8), ["123456789"]);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let long = "台".repeat(100);
        let (bytes, _, losses) =
            written(&[Field::new("a", Kind::Text)], &[vec![Value::Text(long.into())]], Encoding::Utf8);
        assert_eq!(bytes[32 + 16], 252);
        assert_eq!(losses, [Loss::Cut { field: "a".to_owned(), limit_bytes: 254, count: 1 }]);
    }

    #[test]
    fn characters_that_it_does_not_hold_are_counted() {
        let row = vec![Value::Text("a\0b\u{e5e5}".into())];
        let losses = |encoding| written(&[Field::new("a", Kind::Text)], std::slice::from_ref(&row), encoding).2;
        assert_eq!(losses(Encoding::Utf8), [Loss::Characters { field: "a".to_owned(), count: 1 }]);
        assert_eq!(losses(Encoding::Gb18030), [Loss::Characters { field: "a".to_owned(), count: 2 }]);
    }

    #[test]
    fn the_code_page_holds_what_is_written() {
        let page = |text: &str| {
            let row = vec![Value::Text(text.to_owned().into())];
            let (bytes, page, _) = written(&[Field::new("a", Kind::Text)], &[row], Encoding::Gb18030);
            (page, bytes[29])
        };
        assert_eq!(page("台州1"), ("936", 0x4d));
        assert_eq!(page("\u{20000}"), ("GB18030", 0));
    }
}
