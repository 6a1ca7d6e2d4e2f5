//! Reading KML as a table with a row per placemark.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, Unsupported};
use crate::io::bytes::input::Source;
use crate::io::formats::kml::archive::Documents;
use crate::io::formats::kml::placemarks::{ColumnSource, Placemarks, Value};
use crate::io::rows::columns::end_row_with;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema, distinct_names};

pub(in crate::io) struct KmlReader {
    placemarks: Placemarks,
    indices: HashMap<ColumnSource, usize>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    has_rows: bool,
    row: u64,
}

impl KmlReader {
    /// Reads the file once to find the columns, which only the placemarks define.
    pub(in crate::io) fn new(source: Source, options: &ReadOptions) -> Result<KmlReader> {
        let (first, second) = Documents::twice(source)?;
        let ScannedSchema { schema, indices, has_rows } =
            ScannedSchema::of(&mut Placemarks::new(first, options.encoding))?;
        let columns = Arc::new(schema.names());
        let placemarks = Placemarks::new(second, options.encoding);
        Ok(KmlReader { placemarks, indices, schema, columns, has_rows, row: 0 })
    }
}

impl RowReader for KmlReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn encoding(&self) -> &'static str {
        self.placemarks.encoding()
    }

    fn notes(&self) -> Vec<ReadNote> {
        if self.has_rows { vec![] } else { vec![ReadNote::NoPlacemarks] }
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(mut placemark) = self.placemarks.next()? else { break };
            self.row += 1;
            if let Some(id) = &placemark.id {
                batch.id(&serde_json::Value::from(id.as_str()).to_string());
            }
            for Value { source, text, .. } in std::mem::take(&mut placemark.values) {
                let column = *self.indices.get(&source).ok_or_else(|| Error::new(ErrorKind::ModifiedDuringRead))?;
                match self.schema.fields[column].kind {
                    Kind::Text => batch.cell(column, CellText::Text(&text)),
                    kind => batch.cell(column, CellText::Json(&json(kind, text.trim()))),
                }
            }
            end_row_with(&mut batch, placemark.geometry());
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// A value as JSON of its kind; `null` for an empty text or a number that is not finite.
fn json(kind: Kind, text: &str) -> String {
    let found = match kind {
        Kind::Integer => text.parse::<i64>().ok().map(|value| value.to_string()),
        Kind::Boolean => boolean(text).map(|value| value.to_string()),
        // Unchanged if it is valid JSON.
        _ if serde_json::from_str::<serde_json::Number>(text).is_ok() => Some(text.to_owned()),
        _ => text.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| value.to_string()),
    };
    found.unwrap_or_else(|| "null".to_owned())
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// The columns found in the placemarks.
struct ScannedSchema {
    schema: Schema,
    indices: HashMap<ColumnSource, usize>,
    has_rows: bool,
}

/// A column during the first pass.
#[derive(Default)]
struct Column {
    source: Option<ColumnSource>,
    /// The schemas of its values; `None` for values without a schema.
    schemas: HashSet<Option<String>>,
    excluded: HashSet<Kind>,
}

impl ScannedSchema {
    fn of(placemarks: &mut Placemarks) -> Result<ScannedSchema> {
        let mut columns: Vec<Column> = vec![];
        let mut indices: HashMap<ColumnSource, usize> = HashMap::new();
        let (mut ids, mut geometry_source) = (None, GeometrySource::Points);
        let mut has_rows = false;
        while let Some(placemark) = placemarks.next()? {
            has_rows = true;
            ids = ids.or(placemark.id.as_ref().map(|_| Kind::Text));
            for Value { source, schema, text } in &placemark.values {
                let index = *indices.entry(source.clone()).or_insert_with(|| {
                    columns.push(Column { source: Some(source.clone()), ..Column::default() });
                    columns.len() - 1
                });
                let column = &mut columns[index];
                if !column.schemas.contains(schema) {
                    column.schemas.insert(schema.clone());
                }
                column.add(text.trim());
            }
            let geometry = placemark.geometry().ok().and_then(|decoded| decoded.geometry);
            if geometry.is_some_and(|geometry| !matches!(geometry, geo::Geometry::Point(_))) {
                geometry_source = GeometrySource::Shapes;
            }
        }
        if !has_rows && placemarks.has_links() {
            return Err(Error::new(ErrorKind::Unsupported(Unsupported::Links)));
        }
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        let kinds = columns.iter().map(|column| column.kind(placemarks));
        let fields = distinct_names(&names).into_iter().zip(kinds).map(|(name, kind)| Field::new(name, kind)).collect();
        Ok(ScannedSchema { schema: Schema { fields, geometry_source, ids, ..Schema::default() }, indices, has_rows })
    }
}

impl Column {
    fn add(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let fits = [
            (Kind::Integer, text.parse::<i64>().is_ok()),
            (Kind::Real, text.parse::<f64>().is_ok()),
            (Kind::Boolean, boolean(text).is_some()),
        ];
        self.excluded.extend(fits.into_iter().filter(|(_, fits)| !fits).map(|(kind, _)| kind));
    }

    fn name(&self) -> String {
        match &self.source {
            Some(ColumnSource::Extended(name)) => name.clone(),
            Some(ColumnSource::Description) => "description".to_owned(),
            Some(ColumnSource::Folder) => "folder".to_owned(),
            Some(ColumnSource::Name) | None => "name".to_owned(),
        }
    }

    /// The kind of the schemas, if all values have it.
    fn kind(&self, placemarks: &Placemarks) -> Kind {
        let Some(ColumnSource::Extended(name)) = &self.source else { return Kind::Text };
        let kinds = self.schemas.iter().map(|schema| match schema {
            Some(schema) => placemarks.kind(schema, name),
            None => Kind::Text,
        });
        let kind = kinds.reduce(Kind::or).unwrap_or_default();
        let is_sure = matches!(kind, Kind::Integer | Kind::Real | Kind::Boolean) && !self.excluded.contains(&kind);
        if is_sure { kind } else { Kind::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_of_their_kind() {
        assert_eq!(json(Kind::Integer, "+330003000000000123"), "330003000000000123");
        assert_eq!((json(Kind::Boolean, "1"), json(Kind::Boolean, "false")), ("true".to_owned(), "false".to_owned()));
        assert_eq!(json(Kind::Real, "12.50"), "12.50");
        assert_eq!(json(Kind::Real, ".5"), "0.5");
        assert_eq!((json(Kind::Real, "NaN"), json(Kind::Integer, "")), ("null".to_owned(), "null".to_owned()));
    }
}
