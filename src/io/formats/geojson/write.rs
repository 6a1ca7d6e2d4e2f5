//! Writing GeoJSON features, with all their members.

use std::sync::Arc;

use crate::error::Result;
use crate::geometry::encoding::number_text;
use crate::io::bytes::output::Output;
use crate::io::formats::geojson::geometry::encode;
use crate::io::formats::geojson::read::Members;
use crate::io::rows::encode::{BatchEncoder, EncodedBatch, union};
use crate::io::rows::format::NewTable;
use crate::io::rows::loss::Loss;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, CellText, Row, Shape, Value, distinct_names};

/// How features are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Collection,
    Lines,
    Sequence,
}

/// Writes rows as GeoJSON features: the members of the input, and the answers as additional properties.
///
/// Rows with coordinate columns become points; an invalid row keeps the geometry of the input, or has `null`. A
/// collection ends with its `bbox`.
pub(in crate::io) struct GeoJsonWriter {
    output: Output,
    encoder: Arc<FeatureEncoder>,
    has_features: bool,
    bounds: Option<[f64; 4]>,
    big_integers: Vec<String>,
}

impl GeoJsonWriter {
    /// Geometries of input features are written unchanged if coordinates are; else they are those of the batch, without
    /// heights, and the `bbox` of the feature is dropped.
    pub(in crate::io) fn new(mut output: Output, table: &NewTable<'_>, layout: Layout) -> Result<GeoJsonWriter> {
        let (schema, keeps_geometry) = (table.schema_of_geometries(), table.options.is_as_written());
        let (left_out, dropped) = (schema.left_out, schema.dropped);
        if layout == Layout::Collection {
            output.text("{\"type\":\"FeatureCollection\",\"features\":[")?;
        }
        let added = table.added.iter().map(|field| field.name.clone()).collect();
        let features = Arc::new(FeatureEncoder { added, layout, keeps_geometry, left_out, dropped });
        Ok(GeoJsonWriter { output, encoder: features, has_features: false, bounds: None, big_integers: vec![] })
    }
}

impl RowWriter for GeoJsonWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let encoded = self.encoder.encode(batch, answers);
        self.write_encoded(encoded)
    }

    fn keeps_text_of(&self, batch: &Batch) -> bool {
        self.encoder.keeps_text_of(batch)
    }

    fn batch_encoder(&self) -> Option<Arc<dyn BatchEncoder>> {
        Some(self.encoder.clone())
    }

    fn write_encoded(&mut self, encoded: EncodedBatch) -> Result<()> {
        let EncodedBatch { bytes, bounds, big_integers, .. } = encoded;
        // Each encoded feature is preceded by a separator, which the first feature of the file does not need.
        let is_led = self.encoder.layout == Layout::Collection && !self.has_features && !bytes.is_empty();
        self.has_features |= !bytes.is_empty();
        self.bounds = union(self.bounds, bounds);
        for field in big_integers {
            if !self.big_integers.contains(&field) {
                self.big_integers.push(field);
            }
        }
        self.output.bytes(&bytes[usize::from(is_led)..])
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        if self.encoder.layout == Layout::Collection {
            self.output.text("\n]")?;
            if let Some([west, south, east, north]) = self.bounds {
                self.output.text(&format!(",\"bbox\":[{west},{south},{east},{north}]"))?;
            }
            self.output.text("}\n")?;
        }
        self.output.commit()?;
        Ok(self.big_integers.into_iter().map(|field| Loss::BigIntegers { field }).collect())
    }
}

/// Encodes rows as features.
struct FeatureEncoder {
    added: Vec<String>,
    layout: Layout,
    keeps_geometry: bool,
    left_out: Vec<usize>,
    dropped: Vec<usize>,
}

impl BatchEncoder for FeatureEncoder {
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedBatch {
        let mut encoded = EncodedBatch::default();
        let names = Names::new(batch, &self.added);
        for (row_index, values) in answers.iter() {
            encoded.bytes.extend_from_slice(match self.layout {
                Layout::Collection => b",\n",
                Layout::Sequence => b"\x1e",
                _ => b"",
            });
            let start = encoded.bytes.len();
            let shape = batch.shape(row_index).ok();
            self.feature(batch.row(row_index), shape, values, &names, &mut encoded);
            if self.layout != Layout::Collection {
                // Unescaped line breaks in JSON are white space.
                for byte in &mut encoded.bytes[start..] {
                    if matches!(byte, b'\n' | b'\r') {
                        *byte = b' ';
                    }
                }
                encoded.bytes.push(b'\n');
            }
            match shape {
                Some(Shape::Point(site)) => encoded.include(&geo::Point(site)),
                Some(Shape::Other(shape)) => encoded.include(shape),
                None => {}
            }
        }
        encoded
    }

    fn keeps_text_of(&self, batch: &Batch) -> bool {
        (0..batch.len()).any(|row_index| batch.row(row_index).geometry().is_some())
    }
}

impl FeatureEncoder {
    /// Appends a feature. Coordinates keep all digits, so that a query of the output has the same answers.
    fn feature(
        &self,
        row: Row<'_>,
        shape: Option<Shape<'_>>,
        values: &[Value<'_>],
        names: &Names,
        encoded: &mut EncodedBatch,
    ) {
        let EncodedBatch { bytes, big_integers, .. } = encoded;
        let mut push = |text: &str| bytes.extend_from_slice(text.as_bytes());
        push("{\"type\":\"Feature\"");
        if let Some(id) = row.id() {
            push(",\"id\":");
            push(id);
        }
        if self.keeps_geometry && !row.is_replaced() {
            push(row.members());
        } else {
            push(&members_without_bbox(row.members()));
        }
        push(",\"properties\":{");
        let mut comma = "";
        // Rows without a geometry keep their coordinate columns.
        let is_left_out =
            |column: usize| self.dropped.contains(&column) || shape.is_some() && self.left_out.contains(&column);
        for (column, cell) in row.cells().filter(|&(column, _)| !is_left_out(column)) {
            push(std::mem::replace(&mut comma, ","));
            push(&names.columns_json[column]);
            push(":");
            match cell {
                CellText::Text(text) => push(&json_text(text)),
                CellText::Json(json) => {
                    let is_big =
                        json.len() > 15 && json.parse::<i64>().is_ok_and(|value| value.unsigned_abs() > 1 << 53);
                    if is_big && !big_integers.contains(&names.columns[column]) {
                        big_integers.push(names.columns[column].clone());
                    }
                    push(json);
                }
            }
        }
        for (name, value) in names.added_json.iter().zip(values) {
            push(std::mem::replace(&mut comma, ","));
            push(name);
            push(":");
            match value {
                Value::Null => push("null"),
                Value::Text(text) => push(&json_text(text)),
                Value::Integer(_) | Value::Float { .. } | Value::Bool(_) => push(&value.text_of()),
            }
        }
        push("},\"geometry\":");
        match (row.geometry().filter(|_| self.keeps_geometry), shape) {
            (Some(geometry), _) => push(geometry),
            (None, Some(Shape::Point(site))) => {
                push("{\"type\":\"Point\",\"coordinates\":[");
                push(&number_text(site.x));
                push(",");
                push(&number_text(site.y));
                push("]}");
            }
            (None, Some(Shape::Other(shape))) => push(&encode(shape)),
            (None, None) => push("null"),
        }
        push("}");
    }
}

/// The names of properties, also as JSON.
struct Names {
    columns: Vec<String>,
    columns_json: Vec<String>,
    added_json: Vec<String>,
}

impl Names {
    fn new(batch: &Batch, added: &[String]) -> Names {
        // Names of a table may be repeated; names of an object must be distinct.
        let columns = distinct_names(batch.columns());
        let json = |names: &[String]| names.iter().map(|name| json_text(name)).collect();
        Names { columns_json: json(&columns), added_json: json(added), columns }
    }
}

/// The members of a feature without its `bbox`, which is in the CRS of the input.
fn members_without_bbox(members: &str) -> String {
    let object = format!("{{{}}}", members.strip_prefix(',').unwrap_or(members));
    let Ok(members) = serde_json::from_str::<Members<'_>>(&object) else { return String::new() };
    let kept = members.0.iter().filter(|(name, _)| name != "bbox");
    kept.map(|(name, value)| format!(",{}:{}", json_text(name), value.get())).collect()
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
