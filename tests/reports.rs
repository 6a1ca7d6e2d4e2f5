//! The report on parcels, in each form and language, as the command writes it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use calamine::{Data, DataType, Reader, Xlsx, open_workbook};

fn corridor(arguments: &[&str]) -> u8 {
    let arguments = ["corridor", "-q"].iter().chain(arguments);
    taizhou_corridor::cli::run(arguments.map(|argument| argument.into()))
}

fn stated() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/overlay.in/stated.csv").display().to_string()
}

fn report(folder: &Path, name: &str, further: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let (parcels, file) = (stated(), path.display().to_string());
    let fixed = ["overlay", &parcels, "--stated-area", "area_mu", "--sum-by", "use", "--report", &file];
    // A row is no parcel.
    assert_eq!(corridor(&[&fixed, further].concat()), 1);
    path
}

#[test]
fn a_workbook_has_typed_cells_and_no_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbook: Xlsx<_> = open_workbook(report(folder.path(), "report.xlsx", &["--lang", "zh"])).unwrap();
    let sheets = ["概要", "位置图", "片区", "覆盖情况", "范围线", "分类汇总", "地块", "核查结果", "方法与来源"];
    assert_eq!(workbook.sheet_names(), sheets);
    let parcels = workbook.worksheet_range("地块").unwrap();
    let rows: Vec<&[Data]> = parcels.rows().collect();
    assert_eq!(rows.len(), 5);
    // The text of a user is never run.
    assert_eq!(rows[1][1], Data::String("=1+1".to_owned()));
    assert!(workbook.worksheet_formula("地块").unwrap().is_empty());
    let place =
        |heading: &str| rows[0].iter().position(|cell| cell.as_string().is_some_and(|text| text == heading)).unwrap();
    assert_eq!(rows[1][place("行")], Data::Float(1.0));
    let Data::Float(area_mu) = rows[1][place("面积（亩）")] else { panic!("{:?}", rows[1]) };
    assert!((area_mu - 65.017_461_6).abs() < 1e-6);
    assert_eq!(rows[4][place("位置关系")], Data::String("无效".to_owned()));
    let findings = workbook.worksheet_range("核查结果").unwrap();
    let codes: Vec<String> = findings.rows().skip(2).map(|row| row[2].to_string()).collect();
    assert_eq!(codes, ["overlap", "stated-area-off", "sliver", "sliver", "stated-area-unreadable", "invalid"]);
}

#[test]
fn all_that_covers_a_zone_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbook: Xlsx<_> = open_workbook(report(folder.path(), "report.xlsx", &[])).unwrap();
    let [zones, coverage] = ["Zones", "Coverage"].map(|sheet| workbook.worksheet_range(sheet).unwrap());
    let value = |row: usize, heading: &str| {
        let sheet = if heading.starts_with("Zone area") { &zones } else { &coverage };
        let rows: Vec<&[Data]> = sheet.rows().collect();
        let place = rows[0].iter().position(|cell| cell.as_string().is_some_and(|text| text == heading)).unwrap();
        let Data::Float(value) = rows[row][place] else { panic!("{heading}: {:?}", rows[row]) };
        value
    };
    let twice_ha = value(1, "Counted more than once (ha)");
    assert!((twice_ha - 2.167).abs() < 0.001, "{twice_ha}");
    let once_ha = value(1, "Covered by parcels (ha)") - twice_ha;
    assert!((once_ha + value(1, "Not covered (ha)") - value(1, "Zone area (ha)")).abs() < 1e-6);
}

#[test]
fn pages_and_markdown_show_text_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(report(folder.path(), "report.html", &["--lang", "zh"])).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
    assert!(page.contains("&lt;b&gt;|") && !page.contains("<b>"));
    assert!(!page.contains("http") && !page.contains("url(h") && !page.contains("<script"), "nothing is fetched");
    // The map and the chart.
    assert_eq!(page.matches("><svg ").count(), 2);
    assert!(page.contains("本范围线为示意模型"));
    let markdown = fs::read_to_string(report(folder.path(), "report.md", &[])).unwrap();
    assert!(markdown.contains("| \\<b>\\| |") && markdown.contains("The outline is an indicative model"));
}

#[test]
fn a_report_is_the_same_whenever_it_is_made_and_clobbers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["xlsx", "docx", "html", "md"] {
        let (one, two) = (format!("one.{ending}"), format!("two.{ending}"));
        let [one, two] = [one, two].map(|name| report(folder.path(), &name, &[]));
        assert!(fs::read(&one).unwrap() == fs::read(two).unwrap(), "{ending}");
        let before = fs::read(&one).unwrap();
        assert_eq!(corridor(&["overlay", &stated(), "--report", &one.display().to_string()]), 4);
        assert!(fs::read(&one).unwrap() == before);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
}

/// The text of a part of a Word document, well-formed.
fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    reader.config_mut().check_end_names = true;
    while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
    text
}

const SITES: &str =
    "id,name,lon,lat,note\n1,<b>|=1+1,121.36898,28.65590,\n2,B,121.41386,28.66118,x\n3,C,28.6,121.4,\n合计,,,,\n";

/// Writes a report on sites; a row of them is invalid.
fn site_report(folder: &Path, name: &str, further: &[&str]) -> PathBuf {
    let (sites, path) = (folder.join("sites.csv"), folder.join(name));
    fs::write(&sites, SITES).unwrap();
    let (sites, file) = (sites.display().to_string(), path.display().to_string());
    assert_eq!(corridor(&[&["locate", &sites, "--report", &file][..], further].concat()), 1);
    path
}

#[test]
fn a_report_on_sites_counts_by_zone_and_certainty() {
    let folder = tempfile::tempdir().unwrap();
    let cover = ["--title", "Firms", "--author", "台州市局", "--date", "2026-11-30"];
    let text = fs::read_to_string(site_report(folder.path(), "en.md", &cover)).unwrap();
    for expected in [
        "# Firms\n\n- Author: 台州市局\n- Date: 2026-11-30\n- Input: sites.csv\n- Format: csv\n- Coordinates: OGC:CRS84\n",
        "- Outline file: bundled with the program\n- Authority: indicative\n",
        "4 rows: 1 inside a zone, 0 on a boundary, 1 outside all zones, 1 invalid. Given the accuracy of the outline, 2 are uncertain.",
        "| Totals and notes, not records | 1 |",
        "| Central Innovation Core | 1 | 50.00 | 0 | 1 |",
        "| Outside all zones | 1 | 50.00 | 0 | 1 |",
        "| Sum | 2 | 100.00 | 0 | 2 |",
        "| 1 | \\<b>\\|=1+1 | inside | Central Innovation Core | High-Speed Rail New District |  | 348.9 | uncertain | 121.368980 | 28.655900 |  |",
        "| 3 | C | invalid |  |  |  |  |  |  |  | latitude 121.4 is not within",
        "## Invalid rows\n\n| Row | Site | Problem | Code |\n",
        "look swapped | latitude-out-of-range |",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let text = fs::read_to_string(site_report(folder.path(), "zh.md", &["--lang", "zh", "--label", "note"])).unwrap();
    assert!(text.starts_with("# 点位归属报告\n\n- 输入文件：sites.csv\n"), "{text}");
    assert!(
        text.contains("| 1 |  | 内部 | 中央创新核 | 高铁新区 |  | 348.9 | 不确定 |")
            && text.contains("| 2 | x | 外部 |"),
        "{text}"
    );
    // The rows are written only where they are asked for, and are the same then.
    let rows = |name: &str, further: &[&str]| {
        let file = folder.path().join(name).display().to_string();
        let sites = folder.path().join("sites.csv").display().to_string();
        assert_eq!(corridor(&[&["locate", &sites, "-o", &file][..], further].concat()), 1);
        fs::read_to_string(file).unwrap()
    };
    let report = folder.path().join("with-rows.html").display().to_string();
    assert_eq!(rows("rows.csv", &[]), rows("same.csv", &["--report", &report]));
    let page = fs::read_to_string(report).unwrap();
    assert!(page.contains("><svg ") && !page.contains("<b>") && !page.contains("http"), "{page}");
    assert!(
        page.contains("td:nth-child(7)::before{content:\"Distance\\20 to\\20 boundary\\20 \\28 m\\29 \"}"),
        "{page}"
    );
}

#[test]
fn no_row_of_a_workbook_is_there_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = report(folder.path(), "report.xlsx", &[]);
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut sheets = 0;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        if !name.starts_with("xl/worksheets/sheet") {
            continue;
        }
        sheets += 1;
        let mut xml = String::new();
        file.read_to_string(&mut xml).unwrap();
        let number = |row: &str| row.split_once('"').unwrap().0.parse().unwrap();
        let rows: Vec<u32> = xml.split("<row r=\"").skip(1).map(number).collect();
        assert!(rows.is_sorted_by(|row, next| row < next), "{name}: {rows:?}");
    }
    assert!(sheets > 4);
}

#[test]
fn a_workbook_on_sites_has_typed_cells_fitting_columns_and_a_chart() {
    let folder = tempfile::tempdir().unwrap();
    let path = site_report(folder.path(), "sites.xlsx", &["--lang", "zh"]);
    let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
    assert_eq!(workbook.sheet_names(), ["概要", "位置图", "片区", "范围线", "点位", "无效行", "方法与来源"]);
    let sites = workbook.worksheet_range("点位").unwrap();
    let rows: Vec<&[Data]> = sites.rows().collect();
    assert_eq!((rows.len(), &rows[1][1]), (5, &Data::String("<b>|=1+1".to_owned())));
    assert_eq!((&rows[1][0], &rows[1][8]), (&Data::Float(1.0), &Data::Float(121.36898)));
    let chart = part(&path, "xl/charts/chart1.xml");
    assert!(chart.contains("<c:f>片区!$D$2:$D$6</c:f>") && chart.contains("barDir val=\"bar\""), "{chart}");
    // 路桥环飞龙湖科创生态圈 has 22 half-width characters.
    let sheet = part(&path, "xl/worksheets/sheet3.xml");
    let width = sheet.split("width=\"").nth(1).and_then(|text| text.split('"').next()?.parse::<f64>().ok()).unwrap();
    assert!(width > 24.0, "{width}");
    assert!(
        sheet.contains("state=\"frozen\"") && sheet.contains("orientation=\"portrait\"")
            || !sheet.contains("landscape")
    );
}

#[test]
fn a_word_document_has_headings_repeated_headers_and_text_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = site_report(folder.path(), "sites.docx", &["--author", "<A & B>", "--title", "T\u{1}\u{ffff}"]);
    let document = part(&path, "word/document.xml");
    assert!(document.contains("&lt;b&gt;|=1+1") && !document.contains("<b>"), "{document}");
    assert_eq!(document.matches("w:val=\"Heading1\"").count(), 7);
    // Five tables with a header each, and the lines of the cover.
    assert_eq!((document.matches("<w:tblHeader/>").count(), document.matches("<w:tbl>").count()), (5, 6));
    assert!(document.contains("w:orient=\"landscape\""));
    let properties = part(&path, "docProps/core.xml");
    assert!(
        properties.contains("<dc:creator>&lt;A &amp; B&gt;</dc:creator>")
            && properties.contains("<dc:title>T </dc:title>"),
        "{properties}"
    );
    // Parts that are named are there.
    let relationships = part(&path, "word/_rels/document.xml.rels");
    let pictures = relationships.matches("/image\"").count();
    assert_eq!(document.matches("r:embed=").count(), pictures);
    let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
    for number in 1..=pictures {
        assert!(archive.by_name(&format!("word/media/image{number}.png")).is_ok());
    }
}

#[test]
fn a_long_word_document_has_an_annex() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let rows: String = (0..2_001).map(|row| format!("n{row},121.4,28.65\n")).collect();
    fs::write(path("sites.csv"), format!("name,lon,lat\n{rows}")).unwrap();
    assert_eq!(corridor(&["locate", &path("sites.csv"), "--report", &path("long.docx")]), 0);
    let document = part(&folder.path().join("long.docx"), "word/document.xml");
    assert!(document.contains("The first 2,000 of 2,001 rows. All of them are in the annex, long-annex.xlsx."));
    assert!(document.contains(">n1999<") && !document.contains(">n2000<"));
    let mut annex: Xlsx<_> = open_workbook(path("long-annex.xlsx")).unwrap();
    assert_eq!(annex.sheet_names(), ["Sites"]);
    assert_eq!(annex.worksheet_range("Sites").unwrap().rows().count(), 2_002);
    // Neither file is replaced, and a document that holds all rows has no annex.
    fs::remove_file(path("long.docx")).unwrap();
    assert_eq!(corridor(&["locate", &path("sites.csv"), "--report", &path("long.docx")]), 4);
    assert!(!folder.path().join("long.docx").exists());
    fs::write(path("short.csv"), "name,lon,lat\na,121.4,28.65\n").unwrap();
    assert_eq!(corridor(&["locate", &path("short.csv"), "--report", &path("short.docx")]), 0);
    assert!(!folder.path().join("short-annex.xlsx").exists());
    let mixed = ["locate", &path("short.csv"), "--report", &path("x.docx"), "-o", &path("x-annex.xlsx")];
    assert_eq!(corridor(&mixed), 2);
}

#[test]
fn a_report_on_areas_has_the_published_figures() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |name: &str, further: &[&str]| {
        assert_eq!(corridor(&[&["areas", "--report", &path(name)][..], further].concat()), 0);
    };
    run("areas.md", &[]);
    let text = fs::read_to_string(path("areas.md")).unwrap();
    for expected in [
        "Core and zones, total: 115.0000 km² computed, 115 km² published, a difference of 0.0000 km².",
        "| Taizhou Central Innovation District | cluster | 500 | 12.9575 | 1,295.75 | 19,436.3 |",
        "| 13 | -0.0425 | -3,265.5 |",
        "| Central Innovation Core | 41.0000 | 35.65 |",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    run("methods.html", &["--method", "all", "--lang", "zh"]);
    let page = fs::read_to_string(path("methods.html")).unwrap();
    assert!(page.contains("<h2>面积（plane EPSG:4549）</h2>") && page.contains("各片区面积（平方公里）"), "{page}");
    run("areas.docx", &[]);
    run("areas.xlsx", &[]);
    let workbook: Xlsx<_> = open_workbook(path("areas.xlsx")).unwrap();
    assert_eq!(workbook.sheet_names(), ["Summary", "Map", "Areas", "Zones", "Method and sources"]);
    assert_eq!(corridor(&["areas", "--overlaps", "--report", &path("no.md")]), 2);
}

#[test]
fn stated_areas_are_in_the_unit_that_states_them() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(report(folder.path(), "report.md", &["--lang", "zh"])).unwrap();
    assert!(text.contains("| 载明面积（亩） |") && text.contains("同一批地块的计算面积（亩）"), "{text}");
    assert!(text.contains("载明面积65.0000亩，计算面积") || text.contains("亩，计算面积"), "{text}");
    assert!(!text.contains("载明面积（公顷）"), "{text}");
}

#[test]
fn answers_in_a_workbook_are_worded_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("sites.csv"), SITES).unwrap();
    let locate = |file: &str, further: &[&str]| {
        corridor(&[&["locate", &path("sites.csv"), "-o", &path(file)][..], further].concat())
    };
    let localized = ["--headers", "localized", "--lang", "zh"];
    assert_eq!((locate("zh.xlsx", &localized), locate("plain.xlsx", &["--lang", "zh"])), (1, 1));
    let rows = |file: &str| {
        let mut workbook: Xlsx<_> = open_workbook(path(file)).unwrap();
        let range = workbook.worksheet_range_at(0).unwrap().unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let (worded, plain) = (rows("zh.xlsx"), rows("plain.xlsx"));
    assert_eq!((&worded[0][..5], &worded[0][5..7]), (&plain[0][..5], &["位置".to_owned(), "片区".to_owned()][..]));
    assert_eq!((worded[1][5].as_str(), plain[1][5].as_str()), ("内部", "inside"));
    // A cell of the input that has such a word stays as it is.
    assert_eq!((worded[1][6].as_str(), worded[2][4].as_str()), ("core", "x"));
    assert!(
        worded[3].last().unwrap().contains("颠倒") || worded[3].last().unwrap().contains("纬度"),
        "{:?}",
        worded[3]
    );
    let sheet = part(Path::new(&path("zh.xlsx")), "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<cols>") && sheet.contains("state=\"frozen\""));
    assert_eq!(locate("zh.csv", &localized), 2);
}

/// Zones that state no accuracy, and zones of which one does.
fn outline(folder: &Path, name: &str, accuracies: [&str; 2]) -> String {
    let square = |x: f64, accuracy: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"Z{x}\"{accuracy}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x},28],[{0},28],[{0},29],[{x},29],[{x},28]]]}}}}",
            x + 1.0
        )
    };
    let features = [square(121.0, accuracies[0]), square(122.0, accuracies[1])].join(",");
    let path = folder.join(name);
    fs::write(&path, format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}")).unwrap();
    path.display().to_string()
}

#[test]
fn what_was_not_assessed_is_no_zero() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_corridor"));
        let output = command.args(arguments).current_dir(folder.path()).env("LC_ALL", "C").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let square = |x: f64| format!("\"POLYGON(({x} 28.5,{0} 28.5,{0} 28.6,{x} 28.6,{x} 28.5))\"", x + 0.1);
    fs::write(folder.path().join("parcels.csv"), format!("wkt\n{}\n{}\n", square(121.5), square(122.5))).unwrap();
    fs::write(folder.path().join("sites.csv"), "lon,lat\n121.5,28.5\n122.5,28.5\n").unwrap();
    let none = outline(folder.path(), "none.geojson", ["", ""]);
    let mixed = outline(folder.path(), "mixed.geojson", [",\"accuracy_m\":5", ""]);
    let plan = |file: &'static str| ["--plan", file, "--name-field", "name"];
    let (no_plan, mixed_plan) = (plan("none.geojson"), plan("mixed.geojson"));
    assert!(none.ends_with(no_plan[1]) && mixed.ends_with(mixed_plan[1]));

    let (en, zh) = ("certainty not assessed: the outline states no accuracy", "未评定可信度：范围线未注明精度");
    for (command, file) in [("locate", "sites.csv"), ("overlay", "parcels.csv")] {
        let (_, stdout, stderr) = run(&[&[command, file, "-f", "csv", "-v"][..], &no_plan].concat());
        assert!(stderr.contains(en) && !stderr.contains("0 uncertain"), "{stderr}");
        assert!(!stdout.contains("certain,") && !stdout.contains("assessed"), "{stdout}");
        let (_, stdout, stderr) = run(&[&["--lang", "zh", command, file, "-f", "text", "-v"][..], &no_plan].concat());
        assert!(stderr.contains(zh) && !stderr.contains("不确定"), "{stderr}");
        assert_eq!(stdout.matches("未评定").count(), 2, "{stdout}");
        let (_, _, stderr) = run(&[&[command, file, "-f", "csv", "-v"][..], &mixed_plan].concat());
        assert!(stderr.contains("0 uncertain, 1 not assessed"), "{stderr}");
        // Nothing is said of what was not asked for.
        let (_, _, stderr) = run(&[&[command, file, "-f", "csv", "-v"][..]].concat());
        assert!(stderr.contains(" uncertain") && !stderr.contains("assessed"), "{stderr}");
    }
    // Where the input has such columns itself, and where no other column of the answers is asked for.
    fs::write(folder.path().join("own.csv"), "lon,lat,position,certainty\n121.5,28.5,p,c\n122.5,28.5,p,c\n").unwrap();
    for more in [&["own.csv"][..], &["sites.csv", "--columns", "certainty"]] {
        let (_, stdout, _) = run(&[&["locate", "-f", "text"][..], more, &no_plan].concat());
        assert_eq!(stdout.matches("not assessed").count(), 2, "{stdout}");
    }
    let (_, card, _) = run(&[&["locate", "--at", "121.5,28.5"][..], &no_plan].concat());
    assert!(card.contains("not assessed: the outline states no accuracy"), "{card}");

    for (name, lang, said, cell) in [
        ("en.md", "en", "Certainty not assessed: the outline states no accuracy.", "not assessed"),
        ("zh.html", "zh", "未评定可信度：范围线未注明精度。", "未评定"),
    ] {
        let report = [&["--lang", lang, "overlay", "parcels.csv", "--report", name][..], &no_plan].concat();
        assert_eq!(run(&report).0, Some(0));
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains(said) && text.contains("none.geojson"), "{text}");
        assert!(!text.contains("main zone is uncertain") && !text.contains("归属不确定"), "{text}");
        // In the summary and in two rows.
        assert!(text.matches(cell).count() >= 3, "{text}");
    }
    run(&[&["overlay", "parcels.csv", "--report", "mixed.md"][..], &mixed_plan].concat());
    let text = fs::read_to_string(folder.path().join("mixed.md")).unwrap();
    assert!(
        text.contains(
            "the main zone is uncertain for 0; it is not assessed for 1, where the outline states no accuracy."
        ),
        "{text}"
    );
    run(&[&["overlay", "parcels.csv", "--report", "none.xlsx"][..], &no_plan].concat());
    let mut workbook: Xlsx<_> = open_workbook(folder.path().join("none.xlsx")).unwrap();
    let summary = workbook.worksheet_range("Summary").unwrap();
    let row = summary.rows().find(|row| row[0] == "Certainty").unwrap();
    assert_eq!(row[1].to_string(), "not assessed: the outline states no accuracy");
    assert!(summary.rows().all(|row| row[0] != "With an uncertain majority"));

    for file in ["sites.csv", "parcels.csv"] {
        let (_, page, stderr) = run(&[&["map", file, "-f", "html"][..], &no_plan].concat());
        assert!(stderr.contains(en) && page.contains(en) && page.contains(zh), "{stderr}");
        let data = page.split("<script type=\"application/json\" id=\"data\">").nth(1).unwrap();
        let data: serde_json::Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
        let signs = if file == "sites.csv" { &data["sites"]["uncertain"] } else { &data["parcels"]["certainty"] };
        assert_eq!(*signs, serde_json::json!([null, null]));
    }
}

#[test]
fn a_report_names_the_plane_of_the_outline() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let square = |west: u32, side: u32| {
        let (east, north) = (west + side, 3_165_000 + side);
        format!("\"POLYGON(({west} 3165000,{east} 3165000,{east} {north},{west} {north},{west} 3165000))\"")
    };
    fs::write(path("zones.csv"), format!("id,wkt\nA,{}\n", square(633_000, 5_000))).unwrap();
    fs::write(path("parcels.csv"), format!("id,wkt\n1,{}\n", square(634_000, 100))).unwrap();
    let (zones, parcels, report) = (path("zones.csv"), path("parcels.csv"), path("report.md"));
    let plan = ["--plan", &zones, "--plan-crs", "EPSG:4549", "--name-field", "id", "--crs", "EPSG:4549"];
    for (lang, edges) in [
        ("en", "edges are straight in the plane of the outline, EPSG:4549"),
        ("zh", "边在范围线所在平面（EPSG:4549）上为直线"),
    ] {
        let fixed = ["--lang", lang, "overlay", &parcels, "--report", &report, "--overwrite"];
        assert_eq!(corridor(&[&fixed[..], &plan].concat()), 0);
        assert!(fs::read_to_string(&report).unwrap().contains(edges), "{lang}");
    }
}

/// A table of boundary points as CSV: its rows by the names of the columns.
fn boundary_points(input: &Path, further: &[&str]) -> Vec<HashMap<String, String>> {
    let folder = tempfile::tempdir().unwrap();
    let (input, path) = (input.display().to_string(), folder.path().join("points.csv").display().to_string());
    assert_eq!(corridor(&[&["overlay", &input, "--boundary-points", &path], further].concat()), 0);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// A file of parcels as well-known text.
fn parcels(folder: &Path, wkts: &[&str]) -> PathBuf {
    let path = folder.join("parcels.csv");
    let rows: String = wkts.iter().enumerate().map(|(index, wkt)| format!("P{index},\"{wkt}\"\n")).collect();
    fs::write(&path, format!("name,wkt\n{rows}")).unwrap();
    path
}

#[test]
fn boundary_points_are_those_of_proj() {
    let folder = tempfile::tempdir().unwrap();
    let wkt = "POLYGON((121.46 28.65,121.48 28.65,121.4835 28.66,121.46 28.66,121.46 28.65))";
    let input = parcels(folder.path(), &[wkt]);
    // By pyproj 3.7 (PROJ 9.6) from EPSG:4490 to EPSG:4549: clockwise from the north-west.
    let expected = [
        (642_732.244_647, 3_172_458.427_040),
        (645_029.924_234, 3_172_486.740_095),
        (644_701.449_678, 3_171_373.992_468),
        (642_745.792_784, 3_171_349.930_326),
    ];
    for (further, crs, prefix_m) in [
        (&[][..], "EPSG:4549", 0.0),
        (&["--to-crs", "EPSG:4549"], "EPSG:4549", 0.0),
        (&["--to-crs", "EPSG:4528"], "EPSG:4528", 40e6),
    ] {
        let rows = boundary_points(&input, further);
        assert_eq!(rows.len(), 4);
        for (row, (easting_m, northing_m)) in rows.iter().zip(expected) {
            assert!((number(row, "easting_m") - easting_m - prefix_m).abs() < 1e-3, "{row:?}");
            assert!((number(row, "northing_m") - northing_m).abs() < 1e-3, "{row:?}");
            assert_eq!(row["crs"], crs);
        }
    }
}

#[test]
fn boundary_points_agree_with_themselves() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample-parcels.txt");
    let survey = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/overlay.in/parcel.txt");
    let folder = tempfile::tempdir().unwrap();
    // Two neighbours, the second with a hole that a third fills.
    let tiling = parcels(
        folder.path(),
        &[
            "POLYGON((500000 3170000,500100 3170000,500100 3170100,500000 3170100,500000 3170000))",
            "POLYGON((500100 3170000,500200 3170000,500200 3170100,500100 3170100,500100 3170000),\
             (500130 3170030,500130 3170060,500160 3170060,500160 3170030,500130 3170030))",
            "POLYGON((500130 3170030,500160 3170030,500160 3170060,500130 3170060,500130 3170030))",
        ],
    );
    for (input, crs, per_parcel) in [
        (&sample, &[][..], false),
        (&survey, &[], false),
        (&tiling, &["--crs", "EPSG:4549"], false),
        (&tiling, &["--crs", "EPSG:4549"], true),
    ] {
        let scope = ["--boundary-numbering", if per_parcel { "parcel" } else { "file" }];
        let rows = boundary_points(input, &[crs, &scope].concat());
        let mut points: HashMap<(String, String), (String, String)> = HashMap::new();
        let mut areas: HashMap<String, (f64, f64)> = HashMap::new();
        for row in &rows {
            let scope = if per_parcel { row["row"].clone() } else { String::new() };
            let place = (row["northing_m"].clone(), row["easting_m"].clone());
            let known = points.entry((scope, row["point"].clone())).or_insert(place.clone());
            assert_eq!(*known, place, "a number is one point");
            let next = rows
                .iter()
                .find(|it| it["row"] == row["row"] && it["ring"] == row["ring"] && it["point"] == row["next_point"])
                .unwrap();
            let north_m = number(next, "northing_m") - number(row, "northing_m");
            let east_m = number(next, "easting_m") - number(row, "easting_m");
            assert!((number(row, "side_m") - north_m.hypot(east_m)).abs() <= 0.000_51, "{row:?}");
            let azimuth_deg = east_m.atan2(north_m).to_degrees().rem_euclid(360.0);
            assert!((number(row, "azimuth_deg") - azimuth_deg).abs() < 1e-5, "{row:?}");
            let origin = (number(&rows[0], "northing_m"), number(&rows[0], "easting_m"));
            let at = |row| (number(row, "northing_m") - origin.0, number(row, "easting_m") - origin.1);
            let ((north, east), (next_north, next_east)) = (at(row), at(next));
            // Clockwise exteriors and counter-clockwise holes: the parcel is to the right.
            let (sum, _) = areas.entry(row["row"].clone()).or_insert((0.0, number(row, "plane_area_m2")));
            *sum += (next_east * north - east * next_north) / 2.0;
            let distortion = number(row, "plane_area_m2") / number(row, "area_m2") - 1.0;
            assert!(distortion.abs() < 0.001, "{row:?}");
        }
        let distinct: HashSet<_> = points.iter().map(|((scope, _), place)| (scope, place)).collect();
        assert_eq!(distinct.len(), points.len(), "a point has one number");
        assert!(areas.values().all(|(sum, stated)| (sum - stated).abs() < 1e-3), "{areas:?}");
    }
    let rows = boundary_points(&tiling, &["--crs", "EPSG:4549"]);
    let of = |row: &str, ring: &str| -> Vec<&str> {
        rows.iter().filter(|it| it["row"] == row && it["ring"] == ring).map(|it| it["point"].as_str()).collect()
    };
    assert_eq!((of("1", "1"), of("2", "1")), (vec!["J1", "J2", "J3", "J4"], vec!["J2", "J5", "J6", "J3"]));
    assert_eq!((of("2", "2"), of("3", "1")), (vec!["J7", "J8", "J9", "J10"], vec!["J7", "J10", "J9", "J8"]));
    assert_eq!((number(&rows[4], "plane_area_m2"), rows[8]["is_hole"].as_str()), (9_100.0, "true"));
}

#[test]
fn a_workbook_of_boundary_points_has_the_numbers_of_the_csv_file() {
    let survey = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/overlay.in/parcel.txt");
    let folder = tempfile::tempdir().unwrap();
    let rows = boundary_points(&survey, &[]);
    for (lang, words) in
        [("en", ["Table of boundary points", "Parcel", "Side (m)"]), ("zh", ["界址点成果表", "宗地", "边长(m)"])]
    {
        let path = folder.path().join(format!("{lang}.xlsx")).display().to_string();
        let input = survey.display().to_string();
        let converted = folder.path().join("parcels.geojson").display().to_string();
        let written = || {
            let further = ["--lang", lang, "--overwrite", "--boundary-points", &path];
            assert_eq!(corridor(&[&["overlay", &input][..], &further].concat()), 0);
            fs::read(&path).unwrap()
        };
        assert!(written() == written(), "the same parcels are the same file");
        for command in [&["overlay", &input][..], &["convert", &input, "-o", &converted]] {
            let further = ["--lang", lang, "--overwrite", "--boundary-points", &path];
            assert_eq!(corridor(&[command, &further].concat()), 0);
            let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
            let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
            let cells: Vec<&[Data]> = sheet.rows().collect();
            let texts = [&cells[0][0], &cells[1][0], &cells[6][3]].map(|cell| cell.to_string());
            assert_eq!(texts, words);
            assert_eq!(cells[2][1], Data::Float(number(&rows[0], "plane_area_m2")));
            let written: Vec<Vec<Data>> = cells
                .iter()
                .skip(7)
                .filter(|row| matches!(row[3], Data::Float(_)))
                .map(|row| row[..4].to_vec())
                .collect();
            assert_eq!(written.len(), rows.len());
            for (cells, row) in written.iter().zip(&rows) {
                assert_eq!(cells[0].to_string(), row["point"]);
                assert_eq!(cells[1], Data::Float(number(row, "northing_m")));
                assert_eq!(cells[2], Data::Float(number(row, "easting_m")));
                let Data::Float(side_m) = cells[3] else { panic!("{cells:?}") };
                assert!((side_m - number(row, "side_m")).abs() <= 0.000_51);
            }
        }
    }
}

#[test]
fn tables_of_boundary_points_that_cannot_be_written_are_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let square = "POLYGON((121.4 28.6,121.41 28.6,121.41 28.61,121.4 28.6))";
    let far = parcels(folder.path(), &["POLYGON((2.3 48.8,2.31 48.8,2.31 48.81,2.3 48.8))"]).display().to_string();
    let table = folder.path().join("points.xlsx");
    let path = table.display().to_string();
    // No zone of China, unless another is stated.
    assert_eq!(corridor(&["overlay", &far, "--boundary-points", &path]), 2);
    assert!(!table.exists());
    let utm = ["--to-crs", "EPSG:32631"];
    assert_eq!(corridor(&[&["overlay", &far, "--boundary-points", &path][..], &utm].concat()), 0);
    let many = parcels(folder.path(), &[square; 1001]).display().to_string();
    let other = folder.path().join("many.xlsx").display().to_string();
    assert_eq!(corridor(&["overlay", &many, "--boundary-points", &other]), 4);
    let text = folder.path().join("points.txt").display().to_string();
    assert_eq!(corridor(&["overlay", &many, "--boundary-points", &text]), 2);
    assert_eq!(corridor(&["overlay", &many, "--boundary-points", &path]), 4);
    assert_eq!(corridor(&["overlay", &many, "-o", &other, "--boundary-points", &other]), 2);
    assert!(!Path::new(&other).exists());
}

/// The map of a report has the certainty of its table: with the accuracy of the sites, which the outline does not state.
#[test]
fn the_map_of_a_report_has_the_answers_of_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sites.html").display().to_string();
    let landmarks = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/landmarks.csv").display().to_string();
    let uncertain = |further: &[&str]| {
        let fixed = ["locate", &landmarks, "--report", &file, "--overwrite"];
        assert_eq!(corridor(&[&fixed, further].concat()), 0);
        let html = fs::read_to_string(&file).unwrap();
        let of_legend = html.split(">Uncertain</text>").nth(1).unwrap();
        let count = of_legend.split("</text>").next().unwrap().rsplit('>').next().unwrap();
        (count.parse::<u32>().unwrap(), html.contains(&format!("{count} are uncertain")))
    };
    assert_eq!(uncertain(&[]), (22, true));
    assert_eq!(uncertain(&["--uncertainty", "100000"]), (32, true));
}

#[test]
fn findings_of_a_check_have_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/check.in/plan.geojson").display().to_string();
    let write = |name: &str, further: &[&str]| {
        let path = folder.path().join(name);
        let file = path.display().to_string();
        assert_eq!(corridor(&[&["check", &plan, "--report", &file], further].concat()), 1);
        path
    };
    let mut workbook: Xlsx<_> = open_workbook(write("report.xlsx", &["--lang", "zh", "--author", "测绘院"])).unwrap();
    assert_eq!(workbook.sheet_names(), ["概要", "位置图", "问题汇总", "问题清单", "方法与来源"]);
    let kinds = workbook.worksheet_range("问题汇总").unwrap();
    let first: Vec<String> = kinds.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    // Of the errors, one each, then the warnings.
    assert_eq!(first[1..3], ["错误", "1"]);
    let all = workbook.worksheet_range("问题清单").unwrap();
    assert_eq!(all.rows().count(), 1 + 7);
    let overlap = all.rows().find(|row| row[2] == "重叠（overlap）").unwrap();
    assert_eq!((overlap[3].to_string(), overlap[4].to_string()), ("core".to_owned(), "jiaojiang".to_owned()));
    let Data::Float(area_m2) = overlap[5] else { panic!("{overlap:?}") };
    assert!((area_m2 - 2_775_422.39).abs() < 0.01);
    // A page with its map: the plan has errors, and its valid features are drawn.
    let html = fs::read_to_string(write("report.html", &["--title", "Check of <zones>"])).unwrap();
    assert!(html.contains("Check of &lt;zones&gt;") && html.contains("<svg") && html.contains("#ee8a00"));
    assert!(html.contains("Area differs from the published one (area-off)"));
    let markdown = fs::read_to_string(write("report.md", &["--no-map"])).unwrap();
    assert!(markdown.contains("errors: 2, warnings: 4, info: 1"), "{markdown}");
}
