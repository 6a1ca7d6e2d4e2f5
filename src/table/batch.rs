//! A batch: some thousands of rows in columnar storage.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use geo::{Coord, Geometry};

use crate::error::{Result, RowProblem, ShapeProblem};
use crate::geometry::visit_coords;
use crate::table::cells::{Cells, Columns};
use crate::table::shape::kind_of;
use crate::table::{CellText, Shape};

/// Consecutive rows of a table: sites as coordinates, cells as text.
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
    pub(super) columns: Arc<Vec<String>>,
    pub(super) first_row: u64,
    pub(super) sites: Vec<Result<Coord<f64>, RowProblem>>,
    /// The geometries other than points, one for each row; empty if there are none.
    pub(super) shapes: Vec<Option<Geometry<f64>>>,
    /// Rows whose geometry differs from their text.
    pub(super) replaced: BTreeSet<usize>,
    pub(super) has_heights: bool,
    /// The numbers of rows with linearised arcs, and with dropped members.
    pub(super) with_arcs: u64,
    pub(super) with_empty_members: u64,
    pub(super) spelled: u64,
    pub(super) cells: OnceLock<Cells>,
    /// The source of the cells, which are converted on first access.
    pub(super) source: Option<Arc<dyn Columns>>,
}

impl Batch {
    /// The typed columns that its cells come from.
    #[cfg(feature = "parquet")]
    pub(crate) fn source(&self) -> Option<&dyn Columns> {
        self.source.as_deref()
    }

    fn cells(&self) -> &Cells {
        self.cells.get_or_init(|| self.source.as_ref().map_or_else(Cells::default, |source| source.cells()))
    }

    /// The names of the columns of this batch.
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

    /// The shared column names, for another batch.
    pub fn shared_columns(&self) -> Arc<Vec<String>> {
        self.columns.clone()
    }

    /// The row number of the first row in its file, from 1.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::table::BatchBuilder;
    ///
    /// // For messages: the row number in the file.
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
        self.sites.len()
    }

    /// The size of all its text, in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        self.cells().text_bytes()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// The position of each row's site in degrees, or the problem of the row.
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

    /// The geometry of a row, or its problem.
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
    /// // As a site, the line is an error.
    /// assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "not-a-point");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn shape(&self, index: usize) -> Result<Shape<'_>, &RowProblem> {
        match (&self.sites[index], self.shapes.get(index)) {
            (Ok(_) | Err(RowProblem::NotAPoint { .. }), Some(Some(shape))) => Ok(Shape::Other(shape)),
            (Ok(site), _) => Ok(Shape::Point(*site)),
            (Err(problem), _) => Err(problem),
        }
    }

    /// The closed geometry of a row with an unclosed ring, for repair.
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
    pub fn closed_shape(&self, index: usize) -> Option<&Geometry<f64>> {
        match (&self.sites[index], self.shapes.get(index)) {
            (Err(RowProblem::Shape(ShapeProblem::NotClosed)), Some(shape)) => shape.as_ref(),
            _ => None,
        }
    }

    /// Whether a row is a parcel, even one whose ring is not closed, or a site; `None` if it has no geometry. Lines are
    /// taken for sites, which then are invalid.
    ///
    /// # Panics
    /// If there are fewer rows.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "wkt\n\"POLYGON ((121.40 28.65, 121.41 28.65, 121.41 28.66, 121.40 28.65))\"\nPOINT (121.4 28.65)\n";
    /// let batch = io::open(Input::bytes("rows.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// assert_eq!((batch.is_parcel(0), batch.is_parcel(1)), (Some(true), Some(false)));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_parcel(&self, index: usize) -> Option<bool> {
        match self.shape(index).ok() {
            Some(Shape::Point(_)) => Some(false),
            Some(shape @ Shape::Other(_)) => Some(matches!(shape.kind(), "Polygon" | "MultiPolygon")),
            None => self.closed_shape(index).map(|_| true),
        }
    }

    /// Replaces the geometry of a row, which is then written instead of its text.
    ///
    /// # Panics
    /// If there are fewer rows.
    ///
    /// ```
    /// use geo::polygon;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "wkt\n\"POLYGON ((121.40 28.65, 121.41 28.65, 121.41 28.66))\"\n";
    /// let mut batch = io::open(Input::bytes("parcels.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// batch.replace_shape(0, polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.66)].into());
    /// assert_eq!(batch.shape(0).unwrap().kind(), "Polygon");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn replace_shape(&mut self, index: usize, geometry: Geometry<f64>) {
        self.shapes.resize(self.len(), None);
        self.sites[index] = Err(RowProblem::NotAPoint { found: kind_of(&geometry).to_owned() });
        self.shapes[index] = Some(geometry);
        self.replaced.insert(index);
    }

    /// Whether the geometry of a row was replaced.
    pub(crate) fn is_replaced(&self, index: usize) -> bool {
        self.replaced.contains(&index)
    }

    /// Whether the geometry of any row was replaced.
    pub(crate) fn has_replaced(&self) -> bool {
        !self.replaced.is_empty()
    }

    /// Whether geometries of this batch had Z or M values, which are dropped.
    pub fn has_heights(&self) -> bool {
        self.has_heights
    }

    /// The number of rows with linearised arcs.
    pub fn with_arcs(&self) -> u64 {
        self.with_arcs
    }

    /// The number of rows whose geometries lost null or empty members.
    pub fn with_empty_members(&self) -> u64 {
        self.with_empty_members
    }

    /// The number of rows whose coordinates are not written as plain numbers, but with degrees, minutes and seconds,
    /// directions or separators.
    pub fn spelled(&self) -> u64 {
        self.spelled
    }

    /// Transforms all geometries: `transform` replaces pairs of coordinates, or returns their problem, which then
    /// replaces the geometry of the row.
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
    ///             Err(_) => Err(RowProblem::OutsideCrsArea { x: pair.x, y: pair.y, crs: "GCJ-02".to_owned() }),
    ///         };
    ///     }
    /// });
    /// assert!((batch.sites()[0].as_ref().unwrap().x - 121.37339).abs() < 1e-5);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn move_coords(&mut self, mut transform: impl FnMut(&mut [Result<Coord<f64>, RowProblem>])) {
        transform(&mut self.sites);
        self.move_shapes(&mut transform);
    }

    /// The position of each row's site, to be transformed.
    pub(crate) fn sites_mut(&mut self) -> &mut [Result<Coord<f64>, RowProblem>] {
        &mut self.sites
    }

    /// Transforms the geometries other than points.
    pub(crate) fn move_shapes(&mut self, transform: &mut impl FnMut(&mut [Result<Coord<f64>, RowProblem>])) {
        for (site, shape) in self.sites.iter_mut().zip(&mut self.shapes) {
            let Some(geometry) = shape else { continue };
            let mut coords: Vec<Result<Coord<f64>, RowProblem>> = vec![];
            visit_coords(geometry, &mut |coord| coords.push(Ok(*coord)));
            transform(&mut coords);
            match coords.into_iter().collect::<Result<Vec<_>, _>>() {
                Ok(images) => {
                    // As many as were collected, in the same order.
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

    /// The geometries other than points, one for each row; empty if there are none.
    pub(crate) fn other_shapes(&self) -> &[Option<Geometry<f64>>] {
        &self.shapes
    }

    /// Changes sites and geometries other than points, each with the index of its row.
    pub(crate) fn change(
        &mut self,
        mut site: impl FnMut(&mut Coord<f64>),
        mut shape: impl FnMut(usize, &mut Geometry<f64>),
    ) {
        self.sites.iter_mut().flatten().for_each(&mut site);
        for (index, geometry) in self.shapes.iter_mut().enumerate() {
            if let Some(geometry) = geometry {
                shape(index, geometry);
            }
        }
    }

    /// A row by its index in this batch, from 0.
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
    pub fn row(&self, index: usize) -> Row<'_> {
        assert!(index < self.len(), "no row {index} in a batch of {}", self.len());
        Row { batch: self, index }
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
    index: usize,
}

impl<'a> Row<'a> {
    /// The cells with the indexes of their columns, in the order of the row.
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
    pub fn cells(self) -> impl Iterator<Item = (usize, CellText<'a>)> {
        self.batch.cells().row(self.index)
    }

    /// The cell of a column, if the row has it.
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
    pub fn cell(self, column: usize) -> Option<CellText<'a>> {
        self.cells().find(|&(column_index, _)| column_index == column).map(|(_, cell)| cell)
    }

    /// The id of a GeoJSON feature, as JSON.
    pub fn id(self) -> Option<&'a str> {
        self.batch.cells().id(self.index)
    }

    /// The geometry of a GeoJSON feature, as JSON; `None` if it was replaced.
    pub fn geometry(self) -> Option<&'a str> {
        self.batch.cells().geometry(self.index).filter(|_| !self.is_replaced())
    }

    /// Whether the geometry of the row was replaced.
    pub(crate) fn is_replaced(self) -> bool {
        self.batch.is_replaced(self.index)
    }

    /// The foreign members of a GeoJSON feature, as JSON: each `,"name":value`.
    pub fn members(self) -> &'a str {
        self.batch.cells().members(self.index)
    }

    /// The row as in its delimited text file, if it has the same delimiter, a cell for each column and no quoted cells.
    pub(crate) fn record(self, delimiter: u8) -> Option<&'a str> {
        self.batch.cells().record(self.index, delimiter).filter(|_| !self.is_replaced())
    }
}
