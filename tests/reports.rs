//! The report on parcels, in each form and language, as the command writes it.

use std::fs;
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
    assert_eq!(workbook.sheet_names(), ["概要", "片区", "分类汇总", "地块", "核查结果", "方法与来源"]);
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
    let zones = workbook.worksheet_range("Zones").unwrap();
    let rows: Vec<&[Data]> = zones.rows().collect();
    let value = |row: usize, heading: &str| {
        let place = rows[0].iter().position(|cell| cell.as_string().is_some_and(|text| text == heading)).unwrap();
        let Data::Float(value) = rows[row][place] else { panic!("{heading}: {:?}", rows[row]) };
        value
    };
    let twice_ha = value(1, "Counted more than once ha");
    assert!((twice_ha - 2.167).abs() < 0.001, "{twice_ha}");
    let once_ha = value(1, "Parcels in it ha") - twice_ha;
    assert!((once_ha + value(1, "Covered by none ha") - value(1, "Area of the zone ha")).abs() < 1e-6);
}

#[test]
fn pages_and_markdown_show_text_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(report(folder.path(), "report.html", &["--lang", "zh"])).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
    assert!(page.contains("&lt;b&gt;|") && !page.contains("<b>"));
    assert!(!page.contains("http"), "nothing is fetched");
    assert!(page.contains("本范围线为示意模型"));
    let markdown = fs::read_to_string(report(folder.path(), "report.md", &[])).unwrap();
    assert!(markdown.contains("| \\<b>\\| |") && markdown.contains("The outline is an indicative model"));
}

#[test]
fn a_report_is_the_same_whenever_it_is_made_and_clobbers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["xlsx", "html", "md"] {
        let (one, two) = (format!("one.{ending}"), format!("two.{ending}"));
        let [one, two] = [one, two].map(|name| report(folder.path(), &name, &[]));
        assert!(fs::read(&one).unwrap() == fs::read(two).unwrap(), "{ending}");
        let before = fs::read(&one).unwrap();
        assert_eq!(corridor(&["overlay", &stated(), "--report", &one.display().to_string()]), 4);
        assert!(fs::read(&one).unwrap() == before);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6);
}
