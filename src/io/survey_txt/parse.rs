//! From the lines of a file to parcels and their corners.

use super::words::{FIELDS, HEADER, PARCELS};

/// A file as it stands.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The lines `key=value` of all sections.
    pub(super) header: Vec<(String, String)>,
    pub(super) parcels: Vec<Parcel>,
}

#[derive(Debug)]
pub(super) struct Parcel {
    /// The fields, without the `@` at their end.
    pub(super) fields: Vec<String>,
    /// The corners by ring, in the order of the file.
    pub(super) rings: Vec<Ring>,
    /// The first line among its corners that is none.
    pub(super) flaw: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Ring {
    number: String,
    /// Pairs in the order of the file: commonly the northing comes first.
    pub(super) corners: Vec<(f64, f64)>,
}

/// Whether a text begins as such a file does.
pub(in crate::io) fn is_survey_txt(text: &str) -> bool {
    text.lines().take(200).filter_map(section).any(|name| name.contains(HEADER) || name.contains(PARCELS))
}

/// The name of a section; brackets may be those of Chinese text.
fn section(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches('\u{feff}').trim();
    let name = line.strip_prefix(['[', '［', '【', '〔'])?.trim_end();
    name.strip_suffix([']', '］', '】', '〕']).map(str::trim)
}

pub(super) fn parse(text: &str) -> Document {
    let mut document = Document::default();
    // Parcels of a file that forgot to name their section are parcels all the same.
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
        match (line.split_once(['=', '＝']), document.parcels.last_mut()) {
            (Some((key, value)), _) if in_header => {
                document.header.push((key.trim().to_owned(), value.trim().to_owned()));
            }
            _ if in_header => {}
            (_, Some(parcel)) if !is_parcel(line) && corner(&fields).is_some() => {
                if let Some((ring, pair)) = corner(&fields) {
                    parcel.add(ring, pair);
                }
            }
            // Four fields or more, none of them a corner: who forgot the `@` still means a parcel.
            (_, None) => document.parcels.push(Parcel::new(fields)),
            _ if is_parcel(line) || fields.len() > 4 && !looks_like_corner(&fields) => {
                document.parcels.push(Parcel::new(fields));
            }
            (_, Some(parcel)) => {
                parcel.flaw.get_or_insert_with(|| format!("line {number} is no corner: {line}"));
            }
        }
    }
    document
}

/// The fields of a line, without the `@` at the end: between commas or tabs, and where there are none,
/// between Chinese commas.
fn fields(line: &str) -> Vec<String> {
    let line = line.trim_end_matches(['@', '＠']);
    let separators = if line.contains([',', '\t']) { [',', '\t'] } else { ['，', '，'] };
    let mut fields: Vec<String> = line.split(separators).map(|field| field.trim().to_owned()).collect();
    // What stood before the `@` ends in a comma.
    if fields.len() > 1 && fields.last().is_some_and(String::is_empty) {
        fields.pop();
    }
    fields
}

fn is_parcel(line: &str) -> bool {
    line.ends_with(['@', '＠'])
}

/// The ring and the pair of a corner: label, ring, two coordinates; further fields are ignored.
fn corner(fields: &[String]) -> Option<(&str, (f64, f64))> {
    let [_, ring, first, second, ..] = fields else { return None };
    let number = |text: &String| text.parse::<f64>().ok().filter(|value| value.is_finite() && value.abs() > 1000.0);
    let is_ring = ring.is_empty() || ring.parse::<u32>().is_ok();
    is_ring.then_some((ring.as_str(), (number(first)?, number(second)?)))
}

/// Whether a line would be a corner, were it not for a number that is none.
fn looks_like_corner(fields: &[String]) -> bool {
    let is_label = fields[0].trim_start_matches(['J', 'j', 'K', 'k', 'P', 'p']).parse::<u32>().is_ok();
    is_label && fields.len() < FIELDS.len() - 1 && fields.get(1).is_some_and(|ring| ring.parse::<u32>().is_ok())
}

impl Parcel {
    fn new(fields: Vec<String>) -> Parcel {
        Parcel { fields, rings: vec![], flaw: None }
    }

    fn add(&mut self, number: &str, pair: (f64, f64)) {
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
        let document = parse(text);
        assert_eq!(document.header, [("带号".to_owned(), "40".to_owned()), ("甲".to_owned(), "乙".to_owned())]);
        let [first, second] = document.parcels.as_slice() else { panic!("{document:?}") };
        assert_eq!(first.fields, ["4", "0.5公顷", "DK1", "甲", "面", "", "", ""]);
        assert_eq!(first.rings[0].corners.len(), 2);
        assert_eq!(first.flaw.as_deref(), Some("line 10 is no corner: J3,1,3171345.7,here"));
        assert_eq!(second.fields, ["5", "1", "DK2", "乙"]);
        assert!(second.flaw.is_some());
    }

    #[test]
    fn a_parcel_without_its_mark_is_one() {
        let document =
            parse("[地块坐标]\n3,0.5,DK1,甲,面\nJ1,1,3171145.7,633795.4\n3,0.5,DK2,乙,面,,\nJ1,1,3171145.7,633795.4");
        assert_eq!(document.parcels.iter().map(|parcel| parcel.fields[2].as_str()).collect::<Vec<_>>(), ["DK1", "DK2"]);
    }
}
