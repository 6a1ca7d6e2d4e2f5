//! Rows with their geometry in columns: CSV, workbooks, tables for people.

use std::borrow::Cow;

use geo::Coord;

use crate::crs::AxisOrder;
use crate::error::RowProblem;
use crate::geometry::encoding::number_text;
use crate::io::rows::columns::{axis_names, names_axes_of};
use crate::io::rows::format::WriteOptions;
use crate::table::{Batch, CellText, Field, GeometrySource, Kind, Schema, Value, unused_name};

/// The columns of a flat table: those of a schema, with the geometry in columns, and those of a query.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{FlatTable, Format, WriteOptions};
/// use taizhou_corridor::table::{GeometrySource, Schema};
///
/// let schema = Schema::of_text(["name", "lon", "lat"], GeometrySource::Columns(1, 2));
/// let names = |crs| {
///     let options = WriteOptions { crs: Some(crs), ..WriteOptions::new(Format::CSV) };
///     FlatTable::new(&schema, &[], &options).names()
/// };
/// assert_eq!(names(Crs::Gcj02), ["name", "lon", "lat"]);
/// // The columns are named after the CRS.
/// assert_eq!(names(Crs::Epsg(4549)), ["name", "east", "north"]);
/// ```
#[derive(Debug, Clone)]
pub struct FlatTable {
    schema: Schema,
    fields: Vec<Field>,
    added: usize,
    /// The geometry columns.
    geometry_source: Option<GeometrySource>,
    /// Whether cells of the geometry columns are replaced by new coordinates.
    is_replaced: bool,
    /// The index of a column that is not shown.
    hidden: Option<usize>,
    is_for_people: bool,
}

impl FlatTable {
    /// The columns of a schema, and those that a query adds. Cells of geometry columns are kept if coordinates are
    /// written unchanged; else they are replaced, and the columns are renamed after the CRS.
    pub fn new(schema: &Schema, added: &[Field], options: &WriteOptions) -> FlatTable {
        let (crs, is_as_written) = (options.written_crs(), options.is_as_written());
        let mut fields = schema.flat_fields(axis_names(&crs));
        // Ids that are not a column come first.
        let first = usize::from(schema.ids.is_some());
        let index = |column: usize| {
            let before = (0..column).filter(|&other| schema.is_written(other)).count();
            schema.is_written(column).then_some(first + before)
        };
        let geometry_source = match schema.geometry_source {
            GeometrySource::Columns(x, y) => index(x).zip(index(y)).map(|(x, y)| GeometrySource::Columns(x, y)),
            GeometrySource::Pair(column, order) => index(column).map(|column| GeometrySource::Pair(column, order)),
            GeometrySource::Wkt(column) => index(column).map(GeometrySource::Wkt),
            GeometrySource::Points | GeometrySource::Shapes => None,
        };
        if let (Some(GeometrySource::Columns(x, y)), false) = (geometry_source, is_as_written) {
            if !names_axes_of(&crs, &fields[x].name, &fields[y].name) {
                for (index, name) in [x, y].into_iter().zip(axis_names(&crs)) {
                    let others: Vec<String> =
                        fields.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, f)| f.name.clone()).collect();
                    fields[index].name = unused_name(name, &others);
                }
            }
            for index in [x, y] {
                fields[index].kind = Kind::Real;
            }
        }
        fields.extend(added.iter().cloned());
        let (schema, added) = (schema.clone(), added.len());
        FlatTable {
            schema,
            fields,
            added,
            geometry_source,
            is_replaced: !is_as_written,
            hidden: None,
            is_for_people: false,
        }
    }

    /// The columns for people: without WKT of geometries that were not in a column. Numbers are
    /// [displayed](CellText::shown) with their digits.
    ///
    /// ```
    /// use taizhou_corridor::io::{FlatTable, Format, WriteOptions};
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// let parcels = Schema::of_text(["name"], GeometrySource::Shapes);
    /// let flat = FlatTable::new(&parcels, &[], &WriteOptions::new(Format::CSV));
    /// assert_eq!(flat.names(), ["name", "wkt"]);
    /// assert_eq!(flat.for_people().names(), ["name"]);
    /// ```
    pub fn for_people(mut self) -> FlatTable {
        self.is_for_people = true;
        if self.schema.geometry_source == GeometrySource::Shapes && !self.schema.drops_geometry {
            self.hidden = Some(self.fields.len() - self.added - 1);
            self.fields.remove(self.fields.len() - self.added - 1);
        }
        self
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.name.clone()).collect()
    }

    /// The number of columns of the query, which are the last.
    pub fn added(&self) -> usize {
        self.added
    }

    /// Whether the geometry is in columns whose cells are kept.
    pub(crate) fn keeps_text(&self) -> bool {
        !self.schema.has_geometry()
    }

    /// Whether any cell is computed from the geometry.
    pub(crate) fn shows_geometry(&self) -> bool {
        self.schema.has_geometry() && !self.schema.drops_geometry
    }

    /// Whether a row starts with the unchanged cells of the input, so that its record can be copied.
    pub(crate) fn keeps_records(&self) -> bool {
        let is_whole =
            self.schema.ids.is_none() && (0..self.schema.fields.len()).all(|index| self.schema.is_written(index));
        self.keeps_text() && !(self.is_replaced && self.geometry_source.is_some()) && self.hidden.is_none() && is_whole
    }

    /// The cells of a row as text.
    pub fn row<'b>(&self, batch: &'b Batch, row_index: usize, values: &'b [Value<'_>]) -> Vec<Cow<'b, str>> {
        let mut cells = self.schema.flat_row(batch, row_index);
        if self.is_for_people {
            for (index, cell) in self.schema.cells(batch, row_index).into_iter().enumerate() {
                if let Some(cell) = cell {
                    cells[index] = cell.shown();
                }
            }
        }
        match self.geometry_source.filter(|_| self.is_replaced || batch.is_replaced(row_index)) {
            Some(GeometrySource::Columns(x, y)) => {
                match &batch.sites()[row_index] {
                    Ok(site) => {
                        cells[x] = Cow::Owned(number_text(site.x));
                        cells[y] = Cow::Owned(number_text(site.y));
                    }
                    // The coordinates are in another CRS.
                    Err(RowProblem::OutsideCrsArea { .. }) => (cells[x], cells[y]) = ("".into(), "".into()),
                    // Invalid coordinates are kept as they are.
                    Err(_) => {}
                }
            }
            Some(GeometrySource::Pair(column, order)) => match &batch.sites()[row_index] {
                Ok(Coord { x, y }) => {
                    let [first, second] = if order == AxisOrder::NorthEast { [*y, *x] } else { [*x, *y] };
                    cells[column] = Cow::Owned(format!("{},{}", number_text(first), number_text(second)));
                }
                Err(RowProblem::OutsideCrsArea { .. }) => cells[column] = "".into(),
                Err(_) => {}
            },
            Some(GeometrySource::Wkt(column)) => {
                if let Ok(shape) = batch.shape(row_index) {
                    cells[column] = Cow::Owned(shape.wkt());
                }
            }
            _ => {}
        }
        if let Some(hidden) = self.hidden {
            cells.remove(hidden);
        }
        cells.extend(values.iter().map(Value::text_of));
        cells
    }

    /// The kinds of the cells of a row that are valid for the kind of their column: numbers, booleans, dates.
    pub(in crate::io) fn kinds(&self, batch: &Batch, row_index: usize) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.fields.iter().map(|field| field.kind).collect();
        for (index, cell) in self.schema.cells(batch, row_index).into_iter().enumerate() {
            let is_coordinate =
                matches!(self.geometry_source, Some(GeometrySource::Columns(x, y)) if [x, y].contains(&index));
            kinds[index] = match (cell, kinds[index]) {
                _ if is_coordinate => Kind::Real,
                (Some(CellText::Text(_)), kind @ (Kind::Date | Kind::DateTime)) => kind,
                (Some(CellText::Json("true" | "false")), _) => Kind::Boolean,
                (Some(CellText::Json(json)), _) if json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                    Kind::Real
                }
                _ => Kind::Text,
            };
        }
        kinds
    }
}
