//! What JSON and GeoJSON is taken, marked and refused: the cases of `tests/data/geojson`, by the sections of the RFCs.

use taizhou_corridor::io::{self, Format, Input, ReadOptions};

/// `accept` where all rows have a geometry, `mark` where one has none, `refuse` where the file is not read.
fn outcome(format: Format, text: &[u8]) -> &'static str {
    let read = || -> Result<bool, taizhou_corridor::Error> {
        let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
        let mut rows = io::open(Input::bytes("-", text), &options)?;
        let mut are_whole = true;
        while let Some(batch) = rows.next_batch()? {
            are_whole &= (0..batch.len()).all(|number| batch.shape(number).is_ok());
        }
        Ok(are_whole)
    };
    match read() {
        Ok(true) => "accept",
        Ok(false) => "mark",
        Err(_) => "refuse",
    }
}

fn check(cases: &str, format: Format, text_of: impl Fn(&str) -> String) -> Vec<String> {
    let mut wrong = vec![];
    for line in cases.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(3, '\t');
        let (expected, section, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let found = outcome(format, text_of(text).as_bytes());
        if found != expected {
            wrong.push(format!("{section}: {text}: expected {expected}, found {found}"));
        }
    }
    wrong
}

const JSON: &str = include_str!("data/geojson/json.txt");
const GEOJSON: &str = include_str!("data/geojson/geojson.txt");

fn feature(value: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"a":{value}}},"geometry":{{"type":"Point","coordinates":[121.4,28.65]}}}}"#
    )
}

#[test]
fn json_is_taken_as_rfc_8259_has_it() {
    let in_collection = |value: &str| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, feature(value));
    let wrong = [check(JSON, Format::GEOJSON, feature), check(JSON, Format::GEOJSON, in_collection)].concat();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn geojson_is_taken_as_rfc_7946_has_it() {
    let wrong = check(GEOJSON, Format::GEOJSON, str::to_owned);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Bytes that a text file of cases cannot hold.
#[test]
fn encodings_are_those_of_rfc_8259() {
    let sound = feature("\"台州\"");
    // 8.1: a mark of byte order may be passed over, and the encoding is UTF-8.
    assert_eq!(outcome(Format::GEOJSON, format!("\u{feff}{sound}").as_bytes()), "accept");
    let utf16: Vec<u8> = sound.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // That UTF-16 is read is told by a note.
    assert_eq!(outcome(Format::GEOJSON, &utf16), "accept");
    let broken: Vec<u8> = sound.bytes().map(|byte| if byte == "台".as_bytes()[0] { 0xff } else { byte }).collect();
    assert_eq!(outcome(Format::GEOJSON, &broken), "refuse");
    // 7: control characters are escaped.
    for control in ['\0', '\u{1f}', '\u{7}'] {
        assert_eq!(outcome(Format::GEOJSON, feature(&format!("\"{control}\"")).as_bytes()), "refuse");
    }
    assert_eq!(outcome(Format::GEOJSON, feature("\"\u{7f}\u{2028}\"").as_bytes()), "accept");
}
