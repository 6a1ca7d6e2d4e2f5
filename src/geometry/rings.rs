//! Polygons from a bag of rings: which ring is an exterior, and which a hole of which.

use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Line, LineString, MultiPolygon, Polygon};

use crate::geometry::edge_tree::{Bounds, EdgeTree};
use crate::geometry::sweep::nesting;

/// The polygons that rings make, by how deep they lie in each other: a ring in no other is an exterior, one
/// in it a hole, one in the hole an exterior again. The direction of the rings does not matter, and stays.
///
/// Files of many formats list the rings of a shape without saying which is what, or say it by their
/// direction, which not all software writes. Polygons come in the order of their exteriors, holes in
/// theirs. Rings may touch; that is decided exactly. Of rings that cross, a point inside the smaller one tells; whether the result
/// is valid is asked of [`flaws`](crate::geometry::validity::validation_errors). A ring that is there twice in opposite
/// directions is a hole that fills its exterior; in the same direction both are kept side by side. So are
/// all rings of a tangle in which some hundreds lie around each, or in the way to its edge: there is no
/// such shape on any map.
///
/// ```
/// use geo::line_string;
/// use taizhou_corridor::geometry::rings::assemble;
///
/// let square = |x: f64, size: f64| {
///     line_string![(x: x, y: x), (x: x + size, y: x), (x: x + size, y: x + size), (x: x, y: x + size), (x: x, y: x)]
/// };
/// // A pond, the land around it, an island in the pond, and land elsewhere; all in one direction.
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
        parents_of_sound(&rings).or_else(|| Nest::new(&rings).parents()).unwrap_or_else(|| vec![None; rings.len()]);
    // A parent is larger than what lies in it, so that the way up ends.
    let mut depths: Vec<Option<usize>> = vec![None; rings.len()];
    for start in 0..rings.len() {
        let mut way = vec![];
        let mut at = Some(start);
        while let Some(ring) = at.filter(|&ring| depths[ring].is_none()) {
            way.push(ring);
            at = parents[ring];
        }
        let next = at.and_then(|ring| depths[ring]).map_or(0, |depth| depth + 1);
        for (depth, ring) in (next..).zip(way.into_iter().rev()) {
            depths[ring] = Some(depth);
        }
    }
    let is_hole = |ring: usize| depths[ring].is_some_and(|depth| depth % 2 == 1);
    let mut places = vec![None; rings.len()];
    let mut polygons: Vec<(LineString<f64>, Vec<LineString<f64>>)> = vec![];
    let mut holes = vec![];
    for (number, ring) in rings.into_iter().enumerate() {
        match parents[number].filter(|_| is_hole(number)) {
            Some(parent) => holes.push((parent, ring)),
            None => {
                places[number] = Some(polygons.len());
                polygons.push((ring, vec![]));
            }
        }
    }
    for (parent, hole) in holes {
        // The parent of a hole is an exterior.
        if let Some(place) = places[parent] {
            polygons[place].1.push(hole);
        }
    }
    polygons.into_iter().map(|(exterior, holes)| Polygon::new(exterior, holes)).collect()
}

/// The smallest ring around each, decided exactly; none where rings cross, or have none but a line.
fn parents_of_sound(rings: &[LineString<f64>]) -> Option<Vec<Option<usize>>> {
    let mut edges = vec![];
    let mut ring_of = vec![];
    for (number, ring) in rings.iter().enumerate() {
        if !ring.0.iter().all(|corner| corner.x.is_finite() && corner.y.is_finite()) {
            return None;
        }
        edges.extend(ring.lines().filter(|edge| edge.start != edge.end));
        ring_of.resize(edges.len(), number);
    }
    Some(nesting(&edges, &ring_of, rings.len(), None).ok()?.parents)
}

/// The rings with what is needed to ask which lies in which, though they cross.
struct Nest<'a> {
    rings: &'a [LineString<f64>],
    bounds: Vec<Bounds>,
    /// Twice the area, and its sign: positive where the ring is counter-clockwise.
    areas: Vec<f64>,
    /// The numbers of the rings in the order of the leaves of the tree.
    leaves: Vec<usize>,
    tree: EdgeTree,
    /// The edges of rings that were asked for, as trees.
    edges: Vec<OnceCell<EdgeTree>>,
    /// How many boxes were looked at.
    steps: Cell<usize>,
}

impl<'a> Nest<'a> {
    fn new(rings: &'a [LineString<f64>]) -> Nest<'a> {
        let bounds: Vec<Bounds> =
            rings.iter().map(|ring| ring.0.iter().fold(Bounds::NOTHING, |all, &at| all.with(box_of(at, at)))).collect();
        let leaves = in_tiles(&bounds);
        let tree = EdgeTree::new(leaves.iter().map(|&ring| bounds[ring]));
        let areas = rings.iter().map(doubled_area).collect();
        let edges = rings.iter().map(|_| OnceCell::new()).collect();
        Nest { rings, bounds, areas, leaves, tree, edges, steps: Cell::new(0) }
    }

    /// The smallest ring around each; none at all where that takes out of measure long.
    fn parents(&self) -> Option<Vec<Option<usize>>> {
        /// Shapes of maps take some ten steps a corner.
        const MAX_STEPS: usize = 256;
        let most_steps = (1 << 20) + MAX_STEPS * self.rings.iter().map(|ring| ring.0.len()).sum::<usize>();
        let parents = (0..self.rings.len()).map(|ring| {
            let parent = self.parent(ring);
            (self.steps.get() <= most_steps).then_some(parent)
        });
        parents.collect()
    }

    fn parent(&self, ring: usize) -> Option<usize> {
        let bounds = self.bounds[ring];
        let is_around = |other: Bounds| {
            self.steps.set(self.steps.get() + 1);
            (0..2).all(|axis| other.low[axis] <= bounds.low[axis] && bounds.high[axis] <= other.high[axis])
        };
        let size = |number: usize| BySize { area: self.areas[number].abs(), number };
        let mut larger = vec![];
        self.tree.visit(&is_around, &mut |leaf| {
            let other = size(self.leaves[leaf]);
            if other < size(ring) && !self.is_same(ring, other.number) {
                larger.push(other);
            }
        });
        if larger.is_empty() {
            return None;
        }
        // What is inside of a ring is inside of any larger one around it, and on the edge of none.
        let inside = inner_point(&self.rings[ring].0).unwrap_or(self.rings[ring].0[0]);
        // Mostly the smallest is the one: no need to sort them all.
        let mut larger = BinaryHeap::from(larger);
        std::iter::from_fn(|| larger.pop()).map(|other| other.number).find(|&other| self.is_inside(inside, other))
    }

    /// Whether two rings are the same, in the same direction.
    fn is_same(&self, ring: usize, other: usize) -> bool {
        let (a, b) = (self.areas[ring], self.areas[other]);
        self.bounds[ring] == self.bounds[other] && (a - b).abs() <= 1e-12 * a.abs()
    }

    fn edges(&self, ring: usize) -> &EdgeTree {
        self.edges[ring]
            .get_or_init(|| EdgeTree::new(self.rings[ring].0.windows(2).map(|pair| box_of(pair[0], pair[1]))))
    }

    /// Whether a point is inside of a ring: a ray to the right crosses an odd number of edges.
    fn is_inside(&self, at: Coord<f64>, ring: usize) -> bool {
        let corners = &self.rings[ring].0;
        let meets_ray = |all: Bounds| {
            self.steps.set(self.steps.get() + 1);
            all.low[1] <= at.y && at.y <= all.high[1] && at.x <= all.high[0]
        };
        let mut is_inside = false;
        self.edges(ring).visit(&meets_ray, &mut |leaf| {
            let (mut low, mut high) = (corners[leaf], corners[leaf + 1]);
            if low.y > high.y {
                std::mem::swap(&mut low, &mut high);
            }
            // The lower end belongs to an edge, the upper to the next: a corner counts once.
            if low.y <= at.y && at.y < high.y {
                is_inside ^= RobustKernel::orient2d(low, high, at) == Orientation::CounterClockwise;
            }
        });
        is_inside
    }
}

/// A point inside of a ring: the middle of the widest stretch, half way between two corners of neighbouring
/// heights. None where the ring has no inside.
fn inner_point(corners: &[Coord<f64>]) -> Option<Coord<f64>> {
    let (low, high) = corners
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), corner| (low.min(corner.y), high.max(corner.y)));
    let middle = low / 2.0 + high / 2.0;
    let below = corners.iter().map(|corner| corner.y).filter(|&y| y <= middle).fold(low, f64::max);
    let above = corners.iter().map(|corner| corner.y).filter(|&y| y > middle).fold(high, f64::min);
    let y = below / 2.0 + above / 2.0;
    let crossing = |edge: &[Coord<f64>]| {
        let (a, b) = (edge[0], edge[1]);
        ((a.y < y) != (b.y < y)).then(|| a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)))
    };
    let mut crossings: Vec<f64> = corners.windows(2).filter_map(crossing).collect();
    crossings.sort_by(f64::total_cmp);
    let widest = crossings.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let x = widest[0] / 2.0 + widest[1] / 2.0;
    (below < y && y < above && widest[0] < x && x < widest[1]).then_some(Coord { x, y })
}

/// Rings by size, the smallest first out of a heap; of two of one size the later counts as the smaller.
#[derive(PartialEq)]
struct BySize {
    area: f64,
    number: usize,
}

impl Eq for BySize {}

impl PartialOrd for BySize {
    fn partial_cmp(&self, other: &BySize) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BySize {
    fn cmp(&self, other: &BySize) -> Ordering {
        other.area.total_cmp(&self.area).then(self.number.cmp(&other.number))
    }
}

/// The numbers of boxes in an order in which neighbours are near each other: in strips from left to right,
/// in each from below.
fn in_tiles(bounds: &[Bounds]) -> Vec<usize> {
    let middle = |number: usize, axis: usize| bounds[number].low[axis] / 2.0 + bounds[number].high[axis] / 2.0;
    let mut numbers: Vec<usize> = (0..bounds.len()).collect();
    numbers.sort_by(|&a, &b| middle(a, 0).total_cmp(&middle(b, 0)));
    let strip = bounds.len().isqrt().max(1);
    for strip in numbers.chunks_mut(strip) {
        strip.sort_by(|&a, &b| middle(a, 1).total_cmp(&middle(b, 1)));
    }
    numbers
}

fn box_of(from: Coord<f64>, to: Coord<f64>) -> Bounds {
    Bounds::of(&Line::new(from, to))
}

/// Twice the signed area, from the first corner, so that large coordinates cost no digits.
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

    /// Rings that do not cross: rectangles, in each of which lie others or a diamond that touches it.
    fn nested(seed: &mut impl Iterator<Item = u32>, x: f64, y: f64, size: f64, rings: &mut Vec<LineString<f64>>) {
        if size < 2.0 {
            return;
        }
        let half = size / 2.0;
        match seed.next().unwrap_or(0) % 4 {
            0 => {}
            1 => {
                rings.push(rectangle(x, y, size, size));
                // It touches one of the edges.
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

    fn is_in_odd_number(at: Coord<f64>, rings: &[LineString<f64>]) -> Option<bool> {
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
        /// A place belongs to the shape if it lies in an odd number of rings, whatever their order,
        /// directions and first corners.
        #[test]
        fn the_even_odd_rule_holds(seed in prop::collection::vec(any::<u32>(), 1..60), shuffle in any::<u64>()) {
            let mut rings = vec![];
            let mut numbers = seed.iter().copied();
            for corner in 0..3 {
                nested(&mut numbers, f64::from(corner) * 20.0, 0.0, 18.0, &mut rings);
            }
            let mut state = shuffle | 1;
            let mut random = |below: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % below.max(1)
            };
            for place in (1..rings.len()).rev() {
                rings.swap(place, random(place + 1));
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
                    if let Some(is_odd) = is_in_odd_number(at, &rings) {
                        prop_assert_eq!(position(at, &shape) == PointLocation::Inside, is_odd, "{:?}", at);
                    }
                }
            }
        }

        #[test]
        fn no_rings_panic(rings in prop::collection::vec(prop::collection::vec((0..4i32, 0..4i32), 0..7), 0..8), nan in any::<bool>()) {
            let corner = |&(x, y): &(i32, i32)| coord! { x: f64::from(x), y: if nan && x != 3 { f64::NAN } else { f64::from(y) } };
            let rings: Vec<LineString<f64>> = rings.iter().map(|ring| ring.iter().map(corner).collect()).collect();
            let count = rings.iter().filter(|ring| !ring.0.is_empty()).count();
            let shape = assemble(rings);
            prop_assert_eq!(shape.iter().map(|polygon| 1 + polygon.interiors().len()).sum::<usize>(), count);
        }
    }

    #[test]
    fn a_ring_that_is_there_twice() {
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
    fn neighbours_with_a_border_in_common_are_side_by_side() {
        let border: Vec<Coord<f64>> =
            (0..3000).map(|i| coord! { x: f64::from(i % 7) * 0.1, y: f64::from(i) * 0.01 }).collect();
        let with = |x: f64| {
            let mut corners = border.clone();
            corners.extend([coord! { x: x, y: 29.99 }, coord! { x: x, y: 0.0 }]);
            LineString(corners)
        };
        let shape = assemble(vec![with(-50.0), with(50.0), with(49.0)]);
        assert_eq!(shape.0.len(), 2);
        assert_eq!(shape.0[1].interiors().len(), 1);
    }

    /// Squares around each other, and ells whose boxes are: nothing on a map, and no reason to wait; where they cross,
    /// they are left alone.
    #[test]
    fn a_tangle_without_end_takes_no_time() {
        let count = 20_000;
        let squares =
            (1..=count).map(|i| rectangle(-f64::from(i), -f64::from(i), 2.0 * f64::from(i), 2.0 * f64::from(i)));
        assert_eq!(assemble(squares.clone().take(1000).collect()).0.len(), 500);
        assert_eq!(assemble(squares.clone().collect()).0.len(), 10_000);
        assert_eq!(assemble(squares.chain([rectangle(0.0, -1e5, 0.5, 2e5)]).collect()).0.len(), 20_001);
        let ells = (1..=count).map(f64::from).map(|i| {
            line_string![(x: -i, y: -i), (x: i, y: -i), (x: i, y: 0.4 - i), (x: 0.4 - i, y: 0.4 - i), (x: 0.4 - i, y: i), (x: -i, y: i), (x: -i, y: -i)]
        });
        assert_eq!(assemble(ells.collect()).0.len(), 20_000);
        let same =
            vec![(0..1000).map(|i| f64::from(i) * 0.006).map(|a| coord! { x: a.cos(), y: a.sin() }).collect(); 1000];
        assert_eq!(assemble(same).0.len(), 1000);
    }

    #[test]
    fn thousands_of_holes_in_an_exterior_of_many_corners() {
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
