//! Outputs: files are written under a temporary name and renamed when they are complete.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::memory::{Memory, MemoryWriter};

/// An output that appears completely or not at all.
///
/// A file is written under a temporary name in its folder and renamed by [`commit`](Output::commit). If it is dropped
/// before, the temporary file is removed, and an existing file is unchanged.
///
/// ```
/// use taizhou_corridor::io::Output;
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("zones.geojson");
/// let mut output = Output::create(&path, false)?;
/// output.text("half of it")?;
/// drop(output); // as an error would
/// assert!(!path.exists());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Output {
    name: String,
    sink: Sink,
    is_terminal: bool,
}

/// The temporary files of outputs that are neither committed nor dropped, and folders of extracted inputs.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(vec![]);

/// Removes all temporary files of outputs and inputs. For programs that exit without dropping them, as on Ctrl-C;
/// otherwise dropping an [`Output`] does the same.
pub fn remove_unfinished() {
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in unfinished.drain(..) {
        // It may be removed already, or be a folder.
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
    }
}

/// Registers a temporary file until it is dropped.
pub(in crate::io) struct Unfinished(PathBuf);

impl Unfinished {
    pub(in crate::io) fn new(path: &Path) -> Unfinished {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        Unfinished(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.0);
    }
}

enum Sink {
    Stream(BufWriter<Box<dyn Write + Send>>),
    Memory(MemoryWriter),
    File { temporary: BufWriter<NamedTempFile>, unfinished: Unfinished, path: PathBuf, overwrite: bool },
}

impl Output {
    /// A writer, with a name for messages. It receives bytes as they are written.
    ///
    /// ```
    /// use taizhou_corridor::io::Output;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::plan_io::{ExportOptions, write_plan};
    ///
    /// let mut output = Output::stream("-", std::io::sink());
    /// assert_eq!(write_plan(&Plan::bundled(), &ExportOptions::default(), &mut output)?, 16);
    /// output.commit()?;
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn stream(name: impl Into<String>, writer: impl Write + Send + 'static) -> Output {
        let sink = Sink::Stream(BufWriter::with_capacity(1 << 16, Box::new(writer)));
        Output { name: name.into(), sink, is_terminal: false }
    }

    /// Marks the output as a terminal, for which binary formats are an error.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::io::{self, Format, Output, WriteOptions};
    /// use taizhou_corridor::table::Schema;
    ///
    /// let terminal = Output::stream("-", std::io::sink()).at_terminal();
    /// let error = io::create(terminal, &Schema::default(), &[], &WriteOptions::new(Format::XLSX)).err().unwrap();
    /// assert!(matches!(error.kind(), ErrorKind::BinaryToTerminal { format } if format == "xlsx"));
    /// ```
    pub fn at_terminal(self) -> Output {
        Output { is_terminal: true, ..self }
    }

    /// Errors if the output is a terminal, before a binary format is written.
    pub(crate) fn for_binary(self, format: &str) -> Result<Output> {
        if self.is_terminal {
            return Err(Error::new(ErrorKind::BinaryToTerminal { format: format.to_owned() }));
        }
        Ok(self)
    }

    /// An output in memory, and the handle to its bytes. It is written as a file of this name is.
    ///
    /// ```
    /// use taizhou_corridor::io::Output;
    ///
    /// let (mut output, written) = Output::memory("areas.csv");
    /// output.text("id,area_km2\n")?;
    /// output.commit()?;
    /// assert_eq!(written.into_bytes(), b"id,area_km2\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn memory(name: impl Into<String>) -> (Output, Memory) {
        let (name, memory) = (name.into(), Memory::default());
        let sink = Sink::Memory(MemoryWriter::new(memory.clone(), &name));
        (Output { name, sink, is_terminal: false }, memory)
    }

    /// A file. Errors if it exists and `overwrite` is not set, or if it cannot be created.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::io::Output;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("zones.geojson");
    /// std::fs::write(&path, "{}").unwrap();
    /// let error = Output::create(&path, false).err().unwrap();
    /// assert!(matches!(error.kind(), ErrorKind::AlreadyExists));
    /// assert!(Output::create(&path, true).is_ok());
    /// ```
    pub fn create(path: impl AsRef<Path>, overwrite: bool) -> Result<Output> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let failed = |kind: ErrorKind| Error::new(kind).in_file(name.clone());
        let write_error = |error: io::Error| failed(ErrorKind::Write(error));
        // Links are followed, so that their target is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| match fs::read_link(path) {
            Ok(link) => path.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => path.to_owned(),
        });
        match fs::metadata(&target) {
            Ok(existing) if existing.is_dir() => return Err(write_error(io::ErrorKind::IsADirectory.into())),
            Ok(existing) if !existing.is_file() => {
                // Devices and pipes cannot be replaced by renaming.
                let device = fs::OpenOptions::new().write(true).open(&target).map_err(write_error)?;
                return Ok(Output::stream(name, device));
            }
            Ok(_) if !overwrite => return Err(failed(ErrorKind::AlreadyExists)),
            // Before long work rather than after it.
            Ok(_) if is_open_elsewhere(&target) => return Err(failed(ErrorKind::OpenElsewhere)),
            _ => {}
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".corridor-");
        #[cfg(unix)]
        {
            // As for any new file, the umask applies.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let temporary = builder.tempfile_in(folder).map_err(write_error)?;
        let unfinished = Unfinished::new(temporary.path());
        let temporary = BufWriter::with_capacity(1 << 16, temporary);
        let sink = Sink::File { temporary, unfinished, path: target, overwrite };
        Ok(Output { name, sink, is_terminal: false })
    }

    /// The name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of the output file on disk.
    pub(in crate::io) fn target(&self) -> Option<&Path> {
        match &self.sink {
            Sink::File { path, .. } => Some(path),
            Sink::Memory(_) | Sink::Stream(_) => None,
        }
    }

    /// The path of the file, on disk or in memory; `None` for a stream.
    pub(in crate::io) fn path(&self) -> Option<&Path> {
        match &self.sink {
            Sink::File { path, .. } => Some(path),
            Sink::Memory(_) => Some(Path::new(&self.name)),
            Sink::Stream(_) => None,
        }
    }

    /// The name of the file without folder and extension; `None` for a stream.
    pub(in crate::io) fn stem(&self) -> Option<String> {
        Some(self.path()?.file_stem()?.to_string_lossy().into_owned())
    }

    /// The name of the file without folder; `None` for a stream.
    #[cfg(feature = "tiles")]
    pub(crate) fn file_name(&self) -> Option<String> {
        Some(self.path()?.file_name()?.to_string_lossy().into_owned())
    }

    /// The path of the temporary file, for libraries that write by path.
    #[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
    pub(in crate::io) fn temporary(&self) -> Option<&Path> {
        match &self.sink {
            Sink::File { temporary, .. } => Some(temporary.get_ref().path()),
            Sink::Memory(_) | Sink::Stream(_) => None,
        }
    }

    /// A file of the same name with another extension, for formats with several files. `None` for a stream.
    pub(crate) fn sibling(&self, ending: &str) -> Option<Result<Output>> {
        match &self.sink {
            Sink::File { path, overwrite, .. } => Some(Output::create(path.with_extension(ending), *overwrite)),
            Sink::Memory(main) => {
                let (writer, name) = main.sibling(ending);
                Some(Ok(Output { name, sink: Sink::Memory(writer), is_terminal: false }))
            }
            Sink::Stream(_) => None,
        }
    }

    /// Overwrites the first bytes, for formats whose header is known last. Fails for a stream.
    pub(in crate::io) fn overwrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        match &self.sink {
            Sink::File { temporary, .. } => {
                fs::OpenOptions::new().write(true).open(temporary.get_ref().path())?.write_all(bytes)
            }
            Sink::Memory(writer) => writer.overwrite_start(bytes),
            Sink::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Flushes the output and renames a file to its final name. If that replaces a file, the new one is synced to disk
    /// before, so that after a power failure one of the two is complete under that name.
    ///
    /// ```
    /// use taizhou_corridor::io::Output;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("areas.csv");
    /// let mut output = Output::create(&path, false)?;
    /// output.text("id,area_km2\n")?;
    /// output.commit()?;
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "id,area_km2\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn commit(self) -> Result<()> {
        Output::commit_all(vec![self])
    }

    /// Commits several files of one folder: all are written before the first is renamed. If a rename fails, renamed
    /// files that did not replace another are removed.
    pub(in crate::io) fn commit_all(outputs: Vec<Output>) -> Result<()> {
        let mut files = vec![];
        for output in outputs {
            files.extend(output.end()?);
        }
        let mut new = vec![];
        let mut replaced = None;
        for file in files {
            let (name, path, replaces) = (file.name.clone(), file.path.clone(), file.replaces);
            if let Err(error) = file.rename_into_place() {
                for path in new {
                    let _ = fs::remove_file(path);
                }
                return Err(error);
            }
            if replaces { replaced = Some((name, path)) } else { new.push(path) }
        }
        match replaced {
            Some((name, path)) => {
                sync_folder_of(&path).map_err(|error| Error::new(ErrorKind::Write(error)).in_file(name))
            }
            None => Ok(()),
        }
    }

    /// Flushes the output. A file then only has to be renamed.
    fn end(self) -> Result<Option<FinishedFile>> {
        let Output { name, sink, .. } = self;
        let write_error = |error: io::Error| Error::new(ErrorKind::Write(error)).in_file(name.clone());
        let (temporary, unfinished, path, overwrite) = match sink {
            Sink::Stream(mut writer) => return writer.flush().map_err(write_error).map(|()| None),
            Sink::Memory(writer) => {
                writer.complete();
                return Ok(None);
            }
            Sink::File { temporary, unfinished, path, overwrite } => (temporary, unfinished, path, overwrite),
        };
        let temporary = temporary.into_inner().map_err(|error| write_error(error.into_error()))?;
        let existing = if overwrite { fs::metadata(&path).ok() } else { None };
        if let Some(existing) = &existing {
            // The permissions of the replaced file are kept.
            let _ = temporary.as_file().set_permissions(existing.permissions());
            // Otherwise the rename could reach the disk before the data.
            sync(temporary.as_file(), temporary.path()).map_err(write_error)?;
        }
        Ok(Some(FinishedFile { name, temporary, unfinished, path, overwrite, replaces: existing.is_some() }))
    }

    /// Writes text.
    pub fn text(&mut self, text: &str) -> Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.name.clone()))
    }
}

/// A complete file that has to be renamed.
struct FinishedFile {
    name: String,
    temporary: NamedTempFile,
    unfinished: Unfinished,
    path: PathBuf,
    overwrite: bool,
    /// Whether a file of the final name exists.
    replaces: bool,
}

impl FinishedFile {
    fn rename_into_place(self) -> Result<()> {
        let in_file = |kind: ErrorKind| Error::new(kind).in_file(self.name.clone());
        let taken = if self.overwrite {
            self.temporary.persist(&self.path)
        } else {
            self.temporary.persist_noclobber(&self.path)
        };
        let kind = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists if !self.overwrite => ErrorKind::AlreadyExists,
            _ if is_open_elsewhere(&self.path) => ErrorKind::OpenElsewhere,
            _ => ErrorKind::Write(error),
        };
        taken.map_err(|error| in_file(kind(error.error)))?;
        done(|| Step::Named(self.path.clone()));
        drop(self.unfinished);
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stream(writer) => writer.write(bytes),
            Sink::Memory(writer) => writer.write(bytes),
            Sink::File { temporary, .. } => temporary.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stream(writer) => writer.flush(),
            Sink::Memory(writer) => writer.flush(),
            Sink::File { temporary, .. } => temporary.flush(),
        }
    }
}

/// Whether another program has a file open so that it cannot be replaced. Only Windows has such locks.
fn is_open_elsewhere(path: &Path) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    cfg!(windows)
        && fs::OpenOptions::new()
            .write(true)
            .open(path)
            .is_err_and(|error| error.raw_os_error() == Some(SHARING_VIOLATION))
}

/// Syncs a file to disk.
fn sync(file: &fs::File, path: &Path) -> io::Result<()> {
    done(|| Step::Synced(path.to_owned()));
    file.sync_all()
}

/// Syncs the folder of a file to disk, if the file system supports that.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Only on Unix can a folder be opened as a file.
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder may be writable but not readable.
    let Ok(opened) = fs::File::open(folder) else { return Ok(()) };
    match sync(&opened, folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// File operations, recorded in tests to check their order.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Synced(PathBuf),
    Named(PathBuf),
}

fn done(_step: impl FnOnce() -> Step) {
    #[cfg(test)]
    tests::note(_step());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    thread_local! {
        static STEPS: RefCell<Vec<Step>> = const { RefCell::new(vec![]) };
    }

    pub(in crate::io) fn note(step: Step) {
        STEPS.with_borrow_mut(|steps| steps.push(step));
    }

    /// The operations of writing within a folder, as `sync new`, `name out.csv`, `sync folder`.
    fn steps_of(folder: &Path, write: impl FnOnce()) -> Vec<String> {
        STEPS.with_borrow_mut(Vec::clear);
        write();
        let steps = STEPS.with_borrow_mut(std::mem::take);
        let name = |path: &Path| match path.strip_prefix(folder) {
            Ok(inside) if inside.as_os_str().is_empty() => "folder".to_owned(),
            Ok(inside) if inside.to_string_lossy().starts_with(".corridor-") => "new".to_owned(),
            _ => path.file_name().unwrap().to_string_lossy().into_owned(),
        };
        let text = |step| match step {
            Step::Synced(path) => format!("sync {}", name(&path)),
            Step::Named(path) => format!("name {}", name(&path)),
        };
        steps.into_iter().map(text).collect()
    }

    #[test]
    fn a_file_is_on_the_disk_before_it_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let write = |overwrite| {
            let mut output = Output::create(root.join("out.csv"), overwrite).unwrap();
            output.text("text").unwrap();
            output.commit().unwrap();
        };
        // New files are not synced.
        assert_eq!(steps_of(&root, || write(true)), ["name out.csv"]);
        fs::remove_file(root.join("out.csv")).unwrap();
        assert_eq!(steps_of(&root, || write(false)), ["name out.csv"]);
        let expected =
            if cfg!(unix) { &["sync new", "name out.csv", "sync folder"][..] } else { &["sync new", "name out.csv"] };
        assert_eq!(steps_of(&root, || write(true)), expected);
    }

    #[test]
    fn several_files_are_on_the_disk_before_the_first_has_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::write(root.join("a.shp"), "old").unwrap();
        fs::write(root.join("a.dbf"), "old").unwrap();
        let write = || {
            let shp = Output::create(root.join("a.shp"), true).unwrap();
            let files = vec![shp.sibling("dbf").unwrap().unwrap(), shp.sibling("prj").unwrap().unwrap(), shp];
            Output::commit_all(files).unwrap();
        };
        let mut expected = vec!["sync new", "sync new", "name a.dbf", "name a.prj", "name a.shp"];
        if cfg!(unix) {
            expected.push("sync folder");
        }
        assert_eq!(steps_of(&root, write), expected);
    }

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut output = Output::create(&path, false).unwrap();
        output.text("half").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut output = Output::create(&path, false).unwrap();
        output.text("whole").unwrap();
        assert!(!path.exists());
        output.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_stays_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        assert!(matches!(Output::create(&path, false).map(|_| ()).unwrap_err().kind(), ErrorKind::AlreadyExists));
        drop(Output::create(&path, true).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut output = Output::create(&path, true).unwrap();
        output.text("new").unwrap();
        output.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn one_that_appears_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let output = Output::create(&path, false).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(matches!(output.commit().unwrap_err().kind(), ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "other");
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_open_elsewhere_is_reported() {
        use std::os::windows::fs::OpenOptionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let begun = Output::create(&path, true).unwrap();
        let held = fs::OpenOptions::new().read(true).share_mode(1).open(&path).unwrap();
        for error in [Output::create(&path, true).map(|_| ()).unwrap_err(), begun.commit().unwrap_err()] {
            assert!(matches!(error.kind(), ErrorKind::OpenElsewhere), "{error}");
        }
        drop(held);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_a_folder_is_not() {
        let output = Output::create("/dev/null", true).unwrap();
        output.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Output::create(folder.path(), true).map(|_| ()).unwrap_err().kind(), ErrorKind::Write(_)));
    }
}
