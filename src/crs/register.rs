//! Which codes of the EPSG register are systems.
//!
//! PROJ is asked about no others. For a code that is none its wrapper never gives back what it began, some
//! megabytes each time, and PROJ complains on standard error.

/// The codes of the systems in PROJ's database, with the last of a run behind a hyphen. `tests/register.rs`
/// compares them with the database, and writes them anew.
const SYSTEMS: &str = include_str!("register.txt");

/// Whether a code is that of a system: of places, or of heights or works alone.
pub(super) fn is_system(code: u32) -> bool {
    SYSTEMS.split_whitespace().any(|run| {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        matches!((first.parse(), last.parse()), (Ok(first), Ok(last)) if (first..=last).contains(&code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_from_other_entries() {
        assert!([2000, 3857, 4326, 4490, 4549, 5714, 32651].into_iter().all(is_system));
        // An ellipsoid, a unit, a transformation, nothing.
        assert!(![7030, 9102, 1671, 0, 1, 99_999, u32::MAX].into_iter().any(is_system));
    }
}
