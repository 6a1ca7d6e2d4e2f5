//! Point-in-polygon queries: all methods, and how they scale. `cargo bench --bench locate`.

use std::fmt::Write;
use std::sync::LazyLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use geo::{Coord, coord};
use taizhou_corridor::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use taizhou_corridor::error::RowProblem;
use taizhou_corridor::index::{CellIndex, FeatureIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
use taizhou_corridor::plan::Plan;

fn main() {
    divan::main();
}

const POINTS: usize = 1_000_000;

/// The size of a batch.
const BATCH: usize = 16_384;

/// The extent of the plans: 59 by 39 km.
const MIN: Coord<f64> = Coord { x: 121.1, y: 28.45 };
const SIZE: Coord<f64> = Coord { x: 0.6, y: 0.35 };

/// Reproducible numbers from 0 to 1 (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn random_points() -> Vec<Coord<f64>> {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    (0..POINTS).map(|_| coord! { x: MIN.x + SIZE.x * numbers.next(), y: MIN.y + SIZE.y * numbers.next() }).collect()
}

/// The same, sorted by tiles of 500 m.
fn points_in_tile_order() -> Vec<Coord<f64>> {
    let mut points = random_points();
    points.sort_by_key(|point| (((point.y - MIN.y) / 0.0045) as u32, ((point.x - MIN.x) / 0.0051) as u32));
    points
}

fn layer<'a>(rings: impl Iterator<Item = Vec<Coord<f64>>> + 'a) -> Plan {
    let mut json = String::from(r#"{"type":"FeatureCollection","features":["#);
    for (number, ring) in rings.enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(json, r#"{comma}{{"type":"Feature","id":{number},"properties":{{}},"geometry":{{"#);
        json.push_str(r#""type":"Polygon","coordinates":[["#);
        for corner in ring.iter().chain(&ring[..1]) {
            let _ = write!(json, "[{:.9},{:.9}],", corner.x, corner.y);
        }
        json.pop();
        json.push_str("]]}}");
    }
    json.push_str("]}");
    Plan::flat_from_geojson(json.as_bytes(), None).expect("the layer is valid")
}

/// A wavy ring around a centre.
fn star(centre: Coord<f64>, radius: f64, corners: usize, numbers: &mut Numbers) -> Vec<Coord<f64>> {
    let waves: Vec<(f64, f64)> =
        (1..20).map(|wave| (f64::from(wave), numbers.next() * std::f64::consts::TAU)).collect();
    let corner = |i: usize| {
        let angle = i as f64 / corners as f64 * std::f64::consts::TAU;
        let wave: f64 = waves.iter().map(|(wave, turn)| (angle * wave + turn).sin() / wave.powf(0.7)).sum();
        let radius = radius * (1.0 + 0.05 * wave);
        coord! { x: centre.x + radius * angle.cos(), y: centre.y + radius * 0.5 * angle.sin() }
    };
    (0..corners).map(corner).collect()
}

/// Twenty nested and overlapping zones of 40 to 2,000 vertices, 11,000 in all.
static ZONES: LazyLock<Plan> = LazyLock::new(|| {
    let mut numbers = Numbers(20_240_501);
    let zone = |number: usize| {
        let (radius, corners) = match number {
            0 => (0.2, 2_000),
            1 => (0.09, 2_000),
            2..=5 => (0.07, 1_200),
            _ => (0.005 + 0.015 * numbers.next(), 40 + (360.0 * numbers.next()) as usize),
        };
        let centre = match number {
            0 | 1 => coord! { x: 121.4, y: 28.625 },
            _ => coord! { x: 121.25 + 0.3 * numbers.next(), y: 28.54 + 0.17 * numbers.next() },
        };
        star(centre, radius, corners, &mut numbers)
    };
    layer((0..20).map(zone))
});

/// Adjacent squares.
fn squares(count: usize) -> Plan {
    let side = (count as f64).sqrt().ceil() as usize;
    let at = |x: usize, y: usize| {
        let part = |place: usize| place as f64 / side as f64;
        coord! { x: MIN.x + SIZE.x * part(x), y: MIN.y + SIZE.y * part(y) }
    };
    layer((0..count).map(|i| {
        let (x, y) = (i % side, i / side);
        vec![at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)]
    }))
}

/// One zone with a number of vertices.
fn one_zone(corners: usize) -> Plan {
    let centre = MIN + SIZE / 2.0;
    layer(std::iter::once(star(centre, 0.2, corners, &mut Numbers(7))))
}

/// A new interner for each batch, as for tables.
fn count_hits(cell_index: &CellIndex, points: &[Coord<f64>]) -> usize {
    let in_batch = |batch: &[Coord<f64>]| {
        let mut sets = FeatureSetInterner::new(cell_index);
        batch.iter().map(|&point| usize::from(sets.containing(point) != FeatureSetId::NONE)).sum::<usize>()
    };
    points.chunks(BATCH).map(in_batch).sum()
}

fn grid_answers(bencher: Bencher<'_, '_>, plan: &Plan, points: &[Coord<f64>]) {
    let cell_index = CellIndex::new(plan).expect("the plan is within the limits of the cell index");
    eprintln!("  the cell index takes {} bytes", cell_index.bytes());
    bencher.counter(ItemsCount::new(POINTS)).bench(|| count_hits(&cell_index, black_box(points)));
}

#[divan::bench(sample_count = 5)]
fn r_tree_random(bencher: Bencher<'_, '_>) {
    let (index, points) = (FeatureIndex::new(&ZONES), random_points());
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().map(|&point| index.containing(point).len()).sum::<usize>());
}

/// When does building the cell index of the bundled plan pay off?
#[divan::bench(sample_count = 5)]
fn r_tree_random_bundled(bencher: Bencher<'_, '_>) {
    let (plan, points) = (Plan::bundled(), random_points());
    let index = FeatureIndex::new(&plan);
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().map(|&point| index.containing(point).len()).sum::<usize>());
}

#[divan::bench(sample_count = 20)]
fn grid_build_bundled(bencher: Bencher<'_, '_>) {
    let plan = Plan::bundled();
    bencher.bench(|| CellIndex::new(black_box(&plan)));
}

#[divan::bench(sample_count = 20)]
fn grid_random(bencher: Bencher<'_, '_>) {
    grid_answers(bencher, &ZONES, &random_points());
}

#[divan::bench(sample_count = 20)]
fn grid_tile_order(bencher: Bencher<'_, '_>) {
    grid_answers(bencher, &ZONES, &points_in_tile_order());
}

/// Points of another CRS in batches: each time a fresh copy, made outside the timed part.
fn from_system(
    bencher: Bencher<'_, '_>,
    crs: u32,
    query: impl Fn(&CellIndex, &ProjectedCellIndex, &mut CoordNormalizer, &mut [Pair]) -> usize,
) {
    let crs = system(crs);
    let cell_index = CellIndex::new(&ZONES).expect("the plan is small");
    let system = ProjectedCellIndex::new(&ZONES, &cell_index, &crs).expect("the plan lies in the system's area");
    let mut pairs = random_points();
    Transformer::to_crs(crs.clone()).and_then(|to_crs| to_crs.apply(&mut pairs)).expect("each point has an image");
    let pairs: Vec<Pair> = pairs.into_iter().map(Ok).collect();
    let normalizer = || CoordNormalizer::new(crs.clone(), AxisOrder::Auto).expect("the system is known");
    bencher.counter(ItemsCount::new(POINTS)).with_inputs(|| (normalizer(), pairs.clone())).bench_local_refs(
        |(normalizer, pairs)| {
            pairs.chunks_mut(BATCH).map(|batch| query(&cell_index, &system, normalizer, batch)).sum::<usize>()
        },
    );
}

type Pair = Result<Coord<f64>, RowProblem>;

/// EPSG codes; 0 and 1 for GCJ-02 and BD-09.
const SYSTEMS: [u32; 4] = [4549, 4528, 0, 1];

fn system(code: u32) -> Crs {
    match code {
        0 => Crs::Gcj02,
        1 => Crs::Bd09,
        code => Crs::Epsg(code),
    }
}

#[divan::bench(args = SYSTEMS, sample_count = 10)]
fn system_grid_random(bencher: Bencher<'_, '_>, crs: u32) {
    from_system(bencher, crs, |cell_index, system, normalizer, batch| {
        let mut sets = FeatureSetInterner::with_system(cell_index, system);
        system.containing(&mut sets, normalizer, batch).iter().filter(|id| **id != FeatureSetId::NONE).count()
    });
}

#[divan::bench(args = SYSTEMS, sample_count = 5)]
fn each_transformed_random(bencher: Bencher<'_, '_>, crs: u32) {
    from_system(bencher, crs, |cell_index, _, normalizer, batch| {
        normalizer.normalize(batch);
        let mut sets = FeatureSetInterner::new(cell_index);
        batch.iter().flatten().filter(|&&point| sets.containing(point) != FeatureSetId::NONE).count()
    });
}

#[divan::bench(sample_count = 10)]
fn grid_build(bencher: Bencher<'_, '_>) {
    let plan: &Plan = &ZONES;
    bencher.bench(|| CellIndex::new(black_box(plan)));
}

#[divan::bench(args = SYSTEMS, sample_count = 10)]
fn system_grid_build(bencher: Bencher<'_, '_>, crs: u32) {
    let (plan, cell_index): (&Plan, _) = (&ZONES, CellIndex::new(&ZONES).expect("the plan is small"));
    bencher.bench(|| ProjectedCellIndex::new(black_box(plan), &cell_index, &system(crs)));
}

const ZONE_COUNTS: [usize; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];
const CORNER_COUNTS: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

#[divan::bench(args = ZONE_COUNTS, sample_count = 5)]
fn grid_random_by_zones(bencher: Bencher<'_, '_>, zones: usize) {
    grid_answers(bencher, &squares(zones), &random_points());
}

#[divan::bench(args = ZONE_COUNTS, sample_count = 5)]
fn grid_tile_order_by_zones(bencher: Bencher<'_, '_>, zones: usize) {
    grid_answers(bencher, &squares(zones), &points_in_tile_order());
}

#[divan::bench(args = ZONE_COUNTS, sample_count = 3)]
fn r_tree_random_by_zones(bencher: Bencher<'_, '_>, zones: usize) {
    let (plan, points) = (squares(zones), random_points());
    let index = FeatureIndex::new(&plan);
    bencher
        .counter(ItemsCount::new(POINTS))
        .bench(|| points.iter().map(|&point| index.containing(point).len()).sum::<usize>());
}

#[divan::bench(args = ZONE_COUNTS, sample_count = 3)]
fn grid_build_by_zones(bencher: Bencher<'_, '_>, zones: usize) {
    let plan = squares(zones);
    bencher.bench(|| CellIndex::new(black_box(&plan)));
}

#[divan::bench(args = CORNER_COUNTS, sample_count = 5)]
fn grid_random_by_corners(bencher: Bencher<'_, '_>, corners: usize) {
    grid_answers(bencher, &one_zone(corners), &random_points());
}

#[divan::bench(args = CORNER_COUNTS, sample_count = 3)]
fn grid_build_by_corners(bencher: Bencher<'_, '_>, corners: usize) {
    let plan = one_zone(corners);
    bencher.bench(|| CellIndex::new(black_box(&plan)));
}
