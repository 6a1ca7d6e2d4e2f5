//! Which features of a coverage overlap.
//!
//! Where two features overlap, the region that more than one feature covers has border edges around it. Following these
//! leads to a point where border edges of different features meet, or around features that lie inside another. From the
//! features there, the search goes on to all that are near a feature that overlaps, so that it ends in the whole region,
//! and does not look at features elsewhere.

use std::collections::HashMap;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{BoundingRect, Coord, MultiPolygon};

use crate::crs::Plane;
use crate::geometry::box_tree::{Bounds, BoxTree, morton_code};
use crate::geometry::coverage::border::{Border, UnmatchedCorner};
use crate::geometry::overlap::{Overlap, PreparedShape};
use crate::geometry::position::{PointLocation, position};
use crate::parallel;

/// Two features that overlap, the lower one first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OverlappingPair {
    pub(crate) features: [u32; 2],
    pub(crate) overlap: Overlap,
    pub(crate) kind: OverlapKind,
}

/// How two features overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverlapKind {
    Partial,
    /// The first lies inside the second.
    FirstInside,
    /// The second lies inside the first.
    SecondInside,
    /// Both are the same.
    Same,
}

/// The boxes of features in a tree.
pub(crate) struct FeatureBoxes {
    bounds: Vec<Bounds>,
    /// The features in the order of the leaves.
    order: Vec<u32>,
    tree: BoxTree,
}

impl FeatureBoxes {
    pub(crate) fn new(shapes: &[&MultiPolygon<f64>]) -> FeatureBoxes {
        let bounds: Vec<Bounds> = parallel::map(shapes, |shape| {
            shape.bounding_rect().map_or(Bounds::EMPTY, |rect| {
                let (low, high) = (rect.min(), rect.max());
                Bounds { low: [low.x, low.y], high: [high.x, high.y] }
            })
        });
        let whole = bounds.iter().copied().fold(Bounds::EMPTY, Bounds::union);
        let mut order: Vec<u32> = (0..bounds.len() as u32).collect();
        order.sort_by_cached_key(|&feature| morton_code(whole, bounds[feature as usize]));
        let tree = BoxTree::new(order.iter().map(|&feature| bounds[feature as usize]));
        FeatureBoxes { bounds, order, tree }
    }

    pub(crate) fn visit(&self, bounds: Bounds, visit: &mut impl FnMut(u32)) {
        self.tree.visit(&|node| bounds.intersects(node), &mut |leaf| visit(self.order[leaf]));
    }

    /// The middle of all.
    pub(crate) fn middle(&self) -> Coord<f64> {
        let Bounds { low, high } = self.bounds.iter().copied().fold(Bounds::EMPTY, Bounds::union);
        let middle = |axis: usize| low[axis] + (high[axis] - low[axis]) / 2.0;
        Coord { x: middle(0), y: middle(1) }
    }

    pub(crate) fn bounds(&self, feature: u32) -> Bounds {
        self.bounds[feature as usize]
    }
}

/// All pairs of features whose interiors meet, in their order, and corners of one on edges of the other that the border
/// does not have: where the edge has its counterpart in a third feature.
pub(crate) fn overlapping_pairs(
    shapes: &[&MultiPolygon<f64>],
    plane: &Plane,
    border: &Border,
    boxes: &FeatureBoxes,
) -> (Vec<OverlappingPair>, Vec<UnmatchedCorner>) {
    let [is_reached, is_done] = [vec![false; shapes.len()], vec![false; shapes.len()]];
    let mut search = Search { shapes, plane, boxes, prepared: HashMap::new(), is_reached, is_done };
    let mut found: HashMap<[u32; 2], OverlappingPair> = HashMap::new();
    let mut pairs = seeds(shapes, border, boxes);
    while !pairs.is_empty() {
        let mut reached: Vec<u32> = vec![];
        for pair in search.overlapping(pairs) {
            reached.extend(pair.features.iter().filter(|&&feature| !search.is_reached[feature as usize]));
            pair.features.iter().for_each(|&feature| search.is_reached[feature as usize] = true);
            found.insert(pair.features, pair);
        }
        pairs = search.pairs_around(&reached);
        pairs.retain(|pair| !found.contains_key(pair));
    }
    let mut found: Vec<OverlappingPair> = found.into_values().collect();
    found.sort_unstable_by_key(|pair| pair.features);
    let corners = parallel::map(&found, |pair| {
        let [first, second] = pair.features;
        [corners_on_edges(first, second, &search.prepared), corners_on_edges(second, first, &search.prepared)].concat()
    });
    (found, corners.concat())
}

/// The corners of a feature on edges of another that has none there.
fn corners_on_edges(feature: u32, other: u32, prepared: &HashMap<u32, PreparedShape>) -> Vec<UnmatchedCorner> {
    let (own, others) = (&prepared[&feature], &prepared[&other]);
    let mut corners = vec![];
    for corner in own.edges().iter().map(|edge| edge.start) {
        let point = Bounds::of_point(corner);
        let (mut is_on_edge, mut is_corner) = (false, false);
        if point.intersects(others.bounds()) {
            others.visit_intersecting(point, &mut |edge| {
                is_corner |= edge.start == corner || edge.end == corner;
                is_on_edge |= RobustKernel::orient2d(edge.start, edge.end, corner) == Orientation::Collinear;
            });
        }
        if is_on_edge && !is_corner {
            corners.push(UnmatchedCorner { at: corner, feature, other });
        }
    }
    corners
}

fn ordered(a: u32, b: u32) -> [u32; 2] {
    [a.min(b), a.max(b)]
}

/// Pairs of features that may overlap: at least one in each region that features cover more than once.
fn seeds(shapes: &[&MultiPolygon<f64>], border: &Border, boxes: &FeatureBoxes) -> Vec<[u32; 2]> {
    let mut pairs: Vec<[u32; 2]> = border.crossing.iter().map(|&(a, b)| [a, b]).collect();
    // Between the edges that touch at a point, other features may begin or pass.
    for touch in border.touches.chunk_by(|a, b| a.0 == b.0) {
        boxes.visit(Bounds::of_point(touch[0].0), &mut |other| {
            pairs.extend(touch.iter().filter(|touch| touch.1 != other).map(|touch| ordered(touch.1, other)));
        });
    }
    // Features that are connected by edges lie inside another together, or not.
    let mut groups = Groups::new(shapes.len());
    let touching = border
        .touches
        .chunk_by(|a, b| a.0 == b.0)
        .flat_map(|touch| touch.windows(2).map(|pair| (pair[0].1, pair[1].1)));
    for (a, b) in border.neighbours.iter().copied().chain(border.crossing.iter().copied()).chain(touching) {
        groups.join(a, b);
    }
    let mut is_seen = vec![false; shapes.len()];
    let mut corners: Vec<(Coord<f64>, u32)> = vec![];
    for edge in &border.edges {
        let group = groups.of(edge.feature) as usize;
        if !is_seen[group] {
            is_seen[group] = true;
            corners.push((edge.line.start, edge.feature));
        }
    }
    let groups = groups.flattened();
    let around = parallel::map(&corners, |&(corner, feature)| {
        let mut around = vec![];
        boxes.visit(Bounds::of_point(corner), &mut |other| {
            if groups[other as usize] != groups[feature as usize]
                && position(corner, shapes[other as usize]) != PointLocation::Outside
            {
                around.push(ordered(feature, other));
            }
        });
        around
    });
    pairs.extend(around.into_iter().flatten());
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

struct Search<'a> {
    shapes: &'a [&'a MultiPolygon<f64>],
    plane: &'a Plane,
    boxes: &'a FeatureBoxes,
    prepared: HashMap<u32, PreparedShape>,
    /// Whether a feature overlaps another.
    is_reached: Vec<bool>,
    /// Whether a feature was compared with all that are near it.
    is_done: Vec<bool>,
}

impl Search<'_> {
    /// The pairs of some features and their neighbours with all whose boxes intersect theirs. Where two features end at
    /// one edge, and two others begin, the next pair is one of neighbours of both.
    fn pairs_around(&mut self, features: &[u32]) -> Vec<[u32; 2]> {
        let mut features = parallel::map(features, |&feature| {
            let mut near = vec![];
            self.boxes.visit(self.boxes.bounds(feature), &mut |other| near.push(other));
            near
        })
        .concat();
        features.sort_unstable();
        features.dedup();
        features.retain(|&feature| !self.is_done[feature as usize]);
        let near = parallel::map(&features, |&feature| {
            let mut pairs = vec![];
            self.boxes.visit(self.boxes.bounds(feature), &mut |other| {
                if other != feature && !self.is_done[other as usize] {
                    pairs.push(ordered(feature, other));
                }
            });
            pairs
        });
        for &feature in &features {
            self.is_done[feature as usize] = true;
        }
        let mut pairs = near.concat();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    fn overlapping(&mut self, pairs: Vec<[u32; 2]>) -> Vec<OverlappingPair> {
        let boxes = self.boxes;
        let meets = |&[a, b]: &[u32; 2]| boxes.bounds(a).intersects(boxes.bounds(b));
        let pairs: Vec<[u32; 2]> = pairs.into_iter().filter(meets).collect();
        let mut missing: Vec<u32> = pairs.iter().flatten().copied().collect();
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|feature| !self.prepared.contains_key(feature));
        let prepared =
            parallel::map(&missing, |&feature| PreparedShape::in_plane(self.shapes[feature as usize], self.plane));
        self.prepared.extend(missing.into_iter().zip(prepared));
        let (shapes, plane) = (&self.prepared, self.plane);
        let compared = parallel::map(&pairs, |&features| {
            let [first, second] = features.map(|feature| &shapes[&feature]);
            compare(first, second, plane).map(|(overlap, kind)| OverlappingPair { features, overlap, kind })
        });
        compared.into_iter().flatten().collect()
    }
}

/// Sums of areas are exact to this share of the whole.
const AREA_NOISE: f64 = 1e-11;

/// How two shapes overlap; `None` if their interiors do not meet.
fn compare(first: &PreparedShape, second: &PreparedShape, plane: &Plane) -> Option<(Overlap, OverlapKind)> {
    let overlap = first.overlap(second);
    let [a, b] = [first, second].map(|shape| shape.area().0);
    if overlap.crosses {
        return Some((overlap, OverlapKind::Partial));
    }
    // Without a crossing, each ring is inside or outside as a whole, or runs along edges and through corners of the other.
    let noise = AREA_NOISE * a.min(b) + noise_m2(first, plane).min(noise_m2(second, plane));
    if overlap.area.0 <= noise {
        return None;
    }
    let kind = match (a - overlap.area.0 <= noise, b - overlap.area.0 <= noise) {
        (true, true) => OverlapKind::Same,
        (true, false) => OverlapKind::FirstInside,
        (false, true) => OverlapKind::SecondInside,
        (false, false) => OverlapKind::Partial,
    };
    Some((overlap, kind))
}

/// The area of the last place of the coordinates along the boundary.
fn noise_m2(shape: &PreparedShape, plane: &Plane) -> f64 {
    let Bounds { low, high } = shape.bounds();
    let largest = low.into_iter().chain(high).fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let place = largest.next_up() - largest;
    let metres = if plane.is_lon_lat() { 111_320.0 } else { 1.0 };
    4.0 * place * metres * metres * shape.edges().iter().map(|edge| edge.dx().abs() + edge.dy().abs()).sum::<f64>()
}

/// Disjoint sets (Tarjan 1975).
struct Groups(Vec<u32>);

impl Groups {
    fn new(count: usize) -> Groups {
        Groups((0..count as u32).collect())
    }

    fn of(&mut self, mut item: u32) -> u32 {
        while self.0[item as usize] != item {
            let above = self.0[self.0[item as usize] as usize];
            self.0[item as usize] = above;
            item = above;
        }
        item
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    fn flattened(mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|item| self.of(item)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, polygon};
    use proptest::prelude::*;

    fn rectangle([x, y, width, height]: [f64; 4]) -> MultiPolygon<f64> {
        polygon![(x: x, y: y), (x: x + width, y: y), (x: x + width, y: y + height), (x: x, y: y + height)].into()
    }

    fn pairs(shapes: &[MultiPolygon<f64>]) -> Vec<([u32; 2], OverlapKind)> {
        let shapes: Vec<&MultiPolygon<f64>> = shapes.iter().collect();
        let border = Border::new(&shapes, [1e-8; 2]);
        let (pairs, _) = overlapping_pairs(&shapes, &Plane::LON_LAT, &border, &FeatureBoxes::new(&shapes));
        pairs.into_iter().map(|pair| (pair.features, pair.kind)).collect()
    }

    #[test]
    fn kinds_of_overlap() {
        use OverlapKind::{FirstInside, Partial, Same, SecondInside};
        let unit = rectangle([0.0, 0.0, 1.0, 1.0]);
        assert_eq!(pairs(&[unit.clone(), rectangle([0.5, 0.5, 1.0, 1.0])]), [([0, 1], Partial)]);
        assert_eq!(pairs(&[unit.clone(), unit.clone()]), [([0, 1], Same)]);
        assert_eq!(pairs(&[unit.clone(), rectangle([0.25, 0.25, 0.5, 0.5])]), [([0, 1], SecondInside)]);
        assert_eq!(pairs(&[rectangle([0.0, 0.25, 0.5, 0.5]), unit.clone()]), [([0, 1], FirstInside)]);
        assert_eq!(pairs(&[unit.clone(), rectangle([1.0, 0.5, 1.0, 1.0])]), []);
        // One with a corner on each edge of the other.
        let diamond: MultiPolygon =
            polygon![(x: 0.5, y: 0.0), (x: 1.0, y: 0.5), (x: 0.5, y: 1.0), (x: 0.0, y: 0.5)].into();
        assert_eq!(pairs(&[unit, diamond]), [([0, 1], SecondInside)]);
    }

    #[test]
    fn a_layer_under_another_is_found_to_its_middle() {
        let tiles = |size: f64, count: u32| {
            (0..count * count)
                .map(move |i| rectangle([f64::from(i % count) * size, f64::from(i / count) * size, size, size]))
        };
        let both: Vec<MultiPolygon<f64>> = tiles(1.0, 8).chain(tiles(2.0, 4)).collect();
        assert_eq!(pairs(&both).len(), 64);
        let twice: Vec<MultiPolygon<f64>> = tiles(1.0, 8).chain(tiles(1.0, 8)).collect();
        assert_eq!(pairs(&twice).len(), 64);
    }

    #[test]
    fn a_polygon_inside_the_middle_tile() {
        let mut shapes: Vec<MultiPolygon<f64>> =
            (0..9).map(|i| rectangle([f64::from(i % 3), f64::from(i / 3), 1.0, 1.0])).collect();
        shapes.push(rectangle([1.25, 1.25, 0.5, 0.5]));
        assert_eq!(pairs(&shapes), [([4, 9], OverlapKind::SecondInside)]);
        let hole = shapes[9].0[0].exterior().clone();
        shapes[4] = Polygon::new(shapes[4].0[0].exterior().clone(), vec![hole]).into();
        assert_eq!(pairs(&shapes), []);
    }

    proptest! {
        /// On a small lattice, where edges coincide, touch and cross in every way: the pairs are those that share a cell.
        #[test]
        fn pairs_are_those_of_brute_force(
            rectangles in prop::collection::vec((0u8..12, 0u8..12, 1u8..5, 1u8..5), 1..24), tiled in any::<bool>(),
        ) {
            let mut cells: Vec<[u8; 4]> = rectangles.into_iter().map(|(x, y, w, h)| [x, y, w, h]).collect();
            if tiled {
                cells.extend((0..64).map(|i| [2 * (i % 8), 2 * (i / 8), 2, 2]));
            }
            let shapes: Vec<MultiPolygon<f64>> = cells.iter().map(|cell| rectangle(cell.map(f64::from))).collect();
            let meets = |a: [u8; 4], b: [u8; 4]| {
                (0..2).all(|axis| a[axis] < b[axis] + b[axis + 2] && b[axis] < a[axis] + a[axis + 2])
            };
            let mut expected = vec![];
            for b in 0..cells.len() {
                expected.extend((0..b).filter(|&a| meets(cells[a], cells[b])).map(|a| [a as u32, b as u32]));
            }
            expected.sort_unstable();
            let found: Vec<[u32; 2]> = pairs(&shapes).into_iter().map(|pair| pair.0).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
