//! The plan: zones with their outlines, levels, names and figures.
//!
//! A plan file is an RFC 7946 feature collection whose properties are described by
//! `data/plan.schema.json`. Any other polygon layer can stand in for a plan: a flat one, without
//! levels, whose features are known by their id or by a property that the user names.

mod bundled;
pub mod check;
mod facts;
mod feature_id;
mod finding;
pub mod palette;
mod reading;
mod unchecked;

pub use bundled::{LANDMARKS_CSV, PLAN_GEOJSON, PLAN_SCHEMA};
pub use facts::{Clusters, Facts, FeatureFacts, Target, Text};
pub use feature_id::FeatureId;
pub use finding::{Finding, Problem, Severity};
pub(crate) use reading::{LayerFeature, RawFeature, RawGeometry};
pub use unchecked::{UncheckedFeature, UncheckedPlan};

use std::fmt;
use std::ops::Index;
use std::str::FromStr;

use geo::MultiPolygon;
use geojson::JsonObject;

use crate::error::{Error, ErrorKind, PlanProblem, Result};
use crate::units::{Metres, SquareMetres};

/// How fine a feature of a plan is, the coarsest first.
///
/// ```
/// use taizhou_corridor::plan::Level;
///
/// assert_eq!("zone".parse(), Ok(Level::Zone));
/// assert!(Level::Corridor < Level::Cluster); // the coarsest first
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole corridor (走廊).
    Corridor,
    /// The Central Innovation Core (一核).
    Core,
    /// One of the zones around it (三片).
    Zone,
    /// A functional cluster (功能组团) inside the core or a zone.
    Cluster,
}

impl Level {
    /// All levels, the coarsest first.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(Level::ALL.map(|level| plan.at_level(level).count()), [1, 1, 3, 11]);
    /// ```
    pub const ALL: [Level; 4] = [Level::Corridor, Level::Core, Level::Zone, Level::Cluster];

    /// The word for it in files: `corridor`, `core`, `zone`, `cluster`.
    ///
    /// ```
    /// use taizhou_corridor::plan::Level;
    ///
    /// assert_eq!(Level::Cluster.as_str(), "cluster");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Corridor => "corridor",
            Level::Core => "core",
            Level::Zone => "zone",
            Level::Cluster => "cluster",
        }
    }

    /// Whether features of this level are the partition of the corridor: the core and the zones.
    ///
    /// ```
    /// use taizhou_corridor::plan::Level;
    ///
    /// assert_eq!(Level::ALL.map(Level::is_partition), [false, true, true, false]);
    /// ```
    pub fn is_partition(self) -> bool {
        matches!(self, Level::Core | Level::Zone)
    }

    /// The step of the hierarchy: the core and the zones stand on the same one.
    pub(crate) fn depth(self) -> usize {
        match self {
            Level::Corridor => 0,
            Level::Core | Level::Zone => 1,
            Level::Cluster => 2,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Level, String> {
        Level::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no level; there are corridor, core, zone, cluster"))
    }
}

/// A feature of a plan: the corridor, the core, a zone, a cluster; or any feature of a layer.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let park = plan.feature("digital-economy-park")?;
/// assert_eq!(park.published_area.map(|area| area.km2()), Some(1.28));
/// assert_eq!(park.accuracy.map(|accuracy| accuracy.0), Some(300.0));
/// assert_eq!(park.properties["authority"], "indicative");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Feature {
    /// The stable key.
    pub id: String,
    /// The level; none in a layer without levels.
    pub level: Option<Level>,
    /// The feature that encloses it.
    pub parent: Option<FeatureId>,
    /// The Chinese name; in a layer, whatever it is called there.
    pub name: String,
    /// The English name.
    pub name_en: Option<String>,
    /// The published area.
    pub published_area: Option<SquareMetres>,
    /// The position accuracy of the outline at 95 %.
    pub accuracy: Option<Metres>,
    /// All properties, as the file has them.
    pub properties: JsonObject,
    /// The outline in degrees: x longitude, y latitude. Valid and closed.
    pub shape: MultiPolygon<f64>,
}

/// A plan, or a polygon layer that stands in for one. Its shapes are valid.
///
/// ```
/// use taizhou_corridor::plan::{Level, Plan};
///
/// let plan = Plan::bundled();
/// assert_eq!(plan.feature("core")?.name, "中央创新核");
/// assert_eq!(plan.at_level(Level::Zone).count(), 3);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    features: Vec<Feature>,
    is_layer: bool,
    is_bundled: bool,
}

impl Plan {
    /// The indicative plan that comes with the crate. It is not official: the published plan gives
    /// areas, not coordinates.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.features().len(), 16);
    /// assert!(plan.notice().unwrap().starts_with("Indicative model"));
    /// ```
    pub fn bundled() -> Plan {
        Plan { is_bundled: true, ..bundled::plan() }
    }

    /// Whether this is the plan that comes with the crate.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// assert!(Plan::bundled().is_bundled());
    /// assert!(!Plan::from_geojson(PLAN_GEOJSON.as_bytes())?.is_bundled());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_bundled(&self) -> bool {
        self.is_bundled
    }

    /// A plan from an RFC 7946 feature collection with the properties of the plan schema; a layer
    /// whose features are known by their id where no feature has a level.
    ///
    /// Fails at the first thing that makes it unusable: not GeoJSON, no feature, an unknown level or
    /// parent, a property missing, an invalid ring. [`check::check`] lists all of them.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// assert_eq!(Plan::from_geojson(PLAN_GEOJSON.as_bytes())?.root().unwrap().id, "corridor");
    ///
    /// let error = Plan::from_geojson(PLAN_GEOJSON.replace("\"cluster\"", "\"block\"").as_bytes()).unwrap_err();
    /// assert_eq!(error.location().feature.as_deref(), Some("central-innovation-district"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn from_geojson(json: &[u8]) -> Result<Plan> {
        UncheckedPlan::read(json)?.into_plan()
    }

    /// Any polygon layer. Its features are known by the property `name_field`, or by their id where
    /// none is named. Where several features hold a site, the first in the file is the answer.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let layer = br#"{"type": "FeatureCollection", "features": [{"type": "Feature",
    ///     "properties": {"block": "A-01"}, "geometry": {"type": "Polygon",
    ///     "coordinates": [[[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]]]}}]}"#;
    /// let plan = Plan::layer_from_geojson(layer, Some("block"))?;
    /// assert_eq!(plan.features()[0].id, "A-01");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn layer_from_geojson(json: &[u8], name_field: Option<&str>) -> Result<Plan> {
        UncheckedPlan::read_layer(json, name_field)?.into_plan()
    }

    pub(crate) fn new(features: Vec<Feature>, is_layer: bool) -> Plan {
        Plan { features, is_layer, is_bundled: false }
    }

    /// All features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let rough = plan.features().iter().filter(|zone| zone.accuracy.is_some_and(|accuracy| accuracy.0 > 500.0));
    /// assert_eq!(rough.count(), 11);
    /// ```
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The ids of all features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// let clusters: Vec<_> = plan.ids().filter(|&id| plan[id].level == Some(Level::Cluster)).collect();
    /// assert_eq!(clusters.len(), 11);
    /// ```
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = FeatureId> + ExactSizeIterator + Clone + use<> {
        (0..self.features.len()).map(FeatureId::new)
    }

    /// All features with their ids, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert!(plan.iter().all(|(id, feature)| plan.id_of(&feature.id).ok() == Some(id)));
    /// ```
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (FeatureId, &Feature)> + ExactSizeIterator {
        self.ids().zip(&self.features)
    }

    /// The feature with this id; `None` if it is an id of another plan with more features than this one.
    /// `plan[id]` does the same without the `Option`, see [`FeatureId`].
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let luqiao = plan.get(plan.id_of("luqiao")?).unwrap();
    /// assert_eq!(luqiao.properties["district"], "路桥区");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn get(&self, id: FeatureId) -> Option<&Feature> {
        self.features.get(id.index())
    }

    /// Whether this is a layer without levels.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// assert!(!Plan::bundled().is_layer());
    /// // A plan read as a layer has no hierarchy.
    /// assert!(Plan::layer_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name"))?.is_layer());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_layer(&self) -> bool {
        self.is_layer
    }

    /// The [`FeatureId`] of the feature with this `id` property. Errors with the list of known ids if there is no such
    /// feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let rail = plan.id_of("high-speed-rail-district")?;
    /// assert_eq!(plan[rail].parent, Some(plan.id_of("core")?));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn id_of(&self, id: &str) -> Result<FeatureId> {
        self.position(|feature| feature.id == id).ok_or_else(|| {
            let known = self.features.iter().map(|feature| feature.id.clone()).collect();
            Error::new(ErrorKind::UnknownId { id: id.to_owned(), known })
        })
    }

    /// The id of a feature by its `id` property, or else by its Chinese or English name. Errors with the list of known
    /// ids if there is no such feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.find("中央创新核")?, plan.id_of("core")?);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn find(&self, id_or_name: &str) -> Result<FeatureId> {
        let is_named = |feature: &Feature| feature.name == id_or_name || feature.name_en.as_deref() == Some(id_or_name);
        self.id_of(id_or_name).or_else(|unknown| self.position(is_named).ok_or(unknown))
    }

    fn position(&self, is_wanted: impl Fn(&Feature) -> bool) -> Option<FeatureId> {
        self.features.iter().position(is_wanted).map(FeatureId::new)
    }

    /// The feature with this `id` property. Errors with the list of known ids if there is no such feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.feature("jiaojiang")?.name_en.as_deref(), Some("Jiaojiang Sci-Tech Valley"));
    /// assert!(plan.feature("Jiaojiang").unwrap_err().to_string().contains("`jiaojiang`"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn feature(&self, id: &str) -> Result<&Feature> {
        self.id_of(id).map(|id| &self[id])
    }

    /// The feature of level `corridor`; none in a layer.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// assert_eq!(Plan::bundled().root().unwrap().published_area.unwrap().km2(), 115.0);
    /// ```
    pub fn root(&self) -> Option<&Feature> {
        self.at_level(Level::Corridor).next()
    }

    /// The features of a level.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// let districts: Vec<_> = plan.at_level(Level::Zone).map(|zone| zone.properties["district"].as_str()).collect();
    /// assert_eq!(districts, [Some("椒江区"), Some("黄岩区"), Some("路桥区")]);
    /// ```
    pub fn at_level(&self, level: Level) -> impl Iterator<Item = &Feature> {
        self.features.iter().filter(move |zone| zone.level == Some(level))
    }

    /// The numbers of the features that answer “which zone”: the core and the zones; in a layer, all.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let ids: Vec<&str> = plan.partition().map(|number| plan[number].id.as_str()).collect();
    /// assert_eq!(ids, ["core", "jiaojiang", "huangyan", "luqiao"]);
    /// ```
    pub fn partition(&self) -> impl Iterator<Item = FeatureId> {
        self.ids().filter(|&id| self.is_partition(id))
    }

    /// Whether a feature is one of [`partition`](Plan::partition).
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert!(plan.is_partition(plan.id_of("core")?));
    /// assert!(!plan.is_partition(plan.id_of("yongning-smart-chip")?));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_partition(&self, id: FeatureId) -> bool {
        self[id].level.is_none_or(Level::is_partition)
    }

    /// A feature with all that enclose it, the coarsest first.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let path = plan.path(plan.id_of("feilong-lake-community")?);
    /// let ids: Vec<&str> = path.into_iter().map(|number| plan[number].id.as_str()).collect();
    /// assert_eq!(ids, ["corridor", "luqiao", "feilong-lake-community"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn path(&self, id: FeatureId) -> Vec<FeatureId> {
        let mut path: Vec<FeatureId> = std::iter::successors(Some(id), |&id| self[id].parent).collect();
        path.reverse();
        path
    }

    /// What the published text says of this plan's features, where this is a model of that plan.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// let facts = Plan::bundled().facts().unwrap();
    /// assert!(facts.features["corridor"].summary.en.contains("115 km²"));
    /// // A model of another plan has no part in them.
    /// let other = PLAN_GEOJSON.replace("台州湾科创走廊发展规划", "另一规划");
    /// assert!(Plan::from_geojson(other.as_bytes())?.facts().is_none());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn facts(&self) -> Option<Facts> {
        let facts = bundled::facts();
        let plan = self.root()?.properties.get("plan")?.as_str()?;
        (plan == facts.plan).then_some(facts)
    }

    /// The plan's own warning about what it is, where its outline is not official.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// assert!(Plan::bundled().notice().unwrap().contains("非官方边界"));
    /// let official = PLAN_GEOJSON.replace("\"indicative\"", "\"official\"");
    /// assert_eq!(Plan::from_geojson(official.as_bytes())?.notice(), None);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn notice(&self) -> Option<&str> {
        let root = self.root()?;
        let text = |name: &str| root.properties.get(name).and_then(|value| value.as_str());
        if text("authority") == Some("official") { None } else { text("notice") }
    }
}

impl Index<FeatureId> for Plan {
    type Output = Feature;

    /// The feature with this id.
    ///
    /// # Panics
    ///
    /// If `id` is of another plan, which has more features than this one; never for an id of this plan.
    fn index(&self, id: FeatureId) -> &Feature {
        &self.features[id.index()]
    }
}

/// The first thing in a list of findings that makes a plan unusable, as an error.
fn refuse(findings: Vec<Finding>) -> Result<()> {
    match findings.into_iter().find(|finding| finding.severity == Severity::Error) {
        None => Ok(()),
        Some(finding) => Err(finding.into_error()),
    }
}

impl From<Problem> for ErrorKind {
    fn from(problem: Problem) -> ErrorKind {
        match problem {
            Problem::Shape(problem) => ErrorKind::Shape(problem),
            Problem::Plan(problem) => ErrorKind::Plan(problem),
        }
    }
}

impl From<PlanProblem> for Problem {
    fn from(problem: PlanProblem) -> Problem {
        Problem::Plan(problem)
    }
}
