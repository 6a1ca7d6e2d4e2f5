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
    /// It is no address of the web.
    #[error("it does not begin with http:// or https://")]
    NotHttp,
    /// Its host is no name of a host.
    #[error("its host is not a plain name with an optional port")]
    BadHost,
    /// It holds a character that no address holds.
    #[error("it holds {0:?}, which no address does")]
    BadCharacter(char),
    /// A placeholder is missing.
    #[error("it has no {0}, where the number of the tile goes")]
    Missing(&'static str),
    /// A placeholder is none that is known.
    #[error("{{{0}}} is no placeholder that is known")]
    Unknown(String),
    /// Its tiles are in a system whose tiles cannot be laid under the map.
    #[error("tiles in {0} do not lie on the grid of Web Mercator that is drawn")]
    System(String),
}
