//! Encoding rows apart from the output, in any number of threads.

use std::any::Any;

use geo::BoundingRect;

use crate::geometry::rounding::Collapsed;
use crate::table::{AnswerTable, Batch};

/// A format that encodes a batch independently of all others.
pub trait BatchEncoder: Send + Sync {
    /// The answers, each with the row it belongs to, as they are written; coordinates are in the system that
    /// is written.
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedBatch;

    /// Whether geometries that are not transformed keep their text, with heights.
    fn keeps_text_of(&self, batch: &Batch) -> bool;

    /// Whether the coordinates of geometries that are not transformed are needed.
    fn needs_coordinates(&self) -> bool {
        true
    }
}

/// A batch as a format writes it.
#[derive(Default)]
pub struct EncodedBatch {
    pub(in crate::io) bytes: Vec<u8>,
    /// West, south, east, north.
    pub(in crate::io) bounds: Option<[f64; 4]>,
    /// The columns with integers beyond those that JavaScript represents exactly.
    pub(in crate::io) big_integers: Vec<String>,
    /// Encoded columns, of a type that only the format knows.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "the other formats make text"))]
    pub(in crate::io) columns: Option<Box<dyn Any + Send>>,
}

impl EncodedBatch {
    /// Widens the bounds by those of a shape.
    pub(in crate::io) fn include(&mut self, shape: &impl BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>) {
        if let Some(bounds) = shape.bounding_rect().into() {
            let (min, max) = (bounds.min(), bounds.max());
            self.bounds = union(self.bounds, Some([min.x, min.y, max.x, max.y]));
        }
    }
}

/// Rows that are ready to be written: [`RowEncoder::encode`](crate::io::RowEncoder::encode).
pub struct EncodedRows<'a> {
    pub(in crate::io) content: EncodedContent<'a>,
    pub(in crate::io) outcome: Reprojected,
    pub(in crate::io) loses_heights: bool,
}

/// Rows in the system that is written.
pub(in crate::io) enum EncodedContent<'a> {
    Encoded(EncodedBatch),
    /// For formats that encode where they write.
    Rows(Batch, AnswerTable<'a>),
}

/// The geometries that were lost in the system that is written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::io) struct Reprojected {
    /// Rows outside the area of the system.
    pub(in crate::io) outside: u64,
    /// Polygons that rounding has left nothing of.
    pub(in crate::io) collapsed: Collapsed,
}

impl std::ops::AddAssign for Reprojected {
    fn add_assign(&mut self, other: Reprojected) {
        self.outside += other.outside;
        self.collapsed += other.collapsed;
    }
}

/// The bounds of both.
pub(in crate::io) fn union(a: Option<[f64; 4]>, b: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (a, b) => a.or(b),
    }
}
