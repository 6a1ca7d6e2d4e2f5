//! The guarantees name their proofs, and the proofs are there.

use std::fs;
use std::path::Path;

#[test]
fn every_guarantee_names_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("GUARANTEES.md")).unwrap();
    let mut named = 0;
    for line in page.lines().filter(|line| line.starts_with("| ") && !line.ends_with("| proof |")) {
        let proofs: Vec<&str> = line.split('`').filter(|text| text.contains("::") && !text.contains(' ')).collect();
        assert!(!proofs.is_empty(), "no proof: {line}");
        for proof in proofs {
            let (file, test) = proof.rsplit_once("::").unwrap();
            let path = if file.contains('/') { file.to_owned() } else { format!("tests/{file}.rs") };
            let code = fs::read_to_string(root.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            let is_there = code.match_indices(&format!("fn {test}(")).any(|(place, _)| {
                // A property test's attribute may stand behind a configuration; an ignored test proves nothing.
                let start = code[..place].rfind("#[test]").unwrap_or_else(|| panic!("{proof} is no test"));
                !code[start..place].contains("#[ignore") && code[start..place].matches("\n").count() < 6
            });
            assert!(is_there, "{proof} is not there");
            named += 1;
        }
    }
    assert!(named > 50, "{named}");
}
