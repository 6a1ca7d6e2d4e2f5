//! Text from strangers stays text: no markup in pages, no formulas in sheets, no statements in databases, no paths
//! out of archives, no control characters on terminals.

mod common;

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const HOSTILE: [&str; 9] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><script/>&bad;",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "'; DROP TABLE features; --\"",
    "[x](javascript:alert(1)) `|` <b>",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
];

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = common::corridor(folder, arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A table of sites and one of parcels whose cells, names of columns, and a plan whose texts are hostile.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut sites = format!("name,{},lon,lat\n", HOSTILE.map(quoted).join(","));
    let mut parcels = String::from("name,use,wkt\n");
    for (number, text) in HOSTILE.iter().enumerate() {
        let empty = ",".repeat(HOSTILE.len());
        sites.push_str(&format!("{}{empty},121.4{number},28.65\n", quoted(text)));
        let (west, east) = (121.40 + 0.005 * number as f64, 121.404 + 0.005 * number as f64);
        let ring = format!("{west} 28.64, {east} 28.64, {east} 28.65, {west} 28.65, {west} 28.64");
        parcels.push_str(&format!("{},{},\"POLYGON(({ring}))\"\n", quoted(text), quoted(text)));
    }
    write("sites.csv", &sites);
    write("parcels.csv", &parcels);
    let mut plan: serde_json::Value = serde_json::from_str(taizhou_corridor::plan::PLAN_GEOJSON).unwrap();
    for (feature, text) in plan["features"].as_array_mut().unwrap().iter_mut().zip(HOSTILE.iter().cycle()) {
        for name in ["name", "name_en", "source", "notice", "plan", "plan_en", "published_by"] {
            if feature["properties"].get(name).is_some() {
                feature["properties"][name] = (*text).into();
            }
        }
    }
    write("plan.geojson", &plan.to_string());
    folder
}

/// What opens or closes an element of script, or any made of a hostile text.
fn has_foreign_markup(page: &str) -> bool {
    ["<script>alert", "<img src=x", "<script/>", "<b>"].iter().any(|text| page.contains(text))
}

#[test]
fn a_map_page_shows_hostile_names_as_text() {
    let folder = folder();
    let clean = run(folder.path(), &["-q", "map", "-f", "html"]).1;
    for table in ["sites.csv", "parcels.csv"] {
        let (code, page, said) = run(folder.path(), &["-q", "map", table, "--plan", "plan.geojson", "-f", "html"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(!has_foreign_markup(&page));
        for mark in ["<script", "</script", "<style", "<img", "<!--"] {
            assert_eq!(page.matches(mark).count(), clean.matches(mark).count(), "{mark}");
        }
        // The texts are there, for whoever reads them.
        assert!(page.contains("alert(1)"));
    }
    // A template of tiles is no way in, either.
    let template = "https://a.example/{z}/{x}/{y}?a=\"><script>alert(1)</script>";
    let (code, page, _) = run(folder.path(), &["-q", "map", "-f", "html", "--basemap", template]);
    assert!(code == Some(2) || !has_foreign_markup(&page), "{code:?}");
    assert!(!page.contains("<script>alert"));
}

#[test]
fn reports_show_hostile_cells_as_text() {
    let folder = folder();
    for report in ["report.html", "report.md", "report.xlsx", "report.docx"] {
        let arguments = [
            &["-q", "overlay", "parcels.csv", "--plan", "plan.geojson", "--sum-by", "use", "--report", report][..],
            &["--title", "<b>=1+1", "--author", "<script>", "--date", "\u{1b}[31m"],
        ]
        .concat();
        let (code, _, said) = run(folder.path(), &arguments);
        assert!(matches!(code, Some(0 | 1)), "{said}");
    }
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(!has_foreign_markup(&page) && !page.contains("<script"), "{page}");
    let markdown = fs::read_to_string(folder.path().join("report.md")).unwrap();
    // There, what could be markup has a backslash before it.
    assert!(!has_foreign_markup(&markdown.replace("\\<", "")) && markdown.contains("\\[x\\](javascript"), "{markdown}");
    let mut workbook: Xlsx<_> = open_workbook(folder.path().join("report.xlsx")).unwrap();
    for sheet in workbook.sheet_names() {
        assert!(workbook.worksheet_formula(&sheet).unwrap().is_empty(), "{sheet}");
    }
}

#[test]
fn no_text_becomes_a_formula() {
    let folder = folder();
    let (code, ..) = run(folder.path(), &["-q", "locate", "sites.csv", "-o", "out.xlsx"]);
    assert_eq!(code, Some(0));
    let mut workbook: Xlsx<_> = open_workbook(folder.path().join("out.xlsx")).unwrap();
    let sheet = workbook.sheet_names()[0].clone();
    assert!(workbook.worksheet_formula(&sheet).unwrap().is_empty());
    let range = workbook.worksheet_range(&sheet).unwrap();
    // The header, too.
    assert!(range.rows().next().unwrap().iter().any(|cell| *cell == Data::String(HOSTILE[3].to_owned())));

    let (_, csv, _) = run(folder.path(), &["-q", "locate", "sites.csv", "--excel", "--columns", "zone"]);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let mut guarded = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            let is_run = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
            assert!(!is_run, "{cell:?}");
            guarded += usize::from(cell.starts_with("'=") || cell.starts_with("'@") || cell.starts_with("'+"));
        }
    }
    // Three in the header, three in cells.
    assert_eq!(guarded, 6);
    // Without it, text is what it was.
    let (_, csv, _) = run(folder.path(), &["-q", "locate", "sites.csv", "--columns", "zone"]);
    assert!(csv.contains("\n+1+cmd"), "{csv}");
}

#[test]
fn kml_and_styles_are_xml_of_the_same_texts() {
    let folder = folder();
    for arguments in [
        &["-q", "convert", "parcels.csv", "-o", "out.kml"][..],
        &["-q", "export", "--plan", "plan.geojson", "--style", "-o", "plan.kml"],
        &["-q", "export", "--plan", "plan.geojson", "--style", "-o", "plan.geojson2.geojson"],
    ] {
        let (code, _, said) = run(folder.path(), arguments);
        assert_eq!(code, Some(0), "{said}");
    }
    for name in ["out.kml", "plan.kml", "plan.geojson2.qml"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(!has_foreign_markup(&text), "{name}");
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(event) => assert!(
                    !matches!(&event, quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "script"),
                    "{name}"
                ),
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
    // Back again; XML has no place for control characters.
    let (_, csv, _) = run(folder.path(), &["-q", "convert", "out.kml", "-f", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let column = reader.headers().unwrap().iter().position(|name| name == "use").unwrap();
    let found: Vec<String> = reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
    assert_eq!(found[..8], HOSTILE[..8]);
}

#[test]
fn names_are_no_statements() {
    let folder = folder();
    let layer = "x\"; DROP TABLE gpkg_contents; --";
    let (code, _, said) = run(folder.path(), &["-q", "convert", "sites.csv", "-o", "out.gpkg", "--to-layer", layer]);
    assert_eq!(code, Some(0), "{said}");
    let (code, csv, said) = run(folder.path(), &["-q", "convert", "out.gpkg", "--layer", layer, "-f", "csv"]);
    assert_eq!(code, Some(0), "{said}");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    assert!(HOSTILE[..8].iter().all(|name| names.iter().any(|found| found == *name)), "{names:?}");
    assert_eq!(reader.records().count(), HOSTILE.len());
}

#[test]
fn a_terminal_gets_no_control_characters() {
    let folder = folder();
    fs::write(folder.path().join("bad.csv"), "a\u{1b}[31m,lon,lat\nx\u{1b}]0;t\u{7},121.4\u{1b}[2J,28.65\n").unwrap();
    let is_harmless = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
    let (_, shown, said) = run(folder.path(), &["locate", "bad.csv", "-f", "text"]);
    assert!(is_harmless(&shown) && is_harmless(&said), "{shown:?} {said:?}");
    let (_, shown, said) = run(folder.path(), &["locate", "bad.csv", "-f", "csv", "--lon-field", "\u{1b}[31m"]);
    assert!(shown.is_empty() && is_harmless(&said), "{said:?}");
    for arguments in
        [&["describe", "--plan", "plan.geojson"][..], &["areas", "--plan", "plan.geojson"], &["check", "plan.geojson"]]
    {
        let (_, shown, said) = run(folder.path(), arguments);
        assert!(is_harmless(&shown) && is_harmless(&said), "{arguments:?}: {shown:?} {said:?}");
    }
}

/// Names that lead elsewhere are tested in `tests/archives.rs`.
#[test]
fn a_link_in_an_archive_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.csv"), "lon,lat\n121.4,28.65\n").unwrap();
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    let target = folder.path().join("secret.csv").display().to_string();
    archive.add_symlink("sites.csv", target.as_str(), SimpleFileOptions::default()).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    fs::write(folder.path().join("links.zip"), bytes).unwrap();
    let (code, shown, said) = run(folder.path(), &["locate", "links.zip"]);
    assert_eq!((code, shown.as_str()), (Some(3), ""), "{said}");
    // Beside a real file it is passed over.
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    archive.add_symlink("sites.csv", target.as_str(), SimpleFileOptions::default()).unwrap();
    archive.start_file("real.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(b"a,lon,lat\n1,121.4,28.65\n").unwrap();
    fs::write(folder.path().join("both.zip"), archive.finish().unwrap().into_inner()).unwrap();
    let (code, shown, said) = run(folder.path(), &["-q", "convert", "both.zip", "-f", "csv"]);
    assert_eq!((code, shown.as_str()), (Some(0), "a,lon,lat\n1,121.4,28.65\n"), "{said}");
}
