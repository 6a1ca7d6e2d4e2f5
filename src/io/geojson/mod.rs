//! GeoJSON features, in a collection (RFC 7946) or one a line: read as a stream, written with every
//! member they came with.

mod read;
mod text;
mod write;

pub(super) use self::read::{FeatureBlock, GeoJsonReader, kind_of};
pub(super) use self::text::{Text, without_not_finite};
pub(super) use self::write::GeoJsonWriter;
