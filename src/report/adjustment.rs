//! Adjusted areas as tables.

use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::plan::{Feature, Plan};
use crate::query::adjustment::{AdjustedArea, Adjustment, Member};
use crate::query::areas::Method;
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;
use crate::units::SquareDecimetres;

/// The adjusted areas for programs: a row per method and member. `row` is `total`, `group`, `feature`, or `rest`: what the
/// features in another leave of it; `parent` is the id or group that the row is a part of.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::adjustment::{Controls, TOLERANCE_PPM, adjust};
/// use taizhou_corridor::query::areas::{Method, areas};
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let controls = Controls::of_property(&plan, "published_area", None)?;
/// let adjusted = adjust(&plan, &areas(&plan, &[Method::Ellipsoid])?, None, &controls, TOLERANCE_PPM)?;
/// let csv = report::adjustment::records(&plan, &adjusted).to_csv();
/// let core = csv.lines().find(|line| line.starts_with("feature,core,")).unwrap();
/// assert!(core.ends_with(",ellipsoid,41000016.38,-16.38,41000000.00,4100.000000,61500.0000,41000000.00,0.400"), "{core}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn records<'a>(plan: &'a Plan, adjustments: &'a [Adjustment]) -> Records<'a> {
    let mut records = Records::new(&[
        "row",
        "id",
        "level",
        "name",
        "name_en",
        "parent",
        "method",
        "computed_m2",
        "correction_m2",
        "adjusted_m2",
        "adjusted_ha",
        "adjusted_mu",
        "control_m2",
        "difference_ppm",
    ]);
    for Adjustment { method, areas, .. } in adjustments {
        for area in areas {
            let feature = feature(plan, area);
            let parent = area.parent.map(|parent| id_of(plan, &areas[parent]));
            let m2 = |area: SquareDecimetres| Value::number(Some(area.square_metres().0), 2);
            records.push(vec![
                Value::text(Some(match area.member {
                    Member::Total => "total",
                    Member::Group(_) => "group",
                    Member::Feature(_) => "feature",
                    Member::Rest(_) => "rest",
                })),
                Value::text((!matches!(area.member, Member::Rest(_))).then(|| id_of(plan, area))),
                Value::text(feature.and_then(|feature| feature.level).map(|level| level.as_str())),
                Value::text(feature.map(|feature| feature.name.as_str())),
                Value::text(feature.and_then(|feature| feature.name_en.as_deref())),
                Value::text(parent),
                Value::text(Some(method.to_string())),
                m2(area.computed),
                m2(area.correction()),
                m2(area.adjusted),
                Value::number(Some(area.adjusted.square_metres().ha()), 6),
                Value::number(Some(area.adjusted.square_metres().mu()), 4),
                area.control.map_or(Value::Null, m2),
                Value::number(area.difference_ppm(), 3),
            ]);
        }
    }
    records
}

/// The adjusted areas for people.
///
/// ```
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::adjustment::{Controls, TOLERANCE_PPM, adjust};
/// use taizhou_corridor::query::areas::{Method, areas};
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let controls = Controls::of_property(&plan, "published_area", None)?;
/// let adjusted = adjust(&plan, &areas(&plan, &[Method::Ellipsoid])?, None, &controls, TOLERANCE_PPM)?;
/// let text = report::adjustment::table(&plan, &adjusted, Lang::Zh);
/// assert!(text.lines().any(|line| line.contains("中央创新核") && line.contains("-16.38")), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(plan: &Plan, adjustments: &[Adjustment], lang: Lang) -> String {
    let texts = lang.texts();
    let [computed, correction, adjusted, adjusted_mu, control] = texts.adjustment_headings();
    let head = [
        (texts.name, Align::Left),
        (texts.level, Align::Left),
        (texts.method, Align::Left),
        (computed, Align::Right),
        (correction, Align::Right),
        (adjusted, Align::Right),
        (adjusted_mu, Align::Right),
        (control, Align::Right),
        (texts.difference_ppm, Align::Right),
    ];
    let with_method = adjustments.iter().any(|adjustment| adjustment.method != Method::Ellipsoid);
    let mut table = TextTable::new(head.map(|(name, align)| (name.to_owned(), align)));
    for Adjustment { method, areas, .. } in adjustments {
        for area in areas {
            let m2 = |area: SquareDecimetres| grouped(area.square_metres().0, 2);
            let name = match &area.member {
                Member::Total => texts.total_of_layer.to_owned(),
                Member::Group(class) => texts.class(class),
                Member::Feature(id) => lang.name_of(&plan[*id]).to_owned(),
                Member::Rest(id) => lang.rest_of(&plan[*id]),
            };
            let level = feature(plan, area).and_then(|feature| feature.level);
            let SquareDecimetres(correction_dm2) = area.correction();
            let sign = if correction_dm2 > 0 { "+" } else { "" };
            table.push([
                format!("{}{name}", "  ".repeat(area.depth)),
                level.map_or(String::new(), |level| texts.level_name(level).to_owned()),
                if with_method { method.to_string() } else { String::new() },
                m2(area.computed),
                format!("{sign}{}", m2(area.correction())),
                m2(area.adjusted),
                grouped(area.adjusted.square_metres().mu(), 4),
                area.control.map_or(String::new(), m2),
                area.difference_ppm().map_or(String::new(), |ppm| format!("{ppm:+.1}")),
            ]);
        }
    }
    let mut text = table.render();
    text.push('\n');
    if let Some(adjustment) = adjustments.first() {
        text.extend([&texts.adjustment_note(adjustment.tolerance_ppm), "\n"]);
    }
    for adjustment in adjustments {
        text.extend([&texts.method_note(adjustment.method.clone()), "\n"]);
    }
    text
}

fn feature<'p>(plan: &'p Plan, area: &AdjustedArea) -> Option<&'p Feature> {
    match area.member {
        Member::Feature(id) => Some(&plan[id]),
        _ => None,
    }
}

fn id_of<'a>(plan: &'a Plan, area: &'a AdjustedArea) -> &'a str {
    match &area.member {
        Member::Total => "total",
        Member::Group(name) => name,
        Member::Feature(id) | Member::Rest(id) => &plan[*id].id,
    }
}
