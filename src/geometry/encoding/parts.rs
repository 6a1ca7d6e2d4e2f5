//! Geometries of parts, as shapefiles and file geodatabases have them.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPolygon};

use crate::error::GeometryProblem;
use crate::geometry::rings::assemble;

/// Errors if a coordinate is no number.
pub(crate) fn finite(coords: &[Coord<f64>]) -> Result<(), GeometryProblem> {
    match coords.iter().find(|at| !(at.x.is_finite() && at.y.is_finite())) {
        Some(at) => Err(GeometryProblem::NotFinite(at.x, at.y)),
        None => Ok(()),
    }
}

/// The lines of parts; `None` if there are none.
pub(crate) fn lines(parts: Vec<LineString<f64>>) -> Result<Option<Geometry<f64>>, GeometryProblem> {
    if parts.iter().any(|part| part.0.len() < 2) {
        return Err(GeometryProblem::SinglePointPart);
    }
    let mut lines = MultiLineString(parts);
    Ok(match lines.0.len() {
        0 => None,
        1 => lines.0.pop().map(Geometry::from),
        _ => Some(lines.into()),
    })
}

/// The polygons of rings, whose roles as exteriors and holes are not stored; `None` if there are none.
pub(crate) fn polygons(rings: Vec<LineString<f64>>) -> Option<Geometry<f64>> {
    let mut shape: MultiPolygon<f64> = assemble(rings);
    match shape.0.len() {
        0 => None,
        1 => shape.0.pop().map(Geometry::from),
        _ => Some(shape.into()),
    }
}
