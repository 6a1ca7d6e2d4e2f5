//! The text files in which Chinese land surveys hand in parcels (报批坐标, 界址点坐标).
//!
//! They are not a norm but what systems take, and writers differ: what is read is lenient, what is written
//! is strict. A file has a header of `key=value` lines, then parcels: a line of fields that ends in `@`,
//! and a line for each corner: label, ring, northing, easting.

mod parse;
mod read;
mod words;
mod write;

pub(super) use parse::is_survey_txt;
pub(super) use read::SurveyTxtReader;
pub(super) use write::SurveyTxtWriter;
