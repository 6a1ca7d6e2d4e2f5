//! Excel workbooks: a sheet with a header, read and written with typed cells.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Range, Reader, Xlsx};
use geo::Coord;
use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet, XlsxError};

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::columns::{coordinate_columns, number};
use crate::io::input::{Source, read_error};
use crate::io::{Output, ReadOptions, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Schema, Value};

pub(super) struct XlsxReader {
    sheet: Range<Data>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    lon: usize,
    lat: usize,
    row: u64,
}

impl XlsxReader {
    pub(super) fn new(mut source: Source, options: &ReadOptions) -> Result<XlsxReader> {
        // A workbook is an archive, read from its end.
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        let sheet = sheet(bytes, options.layer.as_deref())?;
        let columns: Vec<String> = sheet.rows().next().unwrap_or_default().iter().map(text).collect();
        if columns.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Empty));
        }
        let (lon, lat) = coordinate_columns(&columns, options)?;
        let schema = Schema { columns: columns.clone(), has_geometry: false, has_ids: false };
        Ok(XlsxReader { sheet, schema, columns: Arc::new(columns), lon, lat, row: 0 })
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn coordinate_columns(&self) -> (&str, &str) {
        (&self.columns[self.lon], &self.columns[self.lat])
    }

    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        for cells in self.sheet.rows().skip(1 + self.row as usize) {
            if batch.is_full() {
                break;
            }
            self.row += 1;
            for (column, cell) in cells.iter().enumerate() {
                let text = text(cell);
                match cell {
                    Data::Empty => batch.cell(column, Cell::Json("null")),
                    Data::Int(_) | Data::Float(_) | Data::Bool(_) => batch.cell(column, Cell::Json(&text)),
                    _ => batch.cell(column, Cell::Text(&text)),
                }
            }
            batch.end_row(self.site(cells));
        }
        Ok(batch.finish(self.columns.clone()))
    }

    fn site(&self, cells: &[Data]) -> Result<Coord<f64>, RowProblem> {
        let number = |column: usize| match cells.get(column) {
            Some(Data::Float(value)) if value.is_finite() => Ok(*value),
            Some(cell) => number(&self.columns[column], &text(cell)),
            None => number(&self.columns[column], ""),
        };
        Ok(Coord { x: number(self.lon)?, y: number(self.lat)? })
    }
}

/// The sheet of a name; without one, the only sheet that is not empty.
fn sheet(bytes: Vec<u8>, name: Option<&str>) -> Result<Range<Data>> {
    let broken = |error: &dyn std::fmt::Display| Error::new(ErrorKind::Workbook(error.to_string()));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    if let Some(name) = name {
        if !names.iter().any(|known| known == name) {
            return Err(Error::new(ErrorKind::UnknownLayer { name: name.to_owned(), layers: names }));
        }
        return workbook.worksheet_range(name).map_err(|error| broken(&error));
    }
    let mut filled = vec![];
    for name in names {
        let range = workbook.worksheet_range(&name).map_err(|error| broken(&error))?;
        if !range.is_empty() {
            filled.push((name, range));
        }
    }
    match filled.len() {
        0 => Err(Error::new(ErrorKind::Empty)),
        1 => Ok(filled.remove(0).1),
        _ => Err(Error::new(ErrorKind::SeveralLayers { layers: filled.into_iter().map(|(name, _)| name).collect() })),
    }
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
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// Writes rows as a sheet: a bold header that stays in sight, numbers as numbers, everything else as
/// text, so that no text is run as a formula.
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
            for (column, text) in own.iter().enumerate() {
                write_cell(sheet, *row, column, text, is_number[column]).map_err(|error| failed(output, error))?;
            }
            for (column, value) in (own.len()..).zip(values) {
                let is_number = matches!(value, Value::Number { .. });
                write_cell(sheet, *row, column, &value.to_string(), is_number)
                    .map_err(|error| failed(output, error))?;
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

/// Which cells of a flat row are numbers: positions, and JSON numbers that a double holds to the digit.
fn typed_columns(schema: &Schema, batch: &Batch, number: usize) -> Vec<bool> {
    let first = usize::from(schema.has_ids);
    let mut is_number = vec![false; first + schema.columns.len()];
    for (column, cell) in batch.row(number).cells() {
        if let (Cell::Json(json), Some(place)) = (cell, is_number.get_mut(first + column)) {
            *place = json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && is_held(json);
        }
    }
    is_number.extend(if schema.has_geometry { vec![true; 2] } else { vec![] });
    is_number
}

/// Whether a number loses no digit in Excel, which keeps fifteen.
fn is_held(json: &str) -> bool {
    let mantissa = json.split(['e', 'E']).next().unwrap_or(json);
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
