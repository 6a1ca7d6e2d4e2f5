//! The area of each feature, and its difference from the published figure.

use std::collections::HashMap;

use geo::MapCoords;

use crate::crs::{Crs, Plane, Transformer};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::clip::NOISE;
use crate::geometry::measure::{self, AreaPerimeter};
use crate::geometry::overlap::PreparedShape;
use crate::index::FeatureIndex;
use crate::plan::{Feature, FeatureId, Plan};
use crate::query::overlay::OverlapAnalysis;
use crate::units::SquareMetres;

/// A method of measuring areas.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::query::areas::Method;
///
/// assert_eq!(Method::Ellipsoid.to_string(), "ellipsoid");
/// assert_eq!(Method::Plane(Crs::Epsg(4528)).to_string(), "plane EPSG:4528");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Method {
    /// On the CGCS2000 ellipsoid, edges straight in the plane of the plan.
    Ellipsoid,
    /// By the rule of the Chinese land survey (国土调查办发〔2008〕32号) between the corners, for comparison with its
    /// databases.
    Survey,
    /// On the CGCS2000 ellipsoid, edges geodesic.
    Geodesic,
    /// In the plane of a projected system, including its distortion.
    Plane(Crs),
}

impl Method {
    /// The plane customarily used in Taizhou: CGCS2000, 3-degree Gauss-Krüger, central meridian 120° E.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::areas::{Method, areas};
    ///
    /// // 1.4 degrees from its meridian, the plane shows 115 km² as 115.05 km².
    /// let corridor = &areas(&Plan::bundled(), &[Method::GAUSS_KRUEGER_120E])?[0];
    /// assert_eq!(format!("{:.2} km²", corridor.size.area.km2()), "115.05 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub const GAUSS_KRUEGER_120E: Method = Method::Plane(Crs::Epsg(4549));
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Method::Ellipsoid => f.write_str("ellipsoid"),
            Method::Survey => f.write_str("survey"),
            Method::Geodesic => f.write_str("geodesic"),
            Method::Plane(crs) => write!(f, "plane {crs}"),
        }
    }
}

/// The area of a feature by one method.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas};
///
/// // The last is the total of the core and the zones.
/// let areas = areas(&Plan::bundled(), &[Method::Ellipsoid])?;
/// let total = areas.last().unwrap();
/// assert_eq!(total.zone, None);
/// assert_eq!(total.published.map(|area| area.km2()), Some(115.0));
/// assert_eq!(total.size.area.mu().round(), 172_500.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneArea {
    /// The feature; `None` for the total of the partition.
    pub zone: Option<FeatureId>,
    /// The method.
    pub method: Method,
    /// Area and perimeter.
    pub size: AreaPerimeter,
    /// The published area of the feature; for the total, that of the corridor.
    pub published: Option<SquareMetres>,
}

impl ZoneArea {
    /// Computed minus published area.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::areas::{Method, areas};
    ///
    /// let plan = Plan::bundled();
    /// let district = &areas(&plan, &[Method::Ellipsoid])?[plan.id_of("central-innovation-district")?.index()];
    /// // The published area is 13 km².
    /// assert_eq!(format!("{:+.1} ha", district.difference().unwrap().ha()), "-4.2 ha");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn difference(&self) -> Option<SquareMetres> {
        Some(SquareMetres(self.size.area.0 - self.published?.0))
    }

    /// The difference in parts per million of the published area.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::areas::{Method, areas};
    ///
    /// let plan = Plan::bundled();
    /// let areas = areas(&plan, &[Method::GAUSS_KRUEGER_120E])?;
    /// assert_eq!(areas[plan.id_of("core")?.index()].difference_ppm().unwrap().round(), 461.0);
    /// // The areas of the zones are not published.
    /// assert_eq!(areas[plan.id_of("huangyan")?.index()].difference_ppm(), None);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn difference_ppm(&self) -> Option<f64> {
        Some(self.difference()?.0 / self.published?.0 * 1e6)
    }
}

/// The areas of all features by each method: for each method, the features in plan order, then the total of the core
/// and the zones (in a flat dataset, of all features).
///
/// Errors if a plane is unknown to PROJ or not in metres, or if a vertex cannot be projected.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas};
///
/// let plan = Plan::bundled();
/// let areas = areas(&plan, &[Method::Ellipsoid])?;
/// let core = areas.iter().find(|area| area.zone.is_some_and(|id| plan[id].id == "core")).unwrap();
/// assert_eq!(format!("{:.2} km²", core.size.area.km2()), "41.00 km²");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn areas(plan: &Plan, methods: &[Method]) -> Result<Vec<ZoneArea>> {
    let mut areas = vec![];
    for method in methods {
        let transformer = match method {
            Method::Plane(crs) => {
                let transformer = Transformer::to_crs(crs.clone())?;
                let corner =
                    plan.features().iter().find_map(|zone| zone.shape.0.first()?.exterior().0.first().copied());
                corner.map_or(Ok(()), |corner| transformer.check_metric(plan.plane().position(corner)))?;
                Some((Plane::of(crs)?, transformer))
            }
            Method::Ellipsoid | Method::Survey | Method::Geodesic => None,
        };
        let mut total = AreaPerimeter::default();
        for (id, zone) in plan.iter() {
            let corners = || zone.shape.map_coords(|corner| plan.plane().position(corner));
            let size = match (method, &transformer) {
                (_, Some((plane, _))) if plane == plan.plane() => measure::planar(&zone.shape),
                (_, Some((_, transformer))) => measure::measure_planar(&corners(), transformer)
                    .map_err(|error| error.at_feature(zone.id.clone()))?,
                (Method::Geodesic, _) => measure::measure_geodesic(&corners()),
                (Method::Survey, _) => measure::measure_by_survey_rule(&corners()),
                _ => plan.plane().measure(&zone.shape),
            };
            if plan.is_partition(id) {
                total.area.0 += size.area.0;
                total.perimeter.0 += size.perimeter.0;
            }
            areas.push(ZoneArea { zone: Some(id), method: method.clone(), size, published: zone.published_area });
        }
        let published = plan.root().and_then(|root| root.published_area);
        areas.push(ZoneArea { zone: None, method: method.clone(), size: total, published });
    }
    Ok(areas)
}

/// The overlap of two features.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Overlap, overlaps};
///
/// let plan = Plan::bundled();
/// let Overlap { a, b, area } = overlaps(&plan).into_iter().find(|overlap| plan[overlap.a].id == "core").unwrap();
/// assert_eq!((plan[a].id.as_str(), plan[b].id.as_str()), ("core", "central-innovation-district"));
/// assert_eq!(format!("{:.2} km²", area.km2()), "12.96 km²");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The first feature in plan order.
    pub a: FeatureId,
    /// The second feature.
    pub b: FeatureId,
    /// The area of the intersection, on the ellipsoid.
    pub area: SquareMetres,
}

/// All pairs of features that overlap by more than [`NOISE`], in plan order.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::overlaps;
///
/// // Features overlap only those that enclose them.
/// let plan = Plan::bundled();
/// assert!(overlaps(&plan).iter().all(|overlap| plan.path(overlap.b).contains(&overlap.a)));
/// ```
pub fn overlaps(plan: &Plan) -> Vec<Overlap> {
    let edges: Vec<PreparedShape> =
        plan.features().iter().map(|zone| PreparedShape::in_plane(&zone.shape, plan.plane())).collect();
    FeatureIndex::new(plan)
        .intersecting_pairs()
        .into_iter()
        .map(|(a, b)| Overlap { a, b, area: edges[a.index()].overlap(&edges[b.index()]).area })
        .filter(|overlap| overlap.area > NOISE)
        .collect()
}

/// The total area of the features of one class.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, by_class};
///
/// let plan = Plan::bundled();
/// let classes = by_class(&plan, &areas(&plan, &[Method::Ellipsoid])?, "level");
/// let zones = classes.iter().find(|class| class.class == "zone").unwrap();
/// assert_eq!((zones.features, zones.area.km2().round()), (3, 74.0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ClassArea {
    /// The value of the property; empty if it is missing or null.
    pub class: String,
    /// The number of features.
    pub features: u64,
    /// The method.
    pub method: Method,
    /// The sum of their areas.
    pub area: SquareMetres,
    /// The part of the sum that is counted more than once because features of the class overlap; on the ellipsoid.
    pub repeated: SquareMetres,
}

/// Errors if no feature has the property, which is probably misspelt; with the properties that there are.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::check_property;
///
/// assert!(check_property(&Plan::bundled(), "level").is_ok());
/// assert!(check_property(&Plan::bundled(), "land_use").is_err());
/// ```
pub fn check_property(plan: &Plan, property: &str) -> Result<()> {
    if plan.features().iter().any(|feature| feature.properties.contains_key(property)) {
        return Ok(());
    }
    let mut columns: Vec<String> = vec![];
    for name in plan.features().iter().flat_map(|feature| feature.properties.keys()) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    Err(Error::new(ErrorKind::UnknownColumn { name: property.to_owned(), columns }))
}

/// The area of each class of features by each method. Classes are the values of a property, in the order of their first
/// occurrence.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, by_class};
///
/// // No feature has this property: all are in one class with an empty name.
/// let plan = Plan::bundled();
/// let classes = by_class(&plan, &areas(&plan, &[Method::Ellipsoid])?, "land_use");
/// assert_eq!((classes[0].class.as_str(), classes[0].features), ("", 16));
/// // The features in the corridor are counted repeatedly.
/// assert_eq!(format!("{:.2}", (classes[0].area.0 - classes[0].repeated.0) / 1e6), "115.00");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn by_class(plan: &Plan, areas: &[ZoneArea], property: &str) -> Vec<ClassArea> {
    let class_of = |id: FeatureId| class_of(&plan[id], property);
    let mut index_of_class: HashMap<(String, Method), usize> = HashMap::new();
    let mut classes: Vec<ClassArea> = vec![];
    let mut analyses: HashMap<String, OverlapAnalysis> = HashMap::new();
    for (id, zone) in plan.iter() {
        let analysis = analyses.entry(class_of(id)).or_insert_with(|| OverlapAnalysis::in_plane(plan.plane()));
        analysis.add(id.index() as u64, "", zone.shape.clone());
    }
    let repeated: HashMap<String, SquareMetres> =
        analyses.into_iter().map(|(class, analysis)| (class, analysis.repeated_area())).collect();
    for area in areas {
        let Some(id) = area.zone else { continue };
        let class = class_of(id);
        let index = *index_of_class.entry((class.clone(), area.method.clone())).or_insert_with(|| {
            let repeated = repeated.get(&class).copied().unwrap_or_default();
            classes.push(ClassArea {
                class,
                features: 0,
                method: area.method.clone(),
                area: SquareMetres(0.0),
                repeated,
            });
            classes.len() - 1
        });
        classes[index].features += 1;
        classes[index].area.0 += area.size.area.0;
    }
    classes
}

/// The class of a feature: the value of a property, empty if it is missing or null.
pub(crate) fn class_of(feature: &Feature, property: &str) -> String {
    match feature.properties.get(property) {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_and_the_zones_add_up_to_the_corridor() {
        let plan = Plan::bundled();
        let methods = [Method::Ellipsoid, Method::Geodesic, Method::GAUSS_KRUEGER_120E];
        let areas = areas(&plan, &methods).unwrap();
        assert_eq!(areas.len(), methods.len() * (plan.features().len() + 1));
        for of_method in areas.chunks(plan.features().len() + 1) {
            let (corridor, total) = (&of_method[0], &of_method[plan.features().len()]);
            assert!((corridor.size.area.0 - total.size.area.0).abs() < 1.0, "{}", corridor.method);
        }
    }

    #[test]
    fn ellipsoidal_areas_match_published_figures_and_planar_areas_deviate_as_expected() {
        let plan = Plan::bundled();
        let areas = areas(&plan, &[Method::Ellipsoid, Method::GAUSS_KRUEGER_120E]).unwrap();
        let corridor: Vec<_> = areas.iter().filter(|area| area.zone == Some(FeatureId::new(0))).collect();
        assert!(corridor[0].difference().unwrap().km2().abs() < 0.0005);
        // By pyproj and shapely: +450.718 ppm of the ellipsoidal area.
        assert!((corridor[1].difference_ppm().unwrap() - 450.76).abs() < 0.01);
    }

    #[test]
    fn features_overlap_only_their_ancestors() {
        let plan = Plan::bundled();
        let overlaps = overlaps(&plan);
        for overlap in &overlaps {
            let (a, b) = (overlap.a, overlap.b);
            assert!(plan.path(b).contains(&a), "{} {}", plan[a].id, plan[b].id);
        }
        assert!(
            overlaps.iter().any(|overlap| overlap.a == FeatureId::new(0) && (overlap.area.km2() - 41.0).abs() < 0.001)
        );
    }
}
