//! Notes of readers about files.

use crate::crs::Crs;
use crate::error::SystemPlace;
use crate::io::bytes::encoding::InputEncoding;

/// A note about a file, which is not an error: [`Rows::notes`](crate::io::Rows::notes).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadNote {
    /// The text is valid in both UTF-8 and GB18030, and the encoding was guessed.
    EncodingGuessed {
        /// The encoding that is used.
        encoding: InputEncoding,
    },
    /// The text is not UTF-8, and has many rare characters in GB18030, so that it is probably in another encoding.
    EncodingDoubtful {
        /// The encoding that is used.
        encoding: InputEncoding,
    },
    /// A `.cpg` file names an unknown encoding.
    UnknownEncoding {
        /// The name.
        name: String,
        /// The encoding that is used.
        encoding: InputEncoding,
    },
    /// GeoJSON is not in UTF-8, as RFC 8259 requires.
    JsonEncoding {
        /// The encoding.
        encoding: InputEncoding,
    },
    /// JSON has `NaN` or `Infinity`, which RFC 8259 does not allow, and which are read as null.
    NotFinite {
        /// The number of them.
        count: u64,
    },
    /// A name suggests a shifted system of Chinese web maps, and no system is given.
    ShiftedSystem {
        /// The word.
        word: &'static str,
        /// Where it is.
        place: SystemPlace,
        /// The system.
        crs: Crs,
    },
    /// Edges are declared as the shortest lines on the ellipsoid or sphere (GEOGRAPHY), and are read as straight in the
    /// plane of the coordinates.
    GeodesicEdges,
    /// KML has no placemarks, so that the table is empty.
    NoPlacemarks,
    /// A table of a file geodatabase has no index of its rows (`.gdbtablx`): they are in the order of the file, without
    /// their ids.
    NoRowIndex,
    /// Entities of a drawing that are not read.
    UnreadEntities {
        /// Their types, and the number of each.
        kinds: Vec<(String, u64)>,
    },
    /// Entities of a drawing are on its sheets (paper space), and are not read.
    EntitiesOnSheets {
        /// The number of them.
        count: u64,
    },
    /// Blocks of a drawing are in other files (external references), and are not read.
    ExternalBlocks {
        /// The number of references.
        count: u64,
    },
    /// Texts of a drawing lie in no polygon, and are not read.
    UnusedTexts {
        /// The number of them.
        count: u64,
    },
    /// Texts of a drawing have bytes that are not valid in its encoding, and are read as `�`.
    InvalidTexts {
        /// The number of them.
        count: u64,
        /// The encoding.
        encoding: InputEncoding,
    },
    /// Cells of a workbook have formulas whose results are not stored, and are read as empty.
    NoStoredValue {
        /// The first cell, as `E2`.
        cell: String,
        /// The number of them.
        count: u64,
    },
}
