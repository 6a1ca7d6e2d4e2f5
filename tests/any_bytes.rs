//! Whatever the bytes, the readers end with rows or an error; what goes in comes out.

use proptest::prelude::*;
use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan::{OutlineOptions, PLAN_GEOJSON, Plan, PlanDraft, PlanField, UncheckedPlan, check};
use taizhou_corridor::query::QuerySummary;
use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};

/// Locates the sites of a table, and gives what is written and the tally.
fn located(format: Format, bytes: &[u8], to: Format) -> Result<(String, LocateSummary), taizhou_corridor::Error> {
    let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("test", bytes), &options)?;
    let plan = Plan::bundled();
    let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Position]);
    let (output, written) = Output::memory("out");
    let options = WriteOptions { source_crs: rows.crs(), ..WriteOptions::new(to) };
    let mut writer = io::create(output, rows.schema(), &[LocateColumn::Position.field()], &options)?;
    let mut tally = LocateSummary::default();
    while let Some(batch) = rows.next_batch()? {
        let answers = locator.answer(&batch, &mut tally);
        writer.write(batch, &answers)?;
    }
    writer.finish()?;
    let bytes = written.into_bytes();
    // A workbook is no text.
    let text = if to == Format::XLSX { String::new() } else { String::from_utf8(bytes).unwrap() };
    Ok((text, tally))
}

/// Text that is broken somewhere: a byte changed, a piece cut out or doubled.
fn broken(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let len = text.len();
    (0..len, 0..len, any::<u8>(), 0..3).prop_map(move |(a, b, byte, kind)| {
        let (a, b) = (a.min(b), a.max(b));
        let mut bytes = text.as_bytes().to_vec();
        match kind {
            0 => bytes[a] = byte,
            1 => drop(bytes.drain(a..b)),
            _ => {
                let piece = bytes[a..b].to_vec();
                bytes.splice(a..a, piece);
            }
        }
        bytes
    })
}

const XLSX: &[u8] = include_bytes!("cmd/xlsx.in/two_sheets.xlsx");
const CSV: &str = "id,lon,lat\n\"a, \"\"b\"\"\",121.4,28.6\nc,121.5,28.7\nd,,\n";
const GEOJSON: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{"b":[1,{"c":"\u4e2d"}]},"geometry":{"type":"Point","coordinates":[121.4,28.6]}},{"type":"Feature","properties":null,"geometry":null}]}"#;

proptest! {
    #[test]
    fn no_table_panics(csv in broken(CSV), json in broken(GEOJSON), noise in prop::collection::vec(any::<u8>(), 0..80)) {
        for to in [Format::CSV, Format::GEOJSON, Format::NDJSON, Format::XLSX] {
            let _ = located(Format::CSV, &csv, to);
            let _ = located(Format::GEOJSON, &json, to);
            let _ = located(Format::NDJSON, &json, to);
            let _ = located(Format::XLSX, &noise, to);
            let _ = located(Format::CSV, &noise, to);
            let _ = located(Format::GEOJSON, &noise, to);
        }
    }

    /// An archive with a byte changed, cut off, or both.
    #[test]
    fn no_workbook_panics(place in 0..XLSX.len(), byte: u8, end in 0..XLSX.len()) {
        let mut bytes = XLSX.to_vec();
        bytes[place] = byte;
        let _ = located(Format::XLSX, &bytes, Format::CSV);
        bytes.truncate(end);
        let _ = located(Format::XLSX, &bytes, Format::CSV);
    }

    /// What is written from a table that could be read is JSON, whatever was in it: by its grammar, which has half
    /// of a pair of surrogates (`\ude2d`) for a text, too.
    #[test]
    fn what_is_written_is_json(json in broken(GEOJSON), csv in broken(CSV)) {
        for (format, bytes) in [(Format::GEOJSON, json), (Format::CSV, csv)] {
            if let Ok((text, _)) = located(format, &bytes, Format::GEOJSON) {
                prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{}", text);
            }
        }
    }

    #[test]
    fn cells_come_out_as_they_went_in(cells in prop::collection::vec("[^\r]{0,12}", 1..20)) {
        let mut csv = csv::Writer::from_writer(vec![]);
        // A header that can be nothing but UTF-8.
        csv.write_record(["名称", "lon", "lat"]).unwrap();
        for cell in &cells {
            csv.write_record([cell.as_str(), "121.4", "28.65"]).unwrap();
        }
        let (text, tally) = located(Format::CSV, &csv.into_inner().unwrap(), Format::CSV).unwrap();
        prop_assert_eq!(tally.rows(), cells.len() as u64);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let found: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
        prop_assert_eq!(found, cells);
    }

    #[test]
    fn properties_come_out_as_they_went_in(names in prop::collection::btree_set("[\\PC]{1,6}", 1..6), number in any::<i64>(), float in any::<f64>()) {
        let mut properties = serde_json::Map::new();
        for (i, name) in names.iter().enumerate().filter(|(_, name)| *name != "position") {
            let value = match i % 4 {
                0 => serde_json::json!(number),
                1 => serde_json::json!(name),
                2 => serde_json::json!(float),
                _ => serde_json::json!([name, {"deep": [number]}]),
            };
            properties.insert(name.clone(), value);
        }
        let feature = serde_json::json!({"type": "Feature", "properties": properties,
            "geometry": {"type": "Point", "coordinates": [121.4, 28.65]}});
        let (text, _) = located(Format::NDJSON, feature.to_string().as_bytes(), Format::NDJSON).unwrap();
        let mut expected = feature.clone();
        expected["properties"]["position"] = "inside".into();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_plan_panics(json in broken(PLAN_GEOJSON)) {
        let _ = Plan::from_geojson(&json);
        let _ = Plan::flat_from_geojson(&json, Some("name"));
        if let Ok(outline) = UncheckedPlan::read(&json) {
            let _ = check::check(&outline, None);
        }
        // Parents are sought by place, and the hierarchy is derived.
        let fields = vec![PlanField::parse("level=level").unwrap(), PlanField::parse("parent=district").unwrap()];
        let options = OutlineOptions { fields, ..OutlineOptions::default() };
        if let Ok(outline) = UncheckedPlan::read_with(&json, &options) {
            let _ = check::check(&outline, None);
        }
        if let Ok(outline) = UncheckedPlan::read_flat(&json, None) {
            let _ = PlanDraft::new("plan", "file").plan(outline, &options);
        }
    }

    /// Moved corners: rings that cross, overlaps, gaps; the check goes through them all.
    #[test]
    fn no_moved_corner_panics(feature in 0usize..16, corner in 0usize..6, x in 121.1..121.6, y in 28.5..28.8) {
        let mut plan: serde_json::Value = serde_json::from_str(PLAN_GEOJSON).unwrap();
        let geometry = &mut plan["features"][feature]["geometry"];
        let ring = if geometry["type"] == "Polygon" { "/coordinates/0" } else { "/coordinates/0/0" };
        geometry.pointer_mut(ring).unwrap()[corner + 1] = serde_json::json!([x, y]);
        let outline = UncheckedPlan::read(plan.to_string().as_bytes()).unwrap();
        let _ = check::check(&outline, None);
    }
}
