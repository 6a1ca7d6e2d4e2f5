//! Bringing rows to the system that is written, and encoding them, in as many threads as there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo::{Coord, Geometry};

use crate::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use crate::error::{Result, RowProblem};
use crate::geometry::rounding::{Collapsed, round, rounded};
use crate::io::rows::encode::{BatchEncoder, EncodedRows};
use crate::io::rows::format::WriteOptions;
use crate::table::{AnswerTable, Batch};

/// How a table is rendered, for any number of threads: [`Writer::rendering`](crate::io::Writer::rendering).
#[derive(Clone)]
pub struct EncoderFactory {
    pub(in crate::io) encoder: Arc<dyn BatchEncoder>,
    pub(in crate::io) target: Target,
}

impl EncoderFactory {
    /// What renders in one thread. Fails where PROJ does not know the system.
    pub fn encoder(&self) -> Result<RowEncoder> {
        Ok(RowEncoder {
            encoder: self.encoder.clone(),
            reprojector: self.target.reprojector()?,
            target: self.target.clone(),
        })
    }
}

/// Renders rows in one thread; what it has made is written by
/// [`Writer::write_rendered`](crate::io::Writer::write_rendered).
pub struct RowEncoder {
    encoder: Arc<dyn BatchEncoder>,
    target: Target,
    reprojector: Reprojector,
}

impl RowEncoder {
    /// The answers, each with the row it belongs to, as they are written.
    pub fn encode(&mut self, mut batch: Batch, answers: &AnswerTable<'_>) -> EncodedRows {
        let keeps_coordinates = self.target.is_as_written && !self.encoder.needs_coordinates() && !batch.has_replaced();
        let without_image = if keeps_coordinates { 0 } else { self.reproject(&mut batch) };
        EncodedRows { outside_crs: without_image, ..self.encode_reprojected(&batch, answers) }
    }

    /// Brings the coordinates of a batch to the system that is written, as
    /// [`Writer::reproject`](crate::io::Writer::reproject) does.
    pub fn reproject(&mut self, batch: &mut Batch) -> u64 {
        self.reprojector.reproject(batch)
    }

    /// Renders a batch that [`bring`](RowEncoder::reproject) has brought to the system that is written.
    pub fn encode_reprojected(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedRows {
        let loses_heights = self.target.loses_heights(batch, |batch| self.encoder.keeps_text_of(batch));
        let collapsed = std::mem::take(&mut self.reprojector.collapsed);
        EncodedRows { collapsed, loses_heights, ..self.encoder.encode(batch, answers) }
    }
}

/// What the coordinates of batches are brought to.
#[derive(Debug, Clone)]
pub(in crate::io) struct Target {
    pub(in crate::io) crs: Crs,
    is_reprojected: bool,
    decimals: Option<usize>,
    is_as_written: bool,
    /// Counts the coordinates beyond the area of the system.
    beyond_area: Arc<AtomicU64>,
}

impl Target {
    pub(in crate::io) fn new(options: &WriteOptions) -> Target {
        let crs = options.written_crs();
        let batch_crs = if options.is_in_source_crs { options.source_crs.clone() } else { Crs::Crs84 };
        let is_moved = !crs.coincides(&batch_crs);
        let is_rounded = is_moved || !crs.coincides(&options.source_crs);
        // A format of fixed decimals rounds once, and here, where polygons stay valid.
        let fixed = options.format.driver().decimals;
        let decimals = options.decimals.or(fixed).or(is_rounded.then(|| crs.fine_decimals()));
        Target {
            crs,
            is_reprojected: is_moved,
            decimals,
            is_as_written: options.is_as_written(),
            beyond_area: Arc::default(),
        }
    }

    pub(in crate::io) fn reprojector(&self) -> Result<Reprojector> {
        let way = || -> Result<(Transformer, CoordNormalizer)> {
            let settler = CoordNormalizer::new(self.crs.clone(), AxisOrder::EastNorth)?;
            Ok((Transformer::to_crs(self.crs.clone())?, settler.counting(self.beyond_area.clone())))
        };
        Ok(Reprojector {
            transformer: self.is_reprojected.then(way).transpose()?,
            decimals: self.decimals,
            collapsed: Collapsed::default(),
        })
    }

    /// How many coordinates of what was brought lie beyond the area that the system is made for.
    pub(in crate::io) fn beyond_area(&self) -> u64 {
        self.beyond_area.load(Ordering::Relaxed)
    }

    pub(in crate::io) fn loses_heights(&self, batch: &Batch, keeps_text_of: impl Fn(&Batch) -> bool) -> bool {
        batch.has_heights() && !(self.is_as_written && keeps_text_of(batch))
    }
}

/// Brings coordinates to the system that is written, and rounds them.
pub(in crate::io) struct Reprojector {
    /// The way to the system, and what is plausible in it.
    transformer: Option<(Transformer, CoordNormalizer)>,
    decimals: Option<usize>,
    /// What rounding has left nothing of.
    pub(in crate::io) collapsed: Collapsed,
}

impl Reprojector {
    /// A row that has no place in the system has a problem instead of a geometry; tells how many these are.
    pub(in crate::io) fn reproject(&mut self, batch: &mut Batch) -> u64 {
        if self.transformer.is_none() && self.decimals.is_none() {
            return 0;
        }
        let shapes = |batch: &Batch| (0..batch.len()).filter(|&number| batch.shape(number).is_ok()).count() as u64;
        let before = shapes(batch);
        let came: Vec<Option<Geometry<f64>>> =
            if self.decimals.is_some() { batch.other_shapes().to_vec() } else { vec![] };
        if let Some((transformer, settler)) = &mut self.transformer {
            batch.move_coords(|coords| {
                let before: Vec<Option<Coord<f64>>> = coords.iter().map(|coord| coord.as_ref().ok().copied()).collect();
                transform(transformer, coords);
                settler.check(coords);
                // In the system that it came in, a problem says more.
                for (coord, before) in coords.iter_mut().zip(before) {
                    if let (Err(_), Some(Coord { x, y })) = (&coord, before) {
                        *coord = Err(RowProblem::OutsideCrsArea { x, y, crs: transformer.crs().to_string() });
                    }
                }
            });
        }
        if let Some(decimals) = self.decimals {
            let collapsed = &mut self.collapsed;
            batch.change(
                |coord| *coord = rounded(*coord, decimals),
                |row, shape| *collapsed += round(shape, came.get(row).and_then(Option::as_ref), decimals),
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
            Err(_) => Err(RowProblem::OutsideCrsArea { x, y, crs: transformer.crs().to_string() }),
        };
    }
}
