//! The encoding of the text of a dBASE table: declared in two places, and true in neither at times.

use encoding_rs::{DecoderResult, Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};

/// The language of a table as byte 29 of its header has it (dBASE IV, and what ESRI made of it), for the
/// code pages that this crate decodes.
const LANGUAGES: [(u8, &str); 14] = [
    (0x03, "windows-1252"),
    (0x13, "shift_jis"),
    (0x4d, "gbk"),
    (0x4e, "euc-kr"),
    (0x4f, "big5"),
    (0x58, "windows-1252"),
    (0x59, "windows-1252"),
    (0x78, "big5"),
    (0x79, "euc-kr"),
    (0x7a, "gbk"),
    (0x7b, "shift_jis"),
    (0xc8, "windows-1250"),
    (0xc9, "windows-1251"),
    (0xcb, "windows-1253"),
];

/// Tells the encoding from what is declared and from all text there is.
pub(super) struct Detector {
    declared: Option<&'static Encoding>,
    /// Characters that are not ASCII, and such of them as have three bytes or more, read as UTF-8.
    characters: u64,
    long_characters: u64,
    not_utf8: u64,
    is_gb18030: bool,
    /// Whether bytes beyond ASCII come in pairs of GB 2312, as they never do in western text.
    is_gb2312: bool,
    is_declared: bool,
}

impl Detector {
    /// A `.cpg` file says more than the byte of the header, which many programs leave at a default.
    pub(super) fn new(cpg: Option<&str>, language: u8) -> Detector {
        let by_language = || LANGUAGES.iter().find(|(byte, _)| *byte == language).map(|(_, label)| *label);
        let declared = match cpg.and_then(by_name) {
            Some(encoding) => Some(encoding),
            None => by_language().and_then(|label| Encoding::for_label(label.as_bytes())),
        };
        Detector {
            declared: declared.map(|encoding| if encoding == GBK { GB18030 } else { encoding }),
            characters: 0,
            long_characters: 0,
            not_utf8: 0,
            is_gb18030: true,
            is_gb2312: true,
            is_declared: true,
        }
    }

    /// Takes a text into account.
    pub(super) fn look_at(&mut self, field: &[u8], is_full: bool) {
        if field.is_ascii() {
            return;
        }
        let mut left = field.len();
        for chunk in field.utf8_chunks() {
            left -= chunk.valid().len() + chunk.invalid().len();
            for character in chunk.valid().chars().filter(|character| !character.is_ascii()) {
                self.characters += 1;
                self.long_characters += u64::from(character >= '\u{800}');
            }
            // The last character of a full field may be cut.
            let is_cut = left == 0 && is_full && decode(UTF_8, chunk.invalid(), true).is_some();
            self.not_utf8 += u64::from(!chunk.invalid().is_empty() && !is_cut);
        }
        self.is_gb18030 &= decode(GB18030, field, is_full).is_some();
        self.is_gb2312 &= is_gb2312(field, is_full);
        if let Some(declared) = self.declared {
            self.is_declared &= decode(declared, field, is_full).is_some();
        }
    }

    /// What is declared, if the text is that; but bytes that are UTF-8 are hardly ever anything else.
    pub(super) fn encoding(&self) -> &'static Encoding {
        let is_utf8 = self.not_utf8 == 0;
        match self.declared {
            _ if self.characters + self.not_utf8 == 0 => self.declared.unwrap_or(UTF_8),
            // Pairs of GBK can happen to be UTF-8, then mostly of two bytes, which are no Chinese.
            Some(declared) if declared == GB18030 && is_utf8 && self.is_gb18030 && self.long_characters == 0 => GB18030,
            _ if is_utf8 => UTF_8,
            Some(declared) if declared == WINDOWS_1252 && self.is_gb2312 => GB18030,
            Some(declared) if declared != UTF_8 && self.is_declared => declared,
            // A few wrong bytes are an error, and no reason to read all of it as something else.
            _ if self.characters > 2 * self.not_utf8 => UTF_8,
            _ => GB18030,
        }
    }
}

/// `UTF-8`, `65001`, `GBK`, `936`, `ANSI 936`, `CP936`, `88591`, `ISO-8859-1`.
fn by_name(cpg: &str) -> Option<&'static Encoding> {
    let name = cpg.trim_start_matches('\u{feff}').trim().trim_end_matches('\0').to_ascii_lowercase();
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let is_number = name.trim_start_matches(|c: char| !c.is_ascii_digit()) == digits;
    let label = match digits.as_str() {
        _ if Encoding::for_label(name.as_bytes()).is_some() => name.clone(),
        "65001" => "utf-8".to_owned(),
        "936" | "54936" | "20936" => "gb18030".to_owned(),
        "950" => "big5".to_owned(),
        "932" => "shift_jis".to_owned(),
        "949" => "euc-kr".to_owned(),
        page if is_number && page.len() == 4 && page.starts_with("125") => format!("windows-{page}"),
        page if is_number && page.starts_with("8859") => format!("iso-8859-{}", &page[4..]),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The text of a field; none where it is no text in this encoding. The last character of a field that is
/// full may be cut: then it is left out.
pub(super) fn decode(encoding: &'static Encoding, field: &[u8], is_full: bool) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(field.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(field, &mut text, !is_full);
    matches!(result, DecoderResult::InputEmpty).then_some(text)
}

/// Whether bytes beyond ASCII are pairs in the rows of GB 2312 that are in use.
fn is_gb2312(field: &[u8], is_full: bool) -> bool {
    let mut bytes = field.iter();
    while let Some(&lead) = bytes.next() {
        let is_pair = match (lead, bytes.clone().next()) {
            (0..=0x7f, _) => continue,
            (0xa1..=0xa9 | 0xb0..=0xf7, Some(0xa1..=0xfe)) => true,
            (0xa1..=0xa9 | 0xb0..=0xf7, None) => is_full,
            _ => false,
        };
        if !is_pair {
            return false;
        }
        bytes.next();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cpg: Option<&str>, language: u8, texts: &[&[u8]]) -> &'static str {
        let mut detector = Detector::new(cpg, language);
        texts.iter().for_each(|text| detector.look_at(text, false));
        detector.encoding().name()
    }

    #[test]
    fn what_is_declared_is_true_or_is_not_believed() {
        let (utf8, gbk): (&[u8], &[u8]) = ("台州湾".as_bytes(), b"\xcc\xa8\xd6\xdd\xcd\xe5");
        for (cpg, language) in
            [(None, 0), (Some("UTF-8"), 0), (Some("936"), 0x4d), (None, 0x4d), (None, 0x57), (None, 3)]
        {
            assert_eq!(told(cpg, language, &[b"a", utf8]), "UTF-8", "{cpg:?} {language}");
            assert_eq!(told(cpg, language, &[b"a", gbk]), "gb18030", "{cpg:?} {language}");
        }
        // Western text, and Chinese of Taiwan.
        assert_eq!(told(Some("1252"), 0, &[b"M\xe1laga"]), "windows-1252");
        assert_eq!(told(None, 3, &[b"M\xe1laga"]), "windows-1252");
        assert_eq!(told(Some("Big5"), 0x4d, &[b"\xbb\x4f\xa5\x5f"]), "Big5");
        // 学 in GBK is a letter of Cyrillic in UTF-8.
        assert_eq!(told(Some("GBK"), 0, &[b"\xd1\xa7"]), "gb18030");
        assert_eq!(told(None, 0, &[b"\xd1\xa7"]), "UTF-8");
        // One wrong byte among Chinese names.
        assert_eq!(told(None, 0, &["台州台州".as_bytes(), b"M\xe1laga"]), "UTF-8");
        assert_eq!(told(Some("ISO 88591"), 0, &[b"a"]), "windows-1252");
        assert_eq!(told(None, 0x4d, &[b"a"]), "gb18030");
    }

    #[test]
    fn the_last_character_of_a_full_field_may_be_cut() {
        assert_eq!(decode(UTF_8, &"台州".as_bytes()[..5], true).unwrap(), "台");
        assert_eq!(decode(UTF_8, &"台州".as_bytes()[..5], false), None);
        assert_eq!(decode(GB18030, b"\xcc\xa8\xd6", true).unwrap(), "台");
        assert_eq!(decode(GB18030, b"\xcc\xa8\xd6", false), None);
        assert_eq!(decode(UTF_8, b"\xff", true), None);
        let mut detector = Detector::new(None, 0);
        detector.look_at(&"台州".as_bytes()[..5], true);
        assert_eq!(detector.encoding(), UTF_8);
    }

    #[test]
    fn names_of_code_pages() {
        for (name, expected) in [
            ("UTF-8\r\n", "UTF-8"),
            ("65001", "UTF-8"),
            ("ANSI 936", "gb18030"),
            ("CP936", "gb18030"),
            ("GB2312", "GBK"),
            ("88591", "windows-1252"),
            ("windows-1250", "windows-1250"),
            ("1251", "windows-1251"),
        ] {
            assert_eq!(by_name(name).unwrap().name(), expected, "{name}");
        }
        assert_eq!(by_name("system"), None);
        assert_eq!(by_name(""), None);
    }
}
