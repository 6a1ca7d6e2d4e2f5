//! Sentences used by reports, maps and the command line.

use crate::messages::{Lang, Texts};
use crate::query::QuerySummary;
use crate::query::areas::Method;
use crate::query::locate::LocateSummary;
use crate::query::overlay::OverlaySummary;
use crate::units::{Metres, SquareMetres};

/// A count with an English noun.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Texts {
    /// An area in square kilometres.
    pub fn square_kilometres(&self, km2: f64) -> String {
        self.lang.page_sentence("square-kilometres", &[("number", &km2.to_string())])
    }

    /// An area in square kilometres, hectares and mu.
    pub fn area_in_all_units(&self, area: SquareMetres) -> String {
        let (km2, ha, mu) = (area.km2(), area.ha(), area.mu());
        match self.lang {
            Lang::En => format!("{km2:.2} km² = {ha:.1} ha = {mu:.0} mu (亩)"),
            Lang::Zh => format!("{km2:.2}平方公里 = {ha:.1}公顷 = {mu:.0}亩"),
        }
    }

    /// The accuracy of an outline.
    pub fn accuracy_of(&self, accuracy: Metres) -> String {
        match self.lang {
            Lang::En => format!("{} m (95 %)", accuracy.0),
            Lang::Zh => format!("{}米（95%置信度）", accuracy.0),
        }
    }

    /// The distance to a boundary.
    pub fn distance_to(&self, distance_m: f64, name: &str, is_outside: bool) -> String {
        let (unit, number) = if distance_m < 10_000.0 {
            ("metres", format!("{distance_m:.1}"))
        } else {
            ("kilometres", format!("{:.3}", distance_m / 1000.0))
        };
        let distance = self.lang.page_sentence(unit, &[("number", &number)]);
        let to = if is_outside { "to-zone" } else { "to-boundary" };
        self.lang.page_sentence(to, &[("distance", &distance), ("name", name)])
    }

    /// Why an answer is certain or uncertain: the name and accuracy of the outline that makes it uncertain, and the
    /// position uncertainty of the site.
    pub fn certainty_reason(&self, uncertain_because_of: Option<(String, f64)>, uncertainty_m: f64) -> String {
        let Some((name, accuracy_m)) = uncertain_because_of else {
            return self.lang.page_text("far-from-boundaries").to_owned();
        };
        let (accuracy, uncertainty) = (accuracy_m.to_string(), uncertainty_m.to_string());
        let site = match uncertainty_m > 0.0 {
            true => self.lang.page_sentence("uncertain-site", &[("uncertainty", &uncertainty)]),
            false => String::new(),
        };
        self.lang.page_sentence("near-a-boundary", &[("name", &name), ("accuracy", &accuracy), ("site", &site)])
    }

    /// The summary of `locate`, with the number of uncertain answers if `with_certainty`.
    pub fn locate_summary(&self, file: &str, summary: &LocateSummary, with_certainty: bool) -> String {
        let LocateSummary { inside, boundary, outside, uncertain, .. } = summary;
        let (rows, invalid) = (summary.rows(), summary.invalid.count);
        let mut text = match self.lang {
            Lang::En => format!(
                "{file}: {}: {inside} inside, {boundary} on a boundary, {outside} outside, {invalid} invalid",
                plural(rows, "row")
            ),
            Lang::Zh => {
                format!("{file}：共{rows}行：片区内{inside}，边界上{boundary}，片区外{outside}，无效{invalid}")
            }
        };
        text.push_str(&self.remark_count(summary.invalid.remarks));
        if with_certainty {
            text.push_str(&self.certainty_counts(*uncertain, summary.not_assessed, rows - summary.invalid.rows()));
        }
        text
    }

    /// The number of rows that are not records, if there are any.
    pub(super) fn remark_count(&self, count: u64) -> String {
        match (self.lang, count) {
            (_, 0) => String::new(),
            (Lang::En, _) => format!(", {count} totals or notes"),
            (Lang::Zh, _) => format!("，合计或注释{count}"),
        }
    }

    /// The number of uncertain answers, or that certainty was not assessed since the outline states no accuracy.
    fn certainty_counts(&self, uncertain: u64, not_assessed: u64, answers: u64) -> String {
        let counts = match self.lang {
            _ if answers == 0 => return String::new(),
            _ if not_assessed == answers => self.certainty_not_assessed().to_owned(),
            Lang::En if not_assessed > 0 => {
                format!("{uncertain} uncertain, {not_assessed} not assessed (the outline there states no accuracy)")
            }
            Lang::Zh if not_assessed > 0 => {
                format!("其中不确定{uncertain}，未评定{not_assessed}（该处范围线未注明精度）")
            }
            Lang::En => format!("{uncertain} uncertain"),
            Lang::Zh => format!("其中不确定{uncertain}"),
        };
        format!("{}{counts}", self.pick("; ", "；"))
    }

    /// The summary of `overlay`.
    pub fn overlay_summary(&self, file: &str, summary: &OverlaySummary) -> String {
        let OverlaySummary { within, straddling, outside, uncertain, not_assessed, .. } = *summary;
        let mut certainty = self.remark_count(summary.invalid.remarks);
        certainty.push_str(&self.certainty_counts(uncertain, not_assessed, within + straddling + outside));
        match self.lang {
            Lang::En => format!(
                "{file}: {}: {within} within one zone, {straddling} across a boundary, {outside} outside, {} invalid{certainty}",
                plural(summary.rows(), "parcel"),
                summary.invalid.count
            ),
            Lang::Zh => format!(
                "{file}：共{}个地块：完全位于某一片区{within}个，跨界{straddling}个，片区外{outside}个，无效{}个{certainty}",
                summary.rows(),
                summary.invalid.count
            ),
        }
    }

    /// An explanation of a method of measurement.
    pub fn method_note(&self, method: Method) -> String {
        match (self.lang, method) {
            (Lang::En, Method::Ellipsoid) => {
                "ellipsoid: on the ellipsoid of CGCS2000, edges straight in the coordinate system of the plan"
                    .to_owned()
            }
            (Lang::En, Method::Survey) => {
                "survey: by the rule of the land survey (国土调查办发〔2008〕32号) between the corners".to_owned()
            }
            (Lang::En, Method::Geodesic) => "geodesic: on the ellipsoid of CGCS2000, edges geodesic".to_owned(),
            (Lang::En, Method::Plane(crs)) => format!("plane: in the plane of {crs}, with its distortion"),
            (Lang::Zh, Method::Ellipsoid) => "ellipsoid：CGCS2000椭球面积，边在规划数据的坐标系中为直线".to_owned(),
            (Lang::Zh, Method::Survey) => "survey：按国土调查办发〔2008〕32号由拐点计算的椭球面积".to_owned(),
            (Lang::Zh, Method::Geodesic) => "geodesic：CGCS2000椭球面积，以大地线为边".to_owned(),
            (Lang::Zh, Method::Plane(crs)) => format!("plane：{crs}投影平面面积，含投影变形"),
        }
    }

    /// The number of findings by severity.
    pub fn finding_count(&self, errors: usize, warnings: usize, infos: usize) -> String {
        match self.lang {
            Lang::En => format!("errors: {errors}, warnings: {warnings}, info: {infos}"),
            Lang::Zh => format!("错误{errors}项，警告{warnings}项，提示{infos}项"),
        }
    }

    /// The number of clusters that the plan mentions, and of those that it names.
    pub fn clusters(&self, published: u32, named: usize) -> String {
        match self.lang {
            Lang::En => {
                format!("{published} functional clusters, {named} of them named in the published text (marked *)")
            }
            Lang::Zh => format!("功能组团共{published}个，公布文本列名{named}个（以*标示）"),
        }
    }
}
