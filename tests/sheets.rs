//! Sheets as offices have them, the same in text and in workbooks: titles, headers in two rows, units in names,
//! coordinates in degrees, minutes and seconds, totals.

use std::io::Write;

use rust_xlsxwriter::Workbook;
use taizhou_corridor::Error;
use taizhou_corridor::crs::{AxisOrder, Crs};
use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::io::{self, Format, Input, ReadNote, ReadOptions, Rows};
use taizhou_corridor::table::Kind;

const STATION: [f64; 2] = [121.36898, 28.6559];

type Sheet = Vec<Vec<String>>;

/// The cells of a text with `|` between them.
fn sheet(text: &str) -> Sheet {
    text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

fn csv(sheet: &Sheet) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
    for row in sheet {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// A workbook, its numbers in cells of numbers.
fn xlsx(sheet: &Sheet) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(sheet) {
        for (column, cell) in (0..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => worksheet.write_number(row, column, number).unwrap(),
                Err(_) => worksheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn open(name: &str, bytes: Vec<u8>, options: &ReadOptions) -> Result<Rows, Error> {
    io::open(Input::bytes(name, bytes), options)
}

/// The names of the columns, and the position or the code of each row.
fn read(mut rows: Rows) -> (Vec<String>, Vec<Result<[f64; 2], &'static str>>) {
    let mut sites = vec![];
    while let Some(batch) = rows.next_batch().unwrap() {
        sites.extend(batch.sites().iter().map(|site| match site {
            Ok(site) => Ok([site.x, site.y]),
            Err(problem) => Err(problem.code()),
        }));
    }
    (rows.schema().names(), sites)
}

fn both(text: &str, options: &ReadOptions) -> (Vec<String>, Vec<Result<[f64; 2], &'static str>>) {
    let sheet = sheet(text);
    let of_text = read(open("a.csv", csv(&sheet), options).unwrap());
    let of_workbook = read(open("a.xlsx", xlsx(&sheet), options).unwrap());
    assert_eq!(of_text, of_workbook, "{text}");
    of_text
}

/// Whether a row of the sheet is the station.
fn is_station(text: &str, options: &ReadOptions) {
    let (_, sites) = both(text, options);
    let [Ok([x, y])] = sites[..] else { panic!("{text}: {sites:?}") };
    assert!((x - STATION[0]).abs() < 1e-8 && (y - STATION[1]).abs() < 1e-8, "{text}: {x} {y}");
}

#[test]
fn headers_are_found_below_titles_in_one_row_or_two() {
    let options = ReadOptions::default();
    for text in [
        "台州湾科创走廊重点企业一览表\n\n序号|企业名称|经度|纬度\n1|A|121.36898|28.65590",
        "企业一览表|||\n填报单位：某局||日期|2024\n序号|企业名称|经度（E）|纬度（N）\n1|A|121.36898|28.65590",
        "企业一览表\n序号|企业名称|坐标||面积\n||经度|纬度|\n1|A|121.36898|28.65590|5",
        "序号|企业名称|坐标（°）|\n||东经|北纬\n1|A|121.36898|28.65590",
        "序号|经度|纬度|面积|\n|||建设用地|农用地\n1|121.36898|28.65590|5|6",
        "# made by a program\n# lon, lat\nname|lon|lat\nA|121.36898|28.65590",
    ] {
        is_station(text, &options);
    }
    let (names, _) = both("表\n序号|名称|坐标|\n||经度|纬度\n1|A|121.4|28.6", &options);
    assert_eq!(names, ["序号", "名称", "坐标_经度", "坐标_纬度"]);
}

#[test]
fn names_mean_coordinates_with_units_and_qualifiers() {
    let options = ReadOptions::default();
    for [x, y] in [
        ["经度(°)", "纬度(°)"],
        ["经度（E）", "纬度（N）"],
        ["东经", "北纬"],
        ["中心经度", "中心纬度"],
        ["Longitude (deg)", "Latitude (deg)"],
        ["lng_wgs84", "lat_wgs84"],
        ["X坐标", "Y坐标"],
        ["POINT_X", "POINT_Y"],
    ] {
        is_station(&format!("名称|{x}|{y}\nA|121.36898|28.65590"), &options);
    }
    let projected = ReadOptions { crs: Some(Crs::Epsg(4528)), ..ReadOptions::default() };
    for [x, y] in [["X坐标", "Y坐标"], ["纵坐标X", "横坐标Y"], ["X（北）", "Y（东）"], ["北坐标(m)", "东坐标(m)"]]
    {
        is_station(&format!("名称|{x}|{y}\nA|3171898.561|40633838.222"), &projected);
    }
}

#[test]
fn names_of_two_places_are_refused() {
    let refused = |text: &str| {
        let sheet = sheet(text);
        let kinds = [("a.csv", csv(&sheet)), ("a.xlsx", xlsx(&sheet))]
            .map(|(name, bytes)| open(name, bytes, &ReadOptions::default()).err().unwrap());
        kinds.map(|error| error.to_string())
    };
    for text in [
        "起点经度|起点纬度|终点经度|终点纬度\n121.4|28.6|121.5|28.6",
        "表\n经度(起)|纬度(起)|经度(止)|纬度(止)\n121.4|28.6|121.5|28.6",
    ] {
        assert!(refused(text).iter().all(|kind| kind.contains("several columns could be the geometry")), "{text}");
    }
    for text in ["经度|中心纬度\n1|2", "甲|乙|丙\n1|2|3\n名称|经度|纬度\nA|121.4|28.6", "名称|位置\nA|121.4,28.6"]
    {
        assert!(refused(text).iter().all(|kind| kind.contains("no coordinate columns")), "{text}");
    }
}

#[test]
fn coordinates_are_read_as_they_are_written() {
    for [x, y] in [
        ["121°22′08.328″E", "28°39′21.24″N"],
        ["121度22分8.328秒", "28度39分21.24秒"],
        ["东经121°22′08.328″", "北纬28°39′21.24″"],
        ["121 22 8.328", "28 39 21.24"],
        ["121:22:08.328", "28:39:21.24"],
        ["E121.36898", "N28.65590"],
        ["121.36898°", "28.65590°"],
        ["１２１．３６８９８", "２８．６５５９０"],
        ["121,36898", "28,65590"],
    ] {
        is_station(&format!("名称|经度|纬度\nA|{x}|{y}"), &ReadOptions::default());
    }
    let projected = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    for [x, y] in [["3,171,898.561", "633,838.222"], ["3171898,561", "633838,222"], ["3171898.561米", "633838.222米"]]
    {
        is_station(&format!("名称|x|y\nA|{x}|{y}"), &projected);
    }
    let (_, sites) = both("名称|经度|纬度\nA|121 22|28 39\nB|121.4|未知", &ReadOptions::default());
    assert_eq!(sites, [Err("not-a-number"), Err("not-a-number")]);
}

#[test]
fn both_coordinates_may_stand_in_one_cell() {
    let given =
        |axis_order| ReadOptions { coord_field: Some("位置".to_owned()), axis_order, ..ReadOptions::default() };
    for cell in ["121.36898,28.65590", "28.65590,121.36898", "28.65590N 121.36898E", "东经121.36898°北纬28.65590°"]
    {
        is_station(&format!("名称|位置\nA|{cell}"), &given(AxisOrder::Auto));
        is_station(&format!("名称|高德坐标\nA|{cell}"), &ReadOptions::default());
    }
    is_station("名称|位置\nA|121.36898,28.65590", &given(AxisOrder::EastNorth));
    is_station("名称|位置\nA|28.65590,121.36898", &given(AxisOrder::NorthEast));
    // Where values leave both orders open, other rows of the column decide.
    let text = "名称|位置\nA|43.2,85.5\nB|28.65590,121.36898\nC|无\nD|";
    let expected = [Ok([85.5, 43.2]), Ok(STATION), Err("not-a-pair"), Err("missing-coordinate")];
    assert_eq!(both(text, &given(AxisOrder::Auto)).1, expected);
    let projected = ReadOptions { crs: Some(Crs::Epsg(4528)), ..given(AxisOrder::Auto) };
    is_station("名称|位置\nA|3171898.561,40633838.222", &projected);
}

#[test]
fn totals_and_notes_are_no_records() {
    let text =
        "序号|名称|经度|纬度\n1|A|121.36898|28.65590\n2|B||\n小计|||\n|合  计（2家）||\n注：高德坐标|||\n3|合计公司||";
    let expected = [
        Ok(STATION),
        Err("missing-coordinate"),
        Err("total-row"),
        Err("total-row"),
        Err("note-row"),
        Err("missing-coordinate"),
    ];
    assert_eq!(both(text, &ReadOptions::default()).1, expected);
    // A total has fewer fields in text.
    let short = b"name,lon,lat,area\nA,121.36898,28.65590,5\ntotal\nB\n".to_vec();
    let (_, sites) = read(open("a.csv", short, &ReadOptions::default()).unwrap());
    assert_eq!(sites, [Ok(STATION), Err("total-row"), Err("field-count")]);
}

#[test]
fn delimiters_are_those_of_the_header() {
    for text in [
        "sep=;\nname;lon;lat\nA;121,36898;28,65590\n",
        "SEP=|\r\nname|lon|lat\r\nA|121.36898|28.65590\r\n",
        "\u{feff}\"sep=,\"\nname,lon,lat\nA,121.36898,28.65590\n",
        "name|lon|lat\nA|121.36898|28.65590\n",
        "企业一览表\nname;lon;lat\nA;121,36898;28,65590\n",
        "企业一览表，2024,1\n名称\t经度\t纬度\nA\t121.36898\t28.65590\n",
    ] {
        let (names, sites) = read(open("a.csv", text.into(), &ReadOptions::default()).unwrap());
        assert_eq!((names.len(), &sites[..]), (3, &[Ok(STATION)][..]), "{text}");
    }
}

#[test]
fn the_header_can_be_given_by_its_rows() {
    let with = |rows| ReadOptions { header_rows: Some(rows), ..ReadOptions::default() };
    let text = "甲|乙|丙\n1|2|3\n名称|经度|纬度\n|E|N\nA|121.36898|28.65590";
    let (names, sites) = both(text, &with(3..=4));
    assert_eq!((names.join(" ").as_str(), &sites[..]), ("名称 经度_E 纬度_N", &[Ok(STATION)][..]));
    for row in [5, 6, 4_000_000_000] {
        let error = open("a.csv", csv(&sheet(text)), &with(row..=row)).err().unwrap();
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::NoHeaderAt { .. } | ErrorKind::NoCoordinateColumns { .. }), "{kind}");
    }
}

#[test]
fn names_that_suggest_a_shift_are_noted() {
    let noted = |name: &str, text: &str, options: &ReadOptions| -> Option<(&'static str, Crs)> {
        let rows = open(name, csv(&sheet(text)), options).unwrap();
        rows.notes().into_iter().find_map(|note| match note {
            ReadNote::ShiftedSystem { word, crs, .. } => Some((word, crs)),
            _ => None,
        })
    };
    let plain = "name|lon|lat\nA|121.4|28.6";
    let none = ReadOptions::default();
    assert_eq!(noted("点位（高德）.csv", plain, &none), Some(("高德", Crs::Gcj02)));
    assert_eq!(noted("a.csv", "百度POI\nname|lon|lat\nA|121.4|28.6", &none), Some(("百度", Crs::Bd09)));
    assert_eq!(noted("a.csv", "name|lng_gcj02|lat_gcj02\nA|121.4|28.6", &none), Some(("gcj", Crs::Gcj02)));
    assert_eq!(noted("a.csv", "高德类型|lon|lat\nA|121.4|28.6", &none), Some(("高德", Crs::Gcj02)));
    for (name, text) in
        [("a.csv", plain), ("datamap.csv", plain), ("amap.csv", "name|lng_wgs84|lat_wgs84\nA|121.4|28.6")]
    {
        assert_eq!(noted(name, text, &none), None, "{name}");
    }
    let given = ReadOptions { crs: Some(Crs::Crs84), strict_crs: true, ..ReadOptions::default() };
    assert_eq!(noted("amap.csv", plain, &given), None);
    let strict = ReadOptions { strict_crs: true, ..ReadOptions::default() };
    let error = open("amap.csv", csv(&sheet(plain)), &strict).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::SystemNotGiven { word: "amap", .. }), "{error}");
}

/// What programs write is read as it always was: nothing is guessed where names are usual.
#[test]
fn usual_tables_are_not_guessed_at() {
    for (text, names, sites) in [
        ("lon|lat|经度(°)|纬度(°)\n121.36898|28.65590|1|2", 4, vec![Ok(STATION)]),
        ("name|lon|lat\nname|lon|lat\nA|121.36898|28.65590", 3, vec![Err("not-a-number"), Ok(STATION)]),
        ("坐标|lon|lat\n\"1,2\"|121.36898|28.65590", 3, vec![Ok(STATION)]),
    ] {
        let found = both(text, &ReadOptions::default());
        assert_eq!((found.0.len(), found.1), (names, sites), "{text}");
    }
}

#[test]
fn hostile_sheets_are_refused_after_their_first_rows() {
    for text in [
        "\n".repeat(2_000_000),
        ",".repeat(3_000_000),
        ",\n".repeat(1_000_000),
        "a|b;c,d\n".repeat(500_000),
        format!("{}\n", "经度,".repeat(200_000)),
        "经度,纬度,经度,纬度\n".repeat(100_000),
        format!("坐标,b\n{}", "°'\"EN,\n".repeat(100_000)),
    ] {
        for name in ["a.csv", "a.tsv"] {
            let opened = open(name, text.clone().into_bytes(), &ReadOptions::default());
            assert!(opened.is_err(), "{:?}", &text[..20.min(text.len())]);
        }
    }
}

const XLS: &[u8] = include_bytes!("data/sheets/sheet.xls");
const ODS: &[u8] = include_bytes!("data/sheets/sheet.ods");

#[test]
fn old_and_open_workbooks_are_read_as_new_ones() {
    for (name, bytes) in [("a.xls", XLS), ("a.ods", ODS), ("a.xlsx", XLS), ("-", XLS), ("-", ODS)] {
        let mut rows = open(name, bytes.to_vec(), &ReadOptions::default()).unwrap();
        assert_eq!((rows.format(), rows.header_rows()), (Format::XLSX, Some(3..=4)), "{name}");
        let kinds: Vec<Kind> = rows.schema().fields[3..].iter().map(|field| field.kind).collect();
        assert_eq!(kinds, [Kind::Real, Kind::Date], "{name}");
        let batch = rows.next_batch().unwrap().unwrap();
        let texts: Vec<_> = (0..5).map(|column| batch.row(0).cell(column).unwrap().text().into_owned()).collect();
        assert_eq!(texts, ["台州站", "121°22′08.328″E", "28°39′21.24″N", "240", "2022-11-14"], "{name}");
        let (names, sites) = read(open(name, bytes.to_vec(), &ReadOptions::default()).unwrap());
        assert_eq!(names, ["名称", "坐标_经度（E）", "坐标_纬度（N）", "人数", "日期"]);
        let [Ok([x, y]), Ok(library), Err("total-row")] = sites[..] else { panic!("{name}: {sites:?}") };
        assert!((x - STATION[0]).abs() < 1e-9 && (y - STATION[1]).abs() < 1e-9);
        assert_eq!(library, [121.41386, 28.66118]);
    }
    // They are not written.
    assert!(Format::of_path("a.xls".as_ref()).is_err() && Format::of_path("a.ods".as_ref()).is_err());
}

/// The position after the head of the first record of this kind and length.
fn record(bytes: &[u8], kind: u16, length: u16) -> usize {
    let head = [kind.to_le_bytes(), length.to_le_bytes()].concat();
    bytes.windows(4).position(|window| window == head).unwrap() + 4
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn sheets_that_claim_to_be_huge_take_no_memory() {
    let kind = |name: &str, bytes: Vec<u8>| {
        open(name, bytes, &ReadOptions::default()).err().map(|error| error.kind().to_string())
    };
    // A declared size is not believed.
    let mut declared = XLS.to_vec();
    let at = record(&declared, 0x0200, 14);
    declared[at..at + 12].fill(0xff);
    assert_eq!(kind("a.xls", declared), None);
    // A cell in the far corner.
    let mut far = XLS.to_vec();
    let at = record(&far, 0x00fd, 10);
    far[at..at + 4].fill(0xff);
    assert!(kind("a.xls", far).unwrap().contains("span more than 8388608 cells"));
    for (rows, columns) in [("1048576", "16384"), ("1048576", "9"), ("1", "16384")] {
        let row = format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"string\" \
             table:number-columns-repeated=\"{columns}\"><text:p>x</text:p></table:table-cell></table:table-row>"
        );
        let content = format!(
            "<office:document-content><table:table table:name=\"a\">{}</table:table></office:document-content>",
            row.repeat(if rows == "1" { 1000 } else { 1 })
        );
        let ods = zip_of(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", b"<manifest/>"),
            ("content.xml", content.as_bytes()),
        ]);
        assert!(kind("a.ods", ods).unwrap().contains("span more than 8388608 cells"), "{rows} {columns}");
    }
}

#[test]
fn no_bytes_of_old_and_open_workbooks_panic() {
    let mut seed = 0x5851_f42d_4c95_7f2d_u64;
    let mut below = |bound: usize| {
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        (seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    };
    for (name, bytes) in [("a.xls", XLS), ("a.ods", ODS)] {
        for _ in 0..1500 {
            let mut changed = bytes.to_vec();
            for _ in 0..1 + below(4) {
                let at = below(changed.len());
                changed[at] = [0, 0xff, 0x7f, 1, 8][below(5)];
            }
            changed.truncate(changed.len() - below(2) * below(changed.len()));
            if let Ok(mut rows) = open(name, changed, &ReadOptions::default()) {
                while let Ok(Some(_)) = rows.next_batch() {}
            }
        }
    }
}
