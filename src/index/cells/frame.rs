//! The geometry of the cells, and which of them a line may touch.

use std::ops::Range;

use geo::{Coord, Rect, coord};

use crate::index::cells::Packed;

/// The maximum number of levels of division; each divides a cell into 8 × 8.
pub(super) const DIVISIONS: u32 = 4;

/// The cells along a side of a division.
pub(super) const SIDE: u32 = 8;

pub(super) const CELLS_OF_DIVISION: usize = (SIDE * SIDE) as usize;

/// Rows and columns of equal cells over a rectangle, and their divisions.
///
/// A point is assigned to a cell by rounding. The lines that may touch a cell are found with a margin around it, which
/// is far wider than any rounding error and far narrower than the smallest cell. So every point assigned to a cell lies
/// within its margin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    origin: Coord<f64>,
    /// The size of the smallest cells: 8⁴ of them are the side of an undivided cell.
    smallest: Coord<f64>,
    per_smallest: Coord<f64>,
    margin: Coord<f64>,
    pub(super) columns: u32,
    pub(super) rows: u32,
}

/// The cells of a frame with their contents.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) frame: Frame,
    /// Row by row.
    pub(super) table: Vec<u32>,
    /// The cells of divisions, 64 each.
    pub(super) divisions: Vec<u32>,
}

impl Cells {
    /// The smallest cell that contains a point; for points outside the frame, a cell that no line touches.
    #[inline]
    pub(super) fn at(&self, point: Coord<f64>) -> Packed {
        let (u, v) = self.frame.smallest_cell(point);
        let mut shift = 3 * DIVISIONS;
        let mut packed = Packed(self.table[((v >> shift) * self.frame.columns + (u >> shift)) as usize]);
        while let Some(division) = packed.division() {
            shift -= 3;
            let cell = (v >> shift) % SIDE * SIDE + (u >> shift) % SIDE;
            packed = Packed(self.divisions[division * CELLS_OF_DIVISION + cell as usize]);
        }
        packed
    }

    pub(super) fn bytes(&self) -> usize {
        (self.table.len() + self.divisions.len()) * size_of::<u32>()
    }
}

/// A rectangular block of cells of one size: all cells of a frame, or the division of one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    frame: Frame,
    size: Coord<f64>,
    /// The column and row of its first cell, counted from the origin in cells of its size.
    first: (u32, u32),
    pub(super) columns: u32,
    pub(super) rows: u32,
}

impl Frame {
    /// Covers a rectangle with about `cells` cells and a rim of cells around them. `stretch` is the length of a unit of
    /// x in units of y. The margin around each cell is at least `min_margin`; the rectangle must be larger than the
    /// extent of the lines by twice that. `None` if coordinates are too large.
    pub(super) fn new(bounds: Rect<f64>, stretch: f64, cells: f64, min_margin: f64) -> Option<Frame> {
        let smallest_per_cell = f64::from(SIDE.pow(DIVISIONS));
        let largest = [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y];
        let largest = largest.into_iter().map(f64::abs).fold(1.0, f64::max);
        if !(bounds.width().is_finite() && bounds.height().is_finite() && largest < 1e100) {
            return None;
        }
        // The smallest cell spans at least 2¹² ulps, its margin 2⁸.
        let min_size = largest / (1_u64 << 40) as f64 * smallest_per_cell;
        let (width, height) = (bounds.width().max(min_size), bounds.height().max(min_size));
        let side = (width * stretch * height / cells).sqrt();
        let count = |length: f64, size: f64| (length / size).min(length / min_size).floor().clamp(1.0, 65_536.0);
        let (columns, rows) = (count(width, side / stretch), count(height, side));
        // Enlarges the bounds by a margin.
        let enlargement = 1.0 + 1.0 / 4096.0;
        let smallest = coord! {
            x: width * enlargement / columns / smallest_per_cell,
            y: height * enlargement / rows / smallest_per_cell,
        };
        let middle = bounds.center();
        Some(Frame {
            origin: coord! {
                x: middle.x - width * enlargement * (0.5 + 1.0 / columns),
                y: middle.y - height * enlargement * (0.5 + 1.0 / rows),
            },
            smallest,
            per_smallest: coord! { x: 1.0 / smallest.x, y: 1.0 / smallest.y },
            margin: coord! { x: (smallest.x / 16.0).max(min_margin), y: (smallest.y / 16.0).max(min_margin) },
            columns: columns as u32 + 2,
            rows: rows as u32 + 2,
        })
    }

    /// The column and row of the smallest cell that a point is assigned to. Points outside the frame and NaN are
    /// assigned to a cell at its rim, which no line touches.
    #[inline]
    fn smallest_cell(&self, point: Coord<f64>) -> (u32, u32) {
        let smallest_per_cell = SIDE.pow(DIVISIONS);
        let u = (point.x - self.origin.x) * self.per_smallest.x;
        let v = (point.y - self.origin.y) * self.per_smallest.y;
        // Branch-free: the conversion saturates.
        ((u as u32).min(self.columns * smallest_per_cell - 1), (v as u32).min(self.rows * smallest_per_cell - 1))
    }

    /// All cells, undivided.
    pub(super) fn block(&self) -> Block {
        Block { frame: *self, size: self.size(0), first: (0, 0), columns: self.columns, rows: self.rows }
    }

    /// The division of a cell at a level.
    pub(super) fn division(&self, level: u32, column: u32, row: u32) -> Block {
        let first = (column * SIDE, row * SIDE);
        Block { frame: *self, size: self.size(level + 1), first, columns: SIDE, rows: SIDE }
    }

    /// The size of the cells after `level` divisions.
    fn size(&self, level: u32) -> Coord<f64> {
        self.smallest * f64::from(SIDE.pow(DIVISIONS - level))
    }
}

impl Block {
    /// The centre of a cell.
    pub(super) fn middle(&self, column: u32, row: u32) -> Coord<f64> {
        coord! {
            x: self.frame.origin.x + (f64::from(self.first.0 + column) + 0.5) * self.size.x,
            y: self.middle_y(row),
        }
    }

    /// The centre line of a row.
    pub(super) fn middle_y(&self, row: u32) -> f64 {
        self.frame.origin.y + (f64::from(self.first.1 + row) + 0.5) * self.size.y
    }

    /// The east side of a column, including the margin.
    pub(super) fn right(&self, column: u32) -> f64 {
        self.left_of(column + 1) + self.frame.margin.x
    }

    /// Calls `touch` with the column and row of each cell that the line from `a` to `b` may touch, margins included.
    /// Cells whose margin contains an end of the line are always among them.
    pub(super) fn touched(&self, a: Coord<f64>, b: Coord<f64>, mut touch: impl FnMut(u32, u32)) {
        let margin = self.frame.margin;
        let (lower, upper) = if a.y <= b.y { (a, b) } else { (b, a) };
        // A wider range allows for rounding; each row is then checked.
        for row in self.rows_between(lower.y - margin.y * 1.5, upper.y + margin.y * 1.5) {
            let bottom = self.bottom_of(row) - margin.y;
            let top = self.bottom_of(row + 1) + margin.y;
            if lower.y > top || upper.y < bottom {
                continue;
            }
            let from = if lower.y >= bottom { lower.x } else { x_at(lower, upper, bottom) };
            let to = if upper.y <= top { upper.x } else { x_at(lower, upper, top) };
            for column in self.columns_between(from.min(to) - margin.x * 1.5, from.max(to) + margin.x * 1.5) {
                touch(column, row);
            }
        }
    }

    /// The column in which a line crosses the centre line of a row; the number of columns if it is to the east, −1 if
    /// to the west. The line must cross it.
    pub(super) fn crossing(&self, a: Coord<f64>, b: Coord<f64>, row: u32) -> i64 {
        self.column_at(x_at(a, b, self.middle_y(row))).floor().clamp(-1.0, f64::from(self.columns)) as i64
    }

    /// The rows between two y coordinates.
    pub(super) fn rows_between(&self, from: f64, to: f64) -> Range<u32> {
        range(self.row_at(from), self.row_at(to), self.rows)
    }

    fn columns_between(&self, from: f64, to: f64) -> Range<u32> {
        range(self.column_at(from), self.column_at(to), self.columns)
    }

    fn left_of(&self, column: u32) -> f64 {
        self.frame.origin.x + f64::from(self.first.0 + column) * self.size.x
    }

    fn bottom_of(&self, row: u32) -> f64 {
        self.frame.origin.y + f64::from(self.first.1 + row) * self.size.y
    }

    fn column_at(&self, x: f64) -> f64 {
        (x - self.frame.origin.x) / self.size.x - f64::from(self.first.0)
    }

    fn row_at(&self, y: f64) -> f64 {
        (y - self.frame.origin.y) / self.size.y - f64::from(self.first.1)
    }
}

/// The x coordinate of the line from `a` to `b` at a y coordinate between theirs.
fn x_at(a: Coord<f64>, b: Coord<f64>, y: f64) -> f64 {
    a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)).clamp(0.0, 1.0)
}

/// The integers from one value to another, both included, clipped to 0..`end`.
fn range(from: f64, to: f64, end: u32) -> Range<u32> {
    // The conversion saturates.
    from as u32..(to.floor() + 1.0).min(f64::from(end)) as u32
}
