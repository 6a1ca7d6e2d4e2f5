//! What can be wrong with a row, each with a stable code for programs.

use crate::error::{GeometryProblem, ShapeProblem};

/// Why a row is invalid.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let csv = "name,lon,lat\n台州站,121.36898,28°75′21″\n";
/// let batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let problem = batch.sites()[0].as_ref().unwrap_err();
/// assert_eq!(problem.to_string(), "`lat` is not a number: `28°75′21″`");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// A coordinate is missing.
    #[error("`{field}` is empty")]
    MissingCoordinate {
        /// The column.
        field: String,
    },
    /// A cell is not two coordinates.
    #[error("`{field}` is not two coordinates: `{text}`")]
    NotAPair {
        /// The column.
        field: String,
        /// The text of the cell.
        text: String,
    },
    /// The row is a total of a sheet, without coordinates: it is not a record, and not counted as invalid.
    #[error("a total, not a record: `{text}`")]
    TotalRow {
        /// The text by which it was recognised.
        text: String,
    },
    /// The row is a note in a sheet, without coordinates: it is not a record, and not counted as invalid.
    #[error("a note, not a record: `{text}`")]
    NoteRow {
        /// The beginning of the note.
        text: String,
    },
    /// The cell of a coordinate or geometry has a formula whose result is not stored in the workbook.
    #[error("`{field}` is a formula without a stored value, in cell {cell}")]
    NoStoredValue {
        /// The column.
        field: String,
        /// The cell, as `E2`.
        cell: String,
    },
    /// A coordinate is not a number.
    #[error("`{field}` is not a number: `{text}`")]
    NotANumber {
        /// The column.
        field: String,
        /// The text of the cell.
        text: String,
    },
    /// A coordinate is NaN or infinite.
    #[error("`{field}` is not finite: `{text}`")]
    NotFinite {
        /// The column.
        field: String,
        /// The text of the cell.
        text: String,
    },
    /// The longitude is not within −180…180°.
    #[error("longitude {value} is not within -180..180 degrees{hint}")]
    LongitudeRange {
        /// The value, in degrees.
        value: f64,
        /// The probable cause.
        hint: Hint,
    },
    /// The latitude is not within −90…90°.
    #[error("latitude {value} is not within -90..90 degrees{hint}")]
    LatitudeRange {
        /// The value, in degrees.
        value: f64,
        /// The probable cause.
        hint: Hint,
    },
    /// The numbers are not an easting and northing in a Gauss-Krüger zone in China.
    #[error("{first}, {second} are no easting and northing in metres")]
    NotGaussKrueger {
        /// The first number.
        first: f64,
        /// The second.
        second: f64,
    },
    /// Easting and northing are swapped.
    #[error("{first}, {second} are in another axis order than requested, or than in the first row")]
    OtherAxisOrder {
        /// The first number.
        first: f64,
        /// The second.
        second: f64,
    },
    /// The zone prefix of an easting is that of another zone.
    #[error("easting {easting} has the prefix of zone {found}, not of zone {expected}")]
    OtherGaussKruegerZone {
        /// The easting, in metres.
        easting: f64,
        /// The zone of the prefix.
        found: u32,
        /// The zone of the system.
        expected: u32,
    },
    /// A coordinate cannot be transformed to longitude and latitude, or is far outside the area of its system.
    #[error("{x}, {y} is outside the area of {crs}")]
    OutsideCrsArea {
        /// The first coordinate.
        x: f64,
        /// The second.
        y: f64,
        /// The system.
        crs: String,
    },
    /// The feature has no geometry.
    #[error("the geometry is null")]
    NullGeometry,
    /// The geometry is of another kind.
    #[error("a point is expected, found {found}{}", if found.ends_with("Polygon") { "; for parcels use overlay" } else { "" })]
    NotAPoint {
        /// The kind found.
        found: String,
    },
    /// The geometry of a parcel is not a polygon.
    #[error("a polygon is expected, found {found}{}", if found.ends_with("Point") { "; for sites use locate" } else { "" })]
    NotAParcel {
        /// The kind found.
        found: String,
    },
    /// The geometry cannot be read.
    #[error("the geometry cannot be read: {0}")]
    BadGeometry(GeometryProblem),
    /// The geometry is of a kind that is not planar.
    #[error("geometry type {kind} is not supported: only points, lines and polygons are, straight or of arcs")]
    UnsupportedGeometry {
        /// The kind found.
        kind: String,
    },
    /// The SRID of the geometry differs from the system of the table.
    #[error("the geometry is in {found}, the table in {expected}")]
    OtherCrs {
        /// The system of the geometry.
        found: String,
        /// The system of the table.
        expected: String,
    },
    /// The SRID of the geometry is a system on a datum without an exact transformation to CGCS2000 or WGS 84.
    #[error("the geometry is in {found}, a datum without an exact way to CGCS2000 or WGS 84")]
    OtherDatum {
        /// The system of the geometry.
        found: String,
    },
    /// The geometry is not valid.
    #[error(transparent)]
    Shape(ShapeProblem),
    /// A polygon is not valid and cannot be repaired.
    #[error("{}: {_0}", _0.code())]
    NotRepairable(Box<RowProblem>),
    /// The row is not a GeoJSON feature, or its geometry not a GeoJSON geometry.
    #[error("not a GeoJSON feature: {0}")]
    NotAFeature(FeatureProblem),
    /// The row has more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}{}", beyond(extra))]
    FieldCount {
        /// The fields of the row.
        found: usize,
        /// The fields of the header.
        expected: usize,
        /// The fields without a column.
        extra: Vec<String>,
    },
    /// The position uncertainty of the site is not a number of metres ≥ 0.
    #[error("`{field}` is not a position uncertainty in metres: `{text}`")]
    BadUncertainty {
        /// The column.
        field: String,
        /// The text of the cell.
        text: String,
    },
}

impl From<GeometryProblem> for RowProblem {
    fn from(problem: GeometryProblem) -> RowProblem {
        RowProblem::BadGeometry(problem)
    }
}

/// What is wrong with a GeoJSON feature. Texts are JSON, shortened.
///
/// ```
/// use taizhou_corridor::error::{FeatureProblem, RowProblem};
///
/// let problem = RowProblem::NotAFeature(FeatureProblem::Coordinates("[121.36898]".to_owned()));
/// assert_eq!(problem.to_string(), "not a GeoJSON feature: its coordinates are [121.36898]");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeatureProblem {
    /// It is not an object.
    #[error("found {0}")]
    NotAnObject(String),
    /// It has no `type`.
    #[error("its `type` is missing")]
    NoType,
    /// Its `type` is not `Feature`.
    #[error("its `type` is {0}")]
    Type(String),
    /// Its `properties` are not an object.
    #[error("its `properties` are no object")]
    Properties,
    /// Its `geometry` is not a GeoJSON geometry.
    #[error("its `geometry` is no geometry")]
    Geometry,
    /// Its coordinates are not two numbers.
    #[error("its coordinates are {0}")]
    Coordinates(String),
}

fn beyond(extra: &[String]) -> String {
    if extra.is_empty() { String::new() } else { format!("; beyond them: {}", extra.join(" | ")) }
}

/// The probable cause of a coordinate that is out of range.
///
/// ```
/// use taizhou_corridor::crs::lon_lat;
/// use taizhou_corridor::error::{Hint, RowProblem};
///
/// let (first, second) = (28.65590, 121.36898);
/// let station = match lon_lat(first, second) {
///     Err(RowProblem::LatitudeRange { hint: Hint::Swapped, .. }) => lon_lat(second, first),
///     as_it_is => as_it_is,
/// };
/// assert_eq!(station.unwrap().x, 121.36898);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// No probable cause.
    None,
    /// Longitude and latitude are swapped.
    Swapped,
    /// The coordinates are metres of a projection, not degrees.
    Projected,
    /// The coordinates are a northing and an easting with the prefix of this Gauss-Krüger zone.
    GaussKrueger(u32),
}

impl Hint {
    /// The probable cause for x and y that should be a longitude and latitude in degrees.
    ///
    /// ```
    /// use taizhou_corridor::error::Hint;
    ///
    /// assert_eq!(Hint::of(28.65590, 121.36898), Hint::Swapped);
    /// assert_eq!(Hint::of(641_767.968, 3_171_338.022), Hint::Projected); // EPSG:4549
    /// assert_eq!(Hint::of(40_633_838.222, 3_171_898.561), Hint::GaussKrueger(40));
    /// assert_eq!(Hint::of(181.0, 95.0), Hint::None);
    /// ```
    pub fn of(x: f64, y: f64) -> Hint {
        if x.abs() <= 90.0 && y.abs() <= 180.0 {
            Hint::Swapped
        } else if let Some(zone) = prefix_of(x, y).or_else(|| prefix_of(y, x)) {
            Hint::GaussKrueger(zone)
        } else if x.abs() > 1000.0 && y.abs() > 1000.0 {
            Hint::Projected
        } else {
            Hint::None
        }
    }
}

impl Hint {
    /// The EPSG code of the zone on CGCS2000, if it is one.
    ///
    /// ```
    /// use taizhou_corridor::error::Hint;
    ///
    /// assert_eq!(Hint::of(40_633_838.222, 3_171_898.561).epsg(), Some(4528));
    /// assert_eq!(Hint::of(3_171_898.561, 21_340_539.996).epsg(), Some(4499));
    /// assert_eq!(Hint::Projected.epsg(), None);
    /// ```
    pub fn epsg(self) -> Option<u32> {
        match self {
            Hint::GaussKrueger(zone @ 25..=45) => Some(4513 + zone - 25),
            Hint::GaussKrueger(zone @ 13..=23) => Some(4491 + zone - 13),
            _ => None,
        }
    }
}

/// The prefix of an easting in a zone in China, given with a northing in China.
fn prefix_of(easting: f64, northing: f64) -> Option<u32> {
    let zone = (easting / 1e6).floor();
    let is_zone = (13.0..=23.0).contains(&zone) || (25.0..=45.0).contains(&zone);
    let is_china = (1.5e6..6.5e6).contains(&northing) && (1e5..=9e5).contains(&(easting - zone * 1e6));
    (is_zone && is_china).then_some(zone as u32)
}

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Hint::None => Ok(()),
            Hint::Swapped => f.write_str("; longitude and latitude look swapped"),
            Hint::Projected => f.write_str("; these look like projected metres, not degrees"),
            Hint::GaussKrueger(zone) => {
                write!(f, "; these look like metres in Gauss-Krüger zone {zone}")?;
                self.epsg().map_or(Ok(()), |code| write!(f, ", on CGCS2000 EPSG:{code}"))
            }
        }
    }
}

impl RowProblem {
    /// Whether the row is not a record, but a total or a note of a sheet.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "name,lon,lat\n台州站,121.36898,28.65590\n合计,,\n";
    /// let batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
    /// let total = batch.sites()[1].as_ref().unwrap_err();
    /// assert!(total.is_remark() && total.code() == "total-row");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn is_remark(&self) -> bool {
        matches!(self, RowProblem::TotalRow { .. } | RowProblem::NoteRow { .. })
    }

    /// The stable code of the problem.
    ///
    /// ```
    /// use taizhou_corridor::error::RowProblem;
    ///
    /// let problem = RowProblem::MissingCoordinate { field: "lon".to_owned() };
    /// assert_eq!(problem.code(), "missing-coordinate");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            RowProblem::MissingCoordinate { .. } => "missing-coordinate",
            RowProblem::NoStoredValue { .. } => "no-stored-value",
            RowProblem::NotANumber { .. } => "not-a-number",
            RowProblem::NotFinite { .. } => "not-finite",
            RowProblem::NotAPair { .. } => "not-a-pair",
            RowProblem::TotalRow { .. } => "total-row",
            RowProblem::NoteRow { .. } => "note-row",
            RowProblem::LongitudeRange { .. } => "longitude-out-of-range",
            RowProblem::LatitudeRange { .. } => "latitude-out-of-range",
            RowProblem::NotGaussKrueger { .. } => "not-gauss-krueger",
            RowProblem::OtherAxisOrder { .. } => "axis-order",
            RowProblem::OtherGaussKruegerZone { .. } => "other-zone",
            RowProblem::OutsideCrsArea { .. } => "outside-crs-area",
            RowProblem::NullGeometry => "null-geometry",
            RowProblem::NotAPoint { .. } => "not-a-point",
            RowProblem::NotAParcel { .. } => "not-a-polygon",
            RowProblem::BadGeometry(_) => "bad-geometry",
            RowProblem::UnsupportedGeometry { .. } => "unsupported-geometry",
            RowProblem::OtherCrs { .. } => "other-crs",
            RowProblem::OtherDatum { .. } => "other-datum",
            RowProblem::Shape(problem) => problem.code(),
            RowProblem::NotRepairable(_) => "not-repairable",
            RowProblem::NotAFeature(_) => "not-a-feature",
            RowProblem::FieldCount { .. } => "field-count",
            RowProblem::BadUncertainty { .. } => "bad-uncertainty",
        }
    }
}
