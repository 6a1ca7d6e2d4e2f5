//! Areas and overlaps as tables.

use std::collections::HashMap;

use crate::messages::Lang;
use crate::messages::text::{grouped, one_line};
use crate::plan::{Feature, FeatureId, Plan};
use crate::query::areas::{ClassArea, Method, Overlap, ZoneArea};
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;

/// The areas for programs: a row per feature and method, and per method a row of level `total` with the sum of the core
/// and the zones (in a flat layer, of all features).
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas};
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let csv = report::areas::records(&plan, &areas(&plan, &[Method::Ellipsoid])?).to_csv();
/// let core = csv.lines().find(|line| line.starts_with("core,")).unwrap();
/// assert!(core.starts_with("core,core,中央创新核,Central Innovation Core,ellipsoid,41000016.376,41.000016,"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn records<'a>(plan: &'a Plan, areas: &[ZoneArea]) -> Records<'a> {
    let mut records = Records::new(&[
        "id",
        "level",
        "name",
        "name_en",
        "method",
        "area_m2",
        "area_km2",
        "area_ha",
        "area_mu",
        "perimeter_m",
        "published_area_km2",
        "difference_km2",
        "difference_ppm",
    ]);
    for area in areas {
        let zone = area.zone.map(|id| &plan[id]);
        let size = area.size;
        records.push(vec![
            Value::text(Some(zone.map_or("total", |zone| zone.id.as_str()))),
            Value::text(zone.map_or(Some("total"), |zone| zone.level.map(|level| level.as_str()))),
            Value::text(zone.map(|zone| zone.name.as_str())),
            Value::text(zone.and_then(|zone| zone.name_en.as_deref())),
            Value::text(Some(area.method.to_string())),
            Value::number(Some(size.area.0), 3),
            Value::number(Some(size.area.km2()), 6),
            Value::number(Some(size.area.ha()), 4),
            Value::number(Some(size.area.mu()), 4),
            Value::number(Some(size.perimeter.0), 3),
            Value::number(
                area.published.map(|published| published.km2()),
                area.published.map_or(0, |published| decimals(published.km2())),
            ),
            Value::number(area.difference().map(|difference| difference.km2()), 6),
            Value::number(area.difference_ppm(), 3),
        ]);
    }
    records
}

/// The number of decimals of a published figure.
fn decimals(figure: f64) -> usize {
    figure.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// The areas for people.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let text = report::areas::table(&plan, &areas(&plan, &[Method::Ellipsoid])?, Lang::Zh);
/// let core = text.lines().find(|line| line.starts_with("中央创新核")).unwrap();
/// assert!(core.contains("4,100.00") && core.contains("61,500.0"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(plan: &Plan, areas: &[ZoneArea], lang: Lang) -> String {
    let texts = lang.texts();
    let head = [
        (texts.name, Align::Left),
        (texts.level, Align::Left),
        (texts.method, Align::Left),
        (texts.area_km2, Align::Right),
        (texts.area_ha, Align::Right),
        (texts.area_mu, Align::Right),
        (texts.perimeter_km, Align::Right),
        (texts.published_km2, Align::Right),
        (texts.difference_km2, Align::Right),
        (texts.difference_ppm, Align::Right),
    ];
    let total = if plan.is_flat() { texts.total_of_layer } else { texts.total };
    let with_method = areas.iter().any(|area| area.method != Method::Ellipsoid);
    let mut table = TextTable::new(head.map(|(name, align)| (name.to_owned(), align)));
    for area in areas {
        let zone = area.zone.map(|id| &plan[id]);
        let size = area.size;
        table.push([
            zone.map_or(total, |zone| lang.name_of(zone)).to_owned(),
            zone.and_then(|zone| zone.level).map_or(String::new(), |level| texts.level_name(level).to_owned()),
            if with_method { area.method.to_string() } else { String::new() },
            grouped(size.area.km2(), 4),
            grouped(size.area.ha(), 2),
            grouped(size.area.mu(), 1),
            grouped(size.perimeter.km(), 3),
            area.published.map_or(String::new(), |published| published.km2().to_string()),
            area.difference().map_or(String::new(), |difference| format!("{:+.4}", difference.km2())),
            area.difference_ppm().map_or(String::new(), |ppm| format!("{ppm:+.1}")),
        ]);
    }
    let mut text = table.render();
    text.push('\n');
    let mut methods: Vec<Method> = areas.iter().map(|area| area.method.clone()).collect();
    methods.dedup();
    methods.into_iter().for_each(|method| text.extend([&texts.method_note(method), "\n"]));
    text
}

/// The areas of classes for programs: a row per class and method.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, by_class};
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let classes = by_class(&plan, &areas(&plan, &[Method::Ellipsoid])?, "level");
/// let csv = report::areas::class_records(&classes).to_csv();
/// assert!(csv.contains("\ncore,1,ellipsoid,41000016.376,41.000016,"), "{csv}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn class_records(classes: &[ClassArea]) -> Records<'_> {
    let mut records =
        Records::new(&["class", "features", "method", "area_m2", "area_km2", "area_ha", "area_mu", "counted_twice_m2"]);
    for class in classes {
        records.push(vec![
            Value::text(Some(class.class.as_str())),
            Value::number(Some(class.features as f64), 0),
            Value::text(Some(class.method.to_string())),
            Value::number(Some(class.area.0), 3),
            Value::number(Some(class.area.km2()), 6),
            Value::number(Some(class.area.ha()), 4),
            Value::number(Some(class.area.mu()), 4),
            Value::number(Some(class.repeated.0), 3),
        ]);
    }
    records
}

/// The areas of classes for people.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, by_class};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let classes = by_class(&plan, &areas(&plan, &[Method::Ellipsoid])?, "level");
/// let text = report::areas::class_table(&classes, "level", Lang::En);
/// assert!(text.lines().next().unwrap().starts_with("level"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn class_table(classes: &[ClassArea], property: &str, lang: Lang) -> String {
    let texts = lang.texts();
    let with_method = classes.iter().any(|class| class.method != Method::Ellipsoid);
    let head = [
        (property, Align::Left),
        (texts.features, Align::Right),
        (texts.method, Align::Left),
        (texts.area_km2, Align::Right),
        (texts.area_ha, Align::Right),
        (texts.area_mu, Align::Right),
        (texts.counted_twice_km2, Align::Right),
    ];
    let mut table = TextTable::new(head.map(|(name, align)| (one_line(name), align)));
    for class in classes {
        table.push([
            texts.class(&class.class),
            class.features.to_string(),
            if with_method { class.method.to_string() } else { String::new() },
            grouped(class.area.km2(), 4),
            grouped(class.area.ha(), 2),
            grouped(class.area.mu(), 1),
            if class.repeated.0 > 0.0 { grouped(class.repeated.km2(), 4) } else { String::new() },
        ]);
    }
    let mut text = table.render();
    text.push('\n');
    let mut methods: Vec<Method> = classes.iter().map(|class| class.method.clone()).collect();
    methods.dedup();
    methods.into_iter().for_each(|method| text.extend([&texts.method_note(method), "\n"]));
    text
}

/// The overlaps for programs: a row per pair of features.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::{Method, areas, overlaps};
/// use taizhou_corridor::report;
///
/// // Shares are relative to the areas of the features.
/// let plan = Plan::bundled();
/// let areas = areas(&plan, &[Method::Ellipsoid])?;
/// let csv = report::areas::overlap_records(&plan, &areas, &overlaps(&plan)).to_csv();
/// assert!(csv.contains("\ncore,high-speed-rail-district,3506086.537,0.085514272,"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn overlap_records<'a>(plan: &'a Plan, areas: &[ZoneArea], overlaps: &[Overlap]) -> Records<'a> {
    let mut records = Records::new(&["id", "other", "area_m2", "share_of_id", "share_of_other"]);
    let wholes: HashMap<FeatureId, &ZoneArea> = areas
        .iter()
        .filter(|area| area.method == Method::Ellipsoid)
        .filter_map(|area| Some((area.zone?, area)))
        .collect();
    let share = |overlap: &Overlap, id: FeatureId| {
        let whole = wholes.get(&id);
        // Rounding can make an intersection larger than the feature.
        Value::number(whole.map(|whole| (overlap.area.0 / whole.size.area.0).min(1.0)), 9)
    };
    for overlap in overlaps {
        records.push(vec![
            Value::text(Some(plan[overlap.a].id.as_str())),
            Value::text(Some(plan[overlap.b].id.as_str())),
            Value::number(Some(overlap.area.0), 3),
            share(overlap, overlap.a),
            share(overlap, overlap.b),
        ]);
    }
    records
}

/// The overlaps for people, in km²: a matrix of the features that overlap any other, or a list if there are many.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::areas::overlaps;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let matrix = report::areas::overlap_matrix(&plan, &overlaps(&plan), Lang::En);
/// let core = matrix.lines().find(|line| line.starts_with("2 Central Innovation Core")).unwrap();
/// // With the corridor, with itself, with Jiaojiang.
/// assert_eq!(core.split_whitespace().skip(4).take(3).collect::<Vec<_>>(), ["41.0000", "·", "·"]);
/// ```
pub fn overlap_matrix(plan: &Plan, overlaps: &[Overlap], lang: Lang) -> String {
    let texts = lang.texts();
    let mut members: Vec<FeatureId> = overlaps.iter().flat_map(|overlap| [overlap.a, overlap.b]).collect();
    members.sort_unstable();
    members.dedup();
    /// A matrix with more columns is not readable.
    const MAX_COLUMNS: usize = 30;
    if members.len() > MAX_COLUMNS {
        return overlap_list(plan, overlaps, lang);
    }
    if members.is_empty() {
        return format!("{}\n", texts.no_overlaps);
    }
    let name = |id: FeatureId| {
        let zone: &Feature = &plan[id];
        format!("{} {}", id.index() + 1, one_line(lang.name_of(zone)))
    };
    let head = std::iter::once((texts.overlaps.to_owned(), Align::Left))
        .chain(members.iter().map(|&id| ((id.index() + 1).to_string(), Align::Right)));
    let mut table = TextTable::new(head);
    for &a in &members {
        let cells = members.iter().map(|&b| {
            let pair = overlaps.iter().find(|overlap| (overlap.a, overlap.b) == (a.min(b), a.max(b)));
            pair.map_or_else(|| "·".to_owned(), |overlap| grouped(overlap.area.km2(), 4))
        });
        table.push(std::iter::once(name(a)).chain(cells.collect::<Vec<_>>()));
    }
    table.render()
}

/// The overlaps for people, a line per pair.
fn overlap_list(plan: &Plan, overlaps: &[Overlap], lang: Lang) -> String {
    let texts = lang.texts();
    let head = [(texts.name, Align::Left), (texts.name, Align::Left), (texts.overlaps, Align::Right)];
    let mut table = TextTable::new(head.map(|(name, align)| (name.to_owned(), align)));
    for overlap in overlaps {
        let name = |id: FeatureId| lang.name_of(&plan[id]).to_owned();
        table.push([name(overlap.a), name(overlap.b), grouped(overlap.area.km2(), 4)]);
    }
    table.render()
}
