//! How many rows are invalid, and why the first of them are.

use crate::error::{Error, RowProblem};

/// Invalid rows: all of them counted, the first of them kept with their problem.
///
/// ```
/// use taizhou_corridor::error::{InvalidRows, RowProblem};
///
/// let mut invalid = InvalidRows::default();
/// for row in 3..3_000 {
///     invalid.add(row, &RowProblem::NullGeometry);
/// }
/// assert_eq!((invalid.count, invalid.first.len()), (2_997, InvalidRows::KEPT));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InvalidRows {
    /// All of them.
    pub count: u64,
    /// The first of them, at most [`InvalidRows::KEPT`]: their rows, from 1, and what is wrong with them.
    pub first: Vec<(u64, RowProblem)>,
}

impl InvalidRows {
    /// At most this many are kept with their problem.
    pub const KEPT: usize = 5;

    /// Adds a later row.
    pub fn add(&mut self, row: u64, problem: &RowProblem) {
        self.count += 1;
        if self.first.len() < InvalidRows::KEPT {
            self.first.push((row, problem.clone()));
        }
    }

    /// Adds the counts of later rows.
    ///
    /// ```
    /// use taizhou_corridor::error::{InvalidRows, RowProblem};
    ///
    /// let found = |row| InvalidRows { count: 4, first: vec![(row, RowProblem::NullGeometry)] };
    /// let mut invalid = found(7);
    /// invalid.append(found(901));
    /// assert_eq!((invalid.count, invalid.first[1].0), (8, 901));
    /// ```
    pub fn append(&mut self, later: InvalidRows) {
        self.count += later.count;
        let free = InvalidRows::KEPT.saturating_sub(self.first.len());
        self.first.extend(later.first.into_iter().take(free));
    }

    /// Those that are kept, as errors with their rows.
    ///
    /// ```
    /// use taizhou_corridor::error::{InvalidRows, RowProblem};
    ///
    /// let invalid = InvalidRows { count: 1, first: vec![(3, RowProblem::NullGeometry)] };
    /// assert_eq!(invalid.errors().next().unwrap().to_string(), "row 3: the geometry is null");
    /// ```
    pub fn errors(&self) -> impl Iterator<Item = Error> {
        self.first.iter().map(|(row, problem)| Error::new(problem.clone()).at_row(*row))
    }
}
