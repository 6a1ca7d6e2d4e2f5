//! Areas of classes by zone, for programs and people.

use crate::messages::Lang;
use crate::messages::text::{grouped, one_line};
use crate::query::overlay::Sums;
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;
use crate::units::SquareMetres;

/// The sums for programs: a row per class and zone that it intersects, and a row `total` per zone, each with the number
/// of parcels that have a part there. Totals also have the area of the zone, the area covered more than once and the
/// area not covered. The part outside all zones has an empty `zone`.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{OverlapAnalysis, Overlayer, Sums};
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let overlayer = Overlayer::new(&plan);
/// let mut sums = Sums::new(&overlayer);
/// sums.add("0802", &overlayer.overlay(&plan.feature("feilong-lake-community")?.shape));
/// let counted_twice = OverlapAnalysis::default().counted_twice(&overlayer, &sums);
/// let csv = report::sums::records(&sums, &counted_twice).to_csv();
/// assert!(csv.contains("\nclass,0802,luqiao,1,350896."));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn records<'p>(sums: &Sums<'p>, counted_twice: &[SquareMetres]) -> Records<'p> {
    let mut records = Records::new(&[
        "row",
        "class",
        "zone",
        "parcels",
        "area_m2",
        "area_ha",
        "area_mu",
        "zone_area_m2",
        "difference_m2",
        "counted_twice_m2",
        "not_covered_m2",
    ]);
    let plan = sums.plan();
    let id = |column: usize| Value::text(sums.columns()[column].map(|zone| plan[zone].id.as_str()));
    let areas = |area: SquareMetres| {
        [(area.0, 6), (area.ha(), 4), (area.mu(), 4)].map(|(value, decimals)| Value::number(Some(value), decimals))
    };
    for class in sums.classes() {
        for (column, sum) in class.columns() {
            let mut row = vec![Value::text(Some("class")), Value::text(Some(class.class.clone())), id(column)];
            row.push(Value::number(Some(sum.parcels as f64), 0));
            row.extend(areas(sum.area));
            row.extend([Value::Null, Value::Null, Value::Null, Value::Null]);
            records.push(row);
        }
    }
    for (column, total) in sums.totals().into_iter().enumerate() {
        let (zone_area, twice) = (sums.zone_area(column), counted_twice[column]);
        let mut row = vec![Value::text(Some("total")), Value::Null, id(column)];
        row.push(Value::number(Some(total.parcels as f64), 0));
        row.extend(areas(total.area));
        row.push(Value::number(zone_area.map(|area| area.0), 6));
        row.push(Value::number(zone_area.map(|area| area.0 - total.area.0), 6));
        row.push(Value::number(Some(twice.0), 6));
        row.push(Value::number(not_covered(zone_area, total.area, twice).map(|area| area.0), 6));
        records.push(row);
    }
    records
}

/// The area of a zone that no parcel covers. The total counts what overlapping parcels cover more than once.
fn not_covered(zone: Option<SquareMetres>, total: SquareMetres, counted_twice: SquareMetres) -> Option<SquareMetres> {
    // Due to rounding, a covered zone could have a tiny remainder of either sign.
    Some(SquareMetres((zone?.0 - total.0 + counted_twice.0).max(0.0)))
}

/// The sums for people, in hectares: a line per class, a column per zone that any class intersects; below, the totals,
/// the areas of the zones, the area covered more than once and the area not covered.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{OverlapAnalysis, Overlayer, Sums};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let plan = Plan::bundled();
/// let overlayer = Overlayer::new(&plan);
/// let mut sums = Sums::new(&overlayer);
/// sums.add("科研用地", &overlayer.overlay(&plan.feature("feilong-lake-community")?.shape));
/// let counted_twice = OverlapAnalysis::default().counted_twice(&overlayer, &sums);
/// let table = report::sums::table(&sums, &counted_twice, "用途", Lang::Zh);
/// assert!(table.lines().nth(2).unwrap().starts_with("科研用地"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(sums: &Sums<'_>, counted_twice: &[SquareMetres], field: &str, lang: Lang) -> String {
    let texts = lang.texts();
    let plan = sums.plan();
    let totals = sums.totals();
    let shown: Vec<usize> = (0..totals.len()).filter(|&column| totals[column].area.0 > 0.0).collect();
    let name = |column: usize| match sums.columns()[column] {
        Some(zone) => one_line(lang.name_of(&plan[zone])),
        None => texts.in_no_zone.to_owned(),
    };
    let head = [(one_line(field), Align::Left), (texts.parcels.to_owned(), Align::Right)];
    let columns = shown.iter().map(|&column| (format!("{} ha", name(column)), Align::Right));
    let mut table = TextTable::new(head.into_iter().chain(columns).chain([(texts.sum_ha.to_owned(), Align::Right)]));
    let hectares = |area: SquareMetres| grouped(area.ha(), 4);
    for class in sums.classes() {
        let cells = shown.iter().map(|&column| match class.in_column(column).area {
            SquareMetres(0.0) => String::new(),
            area => hectares(area),
        });
        let first = [texts.class(&class.class), class.parcels.to_string()];
        table.push(first.into_iter().chain(cells).chain([hectares(class.whole)]));
    }
    let whole = SquareMetres(sums.classes().iter().map(|class| class.whole.0).sum());
    let parcels: u64 = sums.classes().iter().map(|class| class.parcels).sum();
    let line = |title: &str, count: String, of: &dyn Fn(usize) -> Option<SquareMetres>, last: String| {
        let cells: Vec<String> = shown.iter().map(|&column| of(column).map_or(String::new(), hectares)).collect();
        [title.to_owned(), count].into_iter().chain(cells).chain([last]).collect::<Vec<_>>()
    };
    let total = |column: usize| totals[column].area;
    table.push(line(texts.sum, parcels.to_string(), &|column| Some(total(column)), hectares(whole)));
    table.push(line(texts.zone_area, String::new(), &|column| sums.zone_area(column), String::new()));
    let twice = SquareMetres(counted_twice.iter().map(|area| area.0).sum());
    table.push(line(texts.counted_twice, String::new(), &|column| Some(counted_twice[column]), hectares(twice)));
    let uncovered = |column: usize| not_covered(sums.zone_area(column), total(column), counted_twice[column]);
    table.push(line(texts.not_covered, String::new(), &uncovered, String::new()));
    table.render()
}
