//! Options of vector tiles.

/// The layer and zoom levels of vector tiles.
///
/// ```
/// use taizhou_corridor::plan_io::TileOptions;
///
/// let tiles = TileOptions { max_zoom: 14, ..TileOptions::default() };
/// assert_eq!((tiles.layer.as_str(), tiles.min_zoom), ("plan", 8));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileOptions {
    /// The name of the layer.
    pub layer: String,
    /// The lowest zoom level.
    pub min_zoom: u8,
    /// The highest zoom level, at most [`MAX_ZOOM`](TileOptions::MAX_ZOOM). Beyond it, maps scale its tiles.
    pub max_zoom: u8,
}

impl TileOptions {
    /// The maximum zoom level: a tile unit is 4 cm.
    pub const MAX_ZOOM: u8 = 18;
}

/// From the level at which a few tiles cover the corridor to one at which a tile unit is 15 cm.
impl Default for TileOptions {
    fn default() -> TileOptions {
        TileOptions { layer: "plan".to_owned(), min_zoom: 8, max_zoom: 16 }
    }
}
