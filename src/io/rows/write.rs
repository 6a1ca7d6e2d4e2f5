//! Writing tables, batch by batch.

use crate::crs::{Crs, Transformer};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::rounding::Collapsed;
use crate::io::bytes::output::Output;
use crate::io::rows::columns::axis_names;
use crate::io::rows::encode::{EncodedContent, EncodedRows, Reprojected};
use crate::io::rows::format::{Content, CrsSupport, IdColumn, NewTable, WriteOptions};
use crate::io::rows::loss::Loss;
use crate::io::rows::styles::LayerStyle;
use crate::io::rows::target::{EncoderFactory, Reprojector, Target};
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, Kind, Schema};

/// Writes rows in any format.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::table::AnswerTable;
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let mut rows = io::open(sites, &ReadOptions::default())?;
/// let (output, written) = Output::memory("sites.geojson");
/// let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::GEOJSON))?;
/// while let Some(batch) = rows.next_batch()? {
///     let answers = AnswerTable::none(&batch);
///     writer.write(batch, &answers)?;
/// }
/// writer.finish()?;
/// assert!(String::from_utf8(written.into_bytes()).unwrap().contains("[121.36898,28.6559]"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Writer {
    format: Box<dyn RowWriter>,
    target: Target,
    reprojector: Reprojector,
    loses_heights: bool,
    outcome: Reprojected,
    /// Columns for ids and geometries whose usual names the table has taken.
    renamed: Vec<Loss>,
}

/// Creates a table with the columns of a schema, then those that a query adds. The file does not appear before
/// [`Writer::finish`].
///
/// Errors if the format does not support the CRS or cannot be written to this output.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{self, Format, Output, WriteOptions};
/// use taizhou_corridor::table::Schema;
///
/// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::GEOJSON) };
/// let error = io::create(Output::memory("out").0, &Schema::default(), &[], &options).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::LonLatOnly { .. }));
/// ```
pub fn create(output: Output, schema: &Schema, added: &[Field], options: &WriteOptions) -> Result<Writer> {
    create_styled(output, schema, added, options, None)
}

/// Creates a table with a style, if the format supports styles.
pub(crate) fn create_styled(
    output: Output,
    schema: &Schema,
    added: &[Field],
    options: &WriteOptions,
    style: Option<LayerStyle>,
) -> Result<Writer> {
    let crs = options.written_crs();
    let name = output.name().to_owned();
    let in_file = |error: Error| error.in_file(name.clone());
    let driver = options.format.driver();
    if !options.format.holds(&crs) {
        let (format, crs) = (options.format.to_string(), crs.to_string());
        return Err(in_file(Error::new(match driver.crs {
            CrsSupport::Projected => ErrorKind::PlaneOnly { format, crs },
            _ => ErrorKind::LonLatOnly { format, crs },
        })));
    }
    let create = driver.writer().map_err(in_file)?;
    let output = if driver.content == Content::Binary { output.for_binary(driver.name)? } else { output };
    // Report an unusable CRS before anything is written.
    Transformer::to_crs(crs)?;
    let writer = create(output, NewTable { schema, added, options, style }).map_err(in_file)?;
    let writer = Writer::new(writer, options)?;
    Ok(Writer { renamed: renamed(schema, options), ..writer })
}

/// The columns for ids and geometries that have another name than the default, in a format with such columns.
fn renamed(schema: &Schema, options: &WriteOptions) -> Vec<Loss> {
    let axes = axis_names(&options.written_crs());
    let without_columns = Schema { fields: vec![], ..schema.clone() };
    let driver = options.format.driver();
    let has_id_column = match driver.ids {
        IdColumn::Never => false,
        IdColumn::OfTexts => schema.ids == Some(Kind::Text),
        IdColumn::Always => schema.ids.is_some(),
    };
    let has_geometry_columns = driver.is_flat;
    let columns = |schema: &Schema| {
        let id = schema.attributes().into_iter().take(usize::from(has_id_column));
        let geometry = schema.geometry_fields(axes).into_iter();
        id.chain(geometry.filter(|_| has_geometry_columns && !schema.drops_geometry)).collect::<Vec<Field>>()
    };
    let names = columns(&without_columns).into_iter().zip(columns(schema));
    names
        .filter(|(usual, named)| usual.name != named.name)
        .map(|(usual, named)| Loss::AddedRenamed { from: usual.name, to: named.name })
        .collect()
}

impl Writer {
    /// Transforms coordinates to the system of the options and passes the rows to the writer of any format.
    ///
    /// Fails if the system is not known.
    pub fn new(format: Box<dyn RowWriter>, options: &WriteOptions) -> Result<Writer> {
        let target = Target::new(options);
        let (reprojector, renamed) = (target.reprojector()?, vec![]);
        Ok(Writer { format, target, reprojector, loses_heights: false, outcome: Reprojected::default(), renamed })
    }

    /// The target CRS.
    pub fn crs(&self) -> Crs {
        self.target.crs.clone()
    }

    /// Reprojects a batch, and writes the answers, each with its row.
    pub fn write(&mut self, mut batch: Batch, answers: &AnswerTable<'_>) -> Result<()> {
        self.reprojector.reproject(&mut batch);
        self.write_reprojected(&batch, answers)
    }

    fn write_reprojected(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        self.loses_heights |= self.target.loses_heights(batch, |batch| self.format.keeps_text_of(batch));
        self.format.write(batch, answers)
    }

    /// Encoders that work apart from the output, in any thread; their rows are written in order by
    /// [`write_encoded`](Writer::write_encoded).
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
    /// use taizhou_corridor::table::AnswerTable;
    ///
    /// let mut rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n"), &ReadOptions::default())?;
    /// let (output, written) = Output::memory("b.csv");
    /// let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::CSV))?;
    /// let encoders = writer.encoder_factory();
    /// let batch = rows.next_batch()?.unwrap();
    /// let answers = AnswerTable::none(&batch);
    /// let encoded = std::thread::spawn(move || encoders.encoder().map(|mut encoder| encoder.encode(batch, answers)));
    /// writer.write_encoded(encoded.join().unwrap()?)?;
    /// writer.finish()?;
    /// assert_eq!(written.into_bytes(), b"lon,lat\n121.4,28.65\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn encoder_factory(&self) -> EncoderFactory {
        EncoderFactory { encoder: self.format.batch_encoder(), target: self.target.clone() }
    }

    /// Writes encoded rows.
    pub fn write_encoded(&mut self, rows: EncodedRows<'_>) -> Result<()> {
        self.loses_heights |= rows.loses_heights;
        self.outcome += rows.outcome;
        match rows.content {
            EncodedContent::Encoded(batch) => self.format.write_encoded(batch),
            EncodedContent::Rows(batch, answers) => self.write_reprojected(&batch, &answers),
        }
    }

    /// Completes and commits the output. Returns what the format could not represent.
    pub fn finish(self) -> Result<Vec<Loss>> {
        let losses = self.format.finish()?;
        let heights = self.loses_heights.then_some(Loss::Heights);
        let mut outcome = self.outcome;
        outcome += self.reprojector.outcome;
        let (count, crs) = (outcome.outside, self.target.crs.to_string());
        let outside = (count > 0).then_some(Loss::OutsideCrsArea { count, crs });
        let (count, crs) = (self.target.beyond_area(), self.target.crs.to_string());
        let beyond = (count > 0).then_some(Loss::BeyondArea { count, crs });
        let Collapsed { polygons: count, holes, parts } = outcome.collapsed;
        let collapsed = (count > 0).then_some(Loss::Collapsed { count });
        let vanished = (holes + parts > 0).then_some(Loss::Vanished { holes, parts });
        let counted = heights.into_iter().chain(outside).chain(beyond).chain(collapsed).chain(vanished);
        Ok(self.renamed.into_iter().chain(counted).chain(losses).collect())
    }
}
