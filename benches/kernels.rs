//! The kernels of queries. `cargo bench`; see `benches/README.md`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use geo::{Coord, MultiPolygon, coord, polygon};
use taizhou_corridor::crs::Transformer;
use taizhou_corridor::geometry::measure;
use taizhou_corridor::geometry::validity::validation_errors;
use taizhou_corridor::index::FeatureIndex;
use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
use taizhou_corridor::query::locate::Locator;
use taizhou_corridor::query::overlay::Overlayer;
use taizhou_corridor::units::Metres;

fn main() {
    divan::main();
}

const POINTS: usize = 10_000;

/// Reproducible points over the plan (a Weyl sequence).
fn points() -> Vec<Coord<f64>> {
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    (0..POINTS)
        .map(|i| coord! { x: 121.19 + 0.33 * part(i, 0.754_877_666), y: 28.54 + 0.175 * part(i, 0.569_840_291) })
        .collect()
}

#[divan::bench]
fn plan_from_geojson(bencher: Bencher<'_, '_>) {
    bencher.bench(|| Plan::from_geojson(black_box(PLAN_GEOJSON.as_bytes())));
}

#[divan::bench]
fn index_build(bencher: Bencher<'_, '_>) {
    let plan = Plan::bundled();
    bencher.bench(|| {
        let index = FeatureIndex::new(black_box(&plan));
        index.containing(coord! { x: 121.4, y: 28.65 }).len()
    });
}

#[divan::bench]
fn locate_position(bencher: Bencher<'_, '_>) {
    let (plan, points) = (Plan::bundled(), points());
    let index = FeatureIndex::new(&plan);
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().map(|&point| index.containing(point).len()).sum::<usize>());
}

#[divan::bench]
fn locate_with_distance(bencher: Bencher<'_, '_>) {
    let (plan, points) = (Plan::bundled(), points());
    let locator = Locator::new(&plan);
    let distance = |point: Coord<f64>| locator.locate(point, Metres(0.0)).distance_to_boundary.map_or(0.0, |d| d.0);
    bencher.counter(ItemsCount::new(POINTS)).bench(|| points.iter().map(|&point| distance(point)).sum::<f64>());
}

#[divan::bench]
fn area_ellipsoid(bencher: Bencher<'_, '_>) {
    let plan = Plan::bundled();
    bencher.bench(|| plan.features().iter().map(|zone| measure::ellipsoid_area(black_box(&zone.shape)).0).sum::<f64>());
}

#[divan::bench]
fn area_geodesic(bencher: Bencher<'_, '_>) {
    let plan = Plan::bundled();
    bencher.bench(|| {
        plan.features().iter().map(|zone| measure::measure_geodesic(black_box(&zone.shape)).area.0).sum::<f64>()
    });
}

/// A wavy ring with `corners` vertices.
#[divan::bench(args = [1_000, 10_000, 100_000])]
fn validity(bencher: Bencher<'_, '_>, corners: u32) {
    let ring = (0..corners).map(|i| f64::from(i) / f64::from(corners) * std::f64::consts::TAU).map(|angle| {
        let radius = 0.1 * (1.0 + 0.1 * (200.0 * angle).sin());
        coord! { x: 121.4 + radius * angle.cos(), y: 28.6 + radius * angle.sin() }
    });
    let shape = geo::Polygon::new(ring.collect(), vec![]).into();
    bencher.bench(|| validation_errors(black_box(&shape)).len());
}

/// Squares of about 100 m over the plan: most lie in one zone or outside, some cross a border.
#[divan::bench]
fn overlay_parcels(bencher: Bencher<'_, '_>) {
    let (plan, points) = (Plan::bundled(), points());
    let square = |p: &Coord<f64>| -> MultiPolygon<f64> {
        let (east, north) = (p.x + 0.001, p.y + 0.001);
        polygon![(x: p.x, y: p.y), (x: east, y: p.y), (x: east, y: north), (x: p.x, y: north)].into()
    };
    let parcels: Vec<MultiPolygon<f64>> = points.iter().map(square).collect();
    let overlayer = Overlayer::new(&plan);
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| parcels.iter().map(|parcel| overlayer.overlay(black_box(parcel)).parts.len()).sum::<usize>());
}

/// PROJ computes EPSG:2154, the others have formulas here.
const SYSTEMS: [&str; 6] = ["EPSG:4549", "EPSG:32651", "EPSG:3857", "EPSG:2154", "GCJ02", "BD09"];

/// From longitude and latitude.
#[divan::bench(args = SYSTEMS)]
fn transform(bencher: Bencher<'_, '_>, crs: &str) {
    time(bencher, points(), crs.parse().ok().and_then(|crs| Transformer::to_crs(crs).ok()));
}

/// To longitude and latitude.
#[divan::bench(args = SYSTEMS)]
fn transform_back(bencher: Bencher<'_, '_>, crs: &str) {
    let mut points = points();
    let forward = crs.parse().ok().and_then(|crs| Transformer::to_crs(crs).ok());
    if forward.is_some_and(|forward| forward.apply(&mut points).is_ok()) {
        time(bencher, points, crs.parse().ok().and_then(|crs| Transformer::from_crs(crs).ok()));
    }
}

fn time(bencher: Bencher<'_, '_>, points: Vec<Coord<f64>>, transformer: Option<Transformer>) {
    bencher.counter(ItemsCount::new(POINTS)).with_inputs(|| points.clone()).bench_local_values(|mut points| {
        transformer.as_ref().map(|transformer| transformer.apply(&mut points)).is_some_and(|done| done.is_ok())
    });
}
