//! Texts about the findings of `check`: names of their codes, what was checked.

use crate::messages::sentences::plural;
use crate::messages::{Lang, Texts};
use crate::plan::check::Scope;
#[cfg(feature = "cli")]
use crate::query::coverage::CoverageChange;
use crate::query::coverage::{ChangeKind, CoverageOptions, CoverageReport};
use crate::units::SquareMetres;

/// The names of codes, in English and Chinese: of the file, of features, of rings, of rows, of coverages.
const NAMES: [(&str, &str, &str); 68] = [
    ("not-a-collection", "Not a feature collection", "不是要素集合"),
    ("no-feature", "No feature", "没有要素"),
    ("crs-member", "Unsuitable coordinate system member", "坐标系成员不符合规范"),
    ("not-a-feature", "Not a feature", "不是要素"),
    ("missing-id", "Missing id", "缺少id"),
    ("duplicate-id", "Repeated id", "id重复"),
    ("missing-property", "Missing property", "缺少属性"),
    ("bad-property", "Unsuitable property", "属性值不符合要求"),
    ("unknown-parent", "Unknown parent", "上级不存在"),
    ("roots", "Not one corridor", "走廊不是恰好一个"),
    ("levels-ignored", "Levels not used", "层级未采用"),
    ("partly-inside", "Partly inside another feature", "部分位于另一要素之内"),
    ("same-extent", "Same extent as another feature", "与另一要素范围相同"),
    ("too-deep", "Below the lowest level", "超出最低层级"),
    ("outside-parent", "Part outside the parent", "部分位于上级之外"),
    ("overlap", "Overlap", "重叠"),
    ("gap", "Gap", "缝隙"),
    ("arcs", "Arcs replaced by straight edges", "圆弧以折线代替"),
    ("empty-members", "Empty members left out", "空成员已略去"),
    ("area-off", "Area differs from the published one", "面积与公布值不符"),
    ("no-geometry", "No geometry", "没有几何"),
    ("not-a-polygon", "Not a polygon", "不是面"),
    ("short-position", "Position with fewer than two numbers", "坐标不足两个数"),
    ("too-few-points", "Ring with too few points", "环的点数不足"),
    ("no-area", "Ring without area", "环不围成面积"),
    ("ring-not-closed", "Ring not closed", "环未闭合"),
    ("not-finite", "Coordinate not finite", "坐标不是有限数"),
    ("swapped-coordinates", "Longitude and latitude swapped", "经纬度颠倒"),
    ("out-of-range", "Position out of range", "坐标超出经纬度范围"),
    ("self-crossing", "Ring crosses or touches itself", "环自相交或自相接"),
    ("rings-cross", "Rings cross or share an edge", "环相交或共边"),
    ("hole-outside", "Hole outside its exterior", "内环位于外环之外"),
    ("interior-cut", "Interior cut in two", "内部被分割"),
    ("parts-overlap", "Parts overlap", "各部分重叠"),
    ("repeated-point", "Repeated point", "重复点"),
    ("winding", "Direction of rings", "环的方向"),
    ("long-edge", "Edge of more than 180 degrees", "边跨度超过180度"),
    ("missing-coordinate", "Missing coordinate", "缺少坐标"),
    ("no-stored-value", "Formula without a stored value", "公式没有存储值"),
    ("not-a-number", "Coordinate not a number", "坐标不是数字"),
    ("not-a-pair", "Not two coordinates", "不是一对坐标"),
    ("total-row", "Total row", "合计行"),
    ("note-row", "Note row", "注释行"),
    ("longitude-out-of-range", "Longitude out of range", "经度超出范围"),
    ("latitude-out-of-range", "Latitude out of range", "纬度超出范围"),
    ("not-gauss-krueger", "Not an easting and northing", "不是东、北坐标"),
    ("axis-order", "Other order of axes", "坐标顺序不一致"),
    ("other-zone", "Other Gauss-Krüger zone", "带号不一致"),
    ("outside-crs-area", "Outside the area of the coordinate system", "超出坐标系适用范围"),
    ("null-geometry", "Empty geometry", "几何为空"),
    ("not-a-point", "Not a point", "不是点"),
    ("bad-geometry", "Unreadable geometry", "几何无法读取"),
    ("unsupported-geometry", "Unsupported geometry", "不支持的几何类型"),
    ("other-crs", "Other coordinate system", "坐标系不一致"),
    ("other-datum", "Other datum", "大地基准不一致"),
    ("not-repairable", "Not repairable", "无法修复"),
    ("field-count", "Other number of fields", "字段数不一致"),
    ("bad-uncertainty", "Unsuitable position uncertainty", "点位精度不符合要求"),
    ("contained", "Inside another feature", "位于另一要素之内"),
    ("duplicate-shape", "Repeated shape", "图形重复"),
    ("hole", "Hole", "空洞"),
    ("unmatched-corner", "Corner without a counterpart", "拐点不对应"),
    ("spike", "Spike", "尖角"),
    ("sliver", "Sliver", "碎面"),
    ("narrow", "Narrow part", "局部过窄"),
    ("small", "Small feature", "面积过小"),
    ("outside-boundary", "Outside the boundary", "超出边界"),
    ("uncovered", "Boundary not covered", "边界内未覆盖"),
];

impl Lang {
    /// The name of the code of a finding; the code itself if it is not that of a finding.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!([Lang::En, Lang::Zh].map(|lang| lang.finding_name("unmatched-corner")), [
    ///     "Corner without a counterpart",
    ///     "拐点不对应",
    /// ]);
    /// ```
    pub fn finding_name(self, code: &str) -> &str {
        let name = NAMES.iter().find(|(known, ..)| *known == code);
        name.map_or(code, |&(_, en, zh)| self.texts().pick(en, zh))
    }
}

impl Texts {
    /// What was checked and what was not, for what is no plan.
    pub(crate) fn checked(&self, scope: Scope) -> Option<&'static str> {
        match scope {
            Scope::Plan => None,
            Scope::Coverage => Some(self.pick(
                "Checked: rings, ids, overlaps, gaps, corners of common borders, and published areas where they are stated. Not checked: hierarchy.",
                "已检查：环、编号、重叠、缝隙、公共边的拐点，以及注明的公布面积。未检查：层级。",
            )),
            Scope::Layer { has_several: true } => Some(self.pick(
                "Checked: rings, ids, and published areas where they are stated. Not checked, since the features have no levels: hierarchy. Add --coverage to check overlaps and gaps.",
                "已检查：环、编号，以及注明的公布面积。未检查：层级（要素未分层级）。如需检查重叠和缝隙，请加--coverage。",
            )),
            Scope::Layer { has_several: false } => Some(self.pick(
                "Checked: rings, ids, and published areas where they are stated. Not checked, since the features have no levels: hierarchy, overlaps, gaps.",
                "已检查：环、编号，以及注明的公布面积。未检查：层级、重叠、缝隙（要素未分层级）。",
            )),
        }
    }

    /// Note that findings have no location, and are not on the map.
    pub(crate) fn findings_without_location(&self, file: &str, count: u64) -> String {
        let text = match (self.lang, count) {
            (Lang::En, 1) => "1 finding has no location and is not shown".to_owned(),
            (Lang::En, _) => format!("{count} findings have no location and are not shown"),
            (Lang::Zh, _) => format!("{count}项检查结果没有位置，未显示"),
        };
        self.of_file(file, &text)
    }

    /// What was checked as a coverage, and what is not listed: findings below the minimum area, and features without a
    /// valid polygon.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::query::coverage::CoverageReport;
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// let report = CoverageReport { small_overlaps: 3, small_gaps: 1, ..CoverageReport::default() };
    /// let text = Lang::En.texts().coverage_summary(12, 1, &report, SquareMetres(0.01));
    /// assert_eq!(
    ///     text,
    ///     "12 features checked as a coverage; below 0.01 m² and not listed: 3 overlaps, 1 gap; left out without a valid polygon: 1 feature"
    /// );
    /// ```
    pub fn coverage_summary(
        &self,
        features: u64,
        left_out: u64,
        report: &CoverageReport,
        min_finding_area: SquareMetres,
    ) -> String {
        let CoverageReport { small_overlaps, small_gaps, .. } = *report;
        let mut text = match (self.lang, features) {
            (Lang::En, 1) => "1 feature checked as a coverage".to_owned(),
            (Lang::En, _) => format!("{features} features checked as a coverage"),
            (Lang::Zh, _) => format!("拓扑检查要素{features}个"),
        };
        let area = min_finding_area.0;
        if small_overlaps + small_gaps > 0 {
            text.push_str(&match self.lang {
                Lang::En => format!(
                    "; below {area} m² and not listed: {}, {}",
                    plural(small_overlaps, "overlap"),
                    plural(small_gaps, "gap")
                ),
                Lang::Zh => format!("；小于{area}平方米而未列出的重叠{small_overlaps}处、缝隙{small_gaps}处"),
            });
        }
        if left_out > 0 {
            text.push_str(&match self.lang {
                Lang::En => format!("; left out without a valid polygon: {}", plural(left_out, "feature")),
                Lang::Zh => format!("；没有有效面而未参与的要素{left_out}个"),
            });
        }
        text
    }
}

/// The changes of a repair, in English and Chinese.
const CHANGES: [(ChangeKind, &str, &str); 6] = [
    (ChangeKind::RemovedSpike, "Spike removed", "删除尖角"),
    (ChangeKind::RemovedDuplicate, "Repeated shape removed", "删除重复图形"),
    (ChangeKind::SnappedCorner, "Corner moved to its counterpart", "拐点移至对应拐点"),
    (ChangeKind::AddedCorner, "Corner added", "补充拐点"),
    (ChangeKind::DividedOverlap, "Overlap left to the other feature", "重叠划归另一要素"),
    (ChangeKind::ClosedGap, "Gap added", "并入缝隙"),
];

impl Texts {
    /// The name of a change of a repair.
    pub(crate) fn change_name(&self, kind: ChangeKind) -> &'static str {
        let change = CHANGES.iter().find(|(of, ..)| *of == kind);
        change.map_or("", |&(_, en, zh)| self.pick(en, zh))
    }

    /// What a repair changed, and the number of warnings that are left.
    #[cfg(feature = "cli")]
    pub(crate) fn coverage_fixed(&self, changes: &[CoverageChange], features: u64, left: u64) -> String {
        let gained = changes.iter().fold(0.0, |sum, change| sum + change.gained.0.max(0.0));
        let lost = changes.iter().fold(0.0, |sum, change| sum + (-change.gained.0).max(0.0));
        let count = changes.len() as u64;
        let mut text = match self.lang {
            Lang::En => format!(
                "{} to {}: {gained:.4} m² gained, {lost:.4} m² lost",
                plural(count, "change"),
                plural(features, "feature")
            ),
            Lang::Zh => format!("修改{features}个要素，共{count}处：增加{gained:.4}平方米，减少{lost:.4}平方米"),
        };
        if left > 0 {
            text.push_str(&match self.lang {
                Lang::En => format!("; {} left, which check lists", plural(left, "warning")),
                Lang::Zh => format!("；仍有{left}项警告，可用check列出"),
            });
        }
        text
    }

    /// Note that rows without a usable geometry are written as they are.
    #[cfg(feature = "cli")]
    pub(crate) fn kept_unrepaired(&self, file: &str, invalid: u64, rows: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {invalid} of {} kept without a geometry", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行保留但无几何"),
        }
    }
}

impl Lang {
    /// How features were checked as a coverage, with the thresholds, in sentences.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::query::coverage::CoverageOptions;
    ///
    /// let methods = Lang::En.coverage_methods(&CoverageOptions::default());
    /// assert!(methods[1].starts_with("Gaps are voids between features up to 1 m wide"));
    /// ```
    pub fn coverage_methods(self, options: &CoverageOptions) -> Vec<String> {
        let CoverageOptions { gap_width, min_finding_area, spike_angle_deg, sliver_width, min_width, min_area, .. } =
            *options;
        let (gap, area, angle, sliver) = (gap_width.0, min_finding_area.0, spike_angle_deg, sliver_width.0);
        let mut methods = match self {
            Lang::En => vec![
                "Whether features overlap is decided exactly, on the coordinates of the file and without a tolerance: common borders have no overlap, whatever corners there are on them. What is narrower than a tenth of a micrometre on average comes from the rounding of coordinates and does not count; a corner lies on an edge of a neighbour within 1 mm of it. Areas are on the ellipsoid of CGCS2000; a width is twice the area divided by the perimeter.".to_owned(),
                format!("Gaps are voids between features up to {gap} m wide; wider ones that are enclosed are holes, which are information. Overlaps, gaps and other areas below {area} m² are counted and not listed."),
                format!("Features narrower than {sliver} m on average are slivers; corners below {angle}° are spikes."),
            ],
            Lang::Zh => vec![
                "要素是否重叠，按文件坐标严格判定，不设容差：公共边上无论有哪些拐点，均不算重叠。平均宽度不足0.1微米的来自坐标取整，不计；拐点距相邻要素的边1毫米以内的，视为在边上。面积为CGCS2000椭球面积；宽度为面积的两倍除以周长。".to_owned(),
                format!("要素之间宽度不超过{gap}米的空隙为缝隙，更宽而被围合的为空洞（提示）。小于{area}平方米的重叠、缝隙等只计数，不列出。"),
                format!("平均宽度小于{sliver}米的要素为碎面；夹角小于{angle}度的为尖角。"),
            ],
        };
        if min_width.0 > 0.0 {
            methods.push(match self {
                Lang::En => format!("Parts of features below a width of {} m are narrow.", min_width.0),
                Lang::Zh => format!("要素宽度小于{}米的部分为局部过窄。", min_width.0),
            });
        }
        if min_area.0 > 0.0 {
            methods.push(match self {
                Lang::En => format!("Features below {} m² are small.", min_area.0),
                Lang::Zh => format!("面积小于{}平方米的要素为面积过小。", min_area.0),
            });
        }
        methods
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_one_name() {
        let mut codes: Vec<&str> = NAMES.iter().map(|&(code, ..)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), NAMES.len());
        assert_eq!(Lang::Zh.finding_name("some-code"), "some-code");
    }

    #[test]
    fn what_is_nothing_is_not_said() {
        let report = CoverageReport::default();
        let texts = [Lang::En, Lang::Zh].map(|lang| lang.texts().coverage_summary(1, 0, &report, SquareMetres(0.01)));
        assert_eq!(texts, ["1 feature checked as a coverage", "拓扑检查要素1个"]);
    }
}
