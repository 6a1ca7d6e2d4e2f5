//! Compares the cell index with brute force.

use std::f64::consts::TAU;

use geo::{Coord, LineString, MapCoords, MultiPolygon, Polygon, coord};
use proptest::prelude::*;

use super::*;
use crate::crs::{AxisOrder, CoordNormalizer, Crs, IntoPlane, Plane, Transformer};
use crate::geometry::measure::rings;
use crate::geometry::position::position;
use crate::index::FeatureIndex;
use crate::plan::Feature;

pub(super) fn plan_of(shapes: Vec<MultiPolygon<f64>>) -> Plan {
    plan_in(Plane::LON_LAT, shapes)
}

fn plan_in(plane: Plane, shapes: Vec<MultiPolygon<f64>>) -> Plan {
    let zone = |(number, shape)| Feature {
        id: format!("{number}"),
        level: None,
        parent: None,
        name: String::new(),
        name_en: None,
        published_area: None,
        accuracy: None,
        properties: Default::default(),
        shape,
    };
    Plan::new(shapes.into_iter().enumerate().map(zone).collect(), true, plane)
}

fn brute_force(plan: &Plan, point: Coord<f64>) -> Vec<(FeatureId, PointLocation)> {
    let positions = plan.iter().map(|(id, zone)| (id, position(point, &zone.shape)));
    positions.filter(|&(_, position)| position != PointLocation::Outside).collect()
}

/// A point and its neighbours at a distance of one ulp.
fn neighbours(point: Coord<f64>) -> impl Iterator<Item = Coord<f64>> {
    let around = |value: f64| [value.next_down(), value, value.next_up()];
    around(point.x).into_iter().flat_map(move |x| around(point.y).map(|y| coord! { x: x, y: y }))
}

/// Vertices, midpoints of edges, and points on or very near edges.
fn points_of(plan: &Plan, part: f64) -> Vec<Coord<f64>> {
    let lines = plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(rings).flat_map(|ring| ring.lines());
    lines.flat_map(|line| [line.start, (line.start + line.end) / 2.0, line.start + line.delta() * part]).collect()
}

/// The corners of cells.
fn cell_corners(cell_index: &CellIndex, count: u32) -> Vec<Coord<f64>> {
    let Some(cells) = &cell_index.cells else { return vec![] };
    let block = cells.frame.block();
    let corner = |i: u32| {
        let (column, row) = (i * 7919 % block.columns, i * 104_729 % block.rows);
        let (low, high) = (block.middle(column, row), block.middle(column + 1, row + 1));
        (low + high) / 2.0
    };
    (0..count).map(corner).collect()
}

fn check(plan: &Plan, points: impl IntoIterator<Item = Coord<f64>>) {
    let cell_index = CellIndex::new(plan).unwrap();
    let mut sets = FeatureSetInterner::new(&cell_index);
    let mut found = vec![];
    for point in points.into_iter().chain(cell_corners(&cell_index, 50)).flat_map(neighbours) {
        let expected = brute_force(plan, point);
        let id = sets.containing(point);
        assert_eq!(sets.get(id), expected, "{point:?}");
        cell_index.containing(point, &mut found);
        assert_eq!(found, expected, "{point:?}");
    }
}

/// A ring around a centre, its angles in order.
fn star(centre: Coord<f64>, radii: &[f64]) -> LineString<f64> {
    let corner = |(i, radius): (usize, &f64)| {
        let angle = i as f64 / radii.len() as f64 * TAU;
        coord! { x: centre.x + radius * angle.cos(), y: centre.y + radius * angle.sin() }
    };
    let mut ring: Vec<_> = radii.iter().enumerate().map(corner).collect();
    ring.push(ring[0]);
    LineString::new(ring)
}

/// A star, perhaps with a hole that follows its outline, and perhaps a part within the hole.
fn shapes() -> impl Strategy<Value = MultiPolygon<f64>> {
    let size = prop_oneof![Just(1e-9), Just(1e-4), Just(0.01), Just(0.1), Just(3.0)];
    let radii = prop::collection::vec(0.4..1.0, 3..60);
    (121.3..121.5, 28.5..28.7, size, radii, 0..3).prop_map(|(x, y, size, radii, rings)| {
        let centre = coord! { x: x, y: y };
        let ring = |part: f64| star(centre, &radii.iter().map(|radius| radius * size * part).collect::<Vec<_>>());
        match rings {
            0 => Polygon::new(ring(1.0), vec![]).into(),
            1 => Polygon::new(ring(1.0), vec![ring(0.5)]).into(),
            _ => MultiPolygon::new(vec![Polygon::new(ring(1.0), vec![ring(0.5)]), Polygon::new(ring(0.25), vec![])]),
        }
    })
}

fn rectangle(x: [i32; 2], y: [i32; 2], step: f64) -> LineString<f64> {
    let at = |x: i32, y: i32| coord! { x: 121.0 + f64::from(x) * step, y: 28.0 + f64::from(y) * step };
    LineString::new(vec![at(x[0], y[0]), at(x[1], y[0]), at(x[1], y[1]), at(x[0], y[1]), at(x[0], y[0])])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn overlapping_stars_equal_brute_force(
        shapes in prop::collection::vec(shapes(), 1..8),
        points in prop::collection::vec((121.1..121.7, 28.3..28.9), 50),
        part in 0.0..1.0,
    ) {
        let plan = plan_of(shapes);
        let near = points_of(&plan, part);
        check(&plan, points.into_iter().map(Coord::from).chain(near));
    }

    /// Rectangular blocks with shared, collinear and axis-parallel edges, and vertices where parts touch.
    #[test]
    fn blocks_equal_brute_force(
        blocks in prop::collection::vec((0..12, 0..12, 1..6, 1..6), 1..20),
        step in prop_oneof![Just(0.01), Just(0.015_625), Just(1e-7), Just(1e-13)],
        part in 0.0..1.0,
    ) {
        let shapes = blocks.into_iter().enumerate().map(|(number, (x, y, width, height))| {
            let polygon = |x, y| Polygon::new(rectangle([x, x + width], [y, y + height], step), vec![]);
            // Every third shape has a second part that touches the first at a vertex.
            let second = (number % 3 == 0).then(|| polygon(x + width, y + height));
            MultiPolygon::new(std::iter::once(polygon(x, y)).chain(second).collect())
        });
        let plan = plan_of(shapes.collect());
        let near = points_of(&plan, part);
        check(&plan, near);
    }

    /// Narrow triangles with a common vertex: far more edges in one cell than without a division.
    #[test]
    fn fans_equal_brute_force(count in 3usize..120, tilt in 0.0..1.0_f64) {
        let tip = |i: usize| {
            let angle: f64 = (i as f64 + tilt) / count as f64 * TAU;
            coord! { x: 121.4 + 0.2 * angle.cos(), y: 28.6 + 0.2 * angle.sin() }
        };
        let centre = coord! { x: 121.4, y: 28.6 };
        let fan = |i: usize| Polygon::new(LineString::new(vec![centre, tip(i), tip(i + 1), centre]), vec![]).into();
        let plan = plan_of((0..count).map(fan).collect());
        let near = points_of(&plan, 1e-6);
        check(&plan, near);
    }
}

#[test]
fn borders_of_the_bundled_plan_equal_brute_force() {
    let plan = Plan::bundled();
    check(&plan, points_of(&plan, 0.37));
    // The R-tree gives the same results.
    let (index, cell_index) = (FeatureIndex::new(&plan), CellIndex::new(&plan).unwrap());
    let mut found = vec![];
    for i in 0..20_000 {
        let part = |step: f64| (f64::from(i) * step).fract();
        let point = coord! { x: 121.15 + 0.4 * part(0.754_877_666), y: 28.5 + 0.25 * part(0.569_840_291) };
        cell_index.containing(point, &mut found);
        assert_eq!(found, index.containing(point));
    }
}

#[test]
fn many_small_zones_equal_the_r_tree() {
    let squares = (0..10_000).map(|i| {
        let (x, y) = (i % 100, i / 100);
        Polygon::new(rectangle([x, x + 1], [y, y + 1], 0.001), vec![]).into()
    });
    let plan = plan_of(squares.collect());
    let cell_index = CellIndex::new(&plan).unwrap();
    let (index, mut sets) = (FeatureIndex::new(&plan), FeatureSetInterner::new(&cell_index));
    for i in 0..5_000 {
        let part = |step: f64| (f64::from(i) * step).fract();
        let point = coord! { x: 121.0 + 0.1 * part(0.754_877_666), y: 28.0 + 0.1 * part(0.569_840_291) };
        let corner = coord! { x: 121.0 + f64::from(i % 100) * 0.001, y: 28.0 + f64::from(i / 50) * 0.001 };
        for point in [point, corner] {
            let id = sets.containing(point);
            assert_eq!(sets.get(id), index.containing(point), "{point:?}");
        }
    }
}

#[test]
fn thousands_of_nested_zones_have_no_cell_index() {
    let nested = |count: i32| {
        let square =
            |i: i32| Polygon::new(rectangle([count - i, count + i], [count - i, count + i], 1e-5), vec![]).into();
        plan_of((1..=count).map(square).collect())
    };
    let few = nested(60);
    check(&few, points_of(&few, 0.3));
    assert!(CellIndex::new(&nested(5_000)).is_none());
}

#[test]
fn non_finite_and_distant_points_are_in_no_zone() {
    let points = [(f64::NAN, 28.6), (121.4, f64::INFINITY), (f64::NEG_INFINITY, 28.6), (1e300, -1e300), (0.0, 0.0)];
    for plan in [Plan::bundled(), plan_of(vec![]), plan_of(vec![MultiPolygon::new(vec![])])] {
        let cell_index = CellIndex::new(&plan).unwrap();
        assert!(
            points
                .iter()
                .all(|&point| FeatureSetInterner::new(&cell_index).containing(point.into()) == FeatureSetId::NONE)
        );
    }
}

/// Points over and around a plan, and some at many distances from its boundaries.
fn points_around(plan: &Plan, count: usize) -> Vec<Coord<f64>> {
    let bounds = build::bounds(plan).unwrap();
    let edges: Vec<_> = plan
        .features()
        .iter()
        .flat_map(|zone| zone.shape.iter())
        .flat_map(rings)
        .flat_map(|ring| ring.lines())
        .collect();
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    let point = |i: usize| {
        let (a, b) = (part(i, 0.754_877_666), part(i, 0.569_840_291));
        if i.is_multiple_of(2) {
            // Some far away.
            let reach = if i.is_multiple_of(10) { 5.0 } else { 0.1 };
            let place = coord! { x: (1.0 + 2.0 * reach) * a - reach, y: (1.0 + 2.0 * reach) * b - reach };
            return coord! { x: bounds.min().x + place.x * bounds.width(), y: bounds.min().y + place.y * bounds.height() };
        }
        let edge = edges[i / 2 % edges.len()];
        // From a tenth of a micrometre to a hundred metres.
        let unit = if plan.plane().is_lon_lat() { 1.0 } else { 1e5 };
        let away = unit * 10f64.powf(-12.0 + 9.0 * part(i, 0.324_717_957));
        let side = if i % 4 == 1 { away } else { -away };
        edge.start + edge.delta() * a + coord! { x: side * b, y: side * (1.0 - b) }
    };
    (0..count).map(point).collect()
}

/// Compares the projected index with transforming the points one by one.
fn check_system(plan: &Plan, crs: Crs, count: usize) {
    let cell_index = CellIndex::new(plan).unwrap();
    let system = ProjectedCellIndex::new(plan, &cell_index, &crs).unwrap();
    let mut pairs = points_around(plan, count);
    plan.plane().to_positions(&mut pairs);
    Transformer::to_crs(crs.clone()).unwrap().apply(&mut pairs).unwrap();
    // And invalid pairs.
    pairs.extend([(1e6, 5e7), (28.6, 121.4), (f64::NAN, 0.0), (41_500_000.0, 3_200_000.0)].map(Coord::from));
    let decided = pairs.iter().filter(|&&pair| system.decided(pair).is_some()).count();
    let mut normalized: Vec<_> = pairs.into_iter().map(Ok).collect();
    let mut ordered = normalized.clone();
    let normalizer = || CoordNormalizer::new(crs.clone(), AxisOrder::EastNorth).unwrap();
    normalizer().to_system_order(&mut normalized);
    IntoPlane::new(Some(&normalizer()), plan.plane()).sites(&mut normalized);
    let mut sets = FeatureSetInterner::with_system(&cell_index, &system);
    let ids = system.containing(&mut sets, &mut normalizer(), &mut ordered);
    let mut expected = vec![];
    for ((id, ordered), site) in ids.into_iter().zip(ordered).zip(normalized) {
        match site {
            Ok(point) => {
                cell_index.containing(point, &mut expected);
                assert_eq!(sets.get(id), expected, "{crs} {point:?}");
            }
            // As text, since NaN does not equal itself.
            Err(problem) => assert_eq!(ordered.unwrap_err().to_string(), problem.to_string()),
        }
    }
    assert!(decided > count / 3, "{crs}: {decided} of {count} are decided");
}

#[test]
fn projected_indexes_equal_transforming_every_point() {
    let plan = Plan::bundled();
    let large =
        plan_of(vec![Polygon::new(rectangle([-2, 1], [0, 2], 1.0), vec![rectangle([-1, 0], [1, 2], 0.5)]).into()]);
    for crs in [Crs::Epsg(4549), Crs::Epsg(4528), Crs::Epsg(4550), Crs::Epsg(4529), Crs::Gcj02, Crs::Bd09] {
        check_system(&plan, crs.clone(), 10_000);
        check_system(&large, crs, 10_000);
    }
}

#[test]
fn projected_indexes_of_a_plane_equal_transforming_every_point() {
    let plane = Plane::of(&Crs::Epsg(4549)).unwrap();
    let bundled = Plan::bundled();
    let shapes = bundled.features().iter().map(|zone| zone.shape.map_coords(|corner| plane.coord(corner)));
    let plan = plan_in(plane.clone(), shapes.collect());
    for crs in [Crs::Crs84, Crs::Cgcs2000] {
        check_system(&plan, crs, 10_000);
    }
    let cell_index = CellIndex::new(&plan).unwrap();
    assert!(ProjectedCellIndex::new(&plan, &cell_index, &Crs::Epsg(4550)).is_none());
}

#[test]
fn unsupported_systems_and_areas_have_no_projected_index() {
    let far = plan_of(vec![Polygon::new(rectangle([-80, -70], [0, 2], 1.0), vec![]).into()]);
    let cell_index = CellIndex::new(&far).unwrap();
    for crs in [Crs::Epsg(4549), Crs::Gcj02, Crs::Bd09, Crs::Epsg(3857), Crs::Crs84] {
        assert!(ProjectedCellIndex::new(&far, &cell_index, &crs).is_none());
    }
}
