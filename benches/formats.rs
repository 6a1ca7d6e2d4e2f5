//! The cost of reading and writing each format. `cargo bench --bench formats`; see `benches/README.md`.

use divan::Bencher;
use divan::counter::ItemsCount;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::Result;
use taizhou_corridor::io::{self, BlockReader, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::table::AnswerTable;

fn main() {
    divan::main();
}

const ROWS: usize = 10_000;

/// Reproducible parcels as CSV: an id, a use, an area, and a square of some 100 m.
fn parcels() -> String {
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    let row = |i: usize| {
        let (west, south) = (121.19 + 0.33 * part(i, 0.754_877_666), 28.54 + 0.175 * part(i, 0.569_840_291));
        let (east, north) = (west + 0.001, south + 0.001);
        let ring = format!(
            "{west:.7} {south:.7},{east:.7} {south:.7},{east:.7} {north:.7},{west:.7} {north:.7},{west:.7} {south:.7}"
        );
        format!("33100{i:06},{},{:.2},\"POLYGON(({ring}))\"\n", ["0701", "0601", "0805"][i % 3], part(i, 0.1) * 1e4)
    };
    std::iter::once("code,use,area_m2,wkt\n".to_owned()).chain((0..ROWS).map(row)).collect()
}

/// Writes all rows of a table in a format and returns the bytes.
fn written(format: Format, name: &str, table: &[u8]) -> Result<Vec<u8>> {
    let mut rows = io::open(Input::bytes(name, table), &ReadOptions::default())?;
    let (output, written) = Output::memory(format!("parcels.{}", format.ending()));
    // Survey files always have projected coordinates.
    let crs = (format == Format::SURVEY_TXT).then_some(Crs::Epsg(4549));
    let mut writer = io::create(output, rows.schema(), &[], &WriteOptions { crs, ..WriteOptions::new(format) })?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    writer.finish()?;
    Ok(written.into_bytes())
}

/// Reads all rows like the command line, but in one thread.
fn read(name: &str, table: &[u8]) -> Result<usize> {
    let mut rows = io::open(Input::bytes(name, table), &ReadOptions::default())?;
    let (mut reader, mut count) = (BlockReader::default(), 0);
    while let Some(block) = rows.next_block()? {
        count += reader.read(block)?.map_or(0, |batch| (0..batch.len()).filter(|&n| batch.shape(n).is_ok()).count());
    }
    Ok(count)
}

/// The formats that store such a table in one file.
const FORMATS: &[Format] = &[
    Format::CSV,
    Format::GEOJSON,
    Format::NDJSON,
    Format::XLSX,
    Format::GEOPACKAGE,
    Format::KML,
    Format::SURVEY_TXT,
    #[cfg(feature = "flatgeobuf")]
    Format::FLATGEOBUF,
    #[cfg(feature = "parquet")]
    Format::GEOPARQUET,
];

#[divan::bench(args = FORMATS)]
fn reading(bencher: Bencher<'_, '_>, format: Format) {
    let name = format!("parcels.{}", format.ending());
    let table = written(format, "parcels.csv", parcels().as_bytes()).expect("all formats have parcels");
    bencher.counter(ItemsCount::new(ROWS)).bench(|| read(&name, &table).expect("what was written can be read"));
}

/// Includes the time to read the rows from CSV.
#[divan::bench(args = FORMATS)]
fn writing_from_csv(bencher: Bencher<'_, '_>, format: Format) {
    let table = parcels();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench(|| written(format, "parcels.csv", table.as_bytes()).expect("all formats have parcels"));
}
