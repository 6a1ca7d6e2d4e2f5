//! Which codes of the EPSG register are systems.
//!
//! PROJ is asked about no others. For a code that is none the crate `proj` (0.31) leaks its context, 0.1 MB each time,
//! and PROJ writes to standard error.

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

/// The system whose code a code that is none was probably meant to be: two digits in the other order, or one wrong.
/// Those of the corridor come first.
pub(super) fn similar(code: u32) -> Option<u32> {
    let first = [4549, 4528, 4550, 4529, 4490, 4326, 3857, 32651, 32650];
    let typed = code.to_string();
    let with_swap = |place: usize| {
        let mut digits: Vec<char> = typed.chars().collect();
        digits.swap(place, place + 1);
        digits.into_iter().collect::<String>()
    };
    let is_swapped = |code: &u32| (1..typed.len()).any(|place| with_swap(place - 1) == code.to_string());
    let is_one_off = |code: &u32| {
        let known = code.to_string();
        known.len() == typed.len() && known.chars().zip(typed.chars()).filter(|(a, b)| a != b).count() == 1
    };
    let codes = || first.into_iter().chain(4491..=4554);
    codes().find(is_swapped).or_else(|| codes().find(is_one_off))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_a_slip_has_a_neighbour() {
        assert_eq!((similar(4594), similar(4559), similar(4558)), (Some(4549), Some(4549), Some(4528)));
        assert_eq!((similar(1), similar(99_999)), (None, None));
    }

    #[test]
    fn systems_are_told_from_other_entries() {
        assert!([2000, 3857, 4326, 4490, 4549, 5714, 32651].into_iter().all(is_system));
        // An ellipsoid, a unit, a transformation, nothing.
        assert!(![7030, 9102, 1671, 0, 1, 99_999, u32::MAX].into_iter().any(is_system));
    }
}
