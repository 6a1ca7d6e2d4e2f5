//! Shapes enlarged or shrunk by a distance on the ellipsoid.
//!
//! All points within a distance of a shape are those of the shape itself, of a strip along each edge, and of a sector
//! around each corner that points away from the shape. A strip ends at the points that geodesics at right angles to its
//! edge reach, a sector at those around its corner; both have as many corners as needed. Their union with the shape
//! enlarges it; taken from the shape, those on its inner side shrink it. So nothing has to be found out about how an
//! offset boundary crosses itself. Only the union rounds: new corners, to the nearest double.
//!
//! `Buffer` of geo (0.33) computes in a plane. There a distance is as exact as the scale of the plane, in a local one
//! 1 + d²/2R² at a distance d from its centre: 6 mm in 5 km at 10 km. Its straight edges are not those of the plan, so
//! that borders of neighbours would come apart, and its coordinates are a 2³⁰th of the extent.

use geo::{Coord, Line, LineString, MultiPolygon, Polygon};
use geographiclib_rs::DirectGeodesic;

use crate::crs::Plane;
use crate::geometry::clip::{difference, union};
use crate::geometry::measure::{GEODESIC, radii_m, rings};
use crate::geometry::orient;
use crate::maths::{atan2, hypot, sin_cos_deg};
use crate::parallel;
use crate::units::Metres;

/// How far a chord of an arc is off it, in metres: half of what is promised.
const MAX_SAGITTA_M: f64 = 5e-4;

/// How far the straight side of a strip is off the points at the distance, in metres, by estimate.
const MAX_DEVIATION_M: f64 = 5e-5;

/// A side of a strip is halved so many times at most.
const MAX_HALVINGS: u32 = 12;

/// Parts that are narrower on average, in metres, are as good as nothing: less than the accuracy of arcs.
const MIN_WIDTH_M: f64 = 1e-3;

/// The points within a geodesic distance of a valid shape. Arcs are straight edges within 0.5 mm of them.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::crs::{Crs, Plane};
/// use taizhou_corridor::geometry::offset::{grow, shrink};
/// use taizhou_corridor::units::Metres;
///
/// let plane = Plane::of(&Crs::Epsg(4549))?;
/// let square: MultiPolygon =
///     polygon![(x: 640e3, y: 3165e3), (x: 641e3, y: 3165e3), (x: 641e3, y: 3166e3), (x: 640e3, y: 3166e3)].into();
/// // 30 m along four sides of a kilometre, and a full circle of corners.
/// let added = plane.area(&grow(&square, &plane, Metres(30.0))).0 - plane.area(&square).0;
/// assert!((added - (4.0 * 30.0 * 999.76 + 900.0 * std::f64::consts::PI)).abs() < 2.0, "{added}");
/// assert!(shrink(&square, &plane, Metres(501.0)).0.is_empty());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn grow(shape: &MultiPolygon<f64>, plane: &Plane, distance: Metres) -> MultiPolygon<f64> {
    let mut parts = Strips { plane, distance_m: distance.0, side: Side::Outer }.of(shape);
    parts.push(shape.clone());
    union_of_all(parts)
}

/// The points of a valid shape that are farther than a geodesic distance from its boundary; parts narrower than a
/// millimetre are left out.
pub fn shrink(shape: &MultiPolygon<f64>, plane: &Plane, distance: Metres) -> MultiPolygon<f64> {
    let strips = union_of_all(Strips { plane, distance_m: distance.0, side: Side::Inner }.of(shape));
    let is_wide = |part: &Polygon<f64>| {
        let size = plane.measure(&part.clone().into());
        2.0 * size.area.0 > MIN_WIDTH_M * size.perimeter.0
    };
    difference(shape, [&strips]).into_iter().filter(is_wide).collect()
}

/// The union of many shapes, of which neighbours in the list lie near each other.
fn union_of_all(mut shapes: Vec<MultiPolygon<f64>>) -> MultiPolygon<f64> {
    /// Strips beside short edges overlap many others: in small groups most of their sides vanish.
    const GROUP: usize = 32;
    while shapes.len() > 1 {
        let groups: Vec<&[MultiPolygon<f64>]> = shapes.chunks(GROUP).collect();
        shapes = parallel::map(groups, union);
    }
    shapes.pop().unwrap_or_else(|| MultiPolygon::new(vec![]))
}

/// The side of the boundary, from inside the shape.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Outer,
    Inner,
}

impl Side {
    /// The angle from the direction of an edge, the interior on its left, clockwise.
    fn angle_deg(self) -> f64 {
        match self {
            Side::Outer => 90.0,
            Side::Inner => -90.0,
        }
    }

    /// Whether a corner points to this side, by its turn (clockwise).
    fn has_sector(self, turn_deg: f64) -> bool {
        match self {
            // An edge that returns along itself may turn by half a turn of either sign.
            _ if turn_deg.abs() > 179.9 => true,
            Side::Outer => turn_deg < 0.0,
            Side::Inner => turn_deg > 0.0,
        }
    }
}

/// The strips and sectors on one side of a boundary.
struct Strips<'a> {
    plane: &'a Plane,
    distance_m: f64,
    side: Side,
}

/// The end of an edge with the point that is off it by the distance.
#[derive(Clone, Copy)]
struct End {
    azimuth_deg: f64,
    off: Coord<f64>,
}

impl Strips<'_> {
    fn of(&self, shape: &MultiPolygon<f64>) -> Vec<MultiPolygon<f64>> {
        let oriented = orient(shape);
        oriented.iter().flat_map(rings).flat_map(|ring| self.of_ring(ring)).collect()
    }

    fn of_ring(&self, ring: &LineString<f64>) -> Vec<MultiPolygon<f64>> {
        let edges: Vec<Line<f64>> = ring.lines().filter(|edge| edge.start != edge.end).collect();
        let ends: Vec<[End; 2]> = parallel::map(&edges, |&edge| [0.0, 1.0].map(|share| self.end(edge, share)));
        let of_edge = |index: usize| {
            let (edge, [start, end]) = (edges[index], ends[index]);
            let strip = self.strip(edge, start.off, end.off);
            let next = ends[(index + 1) % edges.len()][0];
            let sector = self.sector(edge.end, end, next);
            [Some(strip), sector]
        };
        parallel::map(0..edges.len(), of_edge).into_iter().flatten().flatten().collect()
    }

    /// The strip beside an edge.
    fn strip(&self, edge: Line<f64>, start: Coord<f64>, end: Coord<f64>) -> MultiPolygon<f64> {
        let mut corners = vec![edge.end, edge.start, start];
        self.add_side(edge, (0.0, start), (1.0, end), MAX_HALVINGS, &mut corners);
        Polygon::new(LineString(corners), vec![]).into()
    }

    /// Adds the corners of the far side of a strip after the point at one share of the edge, up to another.
    fn add_side(
        &self,
        edge: Line<f64>,
        from: (f64, Coord<f64>),
        to: (f64, Coord<f64>),
        halvings: u32,
        corners: &mut Vec<Coord<f64>>,
    ) {
        let at = |part: f64| {
            let share = from.0 + (to.0 - from.0) * part;
            (share, self.end(edge, share).off)
        };
        let is_off = |part: f64, (_, point): (f64, Coord<f64>)| {
            self.metres(point - (from.1 + (to.1 - from.1) * part), point) > MAX_DEVIATION_M
        };
        let middle = at(0.5);
        // A curve may cross its chord in the middle.
        if halvings > 0 && (is_off(0.5, middle) || is_off(0.25, at(0.25))) {
            self.add_side(edge, from, middle, halvings - 1, corners);
            self.add_side(edge, middle, to, halvings - 1, corners);
        } else {
            corners.push(to.1);
        }
    }

    /// The sector around a corner between the strips of its edges, if they leave a gap.
    fn sector(&self, corner: Coord<f64>, end: End, start: End) -> Option<MultiPolygon<f64>> {
        let turn_deg = within_half_turn(start.azimuth_deg - end.azimuth_deg);
        if !self.side.has_sector(turn_deg) || end.off == start.off {
            return None;
        }
        let step_deg = 2.0 * (2.0 * MAX_SAGITTA_M / self.distance_m).sqrt().min(1.0).to_degrees();
        let count = (turn_deg.abs() / step_deg).ceil().max(1.0) as u32;
        let position = self.plane.position(corner);
        let first_deg = end.azimuth_deg + self.side.angle_deg();
        let at = |index: u32| self.reached(position, first_deg + turn_deg * f64::from(index) / f64::from(count));
        let arc = (1..count).map(at);
        let corners = [corner, end.off].into_iter().chain(arc).chain([start.off]).collect();
        Some(Polygon::new(LineString(corners), vec![]).into())
    }

    /// The direction of an edge at a share of it, and the point off it.
    fn end(&self, edge: Line<f64>, share: f64) -> End {
        let at = edge.start + edge.delta() * share;
        let position = self.plane.position(at);
        let ahead = match self.plane.is_lon_lat() {
            true => edge.delta(),
            false => {
                /// Longer, the edge bends; shorter, rounding turns it.
                const AHEAD_M: f64 = 10.0;
                let ahead = edge.delta() * (AHEAD_M / hypot(edge.dx(), edge.dy()));
                let [from, to] = [at - ahead, at + ahead].map(|at| self.plane.position(at));
                Coord { x: within_half_turn(to.x - from.x), y: to.y - from.y }
            }
        };
        let (meridian_m, normal_m) = radii_m(position.y);
        let (east, north) = (normal_m * sin_cos_deg(position.y).1 * ahead.x, meridian_m * ahead.y);
        let azimuth_deg = atan2(east, north).to_degrees();
        End { azimuth_deg, off: self.reached(position, azimuth_deg + self.side.angle_deg()) }
    }

    /// The point at the distance in a direction.
    fn reached(&self, from: Coord<f64>, azimuth_deg: f64) -> Coord<f64> {
        let (lat, lon): (f64, f64) = GEODESIC.direct(from.y, from.x, azimuth_deg, self.distance_m);
        self.plane.coord(Coord { x: from.x + within_half_turn(lon - from.x), y: lat })
    }

    /// The length of a short line of the plane.
    fn metres(&self, delta: Coord<f64>, near: Coord<f64>) -> f64 {
        const DEGREE_M: f64 = 111_700.0;
        match self.plane.is_lon_lat() {
            true => DEGREE_M * hypot(delta.x * sin_cos_deg(near.y).1, delta.y),
            false => hypot(delta.x, delta.y),
        }
    }
}

fn within_half_turn(degrees: f64) -> f64 {
    degrees - 360.0 * (degrees / 360.0).round()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::geometry::position::{PointLocation, position};
    use crate::geometry::validity::first_validation_error_in;
    use geo::{BoundingRect, coord, polygon};
    use proptest::prelude::*;

    /// The geodesic distance from a point of a plane to the boundary of a shape, by all of its edges.
    fn distance_m(point: Coord<f64>, shape: &MultiPolygon<f64>, plane: &Plane) -> f64 {
        let from = plane.position(point);
        let edges = shape.iter().flat_map(rings).flat_map(LineString::lines).flat_map(|edge| plane.edges(edge));
        edges.map(|edge| edge.nearest(from).0.0).fold(f64::INFINITY, f64::min)
    }

    /// A star with a hole, in metres around the corridor, in a plane.
    fn star(plane: &Plane, radii: &[f64], scale_m: f64) -> MultiPolygon<f64> {
        let centre = coord! { x: 121.4, y: 28.6 };
        let (meridian_m, normal_m) = radii_m(centre.y);
        let at = |radius_m: f64, turn: f64| {
            let (sin, cos) = turn.sin_cos();
            let east_deg = (radius_m * cos / (normal_m * centre.y.to_radians().cos())).to_degrees();
            plane.coord(centre + coord! { x: east_deg, y: (radius_m * sin / meridian_m).to_degrees() })
        };
        let ring = |factor: f64| {
            let corner = |(index, radius): (usize, &f64)| {
                at(factor * radius * scale_m, std::f64::consts::TAU * index as f64 / radii.len() as f64)
            };
            LineString(radii.iter().enumerate().map(corner).collect())
        };
        Polygon::new(ring(1.0), vec![ring(0.3)]).into()
    }

    fn planes() -> [Plane; 3] {
        [Plane::LON_LAT, Plane::of(&Crs::Epsg(4549)).unwrap(), Plane::of(&Crs::Epsg(3857)).unwrap()]
    }

    fn check(shape: &MultiPolygon<f64>, plane: &Plane, metres: f64) -> Result<(), TestCaseError> {
        prop_assert!(first_validation_error_in(shape, plane).is_none());
        let grown = grow(shape, plane, Metres(metres));
        let shrunk = shrink(shape, plane, Metres(metres));
        for offset in [&grown, &shrunk] {
            prop_assert!(first_validation_error_in(offset, plane).is_none());
            let edges: Vec<Line<f64>> = offset.iter().flat_map(rings).flat_map(LineString::lines).collect();
            for edge in edges.iter().step_by(1 + edges.len() / 100) {
                for share in [0.0, 0.31, 0.5] {
                    let found = distance_m(edge.start + edge.delta() * share, shape, plane);
                    prop_assert!((found - metres).abs() < 1e-3, "{found} {metres}");
                }
            }
        }
        // Points at random are in the results by their distance alone.
        let bounds = grown.bounding_rect().unwrap();
        for index in 0..100 {
            let part = |step: f64| (f64::from(index) * step).fract();
            let point = bounds.min()
                + coord! { x: bounds.width() * part(0.754_877_666), y: bounds.height() * part(0.569_840_296) };
            let distance = distance_m(point, shape, plane);
            if (distance - metres).abs() < 1e-3 {
                continue;
            }
            let is_inside = position(point, shape) == PointLocation::Inside;
            prop_assert_eq!(position(point, &grown) == PointLocation::Inside, is_inside || distance < metres);
            prop_assert_eq!(position(point, &shrunk) == PointLocation::Inside, is_inside && distance > metres);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10))]

        #[test]
        fn boundaries_are_at_the_distance(
            radii in prop::collection::vec(0.4..1.0f64, 5..12), scale in 0..3usize, share in 0.02..0.2f64, plane in 0..3usize,
        ) {
            let scale_m = [50.0, 2e3, 2e4][scale];
            let plane = &planes()[plane];
            check(&star(plane, &radii, scale_m), plane, share * scale_m)?;
        }
    }

    #[test]
    fn long_edges_and_large_distances_stay_exact() {
        // 30 m beside edges of 60 km, and 5 km around a shape of 2 km.
        for plane in planes() {
            check(&star(&plane, &[1.0, 0.9, 1.0, 0.8], 6e4), &plane, 30.0).unwrap();
            check(&star(&plane, &[1.0, 0.5, 1.0, 0.5, 1.0, 0.5], 2e3), &plane, 5e3).unwrap();
        }
    }

    #[test]
    fn a_narrow_neck_parts_and_a_hole_closes() {
        let plane = Plane::of(&Crs::Epsg(4549)).unwrap();
        let square = |x: f64, y: f64, size: f64| {
            LineString::from(vec![(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)])
        };
        let (x, y) = (640e3, 3165e3);
        let barbell: MultiPolygon<f64> = polygon![
            (x: x, y: y), (x: x + 200.0, y: y), (x: x + 200.0, y: y + 80.0), (x: x + 300.0, y: y + 80.0), (x: x + 300.0, y: y),
            (x: x + 500.0, y: y), (x: x + 500.0, y: y + 200.0), (x: x + 300.0, y: y + 200.0), (x: x + 300.0, y: y + 120.0),
            (x: x + 200.0, y: y + 120.0), (x: x + 200.0, y: y + 200.0), (x: x, y: y + 200.0)
        ]
        .into();
        assert_eq!(shrink(&barbell, &plane, Metres(30.0)).0.len(), 2);
        let ring: MultiPolygon<f64> =
            Polygon::new(square(x, y, 400.0), vec![square(x + 180.0, y + 180.0, 40.0)]).into();
        assert_eq!(grow(&ring, &plane, Metres(15.0)).0[0].interiors().len(), 1);
        assert_eq!(grow(&ring, &plane, Metres(30.0)).0[0].interiors().len(), 0);
        // Exactly as wide as twice the distance: nothing, or less than a millimetre.
        let strip: MultiPolygon<f64> = Polygon::new(square(x, y, 60.0), vec![]).into();
        assert!(shrink(&strip, &plane, Metres(30.0)).0.is_empty());
    }

    #[test]
    fn many_short_edges_are_quick() {
        let plane = Plane::of(&Crs::Epsg(4549)).unwrap();
        let radii: Vec<f64> = (0..4000).map(|i| 1.0 + 0.002 * f64::from(i % 3)).collect();
        let circle = star(&plane, &radii, 500.0);
        let grown = grow(&circle, &plane, Metres(30.0));
        assert!(first_validation_error_in(&grown, &plane).is_none());
        assert_eq!((grown.0.len(), grown.0[0].interiors().len()), (1, 1));
    }
}
