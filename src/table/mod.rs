//! Tables: rows in batches, attributes as they were written.
//!
//! A cell is never parsed on its way through: codes with leading zeros, 18-digit ids and the digits
//! of a number stay what they are. A row that cannot be answered keeps its place and says why.

mod answers;
mod batch;

pub use answers::{Answers, Value};
pub use batch::{Batch, BatchBuilder, Cell, Row};

use std::borrow::Cow;

/// The columns of a table, and what its rows have besides.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let feature = r#"{"type": "Feature", "id": "S01", "properties": {"name": "台州站"},
///     "geometry": {"type": "Point", "coordinates": [121.36898, 28.6559]}}"#;
/// let rows = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?;
/// let schema = rows.schema();
/// assert_eq!(schema.columns, ["name"]);
/// assert!(schema.has_geometry && schema.has_ids);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The columns that hold the coordinates, x and y, where columns do.
    pub coordinates: Option<(usize, usize)>,
    /// Whether the rows are GeoJSON features: their geometry is no column.
    pub has_geometry: bool,
    /// Whether rows have ids that are no column.
    pub has_ids: bool,
}

impl Schema {
    /// The columns of a flat table that holds all of it: of GeoJSON features the id comes first, the
    /// position of a point last. A name that is taken gets a number behind it.
    ///
    /// ```
    /// use taizhou_corridor::table::Schema;
    ///
    /// let columns = ["id", "name"].map(str::to_owned).to_vec();
    /// let features = Schema { columns, has_geometry: true, has_ids: true, ..Schema::default() };
    /// assert_eq!(features.flat_columns(), ["id_2", "id", "name", "lon", "lat"]);
    /// ```
    pub fn flat_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = vec![];
        if self.has_ids {
            names.push(unused_name("id", &self.columns));
        }
        names.extend(self.columns.iter().cloned());
        if self.has_geometry {
            for name in ["lon", "lat"] {
                names.push(unused_name(name, &names));
            }
        }
        names
    }

    /// The cells of a row, one for each of [`flat_columns`](Schema::flat_columns).
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let feature = r#"{"type": "Feature", "id": "S01", "properties": {"name": "台州站"},
    ///     "geometry": {"type": "Point", "coordinates": [121.36898, 28.6559]}}"#;
    /// let mut rows = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(rows.schema().flat_row(&batch, 0), ["S01", "台州站", "121.36898", "28.6559"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn flat_row<'b>(&self, batch: &'b Batch, number: usize) -> Vec<Cow<'b, str>> {
        let row = batch.row(number);
        let mut cells: Vec<Cow<'b, str>> = Vec::with_capacity(self.columns.len() + 3);
        if self.has_ids {
            cells.push(row.id().map_or(Cow::Borrowed(""), |id| Cell::Json(id).text()));
        }
        let first = cells.len();
        cells.resize(first + self.columns.len(), Cow::Borrowed(""));
        for (column, cell) in row.cells() {
            // Readers give no column beyond their schema.
            if let Some(place) = cells.get_mut(first + column) {
                *place = cell.text();
            }
        }
        if self.has_geometry {
            let site = batch.sites()[number].as_ref().ok();
            let text = |value: Option<f64>| value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string()));
            cells.extend([text(site.map(|site| site.x)), text(site.map(|site| site.y))]);
        }
        cells
    }

    /// The place of a column.
    ///
    /// ```
    /// use taizhou_corridor::table::Schema;
    ///
    /// let schema = Schema { columns: ["code", "lon", "lat"].map(str::to_owned).to_vec(), ..Schema::default() };
    /// assert_eq!(schema.position("lat"), Some(2));
    /// assert_eq!(schema.position("Lat"), None);
    /// ```
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

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
    let mut distinct: Vec<String> = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", place + 1) } else { name.clone() };
        distinct.push(unused_name(&name, &distinct));
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken_get_a_number() {
        let taken = ["zone".to_owned(), "zone_2".to_owned()];
        assert_eq!(unused_name("zone", &taken), "zone_3");
        assert_eq!(unused_name("path", &taken), "path");
        let names = ["a", "", "a", "a_2"].map(str::to_owned);
        assert_eq!(distinct_names(&names), ["a", "column_2", "a_2", "a_2_2"]);
    }
}
