//! Reading and writing plans: in any table format, and in map formats that are not tables.
//!
//! ```
//! use taizhou_corridor::io::{Input, ReadOptions};
//! use taizhou_corridor::plan::PLAN_GEOJSON;
//! use taizhou_corridor::plan_io;
//!
//! let outline = plan_io::read_plan(Input::bytes("plan.geojson", PLAN_GEOJSON), &ReadOptions::default(), None)?;
//! assert_eq!(outline.into_plan()?.features().len(), 16);
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod export;
mod feature_styles;
mod features;
mod geojson;
mod qml;
mod read;
mod table;
mod tile_options;
mod topojson;
#[cfg(feature = "tiles")]
mod vector_tiles;

pub use self::export::{export_plan, options_for};
pub use self::features::{ExportOptions, added_corners};
pub use self::geojson::write_plan;
pub use self::read::{OutlineRead, read_outline, read_plan, read_plan_with_notes};
pub use self::table::plan_table;
pub use self::tile_options::TileOptions;
pub use self::topojson::write_topojson;
#[cfg(feature = "tiles")]
pub use self::vector_tiles::{export_tiles, maplibre_style};
