//! Rows of a sheet that are not records: totals, and notes below the table.

use crate::error::RowProblem;
use crate::io::rows::sheet::signs::half_width;

/// Totals in Chinese, which may be followed by a number: `合计240家`.
const TOTALS: [&str; 8] = ["合计", "总计", "小计", "共计", "累计", "汇总", "总和", "总数"];

/// Totals in English, alone in their cell.
const ENGLISH_TOTALS: [&str; 7] = ["total", "totals", "subtotal", "sub-total", "grandtotal", "sum", "total:"];

/// Beginnings of notes, before a colon.
const NOTES: [&str; 16] = [
    "注",
    "备注",
    "附注",
    "说明",
    "填表",
    "填报",
    "制表",
    "制图",
    "审核",
    "复核",
    "数据来源",
    "资料来源",
    "来源",
    "note",
    "notes",
    "source",
];

/// Cells of a row that are examined.
const MAX_CELLS: usize = 16;

/// What a row without coordinates is, by its cells: a total or a note; `None` if it is a record.
pub(in crate::io) fn remark<T: AsRef<str>>(cells: impl Iterator<Item = T>) -> Option<RowProblem> {
    let cells: Vec<T> = cells.take(MAX_CELLS).filter(|cell| !cell.as_ref().trim().is_empty()).collect();
    let shown = |cell: &T| cell.as_ref().trim().chars().take(40).collect();
    if let Some(cell) = cells.iter().find(|cell| is_total(cell.as_ref())) {
        return Some(RowProblem::TotalRow { text: shown(cell) });
    }
    let first = cells.first().filter(|cell| is_note(cell.as_ref()))?;
    Some(RowProblem::NoteRow { text: shown(first) })
}

/// The text without spaces, in lower case and half width.
fn closed_up(text: &str) -> String {
    half_width(text).replace(' ', "").to_lowercase()
}

fn is_total(text: &str) -> bool {
    /// Longer texts are sentences.
    const MAX_BYTES: usize = 64;
    if text.len() > MAX_BYTES {
        return false;
    }
    let text = closed_up(text);
    let is_followed = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '(' | '['));
    let is_chinese = TOTALS.iter().filter_map(|word| text.strip_prefix(word));
    let mut is_chinese = is_chinese.map(|rest| rest.is_empty() || is_followed(rest));
    is_chinese.any(|is_total| is_total) || ENGLISH_TOTALS.contains(&text.as_str())
}

fn is_note(text: &str) -> bool {
    // Only the beginning decides.
    let start: String = text.trim_start().chars().take(12).collect();
    let start = closed_up(&start);
    let Some((before, _)) = start.split_once(':') else { return false };
    let before = before.trim_end_matches(|c: char| c.is_ascii_digit());
    NOTES.iter().any(|word| {
        before.strip_prefix(word).is_some_and(|rest| ["", "人", "单位", "部门", "日期", "时间"].contains(&rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(cells: &[&str]) -> Option<&'static str> {
        remark(cells.iter()).map(|problem| problem.code())
    }

    #[test]
    fn totals_and_notes_are_told_from_records() {
        for cells in [
            &["合计"][..],
            &["", "合　计", "240"],
            &["总计：", ""],
            &["7", "小计（8家）"],
            &["Total", "3"],
            &["共计240家"],
        ] {
            assert_eq!(code(cells), Some("total-row"), "{cells:?}");
        }
        for cells in [
            &["注：坐标为高德坐标"][..],
            &["备注: 无"],
            &["制表人：张三", "审核人：李四"],
            &["Note: draft"],
            &["注1：x"],
        ] {
            assert_eq!(code(cells), Some("note-row"), "{cells:?}");
        }
        for cells in [
            &["合计科技有限公司"][..],
            &["Total Energies"],
            &[""],
            &[],
            &["A", "注：x"],
            &["注册地：台州"],
            &["来源地：x"],
        ] {
            assert_eq!(code(cells), None, "{cells:?}");
        }
    }
}
