//! The reference pages of the manual have every option, column, code, format and property that there is.
//!
//! `REFERENCE=overwrite cargo test --test reference` renews them: the options wholly; in a table that follows
//! `<!-- table: NAME -->` the first columns. What stands in the other columns is written by hand and kept; a row that is
//! new has `TODO` there, which fails until it is written.

#[path = "../common/mod.rs"]
mod common;
mod help;
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 2] = ["en", "zh"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page of a manual, or a folder of it.
fn page(language: &str, name: &str) -> PathBuf {
    root().join("docs").join(language).join("src").join(name)
}

/// What the program prints.
fn printed(arguments: &[&str]) -> String {
    let output = common::corridor(root(), arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Compares a page with what it should be, or renews it.
fn check_text(path: &Path, renewed: &str) {
    let now = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    if std::env::var("REFERENCE").is_ok_and(|what| what == "overwrite") {
        fs::write(path, renewed).unwrap();
    } else if let Some((now, renewed)) = now.lines().zip(renewed.lines()).find(|(now, renewed)| now != renewed) {
        panic!("{}: renew it by REFERENCE=overwrite\n  now    {now}\n  should {renewed}", path.display());
    } else {
        assert!(now == renewed, "{}: renew it by REFERENCE=overwrite; it is too long or too short", path.display());
    }
}

/// The long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    let is_start =
        |start: usize| text[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !"-!".contains(c));
    let name = |start: usize| -> String {
        let name = text[start..].chars().take_while(|&c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        name.collect::<String>().trim_end_matches('-').to_owned()
    };
    let starts = text.match_indices("--").map(|(start, _)| start).filter(|&start| is_start(start));
    starts.map(name).filter(|name| name.len() > 3).collect()
}
