//! Writing shapefiles: all of their files, or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::formats::shapefile::dbf_writer::{DbfWriter, MAX_COLUMNS};
use crate::io::formats::shapefile::shapes;
use crate::io::formats::shapefile::shapes::{Extent, HEADER_BYTES, NULL_CONTENT, ShapeType};
use crate::io::rows::format::WriteOptions;
use crate::io::rows::loss::Loss;
use crate::io::rows::typed::TypedColumns;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, GeometrySource, Kind, Schema, Value};

/// The size limit of files, beyond which programs fail: 2 GiB.
const LIMIT_BYTES: u64 = (1 << 31) - 1;

/// Index and metadata files of other software, which become invalid.
const STALE_EXTENSIONS: [&str; 4] = ["sbn", "sbx", "qix", "qpj"];

pub(in crate::io) struct ShapefileWriter {
    shp: Output,
    shx: Output,
    dbf: Output,
    prj: Output,
    cpg: Output,
    table: DbfWriter,
    columns: TypedColumns,
    added: Vec<Field>,
    /// The names of all columns in the file, and of those left out.
    names: Vec<String>,
    left_out: Vec<String>,
    /// Whether the table has no columns, and row numbers are written instead.
    has_row_numbers: bool,
    rows: u64,
    definition: Option<String>,
    crs: String,
    /// The shape type of the first geometry, and the name of its geometry type.
    kind: Option<(ShapeType, &'static str)>,
    default_kind: ShapeType,
    extent: Extent,
    shp_bytes: u64,
    shx_bytes: u64,
}

impl ShapefileWriter {
    pub(in crate::io) fn new(
        output: Output,
        schema: &Schema,
        added: &[Field],
        options: &WriteOptions,
    ) -> Result<ShapefileWriter> {
        let format = "shapefile".to_owned();
        let Some(path) = output.path() else { return Err(Error::new(ErrorKind::NeedsFile { format })) };
        if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp")) {
            return Err(Error::new(ErrorKind::NeedsEnding { format, ending: "shp" }));
        }
        let folder = output.target().and_then(Path::parent).map(Path::to_owned);
        let sibling = |ending| {
            output.sibling(ending).unwrap_or_else(|| Err(Error::new(ErrorKind::NeedsFile { format: format.clone() })))
        };
        // All files are created at once, so that an existing one fails early.
        let (mut shx, dbf, prj, cpg) = (sibling("shx")?, sibling("dbf")?, sibling("prj")?, sibling("cpg")?);
        let columns = TypedColumns::without_case(schema, added, str::to_owned);
        let names: Vec<String> = schema.attributes().iter().chain(added).map(|field| field.name.clone()).collect();
        let left_out = names.iter().skip(MAX_COLUMNS).cloned().collect();
        let numbers = [Field::new("FID", Kind::Integer)];
        let has_row_numbers = columns.fields().is_empty();
        let fields = if has_row_numbers { &numbers[..] } else { columns.fields() };
        let fields = &fields[..fields.len().min(MAX_COLUMNS)];
        let write_error = |error: io::Error| Error::new(ErrorKind::Write(error));
        let table = DbfWriter::new(fields, options.encoding.unwrap_or_default(), folder.as_deref());
        let table = table.map_err(write_error)?;
        let mut shp = output;
        shp.write_all(&[0; HEADER_BYTES]).and_then(|()| shx.write_all(&[0; HEADER_BYTES])).map_err(write_error)?;
        let crs = options.written_crs();
        let has_points = matches!(
            schema.geometry_source,
            GeometrySource::Points | GeometrySource::Columns(..) | GeometrySource::Pair(..)
        );
        Ok(ShapefileWriter {
            shp,
            shx,
            dbf,
            prj,
            cpg,
            table,
            columns,
            added: added.to_vec(),
            names,
            left_out,
            has_row_numbers,
            rows: 0,
            definition: crs.wkt_of_esri(),
            crs: crs.to_string(),
            kind: None,
            default_kind: if has_points { ShapeType::Point } else { ShapeType::Polygon },
            extent: Extent::NOTHING,
            shp_bytes: HEADER_BYTES as u64,
            shx_bytes: HEADER_BYTES as u64,
        })
    }

    /// The content of the record of a row.
    fn content(&mut self, batch: &Batch, row_index: usize) -> Result<Vec<u8>> {
        let Ok(shape) = batch.shape(row_index) else { return Ok(NULL_CONTENT.to_vec()) };
        let at_row = |kind: ErrorKind| Error::new(kind).at_row(batch.first_row() + row_index as u64);
        let (format, found) = ("shapefile".to_owned(), shape.kind());
        let geometry = shape.geometry();
        let Some(kind) = ShapeType::of(&geometry) else {
            return Err(at_row(ErrorKind::UnsupportedGeometry { format, found: found.to_owned() }));
        };
        match self.kind {
            None => self.kind = Some((kind, found)),
            Some((first, word)) if first != kind => {
                let (first, found) = (word.to_owned(), found.to_owned());
                return Err(at_row(ErrorKind::MixedGeometry { format, first, found }));
            }
            Some(_) => {}
        }
        Ok(shapes::encode(&geometry, &mut self.extent))
    }

    fn record(&mut self, content: &[u8]) -> Result<()> {
        let end = self.shp_bytes + 8 + content.len() as u64;
        if end > LIMIT_BYTES {
            let format = "shapefile".to_owned();
            return Err(Error::new(ErrorKind::TooLarge { format, limit_bytes: LIMIT_BYTES }).in_file(self.shp.name()));
        }
        // Sizes are in 16-bit words. All numbers are below 2³¹, since the size of the file is.
        let offset = (self.shp_bytes / 2) as u32;
        let length = (content.len() / 2) as u32;
        let write = |output: &mut Output, parts: [&[u8]; 3]| {
            let written = parts.iter().try_for_each(|part| output.write_all(part));
            written.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(output.name()))
        };
        write(&mut self.shp, [&(self.rows as u32).to_be_bytes(), &length.to_be_bytes(), content])?;
        write(&mut self.shx, [&offset.to_be_bytes(), &length.to_be_bytes(), &[]])?;
        self.shp_bytes = end;
        self.shx_bytes += 8;
        Ok(())
    }

    /// Renamed columns, and values that do not have the kind of their column.
    fn losses(&self) -> Vec<Loss> {
        if self.has_row_numbers {
            return vec![];
        }
        let names = self.names.iter().zip(self.table.names());
        let renamed = names.filter(|(before, after)| before.as_str() != *after);
        let renamed = renamed.map(|(from, to)| Loss::Renamed { from: from.clone(), to: to.to_owned() });
        let unfit = self.columns.losses(&self.added);
        let unfit = unfit.into_iter().filter(|loss| !matches!(loss, Loss::Renamed { .. }));
        let left_out = (!self.left_out.is_empty()).then(|| Loss::Columns { fields: self.left_out.clone() });
        renamed.chain(unfit).chain(left_out).collect()
    }
}

impl RowWriter for ShapefileWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        for (row_index, values) in answers.iter() {
            self.rows += 1;
            let content = self.content(batch, row_index)?;
            self.record(&content)?;
            let row = if self.has_row_numbers {
                vec![Value::Integer(self.rows as i64 - 1)]
            } else {
                self.columns.row(batch, row_index, values)
            };
            let kept = self.table.row(&row);
            kept.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.dbf.name()))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let mut losses = self.losses();
        let ShapefileWriter { mut shp, mut shx, mut dbf, mut prj, mut cpg, .. } = *self;
        let kind = self.kind.map_or(self.default_kind, |(kind, _)| kind);
        for (output, bytes) in [(&mut shp, self.shp_bytes), (&mut shx, self.shx_bytes)] {
            let header = shapes::header(kind, bytes, self.extent);
            let written = output.overwrite_start(&header);
            written.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(output.name()))?;
        }
        let (page, cut) = self.table.finish(&mut dbf, LIMIT_BYTES).map_err(|error| error.in_file(dbf.name()))?;
        losses.extend(cut);
        cpg.text(page)?;
        let mut stale: Vec<PathBuf> = stale_files(&shp).collect();
        let mut outputs = vec![shx, dbf, cpg];
        match self.definition {
            Some(definition) => {
                prj.text(&definition)?;
                outputs.push(prj);
            }
            None => {
                losses.push(Loss::Crs { crs: self.crs });
                // A `.prj` file of a replaced shapefile would be read as that of the new one.
                stale.extend(prj.target().map(Path::to_owned));
            }
        }
        outputs.push(shp);
        Output::commit_all(outputs)?;
        for path in stale {
            let _ = fs::remove_file(path);
        }
        Ok(losses)
    }
}

/// Stale files of other software next to a replaced shapefile.
fn stale_files(shp: &Output) -> impl Iterator<Item = PathBuf> {
    let target = shp.target().map(Path::to_owned);
    STALE_EXTENSIONS.into_iter().filter_map(move |ending| target.as_ref().map(|target| target.with_extension(ending)))
}
