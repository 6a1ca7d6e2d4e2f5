//! Areas of the bundled plan against two computations of another kind.

use geo::{LineString, MultiPolygon};
use geographiclib_rs::{Geodesic, PolygonArea, Winding};
use proptest::prelude::*;
use taizhou_corridor::error::{AdjustmentProblem, ErrorKind};
use taizhou_corridor::geometry::measure::{self, AreaPerimeter};
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::adjustment::{Adjustment, Controls, Member, adjust};
use taizhou_corridor::query::areas::{Method, ZoneArea};
use taizhou_corridor::units::{AreaUnit, SquareDecimetres, SquareMetres};

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

/// A layer of features of groups, all of the same shape: their areas are made up.
fn layer(groups: &[usize]) -> Plan {
    let feature = |(index, group): (usize, &usize)| {
        let (west, east) = (index as f64 / 1e3, (index as f64 + 0.9) / 1e3);
        format!(
            r#"{{"type": "Feature", "id": "f{index}", "properties": {{"group": "g{group}"}}, "geometry": {{"type": "Polygon",
            "coordinates": [[[{west}, 0], [{east}, 0], [{east}, 0.001], [{west}, 0.001], [{west}, 0]]]}}}}"#
        )
    };
    let features: Vec<String> = groups.iter().enumerate().map(feature).collect();
    let json = format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(","));
    Plan::from_geojson(json.as_bytes()).unwrap()
}

/// Areas of features as `areas` has them, with their total.
fn made_up(plan: &Plan, areas_dm2: &[i64]) -> Vec<ZoneArea> {
    let area = |zone, area_dm2: i64| ZoneArea {
        zone,
        method: Method::Ellipsoid,
        size: AreaPerimeter { area: SquareDecimetres(area_dm2).square_metres(), ..AreaPerimeter::default() },
        published: None,
    };
    let features = plan.ids().zip(areas_dm2).map(|(id, &area_dm2)| area(Some(id), area_dm2));
    features.chain([area(None, areas_dm2.iter().sum())]).collect()
}

/// Shares by comparing whole numbers: the share of a part is the only one whose distance from the exact one is half a
/// unit or less, halves up; the largest parts get or give what is left, a unit each.
fn shares(area: i64, parts: &[i64]) -> Vec<i64> {
    let whole: i128 = parts.iter().map(|&part| i128::from(part)).sum();
    let twice = |share: i64| 2 * i128::from(share) * whole;
    let share = |&part: &i64| {
        let exact = 2 * i128::from(area) * i128::from(part);
        // The largest share that is not above the exact one by more than a half.
        let (mut low, mut high) = (0, area + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if twice(middle) <= exact + whole { low = middle } else { high = middle }
        }
        low
    };
    let mut shares: Vec<i64> = parts.iter().map(share).collect();
    let mut left = area - shares.iter().sum::<i64>();
    while left != 0 {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by(|&a, &b| parts[b].cmp(&parts[a]).then(a.cmp(&b)));
        for index in order {
            if left != 0 {
                shares[index] += left.signum();
                left -= left.signum();
            }
        }
    }
    shares
}

/// The adjusted areas of the total, the groups and the features, by an algorithm of its own.
fn expected(
    groups: &[usize],
    areas: &[i64],
    total: Option<i64>,
    of_groups: &[Option<i64>],
    of_features: &[Option<i64>],
) -> (i64, Vec<i64>, Vec<i64>) {
    let members = |group: usize| (0..areas.len()).filter(move |&index| groups[index] == group);
    let sum = |group: usize| members(group).map(|index| areas[index]).sum::<i64>();
    let fixed_group =
        |group: usize| of_groups[group].or_else(|| members(group).map(|index| of_features[index]).sum::<Option<i64>>());
    let count = of_groups.len();
    let mut adjusted_groups: Vec<Option<i64>> = (0..count).map(fixed_group).collect();
    if let Some(total) = total {
        let free: Vec<usize> = (0..count).filter(|&group| adjusted_groups[group].is_none()).collect();
        let left = total - adjusted_groups.iter().flatten().sum::<i64>();
        let found = shares(left, &free.iter().map(|&group| sum(group)).collect::<Vec<_>>());
        free.into_iter().zip(found).for_each(|(group, share)| adjusted_groups[group] = Some(share));
    }
    let mut adjusted: Vec<i64> = (0..areas.len()).map(|index| of_features[index].unwrap_or(areas[index])).collect();
    for (group, area) in adjusted_groups.into_iter().enumerate() {
        let Some(area) = area else { continue };
        let free: Vec<usize> = members(group).filter(|&index| of_features[index].is_none()).collect();
        if free.is_empty() {
            continue;
        }
        let left = area - members(group).filter_map(|index| of_features[index]).sum::<i64>();
        let found = shares(left, &free.iter().map(|&index| areas[index]).collect::<Vec<_>>());
        free.into_iter().zip(found).for_each(|(index, share)| adjusted[index] = share);
    }
    let groups: Vec<i64> = (0..count).map(|group| members(group).map(|index| adjusted[index]).sum()).collect();
    (groups.iter().sum(), groups, adjusted)
}

fn text(area_dm2: i64) -> String {
    format!("{}.{:02}", area_dm2 / 100, area_dm2 % 100)
}

/// What has parts is the sum of them, before and after.
fn balances(Adjustment { areas, .. }: &Adjustment) -> bool {
    (0..areas.len()).all(|whole| {
        let parts: Vec<_> = areas.iter().filter(|area| area.parent == Some(whole)).collect();
        let sum = |of: fn(SquareDecimetres, SquareDecimetres) -> i64| {
            parts.iter().map(|part| of(part.computed, part.adjusted)).sum::<i64>()
        };
        let is_met = areas[whole].control.is_none_or(|control| control == areas[whole].adjusted);
        is_met
            && (parts.is_empty()
                || sum(|computed, _| computed.0) == areas[whole].computed.0
                    && sum(|_, adjusted| adjusted.0) == areas[whole].adjusted.0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn nested_adjustments_balance_and_are_those_of_whole_numbers(
        features in prop::collection::vec((0_usize..4, 1_i64..20_000_000_000, 0_u8..4, -40_i64..40), 1..30),
        of_groups in prop::collection::vec((0_u8..3, -40_i64..40), 4),
        (has_total, total_ppm) in (any::<bool>(), -40_i64..40),
    ) {
        // Groups in the order of their first feature.
        let mut order: Vec<usize> = vec![];
        for (group, ..) in &features {
            if !order.contains(group) {
                order.push(*group);
            }
        }
        let groups: Vec<usize> =
            features.iter().map(|(group, ..)| order.iter().position(|it| it == group).unwrap()).collect();
        let areas: Vec<i64> = features.iter().map(|feature| feature.1).collect();
        let near = |area: i64, ppm: i64| area + (i128::from(area) * i128::from(ppm) / 1_000_000) as i64;
        let sum = |group: usize| (0..areas.len()).filter(|&at| groups[at] == group).map(|at| areas[at]).sum::<i64>();
        let of_features: Vec<Option<i64>> =
            features.iter().map(|&(_, area, dice, ppm)| (dice == 0).then(|| near(area, ppm))).collect();
        let of_groups: Vec<Option<i64>> =
            (0..order.len()).map(|at| (of_groups[at].0 == 0).then(|| near(sum(at), of_groups[at].1))).collect();
        let total = has_total.then(|| near(areas.iter().sum(), total_ppm));

        let plan = layer(&groups);
        let mut controls = total.map_or_else(Controls::new, |total| Controls::of_total(SquareDecimetres(total).square_metres()));
        for (group, control) in of_groups.iter().enumerate() {
            if let Some(control) = control {
                controls.add_group(&format!("g{group}"), &text(*control), AreaUnit::SquareMetres).unwrap();
            }
        }
        for (feature, control) in of_features.iter().enumerate() {
            if let Some(control) = control {
                controls.add_feature(&format!("f{feature}"), &text(*control), AreaUnit::SquareMetres).unwrap();
            }
        }
        match adjust(&plan, &made_up(&plan, &areas), Some("group"), &controls, 5000.0) {
            Ok(adjusted) => {
                prop_assert!(balances(&adjusted[0]));
                let (whole, in_groups, in_features) = expected(&groups, &areas, total, &of_groups, &of_features);
                for area in &adjusted[0].areas {
                    let expected = match &area.member {
                        Member::Total => whole,
                        Member::Group(name) => in_groups[name[1..].parse::<usize>().unwrap()],
                        Member::Feature(id) => in_features[id.index()],
                        Member::Rest(_) => unreachable!(),
                    };
                    prop_assert_eq!(area.adjusted.0, expected, "{:?}", area);
                }
            }
            // Controls that leave too much or too little to the others, or are not those of their parts.
            Err(error) => prop_assert!(matches!(
                error.kind(),
                ErrorKind::Adjustment(
                    AdjustmentProblem::RestOutOfTolerance { .. } | AdjustmentProblem::Contradiction { .. }
                )
            ), "{error}"),
        }
    }
}

#[test]
fn levels_are_adjusted_from_the_corridor_down() {
    let plan = Plan::bundled();
    let computed = taizhou_corridor::query::areas::areas(&plan, &[Method::GAUSS_KRUEGER_120E, Method::Survey]).unwrap();
    let mut controls = Controls::of_property(&plan, "published_area_km2", None).unwrap();
    controls.add_feature("luqiao", "24000", AreaUnit::Mu).unwrap();
    let adjusted = adjust(&plan, &computed, None, &controls, 5000.0).unwrap();
    assert_eq!(adjusted.len(), 2);
    for adjustment in &adjusted {
        assert!(balances(adjustment));
        assert!(adjustment.without_control.is_empty());
        let of = |id: &str| {
            let id = plan.id_of(id).unwrap();
            adjustment.areas.iter().find(|area| area.member == Member::Feature(id)).unwrap().adjusted.square_metres().0
        };
        assert_eq!((of("corridor"), of("core"), of("luqiao")), (115e6, 41e6, 16e6));
        assert_eq!(of("central-innovation-district"), 13e6);
        // Huangyan and Jiaojiang share what the core and Luqiao leave.
        assert_eq!(of("huangyan") + of("jiaojiang"), 58e6);
        assert!((of("huangyan") - 29e6).abs() < 20_000.0);
    }
}

#[test]
fn what_cannot_be_adjusted_is_named() {
    let plan = layer(&[0, 0, 1]);
    let areas = made_up(&plan, &[10_000, 20_000, 30_000]);
    let problem = |controls: &Controls, by| match adjust(&plan, &areas, by, controls, 5000.0).unwrap_err().kind() {
        ErrorKind::Adjustment(problem) => problem.clone(),
        other => panic!("{other:?}"),
    };
    let of = |rows: &[(&str, &str)]| {
        let mut controls = Controls::new();
        rows.iter().for_each(|(id, area)| controls.add_feature(id, area, AreaUnit::SquareMetres).unwrap());
        controls
    };
    let total = |area_m2| Controls::of_total(SquareMetres(area_m2));
    assert!(adjust(&plan, &areas, None, &total(603.0), 5000.0).is_ok());
    assert!(matches!(
        problem(&total(604.0), None),
        AdjustmentProblem::OutOfTolerance { computed_dm2: 60_000, control_dm2: 60_400, .. }
    ));
    assert!(matches!(problem(&of(&[("f9", "100")]), None), AdjustmentProblem::NoMember { of, .. } if of == "f9"));
    assert!(matches!(
        problem(&of(&[("f1", "200"), ("f1", "200.01")]), None),
        AdjustmentProblem::TwoControls { first_dm2: 20_000, second_dm2: 20_001, .. }
    ));
    let all = [("f0", "100"), ("f1", "200"), ("f2", "300"), ("total", "600.01")];
    assert!(matches!(
        problem(&of(&all), None),
        AdjustmentProblem::Contradiction { control_dm2: 60_001, parts_dm2: 60_000, .. }
    ));
    // All but the smallest have the whole.
    assert!(matches!(
        problem(&of(&[("f1", "200"), ("f2", "301"), ("total", "600")]), None),
        AdjustmentProblem::RestOutOfTolerance { computed_dm2: 10_000, left_dm2: 9_900, .. }
    ));
    let adjusted = adjust(&plan, &areas, None, &of(&[("f1", "200.5")]), 5000.0).unwrap();
    assert_eq!(adjusted[0].without_control, ["f0", "f2"]);
    assert_eq!(adjusted[0].areas[0].adjusted, SquareDecimetres(60_050));
    let bundled = Plan::bundled();
    let areas = taizhou_corridor::query::areas::areas(&bundled, &[Method::Ellipsoid]).unwrap();
    let error = adjust(&bundled, &areas, Some("level"), &total(115e6), 5000.0).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Adjustment(AdjustmentProblem::Levels { .. })), "{error}");
}
