//! The rooms of `src/` use only rooms above them, and each crate is named where it belongs.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the top down. `query` and `io` are siblings: neither knows the other.
const ROOMS: [&str; 13] =
    ["error", "units", "crs", "geometry", "plan", "index", "table", "query", "io", "report", "map", "engine", "cli"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                // Tests and documentation may look anywhere.
                let code = text.split("#[cfg(test)]").next().unwrap();
                let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
                found.push((path, code.join("\n")));
            }
        }
    }
    let mut found = vec![];
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn room_of(path: &Path) -> Option<String> {
    let path = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
    ROOMS.contains(&first).then(|| first.to_owned())
}

/// The rooms that a source names: `crate::room`, also in `use crate::{…}`.
fn named_rooms(code: &str) -> Vec<&'static str> {
    ROOMS.into_iter().filter(|room| code.contains(&format!("crate::{room}::"))).collect()
}

#[test]
fn no_room_uses_one_below_it() {
    let place = |room: &str| ROOMS.iter().position(|known| *known == room).unwrap();
    let mut wrong = vec![];
    let mut seen = 0;
    for (path, code) in sources() {
        assert!(!code.contains("crate::{"), "{}: name each room by itself", path.display());
        let Some(room) = room_of(&path) else { continue };
        for used in named_rooms(&code) {
            seen += 1;
            let are_siblings = (room.as_str(), used) == ("io", "query");
            if place(used) > place(&room) || are_siblings {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(seen > 50, "the test sees the rooms");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn lib_declares_the_rooms_in_order() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")).map(|line| line.trim_end_matches(';')).collect();
    assert_eq!(declared, ROOMS);
}

#[test]
fn each_crate_is_named_where_it_belongs() {
    let homes = [
        ("proj::", "crs/transform.rs"),
        ("rstar::", "index/"),
        ("clap", "cli/"),
        ("stdout()", "cli/"),
        ("resvg::", "map/png.rs"),
        ("datafusion::", "engine/"),
    ];
    for (name, home) in homes {
        let users: Vec<String> = sources()
            .into_iter()
            .filter(|(_, code)| code.contains(name))
            .map(|(path, _)| path.display().to_string())
            .collect();
        assert!(!users.is_empty(), "{name} is used");
        for user in users {
            assert!(user.contains(home), "{name} is named in {user}");
        }
    }
}

#[test]
fn chinese_prose_is_in_one_folder() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for (path, code) in sources() {
        let text: String = code.chars().filter(|&c| is_chinese(c)).collect();
        // Names of coordinate columns, and of the unit mu; names of units, the words of a file format.
        let allowed = ["经度纬度", "亩"].contains(&text.as_str()) || text.is_empty();
        let place = path.display().to_string();
        let has_words = ["report/lang/", "survey_txt/words.rs", "src/units.rs"].iter().any(|home| place.contains(home));
        assert!(allowed || has_words, "{place}: {text}");
    }
}
