//! Row groups of a Parquet file, which are encoded in parallel and written in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use arrow_array::ArrayRef;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::error::Result;
use crate::io::bytes::output::Output;
use crate::io::formats::geoparquet::write::failed;

/// The number of rows of a row group, which is buffered until it is complete.
const ROWS_OF_GROUP: usize = 100_000;

pub(super) struct RowGroupWriter {
    file: SerializedFileWriter<Output>,
    factory: Arc<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
    /// The arrays of the next group, by column.
    rows: Vec<Vec<ArrayRef>>,
    row_count: usize,
    /// The number of complete groups.
    group_count: usize,
    encoding: VecDeque<Receiver<Encoded>>,
}

type Encoded = Result<Vec<ArrowColumnChunk>, ParquetError>;

impl RowGroupWriter {
    pub(super) fn new(output: Output, schema: SchemaRef, properties: WriterProperties) -> Result<RowGroupWriter> {
        let name = output.name().to_owned();
        let writer = ArrowWriter::try_new(output, schema.clone(), Some(properties));
        let (file, factory) =
            writer.and_then(ArrowWriter::into_serialized_writer).map_err(|error| failed(error).in_file(name))?;
        let (rows, encoding) = (vec![], VecDeque::new());
        Ok(RowGroupWriter { file, factory: Arc::new(factory), schema, rows, row_count: 0, group_count: 0, encoding })
    }

    /// The name of the output.
    pub(super) fn name(&self) -> String {
        self.file.inner().name().to_owned()
    }

    /// Adds arrays, one per column of the schema, of this length.
    pub(super) fn write(&mut self, columns: Vec<ArrayRef>, row_count: usize) -> Result<()> {
        let mut start = 0;
        while self.row_count + row_count - start >= ROWS_OF_GROUP {
            let room = ROWS_OF_GROUP - self.row_count;
            self.buffer(&columns, start, room);
            start += room;
            self.end_group()?;
        }
        self.buffer(&columns, start, row_count - start);
        Ok(())
    }

    fn buffer(&mut self, columns: &[ArrayRef], first: usize, count: usize) {
        if count == 0 {
            return;
        }
        self.row_count += count;
        self.rows.push(columns.iter().map(|column| column.slice(first, count)).collect());
    }

    /// Starts encoding the buffered rows. At most as many groups as threads are in memory.
    fn end_group(&mut self) -> Result<()> {
        let (rows, number, factory) = (std::mem::take(&mut self.rows), self.group_count, self.factory.clone());
        let schema = self.schema.clone();
        (self.row_count, self.group_count) = (0, self.group_count + 1);
        let (encoded, receiver) = sync_channel(1);
        rayon::spawn(move || {
            // The receiver is dropped only after another failure.
            let _ = encoded.send(encode(&factory, &schema, number, &rows));
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

    /// Writes the remaining groups and the footer.
    pub(super) fn finish(mut self, metadata: Option<KeyValue>) -> Result<Output> {
        if self.row_count > 0 {
            self.end_group()?;
        }
        while !self.encoding.is_empty() {
            self.write_group()?;
        }
        let name = self.name();
        metadata.into_iter().for_each(|pair| self.file.append_key_value_metadata(pair));
        self.file.into_inner().map_err(|error| failed(error).in_file(name))
    }
}

fn encode(factory: &ArrowRowGroupWriterFactory, schema: &SchemaRef, number: usize, rows: &[Vec<ArrayRef>]) -> Encoded {
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
    writers.into_iter().map(|writer| writer.close()).collect()
}
