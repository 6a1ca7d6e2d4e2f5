//! What a coverage check finds, each with a stable code for programs.

use crate::units::{Metres, SquareMetres};

/// A finding about polygons that are to cover an area without overlaps and gaps.
///
/// ```
/// use taizhou_corridor::error::CoverageProblem;
/// use taizhou_corridor::units::{Metres, SquareMetres};
///
/// let gap = CoverageProblem::Gap { other: Some("B".to_owned()), area: SquareMetres(12.0), width: Metres(0.1) };
/// assert_eq!((gap.code(), gap.other(), gap.area()), ("gap", Some("B"), Some(SquareMetres(12.0))));
/// assert_eq!(gap.to_string(), "there is a gap between it and `B`: 12.00 m², 0.100 m wide");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CoverageProblem {
    /// Two features have area in common.
    #[error("it overlaps `{other}`: {}, {}", area_text(*area), width_text(*width))]
    Overlap {
        /// The other feature.
        other: String,
        /// The area in common.
        area: SquareMetres,
        /// Twice the area by the perimeter.
        width: Metres,
    },
    /// A feature lies inside another.
    #[error("it lies inside `{other}`: {}", area_text(*area))]
    Contained {
        /// The other feature.
        other: String,
        /// The area of the feature.
        area: SquareMetres,
    },
    /// Two features have the same shape.
    #[error("it has the same shape as `{other}`: {}", area_text(*area))]
    DuplicateShape {
        /// The other feature, which comes first.
        other: String,
        /// The area of the shape.
        area: SquareMetres,
    },
    /// A narrow void between features.
    #[error("there is a gap {}: {}, {}", between(other.as_deref()), area_text(*area), width_text(*width))]
    Gap {
        /// Another feature at the gap.
        other: Option<String>,
        /// The area of the gap.
        area: SquareMetres,
        /// Twice the area by the perimeter.
        width: Metres,
    },
    /// A void that features enclose, wider than a gap.
    #[error("an area beside it belongs to no feature and is enclosed: {}", area_text(*area))]
    Hole {
        /// Another feature at the void.
        other: Option<String>,
        /// The area of the void.
        area: SquareMetres,
        /// Twice the area by the perimeter.
        width: Metres,
    },
    /// A corner that lies on an edge of another feature, which has no corner there.
    #[error("`{other}` has no corner at this corner of their common border")]
    UnmatchedCorner {
        /// The other feature.
        other: String,
    },
    /// A corner with a very small angle.
    #[error("its boundary turns back by an angle of {angle_deg:.2}°")]
    Spike {
        /// The angle, in degrees.
        angle_deg: f64,
        /// The length of the shorter edge at the corner.
        length: Metres,
    },
    /// A feature that is narrow as a whole.
    #[error("it is a sliver: {}, {} on average", area_text(*area), width_text(*width))]
    Sliver {
        /// The area of the feature.
        area: SquareMetres,
        /// Twice its area by its perimeter.
        width: Metres,
    },
    /// A part of a feature is narrow.
    #[error("a part of it is narrow: {}, {}", area_text(*area), width_text(*width))]
    Narrow {
        /// The area of that part.
        area: SquareMetres,
        /// Twice the area by the perimeter.
        width: Metres,
    },
    /// A feature of little area.
    #[error("its area is only {}", area_text(*area))]
    Small {
        /// The area of the feature.
        area: SquareMetres,
    },
    /// A feature extends beyond the boundary layer.
    #[error("{} of it lie outside the boundary", area_text(*area))]
    OutsideBoundary {
        /// The area outside.
        area: SquareMetres,
    },
    /// A part of the boundary layer belongs to no feature.
    #[error("{} inside the boundary belong to no feature", area_text(*area))]
    Uncovered {
        /// The area of that part.
        area: SquareMetres,
    },
}

impl CoverageProblem {
    /// The stable code of the problem.
    ///
    /// ```
    /// use taizhou_corridor::error::CoverageProblem;
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// assert_eq!(CoverageProblem::Uncovered { area: SquareMetres(9.0) }.code(), "uncovered");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            CoverageProblem::Overlap { .. } => "overlap",
            CoverageProblem::Contained { .. } => "contained",
            CoverageProblem::DuplicateShape { .. } => "duplicate-shape",
            CoverageProblem::Gap { .. } => "gap",
            CoverageProblem::Hole { .. } => "hole",
            CoverageProblem::UnmatchedCorner { .. } => "unmatched-corner",
            CoverageProblem::Spike { .. } => "spike",
            CoverageProblem::Sliver { .. } => "sliver",
            CoverageProblem::Narrow { .. } => "narrow",
            CoverageProblem::Small { .. } => "small",
            CoverageProblem::OutsideBoundary { .. } => "outside-boundary",
            CoverageProblem::Uncovered { .. } => "uncovered",
        }
    }

    /// The other feature of the finding.
    pub fn other(&self) -> Option<&str> {
        match self {
            CoverageProblem::Overlap { other, .. }
            | CoverageProblem::Contained { other, .. }
            | CoverageProblem::DuplicateShape { other, .. }
            | CoverageProblem::UnmatchedCorner { other } => Some(other),
            CoverageProblem::Gap { other, .. } | CoverageProblem::Hole { other, .. } => other.as_deref(),
            _ => None,
        }
    }

    /// The area that the finding is about.
    pub fn area(&self) -> Option<SquareMetres> {
        match *self {
            CoverageProblem::Overlap { area, .. }
            | CoverageProblem::Contained { area, .. }
            | CoverageProblem::DuplicateShape { area, .. }
            | CoverageProblem::Gap { area, .. }
            | CoverageProblem::Hole { area, .. }
            | CoverageProblem::Sliver { area, .. }
            | CoverageProblem::Narrow { area, .. }
            | CoverageProblem::Small { area }
            | CoverageProblem::OutsideBoundary { area }
            | CoverageProblem::Uncovered { area } => Some(area),
            CoverageProblem::UnmatchedCorner { .. } | CoverageProblem::Spike { .. } => None,
        }
    }

    /// The width of what the finding is about.
    pub fn width(&self) -> Option<Metres> {
        match *self {
            CoverageProblem::Overlap { width, .. }
            | CoverageProblem::Gap { width, .. }
            | CoverageProblem::Hole { width, .. }
            | CoverageProblem::Sliver { width, .. }
            | CoverageProblem::Narrow { width, .. } => Some(width),
            _ => None,
        }
    }
}

/// An area with two decimals, or more where it is small.
fn area_text(area: SquareMetres) -> String {
    let decimals = if area.0 < 0.1 { 6 } else { 2 };
    format!("{:.decimals$} m²", area.0)
}

fn width_text(width: Metres) -> String {
    format!("{:.*} m wide", width_decimals(width), width.0)
}

/// To the millimetre, or further where a width is smaller.
pub(crate) fn width_decimals(width: Metres) -> usize {
    if width.0 < 0.01 { 5 } else { 3 }
}

fn between(other: Option<&str>) -> String {
    other.map_or_else(|| "in its boundary".to_owned(), |other| format!("between it and `{other}`"))
}
