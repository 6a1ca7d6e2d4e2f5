//! The outlines of a plan in a report: how accurate each is, and how its area differs from the published one.

use crate::error::Result;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::{Feature, Plan};
use crate::query::areas::{Method, ZoneArea, areas};
use crate::report::document::{Head, Section, Table};
use crate::report::text::Align;
use crate::table::Value;

/// Longer lists are of parcels, not of zones.
const MAX_FEATURES: usize = 1_000;

/// The section about the outlines: where they come from and, of plans and of layers that are not long, each feature
/// with its accuracy, its area and the published one. `file` is the name of the plan's file.
pub(super) fn section(plan: &Plan, file: Option<&str>, lang: Lang) -> Result<Section<'static>> {
    let (texts, parcel, words) = (lang.texts(), lang.parcel_texts(), lang.texts().outline_words());
    let table = if plan.features().len() > MAX_FEATURES {
        None
    } else {
        let (left, right) = (Align::Left, Align::Right);
        let mut head: Head = vec![(texts.name.to_owned(), left)];
        if !plan.is_flat() {
            head.push((texts.level.to_owned(), left));
        }
        head.extend([
            (parcel.in_unit(words.accuracy, words.metres), right),
            (parcel.in_unit(parcel.parcel_area, parcel.square_kilometres), right),
            (parcel.in_unit(parcel.published, parcel.square_kilometres), right),
            (parcel.in_unit(words.difference, parcel.square_kilometres), right),
            (parcel.in_unit(words.difference, "ppm"), right),
        ]);
        let rows = areas(plan, &[Method::Ellipsoid])?.iter().map(|area| row(plan, area, lang)).collect();
        Some(Table::Short { head, rows })
    };
    let paragraphs = vec![texts.provenance_line(plan, file)];
    Ok(Section { title: words.title.to_owned(), paragraphs, table, ..Section::default() })
}

fn row(plan: &Plan, area: &ZoneArea, lang: Lang) -> Vec<Value<'static>> {
    let texts = lang.texts();
    let feature: Option<&Feature> = area.zone.map(|id| &plan[id]);
    let total = if plan.is_flat() { texts.total_of_layer } else { texts.total };
    let name = feature.map_or_else(|| total.to_owned(), |feature| one_line(lang.name_of(feature)));
    let level = feature.and_then(|feature| feature.level).map(|level| texts.level_name(level));
    let published_km2 = area.published.map(|published| published.km2());
    // As many decimals as were published, at most those of a square metre.
    let decimals =
        published_km2.map_or(0, |figure| figure.to_string().split_once('.').map_or(0, |it| it.1.len().min(6)));
    let accuracy_m = feature.and_then(|feature| feature.accuracy).map(|accuracy| accuracy.0);
    let accuracy = match (feature, accuracy_m) {
        (Some(_), None) => Value::text(Some(texts.outline_words().not_stated)),
        (_, accuracy_m) => Value::number(accuracy_m, accuracy_m.map_or(0, |metres| usize::from(metres.fract() != 0.0))),
    };
    let mut row = vec![Value::text(Some(name))];
    if !plan.is_flat() {
        row.push(Value::text(level));
    }
    row.extend([
        accuracy,
        Value::number(Some(area.size.area.km2()), 4),
        Value::number(published_km2, decimals),
        Value::number(area.difference().map(|difference| difference.km2()), 4),
        Value::number(area.difference_ppm(), 1),
    ]);
    row
}
