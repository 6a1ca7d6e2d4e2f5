//! Why a coordinate reference system cannot be used.

use crate::error::LibraryMessage;

/// Why a coordinate reference system that is known cannot be used.
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
    /// It is for heights, times or building sites.
    #[error("it is not a system of positions on the globe")]
    NotOnGlobe,
    /// It is not a plane whose unit is the metre.
    #[error("it is not a plane in metres")]
    NotMetres,
    /// A map is drawn in a plane, and it is for positions on web maps.
    #[error("a map is drawn in a plane; this system is for positions on web maps")]
    OnlyPositions,
    /// A coordinate cannot be transformed.
    #[error("a coordinate cannot be transformed")]
    NoImage,
    /// PROJ does not know it.
    #[error("PROJ does not know it")]
    Unknown,
    /// PROJ has no transformation to it.
    #[error("PROJ has no transformation to it")]
    NoOperation,
    /// PROJ has a transformation in one direction.
    #[error("PROJ transforms in one direction only")]
    NoInverse,
    /// What else PROJ says.
    #[error(transparent)]
    Library(#[from] LibraryMessage),
}

/// One of the two coordinates of a table.
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
