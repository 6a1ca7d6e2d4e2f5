//! The area of the intersection of two shapes, computed without building the intersection.
//!
//! The boundary of the intersection consists of the pieces of each boundary that lie inside the other shape. An area is
//! a sum over the pieces of a boundary, and so is a length: it is enough to know where the edges cross, whether they
//! enter or leave there, and which vertices are inside.
//!
//! All of that is decided exactly and without degenerate cases: the first shape is treated as shifted by (ε, ε²), for
//! an ε smaller than any difference of doubles (simulation of simplicity, Edelsbrunner and Mücke 1990). Then no vertex
//! lies on an edge, no two edges are collinear, and shared borders need no special case; the area does not change. Only
//! the coordinates of crossings are rounded, so that an area is accurate to about 10⁻¹² of the areas of the shapes,
//! whatever their position and size.
//!
//! `BooleanOps` of geo and i_overlay would build the common part, with its vertices rounded, to measure it.

use std::ops::Range;

use geo::kernels::Orientation;
use geo::{Coord, Line, MultiPolygon, Rect};

use crate::crs::Plane;
use crate::geometry::box_tree::{Bounds, BoxTree, NodeMatch};
use crate::geometry::measure::rings;
use crate::geometry::orient;
use crate::geometry::perturbed::{
    EdgeIntersection, intersect_edges, orientation, perturbed_edge_side, perturbed_point_side,
};
use crate::units::{Metres, SquareMetres};

/// The edges of a valid shape, indexed for overlays with others.
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
/// // The border between the two runs through the block.
/// assert!((parts - ellipsoid_area(&block).0).abs() < 1e-6);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct PreparedShape {
    plane: Plane,
    /// The interior is on the left.
    edges: Vec<Line<f64>>,
    /// The first edge of each ring.
    ring_starts: Vec<usize>,
    tree: BoxTree,
    bounds: Bounds,
}

/// The measures of the intersection of two shapes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Overlap {
    /// The area, on the ellipsoid.
    pub area: SquareMetres,
    /// The length of the boundary of the intersection. Twice the area divided by it is the mean width.
    pub perimeter: Metres,
    /// The part of the perimeter that belongs to the boundary of the first shape.
    pub own_length: Metres,
    /// Whether the boundaries cross: an edge of one properly crosses an edge of the other.
    pub crosses: bool,
    /// Whether the boundaries touch without crossing: at a vertex or along an edge.
    pub touches: bool,
}

impl PreparedShape {
    /// Prepares a valid shape in longitude and latitude. The direction of its rings does not matter.
    ///
    /// ```
    /// use geo::MultiPolygon;
    /// use taizhou_corridor::geometry::overlap::{PreparedShape, Overlap};
    ///
    /// let nothing = PreparedShape::new(&MultiPolygon::new(vec![]));
    /// assert_eq!(nothing.overlap(&nothing), Overlap::default());
    /// ```
    pub fn new(shape: &MultiPolygon<f64>) -> PreparedShape {
        PreparedShape::in_plane(shape, &Plane::LON_LAT)
    }

    /// Prepares a valid shape in another plane, for overlays with shapes in the same.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::crs::{Crs, Plane};
    /// use taizhou_corridor::geometry::overlap::PreparedShape;
    ///
    /// let square = |west: f64| -> MultiPolygon<f64> {
    ///     polygon![(x: west, y: 3.17e6), (x: west + 1000.0, y: 3.17e6), (x: west + 1000.0, y: 3.171e6), (x: west, y: 3.171e6)].into()
    /// };
    /// let plane = Plane::of(&Crs::Epsg(4549))?;
    /// let neighbours = [500_000.0, 501_000.0].map(|west| PreparedShape::in_plane(&square(west), &plane));
    /// let overlap = neighbours[0].overlap(&neighbours[1]);
    /// assert!(overlap.touches && !overlap.crosses);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn in_plane(shape: &MultiPolygon<f64>, plane: &Plane) -> PreparedShape {
        let mut edges: Vec<Line<f64>> = vec![];
        let mut ring_starts = vec![];
        for ring in orient(shape).iter().flat_map(rings) {
            let first = edges.len();
            edges.extend(ring.lines().filter(|edge| edge.start != edge.end));
            if edges.len() > first {
                ring_starts.push(first);
            }
        }
        let bounds = edges.iter().map(Bounds::of).fold(Bounds::EMPTY, Bounds::union);
        let tree = BoxTree::new(edges.iter().map(Bounds::of));
        PreparedShape { plane: plane.clone(), edges, ring_starts, tree, bounds }
    }

    /// Measures the intersection of this shape with another.
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
        if !self.bounds.intersects(other.bounds) {
            return Overlap::default();
        }
        let [mut own, mut others] = [BoundarySum::new(self.bounds.intersection(other.bounds), &self.plane); 2];
        let (mut crosses, mut touches) = (false, false);
        // The previous visited edge, and whether its end is inside the other shape.
        let mut previous = None;
        self.tree.visit(&|node| other.bounds.intersects(node), &mut |index| {
            let edge = self.edges[index];
            let is_first = self.ring_starts.binary_search(&index).is_ok();
            let mut is_inside = match previous {
                Some((previous_index, is_inside)) if previous_index + 1 == index && !is_first => is_inside,
                // An edge that was not visited ends outside.
                _ => is_first && other.contains_perturbed(edge.start),
            };
            let starts_inside = is_inside;
            let bounds = Bounds::of(&edge);
            other.tree.visit(&|node| bounds.intersects(node), &mut |other_index| {
                let other_edge = other.edges[other_index];
                let crossing = match intersect_edges(edge, other_edge) {
                    EdgeIntersection::None => return,
                    EdgeIntersection::Touch => {
                        touches = true;
                        correct_shared_border(edge, other_edge, &mut own, &mut others);
                        return;
                    }
                    EdgeIntersection::Crossing { crossing, is_proper: true } => {
                        crosses = true;
                        crossing
                    }
                    EdgeIntersection::Crossing { crossing, is_proper: false } => {
                        touches = true;
                        crossing
                    }
                };
                is_inside = !is_inside;
                // Where one boundary enters the other shape, the other boundary leaves its own.
                own.add_piece_to(edge, crossing.at, if crossing.enters { -1.0 } else { 1.0 });
                others.add_piece_to(other_edge, crossing.at, if crossing.enters { 1.0 } else { -1.0 });
            });
            own.add_end_pieces(edge, starts_inside, is_inside);
            previous = Some((index, is_inside));
        });
        // Consecutive edges share a vertex, which is tested once.
        let mut previous = None;
        other.tree.visit(&|node| self.bounds.intersects(node), &mut |other_index| {
            let edge = other.edges[other_index];
            let starts_inside = match previous {
                Some((end, is_inside)) if end == edge.start => is_inside,
                _ => self.perturbed_contains(edge.start),
            };
            let ends_inside = self.perturbed_contains(edge.end);
            previous = Some((edge.end, ends_inside));
            others.add_end_pieces(edge, starts_inside, ends_inside);
        });
        let area = SquareMetres((own.area_m2 + others.area_m2).max(0.0));
        let (own_length, others_length) = (own.length_m.max(0.0), others.length_m.max(0.0));
        let (perimeter, own_length) = (Metres(own_length + others_length), Metres(own_length));
        Overlap { area, perimeter, own_length, crosses, touches }
    }

    /// Whether the box of any edge intersects a box (degrees).
    pub(crate) fn has_edge_near(&self, bounds: Rect<f64>) -> bool {
        let (min, max) = (bounds.min(), bounds.max());
        let bounds = Bounds { low: [min.x, min.y], high: [max.x, max.y] };
        self.tree.any(&|node| bounds.intersects(node))
    }

    /// The area of [`overlap`](PreparedShape::overlap), without the other measures.
    pub(crate) fn overlap_area(&self, other: &PreparedShape) -> SquareMetres {
        if !self.bounds.intersects(other.bounds) {
            return SquareMetres(0.0);
        }
        for (outer, inner) in [(self, other), (other, self)] {
            // No edge intersects the box of the other shape, which is therefore inside or outside as a whole.
            if let Some(edge) = inner.edges.first().filter(|_| !outer.tree.any(&|node| inner.bounds.intersects(node))) {
                return if outer.contains_off_boundary(edge.start) { inner.area() } else { SquareMetres(0.0) };
            }
        }
        self.overlap(other).area
    }

    /// A key that is equal for shapes with the same edges, wherever their rings start.
    pub(crate) fn key(&self) -> Vec<[u64; 4]> {
        let bits = |edge: &Line<f64>| [edge.start.x, edge.start.y, edge.end.x, edge.end.y].map(f64::to_bits);
        let mut key: Vec<[u64; 4]> = self.edges.iter().map(bits).collect();
        key.sort_unstable();
        key
    }

    /// A cheap key that differs for most shapes that differ.
    pub(crate) fn quick_key(&self) -> ([u64; 4], usize) {
        let Bounds { low, high } = self.bounds;
        ([low[0], low[1], high[0], high[1]].map(f64::to_bits), self.edges.len())
    }

    /// The area of the shape, on the ellipsoid.
    pub(crate) fn area(&self) -> SquareMetres {
        let mut sum = BoundarySum::new(self.bounds, &self.plane);
        self.edges.iter().for_each(|&edge| sum.add(edge));
        SquareMetres(sum.area_m2)
    }

    /// The plane of the shape.
    pub(super) fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The edges in ring order, the interior on the left.
    pub(super) fn edges(&self) -> &[Line<f64>] {
        &self.edges
    }

    /// The index of the first edge of each ring.
    pub(super) fn ring_starts(&self) -> &[usize] {
        &self.ring_starts
    }

    /// The bounding box of the shape (degrees); `None` if it is empty.
    pub(crate) fn bounding_rect(&self) -> Option<Rect<f64>> {
        let [low, high] = [self.bounds.low, self.bounds.high].map(|[x, y]| Coord { x, y });
        (!self.edges.is_empty()).then(|| Rect::new(low, high))
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Calls `visit` with each edge whose box intersects `bounds`.
    pub(super) fn visit_intersecting(&self, bounds: Bounds, visit: &mut impl FnMut(Line<f64>)) {
        self.tree.visit(&|node| bounds.intersects(node), &mut |index| visit(self.edges[index]));
    }

    /// Whether a point that is not on the boundary is inside.
    pub(crate) fn contains_off_boundary(&self, point: Coord<f64>) -> bool {
        self.contains_perturbed(point)
    }

    /// Whether a vertex of another shape, perturbed by (ε, ε²), is inside.
    pub(super) fn contains_perturbed(&self, point: Coord<f64>) -> bool {
        // A perturbed vertex is above everything at the same latitude.
        self.ray_parity(point, |y| y > point.y, |edge| perturbed_point_side(edge, point))
    }

    /// Whether a vertex of another shape is inside this shape perturbed by (ε, ε²).
    pub(super) fn perturbed_contains(&self, point: Coord<f64>) -> bool {
        self.ray_parity(point, |y| y >= point.y, |edge| perturbed_edge_side(edge, point))
    }

    /// Casts a ray to the east: it crosses an odd number of edges if the point is inside.
    fn ray_parity(
        &self,
        point: Coord<f64>,
        is_above: impl Fn(f64) -> bool,
        side: impl Fn(Line<f64>) -> Orientation,
    ) -> bool {
        let matches = |node: Bounds| {
            let meets_ray = node.low[1] <= point.y && point.y <= node.high[1] && point.x <= node.high[0];
            match meets_ray {
                false => NodeMatch::None,
                true if point.x < node.low[0] => NodeMatch::Full,
                true => NodeMatch::Partial,
            }
        };
        let mut is_inside = false;
        self.tree.visit_runs(&matches, &mut |run| {
            let edge = self.edges[run.start];
            if point.x < Bounds::of(&edge).low[0] || run.len() > 1 {
                is_inside ^= self.run_parity(run, &is_above);
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

    /// Whether an odd number of edges in a run cross the ray's latitude. Along each ring it is enough to compare the
    /// start and the end of the run.
    fn run_parity(&self, run: Range<usize>, is_above: &impl Fn(f64) -> bool) -> bool {
        let (from, to) = (self.edges[run.start].start, self.edges[run.end - 1].end);
        let next = self.ring_starts.partition_point(|&start| start <= run.start);
        let last = self.ring_starts.partition_point(|&start| start < run.end);
        let is_odd = is_above(from.y) != is_above(to.y);
        if next == last {
            return is_odd;
        }
        // The rest of the first ring returns to its start, and a whole ring has even parity.
        let first_vertex = |ring: usize| self.edges[self.ring_starts[ring]].start;
        is_odd ^ (is_above(first_vertex(next - 1).y) != is_above(first_vertex(last - 1).y))
    }
}

/// Sums of area and length over the pieces of a boundary.
///
/// A piece between two points of an edge is the difference of two pieces that start at a common reference point on the
/// edge. The reference is nearby: crossings are rounded, and the error of the area is their offset from the edge times
/// the distance from the reference.
#[derive(Clone, Copy)]
struct BoundarySum<'a> {
    plane: &'a Plane,
    reference: Coord<f64>,
    meridian_deg: f64,
    area_m2: f64,
    length_m: f64,
}

impl<'a> BoundarySum<'a> {
    fn new(common: Bounds, plane: &'a Plane) -> BoundarySum<'a> {
        let [x, y] = [0, 1].map(|axis| (common.low[axis] + common.high[axis]) / 2.0);
        let reference = Coord { x, y };
        BoundarySum { plane, reference, meridian_deg: plane.position(reference).x, area_m2: 0.0, length_m: 0.0 }
    }

    /// Adds an edge.
    fn add(&mut self, edge: Line<f64>) {
        self.area_m2 += self.plane.strip_area_m2(edge, self.meridian_deg);
        self.length_m += self.plane.edge_length_m(edge);
    }

    /// Adds the piece of an edge from the reference to a point on it.
    fn add_piece_to(&mut self, edge: Line<f64>, point: Coord<f64>, sign: f64) {
        let dot = |a: Coord<f64>, b: Coord<f64>| a.x * b.x + a.y * b.y;
        let along = edge.delta();
        let t = (dot(self.reference - edge.start, along) / dot(along, along)).clamp(0.0, 1.0);
        let piece = Line::new(edge.start + along * t, point);
        let is_forward = dot(piece.delta(), along) >= 0.0;
        self.area_m2 += sign * self.plane.strip_area_m2(piece, self.meridian_deg);
        self.length_m += if is_forward { sign } else { -sign } * self.plane.edge_length_m(piece);
    }

    /// Adds the pieces at the ends of an edge that are inside; those at crossings are added separately.
    fn add_end_pieces(&mut self, edge: Line<f64>, starts_inside: bool, ends_inside: bool) {
        match (starts_inside, ends_inside) {
            (true, true) => self.add(edge),
            (true, false) => self.add_piece_to(edge, edge.start, -1.0),
            (false, true) => self.add_piece_to(edge, edge.end, 1.0),
            (false, false) => {}
        }
    }
}

/// Corrects the length of a shared border, where an edge of the perturbed shape is collinear with one of the other: it
/// counts once, as the first shape's own, if both interiors lie on the same side of it, and not at all otherwise.
fn correct_shared_border(
    edge: Line<f64>,
    other_edge: Line<f64>,
    own: &mut BoundarySum<'_>,
    others: &mut BoundarySum<'_>,
) {
    if [other_edge.start, other_edge.end].iter().any(|&end| orientation(edge, end) != Orientation::Collinear) {
        return;
    }
    let eastward = |line: Line<f64>| {
        let (a, b) = (line.start, line.end);
        if (a.x, a.y) <= (b.x, b.y) { (a, b) } else { (b, a) }
    };
    let ((a, b), (c, d)) = (eastward(edge), eastward(other_edge));
    let start = if (a.x, a.y) < (c.x, c.y) { c } else { a };
    let end = if (b.x, b.y) < (d.x, d.y) { b } else { d };
    if (start.x, start.y) >= (end.x, end.y) {
        return;
    }
    let length_m = own.plane.edge_length_m(Line::new(start, end));
    let same_direction = (a == edge.start) == (c == other_edge.start);
    let is_inside = perturbed_point_side(other_edge, edge.start) == Orientation::CounterClockwise;
    match (same_direction, is_inside) {
        // Perturbed outwards: only the other shape counts it.
        (true, false) => own.length_m += length_m,
        // Perturbed inwards: both shapes count it, with no area in between.
        (false, true) => own.length_m -= length_m,
        _ => return,
    }
    others.length_m -= length_m;
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
    fn shared_borders_have_no_area() {
        // Exact as a double.
        let size = 1.0 / 128.0;
        let a = square(121.0, 28.0, size);
        let whole = ellipsoid_area(&a).0;
        // Equal, to the east, to the west, to the north, at a vertex, larger with shared edges, larger with a shared
        // vertex.
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
    fn holes_are_excluded() {
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
    fn mean_width_of_a_strip_is_its_width() {
        let (a, b) = (square(121.0, 28.0, 0.01), square(121.00999, 28.0, 0.01));
        let overlap = PreparedShape::new(&a).overlap(&PreparedShape::new(&b));
        let width_m = 2.0 * overlap.area.0 / overlap.perimeter.0;
        assert!((width_m - 0.984).abs() < 0.01, "{width_m}");
        assert!(!overlap.crosses && overlap.touches);
    }

    #[test]
    fn core_and_zones_partition_the_corridor() {
        let plan = Plan::bundled();
        let corridor = PreparedShape::new(&plan.features()[0].shape);
        let parts: f64 = plan.partition().map(|n| PreparedShape::new(&plan[n].shape).overlap(&corridor).area.0).sum();
        assert!((parts - ellipsoid_area(&plan.features()[0].shape).0).abs() < 1e-3, "{parts}");
    }

    /// Simple polygons on a coarse grid, so that vertices on edges, shared edges and shared vertices are common.
    fn star(centre: (i32, i32)) -> impl Strategy<Value = MultiPolygon<f64>> {
        prop::collection::vec(0..4i32, 8).prop_map(move |radii| {
            let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
            let vertices = directions.iter().zip(radii).map(|(&(dx, dy), radius)| {
                let radius = f64::from(radius + 1);
                let (x, y) =
                    (f64::from(centre.0) + f64::from(dx) * radius, f64::from(centre.1) + f64::from(dy) * radius);
                coord! { x: 121.0 + x * 0.001, y: 28.0 + y * 0.001 }
            });
            MultiPolygon::new(vec![Polygon::new(vertices.collect(), vec![])])
        })
    }

    /// Valid polygons with difficult cases for overlays: spikes, vertices on edges and 10⁻¹² degrees beside them,
    /// nearly collinear runs, vertices and edges shared with other polygons.
    fn difficult(centre: (i32, i32)) -> impl Strategy<Value = MultiPolygon<f64>> {
        let offset = prop::sample::select(vec![0.0, 1e-12, -1e-12, 3e-14, 1e-9, -1e-7]);
        let twist = (0..9usize, 0..4u8, 0.0..1.0_f64, offset);
        (star(centre), prop::collection::vec(twist, 0..6)).prop_filter_map("a valid polygon", |(star, twists)| {
            let mut vertices = star.0[0].exterior().0.clone();
            vertices.pop();
            for (index, kind, along, offset) in twists {
                let index = index % vertices.len();
                let (start, end) = (vertices[index], vertices[(index + 1) % vertices.len()]);
                let middle = start + (end - start) * along;
                let beside = coord! { x: middle.x + offset, y: middle.y - offset };
                match kind {
                    0 => vertices.insert(index + 1, beside),
                    // A spike.
                    1 => vertices
                        .splice(
                            index + 1..index + 1,
                            [middle, coord! { x: middle.x + 0.0004, y: middle.y + 0.0007 }, beside],
                        )
                        .for_each(drop),
                    2 => vertices[index] = coord! { x: start.x + offset, y: start.y },
                    _ => vertices
                        .splice(index + 1..index + 1, [start + (end - start) * (along / 2.0), beside])
                        .for_each(drop),
                }
            }
            vertices.push(vertices[0]);
            let shape = MultiPolygon::new(vec![Polygon::new(vertices.into(), vec![])]);
            first_validation_error(&shape).is_none().then_some(shape)
        })
    }

    /// The number of cases; `PROPTEST_CASES` sets another for a long run.
    fn cases(default: u32) -> ProptestConfig {
        let from_env = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
        let cases = from_env.unwrap_or(default);
        ProptestConfig {
            cases,
            max_global_rejects: 100 * cases,
            max_local_rejects: 100 * cases,
            ..ProptestConfig::default()
        }
    }

    proptest! {
        /// Adjacent rings, so that a run of edges spans several of them.
        #[test]
        fn ray_parity_equals_brute_force(
            parts in prop::collection::vec(star((0, 0)), 1..9), x in -40..40i32, y in -8..8i32,
        ) {
            let moved = |(part, index): (&MultiPolygon<f64>, i32)| {
                let mut polygon = part.0[0].clone();
                polygon.exterior_mut(|ring| ring.0.iter_mut().for_each(|vertex| vertex.x += f64::from(index) * 0.009));
                polygon
            };
            let shape: MultiPolygon<f64> = parts.iter().zip(0..).map(moved).collect();
            let edges = PreparedShape::new(&shape);
            let point = coord! { x: 121.0 + f64::from(x) * 0.002, y: 28.0 + f64::from(y) * 0.001 };
            let is_west = |edge: &&Line<f64>| {
                let (from, to) = (edge.start.y > point.y, edge.end.y > point.y);
                let side = if to { Orientation::CounterClockwise } else { Orientation::Clockwise };
                from != to && perturbed_point_side(**edge, point) == side
            };
            prop_assert_eq!(edges.contains_perturbed(point), edges.edges.iter().filter(is_west).count() % 2 == 1);
        }
    }

    #[test]
    fn a_shared_border_counts_once_in_any_direction() {
        // A parcel, a zone, and the parts of the parcel inside and outside the zone: with the interiors on the same
        // side of the shared border, and on opposite sides.
        let l_shape = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 4.0), (0.0, 4.0)];
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
                l_shape.to_vec(),
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
                .map(|vertices| MultiPolygon::from(Polygon::new(vertices.iter().map(turned).collect(), vec![])));
            let overlap = PreparedShape::new(&parcel).overlap(&PreparedShape::new(&zone));
            let around_rest = perimeter(&parcel).0 + overlap.perimeter.0 - 2.0 * overlap.own_length.0;
            assert!((overlap.perimeter.0 - perimeter(&inside).0).abs() < 1e-5, "{turns}: {overlap:?}");
            assert!((around_rest - perimeter(&outside).0).abs() < 1e-5, "{turns}: {around_rest}");
        }
    }

    proptest! {
        #![proptest_config(cases(2000))]

        #[test]
        fn areas_of_difficult_pairs_are_consistent(a in difficult((0, 0)), b in difficult((1, 2))) {
            // The area inside and the area outside add up to the whole.
            let outer = polygon![(x: 120.9, y: 27.9), (x: 121.1, y: 27.9), (x: 121.1, y: 28.1), (x: 120.9, y: 28.1)];
            let rest: MultiPolygon<f64> = Polygon::new(outer.exterior().clone(), vec![b.0[0].exterior().clone()]).into();
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
            moved.0[0].exterior_mut(|ring| ring.0.iter_mut().for_each(|vertex| vertex.x += offset));
            let expected = ellipsoid_area(&a.intersection(&moved)).0;
            let (forth, back) = (area_m2(&a, &moved), area_m2(&moved, &a));
            prop_assert!((forth - back).abs() < 1e-5, "{} {}", forth, back);
            prop_assert!((forth - expected).abs() < 0.05, "{} {}", forth, expected);
            // The area inside and the area outside add up to the whole.
            let whole = ellipsoid_area(&a).0;
            prop_assert!(forth <= whole + 1e-6);
        }

        #[test]
        fn parts_of_a_tiling_add_up_to_the_whole(a in star((0, 0)), cut in 0..12i32, shift in prop::sample::select(vec![0.0, 1e-13, 1e-10])) {
            let at = 120.994 + f64::from(cut) * 0.001 + shift;
            let west: MultiPolygon<f64> = polygon![(x: 120.9, y: 27.9), (x: at, y: 27.9), (x: at, y: 28.1), (x: 120.9, y: 28.1)].into();
            let east: MultiPolygon<f64> = polygon![(x: at, y: 27.9), (x: 121.1, y: 27.9), (x: 121.1, y: 28.1), (x: at, y: 28.1)].into();
            let whole = ellipsoid_area(&a).0;
            let parts = area_m2(&a, &west) + area_m2(&a, &east);
            prop_assert!((whole - parts).abs() < 1e-6, "{} {}", whole, parts);
        }
    }
}
