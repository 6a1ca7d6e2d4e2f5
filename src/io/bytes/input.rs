//! Inputs: a file, standard input, or bytes in memory.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Result;
#[cfg(any(feature = "geopackage", feature = "parquet"))]
use crate::error::{Error, ErrorKind};
use crate::io::bytes::decoded::DecodingReader;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::bytes::folder::{Extracted, Folder, FolderOnDisk};
use crate::io::bytes::meter::Meter;
#[cfg(any(feature = "geopackage", feature = "parquet"))]
use crate::io::bytes::output::Unfinished;
use crate::io::bytes::stored::{Stored, open_file};

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
    origin: Origin,
}

enum Origin {
    Path(PathBuf),
    Reader(Box<dyn Read>),
    Memory(Vec<u8>),
    Files(Extracted),
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
        Input { name: path.display().to_string(), origin: Origin::Path(path.to_owned()) }
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
        Input { name: name.into(), origin: Origin::Reader(Box::new(source)) }
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
        Input { name: name.into(), origin: Origin::Memory(bytes.as_ref().to_vec()) }
    }

    /// Files in memory of a format with several, with the name of the main one.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, ReadOptions};
    ///
    /// let part = |ending: &str| std::fs::read(format!("data/sample-parcels.{ending}")).unwrap();
    /// let files = ["shp", "dbf", "prj"].map(|ending| (format!("parcels.{ending}"), part(ending)));
    /// let rows = io::open(Input::files("parcels.shp", files), &ReadOptions::default())?;
    /// assert_eq!(rows.format(), Format::SHAPEFILE);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn files(main: impl Into<String>, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Input {
        let files = files.into_iter().map(|(name, bytes)| (name, Stored::memory(bytes))).collect();
        Input { name: main.into(), origin: Origin::Files(Arc::new(files)) }
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
        let Input { name, origin } = self;
        match origin {
            Origin::Memory(bytes) => Source::of_stored(name, Stored::memory(bytes)),
            Origin::Files(files) => {
                let folder = Arc::new(files.clone());
                Ok(Source { folder: Some(folder), ..Source::of_extracted(name, files)? })
            }
            Origin::Path(path) if path.is_dir() => Ok(Source::of_folder(name, Arc::new(FolderOnDisk(path)))),
            Origin::Path(path) if path.is_file() => Source::of_stored(name, Stored::Path(path)),
            // A pipe, or an error.
            Origin::Path(path) => Ok(Source::of_stream(name, Box::new(open_file(&path)?))),
            Origin::Reader(reader) => Ok(Source::of_stream(name, reader)),
        }
    }
}

/// An open input.
pub(crate) struct Source {
    pub(in crate::io) reader: BufReader<Box<dyn Read>>,
    name: String,
    /// The bytes, unless they can be read only once.
    stored: Option<Stored>,
    /// The files that were extracted with it from an archive, by their names.
    extracted: Option<Extracted>,
    /// The folder, if the input is one.
    folder: Option<Arc<dyn Folder>>,
    meter: Meter,
}

impl Source {
    /// A reader, with a name whose extension is that of the format.
    pub(in crate::io) fn of_reader(name: String, reader: Box<dyn Read>, meter: Meter) -> Source {
        let reader = BufReader::with_capacity(1 << 16, reader);
        Source { reader, name, stored: None, extracted: None, folder: None, meter }
    }

    fn of_stream(name: String, reader: Box<dyn Read>) -> Source {
        let meter = Meter::default();
        Source::of_reader(name, Box::new(meter.pass(reader, None)), meter)
    }

    /// Stored bytes, from the start.
    pub(in crate::io) fn of_stored(name: String, stored: Stored) -> Result<Source> {
        Source::of_pass(name, stored, Meter::default())
    }

    fn of_pass(name: String, stored: Stored, meter: Meter) -> Result<Source> {
        let file = stored.reader()?;
        let size_bytes = file.size_bytes()?;
        let reader = Box::new(meter.pass(file, Some(size_bytes)));
        Ok(Source { stored: Some(stored), ..Source::of_reader(name, reader, meter) })
    }

    /// A file of an archive.
    pub(in crate::io) fn of_extracted(name: String, files: Extracted) -> Result<Source> {
        let stored = files.get(&name).cloned().unwrap_or_else(|| Stored::memory(vec![]));
        Ok(Source { extracted: Some(files), ..Source::of_stored(name, stored)? })
    }

    /// A folder, which has no bytes of its own.
    pub(in crate::io) fn of_folder(name: String, folder: Arc<dyn Folder>) -> Source {
        Source { folder: Some(folder), ..Source::of_stream(name, Box::new(std::io::empty())) }
    }

    /// The folder, if the input is one.
    pub(in crate::io) fn folder(&self) -> Option<&Arc<dyn Folder>> {
        self.folder.as_ref()
    }

    /// The name for messages, with the extension of the format.
    pub(in crate::io) fn name(&self) -> &str {
        &self.name
    }

    /// The meter of the bytes read.
    pub(in crate::io) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The bytes, unless they can be read only once.
    pub(in crate::io) fn stored(&self) -> Option<&Stored> {
        self.stored.as_ref()
    }

    /// The other files of the archive, if it was extracted from one.
    pub(in crate::io) fn extracted(&self) -> Option<&Extracted> {
        self.extracted.as_ref()
    }

    /// Stores the bytes, unless they are stored.
    pub(in crate::io) fn into_stored(self) -> Result<Stored> {
        match self.stored {
            Some(stored) => Ok(stored),
            None => {
                let mut reader = self.reader;
                Ok(Stored::copy(&mut reader, read_error)?.0)
            }
        }
    }

    /// A file on disk with these bytes: the input itself, or a temporary copy.
    #[cfg(any(feature = "geopackage", feature = "parquet"))]
    pub(in crate::io) fn into_file(self) -> Result<FileOnDisk> {
        if let Some(Stored::Path(path)) = self.stored {
            return Ok(FileOnDisk { path, _copy: None });
        }
        let write_error = |error| Error::new(ErrorKind::Write(error));
        let mut reader = self.reader;
        let mut copy = tempfile::NamedTempFile::new().map_err(write_error)?;
        let unfinished = Unfinished::new(copy.path());
        std::io::copy(&mut reader, &mut copy).map_err(read_error)?;
        Ok(FileOnDisk { path: copy.path().to_owned(), _copy: Some((copy, unfinished)) })
    }

    /// The encoding of the text: that of a byte order mark, the given one, or UTF-16 if it is detected.
    pub(in crate::io) fn encoding(&mut self, given: Option<InputEncoding>) -> Result<Option<InputEncoding>> {
        let start = self.reader.fill_buf().map_err(read_error)?;
        Ok(InputEncoding::detect(start, given))
    }

    /// Decodes the text to UTF-8.
    pub(in crate::io) fn decoded(self, encoding: InputEncoding) -> Source {
        let Source { reader, name, meter, .. } = self;
        Source::of_reader(name, Box::new(DecodingReader::new(reader, encoding)), meter)
    }

    /// Makes the bytes readable several times.
    pub(in crate::io) fn rereadable(self) -> Result<Rereadable> {
        let (name, meter) = (self.name.clone(), self.meter.clone());
        Ok(Rereadable { name, meter, stored: self.into_stored()? })
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
    meter: Meter,
    stored: Stored,
}

impl Rereadable {
    /// Reads all bytes from the start.
    pub(in crate::io) fn pass(&self) -> Result<Source> {
        Source::of_pass(self.name.clone(), self.stored.clone(), self.meter.clone())
    }

    /// Examines the text until the encoding is decided.
    pub(in crate::io) fn evidence(&self) -> Result<EncodingEvidence> {
        let mut evidence = EncodingEvidence::default();
        evidence.add_reader(&mut self.stored.reader()?)?;
        Ok(evidence)
    }
}

/// A file on disk, which is deleted on drop if it is temporary.
#[cfg(any(feature = "geopackage", feature = "parquet"))]
pub(in crate::io) struct FileOnDisk {
    path: PathBuf,
    _copy: Option<(tempfile::NamedTempFile, Unfinished)>,
}

#[cfg(any(feature = "geopackage", feature = "parquet"))]
impl FileOnDisk {
    pub(in crate::io) fn path(&self) -> &Path {
        &self.path
    }
}
