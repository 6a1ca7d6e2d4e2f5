//! Reading a layer of a GeoPackage.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, OptionalExtension};
use tempfile::TempDir;

use super::files::{COPY, copy_with_log, uri};
use super::{blob, malformed, quoted};
use crate::crs::{Crs, Declared, declared_name, unusable};
use crate::error::{Error, ErrorKind, FileProblem, ForeignFormat, LibraryMessage, Result};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::{FileOnDisk, Source};
use crate::io::rows::columns::{end_row, end_row_with, exact_source, geometry_source};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::reader::RowReader;
use crate::io::rows::typed::hex;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

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

fn sqlite_error(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::TooBig) => Error::new(ErrorKind::TooLong { limit_bytes: MAX_VALUE_BYTES as usize }),
        Some(ErrorCode::OperationInterrupted) => malformed(FileProblem::EndlessView),
        Some(ErrorCode::NotADatabase) => malformed(FileProblem::NotADatabase),
        Some(ErrorCode::DatabaseCorrupt) => malformed(FileProblem::DamagedDatabase),
        _ => malformed(LibraryMessage::new("SQLite", error)),
    }
}

/// The maximum size of a value; no map has larger ones.
const MAX_VALUE_BYTES: i32 = 1 << 28;
/// The maximum number of steps that a view may take per row: some seconds.
const MAX_STEPS: u64 = 1 << 29;
/// The maximum number of layers that are examined.
const MAX_LAYERS: u32 = 10_000;

/// A read-only database.
struct Database {
    connection: Connection,
    /// The number of steps of the current statement since its last row.
    steps: Arc<AtomicU64>,
    _file: FileOnDisk,
    _copy: Option<TempDir>,
}

/// A layer: a table or view of features, or an attribute table with coordinate columns.
struct Layer {
    table: String,
    /// The geometry column of features.
    geometry: Option<String>,
    geometry_source: GeometrySource,
    /// The column of row ids.
    key: Option<String>,
    fields: Vec<Field>,
}

/// A feature table as listed in the GeoPackage.
struct FeatureTable {
    table: String,
    geometry: String,
    kind: String,
    srs_id: i64,
}

impl Layer {
    fn schema(&self) -> Schema {
        Schema {
            fields: self.fields.clone(),
            geometry_source: self.geometry_source,
            ids: self.key.as_ref().map(|_| Kind::Integer),
            ..Schema::default()
        }
    }

    /// The query of all rows: geometry, id if there is one, and attributes.
    fn query(&self) -> String {
        let names = self.geometry.iter().chain(&self.key).chain(self.fields.iter().map(|field| &field.name));
        let names = names.map(|name| quoted(name)).collect::<Vec<_>>().join(",");
        let order = self.key.iter().map(|key| format!(" ORDER BY {}", quoted(key))).collect::<String>();
        format!("SELECT {names} FROM {}{order}", quoted(&self.table))
    }
}

impl Database {
    /// Opens a file without creating lock or log files next to it.
    fn open(file: FileOnDisk) -> Result<Database> {
        let length = std::fs::metadata(file.path()).map_err(|error| Error::new(ErrorKind::Open(error)))?.len();
        if length == 0 {
            return Err(Error::new(ErrorKind::Empty));
        }
        let copy = copy_with_log(file.path())?;
        let own = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &copy {
            Some(folder) => {
                Connection::open_with_flags(folder.path().join(COPY), own | OpenFlags::SQLITE_OPEN_READ_WRITE)
            }
            None => {
                let flags = own | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(uri(file.path())?, flags)
            }
        };
        let steps = Arc::new(AtomicU64::new(0));
        let guard = |connection: &Connection| {
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
            connection.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0")?;
            const STRIDE: u16 = 1 << 12;
            let steps = steps.clone();
            let is_too_long = move || steps.fetch_add(STRIDE.into(), Ordering::Relaxed) > MAX_STEPS;
            connection.progress_handler(STRIDE.into(), Some(is_too_long));
            Ok(())
        };
        let connection = connection.and_then(|connection| guard(&connection).map(|()| connection));
        Ok(Database { connection: connection.map_err(sqlite_error)?, steps, _file: file, _copy: copy })
    }

    /// The layer with the given name, or the only one, and its CRS. Feature tables take precedence over attribute
    /// tables, which are layers if they have coordinate columns.
    fn layer(&self, options: &ReadOptions) -> rusqlite::Result<Result<(Layer, Declared)>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE lower(name) = 'gpkg_contents')";
        if !self.connection.query_row(sql, [], |row| row.get::<_, bool>(0))? {
            let (format, member) = (ForeignFormat::Sqlite, None);
            return Ok(Err(Error::new(ErrorKind::Foreign { format, member })));
        }
        let mut features = self.feature_tables()?;
        let mut attributes = self.attribute_tables()?;
        let named = |table: &String| options.layer.as_ref().is_none_or(|name| name == table);
        if let Some(name) = &options.layer {
            let layers = features.iter().map(|layer| &layer.table).chain(&attributes).cloned().collect::<Vec<String>>();
            if !layers.contains(name) {
                let (name, hidden) = (name.clone(), vec![]);
                return Ok(Err(Error::new(ErrorKind::UnknownLayer { name, layers, hidden })));
            }
            features.retain(|layer| named(&layer.table));
            attributes.retain(named);
        }
        if features.len() > 1 {
            features.retain(|layer| self.is_filled(&layer.table));
        }
        if features.len() > 1 {
            let layers = features.into_iter().map(|layer| layer.table).collect();
            return Ok(Err(Error::new(ErrorKind::SeveralLayers { layers, hidden: vec![] })));
        }
        match features.pop() {
            Some(table) => self.feature_layer(table),
            None => self.attribute_layer(attributes, options).map(|layer| layer.map(|layer| (layer, Ok(None)))),
        }
    }

    fn feature_tables(&self) -> rusqlite::Result<Vec<FeatureTable>> {
        let sql = format!(
            "SELECT c.table_name, g.column_name, g.geometry_type_name, g.srs_id FROM gpkg_contents c \
             JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name) \
             WHERE c.data_type = 'features' LIMIT {MAX_LAYERS}"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let tables = statement.query_map([], |row| {
            Ok(FeatureTable { table: row.get(0)?, geometry: row.get(1)?, kind: row.get(2)?, srs_id: row.get(3)? })
        })?;
        tables.collect()
    }

    fn attribute_tables(&self) -> rusqlite::Result<Vec<String>> {
        // `aspatial` is the former name of GDAL for `attributes`.
        let sql = format!(
            "SELECT table_name FROM gpkg_contents WHERE data_type IN ('attributes', 'aspatial') LIMIT {MAX_LAYERS}"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let tables = statement.query_map([], |row| row.get(0))?;
        tables.collect()
    }

    fn feature_layer(&self, table: FeatureTable) -> rusqlite::Result<Result<(Layer, Declared)>> {
        let FeatureTable { table, geometry, kind, srs_id } = table;
        let geometry_source =
            if kind.eq_ignore_ascii_case("POINT") { GeometrySource::Points } else { GeometrySource::Shapes };
        let Some((key, fields)) = self.columns(&table, Some(&geometry))? else {
            return Ok(Err(malformed(FileProblem::NoColumnInTable { table, column: geometry })));
        };
        let crs = self.crs(srs_id)?;
        Ok(Ok((Layer { table, geometry: Some(geometry), geometry_source, key, fields }, crs)))
    }

    /// The only attribute table with coordinate columns; of several, the one that has rows.
    fn attribute_layer(&self, tables: Vec<String>, options: &ReadOptions) -> rusqlite::Result<Result<Layer>> {
        let (mut layers, mut error) = (vec![], None);
        // Columns with usual names come before those whose names mean coordinates.
        for find in [exact_source, geometry_source] {
            if !layers.is_empty() {
                break;
            }
            for table in tables.iter().cloned() {
                let Some((key, fields)) = self.columns(&table, None)? else { continue };
                let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
                match find(&names, options) {
                    Ok(geometry_source) => layers.push(Layer { table, geometry: None, geometry_source, key, fields }),
                    Err(no_place) => error = Some(no_place),
                }
            }
        }
        if layers.len() > 1 {
            layers.retain(|layer| self.is_filled(&layer.table));
        }
        Ok(match (layers.len(), layers.pop(), error) {
            (1, Some(layer), _) => Ok(layer),
            (0, _, None) => Err(Error::new(ErrorKind::NoLayer)),
            (0, _, Some(error)) => Err(error),
            (_, last, _) => {
                let layers = layers.into_iter().chain(last).map(|layer| layer.table).collect();
                Err(Error::new(ErrorKind::SeveralLayers { layers, hidden: vec![] }))
            }
        })
    }

    /// Whether a table has rows. True if it cannot be read, so that the error is reported.
    fn is_filled(&self, table: &str) -> bool {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(table));
        self.connection.query_row(&sql, [], |row| row.get(0)).unwrap_or(true)
    }

    /// The id and attributes of a table; `None` if it lacks the geometry column.
    fn columns(&self, table: &str, geometry: Option<&str>) -> rusqlite::Result<Option<(Option<String>, Vec<Field>)>> {
        let mut statement = self.connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1)")?;
        let columns = statement.query_map([table], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })?;
        let columns = columns.collect::<rusqlite::Result<Vec<_>>>()?;
        let is_geometry = |name: &str| geometry.is_some_and(|geometry| name.eq_ignore_ascii_case(geometry));
        if columns.is_empty() || geometry.is_some() && !columns.iter().any(|(name, ..)| is_geometry(name)) {
            return Ok(None);
        }
        let keys: Vec<_> = columns.iter().filter(|column| column.2 > 0).collect();
        let key = match keys.as_slice() {
            [(name, declared, _)] if declared.eq_ignore_ascii_case("INTEGER") => Some(name.clone()),
            _ => None,
        };
        let fields = columns
            .iter()
            .filter(|(name, ..)| !is_geometry(name) && key.as_ref() != Some(name))
            .map(|(name, declared, _)| Field::new(name, kind_of(declared)));
        let fields = fields.collect();
        Ok(Some((key, fields)))
    }

    /// The CRS of an id; 0 and −1 are undefined systems.
    fn crs(&self, srs_id: i64) -> rusqlite::Result<Declared> {
        if matches!(srs_id, 0 | -1) {
            return Ok(Ok(None));
        }
        let of_id = |column: &str| {
            let sql = format!(
                "SELECT organization, organization_coordsys_id, {column} FROM gpkg_spatial_ref_sys WHERE srs_id = ?1"
            );
            let row = |row: &rusqlite::Row<'_>| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<String>>(2)?))
            };
            self.connection.query_row(&sql, [srs_id], row).optional()
        };
        let Some((organization, code, definition)) = of_id("definition")? else {
            return Ok(Err(unusable(format!("srs_id {srs_id}"))));
        };
        if organization.eq_ignore_ascii_case("EPSG") {
            return Ok(declared_name(&format!("EPSG:{code}")));
        }
        // The column of the WKT extension, for systems that WKT 1 cannot express.
        let newer = of_id("definition_12_063").ok().flatten().and_then(|row| row.2);
        let is_defined = |definition: &String| !matches!(definition.trim(), "" | "undefined");
        Ok(match definition.filter(is_defined).or(newer.filter(is_defined)) {
            Some(definition) => Crs::of_wkt(&definition),
            None => Err(unusable(format!("{organization}:{code}"))),
        })
    }

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

/// The kind of a column by its declared type. Bytes become hexadecimal text.
fn kind_of(declared: &str) -> Kind {
    let name = declared.split('(').next().unwrap_or_default().trim().to_ascii_uppercase();
    match name.as_str() {
        "BOOLEAN" => Kind::Boolean,
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "INTEGER" | "BIGINT" => Kind::Integer,
        "FLOAT" | "DOUBLE" | "REAL" => Kind::Real,
        "DATE" => Kind::Date,
        "DATETIME" => Kind::DateTime,
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_tell_the_kind() {
        let cases = [
            ("BOOLEAN", Kind::Boolean),
            ("mediumint", Kind::Integer),
            ("INTEGER", Kind::Integer),
            ("DOUBLE", Kind::Real),
            ("TEXT(40)", Kind::Text),
            ("DATE", Kind::Date),
            ("DATETIME", Kind::DateTime),
            ("BLOB(9)", Kind::Text),
            ("", Kind::Text),
        ];
        for (declared, kind) in cases {
            assert_eq!(kind_of(declared), kind, "{declared}");
        }
    }
}
