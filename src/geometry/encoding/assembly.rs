//! Geometries put together from what text or binary say.

use geo::{
    Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};

use super::Decoded;
use super::arcs::{ArcTolerance, Arcs};
use super::kind::Kind;
use crate::error::{GeometryProblem, RowProblem};

/// Collections in collections are read by recursion.
pub(crate) const MAX_DEPTH: usize = 16;

/// What is seen of a geometry while it is read.
pub(crate) struct Assembly {
    arcs: Arcs,
    tolerance: ArcTolerance,
    seen: Decoded,
}

impl Assembly {
    pub(crate) fn new(tolerance: ArcTolerance) -> Assembly {
        Assembly { arcs: Arcs::new(tolerance), tolerance, seen: Decoded::default() }
    }

    /// Notes that positions have more than two coordinates.
    pub(crate) fn see_heights(&mut self) {
        self.seen.has_heights = true;
    }

    /// Notes the system that a geometry, or one of its members, names; 0 is none.
    pub(crate) fn see_srid(&mut self, srid: u32) -> Result<(), RowProblem> {
        if srid != 0 && *self.seen.srid.get_or_insert(srid) != srid {
            return Err(GeometryProblem::DifferentSystems.into());
        }
        Ok(())
    }

    /// A line of straight edges or of arcs: none where it has no position.
    pub(crate) fn line(&mut self, kind: Kind, coords: Vec<Coord<f64>>) -> Result<Option<Geometry<f64>>, RowProblem> {
        let line = if kind == Kind::CircularString { self.arcs.line(&coords)? } else { coords };
        Ok((!line.is_empty()).then_some(Geometry::LineString(LineString(line))))
    }

    /// A polygon of rings of straight edges. Holes without a position are left out; a shell without one stays, so that no
    /// hole takes its place.
    pub(crate) fn polygon(&mut self, rings: Vec<Vec<Coord<f64>>>) -> Option<Geometry<f64>> {
        if rings.iter().all(Vec::is_empty) {
            return None;
        }
        self.seen.was_open |= rings.iter().any(|ring| ring.first() != ring.last());
        let mut rings = rings.into_iter().map(LineString);
        let exterior = rings.next().unwrap_or_else(LineString::empty);
        let (holes, empty): (Vec<_>, Vec<_>) = rings.partition(|ring| !ring.0.is_empty());
        self.seen.has_empty_members |= !empty.is_empty();
        Some(Geometry::Polygon(Polygon::new(exterior, holes)))
    }

    /// A geometry of members, of which those without a position are none: none where all are.
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
        let is_short = members.len() < count;
        Ok(match kind {
            Kind::CompoundCurve => {
                let parts = members.into_iter().map(|member| line_of(Some(member))).collect();
                Some(Geometry::LineString(LineString(self.joined(parts)?)))
            }
            _ => {
                self.seen.has_empty_members |= is_short;
                Some(many(kind, members))
            }
        })
    }

    /// The parts of a compound curve as one line: each begins where the one before it ends.
    fn joined(&self, parts: Vec<Vec<Coord<f64>>>) -> Result<Vec<Coord<f64>>, RowProblem> {
        let mut joined: Vec<Coord<f64>> = vec![];
        for part in parts {
            if let (Some(end), Some(start)) = (joined.last(), part.first()) {
                let gap = (*start - *end).x.hypot((*start - *end).y);
                // Positions may be rounded.
                if gap.is_nan() || gap > self.tolerance.units() {
                    return Err(GeometryProblem::CompoundCurveGap.into());
                }
            }
            let behind = usize::from(!joined.is_empty());
            joined.extend(part.into_iter().skip(behind));
        }
        Ok(joined)
    }

    /// All that is known once a geometry is read.
    pub(crate) fn finish(self, geometry: Option<Geometry<f64>>) -> Decoded {
        // A collection of empty collections.
        let geometry = geometry.filter(|geometry| geometry.coords_iter().next().is_some());
        Decoded { geometry, has_arcs: self.arcs.has_some, ..self.seen }
    }
}

/// The positions of a member that is a line.
fn line_of(member: Option<Geometry<f64>>) -> Vec<Coord<f64>> {
    match member {
        Some(Geometry::LineString(line)) => line.0,
        _ => vec![],
    }
}

/// Members of the same kind as one geometry; of any kinds as a collection.
fn many(kind: Kind, members: Vec<Geometry<f64>>) -> Geometry<f64> {
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
