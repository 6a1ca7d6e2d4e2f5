//! The manual in `docs/` and the front pages: short, linked, and alike in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

const LANGUAGES: [&str; 2] = ["en", "zh"];
/// Pages outside the manual whose links are followed, too.
const OTHER_PAGES: [&str; 17] = [
    "README.md",
    "README.zh.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GUARANTEES.md",
    "SECURITY.md",
    "benches/README.md",
    "data/README.md",
    "docs/README.md",
    "docs/upstream.md",
    "examples/web/leaflet/README.md",
    "examples/web/leaflet/README.zh.md",
    "examples/web/maplibre/README.md",
    "examples/web/maplibre/README.zh.md",
    "examples/web/maplibre-pmtiles/README.md",
    "examples/web/maplibre-pmtiles/README.zh.md",
    "tests/fuzz/README.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sources of a manual.
fn book(language: &str) -> PathBuf {
    root().join("docs").join(language).join("src")
}

/// The pages of a manual, from its folder on, sorted.
fn pages(language: &str) -> Vec<String> {
    fn walk(folder: &Path, book: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, book, found);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name: Vec<_> = path.strip_prefix(book).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
                found.push(name.join("/"));
            }
        }
    }
    let mut found = vec![];
    walk(&book(language), &book(language), &mut found);
    found.sort();
    found
}

/// The lines of a page outside its code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_fence && !is_code
    })
}

/// A line without its code spans.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The targets of links and pictures.
fn links(text: &str) -> Vec<String> {
    let mut found = vec![];
    for line in prose(text).map(without_code) {
        found.extend(line.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()));
        for attribute in ["src=\"", "srcset=\"", "href=\""] {
            found.extend(line.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    found
}

/// The anchors of the headings, as mdBook and code hosts make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let heading = |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase());
    let anchor = |heading: String| {
        let kept = heading.chars().filter(|&c| c.is_alphanumeric() || "-_ ".contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    prose(text).filter_map(heading).map(anchor).collect()
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(parts.pop(), "{}", path.display()),
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    parts
}

/// What is wrong with the links of a page; a page of a manual links only into its own folder, which is all that
/// mdBook publishes.
fn broken_links(page: &Path, text: &str, book: Option<&Path>) -> Vec<String> {
    let mut broken = vec![];
    for link in links(text) {
        if link.starts_with("https://") {
            continue;
        }
        let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
        let target = if file.is_empty() { page.to_owned() } else { normal(&page.parent().unwrap().join(file)) };
        let is_inside = book.is_none_or(|book| target.starts_with(book));
        let has_anchor = || {
            let is_page = target.extension().is_some_and(|ending| ending == "md");
            anchor.is_empty() || is_page && anchors(&read(&target)).contains(anchor)
        };
        if !is_inside || !target.exists() || !has_anchor() {
            broken.push(format!("{}: {link}", page.display()));
        }
    }
    broken
}

#[test]
fn links_lead_somewhere() {
    let mut broken = vec![];
    let mut links_seen = 0;
    for page in OTHER_PAGES.map(|page| root().join(page)) {
        let text = read(&page);
        links_seen += links(&text).len();
        broken.extend(broken_links(&page, &text, None));
    }
    for language in LANGUAGES {
        let book = book(language);
        for page in pages(language) {
            let text = read(&book.join(&page));
            links_seen += links(&text).len();
            broken.extend(broken_links(&book.join(&page), &text, Some(&book)));
        }
    }
    assert!(links_seen > 200, "{links_seen}");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn broken_links_are_found() {
    let page = book("en").join("locate.md");
    let check = |text: &str| broken_links(&page, text, Some(&book("en"))).len();
    assert_eq!(check("[a](convert.md#choose-columns) [b](#options) [c](https://example.org) `[d](no.md)`"), 0);
    assert_eq!(check("# Options\n[a](convert.md#nowhere)"), 1);
    assert_eq!(check("![a](images/none.svg) [b](reference/none.md)"), 2);
    // It is there, but mdBook does not publish it.
    assert_eq!(check("[a](../../../GUARANTEES.md)"), 1);
}

#[test]
fn front_pages_are_short() {
    for page in ["README.md", "README.zh.md"] {
        let text = read(&root().join(page));
        assert!(text.lines().count() <= 150, "{page}: {} lines", text.lines().count());
        assert!(text.len() <= 12 * 1024, "{page}: {} bytes", text.len());
    }
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    for language in LANGUAGES {
        let mut listed = links(&read(&book(language).join("SUMMARY.md")));
        listed.push("SUMMARY.md".to_owned());
        listed.sort();
        assert_eq!(listed, pages(language), "docs/{language}/src/SUMMARY.md");
        let config = read(&root().join("docs").join(language).join("book.toml"));
        assert!(config.contains(&format!("language = \"{}", if language == "zh" { "zh-CN" } else { language })));
    }
}

/// What two languages have in common: headings by their depth, tables by their rows, code blocks by their kind.
fn outline(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut outline: Vec<String> = vec![];
    for line in text.lines() {
        let line = line.trim_start();
        if let Some(kind) = line.strip_prefix("```") {
            is_code = !is_code;
            outline.extend(is_code.then(|| format!("code {kind}")));
        } else if is_code {
        } else if line.starts_with('#') {
            outline.push(line.chars().take_while(|&c| c == '#').collect());
        } else if line.starts_with('|') {
            outline.push("table row".to_owned());
        } else if line.starts_with("- ") {
            outline.push("item".to_owned());
        }
    }
    outline
}

#[test]
fn both_languages_have_the_same_pages() {
    assert_eq!(pages("en"), pages("zh"));
    for page in pages("en") {
        let [en, zh] = LANGUAGES.map(|language| outline(&read(&book(language).join(&page))));
        assert_eq!(en, zh, "{page}");
    }
    for folder in ["", "examples/web/leaflet", "examples/web/maplibre", "examples/web/maplibre-pmtiles"] {
        let [en, zh] = ["README.md", "README.zh.md"].map(|page| outline(&read(&root().join(folder).join(page))));
        assert_eq!(en, zh, "{folder}/README.md, README.zh.md");
    }
}

/// What the pages of the web examples load is in the repository, apart from packages and what `export` writes.
#[test]
fn web_examples_are_complete() {
    let tracked = std::process::Command::new("git").args(["ls-files", "examples/web"]).current_dir(root()).output();
    // A source package has no repository.
    let tracked = tracked.ok().filter(|output| output.status.success() && !output.stdout.is_empty());
    let tracked = tracked.map(|output| String::from_utf8(output.stdout).unwrap());
    for folder in ["leaflet", "maplibre", "maplibre-pmtiles"] {
        let page = read(&root().join("examples/web").join(folder).join("index.html"));
        let loaded = page.split("\"../").skip(1).map(|rest| rest.split('"').next().unwrap());
        let own: Vec<&str> = loaded.filter(|path| !path.starts_with("node_modules/")).collect();
        assert!(!own.is_empty(), "{folder}");
        for path in own {
            let path = format!("examples/web/{path}");
            assert!(root().join(&path).is_file(), "{folder} loads {path}");
            assert!(tracked.as_ref().is_none_or(|files| files.lines().any(|file| file == path)), "{path} is ignored");
        }
    }
}
