//! Overlay operations: intersection, difference and union of polygons.
//!
//! The overlay works on integer coordinates. One unit is the last place of the largest coordinate as a double:
//! 1.4·10⁻¹⁴ degrees of longitude between 64° and 128°, which is 1.6 nm. Vertices of that magnitude keep their
//! coordinates exactly; where edges cross, the new vertex is rounded to the nearest double, or snapped to an end of an
//! edge that is a few units away.
//!
//! `BooleanOps` of geo (0.33) uses i_overlay 4.5, whose integers have 32 bits: its step is a 2³⁰th of the extent of
//! both shapes, 3 mm for a plan as wide as China. Here i_overlay 9.1 computes with 64 bits.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay};
pub(crate) use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::{Precision, Solver};
use i_overlay::i_float::int::point::IntPoint;

use crate::geometry::measure::rings;
use crate::geometry::noding::snap_near_collinear;
use crate::geometry::orient;
use crate::geometry::rings::assemble;
use crate::units::SquareMetres;

/// Overlaps and gaps smaller than this are ignored: borders that were digitised separately differ by about as much.
pub const NOISE: SquareMetres = SquareMetres(1.0);

/// The intersection of two valid shapes.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::{clip::intersection, measure::ellipsoid_area};
/// use taizhou_corridor::plan::Plan;
///
/// // How much of this block lies in the core?
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let inside = intersection(&block, &Plan::bundled().feature("core")?.shape);
/// let share = ellipsoid_area(&inside).0 / ellipsoid_area(&block).0;
/// assert_eq!(format!("{:.0} %", 100.0 * share), "21 %");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn intersection(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    overlay(a, b, OverlayRule::Intersect)
}

/// The part of `a` that is in none of the other shapes.
///
/// ```
/// use taizhou_corridor::geometry::clip::difference;
/// use taizhou_corridor::plan::Plan;
///
/// // The core and the zones cover the whole corridor.
/// let plan = Plan::bundled();
/// let rest = difference(&plan.feature("corridor")?.shape, plan.partition().map(|index| &plan[index].shape));
/// assert!(rest.0.is_empty());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn difference<'a>(
    a: &MultiPolygon<f64>,
    others: impl IntoIterator<Item = &'a MultiPolygon<f64>>,
) -> MultiPolygon<f64> {
    let a = orient(a);
    let others: Vec<_> = others.into_iter().map(orient).collect();
    operate(
        a.iter().flat_map(rings),
        others.iter().flatten().flat_map(rings),
        OverlayRule::Difference,
        FillRule::NonZero,
    )
}

/// The union of all shapes.
///
/// ```
/// use taizhou_corridor::geometry::{clip::union, measure::ellipsoid_area};
/// use taizhou_corridor::plan::Plan;
///
/// // The core and the zones cover the corridor without overlaps.
/// let plan = Plan::bundled();
/// let covered = union(plan.partition().map(|index| &plan[index].shape));
/// assert_eq!(format!("{:.3} km²", ellipsoid_area(&covered).km2()), "115.000 km²");
/// ```
pub fn union<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> MultiPolygon<f64> {
    // The non-zero winding rule needs all exteriors in the same direction.
    let shapes: Vec<_> = shapes.into_iter().map(orient).collect();
    fill_nonzero(shapes.iter().flatten().flat_map(rings))
}

/// Fills rings by the non-zero winding rule and returns a valid shape. Each ring is closed and may cross itself or
/// others; rings in the opposite direction, such as holes, are subtracted.
pub(crate) fn fill_nonzero<'a>(rings: impl IntoIterator<Item = &'a LineString<f64>>) -> MultiPolygon<f64> {
    operate(rings, [], OverlayRule::Subject, FillRule::NonZero)
}

/// The same for rings in whole numbers; crossings are rounded to whole numbers.
pub(crate) fn fill_nonzero_whole<'a>(rings: impl IntoIterator<Item = &'a LineString<f64>>) -> MultiPolygon<f64> {
    operate_on(&SnapGrid::WHOLE, rings.into_iter().collect(), vec![], OverlayRule::Subject, FillRule::NonZero)
}

/// The part of a valid shape that is not in another, both in whole numbers.
pub(crate) fn difference_whole(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let [a, b] = [a, b].map(|shape| shape.iter().flat_map(rings).collect());
    operate_on(&SnapGrid::WHOLE, a, b, OverlayRule::Difference, FillRule::EvenOdd)
}

/// Fills a shape by the even-odd rule and snaps its vertices to multiples of 1 / `scale`. Returns a valid shape.
pub(crate) fn snap_to_grid(shape: &MultiPolygon<f64>, scale: f64) -> MultiPolygon<f64> {
    let grid = SnapGrid { x_scale: scale, y_scale: scale };
    operate_on(&grid, shape.iter().flat_map(rings).collect(), vec![], OverlayRule::Subject, FillRule::EvenOdd)
}

/// The union or the difference of two valid shapes, with all their corners: also those between collinear edges, which
/// neighbours may share.
pub(crate) fn with_all_corners(
    a: &MultiPolygon<f64>,
    b: &MultiPolygon<f64>,
    overlay_rule: OverlayRule,
) -> MultiPolygon<f64> {
    let keep = IntOverlayOptions {
        preserve_input_collinear: true,
        preserve_output_collinear: true,
        ..IntOverlayOptions::ogc()
    };
    let [a, b]: [Vec<_>; 2] = [a, b].map(|shape| shape.iter().flat_map(rings).collect());
    let grid = SnapGrid::of(a.iter().chain(&b).copied());
    operate_with(keep, &grid, a, b, overlay_rule, FillRule::EvenOdd)
}

fn overlay(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, rule: OverlayRule) -> MultiPolygon<f64> {
    operate(a.iter().flat_map(rings), b.iter().flat_map(rings), rule, FillRule::EvenOdd)
}

fn operate<'a>(
    a: impl IntoIterator<Item = &'a LineString<f64>>,
    b: impl IntoIterator<Item = &'a LineString<f64>>,
    overlay_rule: OverlayRule,
    fill_rule: FillRule,
) -> MultiPolygon<f64> {
    let (a, b): (Vec<_>, Vec<_>) = (a.into_iter().collect(), b.into_iter().collect());
    let grid = SnapGrid::of(a.iter().chain(&b).copied());
    operate_on(&grid, a, b, overlay_rule, fill_rule)
}

fn operate_on(
    grid: &SnapGrid,
    a: Vec<&LineString<f64>>,
    b: Vec<&LineString<f64>>,
    overlay_rule: OverlayRule,
    fill_rule: FillRule,
) -> MultiPolygon<f64> {
    operate_with(IntOverlayOptions::ogc(), grid, a, b, overlay_rule, fill_rule)
}

fn operate_with(
    options: IntOverlayOptions<u128>,
    grid: &SnapGrid,
    a: Vec<&LineString<f64>>,
    b: Vec<&LineString<f64>>,
    overlay_rule: OverlayRule,
    fill_rule: FillRule,
) -> MultiPolygon<f64> {
    let contours = |rings: Vec<&LineString<f64>>| rings.into_iter().map(|ring| grid.contour(ring)).collect::<Vec<_>>();
    let mut all_contours = contours(a);
    let count_of_a = all_contours.len();
    all_contours.extend(contours(b));
    let has_near_collinear = snap_near_collinear(&mut all_contours);
    let (a, b) = all_contours.split_at(count_of_a);
    let mut overlay = Overlay::from_subj_and_clip_custom(a, b, options, solver(has_near_collinear));
    grid.shape(overlay.overlay(overlay_rule, fill_rule))
}

/// The solver splits edges that are close together until no split moves another edge. It snaps nearby ends over a
/// distance that grows from round to round, so that it terminates; the distance grows faster if there are nearly
/// collinear edges.
fn solver(has_near_collinear: bool) -> Solver {
    let progression = if has_near_collinear { 2 * Precision::LOW.progression } else { Precision::LOW.progression };
    Solver { precision: Precision { progression, ..Precision::LOW }, ..Solver::default() }
}

/// Maps coordinates to integers by multiplication.
struct SnapGrid {
    x_scale: f64,
    y_scale: f64,
}

impl SnapGrid {
    const WHOLE: SnapGrid = SnapGrid { x_scale: 1.0, y_scale: 1.0 };

    /// The finest grid on which every integer converts back to a double.
    fn of<'a>(rings: impl Iterator<Item = &'a LineString<f64>>) -> SnapGrid {
        let largest = |(x, y): (f64, f64), vertex: &Coord<f64>| (x.max(vertex.x.abs()), y.max(vertex.y.abs()));
        let (x, y) = rings.flat_map(|ring| &ring.0).fold((1.0, 1.0), largest);
        // A power of two, so that multiplication and division are exact.
        let scale = |largest: f64| 1.0 / (largest.next_up() - largest);
        SnapGrid { x_scale: scale(x), y_scale: scale(y) }
    }

    /// A ring without its closing vertex.
    fn contour(&self, ring: &LineString<f64>) -> Vec<IntPoint<i64>> {
        let vertices = match ring.0.split_last() {
            Some((last, vertices)) if vertices.first() == Some(last) => vertices,
            _ => &ring.0,
        };
        // The limit of the overlay crate, far beyond any degrees or metres.
        const LIMIT: f64 = (1u64 << 61) as f64;
        let to_int = |value: f64, scale: f64| (value * scale).round().clamp(-LIMIT, LIMIT) as i64;
        let point = |vertex: &Coord<f64>| IntPoint::new(to_int(vertex.x, self.x_scale), to_int(vertex.y, self.y_scale));
        vertices.iter().map(point).collect()
    }

    fn shape(&self, shapes: Vec<Vec<Vec<IntPoint<i64>>>>) -> MultiPolygon<f64> {
        let vertex =
            |point: IntPoint<i64>| Coord { x: point.x as f64 / self.x_scale, y: point.y as f64 / self.y_scale };
        let ring = |contour: Vec<IntPoint<i64>>| LineString(contour.into_iter().map(vertex).collect());
        // The overlay crate assigns some holes to the wrong part if a shape has many parts.
        if shapes.len() > 1 && shapes.iter().any(|contours| contours.len() > 1) {
            return assemble(shapes.into_iter().flatten().map(ring).collect());
        }
        let polygon = |contours: Vec<Vec<IntPoint<i64>>>| {
            let mut rings = contours.into_iter().map(ring);
            Polygon::new(rings.next().unwrap_or(LineString(vec![])), rings.collect())
        };
        shapes.into_iter().map(polygon).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::ellipsoid_area;
    use geo::polygon;

    fn square(x: f64, size: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: 28.0), (x: x + size, y: 28.0), (x: x + size, y: 28.0 + size), (x: x, y: 28.0 + size)].into()
    }

    #[test]
    fn areas_of_intersection_and_difference_add_up() {
        let (a, b) = (square(121.0, 0.01), square(121.004, 0.01));
        let whole = ellipsoid_area(&a).0;
        let common = ellipsoid_area(&intersection(&a, &b)).0;
        let parts = common + ellipsoid_area(&difference(&a, [&b])).0;
        assert!((whole - parts).abs() < 1e-6, "{whole} {parts}");
        let both = ellipsoid_area(&union([&a, &b])).0;
        assert!((both - (ellipsoid_area(&b).0 + whole - common)).abs() < 1e-6);
    }

    #[test]
    fn ring_direction_does_not_matter() {
        let (a, mut b) = (square(121.0, 0.01), square(121.004, 0.01));
        let before =
            [intersection(&a, &b), difference(&a, [&b]), union([&a, &b])].map(|shape| ellipsoid_area(&shape).0);
        b.0[0].exterior_mut(|ring| ring.0.reverse());
        let after = [intersection(&a, &b), difference(&a, [&b]), union([&a, &b])].map(|shape| ellipsoid_area(&shape).0);
        assert!(before.iter().zip(after).all(|(before, after)| (before - after).abs() < 1e-6), "{before:?} {after:?}");
    }

    #[test]
    fn adjacent_shapes_do_not_intersect() {
        assert!(intersection(&square(121.0, 0.01), &square(121.01, 0.01)).0.is_empty());
    }

    #[test]
    fn nearly_collinear_edges_do_not_create_staircases() {
        // The vertices of the second lie within a few ulps of an edge of the first.
        let a: MultiPolygon<f64> = polygon![
            (x: 146.80405044677855, y: 29.832198942583176), (x: 143.27705545610678, y: 55.34115525158596),
            (x: 143.75031878340485, y: 48.885403275513895), (x: 143.4193537828, y: 28.805645291078275)
        ]
        .into();
        let b: MultiPolygon<f64> = polygon![
            (x: 146.80172507869378, y: 29.84901714420595), (x: 143.27754923274222, y: 55.33758401696493),
            (x: 146.28255725780602, y: 33.603893262570914), (x: 143.28050925588317, y: 55.31617567893883)
        ]
        .into();
        let (common, rest, both) = (intersection(&a, &b), difference(&a, [&b]), union([&a, &b]));
        for shape in [&common, &rest, &both] {
            let vertices: usize = shape.iter().flat_map(rings).map(|ring| ring.0.len()).sum();
            assert!(vertices < 40, "{vertices}");
        }
        let whole = ellipsoid_area(&a).0;
        // 4 nm along a boundary of about 5000 km.
        assert!((ellipsoid_area(&common).0 + ellipsoid_area(&rest).0 - whole).abs() < 0.02);
    }
}
