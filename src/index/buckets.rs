//! Tiles over boxes: which of them could hold a point, by one look.

use geo::{Coord, Rect, coord};

/// Equal tiles over boxes (degrees), about as many as there are boxes, with the boxes that meet each.
///
/// An R-tree goes from node to node, and waits for memory at each; here it is one list. That serves layers of parcels,
/// which are of about one size.
pub(super) struct Buckets {
    bounds: Rect<f64>,
    /// So many columns, and as many rows.
    side: usize,
    /// Where the list of each tile starts among the places; the next one's start is its end.
    starts: Vec<u32>,
    /// The places of boxes, in ascending order in each list.
    places: Vec<u32>,
}

/// With longer lists, an R-tree is better: boxes lie on top of each other, or close together in a wide plan.
const MAX_BOXES_OF_A_TILE: u32 = 64;
const MAX_TILES_OF_A_BOX: usize = 8;

impl Buckets {
    /// Lists boxes. None where there are none, or where they are too different for tiles of one size.
    pub(super) fn new(boxes: &[Rect<f64>]) -> Option<Buckets> {
        let bounds = boxes.iter().copied().reduce(both)?;
        let most = boxes.len() * MAX_TILES_OF_A_BOX;
        u32::try_from(most).ok()?;
        let side = (boxes.len() as f64).sqrt().ceil() as usize;
        let mut tiles = Buckets { bounds, side, starts: vec![0; side * side + 1], places: vec![] };

        let mut listed = 0;
        for bounds in boxes {
            let (low, high) = (tiles.column_and_row(bounds.min()), tiles.column_and_row(bounds.max()));
            listed += (high.0 - low.0 + 1) * (high.1 - low.1 + 1);
            if listed > most {
                return None;
            }
            tiles.meeting(bounds).for_each(|tile| tiles.starts[tile + 1] += 1);
        }
        if tiles.starts.iter().any(|&boxes| boxes > MAX_BOXES_OF_A_TILE) {
            return None;
        }
        for tile in 0..side * side {
            tiles.starts[tile + 1] += tiles.starts[tile];
        }
        let mut ends = tiles.starts.clone();
        tiles.places = vec![0; listed];
        for (place, bounds) in boxes.iter().enumerate() {
            for tile in tiles.meeting(bounds) {
                tiles.places[ends[tile] as usize] = place as u32;
                ends[tile] += 1;
            }
        }
        Some(tiles)
    }

    /// The places of the boxes that meet the tile of a point, in ascending order.
    pub(super) fn at(&self, point: Coord<f64>) -> &[u32] {
        if !contains(self.bounds, point) {
            return &[];
        }
        let (column, row) = self.column_and_row(point);
        let tile = row * self.side + column;
        &self.places[self.starts[tile] as usize..self.starts[tile + 1] as usize]
    }

    /// The tiles that meet a box.
    fn meeting(&self, bounds: &Rect<f64>) -> impl Iterator<Item = usize> + use<> {
        let (low, high) = (self.column_and_row(bounds.min()), self.column_and_row(bounds.max()));
        let side = self.side;
        (low.1..=high.1).flat_map(move |row| (low.0..=high.0).map(move |column| row * side + column))
    }

    /// Neither falls where its coordinate grows, rounded as it is: a point in a box is in one of the tiles of the box.
    fn column_and_row(&self, point: Coord<f64>) -> (usize, usize) {
        let along = |value: f64, from: f64, length: f64| {
            (((value - from) / length * self.side as f64) as usize).min(self.side - 1)
        };
        let low = self.bounds.min();
        (along(point.x, low.x, self.bounds.width()), along(point.y, low.y, self.bounds.height()))
    }
}

/// Whether a box holds a point, its edges with it.
pub(super) fn contains(bounds: Rect<f64>, point: Coord<f64>) -> bool {
    let (low, high) = (bounds.min(), bounds.max());
    low.x <= point.x && point.x <= high.x && low.y <= point.y && point.y <= high.y
}

/// The box around two.
fn both(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
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
    fn boxes_that_differ_too_much_have_no_tiles() {
        assert!(Buckets::new(&[]).is_none());
        // All over each other.
        assert!(Buckets::new(&vec![block(0.0, 0.0, 1.0, 1.0); 1_000]).is_none());
        // A town in one tile of the world.
        let mut town: Vec<_> =
            (0..1_024).map(|i| block(f64::from(i % 32) * 1e-6, f64::from(i / 32) * 1e-6, 1e-6, 1e-6)).collect();
        assert!(Buckets::new(&town).is_some());
        town.push(block(-180.0, -90.0, 360.0, 180.0));
        assert!(Buckets::new(&town).is_none());
    }

    proptest! {
        /// Corners of boxes are on edges of tiles here, and next to them.
        #[test]
        fn a_point_in_a_box_is_in_one_of_its_tiles(
            boxes in prop::collection::vec((0..12_i32, 0..12_i32, 0..3_i32, 0..3_i32), 1..40), step in 0.01..1.0,
        ) {
            let boxes: Vec<_> = boxes
                .iter()
                .map(|&(x, y, w, h)| block(f64::from(x) * step, f64::from(y) * step, f64::from(w) * step, f64::from(h) * step))
                .collect();
            let Some(tiles) = Buckets::new(&boxes) else { return Ok(()) };
            for bounds in &boxes {
                let (low, high) = (bounds.min(), bounds.max());
                for (x, y) in [(low.x, low.y), (low.x, high.y), (high.x, high.y), (high.x.next_up(), low.y.next_down())] {
                    let point = coord! { x: x, y: y };
                    let holding = |place: usize| contains(boxes[place], point);
                    let found: Vec<usize> = tiles.at(point).iter().map(|&place| place as usize).filter(|&place| holding(place)).collect();
                    let expected: Vec<usize> = (0..boxes.len()).filter(|&place| holding(place)).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
