//! The text files in which Chinese land surveys hand in parcels (报批坐标, 界址点坐标).
//!
//! They are not a norm but what systems take, and writers differ: what is read is lenient, what is written
//! is strict. A file has a header of `key=value` lines, then parcels: a line of fields that ends in `@`,
//! and a line for each corner: label, ring, northing, easting.

mod header;
mod keywords;
mod parse;
mod read;
mod write;

use crate::table::Schema;
pub(in crate::io) use parse::is_survey_txt;
pub(in crate::io) use read::SurveyTxtReader;
pub(in crate::io) use write::{DECIMALS, SurveyTxtWriter};

/// The column by which a table calls its parcels: the first that is named as such columns are.
pub(in crate::io) fn label_column(schema: &Schema) -> Option<usize> {
    let is_called = |field: usize, name: &str| {
        name == keywords::FIELDS[field] || keywords::ALIASES[field].contains(&name.to_lowercase().as_str())
    };
    let called = |field| schema.fields.iter().position(|column| is_called(field, &column.name));
    called(keywords::CODE).or_else(|| called(keywords::NAME))
}

/// The column in which the format states areas, in hectares.
pub(in crate::io) fn area_column(schema: &Schema) -> Option<usize> {
    schema.position(keywords::FIELDS[keywords::AREA])
}
