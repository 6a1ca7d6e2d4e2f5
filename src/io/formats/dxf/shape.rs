//! Shapes of entities as geometries, with arcs as straight edges.

use geo::{Coord, CoordsIter, Geometry, LineString, Point};

use super::entity::{Entity, Polyline, SAME, Shape, Vertex};
use super::frame::Frame;
use super::hatch::{Arc, Edge, Path};
use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::parts::{finite, polygons};
use crate::geometry::encoding::{ArcTolerance, Assembly, Decoded, Ellipse, Sweep};
use crate::maths::{atan2, hypot, sin_cos_deg};

/// The geometry of an entity and its height.
pub(super) struct Drawn {
    pub(super) geometry: Result<Decoded, RowProblem>,
    /// The height of a flat shape.
    pub(super) z: Option<f64>,
}

/// Draws the shape of an entity that has a geometry: an area, a line or a point.
pub(super) fn draw(entity: &Entity, outer: &Frame, arcs: ArcTolerance) -> Drawn {
    let frame = outer.after(&entity.frame);
    let mut pen = Pen { frame, assembly: Assembly::new(arcs.finer(frame.stretch())), heights: Heights::None };
    let geometry = pen.draw(&entity.shape).and_then(all_finite);
    if matches!(pen.heights, Heights::Several) {
        pen.assembly.record_heights();
    }
    let z = match pen.heights {
        Heights::One(z) => Some(z),
        Heights::None | Heights::Several => None,
    };
    Drawn { geometry: geometry.map(|geometry| pen.assembly.finish(geometry)), z }
}

/// Errors if a coordinate is no number, as after a scale without bounds.
fn all_finite(geometry: Option<Geometry<f64>>) -> Result<Option<Geometry<f64>>, RowProblem> {
    if let Some(geometry) = &geometry {
        geometry.coords_iter().try_for_each(|at| finite(&[at]))?;
    }
    Ok(geometry)
}

struct Pen {
    frame: Frame,
    assembly: Assembly,
    heights: Heights,
}

enum Heights {
    None,
    One(f64),
    Several,
}

impl Pen {
    fn draw(&mut self, shape: &Shape) -> Result<Option<Geometry<f64>>, RowProblem> {
        match shape {
            Shape::Point(at) => {
                let at = self.place(*at);
                finite(&[at])?;
                Ok(Some(Point(at).into()))
            }
            Shape::Insert(insert) => self.draw(&Shape::Point(insert.at)),
            Shape::Circle { centre: [x, y, z], radius, .. } => {
                let [first, opposite] = [x + radius, x - radius].map(|x| Coord { x, y: *y });
                finite(&[first, opposite])?;
                let mut line = vec![first];
                self.assembly.push_arc(&mut line, [first, opposite, first])?;
                Ok(polygons(vec![self.place_all(line, *z)]))
            }
            Shape::Polyline(polyline) => self.polyline(polyline),
            Shape::Hatch { paths, z } => {
                let rings = paths.iter().map(|path| self.path(path, *z)).collect::<Result<Vec<_>, _>>()?;
                Ok(polygons(rings))
            }
            Shape::Text { .. } | Shape::Other(_) => Ok(None),
        }
    }

    fn polyline(&mut self, polyline: &Polyline) -> Result<Option<Geometry<f64>>, RowProblem> {
        let is_ring = polyline.is_ring();
        let line = LineString(self.vertices(&polyline.vertices, polyline.is_closed)?);
        if is_ring {
            return Ok(polygons(vec![closed(line)]));
        }
        match line.0.len() {
            0 => Ok(None),
            1 => Err(GeometryProblem::SinglePointPart.into()),
            _ => Ok(Some(line.into())),
        }
    }

    /// The vertices of a polyline, in the plane.
    fn vertices(&mut self, vertices: &[Vertex], is_ring: bool) -> Result<Vec<Coord<f64>>, RowProblem> {
        let plane = |vertex: &Vertex| Coord { x: vertex.at[0], y: vertex.at[1] };
        let coords: Vec<Coord<f64>> = vertices.iter().map(plane).collect();
        finite(&coords)?;
        let (Some(first), Some(&start)) = (vertices.first(), coords.first()) else { return Ok(vec![]) };
        let mut line = vec![self.place([start.x, start.y, first.at[2]])];
        let closing = is_ring.then_some((0, start));
        let ends = coords.iter().copied().enumerate().skip(1).chain(closing);
        for ((vertex, from), (index, to)) in vertices.iter().zip(&coords).zip(ends) {
            let z = vertices[index].at[2];
            let middle = bulging(*from, to, vertex.bulge);
            if vertex.bulge == 0.0 || *from == to || middle == *from {
                line.push(self.place([to.x, to.y, z]));
                continue;
            }
            finite(&[middle])?;
            let mut arc = vec![*from];
            self.assembly.push_arc(&mut arc, [*from, middle, to])?;
            line.extend(arc.into_iter().skip(1).map(|at| self.place([at.x, at.y, z])));
        }
        Ok(line)
    }

    /// The ring of a path.
    fn path(&mut self, path: &Path, z: f64) -> Result<LineString<f64>, RowProblem> {
        let edges = match path {
            Path::Polyline(vertices) => {
                let at = |vertex: &Vertex| Vertex { at: [vertex.at[0], vertex.at[1], z], ..*vertex };
                let vertices: Vec<Vertex> = vertices.iter().map(at).collect();
                return Ok(closed(LineString(self.vertices(&vertices, true)?)));
            }
            Path::Edges(edges) => edges,
        };
        let mut line: Vec<Coord<f64>> = vec![];
        for (index, edge) in edges.iter().enumerate() {
            let mut next = match edge {
                Edge::Line(ends) => ends.map(|[x, y]| Coord { x, y }).to_vec(),
                Edge::Arc(arc) => self.arc(arc)?,
                Edge::Spline => return Err(RowProblem::UnsupportedGeometry { kind: "Spline".to_owned() }),
            };
            finite(&next)?;
            // Edges may run against the direction of the path.
            let nearer = |at: &Coord<f64>| match (next.first(), next.last()) {
                (Some(&start), Some(&end)) => (distance(*at, start), distance(*at, end)),
                _ => (0.0, 0.0),
            };
            if let (1, Some((start, end)), Some((before, after))) =
                (index, line.first().map(nearer), line.last().map(nearer))
                && start.min(end) < before.min(after)
            {
                line.reverse();
            }
            let mut gap = line.last().map(nearer);
            if gap.is_some_and(|(start, end)| end < start) {
                next.reverse();
                gap = gap.map(|(start, end)| (end, start));
            }
            line.extend(next.into_iter().skip(usize::from(gap.is_some_and(|(start, _)| start <= SAME))));
        }
        Ok(closed(self.place_all(line, z)))
    }

    /// The line of an arc.
    fn arc(&mut self, arc: &Arc) -> Result<Vec<Coord<f64>>, RowProblem> {
        let [x, y] = arc.centre;
        let [dx, dy] = arc.major;
        let at = |angle_deg: f64| {
            let (sin, cos) = sin_cos_deg(angle_deg);
            Coord { x: x + dx * cos - dy * sin * arc.ratio, y: y + dy * cos + dx * sin * arc.ratio }
        };
        let turn = arc.end_deg - arc.start_deg;
        let span = if turn.abs() >= 360.0 { 360.0 } else { turn.rem_euclid(360.0) };
        let is_whole = span == 360.0 || span == 0.0;
        let (start, end) = (at(arc.start_deg), if is_whole { at(arc.start_deg) } else { at(arc.start_deg + span) });
        finite(&[start, end])?;
        let sweep = match span {
            _ if is_whole => Sweep::Complete,
            span if span <= 180.0 => Sweep::Minor { is_counter_clockwise: true },
            _ => Sweep::Major { is_counter_clockwise: true },
        };
        let semi_major = hypot(dx, dy);
        let centre = Coord { x, y };
        let ellipse =
            Ellipse { centre, semi_major, semi_minor: semi_major * arc.ratio, rotation: atan2(dy, dx), sweep };
        let mut line = vec![start];
        self.assembly.push_ellipse(&mut line, [start, end], ellipse)?;
        Ok(line)
    }

    fn place_all(&mut self, line: Vec<Coord<f64>>, z: f64) -> LineString<f64> {
        LineString(line.into_iter().map(|at| self.place([at.x, at.y, z])).collect())
    }

    /// The position in the drawing, seen from above.
    fn place(&mut self, at: [f64; 3]) -> Coord<f64> {
        let [x, y, z] = self.frame.apply(at);
        self.heights = match self.heights {
            Heights::None => Heights::One(z),
            Heights::One(before) if before == z => Heights::One(z),
            _ => Heights::Several,
        };
        Coord { x, y }
    }
}

/// A ring that ends in its first vertex, where it may have come back with a small error.
fn closed(mut ring: LineString<f64>) -> LineString<f64> {
    let Some(&first) = ring.0.first() else { return ring };
    while ring.0.len() > 1 && ring.0.last().is_some_and(|last| distance(*last, first) <= SAME) {
        ring.0.pop();
    }
    ring.0.push(first);
    ring
}

fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    hypot(a.x - b.x, a.y - b.y)
}

/// The middle of an arc with a bulge.
fn bulging(from: Coord<f64>, to: Coord<f64>, bulge: f64) -> Coord<f64> {
    let chord = to - from;
    Coord { x: (from.x + to.x + bulge * chord.y) / 2.0, y: (from.y + to.y - bulge * chord.x) / 2.0 }
}
