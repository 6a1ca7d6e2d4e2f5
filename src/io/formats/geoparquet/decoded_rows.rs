//! Decoded rows: their geometries, and cells that are created on demand.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use geo::Coord;

use crate::error::{GeometryProblem, Result, RowProblem};
use crate::geometry::encoding::{Decoded, srid_of_text, srid_of_wkb};
use crate::io::formats::geoparquet::metadata::Encoding;
use crate::io::formats::geoparquet::native::NativeArray;
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

    /// The geometry column, if there is one.
    pub(super) fn geometry_array<'a>(&self, rows: &'a RecordBatch) -> Option<GeometryArray<'a>> {
        self.geometry.map(|(index, encoding)| GeometryArray::new(rows.column(index), encoding))
    }

    /// Ends a row with its geometry.
    pub(super) fn end_row(
        &self,
        batch: &mut BatchBuilder,
        rows: &RecordBatch,
        index: usize,
        array: Option<&GeometryArray<'_>>,
        geometries: &GeometryReader,
    ) {
        if let Some(array) = array {
            return end_row_with(batch, array.decode(index, geometries));
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
            (Some((read, Encoding::Wkt)), _) => {
                let texts = rows.column(read).as_string_view_opt().filter(|texts| texts.is_valid(index))?;
                srid_of_text(texts.value(index))
            }
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
        let (numbers, array) = (self.coordinates(), self.layout.geometry_array(&self.rows));
        for index in 0..self.rows.num_rows() {
            match numbers.and_then(|[x, y]| Some(Coord { x: finite(x, index)?, y: finite(y, index)? })) {
                Some(site) => batch.end_row(Ok(site)),
                None => self.layout.end_row(&mut batch, &self.rows, index, array.as_ref(), &self.geometries),
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

/// The geometry column of decoded rows.
pub(super) struct GeometryArray<'a> {
    array: &'a dyn Array,
    encoding: Encoding,
    native: Option<NativeArray<'a>>,
}

impl<'a> GeometryArray<'a> {
    fn new(array: &'a dyn Array, encoding: Encoding) -> GeometryArray<'a> {
        let native = match encoding {
            Encoding::Native(kind) => NativeArray::new(array, kind),
            Encoding::Wkb | Encoding::Wkt => None,
        };
        GeometryArray { array, encoding, native }
    }

    /// The number of positions in the native encoding.
    pub(super) fn native_position_count(&self) -> Option<usize> {
        self.native.as_ref().map(NativeArray::position_count)
    }

    fn decode(&self, index: usize, geometries: &GeometryReader) -> Result<Decoded, RowProblem> {
        if self.array.is_null(index) {
            return Ok(Decoded::default());
        }
        let no_bytes = || RowProblem::BadGeometry(GeometryProblem::NoBytes);
        match self.encoding {
            Encoding::Wkb => geometries.binary(bytes(self.array, index).ok_or_else(no_bytes)?),
            Encoding::Wkt => geometries.text(self.array.as_string_view_opt().ok_or_else(no_bytes)?.value(index)),
            Encoding::Native(_) => self.native.as_ref().ok_or_else(no_bytes)?.decode(index, geometries),
        }
    }
}
