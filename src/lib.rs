//! Spatial planning in the Taizhou Bay Science & Technology Innovation Corridor.

#![forbid(unsafe_code)]
