//! What is fuzzed: functions of any bytes that may neither panic nor hang nor fill the memory, and whose
//! results, where there are any, fit together.

mod answers;
mod formats;
pub mod readers;
mod round_trips;
mod tables;

use taizhou_corridor::io::Format;

/// A name, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Each target by its name.
pub const TARGETS: &[Target] = &[
    ("csv", readers::csv),
    ("geojson", readers::geojson),
    ("geojsonseq", readers::geojsonseq),
    ("xlsx", readers::xlsx),
    ("survey-txt", readers::survey_txt),
    ("gpkg", readers::gpkg),
    ("flatgeobuf", readers::flatgeobuf),
    ("shapefile", readers::shapefile),
    ("geoparquet", readers::geoparquet),
    ("kml", readers::kml),
    ("dxf", readers::dxf),
    ("filegdb", readers::filegdb),
    ("archive", readers::archive),
    ("guess", readers::guess),
    ("plan", readers::plan),
    ("crs", readers::crs),
    ("wkt", readers::wkt),
    ("wkb", readers::wkb),
    ("locate", answers::locate),
    ("overlay", answers::overlay),
    ("clip", answers::clip),
    ("round-csv", round_trips::csv),
    ("round-geojson", round_trips::geojson),
    ("round-geometry", round_trips::geometry),
    ("table-csv", |bytes| formats::same(Format::CSV, bytes)),
    ("table-tsv", |bytes| formats::same(Format::TSV, bytes)),
    ("table-geojson", |bytes| formats::same(Format::GEOJSON, bytes)),
    ("table-ndjson", |bytes| formats::same(Format::NDJSON, bytes)),
    ("table-geojsonseq", |bytes| formats::same(Format::GEOJSON_SEQ, bytes)),
    ("table-xlsx", |bytes| formats::same(Format::XLSX, bytes)),
    ("table-survey-txt", |bytes| formats::same(Format::SURVEY_TXT, bytes)),
    ("table-gpkg", |bytes| formats::same(Format::GEOPACKAGE, bytes)),
    ("table-flatgeobuf", |bytes| formats::same(Format::FLATGEOBUF, bytes)),
    ("table-shapefile", |bytes| formats::same(Format::SHAPEFILE, bytes)),
    ("table-kml", |bytes| formats::same(Format::KML, bytes)),
    ("table-geoparquet", |bytes| formats::same(Format::GEOPARQUET, bytes)),
    ("table-dxf", |bytes| formats::same(Format::DXF, bytes)),
];
