//! Geometries of GeoJSON.
//!
//! The types of the crate `geojson` (1.0) are used to write. Its reader rejects a geometry if one member is null or
//! empty; here such members are left out.

use std::borrow::Cow;
use std::fmt;

use geo::orient::{Direction, Orient};
use geo::{Coord, Geometry, Point};
use geojson::GeometryValue;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{FeatureProblem, RowProblem, ShapeProblem};
use crate::geometry::encoding::{ArcTolerance, Assembly, Decoded, Kind, MAX_DEPTH};

/// Decodes a geometry object or `null`. Members that are null or empty are left out.
pub(super) fn decode(json: &str) -> Result<Decoded, RowProblem> {
    let mut assembly = Assembly::new(ArcTolerance::default());
    let geometry = geometry(json, MAX_DEPTH, &mut assembly)?;
    Ok(assembly.finish(geometry))
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

/// Decodes a geometry; `depth_left` is the remaining depth of collections.
fn geometry(json: &str, depth_left: usize, assembly: &mut Assembly) -> Result<Option<Geometry<f64>>, RowProblem> {
    let no_geometry = || RowProblem::NotAFeature(FeatureProblem::Geometry);
    let raw: Option<Raw<'_>> = serde_json::from_str(json).map_err(|_| no_geometry())?;
    let Some(raw) = raw else { return Ok(None) };
    let coordinates = raw.coordinates.map_or("null", RawValue::get);
    match raw.r#type.as_deref().unwrap_or_default() {
        "Point" => match serde_json::from_str(coordinates) {
            Ok(Position { dimension: 1, .. }) | Err(_) => {
                Err(RowProblem::NotAFeature(FeatureProblem::Coordinates(shortened(coordinates))))
            }
            Ok(position) => point(Some(position), assembly),
        },
        "MultiPoint" => {
            let points = read::<Vec<Option<Position>>>(coordinates)?.into_iter().map(|member| point(member, assembly));
            let points = points.collect::<Result<_, _>>()?;
            assembly.compound(Kind::MultiPoint, points)
        }
        "LineString" => line(Some(read(coordinates)?), assembly),
        "MultiLineString" => {
            let lines = read::<Vec<Option<Positions>>>(coordinates)?.into_iter().map(|member| line(member, assembly));
            let lines = lines.collect::<Result<_, _>>()?;
            assembly.compound(Kind::MultiLineString, lines)
        }
        "Polygon" => polygon(Some(read(coordinates)?), assembly),
        "MultiPolygon" => {
            let parts = read::<Vec<Option<Rings>>>(coordinates)?.into_iter().map(|member| polygon(member, assembly));
            let parts = parts.collect::<Result<_, _>>()?;
            assembly.compound(Kind::MultiPolygon, parts)
        }
        "GeometryCollection" => {
            let depth_left = depth_left.checked_sub(1).ok_or_else(no_geometry)?;
            let members = raw.geometries.ok_or_else(no_geometry)?.into_iter();
            let members =
                members.map(|member| geometry(member.get(), depth_left, assembly)).collect::<Result<_, _>>()?;
            assembly.compound(Kind::GeometryCollection, members)
        }
        _ => Err(no_geometry()),
    }
}

fn read<'a, T: Deserialize<'a>>(coordinates: &'a str) -> Result<T, RowProblem> {
    serde_json::from_str(coordinates).map_err(|_| RowProblem::NotAFeature(FeatureProblem::Geometry))
}

/// An array of positions, decoded without a vector for each.
struct Positions {
    coords: Vec<Coord<f64>>,
    /// The minimum and maximum dimension of positions.
    min_dimension: usize,
    max_dimension: usize,
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
                let mut positions = Positions { coords: vec![], min_dimension: usize::MAX, max_dimension: 0 };
                while let Some(Position { coord, dimension }) = array.next_element()? {
                    positions.coords.push(coord);
                    positions.min_dimension = positions.min_dimension.min(dimension);
                    positions.max_dimension = positions.max_dimension.max(dimension);
                }
                Ok(positions)
            }
        }
        deserializer.deserialize_seq(PositionsVisitor)
    }
}

struct Position {
    coord: Coord<f64>,
    dimension: usize,
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
                let (mut xy, mut dimension) = ([0.0; 2], 0);
                // Heights are ignored, and may be null, since NaN is read as null.
                for coordinate in &mut xy {
                    let Some(number) = array.next_element()? else { break };
                    *coordinate = number;
                    dimension += 1;
                }
                while dimension >= xy.len() && array.next_element::<Option<f64>>()?.is_some() {
                    dimension += 1;
                }
                Ok(Position { coord: Coord { x: xy[0], y: xy[1] }, dimension })
            }
        }
        deserializer.deserialize_seq(PositionVisitor)
    }
}

/// The rings of a polygon.
type Rings = Vec<Option<Positions>>;

/// A point; `None` if it has no coordinates.
fn point(position: Option<Position>, assembly: &mut Assembly) -> Result<Option<Geometry<f64>>, RowProblem> {
    match position {
        None | Some(Position { dimension: 0, .. }) => Ok(None),
        Some(Position { dimension: 1, .. }) => Err(RowProblem::Shape(ShapeProblem::ShortPosition)),
        Some(Position { coord, dimension }) => {
            if dimension > 2 {
                assembly.record_heights();
            }
            Ok(Some(Point(coord).into()))
        }
    }
}

fn line(positions: Option<Positions>, assembly: &mut Assembly) -> Result<Option<Geometry<f64>>, RowProblem> {
    let coords = coords(positions, assembly)?;
    assembly.line(Kind::LineString, coords)
}

fn polygon(rings: Option<Rings>, assembly: &mut Assembly) -> Result<Option<Geometry<f64>>, RowProblem> {
    let rings = rings.unwrap_or_default().into_iter().map(|ring| coords(ring, assembly)).collect::<Result<_, _>>()?;
    Ok(assembly.polygon(rings))
}

fn coords(positions: Option<Positions>, assembly: &mut Assembly) -> Result<Vec<Coord<f64>>, RowProblem> {
    let Some(Positions { coords, min_dimension, max_dimension }) = positions else { return Ok(vec![]) };
    if min_dimension < 2 {
        return Err(RowProblem::Shape(ShapeProblem::ShortPosition));
    }
    if max_dimension > 2 {
        assembly.record_heights();
    }
    Ok(coords)
}

/// Encodes a geometry, exteriors counter-clockwise (RFC 7946, 3.1.6).
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
    use crate::geometry::encoding::to_wkt;

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

    /// As GEOS and PostGIS write them.
    #[test]
    fn a_member_that_is_empty_or_null_takes_no_other_away() {
        let ring = "[[0,0],[9,0],[9,9],[0,0]]";
        for (kind, members, expected) in [
            ("MultiPoint", "[[],[1,2]]".to_owned(), "MULTIPOINT((1 2))"),
            ("MultiPoint", "[null,[1,2,3]]".to_owned(), "MULTIPOINT((1 2))"),
            ("MultiLineString", "[null,[],[[0,0],[1,1]]]".to_owned(), "MULTILINESTRING((0 0,1 1))"),
            ("Polygon", format!("[{ring},[],null]"), "POLYGON((0 0,9 0,9 9,0 0))"),
            ("MultiPolygon", format!("[null,[],[{ring},[]]]"), "MULTIPOLYGON(((0 0,9 0,9 9,0 0)))"),
        ] {
            let read = decode(&format!(r#"{{"type":"{kind}","coordinates":{members}}}"#)).unwrap();
            assert_eq!((to_wkt(&read.geometry.unwrap()).as_str(), read.has_empty_members), (expected, true));
        }
        let collection = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]},null,{"type":"Point","coordinates":[1,2]}]}"#;
        let read = decode(collection).unwrap();
        assert_eq!(to_wkt(&read.geometry.unwrap()), "GEOMETRYCOLLECTION(POINT(1 2))");
        // A hole without an exterior is left out.
        let hole = decode(&format!(r#"{{"type":"Polygon","coordinates":[[],{ring}]}}"#)).unwrap();
        assert!(matches!(hole.geometry, Some(Geometry::Polygon(polygon)) if polygon.exterior().0.is_empty()));
    }

    #[test]
    fn what_is_no_geometry_is_told() {
        let code =
            |json: &str| decode(json).map(|decoded| decoded.geometry.is_some()).map_err(|problem| problem.code());
        assert_eq!(code("null"), Ok(false));
        assert_eq!(code(r#"{"type":"Polygon","coordinates":[]}"#), Ok(false));
        assert_eq!(code(r#"{"type":"Point","coordinates":[]}"#), Ok(false));
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
