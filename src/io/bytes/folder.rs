//! Folders of what was unpacked.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Unfinished;

/// A folder of what was unpacked, there for as long as this is.
pub(in crate::io) struct Folder {
    folder: TempDir,
    _unfinished: Unfinished,
}

impl Folder {
    pub(in crate::io) fn new() -> io::Result<Folder> {
        let folder = tempfile::Builder::new().prefix("corridor-").tempdir()?;
        let _unfinished = Unfinished::new(folder.path());
        Ok(Folder { folder, _unfinished })
    }

    pub(in crate::io) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A file with the folder that it is in.
pub(in crate::io) struct InFolder {
    file: File,
    _folder: Arc<Folder>,
}

impl InFolder {
    pub(in crate::io) fn open(path: &PathBuf, folder: Arc<Folder>) -> Result<InFolder> {
        let file = File::open(path).map_err(|error| Error::new(ErrorKind::Open(error)))?;
        Ok(InFolder { file, _folder: folder })
    }

    pub(in crate::io) fn size_bytes(&self) -> Option<u64> {
        self.file.metadata().ok().map(|metadata| metadata.len())
    }
}

impl Read for InFolder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}
