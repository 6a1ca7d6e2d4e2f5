//! Checks of a Parquet file before the library reads it: `parquet` (59.3) allocates by some declared lengths and
//! counts, so that a file of 32 bytes can abort the process.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use crate::error::{ColumnProblem, Error, ErrorKind, FilePart, FileProblem, Result, Unsupported};
use crate::io::bytes::errors::read_error;
use crate::io::formats::geoparquet::footer::corrected;
use crate::io::formats::geoparquet::thrift::{I32, LIST, STRUCT, ThriftReader};
use crate::io::formats::geoparquet::{MAGIC, malformed};

/// The maximum depth of groups in a schema, which the library reads recursively.
const MAX_DEPTH: usize = 32;

/// The maximum size of a decompressed page.
pub(super) const MAX_PAGE_BYTES: i32 = 256 << 20;

/// The maximum number of values of a page.
const MAX_PAGE_VALUES: i32 = 1 << 24;

/// The maximum number of values and bytes of lists in a row group.
const MAX_LIST_VALUES: i64 = 1 << 26;
const MAX_LIST_BYTES: u64 = 1 << 30;

/// Checks that the file is complete, and returns its footer, which is valid.
pub(super) fn footer(file: &mut File) -> Result<Vec<u8>> {
    let size = file.seek(SeekFrom::End(0)).map_err(read_error)?;
    if size == 0 {
        return Err(Error::new(ErrorKind::Empty));
    }
    let mut magic = [0; 4];
    file.seek(SeekFrom::Start(0)).map_err(read_error)?;
    if file.read_exact(&mut magic).is_err() || magic != MAGIC {
        return Err(if magic == *b"PARE" { encrypted() } else { malformed(FileProblem::Signature) });
    }
    let cut_off = || Error::new(ErrorKind::Truncated(FilePart::ParquetFile));
    // A file is: magic, data, footer, length of the footer, magic.
    if size < 12 {
        return Err(cut_off());
    }
    let mut end = [0; 8];
    file.seek(SeekFrom::Start(size - 8)).map_err(read_error)?;
    file.read_exact(&mut end).map_err(read_error)?;
    let (length, magic) = end.split_at(4);
    if magic != MAGIC {
        return Err(if magic == b"PARE" { encrypted() } else { cut_off() });
    }
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | u64::from(*byte));
    let Some(start) = (size - 8).checked_sub(length).filter(|start| *start >= 4) else { return Err(cut_off()) };
    file.seek(SeekFrom::Start(start)).map_err(read_error)?;
    let mut footer = vec![];
    file.take(length).read_to_end(&mut footer).map_err(read_error)?;
    validate_footer(&footer).and_then(|()| corrected(&footer)).ok_or_else(|| malformed(FileProblem::Footer))
}

fn encrypted() -> Error {
    Error::new(ErrorKind::Unsupported(Unsupported::Encryption))
}

/// Checks that the compression of a row group is supported.
pub(super) fn check_compression(group: &RowGroupMetaData) -> Result<()> {
    let unsupported = group.columns().iter().find_map(|column| match column.compression() {
        Compression::LZO => Some("LZO"),
        _ => None,
    });
    match unsupported {
        Some(name) => Err(Error::new(ErrorKind::Unsupported(Unsupported::Compression(name)))),
        None => Ok(()),
    }
}

/// Validates `FileMetaData`; `None` if it is not valid.
fn validate_footer(footer: &[u8]) -> Option<()> {
    let mut reader = ThriftReader::new(footer);
    let mut last = 0;
    while let Some(field) = reader.field(last)? {
        match (field.id, field.kind) {
            (2, LIST) => {
                let (STRUCT, count) = reader.list()? else { return None };
                validate_schema(&mut reader, count)?;
            }
            (_, kind) => reader.skip(kind)?,
        }
        last = field.id;
    }
    Some(())
}

/// Validates the elements of a schema, a tree in depth-first order.
fn validate_schema(reader: &mut ThriftReader<'_>, count: usize) -> Option<()> {
    // The number of remaining children of each open group.
    let mut open: Vec<i32> = vec![1];
    for _ in 0..count {
        while open.last() == Some(&0) {
            open.pop();
        }
        *open.last_mut()? -= 1;
        let (mut last, mut children) = (0, 0);
        while let Some(field) = reader.field(last)? {
            match (field.id, field.kind) {
                (5, I32) => children = reader.i32()?,
                (_, kind) => reader.skip(kind)?,
            }
            last = field.id;
        }
        if !(0..=count as i64).contains(&i64::from(children)) {
            return None;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
    }
    open.iter().all(|left| *left == 0).then_some(())
}

/// The relevant fields of a page header.
#[derive(Debug, Default)]
struct PageHeader {
    uncompressed_bytes: i32,
    compressed_bytes: i32,
    values: i32,
    nulls: i32,
    rows: Option<i32>,
    is_dictionary: bool,
    is_data: bool,
}

/// Checks the pages of a row group, and returns the decompressed size of each column.
pub(super) fn check_row_group(file: &mut File, group: &RowGroupMetaData) -> Result<Vec<u64>> {
    let size = file.seek(SeekFrom::End(0)).map_err(read_error)?;
    if group.columns().len() != group.schema_descr().num_columns() {
        return Err(malformed(FileProblem::RowGroupColumns));
    }
    let check = |column: &ColumnChunkMetaData| {
        check_column(file, size, group, column).map_err(|error| error_of_column(error, column.column_path().string()))
    };
    group.columns().iter().map(check).collect()
}

/// An error in a column: of reading, or of its content.
enum ColumnError {
    Read(Error),
    Damaged(ColumnProblem),
}

impl From<std::io::Error> for ColumnError {
    fn from(error: std::io::Error) -> ColumnError {
        ColumnError::Read(read_error(error))
    }
}

fn error_of_column(flaw: ColumnError, name: String) -> Error {
    match flaw {
        ColumnError::Read(error) => error,
        ColumnError::Damaged(problem) => malformed(FileProblem::Column { name, problem }),
    }
}

fn check_column(
    file: &mut File,
    size: u64,
    group: &RowGroupMetaData,
    column: &ColumnChunkMetaData,
) -> Result<u64, ColumnError> {
    let damaged = |problem| Err(ColumnError::Damaged(problem));
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(column.compressed_size())) else {
        return damaged(ColumnProblem::Offset);
    };
    let Some(end) = start.checked_add(length).filter(|end| *end <= size) else {
        return damaged(ColumnProblem::BeyondFile);
    };
    let (mut offset, mut values, mut uncompressed_bytes) = (start, 0, 0);
    while offset < end {
        let (page, header_bytes) =
            page_header(file, offset, end)?.ok_or(ColumnError::Damaged(ColumnProblem::PageHeader))?;
        let body_bytes = u64::try_from(page.compressed_bytes).unwrap_or(u64::MAX);
        let next_offset = (offset + header_bytes).checked_add(body_bytes).filter(|next_offset| *next_offset <= end);
        let Some(next_offset) = next_offset else { return damaged(ColumnProblem::PageBeyondColumn) };
        if !(0..=MAX_PAGE_BYTES).contains(&page.uncompressed_bytes) {
            return damaged(ColumnProblem::PageTooLarge);
        }
        if !(0..=MAX_PAGE_VALUES).contains(&page.values) {
            return damaged(ColumnProblem::PageValues);
        }
        if page.is_dictionary && i64::from(page.values) > 8 * i64::from(page.uncompressed_bytes) {
            return damaged(ColumnProblem::Dictionary);
        }
        if page.is_data {
            values += i64::from(page.values);
            if !(0..=page.values).contains(&page.nulls)
                || page.rows.is_some_and(|rows| !(0..=page.values).contains(&rows))
            {
                return damaged(ColumnProblem::PageCounts);
            }
        }
        uncompressed_bytes += page.uncompressed_bytes as u64;
        offset = next_offset;
    }
    let is_flat = column.column_descr().max_rep_level() == 0;
    // A single row may contain all values of a list column.
    if !is_flat && (values > MAX_LIST_VALUES || uncompressed_bytes > MAX_LIST_BYTES) {
        return damaged(ColumnProblem::ListsTooLarge);
    }
    if values < group.num_rows() || is_flat && values != group.num_rows() {
        return damaged(ColumnProblem::ValueCount);
    }
    Ok(uncompressed_bytes)
}

/// The header of the page at an offset, and its size; `None` if it is not valid.
fn page_header(file: &mut File, offset: u64, end: u64) -> Result<Option<(PageHeader, u64)>, ColumnError> {
    // Headers with statistics of strings may be long.
    for limit in [1 << 8, 1 << 16, 1 << 24] {
        let length = limit.min(end - offset);
        let mut bytes = vec![];
        file.seek(SeekFrom::Start(offset))?;
        file.take(length).read_to_end(&mut bytes)?;
        let mut reader = ThriftReader::new(&bytes);
        if let Some(page) = read_page_header(&mut reader) {
            return Ok(Some((page, reader.position() as u64)));
        }
        if length < limit {
            break;
        }
    }
    Ok(None)
}

/// Reads a `PageHeader`.
fn read_page_header(reader: &mut ThriftReader<'_>) -> Option<PageHeader> {
    let mut page = PageHeader::default();
    let mut last = 0;
    while let Some(field) = reader.field(last)? {
        match (field.id, field.kind) {
            (2, I32) => page.uncompressed_bytes = reader.i32()?,
            (3, I32) => page.compressed_bytes = reader.i32()?,
            (5 | 7 | 8, STRUCT) => {
                (page.is_data, page.is_dictionary) = (field.id != 7, field.id == 7);
                let mut last_inside = 0;
                while let Some(inside) = reader.field(last_inside)? {
                    match (field.id, inside.id, inside.kind) {
                        (_, 1, I32) => page.values = reader.i32()?,
                        (8, 2, I32) => page.nulls = reader.i32()?,
                        (8, 3, I32) => page.rows = Some(reader.i32()?),
                        (_, _, kind) => reader.skip(kind)?,
                    }
                    last_inside = inside.id;
                }
            }
            (_, kind) => reader.skip(kind)?,
        }
        last = field.id;
    }
    Some(page)
}

/// Checks the declared number of rows against the size of the file, to reject files that repeat a value almost
/// endlessly.
pub(super) fn check_rows(rows: i64, file_bytes: u64) -> Result<()> {
    let limit = file_bytes.saturating_mul(1 << 12).saturating_add(1 << 24);
    match u64::try_from(rows) {
        Ok(rows) if rows <= limit => Ok(()),
        Ok(_) => Err(malformed(FileProblem::TooManyRows)),
        Err(_) => Err(malformed(FileProblem::NegativeRows)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements of a schema: groups with these numbers of children.
    fn schema(children: &[i32]) -> Vec<u8> {
        let element = |count: &i32| [0x55, (count * 2) as u8, 0];
        children.iter().flat_map(element).collect()
    }

    #[test]
    fn a_schema_is_a_tree() {
        let is_valid =
            |children: &[i32]| validate_schema(&mut ThriftReader::new(&schema(children)), children.len()).is_some();
        assert!(is_valid(&[2, 0, 0]) && is_valid(&[2, 1, 0, 0]) && is_valid(&[0]));
        assert!(!is_valid(&[2, 0]) && !is_valid(&[1, 0, 0]) && !is_valid(&[60]));
        assert!(!is_valid(&[[1; 40].as_slice(), &[0]].concat()));
    }
}
