//! The driver of a format: its name, how it is recognised, what it supports, what reads and writes it.

use crate::crs::AxisOrder;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::input::Source;
use crate::io::bytes::output::Output;
use crate::io::rows::format::{ReadOptions, WriteOptions};
use crate::io::rows::reader::RowReader;
use crate::io::rows::styles::LayerStyle;
use crate::io::rows::writer::RowWriter;
use crate::table::{Field, GeometrySource, Schema};

/// A format, as its folder in `formats` describes it: by what differs from [`Driver::new`].
pub(in crate::io) struct Driver {
    /// Its name in options and messages: `csv`.
    pub(in crate::io) name: &'static str,
    /// Endings of file names; the first is the usual one.
    pub(in crate::io) endings: &'static [&'static str],
    /// A few words for help texts.
    pub(in crate::io) title: &'static str,
    pub(in crate::io) codec: Codec,
    /// Whether files of other formats often have its ending.
    pub(in crate::io) shares_ending: bool,
    pub(in crate::io) content: Content,
    pub(in crate::io) signature: Signature,
    /// The member that a ZIP archive has if it is a file of this format.
    pub(in crate::io) zip_member: Option<ZipMember>,
    /// The endings of all files that it consists of, if they are several.
    pub(in crate::io) parts: &'static [&'static str],
    /// Whether rows are read in the order of the bytes, so that bytes measure the progress.
    pub(in crate::io) is_stream: bool,
    pub(in crate::io) crs: CrsSupport,
    /// Which coordinate comes first, outside of Gauss-Krüger zones, where the values decide.
    pub(in crate::io) axis_order: AxisOrder,
    /// The decimals of coordinates, if the format fixes them.
    pub(in crate::io) decimals: Option<usize>,
    pub(in crate::io) has_layers: bool,
    /// Whether it can be written in several encodings.
    pub(in crate::io) has_encodings: bool,
    /// Whether geometries are in columns.
    pub(in crate::io) is_flat: bool,
    pub(in crate::io) ids: IdColumn,
    pub(in crate::io) has_feature_ids: bool,
    /// Whether its fields are fixed, so that no column can be added.
    pub(in crate::io) has_fixed_fields: bool,
    pub(in crate::io) styles: StyleSupport,
}

/// Opens a file for reading.
type Open = fn(Source, &ReadOptions) -> Result<Box<dyn RowReader>>;

/// Creates a file for writing.
type Create = fn(Output, NewTable<'_>) -> Result<Box<dyn RowWriter>>;

/// What reads and writes a format.
pub(in crate::io) enum Codec {
    Built(Open, Create),
    /// Compiled only with a feature of the crate.
    #[cfg_attr(all(feature = "flatgeobuf", feature = "parquet"), allow(dead_code, reason = "all formats are built"))]
    WithFeature(&'static str),
}

/// What files consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Content {
    /// Text, which may be read in any encoding.
    Text,
    Binary,
    /// Several files, of one name.
    Files,
}

/// How the first bytes of a file identify its format.
pub(in crate::io) enum Signature {
    /// They do not: the ending does.
    None,
    Bytes(fn(&[u8]) -> bool),
    /// By the decoded text, without leading white space.
    Text(fn(&str) -> bool),
}

/// The member by which a ZIP archive is recognised as a document.
pub(in crate::io) struct ZipMember {
    pub(in crate::io) path: &'static str,
    /// Whether it is a document even if its name ends in `.zip`.
    pub(in crate::io) is_certain: bool,
}

/// The systems that a format can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum CrsSupport {
    Any,
    LonLat,
    /// Longitude and latitude, and those of Chinese web maps.
    LonLatAndShifted,
}

/// Whether the ids of rows are written as a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum IdColumn {
    Always,
    /// Only texts: numbers are the keys of the table.
    OfTexts,
    Never,
}

/// Where the style of features is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StyleSupport {
    None,
    /// In properties of each feature.
    Properties,
    /// In a file of QGIS beside it.
    Sidecar,
    /// In the file.
    Embedded,
}

/// A table to be written.
pub(in crate::io) struct NewTable<'a> {
    pub(in crate::io) schema: &'a Schema,
    /// The columns that a query adds.
    pub(in crate::io) added: &'a [Field],
    pub(in crate::io) options: &'a WriteOptions,
    /// How rows are drawn.
    pub(in crate::io) style: Option<LayerStyle>,
}

impl NewTable<'_> {
    /// The schema for a format whose rows have geometries: columns of coordinates in the old system would be taken for
    /// those of the new one.
    pub(in crate::io) fn schema_of_geometries(&self) -> Schema {
        let mut schema = self.schema.clone();
        if !self.options.is_as_written() {
            schema.left_out = match self.schema.geometry_source {
                GeometrySource::Columns(x, y) => vec![x, y],
                GeometrySource::Wkt(column) => vec![column],
                GeometrySource::Points | GeometrySource::Shapes => vec![],
            };
        }
        schema
    }
}

impl Driver {
    /// A format with one binary file, any system, and the defaults for all else.
    pub(in crate::io) const fn new(
        name: &'static str,
        endings: &'static [&'static str],
        title: &'static str,
        codec: Codec,
    ) -> Driver {
        Driver {
            name,
            endings,
            title,
            codec,
            shares_ending: false,
            content: Content::Binary,
            signature: Signature::None,
            zip_member: None,
            parts: &[],
            is_stream: true,
            crs: CrsSupport::Any,
            axis_order: AxisOrder::Auto,
            decimals: None,
            has_layers: false,
            has_encodings: false,
            is_flat: false,
            ids: IdColumn::Always,
            has_feature_ids: false,
            has_fixed_fields: false,
            styles: StyleSupport::None,
        }
    }

    /// What reads and writes it. Errors if it is not compiled in.
    pub(in crate::io) fn codec(&self) -> Result<(Open, Create)> {
        match self.codec {
            Codec::Built(open, create) => Ok((open, create)),
            Codec::WithFeature(feature) => {
                Err(Error::new(ErrorKind::NotBuilt { format: self.name.to_owned(), feature }))
            }
        }
    }

    /// Whether a file begins as its files do.
    pub(in crate::io) fn begins_as_bytes(&self, start: &[u8]) -> bool {
        matches!(self.signature, Signature::Bytes(is_so) if is_so(start))
    }

    /// Whether a text begins as its texts do.
    pub(in crate::io) fn begins_as_text(&self, start: &str) -> bool {
        matches!(self.signature, Signature::Text(is_so) if is_so(start))
    }
}
