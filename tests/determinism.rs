//! The same input gives the same bytes, however many threads work on it, and whenever.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use taizhou_corridor::io::Format;

/// Ways to have other numbers of threads: those of the reader of GeoJSON, and, where `taskset` is there, a single core
/// for all.
fn machines() -> Vec<(&'static [&'static str], &'static str)> {
    let mut machines: Vec<(&[&str], &str)> = vec![(&[], "1"), (&[], "2"), (&[], "7")];
    let has_taskset = Command::new("taskset").args(["-c", "0", "true"]).stderr(Stdio::null()).status();
    if has_taskset.is_ok_and(|status| status.success()) {
        machines.push((&["taskset", "-c", "0"], "1"));
    } else {
        eprintln!("left out, for there is no taskset: a single core");
    }
    machines
}

/// The bytes that a command writes to `out.ENDING`, on each of the machines.
fn same_everywhere(folder: &Path, arguments: &[&str], out: &str) {
    let mut first: Option<Vec<u8>> = None;
    for (prefix, threads) in machines() {
        let words = [prefix, &[env!("CARGO_BIN_EXE_corridor"), "-q"], arguments, &["-o", out, "--overwrite"]].concat();
        let output = Command::new(words[0])
            .args(&words[1..])
            .current_dir(folder)
            .env("RAYON_NUM_THREADS", threads)
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        // Some of the rows are wrong on purpose.
        assert!(matches!(output.status.code(), Some(0 | 1)), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let bytes = fs::read(folder.join(out)).unwrap();
        match &first {
            None => first = Some(bytes),
            Some(first) => assert!(*first == bytes, "{words:?} with {threads} threads: other bytes"),
        }
    }
}

/// Sites in several blocks, with quotes, another column now and then, and rows that are wrong.
fn sites(rows: u32) -> String {
    let mut csv = String::from("n,name,lon,lat\n");
    for n in 0..rows {
        let name = if n % 97 == 0 { "\"quoted, \"\"so\"\"\"" } else { "台州" };
        let lat = if n % 1009 == 0 { "x".to_owned() } else { (28.55 + f64::from(n % 157) / 1e3).to_string() };
        csv.push_str(&format!("{n},{name},{},{lat}\n", 121.2 + f64::from(n % 300) / 1e3));
    }
    csv
}

#[test]
fn locate_writes_the_same_bytes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.csv"), sites(20_000)).unwrap();
    for format in Format::WRITTEN {
        if format == Format::SURVEY_TXT {
            // It holds polygons.
            continue;
        }
        let systems: &[&str] = if format == Format::DXF { &["--to-crs", "EPSG:4528"] } else { &[] };
        let out = format!("out.{}", format.ending());
        same_everywhere(folder.path(), &[&["locate", "sites.csv"], systems].concat(), &out);
    }
    for input in ["out.geojson", "out.parquet", "out.gpkg", "out.fgb", "out.shp", "out.kml"] {
        same_everywhere(folder.path(), &["locate", input, "--columns", "zone,certainty"], "again.csv");
    }
}

#[test]
fn overlay_writes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    // Many parcels in many blocks: the sample, again and again.
    let sample: serde_json::Value = serde_json::from_str(
        &fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson")).unwrap(),
    )
    .unwrap();
    let line = |feature: &serde_json::Value| format!("{feature}\n");
    let lines: String = sample["features"].as_array().unwrap().iter().map(line).collect();
    fs::write(folder.path().join("parcels.ndjson"), lines.repeat(100)).unwrap();
    for (arguments, out) in [
        (&["overlay", "parcels.ndjson"][..], "out.csv"),
        (&["overlay", "parcels.ndjson", "--wide"], "out.geojson"),
        (&["overlay", "parcels.ndjson", "--pieces"], "out.gpkg"),
        (&["overlay", "parcels.ndjson", "--sum-by", "用途"], "sums.json"),
    ] {
        same_everywhere(folder.path(), arguments, out);
    }
    for report in ["report.xlsx", "report.docx", "report.html", "report.md"] {
        // The report is what is compared; the rows go along.
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson");
        let mut first: Option<Vec<u8>> = None;
        for (prefix, threads) in machines() {
            let program = env!("CARGO_BIN_EXE_corridor");
            let words = [prefix, &[program, "-q", "overlay", sample, "--report", report, "--overwrite"]].concat();
            let status = Command::new(words[0])
                .args(&words[1..])
                .current_dir(folder.path())
                .env("RAYON_NUM_THREADS", threads)
                .status()
                .unwrap();
            assert!(status.success(), "{words:?}");
            let bytes = fs::read(folder.path().join(report)).unwrap();
            assert!(first.get_or_insert_with(|| bytes.clone()) == &bytes, "{report} with {threads} threads");
        }
    }
}

#[test]
fn convert_writes_the_same_bytes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let parcels = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson");
    let of_all_formats = || -> Vec<Vec<u8>> {
        let bytes_of = |format: &Format| {
            let is_of_plane = [Format::SURVEY_TXT, Format::DXF].contains(format);
            let systems: &[&str] = if is_of_plane { &["--to-crs", "EPSG:4528"] } else { &[] };
            let out = format!("out.{}", format.ending());
            same_everywhere(folder.path(), &[&["convert", parcels], systems].concat(), &out);
            fs::read(folder.path().join(&out)).unwrap()
        };
        Format::WRITTEN.iter().map(bytes_of).collect()
    };
    let first = of_all_formats();
    // The clock goes on: no file says when it was made.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    for ((format, first), later) in Format::WRITTEN.iter().zip(first).zip(of_all_formats()) {
        assert!(first == later, "{format}: other bytes later");
    }
    for out in ["plan.geojson", "plan.topojson", "plan.pmtiles", "plan.kmz", "plan.gpkg"] {
        same_everywhere(folder.path(), &["export"], out);
    }
    same_everywhere(folder.path(), &["export", "--style"], "styled.pmtiles");
    for out in ["plan.html", "plan.svg"] {
        same_everywhere(folder.path(), &["map"], out);
    }
}

/// What programs read is the same for people of either language.
#[test]
fn no_language_changes_what_programs_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.csv"), sites(2_000)).unwrap();
    let parcels = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson");
    for arguments in [
        &["locate", "sites.csv", "-f", "csv"][..],
        &["locate", "sites.csv", "-f", "geojson"],
        &["nearest", "sites.csv", "-f", "csv"],
        &["overlay", parcels, "-f", "csv"],
        &["overlay", parcels, "--sum-by", "用途", "-f", "csv"],
        &["areas", "-f", "json"],
        &["check", "-f", "json"],
        &["export", "-f", "geojson"],
    ] {
        let [en, zh] = ["en", "zh"].map(|lang| {
            let words = [&["-q", "--lang", lang], arguments].concat();
            common::corridor(folder.path(), &words).output().unwrap().stdout
        });
        assert!(!en.is_empty() && en == zh, "{arguments:?}");
    }
}
