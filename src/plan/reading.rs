//! Lenient reading of plan files: a problem of a feature becomes a finding, and the rest of the feature is kept.

use geo::{Coord, Geometry};
use geojson::{GeometryValue, JsonObject, JsonValue};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::crs::{Crs, Plane, Transformer, Unusable, crs_of_member};
use crate::error::{
    Error, ErrorKind, FilePart, GeoJsonFound, LibraryMessage, PlanProblem, PropertyKind, Result, RowProblem,
};
use crate::parallel;
use crate::plan::shapes::read_shape;
use crate::plan::{
    Feature, Finding, Level, OutlineOptions, PUBLISHED, Problem, Severity, UncheckedFeature, UncheckedPlan,
};
use crate::units::{AreaUnit, Metres};

#[derive(Deserialize)]
struct Collection<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    crs: Option<JsonValue>,
}

pub(super) struct Reader<'a> {
    features: Vec<&'a RawValue>,
    /// Whether the file is a bare geometry.
    is_geometry: bool,
    findings: Vec<Finding>,
}

/// The coordinate system of a `crs` member, unless it is longitude and latitude on WGS 84 or CGCS2000. Errors for a
/// system on another datum, which cannot be converted.
fn foreign_system(member: &JsonValue) -> Result<Option<String>> {
    match crs_of_member(member) {
        Ok(None | Some(Crs::Crs84 | Crs::Cgcs2000)) => Ok(None),
        Ok(Some(crs)) => match Transformer::from_crs(crs.clone()) {
            Err(error) if matches!(error.kind(), ErrorKind::OtherDatum { .. }) => Err(error),
            _ => Ok(Some(crs.to_string())),
        },
        Err(unusable @ Unusable::OtherDatum { .. }) => Err(unusable.into()),
        Err(unusable) => Ok(Some(unusable.to_string())),
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(json: &'a [u8]) -> Result<Reader<'a>> {
        let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
        let text = std::str::from_utf8(json).map_err(|_| Error::new(ErrorKind::NotText { encoding: "UTF-8" }))?;
        if text.trim().is_empty() {
            return Err(Error::new(ErrorKind::Empty));
        }
        let collection: Collection<'a> = serde_json::from_str(text).map_err(|error| {
            use serde_json::error::Category;
            let kind = match error.classify() {
                Category::Eof => ErrorKind::Truncated(FilePart::JsonValue),
                Category::Data => PlanProblem::NotACollection { found: GeoJsonFound::Text(first_value(text)) }.into(),
                Category::Syntax | Category::Io => return json_error(&error),
            };
            Error::new(kind).at_line(error.line() as u64)
        })?;
        let whole = || serde_json::from_str(text).map(|whole| vec![whole]).map_err(|error| json_error(&error));
        let (features, is_geometry) = match (collection.r#type.as_deref(), collection.features) {
            (Some("FeatureCollection"), Some(features)) => (features, false),
            (Some("Feature"), None) => (whole()?, false),
            (Some("Polygon" | "MultiPolygon" | "GeometryCollection"), None) => (whole()?, true),
            (kind, _) => {
                let found = kind.map_or(GeoJsonFound::NoType, |kind| GeoJsonFound::Text(format!("`{kind}`")));
                return Err(PlanProblem::NotACollection { found }.into());
            }
        };
        let mut findings = vec![];
        if let Some(found) = collection.crs.as_ref().map_or(Ok(None), foreign_system)? {
            findings.push(Finding::of_file(PlanProblem::CrsMember { found }));
        }
        Ok(Reader { features, is_geometry, findings })
    }

    /// Reads the features; with `is_flat`, as a flat dataset whatever their levels.
    pub(super) fn read(self, is_flat: bool, options: &OutlineOptions) -> Result<UncheckedPlan> {
        let parsed = map_indexed(self.features, |_, raw| {
            if self.is_geometry {
                let geometry: geojson::Geometry = serde_json::from_str(raw.get())?;
                let geometry = Some(RawGeometry::Json(geometry.value));
                return Ok(RawFeature { id: None, has_own_id: false, properties: JsonObject::default(), geometry });
            }
            let feature: geojson::Feature = serde_json::from_str(raw.get())?;
            Ok(RawFeature {
                has_own_id: feature.id.is_some(),
                id: feature.id,
                properties: feature.properties.unwrap_or_default(),
                geometry: feature.geometry.map(|geometry| RawGeometry::Json(geometry.value)),
            })
        });
        let properties = parsed.iter().flatten().flat_map(|feature| feature.properties.keys().map(String::as_str));
        options.check_columns(properties)?;
        Ok(read_features(parsed, self.findings, is_flat, options, &Plane::LON_LAT))
    }
}

fn json_error(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Json(error.into())).at_line(error.line() as u64)
}

/// A feature as given, before it is checked.
pub(crate) struct RawFeature {
    pub(crate) id: Option<geojson::feature::Id>,
    /// Whether the id identifies the feature, and is not a mere counter of rows.
    pub(crate) has_own_id: bool,
    pub(crate) properties: JsonObject,
    pub(crate) geometry: Option<RawGeometry>,
}

/// A geometry in the plane of the plan; as JSON, in degrees.
pub(crate) enum RawGeometry {
    Json(GeometryValue),
    /// With closed rings.
    Shape(Geometry<f64>),
    /// An invalid geometry: its problem, and the geometry itself if it could be completed (an open ring, closed).
    Invalid(RowProblem, Option<Geometry<f64>>),
}

/// Reads features and collects findings about them; with `is_flat`, as a flat dataset whatever their levels.
pub(super) fn read_features(
    mut raw_features: Vec<Result<RawFeature, serde_json::Error>>,
    mut findings: Vec<Finding>,
    is_flat: bool,
    options: &OutlineOptions,
    plane: &Plane,
) -> UncheckedPlan {
    raw_features.iter_mut().flatten().for_each(|feature| options.apply_to(feature));
    if !is_flat && let Some(problem) = options.link(&mut raw_features.iter_mut().flatten().collect::<Vec<_>>()) {
        findings.push(Finding { severity: Severity::Info, ..Finding::of_file(problem) });
    }
    let is_flat = is_flat || options.name_field.is_some();
    let has_levels = !is_flat && raw_features.iter().flatten().any(has_level);
    let read = map_indexed(raw_features, |index, feature| {
        let row = index as u64 + 1;
        match feature {
            Ok(feature) => read_feature(row, feature, has_levels, options.name_field.as_deref(), plane),
            Err(error) => {
                let problem = PlanProblem::NotAFeature(LibraryMessage::new("geojson", error));
                let finding = Finding { row: Some(row), ..Finding::of_file(problem) };
                ReadFeature { feature: None, findings: vec![finding] }
            }
        }
    });
    collect_features(read, findings, has_levels, plane)
}

/// The result of reading one feature, before features are linked to their parents.
pub(crate) struct ReadFeature {
    feature: Option<UncheckedFeature>,
    findings: Vec<Finding>,
}

impl ReadFeature {
    /// Reads a feature of a flat dataset, identified by a property; `row` counts from 1.
    pub(crate) fn read(row: u64, raw: RawFeature, name_field: &str, plane: &Plane) -> ReadFeature {
        read_feature(row, raw, false, Some(name_field), plane)
    }
}

/// Collects features and findings, with those about the file first.
pub(super) fn collect_features(
    read: impl IntoIterator<Item = ReadFeature>,
    mut findings: Vec<Finding>,
    has_levels: bool,
    plane: &Plane,
) -> UncheckedPlan {
    let (mut features, mut is_empty) = (vec![], true);
    for ReadFeature { feature, findings: found } in read {
        is_empty = false;
        features.extend(feature);
        findings.extend(found);
    }
    if is_empty {
        findings.insert(0, Finding::of_file(PlanProblem::NoFeature));
    }
    merge_missing_ids(&mut findings);
    UncheckedPlan::new(features, findings, has_levels, plane.clone())
}

/// Merges the findings about missing ids into the first of them, which states their number.
fn merge_missing_ids(findings: &mut Vec<Finding>) {
    let is_missing_id = |finding: &Finding| matches!(finding.problem, Problem::Plan(PlanProblem::MissingId { .. }));
    let count = findings.iter().filter(|finding| is_missing_id(finding)).count() as u64;
    let mut is_reported = false;
    findings.retain_mut(|finding| {
        if !is_missing_id(finding) {
            return true;
        }
        finding.problem = PlanProblem::MissingId { count }.into();
        !std::mem::replace(&mut is_reported, true)
    });
}

/// Maps items with their index, in order: in parallel if there are many.
fn map_indexed<T: Send, R: Send>(items: Vec<T>, work: impl Fn(usize, T) -> R + Sync) -> Vec<R> {
    /// Below this, starting threads costs more than it saves.
    const MIN_PARALLEL: usize = 256;
    if items.len() < MIN_PARALLEL {
        items.into_iter().enumerate().map(|(index, item)| work(index, item)).collect()
    } else {
        let numbered: Vec<(usize, T)> = items.into_iter().enumerate().collect();
        parallel::map(numbered, |(index, item)| work(index, item))
    }
}

/// Collects the findings about one feature.
pub(super) struct FeatureFindings<'a> {
    pub(super) plane: &'a Plane,
    row: u64,
    id: Option<String>,
    findings: &'a mut Vec<Finding>,
}

impl FeatureFindings<'_> {
    /// Adds a finding, with a coordinate of the plane.
    pub(super) fn add(&mut self, severity: Severity, problem: impl Into<Problem>, at: Option<Coord<f64>>) {
        let at = at.map(|coord| self.plane.position(coord));
        let (row, feature) = (Some(self.row), self.id.clone());
        self.findings.push(Finding { severity, problem: problem.into(), row, feature, at, shape: None });
    }
}

/// Whether a feature has a level of a plan, in any case: one in the wrong case is reported, not ignored.
fn has_level(feature: &RawFeature) -> bool {
    let level = feature.properties.get("level").and_then(JsonValue::as_str);
    level.is_some_and(|level| level.to_lowercase().parse::<Level>().is_ok())
}

fn read_feature(
    row: u64,
    feature: RawFeature,
    has_levels: bool,
    name_field: Option<&str>,
    plane: &Plane,
) -> ReadFeature {
    let mut findings = vec![];
    let own_findings = &mut FeatureFindings { plane, row, id: None, findings: &mut findings };
    let properties = feature.properties;
    let id = match (name_field, feature.id) {
        (Some(field), _) => match properties.get(field).and_then(as_name) {
            Some(name) => Some(name),
            None => {
                own_findings.add(Severity::Error, PlanProblem::MissingProperty { name: field.to_owned() }, None);
                None
            }
        },
        (None, Some(geojson::feature::Id::String(id))) if !id.is_empty() => Some(id),
        (None, Some(geojson::feature::Id::Number(id))) => Some(id.to_string()),
        (None, _) => {
            own_findings.add(Severity::Error, PlanProblem::MissingId { count: 1 }, None);
            None
        }
    };
    own_findings.id.clone_from(&id);
    let id = id.unwrap_or_else(|| format!("#{}", own_findings.row));
    let (shape, is_valid) = read_shape(feature.geometry, own_findings);
    let mut fields = PropertyReader { properties: &properties, own_findings };
    let (mut level, mut parent_id) = (None, None);
    let (name, name_en);
    if has_levels {
        level = fields.level();
        if level != Some(Level::Corridor) {
            parent_id = fields.text("parent", Severity::Error);
        }
        name = fields.text("name", Severity::Error);
        name_en = fields.optional_text("name_en");
        let authority = fields.authority();
        fields.text("source", Severity::Warning);
        fields.lists(&["focus", "projects"]);
        if level == Some(Level::Corridor) {
            for name in ["plan", "version"] {
                fields.text(name, Severity::Warning);
            }
            for name in ["plan_en", "published_by", "published_on", "licence"] {
                fields.optional_text(name);
            }
            // An outline that is not official is not passed on without saying so.
            match authority.as_deref() {
                Some("official") => drop(fields.optional_text("notice")),
                _ => drop(fields.text("notice", Severity::Warning)),
            }
        }
        fields.require("accuracy_m", Severity::Warning);
    } else {
        name = properties.get("name").and_then(as_name);
        name_en = properties.get("name_en").and_then(as_name);
    }
    let accuracy = fields.number("accuracy_m", |value| value >= 0.0, PropertyKind::Metres);
    let published = PUBLISHED.map(|(name, unit)| {
        let kind = if unit == AreaUnit::SquareKilometres { PropertyKind::SquareKilometres } else { PropertyKind::Area };
        fields.number(name, |value| value > 0.0, kind).map(|figure| unit.of(figure))
    });
    let feature = Feature {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        level,
        parent: None,
        name_en,
        published_area: published.into_iter().flatten().next(),
        accuracy: accuracy.map(Metres),
        properties,
        shape,
    };
    ReadFeature { feature: Some(UncheckedFeature { row, feature, is_valid, parent_id }), findings }
}

/// A property value as the name of a feature: text, or a number as JSON prints it (digits after the 19th may be lost).
fn as_name(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) if !text.is_empty() => Some(text.clone()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads the properties of the plan schema.
struct PropertyReader<'a, 'b> {
    properties: &'a JsonObject,
    own_findings: &'a mut FeatureFindings<'b>,
}

impl PropertyReader<'_, '_> {
    fn level(&mut self) -> Option<Level> {
        let text = self.text("level", Severity::Error)?;
        match text.parse() {
            Ok(level) => Some(level),
            Err(_) => {
                self.bad("level", PropertyKind::Level);
                None
            }
        }
    }

    fn text(&mut self, name: &str, missing: Severity) -> Option<String> {
        match self.properties.get(name) {
            Some(JsonValue::String(text)) if !text.is_empty() => Some(text.clone()),
            Some(_) => {
                self.bad(name, PropertyKind::Text);
                None
            }
            None => {
                self.require(name, missing);
                None
            }
        }
    }

    /// A text that need not be there; may be null.
    fn optional_text(&mut self, name: &str) -> Option<String> {
        if self.properties.get(name).is_none_or(JsonValue::is_null) { None } else { self.text(name, Severity::Info) }
    }

    fn authority(&mut self) -> Option<String> {
        let text = self.text("authority", Severity::Warning);
        if text.as_ref().is_some_and(|text| !["indicative", "official"].contains(&text.as_str())) {
            self.bad("authority", PropertyKind::Authority);
        }
        text
    }

    /// Checks optional properties that are lists of texts.
    fn lists(&mut self, names: &[&str]) {
        for name in names {
            let is_list =
                |value: &JsonValue| value.as_array().is_some_and(|list| list.iter().all(JsonValue::is_string));
            if self.properties.get(*name).is_some_and(|value| !is_list(value)) {
                self.bad(name, PropertyKind::TextList);
            }
        }
    }

    fn require(&mut self, name: &str, missing: Severity) {
        if !self.properties.contains_key(name) {
            self.own_findings.add(missing, PlanProblem::MissingProperty { name: name.to_owned() }, None);
        }
    }

    /// An optional number; may be null.
    fn number(&mut self, name: &str, fits: impl Fn(f64) -> bool, expected: PropertyKind) -> Option<f64> {
        match self.properties.get(name) {
            None | Some(JsonValue::Null) => None,
            Some(value) => {
                let number = value.as_f64().filter(|&number| fits(number));
                if number.is_none() {
                    self.bad(name, expected);
                }
                number
            }
        }
    }

    fn bad(&mut self, name: &str, expected: PropertyKind) {
        let found = self.properties.get(name).map(JsonValue::to_string).unwrap_or_default();
        let name = name.to_owned();
        self.own_findings.add(Severity::Error, PlanProblem::BadProperty { name, expected, found }, None);
    }
}

/// The start of a text, for messages.
fn first_value(text: &str) -> String {
    let text = text.trim_start();
    let start: String = text.chars().take(20).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{start}`") }
}
