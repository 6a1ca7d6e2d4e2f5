//! A batch: some thousand rows in a few vectors.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use geo::{Coord, CoordsIter, Geometry, Point};

use crate::error::{Result, RowProblem, ShapeProblem};
use crate::geometry::encoding::to_wkt;
use crate::geometry::visit_coords;

/// What stands in a cell.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::table::Cell;
///
/// // Digits stay as they were written.
/// let feature = r#"{"type": "Feature", "properties": {"size": 12.50},
///     "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}}"#;
/// let batch = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?.next_batch()?.unwrap();
/// assert_eq!(batch.row(0).cell(0), Some(Cell::Json("12.50")));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A text.
    Text(&'a str),
    /// A JSON value as it is written: `12.50`, `"a\u00e9"`, `null`, `[1, 2]`.
    Json(&'a str),
}

impl<'a> Cell<'a> {
    /// The cell as a text: of a JSON string its content, of `null` nothing, else the JSON.
    ///
    /// ```
    /// use taizhou_corridor::table::Cell;
    ///
    /// assert_eq!(Cell::Text("0701").text(), "0701");
    /// assert_eq!(Cell::Json(r#""\u53f0\u5dde""#).text(), "台州");
    /// assert_eq!(Cell::Json("null").text(), "");
    /// ```
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Json("null") => Cow::Borrowed(""),
            Cell::Json(json) if json.starts_with('"') => {
                serde_json::from_str(json).map_or(Cow::Borrowed(json), Cow::Owned)
            }
            Cell::Json(json) => Cow::Borrowed(json),
        }
    }
}

/// Consecutive rows of a table: their sites as coordinates, their cells as text.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let csv = "code,lon,lat\n0701,121.36898,28.65590\n0702,,28.65590\n";
/// let batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let codes: Vec<_> = (0..batch.len()).map(|number| batch.row(number).cell(0).unwrap().text()).collect();
/// assert_eq!(codes, ["0701", "0702"]);
/// assert_eq!(batch.sites().iter().filter(|site| site.is_ok()).count(), 1);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Batch {
    columns: Arc<Vec<String>>,
    first_row: u64,
    sites: Vec<Result<Coord<f64>, RowProblem>>,
    /// The geometries that are no points, one for each row; empty while there is none.
    shapes: Vec<Option<Geometry<f64>>>,
    has_heights: bool,
    /// All text of the batch; everything else points into it.
    text: String,
    cells: Vec<Span>,
    rows: Vec<Parts>,
    /// What features have besides, one for each row; empty while there is none.
    features: Vec<FeatureParts>,
    /// What separates the cells of records that are kept whole.
    delimiter: u8,
}

#[derive(Debug, Clone)]
struct Span {
    column: u32,
    is_json: bool,
    text: Range<usize>,
}

#[derive(Debug, Clone)]
struct Parts {
    cells: Range<usize>,
    /// The whole record, if it can be written as it came; else an empty range.
    record: Range<usize>,
}

#[derive(Debug, Clone, Default)]
struct FeatureParts {
    id: Option<Range<usize>>,
    geometry: Option<Range<usize>>,
    members: Range<usize>,
}

impl Batch {
    /// The names of the columns that the rows of this batch use.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let sites = Input::bytes("sites.csv", "经度,纬度,备注\n121.4,28.65,\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!(batch.columns(), ["经度", "纬度", "备注"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The same, for another batch.
    pub fn shared_columns(&self) -> Arc<Vec<String>> {
        self.columns.clone()
    }

    /// The number of the first row in its file, from 1.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// // For messages: the row of the file that a row of the batch is.
    /// let mut builder = BatchBuilder::new(8_193);
    /// builder.end_row(Err(RowProblem::NullGeometry));
    /// let batch = builder.finish(Arc::default()).unwrap();
    /// let (row, _) = (batch.first_row()..).zip(batch.sites()).find(|(_, site)| site.is_err()).unwrap();
    /// assert_eq!(row, 8_193);
    /// ```
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The size of all its text.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The position of each row's site in degrees, or why there is none.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "lon,lat\n121.36898,28.65590\n28.65590,121.36898\n";
    /// let batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!(batch.sites()[0].as_ref().unwrap().y, 28.6559);
    /// assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "latitude-out-of-range");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn sites(&self) -> &[Result<Coord<f64>, RowProblem>] {
        &self.sites
    }

    /// The geometry of a row: its point or its shape, or why there is none.
    ///
    /// # Panics
    /// If there are fewer rows.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "name,wkt\n台州站,POINT (121.36898 28.65590)\n一号线,\"LINESTRING (121.3 28.6, 121.4 28.7)\"\n";
    /// let batch = io::open(Input::bytes("lines.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!(batch.shape(0).unwrap().kind(), "Point");
    /// assert_eq!(batch.shape(1).unwrap().kind(), "LineString");
    /// // To a question about sites, the line is no answer.
    /// assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "not-a-point");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn shape(&self, number: usize) -> Result<Shape<'_>, &RowProblem> {
        match (&self.sites[number], self.shapes.get(number)) {
            (Ok(site), _) => Ok(Shape::Point(*site)),
            (Err(RowProblem::NotAPoint { .. }), Some(Some(shape))) => Ok(Shape::Other(shape)),
            (Err(problem), _) => Err(problem),
        }
    }

    /// The geometry of a row of which a ring did not end where it began, once it is closed: for those who repair it.
    ///
    /// # Panics
    /// If there are fewer rows.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "wkt\n\"POLYGON ((121.40 28.65, 121.41 28.65, 121.41 28.66))\"\n";
    /// let batch = io::open(Input::bytes("parcels.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!(batch.shape(0).unwrap_err().code(), "ring-not-closed");
    /// assert!(batch.closed_shape(0).is_some());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn closed_shape(&self, number: usize) -> Option<&Geometry<f64>> {
        match (&self.sites[number], self.shapes.get(number)) {
            (Err(RowProblem::Shape(ShapeProblem::NotClosed)), Some(shape)) => shape.as_ref(),
            _ => None,
        }
    }

    /// Whether geometries of this batch came with heights (Z) or measures (M), which are not kept.
    pub fn has_heights(&self) -> bool {
        self.has_heights
    }

    /// Brings all geometries to where they belong: `bring` replaces pairs of coordinates, or says what is
    /// wrong with them; then its row has that problem in place of a geometry.
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, Transformer};
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "name,lon,lat\n台州站,121.36898,28.65590\n";
    /// let mut batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let to_gcj02 = Transformer::to_crs(Crs::Gcj02)?;
    /// batch.move_coords(|coords| {
    ///     for coord in coords {
    ///         let Ok(pair) = coord else { continue };
    ///         let mut image = [*pair];
    ///         *coord = match to_gcj02.apply(&mut image) {
    ///             Ok(()) => Ok(image[0]),
    ///             Err(_) => Err(RowProblem::NoImage { x: pair.x, y: pair.y, crs: "GCJ-02".to_owned() }),
    ///         };
    ///     }
    /// });
    /// assert!((batch.sites()[0].as_ref().unwrap().x - 121.37339).abs() < 1e-5);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn move_coords(&mut self, mut bring: impl FnMut(&mut [Result<Coord<f64>, RowProblem>])) {
        bring(&mut self.sites);
        for (site, shape) in self.sites.iter_mut().zip(&mut self.shapes) {
            let Some(geometry) = shape else { continue };
            let mut coords: Vec<Result<Coord<f64>, RowProblem>> = vec![];
            visit_coords(geometry, &mut |coord| coords.push(Ok(*coord)));
            bring(&mut coords);
            match coords.into_iter().collect::<Result<Vec<_>, _>>() {
                Ok(images) => {
                    // As many as were taken, in the same order.
                    let mut images = images.into_iter();
                    visit_coords(geometry, &mut |coord| *coord = images.next().unwrap_or(*coord));
                }
                Err(problem) => {
                    *site = Err(problem);
                    *shape = None;
                }
            }
        }
    }

    /// Changes sites, and the geometries that are no points.
    pub(crate) fn change(&mut self, mut site: impl FnMut(&mut Coord<f64>), mut shape: impl FnMut(&mut Geometry<f64>)) {
        self.sites.iter_mut().flatten().for_each(&mut site);
        self.shapes.iter_mut().flatten().for_each(&mut shape);
    }

    /// One row, counted from 0 in this batch.
    ///
    /// # Panics
    /// If there are fewer rows.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::LANDMARKS_CSV;
    ///
    /// let landmarks = Input::bytes("landmarks.csv", LANDMARKS_CSV);
    /// let batch = io::open(landmarks, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let last = batch.row(batch.len() - 1);
    /// assert_eq!(last.cell(1).unwrap().text(), "白云街道");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn row(&self, number: usize) -> Row<'_> {
        Row { batch: self, parts: &self.rows[number], feature: self.features.get(number) }
    }
}

/// The geometry of a row.
///
/// ```
/// use geo::{Geometry, coord, line_string};
/// use taizhou_corridor::table::Shape;
///
/// assert_eq!(Shape::Point(coord! { x: 121.4, y: 28.65 }).wkt(), "POINT(121.4 28.65)");
/// let line = Geometry::from(line_string![(x: 121.3, y: 28.6), (x: 121.4, y: 28.7)]);
/// assert_eq!(Shape::Other(&line).kind(), "LineString");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape<'a> {
    /// A point.
    Point(Coord<f64>),
    /// Anything else.
    Other(&'a Geometry<f64>),
}

impl Shape<'_> {
    /// The name of its kind, as GeoJSON has it.
    pub fn kind(self) -> &'static str {
        match self {
            Shape::Point(_) => "Point",
            Shape::Other(geometry) => kind_of(geometry),
        }
    }

    /// It as well-known text (OGC Simple Features).
    pub fn wkt(self) -> String {
        match self {
            Shape::Point(site) => to_wkt(&Geometry::Point(Point(site))),
            Shape::Other(geometry) => to_wkt(geometry),
        }
    }

    /// It as a geometry of its own.
    pub fn geometry(self) -> Geometry<f64> {
        match self {
            Shape::Point(site) => Geometry::Point(Point(site)),
            Shape::Other(geometry) => geometry.clone(),
        }
    }
}

/// The name of a kind of geometry, as GeoJSON has it.
fn kind_of(geometry: &Geometry<f64>) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::Line(_) | Geometry::LineString(_) => "LineString",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::GeometryCollection(_) => "GeometryCollection",
    }
}

/// A row of a batch.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let feature = r#"{"type": "Feature", "id": 7, "title": "台州站", "properties": {},
///     "geometry": {"type":"Point","coordinates":[121.36898,28.6559]}}"#;
/// let batch = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?.next_batch()?.unwrap();
/// let row = batch.row(0);
/// assert_eq!(row.id(), Some("7"));
/// assert_eq!(row.geometry(), Some(r#"{"type":"Point","coordinates":[121.36898,28.6559]}"#));
/// assert_eq!(row.members(), r#","title":"台州站""#);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    batch: &'a Batch,
    parts: &'a Parts,
    feature: Option<&'a FeatureParts>,
}

impl<'a> Row<'a> {
    /// The cells with the places of their columns, in the order the row has them.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let pairs: Vec<String> =
    ///     batch.row(0).cells().map(|(column, cell)| format!("{}={}", batch.columns()[column], cell.text())).collect();
    /// assert_eq!(pairs, ["name=台州站", "lon=121.36898", "lat=28.65590"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn cells(self) -> impl Iterator<Item = (usize, Cell<'a>)> {
        self.batch.cells[self.parts.cells.clone()].iter().map(move |span| {
            let text = &self.batch.text[span.text.clone()];
            (span.column as usize, if span.is_json { Cell::Json(text) } else { Cell::Text(text) })
        })
    }

    /// The cell of a column, if the row has one.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // The second feature has no such property.
    /// let lines = r#"{"type":"Feature","properties":{"name":"台州站"},"geometry":null}
    /// {"type":"Feature","properties":{},"geometry":null}"#;
    /// let batch = io::open(Input::bytes("sites.ndjson", lines), &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!(batch.row(0).cell(0).unwrap().text(), "台州站");
    /// assert_eq!(batch.row(1).cell(0), None);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn cell(self, column: usize) -> Option<Cell<'a>> {
        self.cells().find(|&(place, _)| place == column).map(|(_, cell)| cell)
    }

    /// The id of a GeoJSON feature, as JSON.
    pub fn id(self) -> Option<&'a str> {
        self.part(&self.feature?.id)
    }

    /// The geometry of a GeoJSON feature, as JSON.
    pub fn geometry(self) -> Option<&'a str> {
        self.part(&self.feature?.geometry)
    }

    /// Further members of a GeoJSON feature, as JSON: each `,"name":value`.
    pub fn members(self) -> &'a str {
        self.feature.map_or("", |feature| &self.batch.text[feature.members.clone()])
    }

    /// The row as it stood in a file of delimited text, if its cells were separated by this, all columns had
    /// one, and none was in quotes.
    pub(crate) fn record(self, delimiter: u8) -> Option<&'a str> {
        let is_whole = !self.parts.record.is_empty() && self.batch.delimiter == delimiter;
        is_whole.then(|| &self.batch.text[self.parts.record.clone()])
    }

    fn part(self, range: &Option<Range<usize>>) -> Option<&'a str> {
        range.clone().map(|range| &self.batch.text[range])
    }
}

/// Builds a batch row by row.
///
/// ```
/// use std::sync::Arc;
/// use geo::coord;
/// use taizhou_corridor::table::{BatchBuilder, Cell};
///
/// // Sites from a database, ready for `RowLocator::answer`.
/// let mut builder = BatchBuilder::new(1);
/// builder.cell(0, Cell::Text("台州站"));
/// builder.end_row(Ok(coord! { x: 121.36898, y: 28.6559 }));
/// let batch = builder.finish(Arc::new(vec!["name".to_owned()])).unwrap();
/// assert_eq!(batch.row(0).cell(0), Some(Cell::Text("台州站")));
/// ```
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
    first_cell: usize,
    members: String,
    id: Option<Range<usize>>,
    geometry: Option<Range<usize>>,
    record: Range<usize>,
    /// The corners of all shapes.
    corners: usize,
}

impl BatchBuilder {
    /// A batch whose first row is this one of its file.
    pub fn new(first_row: u64) -> BatchBuilder {
        BatchBuilder { batch: Batch { first_row, ..Batch::default() }, ..BatchBuilder::default() }
    }

    /// Makes room for so many rows and cells.
    pub(crate) fn expect(&mut self, rows: usize, cells: usize) {
        self.batch.rows.reserve(rows);
        self.batch.sites.reserve(rows);
        self.batch.cells.reserve(cells);
    }

    /// The text in which [`cell_at`](BatchBuilder::cell_at) and [`record_at`](BatchBuilder::record_at) have
    /// said that cells and records stand, and what separates the cells of these.
    pub(crate) fn records(&mut self, text: String, delimiter: u8) {
        self.batch.text = text;
        self.batch.delimiter = delimiter;
    }

    /// Adds a cell whose text stands in that which the batch is given in the end.
    pub(crate) fn cell_at(&mut self, column: usize, text: Range<usize>) {
        self.batch.cells.push(Span { column: column as u32, is_json: false, text });
    }

    /// Says where the row at hand stands in that text: all columns have a cell in it, and none is in quotes.
    pub(crate) fn record_at(&mut self, record: Range<usize>) {
        self.record = record;
    }

    /// Adds a cell to the row at hand.
    pub fn cell(&mut self, column: usize, cell: Cell<'_>) {
        let (text, is_json) = match cell {
            Cell::Text(text) => (text, false),
            Cell::Json(text) => (text, true),
        };
        let text = self.push(text);
        self.batch.cells.push(Span { column: column as u32, is_json, text });
    }

    /// Gives the row at hand its id, as JSON.
    pub fn id(&mut self, json: &str) {
        self.id = Some(self.push(json));
    }

    /// Gives the row at hand its geometry, as JSON.
    pub fn geometry(&mut self, json: &str) {
        self.geometry = Some(self.push(json));
    }

    /// Adds a further member of a GeoJSON feature to the row at hand; the name as JSON.
    pub fn member(&mut self, name_json: &str, json: &str) {
        self.members.extend([",", name_json, ":", json]);
    }

    /// Ends the row at hand.
    pub fn end_row(&mut self, site: Result<Coord<f64>, RowProblem>) {
        let cells = self.first_cell..self.batch.cells.len();
        self.first_cell = cells.end;
        let (id, geometry) = (self.id.take(), self.geometry.take());
        if id.is_some() || geometry.is_some() || !self.members.is_empty() {
            let members = std::mem::take(&mut self.members);
            let members = self.push(&members);
            self.batch.features.resize(self.batch.rows.len(), FeatureParts::default());
            self.batch.features.push(FeatureParts { id, geometry, members });
        }
        self.batch.rows.push(Parts { cells, record: std::mem::take(&mut self.record) });
        self.batch.sites.push(site);
    }

    /// Ends the row at hand with a geometry of any kind.
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
        self.end_row_of(RowProblem::NotAPoint { found: kind_of(&geometry).to_owned() }, geometry);
    }

    /// Ends a row of which a ring does not end where it begins, with the geometry in which it does: the row has a
    /// problem, and the geometry is there for those who repair it.
    pub(crate) fn end_open_row(&mut self, closed: Geometry<f64>) {
        self.end_row_of(RowProblem::Shape(ShapeProblem::NotClosed), closed);
    }

    /// Ends a row that is no site, and has a geometry.
    fn end_row_of(&mut self, problem: RowProblem, geometry: Geometry<f64>) {
        self.end_row(Err(problem));
        self.batch.shapes.resize(self.batch.rows.len(), None);
        self.corners += geometry.coords_count();
        self.batch.shapes[self.batch.rows.len() - 1] = Some(geometry);
    }

    /// Gives the row at hand the cells, the id and the further members of another row, but not its geometry.
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
        self.members.push_str(row.members());
    }

    /// Notes that a geometry came with heights or measures, which are not kept.
    pub fn drop_heights(&mut self) {
        self.batch.has_heights = true;
    }

    /// Whether the batch has as many rows, or as much text, as a batch should.
    pub fn is_full(&self) -> bool {
        const ROWS: usize = 8192;
        const TEXT_BYTES: usize = 16 << 20;
        const CORNERS: usize = 1 << 17;
        self.batch.rows.len() >= ROWS || self.batch.text.len() >= TEXT_BYTES || self.corners >= CORNERS
    }

    /// The batch; none if it has no row.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// assert!(BatchBuilder::new(1).finish(Arc::new(vec!["name".to_owned()])).is_none());
    /// ```
    pub fn finish(mut self, columns: Arc<Vec<String>>) -> Option<Batch> {
        self.batch.columns = columns;
        (!self.batch.is_empty()).then_some(self.batch)
    }

    fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.batch.text.len();
        self.batch.text.push_str(text);
        start..self.batch.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_parts_apart() {
        let mut builder = BatchBuilder::new(1);
        builder.cell(0, Cell::Text("0701"));
        builder.end_row(Ok(Coord { x: 1.0, y: 2.0 }));
        builder.id("\"a\"");
        builder.member("\"title\"", "1");
        builder.cell(1, Cell::Json("12.50"));
        builder.end_row(Err(RowProblem::NullGeometry));
        let batch = builder.finish(Arc::new(vec!["code".to_owned(), "size".to_owned()])).unwrap();

        assert_eq!(batch.row(0).cells().collect::<Vec<_>>(), [(0, Cell::Text("0701"))]);
        assert_eq!((batch.row(0).id(), batch.row(0).members()), (None, ""));
        assert_eq!(batch.row(1).cell(1), Some(Cell::Json("12.50")));
        assert_eq!(batch.row(1).cell(0), None);
        assert_eq!((batch.row(1).id(), batch.row(1).members()), (Some("\"a\""), ",\"title\":1"));
        assert!(batch.sites()[1].is_err());
    }

    #[test]
    fn json_as_text() {
        let cases = [(r#""台\u5dde""#, "台州"), ("null", ""), ("1.50", "1.50"), ("[1, 2]", "[1, 2]"), ("true", "true")];
        for (json, text) in cases {
            assert_eq!(Cell::Json(json).text(), text);
        }
    }
}
