//! The functions on positions, such as `corridor_zone(lon, lat)`.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringViewArray, UInt32Array};
use arrow_schema::{DataType, Field, FieldRef};
use datafusion::arrow::compute::take;
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use crate::crs::{Crs, IntoPlane};
use crate::engine::arguments::{
    self, checked_crs, is_number, is_text, numbers, positions, query_error, sites, type_names, with_normalizer,
};
use crate::engine::distances::DistanceInput;
use crate::engine::plans::PlanRef;
use crate::error::QueryProblem;
use crate::query::locate::{Answer, DistinctAnswers, LocateColumn};
use crate::table::Value;

/// A column of `locate` as a function of the position.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PointFunction {
    plan: PlanRef,
    column: LocateColumn,
    name: String,
    signature: Signature,
}

impl PointFunction {
    /// All functions of a plan.
    pub(super) fn all(plan: PlanRef) -> impl Iterator<Item = PointFunction> {
        // Without the reason of invalid rows: the functions return null.
        let columns = LocateColumn::ALL.into_iter().filter(|&column| column != LocateColumn::Reason);
        columns.map(move |column| {
            let name = match column {
                LocateColumn::DistanceToBoundaryM => "corridor_distance_m".to_owned(),
                column => format!("corridor_{}", column.as_str()),
            };
            PointFunction { plan, column, name, signature: Signature::user_defined(Volatility::Immutable) }
        })
    }

    #[cfg(feature = "ballista")]
    pub(super) fn plan(&self) -> PlanRef {
        self.plan
    }

    /// Whether the function takes the position uncertainty.
    fn takes_uncertainty(&self) -> bool {
        self.column == LocateColumn::Certainty
    }

    fn usage(&self) -> String {
        let uncertainty = if self.takes_uncertainty() { "[, uncertainty_m]" } else { "" };
        format!("{}(lon, lat{uncertainty}[, crs])", self.name)
    }

    /// The values for points with shared answers.
    fn values_of(&self, distinct: DistinctAnswers) -> Result<ArrayRef> {
        let value = |answer: &Option<Answer>| {
            let value = self.plan.locator.value(self.column, answer.as_ref()?);
            (value != Value::Null).then(|| value.to_string())
        };
        let values: StringViewArray = distinct.answers.iter().map(value).collect();
        Ok(take(&values, &UInt32Array::from(distinct.of_points), None)?)
    }

    /// Whether it takes arguments of these types.
    fn takes(&self, types: &[&DataType]) -> bool {
        let is_uncertainty = |kind: &DataType| self.takes_uncertainty() && is_number(kind);
        match types {
            [x, y] => is_number(x) && is_number(y),
            [x, y, third] => is_number(x) && is_number(y) && (is_text(third) || is_uncertainty(third)),
            [x, y, third, fourth] => is_number(x) && is_number(y) && is_uncertainty(third) && is_text(fourth),
            _ => false,
        }
    }

    /// The distinct answers for points in a coordinate system.
    fn distinct_answers(&self, crs: Crs, x: &Float64Array, y: &Float64Array) -> Result<DistinctAnswers> {
        let locator = self.plan.locator.locator();
        let plane = locator.plan().plane();
        if crs.coincides(&Crs::Crs84) {
            return Ok(locator.classify(positions(x, y).map(|position| Some(plane.coord(position?)))));
        }
        let mut sites = sites(x, y);
        let cells = self.plan.projected_cells(&crs, sites.len());
        let distinct = with_normalizer(&crs, |normalizer| {
            let distinct = cells.and_then(|cells| locator.classify_in(&cells, normalizer, &mut sites));
            distinct.unwrap_or_else(|| {
                normalizer.to_system_order(&mut sites);
                IntoPlane::new(Some(normalizer), plane).sites(&mut sites);
                locator.classify(sites.iter().map(|site| site.as_ref().ok().copied()))
            })
        });
        distinct.map_err(arguments::failed)
    }
}

impl ScalarUDFImpl for PointFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(if self.column == LocateColumn::DistanceToBoundaryM { DataType::Float64 } else { DataType::Utf8View })
    }

    /// Two numbers; for some functions, a third; optionally, the name of a coordinate system.
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        // The engine would turn an error into text; `return_field_from_args` rejects other types.
        if !self.takes(&types.iter().collect::<Vec<_>>()) {
            return Ok(types.to_vec());
        }
        Ok(types.iter().map(|kind| if is_text(kind) { DataType::Utf8 } else { DataType::Float64 }).collect())
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<&DataType> = arguments.arg_fields.iter().map(|field| field.data_type()).collect();
        if !self.takes(&types) {
            let (usage, found) = (self.usage(), type_names(types));
            return Err(query_error(QueryProblem::CoordinateArguments { usage, found }));
        }
        if let Some(place) = arguments.arg_fields.iter().position(|field| is_text(field.data_type())) {
            checked_crs(&self.name, arguments.scalar_arguments[place])?;
        }
        Ok(Arc::new(Field::new(&self.name, self.return_type(&[])?, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let [x, y, rest @ ..] = arguments.args.as_slice() else {
            return Err(internal_datafusion_err!("{} without arguments", self.name));
        };
        let (x, y) = (numbers(&self.name, x, rows)?, numbers(&self.name, y, rows)?);
        let (names, metres): (Vec<_>, Vec<_>) = rest.iter().partition(|value| is_text(&value.data_type()));
        let crs = arguments::crs(&self.name, names.first().copied())?;
        if !self.column.needs_distance() {
            return Ok(ColumnarValue::Array(self.values_of(self.distinct_answers(crs, &x, &y)?)?));
        }
        let metres = metres.first().map(|metres| numbers(&self.name, metres, rows)).transpose()?;
        let input = DistanceInput { plan: self.plan, crs, x, y, uncertainty: metres };
        Ok(ColumnarValue::Array(input.answer(self.column)?))
    }
}
