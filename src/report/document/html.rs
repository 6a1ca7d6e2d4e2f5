//! Documents as HTML: one file without external resources and scripts, for screens, phones and paper.

use quick_xml::escape::escape;

use crate::error::Result;
use crate::io::Output;
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::report::document::{Cover, Document, Figure, Head, Picture, Section, Spool, Table, display, write_text};
use crate::report::text::Align;
use crate::table::Value;

pub(super) struct HtmlDocument {
    lang: Lang,
    streamed: Vec<(Head, Spool)>,
}

/// Tables with more columns are printed on landscape paper; those of numbers, not of rows, fit with some more.
const MAX_PORTRAIT_COLUMNS: usize = 9;
const MAX_PORTRAIT_COLUMNS_OF_FIGURES: usize = 11;
/// Tables with more columns are lists of cards on a phone: a card for each row, each value with its heading.
const MAX_PHONE_COLUMNS: usize = 3;
/// Tables with more rows may go on on another page of paper.
const MAX_ROWS_TOGETHER: usize = 20;
/// Tables with more columns scroll sideways on a screen.
const MAX_SCREEN_COLUMNS: usize = 13;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8885;--soft:#8881;--ink:#2f6f8f}\
*{box-sizing:border-box}\
body{font:16px/1.55 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:84rem;margin:0 auto;padding:2rem 1.5rem 4rem}\
header{border-bottom:3px solid var(--ink);padding-bottom:1rem;margin-bottom:1.5rem}\
h1{font-size:1.9rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.3rem;margin:2.5rem 0 .75rem;padding-left:.6rem;border-left:4px solid var(--ink)}\
p{max-width:56rem;margin:.6rem 0}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:0;font-size:.95rem}\
dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}\
figure{margin:1rem 0;max-width:56rem}figure svg{display:block;width:100%;height:auto;border:1px solid var(--line)}.chart svg{background:#fff;padding:.75rem}\
table{border-collapse:collapse;font-size:.875rem;min-width:min(100%,24rem)}\
th,td{padding:.35rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:break-word}\
td:not(.n){min-width:calc(4em + 1.4rem)}\
th{min-width:calc(2em + 1.4rem)}.u{white-space:nowrap}\
thead th{position:sticky;top:0;background:Canvas;box-shadow:inset 0 -2px var(--ink);vertical-align:bottom}\
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}\
tbody tr:nth-child(even){background:var(--soft)}\
.scroll{overflow:auto;max-height:85vh}\
@media screen and (max-width:48rem){\
body{padding:1rem .8rem 3rem}h1{font-size:1.45rem}dl{grid-template-columns:1fr}dt{margin-top:.4rem}\
table{width:100%}\
.cards thead{display:none}.cards tbody,.cards tr,.cards td{display:block}\
.cards tr{border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0;padding:.3rem .6rem}\
.cards td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.15rem 0;text-align:right;white-space:normal}\
.cards td::before{opacity:.7;text-align:left;flex:0 1 45%}.cards td:empty{display:none}\
.scroll{max-height:none}.map,.chart{overflow-x:auto}.map svg{width:46rem}.chart svg{width:36rem}}\
@page{size:A4;margin:15mm}@page wide{size:A4 landscape;margin:12mm}\
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}\
h2,h2+p{break-after:avoid}figure,dl{break-inside:avoid}figure{max-width:none}figure svg{max-height:165mm;border:0}.chart svg{padding:0}\
table{font-size:8.5pt;width:100%}.wide{page:wide}.wide table{font-size:7.5pt}.scroll{overflow:visible;max-height:none}\
tbody tr:last-child{break-before:avoid}.whole{break-inside:avoid}\
th,td{padding:.2rem .4rem}thead{display:table-header-group}thead th{position:static}tr{break-inside:avoid}th{min-width:calc(2em + .8rem)}td:not(.n){min-width:5.3em}.scroll td:not(.n){min-width:4.4em}td:first-child:not(.n){min-width:32mm}}";

impl HtmlDocument {
    pub(super) fn new(lang: Lang) -> HtmlDocument {
        HtmlDocument { lang, streamed: vec![] }
    }

    /// The headings of the section's table.
    fn head_of<'s>(&'s self, section: &'s Section<'_>) -> Option<&'s Head> {
        match section.table.as_ref()? {
            Table::Short { head, .. } => Some(head),
            Table::Streamed(table) => Some(&self.streamed[*table].0),
        }
    }

    /// The rules that give the cells of cards their headings: once for a column, not in each cell.
    fn card_style(&self, sections: &[Section<'_>]) -> String {
        let mut style = String::new();
        let heads = sections.iter().filter_map(|section| self.head_of(section)).enumerate();
        for (number, head) in heads.filter(|(_, head)| head.len() > MAX_PHONE_COLUMNS) {
            for (column, (name, _)) in (1..).zip(head) {
                style.push_str(&format!("#t{number} td:nth-child({column})::before{{content:\"{}\"}}", css(name)));
            }
        }
        if style.is_empty() { style } else { format!("@media screen and (max-width:48rem){{{style}}}") }
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

    fn finish(
        mut self: Box<Self>,
        output: &mut Output,
        cover: &Cover,
        sections: &[Section<'_>],
    ) -> Result<Option<Output>> {
        let (title, lang) = (escaped(&cover.title), if self.lang == Lang::Zh { "zh-CN" } else { "en" });
        let author = cover.author.as_ref().map(|author| escaped(author));
        let author = author.map_or(String::new(), |author| format!("<meta name=\"author\" content=\"{author}\">\n"));
        write_text(
            output,
            &format!(
                "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n{author}\
                 <title>{title}</title>\n<style>{STYLE}{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n",
                self.card_style(sections)
            ),
        )?;
        if !cover.lines.is_empty() {
            let line =
                |(name, value): &(String, String)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
            write_text(output, &format!("<dl>\n{}</dl>\n", cover.lines.iter().map(line).collect::<String>()))?;
        }
        write_text(output, "</header>\n<main>\n")?;
        let mut tables = 0..;
        for section in sections {
            let title = escaped(&section.title);
            // The heading is on the paper of the table.
            let is_wide = match &section.table {
                Some(Table::Short { head, .. }) => head.len() > MAX_PORTRAIT_COLUMNS_OF_FIGURES,
                Some(Table::Streamed(table)) => self.streamed[*table].0.len() > MAX_PORTRAIT_COLUMNS,
                None => false,
            };
            let class = if is_wide { " class=\"wide\"" } else { "" };
            write_text(output, &format!("<section{class}>\n<h2>{title}</h2>\n"))?;
            for paragraph in &section.paragraphs {
                write_text(output, &format!("<p>{}</p>\n", escaped(paragraph)))?;
            }
            for figure in &section.figures {
                let Some(picture) = section.picture(figure, self.lang) else { continue };
                // On a phone, figures are wider than the screen, so that their names can be read.
                let (class, name) = match figure {
                    Figure::Picture(_) => ("map", title.clone()),
                    Figure::Bars(chart) => ("chart", escaped(&chart.title)),
                };
                let (focus, picture) = (scrolled(&name), inline(&picture));
                write_text(output, &format!("<figure class=\"{class}\"{focus}>{picture}</figure>\n"))?;
            }
            if let Some(table) = &section.table {
                let head = match table {
                    Table::Short { head, .. } => head,
                    Table::Streamed(table) => &self.streamed[*table].0,
                };
                let is = |name: &'static str, most: usize| if head.len() > most { name } else { "" };
                let is_together = matches!(table, Table::Short { rows, .. } if rows.len() <= MAX_ROWS_TOGETHER);
                let together = if is_together { "whole" } else { "" };
                let classes = [is("cards", MAX_PHONE_COLUMNS), is("scroll", MAX_SCREEN_COLUMNS), together];
                let classes = classes.into_iter().filter(|class| !class.is_empty()).collect::<Vec<_>>().join(" ");
                let focus = if head.len() > MAX_SCREEN_COLUMNS { scrolled(&title) } else { String::new() };
                write_text(output, &format!("<div class=\"{classes}\"{focus}>\n"))?;
                let number = tables.next().unwrap_or_default();
                match table {
                    Table::Short { head, rows } => {
                        let head = aligned(head, rows);
                        write_text(output, &head_lines(&head, number))?;
                        rows.iter().try_for_each(|row| write_text(output, &line(&head, row)))?;
                    }
                    Table::Streamed(table) => {
                        write_text(output, &head_lines(head, number))?;
                        self.streamed[*table].1.copy_to(output)?;
                    }
                }
                write_text(output, "</tbody>\n</table>\n</div>\n")?;
            }
            write_text(output, "</section>\n")?;
        }
        write_text(output, "</main>\n</body>\n</html>\n")?;
        Ok(None)
    }
}

/// Makes what scrolls focusable, so that the keyboard scrolls it.
fn scrolled(title: &str) -> String {
    format!(" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"")
}

/// The SVG as an element of the page, which needs no namespace.
fn inline(picture: &Picture) -> String {
    picture.svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
}

fn class(align: Align) -> &'static str {
    if align == Align::Right { " class=\"n\"" } else { "" }
}

/// A heading, whose unit stays in one line: Chinese is broken anywhere.
fn heading(name: &str) -> String {
    let name = escaped(name);
    match name.rfind('（').filter(|_| name.ends_with('）')) {
        Some(unit) => format!("{}<span class=\"u\">{}</span>", &name[..unit], &name[unit..]),
        None => name,
    }
}

/// The headings of rows in memory: columns with numbers are right-aligned, with the texts among them.
fn aligned(head: &Head, rows: &[Vec<Value<'_>>]) -> Head {
    let has_number = |column: usize| rows.iter().filter_map(|row| row.get(column)).any(is_number);
    let side = |column, side| if has_number(column) { Align::Right } else { side };
    head.iter().enumerate().map(|(column, (name, old))| (name.clone(), side(column, *old))).collect()
}

/// The headings as the beginning of a table.
fn head_lines(head: &Head, number: usize) -> String {
    let cells: String =
        head.iter().map(|(name, side)| format!("<th scope=\"col\"{}>{}</th>", class(*side), heading(name))).collect();
    format!("<table id=\"t{number}\">\n<thead><tr>{cells}</tr></thead>\n<tbody>\n")
}

fn line(head: &Head, row: &[Value<'_>]) -> String {
    // Numbers are right-aligned in any column.
    let align = |value: &Value<'_>, side| if is_number(value) { Align::Right } else { side };
    let cells: String = head
        .iter()
        .zip(row)
        .map(|((_, side), value)| format!("<td{}>{}</td>", class(align(value, *side)), escaped(&display(value))))
        .collect();
    format!("<tr>{cells}</tr>\n")
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Integer(_) | Value::Float { .. })
}

fn escaped(text: &str) -> String {
    escape(one_line(text)).into_owned()
}

/// A text in a string of CSS: what is not a letter or a digit is escaped, so that nothing ends the string or the style.
fn css(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        if c.is_alphanumeric() { escaped.push(c) } else { escaped.push_str(&format!("\\{:x} ", u32::from(c))) }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<script>\"&'\u{202e}"), "&lt;script&gt;&quot;&amp;&apos; ");
        assert_eq!(css("面积 (m²)</style>\""), "面积\\20 \\28 m²\\29 \\3c \\2f style\\3e \\22 ");
    }
}
