//! Tables whose first columns are generated, and whose other columns are written by hand.

use std::fs;

use taizhou_corridor::io::Format;
use taizhou_corridor::messages::Lang;

use crate::{LANGUAGES, check_text, page, printed, root};

/// A table of a page: the lines before its rows, its rows as cells, the lines after them.
struct Table {
    before: Vec<String>,
    rows: Vec<Vec<String>>,
    after: Vec<String>,
}

impl Table {
    fn find(text: &str, name: &str) -> Table {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let marker = format!("<!-- table: {name} -->");
        let start = lines.iter().position(|line| *line == marker).unwrap_or_else(|| panic!("no {marker}")) + 3;
        let count = lines[start..].iter().take_while(|line| line.starts_with('|')).count();
        let cells = |line: &String| -> Vec<String> {
            let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap_or(line);
            line.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        Table {
            before: lines[..start].to_vec(),
            rows: lines[start..start + count].iter().map(cells).collect(),
            after: lines[start + count..].to_vec(),
        }
    }

    /// The page with these first cells in each row; further cells stay with the first one.
    fn with(&self, generated: &[Vec<String>]) -> String {
        let width = self.before.last().unwrap().matches("---").count();
        let row = |first: &Vec<String>| {
            let mut cells = first.clone();
            match self.rows.iter().find(|row| row[0] == first[0]) {
                Some(old) => cells.extend_from_slice(&old[first.len()..]),
                None => cells.resize(width, "TODO".to_owned()),
            }
            let cell = |cell: &String| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") };
            cells.iter().map(cell).fold("|".to_owned(), |line, cell| line + &cell)
        };
        let lines = self.before.iter().cloned().chain(generated.iter().map(row)).chain(self.after.iter().cloned());
        lines.map(|line| line + "\n").collect()
    }
}

/// Compares a table of a page in both languages with what it has to begin with, or renews it.
fn check(name: &str, table: &str, generated: impl Fn(&str) -> Vec<Vec<String>>) {
    for language in LANGUAGES {
        let path = page(language, name);
        let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let generated = generated(language);
        assert!(!generated.is_empty(), "{table}: nothing is generated");
        let renewed = Table::find(&text, table).with(&generated);
        check_text(&path, &renewed);
        assert!(!renewed.contains("TODO"), "{}, table {table}: write what stands for TODO", path.display());
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The unit that the name of a column ends with.
fn unit(column: &str, language: &str) -> &'static str {
    let units = [
        ("_km2", "km²", "平方公里"),
        ("_m2", "m²", "平方米"),
        ("_ha", "ha", "公顷"),
        ("_mu", "mu", "亩"),
        ("_m", "m", "米"),
        ("_ppm", "ppm", "ppm"),
        ("_deg", "°", "度"),
    ];
    let found = units.into_iter().find(|(ending, ..)| column.ends_with(ending));
    let degrees = ["lon", "lat"].contains(&column).then_some(("", "°", "度"));
    found.or(degrees).map_or("", |(_, en, zh)| if language == "zh" { zh } else { en })
}

/// The columns of a table in CSV.
fn header(text: &str) -> Vec<String> {
    text.lines().next().unwrap_or_default().split(',').map(str::to_owned).collect()
}

/// The columns that a command writes, without some.
fn columns_of(arguments: &[&str], without: &[String]) -> Vec<String> {
    header(&printed(arguments)).into_iter().filter(|column| !without.contains(column)).collect()
}

/// The columns of a table of boundary points.
fn boundary_points() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv").display().to_string();
    printed(&["-q", "overlay", "data/sample-parcels.txt", "--boundary-points", &path]);
    header(&fs::read_to_string(path).unwrap())
}

#[test]
fn columns() {
    const PARCELS: &str = "data/sample-parcels.geojson";
    const SITES: &str = "data/landmarks.csv";
    let sites = columns_of(&["-q", "convert", SITES, "-f", "csv"], &[]);
    let input = columns_of(&["-q", "convert", PARCELS, "-f", "csv"], &[]);
    let overlay = columns_of(&["-q", "overlay", PARCELS, "-f", "csv"], &input);
    let plan = "data/taizhou-bay-corridor.geojson";
    let against = columns_of(&["-q", "overlay", PARCELS, "-f", "csv", "--against", plan], &input);
    let known = [input, overlay.clone()].concat();
    let stated = columns_of(&["-q", "overlay", "data/sample-parcels.txt", "--stated-area", "面积", "-f", "csv"], &[]);
    let sums = ["-q", "overlay", "data/sample-parcels.txt", "--sum-by", "用途", "-f", "csv"];
    let tables = [
        ("locate", columns_of(&["-q", "locate", SITES, "-f", "csv"], &sites)),
        ("overlay", overlay),
        ("overlay-against", against),
        ("overlay-wide", columns_of(&["-q", "overlay", PARCELS, "-f", "csv", "--wide"], &known)),
        ("overlay-stated", stated.into_iter().filter(|column| column.starts_with("stated_")).collect()),
        ("sum-by", columns_of(&sums, &[])),
        ("boundary-points", boundary_points()),
        ("nearest", columns_of(&["-q", "nearest", SITES, "-f", "csv"], &sites)),
        ("areas", columns_of(&["-q", "areas", "-f", "csv"], &[])),
        ("areas-by", columns_of(&["-q", "areas", "--by", "level", "-f", "csv"], &[])),
        ("areas-adjust-to", columns_of(&["-q", "areas", "--adjust-to", "published_area", "-f", "csv"], &[])),
        ("areas-overlaps", columns_of(&["-q", "areas", "--overlaps", "-f", "csv"], &[])),
        ("check", columns_of(&["check", "-f", "csv"], &[])),
    ];
    for (table, columns) in tables {
        check("reference/columns.md", table, |language| {
            columns.iter().map(|column| vec![code(column), unit(column, language).to_owned()]).collect()
        });
    }
}

#[test]
fn formats() {
    let mark = |has: bool| if has { "✓" } else { "" }.to_owned();
    let row = |format: Format, language: &str| {
        let endings: Vec<String> = format.endings().iter().map(|ending| format!("`.{ending}`")).collect();
        let endings = endings.join(if language == "zh" { "、" } else { ", " });
        vec![code(format.as_str()), endings, mark(format.has_layers()), mark(format.has_encodings())]
    };
    check("reference/formats.md", "formats", |language| Format::ALL.map(|format| row(format, language)).to_vec());
}

#[test]
fn properties_of_a_plan() {
    let schema = fs::read_to_string(root().join("data/plan.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let properties = schema["$defs"]["properties"]["properties"].as_object().unwrap();
    check("reference/plan-files.md", "plan", |_| properties.keys().map(|name| vec![code(name)]).collect());
}

#[test]
fn examples_of_the_library() {
    let entries = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let programs = entries.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let mut names: Vec<String> = programs.map(|path| code(path.file_stem().unwrap().to_str().unwrap())).collect();
    names.sort();
    check("library.md", "examples", |_| names.iter().map(|name| vec![name.clone()]).collect());

    // The page shows the first one, but for its comments.
    let lines = |text: &str| -> Vec<String> {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.is_empty());
        code.map(str::to_owned).collect()
    };
    let example = fs::read_to_string(root().join("examples/which_zone.rs")).unwrap();
    for language in LANGUAGES {
        let text = fs::read_to_string(page(language, "library.md")).unwrap();
        let shown = text.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
        assert_eq!(lines(shown), lines(&example), "docs/{language}/src/library.md");
    }
}

/// The codes that a source gives to the variants of an enum: in its `fn code`, or a list `CODES`.
fn codes(source: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(source)).unwrap_or_else(|error| panic!("{source}: {error}"));
    let is_code = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let mut found: Vec<String> = vec![];
    for start in ["fn code(&self) -> &'static str {\n", "const CODES: "] {
        let Some((_, body)) = text.split_once(start) else { continue };
        let body = body.split("\n    }\n").next().unwrap().split("];\n").next().unwrap();
        found.extend(body.split('"').skip(1).step_by(2).filter(is_code).map(str::to_owned));
    }
    assert!(!found.is_empty(), "{source}: no codes");
    found
}

#[test]
fn codes_of_findings_and_rows() {
    let rows = |codes: &[String]| codes.iter().map(|text| vec![code(text)]).collect::<Vec<_>>();
    let row_codes = codes("src/error/row.rs");
    let check_codes = [codes("src/error/plan.rs"), codes("src/error/shape.rs")].concat();
    // The overlap of two parcels is found where the report is written.
    let parcel_codes = [codes("src/query/overlay/parcel_summary.rs"), vec!["overlap".to_owned()]].concat();
    check("reference/codes.md", "row-codes", |_| rows(&row_codes));
    let coverage_codes = codes("src/error/coverage.rs");
    check("reference/codes.md", "check-codes", |_| rows(&check_codes));
    check("reference/codes.md", "coverage-codes", |_| rows(&coverage_codes));
    check("reference/codes.md", "parcel-codes", |_| rows(&parcel_codes));
}

#[test]
fn findings_have_names() {
    let sources = ["row", "shape", "plan", "coverage"].map(|name| codes(&format!("src/error/{name}.rs")));
    for code in sources.concat() {
        for lang in [Lang::En, Lang::Zh] {
            assert_ne!(lang.finding_name(&code), code, "{lang:?}");
        }
    }
}

#[test]
fn rows_are_added_removed_and_put_in_order() {
    let page =
        "a\n<!-- table: t -->\n| c | unit | meaning |\n|---|---|---|\n| `b` | m | two |\n| `x` | | gone |\n\nend\n";
    let generated = [vec!["`a`".to_owned(), String::new()], vec!["`b`".to_owned(), "ha".to_owned()]];
    let renewed = Table::find(page, "t").with(&generated);
    let expected =
        "a\n<!-- table: t -->\n| c | unit | meaning |\n|---|---|---|\n| `a` | | TODO |\n| `b` | ha | two |\n\nend\n";
    assert_eq!(renewed, expected);
}
