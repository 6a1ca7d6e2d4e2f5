//! The functions: each takes its options, then works, as the command of the same name does.

use serde_json::{Map, Value, json};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::io::{Output, ReadOptions};
use taizhou_corridor::messages::{Lang, Marked, Message};
use taizhou_corridor::plan::{Level, PLAN_GEOJSON, Plan, Severity, UncheckedPlan, check::check};
use taizhou_corridor::plan_io;
use taizhou_corridor::query::areas::{Method, areas, by_class, check_property, overlaps};
use taizhou_corridor::query::convert::Conversion;
use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, RowNearestFinder};
use taizhou_corridor::query::overlay::{
    KeepParcels, OverlaidParcels, OverlayColumn, OverlaySummary, Overlayer, ParcelSummary, RowOverlayer,
};
use taizhou_corridor::report;
use taizhou_corridor::report::document::ReportFormat;
use taizhou_corridor::report::parcels::{ParcelReport, Source};
use taizhou_corridor::run::{ParcelColumns, column_of};
use taizhou_corridor::units::{AreaUnit, Metres, SquareMetres};

use crate::files::{files_of, text_file};
use crate::options::Options;
use crate::points::locate_points;
use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::{Request, RequestFile};
use crate::table::{Table, add_messages, description, read_options, write_choice};

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
        "convert" => return convert(request),
        "check" => return check_plan(request),
        _ => {}
    }
    let plan = plans.get(request.plan).and_then(Option::as_ref).ok_or(Problem::NoPlan)?;
    match request.command.as_str() {
        "plan" => Ok(Replied::new(features_of(plan, request.lang, request.plan), vec![])),
        "locate" => locate(request, plan),
        "overlay" => overlay(request, plan),
        "report" => parcel_report(request, plan),
        "nearest" => nearest(request, plan),
        "areas" => areas_of(&mut request, plan),
        "locatePoints" => locate_points(request, plan),
        _ => Err(Problem::BadRequest),
    }
}

/// The reply about a table: its files, the summary as JSON, a sentence of it, the messages, the notice of the plan.
fn table_reply(
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

fn locate(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let (read, write) = (read_options(options)?, write_choice(options)?);
    let uncertainty = Metres(options.amount("uncertainty")?.unwrap_or_default());
    let uncertainty_field = options.text("uncertaintyField")?;
    let level = options.level("level")?.unwrap_or(Level::Cluster);
    let columns = options.some_of("columns", &LocateColumn::ALL, LocateColumn::as_str)?;
    let columns = if columns.is_empty() { LocateColumn::ALL.to_vec() } else { columns };
    let (is_long, counts_zones) = (options.flag("long")?, options.flag("summary")?);
    options.finish()?;

    let table = Table::open(file, &read, lang)?;
    uncertainty_field.as_ref().map(|name| column_of(&table.rows, name)).transpose()?;
    let has_distances = columns.iter().any(|column| column.needs_distance());
    let mut locator =
        RowLocator::new(Locator::new(plan).max_level(level), &columns).with_uncertainty(uncertainty, uncertainty_field);
    if is_long {
        locator = locator.long();
    }
    if counts_zones || has_distances {
        locator = locator.counting_zones();
    }
    let is_marked = [LocateColumn::Position, LocateColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("position") } else { Marked::No };
    let texts = lang.texts();
    let done = table.run(&locator, write)?.finish(|file, bad, rows| texts.invalid_rows(file, bad, rows, marked))?;
    let found = &done.finished.summary;
    let sentence = texts.locate_summary(done.finished.rows.file(), found, has_distances);
    let summary = report::summary::locate(plan, found);
    Ok(table_reply(files_of(done.memory)?, &summary, sentence, &done.messages, lang.notice_of(plan)))
}

fn nearest(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let (read, write) = (read_options(options)?, write_choice(options)?);
    let within = Metres(options.amount("within")?.unwrap_or(f64::INFINITY));
    let to_boundary = options.flag("boundary")?;
    let (ids, level) = (options.texts("id")?, options.level("level")?);
    options.finish()?;

    let mut finder = NearestFinder::new(plan);
    if !ids.is_empty() {
        let ids = ids.iter().map(|id| plan.id_of(id)).collect::<Result<Vec<_>, _>>()?;
        finder = finder.among(&ids);
    } else if let Some(level) = level {
        finder = finder.at_level(level);
    }
    if to_boundary {
        finder = finder.to_boundary();
    }
    let finder = RowNearestFinder::new(finder, &NearestColumn::ALL).within(within);
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

/// The options about how parcels are overlaid, and which of their columns have a meaning.
struct ParcelChoice {
    read: ReadOptions,
    level: Level,
    columns: Vec<OverlayColumn>,
    is_wide: bool,
    as_pieces: bool,
    is_repaired: bool,
    min_area: SquareMetres,
    min_share: f64,
    sliver_width: Option<Metres>,
    parcel_columns: ParcelColumns,
}

impl ParcelChoice {
    fn take(options: &mut Options) -> Result<ParcelChoice, Problem> {
        const UNITS: [(&str, AreaUnit); 4] = [
            ("m2", AreaUnit::SquareMetres),
            ("ha", AreaUnit::Hectares),
            ("mu", AreaUnit::Mu),
            ("km2", AreaUnit::SquareKilometres),
        ];
        let usual = ParcelColumns::default();
        Ok(ParcelChoice {
            read: ReadOptions { prefers_wkt: true, ..read_options(options)? },
            level: options.level("level")?.unwrap_or(Level::Zone),
            columns: options.some_of("columns", &OverlayColumn::ALL, OverlayColumn::as_str)?,
            is_wide: options.flag("wide")?,
            as_pieces: options.flag("pieces")?,
            is_repaired: options.flag("repair")?,
            min_area: SquareMetres(options.amount("minArea")?.unwrap_or_default()),
            min_share: options.amount("minShare")?.unwrap_or_default(),
            sliver_width: options.amount("sliverWidth")?.map(Metres),
            parcel_columns: ParcelColumns {
                label: options.text("label")?,
                class: options.text("sumBy")?,
                stated_area: options.text("statedArea")?,
                stated_unit: options.one_of("statedUnit", &UNITS, |(name, _)| name)?.map(|(_, unit)| unit),
                tolerance_ppm: options.amount("areaTolerance")?.unwrap_or(usual.tolerance_ppm),
            },
        })
    }

    /// The columns of the answer.
    fn columns(&self) -> Vec<OverlayColumn> {
        match self.columns.as_slice() {
            [] => OverlayColumn::of_answer(self.is_wide, self.parcel_columns.stated_area.is_some()),
            chosen => chosen.to_vec(),
        }
    }

    fn overlayer<'p>(&self, plan: &'p Plan, stated: Option<(usize, AreaUnit)>) -> RowOverlayer<'p> {
        let mut overlayer = RowOverlayer::new(Overlayer::new(plan).at_level(self.level), &self.columns())
            .without_slivers(self.min_area, self.min_share);
        if self.is_wide {
            overlayer = overlayer.wide();
        }
        if self.as_pieces {
            overlayer = overlayer.as_pieces();
        }
        if let Some(width) = self.sliver_width {
            overlayer = overlayer.with_sliver_width(width);
        }
        if self.is_repaired {
            overlayer = overlayer.repairing();
        }
        match stated {
            Some((column, unit)) => overlayer.with_stated_area(column, unit),
            None => overlayer,
        }
    }
}

/// The reply about parcels.
fn parcel_reply(
    files: Vec<ReplyFile>,
    (plan, lang): (&Plan, Lang),
    (file, found): (&str, &OverlaySummary),
    mut messages: Vec<Message>,
) -> Replied {
    let texts = lang.texts();
    messages.extend(texts.of_changes(file, found));
    let summary = report::summary::overlay(plan, found);
    table_reply(files, &summary, texts.overlay_summary(file, found), &messages, lang.notice_of(plan))
}

fn overlay(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    let (file, lang) = (request.file()?, request.lang);
    let choice = ParcelChoice::take(&mut request.options)?;
    if choice.parcel_columns.class.is_some() {
        return sums(file, choice, &mut request, plan);
    }
    let write = write_choice(&mut request.options)?;
    request.options.finish()?;

    let table = Table::open(file, &choice.read, lang)?;
    let columns = choice.columns();
    let overlayer = choice.overlayer(plan, choice.parcel_columns.of(&table.rows)?.stated);
    let is_marked = [OverlayColumn::Relation, OverlayColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("relation") } else { Marked::No };
    let texts = lang.texts();
    let done = table.run(&overlayer, write)?.finish(|file, bad, rows| texts.invalid_rows(file, bad, rows, marked))?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary);
    Ok(parcel_reply(files_of(done.memory)?, (plan, lang), (rows.file(), found), done.messages))
}

/// The areas of classes of parcels in each zone.
fn sums(file: RequestFile, choice: ParcelChoice, request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    let lang = request.lang;
    let format = TextFormat::take(&mut request.options, &[TextFormat::Text, TextFormat::Csv, TextFormat::Json])?;
    let output = request.options.text("output")?;
    let is_strict = request.options.flag("strict")?;
    request.options.finish()?;

    let table = Table::open(file, &choice.read, lang)?;
    let name = output.unwrap_or_else(|| table.output_name(format.ending()));
    let summary_options = choice.parcel_columns.of(&table.rows)?;
    let overlayer = choice.overlayer(plan, summary_options.stated);
    let mut parcels = ParcelSummary::new(overlayer.overlayer(), summary_options);
    let query = KeepParcels(&overlayer);
    let take = |found: &mut OverlaidParcels| {
        found.batches.drain(..).for_each(|(batch, of_batch)| parcels.add(&batch, &of_batch));
        Ok(())
    };
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    let done = table.count(&query, is_strict, take)?.finish(invalid)?;
    let (twice, field) =
        (parcels.counted_twice(overlayer.overlayer()), choice.parcel_columns.class.unwrap_or_default());
    let text = match format {
        TextFormat::Text => report::sums::table(parcels.sums(), &twice, &field, lang),
        TextFormat::Csv => report::sums::records(parcels.sums(), &twice).to_csv(),
        TextFormat::Json | TextFormat::GeoJson => report::sums::records(parcels.sums(), &twice).to_json(),
    };
    let (rows, found) = (&done.finished.rows, &done.finished.summary.counts);
    Ok(parcel_reply(text_file(name, &text)?, (plan, lang), (rows.file(), found), done.messages))
}

/// The report of parcels.
fn parcel_report(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    const FORMATS: [(&str, ReportFormat); 3] =
        [("html", ReportFormat::Html), ("md", ReportFormat::Markdown), ("xlsx", ReportFormat::Workbook)];
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let choice = ParcelChoice::take(options)?;
    let (ending, format) = options.one_of("format", &FORMATS, |(name, _)| name)?.unwrap_or(FORMATS[0]);
    let (output, outline, is_strict) = (options.text("output")?, options.text("planFile")?, options.flag("strict")?);
    options.finish()?;

    let source_name = file.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let table = Table::open(file, &choice.read, lang)?;
    let name = output.unwrap_or_else(|| table.output_name(ending));
    let summary_options = choice.parcel_columns.of(&table.rows)?;
    let overlayer = choice.overlayer(plan, summary_options.stated);
    let mut parcels = ParcelSummary::new(overlayer.overlayer(), summary_options);
    let (output, memory) = Output::memory(name);
    let mut report = ParcelReport::new(output, format, &parcels, lang)?;
    let query = KeepParcels(&overlayer);
    let take = |found: &mut OverlaidParcels| {
        found.batches.drain(..).try_for_each(|(batch, of_batch)| {
            parcels.add(&batch, &of_batch);
            report.add(&batch, &of_batch, &parcels)
        })
    };
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    let done = table.count(&query, is_strict, take)?.finish(invalid)?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary.counts);
    let source = Source {
        file: source_name,
        format: rows.format().to_string(),
        crs: texts.system_of(&rows.crs(), rows.overridden_crs()),
        outline,
        settings: None,
    };
    let class = choice.parcel_columns.class.as_deref();
    report.finish(&source, &parcels, overlayer.overlayer(), found, class)?.commit()?;
    Ok(parcel_reply(files_of(memory)?, (plan, lang), (rows.file(), found), done.messages))
}

/// The formats of tables that are not those of rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextFormat {
    Text,
    Csv,
    Json,
    GeoJson,
}

impl TextFormat {
    fn as_str(self) -> &'static str {
        match self {
            TextFormat::Text => "text",
            TextFormat::Csv => "csv",
            TextFormat::Json => "json",
            TextFormat::GeoJson => "geojson",
        }
    }

    fn ending(self) -> &'static str {
        if self == TextFormat::Text { "txt" } else { self.as_str() }
    }

    /// The chosen one, by default text.
    fn take(options: &mut Options, all: &[TextFormat]) -> Result<TextFormat, Problem> {
        Ok(options.one_of("format", all, TextFormat::as_str)?.unwrap_or(TextFormat::Text))
    }
}

fn areas_of(request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    const METHODS: [&str; 5] = ["ellipsoid", "survey", "geodesic", "plane", "all"];
    let (lang, options) = (request.lang, &mut request.options);
    let plane_crs: Option<Crs> = options.crs("planeCrs")?;
    let method = options.one_of("method", &METHODS, |name| name)?;
    let (with_overlaps, by) = (options.flag("overlaps")?, options.text("by")?);
    let format = TextFormat::take(options, &[TextFormat::Text, TextFormat::Csv, TextFormat::Json])?;
    let output = options.text("output")?;
    options.finish()?;

    let usual = if plane_crs.is_some() { "plane" } else { "ellipsoid" };
    let plane = plane_crs.map_or(Method::GAUSS_KRUEGER_120E, Method::Plane);
    let methods = match method.unwrap_or(usual) {
        "survey" => vec![Method::Survey],
        "geodesic" => vec![Method::Geodesic],
        "plane" => vec![plane],
        "all" => vec![Method::Ellipsoid, Method::Survey, Method::Geodesic, plane],
        _ => vec![Method::Ellipsoid],
    };
    let text = if with_overlaps {
        let (areas, overlaps) = (areas(plan, &[Method::Ellipsoid])?, overlaps(plan));
        match format {
            TextFormat::Text => report::areas::overlap_matrix(plan, &overlaps, lang),
            TextFormat::Csv => report::areas::overlap_records(plan, &areas, &overlaps).to_csv(),
            _ => report::areas::overlap_records(plan, &areas, &overlaps).to_json(),
        }
    } else if let Some(property) = by {
        check_property(plan, &property)?;
        let classes = by_class(plan, &areas(plan, &methods)?, &property);
        match format {
            TextFormat::Text => report::areas::class_table(&classes, &property, lang),
            TextFormat::Csv => report::areas::class_records(&classes).to_csv(),
            _ => report::areas::class_records(&classes).to_json(),
        }
    } else {
        let areas = areas(plan, &methods)?;
        match format {
            TextFormat::Text => report::areas::table(plan, &areas, lang),
            TextFormat::Csv => report::areas::records(plan, &areas).to_csv(),
            _ => report::areas::records(plan, &areas).to_json(),
        }
    };
    let name = output.unwrap_or_else(|| format!("areas.{}", format.ending()));
    let mut object = Map::new();
    object.insert("notice".to_owned(), lang.notice_of(plan).into());
    add_messages(&mut object, &[]);
    Ok(Replied::new(object, text_file(name, &text)?))
}

/// The options of reading a plan.
fn plan_options(options: &mut Options, names: [&str; 4]) -> Result<(ReadOptions, Option<String>), Problem> {
    let [crs, override_crs, encoding, layer] = names;
    let read = ReadOptions {
        crs: options.crs(crs)?,
        override_crs: options.crs(override_crs)?,
        encoding: options.input_encoding(encoding)?,
        layer: options.text(layer)?,
        prefers_wkt: true,
        ..ReadOptions::default()
    };
    Ok((read, options.text("nameField")?))
}

/// A plan that is not checked, and the messages about it.
fn outline(
    file: RequestFile,
    (read, name_field): (ReadOptions, Option<String>),
    lang: Lang,
) -> Result<(UncheckedPlan, Vec<Message>), Problem> {
    let (name, texts) = (file.name.clone(), lang.texts());
    let declared = read.override_crs.as_ref().map(|crs| texts.overridden_crs(&name, None, crs));
    let (outline, notes) = plan_io::read_plan_with_notes(file.into_input(), &read, name_field.as_deref())?;
    let messages = declared.into_iter().map(|text| Message { text, is_detail: false });
    let messages = messages.chain(texts.of_outline(&name, &outline, &notes)).collect();
    Ok((outline, messages))
}

fn check_plan(mut request: Request) -> Result<Replied, Problem> {
    const FORMATS: [TextFormat; 4] = [TextFormat::Text, TextFormat::Csv, TextFormat::Json, TextFormat::GeoJson];
    let (lang, options) = (request.lang, &mut request.options);
    let read = plan_options(options, ["crs", "overrideCrs", "inputEncoding", "layer"])?;
    let tolerance = options.amount("areaTolerance")?;
    let format = TextFormat::take(options, &FORMATS)?;
    let output = options.text("output")?;
    options.finish()?;

    let (outline, messages) = match request.file() {
        Ok(file) => outline(file, read, lang)?,
        Err(_) => (UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?, vec![]),
    };
    let findings = check(&outline, tolerance);
    let text = match format {
        TextFormat::Text => report::check::table(&findings, outline.has_levels(), lang),
        TextFormat::Csv => report::check::records(&findings).to_csv(),
        TextFormat::Json => report::check::records(&findings).to_json(),
        TextFormat::GeoJson => report::check::geojson(&findings),
    };
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    let summary = json!({ "errors": errors, "warnings": warnings, "infos": infos }).to_string();
    let sentence = lang.texts().finding_count(errors, warnings, infos);
    let name = output.unwrap_or_else(|| format!("findings.{}", format.ending()));
    Ok(table_reply(text_file(name, &text)?, &summary, sentence, &messages, None))
}

fn load_plan(mut request: Request, plans: &mut Vec<Option<Plan>>) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let read = plan_options(options, ["planCrs", "overridePlanCrs", "planEncoding", "planLayer"])?;
    options.finish()?;

    let name = file.name.clone();
    let (outline, messages) = outline(file, read, lang)?;
    let plan = outline.into_plan().map_err(|error| error.in_file(name))?;
    // The numbers of freed plans are used again.
    let free = plans.iter().position(Option::is_none);
    let number = free.unwrap_or_else(|| {
        plans.push(None);
        plans.len() - 1
    });
    let mut object = features_of(&plan, lang, number);
    add_messages(&mut object, &messages);
    plans[number] = Some(plan);
    Ok(Replied::new(object, vec![]))
}

/// The features of a plan, in the order of their numbers.
fn features_of(plan: &Plan, lang: Lang, number: usize) -> Map<String, Value> {
    let features = plan.iter().map(|(id, feature)| {
        let path = plan.path(id);
        let parent = path.len().checked_sub(2).map(|place| plan[path[place]].id.as_str());
        json!({
            "id": feature.id,
            "name": feature.name,
            "nameEn": feature.name_en,
            "level": feature.level.map(Level::as_str),
            "parent": parent,
        })
    });
    let features: Vec<Value> = features.collect();
    Map::from_iter([
        ("plan".to_owned(), json!(number)),
        ("features".to_owned(), features.into()),
        ("notice".to_owned(), lang.notice_of(plan).into()),
    ])
}

/// What is known of a table once it is read.
fn inspect(mut request: Request) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let read = read_options(options)?;
    let prefers_wkt = options.flag("parcels")?;
    options.finish()?;

    let table = Table::open(file, &ReadOptions { prefers_wkt, ..read }, lang)?;
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.without_geometry(file, invalid, rows, false);
    let done = table.count(&Conversion::new(), false, |_| Ok(()))?.finish(invalid)?;
    let found = &done.finished.summary;
    let mut object = Map::new();
    object.insert("table".to_owned(), description(&done.finished.rows));
    object.insert("rows".to_owned(), found.rows.into());
    object.insert("withoutGeometry".to_owned(), found.without_geometry.into());
    object.insert("invalid".to_owned(), found.invalid.count.into());
    add_messages(&mut object, &done.messages);
    Ok(Replied::new(object, vec![]))
}
