//! KML and KMZ: files of other software are read, what is written comes back, no bytes make it panic.

use std::io::Read;

use proptest::prelude::*;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{Error, ErrorKind, FileKind};
use taizhou_corridor::io::{self, Format, Input, Loss, Output, ReadOptions, WriteOptions};
use taizhou_corridor::table::{AnswerTable, GeometrySource, Kind, Schema};

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/kml/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The bytes of the same table in another format, the schema it was read with, and what was lost.
fn convert(name: &str, bytes: &[u8], to: &str, crs: Option<Crs>) -> Result<(Vec<u8>, Schema, Vec<Loss>), Error> {
    let mut rows = io::open(Input::bytes(name, bytes), &ReadOptions::default())?.in_source_crs();
    let options = WriteOptions {
        source_crs: rows.crs(),
        is_in_source_crs: true,
        crs,
        ..WriteOptions::new(Format::of_path(to.as_ref())?)
    };
    let (output, written) = Output::memory(to);
    let schema = rows.schema().clone();
    let mut writer = io::create(output, &schema, &[], &options)?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    let losses = writer.finish()?;
    Ok((written.into_bytes(), schema, losses))
}

/// A table as GeoJSON features, one a line.
fn lines(name: &str, bytes: &[u8]) -> Result<Vec<serde_json::Value>, Error> {
    let (bytes, ..) = convert(name, bytes, "out.ndjson", None)?;
    Ok(String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The features without what their geometries say twice: `1.0` is `1`, a property that is null is none.
fn plain(mut features: Vec<serde_json::Value>) -> Vec<serde_json::Value> {
    fn numbers(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Number(number) => *value = number.as_f64().unwrap().into(),
            serde_json::Value::Array(values) => values.iter_mut().for_each(numbers),
            serde_json::Value::Object(members) => members.values_mut().for_each(numbers),
            _ => {}
        }
    }
    for feature in &mut features {
        feature["properties"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
        numbers(&mut feature["geometry"]);
    }
    features
}

/// GDAL writes the same five features with both of its drivers, and in an archive of several documents.
#[test]
fn files_of_gdal_are_read() {
    let mut expected = plain(lines("sites.geojson", &data("sites.geojson")).unwrap());
    for feature in &mut expected {
        feature.as_object_mut().unwrap().remove("id");
    }
    // The altitude of the first.
    expected[0]["geometry"]["coordinates"] = serde_json::json!([121.36898, 28.6559]);
    for name in ["libkml.kml", "libkml.kmz", "kml_driver.kml"] {
        let mut found = plain(lines(name, &data(name)).unwrap());
        for (row, feature) in (1..).zip(&mut found) {
            let id = feature.as_object_mut().unwrap().remove("id");
            let properties = feature["properties"].as_object_mut().unwrap();
            let folder = properties.remove("folder");
            if name == "kml_driver.kml" {
                assert_eq!((id, folder), (None, Some("sites".into())));
            } else {
                assert_eq!((id, folder), (Some(format!("sites.{row}").into()), None));
            }
        }
        assert_eq!(found.len(), 5, "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found["geometry"], expected["geometry"], "{name}");
            let (found, expected) = (&found["properties"], &expected["properties"]);
            assert_eq!((&found["name"], &found["code"]), (&expected["name"], &expected["code"]), "{name}");
            assert_eq!(found["real"].as_f64(), expected["real"].as_f64(), "{name}");
        }
        let rows = io::open(Input::bytes(name, data(name)), &ReadOptions::default()).unwrap();
        let kind = |field: &str| rows.schema().fields[rows.schema().position(field).unwrap()].kind;
        assert_eq!((kind("code"), kind("count"), kind("real")), (Kind::Text, Kind::Integer, Kind::Real));
        let batch = io::open(Input::bytes(name, data(name)), &ReadOptions::default()).unwrap().next_batch().unwrap();
        assert!(batch.unwrap().has_heights(), "{name}");
    }
}

#[test]
fn files_of_people_are_read() {
    let found = lines("by_hand.kml", &data("by_hand.kml")).unwrap();
    assert_eq!(found[0]["id"], "station");
    let expected = serde_json::json!({"name": "台州站", "description": " <b>站</b> & more ", "编码": "0701", "note": "&b;", "folder": "台州"});
    assert_eq!(found[0]["properties"], expected);
    assert_eq!(found[0]["geometry"]["coordinates"], serde_json::json!([121.36898, 28.6559]));
    assert_eq!(
        (found[1]["properties"]["folder"].as_str(), found[1]["geometry"]["type"].as_str()),
        (Some("台州/椒江"), Some("MultiLineString"))
    );
    assert_eq!(found[3]["geometry"]["type"], "LineString");
    let mut rows = io::open(Input::bytes("by_hand.kml", data("by_hand.kml")), &ReadOptions::default()).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let codes: Vec<_> = (0..batch.len()).map(|row| batch.shape(row).err().map(|problem| problem.code())).collect();
    assert_eq!(codes, [None, None, Some("bad-geometry"), None, Some("bad-geometry"), Some("null-geometry")]);
    assert!(!batch.has_heights(), "an altitude of 0 says nothing");
}

#[test]
fn encodings_are_told_by_the_file() {
    for (name, encoding) in [("gbk.kml", "GB18030"), ("utf16.kml", "UTF-8")] {
        let mut rows = io::open(Input::bytes(name, data(name)), &ReadOptions::default()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        assert_eq!(batch.row(0).cell(0).unwrap().text(), "台州");
        assert_eq!(rows.encoding(), encoding);
    }
}

/// A table with all that is hard to keep, as GeoJSON.
fn hard() -> String {
    let square = |x: f64| serde_json::json!([[x, 28.0], [x + 1.0, 28.0], [x + 1.0, 29.0], [x, 28.0]]);
    let hole = serde_json::json!([[121.6, 28.2], [121.8, 28.4], [121.8, 28.2], [121.6, 28.2]]);
    let features = [
        serde_json::json!({"type": "Feature", "id": "core", "geometry": {"type": "Point", "coordinates": [121.36898, 28.6559]},
            "properties": {"代码": "0701", "编号": 330003000000000123_i64, "small": 7, "real": 12.5, "flag": true,
                "date": "2022-11-14", "time": "2022-11-14T09:30:00Z", "text": " a & <b>\r\n\t\"c\" "}}),
        serde_json::json!({"type": "Feature", "id": "台州.1", "geometry": {"type": "Polygon", "coordinates": [square(121.0), hole]},
            "properties": {"代码": "0702", "编号": null, "small": null, "real": null, "flag": null, "date": null, "time": null, "text": null}}),
        serde_json::json!({"type": "Feature", "id": "m", "geometry": {"type": "MultiPolygon", "coordinates": [[square(121.0), hole], [square(123.0)]]},
            "properties": {"代码": "0703", "编号": -1, "small": -2147483648_i64, "real": 1e-7, "flag": false, "date": "2000-02-29", "time": "2022-11-14T09:30:00.125+08:00", "text": ""}}),
        serde_json::json!({"type": "Feature", "id": "n", "geometry": null, "properties": {"代码": "", "text": "\n"}}),
    ];
    serde_json::json!({"type": "FeatureCollection", "features": features}).to_string()
}

#[test]
fn what_is_written_comes_back() {
    let expected = plain(lines("hard.geojson", hard().as_bytes()).unwrap());
    for to in ["out.kml", "out.kmz"] {
        let (bytes, _, losses) = convert("hard.geojson", hard().as_bytes(), to, None).unwrap();
        assert_eq!(losses, []);
        let (_, schema, _) = convert(to, &bytes, "out.ndjson", None).unwrap();
        let kinds: Vec<(&str, Kind)> = schema.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect();
        // KML has whole numbers of 32 bits alone, and no dates.
        let text = ["代码", "编号", "date", "time", "text"];
        for (name, kind) in kinds {
            let expected = match name {
                "small" => Kind::Integer,
                "real" => Kind::Real,
                "flag" => Kind::Boolean,
                name => {
                    assert!(text.contains(&name), "{name}");
                    Kind::Text
                }
            };
            assert_eq!(kind, expected, "{name}");
        }
        assert_eq!(schema.ids, Some(Kind::Text));
        let mut found = plain(lines(to, &bytes).unwrap());
        assert_eq!(found[0]["properties"]["编号"], "330003000000000123");
        for (found, expected) in found.iter_mut().zip(&expected) {
            if let Some(number) = found["properties"].get_mut("编号") {
                *number = number.as_str().unwrap().parse::<i64>().unwrap().into();
            }
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn an_archive_holds_the_same_document() {
    let (kml, ..) = convert("hard.geojson", hard().as_bytes(), "out.kml", None).unwrap();
    let (kmz, ..) = convert("hard.geojson", hard().as_bytes(), "out.kmz", None).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(kmz)).unwrap();
    let mut text = String::new();
    archive.by_name("doc.kml").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, String::from_utf8(kml).unwrap());
}

#[test]
fn ids_that_are_no_names_are_a_column() {
    let features = hard().replace("\"id\":\"m\"", "\"id\":\"0701\"");
    let (bytes, ..) = convert("hard.geojson", features.as_bytes(), "out.kml", None).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("Placemark id=") && !text.contains(['\u{1}', '\u{2}', '\u{3}']));
    let found = lines("out.kml", &bytes).unwrap();
    assert_eq!((&found[2]["id"], &found[2]["properties"]["id"]), (&serde_json::Value::Null, &"0701".into()));
}

#[test]
fn one_column_is_the_label() {
    let kml = |csv: &str| String::from_utf8(convert("sites.csv", csv.as_bytes(), "out.kml", None).unwrap().0).unwrap();
    // The column `name` is the name, and nothing else.
    let own = kml("code,name,lon,lat\n0701,a,121.4,28.65\n");
    assert!(own.contains("<name>a</name>") && !own.contains("SimpleData name=\"name\""));
    // Any other keeps its own name as well, and is read once.
    let other = kml("code,名称,lon,lat\n0701,a,121.4,28.65\n");
    assert!(other.contains("<name>a</name>") && other.contains("<SimpleData name=\"名称\">a</SimpleData>"));
    let rows = io::open(Input::bytes("out.kml", other), &ReadOptions::default()).unwrap();
    assert_eq!(rows.schema().names(), ["code", "名称", "lon", "lat"]);
    assert_eq!(rows.schema().geometry_source, GeometrySource::Points);
}

#[test]
fn coordinates_are_longitude_and_latitude() {
    let csv = "name,east,north\n台州站,633838.222,3171898.561\n";
    let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("sites.csv", csv), &options).unwrap();
    let (output, written) = Output::memory("out.kml");
    let options = WriteOptions { source_crs: Crs::Epsg(4549), ..WriteOptions::new(Format::KML) };
    let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let answers = AnswerTable::none(&batch);
    writer.write(batch, &answers).unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(written.into_bytes()).unwrap();
    let coordinates = text.split("<coordinates>").nth(1).unwrap().split('<').next().unwrap();
    let (lon, lat) = coordinates.split_once(',').unwrap();
    assert!(
        (lon.parse::<f64>().unwrap() - 121.36898).abs() < 1e-8 && (lat.parse::<f64>().unwrap() - 28.6559).abs() < 1e-8
    );
    // KML knows no other, and nobody could tell one from it.
    for other in [Crs::Gcj02, Crs::Epsg(4549)] {
        let error = convert("hard.geojson", hard().as_bytes(), "out.kml", Some(other)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::LonLatOnly { .. }));
    }
}

#[test]
fn characters_that_xml_does_not_know_are_replaced_and_told() {
    let feature = r#"{"type":"Feature","properties":{"a":"x\u0001y\u0002\u0003"},"geometry":null}"#;
    let (bytes, _, losses) = convert("a.ndjson", feature.as_bytes(), "out.kml", None).unwrap();
    assert_eq!(losses, [Loss::Characters { field: "a".to_owned(), count: 3 }]);
    assert_eq!(lines("out.kml", &bytes).unwrap()[0]["properties"]["a"], "x\u{fffd}y\u{fffd}\u{fffd}");
}

#[test]
fn broken_files_are_told() {
    let kind = |bytes: &[u8]| match lines("a.kml", bytes) {
        Ok(_) => "read".to_owned(),
        Err(error) => match error.kind() {
            ErrorKind::Malformed { kind: FileKind::Kml, problem } => problem.to_string(),
            other => other.to_string(),
        },
    };
    assert_eq!(kind(b""), "it is empty");
    assert_eq!(kind(b"no xml"), "it has no element `kml`");
    assert_eq!(kind(b"<data/>"), "its root element is `data`");
    assert!(kind(b"<kml><Placemark>").contains("truncated"));
    assert!(kind(b"<kml><Placemark><na").contains("truncated"));
    assert!(kind(b"<kml></klm>").contains("klm"));
    assert_eq!(kind(b"<kml><name>\xff</name></kml>"), "it is not text in UTF-8");
    assert_eq!(kind("<Folder>".repeat(100_000).as_bytes()), "elements are nested more than 200 deep");
    assert_eq!(
        kind(b"<kml><NetworkLink/></kml>"),
        "it has no placemarks, only links to other files (NetworkLink), which is not supported"
    );
    assert!(kind(&data("libkml.kmz")[..600]).len() > 3);
    let deep =
        format!("<kml><Placemark>{}{}</Placemark></kml>", "<MultiGeometry>".repeat(50), "</MultiGeometry>".repeat(50));
    let mut rows = io::open(Input::bytes("a.kml", deep), &ReadOptions::default()).unwrap();
    assert_eq!(rows.next_batch().unwrap().unwrap().shape(0).unwrap_err().code(), "bad-geometry");
}

/// 300 MB of blanks in 300 kB.
#[test]
fn an_archive_that_grows_beyond_measure_is_refused() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    archive.start_file("doc.kml", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::copy(&mut std::io::repeat(b' ').take(300 << 20), &mut archive).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    let error = lines("a.kmz", &bytes).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::DecompressionBomb { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_panic(name in prop::sample::select(vec!["by_hand.kml", "libkml.kml", "libkml.kmz", "utf16.kml"]),
        a in 0usize..4000, b in 0usize..4000, byte: u8, way in 0..4) {
        let mut bytes = data(name);
        let (a, b) = (a % bytes.len(), b % bytes.len());
        let (a, b) = (a.min(b), a.max(b));
        match way {
            0 => bytes[a] = byte,
            1 => drop(bytes.drain(a..b)),
            2 => bytes.truncate(a),
            _ => {
                let piece = bytes[a..b].to_vec();
                bytes.splice(a..a, piece);
            }
        }
        for to in ["out.kml", "out.ndjson"] {
            if let Ok((written, schema, _)) = convert(name, &bytes, to, None) {
                // What could be read can be written, and be read again; no rows are no lines.
                prop_assert!(written.is_empty() || lines(to, &written).is_ok(), "{schema:?}");
            }
        }
    }

    #[test]
    fn texts_come_back(texts in prop::collection::vec("\\PC{0,8}|[ \\t\\r\\n<>&'\"\\]]{0,6}", 1..6)) {
        // A mark, or a letter of two bytes might be taken for one in GB18030.
        let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        csv.write_record(["a", "description", "lon", "lat"]).unwrap();
        for text in &texts {
            csv.write_record([text.as_str(), text, "121.4", "28.65"]).unwrap();
        }
        let (kml, ..) = convert("sites.csv", &csv.into_inner().unwrap(), "out.kml", None).unwrap();
        for (feature, text) in lines("out.kml", &kml).unwrap().iter().zip(&texts) {
            prop_assert_eq!(feature["properties"]["a"].as_str(), Some(text.as_str()));
            prop_assert_eq!(feature["properties"]["description"].as_str(), Some(text.as_str()));
        }
    }
}
