//! GeoJSON features, in a collection (RFC 7946) or one a line: read as a stream, written with every
//! member they came with.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::crs::{Declared, crs_of_member};
use crate::error::{Error, ErrorKind, FeatureFlaw, Result, RowProblem};
use crate::geometry::encoding::{Decoded, number_text};
use crate::io::columns::end_row_with;
use crate::io::geojson_geometry::{decode, encode, shortened};
use crate::io::input::Source;
use crate::io::json_scanner::{Piece, Scanner};
use crate::io::read::RowReader;
use crate::io::render::{Render, Rendered, joined};
use crate::io::{Format, Loss, Output, RowWriter, WriteOptions};
use crate::table::{
    Answers, Batch, BatchBuilder, Carrier, Cell, Field, Kind, Row, Schema, Shape, Value, distinct_names,
};

pub(super) struct GeoJsonReader {
    scanner: Scanner,
    columns: Columns,
    schema: Schema,
    /// The system that a `crs` member names, as GeoJSON of 2008 could.
    crs: Declared,
    row: u64,
}

impl GeoJsonReader {
    /// With `is_sequence`, a top-level value that is no feature is a row that is wrong, not a wrong file.
    pub(super) fn new(source: Source, is_sequence: bool) -> Result<GeoJsonReader> {
        let (first, second) = source.twice()?;
        let scanner = Scanner::new(first.reader, is_sequence);
        let (columns, schema) = (Columns::default(), Schema::default());
        let mut pass = GeoJsonReader { scanner, columns, schema, crs: Ok(None), row: 0 };
        let mut schema = Schema { carrier: Carrier::Points, ..Schema::default() };
        let mut kinds: Vec<Option<Kind>> = vec![];
        while let Some(batch) = pass.read_batch()? {
            kinds.resize(batch.columns().len(), None);
            for row in (0..batch.len()).map(|number| batch.row(number)) {
                if let Some(kind) = row.id().and_then(kind_of) {
                    schema.ids = Some(schema.ids.map_or(kind, |ids| if ids == kind { kind } else { Kind::Text }));
                }
                for (column, cell) in row.cells() {
                    let Cell::Json(json) = cell else { continue };
                    if let Some(kind) = kind_of(json) {
                        kinds[column] = Some(kinds[column].map_or(kind, |known| known.or(kind)));
                    }
                }
            }
            if (0..batch.len()).any(|number| matches!(batch.shape(number), Ok(shape) if shape.kind() != "Point")) {
                schema.carrier = Carrier::Shapes;
            }
        }
        let names = pass.columns.names.iter().cloned();
        schema.fields = names.zip(kinds).map(|(name, kind)| Field::new(name, kind.unwrap_or_default())).collect();
        let crs = pass.scanner.crs().and_then(|json| serde_json::from_str(json).ok());
        Ok(GeoJsonReader {
            crs: crs.as_ref().map_or(Ok(None), crs_of_member),
            scanner: Scanner::new(second.reader, is_sequence),
            columns: pass.columns,
            schema,
            row: 0,
        })
    }

    fn read_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(piece) = self.scanner.next_piece()? else { break };
            self.row += 1;
            let decoded = self.columns.read_feature(&piece, &mut batch).map_err(|error| error.at_row(self.row))?;
            end_row_with(&mut batch, decoded);
        }
        Ok(batch.finish(self.columns.names.clone()))
    }
}

impl RowReader for GeoJsonReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let batch = self.read_batch()?;
        if self.columns.names.len() != self.schema.fields.len() {
            return Err(Error::new(ErrorKind::Changed));
        }
        Ok(batch)
    }
}

/// The kind of a JSON value; of `null` none.
pub(super) fn kind_of(json: &str) -> Option<Kind> {
    match json.as_bytes().first()? {
        b'n' => None,
        b't' | b'f' => Some(Kind::Boolean),
        b'"' => Some(Kind::Text),
        b'-' | b'0'..=b'9' if json.parse::<i64>().is_ok() => Some(Kind::Integer),
        // More digits than a number of 64 bits holds.
        b'-' | b'0'..=b'9' if !json.contains(['.', 'e', 'E']) => Some(Kind::Text),
        b'-' | b'0'..=b'9' => Some(Kind::Real),
        _ => Some(Kind::Json),
    }
}

/// The names of properties, in the order in which they first appear.
#[derive(Default)]
struct Columns {
    names: Arc<Vec<String>>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn place(&mut self, name: &str) -> usize {
        match self.places.get(name) {
            Some(&place) => place,
            None => {
                let names = Arc::make_mut(&mut self.names);
                names.push(name.to_owned());
                self.places.insert(name.to_owned(), names.len() - 1);
                names.len() - 1
            }
        }
    }

    /// Reads the members of a feature into the row at hand, and gives its site. Fails where it is not
    /// JSON at all.
    fn read_feature(&mut self, piece: &Piece<'_>, batch: &mut BatchBuilder) -> Result<Result<Decoded, RowProblem>> {
        let members = match parse::<Members<'_>>(piece.text) {
            Ok(members) => members,
            Err(error) if error.is_data() => {
                return Ok(Err(RowProblem::NotAFeature(FeatureFlaw::NotAnObject(shortened(piece.text)))));
            }
            Err(error) => {
                let line = piece.line + (error.line() as u64).saturating_sub(1);
                return Err(Error::new(ErrorKind::Json(without_place(&error))).at_line(line));
            }
        };
        let (mut kind, mut geometry, mut properties) = (None, None, None);
        for (name, value) in members.0 {
            let json = value.get();
            match name.as_ref() {
                "type" => kind = Some(json),
                "geometry" => geometry = Some(json),
                "properties" => properties = Some(json),
                "id" if json == "null" => {}
                "id" => batch.id(json),
                // Of the file, not of a feature; and no part of RFC 7946.
                "crs" => {}
                name => batch.member(&serde_json::Value::from(name).to_string(), json),
            }
        }
        if let Some(json) = geometry {
            batch.geometry(json);
        }
        match properties.map(parse::<Option<Members<'_>>>) {
            Some(Ok(properties)) => {
                for (name, value) in properties.map_or_else(Vec::new, |members| members.0) {
                    batch.cell(self.place(&name), Cell::Json(value.get()));
                }
            }
            Some(Err(_)) => {
                batch.member("\"properties_as_read\"", properties.unwrap_or("null"));
                return Ok(Err(RowProblem::NotAFeature(FeatureFlaw::Properties)));
            }
            None => {}
        }
        if kind != Some("\"Feature\"") {
            let found = kind.map_or_else(|| "missing".to_owned(), shortened);
            return Ok(Err(RowProblem::NotAFeature(FeatureFlaw::Type(found))));
        }
        Ok(decode(geometry.unwrap_or("null")))
    }
}

/// The message of a JSON error, without the place that it knows only of its own text.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned()
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    serde_json::from_str(json)
}

/// The members of an object in their order, their values as they are written.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members<'de>, A::Error> {
                let mut members = vec![];
                while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name.0, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Writes rows as GeoJSON features: what each came with, and the answers as further properties.
///
/// Rows without a geometry of their own become points; an invalid row has the geometry it came with,
/// or `null`. A collection ends with its `bbox`.
pub(super) struct GeoJsonWriter {
    output: Output,
    features: Arc<Features>,
    has_features: bool,
    bounds: Option<[f64; 4]>,
    big: Vec<String>,
}

impl GeoJsonWriter {
    /// Geometries that features came with are written as they are where nothing is asked of coordinates; else
    /// those of the batch stand in their place: without heights, and without a `bbox` that no longer fits.
    pub(super) fn new(
        mut output: Output,
        schema: &Schema,
        added: &[Field],
        options: &WriteOptions,
    ) -> Result<GeoJsonWriter> {
        let (format, keeps_geometry, left_out) = (options.format, options.is_as_written(), schema.left_out.clone());
        if format == Format::GeoJson {
            output.text("{\"type\":\"FeatureCollection\",\"features\":[")?;
        }
        let added = added.iter().map(|field| field.name.clone()).collect();
        let features = Arc::new(Features { added, format, keeps_geometry, left_out });
        Ok(GeoJsonWriter { output, features, has_features: false, bounds: None, big: vec![] })
    }
}

impl RowWriter for GeoJsonWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        let rendered = self.features.render(batch, answers);
        self.write_rendered(rendered)
    }

    fn keeps_text_of(&self, batch: &Batch) -> bool {
        self.features.keeps_text_of(batch)
    }

    fn rendering(&self) -> Option<Arc<dyn Render>> {
        Some(self.features.clone())
    }

    fn write_rendered(&mut self, rendered: Rendered) -> Result<()> {
        let Rendered { bytes, bounds, big, .. } = rendered;
        // Features come with what stands between them; before the first there is nothing.
        let is_led = self.format() == Format::GeoJson && !self.has_features && !bytes.is_empty();
        self.has_features |= !bytes.is_empty();
        self.bounds = joined(self.bounds, bounds);
        for field in big {
            if !self.big.contains(&field) {
                self.big.push(field);
            }
        }
        self.output.bytes(&bytes[usize::from(is_led)..])
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        if self.format() == Format::GeoJson {
            self.output.text("\n]")?;
            if let Some([west, south, east, north]) = self.bounds {
                self.output.text(&format!(",\"bbox\":[{west},{south},{east},{north}]"))?;
            }
            self.output.text("}\n")?;
        }
        self.output.commit()?;
        Ok(self.big.into_iter().map(|field| Loss::BigIntegers { field }).collect())
    }
}

impl GeoJsonWriter {
    fn format(&self) -> Format {
        self.features.format
    }
}

/// How features are written.
struct Features {
    added: Vec<String>,
    format: Format,
    keeps_geometry: bool,
    left_out: Vec<usize>,
}

impl Render for Features {
    fn render(&self, batch: &Batch, answers: &Answers<'_>) -> Rendered {
        let mut rendered = Rendered::default();
        let names = Names::new(batch, &self.added);
        for (number, values) in answers.iter() {
            rendered.bytes.extend_from_slice(match self.format {
                Format::GeoJson => b",\n",
                Format::GeoJsonSeq => b"\x1e",
                _ => b"",
            });
            let start = rendered.bytes.len();
            let shape = batch.shape(number).ok();
            self.feature(batch.row(number), shape, values, &names, &mut rendered);
            if self.format != Format::GeoJson {
                // Inside JSON a line break is white space: in a text it would be escaped.
                for byte in &mut rendered.bytes[start..] {
                    if matches!(byte, b'\n' | b'\r') {
                        *byte = b' ';
                    }
                }
                rendered.bytes.push(b'\n');
            }
            match shape {
                Some(Shape::Point(site)) => rendered.include(&geo::Point(site)),
                Some(Shape::Other(shape)) => rendered.include(shape),
                None => {}
            }
        }
        rendered
    }

    fn keeps_text_of(&self, batch: &Batch) -> bool {
        (0..batch.len()).any(|number| batch.row(number).geometry().is_some())
    }
}

impl Features {
    /// Every digit of coordinates: an answer that is asked again must be the same, on a border too.
    fn feature(
        &self,
        row: Row<'_>,
        shape: Option<Shape<'_>>,
        values: &[Value<'_>],
        names: &Names,
        rendered: &mut Rendered,
    ) {
        let Rendered { bytes, big, .. } = rendered;
        let mut push = |text: &str| bytes.extend_from_slice(text.as_bytes());
        push("{\"type\":\"Feature\"");
        if let Some(id) = row.id() {
            push(",\"id\":");
            push(id);
        }
        if self.keeps_geometry {
            push(row.members());
        } else {
            push(&members_without_bbox(row.members()));
        }
        push(",\"properties\":{");
        let mut comma = "";
        // What has no geometry keeps what stood there.
        let is_left_out = |column: usize| shape.is_some() && self.left_out.contains(&column);
        for (column, cell) in row.cells().filter(|&(column, _)| !is_left_out(column)) {
            push(std::mem::replace(&mut comma, ","));
            push(&names.columns_json[column]);
            push(":");
            match cell {
                Cell::Text(text) => push(&json_text(text)),
                Cell::Json(json) => {
                    let is_big =
                        json.len() > 15 && json.parse::<i64>().is_ok_and(|value| value.unsigned_abs() > 1 << 53);
                    if is_big && !big.contains(&names.columns[column]) {
                        big.push(names.columns[column].clone());
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
                Value::Number { .. } => push(&value.to_string()),
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

/// The names of properties, and as JSON.
struct Names {
    columns: Vec<String>,
    columns_json: Vec<String>,
    added_json: Vec<String>,
}

impl Names {
    fn new(batch: &Batch, added: &[String]) -> Names {
        // A table may have a name twice; an object may not.
        let columns = distinct_names(batch.columns());
        let json = |names: &[String]| names.iter().map(|name| json_text(name)).collect();
        Names { columns_json: json(&columns), added_json: json(added), columns }
    }
}

/// The members of a feature but for its `bbox`, which is in the system of its geometry.
fn members_without_bbox(members: &str) -> String {
    let object = format!("{{{}}}", members.strip_prefix(',').unwrap_or(members));
    let Ok(members) = parse::<Members<'_>>(&object) else { return String::new() };
    let kept = members.0.iter().filter(|(name, _)| name != "bbox");
    kept.map(|(name, value)| format!(",{}:{}", json_text(name), value.get())).collect()
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
