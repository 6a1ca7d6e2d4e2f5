//! Geometries of a table whose system is known, and the systems that geometries themselves name.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::crs::{Crs, Transformer};
use crate::error::{ErrorKind, RowProblem};
use crate::geometry::encoding::{ArcTolerance, Decoded, from_text, from_wkb};

/// Reads the geometries of a table: well-known text and binary, arcs in the unit of its system, and none of those that
/// name another system.
#[derive(Debug)]
pub(crate) struct GeometryReader {
    crs: Crs,
    /// Whether what geometries name is overruled.
    ignores_srids: bool,
    arcs: ArcTolerance,
    /// What is wrong with geometries of other systems, by their numbers.
    problems: Mutex<HashMap<u32, RowProblem>>,
}

impl Default for GeometryReader {
    fn default() -> GeometryReader {
        GeometryReader::new(Crs::Crs84)
    }
}

impl GeometryReader {
    pub(crate) fn new(crs: Crs) -> GeometryReader {
        GeometryReader { arcs: ArcTolerance::of(&crs), crs, ignores_srids: false, problems: Mutex::default() }
    }

    /// The same, whatever systems geometries name.
    pub(in crate::io) fn ignoring_srids(self) -> GeometryReader {
        GeometryReader { ignores_srids: true, ..self }
    }

    /// Reads well-known binary.
    pub(crate) fn binary(&self, bytes: &[u8]) -> Result<Decoded, RowProblem> {
        self.check_srid(from_wkb(bytes, self.arcs)?)
    }

    /// Reads what a cell of text holds; nothing of an empty one.
    pub(in crate::io) fn text(&self, text: &str) -> Result<Decoded, RowProblem> {
        if text.trim().is_empty() {
            return Ok(Decoded::default());
        }
        self.check_srid(from_text(text, self.arcs)?)
    }

    /// How closely edges follow arcs.
    #[cfg(feature = "flatgeobuf")]
    pub(in crate::io) fn arcs(&self) -> ArcTolerance {
        self.arcs
    }

    /// A geometry, unless it names another system.
    fn check_srid(&self, decoded: Decoded) -> Result<Decoded, RowProblem> {
        match decoded.srid {
            Some(srid) if !self.ignores_srids && self.crs.epsg() != Some(srid) => match self.problem(srid) {
                Some(problem) => Err(problem),
                None => Ok(decoded),
            },
            _ => Ok(decoded),
        }
    }

    /// What is wrong with a geometry that names this system, if anything is.
    fn problem(&self, srid: u32) -> Option<RowProblem> {
        /// Of so many systems it is looked up what their datum is.
        const MAX: usize = 64;
        let crs = crs_of(srid);
        if crs.coincides(&self.crs) {
            return None;
        }
        let mut others = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(problem) = others.get(&srid) {
            return Some(problem.clone());
        }
        let (found, expected) = (crs.to_string(), self.crs.to_string());
        if others.len() >= MAX {
            return Some(RowProblem::OtherCrs { found, expected });
        }
        let problem = match datum_of(&crs) {
            Some(datum) => RowProblem::OtherDatum { found: format!("{found} ({datum})") },
            None => RowProblem::OtherCrs { found, expected },
        };
        Some(others.entry(srid).or_insert(problem).clone())
    }
}

/// The system of a number, as PostGIS and others have it: that of the EPSG register.
fn crs_of(srid: u32) -> Crs {
    format!("EPSG:{srid}").parse().unwrap_or(Crs::Epsg(srid))
}

/// What the datum of a system is called, if there is no exact way from it.
fn datum_of(crs: &Crs) -> Option<String> {
    match Transformer::from_crs(crs.clone()).err()?.kind() {
        ErrorKind::OtherDatum { datum, .. } => Some(datum.clone()),
        _ => None,
    }
}

/// The first of these systems that is another than that of the table.
pub(in crate::io) fn first_conflict(srids: &[u32], crs: &Crs) -> Option<String> {
    srids.iter().map(|&srid| crs_of(srid)).find(|named| !named.coincides(crs)).map(|named| named.to_string())
}

/// The first of these systems that coordinates can be in.
pub(in crate::io) fn first_usable(srids: &[u32]) -> Option<Crs> {
    srids.iter().map(|&srid| crs_of(srid)).find(|crs| Transformer::from_crs(crs.clone()).is_ok())
}

/// The distinct numbers among those that geometries name, in their order.
pub(in crate::io) fn distinct(srids: impl Iterator<Item = u32>) -> Vec<u32> {
    /// One of these is usable, or none is.
    const MAX: usize = 16;
    let mut found = vec![];
    for srid in srids {
        if !found.contains(&srid) && found.len() < MAX {
            found.push(srid);
        }
    }
    found
}
