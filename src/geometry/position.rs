//! Exact point-in-polygon tests.
//!
//! Each ring is decided by geo (`coord_pos_relative_to_ring`). Its answer for a multipolygon is not used: it counts
//! boundaries modulo 2, so that a point where two parts touch is outside.

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{Coord, MultiPolygon, Polygon};

/// Where a point lies relative to a shape.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::geometry::position::{PointLocation, position};
/// use taizhou_corridor::plan::Plan;
///
/// // A vertex that two zones share is on the boundary of both.
/// let plan = Plan::bundled();
/// let vertex = coord! { x: 121.44, y: 28.6584 };
/// for id in ["core", "jiaojiang"] {
///     assert_eq!(position(vertex, &plan.feature(id)?.shape), PointLocation::Boundary);
/// }
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PointLocation {
    /// In the interior.
    Inside,
    /// On an edge or a vertex of the exterior or a hole.
    Boundary,
    /// Neither inside nor on the boundary.
    Outside,
}

impl PointLocation {
    /// The value in result tables: `inside`, `boundary`, `outside`.
    ///
    /// ```
    /// use taizhou_corridor::geometry::position::PointLocation;
    ///
    /// assert_eq!(PointLocation::Boundary.as_str(), "boundary");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            PointLocation::Inside => "inside",
            PointLocation::Boundary => "boundary",
            PointLocation::Outside => "outside",
        }
    }
}

/// The location of a point relative to a valid shape with closed rings. The direction of the rings does not matter.
///
/// The result is exact for the given doubles: orientation is decided with adaptive precision (Shewchuk 1997). A point
/// on the boundary of one part and not inside another is on the boundary of the shape, however many parts meet there.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::geometry::position::{PointLocation, position};
///
/// let square: MultiPolygon = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)].into();
/// assert_eq!(position(coord! { x: 0.5, y: 0.5 }, &square), PointLocation::Inside);
/// assert_eq!(position(coord! { x: 1.0, y: 0.3 }, &square), PointLocation::Boundary);
/// assert_eq!(position(coord! { x: 1.0 + f64::EPSILON, y: 0.3 }, &square), PointLocation::Outside);
/// ```
pub fn position(point: Coord<f64>, shape: &MultiPolygon<f64>) -> PointLocation {
    // Not `geo`'s `coordinate_position` of a multipolygon: its mod-2 rule reports a point where two parts touch as
    // outside.
    let mut location = PointLocation::Outside;
    for polygon in shape {
        match position_in_polygon(point, polygon) {
            PointLocation::Inside => return PointLocation::Inside,
            PointLocation::Boundary => location = PointLocation::Boundary,
            PointLocation::Outside => {}
        }
    }
    location
}

pub(crate) fn position_in_polygon(point: Coord<f64>, polygon: &Polygon<f64>) -> PointLocation {
    match coord_pos_relative_to_ring(point, polygon.exterior()) {
        CoordPos::Outside => PointLocation::Outside,
        CoordPos::OnBoundary => PointLocation::Boundary,
        CoordPos::Inside => {
            for hole in polygon.interiors() {
                match coord_pos_relative_to_ring(point, hole) {
                    CoordPos::Outside => {}
                    CoordPos::OnBoundary => return PointLocation::Boundary,
                    CoordPos::Inside => return PointLocation::Outside,
                }
            }
            PointLocation::Inside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{coord, polygon};

    #[test]
    fn a_point_where_two_parts_touch_is_on_the_boundary() {
        let shape = MultiPolygon::new(vec![
            polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)],
            polygon![(x: 0., y: 0.), (x: -1., y: 0.), (x: 0., y: -1.)],
        ]);
        assert_eq!(position(coord! { x: 0.0, y: 0.0 }, &shape), PointLocation::Boundary);
    }

    #[test]
    fn the_ring_of_a_hole_is_boundary_and_its_interior_is_outside() {
        let shape: MultiPolygon = polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)]],
        )
        .into();
        assert_eq!(position(coord! { x: 1.5, y: 1.0 }, &shape), PointLocation::Boundary);
        assert_eq!(position(coord! { x: 1.5, y: 1.5 }, &shape), PointLocation::Outside);
        assert_eq!(position(coord! { x: 3.0, y: 3.0 }, &shape), PointLocation::Inside);
    }

    #[test]
    fn nothing_is_inside_an_empty_shape() {
        assert_eq!(position(coord! { x: 0.0, y: 0.0 }, &MultiPolygon::new(vec![])), PointLocation::Outside);
    }
}
