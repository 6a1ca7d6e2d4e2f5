//! The text encoding of a dBASE table, which is declared in two places, sometimes wrongly.

use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::rows::note::ReadNote;

/// The language ids of byte 29 of the header (dBASE IV and ESRI), and their code pages.
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

/// Detects the encoding from declarations and text.
pub(super) struct Detector {
    given: Option<InputEncoding>,
    declared: Option<InputEncoding>,
    evidence: EncodingEvidence,
    is_declared: bool,
}

const WINDOWS_1252: InputEncoding = InputEncoding(encoding_rs::WINDOWS_1252);

impl Detector {
    /// A given encoding takes precedence over declarations, and a `.cpg` file over the language id, which many programs
    /// leave at a default.
    pub(super) fn new(given: Option<InputEncoding>, cpg: Option<&str>, language: u8) -> Detector {
        let by_language = || LANGUAGES.iter().find(|(byte, _)| *byte == language).map(|(_, label)| *label);
        let declared = cpg.and_then(InputEncoding::of_name).or_else(|| by_language().and_then(InputEncoding::of_name));
        Detector { given, declared, evidence: EncodingEvidence::default(), is_declared: true }
    }

    /// Adds text.
    pub(super) fn add(&mut self, field: &[u8], is_full: bool) {
        if self.given.is_some() || field.is_ascii() {
            return;
        }
        self.evidence.add(field, is_full);
        if let Some(declared) = self.declared {
            self.is_declared = self.is_declared && declared.decode_field(field, is_full).is_some();
        }
    }

    /// The declared encoding, if the text is valid in it; but text that is valid UTF-8 is rarely anything else.
    pub(super) fn encoding(&self) -> InputEncoding {
        let Detector { given, declared, evidence, .. } = self;
        let (is_utf8, may_be_gb18030) = (evidence.is_utf8(), evidence.may_be_gb18030());
        let is = |encoding: InputEncoding| *declared == Some(encoding);
        match (given, declared) {
            (Some(given), _) => *given,
            (_, declared) if evidence.is_ascii() => declared.unwrap_or(InputEncoding::UTF_8),
            // Pairs of GBK may be valid UTF-8, but only as two-byte characters, which are not Chinese.
            _ if is(InputEncoding::GB18030) && !evidence.is_decisive() && self.is_declared => InputEncoding::GB18030,
            _ if is_utf8 && (is(InputEncoding::UTF_8) || !may_be_gb18030) => InputEncoding::UTF_8,
            _ if is(WINDOWS_1252) && evidence.is_gb2312() => InputEncoding::GB18030,
            _ if is(WINDOWS_1252) && is_utf8 => InputEncoding::UTF_8,
            (_, Some(declared)) if *declared != InputEncoding::UTF_8 && self.is_declared => *declared,
            _ => evidence.encoding().into(),
        }
    }

    /// The note about an encoding that neither declarations nor text determine with certainty.
    pub(super) fn note(&self) -> Option<ReadNote> {
        let encoding = self.encoding();
        let is_declared = self.declared.is_some_and(|declared| declared != WINDOWS_1252);
        if self.given.is_some() || is_declared {
            return None;
        }
        let guessed = self.evidence.is_ambiguous().then_some(ReadNote::EncodingGuessed { encoding });
        let is_doubtful = encoding == InputEncoding::GB18030 && self.evidence.is_doubtful();
        guessed.or_else(|| is_doubtful.then_some(ReadNote::EncodingDoubtful { encoding }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(cpg: Option<&str>, language: u8, texts: &[&[u8]]) -> &'static str {
        let mut detector = Detector::new(None, cpg, language);
        texts.iter().for_each(|text| detector.add(text, false));
        detector.encoding().name()
    }

    #[test]
    fn what_is_declared_is_true_or_is_not_believed() {
        let (utf8, gbk): (&[u8], &[u8]) = ("台州湾".as_bytes(), b"\xcc\xa8\xd6\xdd\xcd\xe5");
        for (cpg, language) in
            [(None, 0), (Some("UTF-8"), 0), (Some("936"), 0x4d), (None, 0x4d), (None, 0x57), (None, 3)]
        {
            assert_eq!(detected(cpg, language, &[b"a", utf8]), "UTF-8", "{cpg:?} {language}");
            assert_eq!(detected(cpg, language, &[b"a", gbk]), "GB18030", "{cpg:?} {language}");
        }
        // Western text, and Chinese of Taiwan.
        assert_eq!(detected(Some("1252"), 0, &[b"M\xe1laga"]), "windows-1252");
        assert_eq!(detected(None, 3, &[b"M\xe1laga"]), "windows-1252");
        assert_eq!(detected(Some("Big5"), 0x4d, &[b"\xbb\x4f\xa5\x5f"]), "Big5");
        // 学 in GBK is a letter of Cyrillic in UTF-8.
        assert_eq!(detected(Some("GBK"), 0, &[b"\xd1\xa7"]), "GB18030");
        assert_eq!(detected(Some("UTF-8"), 0, &[b"\xd1\xa7"]), "UTF-8");
        assert_eq!((detected(None, 0, &[b"\xd1\xa7"]), detected(None, 3, &[b"\xd1\xa7"])), ("GB18030", "GB18030"));
        assert_eq!(
            (detected(None, 0, &["28°".as_bytes()]), detected(None, 3, &["28°".as_bytes()])),
            ("UTF-8", "UTF-8")
        );
        // Russian is UTF-8, and no Chinese that happens to be.
        assert_eq!(
            (detected(None, 0, &["Москва".as_bytes()]), detected(None, 3, &["Москва".as_bytes()])),
            ("UTF-8", "UTF-8")
        );
        // One wrong byte among Chinese names.
        assert_eq!(detected(None, 0, &["台州台州".as_bytes(), b"M\xe1laga"]), "UTF-8");
        assert_eq!(detected(Some("ISO 88591"), 0, &[b"a"]), "windows-1252");
        assert_eq!(detected(None, 0x4d, &[b"a"]), "GB18030");
    }

    #[test]
    fn what_is_given_holds_whatever_is_declared() {
        let mut detector = Detector::new(InputEncoding::of_name("big5"), Some("UTF-8"), 0);
        detector.add("台州".as_bytes(), false);
        assert_eq!((detector.encoding().name(), detector.note()), ("Big5", None));
    }
}
