//! Geometries as bytes and as text: well-known binary and well-known text (OGC Simple Features,
//! 06-103r4, 7 and 8).

use geo::{Coord, Geometry, Polygon};
use geo_traits::to_geo::ToGeoGeometry;
use geo_traits::{
    CoordTrait, Dimensions, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiPointTrait,
    MultiPolygonTrait, PolygonTrait,
};
use wkt::Wkt;

use crate::geometry::measure::rings;

/// A geometry that was read.
///
/// ```
/// use taizhou_corridor::geometry::encoding::from_wkt;
///
/// let read = from_wkt("POINT Z (121.4 28.65 7.5)").unwrap();
/// assert!(read.geometry.is_some() && read.has_heights);
/// assert!(from_wkt("POINT EMPTY").unwrap().geometry.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// The geometry; none where it is empty.
    pub geometry: Option<Geometry<f64>>,
    /// Whether it came with heights (Z) or measures (M), which are not kept.
    pub has_heights: bool,
    /// Whether a ring of a polygon did not end where it began; here it does.
    pub was_open: bool,
}

/// Reads well-known text. Fails with what is wrong where it is none.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::from_wkt;
///
/// assert_eq!(from_wkt("Point (121.4 28.65)").unwrap().geometry, Some(Geometry::Point(point! { x: 121.4, y: 28.65 })));
/// assert!(from_wkt("POLYGON ((121.4 28.65").is_err());
/// ```
pub fn from_wkt(text: &str) -> Result<Decoded, String> {
    /// Collections in collections are read by recursion.
    const DEEPEST: usize = 16;
    if text.to_ascii_uppercase().matches("COLLECTION").count() > DEEPEST {
        return Err("too many collections".to_owned());
    }
    // As PostGIS writes it.
    let plain = match text.trim().split_once(';') {
        Some((srid, rest)) if srid.to_ascii_uppercase().starts_with("SRID=") => rest,
        _ => text,
    };
    let wkt: Wkt<f64> = plain.parse().map_err(|error: &str| error.to_owned())?;
    Ok(decoded(&wkt))
}

/// A geometry as well-known text, every digit of its coordinates.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::to_wkt;
///
/// assert_eq!(to_wkt(&Geometry::Point(point! { x: 121.4, y: 28.65 })), "POINT(121.4 28.65)");
/// ```
pub fn to_wkt(geometry: &Geometry<f64>) -> String {
    let mut text = String::new();
    push_geometry(&mut text, geometry);
    text
}

/// By ourselves: the crate that reads it panics on a part without a coordinate, and prints numbers slowly.
fn push_geometry(text: &mut String, geometry: &Geometry<f64>) {
    let mut named = |name: &str| text.push_str(name);
    match geometry {
        Geometry::Point(point) => {
            named("POINT");
            push_coords(text, [&point.0]);
        }
        Geometry::Line(line) => push_geometry(text, &Geometry::LineString(line.into())),
        Geometry::LineString(line) => {
            named("LINESTRING");
            push_coords(text, &line.0);
        }
        Geometry::Polygon(polygon) => {
            named("POLYGON");
            push_polygon(text, polygon);
        }
        Geometry::MultiPoint(points) => {
            named("MULTIPOINT");
            push_list(text, points, |text, point| push_coords(text, [&point.0]));
        }
        Geometry::MultiLineString(lines) => {
            named("MULTILINESTRING");
            push_list(text, lines, |text, line| push_coords(text, &line.0));
        }
        Geometry::MultiPolygon(polygons) => {
            named("MULTIPOLYGON");
            push_list(text, polygons, push_polygon);
        }
        Geometry::GeometryCollection(parts) => {
            named("GEOMETRYCOLLECTION");
            push_list(text, parts, push_geometry);
        }
        Geometry::Rect(rect) => push_geometry(text, &Geometry::Polygon(rect.to_polygon())),
        Geometry::Triangle(triangle) => push_geometry(text, &Geometry::Polygon(triangle.to_polygon())),
    }
}

fn push_polygon(text: &mut String, polygon: &Polygon<f64>) {
    let is_empty = polygon.exterior().0.is_empty();
    push_list(text, rings(polygon).filter(|_| !is_empty), |text, ring| push_coords(text, &ring.0));
}

fn push_coords<'c>(text: &mut String, coords: impl IntoIterator<Item = &'c Coord<f64>>) {
    push_list(text, coords, |text, corner| {
        push_number(text, corner.x);
        text.push(' ');
        push_number(text, corner.y);
    });
}

fn push_list<T>(text: &mut String, items: impl IntoIterator<Item = T>, push: impl Fn(&mut String, T)) {
    let start = text.len();
    for item in items {
        text.push(if text.len() == start { '(' } else { ',' });
        push(text, item);
    }
    text.push_str(match text.as_bytes().last() {
        _ if text.len() > start => ")",
        Some(b'(' | b',') => "EMPTY",
        _ => " EMPTY",
    });
}

/// A number in the fewest digits that read as the same double, without an exponent.
pub(crate) fn number_text(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

/// Appends a number, as [`number_text`] has it.
pub(crate) fn push_number(text: &mut String, value: f64) {
    let size = value.abs();
    if (1e-4..1e15).contains(&size) {
        // Without an exponent there.
        let mut digits = zmij::Buffer::new();
        let digits = digits.format_finite(value);
        text.push_str(digits.strip_suffix(".0").unwrap_or(digits));
    } else {
        text.push_str(&value.to_string());
    }
}

/// Reads well-known binary: that of ISO, and PostGIS's with its flags. Fails with what is wrong where it
/// is none, or is cut off.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::{from_wkb, to_wkb};
///
/// let point = Geometry::Point(point! { x: 121.4, y: 28.65 });
/// assert_eq!(from_wkb(&to_wkb(&point)).unwrap().geometry, Some(point));
/// assert!(from_wkb(&[1, 3, 0, 0, 0, 255, 255, 255, 255]).is_err());
/// ```
pub fn from_wkb(bytes: &[u8]) -> Result<Decoded, String> {
    let wkb = wkb::reader::read_wkb(bytes).map_err(|error| error.to_string())?;
    if !has_sound_points(&wkb) {
        return Err("a point among others declares a system of its own".to_owned());
    }
    Ok(decoded(&wkb))
}

/// Whether no point of a collection of points declares a system: its coordinates would begin later, and the library
/// looks at that only where it can do nothing but panic.
fn has_sound_points(wkb: &wkb::reader::Wkb<'_>) -> bool {
    match wkb.as_type() {
        GeometryType::GeometryCollection(collection) => collection.geometries().all(has_sound_points),
        GeometryType::MultiPoint(points) => {
            // The points stand at the end, each with its order of bytes, its kind, and its coordinates.
            let point_bytes = 5 + 8 * wkb.dim().size();
            let bytes = wkb.buf();
            let (start, is_little) = (bytes.len().saturating_sub(points.num_points() * point_bytes), bytes[0] == 1);
            let flags = if is_little { 4 } else { 1 };
            bytes[start..].chunks_exact(point_bytes).all(|point| point[flags] & 0x20 == 0)
        }
        _ => true,
    }
}

/// A geometry as well-known binary, little-endian.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::to_wkb;
///
/// assert_eq!(to_wkb(&Geometry::Point(point! { x: 1.0, y: 2.0 })).len(), 21);
/// ```
pub fn to_wkb(geometry: &Geometry<f64>) -> Vec<u8> {
    let mut bytes = vec![];
    let written = wkb::writer::write_geometry(&mut bytes, geometry, &wkb::writer::WriteOptions::default());
    // A vector takes all bytes, and two dimensions are always known.
    debug_assert!(written.is_ok());
    bytes
}

fn decoded(geometry: &impl GeometryTrait<T = f64>) -> Decoded {
    let has_heights = geometry.dim() != Dimensions::Xy;
    Decoded { geometry: geometry.try_to_geometry().filter(is_filled), has_heights, was_open: has_open_ring(geometry) }
}

fn has_open_ring(geometry: &impl GeometryTrait<T = f64>) -> bool {
    match geometry.as_type() {
        GeometryType::Polygon(polygon) => is_open(polygon),
        GeometryType::MultiPolygon(polygons) => polygons.polygons().any(|polygon| is_open(&polygon)),
        GeometryType::GeometryCollection(parts) => parts.geometries().any(|part| has_open_ring(&part)),
        _ => false,
    }
}

fn is_open(polygon: &impl PolygonTrait<T = f64>) -> bool {
    fn is_open_ring(ring: &impl LineStringTrait<T = f64>) -> bool {
        let corner = |number: usize| ring.coord(number).map(|corner| corner.x_y());
        corner(0) != corner(ring.num_coords().saturating_sub(1))
    }
    polygon.exterior().is_some_and(|ring| is_open_ring(&ring)) || polygon.interiors().any(|ring| is_open_ring(&ring))
}

/// Whether there is any coordinate.
fn is_filled(geometry: &Geometry<f64>) -> bool {
    use geo::CoordsIter;
    geometry.coords_iter().next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{GeometryCollection, line_string, point, polygon};

    #[test]
    fn every_kind_comes_back() {
        let polygon = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)],
            interiors: [[(x: 6., y: 1.), (x: 8., y: 1.), (x: 8., y: 2.)]]
        );
        let line = line_string![(x: 121.1, y: 28.123456789012345), (x: 1e-7, y: -0.5)];
        let geometries: Vec<Geometry<f64>> = vec![
            point! { x: 121.4, y: 28.65 }.into(),
            geo::MultiPoint::new(vec![point! { x: 1., y: 2. }, point! { x: 3., y: 4. }]).into(),
            line.clone().into(),
            geo::MultiLineString::new(vec![line.clone()]).into(),
            polygon.clone().into(),
            geo::MultiPolygon::new(vec![polygon.clone()]).into(),
            Geometry::GeometryCollection(GeometryCollection::new_from(vec![polygon.into(), line.into()])),
        ];
        for geometry in geometries {
            assert_eq!(from_wkb(&to_wkb(&geometry)).unwrap().geometry.as_ref(), Some(&geometry));
            assert_eq!(from_wkt(&to_wkt(&geometry)).unwrap().geometry.as_ref(), Some(&geometry));
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]
        #[test]
        fn numbers_read_as_the_same_in_as_few_digits(bits: u64, decimal in -1e16..1e16, exponent in -20..20) {
            for value in [f64::from_bits(bits), decimal, decimal.trunc(), decimal * 10f64.powi(exponent)] {
                let (text, display) = (number_text(value), value.to_string());
                proptest::prop_assert_eq!(text.len(), display.len());
                proptest::prop_assert!(text.parse::<f64>().unwrap().to_bits() == value.to_bits() || value.is_nan());
                proptest::prop_assert!(!text.contains('e'));
            }
        }
    }

    #[test]
    fn well_known_text_is_as_the_crate_has_it() {
        use wkt::ToWkt;
        let polygon = polygon!(
            exterior: [(x: 0., y: -1e-9), (x: 121.123456789, y: 0.1), (x: 9., y: 1e20)],
            interiors: [[(x: 6., y: 1.), (x: 8., y: 1.), (x: 8., y: 2.)]]
        );
        let line = line_string![(x: 121.1, y: 28.123456789012345), (x: 1e-7, y: -0.5)];
        let polygons = |count: usize| geo::MultiPolygon(vec![polygon.clone(); count]);
        let collection = GeometryCollection::new_from(vec![point! { x: 1., y: 2. }.into(), polygons(2).into()]);
        let geometries: Vec<Geometry<f64>> = vec![
            point! { x: 121.4, y: 28.65 }.into(),
            geo::MultiPoint::new(vec![point! { x: 1., y: 2. }, point! { x: 3., y: 4. }]).into(),
            line.clone().into(),
            geo::LineString(vec![]).into(),
            geo::MultiLineString::new(vec![line.clone(), line]).into(),
            polygon.clone().into(),
            Polygon::new(geo::LineString(vec![]), vec![]).into(),
            polygons(0).into(),
            polygons(1).into(),
            polygons(2).into(),
            Geometry::GeometryCollection(collection),
        ];
        for geometry in geometries {
            assert_eq!(to_wkt(&geometry), geometry.wkt_string());
        }
    }

    #[test]
    fn a_part_without_coordinates_is_written_and_read() {
        let empty = Polygon::new(geo::LineString(vec![]), vec![]);
        let corner = polygon![(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)];
        let text = to_wkt(&geo::MultiPolygon(vec![empty, corner]).into());
        assert_eq!(text, "MULTIPOLYGON(EMPTY,((0 0,9 0,9 9,0 0)))");
        assert!(from_wkt(&text).is_ok(), "{text}");
    }

    /// Bytes of PostGIS: `SRID=4326;POINT Z (1 2 3)`.
    #[test]
    fn heights_are_told() {
        let mut bytes = vec![1, 1, 0, 0, 0xa0, 0xe6, 0x10, 0, 0];
        for value in [1.0f64, 2.0, 3.0] {
            bytes.extend(value.to_le_bytes());
        }
        let read = from_wkb(&bytes).unwrap();
        assert_eq!(
            read,
            Decoded { geometry: Some(point! { x: 1., y: 2. }.into()), has_heights: true, was_open: false }
        );
        assert!(from_wkt("SRID=4326;POINT(1 2)").unwrap().geometry.is_some());
    }

    #[test]
    fn a_point_among_others_has_no_system_of_its_own() {
        let points = geo::MultiPoint::new(vec![point! { x: 1., y: 2. }, point! { x: 3., y: 4. }]);
        let collection = Geometry::GeometryCollection(GeometryCollection::new_from(vec![points.clone().into()]));
        for (geometry, point) in [(points.into(), 30), (collection, 39)] {
            let mut bytes = to_wkb(&geometry);
            assert!(from_wkb(&bytes).is_ok() && bytes[point..point + 5] == [1, 1, 0, 0, 0]);
            bytes[point + 4] = 0x20;
            assert!(from_wkb(&bytes).is_err());
        }
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_an_error() {
        let bytes = to_wkb(&line_string![(x: 1., y: 2.), (x: 3., y: 4.)].into());
        assert!((0..bytes.len()).all(|end| from_wkb(&bytes[..end]).is_err()));
        let deep: Vec<u8> = [1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100_000);
        assert!(from_wkb(&deep).is_err());
        assert!(from_wkt(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
        for text in ["", "POINT", "POINT()", "POINT(1)", "POINT(a b)", "CIRCLE(1 2)"] {
            assert!(from_wkt(text).is_err(), "{text}");
        }
        assert_eq!(from_wkt("POLYGON EMPTY").unwrap().geometry, None);
    }
}
