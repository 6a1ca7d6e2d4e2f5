//! The values of a row.

use std::fmt::Write;

use super::cursor::{Cursor, utf16};
use super::fields::{FieldType, Layout, Raster};
use super::{malformed, times};
use crate::error::{FileProblem, Result};
use crate::io::rows::typed::hex;

/// A value.
pub(super) enum Value<'a> {
    Null,
    /// A number as JSON.
    Number(String),
    Text(&'a str),
    OwnText(String),
    Geometry(&'a [u8]),
}

/// Decodes the values of a row and passes each with the index of its field. Row ids are not stored.
pub(super) fn read<'a>(
    layout: &Layout,
    is_precise: &[bool],
    row: &'a [u8],
    mut pass: impl FnMut(usize, Value<'a>),
) -> Result<()> {
    let truncated = || malformed(FileProblem::TruncatedValue);
    let mut cursor = Cursor::new(row);
    let flags = cursor.bytes(layout.null_bytes).ok_or_else(truncated)?;
    let mut nullable = 0;
    for (index, field) in layout.fields.iter().enumerate() {
        if field.kind == FieldType::ObjectId {
            continue;
        }
        if field.is_nullable {
            let is_null = flags[nullable / 8] >> (nullable % 8) & 1 == 1;
            nullable += 1;
            if is_null {
                pass(index, Value::Null);
                continue;
            }
        }
        let is_precise = is_precise.get(index).copied().unwrap_or_default();
        let value = match field.kind {
            FieldType::Text if layout.is_utf8 => cursor.prefixed().map(text),
            FieldType::Text => cursor.prefixed().map(|bytes| Some(Value::OwnText(utf16(bytes)))),
            FieldType::Xml => cursor.prefixed().map(text),
            _ => value(&field.kind, is_precise, &mut cursor).map(Some),
        };
        let value = value.ok_or_else(truncated)?;
        pass(index, value.ok_or_else(|| malformed(FileProblem::ColumnNotUtf8(field.name.clone())))?);
    }
    Ok(())
}

/// A text in UTF-8; `None` if it is not.
fn text(bytes: &[u8]) -> Option<Value<'_>> {
    std::str::from_utf8(bytes).ok().map(Value::Text)
}

/// The value of a type; `None` if the row is too short.
fn value<'a>(kind: &FieldType, is_precise: bool, cursor: &mut Cursor<'a>) -> Option<Value<'a>> {
    let number = |text: String, is_finite: bool| if is_finite { Value::Number(text) } else { Value::Null };
    let of_text = |text: Option<String>| text.map_or(Value::Null, Value::OwnText);
    Some(match kind {
        FieldType::Int16 => Value::Number(cursor.i16()?.to_string()),
        FieldType::Int32 | FieldType::Raster(Raster::Managed) => Value::Number(cursor.i32()?.to_string()),
        FieldType::Int64 => Value::Number(cursor.i64()?.to_string()),
        FieldType::Float32 => {
            let value = cursor.f32()?;
            number(format!("{value:?}"), value.is_finite())
        }
        FieldType::Float64 => {
            let value = cursor.f64()?;
            number(format!("{value:?}"), value.is_finite())
        }
        FieldType::DateTime => of_text(times::date_time(cursor.f64()?, is_precise)),
        FieldType::DateTimeWithOffset => of_text(times::with_offset(cursor.f64()?, cursor.i16()?)),
        FieldType::Date => of_text(times::date(cursor.f64()?)),
        FieldType::Time => of_text(times::time(cursor.f64()?)),
        FieldType::Guid => Value::OwnText(guid(cursor.bytes(16)?)),
        FieldType::Binary | FieldType::Raster(Raster::Inline) => Value::OwnText(hex(cursor.prefixed()?)),
        FieldType::Raster(Raster::External) => Value::OwnText(utf16(cursor.prefixed()?)),
        FieldType::Geometry(_) => Value::Geometry(cursor.prefixed()?),
        FieldType::Text | FieldType::Xml | FieldType::ObjectId => Value::Null,
    })
}

/// A UUID, whose first three numbers are little-endian: `{12345678-9ABC-DEF0-1234-567890ABCDEF}`.
fn guid(bytes: &[u8]) -> String {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = String::with_capacity(38);
    text.push('{');
    for (place, &index) in ORDER.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{:02X}", bytes.get(index).copied().unwrap_or_default());
    }
    text.push('}');
    text
}
