//! Rendering: what a format makes of rows before any of it is written, by as many threads as there are.

use std::any::Any;

use geo::BoundingRect;

use crate::geometry::rounding::Collapsed;
use crate::table::{AnswerTable, Batch};

/// A format that makes what it writes of some rows without a look at any others.
pub trait BatchEncoder: Send + Sync {
    /// The answers, each with the row it belongs to, as they are written; coordinates are in the system that
    /// is written.
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedRows;

    /// Whether geometries that are written as they came keep the text that they came as, with heights.
    fn keeps_text_of(&self, batch: &Batch) -> bool;

    /// Whether it looks at coordinates where they are written as they came.
    fn needs_coordinates(&self) -> bool {
        true
    }
}

/// What a format has made of some rows: [`RowEncoder::render`](crate::io::RowEncoder::render).
#[derive(Default)]
pub struct EncodedRows {
    pub(in crate::io) bytes: Vec<u8>,
    /// West, south, east, north.
    pub(in crate::io) bounds: Option<[f64; 4]>,
    /// The columns with whole numbers that JavaScript does not hold.
    pub(in crate::io) big_integers: Vec<String>,
    /// Encoded rows that are no text, of a type that only the format knows.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "the other formats make text"))]
    pub(in crate::io) columns: Option<Box<dyn Any + Send>>,
    /// Rows outside the area of the system that is written.
    pub(in crate::io) outside_crs: u64,
    /// What rounding has left nothing of.
    pub(in crate::io) collapsed: Collapsed,
    pub(in crate::io) loses_heights: bool,
}

impl EncodedRows {
    /// Widens the bounds by those of a shape.
    pub(in crate::io) fn include(&mut self, shape: &impl BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>) {
        if let Some(bounds) = shape.bounding_rect().into() {
            let (min, max) = (bounds.min(), bounds.max());
            self.bounds = union(self.bounds, Some([min.x, min.y, max.x, max.y]));
        }
    }
}

/// The bounds of both.
pub(in crate::io) fn union(a: Option<[f64; 4]>, b: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (a, b) => a.or(b),
    }
}
