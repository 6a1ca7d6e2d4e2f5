//! Names of layers as CAD programs require them: of certain characters, and different in more than case.

use std::collections::{HashMap, HashSet};

use super::skeleton::DEFAULT_LAYER;
use super::text::escaped;
use crate::io::bytes::encoding::Encoding;

/// The layers that are written.
pub(super) struct LayerNames {
    /// By the name in the table.
    by_name: HashMap<String, usize>,
    /// The names in lower case: for CAD programs, those that differ in case alone are the same.
    taken: HashSet<String>,
    /// The number to be tried next of a name that is taken.
    next_numbers: HashMap<String, u64>,
    /// The names as they are written, and their handles; first the default one.
    pub(super) written: Vec<(Vec<u8>, u64)>,
    /// The first name that could not be kept, and what became of it.
    pub(super) renamed: Option<(String, String)>,
    pub(super) renamed_count: u64,
}

impl Default for LayerNames {
    fn default() -> LayerNames {
        // AutoCAD does not print a layer of this name.
        let taken = HashSet::from(["defpoints".to_owned()]);
        let by_name = HashMap::from([(String::new(), 0), (DEFAULT_LAYER.to_owned(), 0)]);
        let written = vec![(DEFAULT_LAYER.as_bytes().to_vec(), 0)];
        LayerNames { by_name, taken, next_numbers: HashMap::new(), written, renamed: None, renamed_count: 0 }
    }
}

impl LayerNames {
    /// The index of the layer of a name.
    pub(super) fn of(&mut self, name: &str, encoding: Encoding, new_handle: impl FnOnce() -> u64) -> usize {
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        let legal = legal_name(name);
        let mut free = legal.clone();
        if self.taken.contains(&legal.to_lowercase()) {
            let next = self.next_numbers.entry(legal.to_lowercase()).or_insert(2);
            while self.taken.contains(&free.to_lowercase()) {
                free = format!("{legal}_{next}");
                *next += 1;
            }
        }
        if free != name {
            self.renamed_count += 1;
            self.renamed.get_or_insert_with(|| (name.to_owned(), free.clone()));
        }
        self.taken.insert(free.to_lowercase());
        self.by_name.insert(name.to_owned(), self.written.len());
        self.written.push((escaped(&free, encoding), new_handle()));
        self.written.len() - 1
    }
}

/// A name without what AutoCAD does not allow in one.
fn legal_name(name: &str) -> String {
    const MAX_CHARACTERS: usize = 250;
    let is_illegal = |c: char| c.is_control() || "<>/\\\":;?*|,=`^".contains(c);
    let legal: String = name.trim().chars().take(MAX_CHARACTERS).map(|c| if is_illegal(c) { '_' } else { c }).collect();
    match legal.trim() {
        "" | DEFAULT_LAYER => "_".to_owned(),
        legal => legal.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_and_distinct() {
        let mut names = LayerNames::default();
        let mut written = |name: &str| {
            let index = names.of(name, Encoding::Utf8, || 1);
            String::from_utf8(names.written[index].0.clone()).unwrap()
        };
        assert_eq!(
            ["", "0", "地块", "a/b", "A/B", "a_b", "a/b"].map(&mut written),
            ["0", "0", "地块", "a_b", "A_B_2", "a_b_3", "a_b"]
        );
        assert_eq!([" ", "Defpoints", "x\r\n", "^J`"].map(&mut written), ["_", "Defpoints_2", "x", "_J_"]);
        assert_eq!(written(&"长".repeat(300)).chars().count(), 250);
        assert_eq!((names.renamed.clone(), names.renamed_count), (Some(("a/b".to_owned(), "a_b".to_owned())), 8));
    }
}
