//! What goes wrong around the program: full disks, closed pipes, broken reads, kills, locked doors. The exit code
//! and the message are right, the old output survives, and nothing half-written has the final name.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::io::{self, Format, Input, ReadOptions};
use tempfile::TempDir;

use common::{PROGRAM, SITES, begun, corridor, names, signal, wait_for};

/// As many rows as are no longer held in memory before something is written.
fn many_rows() -> String {
    let mut csv = String::from("n,name,lon,lat\n");
    for n in 0..60_000 {
        csv.push_str(&format!(
            "{n},台州 {n},{},{}\n",
            121.2 + f64::from(n % 300) / 1e3,
            28.55 + f64::from(n % 157) / 1e3
        ));
    }
    csv
}

fn text(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    text(&corridor(folder, arguments).output().unwrap())
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.csv"), SITES).unwrap();
    folder
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[test]
fn a_full_disk_is_told_on_every_stream() {
    let folder = folder();
    symlink("/dev/full", folder.path().join("full.html")).unwrap();
    let landmarks = concat!(env!("CARGO_MANIFEST_DIR"), "/data/landmarks.csv");
    for arguments in [
        &["locate", "sites.csv", "-f", "csv", "-o", "/dev/full"][..],
        &["convert", landmarks, "-f", "geojson", "-o", "/dev/full"],
        &["convert", landmarks, "-f", "xlsx", "-o", "/dev/full"],
        &["convert", landmarks, "-f", "kml", "-o", "/dev/full"],
        &["areas", "-f", "json", "-o", "/dev/full"],
        &["export", "-o", "/dev/full", "-f", "geojson"],
        &["map", "-o", "full.html"],
    ] {
        let (code, said) = run(folder.path(), arguments);
        assert_eq!(code, Some(4), "{arguments:?}: {said}");
        assert!(said.contains(": cannot write it: no space left on device"), "{arguments:?}: {said}");
    }
    for arguments in [&["locate", "sites.csv"][..], &["areas"], &["check"], &["describe"], &["man"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (code, said) = text(&corridor(folder.path(), arguments).stdout(full).output().unwrap());
        assert_eq!(code, Some(4), "{arguments:?}: {said}");
        assert!(said.contains("-: cannot write it: no space left on device"), "{arguments:?}: {said}");
    }
    assert_eq!(names(folder.path()), ["full.html", "sites.csv"]);
}

/// A file may have 64 KiB: the system then refuses writes as it does on a full disk, in the middle of the output.
#[test]
fn a_disk_that_fills_up_leaves_the_old_output_in_every_format() {
    let folder = folder();
    fs::write(folder.path().join("many.csv"), many_rows()).unwrap();
    for format in Format::WRITTEN {
        let place = format!("out.{}", format.ending());
        if format == Format::SURVEY_TXT {
            // It holds polygons.
            continue;
        }
        fs::write(folder.path().join(&place), "old").unwrap();
        let before = names(folder.path());
        let mut limited = Command::new("sh");
        limited
            .args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh", PROGRAM])
            .args(["locate", "many.csv", "-o", &place, "--overwrite", "--columns", "zone"])
            .args(if format == Format::DXF { &["--to-crs", "EPSG:4528"][..] } else { &[] })
            .current_dir(folder.path())
            .env("LC_ALL", "C");
        let (code, said) = text(&limited.output().unwrap());
        assert_eq!(code, Some(4), "{format}: {said}");
        assert!(said.contains("out.") && said.contains(": cannot write it: "), "{format}: {said}");
        assert!(!said.contains("panicked"), "{format}: {said}");
        assert_eq!(fs::read(folder.path().join(&place)).unwrap(), b"old", "{format}");
        assert_eq!(names(folder.path()), before, "{format}: nothing else is left");
        fs::remove_file(folder.path().join(&place)).unwrap();
    }
}

#[test]
fn a_closed_pipe_is_no_failure_in_any_format() {
    let folder = folder();
    fs::write(folder.path().join("many.csv"), many_rows()).unwrap();
    for format in ["csv", "tsv", "geojson", "ndjson", "geojsonseq", "kml", "text"] {
        let arguments = ["locate", "many.csv", "-f", format, "--columns", "zone"];
        let mut child =
            corridor(folder.path(), &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let (code, said) = text(&child.wait_with_output().unwrap());
        assert_eq!((code, said.as_str()), (Some(0), ""), "{format}");
    }
}

/// Standard input that fails behind 4,000 rows: the other end of a pair of sockets resets it.
#[test]
fn a_read_error_in_the_middle_is_told_and_leaves_the_old_output() {
    let folder = folder();
    fs::write(folder.path().join("out.csv"), "old").unwrap();
    let rows = SITES.split_once('\n').unwrap().1.repeat(2_000);
    for (format, start) in [
        ("csv", "code,lon,lat\n".to_owned() + &rows),
        ("geojson", String::from("{\"type\":\"FeatureCollection\",\"features\":[")),
    ] {
        let (mut input, mut peer) = UnixStream::pair().unwrap();
        // What is closed with something unread is reset.
        input.write_all(b"unread").unwrap();
        let child = corridor(folder.path(), &["locate", "-", "--input-format", format, "-o", "out.csv", "--overwrite"])
            .stdin(OwnedFd::from(input))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        peer.write_all(start.as_bytes()).unwrap();
        drop(peer);
        let (code, said) = text(&child.wait_with_output().unwrap());
        assert_eq!(code, Some(3), "{format}: {said}");
        assert!(said.contains("-: cannot read it: connection reset by peer"), "{format}: {said}");
        assert_eq!(fs::read(folder.path().join("out.csv")).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["out.csv", "sites.csv"]);
    }
}

/// A file that opens, and whose first byte cannot be read.
#[test]
fn a_file_that_cannot_be_read_is_told() {
    let folder = folder();
    for format in ["csv", "geojson", "xlsx", "survey-txt", "flatgeobuf", "geoparquet", "kml"] {
        let (code, said) = run(folder.path(), &["convert", "/proc/self/mem", "--input-format", format, "-f", "csv"]);
        assert_eq!(code, Some(3), "{format}: {said}");
        assert!(said.contains("/proc/self/mem: cannot read it: input/output error"), "{format}: {said}");
    }
    let (code, said) = run(folder.path(), &["areas", "--plan", "/proc/self/mem"]);
    assert_eq!(code, Some(3), "{said}");
}

/// Nobody can tidy up behind that: what is left has a name of its own.
#[test]
fn a_kill_leaves_the_old_output_and_no_half_file_under_its_name() {
    for place in ["out.csv", "out.gpkg", "out.fgb"] {
        let folder = folder();
        fs::write(folder.path().join(place), "old").unwrap();
        let (mut child, stdin) = begun(folder.path(), place);
        signal(&child, "-KILL");
        assert_eq!(child.wait().unwrap().code(), None);
        drop(stdin);
        assert_eq!(fs::read(folder.path().join(place)).unwrap(), b"old", "{place}");
        let left = names(folder.path());
        assert!(
            left.iter().all(|name| name == place || name == "sites.csv" || name.starts_with(".corridor-")),
            "{place}: {left:?}"
        );
        // What is left is in nobody's way.
        let (code, said) = run(folder.path(), &["locate", "sites.csv", "-o", place, "--overwrite"]);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn an_interrupt_leaves_nothing_of_any_format() {
    // Those of several files, and those that other software writes.
    for place in ["out.geojson", "out.gpkg", "out.shp", "out.fgb", "out.xlsx", "out.parquet", "out.kmz"] {
        for name in ["-INT", "-TERM"] {
            let folder = folder();
            fs::write(folder.path().join(place), "old").unwrap();
            let (mut child, stdin) = begun(folder.path(), place);
            signal(&child, name);
            assert_eq!(child.wait().unwrap().code(), Some(130), "{place}");
            drop(stdin);
            assert_eq!(fs::read(folder.path().join(place)).unwrap(), b"old", "{place}");
            let mut expected = vec![place.to_owned(), "sites.csv".to_owned()];
            expected.sort();
            assert_eq!(names(folder.path()), expected, "{place} {name}");
        }
    }
}

/// The copy of a database in an archive, which SQLite reads by its name, goes, too. Other files have no name.
#[test]
fn an_interrupt_leaves_nothing_of_an_archive() {
    let folder = folder();
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    fs::write(folder.path().join("many.csv"), many_rows()).unwrap();
    assert_eq!(run(folder.path(), &["-q", "convert", "many.csv", "-o", "many.gpkg"]).0, Some(0));
    zip_of(folder.path(), "many.zip", "many.gpkg", &fs::read(folder.path().join("many.gpkg")).unwrap());
    // Nobody reads its output: it waits for that.
    let mut child = corridor(folder.path(), &["locate", "many.zip", "-f", "csv"])
        .env("TMPDIR", &temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_filled = |name: &String| fs::metadata(temporary.join(name)).is_ok_and(|file| file.len() > 0);
    wait_for("the archive is unpacked", || names(&temporary).iter().any(is_filled));
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(names(&temporary), Vec::<String>::new());
}

fn zip_of(folder: &Path, archive: &str, name: &str, bytes: &[u8]) {
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.join(archive)).unwrap());
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap();
}

/// `/proc` lets nobody make a file, root included.
#[test]
fn a_folder_that_takes_no_files_is_told() {
    let folder = folder();
    for format in ["csv", "gpkg", "shp", "fgb", "xlsx"] {
        let place = format!("/proc/corridor.{format}");
        let (code, said) = run(folder.path(), &["locate", "sites.csv", "-o", &place]);
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains(&format!("{place}: cannot write it: ")), "{said}");
    }
    for arguments in
        [&["map", "-o", "/proc/a.html"][..], &["export", "-o", "/proc/a.pmtiles"], &["areas", "-o", "/proc/a.csv"]]
    {
        assert_eq!(run(folder.path(), arguments).0, Some(4), "{arguments:?}");
    }
}

/// As a user without rights; root becomes nobody for it. None where such a user cannot run the program.
fn as_user(folder: &Path, arguments: &[&str]) -> Option<(Option<i32>, String)> {
    let mut command = corridor(folder, arguments);
    if is_root() {
        command.uid(65_534).gid(65_534);
    }
    match command.output() {
        Ok(output) => Some(text(&output)),
        Err(error) => {
            eprintln!("left out, for {PROGRAM} cannot be run by another user: {error}");
            None
        }
    }
}

#[test]
fn what_one_may_not_read_or_write_is_told() {
    let folder = folder();
    let mode = |place: &str, mode: u32| {
        fs::set_permissions(folder.path().join(place), fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::write(folder.path().join("secret.csv"), SITES).unwrap();
    fs::create_dir(folder.path().join("locked")).unwrap();
    fs::write(folder.path().join("locked/out.csv"), "old").unwrap();
    mode("", 0o755);
    mode("sites.csv", 0o644);
    mode("secret.csv", 0o000);
    mode("locked", 0o555);
    if let Some((code, said)) = as_user(folder.path(), &["locate", "secret.csv"]) {
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("secret.csv: cannot open it: permission denied"), "{said}");
    }
    for arguments in [
        &["locate", "sites.csv", "-o", "locked/new.csv"][..],
        &["locate", "sites.csv", "-o", "locked/out.csv", "--overwrite"],
    ] {
        if let Some((code, said)) = as_user(folder.path(), arguments) {
            assert_eq!(code, Some(4), "{said}");
            assert!(said.contains("cannot write it: permission denied"), "{said}");
        }
    }
    assert_eq!(fs::read(folder.path().join("locked/out.csv")).unwrap(), b"old");
    assert_eq!(names(&folder.path().join("locked")), ["out.csv"]);
    mode("locked", 0o755);
}

#[test]
fn a_folder_or_a_ring_of_links_is_no_input() {
    let folder = folder();
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    fs::create_dir(folder.path().join("folder.shp")).unwrap();
    symlink("b.csv", folder.path().join("a.csv")).unwrap();
    symlink("a.csv", folder.path().join("b.csv")).unwrap();
    symlink("sites.csv", folder.path().join("link.csv")).unwrap();
    for (place, reason) in [
        ("folder.csv", "is a directory"),
        ("folder.shp", "is a directory"),
        ("a.csv", "too many levels of symbolic links"),
        ("sites.csv/", "not a directory"),
    ] {
        let (code, said) = run(folder.path(), &["locate", place]);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(&format!("{place}: cannot open it: {reason}")), "{said}");
        let (code, said) = run(folder.path(), &["areas", "--plan", place]);
        assert_eq!(code, Some(3), "{said}");
    }
    assert_eq!(run(folder.path(), &["locate", "link.csv"]).0, Some(0));
    // An output that is a link: what it leads to is replaced, and the link stays.
    fs::write(folder.path().join("target.csv"), "old").unwrap();
    symlink("target.csv", folder.path().join("out.csv")).unwrap();
    assert_eq!(run(folder.path(), &["locate", "sites.csv", "-o", "out.csv"]).0, Some(4));
    assert_eq!(run(folder.path(), &["locate", "sites.csv", "-o", "out.csv", "--overwrite"]).0, Some(0));
    assert!(fs::symlink_metadata(folder.path().join("out.csv")).unwrap().is_symlink());
    assert!(fs::read_to_string(folder.path().join("target.csv")).unwrap().starts_with("code,"));
}

fn count(place: &Path, rows: usize) -> Result<usize, taizhou_corridor::Error> {
    let mut table = io::open(Input::path(place), &ReadOptions::default())?;
    let mut append = fs::OpenOptions::new().append(true).open(place).unwrap();
    let is_json = table.format() != Format::CSV;
    for n in 0..rows {
        let row = if is_json {
            format!(
                "{{\"type\":\"Feature\",\"properties\":{{\"late\":{n}}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[121.4,28.65]}}}}\n"
            )
        } else {
            format!("{n},121.4,28.65\n")
        };
        append.write_all(row.as_bytes()).unwrap();
    }
    let mut found = 0;
    while let Some(batch) = table.next_batch()? {
        found += batch.len();
    }
    Ok(found)
}

/// Rows that come while a table is read are read, as `tail` would. Where all columns had to be known before, what has
/// others is told.
#[test]
fn a_file_that_grows_while_it_is_read_is_read_whole_or_told() {
    let folder = tempfile::tempdir().unwrap();
    let place: PathBuf = folder.path().join("grows.csv");
    let mut csv = String::from("n,lon,lat\n");
    (0..200_000).for_each(|n| csv.push_str(&format!("{n},121.4,28.65\n")));
    fs::write(&place, csv).unwrap();
    assert_eq!(count(&place, 1000).unwrap(), 201_000);

    let place = folder.path().join("grows.ndjson");
    let feature = "{\"type\":\"Feature\",\"properties\":{\"n\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[121.4,28.65]}}\n";
    fs::write(&place, feature.repeat(20_000)).unwrap();
    let error = count(&place, 10).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ModifiedDuringRead), "{error}");
    assert!(error.to_string().contains("it changed while it was read"), "{error}");
}

/// A file that is cut while it is read is told, too: the real program, between its two readings.
#[test]
fn a_file_that_shrinks_while_it_is_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("cut.geojson");
    let feature = "{\"type\":\"Feature\",\"properties\":{\"n\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[121.4,28.65]}}";
    let all = vec![feature; 50_000].join(",\n");
    fs::write(&place, format!("{{\"type\":\"FeatureCollection\",\"features\":[{all}]}}")).unwrap();
    let mut table = io::open(Input::path(&place), &ReadOptions::default()).unwrap();
    fs::OpenOptions::new().write(true).open(&place).unwrap().set_len(3_000_000).unwrap();
    let error = loop {
        match table.next_batch() {
            Ok(batch) => assert!(batch.is_some(), "it was read to its end"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{error}");
}

#[test]
fn no_folder_for_temporary_files_is_told() {
    let folder = folder();
    // Small files stay in memory.
    zip_of(folder.path(), "small.zip", "sites.csv", SITES.as_bytes());
    let large = SITES.to_owned() + &"台州站,121.36898,28.65590\n".repeat(300_000);
    zip_of(folder.path(), "large.zip", "sites.csv", large.as_bytes());
    let missing = folder.path().join("missing");
    let small = corridor(folder.path(), &["-q", "locate", "small.zip"]).env("TMPDIR", &missing).output().unwrap();
    assert_eq!(small.status.code(), Some(0));
    let before = names(folder.path());
    for arguments in [&["locate", "large.zip", "-o", "out.csv"][..], &["locate", "sites.csv", "-f", "gpkg"]] {
        let (code, said) = text(&corridor(folder.path(), arguments).env("TMPDIR", &missing).output().unwrap());
        assert_eq!(code, Some(4), "{arguments:?}: {said}");
        assert!(said.contains("cannot write it: no such file or directory"), "{arguments:?}: {said}");
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    }
}

#[test]
fn an_input_may_be_the_output() {
    let folder = folder();
    let expected = corridor(folder.path(), &["-q", "convert", "sites.csv", "-f", "csv"]).output().unwrap().stdout;
    for _ in 0..2 {
        let (code, said) = run(folder.path(), &["convert", "sites.csv", "-o", "sites.csv", "--overwrite"]);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(fs::read(folder.path().join("sites.csv")).unwrap(), expected);
    }
    assert_eq!(names(folder.path()), ["sites.csv"]);
}

#[test]
fn of_runs_with_the_same_output_one_is_whole() {
    let folder = folder();
    fs::write(folder.path().join("many.csv"), many_rows()).unwrap();
    let arguments = |out| ["-q", "locate", "many.csv", "--columns", "zone", "-o", out, "--overwrite"];
    assert_eq!(run(folder.path(), &arguments("one.csv")).0, Some(0));
    let mut runs: Vec<_> = (0..4).map(|_| corridor(folder.path(), &arguments("out.csv")).spawn().unwrap()).collect();
    assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()));
    let whole = fs::read(folder.path().join("one.csv")).unwrap();
    assert!(fs::read(folder.path().join("out.csv")).unwrap() == whole);
    assert_eq!(names(folder.path()), ["many.csv", "one.csv", "out.csv", "sites.csv"]);
}

/// What the system is asked for, in its order, where it can be watched: `strace` is not everywhere.
fn steps(folder: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", "steps.txt", PROGRAM]);
    let run = strace.args(arguments).current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null()).output().ok()?;
    let steps = fs::read_to_string(folder.join("steps.txt")).ok()?;
    fs::remove_file(folder.join("steps.txt")).unwrap();
    // Some systems let nothing be watched.
    if !steps.contains("exited with") {
        return None;
    }
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    let is_done = |line: &&str| line.contains("sync(") || line.contains("rename") && !line.contains("= -1");
    Some(steps.lines().filter(is_done).map(str::to_owned).collect())
}

#[test]
fn what_is_replaced_is_on_the_disk_first_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let parcels = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");
    for format in Format::WRITTEN {
        let out = format!("out.{}", format.ending());
        let arguments = ["-q", "convert", parcels, "-o", &out, "--overwrite"];
        let (code, said) = run(folder.path(), &arguments);
        assert_eq!(code, Some(0), "{format}: {said}");
        let Some(steps) = steps(folder.path(), &arguments) else { return };
        let named: Vec<usize> = (0..steps.len()).filter(|&step| steps[step].contains("rename")).collect();
        let synced = |steps: &[String]| steps.iter().filter(|step| step.contains("/.corridor-")).count();
        assert!(!named.is_empty() && synced(&steps[..named[0]]) >= named.len(), "{format}: {steps:#?}");
        let after = &steps[named[named.len() - 1] + 1..];
        assert!(after.len() == 1 && synced(after) == 0, "{format}: {steps:#?}");
    }
}
