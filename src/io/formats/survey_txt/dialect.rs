//! The order of fields in each dialect.

use super::cass::POINT_FIELDS;
use super::keywords::{FIELDS, LINE, POINT, POLYGON};
use super::parse::{fields, is_parcel, is_ring, number};
use crate::io::rows::txt_dialect::TxtDialect;

/// The names of further columns that a dialect has, after [`FIELDS`].
pub(super) const AREA_CODE: &str = "行政区代码";
pub(super) const AREA_NAME: &str = "行政区名称";

impl TxtDialect {
    /// The columns of the fields in the line of a parcel; `None` for one that is empty. Columns from the ninth on are
    /// those of the dialect.
    pub(super) fn columns(self) -> &'static [Option<usize>] {
        const SURVEY: [Option<usize>; 8] = [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), Some(6), Some(7)];
        match self {
            TxtDialect::Survey => &SURVEY,
            TxtDialect::OneMap => &[Some(2), Some(3), Some(4), None],
            TxtDialect::Linkage => &[Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), None, Some(6)],
            TxtDialect::Zhejiang => {
                const ALL: [Option<usize>; 10] =
                    [Some(0), Some(1), Some(8), Some(9), Some(2), Some(3), Some(4), Some(5), Some(6), Some(7)];
                &ALL
            }
            TxtDialect::Cass => &[Some(0), Some(1), Some(2)],
        }
    }

    /// The names of the columns that are read, of which there are at least these.
    pub(super) fn names(self) -> Vec<&'static str> {
        match self {
            TxtDialect::Cass => POINT_FIELDS.to_vec(),
            _ => FIELDS.iter().chain(self.further_columns()).copied().collect(),
        }
    }

    /// The names of its columns beyond those of the survey.
    pub(super) fn further_columns(self) -> &'static [&'static str] {
        if self == TxtDialect::Zhejiang { &[AREA_CODE, AREA_NAME] } else { &[] }
    }

    /// The fields of a parcel in the order of the columns; `None` if there is one that the dialect does not have.
    pub(super) fn in_columns(self, fields: Vec<String>) -> Option<Vec<String>> {
        if self == TxtDialect::Survey {
            return Some(fields);
        }
        let mut row = vec![String::new(); FIELDS.len() + self.further_columns().len()];
        for (position, field) in fields.into_iter().enumerate() {
            match self.columns().get(position).copied().flatten() {
                Some(column) => row[column] = field,
                None if field.is_empty() => {}
                None => return None,
            }
        }
        Some(row)
    }

    /// The ring and the two coordinates in the fields of a corner.
    pub(super) fn corner(self, fields: &[String]) -> Option<(&str, (f64, f64))> {
        let (ring, first, second) = match (self, fields) {
            (TxtDialect::Linkage, [_, first, second, empty, ring, ..]) if empty.is_empty() => (ring, first, second),
            (TxtDialect::Linkage, _) => return None,
            (_, [_, ring, first, second, ..]) => (ring, first, second),
            _ => return None,
        };
        is_ring(ring).then_some((ring.as_str(), (number(first)?, number(second)?)))
    }

    /// The dialect of lines, without those of the header: by the first parcel and the first corner.
    pub(super) fn of_lines<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> TxtDialect {
        let is_shape =
            |field: Option<&String>| field.is_some_and(|text| [POLYGON, LINE, POINT].contains(&text.as_str()));
        if let Some(parcel) = lines.clone().find(|line| is_parcel(line)).map(fields) {
            if parcel.len() <= 5 && is_shape(parcel.get(2)) {
                return TxtDialect::OneMap;
            }
            let is_of_survey = parcel.get(4).is_none_or(String::is_empty) || is_shape(parcel.get(4));
            if !is_of_survey && is_shape(parcel.get(6)) {
                return TxtDialect::Zhejiang;
            }
        }
        let mut corners = lines.filter(|line| !is_parcel(line)).map(fields);
        let first = corners
            .find(|fields| TxtDialect::Survey.corner(fields).is_some() || TxtDialect::Linkage.corner(fields).is_some());
        match first {
            Some(fields) if TxtDialect::Survey.corner(&fields).is_none() => TxtDialect::Linkage,
            _ => TxtDialect::Survey,
        }
    }
}
