//! Plans, and queries of them.

use std::sync::{Arc, PoisonError};

use arrow_array::{Array, Float64Array, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use corridor_front_end::{Expected, Language, OptionProblem, Options, ParcelChoice, area_methods, read_options};
use numpy::{PyArray1, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use pyo3_arrow::input::{AnyArray, AnyRecordBatch};
use pyo3_arrow::{PyRecordBatchReader, PyTable};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::io::{self, Input, Output, ReadOptions};
use taizhou_corridor::map::page::{PageOptions, PageOverlay, PageOverlayOptions, page};
use taizhou_corridor::map::{self, DataOverlay, MapOptions};
use taizhou_corridor::messages::{Marked, Message};
use taizhou_corridor::plan::{Level, PLAN_GEOJSON, Plan, Severity, UncheckedPlan, check::check};
use taizhou_corridor::plan_io::{self, ExportOptions, OutlineRead};
use taizhou_corridor::query::areas::{Method, areas, by_class, check_property, overlaps};
use taizhou_corridor::query::overlay::{KeepParcels, OverlaidParcels, ParcelSummary};
use taizhou_corridor::report;
use taizhou_corridor::report::Source as ReportSource;
use taizhou_corridor::report::document::{DocumentTarget, ReportFormat};
use taizhou_corridor::report::parcels::ParcelReport;
use taizhou_corridor::run::TableRun;
use taizhou_corridor::table::{CellText, Kind};

use crate::files::{self, Answered, Column, Target, batch_of, geometry_field};
use crate::forked::detached;
use crate::memory::{AnswerStream, Answers, Source};
use crate::options::{is_strict, options_of, outline, threads};
use crate::outlines::geojson;
use crate::problem::{DataProblem, Problem, lang};
use crate::query::{Prepared, Question};
use crate::watch::Watch;

/// A plan or polygon layer.
#[pyclass(frozen, name = "NativePlan")]
pub(crate) struct PyPlan {
    plan: Arc<Plan>,
    notes: Vec<String>,
}

/// Data as Python gives them.
#[derive(FromPyObject)]
pub(crate) enum Data<'py> {
    Path(String),
    /// Two arrays of doubles.
    Arrays((PyReadonlyArray1<'py, f64>, PyReadonlyArray1<'py, f64>)),
    Pair((AnyArray, AnyArray)),
    Table(AnyRecordBatch),
    Column(AnyArray),
}

/// The memory of a NumPy array, which is kept as long as it is used.
struct NumpyMemory(#[allow(dead_code, reason = "kept, not used")] Py<PyArray1<f64>>);

impl std::panic::RefUnwindSafe for NumpyMemory {}

/// A column over the memory of an array; a copy of it if that is not contiguous.
fn column_of_numpy(array: &PyReadonlyArray1<'_, f64>) -> Float64Array {
    let Ok(values) = array.as_slice() else {
        return array.as_array().iter().copied().collect::<Vec<f64>>().into();
    };
    if values.is_empty() {
        return Float64Array::from(Vec::<f64>::new());
    }
    let owner = Arc::new(NumpyMemory((**array).clone().unbind()));
    let start = std::ptr::NonNull::from(values).cast::<u8>();
    // SAFETY: the memory is that of the slice, and its owner is kept by the buffer. As everywhere in Python, the array
    // must not be changed by another thread during the call; the buffer ends with it.
    let buffer = unsafe { Buffer::from_custom_allocation(start, size_of_val(values), owner) };
    Float64Array::new(ScalarBuffer::from(buffer), None)
}

fn reader_of(batches: Vec<RecordBatch>, schema: SchemaRef) -> Box<dyn RecordBatchReader + Send> {
    Box::new(RecordBatchIterator::new(batches.into_iter().map(Ok), schema))
}

/// A table of two columns of coordinates.
fn reader_of_columns(
    x: arrow_array::ArrayRef,
    y: arrow_array::ArrayRef,
) -> Result<Box<dyn RecordBatchReader + Send>, Problem> {
    if x.len() != y.len() {
        return Err(DataProblem::Lengths { x: x.len(), y: y.len() }.into());
    }
    let field = |name: &str, array: &arrow_array::ArrayRef| Field::new(name, array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(vec![field("lon", &x), field("lat", &y)]));
    let batch = RecordBatch::try_new(schema.clone(), vec![x, y])?;
    Ok(reader_of(vec![batch], schema))
}

/// All values of an array in one.
fn concatenated(array: AnyArray) -> Result<arrow_array::ArrayRef, Problem> {
    let (chunks, field) = array.into_chunked_array().map_err(PyErr::from)?.into_inner();
    let chunks: Vec<&dyn Array> = chunks.iter().map(AsRef::as_ref).collect();
    Ok(match chunks.as_slice() {
        [] => arrow_array::new_empty_array(field.data_type()),
        chunks => arrow_select::concat::concat(chunks)?,
    })
}

impl Data<'_> {
    /// A table in memory; none if it is a path.
    fn source(self, geometry: Option<String>, crs: Option<String>) -> Result<Result<Source, String>, Problem> {
        let source = |reader, is_bare| Ok(Ok(Source { reader, geometry, crs, is_bare }));
        match self {
            Data::Path(path) => Ok(Err(path)),
            Data::Arrays((x, y)) => {
                if x.len() != y.len() {
                    return Err(DataProblem::Lengths { x: x.len(), y: y.len() }.into());
                }
                source(reader_of_columns(Arc::new(column_of_numpy(&x)), Arc::new(column_of_numpy(&y)))?, true)
            }
            Data::Pair((x, y)) => source(reader_of_columns(concatenated(x)?, concatenated(y)?)?, true),
            Data::Table(table) => source(table.into_reader()?, false),
            Data::Column(column) => {
                let (chunks, field) = column.into_chunked_array().map_err(PyErr::from)?.into_inner();
                let field = field.as_ref().clone().with_name("geometry").with_nullable(true);
                let schema = Arc::new(Schema::new(vec![field]));
                let batches = chunks
                    .into_iter()
                    .map(|chunk| RecordBatch::try_new(schema.clone(), vec![chunk]))
                    .collect::<Result<Vec<_>, ArrowError>>()?;
                source(reader_of(batches, schema), false)
            }
        }
    }
}

/// An answer: the table, and a dictionary of what there is to say of it.
type Reply<'py> = (Bound<'py, PyTable>, Bound<'py, PyDict>);

fn table_of<'py>(py: Python<'py>, batches: Vec<RecordBatch>, schema: SchemaRef) -> PyResult<Bound<'py, PyTable>> {
    Bound::new(py, PyTable::try_new(batches, schema)?)
}

fn texts_of(messages: &[Message], is_detail: bool) -> Vec<String> {
    let wanted = messages.iter().filter(|message| message.is_detail == is_detail);
    wanted.map(|message| Language::Python.with_own_names(&message.text)).collect()
}

/// The outline in a file or in a table.
fn read_outline(py: Python<'_>, data: Data<'_>, mut options: Options) -> Result<(OutlineRead, String), Problem> {
    let (geometry, crs) = (options.text("geometry")?, options.text("declared-crs")?);
    let (read, outline) = outline(&mut options)?;
    options.finish()?;
    let source = data.source(geometry, crs)?;
    detached(py, || match source {
        Err(path) => Ok((plan_io::read_outline(Input::path(&path), &read, &outline)?, path)),
        Ok(source) => {
            let (json, crs) =
                geojson(source.reader, &read, source.geometry.as_deref(), source.crs.as_deref(), usize::MAX)?;
            let crs = Some(crs).filter(|crs| !crs.coincides(&Crs::Crs84));
            let read = ReadOptions { crs, override_crs: None, layer: None, encoding: None, ..read };
            let input = Input::bytes("table.geojson", json);
            Ok((plan_io::read_outline(input, &read, &outline)?, "table".to_owned()))
        }
    })
}

#[pymethods]
impl PyPlan {
    #[staticmethod]
    fn bundled(py: Python<'_>) -> Result<PyPlan, Problem> {
        Ok(PyPlan { plan: detached(py, || Ok(Arc::new(Plan::bundled())))?, notes: vec![] })
    }

    #[staticmethod]
    fn read(py: Python<'_>, data: Data<'_>, options: &Bound<'_, PyDict>) -> Result<PyPlan, Problem> {
        let (OutlineRead { outline, notes, .. }, name) = read_outline(py, data, options_of(options)?)?;
        let texts = lang().texts();
        let messages = texts.of_notes(&name, &notes, "--crs").into_iter().chain(texts.of_outline(&name, &outline));
        let notes = texts_of(&messages.collect::<Vec<_>>(), false);
        let plan = detached(py, || Ok(outline.into_plan().map_err(|error| error.in_file(name))?))?;
        Ok(PyPlan { plan: Arc::new(plan), notes })
    }

    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    #[getter]
    fn notice(&self) -> Option<String> {
        lang().notice_of(&self.plan)
    }

    /// The name of the plan, and the ids of its features.
    #[getter]
    fn title(&self) -> String {
        let first = self.plan.root().or(self.plan.features().first());
        first.map(|feature| lang().name_of(feature).to_owned()).unwrap_or_default()
    }

    #[getter]
    fn ids(&self) -> Vec<String> {
        self.plan.features().iter().map(|feature| feature.id.clone()).collect()
    }

    fn describe(&self, id: Option<&str>) -> Result<String, Problem> {
        let first = || self.plan.root().or(self.plan.features().first()).map(|feature| feature.id.clone());
        let id = id.map(str::to_owned).or_else(first).unwrap_or_default();
        Ok(report::describe::page(&self.plan, self.plan.find_by_part(&id)?, lang()))
    }

    /// The features: ids, names, levels, parents, all properties, geometries.
    fn features<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyTable>, Problem> {
        let plan = &self.plan;
        let crs = plan.plane().crs().clone();
        let options = ExportOptions { crs: crs.clone(), ..ExportOptions::default() };
        let (schema, batch) = plan_io::plan_table(plan, &options)?;
        let (mut fields, mut columns) = (vec![], vec![]);
        let mut add = |name: &str, kind: Kind, texts: Vec<Option<String>>| -> Result<(), Problem> {
            let mut column = Column::new(kind);
            texts.iter().for_each(|text| column.push(text.as_deref()));
            let array = column.finish()?;
            fields.push(Field::new(name, array.data_type().clone(), true));
            columns.push(array);
            Ok(())
        };
        let parent = |id| {
            let path = plan.path(id);
            path.len().checked_sub(2).map(|place| plan[path[place]].id.clone())
        };
        add("id", Kind::Text, plan.iter().map(|(_, feature)| Some(feature.id.clone())).collect())?;
        add("name", Kind::Text, plan.iter().map(|(_, feature)| Some(feature.name.clone())).collect())?;
        add("name_en", Kind::Text, plan.iter().map(|(_, feature)| feature.name_en.clone()).collect())?;
        let level = |level: Option<Level>| level.map(|level| level.as_str().to_owned());
        add("level", Kind::Text, plan.iter().map(|(_, feature)| level(feature.level)).collect())?;
        add("parent", Kind::Text, plan.iter().map(|(id, _)| parent(id)).collect())?;
        const KNOWN: [&str; 5] = ["id", "name", "name_en", "level", "parent"];
        for (index, field) in schema.fields.iter().enumerate() {
            if KNOWN.contains(&field.name.as_str()) {
                continue;
            }
            let cell = |row: usize| batch.row(row).cell(index).filter(|cell| *cell != CellText::Json("null"));
            let texts = (0..batch.len()).map(|row| cell(row).map(|cell| cell.text().into_owned()));
            add(&field.name, field.kind, texts.collect())?;
        }
        let shapes = (0..batch.len()).map(|row| batch.shape(row).ok().map(|shape| shape.geometry()));
        let wkb = shapes.map(|shape| shape.map(|shape| taizhou_corridor::geometry::encoding::to_wkb(&shape)));
        fields.push(geometry_field("geometry", &crs));
        columns.push(Arc::new(wkb.collect::<arrow_array::BinaryArray>()));
        let schema = Arc::new(Schema::new(fields));
        Ok(table_of(py, vec![RecordBatch::try_new(schema.clone(), columns)?], schema)?)
    }

    /// Answers a question for each row of a table.
    #[pyo3(signature = (command, data, options, progress=None))]
    fn answer<'py>(
        &self,
        py: Python<'py>,
        command: &str,
        data: Data<'py>,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> Result<Reply<'py>, Problem> {
        let mut options = options_of(options)?;
        let question = Question::take(command, &mut options)?;
        let (geometry, crs) = (options.text("geometry")?, options.text("declared-crs")?);
        let (read, fields) = (read_options(&mut options)?, options.texts("fields")?);
        let how = (threads(&mut options)?, is_strict(&mut options)?);
        let (plan, watch) = (self.plan.clone(), Watch::new(progress));
        let source = data.source(geometry, crs)?;
        let is_measured = matches!(&question, Question::Locate(choice) if choice.counts_zones);
        let answered = match source {
            Err(path) => {
                let target = Target::take(&mut options)?;
                options.finish()?;
                detached(py, || files::answer(&plan, &question, &path, &read, &fields, target, (how.0, how.1, &watch)))?
            }
            Ok(source) => {
                options.finish()?;
                detached(py, || answer_in_memory(&plan, &question, source, &read, &fields, how, &watch))?
            }
        };
        let Answered { schema, batches, summary, file, messages } = answered;
        let about = PyDict::new(py);
        about.set_item("summary", summary.json(&self.plan))?;
        about.set_item("sentence", summary.sentence(&file, is_measured, lang()))?;
        about.set_item("notice", if command == "read" { None } else { lang().notice_of(&self.plan) })?;
        about.set_item("notes", texts_of(&messages, false))?;
        about.set_item("details", texts_of(&messages, true))?;
        Ok((table_of(py, batches, schema)?, about))
    }

    /// Answers a question for each row of a table as a stream, computed as it is read.
    fn stream<'py>(
        &self,
        py: Python<'py>,
        command: &str,
        data: Data<'py>,
        options: &Bound<'py, PyDict>,
    ) -> Result<Bound<'py, PyRecordBatchReader>, Problem> {
        let mut options = options_of(options)?;
        let question = Question::take(command, &mut options)?;
        let (geometry, crs) = (options.text("geometry")?, options.text("declared-crs")?);
        let (read, fields) = (read_options(&mut options)?, options.texts("fields")?);
        let how = (threads(&mut options)?, is_strict(&mut options)?);
        options.finish()?;
        let source = data
            .source(geometry, crs)?
            .map_err(|_| OptionProblem::Bad { name: "stream".to_owned(), expected: Expected::OneOf(vec!["False"]) })?;
        let answers = Answers::new(&self.plan, &question, source, &read, &fields, how)?;
        Ok(Bound::new(py, PyRecordBatchReader::new(Box::new(AnswerStream(answers))))?)
    }

    /// A prepared `locate` for batches of coordinates, as engines pass them.
    fn locator(&self, column: &str, options: &Bound<'_, PyDict>) -> Result<PyLocator, Problem> {
        let crs = options_of(options)?.crs("crs")?.unwrap_or(Crs::Crs84);
        let with_column = options.copy()?;
        with_column.del_item("crs").ok();
        with_column.set_item("columns", column)?;
        let mut taken = options_of(&with_column)?;
        let question = Question::take("locate", &mut taken)?;
        taken.finish()?;
        let prepared = Arc::new(Prepared::of(&self.plan, &question, &crs, None)?);
        Ok(PyLocator { plan: self.plan.clone(), question, crs, prepared })
    }

    fn areas<'py>(&self, py: Python<'py>, options: &Bound<'py, PyDict>) -> Result<Bound<'py, PyTable>, Problem> {
        let mut options = options_of(options)?;
        let methods = area_methods(&mut options)?;
        let (with_overlaps, by) = (options.flag("overlaps")?, options.text("by")?);
        options.finish()?;
        let plan = &self.plan;
        let batch = if with_overlaps {
            let (areas, overlaps) = (areas(plan, &[Method::Ellipsoid])?, overlaps(plan));
            batch_of(&report::areas::overlap_records(plan, &areas, &overlaps))?
        } else if let Some(property) = by {
            check_property(plan, &property)?;
            let classes = by_class(plan, &areas(plan, &methods)?, &property);
            batch_of(&report::areas::class_records(&classes))?
        } else {
            batch_of(&report::areas::records(plan, &areas(plan, &methods)?))?
        };
        let schema = batch.schema();
        Ok(table_of(py, vec![batch], schema)?)
    }

    /// The report on the parcels of a file.
    fn report<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        output: &str,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> Result<Bound<'py, PyDict>, Problem> {
        const FORMATS: [(&str, ReportFormat); 4] = [
            ("html", ReportFormat::Html),
            ("md", ReportFormat::Markdown),
            ("xlsx", ReportFormat::Workbook),
            ("docx", ReportFormat::Docx),
        ];
        let mut options = options_of(options)?;
        let question = ParcelChoice::take(&mut options)?;
        let read = ReadOptions { prefers_wkt: true, ..read_options(&mut options)? };
        let format = options.one_of("format", &FORMATS, |(name, _)| name)?;
        let ending = std::path::Path::new(output).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let unknown = || taizhou_corridor::Error::new(ErrorKind::UnknownReportFormat(output.to_owned()));
        let format =
            format.map(|(_, format)| format).or_else(|| ReportFormat::of_ending(ending)).ok_or_else(unknown)?;
        let (is_strict, overwrites) = (is_strict(&mut options)?, options.flag("overwrite")?);
        options.finish()?;
        let (plan, watch, lang) = (self.plan.clone(), Watch::new(progress), lang());
        let (summary, sentence) = detached(py, || -> Result<_, Problem> {
            let rows = io::open(Input::path(path), &read)?;
            let options = question.parcel_columns.of(&rows)?;
            let overlayer = question.overlayer(&plan, &rows.crs(), options.stated);
            let mut parcels = ParcelSummary::new(overlayer.overlayer(), options);
            let target = DocumentTarget::new(Output::create(output, overwrites)?, format);
            let mut report = ParcelReport::new(target, &parcels, lang)?;
            let query = KeepParcels(&overlayer);
            let mut stopped = None;
            let take = |found: &mut OverlaidParcels| {
                if let Err(problem) = watch.rows(0) {
                    stopped = Some(problem);
                    return Err(taizhou_corridor::Error::new(ErrorKind::Empty));
                }
                found.batches.drain(..).try_for_each(|(batch, of_batch)| {
                    parcels.add(&batch, &of_batch);
                    report.add(&batch, &of_batch, &parcels)
                })
            };
            let done = TableRun::new(rows, &query).strict(is_strict).on_batch(take).run();
            if let Some(problem) = stopped {
                return Err(problem);
            }
            let finished = done?.finish()?;
            let (rows, found) = (&finished.rows, &finished.summary.counts);
            let name = std::path::Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
            let source = ReportSource {
                file: name.unwrap_or_default(),
                format: rows.format().to_string(),
                crs: lang.texts().system_of(&rows.crs(), rows.overridden_crs()),
                ..ReportSource::default()
            };
            let class = question.parcel_columns.class.as_deref();
            report.finish(&source, &parcels, overlayer.overlayer(), found, class)?.commit()?;
            Ok((report::summary::overlay(&plan, found), lang.texts().overlay_summary(rows.file(), found)))
        })?;
        let about = PyDict::new(py);
        about.set_item("summary", summary)?;
        about.set_item("sentence", sentence)?;
        Ok(about)
    }

    /// A drawing as SVG of the plan, and of data over it.
    #[pyo3(signature = (data=None, options=None))]
    fn svg(
        &self,
        py: Python<'_>,
        data: Option<Data<'_>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<String, Problem> {
        const MAX_ROWS: usize = 20_000;
        let map_options = MapOptions { lang: lang(), ..MapOptions::default() };
        let shown = data.map(|data| Shown::of(data, options)).transpose()?;
        detached(py, || {
            let Some(shown) = shown else { return Ok(map::draw(&self.plan, None, &map_options)?.svg) };
            let (mut rows, mut layer) = (shown.open(MAX_ROWS)?, DataOverlay::new(&self.plan));
            while let Some(batch) = rows.next_batch()? {
                layer.add(&batch);
            }
            Ok(map::draw(&self.plan, Some(&layer), &map_options)?.svg)
        })
    }

    /// The page with the plan, and with data over it.
    #[pyo3(signature = (data=None, options=None))]
    fn page(
        &self,
        py: Python<'_>,
        data: Option<Data<'_>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<String, Problem> {
        let page_options = PageOptions { lang: lang(), ..PageOptions::default() };
        let shown = data.map(|data| Shown::of(data, options)).transpose()?;
        detached(py, || {
            let Some(shown) = shown else { return Ok(page(&self.plan, None, &page_options)?) };
            let layer = PageOverlay::read(&mut shown.open(usize::MAX)?, &self.plan, &PageOverlayOptions::default())?;
            Ok(page(&self.plan, Some(&layer), &page_options)?)
        })
    }
}

/// Data that are shown on a map.
struct Shown {
    source: Result<Source, String>,
    read: ReadOptions,
}

impl Shown {
    fn of(data: Data<'_>, options: Option<&Bound<'_, PyDict>>) -> Result<Shown, Problem> {
        let (mut geometry, mut crs, mut read) = (None, None, ReadOptions::default());
        if let Some(options) = options {
            let mut options = options_of(options)?;
            (geometry, crs) = (options.text("geometry")?, options.text("declared-crs")?);
            read = read_options(&mut options)?;
            options.finish()?;
        }
        Ok(Shown { source: data.source(geometry, crs)?, read })
    }

    /// The data as rows of the library; of a table in memory, at most so many.
    fn open(self, max_rows: usize) -> Result<io::Rows, Problem> {
        let Shown { source, read } = self;
        match source {
            Err(path) => Ok(io::open(Input::path(path), &read)?),
            Ok(source) => {
                let (json, crs) =
                    geojson(source.reader, &read, source.geometry.as_deref(), source.crs.as_deref(), max_rows)?;
                let crs = Some(crs).filter(|crs| !crs.coincides(&Crs::Crs84));
                Ok(io::open(Input::bytes("table.geojson", json), &ReadOptions { crs, ..ReadOptions::default() })?)
            }
        }
    }
}

fn answer_in_memory(
    plan: &Arc<Plan>,
    question: &Question,
    source: Source,
    read: &ReadOptions,
    fields: &[String],
    how: (Option<usize>, bool),
    watch: &Watch,
) -> Result<Answered, Problem> {
    let mut answers = Answers::new(plan, question, source, read, fields, how)?;
    let (mut batches, mut done) = (vec![], 0);
    while let Some(batch) = answers.next_batch()? {
        batches.push(batch);
        if answers.rows_read() > done {
            watch.rows(answers.rows_read() - done)?;
            done = answers.rows_read();
        }
    }
    let summary = std::mem::take(&mut *answers.summary().lock().unwrap_or_else(PoisonError::into_inner));
    let file = crate::source::TABLE.to_owned();
    let mut messages = vec![];
    use taizhou_corridor::query::QuerySummary;
    if summary.invalid().count > 0 {
        let text = lang().texts().invalid_rows(&file, summary.invalid().count, summary.rows(), Marked::Reason);
        messages.push(Message { text, is_detail: false });
    }
    Ok(Answered { schema: answers.schema(), batches, summary, file, messages })
}

/// A prepared `locate` of one column.
#[pyclass(frozen)]
pub(crate) struct PyLocator {
    plan: Arc<Plan>,
    question: Question,
    crs: Crs,
    prepared: Arc<Prepared>,
}

#[pymethods]
impl PyLocator {
    /// The answers for two arrays of coordinates: text, or numbers.
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        x: AnyArray,
        y: AnyArray,
    ) -> Result<Bound<'py, pyo3_arrow::PyArray>, Problem> {
        let reader = reader_of_columns(concatenated(x)?, concatenated(y)?)?;
        let source = Source { reader, geometry: None, crs: None, is_bare: true };
        let read = ReadOptions {
            crs: Some(self.crs.clone()),
            lon_field: Some("lon".to_owned()),
            lat_field: Some("lat".to_owned()),
            ..ReadOptions::default()
        };
        let array = detached(py, || -> Result<_, Problem> {
            let mut answers = {
                let prepared = Some(self.prepared.clone());
                Answers::prepared(&self.plan, &self.question, source, &read, &[], (None, false), prepared)?
            };
            let mut arrays = vec![];
            while let Some(batch) = answers.next_batch()? {
                let column = batch.column(0);
                arrays.push(match column.data_type() {
                    DataType::Dictionary(..) => arrow_cast::cast(column, &DataType::Utf8)?,
                    _ => column.clone(),
                });
            }
            let refs: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
            let kind = match answers.schema().field(0).data_type() {
                DataType::Dictionary(..) => DataType::Utf8,
                kind => kind.clone(),
            };
            Ok(if refs.is_empty() { arrow_array::new_empty_array(&kind) } else { arrow_select::concat::concat(&refs)? })
        })?;
        Ok(Bound::new(py, pyo3_arrow::PyArray::from_array_ref(array))?)
    }
}

/// What is wrong with an outline; the bundled one without data.
#[pyfunction]
#[pyo3(signature = (data, options))]
pub(crate) fn check_outline<'py>(
    py: Python<'py>,
    data: Option<Data<'py>>,
    options: &Bound<'py, PyDict>,
) -> Result<Reply<'py>, Problem> {
    let own = options.copy()?;
    let tolerance = options_of(options)?.amount("area-tolerance")?;
    own.del_item("area_tolerance").ok();
    let (outline, notes) = match data {
        Some(data) => {
            let (read, name) = read_outline(py, data, options_of(&own)?)?;
            let messages = lang().texts().of_notes(&name, &read.notes, "--crs");
            (read.outline, texts_of(&messages, false))
        }
        None => (detached(py, || Ok(UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?))?, vec![]),
    };
    let findings = detached(py, || Ok(check(&outline, tolerance)))?;
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    let about = PyDict::new(py);
    let summary = serde_json::json!({ "errors": errors, "warnings": warnings, "infos": infos });
    about.set_item("summary", summary.to_string())?;
    about.set_item("sentence", lang().texts().finding_count(errors, warnings, infos))?;
    about.set_item("notes", notes)?;
    about.set_item("details", PyList::empty(py))?;
    about.set_item("notice", py.None())?;
    let batch = batch_of(&report::check::records(&findings))?;
    let schema = batch.schema();
    Ok((table_of(py, vec![batch], schema)?, about))
}
