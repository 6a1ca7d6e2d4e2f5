//! Documents as HTML: one file without external resources and scripts.

use quick_xml::escape::escape;

use crate::error::Result;
use crate::io::Output;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::report::document::{Document, Head, Section, Spool, Table, display, write_text};
use crate::report::text::Align;
use crate::table::Value;

pub(super) struct HtmlDocument {
    lang: Lang,
    streamed: Vec<(Head, Spool)>,
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:80rem;margin:0 auto;padding:1.5rem}\
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}p{max-width:50rem;margin:.5rem 0}\
.table{overflow:auto;max-height:80vh}\
table{border-collapse:collapse;font-size:.875rem}\
th,td{padding:.25rem .6rem;text-align:left;word-break:keep-all;vertical-align:top;border-bottom:1px solid #8884}\
th{position:sticky;top:0;background:Canvas;border-bottom:2px solid #888}\
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}\
tbody tr:hover{background:#8882}\
@media print{body{max-width:none;padding:0;font-size:10pt}.table{overflow:visible;max-height:none}th{position:static}tr{break-inside:avoid}thead{display:table-header-group}}";

impl HtmlDocument {
    pub(super) fn new(lang: Lang) -> HtmlDocument {
        HtmlDocument { lang, streamed: vec![] }
    }
}

impl Document for HtmlDocument {
    fn add_table(&mut self, head: Head) -> Result<()> {
        self.streamed.push((head, Spool::new()));
        Ok(())
    }

    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        let (head, rows) = &mut self.streamed[table];
        rows.push(&line(head, row))
    }

    fn finish(mut self: Box<Self>, output: &mut Output, title: &str, sections: &[Section<'_>]) -> Result<()> {
        let (title, lang) = (escaped(title), if self.lang == Lang::Zh { "zh-CN" } else { "en" });
        write_text(
            output,
            &format!(
                "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
                 <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
            ),
        )?;
        for section in sections {
            let title = escaped(&section.title);
            write_text(output, &format!("<section>\n<h2>{title}</h2>\n"))?;
            for paragraph in &section.paragraphs {
                write_text(output, &format!("<p>{}</p>\n", escaped(paragraph)))?;
            }
            if let Some(table) = &section.table {
                let head = match table {
                    Table::Short { head, .. } => head,
                    Table::Streamed(table) => &self.streamed[*table].0,
                };
                // Focusable, so that a wide table can be scrolled with the keyboard.
                write_text(
                    output,
                    &format!("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n"),
                )?;
                write_text(output, &head_lines(head))?;
                match table {
                    Table::Short { head, rows } => {
                        rows.iter().try_for_each(|row| write_text(output, &line(head, row)))?;
                    }
                    Table::Streamed(table) => self.streamed[*table].1.copy_to(output)?,
                }
                write_text(output, "</tbody>\n</table>\n</div>\n")?;
            }
            write_text(output, "</section>\n")?;
        }
        write_text(output, "</body>\n</html>\n")
    }
}

fn class(align: Align) -> &'static str {
    if align == Align::Right { " class=\"n\"" } else { "" }
}

fn head_lines(head: &Head) -> String {
    let cells: String =
        head.iter().map(|(name, align)| format!("<th scope=\"col\"{}>{}</th>", class(*align), escaped(name))).collect();
    format!("<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n")
}

fn line(head: &Head, row: &[Value<'_>]) -> String {
    // Numbers are right-aligned in any column.
    let align = |value: &Value<'_>, align| {
        if matches!(value, Value::Integer(_) | Value::Float { .. }) { Align::Right } else { align }
    };
    let cells: String = head
        .iter()
        .zip(row)
        .map(|((_, side), value)| format!("<td{}>{}</td>", class(align(value, *side)), escaped(&display(value))))
        .collect();
    format!("<tr>{cells}</tr>\n")
}

fn escaped(text: &str) -> String {
    escape(one_line(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<script>\"&'\u{202e}"), "&lt;script&gt;&quot;&amp;&apos; ");
    }
}
