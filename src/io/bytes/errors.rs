//! Errors of our own that pass through `std::io::Error`.

use std::io;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::bytes::encoding::InputEncoding;

/// Text that is invalid in its encoding, as the source of an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("not text in {encoding}")]
pub(in crate::io) struct NotText {
    pub(in crate::io) encoding: InputEncoding,
    pub(in crate::io) line: u64,
}

/// A problem of decompression, as the source of an I/O error.
#[derive(Debug, thiserror::Error)]
pub(in crate::io) enum DecompressionError {
    #[error("unpacked it grows beyond {0} bytes")]
    Bomb(u64),
    #[error("{0}")]
    Malformed(FileProblem),
}

impl DecompressionError {
    /// The kind of error.
    pub(in crate::io) fn kind_of(error: &io::Error) -> Option<ErrorKind> {
        Some(match error.get_ref()?.downcast_ref()? {
            DecompressionError::Bomb(limit_bytes) => ErrorKind::DecompressionBomb { limit_bytes: *limit_bytes },
            DecompressionError::Malformed(problem) => {
                ErrorKind::Malformed { kind: FileKind::GzipFile, problem: problem.clone() }
            }
        })
    }
}

/// Converts the I/O error of a read.
pub(in crate::io) fn read_error(error: std::io::Error) -> Error {
    let not_text: Option<&NotText> = error.get_ref().and_then(|inner| inner.downcast_ref());
    if let Some(NotText { encoding, line }) = not_text {
        return Error::new(ErrorKind::NotText { encoding: encoding.name() }).at_line(*line);
    }
    Error::new(DecompressionError::kind_of(&error).unwrap_or(ErrorKind::Read(error)))
}
