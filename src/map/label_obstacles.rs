//! A raster of obstacles for label placement: shapes, weights of covered content, and occupied cells.

use geo::{BoundingRect, Centroid, Coord, InteriorPoint, MultiPolygon, Rect};

use crate::geometry::measure::rings;
use crate::map::labels::Label;
use crate::map::raster::{Raster, Span};
use crate::maths::hypot;

/// The map area and its occupied cells.
pub(super) struct LabelObstacles {
    pub(super) squares: Raster,
    /// For each cell, the index of its most specific shape, and of the shape that colours it.
    pub(super) finest: Vec<u32>,
    pub(super) coarse: Vec<u32>,
    /// The cost of covering a cell; cells with the value [`MARK`] must not be covered.
    pub(super) ink: Vec<f64>,
    /// The number of labels and leader lines in a cell.
    pub(super) taken: Vec<u16>,
    /// The unit of all lengths: one pixel on A4.
    pub(super) unit: f64,
}

pub(super) const NOTHING: u32 = u32::MAX;
/// The cost of sites and parcels.
pub(super) const MARK: f64 = 8.0;

impl LabelObstacles {
    /// Rasterises shapes, later ones above earlier ones; the flag marks clusters.
    pub(super) fn new(map: Rect<f64>, unit: f64, shapes: &[(&MultiPolygon<f64>, bool)]) -> LabelObstacles {
        let squares = Raster::new(map, 2.0 * unit);
        let mut obstacles = LabelObstacles {
            squares,
            finest: vec![NOTHING; squares.len()],
            coarse: vec![NOTHING; squares.len()],
            ink: vec![0.0; squares.len()],
            taken: vec![0; squares.len()],
            unit,
        };
        let LabelObstacles { finest, coarse, ink, .. } = &mut obstacles;
        for (index, (shape, is_fine)) in shapes.iter().enumerate() {
            squares.fill(shape, &mut |square| {
                finest[square] = index as u32;
                if *is_fine {
                    ink[square] = 1.0;
                } else {
                    coarse[square] = index as u32;
                }
            });
        }
        for (shape, is_fine) in shapes {
            let edges = shape.iter().flat_map(rings).flat_map(|ring| ring.lines());
            edges.for_each(|edge| {
                squares.trace(edge.start, edge.end, &mut |at| ink[at] = if *is_fine { 2.0 } else { 3.0 })
            });
        }
        obstacles
    }

    /// Adds a mark that labels should not cover.
    pub(super) fn mark(&mut self, at: Coord<f64>, radius: f64) {
        let Span { columns, rows } = self.squares.span(around(at, 2.0 * radius, 2.0 * radius));
        for row in rows.0..rows.1 {
            for column in columns.0..columns.1 {
                self.ink[row * self.squares.columns + column] = MARK;
            }
        }
    }

    /// The point of a shape farthest from its edges and from content on it; `None` if it is off the map.
    pub(super) fn anchor(&self, shape: u32, outline: &MultiPolygon<f64>) -> Option<Coord<f64>> {
        let columns = self.squares.columns;
        let span = self.squares.span(outline.bounding_rect()?);
        let is_own = |column: usize, row: usize| self.finest[row * columns + column] == shape;
        // Distance transform in two passes: chamfer 3-4 (Borgefors 1986).
        let (width, height) = (span.columns.1 - span.columns.0, span.rows.1 - span.rows.0);
        let mut depth = vec![0u32; (width + 2) * (height + 2)];
        let at = |column: usize, row: usize| (row - span.rows.0 + 1) * (width + 2) + column - span.columns.0 + 1;
        for row in span.rows.0..span.rows.1 {
            for column in span.columns.0..span.columns.1 {
                let here = at(column, row);
                let (up, left) = (here - width - 2, here - 1);
                let nearest = (depth[up] + 3).min(depth[left] + 3).min(depth[up - 1] + 4).min(depth[up + 1] + 4);
                depth[here] = if is_own(column, row) { nearest } else { 0 };
            }
        }
        let mut deepest = 0;
        for row in (span.rows.0..span.rows.1).rev() {
            for column in (span.columns.0..span.columns.1).rev() {
                let here = at(column, row);
                let (down, right) = (here + width + 2, here + 1);
                let nearest = (depth[down] + 3).min(depth[right] + 3).min(depth[down - 1] + 4).min(depth[down + 1] + 4);
                depth[here] = depth[here].min(nearest);
                deepest = deepest.max(depth[here]);
            }
        }
        if deepest == 0 {
            return outline.interior_point().map(|point| point.0).filter(|&at| self.squares.at(at).is_some());
        }
        // Among points of about the same depth, the one nearest to the centre.
        let centre = outline.centroid()?.0;
        let squares =
            (span.rows.0..span.rows.1).flat_map(|row| (span.columns.0..span.columns.1).map(move |c| (c, row)));
        let deep = squares.filter(|&(column, row)| f64::from(depth[at(column, row)]) >= 0.85 * f64::from(deepest));
        let cells = deep.map(|(column, row)| self.squares.middle(column, row));
        let distance_to_centre = |point: &Coord<f64>| hypot(point.x - centre.x, point.y - centre.y);
        cells.min_by(|a, b| distance_to_centre(a).total_cmp(&distance_to_centre(b)))
    }

    pub(super) fn is_free(&self, bounds: Rect<f64>) -> bool {
        self.all(bounds, |square| self.taken[square] == 0)
    }

    pub(super) fn has_no_mark(&self, bounds: Rect<f64>) -> bool {
        self.all(bounds, |square| self.ink[square] < MARK)
    }

    pub(super) fn ink_under(&self, bounds: Rect<f64>) -> f64 {
        let Span { columns, rows } = self.squares.span(bounds);
        let squares = (rows.0..rows.1).flat_map(|row| (columns.0..columns.1).map(move |column| (row, column)));
        squares.map(|(row, column)| self.ink[row * self.squares.columns + column].min(MARK / 2.0)).sum()
    }

    fn all(&self, bounds: Rect<f64>, test: impl Fn(usize) -> bool) -> bool {
        let Span { columns, rows } = self.squares.span(bounds);
        (rows.0..rows.1).all(|row| (columns.0..columns.1).all(|column| test(row * self.squares.columns + column)))
    }

    /// Occupies the cells of a label, or releases them.
    pub(super) fn take(&mut self, label: Option<&Label>, change: i16) {
        let Some(label) = label else { return };
        let LabelObstacles { squares, taken, .. } = self;
        let Span { columns, rows } = squares.span(label.bounds);
        for row in rows.0..rows.1 {
            for column in columns.0..columns.1 {
                let square = &mut taken[row * squares.columns + column];
                *square = square.saturating_add_signed(change);
            }
        }
        if let Some((from, to)) = label.leader {
            squares.trace(from, to, &mut |square| taken[square] = taken[square].saturating_add_signed(change));
        }
    }
}

/// A box around a point.
pub(super) fn around(centre: Coord<f64>, width: f64, height: f64) -> Rect<f64> {
    let half = Coord { x: width / 2.0, y: height / 2.0 };
    Rect::new(centre - half, centre + half)
}
