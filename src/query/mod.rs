//! Queries, on single geometries and on table rows; they do not read or write files.

pub mod adjustment;
pub mod areas;
pub mod boundary_points;
pub mod convert;
pub mod coverage;
mod kept_rows;
pub mod locate;
pub mod nearest;
pub mod overlay;
pub mod reason;
mod sites;
mod table_query;
mod zone_counts;

pub use self::kept_rows::KeptRows;
use self::sites::sites_in_plane;
pub use self::table_query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
pub use self::zone_counts::{CertaintyCounts, ZoneCounts};
