//! Parts of parcels, from a hand's breadth to some kilometres, where zones meet: the parts make the whole, and the
//! pieces are as large as is said of them.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use taizhou_corridor::crs::Plane;
use taizhou_corridor::geometry::measure::{ellipsoid_area, measure_ellipsoidal};
use taizhou_corridor::geometry::validity::first_validation_error;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::overlay::{Overlayer, Relation};

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
