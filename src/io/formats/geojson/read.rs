//! Reading GeoJSON: the scanner splits the stream into features, which are parsed in parallel.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::crs::{Declared, crs_of_member};
use crate::error::{Error, ErrorKind, FeatureProblem, Result, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::input::Source;
use crate::io::formats::geojson::geometry::{decode, shortened};
use crate::io::formats::geojson::scanner::{Scanner, is_geometry};
use crate::io::formats::geojson::text::{Text, replace_non_finite};
use crate::io::rows::block::{ParseBlock, RawBlock};
use crate::io::rows::columns::end_row_with;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::parallel;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

pub(in crate::io) struct GeoJsonReader {
    features: Features,
    columns: Arc<Columns>,
    schema: Schema,
    /// The CRS of a `crs` member, as in GeoJSON 2008.
    crs: Declared,
    text: Text,
    /// The number of `NaN` and `Infinity` values.
    non_finite: u64,
}

impl GeoJsonReader {
    /// With `is_sequence`, a top-level value that is not a feature is an invalid row, not an invalid file.
    pub(in crate::io) fn new(source: Source, is_sequence: bool, options: &ReadOptions) -> Result<GeoJsonReader> {
        let text = Text::new(source, options.encoding)?;
        let mut features = Features::new(text.pass()?, is_sequence);
        let mut found = ScannedSchema::default();
        let mut ahead = features.next_blocks()?;
        while !ahead.is_empty() {
            // Blocks are scanned while the next ones are split off here.
            let (found_in, next) =
                parallel::map_while_doing(&ahead, ScannedSchema::of_block, || features.next_blocks());
            for found_in in found_in {
                found.append(found_in?);
            }
            ahead = next?;
        }
        let crs = features.scanner.crs().and_then(|json| serde_json::from_str(json).ok());
        let geometry_source = if found.has_shapes { GeometrySource::Shapes } else { GeometrySource::Points };
        let (columns, ids) = (Arc::new(Columns::new(found.columns.iter().map(|(name, _)| name))), found.ids);
        let fields = found.columns.into_iter().map(|(name, kind)| Field::new(name, kind.unwrap_or_default())).collect();
        Ok(GeoJsonReader {
            crs: crs.as_ref().map_or(Ok(None), crs_of_member),
            non_finite: features.non_finite,
            features: Features::new(text.pass()?, is_sequence),
            columns,
            schema: Schema { fields, geometry_source, ids, ..Schema::default() },
            text,
        })
    }

    fn next_features(&mut self) -> Result<Option<FeatureBlock>> {
        let block = self.features.next_block()?;
        Ok(block.map(|block| FeatureBlock { columns: self.columns.clone(), ..block }))
    }
}

impl RowReader for GeoJsonReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn encoding(&self) -> &'static str {
        self.text.encoding().name()
    }

    fn notes(&self) -> Vec<ReadNote> {
        let not_finite = Some(ReadNote::NotFinite { count: self.non_finite }).filter(|_| self.non_finite > 0);
        self.text.notes().chain(not_finite).collect()
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        self.next_features()?.map_or(Ok(None), FeatureBlock::into_batch)
    }

    fn next_block(&mut self) -> Result<Option<RawBlock>> {
        Ok(self.next_features()?.map(|block| RawBlock::Unparsed(Box::new(block))))
    }
}

/// Splits a stream into blocks of features.
struct Features {
    scanner: Scanner,
    row: u64,
    non_finite: u64,
}

impl Features {
    fn new(text: Source, is_sequence: bool) -> Features {
        Features { scanner: Scanner::new(text.reader, is_sequence), row: 0, non_finite: 0 }
    }

    /// The next features; `None` at the end.
    fn next_block(&mut self) -> Result<Option<FeatureBlock>> {
        const ROWS: usize = 8192;
        const TEXT_BYTES: usize = 1 << 20;
        let mut block = FeatureBlock { first_row: self.row + 1, ..FeatureBlock::default() };
        while block.pieces.len() < ROWS && block.text.len() < TEXT_BYTES {
            let Some(piece) = self.scanner.next_piece()? else { break };
            let (text, not_finite) = replace_non_finite(piece.text);
            self.non_finite += not_finite;
            block.text.push_str(&text);
            block.pieces.push(PieceEnd { end: block.text.len(), line: piece.line, is_top_level: piece.is_top_level });
            self.row += 1;
        }
        Ok((!block.pieces.is_empty()).then_some(block))
    }

    /// The next blocks, enough for all threads.
    fn next_blocks(&mut self) -> Result<Vec<FeatureBlock>> {
        (0..2 * parallel::available_threads()).map_while(|_| self.next_block().transpose()).collect()
    }
}

/// The end of the text of a feature in its block, and the line of its start.
struct PieceEnd {
    end: usize,
    line: u64,
    is_top_level: bool,
}

/// The text of a feature.
struct FeatureText<'t> {
    text: &'t str,
    row: u64,
    line: u64,
    /// Whether it is a top-level value, which may be a geometry.
    is_top_level: bool,
}

/// Consecutive features of a file.
#[derive(Default)]
pub(in crate::io) struct FeatureBlock {
    text: String,
    pieces: Vec<PieceEnd>,
    first_row: u64,
    columns: Arc<Columns>,
}

impl FeatureBlock {
    fn features(&self) -> impl Iterator<Item = FeatureText<'_>> {
        let starts = std::iter::once(0).chain(self.pieces.iter().map(|piece| piece.end));
        let rows = self.first_row..;
        starts.zip(&self.pieces).zip(rows).map(|((start, &PieceEnd { end, line, is_top_level }), row)| FeatureText {
            text: &self.text[start..end],
            row,
            line,
            is_top_level,
        })
    }
}

impl ParseBlock for FeatureBlock {
    fn parse(self: Box<Self>) -> Result<Option<Batch>> {
        self.into_batch()
    }
}

impl FeatureBlock {
    /// Parses the rows. Errors if a feature is not valid JSON.
    fn into_batch(self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.first_row);
        for feature in self.features() {
            let decoded = match members_of(&feature)? {
                Ok(members) if feature.is_top_level && members.is_geometry() => {
                    // A member `crs` applies to the file, so a geometry with one is not kept as text.
                    if members.get("crs").is_none() {
                        batch.geometry(feature.text);
                    }
                    decode(feature.text)
                }
                Ok(members) => self.columns.read_feature(members, &mut batch)?,
                Err(problem) => Err(problem),
            };
            end_row_with(&mut batch, decoded);
        }
        Ok(batch.finish(self.columns.names.clone()))
    }
}

/// The members of a feature, or the problem of its row. Errors if it is not valid JSON.
fn members_of<'t>(feature: &FeatureText<'t>) -> Result<Result<Members<'t>, RowProblem>> {
    let &FeatureText { text, row, line, .. } = feature;
    match parse::<Members<'_>>(text) {
        Ok(members) => Ok(Ok(members)),
        Err(error) if error.is_data() => Ok(Err(RowProblem::NotAFeature(FeatureProblem::NotAnObject(shortened(text))))),
        Err(error) => {
            let line = line + (error.line() as u64).saturating_sub(1);
            Err(Error::new(ErrorKind::Json((&error).into())).at_line(line).at_row(row))
        }
    }
}

/// The schema of the features scanned so far.
#[derive(Default)]
struct ScannedSchema {
    /// The properties in order of first appearance, and their kinds, unless all values are null.
    columns: Vec<(String, Option<Kind>)>,
    indices: HashMap<String, usize>,
    ids: Option<Kind>,
    /// Whether any geometry is not a point.
    has_shapes: bool,
}

impl ScannedSchema {
    fn of_block(block: &FeatureBlock) -> Result<ScannedSchema> {
        let mut found = ScannedSchema::default();
        for feature in block.features() {
            let Ok(members) = members_of(&feature)? else { continue };
            if feature.is_top_level && members.is_geometry() {
                found.add_shape(feature.text);
                continue;
            }
            let (mut geometry, mut is_feature) = (None, false);
            for (name, value) in &members.0 {
                match name.as_ref() {
                    "type" => is_feature = value.get() == "\"Feature\"",
                    "geometry" => geometry = Some(value.get()),
                    "id" => found.add_id(kind_of(value.get())),
                    "properties" => {
                        let Ok(Some(properties)) = parse::<Option<Members<'_>>>(value.get()) else { continue };
                        for (name, value) in &properties.0 {
                            found.add_column(name, kind_of(value.get()));
                        }
                    }
                    _ => {}
                }
            }
            if let (Some(json), true) = (geometry, is_feature) {
                found.add_shape(json);
            }
        }
        Ok(found)
    }

    fn add_shape(&mut self, json: &str) {
        if !self.has_shapes {
            let shape = decode(json).ok().and_then(|decoded| decoded.geometry);
            self.has_shapes = shape.is_some_and(|shape| !matches!(shape, geo::Geometry::Point(_)));
        }
    }

    /// Adds the schema of later features.
    fn append(&mut self, later: ScannedSchema) {
        for (name, kind) in later.columns {
            self.add_column(&name, kind);
        }
        self.add_id(later.ids);
        self.has_shapes |= later.has_shapes;
    }

    fn add_id(&mut self, kind: Option<Kind>) {
        if let Some(kind) = kind {
            self.ids = Some(self.ids.map_or(kind, |ids| if ids == kind { kind } else { Kind::Text }));
        }
    }

    fn add_column(&mut self, name: &str, kind: Option<Kind>) {
        let index = match self.indices.get(name) {
            Some(&index) => index,
            None => {
                self.indices.insert(name.to_owned(), self.columns.len());
                self.columns.push((name.to_owned(), None));
                self.columns.len() - 1
            }
        };
        let known = &mut self.columns[index].1;
        *known = match (*known, kind) {
            (Some(known), Some(kind)) => Some(known.or(kind)),
            (known, kind) => known.or(kind),
        };
    }
}

/// The kind of a JSON value; `None` for `null`.
pub(crate) fn kind_of(json: &str) -> Option<Kind> {
    match json.as_bytes().first()? {
        b'n' => None,
        b't' | b'f' => Some(Kind::Boolean),
        b'"' => Some(Kind::Text),
        b'-' | b'0'..=b'9' if json.parse::<i64>().is_ok() => Some(Kind::Integer),
        // Integers beyond 64 bits keep their digits as text.
        b'-' | b'0'..=b'9' if !json.contains(['.', 'e', 'E']) => Some(Kind::Text),
        b'-' | b'0'..=b'9' => Some(Kind::Real),
        _ => Some(Kind::Json),
    }
}

/// The names of properties, in order of first appearance.
#[derive(Default)]
struct Columns {
    names: Arc<Vec<String>>,
    indices: HashMap<String, usize>,
}

impl Columns {
    fn new<'n>(names: impl Iterator<Item = &'n String>) -> Columns {
        let names: Vec<String> = names.cloned().collect();
        let indices = names.iter().cloned().zip(0..).collect();
        Columns { names: Arc::new(names), indices }
    }

    /// Appends the members of a feature to the current row, and returns its geometry. Errors if it has a property that
    /// was not found in the first pass.
    fn read_feature(&self, members: Members<'_>, batch: &mut BatchBuilder) -> Result<Result<Decoded, RowProblem>> {
        let (mut kind, mut geometry, mut properties) = (None, None, None);
        for (name, value) in members.0 {
            let json = value.get();
            match name.as_ref() {
                "type" => kind = Some(json),
                "geometry" => geometry = Some(json),
                "properties" => properties = Some(json),
                "id" if json == "null" => {}
                "id" => batch.id(json),
                // A member `crs` applies to the file, and is not part of RFC 7946.
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
                    let index =
                        self.indices.get(name.as_ref()).ok_or_else(|| Error::new(ErrorKind::ModifiedDuringRead))?;
                    batch.cell(*index, CellText::Json(value.get()));
                }
            }
            Some(Err(_)) => {
                batch.member("\"properties_as_read\"", properties.unwrap_or("null"));
                return Ok(Err(RowProblem::NotAFeature(FeatureProblem::Properties)));
            }
            None => {}
        }
        if kind != Some("\"Feature\"") {
            let problem = kind.map_or(FeatureProblem::NoType, |kind| FeatureProblem::Type(shortened(kind)));
            return Ok(Err(RowProblem::NotAFeature(problem)));
        }
        Ok(decode(geometry.unwrap_or("null")))
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    serde_json::from_str(json)
}

/// The members of an object in order, with the text of their values.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl Members<'_> {
    /// The value of a member, as JSON; the last one if the name is repeated.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.get())
    }

    fn is_geometry(&self) -> bool {
        is_geometry(self.get("type"))
    }
}

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
