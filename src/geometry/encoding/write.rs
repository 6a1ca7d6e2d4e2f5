//! WKT writer and number formatting.
//!
//! The crate `wkt` (0.14) is not used: it panics on a multipolygon with an empty part, writes an empty member of a
//! multilinestring as `()`, which it cannot read, and formats numbers with `Display`, which is slower than `zmij`.

use geo::{Coord, Geometry, Polygon};

use crate::geometry::measure::rings;

/// Encodes a geometry as WKT with full coordinate precision.
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
    push_list(text, coords, |text, vertex| {
        push_number(text, vertex.x);
        text.push(' ');
        push_number(text, vertex.y);
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

/// The shortest decimal text that parses to the same double, without an exponent.
pub(crate) fn number_text(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

/// Appends a number formatted like [`number_text`].
pub(crate) fn push_number(text: &mut String, value: f64) {
    let magnitude = value.abs();
    if (1e-4..1e15).contains(&magnitude) {
        // In this range the output has no exponent.
        let mut digits = zmij::Buffer::new();
        let digits = digits.format_finite(value);
        text.push_str(digits.strip_suffix(".0").unwrap_or(digits));
    } else {
        text.push_str(&value.to_string());
    }
}
