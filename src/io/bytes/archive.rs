//! Compressed inputs: `.gz` of anything, and `.zip` of a table or of the files of a shapefile.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, ErrorKind, FileKind, FileProblem, ForeignFormat, LibraryMessage, Result};
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::foreign;
use crate::io::bytes::input::{FileOnDisk, Source, read_error};
use crate::io::bytes::output::Unfinished;
use crate::io::rows::format::Format;
use crate::io::rows::read::ReadOptions;

/// What is unpacked may have so many bytes in any case, and so many times those of the archive. Text of
/// tables becomes a twentieth or a fiftieth, rarely less.
const ALWAYS_BYTES: u64 = 256 << 20;
const MAX_TIMES: u64 = 200;

/// The parts of a shapefile that are read.
const PARTS: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// The bytes in an archive, and anything else as it is. Tells whether the name of a layer was needed to
/// choose among the files in it.
pub(in crate::io) fn unpack(mut source: Source, options: &ReadOptions) -> Result<(Source, bool)> {
    let start = source.reader.fill_buf().map_err(read_error)?;
    let (is_gzip, is_zip) =
        (start.starts_with(b"\x1f\x8b"), [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| start.starts_with(*magic)));
    let ending = Path::new(source.name()).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (says_gzip, says_zip) = (ending.eq_ignore_ascii_case("gz"), ending.eq_ignore_ascii_case("zip"));
    if is_gzip || says_gzip {
        return Ok((gunzip(source, says_gzip), false));
    }
    // Workbooks and KMZ are archives too, and say so by their ending.
    let says_document =
        Format::of_path(Path::new(source.name())).is_ok_and(|format| matches!(format, Format::Xlsx | Format::Kml));
    let is_told = options.format.is_some() || says_document;
    if !(says_zip || is_zip && !is_told) {
        return Ok((source, false));
    }
    let name = source.name().to_owned();
    let file = source.into_file()?;
    let archive = Archive::open(&file)?;
    if let Some(format) = archive.members.iter().find_map(|member| foreign::of_document(&member.path())) {
        return Err(Error::new(ErrorKind::Foreign { format, member: None }));
    }
    if let Some(format) = archive.document(says_zip) {
        return Ok((Source::of_file(name, file)?.of_format(format), false));
    }
    archive.unpack(options)
}

fn gunzip(source: Source, has_ending: bool) -> Source {
    let name = source.name();
    let inner = if has_ending { &name[..name.len() - ".gz".len()] } else { name }.to_owned();
    let meter = source.meter();
    let decoder = MultiGzDecoder::new(Counted { reader: source.reader, bytes: 0 });
    Source::of_reader(inner, Box::new(Gunzip { decoder, bytes: 0 }), meter)
}

/// What is wrong with a packed stream, inside of an error of the system.
#[derive(Debug, thiserror::Error)]
pub(in crate::io) enum Unpacking {
    #[error("unpacked it grows beyond {0} bytes")]
    Bomb(u64),
    #[error("{0}")]
    Malformed(FileProblem),
}

impl Unpacking {
    /// The kind of an error that came from here.
    pub(in crate::io) fn kind_of(error: &io::Error) -> Option<ErrorKind> {
        Some(match error.get_ref()?.downcast_ref()? {
            Unpacking::Bomb(limit_bytes) => ErrorKind::DecompressionBomb { limit_bytes: *limit_bytes },
            Unpacking::Malformed(problem) => {
                ErrorKind::Malformed { kind: FileKind::GzipFile, problem: problem.clone() }
            }
        })
    }
}

struct Counted<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

struct Gunzip<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    bytes: u64,
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::other(Unpacking::Malformed(FileProblem::Truncated)),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                io::Error::other(Unpacking::Malformed(LibraryMessage::new("flate2", error).into()))
            }
            _ => error,
        })?;
        self.bytes += count as u64;
        let limit = limit_bytes(self.decoder.get_ref().bytes);
        if self.bytes > limit { Err(io::Error::other(Unpacking::Bomb(limit))) } else { Ok(count) }
    }
}

/// What an archive of so many bytes may grow to.
pub(in crate::io) fn limit_bytes(packed_bytes: u64) -> u64 {
    ALWAYS_BYTES.max(packed_bytes.saturating_mul(MAX_TIMES))
}

/// A folder of what was unpacked, there for as long as this is.
pub(in crate::io) struct Folder {
    folder: TempDir,
    _unfinished: Unfinished,
}

/// The files of an archive that could be read.
struct Archive {
    zip: ZipArchive<BufReader<File>>,
    members: Vec<Member>,
    packed_bytes: u64,
}

#[derive(Clone)]
struct Member {
    number: usize,
    /// The folder in the archive, and the name in it, fit for any system of files.
    folder: String,
    name: String,
    is_locked: bool,
}

impl Member {
    fn ending(&self) -> String {
        Path::new(&self.name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase()
    }

    fn stem(&self) -> &str {
        Path::new(&self.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&self.name)
    }

    fn path(&self) -> String {
        if self.folder.is_empty() { self.name.clone() } else { format!("{}/{}", self.folder, self.name) }
    }

    fn format(&self) -> Option<Format> {
        Format::of_path(Path::new(&self.name)).ok()
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
    fn open(file: &FileOnDisk) -> Result<Archive> {
        let file = File::open(file.path()).map_err(|error| Error::new(ErrorKind::Open(error)))?;
        let packed_bytes = file.metadata().map_err(read_error)?.len();
        let zip = ZipArchive::new(BufReader::new(file)).map_err(zip_error)?;
        let mut members = vec![];
        for number in 0..zip.len() {
            let entry = zip.by_index_data(number).map_err(zip_error)?;
            let (is_file, is_locked) = (!entry.is_dir() && !entry.is_symlink(), entry.encrypted());
            let whole = text_of(entry.name_raw()).replace('\\', "/");
            let (folder, name) = whole.rsplit_once('/').unwrap_or(("", &whole));
            let is_hidden =
                |part: &str| part == "__MACOSX" || part.starts_with('.') && !["", ".", ".."].contains(&part);
            if is_file && !folder.split('/').any(is_hidden) && !name.is_empty() && !name.starts_with('.') {
                members.push(Member { number, folder: folder.to_owned(), name: harmless(name), is_locked });
            }
        }
        Ok(Archive { zip, members, packed_bytes })
    }

    /// What it is if it is an archive only inside: a workbook, or, where it does not say to be an archive, a KMZ.
    fn document(&self, says_zip: bool) -> Option<Format> {
        let has = |name: &str| self.members.iter().any(|member| member.path() == name);
        match has("[Content_Types].xml") {
            true => Some(Format::Xlsx),
            false => (!says_zip && has("doc.kml")).then_some(Format::Kml),
        }
    }

    /// A file in it of a format that is not read, and its path.
    fn foreign(&self) -> Option<(ForeignFormat, String)> {
        self.members.iter().find_map(|member| Some((foreign::of_member(&member.path())?, member.path())))
    }

    fn unpack(mut self, options: &ReadOptions) -> Result<(Source, bool)> {
        let (chosen, is_chosen) = self.choose(options)?;
        let is_part = |member: &Member| {
            member.folder == chosen.folder
                && member.stem() == chosen.stem()
                && PARTS.contains(&member.ending().as_str())
        };
        let has_parts = PARTS.contains(&chosen.ending().as_str());
        let others =
            self.members.iter().filter(|member| has_parts && member.number != chosen.number && is_part(member));
        let wanted: Vec<Member> = std::iter::once(&chosen).chain(others).cloned().collect();
        let folder = Arc::new(Folder::new().map_err(|error| Error::new(ErrorKind::Write(error)))?);
        let limit_bytes = limit_bytes(self.packed_bytes);
        let mut left_bytes = limit_bytes;
        for member in &wanted {
            if member.is_locked {
                return Err(Error::new(ErrorKind::PasswordProtected));
            }
            let packed = self.zip.by_index(member.number).map_err(zip_error)?;
            // The header may say anything: it counts what comes.
            let mut packed = packed.take(left_bytes + 1);
            let path = folder.path().join(&member.name);
            let written = unpack_to(&mut packed, &path)?;
            left_bytes = left_bytes
                .checked_sub(written)
                .ok_or_else(|| Error::new(ErrorKind::DecompressionBomb { limit_bytes }))?;
        }
        let path = folder.path().join(&chosen.name);
        Source::of_folder(chosen.name, path, folder).map(|source| (source, is_chosen))
    }

    /// The file to read, and whether the name of a layer is its name.
    fn choose(&self, options: &ReadOptions) -> Result<(Member, bool)> {
        let with_format = |format: Option<Format>| -> Vec<&Member> {
            let is_wanted = |member: &&Member| {
                member.format().is_some() && format.is_none_or(|format| member.format() == Some(format))
            };
            self.members.iter().filter(is_wanted).collect()
        };
        let mut tables = with_format(options.format);
        if tables.is_empty() && options.format.is_some() {
            // A format that was given holds for files of whatever ending.
            tables = self.members.iter().collect();
        }
        let stems: Vec<&str> = tables.iter().map(|member| member.stem()).collect();
        let layer_of = |member: &&Member| {
            let is_alone = stems.iter().filter(|stem| **stem == member.stem()).count() == 1;
            if is_alone { member.stem().to_owned() } else { member.path() }
        };
        // Of many tables it is enough to name some.
        let layers = |tables: &[&Member]| tables.iter().take(64).map(layer_of).collect::<Vec<String>>();
        if let Some(layer) = &options.layer {
            let is_named = |member: &&&Member| [member.stem(), &member.name, &member.path()].contains(&layer.as_str());
            let named: Vec<&&Member> = tables.iter().filter(is_named).collect();
            return match (named.as_slice(), tables.as_slice()) {
                ([member], _) => Ok(((**member).clone(), true)),
                // Its own layers are meant.
                ([], [only]) if only.format().is_some_and(Format::has_layers) => Ok(((*only).clone(), false)),
                ([], _) => Err(Error::new(ErrorKind::UnknownLayer {
                    name: layer.clone(),
                    layers: layers(&tables),
                    hidden: vec![],
                })),
                (_, _) => Err(Error::new(ErrorKind::SeveralLayers { layers: layers(&tables), hidden: vec![] })),
            };
        }
        // A text or JSON file beside a table is most often about it.
        let is_note = |member: &Member| ["txt", "json"].contains(&member.ending().as_str());
        if options.format.is_none() && !tables.iter().all(|member| is_note(member)) {
            tables.retain(|member| !is_note(member));
        }
        match tables.as_slice() {
            [only] => Ok(((*only).clone(), false)),
            [] => Err(match self.foreign() {
                Some((format, member)) => Error::new(ErrorKind::Foreign { format, member: Some(member) }),
                None => Error::new(ErrorKind::NoTableInArchive),
            }),
            _ => Err(Error::new(ErrorKind::SeveralLayers { layers: layers(&tables), hidden: vec![] })),
        }
    }
}

/// Writes what comes to a new file, and tells how many bytes it was.
fn unpack_to(packed: &mut impl Read, path: &Path) -> Result<u64> {
    let write_error = |error: io::Error| Error::new(ErrorKind::Write(error));
    let mut file = File::create_new(path).map_err(write_error)?;
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let count = packed.read(&mut buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => malformed(FileProblem::Truncated),
            _ => malformed(LibraryMessage::new("flate2", error)),
        })?;
        if count == 0 {
            return Ok(bytes);
        }
        file.write_all(&buffer[..count]).map_err(write_error)?;
        bytes += count as u64;
    }
}

/// The name of a member: UTF-8, or, as Windows in China packs, GBK.
fn text_of(name: &[u8]) -> String {
    let decoded = Encoding::Utf8.decode(name).or_else(|| Encoding::Gb18030.decode(name));
    decoded.map_or_else(|| String::from_utf8_lossy(name).into_owned(), |name| name.into_owned())
}

/// A name that is one on every system of files, and no path.
fn harmless(name: &str) -> String {
    const MAX_BYTES: usize = 200;
    let is_special = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name: String = name.chars().map(|c| if is_special(c) { '_' } else { c }).collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let ending = Encoding::Utf8.start_of(ending, MAX_BYTES / 4);
    let stem = Encoding::Utf8.start_of(stem, MAX_BYTES - ending.len());
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

impl Folder {
    fn new() -> io::Result<Folder> {
        let folder = tempfile::Builder::new().prefix("corridor-").tempdir()?;
        let _unfinished = Unfinished::new(folder.path());
        Ok(Folder { folder, _unfinished })
    }

    fn path(&self) -> &Path {
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
            assert_eq!(harmless(name), expected);
        }
        let long = format!("{}.shp", "台".repeat(300));
        let short = harmless(&long);
        assert!(short.len() <= 201 && short.ends_with("台.shp"), "{short}");
        assert_eq!(text_of(b"\xcc\xa8\xd6\xdd.shp"), "台州.shp");
    }
}
