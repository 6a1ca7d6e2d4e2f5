//! Which columns of a table hold coordinates, and what number stands in them.

use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::ReadOptions;

/// Names of coordinate columns, by family: longitude and latitude, then x and y, then east and
/// north. The first family that has both is taken.
const FAMILIES: [[&[&str]; 2]; 3] = [
    [&["lon", "lng", "long", "longitude", "经度"], &["lat", "latitude", "纬度"]],
    [&["x"], &["y"]],
    [&["east", "easting"], &["north", "northing"]],
];

/// A coordinate as it was written.
pub(super) fn number(field: &str, text: &str) -> Result<f64, RowProblem> {
    let (field, text) = (field.to_owned(), text.trim());
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(RowProblem::NotFinite { field, text: text.to_owned() }),
        Err(_) if text.is_empty() => Err(RowProblem::MissingCoordinate { field }),
        Err(_) => Err(RowProblem::NotANumber { field, text: text.to_owned() }),
    }
}

pub(super) fn coordinate_columns(columns: &[String], options: &ReadOptions) -> Result<(usize, usize)> {
    let named = |name: &String| {
        columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| Error::new(ErrorKind::UnknownColumn { name: name.clone(), columns: columns.to_vec() }))
    };
    if let (Some(lon), Some(lat)) = (&options.lon_field, &options.lat_field) {
        return Ok((named(lon)?, named(lat)?));
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
