//! Findings about a plan file: the problem, its severity and its location.

use geo::{Coord, MapCoords, MultiPolygon};

use crate::crs::Plane;
use crate::error::{CoverageProblem, Error, ErrorKind, PlanProblem, ShapeProblem};
use crate::geometry::label_point;
use crate::units::{Metres, SquareMetres};

/// A problem of a feature or a file.
///
/// ```
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, Problem};
///
/// let open = PLAN_GEOJSON.replace("[121.3565,28.6175]]]", "[121.3565,28.6176]]]");
/// let outline = UncheckedPlan::read(open.as_bytes())?;
/// assert_eq!(outline.findings()[0].problem, Problem::Shape(ShapeProblem::NotClosed));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// A problem of a shape.
    Shape(ShapeProblem),
    /// A problem of the plan.
    Plan(PlanProblem),
    /// A problem of a coverage.
    Coverage(CoverageProblem),
}

impl Problem {
    /// The stable code for programs.
    ///
    /// ```
    /// use taizhou_corridor::error::{PlanProblem, ShapeProblem};
    /// use taizhou_corridor::plan::Problem;
    ///
    /// assert_eq!(Problem::Shape(ShapeProblem::NotClosed).code(), "ring-not-closed");
    /// assert_eq!(Problem::Plan(PlanProblem::DuplicateId).code(), "duplicate-id");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Shape(problem) => problem.code(),
            Problem::Plan(problem) => problem.code(),
            Problem::Coverage(problem) => problem.code(),
        }
    }

    /// The other feature of the problem.
    pub fn other(&self) -> Option<&str> {
        match self {
            Problem::Shape(_) => None,
            Problem::Plan(problem) => problem.other(),
            Problem::Coverage(problem) => problem.other(),
        }
    }

    /// The area that the problem is about: of an overlap, of a gap.
    pub fn area(&self) -> Option<SquareMetres> {
        match self {
            Problem::Shape(_) => None,
            Problem::Plan(problem) => problem.area(),
            Problem::Coverage(problem) => problem.area(),
        }
    }

    /// The width of what the problem is about.
    pub fn width(&self) -> Option<Metres> {
        match self {
            Problem::Shape(_) | Problem::Plan(_) => None,
            Problem::Coverage(problem) => problem.width(),
        }
    }
}

/// The severity of a finding, in ascending order.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, Severity};
///
/// let without_source = PLAN_GEOJSON.replace("\"source\":", "\"origin\":");
/// let findings = UncheckedPlan::read(without_source.as_bytes())?.findings().to_vec();
/// // The plan is usable.
/// assert_eq!(findings.iter().map(|finding| finding.severity).max(), Some(Severity::Warning));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Allowed; for information.
    Info,
    /// The plan is usable but deviates from the schema.
    Warning,
    /// The plan cannot be used.
    Error,
}

impl Severity {
    /// All severities, the most severe first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

    /// The severity with this code; `None` if there is none.
    ///
    /// ```
    /// use taizhou_corridor::plan::Severity;
    ///
    /// assert_eq!(Severity::of_code("warning"), Some(Severity::Warning));
    /// assert_eq!(Severity::of_code("fatal"), None);
    /// ```
    pub fn of_code(code: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == code)
    }

    /// The code in tables: `info`, `warning`, `error`.
    ///
    /// ```
    /// use taizhou_corridor::plan::Severity;
    ///
    /// assert_eq!(Severity::Info.as_str(), "info");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A finding about a plan file, with its location.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check};
///
/// // A corner of the core, moved across its border with Jiaojiang.
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check::check(&UncheckedPlan::read(moved.as_bytes())?, None);
/// let overlap = findings.iter().find(|finding| finding.problem.code() == "overlap").unwrap();
/// assert_eq!(overlap.feature.as_deref(), Some("core"));
/// assert!((overlap.at.unwrap().y - 28.6623).abs() < 1e-4);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The severity.
    pub severity: Severity,
    /// The problem.
    pub problem: Problem,
    /// The position of the feature in the file, from 1; `None` for the file as a whole.
    pub row: Option<u64>,
    /// The id of the feature, if it has one.
    pub feature: Option<String>,
    /// A location of the problem: longitude and latitude in degrees.
    pub at: Option<Coord<f64>>,
    /// The area that the problem is about, in longitude and latitude: the overlap, the gap. `None` where it has none, or
    /// where it was not determined.
    pub shape: Option<MultiPolygon<f64>>,
}

impl Finding {
    pub(crate) fn of_file(problem: impl Into<Problem>) -> Finding {
        Finding { severity: Severity::Error, problem: problem.into(), row: None, feature: None, at: None, shape: None }
    }

    /// The finding with an area in a plane, located inside its largest piece.
    pub(crate) fn with_area(mut self, area: &MultiPolygon<f64>, plane: &Plane) -> Finding {
        self.at = label_point(area).map(|point| plane.position(point));
        self.shape = Some(area.map_coords(|corner| plane.position(corner)));
        self
    }

    pub(super) fn into_error(self) -> Error {
        let mut error = Error::new(self.problem);
        if let Some(row) = self.row {
            error = error.at_row(row);
        }
        if let Some(feature) = self.feature {
            error = error.at_feature(feature);
        }
        error
    }
}

impl From<Problem> for ErrorKind {
    fn from(problem: Problem) -> ErrorKind {
        match problem {
            Problem::Shape(problem) => ErrorKind::Shape(problem),
            Problem::Plan(problem) => ErrorKind::Plan(problem),
            Problem::Coverage(problem) => ErrorKind::Coverage(problem),
        }
    }
}

impl From<CoverageProblem> for Problem {
    fn from(problem: CoverageProblem) -> Problem {
        Problem::Coverage(problem)
    }
}

impl From<PlanProblem> for Problem {
    fn from(problem: PlanProblem) -> Problem {
        Problem::Plan(problem)
    }
}
