//! The function on parcels: `corridor_overlay(wkb)`.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use crate::crs::Crs;
use crate::engine::arguments::{self, checked_crs, is_text, query_error, type_names, with_normalizer};
use crate::engine::distances::rounded;
use crate::engine::plans::{OVERLAY_COLUMNS, PlanRef};
use crate::error::{QueryProblem, RowProblem};
use crate::io::{GeometryReader, end_row_with};
use crate::query::overlay::OverlaySummary;
use crate::table::{Batch, BatchBuilder, Kind, Value};

const NAME: &str = "corridor_overlay";

/// The parts of a parcel as in the output of `overlay`: a list in plan order,
/// with the part outside all zones last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct OverlayFunction {
    plan: PlanRef,
    signature: Signature,
}

impl OverlayFunction {
    pub(super) fn new(plan: PlanRef) -> OverlayFunction {
        OverlayFunction { plan, signature: Signature::user_defined(Volatility::Immutable) }
    }

    #[cfg(feature = "ballista")]
    pub(super) fn plan(&self) -> PlanRef {
        self.plan
    }

    fn parts(&self, batch: &Batch) -> Result<ArrayRef> {
        let parcels = self.plan.overlayer.parcels(batch);
        let answers = self.plan.overlayer.answer(batch, &parcels, &mut OverlaySummary::default());
        let mut columns: Vec<PartColumn> =
            OVERLAY_COLUMNS.iter().map(|column| PartColumn::new(column.field().kind)).collect();
        let mut lengths = vec![0; parcels.len()];
        // `overlay` has a row with a reason for an invalid parcel; here it is null.
        for (row, values) in answers.iter().filter(|&(row, _)| parcels[row].is_ok()) {
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            lengths[row] += 1;
        }
        let columns = columns.into_iter().map(PartColumn::finish).collect();
        let parts = StructArray::try_new(part_fields(), columns, None)?;
        let nulls = NullBuffer::from_iter(parcels.iter().map(|parcel| parcel.is_ok()));
        let offsets = OffsetBuffer::from_lengths(lengths);
        Ok(Arc::new(ListArray::try_new(part_field(), offsets, Arc::new(parts), Some(nulls))?))
    }
}

/// The fields of a part.
fn part_fields() -> Fields {
    OVERLAY_COLUMNS
        .iter()
        .map(|column| {
            let field = column.field();
            Field::new(field.name, PartColumn::new(field.kind).data_type(), true)
        })
        .collect()
}

fn part_field() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Struct(part_fields()), false))
}

/// The builder of a column of parts.
enum PartColumn {
    Text(StringBuilder),
    Number(Float64Builder),
    Truth(BooleanBuilder),
}

impl PartColumn {
    fn new(kind: Kind) -> PartColumn {
        match kind {
            Kind::Real => PartColumn::Number(Float64Builder::new()),
            Kind::Boolean => PartColumn::Truth(BooleanBuilder::new()),
            _ => PartColumn::Text(StringBuilder::new()),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            PartColumn::Text(_) => DataType::Utf8,
            PartColumn::Number(_) => DataType::Float64,
            PartColumn::Truth(_) => DataType::Boolean,
        }
    }

    fn push(&mut self, value: &Value<'_>) {
        match (self, value) {
            (PartColumn::Text(texts), Value::Text(text)) => texts.append_value(text),
            (PartColumn::Text(texts), _) => texts.append_null(),
            (PartColumn::Number(numbers), value) => numbers.append_option(rounded(value)),
            (PartColumn::Truth(truths), value) => truths.append_value(*value == Value::text(Some("true"))),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            PartColumn::Text(mut texts) => Arc::new(texts.finish()),
            PartColumn::Number(mut numbers) => Arc::new(numbers.finish()),
            PartColumn::Truth(mut truths) => Arc::new(truths.finish()),
        }
    }
}

impl ScalarUDFImpl for OverlayFunction {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(part_field()))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [shape] if is_wkb(shape) => Ok(vec![DataType::BinaryView]),
            [shape, crs] if is_wkb(shape) && is_text(crs) => Ok(vec![DataType::BinaryView, DataType::Utf8]),
            // The engine would turn an error into text; `return_field_from_args` rejects them.
            types => Ok(types.to_vec()),
        }
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<&DataType> = arguments.arg_fields.iter().map(|field| field.data_type()).collect();
        match types[..] {
            [shape] if is_wkb(shape) => {}
            [shape, crs] if is_wkb(shape) && is_text(crs) => {
                checked_crs(NAME, arguments.scalar_arguments.get(1).copied().flatten())?;
            }
            _ => {
                let (usage, found) = (format!("{NAME}(wkb[, crs])"), type_names(types));
                return Err(query_error(QueryProblem::ParcelArguments { usage, found }));
            }
        }
        Ok(Arc::new(Field::new(NAME, self.return_type(&[])?, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [shapes, rest @ ..] = arguments.args.as_slice() else {
            return Err(internal_datafusion_err!("{NAME} without arguments"));
        };
        let crs = arguments::crs(NAME, rest.first())?;
        let shapes = shapes.to_array(arguments.number_rows)?;
        let shapes = shapes.as_binary_view_opt().ok_or_else(|| internal_datafusion_err!("{NAME}: no binary"))?;
        let mut builder = BatchBuilder::new(1);
        let geometries = GeometryReader::new(crs.clone());
        for shape in shapes {
            end_row_with(&mut builder, shape.map_or(Err(RowProblem::NullGeometry), |wkb| geometries.binary(wkb)));
        }
        let Some(mut batch) = builder.finish(Arc::default()) else {
            return Ok(ColumnarValue::Array(arrow_array::new_empty_array(&self.return_type(&[])?)));
        };
        if !crs.coincides(&Crs::Crs84) {
            with_normalizer(&crs, |normalizer| batch.move_coords(|sites| normalizer.normalize(sites)))
                .map_err(arguments::failed)?;
        }
        Ok(ColumnarValue::Array(self.parts(&batch)?))
    }
}

fn is_wkb(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) | DataType::Null
    )
}
