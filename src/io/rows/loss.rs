//! Information that an output format cannot represent, so that it can be reported.

#[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
use crate::crs::Crs;

/// The loss of the CRS in a format that stores its code or WKT, if it has neither.
#[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
pub(in crate::io) fn crs_loss(crs: &Crs) -> Option<Loss> {
    let is_stated = crs.epsg().is_some() || crs.wkt_of_gdal().is_some();
    (!is_stated).then(|| Loss::Crs { crs: crs.to_string() })
}

/// Information of the rows that the output format could not represent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// A column was renamed.
    Renamed {
        /// Its name in the table.
        from: String,
        /// Its name in the file.
        to: String,
    },
    /// An added column was renamed, since the table has a column of that name.
    AddedRenamed {
        /// The default name.
        from: String,
        /// Its name in the file.
        to: String,
    },
    /// Texts of a column were truncated.
    Cut {
        /// The column.
        field: String,
        /// The maximum number of bytes.
        limit_bytes: usize,
        /// The number of truncated texts.
        count: u64,
    },
    /// Values of a column that do not have its kind were left out.
    Unfit {
        /// The column.
        field: String,
        /// The number of them.
        count: u64,
    },
    /// Characters that the format does not allow were replaced in texts of a column.
    Characters {
        /// The column.
        field: String,
        /// The number of characters.
        count: u64,
    },
    /// A column has integers beyond ±2⁵³, which JavaScript reads inexactly.
    BigIntegers {
        /// The column.
        field: String,
    },
    /// Heights (Z) and measures (M) of geometries are not kept.
    Heights,
    /// Rows could not be transformed to the target CRS, and have no geometry.
    OutsideCrsArea {
        /// The CRS.
        crs: String,
        /// The number of them.
        count: u64,
    },
    /// Coordinates are outside the area of use of the target CRS, where its distortion is larger.
    BeyondArea {
        /// The CRS.
        crs: String,
        /// The number of coordinates.
        count: u64,
    },
    /// Polygons are too small or thin for the number of decimals, and not valid after rounding.
    Collapsed {
        /// The number of them.
        count: u64,
    },
    /// Holes and parts of polygons are too small for the number of decimals, and were left out.
    Vanished {
        /// The number of holes.
        holes: u64,
        /// The number of parts.
        parts: u64,
    },
    /// Columns that the format does not support were left out.
    Columns {
        /// The names of the columns.
        fields: Vec<String>,
    },
    /// Names of layers are not allowed in the format, or differ in case alone, and were changed.
    LayersRenamed {
        /// The first of them.
        from: String,
        /// Its name in the file.
        to: String,
        /// The number of them.
        count: u64,
    },
    /// Rows without a geometry were left out.
    RowsWithoutGeometry {
        /// The number of them.
        count: u64,
    },
    /// The format cannot store the CRS.
    Crs {
        /// The CRS.
        crs: String,
    },
}
