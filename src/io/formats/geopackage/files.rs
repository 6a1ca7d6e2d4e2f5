//! The files of a database: its address for SQLite, and the logs next to it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::errors::read_error;

/// The file name of a temporary copy.
pub(super) const COPY: &str = "copy.gpkg";

/// Copies a database with a journal or write-ahead log next to it, left by a program that has it open or crashed.
/// Reading it applies the log, which writes to the file.
pub(super) fn copy_with_log(path: &Path) -> Result<Option<TempDir>> {
    let beside = |path: &Path, ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let is_filled = |path: &Path| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0);
    let logs: Vec<&str> = ["-wal", "-journal"].into_iter().filter(|ending| is_filled(&beside(path, ending))).collect();
    if logs.is_empty() {
        return Ok(None);
    }
    let folder = tempfile::tempdir().map_err(|error| Error::new(ErrorKind::Write(error)))?;
    let copy = folder.path().join(COPY);
    std::fs::copy(path, &copy).map_err(read_error)?;
    for log in logs {
        std::fs::copy(beside(path, log), beside(&copy, log)).map_err(read_error)?;
    }
    Ok(Some(folder))
}

/// The URI of a file for SQLite, which opens it as immutable.
pub(super) fn uri(path: &Path) -> Result<String> {
    let path = std::path::absolute(path).map_err(|error| Error::new(ErrorKind::Open(error)))?;
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut uri = "file://".to_owned();
    // `C:\…` becomes `/C:/…`; the path of a network share starts with two slashes as it is.
    if cfg!(windows) && !bytes.starts_with(br"\\") {
        uri.push('/');
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    Ok(uri)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_an_address() {
        assert_eq!(uri(Path::new("/a b/台?#%.gpkg")).unwrap(), "file:///a%20b/%e5%8f%b0%3f%23%25.gpkg?immutable=1");
    }
}
