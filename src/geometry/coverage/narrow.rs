//! The narrow parts of an area: of the voids between features, or of a feature.
//!
//! The area is cut into the triangles of a constrained Delaunay triangulation (crate `spade`). A corner that faces an
//! edge gets a corner opposite to it on that edge, so that a passage between two borders is cut across wherever it
//! begins and ends. A triangle is narrow if its corners and edges on the border are near each other; narrow triangles
//! that are wide open to the rest of the area belong to that. What is left are passages, bounded by the border and by
//! short lines across.

use std::collections::{BTreeMap, HashMap};

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Line, LineString, MultiPolygon};
use spade::handles::FixedFaceHandle;
use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation};

use crate::geometry::box_tree::{Bounds, BoxTree, morton_code};
use crate::geometry::measure::rings;
use crate::geometry::rings::assemble;
use crate::maths::hypot;

/// The area to look at: that outside the shape, or inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Outside,
    Inside,
}

/// A part of the area.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) shape: MultiPolygon<f64>,
    /// The edges of the border around it.
    pub(crate) border: Vec<Line<f64>>,
    /// Whether the border encloses it, without a line across.
    pub(crate) is_enclosed: bool,
}

/// The parts of an area.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) narrow: Vec<Part>,
    /// The rest of areas that the border encloses.
    pub(crate) wide: Vec<Part>,
}

/// A passage with lines across is at least this many times as long, on both sides together, as these: one that is as
/// deep as it is wide.
const MIN_DEPTH: f64 = 3.0;

/// The parts of the area outside or inside a valid shape, in whole steps; `stretch` is the length of a step to the east
/// at a number of steps north.
pub(crate) fn parts(
    shape: &MultiPolygon<f64>,
    side: Side,
    width: f64,
    stretch: &(impl Fn(f64) -> f64 + Sync),
) -> Parts {
    let measure = Measure { width, stretch };
    let edges = edges_of(shape, side);
    let opposite = corners_opposite(&edges, &measure);
    // Edges that are cut might cross others that are a step away; as they are given they do not.
    let triangles = triangulate(&edges, opposite).or_else(|| triangulate(&edges, vec![]));
    triangles.map_or_else(Parts::default, |triangles| Triangles::new(triangles, side).parts(&measure))
}

struct Measure<'a, S> {
    width: f64,
    stretch: &'a S,
}

impl<S: Fn(f64) -> f64> Measure<'_, S> {
    fn length(&self, from: Coord<f64>, to: Coord<f64>) -> f64 {
        hypot((to.x - from.x) * (self.stretch)((from.y + to.y) / 2.0), to.y - from.y)
    }

    /// The distance of a point from an edge, and the nearest point on it as a share of the edge.
    fn distance(&self, edge: Line<f64>, point: Coord<f64>) -> (f64, f64) {
        let east = (self.stretch)(point.y);
        let (along, to) = (edge.delta(), point - edge.start);
        let (x, y) = (along.x * east, along.y);
        let t = ((x * to.x * east + y * to.y) / (x * x + y * y)).clamp(0.0, 1.0);
        let foot = edge.start + along * t;
        (hypot((point.x - foot.x) * east, point.y - foot.y), t)
    }
}

/// An edge of the shape, with the area on its right.
struct RingEdge {
    line: Line<f64>,
    ring: usize,
    /// The length of the ring before it.
    before: f64,
}

fn edges_of(shape: &MultiPolygon<f64>, side: Side) -> Vec<RingEdge> {
    let mut edges = vec![];
    let oriented = crate::geometry::orient(shape);
    for (ring, line) in oriented.iter().flat_map(rings).enumerate() {
        let mut before = 0.0;
        for line in line.lines().filter(|line| line.start != line.end) {
            let line = if side == Side::Outside { line } else { Line::new(line.end, line.start) };
            edges.push(RingEdge { line, ring, before });
            before += hypot(line.dx(), line.dy());
        }
    }
    edges
}

/// Points on edges, each with the index of the edge, opposite to corners that are near and not on the same stretch of
/// the border.
fn corners_opposite<S: Fn(f64) -> f64 + Sync>(
    edges: &[RingEdge],
    measure: &Measure<'_, S>,
) -> Vec<(usize, Coord<f64>)> {
    let bounds: Vec<Bounds> = edges.iter().map(|edge| Bounds::of(&edge.line)).collect();
    let whole = bounds.iter().copied().fold(Bounds::EMPTY, Bounds::union);
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_cached_key(|&edge| morton_code(whole, bounds[edge]));
    let tree = BoxTree::new(order.iter().map(|&edge| bounds[edge]));
    let mut ring_lengths: Vec<f64> = vec![];
    for edge in edges {
        ring_lengths.resize(edge.ring + 1, 0.0);
        ring_lengths[edge.ring] = edge.before + hypot(edge.line.dx(), edge.line.dy());
    }
    let of_corner = |corner_edge: &RingEdge| {
        let corner = corner_edge.line.start;
        let mut points = vec![];
        let east = measure.width / (measure.stretch)(corner.y);
        let near = Bounds::of_point(corner).widened([east, measure.width]);
        tree.visit(&|node| near.intersects(node), &mut |leaf| {
            let index = order[leaf];
            let edge = &edges[index];
            let line = edge.line;
            if corner == line.start
                || corner == line.end
                || RobustKernel::orient2d(line.start, line.end, corner) == Orientation::CounterClockwise
            {
                return;
            }
            let (distance, t) = measure.distance(line, corner);
            if distance > measure.width || t <= 0.0 || t >= 1.0 {
                return;
            }
            let length = measure.length(line.start, line.end);
            // Where the edge ends nearby, its own corner will do.
            if t.min(1.0 - t) * length < 0.1 * distance {
                return;
            }
            if edge.ring == corner_edge.ring {
                let along = (edge.before + t * length - corner_edge.before).abs();
                if along.min(ring_lengths[edge.ring] - along) < MIN_DEPTH * distance {
                    return;
                }
            }
            let point = line.start + line.delta() * t;
            let point = Coord { x: point.x.round(), y: point.y.round() };
            if point != line.start && point != line.end {
                points.push((index, point));
            }
        });
        points
    };
    crate::parallel::map(edges, of_corner).concat()
}

type Cdt = ConstrainedDelaunayTriangulation<Point2<f64>>;

/// The triangulation of the edges, cut at points on them; `None` if edges cross.
fn triangulate(edges: &[RingEdge], mut cuts: Vec<(usize, Coord<f64>)>) -> Option<Cdt> {
    let along = |&(index, at): &(usize, Coord<f64>)| {
        let line = edges[index].line;
        hypot(at.x - line.start.x, at.y - line.start.y)
    };
    cuts.sort_by(|a, b| a.0.cmp(&b.0).then(along(a).total_cmp(&along(b))));
    cuts.dedup();
    let mut vertices: Vec<Point2<f64>> = vec![];
    let mut index_of: HashMap<[i64; 2], usize> = HashMap::with_capacity(edges.len());
    let mut vertex = |at: Coord<f64>| {
        *index_of.entry([at.x as i64, at.y as i64]).or_insert_with(|| {
            vertices.push(Point2::new(at.x, at.y));
            vertices.len() - 1
        })
    };
    // Edges that coincide after rounding have the same side on both sides, if there is an even number of them.
    let mut counts: BTreeMap<[usize; 2], usize> = BTreeMap::new();
    let mut constrain = |a: usize, b: usize| *counts.entry([a.min(b), a.max(b)]).or_default() += 1;
    let mut cuts = cuts.into_iter().peekable();
    for (index, edge) in edges.iter().enumerate() {
        let mut start = vertex(edge.line.start);
        while let Some((_, at)) = cuts.next_if(|cut| cut.0 == index) {
            let at = vertex(at);
            if at != start {
                constrain(start, at);
                start = at;
            }
        }
        let end = vertex(edge.line.end);
        if start != end {
            constrain(start, end);
        }
    }
    let constraints = counts.into_iter().filter(|(_, count)| count % 2 == 1).map(|(edge, _)| edge).collect();
    let mut crosses = false;
    let cdt = Cdt::try_bulk_load_cdt(vertices, constraints, |_| crosses = true).ok()?;
    (!crosses).then_some(cdt)
}

/// A triangulation with what is known of its triangles.
struct Triangles {
    corners: Vec<[Coord<f64>; 3]>,
    /// The triangle beyond each edge; `None` outside all of them.
    beyond: Vec<[Option<usize>; 3]>,
    is_border: Vec<[bool; 3]>,
    /// Whether a triangle belongs to the area.
    is_in_area: Vec<bool>,
    side: Side,
}

impl Triangles {
    fn new(cdt: Cdt, side: Side) -> Triangles {
        let count = cdt.num_inner_faces();
        let mut triangles = Triangles {
            corners: Vec::with_capacity(count),
            beyond: Vec::with_capacity(count),
            is_border: Vec::with_capacity(count),
            is_in_area: vec![false; count],
            side,
        };
        // The outer face has the index 0.
        let inner = |face: FixedFaceHandle<spade::handles::PossiblyOuterTag>| face.index().checked_sub(1);
        for face in cdt.inner_faces() {
            let edges = face.adjacent_edges();
            triangles.corners.push(edges.map(|edge| {
                let at = edge.from().position();
                Coord { x: at.x, y: at.y }
            }));
            triangles.beyond.push(edges.map(|edge| inner(edge.rev().face().fix())));
            triangles.is_border.push(edges.map(|edge| edge.is_constraint_edge()));
        }
        triangles.find_area();
        triangles
    }

    /// From the outside inwards: the side changes at each edge of the border.
    fn find_area(&mut self) {
        let mut is_inside: Vec<Option<bool>> = vec![None; self.corners.len()];
        let mut stack = vec![];
        for (triangle, beyond) in self.beyond.iter().enumerate() {
            for edge in (0..3).filter(|&edge| beyond[edge].is_none()) {
                if is_inside[triangle].is_none() {
                    is_inside[triangle] = Some(self.is_border[triangle][edge]);
                    stack.push(triangle);
                }
            }
        }
        while let Some(triangle) = stack.pop() {
            let inside = is_inside[triangle] == Some(true);
            for edge in 0..3 {
                if let Some(next) = self.beyond[triangle][edge].filter(|&next| is_inside[next].is_none()) {
                    is_inside[next] = Some(inside != self.is_border[triangle][edge]);
                    stack.push(next);
                }
            }
        }
        let wanted = Some(self.side == Side::Inside);
        self.is_in_area = is_inside.into_iter().map(|inside| inside == wanted).collect();
    }

    fn parts<S: Fn(f64) -> f64>(&self, measure: &Measure<'_, S>) -> Parts {
        let count = self.corners.len();
        let mut is_narrow: Vec<bool> =
            (0..count).map(|triangle| self.is_in_area[triangle] && self.is_narrow(triangle, measure)).collect();
        self.extend(&mut is_narrow, measure);
        self.prune(&mut is_narrow, measure);
        let mut parts = Parts::default();
        for triangles in self.connected(&|triangle| is_narrow[triangle]) {
            let part = self.part(&triangles);
            let across: f64 = self.across(&triangles).map(|line| measure.length(line.start, line.end)).sum();
            let along: f64 = part.border.iter().map(|line| measure.length(line.start, line.end)).sum();
            if part.is_enclosed || along >= MIN_DEPTH * across {
                parts.narrow.push(part);
            } else {
                triangles.iter().for_each(|&triangle| is_narrow[triangle] = false);
            }
        }
        let is_wide = |triangle: usize| self.is_in_area[triangle] && !is_narrow[triangle];
        for triangles in self.connected(&is_wide) {
            let is_open = triangles.iter().any(|&triangle| {
                (0..3).any(|edge| self.beyond[triangle][edge].is_none() && !self.is_border[triangle][edge])
            });
            if !is_open {
                parts.wide.push(self.part(&triangles));
            }
        }
        parts
    }

    /// Whether the border on both sides of a triangle is near.
    fn is_narrow<S: Fn(f64) -> f64>(&self, triangle: usize, measure: &Measure<'_, S>) -> bool {
        let corners = self.corners[triangle];
        let edge = |index: usize| Line::new(corners[index], corners[(index + 1) % 3]);
        let opposite = |index: usize| corners[(index + 2) % 3];
        let height = |index: usize| measure.distance(edge(index), opposite(index)).0;
        let length = |index: usize| measure.length(edge(index).start, edge(index).end);
        let border: Vec<usize> = (0..3).filter(|&edge| self.is_border[triangle][edge]).collect();
        let width = match border[..] {
            [] => (0..3).map(length).fold(0.0, f64::max),
            [one] => height(one),
            [one, two] => height(one).min(height(two)),
            _ => (0..3).map(height).fold(f64::INFINITY, f64::min),
        };
        width <= measure.width
    }

    /// Adds thin triangles that lie lengthwise between narrow ones.
    fn extend<S: Fn(f64) -> f64>(&self, is_narrow: &mut [bool], measure: &Measure<'_, S>) {
        let thin: Vec<bool> = (0..is_narrow.len())
            .map(|triangle| {
                let [a, b, c] = self.corners[triangle];
                let heights = [(a, b, c), (b, c, a), (c, a, b)]
                    .map(|(start, end, opposite)| measure.distance(Line::new(start, end), opposite).0);
                self.is_in_area[triangle] && heights.into_iter().fold(f64::INFINITY, f64::min) <= measure.width
            })
            .collect();
        let mut pending: Vec<usize> = (0..is_narrow.len()).filter(|&triangle| thin[triangle]).collect();
        while let Some(triangle) = pending.pop() {
            let corners = self.corners[triangle];
            let is_beside_narrow = |edge: usize| {
                self.is_border[triangle][edge]
                    || self.beyond[triangle][edge].is_some_and(|next| is_narrow[next])
                    || measure.length(corners[edge], corners[(edge + 1) % 3]) <= measure.width
            };
            if !is_narrow[triangle] && (0..3).all(is_beside_narrow) {
                is_narrow[triangle] = true;
                let beyond = self.beyond[triangle].iter().flatten();
                pending.extend(beyond.filter(|&&next| thin[next] && !is_narrow[next]));
            }
        }
    }

    /// Takes away triangles that are wide open to the rest, until there is none.
    fn prune<S: Fn(f64) -> f64>(&self, is_narrow: &mut [bool], measure: &Measure<'_, S>) {
        // A little more than the width itself, for lines across that are not quite square to the border.
        let widest = 1.25 * measure.width;
        let mut pending: Vec<usize> = (0..is_narrow.len()).filter(|&triangle| is_narrow[triangle]).collect();
        while let Some(triangle) = pending.pop() {
            if !is_narrow[triangle] {
                continue;
            }
            let corners = self.corners[triangle];
            let is_wide_open = (0..3).any(|edge| {
                !self.is_border[triangle][edge]
                    && self.beyond[triangle][edge].is_none_or(|next| !is_narrow[next])
                    && measure.length(corners[edge], corners[(edge + 1) % 3]) > widest
            });
            if is_wide_open {
                is_narrow[triangle] = false;
                pending.extend(self.beyond[triangle].iter().flatten());
            }
        }
    }

    /// The triangles of a kind, in groups that are connected otherwise than across the border.
    fn connected(&self, is_of_kind: &impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut is_seen = vec![false; self.corners.len()];
        let mut groups = vec![];
        for first in 0..self.corners.len() {
            if is_seen[first] || !is_of_kind(first) {
                continue;
            }
            is_seen[first] = true;
            let (mut group, mut next) = (vec![first], 0);
            while next < group.len() {
                let triangle = group[next];
                next += 1;
                for edge in (0..3).filter(|&edge| !self.is_border[triangle][edge]) {
                    if let Some(beyond) =
                        self.beyond[triangle][edge].filter(|&beyond| !is_seen[beyond] && is_of_kind(beyond))
                    {
                        is_seen[beyond] = true;
                        group.push(beyond);
                    }
                }
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }

    /// The lines across between a group and what is beyond.
    fn across<'a>(&'a self, group: &'a [usize]) -> impl Iterator<Item = Line<f64>> + 'a {
        self.outline(group).filter(|(_, is_border)| !is_border).map(|(line, _)| line)
    }

    /// The edges around a group, each with whether it belongs to the border.
    fn outline<'a>(&'a self, group: &'a [usize]) -> impl Iterator<Item = (Line<f64>, bool)> + 'a {
        group.iter().flat_map(move |&triangle| {
            (0..3).filter_map(move |edge| {
                let is_border = self.is_border[triangle][edge];
                let is_inner = |next: usize| group.binary_search(&next).is_ok();
                // On both sides of an edge of the border there may be triangles of one group only where it ends inside.
                if !is_border && self.beyond[triangle][edge].is_some_and(is_inner) {
                    return None;
                }
                let corners = self.corners[triangle];
                Some((Line::new(corners[edge], corners[(edge + 1) % 3]), is_border))
            })
        })
    }

    fn part(&self, group: &[usize]) -> Part {
        let outline: Vec<(Line<f64>, bool)> = self.outline(group).collect();
        let border = outline.iter().filter(|(_, is_border)| *is_border).map(|(line, _)| *line).collect();
        let is_enclosed = outline.iter().all(|(_, is_border)| *is_border);
        Part { shape: assemble(closed_rings(outline.into_iter().map(|(line, _)| line))), border, is_enclosed }
    }
}

/// Links edges to rings that touch themselves nowhere.
pub(crate) fn closed_rings(edges: impl Iterator<Item = Line<f64>>) -> Vec<LineString<f64>> {
    let key = |at: Coord<f64>| [at.x.to_bits(), at.y.to_bits()];
    let mut from: BTreeMap<[u64; 2], Vec<Coord<f64>>> = BTreeMap::new();
    for edge in edges {
        from.entry(key(edge.start)).or_default().push(edge.end);
    }
    let mut rings = vec![];
    while let Some((&start, _)) = from.first_key_value() {
        let mut path: Vec<Coord<f64>> = vec![Coord { x: f64::from_bits(start[0]), y: f64::from_bits(start[1]) }];
        // Where the path returns to a corner, a ring is complete.
        let mut position: HashMap<[u64; 2], usize> = HashMap::from([(start, 0)]);
        while let Some(&at) = path.last() {
            let Some(ends) = from.get_mut(&key(at)) else { break };
            let next = ends.pop();
            if ends.is_empty() {
                from.remove(&key(at));
            }
            let Some(next) = next else { break };
            match position.get(&key(next)).copied() {
                Some(first) => {
                    let mut ring: Vec<Coord<f64>> = path[first..].to_vec();
                    ring.push(next);
                    for corner in path.drain(first + 1..) {
                        position.remove(&key(corner));
                    }
                    rings.push(LineString(ring));
                }
                None => {
                    position.insert(key(next), path.len());
                    path.push(next);
                }
            }
        }
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, coord, polygon};

    fn rectangle(x: f64, y: f64, width: f64, height: f64) -> geo::Polygon<f64> {
        polygon![(x: x, y: y), (x: x + width, y: y), (x: x + width, y: y + height), (x: x, y: y + height)]
    }

    /// The areas of the narrow and of the enclosed wide parts.
    fn areas(shape: Vec<geo::Polygon<f64>>, side: Side, width: f64) -> (Vec<f64>, Vec<f64>) {
        let parts = parts(&MultiPolygon(shape), side, width, &|_| 1.0);
        let areas = |parts: &[Part]| {
            let mut areas: Vec<f64> = parts.iter().map(|part| part.shape.unsigned_area()).collect();
            areas.sort_by(f64::total_cmp);
            areas
        };
        (areas(&parts.narrow), areas(&parts.wide))
    }

    #[test]
    fn a_gap_reaches_to_the_nearest_corners() {
        let tiles = vec![rectangle(0.0, 0.0, 1000.0, 1000.0), rectangle(1010.0, 0.0, 1000.0, 1000.0)];
        assert_eq!(areas(tiles.clone(), Side::Outside, 20.0), (vec![10_000.0], vec![]));
        assert_eq!(areas(tiles, Side::Outside, 5.0), (vec![], vec![]));
        // The second is shorter, and the wall of the first has no corner there.
        let tiles = vec![rectangle(0.0, 0.0, 1000.0, 1000.0), rectangle(1010.0, 300.0, 1000.0, 500.0)];
        assert_eq!(areas(tiles, Side::Outside, 20.0), (vec![5000.0], vec![]));
    }

    #[test]
    fn a_frame_of_gaps_has_its_corners() {
        let around = geo::Polygon::new(
            rectangle(0.0, 0.0, 1000.0, 1000.0).exterior().clone(),
            vec![rectangle(100.0, 100.0, 500.0, 500.0).exterior().clone()],
        );
        let shape = vec![around.clone(), rectangle(110.0, 110.0, 480.0, 480.0)];
        assert_eq!(areas(shape, Side::Outside, 20.0), (vec![250_000.0 - 230_400.0], vec![]));
        // An enclosed void that is wide.
        assert_eq!(areas(vec![around], Side::Outside, 20.0), (vec![], vec![250_000.0]));
    }

    #[test]
    fn a_gap_that_opens_into_a_hole_ends_there() {
        let left = rectangle(0.0, 0.0, 1000.0, 1000.0);
        let right = polygon![
            (x: 1010.0, y: 0.0), (x: 2000.0, y: 0.0), (x: 2000.0, y: 1000.0), (x: 1000.0, y: 1000.0),
            (x: 1000.0, y: 900.0), (x: 1500.0, y: 900.0), (x: 1500.0, y: 400.0), (x: 1010.0, y: 400.0)
        ];
        assert_eq!(areas(vec![left, right], Side::Outside, 20.0).0, [4000.0]);
    }

    #[test]
    fn corners_of_the_outline_are_no_gaps() {
        // A stair with steps below the width.
        let stair: Vec<Coord<f64>> = (0..10)
            .flat_map(|i| {
                [
                    coord! { x: f64::from(i * 10), y: f64::from(i * 10) },
                    coord! { x: f64::from(i * 10), y: f64::from(i * 10 + 10) },
                ]
            })
            .chain([coord! { x: 500.0, y: 100.0 }, coord! { x: 500.0, y: 0.0 }])
            .collect();
        assert_eq!(areas(vec![geo::Polygon::new(LineString(stair), vec![])], Side::Outside, 50.0), (vec![], vec![]));
    }

    #[test]
    fn the_neck_of_a_feature_is_narrow() {
        let dumbbell = polygon![
            (x: 0.0, y: 0.0), (x: 100.0, y: 0.0), (x: 100.0, y: 45.0), (x: 200.0, y: 45.0), (x: 200.0, y: 0.0),
            (x: 300.0, y: 0.0), (x: 300.0, y: 100.0), (x: 200.0, y: 100.0), (x: 200.0, y: 55.0), (x: 100.0, y: 55.0),
            (x: 100.0, y: 100.0), (x: 0.0, y: 100.0)
        ];
        assert_eq!(areas(vec![dumbbell], Side::Inside, 20.0).0, [1000.0]);
    }
}
