//! Workbooks of Excel since 2007 (`.xlsx`), whose cells are read one by one: only filled ones are stored, whatever size a
//! sheet declares.

use std::io::Cursor;

use calamine::{Data, Reader, Sheet, Xlsx, XlsxError};

use crate::error::{Error, FileProblem, LibraryMessage, Result};
use crate::io::formats::xlsx::cells::{MAX_COLUMNS, MAX_ROWS, SheetRow, Workbook, malformed, out_of_bounds};

/// Opens a workbook, whose members are checked for their size.
pub(super) fn open(bytes: Vec<u8>) -> Result<Xlsx<Cursor<Vec<u8>>>> {
    Xlsx::new(Cursor::new(bytes)).map_err(failed)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::FileNotFound(name) => malformed(FileProblem::MissingMember(name)),
        error => malformed(LibraryMessage::new("calamine", error)),
    }
}

impl Workbook for Xlsx<Cursor<Vec<u8>>> {
    fn sheets(&self) -> Vec<Sheet> {
        self.sheets_metadata().to_vec()
    }

    fn is_filled(&mut self, name: &str) -> Result<bool> {
        let mut cells = self.worksheet_cells_reader(name).map_err(failed)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(failed)? {
            if !matches!(Data::from(cell.value), Data::Empty) || cell.formula.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rows(&mut self, name: &str) -> Result<Vec<SheetRow>> {
        let mut cells = self.worksheet_cells_reader(name).map_err(failed)?;
        let mut rows: Vec<SheetRow> = vec![];
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(failed)? {
            let (row, column) = cell.pos;
            let value = Data::from(cell.value);
            let is_stored = !matches!(value, Data::Empty);
            if !is_stored && cell.formula.is_none() {
                continue;
            }
            if column >= MAX_COLUMNS || row >= MAX_ROWS {
                return Err(out_of_bounds());
            }
            if rows.last().is_none_or(|last| last.number != row) {
                rows.push(SheetRow { number: row, cells: vec![], without_result: vec![] });
            }
            let Some(last) = rows.last_mut() else { continue };
            if is_stored {
                last.cells.push((column as usize, value));
            } else {
                last.without_result.push(column as usize);
            }
        }
        Ok(rows)
    }
}
