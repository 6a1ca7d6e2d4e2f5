//! Division of an area among parts.

use crate::units::SquareDecimetres;

/// Divides an area among parts in proportion to their own areas. Shares are rounded to the nearest hundredth of a square
/// metre, halves up; what rounding leaves, of either sign, is given to the largest parts, a hundredth to each, the first
/// among equals, so that the shares add up to the area exactly. `None` if the parts have no area, and there is some to
/// divide, or a part has less than none.
///
/// ```
/// use taizhou_corridor::query::adjustment::distribute;
/// use taizhou_corridor::units::SquareDecimetres;
///
/// let parts = [100, 200, 100].map(SquareDecimetres);
/// let shares = distribute(SquareDecimetres(401), &parts).unwrap();
/// assert_eq!(shares, [100, 201, 100].map(SquareDecimetres));
/// ```
pub fn distribute(area: SquareDecimetres, parts: &[SquareDecimetres]) -> Option<Vec<SquareDecimetres>> {
    let whole: i128 = parts.iter().map(|part| i128::from(part.0)).sum();
    if area.0 < 0 || parts.iter().any(|part| part.0 < 0) || whole == 0 && area.0 > 0 {
        return None;
    }
    if whole == 0 {
        return Some(parts.to_vec());
    }
    let share = |part: &SquareDecimetres| {
        let product = i128::from(area.0) * i128::from(part.0);
        product / whole + i128::from(2 * (product % whole) >= whole)
    };
    let mut shares: Vec<i128> = parts.iter().map(share).collect();
    let left = i128::from(area.0) - shares.iter().sum::<i128>();
    let mut by_size: Vec<usize> = (0..parts.len()).collect();
    by_size.sort_by_key(|&index| std::cmp::Reverse(parts[index]));
    // Each share is off by half a hundredth at most: no part gets more than one.
    for &index in by_size.iter().take(left.unsigned_abs() as usize) {
        shares[index] += left.signum();
    }
    shares.into_iter().map(|share| i64::try_from(share).ok().map(SquareDecimetres)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rest_is_given_to_the_largest() {
        let shares = |area, parts: &[i64]| {
            let parts: Vec<SquareDecimetres> = parts.iter().map(|&part| SquareDecimetres(part)).collect();
            distribute(SquareDecimetres(area), &parts).map(|shares| shares.iter().map(|it| it.0).collect::<Vec<_>>())
        };
        // A third each, the first among equals.
        assert_eq!(shares(100, &[7, 7, 7]), Some(vec![34, 33, 33]));
        // Halves up are one too many.
        assert_eq!(shares(3, &[1, 1]), Some(vec![1, 2]));
        assert_eq!(shares(0, &[0, 0]), Some(vec![0, 0]));
        assert_eq!(shares(5, &[]), None);
        assert_eq!(shares(5, &[0]), None);
        assert_eq!(shares(-5, &[1]), None);
        // The area of the Earth.
        assert_eq!(shares(51_000_000_000_000_001, &[51_000_000_000_000_000]), Some(vec![51_000_000_000_000_001]));
    }

    proptest! {
        #[test]
        fn shares_are_proportional_and_add_up(
            parts in prop::collection::vec(0_i64..1_000_000_000_000, 1..40), ppm in -5_000_i64..5_000,
        ) {
            let whole: i64 = parts.iter().sum();
            prop_assume!(whole > 0);
            let area = whole + (i128::from(whole) * i128::from(ppm) / 1_000_000) as i64;
            let parts: Vec<SquareDecimetres> = parts.into_iter().map(SquareDecimetres).collect();
            let shares = distribute(SquareDecimetres(area), &parts).unwrap();
            prop_assert_eq!(shares.iter().map(|share| share.0).sum::<i64>(), area);
            let mut corrected = vec![];
            for (share, part) in shares.iter().zip(&parts) {
                // The distance of the share from the exact one, times twice the whole.
                let off = 2 * (i128::from(share.0) * i128::from(whole) - i128::from(area) * i128::from(part.0));
                prop_assert!(off.abs() <= 3 * i128::from(whole), "{} of {}", share.0, part.0);
                if off.abs() > i128::from(whole) {
                    corrected.push(*part);
                }
            }
            // Those that are off by more than half a hundredth are the largest.
            let mut largest = parts.clone();
            largest.sort_by(|a, b| b.cmp(a));
            let smallest_corrected = corrected.iter().min().copied().unwrap_or_default();
            prop_assert!(corrected.is_empty() || largest[parts.len() - 1] <= smallest_corrected);
        }
    }
}
