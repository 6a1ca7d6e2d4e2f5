//! The error type: a kind and a location.
//!
//! Errors are data. `Display` is the English message, and does not repeat that of the cause, `source()`. The Chinese
//! message, and the advice that the command line adds, are in `messages`. Messages of libraries are
//! [`LibraryMessage`]s.

mod adjustment;
mod basemap;
mod code;
mod coverage;
mod crs;
mod file;
mod foreign;
mod geometry;
mod invalid_rows;
mod json;
mod kind;
mod library;
mod location;
mod plan;
mod query;
mod row;
mod shape;
mod shift;

pub use adjustment::AdjustmentProblem;
pub use basemap::BaseMapProblem;
pub use coverage::CoverageProblem;
pub(crate) use coverage::width_decimals;
pub use crs::{CoordinateAxis, CrsProblem, SystemPlace};
pub use file::{ColumnProblem, FileKind, FilePart, FileProblem};
pub use foreign::{ForeignFormat, Unsupported};
pub use geometry::{GeometryProblem, WktToken};
pub use invalid_rows::InvalidRows;
pub use json::{GeoJsonExpected, GeoJsonFound, JsonProblem, JsonToken};
pub use kind::ErrorKind;
pub use library::LibraryMessage;
pub use location::Location;
pub use plan::{PlanProblem, PropertyKind};
pub use query::QueryProblem;
pub use row::{FeatureProblem, Hint, RowProblem};
pub use shape::ShapeProblem;
pub use shift::ShiftProblem;

use std::fmt;

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What happened ([`ErrorKind`]) and where ([`Location`]).
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::NotText { encoding: "UTF-8" }).in_file("sites.csv").at_row(3);
/// assert!(matches!(error.kind(), ErrorKind::NotText { .. }));
/// assert_eq!(error.to_string(), "sites.csv, row 3: it is not text in UTF-8");
/// ```
#[derive(Debug)]
pub struct Error(Box<(ErrorKind, Location)>);

impl Error {
    /// An error of this kind, without a location.
    ///
    /// ```
    /// use taizhou_corridor::error::{Error, ErrorKind, RowProblem};
    ///
    /// // A problem of a row, a shape or a plan converts to a kind.
    /// let error = Error::new(RowProblem::NullGeometry);
    /// assert!(matches!(error.kind(), ErrorKind::Row(RowProblem::NullGeometry)));
    /// ```
    pub fn new(kind: impl Into<ErrorKind>) -> Error {
        Error(Box::new((kind.into(), Location::default())))
    }

    /// Adds the file, unless there is one.
    ///
    /// ```
    /// use taizhou_corridor::error::{Error, ErrorKind};
    ///
    /// // The innermost caller knows it best: callers further out do not replace it.
    /// let error = Error::new(ErrorKind::Empty).in_file("parcels.geojson").in_file("-");
    /// assert_eq!(error.to_string(), "parcels.geojson: it is empty");
    /// ```
    pub fn in_file(mut self, file: impl Into<String>) -> Error {
        self.0.1.file.get_or_insert_with(|| file.into());
        self
    }

    /// Adds the line.
    ///
    /// ```
    /// use taizhou_corridor::error::{Error, ErrorKind, FilePart};
    ///
    /// let error = Error::new(ErrorKind::Truncated(FilePart::Feature)).at_line(7);
    /// assert_eq!(error.to_string(), "line 7: it ends in the middle of a feature: the file is truncated");
    /// ```
    pub fn at_line(mut self, line: u64) -> Error {
        self.0.1.line = Some(line);
        self
    }

    /// Adds the row.
    ///
    /// ```
    /// use taizhou_corridor::error::{Error, RowProblem};
    ///
    /// let error = Error::new(RowProblem::MissingCoordinate { field: "lat".to_owned() }).at_row(12);
    /// assert_eq!(error.to_string(), "row 12: `lat` is empty");
    /// ```
    pub fn at_row(mut self, row: u64) -> Error {
        self.0.1.row = Some(row);
        self
    }

    /// Adds the feature.
    ///
    /// ```
    /// use taizhou_corridor::error::{Error, ShapeProblem};
    ///
    /// let error = Error::new(ShapeProblem::SelfCrossing).at_feature("core");
    /// assert_eq!(error.to_string(), "feature `core`: a ring crosses or touches itself");
    /// ```
    pub fn at_feature(mut self, id: impl Into<String>) -> Error {
        self.0.1.feature = Some(id.into());
        self
    }

    /// What happened.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let error = Plan::bundled().feature("centre").err().unwrap();
    /// let ErrorKind::UnknownId { known, .. } = error.kind() else { panic!("{error}") };
    /// assert!(known.contains(&"core".to_owned()));
    /// ```
    pub fn kind(&self) -> &ErrorKind {
        &self.0.0
    }

    /// Where it happened.
    ///
    /// ```
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// let wrong = PLAN_GEOJSON.replace(r#""parent":"core""#, r#""parent":"centre""#);
    /// let error = Plan::from_geojson(wrong.as_bytes()).unwrap_err();
    /// assert_eq!(error.location().row, Some(6));
    /// assert_eq!(error.location().feature.as_deref(), Some("central-innovation-district"));
    /// ```
    pub fn location(&self) -> &Location {
        &self.0.1
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location();
        if *location != Location::default() {
            write!(f, "{location}: ")?;
        }
        self.kind().fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // `Display` has the message of the kind already.
        self.kind().source()
    }
}

impl From<RowProblem> for Error {
    fn from(problem: RowProblem) -> Error {
        Error::new(problem)
    }
}

impl From<ShapeProblem> for Error {
    fn from(problem: ShapeProblem) -> Error {
        Error::new(problem)
    }
}

impl From<PlanProblem> for Error {
    fn from(problem: PlanProblem) -> Error {
        Error::new(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_place_before_the_kind() {
        let error = Error::new(ErrorKind::Empty).in_file("a.csv").at_row(3).at_feature("core");
        assert_eq!(error.to_string(), "a.csv, row 3, feature `core`: it is empty");
        assert_eq!(Error::new(ErrorKind::Empty).to_string(), "it is empty");
    }

    #[test]
    fn each_message_of_a_chain_is_new() {
        use std::error::Error as _;
        let denied = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let library = || LibraryMessage::new("zip", "no end of the directory");
        let row = || RowProblem::Shape(ShapeProblem::NoArea);
        let kinds: Vec<ErrorKind> = vec![
            ErrorKind::Open(denied()),
            ErrorKind::Read(denied()),
            ErrorKind::Write(denied()),
            ErrorKind::Empty,
            ErrorKind::Malformed { kind: FileKind::ZipArchive, problem: library().into() },
            ErrorKind::Json(library().into()),
            ErrorKind::Query(library().into()),
            ErrorKind::Engine(library()),
            ErrorKind::Unsupported(Unsupported::Library(library())),
            ErrorKind::Crs { crs: "EPSG:1".to_owned(), problem: library().into() },
            ErrorKind::Rounding { decimals: 1, problem: ShapeProblem::NoArea },
            row().into(),
            RowProblem::NotRepairable(Box::new(row())).into(),
            RowProblem::from(GeometryProblem::Truncated).into(),
            PlanProblem::Row(row()).into(),
            ShapeProblem::Missing.into(),
        ];
        for kind in kinds {
            let error = Error::new(kind).in_file("a.csv");
            let (mut before, mut next) = (error.to_string(), error.source());
            while let Some(cause) = next {
                let text = cause.to_string();
                assert!(!before.contains(&text) && !text.contains(&before), "{before} / {text}");
                (before, next) = (text, cause.source());
            }
        }
    }

    #[test]
    fn the_error_of_the_system_is_the_cause() {
        use std::error::Error as _;
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = Error::new(ErrorKind::Open(missing)).in_file("nowhere.csv");
        assert_eq!(error.to_string(), "nowhere.csv: cannot open it");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()).unwrap();
        assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
    }

    #[test]
    fn keeps_the_first_file() {
        let error = Error::new(ErrorKind::Empty).in_file("inner").in_file("outer");
        assert_eq!(error.location().file.as_deref(), Some("inner"));
    }
}
