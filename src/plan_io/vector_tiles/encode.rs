//! Encoding of tiles (Mapbox Vector Tile 2.1).

use fast_mvt::{MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtTileBuilder, MvtValueRef};
use geo::{Coord, Geometry, LineString, MapCoords, MultiPolygon, Polygon};
use serde_json::Value;

use super::pyramid::Tile;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::rounding::round;
use crate::plan_io::features::PlanFeature;

/// Longer texts are left out, since every tile of a feature would repeat them.
const MAX_TEXT_BYTES: usize = 80;

/// The attributes of a feature in its tiles: the id, numbers, booleans and short texts.
pub(super) fn attributes(feature: &PlanFeature) -> Vec<(String, Value)> {
    let is_short = |value: &Value| match value {
        Value::String(text) => text.len() <= MAX_TEXT_BYTES,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    let own = feature.properties.iter().filter(|(_, value)| is_short(value));
    let id = ("id".to_owned(), Value::from(feature.id.as_str()));
    let own = own.filter(|(name, _)| *name != "id").map(|(name, value)| (name.clone(), value.clone()));
    [id].into_iter().chain(own).collect()
}

/// What each feature is on every tile: its attributes and, in the unit square, the point of its label.
pub(super) struct Content {
    pub(super) layer: String,
    pub(super) attributes: Vec<Vec<(String, Value)>>,
    /// Empty if there are no labels.
    pub(super) label_points: Vec<Option<Coord<f64>>>,
}

/// The name of the layer with a point for each feature. A map that labels clipped polygons repeats the label on each
/// tile.
pub(super) fn label_layer(layer: &str) -> String {
    format!("{layer}_labels")
}

/// The bytes of a tile; empty if nothing in it is as large as a tile unit.
pub(super) fn tile(tile: &Tile, content: &Content) -> Result<Vec<u8>> {
    let encode = || -> fast_mvt::MvtResult<Vec<u8>> {
        let mut labels = vec![];
        let mut builder = MvtTileBuilder::new().layer(content.layer.as_str())?;
        for (number, shape) in &tile.parts {
            let polygons = polygons(shape, tile);
            if polygons.is_empty() {
                continue;
            }
            let mut feature = builder.feature_of(MvtGeomType::Polygon);
            for (place, ring) in polygons.into_iter().flat_map(|rings| rings.into_iter().enumerate()) {
                // The encoder sets the winding order of exteriors and holes.
                feature.ring(ring, place == 0)?;
            }
            builder = tagged(feature, *number, content)?;
            let point = content.label_points.get(*number).copied().flatten();
            labels.extend(point.and_then(|point| tile.own_position(point)).map(|point| (*number, point)));
        }
        if builder.num_features() == 0 {
            return Ok(vec![]);
        }
        let mut tile = builder.end();
        if !labels.is_empty() {
            let mut builder = tile.layer(label_layer(&content.layer))?;
            for (number, point) in labels {
                let mut feature = builder.feature_of(MvtGeomType::Point);
                feature.points([point])?;
                builder = tagged(feature, number, content)?;
            }
            tile = builder.end();
        }
        Ok(tile.encode())
    };
    encode().map_err(|error| Error::new(ErrorKind::Write(std::io::Error::other(error))))
}

/// Completes a feature with its number and attributes.
fn tagged(mut feature: MvtFeatureBuilder, number: usize, content: &Content) -> fast_mvt::MvtResult<MvtLayerBuilder> {
    feature.id(Some(number as u64));
    for (name, value) in &content.attributes[number] {
        let value = match value {
            Value::Bool(value) => MvtValueRef::Bool(*value),
            Value::String(text) => MvtValueRef::String(text),
            value => match value.as_i64() {
                Some(number) => MvtValueRef::SInt(number),
                None => MvtValueRef::Double(value.as_f64().unwrap_or_default()),
            },
        };
        feature.tag_ref(name, value)?;
    }
    Ok(feature.end())
}

/// The rings of each polygon in tile units, the exterior first. Valid polygons stay valid. Rings without area are left
/// out, and the whole polygon if the exterior is one.
fn polygons(shape: &MultiPolygon<f64>, tile: &Tile) -> Vec<Vec<Vec<Coord<i32>>>> {
    let in_steps = Geometry::from(shape.map_coords(|corner| tile.position(corner)));
    let mut rounded = in_steps.clone();
    round(&mut rounded, Some(&in_steps), 0);
    let Geometry::MultiPolygon(rounded) = rounded else { return vec![] };
    rounded.iter().map(rings).filter(|rings| !rings.is_empty()).collect()
}

fn rings(polygon: &Polygon<f64>) -> Vec<Vec<Coord<i32>>> {
    let Some(exterior) = ring(polygon.exterior()) else { return vec![] };
    let interiors = polygon.interiors().iter().filter_map(ring);
    [exterior].into_iter().chain(interiors).collect()
}

fn ring(ring: &LineString<f64>) -> Option<Vec<Coord<i32>>> {
    let mut positions: Vec<Coord<i32>> =
        ring.0.iter().map(|corner| Coord { x: corner.x as i32, y: corner.y as i32 }).collect();
    positions.dedup();
    if positions.len() > 1 && positions.first() == positions.last() {
        positions.pop();
    }
    (twice_the_area(&positions) != 0).then_some(positions)
}

/// Twice the signed area by the surveyor's formula, which the specification requires.
fn twice_the_area(ring: &[Coord<i32>]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a.x) * i64::from(b.y) - i64::from(b.x) * i64::from(a.y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_io::vector_tiles::pyramid::{Pyramid, project};
    use geo::polygon;

    /// The size of the tile of zoom level 0 in bytes, and the number of positions of each ring.
    fn sizes(shape: MultiPolygon<f64>) -> (usize, Vec<usize>) {
        let mut sizes = (0, vec![]);
        let mut visit = |level: &Tile| {
            let attributes = vec![vec![("id".to_owned(), "a".into())]];
            sizes.0 = tile(level, &Content { layer: "plan".to_owned(), attributes, label_points: vec![] })?.len();
            sizes.1 = polygons(&level.parts[0].1, level).into_iter().flatten().map(|ring| ring.len()).collect();
            Ok(())
        };
        Pyramid { min_zoom: 0, max_zoom: 0 }.visit(vec![project(&shape)], &mut visit).unwrap();
        sizes
    }

    #[test]
    fn what_is_smaller_than_a_step_is_left_out() {
        let square = |size: f64| -> Polygon<f64> {
            polygon![(x: 1.0, y: 1.0), (x: 1.0 + size, y: 1.0), (x: 1.0 + size, y: 1.0 + size), (x: 1.0, y: 1.0 + size)]
        };
        // At zoom level 0, a tile unit is 0.09°.
        assert_eq!(sizes(square(0.001).into()), (0, vec![]));
        let with_hole = Polygon::new(square(9.0).exterior().clone(), vec![square(0.001).exterior().clone()]);
        let (bytes, rings) = sizes(with_hole.into());
        assert!(bytes > 0 && rings == [4]);
    }

    #[test]
    fn what_crosses_itself_in_steps_is_cut_where_it_does() {
        use crate::geometry::validity::is_valid_in_plane;
        // At zoom level 0, a tile unit is 0.09°: the rounded notch crosses the opposite edge.
        let notched: MultiPolygon<f64> = polygon![
            (x: 1.0, y: 1.0), (x: 21.0, y: 1.0), (x: 21.0, y: 2.03), (x: 11.01, y: 1.06), (x: 11.0, y: 1.02), (x: 10.99, y: 1.06), (x: 1.0, y: 11.0)
        ].into();
        let mut checked = 0;
        for turn in 0..40 {
            let turn = f64::from(turn) * 0.011;
            let shape = notched.map_coords(|corner| Coord { x: corner.x + turn, y: corner.y + turn * corner.x * 0.01 });
            let mut visit = |level: &Tile| {
                let line = |ring: &Vec<Coord<i32>>| ring.iter().map(|at| (f64::from(at.x), f64::from(at.y))).collect();
                let parts = polygons(&level.parts[0].1, level);
                let parts =
                    parts.iter().map(|rings| Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect()));
                assert!(is_valid_in_plane(&parts.collect()), "{shape:?}");
                checked += 1;
                Ok(())
            };
            Pyramid { min_zoom: 0, max_zoom: 2 }.visit(vec![project(&shape)], &mut visit).unwrap();
        }
        assert!(checked >= 120);
    }
}
