//! Decompression of pages of GZIP and Brotli within a limit: `parquet` (59.3) decodes these two until their data end,
//! whatever the page header declares, so that a page of some kilobytes can fill the memory.
//!
//! Brotli is decoded by the crate that `parquet` itself uses, without large windows, which RFC 7932 does not have, and
//! of which one takes a gigabyte.

use std::io::Read;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::read::MultiGzDecoder;
use parquet::basic::Compression;
use parquet::column::page::Page;

use crate::io::formats::geoparquet::guard::MAX_PAGE_BYTES;

/// A compression that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Brotli,
}

impl Codec {
    /// The codec of a compression; `None` if the library decodes it.
    pub(super) fn of(compression: Compression) -> Option<Codec> {
        match compression {
            Compression::GZIP(_) => Some(Codec::Gzip),
            Compression::BROTLI(_) => Some(Codec::Brotli),
            _ => None,
        }
    }

    /// Decompresses a page to at most `left` bytes, and subtracts what it took; `None` if it is larger or damaged.
    pub(super) fn decompress_page(self, page: &mut Page, left: &mut u64) -> Option<()> {
        let (buffer, levels) = match page {
            Page::DictionaryPage { buf, .. } | Page::DataPage { buf, .. } => (buf, 0),
            Page::DataPageV2 { is_compressed: false, .. } => return Some(()),
            // The levels of version 2 precede the values and are not compressed.
            Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
                (buf, def_levels_byte_len.checked_add(*rep_levels_byte_len)? as usize)
            }
        };
        let (levels, compressed) = buffer.split_at_checked(levels)?;
        let limit = usize::try_from((*left).min(MAX_PAGE_BYTES as u64)).ok()?;
        let mut bytes = levels.to_vec();
        // A page without values may be without any bytes.
        if !compressed.is_empty() {
            self.decompress(compressed, &mut bytes, limit)?;
        }
        *left = left.checked_sub(bytes.len() as u64)?;
        *buffer = bytes.into();
        Some(())
    }

    /// Appends the decompressed bytes, so that there are at most `limit` in all.
    fn decompress(self, compressed: &[u8], bytes: &mut Vec<u8>, limit: usize) -> Option<()> {
        match self {
            Codec::Gzip => {
                let room = limit.checked_sub(bytes.len())? as u64;
                MultiGzDecoder::new(compressed).take(room + 1).read_to_end(bytes).ok()?;
                (bytes.len() <= limit).then_some(())
            }
            Codec::Brotli => decompress_brotli(compressed, bytes, limit),
        }
    }
}

fn decompress_brotli(compressed: &[u8], bytes: &mut Vec<u8>, limit: usize) -> Option<()> {
    const STEP: usize = 1 << 16;
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut input_left, mut input_offset) = (compressed.len(), 0);
    let (mut end, mut total) = (bytes.len(), 0);
    loop {
        // Doubled, so that the cost is that of the result.
        let room = limit.checked_sub(end)?.min(end.max(STEP));
        bytes.resize(end + room, 0);
        let mut output_left = room;
        let result = BrotliDecompressStream(
            &mut input_left,
            &mut input_offset,
            compressed,
            &mut output_left,
            &mut end,
            bytes,
            &mut total,
            &mut state,
        );
        match result {
            BrotliResult::ResultSuccess => {
                bytes.truncate(end);
                return (input_left == 0).then_some(());
            }
            BrotliResult::NeedsMoreOutput if end < limit => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::basic::{BrotliLevel, Encoding, GzipLevel};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// A million zeros, as `brotli` (Python, 1.2.1) compresses them.
    const ZEROS: [u8; 14] = [0x5b, 0x3f, 0x42, 0x8f, 0x7f, 0x02, 0x20, 0x1e, 0x0b, 0x04, 0xf2, 0x73, 0x1e, 0x00];

    fn dictionary(bytes: &[u8]) -> Page {
        Page::DictionaryPage { buf: bytes.to_vec().into(), num_values: 1, encoding: Encoding::PLAIN, is_sorted: false }
    }

    #[test]
    fn only_these_two_are_decoded_here() {
        assert_eq!(Codec::of(Compression::GZIP(GzipLevel::default())), Some(Codec::Gzip));
        assert_eq!(Codec::of(Compression::BROTLI(BrotliLevel::default())), Some(Codec::Brotli));
        assert_eq!((Codec::of(Compression::SNAPPY), Codec::of(Compression::UNCOMPRESSED)), (None, None));
    }

    #[test]
    fn a_page_is_no_larger_than_its_column() {
        for (codec, compressed) in [(Codec::Gzip, gzip(&[0; 1_000_000])), (Codec::Brotli, ZEROS.to_vec())] {
            let mut page = dictionary(&compressed);
            let mut left = 1_000_001;
            assert_eq!((codec.decompress_page(&mut page, &mut left), left), (Some(()), 1), "{codec:?}");
            assert_eq!(page.buffer().as_ref(), [0; 1_000_000].as_slice());
            for mut left in [0, 1, 999_999] {
                assert_eq!(codec.decompress_page(&mut dictionary(&compressed), &mut left), None, "{codec:?} {left}");
            }
            for end in 1..compressed.len() {
                let mut left = 1_000_000;
                assert_eq!(codec.decompress_page(&mut dictionary(&compressed[..end]), &mut left), None, "{end}");
            }
        }
    }
}
