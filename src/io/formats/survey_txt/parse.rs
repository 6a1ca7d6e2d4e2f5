//! Parsing of lines to parcels and their boundary points.

use super::cass;
use super::keywords::{AREA, FIELDS, HEADER, LINE, PARCELS, POINT, POINT_COUNT, POLYGON, SHAPE};
use crate::error::{Error, ErrorKind, GeometryProblem, Result};
use crate::io::rows::txt_dialect::TxtDialect;
use crate::units::AreaUnit;

/// A parsed file.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The lines `key=value` of all sections.
    pub(super) header: Vec<(String, String)>,
    pub(super) parcels: Vec<Parcel>,
    pub(super) dialect: TxtDialect,
}

/// A parcel; in a file of points, one of them.
#[derive(Debug)]
pub(super) struct Parcel {
    /// The fields, without the `@` at their end.
    pub(super) fields: Vec<String>,
    /// The boundary points by ring, in the order of the file.
    pub(super) rings: Vec<Ring>,
    /// The first line that is not a boundary point.
    pub(super) problem: Option<GeometryProblem>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Ring {
    number: String,
    /// Coordinate pairs in the order of the file: usually northing first, in a file of points easting first.
    pub(super) corners: Vec<(f64, f64)>,
}

/// Whether the start of a text is that of a survey file.
pub(in crate::io) fn is_survey_txt(text: &str) -> bool {
    text.lines().take(200).filter_map(section).any(|name| name.contains(HEADER) || name.contains(PARCELS))
        || cass::is_cass(text)
}

/// The name of a section, in ASCII or Chinese brackets.
fn section(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches('\u{feff}').trim();
    let name = line.strip_prefix(['[', '［', '【', '〔'])?.trim_end();
    name.strip_suffix([']', '］', '】', '〕']).map(str::trim)
}

/// Parses a text, in a dialect if one is given. Errors at a line that is neither a parcel nor a boundary point, since its
/// values would be read into wrong columns.
pub(super) fn parse(text: &str, given: Option<TxtDialect>) -> Result<Document> {
    let recognised = || if cass::is_cass(text) { TxtDialect::Cass } else { TxtDialect::of_lines(parcel_lines(text)) };
    let dialect = given.unwrap_or_else(recognised);
    let mut document = Document { dialect, ..Document::default() };
    if dialect == TxtDialect::Cass {
        document.parcels = cass::points(text);
        return Ok(document);
    }
    // The section heading of parcels may be missing.
    let mut in_header = false;
    for (number, line) in (1_usize..).zip(text.lines()) {
        let line = line.trim().trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        if let Some(name) = section(line) {
            in_header = !name.contains(PARCELS);
            continue;
        }
        let fields = fields(line);
        match document.parcels.last_mut() {
            _ if in_header => document.header.extend(key_and_value(line)),
            Some(parcel) if !is_parcel(line) && is_corner(dialect, &fields) => match dialect.corner(&fields) {
                Some((ring, pair)) => parcel.add(ring, pair),
                None => {
                    parcel.problem.get_or_insert_with(|| GeometryProblem::NotACorner {
                        line: number as u64,
                        text: line.to_owned(),
                    });
                }
            },
            // The `@` may be missing.
            _ if is_parcel(line) || dialect == TxtDialect::Survey && fields.len() > 4 => {
                let fields = dialect.in_columns(fields).filter(|fields| are_parcel_fields(fields));
                document.parcels.push(Parcel::new(fields.ok_or_else(|| other_layout(line, number))?));
            }
            _ => return Err(other_layout(line, number)),
        }
    }
    Ok(document)
}

fn other_layout(line: &str, number: usize) -> Error {
    let kind = ErrorKind::NotSurveyTxt { text: line.chars().take(MAX_SHOWN).collect() };
    Error::new(kind).at_line(number as u64)
}

/// The lines of parcels and corners.
fn parcel_lines(text: &str) -> impl Iterator<Item = &str> + Clone {
    let mut in_header = false;
    text.lines().map(|line| line.trim().trim_start_matches('\u{feff}').trim()).filter(move |line| {
        if let Some(name) = section(line) {
            in_header = !name.contains(PARCELS);
            return false;
        }
        !in_header && !line.is_empty()
    })
}

/// The key, without spaces, and value of a header line: `key=value`, or with another separator.
fn key_and_value(line: &str) -> Option<(String, String)> {
    let between = [&['=', '＝'][..], &[':', '：'], &['\t', ',', '，'], &[' ', '\u{3000}']];
    // With another separator, spaces may be part of the key or value.
    let (key, value) = between.iter().find_map(|signs| line.split_once(*signs))?;
    Some((key.split_whitespace().collect(), value.trim().to_owned()))
}

/// The maximum number of characters of a line in messages.
const MAX_SHOWN: usize = 80;

/// The fields of a line, without the `@` at the end, separated by commas or tabs, or else by Chinese commas.
pub(super) fn fields(line: &str) -> Vec<String> {
    let line = line.trim_end_matches(['@', '＠']);
    let separators = if line.contains([',', '\t']) { [',', '\t'] } else { ['，', '，'] };
    let mut fields: Vec<String> = line.split(separators).map(|field| field.trim().to_owned()).collect();
    // The last field is followed by a comma before the `@`.
    if fields.len() > 1 && fields.last().is_some_and(String::is_empty) {
        fields.pop();
    }
    fields
}

pub(super) fn is_parcel(line: &str) -> bool {
    line.ends_with(['@', '＠'])
}

/// A coordinate.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| value.is_finite() && value.abs() > 1000.0)
}

/// Whether the fields are those of a boundary point, possibly with invalid coordinates.
fn is_corner(dialect: TxtDialect, fields: &[String]) -> bool {
    let (label, ring) = match (dialect, fields) {
        (TxtDialect::Linkage, [label, _, _, _, ring, ..]) => (label, ring),
        (TxtDialect::Linkage, _) => return false,
        (_, [label, ring, _, ..]) => (label, ring),
        _ => return false,
    };
    let is_label = label.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().is_ok();
    dialect.corner(fields).is_some() || is_label && is_ring(ring) && fields.len() < FIELDS.len() - 1
}

/// Whether a text is the number of a ring. Large numbers are coordinates.
pub(super) fn is_ring(text: &str) -> bool {
    text.is_empty() || text.parse::<u32>().is_ok_and(|number| number < 100_000)
}

/// Whether the fields are those of a parcel in order: a count, an area, and the geometry type at its index.
fn are_parcel_fields(fields: &[String]) -> bool {
    let is =
        |place: usize, fits: &dyn Fn(&str) -> bool| fields.get(place).is_none_or(|text| text.is_empty() || fits(text));
    let is_area = |text: &str| {
        let number = AreaUnit::at_end_of(text).map_or(text, |(number, _)| number);
        number.trim().parse::<f64>().is_ok_and(f64::is_finite)
    };
    is(POINT_COUNT, &|text| text.parse::<u32>().is_ok())
        && is(AREA, &is_area)
        && is(SHAPE, &|text| [POLYGON, LINE, POINT].contains(&text))
}

impl Parcel {
    pub(super) fn new(fields: Vec<String>) -> Parcel {
        Parcel { fields, rings: vec![], problem: None }
    }

    pub(super) fn add(&mut self, number: &str, pair: (f64, f64)) {
        match self.rings.iter_mut().find(|ring| ring.number == number) {
            Some(ring) => ring.corners.push(pair),
            None => self.rings.push(Ring { number: number.to_owned(), corners: vec![pair] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_they_look_like() {
        let text = "\u{feff}【属性描述】\n带号＝40\n无关\n[项目信息]\n甲=乙\n［地块坐标］\n4，0.5公顷，DK1，甲，面，，，，@\nJ1,1,3171145.7,40633795.4\n2,1,3171345.7,40633795.4\nJ3,1,3171345.7,here\n\n5,1,DK2,乙@\nJ1,,1.0,2.0\n";
        assert!(is_survey_txt(text) && !is_survey_txt("lon,lat\n1,2\n"));
        let document = parse(text, None).unwrap();
        assert_eq!(document.header, [("带号".to_owned(), "40".to_owned()), ("甲".to_owned(), "乙".to_owned())]);
        let [first, second] = document.parcels.as_slice() else { panic!("{document:?}") };
        assert_eq!(first.fields, ["4", "0.5公顷", "DK1", "甲", "面", "", "", ""]);
        assert_eq!(first.rings[0].corners.len(), 2);
        let text = "J3,1,3171345.7,here".to_owned();
        assert_eq!(first.problem, Some(GeometryProblem::NotACorner { line: 10, text }));
        assert_eq!(second.fields, ["5", "1", "DK2", "乙"]);
        assert!(second.problem.is_some());
    }

    /// Other systems have other fields: read by position, names would become numbers and uses land codes.
    #[test]
    fn a_line_of_another_layout_is_refused_with_its_number() {
        let parcel = "4,1,DK1,甲,面,,,,@\n";
        for (line, text) in [
            (2, "DK1,地块一,H51,,@".to_owned()),
            (2, "DK1,地块一,面,一号,@".to_owned()),
            (3, "DK1,地块一,面,,@\nJ1,3171900.000,40633838.000,,1,".to_owned()),
            (3, format!("DK1,地块一,面,,@\n{parcel}")),
            (2, "4,1,DK1,甲,H51,面,,,@".to_owned()),
            (2, "label,ring,x,y".to_owned()),
            (4, format!("{parcel}J1,3171900.000,40633838.000,,1,\nJ2,1,3171900.000,40633938.000")),
            (2, "4,1.0,,地块一,,,商业,工业,@\nJ1,3171900.000,40633838.000,,1,".to_owned()),
            (2, "0,0,330106104,横桥村,D8-003,地块4,面,,,,超出,@".to_owned()),
            (3, format!("{parcel}J1,3171900,40633838,12.5")),
            (3, format!("{parcel}J1,3171900,40633838,1500")),
            (4, format!("{parcel}J1,1,3171900,40633838\n1,J1,3171900,40633838")),
            (3, format!("{parcel}填表人：甲")),
        ] {
            let error = parse(&format!("[地块坐标]\n{text}\n"), None).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NotSurveyTxt { .. }), "{text}: {error}");
            assert_eq!(error.location().line, Some(line), "{text}: {error}");
        }
    }

    #[test]
    fn dialects_are_recognised_by_the_shape_of_lines() {
        let corners = "J1,1,3171900,40633838\nJ2,1,3171900,40633938\nJ3,1,3172000,40633938\n";
        let linkage = "J1,3171900,40633838,,1,\nJ2,3171900,40633938,,1,\nJ3,3172000,40633938,,2,\n";
        for (parcel, corners, dialect, expected) in [
            ("4,1,DK1,甲,面,I50,工业,0601,@", corners, TxtDialect::Survey, "4,1,DK1,甲,面,I50,工业,0601"),
            ("DK1,甲,面,,@", corners, TxtDialect::OneMap, ",,DK1,甲,面,,,"),
            ("1,2,面,,@", corners, TxtDialect::OneMap, ",,1,2,面,,,"),
            ("4,1,,甲,,,,工业,@ ", linkage, TxtDialect::Linkage, "4,1,,甲,,,工业,"),
            (
                "0,0,330106104,横桥村,D8-003,甲,面,,工业,0601,@",
                corners,
                TxtDialect::Zhejiang,
                "0,0,D8-003,甲,面,,工业,0601,330106104,横桥村",
            ),
        ] {
            let document = parse(&format!("[属性描述]\n带号=40\n[地块坐标]\n{parcel}\n{corners}"), None).unwrap();
            assert_eq!((document.dialect, document.parcels.len()), (dialect, 1), "{parcel}");
            let first = &document.parcels[0];
            assert_eq!(first.fields.join(","), expected);
            assert_eq!(first.rings[0].corners[0], (3_171_900.0, 40_633_838.0), "{parcel}");
            assert_eq!(first.rings.len(), if dialect == TxtDialect::Linkage { 2 } else { 1 }, "{parcel}");
        }
    }

    #[test]
    fn a_parcel_without_its_mark_is_one() {
        let document = parse(
            "[地块坐标]\n3,0.5,DK1,甲,面\nJ1,1,3171145.7,633795.4\n3,0.5,DK2,乙,面,,\nJ1,1,3171145.7,633795.4",
            None,
        )
        .unwrap();
        assert_eq!(document.parcels.iter().map(|parcel| parcel.fields[2].as_str()).collect::<Vec<_>>(), ["DK1", "DK2"]);
    }

    /// A file with an ambiguous line is read in the given dialect, or refused.
    #[test]
    fn a_given_dialect_is_that_of_all_lines() {
        let text = "[地块坐标]\nDK1,甲,面,,@\nJ1,1,3171900,40633838\n";
        let fields = |given: TxtDialect| parse(text, Some(given)).map(|document| document.parcels[0].fields.join(","));
        assert_eq!(fields(TxtDialect::OneMap).unwrap(), ",,DK1,甲,面,,,");
        for given in [TxtDialect::Survey, TxtDialect::Zhejiang, TxtDialect::Linkage] {
            assert!(matches!(fields(given).unwrap_err().kind(), ErrorKind::NotSurveyTxt { .. }), "{given:?}");
        }
    }
}
