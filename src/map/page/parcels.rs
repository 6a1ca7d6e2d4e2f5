//! The parcels of a page with their overlays.

use geo::orient::{Direction, Orient};
use geo::{LineString, MultiPolygon};
use serde_json::{Value, json};

use crate::geometry::measure::{ellipsoid_area, rings};
use crate::map::page::data::label;
use crate::map::page::row_labels::{LabelReader, RowLabel};
use crate::maths::power_of_ten;
use crate::plan::{FeatureId, Severity};
use crate::query::locate::Certainty;
use crate::query::overlay::{Parcel, Relation};

/// The maximum number of parcels and vertices, which limits the page to about 10 MB.
const MAX_PARCELS: usize = 20_000;
const MAX_VERTICES: usize = 500_000;
/// Units per degree: coordinates for drawing, with centimetre resolution.
const UNITS_PER_DEGREE: f64 = 1e7;

#[derive(Debug, Clone, Default)]
pub(super) struct Parcels {
    parcels: Vec<ShownParcel>,
    vertices: usize,
}

#[derive(Debug, Clone)]
struct ShownParcel {
    row_label: RowLabel,
    /// Polygons as lists of rings, exteriors counter-clockwise, holes clockwise: x, y, then the offsets from vertex to
    /// vertex.
    shape: Vec<Vec<Vec<i64>>>,
    /// The label position.
    label: Option<[f64; 2]>,
    area_m2: f64,
    /// For each part: the index of its zone, or none; its share; its area (m²).
    parts: Vec<(Option<usize>, f64, f64)>,
    /// The index of the largest part.
    majority: usize,
    relation: Relation,
    certainty: Option<Certainty>,
    /// That of a finding.
    severity: Option<Severity>,
}

impl Parcels {
    /// Whether another parcel may be added.
    pub(super) fn has_room(&self) -> bool {
        self.parcels.len() < MAX_PARCELS && self.vertices < MAX_VERTICES
    }

    pub(super) fn len(&self) -> usize {
        self.parcels.len()
    }

    pub(super) fn push(&mut self, parcel: &Parcel, row_label: RowLabel) {
        let membership = &parcel.membership;
        let largest = &membership.parts[membership.majority];
        let overlapping = |part: &usize| membership.parts[*part].relation != Relation::Touches;
        let overlapping: Vec<usize> = (0..membership.parts.len()).filter(overlapping).collect();
        let shape = shape(&parcel.shape.orient(Direction::Default));
        self.vertices += shape.iter().flatten().map(|ring| ring.len() / 2).sum::<usize>();
        self.parcels.push(ShownParcel {
            row_label,
            shape,
            label: label(&parcel.shape),
            area_m2: rounded(membership.parcel_area.0, 2),
            parts: overlapping
                .iter()
                .map(|&part| &membership.parts[part])
                .map(|part| (part.zone.map(FeatureId::index), rounded(part.share, 6), rounded(part.area.0, 2)))
                .collect(),
            majority: overlapping.iter().position(|&part| part == membership.majority).unwrap_or(0),
            relation: match largest.relation {
                // The relation of the whole parcel: another part is in a zone.
                Relation::Outside if largest.share < 1.0 => Relation::Straddles,
                relation => relation,
            },
            certainty: membership.certainty,
            severity: None,
        });
    }

    /// Adds the area of a finding, which is in no zone.
    pub(super) fn push_finding(&mut self, area: &MultiPolygon<f64>, severity: Severity, row_label: RowLabel) {
        let shape = shape(&area.orient(Direction::Default));
        self.vertices += shape.iter().flatten().map(|ring| ring.len() / 2).sum::<usize>();
        let area_m2 = rounded(ellipsoid_area(area).0, 4);
        self.parcels.push(ShownParcel {
            row_label,
            shape,
            label: label(area),
            area_m2,
            parts: vec![(None, 1.0, area_m2)],
            majority: 0,
            relation: Relation::Outside,
            certainty: None,
            severity: Some(severity),
        });
    }

    /// By column, to keep the JSON small.
    pub(super) fn json(&self, label_reader: &LabelReader) -> Value {
        let of = |value: fn(&ShownParcel) -> Value| Value::from(self.parcels.iter().map(value).collect::<Vec<_>>());
        let mut json = label_reader.json(self.parcels.iter().map(|parcel| &parcel.row_label));
        json["shape"] = of(|parcel| json!(parcel.shape));
        json["label"] = of(|parcel| json!(parcel.label));
        json["area"] = of(|parcel| parcel.area_m2.into());
        json["parts"] = of(|parcel| json!(parcel.parts));
        json["majority"] = of(|parcel| parcel.majority.into());
        json["relation"] = of(|parcel| parcel.relation.as_str().into());
        if self.parcels.iter().any(|parcel| parcel.severity.is_some()) {
            json["severity"] = of(|parcel| json!(parcel.severity.map(Severity::as_str)));
        }
        json["certainty"] = of(|parcel| json!(parcel.certainty.map(Certainty::as_str)));
        json
    }
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let power = power_of_ten(decimals);
    (value * power).round() / power
}

fn shape(shape: &MultiPolygon<f64>) -> Vec<Vec<Vec<i64>>> {
    shape.iter().map(|polygon| rings(polygon).map(delta_encoded).collect()).collect()
}

fn delta_encoded(ring: &LineString<f64>) -> Vec<i64> {
    let unit = |degrees: f64| (degrees * UNITS_PER_DEGREE).round() as i64;
    let mut last = [0, 0];
    let step = |vertex: &geo::Coord<f64>| {
        let position = [unit(vertex.x), unit(vertex.y)];
        let step = [position[0] - last[0], position[1] - last[1]];
        last = position;
        step
    };
    ring.0.iter().flat_map(step).collect()
}
