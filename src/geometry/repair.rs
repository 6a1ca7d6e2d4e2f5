//! Repair of invalid polygons.
//!
//! `MakeValid` of geo (0.33) fills by the even-odd rule, by which parts that overlap become a hole.

use geo::{Coord, MultiPolygon, Polygon};

use crate::crs::Plane;
use crate::geometry::clip::{difference, fill_nonzero, union};
use crate::geometry::measure::rings;
use crate::geometry::validity::first_validation_error_in;

/// A valid shape that covers the same area as an invalid one: rings are filled by the non-zero winding rule, holes are
/// subtracted, and overlapping parts are merged. A bow-tie becomes two triangles; a hole outside its exterior has no
/// effect. Vertices keep their coordinates; new vertices are added only where edges cross. `None` if nothing is left,
/// or if coordinates are not a longitude and latitude.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::{repair::repair, validity::first_validation_error};
///
/// let bow_tie: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
/// let repaired = repair(&bow_tie).unwrap();
/// assert_eq!(repaired.0.len(), 2);
/// assert!(first_validation_error(&repaired).is_none());
/// let line: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.)].into();
/// assert_eq!(repair(&line), None);
/// ```
pub fn repair(shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    repair_in(shape, &Plane::LON_LAT)
}

/// The same as [`repair`] in another plane.
pub(crate) fn repair_in(shape: &MultiPolygon<f64>, plane: &Plane) -> Option<MultiPolygon<f64>> {
    let is_position = |vertex: &Coord<f64>| vertex.x.abs() <= 180.0 && vertex.y.abs() <= 90.0;
    if plane.is_lon_lat() && !shape.iter().flat_map(rings).flat_map(|ring| &ring.0).all(is_position) {
        return None;
    }
    let mut parts: Vec<MultiPolygon<f64>> = shape.iter().map(filled).collect();
    let repaired = if parts.len() == 1 { parts.remove(0) } else { union(&parts) };
    (!repaired.0.is_empty() && first_validation_error_in(&repaired, plane).is_none()).then_some(repaired)
}

/// The area that a polygon covers.
fn filled(polygon: &Polygon<f64>) -> MultiPolygon<f64> {
    let exterior = fill_nonzero([polygon.exterior()]);
    let holes: Vec<_> = polygon.interiors().iter().map(|ring| fill_nonzero([ring])).collect();
    if holes.is_empty() { exterior } else { difference(&exterior, &holes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::validity::first_validation_error;
    use geo::{LineString, polygon};

    #[test]
    fn repaired_shapes_cover_the_same_area_once() {
        let square = |x: f64, size: f64| polygon![(x: x, y: 0.0), (x: x + size, y: 0.0), (x: x + size, y: size), (x: x, y: size)];
        let area = |shape: &MultiPolygon<f64>| geo::Area::unsigned_area(shape);
        let with_holes = |holes: &[Polygon<f64>]| {
            let holes = holes.iter().map(|hole| hole.exterior().clone()).collect();
            MultiPolygon::from(Polygon::new(square(0.0, 4.0).exterior().clone(), holes))
        };
        let twice: Vec<Coord<f64>> = square(0.0, 2.0).exterior().0.repeat(2);
        let cases: [(&str, MultiPolygon<f64>, f64); 7] = [
            ("parts that overlap", MultiPolygon::new(vec![square(0.0, 2.0), square(1.0, 2.0)]), 6.0),
            ("a part listed twice", MultiPolygon::new(vec![square(0.0, 2.0), square(0.0, 2.0)]), 4.0),
            ("parts that share an edge", MultiPolygon::new(vec![square(0.0, 2.0), square(2.0, 2.0)]), 8.0),
            ("a ring wound twice", Polygon::new(LineString(twice), vec![]).into(), 4.0),
            ("a hole across the exterior", with_holes(&[square(3.0, 2.0)]), 14.0),
            ("a hole outside", with_holes(&[square(5.0, 2.0)]), 16.0),
            ("holes that overlap", with_holes(&[square(0.5, 2.0), square(1.5, 2.0)]), 10.0),
        ];
        for (name, shape, expected) in cases {
            assert!(first_validation_error(&shape).is_some(), "{name}");
            assert_eq!(repair(&shape).map(|repaired| area(&repaired)), Some(expected), "{name}");
        }
    }
}
