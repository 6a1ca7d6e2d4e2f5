//! Reading Parquet files, row group by row group, in batches.

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema as ArrowSchema};
use geo::Coord;
use parquet::arrow::FieldLevels;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};

use crate::crs::Declared;
use crate::error::{Error, ErrorKind, FileProblem, LibraryMessage, Result, Unsupported};
use crate::io::bytes::input::{FileOnDisk, Source};
use crate::io::formats::geoparquet::decoded_rows::{DecodedRows, Layout};
use crate::io::formats::geoparquet::int96::merged;
use crate::io::formats::geoparquet::pages::{CheckedGroup, DAMAGED_PAGE, ENCODING, NOT_IMPLEMENTED};
use crate::io::formats::geoparquet::schema::FileSchema;
use crate::io::formats::geoparquet::values::kind_of;
use crate::io::formats::geoparquet::{geometry_column, guard, malformed};
use crate::io::rows::block::RawBlock;
use crate::io::rows::columns::geometry_source;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::{GeometryReader, distinct};
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::table::{Batch, BatchBuilder, Field, GeometrySource, Schema};

/// The number of rows that are decoded at once, and the maximum of their size.
const ROWS: u64 = 8192;
const UNCOMPRESSED_BYTES: u64 = 32 << 20;

pub(in crate::io) struct GeoParquetReader {
    file: File,
    metadata: Arc<ParquetMetaData>,
    levels: FieldLevels,
    layout: Arc<Layout>,
    schema: Schema,
    crs: Declared,
    has_geodesic_edges: bool,
    geometries: Arc<GeometryReader>,
    row_group: usize,
    reader: Option<ParquetRecordBatchReader>,
    /// The second reader of INT96 timestamps.
    seconds: Option<Seconds>,
    /// Decoded rows, and the number of those already returned.
    decoded: Option<(RecordBatch, usize)>,
    row: u64,
    _on_disk: FileOnDisk,
}

/// The columns with INT96 timestamps, read as seconds.
struct Seconds {
    levels: FieldLevels,
    /// The indices of these columns among those that are read.
    indices: Vec<usize>,
    reader: Option<ParquetRecordBatchReader>,
}

impl GeoParquetReader {
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<GeoParquetReader> {
        let on_disk = source.into_file()?;
        let mut file = File::open(on_disk.path()).map_err(|error| Error::new(ErrorKind::Open(error)))?;
        let metadata = metadata_of(&guard::footer(&mut file)?).map_err(failed)?;
        let file_schema = FileSchema::new(metadata.file_metadata().schema_descr()).map_err(failed)?;
        let size = file.metadata().map_err(|error| Error::new(ErrorKind::Read(error)))?.len();
        let mut rows = 0i64;
        for group in metadata.row_groups() {
            guard::check_rows(group.num_rows(), size)?;
            guard::check_compression(group)?;
            rows = rows.saturating_add(group.num_rows());
        }
        guard::check_rows(rows, size)?;
        let fields = file_schema.fields();
        let names: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
        let geometry = geometry_column::find(&metadata, fields, &names, options)?;
        let geometry_index = geometry.as_ref().map(|(index, _)| *index);
        let geometry = geometry.map(|(_, column)| column);
        let index_of = |name: &str| names.iter().position(|known| known == name);
        // Bounding boxes are not read, since they follow from the geometries.
        let box_column = geometry.as_ref().and_then(|column| index_of(column.box_column.as_deref()?));
        let is_box =
            |index: usize| Some(index) == box_column && matches!(fields[index].data_type(), DataType::Struct(_));
        let read: Vec<usize> = (0..names.len()).filter(|&index| !is_box(index)).collect();
        let attributes: Vec<usize> = (0..read.len()).filter(|&index| Some(read[index]) != geometry_index).collect();
        let table_fields: Vec<Field> = attributes
            .iter()
            .map(|&index| Field::new(&names[read[index]], kind_of(fields[read[index]].data_type())))
            .collect();
        let columns: Vec<String> = table_fields.iter().map(|field| field.name.clone()).collect();
        let geometry_source = match &geometry {
            Some(column) if column.is_points => GeometrySource::Points,
            Some(_) => GeometrySource::Shapes,
            None => geometry_source(&columns, options)?,
        };
        let levels = file_schema.levels(&read).map_err(failed)?;
        let seconds = file_schema.levels_in_seconds(&read).map_err(failed)?;
        let seconds = seconds.map(|(levels, indices)| Seconds { levels, indices, reader: None });
        let encoding = geometry.as_ref().map(|column| column.encoding);
        let read_index = |index| read.iter().position(|&read| read == index);
        let geometry_read = geometry_index.and_then(read_index).zip(encoding);
        Ok(GeoParquetReader {
            file,
            levels,
            layout: Arc::new(Layout {
                geometry: geometry_read,
                attributes,
                geometry_source,
                columns: Arc::new(columns),
            }),
            schema: Schema { fields: table_fields, geometry_source, ..Schema::default() },
            has_geodesic_edges: geometry.as_ref().is_some_and(|column| column.has_geodesic_edges),
            crs: geometry.map_or(Ok(None), |column| column.crs),
            geometries: Arc::default(),
            row_group: 0,
            reader: None,
            seconds,
            decoded: None,
            row: 0,
            metadata: Arc::new(metadata),
            _on_disk: on_disk,
        })
    }

    /// The next decoded rows; `None` at the end.
    fn decode_rows(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(reader) = &mut self.reader {
                match reader.next() {
                    Some(Ok(batch)) if batch.num_rows() > 0 => return self.with_exact_times(batch).map(Some),
                    Some(Ok(_)) => continue,
                    Some(Err(error)) => return Err(failed_decoding(&error.to_string()).at_row(self.row + 1)),
                    None => self.reader = None,
                }
            }
            let Some(group) = self.metadata.row_groups().get(self.row_group) else { return Ok(None) };
            let sizes = guard::check_row_group(&mut self.file, group)?;
            let bytes = sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
            let rows = u64::try_from(group.num_rows()).unwrap_or(0).max(1);
            let rows_at_once = (UNCOMPRESSED_BYTES / (bytes / rows).max(1)).clamp(1, ROWS);
            let file = self.file.try_clone().map_err(|error| Error::new(ErrorKind::Read(error)))?;
            let (file, metadata) = (Arc::new(file), self.metadata.clone());
            let pages = CheckedGroup { file, metadata, number: self.row_group, sizes };
            let rows_at_once = rows_at_once as usize;
            let reader = ParquetRecordBatchReader::try_new_with_row_groups(&self.levels, &pages, rows_at_once, None);
            self.reader = Some(reader.map_err(failed)?);
            if let Some(seconds) = &mut self.seconds {
                let levels = &seconds.levels;
                let reader = ParquetRecordBatchReader::try_new_with_row_groups(levels, &pages, rows_at_once, None);
                seconds.reader = Some(reader.map_err(failed)?);
            }
            self.row_group += 1;
        }
    }

    /// The rows with exact INT96 timestamps.
    fn with_exact_times(&mut self, rows: RecordBatch) -> Result<RecordBatch> {
        let at_row = |error: ArrowError| malformed(LibraryMessage::new("parquet", error)).at_row(self.row + 1);
        let Some(Seconds { indices, reader: Some(reader), .. }) = &mut self.seconds else { return Ok(rows) };
        let Some(seconds) = reader.next().transpose().map_err(at_row)? else { return Ok(rows) };
        let mut columns = rows.columns().to_vec();
        for (&index, seconds) in indices.iter().zip(seconds.columns()) {
            columns[index] = merged(&columns[index], seconds);
        }
        let field =
            |(field, column): (&FieldRef, &ArrayRef)| field.as_ref().clone().with_data_type(column.data_type().clone());
        let fields: Vec<_> = rows.schema().fields().iter().zip(&columns).map(field).collect();
        RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns).map_err(at_row)
    }
}

impl RowReader for GeoParquetReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn srids(&mut self) -> Result<Vec<u32>> {
        if self.decoded.is_none() {
            self.decoded = self.decode_rows()?.map(|rows| (rows, 0));
        }
        let Some((rows, _)) = &self.decoded else { return Ok(vec![]) };
        Ok(distinct((0..rows.num_rows()).filter_map(|index| self.layout.srid(rows, index))))
    }

    fn notes(&self) -> Vec<ReadNote> {
        if self.has_geodesic_edges { vec![ReadNote::GeodesicEdges] } else { vec![] }
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn share_read(&self) -> Option<f64> {
        let rows = self.metadata.file_metadata().num_rows();
        (rows > 0).then(|| (self.row as f64 / rows as f64).min(1.0))
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        let mut text = String::new();
        while !batch.is_full() {
            let (decoded, consumed) = match self.decoded.take() {
                Some(decoded) => decoded,
                None => match self.decode_rows()? {
                    Some(decoded) => (decoded, 0),
                    None => break,
                },
            };
            let array = self.layout.geometry_array(&decoded);
            let mut index = consumed;
            while index < decoded.num_rows() && !batch.is_full() {
                self.layout.cells(&decoded, index, &mut text, |column, cell| batch.cell(column, cell));
                self.layout.end_row(&mut batch, &decoded, index, array.as_ref(), &self.geometries);
                index += 1;
                self.row += 1;
            }
            if index < decoded.num_rows() {
                self.decoded = Some((decoded, index));
            }
        }
        Ok(batch.finish(self.layout.columns.clone()))
    }

    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        if self.decoded.is_none() {
            match self.decode_rows()? {
                Some(rows) if is_as_small_as_text(&self.layout, &rows) => {
                    let (layout, geometries) = (self.layout.clone(), self.geometries.clone());
                    let first_row = self.row + 1;
                    self.row += rows.num_rows() as u64;
                    return Ok(Some(RawBlock::Unparsed(Box::new(DecodedRows { layout, rows, first_row, geometries }))));
                }
                Some(rows) => self.decoded = Some((rows, 0)),
                None => return Ok(None),
            }
        }
        Ok(self.next_batch()?.map(|batch| RawBlock::Batch(Box::new(batch))))
    }
}

/// Whether the text and the geometries of rows fit a batch: a long string that is stored once may be the value of every
/// row.
fn is_as_small_as_text(layout: &Layout, rows: &RecordBatch) -> bool {
    const BATCH_BYTES: u64 = 4 << 20;
    let native = layout.geometry_array(rows).and_then(|array| array.native_position_count());
    let native_index = native.and(layout.geometry).map(|(index, _)| index);
    let fits = |column: &ArrayRef| {
        let views = match column.data_type() {
            DataType::Utf8View => column.as_string_view().views(),
            DataType::BinaryView => column.as_binary_view().views(),
            kind => return kind.is_primitive() || *kind == DataType::Boolean,
        };
        // The length of a view is in its lowest 32 bits.
        views.iter().map(|&view| u64::from(view as u32)).sum::<u64>() <= BATCH_BYTES
    };
    native.is_none_or(|positions| positions.saturating_mul(size_of::<Coord>()) as u64 <= BATCH_BYTES)
        && rows.columns().iter().enumerate().all(|(index, column)| Some(index) == native_index || fits(column))
}

/// Decodes the footer without statistics, which are not needed.
fn metadata_of(footer: &[u8]) -> Result<ParquetMetaData, ParquetError> {
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll);
    ParquetMetaDataReader::decode_metadata_with_options(footer, Some(&options))
}

fn failed(error: ParquetError) -> Error {
    let text = match error {
        ParquetError::General(text) | ParquetError::EOF(text) | ParquetError::ArrowError(text) => text,
        ParquetError::NYI(text) => return unsupported(&text),
        ParquetError::External(error) => match error.downcast::<FileProblem>() {
            Ok(own) => return malformed(*own),
            Err(other) => other.to_string(),
        },
        other => other.to_string(),
    };
    malformed(LibraryMessage::new("parquet", text))
}

/// Converts an error of the library during decoding, which is available only as text.
fn failed_decoding(text: &str) -> Error {
    match text.split_once(NOT_IMPLEMENTED) {
        Some((_, what)) => unsupported(what),
        None if text.contains(DAMAGED_PAGE) => malformed(FileProblem::Page),
        None => malformed(LibraryMessage::new("parquet", text)),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported(match what.strip_prefix(ENCODING) {
        Some(encoding) => Unsupported::ColumnEncoding(encoding.to_owned()),
        None => Unsupported::Library(LibraryMessage::new("parquet", what)),
    }))
}
