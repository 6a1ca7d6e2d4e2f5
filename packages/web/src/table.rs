//! What the functions over tables share: reading, writing, messages.

use std::path::Path;

use corridor_front_end::{Language, Options};
use serde_json::{Map, Value, json};
use taizhou_corridor::io::{self, Format, Memory, Output, ReadOptions, Rows, WriteOptions};
use taizhou_corridor::messages::{Lang, Message};
use taizhou_corridor::query::{QuerySummary, TableQuery};
use taizhou_corridor::run::{
    AnsweredTable, Finished, TableRun, answer_format, check_read_options, check_write_options,
};

use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::RequestFile;

/// The options of writing.
pub(crate) struct WriteChoice {
    output: Option<String>,
    format: Option<Format>,
    options: WriteOptions,
    fields: Vec<String>,
    is_strict: bool,
}

impl WriteChoice {
    /// With this format unless another is chosen.
    pub(crate) fn or_format(self, format: Format) -> WriteChoice {
        WriteChoice { format: self.format.or(Some(format)), ..self }
    }
}

pub(crate) fn write_choice(options: &mut Options) -> Result<WriteChoice, Problem> {
    let output = options.text("output")?;
    let format = match (options.format("format")?, &output) {
        (Some(format), _) => Some(format),
        (None, Some(name)) => Some(Format::of_path(Path::new(name))?),
        (None, None) => None,
    };
    Ok(WriteChoice {
        output,
        format,
        options: WriteOptions {
            crs: options.crs("to-crs")?,
            decimals: options.whole_number("precision", 0, 15)?.map(|decimals| decimals as usize),
            encoding: options.output_encoding("encoding")?,
            for_excel: options.flag("excel")?,
            layer: options.text("to-layer")?,
            ..WriteOptions::new(Format::CSV)
        },
        fields: options.texts("fields")?,
        is_strict: options.flag("strict")?,
    })
}

/// A table that is open, with the messages so far.
pub(crate) struct Table {
    pub(crate) rows: Rows,
    pub(crate) messages: Vec<Message>,
    pub(crate) lang: Lang,
    stem: String,
}

/// An answered table, not finished at its output.
pub(crate) struct Answered<S> {
    pub(crate) table: AnsweredTable<S>,
    memory: Memory,
    output: String,
    messages: Vec<Message>,
    lang: Lang,
}

impl Table {
    pub(crate) fn open(file: RequestFile, options: &ReadOptions, lang: Lang) -> Result<Table, Problem> {
        let stem = file.stem().to_owned();
        let rows = io::open(file.into_input(), options)?;
        check_read_options(&rows, options)?;
        let messages = lang.texts().of_opened(&rows);
        Ok(Table { rows, messages, lang, stem })
    }

    /// The name of an output of this format.
    pub(crate) fn output_name(&self, ending: &str) -> String {
        format!("{}.{ending}", self.stem)
    }

    /// Answers a query, and writes its rows as they are asked for, by default in the format of answers.
    pub(crate) fn run<Q: TableQuery>(self, query: &Q, write: WriteChoice) -> Result<Answered<Q::Summary>, Problem> {
        let format = write.format.unwrap_or_else(|| answer_format(&self.rows));
        let options = WriteOptions { format, ..write.options };
        check_write_options(&options)?;
        let name = write.output.unwrap_or_else(|| self.output_name(format.ending()));
        let Table { rows, mut messages, lang, .. } = self;
        let mut run = TableRun::new(rows, query);
        if !write.fields.is_empty() {
            run = run.only_fields(&write.fields)?;
        }
        messages.extend(lang.texts().of_added(&query.fields(), run.added_fields()));
        let (output, memory) = Output::memory(name.clone());
        let table = run.write(output, options)?.strict(write.is_strict).run()?;
        Ok(Answered { table, memory, output: name, messages, lang })
    }

    /// Answers a query whose rows are not written.
    pub(crate) fn count<'q, Q: TableQuery>(
        self,
        query: &'q Q,
        is_strict: bool,
        on_batch: impl FnMut(&mut Q::Summary) -> taizhou_corridor::Result<()> + 'q,
    ) -> Result<Answered<Q::Summary>, Problem> {
        let Table { rows, messages, lang, .. } = self;
        let table = TableRun::new(rows, query).strict(is_strict).on_batch(on_batch).run()?;
        Ok(Answered { table, memory: Memory::default(), output: String::new(), messages, lang })
    }
}

/// A finished table.
pub(crate) struct Done<S> {
    pub(crate) finished: Finished<S>,
    pub(crate) memory: Memory,
    pub(crate) messages: Vec<Message>,
}

impl<S: QuerySummary> Answered<S> {
    /// Finishes the output. The sentence about invalid rows is made of the file, their number and that of all rows.
    pub(crate) fn finish(self, invalid_sentence: impl FnOnce(&str, u64, u64) -> String) -> Result<Done<S>, Problem> {
        let Answered { table, memory, output, mut messages, lang } = self;
        let finished = table.finish()?;
        messages.extend(lang.texts().of_run(&finished, &output, invalid_sentence));
        Ok(Done { finished, memory, messages })
    }
}

/// The reply about a table: its files, the summary as JSON, a sentence of it, the messages, the notice of the plan.
pub(crate) fn table_reply(
    files: Vec<ReplyFile>,
    summary: &str,
    sentence: String,
    messages: &[Message],
    notice: Option<String>,
) -> Replied {
    let mut object = Map::new();
    object.insert("summary".to_owned(), serde_json::from_str(summary).unwrap_or_default());
    object.insert("sentence".to_owned(), sentence.into());
    object.insert("notice".to_owned(), notice.into());
    add_messages(&mut object, messages);
    Replied::new(object, files)
}

/// The members of a reply about messages: `notes`, and `details` of what was detected.
pub(crate) fn add_messages(object: &mut Map<String, Value>, messages: &[Message]) {
    let texts = |is_detail: bool| -> Value {
        let wanted = messages.iter().filter(|message| message.is_detail == is_detail);
        wanted.map(|message| Value::from(Language::JavaScript.with_own_names(&message.text))).collect()
    };
    object.insert("notes".to_owned(), texts(false));
    object.insert("details".to_owned(), texts(true));
}

/// What is known of a table: its format, system and columns.
pub(crate) fn description(rows: &Rows) -> Value {
    let schema = rows.schema();
    let fields: Vec<Value> = schema
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "kind": format!("{:?}", field.kind).to_lowercase() }))
        .collect();
    let label = rows.label_column().and_then(|column| schema.fields.get(column)).map(|field| field.name.as_str());
    json!({
        "format": rows.format().as_str(),
        "crs": rows.crs().to_string(),
        "encoding": rows.encoding(),
        "fields": fields,
        "labelField": label,
        "coordinateFields": rows.coordinate_columns().map(|(x, y)| [x, y]),
    })
}
