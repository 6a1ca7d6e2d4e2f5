//! Checks a plan file: rings, hierarchy, partition, published areas.

use geo::MultiPolygon;

use crate::error::PlanProblem;
use crate::geometry::clip::{NOISE, difference, intersection, union};
use crate::maths::power_of_ten;
use crate::plan::{Finding, Level, PUBLISHED, Severity, UncheckedFeature, UncheckedPlan};

/// What is checked, for a note of what is not.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check::Scope};
///
/// assert_eq!(Scope::of(&UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?), Scope::Plan);
/// let layer = UncheckedPlan::read_flat(PLAN_GEOJSON.as_bytes(), Some("name"))?;
/// assert_eq!(Scope::of(&layer), Scope::Layer { has_several: true });
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// A plan with its hierarchy.
    Plan,
    /// The features of a layer as one coverage.
    Coverage,
    /// The features of a layer one by one.
    Layer {
        /// Whether there are several, which could be checked as a coverage.
        has_several: bool,
    },
}

impl Scope {
    /// The scope of [`check`].
    pub fn of(unchecked: &UncheckedPlan) -> Scope {
        match unchecked.has_levels() {
            true => Scope::Plan,
            false => Scope::Layer { has_several: unchecked.features().len() > 1 },
        }
    }
}

/// All findings about a plan file: of single features and between features.
///
/// The stored hierarchy is verified geometrically: each child is overlaid with its parent, and the core and the
/// zones with each other and with the corridor. Differences below [`NOISE`] are ignored, and so are features with
/// invalid rings.
///
/// An area deviates from its published figure if it does not round to that figure: 115 means 114.5 to 115.5 km².
/// With `area_tolerance_ppm`, it deviates if the difference exceeds that many parts per million.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check};
///
/// let findings = check::check(&UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?, None);
/// assert!(findings.is_empty());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn check(unchecked: &UncheckedPlan, area_tolerance_ppm: Option<f64>) -> Vec<Finding> {
    let mut findings = unchecked.findings().to_vec();
    let valid: Vec<&UncheckedFeature> = unchecked.features().iter().filter(|feature| feature.is_valid).collect();
    for feature in &valid {
        findings.extend(outside_parent(unchecked, feature));
        findings.extend(area_deviation(unchecked, feature, area_tolerance_ppm));
    }
    if unchecked.has_levels() {
        partition(unchecked, &valid, &mut findings);
    }
    findings
}

fn outside_parent(unchecked: &UncheckedPlan, feature: &UncheckedFeature) -> Option<Finding> {
    let parent = &unchecked.features()[feature.feature.parent?.index()];
    if !parent.is_valid {
        return None;
    }
    let outside = difference(&feature.feature.shape, [&parent.feature.shape]);
    let area_m2 = unchecked.plane().area(&outside).0;
    let parent = parent.feature.id.clone();
    (area_m2 > NOISE.0).then(|| located(unchecked, feature, PlanProblem::OutsideParent { parent, area_m2 }, &outside))
}

fn area_deviation(
    unchecked: &UncheckedPlan,
    feature: &UncheckedFeature,
    tolerance_ppm: Option<f64>,
) -> Option<Finding> {
    let published_km2 = feature.feature.published_area?.km2();
    let computed_km2 = unchecked.plane().area(&feature.feature.shape).km2();
    let difference_ppm = (computed_km2 / published_km2 - 1.0) * 1e6;
    let deviates = match tolerance_ppm {
        Some(tolerance_ppm) => difference_ppm.abs() > tolerance_ppm,
        None => (computed_km2 - published_km2).abs() > rounding_km2(feature)?,
    };
    deviates.then(|| finding(feature, PlanProblem::AreaOff { computed_km2, published_km2, difference_ppm }))
}

/// Half a unit in the last decimal place of the published figure, which is in the unit of its property.
fn rounding_km2(feature: &UncheckedFeature) -> Option<f64> {
    let properties = &feature.feature.properties;
    let figures = PUBLISHED.into_iter().filter_map(|(name, unit)| Some((properties.get(name)?.as_f64()?, unit)));
    figures.map(|(figure, unit)| unit.of(half_a_unit(figure)).km2()).next()
}

/// Half a unit in the last decimal place of a figure.
fn half_a_unit(figure: f64) -> f64 {
    let decimals = figure.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.5 * power_of_ten(-(decimals as i32))
}

/// Overlaps and gaps between the core and the zones.
fn partition(unchecked: &UncheckedPlan, valid: &[&UncheckedFeature], findings: &mut Vec<Finding>) {
    let partition_features: Vec<&UncheckedFeature> =
        valid.iter().copied().filter(|feature| feature.feature.level.is_some_and(Level::is_partition)).collect();
    for (index, feature) in partition_features.iter().enumerate() {
        for other in &partition_features[index + 1..] {
            let common = intersection(&feature.feature.shape, &other.feature.shape);
            let area_m2 = unchecked.plane().area(&common).0;
            if area_m2 > NOISE.0 {
                let problem = PlanProblem::Overlap { other: other.feature.id.clone(), area_m2 };
                findings.push(located(unchecked, feature, problem, &common));
            }
        }
    }
    // An invalid or missing feature would be reported as a gap.
    let complete = unchecked.features().iter().all(|feature| feature.is_valid);
    let root = valid.iter().find(|feature| feature.feature.level == Some(Level::Corridor));
    if let (true, Some(root)) = (complete, root) {
        let covered = union(partition_features.iter().map(|feature| &feature.feature.shape));
        for gap in difference(&root.feature.shape, [&covered]) {
            let gap = MultiPolygon::from(gap);
            let area_m2 = unchecked.plane().area(&gap).0;
            if area_m2 > NOISE.0 {
                findings.push(located(unchecked, root, PlanProblem::Gap { area_m2 }, &gap));
            }
        }
    }
}

fn finding(feature: &UncheckedFeature, problem: PlanProblem) -> Finding {
    let (row, id) = (Some(feature.row), Some(feature.feature.id.clone()));
    Finding { severity: Severity::Warning, row, feature: id, ..Finding::of_file(problem) }
}

/// A finding about an area, located inside its largest piece.
fn located(
    unchecked: &UncheckedPlan,
    feature: &UncheckedFeature,
    problem: PlanProblem,
    area: &MultiPolygon<f64>,
) -> Finding {
    finding(feature, problem).with_area(area, unchecked.plane())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PLAN_GEOJSON;

    /// The codes found in the bundled plan after a change to its JSON.
    fn codes(change: impl Fn(&mut serde_json::Value)) -> Vec<String> {
        let mut json: serde_json::Value = serde_json::from_str(PLAN_GEOJSON).unwrap();
        change(&mut json);
        let findings = check(&UncheckedPlan::read(json.to_string().as_bytes()).unwrap(), None);
        findings.iter().map(|f| format!("{} {}", f.problem.code(), f.feature.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn reports_each_defect() {
        let property = |feature: usize, name: &'static str, value: serde_json::Value| {
            move |json: &mut serde_json::Value| json["features"][feature]["properties"][name] = value.clone()
        };
        assert_eq!(codes(|_| {}), [] as [&str; 0]);
        assert_eq!(codes(|json| json["features"][1]["id"] = "corridor".into())[0], "duplicate-id corridor");
        assert_eq!(codes(property(6, "parent", "nowhere".into())), ["unknown-parent high-speed-rail-district"]);
        assert_eq!(codes(property(6, "parent", "huangyan".into())), ["outside-parent high-speed-rail-district"]);
        assert_eq!(codes(property(2, "level", "district".into()))[0], "bad-property jiaojiang");
        assert_eq!(codes(property(1, "published_area_km2", 42.into())), ["area-off core"]);
        assert_eq!(codes(property(1, "published_area_km2", serde_json::json!("41"))), ["bad-property core"]);
        assert_eq!(codes(property(1, "accuracy_m", (-1).into())), ["bad-property core"]);
        assert_eq!(
            codes(|json| json["features"][5]["geometry"] = serde_json::Value::Null)[0],
            "no-geometry central-innovation-district"
        );
        let without_luqiao = codes(|json| {
            let features = json["features"].as_array_mut().unwrap();
            features.retain(|feature| feature["id"] != "luqiao" && feature["properties"]["parent"] != "luqiao");
        });
        assert_eq!(without_luqiao, ["gap corridor"]);
        let grown =
            codes(|json| json["features"][1]["geometry"]["coordinates"][0][13] = serde_json::json!([121.44, 28.6700]));
        assert!(grown.contains(&"overlap core".to_owned()), "{grown:?}");
        let swapped = codes(|json| {
            for position in json["features"][1]["geometry"]["coordinates"][0].as_array_mut().unwrap() {
                position.as_array_mut().unwrap().reverse();
            }
        });
        assert!(swapped.contains(&"swapped-coordinates core".to_owned()), "{swapped:?}");
        let reversed =
            codes(|json| json["features"][1]["geometry"]["coordinates"][0].as_array_mut().unwrap().reverse());
        assert_eq!(reversed, ["winding core"]);
        let ring = serde_json::json!([[-100, 20], [100, 20], [100, 40], [-100, 40], [-100, 20]]);
        let around = serde_json::json!({"type": "Polygon", "coordinates": [ring]});
        let long = codes(|json| json["features"][0]["geometry"] = around.clone());
        assert!(long.contains(&"long-edge corridor".to_owned()), "{long:?}");
    }

    /// Borders that meet in T-junctions, over three degrees: vertices are off the neighbour's edge by one unit in the
    /// last place.
    #[test]
    fn rounding_in_large_plans_is_not_reported_as_gaps() {
        let feature = |id: &str, level: &str, ring| {
            let properties = serde_json::json!({"level": level, "parent": "corridor", "name": id, "accuracy_m": 1});
            serde_json::json!({"type": "Feature", "id": id, "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": ring}})
        };
        let whole = serde_json::json!([[
            [119.0, 27.0],
            [121.0, 27.01],
            [122.0, 27.0],
            [122.0, 30.0],
            [121.0, 29.9],
            [119.0, 30.0],
            [119.0, 27.0]
        ]]);
        let east = serde_json::json!([[
            [121.0, 27.01],
            [122.0, 27.0],
            [122.0, 30.0],
            [121.0, 29.9],
            [121.0, 28.37],
            [121.0, 27.01]
        ]]);
        let west = serde_json::json!([[[119.0, 27.0], [121.0, 27.01], [121.0, 29.9], [119.0, 30.0], [119.0, 27.0]]]);
        let features =
            [feature("corridor", "corridor", whole), feature("core", "core", west), feature("z", "zone", east)];
        let json = serde_json::json!({"type": "FeatureCollection", "features": features}).to_string();
        let findings = check(&UncheckedPlan::read(json.as_bytes()).unwrap(), None);
        let codes: Vec<&str> = findings.iter().map(|finding| finding.problem.code()).collect();
        assert!(
            !codes.contains(&"gap") && !codes.contains(&"overlap") && !codes.contains(&"outside-parent"),
            "{findings:?}"
        );
    }

    #[test]
    fn a_published_figure_matches_areas_that_round_to_it() {
        assert_eq!(half_a_unit(115.0), 0.5);
        assert!((half_a_unit(1.28) - 0.005).abs() < 1e-15);
    }
}
