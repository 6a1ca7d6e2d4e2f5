//! Overlay: what two shapes have in common, and what one leaves of the other.
//!
//! The overlay works on an integer grid, of a step that grows with the extent of the shapes: about
//! 10 µm here. Its pieces are for measuring and for showing; they never become the boundary of a zone.
//! Their areas carry the noise of that grid ([`noise`]); what is smaller is not reported.

use geo::{BooleanOps, BoundingRect, MultiPolygon, unary_union};

use crate::geometry::measure::{distance, ellipsoid, ellipsoid_area};
use crate::geometry::wind;
use crate::units::SquareMetres;

/// The area below which an overlap or a gap of an outline is noise: its boundary moved by a step of the
/// overlay's grid, which divides its extent into some 2³⁰ parts, and no less than a square metre.
///
/// ```
/// use taizhou_corridor::geometry::clip::noise;
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// assert_eq!(noise(&plan.find("corridor")?.shape).0, 1.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn noise(shape: &MultiPolygon<f64>) -> SquareMetres {
    const STEPS: f64 = (1u64 << 30) as f64;
    let Some(bounds) = shape.bounding_rect() else { return SquareMetres(1.0) };
    let extent_m = distance(bounds.min(), bounds.max()).0;
    SquareMetres((ellipsoid(shape).perimeter.0 * extent_m / STEPS / 4.0).max(1.0))
}

/// What two valid shapes have in common.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::{clip::intersection, measure::ellipsoid_area};
/// use taizhou_corridor::plan::Plan;
///
/// // How much of this block lies in the core?
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let inside = intersection(&block, &Plan::bundled().find("core")?.shape);
/// let share = ellipsoid_area(&inside).0 / ellipsoid_area(&block).0;
/// assert_eq!(format!("{:.0} %", 100.0 * share), "21 %");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn intersection(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    a.intersection(b)
}

/// What is left of `a` without `b`.
///
/// ```
/// use taizhou_corridor::geometry::{clip::difference, measure::ellipsoid_area};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let rest = difference(&plan.find("core")?.shape, &plan.find("central-innovation-district")?.shape);
/// assert_eq!(format!("{:.2} km²", ellipsoid_area(&rest).km2()), "28.04 km²");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn difference(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    a.difference(b)
}

/// All the shapes as one.
///
/// ```
/// use taizhou_corridor::geometry::{clip::union, measure::ellipsoid_area};
/// use taizhou_corridor::plan::Plan;
///
/// // The core and the zones cover the corridor, and overlap nowhere.
/// let plan = Plan::bundled();
/// let covered = union(plan.partition().map(|number| &plan.zones()[number].shape));
/// assert_eq!(format!("{:.3} km²", ellipsoid_area(&covered).km2()), "115.000 km²");
/// ```
pub fn union<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> MultiPolygon<f64> {
    // The union of many needs all of them to wind the same way; the overlay of two does not.
    let shapes: Vec<_> = shapes.into_iter().map(wind).collect();
    unary_union(shapes.iter().flatten())
}

/// The area that two valid shapes have in common, on the ellipsoid.
///
/// ```
/// use taizhou_corridor::geometry::clip::overlap_area;
/// use taizhou_corridor::plan::Plan;
///
/// // Neighbours share a border and no area.
/// let plan = Plan::bundled();
/// assert!(overlap_area(&plan.find("core")?.shape, &plan.find("jiaojiang")?.shape).0 < 0.01);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn overlap_area(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> SquareMetres {
    ellipsoid_area(&intersection(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn square(x: f64, size: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: 28.0), (x: x + size, y: 28.0), (x: x + size, y: 28.0 + size), (x: x, y: 28.0 + size)].into()
    }

    #[test]
    fn pieces_add_up() {
        let (a, b) = (square(121.0, 0.01), square(121.004, 0.01));
        let whole = ellipsoid_area(&a).0;
        let parts = overlap_area(&a, &b).0 + ellipsoid_area(&difference(&a, &b)).0;
        assert!((whole - parts).abs() < 0.1, "{whole} {parts}");
        let both = ellipsoid_area(&union([&a, &b])).0;
        assert!((both - (2.0 * whole - overlap_area(&a, &b).0)).abs() < 1.0);
    }

    #[test]
    fn the_direction_of_rings_does_not_matter() {
        let (a, mut b) = (square(121.0, 0.01), square(121.004, 0.01));
        let before = [intersection(&a, &b), difference(&a, &b), union([&a, &b])].map(|shape| ellipsoid_area(&shape).0);
        b.0[0].exterior_mut(|ring| ring.0.reverse());
        let after = [intersection(&a, &b), difference(&a, &b), union([&a, &b])].map(|shape| ellipsoid_area(&shape).0);
        assert!(before.iter().zip(after).all(|(before, after)| (before - after).abs() < 0.01), "{before:?} {after:?}");
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        assert_eq!(overlap_area(&square(121.0, 0.01), &square(121.01, 0.01)).0, 0.0);
    }
}
