//! Blocks: parts of a table that any number of threads take apart side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::crs::{AxisOrder, CoordNormalizer, Crs};
use crate::error::Result;
use crate::table::Batch;

/// Rows that are read, or have yet to be taken apart. Coordinates are as the file has them.
pub(in crate::io) enum RawBlock {
    Batch(Box<Batch>),
    Unparsed(Box<dyn ParseBlock>),
}

/// A part of a file that any thread can take apart.
pub(in crate::io) trait ParseBlock: Send {
    /// Its rows.
    fn parse(self: Box<Self>) -> Result<Option<Batch>>;
}

impl RawBlock {
    fn into_batch(self) -> Result<Option<Batch>> {
        match self {
            RawBlock::Batch(batch) => Ok(Some(*batch)),
            RawBlock::Unparsed(block) => block.parse(),
        }
    }
}

/// Rows whose geometries are not quite what they came as, counted by all who read them.
#[derive(Debug, Default)]
pub(in crate::io) struct GeometryChanges {
    pub(super) arcs: AtomicU64,
    pub(super) empty_members: AtomicU64,
}

impl GeometryChanges {
    pub(in crate::io) fn count(&self, batch: &Batch) {
        self.arcs.fetch_add(batch.with_arcs(), Ordering::Relaxed);
        self.empty_members.fetch_add(batch.with_empty_members(), Ordering::Relaxed);
    }
}

/// Rows that come next to each other in a table, and may have yet to be taken apart:
/// [`Rows::next_block`](crate::io::Rows::next_block).
pub struct Block {
    pub(in crate::io) content: RawBlock,
    /// How coordinates are settled.
    pub(in crate::io) context: CoordContext,
    /// Whether they are.
    pub(in crate::io) is_normalized: bool,
}

/// What is known at the border of a table: how its coordinates are settled.
pub(in crate::io) struct CoordContext {
    pub(in crate::io) crs: Crs,
    pub(in crate::io) order: AxisOrder,
    pub(in crate::io) keeps_source_crs: bool,
    /// Counts the coordinates beyond the area of the system.
    pub(in crate::io) beyond_area: Arc<AtomicU64>,
    pub(in crate::io) file: String,
    /// What becomes of geometries is counted there.
    pub(in crate::io) changes: Arc<GeometryChanges>,
}

/// Makes batches of blocks. Each thread has its own.
#[derive(Default)]
pub struct BlockReader {
    normalizer: Option<CoordNormalizer>,
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
        let Block { content, context: border, is_normalized: is_settled } = block;
        let Some(mut batch) = content.into_batch().map_err(|error| error.in_file(border.file.clone()))? else {
            return Ok(None);
        };
        if !is_settled {
            border.changes.count(&batch);
            let normalizer = self.normalizer(&border)?;
            batch.move_coords(|coords| {
                if border.keeps_source_crs { normalizer.check(coords) } else { normalizer.normalize(coords) }
            });
        }
        Ok(Some(batch))
    }

    /// The rows of a block of a table that is [in its source CRS](crate::io::Rows::in_source_crs), with what places
    /// coordinates of it: those of sites have yet to be checked.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, BlockReader, Input, ReadOptions};
    ///
    /// let options = ReadOptions { crs: Some(Crs::Gcj02), ..ReadOptions::default() };
    /// let mut rows = io::open(Input::bytes("sites.csv", "lon,lat\n121.373,28.653\n"), &options)?.in_source_crs();
    /// let mut reader = BlockReader::default();
    /// let (batch, normalizer) = reader.read_unchecked(rows.next_block()?.unwrap())?.unwrap();
    /// assert_eq!((batch.sites()[0].as_ref().unwrap().x, normalizer.crs()), (121.373, Crs::Gcj02));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_unchecked(&mut self, block: Block) -> Result<Option<(Batch, &mut CoordNormalizer)>> {
        let Block { content, context: border, is_normalized: is_settled } = block;
        let Some(mut batch) = content.into_batch().map_err(|error| error.in_file(border.file.clone()))? else {
            return Ok(None);
        };
        let normalizer = self.normalizer(&border)?;
        if !is_settled {
            border.changes.count(&batch);
            normalizer.to_system_order(batch.sites_mut());
            batch.move_shapes(&mut |coords| normalizer.check(coords));
        }
        Ok(Some((batch, normalizer)))
    }

    fn normalizer(&mut self, border: &CoordContext) -> Result<&mut CoordNormalizer> {
        let is_same =
            |normalizer: &CoordNormalizer| normalizer.crs() == border.crs && normalizer.axis_order() == border.order;
        Ok(match self.normalizer.take_if(|normalizer| is_same(normalizer)) {
            Some(normalizer) => self.normalizer.insert(normalizer),
            None => self
                .normalizer
                .insert(CoordNormalizer::new(border.crs.clone(), border.order)?.counting(border.beyond_area.clone())),
        })
    }
}
