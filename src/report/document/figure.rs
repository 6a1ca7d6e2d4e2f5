//! Figures of a document: pictures, and bar charts of the columns of a table.

use unicode_width::UnicodeWidthStr;

use crate::messages::Lang;
use crate::messages::text::{grouped, one_line};
use crate::report::document::Head;
use crate::report::document::svg::Svg;
use crate::table::Value;

/// A figure of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A picture.
    Picture(Picture),
    /// A chart of the section's table.
    Bars(BarChart),
}

/// A picture with its size on paper.
///
/// ```
/// use taizhou_corridor::report::document::Picture;
///
/// let picture = Picture { svg: "<svg/>".to_owned(), width_mm: 180.0, height_mm: 90.0, description: "A map".to_owned() };
/// assert_eq!(picture.fitted(90.0, 90.0), (90.0, 45.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The picture as SVG.
    pub svg: String,
    /// Its width in millimetres.
    pub width_mm: f64,
    /// Its height in millimetres.
    pub height_mm: f64,
    /// Text in place of the picture, for those who do not see it.
    pub description: String,
}

impl Picture {
    /// The largest size in millimetres, of the same proportions, that fits into a frame and is not larger than the
    /// picture.
    pub fn fitted(&self, width_mm: f64, height_mm: f64) -> (f64, f64) {
        let scale = (width_mm / self.width_mm).min(height_mm / self.height_mm).min(1.0);
        (self.width_mm * scale, self.height_mm * scale)
    }
}

/// A chart of horizontal bars: a bar for each row of a table, named by its first column, with a part for each of some
/// columns of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarChart {
    /// The title.
    pub title: String,
    /// The columns of the table, by index. Their parts are put one after the other.
    pub columns: Vec<usize>,
    /// The number of rows that are shown, from the first: totals come after them.
    pub rows: usize,
}

/// The colours of parts, distinguishable with colour-blind vision, and on grey paper.
pub(super) const COLOURS: [&str; 3] = ["2F6F8F", "E3A13B", "B9BEC4"];

impl BarChart {
    /// More bars are not readable.
    pub const MAX_ROWS: usize = 40;

    /// The values of a row.
    fn values(&self, row: &[Value<'_>]) -> Vec<f64> {
        let number = |value: &Value<'_>| match value {
            Value::Float { value, .. } => value.max(0.0),
            Value::Integer(value) => (*value).max(0) as f64,
            _ => 0.0,
        };
        self.columns.iter().map(|&column| row.get(column).map_or(0.0, number)).collect()
    }

    /// The decimals that the table shows.
    fn decimals(&self, rows: &[Vec<Value<'_>>]) -> usize {
        let decimals = |value: &Value<'_>| match value {
            Value::Float { decimals, .. } => *decimals,
            _ => None,
        };
        let cells = rows.iter().flat_map(|row| self.columns.iter().filter_map(|&column| row.get(column)));
        cells.filter_map(decimals).max().unwrap_or(0)
    }

    /// Whether there is something to show.
    pub(super) fn is_shown(&self, rows: &[Vec<Value<'_>>]) -> bool {
        let shown = &rows[..self.rows.min(rows.len())];
        (1..=BarChart::MAX_ROWS).contains(&shown.len())
            && shown.iter().any(|row| self.values(row).iter().any(|v| *v > 0.0))
    }

    /// The chart as a picture; `None` if there is nothing to show, or too much.
    pub(super) fn picture(&self, head: &Head, rows: &[Vec<Value<'_>>], lang: Lang) -> Option<Picture> {
        if !self.is_shown(rows) {
            return None;
        }
        let decimals = self.decimals(rows);
        let rows = &rows[..self.rows.min(rows.len())];
        let names: Vec<String> =
            rows.iter().map(|row| row.first().map_or(String::new(), |it| one_line(&it.to_string()))).collect();
        let bars: Vec<Vec<f64>> = rows.iter().map(|row| self.values(row)).collect();
        let total = |bar: &Vec<f64>| bar.iter().sum::<f64>();
        let most = bars.iter().map(total).fold(f64::MIN_POSITIVE, f64::max);

        /// Millimetres.
        const WIDTH: f64 = 170.0;
        const STEP: f64 = 7.5;
        const BAR: f64 = 5.0;
        const FONT: f64 = 3.3;
        /// The width of a half-width character.
        const COLUMN: f64 = 1.75;
        const MAX_LABEL: f64 = 70.0;
        let is_legend = self.columns.len() > 1;
        let top = if is_legend { 15.0 } else { 9.0 };
        let label = names.iter().map(|name| name.width() as f64 * COLUMN).fold(20.0, f64::max).min(MAX_LABEL) + 3.0;
        let length = WIDTH - label - 24.0;
        let height = top + STEP * names.len() as f64 + 2.0;
        let mut svg = Svg::new(WIDTH, height, &self.title, lang);
        svg.text(0.0, 5.0, FONT * 1.1, "start", true, &self.title);
        if is_legend {
            let mut x = 0.0;
            for (&column, colour) in self.columns.iter().zip(COLOURS.iter().cycle()) {
                let name = head.get(column).map_or("", |(name, _)| name);
                svg.rect(x, 8.6, 3.2, 3.2, colour);
                svg.text(x + 4.6, 11.4, FONT, "start", false, name);
                x += 9.0 + name.width() as f64 * COLUMN;
            }
        }
        for (index, (name, bar)) in names.iter().zip(&bars).enumerate() {
            let y = top + STEP * index as f64;
            let baseline = y + BAR * 0.5 + FONT * 0.36;
            svg.text(label - 2.0, baseline, FONT, "end", false, &cut(name, (MAX_LABEL / COLUMN) as usize));
            let mut x = label;
            for (value, colour) in bar.iter().zip(COLOURS.iter().cycle()).filter(|(value, _)| **value > 0.0) {
                let width = length * value / most;
                svg.rect(x, y, width, BAR, colour);
                x += width;
            }
            svg.text(x + 1.5, baseline, FONT, "start", false, &grouped(total(bar), decimals));
        }
        let description = format!(
            "{}: {}",
            self.title,
            names
                .iter()
                .zip(&bars)
                .map(|(name, bar)| format!("{name} {}", grouped(total(bar), decimals)))
                .collect::<Vec<_>>()
                .join("; ")
        );
        Some(Picture { svg: svg.finish(), width_mm: WIDTH, height_mm: height, description })
    }
}

/// A text of at most so many half-width columns.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if short.width() + 3 > columns {
            break;
        }
        short.push(c);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::Align;

    fn rows() -> (Head, Vec<Vec<Value<'static>>>) {
        let head = ["Zone", "Certain", "Uncertain"].map(|name| (name.to_owned(), Align::Left)).to_vec();
        let row = |name: &'static str, values: [f64; 2]| {
            let [a, b] = values.map(|value| Value::number(Some(value), 0));
            vec![Value::text(Some(name)), a, b]
        };
        (head, vec![row("<核>", [3.0, 1.0]), row("B", [0.0, 0.0]), row("Sum", [3.0, 1.0])])
    }

    #[test]
    fn bars_have_parts_of_their_length_and_totals_none() {
        let (head, rows) = rows();
        let chart = BarChart { title: "Sites".to_owned(), columns: vec![1, 2], rows: 2 };
        let picture = chart.picture(&head, &rows, Lang::En).unwrap();
        assert_eq!(picture.description, "Sites: <核> 4; B 0");
        assert!(picture.svg.contains("&lt;核&gt;") && !picture.svg.contains("Sum"), "{}", picture.svg);
        let widths: Vec<f64> = picture
            .svg
            .split("<rect ")
            .filter(|rect| rect.contains("height=\"5\""))
            .map(|rect| rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(widths.len(), 2);
        assert!((widths[0] - 3.0 * widths[1]).abs() < 0.01, "{widths:?}");
    }

    #[test]
    fn nothing_and_too_much_are_not_drawn() {
        let (head, rows) = rows();
        let chart = |rows| BarChart { title: String::new(), columns: vec![1, 2], rows };
        assert_eq!(chart(0).picture(&head, &rows, Lang::En), None);
        assert_eq!(chart(9).picture(&head, &rows[1..2], Lang::En), None);
        let many = vec![rows[0].clone(); BarChart::MAX_ROWS + 1];
        assert_eq!(chart(many.len()).picture(&head, &many, Lang::En), None);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!((cut("路桥环飞龙湖", 8), cut("abc", 3)), ("路桥环…".to_owned(), "abc".to_owned()));
    }
}
