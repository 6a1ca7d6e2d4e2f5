//! Workbooks of Excel 97 to 2003 and WPS (`.xls`).
//!
//! `calamine` (0.38) reads them, but reserves memory for as many cells as a sheet declares, fills the rectangle from its
//! first cell to its last, and copies a shared text into each of its cells, so that a few bytes take gigabytes. The
//! records are therefore examined first, and sizes that are declared are taken out. What was examined is given to
//! `calamine` in a new container, so that no other reading of the old one counts. The crate `cfb` reads and writes
//! containers.

use std::io::{Cursor, Read, Write};
use std::ops::Range;

use calamine::{Reader, Xls, XlsError};
use cfb::{CompoundFile, Version};

use crate::error::{Error, ErrorKind, FileProblem, ForeignFormat, LibraryMessage, Result};
use crate::io::formats::xlsx::cells::{
    MAX_TEXT_BYTES, SheetRow, Workbook, malformed, not_examined, too_large, too_long,
};

impl Workbook for Xls<Cursor<Vec<u8>>> {
    fn sheets(&self) -> Vec<calamine::Sheet> {
        self.sheets_metadata().to_vec()
    }

    fn rows(&mut self, name: &str) -> Result<Vec<SheetRow>> {
        self.worksheet_range(name).map(SheetRow::of_range).map_err(failed)
    }
}

fn failed(error: XlsError) -> Error {
    match error {
        XlsError::Password => Error::new(ErrorKind::PasswordProtected),
        error => malformed(LibraryMessage::new("calamine", error)),
    }
}

/// Opens a workbook.
pub(super) fn open(bytes: Vec<u8>) -> Result<Xls<Cursor<Vec<u8>>>> {
    let stream = examined(bytes)?;
    Xls::new(Cursor::new(stream)).map_err(failed)
}

/// A container with the stream of records alone, examined.
fn examined(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let broken = |error: std::io::Error| malformed(LibraryMessage::new("cfb", error));
    let mut container = CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    if container.is_stream("/EncryptedPackage") {
        return Err(Error::new(ErrorKind::PasswordProtected));
    }
    let Some(name) = ["/Workbook", "/Book"].into_iter().find(|name| container.is_stream(name)) else {
        return Err(if container.is_stream("/WordDocument") {
            Error::new(ErrorKind::Foreign { format: ForeignFormat::Document, member: None })
        } else {
            malformed(FileProblem::MissingMember("Workbook".to_owned()))
        });
    };
    let mut records = vec![];
    container.open_stream(name).and_then(|mut stream| stream.read_to_end(&mut records)).map_err(broken)?;
    examine(&mut records)?;
    // `calamine` refuses a container of version 4 without small streams.
    let mut new = CompoundFile::create_with_version(Version::V3, Cursor::new(vec![])).map_err(broken)?;
    new.create_stream(name).and_then(|mut stream| stream.write_all(&records)).map_err(broken)?;
    new.flush().map_err(broken)?;
    Ok(new.into_inner().into_inner())
}

/// Records of [MS-XLS] 2.3.
mod kind {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000a;
    pub const FILE_PASS: u16 = 0x002f;
    pub const CONTINUE: u16 = 0x003c;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MUL_RK: u16 = 0x00bd;
    pub const RICH_TEXT: u16 = 0x00d6;
    pub const SHARED_TEXTS: u16 = 0x00fc;
    pub const LABEL_SHARED: u16 = 0x00fd;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_OR_ERROR: u16 = 0x0205;
    pub const RK: u16 = 0x027e;
    pub const BOF: u16 = 0x0809;
}

/// Errors if the sheets are too large or the records broken. Takes out the sizes that are declared.
fn examine(stream: &mut [u8]) -> Result<()> {
    let (mut sheets, mut lengths, mut at) = (vec![], vec![], 0);
    while let Some((kind, data)) = record(stream, at)? {
        at = data.end;
        match kind {
            kind::FILE_PASS if number(stream, &data, 0) != Some(0) => {
                return Err(Error::new(ErrorKind::PasswordProtected));
            }
            kind::BOUND_SHEET => {
                let start = (number(stream, &data, 0), number(stream, &data, 2));
                let (Some(low), Some(high)) = start else { return Err(not_examined()) };
                sheets.push(usize::from(low) | usize::from(high) << 16);
            }
            kind::SHARED_TEXTS => {
                let mut parts = vec![data.clone()];
                while let Some((kind::CONTINUE, more)) = record(stream, at)? {
                    at = more.end;
                    parts.push(more);
                }
                lengths = text_lengths(stream, &parts).ok_or_else(not_examined)?;
            }
            kind::EOF => break,
            _ => {}
        }
    }
    // Sheets that share records would be read for each of them.
    let mut left = stream.len() / 4 + 1;
    let (mut cells, mut text_bytes) = (0_u64, 0_u64);
    for start in sheets {
        let size = sheet(stream, start, &lengths, &mut left)?;
        cells = cells.saturating_add(size.cells);
        text_bytes = text_bytes.saturating_add(size.text_bytes);
        too_large(cells)?;
        if text_bytes > MAX_TEXT_BYTES {
            return Err(too_long());
        }
    }
    Ok(())
}

struct Size {
    /// The cells from the first to the last.
    cells: u64,
    /// The size of shared texts, in each of their cells.
    text_bytes: u64,
}

/// The size of the sheet at a position.
fn sheet(stream: &mut [u8], start: usize, lengths: &[u16], left: &mut usize) -> Result<Size> {
    if start >= stream.len() {
        return Err(not_examined());
    }
    let (mut at, mut depth, mut text_bytes) = (start, 0_u32, 0_u64);
    let mut bounds: Option<[u16; 4]> = None;
    while let Some((kind, data)) = record(stream, at)? {
        at = data.end;
        *left = left.checked_sub(1).ok_or_else(not_examined)?;
        match kind {
            kind::BOF => depth += 1,
            kind::EOF if depth <= 1 => break,
            kind::EOF => depth -= 1,
            kind::DIMENSIONS => stream[data].fill(0),
            kind::FORMULA
            | kind::MUL_RK
            | kind::RICH_TEXT
            | kind::LABEL_SHARED
            | kind::NUMBER
            | kind::LABEL
            | kind::BOOL_OR_ERROR
            | kind::RK => {
                let place = (number(stream, &data, 0), number(stream, &data, 2));
                let (Some(row), Some(column)) = place else { return Err(not_examined()) };
                let last = match kind {
                    kind::MUL_RK => column.saturating_add((data.len() / 6) as u16),
                    _ => column,
                };
                let [top, left, bottom, right] = bounds.unwrap_or([row, column, row, last]);
                bounds = Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
                if kind == kind::LABEL_SHARED {
                    let index = (number(stream, &data, 6), number(stream, &data, 8));
                    let (Some(low), Some(high)) = index else { return Err(not_examined()) };
                    let length = lengths.get(usize::from(low) | usize::from(high) << 16);
                    text_bytes += 3 * u64::from(length.copied().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    let cells =
        bounds.map_or(0, |[top, left, bottom, right]| (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1));
    Ok(Size { cells, text_bytes })
}

/// The kind and the data of the record at a position; `None` at the end.
fn record(stream: &[u8], at: usize) -> Result<Option<(u16, Range<usize>)>> {
    let Some(head) = stream.get(at..at + 4) else { return Ok(None) };
    let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let data = at + 4..at + 4 + length;
    if data.end > stream.len() {
        return Err(not_examined());
    }
    Ok(Some((u16::from_le_bytes([head[0], head[1]]), data)))
}

/// A number of 16 bits in the data of a record.
fn number(stream: &[u8], data: &Range<usize>, at: usize) -> Option<u16> {
    let bytes = stream[data.clone()].get(at..at + 2)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// The numbers of characters of the shared texts, in the parts of their record ([MS-XLS] 2.4.265, 2.5.293). A text that
/// goes on in another part begins there with its flags again.
fn text_lengths(stream: &[u8], parts: &[Range<usize>]) -> Option<Vec<u16>> {
    let mut parts = parts.iter().map(|part| &stream[part.clone()]);
    let mut part = parts.next()?.get(8..)?;
    let mut lengths = vec![];
    loop {
        if part.is_empty() {
            match parts.next() {
                Some(next) => part = next,
                None => return Some(lengths),
            }
            continue;
        }
        let characters = u16::from_le_bytes([*part.first()?, *part.get(1)?]);
        let flags = *part.get(2)?;
        part = &part[3..];
        let mut tail = 0;
        if flags & 8 != 0 {
            tail += 4 * usize::from(u16::from_le_bytes([*part.first()?, *part.get(1)?]));
            part = &part[2..];
        }
        if flags & 4 != 0 {
            tail += u32::from_le_bytes(part.get(..4)?.try_into().ok()?) as usize;
            part = &part[4..];
        }
        lengths.push(characters);
        let (mut left, mut width) = (usize::from(characters), 1 + usize::from(flags & 1));
        while left > 0 {
            let count = left.min(part.len() / width);
            left -= count;
            part = &part[count * width..];
            if left > 0 {
                part = parts.next()?;
                width = 1 + usize::from(part.first()? & 1);
                part = &part[1..];
            }
        }
        while tail > 0 {
            let count = tail.min(part.len());
            tail -= count;
            part = &part[count..];
            if tail > 0 {
                part = parts.next()?;
            }
        }
    }
}
