//! Results for people and programs: documents, and tables as text, CSV and JSON, in Chinese and English.

pub mod adjustment;
pub mod area_report;
pub mod areas;
pub mod boundary_points;
pub mod check;
mod cover;
pub mod describe;
pub mod document;
pub mod layer_list;
pub mod layers;
pub mod locate;
mod outline;
pub mod parcels;
mod records;
pub mod sites;
pub mod summary;
pub mod sums;
pub mod text;

pub use cover::Source;
pub use records::Records;
