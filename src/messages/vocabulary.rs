//! Fixed texts: headings, names of levels, values of columns.

use crate::io::Wording;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::{Level, Severity};

/// The fixed texts of a language.
///
/// ```
/// use taizhou_corridor::plan::Level;
/// use taizhou_corridor::messages::Lang;
///
/// let texts = Lang::Zh.texts();
/// assert_eq!(texts.level_name(Level::Cluster), "组团");
/// assert_eq!(texts.value_name("uncertain"), "不确定");
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct Texts {
    pub(crate) lang: Lang,
    pub name: &'static str,
    pub level: &'static str,
    pub method: &'static str,
    pub total: &'static str,
    pub total_of_layer: &'static str,
    pub area_km2: &'static str,
    pub area_ha: &'static str,
    pub area_mu: &'static str,
    pub perimeter_km: &'static str,
    pub published_km2: &'static str,
    pub difference_km2: &'static str,
    pub difference_ppm: &'static str,
    pub overlaps: &'static str,
    pub no_overlaps: &'static str,
    pub in_no_zone: &'static str,
    pub no_class: &'static str,
    pub parcels: &'static str,
    pub sum: &'static str,
    pub sum_ha: &'static str,
    pub zone_area: &'static str,
    pub features: &'static str,
    pub counted_twice_km2: &'static str,
    pub counted_twice: &'static str,
    pub not_covered: &'static str,
    pub position: &'static str,
    pub zone: &'static str,
    pub cluster: &'static str,
    pub path: &'static str,
    pub boundary_of: &'static str,
    pub nearest_zone: &'static str,
    pub distance: &'static str,
    pub certainty: &'static str,
    pub roles: &'static str,
    pub focus: &'static str,
    pub projects: &'static str,
    pub targets: &'static str,
    pub measures: &'static str,
    pub platforms: &'static str,
    pub phases: &'static str,
    pub notes: &'static str,
    pub sources: &'static str,
    pub parts: &'static str,
    pub within: &'static str,
    pub published_area: &'static str,
    pub model_area: &'static str,
    pub accuracy: &'static str,
    pub district: &'static str,
    pub severity: &'static str,
    pub code: &'static str,
    pub feature: &'static str,
    pub message: &'static str,
    pub at: &'static str,
    pub error: &'static str,
    pub no_findings: &'static str,
    pub indicative: &'static str,
    pub colon: &'static str,
}

static EN: Texts = Texts {
    lang: Lang::En,
    name: "Name",
    level: "Level",
    method: "Method",
    total: "Core and zones, total",
    total_of_layer: "All features, total",
    area_km2: "Area (km²)",
    area_ha: "Area (ha)",
    area_mu: "Area (mu)",
    perimeter_km: "Perimeter (km)",
    published_km2: "Published (km²)",
    difference_km2: "Difference (km²)",
    difference_ppm: "ppm",
    overlaps: "Overlaps (km²)",
    no_overlaps: "No two features overlap.",
    in_no_zone: "Outside all zones",
    no_class: "(none)",
    parcels: "Parcels",
    sum: "Sum",
    sum_ha: "Sum (ha)",
    zone_area: "Zone area",
    features: "Features",
    counted_twice_km2: "Counted more than once (km²)",
    counted_twice: "Counted more than once",
    not_covered: "Not covered",
    position: "Position",
    zone: "Zone",
    cluster: "Cluster",
    path: "Path",
    boundary_of: "On the boundary of",
    nearest_zone: "Nearest zone",
    distance: "Distance",
    certainty: "Certainty",
    roles: "Roles",
    focus: "Focus",
    projects: "Projects",
    targets: "Targets",
    measures: "Measures",
    platforms: "Platforms",
    phases: "Phases of the clusters",
    notes: "Notes",
    sources: "Sources",
    parts: "Contains",
    within: "Within",
    published_area: "Published area",
    model_area: "Area of this outline",
    accuracy: "Accuracy of this outline",
    district: "District",
    severity: "Severity",
    code: "Code",
    feature: "Feature",
    message: "Finding",
    at: "lon, lat",
    error: "error",
    no_findings: "No problems found.",
    indicative: "The outline is an indicative model, not the official one: the published plan gives areas, not coordinates.",
    colon: ": ",
};

static ZH: Texts = Texts {
    lang: Lang::Zh,
    name: "名称",
    level: "层级",
    method: "量算方法",
    total: "核与片区合计",
    total_of_layer: "全部要素合计",
    area_km2: "面积(平方公里)",
    area_ha: "面积(公顷)",
    area_mu: "面积(亩)",
    perimeter_km: "周长(公里)",
    published_km2: "公布面积(平方公里)",
    difference_km2: "差值(平方公里)",
    difference_ppm: "差值(ppm)",
    overlaps: "重叠面积(平方公里)",
    no_overlaps: "各要素互不重叠。",
    in_no_zone: "片区以外",
    no_class: "（空）",
    parcels: "地块数",
    sum: "合计",
    sum_ha: "合计(公顷)",
    zone_area: "片区面积",
    features: "要素数",
    counted_twice_km2: "重复计算(平方公里)",
    counted_twice: "重复计算",
    not_covered: "未被地块覆盖",
    position: "位置",
    zone: "片区",
    cluster: "功能组团",
    path: "层级路径",
    boundary_of: "位于边界",
    nearest_zone: "最近片区",
    distance: "距离",
    certainty: "可信度",
    roles: "定位",
    focus: "重点产业",
    projects: "重点项目",
    targets: "目标",
    measures: "举措",
    platforms: "创新平台",
    phases: "组团建设时序",
    notes: "说明",
    sources: "来源",
    parts: "包含",
    within: "所属",
    published_area: "公布面积",
    model_area: "本范围线面积",
    accuracy: "本范围线精度",
    district: "行政区",
    severity: "级别",
    code: "代码",
    feature: "要素",
    message: "检查结果",
    at: "经度, 纬度",
    error: "错误",
    no_findings: "未发现问题：范围线数据通过检查。",
    indicative: "本范围线为示意模型，非官方边界：规划只公布面积，未公布坐标。",
    colon: "：",
};

/// The name of an added column without the number that avoids a duplicate: `certainty` of `certainty_2`.
pub(crate) fn base_name(name: &str) -> &str {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    base.strip_suffix('_').filter(|_| base.len() < name.len()).unwrap_or(name)
}

impl Lang {
    /// How the columns of answers are worded for people.
    pub fn wording(self) -> Wording {
        match self {
            Lang::En => Wording {
                heading: |name| Lang::En.texts().answer_heading(name),
                value: |value| Lang::En.texts().value_name(value),
            },
            Lang::Zh => Wording {
                heading: |name| Lang::Zh.texts().answer_heading(name),
                value: |value| Lang::Zh.texts().value_name(value),
            },
        }
    }
}

impl Texts {
    pub(super) fn of(lang: Lang) -> &'static Texts {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    pub(crate) fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        match self.lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// The name of a level.
    pub fn level_name(&self, level: Level) -> &'static str {
        match (self.lang, level) {
            (Lang::En, level) => level.as_str(),
            (Lang::Zh, Level::Corridor) => "走廊",
            (Lang::Zh, Level::Core) => "核",
            (Lang::Zh, Level::Zone) => "片区",
            (Lang::Zh, Level::Cluster) => "组团",
        }
    }

    /// The name of a severity.
    pub fn severity_name(&self, severity: Severity) -> &'static str {
        match (self.lang, severity) {
            (Lang::En, severity) => severity.as_str(),
            (Lang::Zh, Severity::Error) => "错误",
            (Lang::Zh, Severity::Warning) => "警告",
            (Lang::Zh, Severity::Info) => "提示",
        }
    }

    /// The name, for people, of a value in machine output.
    pub fn value_name<'t>(&self, value: &'t str) -> &'t str {
        match (self.lang, value) {
            (Lang::En, value) => value,
            (Lang::Zh, "inside") => "内部",
            (Lang::Zh, "boundary") => "边界上",
            (Lang::Zh, "outside") => "外部",
            (Lang::Zh, "certain") => "确定",
            (Lang::Zh, "uncertain") => "不确定",
            (Lang::Zh, "not assessed") => "未评定",
            (Lang::Zh, "invalid") => "无效",
            (Lang::Zh, "within") => "完全位于",
            (Lang::Zh, "straddles") => "跨界",
            (Lang::Zh, "touches") => "相接",
            (Lang::Zh, "true") => "是",
            (Lang::Zh, "false") => "否",
            (Lang::Zh, value) => value,
        }
    }

    /// The text for a certainty that was not assessed.
    pub fn certainty_not_assessed(&self) -> &'static str {
        self.pick("certainty not assessed: the outline states no accuracy", "未评定可信度：范围线未注明精度")
    }

    /// Why the certainty of an answer was not assessed.
    pub fn not_assessed_reason(&self) -> &'static str {
        self.lang.page_text("not-assessed-reason")
    }

    /// The heading, for people, of a column of machine output.
    pub fn heading<'t>(&self, column: &'t str) -> &'t str {
        match column {
            "position" => self.position,
            "zone" => self.zone,
            "zone_name" => self.pick("Zone name", "片区名称"),
            "cluster" => self.cluster,
            "path" => self.path,
            "boundary_of" => self.boundary_of,
            "nearest_zone" => self.nearest_zone,
            "distance_to_boundary_m" => self.pick("Distance to boundary (m)", "距边界(米)"),
            "certainty" => self.certainty,
            "reason" => self.pick("Reason", "原因"),
            "layer" => self.pick("Layer", "图层"),
            "relation" => self.pick("Relation", "位置关系"),
            "area_m2" => self.pick("Area (m²)", "面积(平方米)"),
            "change" => self.pick("Change", "修改"),
            "gained_m2" => self.pick("Gained m²", "增加（平方米）"),
            "other_feature" => self.pick("Other feature", "另一要素"),
            "width_m" => self.pick("Width (m)", "宽度(米)"),
            "share" => self.pick("Share", "占比"),
            "shares" => self.pick("Shares", "各片区占比"),
            "mean_width_m" => self.pick("Mean width (m)", "平均宽度(米)"),
            "parcel_area_m2" => self.pick("Parcel area (m²)", "地块面积(平方米)"),
            "stated_area_m2" => self.pick("Stated area (m²)", "载明面积(平方米)"),
            "stated_difference_m2" => self.pick("Computed minus stated (m²)", "计算面积减载明面积(平方米)"),
            "majority" => self.pick("Largest part", "最大部分"),
            "nearest_zone_name" => self.pick("Nearest zone name", "最近片区名称"),
            "distance_m" => self.pick("Distance (m)", "距离(米)"),
            "bearing_deg" => self.pick("Bearing (°)", "方位角(度)"),
            other => other,
        }
    }

    /// The same of a column that a query adds to a table, whose name may be numbered, or have that of a layer.
    pub fn answer_heading(&self, name: &str) -> String {
        let usual = base_name(name);
        match self.heading(usual) {
            heading if heading == usual => self.layer_heading(usual).unwrap_or_else(|| name.to_owned()),
            heading => heading.to_owned(),
        }
    }

    /// The name of a class, or a placeholder if it is empty.
    pub fn class(&self, class: &str) -> String {
        if class.trim().is_empty() { self.no_class.to_owned() } else { one_line(class) }
    }
}
