//! What can be wrong with a geometry as it is encoded in a file.

/// Why a geometry cannot be read.
///
/// ```
/// use taizhou_corridor::error::{GeometryProblem, RowProblem};
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_text};
///
/// let problem = from_text("POINT(121.4 28.65) Z", ArcTolerance::default()).unwrap_err();
/// assert_eq!(problem, RowProblem::BadGeometry(GeometryProblem::TextAfterEnd("Z".to_owned())));
/// assert_eq!(problem.to_string(), "the geometry cannot be read: `Z` after its end");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryProblem {
    /// Its bytes end too early.
    #[error("it is truncated")]
    Truncated,
    /// It has no bytes.
    #[error("it has no bytes")]
    NoBytes,
    /// A text goes on after its end.
    #[error("`{0}` after its end")]
    TextAfterEnd(String),
    /// Bytes go on after its end.
    #[error("{0} bytes after its end")]
    BytesAfterEnd(usize),
    /// A text is not hexadecimal, as it begins.
    #[error("not all of it is hexadecimal digits")]
    NotHexadecimal,
    /// The SRID of a text is no number.
    #[error("`{0}` is not an SRID")]
    Srid(String),
    /// A text ends too early.
    #[error("it ends where {0} is expected")]
    TextEnds(WktToken),
    /// A text has something else where a token is expected.
    #[error("`{found}` where {expected} is expected")]
    UnexpectedText {
        /// What the text has, shortened.
        found: String,
        /// What should be there.
        expected: WktToken,
    },
    /// A position has more or fewer numbers than the others.
    #[error("a position of {found} numbers where there should be {expected}")]
    PositionSize {
        /// The numbers of this position.
        found: usize,
        /// The numbers of the others.
        expected: usize,
    },
    /// The first byte of well-known binary names no byte order.
    #[error("its byte order is not valid")]
    ByteOrder,
    /// The code of its type is unknown.
    #[error("its type is not valid")]
    Type,
    /// A geometry has a member that it cannot have.
    #[error("a {member} in a {parent}")]
    Member {
        /// The type of the member.
        member: &'static str,
        /// The type of the geometry.
        parent: &'static str,
    },
    /// Collections are nested too deep.
    #[error("collections are nested too deep")]
    NestedTooDeep,
    /// Its members name different coordinate systems.
    #[error("its members are in different systems")]
    DifferentSystems,
    /// The segments of a compound curve have gaps.
    #[error("the parts of a compound curve do not meet")]
    CompoundCurveGap,
    /// A circular string has an even number of positions, or fewer than three.
    #[error("a circular string of {0} positions")]
    CircularString(usize),
    /// Its arcs need too many corners.
    #[error("its arcs are too large: within a millimetre they have {limit} corners or more")]
    ArcsTooLarge {
        /// The limit.
        limit: usize,
    },
    /// Its arcs, with those of earlier rows, need too many corners.
    #[error("its arcs, with those of the rows before it, have too many corners within a millimetre")]
    TooManyArcs,
    /// A coordinate of KML is not a longitude and a latitude.
    #[error("`{0}` is not longitude,latitude")]
    NotLonLat(String),
    /// A point has several positions.
    #[error("a point with several positions")]
    SeveralPositions,
    /// A placemark of KML is a track or a model.
    #[error("tracks and models are not supported")]
    TrackOrModel,
    /// A record of a shapefile ends too early.
    #[error("its record is too short")]
    ShortRecord,
    /// A record of a shapefile has an unknown type.
    #[error("there is no shape type {0}")]
    ShapeType(i32),
    /// A shapefile of points has another type in a record.
    #[error("it is of shape type {0} in a file of points")]
    NotOfPoints(i32),
    /// Coordinates are NaN or infinite.
    #[error("the coordinates {0}, {1} are not finite")]
    NotFinite(f64, f64),
    /// A record of a shapefile has points, but no part.
    #[error("it has points and no part")]
    NoPart,
    /// The parts of a record or geometry do not follow each other.
    #[error("its parts are out of order")]
    PartOrder,
    /// A part of a line is one point.
    #[error("a part of the line is a single point")]
    SinglePointPart,
    /// It is not the binary of a GeoPackage.
    #[error("it is not a geometry of a GeoPackage")]
    NotGeoPackage,
    /// It is an extension of the GeoPackage standard.
    #[error("an extended geometry")]
    Extended,
    /// The envelope in a GeoPackage is of an unknown kind.
    #[error("an envelope of an unknown kind")]
    Envelope,
    /// A position has one coordinate.
    #[error("a position with one coordinate")]
    OneCoordinate,
    /// A line among the corners of a survey TXT is not a corner.
    #[error("line {line} is not a corner: {text}")]
    NotACorner {
        /// The line of the file, from 1.
        line: u64,
        /// What it says.
        text: String,
    },
}

/// What is expected in well-known text.
///
/// ```
/// use taizhou_corridor::error::WktToken;
///
/// assert_eq!(WktToken::Character(')').to_string(), "`)`");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WktToken {
    /// A character such as a bracket.
    #[error("`{0}`")]
    Character(char),
    /// The name of a type of geometry.
    #[error("a type of geometry")]
    GeometryType,
    /// A number.
    #[error("a number")]
    Number,
}
