//! Recognition of unsupported formats by their first bytes, so that errors can name them.

use std::path::Path;

use crate::error::{Error, ErrorKind, ForeignFormat};
use crate::io::bytes::encoding::InputEncoding;

/// How a format is recognised.
enum Signature {
    /// Bytes at an offset.
    Bytes(usize, &'static [u8]),
    /// A test of the start of the text.
    Text(fn(&str) -> bool),
    /// The XML root element, without prefix, in lower case.
    Root(&'static str),
    /// The file extension, for formats without a signature.
    Ending(&'static str),
}

use ForeignFormat as F;
use Signature::{Bytes, Ending, Root, Text};

/// Microsoft Compound File: Word, Excel and WPS. Those of Excel are read.
pub(in crate::io) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The signatures of formats, in order of precedence.
const SIGNATURES: [(Signature, ForeignFormat); 53] = [
    (Bytes(0, b"Rar!\x1a\x07"), F::Rar),
    (Bytes(0, b"7z\xbc\xaf\x27\x1c"), F::SevenZip),
    (Bytes(257, b"ustar"), F::Tar),
    (Bytes(0, b"BZh"), F::Compressed),
    (Bytes(0, b"\xfd7zXZ\0"), F::Compressed),
    (Bytes(0, b"\x28\xb5\x2f\xfd"), F::Compressed),
    (Bytes(0, b"AC10"), F::Dwg),
    (Bytes(0, b"AC1.2"), F::Dwg),
    (Bytes(0, b"%PDF"), F::Pdf),
    (Bytes(0, b"\x89PNG\r\n\x1a\n"), F::Image),
    (Bytes(0, b"\xff\xd8\xff"), F::Image),
    (Bytes(0, b"II*\0"), F::Image),
    (Bytes(0, b"II+\0"), F::Image),
    (Bytes(0, b"MM\0*"), F::Image),
    (Bytes(0, b"GIF8"), F::Image),
    (Bytes(4, b"Standard Jet DB"), F::AccessDatabase),
    (Bytes(4, b"Standard ACE DB"), F::AccessDatabase),
    (Bytes(0, b"ARROW1"), F::Arrow),
    (Bytes(0, b"FEA1"), F::Arrow),
    (Bytes(0, b"PMTiles"), F::Tiles),
    (Ending("mbtiles"), F::Tiles),
    (Ending("et"), F::Et),
    (Ending("doc"), F::Document),
    (Ending("wps"), F::Document),
    (Ending("xlsb"), F::Xlsb),
    (Ending("docx"), F::Document),
    (Ending("shx"), F::ShapefilePart),
    (Ending("dbf"), F::ShapefilePart),
    (Ending("prj"), F::ShapefilePart),
    (Ending("cpg"), F::ShapefilePart),
    (Ending("sbn"), F::ShapefilePart),
    (Ending("sbx"), F::ShapefilePart),
    (Ending("qix"), F::ShapefilePart),
    (Ending("dwg"), F::Dwg),
    (Ending("mid"), F::MapInfoMif),
    (Ending("map"), F::MapInfoTab),
    (Ending("mdb"), F::AccessDatabase),
    (Text(is_tab), F::MapInfoTab),
    (Text(is_mif), F::MapInfoMif),
    (Text(is_topojson), F::TopoJson),
    (Text(is_esri_json), F::EsriJson),
    (Root("gpx"), F::Gpx),
    (Root("osm"), F::Osm),
    (Root("html"), F::Html),
    (Root("head"), F::Html),
    (Root("body"), F::Html),
    (Root("meta"), F::Html),
    (Root("table"), F::Html),
    (Root("style"), F::Html),
    (Root("workbook"), F::ExcelXml),
    (Root("svg"), F::Image),
    (Text(is_gml), F::Gml),
    (Text(is_other_xml), F::Xml),
];

/// The unsupported format of a file, by its name and first bytes; `None` if it may be a supported one.
pub(in crate::io) fn recognise(name: &str, start: &[u8], given: Option<InputEncoding>) -> Option<ForeignFormat> {
    let ending = ending_of(name);
    let encoding = InputEncoding::detect(start, given).unwrap_or(InputEncoding::UTF_8);
    let text = encoding.decode_start(start);
    let text = text.trim_start();
    let root = root_of(text);
    let fits = |mark: &Signature| match mark {
        Bytes(offset, bytes) => start.get(*offset..).is_some_and(|rest| rest.starts_with(bytes)),
        Text(is_so) => is_so(text),
        Root(name) => root.as_deref() == Some(*name),
        Ending(known) => ending == *known,
    };
    SIGNATURES.iter().find(|(mark, _)| fits(mark)).map(|(_, format)| *format)
}

/// Errors if a file is of an unsupported format, or an encrypted Excel workbook.
pub(in crate::io) fn check(name: &str, start: &[u8], given: Option<InputEncoding>) -> Result<(), Error> {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if start.starts_with(COMPOUND) && memchr::memmem::find(start, &encrypted).is_some() {
        return Err(Error::new(ErrorKind::PasswordProtected));
    }
    let Some(format) = recognise(name, start, given) else { return Ok(()) };
    Err(Error::new(ErrorKind::Foreign { format, member: None }))
}

/// The unsupported format of an archive, by a file in it.
pub(in crate::io) fn of_document(path: &str) -> Option<ForeignFormat> {
    match path {
        "xl/workbook.bin" => Some(F::Xlsb),
        "word/document.xml" | "ppt/presentation.xml" => Some(F::Document),
        _ => None,
    }
}

/// The unsupported format of a file in an archive, by its name.
pub(in crate::io) fn of_member(path: &str) -> Option<ForeignFormat> {
    Some(match ending_of(path).as_str() {
        "zip" => F::NestedZip,
        "rar" => F::Rar,
        "7z" => F::SevenZip,
        "tar" | "tgz" => F::Tar,
        "mif" => F::MapInfoMif,
        "gml" => F::Gml,
        "gpx" => F::Gpx,
        ending => {
            let of_ending = |(mark, _): &&(Signature, ForeignFormat)| matches!(mark, Ending(known) if *known == ending);
            return SIGNATURES.iter().find(of_ending).map(|(_, format)| *format);
        }
    })
}

fn ending_of(name: &str) -> String {
    Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase()
}

fn starts_with(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes()))
}

fn is_tab(text: &str) -> bool {
    starts_with(text, "!table")
}

fn is_mif(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let is_version = |line: &str| starts_with(line, "version ") && line.ends_with(|c: char| c.is_ascii_digit());
    let follows =
        |line: &str| ["charset", "delimiter", "coordsys", "columns"].iter().any(|word| starts_with(line, word));
    lines.next().is_some_and(is_version) && lines.take(8).any(follows)
}

fn is_json(text: &str) -> bool {
    text.starts_with('{')
}

fn is_geojson(text: &str) -> bool {
    text.contains("\"FeatureCollection\"") || text.contains("\"Feature\"")
}

fn is_topojson(text: &str) -> bool {
    let is_type = |rest: &str| {
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| value.starts_with("\"Topology\""))
    };
    is_json(text) && !is_geojson(text) && text.split("\"type\"").skip(1).take(8).any(is_type)
}

fn is_esri_json(text: &str) -> bool {
    let has = |name: &str| text.contains(name);
    is_json(text)
        && !is_geojson(text)
        && (has("\"esriGeometry") || has("\"attributes\"") && has("\"geometry\"") && !has("\"properties\""))
}

fn is_gml(text: &str) -> bool {
    is_no_kml(text) && ["opengis.net/gml", "opengis.net/wfs"].iter().any(|space| text.contains(space))
}

fn is_other_xml(text: &str) -> bool {
    text.starts_with("<?xml") && is_no_kml(text)
}

/// Whether the text is XML with a root element that is not one of KML.
fn is_no_kml(text: &str) -> bool {
    root_of(text).is_some_and(|root| !["kml", "document", "folder", "placemark"].contains(&root.as_str()))
}

/// The name of the first element, without prefix, in lower case.
fn root_of(text: &str) -> Option<String> {
    let mut rest = text.trim_start();
    loop {
        rest = rest.strip_prefix('<')?;
        let end = match rest.as_bytes().first()? {
            b'?' => rest.find("?>")? + 2,
            b'!' if rest.starts_with("!--") => rest.find("-->")? + 3,
            b'!' if starts_with(rest, "!doctype html") => return Some("html".to_owned()),
            b'!' => rest.find('>')? + 1,
            _ => break,
        };
        rest = rest.get(end..)?.trim_start();
    }
    let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    let name = name.rsplit(':').next()?.to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, start: &[u8]) -> Option<ForeignFormat> {
        recognise(name, start, None)
    }

    #[test]
    fn files_are_told_by_how_they_begin() {
        let tar = [vec![b'a'; 257], b"ustar\0".to_vec()].concat();
        for (name, start, format) in [
            ("a.tab", "!table\n!version 300\n".as_bytes(), F::MapInfoTab),
            ("a.mif", b"VERSION 300\r\nCharset \"WindowsSimpChinese\"\r\n", F::MapInfoMif),
            ("a", b"AC1027\0\0", F::Dwg),
            ("a.xml", b"<?xml version='1.0'?>\n<!-- x -->\n<gml:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml/3.2\">", F::Gml),
            ("a.xml", b"<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\">", F::Gml),
            ("a.mid", b"\"a\",1\n", F::MapInfoMif),
            ("a.kml", b"<?xml version='1.0'?><gpx version=\"1.1\">", F::Gpx),
            ("a.json", br#"{"displayFieldName":"","geometryType":"esriGeometryPolygon","features":[]}"#, F::EsriJson),
            ("a.json", br#"{"features":[{"attributes":{},"geometry":{"x":1,"y":2}}]}"#, F::EsriJson),
            ("a.json", br#"{"type" : "Topology","objects":{}}"#, F::TopoJson),
            ("a.xls", b"<html xmlns:x=\"urn:x\"><head>", F::Html),
            ("a.xls", b"\n<!DOCTYPE html PUBLIC>\n", F::Html),
            ("a.xls", b"<table><tr>", F::Html),
            ("a.xls", b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", F::ExcelXml),
            ("a.et", COMPOUND, F::Et),
            ("a", b"Rar!\x1a\x07\x01\0", F::Rar),
            ("a", b"7z\xbc\xaf\x27\x1c\0", F::SevenZip),
            ("a", &tar, F::Tar),
            ("a.prj", b"PROJCS[\"x\"]", F::ShapefilePart),
            ("a.SHX", b"\0\0\x27\x0a", F::ShapefilePart),
            ("a.xml", b"<?xml version='1.0'?><data/>", F::Xml),
        ] {
            assert_eq!(found(name, start), Some(format), "{name}: {}", start.escape_ascii());
        }
        let utf16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found("a.xls", &utf16), Some(F::Html));
    }

    #[test]
    fn what_may_be_read_is_none_of_them() {
        for (name, start) in [
            ("a.csv", "lon,lat\n".as_bytes()),
            ("a.tab", b"lon\tlat\n"),
            ("a.xls", COMPOUND),
            ("a.ods", b"PK\x03\x04"),
            ("a.txt", b"0,SECTION\n"),
            ("a.csv", b"version 1,charset\n"),
            ("a.geojson", br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"attributes":1}}]}"#),
            ("a.json", br#"{"type":"Point","coordinates":[1,2]}"#),
            ("a.kml", b"<?xml version=\"1.0\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\" xmlns:gml=\"http://www.opengis.net/gml\">"),
            ("a.kml", b"<?xml version=\"1.0\"?><Placemark>"),
            ("a", b"PAR1"),
            ("a", b"PK\x03\x04"),
            ("a", b""),
            ("a.xls", b"lon\tlat\n"),
        ] {
            assert_eq!(found(name, start), None, "{name}: {}", start.escape_ascii());
        }
    }

    #[test]
    fn members_are_told_by_their_names() {
        for (path, format) in [
            ("a/b.zip", Some(F::NestedZip)),
            ("a.DWG", Some(F::Dwg)),
            ("a.et", Some(F::Et)),
            ("a.dbf", Some(F::ShapefilePart)),
            ("readme.md", None),
        ] {
            assert_eq!(of_member(path), format, "{path}");
        }
    }
}
