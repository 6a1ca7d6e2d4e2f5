//! Reading a layer of a geodatabase.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use super::catalog::{Catalog, FILE, Layer};
use super::codes::Codes;
use super::fields::{Field as TableField, GeometryField, GeometryKind, Layout};
use super::geometry;
use super::tables::{RawRows, Table};
use super::values::{self, Decoding, Value};
use crate::crs::Declared;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::folder::{Folder, FolderOnDisk};
use crate::io::bytes::input::Source;
use crate::io::rows::block::{ParseBlock, RawBlock};
use crate::io::rows::columns::{end_row, end_row_with, exact_source, geometry_source};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema, distinct_names};

pub(in crate::io) struct FileGdbReader {
    table: Table,
    columns: Arc<Columns>,
    crs: Declared,
    geometries: Arc<GeometryReader>,
}

/// How the rows of a layer are decoded.
struct Columns {
    layout: Arc<Layout>,
    schema: Schema,
    names: Arc<Vec<String>>,
    /// The column of each field; `None` for the row id and the geometry.
    places: Vec<Option<usize>>,
    decodings: Vec<Decoding>,
    codes: Codes,
}

impl FileGdbReader {
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<FileGdbReader> {
        let folder = folder_of(&source)?;
        let catalog = Catalog::read(folder.as_ref())?;
        let (layer, table) = choose(folder.as_ref(), catalog.layers, options)?;
        let layout = table.layout.clone();
        let names = column_names(&layout, options);
        let kinds = layout.fields.iter().filter_map(TableField::column_kind);
        let mut fields: Vec<Field> = names.iter().zip(kinds).map(|(name, kind)| Field::new(name, kind)).collect();
        let geometry_source = match layout.geometry_field() {
            Some(_) if layout.geometry == GeometryKind::Point => GeometrySource::Points,
            Some(_) => GeometrySource::Shapes,
            None => exact_source(&names, options).or_else(|_| geometry_source(&names, options))?,
        };
        let crs = match layout.geometry_field() {
            Some(GeometryField { wkt, .. }) => layer.spatial_reference(wkt).declared(),
            None => Ok(None),
        };
        let mut next = 0..;
        let places = layout.fields.iter().map(|field| field.column_kind().and_then(|_| next.next())).collect();
        let definition = layer.definition.unwrap_or_default();
        let is_precise = |name: &String| definition.fields.get(name).is_some_and(|field| field.is_precise);
        let decoding = |field: &TableField| Decoding { is_precise: is_precise(&field.name), is_utc: definition.is_utc };
        let decodings = layout.fields.iter().map(decoding).collect();
        let codes = match options.decodes_domains {
            true => Codes::new(&layout, &definition, &catalog.domains),
            false => Codes::default(),
        };
        for (column, field) in fields.iter_mut().enumerate() {
            if codes.has_names(column) {
                field.kind = Kind::Text;
            }
        }
        let ids = table.has_ids().then_some(Kind::Integer);
        let schema = Schema { fields, geometry_source, ids, ..Schema::default() };
        let names = Arc::new(names);
        let columns = Arc::new(Columns { layout, schema, names, places, decodings, codes });
        Ok(FileGdbReader { table, columns, crs, geometries: Arc::default() })
    }
}

/// The names of the columns: those of the fields, or their aliases.
fn column_names(layout: &Layout, options: &ReadOptions) -> Vec<String> {
    let fields = layout.fields.iter().filter(|field| field.column_kind().is_some());
    let name = |field: &TableField| match options.uses_aliases && !field.alias.is_empty() {
        true => field.alias.clone(),
        false => field.name.clone(),
    };
    distinct_names(&fields.map(name).collect::<Vec<String>>())
}

/// The folder of an input: the input itself, or that of the table which it is.
fn folder_of(source: &Source) -> Result<Arc<dyn Folder>> {
    let parent = || {
        let folder = FolderOnDisk(source.stored()?.path()?.parent()?.to_owned());
        folder.has(FILE).then(|| Arc::new(folder) as Arc<dyn Folder>)
    };
    let folder = source.folder().cloned().or_else(parent);
    folder.ok_or_else(|| Error::new(ErrorKind::NeedsPath { format: "file geodatabase".to_owned() }))
}

/// The layer with the given name, or the only one. Layers with geometries take precedence over tables, which are layers
/// if they have coordinate columns.
fn choose(folder: &dyn Folder, layers: Vec<Layer>, options: &ReadOptions) -> Result<(Layer, Table)> {
    if let Some(name) = &options.layer {
        let names = || layers.iter().map(|layer| layer.name.clone()).collect();
        let chosen = layers.iter().find(|layer| layer.name == *name);
        let unknown = || Error::new(ErrorKind::UnknownLayer { name: name.clone(), layers: names(), hidden: vec![] });
        let chosen = chosen.ok_or_else(unknown)?;
        return Ok((chosen.clone(), chosen.open(folder)?));
    }
    let mut error = None;
    let mut opened: Vec<(Layer, Table)> = vec![];
    for layer in layers {
        match layer.open(folder) {
            Ok(table) => opened.push((layer, table)),
            Err(damaged) => error = error.or(Some(damaged)),
        }
    }
    let has_geometry = |(_, table): &(Layer, Table)| table.layout.geometry_field().is_some();
    if opened.iter().any(has_geometry) {
        opened.retain(has_geometry);
    } else if error.is_none() {
        for find in [exact_source, geometry_source] {
            let finds = |(_, table): &(Layer, Table)| find(&column_names(&table.layout, options), options);
            match opened.iter().find_map(|table| finds(table).err()) {
                Some(no_place) if !opened.iter().any(|table| finds(table).is_ok()) => error = Some(no_place),
                _ => {
                    opened.retain(|table| finds(table).is_ok());
                    error = None;
                    break;
                }
            }
        }
        if let Some(error) = error.take() {
            return Err(error);
        }
    }
    if opened.len() > 1 && opened.iter().any(|(_, table)| table.declared_rows > 0) {
        opened.retain(|(_, table)| table.declared_rows > 0);
    }
    match (opened.len(), opened.pop(), error) {
        (1, Some(only), None) => Ok(only),
        (0, _, None) => Err(Error::new(ErrorKind::NoLayer)),
        (0, _, Some(error)) => Err(error),
        (_, last, _) => {
            let layers = opened.into_iter().chain(last).map(|(layer, _)| layer.name).collect();
            Err(Error::new(ErrorKind::SeveralLayers { layers, hidden: vec![] }))
        }
    }
}

impl RowReader for FileGdbReader {
    fn schema(&self) -> &Schema {
        &self.columns.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn notes(&self) -> Vec<ReadNote> {
        if self.table.has_ids() { vec![] } else { vec![ReadNote::NoRowIndex] }
    }

    fn share_read(&self) -> Option<f64> {
        Some(self.table.share_read())
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let Some(rows) = self.table.next_rows()? else { return Ok(None) };
        self.columns.parse(&rows, &self.geometries)
    }

    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        let Some(rows) = self.table.next_rows()? else { return Ok(None) };
        let (columns, geometries) = (self.columns.clone(), self.geometries.clone());
        Ok(Some(RawBlock::Unparsed(Box::new(RowBlock { rows, columns, geometries }))))
    }
}

/// Rows that any thread can decode.
struct RowBlock {
    rows: RawRows,
    columns: Arc<Columns>,
    geometries: Arc<GeometryReader>,
}

impl ParseBlock for RowBlock {
    fn parse(self: Box<Self>) -> Result<Option<Batch>> {
        self.columns.parse(&self.rows, &self.geometries)
    }
}

impl Columns {
    fn parse(&self, rows: &RawRows, geometries: &GeometryReader) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(rows.first_row);
        let grid = self.layout.geometry_field();
        // The texts of a row whose coordinates are in columns.
        let mut texts: Vec<String> = vec![String::new(); if grid.is_none() { self.names.len() } else { 0 }];
        let mut id_text = String::new();
        for (number, (id, bytes)) in (rows.first_row..).zip(rows.iter()) {
            let at_row = |error: Error| error.at_row(number);
            if self.schema.ids.is_some() {
                id_text.clear();
                // Writing to a string cannot fail.
                let _ = write!(id_text, "{id}");
                batch.id(&id_text);
            }
            texts.iter_mut().for_each(String::clear);
            let subtype = self.subtype(bytes).map_err(at_row)?;
            let add = |index: usize, value: Value<'_>| {
                let Some(column) = self.places[index] else { return };
                let named = match value {
                    Value::Null => None,
                    Value::Number(code) | Value::Text(code) => self.codes.name(column, code, &subtype),
                };
                let cell = match (named, value) {
                    (_, Value::Null) => CellText::Json("null"),
                    (Some(name), _) | (None, Value::Text(name)) => CellText::Text(name),
                    (None, Value::Number(json)) => CellText::Json(json),
                };
                if let (Some(copy), CellText::Text(text) | CellText::Json(text)) = (texts.get_mut(column), cell)
                    && value != Value::Null
                {
                    text.clone_into(copy);
                }
                batch.cell(column, cell);
            };
            let shape = values::read(&self.layout, &self.decodings, bytes, add).map_err(at_row)?;
            match grid {
                Some(grid) => {
                    let decoded = match shape {
                        Some(bytes) => geometry::decode(bytes, grid, geometries.arcs()),
                        None => Ok(Decoded::default()),
                    };
                    end_row_with(&mut batch, decoded);
                }
                None => {
                    let text = |column: usize| Cow::Borrowed(texts[column].as_str());
                    end_row(&mut batch, self.schema.geometry_source, &self.names, geometries, text);
                }
            }
        }
        Ok(batch.finish(self.names.clone()))
    }

    /// The code of the subtype of a row, if a domain depends on it; it may come after the codes of the domain.
    fn subtype(&self, row: &[u8]) -> Result<String> {
        let mut subtype = String::new();
        let Some(field) = self.codes.subtype_field else { return Ok(subtype) };
        let find = |index: usize, value: Value<'_>| match value {
            Value::Number(code) | Value::Text(code) if index == field => code.clone_into(&mut subtype),
            _ => {}
        };
        values::read(&self.layout, &self.decodings, row, find)?;
        Ok(subtype)
    }
}
