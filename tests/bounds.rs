//! What a file may ask for at most: each bound refuses with its error, in bounded memory, and nothing near it does.

use std::io::{Cursor, Read, Write, repeat};

use taizhou_corridor::Error;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{ErrorKind, RowProblem};
use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::table::AnswerTable;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MIB: u64 = 1 << 20;

/// Reads all of it: how many rows there are, and what is wrong with the first that is no place.
fn read(name: &str, source: impl Read + 'static) -> Result<(usize, Option<RowProblem>), Error> {
    let mut rows = io::open(Input::reader(name, source), &ReadOptions::default())?;
    let (mut count, mut problem) = (0, None);
    while let Some(batch) = rows.next_batch()? {
        count += batch.len();
        for number in 0..batch.len() {
            if let (None, Err(found)) = (&problem, batch.shape(number)) {
                problem = Some(found.clone());
            }
        }
    }
    Ok((count, problem))
}

fn text(name: &str, text: String) -> Result<(usize, Option<RowProblem>), Error> {
    read(name, Cursor::new(text))
}

fn is_too_long(error: &Error, limit: u64) -> bool {
    matches!(error.kind(), ErrorKind::TooLong { limit_bytes } if *limit_bytes as u64 == limit)
}

#[test]
fn a_record_of_csv_is_bounded() {
    // In a row, in quotes that are never closed, and in the header.
    for (start, line, row) in
        [("a,lon,lat\n1,121.4,28.65\n", 3, Some(2)), ("a,lon,lat\n1,121.4,28.65\n\"", 3, Some(2)), ("a", 1, None)]
    {
        let error = read("a.csv", start.as_bytes().chain(repeat(b'x').take(300 * MIB))).unwrap_err();
        assert!(is_too_long(&error, 256 * MIB), "{error}");
        assert_eq!((error.location().line, error.location().row), (Some(line), row), "{error}");
    }
    // One of many mebibytes is read.
    let wide = format!("a,lon,lat\n{},121.4,28.65\n", "x".repeat(5 << 20));
    assert!(matches!(text("a.csv", wide), Ok((1, None))));
}

#[test]
fn the_fields_of_a_record_are_bounded() {
    for start in ["a,lon,lat\n1,121.4,28.65\n", "lon,lat"] {
        let error = read("a.csv", start.as_bytes().chain(repeat(b',').take(100 * MIB)).chain(&b"\n"[..])).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooManyFields { .. }), "{error}");
        assert!(error.to_string().contains("65536 fields or more"), "{error}");
    }
    // Fewer are a row that is wrong.
    let row = "1,".repeat(60_000) + "1";
    assert!(matches!(
        text("a.csv", format!("lon,lat\n{row}\n")),
        Ok((1, Some(RowProblem::FieldCount { found: 60_001, .. })))
    ));
}

#[test]
fn a_feature_of_geojson_is_bounded() {
    let start = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":""#;
    let error = read("a.geojson", start.as_bytes().chain(repeat(b'x').take(300 * MIB))).unwrap_err();
    assert!(is_too_long(&error, 256 * MIB), "{error}");
}

#[test]
fn a_placemark_of_kml_is_bounded() {
    let start = "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Placemark><name>";
    let error = read("a.kml", start.as_bytes().chain(repeat(b'x').take(300 * MIB))).unwrap_err();
    assert!(is_too_long(&error, 256 * MIB), "{error}");
}

/// Brackets in brackets: nothing overflows the stack.
#[test]
fn nested_json_is_bounded() {
    for depth in [100, 1_000, 1_000_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        for member in [
            format!(r#""properties":{{"a":{open}{close}}},"geometry":null"#),
            format!(r#""properties":{{}},"geometry":{{"type":"Polygon","coordinates":{open}{close}}}"#),
            format!(r#""properties":{{}},"geometry":null,"other":{open}{close}"#),
        ] {
            let feature = format!(r#"{{"type":"Feature",{member}}}"#);
            // Rows or an error.
            let read = text("a.ndjson", format!("{feature}\n"));
            assert!(depth > 100 || read.is_ok(), "{read:?}");
            let _ = text("a.geojson", format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#));
            let _ = Plan::from_geojson(feature.as_bytes());
        }
        let _ = text("a.geojson", open);
    }
}

#[test]
fn collections_in_collections_are_bounded() {
    let nested = |depth: usize| {
        let (open, close) = (r#"{"type":"GeometryCollection","geometries":["#.repeat(depth), "]}".repeat(depth));
        let geometry = format!(r#"{open}{{"type":"Point","coordinates":[121.4,28.65]}}{close}"#);
        text("a.ndjson", format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#)).unwrap()
    };
    assert!(matches!(nested(16), (1, None)), "{:?}", nested(16));
    assert!(matches!(nested(18), (1, Some(_))));
    assert!(matches!(nested(40), (1, Some(_))));
    let nested = |depth: usize| {
        let (open, close) = ("GEOMETRYCOLLECTION(".repeat(depth), ")".repeat(depth));
        text("a.csv", format!("wkt\n\"{open}POINT(121.4 28.65){close}\"\n")).unwrap()
    };
    assert!(matches!(nested(16), (1, None)), "{:?}", nested(16));
    assert!(matches!(nested(17), (1, Some(_))));
    assert!(matches!(nested(100_000), (1, Some(_))));
    let nested = |depth: usize| {
        let (open, close) = ("<MultiGeometry>".repeat(depth), "</MultiGeometry>".repeat(depth));
        let point = "<Point><coordinates>121.4,28.65</coordinates></Point>";
        text("a.kml", format!("<kml><Placemark>{open}{point}{close}</Placemark></kml>"))
    };
    assert!(matches!(nested(10), Ok((1, None))), "{:?}", nested(10));
    assert!(matches!(nested(30), Ok((1, Some(_)))), "{:?}", nested(30));
}

#[test]
fn elements_of_kml_are_bounded() {
    let nested = |depth: usize| {
        let (open, close) = ("<Folder>".repeat(depth), "</Folder>".repeat(depth));
        let point = "<Point><coordinates>121.4,28.65</coordinates></Point>";
        text("a.kml", format!("<kml>{open}<Placemark>{point}</Placemark>{close}</kml>"))
    };
    assert!(matches!(nested(150), Ok((1, None))));
    for depth in [201, 100_000] {
        let error = nested(depth).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Malformed { .. }) && error.to_string().contains("200 deep"),
            "{error}"
        );
    }
}

/// An entity of entities of entities stays unopened.
#[test]
fn entities_of_xml_do_not_grow() {
    let mut kml = String::from("<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY a0 \"ha\">");
    for n in 1..40 {
        kml.push_str(&format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1));
    }
    kml.push_str("<!ENTITY f SYSTEM \"file:///etc/passwd\">]><kml><Placemark><name>&a39;&f;</name>");
    kml.push_str("<Point><coordinates>121.4,28.65</coordinates></Point></Placemark></kml>");
    let Ok(mut rows) = io::open(Input::bytes("a.kml", kml), &ReadOptions::default()) else { return };
    while let Ok(Some(batch)) = rows.next_batch() {
        for (_, cell) in batch.row(0).cells() {
            assert!(cell.text().len() < 100 && !cell.text().contains("root:"), "{:?}", cell.text());
        }
    }
}

/// A sheet of spaces: a workbook of a few hundred kilobytes.
#[test]
fn a_workbook_that_grows_is_not_unpacked() {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    archive.start_file("[Content_Types].xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(b"<Types/>").unwrap();
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let spaces = " ".repeat(1 << 20);
    for _ in 0..300 {
        archive.write_all(spaces.as_bytes()).unwrap();
    }
    let error = read("a.xlsx", Cursor::new(archive.finish().unwrap().into_inner())).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::DecompressionBomb { limit_bytes } if *limit_bytes == 256 * MIB),
        "{error}"
    );
}

/// Lengths and counts that a file declares and does not have: nothing is allocated by them.
#[test]
fn declared_lengths_are_not_believed() {
    for (name, file) in [
        ("a.fgb", &include_bytes!("data/geopackage_flatgeobuf/parcels.fgb")[..]),
        ("a.parquet", include_bytes!("data/geoparquet/types.parquet")),
        ("a.gpkg", include_bytes!("data/geopackage_flatgeobuf/kinds.gpkg")),
    ] {
        for place in
            (0..file.len().min(1500)).step_by(4).chain((file.len() - file.len().min(1500)..file.len() - 4).step_by(4))
        {
            for huge in [0xff, 0x7f] {
                let mut bytes = file.to_vec();
                bytes[place..place + 4].copy_from_slice(&[0xff, 0xff, 0xff, huge]);
                let _ = read(name, Cursor::new(bytes));
            }
        }
    }
}

#[test]
fn a_definition_of_a_system_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["shp", "dbf", "shx"] {
        let from = format!("{}/tests/data/shapefile/edited.{ending}", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(from, folder.path().join(format!("a.{ending}"))).unwrap();
    }
    let wkt = format!("PROJCS[\"{}\"]", "[".repeat(1 << 20));
    std::fs::write(folder.path().join("a.prj"), wkt).unwrap();
    let error = io::open(Input::path(folder.path().join("a.shp")), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::UnknownCrs { .. }), "{error}");
    assert!("EPSG:99999999999999999999".parse::<Crs>().is_err());
    assert!("x".repeat(1 << 20).parse::<Crs>().is_err());
}

/// A batch is so many rows, or so much text, whatever the file: memory does not grow with its length.
#[test]
fn a_batch_is_bounded() {
    let csv = format!("a,lon,lat\n{}", "x,121.4,28.65\n".repeat(100_000));
    let json = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[121.4,28.65]}}"#;
    for (name, bytes) in [("a.csv", csv), ("a.ndjson", format!("{json}\n").repeat(100_000))] {
        let mut rows = io::open(Input::bytes(name, bytes), &ReadOptions::default()).unwrap();
        let mut most = 0;
        while let Some(batch) = rows.next_batch().unwrap() {
            most = most.max(batch.len());
        }
        // Records of CSV come in blocks of 128 KiB and the first of a mebibyte, features in 8,192.
        assert!(most <= 80_000, "{name}: {most}");
    }
}

#[test]
fn a_sheet_holds_so_many_rows() {
    let (output, _) = Output::memory("out.xlsx");
    let line = "1,121.4,28.65\n";
    let source = "a,lon,lat\n".as_bytes().chain(Cursor::new(line.repeat(1_048_576)));
    let mut rows = io::open(Input::reader("a.csv", source), &ReadOptions::default()).unwrap();
    let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::XLSX)).unwrap();
    let error = loop {
        let batch = rows.next_batch().unwrap().expect("the sheet is full before the rows end");
        let answers = AnswerTable::none(&batch);
        if let Err(error) = writer.write(batch, &answers) {
            break error;
        }
    };
    assert!(matches!(error.kind(), ErrorKind::TooManyRows { limit: 1_048_576 }), "{error}");
}
