//! Assembly of polygons from an unordered list of rings: which are exteriors, and which are holes of which.

use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Line, LineString, MultiPolygon, Polygon};

use crate::geometry::box_tree::{Bounds, BoxTree};
use crate::geometry::sweep::nesting;

/// Assembles polygons from rings by nesting depth: a ring in no other is an exterior, a ring in it a hole, a ring in
/// the hole an exterior again. The direction of the rings does not matter and is kept.
///
/// Many file formats list the rings of a shape without their roles, or encode the role by ring direction, which not all
/// software respects. Polygons are in the order of their exteriors, holes in theirs. Rings may touch; that is decided
/// exactly. If rings cross, a point inside the smaller one decides;
/// [`validation_errors`](crate::geometry::validity::validation_errors) checks whether the result is valid. A ring that
/// occurs twice in opposite directions becomes an exterior and a hole that fills it; twice in the same direction, it
/// becomes two polygons. The effort for crossing rings is limited: if hundreds of rings surround each ring, which no
/// real shape has, all rings become polygons of their own.
///
/// ```
/// use geo::line_string;
/// use taizhou_corridor::geometry::rings::assemble;
///
/// let square = |x: f64, size: f64| {
///     line_string![(x: x, y: x), (x: x + size, y: x), (x: x + size, y: x + size), (x: x, y: x + size), (x: x, y: x)]
/// };
/// // A pond, the land around it, an island in the pond, and land elsewhere; all in the same direction.
/// let land = assemble(vec![square(1.0, 8.0), square(0.0, 10.0), square(2.0, 1.0), square(20.0, 1.0)]);
/// assert_eq!(land.0.len(), 3);
/// assert_eq!(land.0[0].exterior(), &square(0.0, 10.0));
/// assert_eq!(land.0[0].interiors(), [square(1.0, 8.0)]);
/// ```
pub fn assemble(rings: Vec<LineString<f64>>) -> MultiPolygon<f64> {
    let mut rings: Vec<LineString<f64>> = rings.into_iter().filter(|ring| !ring.0.is_empty()).collect();
    rings.iter_mut().for_each(LineString::close);
    if rings.len() < 2 {
        return rings.into_iter().map(|ring| Polygon::new(ring, vec![])).collect();
    }
    let parents =
        exact_parents(&rings).or_else(|| RingIndex::new(&rings).parents()).unwrap_or_else(|| vec![None; rings.len()]);
    // Parents are larger than their children, so the chain of parents is finite.
    let mut depths: Vec<Option<usize>> = vec![None; rings.len()];
    for start in 0..rings.len() {
        let mut chain = vec![];
        let mut at = Some(start);
        while let Some(ring) = at.filter(|&ring| depths[ring].is_none()) {
            chain.push(ring);
            at = parents[ring];
        }
        let next = at.and_then(|ring| depths[ring]).map_or(0, |depth| depth + 1);
        for (depth, ring) in (next..).zip(chain.into_iter().rev()) {
            depths[ring] = Some(depth);
        }
    }
    let is_hole = |ring: usize| depths[ring].is_some_and(|depth| depth % 2 == 1);
    let mut polygon_of_ring = vec![None; rings.len()];
    let mut polygons: Vec<(LineString<f64>, Vec<LineString<f64>>)> = vec![];
    let mut holes = vec![];
    for (index, ring) in rings.into_iter().enumerate() {
        match parents[index].filter(|_| is_hole(index)) {
            Some(parent) => holes.push((parent, ring)),
            None => {
                polygon_of_ring[index] = Some(polygons.len());
                polygons.push((ring, vec![]));
            }
        }
    }
    for (parent, hole) in holes {
        if let Some(polygon) = polygon_of_ring[parent] {
            polygons[polygon].1.push(hole);
        }
    }
    polygons.into_iter().map(|(exterior, holes)| Polygon::new(exterior, holes)).collect()
}

/// The smallest ring around each ring, decided exactly; `None` if rings cross or enclose no area.
fn exact_parents(rings: &[LineString<f64>]) -> Option<Vec<Option<usize>>> {
    let mut edges = vec![];
    let mut ring_of = vec![];
    for (index, ring) in rings.iter().enumerate() {
        if !ring.0.iter().all(|vertex| vertex.x.is_finite() && vertex.y.is_finite()) {
            return None;
        }
        edges.extend(ring.lines().filter(|edge| edge.start != edge.end));
        ring_of.resize(edges.len(), index);
    }
    Some(nesting(&edges, &ring_of, rings.len(), None).ok()?.parents)
}

/// An index of rings for containment tests that tolerate crossings.
struct RingIndex<'a> {
    rings: &'a [LineString<f64>],
    bounds: Vec<Bounds>,
    /// Twice the signed area: positive if the ring is counter-clockwise.
    areas: Vec<f64>,
    /// The ring indexes in the order of the leaves of the tree.
    leaves: Vec<usize>,
    tree: BoxTree,
    /// The edge trees of the rings, built on demand.
    edges: Vec<OnceCell<BoxTree>>,
    /// The number of node visits.
    steps: Cell<usize>,
}

impl<'a> RingIndex<'a> {
    fn new(rings: &'a [LineString<f64>]) -> RingIndex<'a> {
        let bounds: Vec<Bounds> = rings
            .iter()
            .map(|ring| ring.0.iter().fold(Bounds::EMPTY, |all, &at| all.union(edge_bounds(at, at))))
            .collect();
        let leaves = str_order(&bounds);
        let tree = BoxTree::new(leaves.iter().map(|&ring| bounds[ring]));
        let areas = rings.iter().map(doubled_area).collect();
        let edges = rings.iter().map(|_| OnceCell::new()).collect();
        RingIndex { rings, bounds, areas, leaves, tree, edges, steps: Cell::new(0) }
    }

    /// The smallest ring around each ring; `None` if that takes more than a fixed number of steps per vertex.
    fn parents(&self) -> Option<Vec<Option<usize>>> {
        /// Real shapes take about ten steps per vertex.
        const MAX_STEPS: usize = 256;
        let max_steps = (1 << 20) + MAX_STEPS * self.rings.iter().map(|ring| ring.0.len()).sum::<usize>();
        let parents = (0..self.rings.len()).map(|ring| {
            let parent = self.parent(ring);
            (self.steps.get() <= max_steps).then_some(parent)
        });
        parents.collect()
    }

    fn parent(&self, ring: usize) -> Option<usize> {
        let bounds = self.bounds[ring];
        let is_around = |other: Bounds| {
            self.steps.set(self.steps.get() + 1);
            (0..2).all(|axis| other.low[axis] <= bounds.low[axis] && bounds.high[axis] <= other.high[axis])
        };
        let size = |index: usize| BySize { area: self.areas[index].abs(), index };
        let mut larger = vec![];
        self.tree.visit(&is_around, &mut |leaf| {
            let other = size(self.leaves[leaf]);
            if other < size(ring) && !self.is_same(ring, other.index) {
                larger.push(other);
            }
        });
        if larger.is_empty() {
            return None;
        }
        // A point inside a ring is inside any larger ring around it, and on the edge of none.
        let inside = inner_point(&self.rings[ring].0).unwrap_or(self.rings[ring].0[0]);
        // The smallest candidate is usually the parent, so a heap saves sorting them all.
        let mut larger = BinaryHeap::from(larger);
        std::iter::from_fn(|| larger.pop()).map(|other| other.index).find(|&other| self.is_inside(inside, other))
    }

    /// Whether two rings have the same box and signed area.
    fn is_same(&self, ring: usize, other: usize) -> bool {
        let (a, b) = (self.areas[ring], self.areas[other]);
        self.bounds[ring] == self.bounds[other] && (a - b).abs() <= 1e-12 * a.abs()
    }

    fn edges(&self, ring: usize) -> &BoxTree {
        self.edges[ring]
            .get_or_init(|| BoxTree::new(self.rings[ring].0.windows(2).map(|pair| edge_bounds(pair[0], pair[1]))))
    }

    /// Whether a point is inside a ring: a ray to the east crosses an odd number of edges.
    fn is_inside(&self, at: Coord<f64>, ring: usize) -> bool {
        let vertices = &self.rings[ring].0;
        let meets_ray = |all: Bounds| {
            self.steps.set(self.steps.get() + 1);
            all.low[1] <= at.y && at.y <= all.high[1] && at.x <= all.high[0]
        };
        let mut is_inside = false;
        self.edges(ring).visit(&meets_ray, &mut |leaf| {
            let (mut low, mut high) = (vertices[leaf], vertices[leaf + 1]);
            if low.y > high.y {
                std::mem::swap(&mut low, &mut high);
            }
            // Half-open interval: the lower end belongs to the edge, the upper end does not, so that a vertex counts
            // once.
            if low.y <= at.y && at.y < high.y {
                is_inside ^= RobustKernel::orient2d(low, high, at) == Orientation::CounterClockwise;
            }
        });
        is_inside
    }
}

/// A point inside a ring: the middle of the widest interior segment on a parallel half way between two consecutive
/// vertex latitudes. `None` if the ring has no interior.
fn inner_point(vertices: &[Coord<f64>]) -> Option<Coord<f64>> {
    let (low, high) = vertices
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), vertex| (low.min(vertex.y), high.max(vertex.y)));
    let middle = low / 2.0 + high / 2.0;
    let below = vertices.iter().map(|vertex| vertex.y).filter(|&y| y <= middle).fold(low, f64::max);
    let above = vertices.iter().map(|vertex| vertex.y).filter(|&y| y > middle).fold(high, f64::min);
    let y = below / 2.0 + above / 2.0;
    let crossing = |edge: &[Coord<f64>]| {
        let (a, b) = (edge[0], edge[1]);
        ((a.y < y) != (b.y < y)).then(|| a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)))
    };
    let mut crossings: Vec<f64> = vertices.windows(2).filter_map(crossing).collect();
    crossings.sort_by(f64::total_cmp);
    let widest = crossings.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let x = widest[0] / 2.0 + widest[1] / 2.0;
    (below < y && y < above && widest[0] < x && x < widest[1]).then_some(Coord { x, y })
}

/// Orders rings so that a max-heap returns the smallest first; of two of the same size, the later one.
#[derive(PartialEq)]
struct BySize {
    area: f64,
    index: usize,
}

impl Eq for BySize {}

impl PartialOrd for BySize {
    fn partial_cmp(&self, other: &BySize) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BySize {
    fn cmp(&self, other: &BySize) -> Ordering {
        other.area.total_cmp(&self.area).then(self.index.cmp(&other.index))
    }
}

/// The indexes of boxes in sort-tile-recursive order: in strips from west to east, in each from south to north.
fn str_order(bounds: &[Bounds]) -> Vec<usize> {
    let middle = |index: usize, axis: usize| bounds[index].low[axis] / 2.0 + bounds[index].high[axis] / 2.0;
    let mut indexes: Vec<usize> = (0..bounds.len()).collect();
    indexes.sort_by(|&a, &b| middle(a, 0).total_cmp(&middle(b, 0)));
    let strip = bounds.len().isqrt().max(1);
    for strip in indexes.chunks_mut(strip) {
        strip.sort_by(|&a, &b| middle(a, 1).total_cmp(&middle(b, 1)));
    }
    indexes
}

fn edge_bounds(from: Coord<f64>, to: Coord<f64>) -> Bounds {
    Bounds::of(&Line::new(from, to))
}

/// Twice the signed area, relative to the first vertex to keep precision for large coordinates.
fn doubled_area(ring: &LineString<f64>) -> f64 {
    let Some(&first) = ring.0.first() else { return 0.0 };
    let cross = |pair: &[Coord<f64>]| {
        let (a, b) = (pair[0] - first, pair[1] - first);
        a.x * b.y - b.x * a.y
    };
    ring.0.windows(2).map(cross).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::position::{PointLocation, position};
    use crate::geometry::validity::first_validation_error;
    use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
    use geo::{coord, line_string};
    use proptest::prelude::*;

    fn rectangle(x: f64, y: f64, width: f64, height: f64) -> LineString<f64> {
        line_string![
            (x: x, y: y),
            (x: x + width, y: y),
            (x: x + width, y: y + height),
            (x: x, y: y + height),
            (x: x, y: y),
        ]
    }

    /// Rings that do not cross: nested rectangles, some with an inscribed diamond that touches them.
    fn nested(seed: &mut impl Iterator<Item = u32>, x: f64, y: f64, size: f64, rings: &mut Vec<LineString<f64>>) {
        if size < 2.0 {
            return;
        }
        let half = size / 2.0;
        match seed.next().unwrap_or(0) % 4 {
            0 => {}
            1 => {
                rings.push(rectangle(x, y, size, size));
                let (low, high) = (0.25, size - 0.25);
                rings.push(line_string![
                    (x: x + half, y: y + low), (x: x + high, y: y + half), (x: x + half, y: y + high),
                    (x: x, y: y + half), (x: x + half, y: y + low)
                ]);
                nested(seed, x + half / 2.0 + 0.25, y + half / 2.0 + 0.25, half - 0.5, rings);
            }
            2 => {
                rings.push(rectangle(x, y, size, size));
                nested(seed, x + 0.5, y + 0.5, size - 1.0, rings);
            }
            _ => {
                let part = half - 0.5;
                for (dx, dy) in [(0.25, 0.25), (half + 0.25, 0.25), (0.25, half + 0.25), (half + 0.25, half + 0.25)] {
                    nested(seed, x + dx, y + dy, part, rings);
                }
            }
        }
    }

    fn is_in_odd_number_of_rings(at: Coord<f64>, rings: &[LineString<f64>]) -> Option<bool> {
        let mut is_odd = false;
        for ring in rings {
            match coord_pos_relative_to_ring(at, ring) {
                CoordPos::OnBoundary => return None,
                CoordPos::Inside => is_odd = !is_odd,
                CoordPos::Outside => {}
            }
        }
        Some(is_odd)
    }

    proptest! {
        /// A point belongs to the shape if it lies in an odd number of rings, whatever their order, directions and
        /// first vertices.
        #[test]
        fn assembled_shapes_follow_the_even_odd_rule(seed in prop::collection::vec(any::<u32>(), 1..60), shuffle in any::<u64>()) {
            let mut rings = vec![];
            let mut values = seed.iter().copied();
            for column in 0..3 {
                nested(&mut values, f64::from(column) * 20.0, 0.0, 18.0, &mut rings);
            }
            let mut state = shuffle | 1;
            let mut random = |below: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % below.max(1)
            };
            for index in (1..rings.len()).rev() {
                rings.swap(index, random(index + 1));
            }
            for ring in &mut rings {
                ring.0.pop();
                let count = ring.0.len();
                ring.0.rotate_left(random(count));
                if random(2) == 0 {
                    ring.0.reverse();
                }
                ring.close();
            }
            let shape = assemble(rings.clone());
            prop_assert_eq!(shape.iter().map(|polygon| 1 + polygon.interiors().len()).sum::<usize>(), rings.len());
            prop_assert_eq!(first_validation_error(&shape), None);
            for x in 0..60 {
                for y in 0..20 {
                    let at = coord! { x: f64::from(x) + 0.37, y: f64::from(y) + 0.41 };
                    if let Some(is_odd) = is_in_odd_number_of_rings(at, &rings) {
                        prop_assert_eq!(position(at, &shape) == PointLocation::Inside, is_odd, "{:?}", at);
                    }
                }
            }
        }

        #[test]
        fn arbitrary_rings_do_not_panic(rings in prop::collection::vec(prop::collection::vec((0..4i32, 0..4i32), 0..7), 0..8), nan in any::<bool>()) {
            let vertex = |&(x, y): &(i32, i32)| coord! { x: f64::from(x), y: if nan && x != 3 { f64::NAN } else { f64::from(y) } };
            let rings: Vec<LineString<f64>> = rings.iter().map(|ring| ring.iter().map(vertex).collect()).collect();
            let count = rings.iter().filter(|ring| !ring.0.is_empty()).count();
            let shape = assemble(rings);
            prop_assert_eq!(shape.iter().map(|polygon| 1 + polygon.interiors().len()).sum::<usize>(), count);
        }
    }

    #[test]
    fn duplicate_rings() {
        let ring = rectangle(0.0, 0.0, 4.0, 4.0);
        let mut reversed = ring.clone();
        reversed.0.reverse();
        assert_eq!(assemble(vec![ring.clone(), ring.clone()]).0.len(), 2);
        let filled = assemble(vec![ring.clone(), reversed.clone()]);
        assert_eq!((filled.0.len(), filled.0[0].interiors().len()), (1, 1));
        // An island that fills the hole it lies in.
        let filled = assemble(vec![rectangle(-1.0, -1.0, 6.0, 6.0), reversed, ring]);
        assert_eq!((filled.0.len(), filled.0[0].interiors().len()), (2, 1));
    }

    #[test]
    fn neighbours_with_a_shared_border_are_separate_polygons() {
        let border: Vec<Coord<f64>> =
            (0..3000).map(|i| coord! { x: f64::from(i % 7) * 0.1, y: f64::from(i) * 0.01 }).collect();
        let with = |x: f64| {
            let mut vertices = border.clone();
            vertices.extend([coord! { x: x, y: 29.99 }, coord! { x: x, y: 0.0 }]);
            LineString(vertices)
        };
        let shape = assemble(vec![with(-50.0), with(50.0), with(49.0)]);
        assert_eq!(shape.0.len(), 2);
        assert_eq!(shape.0[1].interiors().len(), 1);
    }

    /// Concentric squares, and L-shapes with concentric boxes, finish quickly; crossing ones are left unassembled.
    #[test]
    fn pathological_nesting_takes_bounded_time() {
        let count = 20_000;
        let squares =
            (1..=count).map(|i| rectangle(-f64::from(i), -f64::from(i), 2.0 * f64::from(i), 2.0 * f64::from(i)));
        assert_eq!(assemble(squares.clone().take(1000).collect()).0.len(), 500);
        assert_eq!(assemble(squares.clone().collect()).0.len(), 10_000);
        assert_eq!(assemble(squares.chain([rectangle(0.0, -1e5, 0.5, 2e5)]).collect()).0.len(), 20_001);
        let l_shapes = (1..=count).map(f64::from).map(|i| {
            line_string![(x: -i, y: -i), (x: i, y: -i), (x: i, y: 0.4 - i), (x: 0.4 - i, y: 0.4 - i), (x: 0.4 - i, y: i), (x: -i, y: i), (x: -i, y: -i)]
        });
        assert_eq!(assemble(l_shapes.collect()).0.len(), 20_000);
        let same =
            vec![(0..1000).map(|i| f64::from(i) * 0.006).map(|a| coord! { x: a.cos(), y: a.sin() }).collect(); 1000];
        assert_eq!(assemble(same).0.len(), 1000);
    }

    #[test]
    fn thousands_of_holes_in_a_large_exterior() {
        let mut exterior: Vec<Coord<f64>> = (0..50_000)
            .map(|i| f64::from(i) / 50_000.0 * std::f64::consts::TAU)
            .map(|angle| coord! { x: angle.cos() * 500.0, y: angle.sin() * 500.0 })
            .collect();
        exterior.push(exterior[0]);
        let holes = (0..10_000).map(|i| rectangle(f64::from(i % 100) * 3.0, f64::from(i / 100) * 3.0, 1.0, 1.0));
        let shape = assemble(holes.chain([LineString(exterior)]).collect());
        let inside = shape.0.iter().map(|polygon| polygon.interiors().len()).sum::<usize>();
        assert_eq!((shape.0.len(), inside), (1, 10_000));
    }
}
