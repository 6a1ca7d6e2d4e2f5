//! Conversion of Parquet schemas to Arrow types that can be read without panics and copies.

use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, Fields};
use parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use crate::error::FileProblem;
use crate::io::formats::geoparquet::int96::in_seconds;

/// The name of the key-value group of a map.
pub(super) const PAIRS: &str = "\u{1}pairs";

/// The schema of a file and the Arrow types of its columns.
pub(super) struct FileSchema {
    descriptor: SchemaDescriptor,
    fields: Fields,
}

impl FileSchema {
    /// The Arrow schema that a file may contain is ignored; that of Parquet is sufficient.
    pub(super) fn new(parquet: &SchemaDescriptor) -> Result<FileSchema> {
        let root = parquet.root_schema();
        let fields = root.get_fields().iter().map(with_plain_maps).collect::<Result<Vec<_>>>()?;
        let root = Type::group_type_builder(root.name()).with_fields(fields).build()?;
        let descriptor = SchemaDescriptor::new(Arc::new(root));
        if descriptor.num_columns() != parquet.num_columns() {
            return Err(ParquetError::External(Box::new(FileProblem::Schema)));
        }
        let plain = parquet_to_arrow_schema(&descriptor, None)?;
        let fields = plain.fields().iter().map(viewed).collect();
        Ok(FileSchema { descriptor, fields })
    }

    /// All columns.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The levels for reading INT96 timestamps of some columns as seconds, and the indices of these columns.
    pub(super) fn levels_in_seconds(&self, columns: &[usize]) -> Result<Option<(FieldLevels, Vec<usize>)>> {
        let (fields, with_any) = in_seconds(&self.fields, &self.descriptor);
        let indices: Vec<usize> = (0..columns.len()).filter(|&index| with_any.contains(&columns[index])).collect();
        if indices.is_empty() {
            return Ok(None);
        }
        let roots = indices.iter().map(|&index| columns[index]);
        let mask = ProjectionMask::roots(&self.descriptor, roots);
        Ok(Some((parquet_to_arrow_field_levels(&self.descriptor, mask, Some(&fields))?, indices)))
    }

    /// The levels for reading some columns.
    pub(super) fn levels(&self, columns: &[usize]) -> Result<FieldLevels> {
        let mask = ProjectionMask::roots(&self.descriptor, columns.iter().copied());
        parquet_to_arrow_field_levels(&self.descriptor, mask, Some(&self.fields))
    }
}

/// Replaces maps by a list of pairs: the map reader of `parquet` (59.3) panics on damaged levels, the list reader does
/// not.
fn with_plain_maps(kind: &TypePtr) -> Result<TypePtr> {
    if !kind.is_group() {
        return Ok(kind.clone());
    }
    let info = kind.get_basic_info();
    let is_map = matches!(info.logical_type_ref(), Some(LogicalType::Map))
        || matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE);
    let mut fields = kind.get_fields().iter().map(with_plain_maps).collect::<Result<Vec<_>>>()?;
    if let ([pairs], true) = (fields.as_slice(), is_map) {
        fields = vec![Arc::new(group(pairs, PAIRS, pairs.get_fields().to_vec(), false)?)];
    }
    Ok(Arc::new(group(kind, kind.name(), fields, !is_map)?))
}

/// A copy of a group with another name and other fields.
fn group(kind: &Type, name: &str, fields: Vec<TypePtr>, is_annotated: bool) -> Result<Type> {
    let info = kind.get_basic_info();
    let mut builder = Type::group_type_builder(name).with_fields(fields);
    if info.has_repetition() {
        builder = builder.with_repetition(info.repetition());
    }
    if is_annotated {
        let logical = info.logical_type_ref().cloned();
        builder = builder.with_converted_type(info.converted_type()).with_logical_type(logical);
    }
    builder.build()
}

/// Strings and bytes as views, so that dictionary values are not copied for each row.
fn viewed(field: &FieldRef) -> FieldRef {
    let kind = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        DataType::List(element) => DataType::List(viewed(element)),
        DataType::Struct(members) => DataType::Struct(members.iter().map(viewed).collect()),
        _ => return field.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(kind))
}
