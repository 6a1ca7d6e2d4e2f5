//! Values of Arrow arrays as cells.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalDayTimeType, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, StructArray};
use arrow_schema::{DataType, IntervalUnit, TimeUnit};

use crate::io::formats::geoparquet::calendar::{push_date, push_date_time, push_time};
use crate::io::formats::geoparquet::schema::PAIRS;
use crate::table::Kind;

/// The kind of a written cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Null,
    Text,
    /// JSON that is not a string: a number, `true`, a list.
    Json,
}

/// The kind of a column of an Arrow type.
pub(super) fn kind_of(kind: &DataType) -> Kind {
    match kind {
        DataType::Boolean => Kind::Boolean,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Kind::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Kind::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Kind::Real,
        // Decimals without a fraction are often ids of databases; others keep their exact digits as text.
        DataType::Decimal32(_, 0) => Kind::Integer,
        DataType::Decimal64(precision, 0) | DataType::Decimal128(precision, 0) if *precision <= 18 => Kind::Integer,
        DataType::Date32 | DataType::Date64 => Kind::Date,
        DataType::Timestamp(..) => Kind::DateTime,
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::Struct(_) => Kind::Json,
        _ => Kind::Text,
    }
}

/// Appends a value to a text. Types that Parquet files do not have are null.
pub(super) fn push(text: &mut String, array: &dyn Array, index: usize) -> CellKind {
    if array.is_null(index) {
        return CellKind::Null;
    }
    push_filled(text, array, index).unwrap_or(CellKind::Null)
}

fn push_filled(text: &mut String, array: &dyn Array, index: usize) -> Option<CellKind> {
    macro_rules! native {
        ($kind:ty) => {
            value::<$kind>(array, index)?
        };
    }
    macro_rules! number {
        ($kind:ty) => {{
            let _ = write!(text, "{}", native!($kind));
            CellKind::Json
        }};
    }
    let is_plain = |value: f64| value == 0.0 || (1e-5..1e16).contains(&value.abs());
    let form = match array.data_type() {
        DataType::Boolean => {
            text.push_str(if array.as_boolean_opt()?.value(index) { "true" } else { "false" });
            CellKind::Json
        }
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        // Integers beyond signed 64 bits are text.
        DataType::UInt64 => match native!(UInt64Type) {
            value if i64::try_from(value).is_ok() => number!(UInt64Type),
            value => shown(text, value),
        },
        DataType::Float16 => push_real(text, f64::from(native!(Float16Type)), is_plain),
        // The shortest text that parses to the same 32-bit float.
        DataType::Float32 => match native!(Float32Type) {
            value if value.is_finite() && is_plain(f64::from(value)) => number!(Float32Type),
            value => push_real(text, f64::from(value), is_plain),
        },
        DataType::Float64 => push_real(text, native!(Float64Type), is_plain),
        DataType::Decimal32(precision, scale) => decimal::<Decimal32Type>(text, array, index, *precision, *scale)?,
        DataType::Decimal64(precision, scale) => decimal::<Decimal64Type>(text, array, index, *precision, *scale)?,
        DataType::Decimal128(precision, scale) => decimal::<Decimal128Type>(text, array, index, *precision, *scale)?,
        DataType::Decimal256(precision, scale) => decimal::<Decimal256Type>(text, array, index, *precision, *scale)?,
        DataType::Date32 => {
            push_date(text, native!(Date32Type).into());
            CellKind::Text
        }
        DataType::Date64 => {
            push_date(text, native!(Date64Type).div_euclid(86_400_000));
            CellKind::Text
        }
        DataType::Timestamp(unit, zone) => {
            let (value, units_of_second) = match unit {
                TimeUnit::Second => (native!(TimestampSecondType), 1),
                TimeUnit::Millisecond => (native!(TimestampMillisecondType), 1_000),
                TimeUnit::Microsecond => (native!(TimestampMicrosecondType), 1_000_000),
                TimeUnit::Nanosecond => (native!(TimestampNanosecondType), 1_000_000_000),
            };
            push_date_time(text, value, units_of_second, zone.is_some());
            CellKind::Text
        }
        DataType::Time32(unit) => {
            let (value, units_of_second) = match unit {
                TimeUnit::Second => (native!(Time32SecondType), 1),
                _ => (native!(Time32MillisecondType), 1_000),
            };
            push_time(text, value.into(), units_of_second);
            CellKind::Text
        }
        DataType::Time64(unit) => {
            let (value, units_of_second) = match unit {
                TimeUnit::Microsecond => (native!(Time64MicrosecondType), 1_000_000),
                _ => (native!(Time64NanosecondType), 1_000_000_000),
            };
            push_time(text, value, units_of_second);
            CellKind::Text
        }
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => number!(DurationSecondType),
            TimeUnit::Millisecond => number!(DurationMillisecondType),
            TimeUnit::Microsecond => number!(DurationMicrosecondType),
            TimeUnit::Nanosecond => number!(DurationNanosecondType),
        },
        DataType::Interval(IntervalUnit::YearMonth) => {
            let _ = write!(text, "P{}M", native!(IntervalYearMonthType));
            CellKind::Text
        }
        // Milliseconds of Parquet intervals are unsigned.
        DataType::Interval(IntervalUnit::DayTime) => {
            let interval = native!(IntervalDayTimeType);
            let millis = interval.milliseconds as u32;
            let _ = write!(text, "P{}DT{}.{:03}S", interval.days, millis / 1000, millis % 1000);
            CellKind::Text
        }
        DataType::Utf8 => shown(text, array.as_string_opt::<i32>()?.value(index)),
        DataType::LargeUtf8 => shown(text, array.as_string_opt::<i64>()?.value(index)),
        DataType::Utf8View => shown(text, array.as_string_view_opt()?.value(index)),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            for byte in bytes(array, index)? {
                let _ = write!(text, "{byte:02x}");
            }
            CellKind::Text
        }
        _ => return push_nested(text, array, index),
    };
    Some(form)
}

/// Appends a list or struct as JSON.
fn push_nested(text: &mut String, array: &dyn Array, index: usize) -> Option<CellKind> {
    match array.data_type() {
        DataType::List(_) => push_list(text, &array.as_list_opt::<i32>()?.value(index)),
        DataType::LargeList(_) => push_list(text, &array.as_list_opt::<i64>()?.value(index)),
        DataType::FixedSizeList(..) => push_list(text, &array.as_fixed_size_list_opt()?.value(index)),
        DataType::Struct(_) => {
            let members = array.as_struct_opt()?;
            if let Some(pairs) = members.column_by_name(PAIRS) {
                push_map(text, &pairs.as_list_opt::<i32>()?.value(index));
                return Some(CellKind::Json);
            }
            text.push('{');
            for (number, name) in members.column_names().into_iter().enumerate() {
                text.push_str(if number == 0 { "" } else { "," });
                push_json_text(text, name);
                text.push(':');
                push_json(text, members.column(number), index);
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(CellKind::Json)
}

fn push_list(text: &mut String, values: &dyn Array) {
    text.push('[');
    for index in 0..values.len() {
        text.push_str(if index == 0 { "" } else { "," });
        push_json(text, values, index);
    }
    text.push(']');
}

/// Appends a map as a JSON object. Maps without values, which Parquet allows, have null values.
fn push_map(text: &mut String, pairs: &dyn Array) {
    text.push('{');
    if let Some([keys, values @ ..]) = pairs.as_struct_opt().map(StructArray::columns) {
        for index in 0..pairs.len() {
            text.push_str(if index == 0 { "" } else { "," });
            let mut key = String::new();
            push(&mut key, keys, index);
            push_json_text(text, &key);
            text.push(':');
            match values.first() {
                Some(values) => push_json(text, values, index),
                None => text.push_str("null"),
            }
        }
    }
    text.push('}');
}

fn push_json(text: &mut String, array: &dyn Array, index: usize) {
    let start = text.len();
    match push(text, array, index) {
        CellKind::Null => text.push_str("null"),
        CellKind::Json => {}
        CellKind::Text => {
            let value = text.split_off(start);
            push_json_text(text, &value);
        }
    }
}

fn push_json_text(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

/// The bytes of a value of any binary type.
pub(super) fn bytes(array: &dyn Array, index: usize) -> Option<&[u8]> {
    Some(match array.data_type() {
        DataType::Binary => array.as_binary_opt::<i32>()?.value(index),
        DataType::LargeBinary => array.as_binary_opt::<i64>()?.value(index),
        DataType::BinaryView => array.as_binary_view_opt()?.value(index),
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary_opt()?.value(index),
        _ => return None,
    })
}

fn value<T: ArrowPrimitiveType>(array: &dyn Array, index: usize) -> Option<T::Native> {
    array.as_primitive_opt::<T>()?.values().get(index).copied()
}

fn shown(text: &mut String, value: impl std::fmt::Display) -> CellKind {
    let _ = write!(text, "{value}");
    CellKind::Text
}

fn push_real(text: &mut String, value: f64, is_plain: impl Fn(f64) -> bool) -> CellKind {
    if !value.is_finite() {
        return CellKind::Null;
    }
    // Very large and small numbers use an exponent.
    let _ = if is_plain(value) { write!(text, "{value}") } else { write!(text, "{value:e}") };
    CellKind::Json
}

fn decimal<T: DecimalType>(
    text: &mut String,
    array: &dyn Array,
    index: usize,
    precision: u8,
    scale: i8,
) -> Option<CellKind> {
    text.push_str(&T::format_decimal(value::<T>(array, index)?, precision, scale));
    Some(CellKind::Json)
}
