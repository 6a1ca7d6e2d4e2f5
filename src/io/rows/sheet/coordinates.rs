//! Coordinates as people write them: `121°22′08″E`, `东经121度22分`, `E121.4`, `121,36898`, `3,171,898.561`, and two in
//! one cell.
//!
//! Texts that [`str::parse`] reads as numbers never come here. What could be read in two ways is refused.

use crate::crs::AxisOrder;
use crate::error::CoordinateAxis::{self, Latitude, Longitude};
use crate::io::rows::sheet::signs::with_plain_signs;

/// A coordinate, and the axis that its text names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::io) struct Written {
    pub(in crate::io) value: f64,
    axis: Option<CoordinateAxis>,
}

/// Longer texts are no coordinates.
const MAX_BYTES: usize = 200;

/// Words for an axis before a coordinate, longest first, each with its sign.
const BEFORE: [(&str, CoordinateAxis, f64); 23] = [
    ("longitude", Longitude, 1.0),
    ("latitude", Latitude, 1.0),
    ("东经", Longitude, 1.0),
    ("西经", Longitude, -1.0),
    ("北纬", Latitude, 1.0),
    ("南纬", Latitude, -1.0),
    // With the plain sign for 度.
    ("经°", Longitude, 1.0),
    ("纬°", Latitude, 1.0),
    ("north", Latitude, 1.0),
    ("south", Latitude, -1.0),
    ("east", Longitude, 1.0),
    ("west", Longitude, -1.0),
    ("lon", Longitude, 1.0),
    ("lng", Longitude, 1.0),
    ("lat", Latitude, 1.0),
    ("东", Longitude, 1.0),
    ("西", Longitude, -1.0),
    ("北", Latitude, 1.0),
    ("南", Latitude, -1.0),
    ("e", Longitude, 1.0),
    ("w", Longitude, -1.0),
    ("n", Latitude, 1.0),
    ("s", Latitude, -1.0),
];

/// A coordinate in degrees, or in metres of a projection; `None` if the text is none, or could be read in two ways.
pub(in crate::io) fn written(text: &str, is_degrees: bool) -> Option<Written> {
    if text.len() > MAX_BYTES {
        return None;
    }
    plain(&with_plain_signs(text).to_ascii_lowercase(), is_degrees)
}

/// The same with plain signs, in lower case.
fn plain(text: &str, is_degrees: bool) -> Option<Written> {
    let text = text.trim();
    // Excel shows a text after an apostrophe.
    let text = text.strip_prefix('\'').unwrap_or(text);
    let before = BEFORE.iter().find_map(|(word, axis, sign)| Some((text.strip_prefix(word)?, *axis, *sign)));
    let (text, first) = match before {
        Some((rest, axis, sign)) => (rest.trim_start_matches([' ', ':', '=']), Some((axis, sign))),
        None => (text, None),
    };
    let is_direction = |word: &str| word.len() == 1 || !word.is_ascii() && word.chars().count() == 1;
    let after = BEFORE.iter().filter(|(word, ..)| is_direction(word));
    let after = after.filter_map(|(word, axis, sign)| Some((text.strip_suffix(word)?, *axis, *sign))).next();
    let (text, last) = match after {
        Some((rest, axis, sign)) => (rest.trim_end(), Some((axis, sign))),
        None => (text.trim_end(), None),
    };
    let (axis, sign) = match (first, last) {
        (None, None) => (None, 1.0),
        (Some((axis, sign)), None) | (None, Some((axis, sign))) => (Some(axis), sign),
        (Some((first, before)), Some((last, after))) if first == last => (Some(first), before * after),
        _ => return None,
    };
    let value = match is_degrees {
        true => degrees(text)?,
        false => decimal(text.strip_suffix(['m', '米']).unwrap_or(text).trim_end(), false)?,
    };
    let is_contradictory = sign < 0.0 && value < 0.0;
    (value.is_finite() && !is_contradictory).then_some(Written { value: sign * value, axis })
}

/// Decimal degrees, or degrees, minutes and seconds.
fn degrees(text: &str) -> Option<f64> {
    if let Some(value) = decimal(text, true) {
        return Some(value);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let parts: Vec<&str> = if let Some((degrees, rest)) = text.split_once('°') {
        let (minutes, seconds) = match rest.split_once('\'') {
            Some((minutes, seconds)) => (minutes, seconds),
            None if rest.ends_with('"') => ("0", rest),
            None => (rest, ""),
        };
        vec![degrees, minutes, seconds.trim_end().strip_suffix('"').unwrap_or(seconds)]
    } else if text.contains(':') {
        text.split(':').collect()
    } else if text.contains(' ') {
        text.split_whitespace().collect()
    } else if text.contains('-') {
        text.split('-').collect()
    } else {
        return dotted(text).map(|value| sign * value);
    };
    let parts: Vec<&str> = parts.into_iter().map(str::trim).collect();
    let has_signs = text.contains(['°', ':']);
    let value = match parts[..] {
        // Two whole numbers may be anything.
        [degrees, minutes] if text.contains(':') || text.contains(' ') && minutes.contains(['.', ',']) => {
            sexagesimal(degrees, minutes, "")
        }
        [degrees, minutes, seconds] if has_signs || !seconds.is_empty() => sexagesimal(degrees, minutes, seconds),
        _ => None,
    };
    value.map(|value| sign * value)
}

/// `121.22.30` and `121.22.30.5`: with two digits of minutes and seconds, no number has this form.
fn dotted(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split('.').collect();
    let has_two_digits = |text: &str| text.len() == 2;
    match parts[..] {
        [degrees, minutes, seconds] if has_two_digits(minutes) && has_two_digits(seconds) => {
            sexagesimal(degrees, minutes, seconds)
        }
        [degrees, minutes, seconds, decimals]
            if has_two_digits(minutes) && has_two_digits(seconds) && !decimals.is_empty() =>
        {
            sexagesimal(degrees, minutes, &format!("{seconds}.{decimals}"))
        }
        _ => None,
    }
}

/// Degrees from their parts; empty minutes and seconds are none. Only the last part may have decimals. Sixty is allowed,
/// as programs that round seconds write it.
fn sexagesimal(degrees: &str, minutes: &str, seconds: &str) -> Option<f64> {
    let whole = |text: &str| -> Option<f64> {
        let is_whole = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_whole.then(|| text.parse().ok()).flatten()
    };
    let last = |text: &str| -> Option<f64> {
        let is_unsigned = text.starts_with(|c: char| c.is_ascii_digit());
        is_unsigned.then(|| decimal(text, true)).flatten()
    };
    let (degrees, minutes, seconds) = match (minutes.is_empty(), seconds.is_empty()) {
        (true, true) => (last(degrees)?, 0.0, 0.0),
        (false, true) => (whole(degrees)?, last(minutes)?, 0.0),
        (false, false) => (whole(degrees)?, whole(minutes)?, last(seconds)?),
        (true, false) => return None,
    };
    (minutes <= 60.0 && seconds <= 60.0).then(|| (degrees * 3600.0 + minutes * 60.0 + seconds) / 3600.0)
}

/// A decimal number with a point or comma, and with separators of thousands. `633,838` is thousands in metres, and a
/// decimal comma in degrees.
fn decimal(text: &str, is_degrees: bool) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',')
        && digits.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' '));
    if !is_number || is_degrees && digits.contains(' ') {
        return None;
    }
    let count = |mark: char| digits.matches(mark).count();
    let (commas, points) = (count(','), count('.'));
    let (thousands, point) = match (commas, points) {
        (0, 0 | 1) => (' ', '.'),
        (1, 0) if is_degrees || !is_grouped(digits, ',') => (' ', ','),
        (_, 0) => (',', '.'),
        (0, _) if is_degrees => return None,
        (0, _) => ('.', ','),
        (_, 1) if digits.rfind(',') < digits.find('.') => (',', '.'),
        (1, _) if digits.rfind('.') < digits.find(',') => ('.', ','),
        _ => return None,
    };
    let whole = digits.split(point).next().unwrap_or_default();
    if whole.contains(thousands) && !is_grouped(whole, thousands)
        || digits.len() > whole.len() + 1 && { digits[whole.len() + 1..].contains([thousands, point]) }
    {
        return None;
    }
    let plain: String = text.chars().filter(|&c| c != thousands).map(|c| if c == point { '.' } else { c }).collect();
    plain.parse().ok()
}

/// Whether digits are in groups of three, but the first.
fn is_grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first) && first != "0")
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// Two coordinates in one cell, as x and y: `121.36898,28.6559`, `28°39′21″N 121°22′08″E`. In
/// [`Auto`](AxisOrder::Auto) order, words for an axis decide, else a latitude beyond 90°, else the longitude is first.
pub(in crate::io) fn written_pair(text: &str, order: AxisOrder, is_degrees: bool) -> Option<[f64; 2]> {
    let [first, second] = split(text, is_degrees)?;
    let named = match (first.axis, second.axis) {
        (None, None) => None,
        (Some(Longitude), None | Some(Latitude)) | (None, Some(Latitude)) => Some(AxisOrder::EastNorth),
        (Some(Latitude), None | Some(Longitude)) | (None, Some(Longitude)) => Some(AxisOrder::NorthEast),
        _ => return None,
    };
    let order = match (order, named) {
        (AxisOrder::Auto, Some(named)) => named,
        (AxisOrder::Auto, None) => order_of([first.value, second.value]).unwrap_or(AxisOrder::EastNorth),
        (order, Some(named)) if order != named => return None,
        (order, _) => order,
    };
    Some(if order == AxisOrder::NorthEast { [second.value, first.value] } else { [first.value, second.value] })
}

/// The order of the pairs in a column, from a sample of its cells: [`Auto`](AxisOrder::Auto) if their words or different
/// values decide for each; `None` if nothing does. Errors with the first text that is not a pair.
pub(in crate::io) fn order_of_pairs<'t>(
    texts: impl Iterator<Item = &'t str>,
    is_degrees: bool,
) -> Result<Option<AxisOrder>, &'t str> {
    let mut found = None;
    for text in texts.filter(|text| !text.trim().is_empty()) {
        let [first, second] = split(text, is_degrees).ok_or(text)?;
        let order = match (first.axis, second.axis) {
            (None, None) => order_of([first.value, second.value]),
            _ => Some(AxisOrder::Auto),
        };
        found = match (found, order) {
            (Some(known), Some(order)) if known != order => Some(AxisOrder::Auto),
            (found, order) => found.or(order),
        };
    }
    Ok(found)
}

fn order_of([first, second]: [f64; 2]) -> Option<AxisOrder> {
    match (first.abs() <= 90.0, second.abs() <= 90.0) {
        (true, false) => Some(AxisOrder::NorthEast),
        (false, true) => Some(AxisOrder::EastNorth),
        _ => None,
    }
}

/// The two coordinates of a cell, in the order of the text.
fn split(text: &str, is_degrees: bool) -> Option<[Written; 2]> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = with_plain_signs(text).to_ascii_lowercase();
    let text = text.trim_matches(['(', ')', '[', ']', '{', '}', ' ']);
    let pair = |first: &str, second: &str| Some([plain(first, is_degrees)?, plain(second, is_degrees)?]);
    // A comma may be a decimal comma where there is another separator.
    for separator in [";", "|", "/", "、", ", ", ",", " "] {
        let parts: Vec<&str> = text.split(separator).filter(|part| !part.trim().is_empty()).collect();
        if let [first, second] = parts[..] {
            return pair(first, second).or_else(|| between(text, is_degrees));
        }
    }
    between(text, is_degrees)
}

/// Splits before or after a word for an axis: `东经121°22′北纬28°39′`, `121.4E28.6N`.
fn between(text: &str, is_degrees: bool) -> Option<[Written; 2]> {
    let is_end = |at: usize| {
        let words = || BEFORE.iter().map(|(word, ..)| word);
        words().any(|word| text[at..].starts_with(word) || text[..at].ends_with(word))
    };
    let ends = text.char_indices().map(|(at, _)| at).filter(|&at| at > 0 && is_end(at));
    let is_named = |pair: &[Written; 2]| pair[0].axis.is_some() && pair[1].axis.is_some();
    let pair = |at: usize| {
        let (first, second) = text.split_at(at);
        let first = first.trim_end_matches([',', ';', ' ']);
        Some([plain(first, is_degrees)?, plain(second, is_degrees)?])
    };
    let mut pairs = ends.filter_map(pair).filter(is_named);
    pairs.next().filter(|first| pairs.all(|other| other == *first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        written(text, true).map(|written| written.value)
    }

    #[test]
    fn degrees_are_read_in_their_usual_spellings() {
        let exact = 121.0 + 22.0 / 60.0 + 30.0 / 3600.0;
        for text in [
            "121°22′30″E",
            "121°22'30\"",
            "121° 22′ 30″",
            "E121°22′30″",
            "E 121°22′30.00″",
            "121°22'30''E",
            "121 22 30",
            "121 22 30 E",
            "121:22:30",
            "121-22-30",
            "121.22.30",
            "121.22.30.0",
            "121度22分30秒",
            "东经121度22分30秒",
            "东经：121°22′30″",
            "１２１°２２′３０″",
            "+121°22′30″",
            "121°22.5′",
            "121°22.5",
            "121°22,5′E",
            "121º22´30\"",
            "121 22.5",
            "121.375°",
            "121.375",
            "121,375",
            "E121.375",
            "121.375E",
            "121.375°E",
            "lon=121.375",
            "经度:121.375",
            "121.375东",
            "121°22’30”",
            "121°21′90″",
        ] {
            let found = value(text);
            if text == "121°21′90″" {
                assert_eq!(found, None);
            } else {
                assert!(found.is_some_and(|found| (found - exact).abs() < 1e-12), "{text}: {found:?}");
            }
        }
        assert_eq!(value("121°22'08.328\"E"), Some(121.36898));
        assert_eq!(value("1１．5"), Some(11.5));
        assert_eq!((value("75°30′W"), value("西经75.5°"), value("-75.5°")), (Some(-75.5), Some(-75.5), Some(-75.5)));
        assert_eq!(value("28°39′60.00″N"), Some(28.0 + 40.0 / 60.0));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for text in [
            "",
            "°",
            "E",
            "121 22",
            "121-122",
            "2022-11-14T",
            "121.2.3",
            "1.2.3.4",
            "121°75′",
            "-75°W",
            "E28°N",
            "121.4 28.6",
            "121.4,28.6",
            "abc",
            "12a",
            "121°22′30″30",
            "∞",
            "inf",
            "nan",
            "1e400",
            "东经",
            "121..4",
            "--5",
            "121°-5′",
            "121,368,000.5,1",
            "2024-01-151",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn metres_have_separators_of_thousands() {
        let value = |text: &str| written(text, false).map(|written| written.value);
        for text in [
            "3,171,898.561",
            "3 171 898.561",
            "3.171.898,561",
            "3171898,561",
            "3171898.561m",
            "3171898.561 米",
            "３１７１８９８．５６１",
            "3，171，898.561",
        ] {
            assert_eq!(value(text), Some(3_171_898.561), "{text}");
        }
        assert_eq!(
            (value("633,838"), value("40,633,838"), value("0,838")),
            (Some(633_838.0), Some(40_633_838.0), Some(0.838))
        );
        for text in ["3,17,898", "3 17 898", "31,718,98.561", "1,234.5,6", "3,171,898.561.2", "121°22′"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn two_coordinates_are_split_where_they_end() {
        let pair = |text: &str| written_pair(text, AxisOrder::Auto, true);
        for text in [
            "121.375,28.65",
            "28.65,121.375",
            "121.375, 28.65",
            "121.375，28.65",
            "121.375 28.65",
            "121.375;28.65",
            "121,375;28,65",
            "(121.375, 28.65)",
            "[121.375,28.65]",
            "28.65、121.375",
            "121.375\t28.65",
            "121.375E 28.65N",
            "N28.65 E121.375",
            "28°39′N,121°22′30″E",
            "东经121°22′30″北纬28°39′00″",
            "121°22′30″E28°39′N",
            "北纬28.65，东经121.375",
            "经度:121.375,纬度:28.65",
            "lat 28.65, lon 121.375",
            "121.375/28.65",
            "121°22′30″ 28°39′",
        ] {
            let found = pair(text);
            assert!(
                found.is_some_and(|[x, y]| (x - 121.375).abs() < 1e-12 && (y - 28.65).abs() < 1e-12),
                "{text}: {found:?}"
            );
        }
        assert_eq!(pair("85.5,43.2"), Some([85.5, 43.2]));
        assert_eq!(written_pair("43.2,85.5", AxisOrder::NorthEast, true), Some([85.5, 43.2]));
        assert_eq!(written_pair("28.65N,121.4E", AxisOrder::EastNorth, true), None);
        assert_eq!(
            written_pair("3171898.561,633838.222", AxisOrder::EastNorth, false),
            Some([3_171_898.561, 633_838.222])
        );
        for text in ["121.4", "121.4,28.6,5", "121.4E,28.6E", "a,b", "", ",", "121 22 30 28 39 00"] {
            assert_eq!(pair(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_a_column_is_that_of_its_cells() {
        let order = |texts: &[&str]| order_of_pairs(texts.iter().copied(), true).map_err(str::to_owned);
        assert_eq!(order(&["43.2,85.5", "", "28.6,121.4"]), Ok(Some(AxisOrder::NorthEast)));
        assert_eq!(order(&["121.4,28.6"]), Ok(Some(AxisOrder::EastNorth)));
        assert_eq!(order(&["121.4,28.6", "28.6,121.4"]), Ok(Some(AxisOrder::Auto)));
        assert_eq!(order(&["28.6N,121.4E"]), Ok(Some(AxisOrder::Auto)));
        assert_eq!(order(&["43.2,85.5"]), Ok(None));
        assert_eq!(order(&["路桥区"]), Err("路桥区".to_owned()));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
        #[test]
        fn no_text_panics(text in "[0-9.,:;°'\"′″ 度分秒东北经纬EWNSelonat()+−-]{0,24}", any in "\\PC{0,12}") {
            for text in [text, any] {
                for is_degrees in [true, false] {
                    written(&text, is_degrees);
                    written_pair(&text, AxisOrder::Auto, is_degrees);
                }
            }
        }

        #[test]
        fn degrees_minutes_and_seconds_are_read_back(degrees in 0_u32..180, minutes in 0_u32..60, thousandths in 0_u32..60_000) {
            let text = format!("{degrees}°{minutes:02}′{:06.3}″", f64::from(thousandths) / 1000.0);
            let exact = f64::from(degrees) + f64::from(minutes) / 60.0 + f64::from(thousandths) / 3.6e6;
            proptest::prop_assert!((value(&text).unwrap() - exact).abs() < 1e-12);
        }
    }
}
