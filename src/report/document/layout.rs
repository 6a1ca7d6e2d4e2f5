//! The widths of the columns of a table, in half-width characters.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::report::document::{Head, display};
use crate::table::Value;

/// What a column needs.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    /// The heading, and its longest word.
    head: usize,
    head_word: usize,
    /// The widest cell, and the longest word of any.
    cell: usize,
    word: usize,
}

/// The columns of a table, measured row by row.
#[derive(Debug, Clone)]
pub(super) struct Columns(Vec<Column>);

/// Wider columns are wrapped.
const MAX_WIDTH: usize = 48;
const MIN_WIDTH: usize = 5;

impl Columns {
    pub(super) fn new(head: &Head) -> Columns {
        let column = |name: &String| Column { head: name.width(), head_word: word(name), ..Column::default() };
        Columns(head.iter().map(|(name, _)| column(name)).collect())
    }

    /// Those of a table in memory.
    pub(super) fn of(head: &Head, rows: &[Vec<Value<'_>>]) -> Columns {
        let mut columns = Columns::new(head);
        rows.iter().for_each(|row| columns.add(row));
        columns
    }

    pub(super) fn add(&mut self, row: &[Value<'_>]) {
        for (column, value) in self.0.iter_mut().zip(row) {
            let text = display(value);
            column.cell = column.cell.max(text.width());
            // Numbers are not broken.
            column.word = column.word.max(if matches!(value, Value::Text(_)) { word(&text) } else { text.width() });
        }
    }

    /// The width of each column at which cells are in one line, unless they are very long, and headings in two.
    fn widths(&self) -> Vec<usize> {
        let width = |column: &Column| {
            let head = column.head.div_ceil(2).max(column.head_word);
            // A heading in two lines breaks somewhere near the middle.
            let head = if column.head > 12 { (head + 2).min(column.head) } else { column.head };
            column.cell.max(head).clamp(MIN_WIDTH, MAX_WIDTH)
        };
        self.0.iter().map(width).collect()
    }

    /// The same, made narrower where the sum is more than `available`: columns of texts are wrapped, no word and no
    /// number is broken as long as there is room.
    pub(super) fn widths_within(&self, available: usize) -> Vec<usize> {
        let mut widths = self.widths();
        let least: Vec<usize> = self
            .0
            .iter()
            .zip(&widths)
            .map(|(column, &width)| column.word.max(column.head_word).clamp(MIN_WIDTH, MAX_WIDTH).min(width))
            .collect();
        // The widest gives way first, so that names stay in one line.
        while widths.iter().sum::<usize>() > available {
            let spare =
                (0..widths.len()).filter(|&index| widths[index] > least[index]).max_by_key(|&index| widths[index]);
            let Some(index) = spare else { break };
            widths[index] -= 1;
        }
        widths
    }
}

/// The width of the longest part that is not broken: between spaces and hyphens, or one Chinese character.
fn word(text: &str) -> usize {
    let (mut longest, mut current) = (0, 0);
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if width > 1 || c.is_whitespace() || c == '-' {
            longest = longest.max(current).max(width);
            current = 0;
        } else {
            current += width;
            longest = longest.max(current);
        }
    }
    longest
}

/// The number of lines of a text in a column of this width.
pub(super) fn lines(text: &str, width: usize) -> usize {
    let width = width.max(1);
    let (mut lines, mut used) = (1, 0);
    for part in text.split_inclusive(|c: char| c.is_whitespace() || c == '-' || c.width().unwrap_or(0) > 1) {
        let (all, shown) = (part.width(), part.trim_end().width());
        if used > 0 && used + shown > width {
            lines += 1;
            used = 0;
        }
        // A word that is longer than the line is broken.
        lines += shown.saturating_sub(1) / width;
        used += all;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::Align;

    #[test]
    fn headings_are_in_two_lines_and_cells_in_one() {
        let head = ["Zone", "Distance to boundary (m)", "备注"].map(|name| (name.to_owned(), Align::Left)).to_vec();
        let row = ["路桥环飞龙湖科创生态圈", "1", "x"].map(|text| Value::text(Some(text)));
        let columns = Columns::of(&head, &[row.to_vec()]);
        assert_eq!(columns.widths(), [22, 14, 5]);
        assert_eq!(columns.widths_within(30), [13, 12, 5]);
        // Not less than the words need.
        assert_eq!(columns.widths_within(1), [5, 8, 5]);
    }

    #[test]
    fn lines_break_between_words_and_characters() {
        assert_eq!(lines("one two three", 7), 2);
        assert_eq!(lines("一二三四五", 4), 3);
        assert_eq!(lines("abcdefgh", 4), 2);
        assert_eq!((lines("", 4), lines("a", 0)), (1, 1));
    }
}
