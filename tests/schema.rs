//! The published JSON Schema of plan files takes the bundled plan, and refuses broken ones.

use serde_json::{Value, json};
use taizhou_corridor::plan::{PLAN_GEOJSON, PLAN_SCHEMA, UncheckedPlan};

fn schema() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(PLAN_SCHEMA).unwrap()).unwrap()
}

fn changed(change: impl Fn(&mut Value)) -> Value {
    let mut plan = serde_json::from_str(PLAN_GEOJSON).unwrap();
    change(&mut plan);
    plan
}

#[test]
fn takes_the_bundled_plan_and_a_planners_own_properties() {
    assert!(schema().is_valid(&changed(|_| {})));
    assert!(schema().is_valid(&changed(|plan| plan["features"][3]["properties"]["note"] = json!({"own": true}))));
}

type Change = fn(&mut Value);

/// What the schema refuses, the reader finds too.
#[test]
fn refuses_what_the_reader_refuses() {
    let changes: [(&str, Change); 9] = [
        ("no id", |plan| drop(plan["features"][1].as_object_mut().unwrap().remove("id"))),
        ("no name", |plan| drop(plan["features"][1]["properties"].as_object_mut().unwrap().remove("name"))),
        ("no parent", |plan| drop(plan["features"][1]["properties"].as_object_mut().unwrap().remove("parent"))),
        ("no source", |plan| drop(plan["features"][1]["properties"].as_object_mut().unwrap().remove("source"))),
        ("unknown level", |plan| plan["features"][1]["properties"]["level"] = json!("district")),
        ("negative accuracy", |plan| plan["features"][1]["properties"]["accuracy_m"] = json!(-1)),
        ("area as text", |plan| plan["features"][1]["properties"]["published_area_km2"] = json!("41")),
        ("a point", |plan| plan["features"][1]["geometry"] = json!({"type": "Point", "coordinates": [121.4, 28.6]})),
        ("swapped", |plan| plan["features"][1]["geometry"]["coordinates"][0][0] = json!([28.6, 121.4])),
    ];
    for (name, change) in changes {
        let plan = changed(change);
        assert!(!schema().is_valid(&plan), "the schema takes {name}");
        let outline = UncheckedPlan::read(plan.to_string().as_bytes()).unwrap();
        assert!(!outline.findings().is_empty(), "the reader takes {name}");
    }
}
