//! Errors of streams, which pass through errors of the system, and what they are here.

use std::io;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::bytes::encoding::InputEncoding;

/// Bytes that are no text in their encoding, inside of an error of the system.
#[derive(Debug, thiserror::Error)]
#[error("not text in {encoding}")]
pub(in crate::io) struct NotText {
    pub(in crate::io) encoding: InputEncoding,
    pub(in crate::io) line: u64,
}

/// What is wrong with a packed stream, inside of an error of the system.
#[derive(Debug, thiserror::Error)]
pub(in crate::io) enum Unpacking {
    #[error("unpacked it grows beyond {0} bytes")]
    Bomb(u64),
    #[error("{0}")]
    Malformed(FileProblem),
}

impl Unpacking {
    /// The kind of an error that came from here.
    pub(in crate::io) fn kind_of(error: &io::Error) -> Option<ErrorKind> {
        Some(match error.get_ref()?.downcast_ref()? {
            Unpacking::Bomb(limit_bytes) => ErrorKind::DecompressionBomb { limit_bytes: *limit_bytes },
            Unpacking::Malformed(problem) => {
                ErrorKind::Malformed { kind: FileKind::GzipFile, problem: problem.clone() }
            }
        })
    }
}

/// The error that a failed read is.
pub(in crate::io) fn read_error(error: std::io::Error) -> Error {
    let not_text: Option<&NotText> = error.get_ref().and_then(|inner| inner.downcast_ref());
    if let Some(NotText { encoding, line }) = not_text {
        return Error::new(ErrorKind::NotText { encoding: encoding.name() }).at_line(*line);
    }
    Error::new(Unpacking::kind_of(&error).unwrap_or(ErrorKind::Read(error)))
}
