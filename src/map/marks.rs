//! Sites and parcels on the sheet.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, MultiPolygon, Rect};

use crate::geometry::orient;
use crate::map::data_overlay::{DataOverlay, Place};
use crate::map::frame::View;
use crate::map::legend::site;
use crate::map::palette::Palette;
use crate::map::svg::{Svg, number, shape_path};
use crate::plan::FeatureId;

/// A site, or many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) zone: Option<FeatureId>,
    pub(super) at: Coord<f64>,
    pub(super) radius: f64,
    pub(super) count: u64,
}

/// What of a layer is drawn.
pub(super) struct Marks {
    pub(super) sites: Vec<Mark>,
    /// The parcels of each zone, in pixels.
    pub(super) parcels: BTreeMap<Option<FeatureId>, Vec<MultiPolygon<f64>>>,
    /// How many sites were gathered in how many circles.
    pub(super) gathered: Option<(u64, u64)>,
}

/// More places than this are gathered to circles.
const MAX_PLACES: usize = 1200;
/// Sites within squares of this size become one circle, which is at most as large as this (px).
const GATHERED_WITHIN: f64 = 13.0;
const LARGEST_RADIUS: f64 = 6.5;
const MIN_RADIUS: f64 = 1.4;

impl Marks {
    /// The layer as the map shows it; `k` is the size of a pixel of A4.
    pub(super) fn new(layer: &DataOverlay<'_>, view: &View<'_>, k: f64) -> Marks {
        let map = view.map();
        let mut places: Vec<(Option<FeatureId>, Coord<f64>, u64)> = vec![];
        for (zone, place) in layer.sites() {
            if let Some(at) = view.pixel_of(place.at).filter(|at| is_on(map, *at)) {
                places.push((zone, at, place.count));
            }
        }
        let mut parcels: BTreeMap<Option<FeatureId>, Vec<MultiPolygon<f64>>> = BTreeMap::new();
        for piece in layer.parcels() {
            let Some(shape) = view.projection.shape(&piece.shape).map(|shape| view.shape(&shape)) else { continue };
            // Y grows downwards: what was wound one way is wound the other, holes still unlike exteriors.
            if !shape.0.is_empty() {
                parcels.entry(piece.zone).or_default().push(orient(&shape));
            }
        }
        let (sites, gathered) = if places.len() > MAX_PLACES {
            let sites = gather(&places, k);
            let count = sites.iter().map(|mark| mark.count).sum();
            let circles = sites.len() as u64;
            (sites, Some((count, circles)))
        } else {
            let radius = k * if places.len() > 250 { 2.3 } else { 3.2 };
            (places.iter().map(|&(zone, at, count)| Mark { zone, at, radius, count }).collect(), None)
        };
        Marks { sites, parcels, gathered }
    }

    /// The mark that stands for most sites.
    pub(super) fn largest(&self) -> Option<Mark> {
        self.sites.iter().copied().max_by_key(|mark| mark.count)
    }

    pub(super) fn draw_parcels(&self, svg: &mut Svg, palette: &Palette, k: f64) {
        let (ink, width) = (palette.ink.to_string(), number(0.5 * k));
        for (&zone, shapes) in &self.parcels {
            let data: String = shapes.iter().map(shape_path).collect();
            let fill = palette.mark(zone).to_string();
            let opacity = if zone.is_some() { "0.85" } else { "0.45" };
            svg.path(
                &data,
                &[
                    ("fill", &fill),
                    ("fill-opacity", opacity),
                    ("stroke", &ink),
                    ("stroke-width", &width),
                    ("stroke-linejoin", "round"),
                ],
            );
        }
    }

    /// The sites, larger ones first, so that they hide none.
    pub(super) fn draw_sites(&self, svg: &mut Svg, palette: &Palette, k: f64) {
        let mut sites: Vec<&Mark> = self.sites.iter().collect();
        sites.sort_by(|a, b| b.radius.total_cmp(&a.radius));
        for mark in sites {
            site(svg, mark.at, mark.radius, mark.zone, palette, if self.gathered.is_some() { k * 0.5 } else { k });
        }
    }

    /// The box around all parcels.
    pub(super) fn parcel_bounds(&self) -> impl Iterator<Item = Rect<f64>> {
        self.parcels.values().flatten().filter_map(|shape| shape.bounding_rect())
    }
}

fn is_on(map: Rect<f64>, at: Coord<f64>) -> bool {
    let (min, max) = (map.min(), map.max());
    (min.x..=max.x).contains(&at.x) && (min.y..=max.y).contains(&at.y)
}

/// The sites of a zone in a square as one circle in their middle, its area by their number.
fn gather(places: &[(Option<FeatureId>, Coord<f64>, u64)], k: f64) -> Vec<Mark> {
    let side = GATHERED_WITHIN * k;
    type Square = (i64, i64, Option<FeatureId>);
    // The place is a sum at first.
    let mut squares: BTreeMap<Square, Place> = BTreeMap::new();
    for &(zone, at, count) in places {
        let key = ((at.y / side).floor() as i64, (at.x / side).floor() as i64, zone);
        let all = squares.entry(key).or_insert(Place { at: Coord::zero(), count: 0 });
        all.at = all.at + at * count as f64;
        all.count += count;
    }
    let most = squares.values().map(|all| all.count).max().unwrap_or(1) as f64;
    let radius = |count: u64| k * (LARGEST_RADIUS * (count as f64 / most).sqrt()).max(MIN_RADIUS);
    let marks = squares.into_iter().map(|((_, _, zone), Place { at, count })| Mark {
        zone,
        at: at / count as f64,
        radius: radius(count),
        count,
    });
    marks.collect()
}
