//! GeoJSON features, in a collection (RFC 7946) or one a line: read as a stream, written with every
//! member they came with.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use geo::Coord;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::crs::{Crs, crs_of_member};
use crate::error::{Error, ErrorKind, FeatureFlaw, PlanProblem, Result, RowProblem};
use crate::io::input::Source;
use crate::io::json_scanner::{Piece, Scanner};
use crate::io::{Output, RowWriter};
use crate::table::{Answers, Batch, BatchBuilder, Cell, Row, Schema, Value, distinct_names};

pub(super) struct GeoJsonReader {
    scanner: Scanner,
    columns: Columns,
    schema: Schema,
    /// The system that a `crs` member names, as GeoJSON of 2008 could.
    crs: Option<Crs>,
    row: u64,
}

impl GeoJsonReader {
    /// With `is_sequence`, a top-level value that is no feature is a row that is wrong, not a wrong file.
    pub(super) fn new(source: Source, is_sequence: bool) -> Result<GeoJsonReader> {
        let (first, second) = source.twice()?;
        let scanner = Scanner::new(first.reader, is_sequence);
        let mut pass =
            GeoJsonReader { scanner, columns: Columns::default(), schema: Schema::default(), crs: None, row: 0 };
        let mut schema = Schema { has_geometry: true, ..Schema::default() };
        while let Some(batch) = pass.read_batch()? {
            schema.has_ids |= (0..batch.len()).any(|row| batch.row(row).id().is_some());
        }
        schema.columns = pass.columns.names.to_vec();
        let crs = pass.scanner.crs().and_then(|json| serde_json::from_str(json).ok());
        let crs = crs.as_ref().map_or(Ok(None), crs_of_member).map_err(|found| PlanProblem::CrsMember { found })?;
        Ok(GeoJsonReader {
            crs,
            scanner: Scanner::new(second.reader, is_sequence),
            columns: pass.columns,
            schema,
            row: 0,
        })
    }

    pub(super) fn crs(&self) -> Option<Crs> {
        self.crs
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>> {
        let batch = self.read_batch()?;
        if self.columns.names.len() != self.schema.columns.len() {
            return Err(Error::new(ErrorKind::Changed));
        }
        Ok(batch)
    }

    fn read_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(piece) = self.scanner.next_piece()? else { break };
            self.row += 1;
            let site = self.columns.read_feature(&piece, &mut batch).map_err(|error| error.at_row(self.row))?;
            batch.end_row(site);
        }
        Ok(batch.finish(self.columns.names.clone()))
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
    fn read_feature(&mut self, piece: &Piece<'_>, batch: &mut BatchBuilder) -> Result<Result<Coord<f64>, RowProblem>> {
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
        Ok(point(geometry.unwrap_or("null")))
    }
}

/// The message of a JSON error, without the place that it knows only of its own text.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned()
}

/// The start of a JSON text, for a message.
fn shortened(json: &str) -> String {
    match json.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
}

/// The position of a point geometry.
fn point(json: &str) -> Result<Coord<f64>, RowProblem> {
    #[derive(Deserialize)]
    struct Geometry<'a> {
        #[serde(borrow)]
        r#type: Option<Cow<'a, str>>,
        #[serde(borrow)]
        coordinates: Option<&'a RawValue>,
    }
    let Ok(geometry) = parse::<Option<Geometry<'_>>>(json) else {
        return Err(RowProblem::NotAFeature(FeatureFlaw::Geometry));
    };
    let Some(geometry) = geometry else { return Err(RowProblem::NullGeometry) };
    match geometry.r#type.as_deref() {
        Some("Point") => {}
        Some(
            kind
            @ ("MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection"),
        ) => {
            return Err(RowProblem::NotAPoint { found: kind.to_owned() });
        }
        _ => return Err(RowProblem::NotAFeature(FeatureFlaw::Geometry)),
    }
    let coordinates = geometry.coordinates.map_or("null", RawValue::get);
    match parse::<Vec<f64>>(coordinates).as_deref() {
        Ok(&[x, y, ..]) => Ok(Coord { x, y }),
        _ => Err(RowProblem::NotAFeature(FeatureFlaw::Coordinates(shortened(coordinates)))),
    }
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
///
/// ```
/// use taizhou_corridor::io::{self, GeoJsonWriter, Input, Output, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{Answers, Value};
///
/// // A table becomes points for a map.
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("answers.geojson");
/// let mut writer = GeoJsonWriter::collection(Output::create(&path, false)?, &["zone".to_owned()])?;
/// let mut answers = Answers::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// writer.write(&batch, &answers)?;
/// Box::new(writer).finish()?;
/// let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
/// assert_eq!(written["features"][0]["properties"]["zone"], "core");
/// assert_eq!(written["features"][0]["geometry"]["coordinates"][0], 121.36898);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct GeoJsonWriter {
    output: Output,
    added: Vec<String>,
    is_collection: bool,
    keeps_geometry: bool,
    has_features: bool,
    /// West, south, east, north.
    bounds: Option<[f64; 4]>,
    line: String,
}

impl GeoJsonWriter {
    /// Writes a feature collection.
    ///
    /// ```
    /// use taizhou_corridor::io::{GeoJsonWriter, Output, RowWriter};
    ///
    /// // Without rows it is an empty collection, and still GeoJSON.
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.geojson");
    /// Box::new(GeoJsonWriter::collection(Output::create(&path, false)?, &[])?).finish()?;
    /// let written = std::fs::read_to_string(&path).unwrap();
    /// assert_eq!(written, "{\"type\":\"FeatureCollection\",\"features\":[\n]}\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn collection(mut output: Output, added: &[String]) -> Result<GeoJsonWriter> {
        output.text("{\"type\":\"FeatureCollection\",\"features\":[")?;
        Ok(GeoJsonWriter { is_collection: true, ..GeoJsonWriter::lines(output, added) })
    }

    /// Writes one feature a line.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, GeoJsonWriter, Input, Output, ReadOptions, RowWriter};
    /// use taizhou_corridor::table::{Answers, Value};
    ///
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n121.5,28.7\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.ndjson");
    /// let mut writer = GeoJsonWriter::lines(Output::create(&path, false)?, &["zone".to_owned()]);
    /// let mut answers = Answers::new(1);
    /// (0..batch.len()).for_each(|row| answers.push(row, [Value::Null]));
    /// writer.write(&batch, &answers)?;
    /// Box::new(writer).finish()?;
    /// let written = std::fs::read_to_string(&path).unwrap();
    /// assert_eq!(written.lines().filter(|line| line.starts_with(r#"{"type":"Feature","#)).count(), 2);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn lines(output: Output, added: &[String]) -> GeoJsonWriter {
        let added = added.to_vec();
        GeoJsonWriter {
            output,
            added,
            is_collection: false,
            keeps_geometry: true,
            has_features: false,
            bounds: None,
            line: String::new(),
        }
    }

    /// Writes points in longitude and latitude in place of the geometries that rows came with: these
    /// are in another system, and RFC 7946 knows one alone. Heights stay; a `bbox` does not, and an
    /// invalid row has no geometry.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, GeoJsonWriter, Input, Output, ReadOptions, RowWriter};
    /// use taizhou_corridor::table::Answers;
    ///
    /// let feature = r#"{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [633838.222, 3171898.561]}}"#;
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let batch = io::open(Input::bytes("survey.geojson", feature), &options)?.next_batch()?.unwrap();
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("answers.ndjson");
    /// let mut writer = GeoJsonWriter::lines(Output::create(&path, false)?, &[]).with_settled_geometry();
    /// let mut answers = Answers::new(0);
    /// answers.push(0, []);
    /// writer.write(&batch, &answers)?;
    /// Box::new(writer).finish()?;
    /// assert!(std::fs::read_to_string(&path).unwrap().contains("[121.36"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_settled_geometry(mut self) -> GeoJsonWriter {
        self.keeps_geometry = false;
        self
    }

    fn feature(&mut self, row: Row<'_>, columns: &[String], site: Option<Coord<f64>>, values: &[Value<'_>]) {
        let line = &mut self.line;
        line.push_str("{\"type\":\"Feature\"");
        if let Some(id) = row.id() {
            line.extend([",\"id\":", id]);
        }
        if self.keeps_geometry {
            line.push_str(row.members());
        } else {
            push_members_without_bbox(line, row.members());
        }
        line.push_str(",\"properties\":{");
        let mut comma = "";
        for (column, cell) in row.cells() {
            line.push_str(std::mem::replace(&mut comma, ","));
            push_text(line, &columns[column]);
            line.push(':');
            match cell {
                Cell::Text(text) => push_text(line, text),
                Cell::Json(json) => line.push_str(json),
            }
        }
        for (name, value) in self.added.iter().zip(values) {
            line.push_str(std::mem::replace(&mut comma, ","));
            push_text(line, name);
            line.push(':');
            match value {
                Value::Null => line.push_str("null"),
                Value::Text(text) => push_text(line, text),
                Value::Number { .. } => line.push_str(&value.to_string()),
            }
        }
        line.push_str("},\"geometry\":");
        match (row.geometry().filter(|_| self.keeps_geometry), site) {
            (Some(geometry), _) => line.push_str(geometry),
            (None, Some(site)) => {
                let height = row.geometry().and_then(height).map_or(String::new(), |height| format!(",{height}"));
                line.push_str(&format!("{{\"type\":\"Point\",\"coordinates\":[{},{}{height}]}}", site.x, site.y));
            }
            (None, None) => line.push_str("null"),
        }
        line.push('}');
    }
}

impl RowWriter for GeoJsonWriter {
    fn write(&mut self, batch: &Batch, answers: &Answers<'_>) -> Result<()> {
        // A table may have a name twice; an object may not.
        let columns = distinct_names(batch.columns());
        for (number, values) in answers.iter() {
            self.line.clear();
            if self.is_collection {
                self.line.push_str(if self.has_features { ",\n" } else { "\n" });
            }
            self.has_features = true;
            // Every digit: an answer that is asked again must be the same, on a border too.
            let site = batch.sites()[number].as_ref().ok().copied();
            self.feature(batch.row(number), &columns, site, values);
            if !self.is_collection {
                // Inside JSON a line break is white space: in a text it would be escaped.
                if self.line.contains(['\n', '\r']) {
                    self.line = self.line.replace(['\n', '\r'], " ");
                }
                self.line.push('\n');
            }
            self.output.text(&self.line)?;
            if let Some(Coord { x, y }) = site {
                let [west, south, east, north] = self.bounds.unwrap_or([x, y, x, y]);
                self.bounds = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        if self.is_collection {
            self.output.text("\n]")?;
            if let Some([west, south, east, north]) = self.bounds {
                self.output.text(&format!(",\"bbox\":[{west},{south},{east},{north}]"))?;
            }
            self.output.text("}\n")?;
        }
        self.output.commit()
    }
}

/// The third coordinate of a point.
fn height(json: &str) -> Option<f64> {
    let geometry: serde_json::Value = parse(json).ok()?;
    geometry.get("coordinates")?.get(2)?.as_f64()
}

/// The members of a feature but for its `bbox`, which is in the system of its geometry.
fn push_members_without_bbox(line: &mut String, members: &str) {
    let object = format!("{{{}}}", members.strip_prefix(',').unwrap_or(members));
    let Ok(members) = parse::<Members<'_>>(&object) else { return };
    for (name, value) in members.0.iter().filter(|(name, _)| name != "bbox") {
        line.push(',');
        push_text(line, name);
        line.extend([":", value.get()]);
    }
}

fn push_text(line: &mut String, text: &str) {
    line.push_str(&serde_json::Value::from(text).to_string());
}
