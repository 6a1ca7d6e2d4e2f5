//! Sites and parcels on the sheet.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Rect};

use crate::geometry::orient;
use crate::map::classes::{Class, Classes};
use crate::map::data_overlay::{Assessment, DataOverlay, Group, Place};
use crate::map::frame::View;
use crate::map::palette::{MarkPaint, Palette};
use crate::map::projection::joined;
use crate::map::svg::{Svg, line_path, number, shape_path};

/// How a site or parcel looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    pub(super) paint: MarkPaint,
    /// `None` if nothing on the map is assessed.
    pub(super) assessment: Option<Assessment>,
}

/// A site or a cluster of sites.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) look: Look,
    pub(super) at: Coord<f64>,
    pub(super) radius: f64,
    pub(super) count: u64,
}

/// The drawn part of the data.
pub(super) struct Marks {
    pub(super) sites: Vec<Mark>,
    /// The parcels that look alike, in pixels.
    pub(super) parcels: BTreeMap<Look, Vec<MultiPolygon<f64>>>,
    /// The number of clustered sites and of circles.
    pub(super) clustered: Option<(u64, u64)>,
}

/// More positions than this are clustered.
const MAX_POSITIONS: usize = 1200;
/// The size of clustering squares, and the largest circle (px).
const GATHERED_WITHIN: f64 = 13.0;
const LARGEST_RADIUS: f64 = 6.5;
const MIN_RADIUS: f64 = 1.4;

impl Marks {
    /// The data in the view; `k` is the size of an A4 pixel.
    pub(super) fn new(layer: &DataOverlay<'_>, classes: Option<&Classes>, view: &View<'_>, k: f64) -> Marks {
        let map = view.map();
        let is_assessed = !layer.assessments().is_empty();
        let look =
            |group: Group| Look { paint: group.paint(classes), assessment: group.assessment.filter(|_| is_assessed) };
        let mut positions: Vec<(Look, Coord<f64>, u64)> = vec![];
        for (group, position) in layer.sites() {
            if let Some(at) = view.pixel_of(position.at).filter(|at| is_on(map, *at)) {
                positions.push((look(group), at, position.count));
            }
        }
        let mut parcels: BTreeMap<Look, Vec<MultiPolygon<f64>>> = BTreeMap::new();
        for piece in layer.parcels() {
            let Some(shape) = view.projection.shape(&piece.shape).map(|shape| view.shape(&shape)) else { continue };
            // The y axis points down, so orientations are reversed; holes remain opposite to exteriors.
            if !shape.0.is_empty() {
                parcels.entry(look(piece.group)).or_default().push(orient(&shape));
            }
        }
        let (sites, clustered) = if positions.len() > MAX_POSITIONS {
            let sites = cluster_sites(&positions, k);
            let count = sites.iter().map(|mark| mark.count).sum();
            let circles = sites.len() as u64;
            (sites, Some((count, circles)))
        } else {
            let radius = k * if positions.len() > 250 { 2.3 } else { 3.2 };
            (positions.iter().map(|&(look, at, count)| Mark { look, at, radius, count }).collect(), None)
        };
        Marks { sites, parcels, clustered }
    }

    /// The mark with the most sites.
    pub(super) fn largest(&self) -> Option<Mark> {
        self.sites.iter().copied().max_by_key(|mark| mark.count)
    }

    pub(super) fn draw_parcels(&self, svg: &mut Svg, palette: &Palette, k: f64) {
        for (index, (&look, shapes)) in self.parcels.iter().enumerate() {
            draw_parcels(svg, look, shapes, &format!("parcels-{index}"), palette, k);
        }
    }

    /// The marks, larger ones first, so that smaller ones remain visible.
    pub(super) fn draw_sites(&self, svg: &mut Svg, palette: &Palette, k: f64) {
        let mut sites: Vec<&Mark> = self.sites.iter().collect();
        // Of findings, the severe ones are above others.
        let severity = |mark: &Mark| match mark.look.paint {
            MarkPaint::Class(Class::Severity(severity)) => Some(severity),
            _ => None,
        };
        sites.sort_by(|a, b| b.radius.total_cmp(&a.radius).then(severity(a).cmp(&severity(b))));
        for mark in sites {
            draw_site(
                svg,
                mark.at,
                mark.radius,
                mark.look,
                palette,
                if self.clustered.is_some() { k * 0.5 } else { k },
            );
        }
    }

    /// The bounding boxes of the parcels.
    pub(super) fn parcel_bounds(&self) -> impl Iterator<Item = Rect<f64>> {
        self.parcels.values().flatten().filter_map(|shape| shape.bounding_rect())
    }
}

fn is_on(map: Rect<f64>, at: Coord<f64>) -> bool {
    let (min, max) = (map.min(), map.max());
    (min.x..=max.x).contains(&at.x) && (min.y..=max.y).contains(&at.y)
}

/// Clusters the sites that look alike in each square to one circle at their centroid, with an area proportional to their
/// number.
fn cluster_sites(positions: &[(Look, Coord<f64>, u64)], k: f64) -> Vec<Mark> {
    let side = GATHERED_WITHIN * k;
    type Square = (i64, i64, Look);
    // The position is a sum first.
    let mut squares: BTreeMap<Square, Place> = BTreeMap::new();
    for &(look, at, count) in positions {
        let key = ((at.y / side).floor() as i64, (at.x / side).floor() as i64, look);
        let all = squares.entry(key).or_insert(Place { at: Coord::zero(), count: 0 });
        all.at = all.at + at * count as f64;
        all.count += count;
    }
    let most = squares.values().map(|all| all.count).max().unwrap_or(1) as f64;
    let radius = |count: u64| k * (LARGEST_RADIUS * (count as f64 / most).sqrt()).max(MIN_RADIUS);
    let marks = squares.into_iter().map(|((_, _, look), Place { at, count })| Mark {
        look,
        at: at / count as f64,
        radius: radius(count),
        count,
    });
    marks.collect()
}

/// The symbol of a site: filled, hollow if its zone is uncertain, with a dot if that is not assessed.
pub(super) fn draw_site(svg: &mut Svg, at: Coord<f64>, radius: f64, look: Look, palette: &Palette, k: f64) {
    let (mark, paper) = (palette.mark(look.paint).to_string(), palette.paper.to_string());
    let (x, y) = (number(at.x), number(at.y));
    let mut circle = |radius: f64, fill: &str, stroke: &str, width: f64| {
        let (radius, width) = (number(radius), number(width * k));
        let place = [("cx", x.as_str()), ("cy", y.as_str()), ("r", radius.as_str())];
        let paint = [("fill", fill), ("stroke", stroke), ("stroke-width", width.as_str())];
        svg.empty("circle", &[&place[..], &paint[..]].concat());
    };
    let ink = palette.muted.to_string();
    match look.assessment {
        _ if look.paint == MarkPaint::Class(Class::Missing) => circle(radius, &mark, &ink, 0.6),
        None | Some(Assessment::Certain) => circle(radius, &mark, &paper, 0.9),
        Some(Assessment::Uncertain) => circle(radius, &paper, &mark, 1.3),
        Some(Assessment::NotAssessed) => {
            circle(radius, &paper, &mark, 1.3);
            circle(radius * 0.4, &mark, "none", 0.0);
        }
    }
}

/// The distance between the lines of a hatch.
const HATCH: f64 = 4.0;

/// Parcels that look alike: filled, hatched if the main zone is uncertain, pale if that is not assessed. `id` names
/// their clip path.
pub(super) fn draw_parcels(
    svg: &mut Svg,
    look: Look,
    shapes: &[MultiPolygon<f64>],
    id: &str,
    palette: &Palette,
    k: f64,
) {
    let data: String = shapes.iter().map(shape_path).collect();
    let (mark, ink, width) = (palette.mark(look.paint).to_string(), palette.ink.to_string(), number(0.5 * k));
    let is_grey = matches!(look.paint, MarkPaint::Zone(None));
    let opacity = match look.assessment {
        None | Some(Assessment::Certain) => {
            if is_grey {
                "0.45"
            } else {
                "0.85"
            }
        }
        Some(Assessment::Uncertain | Assessment::NotAssessed) => "0.25",
    };
    svg.path(&data, &[("fill", &mark), ("fill-opacity", opacity)]);
    if look.assessment == Some(Assessment::Uncertain) {
        svg.open("clipPath", &[("id", id)]);
        svg.path(&data, &[]);
        svg.close();
        svg.open("g", &[("clip-path", &format!("url(#{id})"))]);
        svg.path(&hatch(shapes, HATCH * k), &[("fill", "none"), ("stroke", &mark), ("stroke-width", &number(1.3 * k))]);
        svg.close();
    }
    svg.path(&data, &[("fill", "none"), ("stroke", &ink), ("stroke-width", &width), ("stroke-linejoin", "round")]);
}

/// Diagonal lines over the bounding box of shapes, those of neighbours in one another's continuation.
fn hatch(shapes: &[MultiPolygon<f64>], step: f64) -> String {
    let bounds = shapes.iter().filter_map(|shape| shape.bounding_rect()).reduce(joined);
    let Some((min, max)) = bounds.map(|bounds| (bounds.min(), bounds.max())) else { return String::new() };
    // Lines of x + y = c.
    let (first, last) = (((min.x + min.y) / step).ceil() as i64, ((max.x + max.y) / step).floor() as i64);
    let lines = (first..=last.min(first + MAX_HATCH_LINES)).map(|number| {
        let sum = number as f64 * step;
        let (top, bottom) = ((sum - min.y).min(max.x), (sum - max.y).max(min.x));
        line_path(&LineString(vec![Coord { x: top, y: sum - top }, Coord { x: bottom, y: sum - bottom }]))
    });
    lines.collect()
}

/// More than a sheet has from corner to corner.
const MAX_HATCH_LINES: i64 = 2000;
