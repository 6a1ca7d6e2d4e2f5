//! Messages that only the command line has.

use std::time::Duration;

use crate::messages::sentences::plural;
use crate::messages::text::grouped;
use crate::messages::{Lang, Texts};

impl Texts {
    /// The hosts from which a page loads tiles.
    pub(in crate::cli) fn asks_hosts(&self, hosts: &str) -> String {
        match self.lang {
            Lang::En => format!(
                "the page requests tiles from {hosts} when opened; everything in the template, such as a key, is stored in the page"
            ),
            Lang::Zh => format!("网页打开时向{hosts}请求瓦片；模板中的内容（如密钥）保存在网页内"),
        }
    }

    /// Note that no site is in a zone.
    pub(in crate::cli) fn all_outside(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: all sites are outside: check the coordinate system and the axis order"),
            Lang::Zh => format!("{file}：全部点位都在片区之外，请检查坐标系和坐标顺序"),
        }
    }

    /// Progress: rows, reading speed, share, and estimated time left.
    pub(in crate::cli) fn progress(
        &self,
        rows: u64,
        mb_per_s: Option<f64>,
        share: Option<f64>,
        left: Option<Duration>,
    ) -> String {
        let rows = grouped(rows as f64, 0);
        let mut text = match self.lang {
            Lang::En => format!("{rows} rows"),
            Lang::Zh => format!("{rows}行"),
        };
        if let Some(rate) = mb_per_s {
            text.push_str(&format!("{}{rate:.1} MB/s", self.pick(", ", "，")));
        }
        if let Some(share) = share {
            text.push_str(&format!("{}{:.0} %", self.pick(", ", "，"), share * 100.0));
        }
        if let Some(left) = left {
            let seconds = left.as_secs_f64().ceil() as u64;
            let (minutes, rest) = (seconds / 60, seconds % 60);
            text.push_str(&match self.lang {
                Lang::En => format!(", {minutes}:{rest:02} left"),
                Lang::Zh => format!("，剩余{minutes}:{rest:02}"),
            });
        }
        text
    }

    /// The number of rows of a query result.
    #[cfg(feature = "datafusion")]
    pub(in crate::cli) fn answered(&self, file: &str, rows: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {}", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行"),
        }
    }

    /// The number of features written.
    pub(in crate::cli) fn wrote(&self, file: &str, count: u64, format: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} written as {format}", plural(count, "feature")),
            Lang::Zh => format!("{file}：已按{format}格式写入{count}个要素"),
        }
    }

    /// The number of corners added because edges bend in another system.
    pub(in crate::cli) fn corners_added(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => {
                format!("{file}: {} added, so that edges keep their course in another system", plural(count, "corner"))
            }
            Lang::Zh => format!("{file}：为使边在另一坐标系中走向不变，增加了{count}个顶点"),
        }
    }

    /// The name of the bundled plan.
    pub(in crate::cli) fn bundled_plan(&self) -> &'static str {
        self.pick("bundled plan", "内置规划")
    }

    /// The plan that is used.
    pub(in crate::cli) fn uses_plan(&self, name: &str, features: usize, is_layer: bool) -> String {
        match (self.lang, is_layer) {
            (Lang::En, false) => format!("plan {name}: {}", plural(features as u64, "feature")),
            (Lang::En, true) => format!("layer {name}: {} without levels", plural(features as u64, "feature")),
            (Lang::Zh, false) => format!("规划{name}：{features}个要素"),
            (Lang::Zh, true) => format!("图层{name}：{features}个要素，无层级"),
        }
    }

    /// Note that findings are written as points.
    pub(in crate::cli) fn findings_as_points(&self, file: &str, format: &str) -> String {
        match self.lang {
            Lang::En => format!(
                "{file}: a {format} holds geometries of one kind: findings are written as points; .gpkg and .geojson hold their areas"
            ),
            Lang::Zh => {
                format!("{file}：{format}只能保存一种几何，检查结果以点写出；.gpkg、.geojson可同时保存其范围")
            }
        }
    }
}
