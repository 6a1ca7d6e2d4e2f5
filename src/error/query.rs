//! Why a query in SQL cannot be answered.

use crate::error::LibraryMessage;

/// Why a query in SQL cannot be answered.
///
/// ```
/// use taizhou_corridor::error::QueryProblem;
///
/// let problem = QueryProblem::CrsNotLiteral { function: "corridor_zone".to_owned() };
/// assert!(problem.to_string().starts_with("corridor_zone: the system of the coordinates is a text"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryProblem {
    /// A function of coordinates is called with wrong arguments.
    #[error(
        "{usage} takes no ({found}); numbers, TRY_CAST(text AS DOUBLE) of texts, and the name of a system are expected"
    )]
    CoordinateArguments {
        /// How the function is called.
        usage: String,
        /// The types of the arguments.
        found: String,
    },
    /// A function of parcels is called with wrong arguments.
    #[error("{usage} takes no ({found}); well-known binary and the name of a system are expected")]
    ParcelArguments {
        /// How the function is called.
        usage: String,
        /// The types of the arguments.
        found: String,
    },
    /// The coordinate system argument of a function is not a literal.
    #[error("{function}: the system of the coordinates is a text in the query, such as 'EPSG:4549'")]
    CrsNotLiteral {
        /// The function.
        function: String,
    },
    /// Any other error of the engine.
    #[error(transparent)]
    Library(#[from] LibraryMessage),
}
