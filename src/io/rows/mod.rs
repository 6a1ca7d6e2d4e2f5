//! Reading and writing rows independent of the format, and what formats have in common.

pub(in crate::io) mod block;
pub(in crate::io) mod columns;
pub(in crate::io) mod encode;
pub(in crate::io) mod flat_table;
pub(in crate::io) mod format;
pub(in crate::io) mod geometries;
pub(in crate::io) mod geoparquet_version;
pub(in crate::io) mod header;
pub(in crate::io) mod labels;
pub(in crate::io) mod loss;
pub(in crate::io) mod note;
pub(in crate::io) mod read;
pub(in crate::io) mod reader;
pub(in crate::io) mod sheet;
pub(in crate::io) mod styles;
pub(in crate::io) mod target;
pub(in crate::io) mod txt_dialect;
pub(in crate::io) mod typed;
pub(in crate::io) mod write;
pub(in crate::io) mod writer;
