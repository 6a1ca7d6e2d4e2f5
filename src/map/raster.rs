//! The map as a raster, and sums over boxes of cells.

use geo::{BoundingRect, Coord, MultiPolygon, Rect};

use crate::geometry::measure::rings;
use crate::maths::hypot;

/// Square cells over the map, in rows from the top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raster {
    origin: Coord<f64>,
    pub(super) side: f64,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Raster {
    pub(super) fn new(map: Rect<f64>, side: f64) -> Raster {
        let count = |length: f64| (length / side).floor().max(1.0) as usize;
        Raster { origin: map.min(), side, columns: count(map.width()), rows: count(map.height()) }
    }

    pub(super) fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// The centre of a cell.
    pub(super) fn middle(&self, column: usize, row: usize) -> Coord<f64> {
        self.origin + Coord { x: (column as f64 + 0.5) * self.side, y: (row as f64 + 0.5) * self.side }
    }

    /// The cell that contains a point; `None` outside the map.
    pub(super) fn at(&self, place: Coord<f64>) -> Option<usize> {
        let (column, row) = self.column_row(place);
        let is_within = column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        is_within.then(|| row as usize * self.columns + column as usize)
    }

    fn column_row(&self, place: Coord<f64>) -> (f64, f64) {
        (((place.x - self.origin.x) / self.side).floor(), ((place.y - self.origin.y) / self.side).floor())
    }

    /// The cells that a box intersects: ranges of columns and rows, ends excluded.
    pub(super) fn span(&self, bounds: Rect<f64>) -> Span {
        let (low, high) = (self.column_row(bounds.min()), self.column_row(bounds.max()));
        let clamp = |value: f64, most: usize| value.clamp(0.0, most as f64) as usize;
        Span {
            columns: (clamp(low.0, self.columns), clamp(high.0 + 1.0, self.columns)),
            rows: (clamp(low.1, self.rows), clamp(high.1 + 1.0, self.rows)),
        }
    }

    /// Whether a box is entirely on the map.
    pub(super) fn holds(&self, bounds: Rect<f64>) -> bool {
        self.at(bounds.min()).is_some() && self.at(bounds.max()).is_some()
    }

    /// Visits the cells whose centre is in a shape (even-odd rule).
    pub(super) fn fill(&self, shape: &MultiPolygon<f64>, visit: &mut dyn FnMut(usize)) {
        let Some(bounds) = shape.bounding_rect() else { return };
        let (first, last) = self.span(bounds).rows;
        let mut crossings: Vec<Vec<f64>> = vec![vec![]; last - first];
        for edge in shape.iter().flat_map(rings).flat_map(|ring| ring.lines()) {
            let (a, b) = if edge.start.y <= edge.end.y { (edge.start, edge.end) } else { (edge.end, edge.start) };
            let row = |y: f64| ((y - self.origin.y) / self.side - 0.5).ceil().clamp(first as f64, last as f64) as usize;
            for row in row(a.y)..row(b.y) {
                let y = self.middle(0, row).y;
                crossings[row - first].push(a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)));
            }
        }
        for (row, mut crossings) in (first..last).zip(crossings) {
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let column =
                    |x: f64| ((x - self.origin.x) / self.side - 0.5).ceil().clamp(0.0, self.columns as f64) as usize;
                (column(pair[0])..column(pair[1])).for_each(|column| visit(row * self.columns + column));
            }
        }
    }

    /// Visits the cells along a line.
    pub(super) fn trace(&self, from: Coord<f64>, to: Coord<f64>, visit: &mut dyn FnMut(usize)) {
        let steps = (hypot(to.x - from.x, to.y - from.y) / self.side * 2.0).ceil().clamp(1.0, 10_000.0) as u32;
        let mut last = None;
        for step in 0..=steps {
            let square = self.at(from + (to - from) * (f64::from(step) / f64::from(steps)));
            if square.is_some() && square != last {
                square.into_iter().for_each(&mut *visit);
                last = square;
            }
        }
    }
}

/// A block of cells, the last column and row excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) columns: (usize, usize),
    pub(super) rows: (usize, usize),
}

/// Sums over blocks of cells, each with four look-ups: Crow, Summed-area tables for texture mapping (1984).
pub(super) struct SummedAreaTable {
    span: Span,
    sums: Vec<f64>,
}

impl SummedAreaTable {
    /// Builds the table from the weights of the cells in a block.
    pub(super) fn new(span: Span, weight: impl Fn(usize, usize) -> f64) -> SummedAreaTable {
        let (width, height) = (span.columns.1 - span.columns.0, span.rows.1 - span.rows.0);
        let mut sums = vec![0.0; (width + 1) * (height + 1)];
        for row in 0..height {
            let mut of_row = 0.0;
            for column in 0..width {
                of_row += weight(span.columns.0 + column, span.rows.0 + row);
                sums[(row + 1) * (width + 1) + column + 1] = sums[row * (width + 1) + column + 1] + of_row;
            }
        }
        SummedAreaTable { span, sums }
    }

    /// The sum over a part of the block; cells outside the block count as 0.
    pub(super) fn of(&self, part: Span) -> f64 {
        let clamp = |value: usize, (low, high): (usize, usize)| value.clamp(low, high) - low;
        let (left, right) = (clamp(part.columns.0, self.span.columns), clamp(part.columns.1, self.span.columns));
        let (top, bottom) = (clamp(part.rows.0, self.span.rows), clamp(part.rows.1, self.span.rows));
        let width = self.span.columns.1 - self.span.columns.0 + 1;
        let at = |column: usize, row: usize| self.sums[row * width + column];
        at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{coord, polygon};

    fn squares() -> Raster {
        Raster::new(Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 20.0, y: 10.0 }), 1.0)
    }

    #[test]
    fn fills_a_shape_without_its_hole() {
        let shape: MultiPolygon = polygon!(
            exterior: [(x: 1.0, y: 1.0), (x: 9.0, y: 1.0), (x: 9.0, y: 9.0), (x: 1.0, y: 9.0)],
            interiors: [[(x: 3.0, y: 3.0), (x: 3.0, y: 5.0), (x: 5.0, y: 5.0), (x: 5.0, y: 3.0)]],
        )
        .into();
        let mut count = 0;
        squares().fill(&shape, &mut |_| count += 1);
        assert_eq!(count, 64 - 4);
    }

    #[test]
    fn sums_equal_those_of_the_cells() {
        let squares = squares();
        let all = Span { columns: (2, 12), rows: (1, 9) };
        let sums = SummedAreaTable::new(all, |column, row| (column * row) as f64);
        let part = Span { columns: (3, 7), rows: (2, 5) };
        let plain: usize = (3..7).flat_map(|column| (2..5).map(move |row| column * row)).sum();
        assert_eq!(sums.of(part), plain as f64);
        assert_eq!(sums.of(Span { columns: (0, squares.columns), rows: (0, 1) }), 0.0);
    }
}
