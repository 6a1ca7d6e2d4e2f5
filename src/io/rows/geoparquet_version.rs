//! The versions of GeoParquet that are written.

/// A version of GeoParquet.
///
/// ```
/// use taizhou_corridor::io::{Format, GeoParquetVersion, WriteOptions};
///
/// // For software that does not know the Parquet type GEOMETRY.
/// let version = Some(GeoParquetVersion::V1_1);
/// let options = WriteOptions { geoparquet_version: version, ..WriteOptions::new(Format::GEOPARQUET) };
/// assert_eq!(options.geoparquet_version.map(GeoParquetVersion::as_str), Some("1.1"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum GeoParquetVersion {
    /// Geometries are bytes, described by metadata.
    V1_1,
    /// Geometries have the Parquet type GEOMETRY and statistics, beside the same metadata.
    #[default]
    V2_0,
}

impl GeoParquetVersion {
    /// All versions.
    pub const ALL: [GeoParquetVersion; 2] = [GeoParquetVersion::V1_1, GeoParquetVersion::V2_0];

    /// Its number in options.
    pub fn as_str(self) -> &'static str {
        match self {
            GeoParquetVersion::V1_1 => "1.1",
            GeoParquetVersion::V2_0 => "2.0",
        }
    }
}
