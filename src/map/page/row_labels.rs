//! What a table tells of its rows on a page: what they are called, and what stands in their columns.

use crate::io::Rows;
use crate::table::Batch;

/// Of more rows than that only the names are in the page, lest it grow too large.
const MAX_WITH_CELLS: usize = 5_000;

/// What is told of a row.
#[derive(Debug, Clone)]
pub(super) struct RowLabel {
    name: String,
    name_en: String,
    /// What stands in these columns, without empty cells.
    cells: Vec<(usize, String)>,
}

/// Reads what is told of rows: a row is called by what stands in a column `name`, or in another that such names stand
/// in, and in English by what stands in `name_en`.
#[derive(Debug, Clone)]
pub(super) struct LabelReader {
    name: Option<usize>,
    name_en: Option<usize>,
    /// Columns that are told already, as names and coordinates.
    known: Vec<String>,
    /// The others, as they are met.
    columns: Vec<String>,
    rows: usize,
}

impl LabelReader {
    pub(super) fn new(rows: &Rows) -> LabelReader {
        let name = rows.schema().position("name").or_else(|| rows.label_column());
        let name_en = rows.schema().position("name_en");
        let called = [name, name_en].into_iter().flatten().map(|column| rows.schema().fields[column].name.clone());
        let coordinates = rows.coordinate_columns().into_iter().flat_map(|(x, y)| [x.to_owned(), y.to_owned()]);
        LabelReader { name, name_en, known: called.chain(coordinates).collect(), columns: vec![], rows: 0 }
    }

    pub(super) fn tell(&mut self, batch: &Batch, number: usize) -> RowLabel {
        let text = |column: Option<usize>| {
            let cell = column.and_then(|column| batch.row(number).cell(column));
            cell.map(|cell| cell.shown().into_owned()).unwrap_or_default()
        };
        self.rows += 1;
        RowLabel { name: text(self.name), name_en: text(self.name_en), cells: self.cells(batch, number) }
    }

    fn cells(&mut self, batch: &Batch, number: usize) -> Vec<(usize, String)> {
        if self.rows > MAX_WITH_CELLS {
            return vec![];
        }
        let mut cells = vec![];
        for (column, cell) in batch.row(number).cells() {
            let (name, text) = (&batch.columns()[column], cell.shown());
            if self.known.contains(name) || text.is_empty() {
                continue;
            }
            let place = self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
                self.columns.push(name.clone());
                self.columns.len() - 1
            });
            cells.push((place, text.into_owned()));
        }
        cells
    }

    fn has_cells(&self) -> bool {
        self.rows <= MAX_WITH_CELLS
    }

    /// The columns that cells are of.
    pub(super) fn columns(&self) -> &[String] {
        if self.has_cells() { &self.columns } else { &[] }
    }

    /// Column by column, since there may be many rows.
    pub(super) fn json<'r>(&self, told: impl Iterator<Item = &'r RowLabel> + Clone) -> serde_json::Value {
        let has_english = told.clone().any(|row| !row.name_en.is_empty());
        serde_json::json!({
            "name": told.clone().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            "name_en": told.clone().filter(|_| has_english).map(|row| row.name_en.as_str()).collect::<Vec<_>>(),
            "cells": told.filter(|_| self.has_cells()).map(|row| row.cells.as_slice()).collect::<Vec<_>>(),
        })
    }
}
