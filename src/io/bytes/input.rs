//! Where rows are read from: a file, standard input, or bytes at hand.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, ForeignFormat, Result};
use crate::io::bytes::decoded::Decoded;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::evidence::Evidence;
use crate::io::bytes::folder::{Folder, InFolder};
use crate::io::bytes::foreign;
use crate::io::bytes::meter::{Meter, Metered};

/// Something to read.
///
/// ```
/// use taizhou_corridor::io::Input;
///
/// // From a file, standard input, an archive, the network, or bytes at hand.
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

    /// Anything that can be read, under a name for messages, such as `-` for standard input.
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

    /// Bytes at hand, under a name whose ending tells their format.
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

    /// Whether its name is that of a packed file.
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
    /// Where it was unpacked to.
    folder: Option<Arc<Folder>>,
    meter: Meter,
}

impl Source {
    /// Bytes as they come, under a name whose ending tells their format, and what counts them.
    pub(in crate::io) fn of_reader(name: String, reader: Box<dyn Read>, meter: Meter) -> Source {
        let reader = BufReader::with_capacity(1 << 16, reader);
        Source { reader, name, path: None, folder: None, meter }
    }

    /// A file in a folder of what was unpacked.
    pub(in crate::io) fn of_folder(name: String, path: PathBuf, folder: Arc<Folder>) -> Result<Source> {
        let (file, meter) = (InFolder::open(&path, folder.clone())?, Meter::default());
        let size_bytes = file.size_bytes();
        let reader = Box::new(meter.pass(file, size_bytes));
        Ok(Source { path: Some(path), folder: Some(folder), ..Source::of_reader(name, reader, meter) })
    }

    /// A file that was looked into, from its beginning.
    pub(in crate::io) fn of_file(name: String, file: FileOnDisk) -> Result<Source> {
        let FileOnDisk { path, copy, folder } = file;
        let meter = Meter::default();
        Ok(match copy {
            // It stays where it is for as long as it is open.
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

    /// The name for messages; its ending tells the format.
    pub(in crate::io) fn name(&self) -> &str {
        &self.name
    }

    /// What counts how much of it has been read.
    pub(in crate::io) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The file that was named; none where the bytes come from elsewhere.
    pub(in crate::io) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The bytes as a file that can be opened by its path: the one that was named, or a temporary copy of
    /// anything else.
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

    /// The encoding that its text is in, where a byte order mark tells, one is given, or it is UTF-16.
    pub(in crate::io) fn encoding(&mut self, given: Option<InputEncoding>) -> Result<Option<InputEncoding>> {
        let start = self.reader.fill_buf().map_err(read_error)?;
        Ok(InputEncoding::detect(start, given))
    }

    /// The same text in UTF-8, from one in such an encoding.
    pub(in crate::io) fn decoded(self, encoding: InputEncoding) -> Source {
        let Source { reader, name, folder, meter, .. } = self;
        Source { folder, ..Source::of_reader(name, Box::new(Decoded::new(reader, encoding)), meter) }
    }

    /// The same bytes as often as they are needed: a file is opened again, anything else is kept in a temporary file.
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

    /// The same bytes twice.
    pub(in crate::io) fn twice(self) -> Result<(Source, Source)> {
        let again = self.rereadable()?;
        Ok((again.pass()?, again.pass()?))
    }
}

/// Bytes that can be read again and again.
pub(in crate::io) struct Rereadable {
    name: String,
    folder: Option<Arc<Folder>>,
    meter: Meter,
    origin: Storage,
}

enum Storage {
    File(PathBuf),
    Spool { spool: File, size_bytes: u64 },
}

impl Rereadable {
    /// All the bytes, once more. Those of a temporary file share one position: a pass ends before the next begins.
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

    /// What the text tells of its encoding, to the first part that is decisive.
    pub(in crate::io) fn evidence(&self) -> Result<Evidence> {
        let mut evidence = Evidence::default();
        match &self.origin {
            Storage::File(path) => evidence.look_ahead(path, 0)?,
            Storage::Spool { spool, .. } => {
                let file = spool.try_clone().map_err(read_error)?;
                evidence.look_through(&mut RewindOnRead { file, is_rewound: false })?;
            }
        }
        Ok(evidence)
    }
}

/// A file that is there for as long as this is.
pub(in crate::io) struct FileOnDisk {
    path: PathBuf,
    copy: Option<tempfile::NamedTempFile>,
    folder: Option<Arc<Folder>>,
}

impl FileOnDisk {
    pub(in crate::io) fn path(&self) -> &Path {
        &self.path
    }
}

/// A temporary file that is read.
struct CopiedFile {
    file: Metered<File>,
    _copy: tempfile::NamedTempFile,
}

impl Read for CopiedFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(buffer)
    }
}

/// A file that starts again at its beginning when it is first read.
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

/// A file of which is counted what is read.
fn metered(path: &Path, meter: &Meter) -> Result<Metered<File>> {
    let file = open_file(path)?;
    let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
    Ok(meter.pass(file, size))
}

fn open_file(path: &Path) -> Result<File> {
    let open = || -> std::io::Result<File> {
        let file = File::open(path)?;
        // A directory opens, and fails only when it is read.
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
