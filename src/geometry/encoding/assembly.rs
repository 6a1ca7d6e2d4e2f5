//! Assembly of geometries from parsed WKT or WKB.

use geo::{
    Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};

use super::Decoded;
use super::arcs::{ArcTolerance, Arcs};
use super::curves::Ellipse;
use super::kind::Kind;
use crate::error::{GeometryProblem, RowProblem};
use crate::maths::hypot;

/// The maximum nesting of collections, which are read recursively.
pub(crate) const MAX_DEPTH: usize = 16;

/// The state of reading one geometry.
pub(crate) struct Assembly {
    arcs: Arcs,
    tolerance: ArcTolerance,
    decoded: Decoded,
}

impl Assembly {
    pub(crate) fn new(tolerance: ArcTolerance) -> Assembly {
        Assembly { arcs: Arcs::new(tolerance), tolerance, decoded: Decoded::default() }
    }

    /// Records that positions have more than two coordinates.
    pub(crate) fn record_heights(&mut self) {
        self.decoded.has_heights = true;
    }

    /// Records the SRID of a geometry or one of its members; 0 means none. Fails if it differs from an earlier one.
    pub(crate) fn see_srid(&mut self, srid: u32) -> Result<(), RowProblem> {
        if srid != 0 && *self.decoded.srid.get_or_insert(srid) != srid {
            return Err(GeometryProblem::DifferentSystems.into());
        }
        Ok(())
    }

    /// A line of straight edges or arcs; `None` if it has no positions.
    pub(crate) fn line(&mut self, kind: Kind, coords: Vec<Coord<f64>>) -> Result<Option<Geometry<f64>>, RowProblem> {
        let line = if kind == Kind::CircularString { self.arcs.line(&coords)? } else { coords };
        Ok((!line.is_empty()).then_some(Geometry::LineString(LineString(line))))
    }

    /// Appends a circular arc through a position to a line that ends where the arc begins.
    pub(crate) fn push_arc(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        [start, through, end]: [Coord<f64>; 3],
    ) -> Result<(), GeometryProblem> {
        self.arcs.has_arcs = true;
        self.arcs.push(line, [start, through, end])
    }

    /// Appends a Bézier curve of the third degree to a line that ends where the curve begins.
    pub(crate) fn push_bezier(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        control: [Coord<f64>; 4],
    ) -> Result<(), GeometryProblem> {
        self.arcs.push_bezier(line, control)
    }

    /// Appends an arc of an ellipse to a line that ends where the arc begins.
    pub(crate) fn push_ellipse(
        &mut self,
        line: &mut Vec<Coord<f64>>,
        [start, end]: [Coord<f64>; 2],
        ellipse: Ellipse,
    ) -> Result<(), GeometryProblem> {
        self.arcs.push_ellipse(line, start, end, ellipse)
    }

    /// A polygon of linear rings. Empty holes are dropped; an empty exterior is kept, so that no hole takes its place.
    pub(crate) fn polygon(&mut self, rings: Vec<Vec<Coord<f64>>>) -> Option<Geometry<f64>> {
        if rings.iter().all(Vec::is_empty) {
            return None;
        }
        self.decoded.was_open |= rings.iter().any(|ring| ring.first() != ring.last());
        let mut rings = rings.into_iter().map(LineString);
        let exterior = rings.next().unwrap_or_else(LineString::empty);
        let (holes, empty): (Vec<_>, Vec<_>) = rings.partition(|ring| !ring.0.is_empty());
        self.decoded.has_empty_members |= !empty.is_empty();
        Some(Geometry::Polygon(Polygon::new(exterior, holes)))
    }

    /// A geometry of its members, where `None` is an empty member; `None` if all are empty.
    pub(crate) fn compound(
        &mut self,
        kind: Kind,
        members: Vec<Option<Geometry<f64>>>,
    ) -> Result<Option<Geometry<f64>>, RowProblem> {
        if kind == Kind::CurvePolygon {
            return Ok(self.polygon(members.into_iter().map(line_of).collect()));
        }
        let count = members.len();
        let members: Vec<Geometry<f64>> = members.into_iter().flatten().collect();
        if members.is_empty() {
            return Ok(None);
        }
        let has_empty = members.len() < count;
        Ok(match kind {
            Kind::CompoundCurve => {
                let parts = members.into_iter().map(|member| line_of(Some(member))).collect();
                Some(Geometry::LineString(LineString(self.joined(parts)?)))
            }
            _ => {
                self.decoded.has_empty_members |= has_empty;
                Some(multi(kind, members))
            }
        })
    }

    /// The parts of a compound curve as one line. Each part must start where the previous one ends.
    fn joined(&self, parts: Vec<Vec<Coord<f64>>>) -> Result<Vec<Coord<f64>>, RowProblem> {
        let mut joined: Vec<Coord<f64>> = vec![];
        for part in parts {
            if let (Some(end), Some(start)) = (joined.last(), part.first()) {
                let gap = hypot(start.x - end.x, start.y - end.y);
                // Tolerates rounded positions.
                if gap.is_nan() || gap > self.tolerance.units() {
                    return Err(GeometryProblem::CompoundCurveGap.into());
                }
            }
            let skip = usize::from(!joined.is_empty());
            joined.extend(part.into_iter().skip(skip));
        }
        Ok(joined)
    }

    /// The result, once a geometry has been read.
    pub(crate) fn finish(self, geometry: Option<Geometry<f64>>) -> Decoded {
        // Catches a collection of empty collections.
        let geometry = geometry.filter(|geometry| geometry.coords_iter().next().is_some());
        Decoded { geometry, has_arcs: self.arcs.has_arcs, ..self.decoded }
    }
}

/// The positions of a line; empty for other members.
fn line_of(member: Option<Geometry<f64>>) -> Vec<Coord<f64>> {
    match member {
        Some(Geometry::LineString(line)) => line.0,
        _ => vec![],
    }
}

/// Combines members into a multi-geometry of the given kind, or else a collection.
fn multi(kind: Kind, members: Vec<Geometry<f64>>) -> Geometry<f64> {
    let members = members.into_iter();
    match kind {
        Kind::MultiPoint => MultiPoint(members.filter_map(|member| Point::try_from(member).ok()).collect()).into(),
        Kind::MultiLineString | Kind::MultiCurve => {
            MultiLineString(members.filter_map(|member| LineString::try_from(member).ok()).collect()).into()
        }
        Kind::MultiPolygon | Kind::MultiSurface => {
            MultiPolygon(members.filter_map(|member| Polygon::try_from(member).ok()).collect()).into()
        }
        _ => Geometry::GeometryCollection(GeometryCollection(members.collect())),
    }
}
