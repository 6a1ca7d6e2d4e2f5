//! Tables of boundary points (界址点成果表): a workbook with an A4 page for each parcel, or CSV with a row for each corner.

mod section;
mod workbook;

use csv::WriterBuilder;

pub(in crate::report) use self::section::BoundarySection;
use self::workbook::BoundaryWorkbook;
use crate::error::{Error, ErrorKind, Result};
use crate::io::Output;
use crate::messages::Lang;
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane, BoundaryRing, DECIMALS};
use crate::table::Value;

/// The format of a table of boundary points.
///
/// ```
/// use taizhou_corridor::report::boundary_points::BoundaryFormat;
///
/// assert_eq!(BoundaryFormat::of_ending("XLSX"), Some(BoundaryFormat::Workbook));
/// assert_eq!(BoundaryFormat::of_ending("docx"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundaryFormat {
    /// Excel workbook, a sheet for each parcel.
    Workbook,
    /// Comma-separated values, a row for each corner, in the same words in every language.
    Csv,
}

impl BoundaryFormat {
    /// The format of a file extension: `xlsx`, `csv`.
    pub fn of_ending(ending: &str) -> Option<BoundaryFormat> {
        match ending.to_ascii_lowercase().as_str() {
            "xlsx" => Some(BoundaryFormat::Workbook),
            "csv" => Some(BoundaryFormat::Csv),
            _ => None,
        }
    }
}

/// The columns of CSV.
const COLUMNS: [&str; 13] = [
    "row",
    "parcel",
    "ring",
    "is_hole",
    "point",
    "northing_m",
    "easting_m",
    "next_point",
    "side_m",
    "azimuth_deg",
    "plane_area_m2",
    "area_m2",
    "crs",
];

/// Writes a table of boundary points, parcel by parcel.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::query::boundary_points::{BoundaryPlane, BoundaryPoints, Numbering, ParcelBoundary};
/// use taizhou_corridor::report::boundary_points::{BoundaryFormat, BoundaryWriter};
///
/// let shape: MultiPolygon =
///     polygon![(x: 633_800., y: 3_171_900.), (x: 633_830., y: 3_171_900.), (x: 633_830., y: 3_171_940.)].into();
/// let zone = BoundaryPlane::of(&Crs::Epsg(4549))?;
/// let boundary =
///     ParcelBoundary { row: 1, label: "DK001".to_owned(), area: zone.plane().area(&shape), shape };
/// let plane = zone.plane().clone();
/// let (output, written) = Output::memory("points.csv");
/// let mut writer = BoundaryWriter::new(output, BoundaryFormat::Csv, Lang::En)?;
/// let mut points = BoundaryPoints::new(zone, Numbering::File);
/// let parcel = points.parcel(boundary, &plane)?.unwrap();
/// writer.add(&parcel, points.plane())?;
/// writer.finish()?.commit()?;
/// let text = String::from_utf8(written.into_bytes()).unwrap();
/// assert!(text.contains("\n1,DK001,1,false,J1,3171940.000,633830.000,J2,40.000,180.000000,600.000000,"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct BoundaryWriter {
    output: Output,
    table: Table,
}

enum Table {
    Csv,
    Workbook(Box<BoundaryWorkbook>),
}

impl BoundaryWriter {
    /// Begins a table.
    pub fn new(output: Output, format: BoundaryFormat, lang: Lang) -> Result<BoundaryWriter> {
        let table = match format {
            BoundaryFormat::Csv => Table::Csv,
            BoundaryFormat::Workbook => {
                let workbook = BoundaryWorkbook::new(lang).map_err(|error| error.in_file(output.name()))?;
                Table::Workbook(Box::new(workbook))
            }
        };
        let mut writer = BoundaryWriter { output, table };
        if format == BoundaryFormat::Csv {
            writer.lines([COLUMNS.map(str::to_owned).to_vec()].into_iter())?;
        }
        Ok(writer)
    }

    /// The name of the output.
    pub fn name(&self) -> &str {
        self.output.name()
    }

    /// Writes the corners of a parcel in a plane. Errors if a workbook would be too large.
    pub fn add(&mut self, parcel: &BoundaryParcel, plane: &BoundaryPlane) -> Result<()> {
        match &mut self.table {
            Table::Workbook(workbook) => workbook.add(parcel, plane).map_err(|error| error.in_file(self.output.name())),
            Table::Csv => self.lines(csv_rows(parcel, plane)),
        }
    }

    /// Completes the table. The returned output is not yet committed.
    pub fn finish(mut self) -> Result<Output> {
        if let Table::Workbook(workbook) = self.table {
            let bytes = workbook.finish().map_err(|error| error.in_file(self.output.name()))?;
            self.output.bytes(&bytes)?;
        }
        Ok(self.output)
    }

    fn lines(&mut self, rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
        let mut writer = WriterBuilder::new().from_writer(vec![]);
        let failed = |error: csv::Error| Error::new(ErrorKind::Write(std::io::Error::other(error)));
        for row in rows {
            writer.write_record(row).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|error| Error::new(ErrorKind::Write(error.into_error())))?;
        self.output.bytes(&bytes)
    }
}

fn csv_rows<'p>(parcel: &'p BoundaryParcel, plane: &'p BoundaryPlane) -> impl Iterator<Item = Vec<String>> + 'p {
    let number = |value: f64, decimals| Value::number(Some(value), decimals).to_string();
    let of_ring = move |(ring_number, ring): (usize, &'p BoundaryRing)| {
        let nexts = ring.corners.iter().cycle().skip(1);
        ring.corners.iter().zip(nexts).map(move |(corner, next)| {
            vec![
                parcel.row.to_string(),
                parcel.label.clone(),
                ring_number.to_string(),
                ring.is_hole.to_string(),
                point_name(corner.number),
                number(corner.northing_m, DECIMALS),
                number(corner.easting_m, DECIMALS),
                point_name(next.number),
                number(corner.side.0, DECIMALS),
                number(corner.azimuth_deg, 6),
                number(parcel.plane_area.0, 6),
                number(parcel.area.0, 6),
                plane.crs().to_string(),
            ]
        })
    };
    (1..).zip(&parcel.rings).flat_map(of_ring)
}

/// The name of a point.
fn point_name(number: u64) -> String {
    format!("J{number}")
}

/// An angle in degrees, minutes and whole seconds.
fn degrees_minutes_seconds(degrees: f64) -> String {
    const TURN: i64 = 360 * 3600;
    let seconds = ((degrees * 3600.0).round() as i64).rem_euclid(TURN);
    format!("{}°{:02}′{:02}″", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_carry_over() {
        let texts = [0.0, 89.999_9, 89.992_5, 359.999_9, 123.456_789].map(degrees_minutes_seconds);
        assert_eq!(texts, ["0°00′00″", "90°00′00″", "89°59′33″", "0°00′00″", "123°27′24″"]);
    }
}
