//! The functions that need distances: nearest zone, distance and certainty, computed together.

use std::cell::RefCell;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringViewBuilder};
use arrow_array::{Array, ArrayRef, Float64Array};
use datafusion::common::Result;
use geo::Coord;

use crate::crs::{CoordNormalizer, Crs, IntoPlane};
use crate::engine::arguments::{failed, positions, sites, with_normalizer};
use crate::engine::plans::PlanRef;
use crate::query::locate::{Answer, LocateColumn};
use crate::table::Value;
use crate::units::Metres;

/// The input: positions in a coordinate system, with their uncertainty.
#[derive(Clone)]
pub(super) struct DistanceInput {
    pub(super) plan: PlanRef,
    pub(super) crs: Crs,
    pub(super) x: Float64Array,
    pub(super) y: Float64Array,
    /// In metres; 0 without it.
    pub(super) uncertainty: Option<Float64Array>,
}

/// The answers by column.
#[derive(Clone)]
struct DistanceColumns {
    nearest_zone: ArrayRef,
    distance_m: ArrayRef,
    certainty: ArrayRef,
}

thread_local! {
    /// The last result. A query for both distance and certainty calls the functions one after the other with
    /// the same columns, batch by batch. The input is kept with it, so that no other columns can be allocated
    /// at the same addresses.
    static LAST: RefCell<Option<(DistanceInput, DistanceColumns)>> = const { RefCell::new(None) };
}

impl DistanceInput {
    /// One column of the answers.
    pub(super) fn answer(self, column: LocateColumn) -> Result<ArrayRef> {
        let last = LAST.with_borrow(|last| {
            last.as_ref().filter(|(input, _)| input.is_same_input(&self)).map(|(_, columns)| columns.clone())
        });
        let columns = match last {
            Some(columns) => columns,
            None => {
                let columns = self.measure()?;
                LAST.with_borrow_mut(|last| *last = Some((self, columns.clone())));
                columns
            }
        };
        Ok(match column {
            LocateColumn::NearestZone => columns.nearest_zone,
            LocateColumn::DistanceToBoundaryM => columns.distance_m,
            _ => columns.certainty,
        })
    }

    /// Whether the input is the same columns in memory, not only equal ones.
    fn is_same_input(&self, other: &DistanceInput) -> bool {
        let is_same_input =
            |a: &Float64Array, b: &Float64Array| a.values().ptr_eq(b.values()) && a.nulls() == b.nulls();
        let same_uncertainty = match (&self.uncertainty, &other.uncertainty) {
            (None, None) => true,
            (Some(a), Some(b)) => is_same_input(a, b),
            _ => false,
        };
        let same_plan_and_crs = self.plan == other.plan && self.crs == other.crs;
        same_plan_and_crs && same_uncertainty && is_same_input(&self.x, &other.x) && is_same_input(&self.y, &other.y)
    }

    fn measure(&self) -> Result<DistanceColumns> {
        let rows = self.x.len();
        let (mut nearest_zone, mut certainty) =
            (StringViewBuilder::with_capacity(rows), StringViewBuilder::with_capacity(rows));
        let mut distance_m = Float64Builder::with_capacity(rows);
        self.each(|answer| {
            let value = |column| answer.as_ref().map_or(Value::Null, |answer| self.plan.locator.value(column, answer));
            let words = [(&mut nearest_zone, LocateColumn::NearestZone), (&mut certainty, LocateColumn::Certainty)];
            words.into_iter().for_each(|(words, column)| match value(column) {
                Value::Text(word) => words.append_value(word),
                _ => words.append_null(),
            });
            distance_m.append_option(rounded(&value(LocateColumn::DistanceToBoundaryM)));
        })?;
        Ok(DistanceColumns {
            nearest_zone: Arc::new(nearest_zone.finish()),
            distance_m: Arc::new(distance_m.finish()),
            certainty: Arc::new(certainty.finish()),
        })
    }

    /// Calls `report` with the answer for each position, with distances; `None` for invalid positions.
    fn each(&self, report: impl FnMut(Option<Answer>)) -> Result<()> {
        let locator = self.plan.locator.locator();
        let plane = locator.plan().plane();
        let with_uncertainty = |(row, site): (usize, Option<Coord<f64>>)| {
            let uncertainty_m = match &self.uncertainty {
                None => Some(0.0),
                Some(metres) => {
                    metres.is_valid(row).then(|| metres.value(row)).filter(|&metres| is_uncertainty(metres))
                }
            };
            Some((site?, Metres(uncertainty_m?)))
        };
        if self.crs.coincides(&Crs::Crs84) {
            let sites = positions(&self.x, &self.y).map(|position| Some(plane.coord(position?)));
            locator.locate_each(sites.enumerate().map(with_uncertainty), report);
            return Ok(());
        }
        let mut sites = sites(&self.x, &self.y);
        let bring = |normalizer: &mut CoordNormalizer| {
            normalizer.to_system_order(&mut sites);
            IntoPlane::new(Some(normalizer), plane).sites(&mut sites);
        };
        with_normalizer(&self.crs, bring).map_err(failed)?;
        let sites = sites.iter().map(|site| site.as_ref().ok().copied());
        locator.locate_each(sites.enumerate().map(with_uncertainty), report);
        Ok(())
    }
}

fn is_uncertainty(metres: f64) -> bool {
    metres.is_finite() && metres >= 0.0
}

/// A number rounded to the decimals of tables, so that both outputs agree.
pub(super) fn rounded(value: &Value<'_>) -> Option<f64> {
    value.as_f64()
}
