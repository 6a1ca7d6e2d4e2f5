//! Queries, on single geometries and on table rows; they do not read or write files.

pub mod areas;
pub mod convert;
pub mod locate;
pub mod nearest;
pub mod overlay;
pub mod reason;
mod table_query;
mod zone_counts;

pub use self::table_query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
pub use self::zone_counts::{CertaintyCounts, ZoneCounts};
