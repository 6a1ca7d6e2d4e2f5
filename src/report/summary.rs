//! Summaries of table queries as JSON, for scripts: counts by zone and certainty. Keys are stable.

use serde_json::{Value, json};

use crate::plan::{FeatureId, Plan};
use crate::query::QuerySummary;
use crate::query::locate::LocateSummary;
use crate::query::nearest::NearestSummary;
use crate::query::overlay::{LayersSummary, OverlaySummary};
use crate::query::{CertaintyCounts, ZoneCounts};

/// The summary of `locate`. Zones are present if they were counted.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
/// use taizhou_corridor::report::summary;
///
/// let plan = Plan::bundled();
/// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]).counting_zones();
/// let rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?.next_batch()?.unwrap();
/// let mut counts = LocateSummary::default();
/// locator.answer(&rows, &mut counts);
/// let json: serde_json::Value = serde_json::from_str(&summary::locate(&plan, &counts)).unwrap();
/// assert_eq!((json["rows"].as_u64(), json["inside"].as_u64()), (Some(32), Some(14)));
/// assert_eq!((json["zones"][0]["zone"].as_str(), json["zones"][0]["rows"].as_u64()), (Some("core"), Some(5)));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn locate(plan: &Plan, summary: &LocateSummary) -> String {
    let LocateSummary { inside, boundary, outside, invalid, zones, .. } = summary;
    let total = zones.total();
    text_of_plan(
        plan,
        json!({
            "rows": summary.rows(),
            "inside": inside,
            "boundary": boundary,
            "outside": outside,
            "invalid": invalid.count,
            "remarks": invalid.remarks,
            "certain": total.certain,
            "uncertain": total.uncertain,
            "not_assessed": total.not_assessed,
            "zones": by_certainty(plan, zones),
        }),
    )
}

/// The summary of `overlay`: zones are those of the largest part of each parcel.
pub fn overlay(plan: &Plan, summary: &OverlaySummary) -> String {
    let OverlaySummary { within, straddling, outside, invalid, repaired, zones, .. } = summary;
    let total = zones.total();
    text_of_plan(
        plan,
        json!({
            "rows": summary.rows(),
            "within": within,
            "straddles": straddling,
            "outside": outside,
            "invalid": invalid.count,
            "remarks": invalid.remarks,
            "repaired": repaired,
            "certain": total.certain,
            "uncertain": total.uncertain,
            "not_assessed": total.not_assessed,
            "zones": by_certainty(plan, zones),
        }),
    )
}

/// The summary of an overlay with layers of these names.
pub fn layers(names: &[&str], summary: &LayersSummary) -> String {
    let LayersSummary { parcel_area, invalid, repaired, layers, .. } = summary;
    let of_layer = |(index, name): (usize, &&str)| {
        let found = layers.get(index).copied().unwrap_or_default();
        json!({
            "layer": name,
            "within": found.within,
            "straddles": found.straddling,
            "touches": found.touching,
            "outside": found.outside,
            "area_m2": found.area.0,
            "certain": found.certain,
            "uncertain": found.uncertain,
            "not_assessed": found.not_assessed,
        })
    };
    text(&json!({
        "rows": summary.rows(),
        "parcel_area_m2": parcel_area.0,
        "invalid": invalid.count,
        "remarks": invalid.remarks,
        "repaired": repaired,
        "layers": names.iter().enumerate().map(of_layer).collect::<Vec<_>>(),
    }))
}

/// The summary of `nearest`, which has no certainty.
pub fn nearest(plan: &Plan, summary: &NearestSummary) -> String {
    let NearestSummary { written, beyond, invalid, zones } = summary;
    let zones: Vec<Value> =
        zones.iter().map(|(zone, counts)| json!({ "zone": id(plan, zone), "rows": counts.rows() })).collect();
    text_of_plan(
        plan,
        json!({
            "rows": summary.rows(),
            "answered": written,
            "beyond": beyond,
            "invalid": invalid.count,
            "remarks": invalid.remarks,
            "zones": zones,
        }),
    )
}

fn by_certainty(plan: &Plan, zones: &ZoneCounts) -> Vec<Value> {
    let of_zone = |(zone, counts): (Option<FeatureId>, CertaintyCounts)| {
        json!({
            "zone": id(plan, zone),
            "rows": counts.rows(),
            "certain": counts.certain,
            "uncertain": counts.uncertain,
            "not_assessed": counts.not_assessed,
        })
    };
    zones.iter().map(of_zone).collect()
}

fn id(plan: &Plan, zone: Option<FeatureId>) -> Option<&str> {
    zone.map(|zone| plan[zone].id.as_str())
}

/// The object in one line, with the offset of the plan if it has one.
fn text_of_plan(plan: &Plan, mut value: Value) -> String {
    if let Some(distance) = plan.offset_distance() {
        value["offset_m"] = json!(distance.0);
    }
    text(&value)
}

/// The object in one line.
fn text(value: &Value) -> String {
    format!("{value}\n")
}
