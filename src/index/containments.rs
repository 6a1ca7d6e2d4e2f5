//! Point-in-polygon queries for batches of points.

use std::hint::black_box;

use geo::{Coord, MultiPolygon};

use crate::geometry::position::{PointLocation, position};
use crate::index::FeatureIndex;
use crate::plan::FeatureId;

/// The zones that contain each point of a batch.
pub(crate) struct Containments {
    zones: Vec<(FeatureId, PointLocation)>,
    /// The end of each point's zones.
    ends: Vec<usize>,
}

impl Containments {
    /// The zones that contain the point with this index, in plan order.
    pub(crate) fn of(&self, index: usize) -> &[(FeatureId, PointLocation)] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.zones[start..self.ends[index]]
    }
}

/// Stands for a missing point.
pub(crate) const NAN_COORD: Coord<f64> = Coord { x: f64::NAN, y: f64::NAN };

/// The number of points per pass: enough to overlap memory accesses, few enough to stay in the cache.
const BATCH: usize = 64;

impl FeatureIndex<'_> {
    /// [`containing`](FeatureIndex::containing) for a batch of points. NaN coordinates lie in no zone.
    ///
    /// Points in random order access zones that are far apart in memory. Each step is done for a block of points before
    /// the next one, so that their memory accesses overlap.
    pub(crate) fn containing_batch(&self, points: impl Iterator<Item = Coord<f64>>) -> Containments {
        let points: Vec<Coord<f64>> = points.collect();
        let mut containments = Containments { zones: vec![], ends: Vec::with_capacity(points.len()) };
        let mut candidates: Vec<(usize, FeatureId, &MultiPolygon<f64>)> = vec![];
        for points in points.chunks(BATCH) {
            candidates.clear();
            let plan = self.plan;
            self.boxes.for_each_containing_batch(points, |point, number| {
                let id = FeatureId::new(number);
                candidates.push((point, id, &plan[id].shape));
            });
            for (_, _, shape) in &candidates {
                // Prefetches the vertices for the next step.
                black_box(shape.0.first().and_then(|polygon| polygon.exterior().0.first()).copied());
            }
            let mut candidates = candidates.iter().peekable();
            for (index, &point) in points.iter().enumerate() {
                while let Some((_, number, shape)) = candidates.next_if(|&&(of, ..)| of == index) {
                    match position(point, shape) {
                        PointLocation::Outside => {}
                        position => containments.zones.push((*number, position)),
                    }
                }
                containments.ends.push(containments.zones.len());
            }
        }
        containments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PLAN_GEOJSON, Plan};
    use geo::coord;
    use proptest::prelude::*;

    /// Adjacent squares in rows with shared borders, whose boxes have buckets.
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
        Plan::flat_from_geojson(json.as_bytes(), None).unwrap()
    }

    proptest! {
        #[test]
        fn batches_equal_single_queries(
            points in prop::collection::vec((120.9..122.2_f64, 27.9..29.2_f64), 0..200), step in 1..20_u32,
        ) {
            // Some on borders and vertices, some NaN.
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
                let containments = index.containing_batch(points.iter().copied());
                for (i, &point) in points.iter().enumerate() {
                    prop_assert_eq!(containments.of(i), index.containing(point));
                    // The R-tree finds the same zones.
                    let by_tree = index.near(geo::Rect::new(point, point));
                    let by_tree: Vec<FeatureId> = by_tree.into_iter().filter(|&zone| position(point, &plan[zone].shape) != PointLocation::Outside).collect();
                    let actual: Vec<FeatureId> = containments.of(i).iter().map(|&(zone, _)| zone).collect();
                    if point.x.is_finite() { prop_assert_eq!(actual, by_tree); } else { prop_assert!(actual.is_empty()); }
                }
            }
        }
    }
}
