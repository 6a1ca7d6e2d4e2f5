//! Blocks: parts of a table that threads parse in parallel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::crs::{AxisOrder, CoordNormalizer, Crs};
use crate::error::Result;
use crate::table::Batch;

/// Parsed rows, or a part of a file to be parsed. Coordinates are as in the file.
pub(in crate::io) enum RawBlock {
    Batch(Box<Batch>),
    Unparsed(Box<dyn ParseBlock>),
}

/// A part of a file that any thread can parse.
pub(in crate::io) trait ParseBlock: Send {
    /// Parses the rows.
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

/// The number of rows whose geometries were changed on reading, counted by all threads.
#[derive(Debug, Default)]
pub(in crate::io) struct GeometryChanges {
    pub(super) arcs: AtomicU64,
    pub(super) empty_members: AtomicU64,
    pub(super) spelled: AtomicU64,
}

impl GeometryChanges {
    pub(in crate::io) fn count(&self, batch: &Batch) {
        self.arcs.fetch_add(batch.with_arcs(), Ordering::Relaxed);
        self.empty_members.fetch_add(batch.with_empty_members(), Ordering::Relaxed);
        self.spelled.fetch_add(batch.spelled(), Ordering::Relaxed);
    }
}

/// Consecutive rows of a table, which may not be parsed yet: [`Rows::next_block`](crate::io::Rows::next_block).
pub struct Block {
    pub(in crate::io) content: RawBlock,
    /// How coordinates are normalized.
    pub(in crate::io) context: CoordContext,
    /// Whether coordinates are normalized.
    pub(in crate::io) is_normalized: bool,
}

/// How the coordinates of a table are normalized.
pub(in crate::io) struct CoordContext {
    pub(in crate::io) crs: Crs,
    pub(in crate::io) order: AxisOrder,
    pub(in crate::io) keeps_source_crs: bool,
    /// The number of coordinates outside the area of use of the CRS.
    pub(in crate::io) beyond_area: Arc<AtomicU64>,
    pub(in crate::io) file: String,
    /// The counters of changed geometries.
    pub(in crate::io) changes: Arc<GeometryChanges>,
}

/// Parses blocks to batches. Each thread has its own.
#[derive(Default)]
pub struct BlockReader {
    normalizer: Option<CoordNormalizer>,
}

impl BlockReader {
    /// Parses a block as [`Rows::next_batch`](crate::io::Rows::next_batch) would; `None` if it has no rows.
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
        let Block { content, context, is_normalized } = block;
        let Some(mut batch) = content.into_batch().map_err(|error| error.in_file(context.file.clone()))? else {
            return Ok(None);
        };
        if !is_normalized {
            context.changes.count(&batch);
            let normalizer = self.normalizer(&context)?;
            batch.move_coords(|coords| {
                if context.keeps_source_crs { normalizer.check(coords) } else { normalizer.normalize(coords) }
            });
        }
        Ok(Some(batch))
    }

    /// Parses a block of a table [in its source CRS](crate::io::Rows::in_source_crs), and returns the normalizer of its
    /// coordinates: the coordinates of sites are not checked yet.
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
        let Block { content, context, is_normalized } = block;
        let Some(mut batch) = content.into_batch().map_err(|error| error.in_file(context.file.clone()))? else {
            return Ok(None);
        };
        let normalizer = self.normalizer(&context)?;
        if !is_normalized {
            context.changes.count(&batch);
            normalizer.to_system_order(batch.sites_mut());
            batch.move_shapes(&mut |coords| normalizer.check(coords));
        }
        Ok(Some((batch, normalizer)))
    }

    fn normalizer(&mut self, context: &CoordContext) -> Result<&mut CoordNormalizer> {
        let is_same =
            |normalizer: &CoordNormalizer| normalizer.crs() == context.crs && normalizer.axis_order() == context.order;
        Ok(match self.normalizer.take_if(|normalizer| is_same(normalizer)) {
            Some(normalizer) => self.normalizer.insert(normalizer),
            None => self.normalizer.insert(
                CoordNormalizer::new(context.crs.clone(), context.order)?.counting(context.beyond_area.clone()),
            ),
        })
    }
}
