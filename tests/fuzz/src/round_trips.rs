//! What is written is read again as it was.

use geo::CoordsIter;
use serde_json::Value;
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkb, from_wkt, to_wkb, to_wkt};
use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::table::{AnswerTable, distinct_names};

type Table = (Vec<String>, Vec<Vec<String>>);

fn read(format: Format, bytes: &[u8]) -> Option<Table> {
    let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("-", bytes), &options).ok()?;
    // A property may be nameless, a column of a table not.
    let names = distinct_names(&rows.schema().names());
    let mut table = vec![];
    while let Some(batch) = rows.next_batch().ok()? {
        for number in 0..batch.len() {
            let row = batch.row(number);
            // A row with too many fields loses those.
            if batch.shape(number).is_err() {
                return None;
            }
            let cell = |column| row.cell(column).map(|cell| value(cell.text().into_owned())).unwrap_or_default();
            table.push((0..names.len()).map(cell).collect());
        }
    }
    Some((names, table))
}

/// The text of a cell; of JSON in it what it means, since a line has no line ends in it.
fn value(text: String) -> String {
    let json = text.starts_with(['[', '{']).then(|| serde_json::from_str::<Value>(&text).ok()).flatten();
    json.map_or(text, |json| json.to_string())
}

fn written(from: Format, bytes: &[u8], to: Format) -> Option<Vec<u8>> {
    let options = ReadOptions { format: Some(from), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("-", bytes), &options).ok()?;
    let (output, memory) = Output::memory("out");
    let options = WriteOptions { source_crs: rows.crs(), ..WriteOptions::new(to) };
    let mut writer = io::create(output, rows.schema(), &[], &options).ok()?;
    while let Some(batch) = rows.next_batch().ok()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).ok()?;
    }
    writer.finish().ok()?;
    Some(memory.into_bytes())
}

fn same(format: Format, bytes: &[u8]) {
    let Some(first) = read(format, bytes) else { return };
    let once = written(format, bytes, format).expect("what was read is written");
    let second = read(format, &once).expect("what was written is read");
    assert_eq!(first, second, "{}", String::from_utf8_lossy(&once));
    // Written again it is the same to the byte.
    assert_eq!(written(format, &once, format).as_deref(), Some(once.as_slice()));
}

pub fn csv(bytes: &[u8]) {
    same(Format::CSV, bytes);
}

pub fn geojson(bytes: &[u8]) {
    same(Format::NDJSON, bytes);
}

/// Well-known text to binary and back.
pub fn geometry(bytes: &[u8]) {
    let Ok(decoded) = from_wkt(&String::from_utf8_lossy(bytes), ArcTolerance::default()) else { return };
    let Some(geometry) = decoded.geometry else { return };
    // What is no number has no text; as a place it is refused.
    if geometry.coords_iter().any(|coord| !coord.x.is_finite() || !coord.y.is_finite()) {
        return;
    }
    let again = from_wkb(&to_wkb(&geometry), ArcTolerance::default()).expect("its own binary is read").geometry;
    assert_eq!(again.as_ref(), Some(&geometry));
    let again = from_wkt(&to_wkt(&geometry), ArcTolerance::default()).expect("its own text is read").geometry;
    assert_eq!(again.as_ref(), Some(&geometry));
}
