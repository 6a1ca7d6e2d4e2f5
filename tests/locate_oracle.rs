//! Positions against geo's `relate`, point by point: a grid, every corner and edge, random layers.

use std::sync::LazyLock;

use geo::{Coord, MultiPolygon, Point, PreparedGeometry, Relate, coord};
use proptest::prelude::*;
use taizhou_corridor::geometry::position::PointLocation;
use taizhou_corridor::index::FeatureIndex;
use taizhou_corridor::plan::{FeatureId, Level, Plan};
use taizhou_corridor::query::locate::{Certainty, Locator};
use taizhou_corridor::units::Metres;

static PLAN: LazyLock<Plan> = LazyLock::new(Plan::bundled);

/// All zones of a plan, tried one after the other.
struct Naive<'p>(Vec<(FeatureId, PreparedGeometry<'p, &'p MultiPolygon<f64>>)>);

impl<'p> Naive<'p> {
    fn new(plan: &'p Plan) -> Naive<'p> {
        Naive(plan.iter().map(|(id, feature)| (id, PreparedGeometry::from(&feature.shape))).collect())
    }

    fn holding(&self, point: Coord<f64>) -> Vec<(FeatureId, PointLocation)> {
        let point = Point::from(point);
        let mut holding = vec![];
        for (id, shape) in &self.0 {
            let relation = shape.relate(&point);
            if relation.is_contains() {
                holding.push((*id, PointLocation::Inside));
            } else if relation.is_intersects() {
                holding.push((*id, PointLocation::Boundary));
            }
        }
        holding
    }
}

/// West, south, east, north of the bundled plan, with a margin.
const REGION: [f64; 4] = [121.19, 28.54, 121.52, 28.715];

#[test]
fn a_grid_over_the_plan() {
    let side = 1000;
    let rows = std::thread::available_parallelism().map_or(1, usize::from);
    let [west, south, east, north] = REGION;
    std::thread::scope(|scope| {
        for first in 0..rows {
            scope.spawn(move || {
                let (index, naive) = (FeatureIndex::new(&PLAN), Naive::new(&PLAN));
                for j in (first..side).step_by(rows) {
                    for i in 0..side {
                        let part = |i: usize| i as f64 / (side - 1) as f64;
                        let point = coord! { x: west + part(i) * (east - west), y: south + part(j) * (north - south) };
                        assert_eq!(index.containing(point), naive.holding(point), "{point:?}");
                    }
                }
            });
        }
    });
}

/// A point and its eight neighbours, one unit in the last place away.
fn with_neighbours(point: Coord<f64>) -> impl Iterator<Item = Coord<f64>> {
    let steps = |value: f64| [value.next_down(), value, value.next_up()];
    steps(point.x).into_iter().flat_map(move |x| steps(point.y).map(|y| coord! { x: x, y: y }))
}

/// Every corner and edge midpoint of the plan, each with its neighbours.
fn borders() -> impl Iterator<Item = Coord<f64>> {
    let lines = PLAN.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(|polygon| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).flat_map(|ring| ring.lines())
    });
    lines.flat_map(|edge| [edge.start, (edge.start + edge.end) / 2.0]).flat_map(with_neighbours)
}

#[test]
fn every_corner_and_edge_and_their_neighbours() {
    let (index, naive) = (FeatureIndex::new(&PLAN), Naive::new(&PLAN));
    let mut on_boundary = 0;
    for point in borders() {
        let found = index.containing(point);
        on_boundary += usize::from(found.iter().any(|(_, position)| *position == PointLocation::Boundary));
        assert_eq!(found, naive.holding(point), "{point:?}");
    }
    assert!(on_boundary > 300, "{on_boundary}");
}

/// The border sweep: no point of the corridor is without a zone, and a shared border belongs to all
/// that share it.
#[test]
fn no_point_inside_the_corridor_is_without_a_zone() {
    let locator = Locator::new(&PLAN).without_distance();
    let corridor = PLAN.feature("corridor").unwrap();
    let mut shared = 0;
    for point in borders() {
        let answer = locator.locate(point, Metres(0.0));
        let all = locator.locate_all(point, Metres(0.0));
        assert_eq!(all[0], answer);
        let is_inside = taizhou_corridor::geometry::position::position(point, &corridor.shape) == PointLocation::Inside;
        assert!(!is_inside || answer.zone.is_some(), "{point:?}");
        if all.len() > 1 {
            shared += 1;
            for other in &all {
                assert_eq!(other.position, PointLocation::Boundary, "{point:?}");
                assert!(answer.boundary_of.contains(&other.zone.unwrap()));
            }
        }
    }
    assert!(shared > 20, "{shared}");
}

#[test]
fn the_landmarks_are_where_they_should_be() {
    let locator = Locator::new(&PLAN);
    let zone = |lon: f64, lat: f64| {
        let answer = locator.locate(coord! { x: lon, y: lat }, Metres(0.0));
        let id = |id: Option<FeatureId>| id.map_or("", |id| PLAN[id].id.as_str());
        (id(answer.zone), id(answer.cluster))
    };
    assert_eq!(zone(121.36898, 28.65590), ("core", "high-speed-rail-district"), "台州站");
    for (name, lon, lat) in
        [("台州西站", 121.28624, 28.68899), ("江口中学", 121.32693, 28.67840), ("王林小学", 121.28324, 28.68074)]
    {
        assert_eq!(zone(lon, lat).0, "huangyan", "{name}");
    }
    assert_eq!(zone(121.21101, 28.66232), ("huangyan", "mould-industry-area"), "新前中学");
    assert_eq!(zone(121.44657, 28.69905), ("jiaojiang", "digital-economy-park"), "前所街道");
    assert_eq!(zone(121.41386, 28.66118), ("", ""), "台州市图书馆");
    let airport = locator.locate(coord! { x: 121.42900, y: 28.56220 }, Metres(300.0));
    assert!(airport.zone.is_none() && (airport.distance_to_boundary.unwrap().0 - 3800.59).abs() < 0.01);
}

/// A rough outline farther away makes an answer uncertain that a fine one nearby would not: the core is
/// 1,273 m away and accurate to 500 m, Luqiao 1,336 m and 1,500 m.
#[test]
fn certainty_weighs_every_boundary() {
    let answer = Locator::new(&PLAN).locate(coord! { x: 121.3340, y: 28.6340 }, Metres(0.0));
    let id = |id: Option<FeatureId>| id.map(|id| PLAN[id].id.as_str());
    assert_eq!((id(answer.nearest_zone), id(answer.uncertain_because_of)), (Some("core"), Some("luqiao")));
    assert_eq!(answer.certainty, Some(Certainty::Uncertain));
}

proptest! {
    /// Against every boundary that could change the answer, measured one after the other.
    #[test]
    fn certainty_equals_every_boundary_tried(x in 121.15..121.55, y in 28.50..28.75, uncertainty in 0.0..900.0, to_cluster: bool) {
        let (index, point) = (FeatureIndex::new(&PLAN), coord! { x: x, y: y });
        let finest = if to_cluster { Level::Cluster } else { Level::Zone };
        let answer = Locator::new(&PLAN).max_level(finest).locate(point, Metres(uncertainty));
        let is_near = PLAN.iter().any(|(id, zone)| {
            let level = zone.level.unwrap();
            let reach = zone.accuracy.unwrap().0.hypot(uncertainty);
            level > Level::Corridor && level <= finest && index.distance_to_boundary(id, point).0 <= reach
        });
        prop_assert_eq!(answer.certainty == Some(Certainty::Uncertain), is_near);
        prop_assert_eq!(answer.uncertain_because_of.is_some(), is_near);
    }
}

prop_compose! {
    /// A star-shaped ring on a coarse grid, so that points fall on its boundary.
    fn star()(x in 0..40i32, y in 0..40i32, radii in prop::collection::vec(2..12i32, 3..9)) -> Vec<[f64; 2]> {
        let count = radii.len() as f64;
        let mut ring: Vec<[f64; 2]> = radii.iter().enumerate().map(|(i, &radius)| {
            let angle = i as f64 / count * std::f64::consts::TAU;
            let at = |centre: i32, part: f64| (f64::from(centre) + f64::from(radius) * part).round() / 100.0;
            [at(x, angle.cos()), at(y, angle.sin())]
        }).collect();
        ring.push(ring[0]);
        ring
    }
}

proptest! {
    /// Overlapping polygons of a layer, and points on the same grid.
    #[test]
    fn random_layers(rings in prop::collection::vec(star(), 1..6), points in prop::collection::vec((-10..50i32, -10..50i32), 20)) {
        let features: Vec<_> = rings.iter().enumerate().map(|(i, ring)| serde_json::json!({
            "type": "Feature", "id": i, "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]},
        })).collect();
        let json = serde_json::json!({"type": "FeatureCollection", "features": features}).to_string();
        // Rings that cross themselves are refused; they are no polygons.
        let plan = Plan::from_geojson(json.as_bytes());
        prop_assume!(plan.is_ok());
        let plan = plan.unwrap();
        let (index, naive) = (FeatureIndex::new(&plan), Naive::new(&plan));
        for (x, y) in points {
            let point = coord! { x: f64::from(x) / 100.0, y: f64::from(y) / 100.0 };
            for point in with_neighbours(point) {
                prop_assert_eq!(index.containing(point), naive.holding(point));
            }
        }
    }
}
