//! A bounding-box tree over items in a given order: the edges of a ring, shapes, or any other boxes.
//!
//! The caller supplies the items in an order in which neighbours are close in space: edges in ring order, boxes in
//! Morton order. So building the tree needs no sorting: each node covers a contiguous range of items. Joining the tree
//! with itself finds the pairs of intersecting boxes, in about n log n steps for real-world outlines.
//!
//! `rstar`, which indexes the features of a plan, would sort the edges first, and its join of a tree with itself visits
//! each pair twice.

use std::ops::{ControlFlow, Range};

use geo::{Coord, Line};

use crate::geometry::step_count::count_step;

/// Calls `visit` with the indexes of each pair of intersecting boxes, the lower index first, until it breaks. Breaks
/// with `None` once `max_steps` pairs of nodes have been compared.
pub(crate) fn intersecting_pairs<B>(
    boxes: impl ExactSizeIterator<Item = Bounds>,
    mut max_steps: usize,
    visit: &mut impl FnMut(usize, usize) -> ControlFlow<B>,
) -> ControlFlow<Option<B>> {
    let visit = &mut |a: usize, b: usize| visit(a, b).map_break(Some);
    /// For up to this many boxes, comparing all pairs is faster than building a tree.
    const FEW: usize = 16;
    if boxes.len() <= FEW {
        let mut bounds = [Bounds::EMPTY; FEW];
        for (index, one) in boxes.enumerate() {
            bounds[index] = one;
            for other in 0..index {
                if bounds[other].intersects(bounds[index]) {
                    visit(other, index)?;
                }
            }
        }
        return ControlFlow::Continue(());
    }
    let tree = BoxTree::new(boxes);
    tree.self_join(1, &mut max_steps, visit)
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) low: [f64; 2],
    pub(crate) high: [f64; 2],
}

impl Bounds {
    pub(crate) const EMPTY: Bounds = Bounds { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };

    pub(crate) fn of(edge: &Line<f64>) -> Bounds {
        let (a, b) = (edge.start, edge.end);
        Bounds { low: [a.x.min(b.x), a.y.min(b.y)], high: [a.x.max(b.x), a.y.max(b.y)] }
    }

    pub(crate) fn union(self, other: Bounds) -> Bounds {
        Bounds {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    /// The intersection of two boxes that intersect.
    pub(crate) fn intersection(self, other: Bounds) -> Bounds {
        Bounds {
            low: [self.low[0].max(other.low[0]), self.low[1].max(other.low[1])],
            high: [self.high[0].min(other.high[0]), self.high[1].min(other.high[1])],
        }
    }

    /// The box that extends this far beyond, along each axis.
    pub(crate) fn widened(self, by: [f64; 2]) -> Bounds {
        Bounds { low: [self.low[0] - by[0], self.low[1] - by[1]], high: [self.high[0] + by[0], self.high[1] + by[1]] }
    }

    /// The box of a point.
    pub(crate) fn of_point(point: Coord<f64>) -> Bounds {
        Bounds { low: [point.x, point.y], high: [point.x, point.y] }
    }

    pub(crate) fn intersects(self, other: Bounds) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

/// The Morton code of the centre of a box within `whole` (G. M. Morton 1966).
pub(crate) fn morton_code(whole: Bounds, bounds: Bounds) -> u64 {
    let spread = |mut bits: u64| {
        for (shift, mask) in [
            (16, 0x0000_ffff_0000_ffff),
            (8, 0x00ff_00ff_00ff_00ff),
            (4, 0x0f0f_0f0f_0f0f_0f0f),
            (2, 0x3333_3333_3333_3333),
            (1, 0x5555_5555_5555_5555_u64),
        ] {
            bits = (bits | bits << shift) & mask;
        }
        bits
    };
    let [x, y] = [0, 1].map(|axis| {
        let middle = (bounds.low[axis] + bounds.high[axis]) / 2.0;
        let fraction = (middle - whole.low[axis]) / (whole.high[axis] - whole.low[axis]);
        // NaN becomes 0.
        (fraction * f64::from(u32::MAX)) as u32
    });
    spread(x.into()) | spread(y.into()) << 1
}

/// How a node's box of a [`BoxTree`] matches a query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeMatch {
    None,
    Partial,
    Full,
}

impl NodeMatch {
    fn of(matches: bool) -> NodeMatch {
        if matches { NodeMatch::Partial } else { NodeMatch::None }
    }
}

/// A complete binary tree in one vector: node 1 is the root, node i has the children 2i and 2i + 1, and the leaves from
/// `first_leaf` on are the items.
pub(crate) struct BoxTree {
    bounds: Vec<Bounds>,
    first_leaf: usize,
    leaf_count: usize,
}

impl BoxTree {
    pub(crate) fn new(leaves: impl ExactSizeIterator<Item = Bounds>) -> BoxTree {
        let leaf_count = leaves.len();
        let first_leaf = leaf_count.next_power_of_two();
        let mut bounds = vec![Bounds::EMPTY; 2 * first_leaf];
        for (slot, leaf) in bounds[first_leaf..].iter_mut().zip(leaves) {
            *slot = leaf;
        }
        for node in (1..first_leaf).rev() {
            bounds[node] = bounds[2 * node].union(bounds[2 * node + 1]);
        }
        BoxTree { bounds, first_leaf, leaf_count }
    }

    /// Calls `visit` with the index of each leaf whose box matches. If a box matches, any box around it must match,
    /// too.
    pub(crate) fn visit(&self, matches: &impl Fn(Bounds) -> bool, visit: &mut impl FnMut(usize)) {
        let _ = self.traverse(&|bounds| NodeMatch::of(matches(bounds)), &mut |run| {
            visit(run.start);
            ControlFlow::Continue(())
        });
    }

    /// Whether any leaf matches, as in [`visit`](BoxTree::visit).
    pub(crate) fn any(&self, matches: &impl Fn(Bounds) -> bool) -> bool {
        let first = self.traverse(&|bounds| NodeMatch::of(matches(bounds)), &mut |_| ControlFlow::Break(()));
        first.is_break()
    }

    /// Calls `visit` with the index ranges of the matching leaves: all leaves below a node that matches fully at once,
    /// the others one at a time.
    pub(crate) fn visit_runs(&self, matches: &impl Fn(Bounds) -> NodeMatch, visit: &mut impl FnMut(Range<usize>)) {
        let _ = self.traverse(matches, &mut |run| {
            visit(run);
            ControlFlow::Continue(())
        });
    }

    fn traverse(
        &self,
        matches: &impl Fn(Bounds) -> NodeMatch,
        visit: &mut impl FnMut(Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        // The stack holds at most one sibling per level, and a tree has fewer than 64 levels.
        let mut stack = [1; 64];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let node = stack[count];
            count_step();
            let matches = matches(self.bounds[node]);
            if matches == NodeMatch::None {
                continue;
            }
            if node >= self.first_leaf {
                let leaf = node - self.first_leaf;
                // The padding after the last leaf has empty boxes, which a query with NaN may match.
                if leaf < self.leaf_count {
                    visit(leaf..leaf + 1)?;
                }
            } else if matches == NodeMatch::Full {
                let run = self.leaves_below(node);
                if !run.is_empty() {
                    visit(run)?;
                }
            } else {
                stack[count] = 2 * node + 1;
                stack[count + 1] = 2 * node;
                count += 2;
            }
        }
        ControlFlow::Continue(())
    }

    fn leaves_below(&self, node: usize) -> Range<usize> {
        let height = self.first_leaf.ilog2() - node.ilog2();
        let (start, end) = ((node << height) - self.first_leaf, ((node + 1) << height) - self.first_leaf);
        start.min(self.leaf_count)..end.min(self.leaf_count)
    }

    /// Visits the intersecting pairs of leaves below a node.
    fn self_join<B>(
        &self,
        node: usize,
        steps: &mut usize,
        visit: &mut impl FnMut(usize, usize) -> ControlFlow<Option<B>>,
    ) -> ControlFlow<Option<B>> {
        if node >= self.first_leaf {
            return ControlFlow::Continue(());
        }
        self.self_join(2 * node, steps, visit)?;
        self.self_join(2 * node + 1, steps, visit)?;
        self.join(2 * node, 2 * node + 1, steps, visit)
    }

    /// Visits the intersecting pairs with one leaf below each of two nodes of the same depth.
    fn join<B>(
        &self,
        left: usize,
        right: usize,
        steps: &mut usize,
        visit: &mut impl FnMut(usize, usize) -> ControlFlow<Option<B>>,
    ) -> ControlFlow<Option<B>> {
        if *steps == 0 {
            return ControlFlow::Break(None);
        }
        *steps -= 1;
        count_step();
        if !self.bounds[left].intersects(self.bounds[right]) {
            return ControlFlow::Continue(());
        }
        if left >= self.first_leaf {
            return visit(left - self.first_leaf, right - self.first_leaf);
        }
        for a in [2 * left, 2 * left + 1] {
            for b in [2 * right, 2 * right + 1] {
                self.join(a, b, steps, visit)?;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::coord;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_the_same_pairs_as_brute_force(vertices in prop::collection::vec((0..20i32, 0..20i32), 0..40)) {
            let vertices: Vec<_> = vertices.iter().map(|&(x, y)| coord! { x: f64::from(x), y: f64::from(y) }).collect();
            let edges: Vec<_> = vertices.windows(2).map(|pair| Line::new(pair[0], pair[1])).collect();
            let mut found = vec![];
            let _ = intersecting_pairs(edges.iter().map(Bounds::of), usize::MAX, &mut |a, b| { found.push((a, b)); ControlFlow::<()>::Continue(()) });
            found.sort_unstable();
            let mut expected = vec![];
            for b in 0..edges.len() {
                for a in 0..b {
                    if Bounds::of(&edges[a]).intersects(Bounds::of(&edges[b])) {
                        expected.push((a, b));
                    }
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
