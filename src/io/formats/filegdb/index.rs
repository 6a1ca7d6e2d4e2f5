//! The index of the rows of a table (`.gdbtablx`): the offset of each row, in blocks of 1,024.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::cursor::Cursor;
use super::malformed;
use crate::error::{FileProblem, Result};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::stored::{Stored, StoredReader};

const HEADER_BYTES: u64 = 16;
const ROWS_PER_BLOCK: u64 = 1024;

/// The offsets of the rows, in order.
pub(super) struct RowIndex {
    reader: BufReader<StoredReader>,
    /// The size of an offset.
    offset_bytes: usize,
    /// Which blocks are present, a bit each; `None` if all are.
    present: Option<Vec<u8>>,
    /// The number of rows, with those that are deleted.
    total: u64,
    next: u64,
}

/// The version of a table, by the width of its row ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Ids32 = 3,
    Ids64 = 4,
}

/// A row that is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowAt {
    /// The row id: from 1, in order.
    pub(super) id: u64,
    pub(super) offset: u64,
}

impl RowIndex {
    pub(super) fn open(file: &Stored, version: Version) -> Result<RowIndex> {
        let reader = file.reader()?;
        let file_bytes = reader.size_bytes()?;
        let mut reader = BufReader::with_capacity(1 << 15, reader);
        let damaged = || malformed(FileProblem::RowIndex);
        let header = read(&mut reader, 0, HEADER_BYTES as usize)?.ok_or_else(damaged)?;
        let mut cursor = Cursor::new(&header);
        let numbers = |cursor: &mut Cursor<'_>| {
            let found = cursor.u32()?;
            let (blocks, total) = match version {
                Version::Ids32 => (u64::from(cursor.u32()?), u64::from(cursor.u32()?)),
                Version::Ids64 => (cursor.u64()?, 0),
            };
            Some((found, blocks, total, cursor.u32()?))
        };
        let (found, blocks, total, offset_bytes) = numbers(&mut cursor).ok_or_else(damaged)?;
        if found != version as u32 || !(4..=6).contains(&offset_bytes) {
            return Err(damaged());
        }
        let offset_bytes = offset_bytes as usize;
        let entries = blocks.checked_mul(ROWS_PER_BLOCK * offset_bytes as u64);
        let end = entries.and_then(|entries| entries.checked_add(HEADER_BYTES)).filter(|end| *end <= file_bytes);
        let end = end.ok_or_else(damaged)?;
        let (present, total) = match (blocks, version) {
            (0, _) => (None, 0),
            (_, Version::Ids32) => (blocks_of_32(&mut reader, end, blocks, total)?, total),
            (_, Version::Ids64) => blocks_of_64(&mut reader, end, blocks)?,
        };
        if present.is_none() && total > blocks * ROWS_PER_BLOCK {
            return Err(damaged());
        }
        reader.seek(SeekFrom::Start(HEADER_BYTES)).map_err(read_error)?;
        Ok(RowIndex { reader, offset_bytes, present, total, next: 0 })
    }

    /// The number of rows, with those that are deleted.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The number of rows that have been passed.
    pub(super) fn passed(&self) -> u64 {
        self.next
    }

    /// The next row that is not deleted.
    pub(super) fn next(&mut self) -> Result<Option<RowAt>> {
        while self.next < self.total {
            if self.next.is_multiple_of(ROWS_PER_BLOCK) && !self.is_present(self.next / ROWS_PER_BLOCK) {
                self.next += ROWS_PER_BLOCK;
                continue;
            }
            let mut bytes = [0; 8];
            self.reader.read_exact(&mut bytes[..self.offset_bytes]).map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => malformed(FileProblem::RowIndex),
                _ => read_error(error),
            })?;
            self.next += 1;
            let offset = u64::from_le_bytes(bytes);
            if offset != 0 {
                return Ok(Some(RowAt { id: self.next, offset }));
            }
        }
        Ok(None)
    }

    fn is_present(&self, block: u64) -> bool {
        let Some(present) = &self.present else { return true };
        is_set(present, block)
    }
}

fn is_set(bits: &[u8], index: u64) -> bool {
    usize::try_from(index / 8).ok().and_then(|byte| bits.get(byte)).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
}

/// Bytes at an offset; `None` if the file is too short.
fn read(reader: &mut BufReader<StoredReader>, offset: u64, count: usize) -> Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(offset)).map_err(read_error)?;
    let mut bytes = vec![];
    reader.by_ref().take(count as u64).read_to_end(&mut bytes).map_err(read_error)?;
    Ok((bytes.len() == count).then_some(bytes))
}

/// Which blocks are present, if some are not.
fn blocks_of_32(reader: &mut BufReader<StoredReader>, end: u64, blocks: u64, total: u64) -> Result<Option<Vec<u8>>> {
    /// The number of blocks of all row ids.
    const MAX_BLOCKS: u64 = 1 + (i32::MAX as u64) / ROWS_PER_BLOCK;
    let damaged = || malformed(FileProblem::RowIndex);
    let trailer = read(reader, end, 16)?.ok_or_else(damaged)?;
    let mut cursor = Cursor::new(&trailer);
    let numbers = |cursor: &mut Cursor<'_>| Some((cursor.u32()?, u64::from(cursor.u32()?), u64::from(cursor.u32()?)));
    let (words, bits, repeated) = numbers(&mut cursor).ok_or_else(damaged)?;
    if repeated != blocks || bits > MAX_BLOCKS || words == 0 && bits != blocks {
        return Err(damaged());
    }
    if words == 0 {
        return Ok(None);
    }
    let present = read(reader, end + 16, bits.div_ceil(8) as usize)?.ok_or_else(damaged)?;
    let count = (0..bits).filter(|&block| is_set(&present, block)).count() as u64;
    if total > bits * ROWS_PER_BLOCK || count != blocks {
        return Err(damaged());
    }
    Ok(Some(present))
}

/// Which blocks are present, if some are not, and the number of rows.
fn blocks_of_64(reader: &mut BufReader<StoredReader>, end: u64, blocks: u64) -> Result<(Option<Vec<u8>>, u64)> {
    /// A bitmap of this size is between two headers whose meaning is not known.
    const MAP_BYTES: usize = 32_768;
    const BEFORE: usize = 22;
    const AFTER: usize = 52;
    const MAP_ROWS: u64 = (MAP_BYTES as u64) * 8 * ROWS_PER_BLOCK;
    let damaged = || malformed(FileProblem::RowIndex);
    let trailer = read(reader, end, 12)?.ok_or_else(damaged)?;
    let mut cursor = Cursor::new(&trailer);
    let numbers = |cursor: &mut Cursor<'_>| Some((cursor.u64()?, cursor.u32()? as usize));
    let (total, bytes) = numbers(&mut cursor).ok_or_else(damaged)?;
    if bytes == 0 {
        return Ok((None, total));
    }
    let has_map = bytes == BEFORE + MAP_BYTES + AFTER && total <= MAP_ROWS;
    let section = if has_map { read(reader, end + 12, bytes)? } else { None };
    let is_known = |section: &Vec<u8>| {
        let after: [u8; 12] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        section.starts_with(&[1, 0, 1, 0, 0, 0]) && section[BEFORE + MAP_BYTES..].starts_with(&after)
    };
    match section.filter(is_known) {
        Some(section) => Ok((Some(section[BEFORE..BEFORE + MAP_BYTES].to_vec()), total)),
        // Rows are numbered as if no block were missing.
        None => Ok((None, blocks * ROWS_PER_BLOCK)),
    }
}
