//! Messages about areas that are adjusted to control areas.

use crate::error::AdjustmentProblem;
use crate::messages::text::grouped;
use crate::messages::{Lang, Texts};
use crate::plan::Feature;
#[cfg(feature = "cli")]
use crate::query::adjustment::Adjustment;
use crate::units::SquareDecimetres;

/// The Chinese text of a problem.
pub(super) fn problem(problem: &AdjustmentProblem) -> String {
    match problem {
        AdjustmentProblem::OutOfTolerance { of, computed_dm2, control_dm2, difference_ppm, tolerance_ppm } => format!(
            "`{of}`的计算面积为{}平方米，控制面积为{}平方米，相差{difference_ppm:.0} ppm，超过限差{tolerance_ppm} ppm",
            m2(*computed_dm2),
            m2(*control_dm2)
        ),
        AdjustmentProblem::RestOutOfTolerance { of, computed_dm2, left_dm2, tolerance_ppm } => format!(
            "`{of}`中没有控制面积的部分计算面积为{}平方米，扣除其余控制面积后剩余{}平方米，超过限差{tolerance_ppm} ppm",
            m2(*computed_dm2),
            m2(*left_dm2)
        ),
        AdjustmentProblem::Contradiction { of, control_dm2, parts_dm2 } => {
            format!("`{of}`的控制面积为{}平方米，而其各部分的控制面积之和为{}平方米", m2(*control_dm2), m2(*parts_dm2))
        }
        AdjustmentProblem::Overlap { of, parts_dm2, whole_dm2 } => {
            format!(
                "`{of}`内各要素的面积之和为{}平方米，而其自身为{}平方米：要素重叠或超出其范围",
                m2(*parts_dm2),
                m2(*whole_dm2)
            )
        }
        AdjustmentProblem::NoMember { of, known } => {
            format!("控制面积`{of}`没有对应的要素或分组，可选：{}", known.join("、"))
        }
        AdjustmentProblem::TwoControls { of, first_dm2, second_dm2 } => {
            format!("`{of}`有两个控制面积：{}平方米和{}平方米", m2(*first_dm2), m2(*second_dm2))
        }
        AdjustmentProblem::NotAnArea { of, text } => format!("`{of}`的控制面积不是面积：`{text}`"),
        AdjustmentProblem::NoUnit { column } => {
            format!("`{column}`未注明面积单位：请在属性名末尾注明（如`控制面积_亩`），或在数值之后注明")
        }
        AdjustmentProblem::NoControl { column } => format!("`{column}`中没有任何控制面积"),
        AdjustmentProblem::NoKey { group: None } => "没有说明控制面积所属要素的列：`id`".to_owned(),
        AdjustmentProblem::NoKey { group: Some(group) } => {
            format!("没有说明控制面积所属的列：`id`或`{group}`")
        }
        AdjustmentProblem::AreaColumns { columns } => format!(
            "控制面积应在列名注明单位的一列中，如`控制面积_平方米`；现有面积列：{}",
            if columns.is_empty() { "无".to_owned() } else { columns.join("、") }
        ),
        AdjustmentProblem::Levels { property } => {
            format!("规划分层级，各要素相互包含，不能按`{property}`分组平差")
        }
    }
}

fn m2(area_dm2: i64) -> String {
    grouped(SquareDecimetres(area_dm2).square_metres().0, 2)
}

impl Lang {
    /// The name of what the features in a feature leave of it.
    pub(crate) fn rest_of(self, feature: &Feature) -> String {
        let name = self.name_of(feature);
        match self {
            Lang::En => format!("rest of {name}"),
            Lang::Zh => format!("{name}其余部分"),
        }
    }
}

impl Texts {
    /// The headings of computed area, correction, adjusted area in square metres and in mu, and control area.
    pub(crate) fn adjustment_headings(&self) -> [&'static str; 5] {
        match self.lang {
            Lang::En => ["Computed (m²)", "Correction (m²)", "Adjusted (m²)", "Adjusted (mu)", "Control (m²)"],
            Lang::Zh => {
                ["计算面积(平方米)", "改正数(平方米)", "平差后面积(平方米)", "平差后面积(亩)", "控制面积(平方米)"]
            }
        }
    }

    /// How areas are adjusted, for people below a table.
    pub(crate) fn adjustment_note(&self, tolerance_ppm: f64) -> String {
        match self.lang {
            Lang::En => format!(
                "adjusted: each control area is divided among its parts in proportion to their computed area, rounded to 0.01 m²; what rounding leaves is given to the largest, 0.01 m² to each; tolerance {tolerance_ppm} ppm"
            ),
            Lang::Zh => format!(
                "平差：控制面积按各部分的计算面积成比例分配，取至0.01平方米，尾差由面积最大者起每个0.01平方米配赋；限差{tolerance_ppm} ppm"
            ),
        }
    }
}

#[cfg(feature = "cli")]
impl Texts {
    /// What was not adjusted, and features that overlap.
    pub(crate) fn of_adjustment(&self, adjustment: &Adjustment) -> Vec<String> {
        const SHOWN: usize = 12;
        let mut messages = vec![];
        let names = &adjustment.without_control;
        if !names.is_empty() {
            let list = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(self.pick(", ", "、"));
            let (count, dots) = (names.len(), if names.len() > SHOWN { "…" } else { "" });
            messages.push(match self.lang {
                Lang::En => {
                    format!("{count} without a control area, computed areas kept: {list}{dots}")
                }
                Lang::Zh => format!("{count}个没有控制面积，保留计算面积：{list}{dots}"),
            });
        }
        let repeated_m2 = adjustment.repeated.0;
        if repeated_m2 > 0.0 {
            let area = grouped(repeated_m2, 2);
            messages.push(match self.lang {
                Lang::En => {
                    format!("features overlap: their sum counts {area} m² more than once, which is distributed as well")
                }
                Lang::Zh => format!("要素之间有重叠：合计中重复计算{area}平方米，已一并参与平差"),
            });
        }
        messages
    }
}
