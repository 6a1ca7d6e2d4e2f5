//! Temporary folders of extracted files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Unfinished;

/// A temporary folder of extracted files, removed on drop.
pub(in crate::io) struct TempFolder {
    folder: TempDir,
    _unfinished: Unfinished,
}

impl TempFolder {
    pub(in crate::io) fn new() -> io::Result<TempFolder> {
        let folder = tempfile::Builder::new().prefix("corridor-").tempdir()?;
        let _unfinished = Unfinished::new(folder.path());
        Ok(TempFolder { folder, _unfinished })
    }

    pub(in crate::io) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A file that keeps its temporary folder.
pub(in crate::io) struct FileInTempFolder {
    file: File,
    _folder: Arc<TempFolder>,
}

impl FileInTempFolder {
    pub(in crate::io) fn open(path: &PathBuf, folder: Arc<TempFolder>) -> Result<FileInTempFolder> {
        let file = File::open(path).map_err(|error| Error::new(ErrorKind::Open(error)))?;
        Ok(FileInTempFolder { file, _folder: folder })
    }

    pub(in crate::io) fn size_bytes(&self) -> Option<u64> {
        self.file.metadata().ok().map(|metadata| metadata.len())
    }
}

impl Read for FileInTempFolder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}
