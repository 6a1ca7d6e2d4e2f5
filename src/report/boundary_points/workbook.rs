//! Tables of boundary points as a workbook: a sheet with A4 pages for each parcel, its heading on every page.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::error::{Error, ErrorKind, Result};
use crate::io::catch_panic_as_io_error;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::query::boundary_points::{BoundaryParcel, BoundaryPlane};
use crate::report::boundary_points::{degrees_minutes_seconds, point_name};
use crate::units::SquareMetres;

/// What spreadsheet programs open well: LibreOffice before 7.5 had 1024 sheets.
const MAX_PARCELS: usize = 1000;
/// Some 6000 pages. Sheets are in memory, about 1 kB for a corner.
const MAX_CORNERS: usize = 250_000;
/// Limit of Excel.
const MAX_NAME_CHARACTERS: usize = 31;

pub(super) struct BoundaryWorkbook {
    workbook: Workbook,
    lang: Lang,
    formats: Formats,
    parcels: usize,
    corners: usize,
}

struct Formats {
    title: Format,
    name: Format,
    text: Format,
    head: Format,
    cell: Format,
    /// Metres with three decimals.
    metres: Format,
    square_metres: Format,
    mu: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = Format::new()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        let text = cell.clone().set_align(FormatAlign::Left).set_text_wrap();
        let number = |code: &str| cell.clone().set_align(FormatAlign::Right).set_num_format(code);
        Formats {
            title: Format::new()
                .set_bold()
                .set_font_size(16)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            name: text.clone().set_bold(),
            head: cell.clone().set_bold(),
            metres: number("0.000"),
            square_metres: number("#,##0.00"),
            mu: number("#,##0.000"),
            text,
            cell,
        }
    }
}

impl BoundaryWorkbook {
    pub(super) fn new(lang: Lang) -> Result<BoundaryWorkbook> {
        let mut workbook = Workbook::new();
        // A fixed date, so that the same parcels are the same file.
        let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        Ok(BoundaryWorkbook { workbook, lang, formats: Formats::new(), parcels: 0, corners: 0 })
    }

    pub(super) fn add(&mut self, parcel: &BoundaryParcel, plane: &BoundaryPlane) -> Result<()> {
        self.parcels += 1;
        self.corners += parcel.rings.iter().map(|ring| ring.corners.len()).sum::<usize>();
        if self.parcels > MAX_PARCELS || self.corners > MAX_CORNERS {
            return Err(Error::new(ErrorKind::TooManyBoundaryPoints { parcels: MAX_PARCELS, corners: MAX_CORNERS }));
        }
        let mut sheet = Worksheet::new();
        self.write(&mut sheet, parcel, plane).map_err(failed)?;
        self.workbook.push_worksheet(sheet);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        if self.parcels == 0 {
            // A workbook has a sheet.
            let sheet = self.workbook.add_worksheet();
            let title = self.lang.boundary_texts().title;
            sheet.write_string_with_format(0, 0, title, &self.formats.title).map_err(failed)?;
        }
        catch_panic_as_io_error(|| self.workbook.save_to_buffer()).map_err(failed)
    }

    fn write(&self, sheet: &mut Worksheet, parcel: &BoundaryParcel, plane: &BoundaryPlane) -> Result<(), XlsxError> {
        const A4: u8 = 9;
        const WIDTHS: [f64; 5] = [22.0, 18.0, 18.0, 14.0, 16.0];
        let (texts, formats) = (self.lang.boundary_texts(), &self.formats);
        sheet.set_name(sheet_name(parcel))?;
        sheet.set_paper_size(A4).set_portrait().set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        sheet.set_footer(texts.footer);
        for (column, width) in (0..).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
        }
        sheet.set_default_row_height(18);
        sheet.set_row_height(0, 30)?;
        sheet.merge_range(0, 0, 0, 4, texts.title, &formats.title)?;
        sheet.write_string_with_format(1, 0, texts.parcel, &formats.text)?;
        sheet.merge_range(1, 1, 1, 4, &shown(parcel), &formats.name)?;
        let areas = [(texts.plane_area, parcel.plane_area), (texts.area, parcel.area)];
        for (row, (name, area)) in (2..).zip(areas) {
            let SquareMetres(area_m2) = area;
            sheet.write_string_with_format(row, 0, name, &formats.text)?;
            sheet.write_number_with_format(row, 1, area_m2, &formats.square_metres)?;
            sheet.write_string_with_format(row, 2, texts.mu, &formats.text)?;
            sheet.merge_range(row, 3, row, 4, "", &formats.mu)?;
            sheet.write_number_with_format(row, 3, area.mu(), &formats.mu)?;
        }
        sheet.write_string_with_format(4, 0, texts.system, &formats.text)?;
        sheet.set_row_height(4, 32)?;
        sheet.merge_range(4, 1, 4, 4, &texts.plane(plane), &formats.text)?;
        sheet.write_string_with_format(5, 0, texts.corner_count, &formats.text)?;
        let corners = parcel.rings.iter().map(|ring| ring.corners.len()).sum::<usize>();
        sheet.merge_range(5, 1, 5, 4, "", &formats.text)?;
        sheet.write_number_with_format(5, 1, corners as f64, &formats.text)?;
        for (column, name) in (0..).zip(texts.heads) {
            sheet.write_string_with_format(6, column, name, &formats.head)?;
        }
        sheet.set_repeat_rows(0, 6)?;
        sheet.set_freeze_panes(7, 0)?;
        let mut row = 7;
        for (number, ring) in (1..).zip(&parcel.rings) {
            if parcel.rings.len() > 1 {
                sheet.merge_range(row, 0, row, 4, &texts.ring(number, ring.is_hole), &formats.text)?;
                row += 1;
            }
            // The first corner closes the ring, without a side.
            let closing = ring.corners.first().map(|corner| (corner, true));
            for (corner, is_closing) in ring.corners.iter().map(|corner| (corner, false)).chain(closing) {
                sheet.write_string_with_format(row, 0, point_name(corner.number), &formats.cell)?;
                sheet.write_number_with_format(row, 1, corner.northing_m, &formats.metres)?;
                sheet.write_number_with_format(row, 2, corner.easting_m, &formats.metres)?;
                if is_closing {
                    sheet.write_blank(row, 3, &formats.cell)?;
                    sheet.write_blank(row, 4, &formats.cell)?;
                } else {
                    sheet.write_number_with_format(row, 3, corner.side.0, &formats.metres)?;
                    let azimuth = degrees_minutes_seconds(corner.azimuth_deg);
                    sheet.write_string_with_format(row, 4, azimuth, &formats.cell)?;
                }
                row += 1;
            }
        }
        Ok(())
    }
}

/// The label of a parcel, or its row.
fn shown(parcel: &BoundaryParcel) -> String {
    const MAX_CHARACTERS: usize = 1000;
    let label: String = one_line(&parcel.label).trim().chars().take(MAX_CHARACTERS).collect();
    if label.is_empty() { parcel.row.to_string() } else { label }
}

/// A name that no other sheet has, with the characters that names of sheets allow.
fn sheet_name(parcel: &BoundaryParcel) -> String {
    let label: String = one_line(&parcel.label).chars().filter(|c| !"[]:*?/\\'".contains(*c)).collect();
    let name = format!("{} {}", parcel.row, label.trim());
    name.trim_end().chars().take(MAX_NAME_CHARACTERS).collect()
}

fn failed(error: XlsxError) -> Error {
    Error::new(ErrorKind::Write(std::io::Error::other(error)))
}
