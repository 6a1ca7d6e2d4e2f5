//! The first rows of a sheet, and its header.

use std::ops::RangeInclusive;

use crate::table::GeometrySource;

/// The first cells of a row that are compared with those of others.
const MAX_COLUMNS: usize = 4096;

/// One of the first rows of a sheet.
#[derive(Debug, Clone, Default)]
pub(in crate::io) struct HeadRow {
    /// Its number in the sheet, or the number of its line in a text, from 1.
    pub(in crate::io) number: u64,
    pub(in crate::io) cells: Vec<String>,
}

impl HeadRow {
    pub(in crate::io) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    pub(in crate::io) fn is_filled(&self, column: usize) -> bool {
        !self.cell(column).is_empty()
    }

    /// The filled columns.
    pub(in crate::io) fn filled(&self) -> impl Iterator<Item = usize> {
        (0..self.cells.len().min(MAX_COLUMNS)).filter(|&column| self.is_filled(column))
    }

    pub(in crate::io) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Whether the row is a comment, as programs write above a header.
    pub(in crate::io) fn is_comment(&self) -> bool {
        self.cell(0).starts_with('#')
    }
}

/// The header of a sheet.
#[derive(Debug, Clone, Default)]
pub(in crate::io) struct Header {
    pub(in crate::io) names: Vec<String>,
    pub(in crate::io) geometry_source: GeometrySource,
    /// The numbers of its rows.
    pub(in crate::io) rows: Option<RangeInclusive<u64>>,
    /// The index of its last row.
    pub(in crate::io) last: usize,
    /// The texts above it.
    pub(in crate::io) titles: Vec<String>,
}
