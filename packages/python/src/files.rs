//! Answers for tables in files, as Arrow or in files.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef};
use arrow_select::take::take;
use corridor_front_end::Options;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{Error, ErrorKind};
use taizhou_corridor::geometry::encoding::to_wkb;
use taizhou_corridor::io::{self, Format, Input, Loss, Output, ReadOptions, RowWriter, WriteOptions, Writer};
use taizhou_corridor::messages::{Marked, Message};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::{QuerySummary, TableQuery};
use taizhou_corridor::report::Records;
use taizhou_corridor::run::{TableRun, answer_format, check_read_options, check_write_options};
use taizhou_corridor::table::{AnswerTable, Batch, Field, GeometrySource, Kind, Schema, distinct_names};

use crate::answers::AnswerColumns;
use crate::problem::{Problem, lang};
use crate::query::{Prepared, Question, Summary};
use crate::watch::Watch;

/// Where the answers for a file go.
pub(crate) enum Target {
    /// To Arrow, in a system.
    Arrow { crs: Option<Crs>, decimals: Option<usize> },
    /// To a file.
    File { output: String, options: Box<WriteOptions>, format: Option<Format>, overwrites: bool },
}

impl Target {
    /// The target that options name: a file if there is an output.
    pub(crate) fn take(options: &mut Options) -> Result<Target, Problem> {
        let (crs, decimals) =
            (options.crs("to-crs")?, options.whole_number("precision", 0, 15)?.map(|decimals| decimals as usize));
        let Some(output) = options.text("output")? else { return Ok(Target::Arrow { crs, decimals }) };
        let format = options.format("format")?;
        let write = WriteOptions {
            crs,
            decimals,
            encoding: options.output_encoding("encoding")?,
            for_excel: options.flag("excel")?,
            layer: options.text("to-layer")?,
            ..WriteOptions::new(Format::CSV)
        };
        Ok(Target::File { output, options: Box::new(write), format, overwrites: options.flag("overwrite")? })
    }
}

/// The answers for a file.
pub(crate) struct Answered {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) summary: Summary,
    pub(crate) file: String,
    pub(crate) messages: Vec<Message>,
}

/// Answers a question for the table in a file.
pub(crate) fn answer(
    plan: &Arc<Plan>,
    question: &Question,
    path: &str,
    options: &ReadOptions,
    fields: &[String],
    target: Target,
    (threads, is_strict, watch): (Option<usize>, bool, &Watch),
) -> Result<Answered, Problem> {
    let texts = lang().texts();
    let options = ReadOptions { prefers_wkt: question.prefers_wkt(), ..options.clone() };
    let rows = io::open(Input::path(path), &options)?;
    check_read_options(&rows, &options)?;
    if let Some(name) = question.table_columns() {
        taizhou_corridor::run::column_of(&rows, name)?;
    }
    let mut messages = texts.of_opened(&rows);
    let stated = match question {
        Question::Overlay(question) => question.parcel_columns.of(&rows)?.stated,
        _ => None,
    };
    let prepared = Prepared::of(plan, question, &rows.crs(), stated)?;
    let collected = Arc::new(Mutex::new(Collected::default()));
    let output = match &target {
        Target::File { output, .. } => output.clone(),
        Target::Arrow { .. } => String::new(),
    };
    let finished = prepared.with_dependent(|_, query| -> Result<_, Problem> {
        let answer_format = answer_format(&rows);
        let mut run = TableRun::new(rows, query).strict(is_strict);
        if let Some(threads) = threads {
            run = run.with_threads(threads);
        }
        if !fields.is_empty() {
            run = run.only_fields(fields)?;
        }
        messages.extend(texts.of_added(&query.fields(), run.added_fields()));
        run = match target {
            Target::File { output, options, format, overwrites } => {
                let format = match format {
                    Some(format) => format,
                    None => Format::of_path(Path::new(&output)).or_else(|error| {
                        if Path::new(&output).extension().is_none() { Ok(answer_format) } else { Err(error) }
                    })?,
                };
                let options = WriteOptions { format, ..*options };
                check_write_options(&options)?;
                run.write(Output::create(&output, overwrites)?, options)?
            }
            Target::Arrow { crs, decimals } => {
                // A format that holds any system and any column.
                let options = WriteOptions { crs, decimals, ..WriteOptions::new(Format::FLATGEOBUF) };
                let collected = collected.clone();
                run.write_with(options, |schema, added, options| {
                    Writer::new(Box::new(ArrowWriter::new(plan, schema, added, options, collected)), options)
                })?
            }
        };
        let stopped: RefCell<Option<Problem>> = RefCell::new(None);
        let done = run
            .on_batch(|summary| {
                watch.rows(summary.rows()).map_err(|problem| {
                    *stopped.borrow_mut() = Some(problem);
                    Error::new(ErrorKind::Empty)
                })
            })
            .run();
        let answered = match (done, stopped.into_inner()) {
            (_, Some(problem)) => return Err(problem),
            (done, None) => done?,
        };
        Ok(answered.finish()?)
    })?;
    let file = finished.rows.file().to_owned();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    messages.extend(texts.of_run(&finished, &output, invalid));
    if let Some(found) = finished.summary.of_overlay() {
        messages.extend(texts.of_changes(&file, found));
    }
    let collected = std::mem::take(&mut *collected.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(problem) = collected.problem {
        return Err(problem);
    }
    let (schema, batches) = collected.with_numbers()?;
    Ok(Answered { schema, batches, summary: finished.summary, file, messages })
}

/// What a writer has collected.
#[derive(Default)]
struct Collected {
    schema: Option<SchemaRef>,
    batches: Vec<RecordBatch>,
    /// The columns of coordinates, which are texts in a text file.
    coordinates: Vec<usize>,
    problem: Option<Problem>,
}

impl Collected {
    /// The batches with the columns of coordinates as numbers, if all of them are plain numbers.
    fn with_numbers(self) -> Result<(SchemaRef, Vec<RecordBatch>), Problem> {
        let Collected { schema, mut batches, coordinates, .. } = self;
        let mut schema = schema.unwrap_or_else(|| Arc::new(ArrowSchema::empty()));
        for column in coordinates {
            let number = |text: Option<&str>| match text.map(str::trim) {
                None | Some("") => Some(None),
                Some(text) => text.parse::<f64>().ok().map(Some),
            };
            let numbers = |batch: &RecordBatch| -> Option<Float64Array> {
                batch
                    .column(column)
                    .as_string_opt::<i32>()?
                    .iter()
                    .map(number)
                    .collect::<Option<Vec<_>>>()
                    .map(Into::into)
            };
            let Some(arrays) = batches.iter().map(numbers).collect::<Option<Vec<_>>>() else { continue };
            let mut fields: Vec<ArrowField> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
            fields[column] = fields[column].clone().with_data_type(DataType::Float64);
            schema = Arc::new(ArrowSchema::new_with_metadata(fields, schema.metadata().clone()));
            for (batch, array) in batches.iter_mut().zip(arrays) {
                let mut columns = batch.columns().to_vec();
                columns[column] = Arc::new(array);
                *batch = RecordBatch::try_new(schema.clone(), columns)?;
            }
        }
        Ok((schema, batches))
    }
}

/// Collects rows as Arrow batches: the columns of the table, its geometries as WKB, and the answers.
struct ArrowWriter {
    schema: Schema,
    kinds: Vec<Kind>,
    answers: AnswerColumns,
    arrow: SchemaRef,
    /// The places of written coordinates among the columns, if they are not those of the file.
    written: Option<[usize; 2]>,
    has_geometry: bool,
    collected: Arc<Mutex<Collected>>,
}

impl ArrowWriter {
    fn new(
        plan: &Plan,
        schema: &Schema,
        added: &[Field],
        options: &WriteOptions,
        collected: Arc<Mutex<Collected>>,
    ) -> ArrowWriter {
        let attributes = schema.attributes();
        let mut names = distinct_names(&attributes.iter().map(|field| field.name.clone()).collect::<Vec<_>>());
        let has_geometry = schema.has_geometry() && !schema.drops_geometry;
        let crs = options.written_crs();
        let mut fields: Vec<ArrowField> = names
            .iter()
            .zip(&attributes)
            .map(|(name, field)| ArrowField::new(name, arrow_type(field.kind), true))
            .collect();
        if has_geometry {
            let name = taizhou_corridor::table::unused_name("geometry", &names);
            fields.push(geometry_field(&name, &crs));
            names.push(name);
        }
        let answers = AnswerColumns::new(plan, added, &names);
        fields.extend(answers.fields());
        let place = |column: usize| {
            let name = &schema.fields[column].name;
            attributes.iter().position(|field| field.name == *name)
        };
        let coordinates = match schema.geometry_source {
            GeometrySource::Columns(x, y) => place(x).zip(place(y)).map(|(x, y)| [x, y]),
            _ => None,
        };
        let is_moved = !crs.coincides(&options.source_crs) || options.decimals.is_some();
        let arrow = Arc::new(ArrowSchema::new(fields));
        {
            let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
            collected.schema = Some(arrow.clone());
            let is_text = |column: &usize| matches!(arrow_type(attributes[*column].kind), DataType::Utf8);
            collected.coordinates = coordinates.into_iter().flatten().filter(is_text).collect();
        }
        ArrowWriter {
            schema: schema.clone(),
            kinds: attributes.iter().map(|field| field.kind).collect(),
            answers,
            arrow,
            written: coordinates.filter(|_| is_moved),
            has_geometry,
            collected,
        }
    }

    fn batch(&self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<RecordBatch, Problem> {
        let (rows, arrays) = self.answers.arrays(answers)?;
        let mut columns: Vec<Column> = self.kinds.iter().map(|&kind| Column::new(kind)).collect();
        let mut geometries = BinaryBuilder::new();
        for row in 0..batch.len() {
            let site = batch.sites()[row].as_ref().ok();
            for (index, (column, cell)) in columns.iter_mut().zip(self.schema.cells(batch, row)).enumerate() {
                let written = match self.written {
                    Some([x, _]) if x == index => Some(site.map(|site| site.x)),
                    Some([_, y]) if y == index => Some(site.map(|site| site.y)),
                    _ => None,
                };
                match written {
                    Some(value) => column.push(value.map(|value| value.to_string()).as_deref()),
                    None => {
                        let text = cell.filter(|cell| *cell != taizhou_corridor::table::CellText::Json("null"));
                        column.push(text.map(|cell| cell.text()).as_deref());
                    }
                }
            }
            if self.has_geometry {
                geometries.append_option(batch.shape(row).ok().map(|shape| to_wkb(&shape.geometry())));
            }
        }
        let mut own: Vec<ArrayRef> = columns.into_iter().map(Column::finish).collect::<Result<_, _>>()?;
        if self.has_geometry {
            own.push(Arc::new(geometries.finish()));
        }
        let is_each_once = rows.len() == batch.len() && rows.values().iter().copied().eq(0..batch.len() as u32);
        if !is_each_once {
            own = own.iter().map(|array| take(array, &rows, None)).collect::<Result<_, _>>()?;
        }
        own.extend(arrays);
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        Ok(RecordBatch::try_new_with_options(self.arrow.clone(), own, &options)?)
    }
}

impl RowWriter for ArrowWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> taizhou_corridor::error::Result<()> {
        let rows = self.batch(batch, answers);
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        match rows {
            Ok(rows) => collected.batches.push(rows),
            Err(problem) => collected.problem = Some(problem),
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> taizhou_corridor::error::Result<Vec<Loss>> {
        Ok(vec![])
    }
}

/// A column of geometries as WKB, in a system.
pub(crate) fn geometry_field(name: &str, crs: &Crs) -> ArrowField {
    let metadata = match crs.projjson() {
        Some(definition) => serde_json::json!({ "crs": definition, "crs_type": "projjson" }).to_string(),
        None => "{}".to_owned(),
    };
    ArrowField::new(name, DataType::Binary, true).with_metadata(
        [("ARROW:extension:name", "geoarrow.wkb".to_owned()), ("ARROW:extension:metadata", metadata)]
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
    )
}

fn arrow_type(kind: Kind) -> DataType {
    match kind {
        Kind::Integer => DataType::Int64,
        Kind::Real => DataType::Float64,
        Kind::Boolean => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Text | Kind::Json | Kind::DateTime => DataType::Utf8,
    }
}

/// The builder of a column of a table.
pub(crate) enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
    Date(StringBuilder),
}

impl Column {
    pub(crate) fn new(kind: Kind) -> Column {
        match kind {
            Kind::Text | Kind::Json | Kind::DateTime => Column::Text(StringBuilder::new()),
            Kind::Integer => Column::Integer(Int64Builder::new()),
            Kind::Real => Column::Real(Float64Builder::new()),
            Kind::Boolean => Column::Boolean(BooleanBuilder::new()),
            Kind::Date => Column::Date(StringBuilder::new()),
        }
    }

    /// A value that is not of the kind of the column is null.
    pub(crate) fn push(&mut self, text: Option<&str>) {
        match self {
            Column::Text(builder) | Column::Date(builder) => builder.append_option(text),
            Column::Integer(builder) => builder.append_option(text.and_then(|text| text.parse().ok())),
            Column::Real(builder) => {
                builder.append_option(text.and_then(|text| text.parse().ok()).filter(|value: &f64| value.is_finite()));
            }
            Column::Boolean(builder) => builder.append_option(text.and_then(|text| text.parse().ok())),
        }
    }

    pub(crate) fn finish(self) -> Result<ArrayRef, Problem> {
        Ok(match self {
            Column::Text(mut builder) => Arc::new(builder.finish()),
            Column::Integer(mut builder) => Arc::new(builder.finish()),
            Column::Real(mut builder) => Arc::new(builder.finish()),
            Column::Boolean(mut builder) => Arc::new(builder.finish()),
            Column::Date(mut builder) => {
                let texts: StringArray = builder.finish();
                arrow_cast::cast(&texts, &DataType::Date32)?
            }
        })
    }
}

/// A small table of a report as a batch: texts, numbers and truth values.
pub(crate) fn batch_of(records: &Records<'_>) -> Result<RecordBatch, Problem> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(&records.to_json()).unwrap_or_default();
    // Without rows, the names are in the header alone.
    let csv = records.to_csv();
    let names: Vec<&str> = csv.lines().next().unwrap_or_default().split(',').collect();
    let (mut fields, mut columns): (Vec<ArrowField>, Vec<ArrayRef>) = (vec![], vec![]);
    for name in names {
        let is = |test: fn(&serde_json::Value) -> bool| {
            let mut values = rows.iter().map(|row| &row[name]).filter(|value| !value.is_null()).peekable();
            values.peek().is_some() && values.all(test)
        };
        let kind = if is(serde_json::Value::is_number) {
            Kind::Real
        } else if is(serde_json::Value::is_boolean) {
            Kind::Boolean
        } else {
            Kind::Text
        };
        let mut column = Column::new(kind);
        for row in &rows {
            match &row[name] {
                serde_json::Value::Null => column.push(None),
                serde_json::Value::String(text) => column.push(Some(text)),
                value => column.push(Some(&value.to_string())),
            }
        }
        fields.push(ArrowField::new(name, arrow_type(kind), true));
        columns.push(column.finish()?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(Arc::new(ArrowSchema::new(fields)), columns, &options)?)
}
