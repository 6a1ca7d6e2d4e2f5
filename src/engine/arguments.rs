//! Function arguments: coordinate columns of the engine, and their coordinate system.

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

/// The coordinate system named by an argument, checked when the query is planned.
pub(super) fn checked_crs(function: &str, value: Option<&ScalarValue>) -> Result<Crs> {
    let Some(name) = value.and_then(|value| value.try_as_str().flatten()) else {
        return Err(query_error(QueryProblem::CrsNotLiteral { function: function.to_owned() }));
    };
    let crs = Crs::parse(name).map_err(failed)?;
    with_normalizer(&crs, |_| ()).map_err(failed)?;
    Ok(crs)
}

/// The coordinate system named by an argument; by default, longitude and latitude.
pub(super) fn crs(function: &str, value: Option<&ColumnarValue>) -> Result<Crs> {
    match value {
        None => Ok(Crs::Crs84),
        Some(ColumnarValue::Scalar(value)) => checked_crs(function, Some(value)),
        Some(ColumnarValue::Array(_)) => checked_crs(function, None),
    }
}

/// Calls `work` with a normalizer for a coordinate system. PROJ contexts are bound to a thread and take milliseconds to
/// create, so each thread caches its own. The axis order is fixed, easting or longitude first: if it were detected from
/// the first row, answers would depend on how the engine partitions a table.
pub(super) fn with_normalizer<R>(crs: &Crs, work: impl FnOnce(&mut CoordNormalizer) -> R) -> crate::error::Result<R> {
    thread_local! {
        static NORMALIZERS: RefCell<HashMap<Crs, CoordNormalizer>> = RefCell::default();
    }
    NORMALIZERS.with_borrow_mut(|normalizers| {
        let normalizer = match normalizers.remove(crs) {
            Some(normalizer) => normalizer,
            None => CoordNormalizer::new(crs.clone(), AxisOrder::EastNorth)?,
        };
        Ok(work(normalizers.entry(crs.clone()).or_insert(normalizer)))
    })
}

/// A column of numbers with the length of the batch.
pub(super) fn numbers(function: &str, value: &ColumnarValue, rows: usize) -> Result<Float64Array> {
    let array = value.to_array(rows)?;
    match array.as_primitive_opt::<Float64Type>() {
        // Shares the buffer.
        Some(numbers) => Ok(numbers.clone()),
        None => exec_err!("{function} takes numbers, not {}", array.data_type()),
    }
}

/// Pairs of coordinates by row; `None` if one of them is null.
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

/// The same as valid longitudes and latitudes; `None` for invalid ones.
pub(super) fn positions<'a>(
    x: &'a Float64Array,
    y: &'a Float64Array,
) -> impl ExactSizeIterator<Item = Option<Coord<f64>>> + 'a {
    pairs(x, y).map(|pair| pair.and_then(|pair| lon_lat(pair.x, pair.y).ok()))
}

/// The same as input for a [`CoordNormalizer`].
pub(super) fn sites(x: &Float64Array, y: &Float64Array) -> Vec<Result<Coord<f64>, RowProblem>> {
    pairs(x, y).map(|pair| pair.ok_or(RowProblem::NullGeometry)).collect()
}

/// Whether a type can hold coordinates.
pub(super) fn is_number(data_type: &DataType) -> bool {
    let is_number = |kind: &DataType| kind.is_numeric() || kind.is_null();
    is_number(data_type) || matches!(data_type, DataType::Dictionary(_, values) if is_number(values))
}

/// Whether a type is text, as names of coordinate systems are.
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

/// Wraps an error of this crate for the engine.
pub(super) fn failed(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
