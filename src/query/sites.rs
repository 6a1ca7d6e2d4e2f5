//! The sites of a table in the plane of a plan.

use geo::Coord;

use crate::crs::IntoPlane;
use crate::error::RowProblem;
use crate::table::Batch;

/// The site of each row in the plane of the plan. Rows without one get its problem in the batch, too.
pub(in crate::query) fn sites_in_plane(into: &IntoPlane<'_>, batch: &mut Batch) -> Vec<Result<Coord<f64>, RowProblem>> {
    let mut sites = batch.sites().to_vec();
    into.sites(&mut sites);
    for (of_table, site) in batch.sites_mut().iter_mut().zip(&sites) {
        if let Err(problem) = site {
            *of_table = Err(problem.clone());
        }
    }
    sites
}
