//! Which zones hold each of many points.

use std::hint::black_box;

use geo::{Coord, MultiPolygon};

use crate::geometry::position::{PointLocation, position};
use crate::index::FeatureIndex;
use crate::plan::FeatureId;

/// The zones that hold each of many points, one point behind the other.
pub(crate) struct Containments {
    zones: Vec<(FeatureId, PointLocation)>,
    /// Where those of each point end.
    ends: Vec<usize>,
}

impl Containments {
    /// The zones that hold the point of this place, in plan order.
    pub(crate) fn of(&self, place: usize) -> &[(FeatureId, PointLocation)] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.zones[start..self.ends[place]]
    }
}

/// For what is no point.
pub(crate) const NAN_COORD: Coord<f64> = Coord { x: f64::NAN, y: f64::NAN };

/// So many points are asked together: enough to wait for memory at once, few enough for what came to be still near.
const BATCH: usize = 64;

impl FeatureIndex<'_> {
    /// [`holding`](FeatureIndex::containing) of many points. What is no number lies in none.
    ///
    /// Points in any order are in zones that are far from each other in memory. Each step is made for some points, and
    /// then the next: what they need is on its way at the same time.
    pub(crate) fn containing_batch(&self, points: impl Iterator<Item = Coord<f64>>) -> Containments {
        let points: Vec<Coord<f64>> = points.collect();
        let mut holdings = Containments { zones: vec![], ends: Vec::with_capacity(points.len()) };
        let mut near: Vec<(usize, FeatureId, &MultiPolygon<f64>)> = vec![];
        for points in points.chunks(BATCH) {
            near.clear();
            let plan = self.plan;
            self.boxes.each_holding_of(points, |point, number| {
                let id = FeatureId::new(number);
                near.push((point, id, &plan[id].shape));
            });
            for (_, _, shape) in &near {
                // Sends for the corners, which are asked for next.
                black_box(shape.0.first().and_then(|polygon| polygon.exterior().0.first()).copied());
            }
            let mut near = near.iter().peekable();
            for (place, &point) in points.iter().enumerate() {
                while let Some((_, number, shape)) = near.next_if(|&&(of, ..)| of == place) {
                    match position(point, shape) {
                        PointLocation::Outside => {}
                        position => holdings.zones.push((*number, position)),
                    }
                }
                holdings.ends.push(holdings.zones.len());
            }
        }
        holdings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PLAN_GEOJSON, Plan};
    use geo::coord;
    use proptest::prelude::*;

    /// Next to each other in rows, the borders shared: boxes that have tiles.
    fn squares() -> Plan {
        let ring = |x: u32, y: u32| {
            let (x, y) = (121.0 + f64::from(x) / 10.0, 28.0 + f64::from(y) / 10.0);
            let (right, top) = (x + 0.1, y + 0.1);
            format!("[[[{x},{y}],[{right},{y}],[{right},{top}],[{x},{top}],[{x},{y}]]]")
        };
        let features: Vec<String> = (0..100)
            .map(|i| {
                let (id, rings) = (i.to_string(), ring(i % 10, i / 10));
                format!(r#"{{"type":"Feature","id":"{id}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{rings}}}}}"#)
            })
            .collect();
        let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Plan::layer_from_geojson(json.as_bytes(), None).unwrap()
    }

    proptest! {
        #[test]
        fn many_points_are_answered_as_single_ones(
            points in prop::collection::vec((120.9..122.2_f64, 27.9..29.2_f64), 0..200), step in 1..20_u32,
        ) {
            // Some on borders and corners, some nowhere.
            let on = |value: f64| (value * 10.0).round() / 10.0;
            let points: Vec<Coord<f64>> = points
                .into_iter()
                .zip(0_u32..)
                .map(|((x, y), i)| match i % step {
                    0 => coord! { x: on(x), y: on(y) },
                    1 => coord! { x: on(x), y: y },
                    2 => coord! { x: f64::NAN, y: y },
                    _ => coord! { x: x, y: y },
                })
                .collect();
            for plan in [squares(), Plan::from_geojson(PLAN_GEOJSON.as_bytes()).unwrap()] {
                let index = FeatureIndex::new(&plan);
                let holdings = index.containing_batch(points.iter().copied());
                for (place, &point) in points.iter().enumerate() {
                    prop_assert_eq!(holdings.of(place), index.containing(point));
                    // Tiles and R-tree have the same boxes.
                    let by_tree = index.near(geo::Rect::new(point, point));
                    let by_tree: Vec<FeatureId> = by_tree.into_iter().filter(|&zone| position(point, &plan[zone].shape) != PointLocation::Outside).collect();
                    let held: Vec<FeatureId> = holdings.of(place).iter().map(|&(zone, _)| zone).collect();
                    if point.x.is_finite() { prop_assert_eq!(held, by_tree); } else { prop_assert!(held.is_empty()); }
                }
            }
        }
    }
}
