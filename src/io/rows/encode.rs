//! Encoding rows, in parallel, before they are written.

use std::any::Any;

use geo::BoundingRect;

use crate::geometry::rounding::Collapsed;
use crate::table::{AnswerTable, Batch};

/// The encoder of a format in which each batch can be encoded independently of the others.
pub trait BatchEncoder: Send + Sync {
    /// Encodes the answers, each with its row. Coordinates are in the target CRS.
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedRows;

    /// Whether unchanged geometries are written with their original text, which may have heights.
    fn keeps_text_of(&self, batch: &Batch) -> bool;

    /// Whether the encoder uses coordinates even if they are written unchanged.
    fn needs_coordinates(&self) -> bool {
        true
    }
}

/// Rows encoded by [`RowEncoder::encode`](crate::io::RowEncoder::encode).
#[derive(Default)]
pub struct EncodedRows {
    pub(in crate::io) bytes: Vec<u8>,
    /// West, south, east, north.
    pub(in crate::io) bounds: Option<[f64; 4]>,
    /// The columns with integers that JavaScript cannot represent.
    pub(in crate::io) big_integers: Vec<String>,
    /// Encoded rows of a columnar format, of a type private to it.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "the other formats make text"))]
    pub(in crate::io) columns: Option<Box<dyn Any + Send>>,
    /// The number of rows that cannot be transformed to the target CRS.
    pub(in crate::io) outside_crs: u64,
    /// Shapes that collapsed when they were rounded.
    pub(in crate::io) collapsed: Collapsed,
    pub(in crate::io) loses_heights: bool,
}

impl EncodedRows {
    /// Extends the bounds to a shape.
    pub(in crate::io) fn include(&mut self, shape: &impl BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>) {
        if let Some(bounds) = shape.bounding_rect().into() {
            let (min, max) = (bounds.min(), bounds.max());
            self.bounds = union(self.bounds, Some([min.x, min.y, max.x, max.y]));
        }
    }
}

/// The union of two bounds.
pub(in crate::io) fn union(a: Option<[f64; 4]>, b: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (a, b) => a.or(b),
    }
}
