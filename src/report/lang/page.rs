//! Words of the page that shows the plan. Both languages are in it; the scripts know words by their keys.

use crate::plan::Level;
use crate::report::lang::Lang;
use crate::report::text::grouped;

/// What the page says in a language: keys and words. In braces stands what the page puts in.
///
/// ```
/// use taizhou_corridor::report::lang::{Lang, page_words};
///
/// assert!(page_words(Lang::Zh).any(|word| word == ("zoom-in", "放大")));
/// ```
pub fn page_words(lang: Lang) -> impl Iterator<Item = (&'static str, &'static str)> {
    let words = lang.words();
    let shared = [
        ("name", words.name),
        ("position", words.position),
        ("zone", words.zone),
        ("cluster", words.cluster),
        ("path", words.path),
        ("boundary-of", words.boundary_of),
        ("nearest-zone", words.nearest_zone),
        ("distance", words.distance),
        ("certainty", words.certainty),
        ("certainty-not-assessed", words.certainty_not_assessed()),
        ("colon", words.colon),
        ("area-km2", words.area_km2),
        ("published-km2", words.published_km2),
        ("difference-km2", words.difference_km2),
        ("total", words.total),
        ("total-of-layer", words.total_of_layer),
        ("sources", words.sources),
        ("parcel", lang.parcel_words().parcel),
        ("relation", lang.parcel_words().relation),
        ("in-no-zone", lang.parcel_words().in_no_zone),
    ];
    let values = ["inside", "boundary", "outside", "within", "straddles", "certain", "uncertain", "not assessed"]
        .map(|value| (value, words.of_value(value)));
    let levels = Level::ALL.map(|level| (key_of(level), words.level_name(level)));
    let own = OWN.iter().map(move |&(key, en, zh)| (key, if lang == Lang::En { en } else { zh }));
    shared.into_iter().chain(values.map(|(key, word)| (key, word))).chain(levels).chain(own)
}

/// `zone` is a word already.
fn key_of(level: Level) -> &'static str {
    match level {
        Level::Corridor => "level-corridor",
        Level::Core => "level-core",
        Level::Zone => "level-zone",
        Level::Cluster => "level-cluster",
    }
}

impl Lang {
    /// One of [`page_words`]; its key where there is none.
    ///
    /// ```
    /// use taizhou_corridor::report::lang::Lang;
    ///
    /// assert_eq!(Lang::En.page_word("print"), "Print");
    /// ```
    pub fn page_word(self, key: &'static str) -> &'static str {
        page_words(self).find(|word| word.0 == key).map_or(key, |word| word.1)
    }

    /// The same with values put in, as the page does it.
    pub(super) fn page_sentence(self, key: &'static str, values: &[(&str, &str)]) -> String {
        let mut sentence = String::new();
        let mut rest = self.page_word(key);
        while let Some((before, hole)) = rest.split_once('{') {
            let (name, behind) = hole.split_once('}').unwrap_or((hole, ""));
            sentence.push_str(before);
            sentence.push_str(values.iter().find(|value| value.0 == name).map_or("", |value| value.1));
            rest = behind;
        }
        sentence + rest
    }

    /// A table of which nothing can be shown on a page.
    pub fn none_on_the_page(self, file: &str) -> String {
        match self {
            Lang::En => format!("{file}: no row has a valid point or polygon: none is shown"),
            Lang::Zh => format!("{file}：没有有效的点或面，未显示任何点位或地块"),
        }
    }

    /// That a page has no room for some of the parcels of a table.
    ///
    /// ```
    /// use taizhou_corridor::report::lang::Lang;
    ///
    /// let said = Lang::En.left_out_of_the_page("parcels.gpkg", 1, 20_001);
    /// assert!(said.starts_with("parcels.gpkg: the first 20,000 of 20,001 parcels are on the page"));
    /// ```
    pub fn left_out_of_the_page(self, file: &str, left_out: u64, parcels: u64) -> String {
        let (shown, parcels) = (grouped((parcels - left_out) as f64, 0), grouped(parcels as f64, 0));
        match self {
            Lang::En => format!(
                "{file}: the first {shown} of {parcels} parcels are on the page, which would grow too large; SVG and PNG show all"
            ),
            Lang::Zh => format!("{file}：共{parcels}个地块，网页仅含前{shown}个，以免过大；SVG和PNG显示全部"),
        }
    }
}

/// Key, English, Chinese.
static OWN: &[(&str, &str, &str)] = &[
    ("layer-title", "Polygon layer", "面图层"),
    ("subtitle", "Which zone holds a place, and how sure is that?", "某地属于哪个片区？结果是否可靠？"),
    ("noscript", "This page needs JavaScript, its own alone.", "本页须启用JavaScript，只运行页内脚本。"),
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
        "Arrow keys move the map, plus and minus zoom, 0 shows all, Enter asks about the place in the middle, Escape closes the answer.",
        "方向键平移，加减号缩放，0显示全图，回车查询地图中心处，Esc关闭结果。",
    ),
    ("zoom-in", "Zoom in", "放大"),
    ("zoom-out", "Zoom out", "缩小"),
    ("show-all", "Show all", "全图"),
    ("scale", "Scale: the bar is {length} long", "比例尺：图示长度为{length}"),
    ("north", "North is up", "上方为北"),
    ("search", "Name, or longitude, latitude", "名称，或 经度, 纬度"),
    ("search-hint", "Jiaojiang, or 121.36898, 28.65590", "椒江，或 121.36898, 28.65590"),
    ("go", "Go", "查询"),
    ("uncertainty", "Position uncertainty, m (95 %)", "点位自身精度，米（95%）"),
    ("not-found", "Nothing is called “{text}”.", "没有名称含“{text}”的片区、点位或地块。"),
    (
        "not-a-position",
        "“{text}” is no position: longitude −180 to 180, then latitude −90 to 90, in degrees.",
        "“{text}”不是有效坐标：先经度（-180至180），后纬度（-90至90），单位为度。",
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
        "Click the map for the answer at a place, or a zone below for what the plan says of it.",
        "点击地图查询该处所属片区；点击下方片区查看规划内容。",
    ),
    ("own-columns", "In the table", "表中所载"),
    ("share", "Share", "占比"),
    ("parts", "All parts", "各部分"),
    ("parcel-area", "Area", "面积"),
    ("hectares", "{ha} ha ({mu} mu)", "{ha}公顷（{mu}亩）"),
    ("part", "{name}: {share} %, {ha} ha", "{name}：{share}%，{ha}公顷"),
    (
        "majority-certain",
        "certain: more than half stays there, wherever the true boundaries lie within their accuracy",
        "确定：真实边界在其精度范围内无论如何变动，过半面积仍属该处",
    ),
    (
        "majority-uncertain",
        "uncertain: true boundaries within their accuracy could put half of it elsewhere",
        "不确定：真实边界在其精度范围内变动时，半数面积可能改属他处",
    ),
    ("to-boundary", "{distance} to the boundary of {name}", "距{name}边界{distance}"),
    ("to-zone", "{distance} to {name}", "距{name}{distance}"),
    ("metres", "{number} m", "{number}米"),
    ("kilometres", "{number} km", "{number}公里"),
    (
        "far-from-boundaries",
        "certain: every boundary is farther away than its outline is off",
        "确定：各边界均在其精度范围之外",
    ),
    (
        "near-a-boundary",
        "uncertain: the outline of {name} is accurate to {accuracy} m{site}; its boundary is within that",
        "不确定：{name}范围线精度{accuracy}米{site}，其边界在此误差之内",
    ),
    ("not-assessed-reason", "not assessed: the outline states no accuracy", "未评定：范围线未注明精度"),
    ("uncertain-site", ", and the site to {uncertainty} m", "，点位精度{uncertainty}米"),
    ("nothing", "Nothing of the plan is near.", "附近没有规划要素。"),
    ("layers", "Layers", "图层"),
    ("layer-corridor", "Corridor", "走廊"),
    ("layer-zones", "Core and zones", "一核三片"),
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
    ("parcels-key", "in the colour of the zone of most of it", "颜色同占比最大的片区"),
    ("none-shown", "The table has no valid point or polygon.", "表中没有有效的点或面。"),
    ("all-outside", "All of it is outside.", "全部在片区以外。"),
    (
        "rows-invalid",
        "Rows without a valid point or polygon, not shown: {count}",
        "没有有效点或面、未显示的行：{count}",
    ),
    (
        "sites-grouped",
        "{count} sites in view, drawn as groups with their numbers: zoom in to see each.",
        "视野内有{count}个点位，已按数量合并显示，放大后可逐个查看。",
    ),
    ("areas", "Areas", "面积"),
    (
        "areas-method",
        "On the ellipsoid of CGCS2000, edges straight in longitude and latitude.",
        "CGCS2000椭球面积，边在经纬度上为直线。",
    ),
    ("about", "Keys and notes", "按键与说明"),
    (
        "about-map",
        "Drawn in Web Mercator. Answers are computed in this page, as corridor locate does; it works offline.",
        "以Web墨卡托投影绘制。结果由本页计算，与corridor locate一致，可离线使用。",
    ),
    (
        "about-gcj02",
        "The base map is in GCJ-02: the drawing is shifted to match it, coordinates are shown in WGS 84 or CGCS2000. GCJ-02 is for display, not for surveying.",
        "底图为GCJ-02坐标：图形已作相应偏移，所示坐标仍为WGS 84或CGCS2000。GCJ-02仅供显示，不作测绘之用。",
    ),
    ("source", "Source", "来源"),
    ("base-map", "Base map: {host}", "底图：{host}"),
    ("tiles-failed", "Tiles of the base map could not be loaded: {count}", "未能加载的底图瓦片：{count}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_distinct_and_both_languages_put_in_the_same() {
        let keys: Vec<&str> = page_words(Lang::En).map(|word| word.0).collect();
        for key in &keys {
            assert_eq!(keys.iter().filter(|other| *other == key).count(), 1, "{key}");
        }
        let holes = |text: &str| {
            let mut holes: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            holes.sort();
            holes
        };
        for &(key, en, zh) in OWN {
            assert_eq!(holes(en), holes(zh), "{key}");
        }
    }
}
