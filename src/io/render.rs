//! Rendering: what a format makes of rows before any of it is written, by as many threads as there are.

use std::sync::Arc;

use geo::{BoundingRect, Coord, Geometry, MultiPolygon};

use crate::crs::{AxisOrder, Crs, Settler, Transformer};
use crate::error::{Result, RowProblem};
use crate::geometry::clip::on_grid;
use crate::geometry::validity::first_flaw;
use crate::geometry::visit_coords;
use crate::io::WriteOptions;
use crate::table::{Answers, Batch};

/// A format that makes what it writes of some rows without a look at any others.
pub trait Render: Send + Sync {
    /// The answers, each with the row it belongs to, as they are written; coordinates are in the system that
    /// is written.
    fn render(&self, batch: &Batch, answers: &Answers<'_>) -> Rendered;

    /// Whether geometries that are written as they came keep the text that they came as, with heights.
    fn keeps_text_of(&self, batch: &Batch) -> bool;

    /// Whether it looks at coordinates where they are written as they came.
    fn needs_coordinates(&self) -> bool {
        true
    }
}

/// What a format has made of some rows: [`Renderer::render`].
#[derive(Default)]
pub struct Rendered {
    pub(super) bytes: Vec<u8>,
    /// West, south, east, north.
    pub(super) bounds: Option<[f64; 4]>,
    /// The columns with whole numbers that JavaScript does not hold.
    pub(super) big: Vec<String>,
    #[cfg(feature = "parquet")]
    pub(super) arrays: Option<crate::io::geoparquet::RowArrays>,
    /// Rows that have no place in the system that is written.
    pub(super) without_image: u64,
    /// Polygons that rounding has made invalid.
    pub(super) collapsed: u64,
    pub(super) loses_heights: bool,
}

impl Rendered {
    /// Widens the bounds by those of a shape.
    pub(super) fn include(&mut self, shape: &impl BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>) {
        if let Some(bounds) = shape.bounding_rect().into() {
            let (min, max) = (bounds.min(), bounds.max());
            self.bounds = joined(self.bounds, Some([min.x, min.y, max.x, max.y]));
        }
    }
}

/// The bounds of both.
pub(super) fn joined(a: Option<[f64; 4]>, b: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (a, b) => a.or(b),
    }
}

/// How a table is rendered, for any number of threads: [`Writer::rendering`](crate::io::Writer::rendering).
#[derive(Clone)]
pub struct Rendering {
    pub(super) format: Arc<dyn Render>,
    pub(super) target: Target,
}

impl Rendering {
    /// What renders in one thread. Fails where PROJ does not know the system.
    pub fn renderer(&self) -> Result<Renderer> {
        Ok(Renderer { format: self.format.clone(), bringer: self.target.bringer()?, target: self.target })
    }
}

/// Renders rows in one thread; what it has made is written by
/// [`Writer::write_rendered`](crate::io::Writer::write_rendered).
pub struct Renderer {
    format: Arc<dyn Render>,
    target: Target,
    bringer: Bringer,
}

impl Renderer {
    /// The answers, each with the row it belongs to, as they are written.
    pub fn render(&mut self, mut batch: Batch, answers: &Answers<'_>) -> Rendered {
        let keeps_coordinates = self.target.is_as_written && !self.format.needs_coordinates();
        let without_image = if keeps_coordinates { 0 } else { self.bring(&mut batch) };
        Rendered { without_image, ..self.render_as_it_is(&batch, answers) }
    }

    /// Brings the coordinates of a batch to the system that is written, as
    /// [`Writer::bring`](crate::io::Writer::bring) does.
    pub fn bring(&mut self, batch: &mut Batch) -> u64 {
        self.bringer.bring(batch)
    }

    /// Renders a batch that [`bring`](Renderer::bring) has brought to the system that is written.
    pub fn render_as_it_is(&mut self, batch: &Batch, answers: &Answers<'_>) -> Rendered {
        let loses_heights = self.target.loses_heights(batch, |batch| self.format.keeps_text_of(batch));
        let collapsed = std::mem::take(&mut self.bringer.collapsed);
        Rendered { collapsed, loses_heights, ..self.format.render(batch, answers) }
    }
}

/// What the coordinates of batches are brought to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) crs: Crs,
    is_moved: bool,
    decimals: Option<usize>,
    is_as_written: bool,
}

impl Target {
    pub(super) fn new(options: &WriteOptions) -> Target {
        let crs = options.written_crs();
        let batch_crs = if options.is_in_source_crs { options.source_crs } else { Crs::Crs84 };
        let is_moved = !crs.coincides(batch_crs);
        let is_rounded = is_moved || !crs.coincides(options.source_crs);
        let decimals = options.decimals.or(is_rounded.then(|| crs.fine_decimals()));
        Target { crs, is_moved, decimals, is_as_written: options.is_as_written() }
    }

    pub(super) fn bringer(self) -> Result<Bringer> {
        let way =
            || Transformer::to_crs(self.crs).and_then(|way| Ok((way, Settler::new(self.crs, AxisOrder::EastNorth)?)));
        Ok(Bringer { way: self.is_moved.then(way).transpose()?, decimals: self.decimals, collapsed: 0 })
    }

    pub(super) fn loses_heights(self, batch: &Batch, keeps_text_of: impl Fn(&Batch) -> bool) -> bool {
        batch.has_heights() && !(self.is_as_written && keeps_text_of(batch))
    }
}

/// Brings coordinates to the system that is written, and rounds them.
pub(super) struct Bringer {
    /// The way to the system, and what is plausible in it.
    way: Option<(Transformer, Settler)>,
    decimals: Option<usize>,
    /// Polygons that rounding has made invalid.
    pub(super) collapsed: u64,
}

impl Bringer {
    /// A row that has no place in the system has a problem instead of a geometry; tells how many these are.
    pub(super) fn bring(&mut self, batch: &mut Batch) -> u64 {
        if self.way.is_none() && self.decimals.is_none() {
            return 0;
        }
        let shapes = |batch: &Batch| (0..batch.len()).filter(|&number| batch.shape(number).is_ok()).count() as u64;
        let before = shapes(batch);
        if let Some((transformer, settler)) = &mut self.way {
            batch.move_coords(|coords| {
                let before: Vec<Option<Coord<f64>>> = coords.iter().map(|coord| coord.as_ref().ok().copied()).collect();
                transform(transformer, coords);
                settler.check(coords);
                // In the system that it came in, a problem says more.
                for (coord, before) in coords.iter_mut().zip(before) {
                    if let (Err(_), Some(Coord { x, y })) = (&coord, before) {
                        *coord = Err(RowProblem::NoImage { x, y, crs: transformer.crs().to_string() });
                    }
                }
            });
        }
        if let Some(decimals) = self.decimals {
            let collapsed = &mut self.collapsed;
            batch.change(
                |coord| *coord = rounded(*coord, decimals),
                |shape| *collapsed += u64::from(!round(shape, decimals)),
            );
        }
        before - shapes(batch)
    }
}

/// Replaces coordinates by their images, or by what is wrong with them.
fn transform(transformer: &Transformer, coords: &mut [Result<Coord<f64>, RowProblem>]) {
    let mut images: Vec<Coord<f64>> = coords.iter().flatten().copied().collect();
    if transformer.apply(&mut images).is_ok() {
        coords.iter_mut().flatten().zip(images).for_each(|(coord, image)| *coord = image);
        return;
    }
    // One of them has no image: which?
    for coord in coords.iter_mut() {
        let Ok(Coord { x, y }) = *coord else { continue };
        let mut image = [Coord { x, y }];
        *coord = match transformer.apply(&mut image) {
            Ok(()) => Ok(image[0]),
            Err(_) => Err(RowProblem::NoImage { x, y, crs: transformer.crs().to_string() }),
        };
    }
}

fn rounded(coord: Coord<f64>, decimals: usize) -> Coord<f64> {
    let scale = scale(decimals);
    let round = |value: f64| (value * scale).round() / scale;
    Coord { x: round(coord.x), y: round(coord.y) }
}

fn scale(decimals: usize) -> f64 {
    10f64.powi(decimals.min(15) as i32)
}

/// Rounds a geometry. Where that makes a valid polygon cross itself, it becomes what is left of it on the grid of
/// the decimals; false where nothing is.
fn round(geometry: &mut Geometry<f64>, decimals: usize) -> bool {
    let before = match geometry {
        Geometry::Polygon(polygon) => Some(MultiPolygon::from(polygon.clone())),
        Geometry::MultiPolygon(polygons) => Some(polygons.clone()),
        _ => None,
    };
    visit_coords(geometry, &mut |coord| *coord = rounded(*coord, decimals));
    let after = match geometry {
        Geometry::Polygon(polygon) => MultiPolygon::from(polygon.clone()),
        Geometry::MultiPolygon(polygons) => polygons.clone(),
        _ => return true,
    };
    if first_flaw(&after).is_none() || before.is_none_or(|before| first_flaw(&before).is_some()) {
        return true;
    }
    let mut left = on_grid(&after, scale(decimals));
    if left.0.is_empty() || first_flaw(&left).is_some() {
        return false;
    }
    *geometry = if left.0.len() == 1 { left.0.remove(0).into() } else { left.into() };
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn rounded_polygons_stay_valid_where_anything_is_left_of_them() {
        // A tongue narrower than the decimals crosses itself, and goes; a sliver has nothing else.
        let tongue = polygon![
            (x: 121.400, y: 28.650), (x: 121.410, y: 28.650), (x: 121.410, y: 28.66),
            (x: 121.40504, y: 28.66), (x: 121.4142, y: 28.6791), (x: 121.40496, y: 28.66), (x: 121.400, y: 28.66)
        ];
        let mut shape = Geometry::from(tongue.clone());
        assert!(round(&mut shape, 3));
        let Geometry::Polygon(shape) = shape else { panic!("{shape:?}") };
        assert_eq!(first_flaw(&shape.clone().into()), None);
        assert!(shape.exterior().0.iter().all(|&corner| corner == rounded(corner, 3)));
        let mut sliver = polygon![(x: 121.4, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.6502)].into();
        assert!(!round(&mut sliver, 3));
        // What was broken before is as broken after.
        let mut bow_tie = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
        assert!(round(&mut bow_tie, 3));
    }
}
