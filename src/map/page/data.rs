//! The data of the page: zones with their facts in both languages, sites, parcels, vocabulary.

use std::path::Path;

use geo::MultiPolygon;
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::geometry::label_point;
use crate::geometry::measure::rings;
use crate::map::page::{PageOptions, PageOverlay};
use crate::messages::text::one_line;
use crate::messages::{Lang, page_texts};
use crate::plan::{Facts, FeatureId, Plan};
use crate::query::areas::{Method, ZoneArea, areas};
use crate::report::describe::description;

/// The chosen title, else the name of the corridor; of a flat dataset, the name of its file without the extension.
pub(super) fn title(plan: &Plan, options: &PageOptions, lang: Lang) -> String {
    if let Some(title) = &options.title {
        return one_line(title);
    }
    let stem = || options.outline.as_deref().and_then(|file| Path::new(file).file_stem()?.to_str());
    match (plan.root(), stem()) {
        (Some(root), _) => one_line(lang.name_of(root)),
        (None, Some(stem)) => one_line(stem),
        (None, None) => lang.page_text("layer-title").to_owned(),
    }
}

pub(super) fn data(plan: &Plan, layer: Option<&PageOverlay>, options: &PageOptions) -> Result<Value> {
    let facts = plan.facts();
    let areas = areas(plan, &[Method::Ellipsoid])?;
    let zones = areas.iter().filter_map(|area| Some(zone(plan, facts.as_ref(), area.zone?, area))).collect::<Vec<_>>();
    let total = areas.iter().find(|area| area.zone.is_none()).map(figures);
    Ok(json!({
        "lang": lang_code(options.lang),
        "theme": options.theme.as_str(),
        "words": in_both(|lang| words(plan, lang)),
        "title": in_both(|lang| title(plan, options, lang)),
        "notice": in_both(|lang| lang.notice_of(plan)),
        "outline": in_both(|lang| lang.texts().outline_line(plan, options.outline.as_deref())),
        "source": in_both(|lang| source(plan, facts.as_ref(), lang)),
        "ownSource": options.source.as_deref().map(one_line),
        "isLayer": plan.is_flat(),
        "zones": zones,
        "total": total,
        "table": layer.map(PageOverlay::json),
        "sites": layer.and_then(PageOverlay::sites_json),
        "parcels": layer.and_then(PageOverlay::parcels_json),
        "isGcj02": options.base_maps.iter().any(|map| map.is_gcj02()),
        "baseMaps": options.base_maps.iter().map(|map| map.json()).collect::<Vec<_>>(),
    }))
}

fn lang_code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}

fn in_both<T: Into<Value>>(said: impl Fn(Lang) -> T) -> Value {
    let both = [Lang::En, Lang::Zh].map(|lang| (lang_code(lang).to_owned(), said(lang).into()));
    Value::Object(both.into_iter().collect())
}

/// The texts of the page; the example of a search is a place of the plan.
fn words(plan: &Plan, lang: Lang) -> Map<String, Value> {
    let mut words: Map<String, Value> = page_texts(lang).map(|(key, word)| (key.to_owned(), word.into())).collect();
    let first = plan.partition().map(|id| &plan[id]).find_map(|zone| Some((zone, label(&zone.shape)?)));
    if let Some((zone, [lon, lat])) = first.filter(|_| !plan.is_bundled()) {
        let (name, lon, lat) = (one_line(lang.name_of(zone)), format!("{lon:.5}"), format!("{lat:.5}"));
        let hint = lang.page_sentence("own-search-hint", &[("name", &name), ("lon", &lon), ("lat", &lat)]);
        words.insert("search-hint".to_owned(), hint.into());
    }
    words
}

/// The source of the outlines: the last source of the first feature.
fn source(plan: &Plan, facts: Option<&Facts>, lang: Lang) -> Option<String> {
    let zone = plan.root().or(plan.features().first())?;
    match facts {
        Some(facts) if plan.is_bundled() => Some(lang.localized(&facts.outline).to_owned()),
        _ => zone.properties.get("source").and_then(Value::as_str).map(one_line),
    }
}

fn zone(plan: &Plan, facts: Option<&Facts>, number: FeatureId, area: &ZoneArea) -> Value {
    let zone = &plan[number];
    let mut value = json!({
        "id": zone.id,
        "level": zone.level.map(|level| level.as_str()),
        "parent": zone.parent.map(FeatureId::index),
        "name": zone.name,
        "nameEn": zone.name_en,
        "accuracy": zone.accuracy.map(|accuracy| accuracy.0),
        "shape": shape(&zone.shape),
        "label": label(&zone.shape),
        "said": in_both(|lang| said(plan, facts, number, lang)),
    });
    if let (Value::Object(value), Value::Object(figures)) = (&mut value, figures(area)) {
        value.extend(figures);
    }
    value
}

fn figures(area: &ZoneArea) -> Value {
    json!({
        "areaKm2": area.size.area.km2(),
        "publishedKm2": area.published.map(|area| area.km2()),
        "differenceKm2": area.difference().map(|area| area.km2()),
        "ppm": area.difference_ppm(),
    })
}

/// Polygons as lists of rings, each x, y, x, y, …
fn shape(shape: &MultiPolygon<f64>) -> Value {
    let flat = |polygon| rings(polygon).map(|ring| ring.coords().flat_map(|c| [c.x, c.y]).collect::<Vec<f64>>());
    shape.iter().map(|polygon| Value::from(flat(polygon).map(Value::from).collect::<Vec<_>>())).collect()
}

/// The label position.
pub(super) fn label(shape: &MultiPolygon<f64>) -> Option<[f64; 2]> {
    label_point(shape).map(|point| [point.x, point.y])
}

fn said(plan: &Plan, facts: Option<&Facts>, number: FeatureId, lang: Lang) -> Value {
    let described = description(plan, facts, number, lang);
    let lists = described.lists.into_iter().map(|list| json!([list.name, list.items, list.note]));
    json!({
        "summary": described.summary,
        "fields": described.fields,
        "lists": lists.collect::<Vec<_>>(),
    })
}
