//! Counts of the answers for the parcels of a table.

use crate::error::{InvalidRows, RowProblem};
use crate::query::locate::Certainty;
use crate::query::overlay::{Parcel, Relation};
use crate::query::{QuerySummary, ZoneCounts};
use crate::table::Batch;
use crate::units::SquareMetres;

/// Counts of answers, for a summary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverlaySummary {
    /// Parcels within one zone.
    pub within: u64,
    /// Parcels of which a part is in a zone.
    pub straddling: u64,
    /// Parcels outside all zones.
    pub outside: u64,
    /// Parcels whose majority is uncertain.
    pub uncertain: u64,
    /// Parcels whose majority is not assessed: the outline does not state its accuracy.
    pub not_assessed: u64,
    /// Parts omitted as slivers.
    pub slivers: u64,
    /// The total area of the omitted parts.
    pub sliver_area: SquareMetres,
    /// Parcels whose relations ignore parts that are narrower than the sliver width.
    pub with_narrow_parts: u64,
    /// Parcels that were repaired.
    pub repaired: u64,
    /// Rows without an answer.
    pub invalid: InvalidRows,
    /// Parcels by the zone of their largest part, and its certainty.
    pub zones: ZoneCounts,
}

impl QuerySummary for OverlaySummary {
    fn append(&mut self, later: OverlaySummary) {
        self.within += later.within;
        self.straddling += later.straddling;
        self.outside += later.outside;
        self.uncertain += later.uncertain;
        self.not_assessed += later.not_assessed;
        self.slivers += later.slivers;
        self.sliver_area.0 += later.sliver_area.0;
        self.with_narrow_parts += later.with_narrow_parts;
        self.repaired += later.repaired;
        self.invalid.append(later.invalid);
        self.zones.append(later.zones);
    }

    fn rows(&self) -> u64 {
        self.within + self.straddling + self.outside + self.invalid.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }
}

impl OverlaySummary {
    /// Counts the parcels of a batch, from [`RowOverlayer::parcels`](super::RowOverlayer::parcels).
    pub fn count(&mut self, batch: &Batch, parcels: &[Result<Parcel, RowProblem>]) {
        for (row, parcel) in (batch.first_row()..).zip(parcels) {
            match parcel {
                Ok(parcel) => self.add(parcel),
                Err(problem) => self.invalid.add(row, problem),
            }
        }
    }

    fn add(&mut self, parcel: &Parcel) {
        let membership = &parcel.membership;
        let has = |relation| membership.parts.iter().any(|part| part.relation == relation);
        if has(Relation::Straddles) {
            self.straddling += 1;
        } else if has(Relation::Within) {
            self.within += 1;
        } else {
            self.outside += 1;
        }
        self.uncertain += u64::from(membership.certainty == Some(Certainty::Uncertain));
        self.not_assessed += u64::from(membership.certainty.is_none());
        self.with_narrow_parts += u64::from(parcel.has_slivers);
        self.repaired += u64::from(parcel.repaired.is_some());
        let zone = membership.parts.get(membership.majority).and_then(|part| part.zone);
        self.zones.add(zone, membership.certainty);
    }
}
