//! The commands in the `sh` blocks of the front pages, the manual and the web examples do what they say, on files of the names that they use.
#![cfg(unix)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages with commands.
fn pages() -> Vec<PathBuf> {
    let folders = ["", "examples/web/leaflet", "examples/web/maplibre", "examples/web/maplibre-pmtiles"];
    let front = |folder: &str| ["README.md", "README.zh.md"].map(|page| root().join(folder).join(page));
    let mut pages: Vec<PathBuf> = folders.into_iter().flat_map(front).collect();
    for folder in ["docs/en/src", "docs/en/src/reference", "docs/zh/src", "docs/zh/src/reference"] {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    pages
}

/// The `sh` blocks of a page.
fn blocks(text: &str) -> impl Iterator<Item = String> {
    text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().replace("\\\n", " "))
}

/// The commands of a block that this build and any machine can run.
fn commands(block: &str) -> Vec<String> {
    block
        .lines()
        .map(str::to_owned)
        .filter(|line| line.starts_with("corridor ") || line.starts_with("cat "))
        // A feature that is off, a program and fonts that not every machine has.
        .filter(|line| !line.starts_with("corridor sql") && !line.contains("| man") && !line.contains(".png"))
        .collect()
}

fn corridor(folder: &Path, arguments: &[&str]) {
    let output = common::corridor(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Packs files of a folder.
fn pack(folder: &Path, stem: &str, archive: &str) {
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.join(archive)).unwrap());
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let name = format!("{stem}.{ending}");
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(folder.join(&name)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
}

/// The files that the commands read.
fn prepare(folder: &Path) {
    fs::create_dir_all(folder.join(".local/share/bash-completion/completions")).unwrap();
    std::os::unix::fs::symlink(root().join("data"), folder.join("data")).unwrap();
    for copy in ["sites.csv", "sites.xlsx", "sites.shp", "sites.parquet", "点位.csv", "点位.xlsx"] {
        corridor(folder, &["convert", "data/landmarks.csv", "-o", copy]);
    }
    for copy in
        ["parcels.shp", "parcels.gpkg", "地块.shp", "地块.gpkg", "my-layer.gpkg", "farmland.shp", "redline.gpkg"]
    {
        corridor(folder, &["convert", "data/sample-parcels.geojson", "-o", copy]);
    }
    fs::copy(root().join("data/sample-parcels.txt"), folder.join("survey.txt")).unwrap();
    fs::copy(root().join("tests/data/dxf/parcels_r2018.dxf"), folder.join("design.dxf")).unwrap();
    pack(folder, "地块", "parcels.zip");
    corridor(folder, &["export", "-o", "own.geojson"]);
    // An office's own zones: without a corridor, in GBK.
    for ending in ["shp", "shx", "dbf", "prj"] {
        let sample = root().join("tests/data/own_outline").join(format!("片区.{ending}"));
        for stem in ["zones", "片区"] {
            fs::copy(&sample, folder.join(format!("{stem}.{ending}"))).unwrap();
        }
    }
    for copy in ["zones.gpkg", "片区.gpkg"] {
        corridor(folder, &["convert", "zones.shp", "-o", copy]);
    }
}

/// The files of a folder, and of those in it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

#[test]
fn commands_in_shell_blocks_run() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let before = files(folder.path());
    let path = Path::new(common::PROGRAM).parent().unwrap();
    let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
    let (mut run, mut failed) = (0, vec![]);
    for page in pages() {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            for command in commands(&block) {
                // Examples of a block may write the same file, each by itself.
                let output = command.split(" -o ").nth(1).and_then(|rest| rest.split_whitespace().next());
                let output = output.map(|name| folder.path().join(name)).filter(|path| !before.contains(path));
                output.filter(|path| path.is_file()).into_iter().for_each(|path| fs::remove_file(path).unwrap());
                let mut shell = Command::new("sh");
                shell.args(["-c", &command]).current_dir(folder.path());
                shell.env("PATH", &path).env("HOME", folder.path()).env("LC_ALL", "C");
                let output = shell.output().unwrap();
                // A few landmarks and parcels may be a finding.
                if !matches!(output.status.code(), Some(0 | 1)) {
                    failed.push(format!("{}: {command}\n{}", page.display(), String::from_utf8_lossy(&output.stderr)));
                }
                run += 1;
            }
            // A block may use what it has written.
            for new in files(folder.path()).difference(&before) {
                fs::remove_file(new).unwrap();
            }
        }
    }
    assert!(run > 60, "{run} commands");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
