//! Replies: a text, and files.

use serde_json::{Map, Value, json};

/// A file of a reply.
pub(crate) struct ReplyFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A reply in memory, as JavaScript reads it.
pub(crate) struct Replied {
    text: Vec<u8>,
    /// The files are where the text says as long as these are there.
    _files: Vec<Vec<u8>>,
}

impl Replied {
    pub(crate) const NONE: Replied = Replied { text: vec![], _files: vec![] };

    /// The members of the object, and the files, which are listed in it.
    pub(crate) fn new(mut object: Map<String, Value>, files: Vec<ReplyFile>) -> Replied {
        let place = |file: &ReplyFile| json!({ "name": file.name, "at": file.bytes.as_ptr() as usize, "size": file.bytes.len() });
        object.insert("files".to_owned(), files.iter().map(place).collect());
        let text = with_length(&Value::Object(object).to_string());
        Replied { text, _files: files.into_iter().map(|file| file.bytes).collect() }
    }

    /// The text with its length.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

/// A text with its length before it.
pub(crate) fn with_length(text: &str) -> Vec<u8> {
    // A text of 4 GiB would not be in memory.
    let length = u32::try_from(text.len()).unwrap_or_default();
    [&length.to_le_bytes(), text.as_bytes()].concat()
}
