//! Each example runs, and prints what `tests/examples.md` shows.

use std::fs;
use std::path::Path;

#[test]
fn examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_BIN_EXE_corridor")).with_file_name("examples");
    let shown = fs::read_to_string(root.join("tests/examples.md")).unwrap();
    let cases = trycmd::TestCases::new();
    for entry in fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        // What needs a cluster shows itself: `make cluster-demo`. Recipes are for other programs: `make recipes`.
        if path.extension().is_none_or(|ending| ending != "rs") || path.ends_with("ballista_locate.rs") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(shown.contains(&format!("$ {name}\n")), "tests/examples.md does not show {name}");
        let binary = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        // `cargo test` builds them; `cargo test --test examples` alone does not.
        assert!(binary.exists(), "{name} is not built: run `cargo build --examples` first");
        cases.register_bin(name, binary);
    }
    cases.case("tests/examples.md");
}
