//! Rows as they are, for another format or coordinate system, with what is wrong with them.

use crate::crs::{CoordNormalizer, Crs};
use crate::error::{InvalidRows, RowProblem};
use crate::query::reason::{ReasonText, reason};
use crate::query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
use crate::table::{AnswerTable, Batch, Field, Kind, Value};

/// Keeps all rows: a row whose geometry is invalid, or has no position in the system that is written, is kept without
/// its geometry.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::query::convert::Conversion;
/// use taizhou_corridor::run::TableRun;
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,28.65,121.4\n");
/// let (output, written) = Output::memory("sites.ndjson");
/// let query = Conversion::new().with_reasons();
/// let run = TableRun::new(io::open(sites, &ReadOptions::default())?, &query);
/// let converted = run.write(output, WriteOptions::new(Format::NDJSON))?.run()?;
/// assert_eq!((converted.summary.rows, converted.summary.invalid.count), (2, 1));
/// converted.finish()?;
/// let lines = String::from_utf8(written.into_bytes()).unwrap();
/// assert!(lines.lines().nth(1).unwrap().contains(r#""reason":"latitude-out-of-range: "#));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Conversion {
    reason: Option<ReasonText>,
}

impl Conversion {
    /// Adds no column.
    pub fn new() -> Conversion {
        Conversion::default()
    }

    /// Adds the column `reason`: what is wrong with the row; empty if nothing.
    pub fn with_reasons(self) -> Conversion {
        self.with_reason_text(reason)
    }

    /// Adds the column `reason` in another wording, as for people.
    pub fn with_reason_text(self, reason: ReasonText) -> Conversion {
        Conversion { reason: Some(reason) }
    }
}

/// Counts of converted rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConversionSummary {
    /// All rows.
    pub rows: u64,
    /// Rows that have no geometry in the input.
    pub without_geometry: u64,
    /// Rows whose geometry is invalid.
    pub invalid: InvalidRows,
}

impl QuerySummary for ConversionSummary {
    fn append(&mut self, later: ConversionSummary) {
        self.rows += later.rows;
        self.without_geometry += later.without_geometry;
        self.invalid.append(later.invalid);
    }

    fn rows(&self) -> u64 {
        self.rows
    }

    fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }
}

impl TableQuery for Conversion {
    type Summary = ConversionSummary;

    fn fields(&self) -> Vec<Field> {
        self.reason.map(|_| Field::new("reason", Kind::Text)).into_iter().collect()
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Output
    }

    fn answer_batch(
        &self,
        batch: Batch,
        _normalizer: Option<&CoordNormalizer>,
        summary: &mut ConversionSummary,
    ) -> Option<AnsweredBatch<'_>> {
        let mut answers = AnswerTable::new(usize::from(self.reason.is_some()));
        for (row_index, row) in (0..batch.len()).zip(batch.first_row()..) {
            let problem = match batch.shape(row_index) {
                Err(RowProblem::NullGeometry) => {
                    summary.without_geometry += 1;
                    None
                }
                shape => shape.err(),
            };
            summary.rows += 1;
            if let Some(problem) = problem {
                summary.invalid.add(row, problem);
            }
            let text = |reason: ReasonText| Value::text(problem.map(|problem| reason(problem, false)));
            answers.push(row_index, self.reason.map(text));
        }
        Some((batch, answers))
    }
}
