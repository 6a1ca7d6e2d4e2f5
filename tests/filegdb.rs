//! File geodatabases: those of other software are read as GDAL reads them, from a folder and from an archive.
//!
//! How the files were made is in `tests/data/filegdb/README.md`.

mod common;

use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use taizhou_corridor::Error;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{ErrorKind, FileKind, Unsupported};
use taizhou_corridor::io::{self, Format, Input, Output, ReadNote, ReadOptions, Rows, WriteOptions};
use taizhou_corridor::table::{AnswerTable, GeometrySource, Kind};
use tempfile::TempDir;
use zip::ZipArchive;

const PLAN: &str = "tests/data/filegdb/plan.gdb.zip";

/// The members of an archive.
fn members(archive: &str) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(archive).unwrap()).unwrap();
    let mut members = vec![];
    for number in 0..archive.len() {
        let mut member = archive.by_index(number).unwrap();
        let mut bytes = vec![];
        member.read_to_end(&mut bytes).unwrap();
        if !member.is_dir() {
            members.push((member.name().unwrap().into_owned(), bytes));
        }
    }
    members
}

/// Extracts an archive; returns the folder and the path of the geodatabase in it.
fn extracted(archive: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let mut found = None;
    for (name, bytes) in members(archive) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        found = path.parent().map(Path::to_owned);
    }
    (folder, found.unwrap())
}

fn of_layer(layer: &str) -> ReadOptions {
    ReadOptions { layer: Some(layer.to_owned()), ..ReadOptions::default() }
}

/// Rows as lines of CSV, in their own system.
fn lines(rows: Rows) -> Result<Vec<String>, Error> {
    let (output, written) = Output::memory("out");
    let options = WriteOptions { source_crs: rows.crs(), is_in_source_crs: true, ..WriteOptions::new(Format::CSV) };
    let mut rows = rows.in_source_crs();
    let mut writer = io::create(output, rows.schema(), &[], &options)?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    writer.finish()?;
    Ok(String::from_utf8(written.into_bytes()).unwrap().lines().map(str::to_owned).collect())
}

const PARCELS: [&str; 7] = [
    "id,地块编号,small,large,single,area,surveyed,day,at,bytes,note,wkt",
    "1,331002000,1,9007199254740993,0.1,5000.0,2022-11-14T17:30:00+08:00,2022-11-14,09:30:00,00ff,\"水田,\"\"一\"\"",
    "二\",\"POLYGON((633800 3171800,633800 3171850,633900 3171850,633900 3171800,633800 3171800))\"",
    "2,331002001,-32768,-9007199254740993,-1e+30,6400.000000001,1898-01-02T07:59:59+08:00,1899-12-29,23:59:59,,,\
     \"POLYGON((634000 3171800,634000 3171900,634100 3171900,634100 3171800,634000 3171800),(634020 3171820,\
     634080 3171820,634080 3171880,634020 3171880,634020 3171820))\"",
    "3,331002002,32767,0,0.0,1e-300,,,,,,\"MULTIPOLYGON(((634200 3171800,634200 3171850,634250 3171850,634250 3171800,\
     634200 3171800)),((634300 3171800,634300 3171850,634350 3171850,634350 3171800,634300 3171800),(634310 3171810,\
     634330 3171810,634330 3171830,634310 3171830,634310 3171810)))\"",
    "4,331002003,,,,,,,,,,",
    "5,331002004,0,7,2.0,100.0,2024-02-29T08:00:00+08:00,2024-02-29,00:00:00,636f727269646f72,𠀀,\
     \"POLYGON((634400 3171800,634400 3171810,634410 3171810,634410 3171800,634400 3171800))\"",
];

#[test]
fn a_layer_is_read_from_a_folder_an_archive_and_memory() {
    let (_folder, path) = extracted(PLAN);
    let files = members(PLAN).into_iter().map(|(name, bytes)| (name.rsplit_once('/').unwrap().1.to_owned(), bytes));
    for input in [
        Input::path(&path),
        Input::path(path.join("a00000001.gdbtable")),
        Input::path(PLAN),
        Input::bytes("plan.gdb.zip", fs::read(PLAN).unwrap()),
        Input::files("a00000001.gdbtable", files),
    ] {
        let rows = io::open(input, &of_layer("地块")).unwrap();
        assert_eq!((rows.format(), rows.crs()), (Format::FILEGDB, Crs::Epsg(4549)));
        let kinds: Vec<Kind> = rows.schema().fields.iter().map(|field| field.kind).collect();
        use Kind::*;
        assert_eq!(kinds, [Text, Integer, Integer, Real, Real, DateTime, Date, Text, Text, Text]);
        assert_eq!((rows.schema().ids, rows.schema().geometry_source), (Some(Integer), GeometrySource::Shapes));
        assert_eq!(lines(rows).unwrap(), PARCELS);
    }
}

#[test]
fn every_kind_of_layer_is_read() {
    let read = |layer: &str| lines(io::open(Input::path(PLAN), &of_layer(layer)).unwrap()).unwrap();
    // The third row is deleted.
    let roads = [
        "id,name,class,wkt",
        "1,G15,2,\"LINESTRING(633800 3171800,633810.5 3171803)\"",
        "2,支路,9,\"MULTILINESTRING((633800 3171800,633801 3171800),(633805 3171800,633806 3171801))\"",
        "4,last,1,\"LINESTRING(633800 3171800,633801 3171801)\"",
    ];
    assert_eq!(read("roads"), roads);
    let sites = [
        "id,name,day,lon,lat",
        "1,台州站,2022-11-14T09:30:00Z,121.36897999999997,28.655899999999974",
        "2,none,,,",
        "3,c,1970-01-01T00:00:00Z,121.41999999999996,28.649999999999977",
    ];
    assert_eq!(read("sites"), sites);
    let mut sites = io::open(Input::path(PLAN), &of_layer("sites")).unwrap();
    assert_eq!(
        (sites.crs().to_string().as_str(), sites.schema().geometry_source),
        ("EPSG:4490", GeometrySource::Points)
    );
    assert!(sites.next_batch().unwrap().unwrap().has_heights());
    assert_eq!(
        read("stops")[1],
        "1,a,\"MULTIPOINT((121.39999999999998 28.600000000000023),(121.5 28.69999999999999))\""
    );
    assert_eq!(read("table_"), ["id,name,lon,lat", "1,台州站,121.36898,28.6559", "2,x,,28.7"]);
}

#[test]
fn of_several_layers_one_is_named() {
    let open = |options: &ReadOptions| io::open(Input::path(PLAN), options).err().unwrap();
    let error = open(&ReadOptions::default());
    let all = ["地块", "roads", "sites", "stops"];
    assert!(matches!(error.kind(), ErrorKind::SeveralLayers { layers, .. } if *layers == all), "{error}");
    let error = open(&of_layer("Roads"));
    assert!(matches!(error.kind(), ErrorKind::UnknownLayer { layers, .. } if layers.len() == 5), "{error}");
}

#[test]
fn aliases_and_domains_are_used_if_they_are_wanted() {
    let options = ReadOptions { uses_aliases: true, decodes_domains: true, ..of_layer("roads") };
    let rows = io::open(Input::path(PLAN), &options).unwrap();
    assert_eq!(rows.schema().fields[1].kind, Kind::Text);
    let lines = lines(rows).unwrap();
    assert_eq!(lines[0], "id,name,道路等级,wkt");
    let classes: Vec<&str> = lines[1..].iter().map(|line| line.split(',').nth(2).unwrap()).collect();
    // A code that the domain does not have stays.
    assert_eq!(classes, ["次干路", "9", "主干路"]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("sites.csv"), common::SITES).unwrap();
    for option in [&["--field-names", "alias"][..], &["--domains"]] {
        let arguments = [&["convert", "sites.csv"], option].concat();
        assert_eq!(common::corridor(folder.path(), &arguments).output().unwrap().status.code(), Some(2));
    }
}

/// What pyogrio 0.13 (GDAL 3.12) reads is in the files of the same names.
#[test]
fn geodatabases_of_arcgis_are_read_as_gdal_reads_them() {
    for name in ["rings", "points"] {
        let rows =
            io::open(Input::path(format!("tests/data/filegdb/{name}.gdb.zip")), &ReadOptions::default()).unwrap();
        assert_eq!(rows.crs(), Crs::Crs84);
        let expected = fs::read_to_string(format!("tests/data/filegdb/{name}.csv")).unwrap();
        assert_eq!(lines(rows).unwrap(), expected.lines().collect::<Vec<&str>>(), "{name}");
    }
}

/// A code means what the domain of the subtype of its row says; the subtype comes after it in the row.
#[test]
fn domains_depend_on_the_subtype_of_the_row() {
    let read = |decodes_domains: bool| {
        let options = ReadOptions { decodes_domains, ..ReadOptions::default() };
        lines(io::open(Input::path("tests/data/filegdb/subtypes.gdb.zip"), &options).unwrap()).unwrap()
    };
    let codes: Vec<String> =
        read(false).into_iter().map(|line| line.rsplitn(3, ',').nth(2).unwrap().to_owned()).collect();
    assert_eq!(codes, ["id,等级,权属,类", "1,1,G,1", "2,1,J,2", "3,2,X,2", "4,7,,1", "5,1,G,3", "6,,J,"]);
    let names: Vec<String> =
        read(true).into_iter().map(|line| line.rsplitn(3, ',').nth(2).unwrap().to_owned()).collect();
    let expected = [
        "id,等级,权属,类",
        "1,一等,国有,耕地",
        "2,高,集体,建设用地",
        "3,低,X,建设用地",
        "4,7,,耕地",
        "5,1,国有,3",
        "6,,集体,",
    ];
    assert_eq!(names, expected);
}

/// Rows without their index are read in the order of the file, if that is certain; ids are not known.
#[test]
fn a_missing_index_of_rows_is_no_guess() {
    let without = |index: &str, layer: &str| {
        let bytes = changed(|name, bytes| (name != index).then_some(bytes));
        io::open(Input::bytes("plan.zip", bytes), &of_layer(layer))
    };
    let rows = without("a00000009.gdbtablx", "地块").unwrap();
    assert_eq!((rows.notes(), rows.schema().ids), (vec![ReadNote::NoRowIndex], None));
    let read = lines(rows).unwrap();
    assert_eq!(read[0], PARCELS[0].trim_start_matches("id,"));
    assert_eq!(read.len(), PARCELS.len());
    for (line, with_id) in read.iter().zip(PARCELS).skip(1) {
        assert!(*line == with_id || with_id.ends_with(&format!(",{line}")), "{line}");
    }
    // After the definition of its fields had grown, it was moved, and nothing says how long the gap is.
    assert!(without("a0000000a.gdbtablx", "roads").is_err());
    // The ids of the rows are the numbers of the tables.
    assert!(without("a00000001.gdbtablx", "地块").is_err());
}

#[test]
fn the_layers_of_every_container_are_listed() {
    let (folder, path) = extracted(PLAN);
    let run = |arguments: &[&str]| common::corridor(folder.path(), arguments).output().unwrap();
    let listed = run(&["layers", path.to_str().unwrap(), "-f", "csv"]);
    assert_eq!(listed.status.code(), Some(0), "{}", String::from_utf8_lossy(&listed.stderr));
    let expected = "layer,rows,geometry,system,fields,hidden,problem\n\
                    地块,5,\"MultiPolygon,Polygon\",EPSG:4549,\"地块编号,small,large,single,area,surveyed,day,at,bytes,note\",false,\n\
                    roads,3,\"LineString,MultiLineString\",EPSG:4549,\"name,class\",false,\n\
                    sites,3,Point,EPSG:4490,\"name,day\",false,\n\
                    stops,1,MultiPoint,EPSG:4490,name,false,\n\
                    table_,2,Point,OGC:CRS84,\"name,lon,lat\",false,\n";
    assert_eq!(String::from_utf8(listed.stdout).unwrap(), expected);
    fs::write(folder.path().join("sites.csv"), common::SITES).unwrap();
    let json = String::from_utf8(run(&["layers", "sites.csv", "-f", "json"]).stdout).unwrap();
    assert!(json.starts_with("[\n{\"layer\":\"sites\",\"rows\":2,\"geometry\":\"Point\","), "{json}");
    run(&["convert", "sites.csv", "-o", "sites.xlsx"]);
    let text = String::from_utf8(run(&["--lang", "zh", "layers", "sites.xlsx"]).stdout).unwrap();
    assert!(text.starts_with("图层") && text.lines().count() == 3, "{text}");
    fs::write(folder.path().join("plain.csv"), "a,b\n1,2\n").unwrap();
    let plain = String::from_utf8(run(&["layers", "plain.csv", "-f", "csv"]).stdout).unwrap();
    assert!(plain.ends_with("\nplain,1,,,\"a,b\",false,\n"), "{plain}");
    // Tables without coordinates are listed with their rows.
    fs::copy("tests/data/filegdb/subtypes.gdb.zip", folder.path().join("subtypes.gdb.zip")).unwrap();
    let tables = String::from_utf8(run(&["layers", "subtypes.gdb.zip", "-f", "csv"]).stdout).unwrap();
    assert!(tables.ends_with("\n地类表,2,,,\"编码,名称\",false,\n"), "{tables}");
    // A layer that cannot be read is listed with its problem.
    fs::remove_file(path.join("a0000000a.gdbtablx")).unwrap();
    let listed = run(&["layers", path.to_str().unwrap(), "-f", "csv"]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(String::from_utf8(listed.stdout).unwrap().contains("\nroads,,,,,false,malformed\n"));
    assert_eq!(run(&["layers", "none.gpkg"]).status.code(), Some(3));
}

/// Writes an archive of a geodatabase with changed files: a file is left out if the change returns nothing.
fn changed(change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    let mut archive = zip::ZipWriter::new(&mut bytes);
    for (name, bytes) in members(PLAN) {
        let Some(bytes) = change(name.rsplit_once('/').unwrap().1, bytes) else { continue };
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
    bytes.into_inner()
}

#[test]
fn what_is_missing_or_damaged_is_named() {
    let read = |bytes: Vec<u8>| lines(io::open(Input::bytes("plan.zip", bytes), &of_layer("roads"))?);
    let roads = "a0000000a.gdbtable";
    let error = read(changed(|name, bytes| (name != "a0000000a.gdbtablx").then_some(bytes))).unwrap_err();
    let is_malformed =
        |error: &Error| matches!(error.kind(), ErrorKind::Malformed { kind: FileKind::FileGeodatabase, .. });
    assert!(is_malformed(&error) && error.to_string().contains("a0000000a.gdbtablx"), "{error}");
    let error =
        read(changed(|name, bytes| Some(if name == roads { bytes[..90].to_vec() } else { bytes }))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{error}");
    let version = |name: &str, mut bytes: Vec<u8>| {
        if name == roads {
            bytes[0] = 9;
        }
        Some(bytes)
    };
    assert!(is_malformed(&read(changed(version)).unwrap_err()));
    let mut with_cdf = changed(|_, bytes| Some(bytes));
    let mut archive = zip::ZipWriter::new_append(Cursor::new(&mut with_cdf)).unwrap();
    archive.start_file("plan.gdb/a0000000a.cdf", zip::write::SimpleFileOptions::default()).unwrap();
    archive.finish().unwrap();
    let error = read(with_cdf).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Unsupported(Unsupported::CompressedLayer(name)) if name == "roads"),
        "{error}"
    );
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("empty.gdb");
    fs::create_dir(&empty).unwrap();
    let error = io::open(Input::path(&empty), &ReadOptions::default()).err().unwrap();
    assert!(is_malformed(&error), "{error}");
    let error = io::open(Input::path(folder.path()), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Open(_)), "{error}");
    let error = io::open(Input::bytes("a00000001.gdbtable", [3, 0]), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NeedsPath { .. }), "{error}");
}

/// Bytes of the tables are damaged in turn: rows or an error, never a panic.
#[test]
fn damaged_tables_do_not_panic() {
    let files: Vec<(String, Vec<u8>)> =
        members(PLAN).into_iter().map(|(name, bytes)| (name.rsplit_once('/').unwrap().1.to_owned(), bytes)).collect();
    for damaged in ["a00000001.gdbtable", "a00000009.gdbtable", "a00000009.gdbtablx", "a0000000a.gdbtable"] {
        let place = files.iter().position(|(name, _)| name == damaged).unwrap();
        let length = files[place].1.len();
        for (index, value) in (0..length).step_by((length / 60).max(1)).zip([0xff, 0x80, 0x01].into_iter().cycle()) {
            let mut files = files.clone();
            files[place].1[index] ^= value;
            for layer in ["地块", "roads"] {
                let input = Input::files("a00000001.gdbtable", files.clone());
                let _ = io::open(input, &of_layer(layer)).and_then(lines);
            }
        }
    }
}

#[test]
fn geodatabases_are_answered_and_not_written() {
    let (folder, path) = extracted(PLAN);
    let run = |arguments: &[&str]| common::corridor(folder.path(), arguments).output().unwrap();
    let path = path.to_str().unwrap();
    let overlay = run(&["overlay", path, "--layer", "地块", "-f", "csv"]);
    let text = String::from_utf8(overlay.stdout).unwrap();
    assert!(text.starts_with("id,地块编号") && text.lines().count() >= 6, "{text}");
    assert_eq!(overlay.status.code(), Some(1));
    // The format of the input cannot be that of the output.
    let converted = run(&["convert", path, "--layer", "roads"]);
    assert!(String::from_utf8(converted.stdout).unwrap().starts_with("id,name,class,wkt\n"));
    let refused = run(&["convert", path, "--layer", "roads", "-o", "new.gdb"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("filegdb is read, and not written"));
}
