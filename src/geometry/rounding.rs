//! Rounding of coordinates to a number of decimals, which keeps polygons valid.

use std::ops::AddAssign;

use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use crate::geometry::clip::snap_to_grid;
use crate::geometry::validity::{encloses_nothing, is_valid_in_plane};
use crate::geometry::visit_coords;
use crate::maths::power_of_ten;

/// The number of geometries that vanished by rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Collapsed {
    /// Polygons that cannot be made valid.
    pub(crate) polygons: u64,
    /// Holes of the remaining polygons.
    pub(crate) holes: u64,
    /// Parts of the remaining polygons.
    pub(crate) parts: u64,
}

impl AddAssign for Collapsed {
    fn add_assign(&mut self, other: Collapsed) {
        self.polygons += other.polygons;
        self.holes += other.holes;
        self.parts += other.parts;
    }
}

/// A coordinate rounded to `decimals` decimals.
pub(crate) fn rounded(coord: Coord<f64>, decimals: usize) -> Coord<f64> {
    let scale = scale(decimals);
    let round = |value: f64| {
        let scaled = value * scale;
        // Larger doubles have no decimals.
        if scaled.abs() < MAX_EXACT { scaled.round() / scale } else { value }
    };
    Coord { x: round(coord.x), y: round(coord.y) }
}

/// All integers up to here are exact as doubles.
const MAX_EXACT: f64 = (1u64 << 53) as f64;

fn scale(decimals: usize) -> f64 {
    power_of_ten(decimals.min(15) as i32)
}

/// Rounds the coordinates of a geometry and returns what collapsed.
///
/// A polygon that was valid before (in `original`) stays valid if any area remains: vertices that become equal are
/// merged, holes and parts that enclose nothing are dropped, and a polygon that crosses itself is filled by the
/// even-odd rule on the grid of this precision. A polygon that was invalid before is only rounded.
pub(crate) fn round(geometry: &mut Geometry<f64>, original: Option<&Geometry<f64>>, decimals: usize) -> Collapsed {
    match geometry {
        Geometry::Polygon(polygon) => {
            let (mut parts, collapsed) = round_polygons(vec![polygon.clone()], original, decimals);
            *geometry = if parts.0.len() == 1 { parts.0.remove(0).into() } else { parts.into() };
            collapsed
        }
        Geometry::MultiPolygon(polygons) => {
            let (parts, collapsed) = round_polygons(std::mem::take(&mut polygons.0), original, decimals);
            *polygons = parts;
            collapsed
        }
        Geometry::GeometryCollection(members) => {
            let original = |index: usize| match original {
                Some(Geometry::GeometryCollection(members)) => members.0.get(index),
                _ => None,
            };
            let mut collapsed = Collapsed::default();
            for (index, member) in members.0.iter_mut().enumerate() {
                collapsed += round(member, original(index), decimals);
            }
            collapsed
        }
        _ => {
            visit_coords(geometry, &mut |coord| *coord = rounded(*coord, decimals));
            Collapsed::default()
        }
    }
}

fn round_polygons(
    parts: Vec<Polygon<f64>>,
    original: Option<&Geometry<f64>>,
    decimals: usize,
) -> (MultiPolygon<f64>, Collapsed) {
    let mut collapsed = Collapsed::default();
    let (mut kept, mut rounded_only) = (vec![], vec![]);
    for part in parts {
        let part = map_rings(part, |mut line| {
            line.0.iter_mut().for_each(|vertex| *vertex = rounded(*vertex, decimals));
            line
        });
        let (exterior, holes) = part.clone().into_inner();
        rounded_only.push(part);
        let merged = |mut line: LineString<f64>| {
            line.0.dedup();
            (!encloses_nothing(&line)).then_some(line)
        };
        let Some(exterior) = merged(exterior) else {
            collapsed.parts += 1;
            continue;
        };
        let count = holes.len();
        let holes: Vec<_> = holes.into_iter().filter_map(merged).collect();
        collapsed.holes += (count - holes.len()) as u64;
        kept.push(Polygon::new(exterior, holes));
    }
    let (kept, rounded_only) = (MultiPolygon::new(kept), MultiPolygon::new(rounded_only));
    let is_whole = collapsed == Collapsed::default();
    if is_whole && is_valid_in_plane(&kept) {
        return (kept, collapsed);
    }
    let was_valid = match original {
        Some(Geometry::Polygon(polygon)) => is_valid_in_plane(&polygon.clone().into()),
        Some(Geometry::MultiPolygon(polygons)) => is_valid_in_plane(polygons),
        _ => false,
    };
    if !was_valid {
        return (rounded_only, Collapsed::default());
    }
    let kept = drop_flat_rings(kept, decimals, &mut collapsed);
    match valid_on_grid(kept, decimals) {
        Some(kept) => (kept, collapsed),
        None => (rounded_only, Collapsed { polygons: 1, ..Collapsed::default() }),
    }
}

/// Drops and counts parts and holes that cover no area.
fn drop_flat_rings(shape: MultiPolygon<f64>, decimals: usize, collapsed: &mut Collapsed) -> MultiPolygon<f64> {
    let has_area = |ring: &LineString<f64>| {
        !snap_to_grid(&Polygon::new(ring.clone(), vec![]).into(), scale(decimals)).0.is_empty()
    };
    let mut kept = vec![];
    for part in shape {
        let (exterior, mut holes) = part.into_inner();
        if !has_area(&exterior) {
            collapsed.parts += 1;
            continue;
        }
        let count = holes.len();
        holes.retain(has_area);
        collapsed.holes += (count - holes.len()) as u64;
        kept.push(Polygon::new(exterior, holes));
    }
    MultiPolygon::new(kept)
}

/// The area of a shape as a valid shape on the grid of this precision; `None` if no area remains.
fn valid_on_grid(mut shape: MultiPolygon<f64>, decimals: usize) -> Option<MultiPolygon<f64>> {
    /// New vertices where edges cross are rounded as well, which may create further crossings.
    const MAX_ROUNDS: usize = 8;
    for _ in 0..MAX_ROUNDS {
        if shape.0.is_empty() {
            return None;
        }
        if is_valid_in_plane(&shape) {
            return Some(shape);
        }
        shape = snap_to_grid(&shape, scale(decimals));
    }
    None
}

fn map_rings(polygon: Polygon<f64>, map: impl Fn(LineString<f64>) -> LineString<f64>) -> Polygon<f64> {
    let (exterior, holes) = polygon.into_inner();
    Polygon::new(map(exterior), holes.into_iter().map(map).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn round_in_place(geometry: &mut Geometry<f64>, decimals: usize) -> Collapsed {
        let original = geometry.clone();
        round(geometry, Some(&original), decimals)
    }

    #[test]
    fn rounded_polygons_stay_valid() {
        // A tongue narrower than the grid crosses itself and is removed; a sliver vanishes. In degrees, and in
        // projected coordinates far from the origin.
        for (base, unit, decimals) in [((121.4, 28.65), 1.0, 3), ((40_633_838.2, 3_171_898.6), 1e3, 0)] {
            let at = |x: f64, y: f64| Coord { x: base.0 + x * unit, y: base.1 + y * unit };
            let tongue = [
                (0.0, 0.0),
                (0.01, 0.0),
                (0.01, 0.01),
                (0.00504, 0.01),
                (0.0142, 0.0291),
                (0.00496, 0.01),
                (0.0, 0.01),
            ];
            let ring = |vertices: &[(f64, f64)]| vertices.iter().map(|&(x, y)| at(x, y)).collect::<LineString<f64>>();
            let mut shape = Geometry::from(Polygon::new(ring(&tongue), vec![]));
            assert_eq!(round_in_place(&mut shape, decimals), Collapsed::default());
            let Geometry::Polygon(shape) = shape else { panic!("{shape:?}") };
            assert!(is_valid_in_plane(&shape.clone().into()));
            assert!(shape.exterior().0.iter().all(|&vertex| vertex == rounded(vertex, decimals)));
            let mut sliver = Polygon::new(ring(&[(0.0, 0.0), (0.01, 0.0), (0.01, 0.0002)]), vec![]).into();
            assert_eq!(round_in_place(&mut sliver, decimals), Collapsed { polygons: 1, ..Collapsed::default() });
            // Invalid polygons are only rounded.
            let bow_tie = Polygon::new(ring(&[(0., 0.), (2., 2.), (2., 0.), (0., 2.)]), vec![]);
            let mut rounded = bow_tie.clone().into();
            assert_eq!(round_in_place(&mut rounded, decimals), Collapsed::default());
            assert!(matches!(rounded, Geometry::Polygon(rounded) if rounded.exterior().0.len() == 5));
        }
    }

    #[test]
    fn holes_and_parts_that_vanish_are_counted() {
        let square = |x: f64, size: f64| polygon![(x: x, y: x), (x: x + size, y: x), (x: x + size, y: x + size), (x: x, y: x + size)];
        let with_hole = Polygon::new(
            square(0.0, 9.0).exterior().clone(),
            vec![square(2.0, 0.1).exterior().clone(), square(4.0, 2.0).exterior().clone()],
        );
        let mut shape = MultiPolygon::new(vec![with_hole, square(20.0, 0.2)]).into();
        assert_eq!(round_in_place(&mut shape, 0), Collapsed { polygons: 0, holes: 1, parts: 1 });
        let kept = MultiPolygon::from(Polygon::new(
            square(0.0, 9.0).exterior().clone(),
            vec![square(4.0, 2.0).exterior().clone()],
        ));
        assert_eq!(shape, kept.into());
        // Rings that fold back on themselves cover nothing, either.
        let hook = |x: f64| {
            polygon![
                (x: x, y: 5.0), (x: x + 5.0, y: 5.2), (x: x + 5.2, y: 10.0), (x: x + 4.8, y: 10.0), (x: x + 4.9, y: 5.3)
            ]
        };
        let with_hook = Polygon::new(square(0.0, 20.0).exterior().clone(), vec![hook(5.0).exterior().clone()]);
        let mut shape = MultiPolygon::new(vec![with_hook, hook(50.0)]).into();
        assert_eq!(round_in_place(&mut shape, 0), Collapsed { polygons: 0, holes: 1, parts: 1 });
        assert_eq!(shape, MultiPolygon::from(square(0.0, 20.0)).into());
        // The same in a collection.
        let mut shape = Geometry::GeometryCollection(geo::GeometryCollection(vec![
            geo::Point::new(0.4, 0.4).into(),
            square(20.0, 0.2).into(),
        ]));
        assert_eq!(round_in_place(&mut shape, 0), Collapsed { polygons: 1, holes: 0, parts: 0 });
    }

    #[test]
    fn closing_a_narrow_neck_splits_the_polygon() {
        let mut shape = polygon![
            (x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 4.8), (x: 20.0, y: 4.8), (x: 20.0, y: 0.0), (x: 30.0, y: 0.0),
            (x: 30.0, y: 10.0), (x: 20.0, y: 10.0), (x: 20.0, y: 5.2), (x: 10.0, y: 5.2), (x: 10.0, y: 10.0), (x: 0.0, y: 10.0)
        ].into();
        assert_eq!(round_in_place(&mut shape, 0), Collapsed::default());
        let Geometry::MultiPolygon(parts) = shape else { panic!("{shape:?}") };
        assert_eq!(parts.0.len(), 2);
        assert!(is_valid_in_plane(&parts));
    }

    #[test]
    fn rounding_does_not_alter_large_numbers() {
        let coord = Coord { x: 40_633_838.123_456_7, y: 1e300 };
        assert_eq!(rounded(coord, 15), coord);
        assert_eq!(rounded(coord, 2).x, 40_633_838.12);
    }
}
