//! Readers: rows or an error, whatever the bytes.

use std::fs;
use std::path::Path;

use geo::coord;
use taizhou_corridor::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_text, from_wkb};
use taizhou_corridor::io::{self, Format, Input, ReadOptions};
use taizhou_corridor::plan::{Plan, UncheckedPlan, check};
use tempfile::TempDir;

fn drain(input: Input, format: Option<Format>) {
    // A drawing states no system.
    let crs = (format == Some(Format::DXF)).then_some(Crs::Epsg(4528));
    let options = ReadOptions { format, crs, decodes_domains: true, ..ReadOptions::default() };
    let Ok(mut rows) = io::open(input, &options) else { return };
    while let Ok(Some(batch)) = rows.next_batch() {
        for number in 0..batch.len() {
            let row = batch.row(number);
            let cells: usize = row.cells().map(|(_, cell)| cell.text().len()).sum();
            std::hint::black_box((cells, batch.shape(number).map(|shape| shape.geometry()).ok()));
        }
    }
}

fn read(format: Format, bytes: &[u8]) {
    drain(Input::bytes("-", bytes), Some(format));
}

pub fn csv(bytes: &[u8]) {
    read(Format::CSV, bytes);
}

pub fn geojson(bytes: &[u8]) {
    read(Format::GEOJSON, bytes);
}

pub fn geojsonseq(bytes: &[u8]) {
    read(Format::GEOJSON_SEQ, bytes);
    read(Format::NDJSON, bytes);
}

pub fn xlsx(bytes: &[u8]) {
    read(Format::XLSX, bytes);
}

pub fn survey_txt(bytes: &[u8]) {
    read(Format::SURVEY_TXT, bytes);
}

pub fn gpkg(bytes: &[u8]) {
    read(Format::GEOPACKAGE, bytes);
}

pub fn flatgeobuf(bytes: &[u8]) {
    read(Format::FLATGEOBUF, bytes);
}

pub fn geoparquet(bytes: &[u8]) {
    read(Format::GEOPARQUET, bytes);
}

pub fn kml(bytes: &[u8]) {
    read(Format::KML, bytes);
}

pub fn dxf(bytes: &[u8]) {
    read(Format::DXF, bytes);
}

/// The files of a shapefile, with a line between them.
const BETWEEN: &[u8] = b"\n--part--\n";
const PARTS: [&str; 4] = ["shp", "dbf", "prj", "cpg"];

/// A folder with the shapefile `a.shp` of these bytes.
pub fn shapefile_of_bytes(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir_in(memory()).expect("a temporary folder");
    let mut rest = bytes;
    for ending in PARTS {
        let end = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let (part, behind) = end.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + BETWEEN.len()..]));
        if !part.is_empty() {
            fs::write(folder.path().join(format!("a.{ending}")), part).expect("a temporary file");
        }
        rest = behind;
    }
    folder
}

/// The bytes of the shapefile `a.shp` in a folder.
pub fn bytes_of_shapefile(folder: &Path) -> Vec<u8> {
    PARTS.map(|ending| fs::read(folder.join(format!("a.{ending}"))).unwrap_or_default()).join(BETWEEN)
}

pub fn shapefile(bytes: &[u8]) {
    let folder = shapefile_of_bytes(bytes);
    drain(Input::path(folder.path().join("a.shp")), None);
}

/// The files of a geodatabase of two tables, those of its catalogue first.
pub const TABLES: [&str; 6] = [
    "a00000001.gdbtable",
    "a00000001.gdbtablx",
    "a00000004.gdbtable",
    "a00000004.gdbtablx",
    "a00000009.gdbtable",
    "a00000009.gdbtablx",
];

/// The files of a geodatabase, with a line between them; those without bytes are missing.
pub fn filegdb(bytes: &[u8]) {
    let mut files = vec![];
    let mut rest = bytes;
    for name in TABLES {
        let end = memmem(rest, BETWEEN).unwrap_or(rest.len());
        if end > 0 {
            files.push((name.to_owned(), rest[..end].to_vec()));
        }
        rest = rest.get(end + BETWEEN.len()..).unwrap_or_default();
    }
    drain(Input::files(TABLES[0], files), None);
}

fn memmem(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

/// Where files are no burden to a disk.
pub fn memory() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

pub fn archive(bytes: &[u8]) {
    drain(Input::bytes("a.zip", bytes), None);
    drain(Input::bytes("a.csv.gz", bytes), None);
}

/// What standard input does: the first bytes tell the format.
pub fn guess(bytes: &[u8]) {
    drain(Input::bytes("-", bytes), None);
}

pub fn plan(bytes: &[u8]) {
    let _ = Plan::from_geojson(bytes);
    let _ = Plan::flat_from_geojson(bytes, Some("name"));
    if let Ok(outline) = UncheckedPlan::read(bytes) {
        let _ = check::check(&outline, None);
    }
}

pub fn crs(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(crs) = text.parse::<Crs>() {
        std::hint::black_box((crs.wkt_of_esri(), crs.wkt_of_gdal(), crs.projjson(), crs.epsg()));
        for order in [AxisOrder::default()] {
            if let Ok(mut settler) = CoordNormalizer::new(crs.clone(), order) {
                settler.normalize(&mut [Ok(coord! { x: 633838.2, y: 3171898.6 }), Ok(coord! { x: 121.4, y: 28.6 })]);
            }
        }
        if let Ok(transformer) = Transformer::to_crs(crs) {
            let _ = transformer.apply(&mut [coord! { x: 121.4, y: 28.6 }]);
        }
    }
    // As a file declares it: well-known text beside a shapefile, a name in GeoJSON.
    let shp = include_bytes!("../../data/shapefile/edited.shp");
    let dbf = include_bytes!("../../data/shapefile/edited.dbf");
    let folder = tempfile::tempdir_in(memory()).expect("a temporary folder");
    for (ending, part) in [("shp", &shp[..]), ("dbf", &dbf[..]), ("prj", bytes)] {
        fs::write(folder.path().join(format!("a.{ending}")), part).expect("a temporary file");
    }
    drain(Input::path(folder.path().join("a.shp")), None);
}

pub fn wkt(bytes: &[u8]) {
    let _ = from_text(&String::from_utf8_lossy(bytes), ArcTolerance::default());
}

pub fn wkb(bytes: &[u8]) {
    let _ = from_wkb(bytes, ArcTolerance::default());
}
