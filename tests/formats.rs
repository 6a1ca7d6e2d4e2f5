//! Every format, in every system that it holds, encoding included: what is converted there and back is the
//! same, and its sites are in the same zones.

mod common;

use std::path::Path;
use std::process::Output;

use taizhou_corridor::crs::Crs;
use taizhou_corridor::io::Format;

fn corridor(folder: &Path, arguments: &[&str]) -> Output {
    let output = common::corridor(folder, &[&["-q"], arguments].concat()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

const LANDMARKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/landmarks.csv");
const PARCELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson");
const SYSTEMS: [&str; 6] = ["WGS84", "CGCS2000", "GCJ02", "BD09", "EPSG:4528", "EPSG:4549"];

/// The formats that can be written in a system, and whether a file says which one it is.
fn holders(system: &str) -> Vec<(Format, bool)> {
    let crs: Crs = system.parse().unwrap();
    let is_zone = matches!(crs, Crs::Epsg(_));
    Format::WRITTEN
        .into_iter()
        .filter(|&format| {
            if [Format::SURVEY_TXT, Format::DXF].contains(&format) {
                is_zone
            } else if format == Format::KML {
                crs.coincides(&Crs::Crs84)
            } else {
                !format.is_lon_lat_only() || !is_zone
            }
        })
        .map(|format| {
            let states_none = [Format::CSV, Format::TSV, Format::XLSX, Format::DXF].contains(&format);
            (format, !states_none && !format.is_lon_lat_only())
        })
        .collect()
}

/// The columns that a command adds, of a table as CSV.
fn columns(csv: &[u8], names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = names
        .iter()
        .map(|name| {
            header.iter().enumerate().filter(|(_, column)| column == name).map(|(place, _)| place).last().unwrap()
        })
        .collect();
    reader
        .records()
        .map(|record| places.iter().map(|&place| record.as_ref().unwrap()[place].to_owned()).collect())
        .collect()
}

#[test]
fn sites_are_in_the_same_zones_from_every_format_and_system() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["position", "zone", "path", "nearest_zone", "certainty"];
    let expected = columns(&corridor(folder.path(), &["locate", LANDMARKS]).stdout, &names);
    assert_eq!(expected.len(), 32);
    let mut tried = 0;
    for system in SYSTEMS {
        for (format, is_declared) in holders(system) {
            let file = format!("{}.{}", system.replace(':', "_"), format.ending());
            corridor(folder.path(), &["convert", LANDMARKS, "--to-crs", system, "-o", &file]);
            let mut arguments = vec!["locate", &file, "-f", "csv"];
            if !is_declared {
                arguments.extend(["--crs", system]);
            }
            let mut found = columns(&corridor(folder.path(), &arguments).stdout, &names);
            // A FlatGeobuf file has its features in the order of its index.
            let mut expected = expected.clone();
            if format == Format::FLATGEOBUF {
                found.sort();
                expected.sort();
            }
            assert_eq!(found, expected, "{file}");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

#[test]
fn every_format_tells_its_system_where_it_can() {
    let folder = tempfile::tempdir().unwrap();
    for system in SYSTEMS {
        for (format, _) in holders(system).into_iter().filter(|(_, is_declared)| *is_declared) {
            let file = format!("{}.{}", system.replace(':', "_"), format.ending());
            corridor(folder.path(), &["convert", LANDMARKS, "--to-crs", system, "-o", &file]);
            // Another system than the one that is declared is refused.
            let other = if system == "EPSG:4528" || system == "EPSG:4549" { "EPSG:4550" } else { "EPSG:3857" };
            let refused =
                common::corridor(folder.path(), &["convert", &file, "--crs", other, "-f", "csv"]).output().unwrap();
            let message = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(3), "{file}: {message}");
            assert!(message.contains("declares") && message.contains(other), "{file}: {message}");
        }
    }
}

#[test]
fn parcels_keep_their_shape_and_their_attributes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["编号", "名称", "用途", "地类编码"];
    let sorted = |mut rows: Vec<Vec<String>>| {
        rows.sort();
        rows
    };
    let original = corridor(folder.path(), &["overlay", PARCELS, "-f", "csv"]).stdout;
    let areas = |csv: &[u8]| -> Vec<(String, String, f64)> {
        let mut rows: Vec<(String, String, f64)> = columns(csv, &["编号", "zone", "area_m2"])
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone(), row[2].parse().unwrap()))
            .collect();
        rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        rows
    };
    for system in ["CGCS2000", "EPSG:4528"] {
        for (format, is_declared) in holders(system) {
            let file = format!("{}.{}", system.replace(':', "_"), format.ending());
            // Names of columns have ten bytes in a shapefile, and Chinese is shorter in GBK.
            let encoding: &[&str] = if format == Format::SHAPEFILE { &["--encoding", "gbk"] } else { &[] };
            corridor(folder.path(), &[&["convert", PARCELS, "--to-crs", system, "-o", &file], encoding].concat());
            let system_of_file: &[&str] = if is_declared { &[] } else { &["--crs", system] };
            let back = corridor(folder.path(), &[&["convert", &file, "-f", "csv"], system_of_file].concat()).stdout;
            let original_rows = columns(&corridor(folder.path(), &["convert", PARCELS, "-f", "csv"]).stdout, &names);
            assert_eq!(sorted(columns(&back, &names)), sorted(original_rows), "{file}");
            let found = corridor(folder.path(), &[&["overlay", &file, "-f", "csv"], system_of_file].concat()).stdout;
            let (found, expected) = (areas(&found), areas(&original));
            assert_eq!(found.len(), expected.len(), "{file}");
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!((&found.0, &found.1), (&expected.0, &expected.1), "{file}");
                // Corners that are rounded to a millimetre move an edge of 400 m by 0.4 m² at most.
                assert!((found.2 - expected.2).abs() < 1.0, "{file}: {found:?} {expected:?}");
            }
        }
    }
}

/// A table that goes through a format with geometries into another system has the new coordinates, and no
/// others that could be taken for them.
#[test]
fn coordinates_do_not_go_stale() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| corridor(folder.path(), arguments).stdout;
    for format in [Format::GEOPACKAGE, Format::SHAPEFILE, Format::FLATGEOBUF, Format::GEOJSON] {
        let (shifted, plain) = (format!("shifted.{}", format.ending()), format!("plain.{}", format.ending()));
        run(&["convert", LANDMARKS, "--to-crs", "GCJ02", "-o", &shifted, "--overwrite"]);
        run(&["convert", LANDMARKS, "-o", &plain, "--overwrite"]);
        for (file, crs) in [(&shifted, "GCJ02"), (&plain, "WGS84")] {
            run(&["convert", file, "--crs", crs, "--to-crs", "GCJ02", "-f", "csv", "-o", "back.csv", "--overwrite"]);
            // The table's own columns, which are in the old system, stay; the new ones have to be named.
            let is_own = file == &plain;
            let lon = if is_own { "lon_2" } else { "lon" };
            let back = ["convert", "back.csv", "--crs", "GCJ02", "--to-crs", "WGS84", "-f", "csv"];
            let named = if is_own { &["--lon-field", "lon_2", "--lat-field", "lat_2"][..] } else { &[] };
            let table = run(&[&back, named].concat());
            let mut found: Vec<(String, f64)> = columns(&table, &["name", lon])
                .into_iter()
                .map(|row| (row[0].clone(), row[1].parse().unwrap()))
                .collect();
            found.sort_by(|a, b| a.0.cmp(&b.0));
            let station = found.iter().find(|(name, _)| name == "台州站").unwrap();
            assert!((station.1 - 121.36898).abs() < 2e-9, "{file}: {station:?}");
        }
    }
}

#[test]
fn the_plan_comes_back_as_a_plan() {
    let folder = tempfile::tempdir().unwrap();
    let expected = corridor(folder.path(), &["locate", LANDMARKS]).stdout;
    // Names of columns are cut in a shapefile, and most have no place in a survey's file. A drawing is in another plane.
    let others = [Format::SHAPEFILE, Format::SURVEY_TXT, Format::DXF];
    let formats = Format::WRITTEN.into_iter().filter(|format| !others.contains(format));
    for format in formats {
        let file = format!("plan.{}", format.ending());
        corridor(folder.path(), &["export", "-o", &file]);
        corridor(folder.path(), &["check", &file]);
        let found = corridor(folder.path(), &["locate", LANDMARKS, "--plan", &file]).stdout;
        if format != Format::FLATGEOBUF {
            assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&expected), "{file}");
        }
    }
}

#[test]
fn text_is_the_same_in_either_encoding() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::WRITTEN.into_iter().filter(|format| format.has_encodings()) {
        let is_of_plane = [Format::SURVEY_TXT, Format::DXF].contains(&format);
        let system = if is_of_plane { "EPSG:4528" } else { "CGCS2000" };
        let mut texts = vec![];
        for encoding in ["utf-8", "gb18030"] {
            let file = format!("{encoding}.{}", format.ending());
            let arguments = ["convert", PARCELS, "--to-crs", system, "--encoding", encoding, "-o", &file];
            corridor(folder.path(), &arguments);
            texts.push(columns(
                &corridor(folder.path(), &["convert", &file, "--crs", system, "-f", "csv"]).stdout,
                &["编号", "名称", "用途"],
            ));
        }
        assert_eq!(texts[0].len(), 30);
        assert_eq!(texts[0], texts[1], "{format}");
    }
}
