//! The values of a row.

use std::fmt::Write;

use super::cursor::{Cursor, utf16};
use super::fields::{Field, FieldType, Layout, Raster};
use super::{malformed, times};
use crate::error::{FileProblem, Result};
use crate::io::rows::typed::hex;

/// A value that is not a geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    /// A number as JSON.
    Number(&'a str),
    Text(&'a str),
}

/// How a field is decoded, beyond its type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Decoding {
    /// Whether times are to the millisecond.
    pub(super) is_precise: bool,
    /// Whether dates with times are in UTC.
    pub(super) is_utc: bool,
}

/// Decodes the values of a row and passes each with the index of its field. Row ids are not stored. Returns the bytes of
/// the geometry; `None` if it is null.
pub(super) fn read<'a>(
    layout: &Layout,
    decodings: &[Decoding],
    row: &'a [u8],
    mut pass: impl FnMut(usize, Value<'_>),
) -> Result<Option<&'a [u8]>> {
    let truncated = || malformed(FileProblem::TruncatedValue);
    let mut cursor = Cursor::new(row);
    let flags = cursor.bytes(layout.null_bytes).ok_or_else(truncated)?;
    let mut nullable = 0;
    let mut geometry = None;
    let mut buffer = String::new();
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
        match field.kind {
            FieldType::Geometry(_) => geometry = Some(cursor.prefixed().ok_or_else(truncated)?),
            FieldType::Xml => pass(index, Value::Text(utf8(cursor.prefixed().ok_or_else(truncated)?, field)?)),
            FieldType::Text if layout.is_utf8 => {
                pass(index, Value::Text(utf8(cursor.prefixed().ok_or_else(truncated)?, field)?));
            }
            _ => {
                buffer.clear();
                let decoding = decodings.get(index).copied().unwrap_or_default();
                pass(index, value(&field.kind, decoding, &mut cursor, &mut buffer).ok_or_else(truncated)?);
            }
        }
    }
    Ok(geometry)
}

fn utf8<'a>(bytes: &'a [u8], field: &Field) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|_| malformed(FileProblem::ColumnNotUtf8(field.name.clone())))
}

/// The value of a type, written to a buffer; `None` if the row is too short.
fn value<'b>(
    kind: &FieldType,
    decoding: Decoding,
    cursor: &mut Cursor<'_>,
    buffer: &'b mut String,
) -> Option<Value<'b>> {
    let text = match kind {
        FieldType::Int16 => return Some(integer(cursor.i16()?.into(), buffer)),
        FieldType::Int32 | FieldType::Raster(Raster::Managed) => return Some(integer(cursor.i32()?.into(), buffer)),
        FieldType::Int64 => return Some(integer(cursor.i64()?, buffer)),
        FieldType::Float32 => return Some(decimal(cursor.f32()?, f32::is_finite, buffer)),
        FieldType::Float64 => return Some(decimal(cursor.f64()?, f64::is_finite, buffer)),
        FieldType::DateTime => times::date_time(cursor.f64()?, decoding.is_precise).map(|mut text| {
            if decoding.is_utc {
                text.push('Z');
            }
            text
        }),
        FieldType::DateTimeWithOffset => times::with_offset(cursor.f64()?, cursor.i16()?),
        FieldType::Date => times::date(cursor.f64()?),
        FieldType::Time => times::time(cursor.f64()?),
        FieldType::Guid => Some(guid(cursor.bytes(16)?)),
        FieldType::Binary | FieldType::Raster(Raster::Inline) => Some(hex(cursor.prefixed()?)),
        FieldType::Text | FieldType::Raster(Raster::External) => Some(utf16(cursor.prefixed()?)),
        FieldType::Xml | FieldType::Geometry(_) | FieldType::ObjectId => None,
    };
    let Some(text) = text else { return Some(Value::Null) };
    *buffer = text;
    Some(Value::Text(buffer))
}

fn integer(value: i64, buffer: &mut String) -> Value<'_> {
    // Writing to a string cannot fail.
    let _ = write!(buffer, "{value}");
    Value::Number(buffer)
}

/// The shortest decimal with the value; null if it is not finite, which JSON does not have.
fn decimal<F: zmij::Float + Copy>(value: F, is_finite: fn(F) -> bool, buffer: &mut String) -> Value<'_> {
    if !is_finite(value) {
        return Value::Null;
    }
    buffer.push_str(zmij::Buffer::new().format_finite(value));
    Value::Number(buffer)
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
