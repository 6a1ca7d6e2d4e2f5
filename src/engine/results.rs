//! Writes query results to files.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};
use datafusion::arrow::csv;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::engine::Query;
use crate::error::{Error, ErrorKind, Result};
use crate::io::Output;
use crate::report::text::{Align, TextTable};

/// The format of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    /// A text table.
    Text,
    /// Comma-separated values.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl ResultFormat {
    /// The format for a file extension.
    ///
    /// ```
    /// use taizhou_corridor::engine::ResultFormat;
    ///
    /// assert_eq!(ResultFormat::of_ending("parquet"), Some(ResultFormat::Parquet));
    /// assert_eq!(ResultFormat::of_ending("xlsx"), None);
    /// ```
    pub fn of_ending(ending: &str) -> Option<ResultFormat> {
        match ending {
            "txt" => Some(ResultFormat::Text),
            "csv" => Some(ResultFormat::Csv),
            "parquet" => Some(ResultFormat::Parquet),
            _ => None,
        }
    }
}

/// Writes the remaining rows of a result and returns their number. A text table is built in memory; CSV
/// cannot represent lists and structures.
///
/// ```
/// use taizhou_corridor::engine::{ResultFormat, Query, write_answer};
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::plan::Plan;
///
/// let mut query = Query::new("SELECT 1 AS one", Plan::bundled(), 1)?;
/// let (output, written) = Output::memory("answer.csv");
/// assert_eq!(write_answer(&mut query, ResultFormat::Csv, output)?, 1);
/// assert_eq!(written.into_bytes(), b"one\n1\n");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write_answer(query: &mut Query, format: ResultFormat, output: Output) -> Result<u64> {
    match format {
        ResultFormat::Text => text(query, output),
        ResultFormat::Csv => comma_separated(query, output),
        ResultFormat::Parquet => parquet(query, output),
    }
}

fn text(query: &mut Query, mut output: Output) -> Result<u64> {
    let align = |kind: &DataType| if kind.is_numeric() { Align::Right } else { Align::Left };
    let schema = query.schema();
    let head = schema.fields().iter().map(|field| (field.name().clone(), align(field.data_type())));
    let mut table = TextTable::new(head).keep_all();
    let options = FormatOptions::default();
    let rows = each_batch(query, |batch| {
        let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(unwritable)?;
        for row in 0..batch.num_rows() {
            table.push(columns.iter().map(|column| column.value(row).to_string()));
        }
        Ok(())
    })?;
    output.text(&table.render())?;
    output.commit()?;
    Ok(rows)
}

fn comma_separated(query: &mut Query, output: Output) -> Result<u64> {
    let schema = query.schema();
    if let Some(field) = schema.fields().iter().find(|field| field.data_type().is_nested()) {
        let name = field.name();
        return Err(Error::new(ErrorKind::NestedColumn(name.clone())));
    }
    let name = output.name().to_owned();
    let kept_error = KeptError::default();
    let in_file = |error: ArrowError| kept_error.or(error).in_file(name.clone());
    let mut writer = csv::WriterBuilder::new().with_header(true).build(kept_error.watch(output));
    // Write the header even without rows.
    writer.write(&RecordBatch::new_empty(schema)).map_err(in_file)?;
    let rows = each_batch(query, |batch| writer.write(batch).map_err(in_file))?;
    writer.into_inner().inner.commit()?;
    Ok(rows)
}

fn parquet(query: &mut Query, output: Output) -> Result<u64> {
    let name = output.name().to_owned();
    let kept_error = KeptError::default();
    let in_file = |error: ParquetError| kept_error.or(error.into()).in_file(name.clone());
    let level = ZstdLevel::try_new(1).map_err(in_file)?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    let mut writer =
        ArrowWriter::try_new(kept_error.watch(output), query.schema(), Some(properties)).map_err(in_file)?;
    let rows = each_batch(query, |batch| writer.write(batch).map_err(in_file))?;
    writer.into_inner().map_err(in_file)?.inner.commit()?;
    Ok(rows)
}

fn each_batch(query: &mut Query, mut take: impl FnMut(&RecordBatch) -> Result<()>) -> Result<u64> {
    let mut rows = 0;
    while let Some(batch) = query.next_batch()? {
        rows += batch.num_rows() as u64;
        take(&batch)?;
    }
    Ok(rows)
}

/// Keeps the write error of an output: Arrow's writers turn it into text, which does not distinguish a closed pipe from
/// a full disk.
#[derive(Clone, Default)]
struct KeptError(Arc<Mutex<Option<io::Error>>>);

impl KeptError {
    fn watch(&self, inner: Output) -> WatchedOutput {
        WatchedOutput { inner, kept_error: self.clone() }
    }

    /// The error of the output, or else that of the writer.
    fn or(&self, error: ArrowError) -> Error {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.map_or_else(|| unwritable(error), |error| Error::new(ErrorKind::Write(error)))
    }

    fn keep<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| {
            let text = io::Error::new(error.kind(), error.to_string());
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            text
        })
    }
}

/// An output whose error is kept.
struct WatchedOutput {
    inner: Output,
    kept_error: KeptError,
}

impl Write for WatchedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.inner.write(bytes);
        self.kept_error.keep(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.inner.flush();
        self.kept_error.keep(outcome)
    }
}

fn unwritable(error: ArrowError) -> Error {
    Error::new(ErrorKind::Write(match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error.to_string()),
    }))
}
