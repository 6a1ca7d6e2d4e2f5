//! Polygon geometry: validity, ring orientation, point location, measures, overlay.
//!
//! Coordinates are those of a plane ([`Plane`](crate::crs::Plane)), in which edges are straight: longitude and latitude
//! in degrees (RFC 7946, 3.1.1), or easting and northing. Predicates are exact in it; areas and lengths are computed on
//! the ellipsoid, along the edges as they run there.

pub(crate) mod box_tree;
pub mod clip;
pub(crate) mod cover;
pub(crate) mod coverage;
pub(crate) mod distance;
pub mod encoding;
pub mod measure;
mod noding;
pub mod offset;
pub mod overlap;
mod perturbed;
mod plane;
pub mod position;
pub mod repair;
pub mod rings;
pub(crate) mod rounding;
pub(crate) mod step_count;
mod sweep;
pub mod validity;

use geo::orient::{Direction, Orient};
use geo::{Area, Coord, Geometry, InteriorPoint, MultiPolygon, Polygon};

use crate::maths::power_of_ten;

/// The shape with its exteriors counter-clockwise and its holes clockwise (RFC 7946, 3.1.6).
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::{validity::warnings, orient};
///
/// let parcel: MultiPolygon = polygon![(x: 121.40, y: 28.65), (x: 121.40, y: 28.66), (x: 121.41, y: 28.65)].into();
/// assert_eq!(warnings(&parcel)[0].problem.code(), "winding");
/// assert!(warnings(&orient(&parcel)).is_empty());
/// ```
pub fn orient(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    shape.orient(Direction::Default)
}

/// Rounds each coordinate to a number of decimals of a degree. Consecutive vertices that become equal are merged. Seven
/// decimals are a centimetre.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::geometry::round;
///
/// let parcel: MultiPolygon =
///     polygon![(x: 121.4000000123, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.6599999987)].into();
/// let rounded = round(&parcel, 7);
/// let vertices = &rounded.0[0].exterior().0;
/// assert_eq!(vertices[0], coord! { x: 121.4, y: 28.65 });
/// assert_eq!(vertices[2], coord! { x: 121.41, y: 28.66 });
/// ```
pub fn round(shape: &MultiPolygon<f64>, decimals: usize) -> MultiPolygon<f64> {
    let scale = power_of_ten(decimals.min(15) as i32);
    let round = |value: f64| (value * scale).round() / scale;
    let ring = |ring: &geo::LineString<f64>| {
        let mut vertices: Vec<Coord<f64>> =
            ring.0.iter().map(|vertex| Coord { x: round(vertex.x), y: round(vertex.y) }).collect();
        vertices.dedup();
        geo::LineString(vertices)
    };
    shape
        .iter()
        .map(|polygon| geo::Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect()))
        .collect()
}

/// A point inside the largest polygon of a shape, for its label.
pub(crate) fn label_point(shape: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    let largest = shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    largest.interior_point().map(|point| point.0)
}

/// Visits each coordinate of a geometry, always in the same order.
pub(crate) fn visit_coords(geometry: &mut Geometry<f64>, visit: &mut dyn FnMut(&mut Coord<f64>)) {
    match geometry {
        Geometry::Point(point) => visit(&mut point.0),
        Geometry::MultiPoint(points) => points.0.iter_mut().for_each(|point| visit(&mut point.0)),
        Geometry::LineString(line) => line.0.iter_mut().for_each(visit),
        Geometry::MultiLineString(lines) => lines.0.iter_mut().flat_map(|line| &mut line.0).for_each(visit),
        Geometry::Polygon(polygon) => visit_polygon(polygon, visit),
        Geometry::MultiPolygon(polygons) => polygons.0.iter_mut().for_each(|polygon| visit_polygon(polygon, visit)),
        Geometry::GeometryCollection(parts) => parts.0.iter_mut().for_each(|part| visit_coords(part, visit)),
        // Types of the `geo` crate that no file format produces.
        Geometry::Line(line) => [&mut line.start, &mut line.end].into_iter().for_each(visit),
        Geometry::Rect(rect) => {
            *geometry = rect.to_polygon().into();
            visit_coords(geometry, visit);
        }
        Geometry::Triangle(triangle) => {
            *geometry = triangle.to_polygon().into();
            visit_coords(geometry, visit);
        }
    }
}

/// Unwraps collections that have a single member.
pub(crate) fn only_member(geometry: &Geometry<f64>) -> &Geometry<f64> {
    match geometry {
        Geometry::GeometryCollection(parts) if parts.0.len() == 1 => only_member(&parts.0[0]),
        other => other,
    }
}

/// The geometry to write: a polygon if there is only one.
pub(crate) fn geometry(mut shape: MultiPolygon<f64>) -> Geometry<f64> {
    if shape.0.len() == 1 { shape.0.remove(0).into() } else { shape.into() }
}

/// The polygons of a geometry; `None` if it contains anything but polygons.
pub(crate) fn polygons_of(geometry: &Geometry<f64>) -> Option<Vec<&Polygon<f64>>> {
    match geometry {
        Geometry::Polygon(polygon) => Some(vec![polygon]),
        Geometry::MultiPolygon(polygons) => Some(polygons.0.iter().collect()),
        Geometry::GeometryCollection(parts) => {
            let parts = parts.0.iter().map(polygons_of).collect::<Option<Vec<_>>>()?;
            Some(parts.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn visit_polygon(polygon: &mut Polygon<f64>, visit: &mut dyn FnMut(&mut Coord<f64>)) {
    polygon.exterior_mut(|ring| ring.0.iter_mut().for_each(&mut *visit));
    polygon.interiors_mut(|rings| rings.iter_mut().flat_map(|ring| &mut ring.0).for_each(&mut *visit));
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn rounding_merges_points_that_become_equal() {
        let shape: MultiPolygon =
            polygon![(x: 0., y: 0.), (x: 1.00000001, y: 0.), (x: 1.00000002, y: 0.), (x: 1., y: 1.)].into();
        let rounded = round(&shape, 7);
        assert_eq!(rounded.0[0].exterior().0.len(), 4);
        assert_eq!(rounded.0[0].exterior().0[1], Coord { x: 1.0, y: 0.0 });
    }

    #[test]
    fn orient_follows_rfc_7946() {
        let clockwise: MultiPolygon = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 0.)].into();
        assert_eq!(orient(&clockwise).0[0].exterior().0[1], Coord { x: 1.0, y: 0.0 });
    }
}
