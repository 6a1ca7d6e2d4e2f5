//! Coordinate files of CASS, the surveying software of South (`.dat`): a line for each point with its name, code, easting,
//! northing and height in metres.
//!
//! As in the reference manual of CASS 5.0, section 5.1: `name,code,Y (east),X (north),height`; the comma after an empty code
//! stays.

use super::parse::{Parcel, fields};
use crate::error::GeometryProblem;

/// The columns of a point.
pub(super) const POINT_FIELDS: [&str; 3] = ["点号", "编码", "高程"];
/// The index of the height.
pub(super) const HEIGHT: usize = 2;
/// Names of these columns in other tables, in lower case.
pub(super) const POINT_ALIASES: [&[&str]; 3] =
    [&["点名", "编号", "id", "name", "point"], &["code"], &["height", "elevation", "h", "z"]];

/// Whether the start of a text is that of a file of points: the first line and at least half of the next ones are points in
/// a Gauss-Krüger zone of China.
pub(super) fn is_cass(text: &str) -> bool {
    const LINES: usize = 50;
    let is_point = |line: &str| point(&fields(line)).is_some_and(|(east, north)| is_in_zone(east, north));
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    let points = lines().filter(|line| is_point(line)).count();
    lines().next().is_some_and(is_point) && 2 * points >= lines().count()
}

/// Whether coordinates are those of a zone, with or without its prefix, between 16 and 56 degrees of latitude.
fn is_in_zone(east: f64, north: f64) -> bool {
    const NORTHINGS: std::ops::Range<f64> = 1.75e6..6.25e6;
    const EASTINGS: [std::ops::Range<f64>; 2] = [1e5..9e5, 13.1e6..46e6];
    NORTHINGS.contains(&north) && EASTINGS.iter().any(|range| range.contains(&east))
}

/// The easting and northing of a line.
fn point(fields: &[String]) -> Option<(f64, f64)> {
    let number = |text: &String| text.parse::<f64>().ok().filter(|value| value.is_finite());
    match fields {
        [name, _, east, north, height @ ..] if !name.is_empty() && height.len() <= 1 => {
            height.iter().all(|height| number(height).is_some()).then_some((number(east)?, number(north)?))
        }
        _ => None,
    }
}

/// Reads a point in each line; one that is not a point is a problem of its row.
pub(super) fn points(text: &str) -> Vec<Parcel> {
    let lines = (1_u64..).zip(text.lines()).map(|(number, line)| (number, line.trim().trim_start_matches('\u{feff}')));
    let point = |(number, line): (u64, &str)| {
        let fields = fields(line);
        let cell = |index: usize| fields.get(index).cloned().unwrap_or_default();
        let mut row = Parcel::new(vec![cell(0), cell(1), cell(4)]);
        match point(&fields) {
            Some(pair) => row.add("", pair),
            None => row.problem = Some(GeometryProblem::NotACorner { line: number, text: line.to_owned() }),
        }
        row
    };
    lines.filter(|(_, line)| !line.is_empty()).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_points_are_recognised_by_their_coordinates() {
        for text in [
            "1,,365760.368,2936912.007,1118.852\n2,,365763.273,2936902.668,1117.255\n",
            "1,C7-W960,408261.305,2815193.253,4.95\r\n\r\n2,W3,408254.339,2815187.78,0\r\n",
            "A1,,40633838.2,3171898.6\n",
            "1,,365760.368,2936912.007,1118.852\n2,,3657",
            "1,,365760.368,2936912.007,1118.852\nEND",
        ] {
            assert!(is_cass(text), "{text}");
        }
        for text in [
            "",
            "\n",
            "点号,编码,Y,X,H\n1,,365760.368,2936912.007,1118.852\n",
            // Northing first, as corners of a survey have it.
            "1,,2936912.007,365760.368,1118.852\n",
            "J1,1,3171900,40633838\n",
            "1,,121.4,28.65,5\n",
            "1,,365760.368,2936912.007,high\n",
            "1,,365760.368,2936912.007,1,2\n",
            "1,,365760.368,2936912.007,1\n2,甲\n3,乙\n",
            ",,365760.368,2936912.007,1\n",
        ] {
            assert!(!is_cass(text), "{text}");
        }
    }

    #[test]
    fn a_line_that_is_no_point_is_a_problem_of_its_row() {
        let points = points("1,a,365760.368,2936912.007,1118.852\n\nEND\n3,,365763,2936902\n");
        let fields: Vec<String> = points.iter().map(|point| point.fields.join("|")).collect();
        assert_eq!(fields, ["1|a|1118.852", "END||", "3||"]);
        assert_eq!(points[0].rings[0].corners, [(365_760.368, 2_936_912.007)]);
        assert_eq!(points[1].problem, Some(GeometryProblem::NotACorner { line: 3, text: "END".to_owned() }));
    }
}
