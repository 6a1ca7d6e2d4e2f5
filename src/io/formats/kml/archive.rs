//! KMZ: a ZIP archive with `doc.kml` and optional further files.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use tempfile::SpooledTempFile;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::error::{Error, ErrorKind, FileProblem, LibraryMessage, Result};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;
use crate::io::bytes::meter::Meter;
use crate::io::bytes::stored::{Stored, spool};
use crate::io::formats::kml::malformed;

/// The KML documents of a file: the file itself, or all in its archive.
pub(super) enum Documents {
    Plain(Option<Box<dyn BufRead>>),
    Unpacked { stored: Stored, ranges: VecDeque<Range<u64>>, meter: Meter },
}

impl Documents {
    /// Two iterators over the documents.
    pub(super) fn twice(mut source: Source) -> Result<(Documents, Documents)> {
        let start = source.reader.fill_buf().map_err(read_error)?;
        if start.starts_with(b"PK\x03\x04") {
            let meter = source.meter();
            let (stored, ranges) = unpack(&source.into_stored()?)?;
            let documents =
                || Documents::Unpacked { stored: stored.clone(), ranges: ranges.clone(), meter: meter.clone() };
            return Ok((documents(), documents()));
        }
        let (first, second) = source.twice()?;
        Ok((Documents::Plain(Some(Box::new(first.reader))), Documents::Plain(Some(Box::new(second.reader)))))
    }

    pub(super) fn next(&mut self) -> Result<Option<Box<dyn BufRead>>> {
        match self {
            Documents::Plain(document) => Ok(document.take()),
            Documents::Unpacked { stored, ranges, meter } => {
                let Some(range) = ranges.pop_front() else { return Ok(None) };
                let mut file = stored.reader()?;
                file.seek(SeekFrom::Start(range.start)).map_err(read_error)?;
                // The size of all documents is unknown, so that no share is reported.
                let document = meter.pass(file.take(range.end - range.start), None);
                Ok(Some(Box::new(BufReader::with_capacity(1 << 16, document))))
            }
        }
    }
}

/// Extracts all documents of an archive, one after the other: first `doc.kml`, or else the first one, then those it may link to,
/// such as the layers written by GDAL.
fn unpack(archive: &Stored) -> Result<(Stored, VecDeque<Range<u64>>)> {
    let file = archive.reader()?;
    let size = file.size_bytes()?;
    let mut archive =
        ZipArchive::new(BufReader::new(file)).map_err(|error| malformed(LibraryMessage::new("zip", error)))?;
    let mut entries: Vec<usize> = vec![];
    for (entry, name) in archive.file_names_raw().enumerate() {
        let name = name.to_ascii_lowercase();
        match name.as_slice() {
            b"doc.kml" => entries.insert(0, entry),
            name if name.ends_with(b".kml") => entries.push(entry),
            _ => {}
        }
    }
    if entries.is_empty() {
        return Err(malformed(FileProblem::NoKmlInArchive));
    }
    let limit_bytes = (256 << 20).max(size.saturating_mul(200));
    let mut unpacked = spool();
    let (mut ranges, mut end) = (VecDeque::new(), 0);
    for entry in entries {
        let entry = archive.by_index(entry).map_err(|error| malformed(LibraryMessage::new("zip", error)))?;
        let left_bytes = limit_bytes - end + 1;
        let count = io::copy(&mut entry.take(left_bytes), &mut unpacked)
            .map_err(|error| malformed(LibraryMessage::new("flate2", error)))?;
        if count == left_bytes {
            return Err(Error::new(ErrorKind::DecompressionBomb { limit_bytes }));
        }
        ranges.push_back(end..end + count);
        end += count;
    }
    Ok((Stored::of_spool(unpacked), ranges))
}

/// Compresses a document as the `doc.kml` of an archive. It is spooled, so that it can be rewound to
/// write sizes before the data: not all software supports sizes after the data.
pub(super) fn pack(kml: &mut impl Read, size: u64) -> io::Result<SpooledTempFile> {
    let mut archive = ZipWriter::new(spool());
    let options = SimpleFileOptions::default().large_file(size >= u32::MAX.into());
    archive.start_file("doc.kml", options)?;
    io::copy(kml, &mut archive)?;
    let mut file = archive.finish()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
