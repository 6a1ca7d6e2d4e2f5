//! Builder of batches.

use std::ops::Range;
use std::sync::Arc;

use geo::{Coord, CoordsIter, Geometry};

use crate::error::{Result, RowProblem, ShapeProblem};
use crate::geometry::only_member;
use crate::table::cells::CellsBuilder;
#[cfg(feature = "parquet")]
use crate::table::cells::Columns;
use crate::table::shape::kind_of;
use crate::table::{Batch, CellText, Row};

/// Builds a batch row by row.
///
/// ```
/// use std::sync::Arc;
/// use geo::coord;
/// use taizhou_corridor::table::{BatchBuilder, CellText};
///
/// // Sites from a database, ready for `RowLocator::answer`.
/// let mut builder = BatchBuilder::new(1);
/// builder.cell(0, CellText::Text("台州站"));
/// builder.end_row(Ok(coord! { x: 121.36898, y: 28.6559 }));
/// let batch = builder.finish(Arc::new(vec!["name".to_owned()])).unwrap();
/// assert_eq!(batch.row(0).cell(0), Some(CellText::Text("台州站")));
/// ```
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
    cells: CellsBuilder,
    /// The number of vertices of all shapes.
    vertices: usize,
}

impl BatchBuilder {
    /// A batch that starts at a row number of its file.
    pub fn new(first_row: u64) -> BatchBuilder {
        BatchBuilder { batch: Batch { first_row, ..Batch::default() }, ..BatchBuilder::default() }
    }

    /// Reserves memory for a number of rows and cells.
    pub(crate) fn expect(&mut self, rows: usize, cells: usize) {
        self.batch.sites.reserve(rows);
        self.cells.reserve(rows, cells);
    }

    /// Sets the text that the ranges of [`cell_at`](BatchBuilder::cell_at) and [`record_at`](BatchBuilder::record_at)
    /// refer to, and the delimiter of its cells.
    pub(crate) fn records(&mut self, text: String, delimiter: u8) {
        self.cells.records(text, delimiter);
    }

    /// Adds a cell by its range in the text passed to [`records`](BatchBuilder::records).
    pub(crate) fn cell_at(&mut self, column: usize, text: Range<usize>) {
        self.cells.cell_at(column, text);
    }

    /// Sets the range of the current row in that text. It must have a cell for each column, and none in quotes.
    pub(crate) fn record_at(&mut self, record: Range<usize>) {
        self.cells.record_at(record);
    }

    /// Adds a cell to the current row.
    pub fn cell(&mut self, column: usize, cell: CellText<'_>) {
        self.cells.cell(column, cell);
    }

    /// Sets the id of the current row, as JSON.
    pub fn id(&mut self, json: &str) {
        self.cells.id(json);
    }

    /// Sets the geometry of the current row, as JSON.
    pub fn geometry(&mut self, json: &str) {
        self.cells.geometry(json);
    }

    /// Adds a foreign member of a GeoJSON feature to the current row; the name as JSON.
    pub fn member(&mut self, name_json: &str, json: &str) {
        self.cells.members([",", name_json, ":", json]);
    }

    /// Ends the current row with a point or a problem.
    pub fn end_row(&mut self, site: Result<Coord<f64>, RowProblem>) {
        self.cells.end_row();
        self.batch.sites.push(site);
    }

    /// Ends the current row with a geometry of any type.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use geo::polygon;
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// let mut builder = BatchBuilder::new(1);
    /// builder.end_row_with(Ok(polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.66)].into()));
    /// let batch = builder.finish(Arc::default()).unwrap();
    /// assert_eq!(batch.shape(0).unwrap().kind(), "Polygon");
    /// ```
    pub fn end_row_with(&mut self, geometry: Result<Geometry<f64>, RowProblem>) {
        let geometry = match geometry {
            Ok(Geometry::Point(point)) => return self.end_row(Ok(point.0)),
            Err(problem) => return self.end_row(Err(problem)),
            Ok(other) => other,
        };
        // A collection of one point counts as a point, and is written unchanged.
        let site = match only_member(&geometry) {
            Geometry::Point(point) => Ok(point.0),
            Geometry::MultiPoint(points) if points.0.len() == 1 => Ok(points.0[0].0),
            _ => Err(RowProblem::NotAPoint { found: kind_of(&geometry).to_owned() }),
        };
        self.end_row_of(site, geometry);
    }

    /// Ends a row with an unclosed ring, given its closed geometry: the row has a problem, and the geometry is kept for
    /// repair.
    pub(crate) fn end_unclosed_row(&mut self, closed: Geometry<f64>) {
        self.end_row_of(Err(RowProblem::Shape(ShapeProblem::NotClosed)), closed);
    }

    /// Ends a row with a geometry other than a point.
    fn end_row_of(&mut self, site: Result<Coord<f64>, RowProblem>, geometry: Geometry<f64>) {
        self.end_row(site);
        self.batch.shapes.resize(self.batch.len() - 1, None);
        self.vertices += geometry.coords_count();
        self.batch.shapes.push(Some(geometry));
    }

    /// Copies the cells, the id and the foreign members of another row to the current row, but not its geometry.
    ///
    /// ```
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let mut copies = BatchBuilder::new(1);
    /// copies.copy(batch.row(0));
    /// copies.end_row(Err(RowProblem::NullGeometry));
    /// let copies = copies.finish(batch.shared_columns()).unwrap();
    /// assert_eq!(copies.row(0).cell(0), batch.row(0).cell(0));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn copy(&mut self, row: Row<'_>) {
        row.cells().for_each(|(column, cell)| self.cell(column, cell));
        if let Some(id) = row.id() {
            self.id(id);
        }
        self.cells.members([row.members()]);
    }

    /// Records that a geometry had Z or M values, which are dropped.
    pub fn drop_heights(&mut self) {
        self.batch.has_heights = true;
    }

    /// Records that arcs of a row were linearised, or that null or empty members were dropped.
    pub(crate) fn record_changes(&mut self, has_arcs: bool, has_empty_members: bool) {
        self.batch.with_arcs += u64::from(has_arcs);
        self.batch.with_empty_members += u64::from(has_empty_members);
    }

    /// Records that the coordinates of a row are not written as plain numbers.
    pub(crate) fn record_spelled(&mut self) {
        self.batch.spelled += 1;
    }

    /// Whether there is room for linearised arcs, which may have many edges for a short text.
    pub(crate) fn has_room_for_arcs(&self) -> bool {
        const CORNERS: usize = 1 << 22;
        self.vertices < CORNERS
    }

    /// Whether the batch has reached its maximum number of rows or amount of text.
    pub fn is_full(&self) -> bool {
        const ROWS: usize = 8192;
        const TEXT_BYTES: usize = 16 << 20;
        const CORNERS: usize = 1 << 17;
        self.batch.len() >= ROWS || self.cells.text_bytes() >= TEXT_BYTES || self.vertices >= CORNERS
    }

    /// The batch; `None` if it has no rows.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// assert!(BatchBuilder::new(1).finish(Arc::new(vec!["name".to_owned()])).is_none());
    /// ```
    pub fn finish(mut self, columns: Arc<Vec<String>>) -> Option<Batch> {
        self.batch.columns = columns;
        self.batch.cells = self.cells.finish().into();
        (!self.batch.is_empty()).then_some(self.batch)
    }

    /// The batch, with cells from these typed columns.
    #[cfg(feature = "parquet")]
    pub(crate) fn finish_over(mut self, columns: Arc<Vec<String>>, source: Arc<dyn Columns>) -> Option<Batch> {
        self.batch.columns = columns;
        self.batch.source = Some(source);
        (!self.batch.is_empty()).then_some(self.batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_rows_are_kept_separate() {
        let mut builder = BatchBuilder::new(1);
        builder.cell(0, CellText::Text("0701"));
        builder.end_row(Ok(Coord { x: 1.0, y: 2.0 }));
        builder.id("\"a\"");
        builder.member("\"title\"", "1");
        builder.cell(1, CellText::Json("12.50"));
        builder.end_row(Err(RowProblem::NullGeometry));
        let batch = builder.finish(Arc::new(vec!["code".to_owned(), "size".to_owned()])).unwrap();

        assert_eq!(batch.row(0).cells().collect::<Vec<_>>(), [(0, CellText::Text("0701"))]);
        assert_eq!((batch.row(0).id(), batch.row(0).members()), (None, ""));
        assert_eq!(batch.row(1).cell(1), Some(CellText::Json("12.50")));
        assert_eq!(batch.row(1).cell(0), None);
        assert_eq!((batch.row(1).id(), batch.row(1).members()), (Some("\"a\""), ",\"title\":1"));
        assert!(batch.sites()[1].is_err());
    }
}
