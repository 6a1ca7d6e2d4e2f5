//! Recognition of geometry columns by name, and parsing of their cells.

use std::borrow::Cow;

use geo::Coord;

use crate::crs::{AxisOrder, Crs};
use crate::error::{CoordinateAxis, Error, ErrorKind, GeometryProblem, Result, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::sheet::names::{self, CoordinateName, Family};
use crate::io::rows::sheet::{coordinates, remarks};
use crate::table::{BatchBuilder, GeometrySource};

/// Names of coordinate columns, in families: longitude and latitude, x and y, east and north. The first family with
/// both columns is used.
const FAMILIES: [[&[&str]; 2]; 3] = [
    [&["lon", "lng", "long", "longitude", "经度"], &["lat", "latitude", "纬度"]],
    [&["x"], &["y"]],
    [&["east", "easting"], &["north", "northing"]],
];

/// Names of columns of WKT or hexadecimal WKB.
const WKT: [&str; 9] = ["wkt", "geometry", "geom", "the_geom", "wkt_geom", "ewkt", "wkb", "ewkb", "wkb_geometry"];

/// A coordinate of a cell, and whether it is spelled otherwise than as a plain number.
type Parsed = (f64, bool);

/// Parses a coordinate.
fn number(field: &str, text: &str, is_degrees: bool) -> Result<Parsed, RowProblem> {
    if let Some(value) = short_decimal(text.as_bytes()) {
        return Ok((value, false));
    }
    let text = text.trim();
    let number = text.parse::<f64>();
    if let Ok(value) = number
        && value.is_finite()
    {
        return Ok((value, false));
    }
    let field = field.to_owned();
    match number {
        Ok(_) => Err(RowProblem::NotFinite { field, text: text.to_owned() }),
        Err(_) if text.is_empty() => Err(RowProblem::MissingCoordinate { field }),
        Err(_) => match coordinates::written(text, is_degrees) {
            Some(written) => Ok((written.value, true)),
            None => Err(RowProblem::NotANumber { field, text: text.to_owned() }),
        },
    }
}

/// Parses a short decimal number. With at most 15 digits, both the digits and the power of ten are exact doubles, so
/// that their quotient is correctly rounded, as by [`str::parse`], but faster.
fn short_decimal(text: &[u8]) -> Option<f64> {
    const MAX_DIGITS: usize = 15;
    const POWERS: [f64; MAX_DIGITS + 1] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > MAX_DIGITS + 1 {
        return None;
    }
    let (mut value, mut point) = (0_u64, None);
    for (index, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(index),
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    let decimals = point.map_or(0, |index| digits.len() - index - 1);
    if count == 0 || count > MAX_DIGITS {
        return None;
    }
    let size = value as f64 / POWERS[decimals];
    Some(if is_negative { -size } else { size })
}

/// The geometry columns: by their usual names, else by what their names mean ([`names`]). Errors if several are possible
/// and none is given.
pub(in crate::io) fn geometry_source(columns: &[String], options: &ReadOptions) -> Result<GeometrySource> {
    match exact_source(columns, options) {
        Err(error) if matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }) => {
            one_of(columns, &by_meaning(columns, is_projected(options))?).unwrap_or(Err(error))
        }
        found => found,
    }
}

/// The geometry columns by their usual names: two of coordinates, or one of WKT; those that are given, by these names.
pub(in crate::io) fn exact_source(columns: &[String], options: &ReadOptions) -> Result<GeometrySource> {
    if let Some(name) = &options.wkt_field {
        return named(columns, name).map(GeometrySource::Wkt);
    }
    if let Some(name) = &options.coord_field {
        return Ok(GeometrySource::Pair(named(columns, name)?, pair_order(options)));
    }
    if let (Some(lon), Some(lat)) = (&options.lon_field, &options.lat_field) {
        return Ok(GeometrySource::Columns(named(columns, lon)?, named(columns, lat)?));
    }
    let texts = (0..columns.len()).filter(|&index| WKT.contains(&numbered(&columns[index]).0.as_str()));
    let mut candidates: Vec<GeometrySource> = texts.map(GeometrySource::Wkt).collect();
    // Parcels are polygons, so coordinate columns are not their geometry.
    if candidates.is_empty() || !options.prefers_wkt {
        candidates.splice(..0, coordinate_columns(columns, is_projected(options))?);
    }
    let none = || Err(Error::new(ErrorKind::NoCoordinateColumns { columns: columns.to_vec() }));
    one_of(columns, &candidates).unwrap_or_else(none)
}

/// The only candidate; an error if there are several, `None` if there is none.
fn one_of(columns: &[String], candidates: &[GeometrySource]) -> Option<Result<GeometrySource>> {
    match candidates {
        [] => None,
        [geometry_source] => Some(Ok(*geometry_source)),
        _ => {
            let name = |geometry_source: &GeometrySource| match *geometry_source {
                GeometrySource::Columns(x, y) => format!("{}, {}", columns[x], columns[y]),
                GeometrySource::Wkt(index) | GeometrySource::Pair(index, _) => columns[index].clone(),
                GeometrySource::Points | GeometrySource::Shapes => String::new(),
            };
            let candidates = candidates.iter().map(name).collect();
            Some(Err(Error::new(ErrorKind::AmbiguousGeometry { candidates })))
        }
    }
}

/// Whether the coordinates are given as projected.
fn is_projected(options: &ReadOptions) -> bool {
    options.override_crs.as_ref().or(options.crs.as_ref()).is_some_and(|crs| !crs.is_degrees())
}

/// The order of two coordinates in a cell. In projected systems, it is detected as that of columns.
fn pair_order(options: &ReadOptions) -> AxisOrder {
    if is_projected(options) { AxisOrder::EastNorth } else { options.axis_order }
}

/// The order in a column of pairs that neither an option nor its cells decide.
fn order_by_name(name: &str) -> AxisOrder {
    let is_latitude_first = names::pair_name(name).is_some_and(|pair| pair.is_latitude_first);
    if is_latitude_first { AxisOrder::NorthEast } else { AxisOrder::EastNorth }
}

/// A column of pairs of coordinates by its name, if some of these cells of it are filled, and all of them are pairs; in
/// the order of the cells.
pub(in crate::io) fn pair_column<'t>(
    columns: &[String],
    options: &ReadOptions,
    cells: impl Fn(usize) -> Vec<&'t str>,
) -> Result<Option<GeometrySource>> {
    let mut candidates = vec![];
    for (index, name) in columns.iter().enumerate() {
        if names::pair_name(name).is_none() || names::coordinate_name(name).is_some() {
            continue;
        }
        let cells = cells(index);
        let is_filled = cells.iter().any(|cell| !is_blank(cell));
        if let (true, Ok(found)) = (is_filled, coordinates::order_of_pairs(cells.into_iter(), !is_projected(options))) {
            let order = match pair_order(options) {
                AxisOrder::Auto => found.unwrap_or_else(|| order_by_name(name)),
                given => given,
            };
            candidates.push(GeometrySource::Pair(index, order));
        }
    }
    one_of(columns, &candidates).transpose()
}

/// The geometry columns; the order of pairs in a column that is given is that of these cells of it.
pub(in crate::io) fn in_order_of<'t>(
    source: GeometrySource,
    name: &str,
    cells: impl Iterator<Item = &'t str>,
) -> GeometrySource {
    let GeometrySource::Pair(column, AxisOrder::Auto) = source else { return source };
    let pairs = cells.filter(|cell| coordinates::written_pair(cell, AxisOrder::Auto, true).is_some());
    let found = coordinates::order_of_pairs(pairs, true).unwrap_or_default();
    GeometrySource::Pair(column, found.unwrap_or_else(|| order_by_name(name)))
}

/// Ends a row with the geometry in its cells. A row without one may be a total or a note of the sheet.
pub(in crate::io) fn end_row<'c>(
    batch: &mut BatchBuilder,
    geometry_source: GeometrySource,
    columns: &[String],
    geometries: &GeometryReader,
    cell: impl Fn(usize) -> Cow<'c, str>,
) {
    let is_degrees = geometries.is_degrees();
    let remark = || remarks::remark((0..columns.len()).map(&cell));
    match geometry_source {
        GeometrySource::Columns(x, y) => {
            let number = |column: usize| number(&columns[column], &cell(column), is_degrees);
            match number(x).and_then(|x| Ok((x, number(y)?))) {
                Ok(((x, x_is_spelled), (y, y_is_spelled))) => {
                    if x_is_spelled || y_is_spelled {
                        batch.record_spelled();
                    }
                    batch.end_row(Ok(Coord { x, y }));
                }
                Err(problem @ RowProblem::MissingCoordinate { .. }) if is_blank(&cell(x)) && is_blank(&cell(y)) => {
                    batch.end_row(Err(remark().unwrap_or(problem)));
                }
                Err(problem) => batch.end_row(Err(problem)),
            }
        }
        GeometrySource::Pair(column, order) => {
            let (field, text) = (columns[column].clone(), cell(column));
            batch.end_row(match coordinates::written_pair(&text, order, is_degrees) {
                Some([x, y]) => Ok(Coord { x, y }),
                None if is_blank(&text) => Err(remark().unwrap_or(RowProblem::MissingCoordinate { field })),
                None => Err(RowProblem::NotAPair { field, text: text.trim().to_owned() }),
            });
        }
        GeometrySource::Wkt(column) => {
            let text = cell(column);
            match is_blank(&text).then(remark).flatten() {
                Some(problem) => batch.end_row(Err(problem)),
                None => end_row_with(batch, geometries.text(&text)),
            }
        }
        GeometrySource::Points | GeometrySource::Shapes => batch.end_row(Err(RowProblem::NullGeometry)),
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// What a row with this many of its fields is, if it is a total or a note.
pub(in crate::io) fn remark_of_short_row<'c>(
    geometry_source: GeometrySource,
    count: usize,
    cell: impl Fn(usize) -> Cow<'c, str>,
) -> Option<RowProblem> {
    let is_empty = |column: usize| is_blank(&cell(column));
    let has_no_place = match geometry_source {
        GeometrySource::Columns(x, y) => is_empty(x) && is_empty(y),
        GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => is_empty(column),
        GeometrySource::Points | GeometrySource::Shapes => false,
    };
    has_no_place.then(|| remarks::remark((0..count).map(&cell))).flatten()
}

/// Ends a row with a decoded geometry, or the problem of decoding it.
pub(crate) fn end_row_with(batch: &mut BatchBuilder, decoded: Result<Decoded, RowProblem>) {
    let decoded = match decoded {
        Ok(Decoded { has_arcs: true, .. }) if !batch.has_room_for_arcs() => Err(GeometryProblem::TooManyArcs.into()),
        decoded => decoded,
    };
    if let Ok(Decoded { has_heights, has_arcs, has_empty_members, .. }) = decoded {
        if has_heights {
            batch.drop_heights();
        }
        batch.record_changes(has_arcs, has_empty_members);
    }
    match decoded {
        Ok(Decoded { geometry: Some(closed), was_open: true, .. }) => batch.end_unclosed_row(closed),
        decoded => batch.end_row_with(decoded.and_then(|decoded| decoded.geometry.ok_or(RowProblem::NullGeometry))),
    }
}

fn named(columns: &[String], name: &str) -> Result<usize> {
    columns
        .iter()
        .position(|column| column == name)
        .ok_or_else(|| Error::new(ErrorKind::UnknownColumn { name: name.to_owned(), columns: columns.to_vec() }))
}

/// Splits a name into base, in lower case, and number: a column added to a table with a column `lon` is `lon_2`.
fn numbered(name: &str) -> (String, String) {
    let name = name.trim().to_lowercase();
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (base.strip_suffix('_').unwrap_or(base).to_owned(), name[base.len()..].to_owned())
}

/// The pairs of coordinate columns of the first family that has any. The names of a pair end in the same number.
fn coordinate_columns(columns: &[String], is_projected: bool) -> Result<Vec<GeometrySource>> {
    let names: Vec<(String, String)> = columns.iter().map(|name| numbered(name)).collect();
    let mut families = FAMILIES;
    if is_projected {
        families.rotate_left(1);
    }
    for [x_names, y_names] in families {
        let with = |known: &[&str], end: &str| -> Vec<usize> {
            let is_known = |index: &usize| known.contains(&names[*index].0.as_str()) && names[*index].1 == end;
            (0..names.len()).filter(is_known).collect()
        };
        let mut pairs = vec![];
        let mut ends: Vec<&str> = vec![];
        for (_, end) in &names {
            if !ends.contains(&end.as_str()) {
                ends.push(end);
            }
        }
        for end in ends {
            let (xs, ys) = (with(x_names, end), with(y_names, end));
            match (&xs[..], &ys[..]) {
                ([], _) | (_, []) => {}
                ([x], [y]) => pairs.push((*x, *y)),
                _ => return Err(ambiguous(columns, &xs, &ys)),
            }
        }
        if !pairs.is_empty() {
            pairs.sort_unstable_by_key(|&(x, _)| x);
            return Ok(pairs.into_iter().map(|(x, y)| GeometrySource::Columns(x, y)).collect());
        }
    }
    Ok(vec![])
}

/// Several columns could be the same coordinate of a pair.
fn ambiguous(columns: &[String], xs: &[usize], ys: &[usize]) -> Error {
    let (axis, candidates) =
        if xs.len() > 1 { (CoordinateAxis::Longitude, xs) } else { (CoordinateAxis::Latitude, ys) };
    let columns = candidates.iter().map(|&index| columns[index].clone()).collect();
    Error::new(ErrorKind::AmbiguousColumns { axis, columns })
}

/// The pairs of coordinate columns of the first family that has any, by what their names mean. The names of a pair have
/// the rest in common.
fn by_meaning(columns: &[String], is_projected: bool) -> Result<Vec<GeometrySource>> {
    let meanings: Vec<Option<CoordinateName>> = columns.iter().map(|name| names::coordinate_name(name)).collect();
    let mut families = [Family::Degrees, Family::Plane, Family::Metres];
    if is_projected {
        families.rotate_left(1);
    }
    for family in families {
        let with = |axis: CoordinateAxis| {
            let meanings = meanings.iter().enumerate();
            meanings.filter_map(move |(index, name)| {
                let name = name.as_ref()?;
                (name.family == family && name.axis == axis).then_some((index, &name.qualifier))
            })
        };
        let mut pairs: Vec<GeometrySource> = vec![];
        for (x, qualifier) in with(CoordinateAxis::Longitude) {
            let same = |axis| -> Vec<usize> {
                with(axis).filter(|(_, other)| *other == qualifier).map(|(index, _)| index).collect()
            };
            let (xs, ys) = (same(CoordinateAxis::Longitude), same(CoordinateAxis::Latitude));
            match (&xs[..], &ys[..]) {
                (_, []) => {}
                ([_], [y]) => pairs.push(GeometrySource::Columns(x, *y)),
                _ => return Err(ambiguous(columns, &xs, &ys)),
            }
        }
        if !pairs.is_empty() {
            return Ok(pairs);
        }
    }
    Ok(vec![])
}

/// Whether the name of a coordinate column is unambiguous, as `lat`. `y` is not: in surveys, it is often the easting.
pub(in crate::io) fn names_coordinate(name: &str) -> bool {
    let trimmed = name.trim().to_lowercase();
    let [degrees, _, metres] = FAMILIES;
    let is_usual = degrees.iter().chain(&metres).any(|names| names.contains(&trimmed.as_str()));
    is_usual || names::coordinate_name(name).is_some_and(|found| found.family != Family::Plane)
}

/// The names of coordinate columns in a CRS.
pub(in crate::io) fn axis_names(crs: &Crs) -> [&'static str; 2] {
    if crs.is_degrees() { ["lon", "lat"] } else { ["east", "north"] }
}

/// Whether coordinate columns are named as those of a CRS.
pub(in crate::io) fn names_axes_of(crs: &Crs, x: &str, y: &str) -> bool {
    let [degrees, _, metres] = FAMILIES;
    let family = if crs.is_degrees() { degrees } else { metres };
    [x, y].iter().zip(family).all(|(name, names)| names.contains(&name.trim().to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
        #[test]
        fn short_decimals_are_what_they_parse_to(text in "-?[0-9]{0,12}[.]?[0-9]{0,12}", any in "[-+.0-9e ]{0,8}") {
            for text in [text, any] {
                if let Some(value) = short_decimal(text.as_bytes()) {
                    proptest::prop_assert_eq!(Ok(value.to_bits()), text.parse::<f64>().map(f64::to_bits), "{}", text);
                }
            }
        }
    }

    fn found(names: &[&str], options: &ReadOptions) -> Result<GeometrySource, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        geometry_source(&names, options).map_err(|error| error.kind().to_string())
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let find = |names: &[&str]| found(names, &ReadOptions::default());
        assert_eq!(find(&["name", "Lng", " LAT "]), Ok(GeometrySource::Columns(1, 2)));
        assert_eq!(find(&["纬度", "经度"]), Ok(GeometrySource::Columns(1, 0)));
        assert_eq!(find(&["x", "y", "lon", "lat"]), Ok(GeometrySource::Columns(2, 3)));
        assert_eq!(find(&["north", "east"]), Ok(GeometrySource::Columns(1, 0)));
        assert_eq!(find(&["name", "WKT"]), Ok(GeometrySource::Wkt(1)));
        assert_eq!(find(&["lon", "lon_2", "lat_2"]), Ok(GeometrySource::Columns(1, 2)));
        assert!(find(&["lon", "lng", "lat"]).unwrap_err().contains("longitude"));
        assert!(find(&["lon", "name"]).unwrap_err().contains("no coordinate columns"));
        assert!(find(&["1", "_2", "x_3", "y_4"]).unwrap_err().contains("no coordinate columns"));
    }

    #[test]
    fn of_several_places_none_is_taken_by_itself() {
        let find = |names: &[&str]| found(names, &ReadOptions::default());
        for names in [
            &["lon", "lat", "lon_2", "lat_2"][..],
            &["x_1", "y_1", "x_2", "y_2"],
            &["geometry", "lon", "lat"],
            &["wkt", "name", "wkt_2"],
            &["wkt", "geom"],
        ] {
            assert!(find(names).unwrap_err().contains("several columns could be the geometry"), "{names:?}");
        }
        let named = ReadOptions { wkt_field: Some("geometry".to_owned()), ..ReadOptions::default() };
        assert_eq!(found(&["geometry", "lon", "lat"], &named), Ok(GeometrySource::Wkt(0)));
        let (lon_field, lat_field) = (Some("lon_2".to_owned()), Some("lat_2".to_owned()));
        let named = ReadOptions { lon_field, lat_field, ..ReadOptions::default() };
        assert_eq!(found(&["lon", "lat", "lon_2", "lat_2"], &named), Ok(GeometrySource::Columns(2, 3)));
    }

    #[test]
    fn parcels_stand_in_well_known_text_and_projected_coordinates_are_no_degrees() {
        let parcels = ReadOptions { prefers_wkt: true, ..ReadOptions::default() };
        assert_eq!(found(&["lon", "lng", "lat", "wkt"], &parcels), Ok(GeometrySource::Wkt(3)));
        assert_eq!(found(&["lon", "lat"], &parcels), Ok(GeometrySource::Columns(0, 1)));
        assert!(found(&["wkt", "geom"], &parcels).is_err());
        let projected = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
        assert_eq!(found(&["lon", "lat", "east", "north"], &projected), Ok(GeometrySource::Columns(2, 3)));
        assert_eq!(found(&["lon", "lat", "x", "y"], &projected), Ok(GeometrySource::Columns(2, 3)));
        assert_eq!(found(&["lon", "lat"], &projected), Ok(GeometrySource::Columns(0, 1)));
    }

    #[test]
    fn names_tell_the_axes() {
        assert!(names_axes_of(&Crs::Gcj02, "Lng", "纬度") && !names_axes_of(&Crs::Gcj02, "x", "y"));
        assert!(names_axes_of(&Crs::Epsg(4549), "East", "north") && !names_axes_of(&Crs::Epsg(4549), "lon", "lat"));
    }
}
