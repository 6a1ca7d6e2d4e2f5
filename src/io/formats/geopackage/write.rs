//! Writing a layer as a GeoPackage.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params};
use tempfile::NamedTempFile;

use super::styles::LayerStyle;
use super::{blob, quoted};
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::rows::format::{NewTable, WriteOptions};
use crate::io::rows::loss::Loss;
use crate::io::rows::loss::crs_loss;
use crate::io::rows::typed::TypedColumns;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, Kind, Schema, Value, unused_name};

/// The default name of the geometry column.
const GEOMETRY: &str = "geom";

/// Writes rows as the only layer of a GeoPackage.
///
/// Integer ids become row ids; if a row is written several times, only the first keeps its id.
pub(super) struct GeoPackageWriter {
    output: Output,
    /// The temporary file if the output is a stream.
    spool: Option<NamedTempFile>,
    database: Connection,
    table: String,
    key: String,
    geometry: String,
    insert: String,
    columns: TypedColumns,
    added: Vec<Field>,
    has_keys: bool,
    srs_id: i32,
    kinds: BTreeSet<&'static str>,
    /// West, south, east, north.
    bounds: Option<[f64; 4]>,
    style: Option<LayerStyle>,
    /// The loss of the CRS, if it has no code or WKT.
    crs_loss: Option<Loss>,
}

impl GeoPackageWriter {
    pub(super) fn new(output: Output, table: NewTable<'_>) -> Result<Self> {
        let (schema, added, options) = (&table.schema_of_geometries(), table.added, table.options);
        let style = table
            .style
            .map(|style| LayerStyle { qml: style.qml, description: style.features.notice.unwrap_or_default() });
        let write_error = |error| Error::new(ErrorKind::Write(error));
        let spool = match output.temporary() {
            Some(_) => None,
            None => Some(NamedTempFile::new().map_err(write_error)?),
        };
        let path = spool.as_ref().map(|spool| spool.path()).or(output.temporary()).unwrap_or(Path::new(""));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path, flags).map_err(sqlite_error)?;

        let has_keys = schema.ids == Some(Kind::Integer);
        let attributes = if has_keys { Schema { ids: None, ..schema.clone() } } else { schema.clone() };
        let columns = TypedColumns::without_case(&attributes, added, named);
        // Columns of the table keep their names; those of the format are renamed.
        let mut taken: Vec<String> = columns.fields().iter().map(|field| field.name.to_lowercase()).collect();
        let key = unused_name("fid", &taken);
        taken.push(key.clone());
        let geometry = unused_name(GEOMETRY, &taken);
        let table = table_name(options, &output);
        let indices = (1..=columns.fields().len() + 2).map(|index| format!("?{index}")).collect::<Vec<_>>().join(",");
        // If the id is taken, the insertion is ignored and repeated without the id.
        let insert = format!("INSERT OR IGNORE INTO {} VALUES ({indices})", quoted(&table));
        let (srs_id, kinds, bounds, added) = (srs_id(&options.written_crs()), BTreeSet::new(), None, added.to_vec());
        let writer = GeoPackageWriter {
            output,
            spool,
            database,
            table,
            key,
            geometry,
            insert,
            columns,
            added,
            has_keys,
            srs_id,
            kinds,
            bounds,
            style,
            crs_loss: crs_loss(&options.written_crs()),
        };
        writer.begin(&options.written_crs()).map_err(sqlite_error)?;
        Ok(writer)
    }

    fn begin(&self, crs: &Crs) -> rusqlite::Result<()> {
        self.database.execute_batch(REQUIRED)?;
        let mut systems = vec![Crs::Crs84];
        if srs_id(crs) != srs_id(&Crs::Crs84) {
            systems.push(crs.clone());
        }
        for crs in systems {
            let srs_id = srs_id(&crs);
            let organization = if crs.epsg().is_some() { "EPSG" } else { "corridor" };
            let definition = crs.wkt_of_gdal().unwrap_or_else(|| "undefined".to_owned());
            let name = definition.split('"').nth(1).map_or_else(|| crs.to_string(), str::to_owned);
            self.database.execute(
                "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?2, ?4, NULL)",
                params![name, srs_id, organization, definition],
            )?;
        }
        let GeoPackageWriter { table, srs_id, geometry, .. } = self;
        self.database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id, last_change) \
             VALUES (?1, 'features', ?1, ?2, ?3)",
            params![table, srs_id, LAST_CHANGE],
        )?;
        self.database.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, ?4, 0, 0)",
            params![table, geometry, ANY_KIND, srs_id],
        )?;
        self.database.execute_batch(&self.create_table(ANY_KIND))
    }

    /// The statement that creates the table with a geometry type.
    fn create_table(&self, kind: &str) -> String {
        let GeoPackageWriter { table, key, geometry, .. } = self;
        let (table, key, geometry) = (quoted(table), quoted(key), quoted(geometry));
        let mut sql =
            format!("CREATE TABLE {table} ({key} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {geometry} {kind}");
        for field in self.columns.fields() {
            sql.push_str(&format!(", {} {}", quoted(&field.name), sql_type(field.kind)));
        }
        sql + ")"
    }

    fn insert(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> rusqlite::Result<()> {
        let mut statement = self.database.prepare_cached(&self.insert)?;
        for (row_index, values) in answers.iter() {
            let id = self.has_keys.then(|| batch.row(row_index).id().and_then(|id| id.parse().ok())).flatten();
            let id = id.filter(|id| (0..MAX_ID).contains(id));
            statement.raw_bind_parameter(1, id)?;
            match batch.shape(row_index).ok().and_then(|shape| Some((shape.kind(), blob::encode(shape, self.srs_id)?)))
            {
                Some((kind, (bytes, [west, south, east, north]))) => {
                    statement.raw_bind_parameter(2, bytes)?;
                    self.kinds.insert(kind);
                    let [w, s, e, n] = self.bounds.unwrap_or([west, south, east, north]);
                    self.bounds = Some([w.min(west), s.min(south), e.max(east), n.max(north)]);
                }
                None => statement.raw_bind_parameter(2, Null)?,
            }
            for (index, value) in (3..).zip(self.columns.row(batch, row_index, values)) {
                statement.raw_bind_parameter(index, value)?;
            }
            if statement.raw_execute()? == 0 {
                statement.raw_bind_parameter(1, Null)?;
                statement.raw_execute()?;
            }
        }
        Ok(())
    }

    fn end(&self) -> rusqlite::Result<()> {
        let GeoPackageWriter { database, table, .. } = self;
        if let [kind] = Vec::from_iter(&self.kinds)[..] {
            let kind = kind.to_uppercase();
            database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?1", [&kind])?;
            // The geometry type of the column is known only now.
            database.execute_batch("PRAGMA writable_schema=ON")?;
            database.execute(
                "UPDATE sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2",
                params![self.create_table(&kind), table],
            )?;
            database.execute_batch("PRAGMA writable_schema=RESET")?;
        }
        if let Some([west, south, east, north]) = self.bounds {
            database.execute(
                "UPDATE gpkg_contents SET min_x = ?1, min_y = ?2, max_x = ?3, max_y = ?4",
                params![west, south, east, north],
            )?;
        }
        self.index()?;
        if let Some(style) = &self.style {
            style.write(database, table, &self.geometry)?;
        }
        database.execute_batch("COMMIT")
    }

    /// Creates the spatial index: an R-tree, and triggers that update it.
    fn index(&self) -> rusqlite::Result<()> {
        let GeoPackageWriter { database, table, .. } = self;
        let bounds = ["corridor_west", "corridor_east", "corridor_south", "corridor_north"];
        for (name, index) in bounds.iter().zip([0, 2, 1, 3]) {
            let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
            database.create_scalar_function(*name, 1, flags, move |context| {
                let bounds = context.get_raw(0).as_blob().ok().and_then(blob::written_bounds);
                Ok(bounds.map(|bounds| bounds[index]))
            })?;
        }
        let name = format!("rtree_{table}_{}", self.geometry);
        let (index, key, geometry) = (quoted(&name), quoted(&self.key), quoted(&self.geometry));
        let bounds = bounds.map(|function| format!("{function}({geometry})")).join(",");
        database.execute_batch(&format!("CREATE VIRTUAL TABLE {index} USING rtree(id, minx, maxx, miny, maxy)"))?;
        let table_name = quoted(table);
        let rows = format!("SELECT {key},{bounds} FROM {table_name} WHERE {geometry} NOT NULL");
        database.execute(&format!("INSERT INTO {index} {rows}"), [])?;

        let is_set = format!("(NEW.{geometry} NOT NULL AND NOT ST_IsEmpty(NEW.{geometry}))");
        let is_unset = format!("(NEW.{geometry} ISNULL OR ST_IsEmpty(NEW.{geometry}))");
        let [is_same, is_other] = ["=", "!="].map(|sign| format!("OLD.{key} {sign} NEW.{key}"));
        let bounds = ["MinX", "MaxX", "MinY", "MaxY"].map(|bound| format!("ST_{bound}(NEW.{geometry})")).join(", ");
        let put = format!("INSERT OR REPLACE INTO {index} VALUES (NEW.{key}, {bounds});");
        let remove = format!("DELETE FROM {index} WHERE id = OLD.{key};");
        let remove_both = format!("DELETE FROM {index} WHERE id IN (OLD.{key}, NEW.{key});");
        let of_geometry = format!("UPDATE OF {geometry}");
        let triggers = [
            ("insert", "INSERT", is_set.clone(), put.clone()),
            ("update1", &of_geometry, format!("{is_same} AND {is_set}"), put.clone()),
            ("update2", &of_geometry, format!("{is_same} AND {is_unset}"), remove.clone()),
            ("update3", "UPDATE", format!("{is_other} AND {is_set}"), format!("{remove} {put}")),
            ("update4", "UPDATE", format!("{is_other} AND {is_unset}"), remove_both),
            ("delete", "DELETE", format!("OLD.{geometry} NOT NULL"), remove),
        ];
        for (ending, event, condition, action) in triggers {
            let trigger = quoted(&format!("{name}_{ending}"));
            let sql =
                format!("CREATE TRIGGER {trigger} AFTER {event} ON {table_name} WHEN {condition} BEGIN {action} END");
            database.execute_batch(&sql)?;
        }
        database.execute(
            "INSERT INTO gpkg_extensions VALUES (?1, ?2, 'gpkg_rtree_index', \
             'http://www.geopackage.org/spec130/#extension_rtree', 'write-only')",
            params![table, self.geometry],
        )?;
        Ok(())
    }
}

impl RowWriter for GeoPackageWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let written = self.insert(batch, answers);
        written.map_err(|error| sqlite_error(error).in_file(self.output.name()))
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let in_file = |error| sqlite_error(error).in_file(self.output.name());
        self.end().map_err(in_file)?;
        let mut losses = self.columns.losses(&self.added);
        losses.extend(self.crs_loss.clone());
        if self.geometry != GEOMETRY {
            losses.insert(0, Loss::AddedRenamed { from: GEOMETRY.to_owned(), to: self.geometry.clone() });
        }
        let GeoPackageWriter { mut output, spool, database, .. } = *self;
        database.close().map_err(|(_, error)| sqlite_error(error).in_file(output.name()))?;
        if let Some(mut spool) = spool {
            let copied = std::io::copy(&mut spool, &mut output);
            copied.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(output.name()))?;
        }
        output.commit()?;
        Ok(losses)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(value) => ValueRef::Integer(*value),
            Value::Float { value, .. } => ValueRef::Real(*value),
            Value::Bool(value) => ValueRef::Integer((*value).into()),
        }))
    }
}

fn sqlite_error(error: rusqlite::Error) -> Error {
    Error::new(ErrorKind::Write(std::io::Error::other(error)))
}

/// The SQL type of a column.
fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Json => "TEXT",
        Kind::Integer => "INTEGER",
        Kind::Real => "REAL",
        Kind::Boolean => "BOOLEAN",
        Kind::Date => "DATE",
        Kind::DateTime => "DATETIME",
    }
}

/// The id of a CRS in the file: its EPSG code, else an unused one.
fn srs_id(crs: &Crs) -> i32 {
    let code = crs.epsg().and_then(|code| i32::try_from(code).ok());
    code.unwrap_or(match crs {
        Crs::Bd09 => 100_001,
        Crs::Defined(_) => 100_002,
        _ => 100_000,
    })
}

/// The name of the layer: the option, else that of the file. Some prefixes are reserved by the format.
fn table_name(options: &WriteOptions, output: &Output) -> String {
    let stem = output.stem();
    let name = options.layer.clone().or(stem).filter(|name| !name.is_empty()).unwrap_or_else(|| "layer".to_owned());
    let name = named(&name);
    let is_taken = |start: &&str| name.to_lowercase().starts_with(*start);
    if ["gpkg_", "sqlite_", "rtree_"].iter().any(is_taken) { format!("layer_{name}") } else { name }
}

/// A name for SQLite without null characters, which would end the statement.
fn named(name: &str) -> String {
    name.replace('\0', "\u{fffd}")
}

/// A fixed time, so that the same rows give the same file.
pub(super) const LAST_CHANGE: &str = "2000-01-01T00:00:00.000Z";

/// With larger ids, SQLite could not number the following rows.
const MAX_ID: i64 = 1 << 62;

/// The type of a column with several geometry types.
const ANY_KIND: &str = "GEOMETRY";

/// The tables of every GeoPackage. Journals are off, since the file is temporary until it is complete.
const REQUIRED: &str = "
    PRAGMA page_size=4096;
    PRAGMA journal_mode=OFF;
    PRAGMA synchronous=OFF;
    PRAGMA locking_mode=EXCLUSIVE;
    PRAGMA cache_size=-65536;
    PRAGMA application_id=1196444487;
    PRAGMA user_version=10300;
    BEGIN;
    CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL,
        srs_id INTEGER PRIMARY KEY NOT NULL,
        organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL,
        definition TEXT NOT NULL,
        description TEXT
    );
    INSERT INTO gpkg_spatial_ref_sys VALUES
        ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
        ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
    CREATE TABLE gpkg_contents (
        table_name TEXT PRIMARY KEY NOT NULL,
        data_type TEXT NOT NULL,
        identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE,
        min_y DOUBLE,
        max_x DOUBLE,
        max_y DOUBLE,
        srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
    );
    CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL,
        column_name TEXT NOT NULL,
        geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL,
        z TINYINT NOT NULL,
        m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
    );
    CREATE TABLE gpkg_extensions (
        table_name TEXT,
        column_name TEXT,
        extension_name TEXT NOT NULL,
        definition TEXT NOT NULL,
        scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
    );
";
