//! Labels and attributes of table rows on a page.

use crate::error::{Error, ErrorKind, Result};
use crate::io::Rows;
use crate::map::page::PageOverlayOptions;
use crate::messages::Lang;
use crate::report::check::severity_column;
use crate::table::Batch;

/// Beyond this number of rows, only labels are kept unless the columns were chosen, to limit the size of the page.
const MAX_WITH_CELLS: usize = 5_000;

/// The label and attributes of a row.
#[derive(Debug, Clone)]
pub(super) struct RowLabel {
    row: u64,
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
    /// The names of the columns of labels.
    labels: Vec<String>,
    /// Columns not repeated as attributes: names, coordinates, geometries.
    known: Vec<String>,
    /// The column of the codes of findings, whose names are the labels.
    code: Option<usize>,
    /// The only columns that may be attributes, if they were chosen.
    chosen: Option<Vec<String>>,
    /// The attribute columns, in the order of their first value.
    columns: Vec<String>,
    rows: usize,
    has_row_numbers: bool,
}

impl LabelReader {
    /// Errors if a column that is asked for is not in the table.
    pub(super) fn new(rows: &Rows, options: &PageOverlayOptions) -> Result<LabelReader> {
        let position = |name: &String| {
            let unknown = || ErrorKind::UnknownColumn { name: name.clone(), columns: rows.schema().names() };
            rows.schema().position(name).ok_or_else(|| Error::new(unknown()))
        };
        let fields = options.fields.as_ref().map(|names| names.iter().map(position).collect::<Result<Vec<_>>>());
        let fields = fields.transpose()?;
        let may_show = |column: &usize| fields.as_ref().is_none_or(|fields| fields.contains(column));
        let is_of_findings = severity_column(rows.schema()).is_some() && options.label.is_none();
        let code = rows.schema().position("code").filter(|_| is_of_findings);
        let (name, name_en) = match options.label.as_ref().map(position).transpose()? {
            Some(label) => (Some(label), None),
            None if is_of_findings => (None, None),
            None => {
                let name = rows.schema().position("name").or_else(|| rows.label_column());
                (name.filter(may_show), rows.schema().position("name_en").filter(may_show))
            }
        };
        let named = |column: usize| rows.schema().fields[column].name.clone();
        let labels: Vec<String> = [name, name_en].into_iter().flatten().map(named).collect();
        let geometry = rows.schema().geometry_source.columns().into_iter().map(named);
        Ok(LabelReader {
            name,
            name_en,
            known: labels.iter().cloned().chain(geometry).collect(),
            labels,
            code,
            // Of each finding it is to be seen what was found.
            chosen: match fields {
                Some(fields) => Some(fields.into_iter().map(named).collect()),
                None => code.map(|_| rows.schema().names()),
            },
            columns: vec![],
            rows: 0,
            has_row_numbers: options.has_row_numbers,
        })
    }

    pub(super) fn read(&mut self, batch: &Batch, number: usize) -> RowLabel {
        let text = |column: Option<usize>| {
            let cell = column.and_then(|column| batch.row(number).cell(column));
            cell.map(|cell| cell.shown().into_owned()).unwrap_or_default()
        };
        self.rows += 1;
        let row = batch.first_row() + number as u64;
        if self.code.is_some() {
            let code = text(self.code);
            let [name, name_en] = [Lang::Zh, Lang::En].map(|lang| lang.finding_name(&code).to_owned());
            return RowLabel { row, name, name_en, cells: self.cells(batch, number) };
        }
        RowLabel { row, name: text(self.name), name_en: text(self.name_en), cells: self.cells(batch, number) }
    }

    fn cells(&mut self, batch: &Batch, number: usize) -> Vec<(usize, String)> {
        if !self.has_cells() {
            return vec![];
        }
        let is_chosen = |name: &String| self.chosen.as_ref().is_none_or(|chosen| chosen.contains(name));
        let mut cells = vec![];
        for (column, cell) in batch.row(number).cells() {
            let (name, text) = (&batch.columns()[column], cell.shown());
            if self.known.contains(name) || !is_chosen(name) || text.is_empty() {
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
        self.chosen.is_some() || self.rows <= MAX_WITH_CELLS
    }

    /// The columns of labels.
    pub(super) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The attribute columns.
    pub(super) fn columns(&self) -> &[String] {
        if self.has_cells() { &self.columns } else { &[] }
    }

    /// By column, to keep the JSON small.
    pub(super) fn json<'r>(&self, labels: impl Iterator<Item = &'r RowLabel> + Clone) -> serde_json::Value {
        let has_english = labels.clone().any(|row| !row.name_en.is_empty());
        let mut json = serde_json::json!({
            "name": labels.clone().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            "name_en": labels.clone().filter(|_| has_english).map(|row| row.name_en.as_str()).collect::<Vec<_>>(),
            "cells": labels.clone().filter(|_| self.has_cells()).map(|row| row.cells.as_slice()).collect::<Vec<_>>(),
        });
        if self.has_row_numbers {
            json["row"] = labels.map(|row| row.row).collect();
        }
        json
    }
}
