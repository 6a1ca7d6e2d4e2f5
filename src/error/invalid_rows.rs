//! The number of invalid rows, and the problems of the first of them.

use crate::error::{Error, Result, RowProblem};

/// Invalid rows: all are counted, the first are kept with their problems.
///
/// ```
/// use taizhou_corridor::error::{InvalidRows, RowProblem};
///
/// let mut invalid = InvalidRows::default();
/// for row in 3..3_000 {
///     invalid.add(row, &RowProblem::NullGeometry);
/// }
/// assert_eq!((invalid.count, invalid.first.len()), (2_997, InvalidRows::MAX_KEPT));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InvalidRows {
    /// The number of invalid rows.
    pub count: u64,
    /// The first [`InvalidRows::MAX_KEPT`] of them: row numbers, from 1, with their problems.
    pub first: Vec<(u64, RowProblem)>,
    /// The number of rows that are not records ([`RowProblem::is_remark`]): totals and notes of sheets. They are not
    /// among the invalid rows.
    pub remarks: u64,
    /// The number of invalid rows whose polygons could not be repaired.
    pub not_repairable: u64,
}

impl InvalidRows {
    /// The number of rows that are kept with their problems.
    pub const MAX_KEPT: usize = 5;

    /// All rows without an answer: invalid ones, and those that are not records.
    ///
    /// ```
    /// use taizhou_corridor::error::{InvalidRows, RowProblem};
    ///
    /// let mut invalid = InvalidRows::default();
    /// invalid.add(3, &RowProblem::NullGeometry);
    /// invalid.add(4, &RowProblem::TotalRow { text: "合计".to_owned() });
    /// assert_eq!((invalid.rows(), invalid.count), (2, 1));
    /// ```
    pub fn rows(&self) -> u64 {
        self.count + self.remarks
    }

    /// Adds a row, in the order of the table.
    pub fn add(&mut self, row: u64, problem: &RowProblem) {
        if problem.is_remark() {
            self.remarks += 1;
            return;
        }
        self.count += 1;
        self.not_repairable += u64::from(matches!(problem, RowProblem::NotRepairable(_)));
        if self.first.len() < InvalidRows::MAX_KEPT {
            self.first.push((row, problem.clone()));
        }
    }

    /// Adds the counts of later rows.
    ///
    /// ```
    /// use taizhou_corridor::error::{InvalidRows, RowProblem};
    ///
    /// let first = |row| vec![(row, RowProblem::NullGeometry)];
    /// let found = |row| InvalidRows { count: 4, first: first(row), ..InvalidRows::default() };
    /// let mut invalid = found(7);
    /// invalid.append(found(901));
    /// assert_eq!((invalid.count, invalid.first[1].0), (8, 901));
    /// ```
    pub fn append(&mut self, later: InvalidRows) {
        self.count += later.count;
        self.remarks += later.remarks;
        self.not_repairable += later.not_repairable;
        let free = InvalidRows::MAX_KEPT.saturating_sub(self.first.len());
        self.first.extend(later.first.into_iter().take(free));
    }

    /// Fails with the first of them, if there is one.
    pub fn as_result(&self) -> Result<()> {
        self.errors().next().map_or(Ok(()), Err)
    }

    /// The kept rows as errors.
    ///
    /// ```
    /// use taizhou_corridor::error::{InvalidRows, RowProblem};
    ///
    /// let mut invalid = InvalidRows::default();
    /// invalid.add(3, &RowProblem::NullGeometry);
    /// assert_eq!(invalid.errors().next().unwrap().to_string(), "row 3: the geometry is null");
    /// ```
    pub fn errors(&self) -> impl Iterator<Item = Error> {
        self.first.iter().map(|(row, problem)| Error::new(problem.clone()).at_row(*row))
    }
}
