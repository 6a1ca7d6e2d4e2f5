//! Texts in polygons: each belongs to the smallest polygon that contains its position.

use std::collections::HashMap;

use geo::{Area, BoundingRect, Coord, Geometry, Polygon};

use crate::geometry::position::{PointLocation, position_in_polygon};

/// Finds the polygons of texts.
pub(super) struct Labels {
    texts: Vec<Label>,
    /// The texts by x.
    by_x: Vec<usize>,
    /// The number of edges that may still be compared with texts.
    budget: u64,
}

struct Label {
    at: Coord<f64>,
    text: String,
    /// The area of the smallest polygon so far, and the rows of those with this area.
    area: f64,
    rows: Vec<u64>,
}

/// Comparisons of texts with edges, a few seconds of them.
const MAX_COMPARISONS: u64 = 1 << 31;

impl Labels {
    pub(super) fn new(texts: Vec<(Coord<f64>, String)>) -> Labels {
        let label = |(at, text)| Label { at, text, area: f64::INFINITY, rows: vec![] };
        let texts: Vec<Label> = texts.into_iter().map(label).collect();
        let mut by_x: Vec<usize> = (0..texts.len()).collect();
        by_x.sort_by(|&a, &b| texts[a].at.x.total_cmp(&texts[b].at.x));
        Labels { texts, by_x, budget: MAX_COMPARISONS }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Looks for the texts in the geometry of a row.
    pub(super) fn visit(&mut self, row: u64, geometry: &Geometry<f64>) {
        match geometry {
            Geometry::Polygon(polygon) => self.visit_polygon(row, polygon),
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|polygon| self.visit_polygon(row, polygon)),
            Geometry::GeometryCollection(members) => members.iter().for_each(|member| self.visit(row, member)),
            _ => {}
        }
    }

    fn visit_polygon(&mut self, row: u64, polygon: &Polygon<f64>) {
        /// Polygons whose areas differ by less are the same: one and its hatch.
        const SAME: f64 = 1e-9;
        let Some(bounds) = polygon.bounding_rect() else { return };
        let edges = polygon.exterior().0.len() + polygon.interiors().iter().map(|ring| ring.0.len()).sum::<usize>();
        let area = polygon.unsigned_area();
        let from = self.by_x.partition_point(|&text| self.texts[text].at.x < bounds.min().x);
        for place in from..self.by_x.len() {
            let label = &mut self.texts[self.by_x[place]];
            if label.at.x > bounds.max().x || self.budget < edges as u64 {
                return;
            }
            self.budget -= 1;
            let is_smaller = area <= label.area * (1.0 + SAME);
            if !is_smaller || label.at.y < bounds.min().y || label.at.y > bounds.max().y {
                continue;
            }
            self.budget -= edges as u64 - 1;
            if position_in_polygon(label.at, polygon) == PointLocation::Outside {
                continue;
            }
            if area < label.area * (1.0 - SAME) {
                label.rows.clear();
                label.area = area;
            }
            if label.rows.last() != Some(&row) {
                label.rows.push(row);
            }
        }
    }

    /// The texts of each row, and the number of texts in none.
    pub(super) fn finish(self) -> (HashMap<u64, String>, u64) {
        let mut of_rows: HashMap<u64, String> = HashMap::new();
        let mut unused = 0;
        for label in self.texts {
            unused += u64::from(label.rows.is_empty());
            for row in label.rows {
                add(of_rows.entry(row).or_default(), &label.text);
            }
        }
        (of_rows, unused)
    }
}

/// Adds a text to those of a row.
pub(super) fn add(texts: &mut String, text: &str) {
    if !texts.is_empty() {
        texts.push_str("; ");
    }
    texts.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_belongs_to_the_smallest_polygon_around_it() {
        let square = |x: f64, size: f64| -> Geometry<f64> {
            geo::Rect::new(Coord { x, y: 0.0 }, Coord { x: x + size, y: size }).to_polygon().into()
        };
        let at = |x: f64, text: &str| (Coord { x, y: 0.5 }, text.to_owned());
        let mut labels = Labels::new(vec![at(5.0, "b"), at(0.5, "a"), at(0.2, "c"), at(-1.0, "none")]);
        for (row, shape) in
            [square(0.0, 10.0), square(0.0, 1.0), square(0.0, 1.0), square(0.1, 100.0)].iter().enumerate()
        {
            labels.visit(row as u64, shape);
        }
        let (texts, unused) = labels.finish();
        assert_eq!(unused, 1);
        assert_eq!(
            [0, 1, 2, 3].map(|row| texts.get(&row).map(String::as_str)),
            [Some("b"), Some("a; c"), Some("a; c"), None]
        );
    }
}
