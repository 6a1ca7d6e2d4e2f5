//! Texts: their encoding, and the codes for characters and formats in them.

use std::borrow::Cow;

use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::rows::note::ReadNote;

/// What the header says of the texts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Declared {
    /// `$ACADVER`: `AC1021`.
    pub(super) version: String,
    /// `$DWGCODEPAGE`: `ANSI_936`.
    pub(super) code_page: String,
}

const WINDOWS_1252: InputEncoding = InputEncoding(encoding_rs::WINDOWS_1252);

impl Declared {
    /// Whether texts are UTF-8: from AutoCAD 2007 on.
    fn is_utf8(&self) -> bool {
        self.version.strip_prefix("AC").and_then(|number| number.parse().ok()).is_some_and(|number: u32| number >= 1021)
    }

    /// The encoding, and a note if it is a guess; binary files have no evidence, since numbers are none. Many programs leave the code page of western text in the header, so
    /// that is only believed if the text is not likely to be Chinese or UTF-8.
    pub(super) fn encoding(
        &self,
        given: Option<InputEncoding>,
        evidence: Option<&EncodingEvidence>,
    ) -> (InputEncoding, Option<ReadNote>) {
        if let Some(given) = given {
            return (given, None);
        }
        let page = self.code_page.to_ascii_lowercase();
        let page = page.strip_prefix("ansi_").or_else(|| page.strip_prefix("dos")).unwrap_or(&page);
        let declared = InputEncoding::of_name(page).filter(|encoding| *encoding != WINDOWS_1252);
        let is_western = page.ends_with("1252");
        let Some(evidence) = evidence else {
            let western = if is_western { WINDOWS_1252 } else { InputEncoding::UTF_8 };
            return (if self.is_utf8() { InputEncoding::UTF_8 } else { declared.unwrap_or(western) }, None);
        };
        match declared {
            _ if evidence.is_ascii() => return (InputEncoding::UTF_8, None),
            _ if self.is_utf8() && evidence.is_utf8() => return (InputEncoding::UTF_8, None),
            Some(declared) if !self.is_utf8() => return (declared, None),
            None if is_western && !evidence.is_utf8() && !evidence.is_gb2312() => return (WINDOWS_1252, None),
            _ => {}
        }
        let is_gb18030 = is_western && !evidence.is_utf8();
        let encoding = if is_gb18030 { InputEncoding::GB18030 } else { InputEncoding::from(evidence.encoding()) };
        let guessed = evidence.is_ambiguous().then_some(ReadNote::EncodingGuessed { encoding });
        let doubtful = evidence.is_doubtful().then_some(ReadNote::EncodingDoubtful { encoding });
        (encoding, guessed.or(doubtful))
    }
}

/// Decodes texts.
#[derive(Debug)]
pub(super) struct Decoder {
    pub(super) encoding: InputEncoding,
    /// The number of texts with bytes that are not valid in the encoding.
    pub(super) invalid: u64,
}

impl Decoder {
    /// The text, with `�` for invalid bytes, and the characters for their codes: `\U+53F0`, `\M+5CCA8`.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        let (text, is_invalid) = self.encoding.0.decode_without_bom_handling(bytes);
        self.invalid += u64::from(is_invalid);
        characters(&text).into_owned()
    }
}

/// Replaces the codes of characters.
fn characters(text: &str) -> Cow<'_, str> {
    if !text.contains("\\U+") && !text.contains("\\M+") {
        return Cow::Borrowed(text);
    }
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        found.push_str(&rest[..at]);
        rest = &rest[at..];
        match unicode(rest).or_else(|| multibyte(rest)) {
            Some((character, length)) => {
                found.push(character);
                rest = &rest[length..];
            }
            None => {
                found.push('\\');
                rest = &rest[1..];
            }
        }
    }
    found.push_str(rest);
    Cow::Owned(found)
}

/// The four hexadecimal digits after a prefix.
fn digits(text: &str, prefix: &str) -> Option<u16> {
    let digits = text.strip_prefix(prefix)?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// A character as `\U+53F0`, or as two surrogates, and its length.
fn unicode(text: &str) -> Option<(char, usize)> {
    const LENGTH: usize = 7;
    let first = digits(text, "\\U+")?;
    let second = || digits(&text[LENGTH..], "\\U+");
    let units = match first {
        0xd800..=0xdbff => vec![first, second()?],
        _ => vec![first],
    };
    let length = LENGTH * units.len();
    Some((char::decode_utf16(units).next()?.ok()?, length))
}

/// A character of an East Asian code page as `\M+5CCA8`, and its length.
fn multibyte(text: &str) -> Option<(char, usize)> {
    const PAGES: [(char, &encoding_rs::Encoding); 4] =
        [('1', encoding_rs::SHIFT_JIS), ('2', encoding_rs::BIG5), ('3', encoding_rs::EUC_KR), ('5', encoding_rs::GBK)];
    let page = text.strip_prefix("\\M+")?.chars().next()?;
    let (_, encoding) = PAGES.iter().find(|(number, _)| *number == page)?;
    let bytes = digits(&text[3..], page.encode_utf8(&mut [0; 4]))?.to_be_bytes();
    let character = encoding.decode_without_bom_handling_and_without_replacement(&bytes)?.chars().next()?;
    Some((character, 8))
}

/// The visible text of TEXT: `%%c` is ⌀, `%%d` °, `%%p` ±, `%%%` %, `%%176` a character by its number; `%%u`, `%%o` and
/// `%%k` are lines under, over and through it.
pub(super) fn plain_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("%%") {
        plain.push_str(&rest[..at]);
        let code = &rest[at + 2..];
        let number = code.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
        let (character, length) = match (number.and_then(|number| number.parse::<u8>().ok()), code.chars().next()) {
            (Some(number), _) => (Some(char::from(number)), 3),
            (_, Some('c' | 'C')) => (Some('⌀'), 1),
            (_, Some('d' | 'D')) => (Some('°'), 1),
            (_, Some('p' | 'P')) => (Some('±'), 1),
            (_, Some('%')) => (Some('%'), 1),
            (_, Some('u' | 'U' | 'o' | 'O' | 'k' | 'K')) => (None, 1),
            _ => (Some('%'), 0),
        };
        plain.extend(character);
        rest = if length == 0 { &rest[at + 1..] } else { &code[length..] };
    }
    plain.push_str(rest);
    one_line(&uncontrolled(&plain))
}

/// The visible text of MTEXT, without its formats: `{\fSimSun|b0;科研\P用地}`.
pub(super) fn plain_mtext(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '{' | '}' => {}
            '\\' => match characters.next() {
                Some('P' | 'N' | 'X') => plain.push('\n'),
                Some('~') => plain.push(' '),
                // Lines under, over and through the text begin and end.
                Some('L' | 'l' | 'O' | 'o' | 'K' | 'k') | None => {}
                Some('S') => plain.extend(characters.by_ref().take_while(|c| *c != ';').filter_map(|c| match c {
                    '#' | '^' => Some('/'),
                    '\\' => None,
                    other => Some(other),
                })),
                Some('A' | 'C' | 'c' | 'F' | 'f' | 'H' | 'Q' | 'T' | 'W' | 'p') => {
                    characters.by_ref().take_while(|c| *c != ';').for_each(drop);
                }
                Some(other) => plain.push(other),
            },
            other => plain.push(other),
        }
    }
    plain_text(&plain)
}

/// Control characters, which are written as `^J`; `^ ` is a circumflex.
pub(super) fn uncontrolled(text: &str) -> Cow<'_, str> {
    if !text.contains('^') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let control = characters.peek().filter(|_| character == '^').and_then(|next| match next {
            ' ' => Some('^'),
            '@'..='_' => char::from_u32(*next as u32 - 0x40),
            _ => None,
        });
        plain.push(control.unwrap_or(character));
        if control.is_some() {
            characters.next();
        }
    }
    Cow::Owned(plain)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as it is written: control characters as `^J`, and as `\U+53F0` those that the encoding lacks. GB18030 is
/// written as the code page 936, which has no characters of four bytes.
pub(super) fn escaped(text: &str, encoding: Encoding) -> Vec<u8> {
    escaped_with_ends(text, encoding, |_| {})
}

/// The same; `end` is called with the length after each character.
pub(super) fn escaped_with_ends(text: &str, encoding: Encoding, mut end: impl FnMut(usize)) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '\0'..='\x1f' => bytes.extend([b'^', character as u8 + 0x40]),
            '^' => bytes.extend(b"^ "),
            '\\' if unicode(&text[at..]).or_else(|| multibyte(&text[at..])).is_some() => bytes.extend(b"\\U+005C"),
            _ => push_character(&mut bytes, character, encoding),
        }
        end(bytes.len());
    }
    bytes
}

fn push_character(bytes: &mut Vec<u8>, character: char, encoding: Encoding) {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    if encoding == Encoding::Utf8 || character.is_ascii() {
        return bytes.extend_from_slice(text.as_bytes());
    }
    // The euro sign has a byte of its own in the code page, which older programs lack.
    match encoding_rs::GBK.encode(text) {
        (encoded, _, false) if encoded.len() == 2 => bytes.extend_from_slice(&encoded),
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                bytes.extend_from_slice(format!("\\U+{unit:04X}").as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8], label: &str) -> String {
        Decoder { encoding: label.parse().unwrap(), invalid: 0 }.decode(text)
    }

    #[test]
    fn codes_are_characters() {
        assert_eq!(decoded(br"\U+53F0\U+5DDE-\U+D840\U+DC00\M+5CCA8\P", "utf-8"), "台州-\u{20000}台\\P");
        for other in [r"\U+53F", r"\U+D840x", r"\M+9CCA8", r"\M+5", "a\\", r"\U+台州台州"] {
            assert_eq!(decoded(other.as_bytes(), "utf-8"), other);
        }
        let mut decoder = Decoder { encoding: InputEncoding::UTF_8, invalid: 0 };
        assert_eq!((decoder.decode(b"a\xcc\xa8").as_str(), decoder.invalid), ("a\u{328}", 0));
        assert_eq!((decoder.decode(b"\xccx").as_str(), decoder.invalid), ("\u{fffd}x", 1));
    }

    #[test]
    fn formats_are_left_out() {
        assert_eq!(plain_text("%%c50 45%%d %%p0.1 %%%%u x %%176"), "⌀50 45° ±0.1 %%u x °");
        assert_eq!(plain_text("100%% a%"), "100%% a%");
        assert_eq!(
            plain_mtext(r"{\fSimSun|b0|i0|c134;科研\P用地} \H2.5x;A\\B\{1\}\~\S1/2;\L\l"),
            r"科研 用地 A\B{1} 1/2"
        );
        assert_eq!(plain_mtext("\\"), "");
        assert_eq!(plain_text("a^Ib^ c"), "a b^c");
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["台州\u{20000}é€\u{e5e5}", "a\r\n^J^ \0", r"\U+53F0 \M+5CCA8 \x", "\u{85}\u{2028}", ""] {
            for encoding in [Encoding::Utf8, Encoding::Gb18030] {
                let bytes = escaped(text, encoding);
                assert!(bytes.iter().all(|byte| *byte >= 0x20));
                let label = if encoding == Encoding::Utf8 { "utf-8" } else { "gbk" };
                assert_eq!(uncontrolled(&decoded(&bytes, label)), text, "{encoding}");
            }
        }
        assert_eq!(escaped("台", Encoding::Gb18030), b"\xcc\xa8");
        assert_eq!(escaped("\u{20000}", Encoding::Gb18030), br"\U+D840\U+DC00");
    }

    #[test]
    fn declarations_are_believed_unless_the_text_is_something_else() {
        let of = |version: &str, page: &str, text: &[u8]| {
            let mut evidence = EncodingEvidence::default();
            evidence.add(text, false);
            let declared = Declared { version: version.to_owned(), code_page: page.to_owned() };
            declared.encoding(None, Some(&evidence)).0.name()
        };
        let (utf8, gbk): (&[u8], &[u8]) = ("台州湾".as_bytes(), b"\xcc\xa8\xd6\xdd\xcd\xe5");
        for (version, page, text, expected) in [
            ("AC1015", "ANSI_936", gbk, "GB18030"),
            ("AC1015", "ANSI_950", b"\xbb\x4f\xa5\x5f", "Big5"),
            ("AC1021", "ANSI_936", utf8, "UTF-8"),
            ("AC1032", "ANSI_1252", utf8, "UTF-8"),
            // Programs that write what they should not.
            ("AC1021", "ANSI_1252", gbk, "GB18030"),
            ("AC1015", "ANSI_1252", gbk, "GB18030"),
            ("AC1015", "ANSI_1252", utf8, "UTF-8"),
            ("AC1015", "ANSI_1252", b"M\xe1laga", "windows-1252"),
            ("", "", gbk, "GB18030"),
            ("AC1009", "dos936", gbk, "GB18030"),
            ("AC1009", "ascii", b"a", "UTF-8"),
        ] {
            assert_eq!(of(version, page, text), expected, "{version} {page} {text:?}");
        }
        let binary = Declared { version: "AC1009".to_owned(), code_page: "ANSI_936".to_owned() };
        assert_eq!(binary.encoding(None, None).0.name(), "GB18030");
    }
}
