//! The header of a sheet: below titles and empty rows, in one row or two.
//!
//! A first row with the usual names of coordinate columns is the header, as in files of programs. Otherwise the first
//! row whose names mean coordinates is, if all rows above have fewer cells, as titles do. Merged cells hold their text in
//! the first cell, and leave the others empty, in workbooks as in text; so a header in two rows is recognised by the
//! cells that each of them leaves to the other.

use std::ops::RangeInclusive;

use crate::error::{Error, ErrorKind, Result};
use crate::io::rows::columns::{exact_source, geometry_source, in_order_of, pair_column};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::sheet::head::{HeadRow, Header};
use crate::table::GeometrySource;

/// The number of first rows among which the header is sought.
pub(in crate::io) const MAX_ROWS: usize = 64;

/// The header among the first rows of a sheet. Errors if there is none, or more than one way to read it.
pub(in crate::io) fn find(rows: &[HeadRow], options: &ReadOptions) -> Result<Header> {
    if options.attributes_only {
        let index = likely(rows).and_then(|likely| rows.iter().position(|row| row.number == likely.number));
        let index = index.ok_or_else(|| Error::new(ErrorKind::NoHeader))?;
        return Ok(header(rows, index, index, rows[index].cells.clone(), GeometrySource::Shapes));
    }
    if let Some(given) = &options.header_rows {
        return at_rows(rows, given, options);
    }
    for (index, row) in rows.iter().enumerate() {
        if !row.is_empty()
            && let Some(found) = at(rows, index, options)
        {
            return found;
        }
    }
    let is_first_empty = rows.first().is_none_or(HeadRow::is_empty);
    let Some(likely) = likely(rows).filter(|_| !is_first_empty) else { return Err(Error::new(ErrorKind::NoHeader)) };
    let refused = || Error::new(ErrorKind::NoCoordinateColumns { columns: likely.cells.clone() });
    Err(exact_source(&likely.cells, options).err().unwrap_or_else(refused))
}

/// Whether the first filled row is a header as programs write it, or one that cannot be decided.
pub(in crate::io) fn is_plain(rows: &[HeadRow], options: &ReadOptions) -> bool {
    let is_known = |row: &HeadRow| !is_nothing(&exact_source(&row.cells, options));
    options.header_rows.is_none() && rows.first().is_some_and(is_known)
}

/// The row that most likely names the columns, for messages: the first of about full width.
fn likely(rows: &[HeadRow]) -> Option<&HeadRow> {
    let width = rows.iter().map(|row| row.filled().count()).max()?;
    rows.iter().find(|row| !row.is_empty() && 2 * row.filled().count() > width)
}

/// The header in the rows with these numbers.
fn at_rows(rows: &[HeadRow], given: &RangeInclusive<u64>, options: &ReadOptions) -> Result<Header> {
    let position = |number: u64| rows.iter().position(|row| row.number == number && !row.is_empty());
    let find = |number: u64| position(number).ok_or_else(|| Error::new(ErrorKind::NoHeaderAt { row: number }));
    let (first, last) = (find(*given.start())?, find(*given.end())?);
    let names = joined(&rows[first..=last]);
    let found = source(&names, &rows[last + 1..], options)?;
    Ok(header(rows, first, last, names, found))
}

/// The header that a row belongs to; `None` if it is no header.
fn at(rows: &[HeadRow], index: usize, options: &ReadOptions) -> Option<Result<Header>> {
    let row = &rows[index];
    let next = rows.get(index + 1);
    let found = source(&row.cells, &rows[index + 1..], options);
    if is_nothing(&found) {
        // The names of both rows together, as of a given column.
        let is_group = next.is_some_and(|next| is_group(row, next));
        let names = is_group.then(|| joined(&rows[index..=index + 1]))?;
        let found = source(&names, &rows[index + 2..], options).ok()?;
        return is_below_titles(&rows[..index], row).then(|| Ok(header(rows, index, index + 1, names, found)));
    }
    let first = match index.checked_sub(1) {
        Some(above) if is_group(&rows[above], row) => above,
        _ => index,
    };
    if !is_below_titles(&rows[..first], row) {
        return None;
    }
    let found = match found {
        Ok(found) => found,
        Err(error) => return Some(Err(error)),
    };
    let last =
        if first == index && next.is_some_and(|next| is_subheader(row, next, found)) { index + 1 } else { index };
    Some(Ok(header(rows, first, last, joined(&rows[first..=last]), found)))
}

fn header(rows: &[HeadRow], first: usize, last: usize, names: Vec<String>, geometry_source: GeometrySource) -> Header {
    /// Titles are short and few.
    const MAX_TITLES: usize = 32;
    let titles = rows[..first].iter().flat_map(|row| row.filled().map(|column| row.cell(column).to_owned()));
    Header {
        names,
        geometry_source,
        rows: Some(rows[first].number..=rows[last].number),
        last,
        titles: titles.take(MAX_TITLES).collect(),
    }
}

/// The geometry columns among these names: by the names, else a column of pairs by its first cells.
fn source(names: &[String], below: &[HeadRow], options: &ReadOptions) -> Result<GeometrySource> {
    let cells = |column: usize| -> Vec<&str> { below.iter().map(|row| row.cell(column)).collect() };
    match geometry_source(names, options) {
        Ok(found @ GeometrySource::Pair(column, _)) => {
            Ok(in_order_of(found, &names[column], cells(column).into_iter()))
        }
        Err(error) if matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. }) => {
            pair_column(names, options, cells)?.ok_or(error)
        }
        found => found,
    }
}

/// Whether names were sought that a row does not have.
fn is_nothing(found: &Result<GeometrySource>) -> bool {
    let is_nothing =
        |error: &Error| matches!(error.kind(), ErrorKind::NoCoordinateColumns { .. } | ErrorKind::UnknownColumn { .. });
    found.as_ref().is_err_and(is_nothing)
}

/// Whether rows have fewer cells than a header below them, as titles have.
fn is_below_titles(above: &[HeadRow], header: &HeadRow) -> bool {
    let width = header.filled().count();
    above.iter().all(|row| row.is_comment() || row.filled().count() < width)
}

/// Whether a row names groups of the columns that the next row names, and the columns that the next row does not.
fn is_group(row: &HeadRow, next: &HeadRow) -> bool {
    let (Some(first), Some(first_of_next)) = (row.filled().next(), next.filled().next()) else { return false };
    let alone = row.filled().filter(|&column| !next.is_filled(column)).count();
    // `Unit: m` stands above a table, but names none of its columns.
    let has_remarks = row.filled().any(|column| row.cell(column).contains([':', '：']));
    next.number == row.number + 1
        && row.filled().count() >= 2
        && first <= first_of_next
        && !has_remarks
        && !row.is_comment()
        && (alone >= 2 || alone == 1 && first < first_of_next)
}

/// Whether a row below names parts of columns, and is not a record: it has no coordinates and no number, and its first cells
/// are those of merged columns, where the header has no name.
fn is_subheader(row: &HeadRow, next: &HeadRow, source: GeometrySource) -> bool {
    let coordinates = source.columns();
    let is_name = |column: usize| {
        let cell = next.cell(column);
        !coordinates.contains(&column) && !cell.contains(|c: char| c.is_ascii_digit())
    };
    let first = row.filled().next().unwrap_or_default();
    next.number == row.number + 1
        && next.filled().next().is_some_and(|first_of_next| first_of_next > first)
        && next.filled().all(is_name)
        && next.filled().any(|column| !row.is_filled(column))
}

/// The names of columns from one row, or from rows of groups and of their columns: `坐标_经度`.
fn joined(rows: &[HeadRow]) -> Vec<String> {
    let [above @ .., last] = rows else { return vec![] };
    if above.is_empty() {
        return last.cells.clone();
    }
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let mut groups = vec![""; above.len()];
    let names = (0..width).map(|column| {
        let mut parts: Vec<&str> = vec![];
        for (depth, row) in above.iter().enumerate() {
            // The text of merged cells is in the first of them.
            if row.is_filled(column) {
                groups[depth] = row.cell(column);
                groups[depth + 1..].fill("");
            } else if !rows[depth + 1..].iter().any(|row| row.is_filled(column)) {
                groups[depth] = "";
            }
            parts.push(groups[depth]);
        }
        parts.push(last.cell(column));
        parts.retain(|part| !part.is_empty());
        parts.dedup();
        parts.join("_")
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<HeadRow> {
        let lines = text.lines().zip(1..);
        lines.map(|(line, number)| HeadRow { number, cells: line.split(',').map(str::to_owned).collect() }).collect()
    }

    /// The names, the rows of the header and the geometry columns.
    fn found(text: &str) -> Result<(String, RangeInclusive<u64>, GeometrySource), String> {
        found_with(text, &ReadOptions::default())
    }

    fn found_with(text: &str, options: &ReadOptions) -> Result<(String, RangeInclusive<u64>, GeometrySource), String> {
        let header = find(&rows(text), options).map_err(|error| error.kind().to_string())?;
        Ok((header.names.join(","), header.rows.unwrap(), header.geometry_source))
    }

    fn columns(
        names: &str,
        rows: RangeInclusive<u64>,
        x: usize,
        y: usize,
    ) -> Result<(String, RangeInclusive<u64>, GeometrySource), String> {
        Ok((names.to_owned(), rows, GeometrySource::Columns(x, y)))
    }

    #[test]
    fn a_first_row_of_usual_names_is_the_header() {
        assert_eq!(found("name,lon,lat\nlon,lat,x"), columns("name,lon,lat", 1..=1, 1, 2));
        // A record without coordinates is no second row of the header.
        assert_eq!(found("name,lon,lat,\nA,,,b"), columns("name,lon,lat,", 1..=1, 1, 2));
        assert_eq!(found("#,lon,lat\n1,121.4,28.6"), columns("#,lon,lat", 1..=1, 1, 2));
    }

    #[test]
    fn titles_and_empty_rows_stand_above_the_header() {
        assert_eq!(found(",,\nname,lon,lat"), columns("name,lon,lat", 2..=2, 1, 2));
        assert_eq!(
            found("企业一览表,,,\n单位：局,,2024年,\n序号,名称,经度（E）,纬度（N）\n1,A,121.4,28.6"),
            columns("序号,名称,经度（E）,纬度（N）", 3..=3, 2, 3)
        );
        assert_eq!(found("# a, b, c, d, e\n# f\nname,lon,lat"), columns("name,lon,lat", 3..=3, 1, 2));
    }

    #[test]
    fn attributes_need_no_coordinates() {
        let options = ReadOptions { attributes_only: true, ..ReadOptions::default() };
        let found = found_with("控制面积表,,\n镇街,id,控制面积_亩\n,total,1500", &options);
        assert_eq!(found.map(|(_, _, source)| source), Ok(GeometrySource::Shapes));
        assert_eq!(found_with("控制面积表,,\n镇街,id,控制面积_亩", &options).unwrap().0, "镇街,id,控制面积_亩");
        assert!(found_with("", &options).is_err());
    }

    #[test]
    fn a_header_in_two_rows_is_joined() {
        let names = "序号,名称,坐标_经度,坐标_纬度,面积";
        assert_eq!(found("表,,,,\n序号,名称,坐标,,面积\n,,经度,纬度,\n1,A,121.4,28.6,5"), columns(names, 2..=3, 2, 3));
        let names = "序号,经度,纬度,面积_建设用地,面积_农用地";
        assert_eq!(found("序号,经度,纬度,面积,\n,,,建设用地,农用地\n1,121.4,28.6,5,6"), columns(names, 1..=2, 1, 2));
        let options = ReadOptions {
            lon_field: Some("坐标_东".to_owned()),
            lat_field: Some("坐标_北".to_owned()),
            ..ReadOptions::default()
        };
        let sheet = "序号,名称,坐标,\n,,东,北\n1,A,121.4,28.6";
        assert_eq!(found_with(sheet, &options), columns("序号,名称,坐标_东,坐标_北", 1..=2, 2, 3));
    }

    #[test]
    fn pairs_are_recognised_by_their_cells() {
        let pair = |column, order| Ok(GeometrySource::Pair(column, order));
        let source = |text: &str| found(text).map(|(_, _, source)| source);
        assert_eq!(source("名称,坐标\nA,28.6 121.4"), pair(1, crate::crs::AxisOrder::NorthEast));
        assert_eq!(source("名称,坐标\nA,\nB,121.4 28.6"), pair(1, crate::crs::AxisOrder::EastNorth));
        assert!(source("名称,坐标\nA,路桥").is_err() && source("名称,坐标\nA,").is_err());
        assert!(source("经纬度,坐标\n121.4 28.6,121.4 28.6").unwrap_err().contains("several columns"));
    }

    #[test]
    fn in_doubt_the_sheet_is_refused() {
        // Rows as wide as the header stand above it.
        assert!(found("a,b,c\n1,2,3\nname,lon,lat").unwrap_err().contains("no coordinate columns among `a`, `b`, `c`"));
        assert!(found("title\nname,lon,lng,lat").unwrap_err().contains("longitude"));
        assert!(found(",,\n,").unwrap_err().contains("empty"));
    }

    #[test]
    fn the_rows_of_the_header_can_be_given() {
        let with = |rows: RangeInclusive<u64>| ReadOptions { header_rows: Some(rows), ..ReadOptions::default() };
        let sheet = "a,b,c\n1,2,3\nname,lon,lat\n,m,n";
        assert_eq!(found_with(sheet, &with(3..=3)), columns("name,lon,lat", 3..=3, 1, 2));
        assert_eq!(found_with(sheet, &with(3..=4)), columns("name,lon_m,lat_n", 3..=4, 1, 2));
        assert!(found_with(sheet, &with(9..=9)).unwrap_err().contains("row 9"));
    }
}
