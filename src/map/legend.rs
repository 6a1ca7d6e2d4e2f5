//! The legend: symbols, omissions, scale bar and north arrow.

use geo::{Coord, Rect};

use crate::map::context::{self, ContextSymbol};
use crate::map::data_overlay::Assessment;
use crate::map::frame::{COLUMN, GUTTER, Sheet, View};
use crate::map::marks::{Look, draw_parcels, draw_site};
use crate::map::palette::{MarkPaint, Palette};
use crate::map::svg::{Svg, number};
use crate::map::text::{width_em, wrap};
use crate::maths::{atan2, decimal_exponent, power_of_ten};
use crate::plan::FeatureId;

/// The symbol of a legend entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum Swatch {
    None,
    /// The corridor boundary.
    Outline,
    /// The core, a zone or a feature; optionally with a site or parcel (true) in it.
    Zone(FeatureId, Option<bool>),
    /// Clusters, in the colours of up to four zones.
    Clusters([Option<FeatureId>; 4]),
    /// A site or parcel (true).
    Mark(Look, bool),
    /// A proportional circle of this radius (px).
    Circle(f64),
    /// A symbol of the context.
    Context(ContextSymbol),
    /// The number of a name on the map.
    Key(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) swatch: Swatch,
    pub(super) text: String,
    pub(super) count: String,
    pub(super) style: Style,
    /// A second number and name in the same row.
    pub(super) beside: Option<(usize, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Heading,
    Plain,
    /// One name among many.
    Key,
    Note,
}

impl Style {
    fn size(self) -> f64 {
        match self {
            Style::Heading => 13.0,
            Style::Plain => 11.0,
            Style::Key | Style::Note => 9.5,
        }
    }
}

/// The width of a symbol, and the height of the scale block.
const SWATCH: f64 = 30.0;
const SCALE: f64 = 82.0;
const STEP: f64 = 1.25;
/// The width of the corridor boundary, on the map and in the legend.
pub(super) const OUTLINE_WIDTH: f64 = 2.2;

impl Entry {
    pub(super) fn new(swatch: Swatch, text: impl Into<String>, style: Style) -> Entry {
        Entry { swatch, text: text.into(), count: String::new(), style, beside: None }
    }

    /// A name with its number on the map.
    pub(super) fn key(key: usize, name: &str) -> Entry {
        let name = wrap(name, (COLUMN - SWATCH) / Style::Key.size(), 1);
        Entry::new(Swatch::Key(key), name.concat(), Style::Key)
    }

    fn indent(&self) -> f64 {
        if matches!(self.swatch, Swatch::None) { 0.0 } else { SWATCH }
    }

    /// The lines of the entry, at A4 text size.
    fn lines(&self) -> Vec<String> {
        let count = if self.count.is_empty() { 0.0 } else { width_em(&self.count) + 1.0 };
        let room = COLUMN - self.indent();
        wrap(&self.text, room / self.style.size() - count, 4)
    }

    fn height(&self) -> f64 {
        let size = self.style.size();
        let space = match self.style {
            Style::Heading | Style::Plain => 6.0,
            Style::Note => 4.0,
            Style::Key => 1.5,
        };
        let sign = if let Swatch::Circle(radius) = self.swatch { 2.0 * radius } else { 0.0 };
        (size * STEP * self.lines().len() as f64).max(sign) + space
    }
}

/// The height of a legend with this number of columns, including the scale.
pub(super) fn height(entries: &[Entry], columns: usize) -> f64 {
    let together = entries.chunk_by(|entry, _| entry.style == Style::Heading);
    let heights = together.map(|entries| entries.iter().map(Entry::height).sum());
    let heights: Vec<f64> = heights.chain([SCALE]).collect();
    let whole: f64 = heights.iter().sum();
    // The smallest height that fits all entries in order.
    let mut least = heights.iter().copied().fold(whole / columns as f64, f64::max);
    while least < whole && columns_taken(&heights, least) > columns {
        least += 2.0;
    }
    least.min(whole)
}

fn columns_taken(heights: &[f64], most: f64) -> usize {
    let (mut columns, mut filled) = (1, 0.0);
    for height in heights {
        if filled > 0.0 && filled + height > most {
            (columns, filled) = (columns + 1, 0.0);
        }
        filled += height;
    }
    columns
}

/// The number of rows for numbers that fit beside the other entries.
pub(super) fn room_for_keys(entries: &[Entry], sheet: &Sheet, k: f64) -> usize {
    let line = Entry::key(0, "").height();
    let others = entries.iter().filter(|entry| entry.style != Style::Key);
    let taken: f64 = others.map(Entry::height).sum::<f64>() + SCALE + 6.0;
    let columns = sheet.columns as f64;
    // A column may end with empty space.
    let room = sheet.panel.height() / k * columns - (columns - 1.0) * 3.0 * line;
    ((room - taken) / line).max(0.0) as usize
}

/// Whether a name with its number takes half the width of a column.
pub(super) fn is_narrow(name: &str) -> bool {
    width_em(name) <= (COLUMN / 2.0 - SWATCH + 5.0) / Style::Key.size()
}

/// The entries of numbers with their names, narrow ones side by side.
pub(super) fn keys(keys: &[(usize, String)]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = vec![];
    for (key, name) in keys {
        match entries.last_mut().filter(|last| last.beside.is_none() && is_narrow(&last.text) && is_narrow(name)) {
            Some(last) => last.beside = Some((*key, name.clone())),
            None => entries.push(Entry::key(*key, name)),
        }
    }
    entries
}

/// The text of the scale.
pub(super) struct Scale<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) lines: Vec<String>,
    pub(super) north: &'a str,
}

pub(super) fn draw(svg: &mut Svg, entries: &[Entry], scale: &Scale<'_>, sheet: &Sheet, palette: &Palette, k: f64) {
    let panel = sheet.panel;
    let (mut column, mut y) = (0, panel.min().y);
    let x = |column: usize| panel.min().x + column as f64 * (COLUMN + GUTTER) * k;
    let mut fits = |height: f64, next: f64| {
        // The last column takes the rest.
        if y > panel.min().y && y + height + next > panel.max().y + 0.5 && column + 1 < sheet.columns {
            (column, y) = (column + 1, panel.min().y);
        }
        let at = Coord { x: x(column), y };
        y += height;
        at
    };
    for (index, entry) in entries.iter().enumerate() {
        // No column ends with a heading.
        let next = entries.get(index + 1).filter(|_| entry.style == Style::Heading).map_or(0.0, Entry::height);
        let at = fits(entry.height() * k, next * k);
        draw_entry(svg, entry, at, palette, k);
    }
    let at = fits(SCALE * k, 0.0);
    // If the legend is beside the map, the scale is at the bottom.
    let at = if sheet.columns == 1 { Coord { x: at.x, y: at.y.max(panel.max().y - SCALE * k) } } else { at };
    draw_scale(svg, scale, at, palette, k);
}

fn draw_entry(svg: &mut Svg, entry: &Entry, at: Coord<f64>, palette: &Palette, k: f64) {
    let size = entry.style.size() * k;
    let (font, ink) = (number(size), palette.ink.to_string());
    let quiet = palette.muted.to_string();
    let fill = if entry.style == Style::Note { &quiet } else { &ink };
    let mut attributes = vec![("font-size", font.as_str()), ("fill", fill.as_str())];
    if entry.style == Style::Heading {
        attributes.push(("font-weight", "bold"));
    }
    let baseline = Coord { x: at.x + entry.indent() * k, y: at.y + size };
    let baseline = match entry.swatch {
        Swatch::Circle(radius) => Coord { y: baseline.y.max(at.y + radius * k + size * 0.35), ..baseline },
        _ => baseline,
    };
    svg.lines(baseline, size * STEP, &entry.lines(), &attributes);
    if !entry.count.is_empty() {
        let end = Coord { x: at.x + COLUMN * k, y: baseline.y };
        attributes.push(("text-anchor", "end"));
        svg.lines(end, 0.0, std::slice::from_ref(&entry.count), &attributes);
    }
    let middle = Coord { x: at.x + 11.0 * k, y: baseline.y - size * 0.36 };
    draw_swatch(svg, entry.swatch, middle, palette, k);
    if let Some((key, name)) = &entry.beside {
        let right = Coord { x: (COLUMN / 2.0 + 5.0) * k, y: 0.0 };
        svg.lines(baseline + right - Coord { x: 5.0 * k, y: 0.0 }, 0.0, std::slice::from_ref(name), &attributes);
        draw_swatch(svg, Swatch::Key(*key), middle + right, palette, k);
    }
}

fn draw_swatch(svg: &mut Svg, swatch: Swatch, middle: Coord<f64>, palette: &Palette, k: f64) {
    let (x, y) = (number(middle.x - 11.0 * k), number(middle.y - 6.0 * k));
    let (width, height) = (number(22.0 * k), number(12.0 * k));
    let rect = [("x", x.as_str()), ("y", y.as_str()), ("width", width.as_str()), ("height", height.as_str())];
    let mut rect = |fill: &str, stroke: &str, width: f64| {
        let width = number(width * k);
        let paint = [("fill", fill), ("stroke", stroke), ("stroke-width", width.as_str())];
        svg.empty("rect", &[&rect[..], &paint[..]].concat());
    };
    let paint_of = |zone: FeatureId| (palette.fill(zone).to_string(), palette.stroke(zone).to_string());
    match swatch {
        Swatch::None => {}
        Swatch::Outline => rect("none", &palette.ink.to_string(), OUTLINE_WIDTH),
        Swatch::Zone(zone, inner) => {
            let (fill, stroke) = paint_of(zone);
            rect(&fill, &stroke, 1.3);
            if let Some(is_parcel) = inner {
                let look = Look { paint: MarkPaint::Zone(Some(zone)), assessment: None };
                sign(svg, middle, look, is_parcel, (4.0 * k, 3.0 * k), palette, k);
            }
        }
        Swatch::Clusters(zones) => {
            let zones: Vec<FeatureId> = zones.into_iter().flatten().collect();
            let part = 22.0 * k / zones.len().max(1) as f64;
            for (i, zone) in zones.into_iter().enumerate() {
                let (x, width, line) = (number(middle.x - 11.0 * k + part * i as f64), number(part), number(0.8 * k));
                let (fill, stroke) = (palette.inner_fill(zone).to_string(), palette.stroke(zone).to_string());
                let rect =
                    [("x", x.as_str()), ("y", y.as_str()), ("width", width.as_str()), ("height", height.as_str())];
                let paint = [("fill", fill.as_str()), ("stroke", stroke.as_str()), ("stroke-width", line.as_str())];
                svg.empty("rect", &[&rect[..], &paint[..]].concat());
            }
        }
        Swatch::Mark(look, is_parcel) => sign(svg, middle, look, is_parcel, (9.0 * k, 5.0 * k), palette, k),
        Swatch::Circle(radius) => {
            let look = Look { paint: MarkPaint::Zone(None), assessment: Some(Assessment::Uncertain) };
            draw_site(svg, middle, radius * k, look, palette, k);
        }
        Swatch::Context(symbol) => context::draw_swatch(svg, symbol, middle, palette, k),
        Swatch::Key(key) => {
            let font = number(9.5 * k);
            let at = Coord { x: middle.x, y: middle.y + 3.4 * k };
            let ink = palette.ink.to_string();
            let paint = [("font-size", font.as_str()), ("fill", ink.as_str()), ("text-anchor", "middle")];
            svg.lines(at, 0.0, &[key.to_string()], &paint);
        }
    }
}

/// The symbol of a site, or of a parcel with this half width and height.
fn sign(svg: &mut Svg, at: Coord<f64>, look: Look, is_parcel: bool, half: (f64, f64), palette: &Palette, k: f64) {
    if !is_parcel {
        return draw_site(svg, at, 3.4 * k, look, palette, k);
    }
    let (low, high) = (at - Coord { x: half.0, y: half.1 }, at + Coord { x: half.0, y: half.1 });
    let id = format!("key-{}-{}", number(at.x), number(at.y));
    draw_parcels(svg, look, &[Rect::new(low, high).to_polygon().into()], &id, palette, k);
}

/// A scale bar of a round length, the scale and projection as text, and a north arrow.
fn draw_scale(svg: &mut Svg, scale: &Scale<'_>, at: Coord<f64>, palette: &Palette, k: f64) {
    let (ink, quiet) = (palette.ink.to_string(), palette.muted.to_string());
    let arrow_at = Coord { x: at.x + (COLUMN - 16.0) * k, y: at.y + 24.0 * k };
    draw_north(svg, scale, arrow_at, palette, k);

    let room_m = (COLUMN - 62.0) * k / scale.view.px_per_m;
    let length_m = round_length(room_m);
    let (unit, unit_m) = if length_m >= 1000.0 {
        (" km", 1000.0)
    } else if length_m >= 1.0 {
        (" m", 1.0)
    } else {
        (" mm", 0.001)
    };
    let px = length_m * scale.view.px_per_m;
    // Divide 5 into fifths, 1 and 2 into quarters.
    let parts = if length_m / power_of_ten(decimal_exponent(length_m)) > 4.0 { 5 } else { 4 };
    let (top, left) = (at.y + 20.0 * k, at.x + 4.0 * k);
    let (height, part, line) = (number(5.0 * k), number(px / f64::from(parts)), number(0.8 * k));
    for part_number in 0..parts {
        let x = number(left + px * f64::from(part_number) / f64::from(parts));
        let fill = if part_number % 2 == 0 { &ink } else { &palette.paper.to_string() };
        svg.empty(
            "rect",
            &[
                ("x", x.as_str()),
                ("y", &number(top)),
                ("width", &part),
                ("height", &height),
                ("fill", fill),
                ("stroke", &ink),
                ("stroke-width", &line),
            ],
        );
    }
    let font = number(9.5 * k);
    let paint = [("font-size", font.as_str()), ("fill", ink.as_str()), ("text-anchor", "middle")];
    let value = |part_number: u32| number(length_m * f64::from(part_number) / f64::from(parts) / unit_m);
    // Without room for all labels, label the ends only.
    let widest = (1..parts).map(|part_number| width_em(&value(part_number)) * 9.5 * k).fold(0.0, f64::max);
    let are_all = widest + 8.0 * k < px / f64::from(parts);
    for part_number in (0..=parts).filter(|&part_number| are_all || part_number == 0 || part_number == parts) {
        let text = value(part_number) + if part_number == parts { unit } else { "" };
        let at = Coord { x: left + px * f64::from(part_number) / f64::from(parts), y: top - 4.5 * k };
        svg.lines(at, 0.0, &[text], &paint);
    }
    let size = 9.5 * k;
    let lines: Vec<String> = scale.lines.iter().flat_map(|line| wrap(line, COLUMN / 9.5, 2)).collect();
    let paint = [("font-size", font.as_str()), ("fill", quiet.as_str())];
    svg.lines(Coord { x: at.x, y: top + 20.0 * k }, size * STEP, &lines, &paint);
}

/// The largest of 1, 2 and 5 times a power of ten up to a length.
fn round_length(room: f64) -> f64 {
    let power = power_of_ten(decimal_exponent(room));
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|length| *length <= room).unwrap_or(power)
}

/// True north at the centre of the map, which may deviate from vertical.
fn draw_north(svg: &mut Svg, scale: &Scale<'_>, at: Coord<f64>, palette: &Palette, k: f64) {
    let degrees = turn_deg(scale.view, scale.view.map().center());
    let (x, y) = (number(at.x), number(at.y));
    let turn = number(degrees);
    let ink = palette.ink.to_string();
    svg.open("g", &[("transform", &format!("translate({x} {y}) rotate({turn})")), ("fill", &ink)]);
    let (w, h) = (number(6.0 * k), number(14.0 * k));
    svg.path(&format!("M0-{h}L{w} {h}L0 {}z", number(8.0 * k)), &[]);
    let line = number(0.9 * k);
    let outline = format!("M0-{h}L-{w} {h}L0 {}", number(8.0 * k));
    svg.path(&outline, &[("fill", "none"), ("stroke", &ink), ("stroke-width", &line), ("stroke-linejoin", "round")]);
    let font = number(11.0 * k);
    let paint = [("font-size", font.as_str()), ("font-weight", "bold"), ("text-anchor", "middle")];
    svg.lines(Coord { x: 0.0, y: -17.0 * k }, 0.0, &[scale.north.to_owned()], &paint);
    svg.close();
}

/// The clockwise rotation of the meridian through a pixel.
fn turn_deg(view: &View<'_>, pixel: Coord<f64>) -> f64 {
    let north = view.position(pixel).and_then(|position| {
        let step_deg = 1e-4_f64.min(90.0 - position.y);
        view.pixel_of(Coord { y: position.y + step_deg, ..position })
    });
    let turn = north.map_or(0.0, |north| atan2(north.x - pixel.x, pixel.y - north.y).to_degrees());
    // Too small to be visible.
    if turn.is_finite() && turn.abs() > 0.005 { turn } else { 0.0 }
}

/// The map frame.
pub(super) fn frame(svg: &mut Svg, map: Rect<f64>, palette: &Palette, k: f64) {
    let (x, y) = (number(map.min().x), number(map.min().y));
    let (width, height) = (number(map.width()), number(map.height()));
    let (ink, line) = (palette.ink.to_string(), number(1.1 * k));
    let rect = [("x", x.as_str()), ("y", y.as_str()), ("width", width.as_str()), ("height", height.as_str())];
    let paint = [("fill", "none"), ("stroke", ink.as_str()), ("stroke-width", line.as_str())];
    svg.empty("rect", &[rect, [paint[0], paint[1], paint[2], ("pointer-events", "none")]].concat());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_columns_make_a_legend_lower() {
        let entries: Vec<Entry> = (0..12).map(|i| Entry::new(Swatch::Key(i), "Zone", Style::Plain)).collect();
        let heights = [1, 2, 4].map(|columns| height(&entries, columns));
        assert!(heights[0] > heights[1] && heights[1] > heights[2], "{heights:?}");
    }

    #[test]
    fn a_heading_is_in_the_column_of_its_first_entry() {
        let entry = |style, text: &str| Entry::new(Swatch::None, text, style);
        let entries = [entry(Style::Heading, "Zones"), entry(Style::Plain, &"zone ".repeat(99))];
        let whole: f64 = entries.iter().map(Entry::height).sum();
        assert!(whole > SCALE && height(&entries, 3) >= whole, "{whole}");
    }

    #[test]
    fn scale_bars_have_round_lengths() {
        assert_eq!(
            [7.3, 5.0, 1.99, 0.03].map(round_length).map(|length| (length * 1000.0).round()),
            [5000.0, 5000.0, 1000.0, 20.0]
        );
    }
}
