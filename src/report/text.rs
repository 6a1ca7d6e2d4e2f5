//! Tables for the terminal, aligned by the display width of characters.
//!
//! The crate `comfy-table` is a dependency only with the feature `datafusion`; these tables have neither borders nor
//! wrapped cells.

use unicode_width::UnicodeWidthStr;

use crate::messages::text::one_line;

/// The alignment of a column.
///
/// ```
/// use taizhou_corridor::report::text::{Align, TextTable};
///
/// let mut table = TextTable::new([("id".to_owned(), Align::Left), ("km²".to_owned(), Align::Right)]);
/// table.push(["corridor", "115.0"].map(str::to_owned));
/// table.push(["core", "41.0"].map(str::to_owned));
/// assert!(table.render().ends_with("\ncorridor  115.0\ncore       41.0\n"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Left, for text.
    Left,
    /// Right, for numbers.
    Right,
}

/// A table of text.
///
/// ```
/// use taizhou_corridor::report::text::{Align, TextTable};
///
/// // A Chinese character is two columns wide.
/// let mut table = TextTable::new(["name", "id"].map(|name| (name.to_owned(), Align::Left)));
/// table.push(["高铁新区", "rail"].map(str::to_owned));
/// table.push(["core", "core"].map(str::to_owned));
/// assert!(table.render().ends_with("高铁新区  rail\ncore      core\n"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct TextTable {
    head: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
    keeps_all: bool,
}

impl TextTable {
    /// A table with these headings.
    ///
    /// ```
    /// use taizhou_corridor::report::text::{Align, TextTable};
    ///
    /// let table = TextTable::new([("id".to_owned(), Align::Left)]);
    /// assert_eq!(table.render(), "id\n──\n");
    /// ```
    pub fn new(head: impl IntoIterator<Item = (String, Align)>) -> TextTable {
        let head = head.into_iter().map(|(name, align)| (one_line(&name), align)).collect();
        TextTable { head, rows: vec![], keeps_all: false }
    }

    /// Keeps empty columns.
    ///
    /// ```
    /// use taizhou_corridor::report::text::{Align, TextTable};
    ///
    /// let mut table = TextTable::new([("zone".to_owned(), Align::Left)]).keep_all();
    /// table.push([String::new()]);
    /// assert_eq!(table.render(), "zone\n────\n\n");
    /// ```
    pub fn keep_all(mut self) -> TextTable {
        self.keeps_all = true;
        self
    }

    /// Adds a row, a text for each column. Line breaks and terminal control characters are replaced by spaces.
    ///
    /// ```
    /// use taizhou_corridor::report::text::{Align, TextTable};
    ///
    /// let mut table = TextTable::new([("name".to_owned(), Align::Left)]);
    /// table.push(["two\nlines".to_owned()]);
    /// assert!(table.render().ends_with("two lines\n"));
    /// ```
    pub fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().map(|text| one_line(&text)).collect());
    }

    /// The table: headings, a rule, rows. Empty columns are left out, unless [kept](TextTable::keep_all).
    ///
    /// ```
    /// use taizhou_corridor::report::text::{Align, TextTable};
    ///
    /// // The column `cluster` is empty.
    /// let mut table = TextTable::new(["zone", "cluster"].map(|name| (name.to_owned(), Align::Left)));
    /// table.push(["core".to_owned(), String::new()]);
    /// assert_eq!(table.render(), "zone\n────\ncore\n");
    /// ```
    pub fn render(&self) -> String {
        let is_used = |column: usize| {
            self.keeps_all || self.rows.is_empty() || self.rows.iter().any(|row| !row[column].is_empty())
        };
        let columns: Vec<usize> = (0..self.head.len()).filter(|&column| is_used(column)).collect();
        let widths: Vec<usize> = columns
            .iter()
            .map(|&column| {
                let texts = self.rows.iter().map(|row| row[column].width());
                texts.chain([self.head[column].0.width()]).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        let mut line = |cells: &mut dyn FnMut(usize) -> String| {
            let mut line_text = String::new();
            for (&column, &width) in columns.iter().zip(&widths) {
                if !line_text.is_empty() {
                    line_text.push_str("  ");
                }
                let cell = cells(column);
                let space = " ".repeat(width.saturating_sub(cell.width()));
                match self.head[column].1 {
                    Align::Left => line_text.extend([cell, space]),
                    Align::Right => line_text.extend([space, cell]),
                }
            }
            text.push_str(line_text.trim_end());
            text.push('\n');
        };
        line(&mut |column| self.head[column].0.clone());
        let mut rules = widths.iter();
        line(&mut |_| "─".repeat(rules.next().copied().unwrap_or(0)));
        for row in &self.rows {
            line(&mut |column| row[column].clone());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_two_columns_wide() {
        let head = [("名称".to_owned(), Align::Left), ("km²".to_owned(), Align::Right), ("x".to_owned(), Align::Left)];
        let mut table = TextTable::new(head);
        table.push(["中央创新核".to_owned(), "41.00".to_owned(), String::new()]);
        table.push(["core".to_owned(), "115.00".to_owned(), String::new()]);
        assert_eq!(table.render(), "名称           km²\n──────────  ──────\n中央创新核   41.00\ncore        115.00\n");
    }
}
