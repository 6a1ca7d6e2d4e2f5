//! Checks of the content of pages before the library decodes them: `parquet` (59.3) panics if bit widths and counts in
//! them are wrong. The formats are those of the Parquet specification, “Encodings”.

use std::fs::File;
use std::sync::Arc;

use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::{Compression, ConvertedType, Encoding, LogicalType, Type};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::io::formats::geoparquet::compression::Codec;
use crate::io::formats::geoparquet::guard::MAX_PAGE_BYTES;
use crate::io::formats::geoparquet::thrift::ThriftReader;

/// A row group of a file whose pages are checked.
pub(super) struct CheckedGroup {
    pub(super) file: Arc<File>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) number: usize,
    /// The decompressed sizes of its columns, as their pages declare them.
    pub(super) sizes: Vec<u64>,
}

impl CheckedGroup {
    fn group(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.number)
    }
}

impl RowGroups for CheckedGroup {
    fn num_rows(&self) -> usize {
        usize::try_from(self.group().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let chunk = self.group().column(column);
        let codec = Codec::of(chunk.compression());
        // What is decompressed here, the library reads as it is.
        let stored = codec.map(|_| chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build());
        let stored = stored.transpose()?;
        let pages =
            SerializedPageReader::new(self.file.clone(), stored.as_ref().unwrap_or(chunk), self.num_rows(), None)?;
        let codec = codec.map(|codec| (codec, self.sizes.get(column).copied().unwrap_or(0)));
        let pages = CheckedPages { pages, codec, column: Column::new(chunk), dictionary: None };
        Ok(Box::new(OneColumn(Some(Box::new(pages)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.group()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The prefix of errors of the library for unsupported features.
pub(super) const NOT_IMPLEMENTED: &str = "NYI: ";

/// The message of a page that cannot be read.
pub(super) const DAMAGED_PAGE: &str = "a page is damaged";

/// The prefix of the message of an unsupported encoding.
pub(super) const ENCODING: &str = "the encoding ";

/// The deprecated encoding of levels, replaced by RLE in 2013.
#[expect(deprecated, reason = "old files have it")]
fn is_bit_packed(encoding: Encoding) -> bool {
    encoding == Encoding::BIT_PACKED
}

struct OneColumn(Option<Box<dyn PageReader>>);

impl Iterator for OneColumn {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneColumn {}

struct CheckedPages {
    pages: SerializedPageReader<File>,
    /// How pages are decompressed here, and the number of bytes that are left for them.
    codec: Option<(Codec, u64)>,
    column: Column,
    /// The number of values of the dictionary, after it is read.
    dictionary: Option<u32>,
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(mut page) = self.pages.get_next_page()? else { return Ok(None) };
        if let Some((codec, left)) = &mut self.codec {
            let damaged = || ParquetError::General(DAMAGED_PAGE.to_owned());
            codec.decompress_page(&mut page, left).ok_or_else(damaged)?;
        }
        if let Page::DictionaryPage { num_values, .. } = &page {
            self.dictionary = Some(*num_values);
        }
        match self.column.check(&mut page, self.dictionary) {
            Some(()) => Ok(Some(page)),
            None => match self.column.unsupported_encoding(&page) {
                Some(encoding) => Err(ParquetError::NYI(format!("{ENCODING}{encoding}"))),
                None => Err(ParquetError::General(DAMAGED_PAGE.to_owned())),
            },
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// The properties of a column that its pages are checked against.
#[derive(Debug, Clone, Copy)]
struct Column {
    kind: Type,
    type_length: i32,
    max_repetition: i16,
    max_definition: i16,
    /// The maximum number of bytes of a decimal.
    max_bytes: Option<usize>,
}

impl Column {
    fn new(chunk: &ColumnChunkMetaData) -> Column {
        let column = chunk.column_descr();
        Column {
            kind: column.physical_type(),
            type_length: column.type_length(),
            max_repetition: column.max_rep_level(),
            max_definition: column.max_def_level(),
            max_bytes: match (column.logical_type_ref(), column.converted_type()) {
                (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
                    Some(if column.type_precision() > 38 { 32 } else { 16 })
                }
                _ => None,
            },
        }
    }

    /// The unsupported encoding of a page, if it failed the check for that reason.
    fn unsupported_encoding(self, page: &Page) -> Option<Encoding> {
        let is_unsupported = |encoding: Encoding| {
            let is_delta = matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY);
            is_delta && self.max_bytes.is_some() || is_bit_packed(encoding)
        };
        let encodings = match page {
            Page::DictionaryPage { encoding, .. } | Page::DataPageV2 { encoding, .. } => vec![*encoding],
            Page::DataPage { encoding, def_level_encoding, rep_level_encoding, .. } => {
                let levels = [(self.max_definition, def_level_encoding), (self.max_repetition, rep_level_encoding)];
                let levels = levels.into_iter().filter(|(max, _)| *max > 0).map(|(_, encoding)| *encoding);
                levels.chain([*encoding]).collect()
            }
        };
        encodings.into_iter().find(|encoding| is_unsupported(*encoding))
    }

    /// Checks a page; `None` if it is not valid.
    fn check(self, page: &mut Page, dictionary: Option<u32>) -> Option<()> {
        match page {
            Page::DictionaryPage { buf, num_values, encoding, .. } => {
                let is_plain = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY);
                (is_plain && self.has_plain_values(buf, *num_values)).then_some(())
            }
            // The values are preceded by repetition and definition levels, if any, each with its length.
            Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } => {
                let mut data = buf.as_ref();
                let mut non_null = *num_values;
                let levels = [(self.max_repetition, rep_level_encoding), (self.max_definition, def_level_encoding)];
                for (max, level_encoding) in levels.into_iter().filter(|(max, _)| *max > 0) {
                    if *level_encoding != Encoding::RLE {
                        return None;
                    }
                    let (length, rest) = data.split_first_chunk::<4>()?;
                    let (levels, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                    non_null = count_max_levels(levels, max, *num_values)?;
                    data = rest;
                }
                self.check_values(data, encoding, *num_values, non_null, dictionary)
            }
            Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let (repetitions, rest) = buf.split_at_checked(*rep_levels_byte_len as usize)?;
                let (definitions, data) = rest.split_at_checked(*def_levels_byte_len as usize)?;
                if self.max_repetition > 0 {
                    count_max_levels(repetitions, self.max_repetition, *num_values)?;
                }
                let non_null = match self.max_definition {
                    0 => *num_values,
                    max => count_max_levels(definitions, max, *num_values)?,
                };
                self.check_values(data, encoding, *num_values, non_null, dictionary)
            }
        }
    }

    /// Checks the values, of which `non_null` are not null.
    fn check_values(
        self,
        data: &[u8],
        encoding: &mut Encoding,
        values: u32,
        non_null: u32,
        dictionary: Option<u32>,
    ) -> Option<()> {
        // Definition levels tell which values are not null; without them, all are.
        let non_null = if self.max_definition == 0 { values } else { non_null };
        if non_null == 0 && data.is_empty() {
            // No values: in most encodings there is no header, either.
            *encoding = Encoding::PLAIN;
        }
        let is_bytes = matches!(self.kind, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
        let is_count = |count: usize| (non_null as usize..=values as usize).contains(&count);
        let is_valid = match *encoding {
            Encoding::PLAIN => self.has_plain_values(data, non_null),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                let (width, indexes) = data.split_first()?;
                let dictionary = dictionary?;
                self.kind != Type::BOOLEAN
                    && *width <= 32
                    && check_packed(indexes, *width, non_null, |index, _| index < u64::from(dictionary)).is_some()
            }
            Encoding::RLE if self.kind == Type::BOOLEAN => {
                let (length, rest) = data.split_first_chunk::<4>()?;
                let packed = rest.get(..u32::from_le_bytes(*length) as usize)?;
                check_packed(packed, 1, non_null, |_, _| true).is_some()
            }
            Encoding::DELTA_BINARY_PACKED if matches!(self.kind, Type::INT32 | Type::INT64) => {
                let max_bits = if self.kind == Type::INT32 { 32 } else { 64 };
                let (count, _) = check_deltas(data, max_bits, values, |_| true)?;
                is_count(count)
            }
            // Rejected for decimals, whose maximum length is not checked for these encodings.
            Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY if self.max_bytes.is_some() => false,
            Encoding::DELTA_LENGTH_BYTE_ARRAY if is_bytes => {
                let (count, _) = check_deltas(data, 32, values, |_| true)?;
                is_count(count)
            }
            Encoding::DELTA_BYTE_ARRAY if is_bytes => {
                let mut prefixes = vec![];
                let (count, end) = check_deltas(data, 32, values, |prefix| {
                    prefixes.push(i64::from(prefix));
                    prefix >= 0
                })?;
                let (mut position, mut length, mut uncompressed_bytes) = (0, 0, 0);
                let (suffixes, _) = check_deltas(data.get(end..)?, 32, values, |suffix| {
                    let prefix = prefixes.get(position).copied().unwrap_or(i64::MAX);
                    let is_valid = suffix >= 0 && prefix <= length;
                    (position, length) = (position + 1, prefix.saturating_add(suffix.into()));
                    // Shared prefixes are not stored, so texts may be much larger than the page.
                    uncompressed_bytes += length;
                    is_valid && uncompressed_bytes <= MAX_PAGE_BYTES.into()
                })?;
                is_count(count) && count == suffixes
            }
            Encoding::BYTE_STREAM_SPLIT => {
                let size = self.size()?;
                data.len().is_multiple_of(size) && data.len() / size >= non_null as usize
            }
            _ => false,
        };
        is_valid.then_some(())
    }

    /// The size of a value, for types of fixed size.
    fn size(self) -> Option<usize> {
        match self.kind {
            Type::INT32 | Type::FLOAT => Some(4),
            Type::INT64 | Type::DOUBLE => Some(8),
            Type::INT96 => Some(12),
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(self.type_length).ok().filter(|size| *size > 0),
            Type::BOOLEAN | Type::BYTE_ARRAY => None,
        }
    }

    fn has_plain_values(self, data: &[u8], count: u32) -> bool {
        let count = count as usize;
        match (self.kind, self.size()) {
            (_, Some(size)) => data.len() / size >= count,
            (Type::BOOLEAN, _) => data.len() >= count.div_ceil(8),
            (Type::BYTE_ARRAY, _) => match self.max_bytes {
                Some(max) => check_texts(data, count, max).is_some(),
                // The library checks lengths itself when it decodes them.
                None => data.len() / 4 >= count,
            },
            _ => false,
        }
    }
}

/// Checks RLE/bit-packed numbers: each with its number of repetitions. `None` if one fails, or there are too few.
fn check_packed(data: &[u8], width: u8, count: u32, mut is_valid: impl FnMut(u64, usize) -> bool) -> Option<()> {
    let (mut position, mut left) = (0, count as usize);
    while left > 0 {
        let mut reader = ThriftReader::new(data.get(position..)?);
        let header = reader.varint()?;
        position += reader.position();
        let run = usize::try_from(header >> 1).ok().filter(|run| *run > 0)?;
        if header & 1 == 0 {
            let bytes = data.get(position..position.checked_add(usize::from(width).div_ceil(8))?)?;
            let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
            let numbers = run.min(left);
            if !is_valid(value, numbers) {
                return None;
            }
            position += bytes.len();
            left -= numbers;
        } else {
            // The last group may be truncated after the last number.
            let numbers = run.checked_mul(8)?.min(left);
            let bits = numbers.checked_mul(width.into())?;
            let packed = data.get(position..position.checked_add(bits.div_ceil(8))?)?;
            if !(0..numbers).all(|number| is_valid(unpacked(packed, number, width.into()), 1)) {
                return None;
            }
            position = position.checked_add(run.checked_mul(width.into())?)?.min(data.len());
            left -= numbers;
        }
    }
    Some(())
}

/// A bit-packed number of at most 32 bits, least significant bit first.
fn unpacked(packed: &[u8], number: usize, width: usize) -> u64 {
    let start = number * width;
    let bytes = packed.iter().skip(start / 8).take((start % 8 + width).div_ceil(8));
    let bits = bytes.enumerate().fold(0u64, |bits, (position, byte)| bits | u64::from(*byte) << (8 * position));
    bits >> (start % 8) & ((1 << width) - 1)
}

/// The number of levels that have the maximum; `None` if one is higher.
fn count_max_levels(levels: &[u8], max: i16, count: u32) -> Option<u32> {
    let max = u64::try_from(max).ok()?;
    let width = u8::try_from(u64::BITS - max.leading_zeros()).ok()?;
    let mut found = 0;
    check_packed(levels, width, count, |level, times| {
        found += if level == max { times } else { 0 };
        level <= max
    })?;
    u32::try_from(found).ok()
}

/// Checks length-prefixed texts; `None` if one is too long.
fn check_texts(data: &[u8], count: usize, max: usize) -> Option<()> {
    let mut data = data;
    for _ in 0..count {
        let (length, rest) = data.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        data = rest.get(length..).filter(|_| length <= max)?;
    }
    Some(())
}

/// Checks delta-encoded numbers of limited bit width, each if it has 32 bits, and returns their number and end. `None`
/// if one fails, there are more than `limit`, or they extend beyond the page.
fn check_deltas(
    data: &[u8],
    max_bits: u8,
    limit: u32,
    mut is_valid: impl FnMut(i32) -> bool,
) -> Option<(usize, usize)> {
    let mut reader = ThriftReader::new(data);
    let block = usize::try_from(reader.varint()?).ok().filter(|block| *block > 0)?;
    let parts = usize::try_from(reader.varint()?).ok().filter(|parts| *parts > 0 && block.is_multiple_of(*parts))?;
    let count = usize::try_from(reader.varint()?).ok().filter(|count| *count <= limit as usize)?;
    let mut value = reader.zigzag()?;
    if count > 0 && !is_valid(value as i32) {
        return None;
    }
    let values_of_part = block / parts;
    let (mut position, mut left) = (reader.position(), count.saturating_sub(1));
    while left > 0 {
        let mut reader = ThriftReader::new(data.get(position..)?);
        let min_delta = reader.zigzag()?;
        position += reader.position();
        let widths = data.get(position..position.checked_add(parts)?)?;
        position += parts;
        for &width in widths {
            if left == 0 {
                break;
            }
            let numbers = values_of_part.min(left);
            let end = usize::from(width).checked_mul(values_of_part).and_then(|bits| position.checked_add(bits / 8))?;
            let packed = data.get(position..end).filter(|_| width <= max_bits)?;
            for number in 0..numbers {
                // Numbers of 64 bits are only counted.
                let delta = if width <= 32 { unpacked(packed, number, width.into()) } else { 0 };
                value = value.wrapping_add(min_delta).wrapping_add(delta as i64);
                if !is_valid(value as i32) {
                    return None;
                }
            }
            position = end;
            left -= numbers;
        }
    }
    Some((count, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_walked_through() {
        // A run of five threes, then eight numbers of two bits.
        let bytes = [10, 3, 3, 0b1110_0100, 0b0000_0000];
        let numbers = |count| {
            let mut numbers = vec![];
            check_packed(&bytes, 2, count, |number, times| {
                numbers.push((number, times));
                true
            })
            .map(|()| numbers.into_iter().map(|(number, times)| number * 10 + times as u64).collect::<Vec<_>>())
        };
        assert_eq!(numbers(13), Some(vec![35, 1, 11, 21, 31, 1, 1, 1, 1]));
        assert_eq!(numbers(14), None);
        assert_eq!(check_packed(&bytes, 2, 13, |number, _| number < 3), None);
        assert_eq!(check_packed(&[0, 1], 1, 1, |_, _| true), None);
        assert_eq!(unpacked(&[0xff, 0x01], 1, 7), 3);
        assert_eq!(unpacked(&[0xff; 5], 0, 32), u64::from(u32::MAX));
    }

    #[test]
    fn deltas_are_walked_through() {
        // Blocks of 128 in 4 miniblocks, 2 values, the first 1, minimum delta 0; one miniblock of 32 one-bit numbers.
        let bytes = [0x80, 1, 4, 2, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0];
        let mut values = vec![];
        let found = check_deltas(&bytes, 32, 2, |value| {
            values.push(value);
            true
        });
        assert_eq!((found, values), (Some((2, bytes.len())), vec![1, 2]));
        assert!((0..bytes.len()).all(|end| check_deltas(&bytes[..end], 32, 2, |_| true).is_none()));
        assert_eq!(
            (check_deltas(&bytes, 32, 1, |_| true), check_deltas(&bytes, 32, 2, |value| value < 2)),
            (None, None)
        );
        assert_eq!(check_deltas(&[0x80, 1, 0, 2, 2], 32, 2, |_| true), None);
    }
}
