//! Decompression of inputs: a table, or the files of one.

use std::io::BufRead;
use std::io::ErrorKind::IsADirectory;
use std::path::Path;

use crate::error::{Error, ErrorKind, ForeignFormat, Result};
use crate::io::bytes::archive::{Archive, Member, gunzip};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::foreign;
use crate::io::bytes::input::Source;
use crate::io::rows::format::{Format, ReadOptions};

/// A decompressed input.
pub(super) struct Unpacked {
    pub(super) source: Source,
    /// Whether `--layer` selected it among the files of an archive.
    pub(super) is_layer_used: bool,
    /// The format, if the content of the archive determines it.
    pub(super) format: Option<Format>,
}

impl Unpacked {
    fn of(source: Source) -> Unpacked {
        Unpacked { source, is_layer_used: false, format: None }
    }
}

/// Decompresses an archive; other inputs are unchanged.
pub(super) fn unpack(mut source: Source, options: &ReadOptions) -> Result<Unpacked> {
    if let Some(format) = of_folder(&source)? {
        return Ok(Unpacked { format: Some(format), ..Unpacked::of(source) });
    }
    let start = source.reader.fill_buf().map_err(read_error)?;
    let (is_gzip, is_zip) =
        (start.starts_with(b"\x1f\x8b"), [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| start.starts_with(*magic)));
    let ending = Path::new(source.name()).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (says_gzip, says_zip) = (ending.eq_ignore_ascii_case("gz"), ending.eq_ignore_ascii_case("zip"));
    if is_gzip || says_gzip {
        return Ok(Unpacked::of(gunzip(source, says_gzip)));
    }
    // Workbooks and KMZ are archives, too, recognised by their extension.
    let says_document =
        Format::of_input(Path::new(source.name())).is_some_and(|format| !format.driver().zip_members.is_empty());
    let is_folder = |format: Format| format.driver().folder_file.is_some();
    let is_known = options.format.is_some_and(|format| !is_folder(format)) || says_document;
    if !(says_zip || is_zip && !is_known) {
        return Ok(Unpacked::of(source));
    }
    let name = source.name().to_owned();
    let stored = source.into_stored()?;
    let archive = Archive::open(&stored)?;
    if let Some(format) = archive.members.iter().find_map(|member| foreign::of_document(&member.path())) {
        return Err(Error::new(ErrorKind::Foreign { format, member: None }));
    }
    if let Some(format) = document(&archive, says_zip) {
        return Ok(Unpacked { format: Some(format), ..Unpacked::of(Source::of_stored(name, stored)?) });
    }
    let (chosen, is_layer_used) = choose(&archive, options)?;
    if let Some(format) = format_of(&chosen).filter(|format| is_folder(*format)) {
        let source = Source::of_folder(name, archive.into_folder(chosen.folder));
        return Ok(Unpacked { source, is_layer_used, format: Some(format) });
    }
    let others = archive.members.iter().filter(|member| is_part_of(member, &chosen));
    let wanted: Vec<Member> = std::iter::once(&chosen).chain(others).cloned().collect();
    Ok(Unpacked { is_layer_used, ..Unpacked::of(archive.unpack(&wanted)?) })
}

/// The format of a folder, by a file in it. Errors if it is none.
fn of_folder(source: &Source) -> Result<Option<Format>> {
    let Some(folder) = source.folder() else { return Ok(None) };
    let files = Format::ALL.into_iter().filter_map(|format| Some((format, format.driver().folder_file?)));
    match folder.path() {
        Some(path) => {
            let is_named = |format: Format| {
                let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                format.endings().contains(&ending.to_ascii_lowercase().as_str())
            };
            let found = files.into_iter().find(|(format, file)| folder.has(file) || is_named(*format));
            found.map(|(format, _)| Some(format)).ok_or_else(|| Error::new(ErrorKind::Open(IsADirectory.into())))
        }
        None => Ok(files.into_iter().find(|(_, file)| source.name() == *file).map(|(format, _)| format)),
    }
}

/// Whether a file in an archive belongs to the same data set as the chosen one.
fn is_part_of(member: &Member, chosen: &Member) -> bool {
    let is_part = |member: &Member, format: &Format| format.driver().parts.contains(&member.ending().as_str());
    member.number != chosen.number
        && member.folder == chosen.folder
        && member.stem() == chosen.stem()
        && Format::ALL.iter().any(|format| is_part(chosen, format) && is_part(member, format))
}

/// The format of an archive that is a document: a workbook, or, unless its name ends in `.zip`, a KMZ.
fn document(archive: &Archive, says_zip: bool) -> Option<Format> {
    let has = |name: &str| archive.members.iter().any(|member| member.path() == name);
    Format::ALL.into_iter().find(|format| {
        format.driver().zip_members.iter().any(|known| has(known.path) && (known.is_certain || !says_zip))
    })
}

/// A file of an unsupported format in an archive, and its path.
fn foreign_member(archive: &Archive) -> Option<(ForeignFormat, String)> {
    archive.members.iter().find_map(|member| Some((foreign::of_member(&member.path())?, member.path())))
}

/// The format of a table in an archive: of a data set that is a folder, one file stands for all.
fn format_of(member: &Member) -> Option<Format> {
    let format = Format::of_input(Path::new(&member.name))?;
    format.driver().folder_file.is_none_or(|file| member.name.eq_ignore_ascii_case(file)).then_some(format)
}

/// The name of a table in an archive: that of its file, or folder.
fn stem_of(member: &Member) -> &str {
    let is_folder = format_of(member).is_some_and(|format| format.driver().folder_file.is_some());
    let folder = member.folder.rsplit('/').next().unwrap_or_default();
    if is_folder && !folder.is_empty() {
        folder.rsplit_once('.').map_or(folder, |(stem, _)| stem)
    } else {
        member.stem()
    }
}

/// The file to read, and whether `--layer` is its name.
fn choose(archive: &Archive, options: &ReadOptions) -> Result<(Member, bool)> {
    let with_format = |format: Option<Format>| -> Vec<&Member> {
        let is_wanted = |member: &&Member| {
            format_of(member).is_some() && format.is_none_or(|format| format_of(member) == Some(format))
        };
        archive.members.iter().filter(is_wanted).collect()
    };
    let mut tables = with_format(options.format);
    if tables.is_empty() && options.format.is_some() {
        // A given format applies to files of any extension.
        tables = archive.members.iter().collect();
    }
    let stems: Vec<&str> = tables.iter().map(|member| stem_of(member)).collect();
    let layer_of = |member: &&Member| {
        let is_alone = stems.iter().filter(|stem| **stem == stem_of(member)).count() == 1;
        if is_alone { stem_of(member).to_owned() } else { member.path() }
    };
    // Errors list only the first tables.
    let layers = |tables: &[&Member]| tables.iter().take(64).map(layer_of).collect::<Vec<String>>();
    if let Some(layer) = &options.layer {
        let is_named = |member: &&&Member| [stem_of(member), &member.name, &member.path()].contains(&layer.as_str());
        let named: Vec<&&Member> = tables.iter().filter(is_named).collect();
        return match (named.as_slice(), tables.as_slice()) {
            ([member], _) => Ok(((**member).clone(), true)),
            // The layer is one of the file.
            ([], [only]) if format_of(only).is_some_and(Format::has_layers) => Ok(((*only).clone(), false)),
            ([], _) => Err(Error::new(ErrorKind::UnknownLayer {
                name: layer.clone(),
                layers: layers(&tables),
                hidden: vec![],
            })),
            (_, _) => Err(Error::new(ErrorKind::SeveralLayers { layers: layers(&tables), hidden: vec![] })),
        };
    }
    // A text or JSON file next to a table is usually its documentation.
    let is_note = |member: &Member| ["txt", "json"].contains(&member.ending().as_str());
    if options.format.is_none() && !tables.iter().all(|member| is_note(member)) {
        tables.retain(|member| !is_note(member));
    }
    match tables.as_slice() {
        [only] => Ok(((*only).clone(), false)),
        [] => Err(match foreign_member(archive) {
            Some((format, member)) => Error::new(ErrorKind::Foreign { format, member: Some(member) }),
            None => Error::new(ErrorKind::NoTableInArchive),
        }),
        _ => Err(Error::new(ErrorKind::SeveralLayers { layers: layers(&tables), hidden: vec![] })),
    }
}
