//! Inputs: a file, standard input, or bytes in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, ForeignFormat, Result};
use crate::io::bytes::decoded::DecodingReader;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::bytes::folder::{FileInTempFolder, TempFolder};
use crate::io::bytes::foreign;
use crate::io::bytes::meter::{Meter, Metered};

/// An input.
///
/// ```
/// use taizhou_corridor::io::Input;
///
/// // A file, standard input, an archive, the network, or bytes in memory.
/// let table = Input::bytes("sites.csv", "lon,lat\n121.36898,28.65590\n");
/// assert_eq!(table.name(), "sites.csv");
/// assert!(table.read_all()?.starts_with(b"lon,lat"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Input {
    name: String,
    path: Option<PathBuf>,
    source: Option<Box<dyn Read>>,
}

impl Input {
    /// A file.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::io::Input;
    ///
    /// // A file is opened when it is read.
    /// let error = Input::path("no such folder/sites.csv").read_all().unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Open(_)));
    /// ```
    pub fn path(path: impl AsRef<Path>) -> Input {
        let path = path.as_ref();
        Input { name: path.display().to_string(), path: Some(path.to_owned()), source: None }
    }

    /// A reader, with a name for messages, such as `-` for standard input.
    ///
    /// ```
    /// use std::io::Read;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let header = "lon,lat\n".as_bytes();
    /// let rest = "121.36898,28.65590\n".as_bytes();
    /// let mut rows = io::open(Input::reader("-", header.chain(rest)), &ReadOptions::default())?;
    /// assert_eq!(rows.next_batch()?.unwrap().len(), 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn reader(name: impl Into<String>, source: impl Read + 'static) -> Input {
        Input { name: name.into(), path: None, source: Some(Box::new(source)) }
    }

    /// Bytes in memory, with a name whose extension is that of the format.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, ReadOptions};
    /// use taizhou_corridor::plan::LANDMARKS_CSV;
    ///
    /// let rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
    /// assert_eq!(rows.format(), Format::CSV);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn bytes(name: impl Into<String>, bytes: impl AsRef<[u8]>) -> Input {
        Input::reader(name, Cursor::new(bytes.as_ref().to_vec()))
    }

    /// The name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the name is that of a compressed file.
    pub(crate) fn is_archive(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        [".gz", ".zip"].iter().any(|ending| name.ends_with(ending))
    }

    pub(in crate::io) fn open(self) -> Result<Source> {
        let meter = Meter::default();
        let reader: Box<dyn Read> = match (&self.path, self.source) {
            (Some(path), _) => Box::new(metered(path, &meter)?),
            (None, Some(source)) => Box::new(meter.pass(source, None)),
            (None, None) => Box::new(std::io::empty()),
        };
        let reader = BufReader::with_capacity(1 << 16, reader);
        Ok(Source { reader, name: self.name, path: self.path, folder: None, meter })
    }
}

/// An open input.
pub(crate) struct Source {
    pub(in crate::io) reader: BufReader<Box<dyn Read>>,
    name: String,
    path: Option<PathBuf>,
    /// The temporary folder that it was extracted to.
    folder: Option<Arc<TempFolder>>,
    meter: Meter,
}

impl Source {
    /// A reader, with a name whose extension is that of the format.
    pub(in crate::io) fn of_reader(name: String, reader: Box<dyn Read>, meter: Meter) -> Source {
        let reader = BufReader::with_capacity(1 << 16, reader);
        Source { reader, name, path: None, folder: None, meter }
    }

    /// A file in a folder of extracted files.
    pub(in crate::io) fn of_folder(name: String, path: PathBuf, folder: Arc<TempFolder>) -> Result<Source> {
        let (file, meter) = (FileInTempFolder::open(&path, folder.clone())?, Meter::default());
        let size_bytes = file.size_bytes();
        let reader = Box::new(meter.pass(file, size_bytes));
        Ok(Source { path: Some(path), folder: Some(folder), ..Source::of_reader(name, reader, meter) })
    }

    /// A file that was examined before, from its start.
    pub(in crate::io) fn of_file(name: String, file: FileOnDisk) -> Result<Source> {
        let FileOnDisk { path, copy, folder } = file;
        let meter = Meter::default();
        Ok(match copy {
            // The temporary copy must not be deleted while it is open.
            Some(copy) => {
                let file = metered(&path, &meter)?;
                Source::of_reader(name, Box::new(CopiedFile { file, _copy: copy }), meter)
            }
            None => {
                let file = metered(&path, &meter)?;
                Source { path: Some(path), folder, ..Source::of_reader(name, Box::new(file), meter) }
            }
        })
    }

    /// The name for messages, with the extension of the format.
    pub(in crate::io) fn name(&self) -> &str {
        &self.name
    }

    /// The meter of the bytes read.
    pub(in crate::io) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The path of the file; `None` for other inputs.
    pub(in crate::io) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// A file on disk with these bytes: the input itself, or a temporary copy.
    pub(in crate::io) fn into_file(self) -> Result<FileOnDisk> {
        match self.path {
            Some(path) if path.is_file() => Ok(FileOnDisk { path, copy: None, folder: self.folder }),
            _ => {
                let mut reader = self.reader;
                let mut copy = tempfile::NamedTempFile::new().map_err(|error| Error::new(ErrorKind::Write(error)))?;
                std::io::copy(&mut reader, &mut copy).map_err(read_error)?;
                Ok(FileOnDisk { path: copy.path().to_owned(), copy: Some(copy), folder: None })
            }
        }
    }

    /// The encoding of the text: that of a byte order mark, the given one, or UTF-16 if it is detected.
    pub(in crate::io) fn encoding(&mut self, given: Option<InputEncoding>) -> Result<Option<InputEncoding>> {
        let start = self.reader.fill_buf().map_err(read_error)?;
        Ok(InputEncoding::detect(start, given))
    }

    /// Decodes the text to UTF-8.
    pub(in crate::io) fn decoded(self, encoding: InputEncoding) -> Source {
        let Source { reader, name, folder, meter, .. } = self;
        Source { folder, ..Source::of_reader(name, Box::new(DecodingReader::new(reader, encoding)), meter) }
    }

    /// Makes the bytes readable several times: files are reopened, other inputs are copied to a temporary file.
    pub(in crate::io) fn rereadable(self) -> Result<Rereadable> {
        let Source { mut reader, name, path, folder, meter, .. } = self;
        let origin = match path.filter(|path| path.is_file()) {
            Some(path) => Storage::File(path),
            None => {
                let mut spool = tempfile::tempfile().map_err(|error| Error::new(ErrorKind::Write(error)))?;
                let size_bytes = std::io::copy(&mut reader, &mut spool).map_err(read_error)?;
                Storage::Spool { spool, size_bytes }
            }
        };
        Ok(Rereadable { name, folder, meter, origin })
    }

    /// Two readers of the same bytes.
    pub(in crate::io) fn twice(self) -> Result<(Source, Source)> {
        let again = self.rereadable()?;
        Ok((again.pass()?, again.pass()?))
    }
}

/// Bytes that can be read several times.
pub(in crate::io) struct Rereadable {
    name: String,
    folder: Option<Arc<TempFolder>>,
    meter: Meter,
    origin: Storage,
}

enum Storage {
    File(PathBuf),
    Spool { spool: File, size_bytes: u64 },
}

impl Rereadable {
    /// Reads all bytes from the start. Passes over a temporary file share one position, so each must end before the
    /// next begins.
    pub(in crate::io) fn pass(&self) -> Result<Source> {
        let (reader, path): (Box<dyn Read>, _) = match &self.origin {
            Storage::File(path) => (Box::new(metered(path, &self.meter)?), Some(path.clone())),
            Storage::Spool { spool, size_bytes } => {
                let file = spool.try_clone().map_err(read_error)?;
                (Box::new(self.meter.pass(RewindOnRead { file, is_rewound: false }, Some(*size_bytes))), None)
            }
        };
        let source = Source::of_reader(self.name.clone(), reader, self.meter.clone());
        Ok(Source { path, folder: self.folder.clone(), ..source })
    }

    /// Examines the text until the encoding is decided.
    pub(in crate::io) fn evidence(&self) -> Result<EncodingEvidence> {
        let mut evidence = EncodingEvidence::default();
        match &self.origin {
            Storage::File(path) => evidence.add_file_from(path, 0)?,
            Storage::Spool { spool, .. } => {
                let file = spool.try_clone().map_err(read_error)?;
                evidence.add_reader(&mut RewindOnRead { file, is_rewound: false })?;
            }
        }
        Ok(evidence)
    }
}

/// A file on disk, which is deleted on drop if it is temporary.
pub(in crate::io) struct FileOnDisk {
    path: PathBuf,
    copy: Option<tempfile::NamedTempFile>,
    folder: Option<Arc<TempFolder>>,
}

impl FileOnDisk {
    pub(in crate::io) fn path(&self) -> &Path {
        &self.path
    }
}

/// A reader of a temporary file.
struct CopiedFile {
    file: Metered<File>,
    _copy: tempfile::NamedTempFile,
}

impl Read for CopiedFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(buffer)
    }
}

/// A file that is rewound before its first read.
struct RewindOnRead {
    file: File,
    is_rewound: bool,
}

impl Read for RewindOnRead {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.is_rewound {
            self.file.seek(SeekFrom::Start(0))?;
            self.is_rewound = true;
        }
        self.file.read(buffer)
    }
}

/// Opens a file whose reads are metered.
fn metered(path: &Path, meter: &Meter) -> Result<Metered<File>> {
    let file = open_file(path)?;
    let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
    Ok(meter.pass(file, size))
}

fn open_file(path: &Path) -> Result<File> {
    let open = || -> std::io::Result<File> {
        let file = File::open(path)?;
        // On Unix a directory can be opened, but not read.
        if file.metadata()?.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        Ok(file)
    };
    open().map_err(|error| match error.kind() {
        std::io::ErrorKind::IsADirectory if foreign::is_geodatabase(path) => {
            Error::new(ErrorKind::Foreign { format: ForeignFormat::FileGeodatabase, member: None })
        }
        _ => Error::new(ErrorKind::Open(error)),
    })
}
