//! Decoding and encoding of the geometry records of shapefiles (ESRI white paper of July 1998).

use geo::orient::{Direction, Orient};
use geo::{Coord, Geometry, LineString, MultiPoint, Point, Polygon};

use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::geometry::encoding::parts::{self, finite};

/// The size of the header of `.shp` and `.shx` files.
pub(super) const HEADER_BYTES: usize = 100;

/// The magic number and version of both.
pub(super) const MAGIC: [u8; 4] = 9994_i32.to_be_bytes();
const VERSION: i32 = 1000;

/// The shape type of a file. With heights or measures, the code is larger by 10 or 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShapeType {
    Point = 1,
    PolyLine = 3,
    Polygon = 5,
    MultiPoint = 8,
}

impl ShapeType {
    const ALL: [ShapeType; 4] = [ShapeType::Point, ShapeType::PolyLine, ShapeType::Polygon, ShapeType::MultiPoint];

    /// The type of a code, and whether it has heights or measures.
    pub(super) fn of_number(number: i32) -> Option<(ShapeType, bool)> {
        let plain = number % 10;
        let found = ShapeType::ALL.into_iter().find(|kind| *kind as i32 == plain)?;
        (0..30).contains(&number).then_some((found, number >= 10))
    }

    /// The type of a geometry.
    pub(super) fn of(geometry: &Geometry<f64>) -> Option<ShapeType> {
        Some(match geometry {
            Geometry::Point(_) => ShapeType::Point,
            Geometry::MultiPoint(_) => ShapeType::MultiPoint,
            Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => ShapeType::PolyLine,
            Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
                ShapeType::Polygon
            }
            Geometry::GeometryCollection(_) => return None,
        })
    }
}

fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..at + 4)?.try_into().ok().map(i32::from_le_bytes)
}

fn coord_at(bytes: &[u8], at: usize) -> Option<Coord<f64>> {
    let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes);
    Some(Coord { x: number(at)?, y: number(at + 8)? })
}

/// Decodes the content of a record.
pub(super) fn decode(content: &[u8], expected: Option<ShapeType>) -> Result<Decoded, RowProblem> {
    /// Surfaces in 3D, whose faces may overlap in the plane.
    const MULTI_PATCH: i32 = 31;
    if i32_at(content, 0) == Some(MULTI_PATCH) {
        return Err(RowProblem::UnsupportedGeometry { kind: "MultiPatch".to_owned() });
    }
    plane_shape(content, expected).map_err(RowProblem::BadGeometry)
}

fn plane_shape(content: &[u8], expected: Option<ShapeType>) -> Result<Decoded, GeometryProblem> {
    const SHORT: GeometryProblem = GeometryProblem::ShortRecord;
    let number = i32_at(content, 0).ok_or(SHORT)?;
    if number == 0 {
        return Ok(Decoded::default());
    }
    let found = ShapeType::of_number(number);
    let (kind, has_heights) = found.ok_or(GeometryProblem::ShapeType(number))?;
    if expected == Some(ShapeType::Point) && kind != ShapeType::Point {
        return Err(GeometryProblem::NotOfPoints(number));
    }
    let geometry = match kind {
        ShapeType::Point => point(coord_at(content, 4).ok_or(SHORT)?)?.map(|at| Point(at).into()),
        ShapeType::MultiPoint => {
            let count = i32_at(content, 36).and_then(|count| usize::try_from(count).ok()).ok_or(SHORT)?;
            let points = coords(content, 40, count).ok_or(SHORT)?;
            finite(&points)?;
            let points: MultiPoint<f64> = points.into_iter().map(Point).collect();
            (!points.0.is_empty()).then(|| points.into())
        }
        ShapeType::PolyLine | ShapeType::Polygon => {
            let parts = parts(content).ok_or(SHORT)??;
            parts.iter().try_for_each(|part| finite(&part.0))?;
            if kind == ShapeType::Polygon { parts::polygons(parts) } else { parts::lines(parts)? }
        }
    };
    Ok(Decoded { geometry, has_heights, ..Decoded::default() })
}

/// A point; `None` if both coordinates are NaN.
fn point(at: Coord<f64>) -> Result<Option<Coord<f64>>, GeometryProblem> {
    if at.x.is_nan() && at.y.is_nan() {
        return Ok(None);
    }
    finite(&[at]).map(|()| Some(at))
}

/// Decodes coordinates; `None` if the record is too short.
fn coords(content: &[u8], start: usize, count: usize) -> Option<Vec<Coord<f64>>> {
    let end = count.checked_mul(16)?.checked_add(start)?;
    content.get(start..end)?.chunks_exact(16).map(|pair| coord_at(pair, 0)).collect()
}

/// Decodes the parts of a polyline or polygon; `None` if the record is too short.
fn parts(content: &[u8]) -> Option<Result<Vec<LineString<f64>>, GeometryProblem>> {
    let part_count = usize::try_from(i32_at(content, 36)?).ok()?;
    let point_count = usize::try_from(i32_at(content, 40)?).ok()?;
    let points_start = part_count.checked_mul(4)?.checked_add(44)?;
    let starts = content.get(44..points_start)?.chunks_exact(4).map(|start| i32_at(start, 0));
    let mut starts: Vec<usize> =
        starts.map(|start| start.and_then(|start| usize::try_from(start).ok())).collect::<Option<_>>()?;
    let points = coords(content, points_start, point_count)?;
    if starts.is_empty() && point_count > 0 {
        return Some(Err(GeometryProblem::NoPart));
    }
    starts.push(point_count);
    let parts = starts.windows(2).map(|ends| {
        let part = points.get(ends[0]..ends[1]).ok_or(GeometryProblem::PartOrder)?;
        Ok(LineString(part.to_vec()))
    });
    Some(parts.filter(|part| part.as_ref().map_or(true, |part| !part.0.is_empty())).collect())
}

/// A bounding box, as in records and headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent([f64; 4]);

impl Extent {
    pub(super) const NOTHING: Extent = Extent([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);

    fn add(&mut self, at: Coord<f64>) {
        let Extent([low_x, low_y, high_x, high_y]) = self;
        (*low_x, *low_y) = (low_x.min(at.x), low_y.min(at.y));
        (*high_x, *high_y) = (high_x.max(at.x), high_y.max(at.y));
    }

    fn bytes(self) -> [u8; 32] {
        let values = if self.0[0] <= self.0[2] { self.0 } else { [0.0; 4] };
        let mut bytes = [0; 32];
        bytes
            .chunks_exact_mut(8)
            .zip(values)
            .for_each(|(position, value)| position.copy_from_slice(&value.to_le_bytes()));
        bytes
    }
}

/// The content of a null shape.
pub(super) const NULL_CONTENT: [u8; 4] = [0; 4];

/// Encodes the content of a record, and extends the extent of the file. Exteriors are clockwise, holes
/// counter-clockwise. Geometry collections become null shapes.
pub(super) fn encode(geometry: &Geometry<f64>, extent: &mut Extent) -> Vec<u8> {
    match geometry {
        Geometry::Point(point) => {
            extent.add(point.0);
            let mut content = (ShapeType::Point as i32).to_le_bytes().to_vec();
            push(&mut content, &[point.0]);
            content
        }
        Geometry::MultiPoint(points) => {
            let points: Vec<Coord<f64>> = points.0.iter().map(|point| point.0).collect();
            let mut content = with_box(ShapeType::MultiPoint, &[&points], extent);
            content.extend((points.len() as i32).to_le_bytes());
            push(&mut content, &points);
            content
        }
        Geometry::Line(line) => with_parts(ShapeType::PolyLine, &[&[line.start, line.end]], extent),
        Geometry::LineString(line) => with_parts(ShapeType::PolyLine, &[&line.0], extent),
        Geometry::MultiLineString(lines) => {
            let parts: Vec<&[Coord<f64>]> = lines.0.iter().map(|line| line.0.as_slice()).collect();
            with_parts(ShapeType::PolyLine, &parts, extent)
        }
        Geometry::Polygon(polygon) => polygons(std::slice::from_ref(polygon), extent),
        Geometry::MultiPolygon(shape) => polygons(&shape.0, extent),
        Geometry::Rect(rect) => polygons(&[rect.to_polygon()], extent),
        Geometry::Triangle(triangle) => polygons(&[triangle.to_polygon()], extent),
        Geometry::GeometryCollection(_) => NULL_CONTENT.to_vec(),
    }
}

fn polygons(polygons: &[Polygon<f64>], extent: &mut Extent) -> Vec<u8> {
    let polygons: Vec<Polygon<f64>> = polygons.iter().map(|polygon| polygon.orient(Direction::Reversed)).collect();
    let rings = polygons.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let parts: Vec<&[Coord<f64>]> = rings.map(|ring| ring.0.as_slice()).collect();
    with_parts(ShapeType::Polygon, &parts, extent)
}

fn with_box(kind: ShapeType, parts: &[&[Coord<f64>]], extent: &mut Extent) -> Vec<u8> {
    let mut own = Extent::NOTHING;
    for &at in parts.iter().copied().flatten() {
        own.add(at);
        extent.add(at);
    }
    let mut content = (kind as i32).to_le_bytes().to_vec();
    content.extend(own.bytes());
    content
}

fn with_parts(kind: ShapeType, parts: &[&[Coord<f64>]], extent: &mut Extent) -> Vec<u8> {
    let parts: Vec<&[Coord<f64>]> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return NULL_CONTENT.to_vec();
    }
    let mut content = with_box(kind, &parts, extent);
    content.extend((parts.len() as i32).to_le_bytes());
    content.extend((parts.iter().map(|part| part.len()).sum::<usize>() as i32).to_le_bytes());
    let mut start = 0_i32;
    for part in &parts {
        content.extend(start.to_le_bytes());
        start = start.wrapping_add(part.len() as i32);
    }
    parts.iter().for_each(|part| push(&mut content, part));
    content
}

fn push(content: &mut Vec<u8>, coords: &[Coord<f64>]) {
    for at in coords {
        content.extend(at.x.to_le_bytes());
        content.extend(at.y.to_le_bytes());
    }
}

/// The header of a `.shp` or `.shx` file of a size.
pub(super) fn header(kind: ShapeType, file_bytes: u64, extent: Extent) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&MAGIC);
    header[24..28].copy_from_slice(&((file_bytes / 2) as i32).to_be_bytes());
    header[28..32].copy_from_slice(&VERSION.to_le_bytes());
    header[32..36].copy_from_slice(&(kind as i32).to_le_bytes());
    header[36..68].copy_from_slice(&extent.bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::encoding::{ArcTolerance, from_wkt};
    use proptest::prelude::*;

    const SHAPES: [&str; 7] = [
        "POINT (1 2)",
        "MULTIPOINT ((1 2), (3 4))",
        "LINESTRING (1 2, 3 4)",
        "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8, 9 9))",
        "POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0))",
        "POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0), (1 1, 2 1, 2 2, 1 1))",
        "MULTIPOLYGON (((0 0, 0 9, 9 9, 9 0, 0 0), (1 1, 8 1, 8 8, 1 1)), ((5 4, 6 4, 5 3, 5 4)))",
    ];

    #[test]
    fn every_kind_comes_back() {
        for wkt in SHAPES {
            let shape = from_wkt(wkt, ArcTolerance::default()).unwrap().geometry.unwrap();
            let content = encode(&shape, &mut Extent::NOTHING.clone());
            let back = decode(&content, None).unwrap().geometry.unwrap();
            let kind = std::mem::discriminant(&shape);
            assert_eq!(std::mem::discriminant(&back), kind, "{wkt}");
            // The rings have the order that the white paper requires, so they are unchanged.
            assert_eq!(encode(&back, &mut Extent::NOTHING.clone()), content, "{wkt}");
        }
    }

    #[test]
    fn exteriors_are_clockwise() {
        let shape = from_wkt("POLYGON ((0 0, 9 0, 9 9, 0 0))", ArcTolerance::default()).unwrap().geometry.unwrap();
        let mut extent = Extent::NOTHING;
        let content = encode(&shape, &mut extent);
        assert_eq!(coord_at(&content, 48 + 16), Some(Coord { x: 9.0, y: 9.0 }));
        assert_eq!(extent.0, [0.0, 0.0, 9.0, 9.0]);
    }

    #[test]
    fn what_is_broken_is_told() {
        let short = decode(&[1, 0, 0, 0, 1], None).unwrap_err();
        assert!(short.to_string().ends_with("its record is too short"));
        assert_eq!(decode(&31_i32.to_le_bytes(), None).unwrap_err().code(), "unsupported-geometry");
        assert!(decode(&7_i32.to_le_bytes(), None).unwrap_err().to_string().contains("type 7"));
        assert!(decode(&NULL_CONTENT, None).unwrap().geometry.is_none());
        let mut nan = 1_i32.to_le_bytes().to_vec();
        push(&mut nan, &[Coord { x: f64::NAN, y: f64::NAN }]);
        assert!(decode(&nan, None).unwrap().geometry.is_none());
        nan[4..12].copy_from_slice(&1_f64.to_le_bytes());
        assert!(decode(&nan, None).unwrap_err().to_string().contains("not finite"));
        let line = encode(
            &from_wkt(SHAPES[2], ArcTolerance::default()).unwrap().geometry.unwrap(),
            &mut Extent::NOTHING.clone(),
        );
        assert!(decode(&line, Some(ShapeType::Point)).is_err());
    }

    proptest! {
        #[test]
        fn no_record_panics(shape in 0..SHAPES.len(), position in 0..200usize, byte: u8, heights in 0..3u8, end in 0..300usize) {
            let mut content = encode(&from_wkt(SHAPES[shape], ArcTolerance::default()).unwrap().geometry.unwrap(), &mut Extent::NOTHING.clone());
            content[0] += 10 * heights;
            let position = position % content.len();
            content[position] = byte;
            let _ = decode(&content, None);
            content.truncate(end);
            let _ = decode(&content, None);
        }
    }
}
