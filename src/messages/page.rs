//! Texts of the web page. The page contains both languages; its scripts refer to texts by key.

use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::plan::{Level, Severity};

/// The texts of the page in a language, by key. `{…}` is a placeholder that the page fills in.
///
/// ```
/// use taizhou_corridor::messages::{Lang, page_texts};
///
/// assert!(page_texts(Lang::Zh).any(|word| word == ("zoom-in", "放大")));
/// ```
pub fn page_texts(lang: Lang) -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = lang.texts();
    let shared = [
        ("name", texts.name),
        ("position", texts.position),
        ("zone", texts.zone),
        ("cluster", texts.cluster),
        ("path", texts.path),
        ("boundary-of", texts.boundary_of),
        ("nearest-zone", texts.nearest_zone),
        ("distance", texts.distance),
        ("certainty", texts.certainty),
        ("certainty-not-assessed", texts.certainty_not_assessed()),
        ("colon", texts.colon),
        ("area-km2", texts.area_km2),
        ("published-km2", texts.published_km2),
        ("difference-km2", texts.difference_km2),
        ("total", texts.total),
        ("total-of-layer", texts.total_of_layer),
        ("sources", texts.sources),
        ("parcel", lang.parcel_texts().parcel),
        ("relation", lang.parcel_texts().relation),
        ("in-no-zone", lang.parcel_texts().in_no_zone),
        ("finding", texts.message),
        ("severity", texts.severity),
        ("severity-error", texts.severity_name(Severity::Error)),
        ("severity-warning", texts.severity_name(Severity::Warning)),
        ("severity-info", texts.severity_name(Severity::Info)),
    ];
    let values = ["inside", "boundary", "outside", "within", "straddles", "certain", "uncertain", "not assessed"]
        .map(|value| (value, texts.value_name(value)));
    let levels = Level::ALL.map(|level| (key_of(level), texts.level_name(level)));
    let own = PAGE_TEXTS.iter().map(move |&(key, en, zh)| (key, if lang == Lang::En { en } else { zh }));
    shared.into_iter().chain(values.map(|(key, word)| (key, word))).chain(levels).chain(own)
}

/// The key of a level. `zone` is the key of another text.
fn key_of(level: Level) -> &'static str {
    match level {
        Level::Corridor => "level-corridor",
        Level::Core => "level-core",
        Level::Zone => "level-zone",
        Level::Cluster => "level-cluster",
    }
}

impl Lang {
    /// One of [`page_texts`]; the key itself if there is no such text.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!(Lang::En.page_text("print"), "Print");
    /// ```
    pub fn page_text(self, key: &'static str) -> &'static str {
        page_texts(self).find(|word| word.0 == key).map_or(key, |word| word.1)
    }

    /// A text of the page with its placeholders filled in.
    pub(crate) fn page_sentence(self, key: &'static str, values: &[(&str, &str)]) -> String {
        let mut sentence = String::new();
        let mut rest = self.page_text(key);
        while let Some((before, hole)) = rest.split_once('{') {
            let (name, after) = hole.split_once('}').unwrap_or((hole, ""));
            sentence.push_str(before);
            sentence.push_str(values.iter().find(|value| value.0 == name).map_or("", |value| value.1));
            rest = after;
        }
        sentence + rest
    }

    /// Note that a table has no row that a page can show.
    pub fn no_rows_on_page(self, file: &str) -> String {
        match self {
            Lang::En => format!("{file}: no row has a valid point or polygon; nothing is shown"),
            Lang::Zh => format!("{file}：没有有效的点或面，未显示任何点位或地块"),
        }
    }

    /// Note that a page shows only the first parcels of a table.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let note = Lang::En.rows_not_on_page("parcels.gpkg", 1, 20_001);
    /// assert!(note.starts_with("parcels.gpkg: the first 20,000 of 20,001 parcels are on the page"));
    /// ```
    pub fn rows_not_on_page(self, file: &str, left_out: u64, parcels: u64) -> String {
        let (shown, parcels) = (grouped((parcels - left_out) as f64, 0), grouped(parcels as f64, 0));
        match self {
            Lang::En => format!(
                "{file}: the first {shown} of {parcels} parcels are on the page, to limit its size; SVG and PNG show all"
            ),
            Lang::Zh => format!("{file}：共{parcels}个地块，网页仅含前{shown}个，以免过大；SVG和PNG显示全部"),
        }
    }

    /// Note that a page shows a sample of the sites of a table.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let note = Lang::En.sample_on_page("sites.csv", 62_500, 250_000);
    /// assert_eq!(note, "sites.csv: 62,500 of 250,000 sites are on the page, a sample to limit its size; the counts are of all");
    /// ```
    pub fn sample_on_page(self, file: &str, shown: u64, sites: u64) -> String {
        let (shown, sites) = (grouped(shown as f64, 0), grouped(sites as f64, 0));
        match self {
            Lang::En => format!(
                "{file}: {shown} of {sites} sites are on the page, a sample to limit its size; the counts are of all"
            ),
            Lang::Zh => format!("{file}：共{sites}个点位，网页含其中{shown}个（均匀抽样），以免过大；统计数为全部点位"),
        }
    }

    /// Note of the columns that readers of a page can see.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let note = Lang::En.columns_on_page("sites.csv", &["name", "phone"]);
    /// assert_eq!(note, "sites.csv: readers of the page see the columns name, phone; choose with --fields");
    /// ```
    pub fn columns_on_page(self, file: &str, columns: &[&str]) -> String {
        match self {
            Lang::En => format!(
                "{file}: readers of the page see the columns {}; choose with --fields",
                columns.join(self.list_separator())
            ),
            Lang::Zh => format!("{file}：网页含以下列：{}；可用--fields选定", columns.join(self.list_separator())),
        }
    }
}

/// The texts that only the page has: key, English, Chinese.
static PAGE_TEXTS: &[(&str, &str, &str)] = &[
    ("layer-title", "Polygon layer", "面图层"),
    ("subtitle", "Which zone contains a place, and how certain is that?", "查询地点所属片区及其可信度"),
    ("noscript", "This page needs JavaScript (no external scripts).", "本页须启用JavaScript（不加载外部脚本）。"),
    ("language", "中文", "English"),
    ("language-label", "Switch to Chinese", "切换为英文"),
    ("theme-auto", "Theme: system", "主题：跟随系统"),
    ("theme-light", "Theme: light", "主题：浅色"),
    ("theme-dark", "Theme: dark", "主题：深色"),
    ("print", "Print", "打印"),
    ("skip", "Skip to the panel", "跳到面板"),
    ("map", "Map of the zones", "片区地图"),
    (
        "map-keys",
        "Arrow keys pan, plus and minus zoom, 0 shows the full extent, Enter queries the centre of the map, Escape closes the result.",
        "方向键平移，加减号缩放，0显示全图，回车查询地图中心处，Esc关闭结果。",
    ),
    ("zoom-in", "Zoom in", "放大"),
    ("zoom-out", "Zoom out", "缩小"),
    ("show-all", "Show all", "全图"),
    ("scale", "Scale: the bar is {length} long", "比例尺：图示长度为{length}"),
    ("north", "North is up", "上方为北"),
    ("search", "Name, or coordinates", "输入名称或坐标"),
    ("search-hint", "Jiaojiang, or 121.36898, 28.65590", "椒江，或 121.36898, 28.65590"),
    ("own-search-hint", "{name}, or {lon}, {lat}", "{name}，或 {lon}, {lat}"),
    ("go", "Go", "查询"),
    ("uncertainty", "Position uncertainty, m (95 %)", "点位精度（米，95%置信度）"),
    ("not-found", "No match for “{text}”.", "没有名称含“{text}”的片区、点位或地块。"),
    (
        "not-a-position",
        "“{text}” is not a valid position: longitude −180 to 180, then latitude −90 to 90, in degrees or as 121°22′08″; or coordinates of a Gauss-Krüger zone of CGCS2000 in metres.",
        "“{text}”不是有效坐标：先经度（-180至180）后纬度（-90至90），单位为度或写作121°22′08″；或CGCS2000高斯-克吕格坐标（米）。",
    ),
    (
        "looks-swapped",
        "“{text}”: longitude comes first, then latitude. Did you mean {swapped}?",
        "“{text}”：应先经度后纬度。是否应为{swapped}？",
    ),
    ("more-found", "… and {count} more", "……另有{count}个"),
    ("answer", "Answer", "查询结果"),
    ("close", "Close", "关闭"),
    (
        "hint",
        "Click the map to query a place, or a zone below to read what the plan says about it.",
        "点击地图查询该处所属片区；点击下方片区查看规划内容。",
    ),
    ("own-columns", "From your file", "原表信息"),
    ("share", "Share", "占比"),
    ("parts", "All parts", "各部分"),
    ("parcel-area", "Area", "面积"),
    ("hectares", "{ha} ha ({mu} mu)", "{ha}公顷（{mu}亩）"),
    ("part", "{name}: {share} %, {ha} ha", "{name}：{share}%，{ha}公顷"),
    (
        "majority-certain",
        "certain: more than half stays in this zone even if the boundaries move by their accuracy",
        "确定：无论真实边界在精度范围内如何变动，过半面积始终位于该片区",
    ),
    (
        "majority-uncertain",
        "uncertain: if the boundaries move by their accuracy, more than half could lie in another zone",
        "不确定：若真实边界在精度范围内变动，过半面积可能属于其他片区",
    ),
    ("to-boundary", "{distance} to the boundary of {name}", "距{name}边界{distance}"),
    ("to-zone", "{distance} to {name}", "距{name}{distance}"),
    ("square-kilometres", "{number} km²", "{number}平方公里"),
    ("metres", "{number} m", "{number}米"),
    ("kilometres", "{number} km", "{number}公里"),
    ("far-from-boundaries", "certain: no boundary is within its accuracy", "确定：各边界均在其精度范围之外"),
    (
        "near-a-boundary",
        "uncertain: the {name} boundary (±{accuracy} m{site}) is closer than its accuracy",
        "不确定：{name}边界（±{accuracy}米{site}）在其精度范围之内",
    ),
    ("not-assessed-reason", "not assessed: the outline states no accuracy", "未评定：范围线未注明精度"),
    ("uncertain-site", ", site ±{uncertainty} m", "，点位±{uncertainty}米"),
    ("nothing", "No zone nearby.", "附近没有规划范围。"),
    ("layers", "Layers", "图层"),
    ("layer-corridor", "Corridor", "走廊"),
    ("layer-zones", "Core and zones", "核与片区"),
    ("layer-features", "Features", "要素"),
    ("layer-clusters", "Clusters", "功能组团"),
    ("layer-sites", "Sites", "点位"),
    ("layer-parcels", "Parcels", "地块"),
    ("sites-and-parcels", "Sites and parcels", "点位与地块"),
    ("layer-graticule", "Graticule", "经纬网"),
    ("layer-base", "Base map", "底图"),
    ("zones", "Zones", "片区"),
    ("zones-of-layer", "Features", "要素"),
    ("site-group", "several sites", "多个点位"),
    ("layer-findings", "Findings", "检查结果"),
    ("layer-finding-areas", "Areas of findings", "检查结果的范围"),
    ("parcels-key", "coloured by the zone with the largest share", "颜色同占比最大的片区"),
    ("none-shown", "The table has no valid point or polygon.", "表中没有有效的点或面。"),
    ("all-outside", "All rows are outside the zones.", "全部位于片区之外。"),
    (
        "rows-invalid",
        "Rows without a valid point or polygon (not shown): {count}",
        "没有有效点或面、未显示的行：{count}",
    ),
    (
        "sites-grouped",
        "{count} sites in view, drawn as clusters: zoom in to see each one.",
        "视野内有{count}个点位，已按数量合并显示，放大后可逐个查看。",
    ),
    ("areas", "Areas", "面积"),
    (
        "areas-method",
        "On the ellipsoid of CGCS2000, along the edges of the outline.",
        "CGCS2000椭球面积，沿范围线的边计算。",
    ),
    ("about", "Keyboard and notes", "快捷键与说明"),
    (
        "about-map",
        "Drawn in Web Mercator. Answers are computed in this page by the rules of corridor locate; it works offline.",
        "以Web墨卡托投影绘制。结果由本页计算，与corridor locate一致，可离线使用。",
    ),
    (
        "about-gcj02",
        "The base map is in GCJ-02: the drawing is shifted to match it, coordinates are shown in WGS 84 or CGCS2000. GCJ-02 coordinates are for display only.",
        "底图为GCJ-02坐标：图形已作相应偏移，所示坐标仍为WGS 84或CGCS2000。GCJ-02坐标仅供显示。",
    ),
    ("source", "Source", "来源"),
    ("own-source", "Source of the data", "数据来源"),
    ("outline-source", "Source of the outline", "范围线来源"),
    ("save-rows", "Save the rows in view:", "保存视野内各行："),
    ("save-map", "Save the map:", "保存地图："),
    ("sites-key", "coloured by zone", "颜色同所属片区"),
    ("row", "row {number}", "第{number}行"),
    ("base-map", "Base map: {host}", "底图：{host}"),
    ("tiles-failed", "Tiles of the base map could not be loaded: {count}", "未能加载的底图瓦片：{count}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_distinct_and_both_languages_put_in_the_same() {
        let keys: Vec<&str> = page_texts(Lang::En).map(|word| word.0).collect();
        for key in &keys {
            assert_eq!(keys.iter().filter(|other| *other == key).count(), 1, "{key}");
        }
        let holes = |text: &str| {
            let mut holes: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            holes.sort();
            holes
        };
        for &(key, en, zh) in PAGE_TEXTS {
            assert_eq!(holes(en), holes(zh), "{key}");
        }
    }
}
