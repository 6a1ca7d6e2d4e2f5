//! Label placement: labels do not overlap, stay on the map and are near their features.
//!
//! A name is placed inside its shape if it fits, or else beside it with a leader line, or else as a number in
//! the shape with the name in the legend. The order is fixed, so that the same plan gives the same
//! map.

use geo::{BoundingRect, Coord, MultiPolygon, Rect};

use crate::map::label_obstacles::{LabelObstacles, MARK, NOTHING, around};
use crate::map::raster::{Span, SummedAreaTable};
use crate::map::text::{balanced, width_em, wrap};
use crate::maths::{hypot, sin_cos};

/// A name to place.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    /// The font sizes to try inside the shape (px), and the one beside it.
    pub(super) sizes: Vec<f64>,
    pub(super) size_beside: f64,
    /// Whether it may be placed beside its shape.
    pub(super) may_be_beside: bool,
    /// The index in the list of shapes.
    pub(super) shape: usize,
}

/// The placement of a name or of its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) lines: Vec<String>,
    pub(super) size: f64,
    pub(super) bounds: Rect<f64>,
    /// The leader line from the name to its shape.
    pub(super) leader: Option<(Coord<f64>, Coord<f64>)>,
    /// The text anchor: start, end or middle.
    pub(super) anchor: Anchor,
    /// The number in place of the name.
    pub(super) key: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The line height relative to the font size.
pub(super) const LINE_STEP: f64 = 1.18;

impl LabelObstacles {
    /// Places the names in order, at most `max_keys` of them as numbers. `None` for names without room.
    pub(super) fn place(
        &mut self,
        names: &[Name],
        shapes: &[(&MultiPolygon<f64>, bool)],
        most_keys: usize,
    ) -> Vec<Option<Label>> {
        let mut labels: Vec<Option<Label>> = vec![];
        let anchors: Vec<Option<Coord<f64>>> =
            names.iter().map(|name| self.anchor(name.shape as u32, shapes[name.shape].0)).collect();
        for (name, anchor) in names.iter().zip(&anchors) {
            let label = anchor.and_then(|anchor| {
                self.inside(name, shapes[name.shape].0, anchor).or_else(|| self.beside(name, anchor))
            });
            self.take(label.as_ref(), 1);
            labels.push(label);
        }
        // Retry early placements, which ignored later names.
        for _ in 0..2 {
            for (index, (name, anchor)) in names.iter().zip(&anchors).enumerate() {
                let (Some(anchor), true) = (anchor, labels[index].as_ref().is_none_or(|label| label.leader.is_some()))
                else {
                    continue;
                };
                self.take(labels[index].as_ref(), -1);
                if let Some(better) = self.beside(name, *anchor) {
                    labels[index] = Some(better);
                }
                self.take(labels[index].as_ref(), 1);
            }
        }
        // Numbers follow the order of the shapes.
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|&index| names[index].shape);
        let mut keys = 0;
        for index in order {
            if let (None, Some(anchor), true) = (&labels[index], &anchors[index], keys < most_keys)
                && let Some(label) = self.numbered(keys + 1, &names[index], shapes[names[index].shape].0, *anchor)
            {
                keys += 1;
                self.take(Some(&label), 1);
                labels[index] = Some(label);
            }
        }
        labels
    }

    /// A placement inside the shape.
    fn inside(&self, name: &Name, outline: &MultiPolygon<f64>, anchor: Coord<f64>) -> Option<Label> {
        let columns = self.squares.columns;
        let span = self.squares.span(outline.bounding_rect()?);
        let is_in_the_way = |column: usize, row: usize, weight: f64| {
            let square = row * columns + column;
            let is_free =
                self.finest[square] == name.shape as u32 && self.taken[square] == 0 && self.ink[square] < weight;
            if is_free { 0.0 } else { 1.0 }
        };
        // Cover marks rather than omit a name.
        let tables = [MARK, f64::INFINITY]
            .map(|weight| SummedAreaTable::new(span, |column, row| is_in_the_way(column, row, weight)));
        let settings = settings(name, self.unit);
        let ways = tables.iter().flat_map(|sums| settings.iter().map(move |setting| (sums, setting)));
        for (sums, &(ref lines, size, margin)) in ways {
            let (width, height) = extent(lines, size);
            let fits = |at: Coord<f64>| {
                let bounds = around(at, width + 2.0 * margin, height + 2.0 * margin);
                let part = self.squares.span(bounds);
                let is_within = part.columns.0 >= span.columns.0
                    && part.columns.1 <= span.columns.1
                    && part.rows.0 >= span.rows.0
                    && part.rows.1 <= span.rows.1;
                is_within && self.squares.holds(bounds) && sums.of(part) == 0.0
            };
            let candidates = (span.rows.0..span.rows.1)
                .flat_map(|row| (span.columns.0..span.columns.1).map(move |column| (column, row)))
                .map(|(column, row)| self.squares.middle(column, row));
            let near = |at: &Coord<f64>| hypot(at.x - anchor.x, at.y - anchor.y);
            if let Some(at) = candidates.filter(|&at| fits(at)).min_by(|a, b| near(a).total_cmp(&near(b))) {
                let (lines, bounds) = (lines.clone(), around(at, width, height));
                return Some(Label { lines, size, bounds, leader: None, anchor: Anchor::Middle, key: None });
            }
        }
        None
    }

    /// A placement beside the shape, with a leader line.
    fn beside(&self, name: &Name, anchor: Coord<f64>) -> Option<Label> {
        if !name.may_be_beside {
            return None;
        }
        const DIRECTIONS: u32 = 32;
        let all = Span { columns: (0, self.squares.columns), rows: (0, self.squares.rows) };
        let at = |column: usize, row: usize| row * self.squares.columns + column;
        let taken = SummedAreaTable::new(all, |column, row| f64::from(self.taken[at(column, row)]));
        let ink = SummedAreaTable::new(all, |column, row| self.ink[at(column, row)]);
        let home = self.squares.at(anchor).map_or(NOTHING, |square| self.coarse[square]);
        let mut best: Option<(f64, Label)> = None;
        for (lines, direction, distance) in variants(&name.text).into_iter().flat_map(|lines| {
            let candidates =
                (0..DIRECTIONS).flat_map(|direction| (1..=26).map(move |step| (direction, f64::from(step) * 7.0)));
            candidates.map(move |(direction, distance)| (lines.clone(), direction, distance * self.unit))
        }) {
            let (sin, cos) = sin_cos(f64::from(direction) * std::f64::consts::TAU / f64::from(DIRECTIONS));
            let end = anchor + Coord { x: cos * distance, y: sin * distance };
            let (width, height) = extent(&lines, name.size_beside);
            let (side, centre) = if cos > 0.35 {
                (Anchor::Start, Coord { x: end.x + width / 2.0 + 3.0 * self.unit, y: end.y })
            } else if cos < -0.35 {
                (Anchor::End, Coord { x: end.x - width / 2.0 - 3.0 * self.unit, y: end.y })
            } else {
                (Anchor::Middle, Coord { x: end.x, y: end.y + height / 2.0 * sin.signum() })
            };
            let bounds = around(centre, width, height);
            let roomy = around(centre, width + 9.0 * self.unit, height + 4.0 * self.unit);
            if !self.squares.holds(roomy) || taken.of(self.squares.span(roomy)) > 0.0 {
                continue;
            }
            let (mut is_crossing, mut on_the_way) = (false, 0.0);
            self.squares.trace(anchor, end, &mut |square| {
                is_crossing |= self.taken[square] > 0;
                let is_foreign = self.finest[square] != name.shape as u32;
                on_the_way += if is_foreign { self.ink[square] } else { 0.0 };
            });
            if is_crossing {
                continue;
            }
            let part = self.squares.span(bounds);
            let is_away = self.squares.at(centre).map_or(NOTHING, |square| self.coarse[square]) != home;
            let cost = distance / (10.0 * self.unit)
                + 0.16 * ink.of(part)
                + 0.15 * on_the_way
                + 0.8 * (lines.len() as f64 - 1.0)
                + if is_away { 0.6 } else { 0.0 }
                // Prefer right to left, and diagonal to vertical.
                + if cos > 0.0 { 0.0 } else { 0.3 };
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                let leader = Some((end, anchor));
                best = Some((cost, Label { lines, size: name.size_beside, bounds, leader, anchor: side, key: None }));
            }
        }
        best.map(|(_, label)| label)
    }

    /// A placement for a number in a shape large enough for it.
    fn numbered(&self, key: usize, name: &Name, outline: &MultiPolygon<f64>, anchor: Coord<f64>) -> Option<Label> {
        let (lines, size) = (vec![key.to_string()], name.size_beside);
        let (width, height) = extent(&lines, size);
        let room = outline.bounding_rect()?;
        if room.width() < width || room.height() < height {
            return None;
        }
        let bounds = around(anchor, width, height);
        let is_free = self.squares.holds(bounds) && self.is_free(bounds);
        is_free.then_some(Label { lines, size, bounds, leader: None, anchor: Anchor::Middle, key: Some(key) })
    }

    /// A placement with its middle at a point, such as in a water body; it does not cover marks or other names.
    pub(super) fn centred(&mut self, text: &str, at: Coord<f64>, size: f64) -> Option<Label> {
        let lines = wrap(text, 16.0, 1);
        let (width, height) = extent(&lines, size);
        let bounds = around(at, width, height);
        let is_good = self.squares.holds(bounds) && self.is_free(bounds) && self.has_no_mark(bounds);
        let label = is_good.then_some(Label { lines, size, bounds, leader: None, anchor: Anchor::Middle, key: None });
        self.take(label.as_ref(), 1);
        label
    }

    /// A placement for the label of a site or parcel with this half size: inside if it fits, or else right beside it;
    /// it does not cover marks or other names.
    pub(super) fn at_mark(&mut self, text: &str, at: Coord<f64>, half: Coord<f64>, size: f64) -> Option<Label> {
        let lines = wrap(text, 16.0, 1);
        let (width, height) = extent(&lines, size);
        let (dx, dy) = (half.x + 3.0 * self.unit + width / 2.0, half.y + self.unit + height / 2.0);
        let sides = [
            (0.0, 0.0, Anchor::Middle),
            (dx, 0.0, Anchor::Start),
            (-dx, 0.0, Anchor::End),
            (0.0, -dy, Anchor::Middle),
            (0.0, dy, Anchor::Middle),
            (dx * 0.92, -dy * 0.8, Anchor::Start),
            (dx * 0.92, dy * 0.8, Anchor::Start),
            (-dx * 0.92, -dy * 0.8, Anchor::End),
            (-dx * 0.92, dy * 0.8, Anchor::End),
        ];
        let is_large = 2.0 * half.x > width && 2.0 * half.y > height;
        let sides = sides.into_iter().skip(usize::from(!is_large));
        let candidates = sides.enumerate().filter_map(|(rank, (x, y, anchor))| {
            let bounds = around(at + Coord { x, y }, width, height);
            let hides_own = x == 0.0 && y == 0.0;
            let is_good = self.squares.holds(bounds) && self.is_free(bounds) && (hides_own || self.has_no_mark(bounds));
            is_good.then(|| (self.ink_under(bounds) + 4.0 * rank as f64, bounds, anchor))
        });
        let best = candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, bounds, anchor)| (bounds, anchor));
        let label = best.map(|(bounds, anchor)| Label { lines, size, bounds, leader: None, anchor, key: None });
        self.take(label.as_ref(), 1);
        label
    }
}

/// The layouts of a name inside its shape, the best first: lines, font size and padding.
fn settings(name: &Name, unit: f64) -> Vec<(Vec<String>, f64, f64)> {
    let variants = variants(&name.text);
    let mut settings = vec![];
    let margins = [4.0, 1.0, 0.0].map(|margin| margin * unit);
    if name.text.contains(' ') {
        for margin in margins {
            let sizes = name.sizes.iter();
            settings.extend(sizes.flat_map(|&size| variants.iter().map(move |lines| (lines.clone(), size, margin))));
        }
    } else {
        // Chinese has no preferred break positions: prefer one line.
        for lines in &variants {
            let airs = margins.iter();
            settings.extend(airs.flat_map(|&margin| name.sizes.iter().map(move |&size| (lines.clone(), size, margin))));
        }
    }
    settings
}

/// A name in one, two or three lines.
fn variants(text: &str) -> Vec<Vec<String>> {
    const WIDEST_EM: f64 = 20.0;
    let short = wrap(text, WIDEST_EM * 3.0, 1).remove(0);
    let fits = |lines: &Vec<String>| lines.iter().all(|line| width_em(line) <= WIDEST_EM);
    let variants: Vec<Vec<String>> = (1..=3).filter_map(|lines| balanced(&short, lines)).filter(fits).collect();
    if variants.is_empty() { vec![wrap(&short, WIDEST_EM, 3)] } else { variants }
}

/// The width and height of lines at a font size.
fn extent(lines: &[String], size: f64) -> (f64, f64) {
    let widest = lines.iter().map(|line| width_em(line)).fold(0.0, f64::max);
    (widest * size, size * (1.0 + LINE_STEP * (lines.len() as f64 - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, polygon};

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)].into()
    }

    fn name(text: &str, shape: usize) -> Name {
        Name { text: text.to_owned(), sizes: vec![12.0], size_beside: 10.0, may_be_beside: true, shape }
    }

    fn place(shapes: &[MultiPolygon<f64>], names: &[Name], most_keys: usize) -> Vec<Option<Label>> {
        let map = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 600.0, y: 400.0 });
        let shapes: Vec<_> = shapes.iter().map(|shape| (shape, false)).collect();
        LabelObstacles::new(map, 1.0, &shapes).place(names, &shapes, most_keys)
    }

    #[test]
    fn a_name_is_inside_if_it_fits_or_else_beside() {
        let labels =
            place(&[square(50.0, 50.0, 200.0), square(400.0, 200.0, 12.0)], &[name("Core", 0), name("Small", 1)], 0);
        let [Some(inside), Some(beside)] = &labels[..] else { panic!("{labels:?}") };
        assert!(inside.leader.is_none() && beside.leader.is_some());
        assert!((inside.bounds.center().x - 150.0).abs() < 4.0 && (inside.bounds.center().y - 150.0).abs() < 4.0);
    }

    #[test]
    fn many_names_do_not_overlap() {
        let shapes: Vec<_> =
            (0..150).map(|i| square(f64::from(i % 15) * 38.0 + 8.0, f64::from(i / 15) * 38.0 + 8.0, 30.0)).collect();
        let names: Vec<Name> = (0..150).map(|i| name(&format!("Feature {i}"), i)).collect();
        let labels: Vec<Label> = place(&shapes, &names, 30).into_iter().flatten().collect();
        assert!(labels.len() > 60, "{}", labels.len());
        for (i, a) in labels.iter().enumerate() {
            assert!(labels[i + 1..].iter().all(|b| !a.bounds.intersects(&b.bounds)), "{a:?}");
        }
    }

    #[test]
    fn a_shape_without_an_extent_or_off_the_map_has_no_name() {
        let labels = place(&[square(9000.0, 0.0, 5.0), MultiPolygon::new(vec![])], &[name("a", 0), name("b", 1)], 5);
        assert_eq!(labels, [None, None]);
    }
}
