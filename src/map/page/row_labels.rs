//! Labels and attributes of table rows on a page.

use crate::io::Rows;
use crate::table::Batch;

/// Beyond this number of rows, only labels are kept, to limit the size of the page.
const MAX_WITH_CELLS: usize = 5_000;

/// The label and attributes of a row.
#[derive(Debug, Clone)]
pub(super) struct RowLabel {
    name: String,
    name_en: String,
    /// The non-empty cells with their column index.
    cells: Vec<(usize, String)>,
}

/// Reads labels and attributes: the label is the value of the column `name`, or of another column recognised as names,
/// and in English that of `name_en`.
#[derive(Debug, Clone)]
pub(super) struct LabelReader {
    name: Option<usize>,
    name_en: Option<usize>,
    /// Columns not repeated as attributes, such as names and coordinates.
    known: Vec<String>,
    /// The attribute columns, in the order of their first value.
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

    pub(super) fn read(&mut self, batch: &Batch, number: usize) -> RowLabel {
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

    /// The attribute columns.
    pub(super) fn columns(&self) -> &[String] {
        if self.has_cells() { &self.columns } else { &[] }
    }

    /// By column, to keep the JSON small.
    pub(super) fn json<'r>(&self, labels: impl Iterator<Item = &'r RowLabel> + Clone) -> serde_json::Value {
        let has_english = labels.clone().any(|row| !row.name_en.is_empty());
        serde_json::json!({
            "name": labels.clone().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            "name_en": labels.clone().filter(|_| has_english).map(|row| row.name_en.as_str()).collect::<Vec<_>>(),
            "cells": labels.filter(|_| self.has_cells()).map(|row| row.cells.as_slice()).collect::<Vec<_>>(),
        })
    }
}
