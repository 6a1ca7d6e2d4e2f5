//! Counts of answers.

use crate::error::InvalidRows;
use crate::geometry::position::PointLocation;
use crate::plan::FeatureId;
use crate::query::locate::{Answer, Certainty};
use crate::query::{QuerySummary, ZoneCounts};

/// The properties of an answer that are counted.
pub(super) struct AnswerCounts {
    position: PointLocation,
    zone: Option<FeatureId>,
    certainty: Option<Certainty>,
    is_not_assessed: bool,
}

impl AnswerCounts {
    pub(super) fn of(answer: &Answer) -> AnswerCounts {
        AnswerCounts {
            position: answer.position,
            zone: answer.zone.or(answer.most_specific),
            certainty: answer.certainty,
            is_not_assessed: answer.distance_to_boundary.is_some() && answer.certainty.is_none(),
        }
    }
}

/// Counts of answers, for a summary.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::QuerySummary;
/// use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
///
/// let landmarks = Input::bytes("landmarks.csv", LANDMARKS_CSV);
/// let batch = io::open(landmarks, &ReadOptions::default())?.next_batch()?.unwrap();
/// let plan = Plan::bundled();
/// let mut summary = LocateSummary::default();
/// RowLocator::new(Locator::new(&plan), &[LocateColumn::Position]).answer(&batch, &mut summary);
/// assert_eq!((summary.inside, summary.outside, summary.rows()), (14, 18, 32));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocateSummary {
    /// Sites inside a zone.
    pub inside: u64,
    /// Sites on a boundary.
    pub boundary: u64,
    /// Sites outside all zones.
    pub outside: u64,
    /// Sites with an uncertain answer.
    pub uncertain: u64,
    /// Sites whose certainty is not assessed: the outline does not state its accuracy.
    pub not_assessed: u64,
    /// Rows without an answer.
    pub invalid: InvalidRows,
    /// Sites by zone and certainty, where they are counted:
    /// [`counting_zones`](super::RowLocator::counting_zones).
    pub zones: ZoneCounts,
}

impl QuerySummary for LocateSummary {
    fn append(&mut self, later: LocateSummary) {
        self.inside += later.inside;
        self.boundary += later.boundary;
        self.outside += later.outside;
        self.uncertain += later.uncertain;
        self.not_assessed += later.not_assessed;
        self.invalid.append(later.invalid);
        self.zones.append(later.zones);
    }

    fn rows(&self) -> u64 {
        self.inside + self.boundary + self.outside + self.invalid.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }
}

impl LocateSummary {
    pub(super) fn add(&mut self, answer: &AnswerCounts) {
        match answer.position {
            PointLocation::Inside => self.inside += 1,
            PointLocation::Boundary => self.boundary += 1,
            PointLocation::Outside => self.outside += 1,
        }
        self.uncertain += u64::from(answer.certainty == Some(Certainty::Uncertain));
        self.not_assessed += u64::from(answer.is_not_assessed);
    }

    /// Adds an answer, also to the counts of zones.
    pub(super) fn add_answer(&mut self, answer: &Answer) {
        let counts = AnswerCounts::of(answer);
        self.add(&counts);
        self.add_zone(&counts);
    }

    pub(super) fn add_zone(&mut self, answer: &AnswerCounts) {
        self.zones.add(answer.zone, answer.certainty);
    }
}
