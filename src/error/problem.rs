//! What can be wrong with a row, a shape or a plan. Each has a stable code for programs.

/// Why a row has no answer.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let csv = "name,lon,lat\n台州站,121.36898,28°39′21″\n";
/// let batch = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let problem = batch.sites()[0].as_ref().unwrap_err();
/// assert_eq!(problem.to_string(), "`lat` is not a number: `28°39′21″`");
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
    /// A coordinate is not a number.
    #[error("`{field}` is not a number: `{text}`")]
    NotANumber {
        /// The column.
        field: String,
        /// What stands there.
        text: String,
    },
    /// A coordinate is NaN or infinite.
    #[error("`{field}` is not finite: `{text}`")]
    NotFinite {
        /// The column.
        field: String,
        /// What stands there.
        text: String,
    },
    /// The longitude is not within −180…180°.
    #[error("longitude {value} is not within -180..180 degrees{hint}")]
    LongitudeRange {
        /// The value read, in degrees.
        value: f64,
        /// The probable cause.
        hint: Hint,
    },
    /// The latitude is not within −90…90°.
    #[error("latitude {value} is not within -90..90 degrees{hint}")]
    LatitudeRange {
        /// The value read, in degrees.
        value: f64,
        /// The probable cause.
        hint: Hint,
    },
    /// The numbers are no easting and northing of a Gauss-Krüger zone in China.
    #[error("{first}, {second} are no easting and northing in metres")]
    NotGaussKrueger {
        /// The first number.
        first: f64,
        /// The second.
        second: f64,
    },
    /// Easting and northing stand in the other order.
    #[error("{first}, {second} stand in the other order than asked for, or than in the first row")]
    OtherAxisOrder {
        /// The first number.
        first: f64,
        /// The second.
        second: f64,
    },
    /// The prefix of an easting is that of another zone.
    #[error("easting {easting} has the prefix of zone {found}, not of zone {expected}")]
    OtherZone {
        /// The easting, in metres.
        easting: f64,
        /// The zone of the prefix.
        found: u32,
        /// The zone of the system.
        expected: u32,
    },
    /// A coordinate of a system has no longitude and latitude, or one far from where the system is used.
    #[error("{x}, {y} is no place in the area of {crs}")]
    NoImage {
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
    #[error("a point is expected, found {found}")]
    NotAPoint {
        /// The kind found.
        found: String,
    },
    /// The row is no GeoJSON feature, or its geometry no GeoJSON geometry.
    #[error("not a GeoJSON feature: {0}")]
    NotAFeature(FeatureFlaw),
    /// The row has more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}{}", beyond(extra))]
    FieldCount {
        /// The fields of the row.
        found: usize,
        /// The fields of the header.
        expected: usize,
        /// The fields beyond the header's, which have no column.
        extra: Vec<String>,
    },
    /// The site's own position uncertainty is not a number of metres ≥ 0.
    #[error("`{field}` is not a position uncertainty in metres: `{text}`")]
    BadUncertainty {
        /// The column.
        field: String,
        /// What stands there.
        text: String,
    },
}

/// What of a GeoJSON feature is wrong. Texts are JSON, shortened.
///
/// ```
/// use taizhou_corridor::error::{FeatureFlaw, RowProblem};
///
/// let problem = RowProblem::NotAFeature(FeatureFlaw::Coordinates("[121.36898]".to_owned()));
/// assert_eq!(problem.to_string(), "not a GeoJSON feature: its coordinates are [121.36898]");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeatureFlaw {
    /// It is no object.
    #[error("found {0}")]
    NotAnObject(String),
    /// Its `type` is another, or there is none.
    #[error("its `type` is {0}")]
    Type(String),
    /// Its `properties` are no object.
    #[error("its `properties` are no object")]
    Properties,
    /// Its `geometry` is none.
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
    /// Nothing comes to mind.
    None,
    /// Longitude and latitude are swapped.
    Swapped,
    /// The coordinates are metres of a projection, not degrees.
    Projected,
}

impl Hint {
    /// The probable cause, where x should be a longitude and y a latitude in degrees.
    ///
    /// ```
    /// use taizhou_corridor::error::Hint;
    ///
    /// assert_eq!(Hint::of(28.65590, 121.36898), Hint::Swapped);
    /// assert_eq!(Hint::of(641_767.968, 3_171_338.022), Hint::Projected); // EPSG:4549
    /// assert_eq!(Hint::of(181.0, 95.0), Hint::None);
    /// ```
    pub fn of(x: f64, y: f64) -> Hint {
        if x.abs() <= 90.0 && y.abs() <= 180.0 {
            Hint::Swapped
        } else if x.abs() > 1000.0 && y.abs() > 1000.0 {
            Hint::Projected
        } else {
            Hint::None
        }
    }
}

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Hint::None => "",
            Hint::Swapped => "; longitude and latitude look swapped",
            Hint::Projected => "; these look like projected metres, not degrees",
        })
    }
}

impl RowProblem {
    /// A stable name for programs.
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
            RowProblem::NotANumber { .. } => "not-a-number",
            RowProblem::NotFinite { .. } => "not-finite",
            RowProblem::LongitudeRange { .. } => "longitude-out-of-range",
            RowProblem::LatitudeRange { .. } => "latitude-out-of-range",
            RowProblem::NotGaussKrueger { .. } => "not-gauss-krueger",
            RowProblem::OtherAxisOrder { .. } => "axis-order",
            RowProblem::OtherZone { .. } => "other-zone",
            RowProblem::NoImage { .. } => "no-image",
            RowProblem::NullGeometry => "null-geometry",
            RowProblem::NotAPoint { .. } => "not-a-point",
            RowProblem::NotAFeature(_) => "not-a-feature",
            RowProblem::FieldCount { .. } => "field-count",
            RowProblem::BadUncertainty { .. } => "bad-uncertainty",
        }
    }
}

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
    /// A ring has too few corners to enclose anything.
    #[error("a ring has {count} different points in a row, and needs 3")]
    TooFewPoints {
        /// The points there are, the repeated last one left out.
        count: usize,
    },
    /// The last point of a ring is not its first.
    #[error("a ring is not closed")]
    NotClosed,
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not finite")]
    NotFinite,
    /// A position is not within −180…180, −90…90.
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
    /// Two rings of one polygon cross, or run along each other.
    #[error("two rings cross or share an edge")]
    RingsCross,
    /// A hole is not inside its exterior, or is inside another hole.
    #[error("a hole lies outside its exterior or inside another hole")]
    HoleOutside,
    /// Holes cut the interior in two.
    #[error("rings touch so that the interior is cut in two")]
    InteriorCut,
    /// Two parts of a multipolygon overlap or share an edge.
    #[error("two parts overlap or share an edge")]
    PartsOverlap,
    /// A point is repeated.
    #[error("a ring repeats a point")]
    RepeatedPoint,
    /// An exterior is clockwise or a hole counter-clockwise (RFC 7946, 3.1.6).
    #[error("an exterior ring is clockwise or a hole counter-clockwise")]
    Winding,
}

impl ShapeProblem {
    /// A stable name for programs.
    ///
    /// ```
    /// use taizhou_corridor::error::{Hint, ShapeProblem};
    ///
    /// // What is probably swapped has a code of its own.
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
        }
    }
}

/// Why a file is not a sound plan.
///
/// ```
/// use taizhou_corridor::error::{ErrorKind, PlanProblem};
/// use taizhou_corridor::plan::Plan;
///
/// let error = Plan::from_geojson(br#"{"type": "FeatureCollection", "features": []}"#).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Plan(PlanProblem::NoFeature)));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanProblem {
    /// The file is no feature collection.
    #[error("a GeoJSON FeatureCollection is expected, found {found}")]
    NotACollection {
        /// What stands there.
        found: String,
    },
    /// The file has no feature.
    #[error("there is no feature")]
    NoFeature,
    /// The file says that its coordinates are not longitude and latitude on WGS 84.
    #[error("its `crs` member names {found}; GeoJSON is longitude, latitude on WGS 84 (RFC 7946, 4)")]
    CrsMember {
        /// The coordinate reference system named.
        found: String,
    },
    /// A member of `features` is no GeoJSON feature.
    #[error("not a GeoJSON feature: {detail}")]
    NotAFeature {
        /// What is wrong.
        detail: String,
    },
    /// A feature has no id.
    #[error("the feature has no `id`")]
    MissingId,
    /// Two features have the same id.
    #[error("the id is given twice")]
    DuplicateId,
    /// A property is missing.
    #[error("the property `{name}` is missing")]
    MissingProperty {
        /// The property.
        name: String,
    },
    /// A property holds something else than it should.
    #[error("the property `{name}` should be {expected}, and is {found}")]
    BadProperty {
        /// The property.
        name: String,
        /// What it should be.
        expected: String,
        /// What it is, as JSON.
        found: String,
    },
    /// The parent is not a feature of a coarser level.
    #[error("its parent `{parent}` is no feature of a coarser level in this plan")]
    UnknownParent {
        /// The parent named.
        parent: String,
    },
    /// The plan has no feature of level `corridor`, or several.
    #[error("a plan has one feature of level `corridor`, this one has {count}")]
    Roots {
        /// How many there are.
        count: usize,
    },
    /// A feature reaches out of its parent.
    #[error("{area_m2:.0} m² of it lie outside its parent `{parent}`")]
    OutsideParent {
        /// The parent.
        parent: String,
        /// The area outside, in m².
        area_m2: f64,
    },
    /// Two features of the partition overlap.
    #[error("it overlaps `{other}` by {area_m2:.0} m²")]
    Overlap {
        /// The other feature.
        other: String,
        /// The area in common, in m².
        area_m2: f64,
    },
    /// A part of the corridor belongs neither to the core nor to a zone.
    #[error("{area_m2:.0} m² of the corridor belong neither to the core nor to a zone")]
    Gap {
        /// The area of this gap, in m².
        area_m2: f64,
    },
    /// The area is not the published one.
    #[error("the area is {computed_km2:.4} km², published are {published_km2} km² ({difference_ppm:+.0} ppm)")]
    AreaOff {
        /// The area computed, in km².
        computed_km2: f64,
        /// The area published, in km².
        published_km2: f64,
        /// (computed − published) / published, in parts per million.
        difference_ppm: f64,
    },
}

impl PlanProblem {
    /// A stable name for programs.
    ///
    /// ```
    /// use taizhou_corridor::error::PlanProblem;
    ///
    /// assert_eq!(PlanProblem::Gap { area_m2: 1_250.0 }.code(), "gap");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            PlanProblem::NotACollection { .. } => "not-a-collection",
            PlanProblem::NoFeature => "no-feature",
            PlanProblem::CrsMember { .. } => "crs-member",
            PlanProblem::NotAFeature { .. } => "not-a-feature",
            PlanProblem::MissingId => "missing-id",
            PlanProblem::DuplicateId => "duplicate-id",
            PlanProblem::MissingProperty { .. } => "missing-property",
            PlanProblem::BadProperty { .. } => "bad-property",
            PlanProblem::UnknownParent { .. } => "unknown-parent",
            PlanProblem::Roots { .. } => "roots",
            PlanProblem::OutsideParent { .. } => "outside-parent",
            PlanProblem::Overlap { .. } => "overlap",
            PlanProblem::Gap { .. } => "gap",
            PlanProblem::AreaOff { .. } => "area-off",
        }
    }
}
