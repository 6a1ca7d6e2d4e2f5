//! The area that two shapes have in common, without building what they have in common.
//!
//! The boundary of the common part is made of the pieces of each boundary that lie inside the other shape.
//! An area is a sum over the pieces of a boundary, and so is a length: it is enough to know where the edges
//! cross, whether they enter or leave there, and which corners are inside.
//!
//! All of that is decided exactly, and never degenerate: the first shape is thought of as moved by (ε, ε²),
//! for an ε smaller than any difference of doubles (simulation of simplicity, Edelsbrunner and Mücke 1990).
//! Then no corner lies on an edge, no two edges run along each other, and borders that two shapes share need
//! no case of their own; the area changes by nothing. Only the places of crossings are rounded, so that an
//! area is good to about 10⁻¹² of the shapes' own, whatever their position and size.
//!
//! `BooleanOps` of geo and i_overlay would build the common part, with its corners rounded, to measure it.

use std::ops::Range;

use geo::kernels::{Kernel, Orientation};
use geo::{Coord, GeoNum, Line, MultiPolygon, Rect};

use crate::geometry::edge_tree::{Bounds, EdgeTree, Wanted};
use crate::geometry::measure::{edge_length_m, rings, strip_area_m2};
use crate::geometry::orient;
use crate::units::{Metres, SquareMetres};

/// The edges of a valid shape, ready to be laid over others.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::measure::ellipsoid_area;
/// use taizhou_corridor::geometry::overlap::PreparedShape;
/// use taizhou_corridor::plan::Plan;
///
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let plan = Plan::bundled();
/// let (core, jiaojiang) = (PreparedShape::new(&plan.feature("core")?.shape), PreparedShape::new(&plan.feature("jiaojiang")?.shape));
/// let edges = PreparedShape::new(&block);
/// let parts = edges.overlap(&core).area.0 + edges.overlap(&jiaojiang).area.0;
/// // The block lies on the border of the two.
/// assert!((parts - ellipsoid_area(&block).0).abs() < 1e-6);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct PreparedShape {
    /// The interior is on the left.
    edges: Vec<Line<f64>>,
    /// The first edge of each ring.
    ring_starts: Vec<usize>,
    tree: EdgeTree,
    bounds: Bounds,
}

/// What two shapes have in common.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Overlap {
    /// The area, on the ellipsoid.
    pub area: SquareMetres,
    /// The length of the boundary of the common part; twice the area divided by it is its mean width.
    pub perimeter: Metres,
    /// How much of that is boundary of the first shape.
    pub own_length: Metres,
    /// Whether the boundaries cross: somewhere an edge of one goes through an edge of the other.
    pub crosses: bool,
    /// Whether the boundaries meet without crossing: in a corner, or along an edge.
    pub touches: bool,
}

impl PreparedShape {
    /// Of a valid shape; the direction of its rings does not matter.
    ///
    /// ```
    /// use geo::MultiPolygon;
    /// use taizhou_corridor::geometry::overlap::{PreparedShape, Overlap};
    ///
    /// let nothing = PreparedShape::new(&MultiPolygon::new(vec![]));
    /// assert_eq!(nothing.overlap(&nothing), Overlap::default());
    /// ```
    pub fn new(shape: &MultiPolygon<f64>) -> PreparedShape {
        let mut edges: Vec<Line<f64>> = vec![];
        let mut ring_starts = vec![];
        for ring in orient(shape).iter().flat_map(rings) {
            let first = edges.len();
            edges.extend(ring.lines().filter(|edge| edge.start != edge.end));
            if edges.len() > first {
                ring_starts.push(first);
            }
        }
        let bounds = edges.iter().map(Bounds::of).fold(Bounds::NOTHING, Bounds::with);
        let tree = EdgeTree::new(edges.iter().map(Bounds::of));
        PreparedShape { edges, ring_starts, tree, bounds }
    }

    /// What this shape has in common with another.
    ///
    /// ```
    /// use taizhou_corridor::geometry::overlap::PreparedShape;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // Neighbours share a border and no area.
    /// let plan = Plan::bundled();
    /// let (core, jiaojiang) = (PreparedShape::new(&plan.feature("core")?.shape), PreparedShape::new(&plan.feature("jiaojiang")?.shape));
    /// let overlap = core.overlap(&jiaojiang);
    /// assert!(overlap.touches && !overlap.crosses);
    /// assert!(overlap.area.0.abs() < 1e-6);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn overlap(&self, other: &PreparedShape) -> Overlap {
        if !self.bounds.meets(other.bounds) {
            return Overlap::default();
        }
        let [mut own, mut others] = [Sum::new(self.bounds.common(other.bounds)); 2];
        let (mut crosses, mut touches) = (false, false);
        // Where the edge before ends, if that comes near the other shape, too.
        let mut known = None;
        self.tree.visit(&|node| other.bounds.meets(node), &mut |number| {
            let edge = self.edges[number];
            let is_first = self.ring_starts.binary_search(&number).is_ok();
            let mut is_inside = match known {
                Some((before, is_inside)) if before + 1 == number && !is_first => is_inside,
                // An edge that does not come near ends outside.
                _ => is_first && other.holds_moved(edge.start),
            };
            let starts_inside = is_inside;
            let bounds = Bounds::of(&edge);
            other.tree.visit(&|node| bounds.meets(node), &mut |place| {
                let across = other.edges[place];
                let crossing = match meet(edge, across) {
                    Meeting::None => return,
                    Meeting::Touch => {
                        touches = true;
                        share_border(edge, across, &mut own, &mut others);
                        return;
                    }
                    Meeting::Crossing { crossing, is_proper: true } => {
                        crosses = true;
                        crossing
                    }
                    Meeting::Crossing { crossing, is_proper: false } => {
                        touches = true;
                        crossing
                    }
                };
                is_inside = !is_inside;
                // Where one boundary enters the other's shape, the other leaves its own.
                own.add_up_to(edge, crossing.at, if crossing.enters { -1.0 } else { 1.0 });
                others.add_up_to(across, crossing.at, if crossing.enters { 1.0 } else { -1.0 });
            });
            own.add_ends(edge, starts_inside, is_inside);
            known = Some((number, is_inside));
        });
        // Edges mostly come one after the other.
        let mut known = None;
        other.tree.visit(&|node| self.bounds.meets(node), &mut |place| {
            let edge = other.edges[place];
            let starts_inside = match known {
                Some((end, is_inside)) if end == edge.start => is_inside,
                _ => self.perturbed_contains(edge.start),
            };
            let ends_inside = self.perturbed_contains(edge.end);
            known = Some((edge.end, ends_inside));
            others.add_ends(edge, starts_inside, ends_inside);
        });
        let area = SquareMetres((own.area_m2 + others.area_m2).max(0.0));
        let (own_length, others_length) = (own.length_m.max(0.0), others.length_m.max(0.0));
        let (perimeter, own_length) = (Metres(own_length + others_length), Metres(own_length));
        Overlap { area, perimeter, own_length, crosses, touches }
    }

    /// Whether the box of any edge meets a box (degrees).
    pub(crate) fn comes_near(&self, bounds: Rect<f64>) -> bool {
        let (min, max) = (bounds.min(), bounds.max());
        let bounds = Bounds { low: [min.x, min.y], high: [max.x, max.y] };
        self.tree.has_any(&|node| bounds.meets(node))
    }

    /// The area alone of [`overlap`](PreparedShape::overlap).
    pub(crate) fn common_area(&self, other: &PreparedShape) -> SquareMetres {
        if !self.bounds.meets(other.bounds) {
            return SquareMetres(0.0);
        }
        for (around, within) in [(self, other), (other, self)] {
            // No edge comes near the box of the other: one corner tells for all of that.
            if let Some(edge) = within.edges.first().filter(|_| !around.tree.has_any(&|node| within.bounds.meets(node)))
            {
                return if around.holds_off_boundary(edge.start) { within.area() } else { SquareMetres(0.0) };
            }
        }
        self.overlap(other).area
    }

    /// What is the same for shapes with the same edges, wherever their rings begin.
    pub(crate) fn key(&self) -> Vec<[u64; 4]> {
        let bits = |edge: &Line<f64>| [edge.start.x, edge.start.y, edge.end.x, edge.end.y].map(f64::to_bits);
        let mut key: Vec<[u64; 4]> = self.edges.iter().map(bits).collect();
        key.sort_unstable();
        key
    }

    /// What differs for most shapes that differ, and takes no time to tell.
    pub(crate) fn quick_key(&self) -> ([u64; 4], usize) {
        let Bounds { low, high } = self.bounds;
        ([low[0], low[1], high[0], high[1]].map(f64::to_bits), self.edges.len())
    }

    /// The area of the shape, on the ellipsoid.
    pub(crate) fn area(&self) -> SquareMetres {
        let mut sum = Sum::new(self.bounds);
        self.edges.iter().for_each(|&edge| sum.add(edge));
        SquareMetres(sum.area_m2)
    }

    /// The edges in their order along the rings, the interior on the left.
    pub(super) fn edges(&self) -> &[Line<f64>] {
        &self.edges
    }

    /// The first edge of each ring, by its number.
    pub(super) fn ring_starts(&self) -> &[usize] {
        &self.ring_starts
    }

    /// The box around the shape (degrees); none where it is empty.
    pub(crate) fn bounding_rect(&self) -> Option<Rect<f64>> {
        let [low, high] = [self.bounds.low, self.bounds.high].map(|[x, y]| Coord { x, y });
        (!self.edges.is_empty()).then(|| Rect::new(low, high))
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Calls `visit` with each edge that may come near.
    pub(super) fn visit_near(&self, bounds: Bounds, visit: &mut impl FnMut(Line<f64>)) {
        self.tree.visit(&|node| bounds.meets(node), &mut |place| visit(self.edges[place]));
    }

    /// Whether a point that lies on no edge is inside.
    pub(crate) fn holds_off_boundary(&self, point: Coord<f64>) -> bool {
        self.holds_moved(point)
    }

    /// Whether a corner of another shape, moved by (ε, ε²), is inside.
    pub(super) fn holds_moved(&self, point: Coord<f64>) -> bool {
        // A moved corner is above all that is at its height.
        self.ray_parity(point, |y| y > point.y, |edge| moved_point_side(edge, point))
    }

    /// Whether a corner of another shape is inside this one, moved by (ε, ε²).
    pub(super) fn perturbed_contains(&self, point: Coord<f64>) -> bool {
        self.ray_parity(point, |y| y >= point.y, |edge| moved_edge_side(edge, point))
    }

    /// Follows a ray to the east: an odd number of edges across it means inside.
    fn ray_parity(
        &self,
        point: Coord<f64>,
        is_above: impl Fn(f64) -> bool,
        side: impl Fn(Line<f64>) -> Orientation,
    ) -> bool {
        let wanted = |node: Bounds| {
            let is_in_way = node.low[1] <= point.y && point.y <= node.high[1] && point.x <= node.high[0];
            match is_in_way {
                false => Wanted::Nothing,
                true if point.x < node.low[0] => Wanted::Whole,
                true => Wanted::Some,
            }
        };
        let mut is_inside = false;
        self.tree.visit_runs(&wanted, &mut |run| {
            let edge = self.edges[run.start];
            if point.x < Bounds::of(&edge).low[0] || run.len() > 1 {
                is_inside ^= self.changes_side(run, &is_above);
                return;
            }
            let (from, to) = (is_above(edge.start.y), is_above(edge.end.y));
            if from != to {
                let is_west =
                    if to { side(edge) == Orientation::CounterClockwise } else { side(edge) == Orientation::Clockwise };
                is_inside ^= is_west;
            }
        });
        is_inside
    }

    /// Whether an odd number of a run of edges leads from above to below or back: along each ring, it is enough to look
    /// where the run begins and where it ends.
    fn changes_side(&self, run: Range<usize>, is_above: &impl Fn(f64) -> bool) -> bool {
        let (from, to) = (self.edges[run.start].start, self.edges[run.end - 1].end);
        let next = self.ring_starts.partition_point(|&start| start <= run.start);
        let last = self.ring_starts.partition_point(|&start| start < run.end);
        let is_odd = is_above(from.y) != is_above(to.y);
        if next == last {
            return is_odd;
        }
        // The rest of the first ring leads to where that began; all of a ring leads back.
        let corner_of = |ring: usize| self.edges[self.ring_starts[ring]].start;
        is_odd ^ (is_above(corner_of(next - 1).y) != is_above(corner_of(last - 1).y))
    }
}

/// The sum over the pieces of a boundary.
///
/// A piece of an edge is what lies between two of its places, and each is told by its distance from a third
/// place on the edge: one that is near, since the places are rounded, and an area is off by as much as they are
/// beside the edge times the distance.
#[derive(Clone, Copy)]
struct Sum {
    near: Coord<f64>,
    area_m2: f64,
    length_m: f64,
}

impl Sum {
    fn new(common: Bounds) -> Sum {
        let [x, y] = [0, 1].map(|axis| (common.low[axis] + common.high[axis]) / 2.0);
        Sum { near: Coord { x, y }, area_m2: 0.0, length_m: 0.0 }
    }

    /// Adds an edge.
    fn add(&mut self, edge: Line<f64>) {
        self.area_m2 += strip_area_m2(edge, self.near.x);
        self.length_m += edge_length_m(edge);
    }

    /// Adds the piece of an edge up to one of its places.
    fn add_up_to(&mut self, edge: Line<f64>, place: Coord<f64>, sign: f64) {
        let dot = |a: Coord<f64>, b: Coord<f64>| a.x * b.x + a.y * b.y;
        let along = edge.delta();
        let t = (dot(self.near - edge.start, along) / dot(along, along)).clamp(0.0, 1.0);
        let piece = Line::new(edge.start + along * t, place);
        let is_forward = dot(piece.delta(), along) >= 0.0;
        self.area_m2 += sign * strip_area_m2(piece, self.near.x);
        self.length_m += if is_forward { sign } else { -sign } * edge_length_m(piece);
    }

    /// Adds an edge of which the ends are inside or not: what its crossings leave to add.
    fn add_ends(&mut self, edge: Line<f64>, starts_inside: bool, ends_inside: bool) {
        match (starts_inside, ends_inside) {
            (true, true) => self.add(edge),
            (true, false) => self.add_up_to(edge, edge.start, -1.0),
            (false, true) => self.add_up_to(edge, edge.end, 1.0),
            (false, false) => {}
        }
    }
}

/// Where an edge of the moved shape runs along one of the other, the length of the border that they share is set
/// right: once, as the first shape's own, where both lie on the same side of it, and not at all where they do not.
fn share_border(edge: Line<f64>, across: Line<f64>, own: &mut Sum, others: &mut Sum) {
    if [across.start, across.end].iter().any(|&end| orientation(edge, end) != Orientation::Collinear) {
        return;
    }
    let eastward = |line: Line<f64>| {
        let (a, b) = (line.start, line.end);
        if (a.x, a.y) <= (b.x, b.y) { (a, b) } else { (b, a) }
    };
    let ((a, b), (c, d)) = (eastward(edge), eastward(across));
    let start = if (a.x, a.y) < (c.x, c.y) { c } else { a };
    let end = if (b.x, b.y) < (d.x, d.y) { b } else { d };
    if (start.x, start.y) >= (end.x, end.y) {
        return;
    }
    let length_m = edge_length_m(Line::new(start, end));
    let is_alike = (a == edge.start) == (c == across.start);
    let is_inside = moved_point_side(across, edge.start) == Orientation::CounterClockwise;
    match (is_alike, is_inside) {
        // Moved outside, it is the other's.
        (true, false) => own.length_m += length_m,
        // Moved inside, both have it, with nothing between them.
        (false, true) => own.length_m -= length_m,
        _ => return,
    }
    others.length_m -= length_m;
}

pub(super) struct Crossing {
    pub(super) at: Coord<f64>,
    /// Whether the moved edge enters the shape of the other there.
    pub(super) enters: bool,
}

pub(super) enum Meeting {
    None,
    /// They meet, and would not if the first were moved.
    Touch,
    /// They cross once the first is moved; `is_proper` where they do so unmoved.
    Crossing {
        crossing: Crossing,
        is_proper: bool,
    },
}

/// How an edge of the moved shape meets an edge of the other.
pub(super) fn meet(edge: Line<f64>, across: Line<f64>) -> Meeting {
    let exact = [
        orientation(across, edge.start),
        orientation(across, edge.end),
        orientation(edge, across.start),
        orientation(edge, across.end),
    ];
    let is_degenerate = exact.contains(&Orientation::Collinear);
    let [start, end] = [edge.start, edge.end].map(|point| moved_point_side(across, point));
    let [from, to] = [across.start, across.end].map(|point| moved_edge_side(edge, point));
    if start == end || from == to {
        let lies_on = |line: Line<f64>, point: Coord<f64>, side: Orientation| {
            let bounds = Bounds::of(&line);
            let is_within = (bounds.low[0]..=bounds.high[0]).contains(&point.x)
                && (bounds.low[1]..=bounds.high[1]).contains(&point.y);
            side == Orientation::Collinear && is_within
        };
        let meets = is_degenerate
            && (lies_on(across, edge.start, exact[0])
                || lies_on(across, edge.end, exact[1])
                || lies_on(edge, across.start, exact[2])
                || lies_on(edge, across.end, exact[3]));
        return if meets { Meeting::Touch } else { Meeting::None };
    }
    let crossing = Crossing { at: place(edge, across), enters: end == Orientation::CounterClockwise };
    Meeting::Crossing { crossing, is_proper: !is_degenerate }
}

/// Where two edges cross, rounded: the same whichever way they lead, so that what two neighbours have of a third
/// makes the whole.
fn place(edge: Line<f64>, across: Line<f64>) -> Coord<f64> {
    let eastward = |edge: Line<f64>| {
        let leads_west = (edge.end.x, edge.end.y) < (edge.start.x, edge.start.y);
        if leads_west { Line::new(edge.end, edge.start) } else { edge }
    };
    let (edge, across) = (eastward(edge), eastward(across));
    let (along, delta) = (across.delta(), edge.delta());
    let cross = |a: Coord<f64>, b: Coord<f64>| a.x * b.y - a.y * b.x;
    let (start, end) = (cross(along, edge.start - across.start), cross(along, edge.end - across.start));
    let t = start / (start - end);
    // Edges that all but run along each other cross anywhere on them.
    let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.5 };
    if t < 0.5 { edge.start + delta * t } else { edge.end - delta * (1.0 - t) }
}

fn orientation(line: Line<f64>, point: Coord<f64>) -> Orientation {
    <f64 as GeoNum>::Ker::orient2d(line.start, line.end, point)
}

/// On which side of a line a point lies once it is moved by (ε, ε²).
fn moved_point_side(line: Line<f64>, point: Coord<f64>) -> Orientation {
    match orientation(line, point) {
        Orientation::Collinear => {
            let along = line.delta();
            // (ε, ε²) is to the right of all that leads up, and to the left of what leads east.
            side_of(if along.y != 0.0 { -along.y } else { along.x })
        }
        exact => exact,
    }
}

/// On which side of a line that is moved by (ε, ε²) a point lies.
fn moved_edge_side(line: Line<f64>, point: Coord<f64>) -> Orientation {
    match orientation(line, point) {
        Orientation::Collinear => {
            let along = line.delta();
            side_of(if along.y != 0.0 { along.y } else { -along.x })
        }
        exact => exact,
    }
}

fn side_of(sign: f64) -> Orientation {
    if sign > 0.0 { Orientation::CounterClockwise } else { Orientation::Clockwise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::{ellipsoid_area, perimeter};
    use crate::geometry::validity::first_validation_error;
    use crate::plan::Plan;
    use geo::{BooleanOps, Polygon, coord, polygon};
    use proptest::prelude::*;

    fn square(x: f64, y: f64, size: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)].into()
    }

    fn area_m2(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> f64 {
        PreparedShape::new(a).overlap(&PreparedShape::new(b)).area.0
    }

    #[test]
    fn borders_that_are_shared_need_no_care() {
        // A size that doubles hold exactly.
        let size = 1.0 / 128.0;
        let a = square(121.0, 28.0, size);
        let whole = ellipsoid_area(&a).0;
        // Equal, beside, above, at a corner, inside along an edge, around along an edge.
        let cases = [
            (square(121.0, 28.0, size), whole),
            (square(121.0 + size, 28.0, size), 0.0),
            (square(121.0 - size, 28.0, size), 0.0),
            (square(121.0, 28.0 + size, size), 0.0),
            (square(121.0 + size, 28.0 + size, size), 0.0),
            (square(121.0, 28.0, 2.0 * size), whole),
            (square(121.0 - size, 28.0 - size, 2.0 * size), whole),
        ];
        for (b, expected) in cases {
            for (first, second) in [(&a, &b), (&b, &a)] {
                assert!((area_m2(first, second) - expected).abs() < 1e-6, "{b:?} {}", area_m2(first, second));
            }
        }
        let inner = square(121.0, 28.0, size / 2.0);
        assert!((area_m2(&a, &inner) - ellipsoid_area(&inner).0).abs() < 1e-6);
    }

    #[test]
    fn holes_are_left_out() {
        let ring = MultiPolygon::new(vec![Polygon::new(
            square(121.0, 28.0, 0.03).0[0].exterior().clone(),
            vec![square(121.01, 28.01, 0.01).0[0].exterior().clone()],
        )]);
        assert_eq!(area_m2(&ring, &square(121.012, 28.012, 0.001)), 0.0);
        assert!(area_m2(&ring, &square(121.01, 28.01, 0.01)).abs() < 1e-6);
        let band = square(121.005, 28.005, 0.01);
        let expected = ellipsoid_area(&band).0 - ellipsoid_area(&square(121.01, 28.01, 0.005)).0;
        assert!((area_m2(&ring, &band) - expected).abs() < 1e-6);
        assert!((area_m2(&band, &ring) - expected).abs() < 1e-6);
    }

    #[test]
    fn the_mean_width_of_a_strip_is_its_width() {
        let (a, b) = (square(121.0, 28.0, 0.01), square(121.00999, 28.0, 0.01));
        let overlap = PreparedShape::new(&a).overlap(&PreparedShape::new(&b));
        let width_m = 2.0 * overlap.area.0 / overlap.perimeter.0;
        assert!((width_m - 0.984).abs() < 0.01, "{width_m}");
        assert!(!overlap.crosses && overlap.touches);
    }

    #[test]
    fn the_plan_is_a_partition() {
        let plan = Plan::bundled();
        let corridor = PreparedShape::new(&plan.features()[0].shape);
        let parts: f64 = plan.partition().map(|n| PreparedShape::new(&plan[n].shape).overlap(&corridor).area.0).sum();
        assert!((parts - ellipsoid_area(&plan.features()[0].shape).0).abs() < 1e-3, "{parts}");
    }

    /// Simple polygons on a coarse grid: corners on edges, shared edges and corners all the time.
    fn star(centre: (i32, i32)) -> impl Strategy<Value = MultiPolygon<f64>> {
        prop::collection::vec(0..4i32, 8).prop_map(move |radii| {
            let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
            let corners = directions.iter().zip(radii).map(|(&(dx, dy), radius)| {
                let radius = f64::from(radius + 1);
                let (x, y) =
                    (f64::from(centre.0) + f64::from(dx) * radius, f64::from(centre.1) + f64::from(dy) * radius);
                coord! { x: 121.0 + x * 0.001, y: 28.0 + y * 0.001 }
            });
            MultiPolygon::new(vec![Polygon::new(corners.collect(), vec![])])
        })
    }

    /// Valid polygons with what overlays dislike: spikes, corners on edges and beside them by 10⁻¹² degrees,
    /// nearly collinear runs, corners and edges that others have, too.
    fn nasty(centre: (i32, i32)) -> impl Strategy<Value = MultiPolygon<f64>> {
        let offset = prop::sample::select(vec![0.0, 1e-12, -1e-12, 3e-14, 1e-9, -1e-7]);
        let twist = (0..9usize, 0..4u8, 0.0..1.0_f64, offset);
        (star(centre), prop::collection::vec(twist, 0..6)).prop_filter_map("a valid polygon", |(star, twists)| {
            let mut corners = star.0[0].exterior().0.clone();
            corners.pop();
            for (place, way, along, offset) in twists {
                let place = place % corners.len();
                let (start, end) = (corners[place], corners[(place + 1) % corners.len()]);
                let middle = start + (end - start) * along;
                let beside = coord! { x: middle.x + offset, y: middle.y - offset };
                match way {
                    0 => corners.insert(place + 1, beside),
                    // A spike: out and back again.
                    1 => corners
                        .splice(
                            place + 1..place + 1,
                            [middle, coord! { x: middle.x + 0.0004, y: middle.y + 0.0007 }, beside],
                        )
                        .for_each(drop),
                    2 => corners[place] = coord! { x: start.x + offset, y: start.y },
                    _ => corners
                        .splice(place + 1..place + 1, [start + (end - start) * (along / 2.0), beside])
                        .for_each(drop),
                }
            }
            corners.push(corners[0]);
            let shape = MultiPolygon::new(vec![Polygon::new(corners.into(), vec![])]);
            first_validation_error(&shape).is_none().then_some(shape)
        })
    }

    /// As many as `PROPTEST_CASES` says, for a long run.
    fn cases(otherwise: u32) -> ProptestConfig {
        let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
        let cases = asked.unwrap_or(otherwise);
        ProptestConfig {
            cases,
            max_global_rejects: 100 * cases,
            max_local_rejects: 100 * cases,
            ..ProptestConfig::default()
        }
    }

    proptest! {
        /// Rings next to each other, so that runs of edges are of several.
        #[test]
        fn a_ray_equals_every_edge_tried(
            parts in prop::collection::vec(star((0, 0)), 1..9), x in -40..40i32, y in -8..8i32,
        ) {
            let moved = |(part, number): (&MultiPolygon<f64>, i32)| {
                let mut polygon = part.0[0].clone();
                polygon.exterior_mut(|ring| ring.0.iter_mut().for_each(|corner| corner.x += f64::from(number) * 0.009));
                polygon
            };
            let shape: MultiPolygon<f64> = parts.iter().zip(0..).map(moved).collect();
            let edges = PreparedShape::new(&shape);
            let point = coord! { x: 121.0 + f64::from(x) * 0.002, y: 28.0 + f64::from(y) * 0.001 };
            let is_west = |edge: &&Line<f64>| {
                let (from, to) = (edge.start.y > point.y, edge.end.y > point.y);
                let side = if to { Orientation::CounterClockwise } else { Orientation::Clockwise };
                from != to && moved_point_side(**edge, point) == side
            };
            prop_assert_eq!(edges.holds_moved(point), edges.edges.iter().filter(is_west).count() % 2 == 1);
        }
    }

    #[test]
    fn a_border_that_is_shared_counts_once_whichever_way_it_leads() {
        // A parcel, a zone, and what the parcel has inside and outside of it: along a border from the same side, and
        // from the other.
        let corner_of_land = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 4.0), (0.0, 4.0)];
        let rectangle = |w: f64, s: f64, e: f64, n: f64| vec![(w, s), (e, s), (e, n), (w, n)];
        let cases = [
            [
                rectangle(1.0, 0.0, 3.0, 1.0),
                rectangle(0.0, 0.0, 2.0, 2.0),
                rectangle(1.0, 0.0, 2.0, 1.0),
                rectangle(2.0, 0.0, 3.0, 1.0),
            ],
            [
                vec![(1.0, 3.0), (3.0, 3.0), (3.0, 2.0), (2.0, 2.0), (2.0, 2.5), (1.0, 2.5)],
                corner_of_land.to_vec(),
                rectangle(1.0, 2.5, 2.0, 3.0),
                rectangle(2.0, 2.0, 3.0, 3.0),
            ],
        ];
        for (case, turns) in cases.iter().flat_map(|case| (0..8).map(move |turns| (case, turns))) {
            let turned = |&(x, y): &(f64, f64)| {
                let (x, y) = if turns < 4 { (x, y) } else { (-x, y) };
                let (x, y) = (0..turns % 4).fold((x, y), |(x, y), _| (-y, x));
                coord! { x: 121.0 + x / 1024.0, y: 28.0 + y / 1024.0 }
            };
            let [parcel, zone, inside, outside] = case
                .each_ref()
                .map(|corners| MultiPolygon::from(Polygon::new(corners.iter().map(turned).collect(), vec![])));
            let found = PreparedShape::new(&parcel).overlap(&PreparedShape::new(&zone));
            let around_rest = perimeter(&parcel).0 + found.perimeter.0 - 2.0 * found.own_length.0;
            assert!((found.perimeter.0 - perimeter(&inside).0).abs() < 1e-5, "{turns}: {found:?}");
            assert!((around_rest - perimeter(&outside).0).abs() < 1e-5, "{turns}: {around_rest}");
        }
    }

    proptest! {
        #![proptest_config(cases(2000))]

        #[test]
        fn nasty_pairs_keep_the_identities_of_areas(a in nasty((0, 0)), b in nasty((1, 2))) {
            // What is common and what is not make the whole.
            let around = polygon![(x: 120.9, y: 27.9), (x: 121.1, y: 27.9), (x: 121.1, y: 28.1), (x: 120.9, y: 28.1)];
            let rest: MultiPolygon<f64> = Polygon::new(around.exterior().clone(), vec![b.0[0].exterior().clone()]).into();
            let (common, other) = (area_m2(&a, &b), area_m2(&a, &rest));
            let (whole_a, whole_b) = (ellipsoid_area(&a).0, ellipsoid_area(&b).0);
            prop_assert!((common + other - whole_a).abs() < 1e-6, "{} {} {}", common, other, whole_a);
            prop_assert!((common - area_m2(&b, &a)).abs() < 1e-6);
            prop_assert!(common > -1e-6 && common < whole_a.min(whole_b) + 1e-6);
            prop_assert!((area_m2(&a, &a) - whole_a).abs() < 1e-6);
            prop_assert_eq!(first_validation_error(&a.intersection(&b)), None);
        }

        #[test]
        fn equals_the_area_of_the_intersection(a in star((0, 0)), b in star((1, 2)), offset in prop::sample::select(vec![0.0, 1e-12, -1e-12, 1e-9, 3e-7])) {
            let mut moved = b.clone();
            moved.0[0].exterior_mut(|ring| ring.0.iter_mut().for_each(|corner| corner.x += offset));
            let expected = ellipsoid_area(&a.intersection(&moved)).0;
            let (forth, back) = (area_m2(&a, &moved), area_m2(&moved, &a));
            prop_assert!((forth - back).abs() < 1e-5, "{} {}", forth, back);
            // geo's overlay rounds to a grid.
            prop_assert!((forth - expected).abs() < 0.05, "{} {}", forth, expected);
            // What is common and what is not make the whole.
            let whole = ellipsoid_area(&a).0;
            prop_assert!(forth <= whole + 1e-6);
        }

        #[test]
        fn the_parts_of_a_tiling_make_the_whole(a in star((0, 0)), cut in 0..12i32, shift in prop::sample::select(vec![0.0, 1e-13, 1e-10])) {
            let at = 120.994 + f64::from(cut) * 0.001 + shift;
            let west: MultiPolygon<f64> = polygon![(x: 120.9, y: 27.9), (x: at, y: 27.9), (x: at, y: 28.1), (x: 120.9, y: 28.1)].into();
            let east: MultiPolygon<f64> = polygon![(x: at, y: 27.9), (x: 121.1, y: 27.9), (x: 121.1, y: 28.1), (x: at, y: 28.1)].into();
            let whole = ellipsoid_area(&a).0;
            let parts = area_m2(&a, &west) + area_m2(&a, &east);
            prop_assert!((whole - parts).abs() < 1e-6, "{} {}", whole, parts);
        }
    }
}
