//! Plans as RFC 7946 feature collections.

use geo::{BoundingRect, MultiPolygon};
use geojson::{Bbox, Feature, Geometry, GeometryValue, feature::Id};

use crate::error::Result;
use crate::io::Output;
use crate::plan::Plan;
use crate::plan_io::features::{ExportOptions, PlanFeature, plan_features};

/// Writes the selected features of a plan as RFC 7946: no `crs` member, exteriors counter-clockwise, `bbox` on the
/// collection and each feature, ids as text, each shape valid after rounding. In a shifted system, each feature has a
/// property `crs_notice`. Does not commit the output.
///
/// Errors if an id is unknown, no feature is selected, a shape is not valid after rounding, or the output cannot be
/// written.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::plan_io::{ExportOptions, write_plan};
/// use taizhou_corridor::plan::Plan;
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("core.geojson");
/// let mut output = Output::create(&path, false)?;
/// let core = ExportOptions { ids: vec!["core".to_owned()], ..ExportOptions::default() };
/// assert_eq!(write_plan(&Plan::bundled(), &core, &mut output)?, 1);
/// output.commit()?;
///
/// let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
/// assert_eq!(written["features"][0]["properties"]["name"], "中央创新核");
/// assert_eq!(written["bbox"][0], 121.3416);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write_plan(plan: &Plan, options: &ExportOptions, output: &mut Output) -> Result<usize> {
    let features: Vec<Feature> = plan_features(plan, options)?.into_iter().map(feature).collect();
    let lines: Vec<String> = features.iter().map(Feature::to_string).collect();
    if options.as_lines {
        lines.iter().try_for_each(|line| output.text(&format!("{line}\n")))?;
    } else {
        let bbox =
            bbox(&features).map_or_else(String::new, |bbox| format!("\"bbox\":{},", serde_json::Value::from(bbox)));
        let lines = lines.join(",\n");
        output.text(&format!("{{\"type\":\"FeatureCollection\",{bbox}\"features\":[\n{lines}\n]}}\n"))?;
    }
    Ok(features.len())
}

/// The bounds of all features: west, south, east, north.
fn bbox(features: &[Feature]) -> Option<Bbox> {
    let boxes: Vec<&Bbox> = features.iter().filter_map(|feature| feature.bbox.as_ref()).collect();
    let bound = |i: usize, pick: fn(f64, f64) -> f64| boxes.iter().map(|bounds| bounds[i]).reduce(pick);
    [bound(0, f64::min), bound(1, f64::min), bound(2, f64::max), bound(3, f64::max)].into_iter().collect()
}

fn feature(feature: PlanFeature) -> Feature {
    let PlanFeature { id, properties, shape } = feature;
    let bbox = shape.bounding_rect().map(|bounds| vec![bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y]);
    Feature {
        bbox,
        geometry: Some(Geometry::new(geometry_value(&shape))),
        id: Some(Id::String(id)),
        properties: Some(properties),
        foreign_members: None,
    }
}

/// A polygon if there is one part, else a multipolygon.
fn geometry_value(shape: &MultiPolygon<f64>) -> GeometryValue {
    match shape.0.as_slice() {
        [polygon] => GeometryValue::from(polygon),
        _ => GeometryValue::from(shape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::error::ErrorKind;
    use crate::plan::{Level, PLAN_GEOJSON};

    fn export(plan: &Plan, options: &ExportOptions) -> Result<String> {
        let (mut output, written) = Output::memory("test");
        write_plan(plan, options, &mut output)?;
        output.commit()?;
        Ok(String::from_utf8(written.into_bytes()).unwrap())
    }

    #[test]
    fn the_export_is_the_plan() {
        let text = export(&Plan::bundled(), &ExportOptions::default()).unwrap();
        let again = Plan::from_geojson(text.as_bytes()).unwrap();
        let original: serde_json::Value = serde_json::from_str(PLAN_GEOJSON).unwrap();
        for (zone, before) in again.features().iter().zip(original["features"].as_array().unwrap()) {
            assert_eq!(serde_json::Value::Object(zone.properties.clone()), before["properties"], "{}", zone.id);
            assert_eq!(zone.id, before["id"].as_str().unwrap());
        }
        for (zone, before) in again.features().iter().zip(Plan::bundled().features()) {
            assert_eq!(zone.shape, before.shape);
        }
        assert!(!text.contains("\"crs\""));
        assert!(text.contains("\"bbox\":[121.1962,28.5475556,121.5093393,28.7068932]"));
    }

    #[test]
    fn levels_and_ids_choose() {
        let plan = Plan::bundled();
        let clusters = ExportOptions { levels: vec![Level::Core, Level::Zone], ..ExportOptions::default() };
        assert_eq!(export(&plan, &clusters).unwrap().matches("\"Feature\"").count(), 4);
        let one = ExportOptions { ids: vec!["core".to_owned()], with_style: true, ..ExportOptions::default() };
        assert!(export(&plan, &one).unwrap().contains("\"fill\":\"#d55e00\""));
        let unknown = ExportOptions { ids: vec!["centre".to_owned()], ..ExportOptions::default() };
        assert!(matches!(export(&plan, &unknown).unwrap_err().kind(), ErrorKind::UnknownId { .. }));
    }

    #[test]
    fn shifted_coordinates_say_so_on_each_feature() {
        let options = ExportOptions { crs: Crs::Bd09, with_style: true, ..ExportOptions::default() };
        let written: serde_json::Value = serde_json::from_str(&export(&Plan::bundled(), &options).unwrap()).unwrap();
        for (feature, zone) in written["features"].as_array().unwrap().iter().zip(Plan::bundled().features()) {
            assert!(feature["properties"]["crs_notice"].as_str().unwrap().contains("BD-09"));
            assert!(feature["properties"]["fill"].is_string());
            let bounds = zone.shape.bounding_rect().unwrap();
            let shift = feature["bbox"][0].as_f64().unwrap() - bounds.min().x;
            assert!((0.010..0.012).contains(&shift), "{shift}");
        }
    }

    /// Five properties of simplestyle apply to polygons.
    #[test]
    fn the_style_is_simplestyle() {
        let styled = ExportOptions { with_style: true, ..ExportOptions::default() };
        let written: serde_json::Value = serde_json::from_str(&export(&Plan::bundled(), &styled).unwrap()).unwrap();
        for feature in written["features"].as_array().unwrap() {
            let properties = &feature["properties"];
            for name in ["fill", "stroke"] {
                let colour = properties[name].as_str().unwrap();
                assert!(colour.starts_with('#') && colour.len() == 7, "{colour}");
                assert!(colour[1..].bytes().all(|digit| digit.is_ascii_hexdigit()), "{colour}");
            }
            for name in ["fill-opacity", "stroke-opacity"] {
                assert!((0.0..=1.0).contains(&properties[name].as_f64().unwrap()));
            }
            assert!(properties["stroke-width"].as_f64().unwrap() >= 0.0);
        }
    }

    #[test]
    fn rounding_that_breaks_a_shape_is_refused() {
        let coarse = ExportOptions { decimals: 1, ..ExportOptions::default() };
        let error = export(&Plan::bundled(), &coarse).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Rounding { decimals: 1, .. }), "{error}");
    }
}
