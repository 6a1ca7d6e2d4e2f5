//! Reading the geometry of a feature leniently: its problems become findings.

use geo::orient::{Direction, Orient};
use geo::{Coord, CoordsIter, Geometry, LineString, MultiPolygon, Polygon, Winding};
use geojson::{GeometryValue, Position};

use crate::crs::within_limits;
use crate::error::{PlanProblem, RowProblem, ShapeProblem};
use crate::geometry::validity::{ValidationError, is_valid_in_plane, long_edge, validation_errors_in, warnings};
use crate::plan::reading::{FeatureFindings, RawGeometry};
use crate::plan::{Problem, Severity};

/// The polygons of a geometry and whether they are valid.
pub(super) fn read_shape(
    geometry: Option<RawGeometry>,
    own_findings: &mut FeatureFindings<'_>,
) -> (MultiPolygon<f64>, bool) {
    let (mut is_valid, mut geometry) = (true, geometry);
    if let Some(RawGeometry::Invalid(problem, closed)) = geometry {
        is_valid = false;
        let at = closed.as_ref().and_then(|shape| shape.coords_iter().next());
        own_findings.add(Severity::Error, problem_of(problem), at);
        match closed {
            Some(closed) => geometry = Some(RawGeometry::Shape(closed)),
            None => return (MultiPolygon::new(vec![]), false),
        }
    }
    let polygons = match geometry {
        None | Some(RawGeometry::Invalid(..)) => Err(ShapeProblem::Missing),
        Some(RawGeometry::Shape(Geometry::Polygon(polygon))) => Ok(vec![orient_polygon(polygon)]),
        Some(RawGeometry::Shape(Geometry::MultiPolygon(polygons))) => {
            Ok(polygons.0.into_iter().map(orient_polygon).collect())
        }
        Some(RawGeometry::Shape(other)) => {
            Err(ShapeProblem::NotPolygon { found: GeometryValue::from(&other).type_name().to_owned() })
        }
        Some(RawGeometry::Json(GeometryValue::Polygon { coordinates })) => {
            Ok(read_rings(vec![coordinates], &mut is_valid, own_findings))
        }
        Some(RawGeometry::Json(GeometryValue::MultiPolygon { coordinates })) => {
            Ok(read_rings(coordinates, &mut is_valid, own_findings))
        }
        Some(RawGeometry::Json(other)) => Err(ShapeProblem::NotPolygon { found: other.type_name().to_owned() }),
    };
    let shape = match polygons {
        Ok(polygons) if !polygons.is_empty() => MultiPolygon::new(polygons),
        missing => {
            let problem = missing.err().unwrap_or(ShapeProblem::Missing);
            own_findings.add(Severity::Error, Problem::Shape(problem), None);
            return (MultiPolygon::new(vec![]), false);
        }
    };
    let plane = own_findings.plane;
    let mut add = |severity: Severity, ValidationError { problem, at }: ValidationError| {
        own_findings.add(severity, Problem::Shape(problem), at)
    };
    for error in validation_errors_in(&shape, plane) {
        is_valid = false;
        add(Severity::Error, error);
    }
    if is_valid {
        warnings(&shape).into_iter().for_each(|warning| add(Severity::Info, warning));
        if plane.is_lon_lat() {
            long_edge(&shape).into_iter().for_each(|warning| add(Severity::Warning, warning));
        }
    }
    (shape, is_valid)
}

/// The polygons of a geometry; `None` of one that is not valid, with which nothing can be computed.
pub(super) fn valid_polygons(geometry: &RawGeometry) -> Option<MultiPolygon<f64>> {
    let of_rings = |rings: &Vec<Vec<Position>>| {
        let mut lines = rings.iter().map(|ring| ring.iter().filter_map(|position| xy(position.as_slice())).collect());
        lines.next().map(|exterior| Polygon::new(exterior, lines.collect()))
    };
    let shape: MultiPolygon<f64> = match geometry {
        RawGeometry::Json(GeometryValue::Polygon { coordinates }) => of_rings(coordinates)?.into(),
        RawGeometry::Json(GeometryValue::MultiPolygon { coordinates }) => {
            coordinates.iter().filter_map(of_rings).collect()
        }
        RawGeometry::Shape(Geometry::Polygon(polygon)) => polygon.clone().into(),
        RawGeometry::Shape(Geometry::MultiPolygon(polygons)) => polygons.clone(),
        _ => return None,
    };
    (!shape.0.is_empty() && is_valid_in_plane(&shape)).then_some(shape)
}

pub(super) fn problem_of(problem: RowProblem) -> Problem {
    match problem {
        RowProblem::Shape(problem) => Problem::Shape(problem),
        problem => Problem::Plan(PlanProblem::Row(problem)),
    }
}

/// Orients exteriors counter-clockwise (RFC 7946, 3.1.6).
fn orient_polygon(polygon: Polygon<f64>) -> Polygon<f64> {
    let is_oriented = polygon.exterior().is_ccw() && polygon.interiors().iter().all(Winding::is_cw);
    if is_oriented { polygon } else { polygon.orient(Direction::Default) }
}

/// Builds polygons from GeoJSON rings; problems of rings become findings.
fn read_rings(
    polygons: Vec<Vec<Vec<Position>>>,
    is_valid: &mut bool,
    own_findings: &mut FeatureFindings<'_>,
) -> Vec<Polygon<f64>> {
    let mut shape = vec![];
    for rings in polygons {
        let mut lines = vec![];
        for ring in rings {
            if ring.iter().any(|position| position.len() < 2) {
                *is_valid = false;
                own_findings.add(Severity::Error, Problem::Shape(ShapeProblem::ShortPosition), None);
            }
            let ring: LineString<f64> = ring.iter().filter_map(|position| xy(position.as_slice())).collect();
            // `Polygon::new` closes open rings, so check before.
            if ring.0.first() != ring.0.last() {
                *is_valid = false;
                own_findings.add(Severity::Error, Problem::Shape(ShapeProblem::NotClosed), ring.0.first().copied());
            }
            lines.push(ring);
        }
        if !lines.is_empty() {
            let exterior = lines.remove(0);
            shape.push(Polygon::new(exterior, lines));
        }
    }
    shape
}

fn xy(position: &[f64]) -> Option<Coord<f64>> {
    match position {
        [x, y, ..] => Some(within_limits(Coord { x: *x, y: *y })),
        _ => None,
    }
}
