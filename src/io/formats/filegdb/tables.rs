//! The rows of a table (`.gdbtable`), in the order of its index.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use super::cursor::Cursor;
use super::fields::Layout;
use super::index::{RowIndex, Version};
use super::malformed;
use crate::error::{Error, ErrorKind, FilePart, FileProblem, Result};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::folder::Folder;
use crate::io::bytes::stored::StoredReader;

const HEADER_BYTES: u64 = 40;
/// The maximum size of the description of the fields, as in GDAL.
const MAX_FIELDS_BYTES: u64 = 10 << 20;

/// A table: its fields, and its rows from the first.
pub(super) struct Table {
    pub(super) layout: Arc<Layout>,
    /// The number of rows that the table declares.
    pub(super) declared_rows: u64,
    reader: BufReader<StoredReader>,
    file_bytes: u64,
    position: u64,
    /// The number of bytes of rows read so far.
    read_bytes: u64,
    /// `None` if there are no rows.
    index: Option<RowIndex>,
    /// The number of rows read so far.
    pub(super) row: u64,
}

/// Some rows, not decoded.
pub(super) struct RawRows {
    /// The number of the first row.
    pub(super) first_row: u64,
    bytes: Vec<u8>,
    rows: Vec<(u64, Range<usize>)>,
}

impl RawRows {
    /// The id and bytes of each row.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.rows.iter().map(|(id, range)| (*id, &self.bytes[range.clone()]))
    }
}

/// The name of a file of a table.
pub(super) fn file_name(number: u64, ending: &str) -> String {
    format!("a{number:08x}.{ending}")
}

impl Table {
    /// Opens a table by its number in the catalogue.
    pub(super) fn open(folder: &dyn Folder, number: u64) -> Result<Table> {
        let name = file_name(number, "gdbtable");
        let missing = |name: String| malformed(FileProblem::MissingMember(name));
        let file = folder.file(&name)?.ok_or_else(|| missing(name.clone()))?;
        let in_file = |error: Error| error.in_file(name.clone());
        let reader = file.reader()?;
        let file_bytes = reader.size_bytes()?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let truncated = || in_file(Error::new(ErrorKind::Truncated(FilePart::Header)));
        let header = bytes_of(&mut reader, 0, HEADER_BYTES).map_err(in_file)?.ok_or_else(truncated)?;
        let mut cursor = Cursor::new(&header);
        let numbers = |cursor: &mut Cursor<'_>| {
            let version = cursor.u32()?;
            let rows = u64::from(cursor.u32()?);
            cursor.bytes(8)?;
            let long_rows = cursor.u64()?;
            cursor.bytes(8)?;
            Some((version, rows, long_rows, cursor.u64()?))
        };
        let (version, rows, long_rows, fields_at) = numbers(&mut cursor).ok_or_else(truncated)?;
        let (version, declared_rows) = match version {
            3 => (Version::Ids32, rows),
            4 => (Version::Ids64, long_rows),
            other => return Err(in_file(malformed(FileProblem::Version(other)))),
        };
        let size = bytes_of(&mut reader, fields_at, 4).map_err(in_file)?.ok_or_else(truncated)?;
        let size = Cursor::new(&size).u32().map_or(0, u64::from);
        if size > MAX_FIELDS_BYTES {
            return Err(in_file(malformed(FileProblem::Schema)));
        }
        let section =
            bytes_of(&mut reader, fields_at.saturating_add(4), size).map_err(in_file)?.ok_or_else(truncated)?;
        let layout = Arc::new(Layout::parse(&section).map_err(in_file)?);
        let index = if declared_rows == 0 {
            None
        } else {
            let name = file_name(number, "gdbtablx");
            let file = folder.file(&name)?.ok_or_else(|| missing(name.clone()))?;
            Some(RowIndex::open(&file, version).map_err(|error| error.in_file(name))?)
        };
        let position = fields_at.saturating_add(4 + size);
        Ok(Table { layout, declared_rows, reader, file_bytes, position, read_bytes: 0, index, row: 0 })
    }

    /// The share of the rows that have been read.
    pub(super) fn share_read(&self) -> f64 {
        self.index.as_ref().map_or(1.0, |index| index.passed() as f64 / index.total().max(1) as f64)
    }

    /// The next rows: a limited number, and as many as fit a limited size, but at least one; `None` at the end.
    pub(super) fn next_rows(&mut self) -> Result<Option<RawRows>> {
        const MAX_ROWS: usize = 4096;
        const MAX_BYTES: usize = 1 << 19;
        let mut raw = RawRows { first_row: self.row + 1, bytes: vec![], rows: vec![] };
        while raw.rows.len() < MAX_ROWS && raw.bytes.len() < MAX_BYTES {
            let Some(index) = &mut self.index else { break };
            let Some(at) = index.next()? else { break };
            self.row += 1;
            let start = raw.bytes.len();
            self.read_row(at.offset, &mut raw.bytes).map_err(|error| error.at_row(self.row))?;
            raw.rows.push((at.id, start..raw.bytes.len()));
        }
        Ok((!raw.rows.is_empty()).then_some(raw))
    }

    /// Appends the bytes of a row.
    fn read_row(&mut self, offset: u64, bytes: &mut Vec<u8>) -> Result<()> {
        let truncated = || Error::new(ErrorKind::Truncated(FilePart::Record));
        let distance = i64::try_from(offset).ok().zip(i64::try_from(self.position).ok());
        match distance {
            Some((to, from)) => self.reader.seek_relative(to - from),
            None => self.reader.seek(SeekFrom::Start(offset)).map(|_| ()),
        }
        .map_err(read_error)?;
        self.position = offset;
        let mut length = [0; 4];
        self.reader.read_exact(&mut length).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => truncated(),
            _ => read_error(error),
        })?;
        self.position += 4;
        let length = u64::from(u32::from_le_bytes(length));
        if self.position.saturating_add(length) > self.file_bytes {
            return Err(truncated());
        }
        // Otherwise an index could cause a row of a large file to be read repeatedly.
        self.read_bytes += 4 + length;
        if self.read_bytes > self.file_bytes {
            return Err(malformed(FileProblem::OverlappingRecords));
        }
        let read = self.reader.by_ref().take(length).read_to_end(bytes).map_err(read_error)? as u64;
        self.position += read;
        if read < length { Err(truncated()) } else { Ok(()) }
    }
}

/// Bytes at an offset; `None` if the file is too short.
fn bytes_of(reader: &mut BufReader<StoredReader>, offset: u64, count: u64) -> Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(offset)).map_err(read_error)?;
    let mut bytes = vec![];
    reader.by_ref().take(count).read_to_end(&mut bytes).map_err(read_error)?;
    Ok((bytes.len() as u64 == count).then_some(bytes))
}
