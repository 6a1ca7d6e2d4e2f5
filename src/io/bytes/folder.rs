//! A data set that is a folder of files: on disk, in an archive, or in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Result;
use crate::io::bytes::stored::Stored;

/// The files of a folder, opened when they are needed.
pub(in crate::io) trait Folder {
    /// A file of the folder, if it is there.
    fn file(&self, name: &str) -> Result<Option<Stored>>;

    /// Whether the folder has a file of this name.
    fn has(&self, name: &str) -> bool;

    /// The path, if it is on disk.
    fn path(&self) -> Option<&Path> {
        None
    }
}

/// A folder on disk.
pub(in crate::io) struct FolderOnDisk(pub(in crate::io) PathBuf);

impl Folder for FolderOnDisk {
    fn file(&self, name: &str) -> Result<Option<Stored>> {
        let path = self.0.join(name);
        Ok(path.is_file().then_some(Stored::Path(path)))
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).is_file()
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.0)
    }
}

/// Files extracted from an archive, or in memory, by their names.
pub(in crate::io) type Extracted = Arc<BTreeMap<String, Stored>>;

impl Folder for Extracted {
    fn file(&self, name: &str) -> Result<Option<Stored>> {
        Ok(self.get(name).cloned())
    }

    fn has(&self, name: &str) -> bool {
        self.contains_key(name)
    }
}
