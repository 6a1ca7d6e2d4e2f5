//! In place of the crate `web-time` (1.1), which asks JavaScript for the time: the crate `cfb` reads the times of
//! workbooks with it, and asks for the present only to write.

pub use std::time::*;
