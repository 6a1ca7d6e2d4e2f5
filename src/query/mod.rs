//! The questions: on one geometry, without files or tables.

pub mod areas;
pub mod locate;
pub mod nearest;
pub mod overlay;
pub mod reason;
