//! Shapefiles: geometry in `.shp`, attributes in `.dbf`, the system in `.prj`, the encoding in `.cpg`,
//! offsets in `.shx` (ESRI white paper of July 1998).
//!
//! The crates `shapefile` (0.9) and `dbase` (0.8) are not used. The first assigns each hole to the exterior before it
//! and fails if there is none, but other software writes rings in any order. The second reads numbers as doubles or
//! 32-bit floats, which changes codes of more than 15 digits.

mod dbf;
mod dbf_writer;
mod encoding;
mod shapes;
mod writer;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::crs::{Crs, Declared};
use crate::error::{Error, ErrorKind, FileKind, FilePart, FileProblem, Result};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::folder::Extracted;
use crate::io::bytes::input::Source;
use crate::io::bytes::stored::{Stored, StoredReader};
use crate::io::rows::columns::end_row_with;
use crate::io::rows::format::{Codec, Content, Driver, Format, ReadOptions, Signature, StyleSupport};
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::table::{Batch, BatchBuilder, GeometrySource, Schema};
use dbf::DbfReader;
use shapes::{HEADER_BYTES, MAGIC, ShapeType};
use writer::ShapefileWriter;

static DRIVER: Driver = Driver {
    content: Content::Files,
    signature: Signature::Bytes(|start| start.starts_with(b"\0\0\x27\x0a")),
    parts: &["shp", "shx", "dbf", "prj", "cpg"],
    is_stream: false,
    has_encodings: true,
    styles: StyleSupport::Sidecar,
    ..Driver::new(
        "shapefile",
        &["shp"],
        "ESRI shapefile: .shp, .dbf and their companions",
        Codec::Built(
            |source, options| Ok(Box::new(ShapefileReader::new(source, options)?)),
            |output, table| {
                let schema = table.schema_of_geometries();
                Ok(Box::new(ShapefileWriter::new(output, &schema, table.added, table.options)?))
            },
        ),
    )
};

impl Format {
    /// An ESRI shapefile: several files of the same name.
    pub const SHAPEFILE: Format = Format::of(&DRIVER);
}

pub(in crate::io) struct ShapefileReader {
    shapes: Shapes,
    table: DbfReader,
    table_name: String,
    schema: Schema,
    columns: Arc<Vec<String>>,
    definition: String,
    /// The name in the `.cpg` file, if it is not that of an encoding.
    unknown_encoding: Option<String>,
    row: u64,
}

impl ShapefileReader {
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<ShapefileReader> {
        let Some(files) = Files::of(&source) else {
            return Err(Error::new(ErrorKind::NeedsPath { format: "shapefile".to_owned() }));
        };
        let (table_name, table_file) =
            files.part("dbf").ok_or_else(|| Error::new(ErrorKind::MissingPart { part: files.usual_name("dbf") }))?;
        let index = files.part("shx").and_then(|(_, index)| index.reader().ok());
        let shapes = Shapes::new(files.main.reader()?, index)?;
        let cpg = files.part("cpg").map(start_of).transpose()?;
        let definition = files.part("prj").map(start_of).transpose()?.unwrap_or_default();
        let is_unknown = |name: &&str| !name.is_empty() && InputEncoding::of_name(name).is_none();
        let unknown_encoding =
            cpg.as_deref().map(str::trim).filter(is_unknown).map(|name| name.chars().take(40).collect());
        let open_table = || DbfReader::new(table_file.reader()?, cpg.as_deref(), options.encoding);
        let table = open_table().map_err(|error| error.in_file(table_name.clone()))?;
        if let Some(count) = shapes.count.filter(|&count| count != u64::from(table.records())) {
            return Err(count_mismatch(count, table.records()));
        }
        let fields = table.fields().map_err(|error| error.in_file(table_name.clone()))?;
        let geometry_source =
            if shapes.kind == Some(ShapeType::Point) { GeometrySource::Points } else { GeometrySource::Shapes };
        let schema = Schema { fields, geometry_source, ..Schema::default() };
        let columns = Arc::new(schema.names());
        Ok(ShapefileReader { shapes, table, table_name, schema, columns, definition, unknown_encoding, row: 0 })
    }
}

impl RowReader for ShapefileReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        Crs::of_wkt(&self.definition)
    }

    fn encoding(&self) -> &'static str {
        self.table.encoding().name()
    }

    fn notes(&self) -> Vec<ReadNote> {
        let encoding = self.table.encoding();
        let unknown = self.unknown_encoding.clone().map(|name| ReadNote::UnknownEncoding { name, encoding });
        unknown.into_iter().chain(self.table.note()).collect()
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        let in_table = |error: Error| error.in_file(self.table_name.clone());
        while !batch.is_full() {
            let is_present = self.table.next_record().map_err(in_table)?;
            let shape = self.shapes.next_record()?;
            let (Some(is_present), Some(shape)) = (is_present, &shape) else {
                if is_present.is_some() || shape.is_some() {
                    return Err(count_mismatch(self.shapes.number + self.shapes.remaining()?, self.table.records()));
                }
                break;
            };
            if !is_present {
                continue;
            }
            self.row += 1;
            self.table.cells(&mut batch).map_err(|error| in_table(error).at_row(self.row))?;
            let decoded = match shape {
                Some(content) => shapes::decode(content, self.shapes.kind),
                None => Ok(Decoded::default()),
            };
            end_row_with(&mut batch, decoded);
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

fn malformed(problem: FileProblem) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Shapefile, problem })
}

fn count_mismatch(shapes: u64, records: u32) -> Error {
    malformed(FileProblem::RecordCounts { shapes, records })
}

/// The files of a shapefile, which have the same name and other extensions.
struct Files {
    main: Stored,
    name: String,
    /// The other files: extracted from an archive, or in the folder of the file.
    extracted: Option<Extracted>,
}

impl Files {
    /// `None` if the input is not a file.
    fn of(source: &Source) -> Option<Files> {
        let main = source.stored()?.clone();
        let extracted = source.extracted().cloned();
        let name = match (main.path(), &extracted) {
            (Some(path), None) => path.file_name()?.to_string_lossy().into_owned(),
            (_, Some(_)) => source.name().to_owned(),
            (None, None) => return None,
        };
        Some(Files { main, name, extracted })
    }

    fn usual_name(&self, ending: &str) -> String {
        Path::new(&self.name).with_extension(ending).to_string_lossy().into_owned()
    }

    /// The name and bytes of the file with this extension, in any case.
    fn part(&self, ending: &str) -> Option<(String, Stored)> {
        let of_same_stem = |name: &str| {
            let (name, own) = (Path::new(name), Path::new(&self.name));
            let has_ending = name.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
            has_ending && name.file_stem() == own.file_stem()
        };
        if let Some(extracted) = &self.extracted {
            let found = extracted.iter().find(|(name, _)| of_same_stem(name))?;
            return Some((found.0.clone(), found.1.clone()));
        }
        let path = self.main.path()?;
        let named =
            |path: PathBuf| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), Stored::Path(path));
        let usual = path.with_extension(ending);
        if usual.is_file() {
            return Some(named(usual));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut found: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
        found.retain(|path| path.file_name().and_then(OsStr::to_str).is_some_and(of_same_stem) && path.is_file());
        found.sort();
        found.into_iter().next().map(named)
    }
}

/// The text of a small file, limited to more than any definition needs.
fn start_of((name, stored): (String, Stored)) -> Result<String> {
    const MAX_BYTES: u64 = 1 << 16;
    let mut bytes = vec![];
    let read = stored.reader().and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(read_error));
    read.map_err(|error| error.in_file(name))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The records of a `.shp` file in the order of its `.shx` file, which omits old records of shapes that were edited;
/// without a valid `.shx` file, in sequence.
struct Shapes {
    reader: BufReader<StoredReader>,
    index: Option<BufReader<StoredReader>>,
    kind: Option<ShapeType>,
    /// The number of records, if there is a `.shx` file.
    count: Option<u64>,
    number: u64,
    /// The position of the reader, and the size of the file.
    position: u64,
    file_bytes: u64,
    /// The number of bytes read, counting repeated records repeatedly.
    read_bytes: u64,
}

impl Shapes {
    fn new(file: StoredReader, index: Option<StoredReader>) -> Result<Shapes> {
        let file_bytes = file.size_bytes()?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut header = [0; HEADER_BYTES];
        reader.read_exact(&mut header).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof if file_bytes == 0 => Error::new(ErrorKind::Empty),
            std::io::ErrorKind::UnexpectedEof => Error::new(ErrorKind::Truncated(FilePart::Header)),
            _ => read_error(error),
        })?;
        if header[..4] != MAGIC {
            return Err(malformed(FileProblem::Signature));
        }
        let number = i32::from_le_bytes([header[32], header[33], header[34], header[35]]);
        let kind = ShapeType::of_number(number).map(|(kind, _)| kind);
        let mut shapes = Shapes {
            reader,
            index: None,
            kind,
            count: None,
            number: 0,
            position: HEADER_BYTES as u64,
            file_bytes,
            read_bytes: 0,
        };
        if let Some((index, count)) = index.and_then(usable_index) {
            (shapes.index, shapes.count) = (Some(index), Some(count));
        }
        Ok(shapes)
    }

    /// The content of the next record, `Some(None)` if it is deleted, `None` at the end.
    fn next_record(&mut self) -> Result<Option<Option<Vec<u8>>>> {
        if let Some(index) = &mut self.index {
            if Some(self.number) == self.count {
                return Ok(None);
            }
            let mut entry = [0; 8];
            index.read_exact(&mut entry).map_err(read_error)?;
            let offset = u64::from(u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]])) * 2;
            self.number += 1;
            if entry == [0; 8] {
                return Ok(Some(None));
            }
            self.go_to(offset)?;
        } else if self.position >= self.file_bytes {
            return Ok(None);
        } else {
            self.number += 1;
        }
        self.content().map(|content| Some(Some(content)))
    }

    fn go_to(&mut self, offset: u64) -> Result<()> {
        let distance = i64::try_from(offset).ok().zip(i64::try_from(self.position).ok());
        let moved = match distance {
            Some((to, from)) => self.reader.seek_relative(to - from),
            None => self.reader.seek(SeekFrom::Start(offset)).map(|_| ()),
        };
        self.position = offset;
        moved.map_err(read_error)
    }

    fn content(&mut self) -> Result<Vec<u8>> {
        let at_record = |kind: ErrorKind| Error::new(kind).at_row(self.number);
        let truncated = || at_record(ErrorKind::Truncated(FilePart::Shape));
        let mut header = [0; 8];
        self.reader.read_exact(&mut header).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => truncated(),
            _ => read_error(error),
        })?;
        let length = u64::from(u32::from_be_bytes([header[4], header[5], header[6], header[7]])) * 2;
        self.position += 8;
        if self.position + length > self.file_bytes {
            return Err(truncated());
        }
        // Otherwise an index of a few bytes could cause a large file to be read repeatedly.
        self.read_bytes += 8 + length;
        if self.read_bytes > self.file_bytes {
            return Err(malformed(FileProblem::OverlappingRecords).at_row(self.number));
        }
        let mut content = vec![];
        self.reader.by_ref().take(length).read_to_end(&mut content).map_err(read_error)?;
        self.position += content.len() as u64;
        Ok(content)
    }

    /// The number of remaining records.
    fn remaining(&mut self) -> Result<u64> {
        let before = self.number;
        while self.next_record()?.is_some() {}
        Ok(self.number - before)
    }
}

/// The entries of a `.shx` file and their number, if it is valid.
fn usable_index(file: StoredReader) -> Option<(BufReader<StoredReader>, u64)> {
    let file_bytes = file.size_bytes().ok()?;
    let mut index = BufReader::with_capacity(1 << 16, file);
    let mut header = [0; HEADER_BYTES];
    index.read_exact(&mut header).ok()?;
    let declared = u64::from(u32::from_be_bytes([header[24], header[25], header[26], header[27]])) * 2;
    let entries = declared.checked_sub(HEADER_BYTES as u64)?;
    (header[..4] == MAGIC && declared <= file_bytes && entries % 8 == 0).then_some((index, entries / 8))
}
