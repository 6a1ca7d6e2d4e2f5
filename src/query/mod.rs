//! Queries, on single geometries and on table rows; they do not read or write files.

pub mod areas;
pub mod locate;
pub mod nearest;
pub mod overlay;
pub mod reason;
