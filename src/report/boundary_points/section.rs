//! Boundary points as a section of a report.

use crate::error::Result;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane, DECIMALS};
use crate::report::boundary_points::{degrees_minutes_seconds, point_name};
use crate::report::document::{DocumentWriter, Section, Table};
use crate::report::parcels::{count, text};
use crate::report::text::Align;
use crate::table::Value;

/// The section of a report with the corners of all parcels, a row for each.
pub(in crate::report) struct BoundarySection {
    lang: Lang,
    table: usize,
    plane: Option<String>,
}

impl BoundarySection {
    /// Adds its table to a report.
    pub(in crate::report) fn new(writer: &mut DocumentWriter, lang: Lang) -> Result<BoundarySection> {
        let (texts, parcel_texts) = (lang.boundary_texts(), lang.parcel_texts());
        let [point, x, y, side, azimuth] = texts.heads;
        let head = [
            (parcel_texts.row, Align::Right),
            (parcel_texts.parcel, Align::Left),
            (texts.ring_number, Align::Right),
            (point, Align::Left),
            (x, Align::Right),
            (y, Align::Right),
            (side, Align::Right),
            (azimuth, Align::Right),
        ];
        let table = writer.add_table(head.map(|(name, align)| (name.to_owned(), align)).to_vec())?;
        Ok(BoundarySection { lang, table, plane: None })
    }

    /// Writes the corners of parcels.
    pub(in crate::report) fn add(
        &mut self,
        writer: &mut DocumentWriter,
        parcels: &[BoundaryParcel],
        plane: &BoundaryPlane,
    ) -> Result<()> {
        self.plane.get_or_insert_with(|| self.lang.boundary_texts().plane(plane));
        let metres = |value: f64| Value::number(Some(value), DECIMALS);
        for parcel in parcels {
            for (number, ring) in (1..).zip(&parcel.rings) {
                for corner in &ring.corners {
                    let row = [
                        count(parcel.row),
                        text(one_line(&parcel.label)),
                        count(number),
                        text(point_name(corner.number)),
                        metres(corner.northing_m),
                        metres(corner.easting_m),
                        metres(corner.side.0),
                        text(degrees_minutes_seconds(corner.azimuth_deg)),
                    ];
                    writer.row(self.table, &row)?;
                }
            }
        }
        Ok(())
    }

    /// The section; `None` without corners.
    pub(in crate::report) fn section(&self) -> Option<Section<'static>> {
        let title = self.lang.boundary_texts().corners.to_owned();
        let paragraphs = vec![self.plane.clone()?];
        Some(Section { title, paragraphs, table: Some(Table::Streamed(self.table)), ..Section::default() })
    }
}
