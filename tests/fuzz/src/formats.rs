//! Every format that is written and read: a table comes back as it went in, but for what the writer says is lost.

use std::collections::HashSet;

use geo::orient::{Direction, Orient};
use geo::{Geometry, LineString, MultiPolygon, Polygon};
use taizhou_corridor::Error;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::io::{self, Format, Input, Loss, Output, ReadOptions, WriteOptions};
use taizhou_corridor::table::{AnswerTable, Batch, Field, Kind, Schema};

use super::readers::{bytes_of_shapefile, memory, shapefile_of_bytes};
use super::tables::table;

/// The columns of a table, and its rows: a text or nothing for each, and the shape.
#[derive(Debug, PartialEq, Clone)]
struct Table {
    fields: Vec<Field>,
    rows: Vec<(Vec<String>, Option<Geometry<f64>>)>,
}

impl Table {
    fn of(schema: &Schema, batches: &[Batch]) -> Table {
        let row = |batch: &Batch, number: usize| {
            let cells = schema.cells(batch, number);
            let texts = cells.into_iter().map(|cell| cell.map(|cell| cell.text().into_owned()).unwrap_or_default());
            (texts.collect(), batch.shape(number).ok().map(|shape| plain(shape.geometry())))
        };
        let rows = batches.iter().flat_map(|batch| (0..batch.len()).map(move |number| row(batch, number))).collect();
        Table { fields: schema.attributes(), rows }
    }

    /// The rows in an order of their own: FlatGeobuf has that of its index. A row of a sheet without a filled cell
    /// is none.
    fn sorted(mut self, format: Format) -> Table {
        if format == Format::XLSX {
            self.rows.retain(|(cells, shape)| shape.is_some() || cells.iter().any(|cell| !cell.is_empty()));
        }
        // A row without a shape is none in a drawing.
        if format == Format::DXF {
            self.rows.retain(|(_, shape)| shape.is_some());
        }
        if format == Format::FLATGEOBUF {
            self.rows.sort_by_cached_key(|row| format!("{row:?}"));
        }
        self
    }
}

/// A shape as all formats have it: exteriors counter-clockwise, no collection of one part.
fn plain(shape: Geometry<f64>) -> Geometry<f64> {
    let mut shape = match shape {
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]).into(),
        Geometry::LineString(line) => geo::MultiLineString(vec![line]).into(),
        Geometry::Point(point) => geo::MultiPoint(vec![point]).into(),
        other => other,
    };
    if let Geometry::GeometryCollection(parts) = &mut shape {
        parts.0 = parts.0.drain(..).map(plain).collect();
    }
    if let Geometry::MultiPolygon(polygons) = &mut shape {
        *polygons = polygons.orient(Direction::Default);
        // A ring begins anywhere.
        let begun = |ring: &LineString<f64>| {
            let mut corners = ring.0.clone();
            corners.pop();
            let first = (0..corners.len()).min_by(|&a, &b| {
                let key = |place: usize| (corners[place].x, corners[place].y);
                key(a).partial_cmp(&key(b)).expect("numbers")
            });
            corners.rotate_left(first.unwrap_or_default());
            corners.extend(corners.first().copied());
            LineString(corners)
        };
        let polygon = |polygon: &Polygon<f64>| {
            Polygon::new(begun(polygon.exterior()), polygon.interiors().iter().map(begun).collect())
        };
        *polygons = polygons.iter().map(polygon).collect();
    }
    shape
}

fn write(format: Format, schema: &Schema, batches: &[Batch], crs: Crs) -> Result<(Vec<u8>, Vec<Loss>), Error> {
    let options = WriteOptions { source_crs: crs, is_in_source_crs: true, ..WriteOptions::new(format) };
    let folder = (format == Format::SHAPEFILE).then(|| tempfile::tempdir_in(memory()).expect("a temporary folder"));
    let (output, written) = match &folder {
        Some(folder) => (Output::create(folder.path().join("a.shp"), false)?, None),
        None => {
            let (output, written) = Output::memory("out");
            (output, Some(written))
        }
    };
    let mut writer = io::create(output, schema, &[], &options)?;
    for batch in batches {
        writer.write(batch.clone(), &AnswerTable::none(batch))?;
    }
    let losses = writer.finish()?;
    let bytes = match (written, &folder) {
        (Some(written), _) => written.into_bytes(),
        (None, Some(folder)) => bytes_of_shapefile(folder.path()),
        _ => vec![],
    };
    Ok((bytes, losses))
}

fn read(format: Format, bytes: &[u8], crs: Option<Crs>) -> Result<(Schema, Vec<Batch>, Crs), Error> {
    let options = ReadOptions { format: Some(format), crs, ..ReadOptions::default() };
    let folder = (format == Format::SHAPEFILE).then(|| shapefile_of_bytes(bytes));
    let input = match &folder {
        Some(folder) => Input::path(folder.path().join("a.shp")),
        None => Input::bytes("-", bytes),
    };
    let mut rows = io::open(input, &options)?.in_source_crs();
    let schema = rows.schema().clone();
    let mut batches = vec![];
    while let Some(batch) = rows.next_batch()? {
        batches.push(batch);
    }
    Ok((schema, batches, rows.crs()))
}

/// A value as formats have it that write numbers and times their own way.
fn value(text: &str, kind: Kind, format: Format) -> String {
    // Fields of dBASE are filled up with blanks; a survey's are trimmed.
    let text = if format == Format::SHAPEFILE {
        text.trim_end_matches([' ', '\0'])
    } else if format == Format::SURVEY_TXT {
        text.trim()
    } else {
        text
    };
    match kind {
        // A zero of SQLite has no sign.
        Kind::Real => text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| format!("{:?}", number + 0.0)),
        Kind::DateTime => instant(text).unwrap_or_else(|| text.to_owned()),
        _ => text.to_owned(),
    }
}

/// A time without an offset, to a thousandth of a second; one with an offset brought to UTC.
fn instant(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
    let (time, has_offset) = match time.strip_suffix("+08:00") {
        Some(time) => (time, true),
        None => (time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00")).unwrap_or(time), false),
    };
    let (whole, part) = time.split_once('.').unwrap_or((time, ""));
    let numbers = |text: &str, by: char| text.split(by).map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>();
    let [year, month, day] = numbers(date, '-')?[..] else { return None };
    let [hour, minute, second] = numbers(whole, ':')?[..] else { return None };
    // Days since 1 March of year 0 in the Gregorian calendar: a year that begins in March ends with its leap day.
    let (month, year) = ((month + 9).rem_euclid(12), year - i64::from(month <= 2));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + (month * 306 + 5) / 10 + day - 1;
    let hours = days * 24 + hour - if has_offset { 8 } else { 0 };
    Some(format!("{hours} {minute} {second} {}", part.trim_end_matches('0')))
}

fn lost(losses: &[Loss], schema: &Schema) -> HashSet<String> {
    losses
        .iter()
        .flat_map(|loss| match loss {
            Loss::Cut { field, .. } | Loss::Unfit { field, .. } | Loss::Characters { field, .. } => vec![field.clone()],
            Loss::Columns { fields } => fields.clone(),
            Loss::Renamed { .. } | Loss::BigIntegers { .. } | Loss::Heights | Loss::Crs { .. } => vec![],
            Loss::LayersRenamed { .. } | Loss::RowsWithoutGeometry { .. } => vec![],
            other => panic!("{other:?} of {schema:?}"),
        })
        .collect()
}

/// A table made of these bytes, and a file that they are themselves.
pub fn same(format: Format, bytes: &[u8]) {
    table_comes_back(format, bytes);
    file_settles(format, bytes);
}

fn table_comes_back(format: Format, bytes: &[u8]) {
    let (schema, batch, is_in_metres) = table(bytes, format);
    let crs = if is_in_metres { Crs::Epsg(4528) } else { Crs::Crs84 };
    let batches = [batch];
    let (written, losses) = write(format, &schema, &batches, crs.clone()).expect("a table is written");
    let again = || read(format, &written, is_in_metres.then(|| crs.clone()));
    let (found_schema, found_batches, _) = again().unwrap_or_else(|error| panic!("{error}: {losses:?} {schema:?}"));
    let first = Table::of(&schema, &batches).sorted(format);
    let second = Table::of(&found_schema, &found_batches).sorted(format);
    assert_eq!(first.rows.len(), second.rows.len());
    if format != Format::FLATGEOBUF {
        for (first, second) in first.rows.iter().zip(&second.rows) {
            assert_eq!(first.1, second.1, "{losses:?}");
        }
    }
    let lost = lost(&losses, &schema);
    for (place, field) in first.fields.iter().enumerate() {
        let renamed = losses.iter().find_map(|loss| match loss {
            Loss::Renamed { from, to } if *from == field.name => Some(to.as_str()),
            _ => None,
        });
        let name = renamed.unwrap_or(&field.name);
        if lost.contains(name) || lost.contains(&field.name) {
            continue;
        }
        let Some(found) = second.fields.iter().position(|found| found.name == name) else {
            // A column that is empty in all rows need not be there.
            let is_empty = first.rows.iter().all(|(cells, _)| cells[place].is_empty());
            assert!(is_empty, "{name:?} is not in {:?}, {losses:?}", second.fields);
            continue;
        };
        let column = |table: &Table, place: usize| -> Vec<String> {
            let mut texts: Vec<String> =
                table.rows.iter().map(|(cells, _)| value(&cells[place], field.kind, format)).collect();
            if format == Format::FLATGEOBUF {
                texts.sort();
            }
            texts
        };
        assert_eq!(column(&first, place), column(&second, found), "{field:?} {losses:?}");
    }
    settles(format, &found_schema, &found_batches, crs);
}

/// What was read is written, and from then on it is the same for good.
fn settles(format: Format, schema: &Schema, batches: &[Batch], crs: Crs) {
    // A file may be without a row, or have shapes that its own format has no place for.
    let Ok((written, losses)) =
        write(format, schema, batches, crs.clone()).map_err(|error| assert!(is_unfit(&error), "{error}"))
    else {
        return;
    };
    if batches.is_empty() {
        return;
    }
    let (second_schema, second, _) = read(format, &written, Some(crs.clone())).expect("what was written is read");
    let first_table = Table::of(schema, batches).sorted(format);
    let second_table = Table::of(&second_schema, &second).sorted(format);
    assert_eq!(first_table.rows.len(), second_table.rows.len());
    let (again, again_losses) = write(format, &second_schema, &second, crs.clone()).expect("what was read is written");
    let (third_schema, third, _) = read(format, &again, Some(crs)).expect("and read");
    let third_table = Table::of(&third_schema, &third).sorted(format);
    assert_eq!(second_table, third_table, "{losses:?} {again_losses:?}");
}

fn is_unfit(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnsupportedGeometry { .. } | ErrorKind::MixedGeometry { .. } | ErrorKind::NotGaussKrueger { .. }
    )
}

fn file_settles(format: Format, bytes: &[u8]) {
    // A drawing states no system.
    let crs = (format == Format::DXF).then_some(Crs::Epsg(4528));
    if let Ok((schema, batches, crs)) = read(format, bytes, crs) {
        settles(format, &schema, &batches, crs);
    }
}
