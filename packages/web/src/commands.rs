//! The functions: each takes its options, then works, as the command of the same name does. Those about parcels and plans
//! are in modules of their own.

use corridor_front_end::{NearestChoice, SiteChoice, read_options};
use serde_json::{Map, Value, json};
use taizhou_corridor::io::{self, ReadOptions};
use taizhou_corridor::messages::{Lang, Marked};
use taizhou_corridor::plan::{Plan, Severity};
use taizhou_corridor::query::convert::Conversion;
use taizhou_corridor::query::locate::LocateColumn;
use taizhou_corridor::report;
use taizhou_corridor::run::column_of;

use crate::files::files_of;
use crate::maps::map_of;
use crate::parcels::overlay;
use crate::plans::{areas_of, check_plan, features_of, load_plan};
use crate::points::locate_points;
use crate::problem::Problem;
use crate::reply::Replied;
use crate::reports::report_on;
use crate::request::{Request, RequestFile};
use crate::table::{Table, add_messages, description, table_reply, write_choice};

/// The reply to a request, or to one that cannot be answered.
pub(crate) fn answer(bytes: Vec<u8>, plans: &mut Vec<Option<Plan>>) -> Replied {
    let request = Request::read(&bytes);
    drop(bytes);
    let lang = request.as_ref().map_or(Lang::En, |request| request.lang);
    request.and_then(|request| run(request, plans)).unwrap_or_else(|problem| {
        let error = Value::Object(problem.object(lang));
        Replied::new(Map::from_iter([("error".to_owned(), error)]), vec![])
    })
}

fn run(mut request: Request, plans: &mut Vec<Option<Plan>>) -> Result<Replied, Problem> {
    match request.command.as_str() {
        "loadPlan" => return load_plan(request, plans),
        "freePlan" => {
            if let Some(plan) = plans.get_mut(request.plan).filter(|_| request.plan > 0) {
                *plan = None;
            }
            return Ok(Replied::new(Map::new(), vec![]));
        }
        "inspect" => return inspect(request),
        "layers" => return layers(request),
        "words" => return words(request),
        "convert" => return convert(request),
        "check" => return check_plan(request),
        _ => {}
    }
    let plan = plans.get(request.plan).and_then(Option::as_ref).ok_or(Problem::NoPlan)?;
    match request.command.as_str() {
        "plan" => Ok(Replied::new(features_of(plan, request.lang, request.plan), vec![])),
        "locate" => locate(request, plan),
        "overlay" => overlay(request, plan),
        "report" => report_on(request, plan),
        "map" => map_of(request, plan),
        "nearest" => nearest(request, plan),
        "areas" => areas_of(&mut request, plan),
        "locatePoints" => locate_points(request, plan),
        _ => Err(Problem::BadRequest),
    }
}

fn locate(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let (read, write) = (read_options(options)?, write_choice(options)?);
    let choice = SiteChoice::take(options)?;
    options.finish()?;

    let table = Table::open(file, &read, lang)?;
    choice.uncertainty_field.as_ref().map(|name| column_of(&table.rows, name)).transpose()?;
    let locator = choice.locator(plan, &table.rows.crs());
    let is_marked = [LocateColumn::Position, LocateColumn::Reason].iter().all(|it| choice.columns.contains(it));
    let marked = if is_marked { Marked::Column("position") } else { Marked::No };
    let texts = lang.texts();
    let done = table.run(&locator, write)?.finish(|file, bad, rows| texts.invalid_rows(file, bad, rows, marked))?;
    let found = &done.finished.summary;
    let sentence = texts.locate_summary(done.finished.rows.file(), found, choice.has_distances());
    let summary = report::summary::locate(plan, found);
    Ok(table_reply(files_of(done.memory)?, &summary, sentence, &done.messages, lang.notice_of(plan)))
}

fn nearest(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let (read, write) = (read_options(options)?, write_choice(options)?);
    let choice = NearestChoice::take(options)?;
    options.finish()?;

    let finder = choice.finder(plan)?;
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::Reason);
    let done = Table::open(file, &read, lang)?.run(&finder, write)?.finish(invalid)?;
    let found = &done.finished.summary;
    let sentence = texts.nearest_summary(done.finished.rows.file(), found);
    let summary = report::summary::nearest(plan, found);
    Ok(table_reply(files_of(done.memory)?, &summary, sentence, &done.messages, lang.notice_of(plan)))
}

fn convert(mut request: Request) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let (read, write) = (read_options(options)?, write_choice(options)?);
    let is_marked = options.flag("mark")?;
    options.finish()?;

    let table = Table::open(file, &read, lang)?;
    let write = write.or_format(table.rows.format());
    let query = if is_marked { Conversion::new().with_reasons() } else { Conversion::new() };
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.without_geometry(file, invalid, rows, is_marked);
    let done = table.run(&query, write)?.finish(invalid)?;
    let finished = &done.finished;
    let found = &finished.summary;
    let summary = json!({
        "rows": found.rows,
        "withoutGeometry": found.without_geometry,
        "invalid": found.invalid.count,
    });
    let written = finished.written.as_ref();
    let crs = written.map_or_else(|| finished.rows.crs(), |written| written.options.written_crs());
    let format = written.map_or_else(|| finished.rows.format(), |written| written.options.format);
    let files = files_of(done.memory)?;
    let name = files.first().map_or("-", |file| file.name.as_str());
    let sentence = texts.converted(name, found, format.as_str(), &crs);
    Ok(table_reply(files, &summary.to_string(), sentence, &done.messages, None))
}

/// What is known of a table, and of its rows unless they are not to be counted.
fn inspect(mut request: Request) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let read = read_options(options)?;
    let (prefers_wkt, counts_rows) = (options.flag("parcels")?, !options.flag("head-only")?);
    options.finish()?;

    let has_parcels = has_parcels(file.clone(), &read)?;
    let table = Table::open(file, &ReadOptions { prefers_wkt, ..read }, lang)?;
    let mut object = Map::new();
    object.insert("hasParcels".to_owned(), has_parcels.into());
    if !counts_rows {
        object.insert("table".to_owned(), description(&table.rows));
        add_messages(&mut object, &table.messages);
        return Ok(Replied::new(object, vec![]));
    }
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.without_geometry(file, invalid, rows, false);
    let done = table.count(&Conversion::new(), false, |_| Ok(()))?.finish(invalid)?;
    let found = &done.finished.summary;
    object.insert("table".to_owned(), description(&done.finished.rows));
    object.insert("rows".to_owned(), found.rows.into());
    object.insert("withoutGeometry".to_owned(), found.without_geometry.into());
    object.insert("invalid".to_owned(), found.invalid.count.into());
    add_messages(&mut object, &done.messages);
    Ok(Replied::new(object, vec![]))
}

/// Whether the first row with a geometry is a parcel; `None` if no row has one.
fn has_parcels(file: RequestFile, read: &ReadOptions) -> Result<Option<bool>, Problem> {
    let mut rows = io::open(file.into_input(), &ReadOptions { prefers_wkt: true, ..read.clone() })?;
    while let Some(batch) = rows.next_batch()? {
        if let Some(found) = (0..batch.len()).find_map(|row| batch.is_parcel(row)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The layers of a file.
fn layers(mut request: Request) -> Result<Replied, Problem> {
    let (file, options) = (request.file()?, &mut request.options);
    let read = ReadOptions { encoding: options.input_encoding("input-encoding")?, ..ReadOptions::default() };
    options.finish()?;

    let layers = io::layers(|| file.clone().into_input(), &read)?;
    let described = layers.iter().map(|layer| {
        json!({
            "name": layer.name,
            "isHidden": layer.is_hidden,
            "rows": layer.rows,
            "geometry": layer.geometry,
            "crs": layer.crs.as_ref().map(ToString::to_string),
            "fields": layer.fields,
            "problem": layer.problem.as_ref().map(|problem| problem.kind().code()),
        })
    });
    Ok(Replied::new(Map::from_iter([("layers".to_owned(), described.collect())]), vec![]))
}

/// Columns and values of answers as people read them.
fn words(mut request: Request) -> Result<Replied, Problem> {
    let (texts, options) = (request.lang.texts(), &mut request.options);
    let (columns, values) = (options.texts("columns")?, options.texts("values")?);
    options.finish()?;

    let columns: Vec<String> = columns.iter().map(|name| texts.answer_heading(name)).collect();
    let name_of = |value: &String| match Severity::of_code(value) {
        Some(severity) => texts.severity_name(severity).to_owned(),
        None => texts.value_name(value).to_owned(),
    };
    let values: Vec<String> = values.iter().map(name_of).collect();
    Ok(Replied::new(
        Map::from_iter([("columns".to_owned(), json!(columns)), ("values".to_owned(), json!(values))]),
        vec![],
    ))
}
