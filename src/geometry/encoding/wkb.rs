//! WKB: ISO, with dimension codes in thousands, and EWKB (PostGIS), with dimension flags.
//!
//! The crate `wkb` (0.9.3) is not used: it takes the type code modulo eight, so that it reads a compound curve as a
//! point, and panics on a multipoint whose points have an SRID of their own.

use geo::{Coord, Geometry, LineString, Point};

use super::Decoded;
use super::arcs::ArcTolerance;
use super::assembly::{Assembly, MAX_DEPTH};
use super::kind::Kind;
use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::measure::rings;

/// Reads WKB (ISO or EWKB). Arcs are linearised. Fails if the bytes are malformed, truncated or followed by others, or
/// if the geometry type has no shape in the plane.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkb, to_wkb};
///
/// let point = Geometry::Point(point! { x: 121.4, y: 28.65 });
/// assert_eq!(from_wkb(&to_wkb(&point), ArcTolerance::default()).unwrap().geometry, Some(point));
/// assert!(from_wkb(&[1, 3, 0, 0, 0, 255, 255, 255, 255], ArcTolerance::default()).is_err());
/// ```
pub fn from_wkb(bytes: &[u8], arcs: ArcTolerance) -> Result<Decoded, RowProblem> {
    let mut assembly = Assembly::new(arcs);
    let mut bytes = Bytes { rest: bytes, is_little: true };
    let geometry = geometry(&mut bytes, None, MAX_DEPTH, &mut assembly)?;
    if !bytes.rest.is_empty() {
        return Err(GeometryProblem::BytesAfterEnd(bytes.rest.len()).into());
    }
    Ok(assembly.finish(geometry))
}

/// The length of a header with an SRID.
pub(super) const HEADER_BYTES: usize = 9;

/// The SRID in the header of a geometry.
pub(crate) fn srid_of_wkb(bytes: &[u8]) -> Option<u32> {
    let mut assembly = Assembly::new(ArcTolerance::default());
    // The SRID is read even if the type is unsupported.
    let _ = Bytes { rest: bytes, is_little: true }.header(&mut assembly);
    assembly.finish(None).srid
}

/// The header of a geometry.
struct Header {
    kind: Kind,
    /// The number of coordinates per position.
    dimensions: usize,
}

/// Reads a geometry, which is a member of a `parent` or at the top level; `depth_left` is the remaining nesting of
/// collections.
fn geometry(
    bytes: &mut Bytes<'_>,
    parent: Option<Kind>,
    depth_left: usize,
    assembly: &mut Assembly,
) -> Result<Option<Geometry<f64>>, RowProblem> {
    let Header { kind, dimensions } = bytes.header(assembly)?;
    if let Some(parent) = parent.filter(|parent| !parent.allows_member(kind)) {
        return Err(GeometryProblem::Member { member: kind.name(), parent: parent.name() }.into());
    }
    let read = match kind {
        Kind::Point => {
            let coord = bytes.coord(dimensions)?;
            // NaN coordinates are an empty point.
            let is_empty = coord.x.is_nan() && coord.y.is_nan();
            (!is_empty).then_some(Geometry::Point(Point(coord)))
        }
        Kind::LineString | Kind::CircularString => {
            let coords = bytes.coords(dimensions)?;
            assembly.line(kind, coords)?
        }
        Kind::Polygon | Kind::Triangle => {
            let rings = bytes.count()?;
            let rings = (0..rings).map(|_| bytes.coords(dimensions)).collect::<Result<_, _>>()?;
            assembly.polygon(rings)
        }
        _ => {
            let depth_left = depth_left.checked_sub(1).ok_or(GeometryProblem::NestedTooDeep)?;
            let mut members = vec![];
            for _ in 0..bytes.count()? {
                members.push(geometry(bytes, Some(kind), depth_left, assembly)?);
            }
            assembly.compound(kind, members)?
        }
    };
    if dimensions > 2 && read.is_some() {
        assembly.record_heights();
    }
    Ok(read)
}

/// The remaining bytes.
struct Bytes<'b> {
    rest: &'b [u8],
    is_little: bool,
}

impl Bytes<'_> {
    fn take_bytes<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], RowProblem> {
        let (first, rest) = self.rest.split_first_chunk().ok_or(GeometryProblem::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn count(&mut self) -> Result<u32, RowProblem> {
        let bytes = self.take_bytes()?;
        Ok(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn number(&mut self) -> Result<f64, RowProblem> {
        let bytes = self.take_bytes()?;
        Ok(if self.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn header(&mut self, assembly: &mut Assembly) -> Result<Header, RowProblem> {
        const HAS_Z: u32 = 0x8000_0000;
        const HAS_M: u32 = 0x4000_0000;
        const HAS_SRID: u32 = 0x2000_0000;
        self.is_little = match self.take_bytes()? {
            [0] => false,
            [1] => true,
            _ => return Err(GeometryProblem::ByteOrder.into()),
        };
        let code = self.count()?;
        if code & HAS_SRID != 0 {
            let srid = self.count()?;
            assembly.see_srid(srid)?;
        }
        let plain = code & !(HAS_Z | HAS_M | HAS_SRID);
        let (has_z, has_m) = match plain / 1000 {
            0 => (false, false),
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return Err(Kind::of_code(plain).err().unwrap_or_else(|| GeometryProblem::Type.into())),
        };
        let dimensions = 2 + usize::from(has_z || code & HAS_Z != 0) + usize::from(has_m || code & HAS_M != 0);
        Ok(Header { kind: Kind::of_code(plain % 1000)?, dimensions })
    }

    fn coord(&mut self, dimensions: usize) -> Result<Coord<f64>, RowProblem> {
        let coord = Coord { x: self.number()?, y: self.number()? };
        for _ in 2..dimensions {
            self.number()?;
        }
        Ok(coord)
    }

    /// A count followed by that many positions.
    fn coords(&mut self, dimensions: usize) -> Result<Vec<Coord<f64>>, RowProblem> {
        let count = self.count()? as usize;
        let size = count.checked_mul(8 * dimensions);
        // Allocates for the data that is present, not for the declared count.
        let Some((numbers, rest)) = size.and_then(|size| self.rest.split_at_checked(size)) else {
            return Err(GeometryProblem::Truncated.into());
        };
        self.rest = rest;
        let number = if self.is_little { f64::from_le_bytes } else { f64::from_be_bytes };
        let positions = numbers.as_chunks().0.chunks_exact(dimensions);
        let coord = |position: &[[u8; 8]]| match position {
            &[x, y, ..] => Some(Coord { x: number(x), y: number(y) }),
            _ => None,
        };
        Ok(positions.filter_map(coord).collect())
    }
}

/// Encodes a geometry as little-endian ISO WKB.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::to_wkb;
///
/// assert_eq!(to_wkb(&Geometry::Point(point! { x: 1.0, y: 2.0 })).len(), 21);
/// ```
pub fn to_wkb(geometry: &Geometry<f64>) -> Vec<u8> {
    let mut bytes = vec![];
    push(&mut bytes, geometry);
    bytes
}

fn push(bytes: &mut Vec<u8>, geometry: &Geometry<f64>) {
    match geometry {
        Geometry::Point(point) => {
            push_kind(bytes, 1);
            push_coord(bytes, point.0);
        }
        Geometry::Line(line) => push(bytes, &Geometry::LineString(line.into())),
        Geometry::LineString(line) => {
            push_kind(bytes, 2);
            push_list(bytes, &line.0, |bytes, coord| push_coord(bytes, *coord));
        }
        Geometry::Polygon(polygon) => {
            push_kind(bytes, 3);
            let is_empty = polygon.exterior().0.is_empty() && polygon.interiors().is_empty();
            let rings: Vec<&LineString<f64>> = rings(polygon).filter(|_| !is_empty).collect();
            push_list(bytes, &rings, |bytes, ring| push_list(bytes, &ring.0, |bytes, coord| push_coord(bytes, *coord)));
        }
        Geometry::MultiPoint(points) => {
            push_kind(bytes, 4);
            push_list(bytes, &points.0, |bytes, point| push(bytes, &Geometry::Point(*point)));
        }
        Geometry::MultiLineString(lines) => {
            push_kind(bytes, 5);
            push_list(bytes, &lines.0, |bytes, line| push(bytes, &Geometry::LineString(line.clone())));
        }
        Geometry::MultiPolygon(polygons) => {
            push_kind(bytes, 6);
            push_list(bytes, &polygons.0, |bytes, polygon| push(bytes, &Geometry::Polygon(polygon.clone())));
        }
        Geometry::GeometryCollection(members) => {
            push_kind(bytes, 7);
            push_list(bytes, &members.0, push);
        }
        Geometry::Rect(rect) => push(bytes, &Geometry::Polygon(rect.to_polygon())),
        Geometry::Triangle(triangle) => push(bytes, &Geometry::Polygon(triangle.to_polygon())),
    }
}

fn push_kind(bytes: &mut Vec<u8>, code: u8) {
    bytes.extend([1, code, 0, 0, 0]);
}

fn push_coord(bytes: &mut Vec<u8>, coord: Coord<f64>) {
    bytes.extend(coord.x.to_le_bytes());
    bytes.extend(coord.y.to_le_bytes());
}

fn push_list<T>(bytes: &mut Vec<u8>, items: &[T], push: impl Fn(&mut Vec<u8>, &T)) {
    // More than 2³² items do not fit into memory.
    bytes.extend((items.len() as u32).to_le_bytes());
    items.iter().for_each(|item| push(bytes, item));
}
