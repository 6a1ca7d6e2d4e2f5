//! A KML document as XML events, in any encoding.

use std::io::{self, BufRead, Read};

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::encoding::DecodingReader;
use quick_xml::events::Event;

use crate::error::{Error, ErrorKind, FilePart, FileProblem, LibraryMessage, Result};
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::formats::kml::malformed;

/// The maximum size of a placemark, which is kept in memory.
const MAX_PLACEMARK_BYTES: u64 = 256 << 20;

/// An open document.
pub(super) struct Document {
    reader: Reader<Limited>,
    encoding: &'static str,
    has_root: bool,
    is_empty: bool,
}

impl Document {
    /// Opens a document, and returns the name of its encoding: the given one, else the declared one.
    pub(super) fn new(mut source: Box<dyn BufRead>, given: Option<InputEncoding>) -> Result<(Document, &'static str)> {
        let start = source.fill_buf().map_err(read_error)?;
        let given = given.filter(|_| InputEncoding::of_mark(start).is_none());
        let declared = match given {
            Some(given) => Some(given.0).filter(|given| *given != encoding_rs::UTF_8),
            None => declared_encoding(start)?,
        };
        let is_empty = start.is_empty();
        let is_utf8 = start.starts_with(b"<") && !start.starts_with(b"<\0") || start.starts_with(b"\xef\xbb\xbf");
        let mut encoding = "UTF-8";
        let source: Box<dyn BufRead> = match declared {
            Some(declared) => {
                let mut decoded = DecodingReader::new(source);
                decoded.set_encoding(declared);
                encoding =
                    InputEncoding(if declared == encoding_rs::GBK { encoding_rs::GB18030 } else { declared }).name();
                Box::new(decoded)
            }
            None if is_utf8 => source,
            // UTF-16 is detected by a byte order mark or the first characters.
            None => Box::new(DecodingReader::new(source)),
        };
        let mut reader = Reader::from_reader(Limited { source, left: MAX_PLACEMARK_BYTES, is_exceeded: false });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        // Ampersands in URLs are often not escaped.
        config.allow_dangling_amp = true;
        Ok((Document { reader, encoding, has_root: false, is_empty }, encoding))
    }

    /// The next event. If `begins`, the size limit starts anew.
    pub(super) fn next<'b>(&mut self, begins: bool, buffer: &'b mut Vec<u8>) -> Result<Event<'b>> {
        if begins {
            self.reader.get_mut().left = MAX_PLACEMARK_BYTES;
        }
        buffer.clear();
        let event = self.reader.read_event_into(buffer).map_err(|error| self.failed(error))?;
        if let (Event::Start(element), false) = (&event, self.has_root) {
            self.has_root = true;
            let root = element.local_name();
            if !matches!(root.as_ref(), "kml" | "Document" | "Folder" | "Placemark") {
                return Err(malformed(FileProblem::RootElement(shortened(root.as_ref()))));
            }
        }
        Ok(event)
    }

    fn failed(&self, error: quick_xml::Error) -> Error {
        if self.reader.get_ref().is_exceeded {
            return Error::new(ErrorKind::TooLong { limit_bytes: MAX_PLACEMARK_BYTES as usize });
        }
        match error {
            quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => self.not_text(),
            quick_xml::Error::Io(error) => read_error(io::Error::new(error.kind(), error.to_string())),
            quick_xml::Error::Encoding(_) => self.not_text(),
            quick_xml::Error::Syntax(_) if self.has_root => Error::new(ErrorKind::Truncated(FilePart::Element)),
            error => {
                let message = LibraryMessage::new("quick-xml", error);
                malformed(FileProblem::Xml { message, byte: self.reader.error_position() })
            }
        }
    }

    fn not_text(&self) -> Error {
        Error::new(ErrorKind::NotText { encoding: self.encoding })
    }

    /// Errors if the document must not end here.
    pub(super) fn end(&self, is_open: bool) -> Result<()> {
        if is_open {
            Err(Error::new(ErrorKind::Truncated(FilePart::Element)))
        } else if self.has_root {
            Ok(())
        } else if self.is_empty {
            Err(Error::new(ErrorKind::Empty))
        } else {
            Err(malformed(FileProblem::NoRootElement))
        }
    }
}

/// The encoding of the XML declaration, unless it is UTF-8.
fn declared_encoding(start: &[u8]) -> Result<Option<&'static Encoding>> {
    let Some(declaration) = start.strip_prefix(b"<?xml") else { return Ok(None) };
    let end = declaration.iter().position(|&byte| byte == b'>').unwrap_or(declaration.len());
    let declaration = String::from_utf8_lossy(&declaration[..end.min(200)]).into_owned();
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(None) };
    let Some(label) = after.split(['"', '\'']).nth(1) else { return Ok(None) };
    match Encoding::for_label(label.as_bytes()) {
        // The declaration was read as ASCII, so the text is not UTF-16.
        Some(encoding) if encoding == encoding_rs::UTF_8 || !encoding.is_ascii_compatible() => Ok(None),
        Some(encoding) => Ok(Some(encoding)),
        None => Err(malformed(FileProblem::UnknownEncoding(shortened(label)))),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A source that fails if a placemark exceeds the size limit.
struct Limited {
    source: Box<dyn BufRead>,
    left: u64,
    is_exceeded: bool,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            self.is_exceeded = true;
            return Err(io::Error::other("too long"));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.source.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_declaration() {
        let name = |start: &str| declared_encoding(start.as_bytes()).map(|found| found.map(Encoding::name));
        assert_eq!(name("<?xml version=\"1.0\" encoding=\"GBK\"?>").unwrap(), Some("GBK"));
        assert_eq!(name("<?xml version='1.0' encoding='gb2312'?>").unwrap(), Some("GBK"));
        assert_eq!(name("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap(), None);
        assert_eq!(name("<?xml version=\"1.0\"?><kml encoding=\"GBK\"/>").unwrap(), None);
        assert!(name("<?xml version=\"1.0\" encoding=\"klingon\"?>").is_err());
    }
}
