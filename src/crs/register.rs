//! Which EPSG codes are CRSs.
//!
//! Only these are passed to PROJ. For other codes the crate `proj` (0.31) leaks its context, 0.1 MB each time, and PROJ
//! writes to standard error.

/// The CRS codes in PROJ's database, as codes and ranges. `tests/register.rs` compares them with the database and can
/// regenerate them.
const SYSTEMS: &str = include_str!("register.txt");

/// Whether a code is a CRS of any kind, including vertical and engineering CRSs.
pub(super) fn is_system(code: u32) -> bool {
    SYSTEMS.split_whitespace().any(|run| {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        matches!((first.parse(), last.parse()), (Ok(first), Ok(last)) if (first..=last).contains(&code))
    })
}

/// The CRS code that was probably meant by an unknown code: two digits transposed, or one digit wrong. Codes in use at
/// the corridor come first.
pub(super) fn similar(code: u32) -> Option<u32> {
    let first = [4549, 4528, 4550, 4529, 4490, 4326, 3857, 32651, 32650];
    let typed = code.to_string();
    let with_swap = |index: usize| {
        let mut digits: Vec<char> = typed.chars().collect();
        digits.swap(index, index + 1);
        digits.into_iter().collect::<String>()
    };
    let is_swapped = |code: &u32| (1..typed.len()).any(|index| with_swap(index - 1) == code.to_string());
    let is_one_off = |code: &u32| {
        let candidate = code.to_string();
        candidate.len() == typed.len() && candidate.chars().zip(typed.chars()).filter(|(a, b)| a != b).count() == 1
    };
    let codes = || first.into_iter().chain(4491..=4554);
    codes().find(is_swapped).or_else(|| codes().find(is_one_off))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_codes_have_a_suggestion() {
        assert_eq!((similar(4594), similar(4559), similar(4558)), (Some(4549), Some(4549), Some(4528)));
        assert_eq!((similar(1), similar(99_999)), (None, None));
    }

    #[test]
    fn only_crs_codes_are_systems() {
        assert!([2000, 3857, 4326, 4490, 4549, 5714, 32651].into_iter().all(is_system));
        // An ellipsoid, a unit, a transformation, an unused code.
        assert!(![7030, 9102, 1671, 0, 1, 99_999, u32::MAX].into_iter().any(is_system));
    }
}
