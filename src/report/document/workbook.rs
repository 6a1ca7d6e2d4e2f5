//! Documents as Excel workbooks: a sheet per section, typed cells, frozen header rows, native charts.

use std::io::Write;

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType, Color, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Image, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, catch_panic_as_io_error, sequential_worksheet};
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::report::document::figure::COLOURS;
use crate::report::document::layout::{Columns, lines};
use crate::report::document::{
    BarChart, Cover, Document, Figure, Head, Picture, Rasterizer, Section, Table, write_error,
};
use crate::report::text::Align;
use crate::table::Value;

pub(super) struct WorkbookDocument {
    workbook: Workbook,
    /// `None` once a sheet is in the workbook.
    streamed: Vec<Option<StreamedSheet>>,
    formats: Formats,
    lang: Lang,
    rasterizer: Result<Rasterizer, String>,
}

/// Limits of Excel: rows of a sheet, characters of a cell, characters of the name of a sheet.
const MAX_ROWS: u32 = 1_048_576;
const MAX_CHARACTERS: usize = 32_767;
const MAX_NAME_CHARACTERS: usize = 31;

/// The height of a line in points, with room for Chinese fonts.
const LINE_HEIGHT: f64 = 16.5;
/// The widths of sheets that fit on portrait paper, and of paragraphs.
const MAX_PORTRAIT_WIDTH: f64 = 100.0;
const PARAGRAPH_WIDTH: usize = 80;
/// The values of the cover are wrapped so that its sheet fits on portrait paper.
const MAX_COVER_WIDTH: usize = 44;
/// Wider tables are hard to read in print: their texts are wrapped.
const TABLE_WIDTH: usize = 130;

struct Formats {
    title: Format,
    paragraph: Format,
    name: Format,
    head: Format,
    head_right: Format,
    text: Format,
    /// The formats of numbers, by decimals.
    numbers: Vec<Format>,
}

impl Formats {
    fn new() -> Formats {
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_background_color(Color::RGB(0xE8_EE_F2))
            .set_border_bottom(FormatBorder::Thin);
        let number = |decimals: usize| {
            let code = if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) };
            Format::new().set_num_format(code).set_align(FormatAlign::Top)
        };
        // Apart from numbers on their left.
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_indent(1);
        Formats {
            title: Format::new().set_bold().set_font_size(16),
            paragraph: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            name: Format::new().set_font_color(Color::RGB(0x5B_63_6B)).set_align(FormatAlign::Top).set_indent(1),
            head_right: head.clone().set_align(FormatAlign::Right),
            head: head.set_align(FormatAlign::Left).set_indent(1),
            text,
            numbers: (0..=10).map(number).collect(),
        }
    }

    fn number(&self, decimals: usize) -> &Format {
        &self.numbers[decimals.min(self.numbers.len() - 1)]
    }
}

/// The sheet of the streamed table. Its first rows are kept until the widths of its columns are known.
struct StreamedSheet {
    sheet: Worksheet,
    head: Head,
    columns: Columns,
    first_rows: Vec<Vec<Value<'static>>>,
    /// The widths of the columns, once they are known.
    widths: Option<Vec<usize>>,
    row: u32,
}

impl StreamedSheet {
    const MEASURED_ROWS: usize = 1_000;

    fn row(&mut self, values: &[Value<'_>], formats: &Formats) -> Result<()> {
        if let Some(widths) = &self.widths {
            if self.row == MAX_ROWS {
                return Err(Error::new(ErrorKind::TooManyRows { limit: MAX_ROWS.into() }));
            }
            let sheet = &mut self.sheet;
            catch_panic_as_io_error(|| cells(sheet, self.row, values, widths, formats)).map_err(failed)?;
            self.row += 1;
            return Ok(());
        }
        self.columns.add(values);
        self.first_rows.push(values.iter().map(owned).collect());
        if self.first_rows.len() == StreamedSheet::MEASURED_ROWS { self.begin(formats) } else { Ok(()) }
    }

    /// Writes the header and the rows that are kept.
    fn begin(&mut self, formats: &Formats) -> Result<()> {
        if self.widths.is_some() {
            return Ok(());
        }
        let widths = self.columns.widths_within(TABLE_WIDTH);
        let sheet = &mut self.sheet;
        catch_panic_as_io_error(|| {
            set_widths(sheet, &widths)?;
            heading(sheet, 0, &self.head, &widths, formats)
        })
        .map_err(failed)?;
        (self.row, self.widths) = (1, Some(widths));
        std::mem::take(&mut self.first_rows).iter().try_for_each(|row| self.row(row, formats))
    }

    /// The complete sheet.
    fn finish(mut self, formats: &Formats) -> Result<Worksheet> {
        self.begin(formats)?;
        if self.row > 1 {
            self.sheet.autofilter(0, 0, self.row - 1, last_column(&self.head)).map_err(failed)?;
        }
        // rust_xlsxwriter 0.102 writes the last row twice if its height is set, which Excel repairs. An empty cell below
        // is then the last row.
        if self.row < MAX_ROWS {
            self.sheet.write_blank(self.row, 0, &formats.text).map_err(failed)?;
        }
        set_page(&mut self.sheet, self.widths.as_deref().unwrap_or_default());
        Ok(self.sheet)
    }
}

impl WorkbookDocument {
    pub(super) fn new(lang: Lang, rasterizer: Result<Rasterizer, String>) -> WorkbookDocument {
        let (workbook, formats) = (Workbook::new(), Formats::new());
        WorkbookDocument { workbook, streamed: vec![], formats, lang, rasterizer }
    }
}

impl Document for WorkbookDocument {
    fn add_table(&mut self, head: Head) -> Result<()> {
        let sheet = sequential_worksheet(&mut self.workbook).map_err(failed)?;
        let columns = Columns::new(&head);
        self.streamed.push(Some(StreamedSheet { sheet, head, columns, first_rows: vec![], widths: None, row: 0 }));
        Ok(())
    }

    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        self.streamed[table].as_mut().map_or(Ok(()), |sheet| sheet.row(row, &self.formats))
    }

    fn finish(self: Box<Self>, output: &mut Output, cover: &Cover, sections: &[Section<'_>]) -> Result<Option<Output>> {
        let WorkbookDocument { mut workbook, mut streamed, formats, rasterizer, lang } = *self;
        // A fixed date, so that the same report is the same file.
        let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        let mut properties = DocProperties::new().set_creation_datetime(&epoch).set_title(truncate(&cover.title));
        if let Some(author) = &cover.author {
            properties = properties.set_author(truncate(author));
        }
        workbook.set_properties(&properties);
        for (number, section) in sections.iter().enumerate() {
            // Characters that sheet names do not allow.
            let name: String = one_line(&section.title).chars().filter(|c| !"[]:*?/\\'".contains(*c)).collect();
            let name: String = name.chars().take(MAX_NAME_CHARACTERS).collect();
            let of_table = match &section.table {
                Some(Table::Streamed(table)) => streamed[*table].take(),
                _ => None,
            };
            let mut sheet = match of_table {
                Some(sheet) => sheet.finish(&formats)?,
                None => {
                    let cover = (number == 0).then_some(cover);
                    let mut writer =
                        SheetWriter { sheet: Worksheet::new(), name: &name, formats: &formats, lang, row: 0 };
                    writer.section(cover, section, &rasterizer)?;
                    writer.sheet
                }
            };
            sheet.set_name(name).map_err(failed)?;
            workbook.push_worksheet(sheet);
        }
        let bytes = catch_panic_as_io_error(|| workbook.save_to_buffer()).map_err(failed)?;
        output.write_all(&bytes).map_err(write_error)?;
        Ok(None)
    }
}

/// Writes a section whose table is in memory.
struct SheetWriter<'a> {
    sheet: Worksheet,
    name: &'a str,
    formats: &'a Formats,
    lang: Lang,
    row: u32,
}

impl SheetWriter<'_> {
    fn section(
        &mut self,
        cover: Option<&Cover>,
        section: &Section<'_>,
        rasterizer: &Result<Rasterizer, String>,
    ) -> Result<()> {
        let (no_head, no_rows) = (vec![], vec![]);
        let (head, rows) = section.short().unwrap_or((&no_head, &no_rows));
        let mut widths = Columns::of(head, rows).widths_within(TABLE_WIDTH);
        if let Some(cover) = cover {
            // The values of the cover are in the second column.
            let columns = cover.lines.iter().map(|(name, value)| [name.width(), value.width()]);
            let cover = columns.fold([0, 0], |[a, b], [c, d]| [a.max(c), b.max(d)]);
            widths.resize(widths.len().max(2), 0);
            widths[0] = widths[0].max(cover[0]);
            widths[1] = widths[1].max(cover[1].clamp(20, MAX_COVER_WIDTH));
        } else if widths.is_empty() {
            // Several columns: one that is wider than the paper is cut in print.
            widths.resize(8, PARAGRAPH_WIDTH / 8);
        }
        set_widths(&mut self.sheet, &widths).map_err(failed)?;
        if let Some(cover) = cover {
            self.cover(cover, &widths).map_err(failed)?;
        }
        for paragraph in &section.paragraphs {
            self.paragraph(paragraph, &widths).map_err(failed)?;
        }
        if !head.is_empty() {
            self.table(head, rows, &widths).map_err(failed)?;
        }
        for figure in &section.figures {
            match (figure, rasterizer) {
                (Figure::Bars(chart), _) if chart.is_shown(rows) => self.chart(chart, head, rows).map_err(failed)?,
                (Figure::Bars(_), _) => {}
                (Figure::Picture(picture), Ok(rasterizer)) => {
                    let png = rasterizer(picture)?;
                    self.picture(picture, &png).map_err(failed)?;
                }
                (Figure::Picture(_), Err(reason)) => self.paragraph(reason, &widths).map_err(failed)?,
            }
        }
        set_page(&mut self.sheet, &widths);
        Ok(())
    }

    fn cover(&mut self, cover: &Cover, widths: &[usize]) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, 0, truncate(&cover.title), &self.formats.title)?;
        self.sheet.set_row_height(self.row, 27.0)?;
        self.row += 1;
        for (name, value) in &cover.lines {
            self.sheet.write_string_with_format(self.row, 0, truncate(name), &self.formats.name)?;
            self.sheet.write_string_with_format(self.row, 1, truncate(value), &self.formats.text)?;
            set_height(&mut self.sheet, self.row, lines(value, widths[1]))?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    /// A paragraph over all columns, or as many as a line needs.
    fn paragraph(&mut self, paragraph: &str, widths: &[usize]) -> Result<(), XlsxError> {
        let mut width = 0;
        let columns = widths.iter().take_while(|column| {
            let is_needed = width < PARAGRAPH_WIDTH;
            width += **column;
            is_needed
        });
        let last = columns.count().saturating_sub(1);
        let width: usize = widths[..=last].iter().sum();
        if last > 0 {
            self.sheet.merge_range(self.row, 0, self.row, last as u16, "", &self.formats.paragraph)?;
        }
        self.sheet.write_string_with_format(self.row, 0, truncate(paragraph), &self.formats.paragraph)?;
        set_height(&mut self.sheet, self.row, lines(paragraph, width))?;
        self.row += 1;
        Ok(())
    }

    fn table(&mut self, head: &Head, rows: &[Vec<Value<'_>>], widths: &[usize]) -> Result<(), XlsxError> {
        heading(&mut self.sheet, self.row, head, widths, self.formats)?;
        for values in rows {
            self.row += 1;
            cells(&mut self.sheet, self.row, values, widths, self.formats)?;
        }
        self.row += 2;
        Ok(())
    }

    /// A chart of the table that is written above it.
    fn chart(&mut self, bars: &BarChart, head: &Head, rows: &[Vec<Value<'_>>]) -> Result<(), XlsxError> {
        let first = self.row - 1 - rows.len() as u32;
        let last = first + bars.rows.min(rows.len()) as u32 - 1;
        let mut chart = Chart::new(ChartType::BarStacked);
        for (&column, colour) in bars.columns.iter().zip(COLOURS.iter().cycle()) {
            let column = column as u16;
            let fill = ChartSolidFill::new().set_color(Color::from(*colour)).clone();
            chart
                .add_series()
                .set_name((self.name, first - 1, column))
                .set_categories((self.name, first, 0, last, 0))
                .set_values((self.name, first, column, last, column))
                .set_format(ChartFormat::new().set_solid_fill(&fill))
                .set_gap(50);
        }
        chart.title().set_name(&truncate(&bars.title));
        // The first zone is at the top, as in the table.
        chart.y_axis().set_reverse();
        if bars.columns.len() == 1 {
            chart.legend().set_hidden();
        } else {
            chart.legend().set_position(ChartLegendPosition::Bottom);
        }
        let height = 130 + 26 * (last - first + 1);
        let description = bars.picture(head, rows, self.lang).map_or(String::new(), |picture| picture.description);
        chart.set_width(760).set_height(height).set_alt_text(description.chars().take(250).collect::<String>());
        self.sheet.insert_chart(self.row, 0, &chart)?;
        self.row += height / 20 + 2;
        Ok(())
    }

    fn picture(&mut self, picture: &Picture, png: &[u8]) -> Result<(), XlsxError> {
        const PIXELS_PER_MM: f64 = 96.0 / 25.4;
        let (width, height) = picture.fitted(250.0, 200.0);
        let [width, height] = [width, height].map(|mm| (mm * PIXELS_PER_MM).round());
        let image = Image::new_from_buffer(png)?
            .set_scale_to_size(width, height, true)
            .set_alt_text(picture.description.chars().take(250).collect::<String>());
        self.sheet.insert_image(self.row, 0, &image)?;
        self.row += (height / 20.0) as u32 + 2;
        Ok(())
    }
}

fn heading(sheet: &mut Worksheet, row: u32, head: &Head, widths: &[usize], formats: &Formats) -> Result<(), XlsxError> {
    for (column, (name, align)) in (0..).zip(head) {
        let format = if *align == Align::Right { &formats.head_right } else { &formats.head };
        sheet.write_string_with_format(row, column, truncate(name), format)?;
    }
    let height = head.iter().zip(widths).map(|((name, _), &width)| lines(name, width)).max().unwrap_or(1);
    set_height(sheet, row, height)?;
    // More rows than these would leave too little of the window to scroll.
    const MAX_FROZEN_ROWS: u32 = 3;
    if row < MAX_FROZEN_ROWS {
        sheet.set_freeze_panes(row + 1, 0)?;
    }
    sheet.set_repeat_rows(row, row)?;
    Ok(())
}

fn cells(
    sheet: &mut Worksheet,
    row: u32,
    values: &[Value<'_>],
    widths: &[usize],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut height = 1;
    for ((column, value), &width) in (0..).zip(values).zip(widths) {
        match value {
            Value::Null => {}
            // Text is written as text, so that it is never evaluated as a formula.
            Value::Text(text) => {
                height = height.max(lines(text, width));
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
    set_height(sheet, row, height)
}

/// Not all software adapts the heights of rows to their text.
fn set_height(sheet: &mut Worksheet, row: u32, lines: usize) -> Result<(), XlsxError> {
    /// Excel allows no more.
    const MAX_POINTS: f64 = 409.0;
    if lines > 1 {
        sheet.set_row_height(row, (LINE_HEIGHT * lines as f64 + 2.0).min(MAX_POINTS))?;
    }
    Ok(())
}

/// Excel counts the digits of its own font, in which Chinese characters are wider than two of them.
fn excel_width(width: usize) -> f64 {
    1.12 * width as f64 + 2.0
}

fn set_widths(sheet: &mut Worksheet, widths: &[usize]) -> Result<(), XlsxError> {
    for (column, &width) in (0..).zip(widths) {
        sheet.set_column_width(column, excel_width(width))?;
    }
    Ok(())
}

/// A4, as wide as the table, with page numbers.
fn set_page(sheet: &mut Worksheet, widths: &[usize]) {
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_footer("&C&P / &N");
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    let width: f64 = widths.iter().map(|&width| excel_width(width)).sum();
    if width > MAX_PORTRAIT_WIDTH {
        sheet.set_landscape();
    }
}

fn last_column(head: &Head) -> u16 {
    u16::try_from(head.len().saturating_sub(1)).unwrap_or(u16::MAX)
}

fn owned(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Text(text) => Value::Text(text.clone().into_owned().into()),
        Value::Integer(value) => Value::Integer(*value),
        Value::Float { value, decimals } => Value::Float { value: *value, decimals: *decimals },
        Value::Bool(value) => Value::Bool(*value),
    }
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
