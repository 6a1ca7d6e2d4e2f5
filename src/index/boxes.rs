//! A spatial index of numbered boxes.

use std::sync::OnceLock;

use geo::{Coord, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::index::buckets::{Buckets, contains};

/// A spatial index of boxes (degrees), each with a number.
///
/// ```
/// use geo::{Rect, coord};
/// use taizhou_corridor::index::Boxes;
///
/// let block = |x: f64| Rect::new(coord! { x: x, y: 28.65 }, coord! { x: x + 0.01, y: 28.66 });
/// let blocks = Boxes::new([block(121.40), block(121.41), block(121.43)].into_iter().enumerate());
/// assert_eq!(blocks.intersecting(block(121.405)), [0, 1]);
/// // Adjacent boxes intersect at their common border.
/// assert_eq!(blocks.intersecting_pairs(), [(0, 1)]);
/// ```
pub struct Boxes {
    /// In ascending order.
    numbers: Vec<usize>,
    bounds: Vec<Rect<f64>>,
    /// `None` if the sizes of the boxes differ too much.
    buckets: Option<Buckets>,
    /// Built on first use.
    tree: OnceLock<RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>>,
}

impl Boxes {
    /// Indexes boxes.
    pub fn new(boxes: impl Iterator<Item = (usize, Rect<f64>)>) -> Boxes {
        let mut boxes: Vec<(usize, Rect<f64>)> = boxes.collect();
        boxes.sort_by_key(|&(number, _)| number);
        let (numbers, bounds): (Vec<usize>, Vec<Rect<f64>>) = boxes.into_iter().unzip();
        let buckets = Buckets::new(&bounds);
        Boxes { numbers, bounds, buckets, tree: OnceLock::new() }
    }

    /// The numbers of the boxes that intersect a box, in ascending order.
    pub fn intersecting(&self, bounds: Rect<f64>) -> Vec<usize> {
        let (low, high) = (bounds.min(), bounds.max());
        let at = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        let mut intersecting: Vec<_> =
            self.tree().locate_in_envelope_intersecting(&at).map(|found| found.data).collect();
        intersecting.sort_unstable();
        intersecting
    }

    /// Visits the number of each box that contains a point, edges included, in ascending order.
    pub(super) fn for_each_containing(&self, point: Coord<f64>, mut visit: impl FnMut(usize)) {
        match &self.buckets {
            Some(buckets) => buckets
                .at(point)
                .iter()
                .map(|&index| index as usize)
                .filter(|&index| contains(self.bounds[index], point))
                .for_each(|index| visit(self.numbers[index])),
            None => self.intersecting(Rect::new(point, point)).into_iter().for_each(visit),
        }
    }

    /// The same for a batch of points: visits the index of the point and the number of the box, in ascending order.
    pub(super) fn for_each_containing_batch(&self, points: &[Coord<f64>], mut visit: impl FnMut(usize, usize)) {
        let Some(buckets) = &self.buckets else {
            for (point, &at) in points.iter().enumerate() {
                self.for_each_containing(at, |number| visit(point, number));
            }
            return;
        };
        let candidate_lists: Vec<&[u32]> = points.iter().map(|&point| buckets.at(point)).collect();
        let mut candidates = vec![];
        for (point, &list) in candidate_lists.iter().enumerate() {
            candidates.extend(list.iter().map(|&index| (point, index as usize)));
        }
        for (point, index) in candidates {
            if contains(self.bounds[index], points[point]) {
                visit(point, self.numbers[index]);
            }
        }
    }

    /// All pairs of intersecting boxes, the lower number first, in ascending order.
    pub fn intersecting_pairs(&self) -> Vec<(usize, usize)> {
        let pairs = self.tree().intersection_candidates_with_other_tree(self.tree());
        let mut pairs: Vec<_> = pairs.map(|(a, b)| (a.data, b.data)).filter(|(a, b)| a < b).collect();
        pairs.sort_unstable();
        pairs
    }

    fn tree(&self) -> &RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> {
        self.tree.get_or_init(|| {
            let boxes = self.numbers.iter().zip(&self.bounds).map(|(&number, bounds)| {
                let (low, high) = (bounds.min(), bounds.max());
                GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), number)
            });
            RTree::bulk_load(boxes.collect())
        })
    }
}
