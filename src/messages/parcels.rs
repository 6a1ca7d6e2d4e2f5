//! Texts of the parcel report.

use crate::crs::Plane;
use crate::messages::sentences::plural;
use crate::messages::text::grouped;
use crate::messages::{Lang, problem};
use crate::query::QuerySummary;
use crate::query::overlay::{FindingKind, OverlapPair, OverlaySummary, ParcelSummary};
use crate::units::{AreaUnit, SquareMetres};

/// The fixed texts of the parcel report.
///
/// ```
/// use taizhou_corridor::messages::Lang;
///
/// assert_eq!(Lang::Zh.parcel_texts().hectares, "公顷");
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct ParcelTexts {
    lang: Lang,
    pub title: &'static str,
    pub summary: &'static str,
    pub zones: &'static str,
    pub classes: &'static str,
    pub parcels: &'static str,
    pub findings: &'static str,
    pub method: &'static str,
    pub item: &'static str,
    pub value: &'static str,
    pub unit: &'static str,
    pub file: &'static str,
    pub format: &'static str,
    pub system: &'static str,
    pub plan: &'static str,
    pub plan_version: &'static str,
    pub published_by: &'static str,
    pub level: &'static str,
    pub no_levels: &'static str,
    pub rows: &'static str,
    pub within: &'static str,
    pub within_it: &'static str,
    pub straddling: &'static str,
    pub touching: &'static str,
    pub majority: &'static str,
    pub outside: &'static str,
    pub invalid: &'static str,
    pub repaired: &'static str,
    pub uncertain: &'static str,
    pub not_assessed: &'static str,
    /// The settings that options come from.
    pub settings: &'static str,
    pub area: &'static str,
    pub area_in_zones: &'static str,
    pub area_in_no_zone: &'static str,
    pub overlapping: &'static str,
    pub counted_twice: &'static str,
    pub with_stated: &'static str,
    pub stated: &'static str,
    pub computed: &'static str,
    pub difference: &'static str,
    pub left_out: &'static str,
    pub hectares: &'static str,
    pub mu: &'static str,
    pub square_kilometres: &'static str,
    pub square_metres: &'static str,
    pub count: &'static str,
    pub row_count: &'static str,
    pub zone: &'static str,
    pub covered: &'static str,
    pub covered_share: &'static str,
    pub not_covered: &'static str,
    pub published: &'static str,
    pub sum: &'static str,
    pub in_no_zone: &'static str,
    pub row: &'static str,
    pub parcel: &'static str,
    pub relation: &'static str,
    pub share: &'static str,
    pub parts: &'static str,
    pub parcel_area: &'static str,
    pub certainty: &'static str,
    pub note: &'static str,
    pub code: &'static str,
    pub finding: &'static str,
    pub no_findings: &'static str,
    pub made_with: &'static str,
}

static EN: ParcelTexts = ParcelTexts {
    lang: Lang::En,
    title: "Parcels and zones",
    summary: "Summary",
    zones: "Zones",
    classes: "Classes",
    parcels: "Parcels",
    findings: "Findings",
    method: "Method and sources",
    item: "Item",
    value: "Value",
    unit: "Unit",
    file: "Input",
    format: "Format",
    system: "Coordinates",
    plan: "Plan",
    plan_version: "Version of the plan",
    published_by: "Published by",
    level: "Overlay level",
    no_levels: "all features: the outline has no levels",
    rows: "Rows",
    within: "Within one zone",
    within_it: "Within",
    straddling: "Straddling",
    touching: "Touching",
    majority: "Mainly in this zone",
    outside: "Outside all zones",
    invalid: "Invalid rows",
    repaired: "Repaired",
    uncertain: "Main zone uncertain",
    not_assessed: "Main zone not assessed",
    settings: "Settings",
    area: "Area of the parcels",
    area_in_zones: "of which inside zones",
    area_in_no_zone: "of which outside zones",
    overlapping: "Pairs of parcels that overlap",
    counted_twice: "Counted more than once",
    with_stated: "Parcels with a stated area",
    stated: "Stated area",
    computed: "Computed area (same parcels)",
    difference: "Computed minus stated",
    left_out: "Small parts omitted",
    hectares: "ha",
    mu: "mu",
    square_kilometres: "km²",
    square_metres: "m²",
    count: "",
    row_count: "",
    zone: "Zone",
    covered: "Covered by parcels",
    covered_share: "Share covered (%)",
    not_covered: "Not covered",
    published: "Published",
    sum: "Sum",
    in_no_zone: "Outside all zones",
    row: "Row",
    parcel: "Parcel",
    relation: "Relation",
    share: "Share (%)",
    parts: "All parts",
    parcel_area: "Area",
    certainty: "Certainty",
    note: "Note",
    code: "Code",
    finding: "Finding",
    no_findings: "No findings.",
    made_with: "Made with",
};

static ZH: ParcelTexts = ParcelTexts {
    lang: Lang::Zh,
    title: "地块归属报告",
    summary: "概要",
    zones: "片区",
    classes: "分类汇总",
    parcels: "地块",
    findings: "核查结果",
    method: "方法与来源",
    item: "项目",
    value: "数值",
    unit: "单位",
    file: "输入文件",
    format: "格式",
    system: "坐标系",
    plan: "规划",
    plan_version: "规划版本",
    published_by: "发布单位",
    level: "叠加层级",
    no_levels: "全部要素（范围线不分层级）",
    rows: "总行数",
    within: "完全位于一个片区",
    within_it: "完全位于",
    straddling: "跨界",
    touching: "相接",
    majority: "主体位于本片区",
    outside: "片区以外",
    invalid: "几何无效",
    repaired: "已修复",
    uncertain: "归属不确定",
    not_assessed: "归属可信度未评定",
    settings: "设置文件",
    area: "地块面积",
    area_in_zones: "其中片区以内",
    area_in_no_zone: "其中片区以外",
    overlapping: "重叠的地块对",
    counted_twice: "重复计算",
    with_stated: "有载明面积的地块",
    stated: "载明面积",
    computed: "同一批地块的计算面积",
    difference: "计算面积减载明面积",
    left_out: "略去的碎面",
    hectares: "公顷",
    mu: "亩",
    square_kilometres: "平方公里",
    square_metres: "平方米",
    count: "个",
    row_count: "行",
    zone: "片区",
    covered: "已被地块覆盖",
    covered_share: "覆盖率（%）",
    not_covered: "未被地块覆盖",
    published: "公布面积",
    sum: "合计",
    in_no_zone: "片区以外",
    row: "行",
    parcel: "地块",
    relation: "位置关系",
    share: "占比（%）",
    parts: "各部分占比",
    parcel_area: "面积",
    certainty: "可信度",
    note: "备注",
    code: "代码",
    finding: "说明",
    no_findings: "未发现问题。",
    made_with: "生成工具",
};

/// Names of findings, in the order of [`FindingKind::CODES`], then overlaps.
static FINDING_NAMES: [(&str, &str); FindingKind::CODES.len() + 1] = [
    ("invalid rows", "无效"),
    ("repaired parcels", "已修复"),
    ("slivers", "碎面"),
    ("stated areas that are off", "面积不符"),
    ("stated areas that are not numbers", "面积无法识别"),
    ("overlaps", "重叠"),
];

impl ParcelTexts {
    pub(super) fn of(lang: Lang) -> &'static ParcelTexts {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// A quantity with its unit, as a heading.
    pub fn in_unit(&self, quantity: &str, unit: &str) -> String {
        match self.lang {
            Lang::En => format!("{quantity} ({unit})"),
            Lang::Zh => format!("{quantity}（{unit}）"),
        }
    }

    /// The result in one sentence.
    pub fn outcome(&self, tally: &OverlaySummary) -> String {
        let OverlaySummary { within, straddling, outside, .. } = *tally;
        let (rows, invalid) = (tally.rows(), tally.invalid.count);
        let text = match self.lang {
            Lang::En => format!(
                "{}: {within} within one zone, {straddling} across a boundary, {outside} outside all zones, {invalid} invalid. {}",
                plural(rows, "row"),
                self.certainty_outcome(tally)
            ),
            Lang::Zh => format!(
                "共{rows}行：完全位于一个片区的地块{within}个，跨界{straddling}个，片区以外{outside}个；几何无效{invalid}行。{}",
                self.certainty_outcome(tally)
            ),
        };
        text.trim_end().to_owned()
    }

    /// The number of uncertain main zones, unless certainty was not assessed.
    pub(crate) fn certainty_outcome(&self, tally: &OverlaySummary) -> String {
        let OverlaySummary { uncertain, not_assessed, .. } = *tally;
        if self.is_not_assessed(tally) {
            let sentence = self.lang.texts().certainty_not_assessed();
            return match self.lang {
                Lang::En => format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..]),
                Lang::Zh => format!("{sentence}。"),
            };
        }
        match self.lang {
            _ if tally.rows() == tally.invalid.count => String::new(),
            Lang::En if not_assessed > 0 => format!(
                "Given the accuracy of the outline, the main zone is uncertain for {uncertain}; it is not assessed for {not_assessed}, where the outline states no accuracy."
            ),
            Lang::Zh if not_assessed > 0 => format!(
                "按范围线精度，归属不确定的地块{uncertain}个；因该处范围线未注明精度而未评定的{not_assessed}个。"
            ),
            Lang::En => format!("Given the accuracy of the outline, the main zone is uncertain for {uncertain}."),
            Lang::Zh => format!("按范围线精度，归属不确定的地块{uncertain}个。"),
        }
    }

    /// Whether certainty was not assessed for any parcel: no outline states its accuracy.
    pub fn is_not_assessed(&self, tally: &OverlaySummary) -> bool {
        tally.not_assessed > 0 && tally.not_assessed == tally.rows() - tally.invalid.count
    }

    /// The number of findings of each kind, and how many are listed at most; `counts` is in the order of
    /// [`FindingKind::CODES`].
    pub fn finding_counts(&self, counts: [u64; FindingKind::CODES.len()], overlaps: u64) -> String {
        let codes = FindingKind::CODES.into_iter().zip(counts).chain([("overlap", overlaps)]);
        let named = FINDING_NAMES.iter().zip(codes).filter(|(_, (_, count))| *count > 0);
        let limit = ParcelSummary::MAX_FINDINGS;
        let is_cut = counts.into_iter().chain([overlaps]).any(|count| count > limit);
        match self.lang {
            Lang::En => {
                let counts: Vec<String> =
                    named.map(|((name, _), (code, count))| format!("{name}: {count} ({code})")).collect();
                let limit = if is_cut { format!(" At most {limit} of each kind are listed.") } else { String::new() };
                let text = counts.join(", ");
                // The names are ASCII.
                let first = text.get(..1).unwrap_or_default().to_uppercase();
                format!("{first}{}.{limit}", text.get(1..).unwrap_or_default())
            }
            Lang::Zh => {
                let counts: Vec<String> =
                    named.map(|((_, name), (code, count))| format!("{name}{count}项（{code}）")).collect();
                let limit = if is_cut { format!("每类至多列出{limit}项。") } else { String::new() };
                format!("{}。{limit}", counts.join("，"))
            }
        }
    }

    /// A finding about a row; `zone` is the name of its zone, `unit` that of stated areas.
    pub fn finding_text(&self, about: &FindingKind, zone: Option<&str>, unit: AreaUnit) -> String {
        let name = self.lang.report_texts().unit(unit);
        let shown = |area: SquareMetres| grouped(area.0 / unit.of(1.0).0, 4);
        match (self.lang, about) {
            (_, FindingKind::Invalid(found)) => problem(found, self.lang),
            (Lang::En, FindingKind::Repaired(found)) => format!("repaired: {}", problem(found, self.lang)),
            (Lang::Zh, FindingKind::Repaired(found)) => format!("已修复：{}", problem(found, self.lang)),
            (Lang::En, FindingKind::Sliver { area, mean_width, .. }) => {
                let zone_name = zone.map_or("outside all zones".into(), |zone| format!("in {zone}"));
                format!("a sliver {zone_name}: {} m², {:.3} m wide on average", grouped(area.0, 2), mean_width.0)
            }
            (Lang::Zh, FindingKind::Sliver { area, mean_width, .. }) => {
                let zone_name = zone.map_or("片区以外".into(), |zone| format!("{zone}内"));
                format!("{zone_name}的碎面：{}平方米，平均宽{:.3}米", grouped(area.0, 2), mean_width.0)
            }
            (Lang::En, FindingKind::StatedArea { stated, computed }) => format!(
                "stated {} {name}, computed {} {name}: {:+.1} m²",
                shown(*stated),
                shown(*computed),
                computed.0 - stated.0
            ),
            (Lang::Zh, FindingKind::StatedArea { stated, computed }) => format!(
                "载明面积{}{name}，计算面积{}{name}，相差{:+.1}平方米",
                shown(*stated),
                shown(*computed),
                computed.0 - stated.0
            ),
            (Lang::En, FindingKind::UnreadableStatedArea { text }) => format!("stated area “{text}” is not a number"),
            (Lang::Zh, FindingKind::UnreadableStatedArea { text }) => format!("载明面积“{text}”无法识别"),
        }
    }

    /// The finding that two parcels overlap.
    pub fn overlap(&self, pair: &OverlapPair) -> String {
        let (_, other) = &pair.labels;
        let row = pair.rows.1;
        let area_m2 = grouped(pair.area.0, 2);
        match self.lang {
            Lang::En => format!("overlaps row {row} {other}: {area_m2} m²"),
            Lang::Zh => format!("与第{row}行{other}重叠{area_m2}平方米"),
        }
    }

    /// How the figures are computed, of parcels and an outline whose edges are straight in this plane.
    pub fn methods(&self, level: Option<&str>, plane: &Plane, summary: &ParcelSummary<'_>) -> Vec<String> {
        let edges = match (self.lang, plane.is_lon_lat()) {
            (Lang::En, true) => {
                "edges are straight in longitude and latitude: the rule of the Chinese land survey (椭球面积)"
                    .to_owned()
            }
            (Lang::En, false) => format!("edges are straight in the plane of the outline, {}", plane.crs()),
            (Lang::Zh, true) => "边在经纬度上为直线，与国土调查的规定一致".to_owned(),
            (Lang::Zh, false) => format!("边在范围线所在平面（{}）上为直线", plane.crs()),
        };
        let level = match (self.lang, level) {
            (Lang::En, Some(level)) => format!("the features of the level “{level}”"),
            (Lang::En, None) => "all features of the outline".to_owned(),
            (Lang::Zh, Some(level)) => format!("“{level}”层级的要素"),
            (Lang::Zh, None) => "范围线的全部要素".to_owned(),
        };
        let tolerance_ppm = summary.options().tolerance_ppm;
        let width_m = ParcelSummary::SLIVER_WIDTH.0;
        let stated = summary.options().stated.is_some();
        let mut texts: Vec<String> = match self.lang {
            Lang::En => vec![
                format!(
                    "Areas are on the CGCS2000 ellipsoid (a = 6,378,137 m, 1/f = 298.257222101), of polygons whose {edges}. WGS 84 and CGCS2000 are treated as equal. 1 ha = 15 mu."
                ),
                format!(
                    "Parcels are overlaid with {level}. The share of a part is its area divided by that of the parcel; the part outside all zones counts as a part, so shares add up to 1. The main zone is that of the largest part; it is certain if more than half of the parcel stays in it wherever the true boundaries lie within their stated accuracy (95 %)."
                ),
                format!(
                    "A part with a mean width (twice its area divided by its perimeter) below {width_m} m is a sliver. Parcels overlap if they share more than 0.01 m². “Counted more than once” is the sum of the parcel areas minus the area they cover together."
                ),
            ],
            Lang::Zh => vec![
                format!(
                    "面积为CGCS2000椭球面积（a = 6378137米，1/f = 298.257222101），多边形的{edges}。WGS 84与CGCS2000视为相同。1公顷 = 15亩。"
                ),
                format!(
                    "地块与{level}叠加。占比为该部分面积除以地块面积；片区以外自成一部分，各部分占比之和为1。归属取最大部分；无论真实边界在精度范围内（95%）如何变动，地块过半面积始终位于该片区的，判为“确定”。"
                ),
                format!(
                    "平均宽度（面积的两倍除以周长）不足{width_m}米的部分称为碎面。两地块的公共面积超过0.01平方米为重叠。“重复计算”为各地块面积之和减去其共同覆盖的面积。"
                ),
            ],
        };
        if stated {
            texts.push(match self.lang {
                Lang::En => format!("A stated area is listed if the computed area neither rounds to it nor is within {tolerance_ppm} ppm of it. Areas in the plane of a 3-degree Gauss-Krüger zone exceed those on the ellipsoid by up to about 500 ppm."),
                Lang::Zh => format!("计算面积按载明位数取整后与载明面积不符、且相差超过{tolerance_ppm} ppm的予以列出。3度带高斯-克吕格平面面积比椭球面积最多约大500 ppm。"),
            });
        }
        texts
    }
}
