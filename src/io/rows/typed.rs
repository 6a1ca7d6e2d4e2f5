//! Cells as values of the kind of their column, for formats with typed columns. Dates are texts: `2022-11-14`,
//! `2022-11-14T09:30:00Z`.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::io::rows::loss::Loss;
use crate::table::{Batch, CellText, Field, Kind, Schema, Value, make_distinct};

/// The typed columns of a table: its attributes, then those of a query, with distinct names.
#[derive(Clone)]
pub(in crate::io) struct TypedColumns {
    schema: Schema,
    fields: Vec<Field>,
    /// The number of values in each column that do not have its kind.
    mismatches: Vec<u64>,
}

impl TypedColumns {
    /// For a format that allows any names.
    #[cfg(any(test, feature = "flatgeobuf", feature = "parquet"))]
    pub(in crate::io) fn new(schema: &Schema, added: &[Field]) -> TypedColumns {
        TypedColumns::with_names(schema, added, str::to_owned, str::to_owned)
    }

    /// For a format with case-insensitive names, such as a database.
    pub(in crate::io) fn without_case(schema: &Schema, added: &[Field], held: impl Fn(&str) -> String) -> TypedColumns {
        TypedColumns::with_names(schema, added, held, str::to_lowercase)
    }

    /// Names are made valid for the format by `held`, and are equal for it if their `key` is. Columns of the table keep
    /// their names; added columns are renamed.
    pub(in crate::io) fn with_names(
        schema: &Schema,
        added: &[Field],
        held: impl Fn(&str) -> String,
        key: impl Fn(&str) -> String,
    ) -> TypedColumns {
        let mut fields: Vec<Field> = schema.attributes().into_iter().chain(added.iter().cloned()).collect();
        for (index, Field { name, .. }) in fields.iter_mut().enumerate() {
            *name = if name.is_empty() { format!("column_{}", index + 1) } else { held(name) };
        }
        let mut names: Vec<&mut String> = fields.iter_mut().map(|field| &mut field.name).collect();
        let own_end = names.len() - added.len();
        if schema.ids.is_some() {
            names[..own_end].rotate_left(1);
        }
        make_distinct(&mut names, key);
        let mismatches = vec![0; fields.len()];
        TypedColumns { schema: schema.clone(), fields, mismatches }
    }

    pub(in crate::io) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// For each attribute the index of its column in the table; `None` for ids that are not a column.
    #[cfg(feature = "parquet")]
    pub(in crate::io) fn attribute_places(&self) -> Vec<Option<usize>> {
        let ids = self.schema.ids.map(|_| None);
        let own = (0..self.schema.fields.len()).filter(|&index| self.schema.is_written(index));
        ids.into_iter().chain(own.map(Some)).collect()
    }

    /// The number of values in each column that do not have its kind.
    #[cfg(feature = "parquet")]
    pub(in crate::io) fn mismatches(&self) -> &[u64] {
        &self.mismatches
    }

    /// The values of a row of a batch and those that a query adds, one per column.
    pub(in crate::io) fn row<'b>(
        &mut self,
        batch: &'b Batch,
        row_index: usize,
        values: &'b [Value<'_>],
    ) -> Vec<Value<'b>> {
        let mut row = self.cells(batch, row_index);
        row.extend(self.values(values));
        row
    }

    /// The attributes of a row, one value per column.
    pub(in crate::io) fn cells<'b>(&mut self, batch: &'b Batch, row_index: usize) -> Vec<Value<'b>> {
        let cells = self.schema.cells(batch, row_index);
        let mut row = Vec::with_capacity(self.fields.len());
        for (index, cell) in cells.into_iter().enumerate() {
            row.push(self.fit(index, cell.map(|cell| (cell.text(), is_null(cell)))));
        }
        row
    }

    /// The values that a query adds, one per column.
    pub(in crate::io) fn values<'b>(&mut self, values: &'b [Value<'_>]) -> impl Iterator<Item = Value<'b>> {
        let own = self.fields.len() - values.len();
        (own..).zip(values).map(|(index, value)| self.fit_value(index, value))
    }

    fn fit_value<'b>(&mut self, index: usize, value: &'b Value<'_>) -> Value<'b> {
        match (self.fields[index].kind, value) {
            (_, Value::Null) => Value::Null,
            (Kind::Real, Value::Integer(_) | Value::Float { .. }) => value.as_f64().map_or(Value::Null, Value::float),
            (Kind::Integer, Value::Integer(value)) => Value::Integer(*value),
            (Kind::Boolean, Value::Bool(value)) => Value::Bool(*value),
            _ => self.fit(index, Some((value.text_of(), false))),
        }
    }

    fn fit<'b>(&mut self, index: usize, cell: Option<(Cow<'b, str>, bool)>) -> Value<'b> {
        let Some((text, false)) = cell else { return Value::Null };
        let kind = self.fields[index].kind;
        let typed = match kind {
            Kind::Text | Kind::Json => return Value::Text(text),
            // An empty cell of a text file is null.
            _ if text.trim().is_empty() => return Value::Null,
            Kind::Integer => text.parse().ok().map(Value::Integer),
            Kind::Real => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::float),
            Kind::Boolean => text.parse().ok().map(Value::Bool),
            Kind::Date => date(&text).map(|_| Value::Text(text)),
            Kind::DateTime => text.get(..10).and_then(date).map(|_| Value::Text(text)),
        };
        typed.unwrap_or_else(|| {
            self.mismatches[index] += 1;
            Value::Null
        })
    }

    /// Values that do not have the kind of their column, and renamed columns.
    pub(in crate::io) fn losses(&self, added: &[Field]) -> Vec<Loss> {
        let attributes = self.schema.attributes();
        let names = attributes.iter().chain(added).zip(&self.fields);
        let renamed = names
            .filter(|(before, field)| before.name != field.name)
            .map(|(before, field)| Loss::Renamed { from: before.name.clone(), to: field.name.clone() });
        let mismatches = self.fields.iter().zip(&self.mismatches).filter(|(_, count)| **count > 0);
        renamed.chain(mismatches.map(|(field, &count)| Loss::Unfit { field: field.name.clone(), count })).collect()
    }
}

fn is_null(cell: CellText<'_>) -> bool {
    cell == CellText::Json("null")
}

/// Bytes as hexadecimal digits, for cells of text.
pub(in crate::io) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Parses a date of the Gregorian calendar: `2022-11-14`.
pub(in crate::io) fn date(text: &str) -> Option<NaiveDate> {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| is_shaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RowProblem;
    use crate::table::{BatchBuilder, GeometrySource};
    use std::sync::Arc;

    #[test]
    fn cells_become_values_of_their_kind() {
        let kinds = [Kind::Text, Kind::Integer, Kind::Real, Kind::Boolean, Kind::Date, Kind::DateTime];
        let fields = kinds.iter().map(|kind| Field::new("a", *kind)).collect();
        let schema = Schema { fields, geometry_source: GeometrySource::Points, ..Schema::default() };
        let mut builder = BatchBuilder::new(1);
        let good = [r#""0701""#, "330003000000000123", "1e3", "true", r#""2024-02-29""#, r#""2022-11-14T09:30:00Z""#];
        good.iter().enumerate().for_each(|(index, json)| builder.cell(index, CellText::Json(json)));
        builder.end_row(Err(RowProblem::NullGeometry));
        let bad = ["null", "1.5", r#""x""#, "1", r#""2023-02-29""#, r#""noon""#];
        bad.iter().enumerate().for_each(|(index, json)| builder.cell(index, CellText::Json(json)));
        builder.end_row(Err(RowProblem::NullGeometry));
        let batch = builder.finish(Arc::new(vec!["a".to_owned(); 6])).unwrap();
        let mut columns = TypedColumns::new(&schema, &[]);
        let expected = [
            Value::Text("0701".into()),
            Value::Integer(330_003_000_000_000_123),
            Value::float(1000.0),
            Value::Bool(true),
            Value::Text("2024-02-29".into()),
            Value::Text("2022-11-14T09:30:00Z".into()),
        ];
        assert_eq!(columns.row(&batch, 0, &[]), expected);
        assert_eq!(columns.row(&batch, 1, &[]), vec![Value::Null; 6]);
        assert_eq!(columns.mismatches, [0, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn names_are_told_apart_and_those_of_the_table_come_first() {
        let schema = Schema::of_text(["ID", "Name", "name", ""], GeometrySource::Points);
        let schema = Schema { ids: Some(Kind::Text), ..schema };
        let names =
            |columns: &TypedColumns| columns.fields().iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        let added = [Field::new("NAME", Kind::Text)];
        let columns = TypedColumns::without_case(&schema, &added, str::to_owned);
        assert_eq!(names(&columns), ["id_2", "ID", "Name", "name_2", "column_5", "NAME_3"]);
        assert_eq!(columns.losses(&added).len(), 4);
        let columns = TypedColumns::new(&schema, &added);
        assert_eq!(names(&columns), ["id", "ID", "Name", "name", "column_5", "NAME"]);
        // A name that differs only in case is taken.
        let schema = Schema::of_text(["lon", "Lon", "lon_2", "id", "ID"], GeometrySource::Points);
        let schema = Schema { ids: Some(Kind::Text), ..schema };
        let columns = TypedColumns::without_case(&schema, &[], str::to_owned);
        assert_eq!(names(&columns), ["id_2", "lon", "Lon_3", "lon_2", "id", "ID_3"]);
        assert_eq!(columns.losses(&[]).len(), 2);
    }
}
