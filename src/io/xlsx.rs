//! Excel workbooks: a sheet with a header, read and written with typed cells.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Reader, Xlsx};
use geo::Coord;
use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet, XlsxError};

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::columns::{coordinate_columns, number};
use crate::io::input::{Source, read_error};
use crate::io::{Output, ReadOptions, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Schema, Value};

pub(super) struct XlsxReader {
    rows: std::vec::IntoIter<SheetRow>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    lon: usize,
    lat: usize,
    row: u64,
}

/// The filled cells of a row, with their columns.
type SheetRow = Vec<(usize, Data)>;

impl XlsxReader {
    pub(super) fn new(mut source: Source, options: &ReadOptions) -> Result<XlsxReader> {
        // A workbook is an archive, read from its end.
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        let mut rows = sheet(bytes, options.layer.as_deref())?.into_iter();
        let mut columns: Vec<String> = vec![];
        for (column, cell) in rows.next().unwrap_or_default() {
            columns.resize(column.max(columns.len()), String::new());
            columns.push(text(&cell));
        }
        if columns.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Empty));
        }
        let (lon, lat) = coordinate_columns(&columns, options)?;
        let schema = Schema { columns: columns.clone(), coordinates: Some((lon, lat)), ..Schema::default() };
        Ok(XlsxReader { rows, schema, columns: Arc::new(columns), lon, lat, row: 0 })
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(cells) = self.rows.next() else { break };
            self.row += 1;
            let mut filled = cells.iter().peekable();
            for column in 0..self.columns.len() {
                match filled.next_if(|(place, _)| *place == column) {
                    None => batch.cell(column, Cell::Json("null")),
                    Some((_, cell @ (Data::Int(_) | Data::Float(_) | Data::Bool(_)))) => {
                        batch.cell(column, Cell::Json(&text(cell)));
                    }
                    Some((_, cell)) => batch.cell(column, Cell::Text(&text(cell))),
                }
            }
            batch.end_row(self.site(&cells));
        }
        Ok(batch.finish(self.columns.clone()))
    }

    fn site(&self, cells: &[(usize, Data)]) -> Result<Coord<f64>, RowProblem> {
        let expected = self.columns.len();
        let extra: Vec<String> =
            cells.iter().filter(|(column, _)| *column >= expected).map(|(_, cell)| text(cell)).collect();
        if let Some((last, _)) = cells.last().filter(|_| !extra.is_empty()) {
            return Err(RowProblem::FieldCount { found: last + 1, expected, extra });
        }
        let number = |column: usize| {
            let cell = cells.iter().find(|(place, _)| *place == column).map_or(String::new(), |(_, cell)| text(cell));
            number(&self.columns[column], &cell)
        };
        Ok(Coord { x: number(self.lon)?, y: number(self.lat)? })
    }
}

/// The filled rows of the sheet of a name; without one, of the only sheet that is not empty. What is
/// held is what is filled, whatever size the sheet says it has.
fn sheet(bytes: Vec<u8>, name: Option<&str>) -> Result<Vec<SheetRow>> {
    let broken = |error: &dyn std::fmt::Display| Error::new(ErrorKind::Workbook(error.to_string()));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    let name = match name {
        Some(name) if names.iter().any(|known| known == name) => name.to_owned(),
        Some(name) => return Err(Error::new(ErrorKind::UnknownLayer { name: name.to_owned(), layers: names })),
        None => {
            let mut filled = vec![];
            for name in names {
                let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
                    if !matches!(Data::from(cell.get_value().clone()), Data::Empty) {
                        filled.push(name.clone());
                        break;
                    }
                }
            }
            match filled.len() {
                0 => return Err(Error::new(ErrorKind::Empty)),
                1 => filled.remove(0),
                _ => return Err(Error::new(ErrorKind::SeveralLayers { layers: filled })),
            }
        }
    };
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
    let mut rows: Vec<(u32, SheetRow)> = vec![];
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        let (row, column) = cell.get_position();
        let value = Data::from(cell.get_value().clone());
        if matches!(value, Data::Empty) {
            continue;
        }
        match rows.last_mut() {
            Some((last, filled)) if *last == row => filled.push((column as usize, value)),
            _ => rows.push((row, vec![(column as usize, value)])),
        }
    }
    // Cells come in order, unless somebody made the file by hand.
    rows.iter_mut().for_each(|(_, filled)| filled.sort_by_key(|(column, _)| *column));
    Ok(rows.into_iter().map(|(_, filled)| filled).collect())
}

/// What a cell shows: numbers with all their digits, dates as ISO 8601.
fn text(cell: &Data) -> String {
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
        // A time of day.
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// Writes rows as a sheet: a bold header that stays in sight, numbers as numbers, everything else as
/// text, so that no text is run as a formula.
///
/// ```
/// use taizhou_corridor::io::{self, Input, Output, ReadOptions, RowWriter, XlsxWriter};
/// use taizhou_corridor::table::{Answers, Value};
///
/// let sites = Input::bytes("sites.csv", "code,lon,lat\n0701,121.36898,28.65590\n");
/// let mut rows = io::open(sites, &ReadOptions::default())?;
/// let batch = rows.next_batch()?.unwrap();
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("answers.xlsx");
/// let mut writer = XlsxWriter::new(Output::create(&path, false)?, rows.schema(), &["zone".to_owned()])?;
/// let mut answers = Answers::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// writer.write(&batch, &answers)?;
/// Box::new(writer).finish()?;
///
/// // The code is a text: it keeps its zero.
/// let again = io::open(Input::path(&path), &ReadOptions::default())?.next_batch()?.unwrap();
/// assert_eq!(again.columns(), ["code", "lon", "lat", "zone"]);
/// assert_eq!(again.row(0).cell(0).unwrap().text(), "0701");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct XlsxWriter {
    workbook: Workbook,
    output: Output,
    schema: Schema,
    row: u32,
}

/// The rows of a sheet, its header among them.
const MOST_ROWS: u32 = 1_048_576;

impl XlsxWriter {
    /// Writes the header.
    pub fn new(output: Output, schema: &Schema, added: &[String]) -> Result<XlsxWriter> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(|error| failed(&output, error))?;
        let header = schema.flat_columns().into_iter().chain(added.iter().cloned());
        let bold = CellFormat::new().set_bold();
        sheet.set_freeze_panes(1, 0).map_err(|error| failed(&output, error))?;
        for (column, name) in (0..).zip(header) {
            sheet.write_string_with_format(0, column, name, &bold).map_err(|error| failed(&output, error))?;
        }
        Ok(XlsxWriter { workbook, output, schema: schema.clone(), row: 1 })
    }
}

impl RowWriter for XlsxWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        let XlsxWriter { workbook, output, schema, row } = self;
        let sheet = workbook.worksheet_from_index(0).map_err(|error| failed(output, error))?;
        for (number, values) in answers.iter() {
            if *row == MOST_ROWS {
                return Err(Error::new(ErrorKind::TooManyRows { limit: MOST_ROWS.into() }).in_file(output.name()));
            }
            let own = schema.flat_row(batch, number);
            let is_number = typed_columns(schema, batch, number);
            let at_row = |error| failed(output, error).at_row(batch.first_row() + number as u64);
            for (column, text) in own.iter().enumerate() {
                write_cell(sheet, *row, column, text, is_number[column]).map_err(at_row)?;
            }
            for (column, value) in (own.len()..).zip(values) {
                let is_number = matches!(value, Value::Number { .. });
                write_cell(sheet, *row, column, &value.to_string(), is_number).map_err(at_row)?;
            }
            *row += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(|error| failed(&self.output, error))?;
        let name = self.output.name().to_owned();
        self.output.write_all(&bytes).map_err(|error| Error::new(ErrorKind::Write(error)).in_file(name))?;
        self.output.commit()
    }
}

/// Which cells of a flat row are numbers: coordinates, and JSON numbers, that Excel holds to the digit.
fn typed_columns(schema: &Schema, batch: &Batch, number: usize) -> Vec<bool> {
    let first = usize::from(schema.has_ids);
    let mut is_number = vec![false; first + schema.columns.len()];
    for (column, cell) in batch.row(number).cells() {
        let is_coordinate = schema.coordinates.is_some_and(|(x, y)| column == x || column == y);
        let text = match cell {
            Cell::Json(json) => json,
            Cell::Text(text) if is_coordinate => text,
            Cell::Text(_) => continue,
        };
        if let Some(place) = is_number.get_mut(first + column) {
            *place = text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && is_held(text);
        }
    }
    is_number.extend(if schema.has_geometry { vec![true; 2] } else { vec![] });
    is_number
}

/// Whether a number loses no digit in Excel, which keeps fifteen.
fn is_held(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len() <= 15
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: usize, text: &str, is_number: bool) -> Result<(), XlsxError> {
    // More columns than a sheet has are refused by the writer.
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    match text.parse::<f64>() {
        _ if text.is_empty() => {}
        Ok(value) if is_number && value.is_finite() => {
            sheet.write_number(row, column, value)?;
        }
        _ => {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}

fn failed(output: &Output, error: XlsxError) -> Error {
    Error::new(ErrorKind::Write(std::io::Error::other(error))).in_file(output.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_fifteen_digits_stay_text() {
        assert!(is_held("121.36898") && is_held("-1.5e300") && is_held("331002000000000000000"));
        assert!(!is_held("330003000000000123"));
    }

    #[test]
    fn cells_show_what_they_are() {
        assert_eq!(text(&Data::Float(7.0)), "7");
        assert_eq!(text(&Data::Float(121.36898)), "121.36898");
        assert_eq!(text(&Data::String("0701".to_owned())), "0701");
        assert_eq!(text(&Data::Bool(true)), "true");
    }
}
