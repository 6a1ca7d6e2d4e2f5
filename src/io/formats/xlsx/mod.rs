//! Excel workbooks: a sheet with a header and typed cells. Those of Excel 97 to 2003 and of OpenDocument are read, too.

mod cells;
mod ods;
mod writer;
mod xls;
#[expect(clippy::module_inception, reason = "one of the three kinds of workbooks of this format")]
mod xlsx;

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::sync::Arc;

use calamine::Data;
use zip::ZipArchive;

use self::cells::{SheetRow, cell_name, coordinate_text, filled_rows, kind_of, out_of_bounds, text};
use self::writer::XlsxWriter;
pub(crate) use self::writer::{catch_panic_as_io_error, sequential_worksheet};
use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::geometry::encoding::srid_of_text;
use crate::io::bytes::archive::limit_bytes;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::foreign::COMPOUND;
use crate::io::bytes::input::Source;
use crate::io::rows::columns::end_row;
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::{Codec, Driver, Format, ReadOptions, Signature, ZipMember};
use crate::io::rows::geometries::{GeometryReader, distinct};
use crate::io::rows::header;
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::io::rows::sheet::head::{HeadRow, Header};
use crate::panics;
use crate::table::{Batch, BatchBuilder, CellText, GeometrySource, Kind, Schema};

static DRIVER: Driver = Driver {
    // ZIP archives are read from their end, where the directory is.
    is_stream: false,
    zip_members: &[
        ZipMember { path: "[Content_Types].xml", is_certain: true },
        ZipMember { path: "META-INF/manifest.xml", is_certain: true },
    ],
    signature: Signature::Bytes(|start| start.starts_with(COMPOUND)),
    read_endings: &["xls", "ods"],
    has_layers: true,
    is_flat: true,
    ..Driver::new(
        "xlsx",
        &["xlsx"],
        "Excel workbook",
        Codec::Built(
            |source, options| Ok(Box::new(XlsxReader::new(source, options)?)),
            |output, table| {
                let flat = FlatTable::new(table.schema, table.added, table.options);
                Ok(Box::new(XlsxWriter::new(output, flat, table.options)?))
            },
        ),
    )
};

impl Format {
    /// An Excel workbook.
    pub const XLSX: Format = Format::of(&DRIVER);
}

pub(in crate::io) struct XlsxReader {
    /// The name of the sheet.
    name: String,
    rows: std::vec::IntoIter<SheetRow>,
    schema: Schema,
    header: Header,
    columns: Arc<Vec<String>>,
    geometries: Arc<GeometryReader>,
    row: u64,
    note: Option<ReadNote>,
}

impl XlsxReader {
    pub(in crate::io) fn new(mut source: Source, options: &ReadOptions) -> Result<XlsxReader> {
        // The reader needs random access.
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        check_size(&bytes)?;
        // With overflow checks, the library panics if cell references are too large.
        let (name, rows) =
            panics::catch(|| sheet(bytes, options.layer.as_deref())).unwrap_or_else(|| Err(out_of_bounds()))?;
        let note = note_of(&rows);
        if rows.is_empty() {
            return Err(Error::new(ErrorKind::Empty));
        }
        let header = header::find(&head(&rows, options), options)?;
        let columns = header.names.clone();
        let mut schema = Schema::of_text(&columns, header.geometry_source);
        let mut rows = rows.into_iter();
        rows.nth(header.last);
        let mut kinds: Vec<Option<Kind>> = vec![None; columns.len()];
        for (column, cell) in rows.as_slice().iter().flat_map(|row| &row.cells) {
            if let Some(kind) = kinds.get_mut(*column) {
                let found = kind_of(cell);
                *kind = Some(kind.map_or(found, |kind| kind.or(found)));
            }
        }
        for (field, kind) in schema.fields.iter_mut().zip(kinds) {
            field.kind = kind.unwrap_or_default();
        }
        let geometries = Arc::default();
        Ok(XlsxReader { name, rows, schema, header, columns: Arc::new(columns), geometries, row: 0, note })
    }
}

impl RowReader for XlsxReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn notes(&self) -> Vec<ReadNote> {
        self.note.iter().cloned().collect()
    }

    fn header(&self) -> Option<&Header> {
        Some(&self.header)
    }

    fn sheet(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn srids(&mut self) -> Result<Vec<u32>> {
        let GeometrySource::Wkt(column) = self.schema.geometry_source else { return Ok(vec![]) };
        let texts = self.rows.as_slice().iter().flat_map(|row| &row.cells).filter_map(|(index, cell)| match cell {
            Data::String(text) if *index == column => Some(text),
            _ => None,
        });
        Ok(distinct(texts.filter_map(|text| srid_of_text(text))))
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.geometries = geometries;
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(row) = self.rows.next() else { break };
            let cells = &row.cells;
            self.row += 1;
            let mut filled = cells.iter().peekable();
            for column in 0..self.columns.len() {
                match filled.next_if(|(index, _)| *index == column) {
                    None => batch.cell(column, CellText::Json("null")),
                    Some((_, cell @ (Data::Int(_) | Data::Float(_) | Data::Bool(_)))) => {
                        batch.cell(column, CellText::Json(&text(cell)));
                    }
                    Some((_, cell)) => batch.cell(column, CellText::Text(&text(cell))),
                }
            }
            let expected = self.columns.len();
            let extra: Vec<String> =
                cells.iter().filter(|(column, _)| *column >= expected).map(|(_, cell)| text(cell)).collect();
            match cells.last().filter(|_| !extra.is_empty()) {
                Some((last, _)) => {
                    batch.end_row(Err(RowProblem::FieldCount { found: last + 1, expected, extra }));
                }
                None => {
                    match carried(self.schema.geometry_source)
                        .try_for_each(|column| row.check_stored(column, &self.columns))
                    {
                        Err(problem) => batch.end_row(Err(problem)),
                        Ok(()) => end_row(
                            &mut batch,
                            self.schema.geometry_source,
                            &self.columns,
                            &self.geometries,
                            |column| {
                                let cell = cells.iter().find(|(index, _)| *index == column);
                                cell.map_or(Cow::Borrowed(""), |(_, cell)| Cow::Owned(coordinate_text(cell)))
                            },
                        ),
                    }
                }
            }
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// The name and the filled rows of a sheet of any kind of workbook.
fn sheet(bytes: Vec<u8>, name: Option<&str>) -> Result<(String, Vec<SheetRow>)> {
    if bytes.starts_with(COMPOUND) {
        return filled_rows(&mut xls::open(bytes)?, name);
    }
    let has = |archive: &ZipArchive<_>, member| archive.index_for_name(member).is_some();
    let archive = ZipArchive::new(Cursor::new(bytes.as_slice()));
    let is_ods = archive.is_ok_and(|archive| has(&archive, "mimetype") && !has(&archive, "[Content_Types].xml"));
    if is_ods { filled_rows(&mut ods::open(bytes)?, name) } else { filled_rows(&mut xlsx::open(bytes)?, name) }
}

/// The first rows, among which the header is sought.
fn head(rows: &[SheetRow], options: &ReadOptions) -> Vec<HeadRow> {
    let last = options.header_rows.as_ref().map_or(0, |rows| *rows.end());
    let is_head = |(index, row): &(usize, &SheetRow)| *index < header::MAX_ROWS || u64::from(row.number) < last;
    // Cells of the first rows that follow those sought decide about columns of pairs.
    let rows = rows.iter().enumerate().take_while(is_head);
    rows.map(|(_, row)| {
        let mut cells: Vec<String> = vec![];
        for (column, cell) in &row.cells {
            cells.resize((*column).max(cells.len()), String::new());
            cells.push(text(cell));
        }
        HeadRow { number: u64::from(row.number) + 1, cells }
    })
    .collect()
}

/// The geometry columns.
fn carried(geometry_source: GeometrySource) -> impl Iterator<Item = usize> {
    let columns = match geometry_source {
        GeometrySource::Columns(x, y) => [Some(x), Some(y)],
        GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => [Some(column), None],
        GeometrySource::Points | GeometrySource::Shapes => [None, None],
    };
    columns.into_iter().flatten()
}

/// The note about formulas whose results are not stored.
fn note_of(rows: &[SheetRow]) -> Option<ReadNote> {
    let count = rows.iter().map(|row| row.without_result.len() as u64).sum();
    let first = rows.iter().find_map(|row| Some(cell_name(row.number, *row.without_result.first()?)));
    first.map(|cell| ReadNote::NoStoredValue { cell, count })
}

/// Errors if the decompressed workbook is too large, since the reader does not limit it.
fn check_size(bytes: &[u8]) -> Result<()> {
    // The reader reports files that are not archives.
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let limit_bytes = limit_bytes(bytes.len() as u64);
    let mut left_bytes = limit_bytes;
    for number in 0..zip.len() {
        let Ok(part) = zip.by_index(number) else { continue };
        // The reader reports truncated members.
        let count = std::io::copy(&mut part.take(left_bytes + 1), &mut std::io::sink()).unwrap_or_default();
        left_bytes =
            left_bytes.checked_sub(count).ok_or_else(|| Error::new(ErrorKind::DecompressionBomb { limit_bytes }))?;
    }
    Ok(())
}
