//! What is written: a file, or several files of one data set, also in an archive.

use std::io::{Cursor, Write};

use taizhou_corridor::error::{Error, ErrorKind};
use taizhou_corridor::io::{Memory, Output};
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use crate::problem::Problem;
use crate::reply::ReplyFile;

/// The files of an output in memory. Several come after an archive of them, so that the first can be saved as it is.
pub(crate) fn files_of(memory: Memory) -> Result<Vec<ReplyFile>, Problem> {
    files_of_all([memory])
}

/// The same of several outputs.
pub(crate) fn files_of_all(memories: impl IntoIterator<Item = Memory>) -> Result<Vec<ReplyFile>, Problem> {
    let files = memories.into_iter().flat_map(Memory::into_files);
    let files: Vec<ReplyFile> = files.map(|(name, bytes)| ReplyFile { name, bytes }).collect();
    if files.len() < 2 {
        return Ok(files);
    }
    let archive = archive(&files).map_err(|error| Error::new(ErrorKind::Write(error.into())))?;
    Ok(std::iter::once(archive).chain(files).collect())
}

fn archive(files: &[ReplyFile]) -> Result<ReplyFile, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    // A fixed date, so that the same files give the same archive.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    for file in files {
        archive.start_file(file.name.as_str(), options)?;
        archive.write_all(&file.bytes)?;
    }
    let main = files.first().map_or("files", |file| file.name.as_str());
    let name = format!("{}.zip", main.rsplit_once('.').map_or(main, |(stem, _)| stem));
    Ok(ReplyFile { name, bytes: archive.finish()?.into_inner() })
}

/// A file with this text.
pub(crate) fn text_file(name: String, text: &str) -> Result<Vec<ReplyFile>, Problem> {
    let (mut output, memory) = Output::memory(name);
    output.text(text)?;
    output.commit()?;
    files_of(memory)
}
