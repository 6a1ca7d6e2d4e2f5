//! What the reader of a format does.

use std::sync::Arc;

use crate::crs::Declared;
use crate::error::Result;
use crate::io::rows::block::RawBlock;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::note::ReadNote;
use crate::table::{Batch, Schema};
use crate::units::AreaUnit;

/// A format that is being read. Coordinates are as the file has them.
pub(in crate::io) trait RowReader {
    /// The columns; all of them, before the first row is read.
    fn schema(&self) -> &Schema;

    /// The next rows; none at the end.
    fn next_batch(&mut self) -> Result<Option<Batch>>;

    /// The same, with as much of the work left as can be done side by side.
    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        Ok(self.next_batch()?.map(|batch| RawBlock::Batch(Box::new(batch))))
    }

    /// The system that the file declares.
    fn declared_crs(&self) -> Declared {
        Ok(None)
    }

    /// The systems that geometries themselves name (SRID), of those rows that can be looked at before they are read.
    fn srids(&mut self) -> Result<Vec<u32>> {
        Ok(vec![])
    }

    /// Takes what geometries are read with, before the first row is.
    fn read_geometries_with(&mut self, _geometries: Arc<GeometryReader>) {}

    /// The name of the encoding, as far as it is known by now.
    fn encoding(&self) -> &'static str {
        "UTF-8"
    }

    /// What whoever uses the rows should know, as far as it is known by now.
    fn notes(&self) -> Vec<ReadNote> {
        vec![]
    }

    /// How much of the table is read, from 0 to 1, where the format tells.
    fn share_read(&self) -> Option<f64> {
        None
    }

    /// The number of the column in which the format itself states the areas of parcels, and their unit.
    fn stated_area(&self) -> Option<(usize, AreaUnit)> {
        None
    }
}
