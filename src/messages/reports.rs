//! Texts that all reports share, and those of the reports on sites and on areas.

use crate::messages::Lang;
use crate::messages::sentences::plural;
use crate::messages::text::grouped;
use crate::query::locate::LocateSummary;
use crate::query::{CertaintyCounts, QuerySummary};
use crate::units::AreaUnit;

/// Texts of reports.
///
/// ```
/// use taizhou_corridor::messages::Lang;
///
/// assert_eq!(Lang::Zh.report_texts().first_rows(2000, 5000, None), "仅列出前2,000行，共5,000行。");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReportTexts {
    lang: Lang,
}

/// The rows of a certainty.
type CountOf = fn(CertaintyCounts) -> u64;

impl Lang {
    /// The texts of reports.
    pub fn report_texts(self) -> ReportTexts {
        ReportTexts { lang: self }
    }
}

#[allow(missing_docs, reason = "each function is named after what it says")]
impl ReportTexts {
    fn pick(self, en: &'static str, zh: &'static str) -> &'static str {
        self.lang.texts().pick(en, zh)
    }

    pub fn author(self) -> &'static str {
        self.pick("Author", "编制")
    }

    pub fn date(self) -> &'static str {
        self.pick("Date", "日期")
    }

    pub fn map(self) -> &'static str {
        self.pick("Map", "位置图")
    }

    pub fn coverage(self) -> &'static str {
        self.pick("Coverage", "覆盖情况")
    }

    /// The share of the area of all parcels.
    pub fn share_of_parcels(self) -> &'static str {
        self.pick("Share of all parcels (%)", "占全部地块面积（%）")
    }

    /// The share of all sites.
    pub fn share_of_sites(self) -> &'static str {
        self.pick("Share of all sites (%)", "占全部点位（%）")
    }

    pub fn site_title(self) -> &'static str {
        self.pick("Sites and zones", "点位归属报告")
    }

    pub fn sites(self) -> &'static str {
        self.pick("Sites", "点位")
    }

    /// The number of sites.
    pub fn site_count(self) -> &'static str {
        self.pick("Sites", "点位（个）")
    }

    pub fn site(self) -> &'static str {
        self.pick("Site", "点位")
    }

    pub fn sites_by_zone(self) -> &'static str {
        self.pick("Sites by zone and certainty", "各片区点位数（按可信度）")
    }

    pub fn invalid_rows(self) -> &'static str {
        self.pick("Invalid rows", "无效行")
    }

    pub fn problem(self) -> &'static str {
        self.pick("Problem", "问题")
    }

    pub fn inside(self) -> &'static str {
        self.pick("Inside a zone", "片区内")
    }

    pub fn on_boundary(self) -> &'static str {
        self.pick("On a boundary", "边界上")
    }

    pub fn outside(self) -> &'static str {
        self.pick("Outside all zones", "片区以外")
    }

    pub fn remarks(self) -> &'static str {
        self.pick("Totals and notes, not records", "合计、注释行（非记录）")
    }

    pub fn certain(self) -> &'static str {
        self.pick("Certain", "确定")
    }

    pub fn uncertain(self) -> &'static str {
        self.pick("Uncertain", "不确定")
    }

    pub fn not_assessed(self) -> &'static str {
        self.pick("Not assessed", "未评定")
    }

    /// The certainties that there are, each with its name: none that was not assessed is a zero.
    pub(crate) fn certainties(self, total: CertaintyCounts) -> Vec<(&'static str, CountOf)> {
        let mut certainties: Vec<(&'static str, CountOf)> = vec![];
        if total.certain + total.uncertain > 0 {
            certainties.push((self.certain(), |counts| counts.certain));
            certainties.push((self.uncertain(), |counts| counts.uncertain));
        }
        if total.not_assessed > 0 {
            certainties.push((self.not_assessed(), |counts| counts.not_assessed));
        }
        certainties
    }

    pub fn longitude(self) -> &'static str {
        self.pick("Longitude (°)", "经度（度）")
    }

    pub fn latitude(self) -> &'static str {
        self.pick("Latitude (°)", "纬度（度）")
    }

    pub fn distance(self) -> &'static str {
        self.pick("Distance to boundary (m)", "距边界（米）")
    }

    pub fn check_title(self) -> &'static str {
        self.pick("Validation report", "数据检查报告")
    }

    pub fn findings_by_kind(self) -> &'static str {
        self.pick("Findings by kind", "问题汇总")
    }

    pub fn all_findings(self) -> &'static str {
        self.pick("All findings", "问题清单")
    }

    pub fn kind_of_finding(self) -> &'static str {
        self.pick("Kind", "类型")
    }

    /// The number of findings.
    pub fn number_of_findings(self) -> &'static str {
        self.pick("Findings", "数量（处）")
    }

    /// The heading of ordinal numbers.
    pub fn number(self) -> &'static str {
        self.pick("No.", "序号")
    }

    pub fn width(self) -> &'static str {
        self.pick("Width", "宽度")
    }

    pub fn area_title(self) -> &'static str {
        self.pick("Areas of the plan", "规划面积报告")
    }

    pub fn areas(self) -> &'static str {
        self.pick("Areas", "面积")
    }

    pub fn areas_by(self) -> &'static str {
        self.pick("Area by zone (km²)", "各片区面积（平方公里）")
    }

    pub fn parcels_by_zone(self) -> &'static str {
        self.pick("Share of all parcels by zone (%)", "各片区占全部地块面积（%）")
    }

    pub fn parcels_by_layer(self) -> &'static str {
        self.pick("Share of all parcels in each layer (%)", "各图层压占比例（%）")
    }

    pub fn overlaps(self) -> &'static str {
        self.pick("Overlaps", "重叠")
    }

    pub fn perimeter(self) -> &'static str {
        self.pick("Perimeter", "周长")
    }

    pub fn kilometres(self) -> &'static str {
        self.pick("km", "公里")
    }

    /// A quantity with what it counts, as a heading: nothing in English.
    pub fn counted(self, quantity: &str, unit: &str) -> String {
        if unit.is_empty() { quantity.to_owned() } else { self.lang.parcel_texts().in_unit(quantity, unit) }
    }

    /// The name of a unit.
    pub fn unit(self, unit: AreaUnit) -> &'static str {
        let texts = self.lang.parcel_texts();
        match unit {
            AreaUnit::SquareMetres => texts.square_metres,
            AreaUnit::Hectares => texts.hectares,
            AreaUnit::Mu => texts.mu,
            AreaUnit::SquareKilometres => texts.square_kilometres,
        }
    }

    /// That a document has the first rows only, and where the others are.
    pub fn first_rows(self, shown: u64, rows: u64, annex: Option<&str>) -> String {
        let (shown, rows) = (grouped(shown as f64, 0), grouped(rows as f64, 0));
        match (self.lang, annex) {
            (Lang::En, Some(annex)) => {
                format!("The first {shown} of {rows} rows. All of them are in the annex, {annex}.")
            }
            (Lang::En, None) => format!("The first {shown} of {rows} rows."),
            (Lang::Zh, Some(annex)) => format!("仅列出前{shown}行，共{rows}行；全部行见附表{annex}。"),
            (Lang::Zh, None) => format!("仅列出前{shown}行，共{rows}行。"),
        }
    }

    /// That a workbook has the rows that a document does not hold.
    pub fn annex_written(self, annex: &str) -> String {
        match self.lang {
            Lang::En => format!("the table is too long for the report: all its rows are in {annex}"),
            Lang::Zh => format!("表格过长，全部行另存为附表{annex}"),
        }
    }

    /// That pictures need a feature of the program.
    pub fn no_pixels(self) -> &'static str {
        self.pick(
            "Pictures are left out: this program is built without the feature `png`. An HTML report has them.",
            "未附图：本程序编译时未启用`png`功能。HTML报告附图。",
        )
    }

    /// That pictures need a font.
    pub fn no_font(self) -> &'static str {
        self.pick(
            "Pictures are left out: no font for their text is installed. An HTML report has them.",
            "未附图：系统未安装可用的中文字体。HTML报告附图。",
        )
    }

    /// That the map has the first rows only.
    pub fn first_on_map(self, count: u64) -> String {
        let count = grouped(count as f64, 0);
        match self.lang {
            Lang::En => format!("The map has the first {count} parcels."),
            Lang::Zh => format!("图上仅绘出前{count}个地块。"),
        }
    }

    /// The title of a map of parcels and layers.
    pub fn map_of_layers(self, layers: &[String]) -> String {
        let layers = layers.join(self.lang.list_separator());
        match self.lang {
            Lang::En => format!("Parcels and {layers}"),
            Lang::Zh => format!("地块与{layers}"),
        }
    }

    /// That there are too many features for a map.
    pub fn too_many_features(self, count: u64) -> String {
        let count = grouped(count as f64, 0);
        match self.lang {
            Lang::En => format!("No map: more than {count} features of the layers lie around the parcels."),
            Lang::Zh => format!("未附图：地块周围的图层要素超过{count}个。"),
        }
    }

    /// That only the first invalid rows are listed.
    pub fn first_invalid(self, listed: u64, count: u64) -> String {
        let (listed, count) = (grouped(listed as f64, 0), grouped(count as f64, 0));
        match self.lang {
            Lang::En => format!("The first {listed} of {count} invalid rows are listed."),
            Lang::Zh => format!("仅列出前{listed}行，共{count}行。"),
        }
    }

    /// The result of `locate` in one or two sentences.
    pub fn site_outcome(self, summary: &LocateSummary) -> String {
        let LocateSummary { inside, boundary, outside, uncertain, not_assessed, .. } = *summary;
        let (rows, invalid) = (summary.rows(), summary.invalid.count);
        let answered = rows - summary.invalid.rows();
        let mut text = match self.lang {
            Lang::En => format!(
                "{}: {inside} inside a zone, {boundary} on a boundary, {outside} outside all zones, {invalid} invalid.",
                plural(rows, "row")
            ),
            Lang::Zh => format!(
                "共{rows}行：片区内的点位{inside}个，边界上{boundary}个，片区以外{outside}个；无效{invalid}行。"
            ),
        };
        if answered == 0 {
            return text;
        }
        text.push_str(&match self.lang {
            Lang::En if not_assessed == answered => {
                " Certainty not assessed: the outline states no accuracy.".to_owned()
            }
            Lang::Zh if not_assessed == answered => "未评定可信度：范围线未注明精度。".to_owned(),
            Lang::En if not_assessed > 0 => format!(
                " Given the accuracy of the outline, {uncertain} are uncertain; {not_assessed} are not assessed, where the outline states no accuracy."
            ),
            Lang::Zh if not_assessed > 0 => format!(
                "按范围线精度，归属不确定的点位{uncertain}个；因该处范围线未注明精度而未评定的{not_assessed}个。"
            ),
            Lang::En => format!(" Given the accuracy of the outline, {uncertain} are uncertain."),
            Lang::Zh => format!("按范围线精度，归属不确定的点位{uncertain}个。"),
        });
        text
    }

    /// How sites are answered; `uncertainty_m` is that of all sites, 0 if it is not stated.
    pub fn site_methods(self, uncertainty_m: f64) -> Vec<String> {
        let mut methods = match self.lang {
            Lang::En => vec![
                "A site is in the first zone that contains it, in the order of the plan; a cluster is the most specific one. Predicates are exact in the plane of the outline; distances are geodesics on the CGCS2000 ellipsoid, to the boundary of the most specific feature or, from outside, to the nearest zone. WGS 84 and CGCS2000 are treated as equal.".to_owned(),
                "An answer is certain if no boundary that could change it is within its stated accuracy (95 %), combined with the position uncertainty of the site.".to_owned(),
            ],
            Lang::Zh => vec![
                "点位归属取规划顺序中第一个包含该点的片区；功能组团取最具体的一级。位置判定在范围线所在平面上严格进行；距离为CGCS2000椭球面上的大地线长度，量至最具体要素的边界，片区以外的量至最近片区。WGS 84与CGCS2000视为相同。".to_owned(),
                "可能改变结果的边界均在其精度（95%置信度，并计入点位自身精度）以外的，判为“确定”。".to_owned(),
            ],
        };
        if uncertainty_m > 0.0 {
            methods.push(match self.lang {
                Lang::En => {
                    format!("Position uncertainty of the sites: {uncertainty_m} m (95 %), unless a row states its own.")
                }
                Lang::Zh => format!("点位精度：{uncertainty_m}米（95%置信度），行中另有注明的除外。"),
            });
        }
        methods
    }

    /// The sum of the core and the zones beside the published figure, in one sentence.
    pub fn area_outcome(self, total: &str, area_km2: f64, published_km2: Option<f64>) -> String {
        let area = grouped(area_km2, 4);
        match (self.lang, published_km2) {
            (Lang::En, None) => format!("{total}: {area} km²."),
            (Lang::Zh, None) => format!("{total}：{area}平方公里。"),
            (Lang::En, Some(published)) => format!(
                "{total}: {area} km² computed, {published} km² published, a difference of {} km².",
                signed(area_km2 - published, 4)
            ),
            (Lang::Zh, Some(published)) => format!(
                "{total}：计算面积{area}平方公里，公布面积{published}平方公里，相差{}平方公里。",
                signed(area_km2 - published, 4)
            ),
        }
    }
}

fn signed(value: f64, decimals: usize) -> String {
    let text = grouped(value, decimals);
    if value > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_a_sign_unless_they_are_nothing() {
        assert_eq!([0.5, -0.5, 0.00001].map(|value| signed(value, 1)), ["+0.5", "-0.5", "0.0"]);
    }

    #[test]
    fn a_table_of_invalid_rows_says_nothing_of_certainty() {
        let mut summary = LocateSummary::default();
        summary.invalid.count = 2;
        let text = Lang::En.report_texts().site_outcome(&summary);
        assert_eq!(text, "2 rows: 0 inside a zone, 0 on a boundary, 0 outside all zones, 2 invalid.");
    }
}
