//! Curves between the vertices of lines and polygons: circular arcs, Bézier curves and arcs of ellipses.

use geo::Coord;

use super::cursor::Cursor;
use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::{Assembly, Ellipse, Sweep};
use crate::maths::{atan2, hypot, sin_cos};

/// A curve that takes the place of the edge from a vertex to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    /// The index of the vertex in all parts.
    start: usize,
    shape: Shape,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A straight edge after all.
    Edge,
    /// A circular arc through a position.
    Through(Coord<f64>),
    /// A circular arc around a position.
    Around {
        centre: Coord<f64>,
        is_counter_clockwise: bool,
    },
    /// The inner control positions of a Bézier curve.
    Bezier([Coord<f64>; 2]),
    Ellipse(Ellipse),
}

/// Reads curves.
pub(super) fn read(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<Curve>, RowProblem> {
    const SHORT: GeometryProblem = GeometryProblem::ShortRecord;
    let mut curves = Vec::with_capacity(count.min(cursor.len() / 22));
    for _ in 0..count {
        let numbers = |cursor: &mut Cursor<'_>| Some((usize::try_from(cursor.varuint()?).ok()?, cursor.varuint()?));
        let (start, kind) = numbers(cursor).ok_or(SHORT)?;
        let shape = match kind {
            1 => arc(cursor),
            4 => position(cursor).and_then(|first| Some(Shape::Bezier([first, position(cursor)?]))),
            5 => ellipse(cursor),
            // Spirals are not described.
            _ => return Err(RowProblem::UnsupportedGeometry { kind: "Spiral".to_owned() }),
        };
        curves.push(Curve { start, shape: shape.ok_or(SHORT)? });
    }
    Ok(curves)
}

fn position(cursor: &mut Cursor<'_>) -> Option<Coord<f64>> {
    Some(Coord { x: cursor.f64()?, y: cursor.f64()? })
}

fn arc(cursor: &mut Cursor<'_>) -> Option<Shape> {
    const EMPTY: u32 = 1;
    const COUNTER_CLOCKWISE: u32 = 0x8;
    const LINE: u32 = 0x20;
    const POINT: u32 = 0x40;
    const THROUGH: u32 = 0x80;
    let at = position(cursor)?;
    let flags = cursor.u32()?;
    Some(if flags & (EMPTY | LINE | POINT) != 0 {
        Shape::Edge
    } else if flags & THROUGH != 0 {
        Shape::Through(at)
    } else {
        Shape::Around { centre: at, is_counter_clockwise: flags & COUNTER_CLOCKWISE != 0 }
    })
}

fn ellipse(cursor: &mut Cursor<'_>) -> Option<Shape> {
    const EMPTY: u32 = 1;
    const LINE: u32 = 0x40;
    const POINT: u32 = 0x80;
    /// The numbers have another meaning, which GDAL does not read, either.
    const BY_VECTORS: u32 = 0x200 | 0x400;
    const COUNTER_CLOCKWISE: u32 = 0x800;
    const MINOR: u32 = 0x1000;
    const COMPLETE: u32 = 0x2000;
    let centre = position(cursor)?;
    let (rotation, semi_major, ratio) = (cursor.f64()?, cursor.f64()?, cursor.f64()?);
    let flags = cursor.u32()?;
    if flags & (EMPTY | LINE | POINT | BY_VECTORS) != 0 {
        return Some(Shape::Edge);
    }
    let is_counter_clockwise = flags & COUNTER_CLOCKWISE != 0;
    let sweep = if flags & COMPLETE != 0 {
        Sweep::Complete
    } else if flags & MINOR != 0 {
        Sweep::Minor { is_counter_clockwise }
    } else {
        Sweep::Major { is_counter_clockwise }
    };
    Some(Shape::Ellipse(Ellipse { centre, semi_major, semi_minor: semi_major * ratio, rotation, sweep }))
}

/// The parts with straight edges for their curves.
pub(super) fn replace(
    parts: Vec<Vec<Coord<f64>>>,
    curves: &[Curve],
    assembly: &mut Assembly,
) -> Result<Vec<Vec<Coord<f64>>>, GeometryProblem> {
    let mut curves = curves.iter().peekable();
    let mut replaced = Vec::with_capacity(parts.len());
    let mut first = 0;
    for part in parts {
        let mut line: Vec<Coord<f64>> = Vec::with_capacity(part.len());
        for (index, &vertex) in part.iter().enumerate() {
            let Some(&start) = index.checked_sub(1).and_then(|before| part.get(before)) else {
                line.push(vertex);
                continue;
            };
            // Curves are in the order of their vertices; others are passed over.
            let before = first + index - 1;
            while curves.next_if(|curve| curve.start < before).is_some() {}
            let shape = curves.next_if(|curve| curve.start == before).map_or(Shape::Edge, |curve| curve.shape);
            push(&mut line, start, vertex, shape, assembly)?;
        }
        first += part.len();
        replaced.push(line);
    }
    Ok(replaced)
}

/// Appends a curve from the end of the line to a vertex.
fn push(
    line: &mut Vec<Coord<f64>>,
    start: Coord<f64>,
    end: Coord<f64>,
    shape: Shape,
    assembly: &mut Assembly,
) -> Result<(), GeometryProblem> {
    let finite = |coords: &[Coord<f64>]| match coords.iter().find(|at| !(at.x.is_finite() && at.y.is_finite())) {
        Some(at) => Err(GeometryProblem::NotFinite(at.x, at.y)),
        None => Ok(()),
    };
    match shape {
        Shape::Edge => {
            line.push(end);
            Ok(())
        }
        Shape::Through(through) => {
            finite(&[through])?;
            assembly.push_arc(line, [start, through, end])
        }
        Shape::Around { centre, is_counter_clockwise } => {
            finite(&[centre])?;
            assembly.push_arc(line, [start, middle(centre, start, end, is_counter_clockwise), end])
        }
        Shape::Bezier([first, second]) => {
            finite(&[first, second])?;
            assembly.push_bezier(line, [start, first, second, end])
        }
        Shape::Ellipse(ellipse) => {
            finite(&[
                ellipse.centre,
                Coord { x: ellipse.semi_major, y: ellipse.semi_minor },
                Coord { x: ellipse.rotation, y: 0.0 },
            ])?;
            assembly.push_ellipse(line, [start, end], ellipse)
        }
    }
}

/// The position in the middle of an arc around a centre.
fn middle(centre: Coord<f64>, start: Coord<f64>, end: Coord<f64>, is_counter_clockwise: bool) -> Coord<f64> {
    use std::f64::consts::TAU;
    let (from, to) = (start - centre, end - centre);
    let (first, mut last) = (atan2(from.y, from.x), atan2(to.y, to.x));
    if is_counter_clockwise && last <= first {
        last += TAU;
    } else if !is_counter_clockwise && last >= first {
        last -= TAU;
    }
    let radius = hypot(to.x, to.y);
    let (sin, cos) = sin_cos((first + last) / 2.0);
    Coord { x: centre.x + radius * cos, y: centre.y + radius * sin }
}
