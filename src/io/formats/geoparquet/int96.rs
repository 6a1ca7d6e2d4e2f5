//! INT96 timestamps. The library converts them to 64-bit nanoseconds, which overflow outside of the years 1677 to 2262.
//! They are read a second time as seconds, which do not, to restore the exact value.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampNanosecondType, TimestampSecondType};
use arrow_array::{Array, ArrayRef, ListArray, StringViewArray, StructArray};
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};
use parquet::basic::Type as PhysicalType;
use parquet::schema::types::SchemaDescriptor;

use crate::io::formats::geoparquet::calendar::{push_date, push_time};

const NANOS: i128 = 1_000_000_000;
const SECONDS_OF_DAY: i64 = 86_400;

/// The fields with INT96 timestamps as seconds, and the columns that have any.
pub(super) fn in_seconds(fields: &Fields, descriptor: &SchemaDescriptor) -> (Fields, Vec<usize>) {
    let mut leaves = descriptor.columns().iter().map(|leaf| leaf.physical_type() == PhysicalType::INT96);
    let fields: Fields = fields.iter().map(|field| field_in_seconds(field, &mut leaves)).collect();
    let has_any = |index: &usize| holds_seconds(fields[*index].data_type());
    let columns = (0..fields.len()).filter(has_any).collect();
    (fields, columns)
}

fn field_in_seconds(field: &FieldRef, leaves: &mut impl Iterator<Item = bool>) -> FieldRef {
    let kind = match field.data_type() {
        DataType::List(element) => DataType::List(field_in_seconds(element, leaves)),
        DataType::Struct(members) => {
            DataType::Struct(members.iter().map(|member| field_in_seconds(member, leaves)).collect())
        }
        _ if leaves.next() == Some(true) => DataType::Timestamp(TimeUnit::Second, None),
        _ => return field.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(kind))
}

/// Whether a type has timestamps in seconds, which only come from INT96.
fn holds_seconds(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(TimeUnit::Second, _) => true,
        DataType::List(element) => holds_seconds(element.data_type()),
        DataType::Struct(members) => members.iter().any(|member| holds_seconds(member.data_type())),
        _ => false,
    }
}

/// Merges both readings: text if a value does not fit 64-bit nanoseconds.
pub(super) fn merged(nanos: &ArrayRef, seconds: &ArrayRef) -> ArrayRef {
    let merged = match seconds.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => texts(nanos, seconds),
        DataType::List(_) => list(nanos, seconds),
        DataType::Struct(_) => structure(nanos, seconds),
        _ => None,
    };
    merged.unwrap_or_else(|| nanos.clone())
}

/// The exact values as text; `None` if all fit nanoseconds.
fn texts(nanos: &ArrayRef, seconds: &ArrayRef) -> Option<ArrayRef> {
    let nanos = nanos.as_primitive_opt::<TimestampNanosecondType>()?;
    let seconds = seconds.as_primitive_opt::<TimestampSecondType>()?;
    let exact = |(nanos, seconds): (Option<i64>, Option<i64>)| {
        let (nanos, seconds) = (nanos?, seconds?);
        // The fraction of a second is correct even after an overflow.
        let rest = nanos.wrapping_sub(seconds.wrapping_mul(NANOS as i64));
        Some(i128::from(seconds) * NANOS + i128::from(rest))
    };
    let values = || nanos.iter().zip(seconds.iter()).map(exact);
    if values().flatten().all(|value| i64::try_from(value).is_ok()) {
        return None;
    }
    let text = |value: i128| {
        // Days of INT96 have 32 bits.
        let day = i64::try_from(value.div_euclid(NANOS * i128::from(SECONDS_OF_DAY))).unwrap_or_default();
        let of_day = i64::try_from(value.rem_euclid(NANOS * i128::from(SECONDS_OF_DAY))).unwrap_or_default();
        let mut text = String::new();
        push_date(&mut text, day);
        text.push('T');
        push_time(&mut text, of_day, NANOS as i64);
        text
    };
    Some(Arc::new(values().map(|value| value.map(text)).collect::<StringViewArray>()))
}

fn list(nanos: &ArrayRef, seconds: &ArrayRef) -> Option<ArrayRef> {
    let (nanos, seconds) = (nanos.as_list_opt::<i32>()?, seconds.as_list_opt::<i32>()?);
    let values = merged(nanos.values(), seconds.values());
    let element = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let merged = ListArray::try_new(element, nanos.offsets().clone(), values, nanos.nulls().cloned()).ok()?;
    Some(Arc::new(merged))
}

fn structure(nanos: &ArrayRef, seconds: &ArrayRef) -> Option<ArrayRef> {
    let (nanos, seconds) = (nanos.as_struct_opt()?, seconds.as_struct_opt()?);
    let members: Vec<ArrayRef> = nanos.columns().iter().zip(seconds.columns()).map(|(a, b)| merged(a, b)).collect();
    let field = |(field, member): (&FieldRef, &ArrayRef)| {
        Arc::new(field.as_ref().clone().with_data_type(member.data_type().clone()))
    };
    let fields: Fields = nanos.fields().iter().zip(&members).map(field).collect();
    Some(Arc::new(StructArray::try_new(fields, members, nanos.nulls().cloned()).ok()?))
}
