//! What is fuzzed: functions of any bytes that may neither panic nor hang nor fill the memory, and whose
//! results, where there are any, fit together.

mod answers;
mod readers;
mod round_trips;

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
    ("round-csv", round_trips::csv),
    ("round-geojson", round_trips::geojson),
    ("round-geometry", round_trips::geometry),
];
