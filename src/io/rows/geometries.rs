//! Decoding of geometries, and their SRIDs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::crs::{Crs, Transformer};
use crate::error::{ErrorKind, RowProblem};
#[cfg(any(feature = "geopackage", feature = "parquet"))]
use crate::geometry::encoding::from_wkb;
use crate::geometry::encoding::{ArcTolerance, Decoded, from_text};

/// Decodes the WKT and WKB geometries of a table. Arcs are approximated in the unit of the CRS. A geometry with the
/// SRID of another CRS is a problem of its row.
#[derive(Debug)]
pub(crate) struct GeometryReader {
    crs: Crs,
    is_degrees: bool,
    /// Whether SRIDs are overridden by an option.
    ignores_srids: bool,
    arcs: ArcTolerance,
    /// The problems of geometries with other SRIDs, by SRID.
    problems: Mutex<HashMap<u32, RowProblem>>,
}

impl Default for GeometryReader {
    fn default() -> GeometryReader {
        GeometryReader::new(Crs::Crs84)
    }
}

impl GeometryReader {
    pub(crate) fn new(crs: Crs) -> GeometryReader {
        GeometryReader {
            arcs: ArcTolerance::of(&crs),
            is_degrees: crs.is_degrees(),
            crs,
            ignores_srids: false,
            problems: Mutex::default(),
        }
    }

    /// Whether coordinates are in degrees.
    pub(in crate::io) fn is_degrees(&self) -> bool {
        self.is_degrees
    }

    /// The reader for a table whose SRIDs are overridden.
    pub(in crate::io) fn ignoring_srids(self) -> GeometryReader {
        GeometryReader { ignores_srids: true, ..self }
    }

    /// Decodes WKB.
    #[cfg(any(feature = "geopackage", feature = "parquet"))]
    pub(crate) fn binary(&self, bytes: &[u8]) -> Result<Decoded, RowProblem> {
        self.check_srid(from_wkb(bytes, self.arcs)?)
    }

    /// Decodes WKT or hexadecimal WKB; an empty text has no geometry.
    pub(in crate::io) fn text(&self, text: &str) -> Result<Decoded, RowProblem> {
        if text.trim().is_empty() {
            return Ok(Decoded::default());
        }
        self.check_srid(from_text(text, self.arcs)?)
    }

    /// The tolerance of the approximation of arcs.
    pub(in crate::io) fn arcs(&self) -> ArcTolerance {
        self.arcs
    }

    /// Returns the geometry, unless its SRID is that of another CRS.
    fn check_srid(&self, decoded: Decoded) -> Result<Decoded, RowProblem> {
        match decoded.srid {
            Some(srid) if !self.ignores_srids && self.crs.epsg() != Some(srid) => match self.problem(srid) {
                Some(problem) => Err(problem),
                None => Ok(decoded),
            },
            _ => Ok(decoded),
        }
    }

    /// The problem of geometries with this SRID, if any.
    fn problem(&self, srid: u32) -> Option<RowProblem> {
        /// The datum is looked up for this many systems at most.
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

/// The CRS of an SRID: as in PostGIS, its EPSG code.
fn crs_of(srid: u32) -> Crs {
    format!("EPSG:{srid}").parse().unwrap_or(Crs::Epsg(srid))
}

/// The name of the datum of a CRS, if there is no exact transformation from it.
fn datum_of(crs: &Crs) -> Option<String> {
    match Transformer::from_crs(crs.clone()).err()?.kind() {
        ErrorKind::OtherDatum { datum, .. } => Some(datum.clone()),
        _ => None,
    }
}

/// The first SRID whose CRS differs from that of the table.
pub(in crate::io) fn first_conflict(srids: &[u32], crs: &Crs) -> Option<String> {
    srids.iter().map(|&srid| crs_of(srid)).find(|named| !named.coincides(crs)).map(|named| named.to_string())
}

/// The CRS of the first SRID that is supported.
pub(in crate::io) fn first_usable(srids: &[u32]) -> Option<Crs> {
    srids.iter().map(|&srid| crs_of(srid)).find(|crs| Transformer::from_crs(crs.clone()).is_ok())
}

/// The first distinct SRIDs, in order.
pub(in crate::io) fn distinct(srids: impl Iterator<Item = u32>) -> Vec<u32> {
    /// Files with more SRIDs are not worth examining further.
    const MAX: usize = 16;
    let mut found = vec![];
    for srid in srids {
        if !found.contains(&srid) && found.len() < MAX {
            found.push(srid);
        }
    }
    found
}
