//! The sites of a table with their answers, batch by batch, for reports.

use geo::Coord;

use crate::crs::{CoordNormalizer, Crs};
use crate::query::locate::{Answer, LocateSummary, RowLocator};
use crate::query::{AnsweredBatch, KeptRows, QueryCoords, TableQuery};
use crate::table::{Batch, Field};

/// A query that keeps the answers of each batch, for a report: to be taken from the summary of the batch by
/// [`TableRun::on_batch`](crate::run::TableRun::on_batch). It counts zones in any case.
pub struct KeepSites<'q, 'p>(pub &'q RowLocator<'p>);

/// A site with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct LocatedSite {
    /// Longitude and latitude in degrees.
    pub position: Coord<f64>,
    /// The answer.
    pub answer: Answer,
}

/// The counts of a query, and its sites.
pub type LocatedSites = KeptRows<LocateSummary, LocatedSite>;

impl TableQuery for KeepSites<'_, '_> {
    type Summary = LocatedSites;

    fn fields(&self) -> Vec<Field> {
        self.0.fields()
    }

    fn coordinates(&self, crs: &Crs) -> QueryCoords {
        self.0.coordinates(crs)
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut LocatedSites,
    ) -> Option<AnsweredBatch<'_>> {
        self.count_batch(batch.clone(), normalizer, summary);
        // The rows are counted already.
        self.0.answer_batch(batch, normalizer, &mut LocateSummary::default())
    }

    fn count_batch(&self, batch: Batch, normalizer: Option<&CoordNormalizer>, summary: &mut LocatedSites) {
        let sites = self.0.sites_in(&batch, normalizer);
        for (row_index, site) in sites.iter().enumerate() {
            match site {
                Ok(site) => summary.counts.add_answer(&site.answer),
                Err(problem) => summary.counts.invalid.add(batch.first_row() + row_index as u64, problem),
            }
        }
        summary.batches.push((batch, sites));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{self, Input, ReadOptions};
    use crate::plan::{LANDMARKS_CSV, Plan};
    use crate::query::locate::{LocateColumn, Locator};
    use crate::run::TableRun;
    use crate::units::Metres;

    /// The counts of sites that are kept are those of rows, in any system; positions are longitude and latitude.
    #[test]
    fn kept_sites_are_counted_as_rows_are() {
        let plan = Plan::bundled();
        let csv = format!("{LANDMARKS_CSV}x,,,,,,,,\n");
        let projected = "east,north,acc\n633838.222,3171898.561,20\n633838.222,3171898.561,x\n1,1,\n";
        for (csv, crs, field) in
            [(csv.as_str(), Crs::Crs84, "position_accuracy_m"), (projected, Crs::Epsg(4549), "acc")]
        {
            let locator = RowLocator::new(Locator::new(&plan), &LocateColumn::ALL)
                .with_uncertainty(Metres(20.0), Some(field.to_owned()))
                .counting_zones();
            let options = ReadOptions { crs: Some(crs), ..ReadOptions::default() };
            let open = || io::open(Input::bytes("sites.csv", csv), &options).unwrap();
            let expected = TableRun::new(open(), &locator).run().unwrap().summary;
            let keeping = KeepSites(&locator);
            let mut first = None;
            let run = TableRun::new(open(), &keeping).on_batch(|found| {
                first = first.take().or_else(|| found.batches[0].1[0].clone().ok());
                Ok(())
            });
            assert_eq!(run.run().unwrap().summary.counts, expected);
            assert!(expected.invalid.count > 0);
            let first = first.unwrap();
            assert!((first.position.x - 121.4).abs() < 0.2 && (first.position.y - 28.66).abs() < 0.1, "{first:?}");
        }
    }
}
