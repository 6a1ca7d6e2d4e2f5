//! The kinds of features of a context, and the words that files have for them.

use crate::messages::text::one_line;

/// What a feature is: its symbol, and its name in the legend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::map) enum ContextKind {
    Water,
    /// A coast or a river bank.
    Shore,
    Boundary,
    Road,
    Railway,
    DistrictSeat,
    /// The name of a water body at one of its points, without a symbol.
    WaterName,
    /// Anything else, with the name that its file gives it.
    Other(String),
}

impl ContextKind {
    /// The kind by the value of the column `kind`.
    pub(super) fn of(text: &str, file: &str) -> ContextKind {
        let lower = text.trim().to_lowercase();
        match lower.as_str() {
            "water" | "river" | "lake" | "sea" | "reservoir" | "水域" | "水系" | "河流" | "湖泊" | "水库" | "海域" => {
                ContextKind::Water
            }
            "coast" | "coastline" | "shore" | "river bank" | "riverbank" | "岸线" | "海岸线" | "河岸" => {
                ContextKind::Shore
            }
            "boundary" | "district boundary" | "界线" | "行政区界" | "行政界线" => ContextKind::Boundary,
            "road" | "highway" | "motorway" | "道路" | "公路" | "高速公路" => ContextKind::Road,
            "railway" | "rail" | "metro" | "铁路" | "轨道交通" => ContextKind::Railway,
            "district seat" | "区政府驻地" => ContextKind::DistrictSeat,
            "water name" => ContextKind::WaterName,
            "" => ContextKind::Other(file.to_owned()),
            _ => ContextKind::Other(one_line(text.trim())),
        }
    }
}

/// The names of columns, in lower case.
pub(super) const KINDS: [&str; 3] = ["kind", "类型", "类别"];
pub(super) const NAMES: [&str; 2] = ["name", "名称"];
pub(super) const ENGLISH_NAMES: [&str; 1] = ["name_en"];
pub(super) const CREDITS: [&str; 4] = ["attribution", "source", "来源", "数据来源"];
