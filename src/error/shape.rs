//! What can be wrong with a shape, each with a stable code for programs.

use crate::error::Hint;

/// Why a shape is not a valid polygon (OGC Simple Features, 06-103r4, 6.1.11).
///
/// ```
/// use taizhou_corridor::error::{ErrorKind, ShapeProblem};
/// use taizhou_corridor::plan::Plan;
///
/// let bow_tie = br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "0701",
///     "properties": {}, "geometry": {"type": "Polygon", "coordinates":
///     [[[121.40, 28.65], [121.41, 28.66], [121.41, 28.65], [121.40, 28.66], [121.40, 28.65]]]}}]}"#;
/// let error = Plan::from_geojson(bow_tie).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Shape(ShapeProblem::SelfCrossing)));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeProblem {
    /// The feature has no geometry.
    #[error("there is no geometry")]
    Missing,
    /// The geometry is of another kind.
    #[error("a polygon is expected, found {found}")]
    NotPolygon {
        /// The kind found.
        found: String,
    },
    /// A position has fewer than two numbers.
    #[error("a position has fewer than two numbers")]
    ShortPosition,
    /// A ring has fewer than three distinct vertices.
    #[error("a ring has {count} different {}, and needs 3", if *count == 1 { "point" } else { "points" })]
    TooFewPoints {
        /// The number of points, without the repeated last one.
        count: usize,
    },
    /// All vertices of a ring are collinear.
    #[error("a ring encloses no area: its points lie on a line")]
    NoArea,
    /// The last point of a ring is not its first.
    #[error("a ring is not closed")]
    NotClosed,
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not finite")]
    NotFinite,
    /// A position is outside −180…180, −90…90.
    #[error("position {lon}, {lat} is not within -180..180, -90..90 degrees{hint}")]
    OutOfRange {
        /// The first number of the position.
        lon: f64,
        /// The second.
        lat: f64,
        /// The probable cause.
        hint: Hint,
    },
    /// A ring crosses or touches itself.
    #[error("a ring crosses or touches itself")]
    SelfCrossing,
    /// Two rings of a polygon cross or share an edge.
    #[error("two rings cross or share an edge")]
    RingsCross,
    /// A hole is not inside its exterior, or is inside another hole.
    #[error("a hole lies outside its exterior or inside another hole")]
    HoleOutside,
    /// Holes disconnect the interior.
    #[error("rings touch so that the interior is cut in two")]
    InteriorCut,
    /// Two parts of a multipolygon overlap or share an edge.
    #[error("two parts overlap or share an edge")]
    PartsOverlap,
    /// A point is repeated.
    #[error("a ring repeats a point")]
    RepeatedPoint,
    /// An exterior ring is clockwise or a hole counter-clockwise (RFC 7946, 3.1.6).
    #[error("an exterior ring is clockwise or a hole counter-clockwise")]
    Winding,
    /// An edge in longitude and latitude spans more than 180° of longitude. A shape across the antimeridian is to be cut
    /// there (RFC 7946, 3.1.9).
    #[error("an edge spans more than 180 degrees of longitude; a shape across the antimeridian has to be cut there")]
    LongEdge,
}

impl ShapeProblem {
    /// The stable code of the problem.
    ///
    /// ```
    /// use taizhou_corridor::error::{Hint, ShapeProblem};
    ///
    /// // Probably swapped coordinates have a code of their own.
    /// let out = |hint| ShapeProblem::OutOfRange { lon: 28.65, lat: 121.36, hint };
    /// assert_eq!(out(Hint::Swapped).code(), "swapped-coordinates");
    /// assert_eq!(out(Hint::None).code(), "out-of-range");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            ShapeProblem::Missing => "no-geometry",
            ShapeProblem::NotPolygon { .. } => "not-a-polygon",
            ShapeProblem::ShortPosition => "short-position",
            ShapeProblem::TooFewPoints { .. } => "too-few-points",
            ShapeProblem::NoArea => "no-area",
            ShapeProblem::NotClosed => "ring-not-closed",
            ShapeProblem::NotFinite => "not-finite",
            ShapeProblem::OutOfRange { hint: Hint::Swapped, .. } => "swapped-coordinates",
            ShapeProblem::OutOfRange { .. } => "out-of-range",
            ShapeProblem::SelfCrossing => "self-crossing",
            ShapeProblem::RingsCross => "rings-cross",
            ShapeProblem::HoleOutside => "hole-outside",
            ShapeProblem::InteriorCut => "interior-cut",
            ShapeProblem::PartsOverlap => "parts-overlap",
            ShapeProblem::RepeatedPoint => "repeated-point",
            ShapeProblem::Winding => "winding",
            ShapeProblem::LongEdge => "long-edge",
        }
    }
}
