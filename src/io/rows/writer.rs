//! What the writer of a format does.

use std::sync::Arc;

use crate::error::Result;
use crate::io::rows::encode::{BatchEncoder, EncodedRows};
use crate::io::rows::loss::Loss;
use crate::table::{AnswerTable, Batch};

/// A format that is being written: the rows of a table with what a query adds to them.
///
/// ```
/// use taizhou_corridor::error::Result;
/// use taizhou_corridor::io::{self, Input, Loss, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{AnswerTable, Batch, Value};
///
/// /// A format of your own: a line a site, for a log.
/// struct Log(Vec<String>);
///
/// impl RowWriter for Log {
///     fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
///         for (row, values) in answers.iter() {
///             let name = batch.row(row).cell(0).map_or("-".into(), |cell| cell.text());
///             self.0.push(format!("{name} {}", values[0]));
///         }
///         Ok(())
///     }
///
///     fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
///         Ok(vec![])
///     }
/// }
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
/// let mut answers = AnswerTable::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// let mut log = Log(vec![]);
/// log.write(&batch, &answers)?;
/// assert_eq!(log.0, ["台州站 core"]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub trait RowWriter {
    /// Writes the answers, each with the row it belongs to.
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()>;

    /// Writes what stands at the end, and commits the output. Tells what the format could not hold.
    fn finish(self: Box<Self>) -> Result<Vec<Loss>>;

    /// Whether geometries that are written as they came keep the text that they came as, with heights.
    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        false
    }

    /// What renders rows apart from the output, where the format can be.
    fn batch_encoder(&self) -> Option<Arc<dyn BatchEncoder>> {
        None
    }

    /// Writes what was rendered.
    fn write_encoded(&mut self, _rendered: EncodedRows) -> Result<()> {
        Ok(())
    }
}
