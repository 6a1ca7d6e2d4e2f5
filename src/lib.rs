//! Spatial planning in the Taizhou Bay Science & Technology Innovation Corridor.

#![forbid(unsafe_code)]

pub mod error;
pub mod units;

pub mod crs;

pub mod geometry;

pub mod plan;

pub mod index;

pub mod table;

pub mod query;

pub mod io;

pub mod report;

#[cfg(feature = "cli")]
pub mod cli;

pub use error::{Error, Result};
