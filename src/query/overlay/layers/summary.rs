//! Counts of the answers for parcels and layers.

use crate::error::{InvalidRows, RowProblem};
use crate::query::QuerySummary;
use crate::query::locate::Certainty;
use crate::query::overlay::{CoveredParcel, LayerCover, Relation};
use crate::table::Batch;
use crate::units::SquareMetres;

/// The parcels of a table by their relation to a layer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LayerSummary {
    /// Parcels that the layer covers as a whole.
    pub within: u64,
    /// Parcels of which the layer covers a part.
    pub straddling: u64,
    /// Parcels that touch the layer.
    pub touching: u64,
    /// Parcels outside the layer.
    pub outside: u64,
    /// Parcels of which more is in the layer than outside.
    pub majority: u64,
    /// The area of the parcels that the layer covers.
    pub area: SquareMetres,
    /// Parcels whose majority is certain.
    pub certain: u64,
    /// Parcels whose majority is uncertain.
    pub uncertain: u64,
    /// Parcels whose majority is not assessed: the outline does not state its accuracy.
    pub not_assessed: u64,
}

impl LayerSummary {
    fn add(&mut self, cover: &LayerCover) {
        let count = match cover.relation {
            Relation::Within => &mut self.within,
            Relation::Straddles => &mut self.straddling,
            Relation::Touches => &mut self.touching,
            Relation::Outside => &mut self.outside,
        };
        *count += 1;
        self.majority += u64::from(cover.is_majority());
        self.area.0 += cover.area.0;
        let count = match cover.certainty {
            Some(Certainty::Certain) => &mut self.certain,
            Some(Certainty::Uncertain) => &mut self.uncertain,
            None => &mut self.not_assessed,
        };
        *count += 1;
    }

    fn append(&mut self, later: LayerSummary) {
        self.within += later.within;
        self.straddling += later.straddling;
        self.touching += later.touching;
        self.outside += later.outside;
        self.majority += later.majority;
        self.area.0 += later.area.0;
        self.certain += later.certain;
        self.uncertain += later.uncertain;
        self.not_assessed += later.not_assessed;
    }
}

/// Counts of the parcels of a table, by layer.
#[derive(Debug, Clone, Default)]
pub struct LayersSummary {
    /// Valid parcels.
    pub parcels: u64,
    /// Their total area.
    pub parcel_area: SquareMetres,
    /// Parcels that were repaired.
    pub repaired: u64,
    /// Rows without an answer.
    pub invalid: InvalidRows,
    /// The counts of each layer, in their order; empty if there are no valid parcels.
    pub layers: Vec<LayerSummary>,
    /// The rows with their parcels, if they are kept for a report
    /// ([`LayerOverlayer::keeping_parcels`](super::LayerOverlayer::keeping_parcels)).
    pub batches: Vec<(Batch, Vec<Result<CoveredParcel, RowProblem>>)>,
}

impl QuerySummary for LayersSummary {
    fn append(&mut self, later: LayersSummary) {
        self.parcels += later.parcels;
        self.parcel_area.0 += later.parcel_area.0;
        self.repaired += later.repaired;
        self.invalid.append(later.invalid);
        if self.layers.len() < later.layers.len() {
            self.layers.resize(later.layers.len(), LayerSummary::default());
        }
        self.layers.iter_mut().zip(later.layers).for_each(|(layer, later)| layer.append(later));
        self.batches.extend(later.batches);
    }

    fn rows(&self) -> u64 {
        self.parcels + self.invalid.rows()
    }

    fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }
}

impl LayersSummary {
    /// Counts the parcels of a batch.
    pub(super) fn count(&mut self, batch: &Batch, parcels: &[Result<CoveredParcel, RowProblem>]) {
        for (row, parcel) in (batch.first_row()..).zip(parcels) {
            match parcel {
                Ok(parcel) => self.add(parcel),
                Err(problem) => self.invalid.add(row, problem),
            }
        }
    }

    fn add(&mut self, parcel: &CoveredParcel) {
        self.parcels += 1;
        self.parcel_area.0 += parcel.area.0;
        self.repaired += u64::from(parcel.repaired.is_some());
        self.layers.resize(parcel.covers.len(), LayerSummary::default());
        self.layers.iter_mut().zip(&parcel.covers).for_each(|(layer, cover)| layer.add(cover));
    }
}
