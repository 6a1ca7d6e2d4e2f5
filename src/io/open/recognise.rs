//! Format detection.

use std::borrow::Cow;
use std::io::BufRead;
use std::path::Path;

use crate::error::Result;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::foreign;
use crate::io::bytes::input::Source;
use crate::io::rows::format::{Content, Format};

/// Errors if the format is recognised but not supported.
pub(super) fn check_format(source: &mut Source, given: Option<InputEncoding>) -> Result<()> {
    let name = source.name().to_owned();
    foreign::check(&name, source.reader.fill_buf().map_err(read_error)?, given)
}

/// The format of the first bytes, regardless of the name; else that of the extension.
pub(super) fn guess_format(source: &mut Source, given: Option<InputEncoding>) -> Result<Format> {
    let by_ending = Format::of_input(Path::new(source.name()));
    let start = source.reader.fill_buf().map_err(read_error)?;
    Ok(match (by_ending, format_of_start(start, by_ending, given)) {
        (_, Some(format)) => format,
        (None, None) => format_of_text(start, given),
        (Some(ending), None) if ending.driver().shares_ending => format_of_text(start, given),
        (Some(ending), None) if ending.driver().content == Content::Binary && is_delimited(start, given) => Format::CSV,
        (Some(ending), None) => ending,
    })
}

/// The format of the first bytes; `None` if several are possible. Archives are examined elsewhere.
fn format_of_start(start: &[u8], by_ending: Option<Format>, given: Option<InputEncoding>) -> Option<Format> {
    let by_bytes = Format::ALL.into_iter().find(|format| format.driver().begins_as_bytes(start));
    let texts = texts_of_start(start, given);
    let is_text_of = |format: &Format| {
        texts.iter().any(|text| format.driver().begins_as_text(text.trim_start_matches('\u{feff}').trim_start()))
    };
    // The variants of GeoJSON differ only in the extension.
    by_bytes.or_else(|| by_ending.filter(is_text_of)).or_else(|| Format::ALL.into_iter().find(is_text_of))
}

/// The first bytes decoded in all possible encodings.
fn texts_of_start(start: &[u8], given: Option<InputEncoding>) -> Vec<Cow<'_, str>> {
    let encodings = match InputEncoding::detect(start, given) {
        Some(encoding) => vec![encoding],
        None => vec![InputEncoding::UTF_8, InputEncoding::GB18030],
    };
    encodings.iter().map(|encoding| encoding.decode_start(start)).collect()
}

/// Whether the first bytes are delimited text with a header.
fn is_delimited(start: &[u8], given: Option<InputEncoding>) -> bool {
    let header = |text: &Cow<'_, str>| text.lines().next().is_some_and(|line| line.contains([',', ';', '\t']));
    InputEncoding::is_text(start) && texts_of_start(start, given).first().is_some_and(header)
}

/// The format of a text without the signature of any format.
fn format_of_text(start: &[u8], given: Option<InputEncoding>) -> Format {
    let is_json = |text: &Cow<'_, str>| text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if texts_of_start(start, given).first().is_some_and(is_json) { Format::GEOJSON } else { Format::CSV }
}
