//! Recognition of geometry columns by name, and parsing of their cells.

use std::borrow::Cow;

use geo::Coord;

use crate::crs::Crs;
use crate::error::{CoordinateAxis, Error, ErrorKind, GeometryProblem, Result, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::geometries::GeometryReader;
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

/// Parses a coordinate.
pub(in crate::io) fn number(field: &str, text: &str) -> Result<f64, RowProblem> {
    if let Some(value) = short_decimal(text.as_bytes()) {
        return Ok(value);
    }
    let text = text.trim();
    let number = text.parse::<f64>();
    if let Ok(value) = number
        && value.is_finite()
    {
        return Ok(value);
    }
    let field = field.to_owned();
    Err(match number {
        Ok(_) => RowProblem::NotFinite { field, text: text.to_owned() },
        Err(_) if text.is_empty() => RowProblem::MissingCoordinate { field },
        Err(_) => RowProblem::NotANumber { field, text: text.to_owned() },
    })
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

/// The geometry columns: two of coordinates, or one of WKT. Errors if several are possible and none is given.
pub(in crate::io) fn geometry_source(columns: &[String], options: &ReadOptions) -> Result<GeometrySource> {
    if let Some(name) = &options.wkt_field {
        return named(columns, name).map(GeometrySource::Wkt);
    }
    if let (Some(lon), Some(lat)) = (&options.lon_field, &options.lat_field) {
        return Ok(GeometrySource::Columns(named(columns, lon)?, named(columns, lat)?));
    }
    let texts = (0..columns.len()).filter(|&index| WKT.contains(&numbered(&columns[index]).0.as_str()));
    let mut candidates: Vec<GeometrySource> = texts.map(GeometrySource::Wkt).collect();
    // Parcels are polygons, so coordinate columns are not their geometry.
    if candidates.is_empty() || !options.prefers_wkt {
        let is_projected = options.override_crs.as_ref().or(options.crs.as_ref()).is_some_and(|crs| !crs.is_degrees());
        candidates.splice(..0, coordinate_columns(columns, is_projected)?);
    }
    match candidates[..] {
        [] => Err(Error::new(ErrorKind::NoCoordinateColumns { columns: columns.to_vec() })),
        [geometry_source] => Ok(geometry_source),
        _ => {
            let name = |geometry_source: &GeometrySource| match *geometry_source {
                GeometrySource::Columns(x, y) => format!("{}, {}", columns[x], columns[y]),
                GeometrySource::Wkt(index) => columns[index].clone(),
                GeometrySource::Points | GeometrySource::Shapes => String::new(),
            };
            Err(Error::new(ErrorKind::AmbiguousGeometry { candidates: candidates.iter().map(name).collect() }))
        }
    }
}

/// Ends a row with the geometry in its cells.
pub(in crate::io) fn end_row<'c>(
    batch: &mut BatchBuilder,
    geometry_source: GeometrySource,
    columns: &[String],
    geometries: &GeometryReader,
    cell: impl Fn(usize) -> Cow<'c, str>,
) {
    match geometry_source {
        GeometrySource::Columns(x, y) => {
            let number = |column: usize| number(&columns[column], &cell(column));
            let site = number(x).and_then(|x| Ok(Coord { x, y: number(y)? }));
            batch.end_row(site);
        }
        GeometrySource::Wkt(column) => {
            let decoded = geometries.text(&cell(column));
            end_row_with(batch, decoded);
        }
        GeometrySource::Points | GeometrySource::Shapes => batch.end_row(Err(RowProblem::NullGeometry)),
    }
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
                _ => {
                    let (axis, candidates) =
                        if xs.len() > 1 { (CoordinateAxis::Longitude, xs) } else { (CoordinateAxis::Latitude, ys) };
                    let columns = candidates.into_iter().map(|index| columns[index].clone()).collect();
                    return Err(Error::new(ErrorKind::AmbiguousColumns { axis, columns }));
                }
            }
        }
        if !pairs.is_empty() {
            pairs.sort_unstable_by_key(|&(x, _)| x);
            return Ok(pairs.into_iter().map(|(x, y)| GeometrySource::Columns(x, y)).collect());
        }
    }
    Ok(vec![])
}

/// Whether the name of a coordinate column is unambiguous, as `lat`. `y` is not: in surveys, it is often the easting.
pub(in crate::io) fn names_coordinate(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let [degrees, _, metres] = FAMILIES;
    degrees.iter().chain(&metres).any(|names| names.contains(&name.as_str()))
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
