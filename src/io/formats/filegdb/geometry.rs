//! Geometries: whole multiples of the scale, as differences from point to point.

use geo::{Coord, Geometry, LineString, MultiPoint, Point};

use super::cursor::Cursor;
use super::curves;
use super::fields::GeometryField;
use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::parts::{finite, lines, polygons};
use crate::geometry::encoding::{ArcTolerance, Assembly, Decoded};

/// Flags of a shape type.
const HAS_HEIGHTS: u64 = 1 << 31;
const HAS_MEASURES: u64 = 1 << 30;
const HAS_CURVES: u64 = 1 << 29;

const SHORT: GeometryProblem = GeometryProblem::ShortRecord;

/// Decodes a geometry.
pub(super) fn decode(bytes: &[u8], grid: &GeometryField, arcs: ArcTolerance) -> Result<Decoded, RowProblem> {
    let mut cursor = Cursor::new(bytes);
    let Some(kind) = cursor.varuint() else { return Err(SHORT.into()) };
    let base = kind & 0xff;
    let is_among = |types: &[u64]| types.contains(&base);
    let of_vertex = Further {
        has_heights: kind & HAS_HEIGHTS != 0 || is_among(&[9, 10, 11, 13, 15, 18, 19, 20]),
        has_measures: kind & HAS_MEASURES != 0 || is_among(&[11, 13, 15, 18, 21, 23, 25, 28]),
        has_curves: kind & HAS_CURVES != 0,
    };
    let mut assembly = Assembly::new(arcs);
    let geometry = match base {
        0 => None,
        1 | 9 | 11 | 21 | 52 => point(&mut cursor, grid)?,
        8 | 18 | 20 | 28 | 53 => points(&mut cursor, grid)?,
        3 | 10 | 13 | 23 | 50 => lines(parts(&mut cursor, grid, of_vertex, &mut assembly)?)?,
        5 | 15 | 19 | 25 | 51 => polygons(parts(&mut cursor, grid, of_vertex, &mut assembly)?),
        // Surfaces in 3D, whose faces may overlap in the plane.
        31 | 32 | 54 => return Err(RowProblem::UnsupportedGeometry { kind: "MultiPatch".to_owned() }),
        other => return Err(GeometryProblem::ShapeType(other as i32).into()),
    };
    if geometry.is_some() && (of_vertex.has_heights || of_vertex.has_measures) {
        assembly.record_heights();
    }
    Ok(assembly.finish(geometry))
}

/// What follows the coordinates of the vertices.
#[derive(Debug, Clone, Copy)]
struct Further {
    has_heights: bool,
    has_measures: bool,
    has_curves: bool,
}

/// A point; `None` if a coordinate is missing.
fn point(cursor: &mut Cursor<'_>, grid: &GeometryField) -> Result<Option<Geometry<f64>>, GeometryProblem> {
    let numbers = |cursor: &mut Cursor<'_>| Some((cursor.varuint()?, cursor.varuint()?));
    let (x, y) = numbers(cursor).ok_or(SHORT)?;
    let (Some(x), Some(y)) = (x.checked_sub(1), y.checked_sub(1)) else { return Ok(None) };
    let at = Coord { x: x as f64 / grid.scale + grid.x, y: y as f64 / grid.scale + grid.y };
    finite(&[at])?;
    Ok(Some(Point(at).into()))
}

/// Reads coordinates, each as difference from the one before.
struct Coords<'g> {
    grid: &'g GeometryField,
    x: i64,
    y: i64,
}

impl Coords<'_> {
    fn read(&mut self, cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<Coord<f64>>, GeometryProblem> {
        let mut coords = Vec::with_capacity(count.min(cursor.len() / 2));
        for _ in 0..count {
            self.x = self.x.wrapping_add(cursor.varint().ok_or(SHORT)?);
            self.y = self.y.wrapping_add(cursor.varint().ok_or(SHORT)?);
            let grid = self.grid;
            coords.push(Coord { x: self.x as f64 / grid.scale + grid.x, y: self.y as f64 / grid.scale + grid.y });
        }
        finite(&coords)?;
        Ok(coords)
    }
}

/// Skips the extent of a geometry.
fn skip_extent(cursor: &mut Cursor<'_>) -> Result<(), GeometryProblem> {
    (0..4).try_for_each(|_| cursor.varuint().map(|_| ())).ok_or(SHORT)
}

fn points(cursor: &mut Cursor<'_>, grid: &GeometryField) -> Result<Option<Geometry<f64>>, GeometryProblem> {
    let count = cursor.count(2).ok_or(SHORT)?;
    if count == 0 {
        return Ok(None);
    }
    skip_extent(cursor)?;
    let coords = Coords { grid, x: 0, y: 0 }.read(cursor, count)?;
    Ok(Some(MultiPoint(coords.into_iter().map(Point).collect()).into()))
}

/// The parts of a line or polygon.
fn parts(
    cursor: &mut Cursor<'_>,
    grid: &GeometryField,
    further: Further,
    assembly: &mut Assembly,
) -> Result<Vec<LineString<f64>>, RowProblem> {
    let count = cursor.count(2).ok_or(SHORT)?;
    if count == 0 {
        return Ok(vec![]);
    }
    let part_count = cursor.count(1).ok_or(SHORT)?;
    let curve_count = if further.has_curves { cursor.count(1).ok_or(SHORT)? } else { 0 };
    if part_count == 0 {
        return Ok(vec![]);
    }
    skip_extent(cursor)?;
    let mut sizes = Vec::with_capacity(part_count);
    let mut left = count;
    for _ in 1..part_count {
        let size = cursor.count(1).ok_or(SHORT)?;
        left = left.checked_sub(size).ok_or(GeometryProblem::PartOrder)?;
        sizes.push(size);
    }
    sizes.push(left);
    let mut coords = Coords { grid, x: 0, y: 0 };
    let parts = sizes.into_iter().map(|size| coords.read(cursor, size));
    let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
    if curve_count > 0 {
        skip_heights(cursor, further, count)?;
        parts = curves::replace(parts, &curves::read(cursor, curve_count)?, assembly)?;
    }
    Ok(parts.into_iter().filter(|part| !part.is_empty()).map(LineString).collect())
}

/// Skips the heights and measures of a number of vertices.
fn skip_heights(cursor: &mut Cursor<'_>, further: Further, count: usize) -> Result<(), GeometryProblem> {
    /// A byte instead of measures that are all missing.
    const NO_MEASURES: u8 = 66;
    let skip = |cursor: &mut Cursor<'_>| (0..count).try_for_each(|_| cursor.varint().map(|_| ())).ok_or(SHORT);
    if further.has_heights {
        skip(cursor)?;
    }
    let mut ahead = *cursor;
    match further.has_measures {
        true if ahead.u8() == Some(NO_MEASURES) => *cursor = ahead,
        true => skip(cursor)?,
        false => {}
    }
    Ok(())
}
