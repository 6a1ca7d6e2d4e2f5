//! The context on the sheet: symbols, and names where there is room.

use std::collections::BTreeSet;

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};

use crate::map::context::clip::{part, runs};
use crate::map::context::kinds::ContextKind;
use crate::map::context::{Context, ContextFeature};
use crate::map::frame::View;
use crate::map::graticule::range;
use crate::map::label_obstacles::LabelObstacles;
use crate::map::labels::Label;
use crate::map::palette::Palette;
use crate::map::svg::{Svg, line_path, number, shape_path};
use crate::map::text::clean;
use crate::maths::hypot;
use crate::messages::{Lang, MapTexts};

/// A symbol, in drawing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::map) enum ContextSymbol {
    Water,
    Shore,
    Line,
    Boundary,
    Road,
    Railway,
    Place,
    Seat,
}

/// The part of a context on the map, in pixels.
#[derive(Default)]
pub(in crate::map) struct ContextOnSheet {
    water: Vec<Polygon<f64>>,
    lines: Vec<(ContextSymbol, LineString<f64>)>,
    places: Vec<(ContextSymbol, Coord<f64>)>,
    names: Vec<Name>,
    /// What is drawn, with its name in the legend.
    keys: BTreeSet<(ContextSymbol, String)>,
}

/// A name with the places where it may stand, the best first.
struct Name {
    text: String,
    at: Vec<Coord<f64>>,
    is_water: bool,
}

impl ContextOnSheet {
    pub(in crate::map) fn new(context: &Context, view: &View<'_>, lang: Lang) -> ContextOnSheet {
        let mut sheet = ContextOnSheet::default();
        let Some((min, max)) = range(view, view.map()) else { return sheet };
        // Symbols continue beyond the frame, which clips them.
        let spare = (max - min) * 0.05;
        let bounds = Rect::new(min - spare, max + spare);
        for feature in context.features() {
            sheet.add(feature, view, bounds, lang);
        }
        sheet
    }

    fn add(&mut self, feature: &ContextFeature, view: &View<'_>, bounds: Rect<f64>, lang: Lang) {
        let texts = lang.map_texts();
        let (mut line_points, mut middle) = (vec![], None);
        for polygon in feature.areas.iter().filter_map(|polygon| part(polygon, bounds)) {
            let Some(shape) = view.projection.shape(&polygon.into()).map(|shape| view.shape(&shape)) else { continue };
            middle = middle.or_else(|| shape.bounding_rect().map(|bounds| bounds.center()));
            if feature.kind == ContextKind::Water {
                self.key(ContextSymbol::Water, &feature.kind, texts);
                self.water.extend(shape);
            } else {
                self.lines_of(&feature.kind, shape.iter().flat_map(crate::geometry::measure::rings).cloned(), texts);
            }
        }
        let on_sheet = |line: &LineString<f64>| view.projection.line(line).map(|line| view.line(&line));
        for line in feature.lines.iter().flat_map(|line| runs(line, bounds)).filter_map(|line| on_sheet(&line)) {
            line_points.extend(points_along(&line, view.map()));
            self.lines_of(&feature.kind, std::iter::once(line), texts);
        }
        let places = feature.places.iter().filter(|place| is_within(bounds, **place));
        let places = places.filter_map(|&place| view.pixel_of(place)).filter(|&at| is_within(view.map(), at));
        let places: Vec<Coord<f64>> = places.collect();
        if feature.kind == ContextKind::WaterName {
            self.name(feature, places, lang);
        } else {
            let is_seat = feature.kind == ContextKind::DistrictSeat;
            let symbol = if is_seat { ContextSymbol::Seat } else { ContextSymbol::Place };
            for at in places {
                self.key(symbol, &feature.kind, texts);
                self.places.push((symbol, at));
                self.name(feature, vec![at], lang);
            }
        }
        // Shores bear the name of no one side.
        if !line_points.is_empty() && feature.kind != ContextKind::Shore {
            self.name(feature, from_the_middle(line_points), lang);
        }
        if let Some(at) = middle.filter(|&at| feature.kind == ContextKind::Water && is_within(view.map(), at)) {
            self.name(feature, vec![at], lang);
        }
    }

    fn lines_of(&mut self, kind: &ContextKind, lines: impl Iterator<Item = LineString<f64>>, texts: &MapTexts) {
        let symbol = match kind {
            ContextKind::Water | ContextKind::Shore | ContextKind::WaterName => ContextSymbol::Shore,
            ContextKind::Boundary => ContextSymbol::Boundary,
            ContextKind::Road => ContextSymbol::Road,
            ContextKind::Railway => ContextSymbol::Railway,
            ContextKind::DistrictSeat | ContextKind::Other(_) => ContextSymbol::Line,
        };
        self.key(symbol, kind, texts);
        self.lines.extend(lines.map(|line| (symbol, line)));
    }

    fn key(&mut self, symbol: ContextSymbol, kind: &ContextKind, texts: &MapTexts) {
        let text = match kind {
            ContextKind::Water if symbol == ContextSymbol::Water => texts.water,
            ContextKind::Water | ContextKind::Shore | ContextKind::WaterName => texts.shore,
            ContextKind::Boundary => texts.boundary,
            ContextKind::Road => texts.road,
            ContextKind::Railway => texts.railway,
            ContextKind::DistrictSeat => texts.district_seat,
            ContextKind::Other(name) => name,
        };
        self.keys.insert((symbol, clean(text)));
    }

    fn name(&mut self, feature: &ContextFeature, at: Vec<Coord<f64>>, lang: Lang) {
        let text = clean(feature.name(lang));
        if text.is_empty() {
            return;
        }
        let is_water = matches!(feature.kind, ContextKind::Water | ContextKind::WaterName);
        // A line in several features has its name once.
        match self.names.iter_mut().find(|name| name.text == text && at.len() > 1) {
            Some(name) => name.at.extend(at),
            None => self.names.push(Name { text, at, is_water }),
        }
    }

    /// What is drawn, for the legend.
    pub(in crate::map) fn keys(&self) -> impl Iterator<Item = (ContextSymbol, &str)> {
        self.keys.iter().take(MAX_KEYS).map(|(symbol, text)| (*symbol, text.as_str()))
    }

    /// Keeps labels off the symbols of places.
    pub(in crate::map) fn mark(&self, obstacles: &mut LabelObstacles) {
        let radius = 2.0 * obstacles.unit;
        self.places.iter().for_each(|&(_, at)| obstacles.mark(at, radius));
    }

    /// The names that have room, and whether each is that of water.
    pub(in crate::map) fn labels(&self, obstacles: &mut LabelObstacles) -> Vec<(bool, Label)> {
        let k = obstacles.unit;
        let label = |name: &Name| {
            let half = Coord { x: 2.5 * k, y: 2.5 * k };
            let place = |&at: &Coord<f64>| match name.is_water {
                true => obstacles.centred(&name.text, at, 10.0 * k),
                false => obstacles.at_mark(&name.text, at, half, 9.0 * k),
            };
            name.at.iter().take(MAX_PLACES).find_map(place).map(|label| (name.is_water, label))
        };
        self.names.iter().filter_map(label).collect()
    }
}

/// The maximum number of positions tried for a name, and of kinds in the legend.
const MAX_PLACES: usize = 40;
const MAX_KEYS: usize = 12;

fn is_within(bounds: Rect<f64>, at: Coord<f64>) -> bool {
    (bounds.min().x..=bounds.max().x).contains(&at.x) && (bounds.min().y..=bounds.max().y).contains(&at.y)
}

/// Points along a line that are on the map.
fn points_along(line: &LineString<f64>, map: Rect<f64>) -> Vec<Coord<f64>> {
    const STEP_PX: f64 = 40.0;
    let points = line.lines().flat_map(|segment| {
        let delta = segment.delta();
        let steps = (hypot(delta.x, delta.y) / STEP_PX).ceil().clamp(1.0, 50.0);
        (0..steps as u32).map(move |step| segment.start + delta * ((f64::from(step) + 0.5) / steps))
    });
    points.filter(|&at| is_within(map, at)).collect()
}

/// From the middle of a list outwards, at most twice as many as are tried.
fn from_the_middle(points: Vec<Coord<f64>>) -> Vec<Coord<f64>> {
    let middle = points.len() / 2;
    let outwards = (0..points.len()).flat_map(|step| [middle.checked_sub(step + 1), middle.checked_add(step)]);
    outwards.flatten().filter_map(|index| points.get(index).copied()).take(2 * MAX_PLACES).collect()
}

/// The areas, beneath the plan.
pub(in crate::map) fn draw_areas(svg: &mut Svg, context: &ContextOnSheet, palette: &Palette) {
    let water = MultiPolygon::new(context.water.clone());
    svg.path(&shape_path(&water), &[("fill", &palette.water_fill.to_string()), ("fill-rule", "evenodd")]);
}

/// The lines, over the areas of the plan and beneath its boundaries.
pub(in crate::map) fn draw_lines(svg: &mut Svg, context: &ContextOnSheet, palette: &Palette, k: f64) {
    let mut lines: Vec<&(ContextSymbol, LineString<f64>)> = context.lines.iter().collect();
    lines.sort_by_key(|(symbol, _)| *symbol);
    if lines.is_empty() {
        return;
    }
    svg.open("g", &[("fill", "none"), ("stroke-linejoin", "round")]);
    for group in lines.chunk_by(|a, b| a.0 == b.0) {
        let data: String = group.iter().map(|(_, line)| line_path(line)).collect();
        draw_line(svg, group[0].0, &data, palette, k);
    }
    svg.close();
}

fn draw_line(svg: &mut Svg, symbol: ContextSymbol, data: &str, palette: &Palette, k: f64) {
    let mut stroke = |colour: crate::plan::palette::Colour, width: f64, dashes: &[f64]| {
        let (colour, width) = (colour.to_string(), number(width * k));
        let dashes: Vec<String> = dashes.iter().map(|dash| number(dash * k)).collect();
        let dashes = dashes.join(" ");
        let mut paint = vec![("stroke", colour.as_str()), ("stroke-width", width.as_str())];
        if !dashes.is_empty() {
            paint.push(("stroke-dasharray", &dashes));
        }
        svg.path(data, &paint);
    };
    match symbol {
        ContextSymbol::Water | ContextSymbol::Place | ContextSymbol::Seat => {}
        ContextSymbol::Shore => stroke(palette.water, 1.4, &[]),
        ContextSymbol::Line => stroke(palette.muted, 0.8, &[]),
        ContextSymbol::Boundary => stroke(palette.muted, 1.1, &[7.0, 2.5, 1.5, 2.5]),
        ContextSymbol::Road => {
            stroke(palette.line, 2.4, &[]);
            stroke(palette.background, 1.2, &[]);
        }
        ContextSymbol::Railway => {
            stroke(palette.muted, 2.4, &[]);
            stroke(palette.background, 1.4, &[4.5, 4.5]);
        }
    }
}

/// The symbols of places.
pub(in crate::map) fn draw_places(svg: &mut Svg, context: &ContextOnSheet, palette: &Palette, k: f64) {
    context.places.iter().for_each(|&(symbol, at)| draw_place(svg, symbol, at, palette, k));
}

fn draw_place(svg: &mut Svg, symbol: ContextSymbol, at: Coord<f64>, palette: &Palette, k: f64) {
    let (x, y, ink) = (number(at.x), number(at.y), palette.muted.to_string());
    let dot = number(1.3 * k);
    if symbol == ContextSymbol::Seat {
        let (radius, width, paper) = (number(2.9 * k), number(0.9 * k), palette.background.to_string());
        let paint = [("fill", paper.as_str()), ("stroke", ink.as_str()), ("stroke-width", width.as_str())];
        svg.empty("circle", &[&[("cx", x.as_str()), ("cy", y.as_str()), ("r", radius.as_str())], &paint[..]].concat());
    }
    svg.empty("circle", &[("cx", &x), ("cy", &y), ("r", &dot), ("fill", &ink)]);
}

/// The symbol in the legend.
pub(in crate::map) fn draw_swatch(svg: &mut Svg, symbol: ContextSymbol, middle: Coord<f64>, palette: &Palette, k: f64) {
    let corner = |x: f64, y: f64| Coord { x: middle.x + x * k, y: middle.y + y * k };
    match symbol {
        ContextSymbol::Place | ContextSymbol::Seat => draw_place(svg, symbol, middle, palette, k),
        ContextSymbol::Water => {
            let corners = vec![corner(-11.0, -6.0), corner(11.0, -6.0), corner(11.0, 6.0), corner(-11.0, 6.0)];
            let area = Polygon::new(LineString(corners), vec![]).into();
            svg.path(&shape_path(&area), &[("fill", &palette.water_fill.to_string())]);
        }
        _ => {
            let data = line_path(&LineString(vec![corner(-11.0, 0.0), corner(11.0, 0.0)]));
            svg.open("g", &[("fill", "none")]);
            draw_line(svg, symbol, &data, palette, k);
            svg.close();
        }
    }
}
