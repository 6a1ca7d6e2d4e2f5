//! The geometry of a row.

use geo::{Coord, Geometry, Point};

use crate::geometry::encoding::to_wkt;

/// The geometry of a row.
///
/// ```
/// use geo::{Geometry, coord, line_string};
/// use taizhou_corridor::table::Shape;
///
/// assert_eq!(Shape::Point(coord! { x: 121.4, y: 28.65 }).wkt(), "POINT(121.4 28.65)");
/// let line = Geometry::from(line_string![(x: 121.3, y: 28.6), (x: 121.4, y: 28.7)]);
/// assert_eq!(Shape::Other(&line).kind(), "LineString");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape<'a> {
    /// A point.
    Point(Coord<f64>),
    /// Any other geometry.
    Other(&'a Geometry<f64>),
}

impl Shape<'_> {
    /// The name of its GeoJSON type.
    pub fn kind(self) -> &'static str {
        match self {
            Shape::Point(_) => "Point",
            Shape::Other(geometry) => kind_of(geometry),
        }
    }

    /// The geometry as WKT (OGC Simple Features).
    pub fn wkt(self) -> String {
        match self {
            Shape::Point(site) => to_wkt(&Geometry::Point(Point(site))),
            Shape::Other(geometry) => to_wkt(geometry),
        }
    }

    /// An owned copy.
    pub fn geometry(self) -> Geometry<f64> {
        match self {
            Shape::Point(site) => Geometry::Point(Point(site)),
            Shape::Other(geometry) => geometry.clone(),
        }
    }
}

/// The GeoJSON type of a geometry.
pub(super) fn kind_of(geometry: &Geometry<f64>) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::Line(_) | Geometry::LineString(_) => "LineString",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::GeometryCollection(_) => "GeometryCollection",
    }
}
