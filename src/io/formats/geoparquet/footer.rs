//! Correction of footers of Parquet files, which `parquet` (59.3) fails to read because of known faults of writers.

use std::ops::Range;

use crate::io::formats::geoparquet::thrift::{I32, I64, LIST, STRUCT, ThriftReader};

/// Field ids on the path to the metadata of a column: of `FileMetaData`, `RowGroup`, `ColumnChunk`.
const ROW_GROUPS: i16 = 4;
const COLUMNS: i16 = 1;
const META_DATA: i16 = 3;

/// Field ids of `ColumnMetaData`.
const DICTIONARY_PAGE_OFFSET: i16 = 11;
const BLOOM_FILTER_OFFSET: i16 = 14;
const BLOOM_FILTER_LENGTH: i16 = 15;

/// A replacement of bytes.
type Edit = (Range<usize>, Vec<u8>);

/// The corrected footer; `None` if it is not valid. Old versions of Impala wrote an offset of 0 for an absent
/// dictionary page, and fields whose ids have another type today; both are removed.
pub(super) fn corrected(footer: &[u8]) -> Option<Vec<u8>> {
    let mut edits = vec![];
    let mut reader = ThriftReader::new(footer);
    visit_list(&mut reader, ROW_GROUPS, &mut |reader| {
        visit_list(reader, COLUMNS, &mut |reader| {
            let mut last_id = 0;
            while let Some(field) = reader.field(last_id)? {
                match (field.id, field.kind) {
                    (META_DATA, STRUCT) => clean_column(reader, &mut edits)?,
                    (_, kind) => reader.skip(kind)?,
                }
                last_id = field.id;
            }
            Some(())
        })
    })?;
    let (mut corrected, mut copied) = (Vec::with_capacity(footer.len()), 0);
    for (range, bytes) in edits {
        corrected.extend_from_slice(footer.get(copied..range.start)?);
        corrected.extend_from_slice(&bytes);
        copied = range.end;
    }
    corrected.extend_from_slice(footer.get(copied..)?);
    Some(corrected)
}

/// Reads a struct, and visits each struct of the list in one of its fields.
fn visit_list<'a>(
    reader: &mut ThriftReader<'a>,
    id: i16,
    visit: &mut impl FnMut(&mut ThriftReader<'a>) -> Option<()>,
) -> Option<()> {
    let mut last_id = 0;
    while let Some(field) = reader.field(last_id)? {
        if (field.id, field.kind) == (id, LIST) {
            let (STRUCT, count) = reader.list()? else { return None };
            (0..count).try_for_each(|_| visit(reader))?;
        } else {
            reader.skip(field.kind)?;
        }
        last_id = field.id;
    }
    Some(())
}

/// Reads `ColumnMetaData`, and removes faulty fields.
fn clean_column(reader: &mut ThriftReader<'_>, edits: &mut Vec<Edit>) -> Option<()> {
    // Field ids are deltas to the field before, so that the field after a removed one has to be changed.
    let (mut last_id, mut last_kept_id) = (0, 0);
    loop {
        let start = reader.position();
        let Some(field) = reader.field(last_id)? else { return Some(()) };
        let header_end = reader.position();
        let is_removed = match (field.id, field.kind) {
            (DICTIONARY_PAGE_OFFSET, I64) => reader.zigzag()? == 0,
            (id, kind) => {
                reader.skip(kind)?;
                matches!(id, BLOOM_FILTER_OFFSET) && kind != I64 || id == BLOOM_FILTER_LENGTH && kind != I32
            }
        };
        if is_removed {
            edits.push((start..reader.position(), vec![]));
        } else {
            if last_kept_id != last_id {
                let delta = u8::try_from(field.id - last_kept_id).ok().filter(|delta| (1..16).contains(delta))?;
                edits.push((start..header_end, vec![delta << 4 | field.kind]));
            }
            last_kept_id = field.id;
        }
        last_id = field.id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer of one row group with one column with this metadata.
    fn footer(column: &[u8]) -> Vec<u8> {
        // FileMetaData { 1: 2, 4: [{ 1: [{ 3: column }] }], 6: "a" }
        [&[0x15, 0x04, 0x39, 0x1c, 0x19, 0x1c, 0x3c], column, &[0x00, 0x00, 0x28, 0x01, b'a', 0x00]].concat()
    }

    #[test]
    fn what_is_not_to_stay_is_removed() {
        // 1: 1, 9: 4, 11: 0, 12: {}, 15: [1], 16: {}
        let column = [0x15, 0x02, 0x86, 0x08, 0x26, 0x00, 0x1c, 0x00, 0x39, 0x15, 0x02, 0x1c, 0x00, 0x00];
        // 1: 1, 9: 4, 12: {}, 16: {}
        let expected = [0x15, 0x02, 0x86, 0x08, 0x3c, 0x00, 0x4c, 0x00, 0x00];
        assert_eq!(corrected(&footer(&column)), Some(footer(&expected)));
        // 9: 4, 11: 4, 14: 4, 15: 2
        let sound = [0x96, 0x08, 0x26, 0x08, 0x36, 0x08, 0x15, 0x04, 0x00];
        assert_eq!(corrected(&footer(&sound)), Some(footer(&sound)));
    }

    #[test]
    fn what_is_cut_off_is_not_sound() {
        let whole = footer(&[0x96, 0x08, 0x26, 0x00, 0x00]);
        assert!(corrected(&whole).is_some() && (0..whole.len()).all(|end| corrected(&whole[..end]).is_none()));
    }
}
