//! The columns that a query adds to the rows of a batch.

use std::borrow::Cow;

use crate::table::Batch;

/// A value added by a query.
///
/// ```
/// use taizhou_corridor::table::Value;
///
/// assert_eq!(Value::Text("台州站".into()).to_string(), "台州站");
/// assert_eq!(Value::number(Some(348.920_445), 3).to_string(), "348.920");
/// assert_eq!(Value::Null.to_string(), "");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// An empty cell, `null`.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float {
        /// The number, which is finite.
        value: f64,
        /// The number of decimals for output; `None` for the shortest text that parses to the same double.
        decimals: Option<usize>,
    },
    /// A truth value.
    Bool(bool),
}

impl<'a> Value<'a> {
    /// A text, or [`Null`](Value::Null).
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::table::Value;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(Value::text(plan.feature("core")?.name_en.as_deref()).to_string(), "Central Innovation Core");
    /// assert_eq!(Value::text(None::<String>), Value::Null);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn text(text: Option<impl Into<Cow<'a, str>>>) -> Value<'a> {
        text.map_or(Value::Null, |text| Value::Text(text.into()))
    }

    /// A number, or [`Null`](Value::Null) if it is not finite.
    ///
    /// ```
    /// use taizhou_corridor::table::Value;
    ///
    /// assert_eq!(Value::number(Some(41.0), 2).to_string(), "41.00");
    /// // JSON cannot represent it.
    /// assert_eq!(Value::number(Some(f64::NAN), 2), Value::Null);
    /// ```
    pub fn number(value: Option<f64>, decimals: usize) -> Value<'a> {
        value
            .filter(|value| value.is_finite())
            .map_or(Value::Null, |value| Value::Float { value, decimals: Some(decimals) })
    }

    /// A number with all its digits; nothing if it is not finite.
    ///
    /// ```
    /// use taizhou_corridor::table::Value;
    ///
    /// assert_eq!(Value::float(12.25).to_string(), "12.25");
    /// ```
    pub fn float(value: f64) -> Value<'a> {
        if value.is_finite() { Value::Float { value, decimals: None } } else { Value::Null }
    }

    /// The number that the value is written as: rounded to its decimals. None if it is no number.
    ///
    /// ```
    /// use taizhou_corridor::table::Value;
    ///
    /// assert_eq!(Value::number(Some(2.0 / 3.0), 2).as_f64(), Some(0.67));
    /// assert_eq!(Value::text(Some("0.67")).as_f64(), None);
    /// ```
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Value::Integer(value) => Some(value as f64),
            Value::Float { value, decimals: None } => Some(value),
            Value::Float { value, decimals: Some(decimals) } => Some(round_to(value, decimals)),
            Value::Null | Value::Text(_) | Value::Bool(_) => None,
        }
    }

    /// The value as the text of a cell.
    pub(crate) fn text_of(&self) -> Cow<'_, str> {
        match self {
            Value::Null => Cow::Borrowed(""),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            number => Cow::Owned(number.to_string()),
        }
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Text(text) => f.write_str(text),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Float { value, decimals: None } => write!(f, "{value}"),
            Value::Float { value, decimals: Some(decimals) } => {
                if let Some((whole, part)) = rounded(*value, *decimals) {
                    let sign = if *value < 0.0 && (whole, part) != (0, 0) { "-" } else { "" };
                    return match decimals {
                        0 => write!(f, "{sign}{whole}"),
                        _ => write!(f, "{sign}{whole}.{part:0decimals$}"),
                    };
                }
                let text = format!("{value:.decimals$}");
                // Values that round to zero have no sign.
                let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
                f.write_str(if is_zero { text.trim_start_matches('-') } else { &text })
            }
        }
    }
}

/// The double nearest to a number that is rounded to these decimals.
fn round_to(value: f64, decimals: usize) -> f64 {
    match rounded(value, decimals) {
        // Of two whole numbers below 2⁵³ the quotient is the nearest double (IEEE 754).
        Some((whole, part)) if decimals <= 12 => {
            let scale = 10_u64.pow(decimals as u32);
            let size = (whole * scale + part) as f64 / scale as f64;
            if value < 0.0 && size != 0.0 { -size } else { size }
        }
        _ => Value::number(Some(value), decimals).to_string().parse().unwrap_or(value),
    }
}

/// The absolute value rounded to a number of decimals, as integer part and fraction. `None` if it is too large, or too
/// close to a tie for double arithmetic to decide.
fn rounded(value: f64, decimals: usize) -> Option<(u64, u64)> {
    let scale = 10_u64.pow(u32::try_from(decimals).ok().filter(|&decimals| decimals <= 12)?);
    let scaled = value.abs() * scale as f64;
    let is_near_middle = (scaled.fract() - 0.5).abs() < 1e-6 + scaled * f64::EPSILON;
    (scaled < 1e15 && !is_near_middle).then(|| {
        let units = scaled.round() as u64;
        (units / scale, units % scale)
    })
}

/// The result rows for a batch: each belongs to one row of the batch and has one value per column. A row of the batch
/// may have several consecutive result rows.
///
/// ```
/// use taizhou_corridor::table::{AnswerTable, Value};
///
/// // Site 0 is on the border of two zones, site 1 inside one.
/// let mut zones = AnswerTable::new(1);
/// for (site, zone) in [(0, "core"), (0, "jiaojiang"), (1, "core")] {
///     zones.push(site, [Value::text(Some(zone))]);
/// }
/// assert_eq!(zones.iter().filter(|&(site, _)| site == 0).count(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct AnswerTable<'a> {
    width: usize,
    /// For each result row, the row of the batch and the tuple of its values.
    rows: Vec<(usize, TupleId)>,
    values: Vec<Value<'a>>,
}

/// The values of a result row, which may be shared by several rows.
///
/// ```
/// use taizhou_corridor::table::{AnswerTable, Value};
///
/// let mut answers = AnswerTable::new(1);
/// let core = answers.push_tuple(0, [Value::text(Some("core"))]);
/// answers.push_shared(1, core);
/// assert!(answers.iter().all(|(_, values)| values[0].to_string() == "core"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TupleId(usize);

impl PartialEq for AnswerTable<'_> {
    fn eq(&self, other: &AnswerTable<'_>) -> bool {
        self.width == other.width && self.iter().eq(other.iter())
    }
}

impl<'a> AnswerTable<'a> {
    /// An empty table with a number of columns.
    ///
    /// ```
    /// use taizhou_corridor::table::AnswerTable;
    ///
    /// assert_eq!(AnswerTable::new(3).iter().count(), 0);
    /// ```
    pub fn new(width: usize) -> AnswerTable<'a> {
        AnswerTable { width, rows: vec![], values: vec![] }
    }

    /// One result row without columns for each row of a batch, for rows that are written unchanged.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::table::{AnswerTable, BatchBuilder};
    ///
    /// let mut builder = BatchBuilder::new(1);
    /// builder.end_row(Err(RowProblem::NullGeometry));
    /// assert_eq!(AnswerTable::none(&builder.finish(Arc::default()).unwrap()).iter().count(), 1);
    /// ```
    pub fn none(batch: &Batch) -> AnswerTable<'a> {
        AnswerTable { width: 0, rows: (0..batch.len()).map(|row| (row, TupleId(0))).collect(), values: vec![] }
    }

    /// Adds a result row to a row of the batch.
    ///
    /// ```
    /// use taizhou_corridor::table::{AnswerTable, Value};
    ///
    /// let mut answers = AnswerTable::new(2);
    /// answers.push(0, [Value::text(Some("core")), Value::number(Some(739.461), 1)]);
    /// assert_eq!(answers.iter().next().unwrap().1[1].to_string(), "739.5");
    /// ```
    pub fn push(&mut self, row: usize, values: impl IntoIterator<Item = Value<'a>>) {
        self.push_tuple(row, values);
    }

    /// Like [`push`](AnswerTable::push), and returns the id of the values for
    /// [`push_shared`](AnswerTable::push_shared).
    pub fn push_tuple(&mut self, row: usize, values: impl IntoIterator<Item = Value<'a>>) -> TupleId {
        let first = self.values.len();
        self.values.extend(values);
        debug_assert_eq!(self.values.len() - first, self.width);
        let tuple = TupleId(first.checked_div(self.width).unwrap_or(0));
        self.rows.push((row, tuple));
        tuple
    }

    /// Adds a result row that shares the values of an earlier one.
    ///
    /// ```
    /// use taizhou_corridor::table::{AnswerTable, Value};
    ///
    /// let mut answers = AnswerTable::new(1);
    /// let outside = answers.push_tuple(0, [Value::Null]);
    /// (1..1_000).for_each(|row| answers.push_shared(row, outside));
    /// assert_eq!(answers.iter().count(), 1_000);
    /// ```
    pub fn push_shared(&mut self, row: usize, tuple: TupleId) {
        self.rows.push((row, tuple));
    }

    /// The same for a number of consecutive tuples, given the first of them.
    pub(crate) fn push_shared_all(&mut self, row: usize, (first, count): (TupleId, usize)) {
        self.rows.extend((0..count).map(|index| (row, TupleId(first.0 + index))));
    }

    /// The result rows in order: the row of the batch, and the values.
    ///
    /// ```
    /// use taizhou_corridor::table::{AnswerTable, Value};
    ///
    /// let mut answers = AnswerTable::new(1);
    /// answers.push(7, [Value::text(Some("huangyan"))]);
    /// for (row, values) in answers.iter() {
    ///     assert_eq!(format!("{row}: {}", values[0]), "7: huangyan");
    /// }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[Value<'a>])> {
        self.rows.iter().map(|&(row, tuple)| (row, self.values(tuple)))
    }

    /// The rows of the batch with the tuples of their values, in order.
    pub(crate) fn tuples(&self) -> &[(usize, TupleId)] {
        &self.rows
    }

    /// The number of tuples.
    pub(crate) fn tuple_count(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(1)
    }

    /// The values of each tuple, in the order of their indexes.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = &[Value<'a>]> {
        (0..self.tuple_count()).map(|index| self.values(TupleId(index)))
    }

    fn values(&self, tuple: TupleId) -> &[Value<'a>] {
        &self.values[tuple.0 * self.width..(tuple.0 + 1) * self.width]
    }
}

impl TupleId {
    /// Its index among the tuples, from 0.
    pub(crate) fn number(self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]
        #[test]
        fn rounding_equals_that_of_display(bits: u64, value in -1e6..1e6, decimals in 0..12_usize, units in -1_000_000..1_000_000) {
            let middle = (f64::from(units) + 0.5) / 10f64.powi(decimals as i32);
            for value in [f64::from_bits(bits), value, value * 1e-9, value * 1e9, middle, f64::from(units), 0.0, -0.0] {
                if !value.is_finite() {
                    continue;
                }
                let expected = format!("{value:.decimals$}");
                let is_zero = !expected.contains(|c: char| ('1'..='9').contains(&c));
                let expected = if is_zero { expected.trim_start_matches('-') } else { &expected };
                proptest::prop_assert_eq!(Value::number(Some(value), decimals).to_string(), expected);
                // Typed columns have the number that texts have.
                let written = Value::number(Some(value), decimals);
                proptest::prop_assert_eq!(written.as_f64(), written.to_string().parse().ok());
            }
        }
    }
}
