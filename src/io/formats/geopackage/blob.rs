//! GeoPackage geometries: a header, followed by WKB.

use geo::BoundingRect;

use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::{Decoded, to_wkb};
use crate::io::rows::geometries::GeometryReader;
use crate::table::Shape;

const MAGIC: &[u8] = b"GP";
/// Magic, version, flags, and the id of the CRS.
const HEADER_BYTES: usize = 8;
const LITTLE_ENDIAN: u8 = 0x01;
const EMPTY: u8 = 0x10;
const EXTENDED: u8 = 0x20;

/// Decodes a geometry.
pub(super) fn decode(bytes: &[u8], geometries: &GeometryReader) -> Result<Decoded, RowProblem> {
    let flags = match bytes {
        [b'G', b'P', _, flags, ..] => *flags,
        _ => return Err(GeometryProblem::NotGeoPackage.into()),
    };
    if flags & EXTENDED != 0 {
        return Err(GeometryProblem::Extended.into());
    }
    let envelope_bytes = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(GeometryProblem::Envelope.into()),
    };
    if flags & EMPTY != 0 {
        return Ok(Decoded::default());
    }
    let wkb = bytes.get(HEADER_BYTES + envelope_bytes..).ok_or(GeometryProblem::Truncated)?;
    geometries.binary(wkb)
}

/// Encodes a geometry, and returns its bounds: west, south, east, north. `None` if it is empty.
pub(super) fn encode(shape: Shape<'_>, srs_id: i32) -> Option<(Vec<u8>, [f64; 4])> {
    let geometry = shape.geometry();
    let bounds = geometry.bounding_rect()?;
    let [west, south, east, north] = [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y];
    let is_point = matches!(shape, Shape::Point(_));
    let mut bytes = MAGIC.to_vec();
    // Points have no envelope, which would be larger than the point.
    bytes.extend([0, if is_point { LITTLE_ENDIAN } else { LITTLE_ENDIAN | 1 << 1 }]);
    bytes.extend(srs_id.to_le_bytes());
    if !is_point {
        [west, east, south, north].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    }
    bytes.extend(to_wkb(&geometry));
    Some((bytes, [west, south, east, north]))
}

/// The bounds of a geometry that [`encode`] wrote: west, south, east, north.
pub(super) fn written_bounds(bytes: &[u8]) -> Option<[f64; 4]> {
    let number = |index: usize| Some(f64::from_le_bytes(bytes.get(index..index + 8)?.try_into().ok()?));
    if bytes.get(3)? & 0x0e == 0 {
        // The byte order and type take five bytes before the coordinates.
        let (x, y) = (number(HEADER_BYTES + 5)?, number(HEADER_BYTES + 13)?);
        return Some([x, y, x, y]);
    }
    Some([number(8)?, number(24)?, number(16)?, number(32)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, Geometry, line_string, polygon};

    fn read(bytes: &[u8]) -> Result<Decoded, RowProblem> {
        decode(bytes, &GeometryReader::default())
    }

    #[test]
    fn what_is_written_is_read() {
        let line = Geometry::from(line_string![(x: 3.0, y: 1.0), (x: -1.0, y: 2.0)]);
        let polygon = Geometry::from(polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 5.0)]);
        let cases = [
            (Shape::Point(Coord { x: 121.4, y: 28.65 }), [121.4, 28.65, 121.4, 28.65]),
            (Shape::Other(&line), [-1.0, 1.0, 3.0, 2.0]),
            (Shape::Other(&polygon), [0.0, 0.0, 4.0, 5.0]),
        ];
        for (shape, expected) in cases {
            let (bytes, bounds) = encode(shape, 4490).unwrap();
            assert_eq!((bounds, written_bounds(&bytes)), (expected, Some(expected)));
            assert_eq!(read(&bytes).unwrap().geometry, Some(shape.geometry()));
            assert!((0..bytes.len()).all(|end| read(&bytes[..end]).is_err()));
            assert_eq!(i32::from_le_bytes(bytes[4..8].try_into().unwrap()), 4490);
        }
    }

    #[test]
    fn headers_of_every_kind_are_read() {
        let (bytes, _) = encode(Shape::Point(Coord { x: 1.0, y: 2.0 }), 0).unwrap();
        let wkb = &bytes[8..];
        for (kind, length) in [(0, 0), (1, 32), (2, 48), (3, 48), (4, 64)] {
            // The byte order of the header does not apply to the WKB.
            for order in [0, 1] {
                let header = [b'G', b'P', 0, kind << 1 | order, 0, 0, 0, 0];
                let blob = [header.as_slice(), &vec![0; length], wkb].concat();
                assert!(read(&blob).unwrap().geometry.is_some());
            }
        }
        assert_eq!(read(b"GP\0\x10\0\0\0\0").unwrap().geometry, None);
        for blob in [b"GP\0\x20\0\0\0\0".as_slice(), b"GP\0\x0a\0\0\0\0", b"GX\0\0\0\0\0\0", b"GP", b""] {
            assert!(read(blob).is_err(), "{blob:?}");
        }
    }
}
