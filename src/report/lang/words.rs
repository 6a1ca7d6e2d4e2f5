//! Words and short sentences of the reports.

use crate::crs::Crs;
use crate::io::Loss;
use crate::plan::{Level, Severity};
use crate::query::areas::Method;
use crate::query::locate::Tally;
use crate::query::nearest::Tally as NearestTally;
use crate::query::overlay::Tally as OverlayTally;
use crate::report::lang::Lang;
use crate::report::text::one_line;
use crate::units::SquareMetres;

/// The fixed words of a language.
///
/// ```
/// use taizhou_corridor::plan::Level;
/// use taizhou_corridor::report::lang::Lang;
///
/// let words = Lang::Zh.words();
/// assert_eq!(words.level_name(Level::Cluster), "组团");
/// assert_eq!(words.of_value("uncertain"), "不确定");
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct Words {
    lang: Lang,
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
    pub covered_twice: &'static str,
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

static EN: Words = Words {
    lang: Lang::En,
    name: "Name",
    level: "Level",
    method: "Method",
    total: "Core and zones together",
    total_of_layer: "All features together",
    area_km2: "Area km²",
    area_ha: "Area ha",
    area_mu: "Area mu",
    perimeter_km: "Perimeter km",
    published_km2: "Published km²",
    difference_km2: "Difference km²",
    difference_ppm: "ppm",
    overlaps: "Overlaps, km²",
    no_overlaps: "No two features overlap.",
    in_no_zone: "In no zone",
    no_class: "(none)",
    parcels: "Parcels",
    sum: "Sum",
    sum_ha: "Sum ha",
    zone_area: "Area of the zone",
    features: "Features",
    counted_twice_km2: "Counted more than once km²",
    covered_twice: "Counted more than once",
    not_covered: "Covered by no parcel",
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
    parts: "Inside it",
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
    no_findings: "No findings: the outline is sound.",
    indicative: "The outline is an indicative model, not the official one: the published plan gives areas, not coordinates.",
    colon: ": ",
};

static ZH: Words = Words {
    lang: Lang::Zh,
    name: "名称",
    level: "层级",
    method: "量算方法",
    total: "一核三片合计",
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
    sum_ha: "合计 ha",
    zone_area: "片区面积",
    features: "要素数",
    counted_twice_km2: "重复计算(平方公里)",
    covered_twice: "重复计算",
    not_covered: "无地块覆盖",
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
    no_findings: "未发现问题：范围线合规。",
    indicative: "本范围线为示意模型，非官方边界：规划只公布面积，未公布坐标。",
    colon: "：",
};

/// A count with its English noun.
fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Words {
    pub(super) fn of(lang: Lang) -> &'static Words {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        match self.lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// A level.
    pub fn level_name(&self, level: Level) -> &'static str {
        match (self.lang, level) {
            (Lang::En, level) => level.as_str(),
            (Lang::Zh, Level::Corridor) => "走廊",
            (Lang::Zh, Level::Core) => "核",
            (Lang::Zh, Level::Zone) => "片区",
            (Lang::Zh, Level::Cluster) => "组团",
        }
    }

    /// A severity.
    pub fn severity_name(&self, severity: Severity) -> &'static str {
        match (self.lang, severity) {
            (Lang::En, severity) => severity.as_str(),
            (Lang::Zh, Severity::Error) => "错误",
            (Lang::Zh, Severity::Warning) => "警告",
            (Lang::Zh, Severity::Note) => "提示",
        }
    }

    /// A word that stands in a column of machine output, for people.
    pub fn of_value<'t>(&self, value: &'t str) -> &'t str {
        match (self.lang, value) {
            (Lang::En, value) => value,
            (Lang::Zh, "inside") => "内部",
            (Lang::Zh, "boundary") => "边界上",
            (Lang::Zh, "outside") => "外部",
            (Lang::Zh, "certain") => "确定",
            (Lang::Zh, "uncertain") => "不确定",
            (Lang::Zh, "invalid") => "无效",
            (Lang::Zh, "within") => "完全位于",
            (Lang::Zh, "straddles") => "跨界",
            (Lang::Zh, "touches") => "相接",
            (Lang::Zh, "true") => "是",
            (Lang::Zh, "false") => "否",
            (Lang::Zh, value) => value,
        }
    }

    /// The heading of a column of machine output, for people.
    pub fn heading<'t>(&self, column: &'t str) -> &'t str {
        match column {
            "position" => self.position,
            "zone" => self.zone,
            "zone_name" => self.pick("Zone name", "片区名称"),
            "cluster" => self.cluster,
            "path" => self.path,
            "boundary_of" => self.boundary_of,
            "nearest_zone" => self.nearest_zone,
            "distance_to_boundary_m" => self.pick("To boundary m", "距边界(米)"),
            "certainty" => self.certainty,
            "reason" => self.pick("Reason", "原因"),
            "relation" => self.pick("Relation", "位置关系"),
            "area_m2" => self.pick("Area m²", "面积(平方米)"),
            "share" => self.pick("Share", "占比"),
            "shares" => self.pick("Shares", "各片区占比"),
            "mean_width_m" => self.pick("Mean width m", "平均宽度(米)"),
            "parcel_area_m2" => self.pick("Parcel m²", "地块面积(平方米)"),
            "stated_area_m2" => self.pick("Stated m²", "载明面积(平方米)"),
            "stated_difference_m2" => self.pick("Computed less stated m²", "计算减载明(平方米)"),
            "majority" => self.pick("Majority", "最大部分"),
            "nearest_zone_name" => self.pick("Nearest zone name", "最近片区名称"),
            "distance_m" => self.pick("Distance m", "距离(米)"),
            "bearing_deg" => self.pick("Bearing °", "方位角(度)"),
            other => other,
        }
    }

    /// How far it is to a boundary.
    pub fn distance_to(&self, distance_m: f64, name: &str, is_outside: bool) -> String {
        let distance = if distance_m < 10_000.0 {
            format!("{distance_m:.1}{}", self.pick(" m", "米"))
        } else {
            format!("{:.3}{}", distance_m / 1000.0, self.pick(" km", "公里"))
        };
        match (self.lang, is_outside) {
            (Lang::En, false) => format!("{distance} to the boundary of {name}"),
            (Lang::En, true) => format!("{distance} to {name}"),
            (Lang::Zh, false) => format!("距{name}边界{distance}"),
            (Lang::Zh, true) => format!("距{name}{distance}"),
        }
    }

    /// Why an answer is as sure as it is: the name and the accuracy of the outline that makes it
    /// uncertain, and the site's own uncertainty.
    pub fn certainty_reason(&self, doubt: Option<(String, f64)>, uncertainty_m: f64) -> String {
        let site = match (self.lang, uncertainty_m > 0.0) {
            (_, false) => String::new(),
            (Lang::En, true) => format!(", and the site to {uncertainty_m} m"),
            (Lang::Zh, true) => format!("，点位精度{uncertainty_m}米"),
        };
        match (self.lang, doubt) {
            (Lang::En, None) => "certain: every boundary is farther away than its outline is off".to_owned(),
            (Lang::Zh, None) => "确定：各边界均在其精度范围之外".to_owned(),
            (Lang::En, Some((name, accuracy_m))) => {
                format!(
                    "uncertain: the outline of {name} is accurate to {accuracy_m} m{site}; its boundary is within that"
                )
            }
            (Lang::Zh, Some((name, accuracy_m))) => {
                format!("不确定：{name}范围线精度{accuracy_m}米{site}，其边界在此误差之内")
            }
        }
    }

    /// Which hosts a page asks for tiles.
    pub fn asks_hosts(&self, hosts: &str) -> String {
        match self.lang {
            Lang::En => format!(
                "the page asks {hosts} for tiles when it is opened; what the template holds, such as a key, is in the page"
            ),
            Lang::Zh => format!("网页打开时向{hosts}请求瓦片；模板中的内容（如密钥）保存在网页内"),
        }
    }

    /// A table of sites of which no zone holds any.
    pub fn all_outside(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: all sites are outside: check their system and the order of coordinates"),
            Lang::Zh => format!("{file}：全部点位都在片区以外，请检查坐标系和坐标顺序"),
        }
    }

    /// What came of a table of sites.
    pub fn tally(&self, file: &str, tally: &Tally) -> String {
        let Tally { inside, boundary, outside, uncertain, invalid, .. } = tally;
        let rows = tally.rows();
        match self.lang {
            Lang::En => format!(
                "{file}: {}: {inside} inside, {boundary} on a boundary, {outside} outside, {invalid} invalid; {uncertain} uncertain",
                plural(rows, "row")
            ),
            Lang::Zh => format!(
                "{file}：共{rows}行，内部{inside}，边界上{boundary}，外部{outside}，无效{invalid}；其中不确定{uncertain}"
            ),
        }
    }

    /// How many rows were refused, and, if the columns that tell are written, where to find them.
    pub fn refused_rows(&self, file: &str, invalid: u64, rows: u64, is_marked: bool) -> String {
        let mut text = match self.lang {
            Lang::En => format!("{file}: {invalid} of {} invalid, and kept", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行无效，均已保留"),
        };
        if is_marked {
            text.push_str(self.pick(
                ": `position` is `invalid`, and `reason` says why",
                "：`position`列为`invalid`，原因见`reason`列",
            ));
        }
        text
    }

    /// What coordinates of web maps are good for.
    pub fn shifted(&self, crs: Crs) -> String {
        match self.lang {
            Lang::En => format!("{crs} is for display on maps that need it, not for surveying"),
            Lang::Zh => format!("{crs}坐标仅供在相应地图上显示，不作测绘之用"),
        }
    }

    /// More invalid rows than are listed.
    pub fn and_more(&self, count: u64) -> String {
        match self.lang {
            Lang::En => format!("… and {count} more"),
            Lang::Zh => format!("……另有{count}行"),
        }
    }

    /// A column that had to be renamed.
    pub fn renamed(&self, name: &str, new_name: &str) -> String {
        match self.lang {
            Lang::En => format!("the input has a column `{name}` already: the answer's is written as `{new_name}`"),
            Lang::Zh => format!("输入已有`{name}`列：结果写入`{new_name}`列"),
        }
    }

    /// How a table is read.
    pub fn reads(&self, file: &str, format: &str, columns: Option<(&str, &str)>, crs: Crs) -> String {
        let crs = match (self.lang, crs) {
            (Lang::En, Crs::Crs84 | Crs::Cgcs2000) => "degrees on WGS 84 or CGCS2000".to_owned(),
            (Lang::Zh, Crs::Crs84 | Crs::Cgcs2000) => "WGS 84或CGCS2000，单位为度".to_owned(),
            (_, crs) => crs.to_string(),
        };
        match (self.lang, columns) {
            (Lang::En, None) => format!("{file}: read as {format}; coordinates: {crs}"),
            (Lang::Zh, None) => format!("{file}：按{format}读取；坐标：{crs}"),
            (Lang::En, Some((x, y))) => format!("{file}: read as {format}; coordinates from `{x}` and `{y}`: {crs}"),
            (Lang::Zh, Some((x, y))) => format!("{file}：按{format}读取；坐标取`{x}`列和`{y}`列：{crs}"),
        }
    }

    /// That a file is in another encoding than UTF-8.
    pub fn encoding(&self, file: &str, encoding: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: the text is {encoding}"),
            Lang::Zh => format!("{file}：文本编码为{encoding}"),
        }
    }

    /// What a format could not hold.
    pub fn loss(&self, loss: &Loss) -> String {
        match (self.lang, loss) {
            (Lang::En, Loss::Renamed { from, to }) => format!("column `{from}` is named `{to}`"),
            (Lang::Zh, Loss::Renamed { from, to }) => format!("`{from}`列改名为`{to}`"),
            (Lang::En, Loss::Cut { field, limit_bytes, count }) => {
                format!("column `{field}`: {} cut to {limit_bytes} bytes", plural(*count, "text"))
            }
            (Lang::Zh, Loss::Cut { field, limit_bytes, count }) => {
                format!("`{field}`列：{count}个文本截为{limit_bytes}字节")
            }
            (Lang::En, Loss::Unfit { field, count }) => {
                format!("column `{field}`: {} left out that its kind does not hold", plural(*count, "value"))
            }
            (Lang::Zh, Loss::Unfit { field, count }) => format!("`{field}`列：{count}个值与列类型不符，未写入"),
            (Lang::En, Loss::Characters { field, count }) => {
                format!("column `{field}`: {count} characters that the format does not hold are replaced")
            }
            (Lang::Zh, Loss::Characters { field, count }) => {
                format!("`{field}`列：{count}个格式无法保存的字符已被替换")
            }
            (Lang::En, Loss::BigIntegers { field }) => {
                format!("column `{field}` has whole numbers beyond ±2⁵³: programs in JavaScript read them inexactly")
            }
            (Lang::Zh, Loss::BigIntegers { field }) => {
                format!("`{field}`列有超过±2⁵³的整数：JavaScript程序读取时会失真")
            }
            (Lang::En, Loss::Heights) => "heights (Z) and measures (M) are not kept".to_owned(),
            (Lang::Zh, Loss::Heights) => "高程(Z)和度量值(M)不予保留".to_owned(),
            (Lang::En, Loss::NoImage { crs, count }) => {
                format!("{} written without a geometry: no place in {crs}", plural(*count, "row"))
            }
            (Lang::Zh, Loss::NoImage { crs, count }) => format!("{count}行不在{crs}的适用范围内，无几何"),
            (Lang::En, Loss::Collapsed { count }) => {
                format!("{} too small for the decimals that are written: no longer valid", plural(*count, "polygon"))
            }
            (Lang::Zh, Loss::Collapsed { count }) => format!("{count}个面过小，按所写小数位取整后不再有效"),
            (Lang::En, Loss::Columns { fields }) => format!("columns left out: {}", fields.join(", ")),
            (Lang::Zh, Loss::Columns { fields }) => format!("未写入的列：{}", fields.join("、")),
            (Lang::En, Loss::Crs { crs }) => format!("it does not say that its system is {crs}: remember it"),
            (Lang::Zh, Loss::Crs { crs }) => format!("文件中未注明坐标系{crs}，请自行记录"),
        }
    }

    /// Rows of an overlay without an answer.
    pub fn refused_parcels(&self, file: &str, invalid: u64, rows: u64, is_marked: bool) -> String {
        let mut text = match self.lang {
            Lang::En => format!("{file}: {invalid} of {} without an answer", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行没有结果"),
        };
        if is_marked {
            text.push_str(self.pick(
                ": `relation` is `invalid`, and `reason` says why",
                "：`relation`列为`invalid`，原因见`reason`列",
            ));
        }
        text
    }

    /// Rows of `nearest` without an answer.
    pub fn refused_sites(&self, file: &str, invalid: u64, rows: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {invalid} of {} without an answer: `reason` says why", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行没有结果，原因见`reason`列"),
        }
    }

    /// What came of `nearest`.
    pub fn nearest_tally(&self, file: &str, tally: &NearestTally) -> String {
        let NearestTally { written, beyond, invalid, .. } = *tally;
        match self.lang {
            Lang::En => format!(
                "{file}: {}: {written} answered, {beyond} beyond the distance, {invalid} without an answer",
                plural(tally.rows(), "site")
            ),
            Lang::Zh => format!("{file}：{}个点位：有结果{written}，超出距离{beyond}，无结果{invalid}", tally.rows()),
        }
    }

    /// What a class is called, one without a name too.
    pub fn class(&self, class: &str) -> String {
        if class.trim().is_empty() { self.no_class.to_owned() } else { one_line(class) }
    }

    /// Parcels that were repaired.
    pub fn repaired(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} repaired: `reason` says why", plural(count, "parcel")),
            Lang::Zh => format!("{file}：修复地块{count}个，原因见`reason`列"),
        }
    }

    /// Parts that were left out for being small.
    pub fn slivers(&self, file: &str, count: u64, area: SquareMetres) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} left out, {:.2} m² in all", plural(count, "sliver"), area.0),
            Lang::Zh => format!("{file}：略去碎块{count}个，共{:.2}平方米", area.0),
        }
    }

    /// What came of an overlay.
    pub fn overlay_tally(&self, file: &str, tally: &OverlayTally) -> String {
        let OverlayTally { within, straddling, outside, uncertain, .. } = *tally;
        match self.lang {
            Lang::En => format!(
                "{file}: {}: {within} within a zone, {straddling} straddling, {outside} outside, {} without an answer; {uncertain} uncertain",
                plural(tally.rows(), "parcel"),
                tally.invalid
            ),
            Lang::Zh => format!(
                "{file}：{}个地块：完全位于某片区{within}，跨界{straddling}，在外{outside}，无结果{}；不确定{uncertain}",
                tally.rows(),
                tally.invalid
            ),
        }
    }

    /// Rows that are written without a geometry.
    pub fn without_geometry(&self, file: &str, invalid: u64, rows: u64, is_marked: bool) -> String {
        let mut text = match self.lang {
            Lang::En => format!("{file}: {invalid} of {} kept without a geometry", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行保留但无几何"),
        };
        if !is_marked {
            text.push_str(self.pick("; --mark adds a column that says why", "；--mark可增加一列说明原因"));
        }
        text
    }

    /// What was converted.
    pub fn converted(&self, file: &str, rows: u64, bare: u64, format: &str, crs: Crs) -> String {
        let mut text = match self.lang {
            Lang::En => format!("{file}: {} written as {format}, {crs}", plural(rows, "row")),
            Lang::Zh => format!("{file}：已按{format}写入{rows}行，{crs}"),
        };
        if bare > 0 {
            text.push_str(&match self.lang {
                Lang::En => format!("; {bare} came without a geometry"),
                Lang::Zh => format!("；其中{bare}行本无几何"),
            });
        }
        text
    }

    /// How many rows answer a query.
    pub fn answered(&self, file: &str, rows: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {}", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行"),
        }
    }

    /// That a file has northings first.
    pub fn north_first(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: the first coordinate is the northing"),
            Lang::Zh => format!("{file}：第一个坐标为北坐标"),
        }
    }

    /// What was written.
    pub fn wrote(&self, file: &str, count: u64, format: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} written as {format}", plural(count, "feature")),
            Lang::Zh => format!("{file}：已按{format}写入{count}个要素"),
        }
    }

    /// Which plan is used.
    pub fn uses_plan(&self, name: &str, features: usize, is_layer: bool) -> String {
        match (self.lang, is_layer) {
            (Lang::En, false) => format!("plan {name}: {}", plural(features as u64, "feature")),
            (Lang::En, true) => format!("layer {name}: {} without levels", plural(features as u64, "feature")),
            (Lang::Zh, false) => format!("规划{name}：{features}个要素"),
            (Lang::Zh, true) => format!("图层{name}：{features}个要素，无层级"),
        }
    }

    /// A plan is read as a flat layer.
    pub fn levels_ignored(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: with --name-field the file is read as a flat layer; its levels are ignored"),
            Lang::Zh => format!("{file}：指定--name-field后按无层级图层读取，忽略其level"),
        }
    }

    /// What a way of measuring is.
    pub fn method_note(&self, method: Method) -> String {
        match (self.lang, method) {
            (Lang::En, Method::Ellipsoid) => {
                "ellipsoid: on the ellipsoid of CGCS2000, edges straight in longitude and latitude".to_owned()
            }
            (Lang::En, Method::Geodesic) => "geodesic: on the ellipsoid of CGCS2000, edges geodesic".to_owned(),
            (Lang::En, Method::Plane(crs)) => format!("plane: in the plane of {crs}, with its distortion"),
            (Lang::Zh, Method::Ellipsoid) => "ellipsoid：CGCS2000椭球面积，边在经纬度上为直线".to_owned(),
            (Lang::Zh, Method::Geodesic) => "geodesic：CGCS2000椭球面积，以大地线为边".to_owned(),
            (Lang::Zh, Method::Plane(crs)) => format!("plane：{crs}投影平面面积，含投影变形"),
        }
    }

    /// How many findings there are.
    pub fn finding_count(&self, errors: usize, warnings: usize, notes: usize) -> String {
        match self.lang {
            Lang::En => format!("errors: {errors}, warnings: {warnings}, notes: {notes}"),
            Lang::Zh => format!("错误{errors}项，警告{warnings}项，提示{notes}项"),
        }
    }

    /// How many clusters the plan speaks of, and how many it names.
    pub fn clusters(&self, published: u32, named: usize) -> String {
        match self.lang {
            Lang::En => {
                format!("{published} functional clusters, {named} of them named in the published text (marked *)")
            }
            Lang::Zh => format!("功能组团共{published}个，公布文本点名{named}处（以*标示）"),
        }
    }
}
