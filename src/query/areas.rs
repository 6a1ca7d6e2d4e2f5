//! How large is each zone, and how far is that from the published figure?

use std::collections::HashMap;

use crate::crs::{Crs, Transformer};
use crate::error::Result;
use crate::geometry::clip::NOISE;
use crate::geometry::measure::{self, AreaPerimeter};
use crate::geometry::overlap::PreparedShape;
use crate::index::FeatureIndex;
use crate::plan::{FeatureId, Plan};
use crate::query::overlay::OverlapAnalysis;
use crate::units::SquareMetres;

/// A way of measuring.
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
    /// On the ellipsoid of CGCS2000, edges straight in longitude and latitude: the rule of this crate
    /// and of the Chinese land survey.
    Ellipsoid,
    /// On the ellipsoid of CGCS2000, edges geodesic.
    Geodesic,
    /// In the plane of a projected system, with its distortion.
    Plane(Crs),
}

impl Method {
    /// The plane that is used here by custom: CGCS2000, 3-degree Gauss-Krüger, central meridian 120° E.
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
            Method::Geodesic => f.write_str("geodesic"),
            Method::Plane(crs) => write!(f, "plane {crs}"),
        }
    }
}

/// The size of a zone by one method.
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
    /// The zone; none for the total of the partition.
    pub zone: Option<FeatureId>,
    /// How it was measured.
    pub method: Method,
    /// Area and perimeter.
    pub size: AreaPerimeter,
    /// The published area: of a zone its own, of the total that of the corridor.
    pub published: Option<SquareMetres>,
}

impl ZoneArea {
    /// Computed less published.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::areas::{Method, areas};
    ///
    /// let plan = Plan::bundled();
    /// let district = &areas(&plan, &[Method::Ellipsoid])?[plan.id_of("central-innovation-district")?.index()];
    /// // Published are 13 km².
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

/// The size of each feature of a plan by each method, method by method in plan order, and after the
/// features the total of the core and the zones (in a layer, of all features).
///
/// Fails where a plane is asked for that PROJ does not have or that is not in metres, or that a corner cannot be projected to.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas};
///
/// let plan = Plan::bundled();
/// let areas = areas(&plan, &[Method::Ellipsoid])?;
/// let core = areas.iter().find(|area| area.zone.is_some_and(|number| plan[number].id == "core")).unwrap();
/// assert_eq!(format!("{:.2} km²", core.size.area.km2()), "41.00 km²");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn areas(plan: &Plan, methods: &[Method]) -> Result<Vec<ZoneArea>> {
    let mut areas = vec![];
    for method in methods {
        let transformer = match method {
            Method::Plane(crs) => {
                let plane = Transformer::to_crs(crs.clone())?;
                let corner =
                    plan.features().iter().find_map(|zone| zone.shape.0.first()?.exterior().0.first().copied());
                corner.map_or(Ok(()), |corner| plane.check_metric(corner))?;
                Some(plane)
            }
            Method::Ellipsoid | Method::Geodesic => None,
        };
        let mut total = AreaPerimeter::default();
        for (number, zone) in plan.iter() {
            let size = match &transformer {
                Some(plane) => {
                    measure::measure_planar(&zone.shape, plane).map_err(|error| error.at_feature(zone.id.clone()))?
                }
                None if *method == Method::Geodesic => measure::measure_geodesic(&zone.shape),
                None => measure::measure_ellipsoidal(&zone.shape),
            };
            if plan.is_partition(number) {
                total.area.0 += size.area.0;
                total.perimeter.0 += size.perimeter.0;
            }
            areas.push(ZoneArea { zone: Some(number), method: method.clone(), size, published: zone.published_area });
        }
        let published = plan.root().and_then(|root| root.published_area);
        areas.push(ZoneArea { zone: None, method: method.clone(), size: total, published });
    }
    Ok(areas)
}

/// What two features have in common.
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
    /// The first, in plan order.
    pub a: FeatureId,
    /// The second.
    pub b: FeatureId,
    /// The area in common, on the ellipsoid.
    pub area: SquareMetres,
}

/// All pairs of features that overlap by more than [`NOISE`], in plan order.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::overlaps;
///
/// // Features overlap those that enclose them, and no others.
/// let plan = Plan::bundled();
/// assert!(overlaps(&plan).iter().all(|overlap| plan.path(overlap.b).contains(&overlap.a)));
/// ```
pub fn overlaps(plan: &Plan) -> Vec<Overlap> {
    let edges: Vec<PreparedShape> = plan.features().iter().map(|zone| PreparedShape::new(&zone.shape)).collect();
    FeatureIndex::new(plan)
        .intersecting_pairs()
        .into_iter()
        .map(|(a, b)| Overlap { a, b, area: edges[a.index()].overlap(&edges[b.index()]).area })
        .filter(|overlap| overlap.area > NOISE)
        .collect()
}

/// The area of the features of one class.
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
    /// The class: what the property says; empty where it says nothing.
    pub class: String,
    /// Its features.
    pub features: u64,
    /// How they were measured.
    pub method: Method,
    /// The sum of their areas.
    pub area: SquareMetres,
    /// How much of the sum is counted more than once, since features of the class overlap; on the ellipsoid.
    pub repeated: SquareMetres,
}

/// The area of each class of features, method by method; classes are told by a property, and come in the
/// order in which they first appear.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, by_class};
///
/// // Nothing has this property: all features are one class without a name.
/// let plan = Plan::bundled();
/// let classes = by_class(&plan, &areas(&plan, &[Method::Ellipsoid])?, "land_use");
/// assert_eq!((classes[0].class.as_str(), classes[0].features), ("", 16));
/// // All that lies in the corridor is counted again.
/// assert_eq!(format!("{:.2}", (classes[0].area.0 - classes[0].repeated.0) / 1e6), "115.00");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn by_class(plan: &Plan, areas: &[ZoneArea], property: &str) -> Vec<ClassArea> {
    let class_of = |zone: FeatureId| match plan[zone].properties.get(property) {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let mut places: HashMap<(String, Method), usize> = HashMap::new();
    let mut classes: Vec<ClassArea> = vec![];
    let mut coverages: HashMap<String, OverlapAnalysis> = HashMap::new();
    for (number, zone) in plan.iter() {
        coverages.entry(class_of(number)).or_default().add(number.index() as u64, "", zone.shape.clone());
    }
    let repeated: HashMap<String, SquareMetres> =
        coverages.into_iter().map(|(class, coverage)| (class, coverage.repeated_area())).collect();
    for area in areas {
        let Some(number) = area.zone else { continue };
        let class = class_of(number);
        let place = *places.entry((class.clone(), area.method.clone())).or_insert_with(|| {
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
        classes[place].features += 1;
        classes[place].area.0 += area.size.area.0;
    }
    classes
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
    fn the_published_figures_are_met_on_the_ellipsoid_and_the_plane_is_off_as_it_should_be() {
        let plan = Plan::bundled();
        let areas = areas(&plan, &[Method::Ellipsoid, Method::GAUSS_KRUEGER_120E]).unwrap();
        let corridor: Vec<_> = areas.iter().filter(|area| area.zone == Some(FeatureId::new(0))).collect();
        assert!(corridor[0].difference().unwrap().km2().abs() < 0.0005);
        // By pyproj and shapely: +450.718 ppm of the ellipsoidal area.
        assert!((corridor[1].difference_ppm().unwrap() - 450.76).abs() < 0.01);
    }

    #[test]
    fn overlaps_are_those_of_the_hierarchy() {
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
