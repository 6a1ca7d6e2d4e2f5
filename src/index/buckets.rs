//! A bucket grid over boxes: one lookup finds the boxes that may contain a point.

use geo::{Coord, Rect, coord};

/// A regular grid over boxes (degrees) with about as many buckets as boxes. Each bucket lists the boxes that intersect
/// it.
///
/// An R-tree query has a cache miss at each node; here it reads one list. This suits parcel datasets, whose parcels are
/// of similar size.
pub(super) struct Buckets {
    bounds: Rect<f64>,
    /// The number of columns and of rows.
    side: usize,
    /// The start of each bucket's list in `indexes`; it ends at the start of the next one.
    starts: Vec<u32>,
    /// The lists: indexes of boxes, ascending within each list.
    indexes: Vec<u32>,
}

/// With longer lists an R-tree is faster: the boxes overlap heavily, or are concentrated in a small part of the extent.
const MAX_BOXES_PER_BUCKET: u32 = 64;
const MAX_BUCKETS_PER_BOX: usize = 8;

impl Buckets {
    /// Builds the grid. `None` if there are no boxes, or if their sizes differ too much for a regular grid.
    pub(super) fn new(boxes: &[Rect<f64>]) -> Option<Buckets> {
        let bounds = boxes.iter().copied().reduce(union)?;
        let max_entries = boxes.len() * MAX_BUCKETS_PER_BOX;
        u32::try_from(max_entries).ok()?;
        let side = (boxes.len() as f64).sqrt().ceil() as usize;
        let mut buckets = Buckets { bounds, side, starts: vec![0; side * side + 1], indexes: vec![] };

        let mut entry_count = 0;
        for bounds in boxes {
            let (low, high) = (buckets.column_and_row(bounds.min()), buckets.column_and_row(bounds.max()));
            entry_count += (high.0 - low.0 + 1) * (high.1 - low.1 + 1);
            if entry_count > max_entries {
                return None;
            }
            buckets.intersecting(bounds).for_each(|bucket| buckets.starts[bucket + 1] += 1);
        }
        if buckets.starts.iter().any(|&boxes| boxes > MAX_BOXES_PER_BUCKET) {
            return None;
        }
        for bucket in 0..side * side {
            buckets.starts[bucket + 1] += buckets.starts[bucket];
        }
        let mut ends = buckets.starts.clone();
        buckets.indexes = vec![0; entry_count];
        for (index, bounds) in boxes.iter().enumerate() {
            for bucket in buckets.intersecting(bounds) {
                buckets.indexes[ends[bucket] as usize] = index as u32;
                ends[bucket] += 1;
            }
        }
        Some(buckets)
    }

    /// The indexes of the boxes that intersect the bucket of a point, in ascending order.
    pub(super) fn at(&self, point: Coord<f64>) -> &[u32] {
        if !contains(self.bounds, point) {
            return &[];
        }
        let (column, row) = self.column_and_row(point);
        let bucket = row * self.side + column;
        &self.indexes[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// The buckets that intersect a box.
    fn intersecting(&self, bounds: &Rect<f64>) -> impl Iterator<Item = usize> + use<> {
        let (low, high) = (self.column_and_row(bounds.min()), self.column_and_row(bounds.max()));
        let side = self.side;
        (low.1..=high.1).flat_map(move |row| (low.0..=high.0).map(move |column| row * side + column))
    }

    /// Column and row are monotonic in the coordinates despite rounding: a point in a box is always in one of the
    /// buckets of the box.
    fn column_and_row(&self, point: Coord<f64>) -> (usize, usize) {
        let cell_of = |value: f64, from: f64, length: f64| {
            (((value - from) / length * self.side as f64) as usize).min(self.side - 1)
        };
        let low = self.bounds.min();
        (cell_of(point.x, low.x, self.bounds.width()), cell_of(point.y, low.y, self.bounds.height()))
    }
}

/// Whether a box contains a point, edges included.
pub(super) fn contains(bounds: Rect<f64>, point: Coord<f64>) -> bool {
    let (low, high) = (bounds.min(), bounds.max());
    low.x <= point.x && point.x <= high.x && low.y <= point.y && point.y <= high.y
}

/// The bounding box of two boxes.
fn union(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let low = coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
    let high = coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
    Rect::new(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(x: f64, y: f64, width: f64, height: f64) -> Rect<f64> {
        Rect::new(coord! { x: x, y: y }, coord! { x: x + width, y: y + height })
    }

    #[test]
    fn no_buckets_for_boxes_of_very_different_size() {
        assert!(Buckets::new(&[]).is_none());
        // All identical.
        assert!(Buckets::new(&vec![block(0.0, 0.0, 1.0, 1.0); 1_000]).is_none());
        // A town within a single bucket of a world-wide extent.
        let mut town: Vec<_> =
            (0..1_024).map(|i| block(f64::from(i % 32) * 1e-6, f64::from(i / 32) * 1e-6, 1e-6, 1e-6)).collect();
        assert!(Buckets::new(&town).is_some());
        town.push(block(-180.0, -90.0, 360.0, 180.0));
        assert!(Buckets::new(&town).is_none());
    }

    proptest! {
        /// Corners of boxes are on or next to bucket edges.
        #[test]
        fn points_in_a_box_are_in_one_of_its_buckets(
            boxes in prop::collection::vec((0..12_i32, 0..12_i32, 0..3_i32, 0..3_i32), 1..40), step in 0.01..1.0,
        ) {
            let boxes: Vec<_> = boxes
                .iter()
                .map(|&(x, y, w, h)| block(f64::from(x) * step, f64::from(y) * step, f64::from(w) * step, f64::from(h) * step))
                .collect();
            let Some(buckets) = Buckets::new(&boxes) else { return Ok(()) };
            for bounds in &boxes {
                let (low, high) = (bounds.min(), bounds.max());
                for (x, y) in [(low.x, low.y), (low.x, high.y), (high.x, high.y), (high.x.next_up(), low.y.next_down())] {
                    let point = coord! { x: x, y: y };
                    let contains_point = |index: usize| contains(boxes[index], point);
                    let found: Vec<usize> = buckets.at(point).iter().map(|&index| index as usize).filter(|&index| contains_point(index)).collect();
                    let expected: Vec<usize> = (0..boxes.len()).filter(|&index| contains_point(index)).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
