//! Why areas cannot be adjusted to control areas. Areas are in hundredths of a square metre (dm²).

/// Why areas cannot be adjusted to control areas.
///
/// ```
/// use taizhou_corridor::error::AdjustmentProblem;
///
/// let problem = AdjustmentProblem::NotAnArea { of: "core".to_owned(), text: "large".to_owned() };
/// assert_eq!(problem.to_string(), "the control area of `core` is not an area: `large`");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AdjustmentProblem {
    /// The computed area differs from the control area by more than the tolerance.
    #[error(
        "`{of}` has a computed area of {} m² and a control area of {} m²: they differ by {difference_ppm:.0} ppm, and the tolerance is {tolerance_ppm} ppm",
        m2(*computed_dm2),
        m2(*control_dm2)
    )]
    OutOfTolerance {
        /// The id of the feature, or the name of the group.
        of: String,
        /// The computed area.
        computed_dm2: i64,
        /// The control area.
        control_dm2: i64,
        /// Computed minus control area, in parts per million of the control area.
        difference_ppm: f64,
        /// The tolerance.
        tolerance_ppm: f64,
    },
    /// What is left of a control area for the members without a control of their own differs from their area by more than
    /// the tolerance.
    #[error(
        "the parts of `{of}` without a control area have a computed area of {} m², and the control areas leave {} m² to them: the tolerance is {tolerance_ppm} ppm",
        m2(*computed_dm2),
        m2(*left_dm2)
    )]
    RestOutOfTolerance {
        /// The id of the feature, or the name of the group.
        of: String,
        /// The computed area of these members.
        computed_dm2: i64,
        /// What is left to them.
        left_dm2: i64,
        /// The tolerance.
        tolerance_ppm: f64,
    },
    /// All members have control areas, and these do not add up to that of the whole.
    #[error(
        "the control area of `{of}` is {} m², and those of its parts add up to {} m²",
        m2(*control_dm2),
        m2(*parts_dm2)
    )]
    Contradiction {
        /// The id of the feature, or the name of the group.
        of: String,
        /// Its control area.
        control_dm2: i64,
        /// The sum of the control areas of its members.
        parts_dm2: i64,
    },
    /// The features in another have more area than it, so that they are no parts of it.
    #[error(
        "the features in `{of}` add up to {} m², and it is {} m²: they overlap, or extend beyond it",
        m2(*parts_dm2),
        m2(*whole_dm2)
    )]
    Overlap {
        /// The id of the feature.
        of: String,
        /// The sum of the computed areas of the features in it.
        parts_dm2: i64,
        /// Its computed area.
        whole_dm2: i64,
    },
    /// A control area is of a feature or group that there is not.
    #[error("there is nothing to adjust to the control area of `{of}`: choose from {}", known.join(", "))]
    NoMember {
        /// The id or name.
        of: String,
        /// The first of those that there are.
        known: Vec<String>,
    },
    /// Two control areas are given for the same feature or group.
    #[error("`{of}` has two control areas, {} m² and {} m²", m2(*first_dm2), m2(*second_dm2))]
    TwoControls {
        /// The id of the feature, or the name of the group.
        of: String,
        /// The first control area.
        first_dm2: i64,
        /// The second.
        second_dm2: i64,
    },
    /// A control area is not a number, or is not above 0.
    #[error("the control area of `{of}` is not an area: `{text}`")]
    NotAnArea {
        /// The id of the feature, or the name of the group.
        of: String,
        /// The text.
        text: String,
    },
    /// The unit of control areas is not known.
    #[error(
        "`{column}` does not state the unit of its areas: end its name in a unit, as `control_m2`, or put it after each value"
    )]
    NoUnit {
        /// The property.
        column: String,
    },
    /// No feature and no group has a control area.
    #[error("no feature has a control area in `{column}`")]
    NoControl {
        /// The property or column.
        column: String,
    },
    /// A table of control areas has no column that names the features or groups.
    #[error("no column names what the control areas are of: `id`{}", group.as_ref().map_or_else(String::new, |group| format!(" or `{group}`")))]
    NoKey {
        /// The property of the groups.
        group: Option<String>,
    },
    /// A table of control areas has several columns of areas, or none.
    #[error("control areas are in one column whose name has the unit, as `control_m2`; the columns of areas are: {}", columns.join(", "))]
    AreaColumns {
        /// The columns whose names have a unit.
        columns: Vec<String>,
    },
    /// Groups are asked of a plan with levels, whose features contain each other.
    #[error("features of a plan with levels contain each other: they cannot be grouped by `{property}`")]
    Levels {
        /// The property of the groups.
        property: String,
    },
}

/// An area of hundredths of a square metre, in square metres.
fn m2(area_dm2: i64) -> String {
    let (sign, area_dm2) = (if area_dm2 < 0 { "-" } else { "" }, area_dm2.unsigned_abs());
    format!("{sign}{}.{:02}", area_dm2 / 100, area_dm2 % 100)
}
