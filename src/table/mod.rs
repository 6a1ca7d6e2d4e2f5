//! Tables: rows in batches, attributes as they were written.
//!
//! A cell is never parsed on its way through: codes with leading zeros, 18-digit ids and the digits
//! of a number stay what they are. A row that cannot be answered keeps its place and says why.

mod answers;
mod batch;

pub use answers::{Answers, Value};
pub use batch::{Batch, BatchBuilder, Cell, Row};

use geo::Coord;

use crate::error::{Hint, RowProblem};

/// The columns of a table, and what its rows have besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// Whether the rows are GeoJSON features: their geometry is no column.
    pub has_geometry: bool,
    /// Whether rows have ids that are no column.
    pub has_ids: bool,
}

impl Schema {
    /// The place of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// A position in degrees, x the longitude and y the latitude, if it can be one.
pub fn site(x: f64, y: f64) -> Result<Coord<f64>, RowProblem> {
    if !(-180.0..=180.0).contains(&x) {
        // Swapped coordinates in China have a latitude that is out of range; tell that first.
        if !(-90.0..=90.0).contains(&y) && Hint::of(x, y) == Hint::Swapped {
            return Err(RowProblem::LatitudeRange { value: y, hint: Hint::Swapped });
        }
        return Err(RowProblem::LongitudeRange { value: x, hint: Hint::of(x, y) });
    }
    if !(-90.0..=90.0).contains(&y) {
        return Err(RowProblem::LatitudeRange { value: y, hint: Hint::of(x, y) });
    }
    Ok(Coord { x, y })
}

/// The name itself, or with the first number behind it (`zone_2`) that makes it new.
pub fn unused_name(name: &str, taken: &[String]) -> String {
    let is_free = |candidate: &String| !taken.contains(candidate);
    std::iter::once(name.to_owned())
        .chain((2u32..).map(|number| format!("{name}_{number}")))
        .find(is_free)
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_probable_cause() {
        assert_eq!(site(28.65, 121.36), Err(RowProblem::LatitudeRange { value: 121.36, hint: Hint::Swapped }));
        let projected = site(641_767.9, 3_171_338.0);
        assert_eq!(projected, Err(RowProblem::LongitudeRange { value: 641_767.9, hint: Hint::Projected }));
        assert_eq!(site(121.0, 91.0), Err(RowProblem::LatitudeRange { value: 91.0, hint: Hint::None }));
        assert!(site(f64::NAN, 0.0).is_err());
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let taken = ["zone".to_owned(), "zone_2".to_owned()];
        assert_eq!(unused_name("zone", &taken), "zone_3");
        assert_eq!(unused_name("path", &taken), "path");
    }
}
