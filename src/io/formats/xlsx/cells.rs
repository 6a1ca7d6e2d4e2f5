//! The cells of a sheet, from any kind of workbook.

use calamine::{Data, ExcelDateTime, Range, Sheet, SheetType, SheetVisible};
use rust_xlsxwriter::row_col_to_cell;

use crate::error::{Error, ErrorKind, FileKind, FileProblem, Result, RowProblem};
use crate::table::Kind;

/// The limits of a sheet.
pub(super) const MAX_COLUMNS: u32 = 16_384;
pub(super) const MAX_ROWS: u32 = 1_048_576;

/// The maximum number of cells between the first and the last of all sheets, where `calamine` keeps empty ones, too.
const MAX_CELLS: u64 = 1 << 23;

/// The maximum size of the texts of all cells, where a file stores a text once for many cells.
pub(super) const MAX_TEXT_BYTES: u64 = 512 << 20;

/// An open workbook.
pub(super) trait Workbook {
    /// Its sheets, in order.
    fn sheets(&self) -> Vec<Sheet>;

    /// The filled rows of a sheet.
    fn rows(&mut self, name: &str) -> Result<Vec<SheetRow>>;

    /// Whether a sheet has filled cells.
    fn is_filled(&mut self, name: &str) -> Result<bool> {
        Ok(!self.rows(name)?.is_empty())
    }
}

/// The name and the filled rows of the sheet with the given name, else of the only sheet that is not empty.
pub(super) fn filled_rows(workbook: &mut impl Workbook, name: Option<&str>) -> Result<(String, Vec<SheetRow>)> {
    // Chart and macro sheets are not tables.
    let sheets: Vec<Sheet> = workbook.sheets().into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let hidden = sheets.into_iter().filter(|sheet| sheet.visible != SheetVisible::Visible).map(|sheet| sheet.name);
    let name = match name {
        Some(name) if names.iter().any(|known| known == name) => name.to_owned(),
        Some(name) => {
            let (name, hidden) = (name.to_owned(), hidden.collect());
            return Err(Error::new(ErrorKind::UnknownLayer { name, layers: names, hidden }));
        }
        None => {
            let mut filled = vec![];
            for name in names {
                if workbook.is_filled(&name)? {
                    filled.push(name);
                }
            }
            match filled.len() {
                0 => return Err(Error::new(ErrorKind::Empty)),
                1 => filled.remove(0),
                _ => {
                    let hidden = hidden.filter(|name| filled.contains(name)).collect();
                    return Err(Error::new(ErrorKind::SeveralLayers { layers: filled, hidden }));
                }
            }
        }
    };
    let mut rows = workbook.rows(&name)?;
    // Cells are usually in order, but not in all files.
    rows.iter_mut().for_each(|row| row.cells.sort_by_key(|(column, _)| *column));
    Ok((name, rows))
}

/// A row with filled cells.
pub(super) struct SheetRow {
    /// The row number, from 0.
    pub(super) number: u32,
    /// The column and value of filled cells.
    pub(super) cells: Vec<(usize, Data)>,
    /// The columns of formulas whose results are not stored.
    pub(super) without_result: Vec<usize>,
}

impl SheetRow {
    /// The filled rows of a range.
    pub(super) fn of_range(range: Range<Data>) -> Vec<SheetRow> {
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows: Vec<SheetRow> = vec![];
        for (row, column, cell) in range.used_cells() {
            let number = first_row + row as u32;
            if rows.last().is_none_or(|last| last.number != number) {
                rows.push(SheetRow { number, cells: vec![], without_result: vec![] });
            }
            if let Some(last) = rows.last_mut() {
                last.cells.push((first_column as usize + column, cell.clone()));
            }
        }
        rows
    }

    /// Errors if a cell has a formula whose result is not stored.
    pub(super) fn check_stored(&self, column: usize, columns: &[String]) -> Result<(), RowProblem> {
        if !self.without_result.contains(&column) {
            return Ok(());
        }
        let field = columns.get(column).cloned().unwrap_or_default();
        Err(RowProblem::NoStoredValue { field, cell: cell_name(self.number, column) })
    }
}

/// The name of a cell in Excel: `E2`. It must be within the limits of a sheet.
pub(super) fn cell_name(row: u32, column: usize) -> String {
    row_col_to_cell(row.min(MAX_ROWS - 1), u16::try_from(column).unwrap_or_default())
}

pub(super) fn out_of_bounds() -> Error {
    malformed(FileProblem::CellOutsideSheet { columns: MAX_COLUMNS, rows: MAX_ROWS })
}

pub(super) fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::ExcelWorkbook, problem: problem.into() })
}

/// The error of a workbook whose records contradict each other.
pub(super) fn not_examined() -> Error {
    malformed(FileProblem::ContradictoryRecords)
}

/// The error of texts that are longer in all their cells together than [`MAX_TEXT_BYTES`].
pub(super) fn too_long() -> Error {
    Error::new(ErrorKind::DecompressionBomb { limit_bytes: MAX_TEXT_BYTES })
}

/// Errors if there are this many cells between the first and the last.
pub(super) fn too_large(cells: u64) -> Result<()> {
    if cells <= MAX_CELLS { Ok(()) } else { Err(Error::new(ErrorKind::SheetTooLarge { limit_cells: MAX_CELLS })) }
}

pub(super) fn kind_of(cell: &Data) -> Kind {
    match cell {
        Data::Int(_) => Kind::Integer,
        Data::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Kind::Integer,
        Data::Float(_) => Kind::Real,
        Data::Bool(_) => Kind::Boolean,
        Data::DateTime(value) => match iso_8601(value) {
            date if date.len() == 10 => Kind::Date,
            time if time.len() > 10 && time.contains('T') => Kind::DateTime,
            _ => Kind::Text,
        },
        Data::DateTimeIso(date) if date.len() == 10 => Kind::Date,
        Data::DateTimeIso(time) if time.contains('T') => Kind::DateTime,
        _ => Kind::Text,
    }
}

/// The text of a cell: numbers with all digits, dates as ISO 8601.
pub(super) fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(value) => iso_8601(value),
        Data::Error(error) => error.to_string(),
    }
}

fn iso_8601(value: &ExcelDateTime) -> String {
    if value.is_duration() {
        return value.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    if (0.0..1.0).contains(&value.as_f64()) {
        // Values below 1 are times of day.
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// The text of a coordinate. Excel takes `121:22:30` for a duration.
pub(super) fn coordinate_text(cell: &Data) -> String {
    match cell {
        Data::DateTime(value) if value.is_duration() => {
            let seconds = value.as_f64() * 86_400.0;
            let (hours, minutes) = ((seconds / 3600.0).trunc(), (seconds / 60.0).trunc() % 60.0);
            format!("{hours}:{minutes}:{:.3}", seconds - hours * 3600.0 - minutes * 60.0)
        }
        // `PT121H22M30S` in OpenDocument.
        Data::DurationIso(text) => match text.strip_prefix("PT").and_then(|text| text.strip_suffix('S')) {
            Some(time) => time.replace(['H', 'M'], ":"),
            None => text.clone(),
        },
        cell => text(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_excel_names_them() {
        let names = [(0, 0), (1, 4), (9, 25), (0, 26), (0, 701), (0, 702), (1_048_575, 16_383)];
        let names = names.map(|(row, column)| cell_name(row, column));
        assert_eq!(names, ["A1", "E2", "Z10", "AA1", "ZZ1", "AAA1", "XFD1048576"]);
    }

    #[test]
    fn cells_show_what_they_are() {
        assert_eq!(text(&Data::Float(7.0)), "7");
        assert_eq!(text(&Data::Float(121.36898)), "121.36898");
        assert_eq!(text(&Data::String("0701".to_owned())), "0701");
        assert_eq!(text(&Data::Bool(true)), "true");
    }
}
