//! What can be wrong with an encoded geometry.

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
    /// The bytes are truncated.
    #[error("it is truncated")]
    Truncated,
    /// There are no bytes.
    #[error("it has no bytes")]
    NoBytes,
    /// Text follows the geometry.
    #[error("`{0}` after its end")]
    TextAfterEnd(String),
    /// Bytes follow the geometry.
    #[error("{0} bytes after its end")]
    BytesAfterEnd(usize),
    /// A text starts as hexadecimal WKB but contains other characters.
    #[error("not all of it is hexadecimal digits")]
    NotHexadecimal,
    /// The SRID of a text is not a number.
    #[error("`{0}` is not an SRID")]
    Srid(String),
    /// A text is truncated.
    #[error("it ends where {0} is expected")]
    TextEnds(WktToken),
    /// A text has another token than expected.
    #[error("`{found}` where {expected} is expected")]
    UnexpectedText {
        /// The text found, shortened.
        found: String,
        /// The token expected.
        expected: WktToken,
    },
    /// The dimension of a position differs from that of the others.
    #[error("a position of {found} numbers where there should be {expected}")]
    PositionSize {
        /// The dimension of this position.
        found: usize,
        /// The dimension of the others.
        expected: usize,
    },
    /// The first byte of WKB is not a byte order.
    #[error("its byte order is not valid")]
    ByteOrder,
    /// The type code is unknown.
    #[error("its type is not valid")]
    Type,
    /// A geometry has a member of a type that it does not allow.
    #[error("a {member} in a {parent}")]
    Member {
        /// The type of the member.
        member: &'static str,
        /// The type of the geometry.
        parent: &'static str,
    },
    /// Collections are nested too deeply.
    #[error("collections are nested too deep")]
    NestedTooDeep,
    /// The SRIDs of members differ.
    #[error("its members are in different systems")]
    DifferentSystems,
    /// The segments of a compound curve do not connect.
    #[error("the parts of a compound curve do not meet")]
    CompoundCurveGap,
    /// A circular string has an even number of positions, or fewer than three.
    #[error("a circular string of {0} positions")]
    CircularString(usize),
    /// Its arcs need too many vertices.
    #[error("its arcs are too large: within a millimetre they have {limit} corners or more")]
    ArcsTooLarge {
        /// The limit.
        limit: usize,
    },
    /// Its arcs, with those of earlier rows, need too many vertices.
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
    /// A record of a point shapefile has another type.
    #[error("it is of shape type {0} in a file of points")]
    NotOfPoints(i32),
    /// Coordinates are NaN or infinite.
    #[error("the coordinates {0}, {1} are not finite")]
    NotFinite(f64, f64),
    /// A record of a shapefile has points but no parts.
    #[error("it has points and no part")]
    NoPart,
    /// The part offsets of a record or geometry are not ascending.
    #[error("its parts are out of order")]
    PartOrder,
    /// A part of a line has a single point.
    #[error("a part of the line is a single point")]
    SinglePointPart,
    /// The bytes are not a GeoPackage geometry.
    #[error("it is not a geometry of a GeoPackage")]
    NotGeoPackage,
    /// It is an extension of the GeoPackage standard.
    #[error("an extended geometry")]
    Extended,
    /// The envelope type of a GeoPackage geometry is unknown.
    #[error("an envelope of an unknown kind")]
    Envelope,
    /// A position has only one coordinate.
    #[error("a position with one coordinate")]
    OneCoordinate,
    /// A line of a parcel in a survey TXT file is not a boundary point.
    #[error("line {line} is not a corner: {text}")]
    NotACorner {
        /// The line of the file, from 1.
        line: u64,
        /// The text of the line.
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
