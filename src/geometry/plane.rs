//! Edges of a plane as they run on the ellipsoid: their areas, lengths and distances.
//!
//! An edge that is straight in a projected plane is a curve in longitude and latitude, which has the closed formulas. It
//! is cut into pieces of at most a kilometre, each a parabola through its ends and its middle: Q(t) = A + t (B − A) +
//! 4 t (1 − t) w. The cubic term that is left out is the bend of a piece (1 cm) times its length over the earth's
//! radius, less than a micrometre; its area is that of an odd function, zero to the same order. The area between the
//! parabola and its chord is 2/3 w × (B − A) (Archimedes, Quadrature of the Parabola), times the area of a radian
//! squared at that latitude.

use geo::{Coord, Line, LineString, MultiPolygon};

use crate::crs::Plane;
use crate::geometry::distance::Edge;
use crate::geometry::measure::{self, AreaPerimeter, curve_length_m, radii_from_sin_m, rings, strip_area_m2};
use crate::maths::{hypot, sin_cos_deg};
use crate::units::{Metres, SquareMetres};

/// The longest piece of an edge, in metres.
const PIECE_M: f64 = 1000.0;

/// The most pieces of an edge: longer ones are less exact.
const MAX_PIECES: f64 = 65_536.0;

/// A piece of an edge: its ends and the offset of its middle from theirs, in degrees.
#[derive(Clone, Copy)]
struct Piece {
    start: Coord<f64>,
    end: Coord<f64>,
    bow: Coord<f64>,
}

impl Piece {
    /// The area between the piece and a meridian, as [`strip_area_m2`].
    fn strip_area_m2(&self, meridian_deg: f64) -> f64 {
        let Piece { start, end, bow } = *self;
        // Relative to the meridian, so that pieces across the antimeridian are on its side.
        let from = within_half_turn(start.x - meridian_deg);
        let chord = Line::new((from, start.y), (from + (end.x - start.x), end.y));
        let (sin_lat, cos_lat) = sin_cos_deg((start.y + end.y) / 2.0);
        let (meridian_m, normal_m) = radii_from_sin_m(sin_lat);
        let delta = end - start;
        let between =
            2.0 / 3.0 * (bow.x.to_radians() * delta.y.to_radians() - bow.y.to_radians() * delta.x.to_radians());
        strip_area_m2(chord, 0.0) + meridian_m * normal_m * cos_lat * between
    }

    fn length_m(&self) -> f64 {
        curve_length_m(Line::new(self.start, self.end), self.bow)
    }
}

/// The measures of shapes whose edges are straight in this plane, on the ellipsoid of CGCS2000.
impl Plane {
    /// Area and perimeter of a shape in this plane.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::crs::{Crs, Plane};
    ///
    /// // A square kilometre of the plane, 140 km east of its meridian, is 487 ppm smaller on the ellipsoid.
    /// let square: MultiPolygon = polygon![
    ///     (x: 640_000., y: 3_171_000.), (x: 641_000., y: 3_171_000.), (x: 641_000., y: 3_172_000.), (x: 640_000., y: 3_172_000.),
    /// ]
    /// .into();
    /// let size = Plane::of(&Crs::Epsg(4549))?.measure(&square);
    /// assert_eq!((1e6 - size.area.0).round(), 487.0);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn measure(&self, shape: &MultiPolygon<f64>) -> AreaPerimeter {
        AreaPerimeter { area: self.area(shape), perimeter: self.perimeter(shape) }
    }

    /// The area of [`measure`](Plane::measure), without the perimeter.
    pub fn area(&self, shape: &MultiPolygon<f64>) -> SquareMetres {
        if self.is_lon_lat() {
            return measure::ellipsoid_area(shape);
        }
        let ring_area_m2 = |ring: &LineString<f64>| {
            let corners = self.positions(ring);
            let Some(meridian_deg) = corners.first().map(|origin| origin.x) else { return 0.0 };
            let mut area_m2 = 0.0;
            self.each_piece_of_ring(ring, &corners, |piece| area_m2 += piece.strip_area_m2(meridian_deg));
            area_m2.abs()
        };
        let of_polygon = |polygon: &geo::Polygon<f64>| {
            ring_area_m2(polygon.exterior()) - polygon.interiors().iter().map(ring_area_m2).sum::<f64>()
        };
        SquareMetres(shape.iter().map(of_polygon).sum())
    }

    /// The perimeter of [`measure`](Plane::measure), without the area.
    pub(crate) fn perimeter(&self, shape: &MultiPolygon<f64>) -> Metres {
        if self.is_lon_lat() {
            let edges = shape.iter().flat_map(rings).flat_map(LineString::lines);
            return Metres(edges.map(|edge| curve_length_m(edge, Coord::zero())).sum());
        }
        let mut length_m = 0.0;
        for ring in shape.iter().flat_map(rings) {
            self.each_piece_of_ring(ring, &self.positions(ring), |piece| length_m += piece.length_m());
        }
        Metres(length_m)
    }

    /// The perimeter of a shape as its edges are long in the plane, for bounds of errors: much quicker.
    pub(crate) fn rough_perimeter(&self, shape: &MultiPolygon<f64>) -> Metres {
        if self.is_lon_lat() {
            return self.perimeter(shape);
        }
        let edges = shape.iter().flat_map(rings).flat_map(LineString::lines);
        Metres(edges.map(|edge| hypot(edge.dx(), edge.dy())).sum())
    }

    /// The area between an edge of the plane and a meridian, as [`strip_area_m2`].
    pub(crate) fn strip_area_m2(&self, edge: Line<f64>, meridian_deg: f64) -> f64 {
        if self.is_lon_lat() {
            return strip_area_m2(edge, meridian_deg);
        }
        let mut area_m2 = 0.0;
        self.each_piece(edge, |piece| area_m2 += piece.strip_area_m2(meridian_deg));
        area_m2
    }

    /// The length of an edge of the plane.
    pub(crate) fn edge_length_m(&self, edge: Line<f64>) -> f64 {
        if self.is_lon_lat() {
            return curve_length_m(edge, Coord::zero());
        }
        let mut length_m = 0.0;
        self.each_piece(edge, |piece| length_m += piece.length_m());
        length_m
    }

    /// The pieces of an edge of the plane for distances.
    pub(crate) fn edges(&self, edge: Line<f64>) -> Vec<Edge> {
        if self.is_lon_lat() {
            return Edge::split(edge.start, edge.end).collect();
        }
        // In a fixed order, see `Edge`.
        let (from, to) = (edge.start, edge.end);
        let edge = if (from.x, from.y) <= (to.x, to.y) { edge } else { Line::new(to, from) };
        let mut edges = vec![];
        self.each_piece(edge, |Piece { start, end, bow }| edges.push(Edge::new(start, end, bow)));
        edges
    }

    fn positions(&self, ring: &LineString<f64>) -> Vec<Coord<f64>> {
        let mut positions = ring.0.clone();
        self.to_positions(&mut positions);
        positions
    }

    /// The pieces of the edges of a ring, given the positions of its corners.
    fn each_piece_of_ring(&self, ring: &LineString<f64>, corners: &[Coord<f64>], mut take: impl FnMut(Piece)) {
        for (edge, ends) in ring.lines().zip(corners.windows(2)) {
            self.each_piece_between(edge, ends[0], ends[1], &mut take);
        }
    }

    fn each_piece(&self, edge: Line<f64>, mut take: impl FnMut(Piece)) {
        self.each_piece_between(edge, self.position(edge.start), self.position(edge.end), &mut take);
    }

    /// The pieces of an edge, given the positions of its ends.
    fn each_piece_between(&self, edge: Line<f64>, from: Coord<f64>, to: Coord<f64>, take: &mut impl FnMut(Piece)) {
        let count = (hypot(edge.dx(), edge.dy()) / PIECE_M).ceil().clamp(1.0, MAX_PIECES) as usize;
        let position = |half: usize| self.position(edge.start + edge.delta() * (half as f64 / (2 * count) as f64));
        let mut start = from;
        for piece in 0..count {
            let end = if piece + 1 == count { to } else { position(2 * piece + 2) };
            // Continued across the antimeridian.
            let [middle, end] = [position(2 * piece + 1), end]
                .map(|to| Coord { x: start.x + within_half_turn(to.x - start.x), y: to.y });
            take(Piece { start, end, bow: middle - (start + end) / 2.0 });
            start = end;
        }
    }

    /// The rounding error of a coordinate, in metres on the ground: of the numbers, and of the formulas.
    pub(crate) fn rounding_m(&self) -> f64 {
        if self.is_lon_lat() { 4e-9 } else { 4e-8 }
    }
}

fn within_half_turn(degrees: f64) -> f64 {
    if degrees.abs() <= 180.0 { degrees } else { degrees - 360.0 * (degrees / 360.0).round() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use geo::{coord, polygon};
    use proptest::prelude::*;

    const SYSTEMS: [u32; 4] = [4549, 4550, 32651, 3857];

    fn plane(code: u32) -> Plane {
        Plane::of(&Crs::Epsg(code)).unwrap()
    }

    /// A ring whose edges have many corners.
    fn refined(ring: &[Coord<f64>], count: u32) -> LineString<f64> {
        let mut corners = vec![];
        for edge in ring.windows(2) {
            corners.extend((0..count).map(|i| edge[0] + (edge[1] - edge[0]) * (f64::from(i) / f64::from(count))));
        }
        corners.push(ring[ring.len() - 1]);
        LineString(corners)
    }

    /// Shapes near the corridor in a plane, as offsets in metres.
    fn triangle(plane: &Plane, offsets: [(f64, f64); 3]) -> MultiPolygon<f64> {
        let centre = plane.coord(coord! { x: 121.4, y: 28.6 });
        let corners = offsets.map(|(x, y)| centre + coord! { x: x, y: y });
        polygon![corners[0], corners[1], corners[2]].into()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// The same shape with a corner every few metres, of which the edges are all but straight in degrees.
        #[test]
        fn areas_and_lengths_equal_those_of_refined_edges(
            system in 0..4usize, x in -9e3..9e3, y in -9e3..9e3, u in -9e3..9e3, v in -9e3..9e3,
        ) {
            let plane = plane(SYSTEMS[system]);
            let shape = triangle(&plane, [(0.0, 0.0), (x, y), (u, v)]);
            let mut fine = refined(&shape.0[0].exterior().0, 16_000);
            plane.to_positions(&mut fine.0);
            let fine = measure::measure_ellipsoidal(&geo::Polygon::new(fine, vec![]).into());
            let size = plane.measure(&shape);
            // The bend of a piece of a metre is 10 nm.
            let tolerance_m2 = 1e-9 * fine.area.0 + 2e-4;
            prop_assert!((size.area.0 - fine.area.0).abs() < tolerance_m2, "{:?} {:?}", size, fine);
            prop_assert!((size.perimeter.0 - fine.perimeter.0).abs() < 1e-9 * fine.perimeter.0 + 1e-6);
        }

        #[test]
        fn distances_equal_a_search_along_the_edge(
            system in 0..4usize, x in -9e3..9e3, y in -9e3..9e3, u in -9e3..9e3, v in -9e3..9e3,
        ) {
            let plane = plane(SYSTEMS[system]);
            let centre = plane.coord(coord! { x: 121.4, y: 28.6 });
            let line = Line::new(centre, centre + coord! { x: x, y: y });
            let from = plane.position(centre + coord! { x: u, y: v });
            let at = |t: f64| measure::distance(from, plane.position(line.start + line.delta() * t)).0;
            let (mut low, mut high) = (0.0_f64, 1.0_f64);
            for _ in 0..9 {
                let step = (high - low) / 50.0;
                let best = (0..=50).map(|i| low + step * f64::from(i)).min_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
                (low, high) = ((best - step).max(0.0), (best + step).min(1.0));
            }
            let found = plane.edges(line).into_iter().map(|edge| edge.nearest(from).0.0).fold(f64::INFINITY, f64::min);
            prop_assert!((found - at((low + high) / 2.0)).abs() < 1e-6, "{} {}", found, at((low + high) / 2.0));
        }
    }

    #[test]
    fn a_side_of_a_kilometre_is_bent_by_a_centimetre() {
        let plane = plane(4549);
        let mut pieces = vec![];
        plane.each_piece(Line::new((637_000.0, 3_165_000.0), (638_000.0, 3_165_000.0)), |piece| pieces.push(piece));
        assert_eq!(pieces.len(), 1);
        let bend_m = hypot(pieces[0].bow.x * 97_000.0, pieces[0].bow.y * 110_900.0);
        assert!((bend_m - 0.0107).abs() < 2e-4, "{bend_m}");
    }

    #[test]
    fn edges_across_the_antimeridian_are_short() {
        let zone = plane(32601);
        let (west, east) = (zone.coord(coord! { x: 179.99, y: 10.0 }), zone.coord(coord! { x: -179.99, y: 10.0 }));
        assert!((zone.edge_length_m(Line::new(west, east)) - 2_193.0).abs() < 1.0);
        let block = polygon![west, east, east + coord! { x: 0.0, y: 2000.0 }, west + coord! { x: 0.0, y: 2000.0 }];
        assert!((zone.area(&block.into()).km2() - 4.38).abs() < 0.01);
    }
}
