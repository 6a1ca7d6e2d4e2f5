//! What files declare of their systems: definitions without a code, other datums, and declarations that are wrong.

#[path = "common/mod.rs"]
mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{run, stderr, stdout};
use rusqlite::Connection;
use taizhou_corridor::io::{self, Format, Input, ReadOptions, WriteOptions};
use taizhou_corridor::table::AnswerTable;

const LANDMARKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/landmarks.csv");

/// A city with a meridian of its own.
const CITY: &str = "+proj=tmerc +lat_0=0 +lon_0=121.3333333333333 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m";
const ALBERS: &str = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +datum=WGS84 +units=m";

/// The names of a table's rows and the zones they lie in.
fn zones(output: &Output) -> Vec<(String, String)> {
    assert!(output.status.success(), "{}", stderr(output));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let columns = reader.headers().unwrap().clone();
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (name, zone) = (place("name"), place("zone"));
    let mut zones: Vec<_> =
        reader.records().map(|row| row.unwrap()).map(|row| (row[name].to_owned(), row[zone].to_owned())).collect();
    zones.sort();
    zones
}

#[test]
fn a_system_without_a_code_is_declared_and_read_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |arguments: &[&str]| run(folder, arguments);
    let expected = zones(&run(&["locate", LANDMARKS, "-f", "csv"]));
    assert_eq!(expected.len(), 32);
    for (number, system) in [CITY, ALBERS].into_iter().enumerate() {
        for ending in ["gpkg", "shp", "fgb", "parquet"] {
            let file = format!("{number}.{ending}");
            let written = run(&["convert", LANDMARKS, "--to-crs", system, "-o", &file]);
            assert!(written.status.success() && !stderr(&written).contains("does not say"), "{}", stderr(&written));
            // In its own system, without being told.
            assert_eq!(zones(&run(&["locate", &file, "-f", "csv"])), expected, "{file}");
            // What is said of it again is no contradiction; another system is one.
            assert_eq!(zones(&run(&["locate", &file, "--crs", system, "-f", "csv"])), expected, "{file}");
            let other = run(&["locate", &file, "--crs", "EPSG:4549"]);
            assert_eq!(other.status.code(), Some(3), "{file}");
            // Rows that stay in it are in it in the next format, too.
            for next in ["gpkg", "shp", "fgb", "parquet"] {
                let next = format!("{number}-{ending}.{next}");
                assert!(run(&["convert", &file, "-o", &next, "--overwrite"]).status.success(), "{next}");
                assert_eq!(zones(&run(&["locate", &next, "-f", "csv"])), expected, "{next}");
            }
        }
        // Named by the file that a GIS keeps beside a shapefile.
        let table = format!("{number}.csv");
        assert!(run(&["convert", LANDMARKS, "--to-crs", system, "-o", &table]).status.success());
        let definition = format!("@{number}.prj");
        assert_eq!(zones(&run(&["locate", &table, "--crs", &definition, "-f", "csv"])), expected);
    }
}

/// A survey file has the northing first.
#[test]
fn a_survey_file_is_read_in_a_system_by_its_definition() {
    let folder = tempfile::tempdir().unwrap();
    let corner = |label: u32, north: u32, east: u32| format!("J{label},1,{north},{east}\n");
    let text = "[属性描述]\n坐标系=2000国家大地坐标系\n[地块坐标]\n4,1,DK1,甲,面,,,,@\n".to_owned()
        + &corner(1, 3_171_000, 510_000)
        + &corner(2, 3_171_000, 510_100)
        + &corner(3, 3_171_100, 510_100)
        + &corner(4, 3_171_100, 510_000);
    fs::write(folder.path().join("a.txt"), text).unwrap();
    let nameless = run(folder.path(), &["convert", "a.txt", "-f", "csv"]);
    assert_eq!(nameless.status.code(), Some(3));
    let read = run(folder.path(), &["convert", "a.txt", "--crs", CITY, "--to-crs", "WGS84", "-f", "csv"]);
    assert!(read.status.success(), "{}", stderr(&read));
    assert!(stdout(&read).contains("POLYGON((121.43"), "{}", stdout(&read));
}

const BEIJING: &str = "PROJCS[\"Beijing_1954_3_Degree_GK_CM_120E\",GEOGCS[\"GCS_Beijing_1954\",DATUM[\"D_Beijing_1954\",\
    SPHEROID[\"Krasovsky_1940\",6378245.0,298.3]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
    PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],\
    PARAMETER[\"Central_Meridian\",120.0],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
    UNIT[\"Meter\",1.0]]";

/// Files that are on another datum as far as they say, with the name of the datum; their numbers are those of
/// EPSG:4549.
fn files_on_other_datums(folder: &Path) -> Vec<(String, &'static str)> {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    for ending in ["shp", "gpkg", "geojson", "txt"] {
        let system: &[&str] = if ending == "geojson" { &[] } else { &["--to-crs", "EPSG:4549"] };
        let parcels = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");
        let made = run(folder, &[&["convert", parcels, "-o", &format!("a.{ending}")], system].concat());
        assert!(made.status.success(), "{}", stderr(&made));
    }
    write("a.prj", BEIJING);
    let package = Connection::open(folder.join("a.gpkg")).unwrap();
    for (name, organization, code, definition) in [
        ("code.gpkg", "EPSG", 2385, "undefined".to_owned()),
        ("wkt.gpkg", "NONE", 7, BEIJING.replace("120.0", "121.0")),
    ] {
        let sql = "UPDATE gpkg_spatial_ref_sys SET organization = ?1, organization_coordsys_id = ?2, definition = ?3 \
                   WHERE srs_id = 4549";
        assert_eq!(package.execute(sql, rusqlite::params![organization, code, definition]).unwrap(), 1);
        fs::copy(folder.join("a.gpkg"), folder.join(name)).unwrap();
    }
    let table = fs::read(folder.join("a.txt")).unwrap();
    let table = encoding_rs::GB18030.decode(&table).0.into_owned();
    for (name, system) in [("xian.txt", "1980西安坐标系"), ("beijing.txt", "北京54坐标系")] {
        write(name, &table.replace("2000国家大地坐标系", system));
    }
    // As GDAL of old wrote GeoJSON.
    let plain = fs::read_to_string(folder.join("a.geojson")).unwrap();
    for (name, crs) in [
        ("urn.geojson", r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2437"}}"#),
        ("uri.geojson", r#"{"type":"name","properties":{"name":"http://www.opengis.net/def/crs/EPSG/0/2385"}}"#),
        ("type.geojson", r#"{"type":"EPSG","properties":{"code":4610}}"#),
        ("name.geojson", r#"{"type":"name","properties":{"name":"Xian_1980_3_Degree_GK_CM_120E"}}"#),
    ] {
        let text = plain.replacen(
            "\"type\":\"FeatureCollection\"",
            &format!("\"type\":\"FeatureCollection\",\"crs\":{crs}"),
            1,
        );
        assert_ne!(text, plain);
        write(name, &text);
    }
    let files = [
        ("a.shp", "Beijing 1954"),
        ("code.gpkg", "Xian 1980"),
        ("wkt.gpkg", "Beijing 1954"),
        ("xian.txt", "Xian 1980"),
        ("beijing.txt", "Beijing 1954"),
        ("urn.geojson", "Beijing 1954"),
        ("uri.geojson", "Xian 1980"),
        ("type.geojson", "Xian 1980"),
        ("name.geojson", "Xian 1980"),
    ];
    files.map(|(file, datum)| (file.to_owned(), datum)).to_vec()
}

#[test]
fn another_datum_is_refused_by_its_name_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (file, datum) in files_on_other_datums(folder) {
        for crs in [&[][..], &["--crs", "EPSG:4549"], &["--crs", "WGS84"]] {
            for command in [&["overlay", &file][..], &["convert", &file, "-f", "csv"], &["map", &file, "-o", "a.svg"]] {
                let refused = run(folder, &[command, crs].concat());
                let told = stderr(&refused);
                assert_eq!(refused.status.code(), Some(3), "{file} {crs:?}: {told}");
                assert!(told.contains(datum) && told.contains("local parameters"), "{file}: {told}");
                assert!(!told.contains("such as EPSG:4549") && refused.stdout.is_empty(), "{file}: {told}");
            }
        }
        for command in [&["areas", "--name-field", "编号", "--plan", &file][..], &["check", &file]] {
            let refused = run(folder, command);
            let told = stderr(&refused);
            assert_eq!(refused.status.code(), Some(3), "{file} {command:?}: {told}");
            assert!(told.contains(datum) && told.contains("local parameters"), "{file} {command:?}: {told}");
        }
        // A layer to be asked is a table, too.
        let asked = ["locate", LANDMARKS, "--plan", &file, "--plan-crs", "EPSG:4549", "--name-field", "编号"];
        let refused = run(folder, &asked);
        assert!(refused.status.code() == Some(3) && stderr(&refused).contains(datum), "{}", stderr(&refused));
    }
}

/// The one way to overrule a declaration: nothing is transformed, and it is said.
#[test]
fn a_wrong_declaration_is_overridden_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (file, _) in files_on_other_datums(folder) {
        let in_degrees = file.ends_with("geojson");
        let crs = if in_degrees { "CGCS2000" } else { "EPSG:4549" };
        let (rows, report) = (format!("{file}.csv"), format!("{file}.md"));
        let output = run(folder, &["overlay", &file, "--override-crs", crs, "-o", &rows, "--report", &report]);
        let told = stderr(&output);
        assert!(output.status.code().is_some_and(|code| code < 2), "{file}: {told}");
        assert!(told.contains("declares ") && told.contains("read as EPSG:4"), "{file}: {told}");
        assert!(fs::read_to_string(folder.join(rows)).unwrap().lines().count() > 30, "{file}");
        assert!(fs::read_to_string(folder.join(report)).unwrap().contains("(the file declares "), "{file}");
        let plan =
            ["locate", LANDMARKS, "--plan", &file, "--override-plan-crs", crs, "--name-field", "编号", "-f", "csv"];
        let asked = run(folder, &plan);
        assert!(
            asked.status.success() && stderr(&asked).contains("whatever the file declares"),
            "{file}: {}",
            stderr(&asked)
        );
        assert!(stdout(&asked).contains(",inside,"), "{file}: {}", stdout(&asked));
        let both = run(folder, &["overlay", &file, "--override-crs", crs, "--crs", crs]);
        assert_eq!(both.status.code(), Some(2));
    }
    // The Chinese note.
    let noted = run(folder, &["--lang", "zh", "convert", "xian.txt", "--override-crs", "4549", "-o", "zh.csv"]);
    assert!(stderr(&noted).contains("文件声明为1980西安坐标系，按EPSG:4549读取"), "{}", stderr(&noted));
    // With the same system nothing is overridden.
    let same = run(folder, &["convert", LANDMARKS, "--override-crs", "WGS84", "-o", "same.csv"]);
    assert!(!stderr(&same).contains("declares"), "{}", stderr(&same));
}

#[test]
fn slips_in_the_name_of_a_system_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = |crs: &str| run(folder.path(), &["locate", "--at", "3171898.561,633838.222", "--crs", crs, "-f", "csv"]);
    for crs in ["4549", "epsg:4549", "CGCS2000_3_Degree_GK_CM_120E", "http://www.opengis.net/def/crs/EPSG/0/4549"] {
        let found = run(crs);
        assert!(found.status.success() && stdout(&found).contains(",core,"), "{crs}: {}", stderr(&found));
    }
    let slip = run("EPSG:4594");
    assert_eq!(slip.status.code(), Some(2));
    assert!(stderr(&slip).contains("unknown system `EPSG:4594`; did you mean EPSG:4549?"), "{}", stderr(&slip));
    for other in ["EPSG:2437", "Xian_1980_3_Degree_GK_CM_120E"] {
        let refused = run(other);
        assert!(refused.status.code() == Some(2) && stderr(&refused).contains("another datum"), "{}", stderr(&refused));
    }
    for bad in ["@missing.prj", "+proj=tmerc +nadgrids=@/etc/passwd", "PROJCS[", "@/dev/zero"] {
        assert_eq!(run(bad).status.code(), Some(2), "{bad}");
    }
}

/// A definition that is none is refused in the words of this program, and PROJ is not heard; in Chinese all is Chinese.
#[test]
fn what_is_no_system_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    for bad in [
        "PROJCS[\"x\"]",
        "GEOGCS[\"x\",DATUM[\"D_China_2000\"]]",
        "+proj=nothing",
        "+proj=lcc +ellps=GRS80",
        "+proj=utm +zone=99",
        "+proj=tmerc +ellps=nothing",
        "nothing",
        "北京54",
        "EPSG:4978",
        "EPSG:5773",
        "@missing.prj",
    ] {
        for (lang, prose) in [("en", ""), ("zh", "corridor：错误：")] {
            let refused = run(folder.path(), &["--lang", lang, "locate", "--at", "121.4,28.65", "--crs", bad]);
            let told = stderr(&refused);
            assert_eq!(refused.status.code(), Some(2), "{bad}: {told}");
            assert!(
                told.starts_with("corridor") && told.contains(prose) && !told.contains("proj_create"),
                "{bad}: {told}"
            );
            let is_english = [" is ", " has ", " be ", " the ", "system"].iter().any(|word| told.contains(word));
            assert!(lang == "en" || !is_english, "{bad}: {told}");
        }
    }
    let wkt = "PROJCS[\"city\",GEOGCS[\"x\",DATUM[\"D_China_2000\"]]]";
    fs::write(folder.path().join("a.prj"), wkt).unwrap();
    assert!(run(folder.path(), &["convert", LANDMARKS, "-o", "a.shp", "--overwrite"]).status.success());
    fs::write(folder.path().join("a.prj"), wkt).unwrap();
    let unknown = run(folder.path(), &["--lang", "zh", "convert", "a.shp", "-f", "csv"]);
    assert!(unknown.status.code() == Some(3) && stderr(&unknown).contains("无法识别：city"), "{}", stderr(&unknown));
    assert!(!stderr(&unknown).contains("proj_create"), "{}", stderr(&unknown));
}

/// A system for rows that a library writes, as for those of the command line.
#[test]
fn a_definition_goes_through_the_library() {
    let options = ReadOptions { crs: Some(CITY.parse().unwrap()), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("a.csv", "east,north\n510000,3171000\n"), &options).unwrap().in_source_crs();
    let (output, memory) = io::Output::memory("a.parquet");
    let write =
        WriteOptions { source_crs: rows.crs(), is_in_source_crs: true, ..WriteOptions::new(Format::GEOPARQUET) };
    let mut writer = io::create(output, rows.schema(), &[], &write).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), []);
    let back = io::open(Input::bytes("a.parquet", memory.into_bytes()), &ReadOptions::default()).unwrap();
    assert_eq!(back.crs(), rows.crs());
}
