//! Outputs in memory: a file, and the files beside it of formats with several.

use std::io;
use std::mem;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bytes of an output in memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<MemoryFile>>>);

#[derive(Default)]
struct MemoryFile {
    name: String,
    bytes: Vec<u8>,
    is_complete: bool,
}

impl Memory {
    /// The bytes written so far: all of them after the output is committed. Of a format with several files, those of the
    /// main one.
    pub fn into_bytes(self) -> Vec<u8> {
        self.files().first_mut().map(|file| mem::take(&mut file.bytes)).unwrap_or_default()
    }

    /// The complete files with their names, the main one first: one, or several of a format with several.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
    /// use taizhou_corridor::table::AnswerTable;
    ///
    /// let mut rows = io::open(Input::bytes("a.csv", "name,lon,lat\n台州站,121.36898,28.65590\n"), &ReadOptions::default())?;
    /// let (output, written) = Output::memory("sites.shp");
    /// let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::SHAPEFILE))?;
    /// while let Some(batch) = rows.next_batch()? {
    ///     let answers = AnswerTable::none(&batch);
    ///     writer.write(batch, &answers)?;
    /// }
    /// writer.finish()?;
    /// let names: Vec<String> = written.into_files().into_iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["sites.shp", "sites.shx", "sites.dbf", "sites.prj", "sites.cpg"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn into_files(self) -> Vec<(String, Vec<u8>)> {
        let files = mem::take(&mut *self.files());
        files.into_iter().filter(|file| file.is_complete).map(|file| (file.name, file.bytes)).collect()
    }

    fn files(&self) -> MutexGuard<'_, Vec<MemoryFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer of one file.
pub(in crate::io) struct MemoryWriter {
    memory: Memory,
    index: usize,
}

impl MemoryWriter {
    /// A further file.
    pub(in crate::io) fn new(memory: Memory, name: &str) -> MemoryWriter {
        let mut files = memory.files();
        let index = files.len();
        files.push(MemoryFile { name: name.to_owned(), ..MemoryFile::default() });
        drop(files);
        MemoryWriter { memory, index }
    }

    /// A file beside it, with another extension, and its name.
    pub(in crate::io) fn sibling(&self, ending: &str) -> (MemoryWriter, String) {
        let own = self.with(|file| file.name.clone()).unwrap_or_default();
        let name = Path::new(&own).with_extension(ending).display().to_string();
        (MemoryWriter::new(self.memory.clone(), &name), name)
    }

    /// Overwrites its first bytes.
    pub(in crate::io) fn overwrite_start(&self, bytes: &[u8]) -> io::Result<()> {
        let overwrite = |file: &mut MemoryFile| {
            let start = file.bytes.get_mut(..bytes.len())?;
            start.copy_from_slice(bytes);
            Some(())
        };
        self.with(overwrite).flatten().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Marks it as complete.
    pub(in crate::io) fn complete(&self) {
        self.with(|file| file.is_complete = true);
    }

    /// `None` if the files have been taken.
    fn with<T>(&self, change: impl FnOnce(&mut MemoryFile) -> T) -> Option<T> {
        self.memory.files().get_mut(self.index).map(change)
    }
}

impl io::Write for MemoryWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|file| file.bytes.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn files_beside_it_are_there_when_they_are_complete() {
        let memory = Memory::default();
        let mut main = MemoryWriter::new(memory.clone(), "a.shp");
        let (mut beside, name) = main.sibling("dbf");
        let (unfinished, _) = main.sibling("prj");
        main.write_all(b"....rest").unwrap();
        beside.write_all(b"table").unwrap();
        main.overwrite_start(b"head").unwrap();
        assert!(beside.overwrite_start(b"longer than it").is_err());
        [&main, &beside].into_iter().for_each(MemoryWriter::complete);
        drop(unfinished);
        assert_eq!(name, "a.dbf");
        let files = memory.into_files();
        assert_eq!(files, [("a.shp".to_owned(), b"headrest".to_vec()), ("a.dbf".to_owned(), b"table".to_vec())]);
    }
}
