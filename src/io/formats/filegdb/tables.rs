//! The rows of a table (`.gdbtable`), in the order of its index, or in that of the file if it has no index.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use super::cursor::Cursor;
use super::fields::Layout;
use super::index::{RowAt, RowIndex, Version};
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
    order: Order,
    /// The number of rows read so far.
    pub(super) row: u64,
}

/// The order of the rows.
enum Order {
    /// There are no rows.
    Empty,
    /// That of the index, by the row ids.
    Indexed(RowIndex),
    /// The order in the file, without the row ids.
    Sequential(Sequence),
}

/// A walk through the records of a file without an index: the rows, the free space between them and the description of the
/// fields, each preceded by its length, which is negative for free space.
#[derive(Clone)]
struct Sequence {
    offset: u64,
    /// The description of the fields.
    fields: Range<u64>,
    end: u64,
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
        let mut table = Table {
            layout,
            declared_rows,
            reader,
            file_bytes,
            position: fields_at.saturating_add(4 + size),
            read_bytes: 0,
            order: Order::Empty,
            row: 0,
        };
        if declared_rows > 0 {
            let name = file_name(number, "gdbtablx");
            table.order = match folder.file(&name)? {
                Some(file) => {
                    Order::Indexed(RowIndex::open(&file, version).map_err(|error| error.in_file(name.clone()))?)
                }
                None => Order::Sequential(table.sequence(fields_at).map_err(in_file)?.ok_or_else(|| missing(name))?),
            };
        }
        Ok(table)
    }

    /// Whether rows have ids: without an index they are not known.
    pub(super) fn has_ids(&self) -> bool {
        !matches!(self.order, Order::Sequential(_))
    }

    /// The walk through the records; `None` if they do not fill the file, or are not as many rows as are declared, so that
    /// rows cannot be distinguished from remains of deleted ones.
    fn sequence(&mut self, fields_at: u64) -> Result<Option<Sequence>> {
        let mut first = Sequence { offset: HEADER_BYTES, fields: fields_at..self.position, end: self.file_bytes };
        // GDAL notes its version in a record in front of the description.
        let mut after_note = first.clone();
        if self.next_in(&mut after_note)?.is_some() && after_note.offset == fields_at {
            first = after_note;
        }
        let (mut sequence, mut rows) = (first.clone(), 0);
        while sequence.offset < sequence.end {
            match self.next_in(&mut sequence)? {
                Some(record) => rows += u64::from(record.is_some()),
                None => return Ok(None),
            }
        }
        Ok((rows == self.declared_rows).then_some(first))
    }

    /// The next record: the offset of a row, or `Some(None)` for anything else; `None` if there is no record.
    fn next_in(&mut self, sequence: &mut Sequence) -> Result<Option<Option<u64>>> {
        if sequence.offset == sequence.fields.start {
            sequence.offset = sequence.fields.end;
            return Ok(Some(None));
        }
        let at = sequence.offset;
        self.seek(at)?;
        let Some(length) = self.length()? else { return Ok(None) };
        let is_row = length > 0;
        sequence.offset = at.saturating_add(4 + u64::from(length.unsigned_abs()));
        let fits = length != 0 && sequence.offset <= sequence.end;
        Ok(fits.then(|| is_row.then_some(at)))
    }

    /// The share of the rows that have been read.
    pub(super) fn share_read(&self) -> f64 {
        match &self.order {
            Order::Empty => 1.0,
            Order::Indexed(index) => index.passed() as f64 / index.total().max(1) as f64,
            Order::Sequential(sequence) => sequence.offset as f64 / sequence.end.max(1) as f64,
        }
    }

    /// The next rows: a limited number, and as many as fit a limited size, but at least one; `None` at the end.
    pub(super) fn next_rows(&mut self) -> Result<Option<RawRows>> {
        const MAX_ROWS: usize = 4096;
        const MAX_BYTES: usize = 1 << 19;
        let mut raw = RawRows { first_row: self.row + 1, bytes: vec![], rows: vec![] };
        while raw.rows.len() < MAX_ROWS && raw.bytes.len() < MAX_BYTES {
            let Some(at) = self.next_at()? else { break };
            self.row += 1;
            let start = raw.bytes.len();
            self.read_row(at.offset, &mut raw.bytes).map_err(|error| error.at_row(self.row))?;
            raw.rows.push((at.id, start..raw.bytes.len()));
        }
        Ok((!raw.rows.is_empty()).then_some(raw))
    }

    fn next_at(&mut self) -> Result<Option<RowAt>> {
        let mut sequence = match &mut self.order {
            Order::Empty => return Ok(None),
            Order::Indexed(index) => return index.next(),
            Order::Sequential(sequence) => sequence.clone(),
        };
        let mut found = None;
        while found.is_none() && sequence.offset < sequence.end {
            let Some(record) = self.next_in(&mut sequence)? else { break };
            found = record;
        }
        self.order = Order::Sequential(sequence);
        Ok(found.map(|offset| RowAt { id: self.row + 1, offset }))
    }

    fn seek(&mut self, offset: u64) -> Result<()> {
        let distance = i64::try_from(offset).ok().zip(i64::try_from(self.position).ok());
        match distance {
            Some((to, from)) => self.reader.seek_relative(to - from),
            None => self.reader.seek(SeekFrom::Start(offset)).map(|_| ()),
        }
        .map_err(read_error)?;
        self.position = offset;
        Ok(())
    }

    /// The length of the record at the position; `None` at the end of the file.
    fn length(&mut self) -> Result<Option<i32>> {
        let mut length = [0; 4];
        match self.reader.read_exact(&mut length) {
            Ok(()) => {
                self.position += 4;
                Ok(Some(i32::from_le_bytes(length)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(read_error(error)),
        }
    }

    /// Appends the bytes of a row.
    fn read_row(&mut self, offset: u64, bytes: &mut Vec<u8>) -> Result<()> {
        let truncated = || Error::new(ErrorKind::Truncated(FilePart::Record));
        self.seek(offset)?;
        let length = self.length()?.ok_or_else(truncated)?;
        let length = u64::from(length as u32);
        if self.position.saturating_add(length) > self.file_bytes {
            return Err(truncated());
        }
        // Otherwise an index could cause a row of a large file to be read repeatedly.
        self.read_bytes += 4 + length;
        if self.read_bytes > self.file_bytes {
            return Err(malformed(FileProblem::OverlappingRecords));
        }
        // The file is that long.
        let start = bytes.len();
        bytes.resize(start + length as usize, 0);
        self.reader.read_exact(&mut bytes[start..]).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => truncated(),
            _ => read_error(error),
        })?;
        self.position += length;
        Ok(())
    }
}

/// Bytes at an offset; `None` if the file is too short.
fn bytes_of(reader: &mut BufReader<StoredReader>, offset: u64, count: u64) -> Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(offset)).map_err(read_error)?;
    let mut bytes = vec![];
    reader.by_ref().take(count).read_to_end(&mut bytes).map_err(read_error)?;
    Ok((bytes.len() as u64 == count).then_some(bytes))
}
