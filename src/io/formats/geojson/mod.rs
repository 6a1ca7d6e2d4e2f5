//! GeoJSON features, in a collection (RFC 7946) or one a line: read as a stream, written with every
//! member they came with.

mod geometry;
mod read;
mod scanner;
mod text;
mod write;

pub(crate) use self::read::kind_of;
pub(in crate::io) use self::read::{FeatureBlock, GeoJsonReader};
pub(crate) use self::text::json_text;
pub(in crate::io) use self::write::GeoJsonWriter;
