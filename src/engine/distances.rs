//! What takes a distance to answer: the nearest zone, the distance, and the certainty, measured at once.

use std::cell::RefCell;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringViewBuilder};
use arrow_array::{Array, ArrayRef, Float64Array};
use datafusion::common::Result;
use geo::Coord;

use crate::crs::Crs;
use crate::engine::arguments::{failed, positions, sites, with_settler};
use crate::engine::plans::PlanRef;
use crate::query::locate::{Answer, LocateColumn};
use crate::table::Value;
use crate::units::Metres;

/// What was asked: positions in a system, and how well each is known.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) plan: PlanRef,
    pub(super) crs: Crs,
    pub(super) x: Float64Array,
    pub(super) y: Float64Array,
    /// In metres; where it is not asked, 0.
    pub(super) uncertainty: Option<Float64Array>,
}

/// The answers, column by column.
#[derive(Clone)]
struct Measured {
    nearest_zone: ArrayRef,
    distance_m: ArrayRef,
    certainty: ArrayRef,
}

thread_local! {
    /// What was measured last. A query that asks for the distance and for the certainty asks one after the other about
    /// the same columns, batch by batch. The question is kept, and its columns with it: no others can take their place
    /// in memory.
    static LAST: RefCell<Option<(Question, Measured)>> = const { RefCell::new(None) };
}

impl Question {
    /// A column of the answer.
    pub(super) fn answer(self, column: LocateColumn) -> Result<ArrayRef> {
        let last = LAST.with_borrow(|last| {
            last.as_ref().filter(|(question, _)| question.is_same(&self)).map(|(_, measured)| measured.clone())
        });
        let measured = match last {
            Some(measured) => measured,
            None => {
                let measured = self.measure()?;
                LAST.with_borrow_mut(|last| *last = Some((self, measured.clone())));
                measured
            }
        };
        Ok(match column {
            LocateColumn::NearestZone => measured.nearest_zone,
            LocateColumn::DistanceToBoundaryM => measured.distance_m,
            _ => measured.certainty,
        })
    }

    /// Whether it is about the same columns: not equal ones, the same.
    fn is_same(&self, other: &Question) -> bool {
        let is_same = |a: &Float64Array, b: &Float64Array| a.values().ptr_eq(b.values()) && a.nulls() == b.nulls();
        let knows_the_same = match (&self.uncertainty, &other.uncertainty) {
            (None, None) => true,
            (Some(a), Some(b)) => is_same(a, b),
            _ => false,
        };
        let is_of_same = self.plan == other.plan && self.crs == other.crs;
        is_of_same && knows_the_same && is_same(&self.x, &other.x) && is_same(&self.y, &other.y)
    }

    fn measure(&self) -> Result<Measured> {
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
            distance_m.append_option(as_written(&value(LocateColumn::DistanceToBoundaryM)));
        })?;
        Ok(Measured {
            nearest_zone: Arc::new(nearest_zone.finish()),
            distance_m: Arc::new(distance_m.finish()),
            certainty: Arc::new(certainty.finish()),
        })
    }

    /// An answer with its distance for each position, none for what is none.
    fn each(&self, found: impl FnMut(Option<Answer>)) -> Result<()> {
        let locator = self.plan.locator.locator();
        let known = |(row, site): (usize, Option<Coord<f64>>)| {
            let uncertainty_m = match &self.uncertainty {
                None => Some(0.0),
                Some(metres) => {
                    metres.is_valid(row).then(|| metres.value(row)).filter(|&metres| is_uncertainty(metres))
                }
            };
            Some((site?, Metres(uncertainty_m?)))
        };
        if self.crs.coincides(&Crs::Crs84) {
            locator.locate_each(positions(&self.x, &self.y).enumerate().map(known), found);
            return Ok(());
        }
        let mut sites = sites(&self.x, &self.y);
        with_settler(&self.crs, |settler| settler.normalize(&mut sites)).map_err(failed)?;
        let sites = sites.iter().map(|site| site.as_ref().ok().copied());
        locator.locate_each(sites.enumerate().map(known), found);
        Ok(())
    }
}

fn is_uncertainty(metres: f64) -> bool {
    metres.is_finite() && metres >= 0.0
}

/// A number with the decimals that tables have of it, so that both have the same.
pub(super) fn as_written(value: &Value<'_>) -> Option<f64> {
    value.as_f64()
}
