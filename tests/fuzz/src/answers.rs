//! Answers: of any numbers, and fitting together.

use std::sync::LazyLock;

use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon, coord};
use taizhou_corridor::geometry::clip::{difference, intersection, union};
use taizhou_corridor::geometry::measure::{ellipsoid_area, measure_ellipsoidal};
use taizhou_corridor::geometry::position::{PointLocation, position};
use taizhou_corridor::geometry::validity::first_validation_error;
use taizhou_corridor::plan::{FeatureId, Plan};
use taizhou_corridor::query::locate::Locator;
use taizhou_corridor::query::overlay::Overlayer;
use taizhou_corridor::units::Metres;

static PLAN: LazyLock<Plan> = LazyLock::new(Plan::bundled);
static LOCATOR: LazyLock<Locator<'static>> = LazyLock::new(|| Locator::new(&PLAN));
static OVERLAYER: LazyLock<Overlayer<'static>> = LazyLock::new(|| Overlayer::new(&PLAN));

fn number<const BYTES: usize>(bytes: &[u8], place: usize) -> Option<[u8; BYTES]> {
    bytes.get(place * BYTES..(place + 1) * BYTES)?.try_into().ok()
}

/// Any two doubles, and a place next to the plan: the answer is that of all zones tried one by one.
pub fn locate(bytes: &[u8]) {
    let (Some(x), Some(y)) = (number(bytes, 0), number(bytes, 1)) else { return };
    let any = coord! { x: f64::from_le_bytes(x), y: f64::from_le_bytes(y) };
    let part = |bytes: [u8; 8]| u64::from_le_bytes(bytes) as f64 / u64::MAX as f64;
    let near = coord! { x: 121.19 + 0.33 * part(x), y: 28.54 + 0.175 * part(y) };
    // A corner of the plan, a few units in the last place away.
    let corners: Vec<Coord<f64>> = {
        let zone = &PLAN.features()[usize::from(x[0]) % PLAN.features().len()];
        zone.shape.0[0].exterior().0.clone()
    };
    let corner = corners[usize::from(x[1]) % corners.len()];
    let nudged = |value: f64, by: u8| f64::from_bits(value.to_bits().wrapping_add_signed(i64::from(by as i8)));
    let beside = coord! { x: nudged(corner.x, y[0]), y: nudged(corner.y, y[1]) };
    for site in [any, near, beside] {
        let answer = LOCATOR.locate(site, Metres(0.0));
        if !site.x.is_finite() || !site.y.is_finite() {
            continue;
        }
        let positions: Vec<PointLocation> = PLAN.features().iter().map(|zone| position(site, &zone.shape)).collect();
        let is_on_boundary = |id: &FeatureId| positions[id.index()] == PointLocation::Boundary;
        let borders: Vec<FeatureId> = PLAN.ids().filter(is_on_boundary).collect();
        assert_eq!(answer.boundary_of, borders, "{site:?}");
        let is_held =
            PLAN.features().iter().zip(&positions).skip(1).any(|(_, position)| *position != PointLocation::Outside);
        assert_eq!(answer.zone.is_some() || answer.cluster.is_some(), is_held, "{site:?}");
        assert!(answer.distance_to_boundary.is_none_or(|distance| distance.0 >= 0.0), "{site:?}");
    }
}

/// A ring on a coarse lattice over the plan, so that edges and corners fall on each other.
pub fn overlay(bytes: &[u8]) {
    let corners: Vec<Coord<f64>> = bytes
        .chunks_exact(2)
        .take(64)
        .map(|pair| coord! { x: 121.19 + f64::from(pair[0]) * 0.0013, y: 28.54 + f64::from(pair[1]) * 0.0007 })
        .collect();
    if corners.len() < 3 {
        return;
    }
    let parcel = MultiPolygon(vec![Polygon::new(LineString(corners), vec![])]);
    let parcel = if first_validation_error(&parcel).is_none() {
        parcel
    } else {
        let Some(repaired) = taizhou_corridor::geometry::repair::repair(&parcel) else { return };
        repaired
    };
    if first_validation_error(&parcel).is_some() {
        return;
    }
    let whole = ellipsoid_area(&parcel).0;
    let membership = OVERLAYER.overlay(&parcel);
    assert!((membership.parcel_area.0 - whole).abs() <= 1e-6 * whole.max(1.0));
    assert!(membership.majority < membership.parts.len());
    let sum: f64 = membership.parts.iter().map(|part| part.area.0).sum();
    // A square metre in a thousand square kilometres.
    assert!((sum - whole).abs() <= 1e-9 * whole + 1e-3, "{sum} {whole}");
    for part in &membership.parts {
        assert!(part.area.0 >= 0.0 && part.share >= 0.0 && part.share <= 1.0 + 1e-9, "{part:?}");
    }
}

/// Two polygons of four corners, large ones, those of the second on edges of the first or next to them by some units in
/// the last place: what they have in common, and what one leaves of the other, make the whole, in few corners.
pub fn clip(bytes: &[u8]) {
    if bytes.len() < 72 {
        return;
    }
    let part = |bytes: &[u8]| f64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])) / 4_294_967_296.0;
    let corner = |at: &[u8]| coord! { x: 121.0 + 30.0 * part(at), y: 28.0 + 30.0 * part(&at[4..]) };
    let first: Vec<Coord<f64>> = bytes[..32].chunks_exact(8).map(corner).collect();
    let beside = |at: &[u8]| {
        let edge = usize::from(at[0]) % 4;
        let (start, end) = (first[edge], first[(edge + 1) % 4]);
        let nudged = |value: f64, by: &[u8]| {
            let by = i64::from(i16::from_le_bytes([by[0], by[1]]) >> 13);
            f64::from_bits(value.to_bits().wrapping_add_signed(by))
        };
        let on_edge = start + (end - start) * part(&at[2..]);
        coord! { x: nudged(on_edge.x, &at[6..]), y: nudged(on_edge.y, &at[8..]) }
    };
    let second: Vec<Coord<f64>> = bytes[32..72].chunks_exact(10).map(beside).collect();
    let [a, b] = [first, second].map(|ring| MultiPolygon(vec![Polygon::new(LineString(ring), vec![])]));
    if first_validation_error(&a).is_some() || first_validation_error(&b).is_some() {
        return;
    }
    let [common, rest, both] = [intersection(&a, &b), difference(&a, [&b]), union([&a, &b])];
    let corners: usize = [&common, &rest, &both].into_iter().map(|shape| shape.coords_count()).sum();
    assert!(corners < 1000, "{corners} corners");
    let whole = measure_ellipsoidal(&a);
    let parts = ellipsoid_area(&common).0 + ellipsoid_area(&rest).0;
    // A micrometre along the boundary.
    assert!((parts - whole.area.0).abs() <= 1e-6 * whole.perimeter.0, "{parts} {whole:?}");
}
