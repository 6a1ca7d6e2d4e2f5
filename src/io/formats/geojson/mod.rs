//! GeoJSON features, in a collection (RFC 7946), one per line, or as a text sequence (RFC 8142). They are read as a
//! stream and keep all their members.

mod geometry;
mod read;
mod scanner;
mod text;
mod write;

pub(crate) use self::read::kind_of;
pub(crate) use self::text::json_text;

use self::read::GeoJsonReader;
use self::write::{GeoJsonWriter, Layout};
use crate::io::rows::format::{Codec, Content, CrsSupport, Driver, Format, IdColumn, Signature, StyleSupport};

const FEATURES: Driver = Driver {
    content: Content::Text,
    signature: Signature::Text(is_geojson),
    crs: CrsSupport::LonLatAndShifted,
    ids: IdColumn::Never,
    has_feature_ids: true,
    styles: StyleSupport::Sidecar,
    ..Driver::new(
        "geojson",
        &["geojson", "json"],
        "RFC 7946 feature collection",
        Codec::Built(
            |source, options| Ok(Box::new(GeoJsonReader::new(source, false, options)?)),
            |output, table| Ok(Box::new(GeoJsonWriter::new(output, &table, Layout::Collection)?)),
        ),
    )
};

static DRIVER: Driver = FEATURES;

static LINES: Driver = Driver {
    name: "ndjson",
    endings: &["ndjson", "jsonl", "geojsonl"],
    title: "GeoJSON features, one a line",
    styles: StyleSupport::Properties,
    codec: Codec::Built(
        |source, options| Ok(Box::new(GeoJsonReader::new(source, true, options)?)),
        |output, table| Ok(Box::new(GeoJsonWriter::new(output, &table, Layout::Lines)?)),
    ),
    ..FEATURES
};

static SEQUENCE: Driver = Driver {
    name: "geojsonseq",
    endings: &["geojsonseq", "geojsons"],
    title: "GeoJSON text sequence (RFC 8142)",
    signature: Signature::Text(|text| text.starts_with('\u{1e}') || is_geojson(text)),
    styles: StyleSupport::None,
    codec: Codec::Built(
        |source, options| Ok(Box::new(GeoJsonReader::new(source, true, options)?)),
        |output, table| Ok(Box::new(GeoJsonWriter::new(output, &table, Layout::Sequence)?)),
    ),
    ..FEATURES
};

impl Format {
    /// An RFC 7946 feature collection, or a single feature.
    pub const GEOJSON: Format = Format::of(&DRIVER);

    /// GeoJSON features, one per line.
    pub const NDJSON: Format = Format::of(&LINES);

    /// GeoJSON features, each preceded by a record separator (RFC 8142).
    pub const GEOJSON_SEQ: Format = Format::of(&SEQUENCE);
}

fn is_geojson(text: &str) -> bool {
    text.starts_with('{') && ["\"type\"", "\"features\"", "\"coordinates\""].iter().any(|name| text.contains(name))
}
