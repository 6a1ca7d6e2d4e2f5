//! Documents as Excel workbooks: a sheet per section, typed cells, frozen header rows.

use std::io::Write;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, catch_panic_as_io_error, sequential_worksheet};
use crate::messages::text::one_line;
use crate::report::document::{Document, Head, Section, Table, display, write_error};
use crate::report::text::Align;
use crate::table::Value;

pub(super) struct WorkbookDocument {
    workbook: Workbook,
    streamed: Vec<StreamedSheet>,
    formats: Formats,
}

/// The sheet of a streamed table.
struct StreamedSheet {
    /// `None` once it is in the workbook.
    sheet: Option<Worksheet>,
    head: Head,
    row: u32,
}

/// Limits of Excel: rows of a sheet, characters of a cell, characters of the name of a sheet.
const MAX_ROWS: u32 = 1_048_576;
const MAX_CHARACTERS: usize = 32_767;
const MAX_NAME_CHARACTERS: usize = 31;

struct Formats {
    title: Format,
    paragraph: Format,
    head: Format,
    head_right: Format,
    text: Format,
    /// The formats of numbers, by decimals.
    numbers: Vec<Format>,
}

impl Formats {
    fn new() -> Formats {
        let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        let number = |decimals: usize| {
            let code = if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) };
            Format::new().set_num_format(code).set_align(FormatAlign::Top)
        };
        Formats {
            title: Format::new().set_bold().set_font_size(14),
            paragraph: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            head_right: head.clone().set_align(FormatAlign::Right),
            head: head.set_align(FormatAlign::Left),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            numbers: (0..=10).map(number).collect(),
        }
    }

    fn number(&self, decimals: usize) -> &Format {
        &self.numbers[decimals.min(self.numbers.len() - 1)]
    }
}

impl WorkbookDocument {
    pub(super) fn new() -> Result<WorkbookDocument> {
        let mut workbook = Workbook::new();
        // A fixed date, so that the same report is the same file.
        let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        Ok(WorkbookDocument { workbook, streamed: vec![], formats: Formats::new() })
    }
}

impl Document for WorkbookDocument {
    fn add_table(&mut self, head: Head) -> Result<()> {
        let mut sheet = sequential_worksheet(&mut self.workbook).map_err(failed)?;
        heading(&mut sheet, 0, &head, &self.formats).map_err(failed)?;
        widths(&mut sheet, &head, &[]).map_err(failed)?;
        self.streamed.push(StreamedSheet { sheet: Some(sheet), head, row: 1 });
        Ok(())
    }

    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        let streamed = &mut self.streamed[table];
        if streamed.row == MAX_ROWS {
            return Err(Error::new(ErrorKind::TooManyRows { limit: MAX_ROWS.into() }));
        }
        if let Some(sheet) = &mut streamed.sheet {
            catch_panic_as_io_error(|| cells(sheet, streamed.row, row, &self.formats)).map_err(failed)?;
        }
        streamed.row += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, output: &mut Output, title: &str, sections: &[Section<'_>]) -> Result<()> {
        let WorkbookDocument { mut workbook, mut streamed, formats } = *self;
        for (number, section) in sections.iter().enumerate() {
            let of_table = match &section.table {
                Some(Table::Streamed(table)) => {
                    let StreamedSheet { sheet, head, row } = &mut streamed[*table];
                    sheet.take().map(|sheet| (sheet, last_column(head), *row))
                }
                _ => None,
            };
            let mut sheet = match of_table {
                Some((mut sheet, last_column, row)) => {
                    if row > 1 {
                        sheet.autofilter(0, 0, row - 1, last_column).map_err(failed)?;
                    }
                    sheet
                }
                None => {
                    let mut sheet = Worksheet::new();
                    let title = (number == 0).then_some(title);
                    write_section(&mut sheet, title, section, &formats).map_err(failed)?;
                    sheet
                }
            };
            // Characters that sheet names do not allow.
            let name: String = one_line(&section.title).chars().filter(|c| !"[]:*?/\\'".contains(*c)).collect();
            sheet.set_name(name.chars().take(MAX_NAME_CHARACTERS).collect::<String>()).map_err(failed)?;
            const A4: u8 = 9;
            sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
            workbook.push_worksheet(sheet);
        }
        let bytes = catch_panic_as_io_error(|| workbook.save_to_buffer()).map_err(failed)?;
        output.write_all(&bytes).map_err(write_error)
    }
}

/// Writes a section whose table is in memory.
fn write_section(
    sheet: &mut Worksheet,
    title: Option<&str>,
    section: &Section<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let no_head = vec![];
    let no_rows = vec![];
    let (head, rows) = match &section.table {
        Some(Table::Short { head, rows }) => (head, rows),
        _ => (&no_head, &no_rows),
    };
    widths(sheet, head, rows)?;
    let mut row = 0;
    if let Some(title) = title {
        sheet.write_string_with_format(row, 0, truncate(title), &formats.title)?;
        row += 1;
    }
    for paragraph in &section.paragraphs {
        let last = last_column(head).max(1);
        sheet.merge_range(row, 0, row, last, "", &formats.paragraph)?;
        sheet.write_string_with_format(row, 0, truncate(paragraph), &formats.paragraph)?;
        let width: f64 = if head.is_empty() { MAX_WIDTH } else { column_widths(head, rows).iter().sum() };
        let lines = (paragraph.width() as f64 / (width * 0.95)).ceil().max(1.0);
        sheet.set_row_height(row, 15.0 * lines + 1.0)?;
        row += 1;
    }
    if head.is_empty() {
        return Ok(());
    }
    heading(sheet, row, head, formats)?;
    for values in rows {
        row += 1;
        cells(sheet, row, values, formats)?;
    }
    Ok(())
}

fn heading(sheet: &mut Worksheet, row: u32, head: &Head, formats: &Formats) -> Result<(), XlsxError> {
    for (column, (name, align)) in (0..).zip(head) {
        let format = if *align == Align::Right { &formats.head_right } else { &formats.head };
        sheet.write_string_with_format(row, column, truncate(name), format)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    sheet.set_repeat_rows(row, row)?;
    Ok(())
}

fn cells(sheet: &mut Worksheet, row: u32, values: &[Value<'_>], formats: &Formats) -> Result<(), XlsxError> {
    for (column, value) in (0..).zip(values) {
        match value {
            Value::Null => {}
            // Text is written as text, so that it is never evaluated as a formula.
            Value::Text(text) => {
                sheet.write_string_with_format(row, column, truncate(text), &formats.text)?;
            }
            Value::Integer(value) => {
                sheet.write_number_with_format(row, column, *value as f64, formats.number(0))?;
            }
            Value::Float { value, decimals } => {
                sheet.write_number_with_format(row, column, *value, formats.number(decimals.unwrap_or(6)))?;
            }
            Value::Bool(value) => {
                sheet.write_boolean(row, column, *value)?;
            }
        }
    }
    Ok(())
}

const MIN_WIDTH: f64 = 9.0;
const MAX_WIDTH: f64 = 60.0;

fn column_widths(head: &Head, rows: &[Vec<Value<'_>>]) -> Vec<f64> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| display(&row[column]).width());
        let widest = cells.chain([head[column].0.width()]).max().unwrap_or(0) as f64;
        // The rows of a streamed table are not known yet: columns of text are wider.
        let least = if rows.is_empty() && head[column].1 == Align::Left { 1.6 * MIN_WIDTH } else { MIN_WIDTH };
        (widest + 2.0).clamp(least, MAX_WIDTH)
    };
    (0..head.len()).map(width).collect()
}

fn widths(sheet: &mut Worksheet, head: &Head, rows: &[Vec<Value<'_>>]) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(column_widths(head, rows)) {
        sheet.set_column_width(column, width)?;
    }
    if head.is_empty() {
        sheet.set_column_width(0, MAX_WIDTH)?;
    }
    Ok(())
}

fn last_column(head: &Head) -> u16 {
    u16::try_from(head.len().saturating_sub(1)).unwrap_or(u16::MAX)
}

/// A text truncated to the limit of a cell.
fn truncate(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    match text.char_indices().nth(MAX_CHARACTERS - 1) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn failed(error: XlsxError) -> Error {
    write_error(std::io::Error::other(error))
}
