//! Inputs, outputs, compression and text encodings: the layer below tables.

pub(in crate::io) mod archive;
pub(in crate::io) mod decoded;
pub(in crate::io) mod encoding;
pub(in crate::io) mod errors;
pub(in crate::io) mod evidence;
pub(in crate::io) mod folder;
pub(in crate::io) mod foreign;
pub(in crate::io) mod input;
pub(in crate::io) mod memory;
pub(in crate::io) mod meter;
pub(in crate::io) mod output;
pub(in crate::io) mod stored;
