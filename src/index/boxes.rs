//! Boxes by number, found by what they meet.

use geo::Rect;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Boxes (degrees), each with a number.
///
/// ```
/// use geo::{Rect, coord};
/// use taizhou_corridor::index::Boxes;
///
/// let block = |x: f64| Rect::new(coord! { x: x, y: 28.65 }, coord! { x: x + 0.01, y: 28.66 });
/// let blocks = Boxes::new([block(121.40), block(121.41), block(121.43)].into_iter().enumerate());
/// assert_eq!(blocks.meeting(block(121.405)), [0, 1]);
/// // Neighbours meet at their border.
/// assert_eq!(blocks.meeting_pairs(), [(0, 1)]);
/// ```
pub struct Boxes(RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>);

impl Boxes {
    /// Indexes boxes.
    pub fn new(boxes: impl Iterator<Item = (usize, Rect<f64>)>) -> Boxes {
        let rectangles = boxes.map(|(number, bounds)| {
            let (low, high) = (bounds.min(), bounds.max());
            GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), number)
        });
        Boxes(RTree::bulk_load(rectangles.collect()))
    }

    /// The numbers of the boxes that meet a box, in ascending order.
    pub fn meeting(&self, bounds: Rect<f64>) -> Vec<usize> {
        let (low, high) = (bounds.min(), bounds.max());
        let at = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        let mut meeting: Vec<_> = self.0.locate_in_envelope_intersecting(&at).map(|found| found.data).collect();
        meeting.sort_unstable();
        meeting
    }

    /// All pairs of boxes that meet, the lower number first, in ascending order.
    pub fn meeting_pairs(&self) -> Vec<(usize, usize)> {
        let pairs = self.0.intersection_candidates_with_other_tree(&self.0);
        let mut pairs: Vec<_> = pairs.map(|(a, b)| (a.data, b.data)).filter(|(a, b)| a < b).collect();
        pairs.sort_unstable();
        pairs
    }
}
