//! The real binary in a folder: what several tests do with it.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_corridor");
pub const SITES: &str = "code,lon,lat\n0701,121.36898,28.65590\n0702,121.5,28.5\n";

/// The binary in a folder, in English, with nothing to read.
pub fn corridor(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// What the binary does in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    corridor(folder, arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Waits until something is so.
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A run that has begun its output and waits for more input.
pub fn begun(folder: &Path, place: &str) -> (Child, ChildStdin) {
    let before = names(folder).len();
    let mut child = corridor(folder, &["locate", "-", "-o", place, "--overwrite", "--input-format", "csv"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"id,lon,lat\n").unwrap();
    // More than is looked at before the output is begun.
    stdin.write_all("1,121.4,28.65\n".repeat(200_000).as_bytes()).unwrap();
    wait_for("the output is begun", || names(folder).len() > before);
    (child, stdin)
}

/// Sends a signal, such as `-INT`.
pub fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}
