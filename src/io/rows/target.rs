//! Reprojecting and encoding rows, in parallel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo::{Coord, Geometry};

use crate::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use crate::error::{Result, RowProblem};
use crate::geometry::rounding::{Collapsed, round, rounded};
use crate::io::rows::encode::{BatchEncoder, EncodedRows};
use crate::io::rows::format::WriteOptions;
use crate::table::{AnswerTable, Batch};

/// Creates encoders, one per thread: [`Writer::encoder_factory`](crate::io::Writer::encoder_factory).
#[derive(Clone)]
pub struct EncoderFactory {
    pub(in crate::io) encoder: Arc<dyn BatchEncoder>,
    pub(in crate::io) target: Target,
}

impl EncoderFactory {
    /// Creates an encoder. Errors if PROJ does not know the CRS.
    pub fn encoder(&self) -> Result<RowEncoder> {
        Ok(RowEncoder {
            encoder: self.encoder.clone(),
            reprojector: self.target.reprojector()?,
            target: self.target.clone(),
        })
    }
}

/// Encodes rows in one thread, to be written by [`Writer::write_encoded`](crate::io::Writer::write_encoded).
pub struct RowEncoder {
    encoder: Arc<dyn BatchEncoder>,
    target: Target,
    reprojector: Reprojector,
}

impl RowEncoder {
    /// Reprojects a batch, and encodes the answers, each with its row.
    pub fn encode(&mut self, mut batch: Batch, answers: &AnswerTable<'_>) -> EncodedRows {
        let keeps_coordinates = self.target.is_as_written && !self.encoder.needs_coordinates() && !batch.has_replaced();
        let outside_crs = if keeps_coordinates { 0 } else { self.reproject(&mut batch) };
        EncodedRows { outside_crs, ..self.encode_reprojected(&batch, answers) }
    }

    /// Reprojects a batch as [`Writer::reproject`](crate::io::Writer::reproject) does.
    pub fn reproject(&mut self, batch: &mut Batch) -> u64 {
        self.reprojector.reproject(batch)
    }

    /// Encodes a batch that is [reprojected](RowEncoder::reproject) already.
    pub fn encode_reprojected(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedRows {
        let loses_heights = self.target.loses_heights(batch, |batch| self.encoder.keeps_text_of(batch));
        let collapsed = std::mem::take(&mut self.reprojector.collapsed);
        EncodedRows { collapsed, loses_heights, ..self.encoder.encode(batch, answers) }
    }
}

/// The target of reprojection and rounding.
#[derive(Debug, Clone)]
pub(in crate::io) struct Target {
    pub(in crate::io) crs: Crs,
    is_reprojected: bool,
    decimals: Option<usize>,
    is_as_written: bool,
    /// The number of coordinates outside the area of use of the CRS.
    beyond_area: Arc<AtomicU64>,
}

impl Target {
    pub(in crate::io) fn new(options: &WriteOptions) -> Target {
        let crs = options.written_crs();
        let batch_crs = if options.is_in_source_crs { options.source_crs.clone() } else { Crs::Crs84 };
        let is_reprojected = !crs.coincides(&batch_crs);
        let is_rounded = is_reprojected || !crs.coincides(&options.source_crs);
        // Coordinates are rounded once, here, where polygons are kept valid, also for formats with fixed decimals.
        let fixed = options.format.driver().decimals;
        let decimals = options.decimals.or(fixed).or(is_rounded.then(|| crs.fine_decimals()));
        Target { crs, is_reprojected, decimals, is_as_written: options.is_as_written(), beyond_area: Arc::default() }
    }

    pub(in crate::io) fn reprojector(&self) -> Result<Reprojector> {
        let create = || -> Result<(Transformer, CoordNormalizer)> {
            let normalizer = CoordNormalizer::new(self.crs.clone(), AxisOrder::EastNorth)?;
            Ok((Transformer::to_crs(self.crs.clone())?, normalizer.counting(self.beyond_area.clone())))
        };
        Ok(Reprojector {
            transformer: self.is_reprojected.then(create).transpose()?,
            decimals: self.decimals,
            collapsed: Collapsed::default(),
        })
    }

    /// The number of reprojected coordinates outside the area of use of the CRS.
    pub(in crate::io) fn beyond_area(&self) -> u64 {
        self.beyond_area.load(Ordering::Relaxed)
    }

    pub(in crate::io) fn loses_heights(&self, batch: &Batch, keeps_text_of: impl Fn(&Batch) -> bool) -> bool {
        batch.has_heights() && !(self.is_as_written && keeps_text_of(batch))
    }
}

/// Reprojects and rounds coordinates.
pub(in crate::io) struct Reprojector {
    /// The transformer to the target CRS, and the check of its results.
    transformer: Option<(Transformer, CoordNormalizer)>,
    decimals: Option<usize>,
    /// Shapes that collapsed when they were rounded.
    pub(in crate::io) collapsed: Collapsed,
}

impl Reprojector {
    /// Reprojects and rounds a batch. Returns the number of rows that cannot be transformed, which get a problem
    /// instead of a geometry.
    pub(in crate::io) fn reproject(&mut self, batch: &mut Batch) -> u64 {
        if self.transformer.is_none() && self.decimals.is_none() {
            return 0;
        }
        let shapes = |batch: &Batch| (0..batch.len()).filter(|&number| batch.shape(number).is_ok()).count() as u64;
        let before = shapes(batch);
        let originals: Vec<Option<Geometry<f64>>> =
            if self.decimals.is_some() { batch.other_shapes().to_vec() } else { vec![] };
        if let Some((transformer, normalizer)) = &mut self.transformer {
            batch.move_coords(|coords| {
                let before: Vec<Option<Coord<f64>>> = coords.iter().map(|coord| coord.as_ref().ok().copied()).collect();
                transform(transformer, coords);
                normalizer.check(coords);
                // Problems refer to the original coordinates, which users know.
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
                |row, shape| *collapsed += round(shape, originals.get(row).and_then(Option::as_ref), decimals),
            );
        }
        before - shapes(batch)
    }
}

/// Transforms coordinates in place; those that cannot be transformed are replaced by their problem.
fn transform(transformer: &Transformer, coords: &mut [Result<Coord<f64>, RowProblem>]) {
    let mut transformed: Vec<Coord<f64>> = coords.iter().flatten().copied().collect();
    if transformer.apply(&mut transformed).is_ok() {
        coords.iter_mut().flatten().zip(transformed).for_each(|(coord, result)| *coord = result);
        return;
    }
    // Find the coordinates that cannot be transformed.
    for coord in coords.iter_mut() {
        let Ok(Coord { x, y }) = *coord else { continue };
        let mut single = [Coord { x, y }];
        *coord = match transformer.apply(&mut single) {
            Ok(()) => Ok(single[0]),
            Err(_) => Err(RowProblem::OutsideCrsArea { x, y, crs: transformer.crs().to_string() }),
        };
    }
}
