//! Excel workbooks: a sheet with a header, read and written with typed cells.

use std::borrow::Cow;
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Reader, Xlsx};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime as ExcelDate, Format as CellFormat, Workbook, Worksheet, XlsxError,
};
use zip::ZipArchive;

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::geometry::encoding::srid_of_text;
use crate::io::archive::limit_bytes;
use crate::io::columns::{carrier, end_row};
use crate::io::flat::Flat;
use crate::io::geometries::{GeometryReader, distinct};
use crate::io::input::{Source, read_error};
use crate::io::read::RowReader;
use crate::io::{Loss, Output, ReadOptions, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Carrier, Cell, Kind, Schema};

pub(super) struct XlsxReader {
    rows: std::vec::IntoIter<SheetRow>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    geometries: Arc<GeometryReader>,
    row: u64,
}

/// The filled cells of a row, with their columns.
type SheetRow = Vec<(usize, Data)>;

impl XlsxReader {
    pub(super) fn new(mut source: Source, options: &ReadOptions) -> Result<XlsxReader> {
        // A workbook is an archive, read from its end.
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        check_size(&bytes)?;
        let mut rows = sheet(bytes, options.layer.as_deref())?.into_iter();
        let mut columns: Vec<String> = vec![];
        for (column, cell) in rows.next().unwrap_or_default() {
            columns.resize(column.max(columns.len()), String::new());
            columns.push(text(&cell));
        }
        if columns.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Empty));
        }
        let mut schema = Schema::of_text(&columns, carrier(&columns, options)?);
        let mut kinds: Vec<Option<Kind>> = vec![None; columns.len()];
        for (column, cell) in rows.as_slice().iter().flatten() {
            if let Some(kind) = kinds.get_mut(*column) {
                let found = kind_of(cell);
                *kind = Some(kind.map_or(found, |kind| kind.or(found)));
            }
        }
        for (field, kind) in schema.fields.iter_mut().zip(kinds) {
            field.kind = kind.unwrap_or_default();
        }
        Ok(XlsxReader { rows, schema, columns: Arc::new(columns), geometries: Arc::default(), row: 0 })
    }
}

impl RowReader for XlsxReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn srids(&mut self) -> Result<Vec<u32>> {
        let Carrier::Wkt(column) = self.schema.carrier else { return Ok(vec![]) };
        let texts = self.rows.as_slice().iter().flatten().filter_map(|(place, cell)| match cell {
            Data::String(text) if *place == column => Some(text),
            _ => None,
        });
        Ok(distinct(texts.filter_map(|text| srid_of_text(text))))
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
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
            let expected = self.columns.len();
            let extra: Vec<String> =
                cells.iter().filter(|(column, _)| *column >= expected).map(|(_, cell)| text(cell)).collect();
            match cells.last().filter(|_| !extra.is_empty()) {
                Some((last, _)) => {
                    batch.end_row(Err(RowProblem::FieldCount { found: last + 1, expected, extra }));
                }
                None => end_row(&mut batch, self.schema.carrier, &self.columns, &self.geometries, |column| {
                    let cell = cells.iter().find(|(place, _)| *place == column);
                    cell.map_or(Cow::Borrowed(""), |(_, cell)| Cow::Owned(text(cell)))
                }),
            }
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// Refuses a workbook that grows beyond measure: its reader unpacks whatever is there.
fn check_size(bytes: &[u8]) -> Result<()> {
    // What is no archive is told by the reader.
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let limit_bytes = limit_bytes(bytes.len() as u64);
    let mut left_bytes = limit_bytes;
    for number in 0..zip.len() {
        let Ok(part) = zip.by_index(number) else { continue };
        // What breaks off in it is told by the reader, too.
        let count = std::io::copy(&mut part.take(left_bytes + 1), &mut std::io::sink()).unwrap_or_default();
        left_bytes = left_bytes.checked_sub(count).ok_or_else(|| Error::new(ErrorKind::Bomb { limit_bytes }))?;
    }
    Ok(())
}

fn kind_of(cell: &Data) -> Kind {
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
        _ => Kind::Text,
    }
}

/// The filled rows of a sheet. Built with checks, the reader panics where cells have numbers beyond all bounds.
fn sheet(bytes: Vec<u8>, name: Option<&str>) -> Result<Vec<SheetRow>> {
    catch_unwind(AssertUnwindSafe(|| filled_rows(bytes, name))).unwrap_or_else(|_| Err(beyond_bounds()))
}

fn beyond_bounds() -> Error {
    let detail = format!("a cell is beyond {MOST_COLUMNS} columns and {MOST_ROWS} rows");
    Error::new(ErrorKind::Broken { what: "Excel workbook", detail })
}

/// What a sheet holds at most.
const MOST_COLUMNS: u32 = 16_384;
const MOST_ROWS: u32 = 1_048_576;

/// The filled rows of the sheet of a name; without one, of the only sheet that is not empty. What is
/// held is what is filled, whatever size the sheet says it has.
fn filled_rows(bytes: Vec<u8>, name: Option<&str>) -> Result<Vec<SheetRow>> {
    let broken = |error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Broken { what: "Excel workbook", detail: error.to_string() })
    };
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
        if column >= MOST_COLUMNS || row >= MOST_ROWS {
            return Err(beyond_bounds());
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

/// Writes rows as a sheet: a bold header that stays in sight, numbers, dates and truth values as what they
/// are, everything else as text, so that no text is run as a formula.
pub(super) struct XlsxWriter {
    workbook: Workbook,
    output: Output,
    flat: Flat,
    row: u32,
    date: CellFormat,
    date_time: CellFormat,
}

/// A step of writing. Rows are kept in a temporary file, and where that cannot be written, as on a full disk, the
/// library panics.
pub(crate) fn unpanicking<T>(step: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, XlsxError> {
    let failed = || XlsxError::IoError(std::io::Error::other("the file for its rows, which is temporary, is full"));
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| Err(failed()))
}

impl XlsxWriter {
    /// Writes the header.
    pub(super) fn new(output: Output, flat: Flat, name: Option<&str>) -> Result<XlsxWriter> {
        let mut workbook = Workbook::new();
        // The same rows are the same file, whenever it is made.
        let epoch = ExcelDate::from_ymd(2000, 1, 1).map_err(|error| failed(&output, error))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(|error| failed(&output, error))?;
        if let Some(name) = name {
            sheet.set_name(name).map_err(|error| failed(&output, error))?;
        }
        let bold = CellFormat::new().set_bold();
        sheet.set_freeze_panes(1, 0).map_err(|error| failed(&output, error))?;
        for (column, name) in (0..).zip(flat.names()) {
            sheet.write_string_with_format(0, column, name, &bold).map_err(|error| failed(&output, error))?;
        }
        let date = CellFormat::new().set_num_format("yyyy-mm-dd");
        let date_time = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(XlsxWriter { workbook, output, flat, row: 1, date, date_time })
    }
}

impl RowWriter for XlsxWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        for (number, values) in answers.iter() {
            if self.row == MOST_ROWS {
                let kind = ErrorKind::TooManyRows { limit: MOST_ROWS.into() };
                return Err(Error::new(kind).in_file(self.output.name()));
            }
            let kinds = self.flat.kinds(batch, number);
            let cells = self.flat.row(batch, number, values);
            for ((column, text), kind) in (0..).zip(&cells).zip(kinds) {
                unpanicking(|| self.cell(column, text, kind))
                    .map_err(|error| failed(&self.output, error).at_row(batch.first_row() + number as u64))?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        self.flat.keeps_text()
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        let bytes = unpanicking(|| self.workbook.save_to_buffer()).map_err(|error| failed(&self.output, error))?;
        let name = self.output.name().to_owned();
        self.output.write_all(&bytes).map_err(|error| Error::new(ErrorKind::Write(error)).in_file(name))?;
        self.output.commit()?;
        Ok(vec![])
    }
}

impl XlsxWriter {
    fn cell(&mut self, column: usize, text: &str, kind: Kind) -> Result<(), XlsxError> {
        let XlsxWriter { workbook, row, date, date_time, .. } = self;
        let sheet: &mut Worksheet = workbook.worksheet_from_index(0)?;
        let row = *row;
        // More columns than a sheet has are refused by the writer.
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        let date_format = match kind {
            Kind::Date => Some(date),
            Kind::DateTime => Some(date_time),
            _ => None,
        };
        if text.is_empty() {
            return Ok(());
        }
        if let (Some(format), Ok(value)) = (date_format, ExcelDate::parse_from_str(text)) {
            // A time with an offset from UTC is no date of Excel's.
            if !text.ends_with('Z') && !text.get(10..).is_some_and(|time| time.contains(['+', '-'])) {
                return sheet.write_datetime_with_format(row, column, &value, format).map(|_| ());
            }
        }
        match (kind, text.parse::<f64>()) {
            (Kind::Boolean, _) if matches!(text, "true" | "false") => sheet.write_boolean(row, column, text == "true"),
            (Kind::Integer | Kind::Real, Ok(value)) if value.is_finite() && is_held(text, value) => {
                sheet.write_number(row, column, value)
            }
            _ => sheet.write_string(row, column, text),
        }
        .map(|_| ())
    }
}

/// Whether Excel, which shows fifteen digits, shows all of a whole number. Decimals are numbers: what they have
/// beyond fifteen digits is how a double was written.
fn is_held(text: &str, value: f64) -> bool {
    const MOST_DIGITS: usize = 15;
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text).trim_start_matches(['-', '+']);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    whole.trim_start_matches('0').len() <= MOST_DIGITS
        || digits.trim_matches('0').len() <= MOST_DIGITS
        || text.contains('.') && value.to_string() == text
}

fn failed(output: &Output, error: XlsxError) -> Error {
    Error::new(ErrorKind::Write(std::io::Error::other(error))).in_file(output.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_beyond_fifteen_digits_stay_text() {
        let is_held = |text: &str| is_held(text, text.parse().unwrap());
        assert!(is_held("121.36898") && is_held("-1.5e300") && is_held("331002000000000000000"));
        assert!(is_held("121.36898000000001"));
        assert!(
            is_held("72.709999999999994") && is_held("0.12345678901234567890") && is_held("-9.5216999999999998e+003")
        );
        assert!(!is_held("330003000000000123") && !is_held("-330003000000000123.000"));
    }

    #[test]
    fn cells_show_what_they_are() {
        assert_eq!(text(&Data::Float(7.0)), "7");
        assert_eq!(text(&Data::Float(121.36898)), "121.36898");
        assert_eq!(text(&Data::String("0701".to_owned())), "0701");
        assert_eq!(text(&Data::Bool(true)), "true");
    }
}
