//! What a format cannot hold is said, not hidden.

use crate::crs::Crs;

/// That a system is not stated, in a format that states systems by their codes or as WKT.
pub(in crate::io) fn crs_loss(crs: &Crs) -> Option<Loss> {
    let is_stated = crs.epsg().is_some() || crs.wkt_of_gdal().is_some();
    (!is_stated).then(|| Loss::Crs { crs: crs.to_string() })
}

/// What a format could not hold of the rows that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// A column has another name.
    Renamed {
        /// Its name in the table.
        from: String,
        /// Its name in the file.
        to: String,
    },
    /// A column that is added has another name than usual: the table has a column of that name.
    AddedRenamed {
        /// Its usual name.
        from: String,
        /// Its name in the file.
        to: String,
    },
    /// Texts of a column were cut.
    Cut {
        /// The column.
        field: String,
        /// The most bytes that it holds.
        limit_bytes: usize,
        /// How many texts were longer.
        count: u64,
    },
    /// Values of a column are no values of its kind, and were left out.
    Unfit {
        /// The column.
        field: String,
        /// How many.
        count: u64,
    },
    /// Characters that the format does not allow were replaced in texts of a column.
    Characters {
        /// The column.
        field: String,
        /// How many characters.
        count: u64,
    },
    /// Whole numbers of a column are beyond ±2⁵³: programs in JavaScript read them inexactly.
    BigIntegers {
        /// The column.
        field: String,
    },
    /// Heights (Z) and measures (M) of geometries are not kept.
    Heights,
    /// Rows have no place in the system that is written, and no geometry therefore.
    OutsideCrsArea {
        /// The system.
        crs: String,
        /// How many.
        count: u64,
    },
    /// Coordinates lie beyond the area that the system is made for, where it distorts more.
    BeyondArea {
        /// The system.
        crs: String,
        /// How many coordinates.
        count: u64,
    },
    /// Polygons are too small or too thin for the decimals that are written: once rounded, they are no valid
    /// polygons.
    Collapsed {
        /// How many.
        count: u64,
    },
    /// Holes and parts of polygons are too small for the decimals that are written, and left out.
    Vanished {
        /// How many holes.
        holes: u64,
        /// How many parts.
        parts: u64,
    },
    /// Columns are left out: the format has no place for them.
    Columns {
        /// Their names.
        fields: Vec<String>,
    },
    /// The system of the coordinates is not stated: the format has no way to.
    Crs {
        /// The system.
        crs: String,
    },
}
