//! Plans as TopoJSON 1.0: shared borders are written once.
//!
//! Coordinates are quantised to the last decimal and delta-encoded. Decoded, they equal those of the GeoJSON with the
//! same decimals.
//!
//! The crate `topojson` (0.5) has the types of the format and reads it; finding the shared borders, which is most of
//! the work, is not part of it.

use std::collections::HashMap;

use geo::{BoundingRect, Coord, LineString, Rect, coord};
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, Output};
use crate::maths::power_of_ten;
use crate::plan::Plan;
use crate::plan_io::features::{ExportOptions, PlanFeature, plan_features};

/// A quantised position, in units of the last decimal.
type Position = [i64; 2];

/// Writes the selected features of a plan as the object `name` of a topology: shapes, ids and properties as in
/// [`write_plan`](crate::plan_io::write_plan). Does not commit the output.
///
/// Errors if an id is unknown, no feature is selected, a shape is not valid after rounding, or the output cannot be
/// written.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::plan_io::{ExportOptions, write_topojson};
/// use taizhou_corridor::plan::Plan;
///
/// let (mut output, written) = Output::memory("plan.topojson");
/// write_topojson(&Plan::bundled(), "plan", &ExportOptions::default(), &mut output)?;
/// output.commit()?;
/// let topology: serde_json::Value = serde_json::from_slice(&written.into_bytes()).unwrap();
/// assert_eq!(topology["objects"]["plan"]["geometries"][1]["id"], "core");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write_topojson(plan: &Plan, name: &str, options: &ExportOptions, output: &mut Output) -> Result<usize> {
    if !Format::GEOJSON.holds(&options.crs) {
        let (format, crs) = ("topojson".to_owned(), options.crs.to_string());
        return Err(Error::new(ErrorKind::LonLatOnly { format, crs }));
    }
    let options = ExportOptions { decimals: options.decimals.min(MAX_DECIMALS), ..options.clone() };
    let features = plan_features(plan, &options)?;
    let count = features.len();
    let quantizer = Quantizer { steps_per_degree: power_of_ten(options.decimals as i32) };
    let mut topology = Topology::new(features.iter().flat_map(rings).map(|ring| quantizer.positions(ring)));
    let bounds: Vec<_> = features.iter().filter_map(|feature| feature.shape.bounding_rect()).collect();
    let bound =
        |of: fn(&Rect<f64>) -> f64, pick: fn(f64, f64) -> f64| bounds.iter().map(of).reduce(pick).unwrap_or(0.0);
    let min = coord! { x: bound(|rect| rect.min().x, f64::min), y: bound(|rect| rect.min().y, f64::min) };
    let max = coord! { x: bound(|rect| rect.max().x, f64::max), y: bound(|rect| rect.max().y, f64::max) };
    let geometries: Vec<Value> =
        features.into_iter().map(|feature| geometry(feature, &quantizer, &mut topology)).collect();
    let origin = quantizer.position(min);
    let arcs: Vec<Value> = topology.arcs.iter().map(|arc| delta_encode(arc, origin)).collect();
    let step = 1.0 / quantizer.steps_per_degree;
    let topology = json!({
        "type": "Topology",
        "bbox": [min.x, min.y, max.x, max.y],
        "transform": {"scale": [step, step], "translate": [min.x, min.y]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    });
    output.text(&format!("{topology}\n"))?;
    Ok(count)
}

/// More decimals than doubles have in degrees, so that quantised coordinates are exact.
const MAX_DECIMALS: usize = 12;

/// Rounds coordinates to quantised positions.
struct Quantizer {
    steps_per_degree: f64,
}

impl Quantizer {
    fn position(&self, coord: Coord<f64>) -> Position {
        [coord.x, coord.y].map(|value| (value * self.steps_per_degree).round() as i64)
    }

    /// The positions of a ring, without the repeated last one.
    fn positions(&self, ring: &LineString<f64>) -> Vec<Position> {
        let mut positions: Vec<Position> = ring.0.iter().map(|&coord| self.position(coord)).collect();
        positions.dedup();
        if positions.len() > 1 && positions.first() == positions.last() {
            positions.pop();
        }
        positions
    }
}

fn rings(feature: &PlanFeature) -> impl Iterator<Item = &LineString<f64>> {
    feature.shape.iter().flat_map(|polygon| [polygon.exterior()].into_iter().chain(polygon.interiors()))
}

fn geometry(feature: PlanFeature, quantizer: &Quantizer, topology: &mut Topology) -> Value {
    let mut polygons: Vec<Value> = feature
        .shape
        .iter()
        .map(|polygon| {
            let rings = [polygon.exterior()].into_iter().chain(polygon.interiors());
            rings.map(|ring| topology.ring(quantizer.positions(ring))).collect::<Vec<_>>().into()
        })
        .collect();
    let (kind, arcs) =
        if polygons.len() == 1 { ("Polygon", polygons.remove(0)) } else { ("MultiPolygon", polygons.into()) };
    json!({"type": kind, "id": feature.id, "properties": feature.properties, "arcs": arcs})
}

/// The delta encoding of an arc: the difference of each position from the one before, of the first from the origin.
fn delta_encode(arc: &[Position], origin: Position) -> Value {
    let before = [origin].into_iter().chain(arc.iter().copied());
    arc.iter().zip(before).map(|(position, before)| json!([position[0] - before[0], position[1] - before[1]])).collect()
}

/// The arcs of a topology, which end where borders meet or part.
struct Topology {
    /// The two neighbours of each position in the rings through it. `None` if these differ: arcs end there.
    neighbours: HashMap<Position, Option<[Position; 2]>>,
    arcs: Vec<Vec<Position>>,
    /// The index of each arc, in the direction that is lexicographically first.
    arc_ids: HashMap<Vec<Position>, i64>,
}

impl Topology {
    fn new(rings: impl Iterator<Item = Vec<Position>>) -> Topology {
        let mut neighbours: HashMap<Position, Option<[Position; 2]>> = HashMap::new();
        for ring in rings {
            for (index, &position) in ring.iter().enumerate() {
                let mut around = [ring[(index + ring.len() - 1) % ring.len()], ring[(index + 1) % ring.len()]];
                around.sort_unstable();
                let known = neighbours.entry(position).or_insert(Some(around));
                if *known != Some(around) {
                    *known = None;
                }
            }
        }
        Topology { neighbours, arcs: vec![], arc_ids: HashMap::new() }
    }

    /// The indices of the arcs of a ring; `-1 - index` if reversed.
    fn ring(&mut self, mut ring: Vec<Position>) -> Vec<i64> {
        let is_end = |position: &Position| self.neighbours.get(position).is_some_and(Option::is_none);
        // A ring without arc ends starts at its first position in lexicographic order, so that equal rings are equal.
        let begin = ring.iter().position(is_end).or_else(|| (0..ring.len()).min_by_key(|&index| ring[index]));
        ring.rotate_left(begin.unwrap_or(0));
        ring.extend(ring.first().copied());
        let ends: Vec<usize> =
            (1..ring.len()).filter(|&index| index + 1 == ring.len() || is_end(&ring[index])).collect();
        let mut begin = 0;
        let mut arcs = vec![];
        for end in ends {
            arcs.push(self.arc(ring[begin..=end].to_vec()));
            begin = end;
        }
        arcs
    }

    fn arc(&mut self, arc: Vec<Position>) -> i64 {
        let mut reverse = arc.clone();
        reverse.reverse();
        if let Some(&index) = self.arc_ids.get(&arc) {
            return index;
        }
        if let Some(&index) = self.arc_ids.get(&reverse) {
            return -1 - index;
        }
        let index = self.arcs.len() as i64;
        self.arc_ids.insert(arc.clone(), index);
        self.arcs.push(arc);
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_io::geojson::write_plan;

    fn json(write: impl Fn(&mut Output)) -> Value {
        let (mut output, written) = Output::memory("test");
        write(&mut output);
        output.commit().unwrap();
        serde_json::from_slice(&written.into_bytes()).unwrap()
    }

    fn topology(options: &ExportOptions) -> Value {
        json(|output| assert_eq!(write_topojson(&Plan::bundled(), "plan", options, output).unwrap(), 16))
    }

    /// The positions of each arc, as the specification decodes them.
    fn decoded(topology: &Value) -> Vec<Vec<[f64; 2]>> {
        let pair = |value: &Value| [value[0].as_f64().unwrap(), value[1].as_f64().unwrap()];
        let (scale, translate) = (pair(&topology["transform"]["scale"]), pair(&topology["transform"]["translate"]));
        let arc = |arc: &Value| {
            let mut sum = [0.0, 0.0];
            let position = |step: &Value| {
                let step = pair(step);
                sum = [sum[0] + step[0], sum[1] + step[1]];
                [sum[0] * scale[0] + translate[0], sum[1] * scale[1] + translate[1]]
            };
            arc.as_array().unwrap().iter().map(position).collect()
        };
        topology["arcs"].as_array().unwrap().iter().map(arc).collect()
    }

    fn ring(numbers: &Value, arcs: &[Vec<[f64; 2]>]) -> Vec<[f64; 2]> {
        let mut ring: Vec<[f64; 2]> = vec![];
        for number in numbers.as_array().unwrap() {
            let number = number.as_i64().unwrap();
            let mut arc = arcs[usize::try_from(if number < 0 { -1 - number } else { number }).unwrap()].clone();
            if number < 0 {
                arc.reverse();
            }
            assert!(ring.last().is_none_or(|last| *last == arc[0]), "arcs follow each other");
            ring.pop();
            ring.extend(arc);
        }
        ring
    }

    /// A ring is the same wherever it begins.
    fn is_same(ring: &[[f64; 2]], other: &Value) -> bool {
        let other: Vec<[f64; 2]> = serde_json::from_value(other.clone()).unwrap();
        let is_near = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).abs() < 1e-12 && (a[1] - b[1]).abs() < 1e-12;
        let open = &ring[..ring.len() - 1];
        ring.len() == other.len()
            && (0..open.len()).any(|turn| {
                let turned = open[turn..].iter().chain(&open[..turn]);
                turned.zip(&other).all(|(a, b)| is_near(a, b))
            })
    }

    #[test]
    fn decoded_it_is_the_geojson() {
        for decimals in [7, 5, 4] {
            let options = ExportOptions { decimals, with_style: true, ..ExportOptions::default() };
            let topology = topology(&options);
            let geojson = json(|output| assert_eq!(write_plan(&Plan::bundled(), &options, output).unwrap(), 16));
            let arcs = decoded(&topology);
            let geometries = topology["objects"]["plan"]["geometries"].as_array().unwrap();
            assert_eq!(topology["bbox"], geojson["bbox"]);
            for (geometry, feature) in geometries.iter().zip(geojson["features"].as_array().unwrap()) {
                assert_eq!((&geometry["id"], &geometry["properties"]), (&feature["id"], &feature["properties"]));
                assert_eq!(geometry["type"], feature["geometry"]["type"]);
                let is_one = geometry["type"] == "Polygon";
                let parts = |value: &Value| if is_one { json!([value]) } else { value.clone() };
                let (found, expected) = (parts(&geometry["arcs"]), parts(&feature["geometry"]["coordinates"]));
                assert_eq!(found.as_array().unwrap().len(), expected.as_array().unwrap().len());
                for (found, expected) in found.as_array().unwrap().iter().zip(expected.as_array().unwrap()) {
                    assert_eq!(found.as_array().unwrap().len(), expected.as_array().unwrap().len());
                    for (found, expected) in found.as_array().unwrap().iter().zip(expected.as_array().unwrap()) {
                        assert!(is_same(&ring(found, &arcs), expected), "{}", geometry["id"]);
                    }
                }
            }
        }
    }

    #[test]
    fn neighbours_share_arcs() {
        let topology = topology(&ExportOptions::default());
        let numbers = |id: &str| {
            fn collect(value: &Value, found: &mut Vec<i64>) {
                match value {
                    Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
                    value => found.push(value.as_i64().map(|number| number.max(-1 - number)).unwrap()),
                }
            }
            let geometries = topology["objects"]["plan"]["geometries"].as_array().unwrap();
            let mut found = vec![];
            collect(&geometries.iter().find(|geometry| geometry["id"] == id).unwrap()["arcs"], &mut found);
            found
        };
        for (a, b) in [("core", "jiaojiang"), ("core", "huangyan"), ("core", "luqiao"), ("corridor", "luqiao")] {
            assert!(numbers(a).iter().any(|number| numbers(b).contains(number)), "{a} {b}");
        }
        // No border is there twice.
        let arcs = decoded(&topology);
        let mut edges: Vec<[[u64; 2]; 2]> = vec![];
        for arc in &arcs {
            for pair in arc.windows(2) {
                let mut edge = [pair[0].map(f64::to_bits), pair[1].map(f64::to_bits)];
                edge.sort_unstable();
                edges.push(edge);
            }
        }
        let count = edges.len();
        edges.sort_unstable();
        edges.dedup();
        assert_eq!(edges.len(), count);
    }

    /// A ring that is there as a hole and as a feature, from another corner, and one that touches itself.
    #[test]
    fn rings_without_an_end_are_one_arc() {
        let square = |turn: usize| {
            let mut ring = vec![[0, 0], [4, 0], [4, 4], [0, 4]];
            ring.rotate_left(turn);
            ring
        };
        let mut reverse = square(2);
        reverse.reverse();
        let eight = vec![[10, 10], [11, 10], [10, 11], [9, 10], [8, 10], [9, 9], [10, 10], [11, 9]];
        let rings = [square(0), reverse, eight];
        let mut topology = Topology::new(rings.iter().cloned());
        let numbers: Vec<Vec<i64>> = rings.into_iter().map(|ring| topology.ring(ring)).collect();
        assert_eq!(numbers[..2], [vec![0], vec![-1]]);
        assert_eq!(numbers[2].len(), 2);
    }
}
