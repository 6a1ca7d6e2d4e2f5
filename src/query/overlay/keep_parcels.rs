//! The parcels of an overlay, batch by batch, for reports and sums.

use crate::crs::{CoordNormalizer, Crs};
use crate::query::overlay::{OverlaySummary, Parcel, RowOverlayer};
use crate::query::{AnsweredBatch, KeptRows, QueryCoords, TableQuery};
use crate::table::{Batch, Field, GeometrySource};

/// An overlay that keeps the parcels of each batch, for a report or sums: to be taken from the summary of the batch by
/// [`TableRun::on_batch`](crate::run::TableRun::on_batch).
pub struct KeepParcels<'q, 'p>(pub &'q RowOverlayer<'p>);

/// The counts of an overlay, and its parcels.
pub type OverlaidParcels = KeptRows<OverlaySummary, Parcel>;

impl TableQuery for KeepParcels<'_, '_> {
    type Summary = OverlaidParcels;

    fn fields(&self) -> Vec<Field> {
        self.0.fields()
    }

    fn coordinates(&self, crs: &Crs) -> QueryCoords {
        self.0.coordinates(crs)
    }

    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        self.0.geometry_source(of_table)
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut OverlaidParcels,
    ) -> Option<AnsweredBatch<'_>> {
        let parcels = self.0.parcels_in(&batch, normalizer);
        summary.counts.count(&batch, &parcels);
        let answered = self.0.answered(batch.clone(), normalizer, &parcels, &mut summary.counts);
        summary.batches.push((batch, parcels));
        answered
    }

    fn count_batch(&self, batch: Batch, normalizer: Option<&CoordNormalizer>, summary: &mut OverlaidParcels) {
        let parcels = self.0.parcels_in(&batch, normalizer);
        summary.counts.count(&batch, &parcels);
        summary.batches.push((batch, parcels));
    }
}
