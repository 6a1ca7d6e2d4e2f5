//! The real binary on real files: what is written, what is kept, what is left behind.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use taizhou_corridor::io::Format;
use tempfile::TempDir;

use common::SITES;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        common::names(self.0.path())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        common::corridor(self.0.path(), arguments)
    }

    /// Runs the command, and gives its exit code and what it says on both streams.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        text(self.command(arguments).output().unwrap())
    }

    fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        text(output)
    }
}

fn text(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_output_appears_whole_and_alone() {
    let folder = Folder::new();
    folder.write("sites.csv", SITES);
    for name in ["out.csv", "out.geojson", "out.ndjson"] {
        let (code, stdout, stderr) = folder.run(&["locate", "sites.csv", "-o", name]);
        assert_eq!((code, stdout.as_str()), (0, ""));
        assert!(stderr.contains("2 rows: 1 inside"), "{stderr}");
        assert!(folder.read(name).contains("corridor/core/high-speed-rail-district"));
    }
    assert_eq!(folder.names(), ["out.csv", "out.geojson", "out.ndjson", "sites.csv"]);
}

#[test]
fn an_old_output_stays_unless_it_may_be_replaced() {
    let folder = Folder::new();
    folder.write("sites.csv", SITES);
    folder.write("out.csv", "old");
    let (code, _, stderr) = folder.run(&["locate", "sites.csv", "-o", "out.csv"]);
    assert_eq!(code, 4);
    assert!(stderr.contains("out.csv: the file already exists") && stderr.contains("--overwrite"), "{stderr}");
    assert_eq!(folder.read("out.csv"), "old");

    // Nor does a run that fails touch it.
    folder.write("bad.csv", "lon,lat\n,1\n");
    let (code, ..) = folder.run(&["locate", "bad.csv", "-o", "out.csv", "--overwrite", "--strict"]);
    assert_eq!((code, folder.read("out.csv").as_str()), (3, "old"));
    folder.write("cut.geojson", r#"{"type":"FeatureCollection","features":[{"type":"Fea"#);
    let (code, ..) = folder.run(&["locate", "cut.geojson", "-o", "out.csv", "--overwrite"]);
    assert_eq!((code, folder.read("out.csv").as_str()), (3, "old"));
    let (code, ..) = folder.run(&["export", "--precision", "1", "-o", "out.geojson"]);
    assert_eq!(code, 4);
    assert_eq!(folder.names(), ["bad.csv", "cut.geojson", "out.csv", "sites.csv"]);

    let (code, ..) = folder.run(&["locate", "sites.csv", "-o", "out.csv", "--overwrite"]);
    assert_eq!(code, 0);
    assert!(folder.read("out.csv").starts_with("code,lon,lat,position"));
}

#[test]
fn a_file_can_be_replaced_by_its_own_answer() {
    let folder = Folder::new();
    folder.write("sites.csv", SITES);
    let arguments = ["locate", "sites.csv", "-o", "sites.csv", "--overwrite", "--columns", "zone"];
    assert_eq!(folder.run(&arguments).0, 0);
    assert_eq!(folder.read("sites.csv"), "code,lon,lat,zone\n0701,121.36898,28.65590,core\n0702,121.5,28.5,\n");
    // The answer of an answer: nothing is lost.
    let (code, _, stderr) = folder.run(&arguments);
    assert_eq!(code, 0);
    assert!(stderr.contains("`zone_2`"), "{stderr}");
    assert!(folder.read("sites.csv").starts_with("code,lon,lat,zone,zone_2\n"));
}

#[test]
fn an_output_that_cannot_be_is_told() {
    let folder = Folder::new();
    folder.write("sites.csv", SITES);
    let (code, _, stderr) = folder.run(&["locate", "sites.csv", "-o", "nowhere/out.csv"]);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("nowhere/out.csv: cannot write it"), "{stderr}");
    let (code, ..) = folder.run(&["areas", "-f", "csv", "-o", "."]);
    assert_eq!(code, 4);
}

#[test]
fn standard_input_is_read_as_what_it_is() {
    let folder = Folder::new();
    let (code, stdout, _) = folder.run_with_input(&["locate", "-", "--columns", "zone"], SITES.as_bytes());
    assert_eq!((code, stdout.as_str()), (0, "code,lon,lat,zone\n0701,121.36898,28.65590,core\n0702,121.5,28.5,\n"));
    let feature = r#"{"type":"Feature","id":1,"properties":{"a":1.50},"geometry":{"type":"Point","coordinates":[121.36898,28.6559]}}"#;
    let arguments = ["-q", "locate", "-", "--columns", "zone", "-f", "csv"];
    for input in [feature.to_owned(), format!("{feature}\n{feature}\n"), format!("\u{1e}{feature}\n")] {
        let (code, stdout, stderr) = folder.run_with_input(&arguments, input.as_bytes());
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(stdout.starts_with("id,a,lon,lat,zone\n1,1.50,121.36898,28.6559,core\n"), "{stdout}");
    }
    // With a byte order mark, and lines that end as on Windows.
    let windows = format!("\u{feff}{}", SITES.replace('\n', "\r\n"));
    let (code, stdout, _) = folder.run_with_input(&["locate", "-", "--columns", "zone"], windows.as_bytes());
    assert_eq!((code, stdout.as_str()), (0, "code,lon,lat,zone\n0701,121.36898,28.65590,core\n0702,121.5,28.5,\n"));
    let (code, _, stderr) = folder.run_with_input(&["locate", "-"], b"");
    assert_eq!(code, 3);
    assert!(stderr.contains("-: it is empty"), "{stderr}");
}

#[test]
fn a_plan_can_come_from_standard_input() {
    let folder = Folder::new();
    let plan = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/taizhou-bay-corridor.geojson")).unwrap();
    let (code, stdout, _) = folder.run_with_input(&["areas", "--plan", "-", "-f", "csv"], &plan);
    assert_eq!(code, 0);
    assert!(stdout.contains("core,core,中央创新核"), "{stdout}");
}

#[test]
fn many_rows_keep_their_order_and_a_closed_pipe_is_no_failure() {
    let folder = Folder::new();
    let rows = 50_000;
    let mut csv = String::from("n,lon,lat\n");
    for n in 0..rows {
        csv.push_str(&format!("{n},{},{}\n", 121.2 + f64::from(n % 300) / 1000.0, 28.55 + f64::from(n % 157) / 1000.0));
    }
    folder.write("sites.csv", &csv);
    let (code, ..) = folder.run(&["-q", "locate", "sites.csv", "-o", "out.ndjson", "--columns", "zone"]);
    assert_eq!(code, 0);
    let (code, ..) = folder.run(&["-q", "locate", "out.ndjson", "-o", "out.csv", "--columns", "zone"]);
    assert_eq!(code, 0);
    let out = folder.read("out.csv");
    assert_eq!(out.lines().count(), rows as usize + 1);
    for (n, line) in out.lines().skip(1).enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        // n, lon, lat, zone; position of the point; zone again.
        assert_eq!(fields[0], n.to_string());
        assert_eq!(fields[3], fields[6], "{line}");
    }

    let mut child =
        folder.command(&["locate", "sites.csv"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let (code, _, stderr) = text(child.wait_with_output().unwrap());
    assert_eq!((code, stderr.as_str()), (0, ""));
}

#[test]
fn programs_are_told_how_far_it_is() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let rows: String = (0..30_000).map(|number| format!("{number},121.{number:05},28.65\n")).collect();
    fs::write(folder.join("sites.csv"), format!("id,lon,lat\n{rows}")).unwrap();
    for command in
        [&["locate", "sites.csv", "-o"][..], &["convert", "sites.csv", "-o"], &["nearest", "sites.csv", "-o"]]
    {
        for ending in ["geojson", "parquet"] {
            let name = format!("{}.{ending}", command[0]);
            let arguments = [command, &[&name, "-q", "--progress", "json"]].concat();
            let (code, _, stderr) = text(common::corridor(folder, &arguments).output().unwrap());
            let told: Vec<serde_json::Value> = stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!((code, told.iter().filter(|told| told["event"] == "done").count()), (0, 1), "{stderr}");
            let last = told.last().unwrap();
            assert_eq!((&last["event"], &last["rows"], &last["share"]), (&"done".into(), &30_000.into(), &1.0.into()));
            assert_eq!(last["left_s"], 0.0);
            let shares: Vec<f64> = told.iter().filter_map(|told| told["share"].as_f64()).collect();
            assert!(shares.is_sorted(), "{stderr}");
        }
    }
    // Packed, and copied to be read twice: what is read is known all the same.
    let packed = |name: &str, bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(fs::File::create(folder.join(name)).unwrap(), Default::default());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap();
    };
    packed("sites.csv.gz", &fs::read(folder.join("sites.csv")).unwrap());
    let (code, ..) = text(common::corridor(folder, &["convert", "sites.csv", "-o", "sites.ndjson"]).output().unwrap());
    assert_eq!(code, 0);
    let lines = fs::read(folder.join("sites.ndjson")).unwrap();
    packed("sites.ndjson.gz", &lines);
    for input in ["sites.csv.gz", "sites.ndjson.gz", "-"] {
        let mut command = common::corridor(folder, &["locate", input, "-q", "--progress", "json", "-f", "csv"]);
        command.stdin(fs::File::open(folder.join("sites.ndjson")).unwrap());
        let (code, _, stderr) = text(command.output().unwrap());
        let told: serde_json::Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
        // A small packed file is read before its first row is.
        let read = if input == "sites.csv.gz" { 0 } else { lines.len() as u64 };
        assert!(code == 0 && told["bytes"].as_u64().unwrap() >= read, "{input}: {stderr}");
    }
    // What is no terminal gets no line.
    let (_, _, stderr) = text(common::corridor(folder, &["locate", "sites.csv", "-o", "a.csv"]).output().unwrap());
    assert!(!stderr.contains('\u{1b}') && !stderr.contains("MB/s"), "{stderr}");
}

#[test]
fn excel_gets_a_byte_order_mark_and_no_formulas() {
    let folder = Folder::new();
    folder.write("sites.csv", "name,lon,lat\n\"=HYPERLINK(\"\"x\"\")\",121.4,28.65\n-1.5,121.4,28.65\n");
    let (code, stdout, _) = folder.run(&["-q", "locate", "sites.csv", "--excel", "--columns", "zone"]);
    assert_eq!(code, 0);
    assert_eq!(
        stdout,
        "\u{feff}name,lon,lat,zone\n\"'=HYPERLINK(\"\"x\"\")\",121.4,28.65,core\n-1.5,121.4,28.65,core\n"
    );
}

#[test]
fn a_workbook_comes_back_as_it_went_out() {
    let folder = Folder::new();
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/xlsx.in/landmarks.xlsx");
    let workbook = workbook.to_str().unwrap();
    let columns = ["--columns", "zone,distance_to_boundary_m"];
    let run = |input: &str, output: &str| {
        let (code, _, stderr) = folder.run(&[&["-q", "locate", input, "-o", output][..], &columns].concat());
        assert_eq!((code, stderr.as_str()), (0, ""), "{input} {output}");
    };
    // Typed cells, Chinese names, codes with leading zeros, text that looks like a formula.
    run(workbook, "a.xlsx");
    run(workbook, "a.csv");
    let (code, again, _) = folder.run(&["-q", "locate", "a.xlsx", "-f", "csv", "--columns", "zone"]);
    assert_eq!(code, 0);
    for (again, first) in again.lines().zip(folder.read("a.csv").lines()).skip(1) {
        // The number has the digits it was written with, not those of the text.
        let fields = |line: &str| line.split(',').take(9).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(fields(again), fields(first));
    }
    assert!(again.contains("0700,台州站,121.36898,28.6559,20,2025-01-01,true,=1+1 as text,core"), "{again}");
    // From standard input, told by its first bytes.
    let bytes = fs::read(folder.0.path().join("a.xlsx")).unwrap();
    let (code, stdout, _) = folder.run_with_input(&["-q", "locate", "-", "-f", "csv"], &bytes);
    assert_eq!((code, stdout.lines().count()), (0, 33));
}

#[test]
fn the_export_is_a_sound_plan_again() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["export", "-o", "plan.geojson"]).0, 0);
    let (code, stdout, _) = folder.run(&["check", "plan.geojson"]);
    assert_eq!((code, stdout.as_str()), (0, "No problems found.\n"));
    let (code, stdout, _) =
        folder.run(&["-q", "locate", "--at", "121.36898,28.6559", "-f", "csv", "--plan", "plan.geojson"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("corridor/core/high-speed-rail-district"));

    assert_eq!(folder.run(&["export", "--level", "cluster", "-o", "clusters.ndjson"]).0, 0);
    assert_eq!(folder.read("clusters.ndjson").lines().count(), 11);
}

#[test]
fn the_ending_tells_a_format_of_maps() {
    let folder = Folder::new();
    let (code, _, said) = folder.run(&["export", "-o", "plan.topojson", "--level", "zone"]);
    assert_eq!((code, said.contains("3 features written as topojson")), (0, true), "{said}");
    let topology: serde_json::Value = serde_json::from_str(&folder.read("plan.topojson")).unwrap();
    // The layer has the name of the file.
    assert_eq!(topology["objects"]["plan"]["geometries"].as_array().unwrap().len(), 3);
    let (code, _, said) = folder.run(&["export", "-o", "plan.pmtiles", "--max-zoom", "10"]);
    assert_eq!((code, said.contains("16 features written as pmtiles")), (0, true), "{said}");
    assert!(said.contains("indicative model"), "{said}");
    assert!(fs::read(folder.0.path().join("plan.pmtiles")).unwrap().starts_with(b"PMTiles\x03"));
}

#[test]
fn the_style_of_tiles_is_beside_them() {
    let folder = Folder::new();
    let export = ["export", "--style", "-o", "zones.pmtiles", "--max-zoom", "10"];
    assert_eq!(folder.run(&export).0, 0);
    let style: serde_json::Value = serde_json::from_str(&folder.read("zones.style.json")).unwrap();
    assert_eq!(style["sources"]["zones"]["url"], "pmtiles://zones.pmtiles");
    assert_eq!(style["layers"].as_array().unwrap().last().unwrap()["source-layer"], "zones_labels");
    // A style that is there already is kept, and then no tiles are written.
    fs::remove_file(folder.0.path().join("zones.pmtiles")).unwrap();
    let (code, _, said) = folder.run(&export);
    assert_eq!((code, said.contains("zones.style.json")), (4, true), "{said}");
    assert!(!folder.0.path().join("zones.pmtiles").exists());
    assert_eq!(folder.run(&[&export[..], &["--overwrite"]].concat()).0, 0);
}

#[test]
fn a_style_beside_a_layer_is_no_more_replaced_unasked_than_it_is() {
    let folder = Folder::new();
    folder.write("plan.qml", "mine");
    let (code, _, said) = folder.run(&["export", "--style", "-o", "plan.geojson"]);
    assert_eq!((code, said.contains("plan.qml: the file already exists")), (4, true), "{said}");
    assert_eq!((folder.names(), folder.read("plan.qml")), (vec!["plan.qml".to_owned()], "mine".to_owned()));
    let (code, ..) = folder.run(&["export", "--style", "-o", "plan.geojson", "--overwrite"]);
    assert_eq!((code, folder.names()), (0, vec!["plan.geojson".to_owned(), "plan.qml".to_owned()]));
    assert!(folder.read("plan.qml").starts_with("<!DOCTYPE qgis"));
}

#[test]
fn a_feature_over_several_lines_becomes_one() {
    let folder = Folder::new();
    folder.write(
        "sites.geojson",
        "{\"type\": \"Feature\", \"properties\": {\"list\": [\n1,\r\n2]},\n\"geometry\": {\"type\": \"Point\",\n\"coordinates\": [121.4, 28.65]}}",
    );
    let (code, stdout, _) = folder.run(&["-q", "locate", "sites.geojson", "-f", "ndjson", "--columns", "zone"]);
    assert_eq!((code, stdout.lines().count()), (0, 1), "{stdout}");
    assert!(stdout.contains("\"list\":[ 1,  2],\"zone\":\"core\""), "{stdout}");
}

#[test]
fn names_that_stand_twice_lose_nothing() {
    let folder = Folder::new();
    folder.write("sites.csv", "a,,a,lon,lat\n1,2,3,121.4,28.65\n");
    let (_, csv, _) = folder.run(&["-q", "locate", "sites.csv", "--columns", "zone"]);
    assert_eq!(csv, "a,,a,lon,lat,zone\n1,2,3,121.4,28.65,core\n");
    let (_, json, _) = folder.run(&["-q", "locate", "sites.csv", "--columns", "zone", "-f", "ndjson"]);
    assert!(json.contains(r#""a":"1","column_2":"2","a_2":"3","lon""#), "{json}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let folder = Folder::new();
    folder.write("out.csv", "old");
    for signal in ["-INT", "-TERM"] {
        let (mut child, stdin) = common::begun(folder.0.path(), "out.csv");
        common::signal(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        drop(stdin);
        assert_eq!((folder.names(), folder.read("out.csv").as_str()), (vec!["out.csv".to_owned()], "old"));
    }
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, stdout, _) = folder.run(&["completions", shell]);
        assert!(code == 0 && stdout.contains("uncertainty-field"), "{shell}");
    }
    assert!(folder.run(&["man"]).1.contains(".TH corridor 1"));
    assert!(folder.run(&["man", "locate"]).1.contains("Which zone contains each site"));
    let page = folder.run(&["man", "locate", "--lang", "zh"]).1;
    assert!(
        page.contains(".SH 概要\n") && page.contains("各点位属于哪个片区") && !page.contains(".SH OPTIONS"),
        "{page}"
    );
    assert!(folder.run(&["completions", "fish", "--lang", "zh"]).1.contains("各点位属于哪个片区"));
    assert_eq!(folder.run(&["man", "nothing"]).0, 2);
}

#[test]
fn the_language_follows_the_locale() {
    let folder = Folder::new();
    let run = |locale: &str| text(folder.command(&["check"]).env("LC_ALL", locale).output().unwrap()).1;
    assert_eq!(run("zh_CN.UTF-8"), "未发现问题：范围线数据通过检查。\n");
    assert_eq!(run("en_GB.UTF-8"), "No problems found.\n");
}

#[test]
fn a_quote_that_is_never_closed_is_a_file_cut_off() {
    let folder = Folder::new();
    folder.write("cut.csv", "id,lon,lat,note\nA,121.4,28.65,ok\nB,121.4,28.65,\"5 inch\nC,121.4,28.65,x\n");
    let (code, _, stderr) = folder.run(&["locate", "cut.csv"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("line 3, row 2") && stderr.contains("a quoted field"), "{stderr}");
    // Closed ones may go over lines, and a quote inside a field is a quote.
    folder.write("whole.csv", "id,lon,lat,note\nA,121.4,28.65,5\" pipe\nB,121.4,28.65,\"two\nlines\"\n");
    assert_eq!(folder.run(&["-q", "locate", "whole.csv"]).0, 0);
}

#[test]
fn a_wrong_byte_is_told_and_spoils_no_names() {
    let folder = Folder::new();
    let bytes =
        ["name,lon,lat\n台州,121.4,28.65\n".as_bytes(), b"M\xe1laga,121.4,28.65\n", "路桥,121.4,28.65\n".as_bytes()];
    fs::write(folder.0.path().join("mixed.csv"), bytes.concat()).unwrap();
    let (code, _, stderr) = folder.run(&["locate", "mixed.csv"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("line 3, row 2"), "{stderr}");
}

#[test]
fn a_stray_cell_does_not_cost_a_sheet() {
    let folder = Folder::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["name", "lon", "lat"].into_iter().enumerate() {
        sheet.write_string(0, column as u16, name).unwrap();
    }
    sheet.write_number(1, 1, 121.4).unwrap();
    sheet.write_number(1, 2, 28.65).unwrap();
    sheet.write_string(1_048_575, 16_383, "stray").unwrap();
    workbook.save(folder.0.path().join("far.xlsx")).unwrap();
    let (code, stdout, _) = folder.run(&["-q", "locate", "far.xlsx", "-f", "csv", "--columns", "zone,reason"]);
    assert_eq!(code, 1);
    assert!(stdout.contains(",121.4,28.65,core,\n") && stdout.contains("beyond them: stray"), "{stdout}");
}

#[test]
fn a_page_is_written_with_the_sites_that_can_be_shown() {
    let folder = Folder::new();
    folder.write("sites.csv", "name,lon,lat\nA,121.36898,28.65590\nB,,28.6\n");
    let (code, out, said) = folder.run(&["map", "sites.csv", "-o", "plan.html"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(said.contains("row 2: `lon` is empty") && said.contains("2 rows: 1 inside"), "{said}");
    assert!(said.ends_with("the published plan gives areas, not coordinates.\n"), "{said}");
    let page = folder.read("plan.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_eq!(folder.run(&["map", "-o", "plan.html"]).0, 4);
    assert_eq!(folder.read("plan.html"), page);
    assert_eq!(folder.names(), ["plan.html", "sites.csv"]);
    // Without a file it is standard output.
    assert!(folder.run(&["-q", "map", "-f", "html"]).1.ends_with("</html>\n"));

    folder.write("far.csv", "lon,lat\n116.4,39.9\n");
    let (code, _, said) = folder.run(&["map", "far.csv", "-o", "far.html"]);
    assert!(code == 0 && said.contains("all sites are outside"), "{said}");
    // Parcels, too.
    let parcels = "名称,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n\
                   B,\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n";
    folder.write("parcels.csv", parcels);
    let (code, _, said) = folder.run(&["map", "parcels.csv", "-o", "parcels.html"]);
    assert!(code == 1 && said.contains("parcels.csv, row 2: "), "{said}");
    assert!(said.contains("2 parcels: 0 within one zone, 1 across a boundary, 0 outside, 1 invalid"), "{said}");
    assert!(said.contains("The outline is an indicative model"), "{said}");
    let (code, out, said) = folder.run(&["map", "parcels.csv", "--strict", "-o", "strict.html"]);
    assert!((code, out.as_str()) == (3, "") && said.contains("row 2: "), "{said}");
    assert!(!folder.names().contains(&"strict.html".to_owned()));

    let tiles =
        ["map", "-o", "tiles.html", "--basemap", "https://{a-b}.tiles.example/{z}/{x}/{y}", "--basemap-crs", "GCJ02"];
    let (code, _, said) = folder.run(&tiles);
    assert!(
        code == 0 && said.contains("requests tiles from https://a.tiles.example, https://b.tiles.example"),
        "{said}"
    );
    assert!(said.contains("GCJ-02 coordinates are for display"), "{said}");
}

#[test]
fn a_bad_row_is_kept_marked_and_counted_in_every_format() {
    let folder = Folder::new();
    folder.write("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,,28.65\nC,121.5,28.5\n");
    // A survey's file holds no answers, and a drawing no row without a shape.
    let others = [Format::SURVEY_TXT, Format::DXF];
    for format in Format::WRITTEN.into_iter().filter(|format| !others.contains(format)) {
        let out = format!("out.{}", format.ending());
        let (code, _, said) = folder.run(&["locate", "sites.csv", "--columns", "position,reason", "-o", &out]);
        assert_eq!(code, 1, "{format}: {said}");
        assert!(said.contains("row 2: `lon` is empty") && said.contains("1 of 3 rows invalid"), "{format}: {said}");
        let (_, csv, said) = folder.run(&["-q", "convert", &out, "-f", "csv", "--fields", "name,position,reason"]);
        let mut rows: Vec<&str> = csv.lines().skip(1).collect();
        // Its index puts them in an order of its own.
        if format == Format::FLATGEOBUF {
            rows.sort();
        }
        assert_eq!(rows.len(), 3, "{format}: {csv} {said}");
        for (row, (name, position)) in rows.iter().zip([("A", "inside"), ("B", "invalid"), ("C", "outside")]) {
            assert!(row.contains(name) && row.contains(position), "{format}: {csv}");
        }
        assert!(rows[1].contains("missing-coordinate: "), "{format}: {csv}");
        let strict = format!("strict.{}", format.ending());
        let (code, _, said) = folder.run(&["locate", "sites.csv", "--strict", "-o", &strict]);
        assert!(code == 3 && said.contains("row 2: "), "{format}: {said}");
        assert!(!folder.names().contains(&strict), "{format}");
    }
    for command in ["overlay", "nearest"] {
        let (code, csv, said) = folder.run(&[command, "sites.csv", "-f", "csv"]);
        assert!(code == 1 && said.contains("invalid (kept)") && csv.contains("missing-coordinate: "), "{csv} {said}");
    }
}

const OWN: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","id":"S1","properties":{"lon":"l","lat":7,"id":"x","zone":"old"},"geometry":{"type":"Point","coordinates":[121.36898,28.6559]}}]}"#;

/// What is added has another name, which is said; what is written is read again once the place is named.
#[test]
fn columns_of_the_user_keep_their_names_and_values() {
    let folder = Folder::new();
    folder.write("own.geojson", OWN);
    for name in ["own.csv", "own.tsv", "own.xlsx"] {
        let (code, _, stderr) = folder.run(&["locate", "own.geojson", "--columns", "zone", "-o", name]);
        assert_eq!(code, 0, "{stderr}");
        for (from, to) in [("lon", "lon_2"), ("lat", "lat_2"), ("id", "id_2")] {
            let said = format!("{name}: the input already has a column `{from}`: the added column is named `{to}`");
            assert!(stderr.contains(&said), "{stderr}");
        }
        assert!(stderr.contains("already has a column `zone`: the result is written as `zone_2`"), "{stderr}");
        let (code, _, stderr) = folder.run(&["convert", name, "-f", "csv"]);
        assert_eq!(code, 3);
        assert!(stderr.contains("several columns could be the geometry: lon, lat / lon_2, lat_2"), "{stderr}");
        assert!(stderr.contains("--lon-field"), "{stderr}");
        let named = ["convert", name, "-f", "csv", "--lon-field", "lon_2", "--lat-field", "lat_2"];
        let (code, stdout, stderr) = folder.run(&named);
        assert_eq!((code, stderr.as_str()), (0, ""));
        let expected = "id_2,lon,lat,id,zone,lon_2,lat_2,zone_2\nS1,l,7,x,old,121.36898,28.6559,core\n";
        assert_eq!(stdout, expected, "{name}");
    }
    let (_, stdout, stderr) =
        folder.run(&["--lang", "zh", "convert", "own.geojson", "-f", "csv", "--fields", "lon,lat_2"]);
    assert_eq!(stdout, "lon,lon_2,lat_2\nl,121.36898,28.6559\n");
    assert!(stderr.contains("输入已有`lon`列：新增列命名为`lon_2`"), "{stderr}");
    folder.write("reason.csv", "lon,lat,reason\n121.4,28.65,mine\n,28.65,\n");
    let (code, stdout, stderr) = folder.run(&["convert", "reason.csv", "-f", "csv", "--mark"]);
    let expected = "lon,lat,reason,reason_2\n121.4,28.65,mine,\n,28.65,,missing-coordinate: `lon` is empty\n";
    assert_eq!((code, stdout.as_str()), (1, expected));
    assert!(stderr.contains("is written as `reason_2`"), "{stderr}");
    // Parcels have their own.
    folder.write("wkt.ndjson", "{\"type\":\"Feature\",\"properties\":{\"wkt\":\"w\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[121,28],[122,29]]}}\n");
    let (_, stdout, stderr) = folder.run(&["convert", "wkt.ndjson", "-f", "csv"]);
    assert_eq!(stdout, "wkt,wkt_2\nw,\"LINESTRING(121 28,122 29)\"\n");
    assert!(stderr.contains("the added column is named `wkt_2`"), "{stderr}");
}

#[test]
fn a_table_with_two_places_is_refused_until_one_is_named() {
    let folder = Folder::new();
    let square = "POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))";
    folder.write("both.csv", &format!("name,lon,lat,wkt\nA,121.36898,28.6559,\"{square}\"\n"));
    // A geometry that a format declares is the place.
    for name in ["both.geojson", "both.gpkg", "both.parquet"] {
        let (code, ..) = folder.run(&["convert", "both.csv", "--lon-field", "lon", "--lat-field", "lat", "-o", name]);
        assert_eq!(code, 0);
        let (code, stdout, _) = folder.run(&["locate", name, "-f", "csv", "--columns", "zone"]);
        assert_eq!((code, stdout.lines().nth(1).unwrap().ends_with(",core")), (0, true), "{name}: {stdout}");
        let (code, _, stderr) = folder.run(&["locate", name, "-f", "csv", "--lon-field", "lon", "--lat-field", "lat"]);
        assert_eq!(code, 2);
        assert!(stderr.contains("--lon-field"), "{stderr}");
    }
    folder.run(&["convert", "both.csv", "--wkt-field", "wkt", "-o", "both.xlsx", "-q"]);
    for name in ["both.csv", "both.xlsx"] {
        for arguments in [&["locate", name, "-f", "csv"][..], &["convert", name, "-f", "geojson"], &["map", name]] {
            let (code, stdout, stderr) = folder.run(arguments);
            assert_eq!((code, stdout.as_str()), (3, ""), "{arguments:?}");
            assert!(stderr.contains("several columns could be the geometry: lon, lat / wkt"), "{stderr}");
            assert!(stderr.contains("--lon-field COLUMN --lat-field COLUMN, or --wkt-field COLUMN"), "{stderr}");
        }
        // Points do not answer for parcels.
        let (code, stdout, _) = folder.run(&["overlay", name, "-f", "csv", "--columns", "zone,relation"]);
        assert_eq!(code, 0);
        assert!(stdout.contains(",core,straddles") && stdout.contains(",jiaojiang,straddles"), "{stdout}");
    }
    let (_, _, stderr) = folder.run(&["--lang", "zh", "locate", "both.csv", "-f", "csv"]);
    assert!(stderr.contains("有多列可作几何：lon, lat / wkt") && stderr.contains("--wkt-field"), "{stderr}");
}

/// Of the one that is asked, the other is the answer.
#[test]
fn sites_and_parcels_are_shown_the_way_to_each_other() {
    let folder = Folder::new();
    let square = "POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))";
    folder.write("parcels.csv", &format!("wkt\n\"{square}\"\n\"LINESTRING(121 28,122 29)\"\n"));
    folder.write("sites.csv", SITES);
    let said = |lang: &str, arguments: &[&str]| folder.run(&[&["--lang", lang], arguments].concat()).2;
    let (en, zh) =
        (said("en", &["locate", "parcels.csv", "-f", "csv"]), said("zh", &["locate", "parcels.csv", "-f", "csv"]));
    assert!(en.contains("a point is expected, found Polygon; for parcels use overlay"), "{en}");
    assert!(en.contains("a point is expected, found LineString\n"), "{en}");
    assert!(zh.contains("应为点，实为面（Polygon）；地块请用overlay") && zh.contains("实为线（LineString）\n"), "{zh}");
    let (en, zh) =
        (said("en", &["overlay", "sites.csv", "-f", "csv"]), said("zh", &["overlay", "sites.csv", "-f", "csv"]));
    assert!(en.contains("a polygon is expected, found Point; for sites use locate"), "{en}");
    assert!(zh.contains("应为面，实为点（Point）；点位请用locate"), "{zh}");
}

/// What is wrong with a feature is a finding, and no refusal, whatever the format.
#[test]
fn an_outline_is_checked_as_leniently_in_every_format() {
    let folder = Folder::new();
    let wkt = |id: &str, name: &str, ring: &str| format!("{id},{name},\"POLYGON(({ring}))\"\n");
    let rows = [
        wkt("a", "good", "121.40 28.65,121.41 28.65,121.41 28.66,121.40 28.65"),
        wkt("b", "open", "121.40 28.65,121.41 28.65,121.41 28.66"),
        wkt("c", "bow tie", "121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65"),
        wkt("d", "swapped", "28.65 121.40,28.65 121.41,28.66 121.41,28.65 121.40"),
        "e,broken,POLYGON((121.4\nf,empty,\ng,point,POINT(121.4 28.65)\n".to_owned(),
    ];
    folder.write("outline.csv", &format!("id,name,wkt\n{}", rows.concat()));
    let codes = |name: &str| {
        let (code, stdout, stderr) = folder.run(&["check", name, "-f", "csv"]);
        assert_eq!((code, stderr.as_str()), (1, ""), "{name}");
        let field = |line: &str| line.split(',').step_by(2).take(2).collect::<Vec<_>>().join(" ");
        stdout.lines().skip(1).map(field).collect::<Vec<String>>()
    };
    let expected = [
        "ring-not-closed b",
        "self-crossing c",
        "latitude-out-of-range d",
        "bad-geometry e",
        "no-geometry f",
        "not-a-polygon g",
    ];
    assert_eq!(codes("outline.csv"), expected);
    folder.run(&["convert", "outline.csv", "-o", "outline.tsv"]);
    assert_eq!(codes("outline.tsv"), expected);
    // Without a place in its system, a row has no geometry in other formats.
    for name in ["outline.gpkg", "outline.parquet", "outline.fgb"] {
        folder.run(&["convert", "outline.csv", "-o", name]);
        let found = codes(name);
        assert!(
            found.contains(&"self-crossing c".to_owned()) && found.contains(&"not-a-polygon g".to_owned()),
            "{found:?}"
        );
    }
    // As a plan, it is refused, without a word of options that nobody gave.
    let (code, _, stderr) = folder.run(&["areas", "--plan", "outline.csv"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("corridor check") && !stderr.contains("--strict"), "{stderr}");
}

#[test]
fn features_without_ids_are_counted_once_and_what_is_not_checked_is_said() {
    let folder = Folder::new();
    let feature = |x: f64| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"n\":\"{x}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x},28],[{0},28],[{0},29],[{x},28]]]}}}}",
            x + 1.0
        )
    };
    let features = [121.0, 122.0, 123.0].map(feature).join(",");
    folder.write("flat.geojson", &format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}"));
    let (code, stdout, _) = folder.run(&["check", "flat.geojson"]);
    assert_eq!((code, stdout.matches("missing-id").count()), (1, 1));
    assert!(stdout.contains("3 features have no `id`, this one first"), "{stdout}");
    let (_, stdout, _) = folder.run(&["--lang", "zh", "check", "flat.geojson"]);
    assert!(stdout.contains("共3个要素没有`id`，首个在此"), "{stdout}");
    let (code, stdout, _) = folder.run(&["check", "flat.geojson", "--name-field", "n"]);
    let checked = "Checked: rings, ids, and published areas where they are stated. Not checked, since the features have no levels: hierarchy. Add --coverage to check overlaps and gaps.";
    assert_eq!((code, stdout), (0, format!("No problems found.\n{checked}\n")));
    let (_, stdout, _) = folder.run(&["--lang", "zh", "check", "flat.geojson", "--name-field", "n"]);
    assert!(
        stdout.starts_with("未发现问题：范围线数据通过检查。\n已检查：")
            && stdout.contains("未检查：层级（要素未分层级）。如需检查重叠和缝隙，请加--coverage。"),
        "{stdout}"
    );
    assert_eq!(folder.run(&["check"]).1, "No problems found.\n");
    folder.write("empty.csv", "id,wkt\n");
    assert!(folder.run(&["check", "empty.csv"]).1.contains("there is no feature"));
}

/// A column of decimals in a shapefile is written with more digits than a double has.
#[test]
fn decimals_of_a_shapefile_are_numbers() {
    let folder = Folder::new();
    let feature = |area: &str, id: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"area_mu\":{area},\"id18\":{id}}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[121.4,28.65]}}}}\n"
        )
    };
    let text = feature("72.709999999999994", "330003000000000123") + &feature("24.149999999999999", "7");
    folder.write("parcels.ndjson", &text);
    let (code, ..) = folder.run(&["convert", "parcels.ndjson", "-o", "parcels.xlsx"]);
    assert_eq!(code, 0);
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(folder.0.path().join("parcels.xlsx")).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut workbook, 0).unwrap().unwrap();
    let cell = |row, column| sheet.get_value((row, column)).unwrap().clone();
    assert_eq!((cell(1, 0), cell(2, 0)), (calamine::Data::Float(72.71), calamine::Data::Float(24.15)));
    assert_eq!(cell(1, 1), calamine::Data::String("330003000000000123".to_owned()));
    let (_, stdout, _) = folder.run(&["locate", "parcels.ndjson", "-f", "text"]);
    assert!(
        stdout.contains("72.71 ") && stdout.contains("330003000000000123") && !stdout.contains("99999"),
        "{stdout}"
    );
    let (_, page, _) = folder.run(&["map", "parcels.ndjson", "-f", "html"]);
    assert!(page.contains("\"72.71\"") && page.contains("330003000000000123") && !page.contains("72.70999"));
}

#[test]
fn truth_values_are_those_of_the_format() {
    let folder = Folder::new();
    folder
        .write("parcel.csv", "wkt\n\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n");
    let columns = ["overlay", "parcel.csv", "--columns", "zone,majority", "-f"];
    for format in ["geojson", "geojsonseq", "ndjson"] {
        let (code, out, _) = folder.run(&[&columns[..], &[format]].concat());
        assert_eq!(code, 0);
        let zones = [r#""zone":"core","majority":false"#, r#""zone":"jiaojiang","majority":true"#];
        assert!(zones.iter().all(|zone| out.contains(zone)), "{format}: {out}");
    }
    // And a text where there is none.
    let (_, out, _) = folder.run(&[&columns[..], &["csv"]].concat());
    assert!(out.contains(",core,false\n") && out.contains(",jiaojiang,true\n"), "{out}");
}

#[test]
fn reports_name_the_settings_that_were_used() {
    let folder = Folder::new();
    folder.write(
        "parcels.csv",
        "id,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n",
    );
    folder.write("corridor.toml", "crs = \"WGS84\"\nlang = \"zh\"\n");
    let (code, _, stderr) = folder.run(&["overlay", "parcels.csv", "--report", "report.md"]);
    assert!(code == 0 && stderr.starts_with("corridor：采用设置文件corridor.toml：crs, lang\n"), "{stderr}");
    let report = folder.read("report.md");
    assert!(report.contains("- 设置文件：corridor.toml：crs, lang\n"), "{report}");
    let (_, _, stderr) = folder.run(&["overlay", "parcels.csv", "--no-config", "--report", "plain.md"]);
    assert!(!stderr.contains("corridor.toml") && !folder.read("plain.md").contains("Settings"), "{stderr}");
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = Folder::new();
    for name in [
        "locate",
        "overlay",
        "nearest",
        "convert",
        "areas",
        "export",
        "map",
        "check",
        "describe",
        "sql",
        "completions",
        "man",
    ] {
        let (code, page, stderr) = folder.run(&["man", name]);
        assert!(code == 0 && page.contains("Examples:"), "{name}: {stderr}{page}");
        let help = folder.run(&[name, "--help"]).1;
        assert!(help.contains("\nExamples:\n  corridor "), "{help}");
    }
    assert_eq!(folder.run(&["man", "nothing"]).0, 2);
}

#[test]
fn a_summary_counts_by_zone_and_certainty() {
    let folder = Folder::new();
    folder.write("sites.csv", "lon,lat\n121.36898,28.65590\n121.40988,28.65798\n121.1,28.6\n,28.6\n");
    let summary = |arguments: &[&str]| {
        let (code, stdout, stderr) = folder.run(arguments);
        (code, serde_json::from_str::<serde_json::Value>(&stdout).unwrap_or_default(), stderr)
    };
    let (code, json, stderr) = summary(&["-v", "locate", "sites.csv", "--columns", "zone", "--summary", "-"]);
    assert_eq!(code, 1, "{stderr}");
    let counts = ["rows", "inside", "boundary", "outside", "invalid"].map(|key| json[key].as_u64());
    assert_eq!(counts, [4, 2, 0, 1, 1].map(Some), "{json}");
    let (code, json, stderr) = summary(&["locate", "sites.csv", "--exit-zero", "-o", "rows.csv", "--summary", "-"]);
    assert_eq!((code, folder.read("rows.csv").lines().count()), (0, 5));
    let zones = json["zones"].as_array().unwrap();
    let rows: Vec<u64> = zones.iter().map(|zone| zone["rows"].as_u64().unwrap()).collect();
    assert_eq!((zones[0]["zone"].as_str(), rows.as_slice()), (Some("core"), [2, 1].as_slice()));
    assert!(zones[1]["zone"].is_null());
    let uncertain: u64 = zones.iter().map(|zone| zone["uncertain"].as_u64().unwrap()).sum();
    assert_eq!(json["uncertain"].as_u64(), Some(uncertain));
    assert!(stderr.contains(&format!("{uncertain}")), "{stderr}");
    let (_, json, _) = summary(&["nearest", "sites.csv", "--within", "1km", "--summary", "-"]);
    let counts = ["rows", "answered", "beyond", "invalid"].map(|key| json[key].as_u64());
    assert_eq!(counts, [4, 2, 1, 1].map(Some), "{json}");
    assert_eq!(folder.run(&["locate", "sites.csv", "-o", "-", "--summary", "-"]).0, 2);
    assert_eq!(folder.run(&["nearest", "sites.csv", "-o", "a.csv", "--summary", "./a.csv"]).0, 2);
    folder.write(
        "parcels.csv",
        "id,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\nB,POINT(1 2)\n",
    );
    let (code, _, stderr) = folder.run(&["overlay", "parcels.csv", "--summary", "counts.json"]);
    let json: serde_json::Value = serde_json::from_str(&folder.read("counts.json")).unwrap();
    assert_eq!((code, json["straddles"].as_u64(), json["invalid"].as_u64()), (1, Some(1), Some(1)), "{stderr}");
    assert_eq!((json["zones"][0]["zone"].as_str(), json["zones"][0]["rows"].as_u64()), (Some("jiaojiang"), Some(1)));
}

#[test]
fn files_without_a_command_are_answered_beside_them() {
    let folder = Folder::new();
    folder.write("点位.csv", SITES);
    let parcel = "POLYGON((121.39 28.64,121.40 28.64,121.40 28.65,121.39 28.65,121.39 28.64))";
    folder.write("parcels.csv", &format!("code,wkt\n0701,\"{parcel}\"\n"));
    folder.write("empty.csv", "");
    let (code, stdout, stderr) = folder.run(&["点位.csv", "parcels.csv"]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert_eq!(folder.names(), ["empty.csv", "parcels-report.xlsx", "parcels.csv", "点位-zones.csv", "点位.csv"]);
    assert!(
        stderr.contains("corridor: result: 点位-zones.csv") && stderr.contains("corridor: result: parcels-report.xlsx")
    );
    // For Excel, which takes a file without a byte order mark for one in the code page of the system.
    assert!(folder.read("点位-zones.csv").starts_with("\u{feff}code,lon,lat,position,"));

    // Nothing is replaced; a file that cannot be read is an error of its own.
    let (code, _, stderr) = folder.run(&["empty.csv", "点位.csv"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("empty.csv") && folder.names().contains(&"点位-zones-2.csv".to_owned()));
}
