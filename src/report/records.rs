//! Small tables for programs, as CSV or JSON.

use csv::WriterBuilder;

use crate::table::Value;

/// A small result table whose column names are the same in every language.
///
/// ```
/// use taizhou_corridor::report::Records;
/// use taizhou_corridor::table::Value;
///
/// let mut records = Records::new(&["id", "area_km2"]);
/// records.push(vec![Value::text(Some("core")), Value::number(Some(41.0), 2)]);
/// assert_eq!(records.to_csv(), "id,area_km2\ncore,41.00\n");
/// assert_eq!(records.to_json(), "[\n{\"id\":\"core\",\"area_km2\":41.00}\n]\n");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Records<'a> {
    names: &'static [&'static str],
    rows: Vec<Vec<Value<'a>>>,
}

impl<'a> Records<'a> {
    /// A table with these columns and no rows.
    pub fn new(names: &'static [&'static str]) -> Records<'a> {
        Records { names, rows: vec![] }
    }

    /// Adds a row, a value for each column.
    pub fn push(&mut self, row: Vec<Value<'a>>) {
        debug_assert_eq!(row.len(), self.names.len());
        self.rows.push(row);
    }

    /// The rows as CSV with a header.
    pub fn to_csv(&self) -> String {
        let mut writer = WriterBuilder::new().from_writer(vec![]);
        // Writing to memory cannot fail, and all rows have the same length.
        let _ = writer.write_record(self.names);
        for row in &self.rows {
            let _ = writer.write_record(row.iter().map(Value::to_string));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The rows as a JSON array of objects, one a line.
    pub fn to_json(&self) -> String {
        let objects: Vec<String> = self.rows.iter().map(|row| self.object(row)).collect();
        if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
    }

    fn object(&self, row: &[Value<'_>]) -> String {
        let members = self.names.iter().zip(row).map(|(name, value)| format!("\"{name}\":{}", json(value)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

fn json(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => serde_json::Value::from(text.as_ref()).to_string(),
        Value::Integer(_) | Value::Float { .. } | Value::Bool(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_two_forms() {
        let mut records = Records::new(&["id", "area_m2"]);
        records.push(vec![Value::text(Some("a,\"b\"")), Value::number(Some(1.25), 1)]);
        records.push(vec![Value::Null, Value::number(None, 1)]);
        assert_eq!(records.to_csv(), "id,area_m2\n\"a,\"\"b\"\"\",1.2\n,\n");
        assert_eq!(
            records.to_json(),
            "[\n{\"id\":\"a,\\\"b\\\"\",\"area_m2\":1.2},\n{\"id\":null,\"area_m2\":null}\n]\n"
        );
        assert_eq!(Records::new(&["id"]).to_json(), "[]\n");
    }
}
