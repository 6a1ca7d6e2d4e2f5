//! The encoding of a file.

use crate::error::Result;
use crate::io::bytes::encoding::{Encoding, InputEncoding};
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::bytes::stored::Stored;
use crate::io::rows::note::ReadNote;

/// The encoding of a file. Delimiters, quotes and line ends are never part of a character in UTF-8 or GB18030, so that
/// records can be split before they are decoded. A file has one encoding: that of its start, or, if the start is ASCII,
/// of the first other record; if that is valid in both encodings, later text decides.
pub(super) struct Decoder {
    pub(super) encoding: Option<Encoding>,
    /// The encoding of the file, if it is given or has a byte order mark. Other encodings are already decoded to UTF-8.
    pub(super) original: Option<InputEncoding>,
    /// The note that the encoding was guessed or is doubtful.
    pub(super) note: Option<ReadNote>,
    /// The bytes, if they can be read ahead.
    pub(super) stored: Option<Stored>,
}

impl Decoder {
    /// Detects the encoding from text, whose last character may be cut, and which ends at this offset of the file.
    pub(super) fn detect(&mut self, text: &[u8], is_cut: bool, end: u64) -> Result<()> {
        if self.encoding.is_some() || text.is_ascii() {
            return Ok(());
        }
        let mut evidence = EncodingEvidence::default();
        evidence.add(text, is_cut);
        let is_decided = evidence.is_decisive();
        if let Some(stored) = self.stored.as_ref().filter(|_| !is_decided) {
            evidence.add_stored_from(stored, end)?;
        }
        let encoding = evidence.encoding();
        let is_guessed = evidence.is_ambiguous() || self.stored.is_none() && !is_decided;
        let guessed = is_guessed.then(|| ReadNote::EncodingGuessed { encoding: encoding.into() });
        let doubtful = || evidence.is_doubtful().then(|| ReadNote::EncodingDoubtful { encoding: encoding.into() });
        self.note = guessed.or_else(doubtful);
        self.encoding = Some(encoding);
        Ok(())
    }

    /// The encoding for error messages.
    pub(super) fn name(&self) -> &'static str {
        match (self.original, self.encoding) {
            (Some(original), _) => original.name(),
            (None, Some(Encoding::Gb18030)) => "UTF-8/GB18030",
            (None, Some(Encoding::Utf8) | None) => "UTF-8",
        }
    }
}
