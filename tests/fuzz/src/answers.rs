//! Answers: of any numbers, and fitting together.

use std::sync::LazyLock;

use geo::{Coord, LineString, MultiPolygon, Polygon, coord};
use taizhou_corridor::geometry::measure::ellipsoid_area;
use taizhou_corridor::geometry::position::{Position, position};
use taizhou_corridor::geometry::validity::first_flaw;
use taizhou_corridor::plan::Plan;
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
        let zone = &PLAN.zones()[usize::from(x[0]) % PLAN.zones().len()];
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
        let positions: Vec<Position> = PLAN.zones().iter().map(|zone| position(site, &zone.shape)).collect();
        let borders: Vec<usize> =
            (0..positions.len()).filter(|&number| positions[number] == Position::Boundary).collect();
        assert_eq!(answer.boundary_of, borders, "{site:?}");
        let is_held = PLAN.zones().iter().zip(&positions).skip(1).any(|(_, position)| *position != Position::Outside);
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
    let parcel = if first_flaw(&parcel).is_none() {
        parcel
    } else {
        let Some(repaired) = taizhou_corridor::geometry::repair::repair(&parcel) else { return };
        repaired
    };
    if first_flaw(&parcel).is_some() {
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
