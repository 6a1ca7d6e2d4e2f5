//! Creating a table of any format, and writing it batch by batch.

use std::sync::Arc;

use crate::crs::{Crs, Transformer};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::rounding::Collapsed;
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::output::Output;
use crate::io::formats::csv::CsvWriter;
#[cfg(feature = "flatgeobuf")]
use crate::io::formats::flatgeobuf::FlatGeobufWriter;
use crate::io::formats::geojson::GeoJsonWriter;
use crate::io::formats::geopackage::GeoPackageWriter;
use crate::io::formats::kml::KmlWriter;
use crate::io::formats::shapefile::ShapefileWriter;
use crate::io::formats::survey_txt::SurveyTxtWriter;
use crate::io::formats::xlsx::XlsxWriter;
use crate::io::rows::columns::axis_names;
use crate::io::rows::encode::{BatchEncoder, EncodedRows, EncoderFactory, Reprojector, Target};
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::Format;
use crate::io::rows::loss::Loss;
use crate::table::{AnswerTable, Batch, Field, GeometrySource, Kind, Schema};

/// How rows are written.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{Format, WriteOptions};
///
/// // For a survey: eastings and northings in zone 40, to the millimetre.
/// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), decimals: Some(3), ..WriteOptions::new(Format::Csv) };
/// assert_eq!(options.written_crs(), Crs::Epsg(4549));
/// // GeoJSON has longitudes and latitudes, whatever the rows came in.
/// let options = WriteOptions { source_crs: Crs::Epsg(4549), ..WriteOptions::new(Format::GeoJson) };
/// assert_eq!(options.written_crs(), Crs::Crs84);
/// ```
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// The format.
    pub format: Format,
    /// The system that the rows came in: [`Rows::crs`](crate::io::Rows::crs).
    pub source_crs: Crs,
    /// Whether the batches still are in that system
    /// ([`Rows::in_own_system`](crate::io::Rows::in_own_system)), and not in longitude, latitude.
    pub is_in_source_crs: bool,
    /// The system to write; without one that of the source, or longitude, latitude where a format knows
    /// no other.
    pub crs: Option<Crs>,
    /// The decimals to round coordinates to; without a number those that were brought to another system
    /// are rounded to a tenth of a millimetre (9 decimals of a degree), and all others stay as they are.
    pub decimals: Option<usize>,
    /// The encoding of text, where the format leaves a choice; without one that which is usual for it.
    pub encoding: Option<Encoding>,
    /// Whether CSV is for Excel: with a byte order mark, and text that would be run as a formula guarded.
    pub for_excel: bool,
    /// The name of the layer or sheet; without one that of the file.
    pub layer: Option<String>,
}

impl WriteOptions {
    /// Rows in longitude and latitude, as they are.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{Format, WriteOptions};
    ///
    /// assert_eq!(WriteOptions::new(Format::Xlsx).written_crs(), Crs::Crs84);
    /// ```
    pub fn new(format: Format) -> WriteOptions {
        WriteOptions {
            format,
            source_crs: Crs::Crs84,
            is_in_source_crs: false,
            crs: None,
            decimals: None,
            encoding: None,
            for_excel: false,
            layer: None,
        }
    }

    /// The system of the coordinates that are written.
    pub fn written_crs(&self) -> Crs {
        let otherwise = if self.format.is_lon_lat_only() { Crs::Crs84 } else { self.source_crs.clone() };
        self.crs.clone().unwrap_or(otherwise)
    }

    /// Whether coordinates are written as they came.
    pub(in crate::io) fn is_as_written(&self) -> bool {
        self.written_crs().coincides(&self.source_crs) && self.decimals.is_none()
    }
}

/// Writes rows in a format.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::table::AnswerTable;
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let mut rows = io::open(sites, &ReadOptions::default())?;
/// let (output, written) = Output::memory("sites.geojson");
/// let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::GeoJson))?;
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
    bringer: Reprojector,
    loses_heights: bool,
    /// Rows outside the area of the system that is written.
    without_image: u64,
    collapsed: Collapsed,
    /// Columns for ids and geometries whose usual names the table has taken.
    renamed: Vec<Loss>,
}

/// Creates a table: the columns of a schema, and behind them those that a query adds. Nothing appears in
/// its place before [`Writer::finish`].
///
/// Fails where the format does not hold the system, or cannot be written to this output.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::error::ErrorKind;
/// use taizhou_corridor::io::{self, Format, Output, WriteOptions};
/// use taizhou_corridor::table::Schema;
///
/// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::GeoJson) };
/// let error = io::create(Output::memory("out").0, &Schema::default(), &[], &options).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::LonLatOnly { .. }));
/// ```
pub fn create(output: Output, schema: &Schema, added: &[Field], options: &WriteOptions) -> Result<Writer> {
    let crs = options.written_crs();
    let name = output.name().to_owned();
    let in_file = |error: Error| error.in_file(name.clone());
    if !options.format.holds(&crs) {
        let (format, crs) = (options.format.to_string(), crs.to_string());
        return Err(in_file(Error::new(ErrorKind::LonLatOnly { format, crs })));
    }
    let output = if options.format.is_binary() { output.for_binary(options.format.as_str())? } else { output };
    // A system that cannot be used is told before anything is written.
    Transformer::to_crs(crs)?;
    let flat = || FlatTable::new(schema, added, options);
    // Columns of coordinates in the old system would be taken for those of the new one.
    let mut with_geometry = schema.clone();
    if !options.is_as_written() {
        with_geometry.left_out = match schema.carrier {
            GeometrySource::Columns(x, y) => vec![x, y],
            GeometrySource::Wkt(column) => vec![column],
            GeometrySource::Points | GeometrySource::Shapes => vec![],
        };
    }
    let writer: Result<Box<dyn RowWriter>> = match options.format {
        Format::Csv => CsvWriter::new(output, flat(), b',', options).map(|writer| Box::new(writer) as _),
        Format::Tsv => CsvWriter::new(output, flat(), b'\t', options).map(|writer| Box::new(writer) as _),
        Format::Xlsx => XlsxWriter::new(output, flat(), options.layer.as_deref()).map(|writer| Box::new(writer) as _),
        Format::SurveyTxt => SurveyTxtWriter::new(output, schema, added, options).map(|writer| Box::new(writer) as _),
        Format::GeoPackage => {
            GeoPackageWriter::new(output, &with_geometry, added, options).map(|writer| Box::new(writer) as _)
        }
        #[cfg(feature = "flatgeobuf")]
        Format::FlatGeobuf => {
            FlatGeobufWriter::new(output, &with_geometry, added, options).map(|writer| Box::new(writer) as _)
        }
        #[cfg(not(feature = "flatgeobuf"))]
        Format::FlatGeobuf => {
            Err(Error::new(ErrorKind::NotBuilt { format: options.format.to_string(), feature: "flatgeobuf" }))
        }
        Format::GeoJson | Format::NdJson | Format::GeoJsonSeq => {
            GeoJsonWriter::new(output, &with_geometry, added, options).map(|writer| Box::new(writer) as _)
        }
        Format::Shapefile => {
            ShapefileWriter::new(output, &with_geometry, added, options).map(|writer| Box::new(writer) as _)
        }
        #[cfg(feature = "parquet")]
        Format::GeoParquet => {
            Ok(Box::new(crate::io::formats::geoparquet::GeoParquetWriter::new(output, &with_geometry, added, options))
                as _)
        }
        #[cfg(not(feature = "parquet"))]
        Format::GeoParquet => {
            let format = options.format.to_string();
            Err(Error::new(ErrorKind::NotBuilt { format, feature: "parquet" }))
        }
        Format::Kml => KmlWriter::new(output, &with_geometry, added, options).map(|writer| Box::new(writer) as _),
    };
    let writer = Writer::around(writer.map_err(in_file)?, options)?;
    Ok(Writer { renamed: renamed(schema, options), ..writer })
}

/// The columns for ids and geometries that have another name than usual, in a format that needs such columns.
fn renamed(schema: &Schema, options: &WriteOptions) -> Vec<Loss> {
    let axes = axis_names(&options.written_crs());
    let without_columns = Schema { fields: vec![], ..schema.clone() };
    let has_id_column = match options.format {
        Format::GeoJson | Format::NdJson | Format::GeoJsonSeq | Format::SurveyTxt => false,
        Format::GeoPackage => schema.ids == Some(Kind::Text),
        _ => schema.ids.is_some(),
    };
    let has_geometry_columns = matches!(options.format, Format::Csv | Format::Tsv | Format::Xlsx);
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
    /// Brings coordinates to the system of the options, and hands rows to a writer of any format.
    ///
    /// Fails where PROJ does not know the system.
    pub fn around(format: Box<dyn RowWriter>, options: &WriteOptions) -> Result<Writer> {
        let target = Target::new(options);
        let (bringer, renamed) = (target.bringer()?, vec![]);
        let collapsed = Collapsed::default();
        Ok(Writer { format, target, bringer, loses_heights: false, without_image: 0, collapsed, renamed })
    }

    /// The system of the coordinates that are written.
    pub fn crs(&self) -> Crs {
        self.target.crs.clone()
    }

    /// Writes the answers, each with the row it belongs to.
    pub fn write(&mut self, mut batch: Batch, answers: &AnswerTable<'_>) -> Result<()> {
        self.without_image += self.reproject(&mut batch);
        self.write_as_it_is(&batch, answers)
    }

    /// Writes a batch that [`bring`](Writer::reproject) has brought to the system that is written.
    pub fn write_as_it_is(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        self.loses_heights |= self.target.loses_heights(batch, |batch| self.format.keeps_text_of(batch));
        self.format.write(batch, answers)
    }

    /// How rows are rendered apart from the output, in any thread, where the format can be: they are written
    /// in their order by [`write_rendered`](Writer::write_rendered).
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
    /// use taizhou_corridor::table::AnswerTable;
    ///
    /// let mut rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n"), &ReadOptions::default())?;
    /// let (output, written) = Output::memory("b.csv");
    /// let mut writer = io::create(output, rows.schema(), &[], &WriteOptions::new(Format::Csv))?;
    /// let rendering = writer.rendering().unwrap();
    /// let batch = rows.next_batch()?.unwrap();
    /// let answers = AnswerTable::none(&batch);
    /// let rendered = std::thread::spawn(move || rendering.renderer().map(|mut renderer| renderer.render(batch, &answers)));
    /// writer.write_rendered(rendered.join().unwrap()?)?;
    /// writer.finish()?;
    /// assert_eq!(written.into_bytes(), b"lon,lat\n121.4,28.65\n");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn rendering(&self) -> Option<EncoderFactory> {
        Some(EncoderFactory { format: self.format.rendering()?, target: self.target.clone() })
    }

    /// Writes rows that were rendered.
    pub fn write_rendered(&mut self, rendered: EncodedRows) -> Result<()> {
        self.loses_heights |= rendered.loses_heights;
        self.without_image += rendered.without_image;
        self.collapsed += rendered.collapsed;
        self.format.write_rendered(rendered)
    }

    /// Writes what stands at the end, and gives the output its name. Tells what the format could not hold.
    pub fn finish(self) -> Result<Vec<Loss>> {
        let losses = self.format.finish()?;
        let heights = self.loses_heights.then_some(Loss::Heights);
        let (count, crs) = (self.without_image, self.target.crs.to_string());
        let images = (count > 0).then_some(Loss::OutsideCrsArea { count, crs });
        let (count, crs) = (self.target.beyond_area(), self.target.crs.to_string());
        let beyond = (count > 0).then_some(Loss::BeyondArea { count, crs });
        let mut collapsed = self.collapsed;
        collapsed += self.bringer.collapsed;
        let Collapsed { polygons: count, holes, parts } = collapsed;
        let collapsed = (count > 0).then_some(Loss::Collapsed { count });
        let vanished = (holes + parts > 0).then_some(Loss::Vanished { holes, parts });
        let counted = heights.into_iter().chain(images).chain(beyond).chain(collapsed).chain(vanished);
        Ok(self.renamed.into_iter().chain(counted).chain(losses).collect())
    }

    /// Brings the coordinates of a batch to the system that is written, and rounds them; a valid polygon stays
    /// one, if it is not too small. A row that has no place there has a problem instead of a geometry; tells how
    /// many these are.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
    ///
    /// // In the Gulf of Guinea there is no zone 40.
    /// let mut rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n0,0\n"), &ReadOptions::default())?;
    /// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::Csv) };
    /// let mut writer = io::create(Output::memory("b.csv").0, rows.schema(), &[], &options)?;
    /// let mut batch = rows.next_batch()?.unwrap();
    /// assert_eq!(writer.reproject(&mut batch), 1);
    /// assert!(batch.sites()[0].is_ok() && batch.sites()[1].is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn reproject(&mut self, batch: &mut Batch) -> u64 {
        self.bringer.reproject(batch)
    }
}

/// A format that is being written: the rows of a table with what a query adds to them.
///
/// ```
/// use taizhou_corridor::error::Result;
/// use taizhou_corridor::io::{self, Input, Loss, ReadOptions, RowWriter};
/// use taizhou_corridor::table::{AnswerTable, Batch, Value};
///
/// /// A format of your own: a line a site, for a log.
/// struct Log(Vec<String>);
///
/// impl RowWriter for Log {
///     fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
///         for (row, values) in answers.iter() {
///             let name = batch.row(row).cell(0).map_or("-".into(), |cell| cell.text());
///             self.0.push(format!("{name} {}", values[0]));
///         }
///         Ok(())
///     }
///
///     fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
///         Ok(vec![])
///     }
/// }
///
/// let sites = Input::bytes("sites.csv", "name,lon,lat\n台州站,121.36898,28.65590\n");
/// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
/// let mut answers = AnswerTable::new(1);
/// answers.push(0, [Value::text(Some("core"))]);
/// let mut log = Log(vec![]);
/// log.write(&batch, &answers)?;
/// assert_eq!(log.0, ["台州站 core"]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub trait RowWriter {
    /// Writes the answers, each with the row it belongs to.
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()>;

    /// Writes what stands at the end, and commits the output. Tells what the format could not hold.
    fn finish(self: Box<Self>) -> Result<Vec<Loss>>;

    /// Whether geometries that are written as they came keep the text that they came as, with heights.
    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        false
    }

    /// What renders rows apart from the output, where the format can be.
    fn rendering(&self) -> Option<Arc<dyn BatchEncoder>> {
        None
    }

    /// Writes what was rendered.
    fn write_rendered(&mut self, _rendered: EncodedRows) -> Result<()> {
        Ok(())
    }
}
