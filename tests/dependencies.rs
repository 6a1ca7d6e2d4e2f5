//! What dependencies ask for.

use std::process::Command;

use serde_json::Value;

/// `1.88` or `1.88.0` as numbers.
fn version(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = text.split('.').map(|number| number.parse().unwrap()).collect();
    numbers.resize(3, 0);
    numbers
}

/// The feature that is tested, and the Rust that is enough for it. A query engine wants a newer one than the crate, which
/// the documentation of its feature says.
const FEATURE: &str = if cfg!(feature = "ballista") {
    "ballista"
} else if cfg!(feature = "datafusion") {
    "datafusion"
} else {
    "default"
};
const RUST: &str = if cfg!(feature = "datafusion") { "1.94" } else { env!("CARGO_PKG_RUST_VERSION") };

/// What is said in `rust-version` is true of what is built with; clippy sees to this crate's own code.
#[test]
fn no_dependency_wants_a_newer_rust() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // What cargo has got for this build, and no other platform's.
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(rustc.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host])
        .args(["--features", FEATURE])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = version(RUST);
    let mut stated = 0;
    for package in metadata["packages"].as_array().unwrap() {
        let Some(wanted) = package["rust_version"].as_str() else { continue };
        assert!(version(wanted) <= own, "{} wants Rust {wanted}", package["name"]);
        stated += 1;
    }
    assert!(stated > 100, "{stated}");
}

/// Nothing that is built into the program by default speaks to a network, and PROJ is built without its way to fetch grids.
#[test]
fn no_dependency_reaches_a_network() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p} [{f}]"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let packages: Vec<&str> = tree.lines().collect();
    assert!(packages.len() > 100, "{tree}");
    let speaks = [
        "attohttpc",
        "curl",
        "curl-sys",
        "h2",
        "hyper",
        "isahc",
        "minreq",
        "mio",
        "native-tls",
        "openssl",
        "reqwest",
        "rustls",
        "socket2",
        "tungstenite",
        "ureq",
    ];
    for package in packages {
        let name = package.split(' ').next().unwrap_or_default();
        assert!(!speaks.contains(&name), "{package}");
        let is_proj = name.starts_with("proj");
        assert!(!is_proj || !package.contains("network"), "{package}");
    }
}

/// What is said of libraries in `docs/upstream.md` was found in the versions that are in use, and the files that work
/// around it are there.
#[test]
fn upstream_issues_are_of_the_versions_in_use() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let (issues, lock) = (read("docs/upstream.md"), read("Cargo.lock"));
    let mut sections = 0;
    for heading in issues.lines().filter_map(|line| line.strip_prefix("## ")) {
        let mut words = heading.split(' ');
        let (name, version) = (words.next().unwrap(), words.next().unwrap_or_default());
        let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&locked), "`{heading}`: reproduce it with the version in Cargo.lock, or remove it");
        sections += 1;
    }
    let mut files = 0;
    for line in issues.lines().filter(|line| line.starts_with("- Here: ")) {
        for path in line.split('`').filter(|part| part.starts_with("src/") || part.starts_with("tests/")) {
            assert!(root.join(path).exists(), "{path} is gone");
            files += 1;
        }
    }
    assert!(sections > 5 && files > 20, "{sections} {files}");
}
