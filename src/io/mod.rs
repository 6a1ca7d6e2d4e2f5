//! Bytes to rows and rows to bytes: one file a format.
//!
//! ```
//! use taizhou_corridor::io::{self, Input, ReadOptions};
//!
//! let csv = b"id,lon,lat\n0701,121.36898,28.65590\n";
//! let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
//! let batch = rows.next_batch()?.unwrap();
//! assert_eq!(batch.columns(), ["id", "lon", "lat"]);
//! assert_eq!(batch.row(0).cell(0).unwrap().text(), "0701");
//! assert_eq!(batch.sites()[0].as_ref().unwrap().x, 121.36898);
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod archive;
mod block;
mod columns;
mod csv;
mod decoded;
mod encode;
mod encoding;
mod evidence;
mod feature_styles;
mod flat_table;
#[cfg(feature = "flatgeobuf")]
mod flatgeobuf;
mod foreign;
mod format;
mod geojson;
mod geojson_geometry;
mod geometries;
mod geopackage;
#[cfg(feature = "parquet")]
mod geoparquet;
mod input;
mod json_scanner;
mod kml;
mod loss;
mod meter;
mod note;
mod output;
mod plan_export;
mod plan_features;
mod plan_geojson;
mod plan_read;
mod plan_table;
mod qml;
mod read;
mod shapefile;
mod survey_txt;
mod tile_options;
mod topojson;
mod typed;
#[cfg(feature = "tiles")]
mod vector_tiles;
mod write;
mod xlsx;

pub use self::block::{Block, BlockReader};
#[cfg(feature = "datafusion")]
pub(crate) use self::columns::end_row_with;
pub use self::encode::{BatchEncoder, EncodedRows, EncoderFactory, RowEncoder};
pub use self::encoding::{Encoding, InputEncoding};
pub use self::flat_table::FlatTable;
pub use self::format::Format;
#[cfg(feature = "datafusion")]
pub(crate) use self::geometries::GeometryReader;
pub use self::input::Input;
pub use self::loss::Loss;
pub use self::note::ReadNote;
pub use self::output::{Memory, Output, remove_unfinished};
pub use self::plan_export::export_plan;
pub use self::plan_features::ExportOptions;
pub use self::plan_geojson::write_plan;
pub use self::plan_read::{read_plan, read_plan_with_notes};
pub use self::plan_table::plan_table;
pub use self::read::{ReadOptions, Rows, open};
pub use self::tile_options::TileOptions;
pub use self::topojson::write_topojson;
#[cfg(feature = "tiles")]
pub use self::vector_tiles::write_tiles;
pub use self::write::{RowWriter, WriteOptions, Writer, create};
pub(crate) use self::xlsx::catch_panic_as_io_error;
