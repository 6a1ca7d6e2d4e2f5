//! Reading a drawing.

use std::collections::HashMap;
use std::sync::Arc;

use geo::Coord;

use super::drawing::Drawing;
use super::items::{Row, Rows};
use super::labels::{Labels, add};
use super::{BLOCK, COLUMNS, ELEVATION, ENTITY, HANDLE, LAYER, TEXT};
use crate::error::Result;
use crate::geometry::encoding::number_text;
use crate::io::bytes::input::{Rereadable, Source};
use crate::io::rows::columns::end_row_with;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema, distinct_names};

/// Reads the file two times, and a third time if it has texts, so that only its blocks and texts are in memory.
pub(in crate::io) struct DxfReader {
    file: Rereadable,
    drawing: Drawing,
    /// The rows, once the first is read.
    rows: Option<Option<Rows>>,
    texts: HashMap<u64, String>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    /// The columns of attributes.
    places: HashMap<String, usize>,
    geometries: Arc<GeometryReader>,
    row: u64,
}

impl DxfReader {
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<DxfReader> {
        let file = source.rereadable()?;
        let drawing = Drawing::read(&file, options)?;
        let is_own = |name: &&String| ![BLOCK, TEXT, ELEVATION].contains(&name.as_str());
        let attributes: Vec<String> = drawing.attributes.iter().filter(is_own).cloned().collect();
        let names: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).chain(attributes.clone()).collect();
        let columns = distinct_names(&names);
        let kind = |name: &String| if name == ELEVATION { Kind::Real } else { Kind::Text };
        let fields = columns.iter().map(|name| Field::new(name, kind(name))).collect();
        let geometry_source = if drawing.is_of_points { GeometrySource::Points } else { GeometrySource::Shapes };
        let places = attributes.into_iter().zip(COLUMNS.len()..).collect();
        Ok(DxfReader {
            file,
            drawing,
            rows: None,
            texts: HashMap::new(),
            schema: Schema { fields, geometry_source, ..Schema::default() },
            columns: Arc::new(columns),
            places,
            geometries: Arc::default(),
            row: 0,
        })
    }

    /// Begins to read rows: finds the polygons of the texts before.
    fn begin(&mut self) -> Result<Option<Rows>> {
        let mut labels = Labels::new(std::mem::take(&mut self.drawing.texts));
        if !labels.is_empty() {
            let arcs = self.geometries.arcs();
            let mut rows = self.drawing.rows(&self.file)?;
            let mut number = 0;
            let Drawing { names, blocks, .. } = &mut self.drawing;
            while let Some(row) = rows.as_mut().map(|rows| rows.next(names, blocks, arcs)).transpose()?.flatten() {
                number += 1;
                if let Ok(Some(geometry)) = row.geometry.map(|decoded| decoded.geometry) {
                    labels.visit(number, &geometry);
                }
            }
            let unused;
            (self.texts, unused) = labels.finish();
            // Those of other layers are not looked for.
            let is_all = self.drawing.layer.is_none();
            self.drawing.notes.extend((is_all && unused > 0).then_some(ReadNote::UnusedTexts { count: unused }));
        }
        self.drawing.rows(&self.file)
    }

    fn add_row(&self, batch: &mut BatchBuilder, row: Row) {
        let Row { item, geometry, z } = row;
        let mut text = String::new();
        item.texts.iter().chain(self.texts.get(&self.row)).for_each(|found| add(&mut text, found));
        let own = item.own().map_or(&[][..], |own| &own.attributes);
        // What is drawn counts; extended data are for what a drawing does not hold.
        let stated = |name: &str| own.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        if text.is_empty() {
            text = stated(TEXT).unwrap_or_default();
        }
        let block = item.block.clone().or_else(|| stated(BLOCK)).unwrap_or_default();
        let layer = self.drawing.names.name(item.layer);
        let cells = [
            (LAYER, layer),
            (ENTITY, item.kind().unwrap_or_default()),
            (BLOCK, &block),
            (HANDLE, &item.handle),
            (TEXT, &text),
        ];
        for (name, cell) in cells.into_iter().filter(|(_, cell)| !cell.is_empty()) {
            batch.cell(place_of(name), CellText::Text(cell));
        }
        let elevation = z.filter(|z| *z != 0.0).or_else(|| stated(ELEVATION)?.parse().ok());
        if let Some(elevation) = elevation.filter(|elevation: &f64| elevation.is_finite()) {
            batch.cell(place_of(ELEVATION), CellText::Json(&number_text(elevation)));
        }
        for (name, value) in own {
            if let Some(&column) = self.places.get(name) {
                batch.cell(column, CellText::Text(value));
            }
        }
        end_row_with(batch, geometry);
    }
}

/// The index of a column of entities.
fn place_of(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap_or_default()
}

impl RowReader for DxfReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn encoding(&self) -> &'static str {
        self.drawing.names.decoder.encoding.name()
    }

    fn notes(&self) -> Vec<ReadNote> {
        self.drawing.notes.clone()
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn position(&self) -> Option<Coord<f64>> {
        self.drawing.position
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        if self.rows.is_none() {
            self.rows = Some(self.begin()?);
        }
        let mut batch = BatchBuilder::new(self.row + 1);
        let arcs = self.geometries.arcs();
        while !batch.is_full() {
            let Drawing { names, blocks, .. } = &mut self.drawing;
            let Some(Some(rows)) = &mut self.rows else { break };
            let Some(row) = rows.next(names, blocks, arcs)? else { break };
            self.row += 1;
            self.add_row(&mut batch, row);
        }
        Ok(batch.finish(self.columns.clone()))
    }
}
