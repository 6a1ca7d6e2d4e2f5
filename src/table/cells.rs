//! The cells of rows, stored as ranges of one text.

use std::any::Any;
use std::ops::Range;

use crate::table::CellText;

/// The cells of rows, and the other parts of GeoJSON features.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells {
    /// All text, to which the ranges refer.
    text: String,
    spans: Vec<Span>,
    rows: Vec<Parts>,
    /// The other parts of GeoJSON features, one for each row; empty if there are none.
    features: Vec<FeatureParts>,
    /// The delimiter of records that are kept as a whole.
    delimiter: u8,
}

/// Typed columns that are converted to cells on first access. Code that knows their type can downcast by [`Any`].
pub(crate) trait Columns: Any + std::fmt::Debug + Send + Sync {
    /// Converts the cells of all rows.
    fn cells(&self) -> Cells;
}

#[derive(Debug, Clone)]
struct Span {
    column: u32,
    is_json: bool,
    text: Range<usize>,
}

#[derive(Debug, Clone)]
struct Parts {
    cells: Range<usize>,
    /// The whole record, if it can be written unchanged; otherwise an empty range.
    record: Range<usize>,
}

#[derive(Debug, Clone, Default)]
struct FeatureParts {
    id: Option<Range<usize>>,
    geometry: Option<Range<usize>>,
    members: Range<usize>,
}

impl Cells {
    /// The size of all text, in bytes.
    pub(super) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn row(&self, index: usize) -> impl Iterator<Item = (usize, CellText<'_>)> {
        self.spans[self.rows[index].cells.clone()].iter().map(|span| {
            let text = &self.text[span.text.clone()];
            (span.column as usize, if span.is_json { CellText::Json(text) } else { CellText::Text(text) })
        })
    }

    pub(super) fn id(&self, index: usize) -> Option<&str> {
        self.features.get(index)?.id.clone().map(|range| &self.text[range])
    }

    pub(super) fn geometry(&self, index: usize) -> Option<&str> {
        self.features.get(index)?.geometry.clone().map(|range| &self.text[range])
    }

    pub(super) fn members(&self, index: usize) -> &str {
        self.features.get(index).map_or("", |feature| &self.text[feature.members.clone()])
    }

    pub(super) fn record(&self, index: usize, delimiter: u8) -> Option<&str> {
        let record = &self.rows[index].record;
        let is_whole = !record.is_empty() && self.delimiter == delimiter;
        is_whole.then(|| &self.text[record.clone()])
    }
}

/// Builds cells row by row.
#[derive(Debug, Default)]
pub(crate) struct CellsBuilder {
    cells: Cells,
    first_span: usize,
    members: String,
    id: Option<Range<usize>>,
    geometry: Option<Range<usize>>,
    record: Range<usize>,
}

impl CellsBuilder {
    pub(super) fn reserve(&mut self, rows: usize, cells: usize) {
        self.cells.rows.reserve(rows);
        self.cells.spans.reserve(cells);
    }

    pub(super) fn records(&mut self, text: String, delimiter: u8) {
        self.cells.text = text;
        self.cells.delimiter = delimiter;
    }

    pub(super) fn cell_at(&mut self, column: usize, text: Range<usize>) {
        self.cells.spans.push(Span { column: column as u32, is_json: false, text });
    }

    pub(super) fn record_at(&mut self, record: Range<usize>) {
        self.record = record;
    }

    /// Adds a cell to the current row.
    pub(crate) fn cell(&mut self, column: usize, cell: CellText<'_>) {
        let (text, is_json) = match cell {
            CellText::Text(text) => (text, false),
            CellText::Json(text) => (text, true),
        };
        let text = self.push(text);
        self.cells.spans.push(Span { column: column as u32, is_json, text });
    }

    pub(super) fn id(&mut self, json: &str) {
        self.id = Some(self.push(json));
    }

    pub(super) fn geometry(&mut self, json: &str) {
        self.geometry = Some(self.push(json));
    }

    /// Adds members as JSON: each `,"name":value`.
    pub(super) fn members<'m>(&mut self, parts: impl IntoIterator<Item = &'m str>) {
        self.members.extend(parts);
    }

    /// Ends the current row.
    pub(crate) fn end_row(&mut self) {
        let cells = self.first_span..self.cells.spans.len();
        self.first_span = cells.end;
        let (id, geometry) = (self.id.take(), self.geometry.take());
        if id.is_some() || geometry.is_some() || !self.members.is_empty() {
            let members = std::mem::take(&mut self.members);
            let members = self.push(&members);
            self.cells.features.resize(self.cells.rows.len(), FeatureParts::default());
            self.cells.features.push(FeatureParts { id, geometry, members });
        }
        self.cells.rows.push(Parts { cells, record: std::mem::take(&mut self.record) });
    }

    pub(super) fn text_bytes(&self) -> usize {
        self.cells.text_bytes()
    }

    pub(crate) fn finish(self) -> Cells {
        self.cells
    }

    fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.cells.text.len();
        self.cells.text.push_str(text);
        start..self.cells.text.len()
    }
}
