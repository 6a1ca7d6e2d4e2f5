//! Answers for tables in memory: batches in, batches out, in the order of the table.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader, UInt32Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::take::take;
use geo::Coord;
use rayon::ThreadPool;
use rayon::prelude::*;
use taizhou_corridor::crs::{AxisOrder, Crs};
use taizhou_corridor::error::{Error, ErrorKind};
use taizhou_corridor::geometry::encoding::to_wkb;
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::plan::{FeatureId, Plan};
use taizhou_corridor::query::locate::{Answer, LocateColumn};
use taizhou_corridor::query::{QuerySummary, TableQuery};
use taizhou_corridor::table::{Batch, Value};
use taizhou_corridor::units::AreaUnit;

use crate::answers::AnswerColumns;
use crate::forked::{is_forked, own_threads};
use crate::problem::Problem;
use crate::query::{Prepared, Question, Summary};
use crate::source::{Geometries, Layout, TABLE};

/// A table in memory.
pub(crate) struct Source {
    pub(crate) reader: Box<dyn RecordBatchReader + Send>,
    /// The name of the geometry column, and the system, if they are known apart from the schema.
    pub(crate) geometry: Option<String>,
    pub(crate) crs: Option<String>,
    /// Whether the answers stand alone, without the columns of the table.
    pub(crate) is_bare: bool,
}

/// The answers for a table in memory, batch by batch.
pub(crate) struct Answers {
    answerer: Answerer,
    /// None once it has ended: not every stream may be asked again.
    reader: Option<Box<dyn RecordBatchReader + Send>>,
    pool: Option<ThreadPool>,
    threads: usize,
    rows_at_once: usize,
    is_strict: bool,
    /// What is left of the last batch.
    rest: Option<RecordBatch>,
    row_count: u64,
    ready: VecDeque<RecordBatch>,
    summary: Arc<Mutex<Summary>>,
}

/// Answers batches in any thread.
struct Answerer {
    prepared: Arc<Prepared>,
    layout: Layout,
    columns: AnswerColumns,
    schema: SchemaRef,
    /// The columns of the table that are kept.
    kept: Vec<usize>,
    is_numbered: bool,
    changes_geometries: bool,
}

impl Answers {
    pub(crate) fn new(
        plan: &Arc<Plan>,
        question: &Question,
        source: Source,
        options: &ReadOptions,
        fields: &[String],
        (threads, is_strict): (Option<usize>, bool),
    ) -> Result<Answers, Problem> {
        Answers::prepared(plan, question, source, options, fields, (threads, is_strict), None)
    }

    /// The same with a question that is prepared already for tables of the same system.
    pub(crate) fn prepared(
        plan: &Arc<Plan>,
        question: &Question,
        source: Source,
        options: &ReadOptions,
        fields: &[String],
        (threads, is_strict): (Option<usize>, bool),
        prepared: Option<Arc<Prepared>>,
    ) -> Result<Answers, Problem> {
        let Source { reader, geometry, crs, is_bare } = source;
        let schema = reader.schema();
        let layout = Layout::of(&schema, options, geometry.as_deref(), crs.as_deref())?;
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let index_of = |name: &str| {
            let unknown = || {
                let kind = ErrorKind::UnknownColumn { name: name.to_owned(), columns: names.clone() };
                Error::new(kind).in_file(TABLE)
            };
            names.iter().position(|known| known == name).ok_or_else(unknown)
        };
        let cell = question.table_columns().map(index_of).transpose()?;
        let stated = match question {
            Question::Overlay(question) if question.parcel_columns.stated_area.is_some() => {
                let name = question.parcel_columns.stated_area.clone().unwrap_or_default();
                let unit = question.parcel_columns.stated_unit;
                let unit = unit.or_else(|| AreaUnit::at_end_of(&name).map(|(_, unit)| unit));
                let none = || Error::new(ErrorKind::NoUnit { column: name.clone() }).in_file(TABLE);
                Some((0, unit.ok_or_else(none)?))
            }
            _ => None,
        };
        let layout = layout.with_cells(&schema, &cell.into_iter().collect::<Vec<_>>());
        let prepared = match prepared {
            Some(prepared) => prepared,
            None => Arc::new(Prepared::of(plan, question, &layout.crs, stated)?),
        };
        let kept: Vec<usize> = match (is_bare, fields) {
            (true, _) => vec![],
            (false, []) => (0..names.len()).collect(),
            (false, fields) => fields.iter().map(|name| index_of(name)).collect::<Result<_, _>>()?,
        };
        let changes_geometries = question.changes_geometries();
        let kept_names: Vec<String> = kept.iter().map(|&column| names[column].clone()).collect();
        let columns = prepared.with_dependent(|_, query| AnswerColumns::new(plan, &query.fields(), &kept_names));
        let own = kept.iter().map(|&column| {
            let field = schema.field(column).clone();
            match changes_geometries && layout.geometry_column() == Some(column) {
                true => field.with_data_type(written_type(&layout)).with_nullable(true),
                false => field,
            }
        });
        let all: Vec<Field> = own.chain(columns.fields()).collect();
        let metadata = if is_bare { Default::default() } else { schema.metadata().clone() };
        let answerer = Answerer {
            prepared,
            layout,
            columns,
            schema: Arc::new(Schema::new_with_metadata(all, metadata)),
            kept,
            is_numbered: question.is_numbered(),
            changes_geometries,
        };
        let pool = match threads {
            Some(threads) => Some(own_threads(threads)?),
            None if is_forked() => Some(own_threads(0)?),
            None => None,
        };
        let threads = pool.as_ref().map_or_else(rayon::current_num_threads, ThreadPool::current_num_threads);
        Ok(Answers {
            answerer,
            reader: Some(reader),
            pool,
            threads,
            rows_at_once: question.rows_at_once(),
            is_strict,
            rest: None,
            row_count: 0,
            ready: VecDeque::new(),
            summary: Arc::default(),
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.answerer.schema.clone()
    }

    /// The counts so far.
    pub(crate) fn summary(&self) -> Arc<Mutex<Summary>> {
        self.summary.clone()
    }

    /// The number of rows that are read.
    pub(crate) fn rows_read(&self) -> u64 {
        self.row_count
    }

    /// The next rows, not too many.
    fn next_rows(&mut self) -> Result<Option<(u64, RecordBatch)>, Problem> {
        let batch = loop {
            let next = match self.rest.take() {
                Some(rest) => rest,
                None => match self.reader.as_mut().and_then(Iterator::next) {
                    Some(batch) => batch?,
                    None => {
                        self.reader = None;
                        return Ok(None);
                    }
                },
            };
            if next.num_rows() > 0 {
                break next;
            }
        };
        let count = batch.num_rows().min(self.rows_at_once);
        if count < batch.num_rows() {
            self.rest = Some(batch.slice(count, batch.num_rows() - count));
        }
        let first = self.row_count + 1;
        self.row_count += count as u64;
        Ok(Some((first, batch.slice(0, count))))
    }

    /// The next answers; `None` at the end.
    pub(crate) fn next_batch(&mut self) -> Result<Option<RecordBatch>, Problem> {
        // Enough for all threads, and few enough to be interrupted soon.
        const BATCHES_PER_THREAD: usize = 4;
        while self.ready.is_empty() {
            let mut waiting = vec![];
            while waiting.len() < BATCHES_PER_THREAD * self.threads {
                match self.next_rows()? {
                    Some(rows) => waiting.push(rows),
                    None => break,
                }
            }
            let Some((_, first)) = waiting.first() else { return Ok(None) };
            if self.answerer.layout.order == AxisOrder::Auto {
                // The first row decides.
                let read = self.answerer.layout.batch(&first.slice(0, first.num_rows().min(1000)), 1, false)?;
                self.answerer.layout.order = read.map_or(AxisOrder::Auto, |(_, normalizer)| normalizer.axis_order());
            }
            let answerer = &self.answerer;
            let answer = || -> Vec<_> {
                waiting.par_iter().map(|(first_row, rows)| answerer.answer(rows, *first_row)).collect()
            };
            let answered = match &self.pool {
                Some(pool) => pool.install(answer),
                None => answer(),
            };
            for answer in answered {
                let (batch, summary) = answer?;
                if self.is_strict {
                    summary.invalid().as_result().map_err(|error| error.in_file(TABLE))?;
                }
                self.summary.lock().unwrap_or_else(PoisonError::into_inner).append(summary);
                self.ready.extend(batch);
            }
        }
        Ok(self.ready.pop_front())
    }
}

impl Answerer {
    fn answer(&self, rows: &RecordBatch, first_row: u64) -> Result<(Option<RecordBatch>, Summary), Problem> {
        let mut summary = Summary::default();
        if let Some(points) = self.points_in_plane(rows)
            && let Some(answered) = self.classified(rows, points, &mut summary)?
        {
            return Ok((Some(answered), summary));
        }
        let Some((batch, normalizer)) = self.layout.batch(rows, first_row, self.is_numbered)? else {
            return Ok((None, summary));
        };
        let answered = self.prepared.with_dependent(|_, query| {
            let Some((batch, answers)) = query.answer_batch(batch, Some(&normalizer), &mut summary) else {
                return Ok(None);
            };
            let (indices, arrays) = self.columns.arrays(&answers)?;
            self.joined(rows, &batch, indices, arrays).map(Some)
        });
        answered.map(|batch: Option<RecordBatch>| (batch, summary))
    }

    /// The coordinates, if all are usable as they are: degrees in range, for a plan in degrees.
    fn points_in_plane(&self, rows: &RecordBatch) -> Option<impl ExactSizeIterator<Item = Coord<f64>> + use<>> {
        let Geometries::Columns(x, y) = self.layout.geometries else { return None };
        let is_plain = self.layout.crs.coincides(&Crs::Crs84) && self.prepared.borrow_owner().plane().is_lon_lat();
        if !is_plain || self.layout.order != AxisOrder::EastNorth {
            return None;
        }
        let axis = |column: usize, max: f64| -> Option<ScalarBuffer<f64>> {
            let array = rows.column(column).as_primitive_opt::<Float64Type>()?;
            let is_usable = array.null_count() == 0 && array.values().iter().all(|value| value.abs() <= max);
            is_usable.then(|| array.values().clone())
        };
        let (x, y) = (axis(x, 180.0)?, axis(y, 90.0)?);
        Some((0..x.len()).map(move |row| Coord { x: x[row], y: y[row] }))
    }

    /// The answers for points without a distance, which points in the same zones share: a few times as fast as one by
    /// one, since no row becomes a row of the library. None if the question needs more than the zones.
    fn classified(
        &self,
        rows: &RecordBatch,
        points: impl ExactSizeIterator<Item = Coord<f64>>,
        summary: &mut Summary,
    ) -> Result<Option<RecordBatch>, Problem> {
        let plan = self.prepared.borrow_owner();
        self.prepared.with_dependent(|_, query| {
            let Some((locator, columns)) = query.shared_answers() else { return Ok(None) };
            let distinct = locator.classify(points.map(Some));
            let values: Vec<Vec<Value<'_>>> = distinct
                .answers
                .iter()
                .flatten()
                .map(|answer| columns.iter().map(|&column| value_of(plan, answer, column)).collect())
                .collect();
            let mut counts = vec![0_u64; distinct.answers.len()];
            distinct.of_points.iter().for_each(|&answer| counts[answer as usize] += 1);
            for (answer, count) in distinct.answers.iter().flatten().zip(counts) {
                summary.add_located(answer.position, count);
            }
            let values: Vec<&[Value<'_>]> = values.iter().map(Vec::as_slice).collect();
            let mut all: Vec<ArrayRef> = self.kept.iter().map(|&column| rows.column(column).clone()).collect();
            all.extend(self.columns.of_tuples(&distinct.of_points, &values)?);
            Ok(Some(RecordBatch::try_new(self.schema.clone(), all)?))
        })
    }

    /// The rows with their answers.
    fn joined(
        &self,
        rows: &RecordBatch,
        batch: &Batch,
        indices: UInt32Array,
        answers: Vec<ArrayRef>,
    ) -> Result<RecordBatch, Problem> {
        // Pieces are rows of their own, which know their parcel.
        let of_rows: UInt32Array = if self.is_numbered {
            let last = self.layout.cells.len();
            let number =
                |row: &u32| batch.row(*row as usize).cell(last).and_then(|cell| cell.text().parse::<u32>().ok());
            indices.values().iter().map(number).collect()
        } else {
            indices.clone()
        };
        let is_each_once =
            of_rows.len() == rows.num_rows() && of_rows.values().iter().copied().eq(0..rows.num_rows() as u32);
        let mut columns: Vec<ArrayRef> = vec![];
        for &column in &self.kept {
            let array = rows.column(column);
            columns.push(if self.changes_geometries && self.layout.geometry_column() == Some(column) {
                self.geometries(batch, &indices)
            } else if is_each_once {
                array.clone()
            } else {
                take(array, &of_rows, None)?
            });
        }
        columns.extend(answers);
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(indices.len()));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?)
    }

    /// The geometries of a batch, for each of these rows.
    fn geometries(&self, batch: &Batch, rows: &UInt32Array) -> ArrayRef {
        let shapes = rows.values().iter().map(|&row| batch.shape(row as usize).ok());
        if self.layout.geometries == (Geometries::Wkt(self.layout.geometry_column().unwrap_or_default())) {
            let mut texts = StringBuilder::new();
            shapes.for_each(|shape| texts.append_option(shape.map(|shape| shape.wkt())));
            return Arc::new(texts.finish());
        }
        let mut bytes = BinaryBuilder::new();
        shapes.for_each(|shape| bytes.append_option(shape.map(|shape| to_wkb(&shape.geometry()))));
        Arc::new(bytes.finish())
    }
}

/// What a column of `locate` has for an answer without a distance.
fn value_of<'p>(plan: &'p Plan, answer: &Answer, column: LocateColumn) -> Value<'p> {
    let id = |id: Option<FeatureId>| Value::text(id.map(|id| plan[id].id.as_str()));
    let joined = |ids: &[FeatureId], separator: &str| {
        let ids: Vec<&str> = ids.iter().map(|&id| plan[id].id.as_str()).collect();
        Value::text(Some(ids.join(separator)))
    };
    match column {
        LocateColumn::Position => Value::text(Some(answer.position.as_str())),
        LocateColumn::Zone => id(answer.zone),
        LocateColumn::ZoneName => Value::text(answer.zone.map(|id| plan[id].name.as_str())),
        LocateColumn::Cluster => id(answer.cluster),
        LocateColumn::Path => answer.most_specific.map_or(Value::Null, |id| joined(&plan.path(id), "/")),
        LocateColumn::BoundaryOf if !answer.boundary_of.is_empty() => joined(&answer.boundary_of, ";"),
        _ => Value::Null,
    }
}

/// The type of a geometry column that is written anew.
fn written_type(layout: &Layout) -> DataType {
    if matches!(layout.geometries, Geometries::Wkt(_)) { DataType::Utf8 } else { DataType::Binary }
}

/// Answers as an Arrow stream, computed as they are read.
pub(crate) struct AnswerStream(pub(crate) Answers);

impl Iterator for AnswerStream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.0.next_batch().map_err(|problem| {
            let error: pyo3::PyErr = problem.into();
            ArrowError::ExternalError(error.to_string().into())
        });
        next.transpose()
    }
}

impl RecordBatchReader for AnswerStream {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}
