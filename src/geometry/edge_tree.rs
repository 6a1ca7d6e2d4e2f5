//! Which edges of a shape come near each other: a tree of boxes over the edges in ring order.
//!
//! Neighbours on a ring are neighbours in space, so the tree needs no sorting: each node's box holds
//! a run of edges. Joined with itself it finds the pairs of edges whose boxes meet, in about
//! n log n steps for the outlines of this world.
//!
//! `rstar`, which indexes the features of a plan, would sort the edges first, and its join of a tree with itself visits
//! each pair twice.

use std::ops::{ControlFlow, Range};

use geo::Line;

use crate::geometry::step_count::count_step;

/// Calls `visit` with the numbers of any two boxes that meet, the lower one first, until it
/// breaks; breaks with none where more pairs of boxes than `most_steps` have to be compared.
pub(crate) fn intersecting_pairs<B>(
    boxes: impl ExactSizeIterator<Item = Bounds>,
    mut most_steps: usize,
    visit: &mut impl FnMut(usize, usize) -> ControlFlow<B>,
) -> ControlFlow<Option<B>> {
    let visit = &mut |a: usize, b: usize| visit(a, b).map_break(Some);
    /// Fewer are compared with each other sooner than a tree is made.
    const FEW: usize = 16;
    if boxes.len() <= FEW {
        let mut bounds = [Bounds::NOTHING; FEW];
        for (number, of_one) in boxes.enumerate() {
            bounds[number] = of_one;
            for other in 0..number {
                if bounds[other].meets(bounds[number]) {
                    visit(other, number)?;
                }
            }
        }
        return ControlFlow::Continue(());
    }
    let tree = EdgeTree::new(boxes);
    tree.within(1, &mut most_steps, visit)
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) low: [f64; 2],
    pub(crate) high: [f64; 2],
}

impl Bounds {
    pub(crate) const NOTHING: Bounds = Bounds { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };

    pub(crate) fn of(edge: &Line<f64>) -> Bounds {
        let (a, b) = (edge.start, edge.end);
        Bounds { low: [a.x.min(b.x), a.y.min(b.y)], high: [a.x.max(b.x), a.y.max(b.y)] }
    }

    pub(crate) fn with(self, other: Bounds) -> Bounds {
        Bounds {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    /// The box that two have in common, where they meet.
    pub(crate) fn common(self, other: Bounds) -> Bounds {
        Bounds {
            low: [self.low[0].max(other.low[0]), self.low[1].max(other.low[1])],
            high: [self.high[0].min(other.high[0]), self.high[1].min(other.high[1])],
        }
    }

    pub(crate) fn meets(self, other: Bounds) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

/// The place of a box on a line through the plane that leads from quarter to quarter (G. M. Morton 1966).
pub(crate) fn place_in(whole: Bounds, bounds: Bounds) -> u64 {
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
        let part = (middle - whole.low[axis]) / (whole.high[axis] - whole.low[axis]);
        // What is not a number becomes 0.
        (part * f64::from(u32::MAX)) as u32
    });
    spread(x.into()) | spread(y.into()) << 1
}

/// What is wanted of a box of a [`EdgeTree`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Nothing,
    Some,
    Whole,
}

/// A complete binary tree in one vector: node 1 is the root, node i has the children 2i and 2i + 1,
/// the leaves from `first_leaf` on are the edges.
pub(crate) struct EdgeTree {
    bounds: Vec<Bounds>,
    first_leaf: usize,
    leaf_count: usize,
}

impl EdgeTree {
    pub(crate) fn new(leaves: impl ExactSizeIterator<Item = Bounds>) -> EdgeTree {
        let leaf_count = leaves.len();
        let first_leaf = leaf_count.next_power_of_two();
        let mut bounds = vec![Bounds::NOTHING; 2 * first_leaf];
        for (place, leaf) in bounds[first_leaf..].iter_mut().zip(leaves) {
            *place = leaf;
        }
        for node in (1..first_leaf).rev() {
            bounds[node] = bounds[2 * node].with(bounds[2 * node + 1]);
        }
        EdgeTree { bounds, first_leaf, leaf_count }
    }

    /// Calls `visit` with the number of each leaf that is wanted. What is wanted of a leaf's box must hold
    /// of any box around it.
    pub(crate) fn visit(&self, wanted: &impl Fn(Bounds) -> bool, visit: &mut impl FnMut(usize)) {
        // Of each level above the node at hand, at most one is left to visit: a tree has fewer than 64.
        let mut open = [1; 64];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let node = open[count];
            count_step();
            if !wanted(self.bounds[node]) {
                continue;
            }
            if node >= self.first_leaf {
                // Behind the last leaf the boxes are empty, and what is not a number may want them.
                if node - self.first_leaf < self.leaf_count {
                    visit(node - self.first_leaf);
                }
            } else {
                open[count] = 2 * node + 1;
                open[count + 1] = 2 * node;
                count += 2;
            }
        }
    }

    /// Whether any leaf is wanted, as in [`visit`](Tree::visit).
    pub(crate) fn has_any(&self, wanted: &impl Fn(Bounds) -> bool) -> bool {
        let mut open = [1; 64];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let node = open[count];
            count_step();
            if !wanted(self.bounds[node]) {
                continue;
            }
            if node >= self.first_leaf {
                if node - self.first_leaf < self.leaf_count {
                    return true;
                }
            } else {
                open[count] = 2 * node + 1;
                open[count + 1] = 2 * node;
                count += 2;
            }
        }
        false
    }

    /// Calls `visit` with the numbers of the leaves that are wanted, in runs: of a box that is wanted whole, with all
    /// leaves in it at once; else with one at a time.
    pub(crate) fn visit_runs(&self, wanted: &impl Fn(Bounds) -> Wanted, visit: &mut impl FnMut(Range<usize>)) {
        let mut open = [1; 64];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let node = open[count];
            count_step();
            let wanted = wanted(self.bounds[node]);
            if wanted == Wanted::Nothing {
                continue;
            }
            if wanted == Wanted::Whole || node >= self.first_leaf {
                let run = self.leaves_below(node);
                if !run.is_empty() {
                    visit(run);
                }
            } else {
                open[count] = 2 * node + 1;
                open[count + 1] = 2 * node;
                count += 2;
            }
        }
    }

    fn leaves_below(&self, node: usize) -> Range<usize> {
        let height = self.first_leaf.ilog2() - node.ilog2();
        let (start, end) = ((node << height) - self.first_leaf, ((node + 1) << height) - self.first_leaf);
        start.min(self.leaf_count)..end.min(self.leaf_count)
    }

    /// The pairs below one node.
    fn within<B>(
        &self,
        node: usize,
        steps: &mut usize,
        visit: &mut impl FnMut(usize, usize) -> ControlFlow<Option<B>>,
    ) -> ControlFlow<Option<B>> {
        if node >= self.first_leaf {
            return ControlFlow::Continue(());
        }
        self.within(2 * node, steps, visit)?;
        self.within(2 * node + 1, steps, visit)?;
        self.between(2 * node, 2 * node + 1, steps, visit)
    }

    /// The pairs with one edge below each of two nodes of the same depth.
    fn between<B>(
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
        if !self.bounds[left].meets(self.bounds[right]) {
            return ControlFlow::Continue(());
        }
        if left >= self.first_leaf {
            return visit(left - self.first_leaf, right - self.first_leaf);
        }
        for a in [2 * left, 2 * left + 1] {
            for b in [2 * right, 2 * right + 1] {
                self.between(a, b, steps, visit)?;
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
        fn equals_every_pair_tried(corners in prop::collection::vec((0..20i32, 0..20i32), 0..40)) {
            let corners: Vec<_> = corners.iter().map(|&(x, y)| coord! { x: f64::from(x), y: f64::from(y) }).collect();
            let edges: Vec<_> = corners.windows(2).map(|pair| Line::new(pair[0], pair[1])).collect();
            let mut found = vec![];
            let _ = intersecting_pairs(edges.iter().map(Bounds::of), usize::MAX, &mut |a, b| { found.push((a, b)); ControlFlow::<()>::Continue(()) });
            found.sort_unstable();
            let mut expected = vec![];
            for b in 0..edges.len() {
                for a in 0..b {
                    if Bounds::of(&edges[a]).meets(Bounds::of(&edges[b])) {
                        expected.push((a, b));
                    }
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
