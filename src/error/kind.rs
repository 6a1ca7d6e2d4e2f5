//! The kinds of errors.

use std::io;

use crate::error::{
    AdjustmentProblem, BaseMapProblem, CoordinateAxis, CoverageProblem, CrsProblem, FileKind, FilePart, FileProblem,
    ForeignFormat, GeoJsonExpected, GeoJsonFound, JsonProblem, LibraryMessage, PlanProblem, QueryProblem, RowProblem,
    ShapeProblem, ShiftProblem, SystemPlace, Unsupported,
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
    /// The file was modified while it was read.
    #[error("it changed while it was read")]
    ModifiedDuringRead,
    /// The output could not be written.
    #[error("cannot write it")]
    Write(#[source] io::Error),
    /// The output exists, and another program has it open, as Excel on Windows.
    #[error("it is open in another program")]
    OpenElsewhere,
    /// The output exists and must not be replaced.
    #[error("the file already exists")]
    AlreadyExists,
    /// The file is empty or has no rows.
    #[error("it is empty")]
    Empty,
    /// The header row is empty.
    #[error("its first row, which should name the columns, is empty")]
    NoHeader,
    /// A name suggests a shifted system of Chinese web maps, no system is given, and the options require one.
    #[error("`{word}` in {place} suggests {crs}, and no coordinate system is given")]
    SystemNotGiven {
        /// The word.
        word: &'static str,
        /// Where it is.
        place: SystemPlace,
        /// The system.
        crs: &'static str,
    },
    /// A row that is given as header is empty, or not among the rows that are searched.
    #[error("row {row} has no names of columns")]
    NoHeaderAt {
        /// The number of the row, from 1.
        row: u64,
    },
    /// A survey file has no parcels.
    #[error("there is no parcel in it")]
    NoParcels,
    /// The text is not valid in its encoding.
    #[error("it is not text in {encoding}")]
    NotText {
        /// The encoding: `UTF-8`, `Big5`; `UTF-8/GB18030` if either was possible.
        encoding: &'static str,
    },
    /// The file is truncated.
    #[error("it ends in the middle of {0}: the file is truncated")]
    Truncated(FilePart),
    /// The text is not JSON.
    #[error("it is not JSON: {0}")]
    Json(JsonProblem),
    /// The text is JSON, but not the GeoJSON expected.
    #[error("expected {expected}, found {found}")]
    NotGeoJson {
        /// What was expected.
        expected: GeoJsonExpected,
        /// What was found.
        found: GeoJsonFound,
    },
    /// A record of a CSV file has too many fields.
    #[error("a record has {limit} fields or more, the most that are read")]
    TooManyFields {
        /// The limit.
        limit: usize,
    },
    /// A value is too large.
    #[error("a value is longer than {limit_bytes} bytes, the most that is read as one")]
    TooLong {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The file is not valid for its kind.
    #[error("it is not a valid {kind}: {problem}")]
    Malformed {
        /// The kind of file.
        kind: FileKind,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// The file is valid, but uses something unsupported.
    #[error("{0}, which is not supported")]
    Unsupported(Unsupported),
    /// The format is recognised but not supported.
    #[error("{}{format}, which is not supported", foreign_start(member.as_deref()))]
    Foreign {
        /// The format.
        format: ForeignFormat,
        /// The file in an archive that has this format; `None` for the file itself.
        member: Option<String>,
    },
    /// A companion file is missing.
    #[error("`{part}`, which belongs to it, is missing")]
    MissingPart {
        /// The name of the missing file.
        part: String,
    },
    /// The decompressed data are too large.
    #[error("unpacked it grows beyond {limit_bytes} bytes, far more than such a file holds")]
    DecompressionBomb {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The format allows only one kind of geometry per file.
    #[error("a {format} holds geometries of one kind: the first is a {first}, this a {found}")]
    MixedGeometry {
        /// The format.
        format: String,
        /// The kind of the first geometry.
        first: String,
        /// The kind found.
        found: String,
    },
    /// The format does not support a kind of geometry.
    #[error("{format} does not hold a {found}")]
    UnsupportedGeometry {
        /// The format.
        format: String,
        /// The kind found.
        found: String,
    },
    /// The format can only be written to a file, not to a stream.
    #[error("{format} is written to a file alone")]
    NeedsFile {
        /// The format.
        format: String,
    },
    /// The format is binary, and the output a terminal.
    #[error("{format} is a binary format, not shown on a terminal")]
    BinaryToTerminal {
        /// The format.
        format: String,
    },
    /// The format consists of several files next to each other, so that it cannot be read from a stream.
    #[error("a {format} is several files, and is read by its name")]
    NeedsPath {
        /// The format.
        format: String,
    },
    /// The output must have a certain file extension.
    #[error("the name of a {format} ends in .{ending}")]
    NeedsEnding {
        /// The format.
        format: String,
        /// The extension.
        ending: &'static str,
    },
    /// The output exceeds the size limit of the format.
    #[error("a {format} holds {limit_bytes} bytes, and there are more")]
    TooLarge {
        /// The format.
        format: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// A text is too long for a cell of a workbook.
    #[error("a cell of a workbook holds {limit} characters, and this one needs more")]
    CellTooLong {
        /// The limit in characters.
        limit: usize,
    },
    /// An archive contains no table.
    #[error("there is no table in the archive")]
    NoTableInArchive,
    /// The file is password-protected.
    #[error("it is locked with a password")]
    PasswordProtected,
    /// The program was built without a format.
    #[error("this program was built without {format}")]
    NotBuilt {
        /// The format.
        format: String,
        /// The Cargo feature that adds it.
        feature: &'static str,
    },
    /// The format is read, and not written.
    #[error("{format} is read, and not written")]
    ReadOnlyFormat {
        /// The format.
        format: String,
    },
    /// The file has several layers or sheets, and none was chosen.
    #[error("it has several layers: {}", list_layers(layers, hidden))]
    SeveralLayers {
        /// The layers that are not empty.
        layers: Vec<String>,
        /// Which of them are hidden, as sheets of a workbook may be.
        hidden: Vec<String>,
    },
    /// There is no layer or sheet of the given name.
    #[error("it has no layer `{name}` among {}", list_layers(layers, hidden))]
    UnknownLayer {
        /// The given name.
        name: String,
        /// The existing layers.
        layers: Vec<String>,
        /// Which of them are hidden, as sheets of a workbook may be.
        hidden: Vec<String>,
    },
    /// The file has no layer with geometries, and no table with columns of coordinates.
    #[error("it has no layer with geometries, and no table with coordinate columns")]
    NoLayer,
    /// There are more rows than the format allows.
    #[error("a sheet holds {limit} rows, and there are more")]
    TooManyRows {
        /// The limit, the header included.
        limit: u64,
    },
    /// The cells of an `.xls` or `.ods` file lie too far apart.
    #[error("its sheets span more than {limit_cells} cells from the first to the last")]
    SheetTooLarge {
        /// The limit.
        limit_cells: u64,
    },
    /// No columns were recognised as coordinates.
    #[error("no coordinate columns among {}", list(columns))]
    NoCoordinateColumns {
        /// The existing columns.
        columns: Vec<String>,
    },
    /// Several columns could be the same coordinate.
    #[error("several columns could be the {axis}: {}", list(columns))]
    AmbiguousColumns {
        /// The coordinate.
        axis: CoordinateAxis,
        /// The columns in question.
        columns: Vec<String>,
    },
    /// Several columns, or pairs of columns, could be the geometry.
    #[error("several columns could be the geometry: {}", candidates.join(" / "))]
    AmbiguousGeometry {
        /// The name of a column, or of a pair, each.
        candidates: Vec<String>,
    },
    /// There is no column of the given name.
    #[error("no column `{name}` among {}", list(columns))]
    UnknownColumn {
        /// The given name.
        name: String,
        /// The existing columns.
        columns: Vec<String>,
    },
    /// The unit of a column of areas is unknown.
    #[error("`{column}` does not state the unit of its areas")]
    NoUnit {
        /// The column.
        column: String,
    },
    /// An option works on one file, and several are given, or standard input.
    #[error("{option} works on one file: not on several, and not on standard input")]
    OneFileOnly {
        /// The option.
        option: &'static str,
    },
    /// Two outputs of a command are the same file.
    #[error("two outputs are both named `{0}`")]
    SameOutput(String),
    /// The format of a report is not supported.
    #[error("unsupported report format: `{0}`")]
    UnknownReportFormat(String),
    /// The format of a map is not supported.
    #[error("unsupported map format: `{0}`")]
    UnknownMapFormat(String),
    /// The format of a plan file is not supported.
    #[error("unsupported format of a plan: `{0}`")]
    UnknownPlanFormat(String),
    /// No font is installed.
    #[error("no font is installed to draw text with")]
    NoFont,
    /// The format of a file is not known.
    #[error("unsupported format: `{0}`")]
    UnknownFormat(String),
    /// A given position is not a pair of numbers.
    #[error("`{0}` is not a position such as 121.42,28.65")]
    BadPosition(String),
    /// An option does not apply to the format.
    #[error("{option} does not go with the format {format}")]
    OptionMismatch {
        /// The option.
        option: &'static str,
        /// The format.
        format: String,
    },
    /// The fields of the format are fixed, so that answers cannot be added.
    #[error("{format} has fixed fields, and no columns for the answers")]
    NoAnswerColumns {
        /// The format.
        format: String,
    },
    /// The plan has no feature of the given id.
    #[error("the plan has no feature `{id}`; it has {}", list(known))]
    UnknownId {
        /// The given id.
        id: String,
        /// The existing ids.
        known: Vec<String>,
    },
    /// An option names a layer that is not given.
    #[error("no layer is named `{name}`; there are {}", list(known))]
    UnknownLayerName {
        /// The name.
        name: String,
        /// The names of the layers.
        known: Vec<String>,
    },
    /// Two layers have the same name.
    #[error("two layers are named `{0}`")]
    DuplicateLayerName(String),
    /// A part of an id or name matches several features.
    #[error("`{text}` matches several features: {}", list(candidates))]
    AmbiguousId {
        /// The given part.
        text: String,
        /// The ids of the matching features.
        candidates: Vec<String>,
    },
    /// All features of a plan vanish when they are shrunk.
    #[error("no zone is left: none is wider than twice {metres} m")]
    NothingLeft {
        /// The distance by which they are shrunk.
        metres: f64,
    },
    /// The features of a plan are to be enlarged or shrunk by too much.
    #[error("zones can be offset by {} km at most", max_metres / 1000.0)]
    OffsetTooLarge {
        /// The largest distance.
        max_metres: f64,
    },
    /// A settings file has an unknown key.
    #[error("there is no setting `{key}`; choose from {}", known.join(", "))]
    UnknownSetting {
        /// The key.
        key: String,
        /// The known keys.
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
    /// A query is not valid SQL, or refers to something unknown.
    #[error("the query cannot be answered: {0}")]
    Query(QueryProblem),
    /// A query names a file that does not exist, or that cannot be queried.
    #[error("{}", if *exists { format!("`{name}` cannot be queried as a table") } else { format!("there is no file `{name}`") })]
    TableNotFound {
        /// The name in the query.
        name: String,
        /// Whether the file exists.
        exists: bool,
    },
    /// CSV files queried together have different columns, or a different order of columns.
    #[error("its columns differ from those of `{first}`, or are in another order")]
    SchemaMismatch {
        /// The first file.
        first: String,
    },
    /// A column of the result has lists or structs, which CSV cannot represent.
    #[error("CSV has no place for `{0}`, which holds lists or structures")]
    NestedColumn(String),
    /// The file extension is not one of a result format.
    #[error("cannot tell by the ending of `{0}` how to write the answer")]
    UnknownResultFormat(String),
    /// The query engine failed during execution.
    #[error("the query was not answered to its end: {0}")]
    Engine(LibraryMessage),
    /// No feature matches the selection.
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
    /// There is no coordinate reference system with this code.
    #[error("unknown system `{crs}`{}", similar.as_ref().map_or_else(String::new, |similar| format!("; did you mean {similar}?")))]
    NoSuchCrs {
        /// The given code, as `EPSG:4594`.
        crs: String,
        /// A similar code that exists, as `EPSG:4549`.
        similar: Option<String>,
    },
    /// A system is on another datum, and there is no exact transformation from it to CGCS2000 and WGS 84.
    #[error(
        "{crs} is on another datum, {}from which there is no exact way to CGCS2000 or WGS 84",
        datum_of(crs, datum)
    )]
    OtherDatum {
        /// The system: its code, or its name in the file.
        crs: String,
        /// The name of the datum; that of the system if the datum has none.
        datum: String,
    },
    /// The parameters of a datum shift cannot be used.
    #[error("{0}")]
    DatumShift(ShiftProblem),
    /// Areas cannot be adjusted to control areas.
    #[error("{0}")]
    Adjustment(AdjustmentProblem),
    /// A datum shift is given, and the system of the table is not one that its parameters are for.
    #[error("the datum shift {shift} is not for {crs}")]
    ShiftNotApplicable {
        /// The name of the shift.
        shift: String,
        /// The system of the table.
        crs: String,
    },
    /// A line of a survey file does not match the format.
    #[error("it is neither a parcel nor a corner of a survey TXT: {text}")]
    NotSurveyTxt {
        /// The text of the line.
        text: String,
    },
    /// A file declares an unknown coordinate reference system.
    #[error("it declares a system that is not known: {declared}")]
    UnknownCrs {
        /// The system declared in the file.
        declared: String,
    },
    /// A survey file does not state its Gauss-Krüger zone.
    #[error("neither its header nor its eastings name a Gauss-Krüger zone")]
    NoGaussKruegerZone,
    /// The format allows only coordinates in a Gauss-Krüger zone.
    #[error("{format} holds coordinates of a Gauss-Krüger zone, not {crs}")]
    NotGaussKrueger {
        /// The format.
        format: String,
        /// The requested system.
        crs: String,
    },
    /// Boundary points are in a plane in metres, which neither the system nor the place has.
    #[error(
        "boundary points need a projected system: {crs} is not projected, and the parcels are in no Gauss-Krüger zone of China"
    )]
    NotAPlane {
        /// The system.
        crs: String,
    },
    /// A workbook of boundary points would be too large.
    #[error("a workbook has tables of {parcels} parcels with {corners} corners at most, and there are more")]
    TooManyBoundaryPoints {
        /// The maximum number of parcels.
        parcels: usize,
        /// The maximum number of corners.
        corners: usize,
    },
    /// The format of a table of boundary points is not supported.
    #[error("unsupported format of a table of boundary points: `{0}`")]
    UnknownBoundaryFormat(String),
    /// A file states no coordinate reference system, and its format has no default.
    #[error("{} states no coordinate system{}", format.to_uppercase(), code.map_or_else(String::new, |code| format!("; its eastings have the zone prefix of EPSG:{code}")))]
    NoSystem {
        /// The format.
        format: String,
        /// The system on CGCS2000 that the eastings suggest by their zone prefix.
        code: Option<u32>,
    },
    /// The format allows only projected systems.
    #[error("{format} has coordinates of a plane, and {crs} is in degrees")]
    PlaneOnly {
        /// The format.
        format: String,
        /// The requested system.
        crs: String,
    },
    /// The format allows only longitude and latitude.
    #[error("{format} has longitude and latitude alone, not {crs}")]
    LonLatOnly {
        /// The format.
        format: String,
        /// The requested system.
        crs: String,
    },
    /// A file declares another system than the one given.
    #[error("it declares {declared}, and {given} was given")]
    CrsConflict {
        /// The system declared in the file.
        declared: String,
        /// The given system.
        given: String,
    },
    /// Files whose features are to be one coverage are in different systems.
    #[error("it is in {crs}, and {other_file} in {other_crs}: the features of one coverage are in one plane")]
    DifferentSystems {
        /// The system of the file.
        crs: String,
        /// The file that comes first.
        other_file: String,
        /// Its system.
        other_crs: String,
    },
    /// The range of zoom levels is empty.
    #[error("there is no level from {min_zoom} to {max_zoom}")]
    NoZoom {
        /// The lowest zoom level.
        min_zoom: u8,
        /// The highest zoom level.
        max_zoom: u8,
    },
    /// There would be too many tiles.
    #[error("down to level {max_zoom} there would be more than {limit} tiles")]
    TooManyTiles {
        /// The highest zoom level.
        max_zoom: u8,
        /// The maximum number of tiles.
        limit: u64,
    },
    /// A shape is not valid once its coordinates are rounded.
    #[error("with {decimals} decimal{} of a degree it is no longer valid: {problem}", if *decimals == 1 { "" } else { "s" })]
    Rounding {
        /// The number of decimals, in degrees.
        decimals: usize,
        /// What is wrong with the rounded shape.
        problem: ShapeProblem,
    },
    /// A base map that cannot be used.
    #[error("cannot use the base map `{template}`: {problem}")]
    BaseMap {
        /// The given URL template.
        template: String,
        /// What is wrong with it.
        problem: BaseMapProblem,
    },
    /// A row is invalid, and the caller chose to stop at the first.
    #[error(transparent)]
    Row(#[from] RowProblem),
    /// A shape is not a valid polygon.
    #[error(transparent)]
    Shape(#[from] ShapeProblem),
    /// A file is not a valid plan.
    #[error(transparent)]
    Plan(#[from] PlanProblem),
    /// Polygons do not cover an area as they are to.
    #[error(transparent)]
    Coverage(#[from] CoverageProblem),
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

/// The first names, in backticks.
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
