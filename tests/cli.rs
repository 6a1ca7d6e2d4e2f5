//! The whole output of the command line, and of the examples in the manuals.
//!
//! Renewed by `TRYCMD=overwrite cargo test --test cli`; read the difference before you commit it.

#[test]
fn snapshots() {
    trycmd::TestCases::new().env("LC_ALL", "C").case("tests/cmd/*.md").case("README*.md").case("docs/*/src/**/*.md");
}
