//! The geometry types of WKT and WKB (ISO/IEC 13249-3, SQL/MM Part 3, and OGC 06-103r4).

use crate::error::RowProblem;

/// A geometry type with a shape in the plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
    CircularString,
    CompoundCurve,
    CurvePolygon,
    MultiCurve,
    MultiSurface,
    Triangle,
}

/// Geometry types with their WKB codes and WKT names. Those without a [`Kind`] are unsupported: surfaces in space,
/// whose faces may overlap in the plane, curves whose course depends on more than two coordinates, and abstract types.
const KINDS: [(u32, &str, Option<Kind>); 25] = [
    (1, "Point", Some(Kind::Point)),
    (2, "LineString", Some(Kind::LineString)),
    (3, "Polygon", Some(Kind::Polygon)),
    (4, "MultiPoint", Some(Kind::MultiPoint)),
    (5, "MultiLineString", Some(Kind::MultiLineString)),
    (6, "MultiPolygon", Some(Kind::MultiPolygon)),
    (7, "GeometryCollection", Some(Kind::GeometryCollection)),
    (8, "CircularString", Some(Kind::CircularString)),
    (9, "CompoundCurve", Some(Kind::CompoundCurve)),
    (10, "CurvePolygon", Some(Kind::CurvePolygon)),
    (11, "MultiCurve", Some(Kind::MultiCurve)),
    (12, "MultiSurface", Some(Kind::MultiSurface)),
    (13, "Curve", None),
    (14, "Surface", None),
    (15, "PolyhedralSurface", None),
    (16, "TIN", None),
    (17, "Triangle", Some(Kind::Triangle)),
    (18, "Circle", None),
    (19, "GeodesicString", None),
    (20, "EllipticalCurve", None),
    (21, "NurbsCurve", None),
    (22, "Clothoid", None),
    (23, "SpiralCurve", None),
    (24, "CompoundSurface", None),
    (102, "BrepSolid", None),
];

impl Kind {
    /// The type of a WKB code without its dimension flags.
    pub(crate) fn of_code(code: u32) -> Result<Kind, RowProblem> {
        match KINDS.iter().find(|(candidate, ..)| *candidate == code) {
            Some((_, _, Some(kind))) => Ok(*kind),
            Some((_, name, None)) => Err(unsupported(name)),
            None => Err(unsupported(&code.to_string())),
        }
    }

    /// The type of a WKT name in capital letters; `None` if there is no such name.
    pub(crate) fn of_name(name: &str) -> Option<Result<Kind, RowProblem>> {
        if name == "LINEARRING" {
            return Some(Ok(Kind::LineString));
        }
        let (_, name, kind) = KINDS.iter().find(|(_, candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(kind.ok_or_else(|| unsupported(name)))
    }

    pub(crate) fn name(self) -> &'static str {
        KINDS.iter().find(|(.., kind)| *kind == Some(self)).map_or("", |(_, name, _)| name)
    }

    /// The default type of a member without a type of its own.
    pub(crate) fn default_member(self) -> Option<Kind> {
        match self {
            Kind::MultiPoint => Some(Kind::Point),
            Kind::MultiLineString | Kind::CompoundCurve | Kind::CurvePolygon | Kind::MultiCurve => {
                Some(Kind::LineString)
            }
            Kind::MultiPolygon | Kind::MultiSurface => Some(Kind::Polygon),
            _ => None,
        }
    }

    /// Whether a type is allowed as a member of this type.
    pub(crate) fn allows_member(self, member: Kind) -> bool {
        match self {
            Kind::MultiPoint => member == Kind::Point,
            Kind::MultiLineString | Kind::MultiCurve | Kind::CurvePolygon => {
                matches!(member, Kind::LineString | Kind::CircularString | Kind::CompoundCurve)
            }
            Kind::CompoundCurve => matches!(member, Kind::LineString | Kind::CircularString),
            Kind::MultiPolygon | Kind::MultiSurface => {
                matches!(member, Kind::Polygon | Kind::CurvePolygon | Kind::Triangle)
            }
            Kind::GeometryCollection => true,
            _ => false,
        }
    }
}

fn unsupported(kind: &str) -> RowProblem {
    RowProblem::UnsupportedGeometry { kind: kind.to_owned() }
}
