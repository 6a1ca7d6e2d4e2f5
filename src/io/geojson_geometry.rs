//! Geometries of GeoJSON, read and written.

use std::borrow::Cow;

use geo::orient::{Direction, Orient};
use geo::{
    Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};
use geojson::{GeometryValue, Position};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{FeatureFlaw, RowProblem, ShapeProblem};
use crate::geometry::encoding::Decoded;

/// Reads a geometry object, or `null`.
pub(super) fn decode(json: &str) -> Result<Decoded, RowProblem> {
    #[derive(Deserialize)]
    struct Raw<'a> {
        #[serde(borrow)]
        r#type: Option<Cow<'a, str>>,
        #[serde(borrow)]
        coordinates: Option<&'a RawValue>,
    }
    let Ok(geometry) = serde_json::from_str::<Option<Raw<'_>>>(json) else {
        return Err(RowProblem::NotAFeature(FeatureFlaw::Geometry));
    };
    let Some(geometry) = geometry else { return Ok(Decoded { geometry: None, has_heights: false }) };
    if geometry.r#type.as_deref() == Some("Point") {
        let coordinates = geometry.coordinates.map_or("null", RawValue::get);
        return match serde_json::from_str::<Vec<f64>>(coordinates).as_deref() {
            Ok(&[x, y, ref rest @ ..]) => {
                Ok(Decoded { geometry: Some(Geometry::Point(Point(Coord { x, y }))), has_heights: !rest.is_empty() })
            }
            _ => Err(RowProblem::NotAFeature(FeatureFlaw::Coordinates(shortened(coordinates)))),
        };
    }
    let geometry =
        serde_json::from_str::<geojson::Geometry>(json).map_err(|_| RowProblem::NotAFeature(FeatureFlaw::Geometry))?;
    let mut has_heights = false;
    let geometry = decode_value(&geometry.value, &mut has_heights)?;
    Ok(Decoded { geometry, has_heights })
}

fn decode_value(value: &GeometryValue, has_heights: &mut bool) -> Result<Option<Geometry<f64>>, RowProblem> {
    let geometry: Geometry<f64> = match value {
        GeometryValue::Point { coordinates } => Point(coord(coordinates, has_heights)?).into(),
        GeometryValue::MultiPoint { coordinates } => {
            MultiPoint(line(coordinates, has_heights)?.0.into_iter().map(Point).collect()).into()
        }
        GeometryValue::LineString { coordinates } => line(coordinates, has_heights)?.into(),
        GeometryValue::MultiLineString { coordinates } => {
            let lines = coordinates.iter().map(|positions| line(positions, has_heights));
            MultiLineString(lines.collect::<Result<_, _>>()?).into()
        }
        GeometryValue::Polygon { coordinates } => polygon(coordinates, has_heights)?.into(),
        GeometryValue::MultiPolygon { coordinates } => {
            let parts = coordinates.iter().map(|rings| polygon(rings, has_heights));
            MultiPolygon(parts.collect::<Result<_, _>>()?).into()
        }
        GeometryValue::GeometryCollection { geometries } => {
            let parts = geometries.iter().filter_map(|part| decode_value(&part.value, has_heights).transpose());
            Geometry::GeometryCollection(GeometryCollection(parts.collect::<Result<_, _>>()?))
        }
    };
    let is_filled = geometry.coords_iter().next().is_some();
    Ok(is_filled.then_some(geometry))
}

fn coord(position: &Position, has_heights: &mut bool) -> Result<Coord<f64>, RowProblem> {
    match position.as_slice() {
        &[x, y, ref rest @ ..] => {
            *has_heights |= !rest.is_empty();
            Ok(Coord { x, y })
        }
        _ => Err(RowProblem::Shape(ShapeProblem::ShortPosition)),
    }
}

fn line(positions: &[Position], has_heights: &mut bool) -> Result<LineString<f64>, RowProblem> {
    positions.iter().map(|position| coord(position, has_heights)).collect()
}

fn polygon(rings: &[Vec<Position>], has_heights: &mut bool) -> Result<Polygon<f64>, RowProblem> {
    let mut rings = rings.iter().map(|ring| line(ring, has_heights)).collect::<Result<Vec<_>, _>>()?;
    if rings.iter().any(|ring| ring.0.first() != ring.0.last()) {
        return Err(RowProblem::Shape(ShapeProblem::NotClosed));
    }
    let exterior = if rings.is_empty() { LineString(vec![]) } else { rings.remove(0) };
    Ok(Polygon::new(exterior, rings))
}

/// A geometry as a GeoJSON object, exteriors counter-clockwise (RFC 7946, 3.1.6).
pub(super) fn encode(geometry: &Geometry<f64>) -> String {
    let value = match geometry {
        Geometry::Polygon(polygon) => GeometryValue::from(&polygon.orient(Direction::Default)),
        Geometry::MultiPolygon(polygons) => GeometryValue::from(&polygons.orient(Direction::Default)),
        other => GeometryValue::from(other),
    };
    geojson::Geometry::new(value).to_string()
}

/// The start of a JSON text, for a message.
pub(super) fn shortened(json: &str) -> String {
    match json.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back() {
        for json in [
            r#"{"type":"Point","coordinates":[121.4,28.65]}"#,
            r#"{"type":"MultiPoint","coordinates":[[121.4,28.65]]}"#,
            r#"{"type":"LineString","coordinates":[[121.4,28.65],[121.5,28.6]]}"#,
            r#"{"type":"MultiLineString","coordinates":[[[121.4,28.65],[121.5,28.6]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0.5,0.5],[9.5,0.5],[9.5,9.5],[0.5,0.5]],[[6.5,1.5],[8.5,2.5],[8.5,1.5],[6.5,1.5]]]}"#,
            r#"{"type":"MultiPolygon","coordinates":[[[[0.5,0.5],[9.5,0.5],[9.5,9.5],[0.5,0.5]]]]}"#,
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[121.4,28.65]}]}"#,
        ] {
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&encode(&decode(json).unwrap().geometry.unwrap())), value(json));
        }
    }

    #[test]
    fn what_is_no_geometry_is_told() {
        let code =
            |json: &str| decode(json).map(|decoded| decoded.geometry.is_some()).map_err(|problem| problem.code());
        assert_eq!(code("null"), Ok(false));
        assert_eq!(code(r#"{"type":"Polygon","coordinates":[]}"#), Ok(false));
        assert_eq!(code(r#"{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9]]]}"#), Err("ring-not-closed"));
        assert_eq!(code(r#"{"type":"LineString","coordinates":[[0],[9,0]]}"#), Err("short-position"));
        for json in
            ["1", "{}", r#"{"type":"Circle"}"#, r#"{"type":"Point","coordinates":[1]}"#, r#"{"type":"Polygon"}"#]
        {
            assert_eq!(code(json), Err("not-a-feature"), "{json}");
        }
        assert!(decode(r#"{"type":"LineString","coordinates":[[1,2,3],[4,5]]}"#).unwrap().has_heights);
    }
}
