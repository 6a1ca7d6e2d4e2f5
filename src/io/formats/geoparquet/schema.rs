//! The schema of a Parquet file as Arrow types that are read safely and without copies.

use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, Fields};
use parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use crate::error::FileProblem;
use crate::io::formats::geoparquet::int96::in_seconds;

/// The name of the pairs in a map.
pub(super) const PAIRS: &str = "\u{1}pairs";

/// The columns of a file as they are read, from its schema.
pub(super) struct FileSchema {
    descriptor: SchemaDescriptor,
    fields: Fields,
}

impl FileSchema {
    /// The Arrow schema that a file may carry is left aside: Parquet's own says enough.
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

    /// How to read once more, as seconds, those of some columns that have timestamps of 96 bits, and which of the
    /// columns these are.
    pub(super) fn levels_in_seconds(&self, columns: &[usize]) -> Result<Option<(FieldLevels, Vec<usize>)>> {
        let (fields, with_any) = in_seconds(&self.fields, &self.descriptor);
        let places: Vec<usize> = (0..columns.len()).filter(|&place| with_any.contains(&columns[place])).collect();
        if places.is_empty() {
            return Ok(None);
        }
        let roots = places.iter().map(|&place| columns[place]);
        let mask = ProjectionMask::roots(&self.descriptor, roots);
        Ok(Some((parquet_to_arrow_field_levels(&self.descriptor, mask, Some(&fields))?, places)))
    }

    /// How to read some of them.
    pub(super) fn levels(&self, columns: &[usize]) -> Result<FieldLevels> {
        let mask = ProjectionMask::roots(&self.descriptor, columns.iter().copied());
        parquet_to_arrow_field_levels(&self.descriptor, mask, Some(&self.fields))
    }
}

/// Maps as what they are made of, a repeated group of two: the reader of maps of `parquet` (59.3) panics where their
/// levels are damaged, that of lists does not.
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

/// The same group of another name and other fields.
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

/// Texts and bytes as views: one that stands in a dictionary is not copied for each of its rows.
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
