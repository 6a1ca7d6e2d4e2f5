//! Parcels of a page, each with the zones that it meets.

use geo::orient::{Direction, Orient};
use geo::{LineString, MultiPolygon};
use serde_json::{Value, json};

use crate::geometry::measure::rings;
use crate::map::page::data::label;
use crate::map::page::row_labels::{LabelReader, RowLabel};
use crate::plan::FeatureId;
use crate::query::locate::Certainty;
use crate::query::overlay::{Parcel, Relation};

/// More parcels than that are not in the page, nor more corners, lest it grow too large: some 10 MB.
const MAX_PARCELS: usize = 20_000;
const MAX_CORNERS: usize = 500_000;
/// Coordinates are for drawing, and to the centimetre.
const UNITS_A_DEGREE: f64 = 1e7;

#[derive(Debug, Clone, Default)]
pub(super) struct Parcels {
    parcels: Vec<ShownParcel>,
    corners: usize,
}

#[derive(Debug, Clone)]
struct ShownParcel {
    told: RowLabel,
    /// Polygons of rings, exteriors counter-clockwise, holes clockwise: x, y, and from there the steps to each corner.
    shape: Vec<Vec<Vec<i64>>>,
    /// Where a name has room.
    label: Option<[f64; 2]>,
    area_m2: f64,
    /// For each part: the index of its zone, or none; its share; its area (m²).
    parts: Vec<(Option<usize>, f64, f64)>,
    /// Which of these is the largest.
    majority: usize,
    relation: Relation,
    certainty: Option<Certainty>,
}

impl Parcels {
    /// Whether there is room for one more.
    pub(super) fn have_room(&self) -> bool {
        self.parcels.len() < MAX_PARCELS && self.corners < MAX_CORNERS
    }

    pub(super) fn len(&self) -> usize {
        self.parcels.len()
    }

    pub(super) fn push(&mut self, parcel: &Parcel, told: RowLabel) {
        let membership = &parcel.membership;
        let largest = &membership.parts[membership.majority];
        let met = |part: &usize| membership.parts[*part].relation != Relation::Touches;
        let met: Vec<usize> = (0..membership.parts.len()).filter(met).collect();
        let shape = shape(&parcel.shape.orient(Direction::Default));
        self.corners += shape.iter().flatten().map(|ring| ring.len() / 2).sum::<usize>();
        self.parcels.push(ShownParcel {
            told,
            shape,
            label: label(&parcel.shape),
            area_m2: rounded(membership.parcel_area.0, 2),
            parts: met
                .iter()
                .map(|&part| &membership.parts[part])
                .map(|part| (part.zone.map(FeatureId::index), rounded(part.share, 6), rounded(part.area.0, 2)))
                .collect(),
            majority: met.iter().position(|&part| part == membership.majority).unwrap_or(0),
            relation: match largest.relation {
                // What is said of all of it: another part lies in a zone.
                Relation::Outside if largest.share < 1.0 => Relation::Straddles,
                relation => relation,
            },
            certainty: membership.certainty,
        });
    }

    /// Column by column, since there may be many.
    pub(super) fn json(&self, teller: &LabelReader) -> Value {
        let of = |value: fn(&ShownParcel) -> Value| Value::from(self.parcels.iter().map(value).collect::<Vec<_>>());
        let mut json = teller.json(self.parcels.iter().map(|parcel| &parcel.told));
        json["shape"] = of(|parcel| json!(parcel.shape));
        json["label"] = of(|parcel| json!(parcel.label));
        json["area"] = of(|parcel| parcel.area_m2.into());
        json["parts"] = of(|parcel| json!(parcel.parts));
        json["majority"] = of(|parcel| parcel.majority.into());
        json["relation"] = of(|parcel| parcel.relation.as_str().into());
        json["certainty"] = of(|parcel| json!(parcel.certainty.map(Certainty::as_str)));
        json
    }
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let power = 10f64.powi(decimals);
    (value * power).round() / power
}

fn shape(shape: &MultiPolygon<f64>) -> Vec<Vec<Vec<i64>>> {
    shape.iter().map(|polygon| rings(polygon).map(steps).collect()).collect()
}

fn steps(ring: &LineString<f64>) -> Vec<i64> {
    let unit = |degrees: f64| (degrees * UNITS_A_DEGREE).round() as i64;
    let mut last = [0, 0];
    let step = |corner: &geo::Coord<f64>| {
        let place = [unit(corner.x), unit(corner.y)];
        let step = [place[0] - last[0], place[1] - last[1]];
        last = place;
        step
    };
    ring.0.iter().flat_map(step).collect()
}
