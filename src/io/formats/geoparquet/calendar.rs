//! Days and instants since 1970 as dates and times of ISO 8601, and back.

use std::fmt::Write;

const MICROS_OF_DAY: i64 = 86_400_000_000;

/// The year, month and day of a number of days since 1970-01-01, in the Gregorian calendar; by eras of 400
/// years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The days since 1970-01-01 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

pub(super) fn push_date(text: &mut String, days_since_1970: i64) {
    let (year, month, day) = civil(days_since_1970);
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
}

/// A time of the day, of so many units a second.
pub(super) fn push_time(text: &mut String, value: i64, units_of_second: i64) {
    let (seconds, fraction) = (value.div_euclid(units_of_second), value.rem_euclid(units_of_second));
    let _ = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        let digits = units_of_second.ilog10() as usize;
        let _ = write!(text, ".{fraction:0digits$}");
        // Thousandths, millionths or billionths, no more than it takes.
        while text.ends_with("000") {
            text.truncate(text.len() - 3);
        }
    }
}

/// A date with a time, of so many units a second since 1970.
pub(super) fn push_date_time(text: &mut String, value: i64, units_of_second: i64, is_utc: bool) {
    let units_of_day = units_of_second * 86_400;
    push_date(text, value.div_euclid(units_of_day));
    text.push('T');
    push_time(text, value.rem_euclid(units_of_day), units_of_second);
    if is_utc {
        text.push('Z');
    }
}

/// The days since 1970 of a date that is one: `2022-11-14`.
pub(super) fn date(text: &str) -> Option<i32> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
    i32::try_from(days(part(0..4)?, part(5..7)?, part(8..10)?)).ok()
}

/// An instant, or a time without a place, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) micros: i64,
    /// Whether it has an offset from UTC, which is taken off.
    pub(super) has_offset: bool,
}

/// A date with a time: `2022-11-14T09:30:00.125+08:00`; none where it has more digits than microseconds.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let day = i64::from(date(text.get(..10)?)?);
    let rest = text.get(10..)?;
    let rest = match rest.strip_prefix(['T', 't', ' ']) {
        Some(rest) => rest,
        None if rest.is_empty() => "00:00",
        None => return None,
    };
    let sign = rest.find(['Z', 'z', '+', '-']);
    let (clock, zone) = rest.split_at(sign.unwrap_or(rest.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<i64> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
    let (hour, minute, second) = match *parts.as_slice() {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset_minutes = match zone {
        "" | "Z" | "z" => 0,
        zone => {
            let digits = zone[1..].replace(':', "");
            let (hours, minutes) = match digits.len() {
                2 => (two_digits(&digits)?, 0),
                4 => (two_digits(&digits[..2])?, two_digits(&digits[2..])?),
                _ => return None,
            };
            if zone.starts_with('-') { -(60 * hours + minutes) } else { 60 * hours + minutes }
        }
    };
    let is_fine = fraction.bytes().all(|byte| byte.is_ascii_digit()) && fraction.trim_end_matches('0').len() <= 6;
    let fraction = format!("{:0<6}", fraction.trim_end_matches('0')).parse::<i64>().ok().filter(|_| is_fine)?;
    let seconds = (hour * 60 + minute - offset_minutes) * 60 + second;
    let micros = day * MICROS_OF_DAY + seconds * 1_000_000 + fraction;
    Some(Moment { micros, has_offset: sign.is_some() })
}

fn two_digits(text: &str) -> Option<i64> {
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

    /// Each day of two thousand years, counted.
    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!((days(1970, 1, 1), days(2000, 3, 1), days(2022, 11, 14)), (0, 11_017, 19_310));
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for count in days(1600, 1, 1)..days(2400, 1, 1) {
            assert_eq!((civil(count), days(year, month, day)), ((year, month, day), count));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = [31, 28 + i64::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (month, day) if day == length => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
    }

    #[test]
    fn moments_are_read_and_shown() {
        let utc = |text: &str| moment(text).map(|moment| (moment.micros, moment.has_offset));
        assert_eq!(utc("1970-01-01T00:00:00Z"), Some((0, true)));
        assert_eq!(utc("1970-01-01 08:00+08:00"), Some((0, true)));
        assert_eq!(utc("1969-12-31T19:00:00.5-0500"), Some((500_000, true)));
        assert_eq!(utc("1970-01-02"), Some((MICROS_OF_DAY, false)));
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
