//! Geometries as FlatBuffers.

use ::flatgeobuf::{Geometry as Table, GeometryArgs, GeometryType};
use flatbuffers::{FlatBufferBuilder, WIPOffset};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// Reads a geometry of a kind; without a kind, the table says which. None where it is empty.
pub(super) fn decode(table: Table<'_>, kind: GeometryType) -> Result<Option<Geometry<f64>>, String> {
    let kind = if kind == GeometryType::Unknown { table.type_() } else { kind };
    let coords = || coords(table);
    let geometry: Geometry<f64> = match kind {
        GeometryType::Point => match coords()?[..] {
            [] => return Ok(None),
            [coord] => Point(coord).into(),
            _ => return Err("a point with several positions".to_owned()),
        },
        GeometryType::MultiPoint => MultiPoint(coords()?.into_iter().map(Point).collect()).into(),
        GeometryType::LineString => LineString(coords()?).into(),
        GeometryType::MultiLineString => MultiLineString(lines(table)?).into(),
        GeometryType::Polygon => polygon(table)?.into(),
        GeometryType::MultiPolygon => match table.parts() {
            Some(parts) => MultiPolygon(parts.iter().map(polygon).collect::<Result<_, _>>()?).into(),
            None => MultiPolygon(vec![polygon(table)?]).into(),
        },
        GeometryType::GeometryCollection => {
            let parts = table.parts().into_iter().flatten();
            let parts = parts.map(|part| decode(part, GeometryType::Unknown));
            let parts = parts.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
            Geometry::GeometryCollection(GeometryCollection::new_from(parts))
        }
        other => return Err(format!("a geometry of the kind {}", other.variant_name().unwrap_or("without a name"))),
    };
    use geo::CoordsIter;
    let is_filled = geometry.coords_iter().next().is_some();
    Ok(is_filled.then_some(geometry))
}

fn coords(table: Table<'_>) -> Result<Vec<Coord<f64>>, String> {
    let Some(numbers) = table.xy() else { return Ok(vec![]) };
    if numbers.len() % 2 == 1 {
        return Err("a position with one coordinate".to_owned());
    }
    Ok((0..numbers.len() / 2).map(|pair| Coord { x: numbers.get(2 * pair), y: numbers.get(2 * pair + 1) }).collect())
}

/// The lines or rings of a geometry: where each ends, is told where there are several.
fn lines(table: Table<'_>) -> Result<Vec<LineString<f64>>, String> {
    let coords = coords(table)?;
    let ends = match table.ends() {
        Some(ends) if !ends.is_empty() => ends.iter().map(|end| end as usize).collect(),
        _ => vec![coords.len()],
    };
    let mut start = 0;
    let mut lines = vec![];
    for end in ends {
        let line = coords.get(start..end).ok_or("lines that end before they begin, or beyond the last position")?;
        lines.push(LineString(line.to_vec()));
        start = end;
    }
    Ok(lines)
}

fn polygon(table: Table<'_>) -> Result<Polygon<f64>, String> {
    let mut rings = lines(table)?.into_iter();
    let exterior = rings.next().unwrap_or_else(LineString::empty);
    Ok(Polygon::new(exterior, rings.collect()))
}

/// Writes a geometry, with its kind.
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
