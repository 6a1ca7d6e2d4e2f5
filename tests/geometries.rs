//! Geometries as formats carry them: curves, members that are empty, systems that geometries name themselves, points
//! that come as many, geometries of GeoJSON without a feature.

mod common;

use std::fs;
use std::path::PathBuf;

use geo::Area;

use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{Error, ErrorKind};
use taizhou_corridor::io::{self, BlockReader, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan_io;
use taizhou_corridor::table::{AnswerTable, GeometrySource, Schema, Shape};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/geopackage_flatgeobuf").join(name)
}

fn read(name: &str, content: &[u8]) -> Result<io::Rows, Error> {
    io::open(Input::bytes(name, content), &ReadOptions::default())
}

/// The same table in another format, in its own system.
fn written(name: &str, content: &[u8], format: Format) -> Vec<u8> {
    let mut rows = read(name, content).unwrap().in_source_crs();
    let (output, written) = Output::memory("out");
    let options = WriteOptions { source_crs: rows.crs(), is_in_source_crs: true, ..WriteOptions::new(format) };
    let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
    }
    writer.finish().unwrap();
    written.into_bytes()
}

/// A table whose columns are all text: of a CSV file, in another format.
fn as_texts(csv: &str, format: Format) -> Vec<u8> {
    let input = format!("lon,lat,{}", csv.replace('\n', "\n0,0,"));
    let (lon_field, lat_field) = (Some("lon".to_owned()), Some("lat".to_owned()));
    let options = ReadOptions { lon_field, lat_field, ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("texts.csv", input.trim_end_matches("0,0,")), &options).unwrap();
    let names: Vec<String> = rows.schema().names();
    let schema = Schema { drops_geometry: true, ..Schema::of_text(names, GeometrySource::Points) };
    let schema = Schema { dropped: vec![0, 1], ..schema };
    let (output, written) = Output::memory("out");
    let mut writer = io::create(output, &schema, &[], &WriteOptions::new(format)).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
    }
    writer.finish().unwrap();
    written.into_bytes()
}

/// What became of each row's geometry: its text, or the code of what is wrong with it.
fn geometries(rows: io::Rows) -> Vec<String> {
    let mut rows = rows.in_source_crs();
    let (mut found, mut reader) = (vec![], BlockReader::default());
    while let Some(block) = rows.next_block().unwrap() {
        let Some(batch) = reader.read(block).unwrap() else { continue };
        found.extend((0..batch.len()).map(|row| match batch.shape(row) {
            Ok(shape) => shape.wkt(),
            Err(problem) => problem.code().to_owned(),
        }));
    }
    found
}

/// The codes of what is wrong with each row as a site; `site` where nothing is.
fn sites(name: &str, content: &[u8]) -> Vec<&'static str> {
    let mut rows = read(name, content).unwrap();
    let mut found = vec![];
    while let Some(batch) = rows.next_batch().unwrap() {
        found.extend(batch.sites().iter().map(|site| site.as_ref().map_or_else(|problem| problem.code(), |_| "site")));
    }
    found
}

/// Of GDAL: every kind of curve and surface, in EPSG:4549.
#[test]
fn every_kind_of_curve_is_read_from_every_format_that_has_it() {
    let csv = fs::read_to_string(data("curves.csv")).unwrap();
    let with_system = csv.replace(",\"", ",\"SRID=4549;");
    let expected = geometries(read("curves.csv", with_system.as_bytes()).unwrap());
    let kinds: Vec<&str> = expected.iter().map(|text| text.split('(').next().unwrap()).collect();
    let unsupported = "unsupported-geometry";
    assert_eq!(
        kinds,
        [
            "LINESTRING",
            "LINESTRING",
            "POLYGON",
            "MULTILINESTRING",
            "MULTIPOLYGON",
            "POLYGON",
            unsupported,
            unsupported,
            "POLYGON"
        ]
    );
    // Straight parts are what they were.
    assert!(expected[1].starts_with("LINESTRING(633700 3171850,633800 3171850,6338"), "{}", expected[1]);
    assert!(expected[2].ends_with("(633890 3171840,633910 3171840,633910 3171860,633890 3171860,633890 3171840))"));
    assert!(expected[4].ends_with("((634100 3171850,634200 3171850,634200 3171950,634100 3171850)))"));
    for name in ["curves.gpkg", "curves.fgb"] {
        let rows = io::open(Input::path(data(name)), &ReadOptions::default()).unwrap();
        assert_eq!(rows.crs(), Crs::Epsg(4549));
        assert_eq!(geometries(rows), expected, "{name}");
    }
    for (format, name) in [(Format::XLSX, "a.xlsx"), (Format::GEOPARQUET, "a.parquet")] {
        if format == Format::GEOPARQUET && !cfg!(feature = "parquet") {
            continue;
        }
        let bytes = as_texts(&with_system, format);
        assert_eq!(geometries(read(name, &bytes).unwrap()), expected, "{name}");
    }
}

/// Areas that GDAL has of the same curves, of which edges take away less than a millimetre along them.
#[test]
fn arcs_enclose_what_they_do_in_gdal() {
    let mut rows = io::open(Input::path(data("curves.gpkg")), &ReadOptions::default()).unwrap().in_source_crs();
    let batch = rows.next_batch().unwrap().unwrap();
    for (row, area, length) in [(2, 31_015.926_535_897_932, 708.0), (4, 20_707.963_267_948_966, 315.0)] {
        let found = batch.shape(row).unwrap().geometry().unsigned_area();
        assert!((0.0..1e-3 * length).contains(&(area - found)), "{found} of {area}");
    }
    assert_eq!(rows.with_arcs(), 6);
}

/// As degrees a circle is as smooth on the ground as in metres: it has as many corners.
#[test]
fn a_millimetre_is_one_on_the_ground() {
    let corners = |csv: &str| match geometries(read("a.csv", csv.as_bytes()).unwrap()).remove(0) {
        text if text.starts_with("POLYGON") => text.matches(',').count(),
        text => panic!("{text}"),
    };
    // 50 m of radius.
    let metres =
        corners("wkt\n\"SRID=4549;CURVEPOLYGON(CIRCULARSTRING(633800 3171850,633900 3171850,633800 3171850))\"\n");
    let degrees =
        corners("wkt\n\"SRID=4490;CURVEPOLYGON(CIRCULARSTRING(121.4 28.65,121.4 28.650902255,121.4 28.65))\"\n");
    let feet = corners(
        "wkt\n\"SRID=2230;CURVEPOLYGON(CIRCULARSTRING(6561666.67 1640416.67,6561994.75 1640416.67,6561666.67 1640416.67))\"\n",
    );
    assert!(
        (480..570).contains(&metres) && metres.abs_diff(degrees) < 10 && metres.abs_diff(feet) < 10,
        "{metres} {degrees} {feet}"
    );
}

/// What other readers took for a point is no site; and the commands say what they did.
#[test]
fn curves_are_answered_as_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| common::corridor(folder.path(), arguments).output().unwrap();
    let gpkg = data("curves.gpkg");
    let located = run(&["locate", gpkg.to_str().unwrap(), "-f", "csv", "--fields", "kind"]);
    let text = String::from_utf8(located.stdout).unwrap();
    assert!(text.lines().skip(1).all(|line| line.contains("invalid")), "{text}");
    assert!(text.contains("unsupported-geometry: geometry type TIN is not supported"), "{text}");
    for (lang, arcs) in [("en", "arcs in 6 rows linearised to within 1 mm"), ("zh", "6行的圆弧已折线化")] {
        for name in ["curves.gpkg", "curves.fgb"] {
            let file = data(name);
            let output = run(&["overlay", file.to_str().unwrap(), "-f", "csv", "--fields", "kind", "--lang", lang]);
            let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            assert!(err.contains(arcs), "{err}");
            assert!(out.contains("CurvePolygonZ,core") && !out.contains("CircularString,core"), "{out}");
        }
    }
    let converted = run(&["convert", data("curves.fgb").to_str().unwrap(), "-f", "geojson"]);
    assert!(String::from_utf8(converted.stderr).unwrap().contains("arcs in 6 rows"));
}

#[test]
fn null_and_empty_members_are_left_out_and_counted() {
    let wkt = "wkt\n\"GEOMETRYCOLLECTION(POINT EMPTY,POINT(121 28))\"\n\"MULTIPOLYGON(EMPTY,((0 0,1 0,1 1,0 0)))\"\n";
    let json = r#"{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[null,{"type":"Point","coordinates":[121,28]}]}}
        {"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[],[[[0,0],[1,0],[1,1],[0,0]]]]}}"#;
    let kml = "<kml><Document><Placemark><MultiGeometry><LineString><coordinates/></LineString><MultiGeometry/>\
        <Point><coordinates>121,28</coordinates></Point></MultiGeometry></Placemark></Document></kml>";
    for (name, content, count) in [("a.csv", wkt, 2), ("a.ndjson", json, 2), ("a.kml", kml, 1)] {
        let mut rows = read(name, content.as_bytes()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        assert!((0..batch.len()).all(|row| batch.shape(row).is_ok()), "{name}");
        assert_eq!(rows.with_empty_members(), count, "{name}");
    }
    // Where all are, there is no geometry, as where none is; nothing is left out of it.
    let mut rows = read("a.csv", b"wkt\n\"GEOMETRYCOLLECTION(POINT EMPTY)\"\n").unwrap();
    assert_eq!(rows.next_batch().unwrap().unwrap().shape(0).unwrap_err().code(), "null-geometry");
    assert_eq!(rows.with_empty_members(), 0);
}

const HEX: &str = "id,geom\n1,0101000020E610000032384A5E9D575E404772F90FE9A73C40\n\
    2,0x0020000001000010E6405E5A7CAEA747D8403CA94317ACC4F0\n3,\\x0101000020E610000032384A5E9D575E404772F90FE9A73C40\n4,0101\n";

#[test]
fn hexadecimal_digits_are_read_from_every_format_of_texts() {
    assert_eq!(sites("a.csv", HEX.as_bytes()), ["site", "site", "site", "bad-geometry"]);
    assert_eq!(sites("a.tsv", HEX.replace(',', "\t").as_bytes()), ["site", "site", "site", "bad-geometry"]);
    assert_eq!(sites("a.xlsx", &as_texts(HEX, Format::XLSX)), ["site", "site", "site", "bad-geometry"]);
    #[cfg(feature = "parquet")]
    assert_eq!(sites("a.parquet", &as_texts(HEX, Format::GEOPARQUET)), ["site", "site", "site", "bad-geometry"]);
}

/// Xi'an 80, Beijing 54, WGS 84, Web Mercator, none, and one that no register has.
const SYSTEMS: &str = "id,geom\n1,SRID=4610;POINT(121.36898 28.65590)\n2,SRID=4214;POINT(121.36898 28.65590)\n\
    3,SRID=4326;POINT(121.36898 28.65590)\n4,SRID=3857;POINT(121.36898 28.65590)\n5,POINT(121.36898 28.65590)\n\
    6,SRID=4490;POINT(121.36898 28.65590)\n7,SRID=990001;POINT(121.36898 28.65590)\n";

#[test]
fn the_first_system_that_can_be_used_is_that_of_the_table() {
    let expected = ["other-datum", "other-datum", "site", "other-crs", "site", "site", "other-crs"];
    assert_eq!(sites("a.csv", SYSTEMS.as_bytes()), expected);
    assert_eq!(sites("a.xlsx", &as_texts(SYSTEMS, Format::XLSX)), expected);
    #[cfg(feature = "parquet")]
    assert_eq!(sites("a.parquet", &as_texts(SYSTEMS, Format::GEOPARQUET)), expected);
    // In metres, as text and as binary.
    let metres = "geom\nPOINT EMPTY\nSRID=4549;POINT(633838.222 3171898.561)\n0101000020C5110000E7FBA971DC57234117D9CE471D334841\n";
    let mut rows = read("a.csv", metres.as_bytes()).unwrap();
    assert_eq!(rows.crs(), Crs::Epsg(4549));
    let batch = rows.next_batch().unwrap().unwrap();
    for row in [1, 2] {
        assert!((batch.sites()[row].as_ref().unwrap().x - 121.36898).abs() < 1e-6, "{:?}", batch.sites()[row]);
    }
    // Where none can be used, nothing is assumed of those that name one.
    assert_eq!(sites("a.csv", b"geom\nSRID=4610;POINT(121.4 28.6)\n"), ["other-datum"]);
    // The table is in the system that it declares, or that is given for it.
    let given = |crs| {
        let options = ReadOptions { crs: Some(crs), ..ReadOptions::default() };
        io::open(Input::bytes("a.csv", SYSTEMS), &options).map(|rows| rows.crs())
    };
    assert_eq!(given(Crs::Cgcs2000).unwrap(), Crs::Crs84);
    let error = given(Crs::Epsg(4549)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::CrsConflict { .. }), "{error}");
}

/// Well-known binary of PostGIS in a column of bytes without metadata.
#[cfg(feature = "parquet")]
#[test]
fn systems_are_told_by_binary_columns() {
    use arrow_array::{ArrayRef, BinaryArray, RecordBatch};
    use std::sync::Arc;
    let bytes = |srid: u32, x: f64, y: f64| {
        [&[1, 1, 0, 0, 0x20][..], &srid.to_le_bytes(), &x.to_le_bytes(), &y.to_le_bytes()].concat()
    };
    let shapes = [bytes(4610, 1.0, 2.0), bytes(4549, 633_838.222, 3_171_898.561), bytes(4326, 121.4, 28.6)];
    let column = Arc::new(BinaryArray::from_iter_values(shapes)) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("geom", column)]).unwrap();
    let mut file = vec![];
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let rows = read("a.parquet", &file).unwrap();
    assert_eq!(rows.crs(), Crs::Epsg(4549));
    assert_eq!(sites("a.parquet", &file), ["other-datum", "site", "other-crs"]);
}

#[test]
fn a_contradiction_is_refused_and_rows_in_other_systems_are_marked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), SYSTEMS).unwrap();
    let run = |arguments: &[&str]| {
        let output = common::corridor(folder.path(), arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, _) = run(&["locate", "a.csv", "-f", "csv", "--columns", "position,reason"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("other-datum: the geometry is in EPSG:4610")
            && out.contains("other-crs: the geometry is in EPSG:3857, the table in OGC:CRS84"),
        "{out}"
    );
    let (code, _, err) = run(&["locate", "a.csv", "--crs", "EPSG:4549"]);
    assert!(code == Some(3) && err.contains("OGC:CRS84"), "{err}");
}

/// In every format that has such: one point of many is that point, two are none; and both are written as they came.
#[test]
fn a_multi_point_of_one_point_is_that_point() {
    let csv = "name,wkt\na,MULTIPOINT((121.36898 28.6559))\nb,\"MULTIPOINT((121.4 28.6),(121.5 28.7))\"\n";
    for format in [
        Format::CSV,
        Format::XLSX,
        Format::GEOJSON,
        Format::NDJSON,
        Format::SHAPEFILE,
        Format::GEOPACKAGE,
        Format::FLATGEOBUF,
        Format::GEOPARQUET,
        Format::KML,
    ] {
        if format == Format::FLATGEOBUF && !cfg!(feature = "flatgeobuf")
            || format == Format::GEOPARQUET && !cfg!(feature = "parquet")
        {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), csv).unwrap();
        let run = |arguments: &[&str]| {
            let output = common::corridor(folder.path(), arguments).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
        };
        let name = format!("b.{}", format.endings()[0]);
        let (code, _, err) = run(&["convert", "a.csv", "-o", &name]);
        assert_eq!(code, Some(0), "{format}: {err}");
        let (_, out, err) =
            run(&["locate", &name, "-f", "csv", "--fields", "name", "--columns", "position,zone,reason"]);
        let mut rows: Vec<&str> = out.lines().skip(1).collect();
        rows.sort_unstable();
        assert!(
            rows[0] == "a,inside,core," && rows[1].starts_with("b,invalid,,") && rows[1].contains("not-a-point"),
            "{format}: {out}{err}"
        );
        let (_, out, _) = run(&["convert", &name, "-f", "ndjson"]);
        assert_eq!(out.matches("MultiPoint").count(), 2, "{format}: {out}");
    }
}

#[test]
fn geometries_of_geojson_need_no_feature() {
    let point = r#"{"type": "Point", "coordinates": [121.36898, 28.6559]}"#;
    let collection = format!(r#"{{"geometries": [{point}], "type": "GeometryCollection"}}"#);
    for (name, content, expected) in [
        ("a.geojson", point.to_owned(), vec!["site"]),
        ("a.json", point.to_owned(), vec!["site"]),
        ("a.ndjson", format!("{point}\n{collection}\n{point}\n"), vec!["site"; 3]),
        ("a.geojsons", format!("\u{1e}{point}\n\u{1e}{point}\n"), vec!["site"; 2]),
        ("a.geojson", collection.clone(), vec!["site"]),
        (
            "a.geojson",
            collection
                .replace("[{", "[null, {")
                .replace("}]", "}, {\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}]"),
            vec!["not-a-point"],
        ),
        // In a collection of features it is none.
        ("a.geojson", format!(r#"{{"type":"FeatureCollection","features":[{point}]}}"#), vec!["not-a-feature"]),
        ("a.ndjson", r#"{"type":"Point","coordinates":[121]}"#.to_owned(), vec!["not-a-feature"]),
    ] {
        assert_eq!(sites(name, content.as_bytes()), expected, "{content}");
    }
    // It names a system as a feature may, and is written as a feature.
    let old = r#"{"type":"Point","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"coordinates":[633838.222,3171898.561]}"#;
    let rows = read("a.geojson", old.as_bytes()).unwrap();
    assert_eq!((rows.crs(), rows.schema().fields.len()), (Crs::Epsg(4549), 0));
    let text = String::from_utf8(written("a.geojson", point.as_bytes(), Format::NDJSON)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((value["type"].as_str(), value["geometry"]["type"].as_str()), (Some("Feature"), Some("Point")));
    let mut polygon =
        read("a.geojson", br#"{"type":"Polygon","coordinates":[[[121,28],[122,28],[122,29],[121,28]]]}"#).unwrap();
    assert!(matches!(polygon.next_batch().unwrap().unwrap().shape(0), Ok(Shape::Other(_))));
}

/// A cell may hold a hundred bytes, and the circle in it a million corners: no more than memory for.
#[test]
fn arcs_take_no_more_memory_than_there_is() {
    let row = "\"CIRCULARSTRING(0 0,180 0,0 0)\"\n";
    let csv = format!("wkt\n{}", row.repeat(100));
    let mut rows = read("a.csv", csv.as_bytes()).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let read = (0..batch.len()).filter(|&row| batch.shape(row).is_ok()).count();
    assert!((2..40).contains(&read), "{read}");
    assert!(
        (0..batch.len()).all(|row| batch.shape(row).map_or_else(|problem| problem.code() == "bad-geometry", |_| true))
    );
}

/// Runs a command on a table: its exit code, its output, and what it says.
fn answer(name: &str, content: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    let output = common::corridor(folder.path(), arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const RING: &str = "(121.368 28.655,121.37 28.655,121.37 28.657,121.368 28.655)";

/// A hole without a position is left out, and a hole whose shell has none is no land.
#[test]
fn rings_without_a_position_are_no_rings() {
    let json_ring = "[[121.368,28.655],[121.37,28.655],[121.37,28.657],[121.368,28.655]]";
    let kml_ring =
        "<LinearRing><coordinates>121.368,28.655 121.37,28.655 121.37,28.657 121.368,28.655</coordinates></LinearRing>";
    for (name, content) in [
        ("a.csv", format!("wkt\n\"CURVEPOLYGON(EMPTY,{RING})\"\n\"CURVEPOLYGON({RING},EMPTY)\"\n")),
        (
            "a.ndjson",
            [format!("[],{json_ring}"), format!("{json_ring},[]")]
                .map(|rings| format!(r#"{{"type":"Polygon","coordinates":[{rings}]}}"#))
                .join("\n"),
        ),
        (
            "a.kml",
            format!(
                "<kml><Document><Placemark><Polygon><outerBoundaryIs/><innerBoundaryIs>{kml_ring}</innerBoundaryIs></Polygon>\
                 </Placemark><Placemark><Polygon><outerBoundaryIs>{kml_ring}</outerBoundaryIs><innerBoundaryIs><LinearRing>\
                 <coordinates/></LinearRing></innerBoundaryIs></Polygon></Placemark></Document></kml>"
            ),
        ),
    ] {
        let (code, out, err) = answer(name, &content, &["overlay", name, "-f", "csv", "--columns", "relation"]);
        let relations: Vec<&str> = out.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
        assert_eq!((code, relations), (Some(1), vec!["invalid", "within"]), "{name}");
        assert!(err.contains("null or empty members skipped in the geometries of 1 row"), "{err}");
    }
}

#[test]
fn a_collection_of_polygons_is_a_parcel_of_them() {
    let other = RING.replace("121.3", "121.4");
    let collections = [
        format!("GEOMETRYCOLLECTION(POLYGON({RING}),MULTIPOLYGON(({other})))"),
        format!("GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POLYGON({RING})),POLYGON({other}))"),
        format!("GEOMETRYCOLLECTION(POLYGON({RING}),POINT(121.4 28.6))"),
        format!("GEOMETRYCOLLECTION(POLYGON({RING}),POLYGON({RING}))"),
    ];
    let csv = format!("wkt\n\"{}\"\n", collections.join("\"\n\""));
    let (_, out, _) =
        answer("a.csv", &csv, &["overlay", "a.csv", "-f", "csv", "--wide", "--columns", "relation,reason"]);
    let lines: Vec<&str> = out.lines().skip(1).collect();
    assert!(lines[..2].iter().all(|line| !line.contains("invalid")), "{out}");
    assert!(lines[2].contains("not-a-polygon") && lines[3].contains("parts-overlap"), "{out}");
}

#[test]
fn systems_that_are_overridden_are_reported() {
    let csv = "geom\nSRID=2333;POINT(40633850 3171900)\n";
    let (code, out, err) = answer("a.csv", csv, &["locate", "a.csv", "-f", "csv", "--override-crs", "EPSG:4528"]);
    assert!(code == Some(0) && out.contains("inside") && err.contains("EPSG:2333"), "{err}");
    // Without it they are refused by name, with advice.
    let (code, _, err) = answer("a.csv", csv, &["locate", "a.csv", "-f", "csv"]);
    assert!(code == Some(1) && err.contains("Xian 1980") && err.contains("local parameters"), "{err}");
    let mixed = "geom\nSRID=4326;POINT(121.4 28.6)\nSRID=3857;POINT(1 2)\n";
    let (_, _, err) = answer("a.csv", mixed, &["locate", "a.csv", "-f", "csv"]);
    assert!(err.contains("--override-crs"), "{err}");
}

/// MySQL puts four bytes before it.
#[test]
fn binary_that_goes_on_is_no_place() {
    let hex = "geom\n00000000010100000032384a5e9d575e404772f90fe9a73c40\n";
    assert_eq!(sites("a.csv", hex.as_bytes()), ["bad-geometry"]);
    assert_eq!(sites("a.xlsx", &as_texts(hex, Format::XLSX)), ["bad-geometry"]);
}

#[test]
fn a_workbook_says_what_its_cells_do_not_hold() {
    let circle = "name,wkt\na,\"CURVEPOLYGON(CIRCULARSTRING(632850 3171900,634850 3171900,632850 3171900))\"\n";
    for (lang, expected) in [("en", "holds 32767 characters"), ("zh", "最多32767个字符")] {
        let arguments =
            ["convert", "a.csv", "--crs", "EPSG:4549", "--to-crs", "EPSG:4490", "-o", "a.xlsx", "--lang", lang];
        let (code, _, err) = answer("a.csv", circle, &arguments);
        assert!(code == Some(4) && err.contains(expected) && err.contains("--precision"), "{err}");
    }
}

#[test]
fn every_command_says_that_arcs_of_its_plan_are_edges() {
    let csv = "name,wkt\na,\"CURVEPOLYGON(CIRCULARSTRING(121.4 28.65,121.41 28.65,121.4 28.65))\"\n";
    let (code, _, err) = answer("a.csv", csv, &["areas", "--plan", "a.csv", "--name-field", "name"]);
    assert!(code == Some(0) && err.contains("arcs of 1 feature are replaced by straight edges"), "{err}");
}

#[test]
fn outlines_may_have_arcs_and_members_that_are_empty() {
    let csv = "name,wkt\na,\"CURVEPOLYGON(CIRCULARSTRING(121.4 28.65,121.41 28.65,121.4 28.65))\"\n\
        b,\"MULTISURFACE(EMPTY,CURVEPOLYGON((121.5 28.6,121.6 28.6,121.6 28.7,121.5 28.6)))\"\n";
    let outline = plan_io::read_plan(Input::bytes("a.csv", csv), &ReadOptions::default(), Some("name")).unwrap();
    let codes: Vec<&str> = outline.findings().iter().map(|finding| finding.problem.code()).collect();
    assert!(codes.contains(&"arcs") && codes.contains(&"empty-members"), "{codes:?}");
    let plan = outline.into_plan().unwrap();
    assert!(plan.features()[0].shape.0[0].exterior().0.len() > 1_700 && plan.features().len() == 2);
}

#[test]
fn an_outline_may_be_a_feature_or_a_geometry() {
    let polygon = r#"{"type":"Polygon","coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]}"#;
    let feature = format!(r#"{{"type":"Feature","properties":{{"name":"a"}},"geometry":{polygon}}}"#);
    let read = |json: &str, name: Option<&str>| {
        plan_io::read_plan(Input::bytes("a.geojson", json), &ReadOptions::default(), name)
    };
    let plan = read(&feature, Some("name")).unwrap().into_plan().unwrap();
    assert_eq!((plan.features().len(), plan.features()[0].id.as_str()), (1, "a"));
    let codes = |json: &str| -> Vec<&str> {
        read(json, None).unwrap().findings().iter().map(|finding| finding.problem.code()).collect()
    };
    assert_eq!(codes(polygon), codes(&feature));
    assert!(!codes(polygon).contains(&"no-geometry"));
    assert!(read(r#"{"type":"Point","coordinates":[121.4,28.6]}"#, None).is_err());
}
