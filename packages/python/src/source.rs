//! Tables in memory: where their geometries are, and their rows as batches of the library.

use std::str::FromStr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, Schema};
use geo::Coord;
use taizhou_corridor::crs::{AxisOrder, CoordNormalizer, Crs, GaussKruegerZone};
use taizhou_corridor::error::{Error, ErrorKind, RowProblem, ShapeProblem};
use taizhou_corridor::geometry::encoding::{ArcTolerance, Decoded, from_text, from_wkb};
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::table::{Batch, BatchBuilder, CellText};

use crate::problem::{DataProblem, Problem};

/// The name under which errors call a table in memory.
pub(crate) const TABLE: &str = "table";

/// Where the geometries of a table are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Geometries {
    Wkb(usize),
    Wkt(usize),
    /// Points in the native encoding of GeoArrow.
    Points(usize),
    /// Columns of coordinates.
    Columns(usize, usize),
}

/// How the rows of a table in memory are read.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) geometries: Geometries,
    pub(crate) crs: Crs,
    /// The order of coordinates: detected from the first rows.
    pub(crate) order: AxisOrder,
    /// The columns that a query reads, besides the geometries.
    pub(crate) cells: Vec<usize>,
    names: Arc<Vec<String>>,
    /// Whether systems that geometries name themselves (EWKB, EWKT) are overridden.
    ignores_srids: bool,
}

impl Layout {
    /// The layout of a table with this schema. `geometry` names the column if there are several, `crs` is the system
    /// that the table is said to have apart from its schema.
    pub(crate) fn of(
        schema: &Schema,
        options: &ReadOptions,
        geometry: Option<&str>,
        crs: Option<&str>,
    ) -> Result<Layout, Problem> {
        let geometries = geometries_of(schema, options, geometry)?;
        let declared = match (geometries, crs) {
            (_, Some(crs)) => Some(Crs::parse(crs)?),
            (Geometries::Columns(..), None) => None,
            (Geometries::Wkb(index) | Geometries::Wkt(index) | Geometries::Points(index), None) => {
                declared_crs(schema.field(index))?
            }
        };
        let crs = match (&options.override_crs, &options.crs, declared) {
            (Some(overriding), ..) => overriding.clone(),
            (None, Some(given), Some(declared)) if !given.coincides(&declared) => {
                let (declared, given) = (declared.to_string(), given.to_string());
                return Err(Error::new(ErrorKind::CrsConflict { declared, given }).in_file(TABLE).into());
            }
            (None, Some(given), _) => given.clone(),
            (None, None, declared) => declared.unwrap_or(Crs::Crs84),
        };
        // In a Gauss-Krüger zone, the order is detected from the values.
        let order = match options.axis_order {
            AxisOrder::Auto if GaussKruegerZone::of(&crs).is_none() => AxisOrder::EastNorth,
            order => order,
        };
        // Errors before the first row if the system cannot be used.
        CoordNormalizer::new(crs.clone(), order)?;
        let ignores_srids = options.override_crs.is_some();
        Ok(Layout { geometries, crs, order, cells: vec![], names: Arc::default(), ignores_srids })
    }

    /// Reads the cells of these columns, too.
    pub(crate) fn with_cells(mut self, schema: &Schema, columns: &[usize]) -> Layout {
        self.cells = columns.to_vec();
        self.names = Arc::new(columns.iter().map(|&column| schema.field(column).name().clone()).collect());
        self
    }

    /// The column of geometries; none if there are coordinates.
    pub(crate) fn geometry_column(&self) -> Option<usize> {
        match self.geometries {
            Geometries::Wkb(index) | Geometries::Wkt(index) | Geometries::Points(index) => Some(index),
            Geometries::Columns(..) => None,
        }
    }

    /// The rows as a batch in the system of the table, and the normalizer of their coordinates; `None` if there are none.
    /// With `numbered`, the last cell of each row is its index.
    pub(crate) fn batch(
        &self,
        rows: &RecordBatch,
        first_row: u64,
        numbered: bool,
    ) -> Result<Option<(Batch, CoordNormalizer)>, Problem> {
        let mut builder = BatchBuilder::new(first_row);
        let options = FormatOptions::default();
        let texts: Vec<(&ArrayRef, ArrayFormatter<'_>)> = self
            .cells
            .iter()
            .map(|&column| Ok((rows.column(column), ArrayFormatter::try_new(rows.column(column), &options)?)))
            .collect::<Result<_, Problem>>()?;
        let add_cells = |builder: &mut BatchBuilder, row: usize| {
            for (column, (array, text)) in texts.iter().enumerate() {
                if array.is_valid(row) {
                    builder.cell(column, CellText::Text(&text.value(row).to_string()));
                }
            }
            if numbered {
                builder.cell(texts.len(), CellText::Json(&row.to_string()));
            }
        };
        match self.geometries {
            Geometries::Columns(x, y) => {
                let names = [x, y].map(|column| rows.schema_ref().field(column).name().clone());
                let (x, y) = (numbers(rows.column(x), &names[0])?, numbers(rows.column(y), &names[1])?);
                end_points(
                    &mut builder,
                    &x,
                    &y,
                    |index| RowProblem::MissingCoordinate { field: names[index].clone() },
                    add_cells,
                );
            }
            Geometries::Points(column) => {
                let (name, array) = (rows.schema_ref().field(column).name(), rows.column(column));
                let [x, y] = native_points(array, name)?;
                end_points(&mut builder, &x, &y, |_| RowProblem::NullGeometry, add_cells);
            }
            Geometries::Wkb(column) => {
                let (array, arcs) = (rows.column(column), ArcTolerance::of(&self.crs));
                for row in 0..rows.num_rows() {
                    add_cells(&mut builder, row);
                    self.end_geometry(&mut builder, bytes(array, row).map(|wkb| from_wkb(wkb, arcs)));
                }
            }
            Geometries::Wkt(column) => {
                let (array, arcs) = (rows.column(column), ArcTolerance::of(&self.crs));
                for row in 0..rows.num_rows() {
                    add_cells(&mut builder, row);
                    let text = text(array, row).filter(|text| !text.trim().is_empty());
                    self.end_geometry(&mut builder, text.map(|wkt| from_text(wkt, arcs)));
                }
            }
        }
        let names = match numbered {
            true => Arc::new([self.names.as_slice(), &[String::new()]].concat()),
            false => self.names.clone(),
        };
        let Some(mut batch) = builder.finish(names) else { return Ok(None) };
        let mut normalizer = CoordNormalizer::new(self.crs.clone(), self.order)?;
        // Sites come first, and are checked by the query; all other geometries are checked here.
        let mut is_sites = true;
        batch.move_coords(|coords| {
            if std::mem::take(&mut is_sites) { normalizer.to_system_order(coords) } else { normalizer.check(coords) }
        });
        Ok(Some((batch, normalizer)))
    }

    fn end_geometry(&self, builder: &mut BatchBuilder, decoded: Option<Result<Decoded, RowProblem>>) {
        let decoded = decoded.unwrap_or(Err(RowProblem::NullGeometry));
        if decoded.as_ref().is_ok_and(|decoded| decoded.has_heights) {
            builder.drop_heights();
        }
        builder.end_row_with(decoded.and_then(|decoded| match decoded {
            Decoded { srid: Some(srid), .. } if !self.is_system(srid) => {
                Err(RowProblem::OtherCrs { found: format!("EPSG:{srid}"), expected: self.crs.to_string() })
            }
            Decoded { was_open: true, .. } => Err(RowProblem::Shape(ShapeProblem::NotClosed)),
            Decoded { geometry, .. } => geometry.ok_or(RowProblem::NullGeometry),
        }));
    }

    /// Whether a system that a geometry names is that of the table.
    fn is_system(&self, srid: u32) -> bool {
        let coincides = || format!("EPSG:{srid}").parse::<Crs>().is_ok_and(|crs| crs.coincides(&self.crs));
        self.ignores_srids || self.crs.epsg() == Some(srid) || coincides()
    }
}

fn end_points(
    builder: &mut BatchBuilder,
    x: &Float64Array,
    y: &Float64Array,
    missing: impl Fn(usize) -> RowProblem,
    add_cells: impl Fn(&mut BatchBuilder, usize),
) {
    let value = |array: &Float64Array, row: usize| {
        array.is_valid(row).then(|| array.value(row)).filter(|value| value.is_finite())
    };
    for row in 0..x.len() {
        add_cells(builder, row);
        builder.end_row(match (value(x, row), value(y, row)) {
            (Some(x), Some(y)) => Ok(Coord { x, y }),
            (None, _) => Err(missing(0)),
            (_, None) => Err(missing(1)),
        });
    }
}

/// Where the geometries are.
fn geometries_of(schema: &Schema, options: &ReadOptions, geometry: Option<&str>) -> Result<Geometries, Problem> {
    let by_name = |name: &str| schema.fields().iter().position(|field| field.name() == name);
    let names_coordinates = options.lon_field.is_some() || options.lat_field.is_some();
    let chosen = options.wkt_field.as_deref().or(geometry);
    if let Some(name) = chosen {
        let unknown = || {
            let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
            Error::new(ErrorKind::UnknownColumn { name: name.to_owned(), columns }).in_file(TABLE)
        };
        return encoding_of(schema, by_name(name).ok_or_else(unknown)?);
    }
    let extension = |field: &Arc<Field>| extension_of(field).is_some();
    if let Some(index) = schema.fields().iter().position(extension).filter(|_| !names_coordinates) {
        return encoding_of(schema, index);
    }
    const USUAL: [&str; 6] = ["geometry", "geom", "wkb", "wkb_geometry", "the_geom", "shape"];
    let is_binary =
        |field: &Field| is_bytes(field.data_type()) && USUAL.contains(&field.name().to_lowercase().as_str());
    if let Some(index) = schema.fields().iter().position(|field| is_binary(field)).filter(|_| !names_coordinates) {
        return Ok(Geometries::Wkb(index));
    }
    coordinate_columns(schema, options)
}

/// The columns of coordinates that a CSV file with these columns would have.
fn coordinate_columns(schema: &Schema, options: &ReadOptions) -> Result<Geometries, Problem> {
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
    let header: Vec<String> = names.iter().map(quoted).collect();
    let zeros = vec!["0"; names.len()];
    let csv = format!("{}\n{}\n", header.join(","), zeros.join(","));
    let options = ReadOptions {
        format: Some(io::Format::CSV),
        header_rows: Some(1..=1),
        crs: options.override_crs.clone().or_else(|| options.crs.clone()),
        override_crs: None,
        ..options.clone()
    };
    let none = || Problem::Data(DataProblem::NoGeometry { columns: names.clone() });
    let rows = match io::open(Input::bytes(TABLE, csv), &options) {
        Err(error) if error.kind().code() == "no-coordinate-columns" => return Err(none()),
        rows => rows?,
    };
    let index = |name: &str| names.iter().position(|known| known == name);
    match rows.coordinate_columns() {
        Some((x, y)) => Ok(Geometries::Columns(index(x).ok_or_else(none)?, index(y).ok_or_else(none)?)),
        None => {
            let wkt = ["wkt", "geometry", "geom", "geometry_wkt"];
            let column = names.iter().position(|name| wkt.contains(&name.to_lowercase().as_str()));
            Ok(Geometries::Wkt(column.ok_or_else(none)?))
        }
    }
}

/// The encoding of a geometry column.
fn encoding_of(schema: &Schema, index: usize) -> Result<Geometries, Problem> {
    let field = schema.field(index);
    let found = match extension_of(field) {
        Some("geoarrow.wkb" | "ogc.wkb") => return Ok(Geometries::Wkb(index)),
        Some("geoarrow.wkt" | "ogc.wkt") => return Ok(Geometries::Wkt(index)),
        Some("geoarrow.point") => return Ok(Geometries::Points(index)),
        Some(other) => other.to_owned(),
        None if is_bytes(field.data_type()) => return Ok(Geometries::Wkb(index)),
        None if is_text(field.data_type()) => return Ok(Geometries::Wkt(index)),
        None => field.data_type().to_string(),
    };
    Err(DataProblem::Encoding { column: field.name().clone(), found }.into())
}

/// The GeoArrow extension type of a column.
fn extension_of(field: &Field) -> Option<&str> {
    let name = field.metadata().get("ARROW:extension:name")?;
    (name.starts_with("geoarrow.") || name.starts_with("ogc.")).then_some(name.as_str())
}

/// The system that a geometry column declares.
fn declared_crs(field: &Field) -> Result<Option<Crs>, Problem> {
    let Some(metadata) = field.metadata().get("ARROW:extension:metadata") else { return Ok(None) };
    let Ok(metadata) = serde_json::Value::from_str(metadata) else { return Ok(None) };
    Ok(match &metadata["crs"] {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(Crs::parse(text)?),
        definition => Some(Crs::parse(&definition.to_string())?),
    })
}

fn is_bytes(kind: &DataType) -> bool {
    matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// A column of numbers as doubles. Of single precision, the shortest decimal that they are written as, as in files.
fn numbers(array: &ArrayRef, name: &str) -> Result<Float64Array, Problem> {
    let wrong = || DataProblem::NotNumbers { column: name.to_owned(), found: array.data_type().to_string() };
    match array.data_type() {
        DataType::Float64 => Ok(array.as_primitive::<Float64Type>().clone()),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>();
            Ok(values.iter().map(|value| value.and_then(|value| value.to_string().parse::<f64>().ok())).collect())
        }
        kind if kind.is_integer() || matches!(kind, DataType::Decimal128(..) | DataType::Null) => {
            let cast = arrow_cast::cast(array, &DataType::Float64)?;
            Ok(cast.as_primitive::<Float64Type>().clone())
        }
        _ => Err(wrong().into()),
    }
}

/// The coordinates of points in the native encoding, in pairs or in two columns.
fn native_points(array: &ArrayRef, name: &str) -> Result<[Float64Array; 2], Problem> {
    let wrong =
        || Problem::from(DataProblem::Encoding { column: name.to_owned(), found: array.data_type().to_string() });
    let nulls = array.nulls();
    // A point is null, or, though the encoding forbids it, a coordinate of it.
    let of_valid = |values: &mut dyn Iterator<Item = Option<f64>>| -> Float64Array {
        let is_valid = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
        values.enumerate().map(|(row, value)| value.filter(|_| is_valid(row))).collect()
    };
    if let Some(points) = array.as_struct_opt() {
        let axis = |name: &str| {
            let values = points.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
            Some(of_valid(&mut values.iter()))
        };
        return Ok([axis("x").ok_or_else(wrong)?, axis("y").ok_or_else(wrong)?]);
    }
    let points = array.as_fixed_size_list_opt().filter(|points| points.value_length() >= 2).ok_or_else(wrong)?;
    let width = points.value_length() as usize;
    let values = points.values().as_primitive_opt::<Float64Type>().ok_or_else(wrong)?;
    let start = points.value_offset(0) as usize;
    let value = |place: usize| values.is_valid(place).then(|| values.value(place));
    let axis = |axis: usize| of_valid(&mut (0..points.len()).map(|row| value(start + row * width + axis)));
    Ok([axis(0), axis(1)])
}

/// The bytes of a value of any binary type; none if it is null.
pub(crate) fn bytes(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Binary => Some(array.as_binary_opt::<i32>()?.value(row)),
        DataType::LargeBinary => Some(array.as_binary_opt::<i64>()?.value(row)),
        DataType::BinaryView => Some(array.as_binary_view_opt()?.value(row)),
        _ => None,
    }
}

/// A value of any text type; none if it is null.
pub(crate) fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.value(row)),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.value(row)),
        DataType::Utf8View => Some(array.as_string_view_opt()?.value(row)),
        _ => None,
    }
}
