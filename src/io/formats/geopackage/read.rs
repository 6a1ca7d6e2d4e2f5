//! Reading the rows of a layer of a GeoPackage.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use rusqlite::InterruptHandle;
use rusqlite::types::ValueRef;

use super::database::{Database, Layer, sqlite_error};
use super::{blob, malformed};
use crate::crs::Declared;
use crate::error::{Error, FileProblem, LibraryMessage, Result};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;
use crate::io::rows::columns::{end_row, end_row_with};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::reader::RowReader;
use crate::io::rows::typed::hex;
use crate::table::{Batch, BatchBuilder, CellText, Kind, Schema};

/// A thread reads the database, one batch ahead, so that a single statement iterates over all rows of a table or view.
pub(in crate::io) struct GeoPackageReader {
    schema: Schema,
    crs: Declared,
    /// Sends the geometry reader, for which the thread waits.
    geometries: Option<Sender<Arc<GeometryReader>>>,
    /// `None` after the end or an error.
    batches: Option<Receiver<Result<Option<Batch>>>>,
    thread: Option<JoinHandle<()>>,
    interrupt: InterruptHandle,
}

impl GeoPackageReader {
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<GeoPackageReader> {
        let database = Database::open(source.into_file()?)?;
        let (layer, crs) = database.layer(options).map_err(sqlite_error)??;
        let schema = layer.schema();
        // Opened here, so that an unreadable file is reported at once.
        database.connection.prepare(&layer.query()).map_err(sqlite_error)?;
        let interrupt = database.connection.get_interrupt_handle();
        let (sender, batches) = sync_channel(1);
        let (geometries, receiver) = channel::<Arc<GeometryReader>>();
        let read = move || {
            let Ok(geometries) = receiver.recv() else { return };
            let end = database.send_rows(&layer, &geometries, &sender).map(|()| None);
            // Fails if the receiver was dropped.
            let _ = sender.send(end);
        };
        let thread = std::thread::Builder::new().name("geopackage".to_owned()).spawn(read).map_err(read_error)?;
        let (geometries, batches, thread) = (Some(geometries), Some(batches), Some(thread));
        Ok(GeoPackageReader { schema, crs, geometries, batches, thread, interrupt })
    }
}

impl Drop for GeoPackageReader {
    /// Waits for the thread, which removes its temporary files.
    fn drop(&mut self) {
        (self.geometries, self.batches) = (None, None);
        self.interrupt.interrupt();
        if let Some(thread) = self.thread.take() {
            // Its errors were sent already.
            let _ = thread.join();
        }
    }
}

impl RowReader for GeoPackageReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        if let Some(thread) = self.geometries.take() {
            // Fails if the thread has ended with an error.
            let _ = thread.send(geometries);
        }
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let Some(batches) = &self.batches else { return Ok(None) };
        let batch = batches.recv().unwrap_or_else(|_| Err(malformed(FileProblem::Interrupted)));
        if !matches!(batch, Ok(Some(_))) {
            self.batches = None;
        }
        batch
    }
}

impl Database {
    /// Reads all rows; ends early if the receiver is dropped.
    fn send_rows(
        &self,
        layer: &Layer,
        geometries: &GeometryReader,
        sender: &SyncSender<Result<Option<Batch>>>,
    ) -> Result<()> {
        let columns = Arc::new(layer.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>());
        let mut statement = self.connection.prepare(&layer.query()).map_err(sqlite_error)?;
        let mut rows = statement.query([]).map_err(sqlite_error)?;
        let mut last_id = None;
        let mut number = 0;
        let mut batch = BatchBuilder::new(1);
        loop {
            self.steps.store(0, Ordering::Relaxed);
            let Some(row) = rows.next().map_err(|error| sqlite_error(error).at_row(number + 1))? else { break };
            number += 1;
            let at_row = |error: Error| error.at_row(number);
            let cell = |index: usize| row.get_ref(index).map_err(|error| at_row(sqlite_error(error)));
            let mut first = usize::from(layer.geometry.is_some());
            if layer.key.is_some() {
                let id =
                    cell(first)?.as_i64().map_err(|error| at_row(malformed(LibraryMessage::new("SQLite", error))))?;
                // In a damaged file with a cycle of pages, ids repeat.
                if last_id.is_some_and(|last| last >= id) {
                    return Err(at_row(malformed(FileProblem::RowOrder)));
                }
                last_id = Some(id);
                batch.id(&id.to_string());
                first += 1;
            }
            for (index, field) in layer.fields.iter().enumerate() {
                let is_boolean = field.kind == Kind::Boolean;
                match cell(first + index)? {
                    ValueRef::Null => batch.cell(index, CellText::Json("null")),
                    ValueRef::Integer(0) if is_boolean => batch.cell(index, CellText::Json("false")),
                    ValueRef::Integer(1) if is_boolean => batch.cell(index, CellText::Json("true")),
                    ValueRef::Integer(value) => batch.cell(index, CellText::Json(&value.to_string())),
                    ValueRef::Real(value) if value.is_finite() => {
                        batch.cell(index, CellText::Json(&format!("{value:?}")))
                    }
                    ValueRef::Real(_) => batch.cell(index, CellText::Json("null")),
                    ValueRef::Text(bytes) => {
                        let not_text = |_| at_row(malformed(FileProblem::ColumnNotUtf8(field.name.clone())));
                        batch.cell(index, CellText::Text(std::str::from_utf8(bytes).map_err(not_text)?));
                    }
                    ValueRef::Blob(bytes) => batch.cell(index, CellText::Text(&hex(bytes))),
                }
            }
            if layer.geometry.is_some() {
                let decoded = match cell(0)? {
                    ValueRef::Null => Ok(Decoded::default()),
                    ValueRef::Blob(bytes) => blob::decode(bytes, geometries),
                    _ => blob::decode(&[], geometries),
                };
                end_row_with(&mut batch, decoded);
            } else {
                let text = |column: usize| row.get_ref(first + column).map_or(Cow::Borrowed(""), text_of);
                end_row(&mut batch, layer.geometry_source, &columns, geometries, text);
            }
            if batch.is_full() {
                let full = std::mem::replace(&mut batch, BatchBuilder::new(number + 1));
                if sender.send(Ok(full.finish(columns.clone()))).is_err() {
                    return Ok(());
                }
            }
        }
        if let Some(batch) = batch.finish(columns) {
            // As above.
            let _ = sender.send(Ok(Some(batch)));
        }
        Ok(())
    }
}

/// The text of a cell.
fn text_of(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Cow::Borrowed(""),
        ValueRef::Integer(value) => Cow::Owned(value.to_string()),
        ValueRef::Real(value) => Cow::Owned(value.to_string()),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes),
    }
}
