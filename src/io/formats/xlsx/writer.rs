//! Writing workbooks.

use std::borrow::Cow;
use std::io::Write;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime as ExcelDate, Format as CellFormat, Workbook, Worksheet, XlsxError,
};

use unicode_width::UnicodeWidthStr;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::formats::xlsx::cells::MAX_ROWS;
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::{Wording, WriteOptions};
use crate::io::rows::loss::Loss;
use crate::io::rows::writer::RowWriter;
use crate::panics;
use crate::table::{AnswerTable, Batch, Kind};

/// Writes rows as a sheet with a bold, frozen header. Numbers, dates and booleans are typed cells, everything else is
/// text, so that it is never evaluated as a formula.
pub(in crate::io) struct XlsxWriter {
    workbook: Workbook,
    output: Output,
    flat: FlatTable,
    wording: Option<Wording>,
    /// The widest text of each column, of the header and the first rows.
    widths: Vec<usize>,
    row: u32,
    date: CellFormat,
    date_time: CellFormat,
}

/// Columns are as wide as the texts of these rows.
const MEASURED_ROWS: u32 = 1_000;

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
    pub(in crate::io) fn new(output: Output, flat: FlatTable, options: &WriteOptions) -> Result<XlsxWriter> {
        let mut workbook = Workbook::new();
        // A fixed date, so that the same rows give the same file.
        let epoch = ExcelDate::from_ymd(2000, 1, 1).map_err(|error| failed(&output, error))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        let sheet = match HAS_FILES {
            true => workbook.add_worksheet_with_constant_memory().map_err(|error| failed(&output, error))?,
            false => workbook.add_worksheet(),
        };
        if let Some(name) = &options.layer {
            sheet.set_name(name).map_err(|error| failed(&output, error))?;
        }
        let bold = CellFormat::new().set_bold();
        sheet.set_freeze_panes(1, 0).map_err(|error| failed(&output, error))?;
        let own = flat.fields().len() - flat.added();
        let wording = options.wording;
        let heading = |(index, name): (usize, String)| match wording {
            Some(wording) if index >= own => (wording.heading)(&name),
            _ => name,
        };
        let headings: Vec<String> = flat.names().into_iter().enumerate().map(heading).collect();
        let widths = headings.iter().map(|name| name.width()).collect();
        for (column, name) in (0..).zip(headings) {
            sheet.write_string_with_format(0, column, name, &bold).map_err(|error| failed(&output, error))?;
        }
        let date = CellFormat::new().set_num_format("yyyy-mm-dd");
        let date_time = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(XlsxWriter { workbook, output, flat, wording, widths, row: 1, date, date_time })
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
            let mut cells = self.flat.row(batch, row_index, values);
            if let Some(wording) = self.wording {
                let own = cells.len() - self.flat.added();
                for cell in &mut cells[own..] {
                    let worded = (wording.value)(cell);
                    if worded != cell.as_ref() {
                        *cell = Cow::Owned(worded.to_owned());
                    }
                }
            }
            if self.row <= MEASURED_ROWS {
                for (width, cell) in self.widths.iter_mut().zip(&cells) {
                    *width = (*width).max(cell.width());
                }
            }
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
        self.set_widths().map_err(|error| failed(&self.output, error))?;
        let bytes =
            catch_panic_as_io_error(|| self.workbook.save_to_buffer()).map_err(|error| failed(&self.output, error))?;
        let name = self.output.name().to_owned();
        self.output.write_all(&bytes).map_err(|error| Error::new(ErrorKind::Write(error)).in_file(name))?;
        self.output.commit()?;
        Ok(vec![])
    }
}

impl XlsxWriter {
    /// Columns as wide as their texts, as far as that can be read.
    fn set_widths(&mut self) -> Result<(), XlsxError> {
        const MAX_WIDTH: usize = 50;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, &width) in (0..).zip(&self.widths) {
            // Excel counts the digits of its own font, in which Chinese characters are wider than two of them.
            sheet.set_column_width(column, (1.12 * width.min(MAX_WIDTH) as f64 + 2.0).max(8.43))?;
        }
        Ok(())
    }

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
    fn whole_numbers_beyond_fifteen_digits_stay_text() {
        let is_held = |text: &str| is_exact_in_excel(text, text.parse().unwrap());
        assert!(is_held("121.36898") && is_held("-1.5e300") && is_held("331002000000000000000"));
        assert!(is_held("121.36898000000001"));
        assert!(
            is_held("72.709999999999994") && is_held("0.12345678901234567890") && is_held("-9.5216999999999998e+003")
        );
        assert!(!is_held("330003000000000123") && !is_held("-330003000000000123.000"));
    }
}
