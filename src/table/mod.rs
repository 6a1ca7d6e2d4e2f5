//! Tables: rows in batches, with attributes as in the file.
//!
//! Cells that pass through are never parsed: codes with leading zeros, 18-digit ids and the digits of a number are
//! unchanged. An invalid row keeps its position and has a reason.
//!
//! Batches are not those of `arrow-array`, whose columns are typed, unlike the original text of a cell; it is also a
//! dependency only with the feature `parquet`.

use std::collections::HashSet;

mod answers;
mod batch;
mod builder;
mod cell;
mod cells;
mod schema;
mod shape;

pub use answers::{AnswerTable, TupleId, Value};
pub use batch::{Batch, Row};
pub use builder::BatchBuilder;
pub use cell::CellText;
#[cfg(feature = "parquet")]
pub(crate) use cells::{Cells, CellsBuilder, Columns};
pub use schema::{Field, GeometrySource, Kind, Schema};
pub use shape::Shape;

/// The name itself, or the name with the first number that makes it unique (`zone_2`).
///
/// ```
/// use taizhou_corridor::table::unused_name;
///
/// let taken = ["zone".to_owned(), "zone_2".to_owned()];
/// assert_eq!(unused_name("zone", &taken), "zone_3");
/// assert_eq!(unused_name("path", &taken), "path");
/// ```
pub fn unused_name(name: &str, taken: &[String]) -> String {
    let is_free = |candidate: &String| !taken.contains(candidate);
    std::iter::once(name.to_owned())
        .chain((2u32..).map(|number| format!("{name}_{number}")))
        .find(is_free)
        .unwrap_or_else(|| name.to_owned())
}

/// Makes names unique and not empty: duplicates get a number appended, a column without a name is called `column_3` by
/// its position.
///
/// ```
/// use taizhou_corridor::table::distinct_names;
///
/// let header = ["code", "", "code"].map(str::to_owned);
/// assert_eq!(distinct_names(&header), ["code", "column_2", "code_2"]);
/// ```
pub fn distinct_names(names: &[String]) -> Vec<String> {
    let nameless = |(index, name): (usize, &String)| match name.is_empty() {
        true => format!("column_{}", index + 1),
        false => name.clone(),
    };
    let mut distinct: Vec<String> = names.iter().enumerate().map(nameless).collect();
    make_distinct(&mut distinct.iter_mut().collect::<Vec<_>>(), str::to_owned);
    distinct
}

/// Appends numbers to names whose `key` equals that of an earlier name. The first name of each key is unchanged.
pub(crate) fn make_distinct(names: &mut [&mut String], key: impl Fn(&str) -> String) {
    let mut taken: HashSet<String> = names.iter().map(|name| key(name)).collect();
    let mut met = HashSet::with_capacity(names.len());
    for name in names {
        if met.insert(key(name)) {
            continue;
        }
        let numbered = (2u32..).map(|number| format!("{name}_{number}"));
        **name = numbered.into_iter().find(|name| taken.insert(key(name))).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_get_a_number() {
        let taken = ["zone".to_owned(), "zone_2".to_owned()];
        assert_eq!(unused_name("zone", &taken), "zone_3");
        assert_eq!(unused_name("path", &taken), "path");
        let names = ["a", "", "a", "a_2", "a"].map(str::to_owned);
        assert_eq!(distinct_names(&names), ["a", "column_2", "a_3", "a_2", "a_4"]);
    }
}
