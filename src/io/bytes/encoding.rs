//! Text encodings.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::Result;

/// A text encoding for output.
///
/// ```
/// use taizhou_corridor::io::Encoding;
///
/// assert_eq!("gbk".parse(), Ok(Encoding::Gb18030));
/// assert_eq!(Encoding::Utf8.to_string(), "UTF-8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// GB18030, a superset of GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// Encodes text. Both encodings have all characters, except that GB18030 lacks the private-use character U+E5E5,
    /// which becomes the replacement character.
    ///
    /// ```
    /// use taizhou_corridor::io::Encoding;
    ///
    /// assert_eq!(Encoding::Gb18030.encode("台州").as_ref(), b"\xcc\xa8\xd6\xdd");
    /// assert_eq!(Encoding::Gb18030.encode("\u{e5e5}"), Encoding::Gb18030.encode("\u{fffd}"));
    /// ```
    pub fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Encoding::Utf8 => text.as_bytes().into(),
            // The encoder would write an HTML character reference.
            Encoding::Gb18030 if text.contains('\u{e5e5}') => {
                encoding_rs::GB18030.encode(&text.replace('\u{e5e5}', "\u{fffd}")).0.into_owned().into()
            }
            Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0,
        }
    }

    /// The number of characters of a text that the encoding lacks.
    pub(in crate::io) fn unheld(self, text: &str) -> u64 {
        if self == Encoding::Gb18030 { text.matches('\u{e5e5}').count() as u64 } else { 0 }
    }

    /// Decodes bytes; `None` if they are invalid in this encoding.
    ///
    /// ```
    /// use taizhou_corridor::io::Encoding;
    ///
    /// assert_eq!(Encoding::Gb18030.decode(b"\xcc\xa8\xd6\xdd").unwrap(), "台州");
    /// assert_eq!(Encoding::Utf8.decode(b"\xcc\xa8\xd6\xdd"), None);
    /// ```
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Into::into),
            Encoding::Gb18030 => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// Decodes bytes without copying if possible; returns the bytes if they are invalid in this encoding.
    pub(in crate::io) fn decode_all(self, bytes: Vec<u8>) -> Result<String, Vec<u8>> {
        match self {
            Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| error.into_bytes()),
            Encoding::Gb18030 => match self.decode(&bytes) {
                Some(Cow::Owned(text)) => Ok(text),
                // Borrowed text is ASCII.
                Some(Cow::Borrowed(_)) => String::from_utf8(bytes).map_err(|error| error.into_bytes()),
                None => Err(bytes),
            },
        }
    }

    /// The longest start of a text whose encoding fits a number of bytes.
    pub(in crate::io) fn start_of(self, text: &str, most_bytes: usize) -> &str {
        // In GB18030, a character is at most twice as long as in UTF-8.
        if text.len() <= most_bytes / 2 || self == Encoding::Utf8 && text.len() <= most_bytes {
            return text;
        }
        let mut bytes = 0;
        let mut buffer = [0; 4];
        for (end, character) in text.char_indices() {
            bytes += self.encode(character.encode_utf8(&mut buffer)).len();
            if bytes > most_bytes {
                return &text[..end];
            }
        }
        text
    }
}

impl std::str::FromStr for Encoding {
    type Err = String;

    /// Reads `UTF-8`, `GB18030`, `GBK` or `GB2312`, in any case.
    fn from_str(text: &str) -> Result<Encoding, String> {
        match text.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
            "utf8" => Ok(Encoding::Utf8),
            "gb18030" | "gbk" | "gb2312" => Ok(Encoding::Gb18030),
            _ => Err(format!("`{text}` is none of UTF-8, GB18030, GBK")),
        }
    }
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gb18030 => "GB18030",
        })
    }
}

/// An encoding of input: any of the WHATWG Encoding Standard.
///
/// ```
/// use taizhou_corridor::io::InputEncoding;
///
/// assert_eq!("big5".parse::<InputEncoding>()?.to_string(), "Big5");
/// // GBK and GB 2312 are read as GB18030; numbers of code pages are accepted, too.
/// assert_eq!("gbk".parse::<InputEncoding>()?, InputEncoding::GB18030);
/// assert_eq!("cp936".parse::<InputEncoding>()?, InputEncoding::GB18030);
/// assert!("klingon".parse::<InputEncoding>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputEncoding(pub(in crate::io) &'static encoding_rs::Encoding);

impl InputEncoding {
    /// UTF-8.
    pub const UTF_8: InputEncoding = InputEncoding(UTF_8);
    /// GB18030, a superset of GBK and GB 2312.
    pub const GB18030: InputEncoding = InputEncoding(GB18030);

    /// The name in the Encoding Standard: `UTF-8`, `Big5`; GB18030 in upper case.
    pub fn name(self) -> &'static str {
        if self == InputEncoding::GB18030 { "GB18030" } else { self.0.name() }
    }

    /// The encoding of a label of the Encoding Standard, or of a code page as in `.cpg` files: `65001`, `936`, `ANSI
    /// 936`, `CP936`, `88591`.
    pub(in crate::io) fn of_name(name: &str) -> Option<InputEncoding> {
        let name = name.trim_start_matches('\u{feff}').trim().trim_end_matches('\0').to_ascii_lowercase();
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let is_number = name.trim_start_matches(|c: char| !c.is_ascii_digit()) == digits;
        let label = match digits.as_str() {
            _ if encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()).is_some() => name.clone(),
            "65001" => "utf-8".to_owned(),
            "936" | "54936" | "20936" => "gb18030".to_owned(),
            "950" => "big5".to_owned(),
            "932" => "shift_jis".to_owned(),
            "949" => "euc-kr".to_owned(),
            "1200" => "utf-16le".to_owned(),
            page if is_number && page.len() == 4 && page.starts_with("125") => format!("windows-{page}"),
            page if is_number && page.starts_with("8859") => format!("iso-8859-{}", &page[4..]),
            _ => return None,
        };
        let encoding = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
        Some(InputEncoding(if encoding == GBK { GB18030 } else { encoding }))
    }

    /// The encoding of a byte order mark.
    pub(in crate::io) fn of_mark(start: &[u8]) -> Option<InputEncoding> {
        encoding_rs::Encoding::for_bom(start).map(|(encoding, _)| InputEncoding(encoding))
    }

    /// The encoding of a byte order mark, else the given one, else UTF-16 if it is detected.
    pub(in crate::io) fn detect(start: &[u8], given: Option<InputEncoding>) -> Option<InputEncoding> {
        InputEncoding::of_mark(start).or(given).or_else(|| InputEncoding::utf_16_by_zeros(start))
    }

    /// Detects UTF-16 without a byte order mark by zero bytes: each ASCII character has one, and digits and separators
    /// are at least a quarter of the text of a table. A few zero bytes are stray characters in other encodings.
    fn utf_16_by_zeros(start: &[u8]) -> Option<InputEncoding> {
        let start = start.get(..start.len().min(1 << 10) & !1)?;
        let zeros = |place: usize| start.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
        let enough = start.len().div_ceil(8).max(1);
        let encoding = InputEncoding(match (zeros(0), zeros(1)) {
            (0, count) if count >= enough => UTF_16LE,
            (count, 0) if count >= enough => UTF_16BE,
            _ => return None,
        });
        // Binary data decode to control characters and unassigned code points.
        let is_text =
            |text: String| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1e}'));
        encoding.decode_field(start, true).is_some_and(is_text).then_some(encoding)
    }

    /// Whether bytes may be the start of text in UTF-8, GB18030 or UTF-16.
    pub(in crate::io) fn is_text(start: &[u8]) -> bool {
        let is_in = |encoding: InputEncoding| encoding.decode_field(start, true).is_some();
        let has_zeros = memchr::memchr(0, start).is_some();
        InputEncoding::detect(start, None).is_some()
            || !has_zeros && (is_in(InputEncoding::UTF_8) || is_in(InputEncoding::GB18030))
    }

    /// The text at the start of bytes, for format detection.
    pub(in crate::io) fn decode_start(self, bytes: &[u8]) -> Cow<'_, str> {
        self.0.decode(bytes).0
    }

    /// Decodes a field of fixed width; `None` if it is invalid in this encoding. An incomplete last character of a full
    /// field is left out.
    pub(in crate::io) fn decode_field(self, field: &[u8], is_full: bool) -> Option<String> {
        let mut decoder = self.0.new_decoder_without_bom_handling();
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(field.len())?);
        let (result, _) = decoder.decode_to_string_without_replacement(field, &mut text, !is_full);
        matches!(result, DecoderResult::InputEmpty).then_some(text)
    }
}

impl From<Encoding> for InputEncoding {
    fn from(encoding: Encoding) -> InputEncoding {
        match encoding {
            Encoding::Utf8 => InputEncoding::UTF_8,
            Encoding::Gb18030 => InputEncoding::GB18030,
        }
    }
}

impl std::str::FromStr for InputEncoding {
    type Err = String;

    /// Reads a label of the Encoding Standard, or a code page.
    fn from_str(text: &str) -> Result<InputEncoding, String> {
        let unknown =
            || format!("`{text}` is not a known encoding, such as utf-8, gb18030, big5, utf-16le, windows-1252");
        InputEncoding::of_name(text).ok_or_else(unknown)
    }
}

impl std::fmt::Display for InputEncoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_code_pages() {
        for (name, expected) in [
            ("UTF-8\r\n", "UTF-8"),
            ("65001", "UTF-8"),
            ("ANSI 936", "GB18030"),
            ("CP936", "GB18030"),
            ("GB2312", "GB18030"),
            ("88591", "windows-1252"),
            ("windows-1250", "windows-1250"),
            ("1251", "windows-1251"),
            ("950", "Big5"),
            ("UTF-16", "UTF-16LE"),
        ] {
            assert_eq!(InputEncoding::of_name(name).unwrap().name(), expected, "{name}");
        }
        for name in ["system", "", "iso-2022-cn"] {
            assert_eq!(InputEncoding::of_name(name), None, "{name}");
        }
    }

    #[test]
    fn utf_16_is_told_by_its_zeros() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for text in ["lon,lat\n", "名称,经度\r\n甲,121.4", "{\"type\":1}"] {
            let detected = |bytes: &[u8]| InputEncoding::detect(bytes, None).map(InputEncoding::name);
            assert_eq!(detected(&utf16(text, u16::to_le_bytes)), Some("UTF-16LE"), "{text}");
            assert_eq!(detected(&utf16(text, u16::to_be_bytes)), Some("UTF-16BE"), "{text}");
        }
        let numbers = [1_u16, 2, 3].map(u16::to_le_bytes).concat();
        for bytes in [b"lon,lat\n".as_slice(), b"", b"\0", b"a\0\0b", &numbers, "名称".as_bytes()] {
            assert_eq!(InputEncoding::detect(bytes, None), None, "{bytes:?}");
        }
        assert!(InputEncoding::is_text("名称".as_bytes()) && InputEncoding::is_text(b"\xcc\xa8"));
        assert!(!InputEncoding::is_text(&numbers) && !InputEncoding::is_text(b"\xff\xff\xff"));
    }

    #[test]
    fn the_last_character_of_a_full_field_may_be_cut() {
        let decode = |encoding: InputEncoding, field: &[u8], is_full| encoding.decode_field(field, is_full);
        assert_eq!(decode(InputEncoding::UTF_8, &"台州".as_bytes()[..5], true).unwrap(), "台");
        assert_eq!(decode(InputEncoding::UTF_8, &"台州".as_bytes()[..5], false), None);
        assert_eq!(decode(InputEncoding::GB18030, b"\xcc\xa8\xd6", true).unwrap(), "台");
        assert_eq!(decode(InputEncoding::GB18030, b"\xcc\xa8\xd6", false), None);
        assert_eq!(decode(InputEncoding::UTF_8, b"\xff", true), None);
    }
}
