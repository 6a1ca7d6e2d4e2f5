//! Queries, on single geometries and on table rows; they do not read or write files.

pub mod areas;
pub mod locate;
pub mod nearest;
pub mod overlay;
pub mod reason;
mod zone_counts;

pub use zone_counts::{CertaintyCounts, ZoneCounts};
