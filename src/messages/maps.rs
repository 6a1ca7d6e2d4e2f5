//! Texts on maps.

use crate::crs::Crs;
use crate::messages::Lang;
use crate::messages::text::grouped;

/// The fixed texts of maps.
///
/// ```
/// use taizhou_corridor::messages::Lang;
///
/// assert_eq!(Lang::Zh.map_texts().legend, "图例");
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct MapTexts {
    lang: Lang,
    pub plan: &'static str,
    pub legend: &'static str,
    pub outline: &'static str,
    pub clusters: &'static str,
    pub sites: &'static str,
    pub parcels: &'static str,
    pub rows: &'static str,
    pub findings: &'static str,
    pub in_no_zone: &'static str,
    pub in_no_feature: &'static str,
    pub north: &'static str,
    pub source: &'static str,
    pub plan_source: &'static str,
    pub data_source: &'static str,
    pub context: &'static str,
    pub context_credit: &'static str,
    pub author: &'static str,
    pub date: &'static str,
    pub certainty: &'static str,
    pub certain: &'static str,
    pub uncertain: &'static str,
    pub not_assessed: &'static str,
    pub quantiles: &'static str,
    pub equal_steps: &'static str,
    pub no_value: &'static str,
    pub not_a_number: &'static str,
    pub water: &'static str,
    pub shore: &'static str,
    pub boundary: &'static str,
    pub road: &'static str,
    pub railway: &'static str,
    pub district_seat: &'static str,
    pub separator: &'static str,
    pub language: &'static str,
    pub no_chinese_font: &'static str,
}

static EN: MapTexts = MapTexts {
    lang: Lang::En,
    plan: "Plan",
    legend: "Legend",
    outline: "Corridor boundary",
    clusters: "Functional clusters",
    sites: "sites",
    parcels: "parcels",
    rows: "rows",
    findings: "Findings",
    in_no_zone: "Outside all zones",
    in_no_feature: "Outside all features",
    north: "N",
    source: "Source: ",
    plan_source: "Plan and outline: ",
    data_source: "Data: ",
    context: "Context: ",
    context_credit: "© OpenStreetMap contributors (ODbL 1.0); GSHHG 2.3.7 (LGPL 3.0 or later); district seats from public maps; simplified, for orientation only",
    author: "Map by: ",
    date: "Date: ",
    certainty: "Certainty",
    certain: "Certain",
    uncertain: "Uncertain",
    not_assessed: "Certainty not assessed",
    quantiles: "quantiles",
    equal_steps: "equal steps",
    no_value: "No value",
    not_a_number: "Not a number",
    water: "Water",
    shore: "Coast, river bank",
    boundary: "Boundary",
    road: "Road",
    railway: "Railway",
    district_seat: "District seat",
    separator: "; ",
    language: "en",
    no_chinese_font: "no font with Chinese characters is installed: the map is labelled in English",
};

static ZH: MapTexts = MapTexts {
    lang: Lang::Zh,
    plan: "规划图",
    legend: "图例",
    outline: "走廊范围线",
    clusters: "功能组团",
    sites: "点位",
    parcels: "地块",
    rows: "要素",
    findings: "检查结果",
    in_no_zone: "片区以外",
    in_no_feature: "不在任何要素内",
    north: "北",
    source: "来源：",
    plan_source: "规划及范围线来源：",
    data_source: "数据来源：",
    context: "底图要素：",
    context_credit: "© OpenStreetMap contributors（ODbL 1.0）；GSHHG 2.3.7（LGPL 3.0或更高版本）；区政府驻地取自公开地图；经简化，仅供定位参考",
    author: "制图：",
    date: "日期：",
    certainty: "可信度",
    certain: "确定",
    uncertain: "不确定",
    not_assessed: "未评定可信度",
    quantiles: "分位数分级",
    equal_steps: "等间距分级",
    no_value: "无值",
    not_a_number: "非数值",
    water: "水域",
    shore: "海岸线、河岸线",
    boundary: "界线",
    road: "道路",
    railway: "铁路",
    district_seat: "区政府驻地",
    separator: "；",
    language: "zh-CN",
    no_chinese_font: "未安装中文字体，图上文字改用英文",
};

fn count(value: u64) -> String {
    grouped(value as f64, 0)
}

impl MapTexts {
    pub(super) fn of(lang: Lang) -> &'static MapTexts {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// The scale on paper: 1 to this.
    pub fn scale(&self, denominator: f64, paper: &str) -> String {
        let paper = paper.to_ascii_uppercase();
        let text =
            if denominator < 10.0 { format!("1:{denominator:.3}") } else { format!("1:{}", grouped(denominator, 0)) };
        match self.lang {
            Lang::En => format!("{text} on {paper}"),
            Lang::Zh => format!("{text}（{paper}幅面）"),
        }
    }

    /// The projection of the map: of a coordinate system, or local with a standard parallel.
    pub fn projection(&self, crs: Option<&Crs>, latitude: &str) -> String {
        match (self.lang, crs) {
            (Lang::En, Some(crs)) => format!("Projection {crs}; degrees on CGCS2000"),
            (Lang::Zh, Some(crs)) => format!("投影{crs}；经纬度为CGCS2000"),
            (Lang::En, None) => format!("Equirectangular, true at {latitude}; CGCS2000"),
            (Lang::Zh, None) => format!("等距圆柱投影，标准纬线{latitude}；CGCS2000"),
        }
    }

    /// Note that there are more features than colours.
    pub fn features(&self, features: usize) -> String {
        let features = count(features as u64);
        match self.lang {
            Lang::En => format!("{features} features; colours only distinguish neighbours"),
            Lang::Zh => format!("要素{features}个，颜色仅用于区分相邻要素"),
        }
    }

    /// The number of features without colours.
    pub fn grey_features(&self, features: usize) -> String {
        let features = count(features as u64);
        match self.lang {
            Lang::En => format!("{features} features"),
            Lang::Zh => format!("要素{features}个"),
        }
    }

    /// Alternative text of the map.
    pub fn description(&self, zones: &[String], sites: u64, parcels: u64) -> String {
        let (stop, separator, colon) = match self.lang {
            Lang::En => (".", ", ", "Map of "),
            Lang::Zh => ("。", "、", "地图："),
        };
        let mut text = format!("{colon}{}", zones.join(separator));
        for (rows, name) in [(sites, self.sites), (parcels, self.parcels)] {
            if rows > 0 {
                text.push_str(&match self.lang {
                    Lang::En => format!("; {} {name}", count(rows)),
                    Lang::Zh => format!("；{name}{}个", count(rows)),
                });
            }
        }
        text + stop
    }

    /// Alternative text of a map of findings.
    pub(crate) fn description_of_findings(&self, zones: &[String], findings: u64) -> String {
        let map = self.description(zones, 0, 0);
        match self.lang {
            Lang::En => format!("{map} Findings: {}.", count(findings)),
            Lang::Zh => format!("{map}检查结果{}项。", count(findings)),
        }
    }

    /// Note that sites are drawn as proportional circles.
    pub fn clustered(&self, sites: u64, circles: u64) -> String {
        let (sites, circles) = (count(sites), count(circles));
        match self.lang {
            Lang::En => format!("{sites} sites are clustered into {circles} proportional circles"),
            Lang::Zh => format!("{sites}个点位聚合为{circles}个圆，圆越大点位越多"),
        }
    }

    /// The number of sites in the largest circle.
    pub fn largest(&self, sites: u64) -> String {
        let sites = count(sites);
        match self.lang {
            Lang::En => format!("{sites} sites"),
            Lang::Zh => format!("{sites}个点位"),
        }
    }

    /// Note that some sites or parcels are outside the map.
    pub fn off_the_map(&self, rows: u64) -> String {
        let text = count(rows);
        match (self.lang, rows) {
            (Lang::En, 1) => "1 site or parcel is outside the map".to_owned(),
            (Lang::En, _) => format!("{text} sites or parcels are outside the map"),
            (Lang::Zh, _) => format!("{text}个点位或地块在图幅以外"),
        }
    }

    /// Note that all rows are outside the map.
    pub fn all_off_the_map(&self, file: &str) -> String {
        match self.lang {
            Lang::En => {
                format!("{file}: all rows are outside the map: check the coordinate system (--crs)")
            }
            Lang::Zh => format!("{file}：全部在图幅以外，请检查坐标系（--crs）"),
        }
    }

    /// Note that a table has no rows.
    pub fn empty_layer(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: no rows; only the plan is drawn"),
            Lang::Zh => format!("{file}：没有数据行，只绘制规划"),
        }
    }

    /// Note that rows have no valid point or polygon.
    pub fn invalid(&self, rows: u64) -> String {
        let text = count(rows);
        match (self.lang, rows) {
            (Lang::En, 1) => "1 row has no valid point or polygon".to_owned(),
            (Lang::En, _) => format!("{text} rows have no valid point or polygon"),
            (Lang::Zh, _) => format!("{text}行没有有效的点或面"),
        }
    }

    /// Note that names are not shown.
    pub fn unnamed(&self, names: u64) -> String {
        let text = count(names);
        match (self.lang, names) {
            (Lang::En, 1) => "1 name not shown (no room)".to_owned(),
            (Lang::En, _) => format!("{text} names not shown (no room)"),
            (Lang::Zh, _) => format!("另有{text}个名称因空间不足未标注"),
        }
    }

    /// A text with a remark in brackets.
    pub fn with_remark(&self, text: &str, remark: &str) -> String {
        match self.lang {
            Lang::En => format!("{text} ({remark})"),
            Lang::Zh => format!("{text}（{remark}）"),
        }
    }

    /// The values without a colour of their own.
    pub fn other_values(&self, values: u64) -> String {
        let text = count(values);
        match (self.lang, values) {
            (Lang::En, 1) => "Other (1 value)".to_owned(),
            (Lang::En, _) => format!("Other ({text} values)"),
            (Lang::Zh, _) => format!("其他（{text}种）"),
        }
    }

    /// Note that fonts could not be embedded.
    pub fn outlined_fonts(&self, fonts: &[String]) -> String {
        let fonts = fonts.join(if self.lang == Lang::En { ", " } else { "、" });
        match self.lang {
            Lang::En => format!("{fonts}: cannot be embedded; its text is drawn as outlines and cannot be selected"),
            Lang::Zh => format!("{fonts}：字体无法嵌入，其文字以轮廓绘出，不能选取"),
        }
    }

    /// The size and scale of the map that was written.
    pub fn map_written(&self, file: &str, width_mm: f64, height_mm: f64, scale: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: {width_mm} mm by {height_mm} mm, {scale}"),
            Lang::Zh => format!("{file}：{width_mm}毫米×{height_mm}毫米，{scale}"),
        }
    }
}
