//! How many rows have their answer in each zone, by certainty.

use std::collections::BTreeMap;

use crate::plan::FeatureId;
use crate::query::locate::Certainty;

/// Rows by the certainty of their answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CertaintyCounts {
    /// Rows with a certain answer.
    pub certain: u64,
    /// Rows with an uncertain answer.
    pub uncertain: u64,
    /// Rows whose certainty is not assessed.
    pub not_assessed: u64,
}

impl CertaintyCounts {
    /// All of them.
    pub fn rows(self) -> u64 {
        self.certain + self.uncertain + self.not_assessed
    }

    fn append(&mut self, later: CertaintyCounts) {
        self.certain += later.certain;
        self.uncertain += later.uncertain;
        self.not_assessed += later.not_assessed;
    }
}

/// Rows by the zone of their answer and its certainty.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::{ZoneCounts, locate::Certainty};
///
/// let core = Plan::bundled().id_of("core")?;
/// let mut counts = ZoneCounts::default();
/// counts.add(Some(core), Some(Certainty::Certain));
/// counts.add(None, None);
/// let rows: Vec<_> = counts.iter().map(|(zone, counts)| (zone, counts.certain, counts.not_assessed)).collect();
/// assert_eq!(rows, [(Some(core), 1, 0), (None, 0, 1)]);
/// assert_eq!(counts.total().rows(), 2);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZoneCounts {
    zones: BTreeMap<FeatureId, CertaintyCounts>,
    outside: CertaintyCounts,
}

impl ZoneCounts {
    /// Counts a row with its answer in this zone, or in none.
    pub fn add(&mut self, zone: Option<FeatureId>, certainty: Option<Certainty>) {
        let counts = match zone {
            Some(zone) => self.zones.entry(zone).or_default(),
            None => &mut self.outside,
        };
        match certainty {
            Some(Certainty::Certain) => counts.certain += 1,
            Some(Certainty::Uncertain) => counts.uncertain += 1,
            None => counts.not_assessed += 1,
        }
    }

    /// Adds the counts of later rows.
    pub fn append(&mut self, later: ZoneCounts) {
        for (zone, counts) in later.zones {
            self.zones.entry(zone).or_default().append(counts);
        }
        self.outside.append(later.outside);
    }

    /// The zones that have rows, in plan order; `None`, for rows in no zone, comes last.
    pub fn iter(&self) -> impl Iterator<Item = (Option<FeatureId>, CertaintyCounts)> {
        let outside = (self.outside.rows() > 0).then_some((None, self.outside));
        self.zones.iter().map(|(&zone, &counts)| (Some(zone), counts)).chain(outside)
    }

    /// All rows.
    pub fn total(&self) -> CertaintyCounts {
        let mut total = self.outside;
        self.zones.values().for_each(|counts| total.append(*counts));
        total
    }
}
