//! Reading a layer of a geodatabase.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::catalog::{Catalog, FILE, Layer};
use super::definition::{Domain, LayerDefinition};
use super::fields::{Field as TableField, FieldType, GeometryField, GeometryKind, Layout};
use super::geometry;
use super::tables::{RawRows, Table};
use super::values::{self, Value};
use crate::crs::Declared;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::folder::{Folder, FolderOnDisk};
use crate::io::bytes::input::Source;
use crate::io::rows::block::{ParseBlock, RawBlock};
use crate::io::rows::columns::{end_row, end_row_with, exact_source, geometry_source};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
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
    /// Whether the times of each field are to the millisecond.
    is_precise: Vec<bool>,
    /// Whether dates are in UTC.
    is_utc: bool,
    /// The names of the codes in each column.
    names_of_codes: Vec<Option<HashMap<String, String>>>,
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
        let names_of_codes: Vec<Option<HashMap<String, String>>> = match options.decodes_domains {
            true => codes_of_columns(&layout, &definition, &catalog.domains),
            false => vec![],
        };
        for (field, _) in fields.iter_mut().zip(&names_of_codes).filter(|(_, codes)| codes.is_some()) {
            field.kind = Kind::Text;
        }
        let is_precise = layout.fields.iter().map(|field| is_precise(&field.name)).collect();
        let ids = Some(Kind::Integer);
        let schema = Schema { fields, geometry_source, ids, ..Schema::default() };
        let names = Arc::new(names);
        let columns =
            Arc::new(Columns { layout, schema, names, places, is_precise, is_utc: definition.is_utc, names_of_codes });
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

/// The names of the codes in each column.
fn codes_of_columns(
    layout: &Layout,
    definition: &LayerDefinition,
    domains: &HashMap<String, Domain>,
) -> Vec<Option<HashMap<String, String>>> {
    let fields = layout.fields.iter().filter_map(|field| Some((field, field.column_kind()?)));
    let codes_of = |(field, kind): (&TableField, Kind)| {
        let subtypes = definition.subtypes.as_ref().filter(|(name, _)| *name == field.name).map(|(_, codes)| codes);
        let domain = definition.fields.get(&field.name).and_then(|field| domains.get(field.domain.as_ref()?));
        let codes = subtypes.or(domain.map(|domain| &domain.codes)).filter(|codes| !codes.is_empty())?;
        // Codes as values are written, such as 1.0 for a decimal.
        let written = |code: &String| match kind {
            Kind::Integer => code.trim().parse::<i64>().map_or_else(|_| code.clone(), |code| code.to_string()),
            Kind::Real if field.kind == FieldType::Float32 => {
                code.trim().parse::<f32>().map_or_else(|_| code.clone(), |code| format!("{code:?}"))
            }
            Kind::Real => code.trim().parse::<f64>().map_or_else(|_| code.clone(), |code| format!("{code:?}")),
            _ => code.clone(),
        };
        Some(codes.iter().map(|(code, name)| (written(code), name.clone())).collect())
    };
    fields.map(codes_of).collect()
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
        let mut texts: Vec<String> = vec![];
        for (number, (id, bytes)) in (rows.first_row..).zip(rows.iter()) {
            batch.id(&id.to_string());
            texts.resize(if grid.is_none() { self.names.len() } else { 0 }, String::new());
            texts.iter_mut().for_each(String::clear);
            let mut shape = None;
            let add = |index: usize, value: Value<'_>| {
                let Some(column) = self.places[index] else {
                    if let Value::Geometry(bytes) = value {
                        shape = Some(bytes.to_vec());
                    }
                    return;
                };
                let mut text = |text: &str| {
                    if let Some(copy) = texts.get_mut(column) {
                        text.clone_into(copy);
                    }
                };
                let codes = self.names_of_codes.get(column).and_then(Option::as_ref);
                let value = match (codes, value) {
                    (Some(codes), Value::Number(code)) => Value::OwnText(codes.get(&code).cloned().unwrap_or(code)),
                    (Some(codes), Value::Text(code)) => Value::Text(codes.get(code).map_or(code, String::as_str)),
                    (Some(codes), Value::OwnText(code)) => Value::OwnText(codes.get(&code).cloned().unwrap_or(code)),
                    (_, value) => value,
                };
                match value {
                    Value::Null | Value::Geometry(_) => batch.cell(column, CellText::Json("null")),
                    Value::Number(json) => {
                        text(&json);
                        batch.cell(column, CellText::Json(&json));
                    }
                    Value::Text(value) => {
                        text(value);
                        batch.cell(column, CellText::Text(value));
                    }
                    Value::OwnText(mut value) => {
                        if self.is_utc && self.layout.fields[index].kind == FieldType::DateTime {
                            value.push('Z');
                        }
                        text(&value);
                        batch.cell(column, CellText::Text(&value));
                    }
                }
            };
            values::read(&self.layout, &self.is_precise, bytes, add).map_err(|error| error.at_row(number))?;
            match grid {
                Some(grid) => {
                    let decoded = match shape {
                        Some(bytes) => geometry::decode(&bytes, grid, geometries.arcs()),
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
}
