//! What cells of sheets mean to the people who fill them in: names of columns with units, coordinates in degrees,
//! minutes and seconds, totals.
//!
//! Crates for this were tried on paper and left: `latlon` and `dms-coordinates` know the Western signs alone, no 度分秒,
//! no decimal comma, and return no reason why a text is refused.

pub(in crate::io) mod coordinates;
pub(in crate::io) mod head;
pub(in crate::io) mod names;
pub(in crate::io) mod remarks;
mod signs;
pub(in crate::io) mod systems;
