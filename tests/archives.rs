//! Compressed inputs: read in place, and never beyond measure.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use taizhou_corridor::Error;
use taizhou_corridor::error::{ErrorKind, ForeignFormat};
use taizhou_corridor::io::{self, Format, Input, ReadOptions, Rows};
use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SITES: &str = "code,lon,lat\n0701,121.36898,28.65590\n0702,121.5,28.5\n";
const SITE: &str =
    r#"{"type":"Feature","properties":{"code":"0701"},"geometry":{"type":"Point","coordinates":[121.4,28.65]}}"#;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/shapefile").join(name)
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packed = GzEncoder::new(vec![], Compression::fast());
    packed.write_all(bytes.as_ref()).unwrap();
    packed.finish().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn open(name: &str, bytes: impl AsRef<[u8]>, layer: Option<&str>) -> Result<Rows, Error> {
    let layer = layer.map(str::to_owned);
    io::open(Input::bytes(name, bytes), &ReadOptions { layer, ..ReadOptions::default() })
}

fn first_cell(mut rows: Rows) -> String {
    rows.next_batch().unwrap().unwrap().row(0).cell(0).unwrap().text().into_owned()
}

#[test]
fn a_stream_of_any_format_is_read() {
    // The ending inside tells, or how it begins; and a stream may be in several pieces.
    let pieces = [gzip(&SITES[..20]), gzip(&SITES[20..])].concat();
    for (name, bytes, format) in [
        ("sites.csv.gz", gzip(SITES), Format::CSV),
        ("sites.CSV.GZ", pieces, Format::CSV),
        ("sites.geojson.gz", gzip(SITE), Format::GEOJSON),
        ("sites.ndjson.gz", gzip(SITE), Format::NDJSON),
        ("sites.xlsx.gz", gzip(fs::read(data("../../cmd/xlsx.in/two_sheets.xlsx")).unwrap()), Format::XLSX),
        ("-", gzip(SITE), Format::GEOJSON),
        ("-", gzip(SITES), Format::CSV),
    ] {
        let layer = (format == Format::XLSX).then_some("甲");
        let rows = open(name, bytes, layer).unwrap();
        assert_eq!(rows.format(), format, "{name}");
        if format != Format::XLSX {
            assert_eq!(first_cell(rows), "0701");
        }
    }
    let plan = Input::bytes("plan.geojson.gz", gzip(PLAN_GEOJSON)).read_all().unwrap();
    assert_eq!(Plan::from_geojson(&plan).unwrap().features().len(), 16);
}

#[test]
fn a_table_in_an_archive_is_read() {
    let junk: &[u8] = b"x";
    let files: &[(&str, &[u8])] = &[
        ("__MACOSX/._sites.csv", junk),
        (".hidden.csv", junk),
        (".git/a.csv", junk),
        ("readme.txt", junk),
        ("data/sites.csv", SITES.as_bytes()),
    ];
    for name in ["sites.zip", "sites.csv.zip", "-"] {
        assert_eq!(first_cell(open(name, zip_of(files), None).unwrap()), "0701", "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sites.zip");
    fs::write(&path, zip_of(files)).unwrap();
    assert_eq!(first_cell(io::open(Input::path(&path), &ReadOptions::default()).unwrap()), "0701");
    // A format that was given holds for a file of whatever ending.
    let options = ReadOptions { format: Some(Format::CSV), ..ReadOptions::default() };
    let other = Input::bytes("a.zip", zip_of(&[("sites.dat", SITES.as_bytes())]));
    assert_eq!(first_cell(io::open(other, &options).unwrap()), "0701");
}

#[test]
fn a_shapefile_in_an_archive_is_read() {
    let rows = io::open(Input::path(data("gbk_names.zip")), &ReadOptions::default()).unwrap();
    assert_eq!(
        (rows.format(), rows.encoding(), rows.schema().fields[2].name.as_str()),
        (Format::SHAPEFILE, "GB18030", "地块名")
    );
    let piped = Input::bytes("-", fs::read(data("gbk_names.zip")).unwrap());
    assert_eq!(first_cell(io::open(piped, &ReadOptions::default()).unwrap()), "0701");

    let part = |name: &str| fs::read(data(name)).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = vec![];
    for name in ["deleted", "edited"] {
        for ending in ["shp", "shx", "dbf", "prj"] {
            files.push((format!("all/{name}.{}", ending.to_uppercase()), part(&format!("{name}.{ending}"))));
        }
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let bytes = zip_of(&files);
    let error = open("two.zip", &bytes, None).err().unwrap();
    assert!(
        matches!(error.kind(), ErrorKind::SeveralLayers { layers, .. } if layers == &["deleted", "edited"]),
        "{error}"
    );
    for layer in ["edited", "edited.SHP", "all/edited.SHP"] {
        let rows = open("two.zip", &bytes, Some(layer)).unwrap();
        assert!(rows.has_layers());
        assert_eq!(first_cell(rows), "first");
    }
    let error = open("two.zip", &bytes, Some("other")).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::UnknownLayer { .. }), "{error}");
    // Without its table.
    let error = open("one.zip", zip_of(&[files[0]]), None).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::MissingPart { part } if part == "deleted.dbf"), "{error}");
}

#[test]
fn workbooks_are_no_archives_and_may_be_in_one() {
    let workbook = fs::read(data("../../cmd/xlsx.in/two_sheets.xlsx")).unwrap();
    for (name, bytes) in [
        ("-", workbook.clone()),
        ("a.xlsx", workbook.clone()),
        ("a.zip", workbook.clone()),
        ("b.zip", zip_of(&[("a.xlsx", &workbook)])),
    ] {
        let error = open(name, &bytes, None).err().unwrap();
        assert!(
            matches!(error.kind(), ErrorKind::SeveralLayers { layers, .. } if layers == &["甲", "乙"]),
            "{name} {error}"
        );
        assert_eq!(open(name, &bytes, Some("甲")).unwrap().format(), Format::XLSX);
    }
}

/// From a pipe, or without an ending, a KMZ is told by the document in it.
#[test]
fn a_kmz_is_told_by_its_document() {
    let kml = "<kml><Placemark><name>甲</name><Point><coordinates>121.4,28.65</coordinates></Point></Placemark></kml>";
    for name in ["-", "a", "a.kmz", "a.csv"] {
        let rows = open(name, zip_of(&[("doc.kml", kml.as_bytes()), ("images/a.png", b"")]), None).unwrap();
        assert_eq!((rows.format(), first_cell(rows).as_str()), (Format::KML, "甲"), "{name}");
    }
}

#[test]
fn what_is_no_archive_is_told() {
    let broken = |name: &str, bytes: &[u8]| {
        let error = open(name, bytes, None).and_then(|mut rows| rows.next_batch().map(drop)).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
        assert_eq!(error.location().file.as_deref(), Some(name));
    };
    broken("a.csv.gz", SITES.as_bytes());
    broken("a.csv.gz", &gzip(SITES)[..30]);
    broken("a.zip", SITES.as_bytes());
    broken("a.zip", &zip_of(&[("sites.csv", SITES.as_bytes())])[..60]);
    let error = open("a.zip", zip_of(&[]), None).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NoTableInArchive), "{error}");
    // An archive in an archive stays closed.
    let nested = zip_of(&[("b.zip", &zip_of(&[("sites.csv", SITES.as_bytes())])), ("c.csv.gz", &gzip(SITES))]);
    let error = open("a.zip", nested, None).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Foreign { format: ForeignFormat::NestedZip, .. }), "{error}");
    let error = io::open(Input::path(data("locked.zip")), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::PasswordProtected), "{error}");
}

#[test]
fn names_in_an_archive_are_no_paths() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    for name in ["../../escaped.csv", "/escaped.csv", "..\\..\\escaped.csv", "C:\\escaped.csv", "./escaped.csv"] {
        fs::write(&path, zip_of(&[(name, SITES.as_bytes())])).unwrap();
        let temporary = folder.path().join("tmp/deep");
        fs::create_dir_all(&temporary).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
        command.args(["convert", "a.zip", "-f", "csv"]).current_dir(folder.path()).env("TMPDIR", &temporary);
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), SITES, "{name}");
        // Nothing is left of it, there or elsewhere.
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

/// Empty lines: more than 256 MiB of them, and far more than 200 times what is packed.
#[test]
fn bombs_are_not_unpacked() {
    let lines = "\n".repeat(1 << 20);
    let repeats = (300 << 20) / lines.len();
    let mut packed = GzEncoder::new(vec![], Compression::best());
    packed.write_all(b"lon,lat\n").unwrap();
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    archive.start_file("bomb.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(b"lon,lat\n").unwrap();
    for _ in 0..repeats {
        packed.write_all(lines.as_bytes()).unwrap();
        archive.write_all(lines.as_bytes()).unwrap();
    }
    let mut archive = archive.finish().unwrap().into_inner();
    let is_bomb = |error: &Error| matches!(error.kind(), ErrorKind::DecompressionBomb { limit_bytes } if *limit_bytes == 256 << 20);
    let error = open("bomb.zip", &archive, None).err().unwrap();
    assert!(is_bomb(&error), "{error}");
    // What the archive says of the size is not believed: neither in the list at its end nor before the file.
    let place = archive.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    archive[place + 24..place + 28].copy_from_slice(&1000_u32.to_le_bytes());
    archive[22..26].copy_from_slice(&1000_u32.to_le_bytes());
    let error = open("bomb.zip", &archive, None).err().unwrap();
    assert!(is_bomb(&error) || matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");

    let mut rows = open("bomb.csv.gz", packed.finish().unwrap(), None).unwrap();
    let error = loop {
        match rows.next_batch() {
            Ok(batch) => assert!(batch.is_some(), "it was read to its end"),
            Err(error) => break error,
        }
    };
    assert!(is_bomb(&error), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_panic(place: prop::sample::Index, byte: u8, end in prop::option::of(any::<prop::sample::Index>())) {
        for (name, bytes) in [("a.zip", fs::read(data("gbk_names.zip")).unwrap()), ("a.csv.gz", gzip(SITES))] {
            let mut bytes = bytes;
            let place = place.index(bytes.len());
            bytes[place] = byte;
            if let Some(end) = end {
                bytes.truncate(end.index(bytes.len()));
            }
            if let Ok(mut rows) = open(name, bytes, None) {
                while let Ok(Some(_)) = rows.next_batch() {}
            }
        }
    }
}
