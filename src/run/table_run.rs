//! A query over the rows of a table, from the first block to the finished output.

use crate::error::{Error, ErrorKind, Result};
use crate::io::{
    self, Block, BlockReader, EncodedRows, EncoderFactory, Loss, Output, RowEncoder, Rows, WriteOptions, Writer,
};
use crate::parallel::{self, pipeline};
use crate::query::{QueryCoords, QuerySummary, TableQuery};
use crate::table::{Field, Schema, distinct_names, unused_name};

/// A query over the rows of a table: what is written, by how many threads, who is informed.
///
/// At any time, a few batches per thread are in memory. Rows are written in the order of the input, and counted in it.
///
/// ```
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer};
/// use taizhou_corridor::run::TableRun;
///
/// let plan = Plan::bundled();
/// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Zone, OverlayColumn::AreaM2]);
/// let parcels = io::open(Input::path("data/sample-parcels.txt"), &ReadOptions::default())?;
/// let (output, written) = Output::memory("parts.ndjson");
/// let run = TableRun::new(parcels, &overlayer).write(output, WriteOptions::new(Format::NDJSON))?;
/// let answered = run.on_progress(|progress| assert!(progress.rows > 0)).run()?;
/// assert!(answered.summary.straddling > 0);
/// answered.finish()?;
/// assert!(!written.into_bytes().is_empty());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct TableRun<'r, Q: TableQuery> {
    query: &'r Q,
    rows: Rows,
    schema: Schema,
    added: Vec<Field>,
    output: Option<(Writer, WriteOptions)>,
    threads: usize,
    is_strict: bool,
    on_batch: OnBatch<'r, Q::Summary>,
    on_progress: Box<dyn FnMut(Progress) + 'r>,
}

/// Takes the summary of each batch.
type OnBatch<'r, S> = Box<dyn FnMut(&mut S) -> Result<()> + 'r>;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The rows that are answered and written.
    pub rows: u64,
    /// The bytes that are read, if the input is a stream.
    pub bytes_read: Option<u64>,
    /// The share of the input that is read, from 0 to 1, if it is known.
    pub share_read: Option<f64>,
}

impl<'r, Q: TableQuery> TableRun<'r, Q> {
    /// Answers the query for these rows in as many threads as there are cores, and writes nothing.
    pub fn new(rows: Rows, query: &'r Q) -> TableRun<'r, Q> {
        // The run itself decides in which coordinates rows are read.
        let rows = match query.coordinates(&rows.crs()) {
            QueryCoords::Source => rows.in_source_crs(),
            QueryCoords::LonLat | QueryCoords::Output => rows.in_lon_lat(),
        };
        let schema = rows.schema().clone();
        let added = added_fields(query.fields(), &schema);
        TableRun {
            query,
            rows,
            schema,
            added,
            output: None,
            threads: parallel::available_threads(),
            is_strict: false,
            on_batch: Box::new(|_| Ok(())),
            on_progress: Box::new(|_| ()),
        }
    }

    /// Writes only these columns of the table, and all that the query adds ([`Schema::only`]). Before
    /// [`write`](TableRun::write). Fails if the table has no such column.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
    /// use taizhou_corridor::query::convert::Conversion;
    /// use taizhou_corridor::run::TableRun;
    ///
    /// let landmarks = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
    /// let error = TableRun::new(landmarks, &Conversion::new()).only_fields(&["owner".to_owned()]).err().unwrap();
    /// assert!(matches!(error.kind(), ErrorKind::UnknownColumn { name, .. } if name == "owner"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn only_fields(mut self, names: &[String]) -> Result<TableRun<'r, Q>> {
        self.schema = self.rows.schema().only(names).map_err(|name| {
            let columns = self.rows.schema().flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
            Error::new(ErrorKind::UnknownColumn { name, columns }).in_file(self.rows.file())
        })?;
        self.added = added_fields(self.query.fields(), &self.schema);
        Ok(self)
    }

    /// The columns that the query adds: one whose name the table has taken is numbered.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::query::convert::Conversion;
    /// use taizhou_corridor::run::TableRun;
    ///
    /// let rows = io::open(Input::bytes("a.csv", "reason,lon,lat\n-,121.4,28.65\n"), &ReadOptions::default())?;
    /// assert_eq!(TableRun::new(rows, &Conversion::new().with_reasons()).added_fields()[0].name, "reason_2");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn added_fields(&self) -> &[Field] {
        &self.added
    }

    /// Writes the rows with the answers to an output. Of the options, the run itself sets those about the coordinates of
    /// the input. Fails if the output cannot be created, or its format has no place for the columns that the query adds.
    pub fn write(self, output: Output, options: WriteOptions) -> Result<TableRun<'r, Q>> {
        let format = options.format;
        if format.has_fixed_fields() && !self.added.is_empty() {
            return Err(Error::new(ErrorKind::NoAnswerColumns { format: format.to_string() }));
        }
        self.write_with(options, |schema, added, options| io::create(output, schema, added, options))
    }

    /// Writes the rows with the answers by a writer, which is created from the columns of the table, those that the query
    /// adds, and the options.
    pub fn write_with(
        mut self,
        options: WriteOptions,
        create: impl FnOnce(&Schema, &[Field], &WriteOptions) -> Result<Writer>,
    ) -> Result<TableRun<'r, Q>> {
        let mut options = WriteOptions { source_crs: self.rows.crs(), ..options };
        let keeps_crs = options.written_crs() == self.rows.crs();
        if keeps_crs && self.query.coordinates(&self.rows.crs()) == QueryCoords::Output {
            self.rows = self.rows.in_source_crs();
        }
        options.is_in_source_crs = self.rows.is_in_source_crs();
        let schema =
            Schema { geometry_source: self.query.geometry_source(self.schema.geometry_source), ..self.schema.clone() };
        let writer = create(&schema, &self.added, &options)?;
        self.output = Some((writer, options));
        Ok(self)
    }

    /// Answers in this many threads.
    pub fn with_threads(mut self, threads: usize) -> TableRun<'r, Q> {
        self.threads = threads;
        self
    }

    /// Fails at the first invalid row.
    pub fn strict(mut self, is_strict: bool) -> TableRun<'r, Q> {
        self.is_strict = is_strict;
        self
    }

    /// Passes the summary of each batch, in the order of the input, before it is added to that of the run.
    pub fn on_batch(mut self, take: impl FnMut(&mut Q::Summary) -> Result<()> + 'r) -> TableRun<'r, Q> {
        self.on_batch = Box::new(take);
        self
    }

    /// Passes the progress after each batch.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + 'r) -> TableRun<'r, Q> {
        self.on_progress = Box::new(report);
        self
    }

    /// Reads, answers and writes all rows. Nothing appears at the output before [`AnsweredTable::finish`].
    pub fn run(self) -> Result<AnsweredTable<Q::Summary>> {
        let TableRun { query, mut rows, mut output, threads, is_strict, mut on_batch, mut on_progress, .. } = self;
        let coords = query.coordinates(&rows.crs());
        let encoders = output.as_ref().map(|(writer, _)| writer.encoder_factory());
        let worker =
            || BatchWorker { query, coords, encoders: &encoders, encoder: None, reader: BlockReader::default() };
        let file = rows.file().to_owned();
        let read = std::cell::Cell::new((None, None));
        let next_block = || {
            let block = rows.next_block();
            read.set((rows.bytes_read(), rows.share_read()));
            block
        };
        let (mut summary, mut row_count) = (Q::Summary::default(), 0);
        let take = |answered: Result<Option<BatchResult<'_, Q::Summary>>>| {
            let Some(BatchResult { rows, summary: mut of_batch, encoded }) = answered? else { return Ok(()) };
            if is_strict {
                of_batch.invalid().as_result()?;
            }
            on_batch(&mut of_batch)?;
            summary.append(of_batch);
            if let (Some(encoded), Some((writer, _))) = (encoded, &mut output) {
                writer.write_encoded(encoded)?;
            }
            row_count += rows;
            let (bytes_read, share_read) = read.get();
            on_progress(Progress { rows: row_count, bytes_read, share_read });
            Ok(())
        };
        let run = pipeline::run(threads, next_block, || worker().into_work(), take);
        run.map_err(|error| error.in_file(file))?;
        Ok(AnsweredTable { summary, rows, output })
    }
}

/// The columns of a query, numbered where the table has a column of that name.
fn added_fields(fields: Vec<Field>, schema: &Schema) -> Vec<Field> {
    let flat: Vec<String> = schema.flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
    let mut taken = [distinct_names(&flat), flat].concat();
    let mut added = vec![];
    for field in fields {
        let name = unused_name(&field.name, &taken);
        taken.push(name.clone());
        added.push(Field { name, ..field });
    }
    added
}

/// The results of a batch.
struct BatchResult<'q, S> {
    rows: u64,
    summary: S,
    encoded: Option<EncodedRows<'q>>,
}

/// Reads, answers and encodes blocks in one thread.
struct BatchWorker<'q, Q> {
    query: &'q Q,
    coords: QueryCoords,
    encoders: &'q Option<EncoderFactory>,
    encoder: Option<RowEncoder>,
    reader: BlockReader,
}

impl<'q, Q: TableQuery> BatchWorker<'q, Q> {
    fn into_work(mut self) -> impl FnMut(Block) -> Result<Option<BatchResult<'q, Q::Summary>>> {
        move |block| self.answer(block)
    }

    fn answer(&mut self, block: Block) -> Result<Option<BatchResult<'q, Q::Summary>>> {
        let read = match self.coords {
            QueryCoords::Source => {
                self.reader.read_unchecked(block)?.map(|(batch, normalizer)| (batch, Some(&*normalizer)))
            }
            QueryCoords::LonLat | QueryCoords::Output => self.reader.read(block)?.map(|batch| (batch, None)),
        };
        let Some((mut batch, normalizer)) = read else { return Ok(None) };
        let (rows, mut summary) = (batch.len() as u64, Q::Summary::default());
        let Some(encoders) = self.encoders else {
            self.query.count_batch(batch, normalizer, &mut summary);
            return Ok(Some(BatchResult { rows, summary, encoded: None }));
        };
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => none.insert(encoders.encoder()?),
        };
        let is_reprojected = self.coords == QueryCoords::Output;
        if is_reprojected {
            encoder.reproject(&mut batch);
        }
        let answered = self.query.answer_batch(batch, normalizer, &mut summary);
        let encoded = answered.map(|(batch, answers)| match is_reprojected {
            true => encoder.encode_reprojected(batch, answers),
            false => encoder.encode(batch, answers),
        });
        Ok(Some(BatchResult { rows, summary, encoded }))
    }
}

/// A table whose rows are answered, and not yet finished at the output.
#[must_use = "the output appears when it is finished"]
pub struct AnsweredTable<S> {
    /// The counts of the answers.
    pub summary: S,
    /// The table, which is read: its notes and counts are complete.
    pub rows: Rows,
    output: Option<(Writer, WriteOptions)>,
}

impl<S> AnsweredTable<S> {
    /// With a part of the summary.
    pub fn map<T>(self, part: impl FnOnce(S) -> T) -> AnsweredTable<T> {
        AnsweredTable { summary: part(self.summary), rows: self.rows, output: self.output }
    }

    /// Completes the output and gives it its name; nothing if the run writes nothing.
    pub fn finish(self) -> Result<Finished<S>> {
        let written = match self.output {
            Some((writer, options)) => Some(Written { losses: writer.finish()?, options }),
            None => None,
        };
        Ok(Finished { summary: self.summary, rows: self.rows, written })
    }
}

/// A finished run.
pub struct Finished<S> {
    /// The counts of the answers.
    pub summary: S,
    /// The table that was read.
    pub rows: Rows,
    /// The output; `None` if the run writes nothing.
    pub written: Option<Written>,
}

/// A finished output.
pub struct Written {
    /// What the format cannot represent.
    pub losses: Vec<Loss>,
    /// The options it was written with.
    pub options: WriteOptions,
}
