//! What happened: every way in which something fails as a whole.

use std::io;

use crate::error::{
    BaseMapProblem, CoordinateAxis, CrsProblem, FileKind, FilePart, FileProblem, ForeignFormat, GeoJsonExpected,
    GeoJsonFound, JsonProblem, LibraryMessage, PlanProblem, QueryProblem, RowProblem, ShapeProblem, Unsupported,
};

/// What happened.
///
/// ```
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let table = Input::bytes("sites.csv", "name,remark\n台州站,\n");
/// let error = io::open(table, &ReadOptions::default()).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::NoCoordinateColumns { columns } if columns == &["name", "remark"]));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file could not be opened.
    #[error("cannot open it")]
    Open(#[source] io::Error),
    /// The file could not be read to its end.
    #[error("cannot read it")]
    Read(#[source] io::Error),
    /// The file was another one when it was read again.
    #[error("it changed while it was read")]
    ModifiedDuringRead,
    /// The output could not be written.
    #[error("cannot write it")]
    Write(#[source] io::Error),
    /// The output exists and may not be replaced.
    #[error("the file already exists")]
    AlreadyExists,
    /// The file holds nothing, or no row.
    #[error("it is empty")]
    Empty,
    /// The row that should name the columns is empty.
    #[error("its first row, which should name the columns, is empty")]
    NoHeader,
    /// A survey file has text, but no parcel.
    #[error("there is no parcel in it")]
    NoParcels,
    /// The text is not in the encoding that it should be in.
    #[error("it is not text in {encoding}")]
    NotText {
        /// The encoding: `UTF-8`, `Big5`, `UTF-8/GB18030` where it may be either.
        encoding: &'static str,
    },
    /// The file ends before its last value does.
    #[error("it ends in the middle of {0}: the file is truncated")]
    Truncated(FilePart),
    /// The text is not JSON.
    #[error("it is not JSON: {0}")]
    Json(JsonProblem),
    /// The text is JSON, but not GeoJSON of the kind expected.
    #[error("expected {expected}, found {found}")]
    NotGeoJson {
        /// What would have been right.
        expected: GeoJsonExpected,
        /// What is there.
        found: GeoJsonFound,
    },
    /// A record of a CSV file has too many fields.
    #[error("a record has {limit} fields or more, the most that are read")]
    TooManyFields {
        /// The limit.
        limit: usize,
    },
    /// One value is larger than the reader takes.
    #[error("a value is longer than {limit_bytes} bytes, the most that is read as one")]
    TooLong {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The file is not a valid one of its kind.
    #[error("it is not a valid {kind}: {problem}")]
    Malformed {
        /// What it should be.
        kind: FileKind,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// The file is valid, but has something that is not read.
    #[error("{0}, which is not supported")]
    Unsupported(Unsupported),
    /// It is of a format that is recognised, and not read.
    #[error("{}{format}, which is not supported", foreign_start(member.as_deref()))]
    Foreign {
        /// The format.
        format: ForeignFormat,
        /// The file in an archive that is of it; none where it is the file itself.
        member: Option<String>,
    },
    /// A file that belongs to it is missing.
    #[error("`{part}`, which belongs to it, is missing")]
    MissingPart {
        /// The name of the missing file.
        part: String,
    },
    /// It grows beyond measure when it is unpacked.
    #[error("unpacked it grows beyond {limit_bytes} bytes, far more than such a file holds")]
    DecompressionBomb {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The format holds geometries of one kind.
    #[error("a {format} holds geometries of one kind: the first is a {first}, this a {found}")]
    MixedGeometry {
        /// The format.
        format: String,
        /// The kind of the first.
        first: String,
        /// The kind found.
        found: String,
    },
    /// The format does not hold a kind of geometry.
    #[error("{format} does not hold a {found}")]
    UnsupportedGeometry {
        /// The format.
        format: String,
        /// The kind found.
        found: String,
    },
    /// The format is written to a file alone, not to a stream.
    #[error("{format} is written to a file alone")]
    NeedsFile {
        /// The format.
        format: String,
    },
    /// The format is no text, and the output a terminal.
    #[error("{format} is a binary format, not shown on a terminal")]
    BinaryToTerminal {
        /// The format.
        format: String,
    },
    /// The format is several files, found by the name of one: bytes alone are not enough.
    #[error("a {format} is several files, and is read by its name")]
    NeedsPath {
        /// The format.
        format: String,
    },
    /// The name of an output must have a certain ending.
    #[error("the name of a {format} ends in .{ending}")]
    NeedsEnding {
        /// The format.
        format: String,
        /// The ending.
        ending: &'static str,
    },
    /// The format holds no more bytes.
    #[error("a {format} holds {limit_bytes} bytes, and there are more")]
    TooLarge {
        /// The format.
        format: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// A cell of a workbook holds no text of that length.
    #[error("a cell of a workbook holds {limit} characters, and this one needs more")]
    CellTooLong {
        /// The limit in characters.
        limit: usize,
    },
    /// No file in an archive is a table.
    #[error("there is no table in the archive")]
    NoTableInArchive,
    /// It is locked with a password.
    #[error("it is locked with a password")]
    PasswordProtected,
    /// The program was built without a format.
    #[error("this program was built without {format}")]
    NotBuilt {
        /// The format.
        format: String,
        /// The feature of the crate that brings it.
        feature: &'static str,
    },
    /// The file has several layers or sheets, and none was named.
    #[error("it has several layers: {}", list_layers(layers, hidden))]
    SeveralLayers {
        /// Those that are not empty.
        layers: Vec<String>,
        /// Those of them that are hidden, as sheets of a workbook may be.
        hidden: Vec<String>,
    },
    /// A layer or sheet was named that is not there.
    #[error("it has no layer `{name}` among {}", list_layers(layers, hidden))]
    UnknownLayer {
        /// The one asked for.
        name: String,
        /// Those there are.
        layers: Vec<String>,
        /// Those of them that are hidden, as sheets of a workbook may be.
        hidden: Vec<String>,
    },
    /// The file has no layer with geometries, and no table with columns of coordinates.
    #[error("it has no layer with geometries, and no table with coordinate columns")]
    NoLayer,
    /// The format holds no more rows.
    #[error("a sheet holds {limit} rows, and there are more")]
    TooManyRows {
        /// The limit, the header included.
        limit: u64,
    },
    /// No pair of columns holds coordinates.
    #[error("no coordinate columns among {}", list(columns))]
    NoCoordinateColumns {
        /// The columns there are.
        columns: Vec<String>,
    },
    /// Several columns could hold the same coordinate.
    #[error("several columns could be the {axis}: {}", list(columns))]
    AmbiguousColumns {
        /// The coordinate.
        axis: CoordinateAxis,
        /// The columns in question.
        columns: Vec<String>,
    },
    /// Several columns, or pairs of them, could be the place of a row.
    #[error("several columns could be the place: {}", places.join(" / "))]
    AmbiguousPlaces {
        /// Each the name of a column, or of two.
        places: Vec<String>,
    },
    /// A column was named that is not there.
    #[error("no column `{name}` among {}", list(columns))]
    UnknownColumn {
        /// The column asked for.
        name: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A column of figures without their unit.
    #[error("`{column}` does not tell the unit of its areas")]
    NoUnit {
        /// The column.
        column: String,
    },
    /// Two outputs of a command are the same file: one would replace the other.
    #[error("the rows and the report are both to be `{0}`")]
    SameOutput(String),
    /// A report of no known form.
    #[error("unsupported report format: `{0}`")]
    UnknownReportFormat(String),
    /// A map of no known form.
    #[error("unsupported map format: `{0}`")]
    UnknownMapFormat(String),
    /// There is no font to draw a picture with.
    #[error("no font is installed to draw text with")]
    NoFont,
    /// The format of a file is not known.
    #[error("unsupported format: `{0}`")]
    UnknownFormat(String),
    /// A position was given that is not two numbers.
    #[error("`{0}` is not a position such as 121.42,28.65")]
    BadPosition(String),
    /// An option does not go with the format at hand.
    #[error("{option} does not go with the format {format}")]
    OptionMismatch {
        /// The option.
        option: &'static str,
        /// The format.
        format: String,
    },
    /// The fields of a format are fixed: it has no columns for answers.
    #[error("{format} has fixed fields, and no columns for the answers")]
    NoAnswerColumns {
        /// The format.
        format: String,
    },
    /// A feature was named that the plan does not have.
    #[error("the plan has no feature `{id}`; it has {}", list(known))]
    UnknownId {
        /// The id asked for.
        id: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// A part of an id or name is that of several features.
    #[error("`{text}` matches several features: {}", list(candidates))]
    AmbiguousId {
        /// The part.
        text: String,
        /// The ids of the features.
        candidates: Vec<String>,
    },
    /// A settings file has a key that is no option.
    #[error("there is no setting `{key}`; choose from {}", known.join(", "))]
    UnknownSetting {
        /// The key.
        key: String,
        /// The keys that it may have.
        known: Vec<String>,
    },
    /// A setting is neither text nor a number.
    #[error("`{key}` is not text or a number")]
    BadSetting {
        /// The key.
        key: String,
    },
    /// A settings file is not TOML.
    #[error("not valid TOML: {0}")]
    BadToml(String),
    /// A query is not valid SQL, or names what is not there.
    #[error("the query cannot be answered: {0}")]
    Query(QueryProblem),
    /// A query names a file that does not exist, or that cannot be queried.
    #[error("{}", if *is_there { format!("`{name}` cannot be queried as a table") } else { format!("there is no file `{name}`") })]
    TableNotFound {
        /// The name in the query.
        name: String,
        /// Whether there is a file of this name.
        is_there: bool,
    },
    /// CSV files queried together differ in their columns or in the order of columns.
    #[error("its columns differ from those of `{first}`, or are in another order")]
    SchemaMismatch {
        /// The first of the files.
        first: String,
    },
    /// A column of an answer holds lists or structures, which CSV has no place for.
    #[error("CSV has no place for `{0}`, which holds lists or structures")]
    NestedColumn(String),
    /// The ending of a file does not tell how the answer to a query is to be written.
    #[error("cannot tell by the ending of `{0}` how to write the answer")]
    UnknownResultFormat(String),
    /// The engine that answers queries failed while it read or computed.
    #[error("the query was not answered to its end: {0}")]
    Engine(LibraryMessage),
    /// A choice of features leaves none.
    #[error("no feature of the plan is of the level and the id chosen")]
    EmptySelection,
    /// A coordinate reference system could not be used.
    #[error("cannot use {crs}: {problem}")]
    Crs {
        /// The coordinate reference system, as `EPSG:4549`.
        crs: String,
        /// Why not.
        problem: CrsProblem,
    },
    /// There is no system of this code.
    #[error("unknown system `{crs}`{}", similar.as_ref().map_or_else(String::new, |similar| format!("; did you mean {similar}?")))]
    NoSuchCrs {
        /// The system asked for, as `EPSG:4594`.
        crs: String,
        /// One with almost the same code, as `EPSG:4549`.
        similar: Option<String>,
    },
    /// A system is on another datum, and there is no exact way from it to CGCS2000 and WGS 84.
    #[error(
        "{crs} is on another datum, {}from which there is no exact way to CGCS2000 or WGS 84",
        datum_of(crs, datum)
    )]
    OtherDatum {
        /// The system: its code, or what the file calls it.
        crs: String,
        /// The name of the datum; that of the system where it has none.
        datum: String,
    },
    /// A line of a survey file does not match the format.
    #[error("it is neither a parcel nor a corner of a survey TXT: {text}")]
    NotSurveyTxt {
        /// What the line says.
        text: String,
    },
    /// A file declares a system that is not known here.
    #[error("it declares a system that is not known: {declared}")]
    UnknownCrs {
        /// What the file declares.
        declared: String,
    },
    /// A survey file says nowhere in which Gauss-Krüger zone it is.
    #[error("neither its header nor its eastings name a Gauss-Krüger zone")]
    NoGaussKruegerZone,
    /// A format holds coordinates of a Gauss-Krüger zone alone.
    #[error("{format} holds coordinates of a Gauss-Krüger zone, not {crs}")]
    NotGaussKrueger {
        /// The format.
        format: String,
        /// The system asked for.
        crs: String,
    },
    /// A format has longitude and latitude alone.
    #[error("{format} has longitude and latitude alone, not {crs}")]
    LonLatOnly {
        /// The format.
        format: String,
        /// The system asked for.
        crs: String,
    },
    /// A file declares another system than the one given.
    #[error("it declares {declared}, and {given} was given")]
    CrsConflict {
        /// What the file declares.
        declared: String,
        /// What was given.
        given: String,
    },
    /// No level of tiles is left.
    #[error("there is no level from {min_zoom} to {max_zoom}")]
    NoZoom {
        /// The coarsest level.
        min_zoom: u8,
        /// The finest level.
        max_zoom: u8,
    },
    /// There would be too many tiles.
    #[error("down to level {max_zoom} there would be more than {limit} tiles")]
    TooManyTiles {
        /// The finest level.
        max_zoom: u8,
        /// The most tiles.
        limit: u64,
    },
    /// A shape is not valid once its coordinates are rounded.
    #[error("with {decimals} decimal{} of a degree it is no longer valid: {problem}", if *decimals == 1 { "" } else { "s" })]
    Rounding {
        /// The decimals of a degree.
        decimals: usize,
        /// What is wrong then.
        problem: ShapeProblem,
    },
    /// A base map that cannot be used.
    #[error("cannot use the base map `{template}`: {problem}")]
    BaseMap {
        /// The address of its tiles, as it was given.
        template: String,
        /// What is wrong with it.
        problem: BaseMapProblem,
    },
    /// A row was refused, and the caller wished to stop there.
    #[error(transparent)]
    Row(#[from] RowProblem),
    /// A shape is not a valid polygon.
    #[error(transparent)]
    Shape(#[from] ShapeProblem),
    /// A file is not a sound plan.
    #[error(transparent)]
    Plan(#[from] PlanProblem),
}

fn foreign_start(member: Option<&str>) -> String {
    member.map_or_else(|| "it is ".to_owned(), |member| format!("there is no table in it but `{member}`, "))
}

fn datum_of(crs: &str, datum: &str) -> String {
    if datum == crs { String::new() } else { format!("{datum}, ") }
}

fn list_layers(layers: &[String], hidden: &[String]) -> String {
    match hidden {
        [] => list(layers),
        hidden => format!("{} (hidden: {})", list(layers), list(hidden)),
    }
}

/// Names in backticks, the first dozen of them.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_short() {
        let names: Vec<String> = (0..20).map(|i| i.to_string()).collect();
        assert!(list(&names).ends_with("`11` and 8 more"));
    }
}
