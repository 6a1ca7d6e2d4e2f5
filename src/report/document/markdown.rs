//! Documents as Markdown.

use crate::error::Result;
use crate::io::Output;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::report::document::{Cover, Document, Head, Section, Spool, Table, display, write_text};
use crate::report::text::Align;
use crate::table::Value;

pub(super) struct MarkdownDocument {
    lang: Lang,
    streamed: Vec<(Head, Spool)>,
}

impl MarkdownDocument {
    pub(super) fn new(lang: Lang) -> MarkdownDocument {
        MarkdownDocument { lang, streamed: vec![] }
    }
}

impl Document for MarkdownDocument {
    fn add_table(&mut self, head: Head) -> Result<()> {
        self.streamed.push((head, Spool::new()));
        Ok(())
    }

    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        self.streamed[table].1.push(&line(row.iter().map(display)))
    }

    fn finish(
        mut self: Box<Self>,
        output: &mut Output,
        cover: &Cover,
        sections: &[Section<'_>],
    ) -> Result<Option<Output>> {
        write_text(output, &format!("# {}\n", escaped(&cover.title)))?;
        if !cover.lines.is_empty() {
            write_text(output, "\n")?;
        }
        for (name, value) in &cover.lines {
            write_text(output, &format!("- {}{}{}\n", escaped(name), self.lang.texts().colon, escaped(value)))?;
        }
        // Pictures have no place in the file; the numbers of a chart are in its table.
        for section in sections.iter().filter(|section| !section.paragraphs.is_empty() || section.table.is_some()) {
            write_text(output, &format!("\n## {}\n", escaped(&section.title)))?;
            for paragraph in &section.paragraphs {
                write_text(output, &format!("\n{}\n", escaped(paragraph)))?;
            }
            match &section.table {
                Some(Table::Short { head, rows }) => {
                    write_text(output, &head_lines(head))?;
                    for row in rows {
                        write_text(output, &line(row.iter().map(display)))?;
                    }
                }
                Some(Table::Streamed(table)) => {
                    let (head, rows) = &mut self.streamed[*table];
                    write_text(output, &head_lines(head))?;
                    rows.copy_to(output)?;
                }
                None => {}
            }
        }
        Ok(None)
    }
}

fn head_lines(head: &Head) -> String {
    let rules = head.iter().map(|(_, align)| if *align == Align::Right { "--:" } else { ":--" });
    let rule: Vec<&str> = rules.collect();
    format!("\n{}| {} |\n", line(head.iter().map(|(name, _)| name.clone())), rule.join(" | "))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| escaped(&cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The text with the special characters of Markdown, and of HTML within it, escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '<' | '[' | ']' | '#' | '&' | '~' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<b>|*a*\n&amp;"), "\\<b>\\|\\*a\\* \\&amp;");
    }
}
