//! The edges of polygons that have no counterpart in a neighbour.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use geo::kernels::{Kernel, Orientation};
use geo::winding_order::{Winding, WindingOrder};
use geo::{Coord, GeoNum, Line, LineString, MultiPolygon};

use crate::geometry::box_tree::{Bounds, intersecting_pairs, morton_code};
use crate::geometry::measure::rings;
use crate::parallel;

/// An edge of a feature, whose interior is on its left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BorderEdge {
    pub(crate) line: Line<f64>,
    pub(crate) feature: u32,
}

/// A corner of a feature on the edge of another, which has no corner there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct UnmatchedCorner {
    pub(crate) at: Coord<f64>,
    /// The feature with the corner.
    pub(crate) feature: u32,
    /// The feature without.
    pub(crate) other: u32,
}

/// What is left of the edges of all features after pairs of opposite edges are removed.
#[derive(Debug, Default)]
pub(crate) struct Border {
    /// The edges, cut at the corners of others that lie on them. They form closed rings.
    pub(crate) edges: Vec<BorderEdge>,
    pub(crate) unmatched_corners: Vec<UnmatchedCorner>,
    /// Pairs of features whose edges cross, the lower one first.
    pub(crate) crossing: Vec<(u32, u32)>,
    /// The points where edges of different features touch, with these features.
    pub(crate) touches: Vec<(Coord<f64>, u32)>,
    /// Pairs of features that share an edge.
    pub(crate) neighbours: Vec<(u32, u32)>,
}

impl Border {
    /// The border of valid shapes. A corner counts as one on an edge of another feature if it is as near as `near`, along
    /// each axis.
    pub(crate) fn new(shapes: &[&MultiPolygon<f64>], near: [f64; 2]) -> Border {
        let (kept, neighbours) = unmatched(edges_of(shapes));
        let mut border = Border { edges: kept, neighbours, ..Border::default() };
        border.sort_in_space();
        let cuts = border.meet(near, true);
        if !cuts.is_empty() {
            let (kept, neighbours) = unmatched(cut(&border.edges, cuts));
            border.edges = kept;
            border.neighbours.extend(neighbours);
            border.sort_in_space();
            (border.crossing, border.touches) = (vec![], vec![]);
            border.meet([0.0; 2], false);
        }
        // Another edge of the feature may end there.
        border.unmatched_corners.retain(|corner| !has_corner(shapes[corner.other as usize], corner.at));
        border.crossing.sort_unstable();
        border.crossing.dedup();
        border.touches.sort_by(|a, b| compare(a.0, b.0).then(a.1.cmp(&b.1)));
        border.touches.dedup();
        border
    }

    /// All corners without a counterpart, with those that were found otherwise, each once and in the order of the features.
    pub(crate) fn take_unmatched_corners(&mut self, others: Vec<UnmatchedCorner>) -> Vec<UnmatchedCorner> {
        let mut corners = std::mem::take(&mut self.unmatched_corners);
        corners.extend(others);
        let order = |corner: &UnmatchedCorner| (corner.feature, corner.other);
        corners.sort_by(|a, b| order(a).cmp(&order(b)).then(compare(a.at, b.at)));
        corners.dedup();
        corners
    }

    fn sort_in_space(&mut self) {
        let bounds = |edge: &BorderEdge| Bounds::of(&edge.line);
        let whole = self.edges.iter().map(bounds).fold(Bounds::EMPTY, Bounds::union);
        self.edges.sort_by_cached_key(|edge| morton_code(whole, bounds(edge)));
    }

    /// Records how edges of different features meet. Returns the corners that lie exactly on edges of others, with the
    /// index of the edge.
    fn meet(&mut self, near: [f64; 2], looks_for_corners: bool) -> Vec<(usize, Coord<f64>)> {
        let Border { edges, unmatched_corners, crossing, touches, .. } = self;
        let wide = |edge: &BorderEdge| Bounds::of(&edge.line).widened([near[0] / 2.0, near[1] / 2.0]);
        let mut cuts = vec![];
        let _ = intersecting_pairs(edges.iter().map(wide), usize::MAX, &mut |a, b| {
            let (edge, other) = (edges[a], edges[b]);
            if edge.feature == other.feature {
                return ControlFlow::<()>::Continue(());
            }
            let features = (edge.feature.min(other.feature), edge.feature.max(other.feature));
            let mut touch = |at: Coord<f64>| touches.extend([(at, features.0), (at, features.1)]);
            let sides = |line: Line<f64>, of: Line<f64>| [of.start, of.end].map(|end| side(line, end));
            let (of_other, of_edge) = (sides(edge.line, other.line), sides(other.line, edge.line));
            let crosses = |[start, end]: [Orientation; 2]| {
                start != end && start != Orientation::Collinear && end != Orientation::Collinear
            };
            if crosses(of_other) && crosses(of_edge) {
                crossing.push(features);
            }
            for (index, line, sides, corners) in [(a, edge.line, of_other, other), (b, other.line, of_edge, edge)] {
                for (corner, side) in [corners.line.start, corners.line.end].into_iter().zip(sides) {
                    if corner == line.start || corner == line.end {
                        touch(corner);
                        continue;
                    }
                    let is_on = side == Orientation::Collinear && is_within(Bounds::of(&line), corner);
                    if is_on {
                        cuts.push((index, corner));
                        touch(corner);
                    }
                    if looks_for_corners && (is_on || is_near(line, corner, near)) {
                        let other = if index == a { edge.feature } else { other.feature };
                        unmatched_corners.push(UnmatchedCorner { at: corner, feature: corners.feature, other });
                    }
                }
            }
            ControlFlow::Continue(())
        });
        cuts
    }

    /// The edges as closed rings, each an even number of times entered and left at each of its corners.
    pub(crate) fn rings(&self) -> Vec<LineString<f64>> {
        let mut from: HashMap<[u64; 2], Vec<usize>> = HashMap::with_capacity(self.edges.len());
        for (index, edge) in self.edges.iter().enumerate() {
            from.entry(key(edge.line.start)).or_default().push(index);
        }
        let mut is_used = vec![false; self.edges.len()];
        let mut rings = vec![];
        for first in 0..self.edges.len() {
            if is_used[first] {
                continue;
            }
            let mut ring = vec![self.edges[first].line.start];
            let mut next = Some(first);
            while let Some(index) = next {
                is_used[index] = true;
                let end = self.edges[index].line.end;
                ring.push(end);
                // As many edges start at a corner as end there.
                next = from.get_mut(&key(end)).and_then(|starting| {
                    while let Some(candidate) = starting.pop() {
                        if !is_used[candidate] {
                            return Some(candidate);
                        }
                    }
                    None
                });
            }
            rings.push(LineString(ring));
        }
        rings
    }
}

/// Whether a shape has a corner at a point.
pub(crate) fn has_corner(shape: &MultiPolygon<f64>, at: Coord<f64>) -> bool {
    shape.iter().flat_map(rings).any(|ring| ring.0.contains(&at))
}

/// The bits of a coordinate; 0 and −0 are the same.
fn key(at: Coord<f64>) -> [u64; 2] {
    [(at.x + 0.0).to_bits(), (at.y + 0.0).to_bits()]
}

fn compare(a: Coord<f64>, b: Coord<f64>) -> std::cmp::Ordering {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

fn side(line: Line<f64>, point: Coord<f64>) -> Orientation {
    <f64 as GeoNum>::Ker::orient2d(line.start, line.end, point)
}

fn is_within(bounds: Bounds, point: Coord<f64>) -> bool {
    bounds.intersects(Bounds::of_point(point))
}

/// Whether a point is as near to the inner part of an edge as this along each axis.
fn is_near(line: Line<f64>, point: Coord<f64>, near: [f64; 2]) -> bool {
    if near[0] <= 0.0 || near[1] <= 0.0 {
        return false;
    }
    let scaled = |at: Coord<f64>| Coord { x: at.x / near[0], y: at.y / near[1] };
    let (along, to) = (scaled(line.delta()), scaled(point - line.start));
    let t = (along.x * to.x + along.y * to.y) / (along.x * along.x + along.y * along.y);
    let off = to - along * t.clamp(0.0, 1.0);
    off.x * off.x + off.y * off.y <= 1.0
}

/// All edges of the features, the interior on the left.
fn edges_of(shapes: &[&MultiPolygon<f64>]) -> Vec<BorderEdge> {
    const CHUNK: usize = 1 << 12;
    let chunks: Vec<(usize, &[&MultiPolygon<f64>])> = (0..).step_by(CHUNK).zip(shapes.chunks(CHUNK)).collect();
    let of_chunk = |(first, shapes): (usize, &[&MultiPolygon<f64>])| {
        let mut edges = vec![];
        for (feature, shape) in (first..).zip(shapes) {
            let feature = feature as u32;
            for (ring_index, ring) in shape.iter().flat_map(|polygon| rings(polygon).enumerate()) {
                let is_ccw = ring.winding_order() == Some(WindingOrder::CounterClockwise);
                let is_forward = is_ccw == (ring_index == 0);
                let directed = |edge: Line<f64>| if is_forward { edge } else { Line::new(edge.end, edge.start) };
                let of_ring = ring.lines().filter(|edge| edge.start != edge.end).map(directed);
                edges.extend(of_ring.map(|line| BorderEdge { line, feature }));
            }
        }
        edges
    };
    parallel::map(chunks, of_chunk).concat()
}

/// The edges that remain after each two that are opposite and the only ones between their ends, and the pairs of
/// features of those that were removed.
fn unmatched(edges: Vec<BorderEdge>) -> (Vec<BorderEdge>, Vec<(u32, u32)>) {
    /// So few edges fit into the cache of a core.
    const BUCKET: usize = 1 << 14;
    let buckets = (edges.len() / BUCKET + 1).next_power_of_two();
    let mut hashes: Vec<(u64, u32)> = vec![];
    hashes.extend(parallel::map(&edges, |edge| hash(edge.line)).into_iter().zip(0..));
    // Sorted by bucket, by counting.
    let bucket_of = |hash: u64| (hash >> 40) as usize & (buckets - 1);
    let mut ends = vec![0usize; buckets + 1];
    for &(hash, _) in &hashes {
        ends[bucket_of(hash) + 1] += 1;
    }
    for bucket in 0..buckets {
        ends[bucket + 1] += ends[bucket];
    }
    let mut next = ends.clone();
    let mut sorted = vec![(0u64, 0u32); hashes.len()];
    for entry in hashes {
        let slot = &mut next[bucket_of(entry.0)];
        sorted[*slot] = entry;
        *slot += 1;
    }
    let ranges: Vec<Range<usize>> = (0..buckets).map(|bucket| ends[bucket]..ends[bucket + 1]).collect();
    let of_bucket = |range: Range<usize>| {
        let mut bucket = sorted[range].to_vec();
        bucket.sort_unstable();
        let (mut kept, mut neighbours) = (vec![], vec![]);
        for same in bucket.chunk_by(|a, b| a.0 == b.0) {
            match *same {
                [(_, a)] => kept.push(a),
                [(_, a), (_, b)] if is_opposite(edges[a as usize].line, edges[b as usize].line) => {
                    neighbours.push((edges[a as usize].feature, edges[b as usize].feature));
                }
                _ => keep_unmatched(&edges, same, &mut kept, &mut neighbours),
            }
        }
        (kept, neighbours)
    };
    let results = parallel::map(ranges, of_bucket);
    let mut kept: Vec<u32> = results.iter().flat_map(|(kept, _)| kept.iter().copied()).collect();
    kept.sort_unstable();
    let neighbours = results.into_iter().flat_map(|(_, neighbours)| neighbours).collect();
    (kept.into_iter().map(|index| edges[index as usize]).collect(), neighbours)
}

/// The same for edges of one hash: several between the same ends, or by chance of others.
fn keep_unmatched(edges: &[BorderEdge], same: &[(u64, u32)], kept: &mut Vec<u32>, neighbours: &mut Vec<(u32, u32)>) {
    let mut indexes: Vec<u32> = same.iter().map(|&(_, index)| index).collect();
    while let Some(&first) = indexes.first() {
        let line = edges[first as usize].line;
        let is_between = |index: &u32| {
            let other = edges[*index as usize].line;
            other == line || is_opposite(other, line)
        };
        let (between, others): (Vec<u32>, Vec<u32>) = indexes.iter().partition(|index| is_between(index));
        match between[..] {
            [a, b] if is_opposite(edges[a as usize].line, edges[b as usize].line) => {
                neighbours.push((edges[a as usize].feature, edges[b as usize].feature));
            }
            _ => kept.extend(between),
        }
        indexes = others;
    }
}

fn is_opposite(a: Line<f64>, b: Line<f64>) -> bool {
    a.start == b.end && a.end == b.start
}

/// A hash of the ends of an edge, in either direction (the finalizer of MurmurHash3, A. Appleby 2011).
fn hash(line: Line<f64>) -> u64 {
    let mix = |mut bits: u64| {
        bits ^= bits >> 33;
        bits = bits.wrapping_mul(0xff51_afd7_ed55_8ccd);
        bits ^= bits >> 33;
        bits = bits.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        bits ^ (bits >> 33)
    };
    let of_end = |at: Coord<f64>| {
        let [x, y] = key(at);
        mix(x ^ mix(y).rotate_left(17))
    };
    mix(of_end(line.start).wrapping_add(of_end(line.end)))
}

/// The edges, cut at points on them.
fn cut(edges: &[BorderEdge], mut cuts: Vec<(usize, Coord<f64>)>) -> Vec<BorderEdge> {
    let along = |&(index, at): &(usize, Coord<f64>)| {
        let line = edges[index].line;
        let (delta, to) = (line.delta(), at - line.start);
        // The point is on the edge, so the longer axis orders as both do, and exactly.
        if delta.x.abs() >= delta.y.abs() { to.x * delta.x.signum() } else { to.y * delta.y.signum() }
    };
    cuts.sort_by(|a, b| a.0.cmp(&b.0).then(along(a).total_cmp(&along(b))));
    cuts.dedup();
    let mut pieces = Vec::with_capacity(edges.len() + cuts.len());
    let mut cuts = cuts.into_iter().peekable();
    for (index, &BorderEdge { line, feature }) in edges.iter().enumerate() {
        let mut start = line.start;
        while let Some((_, at)) = cuts.next_if(|cut| cut.0 == index) {
            pieces.push(BorderEdge { line: Line::new(start, at), feature });
            start = at;
        }
        pieces.push(BorderEdge { line: Line::new(start, line.end), feature });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, polygon};

    fn square(x: f64, y: f64, size: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)].into()
    }

    fn border(shapes: &[MultiPolygon<f64>]) -> Border {
        Border::new(&shapes.iter().collect::<Vec<_>>(), [0.001; 2])
    }

    #[test]
    fn shared_edges_leave_the_outer_boundary() {
        let tiles: Vec<_> = (0..9).map(|i| square(f64::from(i % 3), f64::from(i / 3), 1.0)).collect();
        let border = border(&tiles);
        assert_eq!((border.edges.len(), border.neighbours.len()), (12, 12));
        assert_eq!((border.crossing.len(), border.unmatched_corners.len()), (0, 0));
        let rings = border.rings();
        assert_eq!((rings.len(), rings[0].0.len()), (1, 13));
    }

    #[test]
    fn corners_on_edges_are_unmatched_and_no_fault() {
        // A tile of twice the size beside two, its ring clockwise.
        let mut large = square(1.0, 0.0, 2.0);
        large.0[0].exterior_mut(|ring| ring.0.reverse());
        let mut border = border(&[square(0.0, 0.0, 1.0), square(0.0, 1.0, 1.0), large]);
        let corner = |feature| UnmatchedCorner { at: Coord { x: 1.0, y: 1.0 }, feature, other: 2 };
        assert_eq!(border.take_unmatched_corners(vec![]), [corner(0), corner(1)]);
        // The common border is gone.
        assert!(border.edges.iter().all(|edge| edge.line.start.x != 1.0 || edge.line.end.x != 1.0));
        assert!(border.crossing.is_empty());
    }

    #[test]
    fn equal_and_crossing_edges_remain() {
        let twice = border(&[square(0.0, 0.0, 1.0), square(0.0, 0.0, 1.0)]);
        assert_eq!(twice.edges.len(), 8);
        let crossing = border(&[square(0.0, 0.0, 1.0), square(0.5, 0.5, 1.0)]);
        assert_eq!((crossing.edges.len(), crossing.crossing.as_slice()), (8, [(0, 1)].as_slice()));
    }

    #[test]
    fn a_filled_hole_leaves_no_edge_inside() {
        let hole = square(1.0, 1.0, 1.0).0[0].exterior().clone();
        let around: MultiPolygon = Polygon::new(square(0.0, 0.0, 3.0).0[0].exterior().clone(), vec![hole]).into();
        assert_eq!(border(&[around, square(1.0, 1.0, 1.0)]).edges.len(), 4);
    }
}
