//! The exit code of an error.

use crate::error::{Error, ErrorKind};

/// The command line is wrong, whatever the content of the files.
const USAGE: u8 = 2;
/// An input cannot be read or used.
const INPUT: u8 = 3;
/// The output cannot be written.
const OUTPUT: u8 = 4;

/// The exit code of an error.
pub(super) fn exit_code(error: &Error) -> u8 {
    // A position or coordinate system on the command line is a usage error, one in a file an input error.
    let usage_or_input = if error.location().file.is_none() { USAGE } else { INPUT };
    match error.kind() {
        ErrorKind::Row(_) | ErrorKind::Crs { .. } | ErrorKind::NoSuchCrs { .. } | ErrorKind::OtherDatum { .. } => {
            usage_or_input
        }
        ErrorKind::UnknownColumn { .. }
        | ErrorKind::NoUnit { .. }
        | ErrorKind::OneFileOnly { .. }
        | ErrorKind::SameOutput(_)
        | ErrorKind::UnknownReportFormat(_)
        | ErrorKind::UnknownMapFormat(_)
        | ErrorKind::UnknownPlanFormat(_)
        | ErrorKind::UnknownFormat(_)
        | ErrorKind::UnknownLayer { .. }
        | ErrorKind::UnknownId { .. }
        | ErrorKind::AmbiguousId { .. }
        | ErrorKind::UnknownLayerName { .. }
        | ErrorKind::DuplicateLayerName(_)
        | ErrorKind::NothingLeft { .. }
        | ErrorKind::OffsetTooLarge { .. }
        | ErrorKind::DatumShift(_)
        | ErrorKind::UnknownSetting { .. }
        | ErrorKind::BadSetting { .. }
        | ErrorKind::BadToml(_)
        | ErrorKind::Query(_)
        | ErrorKind::TableNotFound { exists: true, .. }
        | ErrorKind::NestedColumn(_)
        | ErrorKind::UnknownResultFormat(_)
        | ErrorKind::BadPosition(_)
        | ErrorKind::BaseMap { .. }
        | ErrorKind::OptionMismatch { .. }
        | ErrorKind::NoAnswerColumns { .. }
        | ErrorKind::NoSystem { .. }
        | ErrorKind::PlaneOnly { .. }
        | ErrorKind::LonLatOnly { .. }
        | ErrorKind::NotAPlane { .. }
        | ErrorKind::UnknownBoundaryFormat(_)
        | ErrorKind::NotGaussKrueger { .. }
        | ErrorKind::NeedsFile { .. }
        | ErrorKind::NeedsPath { .. }
        | ErrorKind::NeedsEnding { .. }
        | ErrorKind::BinaryToTerminal { .. }
        | ErrorKind::NotBuilt { .. }
        | ErrorKind::ReadOnlyFormat { .. }
        | ErrorKind::NoZoom { .. }
        | ErrorKind::TooManyTiles { .. }
        | ErrorKind::EmptySelection => USAGE,
        ErrorKind::Open(_)
        | ErrorKind::Read(_)
        | ErrorKind::ModifiedDuringRead
        | ErrorKind::Empty
        | ErrorKind::NoHeader
        | ErrorKind::SystemNotGiven { .. }
        | ErrorKind::SheetTooLarge { .. }
        | ErrorKind::NoHeaderAt { .. }
        | ErrorKind::NoParcels
        | ErrorKind::NotText { .. }
        | ErrorKind::Truncated(_)
        | ErrorKind::Json(_)
        | ErrorKind::NotGeoJson { .. }
        | ErrorKind::TooManyFields { .. }
        | ErrorKind::TooLong { .. }
        | ErrorKind::Malformed { .. }
        | ErrorKind::Unsupported(_)
        | ErrorKind::Foreign { .. }
        | ErrorKind::MissingPart { .. }
        | ErrorKind::DecompressionBomb { .. }
        | ErrorKind::NoTableInArchive
        | ErrorKind::PasswordProtected
        | ErrorKind::SeveralLayers { .. }
        | ErrorKind::NoLayer
        | ErrorKind::NoCoordinateColumns { .. }
        | ErrorKind::AmbiguousColumns { .. }
        | ErrorKind::AmbiguousGeometry { .. }
        | ErrorKind::TableNotFound { exists: false, .. }
        | ErrorKind::SchemaMismatch { .. }
        | ErrorKind::Engine(_)
        | ErrorKind::NotSurveyTxt { .. }
        | ErrorKind::UnknownCrs { .. }
        | ErrorKind::NoGaussKruegerZone
        | ErrorKind::ShiftNotApplicable { .. }
        | ErrorKind::CrsConflict { .. }
        | ErrorKind::DifferentSystems { .. }
        | ErrorKind::Adjustment(_)
        | ErrorKind::Shape(_)
        | ErrorKind::Plan(_)
        | ErrorKind::Coverage(_) => INPUT,
        ErrorKind::Write(_)
        | ErrorKind::OpenElsewhere
        | ErrorKind::AlreadyExists
        | ErrorKind::TooManyRows { .. }
        | ErrorKind::TooManyBoundaryPoints { .. }
        | ErrorKind::TooLarge { .. }
        | ErrorKind::CellTooLong { .. }
        | ErrorKind::MixedGeometry { .. }
        | ErrorKind::UnsupportedGeometry { .. }
        | ErrorKind::Rounding { .. }
        | ErrorKind::NoFont => OUTPUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RowProblem;

    #[test]
    fn the_place_of_a_row_decides() {
        let row = || Error::new(RowProblem::NullGeometry);
        assert_eq!((exit_code(&row()), exit_code(&row().in_file("a.csv"))), (USAGE, INPUT));
    }

    #[test]
    fn a_name_that_does_not_fit_the_format_is_usage() {
        let ending = ErrorKind::NeedsEnding { format: "shapefile".to_owned(), ending: "shp" };
        assert_eq!(exit_code(&Error::new(ending).in_file("x.foo")), USAGE);
        let large = ErrorKind::TooLarge { format: "shapefile".to_owned(), limit_bytes: 1 };
        assert_eq!(exit_code(&Error::new(large)), OUTPUT);
    }
}
