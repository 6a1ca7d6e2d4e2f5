//! The plan: features with their outlines, levels, names and published figures.
//!
//! A plan file is an RFC 7946 feature collection with the properties that `data/plan.schema.json` defines. Any other
//! polygon dataset can be used as a flat plan without levels; its features are identified by their id or by a property
//! chosen by the user.

mod bundled;
pub mod check;
mod draft;
mod facts;
mod feature_id;
mod finding;
mod layer;
mod level;
mod lookup;
mod offset;
mod outline_options;
pub mod palette;
mod reading;
mod shapes;
mod unchecked;

pub use bundled::{LANDMARKS_CSV, PLAN_GEOJSON, PLAN_SCHEMA};
pub use draft::{Assumption, PlanDraft};
pub use facts::{Clusters, Facts, FeatureFacts, Target, Text};
pub use feature_id::FeatureId;
pub use finding::{Finding, Problem, Severity};
pub use level::Level;
pub use offset::{MAX_OFFSET_M, OffsetPlan};
pub(crate) use outline_options::PUBLISHED;
pub use outline_options::{LevelName, OutlineOptions, PlanField};
pub(crate) use reading::{RawFeature, RawGeometry, ReadFeature};
pub use unchecked::{UncheckedFeature, UncheckedPlan};

use std::borrow::Cow;
use std::ops::Index;

use geo::MultiPolygon;
use geojson::JsonObject;

use crate::crs::{BetweenPlanes, Plane};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Metres, SquareMetres};

/// A feature of a plan: the corridor, the core, a zone or a cluster; or any feature of a flat dataset.
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
    /// The stable id: a property in plan files, not to be confused with [`FeatureId`].
    pub id: String,
    /// The level; `None` in a flat dataset.
    pub level: Option<Level>,
    /// The enclosing feature.
    pub parent: Option<FeatureId>,
    /// The Chinese name; in a flat dataset, the name in its file, or else the id.
    pub name: String,
    /// The English name.
    pub name_en: Option<String>,
    /// The published area.
    pub published_area: Option<SquareMetres>,
    /// The position accuracy of the outline at 95 %.
    pub accuracy: Option<Metres>,
    /// All properties, as in the file.
    pub properties: JsonObject,
    /// The outline, in the plane of the plan ([`Plan::plane`]): x longitude or easting, y latitude or northing. In a
    /// [`Plan`], valid and closed.
    pub shape: MultiPolygon<f64>,
}

/// A plan, or a flat polygon dataset used as one. Its shapes are valid.
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
    is_flat: bool,
    is_bundled: bool,
    offset: Option<Metres>,
    plane: Plane,
}

impl Plan {
    /// The indicative plan bundled with the crate. It is not official: the published plan states areas, not
    /// coordinates.
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

    /// Whether this is the bundled plan, from [`bundled`](Plan::bundled).
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

    /// Reads a plan from an RFC 7946 feature collection with the properties of the plan schema; a flat dataset with
    /// features identified by their id if no feature has a level.
    ///
    /// Errors with the first problem that makes the plan unusable: not GeoJSON, no feature, an unknown level or parent,
    /// a missing property, an invalid ring. [`check::check`] lists all problems.
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

    /// Reads any polygon dataset as a flat plan. Its features are identified by the property `name_field`, or by their
    /// id without one. If several features contain a site, the first in the file is the answer. Errors as
    /// [`from_geojson`](Plan::from_geojson) does.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let layer = br#"{"type": "FeatureCollection", "features": [{"type": "Feature",
    ///     "properties": {"block": "A-01"}, "geometry": {"type": "Polygon",
    ///     "coordinates": [[[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]]]}}]}"#;
    /// let plan = Plan::flat_from_geojson(layer, Some("block"))?;
    /// assert_eq!(plan.features()[0].id, "A-01");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn flat_from_geojson(json: &[u8], name_field: Option<&str>) -> Result<Plan> {
        UncheckedPlan::read_flat(json, name_field)?.into_plan()
    }

    pub(crate) fn new(features: Vec<Feature>, is_flat: bool, plane: Plane) -> Plan {
        Plan { features, is_flat, is_bundled: false, offset: None, plane }
    }

    /// The plane in which edges are straight: that of the system of the plan's file, without a zone prefix. All shapes
    /// and all coordinates that queries take are in it.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{Input, ReadOptions};
    /// use taizhou_corridor::plan_io;
    ///
    /// let csv = "block,wkt\n0701,\"POLYGON((40637000 3165000,40642000 3165000,40642000 3170000,40637000 3165000))\"\n";
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4528)), ..ReadOptions::default() };
    /// let plan = plan_io::read_plan(Input::bytes("blocks.csv", csv), &options, Some("block"))?.into_plan()?;
    /// assert_eq!(plan.plane().crs(), &Crs::Epsg(4549));
    /// assert_eq!(plan.features()[0].shape.0[0].exterior().0[0], (637_000.0, 3_165_000.0).into());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The plan in longitude and latitude, with corners added where its edges are cut: they deviate by less than 0.1 mm
    /// from those of the plan's plane. For maps and for exchange.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.in_lon_lat()?.features()[0].shape, plan.features()[0].shape);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn in_lon_lat(&self) -> Result<Cow<'_, Plan>> {
        if self.plane.is_lon_lat() {
            return Ok(Cow::Borrowed(self));
        }
        let to_degrees = BetweenPlanes::new(&self.plane, &Plane::LON_LAT);
        let feature = |feature: &Feature| -> Result<Feature> {
            let outside = |problem| Error::new(ErrorKind::Row(problem)).at_feature(feature.id.clone());
            let shape = to_degrees.shape(&feature.shape).map_err(outside)?;
            Ok(Feature { shape, ..feature.clone() })
        };
        let features = self.features.iter().map(feature).collect::<Result<Vec<_>>>()?;
        Ok(Cow::Owned(Plan { features, plane: Plane::LON_LAT, ..*self }))
    }

    /// All features, in the order of the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let rough = plan.features().iter().filter(|feature| feature.accuracy.is_some_and(|accuracy| accuracy.0 > 500.0));
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

    /// Whether this is a flat dataset, without levels.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// assert!(!Plan::bundled().is_flat());
    /// // A plan read as a flat dataset has no hierarchy.
    /// assert!(Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name"))?.is_flat());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_flat(&self) -> bool {
        self.is_flat
    }

    /// The feature of level `corridor`; `None` in a flat dataset.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// assert_eq!(Plan::bundled().root().unwrap().published_area.unwrap().km2(), 115.0);
    /// ```
    pub fn root(&self) -> Option<&Feature> {
        self.at_level(Level::Corridor).next()
    }

    /// The features of one level.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// let districts: Vec<_> = plan.at_level(Level::Zone).map(|zone| zone.properties["district"].as_str()).collect();
    /// assert_eq!(districts, [Some("椒江区"), Some("黄岩区"), Some("路桥区")]);
    /// ```
    pub fn at_level(&self, level: Level) -> impl Iterator<Item = &Feature> {
        self.features.iter().filter(move |feature| feature.level == Some(level))
    }

    /// The features among which “which zone” is answered: the core and the zones; in a flat dataset, all features.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let ids: Vec<&str> = plan.partition().map(|id| plan[id].id.as_str()).collect();
    /// assert_eq!(ids, ["core", "jiaojiang", "huangyan", "luqiao"]);
    /// ```
    pub fn partition(&self) -> impl Iterator<Item = FeatureId> {
        self.ids().filter(|&id| self.is_partition(id))
    }

    /// Whether a feature belongs to the [`partition`](Plan::partition).
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

    /// A feature and all features that enclose it, the coarsest first.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let path = plan.path(plan.id_of("feilong-lake-community")?);
    /// let ids: Vec<&str> = path.into_iter().map(|id| plan[id].id.as_str()).collect();
    /// assert_eq!(ids, ["corridor", "luqiao", "feilong-lake-community"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn path(&self, id: FeatureId) -> Vec<FeatureId> {
        let mut path: Vec<FeatureId> = std::iter::successors(Some(id), |&id| self[id].parent).collect();
        path.reverse();
        path
    }

    /// The statements of the published plan about the features; `None` if this is not a model of that plan.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// let facts = Plan::bundled().facts().unwrap();
    /// assert!(facts.features["corridor"].summary.en.contains("115 km²"));
    /// // They do not apply to a model of another plan.
    /// let other = PLAN_GEOJSON.replace("台州湾科创走廊发展规划", "另一规划");
    /// assert!(Plan::from_geojson(other.as_bytes())?.facts().is_none());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn facts(&self) -> Option<Facts> {
        let facts = bundled::facts();
        let plan = self.root()?.properties.get("plan")?.as_str()?;
        (plan == facts.plan).then_some(facts)
    }

    /// The notice of a plan whose outline is not official; `None` for an official one.
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

/// Errors with the first finding of severity `error`.
fn reject_errors(findings: Vec<Finding>) -> Result<()> {
    match findings.into_iter().find(|finding| finding.severity == Severity::Error) {
        None => Ok(()),
        Some(finding) => Err(finding.into_error()),
    }
}
