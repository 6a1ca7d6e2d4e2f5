//! What can be wrong with the parameters of a datum shift.

/// Why the parameters of a datum shift cannot be used.
///
/// ```
/// use taizhou_corridor::error::ShiftProblem;
///
/// let problem = ShiftProblem::Missing { key: "accuracy_m" };
/// assert_eq!(problem.to_string(), "`accuracy_m` is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShiftProblem {
    /// A parameter is not stated.
    #[error("`{key}` is missing")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// The direction of rotations is not stated: the same parameters would give other coordinates.
    #[error("`convention` is missing, without which rotations have no direction")]
    NoConvention,
    /// Which axis is x is not stated: the same parameters would give other coordinates.
    #[error("`x_axis` is missing, without which x could be the northing or the easting")]
    NoAxis,
    /// A value is not one of those that are known.
    #[error("`{key}` is not one of {}", known.join(", "))]
    Value {
        /// The key.
        key: &'static str,
        /// The known values.
        known: Vec<&'static str>,
    },
    /// A value is not a number.
    #[error("`{key}` is not a number")]
    NotANumber {
        /// The key.
        key: &'static str,
    },
    /// A value is too large, or not positive where it has to be.
    #[error("`{key}` is out of range")]
    OutOfRange {
        /// The key.
        key: &'static str,
    },
    /// Keys of 4 and of 7 parameters are mixed.
    #[error("`{key}` does not belong to {count} parameters")]
    Mixed {
        /// The key.
        key: &'static str,
        /// 4 or 7.
        count: u8,
    },
    /// It is not stated what the parameters are for.
    #[error("neither `source_datum` nor `source_crs` states what the parameters are for")]
    NoSource,
    /// Both a datum and a system are stated.
    #[error("both `source_datum` and `source_crs` are stated")]
    TwoSources,
    /// 4 parameters are between two planes, not for all planes of a datum.
    #[error("4 parameters are for one plane: state `source_crs`, not `source_datum`")]
    DatumOfPlane,
    /// The source is not longitude and latitude in degrees or a transverse Mercator projection in metres.
    #[error("{crs} is neither in degrees nor a transverse Mercator projection in metres")]
    Source {
        /// The system.
        crs: String,
    },
    /// The source needs no parameters.
    #[error("{crs} is on CGCS2000 or WGS 84, to which parameters lead")]
    NoShift {
        /// The system.
        crs: String,
    },
    /// The target is not a plane on CGCS2000 or WGS 84 that this crate computes.
    #[error("{crs} is not a transverse Mercator projection on CGCS2000 or WGS 84")]
    Target {
        /// The system.
        crs: String,
    },
    /// The parameters are to be those of the table, which states none.
    #[error("the parameters are to be those of the header of a survey TXT, and the table has no such header")]
    NoParameters,
    /// A control point is off by more than the stated accuracy.
    #[error("control point {number} is off by {} m, more than `accuracy_m`", off_m(*off_mm))]
    ControlPoint {
        /// The number of the point, from 1.
        number: usize,
        /// How far it is off in millimetres.
        off_mm: u64,
    },
}

fn off_m(millimetres: u64) -> String {
    format!("{}.{:03}", millimetres / 1000, millimetres % 1000)
}
