//! Bytes that can be read from any position, several times: a file, a temporary file, or memory.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::{SpooledData, SpooledTempFile};

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::errors::read_error;

/// The bytes of a spool in memory; more go to a temporary file, where the platform has files.
const MAX_IN_MEMORY_BYTES: usize = if cfg!(target_family = "wasm") { usize::MAX } else { 8 << 20 };

/// A spool: in memory while it is small, then in a temporary file that has no name and disappears when it is closed.
pub(crate) fn spool() -> SpooledTempFile {
    SpooledTempFile::new(MAX_IN_MEMORY_BYTES)
}

/// A spool whose temporary file is in this folder, if there is one: a folder for temporary files may be too small.
pub(crate) fn spool_in(folder: Option<&Path>) -> SpooledTempFile {
    match folder {
        Some(folder) => SpooledTempFile::new_in(MAX_IN_MEMORY_BYTES, folder),
        None => spool(),
    }
}

/// Stored bytes. Clones share them; a temporary file is removed with the last.
#[derive(Clone)]
pub(in crate::io) enum Stored {
    Path(PathBuf),
    Temporary(Arc<Mutex<File>>),
    Memory(Bytes),
}

/// Shared bytes in memory.
#[derive(Clone)]
pub(in crate::io) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Stored {
    pub(in crate::io) fn memory(bytes: Vec<u8>) -> Stored {
        Stored::Memory(Bytes(Arc::new(bytes)))
    }

    /// Stores all bytes of a reader, whose errors are converted by `read_error`.
    pub(in crate::io) fn copy(
        reader: &mut impl Read,
        read_error: impl Fn(io::Error) -> Error,
    ) -> Result<(Stored, u64)> {
        let write_error = |error| Error::new(ErrorKind::Write(error));
        let (mut spool, mut buffer, mut size_bytes) = (spool(), vec![0; 1 << 16], 0);
        loop {
            let count = match reader.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count.map_err(&read_error)?,
            };
            if count == 0 {
                break;
            }
            spool.write_all(&buffer[..count]).map_err(write_error)?;
            size_bytes += count as u64;
        }
        Ok((Stored::of_spool(spool), size_bytes))
    }

    pub(in crate::io) fn of_spool(spool: SpooledTempFile) -> Stored {
        match spool.into_inner() {
            SpooledData::InMemory(bytes) => Stored::memory(bytes.into_inner()),
            SpooledData::OnDisk(file) => Stored::Temporary(Arc::new(Mutex::new(file))),
        }
    }

    /// The path, if it is a file with a name.
    pub(in crate::io) fn path(&self) -> Option<&Path> {
        match self {
            Stored::Path(path) => Some(path),
            _ => None,
        }
    }

    /// A reader from the start, with a position of its own.
    pub(in crate::io) fn reader(&self) -> Result<StoredReader> {
        Ok(match self {
            Stored::Path(path) => StoredReader::File(open_file(path)?),
            Stored::Temporary(file) => StoredReader::Temporary { file: file.clone(), position: 0 },
            Stored::Memory(bytes) => StoredReader::Memory(Cursor::new(bytes.clone())),
        })
    }
}

/// A reader of stored bytes.
pub(in crate::io) enum StoredReader {
    File(File),
    Temporary { file: Arc<Mutex<File>>, position: u64 },
    Memory(Cursor<Bytes>),
}

impl StoredReader {
    /// The number of all bytes.
    pub(in crate::io) fn size_bytes(&self) -> Result<u64> {
        let size = match self {
            StoredReader::File(file) => file.metadata().map(|metadata| metadata.len()),
            StoredReader::Temporary { file, .. } => {
                let file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.metadata().map(|metadata| metadata.len())
            }
            StoredReader::Memory(cursor) => Ok(cursor.get_ref().as_ref().len() as u64),
        };
        size.map_err(read_error)
    }
}

impl Read for StoredReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            StoredReader::File(file) => file.read(buffer),
            StoredReader::Temporary { file, position } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*position))?;
                let count = file.read(buffer)?;
                *position += count as u64;
                Ok(count)
            }
            StoredReader::Memory(cursor) => cursor.read(buffer),
        }
    }
}

impl Seek for StoredReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            StoredReader::File(file) => file.seek(to),
            StoredReader::Temporary { file, position } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                // Other readers move the position of the file.
                file.seek(SeekFrom::Start(*position))?;
                *position = file.seek(to)?;
                Ok(*position)
            }
            StoredReader::Memory(cursor) => cursor.seek(to),
        }
    }
}

/// Opens a file.
pub(in crate::io) fn open_file(path: &Path) -> Result<File> {
    let open = || -> io::Result<File> {
        // On Unix a directory can be opened, but not read; Windows says that there is no permission.
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        File::open(path)
    };
    open().map_err(|error| Error::new(ErrorKind::Open(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_have_positions_of_their_own() {
        let bytes: Vec<u8> = (0..=255).cycle().take(MAX_IN_MEMORY_BYTES + 1000).collect();
        for size in [1000, bytes.len()] {
            let (stored, size_bytes) = Stored::copy(&mut &bytes[..size], read_error).unwrap();
            assert_eq!((size_bytes, stored.path()), (size as u64, None));
            assert_eq!(matches!(stored, Stored::Memory(_)), size == 1000);
            let (mut first, mut second) = (stored.reader().unwrap(), stored.reader().unwrap());
            drop(stored);
            assert_eq!(second.seek(SeekFrom::End(-3)).unwrap(), size as u64 - 3);
            let mut start = [0; 5];
            first.read_exact(&mut start).unwrap();
            let mut end = vec![];
            second.read_to_end(&mut end).unwrap();
            assert_eq!((start.as_slice(), end.as_slice()), (&bytes[..5], &bytes[size - 3..size]));
            assert_eq!(first.seek(SeekFrom::Current(-2)).unwrap(), 3);
            assert_eq!(first.size_bytes().unwrap(), size as u64);
        }
    }

    #[test]
    fn errors_of_the_reader_are_passed_on() {
        let mut broken = io::Read::chain(&b"start"[..], BrokenReader);
        let error = Stored::copy(&mut broken, read_error).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Read(_)));
    }

    struct BrokenReader;

    impl Read for BrokenReader {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}
