//! Makes a plan of polygons: derives their hierarchy by containment and completes the properties of a plan.

use std::collections::HashMap;
use std::ops::ControlFlow;

use geo::{Area, BoundingRect, MultiPolygon};
use geojson::feature::Id;
use geojson::{JsonObject, JsonValue};

use crate::error::{Error, ErrorKind, PlanProblem, Result};
use crate::geometry::box_tree::{Bounds, intersecting_pairs};
use crate::geometry::clip::union;
use crate::plan::outline_options::{MIN_SHARE_INSIDE, distinct, share_inside};
use crate::plan::{Feature, Level, OutlineOptions, Plan, RawFeature, RawGeometry, UncheckedPlan};

/// What is stated about a new plan. Properties that the features have already are kept.
///
/// ```
/// use taizhou_corridor::plan::PlanDraft;
///
/// let draft = PlanDraft { published_on: Some("2024-05-01".to_owned()), ..PlanDraft::new("高新区规划", "片区.shp") };
/// assert!(!draft.is_official && draft.core.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDraft {
    /// The title of the plan.
    pub title: String,
    /// The name of the corridor, if no feature is it; by default the title.
    pub name: Option<String>,
    /// The id or name of the feature of level `core`.
    pub core: Option<String>,
    /// Whether the outline is official; if not, it is indicative.
    pub is_official: bool,
    /// Where the outline and the figures come from.
    pub source: String,
    /// The bodies that issued the plan.
    pub published_by: Option<String>,
    /// The date of the plan document, YYYY-MM-DD.
    pub published_on: Option<String>,
    /// The notice to show with an outline that is not official.
    pub notice: String,
}

impl PlanDraft {
    /// An indicative plan.
    pub fn new(title: impl Into<String>, source: impl Into<String>) -> PlanDraft {
        PlanDraft {
            title: title.into(),
            name: None,
            core: None,
            is_official: false,
            source: source.into(),
            published_by: None,
            published_on: None,
            notice: "Indicative outline, not the official one.".to_owned(),
        }
    }

    /// Makes a plan of the features of a file, which was read with these options: its hierarchy is that of the file, or
    /// else follows from which feature lies in which. The feature that contains all others is the corridor; if there is
    /// none, the union of the outer ones is added as the corridor. Features directly in it are zones, features in these
    /// are clusters. Returns the plan and what was assumed. Properties that the options name are renamed.
    ///
    /// # Errors
    /// The first error of the file; features that overlap without one lying in the other; two features with the same
    /// extent; a feature in a cluster; a core that is none of the zones.
    ///
    /// ```
    /// use taizhou_corridor::io::{Input, ReadOptions};
    /// use taizhou_corridor::plan::{Assumption, Level, OutlineOptions, PlanDraft, PlanField};
    /// use taizhou_corridor::plan_io::read_outline;
    ///
    /// let csv = "名称,wkt\n东片,\"POLYGON((121.4 28.6,121.5 28.6,121.5 28.7,121.4 28.7,121.4 28.6))\"\n\
    ///     西片,\"POLYGON((121.3 28.6,121.4 28.6,121.4 28.7,121.3 28.7,121.3 28.6))\"\n";
    /// let options = OutlineOptions { fields: vec![PlanField::parse("name=名称").unwrap()], ..OutlineOptions::default() };
    /// let read = read_outline(Input::bytes("片区.csv", csv), &ReadOptions::default(), &options)?;
    /// let (outline, assumptions) = PlanDraft::new("某区规划", "片区.csv").plan(read.outline, &options)?;
    /// let plan = outline.into_plan()?;
    /// assert_eq!((plan.root().unwrap().name.as_str(), plan.at_level(Level::Zone).count()), ("某区规划", 2));
    /// assert!(matches!(assumptions[0], Assumption::CorridorAdded { zones: 2, .. }));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn plan(&self, outline: UncheckedPlan, options: &OutlineOptions) -> Result<(UncheckedPlan, Vec<Assumption>)> {
        let plan = outline.into_plan()?;
        let mut rows = HashMap::new();
        for (row, feature) in (1..).zip(plan.features()) {
            if rows.insert(feature.id.as_str(), row).is_some() {
                return Err(Error::from(PlanProblem::DuplicateId).at_row(row).at_feature(feature.id.clone()));
            }
        }
        let (hierarchy, assumptions) = if plan.is_flat() {
            Hierarchy::derive(self, &plan, options)?
        } else {
            (Hierarchy::of_file(self, &plan)?, vec![Assumption::LevelsOfFile])
        };
        let added = hierarchy.added.as_ref().map(|shape| self.corridor(&plan, shape.clone(), &hierarchy));
        let own = plan.features().iter().zip(&hierarchy.places).map(|(feature, place)| {
            let properties = self.properties(feature, place, options);
            raw(&feature.id, properties, feature.shape.clone())
        });
        let features = added.into_iter().chain(own);
        Ok((UncheckedPlan::of_features(features, &OutlineOptions::default(), plan.plane()), assumptions))
    }

    /// The corridor as the union of zones; its border is as accurate as the least accurate of them.
    fn corridor(&self, plan: &Plan, shape: MultiPolygon<f64>, hierarchy: &Hierarchy) -> RawFeature {
        let name = self.name.clone().unwrap_or_else(|| self.title.clone());
        let outer = plan.features().iter().zip(&hierarchy.places).filter(|(_, place)| place.level.is_partition());
        let accuracies = outer.map(|(feature, _)| feature.accuracy.map(|accuracy| accuracy.0));
        let accuracy = accuracies.collect::<Option<Vec<f64>>>().and_then(|all| all.into_iter().reduce(f64::max));
        let mut properties = JsonObject::new();
        let mut set = |name: &str, value: JsonValue| drop(properties.insert(name.to_owned(), value));
        set("level", Level::Corridor.as_str().into());
        set("name", name.into());
        if let Some(accuracy) = accuracy {
            set("accuracy_m", accuracy.into());
        }
        self.complete(&mut properties, Level::Corridor);
        raw(&hierarchy.root_id, properties, shape)
    }

    /// The properties of a feature, those of a plan first.
    fn properties(&self, feature: &Feature, place: &Place, options: &OutlineOptions) -> JsonObject {
        let mut properties = JsonObject::new();
        properties.insert("level".to_owned(), place.level.as_str().into());
        if let Some(parent) = &place.parent {
            properties.insert("parent".to_owned(), parent.as_str().into());
        }
        properties.insert("name".to_owned(), feature.name.as_str().into());
        let is_known = |name: &String| crate::plan::PlanField::PROPERTIES.contains(&name.as_str());
        let is_renamed = |name: &String| options.fields.iter().any(|mapped| mapped.field == *name) && !is_known(name);
        let is_set = |name: &String| ["id", "level", "parent", "name"].contains(&name.as_str());
        let own =
            feature.properties.iter().filter(|(name, value)| !is_set(name) && !is_renamed(name) && !value.is_null());
        let (of_plan, further): (Vec<_>, Vec<_>) = own.partition(|(name, _)| is_known(name));
        properties.extend(of_plan.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        self.complete(&mut properties, place.level);
        properties.extend(further.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        // Another property `id` than the one that identifies the feature.
        if let Some(other) = feature.properties.get("id").filter(|id| !is_same(id, &feature.id)) {
            properties.entry("id_2").or_insert_with(|| other.clone());
        }
        properties
    }

    /// Whether a feature is named as the core.
    fn is_core(&self, feature: &Feature) -> bool {
        self.core.as_ref().is_some_and(|core| [&feature.id, &feature.name].contains(&core))
    }

    /// Adds what the plan states of all features and of the corridor.
    fn complete(&self, properties: &mut JsonObject, level: Level) {
        let mut set = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|_| !properties.contains_key(name)) {
                properties.insert(name.to_owned(), value.into());
            }
        };
        set("authority", Some(if self.is_official { "official" } else { "indicative" }));
        set("source", Some(&self.source));
        if level == Level::Corridor {
            set("plan", Some(&self.title));
            set("published_by", self.published_by.as_deref());
            set("published_on", self.published_on.as_deref());
            set("version", Some("1"));
            set("notice", Some(self.notice.as_str()).filter(|_| !self.is_official));
        }
    }
}

/// What was assumed about a new plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumption {
    /// The levels are those of the file.
    LevelsOfFile,
    /// This feature contains all others.
    CorridorFound {
        /// Its id.
        id: String,
    },
    /// No feature contains all others: the union of the outer ones was added.
    CorridorAdded {
        /// Its id.
        id: String,
        /// The number of outer features.
        zones: usize,
    },
    /// The zones, of which these are the core.
    Zones {
        /// Their number.
        count: usize,
        /// The ids of the core.
        core: Vec<String>,
    },
    /// Features in a zone are clusters.
    Clusters {
        /// Their number.
        count: usize,
    },
    /// Levels of the file are not known.
    UnknownLevels {
        /// Their names, the first ten.
        names: Vec<String>,
    },
    /// A feature is of another level than its file states.
    OtherLevel {
        /// Its id.
        id: String,
        /// The level in the file.
        stated: Level,
        /// The level by containment.
        level: Level,
    },
}

/// The place of a feature in the hierarchy.
struct Place {
    level: Level,
    parent: Option<String>,
}

struct Hierarchy {
    places: Vec<Place>,
    root_id: String,
    /// The outline of a corridor that is none of the features.
    added: Option<MultiPolygon<f64>>,
}

impl Hierarchy {
    /// The hierarchy of the file, with a core that the draft names.
    fn of_file(draft: &PlanDraft, plan: &Plan) -> Result<Hierarchy> {
        let place = |feature: &Feature| Place {
            level: match feature.level.unwrap_or(Level::Cluster) {
                Level::Zone if draft.is_core(feature) => Level::Core,
                level => level,
            },
            parent: feature.parent.map(|parent| plan[parent].id.clone()),
        };
        let root_id = plan.root().map(|root| root.id.clone()).unwrap_or_default();
        let places: Vec<Place> = plan.features().iter().map(place).collect();
        let is_named_core = |(feature, place): (&Feature, &Place)| draft.is_core(feature) && place.level == Level::Core;
        if let Some(core) = &draft.core
            && !plan.features().iter().zip(&places).any(is_named_core)
        {
            let known = plan.partition().map(|id| plan[id].id.clone()).collect();
            return Err(Error::new(ErrorKind::UnknownId { id: core.clone(), known }));
        }
        Ok(Hierarchy { places, root_id, added: None })
    }

    fn derive(draft: &PlanDraft, plan: &Plan, options: &OutlineOptions) -> Result<(Hierarchy, Vec<Assumption>)> {
        let features = plan.features();
        let containers = containers(features)?;
        let outer: Vec<usize> = (0..features.len()).filter(|&index| containers[index].is_empty()).collect();
        let root = match outer.as_slice() {
            &[only] if features.len() > 1 => Some(only),
            _ => None,
        };
        let root_id = match root {
            Some(root) => features[root].id.clone(),
            None => free_id(features),
        };
        let mut assumptions = vec![match root {
            Some(_) => Assumption::CorridorFound { id: root_id.clone() },
            None => Assumption::CorridorAdded { id: root_id.clone(), zones: outer.len() },
        }];
        let depth = |index: usize| containers[index].len() + usize::from(root.is_none());
        let (mut places, mut cores, mut zone_ids, mut unknown_levels) = (vec![], vec![], vec![], vec![]);
        for (index, feature) in features.iter().enumerate() {
            // Of the features around it, the innermost.
            let around = containers[index].iter().copied().max_by_key(|&other| containers[other].len());
            let parent = match depth(index) {
                0 => None,
                _ => Some(around.map_or_else(|| root_id.clone(), |around| features[around].id.clone())),
            };
            let stated = match options.stated_level(&feature.properties) {
                Some(Err(name)) => {
                    unknown_levels.push(name);
                    None
                }
                stated => stated.and_then(Result::ok),
            };
            let level = match depth(index) {
                0 => Level::Corridor,
                1 if draft.is_core(feature) || stated == Some(Level::Core) => Level::Core,
                1 => Level::Zone,
                2 => Level::Cluster,
                _ => {
                    let parent = parent.unwrap_or_default();
                    return Err(Error::from(PlanProblem::TooDeep { parent }).at_feature(feature.id.clone()));
                }
            };
            if let Some(stated) = stated.filter(|stated| stated.depth() != level.depth()) {
                assumptions.push(Assumption::OtherLevel { id: feature.id.clone(), stated, level });
            }
            if level == Level::Core {
                cores.push(feature.id.clone());
            }
            if level.is_partition() {
                zone_ids.push(feature.id.clone());
            }
            places.push(Place { level, parent });
        }
        if let Some(core) = draft.core.as_ref().filter(|_| !places.iter().any(|place| place.level == Level::Core)) {
            return Err(Error::new(ErrorKind::UnknownId { id: core.clone(), known: zone_ids }));
        }
        if !unknown_levels.is_empty() {
            let names = distinct(unknown_levels.into_iter());
            assumptions.push(Assumption::UnknownLevels { names });
        }
        let count = |level: fn(Level) -> bool| places.iter().filter(|place| level(place.level)).count();
        assumptions.push(Assumption::Zones { count: count(Level::is_partition), core: cores });
        let clusters = count(|level| level == Level::Cluster);
        if clusters > 0 {
            assumptions.push(Assumption::Clusters { count: clusters });
        }
        let added = root.is_none().then(|| union(outer.iter().map(|&index| &features[index].shape)));
        Ok((Hierarchy { places, root_id, added }, assumptions))
    }
}

/// For each feature, those that contain it. Errors if two overlap without one lying in the other.
fn containers(features: &[Feature]) -> Result<Vec<Vec<usize>>> {
    let bounds = |feature: &Feature| {
        let rect = feature.shape.bounding_rect();
        rect.map_or(Bounds::EMPTY, |rect| Bounds { low: rect.min().into(), high: rect.max().into() })
    };
    let boxes: Vec<Bounds> = features.iter().map(bounds).collect();
    let areas: Vec<f64> = features.iter().map(|feature| feature.shape.unsigned_area()).collect();
    let mut containers = vec![vec![]; features.len()];
    let visit = &mut |a: usize, b: usize| {
        let (inner, outer) = if areas[a] <= areas[b] { (a, b) } else { (b, a) };
        let share = share_inside(&features[inner].shape, &features[outer].shape);
        let other = features[outer].id.clone();
        let problem = if share >= MIN_SHARE_INSIDE && areas[inner] >= MIN_SHARE_INSIDE * areas[outer] {
            PlanProblem::SameExtent { other }
        } else if share >= MIN_SHARE_INSIDE {
            containers[inner].push(outer);
            return ControlFlow::Continue(());
        } else if share > 1.0 - MIN_SHARE_INSIDE {
            PlanProblem::PartlyInside { other, share }
        } else {
            return ControlFlow::Continue(());
        };
        ControlFlow::Break(Error::from(problem).at_feature(features[inner].id.clone()))
    };
    match intersecting_pairs(boxes.into_iter(), usize::MAX, visit) {
        ControlFlow::Break(Some(error)) => Err(error),
        ControlFlow::Break(None) | ControlFlow::Continue(()) => Ok(containers),
    }
}

/// The id of a corridor that is added.
fn free_id(features: &[Feature]) -> String {
    let is_free = |id: &String| features.iter().all(|feature| feature.id != *id);
    let numbered = (2_u64..).map(|number| format!("corridor-{number}"));
    std::iter::once("corridor".to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

fn raw(id: &str, properties: JsonObject, mut shape: MultiPolygon<f64>) -> RawFeature {
    let geometry = if shape.0.len() == 1 { shape.0.remove(0).into() } else { shape.into() };
    let geometry = Some(RawGeometry::Shape(geometry));
    RawFeature { id: Some(Id::String(id.to_owned())), has_own_id: true, properties, geometry }
}

fn is_same(value: &JsonValue, id: &str) -> bool {
    match value {
        JsonValue::String(text) => text == id,
        JsonValue::Number(number) => *id == number.to_string(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{LevelName, PlanField, check};
    use serde_json::json;

    /// Squares in units of 0.01° at 121.3 E, 28.5 N: id, column, row, width, height.
    fn layer(squares: &[(&str, f64, f64, f64, f64)]) -> (UncheckedPlan, OutlineOptions) {
        let feature = |(name, x, y, width, height): &(&str, f64, f64, f64, f64)| {
            let at = |x: f64, y: f64| json!([121.3 + 0.01 * x, 28.5 + 0.01 * y]);
            let ring = [at(*x, *y), at(x + width, *y), at(x + width, y + height), at(*x, y + height), at(*x, *y)];
            let level = if *name == "核" { "核心" } else { "片" };
            json!({"type": "Feature", "properties": {"名称": name, "级别": level, "备注": "甲"},
                "geometry": {"type": "Polygon", "coordinates": [ring]}})
        };
        let features: Vec<JsonValue> = squares.iter().map(feature).collect();
        let json = json!({"type": "FeatureCollection", "features": features}).to_string();
        let options = OutlineOptions {
            fields: ["name=名称", "level=级别"].map(|text| PlanField::parse(text).unwrap()).to_vec(),
            levels: ["核心=core", "片=zone"].map(|text| LevelName::parse(text).unwrap()).to_vec(),
            accuracy: Some(crate::units::Metres(5.0)),
            ..OutlineOptions::default()
        };
        (UncheckedPlan::read_with(json.as_bytes(), &options).unwrap(), options)
    }

    fn made(squares: &[(&str, f64, f64, f64, f64)]) -> Result<(UncheckedPlan, Vec<Assumption>)> {
        let (outline, options) = layer(squares);
        PlanDraft::new("规划", "a.shp").plan(outline, &options)
    }

    #[test]
    fn the_corridor_is_added_or_found() {
        let (outline, assumptions) = made(&[("核", 0.0, 0.0, 4.0, 4.0), ("西", 4.0, 0.0, 4.0, 4.0)]).unwrap();
        assert_eq!(check::check(&outline, None), []);
        assert_eq!(assumptions[0], Assumption::CorridorAdded { id: "corridor".to_owned(), zones: 2 });
        assert_eq!(assumptions[1], Assumption::Zones { count: 2, core: vec!["核".to_owned()] });
        let plan = outline.into_plan().unwrap();
        let levels: Vec<_> = plan.features().iter().map(|feature| (feature.id.as_str(), feature.level)).collect();
        let expected = [("corridor", Some(Level::Corridor)), ("核", Some(Level::Core)), ("西", Some(Level::Zone))];
        assert_eq!(levels, expected);
        assert_eq!(plan.features()[0].accuracy, Some(crate::units::Metres(5.0)));
        // Renamed properties are gone, others stay.
        let properties = &plan.features()[1].properties;
        assert_eq!((properties.get("名称"), properties.get("备注")), (None, Some(&json!("甲"))));

        let whole = [("全域", 0.0, 0.0, 8.0, 4.0), ("核", 0.0, 0.0, 4.0, 4.0), ("西", 4.0, 0.0, 4.0, 4.0)];
        let within = [("一组", 1.0, 1.0, 1.0, 1.0), ("二组", 5.0, 1.0, 1.0, 1.0)];
        let (outline, assumptions) = made(&[&whole[..], &within[..]].concat()).unwrap();
        assert_eq!(check::check(&outline, None), []);
        assert_eq!(assumptions[0], Assumption::CorridorFound { id: "全域".to_owned() });
        assert!(assumptions.contains(&Assumption::Clusters { count: 2 }));
        let other = Assumption::OtherLevel { id: "一组".to_owned(), stated: Level::Zone, level: Level::Cluster };
        assert!(assumptions.contains(&other), "{assumptions:?}");
        let plan = outline.into_plan().unwrap();
        assert_eq!(plan.features()[4].parent, Some(plan.id_of("西").unwrap()));
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        let code = |squares: &[(&str, f64, f64, f64, f64)]| {
            let error = made(squares).unwrap_err();
            match error.kind() {
                ErrorKind::Plan(problem) => (problem.code(), error.location().feature.clone().unwrap()),
                other => panic!("{other}"),
            }
        };
        assert_eq!(code(&[("a", 0.0, 0.0, 4.0, 4.0), ("b", 3.0, 0.0, 3.0, 4.0)]), ("partly-inside", "b".to_owned()));
        assert_eq!(code(&[("a", 0.0, 0.0, 4.0, 4.0), ("b", 0.0, 0.0, 4.0, 4.0)]).0, "same-extent");
        let nested = ["a", "b", "c", "d"].map(|name| name.to_owned());
        let nested: Vec<_> =
            nested.iter().enumerate().map(|(i, name)| (name.as_str(), 0.0, 0.0, 8.0 - i as f64, 8.0)).collect();
        assert_eq!(code(&nested), ("too-deep", "d".to_owned()));
        let (outline, options) = layer(&[("a", 0.0, 0.0, 4.0, 4.0), ("b", 4.0, 0.0, 4.0, 4.0)]);
        let draft = PlanDraft { core: Some("c".to_owned()), ..PlanDraft::new("规划", "a.shp") };
        let error = draft.plan(outline, &options).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnknownId { known, .. } if known == &["a", "b"]), "{error}");
    }

    /// More than are compared one by one.
    #[test]
    fn many_zones_and_clusters_find_their_places() {
        let names: Vec<(String, f64, f64, f64)> = (0..10)
            .flat_map(|row| (0..10).map(move |column| (row, column)))
            .flat_map(|(row, column)| {
                let (x, y) = (f64::from(column) * 2.0, f64::from(row) * 2.0);
                [(format!("z{row}{column}"), x, y, 2.0), (format!("c{row}{column}"), x + 0.5, y + 0.5, 1.0)]
            })
            .collect();
        let squares: Vec<_> = names.iter().map(|(name, x, y, side)| (name.as_str(), *x, *y, *side, *side)).collect();
        let plan = made(&squares).unwrap().0.into_plan().unwrap();
        for feature in plan.at_level(Level::Cluster) {
            assert_eq!(plan[feature.parent.unwrap()].id, feature.id.replace('c', "z"));
        }
        assert_eq!((plan.at_level(Level::Zone).count(), plan.at_level(Level::Cluster).count()), (100, 100));
    }

    #[test]
    fn borders_that_differ_a_little_do_not_matter() {
        let (outline, _) = made(&[("a", 0.0, 0.0, 4.0, 4.0), ("b", 3.999, 0.0, 4.0, 4.0)]).unwrap();
        let codes: Vec<&str> = check::check(&outline, None).iter().map(|finding| finding.problem.code()).collect();
        assert_eq!(codes, ["overlap"]);
    }
}
