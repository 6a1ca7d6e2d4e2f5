//! Parts of parcels, from a hand's breadth to some kilometres, where zones meet: the parts make the whole, and the
//! pieces are as large as is said of them.

use geo::{Coord, Intersects, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use taizhou_corridor::crs::Plane;
use taizhou_corridor::geometry::clip::{intersection, union};
use taizhou_corridor::geometry::measure::{ellipsoid_area, measure_ellipsoidal};
use taizhou_corridor::geometry::validity::first_validation_error;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::overlay::{Overlayer, Relation};
use taizhou_corridor::units::Metres;

/// A star around a place on a border, or beside it by less than its own size.
fn parcel() -> impl Strategy<Value = MultiPolygon<f64>> {
    let place = (0..4usize, any::<prop::sample::Index>(), 0.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64);
    (place, -6.0..-1.8_f64, prop::collection::vec(0.5..1.0_f64, 4..13), any::<bool>()).prop_map(
        |((member, edge, along, east, north), magnitude, radii, rounds)| {
            let plan = Plan::bundled();
            let member = plan.partition().nth(member).unwrap();
            let border: Vec<_> = plan[member].shape.0[0].exterior().lines().collect();
            let edge = border[edge.index(border.len())];
            let size = 10_f64.powf(magnitude);
            let centre = edge.start + edge.delta() * along + Coord { x: east, y: north } * size;
            // Places of 0.1 mm, or any.
            let rounded = |value: f64| if rounds { (value * 1e9).round() / 1e9 } else { value };
            let step = std::f64::consts::TAU / radii.len() as f64;
            let corners = radii.iter().enumerate().map(|(number, radius)| {
                let (sin, cos) = (number as f64 * step).sin_cos();
                Coord { x: rounded(centre.x + size * radius * cos), y: rounded(centre.y + size * radius * sin) }
            });
            Polygon::new(LineString(corners.collect()), vec![]).into()
        },
    )
}

/// As many as `PROPTEST_CASES` says, for a long run.
fn cases(otherwise: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(otherwise), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn parts_make_the_whole_and_pieces_are_their_parts(parcel in parcel(), clusters in any::<bool>()) {
        let plan = Plan::bundled();
        let level = if clusters { Level::Cluster } else { Level::Zone };
        let overlayer = Overlayer::new(&plan).at_level(level);
        let membership = overlayer.overlay(&parcel);
        let whole = measure_ellipsoidal(&parcel);
        let shares: f64 = membership.parts.iter().map(|part| part.share).sum();
        prop_assert!((shares - 1.0).abs() < 1e-9, "{}", shares);
        let areas: f64 = membership.parts.iter().map(|part| part.area.0).sum();
        prop_assert!((areas - whole.area.0).abs() < 1e-6, "{} {}", areas, whole.area.0);
        // What is outside is more than the rounding of a boundary.
        for part in membership.parts.iter().filter(|part| part.relation == Relation::Outside) {
            prop_assert!(part.area.0 > 1e-9 * whole.perimeter.0, "{:?}", part);
        }
        let mut pieces_m2 = 0.0;
        for part in &membership.parts {
            if part.relation == Relation::Touches {
                continue;
            }
            let piece = overlayer.piece(&parcel, &membership, part);
            prop_assert_eq!(first_validation_error(&piece), None);
            let size = measure_ellipsoidal(&piece);
            // Corners are rounded to some nanometres.
            let limit_m2 = 1e-6_f64.max(4e-9 * whole.perimeter.0);
            prop_assert!((size.area.0 - part.area.0).abs() < limit_m2, "{:?} {:?}", part, size.area);
            if part.area.0 > 1e-3 * whole.area.0 {
                let width_m = 2.0 * size.area.0 / size.perimeter.0;
                prop_assert!((part.mean_width(&parcel, &Plane::LON_LAT).0 - width_m).abs() < 1e-3 * width_m, "{:?} {}", part, width_m);
            }
            pieces_m2 += ellipsoid_area(&piece).0;
        }
        let limit_m2 = 1e-6_f64.max(1e-8 * whole.perimeter.0);
        prop_assert!((pieces_m2 - whole.area.0).abs() < limit_m2, "{} {}", pieces_m2, whole.area.0);
    }
}

/// A layer of stars around places, as a flat plan; with few places they overlap, and some are the same.
fn layer_of(stars: &[MultiPolygon<f64>]) -> Plan {
    let feature = |(id, star): (usize, &MultiPolygon<f64>)| {
        let ring: Vec<String> = star.0[0].exterior().0.iter().map(|at| format!("[{},{}]", at.x, at.y)).collect();
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            ring.join(",")
        )
    };
    let features: Vec<String> = stars.iter().enumerate().map(feature).collect();
    let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    Plan::flat_from_geojson(json.as_bytes(), None).unwrap()
}

/// A star with corners on a coarse grid, so that shared borders are common.
fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
    /// About 100 m, and a power of two: a corner that is on an edge of another star is exactly on it.
    const STEP_DEG: f64 = 1.0 / 1024.0;
    (-3..4i32, -3..4i32, prop::collection::vec(1..5i32, 8)).prop_map(|(x, y, radii)| {
        let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
        let corners = directions.iter().zip(radii).map(|(&(east, north), radius)| Coord {
            x: 121.0 + f64::from(x + east * radius) * STEP_DEG,
            y: 28.0 + f64::from(y + north * radius) * STEP_DEG,
        });
        Polygon::new(corners.collect(), vec![]).into()
    })
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn layers_cover_what_their_union_does(stars in prop::collection::vec(star(), 1..8), parcel in star()) {
        let plan = layer_of(&stars);
        let cover = Overlayer::new(&plan).cover(&parcel, Metres(0.0));
        let expected = ellipsoid_area(&intersection(&parcel, &union(&stars))).0;
        prop_assert!((cover.area.0 - expected).abs() < 1e-4, "{:?} {}", cover, expected);
        let covered = Overlayer::new(&plan).covered(&parcel);
        prop_assert!(covered.0.is_empty() || first_validation_error(&covered).is_none());
        prop_assert!((ellipsoid_area(&covered).0 - cover.area.0).abs() < 1e-4);
        let whole = ellipsoid_area(&parcel).0;
        let relation = match expected {
            area if area > whole - 1e-3 => Relation::Within,
            area if area > 1e-3 => Relation::Straddles,
            _ if stars.iter().any(|star| star.intersects(&parcel)) => Relation::Touches,
            _ => Relation::Outside,
        };
        prop_assert_eq!(cover.relation, relation);
    }
}
