//! Writes SVG: elements, numbers, text. All external text is escaped here.
//!
//! `quick-xml` escapes. Its writer takes events; the elements of a map need four functions, the rest of this file is
//! about numbers and paths.

use std::fmt::Write;

use geo::{Coord, LineString, MultiPolygon};
use quick_xml::escape::escape;

use crate::geometry::measure::rings;

/// Pixels with at most two decimals, without trailing zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// An SVG document under construction.
#[derive(Default)]
pub(super) struct Svg {
    text: String,
    open: Vec<&'static str>,
}

/// An attribute: name and unescaped value.
pub(super) type Attribute<'a> = (&'a str, &'a str);

impl Svg {
    /// Opens an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes, ">\n");
        self.open.push(name);
    }

    /// Closes the last open element.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.extend(["</", name, ">\n"]);
        }
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes, "/>\n");
    }

    /// An element whose content is text.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.tag(name, attributes, ">");
        self.text.push_str(&escape(text));
        self.text.extend(["</", name, ">\n"]);
    }

    /// Lines of text, with the baseline of the first at a point.
    pub(super) fn lines(&mut self, at: Coord<f64>, step: f64, lines: &[String], attributes: &[Attribute<'_>]) {
        for (i, line) in lines.iter().enumerate() {
            let (x, y) = (number(at.x), number(at.y + i as f64 * step));
            let place: [Attribute<'_>; 2] = [("x", &x), ("y", &y)];
            self.leaf("text", &[&place, attributes].concat(), line);
        }
    }

    /// A path; omitted if it is empty.
    pub(super) fn path(&mut self, data: &str, attributes: &[Attribute<'_>]) {
        if !data.is_empty() {
            self.empty("path", &[&[("d", data)], attributes].concat());
        }
    }

    /// Closes all open elements and returns the document.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn tag(&mut self, name: &str, attributes: &[Attribute<'_>], end: &str) {
        self.text.extend(["<", name]);
        for (name, value) in attributes {
            self.text.extend([" ", name, "=\"", &escape(*value), "\""]);
        }
        self.text.push_str(end);
    }
}

/// The path data of a shape, with closed rings.
pub(super) fn shape_path(shape: &MultiPolygon<f64>) -> String {
    let mut data = String::new();
    for ring in shape.iter().flat_map(rings) {
        let corners = &ring.0[..ring.0.len().saturating_sub(1)];
        if corners.len() > 2 {
            line(&mut data, corners);
            data.push('z');
        }
    }
    data
}

/// The path data of a line.
pub(super) fn line_path(points: &LineString<f64>) -> String {
    let mut data = String::new();
    line(&mut data, &points.0);
    data
}

/// Relative coordinates in hundredths, computed so that rounding errors do not accumulate.
fn line(data: &mut String, corners: &[Coord<f64>]) {
    let hundredths = |value: f64| (value * 100.0).round();
    let mut last: Option<(f64, f64)> = None;
    for corner in corners {
        let at = (hundredths(corner.x), hundredths(corner.y));
        let (command, from) = match last {
            None => ('M', (0.0, 0.0)),
            Some(from) if from == at => continue,
            Some(from) => ('l', from),
        };
        let (x, y) = (number((at.0 - from.0) / 100.0), number((at.1 - from.1) / 100.0));
        // A minus sign needs no separator.
        let space = if y.starts_with('-') { "" } else { " " };
        let _ = write!(data, "{command}{x}{space}{y}");
        last = Some(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut svg = Svg::default();
        svg.leaf("text", &[("id", "\"'<a>&")], "<script>]]>&\"'");
        assert_eq!(
            svg.finish(),
            "<text id=\"&quot;&apos;&lt;a&gt;&amp;\">&lt;script&gt;]]&gt;&amp;&quot;&apos;</text>\n"
        );
    }

    #[test]
    fn paths_are_short() {
        let shape: MultiPolygon =
            polygon![(x: 1.0, y: 1.0), (x: 2.004, y: 0.5), (x: 2.0, y: 0.5), (x: 0.0, y: 3.125)].into();
        assert_eq!(shape_path(&shape), "M1 1l1-0.5l-2 2.63z");
        assert_eq!((number(-0.001), number(12.5), number(3.0)), ("0".to_owned(), "12.5".to_owned(), "3".to_owned()));
    }
}
