//! The same question for the rows of a table.

use geo::{Geometry, MultiPolygon};

use crate::error::RowProblem;
use crate::geometry::polygons_of;
use crate::geometry::repair::repair;
use crate::geometry::validity::first_validation_error;
use crate::plan::FeatureId;
use crate::query::locate::Certainty;
use crate::query::overlay::{Membership, OverlayColumn, OverlaySummary, Overlayer, Part, Relation};
use crate::query::reason::{ReasonText, reason};
use crate::table::{AnswerTable, Batch, BatchBuilder, Row, Shape, Value};
use crate::units::{AreaUnit, SquareMetres, StatedArea};

/// Lays the parcels of a table over the zones of a plan.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer, OverlaySummary};
///
/// let csv = "block,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
/// let batch = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let plan = Plan::bundled();
/// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Zone, OverlayColumn::Share]);
/// let parcels = overlayer.parcels(&batch);
/// let answers = overlayer.answer(&batch, &parcels, &mut OverlaySummary::default());
/// let rows: Vec<String> = answers.iter().map(|(_, values)| format!("{} {}", values[0], values[1])).collect();
/// assert_eq!(rows, ["core 0.2098649163", "jiaojiang 0.7901350837"]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct RowOverlayer<'p> {
    overlayer: Overlayer<'p>,
    columns: Vec<OverlayColumn>,
    is_wide: bool,
    min_area: SquareMetres,
    min_share: f64,
    repairs: bool,
    stated: Option<(usize, AreaUnit)>,
    reason: ReasonText,
}

/// A parcel of a table, and what it meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Its shape (degrees), valid.
    pub shape: MultiPolygon<f64>,
    /// The zones that it meets.
    pub membership: Membership,
    /// What was wrong with it before it was repaired.
    pub repaired: Option<RowProblem>,
}

impl<'p> RowOverlayer<'p> {
    /// Answers with these columns, one row for each parcel and zone.
    pub fn new(overlayer: Overlayer<'p>, columns: &[OverlayColumn]) -> RowOverlayer<'p> {
        let (min_area, min_share, columns) = (SquareMetres(0.0), 0.0, columns.to_vec());
        RowOverlayer { overlayer, columns, is_wide: false, min_area, min_share, repairs: false, stated: None, reason }
    }

    /// Repairs polygons that are not valid ([`repair`]), and says so in `reason`.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer, OverlaySummary};
    ///
    /// let bow_tie = "wkt\n\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n";
    /// let batch = io::open(Input::bytes("parcels.csv", bow_tie), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Reason]).repairing();
    /// let parcels = overlayer.parcels(&batch);
    /// let answers = overlayer.answer(&batch, &parcels, &mut OverlaySummary::default());
    /// assert!(answers.iter().next().unwrap().1[0].to_string().starts_with("repaired: self-crossing"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repairing(mut self) -> RowOverlayer<'p> {
        self.repairs = true;
        self
    }

    /// One row for each parcel: its largest part.
    pub fn wide(mut self) -> RowOverlayer<'p> {
        self.is_wide = true;
        self
    }

    /// Leaves out parts that are smaller than an area or a share, and tallies them.
    pub fn without_slivers(mut self, min_area: SquareMetres, min_share: f64) -> RowOverlayer<'p> {
        (self.min_area, self.min_share) = (min_area, min_share);
        self
    }

    /// The column, by its number, that states the area of each parcel, and the unit it is in: for
    /// [`OverlayColumn::StatedAreaM2`] and [`OverlayColumn::StatedDifferenceM2`].
    pub fn with_stated_area(mut self, column: usize, unit: AreaUnit) -> RowOverlayer<'p> {
        self.stated = Some((column, unit));
        self
    }

    /// Words the column `reason` in another way than [`reason`](crate::query::reason::reason) does, as for people.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlayColumn, OverlaySummary, Overlayer, RowOverlayer};
    ///
    /// let bow_tie = "wkt\n\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n";
    /// let batch = io::open(Input::bytes("parcels.csv", bow_tie), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Reason]).repairing();
    /// let overlayer = overlayer.with_reasons(|problem, is_repaired| format!("{} {is_repaired}", problem.code()));
    /// let parcels = overlayer.parcels(&batch);
    /// let answers = overlayer.answer(&batch, &parcels, &mut OverlaySummary::default());
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "self-crossing true");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_reasons(mut self, reason: ReasonText) -> RowOverlayer<'p> {
        self.reason = reason;
        self
    }

    /// The columns it answers with.
    pub fn columns(&self) -> &[OverlayColumn] {
        &self.columns
    }

    /// What lays the parcels over the zones.
    pub fn overlayer(&self) -> &Overlayer<'p> {
        &self.overlayer
    }

    /// The parcels of a batch, row by row, with what they meet; or why a row is none.
    pub fn parcels(&self, batch: &Batch) -> Vec<Result<Parcel, RowProblem>> {
        (0..batch.len()).map(|number| self.parcel(batch, number)).collect()
    }

    fn parcel(&self, batch: &Batch, number: usize) -> Result<Parcel, RowProblem> {
        let (shape, repaired) = match polygons(batch, number) {
            Ok(shape) => (shape, None),
            Err((problem, Some(broken))) if self.repairs => match repair(&broken) {
                Some(shape) => (shape, Some(problem)),
                None => return Err(RowProblem::NotRepairable(Box::new(problem))),
            },
            Err((problem, _)) => return Err(problem),
        };
        let membership = self.overlayer.overlay(&shape);
        Ok(Parcel { shape, membership, repaired })
    }

    /// The answers for the parcels of a batch; slivers that are left out are tallied.
    pub fn answer(
        &self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        tally: &mut OverlaySummary,
    ) -> AnswerTable<'p> {
        let mut answers = AnswerTable::new(self.columns.len());
        self.each(batch, parcels, tally, &mut |number, values, _| answers.push(number, values));
        answers
    }

    /// The rows with the repaired shapes of their parcels in place of the broken ones that they came with.
    ///
    /// ```
    /// use taizhou_corridor::geometry::validity::first_validation_error;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer};
    ///
    /// let bow_tie = "wkt\n\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n";
    /// let batch = io::open(Input::bytes("parcels.csv", bow_tie), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Zone]).repairing();
    /// let parcels = overlayer.parcels(&batch);
    /// assert_eq!(RowOverlayer::repaired(batch, &parcels).shape(0).unwrap().kind(), "MultiPolygon");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repaired(mut batch: Batch, parcels: &[Result<Parcel, RowProblem>]) -> Batch {
        for (number, parcel) in parcels.iter().enumerate() {
            if let Ok(Parcel { shape, repaired: Some(_), .. }) = parcel {
                batch.replace_shape(number, geometry(shape.clone()));
            }
        }
        batch
    }

    /// The answers with the parts themselves as the geometries of the rows, for a map: corners are rounded to
    /// the last place of a double. None where there is no row.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer, OverlaySummary};
    ///
    /// let csv = "block,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
    /// let batch = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Zone]);
    /// let parcels = overlayer.parcels(&batch);
    /// let (pieces, answers) = overlayer.pieces(&batch, &parcels, &mut OverlaySummary::default()).unwrap();
    /// assert_eq!((pieces.len(), answers.iter().count()), (2, 2));
    /// assert_eq!(pieces.shape(0).unwrap().kind(), "Polygon");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn pieces(
        &self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        tally: &mut OverlaySummary,
    ) -> Option<(Batch, AnswerTable<'p>)> {
        let mut answers = AnswerTable::new(self.columns.len());
        let mut pieces = BatchBuilder::new(batch.first_row());
        let mut count = 0;
        self.each(batch, parcels, tally, &mut |number, values, found| {
            pieces.copy(batch.row(number));
            let piece = found.map(|(parcel, part)| match part.relation {
                Relation::Touches => MultiPolygon::new(vec![]),
                _ => self.overlayer.piece(&parcel.shape, &parcel.membership, part),
            });
            let piece = piece.filter(|piece| !piece.0.is_empty());
            pieces.end_row_with(piece.map(geometry).ok_or(RowProblem::NullGeometry));
            answers.push(count, values);
            count += 1;
        });
        pieces.finish(batch.shared_columns()).map(|pieces| (pieces, answers))
    }

    /// Calls `found` with each answer: the row, the values, and where there is a parcel, the part of it.
    #[allow(clippy::type_complexity, reason = "one caller a shape of answer")]
    fn each(
        &self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        tally: &mut OverlaySummary,
        found: &mut dyn FnMut(usize, Vec<Value<'p>>, Option<(&Parcel, &Part)>),
    ) {
        for (number, parcel) in parcels.iter().enumerate() {
            let parcel = match parcel {
                Ok(parcel) => parcel,
                Err(problem) => {
                    found(number, self.columns.iter().map(|&column| self.refused(column, problem)).collect(), None);
                    continue;
                }
            };
            let stated = self.stated.and_then(|stated| stated_area(batch.row(number), stated));
            for (place, part) in parcel.membership.parts.iter().enumerate() {
                if self.is_wide && place != parcel.membership.majority
                    || self.is_sliver(&parcel.membership, place, tally)
                {
                    continue;
                }
                let value = |&column: &OverlayColumn| match (column, &parcel.repaired, stated) {
                    (OverlayColumn::Reason, Some(problem), _) => Value::text(Some((self.reason)(problem, true))),
                    (OverlayColumn::StatedAreaM2, _, Some(stated)) => Value::number(Some(stated.area.0), 6),
                    (OverlayColumn::StatedDifferenceM2, _, Some(stated)) => {
                        Value::number(Some(parcel.membership.parcel_area.0 - stated.area.0), 6)
                    }
                    (OverlayColumn::MeanWidthM, ..) => Value::number(Some(part.mean_width(&parcel.shape).0), 3),
                    _ => self.value(column, &parcel.membership, place, part),
                };
                found(number, self.columns.iter().map(value).collect(), Some((parcel, part)));
            }
        }
    }

    fn refused(&self, column: OverlayColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            OverlayColumn::Relation => Value::text(Some("invalid")),
            OverlayColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }

    /// The largest part is never one.
    fn is_sliver(&self, membership: &Membership, place: usize, tally: &mut OverlaySummary) -> bool {
        let part = &membership.parts[place];
        let is_small = part.area < self.min_area || part.share < self.min_share;
        let is_sliver = is_small && place != membership.majority;
        if is_sliver {
            tally.slivers += 1;
            tally.sliver_area = SquareMetres(tally.sliver_area.0 + part.area.0);
        }
        is_sliver
    }

    fn value(&self, column: OverlayColumn, membership: &Membership, place: usize, part: &Part) -> Value<'p> {
        let plan = self.overlayer.plan();
        let id = |zone: FeatureId| plan[zone].id.as_str();
        match column {
            OverlayColumn::Zone => Value::text(part.zone.map(id)),
            OverlayColumn::ZoneName => Value::text(part.zone.map(|zone| plan[zone].name.as_str())),
            // A row that speaks for the whole parcel says so where another part lies in a zone, or touches one.
            OverlayColumn::Relation
                if self.is_wide && part.relation == Relation::Outside && membership.parts.len() > 1 =>
            {
                let relation = if part.share < 1.0 { Relation::Straddles } else { Relation::Touches };
                Value::text(Some(relation.as_str()))
            }
            OverlayColumn::Relation => Value::text(Some(part.relation.as_str())),
            OverlayColumn::AreaM2 => Value::number(Some(part.area.0), 6),
            OverlayColumn::Share => Value::number(Some(part.share), 10),
            OverlayColumn::ParcelAreaM2 => Value::number(Some(membership.parcel_area.0), 6),
            OverlayColumn::Majority => Value::Bool(place == membership.majority),
            OverlayColumn::Certainty => Value::text(membership.certainty.map(Certainty::as_str)),
            OverlayColumn::Shares => {
                let met = membership.parts.iter().filter(|part| part.relation != Relation::Touches);
                let shares: Vec<String> =
                    met.map(|part| format!("{}={:.4}", part.zone.map_or("outside", id), part.share)).collect();
                Value::text(Some(shares.join(";")))
            }
            OverlayColumn::MeanWidthM
            | OverlayColumn::StatedAreaM2
            | OverlayColumn::StatedDifferenceM2
            | OverlayColumn::Reason => Value::Null,
        }
    }
}

/// The area that a row states in a column, by its number, in this unit. None where it states none.
pub fn stated_area(row: Row<'_>, (column, unit): (usize, AreaUnit)) -> Option<StatedArea> {
    StatedArea::parse(row.cell(column)?.shown().trim(), unit)
}

/// The shape of a row as a valid polygon; or what is wrong with it, and the polygon that is not valid.
fn polygons(batch: &Batch, number: usize) -> Result<MultiPolygon<f64>, (RowProblem, Option<MultiPolygon<f64>>)> {
    let shape = match batch.shape(number) {
        Ok(shape) => shape,
        Err(problem) => return Err((problem.clone(), batch.closed_shape(number).and_then(parcel_of))),
    };
    let parcel = if let Shape::Other(geometry) = shape { parcel_of(geometry) } else { None };
    let Some(parcel) = parcel else {
        return Err((RowProblem::NotAParcel { found: shape.kind().to_owned() }, None));
    };
    match first_validation_error(&parcel) {
        None => Ok(parcel),
        Some(flaw) => Err((RowProblem::Shape(flaw.problem), Some(parcel))),
    }
}

/// A shape as it is written: of one part, a polygon.
fn geometry(mut shape: MultiPolygon<f64>) -> Geometry<f64> {
    if shape.0.len() == 1 { shape.0.remove(0).into() } else { shape.into() }
}

fn parcel_of(geometry: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    Some(MultiPolygon(polygons_of(geometry)?.into_iter().cloned().collect()))
}
