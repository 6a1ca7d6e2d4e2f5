//! Sentences about one's own outline: what was assumed about a new plan, and the provenance of an outline.

use crate::messages::sentences::plural;
use crate::messages::text::one_line;
use crate::messages::{Lang, Texts};
use crate::plan::{Assumption, Plan};

/// The notice of a new plan that is not official: in both languages, since it is written into the plan.
pub const INDICATIVE_NOTICE: &str = "Indicative outline, not the official one. 示意范围线，非官方边界。";

/// Words of the table of outlines in a report.
pub(crate) struct OutlineWords {
    pub(crate) title: &'static str,
    pub(crate) accuracy: &'static str,
    pub(crate) metres: &'static str,
    pub(crate) difference: &'static str,
    pub(crate) not_stated: &'static str,
}

impl Texts {
    /// The part of [`INDICATIVE_NOTICE`] in this language.
    pub(crate) fn indicative_outline(&self) -> &'static str {
        self.pick("Indicative outline, not the official one.", "示意范围线，非官方边界。")
    }

    /// Words of the table of outlines in a report.
    pub(crate) fn outline_words(&self) -> OutlineWords {
        OutlineWords {
            title: self.pick("Outline", "范围线"),
            accuracy: self.pick("Accuracy", "精度"),
            metres: self.pick("m", "米"),
            difference: self.pick("Difference", "差值"),
            not_stated: self.pick("not stated", "未注明"),
        }
    }

    /// What was assumed about a new plan.
    pub fn assumption(&self, assumption: &Assumption) -> String {
        match (self.lang, assumption) {
            (Lang::En, Assumption::LevelsOfFile) => "levels and parents as in the file".to_owned(),
            (Lang::Zh, Assumption::LevelsOfFile) => "层级和上级按文件所载".to_owned(),
            (Lang::En, Assumption::CorridorFound { id }) => {
                format!("`{id}` contains all other features: it is the corridor")
            }
            (Lang::Zh, Assumption::CorridorFound { id }) => format!("`{id}`包含其他全部要素：作为走廊"),
            (Lang::En, Assumption::CorridorAdded { id, zones: 1 }) => {
                format!("there is one outer feature: its extent is added as the corridor `{id}`")
            }
            (Lang::En, Assumption::CorridorAdded { id, zones }) => format!(
                "no feature contains all others: the union of {} is added as the corridor `{id}`",
                plural(*zones as u64, "outer feature")
            ),
            (Lang::Zh, Assumption::CorridorAdded { id, zones: 1 }) => {
                format!("只有一个外围要素：以其范围作为走廊，id为`{id}`")
            }
            (Lang::Zh, Assumption::CorridorAdded { id, zones }) => {
                format!("没有要素包含其他全部要素：以外围{zones}个要素的并集作为走廊，id为`{id}`")
            }
            (Lang::En, Assumption::Zones { count, core }) => {
                let core = match core.as_slice() {
                    [] => "none of them is the core (--core)".to_owned(),
                    core => format!("the core is `{}`", core.join("`, `")),
                };
                let features = if *count == 1 { "1 feature lies" } else { &format!("{count} features lie") };
                format!("{features} directly in the corridor: zones; {core}")
            }
            (Lang::Zh, Assumption::Zones { count, core }) => {
                let core = match core.as_slice() {
                    [] => "未指定核（--core）".to_owned(),
                    core => format!("其中核为`{}`", core.join("`、`")),
                };
                format!("走廊之下直接有{count}个要素：作为片区；{core}")
            }
            (Lang::En, Assumption::Clusters { count: 1 }) => "1 feature lies in a zone: a cluster".to_owned(),
            (Lang::En, Assumption::Clusters { count }) => format!("{count} features lie in zones: clusters"),
            (Lang::Zh, Assumption::Clusters { count }) => format!("位于片区之内的要素{count}个：作为功能组团"),
            (Lang::En, Assumption::UnknownLevels { names }) => {
                format!("unknown levels `{}`: levels are those by containment (--plan-levels)", names.join("`, `"))
            }
            (Lang::Zh, Assumption::UnknownLevels { names }) => {
                format!("无法识别的层级`{}`：按包含关系定级（可用--plan-levels注明）", names.join("`、`"))
            }
            (Lang::En, Assumption::OtherLevel { id, stated, level }) => {
                format!("`{id}` is stated to be of level {stated}, but by its place it is of level {level}")
            }
            (Lang::Zh, Assumption::OtherLevel { id, stated, level }) => {
                format!("`{id}`载明的层级为{stated}，按所在位置定为{level}")
            }
        }
    }

    /// Note that an outline is taken as indicative.
    pub fn assumed_indicative(&self) -> &'static str {
        self.pick(
            "taken as indicative; state --authority official if it is the official outline",
            "按示意范围线处理；如为官方范围线，请加--authority official",
        )
    }

    /// Note about the edges of a plan that is written as GeoJSON.
    pub fn edges_of_geojson(&self, corners: u64) -> String {
        match self.lang {
            Lang::En => format!(
                "edges of GeoJSON are straight in longitude and latitude, those of the file in its own system: {} added to keep them within 0.1 mm; GeoPackage keeps them as they are",
                plural(corners, "corner")
            ),
            Lang::Zh => format!(
                "GeoJSON的边在经纬度上为直线，原文件的边在其坐标系中为直线：已增加{corners}个拐点，使偏差不超过0.1毫米；GeoPackage可原样保存"
            ),
        }
    }

    /// Where an outline comes from and how accurate it is: names and values, in order. `file` is the name of its file;
    /// `None` for the bundled plan.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let provenance = Lang::En.texts().provenance(&Plan::bundled(), None);
    /// assert_eq!(provenance[1], ("Authority", "indicative".to_owned()));
    /// assert_eq!(provenance[2], ("Accuracy", "300–1500 m (95 %)".to_owned()));
    /// ```
    pub fn provenance(&self, plan: &Plan, file: Option<&str>) -> Vec<(&'static str, String)> {
        let text = |name: &str| -> Option<String> {
            let mut features = plan.root().into_iter().chain(plan.features());
            features.find_map(|feature| feature.properties.get(name)?.as_str()).map(one_line)
        };
        let words = self.outline_words();
        let not_stated = || words.not_stated.to_owned();
        let bundled = || self.pick("bundled with the program", "程序内置").to_owned();
        let authority = match text("authority").as_deref() {
            Some("official") => self.pick("official", "官方").to_owned(),
            Some("indicative") => self.pick("indicative", "示意").to_owned(),
            Some(other) => other.to_owned(),
            None => not_stated(),
        };
        let mut provenance = vec![
            (self.pick("Outline file", "范围线文件"), file.map_or_else(bundled, one_line)),
            (self.pick("Authority", "效力"), authority),
            (words.accuracy, self.accuracies(plan).unwrap_or_else(not_stated)),
            (self.pick("Date of the plan", "规划日期"), text("published_on").unwrap_or_else(not_stated)),
        ];
        provenance.extend(plan.offset_distance().map(|distance| (self.offset_name(), self.offset(distance))));
        provenance
    }

    /// The accuracies of the outlines of a plan; `None` if none is stated.
    fn accuracies(&self, plan: &Plan) -> Option<String> {
        let stated: Vec<f64> = plan.features().iter().filter_map(|feature| Some(feature.accuracy?.0)).collect();
        let (least, most) = (stated.iter().copied().reduce(f64::min)?, stated.iter().copied().reduce(f64::max)?);
        let range = if least == most { least.to_string() } else { format!("{least}–{most}") };
        let (all, missing) = (plan.features().len(), plan.features().len() - stated.len());
        Some(match (self.lang, missing) {
            (Lang::En, 0) => format!("{range} m (95 %)"),
            (Lang::Zh, 0) => format!("{range}米（95%置信度）"),
            (Lang::En, _) => format!("{range} m (95 %); not stated for {missing} of {all} features"),
            (Lang::Zh, _) => format!("{range}米（95%置信度）；{all}个要素中有{missing}个未注明"),
        })
    }

    /// The line about an outline that is not the bundled one as it is: of a file, or offset.
    pub(crate) fn outline_line(&self, plan: &Plan, file: Option<&str>) -> Option<String> {
        (file.is_some() || plan.offset_distance().is_some()).then(|| self.provenance_line(plan, file))
    }

    /// The same in one line, without what is not stated; but that no accuracy is stated is said.
    pub fn provenance_line(&self, plan: &Plan, file: Option<&str>) -> String {
        let words = self.outline_words();
        let parts = self.provenance(plan, file).into_iter();
        let parts = parts.filter(|(name, value)| value != words.not_stated || *name == words.accuracy);
        let parts = parts.map(|(name, value)| format!("{name}{}{value}", self.colon));
        parts.collect::<Vec<_>>().join(self.pick("; ", "；"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_of_a_new_plan_has_both_languages() {
        let [en, zh] = [Lang::En, Lang::Zh].map(|lang| lang.texts().indicative_outline());
        assert_eq!(INDICATIVE_NOTICE, format!("{en} {zh}"));
    }
}
