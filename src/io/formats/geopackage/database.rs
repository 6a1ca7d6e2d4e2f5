//! A GeoPackage as a database that is only read: its layers, their columns and coordinate systems.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use tempfile::TempDir;

use super::files::{COPY, copy_with_log, uri};
use super::{malformed, quoted};
use crate::crs::{Crs, Declared, declared_name, unusable};
use crate::error::{Error, ErrorKind, FileProblem, ForeignFormat, LibraryMessage, Result};
use crate::io::bytes::input::FileOnDisk;
use crate::io::rows::columns::{exact_source, geometry_source};
use crate::io::rows::format::ReadOptions;
use crate::table::{Field, GeometrySource, Kind, Schema};

pub(super) fn sqlite_error(error: rusqlite::Error) -> Error {
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
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The number of steps of the current statement since its last row.
    pub(super) steps: Arc<AtomicU64>,
    _file: FileOnDisk,
    _copy: Option<TempDir>,
}

/// A layer: a table or view of features, or an attribute table with coordinate columns.
pub(super) struct Layer {
    table: String,
    /// The geometry column of features.
    pub(super) geometry: Option<String>,
    pub(super) geometry_source: GeometrySource,
    /// The column of row ids.
    pub(super) key: Option<String>,
    pub(super) fields: Vec<Field>,
}

/// A feature table as listed in the GeoPackage.
struct FeatureTable {
    table: String,
    geometry: String,
    kind: String,
    srs_id: i64,
}

impl Layer {
    pub(super) fn schema(&self) -> Schema {
        Schema {
            fields: self.fields.clone(),
            geometry_source: self.geometry_source,
            ids: self.key.as_ref().map(|_| Kind::Integer),
            ..Schema::default()
        }
    }

    /// The query of all rows: geometry, id if there is one, and attributes.
    pub(super) fn query(&self) -> String {
        let names = self.geometry.iter().chain(&self.key).chain(self.fields.iter().map(|field| &field.name));
        let names = names.map(|name| quoted(name)).collect::<Vec<_>>().join(",");
        let order = self.key.iter().map(|key| format!(" ORDER BY {}", quoted(key))).collect::<String>();
        format!("SELECT {names} FROM {}{order}", quoted(&self.table))
    }
}

impl Database {
    /// Opens a file without creating lock or log files next to it.
    pub(super) fn open(file: FileOnDisk) -> Result<Database> {
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
    pub(super) fn layer(&self, options: &ReadOptions) -> rusqlite::Result<Result<(Layer, Declared)>> {
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
