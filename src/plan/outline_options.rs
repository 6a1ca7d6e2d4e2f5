//! How the properties of somebody's own polygons become those of a plan: which of them states the accuracy, the
//! published area, the level; what its values mean; what holds where nothing is stated.

use std::collections::HashMap;

use geo::{Area, MultiPolygon};
use geojson::feature::Id;
use geojson::{JsonObject, JsonValue};

use crate::error::{Error, ErrorKind, PlanProblem, Result};
use crate::geometry::clip::intersection;
use crate::plan::shapes::valid_polygons;
use crate::plan::{Level, RawFeature};
use crate::units::{AreaUnit, Metres, StatedArea};

/// The properties of a plan that state a published area, by their unit.
pub(crate) const PUBLISHED: [(&str, AreaUnit); 4] = [
    ("published_area_km2", AreaUnit::SquareKilometres),
    ("published_area_ha", AreaUnit::Hectares),
    ("published_area_mu", AreaUnit::Mu),
    ("published_area_m2", AreaUnit::SquareMetres),
];

/// The sign between a name and what it stands for; Chinese input methods write it full-width.
const EQUALS: [char; 2] = ['=', '＝'];

/// A feature lies in another if at least this share of its area does: borders that were digitised separately differ.
pub(crate) const MIN_SHARE_INSIDE: f64 = 0.99;

/// A property of a plan, and the property of a file that it is taken from.
///
/// ```
/// use taizhou_corridor::plan::PlanField;
/// use taizhou_corridor::units::AreaUnit;
///
/// // The unit is the one after the colon, else that at the end of the field's name, else that of the property.
/// let unit = |text: &str| PlanField::parse(text).unwrap().unit;
/// assert_eq!(unit("published_area_km2=规划面积:ha"), Some(AreaUnit::Hectares));
/// assert_eq!(unit("published_area_km2=面积（亩）"), Some(AreaUnit::Mu));
/// assert_eq!(unit("published_area_km2=规划面积"), Some(AreaUnit::SquareKilometres));
/// assert_eq!(unit("accuracy_m=精度"), None);
/// assert_eq!(unit("accuracy_m＝精度"), None);
/// assert_eq!(PlanField::parse("colour=颜色"), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PlanField {
    /// The property of a plan.
    pub property: &'static str,
    /// The property of the file.
    pub field: String,
    /// The unit of published areas.
    pub unit: Option<AreaUnit>,
}

impl PlanField {
    /// The properties of a plan that can be taken from others, and `id`.
    pub const PROPERTIES: [&str; 20] = [
        "id",
        "name",
        "name_en",
        "level",
        "parent",
        "accuracy_m",
        "published_area_km2",
        "published_area_ha",
        "published_area_mu",
        "published_area_m2",
        "district",
        "district_code",
        "authority",
        "source",
        "plan",
        "plan_en",
        "published_by",
        "published_on",
        "licence",
        "notice",
    ];

    /// Reads `PROPERTY=FIELD` or, of a published area, `PROPERTY=FIELD:UNIT`; `None` if the property is unknown, the
    /// field has no name, or the unit is not known.
    pub fn parse(text: &str) -> Option<PlanField> {
        let (property, field) = text.split_once(EQUALS)?;
        let property = PlanField::PROPERTIES.into_iter().find(|known| *known == property.trim())?;
        let field = field.trim();
        if field.is_empty() {
            return None;
        }
        let Some((_, own)) = PUBLISHED.into_iter().find(|(name, _)| *name == property) else {
            return Some(PlanField { property, field: field.to_owned(), unit: None });
        };
        if AreaUnit::is_unknown_at_end_of(field) {
            return None;
        }
        let stated = field.rsplit_once(':').and_then(|(name, unit)| Some((name.trim(), unit.trim().parse().ok()?)));
        let (field, unit) = match stated {
            Some((name, unit)) if !name.is_empty() => (name, unit),
            _ => (field, AreaUnit::at_end_of(field).map_or(own, |(_, unit)| unit)),
        };
        Some(PlanField { property, field: field.to_owned(), unit: Some(unit) })
    }
}

/// A value of the property `level` of a file, and the level that it means.
///
/// ```
/// use taizhou_corridor::plan::{Level, LevelName};
///
/// assert_eq!(LevelName::parse("核心区=core").unwrap().level, Level::Core);
/// assert_eq!(LevelName::parse("核心区=centre"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelName {
    /// The value in the file.
    pub name: String,
    /// The level.
    pub level: Level,
}

impl LevelName {
    /// Values that need not be named.
    const USUAL: [(&str, Level); 8] = [
        ("走廊", Level::Corridor),
        ("核", Level::Core),
        ("一核", Level::Core),
        ("核心区", Level::Core),
        ("片区", Level::Zone),
        ("组团", Level::Cluster),
        ("功能组团", Level::Cluster),
        ("规划范围", Level::Corridor),
    ];

    /// Reads `NAME=LEVEL`; `None` if there is no name or no such level.
    pub fn parse(text: &str) -> Option<LevelName> {
        let (name, level) = text.split_once(EQUALS)?;
        let (name, level) = (name.trim(), level.trim().parse().ok()?);
        (!name.is_empty()).then(|| LevelName { name: name.to_owned(), level })
    }
}

/// How the polygons of a file are read as a plan or layer.
///
/// ```
/// use taizhou_corridor::plan::{OutlineOptions, PlanField, UncheckedPlan};
/// use taizhou_corridor::units::Metres;
///
/// let own = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
///     "properties": {"名称": "东片", "面积_公顷": "433.6"}, "geometry": {"type": "Polygon",
///     "coordinates": [[[121.40, 28.60], [121.42, 28.60], [121.42, 28.62], [121.40, 28.60]]]}}]}"#;
/// let fields = ["name=名称", "published_area_km2=面积_公顷"].map(|text| PlanField::parse(text).unwrap()).to_vec();
/// let options = OutlineOptions { fields, accuracy: Some(Metres(5.0)), ..OutlineOptions::default() };
/// let plan = UncheckedPlan::read_with(own.as_bytes(), &options)?.into_plan()?;
/// let feature = &plan.features()[0];
/// assert_eq!((feature.id.as_str(), feature.accuracy), ("东片", Some(Metres(5.0))));
/// assert_eq!(feature.published_area.unwrap().ha(), 433.6);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutlineOptions {
    /// The property that identifies each feature; the file is then a flat layer.
    pub name_field: Option<String>,
    /// Properties of a plan that the file has under other names.
    pub fields: Vec<PlanField>,
    /// What the values of `level` mean, besides the levels themselves and usual Chinese names.
    pub levels: Vec<LevelName>,
    /// The accuracy of features that state none.
    pub accuracy: Option<Metres>,
}

impl OutlineOptions {
    /// A flat layer whose features are identified by a property; with `None`, a plan or layer as its properties say.
    pub(crate) fn named(name_field: Option<&str>) -> OutlineOptions {
        OutlineOptions { name_field: name_field.map(str::to_owned), ..OutlineOptions::default() }
    }

    fn field(&self, property: &str) -> Option<&PlanField> {
        self.fields.iter().find(|mapped| mapped.property == property)
    }

    /// Whether levels are those of the options, not of a plan file.
    fn has_levels(&self) -> bool {
        self.name_field.is_none() && (self.field("level").is_some() || !self.levels.is_empty())
    }

    /// Errors if a field is none of the columns of a file.
    pub(crate) fn check_columns<'c>(&self, columns: impl Iterator<Item = &'c str> + Clone) -> Result<()> {
        match self.fields.iter().find(|mapped| columns.clone().all(|column| column != mapped.field)) {
            None => Ok(()),
            Some(mapped) => {
                let mut distinct: Vec<String> = vec![];
                columns.for_each(|column| {
                    if distinct.iter().all(|known| known != column) {
                        distinct.push(column.to_owned());
                    }
                });
                let columns = distinct;
                Err(Error::new(ErrorKind::UnknownColumn { name: mapped.field.clone(), columns }))
            }
        }
    }

    /// Adds the properties of a plan to a feature. Its own properties stay as they are.
    pub(crate) fn apply_to(&self, feature: &mut RawFeature) {
        let mut properties = JsonObject::new();
        for PlanField { property, field, unit } in &self.fields {
            let Some(value) = feature.properties.get(field).filter(|value| !is_empty(value)).cloned() else { continue };
            let value = match (*property, unit) {
                ("id", _) => {
                    feature.id = text_of(&value).map(Id::String);
                    feature.has_own_id = true;
                    continue;
                }
                (_, Some(unit)) => {
                    PUBLISHED.iter().for_each(|(name, _)| drop(feature.properties.remove(*name)));
                    if let Some((name, figure)) = published(&value, *unit) {
                        properties.insert(name.to_owned(), figure);
                        continue;
                    }
                    // Databases without empty numbers have 0 where nothing is published.
                    if number_of(&value) == Some(0.0) {
                        continue;
                    }
                    value
                }
                ("accuracy_m", _) => metres(&value).map_or(value, JsonValue::from),
                ("level", _) => match text_of(&value) {
                    Some(text) => self.level(&text).map_or(text, |level| level.as_str().to_owned()).into(),
                    None => value,
                },
                _ => text_of(&value).map_or(value, JsonValue::from),
            };
            properties.insert((*property).to_owned(), value);
        }
        if self.field("level").is_none()
            && !self.levels.is_empty()
            && let Some(level) = feature.properties.get("level").and_then(text_of).and_then(|text| self.level(&text))
        {
            properties.insert("level".to_owned(), level.as_str().into());
        }
        feature.properties.extend(properties);
        if let Some(accuracy) = self.accuracy
            && feature.properties.get("accuracy_m").is_none_or(is_empty)
        {
            feature.properties.insert("accuracy_m".to_owned(), accuracy.0.into());
        }
        // The ids of rows are mere counters.
        if !feature.has_own_id
            && self.field("name").is_some()
            && let Some(name) = feature.properties.get("name").and_then(text_of)
        {
            feature.id = Some(Id::String(name));
        }
    }

    /// The level that the properties of a feature state, or the text that is none.
    pub(crate) fn stated_level(&self, properties: &JsonObject) -> Option<Result<Level, String>> {
        let name = self.field("level").map_or("level", |mapped| mapped.field.as_str());
        let text = properties.get(name).and_then(text_of)?;
        Some(self.level(&text).ok_or(text))
    }

    fn level(&self, text: &str) -> Option<Level> {
        let named = self.levels.iter().find(|known| known.name == text).map(|known| known.level);
        let usual = || LevelName::USUAL.into_iter().find(|(name, _)| *name == text).map(|(_, level)| level);
        named.or_else(|| text.to_lowercase().parse().ok()).or_else(usual)
    }

    /// Makes a hierarchy of the levels that are named by the options: completes the parents, or takes off the levels
    /// of all features and says why.
    pub(crate) fn link(&self, features: &mut [&mut RawFeature]) -> Option<PlanProblem> {
        if self.name_field.is_some() {
            return None;
        }
        let levels: Vec<Option<Level>> = features.iter().map(|feature| level_of(feature)).collect();
        let without_level = features.iter().zip(&levels).filter(|(_, level)| level.is_none());
        let unknown = distinct(
            without_level.map(|(feature, _)| feature.properties.get("level").and_then(text_of).unwrap_or_default()),
        );
        if !self.has_levels() {
            // A plan whose levels are its own, or a layer.
            let is_layer = levels.iter().all(Option::is_none) && unknown.iter().any(|name| !name.is_empty());
            return is_layer.then_some(PlanProblem::LevelsIgnored { unknown, roots: 0 });
        }
        let roots = levels.iter().filter(|level| **level == Some(Level::Corridor)).count();
        if !unknown.is_empty() || roots != 1 {
            features.iter_mut().for_each(|feature| drop(feature.properties.remove("level")));
            return Some(PlanProblem::LevelsIgnored { unknown, roots });
        }
        let parents = Parents::new(features, &levels);
        let found: Vec<Option<String>> = (0..features.len()).map(|index| parents.of(index)).collect();
        for (feature, parent) in features.iter_mut().zip(found) {
            match parent {
                Some(parent) => drop(feature.properties.insert("parent".to_owned(), parent.into())),
                None if level_of(feature) == Some(Level::Corridor) => drop(feature.properties.remove("parent")),
                None => {}
            }
        }
        None
    }
}

/// The features among which parents are sought.
struct Parents<'a> {
    levels: &'a [Option<Level>],
    ids: Vec<Option<String>>,
    stated: Vec<Option<String>>,
    shapes: Vec<Option<MultiPolygon<f64>>>,
    by_id: HashMap<String, usize>,
    /// `None` for a name that several features have.
    by_name: HashMap<String, Option<usize>>,
}

impl<'a> Parents<'a> {
    fn new(features: &[&mut RawFeature], levels: &'a [Option<Level>]) -> Parents<'a> {
        let text = |feature: &RawFeature, name: &str| feature.properties.get(name).and_then(text_of);
        let id = |feature: &&mut RawFeature| match feature.id.as_ref()? {
            Id::String(text) => Some(text.clone()),
            Id::Number(number) => Some(number.to_string()),
        };
        let ids: Vec<Option<String>> = features.iter().map(id).collect();
        let mut by_name = HashMap::new();
        for (index, feature) in features.iter().enumerate() {
            let Some(name) = text(feature, "name") else { continue };
            by_name.entry(name).and_modify(|known| *known = None).or_insert(Some(index));
        }
        let stated: Vec<Option<String>> = features.iter().map(|feature| text(feature, "parent")).collect();
        // Only the parent of a cluster is sought by its place.
        let is_sought =
            levels.iter().zip(&stated).any(|(level, parent)| *level == Some(Level::Cluster) && parent.is_none());
        let shape = |feature: &&mut RawFeature| valid_polygons(feature.geometry.as_ref().filter(|_| is_sought)?);
        let shapes = features.iter().map(shape).collect();
        Parents {
            levels,
            by_id: ids.iter().enumerate().filter_map(|(index, id)| Some((id.clone()?, index))).collect(),
            by_name,
            stated,
            shapes,
            ids,
        }
    }

    /// The id of the parent: the stated one, which may be named; else that of the corridor, or of the only zone that a
    /// cluster lies in.
    fn of(&self, index: usize) -> Option<String> {
        let level = self.levels[index].filter(|level| *level != Level::Corridor)?;
        if let Some(parent) = &self.stated[index] {
            let named = || self.by_name.get(parent).copied().flatten();
            let found = self.by_id.get(parent).copied().or_else(named);
            return Some(found.and_then(|found| self.ids[found].clone()).unwrap_or_else(|| parent.clone()));
        }
        let mut above = (0..self.levels.len()).filter(|&other| {
            self.levels[other].is_some_and(|above| above.depth() + 1 == level.depth())
                && (level.is_partition() || self.lies_in(index, other))
        });
        match (above.next(), above.next()) {
            (Some(only), None) => self.ids[only].clone(),
            _ => None,
        }
    }

    fn lies_in(&self, index: usize, other: usize) -> bool {
        let (Some(inner), Some(outer)) = (&self.shapes[index], &self.shapes[other]) else { return false };
        share_inside(inner, outer) >= MIN_SHARE_INSIDE
    }
}

/// The first different ones, as many as a message names.
pub(super) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    const MAX_NAMED: usize = 10;
    let mut distinct: Vec<String> = vec![];
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
        if distinct.len() == MAX_NAMED {
            break;
        }
    }
    distinct
}

/// The share of the area of a shape that lies in another, in the plane.
pub(crate) fn share_inside(inner: &MultiPolygon<f64>, outer: &MultiPolygon<f64>) -> f64 {
    intersection(inner, outer).unsigned_area() / inner.unsigned_area()
}

fn level_of(feature: &RawFeature) -> Option<Level> {
    feature.properties.get("level")?.as_str()?.parse().ok()
}

fn is_empty(value: &JsonValue) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn text_of(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, as such or as text.
fn number_of(value: &JsonValue) -> Option<f64> {
    match value {
        JsonValue::Number(number) => number.as_f64(),
        JsonValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// An accuracy: `5`, `±5 m`, `5米`.
fn metres(value: &JsonValue) -> Option<f64> {
    let text = value.as_str().map(|text| {
        let text = text.trim().trim_start_matches('±');
        JsonValue::from(text.strip_suffix(['m', '米']).unwrap_or(text))
    });
    number_of(text.as_ref().unwrap_or(value)).filter(|metres| metres.is_finite())
}

/// The property of a published area, and its figure: `41`, `4100公顷`.
fn published(value: &JsonValue, unit: AreaUnit) -> Option<(&'static str, JsonValue)> {
    let text = text_of(value)?;
    let (figure, unit) = AreaUnit::at_end_of(&text).unwrap_or((&text, unit));
    StatedArea::parse(figure, unit).filter(|stated| stated.area.0 > 0.0)?;
    let figure: f64 = figure.replace(',', "").trim().parse().ok()?;
    let (name, _) = PUBLISHED.into_iter().find(|(_, known)| *known == unit)?;
    Some((name, figure.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn options(fields: &[&str], levels: &[&str]) -> OutlineOptions {
        OutlineOptions {
            fields: fields.iter().map(|text| PlanField::parse(text).unwrap()).collect(),
            levels: levels.iter().map(|text| LevelName::parse(text).unwrap()).collect(),
            ..OutlineOptions::default()
        }
    }

    fn feature(properties: JsonValue) -> RawFeature {
        let JsonValue::Object(properties) = properties else { panic!("no object") };
        RawFeature { id: Some(Id::Number(7.into())), has_own_id: false, properties, geometry: None }
    }

    #[test]
    fn values_are_read_as_offices_write_them() {
        let options = options(&["accuracy_m=精度", "published_area_km2=面积", "name=名称"], &[]);
        let read = |accuracy: JsonValue, area: JsonValue| {
            let mut feature = feature(json!({"精度": accuracy, "面积": area, "名称": 12}));
            options.apply_to(&mut feature);
            assert!(matches!(&feature.id, Some(Id::String(id)) if id == "12"));
            JsonValue::Object(feature.properties)
        };
        for (accuracy, area, name, figure) in [
            (json!(5), json!(41.5), "published_area_km2", 41.5),
            (json!("5"), json!("4,150.0公顷"), "published_area_ha", 4150.0),
            (json!("±5 m"), json!("62250 亩"), "published_area_mu", 62250.0),
            (json!("5米"), json!("1.5e3"), "published_area_km2", 1500.0),
        ] {
            let read = read(accuracy, area);
            assert_eq!((&read["accuracy_m"], &read[name]), (&json!(5.0).as_f64().into(), &figure.into()), "{read}");
        }
        let read = read(json!("约5米"), json!(0));
        assert_eq!((read["accuracy_m"].as_str(), read.get("published_area_km2")), (Some("约5米"), None));
    }

    #[test]
    fn a_stated_accuracy_wins() {
        let options = OutlineOptions { accuracy: Some(Metres(5.0)), ..options(&["accuracy_m=精度"], &[]) };
        let accuracy = |properties: JsonValue| {
            let mut feature = feature(properties);
            options.apply_to(&mut feature);
            feature.properties["accuracy_m"].as_f64()
        };
        assert_eq!(accuracy(json!({"精度": 2})), Some(2.0));
        assert_eq!(accuracy(json!({"精度": null, "accuracy_m": 3})), Some(3.0));
        assert_eq!(accuracy(json!({"精度": " "})), Some(5.0));
    }

    #[test]
    fn levels_make_a_hierarchy_or_a_layer() {
        let options = options(&["level=级别", "parent=上级", "name=名称"], &["总体=corridor"]);
        let link = |rows: &[(&str, &str, &str)]| {
            let mut features: Vec<RawFeature> = rows
                .iter()
                .map(|(name, level, parent)| feature(json!({"名称": name, "级别": level, "上级": parent})))
                .collect();
            features.iter_mut().for_each(|feature| options.apply_to(feature));
            let problem = options.link(&mut features.iter_mut().collect::<Vec<_>>());
            let parents = features.iter().map(|feature| feature.properties.get("parent").cloned());
            (problem, parents.collect::<Vec<_>>(), features.iter().filter_map(level_of).count())
        };
        let (problem, parents, levels) = link(&[("全域", "总体", ""), ("甲", "片区", ""), ("乙", "Core", "全域")]);
        assert_eq!((problem, levels), (None, 3));
        assert_eq!(parents, [None, Some("全域".into()), Some("全域".into())]);

        let (problem, _, levels) = link(&[("全域", "总体", ""), ("甲", "分区", ""), ("乙", "", "")]);
        let unknown = vec!["分区".to_owned(), String::new()];
        assert_eq!((problem, levels), (Some(PlanProblem::LevelsIgnored { unknown, roots: 1 }), 0));
        // A cluster without a stated parent lies in none that can be computed with.
        let (problem, parents, _) = link(&[("全域", "总体", ""), ("甲", "片区", ""), ("丙", "组团", "")]);
        assert_eq!((problem, &parents[1], &parents[2]), (None, &Some("全域".into()), &None));
        let (problem, ..) = link(&[("甲", "片区", ""), ("乙", "片区", "")]);
        assert_eq!(problem, Some(PlanProblem::LevelsIgnored { unknown: vec![], roots: 0 }));

        // A property `level` that the options do not speak of.
        let link = |levels: &[JsonValue]| {
            let mut features: Vec<RawFeature> = levels.iter().map(|level| feature(json!({"level": level}))).collect();
            OutlineOptions::default().link(&mut features.iter_mut().collect::<Vec<_>>())
        };
        let ignored = |unknown: &[&str]| {
            let unknown = unknown.iter().map(|name| (*name).to_owned()).collect();
            Some(PlanProblem::LevelsIgnored { unknown, roots: 0 })
        };
        assert_eq!(link(&[json!("一级"), json!(2), json!("一级")]), ignored(&["一级", "2"]));
        assert_eq!((link(&[json!(null), json!("")]), link(&[json!("zone"), json!("二级")])), (None, None));
    }
}
