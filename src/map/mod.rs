//! The plan to be looked at.

pub mod page;
