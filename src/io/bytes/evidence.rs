//! Detection of UTF-8 and GB18030 by non-ASCII bytes.
//!
//! The crate `chardetng` (1.0) guesses among all encodings of the legacy web and does not return its confidence. Here
//! two encodings are likely, text can be valid in both, and a guess is reported to the user.

use std::io::{Read, Seek, SeekFrom};

use crate::error::Result;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::stored::Stored;

/// Statistics of the text examined so far.
#[derive(Debug, Clone)]
pub(in crate::io) struct EncodingEvidence {
    /// Non-ASCII characters read as UTF-8; those of three bytes or more; and those with lead byte C2 or C3, which are
    /// signs and letters of western text: °, ², é.
    characters: u64,
    long_characters: u64,
    western_characters: u64,
    not_utf8: u64,
    is_gb18030: bool,
    /// Non-ASCII bytes in pairs of GB 2312, which are rare in western text, and other non-ASCII bytes.
    pairs: u64,
    others: u64,
}

impl Default for EncodingEvidence {
    fn default() -> EncodingEvidence {
        EncodingEvidence {
            characters: 0,
            long_characters: 0,
            western_characters: 0,
            not_utf8: 0,
            is_gb18030: true,
            pairs: 0,
            others: 0,
        }
    }
}

impl EncodingEvidence {
    /// Adds text. If `is_cut`, its last character may be incomplete.
    pub(in crate::io) fn add(&mut self, text: &[u8], may_be_cut: bool) {
        if text.is_ascii() {
            return;
        }
        let mut left = text.len();
        for chunk in text.utf8_chunks() {
            left -= chunk.valid().len() + chunk.invalid().len();
            for character in chunk.valid().chars().filter(|character| !character.is_ascii()) {
                self.characters += 1;
                self.long_characters += u64::from(character >= '\u{800}');
                self.western_characters += u64::from(character <= '\u{ff}');
            }
            let is_cut = left == 0 && may_be_cut && InputEncoding::UTF_8.decode_field(chunk.invalid(), true).is_some();
            self.not_utf8 += u64::from(!chunk.invalid().is_empty() && !is_cut);
        }
        self.is_gb18030 = self.is_gb18030 && InputEncoding::GB18030.decode_field(text, may_be_cut).is_some();
        let (pairs, others) = pairs(text, may_be_cut);
        (self.pairs, self.others) = (self.pairs + pairs, self.others + others);
    }

    /// Reads stored text from an offset until the encoding is decided.
    pub(in crate::io) fn add_stored_from(&mut self, stored: &Stored, offset: u64) -> Result<()> {
        let mut text = stored.reader()?;
        text.seek(SeekFrom::Start(offset)).map_err(read_error)?;
        self.add_reader(&mut text)
    }

    /// Reads text until the encoding is decided.
    pub(in crate::io) fn add_reader(&mut self, text: &mut impl Read) -> Result<()> {
        const BYTES: usize = 1 << 16;
        let (mut buffer, mut kept) = (vec![0; 2 * BYTES], 0);
        while !self.is_decisive() {
            let count = text.read(&mut buffer[kept..]).map_err(read_error)?;
            let filled = &buffer[..kept + count];
            // Lines consist of whole characters in both encodings; a line longer than the buffer may be cut.
            let lines = memchr::memrchr(b'\n', filled).map_or(0, |end| end + 1);
            let whole = if count == 0 || lines == 0 && filled.len() == buffer.len() { filled.len() } else { lines };
            self.add(&filled[..whole], count > 0);
            if count == 0 {
                break;
            }
            buffer.copy_within(whole..kept + count, 0);
            kept = kept + count - whole;
        }
        Ok(())
    }

    /// Whether all text is ASCII.
    pub(in crate::io) fn is_ascii(&self) -> bool {
        self.characters + self.not_utf8 == 0
    }

    /// Whether there are characters that are valid only in UTF-8, or bytes that are not UTF-8.
    pub(in crate::io) fn is_decisive(&self) -> bool {
        self.long_characters + self.not_utf8 > 0
    }

    /// Whether all text is valid UTF-8.
    pub(in crate::io) fn is_utf8(&self) -> bool {
        self.not_utf8 == 0
    }

    /// Whether there are non-western characters, all of which could be two-byte characters in GB18030.
    pub(in crate::io) fn is_ambiguous(&self) -> bool {
        !self.is_decisive() && self.is_gb18030 && self.western_characters < self.characters
    }

    /// Whether all of them could be common Chinese characters. Russian and Pinyin words have letters that could not.
    pub(in crate::io) fn may_be_gb18030(&self) -> bool {
        self.is_ambiguous() && self.is_gb2312()
    }

    pub(in crate::io) fn is_gb2312(&self) -> bool {
        self.others == 0
    }

    /// Whether the text is not UTF-8, and unlikely Chinese: more than a quarter of it is outside GB 2312, as for Big5
    /// and western text.
    pub(in crate::io) fn is_doubtful(&self) -> bool {
        self.not_utf8 > 0 && self.encoding() == Encoding::Gb18030 && self.others > self.pairs / 3
    }

    /// The more likely of both encodings; UTF-8 for ASCII.
    pub(in crate::io) fn encoding(&self) -> Encoding {
        let is_gb18030 = if self.not_utf8 == 0 {
            // Some pairs of GB18030 are valid UTF-8: letters of Greek, Cyrillic and similar scripts.
            self.may_be_gb18030()
        } else {
            // A few invalid bytes among names in UTF-8 are an error rather than a sign of GB18030.
            self.is_gb2312() || self.characters <= 2 * self.not_utf8
        };
        if is_gb18030 { Encoding::Gb18030 } else { Encoding::Utf8 }
    }
}

/// The number of non-ASCII bytes that start a pair in the assigned rows of GB 2312, and of those that do not.
fn pairs(text: &[u8], may_be_cut: bool) -> (u64, u64) {
    let (mut pairs, mut others) = (0, 0);
    let mut bytes = text.iter();
    while let Some(&lead) = bytes.next() {
        let is_pair = match (lead, bytes.clone().next()) {
            (0..=0x7f, _) => continue,
            (0xa1..=0xa9 | 0xb0..=0xf7, Some(0xa1..=0xfe)) => true,
            (0xa1..=0xa9 | 0xb0..=0xf7, None) => may_be_cut,
            _ => false,
        };
        if is_pair {
            pairs += 1;
            bytes.next();
        } else {
            others += 1;
            // Rarer characters have a second byte, too.
            let second = bytes.clone().next().is_some_and(|second| matches!(second, 0x40..=0x7e | 0x80..=0xfe));
            if lead > 0x80 && second {
                bytes.next();
            }
        }
    }
    (pairs, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &[u8]) -> (Encoding, bool) {
        let mut evidence = EncodingEvidence::default();
        evidence.add(text, false);
        (evidence.encoding(), evidence.is_decisive())
    }

    #[test]
    fn two_bytes_are_decided_by_what_leads_them_in() {
        assert_eq!(detected(b"a"), (Encoding::Utf8, false));
        for western in ["28°N é ²", "Málaga", "±0.5 m³"] {
            assert_eq!(detected(western.as_bytes()), (Encoding::Utf8, false), "{western}");
        }
        // Letters whose bytes are characters outside GB 2312.
        for letters in ["Москва", "Łódź", "Tāizhōu", "Ελλάδα"] {
            assert_eq!(detected(letters.as_bytes()), (Encoding::Utf8, false), "{letters}");
        }
        // 站, 学, 台: Chinese names of which each is a letter in UTF-8; one beside a degree sign.
        for pairs in [b"\xd5\xbe".as_slice(), b"\xd1\xa7,\xcc\xa8", b"28\xc2\xb0,\xd5\xbe"] {
            assert_eq!(detected(pairs), (Encoding::Gb18030, false));
        }
        assert_eq!(detected("台".as_bytes()), (Encoding::Utf8, true));
        assert_eq!(detected(b"\xcc\xa8\xd6\xdd"), (Encoding::Gb18030, true));
    }

    #[test]
    fn a_few_wrong_bytes_do_not_make_it_something_else() {
        assert_eq!(detected(&["台州台州".as_bytes(), b"M\xe1laga"].concat()).0, Encoding::Utf8);
        // Many names in GBK that are valid UTF-8, and one that is not.
        assert_eq!(detected(b"\xd1\xa7,\xd1\xa7,\xd1\xa7,\xd1\xa7,\xd6\xdd\xbb\xc6").0, Encoding::Gb18030);
    }

    #[test]
    fn what_would_be_odd_chinese_is_doubtful() {
        let is_doubtful = |text: &[u8]| {
            let mut evidence = EncodingEvidence::default();
            evidence.add(text, false);
            evidence.is_doubtful()
        };
        let big5 = encoding_rs::BIG5.encode("臺灣省臺北市信義區市府路一號").0;
        for text in [&big5, b"M\xe1laga".as_slice(), b"Z\xfcrich, K\xf6ln"] {
            assert!(is_doubtful(text), "{}", text.escape_ascii());
        }
        // Names of people and places with a rare character.
        let gbk = encoding_rs::GBK.encode("浙江省台州市椒江区章安街道，联系人：朱镕、王堃，电话：").0;
        for text in [&gbk, "台州".as_bytes(), "Málaga".as_bytes(), b"\xd5\xbe", b""] {
            assert!(!is_doubtful(text), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_text_is_looked_through_to_where_it_is_decided() {
        for (late, expected) in [("台州".as_bytes(), Encoding::Utf8), (b"\xd6\xdd", Encoding::Gb18030)] {
            for line in ["a,1\n", "a,1"] {
                let mut text = line.repeat(60_000).into_bytes();
                text.extend_from_slice("28°".as_bytes());
                text.extend_from_slice(line.repeat(60_000).as_bytes());
                text.extend_from_slice(late);
                let mut evidence = EncodingEvidence::default();
                evidence.add_reader(&mut text.as_slice()).unwrap();
                assert_eq!((evidence.encoding(), evidence.is_decisive()), (expected, true), "{line:?}");
            }
        }
        let mut evidence = EncodingEvidence::default();
        evidence.add_reader(&mut "a".repeat(1 << 20).as_bytes()).unwrap();
        assert!(evidence.is_ascii());
    }
}
