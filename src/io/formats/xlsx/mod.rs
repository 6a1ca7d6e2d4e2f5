//! Excel workbooks: a sheet with a header and typed cells.

use std::borrow::Cow;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError as XlsxReadError};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime as ExcelDate, Format as CellFormat, Workbook, Worksheet, XlsxError, row_col_to_cell,
};
use zip::ZipArchive;

use crate::error::{Error, ErrorKind, FileKind, FileProblem, LibraryMessage, Result, RowProblem};
use crate::geometry::encoding::srid_of_text;
use crate::io::bytes::archive::limit_bytes;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;
use crate::io::bytes::output::Output;
use crate::io::rows::columns::end_row;
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::{Codec, Driver, Format, ReadOptions, ZipMember};
use crate::io::rows::geometries::{GeometryReader, distinct};
use crate::io::rows::header;
use crate::io::rows::loss::Loss;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::io::rows::sheet::head::{HeadRow, Header};
use crate::io::rows::writer::RowWriter;
use crate::panics;
use crate::table::{AnswerTable, Batch, BatchBuilder, CellText, GeometrySource, Kind, Schema};

static DRIVER: Driver = Driver {
    // ZIP archives are read from their end, where the directory is.
    is_stream: false,
    zip_member: Some(ZipMember { path: "[Content_Types].xml", is_certain: true }),
    has_layers: true,
    is_flat: true,
    ..Driver::new(
        "xlsx",
        &["xlsx"],
        "Excel workbook",
        Codec::Built(
            |source, options| Ok(Box::new(XlsxReader::new(source, options)?)),
            |output, table| {
                let flat = FlatTable::new(table.schema, table.added, table.options);
                Ok(Box::new(XlsxWriter::new(output, flat, table.options.layer.as_deref())?))
            },
        ),
    )
};

impl Format {
    /// An Excel workbook.
    pub const XLSX: Format = Format::of(&DRIVER);
}

pub(in crate::io) struct XlsxReader {
    /// The name of the sheet.
    name: String,
    rows: std::vec::IntoIter<SheetRow>,
    schema: Schema,
    header: Header,
    columns: Arc<Vec<String>>,
    geometries: Arc<GeometryReader>,
    row: u64,
    note: Option<ReadNote>,
}

/// A row with filled cells.
struct SheetRow {
    /// The row number, from 0.
    number: u32,
    /// The column and value of filled cells.
    cells: Vec<(usize, Data)>,
    /// The columns of formulas whose results are not stored.
    without_result: Vec<usize>,
}

impl SheetRow {
    /// Errors if a cell has a formula whose result is not stored.
    fn check_stored(&self, column: usize, columns: &[String]) -> Result<(), RowProblem> {
        if !self.without_result.contains(&column) {
            return Ok(());
        }
        let field = columns.get(column).cloned().unwrap_or_default();
        Err(RowProblem::NoStoredValue { field, cell: cell_name(self.number, column) })
    }
}

impl XlsxReader {
    pub(in crate::io) fn new(mut source: Source, options: &ReadOptions) -> Result<XlsxReader> {
        // The reader needs random access.
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        check_size(&bytes)?;
        let (name, rows) = sheet(bytes, options.layer.as_deref())?;
        let note = note_of(&rows);
        if rows.is_empty() {
            return Err(Error::new(ErrorKind::Empty));
        }
        let header = header::find(&head(&rows, options), options)?;
        let columns = header.names.clone();
        let mut schema = Schema::of_text(&columns, header.geometry_source);
        let mut rows = rows.into_iter();
        rows.nth(header.last);
        let mut kinds: Vec<Option<Kind>> = vec![None; columns.len()];
        for (column, cell) in rows.as_slice().iter().flat_map(|row| &row.cells) {
            if let Some(kind) = kinds.get_mut(*column) {
                let found = kind_of(cell);
                *kind = Some(kind.map_or(found, |kind| kind.or(found)));
            }
        }
        for (field, kind) in schema.fields.iter_mut().zip(kinds) {
            field.kind = kind.unwrap_or_default();
        }
        let geometries = Arc::default();
        Ok(XlsxReader { name, rows, schema, header, columns: Arc::new(columns), geometries, row: 0, note })
    }
}

impl RowReader for XlsxReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn notes(&self) -> Vec<ReadNote> {
        self.note.iter().cloned().collect()
    }

    fn header(&self) -> Option<&Header> {
        Some(&self.header)
    }

    fn sheet(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn srids(&mut self) -> Result<Vec<u32>> {
        let GeometrySource::Wkt(column) = self.schema.geometry_source else { return Ok(vec![]) };
        let texts = self.rows.as_slice().iter().flat_map(|row| &row.cells).filter_map(|(index, cell)| match cell {
            Data::String(text) if *index == column => Some(text),
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
            let Some(row) = self.rows.next() else { break };
            let cells = &row.cells;
            self.row += 1;
            let mut filled = cells.iter().peekable();
            for column in 0..self.columns.len() {
                match filled.next_if(|(index, _)| *index == column) {
                    None => batch.cell(column, CellText::Json("null")),
                    Some((_, cell @ (Data::Int(_) | Data::Float(_) | Data::Bool(_)))) => {
                        batch.cell(column, CellText::Json(&text(cell)));
                    }
                    Some((_, cell)) => batch.cell(column, CellText::Text(&text(cell))),
                }
            }
            let expected = self.columns.len();
            let extra: Vec<String> =
                cells.iter().filter(|(column, _)| *column >= expected).map(|(_, cell)| text(cell)).collect();
            match cells.last().filter(|_| !extra.is_empty()) {
                Some((last, _)) => {
                    batch.end_row(Err(RowProblem::FieldCount { found: last + 1, expected, extra }));
                }
                None => {
                    match carried(self.schema.geometry_source)
                        .try_for_each(|column| row.check_stored(column, &self.columns))
                    {
                        Err(problem) => batch.end_row(Err(problem)),
                        Ok(()) => end_row(
                            &mut batch,
                            self.schema.geometry_source,
                            &self.columns,
                            &self.geometries,
                            |column| {
                                let cell = cells.iter().find(|(index, _)| *index == column);
                                cell.map_or(Cow::Borrowed(""), |(_, cell)| Cow::Owned(coordinate_text(cell)))
                            },
                        ),
                    }
                }
            }
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// The first rows, among which the header is sought.
fn head(rows: &[SheetRow], options: &ReadOptions) -> Vec<HeadRow> {
    let last = options.header_rows.as_ref().map_or(0, |rows| *rows.end());
    let is_head = |(index, row): &(usize, &SheetRow)| *index < header::MAX_ROWS || u64::from(row.number) < last;
    // Cells of the first rows that follow those sought decide about columns of pairs.
    let rows = rows.iter().enumerate().take_while(is_head);
    rows.map(|(_, row)| {
        let mut cells: Vec<String> = vec![];
        for (column, cell) in &row.cells {
            cells.resize((*column).max(cells.len()), String::new());
            cells.push(text(cell));
        }
        HeadRow { number: u64::from(row.number) + 1, cells }
    })
    .collect()
}

/// The text of a coordinate. Excel takes `121:22:30` for a duration.
fn coordinate_text(cell: &Data) -> String {
    match cell {
        Data::DateTime(value) if value.is_duration() => {
            let seconds = value.as_f64() * 86_400.0;
            let (hours, minutes) = ((seconds / 3600.0).trunc(), (seconds / 60.0).trunc() % 60.0);
            format!("{hours}:{minutes}:{:.3}", seconds - hours * 3600.0 - minutes * 60.0)
        }
        cell => text(cell),
    }
}

/// The geometry columns.
fn carried(geometry_source: GeometrySource) -> impl Iterator<Item = usize> {
    let columns = match geometry_source {
        GeometrySource::Columns(x, y) => [Some(x), Some(y)],
        GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => [Some(column), None],
        GeometrySource::Points | GeometrySource::Shapes => [None, None],
    };
    columns.into_iter().flatten()
}

/// The note about formulas whose results are not stored.
fn note_of(rows: &[SheetRow]) -> Option<ReadNote> {
    let count = rows.iter().map(|row| row.without_result.len() as u64).sum();
    let first = rows.iter().find_map(|row| Some(cell_name(row.number, *row.without_result.first()?)));
    first.map(|cell| ReadNote::NoStoredValue { cell, count })
}

/// The name of a cell in Excel: `E2`. It must be within the limits of a sheet.
fn cell_name(row: u32, column: usize) -> String {
    row_col_to_cell(row.min(MAX_ROWS - 1), u16::try_from(column).unwrap_or_default())
}

/// Errors if the decompressed workbook is too large, since the reader does not limit it.
fn check_size(bytes: &[u8]) -> Result<()> {
    // The reader reports files that are not archives.
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let limit_bytes = limit_bytes(bytes.len() as u64);
    let mut left_bytes = limit_bytes;
    for number in 0..zip.len() {
        let Ok(part) = zip.by_index(number) else { continue };
        // The reader reports truncated members.
        let count = std::io::copy(&mut part.take(left_bytes + 1), &mut std::io::sink()).unwrap_or_default();
        left_bytes =
            left_bytes.checked_sub(count).ok_or_else(|| Error::new(ErrorKind::DecompressionBomb { limit_bytes }))?;
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

/// The name and the filled rows of a sheet. With overflow checks, the reader panics if cell references are too large.
fn sheet(bytes: Vec<u8>, name: Option<&str>) -> Result<(String, Vec<SheetRow>)> {
    panics::catch(|| filled_rows(bytes, name)).unwrap_or_else(|| Err(out_of_bounds()))
}

fn out_of_bounds() -> Error {
    malformed(FileProblem::CellOutsideSheet { columns: MAX_COLUMNS, rows: MAX_ROWS })
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::ExcelWorkbook, problem: problem.into() })
}

fn failed_reading(error: XlsxReadError) -> Error {
    match error {
        XlsxReadError::FileNotFound(name) => malformed(FileProblem::MissingMember(name)),
        error => malformed(LibraryMessage::new("calamine", error)),
    }
}

/// The limits of a sheet.
const MAX_COLUMNS: u32 = 16_384;
const MAX_ROWS: u32 = 1_048_576;

/// The name and the filled rows of the sheet with the given name, else of the only sheet that is not empty. Only filled cells are
/// stored, whatever size the sheet declares.
fn filled_rows(bytes: Vec<u8>, name: Option<&str>) -> Result<(String, Vec<SheetRow>)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(failed_reading)?;
    // Chart and macro sheets are not tables.
    let is_table = |sheet: &&Sheet| sheet.typ == SheetType::WorkSheet;
    let sheets: Vec<Sheet> = workbook.sheets_metadata().iter().filter(is_table).cloned().collect();
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
                let mut cells = workbook.worksheet_cells_reader(&name).map_err(failed_reading)?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(failed_reading)? {
                    if !matches!(Data::from(cell.value), Data::Empty) || cell.formula.is_some() {
                        filled.push(name.clone());
                        break;
                    }
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
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(failed_reading)?;
    let mut rows: Vec<SheetRow> = vec![];
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(failed_reading)? {
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
    // Cells are usually in order, but not in all files.
    rows.iter_mut().for_each(|row| row.cells.sort_by_key(|(column, _)| *column));
    Ok((name, rows))
}

/// The text of a cell: numbers with all digits, dates as ISO 8601.
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

/// Writes rows as a sheet with a bold, frozen header. Numbers, dates and booleans are typed cells, everything else is
/// text, so that it is never evaluated as a formula.
pub(in crate::io) struct XlsxWriter {
    workbook: Workbook,
    output: Output,
    flat: FlatTable,
    row: u32,
    date: CellFormat,
    date_time: CellFormat,
}

/// Whether rows can be buffered in a temporary file. In memory, the library writes other bytes for the same cells: texts
/// are in a table of their own.
const HAS_FILES: bool = !cfg!(target_family = "wasm");

/// A sheet whose rows are written in order.
pub(crate) fn sequential_worksheet(workbook: &mut Workbook) -> Result<Worksheet, XlsxError> {
    if HAS_FILES { workbook.new_worksheet_with_constant_memory() } else { Ok(Worksheet::new()) }
}

/// Runs a step of writing. The library buffers rows in a temporary file, and panics if it cannot be written, as on a
/// full disk.
pub(crate) fn catch_panic_as_io_error<T>(step: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, XlsxError> {
    let failed = || {
        let text = "the file for its rows, which is temporary, is full";
        XlsxError::IoError(std::io::Error::new(std::io::ErrorKind::StorageFull, text))
    };
    panics::catch(step).unwrap_or_else(|| Err(failed()))
}

impl XlsxWriter {
    /// Writes the header.
    pub(in crate::io) fn new(output: Output, flat: FlatTable, name: Option<&str>) -> Result<XlsxWriter> {
        let mut workbook = Workbook::new();
        // A fixed date, so that the same rows give the same file.
        let epoch = ExcelDate::from_ymd(2000, 1, 1).map_err(|error| failed(&output, error))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        let sheet = match HAS_FILES {
            true => workbook.add_worksheet_with_constant_memory().map_err(|error| failed(&output, error))?,
            false => workbook.add_worksheet(),
        };
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
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        for (row_index, values) in answers.iter() {
            if self.row == MAX_ROWS {
                let kind = ErrorKind::TooManyRows { limit: MAX_ROWS.into() };
                return Err(Error::new(kind).in_file(self.output.name()));
            }
            let kinds = self.flat.kinds(batch, row_index);
            let cells = self.flat.row(batch, row_index, values);
            for ((column, text), kind) in (0..).zip(&cells).zip(kinds) {
                catch_panic_as_io_error(|| self.cell(column, text, kind))
                    .map_err(|error| failed(&self.output, error).at_row(batch.first_row() + row_index as u64))?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        self.flat.keeps_text()
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        let bytes =
            catch_panic_as_io_error(|| self.workbook.save_to_buffer()).map_err(|error| failed(&self.output, error))?;
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
        // The writer reports too many columns.
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
            // Excel dates have no offset from UTC, so such timestamps are text.
            if !text.ends_with('Z') && !text.get(10..).is_some_and(|time| time.contains(['+', '-'])) {
                return sheet.write_datetime_with_format(row, column, &value, format).map(|_| ());
            }
        }
        match (kind, text.parse::<f64>()) {
            (Kind::Boolean, _) if matches!(text, "true" | "false") => sheet.write_boolean(row, column, text == "true"),
            (Kind::Integer | Kind::Real, Ok(value)) if value.is_finite() && is_exact_in_excel(text, value) => {
                sheet.write_number(row, column, value)
            }
            _ => sheet.write_string(row, column, text),
        }
        .map(|_| ())
    }
}

/// Whether Excel, which is limited to 15 digits, represents a number exactly. Decimal numbers always are numbers:
/// further digits are those of a double.
fn is_exact_in_excel(text: &str, value: f64) -> bool {
    const MAX_DIGITS: usize = 15;
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text).trim_start_matches(['-', '+']);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    whole.trim_start_matches('0').len() <= MAX_DIGITS
        || digits.trim_matches('0').len() <= MAX_DIGITS
        || text.contains('.') && value.to_string() == text
}

fn failed(output: &Output, error: XlsxError) -> Error {
    const MAX_CHARACTERS: usize = 32_767;
    let kind = match error {
        XlsxError::MaxStringLengthExceeded => ErrorKind::CellTooLong { limit: MAX_CHARACTERS },
        error => ErrorKind::Write(std::io::Error::other(error)),
    };
    Error::new(kind).in_file(output.name())
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
    fn whole_numbers_beyond_fifteen_digits_stay_text() {
        let is_held = |text: &str| is_exact_in_excel(text, text.parse().unwrap());
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
