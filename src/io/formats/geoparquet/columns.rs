//! Conversion of rows to Arrow arrays, in parallel.

use std::any::Any;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StructArray, UInt32Array};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field as ArrowField, Fields};
use arrow_select::take::take;
use geo::{BoundingRect, Coord};

use crate::geometry::encoding::to_wkb;
use crate::io::formats::geoparquet::decoded_rows::DecodedRows;
use crate::io::formats::geoparquet::extent::RowExtent;
use crate::io::rows::encode::{BatchEncoder, EncodedBatch};
use crate::io::rows::typed::{TypedColumns, date};
use crate::table::{AnswerTable, Batch, Kind, Shape, Value};

pub(super) const BOX_FIELDS: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// Encodes rows as Arrow arrays.
pub(super) struct ArrayEncoder {
    pub(super) typed: TypedColumns,
    pub(super) has_geometry: bool,
}

/// The arrays of a batch. Timestamps are still text, and text may be of any Arrow string type.
pub(in crate::io) struct RowArrays {
    pub(super) columns: Vec<ArrayRef>,
    pub(super) row_count: usize,
    /// The extents of the geometries; none of rows without one.
    pub(super) extents: Vec<Option<RowExtent>>,
    /// The number of values of each attribute that do not have its kind.
    pub(super) mismatches: Vec<u64>,
}

impl BatchEncoder for ArrayEncoder {
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedBatch {
        let mut typed = self.typed.clone();
        let mut columns = own_columns(&mut typed, batch, answers);
        columns.extend(added_columns(&mut typed, answers));
        let mut extents = vec![];
        if self.has_geometry {
            let mut geometries = Geometries::default();
            answers.iter().for_each(|(row_index, _)| geometries.push(batch.shape(row_index).ok()));
            let (arrays, of_rows) = geometries.finish();
            columns.extend(arrays);
            extents = of_rows;
        }
        let row_count = answers.tuples().len();
        let arrays = RowArrays { columns, row_count, extents, mismatches: typed.mismatches().to_vec() };
        EncodedBatch { columns: Some(Box::new(arrays)), ..EncodedBatch::default() }
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        false
    }

    fn needs_coordinates(&self) -> bool {
        self.has_geometry
    }
}

/// The columns of the table. Arrays of the input are reused if they have the same type; others are built from cells.
fn own_columns(typed: &mut TypedColumns, batch: &Batch, answers: &AnswerTable<'_>) -> Vec<ArrayRef> {
    let source = batch.source().and_then(|source| (source as &dyn Any).downcast_ref::<DecodedRows>());
    let rows: UInt32Array = answers.tuples().iter().map(|&(row_index, _)| row_index as u32).collect();
    let is_each_once = rows.len() == batch.len() && rows.values().iter().copied().eq(0..batch.len() as u32);
    let carried = |index: &Option<usize>, kind: Kind| {
        let array = source?.attribute((*index)?).filter(|array| is_of_kind(array, kind))?;
        if is_each_once {
            return Some(array.clone());
        }
        let taken = take(array, &rows, None).ok()?;
        // String views would keep the strings of the whole block in memory.
        Some(if let Some(texts) = taken.as_string_view_opt() { Arc::new(texts.gc()) } else { taken })
    };
    let indices = typed.attribute_places();
    let kinds: Vec<Kind> = typed.fields()[..indices.len()].iter().map(|field| field.kind).collect();
    let mut columns: Vec<Result<ArrayRef, Column>> =
        indices.iter().zip(kinds).map(|(index, kind)| carried(index, kind).ok_or_else(|| Column::new(kind))).collect();
    if columns.iter().any(Result::is_err) {
        for (row_index, _) in answers.iter() {
            for (column, value) in columns.iter_mut().zip(typed.cells(batch, row_index)) {
                if let Err(column) = column {
                    column.push(&value);
                }
            }
        }
    }
    columns.into_iter().map(|column| column.unwrap_or_else(|mut builder| builder.finish())).collect()
}

/// Whether an array has the type that a column of a kind is written as.
fn is_of_kind(array: &ArrayRef, kind: Kind) -> bool {
    match (kind, array.data_type()) {
        (Kind::Text, DataType::Utf8View) => true,
        (Kind::Integer, DataType::Int64) | (Kind::Boolean, DataType::Boolean) | (Kind::Date, DataType::Date32) => true,
        // NaN and infinite values are written as null.
        (Kind::Real, DataType::Float64) => {
            array.as_primitive::<Float64Type>().values().iter().all(|value| value.is_finite())
        }
        _ => false,
    }
}

/// The columns of answers. Values shared by several rows are built once.
fn added_columns(typed: &mut TypedColumns, answers: &AnswerTable<'_>) -> Vec<ArrayRef> {
    let first = typed.attribute_places().len();
    let mut columns: Vec<Column> = typed.fields()[first..].iter().map(|field| Column::new(field.kind)).collect();
    if columns.is_empty() {
        return vec![];
    }
    for values in answers.distinct() {
        for (column, value) in columns.iter_mut().zip(typed.values(values)) {
            column.push(&value);
        }
    }
    let tuples: Int32Array = answers.tuples().iter().map(|&(_, tuple)| tuple.number() as i32).collect();
    let is_each_once =
        tuples.len() == answers.tuple_count() && tuples.values().iter().copied().eq(0..tuples.len() as i32);
    let of_rows = |kind: Kind, distinct: ArrayRef| match distinct.data_type() {
        _ if is_each_once => distinct,
        DataType::Utf8 if kind != Kind::DateTime => of_tuples(&tuples, distinct),
        _ => take(&distinct, &tuples, None).unwrap_or(distinct),
    };
    let kinds = typed.fields()[first..].iter().map(|field| field.kind);
    kinds.zip(&mut columns).map(|(kind, column)| of_rows(kind, column.finish())).collect()
}

/// The texts of rows as a dictionary array over the texts of tuples.
fn of_tuples(tuples: &Int32Array, texts: ArrayRef) -> ArrayRef {
    let keys: Int32Array = match texts.nulls() {
        None => tuples.clone(),
        Some(_) => tuples.values().iter().map(|&key| texts.is_valid(key as usize).then_some(key)).collect(),
    };
    // Keys are indices of tuples.
    Arc::new(DictionaryArray::new(keys, texts))
}

pub(super) fn box_fields() -> Fields {
    BOX_FIELDS.iter().map(|side| ArrowField::new(*side, DataType::Float32, false)).collect()
}

/// The builder of an attribute.
enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
}

impl Column {
    fn new(kind: Kind) -> Column {
        match kind {
            Kind::Text | Kind::Json | Kind::DateTime => Column::Text(StringBuilder::new()),
            Kind::Integer => Column::Integer(Int64Builder::new()),
            Kind::Real => Column::Real(Float64Builder::new()),
            Kind::Boolean => Column::Boolean(BooleanBuilder::new()),
            Kind::Date => Column::Date(Date32Builder::new()),
        }
    }

    fn push(&mut self, value: &Value<'_>) {
        match self {
            Column::Text(builder) => builder.append_option(match value {
                Value::Text(text) => Some(text.as_ref()),
                _ => None,
            }),
            Column::Integer(builder) => builder.append_option(match value {
                Value::Integer(value) => Some(*value),
                _ => None,
            }),
            Column::Real(builder) => builder.append_option(match value {
                Value::Float { value, .. } => Some(*value),
                _ => None,
            }),
            Column::Boolean(builder) => builder.append_option(match value {
                Value::Bool(value) => Some(*value),
                _ => None,
            }),
            Column::Date(builder) => builder.append_option(match value {
                Value::Text(text) => date(text).map(|date| date.to_epoch_days()),
                _ => None,
            }),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Text(builder) => Arc::new(builder.finish()),
            Column::Integer(builder) => Arc::new(builder.finish()),
            Column::Real(builder) => Arc::new(builder.finish()),
            Column::Boolean(builder) => Arc::new(builder.finish()),
            Column::Date(builder) => Arc::new(builder.finish()),
        }
    }
}

/// The builder of geometries and their boxes.
#[derive(Default)]
struct Geometries {
    bytes: BinaryBuilder,
    sides: [Float32Builder; 4],
    extents: Vec<Option<RowExtent>>,
}

impl Geometries {
    fn push(&mut self, shape: Option<Shape<'_>>) {
        let bounds = shape.and_then(|shape| match shape {
            Shape::Point(site) => Some([site.x, site.y, site.x, site.y]),
            Shape::Other(geometry) => {
                geometry.bounding_rect().map(|around| [around.min().x, around.min().y, around.max().x, around.max().y])
            }
        });
        let (Some(shape), Some(bounds)) = (shape, bounds) else {
            self.bytes.append_null();
            self.sides.iter_mut().for_each(|side| side.append_value(0.0));
            self.extents.push(None);
            return;
        };
        match shape {
            Shape::Point(site) => self.bytes.append_value(point_wkb(site)),
            Shape::Other(geometry) => self.bytes.append_value(to_wkb(geometry)),
        }
        let [west, south, east, north] = bounds;
        // Rounded outwards to 32 bits, so that boxes contain their geometries.
        for (side, value) in
            self.sides.iter_mut().zip([round_down(west), round_down(south), round_up(east), round_up(north)])
        {
            side.append_value(value);
        }
        self.extents.push(Some(RowExtent { bounds, kind: shape.kind() }));
    }

    /// The columns of geometries and boxes, and the extents.
    fn finish(mut self) -> ([ArrayRef; 2], Vec<Option<RowExtent>>) {
        let mut nulls = NullBufferBuilder::new(self.extents.len());
        self.extents.iter().for_each(|extent| nulls.append(extent.is_some()));
        let sides: Vec<ArrayRef> = self.sides.iter_mut().map(|side| Arc::new(side.finish()) as _).collect();
        // Fields and arrays have the same number and length.
        let boxes = StructArray::new(box_fields(), sides, nulls.finish());
        ([Arc::new(self.bytes.finish()), Arc::new(boxes)], self.extents)
    }
}

/// A point as WKB: little-endian, type 1.
fn point_wkb(site: Coord<f64>) -> [u8; 21] {
    let mut bytes = [0; 21];
    (bytes[0], bytes[1]) = (1, 1);
    bytes[5..13].copy_from_slice(&site.x.to_le_bytes());
    bytes[13..].copy_from_slice(&site.y.to_le_bytes());
    bytes
}

/// The largest 32-bit float that is not greater.
fn round_down(value: f64) -> f32 {
    let rounded = value as f32;
    if f64::from(rounded) > value { rounded.next_down() } else { rounded }
}

/// The smallest 32-bit float that is not less.
fn round_up(value: f64) -> f32 {
    -round_down(-value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{self, BlockReader, Format, Input, Output, ReadOptions, WriteOptions};

    /// Otherwise a table of which few rows are kept would stay in memory completely.
    #[test]
    fn a_row_that_is_kept_does_not_hold_the_texts_of_its_block() {
        let note = "a note that is longer than what a view of a text has room for";
        let csv: String = (0..5_000).map(|number| format!("{note} {number},121.4,28.65\n")).collect();
        let open = |name: &str, bytes: Vec<u8>| io::open(Input::bytes(name, bytes), &ReadOptions::default()).unwrap();
        let mut rows = open("sites.csv", format!("note,lon,lat\n{csv}").into_bytes());
        let (output, written) = Output::memory("sites.parquet");
        let options = WriteOptions::new(Format::GEOPARQUET);
        let mut writer = io::create(output, &rows.schema().clone(), &[], &options).unwrap();
        while let Some(batch) = rows.next_batch().unwrap() {
            let mut answers = AnswerTable::new(0);
            (0..batch.len()).for_each(|row_index| answers.push(row_index, []));
            writer.write(batch, &answers).unwrap();
        }
        writer.finish().unwrap();

        let mut rows = open("sites.parquet", written.into_bytes());
        let schema = rows.schema().clone();
        let batch = BlockReader::default().read(rows.next_block().unwrap().unwrap()).unwrap().unwrap();
        let mut answers = AnswerTable::new(0);
        answers.push(17, []);
        let arrays = ArrayEncoder { typed: TypedColumns::new(&schema, &[]), has_geometry: false };
        let columns = arrays.encode(&batch, &answers).columns.unwrap().downcast::<RowArrays>().unwrap().columns;
        let texts = columns.iter().find_map(|column| column.as_string_view_opt()).unwrap();
        assert!(texts.value(0).ends_with(" 17") && texts.get_buffer_memory_size() < 1_000, "{texts:?}");
    }

    #[test]
    fn points_are_what_the_library_makes_of_them() {
        let site = Coord { x: 121.368_98, y: -28.6559 };
        assert_eq!(point_wkb(site).as_slice(), to_wkb(&geo::Geometry::Point(site.into())));
    }

    #[test]
    fn boxes_hold_what_is_in_them() {
        for value in [121.368_98, -0.1, 0.1, 40_633_838.222, 1e300, 0.5, 0.0] {
            let (low, high) = (f64::from(round_down(value)), f64::from(round_up(value)));
            assert!(low <= value && value <= high, "{value}");
            assert!(low == high || round_down(value).next_up() == round_up(value), "{value}");
        }
    }
}
