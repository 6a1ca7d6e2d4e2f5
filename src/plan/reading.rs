//! Reading a plan file leniently: what is wrong with a feature is a finding, and the rest of it is used.

use geo::orient::{Direction, Orient};
use geo::{Coord, CoordsIter, Geometry, LineString, MultiPolygon, Polygon, Winding};
use geojson::{GeometryValue, JsonObject, JsonValue, Position};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::crs::{Crs, Transformer, Unusable, crs_of_member, within_limits};
use crate::error::{
    Error, ErrorKind, FilePart, GeoJsonFound, LibraryMessage, PlanProblem, PropertyKind, Result, RowProblem,
    ShapeProblem,
};
use crate::geometry::validity::{ValidationError, validation_errors, warnings};
use crate::plan::{Feature, Finding, Level, Problem, Severity, UncheckedFeature, UncheckedPlan};
use crate::units::{Metres, SquareMetres};

#[derive(Deserialize)]
struct Collection<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    crs: Option<JsonValue>,
}

pub(super) struct Reader<'a> {
    features: Vec<&'a RawValue>,
    /// Whether the file is a geometry without a feature.
    is_geometry: bool,
    findings: Vec<Finding>,
}

/// The system that a `crs` member names, where it is not longitude and latitude on WGS 84 or CGCS2000. One on another
/// datum is an error: neither naming another one nor converting the file would help.
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

    /// Reads the features; `layer` holds the name field where a layer is asked for.
    pub(super) fn read(self, layer: Option<Option<&str>>) -> Result<UncheckedPlan> {
        let parsed = each(self.features, |_, raw| {
            if self.is_geometry {
                let geometry: geojson::Geometry = serde_json::from_str(raw.get())?;
                let geometry = Some(RawGeometry::Json(geometry.value));
                return Ok(RawFeature { id: None, properties: JsonObject::default(), geometry });
            }
            let feature: geojson::Feature = serde_json::from_str(raw.get())?;
            Ok(RawFeature {
                id: feature.id,
                properties: feature.properties.unwrap_or_default(),
                geometry: feature.geometry.map(|geometry| RawGeometry::Json(geometry.value)),
            })
        });
        Ok(read_features(parsed, self.findings, layer))
    }
}

fn json_error(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Json(error.into())).at_line(error.line() as u64)
}

/// A feature as it is given, before anything is made of it.
pub(crate) struct RawFeature {
    pub(crate) id: Option<geojson::feature::Id>,
    pub(crate) properties: JsonObject,
    pub(crate) geometry: Option<RawGeometry>,
}

/// A geometry in degrees: as GeoJSON has it, or with closed rings.
pub(crate) enum RawGeometry {
    Json(GeometryValue),
    Shape(Geometry<f64>),
    /// What is wrong with it, and what can be said of it nevertheless: a ring that did not end where it began, closed.
    Broken(RowProblem, Option<Geometry<f64>>),
}

/// Reads features, and says what is wrong with them; `layer` holds the name field where a layer is asked for.
pub(super) fn read_features(
    given: Vec<Result<RawFeature, serde_json::Error>>,
    findings: Vec<Finding>,
    layer: Option<Option<&str>>,
) -> UncheckedPlan {
    let has_levels = layer.is_none() && given.iter().flatten().any(has_level);
    let read = each(given, |place, feature| {
        let row = place as u64 + 1;
        match feature {
            Ok(feature) => read_feature(row, feature, has_levels, layer.flatten()),
            Err(error) => {
                let problem = PlanProblem::NotAFeature(LibraryMessage::new("geojson", error));
                let finding = Finding { row: Some(row), ..Finding::of_file(problem) };
                LayerFeature { feature: None, findings: vec![finding] }
            }
        }
    });
    put_together(read, findings, has_levels)
}

/// What was read of a feature by itself: all of it in a layer, where none belongs to another.
pub(crate) struct LayerFeature {
    feature: Option<UncheckedFeature>,
    findings: Vec<Finding>,
}

impl LayerFeature {
    /// Reads the feature of a row, counted from 1, that a property names.
    pub(crate) fn read(row: u64, given: RawFeature, name_field: &str) -> LayerFeature {
        read_feature(row, given, false, Some(name_field))
    }
}

/// An outline of what was read, after what is wrong with the file.
pub(super) fn put_together(
    read: impl IntoIterator<Item = LayerFeature>,
    mut findings: Vec<Finding>,
    has_levels: bool,
) -> UncheckedPlan {
    let (mut features, mut is_empty) = (vec![], true);
    for LayerFeature { feature, findings: found } in read {
        is_empty = false;
        features.extend(feature);
        findings.extend(found);
    }
    if is_empty {
        findings.insert(0, Finding::of_file(PlanProblem::NoFeature));
    }
    count_missing_ids(&mut findings);
    UncheckedPlan::new(features, findings, has_levels)
}

/// That features have no id is said of the first, with their number.
fn count_missing_ids(findings: &mut Vec<Finding>) {
    let is_missing_id = |finding: &Finding| matches!(finding.problem, Problem::Plan(PlanProblem::MissingId { .. }));
    let count = findings.iter().filter(|finding| is_missing_id(finding)).count() as u64;
    let mut is_said = false;
    findings.retain_mut(|finding| {
        if !is_missing_id(finding) {
            return true;
        }
        finding.problem = PlanProblem::MissingId { count }.into();
        !std::mem::replace(&mut is_said, true)
    });
}

/// Does the same with each item, and its place: on all cores where there are many, in the order of the items.
fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(usize, T) -> R + Sync) -> Vec<R> {
    /// Fewer are done sooner than threads are started.
    const MANY: usize = 256;
    if items.len() < MANY {
        items.into_iter().enumerate().map(|(place, item)| work(place, item)).collect()
    } else {
        items.into_par_iter().enumerate().map(|(place, item)| work(place, item)).collect()
    }
}

/// Collects the findings about one feature.
struct CommonProperties<'a> {
    row: u64,
    id: Option<String>,
    findings: &'a mut Vec<Finding>,
}

impl CommonProperties<'_> {
    fn add(&mut self, severity: Severity, problem: impl Into<Problem>, at: Option<Coord<f64>>) {
        let (row, feature) = (Some(self.row), self.id.clone());
        self.findings.push(Finding { severity, problem: problem.into(), row, feature, at });
    }
}

/// Whether a feature has the level of a plan; in other letters it is one that is written wrongly.
fn has_level(feature: &RawFeature) -> bool {
    let level = feature.properties.get("level").and_then(JsonValue::as_str);
    level.is_some_and(|level| level.to_lowercase().parse::<Level>().is_ok())
}

fn read_feature(row: u64, feature: RawFeature, has_levels: bool, name_field: Option<&str>) -> LayerFeature {
    let mut findings = vec![];
    let about = &mut CommonProperties { row, id: None, findings: &mut findings };
    let properties = feature.properties;
    let id = match (name_field, feature.id) {
        (Some(field), _) => match properties.get(field).and_then(as_name) {
            Some(name) => Some(name),
            None => {
                about.add(Severity::Error, PlanProblem::MissingProperty { name: field.to_owned() }, None);
                None
            }
        },
        (None, Some(geojson::feature::Id::String(id))) if !id.is_empty() => Some(id),
        (None, Some(geojson::feature::Id::Number(id))) => Some(id.to_string()),
        (None, _) => {
            about.add(Severity::Error, PlanProblem::MissingId { count: 1 }, None);
            None
        }
    };
    about.id.clone_from(&id);
    let id = id.unwrap_or_else(|| format!("#{}", about.row));
    let (shape, is_sound) = read_shape(feature.geometry, about);
    let mut fields = Fields { properties: &properties, about };
    let (mut level, mut parent_id) = (None, None);
    let (name, name_en);
    if has_levels {
        level = fields.level();
        if level != Some(Level::Corridor) {
            parent_id = fields.text("parent", Severity::Error);
        }
        name = fields.text("name", Severity::Error);
        name_en = fields.text("name_en", Severity::Warning);
        fields.authority();
        fields.text("source", Severity::Warning);
        fields.lists(&["focus", "projects"]);
        if level == Some(Level::Corridor) {
            for name in ["plan", "plan_en", "published_by", "published_on", "version", "licence", "notice"] {
                fields.text(name, Severity::Warning);
            }
        }
        fields.expect("accuracy_m", Severity::Warning);
    } else {
        name = properties.get("name").and_then(as_name);
        name_en = properties.get("name_en").and_then(as_name);
    }
    let accuracy = fields.number("accuracy_m", |value| value >= 0.0, PropertyKind::Metres);
    let published = fields.number("published_area_km2", |value| value > 0.0, PropertyKind::SquareKilometres);
    let zone = Feature {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        level,
        parent: None,
        name_en,
        published_area: published.map(SquareMetres::from_km2),
        accuracy: accuracy.map(Metres),
        properties,
        shape,
    };
    LayerFeature { feature: Some(UncheckedFeature { row, feature: zone, is_valid: is_sound, parent_id }), findings }
}

/// A property that can name a feature: a text, or a number as JSON prints it (of more than 19 digits, not
/// all of them).
fn as_name(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) if !text.is_empty() => Some(text.clone()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The properties that a plan defines.
struct Fields<'a, 'b> {
    properties: &'a JsonObject,
    about: &'a mut CommonProperties<'b>,
}

impl Fields<'_, '_> {
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
                self.expect(name, missing);
                None
            }
        }
    }

    fn authority(&mut self) {
        let text = self.text("authority", Severity::Warning);
        if text.is_some_and(|text| !["indicative", "official"].contains(&text.as_str())) {
            self.bad("authority", PropertyKind::Authority);
        }
    }

    /// Properties that may be absent, and else are lists of texts.
    fn lists(&mut self, names: &[&str]) {
        for name in names {
            let is_list =
                |value: &JsonValue| value.as_array().is_some_and(|list| list.iter().all(JsonValue::is_string));
            if self.properties.get(*name).is_some_and(|value| !is_list(value)) {
                self.bad(name, PropertyKind::TextList);
            }
        }
    }

    fn expect(&mut self, name: &str, missing: Severity) {
        if !self.properties.contains_key(name) {
            self.about.add(missing, PlanProblem::MissingProperty { name: name.to_owned() }, None);
        }
    }

    /// A number that may be absent or null.
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
        self.about.add(Severity::Error, PlanProblem::BadProperty { name, expected, found }, None);
    }
}

/// The polygons of a geometry, and whether they are valid.
fn read_shape(geometry: Option<RawGeometry>, about: &mut CommonProperties<'_>) -> (MultiPolygon<f64>, bool) {
    let (mut is_sound, mut geometry) = (true, geometry);
    if let Some(RawGeometry::Broken(problem, closed)) = geometry {
        is_sound = false;
        let at = closed.as_ref().and_then(|shape| shape.coords_iter().next());
        about.add(Severity::Error, problem_of(problem), at);
        match closed {
            Some(closed) => geometry = Some(RawGeometry::Shape(closed)),
            None => return (MultiPolygon::new(vec![]), false),
        }
    }
    let polygons = match geometry {
        None | Some(RawGeometry::Broken(..)) => Err(ShapeProblem::Missing),
        Some(RawGeometry::Shape(Geometry::Polygon(polygon))) => Ok(vec![orient_polygon(polygon)]),
        Some(RawGeometry::Shape(Geometry::MultiPolygon(polygons))) => {
            Ok(polygons.0.into_iter().map(orient_polygon).collect())
        }
        Some(RawGeometry::Shape(other)) => {
            Err(ShapeProblem::NotPolygon { found: GeometryValue::from(&other).type_name().to_owned() })
        }
        Some(RawGeometry::Json(GeometryValue::Polygon { coordinates })) => {
            Ok(read_rings(vec![coordinates], &mut is_sound, about))
        }
        Some(RawGeometry::Json(GeometryValue::MultiPolygon { coordinates })) => {
            Ok(read_rings(coordinates, &mut is_sound, about))
        }
        Some(RawGeometry::Json(other)) => Err(ShapeProblem::NotPolygon { found: other.type_name().to_owned() }),
    };
    let shape = match polygons {
        Ok(polygons) if !polygons.is_empty() => MultiPolygon::new(polygons),
        missing => {
            let problem = missing.err().unwrap_or(ShapeProblem::Missing);
            about.add(Severity::Error, Problem::Shape(problem), None);
            return (MultiPolygon::new(vec![]), false);
        }
    };
    let mut add = |severity: Severity, ValidationError { problem, at }: ValidationError| {
        about.add(severity, Problem::Shape(problem), at)
    };
    for flaw in validation_errors(&shape) {
        is_sound = false;
        add(Severity::Error, flaw);
    }
    if is_sound {
        warnings(&shape).into_iter().for_each(|flaw| add(Severity::Info, flaw));
    }
    (shape, is_sound)
}

fn problem_of(problem: RowProblem) -> Problem {
    match problem {
        RowProblem::Shape(problem) => Problem::Shape(problem),
        problem => Problem::Plan(PlanProblem::Row(problem)),
    }
}

/// Exteriors counter-clockwise (RFC 7946, 3.1.6).
fn orient_polygon(polygon: Polygon<f64>) -> Polygon<f64> {
    let is_wound = polygon.exterior().is_ccw() && polygon.interiors().iter().all(Winding::is_cw);
    if is_wound { polygon } else { polygon.orient(Direction::Default) }
}

/// The polygons of rings as GeoJSON has them; what is wrong with a ring is a finding.
fn read_rings(
    polygons: Vec<Vec<Vec<Position>>>,
    is_sound: &mut bool,
    about: &mut CommonProperties<'_>,
) -> Vec<Polygon<f64>> {
    let mut shape = vec![];
    for rings in polygons {
        let mut lines = vec![];
        for ring in rings {
            if ring.iter().any(|position| position.len() < 2) {
                *is_sound = false;
                about.add(Severity::Error, Problem::Shape(ShapeProblem::ShortPosition), None);
            }
            let ring: LineString<f64> = ring.iter().filter_map(|position| xy(position.as_slice())).collect();
            // `Polygon::new` closes what is open: it has to be seen before.
            if ring.0.first() != ring.0.last() {
                *is_sound = false;
                about.add(Severity::Error, Problem::Shape(ShapeProblem::NotClosed), ring.0.first().copied());
            }
            lines.push(ring);
        }
        if !lines.is_empty() {
            let exterior = lines.remove(0);
            shape.push(Polygon::new(exterior, lines));
        }
    }
    shape
}

fn xy(position: &[f64]) -> Option<Coord<f64>> {
    match position {
        [x, y, ..] => Some(within_limits(Coord { x: *x, y: *y })),
        _ => None,
    }
}

/// The start of a text, to show what stands there.
fn first_value(text: &str) -> String {
    let text = text.trim_start();
    let start: String = text.chars().take(20).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{start}`") }
}
