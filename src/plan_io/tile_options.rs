//! How a plan is cut into tiles.

/// The layer and the levels of tiles.
///
/// ```
/// use taizhou_corridor::plan_io::TileOptions;
///
/// let tiles = TileOptions { max_zoom: 14, ..TileOptions::default() };
/// assert_eq!((tiles.layer.as_str(), tiles.min_zoom), ("plan", 8));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileOptions {
    /// The name of the layer in the tiles.
    pub layer: String,
    /// The coarsest level.
    pub min_zoom: u8,
    /// The finest level, at most [`MAX_ZOOM`](TileOptions::MAX_ZOOM). Maps enlarge its tiles beyond it.
    pub max_zoom: u8,
}

impl TileOptions {
    /// The finest level there is: a step of its tiles is 4 cm.
    pub const MAX_ZOOM: u8 = 18;
}

/// From the level at which the corridor is a few tiles to one at which a step is 15 cm.
impl Default for TileOptions {
    fn default() -> TileOptions {
        TileOptions { layer: "plan".to_owned(), min_zoom: 8, max_zoom: 16 }
    }
}
