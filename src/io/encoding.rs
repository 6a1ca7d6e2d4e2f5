//! The encodings of text.

use std::borrow::Cow;

use crate::error::Result;

/// An encoding of text.
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
    /// GB18030, of which GBK and GB 2312 are parts.
    Gb18030,
}

impl Encoding {
    /// Text in this encoding. Both hold every character, but that GB18030 has no U+E5E5, one of private use: the
    /// replacement character stands for it.
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
            // The encoder would write a reference of HTML.
            Encoding::Gb18030 if text.contains('\u{e5e5}') => {
                encoding_rs::GB18030.encode(&text.replace('\u{e5e5}', "\u{fffd}")).0.into_owned().into()
            }
            Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0,
        }
    }

    /// How many characters of a text it has no place for.
    pub(super) fn unheld(self, text: &str) -> u64 {
        if self == Encoding::Gb18030 { text.matches('\u{e5e5}').count() as u64 } else { 0 }
    }

    /// The text that bytes begin with, for a look at it: what is no text of this encoding is marked.
    pub(super) fn decode_start(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Encoding::Utf8 => String::from_utf8_lossy(bytes),
            Encoding::Gb18030 => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
        }
    }

    /// The text of bytes in this encoding; none where they are not.
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

    /// The text of bytes in this encoding; the bytes again where they are not.
    pub(super) fn decode_all(self, bytes: Vec<u8>) -> Result<String, Vec<u8>> {
        match self {
            Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| error.into_bytes()),
            Encoding::Gb18030 => match self.decode(&bytes) {
                Some(Cow::Owned(text)) => Ok(text),
                // All ASCII.
                Some(Cow::Borrowed(_)) => String::from_utf8(bytes).map_err(|error| error.into_bytes()),
                None => Err(bytes),
            },
        }
    }

    /// As many characters from the start of a text as have so many bytes in this encoding.
    pub(super) fn start_of(self, text: &str, most_bytes: usize) -> &str {
        // In GB18030 a character is at most twice as long as in UTF-8.
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
