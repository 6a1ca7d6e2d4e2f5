//! Reading tables, batch by batch.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::crs::{AxisOrder, CoordNormalizer, Crs};
use crate::error::Result;
use crate::io::bytes::meter::Meter;
use crate::io::rows::block::{Block, CoordContext, GeometryChanges, RawBlock};
use crate::io::rows::format::Format;
use crate::io::rows::labels::{label_column, name_column};
use crate::io::rows::note::ReadNote;
use crate::io::rows::reader::RowReader;
use crate::io::rows::txt_dialect::TxtDialect;
use crate::table::{Batch, GeometrySource, Schema};
use crate::units::AreaUnit;

/// An open table, read batch by batch.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::LANDMARKS_CSV;
///
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let mut northernmost = f64::NEG_INFINITY;
/// while let Some(batch) = rows.next_batch()? {
///     northernmost = batch.sites().iter().flatten().fold(northernmost, |north, site| north.max(site.y));
/// }
/// assert_eq!(northernmost, 28.69905);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Rows {
    pub(in crate::io) file: String,
    pub(in crate::io) format: Format,
    pub(in crate::io) reader: Box<dyn RowReader>,
    pub(in crate::io) normalizer: CoordNormalizer,
    pub(in crate::io) overridden: Option<String>,
    /// The number of coordinates outside the area of use of the CRS.
    pub(in crate::io) beyond_area: Arc<AtomicU64>,
    pub(in crate::io) keeps_source_crs: bool,
    pub(in crate::io) has_layers: bool,
    pub(in crate::io) meter: Meter,
    pub(in crate::io) changes: Arc<GeometryChanges>,
    /// The note that names suggest a shifted system.
    pub(in crate::io) system_note: Option<ReadNote>,
}

impl Rows {
    /// The file as the user named it.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let standard_input = Input::reader("-", "lon,lat\n121.4,28.65\n".as_bytes());
    /// assert_eq!(io::open(standard_input, &ReadOptions::default())?.file(), "-");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The format.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Format, Input, ReadOptions};
    ///
    /// // Without an extension, the first bytes decide.
    /// let piped = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}}]}"#;
    /// assert_eq!(io::open(Input::bytes("-", piped), &ReadOptions::default())?.format(), Format::GEOJSON);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn format(&self) -> Format {
        self.format
    }

    /// Leaves coordinates in the CRS of the file. They are checked, x is the easting or longitude, and eastings have a
    /// zone prefix if the CRS has one.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let survey = Input::bytes("survey.csv", "x,y\n3171898.561,633838.222\n");
    /// let batch = io::open(survey, &options)?.in_source_crs().next_batch()?.unwrap();
    /// assert_eq!(batch.sites()[0].as_ref().unwrap().x, 633838.222);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn in_source_crs(mut self) -> Rows {
        self.keeps_source_crs = true;
        self
    }

    /// The same rows with coordinates in longitude and latitude.
    pub(crate) fn in_lon_lat(self) -> Rows {
        Rows { keeps_source_crs: false, ..self }
    }

    /// Whether coordinates are left in the CRS of the file.
    pub fn is_in_source_crs(&self) -> bool {
        self.keeps_source_crs
    }

    /// Whether the file can have several layers or sheets.
    pub fn has_layers(&self) -> bool {
        self.has_layers
    }

    /// The CRS of the file. In [`Batch::sites`], coordinates are longitude and latitude.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // An old GeoJSON file with a `crs` member.
    /// let old = r#"{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:4549"}},
    ///     "features": [{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [633838.222, 3171898.561]}}]}"#;
    /// assert_eq!(io::open(Input::bytes("old.geojson", old), &ReadOptions::default())?.crs(), Crs::Epsg(4549));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn crs(&self) -> Crs {
        self.normalizer.crs()
    }

    /// The CRS that the file declares, if it is overridden ([`override_crs`](crate::io::ReadOptions::override_crs)) or
    /// its name is unknown.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let wrong = r#"{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:4550"}},
    ///     "features": [{"type": "Feature", "properties": {},
    ///     "geometry": {"type": "Point", "coordinates": [633838.222, 3171898.561]}}]}"#;
    /// let options = ReadOptions { override_crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let rows = io::open(Input::bytes("wrong.geojson", wrong), &options)?;
    /// assert_eq!((rows.crs(), rows.overridden_crs()), (Crs::Epsg(4549), Some("EPSG:4550")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn overridden_crs(&self) -> Option<&str> {
        self.overridden.as_deref()
    }

    /// The number of coordinates read so far that are outside the area of use of their CRS by more than a degree:
    /// [`CoordNormalizer::beyond_area`].
    pub fn beyond_area(&self) -> u64 {
        self.beyond_area.load(Ordering::Relaxed)
    }

    /// The axis order of the file, known after the first row is read.
    ///
    /// ```
    /// use taizhou_corridor::crs::{AxisOrder, Crs};
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // Chinese survey files call the northing x.
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let mut rows = io::open(Input::bytes("survey.csv", "x,y\n3171898.561,633838.222\n"), &options)?;
    /// assert_eq!(rows.axis_order(), AxisOrder::Auto);
    /// rows.next_batch()?;
    /// assert_eq!(rows.axis_order(), AxisOrder::NorthEast);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn axis_order(&self) -> AxisOrder {
        self.normalizer.axis_order()
    }

    /// The columns.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // All columns are known before any row is read.
    /// let lines = r#"{"type":"Feature","properties":{"name":"台州站"},"geometry":null}
    /// {"type":"Feature","properties":{"kind":"park"},"geometry":null}"#;
    /// let rows = io::open(Input::bytes("sites.ndjson", lines), &ReadOptions::default())?;
    /// assert_eq!(rows.schema().names(), ["name", "kind"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn schema(&self) -> &Schema {
        self.reader.schema()
    }

    /// The encoding of the text read so far: `UTF-8`, `GB18030`, `UTF-16LE`.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// // 台州 as Excel in China saves it.
    /// let csv = b"name,lon,lat\n\xcc\xa8\xd6\xdd,121.36898,28.65590\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!((batch.row(0).cell(0).unwrap().text().as_ref(), rows.encoding()), ("台州", "GB18030"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn encoding(&self) -> &'static str {
        self.reader.encoding()
    }

    /// Notes about the file, complete after all rows are read.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadNote, ReadOptions};
    ///
    /// // Not valid JSON, but what Python writes.
    /// let line = r#"{"type":"Feature","properties":{"rent":NaN},"geometry":null}"#;
    /// let rows = io::open(Input::bytes("sites.ndjson", line), &ReadOptions::default())?;
    /// assert_eq!(rows.notes(), [ReadNote::NotFinite { count: 1 }]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn notes(&self) -> Vec<ReadNote> {
        self.system_note.iter().cloned().chain(self.reader.notes()).collect()
    }

    /// The share of the table that is read, from 0 to 1; `None` for pipes and databases.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let mut rows = io::open(Input::path("data/landmarks.csv"), &ReadOptions::default())?;
    /// while rows.next_batch()?.is_some() {}
    /// assert_eq!(rows.share_read(), Some(1.0));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn share_read(&self) -> Option<f64> {
        let by_bytes = || self.is_stream().then(|| self.meter.share()).flatten();
        self.reader.share_read().or_else(by_bytes)
    }

    /// The number of bytes read, before decompression and in all passes; `None` for formats that are not read
    /// sequentially.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::reader("-", "lon,lat\n121.4,28.65\n".as_bytes()), &ReadOptions::default())?;
    /// assert_eq!(rows.bytes_read(), Some(20));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn bytes_read(&self) -> Option<u64> {
        self.is_stream().then(|| self.meter.bytes())
    }

    /// The number of rows read so far whose arcs were replaced by straight edges within a millimetre.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "wkt\n\"CURVEPOLYGON (CIRCULARSTRING (121.4 28.65, 121.401 28.65, 121.4 28.65))\"\n";
    /// let mut rows = io::open(Input::bytes("wells.csv", csv), &ReadOptions::default())?;
    /// while rows.next_batch()?.is_some() {}
    /// assert_eq!((rows.with_arcs(), rows.with_empty_members()), (1, 0));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_arcs(&self) -> u64 {
        self.changes.arcs.load(Ordering::Relaxed)
    }

    /// The number of rows read so far whose geometries had null or empty members, which were left out.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "wkt\n\"MULTIPOINT (EMPTY, (121.4 28.65))\"\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// assert!(rows.next_batch()?.unwrap().sites()[0].is_ok());
    /// assert_eq!(rows.with_empty_members(), 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_empty_members(&self) -> u64 {
        self.changes.empty_members.load(Ordering::Relaxed)
    }

    /// The number of rows read so far whose coordinates are not written as plain numbers, but with degrees, minutes and
    /// seconds, directions or separators.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "lon,lat\n121°22′08.328″E,28°39′21.24″N\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// assert_eq!(rows.next_batch()?.unwrap().sites()[0].as_ref().unwrap().x, 121.36898);
    /// assert_eq!(rows.spelled(), 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn spelled(&self) -> u64 {
        self.changes.spelled.load(Ordering::Relaxed)
    }

    /// The rows of the header in a sheet or text, from 1; `None` for other formats.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "企业一览表,,\n名称,坐标,\n,经度,纬度\n台州站,121.36898,28.65590\n";
    /// let rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// assert_eq!(rows.header_rows(), Some(2..=3));
    /// assert_eq!(rows.coordinate_columns(), Some(("坐标_经度", "坐标_纬度")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn header_rows(&self) -> Option<RangeInclusive<u64>> {
        self.reader.header().and_then(|header| header.rows.clone())
    }

    /// The column of both coordinates, and their order in it.
    ///
    /// ```
    /// use taizhou_corridor::crs::AxisOrder;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let options = ReadOptions { coord_field: Some("位置".to_owned()), ..ReadOptions::default() };
    /// let csv = "名称,位置\n台州站,\"28.65590,121.36898\"\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &options)?;
    /// assert_eq!(rows.pair_column(), Some(("位置", AxisOrder::NorthEast)));
    /// assert_eq!(rows.next_batch()?.unwrap().sites()[0].as_ref().unwrap().x, 121.36898);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn pair_column(&self) -> Option<(&str, AxisOrder)> {
        let Schema { fields, geometry_source, .. } = self.schema();
        match *geometry_source {
            GeometrySource::Pair(column, order) => Some((&fields[column].name, order)),
            _ => None,
        }
    }

    /// The dialect of a survey TXT; `None` for other formats.
    pub fn txt_dialect(&self) -> Option<TxtDialect> {
        self.reader.txt_dialect()
    }

    fn is_stream(&self) -> bool {
        self.format.driver().is_stream
    }

    /// The columns of longitude and latitude; `None` if rows have geometries.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::bytes("sites.csv", "纬度,经度\n28.65590,121.36898\n"), &ReadOptions::default())?;
    /// assert_eq!(rows.coordinate_columns(), Some(("经度", "纬度")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn coordinate_columns(&self) -> Option<(&str, &str)> {
        let Schema { fields, geometry_source, .. } = self.schema();
        match *geometry_source {
            GeometrySource::Columns(x, y) => Some((&fields[x].name, &fields[y].name)),
            _ => None,
        }
    }

    /// The index of the column that labels rows, recognised by names such as 编号, `parcel_id`, `name`.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::bytes("sites.csv", "lon,lat,name\n121.4,28.65,A\n"), &ReadOptions::default())?;
    /// assert_eq!(rows.label_column(), Some(2));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn label_column(&self) -> Option<usize> {
        label_column(self.schema())
    }

    /// The index of a column with names, as of firms, for people: the first with a usual name (`name`, `名称`, `企业名称`),
    /// else that of [`label_column`](Rows::label_column).
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::bytes("a.csv", "id,name,lon,lat\n1,A,121.4,28.65\n"), &ReadOptions::default())?;
    /// assert_eq!((rows.label_column(), rows.name_column()), (Some(0), Some(1)));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn name_column(&self) -> Option<usize> {
        name_column(self.schema())
    }

    /// The index of the column in which the format states the areas of parcels, and their unit: in survey TXT.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let rows = io::open(Input::path("data/sample-parcels.txt"), &ReadOptions::default())?;
    /// assert!(rows.stated_area().is_some());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn stated_area(&self) -> Option<(usize, AreaUnit)> {
        self.reader.stated_area()
    }

    /// The next rows; `None` at the end. Errors if the file cannot be read further; an invalid row is not an error, but
    /// has its problem in [`Batch::sites`].
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let csv = "lon,lat\n121.36898,28.65590\neast,north\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "not-a-number");
    /// assert!(rows.next_batch()?.is_none());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = self.reader.next_batch().map_err(|error| error.in_file(self.file.clone()))?;
        if let Some(batch) = &mut batch {
            self.changes.count(batch);
            self.normalize(batch);
        }
        Ok(batch)
    }

    /// The next rows as a block; `None` at the end. Blocks are parsed by [`BlockReader`](crate::io::BlockReader)s,
    /// which can run in parallel.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, BlockReader, Input, ReadOptions};
    ///
    /// let csv = "name,lon,lat\n台州站,121.36898,28.65590\n";
    /// let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;
    /// let block = rows.next_block()?.unwrap();
    /// let batch = std::thread::spawn(move || BlockReader::default().read(block)).join().unwrap()?.unwrap();
    /// assert_eq!(batch.row(0).cell(0).unwrap().text(), "台州站");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn next_block(&mut self) -> Result<Option<Block>> {
        // The axis order is detected in the first rows.
        let is_normalized = self.normalizer.needs_axis_detection();
        let content = if is_normalized {
            self.next_batch()?.map(|batch| RawBlock::Batch(Box::new(batch)))
        } else {
            self.reader.next_block().map_err(|error| error.in_file(self.file.clone()))?
        };
        let (crs, order, keeps_source_crs) =
            (self.normalizer.crs(), self.normalizer.axis_order(), self.keeps_source_crs);
        let (changes, beyond_area) = (self.changes.clone(), self.beyond_area.clone());
        let context = CoordContext { crs, order, keeps_source_crs, beyond_area, file: self.file.clone(), changes };
        Ok(content.map(|content| Block { content, context, is_normalized }))
    }

    fn normalize(&mut self, batch: &mut Batch) {
        let Rows { normalizer, keeps_source_crs, .. } = self;
        batch.move_coords(
            |coords| if *keeps_source_crs { normalizer.check(coords) } else { normalizer.normalize(coords) },
        );
    }
}
