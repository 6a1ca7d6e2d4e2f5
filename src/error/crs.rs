//! Why a coordinate reference system cannot be used.

use crate::error::LibraryMessage;

/// Why a known coordinate reference system cannot be used.
///
/// ```
/// use taizhou_corridor::crs::{Crs, Transformer};
/// use taizhou_corridor::error::{CrsProblem, ErrorKind};
///
/// let error = Transformer::to_crs(Crs::Epsg(4978)).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::Crs { problem: CrsProblem::Geocentric, .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsProblem {
    /// Its coordinates are measured from the centre of the Earth.
    #[error("its coordinates are geocentric")]
    Geocentric,
    /// It is vertical, temporal or an engineering system.
    #[error("it is not a horizontal system")]
    NotHorizontal,
    /// It is not a projected system in metres.
    #[error("it is not a projected system in metres")]
    NotMetres,
    /// Maps need a projected system; this one is only for coordinates on web maps.
    #[error("maps need a projected system; this one is for web maps only")]
    WebMapOnly,
    /// A coordinate is outside the area in which the system is defined.
    #[error("a coordinate cannot be transformed")]
    OutsideArea,
    /// This crate does not compute it, and PROJ is not part of the build.
    #[error("it needs PROJ, which is not part of this build (feature `proj`)")]
    NeedsProj,
    /// PROJ does not know it.
    #[error("PROJ does not know it")]
    Unknown,
    /// PROJ has no transformation to it.
    #[error("PROJ has no transformation to it")]
    NoOperation,
    /// PROJ has a transformation in one direction only.
    #[error("PROJ transforms in one direction only")]
    NoInverse,
    /// Any other error of PROJ.
    #[error(transparent)]
    Library(#[from] LibraryMessage),
}

/// A coordinate axis of a table.
///
/// ```
/// use taizhou_corridor::error::CoordinateAxis;
///
/// assert_eq!(CoordinateAxis::Longitude.to_string(), "longitude");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoordinateAxis {
    /// Longitude, or easting.
    #[error("longitude")]
    Longitude,
    /// Latitude, or northing.
    #[error("latitude")]
    Latitude,
}

/// Where a coordinate system is named without being declared.
///
/// ```
/// use taizhou_corridor::error::SystemPlace;
///
/// assert_eq!(SystemPlace::Column("lng_gcj02".to_owned()).to_string(), "the column `lng_gcj02`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SystemPlace {
    /// The name of the file.
    #[error("the name of the file")]
    File,
    /// The name of the sheet or layer.
    #[error("the name of the sheet")]
    Sheet,
    /// The name of a column.
    #[error("the column `{0}`")]
    Column(String),
    /// A title above the table.
    #[error("a title")]
    Title,
}
