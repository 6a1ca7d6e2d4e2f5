//! OpenDocument spreadsheets (`.ods`).
//!
//! `calamine` (0.38) reads them, and keeps a cell for each repetition and for each gap before a filled one, of all sheets
//! at once. The repetitions are therefore counted first.

use std::io::{BufRead, BufReader, Cursor};

use calamine::{Ods, OdsError, Reader};
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::error::{Error, ErrorKind, FileProblem, ForeignFormat, LibraryMessage, Result};
use crate::io::formats::xlsx::cells::{self, MAX_TEXT_BYTES, SheetRow, Workbook, malformed, too_large, too_long};

impl Workbook for Ods<Cursor<Vec<u8>>> {
    fn sheets(&self) -> Vec<calamine::Sheet> {
        self.sheets_metadata().to_vec()
    }

    fn rows(&mut self, name: &str) -> Result<Vec<SheetRow>> {
        self.worksheet_range(name).map(SheetRow::of_range).map_err(failed)
    }
}

fn failed(error: OdsError) -> Error {
    match error {
        OdsError::Password => Error::new(ErrorKind::PasswordProtected),
        // A text document, for example.
        OdsError::InvalidMime(_) => Error::new(ErrorKind::Foreign { format: ForeignFormat::Document, member: None }),
        OdsError::FileNotFound(name) => malformed(FileProblem::MissingMember(name.to_owned())),
        error => malformed(LibraryMessage::new("calamine", error)),
    }
}

/// Opens a spreadsheet, whose members are checked for their size.
pub(super) fn open(bytes: Vec<u8>) -> Result<Ods<Cursor<Vec<u8>>>> {
    if let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes.as_slice()))
        && let Ok(content) = archive.by_name("content.xml")
    {
        examine(BufReader::new(content))?;
    }
    Ods::new(Cursor::new(bytes)).map_err(failed)
}

/// The rows of a sheet as they are stored.
#[derive(Default)]
struct Sheet {
    rows: u64,
    /// The number of rows up to the last that is filled.
    filled_rows: u64,
    /// The number of columns up to the last that is filled.
    columns: u64,
}

/// A row as it is read.
#[derive(Default)]
struct Row {
    repeated: u64,
    columns: u64,
    filled: u64,
    text_bytes: u64,
}

/// Errors if the sheets are too large.
fn examine(content: impl BufRead) -> Result<()> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let config = reader.config_mut();
    (config.check_end_names, config.expand_empty_elements) = (false, true);
    let (mut sheet, mut row) = (Sheet::default(), Row::default());
    // The repetitions of the cell that is open, and whether it is filled.
    let mut cell: Option<(u64, bool)> = None;
    let (mut cells, mut stored, mut text_bytes) = (0_u64, 0_u64, 0_u64);
    let mut buffer = vec![];
    loop {
        // The reader reports broken XML.
        let Ok(event) = reader.read_event_into(&mut buffer) else { return Ok(()) };
        match event {
            Event::Start(start) => match start.name().as_ref() {
                "table:table" => sheet = Sheet::default(),
                "table:table-row" => {
                    row = Row { repeated: repeated(&start, "table:number-rows-repeated"), ..Row::default() };
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let is_filled = start.attributes().flatten().any(|attribute| {
                        let key = attribute.key.as_ref();
                        key.starts_with("office:") || key == "table:formula"
                    });
                    row.text_bytes += start.len() as u64;
                    cell = Some((repeated(&start, "table:number-columns-repeated"), is_filled));
                }
                _ => {}
            },
            Event::Text(text) => {
                if let Some((repetitions, is_filled)) = &mut cell
                    && !text.is_empty()
                {
                    *is_filled = true;
                    row.text_bytes = row
                        .text_bytes
                        .saturating_add((text.len() as u64).saturating_mul((*repetitions).min(MAX_COLUMNS)));
                }
            }
            Event::End(end) => match end.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => {
                    let Some((repetitions, is_filled)) = cell.take() else { continue };
                    row.columns = row.columns.saturating_add(repetitions).min(MAX_COLUMNS);
                    if is_filled {
                        row.filled = row.columns;
                    }
                }
                "table:table-row" => {
                    sheet.rows = sheet.rows.saturating_add(row.repeated).min(MAX_ROWS);
                    stored = stored.saturating_add(row.filled);
                    text_bytes = text_bytes.saturating_add(row.text_bytes.saturating_mul(row.repeated.min(MAX_ROWS)));
                    if row.filled > 0 {
                        sheet.filled_rows = sheet.rows;
                        sheet.columns = sheet.columns.max(row.filled);
                    }
                    too_large(stored.max(cells.saturating_add(sheet.filled_rows * sheet.columns)))?;
                    if text_bytes > MAX_TEXT_BYTES && row.filled > 0 {
                        return Err(too_long());
                    }
                    row = Row::default();
                }
                "table:table" => {
                    cells = cells.saturating_add(sheet.filled_rows * sheet.columns);
                    sheet = Sheet::default();
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

const MAX_COLUMNS: u64 = cells::MAX_COLUMNS as u64;
const MAX_ROWS: u64 = cells::MAX_ROWS as u64;

fn repeated(start: &BytesStart<'_>, name: &str) -> u64 {
    let attribute = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
    let number = attribute.and_then(|attribute| attribute.value.trim().parse().ok());
    number.unwrap_or(1)
}
