//! GeoPackage and FlatGeobuf: files of other software are read as they are, and what is written comes back.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::Value;
use taizhou_corridor::Error;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{ErrorKind, FileKind};
use taizhou_corridor::io::{self, Format, Input, Loss, Output, ReadOptions, Rows, WriteOptions};
use taizhou_corridor::table::{AnswerTable, GeometrySource, Kind};

const FOLDER: &str = "tests/data/geopackage_flatgeobuf";
const FORMATS: [Format; 2] = [Format::GEOPACKAGE, Format::FLATGEOBUF];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name)
}

fn open_layer(name: &str, layer: Option<&str>) -> Result<Rows, Error> {
    let layer = layer.map(str::to_owned);
    io::open(Input::path(file(name)), &ReadOptions { layer, ..ReadOptions::default() })
}

/// Writes rows in a format; without a system in that of the rows, as they are.
fn write(mut rows: Rows, output: Output, format: Format, crs: Option<Crs>) -> Result<Vec<Loss>, Error> {
    let is_in_source_crs = crs.is_none();
    let options = WriteOptions { source_crs: rows.crs(), is_in_source_crs, crs, ..WriteOptions::new(format) };
    if is_in_source_crs {
        rows = rows.in_source_crs();
    }
    let mut writer = io::create(output, rows.schema(), &[], &options)?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    writer.finish()
}

fn bytes(rows: Rows, format: Format, crs: Option<Crs>) -> (Vec<u8>, Vec<Loss>) {
    let (output, written) = Output::memory("out");
    let losses = write(rows, output, format, crs).unwrap();
    (written.into_bytes(), losses)
}

/// Rows as lines of CSV, in their own system.
fn lines(rows: Rows) -> Result<Vec<String>, Error> {
    let (output, written) = Output::memory("out");
    write(rows, output, Format::CSV, None)?;
    Ok(String::from_utf8(written.into_bytes()).unwrap().lines().map(str::to_owned).collect())
}

fn reopen(bytes: &[u8]) -> Rows {
    io::open(Input::bytes("-", bytes), &ReadOptions::default()).unwrap()
}

const PARCELS: [&str; 5] = [
    "id,代码,big,area_m2,ok,day,at,名称,wkt",
    "1,0701,330003000000000123,37500.25,true,2022-11-14,2022-11-14T09:30:00.000Z,一号地块,\"POLYGON((633800 3171800,\
     634000 3171800,634000 3172000,633800 3172000,633800 3171800),(633850 3171850,633850 3171900,633900 3171900,\
     633900 3171850,633850 3171850))\"",
    "2,0702,,,,,,,\"MULTIPOLYGON(((634100 3171800,634200 3171800,634200 3171900,634100 3171800)),((634300 3171800.5,\
     634400 3171800.5,634400 3171900.125,634300 3171800.5)))\"",
    "3,0703,-7,0.5,false,2024-02-29,2024-02-29T23:59:59.000Z,无几何,",
    "4,0704,1,1e-7,true,,,,\"POLYGON((634500 3171800,634600 3171800,634600 3171900,634500 3171800))\"",
];

#[test]
fn a_layer_of_gdal_is_read() {
    let mut rows = open_layer("layers.gpkg", Some("地块")).unwrap();
    assert_eq!((rows.format(), rows.crs()), (Format::GEOPACKAGE, Crs::Epsg(4549)));
    let kinds: Vec<Kind> = rows.schema().fields.iter().map(|field| field.kind).collect();
    use Kind::*;
    assert_eq!(kinds, [Text, Integer, Real, Boolean, Date, DateTime, Text]);
    assert_eq!((rows.schema().ids, rows.schema().geometry_source), (Some(Integer), GeometrySource::Shapes));
    assert!(rows.next_batch().unwrap().unwrap().has_heights());
    assert_eq!(lines(open_layer("layers.gpkg", Some("地块")).unwrap()).unwrap(), PARCELS);

    let stations = open_layer("layers.gpkg", Some("stations")).unwrap();
    assert_eq!((stations.crs(), stations.schema().geometry_source), (Crs::Cgcs2000, GeometrySource::Points));
    let expected =
        ["id,code,name,lon,lat", "1,0701,台州站,121.36898,28.6559", "2,0702,台州西站,121.4,28.65", "3,0703,待定,,"];
    assert_eq!(lines(stations).unwrap(), expected);
}

#[test]
fn layers_are_told_apart() {
    let kind = |layer| open_layer("layers.gpkg", layer).err().unwrap();
    let both = ["地块", "stations"];
    assert!(matches!(kind(None).kind(), ErrorKind::SeveralLayers { layers, .. } if layers == &both));
    let error = kind(Some("zones"));
    let all = ["地块", "stations", "notes"];
    assert!(matches!(error.kind(), ErrorKind::UnknownLayer { name, layers, .. } if name == "zones" && layers == &all));
    // A table of attributes is read where it has coordinates.
    let error = kind(Some("notes"));
    assert!(matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }), "{error}");
}

#[test]
fn files_of_gdal_in_flatgeobuf_are_read() {
    let rows = open_layer("parcels.fgb", None).unwrap();
    assert_eq!(
        (rows.format(), rows.crs(), rows.schema().geometry_source),
        (Format::FLATGEOBUF, Crs::Epsg(4528), GeometrySource::Shapes)
    );
    // Without ids and dates, in the order of the index, with the prefix of the zone.
    let with_prefix = |line: &str| {
        let line = line.split_once(',').unwrap().1.replace("2022-11-14,", "2022-11-14T00:00:00,").replace(".000Z", "Z");
        line.replace("(63", "(4063").replace(",63", ",4063")
    };
    let expected = [PARCELS[0], PARCELS[4], PARCELS[2], PARCELS[1]].map(with_prefix);
    assert_eq!(lines(rows).unwrap(), expected);

    // Without an index, with heights.
    let mut rows = open_layer("stations.fgb", None).unwrap();
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Cgcs2000, GeometrySource::Points));
    assert!(rows.next_batch().unwrap().unwrap().has_heights());
    let expected = ["code,name,lon,lat", "0701,台州站,121.36898,28.6559", "0702,台州西站,121.4,28.65"];
    assert_eq!(lines(open_layer("stations.fgb", None).unwrap()).unwrap(), expected);
}

#[test]
fn columns_and_geometries_of_every_kind_are_read() {
    let expected = |f32: &str| {
        [
            "代码,int8,int16,int32,int64,f32,f64,ok,at,raw,wkt".to_owned(),
            format!(
                "0701,1,1,1,330003000000000123,{f32},0.1,true,2022-11-14T09:30:00.123Z,b'\\x00\\xff',\
                 \"LINESTRING(121.3 28.6,121.4 28.7)\""
            ),
            "0702,,,,,,,,,,".to_owned(),
            "0703,-128,-32768,-2147483648,-9223372036854775808,,,false,2024-02-29T23:59:59Z,b'',\
             \"MULTIPOINT((121.3 28.6),(121.4 28.7))\""
                .to_owned(),
            "0704,127,32767,2147483647,9223372036854775807,1.5,1e300,true,1999-12-31T00:00:00Z,b'GB',\
             \"GEOMETRYCOLLECTION(POINT(121.3 28.6),POLYGON((121.3 28.6,121.4 28.6,121.4 28.7,121.3 28.6)))\""
                .to_owned(),
            "0705,0,0,0,0,0.0,0.0,false,2000-01-01T00:00:00Z,b'\\x01',\
             \"MULTILINESTRING((121.3 28.6,121.4 28.7),(121.5 28.6,121.6 28.7))\""
                .to_owned(),
        ]
    };
    assert_eq!(lines(open_layer("kinds.fgb", None).unwrap()).unwrap(), expected("0.1"));
    // SQLite keeps a number of 32 bits as one of 64.
    let found = lines(open_layer("kinds.gpkg", None).unwrap()).unwrap();
    let without_ids: Vec<&str> = found.iter().map(|line| line.split_once(',').unwrap().1).collect();
    assert_eq!(without_ids, expected("0.10000000149011612"));
}

/// What was read is written and read again, in every system. GeoPackage gives ids to rows without, and in
/// FlatGeobuf ids are a column and the order is that of the index.
#[test]
fn what_is_written_comes_back() {
    let degrees = |rows: Rows| {
        let (written, _) = bytes(rows, Format::NDJSON, Some(Crs::Crs84));
        let lines = String::from_utf8(written).unwrap();
        let mut features: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for feature in &mut features {
            feature.as_object_mut().unwrap().remove("id");
            feature["properties"].as_object_mut().unwrap().remove("id");
        }
        let code = |feature: &Value| {
            let properties = &feature["properties"];
            properties.get("代码").unwrap_or(&properties["code"]).to_string()
        };
        features.sort_by_key(code);
        features
    };
    let without_ids = |lines: Vec<String>| {
        let has_ids = lines[0].starts_with("id,");
        let line = |line: String| if has_ids { line.split_once(',').unwrap().1.to_owned() } else { line };
        let mut lines: Vec<String> = lines.into_iter().map(line).collect();
        lines[1..].sort();
        lines
    };
    let kinds = |rows: &Rows| {
        let fields = rows.schema().fields.iter().filter(|field| field.name != "id");
        fields.map(|field| field.kind).collect::<Vec<_>>()
    };
    let sources = [
        ("layers.gpkg", Some("地块"), &[Crs::Epsg(4549), Crs::Epsg(4528)][..]),
        ("layers.gpkg", Some("stations"), &[Crs::Epsg(4549), Crs::Epsg(4528)]),
        ("kinds.gpkg", None, &[]),
        ("kinds.fgb", None, &[]),
    ];
    for (name, layer, zones) in sources {
        let source = || open_layer(name, layer).unwrap();
        for format in FORMATS {
            // As it came: every digit.
            let (written, losses) = bytes(source(), format, None);
            assert_eq!(losses, if layer.is_some() { vec![Loss::Heights] } else { vec![] });
            let back = reopen(&written);
            assert_eq!((back.format(), back.crs()), (format, source().crs()));
            let dateless = |kind| if format == Format::FLATGEOBUF && kind == Kind::Date { Kind::Text } else { kind };
            let expected: Vec<Kind> = kinds(&source()).into_iter().map(dateless).collect();
            assert_eq!(kinds(&back), expected, "{name} {format}");
            assert_eq!(without_ids(lines(back).unwrap()), without_ids(lines(source()).unwrap()), "{name} {format}");

            let expected = degrees(source());
            for crs in [Crs::Cgcs2000, Crs::Crs84, Crs::Gcj02, Crs::Bd09].iter().chain(zones) {
                let (written, _) = bytes(source(), format, Some(crs.clone()));
                assert_eq!(&reopen(&written).crs(), crs, "{name} {format}");
                let found = degrees(reopen(&written));
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    assert!(are_same(found, expected), "{name} {format} {crs}: {found} {expected}");
                }
            }
        }
    }
}

/// Ids stay those of their rows.
#[test]
fn ids_come_back() {
    let (written, _) = bytes(open_layer("layers.gpkg", Some("地块")).unwrap(), Format::GEOPACKAGE, None);
    assert_eq!(lines(reopen(&written)).unwrap(), PARCELS);
}

/// Whether values are the same, and coordinates to a millimetre.
fn are_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| are_same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| are_same(a, b)))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() < 1e-8
        }
        (a, b) => a == b,
    }
}

#[test]
fn columns_of_the_user_keep_their_names_and_those_of_the_format_give_way() {
    let csv = "FID,geom,Fid,lon,lat,\"say \"\"x\"\"\"\n0701,a,b,121.4,28.65,c\n";
    let options =
        ReadOptions { lon_field: Some("lon".into()), lat_field: Some("lat".into()), ..ReadOptions::default() };
    let source = || io::open(Input::bytes("a.csv", csv), &options).unwrap();
    let names = |columns: [&str; 6]| columns.map(str::to_owned).to_vec();
    for format in FORMATS {
        let (written, losses) = bytes(source(), format, None);
        let rows = reopen(&written);
        // Databases do not tell case.
        if format == Format::GEOPACKAGE {
            let renamed = Loss::Renamed { from: "Fid".to_owned(), to: "Fid_2".to_owned() };
            let given_way = Loss::AddedRenamed { from: "geom".to_owned(), to: "geom_2".to_owned() };
            assert_eq!(losses, [given_way, renamed]);
            assert_eq!(rows.schema().names(), names(["FID", "geom", "Fid_2", "lon", "lat", "say \"x\""]));
        } else {
            assert_eq!(losses, []);
            assert_eq!(rows.schema().names(), names(["FID", "geom", "Fid", "lon", "lat", "say \"x\""]));
        }
        assert!(lines(rows).unwrap()[1].contains("0701,a,b,121.4,28.65,c"));
    }
}

/// Texts beside numbers are texts, as other programs read them.
#[test]
fn mixed_values_have_no_quotes_of_their_own() {
    let feature = |value: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"mixed\":{value},\"json\":[1]}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[121.4,28.65]}}}}\n"
        )
    };
    let text = ["5", "\"地块 5\"", "true", "\"say \\\"x\\\"\""].map(feature).concat();
    let rows = io::open(Input::bytes("a.ndjson", text), &ReadOptions::default()).unwrap();
    assert_eq!(rows.schema().fields[0].kind, Kind::Json);
    let (written, _) = bytes(rows, Format::FLATGEOBUF, None);
    let has = |text: &str| written.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("地块 5") && !has("\"地块 5\"") && has("say \"x\""));
    let rows = reopen(&written);
    let kinds: Vec<Kind> = rows.schema().fields.iter().map(|field| field.kind).collect();
    assert_eq!(kinds, [Kind::Text, Kind::Json]);
    let mut found: Vec<String> = lines(rows).unwrap().split_off(1);
    found.sort();
    let expected =
        ["\"say \"\"x\"\"\",[1],121.4,28.65", "5,[1],121.4,28.65", "true,[1],121.4,28.65", "地块 5,[1],121.4,28.65"];
    assert_eq!(found, expected);
}

#[test]
fn a_byte_behind_the_last_feature_is_none() {
    let whole = fs::read(file("parcels.fgb")).unwrap();
    let found = |bytes: Vec<u8>| {
        let options = ReadOptions { format: Some(Format::FLATGEOBUF), ..ReadOptions::default() };
        io::open(Input::bytes("a.fgb", bytes), &options).and_then(lines)
    };
    let with_byte = [whole.as_slice(), b"\n"].concat();
    assert_eq!(found(with_byte).unwrap(), found(whole.clone()).unwrap());
    // A file that does not say how many features it has.
    let features = "{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":null}\n".repeat(77);
    let rows = io::open(Input::bytes("a.ndjson", features), &ReadOptions::default()).unwrap();
    let (mut unknown, _) = bytes(rows, Format::FLATGEOBUF, None);
    let count = unknown.windows(8).position(|window| window == 77u64.to_le_bytes()).unwrap();
    unknown[count..count + 8].fill(0);
    assert_eq!(found(unknown.clone()).unwrap().len(), 78);
    assert_eq!(found([unknown.as_slice(), b"\0"].concat()).unwrap(), found(unknown.clone()).unwrap());
    assert!(found([unknown.as_slice(), b"\0\0"].concat()).is_err());
}

/// A row that stands twice has its id once.
#[test]
fn ids_come_first_come_first_served() {
    let feature = |id: &str, name: &str| {
        format!("{{\"type\":\"Feature\",\"id\":{id},\"properties\":{{\"name\":\"{name}\"}},\"geometry\":null}}\n")
    };
    let ids = ["7", "7", "3", "-1", "9223372036854775807", "null"];
    let text: String = ids.iter().zip("abcdef".chars()).map(|(id, name)| feature(id, &name.to_string())).collect();
    let rows = io::open(Input::bytes("a.ndjson", text), &ReadOptions::default()).unwrap();
    let (written, _) = bytes(rows, Format::GEOPACKAGE, None);
    let mut found = lines(reopen(&written)).unwrap();
    found.remove(0);
    assert_eq!(found, ["3,c,", "7,a,", "8,b,", "9,d,", "10,e,", "11,f,"]);
    // Ids that are texts are a column.
    let rows = io::open(Input::bytes("a.ndjson", feature("\"S01\"", "a")), &ReadOptions::default()).unwrap();
    let (written, _) = bytes(rows, Format::GEOPACKAGE, None);
    assert_eq!(reopen(&written).schema().names(), ["id", "name"]);
}

/// A GeoPackage that is written, changed by statements of SQL, and read again.
fn changed(sql: &str) -> Result<Vec<String>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let rows = open_layer("stations.fgb", None).unwrap();
    write(rows, Output::create(&path, false).unwrap(), Format::GEOPACKAGE, None).unwrap();
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    lines(io::open(Input::path(&path), &ReadOptions::default())?)
}

#[test]
fn odd_tables_are_read() {
    // A cell is what is stored, not what the column says.
    let found = changed(
        "ALTER TABLE a ADD flag BOOLEAN; ALTER TABLE a ADD raw BLOB; ALTER TABLE a ADD big INTEGER; \
         DROP TRIGGER rtree_a_geom_update1; DROP TRIGGER rtree_a_geom_update2; DROP TRIGGER rtree_a_geom_update3; \
         DROP TRIGGER rtree_a_geom_update4; \
         UPDATE a SET flag = 1, raw = x'00ff', big = 'many' WHERE fid = 1; \
         UPDATE a SET flag = 7, raw = 'text', geom = x'4750' WHERE fid = 2",
    );
    assert_eq!(
        found.unwrap(),
        [
            "id,code,name,flag,raw,big,lon,lat",
            "1,0701,台州站,true,00ff,many,121.36898,28.6559",
            "2,0702,台州西站,7,text,,,"
        ]
    );
    // A view has no ids.
    let view = "CREATE VIEW v AS SELECT name, geom, length(name) AS n FROM a; \
         UPDATE gpkg_contents SET data_type = 'attributes'; \
         INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'features', 'v', 4490); \
         INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'GEOMETRY', 4490, 0, 0)";
    assert_eq!(changed(view).unwrap()[1], "台州站,3,POINT(121.36898 28.6559)");
    // One that never comes to an end is given up.
    let endless = "CREATE VIEW w AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) \
         SELECT count(*) AS n, NULL AS geom FROM r; UPDATE gpkg_contents SET data_type = 'attributes'; \
         INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('w', 'features', 'w', 4490); \
         INSERT INTO gpkg_geometry_columns VALUES ('w', 'geom', 'GEOMETRY', 4490, 0, 0)";
    assert!(changed(endless).unwrap_err().to_string().contains("runs without end"));
    let error = changed("UPDATE gpkg_geometry_columns SET column_name = 'shape'").unwrap_err();
    assert!(error.to_string().contains("`a` has no column `shape`"), "{error}");
    // A table of attributes is read by the names of its columns; where none of them is a place, it is refused.
    let renamed = "UPDATE gpkg_contents SET data_type = 'attributes'; ALTER TABLE a RENAME COLUMN geom TO picture";
    let error = changed(&format!("DROP TRIGGER rtree_a_geom_delete; {renamed}")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }), "{error}");
    // An empty layer is passed over where there is another, and read where there is none.
    assert_eq!(changed("DELETE FROM a; DROP TRIGGER rtree_a_geom_delete").err().map(|error| error.to_string()), None);
}

#[test]
fn systems_are_told_by_their_rows() {
    let crs = |sql: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        let rows = open_layer("stations.fgb", None).unwrap();
        write(rows, Output::create(&path, false).unwrap(), Format::GEOPACKAGE, None).unwrap();
        let sql = format!("PRAGMA foreign_keys=OFF; {sql}");
        Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
        io::open(Input::path(&path), &ReadOptions::default()).map(|rows| rows.crs()).map_err(|error| error.to_string())
    };
    assert_eq!(crs(""), Ok(Crs::Cgcs2000));
    for undeclared in ["0", "-1"] {
        assert_eq!(crs(&format!("UPDATE gpkg_geometry_columns SET srs_id = {undeclared}")), Ok(Crs::Crs84));
    }
    // A definition tells, where the organization is another.
    let own = "UPDATE gpkg_spatial_ref_sys SET organization = 'ESRI', organization_coordsys_id = 1 WHERE srs_id = 4490";
    assert_eq!(crs(own), Ok(Crs::Cgcs2000));
    let undefined = format!("{own}; UPDATE gpkg_spatial_ref_sys SET definition = 'undefined' WHERE srs_id = 4490");
    assert!(crs(&undefined).unwrap_err().contains("ESRI:1"));
    let newer = "ALTER TABLE gpkg_spatial_ref_sys ADD definition_12_063 TEXT; \
        UPDATE gpkg_spatial_ref_sys SET definition_12_063 = definition, definition = 'undefined'";
    assert_eq!(crs(&format!("{own}; {newer}")), Ok(Crs::Cgcs2000));
    assert!(crs("UPDATE gpkg_geometry_columns SET srs_id = 77").unwrap_err().contains("srs_id 77"));
}

/// What the standard asks of a file (OGC 12-128r17), as far as SQLite alone can tell.
#[test]
fn a_geopackage_is_as_the_standard_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("地块.gpkg");
    let rows = open_layer("layers.gpkg", Some("地块")).unwrap();
    write(rows, Output::create(&path, false).unwrap(), Format::GEOPACKAGE, None).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let database = Connection::open(&path).unwrap();
    let one = |sql: &str| -> String {
        database.query_row(sql, [], |row| row.get_ref(0).map(|value| format!("{:?}", value.data_type()))).unwrap();
        let text = format!("SELECT group_concat(x, ';') FROM (SELECT CAST(x AS TEXT) AS x FROM ({sql}))");
        database.query_row(&text, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
    };
    assert_eq!(one("SELECT integrity_check AS x FROM pragma_integrity_check"), "ok");
    assert!(database.prepare("PRAGMA foreign_key_check").unwrap().query([]).unwrap().next().unwrap().is_none());
    assert_eq!(one("SELECT application_id AS x FROM pragma_application_id"), 0x4750_4b47.to_string());
    assert_eq!(one("SELECT user_version AS x FROM pragma_user_version"), "10300");
    assert_eq!(one("SELECT srs_id AS x FROM gpkg_spatial_ref_sys ORDER BY 1"), "-1;0;4326;4549");
    assert_eq!(one("SELECT table_name || data_type || srs_id AS x FROM gpkg_contents"), "地块features4549");
    assert_eq!(one("SELECT min_x || ',' || max_y AS x FROM gpkg_contents"), "633800.0,3172000.0");
    // Polygons and a multipolygon: of several kinds.
    let kind = "SELECT column_name || geometry_type_name || z || m AS x FROM gpkg_geometry_columns";
    assert_eq!(one(kind), "geomGEOMETRY00");
    assert_eq!(one("SELECT extension_name || column_name AS x FROM gpkg_extensions"), "gpkg_rtree_indexgeom");
    assert_eq!(one("SELECT count(*) AS x FROM sqlite_schema WHERE type = 'trigger'"), "6");
    let types = "SELECT name || ' ' || type AS x FROM pragma_table_info('地块')";
    let expected =
        "fid INTEGER;geom GEOMETRY;代码 TEXT;big INTEGER;area_m2 REAL;ok BOOLEAN;day DATE;at DATETIME;名称 TEXT";
    assert_eq!(one(types), expected);
    // The index holds the bounds of each geometry, and no more.
    assert_eq!(one("SELECT id AS x FROM rtree_地块_geom ORDER BY 1"), "1;2;4");
    let meets = "SELECT id AS x FROM rtree_地块_geom WHERE minx <= 634150 AND maxx >= 634150 AND miny <= 3171850 AND maxy >= 3171850";
    assert_eq!(one(meets), "2");
    assert_eq!(one("SELECT rtreecheck('rtree_地块_geom') AS x"), "ok");
}

#[test]
fn the_kind_of_the_only_geometries_is_told() {
    let rows = open_layer("layers.gpkg", Some("stations")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gpkg_points.gpkg");
    write(rows, Output::create(&path, false).unwrap(), Format::GEOPACKAGE, None).unwrap();
    let database = Connection::open(&path).unwrap();
    let told = "SELECT g.table_name || g.geometry_type_name || t.type FROM gpkg_geometry_columns g, \
        pragma_table_info(g.table_name) t WHERE t.name = g.column_name";
    let told: String = database.query_row(told, [], |row| row.get(0)).unwrap();
    // A layer may not be named as the format's own tables are.
    assert_eq!(told, "layer_gpkg_pointsPOINTPOINT");
}

/// A program that has a file open writes to a log beside it first.
#[test]
fn changes_in_a_log_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let rows = open_layer("stations.fgb", None).unwrap();
    write(rows, Output::create(&path, false).unwrap(), Format::GEOPACKAGE, None).unwrap();
    let open = Connection::open(&path).unwrap();
    open.execute_batch("DROP TRIGGER rtree_a_geom_update3; DROP TRIGGER rtree_a_geom_update4; PRAGMA journal_mode=WAL; UPDATE a SET name = '新名' WHERE fid = 1").unwrap();
    let beside = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = files.map(|file| (file.file_name(), file.metadata().unwrap().len())).collect();
        files.sort();
        files
    };
    let before = beside();
    let found = lines(io::open(Input::path(&path), &ReadOptions::default()).unwrap()).unwrap();
    assert!(found[1].contains("新名"), "{found:?}");
    assert_eq!(beside(), before);
}

/// The real binary: nothing is left beside the files, whatever becomes of them.
#[test]
fn only_the_output_appears() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(file("layers.gpkg"), folder.path().join("in.gpkg")).unwrap();
    let convert =
        |arguments: &[&str]| common::corridor(folder.path(), &[&["convert"], arguments].concat()).output().unwrap();
    let names = || common::names(folder.path());
    for (output, end) in [("out.gpkg", "in.gpkg;out.gpkg"), ("out.fgb", "in.gpkg;out.fgb;out.gpkg")] {
        let done = convert(&["in.gpkg", "--layer", "地块", "-o", output, "--to-crs", "gcj02"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(names().join(";"), end);
        let back = convert(&[output, "-f", "csv", "--to-crs", "EPSG:4549", "--precision", "2"]);
        let text = String::from_utf8(back.stdout).unwrap();
        assert!(text.contains("0701,330003000000000123,37500.25,true,2022-11-14,"), "{text}");
        assert!(text.contains("POLYGON((633800 3171800,634000 3171800,"), "{text}");
    }
    // A run that fails leaves nothing, and what was there stays.
    let before = fs::read(folder.path().join("out.gpkg")).unwrap();
    let input = fs::read(folder.path().join("out.fgb")).unwrap();
    fs::write(folder.path().join("cut.fgb"), &input[..input.len() - 9]).unwrap();
    for output in ["out.gpkg", "new.gpkg", "new.fgb"] {
        let failed = convert(&["cut.fgb", "-o", output, "--overwrite"]);
        assert_eq!(failed.status.code(), Some(3), "{}", String::from_utf8_lossy(&failed.stderr));
    }
    assert_eq!(names().join(";"), "cut.fgb;in.gpkg;out.fgb;out.gpkg");
    assert_eq!(fs::read(folder.path().join("out.gpkg")).unwrap(), before);
    // Through standard output and input.
    let piped = convert(&["in.gpkg", "--layer", "stations", "-f", "gpkg"]);
    assert!(piped.stdout.starts_with(b"SQLite format 3\0"));
    assert_eq!(lines(reopen(&piped.stdout)).unwrap()[1], "1,0701,台州站,121.36898,28.6559");
}

/// What is piped in is kept in a temporary file, which is gone when the run is over, however it ends.
#[cfg(unix)]
#[test]
fn no_temporary_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for (layer, code) in [("stations", 0), ("notes", 3)] {
        let done = common::corridor(folder.path(), &["convert", "-", "--layer", layer, "-f", "gpkg"])
            .env("TMPDIR", folder.path())
            .stdin(fs::File::open(file("layers.gpkg")).unwrap())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(code), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    // Given up half-way.
    let csv: String = (0..30_000).map(|number| format!("{number},121.4,28.65\n")).collect();
    let rows = io::open(Input::bytes("a.csv", format!("code,lon,lat\n{csv}")), &ReadOptions::default()).unwrap();
    let (written, _) = bytes(rows, Format::GEOPACKAGE, None);
    let mut rows = reopen(&written);
    assert_eq!(rows.next_batch().unwrap().unwrap().len(), 8192);
    drop(rows);
}

/// Rows of many batches, and an index of several levels.
#[test]
fn many_rows_come_back() {
    let mut csv = "code,lon,lat\n".to_owned();
    for number in 0..20_000 {
        csv.push_str(&format!(
            "{number:05},{:.4},{:.4}\n",
            121.0 + f64::from(number % 97) / 97.0,
            28.0 + f64::from(number) / 2e4
        ));
    }
    let source = || io::open(Input::bytes("a.csv", &csv), &ReadOptions::default()).unwrap();
    for format in FORMATS {
        let (written, _) = bytes(source(), format, None);
        let mut codes: Vec<String> = lines(reopen(&written)).unwrap().into_iter().skip(1).collect();
        if format == Format::GEOPACKAGE {
            assert!(codes[19_999].starts_with("20000,19999,"));
            codes = codes.iter().map(|line| line.split_once(',').unwrap().1.to_owned()).collect();
        }
        codes.sort();
        assert_eq!(codes.len(), 20_000);
        assert!(codes.iter().enumerate().all(|(number, code)| code.starts_with(&format!("{number:05},"))));
    }
    // Nothing at all is a file, too.
    let empty = || io::open(Input::bytes("a.csv", "code,lon,lat\n"), &ReadOptions::default()).unwrap();
    for format in FORMATS {
        let (written, _) = bytes(empty(), format, None);
        assert_eq!(reopen(&written).next_batch().unwrap().map(|batch| batch.len()), None);
    }
}

#[test]
fn what_is_cut_off_is_an_error() {
    let whole = fs::read(file("parcels.fgb")).unwrap();
    for end in (0..whole.len()).step_by(7) {
        let options = ReadOptions { format: Some(Format::FLATGEOBUF), ..ReadOptions::default() };
        let rows = io::open(Input::bytes("a.fgb", &whole[..end]), &options);
        let error = rows.and_then(lines).unwrap_err();
        let is_told = matches!(error.kind(), ErrorKind::Empty | ErrorKind::Truncated(_) | ErrorKind::Malformed { .. });
        assert!(is_told, "{end}: {error}");
    }
    let empty = io::open(Input::bytes("a.gpkg", b""), &ReadOptions::default()).err().unwrap();
    assert!(matches!(empty.kind(), ErrorKind::Empty));
    let text = io::open(Input::bytes("a.gpkg", b"no database\n"), &ReadOptions::default()).err().unwrap();
    assert!(matches!(text.kind(), ErrorKind::Malformed { kind: FileKind::GeoPackage, .. }));
}

/// Reads what can be read of it.
fn read(format: Format, bytes: &[u8]) {
    for layer in [None, Some("地块".to_owned())] {
        let options = ReadOptions { format: Some(format), layer, ..ReadOptions::default() };
        if let Ok(rows) = io::open(Input::bytes("test", bytes), &options) {
            let _ = lines(rows);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_panic(which in 0..3usize, place: prop::sample::Index, change: [u8; 4], width in 1..5usize, end: prop::sample::Index, cut: bool) {
        for (format, names) in [
            (Format::GEOPACKAGE, ["layers.gpkg", "kinds.gpkg", "layers.gpkg"]),
            (Format::FLATGEOBUF, ["parcels.fgb", "kinds.fgb", "stations.fgb"]),
        ] {
            let mut bytes = fs::read(file(names[which])).unwrap();
            let start = place.index(bytes.len() - width);
            bytes[start..start + width].copy_from_slice(&change[..width]);
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            read(format, &bytes);
        }
    }

    #[test]
    fn no_noise_panics(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        read(Format::FLATGEOBUF, &[b"fgb\x03fgb\0".as_slice(), &noise].concat());
        read(Format::GEOPACKAGE, &[b"SQLite format 3\0".as_slice(), &noise].concat());
    }
}
