//! Transforming rows to the system that is written, and encoding them, in any number of threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo::{Coord, Geometry};

use crate::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use crate::error::{Result, RowProblem};
use crate::geometry::rounding::{round, rounded};
use crate::io::rows::encode::{BatchEncoder, EncodedContent, EncodedRows, Reprojected};
use crate::io::rows::format::WriteOptions;
use crate::table::{AnswerTable, Batch};

/// Makes the encoders of a table, one for each thread: [`Writer::encoder_factory`](crate::io::Writer::encoder_factory).
#[derive(Clone)]
pub struct EncoderFactory {
    pub(in crate::io) encoder: Option<Arc<dyn BatchEncoder>>,
    pub(in crate::io) target: Target,
}

impl EncoderFactory {
    /// An encoder for one thread. Fails if the system is not known.
    pub fn encoder(&self) -> Result<RowEncoder> {
        Ok(RowEncoder {
            encoder: self.encoder.clone(),
            reprojector: self.target.reprojector()?,
            target: self.target.clone(),
        })
    }
}

/// Transforms and encodes rows in one thread, for
/// [`Writer::write_encoded`](crate::io::Writer::write_encoded).
pub struct RowEncoder {
    encoder: Option<Arc<dyn BatchEncoder>>,
    target: Target,
    reprojector: Reprojector,
}

impl RowEncoder {
    /// The answers, each with the row it belongs to, ready to be written.
    pub fn encode<'a>(&mut self, mut batch: Batch, answers: AnswerTable<'a>) -> EncodedRows<'a> {
        let needs_coordinates = self.encoder.as_ref().is_none_or(|encoder| encoder.needs_coordinates());
        if needs_coordinates || !self.target.is_as_written || batch.has_replaced() {
            self.reprojector.reproject(&mut batch);
        }
        self.encode_reprojected(batch, answers)
    }

    /// Transforms the coordinates of a batch to the system that is written, and rounds them: a valid polygon remains
    /// valid unless it is too small. A row without a position in that system has a problem instead of a geometry,
    /// for the caller to report.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
    ///
    /// // Zone 40 does not extend to the Gulf of Guinea.
    /// let mut rows = io::open(Input::bytes("a.csv", "lon,lat\n121.4,28.65\n0,0\n"), &ReadOptions::default())?;
    /// let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::CSV) };
    /// let writer = io::create(Output::memory("b.csv").0, rows.schema(), &[], &options)?;
    /// let mut batch = rows.next_batch()?.unwrap();
    /// writer.encoder_factory().encoder()?.reproject(&mut batch);
    /// assert!(batch.sites()[0].is_ok() && batch.sites()[1].is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn reproject(&mut self, batch: &mut Batch) {
        self.reprojector.reproject(batch);
        self.reprojector.outcome.outside = 0;
    }

    /// Encodes a batch that [`reproject`](RowEncoder::reproject) has transformed.
    pub fn encode_reprojected<'a>(&mut self, batch: Batch, answers: AnswerTable<'a>) -> EncodedRows<'a> {
        let outcome = std::mem::take(&mut self.reprojector.outcome);
        match &self.encoder {
            Some(encoder) => EncodedRows {
                loses_heights: self.target.loses_heights(&batch, |batch| encoder.keeps_text_of(batch)),
                content: EncodedContent::Encoded(encoder.encode(&batch, &answers)),
                outcome,
            },
            None => EncodedRows { content: EncodedContent::Rows(batch, answers), outcome, loses_heights: false },
        }
    }
}

/// The system and the decimals of the coordinates that are written.
#[derive(Debug, Clone)]
pub(in crate::io) struct Target {
    pub(in crate::io) crs: Crs,
    /// The system of the batches.
    batch_crs: Crs,
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
        Target {
            crs,
            batch_crs,
            is_reprojected,
            decimals,
            is_as_written: options.is_as_written(),
            beyond_area: Arc::default(),
        }
    }

    pub(in crate::io) fn reprojector(&self) -> Result<Reprojector> {
        let transformation = || -> Result<Transformation> {
            let normalizer = CoordNormalizer::new(self.crs.clone(), AxisOrder::EastNorth)?;
            Ok(Transformation {
                from_batch: Transformer::from_crs(self.batch_crs.clone())?,
                to_crs: Transformer::to_crs(self.crs.clone())?,
                normalizer: normalizer.counting(self.beyond_area.clone()),
            })
        };
        Ok(Reprojector {
            transformation: self.is_reprojected.then(transformation).transpose()?,
            decimals: self.decimals,
            outcome: Reprojected::default(),
        })
    }

    /// The number of written coordinates beyond the area of use of the system.
    pub(in crate::io) fn beyond_area(&self) -> u64 {
        self.beyond_area.load(Ordering::Relaxed)
    }

    pub(in crate::io) fn loses_heights(&self, batch: &Batch, keeps_text_of: impl Fn(&Batch) -> bool) -> bool {
        batch.has_heights() && !(self.is_as_written && keeps_text_of(batch))
    }
}

/// Transforms coordinates to the system that is written, and rounds them.
pub(in crate::io) struct Reprojector {
    transformation: Option<Transformation>,
    decimals: Option<usize>,
    pub(in crate::io) outcome: Reprojected,
}

/// The transformation by way of longitude and latitude, and the check of the coordinates in the system.
struct Transformation {
    from_batch: Transformer,
    to_crs: Transformer,
    normalizer: CoordNormalizer,
}

impl Reprojector {
    pub(in crate::io) fn reproject(&mut self, batch: &mut Batch) {
        if self.transformation.is_none() && self.decimals.is_none() {
            return;
        }
        let shapes = |batch: &Batch| (0..batch.len()).filter(|&row| batch.shape(row).is_ok()).count() as u64;
        let before = shapes(batch);
        let originals: Vec<Option<Geometry<f64>>> =
            if self.decimals.is_some() { batch.other_shapes().to_vec() } else { vec![] };
        if let Some(Transformation { from_batch, to_crs, normalizer }) = &mut self.transformation {
            batch.move_coords(|coords| {
                let before: Vec<Option<Coord<f64>>> = coords.iter().map(|coord| coord.as_ref().ok().copied()).collect();
                transform(from_batch, coords);
                transform(to_crs, coords);
                normalizer.check(coords);
                // The message names the coordinates of the input.
                for (coord, before) in coords.iter_mut().zip(before) {
                    if let (Err(_), Some(Coord { x, y })) = (&coord, before) {
                        *coord = Err(RowProblem::OutsideCrsArea { x, y, crs: to_crs.crs().to_string() });
                    }
                }
            });
        }
        if let Some(decimals) = self.decimals {
            let collapsed = &mut self.outcome.collapsed;
            batch.change(
                |coord| *coord = rounded(*coord, decimals),
                |row, shape| *collapsed += round(shape, originals.get(row).and_then(Option::as_ref), decimals),
            );
        }
        self.outcome.outside += before - shapes(batch);
    }
}

/// Replaces coordinates by the transformed ones, or by the problem.
fn transform(transformer: &Transformer, coords: &mut [Result<Coord<f64>, RowProblem>]) {
    let mut transformed: Vec<Coord<f64>> = coords.iter().flatten().copied().collect();
    if transformer.apply(&mut transformed).is_ok() {
        coords.iter_mut().flatten().zip(transformed).for_each(|(coord, result)| *coord = result);
        return;
    }
    // One of them has no transformed position: which?
    for coord in coords.iter_mut() {
        let Ok(Coord { x, y }) = *coord else { continue };
        let mut single = [Coord { x, y }];
        *coord = match transformer.apply(&mut single) {
            Ok(()) => Ok(single[0]),
            Err(_) => Err(RowProblem::OutsideCrsArea { x, y, crs: transformer.crs().to_string() }),
        };
    }
}
