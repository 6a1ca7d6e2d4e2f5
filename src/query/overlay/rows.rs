//! `overlay` for the rows of a table.

use geo::MultiPolygon;

use crate::crs::{CoordNormalizer, Crs, IntoPlane, Plane};
use crate::error::RowProblem;
use crate::geometry::geometry;
use crate::plan::FeatureId;
use crate::query::locate::Certainty;
use crate::query::overlay::parcel_shape::{ValidPolygon, in_plane, shape_in_table, sliver_width};
use crate::query::overlay::{Membership, OverlayColumn, OverlaySummary, Overlayer, Part, Relation};
use crate::query::reason::{ReasonText, reason};
use crate::query::{AnsweredBatch, QueryCoords, TableQuery};
use crate::table::{AnswerTable, Batch, BatchBuilder, Field, GeometrySource, Row, Value};
use crate::units::{AreaUnit, Metres, SquareMetres, StatedArea};

/// Overlays the parcels of a table with the zones of a plan.
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
    are_pieces: bool,
    min_area: SquareMetres,
    min_share: f64,
    with_repair: bool,
    sliver_width: Option<Metres>,
    stated: Option<(usize, AreaUnit)>,
    reason: ReasonText,
}

/// A parcel of a table with the result of its overlay.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// The valid shape, in the plane of the plan.
    pub shape: MultiPolygon<f64>,
    /// The parts in zones and outside.
    pub membership: Membership,
    /// What was repaired, if anything.
    pub repaired: Option<Repair>,
    /// Whether the relations ignore parts that are narrower than the sliver width.
    pub has_slivers: bool,
}

/// The repair of a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// The problem that the shape had.
    pub problem: RowProblem,
    /// The repaired shape, in the coordinates of its table.
    pub shape: MultiPolygon<f64>,
}

impl<'p> RowOverlayer<'p> {
    /// Answers with these columns, one row for each parcel and zone.
    pub fn new(overlayer: Overlayer<'p>, columns: &[OverlayColumn]) -> RowOverlayer<'p> {
        let (min_area, min_share, columns) = (SquareMetres(0.0), 0.0, columns.to_vec());
        RowOverlayer {
            overlayer,
            columns,
            is_wide: false,
            are_pieces: false,
            min_area,
            min_share,
            with_repair: false,
            sliver_width: None,
            stated: None,
            reason,
        }
    }

    /// Repairs invalid polygons ([`repair`](crate::geometry::repair::repair)) and states this in the column `reason`.
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
        self.with_repair = true;
        self
    }

    /// One row for each parcel: that of its largest part.
    pub fn wide(mut self) -> RowOverlayer<'p> {
        self.is_wide = true;
        self
    }

    /// Rows with the parts as geometries instead of the parcels, as [`pieces`](RowOverlayer::pieces) makes them.
    pub fn as_pieces(mut self) -> RowOverlayer<'p> {
        self.are_pieces = true;
        self
    }

    /// Omits parts smaller than an area or a share, and counts them.
    pub fn without_slivers(mut self, min_area: SquareMetres, min_share: f64) -> RowOverlayer<'p> {
        (self.min_area, self.min_share) = (min_area, min_share);
        self
    }

    /// The index of the column with the stated area, and its unit: for [`OverlayColumn::StatedAreaM2`] and
    /// [`OverlayColumn::StatedDifferenceM2`].
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

    /// The default sliver width of parcels that are transformed to the plane of the plan: the deviation of their edges.
    pub const TRANSFORMED_SLIVER_WIDTH: Metres = Metres(1e-4);

    /// Ignores parts narrower than this in the relations: they do not make a parcel straddle. Their areas remain. The
    /// default is [`TRANSFORMED_SLIVER_WIDTH`](RowOverlayer::TRANSFORMED_SLIVER_WIDTH) for parcels in another plane than
    /// the plan, otherwise 0: relations are exact.
    pub fn with_sliver_width(mut self, width: Metres) -> RowOverlayer<'p> {
        self.sliver_width = Some(width);
        self
    }

    fn plane(&self) -> &'p Plane {
        self.overlayer.plan().plane()
    }

    /// The output columns.
    pub fn columns(&self) -> &[OverlayColumn] {
        &self.columns
    }

    /// The overlayer for single parcels.
    pub fn overlayer(&self) -> &Overlayer<'p> {
        &self.overlayer
    }

    /// Overlays the parcels of a batch: one result for each row.
    pub fn parcels(&self, batch: &Batch) -> Vec<Result<Parcel, RowProblem>> {
        self.parcels_in(batch, None)
    }

    /// The same for rows in the system of `normalizer`.
    pub(super) fn parcels_in(
        &self,
        batch: &Batch,
        normalizer: Option<&CoordNormalizer>,
    ) -> Vec<Result<Parcel, RowProblem>> {
        let into_plane = IntoPlane::new(normalizer, self.overlayer.plan().plane());
        (0..batch.len()).map(|row_index| self.parcel(batch, row_index, &into_plane)).collect()
    }

    fn parcel(&self, batch: &Batch, row_index: usize, into_plane: &IntoPlane<'_>) -> Result<Parcel, RowProblem> {
        let ValidPolygon { shape, repaired } =
            ValidPolygon::of(batch, row_index, into_plane.source(), self.with_repair)?;
        let in_plane = in_plane(&shape, into_plane)?;
        let mut membership = self.overlayer.overlay(&in_plane);
        let sliver_width = sliver_width(self.sliver_width, into_plane);
        let has_slivers = membership.ignore_slivers(&in_plane, self.plane(), sliver_width);
        let repaired = repaired.map(|problem| Repair { problem, shape });
        Ok(Parcel { shape: in_plane, membership, repaired, has_slivers })
    }

    /// The answers for the parcels of a batch; omitted slivers are counted.
    pub fn answer(
        &self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        summary: &mut OverlaySummary,
    ) -> AnswerTable<'p> {
        let mut answers = AnswerTable::new(self.columns.len());
        self.each(batch, parcels, summary, &mut |row_index, values, _| answers.push(row_index, values));
        answers
    }

    /// The batch with repaired shapes in place of the invalid ones.
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
        for (row_index, parcel) in parcels.iter().enumerate() {
            if let Ok(Parcel { repaired: Some(Repair { shape, .. }), .. }) = parcel {
                batch.replace_shape(row_index, geometry(shape.clone()));
            }
        }
        batch
    }

    /// The answers with the parts as row geometries, for maps; new vertices are rounded to double precision. `None` if
    /// there are no rows.
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
        summary: &mut OverlaySummary,
    ) -> Option<(Batch, AnswerTable<'p>)> {
        self.pieces_in(batch, None, parcels, summary)
    }

    fn pieces_in(
        &self,
        batch: &Batch,
        normalizer: Option<&CoordNormalizer>,
        parcels: &[Result<Parcel, RowProblem>],
        summary: &mut OverlaySummary,
    ) -> Option<(Batch, AnswerTable<'p>)> {
        let into_plane = IntoPlane::new(normalizer, self.overlayer.plan().plane());
        let mut answers = AnswerTable::new(self.columns.len());
        let mut pieces = BatchBuilder::new(batch.first_row());
        let mut count = 0;
        self.each(batch, parcels, summary, &mut |row_index, values, part| {
            pieces.copy(batch.row(row_index));
            let piece = part.map_or(Err(RowProblem::NullGeometry), |(parcel, part)| match part.relation {
                Relation::Touches if part.area.0 == 0.0 => Err(RowProblem::NullGeometry),
                // The whole parcel keeps its corners.
                _ if part.is_whole() => Ok(shape_in_table(batch, row_index, parcel)),
                _ => into_plane.shape_in_table(&self.overlayer.piece(&parcel.shape, &parcel.membership, part)),
            });
            let piece =
                piece.and_then(|piece| if piece.0.is_empty() { Err(RowProblem::NullGeometry) } else { Ok(piece) });
            pieces.end_row_with(piece.map(geometry));
            answers.push(count, values);
            count += 1;
        });
        pieces.finish(batch.shared_columns()).map(|pieces| (pieces, answers))
    }

    /// The rows to write for the parcels of a batch.
    pub(super) fn answered(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        parcels: &[Result<Parcel, RowProblem>],
        summary: &mut OverlaySummary,
    ) -> Option<AnsweredBatch<'p>> {
        if self.are_pieces {
            return self.pieces_in(&batch, normalizer, parcels, summary);
        }
        let answers = self.answer(&batch, parcels, summary);
        Some((RowOverlayer::repaired(batch, parcels), answers))
    }

    /// Calls `emit` with each answer: the row index, the values and, for a valid parcel, its part.
    #[allow(clippy::type_complexity, reason = "one closure type, used here only")]
    fn each(
        &self,
        batch: &Batch,
        parcels: &[Result<Parcel, RowProblem>],
        summary: &mut OverlaySummary,
        emit: &mut dyn FnMut(usize, Vec<Value<'p>>, Option<(&Parcel, &Part)>),
    ) {
        for (row_index, parcel) in parcels.iter().enumerate() {
            let parcel = match parcel {
                Ok(parcel) => parcel,
                Err(problem) => {
                    emit(
                        row_index,
                        self.columns.iter().map(|&column| self.invalid_value(column, problem)).collect(),
                        None,
                    );
                    continue;
                }
            };
            let stated = self.stated.and_then(|stated| stated_area(batch.row(row_index), stated));
            for (part_index, part) in parcel.membership.parts.iter().enumerate() {
                if self.is_wide && part_index != parcel.membership.majority
                    || self.is_sliver(&parcel.membership, part_index, summary)
                {
                    continue;
                }
                let value = |&column: &OverlayColumn| match (column, &parcel.repaired, stated) {
                    (OverlayColumn::Reason, Some(Repair { problem, .. }), _) => {
                        Value::text(Some((self.reason)(problem, true)))
                    }
                    (OverlayColumn::StatedAreaM2, _, Some(stated)) => Value::number(Some(stated.area.0), 6),
                    (OverlayColumn::StatedDifferenceM2, _, Some(stated)) => {
                        Value::number(Some(parcel.membership.parcel_area.0 - stated.area.0), 6)
                    }
                    (OverlayColumn::MeanWidthM, ..) => {
                        Value::number(Some(part.mean_width(&parcel.shape, self.plane()).0), 3)
                    }
                    _ => self.value(column, &parcel.membership, part_index, part),
                };
                emit(row_index, self.columns.iter().map(value).collect(), Some((parcel, part)));
            }
        }
    }

    fn invalid_value(&self, column: OverlayColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            OverlayColumn::Relation if problem.is_remark() => Value::Null,
            OverlayColumn::Relation => Value::text(Some("invalid")),
            OverlayColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }

    /// Whether a part is to be omitted; the largest part never is.
    fn is_sliver(&self, membership: &Membership, part_index: usize, summary: &mut OverlaySummary) -> bool {
        let part = &membership.parts[part_index];
        let is_small = part.area < self.min_area || part.share < self.min_share;
        let is_sliver = is_small && part_index != membership.majority;
        if is_sliver {
            summary.slivers += 1;
            summary.sliver_area = SquareMetres(summary.sliver_area.0 + part.area.0);
        }
        is_sliver
    }

    fn value(&self, column: OverlayColumn, membership: &Membership, part_index: usize, part: &Part) -> Value<'p> {
        let plan = self.overlayer.plan();
        let id = |zone: FeatureId| plan[zone].id.as_str();
        match column {
            OverlayColumn::Zone => Value::text(part.zone.map(id)),
            OverlayColumn::ZoneName => Value::text(part.zone.map(|zone| plan[zone].name.as_str())),
            // In the wide form, the relation refers to the whole parcel: other parts may be in a zone or touch one.
            OverlayColumn::Relation
                if self.is_wide && part.relation == Relation::Outside && membership.parts.len() > 1 =>
            {
                let is_divided = membership.parts.iter().any(|part| part.relation == Relation::Straddles);
                let relation = if is_divided { Relation::Straddles } else { Relation::Touches };
                Value::text(Some(relation.as_str()))
            }
            OverlayColumn::Relation => Value::text(Some(part.relation.as_str())),
            OverlayColumn::AreaM2 => Value::number(Some(part.area.0), 6),
            OverlayColumn::Share => Value::number(Some(part.share), 10),
            OverlayColumn::ParcelAreaM2 => Value::number(Some(membership.parcel_area.0), 6),
            OverlayColumn::Majority => Value::Bool(part_index == membership.majority),
            OverlayColumn::Certainty => Value::text(membership.certainty.map(Certainty::as_str)),
            OverlayColumn::Shares => {
                let intersected = membership.parts.iter().filter(|part| part.relation != Relation::Touches);
                let shares: Vec<String> =
                    intersected.map(|part| format!("{}={:.4}", part.zone.map_or("outside", id), part.share)).collect();
                Value::text(Some(shares.join(";")))
            }
            OverlayColumn::MeanWidthM
            | OverlayColumn::StatedAreaM2
            | OverlayColumn::StatedDifferenceM2
            | OverlayColumn::Reason => Value::Null,
        }
    }
}

impl TableQuery for RowOverlayer<'_> {
    type Summary = OverlaySummary;

    fn fields(&self) -> Vec<Field> {
        self.columns.iter().map(|column| column.field()).collect()
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Source
    }

    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        if self.are_pieces { GeometrySource::Shapes } else { of_table }
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut OverlaySummary,
    ) -> Option<AnsweredBatch<'_>> {
        let parcels = self.parcels_in(&batch, normalizer);
        summary.count(&batch, &parcels);
        self.answered(batch, normalizer, &parcels, summary)
    }

    fn count_batch(&self, batch: Batch, normalizer: Option<&CoordNormalizer>, summary: &mut OverlaySummary) {
        summary.count(&batch, &self.parcels_in(&batch, normalizer));
    }
}

/// The stated area of a row: the value of a column, by index, in a unit. `None` if the cell has none.
pub fn stated_area(row: Row<'_>, (column, unit): (usize, AreaUnit)) -> Option<StatedArea> {
    StatedArea::parse(row.cell(column)?.shown().trim(), unit)
}
