//! The trait of format readers.

use std::sync::Arc;

use geo::Coord;

use crate::crs::{AxisOrder, Declared};
use crate::error::Result;
use crate::io::rows::block::RawBlock;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::note::ReadNote;
use crate::io::rows::sheet::head::Header;
use crate::io::rows::txt_dialect::TxtDialect;
use crate::table::{Batch, Schema};
use crate::units::AreaUnit;

/// A reader of a format. Coordinates are as in the file.
pub(in crate::io) trait RowReader {
    /// The columns, complete before the first row is read.
    fn schema(&self) -> &Schema;

    /// The next rows; `None` at the end.
    fn next_batch(&mut self) -> Result<Option<Batch>>;

    /// The next rows as a block, with as much parsing as possible left to be done in parallel.
    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        Ok(self.next_batch()?.map(|batch| RawBlock::Batch(Box::new(batch))))
    }

    /// The CRS that the file declares.
    fn declared_crs(&self) -> Declared {
        Ok(None)
    }

    /// A position in the file, by which a system that is not declared may be guessed.
    fn position(&self) -> Option<Coord<f64>> {
        None
    }

    /// The SRIDs of geometries in rows that are available before reading.
    fn srids(&mut self) -> Result<Vec<u32>> {
        Ok(vec![])
    }

    /// Sets the geometry reader, before the first row is read.
    fn read_geometries_with(&mut self, _geometries: Arc<GeometryReader>) {}

    /// The name of the encoding, as far as it is known.
    fn encoding(&self) -> &'static str {
        "UTF-8"
    }

    /// Notes about the file so far.
    fn notes(&self) -> Vec<ReadNote> {
        vec![]
    }

    /// The share of the table that is read, from 0 to 1, if the format can tell.
    fn share_read(&self) -> Option<f64> {
        None
    }

    /// The header, if the format has one that is sought.
    fn header(&self) -> Option<&Header> {
        None
    }

    /// The name of the sheet, if the format has sheets.
    fn sheet(&self) -> Option<&str> {
        None
    }

    /// The 7 parameters of a datum shift that the file states: dx, dy, dz, rx, ry, rz, scale.
    fn shift_parameters(&self) -> Option<[f64; 7]> {
        None
    }

    /// The axis order, if it is not that of the format.
    fn axis_order(&self) -> Option<AxisOrder> {
        None
    }

    /// The dialect, if the format has several.
    fn txt_dialect(&self) -> Option<TxtDialect> {
        None
    }

    /// The index of the column in which the format states the areas of parcels, and their unit.
    fn stated_area(&self) -> Option<(usize, AreaUnit)> {
        None
    }
}
