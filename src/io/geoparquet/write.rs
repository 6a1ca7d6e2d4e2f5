//! A table as GeoParquet: attributes in typed columns, behind them the geometries and the boxes around them,
//! so that a reader that wants the attributes of a place finds both.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field as ArrowField, Fields, Schema as ArrowSchema, SchemaRef, TimeUnit};
use geo::{BoundingRect, Geometry};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::encoding::to_wkb;
use crate::io::geoparquet::calendar::{date, moment};
use crate::io::geoparquet::metadata::{self, Written};
use crate::io::typed::{Typed, TypedColumns};
use crate::io::{Loss, Output, RowWriter, WriteOptions};
use crate::table::{Answers, Batch, Field, Kind, Schema, Shape};

const GEOMETRY: &str = "geometry";
const BOX: &str = "bbox";
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// A row group is held until it is whole.
const ROWS_OF_GROUP: usize = 100_000;

pub(in crate::io) struct GeoParquetWriter {
    typed: TypedColumns,
    added: Vec<Field>,
    crs: Crs,
    state: State,
    columns: Vec<Column>,
    geometries: Geometries,
    /// How many date-times of each column are of another sort than the first, and were left out.
    odd_times: Vec<u64>,
}

/// The types of date-times are known by the first rows; until then nothing is written.
enum State {
    Waiting(Output),
    Writing(Box<ArrowWriter<Output>>, SchemaRef),
}

impl GeoParquetWriter {
    pub(in crate::io) fn new(output: Output, schema: &Schema, added: &[Field], options: &WriteOptions) -> Self {
        let typed = TypedColumns::new(schema, added, &[GEOMETRY, BOX]);
        let odd_times = vec![0; typed.fields().len()];
        GeoParquetWriter {
            typed,
            added: added.to_vec(),
            crs: options.written_crs(),
            state: State::Waiting(output),
            columns: vec![],
            geometries: Geometries::default(),
            odd_times,
        }
    }

    /// Chooses the types of the columns by the first rows.
    fn begin(&mut self, rows: &[Vec<Typed<'_>>]) -> Result<()> {
        let State::Waiting(output) = &mut self.state else { return Ok(()) };
        self.columns =
            self.typed.fields().iter().enumerate().map(|(place, field)| Column::new(field, place, rows)).collect();
        let attributes = self.typed.fields().iter().zip(&self.columns);
        let mut fields: Vec<ArrowField> =
            attributes.map(|(field, column)| ArrowField::new(&field.name, column.data_type(), true)).collect();
        fields.push(ArrowField::new(GEOMETRY, DataType::Binary, true));
        fields.push(ArrowField::new(BOX, DataType::Struct(box_fields()), true));
        let schema = Arc::new(ArrowSchema::new(fields));
        let output = std::mem::replace(output, Output::stream("", std::io::sink()));
        let name = output.name().to_owned();
        let writer = ArrowWriter::try_new(output, schema.clone(), Some(properties()?))
            .map_err(|error| failed(error).in_file(name))?;
        self.state = State::Writing(Box::new(writer), schema);
        Ok(())
    }
}

fn box_fields() -> Fields {
    SIDES.iter().map(|side| ArrowField::new(*side, DataType::Float32, false)).collect()
}

fn properties() -> Result<WriterProperties> {
    let geometry = ColumnPath::from(GEOMETRY);
    let level = ZstdLevel::try_new(1).map_err(failed)?;
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("taizhou-corridor version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROWS_OF_GROUP))
        // Geometries are hardly ever the same, and the least of their bytes says nothing.
        .set_column_dictionary_enabled(geometry.clone(), false)
        .set_column_statistics_enabled(geometry, EnabledStatistics::None);
    for side in SIDES {
        let path = ColumnPath::new(vec![BOX.to_owned(), side.to_owned()]);
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    Ok(properties.build())
}

fn failed(error: ParquetError) -> Error {
    let error = match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => *error,
            Err(error) => std::io::Error::other(error),
        },
        error => std::io::Error::other(error),
    };
    Error::new(ErrorKind::Write(error))
}

impl RowWriter for GeoParquetWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        let mut rows: Vec<Vec<Typed<'_>>> = vec![];
        for (number, values) in answers.iter() {
            rows.push(self.typed.row(batch, number, values));
            self.geometries.push(batch.shape(number).ok());
        }
        self.begin(&rows)?;
        for row in &rows {
            for ((value, column), odd) in row.iter().zip(&mut self.columns).zip(&mut self.odd_times) {
                *odd += u64::from(!column.push(value));
            }
        }
        let State::Writing(writer, schema) = &mut self.state else { return Ok(()) };
        let mut arrays: Vec<ArrayRef> = self.columns.iter_mut().map(Column::finish).collect();
        arrays.extend(self.geometries.finish().map_err(failed)?);
        let in_file = |error: Error| error.in_file(writer.inner().name());
        let record = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| in_file(failed(error.into())))?;
        writer.write(&record).map_err(|error| failed(error).in_file(writer.inner().name()))
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        self.begin(&[])?;
        let State::Writing(mut writer, _) = self.state else { return Ok(vec![]) };
        let name = writer.inner().name().to_owned();
        let types = &self.geometries.types;
        let written = Written { column: GEOMETRY, covering: BOX, crs: self.crs, types, bounds: self.geometries.bounds };
        let (geo, says_crs) = metadata::write(&written);
        writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo));
        let output = writer.into_inner().map_err(|error| failed(error).in_file(name))?;
        output.commit()?;
        let mut losses = self.typed.losses(&self.added);
        for (field, &count) in self.typed.fields().iter().zip(&self.odd_times).filter(|(_, count)| **count > 0) {
            losses.push(Loss::Unfit { field: field.name.clone(), count });
        }
        if !says_crs {
            losses.push(Loss::Crs { crs: self.crs.to_string() });
        }
        Ok(losses)
    }
}

/// An attribute that is being collected.
enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    /// Date-times that have an offset from UTC, or have none.
    Moment(TimestampMicrosecondBuilder, bool),
}

impl Column {
    fn new(field: &Field, place: usize, rows: &[Vec<Typed<'_>>]) -> Column {
        match field.kind {
            Kind::Text | Kind::Json => Column::Text(StringBuilder::new()),
            Kind::Integer => Column::Integer(Int64Builder::new()),
            Kind::Real => Column::Real(Float64Builder::new()),
            Kind::Boolean => Column::Boolean(BooleanBuilder::new()),
            Kind::Date => Column::Date(Date32Builder::new()),
            Kind::DateTime => {
                let texts = rows.iter().filter_map(|row| match &row[place] {
                    Typed::Text(text) => Some(moment(text).map(|moment| moment.has_offset)),
                    _ => None,
                });
                let mut sorts: Vec<Option<bool>> = texts.collect();
                sorts.sort_unstable();
                sorts.dedup();
                match sorts.as_slice() {
                    [Some(true)] => Column::Moment(TimestampMicrosecondBuilder::new().with_timezone("UTC"), true),
                    [Some(false)] => Column::Moment(TimestampMicrosecondBuilder::new(), false),
                    // None, both, or finer than microseconds: the texts themselves.
                    _ => Column::Text(StringBuilder::new()),
                }
            }
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Column::Text(_) => DataType::Utf8,
            Column::Integer(_) => DataType::Int64,
            Column::Real(_) => DataType::Float64,
            Column::Boolean(_) => DataType::Boolean,
            Column::Date(_) => DataType::Date32,
            Column::Moment(_, true) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Column::Moment(_, false) => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }

    /// Adds a value; false where it is left out, since it is none of the column.
    fn push(&mut self, value: &Typed<'_>) -> bool {
        let mut fits = true;
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
            Column::Moment(builder, has_offset) => {
                let moment = match value {
                    Typed::Text(text) => moment(text).filter(|moment| moment.has_offset == *has_offset),
                    _ => None,
                };
                fits = moment.is_some() || *value == Typed::Null;
                builder.append_option(moment.map(|moment| moment.micros));
            }
        }
        fits
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Text(builder) => Arc::new(builder.finish()),
            Column::Integer(builder) => Arc::new(builder.finish()),
            Column::Real(builder) => Arc::new(builder.finish()),
            Column::Boolean(builder) => Arc::new(builder.finish()),
            Column::Date(builder) => Arc::new(builder.finish()),
            Column::Moment(builder, _) => Arc::new(builder.finish()),
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
        let [w, s, e, n] = self.bounds.unwrap_or(around);
        self.bounds = Some([w.min(west), s.min(south), e.max(east), n.max(north)]);
    }

    /// The columns of the geometries and of the boxes.
    fn finish(&mut self) -> Result<[ArrayRef; 2], ParquetError> {
        let mut nulls = NullBufferBuilder::new(self.are_there.len());
        self.are_there.drain(..).for_each(|is_there| nulls.append(is_there));
        let sides: Vec<ArrayRef> = self.sides.iter_mut().map(|side| Arc::new(side.finish()) as _).collect();
        let boxes = StructArray::try_new(box_fields(), sides, nulls.finish())?;
        Ok([Arc::new(self.bytes.finish()), Arc::new(boxes)])
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
