//! What a reader found out that whoever uses its rows should know.

use crate::io::bytes::encoding::InputEncoding;

/// Something about a file that was read, and is no error: [`Rows::notes`](crate::io::Rows::notes).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadNote {
    /// The text is valid in UTF-8 and in GB18030, and nothing in it decides.
    EncodingGuessed {
        /// What it is read as.
        encoding: InputEncoding,
    },
    /// The text is no UTF-8, and in GB18030 many of its characters are rare: it may well be in another encoding.
    EncodingDoubtful {
        /// What it is read as.
        encoding: InputEncoding,
    },
    /// A `.cpg` file names an encoding that is not known.
    UnknownEncoding {
        /// The name in it.
        name: String,
        /// What the text is read as.
        encoding: InputEncoding,
    },
    /// GeoJSON is in another encoding than UTF-8, which RFC 8259 wants.
    JsonEncoding {
        /// What it is in.
        encoding: InputEncoding,
    },
    /// JSON has `NaN` or `Infinity` for numbers, which RFC 8259 does not have: they are read as null.
    NotFinite {
        /// How many.
        count: u64,
    },
    /// KML has no placemarks, and the table no rows.
    NoPlacemarks,
    /// Cells of a workbook hold formulas whose results are not stored: they are read as empty.
    NoStoredValue {
        /// The first of them, as `E2`.
        cell: String,
        /// How many.
        count: u64,
    },
}
