//! The text of the column `reason`.

use crate::error::RowProblem;

/// Formats the column `reason`: the problem of a row, and whether it was repaired.
pub type ReasonText = fn(&RowProblem, bool) -> String;

/// The text for programs: the code and the message in English.
///
/// ```
/// use taizhou_corridor::error::RowProblem;
/// use taizhou_corridor::query::reason::reason;
///
/// assert_eq!(reason(&RowProblem::NullGeometry, false), "null-geometry: the geometry is null");
/// assert_eq!(reason(&RowProblem::NullGeometry, true), "repaired: null-geometry: the geometry is null");
/// ```
pub fn reason(problem: &RowProblem, is_repaired: bool) -> String {
    format!("{}{}: {problem}", if is_repaired { "repaired: " } else { "" }, problem.code())
}
