//! Geometries of FlatGeobuf.

use ::flatgeobuf::{Geometry as Table, GeometryArgs, GeometryType};
use flatbuffers::{FlatBufferBuilder, WIPOffset};
use geo::{Coord, Geometry, Point, Polygon};

use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::{ArcTolerance, Assembly, Decoded, Kind};

/// Decodes a geometry of a type; if the type is unknown, that of the table. Types have the codes of WKB.
pub(super) fn decode(table: Table<'_>, kind: GeometryType, arcs: ArcTolerance) -> Result<Decoded, RowProblem> {
    let mut assembly = Assembly::new(arcs);
    let geometry = read(table, kind, None, &mut assembly)?;
    Ok(assembly.finish(geometry))
}

/// Decodes a geometry, which may be a member of another. The verifier has limited the depth.
fn read(
    table: Table<'_>,
    kind: GeometryType,
    parent: Option<Kind>,
    assembly: &mut Assembly,
) -> Result<Option<Geometry<f64>>, RowProblem> {
    let kind = Kind::of_code(u32::from(if kind == GeometryType::Unknown { table.type_() } else { kind }.0))?;
    if let Some(parent) = parent.filter(|parent| !parent.allows_member(kind)) {
        return Err(GeometryProblem::Member { member: kind.name(), parent: parent.name() }.into());
    }
    let parts = || table.parts().into_iter().flatten();
    match kind {
        Kind::Point => match coords(table)? {
            coords if coords.len() > 1 => Err(GeometryProblem::SeveralPositions.into()),
            coords => Ok(coords.first().map(|coord| Geometry::Point(Point(*coord)))),
        },
        Kind::LineString | Kind::CircularString => assembly.line(kind, coords(table)?),
        Kind::Polygon | Kind::Triangle => Ok(assembly.polygon(lines(table)?)),
        Kind::MultiPoint => {
            let points = coords(table)?.into_iter().map(|coord| Some(Geometry::Point(Point(coord))));
            assembly.compound(kind, points.collect())
        }
        Kind::MultiLineString => {
            let lines = lines(table)?.into_iter().map(|line| assembly.line(Kind::LineString, line));
            let lines = lines.collect::<Result<_, _>>()?;
            assembly.compound(kind, lines)
        }
        Kind::MultiPolygon if table.parts().is_none() => {
            let polygon = assembly.polygon(lines(table)?);
            assembly.compound(kind, vec![polygon])
        }
        Kind::MultiPolygon => {
            let polygons = parts().map(|part| Ok(assembly.polygon(lines(part)?)));
            let polygons = polygons.collect::<Result<_, RowProblem>>()?;
            assembly.compound(kind, polygons)
        }
        _ => {
            let members = parts().map(|part| read(part, GeometryType::Unknown, Some(kind), assembly));
            let members = members.collect::<Result<_, _>>()?;
            assembly.compound(kind, members)
        }
    }
}

fn coords(table: Table<'_>) -> Result<Vec<Coord<f64>>, RowProblem> {
    let Some(numbers) = table.xy() else { return Ok(vec![]) };
    if numbers.len() % 2 == 1 {
        return Err(GeometryProblem::OneCoordinate.into());
    }
    Ok((0..numbers.len() / 2).map(|pair| Coord { x: numbers.get(2 * pair), y: numbers.get(2 * pair + 1) }).collect())
}

/// The lines or rings of a geometry. The table has their ends only if there are several.
fn lines(table: Table<'_>) -> Result<Vec<Vec<Coord<f64>>>, RowProblem> {
    let coords = coords(table)?;
    let ends = match table.ends() {
        Some(ends) if !ends.is_empty() => ends.iter().map(|end| end as usize).collect(),
        _ => vec![coords.len()],
    };
    let mut start = 0;
    let mut lines = vec![];
    for end in ends {
        let line = coords.get(start..end);
        let line = line.ok_or(GeometryProblem::PartOrder)?;
        lines.push(line.to_vec());
        start = end;
    }
    Ok(lines)
}

/// Encodes a geometry with its type.
pub(super) fn encode<'b>(builder: &mut FlatBufferBuilder<'b>, geometry: &Geometry<f64>) -> WIPOffset<Table<'b>> {
    match geometry {
        Geometry::Point(point) => table(builder, GeometryType::Point, &[&[point.0]], &[]),
        Geometry::MultiPoint(points) => {
            let coords: Vec<Coord<f64>> = points.iter().map(|point| point.0).collect();
            table(builder, GeometryType::MultiPoint, &[&coords], &[])
        }
        Geometry::Line(line) => table(builder, GeometryType::LineString, &[&[line.start, line.end]], &[]),
        Geometry::LineString(line) => table(builder, GeometryType::LineString, &[&line.0], &[]),
        Geometry::MultiLineString(lines) => {
            let lines: Vec<&[Coord<f64>]> = lines.iter().map(|line| line.0.as_slice()).collect();
            table(builder, GeometryType::MultiLineString, &lines, &[])
        }
        Geometry::Polygon(polygon) => encode_polygon(builder, polygon),
        Geometry::Rect(rect) => encode_polygon(builder, &rect.to_polygon()),
        Geometry::Triangle(triangle) => encode_polygon(builder, &triangle.to_polygon()),
        Geometry::MultiPolygon(polygons) => {
            let parts: Vec<_> = polygons.iter().map(|polygon| encode_polygon(builder, polygon)).collect();
            table(builder, GeometryType::MultiPolygon, &[], &parts)
        }
        Geometry::GeometryCollection(members) => {
            let parts: Vec<_> = members.iter().map(|member| encode(builder, member)).collect();
            table(builder, GeometryType::GeometryCollection, &[], &parts)
        }
    }
}

fn encode_polygon<'b>(builder: &mut FlatBufferBuilder<'b>, polygon: &Polygon<f64>) -> WIPOffset<Table<'b>> {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let rings: Vec<&[Coord<f64>]> = rings.map(|ring| ring.0.as_slice()).collect();
    table(builder, GeometryType::Polygon, &rings, &[])
}

fn table<'b>(
    builder: &mut FlatBufferBuilder<'b>,
    type_: GeometryType,
    lines: &[&[Coord<f64>]],
    parts: &[WIPOffset<Table<'b>>],
) -> WIPOffset<Table<'b>> {
    let ends: Vec<u32> = lines
        .iter()
        .scan(0, |end, line| {
            *end += line.len() as u32;
            Some(*end)
        })
        .collect();
    let numbers: Vec<f64> = lines.iter().flat_map(|line| line.iter()).flat_map(|coord| [coord.x, coord.y]).collect();
    let xy = (!lines.is_empty()).then(|| builder.create_vector(&numbers));
    let ends = (ends.len() > 1).then(|| builder.create_vector(&ends));
    let parts = (!parts.is_empty()).then(|| builder.create_vector(parts));
    Table::create(builder, &GeometryArgs { xy, ends, parts, type_, ..GeometryArgs::default() })
}
