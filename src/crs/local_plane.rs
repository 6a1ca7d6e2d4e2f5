//! A plane around a position, for what is measured nearby many times.

use std::sync::LazyLock;

use geo::Coord;

use crate::crs::structure::Datum;
use crate::crs::transverse_mercator::{Parameters, TransverseMercator};
use crate::maths::hypot;

/// The transverse Mercator projection on the meridian of a position, in metres east and north of it. At a distance d
/// lengths are too long by d²/2R², 0.3 mm in a kilometre at 5 km.
pub(crate) struct LocalPlane(TransverseMercator);

/// On the ellipsoid of CGCS2000.
static PROJECTION: LazyLock<TransverseMercator> = LazyLock::new(|| {
    TransverseMercator::new(&Parameters {
        semi_major_m: 6_378_137.0,
        inverse_flattening: Datum::CGCS2000,
        origin_latitude_deg: 0.0,
        central_meridian_deg: 0.0,
        scale: 1.0,
        false_easting_m: 0.0,
        false_northing_m: 0.0,
    })
});

impl LocalPlane {
    pub(crate) fn around(position: Coord<f64>) -> LocalPlane {
        LocalPlane(PROJECTION.with_origin(position))
    }

    /// The coordinate of a position (degrees); not a number thousands of kilometres away.
    pub(crate) fn coord(&self, position: Coord<f64>) -> Coord<f64> {
        self.0.forward(position)
    }

    /// The position (degrees) of a coordinate.
    pub(crate) fn position(&self, coord: Coord<f64>) -> Coord<f64> {
        self.0.inverse(coord)
    }

    /// The coordinates at which to cut the curve between two coordinates, so that its pieces deviate by about a
    /// millimetre at most; `at` is its position (degrees) at a share of the way.
    pub(crate) fn cuts(
        &self,
        from: Coord<f64>,
        to: Coord<f64>,
        at: impl Fn(f64) -> Coord<f64>,
    ) -> impl Iterator<Item = Coord<f64>> {
        /// An edge that is straight in longitude and latitude bends by less than a millimetre up to this length, but
        /// near the poles.
        const STRAIGHT_M: f64 = 100.0;
        const MAX_DEVIATION_M: f64 = 1e-3;
        const MAX_PIECES: f64 = 4096.0;
        let pieces = match hypot(to.x - from.x, to.y - from.y) < STRAIGHT_M {
            true => 1.0,
            false => {
                let bend = self.coord(at(0.5)) - (from + to) / 2.0;
                // The deviation falls with the square of the number of pieces.
                (hypot(bend.x, bend.y) / MAX_DEVIATION_M).sqrt().ceil().clamp(1.0, MAX_PIECES)
            }
        };
        (1..pieces as u32).map(move |piece| self.coord(at(f64::from(piece) / pieces)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::distance;
    use geo::coord;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_nearby_are_those_on_the_ellipsoid(
            x in -180.0..180.0, y in -80.0..80.0, east in -5e3..5e3_f64, north in -5e3..5e3_f64,
        ) {
            let centre = coord! { x: x, y: y };
            let plane = LocalPlane::around(centre);
            let there = coord! { x: east, y: north };
            let length_m = distance(centre, plane.position(there)).0;
            prop_assert!((hypot(east, north) - length_m).abs() < 2e-3, "{}", length_m);
            let returned = plane.coord(plane.position(there));
            prop_assert!((returned - there).x.abs() < 1e-7 && (returned - there).y.abs() < 1e-7);
        }

        #[test]
        fn cut_edges_are_near_the_curve(dx in -0.2..0.2, dy in -0.2..0.2, t in 0.0..1.0) {
            let (from, to) = (coord! { x: 121.4, y: 28.6 }, coord! { x: 121.4 + dx, y: 28.6 + dy });
            let at = |t: f64| from + (to - from) * t;
            let plane = LocalPlane::around(from);
            let mut line = vec![plane.coord(from)];
            line.extend(plane.cuts(plane.coord(from), plane.coord(to), at));
            line.push(plane.coord(to));
            let pieces = (line.len() - 1) as f64;
            let index = ((t * pieces) as usize).min(line.len() - 2);
            let on_piece = line[index] + (line[index + 1] - line[index]) * (t * pieces - index as f64);
            let off = plane.coord(at(t)) - on_piece;
            prop_assert!(hypot(off.x, off.y) < 2e-3);
        }
    }
}
