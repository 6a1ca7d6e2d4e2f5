//! Blocks: parts of a table that any number of threads take apart side by side.

use crate::crs::{AxisOrder, Crs, Settler};
use crate::error::{Error, Result};
use crate::io::csv;
use crate::io::geojson::FeatureBlock;
#[cfg(feature = "parquet")]
use crate::io::geoparquet::Unpacked;
use crate::table::Batch;

/// Rows that are read, or have yet to be taken apart. Coordinates are as the file has them.
pub(super) enum RawBlock {
    Batch(Batch),
    Csv(csv::CsvBlock),
    Features(FeatureBlock),
    #[cfg(feature = "parquet")]
    Unpacked(Unpacked),
}

/// Rows that come next to each other in a table, and may have yet to be taken apart:
/// [`Rows::next_block`](crate::io::Rows::next_block).
pub struct Block {
    pub(super) content: RawBlock,
    /// How coordinates are settled, if they are not yet.
    pub(super) border: Option<Border>,
}

/// What is known at the border of a table: how its coordinates are settled.
pub(super) struct Border {
    pub(super) crs: Crs,
    pub(super) order: AxisOrder,
    pub(super) keeps_system: bool,
    pub(super) file: String,
}

/// Makes batches of blocks. Each thread has its own.
#[derive(Default)]
pub struct BlockReader {
    settler: Option<Settler>,
}

impl BlockReader {
    /// The rows of a block, as [`Rows::next_batch`](crate::io::Rows::next_batch) would have them; none where the block has none.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, BlockReader, Input, ReadOptions};
    ///
    /// let mut rows = io::open(Input::bytes("sites.csv", "lon,lat\n121.4,\n"), &ReadOptions::default())?;
    /// let batch = BlockReader::default().read(rows.next_block()?.unwrap())?.unwrap();
    /// assert_eq!(batch.sites()[0].as_ref().unwrap_err().code(), "missing-coordinate");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(&mut self, block: Block) -> Result<Option<Batch>> {
        let Block { content, border } = block;
        let in_file = |error: Error| border.iter().fold(error, |error, border| error.in_file(border.file.clone()));
        let batch = match content {
            RawBlock::Batch(batch) => Some(batch),
            RawBlock::Csv(block) => block.into_batch().map_err(in_file)?,
            RawBlock::Features(block) => block.into_batch().map_err(in_file)?,
            #[cfg(feature = "parquet")]
            RawBlock::Unpacked(block) => block.into_batch(),
        };
        let Some(border) = &border else { return Ok(batch) };
        let Some(mut batch) = batch else { return Ok(None) };
        let settler = match &mut self.settler {
            Some(settler) if settler.crs() == border.crs && settler.axis_order() == border.order => settler,
            other => other.insert(Settler::new(border.crs, border.order)?),
        };
        batch.move_coords(|coords| if border.keeps_system { settler.check(coords) } else { settler.settle(coords) });
        Ok(Some(batch))
    }
}
