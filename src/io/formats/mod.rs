//! The formats of tables, one folder each.

pub(in crate::io) mod csv;
#[cfg(feature = "flatgeobuf")]
pub(in crate::io) mod flatgeobuf;
pub(in crate::io) mod geojson;
pub(in crate::io) mod geopackage;
#[cfg(feature = "parquet")]
pub(in crate::io) mod geoparquet;
pub(in crate::io) mod kml;
pub(in crate::io) mod shapefile;
pub(in crate::io) mod survey_txt;
pub(in crate::io) mod xlsx;
