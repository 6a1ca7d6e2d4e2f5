//! What the packages for other languages share: options with the names of those of the command line, the queries that
//! they determine, and what is wrong with them in words.

mod language;
mod options;
mod parcels;
mod problem;
mod reading;
mod sites;

pub use language::Language;
pub use options::Options;
pub use parcels::ParcelChoice;
pub use problem::{Expected, OptionProblem};
pub use reading::{area_methods, read_options};
pub use sites::{NearestChoice, SiteChoice};
