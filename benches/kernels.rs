//! The kernels that answers are made of. `cargo bench`; see `benches/README.md`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use geo::{Coord, coord};
use taizhou_corridor::geometry::measure;
use taizhou_corridor::geometry::validity::flaws;
use taizhou_corridor::index::ZoneIndex;
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
use taizhou_corridor::query::locate::Locator;
use taizhou_corridor::units::Metres;

fn main() {
    divan::main();
}

const POINTS: usize = 10_000;

/// Points over the plan, always the same (a Weyl sequence).
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
        let index = ZoneIndex::new(black_box(&plan));
        index.holding(coord! { x: 121.4, y: 28.65 }).len()
    });
}

#[divan::bench]
fn locate_position(bencher: Bencher<'_, '_>) {
    let (plan, points) = (Plan::bundled(), points());
    let index = ZoneIndex::new(&plan);
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().map(|&point| index.holding(point).len()).sum::<usize>());
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
    bencher.bench(|| plan.zones().iter().map(|zone| measure::ellipsoid_area(black_box(&zone.shape)).0).sum::<f64>());
}

#[divan::bench]
fn area_geodesic(bencher: Bencher<'_, '_>) {
    let plan = Plan::bundled();
    bencher.bench(|| plan.zones().iter().map(|zone| measure::geodesic(black_box(&zone.shape)).area.0).sum::<f64>());
}

/// A ring of so many corners, with a wave along it.
#[divan::bench(args = [1_000, 10_000, 100_000])]
fn validity(bencher: Bencher<'_, '_>, corners: u32) {
    let ring = (0..corners).map(|i| f64::from(i) / f64::from(corners) * std::f64::consts::TAU).map(|angle| {
        let radius = 0.1 * (1.0 + 0.1 * (200.0 * angle).sin());
        coord! { x: 121.4 + radius * angle.cos(), y: 28.6 + radius * angle.sin() }
    });
    let shape = geo::Polygon::new(ring.collect(), vec![]).into();
    bencher.bench(|| flaws(black_box(&shape)).len());
}

#[divan::bench]
fn read_csv(bencher: Bencher<'_, '_>) {
    let mut csv = String::from("id,lon,lat\n");
    points().iter().enumerate().for_each(|(i, p)| csv.push_str(&format!("{i},{:.7},{:.7}\n", p.x, p.y)));
    read(bencher, "points.csv", &csv);
}

#[divan::bench]
fn read_geojson(bencher: Bencher<'_, '_>) {
    let features: Vec<String> = points()
        .iter()
        .map(|p| {
            format!(
                r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[{:.7},{:.7}]}}}}"#,
                p.x, p.y
            )
        })
        .collect();
    read(bencher, "points.geojson", &format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")));
}

fn read(bencher: Bencher<'_, '_>, name: &str, text: &str) {
    bencher.counter(ItemsCount::new(POINTS)).bench(|| {
        let mut rows = io::open(Input::bytes(name, text), &ReadOptions::default()).ok()?;
        let mut count = 0;
        while let Ok(Some(batch)) = rows.next_batch() {
            count += batch.len();
        }
        Some(count)
    });
}
