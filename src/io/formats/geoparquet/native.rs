//! Geometries as nested lists of coordinates: the native encodings of GeoParquet 1.1, which are the types of GeoArrow
//! (0.2) for a single kind of geometry. Coordinates are separated (a struct of x and y) or interleaved (a list of
//! numbers), and may have Z and M, which are not read.
//!
//! The crate `geoarrow-array` (0.8) is not used: its arrays are of one dimension, and fail as a whole where a row does
//! not fit it.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array, ListArray, StructArray};
use arrow_schema::DataType;
use geo::{Coord, Geometry, Point};

use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::{Assembly, Decoded, Kind};
use crate::io::rows::geometries::GeometryReader;

/// The kinds that have an encoding, and its name.
const KINDS: [(&str, Kind); 6] = [
    ("point", Kind::Point),
    ("linestring", Kind::LineString),
    ("polygon", Kind::Polygon),
    ("multipoint", Kind::MultiPoint),
    ("multilinestring", Kind::MultiLineString),
    ("multipolygon", Kind::MultiPolygon),
];

/// The kind of the geometries of an encoding.
pub(super) fn kind_of_name(name: &str) -> Option<Kind> {
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The number of lists around the coordinates of a geometry.
fn list_count(kind: Kind) -> usize {
    match kind {
        Kind::Point => 0,
        Kind::LineString | Kind::MultiPoint => 1,
        Kind::MultiPolygon => 3,
        _ => 2,
    }
}

/// Whether a column of this type has geometries of a kind.
pub(super) fn is_type_of(kind: Kind, column: &DataType) -> bool {
    let mut coordinate = column;
    for _ in 0..list_count(kind) {
        let DataType::List(element) = coordinate else { return false };
        coordinate = element.data_type();
    }
    match coordinate {
        DataType::Struct(fields) => ["x", "y"]
            .iter()
            .all(|name| fields.find(name).is_some_and(|(_, field)| *field.data_type() == DataType::Float64)),
        DataType::List(element) => *element.data_type() == DataType::Float64,
        _ => false,
    }
}

/// A column of geometries of one kind.
pub(super) struct NativeArray<'a> {
    kind: Kind,
    /// The lists around the coordinates, the outermost first.
    lists: Vec<&'a ListArray>,
    coords: Coords<'a>,
}

enum Coords<'a> {
    Separated { positions: &'a StructArray, x: &'a Float64Array, y: &'a Float64Array },
    Interleaved { positions: &'a ListArray, numbers: &'a Float64Array },
}

impl<'a> NativeArray<'a> {
    /// `None` if the array has another type.
    pub(super) fn new(array: &'a dyn Array, kind: Kind) -> Option<NativeArray<'a>> {
        let (mut lists, mut inner) = (vec![], array);
        for _ in 0..list_count(kind) {
            let list = inner.as_list_opt::<i32>()?;
            lists.push(list);
            inner = list.values();
        }
        let coords = match inner.as_struct_opt() {
            Some(positions) => Coords::Separated {
                positions,
                x: positions.column_by_name("x")?.as_primitive_opt::<Float64Type>()?,
                y: positions.column_by_name("y")?.as_primitive_opt::<Float64Type>()?,
            },
            None => {
                let positions = inner.as_list_opt::<i32>()?;
                Coords::Interleaved { positions, numbers: positions.values().as_primitive_opt::<Float64Type>()? }
            }
        };
        Some(NativeArray { kind, lists, coords })
    }

    /// The number of positions of all geometries.
    pub(super) fn position_count(&self) -> usize {
        match self.coords {
            Coords::Separated { positions, .. } => positions.len(),
            Coords::Interleaved { positions, .. } => positions.len(),
        }
    }

    /// The geometry of a row that is not null.
    pub(super) fn decode(&self, index: usize, geometries: &GeometryReader) -> Result<Decoded, RowProblem> {
        let mut assembly = Assembly::new(geometries.arcs());
        let geometry = self.geometry(self.kind, 0, index, &mut assembly)?;
        Ok(assembly.finish(geometry))
    }

    /// The geometry at an index of a level of lists.
    fn geometry(
        &self,
        kind: Kind,
        level: usize,
        index: usize,
        assembly: &mut Assembly,
    ) -> Result<Option<Geometry<f64>>, RowProblem> {
        match kind {
            Kind::Point => {
                let position = self.position(index, assembly)?;
                // An empty point has NaN or null coordinates.
                let is_empty = position.x.is_nan() && position.y.is_nan();
                Ok((!is_empty).then_some(Geometry::Point(Point(position))))
            }
            Kind::LineString => {
                let line = self.positions(level, index, assembly)?;
                assembly.line(kind, line)
            }
            Kind::Polygon => {
                let rings = self.elements(level, index);
                let rings = rings.map(|ring| self.positions(level + 1, ring, assembly)).collect::<Result<_, _>>()?;
                Ok(assembly.polygon(rings))
            }
            _ => {
                let member = kind.default_member().unwrap_or(Kind::Point);
                let members = self.elements(level, index);
                let members = members.map(|index| self.geometry(member, level + 1, index, assembly));
                let members = members.collect::<Result<_, _>>()?;
                assembly.compound(kind, members)
            }
        }
    }

    /// The elements of a list; none of a list that is null.
    fn elements(&self, level: usize, index: usize) -> Range<usize> {
        self.lists.get(level).map_or(0..0, |list| range_of(list, index))
    }

    /// The positions in a list.
    fn positions(&self, level: usize, index: usize, assembly: &mut Assembly) -> Result<Vec<Coord<f64>>, RowProblem> {
        let range = self.elements(level, index);
        match self.coords {
            Coords::Separated { positions, x, y } if [positions.nulls(), x.nulls(), y.nulls()] == [None; 3] => {
                if positions.num_columns() > 2 && !range.is_empty() {
                    assembly.record_heights();
                }
                let values = |numbers: &'a Float64Array| numbers.values().get(range.clone()).unwrap_or_default();
                Ok(values(x).iter().zip(values(y)).map(|(&x, &y)| Coord { x, y }).collect())
            }
            _ => range.map(|index| self.position(index, assembly)).collect(),
        }
    }

    /// A position; null coordinates are NaN.
    fn position(&self, index: usize, assembly: &mut Assembly) -> Result<Coord<f64>, RowProblem> {
        let number = |numbers: &Float64Array, index: usize| {
            let is_number = index < numbers.len() && numbers.is_valid(index);
            if is_number { numbers.value(index) } else { f64::NAN }
        };
        const NONE: Coord<f64> = Coord { x: f64::NAN, y: f64::NAN };
        match self.coords {
            Coords::Separated { positions, .. } if positions.is_null(index) => Ok(NONE),
            Coords::Interleaved { positions, .. } if positions.is_null(index) => Ok(NONE),
            Coords::Separated { positions, x, y } => {
                let position = Coord { x: number(x, index), y: number(y, index) };
                if positions.num_columns() > 2 && !position.x.is_nan() {
                    assembly.record_heights();
                }
                Ok(position)
            }
            Coords::Interleaved { positions, numbers } => {
                let range = range_of(positions, index);
                if !(2..=4).contains(&range.len()) {
                    return Err(GeometryProblem::PositionSize { found: range.len(), expected: 2 }.into());
                }
                let position = Coord { x: number(numbers, range.start), y: number(numbers, range.start + 1) };
                if range.len() > 2 && !position.x.is_nan() {
                    assembly.record_heights();
                }
                Ok(position)
            }
        }
    }
}

/// The elements of a list at an index.
fn range_of(list: &ListArray, index: usize) -> Range<usize> {
    let offset = |index: usize| list.value_offsets().get(index).and_then(|offset| usize::try_from(*offset).ok());
    match (offset(index), offset(index + 1)) {
        (Some(start), Some(end)) if !list.is_null(index) => start..end,
        _ => 0..0,
    }
}
