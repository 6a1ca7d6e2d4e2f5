//! Areas of the bundled plan against two computations of another kind.

use geo::{LineString, MultiPolygon};
use geographiclib_rs::{Geodesic, PolygonArea, Winding};
use taizhou_corridor::geometry::measure;
use taizhou_corridor::plan::{Level, Plan};

const A: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_222_101;

/// The ring cut into pieces of at most `step` degrees, straight in longitude and latitude.
fn densified(ring: &LineString<f64>, step: f64) -> Vec<(f64, f64)> {
    ring.lines()
        .flat_map(|edge| {
            let count = (edge.dx().abs().max(edge.dy().abs()) / step).ceil().max(1.0);
            (0..count as u32).map(move |i| {
                let t = f64::from(i) / count;
                (edge.start.x + edge.dx() * t, edge.start.y + edge.dy() * t)
            })
        })
        .collect()
}

fn shape_area(shape: &MultiPolygon<f64>, ring_area: impl Fn(&LineString<f64>) -> f64) -> f64 {
    shape.iter().map(|p| ring_area(p.exterior()) - p.interiors().iter().map(&ring_area).sum::<f64>()).sum()
}

/// GeographicLib: the geodesic polygon through points every few metres.
fn geodesic_area(ring: &LineString<f64>) -> f64 {
    let geodesic = Geodesic::new(A, F);
    let mut area = PolygonArea::new(&geodesic, Winding::CounterClockwise);
    for (lon, lat) in densified(ring, 0.0001) {
        area.add_point(lat, lon);
    }
    area.compute(true).1.abs()
}

/// The land survey's rule (国土调查办发〔2008〕32号), term by term as it is printed.
fn survey_area(ring: &LineString<f64>) -> f64 {
    let e2 = F * (2.0 - F);
    let (e4, e6, e8) = (e2 * e2, e2.powi(3), e2.powi(4));
    let b = A * (1.0 - F);
    let ka = 1.0 + 3.0 / 6.0 * e2 + 30.0 / 80.0 * e4 + 35.0 / 112.0 * e6 + 630.0 / 2304.0 * e8;
    let kb = 1.0 / 6.0 * e2 + 15.0 / 80.0 * e4 + 21.0 / 112.0 * e6 + 420.0 / 2304.0 * e8;
    let kc = 3.0 / 80.0 * e4 + 7.0 / 112.0 * e6 + 180.0 / 2304.0 * e8;
    let kd = 1.0 / 112.0 * e6 + 45.0 / 2304.0 * e8;
    let ke = 5.0 / 2304.0 * e8;
    let points = densified(ring, 0.0001);
    let l0 = 121.0;
    let mut sum = 0.0;
    for (i, &(lon1, lat1)) in points.iter().enumerate() {
        let (lon2, lat2) = points[(i + 1) % points.len()];
        let (db, bm) = ((lat2 - lat1).to_radians(), ((lat1 + lat2) / 2.0).to_radians());
        let dl = ((lon1 + lon2) / 2.0 - l0).to_radians();
        let term = |k: f64| (k * db / 2.0).sin() * (k * bm).cos();
        sum += 2.0 * b * b * dl * (ka * term(1.0) - kb * term(3.0) + kc * term(5.0) - kd * term(7.0) + ke * term(9.0));
    }
    sum.abs()
}

#[test]
fn equal_to_geographiclib_and_to_the_survey_rule() {
    for zone in Plan::bundled().features() {
        let ours = measure::ellipsoid_area(&zone.shape).0;
        for (name, other) in [
            ("GeographicLib", shape_area(&zone.shape, geodesic_area)),
            ("survey", shape_area(&zone.shape, survey_area)),
        ] {
            let relative = (ours / other - 1.0).abs();
            assert!(relative < 1e-9, "{} {name}: {ours} {other} {relative:e}", zone.id);
        }
    }
}

#[test]
fn the_published_figures_are_met() {
    let plan = Plan::bundled();
    for (id, published_km2) in [("core", 41.0), ("corridor", 115.0)] {
        let area_km2 = measure::ellipsoid_area(&plan.feature(id).unwrap().shape).km2();
        assert!((area_km2 - published_km2).abs() < 0.0005, "{id}: {area_km2}");
    }
    let partition = plan.features().iter().filter(|zone| zone.level.is_some_and(Level::is_partition));
    let sum_m2: f64 = partition.map(|zone| measure::ellipsoid_area(&zone.shape).0).sum();
    let corridor_m2 = measure::ellipsoid_area(&plan.root().unwrap().shape).0;
    assert!((sum_m2 - corridor_m2).abs() < 1.0, "{}", sum_m2 - corridor_m2);
}

/// A second opinion on lengths: the sum of short geodesics.
#[test]
fn perimeters_equal_short_geodesics() {
    for zone in Plan::bundled().features() {
        let rings = zone.shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let expected_m: f64 = rings
            .map(|ring| {
                let points = densified(ring, 0.0001);
                let pair = |i: usize| (points[i], points[(i + 1) % points.len()]);
                let length = |((x1, y1), (x2, y2))| {
                    measure::distance(geo::coord! { x: x1, y: y1 }, geo::coord! { x: x2, y: y2 }).0
                };
                (0..points.len()).map(pair).map(length).sum::<f64>()
            })
            .sum();
        let ours_m = measure::measure_ellipsoidal(&zone.shape).perimeter.0;
        assert!((ours_m - expected_m).abs() < 1e-4, "{}: {ours_m} {expected_m}", zone.id);
    }
}
