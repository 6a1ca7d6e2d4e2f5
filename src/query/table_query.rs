//! Queries over the rows of tables.

use crate::crs::{CoordNormalizer, Crs};
use crate::error::InvalidRows;
use crate::table::{AnswerTable, Batch, Field, GeometrySource};

/// A query over the rows of a table, which [`run::TableRun`](crate::run::TableRun) answers batch by batch in any number
/// of threads.
///
/// ```
/// use taizhou_corridor::error::InvalidRows;
/// use taizhou_corridor::crs::CoordNormalizer;
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::query::{AnsweredBatch, QuerySummary, TableQuery};
/// use taizhou_corridor::run::TableRun;
/// use taizhou_corridor::table::{AnswerTable, Batch, Field, Kind, Value};
///
/// /// Which rows have a position?
/// struct HasPosition;
///
/// #[derive(Default)]
/// struct Counts {
///     rows: u64,
///     invalid: InvalidRows,
/// }
///
/// impl QuerySummary for Counts {
///     fn append(&mut self, later: Counts) {
///         self.rows += later.rows;
///         self.invalid.append(later.invalid);
///     }
///
///     fn rows(&self) -> u64 {
///         self.rows
///     }
///
///     fn invalid(&self) -> &InvalidRows {
///         &self.invalid
///     }
/// }
///
/// impl TableQuery for HasPosition {
///     type Summary = Counts;
///
///     fn fields(&self) -> Vec<Field> {
///         vec![Field::new("has_position", Kind::Boolean)]
///     }
///
///     fn answer_batch(
///         &self,
///         batch: Batch,
///         _: Option<&CoordNormalizer>,
///         counts: &mut Counts,
///     ) -> Option<AnsweredBatch<'_>> {
///         let mut answers = AnswerTable::new(1);
///         for (row, site) in batch.sites().iter().enumerate() {
///             counts.rows += 1;
///             answers.push(row, [Value::Bool(site.is_ok())]);
///         }
///         Some((batch, answers))
///     }
/// }
///
/// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n121.4,\n");
/// let (output, written) = Output::memory("answers.csv");
/// let run = TableRun::new(io::open(sites, &ReadOptions::default())?, &HasPosition);
/// let answered = run.write(output, WriteOptions::new(Format::CSV))?.run()?;
/// assert_eq!(answered.summary.rows, 2);
/// answered.finish()?;
/// assert_eq!(written.into_bytes(), b"lon,lat,has_position\n121.4,28.65,true\n121.4,,false\n");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub trait TableQuery: Sync {
    /// The counts of the answers.
    type Summary: QuerySummary;

    /// The columns that the query adds to the rows, in the order of its answers.
    fn fields(&self) -> Vec<Field>;

    /// The coordinates in which the query takes the rows of a table in this system.
    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::LonLat
    }

    /// Where the geometries of the rows that it returns are: by default, where those of the table are.
    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        of_table
    }

    /// Answers the rows of a batch and adds them to the summary. Returns the rows to write, each with its answers;
    /// `None` if there are no rows. `normalizer` is given for rows in the system of their table
    /// ([`QueryCoords::Source`]).
    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut Self::Summary,
    ) -> Option<AnsweredBatch<'_>>;

    /// Adds the rows of a batch to the summary where no rows are written.
    fn count_batch(&self, batch: Batch, normalizer: Option<&CoordNormalizer>, summary: &mut Self::Summary) {
        self.answer_batch(batch, normalizer, summary);
    }
}

/// The rows to write and their answers.
pub type AnsweredBatch<'a> = (Batch, AnswerTable<'a>);

/// The coordinates in which a query takes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryCoords {
    /// Longitude and latitude in degrees.
    LonLat,
    /// Those of the table: easting or longitude as x. The positions of sites are not yet checked.
    Source,
    /// Those that are written, rounded to their decimals.
    Output,
}

/// Counts of the answers of a query.
pub trait QuerySummary: Default + Send {
    /// Adds the counts of later rows.
    fn append(&mut self, later: Self);

    /// The number of rows.
    fn rows(&self) -> u64;

    /// The rows without an answer.
    fn invalid(&self) -> &InvalidRows;
}
