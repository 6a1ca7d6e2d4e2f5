//! Rings on whole millimetres, in the order of surveys.

use geo::{Coord, LineString, MultiPolygon};

use crate::maths::atan2;
use crate::units::Metres;

/// A corner in whole millimetres, without a zone prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Millimetres {
    pub(super) north: i64,
    pub(super) east: i64,
}

impl Millimetres {
    fn nearest(coord: Coord<f64>) -> Millimetres {
        // Planes end long before this.
        const MAX: f64 = 1e15;
        let nearest = |metres: f64| (metres * 1e3).round().clamp(-MAX, MAX) as i64;
        Millimetres { north: nearest(coord.y), east: nearest(coord.x) }
    }
}

/// The rings of a shape, each with whether it is a hole: exteriors clockwise, holes counter-clockwise, from the corner
/// nearest to the north-west corner of their box. Corners that become equal to the one before are left out, and so are
/// rings that enclose nothing then.
pub(super) fn ordered(shape: &MultiPolygon<f64>) -> Vec<(bool, Vec<Millimetres>)> {
    let mut rings = vec![];
    for polygon in shape {
        let Some(exterior) = in_order(polygon.exterior(), true) else { continue };
        rings.push((false, exterior));
        rings.extend(polygon.interiors().iter().filter_map(|hole| Some((true, in_order(hole, false)?))));
    }
    rings
}

fn in_order(ring: &LineString<f64>, is_clockwise: bool) -> Option<Vec<Millimetres>> {
    let mut corners: Vec<Millimetres> = ring.0.iter().map(|&corner| Millimetres::nearest(corner)).collect();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let twice_area = twice_area(&corners);
    if twice_area == 0 {
        return None;
    }
    if (twice_area < 0) != is_clockwise {
        corners.reverse();
    }
    let west = corners.iter().map(|corner| corner.east).min()?;
    let north = corners.iter().map(|corner| corner.north).max()?;
    let from_north_west = |corner: &Millimetres| {
        let (south, east) = (i128::from(north - corner.north), i128::from(corner.east - west));
        (south * south + east * east, south, east)
    };
    let first = (0..corners.len()).min_by_key(|&index| from_north_west(&corners[index]))?;
    corners.rotate_left(first);
    Some(corners)
}

/// Twice the area of a ring in square millimetres, positive if it runs counter-clockwise.
pub(super) fn twice_area(ring: &[Millimetres]) -> i128 {
    let Some(origin) = ring.first() else { return 0 };
    let from_origin =
        |corner: &Millimetres| (i128::from(corner.east - origin.east), i128::from(corner.north - origin.north));
    let nexts = ring.iter().cycle().skip(1);
    let cross = |(corner, next)| {
        let ((east, north), (next_east, next_north)) = (from_origin(corner), from_origin(next));
        east * next_north - next_east * north
    };
    ring.iter().zip(nexts).map(cross).sum()
}

/// The length of a side, and its direction in degrees clockwise from grid north.
pub(super) fn side(from: Millimetres, to: Millimetres) -> (Metres, f64) {
    let (north, east) = (to.north - from.north, to.east - from.east);
    let square = i128::from(north) * i128::from(north) + i128::from(east) * i128::from(east);
    let azimuth_deg = atan2(east as f64, north as f64).to_degrees();
    (Metres((square as f64).sqrt() / 1e3), if azimuth_deg < 0.0 { azimuth_deg + 360.0 } else { azimuth_deg })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, polygon};

    fn of(ring: &[Millimetres]) -> Vec<(i64, i64)> {
        ring.iter().map(|corner| (corner.east, corner.north)).collect()
    }

    #[test]
    fn rings_start_in_the_north_west_and_keep_the_parcel_to_the_right() {
        // The exterior clockwise and counter-clockwise, from any corner.
        let corners = [(10., 20.), (30., 20.), (30., 0.), (10., 0.)];
        for turn in 0..4 {
            let mut ring: Vec<Coord<f64>> = corners.map(|(x, y)| Coord { x, y }).to_vec();
            ring.rotate_left(turn);
            for ring in [ring.clone(), ring.into_iter().rev().collect()] {
                let rings = ordered(&Polygon::new(LineString(ring), vec![]).into());
                assert_eq!(of(&rings[0].1), [(10_000, 20_000), (30_000, 20_000), (30_000, 0), (10_000, 0)]);
            }
        }
        let with_hole = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)],
            interiors: [[(x: 3., y: 3.), (x: 3., y: 6.), (x: 6., y: 6.), (x: 6., y: 3.)]],
        );
        let rings = ordered(&with_hole.into());
        assert_eq!((rings[0].0, rings[1].0), (false, true));
        assert_eq!(of(&rings[1].1), [(3_000, 6_000), (3_000, 3_000), (6_000, 3_000), (6_000, 6_000)]);
        assert_eq!((twice_area(&rings[0].1), twice_area(&rings[1].1)), (-162_000_000, 18_000_000));
    }

    #[test]
    fn of_corners_equally_near_the_northern_is_first() {
        // A rhombus: the western and the northern corner are as far from the corner of the box.
        let rhombus = polygon![(x: 0., y: 1.), (x: 1., y: 0.), (x: 2., y: 1.), (x: 1., y: 2.)];
        assert_eq!(of(&ordered(&rhombus.into())[0].1)[0], (1_000, 2_000));
    }

    #[test]
    fn corners_that_rounding_makes_equal_are_one() {
        let triangle = polygon![(x: 0., y: 0.), (x: 0.0004, y: 0.), (x: 1., y: 0.), (x: 0., y: 1.), (x: 0., y: 0.0003)];
        assert_eq!(ordered(&triangle.into())[0].1.len(), 3);
        let sliver = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.0003)];
        assert!(ordered(&sliver.into()).is_empty());
    }

    #[test]
    fn sides_are_measured_from_grid_north() {
        let at = |east, north| Millimetres { north, east };
        assert_eq!(side(at(0, 0), at(3_000, 4_000)).0, Metres(5.0));
        for (east, north, azimuth_deg) in [(0, 1, 0.0), (1, 0, 90.0), (0, -1, 180.0), (-1, 0, 270.0), (-1, 1, 315.0)] {
            assert_eq!(side(at(7, 7), at(7 + east, 7 + north)).1, azimuth_deg);
        }
    }
}
