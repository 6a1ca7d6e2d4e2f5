//! The answers of a query, batch by batch, for reports and sums.

use crate::error::{InvalidRows, RowProblem};
use crate::query::QuerySummary;
use crate::table::Batch;

/// The counts of a query of type `C`, and its answers of type `T`.
///
/// ```
/// use taizhou_corridor::query::locate::LocatedSites;
/// use taizhou_corridor::query::QuerySummary;
///
/// let mut sites = LocatedSites::default();
/// sites.append(LocatedSites::default());
/// assert_eq!((sites.rows(), sites.batches.len()), (0, 0));
/// ```
#[derive(Debug, Clone)]
pub struct KeptRows<C, T> {
    /// The counts.
    pub counts: C,
    /// Batches of rows, each with its answers.
    pub batches: Vec<(Batch, Vec<Result<T, RowProblem>>)>,
}

impl<C: Default, T> Default for KeptRows<C, T> {
    fn default() -> KeptRows<C, T> {
        KeptRows { counts: C::default(), batches: vec![] }
    }
}

impl<C: QuerySummary, T: Send> QuerySummary for KeptRows<C, T> {
    fn append(&mut self, later: KeptRows<C, T>) {
        self.counts.append(later.counts);
        self.batches.extend(later.batches);
    }

    fn rows(&self) -> u64 {
        self.counts.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        self.counts.invalid()
    }
}
