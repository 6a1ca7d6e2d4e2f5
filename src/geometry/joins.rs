//! Which edges of a shape come near each other: a tree of boxes over the edges in ring order.
//!
//! Neighbours on a ring are neighbours in space, so the tree needs no sorting: each node's box holds
//! a run of edges. Joined with itself it finds the pairs of edges whose boxes meet, in about
//! n log n steps for the outlines of this world.

use std::ops::ControlFlow;

use geo::Line;

/// Calls `visit` with the numbers of any two edges whose boxes meet, the lower one first, until it
/// breaks; breaks with none where more pairs of boxes than `most_steps` have to be compared.
pub(crate) fn meeting_pairs<B>(
    edges: &[Line<f64>],
    mut most_steps: usize,
    visit: &mut impl FnMut(usize, usize) -> ControlFlow<B>,
) -> ControlFlow<Option<B>> {
    let visit = &mut |a: usize, b: usize| visit(a, b).map_break(Some);
    /// Fewer are compared with each other sooner than a tree is made.
    const FEW: usize = 16;
    if edges.len() <= FEW {
        let mut bounds = [Bounds::NOTHING; FEW];
        for (number, edge) in edges.iter().enumerate() {
            bounds[number] = Bounds::of(edge);
            for other in 0..number {
                if bounds[other].meets(bounds[number]) {
                    visit(other, number)?;
                }
            }
        }
        return ControlFlow::Continue(());
    }
    let tree = Tree::new(edges.iter().map(Bounds::of));
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

/// A complete binary tree in one vector: node 1 is the root, node i has the children 2i and 2i + 1,
/// the leaves from `first_leaf` on are the edges.
pub(crate) struct Tree {
    bounds: Vec<Bounds>,
    first_leaf: usize,
    leaf_count: usize,
}

impl Tree {
    pub(crate) fn new(leaves: impl ExactSizeIterator<Item = Bounds>) -> Tree {
        let leaf_count = leaves.len();
        let first_leaf = leaf_count.next_power_of_two();
        let mut bounds = vec![Bounds::NOTHING; 2 * first_leaf];
        for (place, leaf) in bounds[first_leaf..].iter_mut().zip(leaves) {
            *place = leaf;
        }
        for node in (1..first_leaf).rev() {
            bounds[node] = bounds[2 * node].with(bounds[2 * node + 1]);
        }
        Tree { bounds, first_leaf, leaf_count }
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
            let _ = meeting_pairs(&edges, usize::MAX, &mut |a, b| { found.push((a, b)); ControlFlow::<()>::Continue(()) });
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
