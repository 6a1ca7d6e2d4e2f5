//! Reading and writing tables, in layers: `bytes`, `rows`, `formats` with a module per format, and `open`, which
//! detects the format of a file.
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

mod bytes;
mod formats;
mod open;
mod rows;

pub use self::bytes::encoding::{Encoding, InputEncoding};
pub use self::bytes::input::Input;
pub use self::bytes::memory::Memory;
pub use self::bytes::output::{Output, remove_unfinished};
pub(crate) use self::bytes::stored::spool;
pub(crate) use self::formats::{catch_panic_as_io_error, json_text, kind_of, sequential_worksheet};
pub use self::open::layers::{Layer, layers};
pub use self::open::open;
pub(crate) use self::open::{OpenInput, rows_of};
pub use self::rows::block::{Block, BlockReader};
#[cfg(feature = "datafusion")]
pub(crate) use self::rows::columns::end_row_with;
pub use self::rows::encode::{BatchEncoder, EncodedBatch, EncodedRows};
pub use self::rows::flat_table::FlatTable;
pub(crate) use self::rows::format::StyleSupport;
pub use self::rows::format::{Format, ReadOptions, Wording, WriteOptions};
#[cfg(feature = "datafusion")]
pub(crate) use self::rows::geometries::GeometryReader;
pub use self::rows::geoparquet_version::GeoParquetVersion;
pub use self::rows::loss::Loss;
pub use self::rows::note::ReadNote;
pub use self::rows::read::Rows;
pub(crate) use self::rows::styles::{FeatureStyle, FeatureStyles, LayerStyle};
pub use self::rows::target::{EncoderFactory, RowEncoder};
pub use self::rows::txt_dialect::{TxtDialect, TxtNumbering};
pub(crate) use self::rows::write::create_styled;
pub use self::rows::write::{Writer, create};
pub use self::rows::writer::RowWriter;
