//! Overlay with several layers for the rows of a table.

use geo::MultiPolygon;

use crate::crs::{CoordNormalizer, Crs, IntoPlane, Plane};
use crate::error::RowProblem;
use crate::geometry::geometry;
use crate::query::locate::Certainty;
use crate::query::overlay::parcel_shape::{ValidPolygon, in_plane, sliver_width};
use crate::query::overlay::{LayerColumn, LayerCover, LayersSummary, Overlayer, Repair};
use crate::query::reason::{ReasonText, reason};
use crate::query::{AnsweredBatch, QueryCoords, TableQuery};
use crate::table::{AnswerTable, Batch, BatchBuilder, Field, GeometrySource, Value};
use crate::units::{Metres, SquareMetres};

/// A layer with its name.
pub struct Layer<'p> {
    /// The name, by which its answers are told apart.
    pub name: String,
    /// The overlayer of its features.
    pub overlayer: Overlayer<'p>,
}

/// A parcel of a table with what each layer covers of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredParcel {
    /// The ellipsoidal area.
    pub area: SquareMetres,
    /// What each layer covers, in their order.
    pub covers: Vec<LayerCover>,
    /// The valid shape in longitude and latitude, if [shapes are kept](LayerOverlayer::keeping_shapes).
    pub shape: Option<MultiPolygon<f64>>,
    /// What was repaired, if anything.
    pub repaired: Option<Repair>,
}

/// Overlays the parcels of a table with several layers, each in a plane of its own.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{Layer, LayerColumn, LayerOverlayer, Overlayer};
/// use taizhou_corridor::run::TableRun;
///
/// let csv = "block,wkt\nA,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
/// let rows = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?;
/// let fields = br#"{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "Polygon",
///     "coordinates": [[[121.47, 28.6], [121.5, 28.6], [121.5, 28.7], [121.47, 28.7], [121.47, 28.6]]]}}"#;
/// let (plan, fields) = (Plan::bundled(), Plan::flat_from_geojson(fields, None)?);
/// let layer = |name: &str, plan| Layer { name: name.to_owned(), overlayer: Overlayer::new(plan) };
/// let layers = vec![layer("corridor", &plan), layer("farmland", &fields)];
/// let overlayer = LayerOverlayer::new(layers, &[LayerColumn::Layer, LayerColumn::Relation, LayerColumn::Share]);
/// let (output, written) = Output::memory("covered.csv");
/// TableRun::new(rows, &overlayer).only_fields(&["block".to_owned()])?.write(output, WriteOptions::new(Format::CSV))?.run()?.finish()?;
/// let text = String::from_utf8(written.into_bytes()).unwrap();
/// assert_eq!(text, "block,layer,relation,share\nA,corridor,within,1.0000000000\nA,farmland,straddles,0.5000000000\n");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct LayerOverlayer<'p> {
    layers: Vec<Layer<'p>>,
    columns: Vec<LayerColumn>,
    is_wide: bool,
    are_pieces: bool,
    with_repair: bool,
    keeps_parcels: bool,
    keeps_shapes: bool,
    sliver_width: Option<Metres>,
    reason: ReasonText,
}

impl<'p> LayerOverlayer<'p> {
    /// Answers with these columns, one row for each parcel and layer.
    pub fn new(layers: Vec<Layer<'p>>, columns: &[LayerColumn]) -> LayerOverlayer<'p> {
        let columns = columns.to_vec();
        LayerOverlayer {
            layers,
            columns,
            is_wide: false,
            are_pieces: false,
            with_repair: false,
            keeps_parcels: false,
            keeps_shapes: false,
            sliver_width: None,
            reason,
        }
    }

    /// One row for each parcel, with columns for each layer; columns that are about the parcel alone come last.
    pub fn wide(mut self) -> LayerOverlayer<'p> {
        self.is_wide = true;
        self
    }

    /// Rows with the parts in the layers as geometries instead of the parcels: one row for each parcel and layer that
    /// covers a part of it.
    pub fn as_pieces(mut self) -> LayerOverlayer<'p> {
        self.are_pieces = true;
        self
    }

    /// Repairs invalid polygons, as [`RowOverlayer::repairing`](super::super::RowOverlayer::repairing) does.
    pub fn repairing(mut self) -> LayerOverlayer<'p> {
        self.with_repair = true;
        self
    }

    /// Keeps the rows with their parcels in the summary of each batch, for a report: to be taken from it by
    /// [`TableRun::on_batch`](crate::run::TableRun::on_batch).
    pub fn keeping_parcels(mut self) -> LayerOverlayer<'p> {
        self.keeps_parcels = true;
        self
    }

    /// Keeps the shapes of parcels too, for a map.
    pub fn keeping_shapes(mut self) -> LayerOverlayer<'p> {
        self.keeps_shapes = true;
        self
    }

    /// Ignores parts narrower than this in the relations, as
    /// [`RowOverlayer::with_sliver_width`](super::super::RowOverlayer::with_sliver_width) does.
    pub fn with_sliver_width(mut self, width: Metres) -> LayerOverlayer<'p> {
        self.sliver_width = Some(width);
        self
    }

    /// Words the column `reason` in another way than [`reason`](crate::query::reason::reason) does.
    pub fn with_reasons(mut self, reason: ReasonText) -> LayerOverlayer<'p> {
        self.reason = reason;
        self
    }

    /// The layers.
    pub fn layers(&self) -> &[Layer<'p>] {
        &self.layers
    }

    fn parcels(&self, batch: &Batch, normalizer: Option<&CoordNormalizer>) -> Vec<Result<CoveredParcel, RowProblem>> {
        let plane = |layer: &Layer<'p>| IntoPlane::new(normalizer, layer.overlayer.plan().plane());
        let into_planes: Vec<IntoPlane<'_>> = self.layers.iter().map(plane).collect();
        let lon_lat = IntoPlane::new(normalizer, &Plane::LON_LAT);
        (0..batch.len()).map(|row_index| self.parcel(batch, row_index, &lon_lat, &into_planes)).collect()
    }

    fn parcel(
        &self,
        batch: &Batch,
        row_index: usize,
        lon_lat: &IntoPlane<'_>,
        into_planes: &[IntoPlane<'_>],
    ) -> Result<CoveredParcel, RowProblem> {
        let ValidPolygon { shape, repaired } = ValidPolygon::of(batch, row_index, lon_lat.source(), self.with_repair)?;
        let mut covers: Vec<LayerCover> = Vec::with_capacity(self.layers.len());
        // Most layers are in the same plane, into which a parcel is brought once.
        let mut last: Option<(&Plane, MultiPolygon<f64>)> = None;
        for (layer, into_plane) in self.layers.iter().zip(into_planes) {
            let plane = layer.overlayer.plan().plane();
            let brought = match last.take() {
                Some((of, shape)) if of == plane => shape,
                _ => in_plane(&shape, into_plane)?,
            };
            covers.push(layer.overlayer.cover(&brought, sliver_width(self.sliver_width, into_plane)));
            last = Some((plane, brought));
        }
        let area = covers.first().map_or(SquareMetres(0.0), |cover| cover.parcel_area);
        let kept = if self.keeps_shapes { in_plane(&shape, lon_lat).ok() } else { None };
        let repaired = repaired.map(|problem| Repair { problem, shape });
        Ok(CoveredParcel { area, covers, shape: kept, repaired })
    }

    fn answer(&self, parcels: &[Result<CoveredParcel, RowProblem>]) -> AnswerTable<'_> {
        let mut answers = AnswerTable::new(self.fields().len());
        for (row_index, parcel) in parcels.iter().enumerate() {
            match parcel {
                Err(problem) => answers.push(row_index, self.each_column(|_, column| self.invalid(column, problem))),
                Ok(parcel) if self.is_wide => {
                    answers.push(row_index, self.each_column(|layer, column| self.value(column, parcel, layer)));
                }
                Ok(parcel) => {
                    for layer in 0..self.layers.len() {
                        answers.push(row_index, self.columns.iter().map(|&column| self.value(column, parcel, layer)));
                    }
                }
            }
        }
        answers
    }

    /// The rows with the parts in the layers as geometries; `None` if there are none.
    fn pieces<'s>(
        &'s self,
        batch: &Batch,
        normalizer: Option<&CoordNormalizer>,
        parcels: &[Result<CoveredParcel, RowProblem>],
    ) -> Option<AnsweredBatch<'s>> {
        let mut answers = AnswerTable::new(self.columns.len());
        let mut pieces = BatchBuilder::new(batch.first_row());
        let mut count = 0;
        let mut push = |row_index, values: Vec<Value<'s>>, piece: Result<MultiPolygon<f64>, RowProblem>| {
            pieces.copy(batch.row(row_index));
            let piece =
                piece.and_then(|piece| if piece.0.is_empty() { Err(RowProblem::NullGeometry) } else { Ok(piece) });
            pieces.end_row_with(piece.map(geometry));
            answers.push(count, values);
            count += 1;
        };
        for (row_index, parcel) in parcels.iter().enumerate() {
            let parcel = match parcel {
                Ok(parcel) => parcel,
                Err(problem) => {
                    let values = self.each_column(|_, column| self.invalid(column, problem));
                    push(row_index, values, Err(RowProblem::NullGeometry));
                    continue;
                }
            };
            for (index, layer) in self.layers.iter().enumerate().filter(|(index, _)| parcel.covers[*index].area.0 > 0.0)
            {
                let into_plane = IntoPlane::new(normalizer, layer.overlayer.plan().plane());
                let polygon = ValidPolygon::of(batch, row_index, into_plane.source(), self.with_repair);
                let piece = polygon.and_then(|ValidPolygon { shape, .. }| match parcel.covers[index].share < 1.0 {
                    // The whole parcel keeps its corners.
                    false => Ok(shape),
                    true => into_plane.shape_in_table(&layer.overlayer.covered(&in_plane(&shape, &into_plane)?)),
                });
                let values = self.columns.iter().map(|&column| self.value(column, parcel, index)).collect();
                push(row_index, values, piece);
            }
        }
        pieces.finish(batch.shared_columns()).map(|pieces| (pieces, answers))
    }

    /// The columns in their order, each with the index of its layer.
    fn each_column<T>(&self, value: impl Fn(usize, LayerColumn) -> T) -> Vec<T> {
        if !self.is_wide {
            return self.columns.iter().map(|&column| value(0, column)).collect();
        }
        let of_layers = (0..self.layers.len()).flat_map(|layer| {
            self.columns.iter().filter(|column| column.is_of_layer()).map(move |&column| (layer, column))
        });
        let of_parcel = self.columns.iter().filter(|column| !column.is_of_layer()).map(|&column| (0, column));
        of_layers.chain(of_parcel).map(|(layer, column)| value(layer, column)).collect()
    }

    fn invalid(&self, column: LayerColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            LayerColumn::Relation if !problem.is_remark() => Value::text(Some("invalid")),
            LayerColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }

    fn value(&self, column: LayerColumn, parcel: &CoveredParcel, layer: usize) -> Value<'_> {
        let cover = &parcel.covers[layer];
        match column {
            LayerColumn::Layer => Value::text(Some(self.layers[layer].name.as_str())),
            LayerColumn::Relation => Value::text(Some(cover.relation.as_str())),
            LayerColumn::AreaM2 => Value::number(Some(cover.area.0), 6),
            LayerColumn::Share => Value::number(Some(cover.share), 10),
            LayerColumn::ParcelAreaM2 => Value::number(Some(cover.parcel_area.0), 6),
            LayerColumn::Majority => Value::Bool(cover.is_majority()),
            LayerColumn::Certainty => Value::text(cover.certainty.map(Certainty::as_str)),
            LayerColumn::Reason => {
                Value::text(parcel.repaired.as_ref().map(|repair| (self.reason)(&repair.problem, true)))
            }
        }
    }
}

impl TableQuery for LayerOverlayer<'_> {
    type Summary = LayersSummary;

    fn fields(&self) -> Vec<Field> {
        self.each_column(|layer, column| match self.is_wide && column.is_of_layer() {
            true => column.field_of(&self.layers[layer].name),
            false => column.field(),
        })
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Source
    }

    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        if self.are_pieces { GeometrySource::Shapes } else { of_table }
    }

    fn answer_batch(
        &self,
        mut batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut LayersSummary,
    ) -> Option<AnsweredBatch<'_>> {
        let parcels = self.parcels(&batch, normalizer);
        summary.count(&batch, &parcels);
        if self.are_pieces {
            let answered = self.pieces(&batch, normalizer, &parcels);
            summary.batches.extend(self.keeps_parcels.then_some((batch, parcels)));
            return answered;
        }
        let answers = self.answer(&parcels);
        let kept = self.keeps_parcels.then(|| batch.clone());
        for (row_index, parcel) in parcels.iter().enumerate() {
            if let Ok(CoveredParcel { repaired: Some(Repair { shape, .. }), .. }) = parcel {
                batch.replace_shape(row_index, geometry(shape.clone()));
            }
        }
        summary.batches.extend(kept.map(|kept| (kept, parcels)));
        Some((batch, answers))
    }

    fn count_batch(&self, batch: Batch, normalizer: Option<&CoordNormalizer>, summary: &mut LayersSummary) {
        let parcels = self.parcels(&batch, normalizer);
        summary.count(&batch, &parcels);
        if self.keeps_parcels {
            summary.batches.push((batch, parcels));
        }
    }
}
