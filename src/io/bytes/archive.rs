//! Compressed inputs: `.gz` files, and files in a `.zip` archive.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, ErrorKind, FileKind, FileProblem, LibraryMessage, Result};
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::errors::{DecompressionError, read_error};
use crate::io::bytes::folder::Folder;
use crate::io::bytes::input::Source;
use crate::io::bytes::stored::{Stored, StoredReader};

/// Limits of the decompressed size: the larger of a fixed size and a ratio to the size of the archive. Tables compress
/// by a factor of 20 to 50, rarely more.
const MIN_LIMIT_BYTES: u64 = 256 << 20;
const MAX_RATIO: u64 = 200;

/// Decompresses a `.gz` file.
pub(in crate::io) fn gunzip(source: Source, has_ending: bool) -> Source {
    let name = source.name();
    let inner = if has_ending { &name[..name.len() - ".gz".len()] } else { name }.to_owned();
    let meter = source.meter();
    let decoder = MultiGzDecoder::new(CountingReader { reader: source.reader, bytes: 0 });
    Source::of_reader(inner, Box::new(Gunzip { decoder, bytes: 0 }), meter)
}

struct CountingReader<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

struct Gunzip<R> {
    decoder: MultiGzDecoder<CountingReader<R>>,
    bytes: u64,
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::other(DecompressionError::Malformed(FileProblem::Truncated)),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                io::Error::other(DecompressionError::Malformed(LibraryMessage::new("flate2", error).into()))
            }
            _ => error,
        })?;
        self.bytes += count as u64;
        let limit = limit_bytes(self.decoder.get_ref().bytes);
        if self.bytes > limit { Err(io::Error::other(DecompressionError::Bomb(limit))) } else { Ok(count) }
    }
}

/// The maximum decompressed size of an archive of a size.
pub(in crate::io) fn limit_bytes(compressed_bytes: u64) -> u64 {
    MIN_LIMIT_BYTES.max(compressed_bytes.saturating_mul(MAX_RATIO))
}

/// A ZIP archive and the files in it.
pub(in crate::io) struct Archive {
    zip: ZipArchive<BufReader<StoredReader>>,
    pub(in crate::io) members: Vec<Member>,
    /// The limit of the size of all that is extracted, and how much of it is left.
    limit_bytes: u64,
    left_bytes: u64,
}

/// A file in an archive.
#[derive(Clone)]
pub(in crate::io) struct Member {
    pub(in crate::io) number: usize,
    /// The folder in the archive, and the file name, made valid for any file system.
    pub(in crate::io) folder: String,
    pub(in crate::io) name: String,
    is_encrypted: bool,
}

impl Member {
    pub(in crate::io) fn ending(&self) -> String {
        Path::new(&self.name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase()
    }

    pub(in crate::io) fn stem(&self) -> &str {
        Path::new(&self.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&self.name)
    }

    pub(in crate::io) fn path(&self) -> String {
        if self.folder.is_empty() { self.name.clone() } else { format!("{}/{}", self.folder, self.name) }
    }
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::ZipArchive, problem: problem.into() })
}

fn zip_error(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => read_error(error),
        ZipError::Io(_) => malformed(FileProblem::Truncated),
        error => malformed(LibraryMessage::new("zip", error)),
    }
}

impl Archive {
    pub(in crate::io) fn open(stored: &Stored) -> Result<Archive> {
        let file = stored.reader()?;
        let compressed_bytes = file.size_bytes()?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(zip_error)?;
        let mut members = vec![];
        for number in 0..zip.len() {
            let entry = zip.by_index_data(number).map_err(zip_error)?;
            let (is_file, is_encrypted) = (!entry.is_dir() && !entry.is_symlink(), entry.encrypted());
            let whole = text_of(entry.name_raw()).replace('\\', "/");
            let (folder, name) = whole.rsplit_once('/').unwrap_or(("", &whole));
            let is_hidden =
                |part: &str| part == "__MACOSX" || part.starts_with('.') && !["", ".", ".."].contains(&part);
            if is_file && !folder.split('/').any(is_hidden) && !name.is_empty() && !name.starts_with('.') {
                members.push(Member { number, folder: folder.to_owned(), name: safe_file_name(name), is_encrypted });
            }
        }
        let limit_bytes = limit_bytes(compressed_bytes);
        Ok(Archive { zip, members, limit_bytes, left_bytes: limit_bytes })
    }

    /// Extracts files, and opens the first.
    pub(in crate::io) fn unpack(mut self, wanted: &[Member]) -> Result<Source> {
        let mut extracted = BTreeMap::new();
        for member in wanted {
            extracted.insert(member.name.clone(), self.extract_member(member)?);
        }
        let name = wanted.first().map(|member| member.name.clone()).unwrap_or_default();
        Source::of_extracted(name, Arc::new(extracted))
    }

    /// The file of this name in a folder.
    fn find(&self, folder: &str, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.folder == folder && member.name.eq_ignore_ascii_case(name))
    }

    /// Extracts a file of a folder, if it is there.
    fn extract(&mut self, folder: &str, name: &str) -> Result<Option<Stored>> {
        let member = self.find(folder, name).cloned();
        member.map(|member| self.extract_member(&member)).transpose()
    }

    /// A folder, whose files are extracted one by one.
    pub(in crate::io) fn into_folder(self, folder: String) -> Arc<dyn Folder> {
        Arc::new(FolderInArchive { archive: Mutex::new(self), folder })
    }

    fn extract_member(&mut self, member: &Member) -> Result<Stored> {
        if member.is_encrypted {
            return Err(Error::new(ErrorKind::PasswordProtected));
        }
        let packed = self.zip.by_index(member.number).map_err(zip_error)?;
        // The size in the header is not trusted: the extracted bytes count.
        let (stored, bytes) = Stored::copy(&mut packed.take(self.left_bytes + 1), unpack_error)?;
        let limit_bytes = self.limit_bytes;
        self.left_bytes = self
            .left_bytes
            .checked_sub(bytes)
            .ok_or_else(|| Error::new(ErrorKind::DecompressionBomb { limit_bytes }))?;
        Ok(stored)
    }
}

/// A folder in an archive.
struct FolderInArchive {
    archive: Mutex<Archive>,
    folder: String,
}

impl Folder for FolderInArchive {
    fn file(&self, name: &str) -> Result<Option<Stored>> {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner).extract(&self.folder, name)
    }

    fn has(&self, name: &str) -> bool {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner).find(&self.folder, name).is_some()
    }
}

fn unpack_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => malformed(FileProblem::Truncated),
        _ => malformed(LibraryMessage::new("flate2", error)),
    }
}

/// The name of a member: UTF-8, or GBK as written by Chinese versions of Windows.
fn text_of(name: &[u8]) -> String {
    let decoded = Encoding::Utf8.decode(name).or_else(|| Encoding::Gb18030.decode(name));
    decoded.map_or_else(|| String::from_utf8_lossy(name).into_owned(), |name| name.into_owned())
}

/// A name that is valid on every file system and is not a path.
fn safe_file_name(name: &str) -> String {
    const MAX_BYTES: usize = 200;
    let is_special = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name: String = name.chars().map(|c| if is_special(c) { '_' } else { c }).collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let ending = Encoding::Utf8.start_of(ending, MAX_BYTES / 4);
    let stem = Encoding::Utf8.start_of(stem, MAX_BYTES - ending.len());
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_paths() {
        for (name, expected) in [
            ("parcels.shp", "parcels.shp"),
            ("C:parcels.shp", "C_parcels.shp"),
            ("a\0b\u{1}.csv", "a_b_.csv"),
            ("noending", "noending"),
        ] {
            assert_eq!(safe_file_name(name), expected);
        }
        let long = format!("{}.shp", "台".repeat(300));
        let short = safe_file_name(&long);
        assert!(short.len() <= 201 && short.ends_with("台.shp"), "{short}");
        assert_eq!(text_of(b"\xcc\xa8\xd6\xdd.shp"), "台州.shp");
    }
}
