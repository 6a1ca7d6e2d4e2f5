//! What can be wrong with a plan, each with a stable code for programs.

use crate::error::{GeoJsonFound, LibraryMessage, RowProblem};
use crate::units::SquareMetres;

/// Why a file is not a valid plan.
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
    /// The file is not a feature collection.
    #[error("a GeoJSON FeatureCollection is expected, found {found}")]
    NotACollection {
        /// What was found.
        found: GeoJsonFound,
    },
    /// The file has no feature.
    #[error("there is no feature")]
    NoFeature,
    /// The file declares another coordinate reference system than longitude and latitude on WGS 84.
    #[error("its `crs` member names {found}; GeoJSON is longitude, latitude on WGS 84 (RFC 7946, 4)")]
    CrsMember {
        /// The declared system.
        found: String,
    },
    /// A member of `features` is not a GeoJSON feature.
    #[error("not a GeoJSON feature: {0}")]
    NotAFeature(LibraryMessage),
    /// Features have no id.
    #[error("{}", missing_ids(*count))]
    MissingId {
        /// How many of them.
        count: u64,
    },
    /// A row of a table has no usable geometry.
    #[error(transparent)]
    Row(RowProblem),
    /// Two features have the same id.
    #[error("the id is given twice")]
    DuplicateId,
    /// A property is missing.
    #[error("the property `{name}` is missing")]
    MissingProperty {
        /// The property.
        name: String,
    },
    /// A property has a value of another type than expected.
    #[error("the property `{name}` should be {expected}, and is {found}")]
    BadProperty {
        /// The property.
        name: String,
        /// The expected type.
        expected: PropertyKind,
        /// The value, as JSON.
        found: String,
    },
    /// The parent is not a feature of a higher level.
    #[error("its parent `{parent}` is no feature of a coarser level in this plan")]
    UnknownParent {
        /// The id of the parent.
        parent: String,
    },
    /// The plan has no feature of level `corridor`, or several.
    #[error("a plan has one feature of level `corridor`, this one has {count}")]
    Roots {
        /// How many there are.
        count: usize,
    },
    /// The levels of the features make no plan, which is read as a flat layer.
    #[error("{}", levels_ignored(unknown, *roots))]
    LevelsIgnored {
        /// The values that are no levels; an empty text where there is none.
        unknown: Vec<String>,
        /// How many features are of level `corridor`.
        roots: usize,
    },
    /// A feature lies partly in another, so that the hierarchy of a new plan does not follow.
    #[error("{:.1} % of it lies in `{other}`: it is neither inside nor outside", share * 100.0)]
    PartlyInside {
        /// The other feature.
        other: String,
        /// The share of its area that lies in the other.
        share: f64,
    },
    /// Two features have the same extent, so that the hierarchy of a new plan does not follow.
    #[error("it has the same extent as `{other}`")]
    SameExtent {
        /// The other feature.
        other: String,
    },
    /// A feature lies in a cluster, for which there is no level.
    #[error("it lies in `{parent}`, which is a cluster: there is no further level")]
    TooDeep {
        /// The cluster.
        parent: String,
    },
    /// A feature extends beyond its parent.
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
        /// The area of the overlap, in m².
        area_m2: f64,
    },
    /// A part of the corridor is neither in the core nor in a zone.
    #[error("{area_m2:.0} m² of the corridor belong neither to the core nor to a zone")]
    Gap {
        /// The area of this gap, in m².
        area_m2: f64,
    },
    /// Arcs of features were replaced by straight edges.
    #[error("arcs of {} are replaced by straight edges within 1 mm of them", features(*count))]
    Arcs {
        /// How many features.
        count: u64,
    },
    /// Null or empty members of geometries were left out.
    #[error("null or empty members of {} are left out", features(*count))]
    EmptyMembers {
        /// How many features.
        count: u64,
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

/// What a property of a plan should be.
///
/// ```
/// use taizhou_corridor::error::PropertyKind;
///
/// assert_eq!(PropertyKind::Metres.to_string(), "a number of metres, 0 or more");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyKind {
    /// A text.
    #[error("a text")]
    Text,
    /// A list of texts.
    #[error("a list of texts")]
    TextList,
    /// A level of the hierarchy.
    #[error("corridor, core, zone or cluster")]
    Level,
    /// Whether an outline is official.
    #[error("indicative or official")]
    Authority,
    /// A length in metres.
    #[error("a number of metres, 0 or more")]
    Metres,
    /// An area in km².
    #[error("a number of km² above 0")]
    SquareKilometres,
    /// An area in the unit of the property.
    #[error("a number above 0")]
    Area,
}

fn features(count: u64) -> String {
    format!("{count} feature{}", if count == 1 { "" } else { "s" })
}

fn levels_ignored(unknown: &[String], roots: usize) -> String {
    let names = unknown.iter().map(|name| if name.is_empty() { "(none)".to_owned() } else { format!("`{name}`") });
    match unknown {
        [] => format!(
            "read as a layer without levels: {roots} of its features are of level `corridor`, not one; `corridor plan new` makes a plan of it"
        ),
        _ => format!("read as a layer without levels: unknown levels {}", names.collect::<Vec<_>>().join(", ")),
    }
}

fn missing_ids(count: u64) -> String {
    if count == 1 {
        "the feature has no `id`".to_owned()
    } else {
        format!("{count} features have no `id`, this one first")
    }
}

impl PlanProblem {
    /// The stable code of the problem.
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
            PlanProblem::NotAFeature(_) => "not-a-feature",
            PlanProblem::MissingId { .. } => "missing-id",
            PlanProblem::Row(problem) => problem.code(),
            PlanProblem::DuplicateId => "duplicate-id",
            PlanProblem::MissingProperty { .. } => "missing-property",
            PlanProblem::BadProperty { .. } => "bad-property",
            PlanProblem::UnknownParent { .. } => "unknown-parent",
            PlanProblem::Roots { .. } => "roots",
            PlanProblem::LevelsIgnored { .. } => "levels-ignored",
            PlanProblem::PartlyInside { .. } => "partly-inside",
            PlanProblem::SameExtent { .. } => "same-extent",
            PlanProblem::TooDeep { .. } => "too-deep",
            PlanProblem::OutsideParent { .. } => "outside-parent",
            PlanProblem::Overlap { .. } => "overlap",
            PlanProblem::Gap { .. } => "gap",
            PlanProblem::Arcs { .. } => "arcs",
            PlanProblem::EmptyMembers { .. } => "empty-members",
            PlanProblem::AreaOff { .. } => "area-off",
        }
    }

    /// The other feature of the problem.
    pub fn other(&self) -> Option<&str> {
        match self {
            PlanProblem::PartlyInside { other, .. }
            | PlanProblem::SameExtent { other }
            | PlanProblem::Overlap { other, .. } => Some(other),
            PlanProblem::OutsideParent { parent, .. } => Some(parent),
            _ => None,
        }
    }

    /// The area that the problem is about.
    pub fn area(&self) -> Option<SquareMetres> {
        match *self {
            PlanProblem::OutsideParent { area_m2, .. }
            | PlanProblem::Overlap { area_m2, .. }
            | PlanProblem::Gap { area_m2 } => Some(SquareMetres(area_m2)),
            _ => None,
        }
    }
}
