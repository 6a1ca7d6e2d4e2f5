//! The layers of a file.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::input::Input;
use crate::io::open::{OpenInput, open};
use crate::io::rows::format::ReadOptions;
use crate::table::CellText;

/// A layer, sheet or table of a file.
#[derive(Debug)]
pub struct Layer {
    /// Its name; that of the file if that has no layers.
    pub name: String,
    /// Whether it is hidden, as sheets of a workbook may be.
    pub is_hidden: bool,
    /// The number of rows; `None` if it cannot be read.
    pub rows: Option<u64>,
    /// The types of its geometries, sorted: `MultiPolygon`, `Polygon`.
    pub geometry: Vec<&'static str>,
    /// The CRS of its coordinates: what the file declares, or else longitude and latitude.
    pub crs: Option<Crs>,
    /// The names of its columns.
    pub fields: Vec<String>,
    /// Why it cannot be read; `None` for a table without geometries and coordinate columns, which is none.
    pub problem: Option<Error>,
}

/// Lists the layers of a file, each read to its end. `input` opens the file, for each layer anew. Errors if the file
/// cannot be read at all.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let layers = io::layers(|| Input::path("data/sample-parcels.shp"), &ReadOptions::default())?;
/// assert_eq!((layers.len(), layers[0].name.as_str(), layers[0].rows), (1, "sample-parcels", Some(30)));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn layers(input: impl Fn() -> Input, options: &ReadOptions) -> Result<Vec<Layer>> {
    // A name that no layer has is answered by the names of all.
    const NO_NAME: &str = "\u{1}";
    let of_layer = |name: &str| ReadOptions { layer: Some(name.to_owned()), ..options.clone() };
    match open(input(), &of_layer(NO_NAME)) {
        Err(error) => match error.kind() {
            ErrorKind::UnknownLayer { layers, hidden, .. } => {
                if let Some(column) = OpenInput::new(input(), options)?.format.driver().layer_column {
                    return layers_of_column(input(), column, layers, hidden, options);
                }
                Ok(layers
                    .iter()
                    .map(|name| Layer { is_hidden: hidden.contains(name), ..layer(name, &input, &of_layer(name)) })
                    .collect())
            }
            // It has no layers to choose from, and is not a table, either.
            ErrorKind::NoCoordinateColumns { .. } => {
                let name = stem(input().name());
                Ok(vec![layer(&name, &input, options)])
            }
            _ => Err(error),
        },
        Ok(_) => {
            let name = stem(input().name());
            Ok(vec![layer(&name, &input, options)])
        }
    }
}

/// The layers of a file whose rows state theirs in a column. It is read once, whatever its system is.
fn layers_of_column(
    input: Input,
    column: &str,
    names: &[String],
    hidden: &[String],
    options: &ReadOptions,
) -> Result<Vec<Layer>> {
    // Coordinates are only counted: a system that is not given is not needed.
    const ANY: Crs = Crs::Epsg(3857);
    let is_given = options.crs.is_some() || options.override_crs.is_some() || options.datum_shift.is_some();
    let crs = if is_given { options.crs.clone() } else { Some(ANY) };
    let mut table = open(input, &ReadOptions { crs, ..options.clone() })?.in_source_crs();
    let index = table.schema().position(column).unwrap_or_default();
    let mut found: HashMap<String, (u64, BTreeSet<&'static str>)> = HashMap::new();
    while let Some(batch) = if is_given { table.next_batch()? } else { table.reader.next_batch()? } {
        for number in 0..batch.len() {
            let name = batch.row(number).cell(index).map_or(Cow::Borrowed(""), CellText::text);
            let (rows, kinds) = found.entry(name.into_owned()).or_default();
            *rows += 1;
            kinds.extend(batch.shape(number).ok().map(|shape| shape.kind()));
        }
    }
    let fields = table.schema().names();
    let crs = is_given.then(|| table.crs());
    let layer = |name: &String| {
        let (rows, kinds) = found.remove(name).unwrap_or_default();
        let geometry = kinds.into_iter().collect();
        let (name, fields) = (name.clone(), fields.clone());
        let is_hidden = hidden.contains(&name);
        Layer { name, is_hidden, rows: Some(rows), geometry, crs: crs.clone(), fields, problem: None }
    };
    Ok(names.iter().map(layer).collect())
}

fn stem(name: &str) -> String {
    Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Reads a layer to its end.
fn layer(name: &str, input: &dyn Fn() -> Input, options: &ReadOptions) -> Layer {
    let mut found = Layer {
        name: name.to_owned(),
        is_hidden: false,
        rows: None,
        geometry: vec![],
        crs: None,
        fields: vec![],
        problem: None,
    };
    let mut read = || -> Result<()> {
        let mut table = open(input(), options)?.in_source_crs();
        (found.crs, found.fields) = (Some(table.crs()), table.schema().names());
        let (mut rows, mut kinds) = (0, BTreeSet::new());
        while let Some(batch) = table.next_batch()? {
            rows += batch.len() as u64;
            kinds.extend((0..batch.len()).filter_map(|index| batch.shape(index).ok().map(|shape| shape.kind())));
        }
        (found.rows, found.geometry) = (Some(rows), kinds.into_iter().collect());
        Ok(())
    };
    let problem = read().err();
    match problem.as_ref().map(Error::kind) {
        Some(ErrorKind::NoCoordinateColumns { columns }) => {
            found.fields.clone_from(columns);
            found.rows = columns.first().and_then(|column| count(input(), options, column).ok());
        }
        Some(ErrorKind::Empty) => found.rows = Some(0),
        _ => found.problem = problem,
    }
    found
}

/// The number of rows of a table without geometries: one of its columns is taken for them.
fn count(input: Input, options: &ReadOptions, column: &str) -> Result<u64> {
    let mut table = open(input, &ReadOptions { wkt_field: Some(column.to_owned()), ..options.clone() })?;
    let mut rows = 0;
    while let Some(batch) = table.next_batch()? {
        rows += batch.len() as u64;
    }
    Ok(rows)
}
