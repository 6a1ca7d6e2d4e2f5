//! Tables: rows in batches, attributes as they were written.
//!
//! A cell is never parsed on its way through: codes with leading zeros, 18-digit ids and the digits
//! of a number stay what they are. A row that cannot be answered keeps its place and says why.
//!
//! Batches are not those of `arrow-array`: its columns are typed, which a cell as it was written is not, and it comes
//! with the feature `parquet` alone.

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

/// The name itself, or with the first number behind it (`zone_2`) that makes it new.
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

/// The names, each once and none empty: what stands twice gets a number behind it, a nameless column is
/// `column_3` by its place.
///
/// ```
/// use taizhou_corridor::table::distinct_names;
///
/// let header = ["code", "", "code"].map(str::to_owned);
/// assert_eq!(distinct_names(&header), ["code", "column_2", "code_2"]);
/// ```
pub fn distinct_names(names: &[String]) -> Vec<String> {
    let nameless = |(place, name): (usize, &String)| match name.is_empty() {
        true => format!("column_{}", place + 1),
        false => name.clone(),
    };
    let mut distinct: Vec<String> = names.iter().enumerate().map(nameless).collect();
    make_distinct(&mut distinct.iter_mut().collect::<Vec<_>>(), str::to_owned);
    distinct
}

/// Numbers the names whose `key` a name before them has. No name that is the first of its key is changed.
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
    fn names_that_are_taken_get_a_number() {
        let taken = ["zone".to_owned(), "zone_2".to_owned()];
        assert_eq!(unused_name("zone", &taken), "zone_3");
        assert_eq!(unused_name("path", &taken), "path");
        let names = ["a", "", "a", "a_2", "a"].map(str::to_owned);
        assert_eq!(distinct_names(&names), ["a", "column_2", "a_3", "a_2", "a_4"]);
    }
}
