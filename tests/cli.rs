//! The whole output of the command line, and of the examples in the manuals.
//!
//! Renewed by `TRYCMD=overwrite cargo test --test cli`; read the difference before you commit it. With `CORRIDOR`,
//! another program is tested, as that for Windows under wine (`make test-windows`).

#[test]
fn snapshots() {
    let cases = trycmd::TestCases::new();
    if let Some(program) = std::env::var_os("CORRIDOR") {
        cases.register_bin("corridor", std::path::PathBuf::from(program));
    }
    cases.env("LC_ALL", "C").case("tests/cmd/*.md").case("README*.md").case("docs/*/src/**/*.md");
}
