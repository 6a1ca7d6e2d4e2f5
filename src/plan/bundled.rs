//! The plan, the facts and the sample sites bundled with the crate.

use crate::plan::{Facts, Plan};

/// The indicative plan as an RFC 7946 feature collection.
///
/// ```
/// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
///
/// // Use it as a template for your own plan.
/// let own = PLAN_GEOJSON.replace("中央创新核", "中央创新核（修编）");
/// assert_eq!(Plan::from_geojson(own.as_bytes())?.feature("core")?.name, "中央创新核（修编）");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub const PLAN_GEOJSON: &str = include_str!("../../data/taizhou-bay-corridor.geojson");
/// The JSON Schema (draft 2020-12) of plan files.
///
/// ```
/// use taizhou_corridor::plan::PLAN_SCHEMA;
///
/// let schema: serde_json::Value = serde_json::from_str(PLAN_SCHEMA).unwrap();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// ```
pub const PLAN_SCHEMA: &str = include_str!("../../data/plan.schema.json");
/// 32 real sites in and around the corridor, as sample data.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::LANDMARKS_CSV;
///
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let sites = rows.next_batch()?.unwrap();
/// assert_eq!(sites.len(), 32);
/// assert_eq!(sites.row(0).cell(2).unwrap().text(), "Taizhou Railway Station");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub const LANDMARKS_CSV: &str = include_str!("../../data/landmarks.csv");

const FACTS_JSON: &str = include_str!("../../data/facts.json");

#[allow(clippy::expect_used, reason = "the file is part of the crate and read by the tests below")]
pub(super) fn plan() -> Plan {
    Plan::from_geojson(PLAN_GEOJSON.as_bytes()).expect("the bundled plan is valid")
}

#[allow(clippy::expect_used, reason = "the file is part of the crate and read by the tests below")]
pub(super) fn facts() -> Facts {
    serde_json::from_str(FACTS_JSON).expect("the bundled facts are well-formed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Level;

    #[test]
    fn the_plan_has_one_core_and_three_zones() {
        let plan = plan();
        let ids: Vec<&str> = plan.partition().map(|id| plan[id].id.as_str()).collect();
        assert_eq!(ids, ["core", "jiaojiang", "huangyan", "luqiao"]);
        assert_eq!(plan.root().unwrap().published_area.unwrap().km2(), 115.0);
        assert!(plan.notice().unwrap().contains("非官方"));
    }

    #[test]
    fn every_feature_has_its_facts_and_they_agree_with_the_plan() {
        let (plan, facts) = (plan(), facts());
        assert_eq!(facts.features.len(), plan.features().len());
        for feature in plan.features() {
            let known = &facts.features[&feature.id];
            for (property, texts) in [("focus", &known.focus), ("projects", &known.projects)] {
                let of_plan: Vec<&str> = feature.properties.get(property).map_or(vec![], |list| {
                    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
                });
                let of_facts: Vec<&str> = texts.iter().map(|text| text.zh.as_str()).collect();
                assert_eq!(of_plan, of_facts, "{} {property}", feature.id);
            }
        }
    }

    #[test]
    fn nine_of_fourteen_clusters_are_named() {
        let (plan, facts) = (plan(), facts());
        assert_eq!((facts.clusters.published, facts.clusters.named.len()), (14, 9));
        for id in &facts.clusters.named {
            assert_eq!(plan.feature(id).unwrap().level, Some(Level::Cluster));
        }
    }
}
