//! Which columns of a table hold coordinates, and what number stands in them.

use std::borrow::Cow;

use geo::Coord;

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::geometry::encoding::{Decoded, from_wkt};
use crate::io::ReadOptions;
use crate::table::{BatchBuilder, Carrier};

/// Names of coordinate columns, by family: longitude and latitude, then x and y, then east and
/// north. The first family that has both is taken.
const FAMILIES: [[&[&str]; 2]; 3] = [
    [&["lon", "lng", "long", "longitude", "经度"], &["lat", "latitude", "纬度"]],
    [&["x"], &["y"]],
    [&["east", "easting"], &["north", "northing"]],
];

/// Names of columns of well-known text.
const WKT: [&str; 5] = ["wkt", "geometry", "geom", "the_geom", "wkt_geom"];

/// A coordinate as it was written.
pub(super) fn number(field: &str, text: &str) -> Result<f64, RowProblem> {
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

/// The number that digits with at most one point among them and a sign before them are, where they are so few
/// that both they and the power of ten they are divided by are exact as they are: then the quotient is
/// the number nearest to them, as it is for [`str::parse`].
fn short_decimal(text: &[u8]) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    const POWERS: [f64; MOST_DIGITS + 1] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > MOST_DIGITS + 1 {
        return None;
    }
    let (mut value, mut point) = (0_u64, None);
    for (place, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(place),
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    let decimals = point.map_or(0, |place| digits.len() - place - 1);
    if count == 0 || count > MOST_DIGITS {
        return None;
    }
    let size = value as f64 / POWERS[decimals];
    Some(if is_negative { -size } else { size })
}

/// What carries the geometry: two columns of coordinates, or one of well-known text.
pub(super) fn carrier(columns: &[String], options: &ReadOptions) -> Result<Carrier> {
    if let Some(name) = &options.wkt_field {
        return named(columns, name).map(Carrier::Wkt);
    }
    match coordinate_columns(columns, options) {
        Err(error) if matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }) => {
            let is_wkt = |column: &String| WKT.contains(&column.trim().to_lowercase().as_str());
            columns.iter().position(is_wkt).map(Carrier::Wkt).ok_or(error)
        }
        found => found.map(|(x, y)| Carrier::Columns(x, y)),
    }
}

/// Ends a row of a flat table with the geometry in its cells.
pub(super) fn end_row<'c>(
    batch: &mut BatchBuilder,
    carrier: Carrier,
    columns: &[String],
    cell: impl Fn(usize) -> Cow<'c, str>,
) {
    match carrier {
        Carrier::Columns(x, y) => {
            let number = |column: usize| number(&columns[column], &cell(column));
            let site = number(x).and_then(|x| Ok(Coord { x, y: number(y)? }));
            batch.end_row(site);
        }
        Carrier::Wkt(column) => {
            let text = cell(column);
            let decoded = if text.trim().is_empty() {
                Ok(Decoded::default())
            } else {
                from_wkt(&text).map_err(|detail| RowProblem::BadGeometry { detail })
            };
            end_row_with(batch, decoded);
        }
        Carrier::Points | Carrier::Shapes => batch.end_row(Err(RowProblem::NullGeometry)),
    }
}

/// Ends a row with a geometry that was decoded, or could not be.
pub(super) fn end_row_with(batch: &mut BatchBuilder, decoded: Result<Decoded, RowProblem>) {
    if decoded.as_ref().is_ok_and(|decoded| decoded.has_heights) {
        batch.drop_heights();
    }
    match decoded {
        Ok(Decoded { geometry: Some(closed), was_open: true, .. }) => batch.end_open_row(closed),
        decoded => batch.end_row_with(decoded.and_then(|decoded| decoded.geometry.ok_or(RowProblem::NullGeometry))),
    }
}

fn named(columns: &[String], name: &str) -> Result<usize> {
    columns
        .iter()
        .position(|column| column == name)
        .ok_or_else(|| Error::new(ErrorKind::UnknownColumn { name: name.to_owned(), columns: columns.to_vec() }))
}

fn coordinate_columns(columns: &[String], options: &ReadOptions) -> Result<(usize, usize)> {
    if let (Some(lon), Some(lat)) = (&options.lon_field, &options.lat_field) {
        return Ok((named(columns, lon)?, named(columns, lat)?));
    }
    let known = |names: &[&str]| -> Vec<usize> {
        let is_known = |column: &String| names.contains(&column.trim().to_lowercase().as_str());
        (0..columns.len()).filter(|&place| is_known(&columns[place])).collect()
    };
    for [lon_names, lat_names] in FAMILIES {
        let (lons, lats) = (known(lon_names), known(lat_names));
        if lons.is_empty() || lats.is_empty() {
            continue;
        }
        for (axis, places) in [("longitude", &lons), ("latitude", &lats)] {
            if places.len() > 1 {
                let columns = places.iter().map(|&place| columns[place].clone()).collect();
                return Err(Error::new(ErrorKind::AmbiguousColumns { axis, columns }));
            }
        }
        return Ok((lons[0], lats[0]));
    }
    Err(Error::new(ErrorKind::NoCoordinateColumns { columns: columns.to_vec() }))
}

/// Whether the name of a coordinate column says which coordinate it holds, as `lat` does and `y`, on a
/// survey sheet, does not.
pub(super) fn tells_coordinate(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let [degrees, _, metres] = FAMILIES;
    degrees.iter().chain(&metres).any(|names| names.contains(&name.as_str()))
}

/// The names of columns for the coordinates of a system.
pub(super) fn axis_names(crs: Crs) -> [&'static str; 2] {
    if crs.is_degrees() { ["lon", "lat"] } else { ["east", "north"] }
}

/// Whether the names of coordinate columns are those of such a system.
pub(super) fn tells_axes_of(crs: Crs, x: &str, y: &str) -> bool {
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

    #[test]
    fn columns_are_known_by_their_names() {
        let find = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            coordinate_columns(&names, &ReadOptions::default()).map_err(|error| error.kind().to_string())
        };
        assert_eq!(find(&["name", "Lng", " LAT "]), Ok((1, 2)));
        assert_eq!(find(&["纬度", "经度"]), Ok((1, 0)));
        assert_eq!(find(&["x", "y", "lon", "lat"]), Ok((2, 3)));
        assert_eq!(find(&["north", "east"]), Ok((1, 0)));
        assert!(find(&["lon", "lng", "lat"]).unwrap_err().contains("longitude"));
        assert!(find(&["lon", "name"]).unwrap_err().contains("no coordinate columns"));
    }

    #[test]
    fn coordinates_come_before_well_known_text() {
        let find = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            carrier(&names, &ReadOptions::default()).unwrap()
        };
        assert_eq!(find(&["name", "WKT"]), Carrier::Wkt(1));
        assert_eq!(find(&["geometry", "lon", "lat"]), Carrier::Columns(1, 2));
    }

    #[test]
    fn names_tell_the_axes() {
        assert!(tells_axes_of(Crs::Gcj02, "Lng", "纬度") && !tells_axes_of(Crs::Gcj02, "x", "y"));
        assert!(tells_axes_of(Crs::Epsg(4549), "East", "north") && !tells_axes_of(Crs::Epsg(4549), "lon", "lat"));
    }
}
