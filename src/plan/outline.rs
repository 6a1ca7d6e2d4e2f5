//! Reading a plan file leniently: everything in it that can be used, and a list of what is wrong.

use std::collections::HashMap;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{GeometryValue, JsonObject, JsonValue};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::crs::{Crs, crs_of_member};
use crate::error::{Error, ErrorKind, PlanProblem, Result, ShapeProblem};
use crate::geometry::validity::{Flaw, flaws, remarks};
use crate::plan::{Level, Plan, Zone, refuse};
use crate::units::{Metres, SquareMetres};

/// What is wrong with a feature or a file.
///
/// ```
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON, Problem};
///
/// let open = PLAN_GEOJSON.replace("[121.3565,28.6175]]]", "[121.3565,28.6176]]]");
/// let outline = Outline::read(open.as_bytes())?;
/// assert_eq!(outline.findings()[0].problem, Problem::Shape(ShapeProblem::NotClosed));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// With a shape.
    Shape(ShapeProblem),
    /// With the plan.
    Plan(PlanProblem),
}

impl Problem {
    /// A stable name for programs.
    ///
    /// ```
    /// use taizhou_corridor::error::{PlanProblem, ShapeProblem};
    /// use taizhou_corridor::plan::Problem;
    ///
    /// assert_eq!(Problem::Shape(ShapeProblem::NotClosed).code(), "ring-not-closed");
    /// assert_eq!(Problem::Plan(PlanProblem::DuplicateId).code(), "duplicate-id");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Shape(problem) => problem.code(),
            Problem::Plan(problem) => problem.code(),
        }
    }
}

/// How bad it is.
///
/// ```
/// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON, Severity};
///
/// let without_source = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
/// let findings = Outline::read(without_source.as_bytes())?.findings().to_vec();
/// // Not as a plan should be, but usable.
/// assert_eq!(findings.iter().map(|finding| finding.severity).max(), Some(Severity::Warning));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Allowed, but worth a word.
    Note,
    /// Usable, but not as a plan should be.
    Warning,
    /// The plan cannot be used.
    Error,
}

impl Severity {
    /// The word for it in tables: `note`, `warning`, `error`.
    ///
    /// ```
    /// use taizhou_corridor::plan::Severity;
    ///
    /// assert_eq!(Severity::Note.as_str(), "note");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Something worth knowing about a plan file, and where.
///
/// ```
/// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON, check};
///
/// // A corner of the core, moved across its border with Jiaojiang.
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check::check(&Outline::read(moved.as_bytes())?, None);
/// let overlap = findings.iter().find(|finding| finding.problem.code() == "overlap").unwrap();
/// assert_eq!(overlap.feature.as_deref(), Some("core"));
/// assert!((overlap.at.unwrap().y - 28.6623).abs() < 1e-4);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub problem: Problem,
    /// The place of the feature in the file, from 1; none for the file as a whole.
    pub row: Option<u64>,
    /// The id of the feature, where it has one.
    pub feature: Option<String>,
    /// A place where it shows, in degrees.
    pub at: Option<Coord<f64>>,
}

impl Finding {
    pub(super) fn of_file(problem: impl Into<Problem>) -> Finding {
        Finding { severity: Severity::Error, problem: problem.into(), row: None, feature: None, at: None }
    }

    pub(super) fn into_error(self) -> Error {
        let mut error = Error::new(self.problem);
        if let Some(row) = self.row {
            error = error.at_row(row);
        }
        if let Some(feature) = self.feature {
            error = error.at_feature(feature);
        }
        error
    }
}

/// A plan file as it was read: what is usable, and what is wrong.
///
/// ```
/// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
///
/// // Two errors; `Plan::from_geojson` would stop at the first.
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"core""#, r#""parent":"centre""#);
/// let outline = Outline::read(wrong.as_bytes())?;
/// assert_eq!(outline.findings().len(), 2);
/// assert_eq!(outline.features().len(), 16);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Outline {
    pub(super) features: Vec<OutlineFeature>,
    pub(super) findings: Vec<Finding>,
    has_levels: bool,
}

/// A feature of a plan file.
///
/// ```
/// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
///
/// let open = PLAN_GEOJSON.replace("[121.3565,28.6175]]]", "[121.3565,28.6176]]]");
/// let outline = Outline::read(open.as_bytes())?;
/// let broken: Vec<(u64, &str)> = outline
///     .features()
///     .iter()
///     .filter(|feature| !feature.is_sound)
///     .map(|feature| (feature.row, feature.zone.id.as_str()))
///     .collect();
/// assert_eq!(broken, [(2, "core")]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OutlineFeature {
    /// Its place in the file, from 1.
    pub row: u64,
    /// What could be read of it; the shape is empty where there is none.
    pub zone: Zone,
    /// Whether the shape is a valid polygon.
    pub is_sound: bool,
    parent_id: Option<String>,
}

impl Outline {
    /// Reads a plan, or a layer where no feature has a level. Fails where there is no feature
    /// collection at all; everything else is a finding.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
    ///
    /// assert!(Outline::read(PLAN_GEOJSON.as_bytes())?.findings().is_empty());
    /// assert!(Outline::read(b"[]").is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(json: &[u8]) -> Result<Outline> {
        Reader::new(json)?.read(None)
    }

    /// Reads a layer, its features known by a property or by their id.
    ///
    /// ```
    /// use taizhou_corridor::plan::Outline;
    ///
    /// let parcels = br#"{"type": "FeatureCollection", "features": [
    ///     {"type": "Feature", "properties": {"block": "A-01"}, "geometry": null},
    ///     {"type": "Feature", "properties": {}, "geometry": null}]}"#;
    /// let outline = Outline::read_layer(parcels, Some("block"))?;
    /// let codes: Vec<&str> = outline.findings().iter().map(|finding| finding.problem.code()).collect();
    /// assert_eq!(codes, ["no-geometry", "missing-property", "no-geometry"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_layer(json: &[u8], name_field: Option<&str>) -> Result<Outline> {
        Reader::new(json)?.read(Some(name_field))
    }

    /// Whether the features have the levels of a plan.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
    ///
    /// assert!(Outline::read(PLAN_GEOJSON.as_bytes())?.has_levels());
    /// assert!(!Outline::read_layer(PLAN_GEOJSON.as_bytes(), None)?.has_levels());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn has_levels(&self) -> bool {
        self.has_levels
    }

    /// The features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
    ///
    /// let outline = Outline::read(PLAN_GEOJSON.as_bytes())?;
    /// assert!(outline.features().iter().all(|feature| feature.is_sound));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn features(&self) -> &[OutlineFeature] {
        &self.features
    }

    /// What is wrong with the file and each of its features by itself.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON};
    ///
    /// let wrong = PLAN_GEOJSON.replace(r#""published_area_km2":41"#, r#""published_area_km2":"41""#);
    /// let outline = Outline::read(wrong.as_bytes())?;
    /// let finding = &outline.findings()[0];
    /// assert_eq!((finding.row, finding.problem.code()), (Some(2), "bad-property"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The plan. Fails at the first error among the findings.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Outline, PLAN_GEOJSON, Severity};
    ///
    /// // Warnings are no reason to refuse a plan.
    /// let without_source = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
    /// let outline = Outline::read(without_source.as_bytes())?;
    /// assert_eq!(outline.findings()[0].severity, Severity::Warning);
    /// assert!(outline.into_plan().is_ok());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn into_plan(self) -> Result<Plan> {
        refuse(self.findings)?;
        Ok(Plan::new(self.features.into_iter().map(|feature| feature.zone).collect(), !self.has_levels))
    }
}

#[derive(Deserialize)]
struct Collection<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    crs: Option<JsonValue>,
}

struct Reader<'a> {
    features: Vec<&'a RawValue>,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn new(json: &'a [u8]) -> Result<Reader<'a>> {
        let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
        let text = std::str::from_utf8(json).map_err(|_| Error::new(ErrorKind::NotUtf8))?;
        if text.trim().is_empty() {
            return Err(Error::new(ErrorKind::Empty));
        }
        let collection: Collection<'a> = serde_json::from_str(text).map_err(|error| {
            use serde_json::error::Category;
            let kind = match error.classify() {
                Category::Eof => ErrorKind::Truncated("a JSON value"),
                Category::Data => PlanProblem::NotACollection { found: first_value(text) }.into(),
                Category::Syntax | Category::Io => ErrorKind::Json(error.to_string()),
            };
            Error::new(kind).at_line(error.line() as u64)
        })?;
        let (Some("FeatureCollection"), Some(features)) = (collection.r#type.as_deref(), collection.features) else {
            let found = collection.r#type.map_or_else(|| "an object without a `type`".to_owned(), |t| format!("`{t}`"));
            return Err(PlanProblem::NotACollection { found }.into());
        };
        let mut findings = vec![];
        if features.is_empty() {
            findings.push(Finding::of_file(PlanProblem::NoFeature));
        }
        let foreign = match collection.crs.as_ref().map_or(Ok(None), crs_of_member) {
            Ok(None | Some(Crs::Crs84)) => None,
            Ok(Some(crs)) => Some(crs.to_string()),
            Err(name) => Some(name),
        };
        if let Some(found) = foreign {
            findings.push(Finding::of_file(PlanProblem::CrsMember { found }));
        }
        Ok(Reader { features, findings })
    }

    /// Reads the features; `layer` holds the name field where a layer is asked for.
    fn read(mut self, layer: Option<Option<&str>>) -> Result<Outline> {
        let parsed: Vec<_> =
            self.features.iter().map(|raw| serde_json::from_str::<geojson::Feature>(raw.get())).collect();
        let has_levels = layer.is_none() && parsed.iter().flatten().any(has_level);
        let mut features = vec![];
        for (row, feature) in (1..).zip(parsed) {
            match feature {
                Ok(feature) => {
                    let mut about = About { row, id: None, findings: &mut self.findings };
                    features.push(read_feature(feature, has_levels, layer.flatten(), &mut about));
                }
                Err(error) => {
                    let problem = PlanProblem::NotAFeature { detail: error.to_string() };
                    self.findings.push(Finding { row: Some(row), ..Finding::of_file(problem) });
                }
            }
        }
        let mut outline = Outline { features, findings: self.findings, has_levels };
        outline.link();
        Ok(outline)
    }
}

/// Collects the findings about one feature.
struct About<'a> {
    row: u64,
    id: Option<String>,
    findings: &'a mut Vec<Finding>,
}

impl About<'_> {
    fn add(&mut self, severity: Severity, problem: impl Into<Problem>, at: Option<Coord<f64>>) {
        let (row, feature) = (Some(self.row), self.id.clone());
        self.findings.push(Finding { severity, problem: problem.into(), row, feature, at });
    }
}

/// Whether a feature has the level of a plan; in other letters it is one that is written wrongly.
fn has_level(feature: &geojson::Feature) -> bool {
    let level = feature.property("level").and_then(JsonValue::as_str);
    level.is_some_and(|level| level.to_lowercase().parse::<Level>().is_ok())
}

fn read_feature(
    feature: geojson::Feature,
    has_levels: bool,
    name_field: Option<&str>,
    about: &mut About<'_>,
) -> OutlineFeature {
    let properties = feature.properties.unwrap_or_default();
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
            about.add(Severity::Error, PlanProblem::MissingId, None);
            None
        }
    };
    about.id.clone_from(&id);
    let id = id.unwrap_or_else(|| format!("#{}", about.row));
    let (shape, is_sound) = read_shape(feature.geometry.map(|geometry| geometry.value), about);
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
        fields.one_of("authority", &["indicative", "official"]);
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
    let accuracy = fields.number("accuracy_m", |value| value >= 0.0, "a number of metres, 0 or more");
    let published = fields.number("published_area_km2", |value| value > 0.0, "a number of km² above 0");
    let zone = Zone {
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
    OutlineFeature { row: about.row, zone, is_sound, parent_id }
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
    about: &'a mut About<'b>,
}

impl Fields<'_, '_> {
    fn level(&mut self) -> Option<Level> {
        let text = self.text("level", Severity::Error)?;
        match text.parse() {
            Ok(level) => Some(level),
            Err(_) => {
                self.bad("level", "corridor, core, zone or cluster");
                None
            }
        }
    }

    fn text(&mut self, name: &str, missing: Severity) -> Option<String> {
        match self.properties.get(name) {
            Some(JsonValue::String(text)) if !text.is_empty() => Some(text.clone()),
            Some(_) => {
                self.bad(name, "a text");
                None
            }
            None => {
                self.expect(name, missing);
                None
            }
        }
    }

    fn one_of(&mut self, name: &str, words: &[&str]) {
        let text = self.text(name, Severity::Warning);
        if text.is_some_and(|text| !words.contains(&text.as_str())) {
            self.bad(name, &words.join(" or "));
        }
    }

    /// Properties that may be absent, and else are lists of texts.
    fn lists(&mut self, names: &[&str]) {
        for name in names {
            let is_list =
                |value: &JsonValue| value.as_array().is_some_and(|list| list.iter().all(JsonValue::is_string));
            if self.properties.get(*name).is_some_and(|value| !is_list(value)) {
                self.bad(name, "a list of texts");
            }
        }
    }

    fn expect(&mut self, name: &str, missing: Severity) {
        if !self.properties.contains_key(name) {
            self.about.add(missing, PlanProblem::MissingProperty { name: name.to_owned() }, None);
        }
    }

    /// A number that may be absent or null.
    fn number(&mut self, name: &str, fits: impl Fn(f64) -> bool, expected: &str) -> Option<f64> {
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

    fn bad(&mut self, name: &str, expected: &str) {
        let found = self.properties.get(name).map(JsonValue::to_string).unwrap_or_default();
        let (name, expected) = (name.to_owned(), expected.to_owned());
        self.about.add(Severity::Error, PlanProblem::BadProperty { name, expected, found }, None);
    }
}

/// The polygons of a geometry, and whether they are valid.
fn read_shape(geometry: Option<GeometryValue>, about: &mut About<'_>) -> (MultiPolygon<f64>, bool) {
    let polygons = match geometry {
        None => Err(ShapeProblem::Missing),
        Some(GeometryValue::Polygon { coordinates }) => Ok(vec![coordinates]),
        Some(GeometryValue::MultiPolygon { coordinates }) => Ok(coordinates),
        Some(other) => Err(ShapeProblem::NotPolygon { found: other.type_name().to_owned() }),
    };
    let polygons = match polygons {
        Ok(polygons) if polygons.iter().any(|rings| !rings.is_empty()) => polygons,
        Ok(_) => {
            about.add(Severity::Error, Problem::Shape(ShapeProblem::Missing), None);
            return (MultiPolygon::new(vec![]), false);
        }
        Err(problem) => {
            about.add(Severity::Error, Problem::Shape(problem), None);
            return (MultiPolygon::new(vec![]), false);
        }
    };
    let mut is_sound = true;
    let mut shape = vec![];
    for rings in polygons {
        let mut lines = vec![];
        for ring in rings {
            if ring.iter().any(|position| position.len() < 2) {
                is_sound = false;
                about.add(Severity::Error, Problem::Shape(ShapeProblem::ShortPosition), None);
            }
            let ring: LineString<f64> = ring.iter().filter_map(|position| xy(position.as_slice())).collect();
            // `Polygon::new` closes what is open: it has to be seen before.
            if ring.0.first() != ring.0.last() {
                is_sound = false;
                about.add(Severity::Error, Problem::Shape(ShapeProblem::NotClosed), ring.0.first().copied());
            }
            lines.push(ring);
        }
        if !lines.is_empty() {
            let exterior = lines.remove(0);
            shape.push(Polygon::new(exterior, lines));
        }
    }
    let shape = MultiPolygon::new(shape);
    let mut add = |severity: Severity, Flaw { problem, at }: Flaw| about.add(severity, Problem::Shape(problem), at);
    for flaw in flaws(&shape) {
        is_sound = false;
        add(Severity::Error, flaw);
    }
    if is_sound {
        remarks(&shape).into_iter().for_each(|flaw| add(Severity::Note, flaw));
    }
    (shape, is_sound)
}

fn xy(position: &[f64]) -> Option<Coord<f64>> {
    match position {
        [x, y, ..] => Some(Coord { x: *x, y: *y }),
        _ => None,
    }
}

impl Outline {
    /// Resolves parents, and finds what is wrong between features: ids, parents, roots.
    fn link(&mut self) {
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let mut found = vec![];
        let finding = |number: usize, problem: PlanProblem| {
            let feature = &self.features[number];
            let (row, id) = (Some(feature.row), Some(feature.zone.id.clone()));
            Finding { row, feature: id, ..Finding::of_file(problem) }
        };
        for (number, feature) in self.features.iter().enumerate() {
            if by_id.insert(&feature.zone.id, number).is_some() {
                // In a layer two features of one name are one answer; in a plan, none.
                let severity = if self.has_levels { Severity::Error } else { Severity::Note };
                found.push(Finding { severity, ..finding(number, PlanProblem::DuplicateId) });
            }
        }
        let mut parents = vec![None; self.features.len()];
        for (number, feature) in self.features.iter().enumerate() {
            let (Some(level), Some(parent)) = (feature.zone.level, &feature.parent_id) else { continue };
            parents[number] = by_id.get(parent.as_str()).copied().filter(|&parent| {
                self.features[parent].zone.level.is_some_and(|above| above.depth() + 1 == level.depth())
            });
            if parents[number].is_none() {
                found.push(finding(number, PlanProblem::UnknownParent { parent: parent.clone() }));
            }
        }
        if self.has_levels {
            let count = self.features.iter().filter(|feature| feature.zone.level == Some(Level::Corridor)).count();
            if count != 1 {
                found.push(Finding::of_file(PlanProblem::Roots { count }));
            }
        }
        for (feature, parent) in self.features.iter_mut().zip(parents) {
            feature.zone.parent = parent;
        }
        self.findings.extend(found);
    }
}

/// The start of a text, to show what stands there.
fn first_value(text: &str) -> String {
    let text = text.trim_start();
    let start: String = text.chars().take(20).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{start}`") }
}
