//! The text file of Chinese land surveys: one parcel with a hole, the ways in which writers differ, and what
//! is written reads as what it was.

use geo::{Geometry, MultiPolygon};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::geometry::measure::ellipsoid_area;
use taizhou_corridor::io::{
    self, Format, Input, Loss, Output, ReadOptions, Rows, TxtDialect, TxtNumbering, WriteOptions,
};
use taizhou_corridor::table::{AnswerTable, Batch};
use taizhou_corridor::{Error, Result};

const PARCEL: &[u8] = include_bytes!("data/survey_txt/parcel.txt");

fn text() -> String {
    encoding_rs::GBK.decode(PARCEL).0.into_owned()
}

fn open(text: &str, crs: Option<Crs>) -> Result<Rows> {
    io::open(Input::bytes("parcels.txt", text), &ReadOptions { crs, ..ReadOptions::default() })
}

fn batch(text: &str) -> Batch {
    open(text, None).unwrap().next_batch().unwrap().unwrap()
}

fn polygons(batch: &Batch, row: usize) -> MultiPolygon<f64> {
    match batch.shape(row).unwrap().geometry() {
        Geometry::Polygon(polygon) => polygon.into(),
        Geometry::MultiPolygon(polygons) => polygons,
        other => panic!("{other:?}"),
    }
}

fn cells(batch: &Batch, row: usize) -> Vec<String> {
    batch.row(row).cells().map(|(_, cell)| cell.text().into_owned()).collect()
}

/// One parcel, one exterior, one hole, 6.0973 ha.
fn assert_is_the_parcel(batch: &Batch) {
    assert_eq!(batch.len(), 1);
    let parcel = polygons(batch, 0);
    assert_eq!((parcel.0.len(), parcel.0[0].interiors().len()), (1, 1));
    assert_eq!(format!("{:.4}", ellipsoid_area(&parcel).ha()), "6.0973");
}

#[test]
fn the_example_is_one_parcel_with_a_hole() {
    let rows = io::open(Input::bytes("parcels.txt", PARCEL), &ReadOptions::default());
    let mut rows = rows.unwrap();
    assert_eq!((rows.format(), rows.encoding(), rows.crs()), (Format::SURVEY_TXT, "GB18030", Crs::Epsg(4528)));
    let batch = rows.next_batch().unwrap().unwrap();
    assert_is_the_parcel(&batch);
    assert_eq!(batch.columns(), ["界址点数", "面积", "编号", "名称", "图形属性", "图幅号", "用途", "地类编码"]);
    assert_eq!(cells(&batch, 0), ["10", "6.0973", "DK001", "示例地块1", "面", "", "科研用地", "0802"]);
}

fn written(text: &str, crs: Crs) -> Result<String> {
    let mut rows = open(text, None)?;
    let (output, memory) = Output::memory("out.txt");
    let options = WriteOptions { source_crs: rows.crs(), crs: Some(crs), ..WriteOptions::new(Format::SURVEY_TXT) };
    let mut writer = io::create(output, rows.schema(), &[], &options)?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    writer.finish()?;
    let bytes = memory.into_bytes();
    assert!(bytes.windows(2).all(|pair| pair[1] != b'\n' || pair[0] == b'\r'), "lines end in CRLF");
    Ok(encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(&bytes).unwrap().into_owned())
}

#[test]
fn what_is_written_is_what_was_read() {
    let parcels = |text: &str| text.split_once("[地块坐标]").unwrap().1.to_owned();
    let once = written(&text(), Crs::Epsg(4528)).unwrap();
    assert_eq!(parcels(&once), parcels(&text()));
    assert_eq!(written(&once, Crs::Epsg(4528)).unwrap(), once);
    // The zone without its prefix is the same zone: the prefix is always written.
    assert_eq!(written(&text(), Crs::Epsg(4549)).unwrap(), once);
    // In the neighbouring zone the numbers are others, and lead back.
    let other = written(&text(), Crs::Epsg(4529)).unwrap();
    assert!(other.contains("带号=41") && other.contains(",41"));
    let back = written(&other, Crs::Epsg(4528)).unwrap();
    assert_eq!(back.lines().count(), once.lines().count());
    for (found, expected) in back.lines().zip(once.lines()).filter(|(line, _)| line.starts_with('J')) {
        let metres = |line: &str| line.split(',').skip(2).map(|text| text.parse::<f64>().unwrap()).collect::<Vec<_>>();
        // Each way rounds to a millimetre.
        let is_close = |(a, b): (&f64, &f64)| (a - b).abs() < 0.0016;
        assert!(metres(found).iter().zip(&metres(expected)).all(is_close), "{found} {expected}");
    }
}

/// Each dialect, there and back: what it has fields for returns in its columns, and the rest is reported.
#[test]
fn dialects_come_back() {
    let kept = [
        (TxtDialect::Survey, ["DK001", "示例地块1", "科研用地", "0802"]),
        (TxtDialect::OneMap, ["DK001", "示例地块1", "", ""]),
        (TxtDialect::Linkage, ["DK001", "示例地块1", "科研用地", ""]),
        (TxtDialect::Zhejiang, ["DK001", "示例地块1", "科研用地", "0802"]),
    ];
    for (dialect, expected) in kept {
        let mut rows = open(&text(), None).unwrap();
        let (output, memory) = Output::memory("out.txt");
        let options = WriteOptions {
            source_crs: rows.crs(),
            crs: Some(Crs::Epsg(4528)),
            txt_dialect: Some(dialect),
            ..WriteOptions::new(Format::SURVEY_TXT)
        };
        let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
        let original = rows.next_batch().unwrap().unwrap();
        let answers = AnswerTable::none(&original);
        writer.write(original, &answers).unwrap();
        let losses = writer.finish().unwrap();
        let lost = expected.iter().filter(|field| field.is_empty()).count();
        let reported: usize = losses
            .iter()
            .map(|loss| match loss {
                Loss::Columns { fields } => {
                    fields.iter().filter(|name| ["用途", "地类编码"].contains(&name.as_str())).count()
                }
                _ => 0,
            })
            .sum();
        assert_eq!(reported, lost, "{dialect:?}: {losses:?}");
        let bytes = memory.into_bytes();
        let again = io::open(Input::bytes("out.txt", bytes), &ReadOptions::default());
        let mut again = again.unwrap();
        assert_eq!(again.txt_dialect(), Some(dialect));
        let batch = again.next_batch().unwrap().unwrap();
        assert_is_the_parcel(&batch);
        let cell = |name: &str| {
            let column = batch.columns().iter().position(|column| column == name).unwrap();
            batch.row(0).cell(column).map_or_else(String::new, |cell| cell.text().into_owned())
        };
        assert_eq!(["编号", "名称", "用途", "地类编码"].map(cell), expected, "{dialect:?}");
    }
}

/// A file of CASS, as in section 5.1 of its reference manual: points in their columns, there and back.
#[test]
fn points_of_cass_come_back() {
    let text = "1,,365760.368,2936912.007,1118.852\r\n2,K1,365763.273,2936902.668,0\r\nJ3,,365762.889,2936899.074\r\n4,,here,1\r\n";
    for name in ["points.dat", "points.txt"] {
        let error = io::open(Input::bytes(name, text), &ReadOptions::default()).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::NoGaussKruegerZone), "{error}");
    }
    let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    let open = |text: &str| io::open(Input::bytes("points.dat", text), &options).unwrap();
    let rows = open(text);
    assert_eq!((rows.format(), rows.txt_dialect()), (Format::SURVEY_TXT, Some(TxtDialect::Cass)));
    assert_eq!(rows.stated_area(), None);
    let write = |rows: Rows, crs: u32| {
        let (output, memory) = Output::memory("out.dat");
        let options = WriteOptions {
            source_crs: rows.crs(),
            is_in_source_crs: true,
            crs: Some(Crs::Epsg(crs)),
            ..WriteOptions::new(Format::SURVEY_TXT)
        };
        let mut rows = rows.in_source_crs();
        let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
        assert_eq!(writer.finish().unwrap(), []);
        String::from_utf8(memory.into_bytes()).unwrap()
    };
    let written = write(rows, 4549);
    // A height is required; the row that is no point keeps its name.
    let expected = "1,,365760.368,2936912.007,1118.852\r\n2,K1,365763.273,2936902.668,0\r\nJ3,,365762.889,2936899.074,0.000\r\n4,,,,\r\n";
    assert_eq!(written, expected);
    let mut again = open(&written);
    assert_eq!(again.schema().names(), ["点号", "编码", "高程"]);
    let batch = again.next_batch().unwrap().unwrap();
    assert_eq!((batch.len(), cells(&batch, 1)), (4, vec!["2".to_owned(), "K1".to_owned(), "0".to_owned()]));
    assert!(batch.sites()[2].is_ok() && batch.sites()[3].is_err());
    // Eastings with the prefix say which zone it is.
    let with_prefix = write(open(text), 4528);
    assert!(with_prefix.starts_with("1,,40365760.368,2936912.007,1118.852\r\n"), "{with_prefix}");
    let rows = io::open(Input::bytes("points.dat", with_prefix), &ReadOptions::default()).unwrap();
    assert_eq!(rows.crs(), Crs::Epsg(4528));
}

/// Parcels have no place among points: which corner is whose would be lost.
#[test]
fn parcels_are_not_written_as_points() {
    let options = ReadOptions { txt_dialect: Some(TxtDialect::Survey), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("parcels.txt", PARCEL), &options).unwrap();
    let (output, _memory) = Output::memory("out.dat");
    let options = WriteOptions {
        source_crs: rows.crs(),
        crs: Some(Crs::Epsg(4528)),
        txt_dialect: Some(TxtDialect::Cass),
        ..WriteOptions::new(Format::SURVEY_TXT)
    };
    let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let error = writer.write(batch.clone(), &AnswerTable::none(&batch)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnsupportedGeometry { .. }), "{error}");
}

/// Corners are numbered in the parcel, in the ring or in the file, and rings are closed or open; the parcel is the same.
#[test]
fn corners_are_numbered_as_is_asked() {
    // A triangle with a triangular hole, twice.
    let parcel = "8,1,DK1,甲,面,,,,@\nJ1,1,3171900,40633838\nJ2,1,3171900,40634138\nJ3,1,3172200,40633838\n\
                  J4,2,3171950,40633888\nJ5,2,3171950,40633938\nJ6,2,3172000,40633888\n";
    let text = format!("[属性描述]\n带号=40\n[地块坐标]\n{parcel}{parcel}");
    for (txt_numbering, txt_open_rings, expected) in [
        (TxtNumbering::Parcel, false, "8:J1 J2 J3 J1 J4 J5 J6 J4 8:J1 J2 J3 J1 J4 J5 J6 J4"),
        (TxtNumbering::Parcel, true, "6:J1 J2 J3 J4 J5 J6 6:J1 J2 J3 J4 J5 J6"),
        (TxtNumbering::Ring, false, "8:J1 J2 J3 J1 J1 J2 J3 J1 8:J1 J2 J3 J1 J1 J2 J3 J1"),
        (TxtNumbering::Ring, true, "6:J1 J2 J3 J1 J2 J3 6:J1 J2 J3 J1 J2 J3"),
        (TxtNumbering::File, false, "8:J1 J2 J3 J1 J4 J5 J6 J4 8:J7 J8 J9 J7 J10 J11 J12 J10"),
        (TxtNumbering::File, true, "6:J1 J2 J3 J4 J5 J6 6:J7 J8 J9 J10 J11 J12"),
    ] {
        let mut rows = open(&text, None).unwrap();
        let (output, memory) = Output::memory("out.txt");
        let options = WriteOptions {
            source_crs: rows.crs(),
            crs: Some(Crs::Epsg(4528)),
            txt_numbering,
            txt_open_rings,
            ..WriteOptions::new(Format::SURVEY_TXT)
        };
        let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        writer.write(batch.clone(), &AnswerTable::none(&batch)).unwrap();
        writer.finish().unwrap();
        let bytes = memory.into_bytes();
        let written = encoding_rs::GBK.decode(&bytes).0.into_owned();
        let lines = written.split("[地块坐标]").nth(1).unwrap().lines().filter(|line| !line.is_empty());
        let labels: Vec<String> = lines
            .map(|line| line.split(',').next().unwrap().to_owned() + if line.ends_with('@') { ":" } else { " " })
            .collect();
        assert_eq!(labels.concat().trim_end(), expected, "{txt_numbering:?} {txt_open_rings}");
        let again = io::open(Input::bytes("out.txt", bytes), &ReadOptions::default());
        let again = again.unwrap().next_batch().unwrap().unwrap();
        for row in 0..2 {
            assert_eq!(polygons(&again, row), polygons(&batch, row));
        }
    }
}

/// The codes and names of administrative areas are columns of their own, and return to their fields.
#[test]
fn areas_of_zhejiang_are_columns() {
    let text = "[属性描述]\n带号=40\n[地块坐标]\n0,0,330106104,横桥村,D8-003,地块4,面,,工业,0601,@\n\
                J1,1,3171900,40633838\nJ2,1,3171900,40633938\nJ3,1,3172000,40633938\n";
    let batch = batch(text);
    assert_eq!(&batch.columns()[8..], ["行政区代码", "行政区名称"]);
    assert_eq!(&cells(&batch, 0)[2..4], ["D8-003", "地块4"]);
    assert_eq!(&cells(&batch, 0)[8..], ["330106104", "横桥村"]);
}

#[test]
fn only_a_zone_can_be_written() {
    for crs in [Crs::Crs84, Crs::Gcj02, Crs::Epsg(32651)] {
        let error = written(&text(), crs).unwrap_err();
        assert!(error.to_string().contains("Gauss-Krüger zone"), "{error}");
    }
}

#[test]
fn areas_are_computed_where_none_is_stated() {
    let again = written(&text().replace("10,6.0973,", "10,,"), Crs::Epsg(4528)).unwrap();
    assert!(again.contains("10,6.0973,DK001,"), "{again}");
}

#[test]
fn fields_that_would_end_early_are_replaced() {
    let csv = "编号,name,remark,wkt\n\"DK,1\",a@b,x,\"POLYGON((121.4 28.6,121.41 28.6,121.41 28.61,121.4 28.6))\"\n";
    let mut rows = io::open(Input::bytes("parcels.csv", csv), &ReadOptions::default()).unwrap();
    let (output, memory) = Output::memory("out.txt");
    let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::SURVEY_TXT) };
    let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
    let rows = rows.next_batch().unwrap().unwrap();
    let answers = AnswerTable::none(&rows);
    writer.write(rows, &answers).unwrap();
    let losses = writer.finish().unwrap();
    assert_eq!(losses.len(), 3, "{losses:?}");
    let text = encoding_rs::GBK.decode(&memory.into_bytes()).0.into_owned();
    assert!(text.contains(",DK，1,a＠b,面,,,,@"), "{text}");
    assert_eq!(cells(&batch(&text), 0)[2..4], ["DK，1", "a＠b"]);
}

// Twelve ways in which writers differ.

#[test]
fn labels_may_be_bare_numbers() {
    let text = text().replace("\nJ", "\n");
    assert_is_the_parcel(&batch(&text));
}

#[test]
fn rings_may_be_open() {
    let text = text().replacen("J1,1,3171145.705,40633795.452\r\nJ5", "J5", 1);
    let text = text.trim_end().strip_suffix("J5,2,3171225.705,40633925.452").unwrap().to_owned();
    assert_eq!(text.matches("\nJ").count(), 8);
    assert_is_the_parcel(&batch(&text));
}

#[test]
fn the_count_of_points_is_not_relied_on() {
    for count in ["8", "0", "999", ""] {
        assert_is_the_parcel(&batch(&text().replace("10,6.0973,", &format!("{count},6.0973,"))));
    }
}

#[test]
fn areas_have_units_or_are_square_metres() {
    for (stated, hectares) in [
        ("6.0973公顷", "6.0973"),
        ("60973", "6.0973"),
        ("60973平方米", "6.0973"),
        ("91.4595亩", "6.0973"),
        ("6.1", "6.1"),
    ] {
        let batch = batch(&text().replace("6.0973", stated));
        assert_is_the_parcel(&batch);
        assert_eq!(cells(&batch, 0)[1], hectares, "{stated}");
    }
}

#[test]
fn a_parcel_has_four_to_fourteen_fields() {
    let line = "10,6.0973,DK001,示例地块1,面,,科研用地,0802,@";
    let short = batch(&text().replace(line, "10,6.0973,DK001,示例地块1,@"));
    assert_is_the_parcel(&short);
    assert_eq!(cells(&short, 0), ["10", "6.0973", "DK001", "示例地块1"]);
    let long = "10,6.0973,DK001,示例地块1,面,H51,科研用地,0802,国有,甲,乙,丙,丁,戊@";
    let long_text = text().replace(line, long);
    let long = batch(&long_text);
    assert_is_the_parcel(&long);
    assert_eq!(long.columns().len(), 14);
    assert_eq!(cells(&long, 0)[8..], ["国有", "甲", "乙", "丙", "丁", "戊"]);
    assert!(written(&long_text, Crs::Epsg(4528)).unwrap().contains(",0802,国有,甲,乙,丙,丁,戊,@"));
}

#[test]
fn further_sections_are_passed_over() {
    let project = "[项目信息]\r\n项目名称=甲\r\n1,2,3,4,@\r\n[地块坐标]";
    let extension = "\r\n[扩展信息]\r\nJ1,1,3171145.705,40633795.452\r\n说明=乙\r\n";
    assert_is_the_parcel(&batch(&(text().replace("[地块坐标]", project) + extension)));
}

#[test]
fn the_easting_may_come_first() {
    let swapped: Vec<String> = text()
        .lines()
        .map(|line| match line.split(',').collect::<Vec<_>>().as_slice() {
            [label, ring, x, y] if label.starts_with('J') => format!("{label},{ring},{y},{x}"),
            _ => line.to_owned(),
        })
        .collect();
    assert_is_the_parcel(&batch(&swapped.join("\r\n")));
    // Without the prefix, the size of the numbers tells.
    assert_is_the_parcel(&batch(&swapped.join("\n").replace(",40633", ",633").replace(",40634", ",634")));
}

fn without_prefix() -> String {
    text().replace(",40633", ",633").replace(",40634", ",634")
}

#[test]
fn eastings_may_lack_the_prefix() {
    let mut rows = open(&without_prefix(), None).unwrap();
    assert_eq!(rows.crs(), Crs::Epsg(4549));
    assert_is_the_parcel(&rows.next_batch().unwrap().unwrap());
    // Then the header has to name the zone, or the user.
    let nameless = without_prefix().replace("带号=40\r\n", "");
    let error = open(&nameless, None).err().unwrap();
    assert!(error.to_string().contains("name a Gauss-Krüger zone"), "{error}");
    let mut rows = open(&nameless, Some(Crs::Epsg(4528))).unwrap();
    assert_is_the_parcel(&rows.next_batch().unwrap().unwrap());
    // With the prefix, the numbers tell.
    assert_is_the_parcel(&batch(&text().replace("带号=40\r\n", "")));
}

#[test]
fn brackets_may_be_chinese() {
    for (left, right) in [('【', '】'), ('［', '］')] {
        let text = text().replace(']', &right.to_string()).replace('[', &left.to_string());
        assert_is_the_parcel(&batch(&text));
    }
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let text = format!("\u{feff}{}", text());
    assert_is_the_parcel(&batch(&text));
    // A file that begins with its parcels.
    let parcels = format!("\u{feff}[地块坐标]{}", text.split_once("[地块坐标]").unwrap().1);
    assert_is_the_parcel(&batch(&parcels));
}

#[test]
fn a_ring_may_be_a_second_part() {
    // The second ring lies 500 m to the east of the first.
    let text = text().replace(",40633925.452", ",40634425.452").replace(",40633965.452", ",40634465.452");
    let batch = batch(&text);
    let parcel = polygons(&batch, 0);
    assert_eq!((parcel.0.len(), parcel.0[0].interiors().len()), (2, 0));
    assert_eq!(format!("{:.3}", ellipsoid_area(&parcel).ha()), "6.417");
}

#[test]
fn a_header_that_contradicts_the_coordinates_is_told() {
    let batch = batch(&text().replace("带号=40", "带号=41"));
    let problem = batch.shape(0).unwrap_err();
    assert_eq!(problem.code(), "other-zone");
    assert_eq!(problem.to_string(), "easting 40633795.452 has the prefix of zone 40, not of zone 41");
    // What the parcel is called is still there.
    assert_eq!(cells(&batch, 0)[2], "DK001");
    let declared = |text: &str, crs| open(text, crs).map(|rows| rows.crs()).map_err(|error: Error| error.to_string());
    let six_degrees = declared(&text().replace("几度分带=3", "几度分带=6"), None).unwrap_err();
    assert!(six_degrees.contains("几度分带=6, 带号=40"), "{six_degrees}");
    let old = text().replace("2000国家大地坐标系", "1980西安坐标系");
    assert!(declared(&old, None).unwrap_err().contains("1980西安坐标系"));
    // A contradiction to what the user says names both.
    let conflict = declared(&text(), Some(Crs::Epsg(4550))).unwrap_err();
    assert!(conflict.contains("EPSG:4528") && conflict.contains("EPSG:4550"), "{conflict}");
    assert_eq!(declared(&text(), Some(Crs::Epsg(4549))), Ok(Crs::Epsg(4549)));
}

#[test]
fn a_corner_that_is_none_spoils_its_parcel_alone() {
    let parcel = text().split_once("[地块坐标]\r\n").unwrap().1.to_owned();
    let text = text().replace("J3,1,3171365.705,40634095.452", "J3,1,3171365.705,?") + &parcel;
    let batch = batch(&text);
    assert_eq!(batch.len(), 2);
    assert_eq!(
        batch.shape(0).unwrap_err().to_string(),
        "the geometry cannot be read: line 16 is not a corner: J3,1,3171365.705,?"
    );
    assert!(batch.shape(1).is_ok());
}

#[test]
fn a_table_in_a_txt_file_is_a_table() {
    let mut rows = io::open(Input::bytes("sites.txt", "lon\tlat\n121.4\t28.65\n"), &ReadOptions::default()).unwrap();
    assert_eq!(rows.format(), Format::CSV);
    assert!(rows.next_batch().unwrap().unwrap().sites()[0].is_ok());
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(place in 0..PARCEL.len(), end in 0..PARCEL.len(), byte: u8, cut: bool) {
        let mut bytes = PARCEL.to_vec();
        bytes[place] = byte;
        if cut {
            bytes.truncate(end);
        }
        let options = ReadOptions { format: Some(Format::SURVEY_TXT), ..ReadOptions::default() };
        if let Ok(mut rows) = io::open(Input::bytes("a.txt", bytes), &options) {
            while let Ok(Some(batch)) = rows.next_batch() {
                assert!((0..batch.len()).all(|row| batch.shape(row).is_ok() || batch.shape(row).is_err()));
            }
        }
    }
}
