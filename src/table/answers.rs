//! What a query adds to the rows of a batch.

use std::borrow::Cow;

/// A value that a query adds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing: an empty cell, `null`.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// A number, to be shown with so many decimals.
    Number {
        /// The number; it is finite.
        value: f64,
        /// The decimals that are meant.
        decimals: usize,
    },
}

impl<'a> Value<'a> {
    /// A text, or nothing.
    pub fn text(text: Option<impl Into<Cow<'a, str>>>) -> Value<'a> {
        text.map_or(Value::Null, |text| Value::Text(text.into()))
    }

    /// A number, or nothing.
    pub fn number(value: Option<f64>, decimals: usize) -> Value<'a> {
        value.filter(|value| value.is_finite()).map_or(Value::Null, |value| Value::Number { value, decimals })
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Text(text) => f.write_str(text),
            Value::Number { value, decimals } => write!(f, "{value:.decimals$}"),
        }
    }
}

/// Rows of answers to a batch: each belongs to one row of the batch and holds one value a column.
/// A row of the batch may have several, next to each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers<'a> {
    width: usize,
    rows: Vec<usize>,
    values: Vec<Value<'a>>,
}

impl<'a> Answers<'a> {
    /// No answers yet, of so many columns.
    pub fn new(width: usize) -> Answers<'a> {
        Answers { width, rows: vec![], values: vec![] }
    }

    /// Adds an answer to a row of the batch.
    pub fn push(&mut self, row: usize, values: impl IntoIterator<Item = Value<'a>>) {
        self.rows.push(row);
        self.values.extend(values);
        debug_assert_eq!(self.values.len(), self.rows.len() * self.width);
    }

    /// The answers in order: the row of the batch, and the values.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[Value<'a>])> {
        self.rows.iter().enumerate().map(|(i, &row)| (row, &self.values[i * self.width..(i + 1) * self.width]))
    }
}
