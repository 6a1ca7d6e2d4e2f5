//! What can be wrong with a file as a whole.

use crate::error::LibraryMessage;

/// A kind of file, as errors name it.
///
/// ```
/// use taizhou_corridor::error::FileKind;
///
/// assert_eq!(FileKind::DbaseTable.to_string(), "dBASE table");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[allow(missing_docs, reason = "each is named after the kind")]
#[non_exhaustive]
pub enum FileKind {
    #[error("Excel workbook")]
    ExcelWorkbook,
    #[error("FlatGeobuf file")]
    FlatGeobuf,
    #[error("GeoPackage")]
    GeoPackage,
    #[error("shapefile")]
    Shapefile,
    #[error("dBASE table")]
    DbaseTable,
    #[error("zip archive")]
    ZipArchive,
    #[error("gzip file")]
    GzipFile,
    #[error("KML file")]
    Kml,
    #[error("Parquet file")]
    Parquet,
    #[error("file geodatabase")]
    FileGeodatabase,
    #[error("DXF drawing")]
    Dxf,
}

/// The part within which a file is truncated.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind, FilePart};
///
/// let error = Error::new(ErrorKind::Truncated(FilePart::Header)).in_file("sites.shp");
/// assert_eq!(error.to_string(), "sites.shp: it ends in the middle of a header: the file is truncated");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[allow(missing_docs, reason = "each is named after the part")]
#[non_exhaustive]
pub enum FilePart {
    #[error("a quoted field")]
    QuotedField,
    #[error("a feature")]
    Feature,
    #[error("its features")]
    Features,
    #[error("a feature collection")]
    FeatureCollection,
    #[error("a header")]
    Header,
    #[error("its index")]
    Index,
    #[error("an element")]
    Element,
    #[error("a Parquet file")]
    ParquetFile,
    #[error("a record")]
    Record,
    #[error("a shape")]
    Shape,
    #[error("a JSON object")]
    JsonObject,
    #[error("a JSON value")]
    JsonValue,
    #[error("a drawing")]
    Drawing,
}

/// Why a file is not valid for its kind.
///
/// ```
/// use taizhou_corridor::error::{ErrorKind, FileKind, FileProblem};
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let gpx = Input::bytes("sites.kml", "<route><point/></route>");
/// let error = io::open(gpx, &ReadOptions::default()).err().unwrap();
/// let ErrorKind::Malformed { kind: FileKind::Kml, problem } = error.kind() else { panic!("{error}") };
/// assert_eq!(*problem, FileProblem::RootElement("route".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// The file is truncated.
    #[error("it is truncated")]
    Truncated,
    /// The first bytes do not identify this kind of file.
    #[error("its first bytes are not those of one")]
    Signature,
    /// A KML document has another root element.
    #[error("its root element is `{0}`")]
    RootElement(String),
    /// A KML document has no element.
    #[error("it has no element `kml`")]
    NoRootElement,
    /// An XML declaration names an unknown encoding.
    #[error("its encoding `{0}` is not known")]
    UnknownEncoding(String),
    /// A document is not well-formed XML.
    #[error("{message}, at byte {byte}")]
    Xml {
        /// The message of the parser.
        message: LibraryMessage,
        /// The offset in the file.
        byte: u64,
    },
    /// Elements are nested too deeply.
    #[error("elements are nested more than {limit} deep")]
    NestedTooDeep {
        /// The limit.
        limit: usize,
    },
    /// A KMZ archive has no document.
    #[error("the archive contains no .kml")]
    NoKmlInArchive,
    /// An archive lacks a required file.
    #[error("`{0}` is missing in it")]
    MissingMember(String),
    /// A dBASE table is of level 7, which is not supported.
    #[error("it is of dBASE 7, not III")]
    Dbase7,
    /// The fields of a dBASE table are longer than its records.
    #[error("its fields are longer than its records")]
    FieldsBeyondRecord,
    /// A field has no valid type.
    #[error("field {0} has no valid type")]
    FieldType(usize),
    /// The files of a shapefile have different numbers of records.
    #[error("its .shp has {shapes} shapes, and its .dbf {records} records")]
    RecordCounts {
        /// The shapes.
        shapes: u64,
        /// The records.
        records: u32,
    },
    /// A line of a drawing is not a group code where one is required.
    #[error("`{0}` is not a group code")]
    GroupCode(String),
    /// References to blocks of a drawing stand for too many shapes.
    #[error("its blocks stand for more than {limit} vertices")]
    BlocksTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A table has an unknown version.
    #[error("its version {0} is not known")]
    Version(u32),
    /// The index of the rows of a table contradicts itself.
    #[error("its index of rows is damaged")]
    RowIndex,
    /// Records share bytes.
    #[error("its records overlap")]
    OverlappingRecords,
    /// The GeoParquet metadata lack a member.
    #[error("its metadata `geo` has no `{0}`")]
    NoMetadata(&'static str),
    /// The GeoParquet metadata do not describe their primary column.
    #[error("its metadata `geo` has no column `{0}`")]
    NoMetadataColumn(String),
    /// A column named in the metadata is missing.
    #[error("it has no column `{0}`")]
    NoColumn(String),
    /// A table lacks its geometry column.
    #[error("`{table}` has no column `{column}`")]
    NoColumnInTable {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The type of a geometry column is not one for geometries.
    #[error("its column `{0}` has no geometries")]
    NotGeometries(String),
    /// The footer of a Parquet file cannot be read.
    #[error("its footer is damaged")]
    Footer,
    /// The schema of a table contradicts itself.
    #[error("its schema is damaged")]
    Schema,
    /// A page of a Parquet file cannot be read.
    #[error("a page is damaged")]
    Page,
    /// The columns of a row group of a Parquet file differ from those of the file.
    #[error("a row group has another number of columns than the file")]
    RowGroupColumns,
    /// A Parquet file declares more rows than fit its size.
    #[error("it has far more rows than bytes")]
    TooManyRows,
    /// A Parquet file declares a negative number of rows.
    #[error("its number of rows is negative")]
    NegativeRows,
    /// A column of a Parquet file is damaged.
    #[error("column `{name}`: {problem}")]
    Column {
        /// The column.
        name: String,
        /// What is wrong with it.
        problem: ColumnProblem,
    },
    /// A FlatGeobuf file declares an index larger than any file.
    #[error("its index is larger than any file")]
    IndexTooLarge,
    /// A feature of a FlatGeobuf file declares columns of its own.
    #[error("a feature has columns of its own")]
    FeatureColumns,
    /// A property of a FlatGeobuf feature refers to no column.
    #[error("a value has no column")]
    ValueWithoutColumn,
    /// A column of a FlatGeobuf file has an unknown type.
    #[error("a column is of no known type")]
    ColumnType,
    /// A value is truncated.
    #[error("a value is truncated")]
    TruncatedValue,
    /// A string is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// A string in a column is not UTF-8.
    #[error("the text of `{0}` is not UTF-8")]
    ColumnNotUtf8(String),
    /// A cell of a workbook is outside the limits of a sheet.
    #[error("a cell is beyond {columns} columns and {rows} rows")]
    CellOutsideSheet {
        /// The maximum number of columns.
        columns: u32,
        /// The maximum number of rows.
        rows: u32,
    },
    /// The records of a workbook contradict each other.
    #[error("its records contradict each other")]
    ContradictoryRecords,
    /// The thread that reads a database stopped.
    #[error("reading stopped unexpectedly")]
    Interrupted,
    /// A view of a database takes too long to compute.
    #[error("a view of it runs without end")]
    EndlessView,
    /// The keys of a table do not ascend.
    #[error("its rows are out of order")]
    RowOrder,
    /// It is not a database.
    #[error("it is not a database")]
    NotADatabase,
    /// Its database is damaged.
    #[error("its database is damaged")]
    DamagedDatabase,
    /// Any other error of the library that reads the file.
    #[error(transparent)]
    Library(#[from] LibraryMessage),
}

/// What is wrong with a column of a Parquet file.
///
/// ```
/// use taizhou_corridor::error::ColumnProblem;
///
/// assert_eq!(ColumnProblem::PageTooLarge.to_string(), "a page is too large");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnProblem {
    /// Its offset or length is negative.
    #[error("its offset is wrong")]
    Offset,
    /// It extends beyond the end of the file.
    #[error("it ends after the end of the file")]
    BeyondFile,
    /// A page header cannot be read.
    #[error("a page is damaged")]
    PageHeader,
    /// A page extends beyond its column.
    #[error("a page is longer than the column")]
    PageBeyondColumn,
    /// A page is too large when decompressed.
    #[error("a page is too large")]
    PageTooLarge,
    /// A page declares too many values.
    #[error("a page has too many values")]
    PageValues,
    /// A dictionary page is too short for its values.
    #[error("a dictionary is shorter than declared")]
    Dictionary,
    /// The counts of nulls or rows contradict the number of values.
    #[error("the counts of a page are wrong")]
    PageCounts,
    /// Lists have too many values.
    #[error("its lists are too large")]
    ListsTooLarge,
    /// The number of values differs from the number of rows.
    #[error("it has another number of values than there are rows")]
    ValueCount,
}
