//! Decoding of text to UTF-8.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, DecoderResult};

use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::NotText;

/// Reads text as UTF-8, without a byte order mark. Errors if bytes are invalid in the encoding.
pub(in crate::io) struct DecodingReader<R> {
    reader: BufReader<R>,
    encoding: InputEncoding,
    decoder: Decoder,
    /// DecodingReader text, and how much of it has been read.
    text: Vec<u8>,
    read: usize,
    line: u64,
    is_at_end: bool,
}

impl<R: Read> DecodingReader<R> {
    pub(in crate::io) fn new(reader: BufReader<R>, encoding: InputEncoding) -> DecodingReader<R> {
        let decoder = encoding.0.new_decoder();
        DecodingReader { reader, encoding, decoder, text: vec![], read: 0, line: 1, is_at_end: false }
    }

    /// Decodes the next bytes.
    fn decode(&mut self) -> io::Result<()> {
        const MAX_TIMES: usize = 4;
        let bytes = self.reader.fill_buf()?;
        let is_last = bytes.is_empty();
        // The maximum growth of a character in UTF-8.
        self.text.resize(bytes.len() * MAX_TIMES + 64, 0);
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.text, is_last);
        self.reader.consume(read);
        self.text.truncate(written);
        self.read = 0;
        self.line += memchr::memchr_iter(b'\n', &self.text).count() as u64;
        self.is_at_end = is_last && result == DecoderResult::InputEmpty;
        match result {
            DecoderResult::Malformed(..) => Err(io::Error::other(NotText { encoding: self.encoding, line: self.line })),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() && !self.is_at_end {
            self.decode()?;
        }
        let left = self.text.get(self.read..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.read += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(encoding: InputEncoding, bytes: &[u8], buffer: usize) -> io::Result<String> {
        let mut text = String::new();
        DecodingReader::new(BufReader::with_capacity(buffer, bytes), encoding).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn text_is_decoded_wherever_it_is_cut() {
        let expected = "名称\t经度\r\n\u{20000}é\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| expected.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for (label, bytes) in [
            ("utf-16le", utf16(u16::to_le_bytes)),
            ("utf-16be", utf16(u16::to_be_bytes)),
            ("utf-16be", [b"\xff\xfe".to_vec(), utf16(u16::to_le_bytes)].concat()),
            ("gbk", encoding_rs::GB18030.encode(expected).0.into_owned()),
            ("utf-8", ["\u{feff}", expected].concat().into_bytes()),
        ] {
            for buffer in [1, 2, 3, 5, 4096] {
                let found = text(label.parse().unwrap(), &bytes, buffer).unwrap();
                assert_eq!(found, expected, "{label} {buffer}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        for bytes in [b"a\nb\n\xff\n".as_slice(), b"a\nb\n\xa4"] {
            let error = text("big5".parse().unwrap(), bytes, 2).unwrap_err();
            let NotText { encoding, line } = error.get_ref().unwrap().downcast_ref().unwrap();
            assert_eq!((encoding.name(), *line), ("Big5", 3));
        }
    }
}
