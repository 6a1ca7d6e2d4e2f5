//! Boxes by number, found by what they meet.

use std::sync::OnceLock;

use geo::{Coord, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::index::buckets::{Buckets, contains};

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
/// assert_eq!(blocks.intersecting_pairs(), [(0, 1)]);
/// ```
pub struct Boxes {
    /// In the order of their numbers.
    numbers: Vec<usize>,
    bounds: Vec<Rect<f64>>,
    /// None where the boxes are too different.
    tiles: Option<Buckets>,
    /// Made when it is first asked.
    tree: OnceLock<RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>>,
}

impl Boxes {
    /// Indexes boxes.
    pub fn new(boxes: impl Iterator<Item = (usize, Rect<f64>)>) -> Boxes {
        let mut boxes: Vec<(usize, Rect<f64>)> = boxes.collect();
        boxes.sort_by_key(|&(number, _)| number);
        let (numbers, bounds): (Vec<usize>, Vec<Rect<f64>>) = boxes.into_iter().unzip();
        let tiles = Buckets::new(&bounds);
        Boxes { numbers, bounds, tiles, tree: OnceLock::new() }
    }

    /// The numbers of the boxes that meet a box, in ascending order.
    pub fn meeting(&self, bounds: Rect<f64>) -> Vec<usize> {
        let (low, high) = (bounds.min(), bounds.max());
        let at = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        let mut meeting: Vec<_> = self.tree().locate_in_envelope_intersecting(&at).map(|found| found.data).collect();
        meeting.sort_unstable();
        meeting
    }

    /// Gives the number of each box that holds a point, edges included, in ascending order.
    pub(super) fn each_holding(&self, point: Coord<f64>, mut give: impl FnMut(usize)) {
        match &self.tiles {
            Some(tiles) => tiles
                .at(point)
                .iter()
                .map(|&place| place as usize)
                .filter(|&place| contains(self.bounds[place], point))
                .for_each(|place| give(self.numbers[place])),
            None => self.meeting(Rect::new(point, point)).into_iter().for_each(give),
        }
    }

    /// The same for some points: with the place of each among them, in ascending order of places and numbers.
    pub(super) fn each_holding_of(&self, points: &[Coord<f64>], mut give: impl FnMut(usize, usize)) {
        let Some(tiles) = &self.tiles else {
            for (point, &at) in points.iter().enumerate() {
                self.each_holding(at, |number| give(point, number));
            }
            return;
        };
        let lists: Vec<&[u32]> = points.iter().map(|&point| tiles.at(point)).collect();
        let mut listed = vec![];
        for (point, &list) in lists.iter().enumerate() {
            listed.extend(list.iter().map(|&place| (point, place as usize)));
        }
        for (point, place) in listed {
            if contains(self.bounds[place], points[point]) {
                give(point, self.numbers[place]);
            }
        }
    }

    /// All pairs of boxes that meet, the lower number first, in ascending order.
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
