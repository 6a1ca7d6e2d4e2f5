//! Many points at once, as arrays of numbers.

use geo::{Coord, coord};
use serde_json::Map;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::locate::{Certainty, Locator};
use taizhou_corridor::units::Metres;

use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::Request;

/// The most specific feature of each point by its number, -1 outside, -2 without coordinates; with `distances`, the
/// distance to its boundary, and the certainty: 0 if not assessed, 1 if certain, 2 if uncertain.
pub(crate) fn locate_points(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let points = request.file()?.bytes;
    let options = &mut request.options;
    let with_distances = options.flag("distances")?;
    let uncertainty = Metres(options.amount("uncertainty")?.unwrap_or_default());
    let level = options.level("level")?.unwrap_or(Level::Cluster);
    options.finish()?;
    let locator = Locator::new(plan).max_level(level);
    // Edges are straight in the plane of the plan.
    let plane = plan.plane();
    let in_plane = |coord: Coord<f64>| if plane.is_lon_lat() { coord } else { plane.coord(coord) };
    let coords = points.chunks_exact(16).map(|pair| {
        let coord = coord_of(pair).map(in_plane);
        coord.filter(|coord| coord.x.is_finite() && coord.y.is_finite())
    });
    let file = |name: &str, bytes: Vec<u8>| ReplyFile { name: name.to_owned(), bytes };
    let number_of = |id: Option<taizhou_corridor::plan::FeatureId>| id.map_or(-1, |id| id.index() as i32);
    let mut features = Vec::with_capacity(points.len() / 4);
    if !with_distances {
        let distinct = locator.without_distance().classify(coords);
        let numbers: Vec<[u8; 4]> = distinct
            .answers
            .iter()
            .map(|answer| answer.as_ref().map_or(-2, |answer| number_of(answer.most_specific)).to_le_bytes())
            .collect();
        for index in distinct.of_points {
            features.extend_from_slice(&numbers[index as usize]);
        }
        return Ok(Replied::new(Map::new(), vec![file("features", features)]));
    }
    let (mut distances, mut certainties) = (Vec::with_capacity(points.len() / 2), vec![]);
    locator.locate_each(coords.map(|coord| coord.map(|coord| (coord, uncertainty))), |answer| {
        let number = answer.as_ref().map_or(-2, |answer| number_of(answer.most_specific));
        features.extend_from_slice(&number.to_le_bytes());
        let distance = answer.as_ref().and_then(|answer| answer.distance_to_boundary);
        distances.extend_from_slice(&distance.map_or(f64::NAN, |distance| distance.0).to_le_bytes());
        certainties.push(match answer.and_then(|answer| answer.certainty) {
            None => 0,
            Some(Certainty::Certain) => 1,
            Some(Certainty::Uncertain) => 2,
        });
    });
    let files = vec![file("features", features), file("distances", distances), file("certainties", certainties)];
    Ok(Replied::new(Map::new(), files))
}

/// A pair of doubles; none if one of them is not finite.
fn coord_of(bytes: &[u8]) -> Option<Coord<f64>> {
    let (x, rest) = bytes.split_first_chunk::<8>()?;
    let y = rest.first_chunk::<8>()?;
    let (x, y) = (f64::from_le_bytes(*x), f64::from_le_bytes(*y));
    (x.is_finite() && y.is_finite()).then_some(coord! { x: x, y: y })
}
