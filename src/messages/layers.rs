//! Texts about parcels and layers: the report, and the sentence at the end of a run.

use crate::messages::sentences::plural;
use crate::messages::text::{grouped, one_line};
use crate::messages::{Lang, Texts};
use crate::query::QuerySummary;
use crate::query::overlay::{LayerColumn, LayerSummary, LayersSummary, Relation};
use crate::units::Metres;

/// The fixed texts of the report on parcels and layers that the report on parcels and zones does not have.
///
/// ```
/// use taizhou_corridor::messages::Lang;
///
/// assert_eq!(Lang::En.layer_texts().layers, "Layers");
/// ```
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct LayerTexts {
    lang: Lang,
    pub title: &'static str,
    pub layers: &'static str,
    pub parcels: &'static str,
    pub layer: &'static str,
    pub features: &'static str,
    pub accuracy: &'static str,
    pub none_stated: &'static str,
    pub within: &'static str,
    pub straddling: &'static str,
    pub touching: &'static str,
    pub outside: &'static str,
    pub covered: &'static str,
    pub uncertain: &'static str,
}

static EN: LayerTexts = LayerTexts {
    lang: Lang::En,
    title: "Parcels and layers",
    layers: "Layers",
    parcels: "Parcels by layer",
    layer: "Layer",
    features: "Features",
    accuracy: "Accuracy (m)",
    none_stated: "not stated",
    within: "Wholly in it",
    straddling: "Partly in it",
    touching: "Touching it",
    outside: "Outside",
    covered: "Area in it",
    uncertain: "Uncertain",
};

static ZH: LayerTexts = LayerTexts {
    lang: Lang::Zh,
    title: "地块压占分析报告",
    layers: "图层",
    parcels: "各地块压占情况",
    layer: "图层",
    features: "要素（个）",
    accuracy: "精度（米）",
    none_stated: "未注明",
    within: "全部位于（个）",
    straddling: "部分位于（个）",
    touching: "相接（个）",
    outside: "不涉及（个）",
    covered: "压占面积",
    uncertain: "不确定（个）",
};

impl LayerTexts {
    pub(super) fn of(lang: Lang) -> &'static LayerTexts {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// A heading about a layer.
    pub fn of_layer(&self, layer: &str, quantity: &str) -> String {
        match self.lang {
            Lang::En => format!("{}: {quantity}", one_line(layer)),
            Lang::Zh => format!("{}：{quantity}", one_line(layer)),
        }
    }

    /// The relation of a parcel to a layer.
    pub fn relation(&self, relation: Relation) -> &'static str {
        match (self.lang, relation) {
            (Lang::En, Relation::Within) => "within",
            (Lang::En, Relation::Straddles) => "in part",
            (Lang::En, Relation::Touches) => "touches",
            (Lang::En, Relation::Outside) => "outside",
            (Lang::Zh, Relation::Within) => "全部位于",
            (Lang::Zh, Relation::Straddles) => "部分位于",
            (Lang::Zh, Relation::Touches) => "相接",
            (Lang::Zh, Relation::Outside) => "不涉及",
        }
    }

    /// How the figures are computed.
    pub fn methods(&self) -> Vec<String> {
        let texts: &[&str] = match self.lang {
            Lang::En => &[
                "Areas are on the CGCS2000 ellipsoid (a = 6,378,137 m, 1/f = 298.257222101), of polygons whose edges are straight in the coordinate system of the layer. WGS 84 and CGCS2000 are treated as equal. 1 ha = 15 mu.",
                "The features of a layer count as one: what several of them cover counts once. The share is the area in the layer divided by that of the parcel. A parcel is wholly in a layer if nothing of it is outside.",
                "Certain: more than half of the parcel stays in the layer, or outside it, wherever the true boundaries lie within their stated accuracy (95 %); boundaries between features of the layer do not count.",
            ],
            Lang::Zh => &[
                "面积为CGCS2000椭球面积（a = 6378137米，1/f = 298.257222101），多边形的边在图层的坐标系中为直线。WGS 84与CGCS2000视为相同。1公顷 = 15亩。",
                "图层的全部要素作为整体计算，多个要素重叠之处只计一次。占比为位于图层内的面积除以地块面积。地块无任何部分在图层之外的，为“全部位于”。",
                "无论真实边界在精度范围内（95%）如何变动，地块过半面积始终位于图层之内（或之外）的，判为“确定”；图层内部要素之间的界线不计。",
            ],
        };
        texts.iter().map(|&text| text.to_owned()).collect()
    }
}

impl Texts {
    /// The heading, for people, of a column about a layer in the wide form; `None` if it is no such column.
    pub(crate) fn layer_heading(&self, column: &str) -> Option<String> {
        let of_layers = LayerColumn::ALL.into_iter().filter(|column| column.is_of_layer()).map(LayerColumn::as_str);
        of_layers.into_iter().find_map(|name| {
            let layer = column.strip_suffix(name)?.strip_suffix('_').filter(|layer| !layer.is_empty())?;
            Some(self.lang.layer_texts().of_layer(layer, self.heading(name)))
        })
    }

    /// The summary of an overlay with layers.
    pub fn layers_summary(&self, file: &str, names: &[&str], summary: &LayersSummary) -> String {
        let none = LayerSummary::default();
        let of_layer = |(index, name): (usize, &&str)| {
            let LayerSummary { within, straddling, area, .. } = summary.layers.get(index).unwrap_or(&none);
            match self.lang {
                Lang::En => format!("{name}: {within} within, {straddling} in part, {} m²", grouped(area.0, 2)),
                Lang::Zh => {
                    format!("{name}：全部位于{within}个，部分位于{straddling}个，共{}平方米", grouped(area.0, 2))
                }
            }
        };
        let layers: Vec<String> = names.iter().enumerate().map(of_layer).collect();
        let remarks = self.remark_count(summary.invalid.remarks);
        match self.lang {
            Lang::En => format!(
                "{file}: {}, {} invalid{remarks}; {}",
                plural(summary.rows(), "parcel"),
                summary.invalid.count,
                layers.join("; ")
            ),
            Lang::Zh => format!(
                "{file}：共{}个地块，无效{}个{remarks}；{}",
                summary.rows(),
                summary.invalid.count,
                layers.join("；")
            ),
        }
    }

    /// The name of an offset.
    pub(crate) fn offset_name(&self) -> &'static str {
        self.pick("Offset", "退线或外扩")
    }

    /// An offset in words.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::units::Metres;
    ///
    /// assert_eq!(Lang::En.texts().offset(Metres(-30.0)), "set back by 30 m");
    /// assert_eq!(Lang::Zh.texts().offset(Metres(30.0)), "外扩30米");
    /// ```
    pub fn offset(&self, distance: Metres) -> String {
        let metres = distance.0.abs();
        match (self.lang, distance.0 < 0.0) {
            (Lang::En, true) => format!("set back by {metres} m"),
            (Lang::En, false) => format!("enlarged by {metres} m"),
            (Lang::Zh, true) => format!("退线{metres}米"),
            (Lang::Zh, false) => format!("外扩{metres}米"),
        }
    }

    /// An offset of the zones of a plan in words.
    pub(crate) fn zones_offset(&self, distance: Metres) -> String {
        match self.lang {
            Lang::En => format!("zones {}", self.offset(distance)),
            Lang::Zh => format!("各范围{}", self.offset(distance)),
        }
    }

    /// Note that the zones of a plan are offset, and which of them vanish.
    pub fn is_offset(&self, file: &str, distance: Metres, vanished: &[String]) -> String {
        let mut text = format!("{file}{}{}", self.colon, self.zones_offset(distance));
        if !vanished.is_empty() {
            /// As many as fit into a line.
            const MAX_NAMES: usize = 10;
            let names: Vec<String> = vanished.iter().take(MAX_NAMES).map(|id| one_line(id)).collect();
            let (count, more) = (vanished.len(), if vanished.len() > MAX_NAMES { ", …" } else { "" });
            text.push_str(&match self.lang {
                Lang::En => format!("; nothing is left of {count}: {}{more}", names.join(", ")),
                Lang::Zh => format!("，其中{count}个无剩余：{}{more}", names.join("、")),
            });
        }
        text
    }

    /// The number of repaired features of a layer.
    pub fn layer_repaired(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} repaired", plural(count, "feature")),
            Lang::Zh => format!("{file}：修复了{count}个要素"),
        }
    }
}
