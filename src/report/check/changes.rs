//! The list of what a repair changed.

use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::query::coverage::CoverageChange;
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;

/// A change with the names of its features.
///
/// ```
/// use taizhou_corridor::query::coverage::{ChangeKind, CoverageChange};
/// use taizhou_corridor::report::check::changes::{ListedChange, records};
/// use taizhou_corridor::units::SquareMetres;
///
/// let change = CoverageChange {
///     kind: ChangeKind::ClosedGap, feature: 0, other: Some(1), gained: SquareMetres(9.99512), at: None,
/// };
/// let listed = [ListedChange { change: &change, feature: "0701", other: Some("0702") }];
/// assert_eq!(records(&listed).to_csv(), "change,feature,other_feature,gained_m2,lon,lat\nclosed-gap,0701,0702,9.995120,,\n");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ListedChange<'a> {
    /// The change.
    pub change: &'a CoverageChange,
    /// The id of the feature.
    pub feature: &'a str,
    /// The id of the other feature.
    pub other: Option<&'a str>,
}

/// The decimals of areas, in square metres.
const AREA_DECIMALS: usize = 6;

/// The changes for programs.
pub fn records<'a>(changes: &[ListedChange<'a>]) -> Records<'a> {
    let mut records = Records::new(&["change", "feature", "other_feature", "gained_m2", "lon", "lat"]);
    for ListedChange { change, feature, other } in changes {
        records.push(vec![
            Value::text(Some(change.kind.code())),
            Value::text(Some(*feature)),
            Value::text(*other),
            Value::number(Some(change.gained.0), AREA_DECIMALS),
            Value::number(change.at.map(|at| at.x), 7),
            Value::number(change.at.map(|at| at.y), 7),
        ]);
    }
    records
}

/// The changes for people.
pub fn table(changes: &[ListedChange<'_>], lang: Lang) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let texts = lang.texts();
    let (left, right) = (Align::Left, Align::Right);
    let heads = [
        (texts.heading("change"), left),
        (texts.feature, left),
        (texts.heading("other_feature"), left),
        (texts.heading("gained_m2"), right),
        (texts.at, left),
    ];
    let mut table = TextTable::new(heads.map(|(name, align)| (name.to_owned(), align)));
    for ListedChange { change, feature, other } in changes {
        table.push([
            texts.change_name(change.kind).to_owned(),
            (*feature).to_owned(),
            other.unwrap_or_default().to_owned(),
            grouped(change.gained.0, AREA_DECIMALS),
            change.at.map_or(String::new(), |at| format!("{:.7}, {:.7}", at.x, at.y)),
        ]);
    }
    table.render()
}
