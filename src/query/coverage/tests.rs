//! Coverages with planted faults.

use std::collections::BTreeMap;

use geo::{Coord, LineString, MultiPolygon, Polygon, coord, polygon};
use proptest::prelude::*;

use super::*;
use crate::crs::Crs;
use crate::geometry::validity::first_validation_error_in;

fn plane() -> Plane {
    Plane::of(&Crs::Epsg(4549)).unwrap()
}

const ORIGIN: Coord<f64> = Coord { x: 640_000.0, y: 3_170_000.0 };

/// A rectangle in the plane, in metres from an origin.
fn rectangle(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon<f64> {
    let (x, y) = (ORIGIN.x + x, ORIGIN.y + y);
    polygon![(x: x, y: y), (x: x + width, y: y), (x: x + width, y: y + height), (x: x, y: y + height)].into()
}

fn report(shapes: &[MultiPolygon<f64>], options: &CoverageOptions) -> CoverageReport {
    report_within(shapes, None, options)
}

fn report_within(
    shapes: &[MultiPolygon<f64>],
    boundary: Option<&MultiPolygon<f64>>,
    options: &CoverageOptions,
) -> CoverageReport {
    let ids: Vec<String> = (0..shapes.len()).map(|index| index.to_string()).collect();
    check_coverage(&features(&ids, shapes), &plane(), boundary, options)
}

fn features<'a>(ids: &'a [String], shapes: &'a [MultiPolygon<f64>]) -> Vec<CoverageFeature<'a>> {
    let numbered = (1..).zip(ids.iter().zip(shapes));
    numbered.map(|(row, (id, shape))| CoverageFeature { id, row, shape }).collect()
}

/// `code feature other area`
fn texts(report: &CoverageReport) -> Vec<String> {
    let text = |finding: &Finding| {
        let area = finding.problem.area().map_or(String::new(), |area| format!(" {:.2}", area.0 / SCALE));
        let (feature, other) = (finding.feature.as_deref().unwrap_or("-"), finding.problem.other().unwrap_or("-"));
        format!("{} {feature} {other}{area}", finding.problem.code())
    };
    report.findings.iter().map(text).collect()
}

/// The area of a square metre of the plane on the ellipsoid, at the origin.
const SCALE: f64 = 0.999_515;

fn square_with(corners: &[(f64, f64)]) -> MultiPolygon<f64> {
    let ring: LineString<f64> = corners.iter().map(|&(x, y)| ORIGIN + coord! { x: x, y: y }).collect();
    Polygon::new(ring, vec![]).into()
}

#[test]
fn each_fault_has_its_code() {
    let options = CoverageOptions::default();
    let tile = |i: u32| rectangle(f64::from(i % 3) * 100.0, f64::from(i / 3) * 100.0, 100.0, 100.0);
    let tiles: Vec<MultiPolygon<f64>> = (0..9).map(tile).collect();
    assert_eq!(report(&tiles, &options), CoverageReport::default());
    let with = |index: usize, shape: MultiPolygon<f64>| {
        let mut tiles = tiles.clone();
        tiles[index] = shape;
        texts(&report(&tiles, &options))
    };
    // The tile in the middle, its eastern side 0.1 m too far west, or too far east.
    let corners = ["unmatched-corner 4 1", "unmatched-corner 4 7"];
    let narrower = with(4, rectangle(100.0, 100.0, 99.9, 100.0));
    assert_eq!(narrower, ["gap 4 5 10.00", corners[0], corners[1]]);
    let wider = with(4, rectangle(100.0, 100.0, 100.1, 100.0));
    let others = [
        "unmatched-corner 4 5",
        "unmatched-corner 4 5",
        "unmatched-corner 5 4",
        "unmatched-corner 5 4",
        "unmatched-corner 7 4",
    ];
    assert_eq!(wider, [&["unmatched-corner 1 4", "overlap 4 5 10.00"][..], &others].concat());
    // At the outer side, the gap is open at its end.
    let open = with(1, rectangle(100.1, 0.0, 99.9, 100.0));
    assert_eq!(open, ["gap 0 1 10.00", "unmatched-corner 1 4"]);
    let mut missing = tiles.clone();
    missing.remove(4);
    assert_eq!(texts(&report(&missing, &options)), ["hole 1 3 10000.01"]);
    assert_eq!(with(4, tile(5)), ["hole 1 3 10000.01", "duplicate-shape 5 4 10000.00"]);
    let inside = with(8, rectangle(140.0, 140.0, 20.0, 20.0));
    assert_eq!(inside, ["contained 8 4 400.00"]);
}

#[test]
fn tests_of_single_features() {
    let spike = square_with(&[(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (50.2, 90.0), (49.9, 50.0), (0.0, 50.0)]);
    let strip = rectangle(200.0, 0.0, 100.0, 0.05);
    let small = rectangle(400.0, 0.0, 2.0, 2.0);
    let neck = square_with(&[
        (600.0, 0.0),
        (650.0, 0.0),
        (650.0, 24.0),
        (700.0, 24.0),
        (700.0, 0.0),
        (750.0, 0.0),
        (750.0, 50.0),
        (700.0, 50.0),
        (700.0, 26.0),
        (650.0, 26.0),
        (650.0, 50.0),
        (600.0, 50.0),
    ]);
    let options = CoverageOptions { min_area: SquareMetres(8.0), min_width: Metres(2.5), ..CoverageOptions::default() };
    let found = texts(&report(&[spike, strip, small, neck], &options));
    assert_eq!(found[0], "spike 0 -");
    assert!(found.contains(&"sliver 1 - 5.00".to_owned()), "{found:?}");
    assert!(found.contains(&"small 2 - 4.00".to_owned()), "{found:?}");
    assert!(found.contains(&"narrow 3 - 100.00".to_owned()), "{found:?}");
}

#[test]
fn a_boundary_is_to_be_filled_and_kept() {
    let tiles = [rectangle(0.0, 0.0, 100.0, 100.0), rectangle(100.0, 0.0, 100.0, 100.0)];
    let found = report_within(&tiles, Some(&rectangle(0.0, 0.0, 190.0, 110.0)), &CoverageOptions::default());
    assert_eq!(texts(&found), ["outside-boundary 1 - 1000.00", "uncovered - - 1900.00"]);
    let found = report_within(&tiles, Some(&rectangle(0.0, 0.0, 200.0, 100.0)), &CoverageOptions::default());
    assert_eq!(found, CoverageReport::default());
}

#[test]
fn corners_that_rounding_moved_are_no_faults() {
    // A corner in the middle of an edge that no double lies on: one step to either side.
    let (from, to) = (ORIGIN, ORIGIN + coord! { x: 37.3, y: 91.7 });
    for step in [-1, 0, 1] {
        let x = (from.x + to.x) / 2.0;
        let middle = coord! { x: f64::from_bits(x.to_bits().wrapping_add_signed(step)), y: (from.y + to.y) / 2.0 };
        let east = ORIGIN + coord! { x: 200.0, y: 0.0 };
        let west = ORIGIN + coord! { x: -200.0, y: 50.0 };
        let ring = |corners: Vec<Coord<f64>>| MultiPolygon::from(Polygon::new(LineString(corners), vec![]));
        let shapes = [ring(vec![from, east, to]), ring(vec![from, middle, west]), ring(vec![middle, to, west])];
        let found =
            texts(&report(&shapes, &CoverageOptions { min_finding_area: SquareMetres(0.0), ..Default::default() }));
        assert_eq!(found, ["unmatched-corner 1 0", "unmatched-corner 2 0"], "{step}");
    }
}

/// Tiles between the nodes of a jittered lattice, and the node of each corner.
fn tiles(count: usize, jitter: &mut impl FnMut() -> f64) -> Vec<MultiPolygon<f64>> {
    let nodes: Vec<Vec<(f64, f64)>> = (0..=count)
        .map(|row| {
            (0..=count)
                .map(|column| (column as f64 * 50.0 + 15.0 * jitter(), row as f64 * 50.0 + 15.0 * jitter()))
                .collect()
        })
        .collect();
    let tile = |row: usize, column: usize| {
        square_with(&[nodes[row][column], nodes[row][column + 1], nodes[row + 1][column + 1], nodes[row + 1][column]])
    };
    (0..count * count).map(|index| tile(index / count, index % count)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases / 4,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_221_101),
        ..ProptestConfig::default()
    })]

    /// Tiles whose corners are each moved by themselves are repaired; what is listed adds up to what moved; the others
    /// keep their shapes.
    #[test]
    fn broken_coverages_are_repaired(
        seed in any::<u64>(), broken in prop::collection::vec((0usize..16, 0usize..4, -0.3..0.3_f64, -0.3..0.3_f64), 1..8),
        scale in prop::sample::select(vec![0.0003, 0.01, 1.0]), duplicate in prop::option::of(0usize..16),
    ) {
        let mut state = seed | 1;
        let mut jitter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        let mut shapes = tiles(4, &mut jitter);
        prop_assert_eq!(report(&shapes, &CoverageOptions::default()), CoverageReport::default());
        let moved: Vec<usize> = broken.iter().map(|tile| tile.0).collect();
        for (tile, corner, dx, dy) in broken {
            shapes[tile].0[0].exterior_mut(|ring| {
                ring.0[corner] = ring.0[corner] + coord! { x: dx * scale, y: dy * scale };
                if corner == 0 {
                    let last = ring.0.len() - 1;
                    ring.0[last] = ring.0[0];
                }
            });
        }
        if let Some(tile) = duplicate {
            shapes.push(shapes[tile].clone());
        }
        let ids: Vec<String> = (0..shapes.len()).map(|index| index.to_string()).collect();
        let given = features(&ids, &shapes);
        let options = CoverageOptions { min_finding_area: SquareMetres(0.0), ..CoverageOptions::default() };
        let before = check_coverage(&given, &plane(), None, &options);
        let fix = fix_coverage(&given, &plane(), None, &options);
        let mut gained: BTreeMap<usize, f64> = BTreeMap::new();
        for change in &fix.changes {
            *gained.entry(change.feature).or_default() += change.gained.0;
        }
        let mut repaired = vec![];
        let mut repaired_ids = vec![];
        for (index, new) in fix.shapes.iter().enumerate() {
            let old_m2 = plane().area(&shapes[index]).0;
            let new_m2 = new.as_ref().map_or(old_m2, |shape| plane().area(shape).0);
            prop_assert!((new_m2 - old_m2 - gained.get(&index).copied().unwrap_or(0.0)).abs() < 1e-6);
            let is_beside = |tile: usize| (tile / 4).abs_diff(index / 4) <= 1 && (tile % 4).abs_diff(index % 4) <= 1;
            prop_assert!(new.is_none() || index >= 16 || moved.iter().any(|&tile| is_beside(tile)), "{}", index);
            let shape = new.as_ref().unwrap_or(&shapes[index]);
            if !shape.0.is_empty() {
                prop_assert_eq!(first_validation_error_in(shape, &plane()), None);
                repaired.push(shape.clone());
                repaired_ids.push(ids[index].clone());
            }
        }
        let after = check_coverage(&features(&repaired_ids, &repaired), &plane(), None, &options);
        prop_assert_eq!(texts(&after), [] as [&str; 0], "{:?}\n{:#?}", texts(&before), fix.changes);
        prop_assert_eq!((after.small_gaps, after.small_overlaps), (0, 0));
    }
}
