//! Decoded rows: their geometries, and cells that are created on demand.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use geo::{Coord, Geometry, Point};

use crate::error::{GeometryProblem, Result, RowProblem};
use crate::geometry::encoding::{Decoded, srid_of_text, srid_of_wkb};
use crate::io::formats::geoparquet::metadata::Encoding;
use crate::io::formats::geoparquet::values::{CellKind, bytes, push};
use crate::io::rows::block::ParseBlock;
use crate::io::rows::columns::{end_row, end_row_with};
use crate::io::rows::geometries::GeometryReader;
use crate::table::{Batch, BatchBuilder, CellText, Cells, CellsBuilder, Columns, GeometrySource};

/// The indices of the geometry and the attributes among the decoded columns.
#[derive(Debug)]
pub(super) struct Layout {
    /// The index and encoding of the geometry column.
    pub(super) geometry: Option<(usize, Encoding)>,
    /// The indices of the attributes.
    pub(super) attributes: Vec<usize>,
    pub(super) geometry_source: GeometrySource,
    pub(super) columns: Arc<Vec<String>>,
}

impl Layout {
    /// Calls `add` with each cell of a row; `text` is a buffer.
    pub(super) fn cells(
        &self,
        rows: &RecordBatch,
        index: usize,
        text: &mut String,
        mut add: impl FnMut(usize, CellText<'_>),
    ) {
        for (column, &read) in self.attributes.iter().enumerate() {
            text.clear();
            let cell = match push(text, rows.column(read), index) {
                CellKind::Null => CellText::Json("null"),
                CellKind::Text => CellText::Text(text),
                CellKind::Json => CellText::Json(text),
            };
            add(column, cell);
        }
    }

    /// Ends a row with its geometry.
    pub(super) fn end_row(
        &self,
        batch: &mut BatchBuilder,
        rows: &RecordBatch,
        index: usize,
        geometries: &GeometryReader,
    ) {
        if let Some((read, encoding)) = self.geometry {
            return end_row_with(batch, decode(rows.column(read), index, encoding, geometries));
        }
        let attribute = |column: usize| rows.column(self.attributes[column]);
        end_row(batch, self.geometry_source, &self.columns, geometries, |column| {
            let mut text = String::new();
            push(&mut text, attribute(column), index);
            Cow::Owned(text)
        });
    }

    /// The SRID of the geometry of a row.
    pub(super) fn srid(&self, rows: &RecordBatch, index: usize) -> Option<u32> {
        match (self.geometry, self.geometry_source) {
            (Some((read, Encoding::Wkb)), _) => srid_of_wkb(bytes(rows.column(read), index)?),
            (None, GeometrySource::Wkt(column)) => {
                let mut text = String::new();
                push(&mut text, rows.column(*self.attributes.get(column)?), index);
                srid_of_text(&text)
            }
            _ => None,
        }
    }
}

/// Decoded rows that are not converted to cells and geometries yet.
#[derive(Debug)]
pub(in crate::io) struct DecodedRows {
    pub(super) layout: Arc<Layout>,
    pub(super) rows: RecordBatch,
    pub(super) first_row: u64,
    pub(super) geometries: Arc<GeometryReader>,
}

impl ParseBlock for DecodedRows {
    /// Decodes the geometries.
    fn parse(self: Box<Self>) -> Result<Option<Batch>> {
        Ok(self.into_batch())
    }
}

impl DecodedRows {
    /// Decodes the geometries.
    pub(super) fn into_batch(self) -> Option<Batch> {
        let mut batch = BatchBuilder::new(self.first_row);
        let numbers = self.coordinates();
        for index in 0..self.rows.num_rows() {
            match numbers.and_then(|[x, y]| Some(Coord { x: finite(x, index)?, y: finite(y, index)? })) {
                Some(site) => batch.end_row(Ok(site)),
                None => self.layout.end_row(&mut batch, &self.rows, index, &self.geometries),
            }
        }
        batch.finish_over(self.layout.columns.clone(), Arc::new(self))
    }

    /// The coordinate columns, if they are numeric.
    fn coordinates(&self) -> Option<[&Float64Array; 2]> {
        let GeometrySource::Columns(x, y) = self.layout.geometry_source else { return None };
        Some([self.attribute(x)?.as_primitive_opt()?, self.attribute(y)?.as_primitive_opt()?])
    }

    /// The array of an attribute.
    pub(super) fn attribute(&self, index: usize) -> Option<&ArrayRef> {
        Some(self.rows.column(*self.layout.attributes.get(index)?))
    }
}

/// A finite number that is not null.
fn finite(numbers: &Float64Array, index: usize) -> Option<f64> {
    numbers.is_valid(index).then(|| numbers.value(index)).filter(|value| value.is_finite())
}

impl Columns for DecodedRows {
    fn cells(&self) -> Cells {
        let (mut cells, mut text) = (CellsBuilder::default(), String::new());
        for index in 0..self.rows.num_rows() {
            self.layout.cells(&self.rows, index, &mut text, |column, cell| cells.cell(column, cell));
            cells.end_row();
        }
        cells.finish()
    }
}

fn decode(
    array: &dyn Array,
    index: usize,
    encoding: Encoding,
    geometries: &GeometryReader,
) -> Result<Decoded, RowProblem> {
    if array.is_null(index) {
        return Ok(Decoded::default());
    }
    let no_bytes = || RowProblem::BadGeometry(GeometryProblem::NoBytes);
    match encoding {
        Encoding::Wkb => geometries.binary(bytes(array, index).ok_or_else(no_bytes)?),
        Encoding::Point => {
            let point = array.as_struct_opt().ok_or_else(no_bytes)?;
            let coordinate = |name| {
                let numbers = point.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
                numbers.is_valid(index).then(|| numbers.value(index))
            };
            let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
                return Ok(Decoded::default());
            };
            // An empty point has NaN or null coordinates.
            let geometry = (!x.is_nan() || !y.is_nan()).then_some(Geometry::Point(Point(Coord { x, y })));
            Ok(Decoded { geometry, has_heights: point.num_columns() > 2, ..Decoded::default() })
        }
    }
}
