//! The codes of errors, for programs.

use crate::error::ErrorKind;

impl ErrorKind {
    /// The stable code of the kind; that of the problem if it is one of a row, a shape or a plan.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let open = |csv| io::open(Input::bytes("sites.csv", csv), &ReadOptions::default());
    /// assert_eq!(open("").err().unwrap().kind().code(), "empty");
    /// assert_eq!(open("name\n").err().unwrap().kind().code(), "no-coordinate-columns");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            ErrorKind::Open(_) => "cannot-open",
            ErrorKind::Read(_) => "cannot-read",
            ErrorKind::ModifiedDuringRead => "modified-during-read",
            ErrorKind::Write(_) => "cannot-write",
            ErrorKind::OpenElsewhere => "open-elsewhere",
            ErrorKind::AlreadyExists => "already-exists",
            ErrorKind::Empty => "empty",
            ErrorKind::NoHeader => "no-header",
            ErrorKind::SystemNotGiven { .. } => "system-not-given",
            ErrorKind::SheetTooLarge { .. } => "sheet-too-large",
            ErrorKind::NoHeaderAt { .. } => "no-header-at",
            ErrorKind::NoParcels => "no-parcels",
            ErrorKind::NotText { .. } => "not-text",
            ErrorKind::Truncated(_) => "truncated",
            ErrorKind::Json(_) => "not-json",
            ErrorKind::NotGeoJson { .. } => "not-geojson",
            ErrorKind::TooManyFields { .. } => "too-many-fields",
            ErrorKind::TooLong { .. } => "too-long",
            ErrorKind::Malformed { .. } => "malformed",
            ErrorKind::Unsupported(_) => "unsupported",
            ErrorKind::Foreign { .. } => "foreign",
            ErrorKind::MissingPart { .. } => "missing-part",
            ErrorKind::DecompressionBomb { .. } => "decompression-bomb",
            ErrorKind::MixedGeometry { .. } => "mixed-geometry",
            ErrorKind::UnsupportedGeometry { .. } => "unsupported-geometry",
            ErrorKind::NeedsFile { .. } => "needs-file",
            ErrorKind::BinaryToTerminal { .. } => "binary-to-terminal",
            ErrorKind::NeedsPath { .. } => "needs-path",
            ErrorKind::NeedsEnding { .. } => "needs-ending",
            ErrorKind::TooLarge { .. } => "too-large",
            ErrorKind::CellTooLong { .. } => "cell-too-long",
            ErrorKind::NoTableInArchive => "no-table-in-archive",
            ErrorKind::PasswordProtected => "password-protected",
            ErrorKind::NotBuilt { .. } => "not-built",
            ErrorKind::SeveralLayers { .. } => "several-layers",
            ErrorKind::UnknownLayer { .. } => "unknown-layer",
            ErrorKind::NoLayer => "no-layer",
            ErrorKind::TooManyRows { .. } => "too-many-rows",
            ErrorKind::NoCoordinateColumns { .. } => "no-coordinate-columns",
            ErrorKind::AmbiguousColumns { .. } => "ambiguous-columns",
            ErrorKind::AmbiguousGeometry { .. } => "ambiguous-geometry",
            ErrorKind::UnknownColumn { .. } => "unknown-column",
            ErrorKind::NoUnit { .. } => "no-unit",
            ErrorKind::SameOutput(_) => "same-output",
            ErrorKind::UnknownReportFormat(_) => "unknown-report-format",
            ErrorKind::UnknownMapFormat(_) => "unknown-map-format",
            ErrorKind::NoFont => "no-font",
            ErrorKind::UnknownFormat(_) => "unknown-format",
            ErrorKind::BadPosition(_) => "bad-position",
            ErrorKind::OptionMismatch { .. } => "option-mismatch",
            ErrorKind::NoAnswerColumns { .. } => "no-answer-columns",
            ErrorKind::UnknownId { .. } => "unknown-id",
            ErrorKind::AmbiguousId { .. } => "ambiguous-id",
            ErrorKind::UnknownSetting { .. } => "unknown-setting",
            ErrorKind::BadSetting { .. } => "bad-setting",
            ErrorKind::BadToml(_) => "bad-toml",
            ErrorKind::Query(_) => "bad-query",
            ErrorKind::TableNotFound { .. } => "table-not-found",
            ErrorKind::SchemaMismatch { .. } => "schema-mismatch",
            ErrorKind::NestedColumn(_) => "nested-column",
            ErrorKind::UnknownResultFormat(_) => "unknown-result-format",
            ErrorKind::Engine(_) => "engine",
            ErrorKind::EmptySelection => "empty-selection",
            ErrorKind::Crs { .. } => "unusable-crs",
            ErrorKind::NoSuchCrs { .. } => "no-such-crs",
            ErrorKind::OtherDatum { .. } => "other-datum",
            ErrorKind::NotSurveyTxt { .. } => "not-survey-txt",
            ErrorKind::UnknownCrs { .. } => "unknown-crs",
            ErrorKind::NoGaussKruegerZone => "no-gauss-krueger-zone",
            ErrorKind::NotGaussKrueger { .. } => "not-gauss-krueger",
            ErrorKind::LonLatOnly { .. } => "lon-lat-only",
            ErrorKind::CrsConflict { .. } => "crs-conflict",
            ErrorKind::NoZoom { .. } => "no-zoom",
            ErrorKind::TooManyTiles { .. } => "too-many-tiles",
            ErrorKind::Rounding { .. } => "invalid-when-rounded",
            ErrorKind::BaseMap { .. } => "unusable-base-map",
            ErrorKind::Row(problem) => problem.code(),
            ErrorKind::Shape(problem) => problem.code(),
            ErrorKind::Plan(problem) => problem.code(),
        }
    }
}
