//! Writing GeoParquet: attributes in typed columns, then geometries and their bounding boxes, by which readers
//! filter.

use std::sync::Arc;

use arrow_array::builder::TimestampMicrosecondBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema, TimeUnit};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{
    Compression, Encoding as ColumnEncoding, LogicalType, Repetition, Type as PhysicalType, ZstdLevel,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::{ColumnPath, SchemaDescriptor, Type};

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::formats::geoparquet::calendar::parse_timestamp;
use crate::io::formats::geoparquet::columns::{ArrayEncoder, BOX_FIELDS, RowArrays, box_fields};
use crate::io::formats::geoparquet::extent::Extent;
use crate::io::formats::geoparquet::groups::RowGroupWriter;
use crate::io::formats::geoparquet::metadata;
use crate::io::formats::geoparquet::metadata::WrittenCrs;
use crate::io::rows::encode::{BatchEncoder, EncodedBatch};
use crate::io::rows::format::WriteOptions;
use crate::io::rows::geoparquet_version::GeoParquetVersion;
use crate::io::rows::loss::Loss;
use crate::io::rows::typed::TypedColumns;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, Kind, Schema, unused_name};

/// The default names of the columns of geometries and bounding boxes.
const GEOMETRY: &str = "geometry";
const BOX: &str = "bbox";

pub(in crate::io) struct GeoParquetWriter {
    encoder: Arc<ArrayEncoder>,
    added: Vec<Field>,
    geometry: String,
    boxes: String,
    crs: Crs,
    version: GeoParquetVersion,
    state: State,
    timestamps: Vec<Option<TimestampKind>>,
    /// The number of values of each column that do not have its kind.
    mismatches: Vec<u64>,
}

/// The types of timestamps are chosen by the first rows; until then nothing is written.
enum State {
    Waiting(Output),
    Writing(Box<RowGroupWriter>),
    /// During the transition between the two, and after a failure.
    Failed,
}

impl GeoParquetWriter {
    pub(in crate::io) fn new(output: Output, schema: &Schema, added: &[Field], options: &WriteOptions) -> Self {
        let has_geometry = schema.writes_geometry();
        let typed = TypedColumns::new(schema, added);
        // Columns of the table keep their names.
        let taken: Vec<String> = typed.fields().iter().map(|field| field.name.clone()).collect();
        let mismatches = vec![0; typed.fields().len()];
        GeoParquetWriter {
            encoder: Arc::new(ArrayEncoder { typed, has_geometry }),
            added: added.to_vec(),
            geometry: unused_name(GEOMETRY, &taken),
            boxes: unused_name(BOX, &taken),
            crs: options.written_crs(),
            version: options.geoparquet_version.unwrap_or_default(),
            state: State::Waiting(output),
            timestamps: vec![],
            mismatches,
        }
    }

    /// Chooses the types of columns by the first rows.
    fn begin(&mut self, first: Option<&RowArrays>) -> Result<()> {
        if !matches!(self.state, State::Waiting(_)) {
            return Ok(());
        }
        let State::Waiting(output) = std::mem::replace(&mut self.state, State::Failed) else { return Ok(()) };
        let attributes = self.encoder.typed.fields();
        let is_time = |field: &Field| field.kind == Kind::DateTime;
        let times = |(place, field): (usize, &Field)| {
            is_time(field).then(|| TimestampKind::of(first.map(|first| &first.columns[place])))
        };
        self.timestamps = attributes.iter().enumerate().map(times).collect();
        let types = attributes.iter().zip(&self.timestamps).map(|(field, times)| match field.kind {
            Kind::Text | Kind::Json => DataType::Utf8,
            Kind::Integer => DataType::Int64,
            Kind::Real => DataType::Float64,
            Kind::Boolean => DataType::Boolean,
            Kind::Date => DataType::Date32,
            Kind::DateTime => times.map_or(DataType::Utf8, TimestampKind::data_type),
        });
        let mut fields: Vec<ArrowField> =
            attributes.iter().zip(types).map(|(field, kind)| ArrowField::new(&field.name, kind, true)).collect();
        if self.encoder.has_geometry {
            fields.push(ArrowField::new(&self.geometry, DataType::Binary, true));
            fields.push(ArrowField::new(&self.boxes, DataType::Struct(box_fields()), true));
        }
        let is_typed = self.encoder.has_geometry && self.version == GeoParquetVersion::V2_0;
        let properties = properties(&fields, &self.geometry, &self.boxes, is_typed)?;
        let geometry = is_typed.then_some(attributes.len());
        let schema = ArrowSchema::new(fields);
        let crs = WrittenCrs::of(&self.crs).of_type();
        let parquet_schema = with_geometry_type(&schema, geometry, crs).map_err(failed)?;
        let groups = RowGroupWriter::new(output, Arc::new(schema), parquet_schema, properties, geometry)?;
        self.state = State::Writing(Box::new(groups));
        Ok(())
    }
}

/// The Parquet schema, in which a binary column has the type GEOMETRY.
fn with_geometry_type(
    schema: &ArrowSchema,
    geometry: Option<usize>,
    crs: Option<String>,
) -> Result<SchemaDescriptor, ParquetError> {
    let plain = ArrowSchemaConverter::new().convert(schema)?;
    let root = plain.root_schema();
    let mut fields = root.get_fields().to_vec();
    if let Some(field) = geometry.and_then(|index| fields.get_mut(index)) {
        let typed = Type::primitive_type_builder(field.name(), PhysicalType::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::geometry(crs)));
        *field = Arc::new(typed.build()?);
    }
    Ok(SchemaDescriptor::new(Arc::new(Type::group_type_builder(root.name()).with_fields(fields).build()?)))
}

fn properties(fields: &[ArrowField], geometry: &str, boxes: &str, is_typed: bool) -> Result<WriterProperties> {
    let geometry = ColumnPath::new(vec![geometry.to_owned()]);
    let level = ZstdLevel::try_new(1).map_err(failed)?;
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("taizhou-corridor version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(level))
        // Geometries rarely repeat. As bytes they have a meaningless minimum and maximum; with a type, their nulls are
        // counted, without which DuckDB (2.0.1) reads all row groups.
        .set_column_dictionary_enabled(geometry.clone(), false)
        .set_column_statistics_enabled(
            geometry,
            if is_typed { EnabledStatistics::Chunk } else { EnabledStatistics::None },
        );
    let boxes = BOX_FIELDS.map(|side| ColumnPath::new(vec![boxes.to_owned(), side.to_owned()]));
    // Numbers rarely repeat, and building dictionaries takes most of the time.
    let numbers = fields.iter().filter(|field| field.data_type().is_primitive()).map(path_of);
    for path in boxes.into_iter().chain(numbers) {
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    // Ascending ids, dates and times have small differences.
    for field in fields.iter().filter(|field| is_whole(field.data_type())) {
        properties = properties.set_column_encoding(path_of(field), ColumnEncoding::DELTA_BINARY_PACKED);
    }
    Ok(properties.build())
}

/// The path of a top-level column, whose name may contain dots.
fn path_of(field: &ArrowField) -> ColumnPath {
    ColumnPath::new(vec![field.name().clone()])
}

fn is_whole(kind: &DataType) -> bool {
    matches!(kind, DataType::Int64 | DataType::Date32 | DataType::Timestamp(..))
}

pub(super) fn failed(error: ParquetError) -> Error {
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
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let encoded = self.encoder.encode(batch, answers);
        self.write_encoded(encoded)
    }

    fn batch_encoder(&self) -> Option<Arc<dyn BatchEncoder>> {
        Some(self.encoder.clone())
    }

    fn write_encoded(&mut self, encoded: EncodedBatch) -> Result<()> {
        let Some(mut arrays) = encoded.columns.and_then(|arrays| arrays.downcast::<RowArrays>().ok()) else {
            return Ok(());
        };
        self.begin(Some(&arrays))?;
        self.mismatches.iter_mut().zip(&arrays.mismatches).for_each(|(sum, count)| *sum += count);
        for ((column, times), mismatches) in arrays.columns.iter_mut().zip(&self.timestamps).zip(&mut self.mismatches) {
            if let Some(times) = times {
                *mismatches += times.read(column);
            }
        }
        let State::Writing(groups) = &mut self.state else { return Ok(()) };
        groups.write(arrays.columns, arrays.row_count, &arrays.extents)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        self.begin(None)?;
        let State::Writing(groups) = self.state else { return Ok(vec![]) };
        let (crs, has_geometry) = (WrittenCrs::of(&self.crs), self.encoder.has_geometry);
        let geo = |extent: &Extent| {
            let text = metadata::write(self.version, &self.geometry, &self.boxes, &crs, extent);
            has_geometry.then(|| KeyValue::new("geo".to_owned(), text))
        };
        groups.finish(geo)?.commit()?;
        let mut losses = self.encoder.typed.losses(&self.added);
        let renamed = [(GEOMETRY, &self.geometry), (BOX, &self.boxes)].into_iter();
        let renamed = renamed.filter(|(usual, name)| usual != name && self.encoder.has_geometry);
        losses.extend(renamed.map(|(from, to)| Loss::AddedRenamed { from: from.to_owned(), to: to.clone() }));
        for (field, &count) in self.encoder.typed.fields().iter().zip(&self.mismatches).filter(|(_, count)| **count > 0)
        {
            losses.push(Loss::Unfit { field: field.name.clone(), count });
        }
        if has_geometry && crs == WrittenCrs::Unknown {
            losses.push(Loss::Crs { crs: self.crs.to_string() });
        }
        Ok(losses)
    }
}

/// The type of the timestamps of a column.
#[derive(Clone, Copy)]
enum TimestampKind {
    /// Timestamps, either all with or all without an offset from UTC.
    Moments {
        has_offset: bool,
    },
    Texts,
}

impl TimestampKind {
    /// The type by the texts of the first rows.
    fn of(first: Option<&ArrayRef>) -> TimestampKind {
        let texts = first.and_then(|first| first.as_string_opt::<i32>());
        let mut sorts =
            texts.iter().flat_map(|texts| texts.iter().flatten()).map(|text| Some(parse_timestamp(text)?.has_offset));
        match sorts.next() {
            Some(Some(has_offset)) if sorts.all(|sort| sort == Some(has_offset)) => {
                TimestampKind::Moments { has_offset }
            }
            // Text if there are no timestamps, both sorts, or more digits than microseconds.
            _ => TimestampKind::Texts,
        }
    }

    fn data_type(self) -> DataType {
        match self {
            TimestampKind::Moments { has_offset } => {
                DataType::Timestamp(TimeUnit::Microsecond, has_offset.then(|| "UTC".into()))
            }
            TimestampKind::Texts => DataType::Utf8,
        }
    }

    /// Parses the texts of a column; returns the number of those of another sort, which are left out.
    fn read(self, column: &mut ArrayRef) -> u64 {
        let (TimestampKind::Moments { has_offset }, Some(texts)) = (self, column.as_string_opt::<i32>()) else {
            return 0;
        };
        let mut builder = TimestampMicrosecondBuilder::with_capacity(texts.len()).with_data_type(self.data_type());
        let mut mismatches_ = 0;
        for text in texts {
            let read = text.and_then(parse_timestamp).filter(|moment| moment.has_offset == has_offset);
            mismatches_ += u64::from(text.is_some() && read.is_none());
            builder.append_option(read.map(|moment| moment.micros));
        }
        *column = Arc::new(builder.finish());
        mismatches_
    }
}
