//! Files without a command, as the desktop passes them when they are dropped onto the program: sites are located,
//! parcels overlaid, and the result is written next to the file.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Command;

use crate::cli::ui;
use crate::error::Result;
use crate::io::{self, Format, Input, ReadOptions};
use crate::messages::Lang;

/// The files, if there is nothing else in the arguments.
pub(super) fn files_alone<'a>(arguments: &'a [OsString], root: &Command) -> Option<Vec<&'a Path>> {
    let files: Vec<&Path> = arguments.iter().skip(1).map(Path::new).collect();
    let is_command = |file: &Path| file.to_str().is_some_and(|name| root.find_subcommand(name).is_some());
    let is_file = |file: &&Path| file.is_file() && !file.as_os_str().as_encoded_bytes().starts_with(b"-");
    (!files.is_empty() && !is_command(files[0]) && files.iter().all(is_file)).then_some(files)
}

/// Answers each file by a run of the command line; the exit code is the highest.
pub(super) fn answer(files: &[&Path], lang: Lang, run: impl Fn(Vec<OsString>) -> u8) -> u8 {
    let codes = files.iter().map(|file| match command_for(file, lang) {
        Ok((arguments, result)) => {
            let code = run(arguments);
            if result.exists() {
                ui::print(&format!("corridor{}{}", lang.texts().colon, lang.result_in(&result.display().to_string())));
            }
            code
        }
        Err(error) => {
            ui::error(&error, lang);
            super::exit_code::exit_code(&error)
        }
    });
    codes.max().unwrap_or(0)
}

/// The command line that answers a file, and the file that it writes.
fn command_for(file: &Path, lang: Lang) -> Result<(Vec<OsString>, PathBuf)> {
    let options = ReadOptions { prefers_wkt: true, ..ReadOptions::default() };
    let mut rows = io::open(Input::path(file), &options)?;
    let mut has_parcels = None;
    while let (None, Some(batch)) = (has_parcels, rows.next_batch()?) {
        has_parcels = (0..batch.len()).find_map(|row| batch.is_parcel(row));
    }
    let is_workbook = rows.format() == Format::XLSX;
    let (command, option, result) = if has_parcels.unwrap_or(false) {
        ("overlay", "--report", unused_path(file, lang.suffix_of_parcels(), "xlsx"))
    } else {
        ("locate", "-o", unused_path(file, lang.suffix_of_sites(), if is_workbook { "xlsx" } else { "csv" }))
    };
    let mut arguments: Vec<OsString> = ["corridor", command, option].map(OsString::from).to_vec();
    arguments.push(result.clone().into_os_string());
    arguments.push(OsString::from(match lang {
        Lang::En => "--lang=en",
        Lang::Zh => "--lang=zh",
    }));
    if result.extension() == Some(OsStr::new("csv")) {
        arguments.push(OsString::from("--excel"));
    }
    arguments.push(file.as_os_str().to_owned());
    Ok((arguments, result))
}

/// A path next to a file that no file has: `sites-zones.csv`, `sites-zones-2.csv`.
fn unused_path(file: &Path, suffix: &str, ending: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default();
    let named = |number: u32| {
        let mut name = stem.to_owned();
        name.push(format!("-{suffix}"));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        name.push(format!(".{ending}"));
        file.with_file_name(name)
    };
    (1..=u32::MAX).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use crate::cli::command::command;

    #[test]
    fn only_existing_files_are_files_without_a_command() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("点位.csv");
        fs::write(&file, "").unwrap();
        let root = command(Lang::En);
        let count = |arguments: &[&Path]| {
            let all: Vec<OsString> =
                [Path::new("corridor")].iter().chain(arguments).map(|it| it.as_os_str().to_owned()).collect();
            files_alone(&all, &root).map(|files| files.len())
        };
        assert_eq!(count(&[&file]), Some(1));
        assert_eq!(count(&[&file, &file]), Some(2));
        assert_eq!(count(&[]), None);
        assert_eq!(count(&[folder.path()]), None);
        assert_eq!(count(&[Path::new("locate"), &file]), None);
        assert_eq!(count(&[&file, Path::new("-q")]), None);
    }

    #[test]
    fn a_result_never_replaces_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.b.csv");
        assert_eq!(unused_path(&file, "zones", "csv"), folder.path().join("a.b-zones.csv"));
        fs::write(folder.path().join("a.b-zones.csv"), "").unwrap();
        assert_eq!(unused_path(&file, "zones", "csv"), folder.path().join("a.b-zones-2.csv"));
    }
}
