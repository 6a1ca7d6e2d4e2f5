//! `nearest` for the rows of a table.

use crate::crs::{CoordNormalizer, Crs, IntoPlane};
use crate::error::{InvalidRows, RowProblem};
use crate::query::nearest::{Nearest, NearestFinder};
use crate::query::reason::{ReasonText, reason};
use crate::query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery, ZoneCounts, sites_in_plane};
use crate::table::{AnswerTable, Batch, Field, Kind, Value};
use crate::units::Metres;

/// A column that `nearest` adds. Its name does not depend on the language.
///
/// ```
/// use taizhou_corridor::query::nearest::NearestColumn;
///
/// assert_eq!(NearestColumn::BearingDeg.field().name, "bearing_deg");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NearestColumn {
    /// The id of the nearest zone.
    NearestZone,
    /// The name of that zone.
    NearestZoneName,
    /// The geodesic distance in metres; 0 inside.
    DistanceM,
    /// The initial bearing in degrees clockwise from north; empty inside.
    BearingDeg,
    /// Why a row is invalid.
    Reason,
}

impl NearestColumn {
    /// All columns, in output order.
    pub const ALL: [NearestColumn; 5] = [
        NearestColumn::NearestZone,
        NearestColumn::NearestZoneName,
        NearestColumn::DistanceM,
        NearestColumn::BearingDeg,
        NearestColumn::Reason,
    ];

    /// The field of a table: name and kind.
    pub fn field(self) -> Field {
        let (name, kind) = match self {
            NearestColumn::NearestZone => ("nearest_zone", Kind::Text),
            NearestColumn::NearestZoneName => ("nearest_zone_name", Kind::Text),
            NearestColumn::DistanceM => ("distance_m", Kind::Real),
            NearestColumn::BearingDeg => ("bearing_deg", Kind::Real),
            NearestColumn::Reason => ("reason", Kind::Text),
        };
        Field::new(name, kind)
    }
}

/// Finds the nearest zone of each site of a table.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, RowNearestFinder};
/// use taizhou_corridor::run::TableRun;
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let finder = RowNearestFinder::new(NearestFinder::new(&plan), &[NearestColumn::DistanceM]).within(Metres(500.0));
/// let landmarks = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let answered = TableRun::new(landmarks, &finder).run()?;
/// assert_eq!((answered.summary.written, answered.summary.beyond), (19, 13));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct RowNearestFinder<'p> {
    finder: NearestFinder<'p>,
    columns: Vec<NearestColumn>,
    within: Metres,
    reason: ReasonText,
}

impl<'p> RowNearestFinder<'p> {
    /// Answers with these columns, one row for each site.
    pub fn new(finder: NearestFinder<'p>, columns: &[NearestColumn]) -> RowNearestFinder<'p> {
        RowNearestFinder { finder, columns: columns.to_vec(), within: Metres(f64::INFINITY), reason }
    }

    /// Omits sites that are farther away than this, and counts them.
    pub fn within(mut self, distance: Metres) -> RowNearestFinder<'p> {
        self.within = distance;
        self
    }

    /// Words the column `reason` in another way than [`reason`] does, as for people.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::TableQuery;
    /// use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, NearestSummary, RowNearestFinder};
    ///
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let finder = RowNearestFinder::new(NearestFinder::new(&plan), &[NearestColumn::Reason]);
    /// let finder = finder.with_reasons(|problem, _| problem.code().to_uppercase());
    /// let (_, answers) = finder.answer_batch(batch, None, &mut NearestSummary::default()).unwrap();
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "MISSING-COORDINATE");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_reasons(mut self, reason: ReasonText) -> RowNearestFinder<'p> {
        self.reason = reason;
        self
    }

    fn value(&self, column: NearestColumn, nearest: Option<Nearest>) -> Value<'p> {
        let zone = nearest.map(|nearest| &self.finder.plan()[nearest.zone]);
        match column {
            NearestColumn::NearestZone => Value::text(zone.map(|zone| zone.id.as_str())),
            NearestColumn::NearestZoneName => Value::text(zone.map(|zone| zone.name.as_str())),
            NearestColumn::DistanceM => Value::number(nearest.map(|nearest| nearest.distance.0), 3),
            NearestColumn::BearingDeg => Value::number(nearest.and_then(|nearest| nearest.bearing_deg), 4),
            NearestColumn::Reason => Value::Null,
        }
    }

    fn invalid_value(&self, column: NearestColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            NearestColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }
}

impl TableQuery for RowNearestFinder<'_> {
    type Summary = NearestSummary;

    fn fields(&self) -> Vec<Field> {
        self.columns.iter().map(|column| column.field()).collect()
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Source
    }

    fn answer_batch(
        &self,
        mut batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut NearestSummary,
    ) -> Option<AnsweredBatch<'_>> {
        let mut answers = AnswerTable::new(self.columns.len());
        let sites = sites_in_plane(&IntoPlane::new(normalizer, self.finder.plan().plane()), &mut batch);
        for (row_index, site) in sites.iter().enumerate() {
            let nearest = match site {
                Ok(site) => self.finder.nearest(*site),
                Err(problem) => {
                    summary.invalid.add(batch.first_row() + row_index as u64, problem);
                    answers.push(row_index, self.columns.iter().map(|&column| self.invalid_value(column, problem)));
                    continue;
                }
            };
            if nearest.is_none_or(|nearest| nearest.distance > self.within) && self.within.0.is_finite() {
                summary.beyond += 1;
                continue;
            }
            summary.written += 1;
            summary.zones.add(nearest.map(|nearest| nearest.zone), None);
            answers.push(row_index, self.columns.iter().map(|&column| self.value(column, nearest)));
        }
        Some((batch, answers))
    }
}

/// Counts of answers, for a summary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NearestSummary {
    /// Sites with an answer.
    pub written: u64,
    /// Sites beyond the maximum distance, which are omitted.
    pub beyond: u64,
    /// Rows without an answer.
    pub invalid: InvalidRows,
    /// Sites with an answer by their nearest zone; their certainty is not assessed.
    pub zones: ZoneCounts,
}

impl QuerySummary for NearestSummary {
    fn append(&mut self, later: NearestSummary) {
        self.written += later.written;
        self.beyond += later.beyond;
        self.invalid.append(later.invalid);
        self.zones.append(later.zones);
    }

    fn rows(&self) -> u64 {
        self.written + self.beyond + self.invalid.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }
}
