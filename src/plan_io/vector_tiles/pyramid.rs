//! Clipping shapes to tiles, from zoom level to zoom level.

use std::f64::consts::PI;

use geo::{BoundingRect, Coord, Intersects, MapCoords, MultiPolygon, Rect, coord};
use pmtiles::{TileCoord, TileId};

use crate::error::{Error, ErrorKind, Result};
use crate::geometry::clip::intersection;
use crate::maths::{asinh, tan};

/// The extent of a tile, in tile units.
pub(super) const EXTENT: f64 = 4096.0;
/// The buffer around a tile, in tile units, so that clipped edges are outside the tile and not drawn.
const BUFFER: f64 = 64.0;
/// The latitude limit of the Web Mercator square.
const MAX_LATITUDE_DEG: f64 = 85.051_128_779_806_59;

/// A range of zoom levels.
pub(super) struct Pyramid {
    pub(super) min_zoom: u8,
    pub(super) max_zoom: u8,
}

/// A tile with the features clipped to it and its buffer.
pub(super) struct Tile {
    pub(super) id: TileId,
    zoom: u8,
    x: u32,
    y: u32,
    /// The index of each feature and its clipped shape, in the unit square of the map.
    pub(super) parts: Vec<(usize, MultiPolygon<f64>)>,
}

/// A shape in the unit square of Web Mercator: x east and y south, both from 0 to 1.
pub(super) fn project(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    shape.map_coords(project_coord)
}

pub(super) fn project_coord(Coord { x, y }: Coord<f64>) -> Coord<f64> {
    let latitude = y.clamp(-MAX_LATITUDE_DEG, MAX_LATITUDE_DEG).to_radians();
    coord! { x: (x + 180.0) / 360.0, y: (0.5 - asinh(tan(latitude)) / (2.0 * PI)).clamp(0.0, 1.0) }
}

impl Pyramid {
    /// The number of tiles of the highest zoom level that intersect bounds in longitude and latitude.
    pub(super) fn tile_count(&self, bounds: &Rect<f64>) -> u64 {
        let tiles = f64::from(1_u32 << self.max_zoom);
        let (a, b) = (project_coord(bounds.min()), project_coord(bounds.max()));
        let count = |from: f64, to: f64| ((to * tiles).floor() - (from * tiles).floor()) as u64 + 1;
        count(a.x, b.x) * count(b.y, a.y)
    }

    /// Visits the tiles that intersect the projected features.
    pub(super) fn visit(
        &self,
        features: Vec<MultiPolygon<f64>>,
        visit: &mut impl FnMut(&Tile) -> Result<()>,
    ) -> Result<()> {
        let parts = features.into_iter().enumerate().collect();
        self.descend(tile(0, 0, 0, parts)?, visit)
    }

    fn descend(&self, parent: Tile, visit: &mut impl FnMut(&Tile) -> Result<()>) -> Result<()> {
        if parent.zoom >= self.min_zoom {
            visit(&parent)?;
        }
        if parent.zoom == self.max_zoom {
            return Ok(());
        }
        for (east, south) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let mut child = tile(parent.zoom + 1, 2 * parent.x + east, 2 * parent.y + south, vec![])?;
            let bounds = child.bounds(BUFFER);
            let parts = parent.parts.iter().filter_map(|(number, shape)| Some((*number, clip(shape, &bounds)?)));
            child.parts = parts.collect();
            if !child.parts.is_empty() {
                self.descend(child, visit)?;
            }
        }
        Ok(())
    }
}

fn tile(zoom: u8, x: u32, y: u32, parts: Vec<(usize, MultiPolygon<f64>)>) -> Result<Tile> {
    let tile_coord =
        TileCoord::new(zoom, x, y).map_err(|error| Error::new(ErrorKind::Write(std::io::Error::other(error))))?;
    Ok(Tile { id: tile_coord.into(), zoom, x, y, parts })
}

impl Tile {
    /// The bounds of the tile in the unit square, with a buffer in tile units.
    fn bounds(&self, buffer: f64) -> Rect<f64> {
        let tiles = f64::from(1_u32 << self.zoom);
        let (x, y, around) = (f64::from(self.x), f64::from(self.y), buffer / EXTENT);
        Rect::new(
            ((x - around) / tiles, (y - around) / tiles),
            ((x + 1.0 + around) / tiles, (y + 1.0 + around) / tiles),
        )
    }

    /// A position in tile units, relative to the corner of the tile.
    pub(super) fn position(&self, Coord { x, y }: Coord<f64>) -> Coord<f64> {
        let tiles = f64::from(1_u32 << self.zoom);
        let steps = |value: f64, tile: u32| (value * tiles - f64::from(tile)) * EXTENT;
        coord! { x: steps(x, self.x), y: steps(y, self.y) }
    }

    /// The position of a point in tile units, on the one tile of a zoom level that it is in; `None` on the others.
    pub(super) fn own_position(&self, point: Coord<f64>) -> Option<Coord<i32>> {
        let Coord { x, y } = self.position(point);
        let is_own = (0.0..EXTENT).contains(&x) && (0.0..EXTENT).contains(&y);
        is_own.then_some(coord! { x: x as i32, y: y as i32 })
    }
}

/// The part of a shape within bounds; `None` if it is empty.
fn clip(shape: &MultiPolygon<f64>, bounds: &Rect<f64>) -> Option<MultiPolygon<f64>> {
    let extent = shape.bounding_rect()?;
    if !extent.intersects(bounds) {
        return None;
    }
    let (low, high) = (bounds.min(), bounds.max());
    let is_inside = |corner: Coord<f64>| (low.x..=high.x).contains(&corner.x) && (low.y..=high.y).contains(&corner.y);
    if is_inside(extent.min()) && is_inside(extent.max()) {
        return Some(shape.clone());
    }
    // The overlay snaps to a grid relative to the size of its input, so clip to smaller bounds each time.
    let common = Rect::new(
        (low.x.max(extent.min().x), low.y.max(extent.min().y)),
        (high.x.min(extent.max().x), high.y.min(extent.max().y)),
    );
    let part = intersection(shape, &common.to_polygon().into());
    (!part.0.is_empty()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use geo::Area;

    #[test]
    fn places_are_where_the_map_has_them() {
        // The station is in tile 13/6857/3414 by the formula of OpenStreetMap.
        let tile_coord = project_coord(coord! { x: 121.36898, y: 28.6559 });
        let tiles = f64::from(1 << 13);
        assert_eq!(((tile_coord.x * tiles) as u32, (tile_coord.y * tiles) as u32), (6857, 3414));
        for (corner, x, y) in [((-180.0, 90.0), 0.0, 0.0), ((180.0, -90.0), 1.0, 1.0)] {
            let tile_coord = project_coord(corner.into());
            assert!((tile_coord.x - x).abs() < 1e-12 && (tile_coord.y - y).abs() < 1e-12, "{tile_coord:?}");
        }
    }

    /// Without buffers, the tiles of a zoom level cover the plan exactly.
    #[test]
    fn the_tiles_of_a_level_add_up() {
        let plan = Plan::bundled();
        let shapes: Vec<MultiPolygon> = plan.features().iter().map(|zone| project(&zone.shape)).collect();
        let expected: Vec<f64> = shapes.iter().map(Area::unsigned_area).collect();
        for zoom in [8, 12, 14] {
            let pyramid = Pyramid { min_zoom: zoom, max_zoom: zoom };
            let mut found = vec![0.0; shapes.len()];
            let add = |tile: &Tile| {
                for (number, shape) in &tile.parts {
                    found[*number] += clip(shape, &tile.bounds(0.0)).map_or(0.0, |part| part.unsigned_area());
                }
                Ok(())
            };
            let mut add = add;
            pyramid.visit(shapes.clone(), &mut add).unwrap();
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found / expected - 1.0).abs() < 1e-5, "{zoom}: {found} {expected}");
            }
        }
    }
}
