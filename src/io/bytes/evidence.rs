//! What bytes beyond ASCII tell of the encoding of a text: UTF-8 or GB18030.
//!
//! The crate `chardetng` (1.0) guesses among all encodings of the legacy web and does not say how sure it is. Here two
//! are likely, one byte sequence can be valid in both, and a guess is reported as one.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::Result;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::errors::read_error;

/// What is known of the encoding of a text by the part of it that was looked at.
#[derive(Debug, Clone)]
pub(in crate::io) struct Evidence {
    /// Characters beyond ASCII, read as UTF-8; those of three bytes or more; and those that C2 or C3 lead in, the
    /// signs and letters of western text: °, ², é.
    characters: u64,
    long_characters: u64,
    western_characters: u64,
    not_utf8: u64,
    is_gb18030: bool,
    /// Bytes beyond ASCII that come in pairs of GB 2312, as they hardly do in western text, and those that do not.
    pairs: u64,
    others: u64,
}

impl Default for Evidence {
    fn default() -> Evidence {
        Evidence {
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

impl Evidence {
    /// Takes a text into account. Its last character may be cut where it is the start of a longer one.
    pub(in crate::io) fn look_at(&mut self, text: &[u8], may_be_cut: bool) {
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

    /// Goes on through a file, from a place on to its first part that is decisive.
    pub(in crate::io) fn look_ahead(&mut self, path: &Path, place: u64) -> Result<()> {
        let mut file = File::open(path).map_err(read_error)?;
        file.seek(SeekFrom::Start(place)).map_err(read_error)?;
        self.look_through(&mut file)
    }

    /// Goes through a text to its first part that is decisive.
    pub(in crate::io) fn look_through(&mut self, text: &mut impl Read) -> Result<()> {
        const BYTES: usize = 1 << 16;
        let (mut buffer, mut kept) = (vec![0; 2 * BYTES], 0);
        while !self.is_decisive() {
            let count = text.read(&mut buffer[kept..]).map_err(read_error)?;
            let filled = &buffer[..kept + count];
            // Lines are whole characters in both encodings; a longer one may be cut at its end.
            let lines = memchr::memrchr(b'\n', filled).map_or(0, |end| end + 1);
            let whole = if count == 0 || lines == 0 && filled.len() == buffer.len() { filled.len() } else { lines };
            self.look_at(&filled[..whole], count > 0);
            if count == 0 {
                break;
            }
            buffer.copy_within(whole..kept + count, 0);
            kept = kept + count - whole;
        }
        Ok(())
    }

    /// Whether all is ASCII.
    pub(in crate::io) fn is_ascii(&self) -> bool {
        self.characters + self.not_utf8 == 0
    }

    /// Whether there are characters that are UTF-8 alone, or bytes that are not.
    pub(in crate::io) fn is_decisive(&self) -> bool {
        self.long_characters + self.not_utf8 > 0
    }

    /// Whether all is UTF-8.
    pub(in crate::io) fn is_utf8(&self) -> bool {
        self.not_utf8 == 0
    }

    /// Whether there are characters that are none of western text, and all could be of two bytes in GB18030.
    pub(in crate::io) fn is_ambiguous(&self) -> bool {
        !self.is_decisive() && self.is_gb18030 && self.western_characters < self.characters
    }

    /// Whether all of them could be characters that are in use in Chinese. Words of Russian or Pinyin have letters that
    /// would be none.
    pub(in crate::io) fn may_be_pairs(&self) -> bool {
        self.is_ambiguous() && self.is_gb2312()
    }

    pub(in crate::io) fn is_gb2312(&self) -> bool {
        self.others == 0
    }

    /// Whether it is no UTF-8, and would be odd Chinese: more than a quarter of it is beyond GB 2312, as of text in
    /// Big5 or of western text.
    pub(in crate::io) fn is_doubtful(&self) -> bool {
        self.not_utf8 > 0 && self.encoding() == Encoding::Gb18030 && self.others > self.pairs / 3
    }

    /// What it is if it is one of these; UTF-8 where all is ASCII.
    pub(in crate::io) fn encoding(&self) -> Encoding {
        let is_gb18030 = if self.not_utf8 == 0 {
            // Pairs of GB18030 can happen to be UTF-8: those that are letters of Greek, Cyrillic and their like.
            self.may_be_pairs()
        } else {
            // A few wrong bytes among names in UTF-8 are an error, and no reason to read all as something else.
            self.is_gb2312() || self.characters <= 2 * self.not_utf8
        };
        if is_gb18030 { Encoding::Gb18030 } else { Encoding::Utf8 }
    }
}

/// How many bytes beyond ASCII begin a pair in the rows of GB 2312 that are in use, and how many do not.
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
            // A character that is rarer has a second byte, too.
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

    fn told(text: &[u8]) -> (Encoding, bool) {
        let mut evidence = Evidence::default();
        evidence.look_at(text, false);
        (evidence.encoding(), evidence.is_decisive())
    }

    #[test]
    fn two_bytes_are_decided_by_what_leads_them_in() {
        assert_eq!(told(b"a"), (Encoding::Utf8, false));
        for western in ["28°N é ²", "Málaga", "±0.5 m³"] {
            assert_eq!(told(western.as_bytes()), (Encoding::Utf8, false), "{western}");
        }
        // Letters whose bytes would be characters beyond GB 2312.
        for letters in ["Москва", "Łódź", "Tāizhōu", "Ελλάδα"] {
            assert_eq!(told(letters.as_bytes()), (Encoding::Utf8, false), "{letters}");
        }
        // 站, 学, 台: Chinese names of which each is a letter in UTF-8; one beside a degree sign.
        for pairs in [b"\xd5\xbe".as_slice(), b"\xd1\xa7,\xcc\xa8", b"28\xc2\xb0,\xd5\xbe"] {
            assert_eq!(told(pairs), (Encoding::Gb18030, false));
        }
        assert_eq!(told("台".as_bytes()), (Encoding::Utf8, true));
        assert_eq!(told(b"\xcc\xa8\xd6\xdd"), (Encoding::Gb18030, true));
    }

    #[test]
    fn a_few_wrong_bytes_do_not_make_it_something_else() {
        assert_eq!(told(&["台州台州".as_bytes(), b"M\xe1laga"].concat()).0, Encoding::Utf8);
        // Many names in GBK that happen to be UTF-8, and one that is not.
        assert_eq!(told(b"\xd1\xa7,\xd1\xa7,\xd1\xa7,\xd1\xa7,\xd6\xdd\xbb\xc6").0, Encoding::Gb18030);
    }

    #[test]
    fn what_would_be_odd_chinese_is_doubtful() {
        let is_doubtful = |text: &[u8]| {
            let mut evidence = Evidence::default();
            evidence.look_at(text, false);
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
                let mut evidence = Evidence::default();
                evidence.look_through(&mut text.as_slice()).unwrap();
                assert_eq!((evidence.encoding(), evidence.is_decisive()), (expected, true), "{line:?}");
            }
        }
        let mut evidence = Evidence::default();
        evidence.look_through(&mut "a".repeat(1 << 20).as_bytes()).unwrap();
        assert!(evidence.is_ascii());
    }
}
