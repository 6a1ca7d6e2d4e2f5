//! The functions about plans: loading one, its features, their areas, what is wrong with an outline.

use corridor_front_end::{Expected, Options, area_methods};
use serde_json::{Map, Value, json};
use taizhou_corridor::error::PlanProblem;
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::messages::{Lang, Message};
use taizhou_corridor::plan::{
    Finding, Level, LevelName, OutlineOptions, PLAN_GEOJSON, Plan, PlanField, Problem as FoundProblem, Severity,
    UncheckedPlan, check::Scope, check::check,
};
use taizhou_corridor::plan_io::{self, OutlineRead};
use taizhou_corridor::query::areas::{Method, areas, by_class, check_property, overlaps};
use taizhou_corridor::query::coverage::{CoverageFeature, CoverageOptions, check_coverage};
use taizhou_corridor::report;
use taizhou_corridor::units::{Metres, SquareMetres};

use crate::files::text_file;
use crate::problem::Problem;
use crate::reply::Replied;
use crate::request::{Request, RequestFile};
use crate::table::{add_messages, table_reply};
use crate::text_format::TextFormat;

pub(crate) fn areas_of(request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    let (lang, options) = (request.lang, &mut request.options);
    let methods = area_methods(options)?;
    let (with_overlaps, by) = (options.flag("overlaps")?, options.text("by")?);
    let format = TextFormat::take(options, &[TextFormat::Text, TextFormat::Csv, TextFormat::Json])?;
    let output = options.text("output")?;
    options.finish()?;

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

/// The options of reading a plan: how its file is read, and what its properties mean.
fn plan_options(options: &mut Options, names: [&str; 4]) -> Result<(ReadOptions, OutlineOptions), Problem> {
    let [crs, override_crs, encoding, layer] = names;
    let read = ReadOptions {
        crs: options.crs(crs)?,
        override_crs: options.crs(override_crs)?,
        encoding: options.input_encoding(encoding)?,
        layer: options.text(layer)?,
        prefers_wkt: true,
        ..ReadOptions::default()
    };
    let outline = OutlineOptions {
        name_field: options.text("name-field")?,
        fields: options.parsed("plan-fields", || Expected::PlanFields, PlanField::parse)?,
        levels: options.parsed("plan-levels", || Expected::LevelNames, LevelName::parse)?,
        accuracy: options.amount("plan-accuracy")?.map(Metres),
    };
    Ok((read, outline))
}

/// A plan that is not checked, and the messages about it.
fn outline(
    file: RequestFile,
    (read, outline_options): (ReadOptions, OutlineOptions),
    lang: Lang,
) -> Result<(UncheckedPlan, Vec<Message>), Problem> {
    let (name, texts) = (file.name.clone(), lang.texts());
    let declared = read.override_crs.as_ref().map(|crs| texts.overridden_crs(&name, None, crs));
    let OutlineRead { outline, notes, .. } = plan_io::read_outline(file.into_input(), &read, &outline_options)?;
    let messages = declared.into_iter().map(|text| Message { text, is_detail: false });
    let notes = texts.of_notes(&name, &notes, "--crs");
    let messages = messages.chain(notes).chain(texts.of_outline(&name, &outline)).collect();
    Ok((outline, messages))
}

pub(crate) fn check_plan(mut request: Request) -> Result<Replied, Problem> {
    const FORMATS: [TextFormat; 4] = [TextFormat::Text, TextFormat::Csv, TextFormat::Json, TextFormat::GeoJson];
    let (lang, options) = (request.lang, &mut request.options);
    let read = plan_options(options, ["crs", "override-crs", "input-encoding", "layer"])?;
    let tolerance = options.amount("area-tolerance")?;
    let coverage = coverage_options(options)?;
    let format = TextFormat::take(options, &FORMATS)?;
    let output = options.text("output")?;
    options.finish()?;

    let (outline, mut messages) = match request.file() {
        Ok(file) => outline(file, read, lang)?,
        Err(_) => (UncheckedPlan::read(PLAN_GEOJSON.as_bytes())?, vec![]),
    };
    let mut findings = check(&outline, tolerance);
    let mut scope = Scope::of(&outline);
    if let Some(options) = &coverage {
        let summary = add_coverage(&outline, options, &mut findings, lang);
        messages.push(Message { text: summary, is_detail: false });
        if scope != Scope::Plan {
            scope = Scope::Coverage;
        }
    }
    let text = match format {
        TextFormat::Text => report::check::table(&findings, scope, lang),
        TextFormat::Csv => report::check::records(&findings).to_csv(),
        TextFormat::Json => report::check::records(&findings).to_json(),
        TextFormat::GeoJson => report::check::geojson(&findings)?,
    };
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    let summary = json!({ "errors": errors, "warnings": warnings, "infos": infos }).to_string();
    let sentence = lang.texts().finding_count(errors, warnings, infos);
    let name = output.unwrap_or_else(|| format!("findings.{}", format.ending()));
    Ok(table_reply(text_file(name, &text)?, &summary, sentence, &messages, None))
}

/// The thresholds of the check as a coverage, if that is asked for.
fn coverage_options(options: &mut Options) -> Result<Option<CoverageOptions>, Problem> {
    if !options.flag("coverage")? {
        return Ok(None);
    }
    let usual = CoverageOptions::default();
    Ok(Some(CoverageOptions {
        gap_width: options.amount("gap-width")?.map_or(usual.gap_width, Metres),
        min_finding_area: options.amount("min-finding-area")?.map_or(usual.min_finding_area, SquareMetres),
        strict_corners: options.flag("strict-corners")?,
        spike_angle_deg: options.amount("spike-angle")?.unwrap_or(usual.spike_angle_deg),
        sliver_width: options.amount("sliver-width")?.map_or(usual.sliver_width, Metres),
        min_width: options.amount("min-width")?.map_or(usual.min_width, Metres),
        min_area: options.amount("min-area")?.map_or(usual.min_area, SquareMetres),
    }))
}

/// Adds the findings about the features as one coverage: of a plan, the core and the zones. Returns what was checked.
fn add_coverage(outline: &UncheckedPlan, options: &CoverageOptions, findings: &mut Vec<Finding>, lang: Lang) -> String {
    let has_levels = outline.has_levels();
    // The check of a coverage has the overlaps, and features of a layer have numbers where they have no ids.
    findings.retain(|finding| match finding.problem {
        FoundProblem::Plan(PlanProblem::Overlap { .. }) => false,
        FoundProblem::Plan(PlanProblem::MissingId { .. }) => has_levels,
        _ => true,
    });
    let parts: Vec<_> = outline
        .features()
        .iter()
        .filter(|part| !has_levels || part.feature.level.is_some_and(Level::is_partition))
        .collect();
    let valid: Vec<CoverageFeature<'_>> = parts
        .iter()
        .filter(|part| part.is_valid)
        .map(|part| CoverageFeature { id: &part.feature.id, row: part.row, shape: &part.feature.shape })
        .collect();
    let report = check_coverage(&valid, outline.plane(), None, options);
    let left_out = (parts.len() - valid.len()) as u64;
    let summary = lang.texts().coverage_summary(valid.len() as u64, left_out, &report, options.min_finding_area);
    findings.extend(report.findings);
    summary
}

pub(crate) fn load_plan(mut request: Request, plans: &mut Vec<Option<Plan>>) -> Result<Replied, Problem> {
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let read = plan_options(options, ["plan-crs", "override-plan-crs", "plan-encoding", "plan-layer"])?;
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
pub(crate) fn features_of(plan: &Plan, lang: Lang, number: usize) -> Map<String, Value> {
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
