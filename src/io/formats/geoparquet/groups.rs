//! Row groups of a Parquet file, which are encoded in parallel and written in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use arrow_array::ArrayRef;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::geospatial::statistics::GeospatialStatistics;
use parquet::schema::types::SchemaDescriptor;

use crate::error::Result;
use crate::io::bytes::output::Output;
use crate::io::formats::geoparquet::extent::{Extent, RowExtent};
use crate::io::formats::geoparquet::write::failed;

/// The number of rows of a row group, which is buffered until it is complete.
const ROWS_OF_GROUP: usize = 100_000;

pub(super) struct RowGroupWriter {
    file: SerializedFileWriter<Output>,
    factory: Arc<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
    /// The index of the geometry column, if there is one.
    geometry: Option<usize>,
    /// The arrays of the next group, by column.
    rows: Vec<Vec<ArrayRef>>,
    row_count: usize,
    /// The extent of the next group, and of all before it.
    extent: Extent,
    extent_before: Extent,
    /// The number of complete groups.
    group_count: usize,
    encoding: VecDeque<Receiver<Encoded>>,
}

type Encoded = Result<Vec<ArrowColumnChunk>, ParquetError>;

impl RowGroupWriter {
    /// The geometry column, if there is one, is preceded by flat columns only, and typed in the Parquet schema.
    pub(super) fn new(
        output: Output,
        schema: SchemaRef,
        parquet_schema: SchemaDescriptor,
        properties: WriterProperties,
        geometry: Option<usize>,
    ) -> Result<RowGroupWriter> {
        let name = output.name().to_owned();
        let options = ArrowWriterOptions::new().with_properties(properties).with_parquet_schema(parquet_schema);
        let writer = ArrowWriter::try_new_with_options(output, schema.clone(), options);
        let (file, factory) =
            writer.and_then(ArrowWriter::into_serialized_writer).map_err(|error| failed(error).in_file(name))?;
        Ok(RowGroupWriter {
            file,
            factory: Arc::new(factory),
            schema,
            geometry,
            rows: vec![],
            row_count: 0,
            extent: Extent::default(),
            extent_before: Extent::default(),
            group_count: 0,
            encoding: VecDeque::new(),
        })
    }

    /// The name of the output.
    pub(super) fn name(&self) -> String {
        self.file.inner().name().to_owned()
    }

    /// Adds arrays, one per column of the schema, of this length, and the extents of their rows.
    pub(super) fn write(
        &mut self,
        columns: Vec<ArrayRef>,
        row_count: usize,
        extents: &[Option<RowExtent>],
    ) -> Result<()> {
        let mut start = 0;
        while self.row_count + row_count - start >= ROWS_OF_GROUP {
            let room = ROWS_OF_GROUP - self.row_count;
            self.buffer(&columns, extents, start, room);
            start += room;
            self.end_group()?;
        }
        self.buffer(&columns, extents, start, row_count - start);
        Ok(())
    }

    fn buffer(&mut self, columns: &[ArrayRef], extents: &[Option<RowExtent>], first: usize, count: usize) {
        if count == 0 {
            return;
        }
        self.extent.include(&Extent::of(extents.iter().skip(first).take(count)));
        self.row_count += count;
        self.rows.push(columns.iter().map(|column| column.slice(first, count)).collect());
    }

    /// Starts encoding the buffered rows. At most as many groups as threads are in memory.
    fn end_group(&mut self) -> Result<()> {
        let (rows, number, factory) = (std::mem::take(&mut self.rows), self.group_count, self.factory.clone());
        let schema = self.schema.clone();
        let extent = std::mem::take(&mut self.extent);
        self.extent_before.include(&extent);
        let geometry = self.geometry.map(|index| (index, extent.statistics()));
        (self.row_count, self.group_count) = (0, self.group_count + 1);
        let (encoded, receiver) = sync_channel(1);
        rayon::spawn(move || {
            // The receiver is dropped only after another failure.
            let _ = encoded.send(encode(&factory, &schema, number, &rows, geometry));
        });
        self.encoding.push_back(receiver);
        if self.encoding.len() > rayon::current_num_threads() { self.write_group() } else { Ok(()) }
    }

    /// Waits for the first group that is being encoded, and writes it.
    fn write_group(&mut self) -> Result<()> {
        let Some(encoded) = self.encoding.pop_front() else { return Ok(()) };
        let lost = || ParquetError::General("a row group was not encoded".to_owned());
        let written = encoded.recv().map_err(|_| lost()).and_then(|encoded| {
            let mut group = self.file.next_row_group()?;
            for chunk in encoded? {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close()
        });
        written.map(drop).map_err(|error| failed(error).in_file(self.name()))
    }

    /// Writes the remaining groups and the footer, with metadata that the extent of all rows belongs to.
    pub(super) fn finish(mut self, metadata: impl FnOnce(&Extent) -> Option<KeyValue>) -> Result<Output> {
        if self.row_count > 0 {
            self.end_group()?;
        }
        while !self.encoding.is_empty() {
            self.write_group()?;
        }
        let metadata = metadata(&self.extent_before);
        let name = self.name();
        metadata.into_iter().for_each(|pair| self.file.append_key_value_metadata(pair));
        self.file.into_inner().map_err(|error| failed(error).in_file(name))
    }
}

/// Encodes a group; the statistics are those of its geometry column.
fn encode(
    factory: &ArrowRowGroupWriterFactory,
    schema: &SchemaRef,
    number: usize,
    rows: &[Vec<ArrayRef>],
    geometry: Option<(usize, GeospatialStatistics)>,
) -> Encoded {
    let mut writers = factory.create_column_writers(number)?;
    for columns in rows {
        let mut leaves = writers.iter_mut();
        for (field, column) in schema.fields().iter().zip(columns) {
            for leaf in compute_leaves(field, column)? {
                if let Some(writer) = leaves.next() {
                    writer.write(&leaf)?;
                }
            }
        }
    }
    let mut chunks = writers.into_iter().map(|writer| writer.close()).collect::<Result<Vec<_>, _>>()?;
    if let Some((index, statistics)) = geometry
        && let Some(chunk) = chunks.get_mut(index)
    {
        let metadata = &mut chunk.close_mut().metadata;
        *metadata = metadata.clone().into_builder().set_geo_statistics(Box::new(statistics)).build()?;
    }
    Ok(chunks)
}
