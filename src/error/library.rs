//! Error messages of libraries.

/// The error message of a library, in English only.
///
/// ```
/// use taizhou_corridor::error::{FileProblem, LibraryMessage};
///
/// let message = LibraryMessage::new("SQLite", "database disk image is malformed");
/// assert_eq!(message.library, "SQLite");
/// assert_eq!(FileProblem::Library(message).to_string(), "database disk image is malformed");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct LibraryMessage {
    /// The name of the library, such as `SQLite`.
    pub library: &'static str,
    /// The message.
    pub text: String,
}

impl LibraryMessage {
    /// The message of an error of a library.
    ///
    /// ```
    /// use taizhou_corridor::error::LibraryMessage;
    ///
    /// let error = "28°".parse::<f64>().unwrap_err();
    /// assert_eq!(LibraryMessage::new("std", error).to_string(), "invalid float literal");
    /// ```
    pub fn new(library: &'static str, message: impl std::fmt::Display) -> LibraryMessage {
        LibraryMessage { library, text: message.to_string() }
    }
}
