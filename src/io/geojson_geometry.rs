//! Geometries of GeoJSON, read and written.

use std::borrow::Cow;
use std::fmt;

use geo::orient::{Direction, Orient};
use geo::{
    Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};
use geojson::GeometryValue;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{FeatureFlaw, RowProblem, ShapeProblem};
use crate::geometry::encoding::Decoded;
use crate::geometry::measure::rings;

/// Reads a geometry object, or `null`.
pub(super) fn decode(json: &str) -> Result<Decoded, RowProblem> {
    decode_at(json, 0)
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    r#type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow)]
    geometries: Option<Vec<&'a RawValue>>,
}

/// Reads a geometry that lies in so many collections.
fn decode_at(json: &str, depth: usize) -> Result<Decoded, RowProblem> {
    /// Collections in collections are read by recursion.
    const DEEPEST: usize = 16;
    let no_geometry = || RowProblem::NotAFeature(FeatureFlaw::Geometry);
    let raw: Option<Raw<'_>> = serde_json::from_str(json).map_err(|_| no_geometry())?;
    let Some(raw) = raw else { return Ok(Decoded::default()) };
    let coordinates = raw.coordinates.map_or("null", RawValue::get);
    let (mut has_heights, mut was_open, mut has_empty_members) = (false, false, false);
    let geometry: Geometry<f64> = match raw.r#type.as_deref().unwrap_or_default() {
        "Point" => match serde_json::from_str::<Positions>(&format!("[{coordinates}]")) {
            Ok(Positions { coords, shortest: 2.., longest }) => {
                has_heights = longest > 2;
                Point(coords[0]).into()
            }
            _ => return Err(RowProblem::NotAFeature(FeatureFlaw::Coordinates(shortened(coordinates)))),
        },
        "MultiPoint" => {
            MultiPoint(line(read(coordinates)?, &mut has_heights)?.0.into_iter().map(Point).collect()).into()
        }
        "LineString" => line(read(coordinates)?, &mut has_heights)?.into(),
        "MultiLineString" => {
            let lines =
                read::<Vec<Positions>>(coordinates)?.into_iter().map(|positions| line(positions, &mut has_heights));
            let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
            has_empty_members |= leave_out(&mut lines, |line| line.0.is_empty());
            MultiLineString(lines).into()
        }
        "Polygon" => polygon(read(coordinates)?, &mut has_heights, &mut was_open)?.into(),
        "MultiPolygon" => {
            let parts = read::<Vec<Vec<Positions>>>(coordinates)?
                .into_iter()
                .map(|rings| polygon(rings, &mut has_heights, &mut was_open));
            let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
            has_empty_members |= leave_out(&mut parts, |part| rings(part).all(|ring| ring.0.is_empty()));
            MultiPolygon(parts).into()
        }
        "GeometryCollection" if depth < DEEPEST => {
            let mut parts = vec![];
            for part in raw.geometries.ok_or_else(no_geometry)? {
                let decoded = decode_at(part.get(), depth + 1)?;
                has_heights |= decoded.has_heights;
                was_open |= decoded.was_open;
                has_empty_members |= decoded.has_empty_members || decoded.geometry.is_none();
                parts.extend(decoded.geometry);
            }
            Geometry::GeometryCollection(GeometryCollection(parts))
        }
        _ => return Err(no_geometry()),
    };
    let is_filled = geometry.coords_iter().next().is_some();
    // Where nothing is left, the geometry is null.
    let has_empty_members = has_empty_members && is_filled;
    Ok(Decoded {
        geometry: is_filled.then_some(geometry),
        has_heights,
        was_open,
        has_empty_members,
        ..Decoded::default()
    })
}

/// Leaves out what is empty, and tells whether anything was.
fn leave_out<T>(members: &mut Vec<T>, is_empty: impl Fn(&T) -> bool) -> bool {
    let count = members.len();
    members.retain(|member| !is_empty(member));
    members.len() < count
}

fn read<'a, T: Deserialize<'a>>(coordinates: &'a str) -> Result<T, RowProblem> {
    serde_json::from_str(coordinates).map_err(|_| RowProblem::NotAFeature(FeatureFlaw::Geometry))
}

/// An array of positions, read without a vector for each.
struct Positions {
    coords: Vec<Coord<f64>>,
    /// How many numbers the shortest and the longest of them have.
    shortest: usize,
    longest: usize,
}

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Positions, D::Error> {
        struct PositionsVisitor;
        impl<'de> Visitor<'de> for PositionsVisitor {
            type Value = Positions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of positions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Positions, A::Error> {
                let mut positions = Positions { coords: vec![], shortest: usize::MAX, longest: 0 };
                while let Some(Position { coord, count }) = array.next_element()? {
                    positions.coords.push(coord);
                    positions.shortest = positions.shortest.min(count);
                    positions.longest = positions.longest.max(count);
                }
                Ok(positions)
            }
        }
        deserializer.deserialize_seq(PositionsVisitor)
    }
}

struct Position {
    coord: Coord<f64>,
    count: usize,
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        struct PositionVisitor;
        impl<'de> Visitor<'de> for PositionVisitor {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Position, A::Error> {
                let (mut xy, mut count) = ([0.0; 2], 0);
                // Heights are left out in any case: they may well be null, as NaN is read.
                for place in &mut xy {
                    let Some(number) = array.next_element()? else { break };
                    *place = number;
                    count += 1;
                }
                while count >= xy.len() && array.next_element::<Option<f64>>()?.is_some() {
                    count += 1;
                }
                Ok(Position { coord: Coord { x: xy[0], y: xy[1] }, count })
            }
        }
        deserializer.deserialize_seq(PositionVisitor)
    }
}

fn line(positions: Positions, has_heights: &mut bool) -> Result<LineString<f64>, RowProblem> {
    if positions.shortest < 2 {
        return Err(RowProblem::Shape(ShapeProblem::ShortPosition));
    }
    *has_heights |= positions.longest > 2;
    Ok(LineString(positions.coords))
}

fn polygon(rings: Vec<Positions>, has_heights: &mut bool, was_open: &mut bool) -> Result<Polygon<f64>, RowProblem> {
    let mut rings = rings.into_iter().map(|ring| line(ring, has_heights)).collect::<Result<Vec<_>, _>>()?;
    *was_open |= rings.iter().any(|ring| ring.0.first() != ring.0.last());
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
        assert!(decode(r#"{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9]]]}"#).unwrap().was_open);
        assert_eq!(code(r#"{"type":"LineString","coordinates":[[0],[9,0]]}"#), Err("short-position"));
        for json in
            ["1", "{}", r#"{"type":"Circle"}"#, r#"{"type":"Point","coordinates":[1]}"#, r#"{"type":"Polygon"}"#]
        {
            assert_eq!(code(json), Err("not-a-feature"), "{json}");
        }
        assert!(decode(r#"{"type":"LineString","coordinates":[[1,2,3],[4,5]]}"#).unwrap().has_heights);
        let heights = r#"{"type":"LineString","coordinates":[[1,2,null],[4,5,6]]}"#;
        assert!(decode(heights).is_ok_and(|decoded| decoded.has_heights));
        assert_eq!(code(r#"{"type":"Point","coordinates":[1,null]}"#), Err("not-a-feature"));
        let deep = r#"{"type":"GeometryCollection","geometries":["#.repeat(100_000) + &"]}".repeat(100_000);
        assert_eq!(code(&deep), Err("not-a-feature"));
    }
}
