//! The driver of a format: its name, recognition, capabilities, reader and writer.

use crate::crs::AxisOrder;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::input::Source;
use crate::io::bytes::output::Output;
use crate::io::rows::format::{ReadOptions, WriteOptions};
use crate::io::rows::reader::RowReader;
use crate::io::rows::styles::LayerStyle;
use crate::io::rows::writer::RowWriter;
use crate::table::{Field, Schema};

/// The description of a format. Each format sets what differs from [`Driver::new`].
pub(in crate::io) struct Driver {
    /// The name in options and messages: `csv`.
    pub(in crate::io) name: &'static str,
    /// File extensions; the first is the default.
    pub(in crate::io) endings: &'static [&'static str],
    /// A short description for help texts.
    pub(in crate::io) title: &'static str,
    pub(in crate::io) codec: Codec,
    /// Whether files of other formats often have its extension.
    pub(in crate::io) shares_ending: bool,
    pub(in crate::io) content: Content,
    pub(in crate::io) signature: Signature,
    /// The file by which a folder, on disk or in an archive, is recognised as a data set of this format.
    pub(in crate::io) folder_file: Option<&'static str>,
    /// Members by which a ZIP archive is recognised as this format.
    pub(in crate::io) zip_members: &'static [ZipMember],
    /// Further extensions of files that are read, and not written.
    pub(in crate::io) read_endings: &'static [&'static str],
    /// The extensions of its files, if a data set consists of several.
    pub(in crate::io) parts: &'static [&'static str],
    /// Whether files are read sequentially, so that the bytes read measure progress.
    pub(in crate::io) is_stream: bool,
    pub(in crate::io) crs: CrsSupport,
    /// Whether files state no system, so that it has to be given.
    pub(in crate::io) needs_crs: bool,
    /// The axis order, except in Gauss-Krüger zones, where it is detected from the values.
    pub(in crate::io) axis_order: AxisOrder,
    /// The number of decimals of coordinates, if the format fixes it.
    pub(in crate::io) decimals: Option<usize>,
    pub(in crate::io) has_layers: bool,
    /// The column of the layer, if the rows of all layers are one table.
    pub(in crate::io) layer_column: Option<&'static str>,
    /// Whether it can be written in several encodings.
    pub(in crate::io) has_encodings: bool,
    /// Whether geometries are stored in columns.
    pub(in crate::io) is_flat: bool,
    pub(in crate::io) ids: IdColumn,
    pub(in crate::io) has_feature_ids: bool,
    /// Whether fields have aliases and domains of coded values.
    pub(in crate::io) has_domains: bool,
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
    /// It is read, and not written.
    Reader(Open),
    /// Compiled only with a feature of the crate.
    #[cfg_attr(
        all(feature = "flatgeobuf", feature = "geopackage", feature = "parquet"),
        allow(dead_code, reason = "all formats are built")
    )]
    WithFeature(&'static str),
}

/// The kind of content of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Content {
    /// Text in any encoding.
    Text,
    Binary,
    /// Several files of the same name.
    Files,
}

/// How the first bytes of a file identify its format.
pub(in crate::io) enum Signature {
    /// Not at all: only the extension identifies it.
    None,
    Bytes(fn(&[u8]) -> bool),
    /// By the decoded text, without leading white space.
    Text(fn(&str) -> bool),
}

/// The member by which a ZIP archive is recognised as a document.
pub(in crate::io) struct ZipMember {
    pub(in crate::io) path: &'static str,
    /// Whether the archive has this format even if its name ends in `.zip`.
    pub(in crate::io) is_certain: bool,
}

/// The coordinate reference systems that a format supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum CrsSupport {
    Any,
    LonLat,
    /// Longitude and latitude, and those of Chinese web maps.
    LonLatAndShifted,
    /// Any but longitude and latitude.
    Projected,
}

/// Whether the ids of rows are written as a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum IdColumn {
    Always,
    /// Only text ids: numeric ids are the primary key of the table.
    OfTexts,
    Never,
}

/// Where the style of features is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StyleSupport {
    None,
    /// In properties of each feature.
    Properties,
    /// In a QGIS style file next to it.
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
    /// The styles of the rows.
    pub(in crate::io) style: Option<LayerStyle>,
}

impl NewTable<'_> {
    /// The schema for a format with geometries. If rows are reprojected, it has no coordinate columns, which would be
    /// mistaken for coordinates in the target CRS.
    pub(in crate::io) fn schema_of_geometries(&self) -> Schema {
        let mut schema = self.schema.clone();
        if !self.options.is_as_written() {
            schema.left_out = self.schema.geometry_source.columns();
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
            folder_file: None,
            zip_members: &[],
            read_endings: &[],
            parts: &[],
            is_stream: true,
            crs: CrsSupport::Any,
            needs_crs: false,
            axis_order: AxisOrder::Auto,
            decimals: None,
            has_layers: false,
            layer_column: None,
            has_encodings: false,
            is_flat: false,
            ids: IdColumn::Always,
            has_feature_ids: false,
            has_domains: false,
            has_fixed_fields: false,
            styles: StyleSupport::None,
        }
    }

    /// The reader. Errors if it is not compiled in.
    pub(in crate::io) fn reader(&self) -> Result<Open> {
        match self.codec {
            Codec::Built(open, _) | Codec::Reader(open) => Ok(open),
            Codec::WithFeature(feature) => Err(self.not_built(feature)),
        }
    }

    /// The writer. Errors if the format is not written, or the writer not compiled in.
    pub(in crate::io) fn writer(&self) -> Result<Create> {
        match self.codec {
            Codec::Built(_, create) => Ok(create),
            Codec::Reader(_) => Err(Error::new(ErrorKind::ReadOnlyFormat { format: self.name.to_owned() })),
            Codec::WithFeature(feature) => Err(self.not_built(feature)),
        }
    }

    fn not_built(&self, feature: &'static str) -> Error {
        Error::new(ErrorKind::NotBuilt { format: self.name.to_owned(), feature })
    }

    /// Whether the first bytes of a file match the format.
    pub(in crate::io) fn begins_as_bytes(&self, start: &[u8]) -> bool {
        matches!(self.signature, Signature::Bytes(is_so) if is_so(start))
    }

    /// Whether the start of a text matches the format.
    pub(in crate::io) fn begins_as_text(&self, start: &str) -> bool {
        matches!(self.signature, Signature::Text(is_so) if is_so(start))
    }
}
