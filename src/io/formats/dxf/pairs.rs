//! Pairs of a group code and a value, of which both forms of DXF consist: lines of text, and binary.

use std::io::{self, BufRead, BufReader, Read};

use super::malformed;
use crate::error::{Error, ErrorKind, FilePart, FileProblem, Result};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;

/// What begins a binary file.
pub(super) const BINARY: &[u8] = b"AutoCAD Binary DXF\r\n\x1a\0";

/// The maximum length of a value.
const MAX_BYTES: usize = 1 << 24;

/// Reads pairs.
pub(super) struct Pairs {
    reader: BufReader<Box<dyn Read>>,
    form: Form,
    /// The number of lines read.
    line: u64,
    text: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// Codes have one byte (up to R12) or two.
    Binary {
        has_wide_codes: bool,
    },
}

/// A pair; its value is only valid until the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair<'p> {
    pub(super) code: i32,
    pub(super) value: Value<'p>,
}

/// The value of a pair, whose type follows from the code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'p> {
    Text(&'p [u8]),
    /// Integers, too. A text that is no number is NaN.
    Number(f64),
}

/// The type of the values of a group code (*DXF Reference*, "Group Code Value Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Real,
    Int8,
    Int16,
    Int32,
    Int64,
    Bytes,
}

fn type_of(code: i32) -> Option<Type> {
    Some(match code {
        0..=9 | 100..=105 | 300..=309 | 320..=369 | 390..=399 | 410..=419 | 430..=439 | 470..=481 | 999 => Type::Text,
        1000..=1003 | 1005..=1009 => Type::Text,
        10..=59 | 110..=149 | 210..=239 | 460..=469 | 1010..=1059 => Type::Real,
        60..=79 | 170..=179 | 270..=289 | 370..=389 | 400..=409 | 1060..=1070 => Type::Int16,
        90..=99 | 420..=429 | 440..=459 | 1071 => Type::Int32,
        160..=169 => Type::Int64,
        290..=299 => Type::Int8,
        310..=319 | 1004 => Type::Bytes,
        _ => return None,
    })
}

impl Pairs {
    pub(super) fn new(source: Source) -> Result<Pairs> {
        let mut reader = source.reader;
        let start = reader.fill_buf().map_err(read_error)?;
        let form = if start.starts_with(BINARY) {
            // The first pair is 0 and SECTION.
            let has_wide_codes = start.get(BINARY.len() + 1) == Some(&0);
            reader.consume(BINARY.len());
            Form::Binary { has_wide_codes }
        } else {
            if start.starts_with(b"\xef\xbb\xbf") {
                reader.consume(3);
            }
            Form::Text
        };
        Ok(Pairs { reader, form, line: 0, text: vec![] })
    }

    pub(super) fn is_binary(&self) -> bool {
        self.form != Form::Text
    }

    /// The next pair; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Pair<'_>>> {
        match self.form {
            Form::Text => self.next_lines(),
            Form::Binary { has_wide_codes } => {
                self.next_binary(has_wide_codes).map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => truncated(),
                    _ => read_error(error),
                })?
            }
        }
    }

    fn next_lines(&mut self) -> Result<Option<Pair<'_>>> {
        if !self.read_line()? {
            return Ok(None);
        }
        let found = self.text.trim_ascii();
        let Some(code) = std::str::from_utf8(found).ok().and_then(|text| text.parse().ok()) else {
            let shown: String = String::from_utf8_lossy(found).chars().take(40).collect();
            return Err(malformed(FileProblem::GroupCode(shown)).at_line(self.line));
        };
        if !self.read_line()? {
            return Err(truncated());
        }
        let value = match type_of(code) {
            Some(Type::Text | Type::Bytes) | None => Value::Text(&self.text),
            Some(_) => {
                let number = std::str::from_utf8(self.text.trim_ascii()).ok().and_then(|text| text.parse().ok());
                Value::Number(number.unwrap_or(f64::NAN))
            }
        };
        Ok(Some(Pair { code, value }))
    }

    /// Reads a line without its end; false at the end of the file.
    fn read_line(&mut self) -> Result<bool> {
        self.text.clear();
        self.line += 1;
        let count = (&mut self.reader).take(MAX_BYTES as u64).read_until(b'\n', &mut self.text).map_err(read_error)?;
        if count == MAX_BYTES && self.text.last() != Some(&b'\n') {
            return Err(Error::new(ErrorKind::TooLong { limit_bytes: MAX_BYTES }).at_line(self.line));
        }
        while self.text.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            self.text.pop();
        }
        Ok(count > 0)
    }

    fn next_binary(&mut self, has_wide_codes: bool) -> io::Result<Result<Option<Pair<'_>>>> {
        if self.reader.fill_buf()?.is_empty() {
            return Ok(Ok(None));
        }
        let code = match has_wide_codes {
            true => i32::from(i16::from_le_bytes(self.array()?)),
            false => match self.array::<1>()? {
                [255] => i32::from(i16::from_le_bytes(self.array()?)),
                [code] => i32::from(code),
            },
        };
        let Some(kind) = type_of(code) else {
            return Ok(Err(malformed(FileProblem::GroupCode(code.to_string()))));
        };
        let number = match kind {
            Type::Text => {
                self.text.clear();
                let count = (&mut self.reader).take(MAX_BYTES as u64).read_until(0, &mut self.text)?;
                if self.text.pop() != Some(0) {
                    let is_long = count == MAX_BYTES;
                    let too_long = || Error::new(ErrorKind::TooLong { limit_bytes: MAX_BYTES });
                    return if is_long { Ok(Err(too_long())) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
                }
                return Ok(Ok(Some(Pair { code, value: Value::Text(&self.text) })));
            }
            Type::Bytes => {
                let [length] = self.array()?;
                self.text.resize(usize::from(length), 0);
                self.reader.read_exact(&mut self.text)?;
                return Ok(Ok(Some(Pair { code, value: Value::Text(&self.text) })));
            }
            Type::Real => f64::from_le_bytes(self.array()?),
            Type::Int8 => f64::from(i8::from_le_bytes(self.array()?)),
            Type::Int16 => f64::from(i16::from_le_bytes(self.array()?)),
            Type::Int32 => f64::from(i32::from_le_bytes(self.array()?)),
            Type::Int64 => i64::from_le_bytes(self.array()?) as f64,
        };
        Ok(Ok(Some(Pair { code, value: Value::Number(number) })))
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

pub(super) fn truncated() -> Error {
    Error::new(ErrorKind::Truncated(FilePart::Drawing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::bytes::meter::Meter;

    fn pairs(bytes: &[u8]) -> Pairs {
        let reader = Box::new(io::Cursor::new(bytes.to_vec()));
        Pairs::new(Source::of_reader("a.dxf".to_owned(), reader, Meter::default())).unwrap()
    }

    #[test]
    fn both_forms_have_the_same_pairs() {
        let text = "\u{feff}  0\r\nSECTION\r\n 10\r\n 1.5\r\n 70\r\n     1\r\n1071\r\n-7\r\n1\r\n台州\r\n";
        let long = "台州".as_bytes();
        let body = |code: &dyn Fn(i16) -> Vec<u8>| {
            [
                &code(0)[..],
                b"SECTION\0",
                &code(10),
                &1.5_f64.to_le_bytes(),
                &code(70),
                &1_i16.to_le_bytes(),
                &code(1071),
                &(-7_i32).to_le_bytes(),
                &code(1),
                long,
                b"\0",
            ]
            .concat()
        };
        let wide = body(&|code| code.to_le_bytes().to_vec());
        let narrow = body(&|code| match u8::try_from(code) {
            Ok(code) => vec![code],
            Err(_) => [&[255], &code.to_le_bytes()[..]].concat(),
        });
        for bytes in [text.as_bytes().to_vec(), [BINARY, &wide].concat(), [BINARY, &narrow].concat()] {
            let mut pairs = pairs(&bytes);
            for expected in [
                (0, Value::Text(b"SECTION")),
                (10, Value::Number(1.5)),
                (70, Value::Number(1.0)),
                (1071, Value::Number(-7.0)),
                (1, Value::Text(long)),
            ] {
                let pair = pairs.next().unwrap().unwrap();
                assert_eq!((pair.code, pair.value), expected);
            }
            assert!(pairs.next().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_pair_is_an_error_with_its_line() {
        let mut found = pairs(b"0\nSECTION\nabc\n1\n");
        found.next().unwrap();
        let error = found.next().unwrap_err();
        assert_eq!(error.location().line, Some(3));
        assert!(
            matches!(error.kind(), ErrorKind::Malformed { problem: FileProblem::GroupCode(text), .. } if text == "abc")
        );
        assert!(matches!(pairs(b"0\n").next().unwrap_err().kind(), ErrorKind::Truncated(FilePart::Drawing)));
        let mut cut = pairs(&[BINARY, b"\0\0SECTION\0\x0a\0abc"].concat());
        cut.next().unwrap();
        assert!(matches!(cut.next().unwrap_err().kind(), ErrorKind::Truncated(FilePart::Drawing)));
    }
}
