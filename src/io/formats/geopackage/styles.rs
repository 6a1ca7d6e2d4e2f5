//! The table `layer_styles`, from which QGIS reads the style of a layer.

use rusqlite::{Connection, params};

use crate::io::formats::geopackage::write::LAST_CHANGE;

/// The style of a layer in QGIS.
pub(super) struct LayerStyle {
    pub(super) qml: String,
    pub(super) description: String,
}

/// The table as created by QGIS 3.
const TABLE: &str = "
    CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        f_table_catalog TEXT(256),
        f_table_schema TEXT(256),
        f_table_name TEXT(256),
        f_geometry_column TEXT(256),
        styleName TEXT(30),
        styleQML TEXT,
        styleSLD TEXT,
        useAsDefault BOOLEAN,
        description TEXT,
        owner TEXT(30),
        ui TEXT(30),
        update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
    );
    INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id, last_change)
        VALUES ('layer_styles', 'attributes', 'layer_styles', 0, '2000-01-01T00:00:00.000Z');
";

impl LayerStyle {
    /// Writes it as the default style of a layer.
    pub(super) fn write(&self, database: &Connection, table: &str, geometry: &str) -> rusqlite::Result<()> {
        database.execute_batch(TABLE)?;
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, \
             styleQML, styleSLD, useAsDefault, description, owner, update_time) \
             VALUES ('', '', ?1, ?2, 'corridor', ?3, '', 1, ?4, '', ?5)",
            params![table, geometry, self.qml, self.description, LAST_CHANGE],
        )?;
        Ok(())
    }
}
