//! Conversion between days or instants since 1970 and ISO 8601, with the calendar of `chrono`.

use std::fmt::Write;

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveTime, Timelike};

use crate::io::rows::typed::date;

const SECONDS_OF_DAY: i64 = 86_400;

/// Appends a date of any year. Dates of chrono end with the year 262142, but the Gregorian calendar repeats every 400
/// years, so that days are mapped to the years 1970 to 2369.
pub(super) fn push_date(text: &mut String, days_since_1970: i64) {
    const DAYS: i64 = 146_097;
    const YEARS: i64 = 400;
    let (times, day) = (days_since_1970.div_euclid(DAYS), days_since_1970.rem_euclid(DAYS));
    let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or_default();
    let _ = write!(text, "{:04}-{:02}-{:02}", i64::from(date.year()) + YEARS * times, date.month(), date.day());
}

/// Appends a time of day in units of a second. Times beyond a day have more than 23 hours.
pub(super) fn push_time(text: &mut String, value: i64, units_of_second: i64) {
    let (seconds, fraction) = (value.div_euclid(units_of_second), value.rem_euclid(units_of_second));
    let (days, second) = (seconds.div_euclid(SECONDS_OF_DAY), seconds.rem_euclid(SECONDS_OF_DAY));
    let nanos = fraction * (1_000_000_000 / units_of_second);
    // Both are within their limits.
    let (second, nanos) = (u32::try_from(second).unwrap_or_default(), u32::try_from(nanos).unwrap_or_default());
    let time = NaiveTime::from_num_seconds_from_midnight_opt(second, nanos).unwrap_or_default();
    if days == 0 {
        let _ = write!(text, "{time}");
    } else {
        let hours = days.saturating_mul(24).saturating_add(time.hour().into());
        let _ = write!(text, "{hours:02}{}", time.to_string().get(2..).unwrap_or_default());
    }
}

/// Appends a date and time, in units of a second since 1970.
pub(super) fn push_date_time(text: &mut String, value: i64, units_of_second: i64, is_utc: bool) {
    let units_of_day = units_of_second * SECONDS_OF_DAY;
    push_date(text, value.div_euclid(units_of_day));
    text.push('T');
    push_time(text, value.rem_euclid(units_of_day), units_of_second);
    if is_utc {
        text.push('Z');
    }
}

/// An instant, or a local time, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timestamp {
    pub(super) micros: i64,
    /// Whether it had an offset from UTC, which is subtracted.
    pub(super) has_offset: bool,
}

/// Parses a date and time: `2022-11-14T09:30:00.125+08:00`; `None` if it is more precise than microseconds.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let day = date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    let rest = match rest.strip_prefix(['T', 't', ' ']) {
        Some(rest) => rest,
        None if rest.is_empty() => "00:00",
        None => return None,
    };
    let sign = rest.find(['Z', 'z', '+', '-']);
    let (clock, zone) = rest.split_at(sign.unwrap_or(rest.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<u32> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
    let (hour, minute, second) = match *parts.as_slice() {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let digits = zone.get(1..).unwrap_or_default().replace(':', "");
    let (hours, minutes) = match (zone.get(..1).unwrap_or_default(), digits.len()) {
        ("" | "Z" | "z", 0) => (0, 0),
        ("+" | "-", 2) => (two_digits(&digits)?, 0),
        ("+" | "-", 4) => {
            (two_digits(digits.get(..2)?)?, two_digits(digits.get(2..)?).filter(|minutes| *minutes < 60)?)
        }
        _ => return None,
    };
    let seconds = i32::try_from(60 * (60 * hours + minutes)).ok()?;
    let offset = FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })?;
    let is_fine = fraction.bytes().all(|byte| byte.is_ascii_digit()) && fraction.trim_end_matches('0').len() <= 6;
    let micro = format!("{:0<6}", fraction.trim_end_matches('0')).parse().ok().filter(|_| is_fine)?;
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micro)?;
    let micros = day.and_time(time).checked_sub_offset(offset)?.and_utc().timestamp_micros();
    Some(Timestamp { micros, has_offset: sign.is_some() })
}

fn two_digits(text: &str) -> Option<u32> {
    let is_two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_two)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(push: impl Fn(&mut String)) -> String {
        let mut text = String::new();
        push(&mut text);
        text
    }

    /// Each day of eight hundred years, counted.
    #[test]
    fn days_are_counted_as_the_calendar_does() {
        let days = |text: &str| date(text).map(|date| date.to_epoch_days());
        assert_eq!([days("1970-01-01"), days("2000-03-01"), days("2022-11-14")], [Some(0), Some(11_017), Some(19_310)]);
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for count in days("1600-01-01").unwrap()..days("2400-01-01").unwrap() {
            let text = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!((shown(|shown| push_date(shown, count.into())), days(&text)), (text, Some(count)));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = [31, 28 + i32::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (month, day) if day == length => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
    }

    /// Expected values are those of numpy, which has no such limit.
    #[test]
    fn dates_of_any_year_are_shown() {
        for (days, expected) in [
            (i32::MAX, "5881580-07-11"),
            (i32::MIN, "-5877641-06-23"),
            (96_000_000, "264809-01-27"),
            (-719_529, "-001-12-31"),
            (-719_528, "0000-01-01"),
        ] {
            assert_eq!(shown(|text| push_date(text, days.into())), expected);
        }
        assert_eq!(shown(|text| push_time(text, 90_061_500, 1000)), "25:01:01.500");
    }

    #[test]
    fn moments_are_read_and_shown() {
        let utc = |text: &str| parse_timestamp(text).map(|moment| (moment.micros, moment.has_offset));
        assert_eq!(utc("1970-01-01T00:00:00Z"), Some((0, true)));
        assert_eq!(utc("1970-01-01 08:00+08:00"), Some((0, true)));
        assert_eq!(utc("1969-12-31T19:00:00.5-0500"), Some((500_000, true)));
        assert_eq!(utc("1970-01-02"), Some((86_400_000_000, false)));
        assert_eq!(utc("1970-01-01T00:00:00.1234567"), None);
        assert_eq!(utc("1970-01-01T00:00:00.1234560"), Some((123_456, false)));
        for text in [
            "1970-01-01T",
            "1970-01-01T1:00",
            "1970-01-01T24:00",
            "1970-01-01T00:00:00:00",
            "1970-01-01T00",
            "1970-01-01x",
            "1970-01-01T00:00+8",
            "1970-01-01T00:00+24:00",
            "1970-01-01T00:00+08:60",
            "1970-01-01T00:00+1é2",
            "1970-01-01T00:00Z08",
            "1970-02-30T00:00",
            "+970-01-01",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
        assert_eq!(shown(|text| push_date_time(text, -1, 1000, true)), "1969-12-31T23:59:59.999Z");
        assert_eq!(
            shown(|text| push_date_time(text, 1_668_418_200_125_000, 1_000_000, false)),
            "2022-11-14T09:30:00.125"
        );
        assert_eq!(shown(|text| push_date_time(text, i64::MIN, 1, false)), "-292277022657-01-27T08:29:52");
        assert_eq!(shown(|text| push_time(text, 34_200, 1)), "09:30:00");
    }
}
