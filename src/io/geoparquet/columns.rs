//! Rows as arrays: what of a Parquet file any thread can make.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, StructArray};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field as ArrowField, Fields};
use geo::{BoundingRect, Geometry};

use crate::geometry::encoding::to_wkb;
use crate::io::geoparquet::calendar::date;
use crate::io::render::{Render, Rendered, joined};
use crate::io::typed::{Typed, TypedColumns};
use crate::table::{Answers, Batch, Kind, Shape};

pub(super) const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// Makes arrays of rows.
pub(super) struct Arrays {
    pub(super) typed: TypedColumns,
}

/// Arrays of some rows; date-times are still texts.
pub(in crate::io) struct RowArrays {
    pub(super) columns: Vec<ArrayRef>,
    /// The kinds of geometries.
    pub(super) types: Vec<&'static str>,
    /// How many values of each attribute were no values of its kind.
    pub(super) unfit: Vec<u64>,
}

impl Render for Arrays {
    fn render(&self, batch: &Batch, answers: &Answers<'_>) -> Rendered {
        let mut typed = self.typed.clone();
        let mut columns: Vec<Column> = typed.fields().iter().map(|field| Column::new(field.kind)).collect();
        let mut geometries = Geometries::default();
        for (number, values) in answers.iter() {
            for (column, value) in columns.iter_mut().zip(typed.row(batch, number, values)) {
                column.push(&value);
            }
            geometries.push(batch.shape(number).ok());
        }
        let (bounds, types) = (geometries.bounds, std::mem::take(&mut geometries.types));
        let mut columns: Vec<ArrayRef> = columns.iter_mut().map(Column::finish).collect();
        columns.extend(geometries.finish());
        let arrays = RowArrays { columns, types, unfit: typed.unfit().to_vec() };
        Rendered { arrays: Some(arrays), bounds, ..Rendered::default() }
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        false
    }
}

pub(super) fn box_fields() -> Fields {
    SIDES.iter().map(|side| ArrowField::new(*side, DataType::Float32, false)).collect()
}

/// An attribute that is being collected.
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

    fn push(&mut self, value: &Typed<'_>) {
        match self {
            Column::Text(builder) => builder.append_option(match value {
                Typed::Text(text) => Some(text.as_ref()),
                _ => None,
            }),
            Column::Integer(builder) => builder.append_option(match value {
                Typed::Integer(value) => Some(*value),
                _ => None,
            }),
            Column::Real(builder) => builder.append_option(match value {
                Typed::Real(value) => Some(*value),
                _ => None,
            }),
            Column::Boolean(builder) => builder.append_option(match value {
                Typed::Boolean(value) => Some(*value),
                _ => None,
            }),
            Column::Date(builder) => builder.append_option(match value {
                Typed::Text(text) => date(text),
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

/// Geometries that are being collected, and what is known of all so far.
#[derive(Default)]
struct Geometries {
    bytes: BinaryBuilder,
    sides: [Float32Builder; 4],
    are_there: Vec<bool>,
    types: Vec<&'static str>,
    /// West, south, east, north.
    bounds: Option<[f64; 4]>,
}

impl Geometries {
    fn push(&mut self, shape: Option<Shape<'_>>) {
        let around = shape.and_then(|shape| match shape {
            Shape::Point(site) => Some([site.x, site.y, site.x, site.y]),
            Shape::Other(geometry) => {
                geometry.bounding_rect().map(|around| [around.min().x, around.min().y, around.max().x, around.max().y])
            }
        });
        let (Some(shape), Some(around)) = (shape, around) else {
            self.bytes.append_null();
            self.sides.iter_mut().for_each(|side| side.append_value(0.0));
            self.are_there.push(false);
            return;
        };
        match shape {
            Shape::Point(site) => self.bytes.append_value(to_wkb(&Geometry::Point(site.into()))),
            Shape::Other(geometry) => self.bytes.append_value(to_wkb(geometry)),
        }
        let [west, south, east, north] = around;
        // Numbers of 32 bits are coarse: the box must not become smaller than what is in it.
        for (side, value) in self.sides.iter_mut().zip([below(west), below(south), above(east), above(north)]) {
            side.append_value(value);
        }
        self.are_there.push(true);
        if !self.types.contains(&shape.kind()) {
            self.types.push(shape.kind());
        }
        self.bounds = joined(self.bounds, Some(around));
    }

    /// The columns of the geometries and of the boxes.
    fn finish(&mut self) -> [ArrayRef; 2] {
        let mut nulls = NullBufferBuilder::new(self.are_there.len());
        self.are_there.drain(..).for_each(|is_there| nulls.append(is_there));
        let sides: Vec<ArrayRef> = self.sides.iter_mut().map(|side| Arc::new(side.finish()) as _).collect();
        // As many sides as there are fields, and as many numbers of each as rows.
        let boxes = StructArray::new(box_fields(), sides, nulls.finish());
        [Arc::new(self.bytes.finish()), Arc::new(boxes)]
    }
}

/// The number of 32 bits that is the same or less.
fn below(value: f64) -> f32 {
    let rounded = value as f32;
    if f64::from(rounded) > value { rounded.next_down() } else { rounded }
}

/// The number of 32 bits that is the same or more.
fn above(value: f64) -> f32 {
    -below(-value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_hold_what_is_in_them() {
        for value in [121.368_98, -0.1, 0.1, 40_633_838.222, 1e300, 0.5, 0.0] {
            let (low, high) = (f64::from(below(value)), f64::from(above(value)));
            assert!(low <= value && value <= high, "{value}");
            assert!(low == high || below(value).next_up() == above(value), "{value}");
        }
    }
}
