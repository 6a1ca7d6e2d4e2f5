//! Problems of base maps.

/// Why a base map cannot be used.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::error::{BaseMapProblem, ErrorKind};
/// use taizhou_corridor::map::page::BaseMap;
///
/// let error = BaseMap::new("https://tiles.example/{z}/{x}.png", &Crs::Crs84).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::BaseMap { problem: BaseMapProblem::Missing("{y}"), .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseMapProblem {
    /// The address is not an HTTP URL.
    #[error("it does not begin with http:// or https://")]
    NotHttp,
    /// The host is not a valid host name.
    #[error("its host is not a plain name with an optional port")]
    BadHost,
    /// The address contains a character that URLs do not allow.
    #[error("it holds {0:?}, which no address does")]
    BadCharacter(char),
    /// A placeholder is missing.
    #[error("it has no {0}, where the number of the tile goes")]
    Missing(&'static str),
    /// A placeholder is unknown.
    #[error("{{{0}}} is no placeholder that is known")]
    Unknown(String),
    /// Tiles in this coordinate system do not match the Web Mercator grid of the page.
    #[error("tiles in {0} do not lie on the grid of Web Mercator that is drawn")]
    System(String),
}
