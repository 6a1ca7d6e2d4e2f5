//! Files that are not as they should be, or of formats that are not read: read right with a note, or refused by name.

mod common;

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Stdio;

use taizhou_corridor::error::{ErrorKind, ForeignFormat};
use taizhou_corridor::io::{self, Format, Input, InputEncoding, ReadNote, ReadOptions};
use taizhou_corridor::plan::PLAN_GEOJSON;
use taizhou_corridor::plan_io;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// All cells of a table, row by row, its encoding, and the notes on it.
type ReadTable = (Vec<Vec<String>>, &'static str, Vec<ReadNote>);

fn read(input: Input, options: &ReadOptions) -> Result<ReadTable, ErrorKind> {
    let run = || {
        let mut rows = io::open(input, options)?;
        let mut cells = vec![];
        while let Some(batch) = rows.next_batch()? {
            for number in 0..batch.len() {
                assert!(batch.shape(number).is_ok(), "{:?}", batch.shape(number));
                let columns = 0..batch.columns().len();
                let row = batch.row(number);
                cells.push(
                    columns
                        .map(|column| row.cell(column).map_or(String::new(), |cell| cell.text().into_owned()))
                        .collect(),
                );
            }
        }
        Ok((cells, rows.encoding(), rows.notes()))
    };
    run().map_err(|error: taizhou_corridor::Error| match error.kind() {
        ErrorKind::NotText { encoding } => ErrorKind::NotText { encoding },
        ErrorKind::Foreign { format, member } => ErrorKind::Foreign { format: *format, member: member.clone() },
        other => panic!("{other}"),
    })
}

fn read_file(name: &str, bytes: &[u8], options: &ReadOptions) -> (Vec<Vec<String>>, &'static str, Vec<ReadNote>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(Input::path(&path), options).unwrap()
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn utf16(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

const TABS: &str = "名称\t经度\t纬度\r\n台州站\t121.36898\t28.65590\r\n";
const COMMAS: &str = "名称,经度,纬度\n台州站,121.36898,28.65590\n";
const JSON: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名称":"台州站"},"geometry":{"type":"Point","coordinates":[121.36898,28.65590]}}]}"#;
const KML: &str = "<?xml version=\"1.0\"?><kml><Placemark><name>台州站</name><Point><coordinates>121.36898,28.65590</coordinates></Point></Placemark></kml>";
const TXT: &str = "[属性描述]\n坐标系=2000国家大地坐标系\n带号=40\n[地块坐标]\n4,0.5,DK1,台州站,面,,,,@\nJ1,1,3171145.7,40633795.4\nJ2,1,3171345.7,40633795.4\nJ3,1,3171345.7,40633995.4\nJ4,1,3171145.7,40633795.4\n";

#[test]
fn utf_16_is_told_by_its_mark_in_every_text_format() {
    type Encode = fn(&str) -> Vec<u8>;
    for (encode, name) in [(utf16 as Encode, "UTF-16LE"), (utf16_be, "UTF-16BE")] {
        for (file, text) in [
            ("unicode text.txt", TABS),
            ("a.tsv", TABS),
            ("a.csv", COMMAS),
            ("a.geojson", JSON),
            ("a", JSON),
            ("a.ndjson", &JSON[40..JSON.len() - 2]),
            ("a.kml", KML),
            ("parcels.txt", TXT),
        ] {
            let (cells, encoding, _) = read_file(file, &encode(text), &ReadOptions::default());
            assert!(cells.len() == 1 && cells[0].contains(&"台州站".to_owned()), "{file}: {cells:?}");
            assert!(encoding == name || file == "a.kml", "{file}: {encoding}");
            // From a pipe as well.
            let (piped, ..) = read(Input::bytes(file, encode(text)), &ReadOptions::default()).unwrap();
            assert_eq!(piped, cells, "{file}");
        }
    }
}

/// Files of programs that leave the mark out; a given encoding goes before what the bytes look like.
#[test]
fn utf_16_is_told_without_a_mark() {
    for (file, text) in [("a.csv", COMMAS), ("a.tsv", TABS), ("a.geojson", JSON), ("a", JSON), ("parcels.txt", TXT)] {
        for (bytes, name) in [(&utf16(text)[2..], "UTF-16LE"), (&utf16_be(text)[2..], "UTF-16BE")] {
            let (cells, encoding, _) = read_file(file, bytes, &ReadOptions::default());
            assert!(cells.len() == 1 && cells[0].contains(&"台州站".to_owned()), "{file}: {cells:?}");
            assert_eq!(encoding, name, "{file}");
        }
    }
    let given = ReadOptions { encoding: Some(InputEncoding::UTF_8), ..ReadOptions::default() };
    assert!(matches!(read(Input::bytes("a.csv", &utf16("a,lon,lat\n")[2..]), &given), Err(ErrorKind::NotText { .. })));
    // What is no text in any encoding is said to be that, and its header is not shown.
    let error = read(Input::bytes("a.csv", [0, 1, 2, 3].repeat(100)), &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, ErrorKind::NotText { .. }), "{error}");
    // A single zero is a character of its name.
    let (cells, ..) = read_file("a.csv", b"a,\0,lon,lat\n1,2,121.4,28.6\n", &ReadOptions::default());
    assert_eq!(cells, [["1", "2", "121.4", "28.6"]]);
}

/// KML that declares no encoding is UTF-8; other text whose letters would be no Chinese in use is, too.
#[test]
fn letters_of_two_bytes_are_not_taken_for_chinese() {
    for name in ["Москва", "Łódź", "Tāizhōu Běizhàn"] {
        for (file, text) in [("a.csv", COMMAS), ("a.tsv", TABS), ("a.geojson", JSON), ("a.kml", KML)] {
            let ascii = text.replace("名称", "name").replace("经度", "lon").replace("纬度", "lat");
            let (cells, encoding, _) =
                read_file(file, ascii.replace("台州站", name).as_bytes(), &ReadOptions::default());
            assert!(cells[0].contains(&name.to_owned()) && encoding == "UTF-8", "{file}: {cells:?} {encoding}");
        }
    }
}

/// Text in Big5 or of the west is bytes that GB18030 has, too: that it may be wrong is said.
#[test]
fn text_that_would_be_odd_chinese_is_doubted() {
    let big5 = encoding_rs::BIG5.encode("name,lon,lat\n臺灣省臺北市信義區市府路,121.4,28.65\n").0.into_owned();
    let western = b"name\tlon\tlat\nM\xe1laga\t121.4\t28.65\n".to_vec();
    let doubted = [ReadNote::EncodingDoubtful { encoding: InputEncoding::GB18030 }];
    for (file, bytes, label, name) in
        [("a.csv", big5, "big5", "臺灣省臺北市信義區市府路"), ("a.tsv", western, "windows-1252", "Málaga")]
    {
        assert_eq!(read_file(file, &bytes, &ReadOptions::default()).2, doubted, "{file}");
        assert_eq!(read(Input::bytes(file, &bytes), &ReadOptions::default()).unwrap().2, doubted, "{file}");
        let given = ReadOptions { encoding: Some(label.parse().unwrap()), ..ReadOptions::default() };
        let (cells, _, notes) = read_file(file, &bytes, &given);
        assert_eq!((cells[0][0].as_str(), notes.len()), (name, 0));
    }
    // A rare character among others is no doubt.
    assert_eq!(read_file("a.csv", &gbk("名称,lon,lat\n台州湾王堃,121.4,28.65\n"), &ReadOptions::default()).2, []);
}

/// What the bytes are goes before what the name says.
#[test]
fn a_wrong_ending_is_overridden_by_the_bytes() {
    let options = ReadOptions::default();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("sites.csv"), common::SITES).unwrap();
    for (file, format) in [
        ("sites.gpkg", Format::GEOPACKAGE),
        ("sites.parquet", Format::GEOPARQUET),
        ("sites.fgb", Format::FLATGEOBUF),
        ("sites.xlsx", Format::XLSX),
        ("sites.kmz", Format::KML),
        ("sites.geojson", Format::GEOJSON),
        ("sites.kml", Format::KML),
    ] {
        let output = common::corridor(folder.path(), &["convert", "sites.csv", "-o", file]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = fs::read(folder.path().join(file)).unwrap();
        for wrong in ["a.csv", "a.geojson", "a.txt", "a.gpkg", "a"] {
            let is_read = io::open(Input::bytes(wrong, &bytes), &options).map(|rows| rows.format());
            assert_eq!(is_read.unwrap(), format, "{file} as {wrong}");
        }
    }
    for wrong in ["a.xlsx", "a.gpkg", "a.parquet", "a.fgb"] {
        assert_eq!(read(Input::bytes(wrong, COMMAS), &options).unwrap().0[0][0], "台州站", "{wrong}");
        assert_eq!(read(Input::bytes(wrong, gbk(TABS)), &options).unwrap().0[0][0], "台州站", "{wrong}");
    }
    // The ending tells how GeoJSON is cut into texts, and a format that is named holds.
    assert_eq!(io::open(Input::bytes("a.ndjson", JSON), &options).unwrap().format(), Format::NDJSON);
    let named = ReadOptions { format: Some(Format::CSV), ..ReadOptions::default() };
    assert_eq!(io::open(Input::bytes("a.csv", "{\"type\",lon,lat\n"), &named).unwrap().format(), Format::CSV);
}

/// The height is not used, whatever stands for it.
#[test]
fn a_height_that_is_no_number_is_left_out() {
    for height in ["NaN", "null", "-Infinity", "12.5"] {
        for json in [JSON, &JSON[40..JSON.len() - 2]] {
            let json = json.replace("28.65590]", &format!("28.65590,{height}]"));
            let mut rows = io::open(Input::bytes("a.ndjson", json), &ReadOptions::default()).unwrap();
            let batch = rows.next_batch().unwrap().unwrap();
            assert!(batch.shape(0).is_ok(), "{height}: {:?}", batch.shape(0));
        }
    }
}

#[test]
fn an_encoding_that_is_given_holds() {
    let big5 = |text: &str| encoding_rs::BIG5.encode(text).0.into_owned();
    let given = |label: &str| ReadOptions { encoding: Some(label.parse().unwrap()), ..ReadOptions::default() };
    for (file, text) in [("a.csv", COMMAS), ("a.tsv", TABS), ("a.geojson", JSON), ("a.kml", KML)] {
        let text = text.replace("台州站", "臺北").replace("名称", "name").replace("经度", "lon").replace("纬度", "lat");
        let (cells, ..) = read_file(file, &big5(&text), &given("big5"));
        assert!(cells[0].contains(&"臺北".to_owned()), "{file}: {cells:?}");
        let (cells, ..) = read_file(file, &gbk(&text), &given("gb2312"));
        assert!(cells[0].contains(&"臺北".to_owned()), "{file}: {cells:?}");
        let wrong = read(Input::bytes(file, b"\xff\xff"), &given("big5"));
        assert!(wrong.is_err() || file == "a.kml", "{file}");
    }
    // It is not the one that the text would be taken for.
    let (cells, encoding, notes) = read_file("a.csv", b"n,lon,lat\n\xd5\xbe,121.4,28.65\n", &given("utf-8"));
    assert_eq!((cells[0][0].as_str(), encoding, notes.len()), ("վ", "UTF-8", 0));
    let error = io::open(Input::bytes("a.csv", gbk(COMMAS)), &given("utf-8")).and_then(|mut rows| rows.next_batch());
    assert_eq!(error.err().unwrap().kind().to_string(), "it is not text in UTF-8");
    // Formats that say what they are in have no say in it.
    let error = io::open(Input::path("data/landmarks.xlsx"), &given("big5")).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::OptionMismatch { .. } | ErrorKind::Open(_)), "{error}");
}

#[test]
fn pairs_that_could_be_either_are_told_by_what_comes_later() {
    let rows = |first: &[u8], last: &[u8]| {
        let plain = "a,121.36898,28.65590\n".repeat(60_000);
        [b"name,lon,lat\n", first, b",121.36898,28.65590\n", plain.as_bytes(), last, b",121.36898,28.65590\n"].concat()
    };
    let guessed = |encoding| vec![ReadNote::EncodingGuessed { encoding }];
    for (first, last, name, notes) in [
        // 站 alone; 站 and 台州; a degree sign alone; a degree sign and 台州 in either encoding.
        (b"\xd5\xbe".as_slice(), b"a".as_slice(), ("站", "a"), guessed(InputEncoding::GB18030)),
        (b"a", b"\xd5\xbe", ("a", "站"), guessed(InputEncoding::GB18030)),
        (b"\xd5\xbe", &gbk("台州"), ("站", "台州"), vec![]),
        ("28°".as_bytes(), b"a", ("28°", "a"), vec![]),
        ("28°".as_bytes(), "台州".as_bytes(), ("28°", "台州"), vec![]),
        (&gbk("路"), &gbk("台州"), ("路", "台州"), vec![]),
    ] {
        let (cells, _, found) = read_file("a.csv", &rows(first, last), &ReadOptions::default());
        assert_eq!((cells[0][0].as_str(), cells[60_001][0].as_str(), found), (name.0, name.1, notes));
    }
    // A pipe cannot be looked ahead in: what is assumed is said.
    for (bytes, name, encoding) in
        [(b"\xd5\xbe".as_slice(), "站", InputEncoding::GB18030), ("28°".as_bytes(), "28°", InputEncoding::UTF_8)]
    {
        let (cells, _, notes) =
            read(Input::reader("-", std::io::Cursor::new(rows(bytes, b"a"))), &ReadOptions::default()).unwrap();
        assert_eq!((cells[0][0].as_str(), notes), (name, guessed(encoding)));
    }
}

#[test]
fn geojson_in_gb18030_is_read_and_said() {
    let options = ReadOptions::default();
    for (file, text) in [("a.geojson", JSON), ("a.ndjson", &JSON[40..JSON.len() - 2])] {
        let (cells, encoding, notes) = read_file(file, &gbk(text), &options);
        assert_eq!((cells[0][0].as_str(), encoding), ("台州站", "GB18030"), "{file}");
        assert_eq!(notes, [ReadNote::JsonEncoding { encoding: InputEncoding::GB18030 }]);
        assert_eq!(read(Input::bytes("-", gbk(JSON)), &options).unwrap().0, cells);
    }
    // 乗 ends in the byte of a backslash.
    let text = JSON.replace("台州站", "乗");
    assert!(gbk("乗").ends_with(b"\\"));
    assert_eq!(read_file("a.geojson", &gbk(&text), &options).0, [["乗"]]);
    let (outline, notes) =
        plan_io::read_plan_with_notes(Input::bytes("p.json", gbk(PLAN_GEOJSON)), &options, None).unwrap();
    assert_eq!((outline.into_plan().unwrap().features()[0].name.as_str(), notes.len()), ("台州湾科创走廊", 1));
    // What is neither is said to be neither.
    let neither = [b"{\"type\":\"Feature\",\"a\":\"\xff\xff", b"\"}".as_slice()].concat();
    assert!(matches!(read(Input::bytes("a.json", neither), &options), Err(ErrorKind::NotText { .. })));
}

#[test]
fn numbers_that_are_none_are_null_in_rows_and_plans() {
    let numbers = |json: &str| json.replace(r#""名称":"台州站""#, r#""a":NaN,"b":-Infinity,"c":"NaN""#);
    for text in [numbers(JSON), numbers(&JSON[40..JSON.len() - 2])] {
        let (cells, _, notes) = read(Input::bytes("a.ndjson", &text), &ReadOptions::default()).unwrap();
        assert_eq!(cells, [["", "", "NaN"]]);
        assert_eq!(notes, [ReadNote::NotFinite { count: 2 }]);
    }
    let plan = PLAN_GEOJSON.replacen("\"accuracy_m\":", "\"rent\":NaN,\"accuracy_m\":", 2);
    let (outline, notes) =
        plan_io::read_plan_with_notes(Input::bytes("-", plan), &ReadOptions::default(), None).unwrap();
    assert_eq!((outline.findings().len(), notes), (0, vec![ReadNote::NotFinite { count: 2 }]));
}

#[test]
fn commas_at_the_end_of_lines_are_no_columns() {
    for text in [
        "n,lon,lat,\na,121.4,28.65\n",
        "n,lon,lat,,\na,121.4,28.65,\n",
        "n,lon,lat\na,121.4,28.65,\n",
        "n,lon,lat\n\"a\",121.4,28.65,\"\",\n",
        "n;lon;lat;\na;121.4;28.65\n",
    ] {
        let (cells, ..) = read(Input::bytes("a.csv", text), &ReadOptions::default()).unwrap();
        assert_eq!(cells[0][..3], ["a", "121.4", "28.65"], "{text}");
    }
    // A value too many, or a column with a name too few, is a row that is wrong.
    for text in ["n,lon,lat,\na,121.4,28.65,,x\n", "n,lon,lat,code\na,121.4,28.65\n", "n,lon,lat,\na,121.4\n"] {
        let mut rows = io::open(Input::bytes("a.csv", text), &ReadOptions::default()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        assert_eq!(batch.sites()[0].as_ref().unwrap_err().code(), "field-count", "{text}");
    }
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn formats_that_are_not_read_are_named_in_tables_and_plans() {
    let folder = TempDir::new().unwrap();
    let tar = [vec![b'a'; 257], b"ustar\0".to_vec(), vec![0; 249]].concat();
    let inner = zip_of(&[("a.csv", COMMAS.as_bytes())]);
    let cases: [(&str, Vec<u8>, ForeignFormat); 16] = [
        ("r.zip", b"Rar!\x1a\x07\x01\0".to_vec(), ForeignFormat::Rar),
        ("7.zip", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), ForeignFormat::SevenZip),
        ("d.csv", zip_of(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]), ForeignFormat::Document),
        ("w.xml", b"<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\">".to_vec(), ForeignFormat::Gml),
        ("a.tab", b"!table\n!version 300\n!charset WindowsSimpChinese\n".to_vec(), ForeignFormat::MapInfoTab),
        ("a.mif", b"Version 300\nCharset \"Neutral\"\n".to_vec(), ForeignFormat::MapInfoMif),
        ("a.dwg", b"AC1032\0\0".to_vec(), ForeignFormat::Dwg),
        ("a.gpx", b"<?xml version=\"1.0\"?>\n<gpx version=\"1.1\">".to_vec(), ForeignFormat::Gpx),
        ("a.gml", b"<wfs:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\">".to_vec(), ForeignFormat::Gml),
        ("a.json", br#"{"geometryType":"esriGeometryPoint","features":[]}"#.to_vec(), ForeignFormat::EsriJson),
        ("a.xls", b"<html><body><table>".to_vec(), ForeignFormat::Html),
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(), ForeignFormat::Et),
        (
            "a.odt",
            zip_of(&[
                ("mimetype", b"application/vnd.oasis.opendocument.text, and more of it"),
                ("META-INF/manifest.xml", b"<x/>"),
            ]),
            ForeignFormat::Document,
        ),
        ("a.tar.gz", gzip(&tar), ForeignFormat::Tar),
        ("a.zip", zip_of(&[("b.zip", &inner)]), ForeignFormat::NestedZip),
        ("a.shx", b"\0\0\x27\x0a".to_vec(), ForeignFormat::ShapefilePart),
    ];
    for (name, bytes, expected) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for input in [Input::path(&path), Input::bytes(name, fs::read(&path).unwrap())] {
            let error = io::open(input, &ReadOptions::default()).err().unwrap();
            assert!(
                matches!(error.kind(), ErrorKind::Foreign { format, .. } if *format == expected),
                "{name}: {error}"
            );
        }
        let error = plan_io::read_plan(Input::path(&path), &ReadOptions::default(), None).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Foreign { format, .. } if *format == expected), "{name}: {error}");
        assert_eq!(error.location().file.as_deref(), path.to_str());
    }
}

/// A table in text with tabs, or a workbook, that is named `.xls` is what its bytes are.
#[test]
fn what_is_named_xls_and_can_be_read_is_read() {
    let (cells, ..) = read(Input::bytes("a.xls", TABS), &ReadOptions::default()).unwrap();
    assert_eq!(cells[0], ["台州站", "121.36898", "28.65590"]);
    let (cells, ..) = read(Input::bytes("a.xls", utf16(TABS)), &ReadOptions::default()).unwrap();
    assert_eq!(cells[0][0], "台州站");
}

/// Each command that reads a table or a plan names the format, and how to convert it, in either language.
#[test]
fn every_command_names_a_format_that_is_not_read() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.tab"), "!table\n!version 300\n").unwrap();
    fs::write(folder.path().join("sites.csv"), common::SITES).unwrap();
    for arguments in [
        &["locate", "a.tab"][..],
        &["overlay", "a.tab"],
        &["nearest", "a.tab"],
        &["convert", "a.tab", "-f", "csv"],
        &["check", "a.tab"],
        &["areas", "--plan", "a.tab"],
        &["export", "--plan", "a.tab"],
        &["map", "a.tab"],
        &["locate", "sites.csv", "--plan", "a.tab"],
    ] {
        let output = common::corridor(folder.path(), arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains("MapInfo") && said.contains("ogr2ogr"), "{arguments:?}: {said}");
    }
    let output = common::corridor(folder.path(), &["--lang", "zh", "locate", "a.tab"]).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("这是MapInfo TAB文件，不支持读取"));
}

/// A workbook of these parts beside what every workbook has.
fn workbook(sheets: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut names = String::new();
    let mut relations = String::new();
    let mut parts = vec![];
    for (number, (name, kind, state, content)) in (1..).zip(sheets) {
        names.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"{state}/>"));
        relations.push_str(&format!(
            "<Relationship Id=\"r{number}\" Type=\"{OFFICE}/{kind}\" Target=\"{kind}s/s{number}.xml\"/>"
        ));
        parts.push((format!("xl/{kind}s/s{number}.xml"), format!("{HEAD}{content}")));
    }
    parts.push((
        "[Content_Types].xml".to_owned(),
        format!("{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
    ));
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!("{HEAD}<workbook xmlns:r=\"{OFFICE}\"><sheets>{names}</sheets></workbook>"),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!("{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"),
    ));
    let root = format!("<Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>");
    let relations = |relations: &str| {
        format!(
            "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
        )
    };
    parts.push(("_rels/.rels".to_owned(), relations(&root)));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip_of(&parts)
}

const SHEET: &str = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>lon</t></is></c><c r="B1" t="inlineStr"><is><t>lat</t></is></c><c r="C1" t="inlineStr"><is><t>n</t></is></c></row><row r="2"><c r="A2"><v>121.4</v></c><c r="B2"><v>28.65</v></c><c r="C2"><f>A2*2</f></c></row></sheetData></worksheet>"#;
const CHART: &str = "<chartsheet><drawing r:id=\"r1\" xmlns:r=\"x\"/></chartsheet>";

#[test]
fn sheets_of_charts_are_no_tables_and_hidden_sheets_are_marked() {
    let bytes = workbook(&[("图", "chartsheet", "", CHART), ("点", "worksheet", "", SHEET)]);
    let (cells, _, notes) = read(Input::bytes("a.xlsx", &bytes), &ReadOptions::default()).unwrap();
    assert_eq!(cells, [["121.4", "28.65", ""]]);
    assert_eq!(notes, [ReadNote::NoStoredValue { cell: "C2".to_owned(), count: 1 }]);
    let hidden = " state=\"hidden\"";
    let bytes =
        workbook(&[("A", "worksheet", "", SHEET), ("B", "worksheet", hidden, SHEET), ("图", "chartsheet", "", CHART)]);
    let error = io::open(Input::bytes("a.xlsx", &bytes), &ReadOptions::default()).err().unwrap();
    assert_eq!(error.kind().to_string(), "it has several layers: `A`, `B` (hidden: `B`)");
    let options = ReadOptions { layer: Some("图".to_owned()), ..ReadOptions::default() };
    let error = io::open(Input::bytes("a.xlsx", &bytes), &options).err().unwrap();
    assert_eq!(error.kind().to_string(), "it has no layer `图` among `A`, `B` (hidden: `B`)");
}

#[test]
fn a_coordinate_whose_formula_was_not_computed_is_no_empty_cell() {
    let formula = SHEET.replace("<c r=\"A2\"><v>121.4</v></c>", "<c r=\"A2\"><f>60+61</f><v></v></c>");
    // The text that a formula may well give is one.
    let text = SHEET.replace("<c r=\"C2\"><f>A2*2</f></c>", "<c r=\"C2\" t=\"str\"><f>\"\"</f><v></v></c>");
    let open = |sheet: &str| {
        let bytes = workbook(&[("A", "worksheet", "", sheet)]);
        let mut rows = io::open(Input::bytes("a.xlsx", &bytes), &ReadOptions::default()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        (batch.sites()[0].as_ref().map(|_| ()).map_err(|problem| problem.to_string()), rows.notes().len())
    };
    let problem = "`lon` is a formula without a stored value, in cell A2".to_owned();
    assert_eq!((open(&formula), open(&text)), ((Err(problem), 1), (Ok(()), 0)));
}

#[test]
fn what_has_rows_is_not_said_to_be_empty() {
    let kind = |name: &str, text: &str| io::open(Input::bytes(name, text), &ReadOptions::default()).err().unwrap();
    assert!(matches!(kind("a.csv", " , \n1,2\n").kind(), ErrorKind::NoHeader));
    assert!(matches!(kind("a.csv", "\n\n").kind(), ErrorKind::Empty));
    assert!(matches!(kind("a.txt", "[属性描述]\n带号=40\n[地块坐标]\n").kind(), ErrorKind::NoParcels));
    let blank = SHEET.replace(">lon<", "> <").replace(">lat<", "> <").replace(">n<", "> <");
    let bytes = workbook(&[("A", "worksheet", "", &blank)]);
    let error = io::open(Input::bytes("a.xlsx", &bytes), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NoHeader), "{error}");
}

#[test]
fn placemarks_of_a_schema_are_rows_and_none_are_said() {
    let kml = "<kml><Document><Schema parent=\"Placemark\" name=\"S_parcel\"><SimpleField type=\"wstring\" name=\"NAME\"/>\
        <SimpleField type=\"int\" name=\"CODE\"></SimpleField></Schema><Folder><name>f</name><S_parcel id=\"1\"><name>a</name>\
        <NAME>台州</NAME><CODE>7</CODE><Point><coordinates>121.4,28.65</coordinates></Point></S_parcel></Folder></Document></kml>";
    let mut rows = io::open(Input::bytes("a.kml", kml), &ReadOptions::default()).unwrap();
    let names = rows.schema().names();
    let batch = rows.next_batch().unwrap().unwrap();
    let cell = |name: &str| {
        let column = names.iter().position(|known| known == name).unwrap();
        batch.row(0).cell(column).unwrap().text().into_owned()
    };
    assert_eq!([cell("name"), cell("NAME"), cell("CODE"), cell("folder")], ["a", "台州", "7", "f"]);
    assert!(batch.len() == 1 && batch.sites()[0].is_ok());
    for kml in ["<kml><GroundOverlay/></kml>", "<kml><Document><name>a</name></Document></kml>"] {
        let (cells, _, notes) = read(Input::bytes("a.kml", kml), &ReadOptions::default()).unwrap();
        assert_eq!((cells.len(), notes), (0, vec![ReadNote::NoPlacemarks]));
    }
}

#[test]
fn tables_of_attributes_are_read_where_they_have_coordinates() {
    let folder = TempDir::new().unwrap();
    let open = |name: &str, sql: &str, layer: Option<&str>| {
        let path = folder.path().join(name);
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .execute_batch(&format!(
                "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT); \
                 CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER); \
                 {sql}"
            ))
            .unwrap();
        drop(database);
        let options = ReadOptions { layer: layer.map(str::to_owned), ..ReadOptions::default() };
        io::open(Input::path(&path), &options).and_then(|mut rows| {
            assert_eq!(rows.format(), Format::GEOPACKAGE);
            Ok((rows.schema().names(), rows.next_batch()?.map(|batch| batch.sites().len())))
        })
    };
    let sites = "CREATE TABLE sites (fid INTEGER PRIMARY KEY, 名称 TEXT, lon REAL, lat REAL); \
        INSERT INTO sites VALUES (1, 'a', 121.4, 28.65), (2, 'b', 121.5, NULL); INSERT INTO gpkg_contents VALUES ('sites', 'attributes');";
    let (names, rows) = open("a.gpkg", sites, None).unwrap();
    assert_eq!((names.join(","), rows), ("名称,lon,lat".to_owned(), Some(2)));
    let notes = "CREATE TABLE notes (id INTEGER, text TEXT); INSERT INTO gpkg_contents VALUES ('notes', 'aspatial');";
    assert!(open("b.gpkg", &format!("{notes}{sites}"), None).is_ok());
    assert!(open("c.gpkg", &format!("{notes}{sites}"), Some("sites")).is_ok());
    let error = open("d.gpkg", notes, None).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }), "{error}");
    let more = sites.replace("sites", "more");
    let error = open("e.gpkg", &format!("{sites}{more}"), None).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeveralLayers { layers, .. } if layers == &["sites", "more"]), "{error}");
    let path = folder.path().join("f.gpkg");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    let error = io::open(Input::path(&path), &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Foreign { format: ForeignFormat::Sqlite, .. }), "{error}");
}

#[test]
fn a_code_page_that_is_not_known_is_said() {
    let folder = TempDir::new().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/shapefile");
    let stem = fs::read_dir(&source)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "shp") && path.with_extension("dbf").is_file())
        .unwrap();
    for ending in ["shp", "shx", "dbf"] {
        let _ = fs::copy(stem.with_extension(ending), folder.path().join("a").with_extension(ending));
    }
    let open = |cpg: &str| {
        fs::write(folder.path().join("a.cpg"), cpg).unwrap();
        io::open(
            Input::path(folder.path().join("a.shp")),
            &ReadOptions { crs: Some("WGS84".parse().unwrap()), ..ReadOptions::default() },
        )
        .unwrap()
        .notes()
    };
    let unknown = |notes: &[ReadNote]| {
        notes.iter().any(|note| matches!(note, ReadNote::UnknownEncoding { name, .. } if name == "SYSTEM"))
    };
    assert!(unknown(&open("SYSTEM\r\n")) && !unknown(&open("UTF-8")) && !unknown(&open("")));
}

/// `script` gives a command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn no_binary_format_is_written_to_a_terminal() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("sites.csv"), common::SITES).unwrap();
    let at_terminal = |arguments: &str| {
        let command = format!("{} {arguments}", common::PROGRAM);
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &command, "/dev/null"]).current_dir(folder.path()).env("LC_ALL", "C").stdin(Stdio::null());
        script.output().ok().map(|output| (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned()))
    };
    if at_terminal("--version").is_none_or(|(code, _)| code != Some(0)) {
        return;
    }
    for arguments in [
        "convert sites.csv -f xlsx",
        "convert sites.csv -f parquet",
        "locate sites.csv -f fgb",
        "locate sites.csv -f gpkg",
        "map -f png",
        "export -f pmtiles",
    ] {
        let (code, shown) = at_terminal(arguments).unwrap();
        assert!(
            code == Some(2) && shown.contains("is a binary format") && shown.contains("-o FILE"),
            "{arguments}: {shown}"
        );
    }
    let (code, shown) = at_terminal("locate sites.csv -f csv").unwrap();
    assert!(code == Some(0) && shown.contains("0701"), "{shown}");
}
