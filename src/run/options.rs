//! Options of a query over a table, checked against the table and the format.

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, ReadOptions, Rows, TxtNumbering, WriteOptions};
use crate::query::overlay::ParcelSummaryOptions;
use crate::table::GeometrySource;
use crate::units::AreaUnit;

/// Errors if an option of reading has no meaning for the table, such as a layer for a format without layers.
///
/// ```
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::run::check_read_options;
///
/// let options = ReadOptions { layer: Some("sites".to_owned()), ..ReadOptions::default() };
/// let rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n"), &options)?;
/// let error = check_read_options(&rows, &options).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::OptionMismatch { option: "--layer", .. }));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn check_read_options(rows: &Rows, options: &ReadOptions) -> Result<()> {
    let source = rows.schema().geometry_source;
    let has_columns = matches!(source, GeometrySource::Columns(..) | GeometrySource::Pair(..) | GeometrySource::Wkt(_));
    let unfit = [
        ("--layer", options.layer.is_some() && !rows.has_layers()),
        ("--lon-field", options.lon_field.is_some() && !has_columns),
        ("--coord-field", options.coord_field.is_some() && !has_columns),
        ("--wkt-field", options.wkt_field.is_some() && !has_columns),
        ("--field-names", options.uses_aliases && !rows.format().has_domains()),
        ("--input-dialect", options.txt_dialect.is_some() && rows.txt_dialect().is_none()),
        ("--domains", options.decodes_domains && !rows.format().has_domains()),
        ("--header-row", options.header_rows.is_some() && rows.header_rows().is_none()),
    ];
    match unfit.into_iter().find(|(_, is_unfit)| *is_unfit) {
        Some((option, _)) => Err(mismatch(option, rows.format()).in_file(rows.file())),
        None => Ok(()),
    }
}

/// Errors if an option of writing has no meaning for its format.
///
/// ```
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{Format, WriteOptions};
/// use taizhou_corridor::run::check_write_options;
///
/// let options = WriteOptions { for_excel: true, ..WriteOptions::new(Format::KML) };
/// let error = check_write_options(&options).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::OptionMismatch { option: "--excel", .. }));
/// ```
pub fn check_write_options(options: &WriteOptions) -> Result<()> {
    let format = options.format;
    let unfit = [
        ("--excel", options.for_excel && format != Format::CSV),
        ("--headers localized", options.wording.is_some() && format != Format::XLSX),
        ("--encoding", options.encoding.is_some() && !format.has_encodings()),
        ("--txt-dialect", options.txt_dialect.is_some() && format != Format::SURVEY_TXT),
        ("--geoparquet-version", options.geoparquet_version.is_some() && format != Format::GEOPARQUET),
        ("--corner-numbers", options.txt_numbering != TxtNumbering::default() && format != Format::SURVEY_TXT),
        ("--open-rings", options.txt_open_rings && format != Format::SURVEY_TXT),
        ("--layer-field", options.layer_field.is_some() && format != Format::DXF),
        ("--text-field", options.text_field.is_some() && format != Format::DXF),
        ("--to-layer", options.layer.is_some() && !format.has_layers()),
    ];
    match unfit.into_iter().find(|(_, is_unfit)| *is_unfit) {
        Some((option, _)) => Err(mismatch(option, format)),
        None => Ok(()),
    }
}

fn mismatch(option: &'static str, format: Format) -> Error {
    Error::new(ErrorKind::OptionMismatch { option, format: format.to_string() })
}

/// The format of the answers to a table, unless another is chosen: its own, or CSV if its fields are fixed or it is not written.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, ReadOptions};
/// use taizhou_corridor::run::answer_format;
///
/// let rows = io::open(Input::path("data/sample-parcels.txt"), &ReadOptions::default())?;
/// assert_eq!((rows.format(), answer_format(&rows)), (Format::SURVEY_TXT, Format::CSV));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn answer_format(rows: &Rows) -> Format {
    let format = rows.format();
    if format.has_fixed_fields() || !format.is_written() { Format::CSV } else { format }
}

/// The index of a column of the table. Errors with the list of its columns if there is none of this name.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::run::column_of;
///
/// let rows = io::open(Input::bytes("a.csv", "name,lon,lat\n台州站,121.4,28.65\n"), &ReadOptions::default())?;
/// assert_eq!(column_of(&rows, "lon")?, 1);
/// assert!(column_of(&rows, "owner").is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn column_of(rows: &Rows, name: &str) -> Result<usize> {
    rows.schema().position(name).ok_or_else(|| {
        let kind = ErrorKind::UnknownColumn { name: name.to_owned(), columns: rows.schema().names() };
        Error::new(kind).in_file(rows.file())
    })
}

/// The columns of parcels with labels, classes and stated areas, by their names.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::run::ParcelColumns;
/// use taizhou_corridor::units::AreaUnit;
///
/// // The format has a column of areas in hectares, and a usual name for the labels.
/// let rows = io::open(Input::path("data/sample-parcels.txt"), &ReadOptions::default())?;
/// let options = ParcelColumns::default().of(&rows)?;
/// assert_eq!(options.stated.map(|(_, unit)| unit), Some(AreaUnit::Hectares));
/// assert!(options.label.is_some() && options.class.is_none());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelColumns {
    /// The labels; by default in a column with a usual name.
    pub label: Option<String>,
    /// The classes, if areas are summed by them.
    pub class: Option<String>,
    /// The stated areas; by default where the format states them.
    pub stated_area: Option<String>,
    /// The unit of stated areas; by default from the name of the column.
    pub stated_unit: Option<AreaUnit>,
    /// The tolerance for stated areas in parts per million.
    pub tolerance_ppm: f64,
}

impl Default for ParcelColumns {
    /// The usual columns, and a tolerance of 1000 ppm.
    fn default() -> ParcelColumns {
        ParcelColumns { label: None, class: None, stated_area: None, stated_unit: None, tolerance_ppm: 1000.0 }
    }
}

impl ParcelColumns {
    /// The same of a table. Errors if it has no such column, or no unit for the stated areas is known.
    pub fn of(&self, rows: &Rows) -> Result<ParcelSummaryOptions> {
        let index_of = |name: &String| column_of(rows, name);
        let stated = match &self.stated_area {
            Some(name) => {
                let unit = self.stated_unit.or_else(|| AreaUnit::at_end_of(name).map(|(_, unit)| unit));
                // The column of survey TXT is in hectares.
                let known = rows.stated_area().filter(|&(column, _)| rows.schema().fields[column].name == *name);
                let unit = unit.or(known.map(|(_, unit)| unit));
                let column = index_of(name)?;
                let none = || Error::new(ErrorKind::NoUnit { column: name.clone() }).in_file(rows.file());
                Some((column, unit.ok_or_else(none)?))
            }
            None => rows.stated_area(),
        };
        Ok(ParcelSummaryOptions {
            label: self.label.as_ref().map(index_of).transpose()?.or_else(|| rows.label_column()),
            class: self.class.as_ref().map(index_of).transpose()?,
            stated,
            tolerance_ppm: self.tolerance_ppm,
        })
    }
}
