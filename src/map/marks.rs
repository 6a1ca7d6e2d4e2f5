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

/// A site or a cluster of sites.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) zone: Option<FeatureId>,
    pub(super) at: Coord<f64>,
    pub(super) radius: f64,
    pub(super) count: u64,
}

/// The drawn part of the data.
pub(super) struct Marks {
    pub(super) sites: Vec<Mark>,
    /// The parcels by zone, in pixels.
    pub(super) parcels: BTreeMap<Option<FeatureId>, Vec<MultiPolygon<f64>>>,
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
    pub(super) fn new(layer: &DataOverlay<'_>, view: &View<'_>, k: f64) -> Marks {
        let map = view.map();
        let mut positions: Vec<(Option<FeatureId>, Coord<f64>, u64)> = vec![];
        for (zone, position) in layer.sites() {
            if let Some(at) = view.pixel_of(position.at).filter(|at| is_on(map, *at)) {
                positions.push((zone, at, position.count));
            }
        }
        let mut parcels: BTreeMap<Option<FeatureId>, Vec<MultiPolygon<f64>>> = BTreeMap::new();
        for piece in layer.parcels() {
            let Some(shape) = view.projection.shape(&piece.shape).map(|shape| view.shape(&shape)) else { continue };
            // The y axis points down, so orientations are reversed; holes remain opposite to exteriors.
            if !shape.0.is_empty() {
                parcels.entry(piece.zone).or_default().push(orient(&shape));
            }
        }
        let (sites, clustered) = if positions.len() > MAX_POSITIONS {
            let sites = cluster_sites(&positions, k);
            let count = sites.iter().map(|mark| mark.count).sum();
            let circles = sites.len() as u64;
            (sites, Some((count, circles)))
        } else {
            let radius = k * if positions.len() > 250 { 2.3 } else { 3.2 };
            (positions.iter().map(|&(zone, at, count)| Mark { zone, at, radius, count }).collect(), None)
        };
        Marks { sites, parcels, clustered }
    }

    /// The mark with the most sites.
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

    /// The marks, larger ones first, so that smaller ones remain visible.
    pub(super) fn draw_sites(&self, svg: &mut Svg, palette: &Palette, k: f64) {
        let mut sites: Vec<&Mark> = self.sites.iter().collect();
        sites.sort_by(|a, b| b.radius.total_cmp(&a.radius));
        for mark in sites {
            site(svg, mark.at, mark.radius, mark.zone, palette, if self.clustered.is_some() { k * 0.5 } else { k });
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

/// Clusters the sites of a zone in each square to one circle at their centroid, with an area proportional to their
/// number.
fn cluster_sites(positions: &[(Option<FeatureId>, Coord<f64>, u64)], k: f64) -> Vec<Mark> {
    let side = GATHERED_WITHIN * k;
    type Square = (i64, i64, Option<FeatureId>);
    // The position is a sum first.
    let mut squares: BTreeMap<Square, Place> = BTreeMap::new();
    for &(zone, at, count) in positions {
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
