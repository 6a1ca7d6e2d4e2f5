//! What functions are called with: coordinates as they stand in the engine's columns, and their system.

use std::cell::RefCell;
use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array};
use arrow_schema::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::logical_expr::ColumnarValue;
use geo::{Coord, coord};

use crate::crs::{AxisOrder, CoordNormalizer, Crs, lon_lat};
use crate::error::{Error, ErrorKind, QueryProblem, RowProblem};

/// The system that an argument names, checked when a query is planned.
pub(super) fn checked_crs(function: &str, value: Option<&ScalarValue>) -> Result<Crs> {
    let Some(name) = value.and_then(|value| value.try_as_str().flatten()) else {
        return Err(query_error(QueryProblem::CrsNotLiteral { function: function.to_owned() }));
    };
    let crs = crate::crs::typed(name).map_err(failed)?;
    with_settler(&crs, |_| ()).map_err(failed)?;
    Ok(crs)
}

/// The system that an argument names; without one, longitude and latitude.
pub(super) fn crs(function: &str, value: Option<&ColumnarValue>) -> Result<Crs> {
    match value {
        None => Ok(Crs::Crs84),
        Some(ColumnarValue::Scalar(value)) => checked_crs(function, Some(value)),
        Some(ColumnarValue::Array(_)) => checked_crs(function, None),
    }
}

/// Lends a settler of a system. PROJ's contexts belong to a thread, and take some milliseconds to make: each thread
/// keeps its own. The easting or longitude comes first, as the functions are called: were the order told by the first
/// row, answers would depend on where the engine divides a table.
pub(super) fn with_settler<R>(crs: &Crs, work: impl FnOnce(&mut CoordNormalizer) -> R) -> crate::error::Result<R> {
    thread_local! {
        static SETTLERS: RefCell<HashMap<Crs, CoordNormalizer>> = RefCell::default();
    }
    SETTLERS.with_borrow_mut(|settlers| {
        let settler = match settlers.remove(crs) {
            Some(settler) => settler,
            None => CoordNormalizer::new(crs.clone(), AxisOrder::EastNorth)?,
        };
        Ok(work(settlers.entry(crs.clone()).or_insert(settler)))
    })
}

/// A column of numbers, as long as the batch.
pub(super) fn numbers(function: &str, value: &ColumnarValue, rows: usize) -> Result<Float64Array> {
    let array = value.to_array(rows)?;
    match array.as_primitive_opt::<Float64Type>() {
        // Shares the numbers.
        Some(numbers) => Ok(numbers.clone()),
        None => exec_err!("{function} takes numbers, not {}", array.data_type()),
    }
}

/// Pairs of numbers, row by row; none where one of them is null.
pub(super) fn pairs<'a>(
    x: &'a Float64Array,
    y: &'a Float64Array,
) -> impl ExactSizeIterator<Item = Option<Coord<f64>>> + 'a {
    let (xs, ys) = (x.values(), y.values());
    let has_nulls = x.null_count() + y.null_count() > 0;
    (0..x.len()).map(move |row| {
        let is_null = has_nulls && (x.is_null(row) || y.is_null(row));
        (!is_null).then(|| coord! { x: xs[row], y: ys[row] })
    })
}

/// The same as longitudes and latitudes, if that is what they are; none for what is no position.
pub(super) fn positions<'a>(
    x: &'a Float64Array,
    y: &'a Float64Array,
) -> impl ExactSizeIterator<Item = Option<Coord<f64>>> + 'a {
    pairs(x, y).map(|pair| pair.and_then(|pair| lon_lat(pair.x, pair.y).ok()))
}

/// The same as a settler takes them.
pub(super) fn sites(x: &Float64Array, y: &Float64Array) -> Vec<Result<Coord<f64>, RowProblem>> {
    pairs(x, y).map(|pair| pair.ok_or(RowProblem::NullGeometry)).collect()
}

/// Whether values are numbers that coordinates may be.
pub(super) fn is_number(data_type: &DataType) -> bool {
    let is_number = |kind: &DataType| kind.is_numeric() || kind.is_null();
    is_number(data_type) || matches!(data_type, DataType::Dictionary(_, values) if is_number(values))
}

/// Whether values are text, as the name of a system is.
pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// What is wrong with a query as an error of the engine.
pub(super) fn query_error(problem: QueryProblem) -> DataFusionError {
    failed(Error::new(ErrorKind::Query(problem)))
}

/// The types of arguments, as messages have them.
pub(super) fn type_names<'a>(types: impl IntoIterator<Item = &'a DataType>) -> String {
    types.into_iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(", ")
}

/// An error of this crate as one of the engine.
pub(super) fn failed(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
