//! The boundaries of the parcels of a table, beside the answers of any query.

use geo::MultiPolygon;

use crate::crs::{AxisOrder, CoordNormalizer, Crs, Plane, in_plane_of_table};
use crate::error::{InvalidRows, RowProblem};
use crate::query::overlay::ValidPolygon;
use crate::query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
use crate::table::{Batch, Field, GeometrySource};
use crate::units::SquareMetres;

/// A query that keeps the boundaries of the parcels of each batch, to be taken from the summary of the batch by
/// [`TableRun::on_batch`](crate::run::TableRun::on_batch).
pub struct KeepBoundaries<'q, Q> {
    query: &'q Q,
    /// `None` if nothing is kept.
    options: Option<KeepOptions>,
}

struct KeepOptions {
    label: Option<usize>,
    with_repair: bool,
    /// The system of the rows that the query does not take in their own.
    crs: Crs,
}

/// The boundary of a parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelBoundary {
    /// The row, from 1.
    pub row: u64,
    /// The label; empty without a label column.
    pub label: String,
    /// The valid polygon.
    pub shape: MultiPolygon<f64>,
    /// Its area on the ellipsoid.
    pub area: SquareMetres,
}

/// The summary of a query, and the boundaries of parcels.
#[derive(Debug, Clone, Default)]
pub struct WithBoundaries<S> {
    /// The summary of the query.
    pub summary: S,
    /// The boundaries in longitude and latitude or the plane of a table, by batches.
    pub boundaries: Vec<(Plane, Vec<ParcelBoundary>)>,
    /// The number of rows without a valid polygon.
    pub without: u64,
}

impl<'q, Q> KeepBoundaries<'q, Q> {
    /// Keeps nothing.
    pub fn none(query: &'q Q) -> KeepBoundaries<'q, Q> {
        KeepBoundaries { query, options: None }
    }

    /// Keeps the boundaries of parcels, labelled by the column with this index; invalid polygons are repaired on request.
    /// `crs` is the system of the rows if the query takes them in another system than their own.
    pub fn new(query: &'q Q, label: Option<usize>, with_repair: bool, crs: Crs) -> KeepBoundaries<'q, Q> {
        KeepBoundaries { query, options: Some(KeepOptions { label, with_repair, crs }) }
    }

    fn keep<S>(&self, batch: &Batch, normalizer: Option<&CoordNormalizer>, found: &mut WithBoundaries<S>) {
        let Some(options) = &self.options else { return };
        let own;
        let normalizer = match normalizer {
            Some(normalizer) => normalizer,
            None => match CoordNormalizer::new(options.crs.clone(), AxisOrder::EastNorth) {
                Ok(normalizer) => {
                    own = normalizer;
                    &own
                }
                // The run has failed for the same reason.
                Err(_) => return,
            },
        };
        let plane = normalizer.plane();
        let mut boundaries = vec![];
        for row_index in 0..batch.len() {
            match options.boundary(batch, row_index, normalizer) {
                Ok(boundary) => boundaries.push(boundary),
                Err(problem) => found.without += u64::from(!problem.is_remark()),
            }
        }
        found.boundaries.push((plane.clone(), boundaries));
    }
}

impl KeepOptions {
    fn boundary(
        &self,
        batch: &Batch,
        row_index: usize,
        normalizer: &CoordNormalizer,
    ) -> Result<ParcelBoundary, RowProblem> {
        let plane = normalizer.plane();
        let ValidPolygon { shape, .. } = ValidPolygon::of(batch, row_index, plane, self.with_repair)?;
        let shape = in_plane_of_table(&shape, normalizer)?;
        let label = self.label.and_then(|column| batch.row(row_index).cell(column));
        Ok(ParcelBoundary {
            row: batch.first_row() + row_index as u64,
            label: label.map_or(String::new(), |cell| cell.shown().into_owned()),
            area: plane.area(&shape),
            shape,
        })
    }
}

impl<S: QuerySummary> QuerySummary for WithBoundaries<S> {
    fn append(&mut self, later: WithBoundaries<S>) {
        self.summary.append(later.summary);
        self.boundaries.extend(later.boundaries);
        self.without += later.without;
    }

    fn rows(&self) -> u64 {
        self.summary.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        self.summary.invalid()
    }
}

impl<Q: TableQuery> TableQuery for KeepBoundaries<'_, Q> {
    type Summary = WithBoundaries<Q::Summary>;

    fn fields(&self) -> Vec<Field> {
        self.query.fields()
    }

    fn coordinates(&self, crs: &Crs) -> QueryCoords {
        self.query.coordinates(crs)
    }

    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        self.query.geometry_source(of_table)
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut WithBoundaries<Q::Summary>,
    ) -> Option<AnsweredBatch<'_>> {
        self.keep(&batch, normalizer, summary);
        self.query.answer_batch(batch, normalizer, &mut summary.summary)
    }

    fn count_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut WithBoundaries<Q::Summary>,
    ) {
        self.keep(&batch, normalizer, summary);
        self.query.count_batch(batch, normalizer, &mut summary.summary);
    }
}
