//! Opening tables: decompression, and recognition of the format.

pub(in crate::io) mod layers;
pub(in crate::io) mod recognise;
pub(in crate::io) mod unpack;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::crs::{AxisOrder, CoordNormalizer, Crs, Declared, GaussKruegerZone, Transformer, Unusable};
use crate::error::{Error, ErrorKind, Hint, Result, ShiftProblem, SystemPlace};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::{Input, Source};
use crate::io::open::recognise::{check_format, guess_format};
use crate::io::open::unpack::{Unpacked, unpack};
use crate::io::rows::columns::names_coordinate;
use crate::io::rows::format::{Format, ReadOptions};
use crate::io::rows::geometries::{GeometryReader, first_conflict, first_usable};
use crate::io::rows::note::ReadNote;
use crate::io::rows::read::Rows;
use crate::io::rows::reader::RowReader;
use crate::io::rows::sheet::systems::{names_unshifted, shifted_system};
use crate::table::GeometrySource;

/// Opens a table. Errors if it cannot be read, is empty, or has no recognised geometry.
///
/// A `.gz` or `.zip` file may contain a table, or the files of a shapefile.
///
/// All columns are known from the start: GeoJSON is read twice for that, from a temporary copy if it is a pipe.
///
/// ```
/// use taizhou_corridor::error::{CoordinateAxis, ErrorKind};
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let open = |csv: &str| io::open(Input::bytes("sites.csv", csv), &ReadOptions::default());
/// assert!(open("Lng,Lat\n121.36898,28.65590\n").is_ok());
/// let error = open("lon,lng,lat\n121.3,121.4,28.6\n").err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::AmbiguousColumns { axis: CoordinateAxis::Longitude, .. }));
/// assert_eq!(error.location().file.as_deref(), Some("sites.csv"));
/// ```
pub fn open(input: Input, options: &ReadOptions) -> Result<Rows> {
    rows_of(OpenInput::new(input, options)?, options)
}

/// An open, decompressed input and its format.
pub(crate) struct OpenInput {
    pub(crate) file: String,
    pub(crate) source: Source,
    pub(crate) format: Format,
    /// Whether `--layer` selected the file in an archive.
    is_layer_used: bool,
}

impl OpenInput {
    /// Opens an input. Errors if it cannot be opened or has no supported format.
    pub(crate) fn new(input: Input, options: &ReadOptions) -> Result<OpenInput> {
        let file = input.name().to_owned();
        let open = || {
            let mut source = input.open()?;
            // Checked before decompression, since other archives are sometimes named `.zip`.
            if options.format.is_none() {
                check_format(&mut source, options.encoding)?;
            }
            let Unpacked { mut source, is_layer_used, format } = unpack(source, options)?;
            let format = match options.format {
                Some(format) => format,
                None => {
                    check_format(&mut source, options.encoding)?;
                    format.map_or_else(|| guess_format(&mut source, options.encoding), Ok)?
                }
            };
            if options.encoding.is_some() && !format.is_text() {
                let format = format.to_string();
                return Err(Error::new(ErrorKind::OptionMismatch { option: "--input-encoding", format }));
            }
            Ok(OpenInput { file: file.clone(), source, format, is_layer_used })
        };
        open().map_err(|error| error.in_file(file.clone()))
    }
}

/// The rows of an input.
pub(crate) fn rows_of(opened: OpenInput, options: &ReadOptions) -> Result<Rows> {
    let OpenInput { file, source, format, is_layer_used } = opened;
    let driver = format.driver();
    let in_file = |error: Error| error.in_file(file.clone());
    let meter = source.meter();
    // A name that selected a file in an archive does not select a layer in that file.
    let of_member = ReadOptions { layer: None, ..options.clone() };
    let options = if is_layer_used { &of_member } else { options };
    let has_layers = is_layer_used || format.has_layers();
    let open = driver.reader().map_err(in_file)?;
    let mut reader = open(source, options).map_err(in_file)?;
    let with_parameters;
    let options = match &options.datum_shift {
        Some(shift) if shift.takes_parameters_of_table() => {
            let missing = || Error::new(ErrorKind::DatumShift(ShiftProblem::NoParameters));
            let parameters = reader.shift_parameters().ok_or_else(|| in_file(missing()))?;
            let datum_shift = Some(shift.with_parameters(parameters).map_err(in_file)?);
            with_parameters = ReadOptions { datum_shift, ..options.clone() };
            &with_parameters
        }
        _ => options,
    };
    // SRIDs of geometries are a declaration if there is no other.
    let mut srids = vec![];
    let declared = match reader.declared_crs() {
        Ok(None) => {
            srids = reader.srids().map_err(in_file)?;
            Ok(first_usable(&srids))
        }
        declared => declared,
    };
    let ResolvedCrs { crs, overridden, is_declared } = resolve_crs(declared, options).map_err(in_file)?;
    let is_given =
        is_declared || options.crs.is_some() || options.override_crs.is_some() || options.datum_shift.is_some();
    if driver.needs_crs && !is_given {
        let code = reader.position().and_then(|at| Hint::of(at.x, at.y).epsg());
        return Err(in_file(Error::new(ErrorKind::NoSystem { format: format.to_string(), code })));
    }
    let system_note = if is_given { None } else { note_of_system(&file, reader.as_ref()) };
    if let Some(ReadNote::ShiftedSystem { word, place, crs }) = system_note.as_ref().filter(|_| options.strict_crs) {
        let crs = if *crs == Crs::Bd09 { "BD-09" } else { "GCJ-02" };
        return Err(in_file(Error::new(ErrorKind::SystemNotGiven { word, place: place.clone(), crs })));
    }
    let geometries = GeometryReader::new(crs.clone());
    let is_overridden = options.override_crs.is_some();
    let overridden = overridden.or_else(|| first_conflict(&srids, &crs).filter(|_| is_overridden));
    reader.read_geometries_with(Arc::new(if is_overridden { geometries.ignoring_srids() } else { geometries }));
    // An unusable CRS is a problem of the file if the file declares it.
    let beyond_area = Arc::default();
    let normalizer = |order| match CoordNormalizer::new(crs.clone(), order) {
        Ok(normalizer) => Ok(normalizer.counting(Arc::clone(&beyond_area))),
        Err(error) => Err(if is_declared { in_file(error) } else { error }),
    };
    // In a Gauss-Krüger zone, the axis order is detected from the values.
    let order = match options.axis_order {
        AxisOrder::Auto if GaussKruegerZone::on_any_datum(&crs).is_none() => {
            reader.axis_order().unwrap_or(driver.axis_order)
        }
        order => order,
    };
    let mut rows = Rows {
        normalizer: normalizer(order)?,
        reader,
        file: file.clone(),
        format,
        overridden,
        beyond_area: beyond_area.clone(),
        keeps_source_crs: false,
        has_layers,
        meter,
        changes: Arc::default(),
        system_note,
    };
    // Columns with unambiguous names are not swapped, nor are pairs, whose reader puts them in order.
    let is_pair = rows.pair_column().is_some() && crs.is_degrees();
    if is_pair && order == AxisOrder::NorthEast {
        rows.normalizer = normalizer(AxisOrder::EastNorth)?;
    }
    let has_axes_by_name = rows.coordinate_columns().map(|(x, y)| names_coordinate(x) && names_coordinate(y));
    match (has_axes_by_name, options.axis_order) {
        (Some(true), AxisOrder::NorthEast) => rows.normalizer = normalizer(AxisOrder::EastNorth)?,
        (Some(false), AxisOrder::Auto) if crs.has_northing_as_x() => {
            rows.normalizer = normalizer(AxisOrder::NorthEast)?;
        }
        _ => {}
    }
    Ok(rows)
}

/// The note that the name of a column, a title, or the name of the sheet or file suggests a shifted system, unless the
/// coordinate columns name another.
fn note_of_system(file: &str, reader: &dyn RowReader) -> Option<ReadNote> {
    let schema = reader.schema();
    let place = match schema.geometry_source {
        GeometrySource::Columns(x, y) => vec![x, y],
        GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => vec![column],
        GeometrySource::Points | GeometrySource::Shapes => vec![],
    };
    if place.iter().any(|&column| names_unshifted(&schema.fields[column].name)) {
        return None;
    }
    let columns = place.iter().copied().chain(0..schema.fields.len()).map(|column| &schema.fields[column].name);
    let columns = columns.map(|name| (name.as_str(), SystemPlace::Column(name.clone())));
    let titles = reader.header().into_iter().flat_map(|header| &header.titles);
    let titles = titles.map(|title| (title.as_str(), SystemPlace::Title));
    let sheet = reader.sheet().map(|name| (name, SystemPlace::Sheet));
    let file = Path::new(file).file_stem().and_then(|name| name.to_str()).map(|name| (name, SystemPlace::File));
    let mut places = columns.chain(titles).chain(sheet).chain(file);
    places
        .find_map(|(text, place)| shifted_system(text).map(|(crs, word)| ReadNote::ShiftedSystem { word, place, crs }))
}

/// The CRS of a table.
struct ResolvedCrs {
    crs: Crs,
    /// The declaration of the file that is overridden.
    overridden: Option<String>,
    is_declared: bool,
}

/// The CRS from the declaration of a file and the options, together with the datum shift.
fn resolve_crs(declared: Declared, options: &ReadOptions) -> Result<ResolvedCrs> {
    let Some(shift) = &options.datum_shift else { return resolve_without_shift(declared, options) };
    let bind = |crs: Crs| shift.bind(&crs).unwrap_or(crs);
    let declared =
        match declared {
            Ok(declared) => Ok(declared.map(bind)),
            Err(
                Unusable::OtherDatum { system: Some(system), .. } | Unusable::NeedsProj { system: Some(system), .. },
            ) if shift.bind(&system).is_some() => Ok(Some(bind(system))),
            Err(unusable) => Err(unusable),
        };
    let own = || if options.override_crs.is_some() { None } else { shift.own_system() };
    let bound = ReadOptions {
        crs: options.crs.clone().map(bind).or_else(own),
        override_crs: options.override_crs.clone().map(bind),
        ..options.clone()
    };
    let resolved = resolve_without_shift(declared, &bound)?;
    if resolved.crs.datum_shift().is_none() {
        // The system itself may be of no use, which is the more helpful error.
        Transformer::from_crs(resolved.crs.clone())?;
        let (shift, crs) = (shift.name().to_owned(), resolved.crs.to_string());
        return Err(Error::new(ErrorKind::ShiftNotApplicable { shift, crs }));
    }
    Ok(resolved)
}

fn resolve_without_shift(declared: Declared, options: &ReadOptions) -> Result<ResolvedCrs> {
    if let Some(crs) = options.override_crs.clone() {
        let overridden = match declared {
            Ok(declared) => declared.filter(|declared| !declared.coincides(&crs)).map(|declared| declared.to_string()),
            Err(unusable) => Some(unusable.to_string()),
        };
        return Ok(ResolvedCrs { crs, overridden, is_declared: false });
    }
    match (declared, options.crs.clone()) {
        (Ok(Some(declared)), Some(given)) if !declared.coincides(&given) => {
            // An unusable declaration is the more helpful error.
            if let Some(error) = Transformer::from_crs(declared.clone()).err() {
                return Err(error);
            }
            let (declared, given) = (declared.to_string(), given.to_string());
            Err(Error::new(ErrorKind::CrsConflict { declared, given }))
        }
        (Ok(Some(crs)), _) => Ok(ResolvedCrs { crs, overridden: None, is_declared: true }),
        (Ok(None), given) => Ok(ResolvedCrs { crs: given.unwrap_or(Crs::Crs84), overridden: None, is_declared: false }),
        // The user knows which CRS the unknown name is.
        (Err(Unusable::Unknown(name)), Some(crs)) => {
            Ok(ResolvedCrs { crs, overridden: Some(name), is_declared: false })
        }
        (Err(unusable), _) => Err(unusable.into()),
    }
}

impl Input {
    /// All bytes; for a `.gz` or `.zip` file, the decompressed ones.
    ///
    /// ```
    /// use taizhou_corridor::io::Input;
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// let plan = Plan::from_geojson(&Input::reader("-", PLAN_GEOJSON.as_bytes()).read_all()?)?;
    /// assert_eq!(plan.features().len(), 16);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_all(self) -> Result<Vec<u8>> {
        let name = self.name().to_owned();
        let read = || {
            let mut bytes = vec![];
            let Unpacked { source, .. } = unpack(self.open()?, &ReadOptions::default())?;
            { source.reader }.read_to_end(&mut bytes).map_err(read_error)?;
            Ok(bytes)
        };
        read().map_err(|error: Error| error.in_file(name))
    }
}
