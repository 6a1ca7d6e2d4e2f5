//! What is fuzzed: functions of any bytes that may neither panic nor hang nor fill the memory, and whose
//! results, where there are any, fit together.

mod answers;
mod formats;
mod readers;
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
    ("table-csv", |bytes| formats::same(Format::Csv, bytes)),
    ("table-tsv", |bytes| formats::same(Format::Tsv, bytes)),
    ("table-geojson", |bytes| formats::same(Format::GeoJson, bytes)),
    ("table-ndjson", |bytes| formats::same(Format::NdJson, bytes)),
    ("table-geojsonseq", |bytes| formats::same(Format::GeoJsonSeq, bytes)),
    ("table-xlsx", |bytes| formats::same(Format::Xlsx, bytes)),
    ("table-survey-txt", |bytes| formats::same(Format::SurveyTxt, bytes)),
    ("table-gpkg", |bytes| formats::same(Format::GeoPackage, bytes)),
    ("table-flatgeobuf", |bytes| formats::same(Format::FlatGeobuf, bytes)),
    ("table-shapefile", |bytes| formats::same(Format::Shapefile, bytes)),
    ("table-kml", |bytes| formats::same(Format::Kml, bytes)),
    ("table-geoparquet", |bytes| formats::same(Format::GeoParquet, bytes)),
];
