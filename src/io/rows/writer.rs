//! The trait of format writers.

use std::sync::Arc;

use crate::error::Result;
use crate::io::rows::encode::{BatchEncoder, EncodedBatch};
use crate::io::rows::loss::Loss;
use crate::table::{AnswerTable, Batch};

/// A writer of a format: the rows of a table with the values that a query adds.
///
/// ```
/// use taizhou_corridor::error::Result;
/// use taizhou_corridor::io::{self, Input, Loss, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{AnswerTable, Batch, Value};
///
/// /// A custom format: a line per site, for a log.
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
    /// Writes the answers, each with its row.
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()>;

    /// Completes and commits the output. Returns what the format could not represent.
    fn finish(self: Box<Self>) -> Result<Vec<Loss>>;

    /// Whether unchanged geometries are written with their original text, which may have heights.
    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        false
    }

    /// The encoder that works apart from the output; `None` if the format has none.
    fn batch_encoder(&self) -> Option<Arc<dyn BatchEncoder>> {
        None
    }

    /// Writes a batch of the encoder.
    fn write_encoded(&mut self, _batch: EncodedBatch) -> Result<()> {
        Ok(())
    }
}
